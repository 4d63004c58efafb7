"""Where a council's figure is going over the years, beyond the usual ups and downs: a verdict.

A trend is a drift one way that is beyond the usual ups and downs of the measure, and still is
whichever year is left out. It never says the opposite of a tested change to the last year.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.judge import drift
from bench.judge.figure import AreaHistories
from bench.judge.rag import Meaning
from bench.judge.trend import FigureSeries, Left

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from bench.judge.drift import UpsAndDowns
    from bench.judge.rag import TrendRules
    from bench.reference import Council, FinancialYear, Indicator, Registers

TREND_COLUMNS = [
    "direction",
    "first_year",
    "last_year",
    "years",
    "left_out",
    "slope_per_year",
    "p",
    "beyond_usual",
    "odd_year",
    "turning_year",
    "turns",
    "reason",
]


class Direction(StrEnum):
    """Where a council's figure is going."""

    IMPROVING = "improving"
    WORSENING = "worsening"
    RISING = "rising"
    FALLING = "falling"
    TURNED = "turned"
    NO_CLEAR_CHANGE = "no_clear_change"
    TOO_FEW_YEARS = "too_few_years"
    CANNOT_BE_TESTED = "cannot_be_tested"


_SIGNS = {
    "higher_is_better": {1: Direction.IMPROVING, -1: Direction.WORSENING},
    "lower_is_better": {1: Direction.WORSENING, -1: Direction.IMPROVING},
    "none": {1: Direction.RISING, -1: Direction.FALLING},
}
_OPPOSITE = {
    Direction.IMPROVING: Meaning.WORSE,
    Direction.WORSENING: Meaning.BETTER,
    Direction.RISING: Meaning.LOWER,
    Direction.FALLING: Meaning.HIGHER,
}


@dataclass(frozen=True, slots=True)
class TrendVerdict:
    """Where a council's figure is going, with the evidence.

    Attributes:
        direction: by polarity; rising or falling where neither way is better.
        years: those that compare, earliest first.
        left_out: years passed over or where the line ends, each with the reason, earliest first.
        per_year: the last figure less the first, a year, in the figure's unit; None if not tested.
        p: how often a series without drift would go as far, either way; None if not tested.
        beyond_usual: whether that is rare enough, with all years.
        odd_year: the one year without which no trend shows, or that stands apart from all others;
            else None.
        turning_year: the highest or lowest year of a figure that turned; else None.
        turns: 1 where it went up to that year and down since, -1 the other way, 0 where it did not
            turn.
        reason: why there was no test; "" where there was one.
    """

    direction: Direction
    years: tuple[FinancialYear, ...] = ()
    left_out: tuple[Left, ...] = ()
    per_year: Fraction | None = None
    p: float | None = None
    beyond_usual: bool = False
    odd_year: FinancialYear | None = None
    turning_year: FinancialYear | None = None
    turns: int = 0
    reason: str = ""

    def record(self) -> dict[str, Any]:
        """The verdict as plain values, by `TREND_COLUMNS`; None where there is no number."""

        def name(year: FinancialYear | None) -> str | None:
            return None if year is None else str(year)

        return {
            "direction": str(self.direction),
            "first_year": name(self.years[0]) if self.years else None,
            "last_year": name(self.years[-1]) if self.years else None,
            "years": [str(year) for year in self.years],
            "left_out": [[str(year), why] for year, why in self.left_out],
            "slope_per_year": None if self.per_year is None else float(self.per_year),
            "p": self.p,
            "beyond_usual": self.beyond_usual,
            "odd_year": name(self.odd_year),
            "turning_year": name(self.turning_year),
            "turns": {1: "up_then_down", -1: "down_then_up"}.get(self.turns),
            "reason": self.reason,
        }

    def contradicts(self, change: Meaning) -> bool:
        """Whether the change to the last year goes against where the figure is going."""
        return _OPPOSITE.get(self.direction) is change


