"""The report of a council and year: its figures as a frame, and the sections of its page."""

from __future__ import annotations

import functools
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from bench.errors import ParameterError, UnknownNameError
from bench.judge import remarks, trend_test
from bench.judge.published_row import measure_of, published
from bench.judge.ranks import Ranking
from bench.judge.robustness import SENSITIVITY_COLUMNS, sensitivity
from bench.judge.trend import points, series
from bench.pages import store
from bench.pages.base import Report, section
from bench.pages.changes.report import since_release_before
from bench.pages.choices import Choices
from bench.pages.council import exceptions, findings, glance, sections, what_if, whom_to_phone
from bench.pages.council.data import CouncilFigures, judged
from bench.pages.story import chapters
from bench.pages.story.chapters import COUNTS
from bench.pages.surveillance import sections as surveillance_sections
from bench.pages.surveillance.report import surveillance, teller
from bench.present import downloads, provenance, robustness_words, sheet, table, trend_words
from bench.present.charts import spine, strip, trend_line
from bench.present.trend_words import tendencies
from bench.published import quoted, sources
from bench.reference.areas import ENGLAND
from bench.reference.peers import RECKONED
from bench.reference.questions import read_questions

if TYPE_CHECKING:
    from bench.judge.published_row import PublishedRow
    from bench.judge.row import Row
    from bench.judge.trend import Point
    from bench.judge.trend_test import TrendVerdict
    from bench.pages.council.what_if import Given, WhatIf
    from bench.present.chart import Figure, Parts
    from bench.present.downloads import Download
    from bench.present.html import Section
    from bench.present.provenance import Imprint, Source
    from bench.present.robustness_words import VerdictGrounds
    from bench.present.trend_words import Tendency
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
    1C(1A)   91.2  90.47  91.88     89.0    99      150
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
    return Briefing(**vars(judged(choices))).in_palette(choices.palette)


