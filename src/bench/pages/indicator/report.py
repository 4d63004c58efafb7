"""The report of an indicator and year: every council in order, England, years, and downloads."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.errors import ParameterError
from bench.judge import funnel as funnels
from bench.judge import multiplicity as multiplicities
from bench.judge.figure import NO_ROW
from bench.judge.published_row import measure_of
from bench.judge.rag import without_power
from bench.pages import choices, milestones, store
from bench.pages.base import section
from bench.pages.indicator import charts, data, sections, verdicts
from bench.pages.indicator.data import IndicatorFigures
from bench.pages.indicator.sections import Note
from bench.present import downloads, provenance
from bench.present import sheet as sheets
from bench.present.chart import Figure, Parts, titled
from bench.present.chart_parts import PointedOut
from bench.present.charts import funnel as funnel_chart
from bench.present.charts import ladder
from bench.present.charts import ranks as ranks_chart
from bench.present.charts.ladder import aim
from bench.present.charts.scatter import scatter
from bench.present.downloads import Download, bundle
from bench.present.html import joined
from bench.present.table import paragraph
from bench.published import sources
from bench.reference import ENGLAND

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.present.charts.ladder import Aim
    from bench.present.html import Section
    from bench.present.provenance import Source
    from bench.present.sheet import Sheet
    from bench.reference import Council, Indicator


NONE = "none"


def indicator(
    name: str,
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    multiplicity: str | None = None,
    council: str | None = None,
    milestone: str | None = None,
    beside: str | None = None,
    palette: str = "rag",
    pages: str = "all",
) -> IndicatorBrief:
    """One indicator and year of every council that there was, best first.

    Args:
        name: Id, title, or the code of that year.
        year: Financial year, "2018-19", or "latest".
        peers: A peer model, or councils separated by ";"; each council beside its own.
        rule: auto, interval, spread, quartile, tolerance or funnel.
        multiplicity: none, page or map: over which comparisons chance is allowed for.
        council: One council to point out and to set among its peers.
        milestone: A figure to be reached: a number, or one that a document sets, as "70% by April
            2013".
        beside: Another indicator of the year, to see whether the two go together.
        palette: rag or af.
        pages: Councils whose page stands beside this one: all, none, or separated by ";".

    Returns:
        An `IndicatorBrief`: `frame()` has a row per council, `areas()` one for England and each
        region, `ladder()` shows every council in order.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A text that is no year, or a year for which it was not published.

    >>> ranked = bench.indicator("1A", "2018-19").frame()
    >>> ranked.loc[:2, ["council", "value", "verdict_vs_england"]]
        council  value verdict_vs_england
    0  Barnsley   20.2             better
    1   Rutland   20.1             better
    2   Cumbria   20.0             better
    """
    chosen = choices.choose_year(year)
    registers = sources.reference()
    found = registers.indicators.find(name, chosen)
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
    return IndicatorBrief(
        indicator=found,
        financial_year=chosen,
        table=table,
        rows=tuple(sorted(zip(councils, rows, strict=True), key=_place)),
        peers=model,
        council=wanted,
        milestone=None if milestone in (None, "", NONE) else milestones.chosen(milestone, found),
        second_indicator=other,
        linked=choices.with_pages(pages, councils),
    ).in_palette(palette)


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


class IndicatorBrief(IndicatorFigures):
    """One indicator's year, and the sections of its page; see `IndicatorFigures` for its frames."""

    @functools.cached_property
    def files(self) -> dict[str, Download]:
        """The page's downloads, by what they hold, and all as a workbook."""
        imprint = provenance.comparison_notes(
            self.rules,
            parameters={
                "indicator": self.indicator.indicator_id,
                "year": self.year,
                **({"council": self.council.name} if self.council else {}),
                **({"milestone": str(float(self.milestone.value))} if self.milestone else {}),
                **({"beside": self.second_indicator.indicator_id} if self.second_indicator else {}),
            },
            peers=[peer.name for peer in self.group.members] if self.group else [],
            peers_title=self.group.title if self.group else "Each council's own",
            sources=self._releases(),
        )
        stem = self.indicator.indicator_id
        if self.council is not None:
            stem = f"{stem}-{self.council.area_id}-{self.year}"
        whose = f", {self.council.name}" if self.council else ""
        return bundle(
            stem,
            self._tables(),
            imprint,
            title="An indicator of every council",
            scope=f"{self.measure.coded_title}{whose}, {self.year}",
        )

    def _tables(self) -> dict[str, tuple[str, Sheet]]:
        """What the files hold, by the name of each.

        "councils", "areas" and "years" always; "neighbours" where a council with peers is chosen,
        "groups", "shares" and "beside" where there are such tables.
        """
        frame = self.frame()
        councils = sheets.frame_sheet(
            frame,
            name="Councils",
            columns=data.ONE_INDICATOR,
            keys=("council", "region"),
            group=sheets.VERDICTS,
        )
        councils = sheets.with_columns(
            councils, sheets.CERTAINTY, [row for _, row in self._published]
        )
        councils = sheets.with_trends(
            councils,
            self._tendencies.values(),
            decimals=self.indicator.decimals(self.financial_year),
        )
        councils = sheets.with_sensitivity(
            councils, [council.area_id for council, _ in self.rows], self.told
        )
        tables = {"councils": ("Every council", councils)}

        def add(name: str, label: str, frame: pd.DataFrame, columns: dict[str, str]) -> None:
            sheet = sheets.frame_sheet(frame, name=name.capitalize(), columns=columns)
            tables[name] = (label, sheet)

        if self.group is not None and self.group.members and self.council is not None:
            near = {self.council.area_id, *(peer.area_id for peer in self.group.members)}
            label = f"{self.council.name} and its peers"
            add("neighbours", label, frame[frame["area_id"].isin(list(near))], data.NEIGHBOURS)
        groups = self.groups()
        if not groups.empty:
            named = groups.assign(area=groups["area_id"].map(self.areas_shown))
            add("groups", "By age and sex", named, data.GROUPS)
        shares = self.shares()
        if shares is not None:
            add("shares", "Share with a direct payment", shares, data.SHARES)
        add("areas", "England and the regions", self.areas(), data.AREAS)
        add("years", "Every year", self.distribution(), data.YEARS)
        pairs = self.pairs()
        if pairs is not None and self.second_indicator is not None:
            names = {
                "council": "Council",
                "x": self.indicator.short_title,
                "y": self.second_indicator.short_title,
            }
            add("beside", "Both figures of each council", pairs.points, names)
        return tables

    # --- sections of the page, in its order -----------------------------------------------------

    @section
    def heading(self) -> Section:
        """What the page shows, how the year came out, and what it must not be used for."""
        return sections.heading(
            [row for _, row in self._published],
            measure=self.measure,
            domain=self.indicator.domain(self.financial_year),
            year=self.year,
            refused=self._refused(self.indicator),
        )

    @section
    def facts(self) -> Section:
        """What it counts, which way is better, in which unit, how sure, from where."""
        titles = sources.reference().peers.titles()
        models = {name: title for name, title in titles.items() if name != ENGLAND}
        return sections.facts(
            [row for _, row in self._published],
            self.indicator,
            self.financial_year,
            england=self.table.printed(self.indicator.indicator_id).get(ENGLAND, NO_ROW),
            peers_title=models.get(self.peers, ""),
            worth=self.table.peers_worth(self.indicator, self.peers),
        )

    @section
    def area_table(self) -> Section:
        """England and the regions, as published, and how their councils lie."""
        return sections.area_table(
            self.areas(),
            measure=self.measure,
            year=self.year,
            files=self._links("areas"),
        )

    @section
    def ladder(self) -> Figure:
        """All councils in order, with England's line and the milestone's."""
        figure = ladder.ladder(
            [(council.name, row) for council, row in self._published],
            year=self.year,
            council=self.council.name if self.council else None,
            aim=self._aim(),
        )
        return replace(figure, files=self._links("councils"))

    @section
    def needed(self) -> Section:
        """From which gap on a colour is given, who is unclear, and what would show more."""
        return verdicts.needed(self.demand, measure=self.measure, rules=self.rules)

    @section
    def other_rules(self) -> Section:
        """How the year comes out by every rule, and the council's own verdicts."""
        return verdicts.by_every_rule(
            self._by_every_rule,
            measure=self.measure,
            year=self.year,
            council=self.council.name if self.council else None,
        )

    @section
    def neighbours(self) -> Parts:
        """A council among its peers; nothing where none is chosen."""
        if self.council is None or self.group is None:
            return Parts()
        title = f"{self.council.name} and its peers"
        if not self.group.members:
            lead = f"{self.council.name} has no peers here. {self.group.reason.rstrip('.')}."
            return titled(title, lead=lead)
        figure = charts.neighbours(
            {council.name: row for council, row in self._published},
            council=self.council.name,
            year=self.year,
            peers_title=self.group.title,
            aim=self._aim(),
        )
        return titled(
            title,
            replace(figure, files=self._links("neighbours")),
        )

    @section
    def split(self) -> Figure | Section:
        """England, and the council if any, by age and sex; or that nothing is published."""
        found = self.groups()
        if found.empty:
            years, last = data.split_years(self.indicator)
            text = charts.not_split(
                list(self.areas_shown.values()),
                year=self.year,
                elsewhere=self.year in years,
                last=last,
            )
            return paragraph(text)
        figure = charts.split(
            found,
            names=self.areas_shown,
            measure=self.measure,
            year=self.year,
        )
        return replace(figure, files=self._links("groups"))

    @section
    def part_of_whole(self) -> Parts:
        """Direct payments as a share of self-directed support; nothing for other indicators."""
        found = data.whole(self.table, self.indicator)
        if found is None:
            return Parts()
        part, whole = found
        refused = [self._refused(one) for one in (whole, part)]
        figure = charts.shares(
            data.shares(self.table, part, whole),
            part=measure_of(part, self.financial_year),
            whole=measure_of(whole, self.financial_year),
            year=self.year,
            council=self.council.name if self.council else None,
            refused=next(filter(None, refused), ""),
        )
        return titled(
            "Direct payments, of all self-directed support",
            replace(figure, files=self._links("shares")),
        )

    @property
    def pointed_out(self) -> PointedOut | None:
        """The council that charts point out, and its peers."""
        if self.council is None or self.group is None:
            return None
        peers = frozenset(peer.area_id for peer in self.group.members)
        return PointedOut(self.council.name, self.council.area_id, peers)

    @section
    def scatter(self) -> Parts:
        """The indicator and another one over councils; nothing where none is asked for."""
        found = self.pairs()
        if found is None or self.second_indicator is None:
            return Parts()
        figure = scatter(
            found.points,
            measures=(self.measure, measure_of(self.second_indicator, self.financial_year)),
            year=self.year,
            why=f"{sections.together(found.association)} {sections.NO_CAUSE}",
            pointed_out=self.pointed_out,
            england=found.england,
        )
        return titled(
            "Beside another indicator",
            replace(figure, files=self._links("beside")),
        )

    @section
    def how_sure(self) -> Section:
        """How far the councils' places can be told apart."""
        if isinstance(self.ranking, str):
            return ranks_chart.unranked(self.ranking)
        return ranks_chart.lead(
            self.frame(),
            measure=self.measure,
            rankability=self.ranking.rankability,
            council=self.council.name if self.council else None,
        )

    @section
    def ranks(self) -> Figure | Section:
        """The places that each council could hold."""
        if isinstance(self.ranking, str):
            return joined()
        figure = ranks_chart.ranks(
            self.frame(),
            measure=self.measure,
            year=self.year,
            council=self.council.name if self.council else None,
        )
        return replace(figure, files=self._links("councils"))

    @section
    def funnel(self) -> Figure | Section:
        """Which councils are unusual for their size."""
        limits = self.table.funnel(self.indicator)
        powerless = without_power(self.table.field(self.indicator.indicator_id))
        if isinstance(limits, str) or powerless is not None:
            reason = limits if isinstance(limits, str) else powerless
            text = f"Which councils are unusual for their size cannot be told: {reason}."
            return paragraph(text)
        places = funnels.places(limits, self.table.compared(self.indicator))
        places["council"] = places["area_id"].map({one.area_id: one.name for one, _ in self.rows})
        curves = funnels.curves(limits, places["size"].min() * 0.95, places["size"].max() * 1.05)
        return funnel_chart.funnel(
            places,
            curves,
            measure=self.measure,
            limits=limits,
            england=self.rows[0][1].england,
            year=self.year,
            pointed_out=self.pointed_out,
        )

    @section
    def council_table(self) -> Section:
        """Every council in order, with its interval and both verdicts."""
        return sections.council_table(
            self._published,
            measure=self.measure,
            year=self.year,
            linked=self.linked,
            council=self.council.area_id if self.council else None,
            trends=self._tendencies,
            sensitivity=self.told,
        )

    @section
    def years(self) -> Figure:
        """The councils' middle half, their range and England, year by year."""
        figure = charts.years(self.distribution(), measure=self.measure)
        return replace(figure, files=self._links("years"))

    @section
    def going(self) -> Section:
        """How many councils are getting better, worse or neither over the years."""
        return sections.going(list(self._tendencies.values()))

    @section
    def notes(self) -> Section:
        """What breaks the series, and what the publisher says about the figures."""
        return sections.notes(self._notes(), year=self.year)

    @section
    def method(self) -> Section:
        """How verdicts are reached, and what the words mean."""
        return sections.method(self.rules)

    @section
    def sources(self) -> Section:
        """Which publications the figures of the year come from."""
        return provenance.sources(self._sources())

    @section
    def downloads(self) -> Section:
        """The page's tables as files."""
        return downloads.list_of(list(self.files.values()))

    def _links(self, name: str) -> Markup:
        return downloads.links([self.files[one] for one in (name, "workbook", "ods")])

    def _refused(self, indicator: Indicator) -> str:
        """Why no figure of the year is compared; "" where they are."""
        note = self.table.registers.comparability.not_compared(
            indicator.indicator_id, "", self.financial_year
        )
        return note.text if note else ""

    def _aim(self) -> Aim | None:
        if self.milestone is None:
            return None
        in_force = self.milestone.holds(self.indicator.indicator_id, self.financial_year)
        return aim(
            self.milestone,
            self.reach(),
            measure=self.measure,
            set_for="" if in_force else milestones.set_for(self.milestone),
        )

    def _sources(self) -> list[Source]:
        figures = self.table.figures
        of_indicator = figures["indicator_id"] == self.indicator.indicator_id
        return store.publications(figures[of_indicator & (figures["period"] == self.year)])

    def _releases(self) -> list[Source]:
        """The publications of every year that the workbook holds."""
        ids = {self.indicator.indicator_id}
        if self.second_indicator:
            ids.add(self.second_indicator.indicator_id)
        figures = self.table.figures
        return store.publications(figures[figures["indicator_id"].isin(list(ids))])

    def _notes(self) -> list[Note]:
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
