"""The figures behind an indicator's page, as frames."""

from __future__ import annotations

import functools
import warnings
from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from bench.integrity.restatement.related import pairs
from bench.judge import summaries as by_group
from bench.judge import trend_test
from bench.judge.figure import NO_ROW
from bench.judge.intervals import Interval, exact
from bench.judge.published_row import measure_of, published
from bench.judge.rag import DecidingRule, Meaning, RuleName, material_gap
from bench.judge.ranks import places
from bench.judge.robustness import SENSITIVITY_COLUMNS, sensitivity
from bench.judge.statistics import rounded
from bench.judge.summaries import (
    Association,
    Reach,
    distribution,
    reach,
    share,
    spearman,
    within_regions,
)
from bench.pages import store
from bench.pages.base import Report
from bench.present import robustness_words
from bench.present.trend_words import tendencies
from bench.reference import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from fractions import Fraction

    from bench.integrity.restatement.placement import Milestone
    from bench.judge.detectable import Detectable
    from bench.judge.published_row import Measure, PublishedRow
    from bench.judge.rag import Rules, Verdict
    from bench.judge.ranks import Ranking, RankInterval
    from bench.judge.row import Row
    from bench.judge.trend_test import TrendVerdict
    from bench.judge.year_table import YearTable
    from bench.present.robustness_words import VerdictGrounds
    from bench.present.trend_words import Tendency
    from bench.reference import Council, FinancialYear, Indicator
    from bench.reference.peers import PeerGroup


SHARE_COLUMNS = [
    "council",
    "area_id",
    "region",
    "share",
    "lower",
    "upper",
    "part",
    "whole",
    "basis",
    "reason",
    "apart",
]
_DECIMALS = 1
# What the files of the page hold: column of a frame -> heading.
ONE_INDICATOR: Final = {
    "council": "Council",
    "region": "Region",
    "value": "Value",
    "lower": "Lower end of the 95% range",
    "upper": "Upper end of the 95% range",
    "status": "Status",
    "peer_average": "Peers' average",
    "peers_reporting": "Peers with a figure",
    "england": "England",
    "verdict_vs_peers": "Against its own peers",
    "verdict_vs_england": "Against England",
    "rank": "Rank",
    "rank_lower": "Best rank of the 95% range",
    "rank_upper": "Worst rank of the 95% range",
    "best_quarter_pct": "Chance of the best quarter, per cent",
    "worst_quarter_pct": "Chance of the worst quarter, per cent",
}
GROUPS: Final = {
    "group": "Group",
    "area": "Area",
    **{name: ONE_INDICATOR[name] for name in ("value", "lower", "upper", "status")},
    "wrong": "Why it cannot be right",
}
NEIGHBOURS: Final = {
    name: ONE_INDICATOR[name]
    for name in ("council", "region", "value", "lower", "upper", "status", "rank")
}
SHARES: Final = {
    "council": "Council",
    "region": "Region",
    "share": "Share, per cent",
    "lower": ONE_INDICATOR["lower"],
    "upper": ONE_INDICATOR["upper"],
    "part": "Counted in the part",
    "whole": "Counted in the whole",
    "basis": "Worked out from",
    "reason": "Remark",
}
_FIVE: Final = {
    "councils": "Councils with a figure",
    "low": "Lowest",
    "lower_quartile": "Lower quartile",
    "median": "Median",
    "upper_quartile": "Upper quartile",
    "high": "Highest",
}
AREAS: Final = {"area": "Area", "value": "Published figure", "status": "Status", **_FIVE}
YEARS: Final = {
    "period": "Year",
    "england": "England",
    **_FIVE,
    "gap_text": "Why it cannot be compared with years before",
}


def reached(
    table: YearTable,
    indicator: Indicator,
    rows: Iterable[tuple[Council, Row]],
    milestone: Milestone,
) -> Reach:
    """How many councils reach a milestone, of those whose figure can be compared at all."""
    figures: list[tuple[Fraction, Interval | None]] = [
        (exact(row.value), row.interval)
        for council, row in rows
        if row.value is not None and table.why_not(indicator, council) is None
    ]
    lowest_first = indicator.polarity == "lower_is_better"
    return reach(figures, milestone.value, lowest_first=lowest_first)