@dataclass(frozen=True)
class Briefing(CouncilFigures, Report):
    """One council's year: its rows, and the sections of its page.

    Sections lead to files of their figures if `linked`; without them they are made sooner.
    """

    linked: bool = True

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
        return pd.DataFrame(self._trials, columns=SENSITIVITY_COLUMNS)

    def firmness(self) -> pd.DataFrame:
        """The same by its former name, which the next release will not have."""
        warnings.warn("firmness() is now sensitivity()", DeprecationWarning, stacklevel=2)
        return self.sensitivity()

    @functools.cached_property
    def _trials(self) -> list[dict[str, Any]]:
        """The rows of `sensitivity`."""
        tried = sensitivity(self.year_table, self.choice.council, self.peers, self.rows)
        return [record for one in tried for record in one.records()]

    @functools.cached_property
    def _told(self) -> dict[tuple[str, str], VerdictGrounds]:
        return robustness_words.grounds(
            ((row.indicator, row) for row in self._published),
            self._trials,
            key="indicator",
            peers_titles=sources.reference().peers.titles(),
            rules=self.rules,
        )

    @functools.cached_property
    def _placed(self) -> tuple[PublishedRow, ...]:
        """The same rows with how sure each place is; a row without a place has none."""
        rankings = store.rankings(self.choice.year, self.rules)
        area_id = self.choice.council.area_id
        found = []
        for row in self._published:
            ranking = rankings.get(row.indicator)
            place = None
            if row.rank is not None and isinstance(ranking, Ranking):
                place = ranking.interval(area_id)
            found.append(row.placed(place))
        return tuple(found)

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

    @section
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
            {"value": value, "numerator": numerator, "denominator": denominator},
            model=self.choice.peers,
        )

    def series(self, indicator: str) -> pd.DataFrame:
        """One indicator's years, of the council, its peers and England.

        Returns:
            One row per published year; see `bench.judge.trend.series` for its columns.

        Raises:
            UnknownNameError: An indicator that is not known.
        """
        found = sources.reference().indicators.find(indicator, self.choice.year)
        return series(self._points(found))

    def _points(self, indicator: Indicator) -> tuple[Point, ...]:
        registers = sources.reference()
        return points(
            store.by_period(indicator.indicator_id, registers.peers.reckoned(self.choice.peers)),
            registers,
            indicator,
            self.choice.council,
            model=self.choice.peers,
            own_figures=self.own_figures,
        )

    @functools.cached_property
    def _years(self) -> dict[str, tuple[Point, ...]]:
        """The years of each indicator of the page, by its id."""
        return {row.indicator.indicator_id: self._points(row.indicator) for row in self.rows}

    @functools.cached_property
    def trends(self) -> dict[str, pd.DataFrame]:
        """The years of each indicator of the page, by its id; see `series`."""
        return {name: series(years) for name, years in self._years.items()}

    def trend_tests(self) -> pd.DataFrame:
        """Where each indicator is going over the years that compare, up to the page's year.

        Returns:
            A row per indicator of the page, in its order: indicator, code and short_title, and
            `bench.judge.trend_test.TREND_COLUMNS`, whose slope is in the indicator's unit a year.
        """
        named = [
            (row.indicator.indicator_id, row.code, row.indicator.short_title) for row in self.rows
        ]
        return trend_test.frame(named, ["indicator", "code", "short_title"], self._trend_tests)

    @functools.cached_property
    def _trend_tests(self) -> dict[str, TrendVerdict]:
        found = trend_test.of_council(
            self.year_table.histories,
            sources.reference(),
            self.choice.council,
            {
                row.indicator.indicator_id: row.vs_previous.meaning
                for row in self.rows
                if not remarks.taken_in(row)
            },
            year=self.choice.year,
            rules=self.rules.trend,
            usual=store.usual_changes(self.choice.year, self.rules.trend),
        )
        ids = (row.indicator.indicator_id for row in self.rows)
        return {name: found.get(name, trend_test.OWN_FIGURE) for name in ids}

    @functools.cached_property
    def _tendencies(self) -> dict[str, Tendency]:
        """Where each indicator is going, in words, by its id."""
        return tendencies(self._trend_tests)

    @functools.cached_property
    def files(self) -> dict[str, Download]:
        """The page's downloads: its indicators, peers and years, and all as a workbook."""
        code = self.choice.council.code_in(self.choice.year)
        whose = sheet.Whose(self.council, code, self.year)
        indicators = sheet.indicator_sheet(
            whose, self._placed, trends=self._tendencies, sensitivity=self._told
        )
        return downloads.bundle(
            self.choice.council.area_id,
            {
                "indicators": ("Every indicator", indicators),
                "peers": ("Every peer's figure", sheet.peer_sheet(whose, self._published)),
                "years": ("Every year", sheet.year_sheet(whose, self._published, self._years)),
            },
            self._imprint(),
            title="Adult social care outcomes beside peers and England",
            scope=f"{self.council}, {self.year}",
        )

    # --- sections of the page, in its order -----------------------------------------------------

    @section
    def heading(self, earlier: str = "none", later: str = "none") -> Section:
        """The page's title, whom it compares, and what the figures must not be used for.

        Args:
            earlier: the council's page of the year before, as seen from this one; "none" for none.
            later: that of the year after.
        """
        pages = {"earlier": earlier, "later": later}
        return sections.heading(
            self, {name: "" if page == "none" else page for name, page in pages.items()}
        )

    @section
    def since_release_before(self) -> Section:
        """What the latest release changed for the council, beside the one before it."""
        return since_release_before(self.choice.council, self.choice.peers, self.rules)

    @section
    def glance(self) -> Section:
        """What is RED and GREEN by name, and how many indicators came out how."""
        return glance.section(
            self._published, council=self.council, rules=self.rules, provisional=self.provisional
        )

    @section
    def findings(self) -> Section:
        """What stands out for better and for worse, what is sure and hinges on no choice apart."""
        return findings.section(self._published, council=self.council, sensitivity=self._told)

    @section
    def table(self, pages: str = "none") -> Section:
        """Every indicator of the year beside the peers and England, each judged.

        Args:
            pages: "all" where the page of each of the year's indicators stands beside this one;
                "none" where none does.
        """
        paged = sources.reference().indicators.in_year(self.choice.year) if pages == "all" else ()
        once = exceptions.said_once(self._published, self._tendencies, self.rules.trend)
        return table.peer_table(
            self._placed,
            council=self.council,
            year=self.year,
            peers_title=self.peers.title,
            context=table.RowContext(
                self._years,
                self._tendencies,
                self._told,
                self._cited_by_indicator(),
                {one.indicator_id: f"{one.indicator_id}.html" for one in paged},
            ),
            once=once,
            files=self._links("indicators"),
        )

    @section
    def footing(self) -> Section:
        """Which verdicts hinge on a choice, what they rest on, and what would change them."""
        return robustness_words.section(self._published, self._told)

    @section
    def worsening(self) -> Section:
        """What is RED and worse than before, questions to ask, and whom to phone about RED."""
        questions = read_questions(
            sources.project_root() / "data" / "reference", sources.reference().indicators
        )
        return sections.worsening(
            self._published,
            council=self.council,
            questions={
                row.indicator.indicator_id: questions.of(row.indicator, self.choice.year)
                for row in self.rows
            },
            trends=self._tendencies,
            sensitivity=self._told,
            whom_to_phone=whom_to_phone.section(
                self.rows, council=self.choice.council, group=self.peers, rules=self.rules
            ),
        )

    @section
    def asking(self, page: str = "none") -> Section:
        """Which of the year's changes are rare enough to be worth asking about.

        Args:
            page: the page that lists all findings, as seen from this one; "none" for none.
        """
        own = surveillance(self.choice.council.area_id)
        of_year = replace(own, period=self.year)
        return surveillance_sections.asking(
            of_year,
            teller=teller(),
            earlier=len(own.findings) - len(of_year.findings),
            of_all=store.unusual(),
            address="" if page == "none" else page,
        )

    @section
    def spine(self) -> Figure:
        """All indicators on one scale, worst always left."""
        figure = spine.spine(self._published, council=self.council)
        return replace(figure, files=self._links("indicators"))

    @section
    def strips(self) -> Parts:
        """The council among its peers, for up to three of the most telling indicators."""
        return strip.strips(
            self._published,
            council=self.council,
            files=self._links("peers"),
        )

    @section
    def strip(self, indicator: str | None = None) -> Figure:
        """The council among its peers, for one indicator."""
        figure = strip.strip(
            published(self.row(indicator or self._chosen().indicator_id)),
            council=self.council,
        )
        return replace(figure, files=self._links("peers"))

    @section
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

    @section
    def trend(self, indicator: str | None = None) -> Figure:
        """One indicator through the years; by default self-directed support, else the first."""
        found = (
            sources.reference().indicators.find(indicator, self.choice.year)
            if indicator
            else self._chosen()
        )
        tested = self._tendencies.get(found.indicator_id)
        figure = trend_line.trend(
            self._points(found),
            measure=measure_of(found),
            council=self.council,
            direction=trend_words.explained(tested, measure_of(found)) if tested else "",
        )
        return replace(figure, files=self._links("years"))

    @section
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
            store.histories(),
            store.figures_of(chapters.COUNTED),
            quoted.load(),
            registers,
            registers.indicators.find(indicator, self.choice.year),
            self.choice.council,
            model=self.choice.peers,
        )
        return chapters.section(told, registers.indicators[chapters.COUNTS])

    @section
    def method(self, rules: str = "none") -> Section:
        """How verdicts are reached, what the words mean, and which peers are missing.

        Args:
            rules: the page of all rules with worked cases, as seen from this one; "none" for none.
        """
        registers = sources.reference()
        source = registers.peers.sources.get(self.peers.model.strip().removesuffix(RECKONED))
        return sections.method(
            self._published,
            rules=self.rules,
            peers=[peer.name for peer in self.peers.members],
            peers_title=self.peers.title,
            peers_note=source.note if source else "",
            address="" if rules == "none" else rules,
        )

    @section
    def sources(self) -> Section:
        """Which publications the figures come from."""
        return provenance.sources(self._sources(), own={self.council: self._own_files()})

    @section
    def downloads(self) -> Section:
        """The page's figures as files."""
        return downloads.list_of(list(self.files.values()))

    @property
    def _own_years(self) -> set[str]:
        """The years of the council's own figures that the page shows."""
        return {self.year, *(period for row in self.rows for period, _ in row.own_figures)}

    def _links(self, name: str) -> Markup:
        if not self.linked:
            return Markup("")

        return downloads.links([self.files[one] for one in (name, "workbook", "ods")])

    def _sources(self) -> list[Source]:
        figures = store.figures()
        told = (figures["period"] == self.year) | (figures["indicator_id"] == COUNTS)
        shown = told & (figures["area_id"] == self.choice.council.area_id)
        # A provisional figure may stand beside the peers and England of an earlier year.
        beside = {str(row.benchmark_year) for row in self.rows if row.benchmark_year}
        benchmarks = figures["period"].isin(beside) & (figures["area_id"] == ENGLAND)
        return store.publications(figures[shown | benchmarks])

    def _cited_by_indicator(self) -> dict[str, str]:
        """The publication of the council's figure of each indicator that has one."""
        figures = store.figures()
        own = figures[
            (figures["period"] == self.year)
            & (figures["area_id"] == self.choice.council.area_id)
            & figures["value"].notna()
        ]
        releases = {release.id: release for release in sources.manifest().releases}
        shown = own[["indicator_id", "release_id"]].itertuples(index=False, name=None)
        return {
            name: f"{releases[one].title} ({releases[one].publisher}, {releases[one].published})."
            for name, one in shown
        }

    def _own_files(self) -> list[str]:
        """The files of the council's own provisional figures on the page."""
        return sorted({f.source for f in self.own_figures if f.period in self._own_years})

    def _imprint(self) -> Imprint:
        """What the workbook says of its method, sources and parameters."""
        return provenance.comparison_notes(
            self.rules,
            parameters=self.choice.parameters(),
            peers=[peer.name for peer in self.peers.members],
            peers_title=self.peers.title,
            sources=self._releases(),
            own=self._own_files(),
        )

    def _releases(self) -> list[Source]:
        """The publications of every year that the workbook holds, the peers' and England's too."""
        figures = store.figures()
        areas = {self.choice.council.area_id, ENGLAND, *(one.area_id for one in self.peers.members)}
        ids = {row.indicator.indicator_id for row in self.rows}
        shown = figures["area_id"].isin(list(areas)) & figures["indicator_id"].isin(list(ids))
        return store.publications(figures[shown])

    def _chosen(self) -> Indicator:
        """The indicator that the page follows through the years."""
        by_id = {row.indicator.indicator_id: row.indicator for row in self.rows}
        return by_id.get("self_directed_support") or next(iter(by_id.values()))
