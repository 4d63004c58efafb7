"""The verdict on a council's trend.

Its evidence: the years used, those left out and why, the slope and its test.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.judge import slope
from bench.judge.figure import by_indicator
from bench.judge.intervals import Method
from bench.judge.trend import Left, Line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from fractions import Fraction

    from bench.judge.rag import TrendRules
    from bench.judge.slope import Slope
    from bench.reference import Council, FinancialYear, Indicator, Registers

TREND_COLUMNS = [
    "direction",
    "first_year",
    "last_year",
    "years",
    "left_out",
    "method",
    "slope_per_year",
    "statistic",
    "p",
    "beyond_chance",
    "steady",
    "reason",
]


class Direction(StrEnum):
    """Where a council's figure is going."""

    IMPROVING = "improving"
    WORSENING = "worsening"
    RISING = "rising"
    FALLING = "falling"
    NO_CLEAR_CHANGE = "no_clear_change"
    TOO_FEW_YEARS = "too_few_years"
    CANNOT_BE_TESTED = "cannot_be_tested"


class TrendMethod(StrEnum):
    """How a slope is tested; see `bench.judge.slope`."""

    COUNTS = "chi_squared_for_trend"
    WEIGHT = "weighted_slope"
    ORDER = "mann_kendall"


_SIGNS = {
    "higher_is_better": {1: Direction.IMPROVING, -1: Direction.WORSENING},
    "lower_is_better": {1: Direction.WORSENING, -1: Direction.IMPROVING},
    "none": {1: Direction.RISING, -1: Direction.FALLING},
}
_KINDS = {
    Method.WILSON: TrendMethod.COUNTS,
    Method.MARGIN: TrendMethod.WEIGHT,
    Method.BYAR: TrendMethod.WEIGHT,
    Method.NONE: TrendMethod.ORDER,
}
_NO_PAIR = {
    TrendMethod.COUNTS: "no counts are published with it",
    TrendMethod.WEIGHT: "it has no margin of error",
}


@dataclass(frozen=True, slots=True)
class TrendVerdict:
    """Where a council's figure is going, with the evidence.

    Attributes:
        direction: by polarity; rising or falling where neither way is better.
        years: those that compare, earliest first; tested if there is a `slope`.
        left_out: years passed over or where the line ends, each with the reason, earliest first.
        method: how the slope was tested; None where it was not.
        slope: the slope and its test; None where there was none.
        beyond_chance: whether chance alone would move it so far only rarely.
        reason: why there was no test; "" where there was one.
    """

    direction: Direction
    years: tuple[FinancialYear, ...] = ()
    left_out: tuple[Left, ...] = ()
    method: TrendMethod | None = None
    slope: Slope | None = None
    beyond_chance: bool = False
    reason: str = ""

    def record(self) -> dict[str, Any]:
        """The verdict as plain values, by `TREND_COLUMNS`; None where there is no number."""
        line = self.slope
        return {
            "direction": str(self.direction),
            "first_year": str(self.years[0]) if self.years else None,
            "last_year": str(self.years[-1]) if self.years else None,
            "years": [str(year) for year in self.years],
            "left_out": [[str(year), why] for year, why in self.left_out],
            "method": str(self.method) if self.method else None,
            "slope_per_year": float(line.per_year) if line else None,
            "statistic": line.statistic if line else None,
            "p": line.p if line else None,
            "beyond_chance": self.beyond_chance,
            "steady": line.steady if line else None,
            "reason": self.reason,
        }


_PROVISIONAL = TrendVerdict(
    Direction.CANNOT_BE_TESTED,
    reason="it is the council's own figure, and only published ones are tested",
)


def frame(
    named: Sequence[tuple[str, ...]], columns: Sequence[str], found: Mapping[str, TrendVerdict]
) -> pd.DataFrame:
    """Verdicts as a table, in the order of what they are about.

    Args:
        named: The cells before the verdict's; the first is its key in `found`.
        columns: The names of these.
        found: The verdicts.
    """
    return pd.DataFrame(
        [dict(zip(columns, name, strict=True)) | found[name[0]].record() for name in named],
        columns=[*columns, *TREND_COLUMNS],
    )