def groups(table: YearTable, indicator: Indicator, areas: Collection[str]) -> pd.DataFrame:
    """The year's figures by age and sex; see `bench.judge.summaries.groups`.

    No rows where none of the areas has a figure of any group.
    """
    found = by_group.groups(store.by_age_and_sex(), table.registers, indicator, table.year, areas)
    split = found["breakdown"] != "all"
    return found if found.loc[split, "value"].notna().any() else found.iloc[:0]


def split_years(indicator: Indicator) -> tuple[set[str], str | None]:
    """The years held with any figure by age or sex, and the last of them that England has."""
    figures = store.by_age_and_sex()
    found = figures[
        (figures["indicator_id"] == indicator.indicator_id)
        & (figures["breakdown"] != "all")
        & figures["value"].notna()
    ]
    years = found["period"].astype(str)
    return set(years), years[found["area_id"] == ENGLAND].max() if len(found) else None


def whole(table: YearTable, indicator: Indicator) -> tuple[Indicator, Indicator] | None:
    """The indicator that is a part and the one it is part of, if this is either; None if not."""
    for part in table.indicators:
        if part.part_of and indicator.indicator_id in (part.indicator_id, part.part_of):
            found = table.registers.indicators[part.part_of]
            return (part, found) if found in table.indicators else None
    return None


def shares(table: YearTable, part: Indicator, of: Indicator) -> pd.DataFrame:
    """The part as a share of the whole, for England and every council.

    Returns:
        `SHARE_COLUMNS`: England, then councils with the highest share first, then those without
        one or set apart. `share`, `lower` and `upper` in per cent; `part` and `whole` are the
        counts; `apart` says that the council is too small, or its share not possible; `reason`
        why there is no share, or it is set apart.
    """
    parts, wholes = table.printed(part.indicator_id), table.printed(of.indicator_id)
    areas: list[tuple[str, str, str, bool]] = [("England", ENGLAND, "", False)]
    areas += [
        (one.name, one.area_id, one.region_name, one.tiny)
        for one in table.registers.councils.in_year(table.year)
    ]
    rows = []
    for name, area_id, region, tiny in areas:
        found = share(parts.get(area_id, NO_ROW), wholes.get(area_id, NO_ROW))
        interval = found.interval
        rows.append(
            (
                name,
                area_id,
                region,
                None if found.value is None else rounded(found.value, _DECIMALS),
                None if interval is None else rounded(interval.lower, _DECIMALS),
                None if interval is None else rounded(interval.upper, _DECIMALS),
                found.part,
                found.whole,
                found.basis.value,
                found.reason or ("too small to compare" if tiny else ""),
                tiny or not found.possible,
            )
        )
    rows.sort(key=lambda row: (row[1] != ENGLAND, row[10], -(row[3] or 0), row[0]))
    return pd.DataFrame(rows, columns=SHARE_COLUMNS)


class Pairs(NamedTuple):
    """Two indicators of a year over councils.

    Attributes:
        points: columns area_id, council, x, y; ordered by council.
        association: over those that can be compared in both, or why there is none.
        england: both figures of England; None where one is missing.
    """

    points: pd.DataFrame
    association: Association | str
    england: tuple[float, float] | None


def paired(table: YearTable, x: Indicator, y: Indicator, council: Council | None = None) -> Pairs:
    """Both figures of every council that has both; a tiny one only where it is asked for."""
    registers = table.registers
    refused = [
        f"the publisher asks not to compare “{one.short_title}” for {table.year}"
        for one in (x, y)
        if registers.comparability.not_compared(one.indicator_id, "", table.year)
    ]
    points = pairs(
        store.figures(), registers, x, y, table.year, also=council.area_id if council else ""
    )
    able = [
        not any(table.why_not(one, registers.councils[area_id]) for one in (x, y))
        for area_id in points["area_id"]
    ]
    comparable = points[able]
    values = [table.printed(one.indicator_id).get(ENGLAND, NO_ROW).value for one in (x, y)]
    first, second = values
    return Pairs(
        points,
        refused[0] if refused else spearman(comparable["x"].tolist(), comparable["y"].tolist()),
        None if first is None or second is None else (first, second),
    )


