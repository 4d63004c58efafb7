"""Everything the page of one indicator needs: every council in order, England, and the years.

One indicator's councils among each other: the funnel, and how sure their places are.
The downloads of an indicator's page: each of its tables as CSV, all of them as one workbook.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.errors import ParameterError
from bench.judge import funnel as funnels
from bench.judge import multiplicity as multiplicities
from bench.judge.figure import NO_ROW
from bench.pages import choices, milestones, store
from bench.pages.indicator import data
from bench.pages.indicator.data import IndicatorFigures
from bench.present import sheet as sheets
from bench.present.downloads import Download, of_tables
from bench.project import __version__
from bench.published import sources
from bench.reference import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.pages.indicator.sections import Note
    from bench.present.chart import Figure, Parts
    from bench.present.charts.ladder import Aim
    from bench.present.html import Fragment
    from bench.present.provenance import Source
    from bench.reference import Council, Indicator


ALL, NONE = "all", "none"


def gather(
    indicator: str,
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    multiplicity: str | None = None,
    council: str | None = None,
    milestone: str | None = None,
    beside: str | None = None,
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
        council: One council to point out and to set among its peers, by name, alias or code;
            "none" for none, as for the next two.
        milestone: A figure to be reached: a number in the indicator's unit, or one that a document
            sets, as "70% by April 2013".
        beside: Another indicator of the year, to see whether the two go together.
        palette: rag or af.
        pages: Councils whose page stands beside this one, so that their names link to it: "all",
            "none", or councils separated by ";".

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A text that is no year; a year for which an indicator was not published, or
            in which there was no such council; a milestone that is no figure of the indicator.
    """
    chosen = choices.choose_year(year)
    registers = sources.reference()
    found = registers.indicators.find(indicator, chosen)
    table = store.year_table(chosen, choices.rules_for(rule, None, multiplicity))
    _check_published(found, table)
    wanted = registers.councils.find(council) if council not in (None, "", NONE) else None
    if wanted is not None:
        choices.check_exists(wanted, chosen)
    other = registers.indicators.find(beside, chosen) if beside not in (None, "", NONE) else None
    if other is not None:
        _check_published(other, table)
        if other == found:
            raise ParameterError(
                f"{found.indicator_id} cannot stand beside itself.", mend="name another indicator."
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
        council=wanted,
        milestone=None if milestone in (None, "", NONE) else milestones.chosen(milestone, found),
        beside=other,
        palette=palette,
        linked=frozenset(linked),
    )


def _check_published(indicator: Indicator, table: YearTable) -> None:
    if indicator not in table.indicators:
        years = ", ".join(str(one) for one in indicator.years)
        raise ParameterError(
            f"{indicator.indicator_id} was not published for {table.year}.",
            mend=f"its years are {years}.",
        )


def _place(pair: tuple[Council, Row]) -> tuple[bool, bool, int, str]:
    """Ranked councils first, best first; then those with a figure; then the rest; by name."""
    council, row = pair
    return row.rank is None, row.value is None, row.rank or 0, council.name


def how_sure(brief: IndicatorBrief) -> Fragment:
    """How far places can be told apart, in sentences, or why nobody can tell."""
    from bench.present.charts import ranks as shown

    if isinstance(brief.ranking, str):
        return shown.unranked(brief.ranking, palette=brief.palette)
    return shown.lead(
        brief.frame(),
        measure=brief.measure,
        rankability=brief.ranking.rankability,
        council=brief.council.name if brief.council else None,
        palette=brief.palette,
    )


def ranks(brief: IndicatorBrief) -> Figure | Fragment:
    """The places that each council could hold; nothing where nobody can tell."""
    from bench.present.charts import ranks as shown
    from bench.present.html import Fragment

    if isinstance(brief.ranking, str):
        return Fragment("")
    return shown.ranks(
        brief.frame(),
        measure=brief.measure,
        year=brief.year,
        council=brief.council.name if brief.council else None,
        palette=brief.palette,
    )


