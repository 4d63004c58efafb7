"""One indicator through the years: gaps where two years do not compare, and the years that do."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import pandas as pd

from bench.judge import statistics
from bench.judge.drift import Series
from bench.judge.figure import (
    NO_ROW,
    FigureInForce,
    fault,
    no_figure,
    with_reckoned,
)
from bench.judge.intervals import exact
from bench.reference import BreakKind, FinancialYear
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    from bench.judge.figure import AreaHistories
    from bench.published.provisional import OwnFigure
    from bench.reference import Comparability, Council, Indicator, Registers
    from bench.reference.merged_areas import MergedArea


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One year of one indicator, of a council, its peers and England.

    Attributes:
        period: the financial year.
        council: its published figure, in the indicator's unit; None where there is none.
        england: England's.
        peer_average: the mean of the peers that have one.
        peers_reporting: how many have.
        gap_before: whether nothing crosses from the year before.
        gap_text: why; "" where something does.
        status: of the council's figure.
        isolated: whether the year compares with no other.
        own: the council's own provisional figure.
    """

    period: str
    council: float | None
    england: float | None
    peer_average: float | None
    peers_reporting: int
    gap_before: bool
    gap_text: str
    status: str
    isolated: bool
    own: float | None = None


# A published figure, None where there is none, and its status.
Printed = tuple[float | None, str]
_NO_FIGURE: Printed = (None, "not_available")
SERIES_COLUMNS = [field.name for field in fields(Point)]


def by_period(
    histories: AreaHistories, indicator: Indicator, areas: Sequence[MergedArea] = ()
) -> dict[str, dict[str, Printed]]:
    """The figures of one indicator, by year and area.

    Args:
        histories: The figures in force.
        indicator: which.
        areas: made of councils, whose figures are reckoned too, by their ids.
    """
    found = {}
    for year in indicator.years:
        printed = histories.of_measure(indicator.indicator_id, str(year))
        there = [area for area in areas if area.covers(year)]
        found[str(year)] = {
            area_id: (figure.value, figure.status)
            for area_id, figure in with_reckoned(printed, there, indicator, year).items()
        }
    return found


def points(
    printed: Mapping[str, Mapping[str, Printed]],
    registers: Registers,
    indicator: Indicator,
    council: Council,
    *,
    model: str,
    own_figures: Iterable[OwnFigure] = (),
) -> tuple[Point, ...]:
    """The years of one indicator for one council.

    Args:
        printed: The indicator's figures, by year and area; see `by_period`.
        registers: Councils, breaks and peer models.
        indicator: Whose years.
        council: Whose figures.
        model: Peer model; its members follow the areas of each year.
        own_figures: The council's provisional ones; they stand in `own`, beside what is
            published, and nowhere else.

    Returns:
        The years in which there was such a council, in order.
    """
    own = {
        figure.period: figure.value
        for figure in own_figures
        if figure.indicator_id == indicator.indicator_id
    }
    # A year counts once any area has a figure of it.
    held = {
        period
        for period, areas in printed.items()
        if any(value is not None for value, _ in areas.values())
    }
    published = {y for y in indicator.years if str(y) in held and council.exists(y)}
    years = sorted(published | set(map(FinancialYear.parse, own)))
    comparability = registers.comparability
    found = []
    previous: FinancialYear | None = None
    for year in years:
        period = str(year)
        areas = printed.get(period, {})
        group = registers.peers.group(model, council, year)
        reporting = [
            exact(value)
            for peer in group.members
            if (value := areas.get(peer.area_id, _NO_FIGURE)[0]) is not None
        ]
        value, status = areas.get(council.area_id, _NO_FIGURE)
        isolated = comparability.isolated(indicator.indicator_id, council.area_id, year)
        cut = (
            comparability.cut_between(indicator.indicator_id, council.area_id, previous, year)
            if previous
            else None
        )
        found.append(
            Point(
                period=period,
                council=value,
                england=areas.get(ENGLAND, _NO_FIGURE)[0],
                peer_average=float(statistics.mean(reporting)) if reporting else None,
                peers_reporting=len(reporting),
                gap_before=cut is not None,
                gap_text=cut.text if cut else "",
                status=status,
                isolated=isolated is not None,
                own=own.get(period),
            )
        )
        if isolated is None:
            previous = year
    return tuple(found)