class Demand(NamedTuple):
    """What it takes to be judged apart from a benchmark, over the councils of a year.

    Attributes:
        against: `england`, or `peers` where no figure of England is compared.
        matters: the smallest gap that matters, in the indicator's unit.
        of_spread: whether that is the share of the usual gap, and not the least printed unit.
        compared: councils that are compared.
        untested: those without a margin of error.
        typical: the smallest gap that the middle one of the others could show; None without any.
        coloured: councils that are better, worse, higher or lower.
        at_100: councils at exactly 100%.
        unclear: councils that are unclear.
        too_small: of these, those whose gap is too small to matter.
        answers: of these, how many more answers each would need for its gap to show, the fewest
            first; those of which that is known.
        beyond_reach: of these, those whose gap no survey of this size could show.
    """

    against: str
    matters: float
    of_spread: bool
    compared: int
    untested: int
    typical: float | None
    coloured: int
    at_100: int
    unclear: int
    too_small: int
    answers: tuple[int, ...]
    beyond_reach: int


_APART = (Meaning.BETTER, Meaning.WORSE, Meaning.HIGHER, Meaning.LOWER)
_WHOLE = 100


def demand(table: YearTable, indicator: Indicator, rows: Sequence[Row]) -> Demand | str:
    """What it takes to be judged apart by the rule `auto`, or why that cannot be said."""
    if table.rules.rule is not RuleName.AUTO:
        return "another rule is chosen"
    field = table.field(indicator.indicator_id)
    matters = material_gap(field, table.rules)
    if isinstance(matters, str):
        return matters
    against = "england" if any(row.vs_england.compared for row in rows) else "peers"
    seen: list[tuple[Row, Verdict, Detectable]] = [
        (row, verdict, shown)
        for row in rows
        for verdict, shown in [
            (row.vs_england, row.detectable_vs_england)
            if against == "england"
            else (row.vs_peers, row.detectable_vs_peers)
        ]
        if shown is not None
    ]
    if not seen:
        return "no council is compared"
    tested = [shown.gap for _, verdict, shown in seen if verdict.rule is DecidingRule.PROBABILITY]
    unclear = [one for one in seen if one[1].meaning is Meaning.UNCLEAR]
    return Demand(
        against=against,
        matters=float(matters),
        of_spread=matters > field.printed_unit,
        compared=len(seen),
        untested=len(seen) - len(tested),
        typical=median(tested) if tested else None,
        coloured=sum(verdict.meaning in _APART for _, verdict, _ in seen),
        at_100=sum(value == _WHOLE for value in field.values.values())  # noqa: PD011 - no frame
        if str(indicator.unit) == "per_cent"
        else 0,
        unclear=len(unclear),
        too_small=sum(_gap(row, verdict) < matters for row, verdict, _ in unclear),
        answers=tuple(sorted(shown.more_answers for *_, shown in unclear if shown.more_answers)),
        beyond_reach=sum(
            shown.reason is not None and shown.reason.beyond_reach for *_, shown in unclear
        ),
    )


def _gap(row: Row, verdict: Verdict) -> Fraction:
    assert row.value is not None  # noqa: S101 - else there were no verdict
    assert verdict.benchmark is not None  # noqa: S101
    return abs(exact(row.value) - verdict.benchmark)


class OtherRule(NamedTuple):
    """What a year comes to by one rule.

    Attributes:
        rules: with that rule.
        in_force: whether the page is judged by it.
        against: `england`, or `peers` where no figure of England is published.
        verdicts: of every council there was.
        own: the chosen council's verdicts against the peers and against England; None for none.
        reason: why no council is compared; "" where any is.
    """

    rules: Rules
    in_force: bool
    against: str
    verdicts: tuple[Verdict, ...]
    own: tuple[Verdict, Verdict] | None
    reason: str


def by_every_rule(
    table: YearTable, indicator: Indicator, peers: str, council: Council | None
) -> list[OtherRule]:
    """The year judged by every rule in turn, each comparison by itself; the one in force first."""
    group, year = table.registers.peers.group, table.year
    councils = table.registers.councils.in_year(year)
    against = "england" if ENGLAND in table.printed(indicator.indicator_id) else "peers"
    benchmarks = {  # no rule changes them
        one: table.england_of(indicator)
        if against == "england"
        else table.average_of(indicator, group(peers, one, year))
        for one in councils
    }
    found = []
    for rule in sorted(RuleName, key=lambda rule: rule is not table.rules.rule):
        other = table.by_rule(rule)
        verdicts = tuple(
            other.verdict_on(
                indicator, one, other.published(indicator, one), benchmark, scale=other
            )
            for one, benchmark in benchmarks.items()
        )
        own = other.judged(indicator, council, group(peers, council, year)) if council else None
        reasons = Counter(verdict.reason for verdict in verdicts)
        found.append(
            OtherRule(
                rules=other.rules,
                in_force=rule is table.rules.rule,
                against=against,
                verdicts=verdicts,
                own=(own.vs_peers, own.vs_england) if own else None,
                reason=""
                if any(verdict.compared for verdict in verdicts)
                else reasons.most_common(1)[0][0],
            )
        )
    return found


