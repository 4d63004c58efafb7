"""The built data, read once a process: figures in force, year tables, changes, and publications."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bench.errors import MissingDataError
from bench.integrity.checks.count_rules import count_remarks
from bench.integrity.checks.rule import KnownFinding, KnownFindings
from bench.judge import summaries, trend, trend_test
from bench.judge.figure import AreaHistories
from bench.judge.remarks import ORIGINAL, Remarks, remarks
from bench.judge.year_table import YearTable
from bench.project.files import read_model
from bench.published import observations, quoted, sources
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bench.integrity.surveillance.patterns import NationalMilestone, SurveillanceRules
    from bench.judge.drift import UpsAndDowns
    from bench.judge.rag import Rules, TrendRules
    from bench.judge.ranks import Ranking
    from bench.judge.remarks import Remark
    from bench.judge.trend import Printed
    from bench.present.provenance import Source
    from bench.reference.merged_areas import MergedArea


T = TypeVar("T")
_CACHES: Final[list[functools._lru_cache_wrapper[Any]]] = []


def forgotten(cached: functools._lru_cache_wrapper[T]) -> functools._lru_cache_wrapper[T]:
    """Have `forget` clear what a function remembers of the data too."""
    _CACHES.append(cached)
    return cached


@forgotten
@functools.lru_cache(maxsize=1)
def _history() -> pd.DataFrame:
    return observations.history(breakdowns=("all", ORIGINAL))


@forgotten
@functools.lru_cache(maxsize=1)
def _in_force() -> pd.DataFrame:
    return observations.in_force(_history())


@forgotten
@functools.lru_cache(maxsize=1)
def figures() -> pd.DataFrame:
    """The table in force without breakdowns; see `bench.published.observations.in_force`."""
    return _only_all(_in_force())


@forgotten
@functools.lru_cache(maxsize=1)
def histories() -> AreaHistories:
    """The same as plain values."""
    return AreaHistories(figures())


@forgotten
@functools.cache
def by_period(
    indicator_id: str, areas: tuple[MergedArea, ...] = ()
) -> Mapping[str, Mapping[str, Printed]]:
    """An indicator's figures in force, by year and area: each page asks for all its years.

    Args:
        indicator_id: Which.
        areas: Made of councils, whose figures are reckoned and stand among the others.
    """
    return trend.by_period(histories(), sources.reference().indicators[indicator_id], areas)


@forgotten
@functools.lru_cache(maxsize=4)
def figures_of(indicator_ids: frozenset[str]) -> pd.DataFrame:
    """The part of `figures` of some indicators, from which each page takes an area's."""
    table = figures()
    return table[table["indicator_id"].isin(indicator_ids)].reset_index(drop=True)


@forgotten
@functools.lru_cache(maxsize=1)
def by_age_and_sex() -> pd.DataFrame:
    """The table in force of all people and of those of an age or a sex."""
    breakdowns = summaries.by_age_or_sex(sources.reference().indicators.breakdowns)
    return observations.in_force(observations.history(breakdowns=("all", *breakdowns)))


@forgotten
@functools.lru_cache(maxsize=1)
def _remarks() -> Remarks:
    """What is to be said beside revised figures and those of a changed population."""
    return _remarks_of(_history(), _in_force())


def _remarks_of(history: pd.DataFrame, in_force: pd.DataFrame) -> Remarks:
    earlier = observations.superseded(history)
    return remarks(_only_all(earlier), in_force, sources.reference())


def _only_all(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["breakdown"] == "all"].reset_index(drop=True)


def forget() -> None:
    """Let the next question read the data anew, because it was written."""
    for cached in _CACHES:
        cached.cache_clear()


@forgotten
@functools.lru_cache(maxsize=1)
def years() -> tuple[FinancialYear, ...]:
    """The years of which the data holds a figure that a framework published, earliest first."""
    return _years_of(figures())