def series(years: Iterable[Point]) -> pd.DataFrame:
    """The years as a table, for a user: `SERIES_COLUMNS`; numbers are missing where None."""
    return pd.DataFrame([asdict(point) for point in years], columns=SERIES_COLUMNS)


@dataclass(frozen=True, slots=True)
class Segment:
    """One indicator of a lineage, whose years join no other's.

    Attributes:
        indicator: the indicator.
        years: its years; none where no figure is held.
        cut: why its figures do not compare with those before; "" where nothing is cut.
        remark: what else is said of its first year; "" where nothing is.
    """

    indicator: Indicator
    years: tuple[Point, ...]
    cut: str
    remark: str


def lineage(
    histories: AreaHistories,
    registers: Registers,
    indicator: Indicator,
    council: Council,
    *,
    model: str,
) -> tuple[Segment, ...]:
    """An indicator and those that asked its question before it, the oldest first.

    Args:
        histories: The figures in force.
        registers: Councils, indicators, breaks and peer models.
        indicator: The latest of the lineage.
        council: Whose figures.
        model: Peer model; its members follow the areas of each year.
    """
    segments = []
    for member in registers.indicators.lineage(indicator):
        began = registers.comparability.breaks_in(
            member.indicator_id, council.area_id, member.years[0]
        )
        told = {
            kind: next((entry.text for entry in began if entry.kind is kind), "")
            for kind in (BreakKind.CUT, BreakKind.NOTE)
        }
        segments.append(
            Segment(
                member,
                points(
                    by_period(histories, member, registers.peers.reckoned(model)),
                    registers,
                    member,
                    council,
                    model=model,
                ),
                told[BreakKind.CUT],
                told[BreakKind.NOTE],
            )
        )
    return tuple(segments)


# A year that was left out, and why.
Left = tuple["FinancialYear", str]


@dataclass(frozen=True, slots=True)
class FigureSeries:
    """A council's figures of an indicator.

    Attributes:
        printed: the published figures, by period.
        indicator: of which they are figures.
        council: whose.
        comparability: what may be compared.
    """

    printed: Mapping[str, FigureInForce]
    indicator: Indicator
    council: Council
    comparability: Comparability

    def comparable(self, last: FinancialYear, most: int) -> tuple[list[FinancialYear], list[Left]]:
        """At most so many years up to `last`, earliest first, and what was left out on the way.

        A year on its own is passed over. A cut ends the line, and so does a year without a usable
        figure: what is hidden may be the very year that would change the answer.
        """
        years: list[FinancialYear] = [last]
        left_out: list[Left] = []
        line = self.comparability.line_back(self.indicator, self.council.area_id, last)
        for earlier, apart in line:
            if len(years) == most or not self.council.exists(earlier):
                break
            if apart is not None:
                left_out.insert(0, (earlier, apart))
            elif reason := self._no_figure(earlier):
                left_out.insert(0, (earlier, reason))
                break
            else:
                years.insert(0, earlier)
        return years, left_out

    def unusable(self, year: FinancialYear) -> str:
        """Why no line ends with the year; "" where one may."""
        alone = self.comparability.alone(self.indicator.indicator_id, self.council.area_id, year)
        if alone is not None:
            return alone.text
        if self.council.tiny:
            return "the council is too small: a few people more or less would change its figure"
        return self._no_figure(year)

    def value(self, year: FinancialYear) -> Fraction:
        """The figure of a comparable year, exact."""
        return exact(self._figure(year))

    def series(self, years: Sequence[FinancialYear]) -> Series:
        """The figures of comparable years, as they are tested."""
        return Series(tuple(year.start for year in years), tuple(map(self._figure, years)))

    def _figure(self, year: FinancialYear) -> float:
        value = self._of(year).value
        assert value is not None, "a comparable year has a figure"  # noqa: S101
        return value

    def _no_figure(self, year: FinancialYear) -> str:
        own = self._of(year)
        if own.value is None:
            return no_figure(own)
        if reason := fault(own, self.indicator):
            return f"the figure cannot be right as published: {reason}"
        return ""

    def _of(self, year: FinancialYear) -> FigureInForce:
        return self.printed.get(str(year), NO_ROW)