@dataclass(frozen=True)
class IndicatorFigures(Report):
    """One indicator's year: every council's row, and the frames that are made of them.

    Attributes:
        indicator: what is counted.
        financial_year: the year.
        table: the year's figures of every area.
        rows: every council with its row; best first, those without a rank last.
        peers: the peer model.
        council: the council to point out and to set among its peers, if any.
        milestone: the figure to be reached, if any.
        second_indicator: the indicator to set beside it, if any.
        linked: `area_id`s of the councils whose page stands beside this one.
    """

    indicator: Indicator
    financial_year: FinancialYear
    table: YearTable
    rows: tuple[tuple[Council, Row], ...]
    peers: str
    council: Council | None
    milestone: Milestone | None
    second_indicator: Indicator | None
    linked: frozenset[str]

    @property
    def year(self) -> str:
        """The financial year, 2014-15."""
        return str(self.financial_year)

    @property
    def code(self) -> str:
        """The code of that year, with brackets."""
        return self.indicator.code(self.financial_year)

    @property
    def rules(self) -> Rules:
        """How verdicts are reached."""
        return self.table.rules

    @property
    def measure(self) -> Measure:
        """What must be known of the indicator to print one of its figures."""
        return measure_of(self.indicator, self.financial_year)

    @functools.cached_property
    def ranking(self) -> Ranking | str:
        """How sure the councils' places are, or why nobody can tell."""
        return self.table.ranking(self.indicator)

    def records(self) -> list[dict[str, Any]]:
        """One object per council: name, identity, region, the keys of its row, and `PLACES`."""
        return [
            {"council": council.name, "area_id": council.area_id, "region": council.region_name}
            | row.record()
            | places(self._places.get(council.area_id))
            for council, row in self._published
        ]

    @functools.cached_property
    def _places(self) -> dict[str, RankInterval]:
        return {} if isinstance(self.ranking, str) else self.ranking.intervals()

    @functools.cached_property
    def _published(self) -> tuple[tuple[Council, PublishedRow], ...]:
        """Every council with its row as it is printed, and how sure its place is."""
        return tuple(
            (council, published(row).placed(self._places.get(council.area_id)))
            for council, row in self.rows
        )

    def frame(self) -> pd.DataFrame:
        """The same as a table: one row per council, best first, those without a rank last."""
        return self._frame.copy(deep=False)

    @functools.cached_property
    def _frame(self) -> pd.DataFrame:
        return pd.DataFrame(self.records())

    def sensitivity(self) -> pd.DataFrame:
        """What would change each council's verdicts: one row per council, benchmark and test.

        Columns: `area_id`, then those of `bench.pages.council.report.Briefing.sensitivity`.
        """
        return pd.DataFrame(self._trials, columns=["area_id", *SENSITIVITY_COLUMNS])

    def firmness(self) -> pd.DataFrame:
        """The same by its former name, which the next release will not have."""
        warnings.warn("firmness() is now sensitivity()", DeprecationWarning, stacklevel=2)
        return self.sensitivity()

    @functools.cached_property
    def _trials(self) -> list[dict[str, Any]]:
        """The rows of `sensitivity`."""
        group = self.table.registers.peers.group
        return [
            {"area_id": council.area_id} | record
            for council, row in self.rows
            for one in sensitivity(
                self.table, council, group(self.peers, council, self.financial_year), [row]
            )
            for record in one.records()
        ]

    @functools.cached_property
    def told(self) -> dict[tuple[str, str], VerdictGrounds]:
        """What would change each verdict, in words; see `robustness_words.grounds`."""
        return robustness_words.grounds(
            ((council.area_id, row) for council, row in self._published),
            self._trials,
            key="area_id",
            peers_titles=self.table.registers.peers.titles(),
            rules=self.rules,
        )

    @functools.cached_property
    def demand(self) -> Demand | str:
        """What it takes to be judged apart, or why that cannot be said."""
        return demand(self.table, self.indicator, [row for _, row in self.rows])

    def by_every_rule(self) -> pd.DataFrame:
        """How the year comes out by every rule; each asks another question.

        Returns:
            A row per rule, the one in force first: rule, against (england, or peers where England
            has no figure), how many councils are better, worse, higher, lower, similar, unclear and
            not_compared, and the reason where none is compared.
        """
        return pd.DataFrame(
            [
                {
                    "rule": str(one.rules.rule),
                    "against": one.against,
                    **{
                        str(meaning): sum(verdict.meaning is meaning for verdict in one.verdicts)
                        for meaning in Meaning
                    },
                    "reason": one.reason,
                }
                for one in self._by_every_rule
            ]
        )

    @functools.cached_property
    def _by_every_rule(self) -> list[OtherRule]:
        return by_every_rule(self.table, self.indicator, self.peers, self.council)

    def areas(self) -> pd.DataFrame:
        """England and the regions as published; see `bench.judge.summaries.within_regions`."""
        return self._areas.copy(deep=False)

    @functools.cached_property
    def _areas(self) -> pd.DataFrame:
        return within_regions(self.table, self.indicator)

    def distribution(self) -> pd.DataFrame:
        """How the councils lay in each year; see `bench.judge.summaries.distribution`."""
        return self._distribution.copy(deep=False)

    @functools.cached_property
    def _distribution(self) -> pd.DataFrame:
        return distribution(self.table.figures, self.table.registers, self.indicator)

    def trend_tests(self) -> pd.DataFrame:
        """Where each council's figure is going over the years that compare, up to the page's year.

        Returns:
            A row per council, in the order of `frame()`: area_id and council, and
            `bench.judge.trend_test.TREND_COLUMNS`, whose slope is in the indicator's unit a year.
        """
        named = [(council.area_id, council.name) for council, _ in self.rows]
        return trend_test.frame(named, ["area_id", "council"], self._trend_tests)

    @functools.cached_property
    def _trend_tests(self) -> dict[str, TrendVerdict]:
        return trend_test.across(
            self.table.figures,
            self.table.registers,
            self.indicator,
            {council.area_id: row.vs_previous.meaning for council, row in self.rows},
            year=self.financial_year,
            rules=self.rules.trend,
            histories=self.table.histories,
        )

    @functools.cached_property
    def _tendencies(self) -> dict[str, Tendency]:
        """Where each council's figure is going, in words, by `area_id` in the page's order."""
        found = self._trend_tests
        return tendencies({council.area_id: found[council.area_id] for council, _ in self.rows})

    def groups(self) -> pd.DataFrame:
        """England, and the council if there is one, by age and sex; empty where not published.

        See `bench.judge.summaries.groups`.
        """
        return self._groups.copy(deep=False)

    @functools.cached_property
    def _groups(self) -> pd.DataFrame:
        return groups(self.table, self.indicator, list(self.areas_shown))

    def shares(self) -> pd.DataFrame | None:
        """The part as a share of its whole; None for an indicator that is neither.

        See `bench.pages.indicator.data.shares`.
        """
        found = whole(self.table, self.indicator)
        return shares(self.table, *found) if found else None

    def pairs(self) -> Pairs | None:
        """Both figures of every council; None where no other indicator was asked for."""
        if self.second_indicator is None:
            return None
        return paired(self.table, self.indicator, self.second_indicator, self.council)

    def reach(self) -> Reach | None:
        """How many councils reach the milestone; None where there is none."""
        if self.milestone is None:
            return None
        return reached(self.table, self.indicator, self.rows, self.milestone)

    @property
    def areas_shown(self) -> dict[str, str]:
        """England, and the council if one is chosen: `area_id` -> name."""
        own = {self.council.area_id: self.council.name} if self.council else {}
        return {ENGLAND: "England", **own}

    @property
    def group(self) -> PeerGroup | None:
        """The council's peers; None where no council is chosen."""
        if self.council is None:
            return None
        return self.table.registers.peers.group(self.peers, self.council, self.financial_year)
