"""The figures in force as plain values, by indicator and area; a supposed one; several together.

Of councils together counts are summed. The mean of a survey is weighted by the people that each
figure stands for where all print them, else by respondents; its error is that of a weighted mean
of independent surveys: the root of the sum of (weight x error) squared, over the sum of weights.
By respondents there is a further error, the larger the more the figures differ.
`benchmarks/areas.py` measures both.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from math import nan
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bench.judge import statistics
from bench.judge.intervals import (
    Z_95,
    Interval,
    PublishedFigure,
    error_variance,
    exact,
    impossibility,
    interval,
    margin_of,
)
from bench.published.schema import NUMBERS
from bench.reference.indicator import PER, IntervalMethod, Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from bench.reference import Council, FinancialYear, Indicator
    from bench.reference.merged_areas import MergedArea


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
    return _Columns(figures).by_indicator(np.arange(len(figures)), within=within)


class _Columns:
    """The columns of a table in force as arrays, each taken out of it when it is first asked for.

    Args:
        figures: Any rows of the table.
    """

    def __init__(self, figures: pd.DataFrame) -> None:
        self._figures = figures
        self._labels: dict[str, tuple[NDArray[np.integer[Any]], list[Any]]] = {}

    @functools.cached_property
    def _numbers(self) -> list[NDArray[np.float64]]:
        return [self._figures[name].to_numpy(dtype="float64", na_value=nan) for name in NUMBERS]

    def _coded(self, name: str) -> tuple[NDArray[np.integer[Any]], list[Any]]:
        """Of a label the number in each row, and what it stands for; the last, -1, for nothing."""
        if name not in self._labels:
            labels = self._figures[name].astype("category").array
            self._labels[name] = (labels.codes, [*labels.categories.tolist(), nan])
        return self._labels[name]

    def _label(self, name: str, rows: NDArray[np.intp]) -> list[Any]:
        codes, words = self._coded(name)
        return [words[code] for code in codes[rows].tolist()]

    def rows(self, name: str, label: str) -> NDArray[np.intp]:
        """The rows that have a label."""
        codes, words = self._coded(name)
        if label not in words:
            return np.empty(0, dtype=np.intp)
        return np.flatnonzero(codes == words.index(label))

    @functools.cached_property
    def measures(self) -> dict[tuple[str, str], NDArray[np.intp]]:
        """The rows of each indicator and period."""
        (indicators, names), (periods, years) = map(self._coded, ("indicator_id", "period"))
        codes = indicators.astype(np.intp) * len(years) + periods
        order = np.argsort(codes, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
        return {
            (names[indicators[rows[0]]], years[periods[rows[0]]]): rows
            for rows in parts
            if len(rows)
        }

    def by_label(self, rows: NDArray[np.intp], name: str) -> Iterator[tuple[str, FigureInForce]]:
        """The figures of some rows, each with a label."""
        numbers = (
            [None if number != number else number for number in column[rows].tolist()]
            for column in self._numbers  # NaN is not itself
        )
        labels = (self._label(label, rows) for label in ("status", "marker"))
        figures = itertools.starmap(FigureInForce, zip(*numbers, *labels, strict=True))
        return zip(self._label(name, rows), figures, strict=True)

    def by_indicator(
        self, rows: NDArray[np.intp], *, within: str
    ) -> dict[str, dict[str, FigureInForce]]:
        """Some rows by indicator, and within it by another label."""
        found: dict[str, dict[str, FigureInForce]] = defaultdict(dict)
        figures = self.by_label(rows, within)
        for indicator_id, (key, figure) in zip(
            self._label("indicator_id", rows), figures, strict=True
        ):
            found[indicator_id][key] = figure
        return dict(found)


class AreaHistories:
    """The figures of each area, or of each indicator and year, made when they are first asked for.

    Args:
        figures: The table in force, breakdown "all", any periods.
    """

    def __init__(self, figures: pd.DataFrame) -> None:
        self._columns = _Columns(figures)
        self._by_area: dict[str, dict[str, dict[str, FigureInForce]]] = {}
        self._by_measure: dict[tuple[str, str], dict[str, FigureInForce]] = {}

    def of(self, area_id: str) -> Mapping[str, Mapping[str, FigureInForce]]:
        """The area's figures by indicator and period."""
        if area_id not in self._by_area:
            rows = self._columns.rows("area_id", area_id)
            self._by_area[area_id] = self._columns.by_indicator(rows, within="period")
        return self._by_area[area_id]

    def of_measure(self, indicator_id: str, period: str) -> dict[str, FigureInForce]:
        """The figures of an indicator and year by area; none where nothing is printed."""
        asked = (indicator_id, period)
        if asked not in self._by_measure:
            rows = self._columns.measures.get(asked)
            self._by_measure[asked] = (
                {} if rows is None else dict(self._columns.by_label(rows, "area_id"))
            )
        return self._by_measure[asked]


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


