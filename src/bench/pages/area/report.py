"""An area made of councils: its reckoned figures beside England, its peers, councils and years."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from bench.judge.published_row import printed_share
from bench.pages import choices, store
from bench.pages.area import sections
from bench.pages.area.figures import AreaFigures, area_figures, word_of
from bench.pages.area.history import IndicatorYears, history
from bench.pages.area.neighbours import AreaNeighbours
from bench.pages.area.sections import AreaLine
from bench.pages.base import Report, section
from bench.peer_model import lists
from bench.present import downloads, provenance
from bench.present.html import identifier
from bench.present.sheet import frame_sheet
from bench.published import sources
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from bench.judge.rag import Rules, Verdict
    from bench.pages.area.figures import AreaRow
    from bench.present.html import Section
    from bench.present.provenance import Source
    from bench.reference.merged_areas import MergedArea

_FIGURES: Final = {
    "code": "Code",
    "short_title": "Indicator",
    "area": "Area",
    "reckoned_value": "Reckoned figure",
    "reckoned_lower": "Lower end of its 95% range",
    "reckoned_upper": "Upper end of its 95% range",
    "mark": "Mark",
    "how": "How it was reckoned",
    "reason": "Why it, or its range, is not known",
    "england": "England",
    "verdict_vs_england": "Against England",
    "certainty_vs_england": "Certainty, against England",
    "probability_vs_england": "Probability, against England",
    "peer_average": "Peers' average",
    "verdict_vs_peers": "Against peers",
    "certainty_vs_peers": "Certainty, against peers",
    "probability_vs_peers": "Probability, against peers",
}
_COUNCILS: Final = {
    "code": "Code",
    "short_title": "Indicator",
    "council": "Council",
    "value": "Published figure",
    "status": "Status",
    "numerator": "Numerator",
    "denominator": "Denominator",
    "respondents": "Respondents",
    "margin": "Margin of error",
    "verdict_vs_england": "Against England",
    "certainty_vs_england": "Certainty, against England",
}
_ASSUMED: Final = {
    "code": "Code",
    "short_title": "Indicator",
    "counted": "Counted, assumed",
    "out_of": "Out of, assumed",
    "mark": "Made of",
}
_YEARS: Final = {
    "year": "Year",
    "code": "Code",
    "short_title": "Indicator",
    "figure": "Figure",
    "low": "Lower end of its 95% range",
    "high": "Upper end of its 95% range",
    "source": "Reckoned or published",
    "reason": "Why it is not known",
    "england": "England",
    "verdict_vs_england": "Against England",
    "certainty_vs_england": "Certainty, against England",
    "cut": "Can it be compared with the row before?",
}


def area(
    area: str = "Former Cumbria",
    year: str | None = None,
    *,
    rule: str | None = None,
    palette: str | None = None,
) -> AreaReport:
    """An area made of councils: what they are together, beside England and the area's own peers.

    Args:
        area: The id or name of an area of data/reference/areas.yaml or params/areas.
        year: Financial year, "2024-25", or "latest"; one in which it is made of councils.
        rule: auto, interval, spread, quartile, tolerance or funnel.
        palette: rag or af.

    Returns:
        An `AreaReport`: `frame()` has a row per indicator, each marked as reckoned.

    Raises:
        UnknownNameError: An area, year or rule that is not known.
        ParameterError: The area is not made of councils that year.
        RegisterError: A file of areas does not fit.

    >>> bench.area("Former Cumbria", "2024-25").mark
    'reckoned from Cumberland and Westmorland and Furness'
    """
    return AreaReport(area_figures(area, year, rule)).in_palette(palette)


@dataclass(frozen=True)
class AreaReport(Report):
    """An area made of councils, and the sections of its page; see `area`.

    Attributes:
        figures: the year's reckoned figures beside England.
    """

    figures: AreaFigures

    @property
    def merged(self) -> MergedArea:
        """Which area it is."""
        return self.figures.area

    @property
    def year(self) -> str:
        """The financial year, 2024-25."""
        return str(self.figures.year)

    @property
    def mark(self) -> str:
        """What stands wherever a figure of the area does."""
        return self.figures.mark

    @property
    def _rules(self) -> Rules:
        return self.figures.table.rules

    @functools.cached_property
    def neighbours(self) -> AreaNeighbours:
        """The area among all councils by the open peer model."""
        return self.neighbours_by()

    def neighbours_by(self, weights: str = lists.DEFAULT) -> AreaNeighbours:
        """The same by the weights of a file in the form of params/peers.yaml.

        Raises:
            RegisterError: The weights do not fit.
        """
        return AreaNeighbours.of(self.merged, self.figures.year, weights)

    @functools.cached_property
    def lines(self) -> tuple[AreaLine, ...]:
        """Every indicator of the year: reckoned, beside England, the peers and its councils."""
        table = self.figures.table
        councils = self.merged.councils(self.figures.year)
        group = sources.reference().peers.group
        model = choices.default_peers()
        lines = []
        for row in self.figures.rows:
            average = table.average_of(row.indicator, self.neighbours.group)
            judged = [
                (one, table.judged(row.indicator, one, group(model, one, self.figures.year)))
                for one in councils
            ]
            lines.append(
                AreaLine(
                    row,
                    average,
                    table.reckoned_verdict(row.indicator, row.reckoned, average),
                    tuple((one, found.own, found.vs_england) for one, found in judged),
                )
            )
        return tuple(lines)

    @functools.cached_property
    def years(self) -> tuple[IndicatorYears, ...]:
        """Every indicator of every year of the area."""
        return history(self.merged, self._rules)

    def frame(self) -> pd.DataFrame:
        """One row per indicator, in order of their codes.

        Columns: indicator, code, short_title, area, mark, reckoned_value (in the indicator's unit),
        reckoned_lower, reckoned_upper, how, reason, england, verdict_vs_england,
        certainty_vs_england, probability_vs_england, peer_average, verdict_vs_peers,
        certainty_vs_peers, probability_vs_peers.
        """
        return pd.DataFrame([self._record(line) for line in self.lines])

    def _record(self, line: AreaLine) -> dict[str, object]:
        whole, measure = line.row.reckoned, line.measure
        lower, upper = line.row.limits
        average = line.average.value
        return {
            **_named(line.row),
            "area": self.merged.name,
            "mark": self.mark,
            "reckoned_value": whole.value,
            "reckoned_lower": lower,
            "reckoned_upper": upper,
            "how": whole.how,
            "reason": whole.reason,
            "england": line.row.england,
            **_judged("england", line.row.vs_england),
            "peer_average": None if average is None else round(float(average), measure.decimals),
            **_judged("peers", line.vs_peers),
        }

    def councils_frame(self) -> pd.DataFrame:
        """One row per indicator and council of the area: what is published of it.

        Columns: indicator, code, short_title, council, value, status, numerator, denominator,
        respondents, margin, verdict_vs_england, certainty_vs_england, probability_vs_england.
        """
        return pd.DataFrame(
            {
                **_named(line.row),
                "council": council.name,
                "value": own.value,
                "status": own.status,
                "numerator": own.numerator,
                "denominator": own.denominator,
                "respondents": own.respondents,
                "margin": own.margin,
                **_judged("england", verdict),
            }
            for line in self.lines
            for council, own, verdict in line.councils
        )

    def assumed_frame(self) -> pd.DataFrame:
        """One row per indicator of people counted, by share of people where a part belongs to it.

        Columns: indicator, code, short_title, counted, out_of (to three digits, assumptions both),
        mark. Where the area is made of whole councils these are the sums of their counts.
        """
        shares = self.merged.span(self.figures.year).shares
        rows = [
            {**_named(row), "counted": counts[0], "out_of": counts[1], "mark": self.mark}
            for row in self.figures.rows
            if (counts := row.by_share(shares)) is not None
        ]
        return pd.DataFrame(rows, columns=["indicator", *_ASSUMED])

    def years_frame(self) -> pd.DataFrame:
        """One row per indicator and year of the area, in the order of the page.

        Columns: year, indicator, code, short_title, figure, low, high, source (its mark, or whose
        published figure it is), reason, england, verdict_vs_england, certainty_vs_england,
        probability_vs_england, cut (yes or no: whether it compares with the row before).
        """
        return pd.DataFrame(
            {
                "year": str(point.year),
                "indicator": one.indicator.indicator_id,
                "code": one.indicator.code(point.year),
                "short_title": one.indicator.short_title,
                "figure": point.value,
                "low": point.lower,
                "high": point.upper,
                "source": point.source,
                "reason": point.reason,
                "england": point.england,
                **_judged("england", point.verdict),
                "cut": "first year" if at == 0 else "no" if point.cut else "yes",
            }
            for one in self.years
            for at, point in enumerate(one.points)
        )

    # --- sections of the page, in its order -----------------------------------------------------

    @section
    def heading(self) -> Section:
        """Whose figures they are, and that none of them is published."""
        return sections.heading(self.merged, self.figures.year)

    @section
    def brief(self) -> Section:
        """The year on one side of A4."""
        return sections.brief(
            self.lines,
            area=self.merged,
            table=self.figures.table,
            group=self.neighbours.group,
            publications=[one.title for one in self._publications(self.year)],
        )

    @section
    def glance(self) -> Section:
        """How many indicators came out how, what is sure by name."""
        peers = bool(self.neighbours.nearest)
        return sections.glance(self.lines, name=self.merged.name, peers=peers)

    @section
    def table(self) -> Section:
        """Every indicator of the year, reckoned, beside England and the peers, each judged."""
        return sections.beside(
            self.lines,
            area=self.merged,
            year=self.year,
            mark=self.mark,
            group=self.neighbours.group,
        )

    @section
    def councils(self) -> Section:
        """The area beside its own councils, and where they are apart."""
        return sections.councils(self.lines, area=self.merged, year=self.year, mark=self.mark)

    @section
    def unknown(self) -> Section:
        """What cannot be reckoned, and why."""
        return sections.unknown(self.lines)

    @section
    def by_share(self) -> Section:
        """What would be counted of parts of councils; nothing where it is made of whole ones."""
        span = self.merged.span(self.figures.year)
        return sections.by_share(self.lines, area=self.merged, span=span)

    @section
    def year_by_year(self) -> Section:
        """What the area would have looked like in each year."""
        current = [row.indicator.indicator_id for row in self.figures.rows]
        return sections.years(self.years, area=self.merged, current=current)

    @section
    def peers(self) -> Section:
        """Which councils are most like it, by the open peer model."""
        return sections.peers(self.neighbours, name=self.merged.name)

    @section
    def method(self) -> Section:
        """What a reckoned figure is, how it is judged, and what it does not say."""
        return sections.method(area=self.merged, year=self.year, mark=self.mark, rules=self._rules)

    @section
    def sources(self) -> Section:
        """Which publications the figures are reckoned from."""
        return provenance.sources(self._publications())

    @section
    def downloads(self) -> Section:
        """The reckoned figures, the councils' published ones and every year as files."""
        notes = provenance.comparison_notes(
            self._rules,
            peers=[peer.name for peer in self.neighbours.group.members],
            peers_title=self.neighbours.group.title,
            sources=self._publications(),
            parameters={
                "area": self.merged.merged_id,
                "year": self.year,
                "rule": str(self._rules.rule),
            },
        )
        shares = self.merged.span(self.figures.year).shares
        assumed = {
            "assumed": (
                "Counts by share, an assumption",
                frame_sheet(self.assumed_frame(), name="Assumed", columns=_ASSUMED),
            )
        }
        files = downloads.bundle(
            f"area-{identifier(self.merged.merged_id)}-{self.year}",
            {
                "reckoned": (
                    "Every indicator, reckoned",
                    frame_sheet(self.frame(), name="Reckoned", columns=_FIGURES),
                ),
                "councils": (
                    "Its councils, as published",
                    frame_sheet(self.councils_frame(), name="Councils", columns=_COUNCILS),
                ),
                "years": (
                    "Every year",
                    frame_sheet(self.years_frame(), name="Years", columns=_YEARS),
                ),
                **(assumed if shares else {}),
            },
            notes,
            title=f"{self.merged.name}, {self.mark}: not published figures",
            scope=self.year,
        )
        return downloads.list_of(list(files.values()))

    def _publications(self, year: str | None = None) -> list[Source]:
        """The publications of the figures of its councils, peers and England.

        Args:
            year: of this year alone; of every year shown if not given.
        """
        table = store.figures()
        ids = {ENGLAND, *(c.area_id for span in self.merged.spans for c in span.councils)}
        ids |= {peer.area_id for peer in self.neighbours.group.members}
        if self.merged.stands_for is not None:
            ids.add(self.merged.stands_for.area_id)
        rows = self.years if year is None else self.figures.rows
        indicators = {row.indicator.indicator_id for row in rows}
        if year is not None:
            table = table[table["period"] == year]
        shown = table["area_id"].isin(list(ids)) & table["indicator_id"].isin(list(indicators))
        return store.publications(table[shown & table["value"].notna()])


def _named(row: AreaRow) -> dict[str, object]:
    return {
        "indicator": row.indicator.indicator_id,
        "code": row.measure.code,
        "short_title": row.measure.short_title,
    }


def _judged(whom: str, verdict: Verdict) -> dict[str, object]:
    return {
        f"verdict_vs_{whom}": str(verdict.meaning),
        f"certainty_vs_{whom}": word_of(verdict.certainty),
        f"probability_vs_{whom}": printed_share(verdict.probability),
    }
