"""One council's year as figures: every row judged, before anything is drawn.

`bench table` needs no more; the council's page is made of it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.judge import multiplicity as multiplicities
from bench.judge import remarks
from bench.judge.published_row import published
from bench.pages import store
from bench.pages.choices import LATEST, Choices, choose_year
from bench.present.terminal import fitted_table, text_table, whose
from bench.published import sources
from bench.published.provisional import load_own
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from bench.judge.published_row import PublishedRow
    from bench.judge.rag import Rules
    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.published.provisional import OwnFigure
    from bench.reference.peers import PeerGroup


def judged(choice: Choices) -> CouncilFigures:
    """Judge the council's every indicator of the year by these choices."""
    rules = choice.rules
    group = sources.reference().peers.group(choice.peers, choice.council, choice.year)
    table = store.year_table(choice.year, rules)
    own = load_own(choice.council.area_id)
    latest = choose_year(LATEST)
    # Beside the latest published figures the council's own are shown, and not judged.
    framework = {indicator.indicator_id for indicator in table.indicators}
    later = [f for f in own if FinancialYear.parse(f.period) >= latest]
    beside = [f for f in later if f.indicator_id in framework] if choice.year == latest else []
    each = remarks.alongside(
        table.rows(choice.council, group, [f for f in own if f not in beside]), beside
    )
    rows = multiplicities.of_council(table, choice.council, choice.peers, each)
    return CouncilFigures(choice, group, rules, rows, own, table)


@dataclass(frozen=True)
class CouncilFigures:
    """One council's year: a row per indicator, beside its peers and England."""

    choice: Choices
    peers: PeerGroup
    rules: Rules
    rows: tuple[Row, ...]
    own_figures: tuple[OwnFigure, ...]
    year_table: YearTable

    @property
    def council(self) -> str:
        """The council's name."""
        return self.choice.council.name

    @property
    def year(self) -> str:
        """The financial year, 2014-15."""
        return str(self.choice.year)

    @property
    def provisional(self) -> bool:
        """Whether nothing is published for the year, so that its figures are the council's own."""
        return self.choice.provisional

    def records(self) -> list[dict[str, Any]]:
        """One object per indicator, as `bench table --format json` prints them.

        Figures are in the indicator's unit and at its published decimals; what is missing is None.
        """
        return [row.record() for row in self._published]

    def frame(self) -> pd.DataFrame:
        """The same as a table: one row per indicator, in the order of the year's framework.

        Columns, first of all: indicator, code, title, domain, unit, polarity; value, lower and
        upper (95% interval), status; peer_average, peers_reporting, peers_total, england;
        verdict_vs_peers, verdict_vs_england, rule, reason (why not compared); rank (1 is best),
        rank_of; previous, change, verdict_vs_previous, previous_period.

        >>> import bench
        >>> frame = bench.briefing("Leeds", "2018-19").frame()
        >>> frame.loc[:2, ["code", "value", "peer_average", "verdict_vs_peers"]]
             code  value  peer_average verdict_vs_peers
        0      1A   19.6          19.1           better
        1      1B   75.1          77.9          unclear
        2  1C(1A)   91.2          87.6           better
        """
        return pd.DataFrame(self.records())

    @functools.cached_property
    def _published(self) -> tuple[PublishedRow, ...]:
        """The rows as they are printed."""
        return tuple(map(published, self.rows))

    def text(self, *, width: int | None = None, colour: bool = False) -> str:
        """The table as plain text.

        Args:
            width: columns of a terminal, to which the table is fitted; None for all of it, on
                lines as long as need be.
            colour: whether that terminal shows colours.
        """
        if width is None:
            return text_table(
                self._published,
                council=self.council,
                year=self.year,
                peers_title=self.peers.title,
                provisional=self.provisional,
            )
        return fitted_table(
            self._published,
            title=whose(self.council, self.year, provisional=self.provisional),
            peers_title=self.peers.title,
            rules=self.rules,
            width=width,
            colour=colour,
        )
