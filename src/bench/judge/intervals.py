"""The 95% interval of a figure by the kind of its indicator, or the reason why there is none.

Sources: Wilson (1927) for proportions and Byar's approximation for counts, below 10 the exact
limits of Garwood (1936), as used in public health (PHEindicatormethods); for surveys the
publisher's own 95% margin of error. A survey's printed denominator is a weighted population, so it
never makes an interval here.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bench.reference.indicator import PER, IntervalMethod

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

# The 97.5th percentile of the standard normal distribution: 95% lie within z of the middle.
Z_95 = 1.959963984540054
_TAIL = 0.025
# Byar's approximation is within 1% of the exact limits from this count on.
FEWEST_FOR_BYAR = 10


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """One published figure, numbers as printed; missing parts are None.

    `lowest` and `highest` are what such a figure can be, in its unit; None where that is not known.
    """

    value: float | None
    unit: str
    method: IntervalMethod
    numerator: float | None = None
    denominator: float | None = None
    respondents: float | None = None
    margin: float | None = None
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95% interval in the unit of its figure; `approximate` if not the publisher's own design."""

    lower: Fraction
    upper: Fraction
    approximate: bool = False

    @property
    def variance(self) -> float:
        """The sampling variance that it stands for: the square of a 1.96th of its half."""
        return ((float(self.upper) - float(self.lower)) / (2 * Z_95)) ** 2

    def holds(self, benchmark: Fraction) -> bool:
        """Whether the benchmark lies in the interval; an edge that equals it counts as inside."""
        return self.lower <= benchmark <= self.upper

    def overlaps(self, other: Interval) -> bool:
        """Whether the two share a value; edges that touch count as shared."""
        return self.lower <= other.upper and other.lower <= self.upper


@functools.lru_cache(maxsize=1 << 16)  # councils share most of their figures
def exact(number: float) -> Fraction:
    """The printed decimal as an exact number: 63.3 is 633/10, not the nearest binary float."""
    return Fraction(repr(float(number)))


class _Numbers(Protocol):
    """What is printed of a figure."""

    @property
    def value(self) -> float | None: ...
    @property
    def numerator(self) -> float | None: ...
    @property
    def denominator(self) -> float | None: ...
    @property
    def respondents(self) -> float | None: ...
    @property
    def margin(self) -> float | None: ...


def impossible(figure: PublishedFigure) -> str | None:
    """Why a published figure cannot be right as it stands, or None."""
    return impossibility(figure, figure.unit, lowest=figure.lowest, highest=figure.highest)


def impossibility(
    figure: _Numbers, unit: str, *, lowest: float | None, highest: float | None
) -> str | None:
    """Why what is printed of a figure cannot be right as it stands, or None.

    Args:
        figure: What is printed.
        unit: Of its indicator.
        lowest: What such a figure can be, in its unit; None where that is not known.
        highest: See `lowest`.
    """
    if reason := _impossible(figure, unit):
        return reason
    if figure.value is None:
        return None
    if lowest is not None and figure.value < lowest:
        return f"it is below {lowest:,g}, the lowest that it can be"
    if highest is not None and figure.value > highest:
        return f"it is above {highest:,g}, the highest that it can be"
    return None


def _impossible(figure: _Numbers, unit: str) -> str | None:
    above = (
        unit == "per_cent"
        and figure.numerator is not None
        and figure.denominator is not None
        and figure.numerator > figure.denominator
    )
    if figure.denominator == 0:
        return "its denominator is 0"
    if above:
        return "its numerator is above its denominator"
    if unit == "per_cent" and figure.value is not None and figure.value > 100:
        return "it is above 100%"
    if figure.margin is not None and figure.margin < 0:
        return "its margin of error is below 0"
    return None


def interval(figure: PublishedFigure) -> Interval | str:
    """The 95% interval of a figure, around the figure as published.

    Where counts are printed too, their quotient may be another number (counts are often rounded
    to 5): the figure is the estimate, and its interval always holds it.

    Returns:
        The interval in the figure's unit, or a short reason why there is none.
    """
    margin = margin_of(figure) if figure.method is IntervalMethod.MARGIN else None
    if figure.value is not None and margin is not None:
        value, half = exact(figure.value), exact(margin)
        return impossible(figure) or Interval(value - half, value + half)
    limits = _limits(figure, figure.unit, figure.method)
    if isinstance(limits, str):
        return limits
    assert figure.value is not None  # noqa: S101 - else there were no limits
    value = exact(figure.value)
    low, high = Fraction(limits[0]), Fraction(limits[1])
    by_respondents = figure.method is IntervalMethod.MARGIN
    return Interval(min(low, value), max(high, value), approximate=by_respondents)


def error_variance(figure: _Numbers, *, unit: str, method: IntervalMethod) -> float | None:
    """The sampling variance of a figure in its unit squared, or None where it is not known.

    The square of a 1.96th of half of its 95% interval.

    Args:
        figure: What is printed.
        unit: Of its indicator.
        method: How the interval of its indicator is made.
    """
    limits = _limits(figure, unit, method)
    if isinstance(limits, str):
        return None
    sd = (limits[1] - limits[0]) / (2 * Z_95)
    return sd * sd


