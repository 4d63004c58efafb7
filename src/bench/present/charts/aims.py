"""A milestone as charts and sentences show it.

Enters: a milestone and how many councils reach it. Leaves: its line's name and its sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bench.present.numbers import MINUS

if TYPE_CHECKING:
    from bench.integrity.restatement.placement import Milestone
    from bench.judge.reach import Reach
    from bench.present.rows import Measure

__all__ = ["Aim", "aim"]

_PER = {"per_cent": "%", "per_100k": " per 100,000"}


class Aim(NamedTuple):
    """A milestone: its figure, what its line is called, and how many councils reach it."""

    value: float
    name: str
    told: str


def aim(milestone: Milestone, found: Reach | None, *, measure: Measure) -> Aim:
    """The milestone in words.

    Args:
        milestone: the figure to be reached, and who set it.
        found: how many councils reach it; None where no figure of the year can be compared.
        measure: what is counted.
    """
    value = float(milestone.value)
    label = milestone.label if milestone.source else _written(value, measure)
    source = f" ({milestone.source})" if milestone.source else ""
    return Aim(value, f"Milestone: {label}", f"Milestone: {label}{source}. {_told(found, measure)}")


def _told(found: Reach | None, measure: Measure) -> str:
    if found is None or not found.total:
        return "No figure can be compared, so it is not counted who reaches it."
    there, short_of = "reach it", "do not"
    if not measure.judged:
        there, short_of = "are at it or above", "are below"
    text = f"{found.reached} of {found.total} councils {there} and {found.missed} {short_of}."
    if found.open:
        text += f" For {found.open} it cannot be told: their margin of error holds it."
    if found.without == found.total:
        text += " None has a margin of error, so this goes by the figures alone."
    elif found.without:
        text += f" {found.without} have no margin of error and go by the figure alone."
    return text


def _written(value: float, measure: Measure) -> str:
    """The figure as a reader gave it, with its unit: 70%, 592.5 per 100,000."""
    digits = f"{abs(value):,.6f}".rstrip("0").rstrip(".")
    return f"{MINUS if value < 0 else ''}{digits}{_PER.get(measure.unit, '')}"
