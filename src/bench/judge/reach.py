"""How many councils reach a figure that was to be reached; numbers only.

Enters: figures with their intervals. Leaves: how many reach it, do not, or cannot be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from bench.judge.intervals import Interval

__all__ = ["Reach", "reach"]


@dataclass(frozen=True, slots=True)
class Reach:
    """How many figures reach a milestone.

    Attributes:
        reached: at it or beyond it, and further from it than chance.
        missed: short of it, and further from it than chance.
        open: the figure's interval holds the milestone, so nobody can tell.
        without: of those reached or missed, how many have no interval, and go by the figure alone.
    """

    reached: int
    missed: int
    open: int
    without: int

    @property
    def total(self) -> int:
        """All figures that were held against it."""
        return self.reached + self.missed + self.open


def reach(
    figures: Iterable[tuple[Fraction, Interval | None]],
    milestone: Fraction,
    *,
    lowest_first: bool = False,
) -> Reach:
    """Hold each figure against a milestone.

    Args:
        figures: Each with its 95% interval, or None where there is none.
        milestone: In the figures' unit.
        lowest_first: Whether a figure reaches it from above: a low one is good.
    """
    reached = missed = unsure = without = 0
    for value, made in figures:
        if made is not None and made.holds(milestone):
            unsure += 1
            continue
        without += made is None
        if value <= milestone if lowest_first else value >= milestone:
            reached += 1
        else:
            missed += 1
    return Reach(reached, missed, unsure, without)
