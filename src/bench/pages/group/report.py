"""A group of councils of a year: a region, or any councils that are named."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from bench.errors import ParameterError
from bench.judge.published_row import measure_of, printed_share, published
from bench.pages import choices, store
from bench.pages.base import Report, section
from bench.pages.group import sections
from bench.pages.group.sections import GroupTable, IndicatorLine, RegionFigure
from bench.present import downloads, provenance
from bench.present.html import identifier, joined
from bench.present.sentences import listed
from bench.present.sheet import frame_sheet
from bench.present.table import key, paragraph
from bench.published import sources
from bench.published.provisional import load_own
from bench.reference.areas import Region
from bench.reference.periods import FinancialYear
from bench.reference.questions import read_questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.judge.rag import Rules
    from bench.present.html import Section
    from bench.present.provenance import Source
    from bench.published.provisional import OwnFigure
    from bench.reference import Council

_LEAST: Final = 2
# What is judged of a council, and not of a region.
_OF_COUNCILS: Final = (
    "verdict_vs_peers",
    "certainty_vs_peers",
    "verdict_vs_previous",
    "certainty_vs_previous",
    "previous_period",
)


def group(
    councils: str = "South West",
    year: str | None = None,
    *,
    title: str | None = None,
    peers: str | None = None,
    rule: str | None = None,
    palette: str | None = None,
    pages: str = "none",
) -> GroupReport:
    """A region or any group of councils: every indicator of a year beside England.

    Args:
        councils: One of the nine regions by name, or councils by name, alias or code, separated
            by ";".
        year: Financial year, "2018-19", or "latest"; of councils that are named also one of which
            nothing is published and some have brought figures of their own (`bench add --own`).
        title: What the group is called; a region's name if not given.
        peers: A peer model, of each council's own verdicts against its peers.
        rule: auto, interval, spread, quartile, tolerance or funnel.
        palette: rag or af.
        pages: Councils whose page stands beside this one: all, none, or separated by ";".

    Returns:
        A `GroupReport`: `frame()` has a row per indicator and council.

    Raises:
        UnknownNameError: A region, council, year, peer model or rule that is not known.
        ParameterError: One council alone, the same one twice, or one that did not exist that year.

    >>> south_west = bench.group("South West", "2024-25")
    >>> len(south_west.councils)
    15
    """
    chosen, region, members = _members(councils, year)
    rules = choices.rules_for(rule)
    model = peers or choices.default_peers()
    paged = choices.with_pages(pages, members)
    name = title or (region.label if region else f"{len(members)} councils")
    return GroupReport(name, region, members, chosen, model, rules, paged).in_palette(palette)


def _members(
    councils: str, asked: str | None
) -> tuple[FinancialYear, Region | None, tuple[Council, ...]]:
    """The year, the region that is named, and its councils, or those that are named; by name."""
    register = sources.reference().councils
    words = [word.strip() for word in councils.split(";") if word.strip()]
    if len(words) == 1:
        region, year = Region.named(words[0]), choices.choose_year(asked)
        members = [one for one in register.in_year(year) if one.region is region]
        return year, region, tuple(sorted(members, key=lambda one: one.name))
    found = [register.find(word) for word in words]
    twice = sorted({one.name for one in found if found.count(one) > 1})
    if twice:
        raise ParameterError(
            f"{listed(twice)} is named twice in the group.", mend="name each council once."
        )
    if len(found) < _LEAST:
        raise ParameterError(
            f"No council is named in {councils!r}; a group has at least {_LEAST}.",
            mend='a region such as "South West", or councils separated by ";".',
        )
    brought = {figure.period for one in found for figure in load_own(one.area_id)}
    year = choices.choose_year(asked, also=map(FinancialYear.parse, brought))
    for one in found:
        choices.check_exists(one, year)
    return year, None, tuple(sorted(found, key=lambda one: one.name))


@dataclass(frozen=True)
class GroupReport(Report):
    """A group of councils beside England; see `group`.

    Attributes:
        name: what the group is called.
        region: the region that it is, if it is one.
        councils: its members, by name.
        financial_year: of the figures.
        model: the peers of each council's own verdict.
        rules: how verdicts are reached.
        paged: `area_id`s of the councils whose page stands beside this one.
    """

    name: str
    region: Region | None
    councils: tuple[Council, ...]
    financial_year: FinancialYear
    model: str
    rules: Rules
    paged: frozenset[str]

    @property
    def year(self) -> str:
        """The financial year, 2024-25."""
        return str(self.financial_year)

    @property
    def provisional(self) -> bool:
        """Whether nothing is published for the year: the figures are the councils' own."""
        return self.financial_year not in store.years()

    @functools.cached_property
    def own_figures(self) -> dict[str, tuple[OwnFigure, ...]]:
        """What each council has brought of a year of which nothing is published, by `area_id`."""
        if not self.provisional:
            return {}
        return {
            one.area_id: tuple(f for f in load_own(one.area_id) if f.period == self.year)
            for one in self.councils
        }

    @functools.cached_property
    def table(self) -> GroupTable:
        """Every indicator with the region's figure, if it is one, and those of all members."""
        table = store.year_table(self.financial_year, self.rules)
        registers = table.registers
        asked = read_questions(sources.project_root() / "data" / "reference", registers.indicators)
        brought = {f.indicator_id for figures in self.own_figures.values() for f in figures}
        judged = [
            table.rows(
                council,
                registers.peers.group(self.model, council, self.financial_year),
                self.own_figures.get(council.area_id, ()),
                also=brought,
            )
            for council in self.councils
        ]
        lines = []
        for of_councils in zip(*judged, strict=True):
            indicator = of_councils[0].indicator
            region = None
            if self.region is not None:
                own, verdict = table.beside_england(indicator, self.region.area_id)
                region = RegionFigure(own.value, own.status, verdict)
            each = tuple(published(row) for row in of_councils)
            beside = next((one.benchmark_period for one in each if one.provisional), self.year)
            lines.append(
                IndicatorLine(
                    indicator=indicator,
                    measure=measure_of(indicator, self.financial_year),
                    england=table.england_of(indicator, FinancialYear.parse(beside)).value,
                    england_period=beside,
                    region=region,
                    rows=each,
                    questions=asked.of(indicator, self.financial_year),
                )
            )
        return GroupTable(
            self.name, self.year, self.region, self.councils, tuple(lines), self.provisional
        )

    def frame(self) -> pd.DataFrame:
        """One row per indicator and council, indicators in order of their codes.

        Columns: indicator, code, short_title, council, area_id, value (in the indicator's unit),
        status (provisional for a council's own figure of a year that nobody published), england,
        england_period, verdict_vs_england, certainty_vs_england, probability_vs_england,
        verdict_vs_peers, certainty_vs_peers, verdict_vs_previous, certainty_vs_previous,
        previous_period. A region has a row of its own first, whose peers and change are not judged.
        """
        return pd.DataFrame([record for line in self.table.lines for record in self._records(line)])

    def _records(self, line: IndicatorLine) -> Iterator[dict[str, object]]:
        about: dict[str, object] = {
            "indicator": line.indicator.indicator_id,
            "code": line.measure.code,
            "short_title": line.measure.short_title,
        }
        england = None if line.england is None else float(line.england)
        if line.region is not None and self.region is not None:
            verdict = line.region.verdict
            yield {
                **about,
                "council": self.region.label,
                "area_id": self.region.area_id,
                "value": line.region.value,
                "status": line.region.status,
                "england": england,
                "england_period": line.england_period,
                "verdict_vs_england": str(verdict.meaning),
                "certainty_vs_england": verdict.certainty and str(verdict.certainty),
                "probability_vs_england": printed_share(verdict.probability),
                **dict.fromkeys(_OF_COUNCILS),
            }
        for council, row in zip(self.councils, line.rows, strict=True):
            yield {
                **about,
                "council": council.name,
                "area_id": council.area_id,
                "value": row.value,
                "status": "provisional" if row.provisional else row.status,
                "england": england,
                "england_period": line.england_period,
                "verdict_vs_england": row.verdict_vs_england,
                "certainty_vs_england": row.certainty_vs_england,
                "probability_vs_england": row.probability_vs_england,
                **{name: getattr(row, name) for name in _OF_COUNCILS},
            }

    # --- sections of the page, in its order -----------------------------------------------------

    @section
    def heading(self) -> Section:
        """Who is in the group, and what stands out."""
        return sections.heading(self.table)

    @section
    def beside_england(self) -> Section:
        """Each indicator: the region beside England, and how its councils came out."""
        return sections.overall(self.table)

    @section
    def councils_table(self) -> Section:
        """Every council by every indicator."""
        return sections.grids(self.table, self.paged)

    @section
    def standing_out(self) -> Section:
        """Which councils are surely better or worse than England, indicator by indicator."""
        return sections.standing_out(self.table)

    @section
    def moved(self) -> Section:
        """Whose figures are surely better or worse than at the last year that compares."""
        return sections.moved(self.table)

    @section
    def questions(self) -> Section:
        """What a meeting of the group could ask."""
        return sections.questions(self.table)

    @section
    def method(self) -> Section:
        """How verdicts are reached, and what each word means."""
        return joined(
            paragraph(f"{provenance.rule_sentence(self.rules)} {sections.METHOD}"),
            key(self.rules.rule),
        )

    @section
    def sources(self) -> Section:
        """Which publications the figures come from."""
        return provenance.sources(self._publications(), own=self._own_files())

    @section
    def downloads(self) -> Section:
        """The figures and verdicts as files."""
        sheet = frame_sheet(self.frame(), name="Councils", columns=sections.FILE_COLUMNS)
        files = downloads.bundle(
            f"group-{identifier(self.name)}-{self.year}",
            {"councils": ("Every council and indicator", sheet)},
            provenance.comparison_notes(
                self.rules,
                peers_title=sources.reference().peers.titles().get(self.model, "own list"),
                sources=self._publications(),
                parameters={
                    "councils": self.region.label
                    if self.region
                    else "; ".join(one.name for one in self.councils),
                    "year": self.year,
                    "peers": self.model,
                    "rule": str(self.rules.rule),
                },
                own=[
                    f"{council}: {file}"
                    for council, files in self._own_files().items()
                    for file in files
                ],
            ),
            title=f"{self.name} beside England",
            scope=self.year,
        )
        return downloads.list_of(list(files.values()))

    def _publications(self) -> list[Source]:
        """The publications of the year's figures."""
        figures = store.figures()
        shown = figures["period"] == self.year
        for line in self.table.lines:
            if line.england_period != self.year:
                shown |= (figures["indicator_id"] == line.indicator.indicator_id) & (
                    figures["period"] == line.england_period
                )
        return store.publications(figures[shown])

    def _own_files(self) -> dict[str, list[str]]:
        """The files of own figures on the page, by the name of the council."""
        return {
            council.name: sorted({f.source for f in self.own_figures.get(council.area_id, ())})
            for council in self.councils
        }