def funnel(brief: IndicatorBrief) -> Figure | Fragment:
    """Every council by size and figure, or why there is no funnel."""
    from bench.present.charts import funnel as funnel_shown
    from bench.present.table import paragraph

    table, council = brief.table, brief.council
    made = table.funnel(brief.indicator)
    if isinstance(made, str):
        text = f"Which councils are unusual for their size cannot be told: {made}."
        return paragraph(text, palette=brief.palette)
    found = funnels.places(made, table.compared(brief.indicator))
    found["council"] = found["area_id"].map({one.area_id: one.name for one, _ in brief.rows})
    curves = funnels.curves(made, found["size"].min() * 0.95, found["size"].max() * 1.05)
    group = table.registers.peers.group(brief.peers, council, table.year) if council else None
    return funnel_shown.funnel(
        found,
        curves,
        measure=brief.measure,
        form=made.scale.form.value,
        target=made.target,
        england=brief.rows[0][1].england,
        dispersed=made.tau2 > 0,
        year=brief.year,
        council=council.name if council else None,
        peers={peer.name for peer in group.members} if group else (),
        palette=brief.palette,
    )


class IndicatorBrief(IndicatorFigures):
    """One indicator's year, and the sections of its page; see `IndicatorFigures` for its frames."""

    @functools.cached_property
    def files(self) -> dict[str, Download]:
        """The page's downloads, by what they hold; see `page_downloads`."""
        from bench.present import provenance

        notes = provenance.notes(
            parameters={
                "indicator": self.indicator.indicator_id,
                "year": self.year,
                **({"council": self.council.name} if self.council else {}),
                **({"milestone": str(float(self.milestone.value))} if self.milestone else {}),
                **({"beside": self.beside.indicator_id} if self.beside else {}),
            },
            rules=self.rules,
            peers=[peer.name for peer in self.group.members] if self.group else [],
            peers_title=self.group.title if self.group else "Each council's own",
            sources=self._sources(),
            version=__version__,
        )
        return page_downloads(self, notes)

    # --- sections of the page, in its order -----------------------------------------------------

    def heading(self) -> Fragment:
        """What the page shows, how the year came out, and what it must not be used for."""
        from bench.pages.indicator import sections

        return sections.heading(
            self.frame(),
            measure=self.measure,
            domain=self.indicator.domain(self.financial_year),
            year=self.year,
            refused=self._refused(self.indicator),
            palette=self.palette,
        )

    def facts(self) -> Fragment:
        """What it counts, which way is better, in which unit, how sure, from where."""
        from bench.pages.indicator import sections

        one, review = self.indicator, self.indicator.review
        spans = [
            f"{span.value} ({max(span.first or one.years[0], one.years[0])} to "
            f"{min(span.last or one.years[-1], one.years[-1])})"
            for span in one.codes
        ]
        return sections.facts(
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
            england=self.table.printed(one.indicator_id).get(ENGLAND, NO_ROW),
            year=self.year,
            palette=self.palette,
        )

    def area_table(self) -> Fragment:
        """England and the regions, as published, and how their councils lie."""
        from bench.pages.indicator import sections as regions

        return regions.area_table(
            self.areas(),
            measure=self.measure,
            year=self.year,
            files=self._links("areas"),
            palette=self.palette,
        )

    def ladder(self) -> Figure:
        """All councils in order, with England's line and the milestone's."""
        from bench.present.charts import ladder as figures

        figure = figures.ladder(
            self.frame(),
            year=self.year,
            council=self.council.name if self.council else None,
            aim=self._aim(),
            palette=self.palette,
        )
        return replace(figure, files=self._links("councils"))

    def neighbours(self) -> Parts:
        """A council among its peers; nothing where none is chosen."""
        from bench.pages.indicator import charts
        from bench.present.chart import Parts, section

        if self.council is None or self.group is None:
            return Parts()
        title = f"{self.council.name} and its peers"
        if not self.group.members:
            lead = f"{self.council.name} has no peers here. {self.group.reason.rstrip('.')}."
            return section(title, lead=lead, palette=self.palette)
        figure = charts.neighbours(
            self.frame(),
            council=self.council.name,
            year=self.year,
            peers_title=self.group.title,
            aim=self._aim(),
            palette=self.palette,
        )
        return section(
            title,
            replace(figure, files=self._links("neighbours")),
            palette=self.palette,
        )

    def split(self) -> Figure | Fragment:
        """England, and the council if any, by age and sex; or that nothing is published."""
        from bench.pages.indicator import charts as split
        from bench.present import table as tables

        found = self.groups()
        if found.empty:
            years, last = data.split_years(self.indicator)
            text = split.not_split(
                list(self.areas_shown.values()),
                year=self.year,
                elsewhere=self.year in years,
                last=last,
            )
            return tables.paragraph(text, palette=self.palette)
        figure = split.split(
            found,
            names=self.areas_shown,
            measure=self.measure,
            year=self.year,
            palette=self.palette,
        )
        return replace(figure, files=self._links("groups"))

    def part_of_whole(self) -> Parts:
        """Direct payments as a share of self-directed support; nothing for other indicators."""
        from bench.pages.indicator import charts as shares
        from bench.present.chart import Parts, section
        from bench.present.rows import measure_of

        found = data.whole(self.table, self.indicator)
        if found is None:
            return Parts()
        part, whole = found
        refused = [self._refused(one) for one in (whole, part)]
        figure = shares.shares(
            data.shares(self.table, part, whole),
            part=measure_of(part, self.financial_year),
            whole=measure_of(whole, self.financial_year),
            year=self.year,
            council=self.council.name if self.council else None,
            refused=next(filter(None, refused), ""),
            palette=self.palette,
        )
        return section(
            "Direct payments, of all self-directed support",
            replace(figure, files=self._links("shares")),
            palette=self.palette,
        )

    def scatter(self) -> Parts:
        """The indicator and another one over councils; nothing where none is asked for."""
        from bench.pages.indicator import sections as together
        from bench.present.chart import Parts, section
        from bench.present.charts.scatter import scatter
        from bench.present.rows import measure_of

        found = self.pairs()
        if found is None or self.beside is None:
            return Parts()
        figure = scatter(
            found.points,
            x=self.measure,
            y=measure_of(self.beside, self.financial_year),
            year=self.year,
            why=f"{together.together(found.association)} {together.NO_CAUSE}",
            council=self.council.name if self.council else "",
            area_id=self.council.area_id if self.council else "",
            peers=[peer.area_id for peer in self.group.members] if self.group else [],
            england=found.england,
            palette=self.palette,
        )
        return section(
            "Beside another indicator",
            replace(figure, files=self._links("beside")),
            palette=self.palette,
        )

    def how_sure(self) -> Fragment:
        """How far the councils' places can be told apart."""
        return how_sure(self)

    def ranks(self) -> Figure | Fragment:
        """The places that each council could hold."""
        from bench.present.chart import Figure

        figure = ranks(self)
        if not isinstance(figure, Figure):
            return figure
        return replace(figure, files=self._links("councils"))

    def funnel(self) -> Figure | Fragment:
        """Which councils are unusual for their size."""
        return funnel(self)

    def council_table(self) -> Fragment:
        """Every council in order, with its interval and both verdicts."""
        from bench.pages.indicator import sections

        return sections.council_table(
            self.frame(),
            measure=self.measure,
            year=self.year,
            linked=self.linked,
            council=self.council.area_id if self.council else None,
            directions=self._trend_tests,
            firmness=self.told,
            palette=self.palette,
        )

    def years(self) -> Figure:
        """The councils' middle half, their range and England, year by year."""
        from bench.pages.indicator import charts as figures_figures

        figure = figures_figures.years(
            self.distribution(), measure=self.measure, palette=self.palette
        )
        return replace(figure, files=self._links("years"))

    def going(self) -> Fragment:
        """How many councils are getting better, worse or neither over the years."""
        from bench.pages.indicator import sections

        return sections.going(self._trend_tests, palette=self.palette)

    def notes(self) -> Fragment:
        """What breaks the series, and what the publisher says about the figures."""
        from bench.pages.indicator import sections

        return sections.notes(self._notes(), year=self.year, palette=self.palette)

    def method(self) -> Fragment:
        """How verdicts are reached, and what the words mean."""
        from bench.pages.indicator import sections

        return sections.method(self.rules, palette=self.palette)

    def sources(self) -> Fragment:
        """Which publications the figures of the year come from."""
        from bench.present import provenance

        return provenance.sources(self._sources(), palette=self.palette)

    def downloads(self) -> Fragment:
        """The page's tables as files."""
        from bench.present import downloads

        return downloads.list_of(list(self.files.values()), palette=self.palette)

    def _links(self, name: str) -> Fragment:
        from bench.present import downloads

        return downloads.links([self.files[name], self.files["workbook"]])

    def _refused(self, indicator: Indicator) -> str:
        """Why no figure of the year is compared; "" where they are."""
        note = self.table.registers.comparability.not_compared(
            indicator.indicator_id, "", self.financial_year
        )
        return note.text if note else ""

    def _aim(self) -> Aim | None:
        from bench.present.charts.ladder import aim

        if self.milestone is None:
            return None
        held = self.milestone.holds(self.indicator.indicator_id, self.financial_year)
        return aim(
            self.milestone,
            self.reach(),
            measure=self.measure,
            set_for="" if held else milestones.lapsed(self.milestone),
        )

    def _sources(self) -> list[Source]:
        figures = self.table.figures
        of_indicator = figures["indicator_id"] == self.indicator.indicator_id
        return store.publications(figures[of_indicator & (figures["period"] == self.year)])

    def _notes(self) -> list[Note]:
        from bench.pages.indicator.sections import Note

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


