"""The figures in force as plain values, by indicator and area, or with a supposed one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import nan
from typing import TYPE_CHECKING

from bench.judge.intervals import PublishedFigure, error_variance, exact
from bench.published.schema import NUMBERS
from bench.reference.indicator import PER, IntervalMethod

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

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
        if published.margin is not None:
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
