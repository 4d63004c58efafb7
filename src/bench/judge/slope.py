"""Tests of a trend over years: for proportions, for figures with intervals, and for figures alone.

Sources: the recent trend of Fingertips (a chi-squared test for trend for proportions, the weighted
slope for other figures, and the guard that every fit without one year must keep the sign); for
figures alone Mann (1945) and Kendall (1975), exact with ties, with the slope of Theil (1950) and
Sen (1968).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from bench.judge.statistics import median, sign

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# The width of a 95% interval in standard errors, as Fingertips has it.
_WIDTH_95 = Fraction("3.92")


@dataclass(frozen=True, slots=True)
class Slope:
    """A line through some years.

    Attributes:
        per_year: how far the figure moves in a year, in its own unit.
        side: 1 where it rises, -1 where it falls, 0 where it does neither.
        statistic: chi-squared with one degree of freedom; of `by_order`, Kendall's S.
        p: how often chance alone would move it so far, either way.
        steady: whether it has the same sign, and one, whichever one year is left out.
    """

    per_year: Fraction
    side: int
    statistic: float
    p: float
    steady: bool


def by_counts(
    years: Sequence[int], counts: Sequence[tuple[Fraction, Fraction]], *, per: int = 100
) -> Slope:
    """The chi-squared test for trend of a proportion (Cochran and Armitage).

    Args:
        years: Two years or more, each once.
        counts: Of each year, those counted and all who could have been; the latter above 0.
        per: What a proportion is multiplied by to be in its unit.
    """
    terms = [
        _Terms(n, n * t, x, n * t * t, t * x)
        for t, (x, n) in zip(_since_first(years), counts, strict=True)
    ]
    total = _sum(terms)
    share = total.wy / total.w
    chance = share * (1 - share)  # the variance of one person's answer; 0 if all answer alike
    chi_squared = total.chi_squared() / chance if chance else Fraction(0)
    return _slope(terms, total, chi_squared, per)


def by_weight(years: Sequence[int], figures: Sequence[tuple[Fraction, Fraction]]) -> Slope:
    """The slope of figures weighted by one over their squared standard error.

    Args:
        years: Two years or more, each once.
        figures: Of each year, the figure and the width of its 95% interval; the latter above 0.
    """
    terms = []
    for t, (y, width) in zip(_since_first(years), figures, strict=True):
        w = (_WIDTH_95 / width) ** 2
        terms.append(_Terms(w, w * t, w * y, w * t * t, w * t * y))
    total = _sum(terms)
    return _slope(terms, total, total.chi_squared(), 1)


def by_order(years: Sequence[int], values: Sequence[Fraction]) -> Slope:
    """The exact test of Mann and Kendall: only which of two years is higher counts.

    Args:
        years: Two years or more, in order.
        values: The figure of each year.
    """
    pairs = list(combinations(range(len(values)), 2))
    signs = {(i, j): sign(values[j], values[i]) for i, j in pairs}
    rising = sum(signs.values())
    without = (
        sum(each for pair, each in signs.items() if left_out not in pair)
        for left_out in range(len(values))
    )
    slopes = [(values[j] - values[i]) / (years[j] - years[i]) for i, j in pairs]
    return Slope(
        per_year=median(slopes),
        side=sign(Fraction(rising), Fraction(0)),
        statistic=float(rising),
        p=_p_of_order(abs(rising), tuple(sorted(values.count(value) for value in {*values}))),
        steady=_keep_sign(rising, without),
    )


class _Terms(NamedTuple):
    """What one year, or all, adds to a weighted straight line: w, wt, wy, wtt and wty."""

    w: Fraction
    wt: Fraction
    wy: Fraction
    wtt: Fraction
    wty: Fraction

    def less(self, other: _Terms) -> _Terms:
        return _Terms(*(mine - others for mine, others in zip(self, other, strict=True)))

    def rise(self) -> Fraction:
        """The slope times `run`, which is above 0 for two years or more."""
        return self.w * self.wty - self.wt * self.wy

    def run(self) -> Fraction:
        return self.w * self.wtt - self.wt * self.wt

    def chi_squared(self) -> Fraction:
        """The squared slope over its variance, where a weight is one over a variance."""
        return self.rise() ** 2 / (self.w * self.run())


def _since_first(years: Sequence[int]) -> list[int]:
    """The same line in smaller numbers."""
    return [year - years[0] for year in years]


def _sum(terms: Sequence[_Terms]) -> _Terms:
    return _Terms(*(sum(each, Fraction(0)) for each in zip(*terms, strict=True)))


def _slope(terms: Sequence[_Terms], total: _Terms, chi_squared: Fraction, per: int) -> Slope:
    return Slope(
        per_year=per * total.rise() / total.run(),
        side=sign(total.rise(), Fraction(0)),
        statistic=float(chi_squared),
        p=math.erfc(math.sqrt(chi_squared / 2)),
        steady=_keep_sign(total.rise(), (total.less(year).rise() for year in terms)),
    )


def _keep_sign(whole: Fraction | int, parts: Iterable[Fraction | int]) -> bool:
    return whole != 0 and all(part * whole > 0 for part in parts)


def _p_of_order(rising: int, ties: tuple[int, ...]) -> float:
    """The share of all orders of the figures that rise or fall as much; `ties` are of one value."""
    orders: tuple[int, ...] = (1,)  # at k: how many orders have k pairs that fall
    placed = 0
    for alike in ties:
        orders = _product(orders, _mixed(placed, alike))
        placed += alike
    pairs = len(orders) - 1
    as_much = sum(ways for fall, ways in enumerate(orders) if abs(pairs - 2 * fall) >= rising)
    return as_much / sum(orders)


@functools.cache
def _mixed(low: int, high: int) -> tuple[int, ...]:
    """The orders of so many equal low and equal high figures, by how many pairs of them fall."""
    if not low or not high:
        return (1,)
    orders = [0] * (low * high + 1)
    for fall, ways in enumerate(_mixed(low, high - 1)):  # the last is a high one
        orders[fall] += ways
    for fall, ways in enumerate(_mixed(low - 1, high)):  # a low one, after every high one
        orders[fall + high] += ways
    return tuple(orders)


def _product(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    product = [0] * (len(one) + len(other) - 1)
    for at, ways in enumerate(one):
        for further, more in enumerate(other):
            product[at + further] += ways * more
    return tuple(product)
