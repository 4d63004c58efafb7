"""What chance alone would do: p-values, and the share of comparisons that differ for nothing.

Enters: a figure, its interval and a benchmark. Leaves: numbers.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from bench.judge.intervals import PER, Z_95, Method
from bench.judge.rag import Rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bench.judge.intervals import Figure, Interval

__all__ = ["BY_CHANCE", "LEVEL", "benjamini_hochberg", "p_value"]

LEVEL = 0.05
# Of comparisons with nothing behind them, the share that each rule takes for a difference; by
# spread, quarters or a tolerance nobody can say.
BY_CHANCE = {Rule.INTERVAL: Fraction(1, 20), Rule.FUNNEL: Fraction(1, 20)}


def p_value(figure: Figure, interval: Interval, benchmark: Fraction) -> float:
    """How often chance alone would set a figure at least so far from a benchmark, two-sided.

    Each test is the one whose 95% interval the figure has, so p is below 0.05 exactly when the
    benchmark lies outside it (an edge that equals the benchmark counts as inside):

    - published margin m: z = |value - benchmark| / (m / 1.96), normal;
    - Wilson's interval: the score test, z = |x/n - p0| / sqrt(p0 (1 - p0) / n);
    - Byar's interval: his approximation solved for z, z = 3 sqrt(x) (1 - 1/(9x) - cbrt(E/x)) where
      E, the count at the benchmark, is below x, and above it
      3 sqrt(x + 1) (cbrt(E/(x + 1)) - 1 + 1/(9 (x + 1))).

    Args:
        figure: With a value and whatever its interval was made of.
        interval: Its 95% interval.
        benchmark: In the figure's unit.
    """
    p = math.erfc(max(0.0, _z(figure, interval, benchmark)) / math.sqrt(2))
    # At the very edge binary rounding must not say otherwise than the exact interval.
    if interval.holds(benchmark):
        return max(p, LEVEL)
    return min(p, math.nextafter(LEVEL, 0))


def _z(figure: Figure, interval: Interval, benchmark: Fraction) -> float:
    if figure.method is Method.BYAR:
        return _byar_z(figure, benchmark)
    if figure.method is Method.MARGIN and figure.margin is not None:
        return _margin_z(interval, benchmark)
    return _score_z(figure, benchmark)


def _margin_z(interval: Interval, benchmark: Fraction) -> float:
    half = (interval.upper - interval.lower) / 2
    gap = abs(benchmark - interval.lower - half)
    if not half:
        return math.inf if gap else 0.0
    return float(gap / half) * Z_95


def _score_z(figure: Figure, benchmark: Fraction) -> float:
    if figure.method is Method.WILSON:
        count, out_of = figure.numerator, figure.denominator
    else:
        out_of = figure.respondents
        count = None if figure.value is None or out_of is None else figure.value / 100 * out_of
    assert count is not None  # noqa: S101 - else the figure has no interval
    assert out_of is not None  # noqa: S101
    share, expected = count / out_of, float(benchmark / 100)
    if not 0 < expected < 1:
        return 0.0 if share == expected else math.inf
    return abs(share - expected) / math.sqrt(expected * (1 - expected) / out_of)


def _byar_z(figure: Figure, benchmark: Fraction) -> float:
    count, population = figure.numerator, figure.denominator
    assert count is not None  # noqa: S101 - else the figure has no interval
    assert population is not None  # noqa: S101
    expected = float(benchmark) * population / PER[figure.unit]
    if expected < count:
        return 3 * math.sqrt(count) * (1 - 1 / (9 * count) - math.cbrt(expected / count))
    above = count + 1
    return 3 * math.sqrt(above) * (math.cbrt(expected / above) - 1 + 1 / (9 * above))


def benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """The smallest false discovery rate at which each of several tests is a discovery.

    Benjamini and Hochberg (1995): p x tests / place, and no more than that of any larger p.
    """
    order = np.argsort(p, kind="stable")
    places = np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate((p[order] * len(p) / places)[::-1])[::-1].clip(max=1)
    return q
