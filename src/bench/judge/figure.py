"""The figures in force as plain values, by indicator and area; and a supposed one."""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.judge.intervals import (
    PublishedFigure,
    error_variance,
    exact,
    impossibility,
    margin_of,
)
from bench.published.schema import NUMBERS
from bench.reference.indicator import PER, IntervalMethod

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from bench.reference import Indicator


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
