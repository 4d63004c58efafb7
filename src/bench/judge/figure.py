"""The figures in force as plain values, by indicator and area; a supposed one; several together.

Of councils together counts are summed. The mean of a survey is weighted by the people that each
figure stands for where all print them, else by respondents; its error is that of a weighted mean
of independent surveys: the root of the sum of (weight x error) squared, over the sum of weights.
By respondents there is a further error, the larger the more the figures differ.
`benchmarks/areas.py` measures both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from math import nan
from typing import TYPE_CHECKING, Final

from bench.judge import statistics
from bench.judge.intervals import (
    Z_95,
    Interval,
    PublishedFigure,
    error_variance,
    exact,
    impossible,
    interval,
    margin_of,
)
from bench.published.schema import NUMBERS
from bench.reference.indicator import PER, IntervalMethod, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bench.reference import Council, FinancialYear, Indicator


@dataclass(frozen=True, slots=True)
class FigureInForce:
    """One row of the table in force, as plain Python values; NaN is None."""

    value: float | None
    numerator: float | None
    denominator: float | None
    respondents: float | None
    margin: float | None
    status: str
    marker: str


NO_ROW = FigureInForce(None, None, None, None, None, "not_available", "")
MISSING = {
    "suppressed": "suppressed",
    "unusable": "no usable data",
    "not_available": "not available",
    "not_applicable": "not applicable",
}
# Why a council has no figure of a year before it was made, or after it ended.
NO_COUNCIL = "did not exist that year"


def by_indicator(
    figures: pd.DataFrame, *, within: str = "area_id"
) -> dict[str, dict[str, FigureInForce]]:
    """The rows of one year by indicator and area, or of one area by indicator and `period`."""
    found: dict[str, dict[str, FigureInForce]] = {}
    numbers = (
        [None if number != number else number for number in column.tolist()]  # NaN is not itself
        for column in (figures[name].to_numpy(dtype="float64", na_value=nan) for name in NUMBERS)
    )
    labels = (
        figures[name].to_numpy(dtype=object).tolist()
        for name in ("indicator_id", within, "status", "marker")
    )
    for label, number in zip(zip(*labels, strict=True), zip(*numbers, strict=True), strict=True):
        indicator_id, key, status, marker = label
        value, numerator, denominator, respondents, margin = number
        found.setdefault(indicator_id, {})[key] = FigureInForce(
            value, numerator, denominator, respondents, margin, status, marker
        )
    return found


class AreaHistories:
    """The figures of each area of all years, made when they are first asked for.

    Args:
        figures: The table in force, breakdown "all", any periods.
    """

    def __init__(self, figures: pd.DataFrame) -> None:
        self._figures = figures
        self._held: dict[str, dict[str, dict[str, FigureInForce]]] = {}

    def of(self, area_id: str) -> Mapping[str, Mapping[str, FigureInForce]]:
        """The area's figures by indicator and period."""
        if area_id not in self._held:
            own = self._figures[self._figures["area_id"] == area_id]
            self._held[area_id] = by_indicator(own, within="period")
        return self._held[area_id]


def figure_of(printed: FigureInForce, indicator: Indicator) -> PublishedFigure:
    """The same as `uncertainty` takes it."""
    return PublishedFigure(
        value=printed.value,
        unit=str(indicator.unit),
        method=indicator.interval,
        numerator=printed.numerator,
        denominator=printed.denominator,
        respondents=printed.respondents,
        margin=printed.margin,
        lowest=indicator.minimum,
        highest=indicator.maximum,
    )


def error_variances(printed: Mapping[str, FigureInForce], indicator: Indicator) -> dict[str, float]:
    """The sampling variance of each figure whose error is known, by area."""
    unit, method = str(indicator.unit), indicator.interval
    found = (
        (area_id, error_variance(figure, unit=unit, method=method))
        for area_id, figure in printed.items()
    )
    return {area_id: variance for area_id, variance in found if variance is not None}


def no_figure(printed: FigureInForce) -> str:
    """Why a council has no figure, as a clause."""
    if printed.status == "unusable":
        return "the publisher has no usable data of the council"
    return f"the council's figure is {MISSING[printed.status]}"


def why_missing(exists: bool, printed: FigureInForce) -> str:
    """Why a peer has no figure, in a word or two."""
    return MISSING[printed.status] if exists else NO_COUNCIL


class IntervalBasis(StrEnum):
    """How the interval of a supposed figure comes about."""

    COUNTS = "counts"
    SAME_PEOPLE = "same_people"
    SAME_MARGIN = "same_margin"
    SAME_RESPONDENTS = "same_respondents"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Supposed:
    """What would be printed, and how its interval comes about."""

    printed: FigureInForce
    basis: IntervalBasis


def suppose(
    published: FigureInForce,
    indicator: Indicator,
    *,
    value: float,
    numerator: float | None = None,
    denominator: float | None = None,
) -> Supposed:
    """Put another figure in the place of a published one.

    Of a survey the margin of error and the respondents stay as published. Of people counted, a
    value alone is taken as that share of the same people.

    Args:
        published: What is printed; its parts may be missing.
        indicator: Of which.
        value: The figure, in the indicator's unit.
        numerator: With `denominator`, the counts that make it.
        denominator: See `numerator`.
    """
    method = indicator.interval
    printed = replace(
        published,
        value=value,
        numerator=numerator,
        denominator=denominator,
        status="observed",
        marker=repr(value),
    )
    if method is IntervalMethod.MARGIN:
        if margin_of(published) is not None:
            return Supposed(printed, IntervalBasis.SAME_MARGIN)
        by_respondents = published.respondents and str(indicator.unit) == "per_cent"
        return Supposed(
            printed, IntervalBasis.SAME_RESPONDENTS if by_respondents else IntervalBasis.NONE
        )
    if method is IntervalMethod.NONE:
        return Supposed(printed, IntervalBasis.NONE)
    if numerator is not None:
        return Supposed(printed, IntervalBasis.COUNTS)
    if not published.denominator:
        return Supposed(printed, IntervalBasis.NONE)
    people = exact(value) * exact(published.denominator) / PER[str(indicator.unit)]
    kept = replace(printed, numerator=float(people), denominator=published.denominator)
    return Supposed(kept, IntervalBasis.SAME_PEOPLE)


SUMMED: Final = "counts summed"
BY_PEOPLE: Final = "mean weighted by the people that each stands for"
BY_RESPONDENTS: Final = "mean weighted by respondents"
# The publisher rounds counts to 5: each may be this far from what its figure was made of.
_ROUNDING: Final = 2.5
# Respondents are in no proportion to people: the error of a mean by them, as a multiple of how the
# parts differ (the root of the sum of (share x gap) squared). So large that 1.96 of it hold the
# publisher's figures of 95% of regions, of the survey that needs more, the carers'.
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
        if figure.status == "unusable":
            reasons.append(f"the publisher has no usable data of {council.name}")
        elif figure.value is None:
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
    approximate = how == BY_RESPONDENTS or any(margin_of(figure) is None for figure in figures)
    middle = exact(value)
    return PooledFigure(
        parts, value, Interval(middle - half, middle + half, approximate=approximate), how
    )