def direction(line: Line, *, year: FinancialYear, rules: TrendRules) -> TrendVerdict:
    """Where a council's figure is going.

    Proportions of people counted are tested by their counts, surveys and rates by the width of
    their intervals: over the latest years that have these, if there are enough. Otherwise only
    the order of the years is tested, which needs more of them.

    Args:
        line: The council's figures.
        year: The last year that may count.
        rules: How many years, and what is clear.
    """
    if reason := line.unusable(year):
        return TrendVerdict(Direction.CANNOT_BE_TESTED, reason=reason)
    years, left_out = line.comparable(year, rules.years)
    kind = _KINDS[Method(line.indicator.interval)]
    known = _known(line, kind, years)
    if len(known) >= rules.least_years:
        left_out += [(one, _NO_PAIR[kind]) for one in years[: -len(known)]]
        years = years[-len(known) :]
        test = slope.by_counts if kind is TrendMethod.COUNTS else slope.by_weight
        found, significance = test([one.start for one in years], known), rules.significance
    elif len(years) >= rules.least_years_by_order:
        kind, values = TrendMethod.ORDER, [line.value(one) for one in years]
        found = slope.by_order([one.start for one in years], values)
        significance = rules.significance_by_order
    else:
        return TrendVerdict(
            Direction.TOO_FEW_YEARS,
            tuple(years),
            tuple(left_out),
            reason=_too_few(len(years), kind, rules),
        )
    beyond_chance = found.p < significance
    side = Direction.NO_CLEAR_CHANGE
    if beyond_chance and found.steady:
        side = _SIGNS[str(line.indicator.polarity)][found.side]
    return TrendVerdict(side, tuple(years), tuple(sorted(left_out)), kind, found, beyond_chance)


def _known(
    line: Line, kind: TrendMethod, years: list[FinancialYear]
) -> list[tuple[Fraction, Fraction]]:
    """What the test of that kind needs, of the latest years that have it, earliest first."""
    if kind is TrendMethod.ORDER:
        return []
    of_year = line.counts if kind is TrendMethod.COUNTS else line.width
    known: list[tuple[Fraction, Fraction]] = []
    for year in reversed(years):
        pair = of_year(year)
        if pair is None:
            break
        known.insert(0, pair)
    return known


def _too_few(found: int, kind: TrendMethod, rules: TrendRules) -> str:
    by_order = kind is TrendMethod.ORDER or found >= rules.least_years
    needed = rules.least_years_by_order if by_order else rules.least_years
    without = " without counts or margins of error" if by_order else ""
    return f"{found} comparable year{'' if found == 1 else 's'}, and a test{without} needs {needed}"


def of_council(
    figures: pd.DataFrame,
    registers: Registers,
    council: Council,
    indicators: Iterable[Indicator],
    *,
    year: FinancialYear,
    rules: TrendRules,
    provisional: Collection[str] = (),
) -> dict[str, TrendVerdict]:
    """The direction of each indicator of a council, by its id.

    Args:
        figures: The table in force, breakdown "all", any periods.
        registers: Breaks and notes.
        council: Whose figures.
        indicators: Of which.
        year: The last year that may count.
        rules: How many years, and what is clear.
        provisional: Ids of those whose figure of the year is the council's own, which no test
            sets beside published ones.
    """
    own = by_indicator(figures[figures["area_id"] == council.area_id], within="period")
    return {
        one.indicator_id: _PROVISIONAL
        if one.indicator_id in provisional
        else direction(
            Line(own.get(one.indicator_id, {}), one, council, registers.comparability),
            year=year,
            rules=rules,
        )
        for one in indicators
    }


def across(
    figures: pd.DataFrame,
    registers: Registers,
    indicator: Indicator,
    *,
    year: FinancialYear,
    rules: TrendRules,
) -> dict[str, TrendVerdict]:
    """The direction of one indicator for every council of the year, by `area_id`."""
    of_indicator = figures[figures["indicator_id"] == indicator.indicator_id]
    # All are of one indicator, so the areas may take the place of its id.
    by_area = by_indicator(
        of_indicator.assign(indicator_id=of_indicator["area_id"]), within="period"
    )
    return {
        council.area_id: direction(
            Line(by_area.get(council.area_id, {}), indicator, council, registers.comparability),
            year=year,
            rules=rules,
        )
        for council in registers.councils.in_year(year)
    }
