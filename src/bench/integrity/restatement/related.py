"""The changes of related indicators over comparable years, and their correlation over councils."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import pandas as pd

from bench.judge import statistics
from bench.judge.figure import NO_ROW, by_indicator, figure_of
from bench.judge.intervals import Interval, exact, interval
from bench.reference.indicator import Together

if TYPE_CHECKING:
    from bench.judge.figure import FigureInForce
    from bench.reference import Council, FinancialYear, Indicator, Registers


class Tally(StrEnum):
    """How a relative moved, beside what was expected of it."""

    AS_EXPECTED = "as_expected"
    OTHERWISE = "otherwise"
    NO_CHANGE = "no_change"
    UNKNOWN = "unknown"
    NOTHING_TO_SHARE = "nothing_to_share"


@dataclass(frozen=True, slots=True)
class IndicatorChange:
    """One indicator's move to a year from the latest earlier one that compares with it.

    Attributes:
        indicator: the indicator.
        value, previous: the figures in its unit; None where there is none.
        previous_period: the year of the previous figure.
        change: value less previous, at published decimals; None where there is none.
        within_margin: both figures have a 95% interval, and the two overlap.
        why: why there is no change to show; "" where there is one.
    """

    indicator: Indicator
    value: float | None
    previous: float | None
    previous_period: FinancialYear | None
    change: float | None
    within_margin: bool
    why: str

    @property
    def sign(self) -> int:
        """1 up, -1 down, 0 where it did not move by more than its margin of error."""
        if self.change is None or self.within_margin:
            return 0
        return (self.change > 0) - (self.change < 0)


def changes(
    figures: pd.DataFrame,
    registers: Registers,
    indicators: tuple[Indicator, ...],
    council: Council,
    year: FinancialYear,
) -> list[IndicatorChange]:
    """The move of each indicator to a year, in the order given.

    Args:
        figures: The table in force, breakdown "all".
        registers: Breaks and remarks.
        indicators: Whose moves.
        council: Whose figures.
        year: The later year.
    """
    own = by_indicator(figures[figures["area_id"] == council.area_id], within="period")
    return [
        change_of(own.get(one.indicator_id, {}), registers, one, council, year)
        for one in indicators
    ]


def change_of(
    own: dict[str, FigureInForce],
    registers: Registers,
    indicator: Indicator,
    council: Council,
    year: FinancialYear,
) -> IndicatorChange:
    """The move of one indicator to a year; `own` are the council's figures by period."""
    comparability = registers.comparability
    now = own.get(str(year), NO_ROW)
    before = comparability.previous_comparable(indicator, council.area_id, year)
    then = own.get(str(before), NO_ROW) if before else NO_ROW
    why = ""
    if not indicator.published_in(year):
        why = f"not published for {year}"
    elif now.value is None:
        why = f"no figure for {year}"
    elif before is None:
        why = f"no earlier year compares with {year}"
    elif then.value is None:
        why = f"no figure for {before}"
    if why or now.value is None or then.value is None:
        return IndicatorChange(indicator, now.value, then.value, before, None, False, why)
    made = [interval(figure_of(one, indicator)) for one in (now, then)]
    first, second = (one if isinstance(one, Interval) else None for one in made)
    return IndicatorChange(
        indicator,
        now.value,
        then.value,
        before,
        float(statistics.change(exact(now.value), exact(then.value))),
        first is not None and second is not None and first.overlaps(second),
        "",
    )


def tally(own: int, relative: IndicatorChange, together: Together) -> Tally:
    """Whether a relative moved as expected.

    Args:
        own: 1 where the indicator itself went up, -1 where it went down, 0 where it did not move.
        relative: The relative's move.
        together: How the two are expected to move.
    """
    if relative.change is None:
        return Tally.UNKNOWN
    if own == 0:
        return Tally.NOTHING_TO_SHARE
    if relative.sign == 0:
        return Tally.NO_CHANGE
    expected = own if together is Together.SAME else -own
    return Tally.AS_EXPECTED if relative.sign == expected else Tally.OTHERWISE


def pairs(
    figures: pd.DataFrame,
    registers: Registers,
    x: Indicator,
    y: Indicator,
    year: FinancialYear,
    *,
    also: str = "",
) -> pd.DataFrame:
    """Both figures of every council that has both, without the tiny two.

    Args:
        figures: The table in force, breakdown "all".
        registers: Councils.
        x: The figures across.
        y: The figures upwards.
        year: The year of both.
        also: A council to keep even if it is one of the tiny two, by its `area_id`.

    Returns:
        Columns area_id, council, x, y, in the indicators' units; ordered by council.
    """
    of_year = figures[(figures["period"] == str(year)) & figures["value"].notna()]
    values = {
        one.indicator_id: dict(
            of_year.loc[
                of_year["indicator_id"] == one.indicator_id, ["area_id", "value"]
            ].itertuples(index=False, name=None)
        )
        for one in (x, y)
    }
    rows = [
        (council.area_id, council.name, values[x.indicator_id][area], values[y.indicator_id][area])
        for council in registers.councils.in_year(year)
        if (not council.tiny or council.area_id == also)
        and all((area := council.area_id) in held for held in values.values())
    ]
    return pd.DataFrame(rows, columns=["area_id", "council", "x", "y"])


def path(
    figures: pd.DataFrame, registers: Registers, x: Indicator, y: Indicator, council: Council
) -> pd.DataFrame:
    """The council's two figures through the years.

    Returns:
        Columns period, x, y, gap_before, isolated; ordered by year. `gap_before` says that either
        indicator has a cut since the year before; an isolated year is joined to no other.
    """
    own = by_indicator(figures[figures["area_id"] == council.area_id], within="period")
    comparability = registers.comparability
    rows = []
    previous: FinancialYear | None = None
    for year in sorted(set(x.years) & set(y.years)):
        found = [own.get(one.indicator_id, {}).get(str(year), NO_ROW).value for one in (x, y)]
        if None in found:
            continue
        about = [(one.indicator_id, council.area_id) for one in (x, y)]
        alone = any(
            comparability.isolated(*one, year) or comparability.not_compared(*one, year)
            for one in about
        )
        gap = previous is not None and any(
            comparability.cut_between(*one, previous, year) for one in about
        )
        rows.append((str(year), *found, gap, alone))
        if not alone:
            previous = year
    return pd.DataFrame(rows, columns=["period", "x", "y", "gap_before", "isolated"])
