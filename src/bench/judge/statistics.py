"""Average, gap, rank, quartiles, spread and change, as exact numbers."""

from __future__ import annotations

import functools
import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from bench.judge.belief import Prior, prior

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# For a normal distribution these make the median absolute deviation and the interquartile
# range estimate the standard deviation.
_MAD_TO_SD = Fraction("1.4826")
_IQR_TO_SD = Fraction("1.349")


def mean(values: Sequence[Fraction]) -> Fraction:
    """The simple average of one value or more."""
    return total(values) / len(values)


def total(values: Iterable[Fraction]) -> Fraction:
    """The sum, exact: of whole numbers of a common part, which is far faster than fractions."""
    values = tuple(values)
    per = math.lcm(*{value.denominator for value in values})
    return Fraction(sum(value.numerator * (per // value.denominator) for value in values), per)


def median(values: Sequence[Fraction]) -> Fraction:
    """The middle of one value or more; of an even number, the mean of the middle two."""
    return quantile(values, Fraction(1, 2))


def quantile(values: Sequence[Fraction], share: Fraction) -> Fraction:
    """The quantile at a share from 0 to 1, by linear interpolation between ordered values."""
    ordered = sorted(values, key=float)
    position = (len(ordered) - 1) * share
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def quartiles(values: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """The lower and the upper quartile of one value or more."""
    return quantile(values, Fraction(1, 4)), quantile(values, Fraction(3, 4))


def pooled(counts: Sequence[tuple[Fraction, Fraction]], *, per: int) -> Fraction | None:
    """All numerators over all denominators, per 100 or per 100,000; None over nothing."""
    out_of = total(denominator for _, denominator in counts)
    if not out_of:
        return None
    return total(numerator for numerator, _ in counts) * per / out_of


def sign(value: Fraction, benchmark: Fraction) -> int:
    """-1 below, 0 equal, 1 above."""
    return (value > benchmark) - (value < benchmark)


def change(value: Fraction, previous: Fraction) -> Fraction:
    """How far the value has moved since the previous one."""
    return value - previous


def rounded(number: Fraction, decimals: int) -> float:
    """The number at so many decimals, halves away from zero."""
    scale = 10**decimals
    scaled = abs(number) * scale
    whole = int(scaled + Fraction(1, 2))
    shown: float = (-whole if number < 0 else whole) / scale
    return shown


@dataclass(frozen=True)
class Field:
    """Every council's value of one indicator in one year, without the tiny two.

    Attributes:
        values: by area.
        variances: the sampling variance of each whose error is known, by area.
        printed_unit: the least by which two printed values can differ.
    """

    values: Mapping[str, Fraction]
    variances: Mapping[str, float] = field(default_factory=dict)
    printed_unit: Fraction = Fraction(0)

    def __len__(self) -> int:
        return len(self.values)

    def rank(self, area_id: str, *, lowest_first: bool = False) -> int | None:
        """The place of a council, 1 for the highest or lowest; ties share the best place."""
        own = self.values.get(area_id)
        if own is None:
            return None
        if lowest_first:
            return 1 + bisect_left(self._ordered, own)
        return 1 + len(self) - bisect_right(self._ordered, own)

    @functools.cached_property
    def _ordered(self) -> list[Fraction]:
        return sorted(self.values.values(), key=float)  # printed numbers: as floats, but faster

    @functools.cached_property
    def spread(self) -> Fraction:
        """A robust standard deviation.

        From the median absolute deviation, or where half the councils share a value from the
        interquartile range; 0 where both are.
        """
        values, per = self._whole
        if not values:
            return Fraction(0)
        middle = _twice_the_middle(values)
        deviation = _twice_the_middle([abs(2 * value - middle) for value in values])
        if deviation:
            return _MAD_TO_SD * Fraction(deviation, 4 * per)
        low, high = quartiles(list(self.values.values()))
        return (high - low) / _IQR_TO_SD

    @functools.cached_property
    def prior(self) -> Prior:
        """How the true figures of councils lie, given the published ones; of two values or more."""
        values, per = self._whole
        return prior([value / per for value in values], list(self.variances.values()))

    @functools.cached_property
    def _whole(self) -> tuple[list[int], int]:
        """The values as whole numbers of a common part: exact, and far faster than fractions."""
        values = self.values.values()
        per = math.lcm(*{value.denominator for value in values})
        return [value.numerator * (per // value.denominator) for value in values], per


def _twice_the_middle(values: Sequence[int]) -> int:
    """Twice the median of one whole number or more, which is whole too."""
    ordered, half = sorted(values), len(values) // 2
    return 2 * ordered[half] if len(ordered) % 2 else ordered[half - 1] + ordered[half]
