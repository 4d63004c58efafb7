"""The variance between councils beyond chance, and scales on which chance is the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from bench.judge.intervals import Z_95, interval
from bench.reference.indicator import PER, IntervalMethod

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bench.judge.intervals import PublishedFigure


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How far councils lie apart.

    Attributes:
        phi: the winsorised mean square of z; 1 would be chance alone, were nothing winsorised.
        tau2: the variance of councils beyond chance, on the stabilised scale; 0 where phi does
            not call for it.
    """

    phi: float
    tau2: float


def winsorised(z: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """The values with a share at each end drawn in to that centile (linear interpolation)."""
    ordered, last = np.sort(z), len(z) - 1
    ends = []
    for at in (share * last, (1 - share) * last):  # as np.quantile, at a tenth of its time
        below = int(at)
        above = min(below + 1, last)
        ends.append(ordered[below] + (ordered[above] - ordered[below]) * (at - below))
    drawn_in: NDArray[np.float64] = np.clip(z, *ends)
    return drawn_in


def normal_share(share: float) -> float:
    """What winsorising a share at each end leaves of the mean square of a standard normal."""
    if not share:
        return 1.0
    end = NormalDist().inv_cdf(1 - share)
    return 2 * share * end**2 + 1 - 2 * share - 2 * end * NormalDist().pdf(end)


def moments(
    places: NDArray[np.float64], chance: NDArray[np.float64], *, target: float, share: float
) -> Dispersion:
    """Phi and tau squared as published: from the moments of winsorised z.

    Args:
        places: The figures on the stabilised scale.
        chance: The standard deviation of chance of each, above 0.
        target: What they are held against, on the same scale.
        share: The share winsorised at each end.
    """
    weights = chance**-2
    phi = float(np.mean(winsorised((places - target) / chance, share) ** 2))
    if phi <= 1:
        return Dispersion(phi, 0.0)
    spare = len(places) * phi - (len(places) - 1)
    return Dispersion(phi, float(spare / (weights.sum() - (weights**2).sum() / weights.sum())))


def calibrated(
    places: NDArray[np.float64],
    chance: NDArray[np.float64],
    *,
    share: float,
    target: float | None = None,
) -> Dispersion:
    """Phi, and the tau squared at which winsorised z is spread as a normal one would be.

    Args:
        places: The figures on the stabilised scale.
        chance: The standard deviation of chance of each, above 0.
        target: What they are held against; None for their own centre, by weight.
        share: The share winsorised at each end.
    """
    # One council's worth of distance goes into the centre, as in the published formula.
    wanted = normal_share(share) * (1 - 1 / len(places))

    def excess(tau2: float) -> float:
        middle = centre(places, chance, tau2) if target is None else target
        z = (places - middle) / np.sqrt(chance**2 + tau2)
        return float(np.mean(winsorised(z, share) ** 2)) - wanted

    phi = excess(0.0) + wanted
    if phi <= wanted:
        return Dispersion(phi, 0.0)
    middle = float(np.mean(places)) if target is None else target
    # At this tau squared even the furthest council is within one standard deviation or so.
    return Dispersion(phi, _root(excess, 4 * float(np.max((places - middle) ** 2)) / wanted))


def centre(places: NDArray[np.float64], chance: NDArray[np.float64], tau2: float) -> float:
    """The mean, each council weighted by how sure its place among the others is."""
    weights = 1 / (chance**2 + tau2)
    return float((weights * places).sum() / weights.sum())


def _root(falling: Callable[[float], float], high: float) -> float:
    """Where a falling function that starts above 0 meets 0, by halving to the last digit."""
    low = 0.0
    while True:
        middle = (low + high) / 2
        if middle in (low, high) or math.isclose(low, high, rel_tol=1e-13):
            return middle
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)


class Form(StrEnum):
    """What kind of figure it is, as far as chance goes."""

    PROPORTION = "proportion"
    RATE = "rate"
    SURVEY = "survey"


_FORMS = {
    IntervalMethod.WILSON: Form.PROPORTION,
    IntervalMethod.BYAR: Form.RATE,
    IntervalMethod.MARGIN: Form.SURVEY,
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


def scale_of(method: IntervalMethod, unit: str) -> Scale | None:
    """The scale of an indicator; None where its figures come without counts and margins."""
    if method not in _FORMS:
        return None
    return Scale(_FORMS[method], PER.get(unit, 0))


def size(figure: PublishedFigure) -> float | str:
    """What decides how far chance moves a figure.

    Returns:
        The denominator where people are counted, for a survey half of the 95% interval (the
        published margin, or our estimate of it); or why there is none.
    """
    made = interval(figure)
    if isinstance(made, str):
        return made
    if figure.method is not IntervalMethod.MARGIN:
        assert figure.denominator is not None  # noqa: S101 - else there was no interval
        return figure.denominator
    return float((made.upper - made.lower) / 2)
