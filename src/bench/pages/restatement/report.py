"""Is this figure sound? One figure put to the test, for an audit committee.

Enters: a council, an indicator, a year, and a case of params/integrity if there is one. Leaves: a
`Scrutiny`, whose sections show themselves in a notebook and on the page, and whose `frame()` and
`records()` hold the figure after each way of counting.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.integrity.restatement.restate import ways
from bench.pages import store
from bench.pages.restatement import charts, evidence, sections
from bench.pages.restatement import data as parts
from bench.pages.restatement import evidence as others
from bench.pages.restatement import sections as told
from bench.pages.restatement.charts import waterfall
from bench.pages.restatement.question import Question, ask
from bench.present import provenance, sheet
from bench.present.charts.scatter import scatter
from bench.present.downloads import Download, list_of
from bench.present.sheet import csv_bytes, xlsx_bytes
from bench.present.table import capital, paragraph
from bench.project import __version__

if TYPE_CHECKING:
    from bench.pages.restatement.sections import Line
    from bench.present.chart import Figure
    from bench.present.html import Fragment
    from bench.present.rows import Measure


def scrutinise(council: str | None = None, **asked: Any) -> Scrutiny:
    """Put one figure to the test.

    Args:
        council: Name, alias or code.
        **asked: See `bench.pages.restatement.question.ask`.

    Raises:
        BenchError: A name that is not known, a case that does not fit, or adjustments after which
            there could be no such figure.
    """
    made = Scrutiny(ask(council, **asked))
    _ = made.lines  # what cannot be is told before the first section shows itself
    return made


@dataclass(frozen=True)
class Scrutiny:
    """One figure put to the test, and the sections of its page."""

    question: Question

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The figure as reported, and after each way of counting; none where it has no counts."""
        asked = self.question
        if asked.reported is None:
            return ()
        return tuple(parts.line(asked, applied) for applied in ways(asked.adjustments))

    def records(self) -> list[dict[str, Any]]:
        """One object per way of counting: the figure, its ranges, its counts and where it stands.

        Numbers are unrounded, in the indicator's unit.
        """
        return [parts.record(self.question, line) for line in self.lines]

    def frame(self) -> pd.DataFrame:
        """The same as a table, the figure as reported first."""
        return pd.DataFrame(self.records())

    def relatives(self) -> pd.DataFrame:
        """The move of the indicator and of each relative to the year.

        Columns: indicator, expected, previous_period, previous, value, change, why, tally.
        """
        own, relations = others.relations(self.question)
        found = [one for one in (own, *relations) if one is not None]
        return pd.DataFrame(
            [
                {
                    "indicator": one.measure.indicator,
                    "expected": one.moves,
                    "previous_period": one.previous_period,
                    "previous": one.previous,
                    "value": one.value,
                    "change": one.change,
                    "why": one.why,
                    "tally": one.tally,
                }
                for one in found
            ]
        )

    # --- sections of the page, in its order -----------------------------------------------------

    def heading(self) -> Fragment:
        """What the page is, and what it is not."""
        asked = self.question
        return sections.heading(
            council=asked.council.name,
            year=str(asked.year),
            title=asked.indicator.short_title,
            code=asked.indicator.code(asked.year),
            opening=told.opening(self.lines, measure=self._measure),
            story=asked.case.story if asked.case else "",
            palette=asked.palette,
        )

    def reported(self) -> Fragment:
        """The figure as reported, with its counts and what limits what can be said of it."""
        asked = self.question
        return sections.figure_table(
            self.lines[0] if self.lines else None,
            council=asked.council.name,
            year=str(asked.year),
            measure=self._measure,
            facts=parts.facts(asked),
            limit=" ".join(text for text in (asked.limit, asked.without) if text),
            palette=asked.palette,
        )

    def adjustments(self) -> Fragment:
        """Who would be counted otherwise, by whose word, and the figure then, with its range."""
        asked = self.question
        case = asked.case
        if case is None or not (asked.adjustments or case.reclassifications or case.compared):
            return paragraph(told.NO_CASE, palette=asked.palette)
        if not self.lines:
            return paragraph(asked.limit, palette=asked.palette)
        return told.adjusted(
            self.lines,
            asked.adjustments,
            reclassified=parts.reclassified(asked),
            compared=parts.compared(asked),
            sayings=case.sayings,
            titles={one.indicator_id: one.short_title for one in asked.registers.indicators},
            measure=self._measure,
            without=asked.without,
            palette=asked.palette,
        )

    def waterfall(self) -> Figure | Fragment:
        """The figure step by step."""
        asked = self.question
        if asked.reported is None or not asked.adjustments:
            return paragraph(told.NO_STEPS, palette=asked.palette)
        return waterfall(
            asked.reported.steps(asked.adjustments),
            asked.milestones,
            measure=self._measure,
            council=asked.council.name,
            year=str(asked.year),
            palette=asked.palette,
        )

    def sensitivity(self) -> Fragment:
        """How much must be counted otherwise to change what is said; and a grid of the figure."""
        asked = self.question
        if not self.lines:
            return paragraph(told.NO_COUNTS, palette=asked.palette)
        first = charts.fewest_table(
            parts.questions(asked, self.lines[0], self._measure), palette=asked.palette
        )
        rows, columns = parts.grid_rows(asked, self.lines[0], self._measure)
        second = charts.grid(
            rows,
            columns,
            title=f"{asked.council.name}, {asked.year}",
            note=told.grid_note(
                compared=parts.vs_england(asked), milestones=bool(asked.milestones)
            ),
            palette=asked.palette,
        )
        return told.joined(first, second)

    def criteria(self) -> Fragment:
        """What those counted must have, group by group, with the evidence."""
        asked = self.question
        case = asked.case
        if case is None or not case.criteria:
            return paragraph(told.NO_CRITERIA, palette=asked.palette)
        if not self.lines:
            return paragraph(told.NO_COUNTS, palette=asked.palette)
        return evidence.criteria_table(
            case.criteria,
            case.groups,
            shares=others.criteria_shares(asked, case),
            numerator=self.lines[0].restated.numerator,
            source=case.criteria_source,
            note=case.criteria_note,
            palette=asked.palette,
        )

    def lenses(self) -> Fragment:
        """The same people over other denominators, and who would pass a milestone."""
        asked = self.question
        seen = others.lenses(asked)
        labels = [one.label for one in asked.milestones]
        held = [
            one
            for one in (*asked.milestones, *asked.lapsed)
            if any(through.lens.held_against(one) for through in seen)
        ]
        shown = []
        if seen:
            shown.append(
                evidence.lens_table(
                    seen,
                    passed=[parts.passed_cells(asked, one, held) for one in seen],
                    milestones=[capital(one.label) for one in held],
                    forecasts=asked.case.forecasts if asked.case else (),
                    divided=others.divided(asked),
                    measure=self._measure,
                    palette=asked.palette,
                )
            )
        through = others.council_lenses(asked)
        if through:
            shown.append(
                evidence.who_passes(
                    through,
                    council=asked.council.name,
                    year=str(asked.year),
                    measure=self._measure,
                    milestones=labels,
                    palette=asked.palette,
                )
            )
        if not shown:
            shown.append(paragraph(told.NO_LENSES, palette=asked.palette))
        return told.joined(*shown)

    def triangulation(self) -> Fragment:
        """The figure's relatives and how they moved, over comparable years only."""
        asked = self.question
        own, relations = others.relations(asked)
        shown = [
            evidence.relatives_table(own, relations, year=str(asked.year), palette=asked.palette)
        ]
        measures, years = others.evidence_through_years(asked)
        if years:
            shown.append(
                evidence.through_years(
                    measures, years, council=asked.council.name, palette=asked.palette
                )
            )
        return told.joined(*shown)

    def scatter(self) -> Figure | Fragment:
        """Two indicators over the councils of a year, with the council's path."""
        asked = self.question
        chosen = others.scatter_choice(asked)
        if chosen is None:
            return paragraph(told.NO_SCATTER, palette=asked.palette)
        pairs, path = others.scatter_frames(asked, chosen)
        return scatter(
            pairs,
            path,
            x=parts.measure_then(chosen.x, chosen.year),
            y=parts.measure_then(chosen.y, chosen.year),
            year=str(chosen.year),
            council=asked.council.name,
            area_id=asked.council.area_id,
            why=chosen.why,
            palette=asked.palette,
        )

    def method(self) -> Fragment:
        """How ranges, verdicts and limits on this page are reached."""
        asked = self.question
        return told.method(
            asked.table.rules,
            judged=asked.place is not None,
            palette=asked.palette,
        )

    def sources(self) -> Fragment:
        """Which publications and documents the numbers come from."""
        asked = self.question
        documents = told.documents(asked.case.sayings.values() if asked.case else ())
        return told.sources(
            store.publications(others.figures_used(asked)),
            documents,
            reviewed=asked.case.reviewed if asked.case else "",
            palette=asked.palette,
        )

    def downloads(self) -> Fragment:
        """The figure after each way of counting, and its relatives, as files."""
        asked = self.question
        name = f"integrity-{asked.council.area_id}-{asked.indicator.indicator_id}-{asked.year}"
        counted = told.results_sheet(self.records())
        relatives = told.relatives_sheet(self.relatives())
        notes = provenance.notes(
            parameters={
                "council": asked.council.name,
                "indicator": asked.indicator.indicator_id,
                "year": str(asked.year),
                "case": asked.case.name if asked.case else "none",
            },
            rules=asked.table.rules,
            peers=[],
            peers_title=asked.peers,
            sources=store.publications(others.figures_used(asked)),
            version=__version__,
        )
        files = [
            Download(f"{name}.csv", "Counted one way and another", "CSV", csv_bytes(counted)),
            Download(f"{name}-relatives.csv", "The relatives", "CSV", csv_bytes(relatives)),
            Download(
                f"{name}.xlsx",
                "All as a workbook",
                "XLSX",
                xlsx_bytes((counted, relatives, sheet.notes_sheet(notes))),
            ),
        ]
        return list_of(files, palette=asked.palette)

    @property
    def _measure(self) -> Measure:
        return parts.measure_then(self.question.indicator, self.question.year)