def page_downloads(
    shown: IndicatorFigures, notes: Sequence[tuple[str, str]]
) -> dict[str, Download]:
    """The files of a page.

    Returns:
        "councils", "areas" and "years" always; "neighbours" where a council with peers is chosen,
        "groups", "shares" and "beside" where there are such tables; last "workbook", which holds
        them all.
    """
    frame = shown.frame()
    councils = sheets.with_directions(
        sheets.frame_sheet(frame, name="Councils", columns=sheets.ONE_INDICATOR),
        shown.trend_tests(),
        decimals=shown.indicator.decimals(shown.financial_year),
    )
    councils = sheets.with_firmness(
        councils, [council.area_id for council, _ in shown.rows], shown.told
    )
    tables = {"councils": ("Every council", councils)}

    def add(name: str, label: str, frame: pd.DataFrame, columns: dict[str, str]) -> None:
        sheet = sheets.frame_sheet(frame, name=name.capitalize(), columns=columns)
        tables[name] = (label, sheet)

    if shown.group is not None and shown.group.members and shown.council is not None:
        near = {shown.council.area_id, *(peer.area_id for peer in shown.group.members)}
        label = f"{shown.council.name} and its peers"
        add("neighbours", label, frame[frame["area_id"].isin(list(near))], sheets.NEIGHBOURS)
    groups = shown.groups()
    if not groups.empty:
        named = groups.assign(area=groups["area_id"].map(shown.areas_shown))
        add("groups", "By age and sex", named, sheets.GROUPS)
    shares = shown.shares()
    if shares is not None:
        add("shares", "Share with a direct payment", shares, sheets.SHARES)
    add("areas", "England and the regions", shown.areas(), sheets.AREAS)
    add("years", "Every year", shown.distribution(), sheets.YEARS)
    pairs = shown.pairs()
    if pairs is not None and shown.beside is not None:
        names = {
            "council": "Council",
            "x": shown.indicator.short_title,
            "y": shown.beside.short_title,
        }
        add("beside", "Both figures of each council", pairs.points, names)
    stem = shown.indicator.indicator_id
    if shown.council is not None:
        stem = f"{stem}-{shown.council.area_id}-{shown.year}"
    return of_tables(stem, tables, sheets.notes_sheet(notes))
