"""Everything one page needs, in one object: what notebooks and scripts import.

Enters: a council, a year and a few choices. Leaves: a `Briefing`, whose sections show themselves
in a notebook and on the page, and whose `frame()` and `records()` hold the same figures.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from bench.errors import ParameterError, UnknownNameError
from bench.judge import remarks, trend_test
from bench.judge.ranks import Ranking, places
from bench.judge.robustness import FIRMNESS_COLUMNS, fragility
from bench.judge.trend import series
from bench.pages import store
from bench.pages.choices import Choices
from bench.pages.council import sections, what_if
from bench.pages.council.data import CouncilFigures, judged
from bench.pages.story import chapters
from bench.pages.story.chapters import COUNTS
from bench.pages.surveillance import sections as surveillance_sections
from bench.pages.surveillance.report import surveillance, teller
from bench.present import downloads, html, provenance, robustness_words, sheet, table, trend_words
from bench.present.charts import spine, strip, trend_line
from bench.present.rows import measure_of, rows
from bench.project import __version__
from bench.published import quoted, sources
from bench.reference.areas import ENGLAND
from bench.reference.questions import read_questions

if TYPE_CHECKING:
    from bench.judge.row import Row
    from bench.pages.council.what_if import Given, WhatIf
    from bench.present.chart import Figure, Figures, Parts
    from bench.present.downloads import Download
    from bench.present.html import Fragment
    from bench.present.provenance import Source
    from bench.present.robustness_words import Told
    from bench.reference import Indicator


def briefing(
    council: str | None = None,
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    average: str | None = None,
    multiplicity: str | None = None,
    palette: str | None = None,
) -> Briefing:
    """One council's indicators of a year beside its peers and England, each judged.

    Args:
        council: Name, alias or code.
        year: Financial year, "2018-19", or "latest".
        peers: A peer model (cipfa, open, region, type, england), or councils separated by ";".
        rule: auto, interval, spread, quartile, tolerance or funnel.
        average: mean, median or pooled, of the peers.
        multiplicity: none, page or map: over which comparisons chance is allowed for.
        palette: rag or af, the colours of tables and figures.

    Returns:
        A `Briefing`: `frame()` has a row per indicator, `table()` the same as a page shows it,
        `figure(name)` a chart, `series(indicator)` the years, `what_if(indicator, value)` a row
        as it would be.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A year that is none, or in which there was no such council.

    >>> leeds = bench.briefing("Leeds", "2018-19")
    >>> frame = leeds.frame().set_index("code")
    >>> len(frame)
    29
    >>> frame.loc[["1C(1A)"], ["value", "lower", "upper", "england", "rank", "rank_of"]]
            value  lower  upper  england  rank  rank_of
    code
    1C(1A)   91.2  90.44  91.85     89.0    99      150
    >>> print(leeds.figure("spine").title)
    Leeds beside its peers, indicator by indicator
    """
    choices = Choices.of(
        council=council,
        year=year,
        peers=peers,
        rule=rule,
        average=average,
        multiplicity=multiplicity,
        palette=palette,
    )
    return of_choices(choices)


def of_choices(choices: Choices) -> Briefing:
    """The briefing of choices that are made."""
    return Briefing(**vars(judged(choices)))


@dataclass(frozen=True)
class Briefing(CouncilFigures):
    """One council's year: its rows, and the sections of its page.

    Sections lead to files of their figures if `linked`; without them they are made sooner.
    """

    linked: bool = True

    def firmness(self) -> pd.DataFrame:
        """What would change each verdict: one row per indicator, benchmark and test.

        Columns: `indicator`, `code`; `against` (peers, england), `verdict`, its `grade` (firm,
        leans, depends; see `bench.judge.robustness.grade`) and the `rule` that decided;
        `similar_from` and `similar_to`, the figures between which it would be similar, in the
        indicator's unit and missing where not known; `test` (rounding, one_peer, peers, rule,
        average, chance) and the `alternative` tried; `outcome` (unchanged, changed, not_asked);
        `becomes`, a list of verdicts, and `without`, the peers that are left out for each;
        `reason`, why not asked.
        """
        return self._firmness.copy(deep=False)

    @functools.cached_property
    def _firmness(self) -> pd.DataFrame:
        tried = fragility(self.year_table, self.choice.council, self.peers, self.rows)
        records = [record for one in tried for record in one.records()]
        return pd.DataFrame(records, columns=FIRMNESS_COLUMNS)

    @functools.cached_property
    def _told(self) -> dict[tuple[str, str], Told]:
        return robustness_words.told(
            ((row.indicator, row) for row in rows(self._frame)),
            self._firmness,
            key="indicator",
            peers_titles=sources.reference().peers.titles(),
            rules=self.rules,
        )

    @functools.cached_property
    def _placed(self) -> pd.DataFrame:
        """The frame with how sure each place is; a row without a place has none."""
        found = store.rankings(self.choice.year, self.rules)
        sure = []
        for row in self.rows:
            ranking = found.get(row.indicator.indicator_id)
            if row.rank is None or not isinstance(ranking, Ranking):
                sure.append(places(None))
            else:
                sure.append(places(ranking.interval(self.choice.council.area_id)))
        return self.frame().join(pd.DataFrame(sure))

    def row(self, indicator: str) -> Row:
        """One indicator's row, by id, title or code.

        Raises:
            UnknownNameError: An indicator that is not known.
            ParameterError: The year has no row of it.
        """
        found = sources.reference().indicators.find(indicator, self.choice.year)
        row = next((one for one in self.rows if one.indicator == found), None)
        if row is None:
            years = ", ".join(map(str, found.years))
            raise ParameterError(
                f"{found.short_title} was not published for {self.year}.",
                mend=f"its years are {years}.",
            )
        return row

    def what_if(
        self,
        indicator: str,
        value: Given = None,
        *,
        numerator: Given = None,
        denominator: Given = None,
    ) -> WhatIf:
        """One row as it would be if the council's figure were another; nothing is kept.

        Args:
            indicator: Id, title, or the code of the year.
            value: The figure in the indicator's unit, as a number or a text such as "61.5%".
            numerator: Instead of the value, how many were counted,
            denominator: out of how many.

        Raises:
            UnknownNameError: An indicator that is not known.
            ParameterError: A figure that cannot be, such as one above 100%, and why.

        >>> import bench
        >>> supposed = bench.briefing("Leeds", "2018-19").what_if("1C(1A)", 85).frame()
        >>> supposed[["figure", "value", "verdict_vs_england", "rank"]]
              figure  value verdict_vs_england  rank
        0  published   91.2             better    99
        1   supposed   85.0              worse   116
        """
        return what_if.ask(
            self.year_table,
            self.choice.council,
            self.peers,
            self.row(indicator),
            value=value,
            numerator=numerator,
            denominator=denominator,
            model=self.choice.peers,
            palette=self.choice.palette,
        )

    def series(self, indicator: str) -> pd.DataFrame:
        """One indicator's years, of the council, its peers and England.

        Returns:
            One row per published year; see `bench.judge.trend.series` for its columns.

        Raises:
            UnknownNameError: An indicator that is not known.
        """
        registers = sources.reference()
        found = registers.indicators.find(indicator, self.choice.year)
        return series(
            store.figures(),
            registers,
            found,
            self.choice.council,
            model=self.choice.peers,
            own_figures=self.own_figures,
        )

    @functools.cached_property
    def trends(self) -> dict[str, pd.DataFrame]:
        """The years of each indicator of the page, by its id."""
        return {
            row.indicator.indicator_id: self.series(row.indicator.indicator_id) for row in self.rows
        }

    def trend_tests(self) -> pd.DataFrame:
        """Where each indicator is going over the years that compare, up to the page's year.

        Returns:
            A row per indicator of the page, in its order: indicator, code and short_title, and
            `bench.judge.trend_test.TREND_COLUMNS`, whose slope is in the indicator's unit a year.
        """
        return self._trend_tests.copy(deep=False)

    @functools.cached_property
    def _trend_tests(self) -> pd.DataFrame:
        year = self.choice.year
        found = trend_test.of_council(
            store.figures(),
            sources.reference(),
            self.choice.council,
            [row.indicator for row in self.rows],
            year=year,
            rules=self.rules.trend,
            provisional={row.indicator.indicator_id for row in self.rows if remarks.taken_in(row)},
        )
        named = [
            (row.indicator.indicator_id, row.code, row.indicator.short_title) for row in self.rows
        ]
        return trend_test.frame(named, ["indicator", "code", "short_title"], found)

    @functools.cached_property
    def files(self) -> dict[str, Download]:
        """The page's downloads; see `bench.present.downloads.downloads`."""
        about = {
            "council": self.council,
            "code": self.choice.council.code_in(self.choice.year),
        }
        frame, year = self.frame(), self.year
        return downloads.downloads(
            self.choice.council.area_id,
            indicators=sheet.indicator_sheet(
                self._placed, year=year, directions=self._trend_tests, firmness=self._told, **about
            ),
            peers=sheet.peer_sheet(frame, year=year, **about),
            years=sheet.year_sheet(frame, self.trends, **about),
            notes=sheet.notes_sheet(self._notes()),
        )

    # --- sections of the page, in its order -----------------------------------------------------

    def heading(self) -> Fragment:
        """The page's title, whom it compares, and what the figures must not be used for."""
        council = self.choice.council
        return sections.heading(
            council=council.name,
            year=self.year,
            code=council.code_in(self.choice.year),
            kind=council.type_in(self.choice.year).singular,
            region=council.region_name,
            peers_title=self.peers.title,
            peers_total=self.peers.total,
            has_figures=any(row.value is not None for row in self.rows),
            provisional=self.provisional,
            palette=self.choice.palette,
        )

    def glance(self) -> Fragment:
        """How many indicators came out better, similar, worse and not compared."""
        return sections.glance(
            self.frame(),
            council=self.council,
            multiplicity=self.rules.multiplicity.value,
            provisional=self.provisional,
            palette=self.choice.palette,
        )

    def findings(self) -> Fragment:
        """What stands out for better and for worse, as sentences."""
        return sections.findings(self.frame(), council=self.council, palette=self.choice.palette)

    def table(self) -> Fragment:
        """Every indicator of the year beside the peers and England, each judged."""
        return table.peer_table(
            self._placed,
            council=self.council,
            year=self.year,
            peers_title=self.peers.title,
            series=self.trends,
            directions=self._trend_tests,
            files=self._links("indicators"),
            firmness=self._told,
            palette=self.choice.palette,
        )

    def footing(self) -> Fragment:
        """What each verdict rests on, and what would change it."""
        return robustness_words.section(self.frame(), self._told, palette=self.choice.palette)

    def worsening(self) -> Fragment:
        """What is RED and worse than before, trends first, with questions a member could ask."""
        questions = read_questions(
            sources.project_root() / "data" / "reference", sources.reference().indicators
        )
        return sections.worsening(
            self.frame(),
            council=self.council,
            questions={
                row.indicator.indicator_id: questions.of(row.indicator, self.choice.year)
                for row in self.rows
            },
            directions=self._trend_tests,
            palette=self.choice.palette,
        )

    def asking(self, page: str = "none") -> Fragment:
        """Which of the year's changes are rare enough to be worth asking about.

        Args:
            page: the page that lists all findings, as seen from this one; "none" for none.
        """
        own = surveillance(self.choice.council.area_id, palette=self.choice.palette)
        of_year = replace(own, period=self.year)
        return surveillance_sections.asking(
            of_year.findings,
            of_year.sentences,
            teller=teller(),
            council=self.council,
            year=self.year,
            looked_at=of_year.looked_at,
            earlier=len(own.findings) - len(of_year.findings),
            listed=len(store.unusual().findings),
            shown=store.unusual().rules.shown,
            address="" if page == "none" else page,
            palette=self.choice.palette,
        )

    def spine(self) -> Figure:
        """All indicators on one scale, worst always left."""
        figure = spine.spine(self.frame(), council=self.council, palette=self.choice.palette)
        return replace(figure, files=self._links("indicators"))

    def strips(self) -> Figures:
        """The council among its peers, for up to three of the most telling indicators."""
        return strip.strips(
            self.frame(),
            council=self.council,
            files=self._links("peers"),
            palette=self.choice.palette,
        )

    def strip(self, indicator: str | None = None) -> Figure:
        """The council among its peers, for one indicator."""
        figure = strip.strip(
            self.frame(),
            indicator or self._chosen().indicator_id,
            council=self.council,
            palette=self.choice.palette,
        )
        return replace(figure, files=self._links("peers"))

    def figure(self, name: str, indicator: str | None = None) -> Figure:
        """One chart: by its name, or an indicator's peers.

        Args:
            name: spine (all indicators on one scale), strip (the peers of one indicator) or trend
                (its years); or an indicator's id, title or code, which stands for its strip.
            indicator: Of which, for strip and trend; else one that the page chooses.

        Returns:
            A `Figure`, which shows itself in a notebook: `plotly` is the chart as a plotly figure,
            to be changed or written; `table` the figures behind it; `alt` the same in words.

        Raises:
            UnknownNameError: Neither a chart nor an indicator.
            ParameterError: The year has no row of the indicator.

        >>> import bench
        >>> figure = bench.briefing("Leeds", "2018-19").figure("trend", "1C(1A)")
        >>> figure.title
        'People whose support is self-directed over the years'
        >>> type(figure.plotly).__name__
        'Figure'
        """
        if name == "spine":
            return self.spine()
        if name == "trend":
            return self.trend(indicator)
        if name == "strip" and indicator is None:
            return self.strip()
        try:
            row = self.row(indicator or name)
        except UnknownNameError:
            if indicator is not None:
                raise
            charts = ("spine", "strip", "trend")
            known = (*charts, *(one.indicator.indicator_id for one in self.rows))
            raise UnknownNameError("chart or indicator", name, known) from None
        return self.strip(row.indicator.indicator_id)

    def trend(self, indicator: str | None = None) -> Figure:
        """One indicator through the years; by default self-directed support, else the first."""
        found = (
            sources.reference().indicators.find(indicator, self.choice.year)
            if indicator
            else self._chosen()
        )
        tested = trend_words.tendencies(self._trend_tests).get(found.indicator_id)
        figure = trend_line.trend(
            self.series(found.indicator_id),
            measure=measure_of(found),
            council=self.council,
            direction=trend_words.explained(tested, measure_of(found)) if tested else "",
            palette=self.choice.palette,
        )
        return replace(figure, files=self._links("years"))

    def story(self, indicator: str = "self_directed_support") -> Parts:
        """One question through every definition it has had, with figures quoted in documents.

        Args:
            indicator: self_directed_support or direct_payments, by id, code or title.

        Returns:
            A section with its own heading; where the council has no figure from before the present
            definition, one that shows nothing.

        Raises:
            UnknownNameError: An indicator that is not known, or has no longer story.
        """
        registers = sources.reference()
        told = chapters.material(
            store.figures(),
            quoted.load(),
            registers,
            registers.indicators.find(indicator, self.choice.year),
            self.choice.council,
            model=self.choice.peers,
            palette=self.choice.palette,
        )
        return chapters.section(told, registers.indicators[chapters.COUNTS])

    def method(self, rules: str = "none") -> Fragment:
        """How verdicts are reached, what the words mean, and which peers are missing.

        Args:
            rules: the page of all rules with worked cases, as seen from this one; "none" for none.
        """
        source = sources.reference().peers.sources.get(self.peers.model)
        return sections.method(
            self.frame(),
            rules=self.rules,
            peers=[peer.name for peer in self.peers.members],
            peers_title=self.peers.title,
            peers_note=source.note if source else "",
            address="" if rules == "none" else rules,
            palette=self.choice.palette,
        )

    def sources(self) -> Fragment:
        """Which publications the figures come from."""
        return provenance.sources(
            self._sources(),
            own=sorted({f.source for f in self.own_figures if f.period in self._own_years}),
            council=self.council,
            palette=self.choice.palette,
        )

    def downloads(self) -> Fragment:
        """The page's figures as files."""
        return downloads.list_of(list(self.files.values()), palette=self.choice.palette)

    @property
    def _own_years(self) -> set[str]:
        """The years of the council's own figures that the page shows."""
        return {self.year, *(period for row in self.rows for period, _ in row.own_figures)}

    def _links(self, name: str) -> Fragment:
        if not self.linked:
            return html.Fragment()

        return downloads.links([self.files[name], self.files["workbook"]])

    def _sources(self) -> list[Source]:
        figures = store.figures()
        told = (figures["period"] == self.year) | (figures["indicator_id"] == COUNTS)
        shown = told & (figures["area_id"] == self.choice.council.area_id)
        # A provisional figure may stand beside the peers and England of an earlier year.
        beside = {str(row.benchmark_year) for row in self.rows if row.benchmark_year}
        benchmarks = figures["period"].isin(beside) & (figures["area_id"] == ENGLAND)
        return store.publications(figures[shown | benchmarks])

    def _notes(self) -> list[tuple[str, str]]:
        """What the workbook says of its method, sources and parameters."""
        return provenance.notes(
            parameters=self.choice.parameters(),
            rules=self.rules,
            peers=[peer.name for peer in self.peers.members],
            peers_title=self.peers.title,
            sources=self._sources(),
            version=__version__,
        )

    def _chosen(self) -> Indicator:
        """The indicator that the page follows through the years."""
        by_id = {row.indicator.indicator_id: row.indicator for row in self.rows}
        return by_id.get("self_directed_support") or next(iter(by_id.values()))