_UNKNOWN = "no published figures of other councils are known for the year"
OWN_FIGURE = TrendVerdict(
    Direction.CANNOT_BE_TESTED,
    reason="it is the council's own figure, and only published ones are tested",
)


def frame(
    named: Sequence[tuple[str, ...]], columns: Sequence[str], verdicts: Mapping[str, TrendVerdict]
) -> pd.DataFrame:
    """Verdicts as a table, in the order of what they are about.

    Args:
        named: The cells before the verdict's; the first is its key in `verdicts`.
        columns: The names of these.
        verdicts: The verdicts.
    """
    return pd.DataFrame(
        [dict(zip(columns, name, strict=True)) | verdicts[name[0]].record() for name in named],
        columns=[*columns, *TREND_COLUMNS],
    )


def direction(
    line: FigureSeries,
    *,
    year: FinancialYear,
    rules: TrendRules,
    usual: UpsAndDowns | str,
    change: Meaning = Meaning.NOT_COMPARED,
) -> TrendVerdict:
    """Where a council's figure is going.

    Args:
        line: The council's figures.
        year: The last year that may count.
        rules: How many years, and what is clear.
        usual: The usual ups and downs of the measure, or why they are not known.
        change: What the change to the last year comes to. A trend that says the opposite is a
            turning point, or none.
    """
    if reason := line.unusable(year):
        return TrendVerdict(Direction.CANNOT_BE_TESTED, reason=reason)
    years, left_out = line.comparable(year, rules.years)
    known = TrendVerdict(Direction.TOO_FEW_YEARS, tuple(years), tuple(sorted(left_out)))
    if len(years) < rules.least_years:
        plural = "" if len(years) == 1 else "s"
        needed = f"and a test needs {rules.least_years}"
        return replace(known, reason=f"{len(years)} comparable year{plural}, {needed}")
    if isinstance(usual, str):
        return replace(known, direction=Direction.CANNOT_BE_TESTED, reason=usual)
    series = line.series(years)
    if len(series) - 1 not in usual.drifts:
        short = f"too few councils have {len(years)} comparable years"
        return replace(known, direction=Direction.CANNOT_BE_TESTED, reason=short)
    moved = drift.movement(series, usual, rules.significance)
    total = line.value(years[-1]) - line.value(years[0])
    verdict = replace(
        known,
        direction=Direction.NO_CLEAR_CHANGE,
        per_year=total / (years[-1].start - years[0].start),
        p=moved.p,
        beyond_usual=moved.beyond,
        odd_year=None if moved.odd_year is None else years[moved.odd_year],
    )
    signs = _SIGNS[str(line.indicator.polarity)]
    turn = moved.turn
    if moved.drift:
        trend = replace(verdict, direction=signs[moved.drift])
        if not trend.contradicts(change):
            return trend
        turn = drift.highest(series, moved.drift)
    # Since it turned it goes the other way; a change that goes against that is no such turn.
    if turn is None or _OPPOSITE[signs[-turn.side]] is change:
        return verdict
    return replace(
        verdict, direction=Direction.TURNED, turning_year=years[turn.at], turns=turn.side
    )


def usual_changes(
    lines: Iterable[FigureSeries], *, year: FinancialYear, rules: TrendRules
) -> UpsAndDowns | str:
    """The usual ups and downs of a measure over the years that compare, up to a year.

    Args:
        lines: The figures of every council, all of one indicator.
        year: The last year that may count.
        rules: How many years, and how many councils are needed.
    """
    series = []
    for line in lines:
        if not line.unusable(year):
            years, _ = line.comparable(year, rules.years)
            if len(years) >= rules.least_years:
                series.append(line.series(years))
    return drift.usual(
        series,
        # Of the fewest years one is left out, to see whether it alone makes the trend.
        fewest=rules.least_years - 2,
        most=rules.years - 1,
        least_councils=rules.least_councils,
    )


