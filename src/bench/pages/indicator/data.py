"""The figures behind the page of one indicator, as frames that a script can use as well.

Enters: an indicator, a year and choices, every name resolved. Leaves: `IndicatorFigures`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.judge import trend_test
from bench.judge.distribution import distribution
from bench.judge.ranks import places
from bench.judge.robustness import FIRMNESS_COLUMNS, fragility
from bench.judge.summaries import within_regions
from bench.pages.indicator import parts
from bench.reference import ENGLAND

if TYPE_CHECKING:
    from bench.integrity.restatement.placement import Milestone
    from bench.judge.rag import Rules
    from bench.judge.ranks import Ranking
    from bench.judge.reach import Reach
    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.present.robustness_words import Told
    from bench.present.rows import Measure
    from bench.reference import Council, FinancialYear, Indicator
    from bench.reference.peers import PeerGroup

__all__ = ["IndicatorFigures"]


@dataclass(frozen=True)
class IndicatorFigures:
    """One indicator's year: every council's row, and the frames that are made of them.

    Attributes:
        indicator: what is counted.
        financial_year: the year.
        table: the year's figures of every area.
        rows: every council with its row; best first, those without a rank last.
        peers: the peer model.
        council: the council to point out and to set among its peers, if any.
        milestone: the figure to be reached, if any.
        beside: the indicator to set beside it, if any.
        palette: rag or af.
        linked: `area_id`s of the councils whose page stands beside this one.
    """

    indicator: Indicator
    financial_year: FinancialYear
    table: YearTable
    rows: tuple[tuple[Council, Row], ...]
    peers: str
    council: Council | None
    milestone: Milestone | None
    beside: Indicator | None
    palette: str
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
        from bench.present.rows import measure_of

        return measure_of(self.indicator, self.financial_year)

    @functools.cached_property
    def ranking(self) -> Ranking | str:
        """How sure the councils' places are, or why nobody can tell."""
        return self.table.ranking(self.indicator)

    def records(self) -> list[dict[str, Any]]:
        """One object per council: name, identity, region, the keys of its row, and `PLACES`."""
        sure = {} if isinstance(self.ranking, str) else self.ranking.intervals()
        return [
            {"council": council.name, "area_id": council.area_id, "region": council.region_name}
            | row.record()
            | places(sure.get(council.area_id))
            for council, row in self.rows
        ]

    def frame(self) -> pd.DataFrame:
        """The same as a table: one row per council, best first, those without a rank last."""
        return self._frame.copy(deep=False)

    @functools.cached_property
    def _frame(self) -> pd.DataFrame:
        return pd.DataFrame(self.records())

    def firmness(self) -> pd.DataFrame:
        """What would change each council's verdicts: one row per council, benchmark and test.

        Columns: `area_id`, then those of `bench.pages.council.report.Briefing.firmness`.
        """
        return self._firmness.copy(deep=False)

    @functools.cached_property
    def _firmness(self) -> pd.DataFrame:
        group = self.table.registers.peers.group
        records = [
            {"area_id": council.area_id} | record
            for council, row in self.rows
            for one in fragility(
                self.table, council, group(self.peers, council, self.financial_year), [row]
            )
            for record in one.records()
        ]
        return pd.DataFrame(records, columns=["area_id", *FIRMNESS_COLUMNS])

    @functools.cached_property
    def told(self) -> dict[tuple[str, str], Told]:
        """What would change each verdict, in words; see `bench.present.robustness_words.told`."""
        from bench.present import robustness_words
        from bench.present.rows import rows

        return robustness_words.told(
            zip(self._frame["area_id"], rows(self._frame), strict=True),
            self._firmness,
            key="area_id",
            peers_titles=self.table.registers.peers.titles(),
            average=self.rules.average.value,
        )

    def areas(self) -> pd.DataFrame:
        """England and the regions as published; see `bench.judge.summaries.within_regions`."""
        return within_regions(self.table, self.indicator)

    def distribution(self) -> pd.DataFrame:
        """How the councils lay in each year; see `bench.judge.distribution.distribution`."""
        return distribution(self.table.figures, self.table.registers, self.indicator)

    def trend_tests(self) -> pd.DataFrame:
        """Where each council's figure is going over the years that compare, up to the page's year.

        Returns:
            A row per council, in the order of `frame()`: area_id and council, and
            `bench.judge.trend_test.TREND_COLUMNS`, whose slope is in the indicator's unit a year.
        """
        return self._trend_tests.copy(deep=False)

    @functools.cached_property
    def _trend_tests(self) -> pd.DataFrame:
        found = trend_test.across(
            self.table.figures,
            self.table.registers,
            self.indicator,
            year=self.financial_year,
            rules=self.rules.trend,
        )
        named = [(council.area_id, council.name) for council, _ in self.rows]
        return trend_test.frame(named, ["area_id", "council"], found)

    def groups(self) -> pd.DataFrame:
        """England, and the council if there is one, by age and sex; empty where not published.

        See `bench.judge.groups.groups`.
        """
        return parts.groups(self.table, self.indicator, list(self.areas_shown))

    def shares(self) -> pd.DataFrame | None:
        """The part as a share of its whole; None for an indicator that is neither.

        See `bench.pages.indicator.parts.shares`.
        """
        found = parts.whole(self.table, self.indicator)
        return parts.shares(self.table, *found) if found else None

    def pairs(self) -> parts.Pairs | None:
        """Both figures of every council; None where no other indicator was asked for."""
        if self.beside is None:
            return None
        return parts.paired(self.table, self.indicator, self.beside, self.council)

    def reach(self) -> Reach | None:
        """How many councils reach the milestone; None where there is none."""
        if self.milestone is None:
            return None
        return parts.reached(self.table, self.indicator, self.rows, self.milestone)

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