def _years_of(table: pd.DataFrame) -> tuple[FinancialYear, ...]:
    printed = table.loc[table["value"].notna(), ["indicator_id", "period"]].drop_duplicates()
    indicators = sources.reference().indicators
    found = set()
    for name, period in printed.itertuples(index=False):
        year = FinancialYear.parse(period)
        framework = indicators[name].framework.framework_id
        if framework in ("ascof", "nis") and indicators[name].published_in(year):
            found.add(year)
    return tuple(sorted(found))


@forgotten
@functools.lru_cache(maxsize=1)
def latest() -> FinancialYear:
    """The latest year of a full framework, else the latest of which there is a figure.

    Full is a year of which at least half of the framework's indicators have a figure for at least
    half of the councils that there were: a table of the next year does not open every page with it.

    Raises:
        MissingDataError: There is no figure of any year.
    """
    offered = years()
    if not offered:
        raise MissingDataError(
            "The data holds no figure of a framework.", mend="run `bench build --raw FOLDER`."
        )
    return next((year for year in reversed(offered) if _full(year)), offered[-1])


def _full(year: FinancialYear) -> bool:
    registers, table = sources.reference(), figures()
    councils = {council.area_id for council in registers.councils.in_year(year)}
    framework = {one.indicator_id for one in registers.indicators.in_year(year)}
    printed = table[
        (table["period"] == str(year))
        & table["value"].notna()
        & table["area_id"].isin(councils)
        & table["indicator_id"].isin(framework)
    ]
    counted = printed.groupby("indicator_id", observed=True)["area_id"].nunique()
    return bool(framework) and 2 * int((2 * counted >= len(councils)).sum()) >= len(framework)


@forgotten
@functools.lru_cache(maxsize=16)  # every year, or a few under several rules
def year_table(year: FinancialYear, rules: Rules) -> YearTable:
    """A year's figures of every area, ready to give any council's rows."""
    return plain_table(year, rules).with_remarks(_remarks().joined(_count_remarks(year)))


@forgotten
@functools.lru_cache(maxsize=64)  # every year, under a few rules
def plain_table(year: FinancialYear, rules: Rules) -> YearTable:
    """A year's figures of every area, for verdicts alone: nothing is remarked beside a figure."""
    return YearTable(figures(), sources.reference(), year, rules, histories=histories())


@forgotten
@functools.lru_cache(maxsize=4)
def figures_as_of(release_id: str) -> pd.DataFrame:
    """The table without breakdowns as it stood when a release was published.

    Raises:
        UnknownNameError: There is no such release.
    """
    releases = sources.manifest()
    release = releases[release_id]
    if release == releases.releases[-1]:
        return figures()
    until = (*releases.before(release), release_id)
    history = _history()
    return _only_all(observations.in_force(history[history["release_id"].isin(until)]))


@forgotten
@functools.lru_cache(maxsize=4)
def _histories_as_of(release_id: str) -> AreaHistories:
    return AreaHistories(figures_as_of(release_id))


@forgotten
@functools.lru_cache(maxsize=64)  # every year of an earlier release
def year_table_as_of(year: FinancialYear, rules: Rules, release_id: str) -> YearTable:
    """A year's figures as they stood when a release was published, for verdicts alone."""
    if release_id == sources.manifest().releases[-1].id:
        return plain_table(year, rules)
    figures, histories = figures_as_of(release_id), _histories_as_of(release_id)
    return YearTable(figures, sources.reference(), year, rules, histories=histories)


@forgotten
@functools.lru_cache(maxsize=16)
def _count_remarks(year: FinancialYear) -> dict[tuple[str, str, str], list[Remark]]:
    """What the rules of `bench check` about counts find in the year's figures in force."""
    return _count_remarks_of(figures(), year)


def _count_remarks_of(
    table: pd.DataFrame, year: FinancialYear
) -> dict[tuple[str, str, str], list[Remark]]:
    path = sources.project_root() / "data" / "reference" / "known_findings.yaml"

    @functools.cache
    def entries() -> tuple[KnownFinding, ...]:
        return read_model(path, KnownFindings).known_findings

    return count_remarks(table, sources.reference(), year, entries)


@forgotten
@functools.lru_cache(maxsize=16)
def rankings(year: FinancialYear, rules: Rules) -> dict[str, Ranking | str]:
    """How sure the places of a year's indicators are, by their ids, or why nobody can tell."""
    table = year_table(year, rules)
    return {one.indicator_id: table.ranking(one) for one in table.indicators}


