"""The overview of a year: a row for every council and indicator, for the index and a script."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from bench.judge import multiplicity as multiplicities
from bench.judge.published_row import printed_share
from bench.pages import choices, store
from bench.pages.overview import pages
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.judge.rag import Rules, Verdict
    from bench.judge.row import Row
    from bench.pages.overview.pages import CouncilEntry, IndicatorEntry, PlaceEntry
    from bench.present.provenance import Source
    from bench.reference import Council, FinancialYear


def overview(
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    multiplicity: str | None = None,
) -> Overview:
    """Every council beside its peers and England, every indicator of a year.

    Args:
        year: Financial year, "2018-19", or "latest".
        peers: A peer model, or councils separated by ";".
        rule: auto, interval, spread, quartile, tolerance or funnel.
        multiplicity: none, page or map: over which comparisons chance is allowed for.

    Returns:
        An `Overview`: `frame()` has a row per council and indicator.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A text that is no year.

    >>> verdicts = bench.overview("2018-19").frame()
    >>> verdicts.query("council == 'Leeds'")["verdict_vs_england"].value_counts().to_dict()
    {'similar': 13, 'better': 8, 'worse': 5, 'unclear': 3}
    """
    chosen = choices.choose_year(year)
    model = peers or choices.default_peers()
    rules = choices.rules_for(rule, None, multiplicity)
    table = store.year_table(chosen, rules)
    registers = table.registers
    councils = registers.councils.in_year(chosen)
    judged = multiplicities.of_year(
        rules.multiplicity,
        [table.rows(one, registers.peers.group(model, one, chosen)) for one in councils],
    )
    rows = tuple(zip(councils, judged, strict=True))
    of_year = table.figures[table.figures["period"] == str(chosen)]
    return Overview(chosen, model, rules, rows, tuple(store.publications(of_year)))


@dataclass(frozen=True)
class Overview:
    """Every council's rows of a year.

    Attributes:
        financial_year: the year.
        model: the peer model, as it was asked for.
        rules: how verdicts are reached.
        rows: each council, by name, with its rows in the order of the year's framework.
        releases: the publications that the figures come from.
    """

    financial_year: FinancialYear
    model: str
    rules: Rules
    rows: tuple[tuple[Council, tuple[Row, ...]], ...]
    releases: tuple[Source, ...]

    @property
    def year(self) -> str:
        """The financial year, 2014-15."""
        return str(self.financial_year)

    @property
    def peers_title(self) -> str:
        """What the peers are, as it is written on a page."""
        return sources.reference().peers.titles().get(self.model, "own list")

    @functools.cached_property
    def _frame(self) -> pd.DataFrame:
        return pd.DataFrame([_record(council, row) for council, rows in self.rows for row in rows])

    def frame(self) -> pd.DataFrame:
        """One row per council and indicator, councils by name, indicators in order of their codes.

        Columns: council, area_id, region, type, indicator, code, short_title, domain, polarity,
        value (in the indicator's unit, missing where there is no figure), verdict_vs_peers,
        verdict_vs_england, rank (missing where there is none), certainty_vs_peers,
        certainty_vs_england (sure, probable or untested), probability_vs_peers,
        probability_vs_england (that what the verdict says is true); the last four are missing where
        a verdict is unclear, not compared or of another rule than auto.
        """
        return self._frame.copy()

    def councils(
        self, href: Callable[[str], str | None] = "{}.html".format
    ) -> tuple[CouncilEntry, ...]:
        """An entry per council, for the index.

        Args:
            href: From a council's `area_id` to its page, as seen from the index.
        """
        register = sources.reference().councils
        return pages.council_entries(
            self._frame, href, lambda area_id: register.other_names(register[area_id])
        )

    def places(
        self, href: Callable[[str], str | None] = "{}.html".format
    ) -> tuple[PlaceEntry, ...]:
        """An entry per district and former council that leads to a council's page, for the index.

        Args:
            href: From a council's `area_id` to its page, as seen from the index.
        """
        signposts = sources.reference().councils.signposts(self.financial_year)
        return pages.place_entries(signposts, href)

    def indicators(
        self, href: Callable[[str], str | None] = "{}.html".format
    ) -> tuple[IndicatorEntry, ...]:
        """An entry per indicator of the year, for the index.

        Args:
            href: From an indicator's id to its page, as seen from the index.
        """
        return pages.indicator_entries(self._frame, href)


def _record(council: Council, row: Row) -> dict[str, object]:
    return {
        "council": council.name,
        "area_id": council.area_id,
        "region": council.region_name,
        "type": council.type_in(row.year).singular,
        "indicator": row.indicator.indicator_id,
        "code": row.code,
        "short_title": row.indicator.short_title,
        "domain": row.domain,
        "polarity": str(row.indicator.polarity),
        "value": row.value,
        "verdict_vs_peers": str(row.vs_peers.meaning),
        "verdict_vs_england": str(row.vs_england.meaning),
        "rank": row.rank,
        **_certain(row.vs_peers, "peers"),
        **_certain(row.vs_england, "england"),
    }


def _certain(verdict: Verdict, against: str) -> dict[str, object]:
    """How sure a verdict is, as `bench.judge.published_row.PublishedRow` has it."""
    certainty, probability = verdict.certainty, verdict.probability
    return {
        f"certainty_vs_{against}": None if certainty is None else str(certainty),
        f"probability_vs_{against}": printed_share(probability),
    }