def fault(printed: FigureInForce, indicator: Indicator) -> str | None:
    """Why a figure in force cannot be right as it stands, or None."""
    return impossibility(
        printed, str(indicator.unit), lowest=indicator.minimum, highest=indicator.maximum
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
        counts: numerator and denominator, where counts were summed.
    """

    parts: tuple[tuple[Council, FigureInForce], ...]
    value: float | None = None
    interval: Interval | None = None
    how: str = ""
    reason: str = ""
    counts: tuple[float, float] | None = None


def reckoned_figure(whole: PooledFigure, indicator: Indicator) -> PublishedFigure:
    """A pooled figure as the judge takes one; half of its range stands for a margin of error."""
    numerator, denominator = whole.counts or (None, None)
    ends = whole.interval
    survey = indicator.interval is IntervalMethod.MARGIN and ends is not None
    return PublishedFigure(
        value=whole.value,
        unit=str(indicator.unit),
        method=indicator.interval,
        numerator=numerator,
        denominator=denominator,
        margin=float(ends.upper - ends.lower) / 2 if survey and ends else None,
        lowest=indicator.minimum,
        highest=indicator.maximum,
    )


def with_reckoned(
    printed: Mapping[str, FigureInForce],
    areas: Iterable[MergedArea],
    indicator: Indicator,
    year: FinancialYear,
) -> Mapping[str, FigureInForce]:
    """An indicator's figures of a year, and those of areas made of councils by their ids.

    Args:
        printed: by `area_id`; it is not changed.
        areas: each made of councils that year.
        indicator: of which.
        year: of which.
    """
    added = {}
    for area in areas:
        span = area.span(year)
        whole = pooled(span.councils, printed, indicator, year, span.shares)
        figure = reckoned_figure(whole, indicator)
        added[area.merged_id] = FigureInForce(
            value=figure.value,
            numerator=figure.numerator,
            denominator=figure.denominator,
            respondents=None,
            margin=figure.margin,
            status="not_available" if figure.value is None else "observed",
            marker=area.mark(year),
        )
    return {**printed, **added} if added else printed


def pooled(
    councils: Sequence[Council],
    printed: Mapping[str, FigureInForce],
    indicator: Indicator,
    year: FinancialYear,
    shares: Collection[str] = (),
) -> PooledFigure:
    """An indicator's figure of the councils together.

    Args:
        councils: whom the area is made of that year.
        printed: the indicator's figures in force of the year, by `area_id`.
        indicator: of which.
        year: of which.
        shares: the `area_id`s of those of which only a part is meant, which nothing is known of.
    """
    parts = tuple((council, printed.get(council.area_id, NO_ROW)) for council in councils)
    if partly := [council.name for council in councils if council.area_id in shares]:
        return PooledFigure(
            parts, reason=f"not known: what is published of {' and '.join(partly)} is of all of it"
        )
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
        elif reason := fault(figure, indicator):
            reasons.append(f"the figure of {council.name} cannot be right, {reason}")
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
            parts, reason=f"not known: no counts are published of {' or '.join(lacking)}"
        )
    per = PER[str(indicator.unit)]
    apart = [c.name for c, f in parts if not _agree(f, per)]
    if apart:
        return PooledFigure(
            parts,
            reason=f"not known: the counts of {' and '.join(apart)} do not give what is published",
        )
    numerator = sum(figure.numerator or 0 for figure in figures)
    denominator = sum(figure.denominator or 0 for figure in figures)
    value = statistics.rounded(per * exact(numerator) / exact(denominator), decimals)
    limits = interval(
        PublishedFigure(value, str(indicator.unit), indicator.interval, numerator, denominator)
    )
    if isinstance(limits, str):
        reason = f"no range: {limits}"
        return PooledFigure(parts, value, None, SUMMED, reason, (numerator, denominator))
    return PooledFigure(parts, value, limits, SUMMED, counts=(numerator, denominator))


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
            parts, reason=f"not known: no number of respondents of {' or '.join(lacking)}"
        )
    total = statistics.total(exact(size) for size in sizes)
    products = (exact(f.value or 0) * exact(w) for f, w in zip(figures, sizes, strict=True))
    value = statistics.rounded(statistics.total(products) / total, decimals)
    unit, method = str(indicator.unit), indicator.interval
    errors = [error_variance(figure, unit=unit, method=method) for figure in figures]
    known = [error for error in errors if error is not None]
    if len(known) < len(figures):
        lacking = [c.name for (c, _), e in zip(parts, errors, strict=True) if e is None]
        reason = f"no range: no margin of error is known of {' or '.join(lacking)}"
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
