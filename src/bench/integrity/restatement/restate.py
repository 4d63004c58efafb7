"""A figure restated: its value after named adjustments of its counts, in any order.

Exact fractions throughout, each with the range that rounding of the quoted numbers allows; nothing
is judged here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from bench.errors import ParameterError
from bench.integrity.restatement.counts import RoundingRange, extremes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.integrity.restatement.counts import At, CountBasis, Quoted

# So many adjustments are shown in every combination; more of them one by one and together.
_MOST_COMBINED = 3
_PER_CENT = 100


class CountPart(StrEnum):
    """Which count people move in or out of."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


class Confidence(StrEnum):
    """How sure it is that the adjustment is what happened, in the words of its source."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Move:
    """So many people into a count (`sign` 1) or out of it (-1)."""

    part: CountPart
    sign: int
    people: Quoted


@dataclass(frozen=True, slots=True)
class Adjustment:
    """People who are counted otherwise, with where that is said.

    Attributes:
        adjustment_id: what it is called in a case.
        label: in words, as a row of the table.
        moves: what it does to numerator and denominator.
        source: the document.
        confidence: how sure it is.
        moved_to: `indicator_id` of the indicator that counts these people instead; "" for none.
        note: what else is to be known; "" for nothing.
    """

    adjustment_id: str
    label: str
    moves: tuple[Move, ...]
    source: str
    confidence: Confidence
    moved_to: str = ""
    note: str = ""

    def moved(self, part: CountPart, at: At) -> Fraction:
        """By how many it changes a count, where the quoted numbers have these values."""
        return sum(
            (move.sign * at[move.people.name] for move in self.moves if move.part is part),
            Fraction(0),
        )


@dataclass(frozen=True, slots=True)
class Restated:
    """A figure after adjustments.

    Attributes:
        applied: the adjustments, in order.
        numerator, denominator: the counts, unrounded.
        value: the figure in its unit, unrounded.
        span: what rounding of the numbers behind the reported figure allows. Where the counts are
            exact, the one value that they come to, which the printed figure rounds.
        span_of_all: the same where the counts that are moved are rounded too.
    """

    applied: tuple[Adjustment, ...]
    numerator: Fraction
    denominator: Fraction
    value: Fraction
    span: RoundingRange
    span_of_all: RoundingRange


@dataclass(frozen=True, slots=True)
class Reported:
    """A figure as it was reported.

    Attributes:
        basis: where its numerator and denominator come from.
        per: 100 for a percentage, 100,000 for a rate; what the quotient is multiplied by.
        value: as printed, where it was; then it stands for the quotient of the rounded counts.
    """

    basis: CountBasis
    per: int = 100
    value: Quoted | None = None

    def after(self, adjustments: Iterable[Adjustment] = ()) -> Restated:
        """The figure with the people counted otherwise.

        Args:
            adjustments: In order. The order changes what each step adds, never where they end.

        Returns:
            The figure and its ranges. Where rounded counts are printed with a rounded figure, the
            ranges after adjustments rest on the counts alone, which makes them if anything too
            wide.

        Raises:
            ParameterError: A count below nought, a numerator above its denominator, or more
                people taken out than there are; all that is wrong at once.
        """
        applied = tuple(adjustments)
        problems: list[str] = []
        for number in self._quoted(applied):
            if number.value < 0 and number not in self.basis.quoted:
                problems.append(f"{number.name} is {float(number.value):,g}: a count is below 0.")
        printed = {one.name: one.value for one in self._quoted(applied)}
        done: list[Adjustment] = []
        for step in (None, *applied):
            done += [step] if step else []
            problems += self._impossible(tuple(done), printed, step)
        if problems:
            raise ParameterError(
                *dict.fromkeys(problems), mend="check the counts of the adjustments, and their way."
            )
        numerator, denominator = self._counts(applied, printed)
        value = numerator * self.per / denominator
        if not applied and self.value is not None:
            value = self.value.value
        return Restated(
            applied,
            numerator,
            denominator,
            value,
            self.span(applied, self.basis.quoted),
            self.span(applied, self._quoted(applied)),
        )

    def counts(self) -> tuple[RoundingRange, RoundingRange]:
        """What rounding allows of the reported numerator and denominator."""
        quoted, counts = self.basis.quoted, self.basis.counts
        numerator = RoundingRange(*extremes(quoted, lambda at: counts(at)[0]))
        denominator = RoundingRange(*extremes(quoted, lambda at: counts(at)[1]))
        return numerator, denominator

    def quotient(self) -> RoundingRange:
        """What the counts themselves come to, whatever figure is printed with them."""
        return replace(self, value=None).span((), self.basis.quoted)

    def share(self, people: Quoted) -> tuple[Fraction, RoundingRange]:
        """What so many people are of the reported denominator, in the figure's unit.

        Returns:
            The share as printed numbers give it, and what rounding allows.
        """
        quoted = tuple(dict.fromkeys((*self.basis.quoted, people)))

        def value(at: At) -> Fraction:
            return at[people.name] * self.per / self.basis.counts(at)[1]

        return value({one.name: one.value for one in quoted}), RoundingRange(
            *extremes(quoted, value)
        )

    def span(self, adjustments: Iterable[Adjustment], rounded: Iterable[Quoted]) -> RoundingRange:
        """What the figure may be where these numbers were rounded, and all others are exact.

        Raises:
            ParameterError: Rounding allows that there is nobody in the denominator.
        """
        applied = tuple(adjustments)
        free = tuple(dict.fromkeys(rounded))
        printed = {one.name: one.value for one in self._quoted(applied)}
        if not applied and self.value is not None:
            return self._as_printed(self.value)

        def value(at: At) -> Fraction:
            numerator, denominator = self._counts(applied, {**printed, **at})
            if denominator <= 0:
                raise ParameterError(
                    "rounding leaves it open whether anybody is in the denominator.",
                    mend="give the counts more exactly; no range can be told as it is.",
                )
            return numerator * self.per / denominator

        return self._possible(*extremes(free, value))

    def _as_printed(self, value: Quoted) -> RoundingRange:
        """What the printed figure and its counts allow together; exact counts leave one value."""
        counted = self.quotient()
        low, high = max(value.ends[0], counted.lower), min(value.ends[-1], counted.upper)
        if low > high:  # the two contradict each other: the printed figure stands
            low, high = value.ends[0], value.ends[-1]
        return self._possible(low, high)

    def _possible(self, low: Fraction, high: Fraction) -> RoundingRange:
        """The range without what no figure can be: below nought, or more than everybody."""
        lowest = Fraction(0)
        highest = Fraction(self.per) if self.per == _PER_CENT else max(low, high)
        return RoundingRange(
            min(max(low, lowest), highest),
            min(max(high, lowest), highest),
            limited=low < lowest or high > highest,
        )

    def rounding(self, adjustments: Iterable[Adjustment]) -> list[tuple[Quoted, RoundingRange]]:
        """What the rounding of each number alone allows, the widest first."""
        applied = tuple(adjustments)
        behind = self._quoted(applied)
        if not applied and self.value is not None:
            behind = (self.value,)
        found = [(one, self.span(applied, [one])) for one in behind if len(one.ends) > 1]
        return sorted(found, key=lambda pair: (pair[1].lower - pair[1].upper, pair[0].name))

    def steps(self, adjustments: Sequence[Adjustment]) -> list[Restated]:
        """The figure as reported, and after each further adjustment."""
        return [self.after(adjustments[:count]) for count in range(len(adjustments) + 1)]

    def _quoted(self, applied: Sequence[Adjustment]) -> tuple[Quoted, ...]:
        """Every number behind the figure, each once: one name is one number, moved as one."""
        moved = (move.people for one in applied for move in one.moves)
        return tuple(dict.fromkeys((*self.basis.quoted, *moved)))

    def _counts(self, applied: Sequence[Adjustment], at: At) -> tuple[Fraction, Fraction]:
        numerator, denominator = self.basis.counts(at)
        for one in applied:
            numerator += one.moved(CountPart.NUMERATOR, at)
            denominator += one.moved(CountPart.DENOMINATOR, at)
        return numerator, denominator

    def _impossible(
        self, applied: tuple[Adjustment, ...], at: At, step: Adjustment | None
    ) -> list[str]:
        """What cannot be after these adjustments, of which `step` is the last."""
        numerator, denominator = self._counts(applied, at)
        where = f"after {step.label!r}" if step else "as reported"
        found = []
        if numerator < 0:
            found.append(
                f"{where}: the numerator is {float(numerator):,.0f}; more people are taken out of "
                "it than there are in it."
            )
        if denominator <= 0:
            found.append(f"{where}: nobody is left in the denominator.")
        elif self.per == _PER_CENT and numerator > denominator:
            found.append(
                f"{where}: the numerator ({float(numerator):,.0f}) is above the denominator "
                f"({float(denominator):,.0f})."
            )
        return found


def ways(adjustments: Sequence[Adjustment]) -> list[tuple[Adjustment, ...]]:
    """The combinations to show: none, each alone, several, all.

    Every combination of three or fewer; of more, each alone, and one after the other.
    """
    count = len(adjustments)
    if count <= _MOST_COMBINED:
        return [chosen for size in range(count + 1) for chosen in combinations(adjustments, size)]
    alone = [(), *((one,) for one in adjustments)]
    return [*alone, *(tuple(adjustments[:size]) for size in range(2, count + 1))]
