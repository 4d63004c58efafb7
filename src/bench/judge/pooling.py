"""Figures of an area reckoned from those of the councils it is made of; nothing is guessed.

Counts are summed. The mean of a survey is weighted by the people that each council's figure stands
for where all print them, else by respondents; its error is that of a weighted mean of independent
surveys: the square root of the sum of (weight x error) squared, over the sum of weights. Respondents
are not in proportion to the people: their mean has a further error, as large as the councils' figures
differ, and `_UNKNOWN_WEIGHTS` says how large. `benchmarks/areas.py` measures all of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench.judge import statistics
from bench.judge.figure import MISSING, NO_ROW, FigureInForce, figure_of
from bench.judge.intervals import (
    Z_95,
    Interval,
    PublishedFigure,
    error_variance,
    exact,
    impossible,
    interval,
)
from bench.reference.indicator import PER, IntervalMethod, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.reference import Council, FinancialYear, Indicator

SUMMED: Final = "counts summed"
BY_PEOPLE: Final = "mean weighted by the people it stands for"
BY_RESPONDENTS: Final = "mean weighted by respondents"
# The publisher rounds counts to 5: each may be this far from what its figure was made of.
_ROUNDING: Final = 2.5
# The error of a mean by respondents, as a multiple of the standard deviation of the parts about it
# (weights squared): so large that 1.96 of it hold the publisher's figure of 95% of regions.
_UNKNOWN_WEIGHTS: Final = 1.1


@dataclass(frozen=True, slots=True)
class PooledFigure:
    """An area's figure of an indicator and year, reckoned and not published.

    Attributes:
        parts: each council with what is published of it, in the order of the area.
        value: at the indicator's published decimals; None where it is not known.
        interval: its 95% range; None where the error is not known.
        how: how it was reckoned; "" where it was not.
        reason: why it is not known, or has no range; "" where both are there.
    """

    parts: tuple[tuple[Council, FigureInForce], ...]
    value: float | None = None
    interval: Interval | None = None
    how: str = ""
    reason: str = ""


def pooled(
    councils: Sequence[Council],
    printed: Mapping[str, FigureInForce],
    indicator: Indicator,
    year: FinancialYear,
) -> PooledFigure:
    """An indicator's figure of the councils together.

    Args:
        councils: whom the area is made of that year.
        printed: the indicator's figures in force of the year, by `area_id`.
        indicator: of which.
        year: of which.
    """
    parts = tuple((council, printed.get(council.area_id, NO_ROW)) for council in councils)
    missing = _missing(parts, indicator)
    if missing:
        return PooledFigure(parts, reason=f"not known: {'; '.join(missing)}")
    figures = [figure for _, figure in parts]
    decimals = indicator.decimals(year)
    if indicator.unit is Unit.COUNT:
        total = math.fsum(figure.value or 0 for figure in figures)
        return PooledFigure(parts, total, None, SUMMED, "a count has no range")
    if indicator.interval is IntervalMethod.MARGIN:
        return _survey(parts, figures, indicator, decimals)
    return _counts(parts, figures, indicator, decimals)


def _missing(parts: Sequence[tuple[Council, FigureInForce]], indicator: Indicator) -> list[str]:
    """Why a part cannot be pooled, for each that cannot."""
    reasons = []
    for council, figure in parts:
        if figure.value is None:
            reasons.append(f"the figure of {council.name} is {MISSING[figure.status]}")
        elif fault := impossible(figure_of(figure, indicator)):
            reasons.append(f"the figure of {council.name} cannot be right, {fault}")
    return reasons


def _counts(
    parts: tuple[tuple[Council, FigureInForce], ...],
    figures: Sequence[FigureInForce],
    indicator: Indicator,
    decimals: int,
) -> PooledFigure:
    lacking = [c.name for c, f in parts if f.numerator is None or not f.denominator]
    if lacking:
        return PooledFigure(
            parts, reason=f"not known: no counts are published of {', '.join(lacking)}"
        )
    per = PER[str(indicator.unit)]
    apart = [c.name for c, f in parts if not _agree(f, per)]
    if apart:
        return PooledFigure(
            parts, reason=f"not known: the counts of {', '.join(apart)} do not give its figure"
        )
    numerator = sum(figure.numerator or 0 for figure in figures)
    denominator = sum(figure.denominator or 0 for figure in figures)
    value = statistics.rounded(per * exact(numerator) / exact(denominator), decimals)
    limits = interval(
        PublishedFigure(value, str(indicator.unit), indicator.interval, numerator, denominator)
    )
    if isinstance(limits, str):
        return PooledFigure(parts, value, None, SUMMED, f"no range: {limits}")
    return PooledFigure(parts, value, limits, SUMMED)


def _agree(figure: FigureInForce, per: int) -> bool:
    """Whether the counts of a part make its figure, allowing for rounding of all three."""
    assert figure.value is not None  # noqa: S101 - asked of parts with all three alone
    assert figure.numerator is not None  # noqa: S101
    assert figure.denominator  # noqa: S101
    quotient = per * figure.numerator / figure.denominator
    slack = (per + quotient) * _ROUNDING / figure.denominator
    return abs(quotient - figure.value) <= slack + 0.1


def _stands_for_people(figure: FigureInForce) -> bool:
    """Whether a survey's denominator is a weighted population.

    That of the carers' survey is the number of respondents, rounded.
    """
    if not figure.denominator:
        return False
    return not figure.respondents or abs(figure.denominator - figure.respondents) > 2 * _ROUNDING


def _survey(
    parts: tuple[tuple[Council, FigureInForce], ...],
    figures: Sequence[FigureInForce],
    indicator: Indicator,
    decimals: int,
) -> PooledFigure:
    weights, how = [f.denominator for f in figures], BY_PEOPLE
    if not all(map(_stands_for_people, figures)):
        weights, how = [f.respondents for f in figures], BY_RESPONDENTS
    sizes = [weight for weight in weights if weight]
    if len(sizes) < len(figures):
        lacking = [c.name for (c, _), weight in zip(parts, weights, strict=True) if not weight]
        return PooledFigure(
            parts, reason=f"not known: no number of respondents of {', '.join(lacking)}"
        )
    total = statistics.total(exact(size) for size in sizes)
    products = (exact(f.value or 0) * exact(w) for f, w in zip(figures, sizes, strict=True))
    value = statistics.rounded(statistics.total(products) / total, decimals)
    unit, method = str(indicator.unit), indicator.interval
    errors = [error_variance(figure, unit=unit, method=method) for figure in figures]
    known = [error for error in errors if error is not None]
    if len(known) < len(figures):
        lacking = [c.name for (c, _), e in zip(parts, errors, strict=True) if e is None]
        reason = f"no range: no margin of error is known of {', '.join(lacking)}"
        return PooledFigure(parts, value, None, how, reason)
    shares = [size / float(total) for size in sizes]
    variance = math.fsum(w * w * v for w, v in zip(shares, known, strict=True))
    if how == BY_RESPONDENTS:
        gaps = [(figure.value or 0) - value for figure in figures]
        apart = math.fsum((w * gap) ** 2 for w, gap in zip(shares, gaps, strict=True))
        variance += _UNKNOWN_WEIGHTS**2 * apart
    half = exact(Z_95 * math.sqrt(variance))
    approximate = how == BY_RESPONDENTS or any(figure.margin is None for figure in figures)
    middle = exact(value)
    return PooledFigure(
        parts, value, Interval(middle - half, middle + half, approximate=approximate), how
    )
