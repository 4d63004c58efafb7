"""Everything the page of one indicator needs: every council in order, England, and the years.

Enters: an indicator, a year and a few choices. Leaves: an `IndicatorBrief`, whose sections show
themselves in a notebook and on the page, and whose `frame()` and `records()` hold the same figures.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench import among, choices, held
from bench.errors import ParameterError
from bench.judge import direction
from bench.judge import multiplicity as multiplicities
from bench.judge.distribution import distribution
from bench.judge.fragile import FIRMNESS_COLUMNS, fragility
from bench.judge.ranks import places
from bench.published import sources
from bench.registers import Region
from bench.version import __version__

if TYPE_CHECKING:
    from bench.judge.rag import Rules
    from bench.judge.ranks import Ranking
    from bench.judge.row import Row
    from bench.judge.table import YearTable
    from bench.present.figure import Figure
    from bench.present.firmness import Told
    from bench.present.html import Fragment
    from bench.present.indicator import Note
    from bench.present.page import Source
    from bench.present.rows import Measure
    from bench.registers import Council, FinancialYear, Indicator

__all__ = ["IndicatorBrief", "gather"]

ALL, NONE = "all", "none"


def gather(
    indicator: str,
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    multiplicity: str | None = None,
    council: str | None = None,
    palette: str = "rag",
    pages: str = ALL,
) -> IndicatorBrief:
    """One indicator of a year for every council that there was.

    Args:
        indicator: Id, title, or the code of that year.
        year: Financial year, "2018-19", or "latest"; None for that of params/default.yaml, as for
            peers and rule.
        peers: A peer model, or councils separated by ";"; each council beside its own.
        rule: auto, interval, spread, quartile, tolerance or funnel.
        multiplicity: none, page or map: over which comparisons chance is allowed for; by default
            that of params/rag.yaml. "page" judges every page of every council for it.
        council: One council to point out, by name, alias or code; "none" for none.
        palette: rag or af.
        pages: Councils whose page stands beside this one, so that their names link to it: "all",
            "none", or councils separated by ";".

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A text that is no year, or a year for which it was not published.
    """
    chosen = choices.choose_year(year)
    registers = sources.reference()
    found = registers.indicators.find(indicator, chosen)
    table = held.year_table(chosen, choices.rules_for(rule, None, multiplicity))
    if found not in table.indicators:
        years = ", ".join(str(one) for one in found.years)
        raise ParameterError(
            f"{found.indicator_id} was not published for {chosen}.",
            mend=f"its years are {years}.",
        )
    model = peers or choices.default_peers()
    rows = multiplicities.of_indicator(table, found, model, table.across(found, model))
    councils = registers.councils.in_year(chosen)
    if pages in (ALL, NONE):
        linked = {one.area_id for one in councils if pages == ALL}
    else:
        linked = {registers.councils.find(name).area_id for name in pages.split(";")}
    return IndicatorBrief(
        indicator=found,
        financial_year=chosen,
        table=table,
        rows=tuple(sorted(zip(councils, rows, strict=True), key=_place)),
        peers=model,
        council=registers.councils.find(council) if council not in (None, "", NONE) else None,
        palette=palette,
        linked=frozenset(linked),
    )


def _place(pair: tuple[Council, Row]) -> tuple[bool, bool, int, str]:
    """Ranked councils first, best first; then those with a figure; then the rest; by name."""
    council, row = pair
    return row.rank is None, row.value is None, row.rank or 0, council.name


@dataclass(frozen=True)
class IndicatorBrief:
    """One indicator's year: every council's row, and the sections of its page.

    Attributes:
        indicator: what is counted.
        financial_year: the year.
        table: the year's figures of every area.
        rows: every council with its row; best first, those without a rank last.
        peers: the peer model, or councils separated by ";".
        council: the council to point out, if any.
        palette: rag or af.
        linked: `area_id`s of the councils whose page stands beside this one.
    """

    indicator: Indicator
    financial_year: FinancialYear
    table: YearTable
    rows: tuple[tuple[Council, Row], ...]
    peers: str
    council: Council | None
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

        Columns: `area_id`, then those of `bench.brief.Briefing.firmness`.
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
    def _told(self) -> dict[tuple[str, str], Told]:
        from bench.present import firmness
        from bench.present.rows import rows

        frame = self.frame()
        return firmness.told(
            zip(frame["area_id"], rows(frame), strict=True),
            self._firmness,
            key="area_id",
            peers_titles=self.table.registers.peers.titles(),
            average=self.rules.average.value,
        )

    def areas(self) -> pd.DataFrame:
        """England and the regions as published, with their councils' range.

        Columns: area, value, status, councils (how many have a figure, without the tiny two),
        low, high.
        """
        figures = self.table.figures
        of_year = figures[
            (figures["indicator_id"] == self.indicator.indicator_id)
            & (figures["period"] == self.year)
        ].set_index("area_id")
        field = self.table.field(self.indicator.indicator_id)
        places: list[tuple[str, str, list[str]]] = [
            ("england", "England", [council.area_id for council, _ in self.rows])
        ]
        for region in sorted(Region, key=lambda one: one.label):
            within = [council.area_id for council, _ in self.rows if council.region == region]
            places.append((f"region:{region}", region.label, within))
        rows = []
        for area_id, name, within in places:
            own = [float(field.values[one]) for one in within if one in field.values]  # noqa: PD011
            rows.append(
                {
                    "area": name,
                    "value": of_year["value"].get(area_id),
                    "status": str(of_year["status"].get(area_id, "not_available")),
                    "councils": len(own),
                    "low": min(own, default=None),
                    "high": max(own, default=None),
                }
            )
        return pd.DataFrame(rows)

    def distribution(self) -> pd.DataFrame:
        """How the councils lay in each year; see `bench.judge.distribution.distribution`."""
        return distribution(self.table.figures, self.table.registers, self.indicator)

    def trend_tests(self) -> pd.DataFrame:
        """Where each council's figure is going over the years that compare, up to the page's year.

        Returns:
            A row per council, in the order of `frame()`: area_id and council, and
            `bench.judge.direction.TREND_COLUMNS`, whose slope is in the indicator's unit a year.
        """
        return self._trend_tests.copy(deep=False)

    @functools.cached_property
    def _trend_tests(self) -> pd.DataFrame:
        found = direction.across(
            self.table.figures,
            self.table.registers,
            self.indicator,
            year=self.financial_year,
            rules=self.rules.trend,
        )
        named = [(council.area_id, council.name) for council, _ in self.rows]
        return direction.frame(named, ["area_id", "council"], found)

    # --- sections of the page, in its order -----------------------------------------------------

    def heading(self) -> Fragment:
        """What the page shows, how the year came out, and what it must not be used for."""
        from bench.present import indicator

        refused = self.table.registers.comparability.not_compared(
            self.indicator.indicator_id, "", self.financial_year
        )
        return indicator.heading(
            self.frame(),
            measure=self.measure,
            domain=self.indicator.domain(self.financial_year),
            year=self.year,
            refused=refused.text if refused else "",
            palette=self.palette,
        )

    def facts(self) -> Fragment:
        """What it counts, which way is better, in which unit, how sure, from where."""
        from bench.present import indicator

        one, review = self.indicator, self.indicator.review
        spans = [
            f"{span.value} ({max(span.first or one.years[0], one.years[0])} to "
            f"{min(span.last or one.years[-1], one.years[-1])})"
            for span in one.codes
        ]
        return indicator.facts(
            self.frame(),
            title=one.title,
            counts=one.counts,
            unit=str(one.unit),
            polarity=str(one.polarity),
            polarity_note=one.polarity_note,
            polarity_source=one.polarity_source,
            collection=one.collection(self.financial_year),
            method=str(one.interval),
            codes=spans,
            reviewed=f"{review.reviewed}; next on {review.next_review}",
            palette=self.palette,
        )

    def area_table(self) -> Fragment:
        """England and the regions, as published."""
        from bench.present import indicator

        return indicator.area_table(
            self.areas(), measure=self.measure, year=self.year, palette=self.palette
        )

    def ladder(self) -> Figure:
        """All councils in order, with England's line."""
        from bench.present import figures

        return figures.ladder(
            self.frame(),
            year=self.year,
            council=self.council.name if self.council else None,
            palette=self.palette,
        )

    def how_sure(self) -> Fragment:
        """How far the councils' places can be told apart."""
        return among.how_sure(self)

    def ranks(self) -> Figure | Fragment:
        """The places that each council could hold."""
        return among.ranks(self)

    def funnel(self) -> Figure | Fragment:
        """Which councils are unusual for their size."""
        return among.funnel(self)

    def council_table(self) -> Fragment:
        """Every council in order, with its interval and both verdicts."""
        from bench.present import indicator

        return indicator.council_table(
            self.frame(),
            measure=self.measure,
            year=self.year,
            linked=self.linked,
            council=self.council.area_id if self.council else None,
            directions=self._trend_tests,
            firmness=self._told,
            palette=self.palette,
        )

    def years(self) -> Figure:
        """The councils' middle half, their range and England, year by year."""
        from bench.present import figures

        return figures.years(self.distribution(), measure=self.measure, palette=self.palette)

    def going(self) -> Fragment:
        """How many councils are getting better, worse or neither over the years."""
        from bench.present import indicator

        return indicator.going(self._trend_tests, palette=self.palette)

    def notes(self) -> Fragment:
        """What breaks the series, and what the publisher says about the figures."""
        from bench.present import indicator

        return indicator.notes(self._notes(), year=self.year, palette=self.palette)

    def method(self) -> Fragment:
        """How verdicts are reached, and what the words mean."""
        from bench.present import indicator

        return indicator.method(
            rule=self.rules.rule.value,
            multiplicity=self.rules.multiplicity.value,
            palette=self.palette,
        )

    def sources(self) -> Fragment:
        """Which publications the figures of the year come from."""
        from bench.present import page

        return page.sources(self._sources(), palette=self.palette)

    def downloads(self) -> Fragment:
        """Every council's figure as files."""
        from bench.present import downloads, page, sheets

        table = sheets.with_directions(
            sheets.frame_sheet(self.frame(), name="Councils", columns=sheets.ONE_INDICATOR),
            self._trend_tests,
            decimals=self.measure.decimals,
        )
        table = sheets.with_firmness(
            table, [council.area_id for council, _ in self.rows], self._told
        )
        notes = page.notes(
            parameters={"indicator": self.indicator.indicator_id, "year": self.year},
            rule=self.rules.rule.value,
            average=self.rules.average.value,
            peers=[],
            peers_title="Each council's own",
            sources=self._sources(),
            version=__version__,
        )
        files = downloads.of_councils(self.indicator.indicator_id, table, sheets.notes_sheet(notes))
        return downloads.list_of(files, palette=self.palette)

    def _sources(self) -> list[Source]:
        figures = self.table.figures
        of_indicator = figures["indicator_id"] == self.indicator.indicator_id
        return held.publications(figures[of_indicator & (figures["period"] == self.year)])

    def _notes(self) -> list[Note]:
        from bench.present.indicator import Note

        comparability, own = self.table.registers.comparability, self.indicator.indicator_id
        areas = self.table.registers.councils.areas
        notes = [
            Note(
                str(e.period), areas[e.area_id].name if e.area_id else "", e.kind, e.text, e.source
            )
            for e in comparability.breaks
            if e.indicator_id == own
        ]
        notes += [
            Note(str(e.period), areas[e.area_id].name if e.area_id else "", "", e.text, e.source)
            for e in comparability.usage_notes
            if e.indicator_id == own and e.period == self.financial_year
        ]
        return sorted(notes)
