"""Everything one page needs, in one object: what notebooks and scripts import.

Enters: a council, a year and a few choices. Leaves: a `Briefing`, whose sections show themselves
in a notebook and on the page, and whose `frame()` and `records()` hold the same figures.
"""

from __future__ import annotations

import functools
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.errors import ParameterError, UnknownNameError
from bench.judge import multiplicity as multiplicities
from bench.judge import remarks, trend_test
from bench.judge.ranks import Ranking, places
from bench.judge.robustness import SENSITIVITY_COLUMNS, sensitivity
from bench.judge.trend import series
from bench.pages import store
from bench.pages.choices import LATEST, Choice, choose, choose_year, rules_for
from bench.pages.council import what_if
from bench.project import __version__
from bench.published import quoted, sources
from bench.published.provisional import load_own
from bench.reference.areas import ENGLAND
from bench.reference.periods import FinancialYear
from bench.reference.questions import read_questions

if TYPE_CHECKING:
    from bench.judge.rag import Rules
    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.pages.council.what_if import Given, WhatIf
    from bench.present.chart import Figure, Figures, Parts
    from bench.present.downloads import Download
    from bench.present.html import Fragment
    from bench.present.provenance import Source
    from bench.present.robustness_words import Told
    from bench.published.provisional import OwnFigure
    from bench.reference import Indicator
    from bench.reference.peers import PeerGroup


def brief(
    council: str | None = None,
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    palette: str | None = None,
    average: str | None = None,
    multiplicity: str | None = None,
) -> Briefing:
    """Everything one page needs about a council and year.

    Args:
        council: Name, alias or code; None for that of params/default.yaml, as for the others.
        year: Financial year, "2018-19", or "latest".
        peers: A peer model, or councils separated by ";".
        rule: auto, interval, spread, quartile, tolerance or funnel.
        palette: rag or af.
        average: mean, median or pooled, for the peers; by default that of params/rag.yaml.
        multiplicity: none, page or map: over which comparisons chance is allowed for; by default
            that of params/rag.yaml. "map" judges every council of every indicator for it.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A year that is none, or in which there was no such council.
    """
    choice = choose(
        council,
        year,
        peers=peers,
        rule=rule,
        palette=palette,
        average=average,
        multiplicity=multiplicity,
    )
    rules = rules_for(choice.rule, choice.average, choice.multiplicity)
    group = sources.reference().peers.group(choice.peers, choice.council, choice.year)
    table = store.year_table(choice.year, rules)
    own = load_own(choice.council.area_id)
    latest = choose_year(LATEST)
    # Beside the latest published figures the council's own are shown, and not judged.
    published = {indicator.indicator_id for indicator in table.indicators}
    later = [f for f in own if FinancialYear.parse(f.period) >= latest]
    beside = [f for f in later if f.indicator_id in published] if choice.year == latest else []
    each = remarks.alongside(
        table.rows(choice.council, group, [f for f in own if f not in beside]), beside
    )
    rows = multiplicities.of_council(table, choice.council, choice.peers, each)
    return Briefing(choice, group, rules, rows, own, table)