def usual_of_year(
    figures: pd.DataFrame,
    registers: Registers,
    indicators: Iterable[Indicator],
    *,
    year: FinancialYear,
    rules: TrendRules,
    histories: AreaHistories | None = None,
) -> dict[str, UpsAndDowns | str]:
    """The usual ups and downs of each measure, by indicator.

    Args:
        figures: The table in force, breakdown "all", any periods.
        registers: Councils, breaks and notes.
        indicators: Of which.
        year: The last year that may count.
        rules: How many years, and how many councils are needed.
        histories: The same figures as plain values, where others share them.
    """
    return {
        one.indicator_id: usual_changes(lines.values(), year=year, rules=rules)
        for one, lines in lines_of(figures, registers, list(indicators), year, histories=histories)
    }


def of_council(
    histories: AreaHistories,
    registers: Registers,
    council: Council,
    changes: Mapping[str, Meaning],
    *,
    year: FinancialYear,
    rules: TrendRules,
    usual: Mapping[str, UpsAndDowns | str],
) -> dict[str, TrendVerdict]:
    """The direction of each indicator of a council, by its id.

    Args:
        histories: The figures in force of all areas.
        registers: Indicators, breaks and notes.
        council: Whose figures.
        changes: Of which indicators, each with what its change to the year comes to. None whose
            figure of the year is the council's own: of that there is `OWN_FIGURE` to say.
        year: The last year that may count.
        rules: How many years, and what is clear.
        usual: The usual ups and downs of each measure, as `usual_of_year` gives them.
    """
    own = histories.of(council.area_id)
    return {
        name: direction(
            FigureSeries(
                own.get(name, {}), registers.indicators[name], council, registers.comparability
            ),
            year=year,
            rules=rules,
            usual=usual.get(name, _UNKNOWN),
            change=change,
        )
        for name, change in changes.items()
    }


def across(
    figures: pd.DataFrame,
    registers: Registers,
    indicator: Indicator,
    changes: Mapping[str, Meaning],
    *,
    year: FinancialYear,
    rules: TrendRules,
    histories: AreaHistories | None = None,
) -> dict[str, TrendVerdict]:
    """The direction of one indicator for every council of the year, by `area_id`.

    Args:
        figures: The table in force, breakdown "all", any periods.
        registers: Councils, breaks and notes.
        indicator: Of which.
        changes: What the change to the year comes to, by `area_id`; a council without one has
            none to go against.
        year: The last year that may count.
        rules: How many years, and what is clear.
        histories: The same figures as plain values, where others share them.
    """
    ((_, lines),) = lines_of(figures, registers, [indicator], year, histories=histories)
    usual = usual_changes(lines.values(), year=year, rules=rules)
    return {
        area_id: direction(
            line,
            year=year,
            rules=rules,
            usual=usual,
            change=changes.get(area_id, Meaning.NOT_COMPARED),
        )
        for area_id, line in lines.items()
    }


def lines_of(
    figures: pd.DataFrame,
    registers: Registers,
    indicators: Sequence[Indicator],
    year: FinancialYear,
    *,
    histories: AreaHistories | None = None,
) -> Iterator[tuple[Indicator, dict[str, FigureSeries]]]:
    """Of each indicator the figures up to a year of every council of that year, by `area_id`.

    Args:
        figures: The table in force, breakdown "all", any periods.
        registers: Councils, breaks and notes.
        indicators: Of which.
        year: Of which councils, and the last of the figures.
        histories: The same figures as plain values, where others share them.
    """
    councils, printed = registers.councils.in_year(year), histories or AreaHistories(figures)
    for one in indicators:
        by_period = {
            str(earlier): printed.of_measure(one.indicator_id, str(earlier))
            for earlier in one.years
            if earlier <= year
        }
        yield (
            one,
            {
                council.area_id: FigureSeries(
                    {
                        period: areas[council.area_id]
                        for period, areas in by_period.items()
                        if council.area_id in areas
                    },
                    one,
                    council,
                    registers.comparability,
                )
                for council in councils
            },
        )
