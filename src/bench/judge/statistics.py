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
    from decimal import Decimal

# For a normal distribution these make the median absolute deviation and the interquartile
# range estimate the standard deviation.
_MAD_TO_SD = Fraction("1.4826")
_IQR_TO_SD = Fraction("1.349")
_QUARTER = Fraction(1, 4)


def mean(values: Sequence[Fraction]) -> Fraction:
    """The simple average of one value or more."""
    whole, per = in_parts(values)
    return Fraction(sum(whole), per * len(whole))


def total(values: Iterable[Fraction]) -> Fraction:
    """The sum, exact: of whole numbers of a common part, which is far faster than fractions."""
    whole, per = in_parts(values)
    return Fraction(sum(whole), per)


def in_parts(values: Iterable[Fraction]) -> tuple[list[int], int]:
    """The values as whole numbers of a common part, and how many parts make 1: exact, and fast."""
    ratios = [value.as_integer_ratio() for value in values]
    per = math.lcm(*{bottom for _, bottom in ratios})
    return [top * (per // bottom) for top, bottom in ratios], per


def median(values: Sequence[Fraction]) -> Fraction:
    """The middle of one value or more; of an even number, the mean of the middle two."""
    whole, per = in_parts(values)
    return Fraction(_twice_the_middle(whole), 2 * per)


def quantile(values: Sequence[Fraction], share: Fraction) -> Fraction:
    """The quantile at a share from 0 to 1, by linear interpolation between ordered values."""
    whole, per = in_parts(values)
    return _quantile(sorted(whole), per, share)


def _quantile(ordered: Sequence[int], per: int, share: Fraction) -> Fraction:
    """The quantile of whole numbers of a part."""
    below, rest = divmod((len(ordered) - 1) * share.numerator, share.denominator)
    above = min(below + 1, len(ordered) - 1)
    low, high = ordered[below], ordered[above]
    return Fraction(low * share.denominator + (high - low) * rest, per * share.denominator)


def quartiles(values: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """The lower and the upper quartile of one value or more."""
    whole, per = in_parts(values)
    whole.sort()
    return _quantile(whole, per, _QUARTER), _quantile(whole, per, 3 * _QUARTER)


def pooled(counts: Sequence[tuple[Fraction, Fraction]], *, per: int) -> Fraction | None:
    """All numerators over all denominators, per 100 or per 100,000; None over nothing."""
    out_of = total(denominator for _, denominator in counts)
    if not out_of:
        return None
    return total(numerator for numerator, _ in counts) * per / out_of


def sign(value: Fraction, benchmark: Fraction) -> int:
    """-1 below, 0 equal, 1 above."""
    top, _ = gap_parts(value, benchmark)
    return (top > 0) - (top < 0)


def gap_parts(value: Fraction, benchmark: Fraction) -> tuple[int, int]:
    """The value less the benchmark as a quotient that is not reduced; its lower part is above 0.

    Divided it is the same float as that of the difference, far sooner.
    """
    top, bottom = value.as_integer_ratio()
    other_top, other_bottom = benchmark.as_integer_ratio()
    return top * other_bottom - other_top * bottom, bottom * other_bottom


def apart(value: Fraction, benchmark: Fraction, edge: Fraction) -> bool:
    """Whether the two lie an edge or more apart."""
    top, bottom = gap_parts(value, benchmark)
    edge_top, edge_bottom = edge.as_integer_ratio()
    return abs(top) * edge_bottom >= edge_top * bottom


def change(value: Fraction, previous: Fraction) -> Fraction:
    """How far the value has moved since the previous one."""
    return value - previous


def rounded(number: Fraction | float, decimals: int) -> float:
    """The exact number at so many decimals, halves away from zero."""
    scale: int = 10**decimals
    top, bottom = number.as_integer_ratio()
    whole = (2 * abs(top) * scale + bottom) // (2 * bottom)
    return (-whole if top < 0 else whole) / scale


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

    def count(self, number: int) -> int:
        """How many councils have this figure."""
        values, per = self._whole
        return values.count(number * per)

    def rank(self, area_id: str, *, lowest_first: bool = False) -> int | None:
        """The place of a council, 1 for the highest or lowest; ties share the best place."""
        if area_id not in self.values:
            return None
        top, bottom = self.values[area_id].as_integer_ratio()
        own = top * (self._whole[1] // bottom)
        if lowest_first:
            return 1 + bisect_left(self._ordered, own)
        return 1 + len(self) - bisect_right(self._ordered, own)

    @functools.cached_property
    def _ordered(self) -> list[int]:
        return sorted(self._whole[0])

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
    def material_gaps(self) -> dict[tuple[Decimal, int], Fraction | str]:
        """What `bench.judge.rag.material_gap` has said of it, by what the rules ask."""
        return {}

    @functools.cached_property
    def prior(self) -> Prior:
        """How the true figures of councils lie, given the published ones; of two values or more."""
        values, per = self._whole
        return prior([value / per for value in values], list(self.variances.values()))

    @functools.cached_property
    def _whole(self) -> tuple[list[int], int]:
        return in_parts(self.values.values())


def _twice_the_middle(values: Sequence[int]) -> int:
    """Twice the median of one whole number or more, which is whole too."""
    ordered, half = sorted(values), len(values) // 2
    return 2 * ordered[half] if len(ordered) % 2 else ordered[half - 1] + ordered[half]
