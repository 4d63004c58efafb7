"""A figure's numerator and denominator from rounded quotes, with the ranges of rounding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Protocol

from bench.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# The values that quoted numbers are taken to have, by their names.
At = Mapping[str, Fraction]
# 2 to this power corners are visited, at most.
_MOST_ROUNDED = 12


@dataclass(frozen=True, slots=True)
class Quoted:
    """A number as somebody printed it.

    Attributes:
        name: what it is called in a case.
        value: as printed.
        rounded_to: the step that it was rounded to: 1 for "33%", 1000 for "about 11,000", 0 for
            an exact number.
    """

    name: str
    value: Fraction
    rounded_to: Fraction = Fraction(0)

    @property
    def ends(self) -> tuple[Fraction, ...]:
        """The lowest and the highest value that is printed so; one value where it is exact."""
        half = self.rounded_to / 2
        return (self.value - half, self.value + half) if half else (self.value,)


@dataclass(frozen=True, slots=True)
class RoundingRange:
    """The values that rounding allows; `limited` where it would allow the impossible beyond."""

    lower: Fraction
    upper: Fraction
    limited: bool = False

    def holds(self, value: Fraction) -> bool:
        """Whether the value lies within; an end counts."""
        return self.lower <= value <= self.upper


class CountBasis(Protocol):
    """Where a numerator and a denominator come from."""

    @property
    def quoted(self) -> tuple[Quoted, ...]:
        """The numbers that they are made from."""

    def counts(self, at: At) -> tuple[Fraction, Fraction]:
        """Numerator and denominator, where the quoted numbers have these values."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Both counts are published."""

    numerator: Quoted
    denominator: Quoted

    @property
    def quoted(self) -> tuple[Quoted, ...]:
        """The numbers that the counts are made from."""
        return self.numerator, self.denominator

    def counts(self, at: At) -> tuple[Fraction, Fraction]:
        """Numerator and denominator, where the quoted numbers have these values."""
        return at[self.numerator.name], at[self.denominator.name]


@dataclass(frozen=True, slots=True)
class RateAndDenominator:
    """The rate is printed, and out of how many; `per` is 100 for a percentage."""

    rate: Quoted
    denominator: Quoted
    per: int

    @property
    def quoted(self) -> tuple[Quoted, ...]:
        """The numbers that the counts are made from."""
        return self.rate, self.denominator

    def counts(self, at: At) -> tuple[Fraction, Fraction]:
        """Numerator and denominator, where the quoted numbers have these values."""
        denominator = at[self.denominator.name]
        return at[self.rate.name] * denominator / self.per, denominator


@dataclass(frozen=True, slots=True)
class RateAndNumerator:
    """The rate is printed, and how many were counted; `per` is 100 for a percentage."""

    rate: Quoted
    numerator: Quoted
    per: int

    @property
    def quoted(self) -> tuple[Quoted, ...]:
        """The numbers that the counts are made from."""
        return self.rate, self.numerator

    def counts(self, at: At) -> tuple[Fraction, Fraction]:
        """Numerator and denominator, where the quoted numbers have these values."""
        numerator, rate = at[self.numerator.name], at[self.rate.name]
        if rate <= 0:
            raise ParameterError("a rate of nought does not say out of how many people it is.")
        return numerator, numerator * self.per / rate


@dataclass(frozen=True, slots=True)
class Solved:
    """The same numerator is printed over two denominators that differ by a known count.

    Attributes:
        rate: over the denominator that is solved for.
        other_rate: over the other one.
        difference: by how many people the two denominators differ.
        per: 100 for a percentage.
        sign: 1 where the other denominator is the larger one, -1 where it is the smaller.
    """

    rate: Quoted
    other_rate: Quoted
    difference: Quoted
    per: int
    sign: int = 1

    @property
    def quoted(self) -> tuple[Quoted, ...]:
        """The numbers that the counts are made from."""
        return self.rate, self.other_rate, self.difference

    def counts(self, at: At) -> tuple[Fraction, Fraction]:
        """Numerator and denominator, where the quoted numbers have these values."""
        more = self.sign * at[self.difference.name]
        return solve(at[self.rate.name], at[self.other_rate.name], more, per=self.per)


def solve(
    rate: Fraction, other_rate: Fraction, more: Fraction, *, per: int = 100
) -> tuple[Fraction, Fraction]:
    """Numerator and denominator from two rates of one numerator.

    Args:
        rate: The rate over the denominator wanted, per 100 or per 100,000.
        other_rate: The rate of the same numerator over the other denominator.
        more: By how many the other denominator is larger; below 0 where it is smaller.
        per: 100 for a percentage.

    Returns:
        The numerator N and the denominator D of N / D = rate and N / (D + more) = other_rate.

    Raises:
        ParameterError: No two counts above nought give both rates.
    """
    if rate == other_rate or (rate > other_rate) != (more > 0) or rate <= 0 or other_rate <= 0:
        raise ParameterError(
            f"no counts have a rate of {float(rate):g}, and of {float(other_rate):g} with "
            f"{float(more):+,g} people in the denominator.",
            mend="a larger denominator gives a lower rate; and rounding must leave the two apart.",
        )
    denominator = more * other_rate / (rate - other_rate)
    return rate * denominator / per, denominator


def extremes(
    quoted: Iterable[Quoted], value: Callable[[At], Fraction]
) -> tuple[Fraction, Fraction]:
    """The lowest and the highest value over everything that rounding allows.

    `value` must be monotone in each number while the others are held. A quotient is, in which
    each number enters top and bottom linearly: its extremes then lie at corners of the box, where
    every number stands at one of its ends. A number that enters twice moves in both places at once.

    Args:
        quoted: The numbers that may lie elsewhere than printed; each name once.
        value: What is made from them.

    Raises:
        ParameterError: More rounded numbers than can be visited.
    """
    found = [value(at) for at in corners(quoted)]
    return min(found), max(found)


def corners(quoted: Iterable[Quoted]) -> Iterator[At]:
    """Every combination of the ends of quoted numbers; an exact number has but one.

    Raises:
        ParameterError: More rounded numbers than can be visited.
    """
    quoted = tuple(quoted)
    rounded = sum(len(one.ends) > 1 for one in quoted)
    if rounded > _MOST_ROUNDED:
        raise ParameterError(
            f"{rounded} rounded numbers are too many to allow for; at most {_MOST_ROUNDED}.",
            mend="give some of them as exact, with rounded_to 0.",
        )
    names = [one.name for one in quoted]
    for values in product(*(one.ends for one in quoted)):
        yield dict(zip(names, values, strict=True))