@forgotten
@functools.lru_cache(maxsize=16)
def usual_changes(year: FinancialYear, rules: TrendRules) -> dict[str, UpsAndDowns | str]:
    """The usual ups and downs of every measure of a year; see `bench.judge.trend_test`."""
    registers = sources.reference()
    return trend_test.usual_of_year(
        figures(),
        registers,
        registers.indicators.in_year(year, framework=None),
        year=year,
        rules=rules,
        histories=histories(),
    )


@dataclass(frozen=True)
class Unusual:
    """Every change with its score, those that are listed, and by which rules."""

    scores: pd.DataFrame
    findings: pd.DataFrame
    rules: SurveillanceRules
    milestones: tuple[NationalMilestone, ...]


@forgotten
@functools.lru_cache(maxsize=1)
def unusual() -> Unusual:
    """Which changes are worth asking about; see `findings` of `integrity.surveillance.patterns`."""
    from bench.integrity.surveillance import changes, patterns, scores

    path = sources.project_root() / "params" / "surveillance.yaml"
    rules = read_model(path, patterns.SurveillanceRules)
    registers = sources.reference()
    scored = scores.scored(changes.changes(figures(), registers))
    asked = tuple(patterns.NationalMilestone(**fields) for fields in _milestones())
    relatives = {one.indicator_id: one.relatives for one in registers.indicators}
    return Unusual(scored, patterns.findings(scored, rules, asked, relatives), rules, asked)


def _milestones() -> list[dict[str, Any]]:
    """The shares that councils were once asked to reach, for each indicator of the same question.

    100% is none of them: nobody can be just above it.

    Returns:
        The fields of a `NationalMilestone` of `bench.integrity.surveillance.patterns` each.
    """
    table, indicators = quoted.load(), sources.reference().indicators
    told = table[(table["kind"] == "milestone") & (table["subject"] == "") & (table["value"] < 100)]
    lines = list(told[["indicator_id", "value", "document"]].itertuples(index=False, name=None))
    return [
        {"indicator_id": one.indicator_id, "value": value, "document": document}
        for one in indicators
        for same_question in [{earlier.indicator_id for earlier in indicators.lineage(one)}]
        for name, value, document in lines
        if name in same_question
    ]


class FiguresAsOf:
    """The figures as they stood when a release was published, whatever this process shows else.

    `history` is of every release up to then and every breakdown, `in_force` the table of it.
    Breaks, notes and findings are those of today.

    Args:
        release_id: A release of data/sources.yaml; None for the latest.

    Raises:
        UnknownNameError: No such release.
        MissingDataError: There is no built data.
    """

    def __init__(self, release_id: str | None = None) -> None:
        self.history = observations.history(as_of=release_id)
        self.in_force = observations.in_force(self.history)
        self._figures = _only_all(self.in_force)
        self._histories = AreaHistories(self._figures)
        judged_on = self.history["breakdown"].isin(["all", ORIGINAL])
        self._said = _remarks_of(
            self.history[judged_on],
            self.in_force[self.in_force["breakdown"].isin(["all", ORIGINAL])],
        )

    def years(self) -> tuple[FinancialYear, ...]:
        """The years of which there was a figure that a framework published, earliest first."""
        return _years_of(self._figures)

    def year_table(self, year: FinancialYear, rules: Rules) -> YearTable:
        """A year's figures of every area, ready to give any council's rows."""
        said = self._said.joined(_count_remarks_of(self._figures, year))
        return YearTable(
            self._figures,
            sources.reference(),
            year,
            rules,
            remarks=said,
            histories=self._histories,
        )


def publications(shown: pd.DataFrame) -> list[Source]:
    """The publications that figures of the table in force come from, earliest first."""
    from bench.present.provenance import Source

    named = set(shown["release_id"])
    return [
        Source(r.title, r.publisher, r.published, r.licence, r.landing_page, r.id, r.sha256)
        for r in sources.manifest().releases
        if r.id in named
    ]
