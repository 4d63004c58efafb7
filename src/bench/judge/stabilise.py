"""On which scale is chance the same for a high figure and a low one, and how large is it there?

Enters: one figure with its counts or margin. Leaves: its place on a scale where chance is about
normal with a known standard deviation, or why there is none.

Sources: Spiegelhalter (2005), "Funnel plots for comparing institutional performance", Statistics
in Medicine 24: arcsine of the root for a proportion of people counted; the root for a rate over
a population, which is the root of observed over expected of the Care Quality Commission
(Spiegelhalter et al. 2012, JRSS A 175) times a constant; a survey's figure as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from bench.judge.intervals import PER, Z_95, Interval, Method, interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bench.judge.intervals import Figure

__all__ = ["Form", "Scale", "scale_of", "size"]


class Form(StrEnum):
    """What kind of figure it is, as far as chance goes."""

    PROPORTION = "proportion"
    RATE = "rate"
    SURVEY = "survey"


_FORMS = {
    Method.WILSON: Form.PROPORTION,
    Method.BYAR: Form.RATE,
    Method.MARGIN: Form.SURVEY,
}


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale for figures of one form and unit.

    Attributes:
        form: which transformation.
        per: what a quotient is multiplied by to be in the figure's unit; 0 for a score.
    """

    form: Form
    per: int

    def up(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Figures in their unit, on the scale; those out of range at its end."""
        if self.form is Form.PROPORTION:
            return np.arcsin(np.sqrt(np.clip(values / self.per, 0.0, 1.0)))
        return np.sqrt(np.maximum(values, 0.0)) if self.form is Form.RATE else values

    def back(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places on the scale, in the figure's unit; those out of range at its end."""
        kept = self.kept(places)
        if self.form is Form.PROPORTION:
            return np.sin(kept) ** 2 * self.per
        return kept**2 if self.form is Form.RATE else kept

    def kept(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places on the scale, those out of range at its end; an adjusted score has no end."""
        if self.form is Form.PROPORTION:
            return np.clip(places, 0.0, np.pi / 2)
        if self.form is Form.RATE:
            return np.maximum(places, 0.0)
        return np.clip(places, 0.0, 100.0) if self.per else places

    def chance(self, sizes: NDArray[np.float64]) -> NDArray[np.float64]:
        """The standard deviation of chance on the scale, by the size of each council.

        Args:
            sizes: As `size` gives them, above 0: denominators, or a survey's margins of error.
        """
        if self.form is Form.PROPORTION:
            return 0.5 / np.sqrt(sizes)
        return 0.5 * np.sqrt(self.per / sizes) if self.form is Form.RATE else sizes / Z_95


def scale_of(method: Method, unit: str) -> Scale | None:
    """The scale of an indicator; None where its figures come without counts and margins."""
    if method not in _FORMS:
        return None
    return Scale(_FORMS[method], PER.get(unit, 0))


def size(figure: Figure) -> float | str:
    """What decides how far chance moves a figure.

    Returns:
        The denominator where people are counted, for a survey half of the 95% interval (the
        published margin, or our estimate of it); or why there is none.
    """
    made = interval(figure)
    if isinstance(made, str):
        return made
    if figure.method is not Method.MARGIN:
        assert figure.denominator is not None  # noqa: S101 - else there was no interval
        return figure.denominator
    return _half(made) or "its margin of error is 0"


def _half(made: Interval) -> float:
    return float((made.upper - made.lower) / 2)
