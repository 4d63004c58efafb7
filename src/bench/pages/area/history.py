"""What a merged area would have looked like in each year, and what was published of its ground."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.judge.published_row import measure_of
from bench.pages import store
from bench.pages.area.figures import of_year
from bench.present.theme import look_of
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.judge.published_row import Measure
    from bench.judge.rag import Rules, Verdict
    from bench.present.theme import Look
    from bench.reference import FinancialYear, Indicator
    from bench.reference.merged_areas import MergedArea


@dataclass(frozen=True, slots=True)
class YearPoint:
    """One year of one indicator of a merged area's ground.

    Attributes:
        year: which.
        value: in the indicator's unit; None where it is not known.
        lower: the lower end of a reckoned figure's 95% range; None where there is none.
        upper: the upper end.
        england: England's published figure.
        verdict: against England.
        source: its mark, or that the council before published it.
        reckoned: whether it is no published figure.
        reason: why it is not known.
        cut: whether it cannot be compared with the point before.
    """

    year: FinancialYear
    value: float | None
    lower: float | None
    upper: float | None
    england: float | None
    verdict: Verdict
    source: str
    reckoned: bool
    reason: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class IndicatorYears:
    """The years of one indicator in which it was published, earliest first."""

    indicator: Indicator
    points: tuple[YearPoint, ...]

    @property
    def measure(self) -> Measure:
        """How the figures of the latest of the years are printed."""
        return measure_of(self.indicator, self.points[-1].year)

    def look(self, point: YearPoint) -> Look:
        """How a year's verdict looks."""
        return look_of(point.verdict, self.measure.polarity)


def history(area: MergedArea, rules: Rules) -> tuple[IndicatorYears, ...]:
    """Every indicator of every year of an area's ground, in the order of the latest codes.

    A year in which the council before published its own figures shows those.
    """
    points: dict[str, list[YearPoint]] = {}
    for year in store.years():
        for indicator, point in _of_year(area, year, rules):
            points.setdefault(indicator.indicator_id, []).append(point)
    indicators = sources.reference().indicators
    found = [
        IndicatorYears(indicators[name], tuple(_with_cuts(area, name, years)))
        for name, years in points.items()
    ]
    latest = max((one.points[-1].year for one in found), default=None)
    order = {
        indicator.indicator_id: at
        for at, indicator in enumerate(indicators.in_year(latest) if latest else ())
    }
    return tuple(
        sorted(
            found,
            key=lambda one: (order.get(one.indicator.indicator_id, len(order)), one.measure.code),
        )
    )


def _of_year(
    area: MergedArea, year: FinancialYear, rules: Rules
) -> Iterator[tuple[Indicator, YearPoint]]:
    if area.covers(year):
        figures = of_year(area, year, rules)
        for row in figures.rows:
            reason = row.reckoned.reason if row.reckoned.value is None else ""
            yield (
                row.indicator,
                YearPoint(
                    year,
                    row.reckoned.value,
                    *row.limits,
                    row.england,
                    row.vs_england,
                    figures.mark,
                    reckoned=True,
                    reason=reason,
                ),
            )
        return
    before = area.stands_for
    if before is None or not before.exists(year):
        return
    registers = sources.reference()
    table = store.plain_table(year, rules)
    for indicator in registers.indicators.in_year(year):
        own, verdict = table.beside_england(indicator, before.area_id)
        england = table.england_of(indicator).value
        yield (
            indicator,
            YearPoint(
                year,
                own.value,
                None,
                None,
                None if england is None else float(england),
                verdict,
                f"published of {before.name}",
                reckoned=False,
                reason="" if own.value is not None else verdict.reason,
            ),
        )


def _with_cuts(area: MergedArea, name: str, points: list[YearPoint]) -> Iterator[YearPoint]:
    """The points, each with whether anything parts it from the one before."""
    from_before: YearPoint | None = None
    for point in points:
        cut = from_before is not None and _apart(area, name, from_before.year, point.year)
        yield replace(point, cut=cut)
        from_before = point


def _apart(area: MergedArea, name: str, earlier: FinancialYear, later: FinancialYear) -> bool:
    comparability = sources.reference().comparability
    councils = {
        council.area_id
        for year in (earlier, later)
        if area.covers(year)
        for council in area.councils(year)
    }
    if area.stands_for is not None and area.stands_for.exists(earlier):
        councils.add(area.stands_for.area_id)
    return any(
        comparability.cut_between(name, area_id, earlier, later) is not None
        or comparability.alone(name, area_id, earlier) is not None
        or comparability.alone(name, area_id, later) is not None
        for area_id in ("", *sorted(councils))
    )