@dataclass(frozen=True)
class Briefing:
    """One council's year: its rows, and the sections of its page.

    Sections lead to files of their figures if `linked`; without them they are made sooner.
    """

    choice: Choice
    peers: PeerGroup
    rules: Rules
    rows: tuple[Row, ...]
    own_figures: tuple[OwnFigure, ...]
    year_table: YearTable
    linked: bool = True

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
        return [row.record() for row in self.rows]

    def frame(self) -> pd.DataFrame:
        """The same as a table: one row per indicator, in the order of the year's framework.

        Columns, first of all: indicator, code, title, domain, unit, polarity; value, lower and
        upper (95% interval), status; peer_average, peers_reporting, peers_total, england;
        verdict_vs_peers, verdict_vs_england, rule, reason (why not compared); rank (1 is best),
        rank_of; previous, change, verdict_vs_previous, previous_period. Further on:
        certainty_vs_peers, certainty_vs_england (sure, probable, untested), probability_vs_peers,
        probability_vs_england (that what the verdict says is true); peer_median, peer_lowest,
        peer_highest, peer_mean_dragged.

        >>> import bench
        >>> frame = bench.briefing("Leeds", "2018-19").frame()
        >>> frame.loc[:2, ["code", "value", "peer_average", "verdict_vs_peers"]]
             code  value  peer_average verdict_vs_peers
        0      1A   19.6          19.1           better
        1      1B   75.1          77.9          unclear
        2  1C(1A)   91.2          87.6           better
        """
        return self._frame.copy(deep=False)

    @functools.cached_property
    def _frame(self) -> pd.DataFrame:
        return pd.DataFrame(self.records())

    def sensitivity(self) -> pd.DataFrame:
        """What would change each verdict: one row per indicator, benchmark and test.

        Columns: `indicator`, `code`; `against` (peers, england), `verdict`, its `sensitivity`
        (robust, sensitive) and what it `hinges_on`, a list of tests, empty where it is robust (see
        `bench.judge.robustness.hinges_on`); the `rule` that decided; `similar_from` and
        `similar_to`, the figures between which it would be similar, in the indicator's unit and
        missing where not known; `test` (rounding, one_peer, peers, average, chance) and the
        `alternative` tried; `outcome` (unchanged, changed, not_asked);
        `becomes`, a list of verdicts, and `without`, the peers that are left out for each;
        `reason`, why not asked.
        """
        return self._sensitivity.copy(deep=False)

    def firmness(self) -> pd.DataFrame:
        """The same by its former name, which the next release will not have."""
        warnings.warn("firmness() is now sensitivity()", DeprecationWarning, stacklevel=2)
        return self.sensitivity()

    @functools.cached_property
    def _sensitivity(self) -> pd.DataFrame:
        tried = sensitivity(self.year_table, self.choice.council, self.peers, self.rows)
        records = [record for one in tried for record in one.records()]
        return pd.DataFrame(records, columns=SENSITIVITY_COLUMNS)

    @functools.cached_property
    def _told(self) -> dict[tuple[str, str], Told]:
        from bench.present import robustness_words
        from bench.present.rows import rows

        return robustness_words.told(
            ((row.indicator, row) for row in rows(self._frame)),
            self._sensitivity,
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
        0  published   91.2            similar    99
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
        from bench.present import downloads, sheet

        about = {
            "council": self.council,
            "code": self.choice.council.code_in(self.choice.year),
        }
        frame, year = self.frame(), self.year
        return downloads.downloads(
            self.choice.council.area_id,
            indicators=sheet.indicator_sheet(
                self._placed,
                year=year,
                directions=self._trend_tests,
                sensitivity=self._told,
                **about,
            ),
            peers=sheet.peer_sheet(frame, year=year, **about),
            years=sheet.year_sheet(frame, self.trends, **about),
            notes=sheet.notes_sheet(self._notes()),
        )

    # --- sections of the page, in its order -----------------------------------------------------

    def heading(self) -> Fragment:
        """The page's title, whom it compares, and what the figures must not be used for."""
        from bench.pages.council import sections

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
        from bench.pages.council import sections

        return sections.glance(
            self.frame(),
            council=self.council,
            multiplicity=self.rules.multiplicity.value,
            provisional=self.provisional,
            palette=self.choice.palette,
        )

    def findings(self) -> Fragment:
        """What stands out for better and for worse, as sentences."""
        from bench.pages.council import sections

        return sections.findings(self.frame(), council=self.council, palette=self.choice.palette)

    def table(self) -> Fragment:
        """Every indicator of the year beside the peers and England, each judged."""
        from bench.present import table as tables

        return tables.peer_table(
            self._placed,
            council=self.council,
            year=self.year,
            peers_title=self.peers.title,
            series=self.trends,
            directions=self._trend_tests,
            files=self._links("indicators"),
            sensitivity=self._told,
            palette=self.choice.palette,
        )

    def footing(self) -> Fragment:
        """Which verdicts hinge on a choice, what they rest on, and what would change them."""
        from bench.present import robustness_words

        return robustness_words.section(self.frame(), self._told, palette=self.choice.palette)

    def worsening(self) -> Fragment:
        """What is RED and worse than before, trends first, with questions a member could ask."""
        from bench.pages.council import sections

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
            sensitivity=self._told,
            palette=self.choice.palette,
        )

    def asking(self, page: str = "none") -> Fragment:
        """Which of the year's changes are rare enough to be worth asking about.

        Args:
            page: the page that lists all findings, as seen from this one; "none" for none.
        """
        from bench.pages.surveillance import sections as shown
        from bench.pages.surveillance.report import surveillance, teller

        own = surveillance(self.choice.council.area_id, palette=self.choice.palette)
        of_year = replace(own, period=self.year)
        return shown.asking(
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
        from bench.present.charts import spine as figures

        figure = figures.spine(self.frame(), council=self.council, palette=self.choice.palette)
        return replace(figure, files=self._links("indicators"))

    def strips(self) -> Figures:
        """The council among its peers, for up to three of the most telling indicators."""
        from bench.present.charts import strip as figures_figures

        return figures_figures.strips(
            self.frame(),
            council=self.council,
            files=self._links("peers"),
            palette=self.choice.palette,
        )

    def strip(self, indicator: str | None = None) -> Figure:
        """The council among its peers, for one indicator."""
        from bench.present.charts import strip as figures_figures

        figure = figures_figures.strip(
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
        from bench.present import trend_words as going
        from bench.present.charts import trend_line
        from bench.present.rows import measure_of

        found = (
            sources.reference().indicators.find(indicator, self.choice.year)
            if indicator
            else self._chosen()
        )
        tested = going.tendencies(self._trend_tests).get(found.indicator_id)
        figure = trend_line.trend(
            self.series(found.indicator_id),
            measure=measure_of(found),
            council=self.council,
            direction=going.explained(tested, measure_of(found)) if tested else "",
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
        from bench.pages.story import chapters

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
        from bench.pages.council import sections

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
        from bench.present import provenance

        return provenance.sources(
            self._sources(),
            own=sorted({f.source for f in self.own_figures if f.period in self._own_years}),
            council=self.council,
            palette=self.choice.palette,
        )

    def downloads(self) -> Fragment:
        """The page's figures as files."""
        from bench.present import downloads

        return downloads.list_of(list(self.files.values()), palette=self.choice.palette)

    def text(self) -> str:
        """The table as plain text, for a terminal."""
        from bench.present.terminal import text_table

        return text_table(
            self.frame(),
            council=self.council,
            year=self.year,
            peers_title=self.peers.title,
            provisional=self.provisional,
        )

    @property
    def _own_years(self) -> set[str]:
        """The years of the council's own figures that the page shows."""
        return {self.year, *(period for row in self.rows for period, _ in row.own_figures)}

    def _links(self, name: str) -> Fragment:
        from bench.present import downloads, html

        if not self.linked:
            return html.Fragment()

        return downloads.links([self.files[name], self.files["workbook"]])

    def _sources(self) -> list[Source]:
        from bench.pages.story.chapters import COUNTS

        figures = store.figures()
        told = (figures["period"] == self.year) | (figures["indicator_id"] == COUNTS)
        shown = told & (figures["area_id"] == self.choice.council.area_id)
        # A provisional figure may stand beside the peers and England of an earlier year.
        beside = {str(row.benchmark_year) for row in self.rows if row.benchmark_year}
        benchmarks = figures["period"].isin(beside) & (figures["area_id"] == ENGLAND)
        return store.publications(figures[shown | benchmarks])

    def _notes(self) -> list[tuple[str, str]]:
        """What the workbook says of its method, sources and parameters."""
        from bench.present import provenance

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