def count_of(figure: PublishedFigure) -> float:
    """The count that the published figure stands for, of its denominator."""
    assert figure.value is not None  # noqa: S101 - asked of figures with an interval alone
    assert figure.denominator is not None  # noqa: S101
    return figure.value * figure.denominator / PER[figure.unit]


def _limits(figure: _Numbers, unit: str, method: IntervalMethod) -> tuple[float, float] | str:
    """The ends of the interval in the figure's unit, or why there is none."""
    value = figure.value
    if value is None:
        return "there is no figure"
    if reason := _impossible(figure, unit):
        return reason
    if method is IntervalMethod.MARGIN:
        return _of_survey(figure, value, unit)
    if method is IntervalMethod.NONE:
        return "no counts are published"
    if figure.numerator is None or figure.denominator is None:
        return "no counts are published with it"
    count = value * figure.denominator / PER[unit]
    if method is IntervalMethod.WILSON:
        low, high = wilson(count, figure.denominator)
        return 100 * low, 100 * high
    low, high = events(count)
    per = PER[unit] / figure.denominator
    return low * per, high * per


def margin_of(figure: _Numbers) -> float | None:
    """The published margin of error; None where there is none, or where it is printed as 0.

    No survey is certain: a margin that rounds to 0, or was not worked out, says nothing.
    """
    return figure.margin or None


def _of_survey(figure: _Numbers, value: float, unit: str) -> tuple[float, float] | str:
    if (margin := margin_of(figure)) is not None:
        return value - margin, value + margin
    if unit != "per_cent":
        return "no margin of error is published"
    if not figure.respondents:
        return "neither a margin of error nor the number of respondents is published"
    low, high = wilson(value / 100 * figure.respondents, figure.respondents)
    return 100 * low, 100 * high


def wilson(count: float, out_of: float) -> tuple[float, float]:
    """Wilson's 95% score interval of a proportion, both ends within 0 and 1.

    Args:
        count: Those counted, from 0 to `out_of`.
        out_of: All that could have been; above 0.
    """
    share = count / out_of
    z2 = Z_95 * Z_95
    centre = 2 * count + z2
    half = Z_95 * math.sqrt(z2 + 4 * count * (1 - share))
    scale = 2 * (out_of + z2)
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def wilson_of_all(
    counts: NDArray[np.float64], out_of: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same ends as `wilson` gives, of many proportions: shape (n,) each."""
    z2 = Z_95 * Z_95
    centre = 2 * counts + z2
    half = Z_95 * np.sqrt(z2 + 4 * counts * (1 - counts / out_of))
    scale = 2 * (out_of + z2)
    return np.maximum(0.0, (centre - half) / scale), np.minimum(1.0, (centre + half) / scale)


def byar(count: float) -> tuple[float, float]:
    """Byar's approximate 95% interval of a count of events, 0 or more."""
    low = 0.0
    if count > 0:
        low = count * (1 - 1 / (9 * count) - Z_95 / (3 * math.sqrt(count))) ** 3
    above = count + 1
    high = above * (1 - 1 / (9 * above) + Z_95 / (3 * math.sqrt(above))) ** 3
    return max(0.0, low), high


def events(count: float) -> tuple[float, float]:
    """The 95% interval of a count of events: Byar's, below a count of 10 the exact Poisson one."""
    return byar(count) if count >= FEWEST_FOR_BYAR else poisson(count)


@functools.lru_cache(maxsize=1 << 12)
def poisson(count: float) -> tuple[float, float]:
    """Garwood's exact 95% interval of a count of events, 0 or more.

    Of a count that is no whole number, from the gamma distributions between those of its
    neighbours.
    """
    low = _mean_where(lambda mean: gamma_below(count, mean), _TAIL) if count > 0 else 0.0
    return low, _mean_where(lambda mean: gamma_below(count + 1, mean), 1 - _TAIL)


def gamma_below(shape: float, mean: float) -> float:
    """The regularised lower incomplete gamma function P(shape, mean).

    It is the probability of `shape` events or more where `mean` are expected; `shape` above 0.
    """
    if mean <= 0:
        return 0.0
    term = math.exp(shape * math.log(mean) - mean - math.lgamma(shape + 1))
    if not term:  # less than any number: so far away that all or nothing lies below
        return 1.0 if mean > shape else 0.0
    total, at = term, shape
    while term > total * 1e-17:
        at += 1
        term *= mean / at
        total += term
    return min(1.0, total)


def _mean_where(rising: Callable[[float], float], wanted: float) -> float:
    """Where a rising function of the mean reaches a probability, by halving to the last digit."""
    low, high = 0.0, 1.0
    while rising(high) < wanted:
        low, high = high, 2 * high
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
