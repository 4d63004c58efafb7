"""The fewest people that change what is said of a figure, and a grid over shares of both counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

# How far the denominator may grow before the search ends.
_MOST_TIMES = 10
_PER_CENT = 100


class Way(StrEnum):
    """What is counted otherwise."""

    NUMERATOR_OUT = "numerator_out"
    NUMERATOR_IN = "numerator_in"
    DENOMINATOR_IN = "denominator_in"
    DENOMINATOR_OUT = "denominator_out"

    def counts(
        self, numerator: Fraction, denominator: Fraction, people: int
    ) -> tuple[Fraction, Fraction]:
        """The counts once so many people are counted otherwise."""
        sign = -1 if self in (Way.NUMERATOR_OUT, Way.DENOMINATOR_OUT) else 1
        if self in (Way.NUMERATOR_OUT, Way.NUMERATOR_IN):
            return numerator + sign * people, denominator
        return numerator, denominator + sign * people

    def most(self, numerator: Fraction, denominator: Fraction, *, within: bool) -> int:
        """How many can be counted otherwise; `within` where the numerator is part of the whole."""
        if self is Way.NUMERATOR_OUT:
            return int(numerator)
        if self is Way.DENOMINATOR_IN:
            return int(denominator) * _MOST_TIMES
        if within:
            return int(denominator - numerator)
        if self is Way.DENOMINATOR_OUT:
            return max(0, int(denominator) - 1)
        return int(numerator) * _MOST_TIMES


@dataclass(frozen=True, slots=True)
class Fewest:
    """The fewest people that change what is said.

    Attributes:
        way: what is counted otherwise.
        people: how many.
        share: of that count, per cent.
        numerator, denominator: the counts then.
        says: what is said of the figure then.
    """

    way: Way
    people: int
    share: Fraction
    numerator: Fraction
    denominator: Fraction
    says: Hashable


@dataclass(frozen=True, slots=True)
class SensitivityCell:
    """One cell of the grid: both changes in per cent, and the counts; None where impossible."""

    numerator_change: int
    denominator_change: int
    counts: tuple[Fraction, Fraction] | None


def fewest(
    numerator: Fraction,
    denominator: Fraction,
    says: Callable[[Fraction, Fraction], Hashable],
    *,
    within: bool = True,
) -> list[Fewest]:
    """The fewest people counted otherwise that change what is said, for each way that can.

    What is said must depend on the figure so that, once left, it is not come back to as the
    figure moves on the same way: verdicts and milestones do.

    Args:
        numerator: Of the figure.
        denominator: Of the figure; above 0.
        says: What is said of a figure with these counts.
        within: Whether the numerator is part of the denominator, as in a percentage.
    """
    now = says(numerator, denominator)
    found = []
    for way in Way:
        most = way.most(numerator, denominator, within=within)
        if most < 1 or says(*way.counts(numerator, denominator, most)) == now:
            continue
        low, high = 0, most
        while high - low > 1:
            middle = (low + high) // 2
            if says(*way.counts(numerator, denominator, middle)) == now:
                low = middle
            else:
                high = middle
        counts = way.counts(numerator, denominator, high)
        base = numerator if way in (Way.NUMERATOR_OUT, Way.NUMERATOR_IN) else denominator
        share = Fraction(high) * _PER_CENT / base if base else Fraction(0)
        found.append(Fewest(way, high, share, *counts, says(*counts)))
    return found


def grid(
    numerator: Fraction,
    denominator: Fraction,
    *,
    numerator_changes: Sequence[int],
    denominator_changes: Sequence[int],
    within: bool = True,
) -> Iterator[list[SensitivityCell]]:
    """The counts over changes of both, a row for each change of the numerator.

    Args:
        numerator: Of the figure.
        denominator: Of the figure; above 0.
        numerator_changes: Per cent of the numerator, such as -20.
        denominator_changes: Per cent of the denominator.
        within: Whether the numerator must stay within the denominator, as in a percentage.
    """
    for up in numerator_changes:
        row = []
        for down in denominator_changes:
            top = numerator * (_PER_CENT + up) / _PER_CENT
            bottom = denominator * (_PER_CENT + down) / _PER_CENT
            possible = bottom > 0 and top >= 0 and not (within and top > bottom)
            row.append(SensitivityCell(up, down, (top, bottom) if possible else None))
        yield row
