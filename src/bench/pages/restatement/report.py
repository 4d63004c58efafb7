"""The report on one figure put to the test, for an audit committee."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.integrity.restatement.restate import ways
from bench.pages import store
from bench.pages.base import Report, section
from bench.pages.restatement import data, evidence, sections
from bench.pages.restatement.charts import waterfall
from bench.pages.restatement.data import RestatementQuestion, Restating, ask
from bench.pages.restatement.sensitivity import fewest_table, grid, grid_rows, questions
from bench.present import provenance
from bench.present.chart_parts import PointedOut
from bench.present.charts.scatter import scatter
from bench.present.downloads import bundle, list_of
from bench.present.html import joined
from bench.present.table import capital, paragraph

if TYPE_CHECKING:
    from bench.judge.published_row import Measure
    from bench.pages.restatement.sections import AdjustedFigure
    from bench.present.chart import Figure
    from bench.present.html import Section


def scrutiny(
    council: str | None = None,
    indicator: str = "self_directed_support",
    year: str | None = None,
    *,
    case: str = "auto",
    adjustments: str = "all",
    milestone: str = "",
    beside: str = "",
    peers: str | None = None,
    rule: str | None = None,
    palette: str = "rag",
) -> Scrutiny:
    """One figure put to the test: what it would be, counted otherwise.

    Args:
        council: Name, alias or code.
        indicator: Id, title or code.
        year: Financial year.
        case: A file of params/integrity, "auto" for the one about this figure, or "none".
        adjustments: The case's adjustments to make, separated by ";", or "all".
        milestone: A share that was to be reached, in per cent; "" for that of the case.
        beside: A further indicator to set beside it; "" for that of the case.
        peers: A peer model, or councils separated by ";".
        rule: auto, interval, spread, quartile, tolerance or funnel.
        palette: rag or af.

    Returns:
        A `Scrutiny`: `frame()` has a row per way of counting, the reported one first.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: What does not fit the figure, or could not be.
        RegisterError: A case file that does not fit.

    >>> made = bench.scrutiny("Somerset", "self_directed_support_1c_part_1", "2013-14")
    >>> made.frame().loc[1:2, ["counted", "value", "lower", "upper"]].round(1)
               counted  value  lower  upper
    1          letters   13.2   11.8   14.3
    2  old_denominator   19.1   19.0   19.2
    """
    made = Scrutiny(
        ask(
            council,
            indicator,
            year,
            Restating(case, adjustments, milestone, beside),
            peers=peers,
            rule=rule,
        )
    ).in_palette(palette)
    _ = made.lines  # what cannot be is told before the first section shows itself
    return made


@dataclass(frozen=True)
class Scrutiny(Report):
    """One figure put to the test, and the sections of its page."""

    question: RestatementQuestion

    @cached_property
    def lines(self) -> tuple[AdjustedFigure, ...]:
        """The figure as reported, and after each way of counting; none where it has no counts."""
        asked = self.question
        if asked.reported is None:
            return ()
        return tuple(data.line(asked, applied) for applied in ways(asked.adjustments))

    def records(self) -> list[dict[str, Any]]:
        """One object per way of counting: the figure, its ranges, its counts and where it stands.

        Numbers are unrounded, in the indicator's unit.
        """
        return [data.record(line) for line in self.lines]

    def frame(self) -> pd.DataFrame:
        """The same as a table, the figure as reported first."""
        return pd.DataFrame(self.records())

    def relatives(self) -> pd.DataFrame:
        """The move of the indicator and of each relative to the year.

        Columns: indicator, expected, previous_period, previous, value, change, why, tally.
        """
        own, relations = evidence.relations(self.question)
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

    @section
    def heading(self) -> Section:
        """What the page is, and what it is not."""
        asked = self.question
        return sections.heading(
            council=asked.council.name,
            year=str(asked.year),
            title=asked.indicator.short_title,
            code=asked.indicator.code(asked.year),
            opening=sections.opening(self.lines, measure=self._measure),
            story=asked.case.story if asked.case else "",
        )

    @section
    def reported(self) -> Section:
        """The figure as reported, with its counts and what limits what can be said of it."""
        asked = self.question
        return sections.figure_table(
            self.lines[0] if self.lines else None,
            council=asked.council.name,
            year=str(asked.year),
            measure=self._measure,
            facts=data.facts(asked),
            limit=" ".join(text for text in (asked.limit, asked.without) if text),
        )

    @section
    def adjustments(self) -> Section:
        """Who would be counted otherwise, by whose word, and the figure then, with its range."""
        asked = self.question
        case = asked.case
        if case is None or not (asked.adjustments or case.reclassifications or case.compared):
            return paragraph(sections.NO_CASE)
        if not self.lines:
            return paragraph(asked.limit)
        lines, sayings, measure = self.lines, case.sayings, self._measure
        titles = {one.indicator_id: one.short_title for one in asked.registers.indicators}
        shown: list[Section] = []
        if asked.adjustments:
            shown.append(
                sections.adjustments_table(asked.adjustments, sayings=sayings, titles=titles)
            )
        if compared := data.compared(asked):
            shown.append(sections.compared_table(compared, measure=measure))
        shown += [
            sections.sentences(lines, measure=measure, sayings=sayings),
            sections.results(lines, measure=measure, without=asked.without),
        ]
        if reclassified := data.reclassified(asked):
            shown.append(
                sections.reclassifications_table(
                    reclassified, figure=lines[0].printed, measure=measure
                )
            )
        alone = [one for one in lines if len(one.restated.applied) in (1, len(asked.adjustments))]
        alone += [one for one in lines if one.comparators and one not in alone]
        shown.append(sections.rounding_table(alone, measure=measure, sayings=sayings))
        return joined(*shown)

    @section
    def waterfall(self) -> Figure | Section:
        """The figure step by step."""
        asked = self.question
        if asked.reported is None or not asked.adjustments:
            return paragraph(sections.NO_STEPS)
        return waterfall(
            asked.reported.steps(asked.adjustments),
            asked.milestones,
            measure=self._measure,
            council=asked.council.name,
            year=str(asked.year),
        )

    @section
    def sensitivity(self) -> Section:
        """How much must be counted otherwise to change what is said; and a grid of the figure."""
        asked = self.question
        if not self.lines:
            return paragraph(sections.NO_COUNTS)
        first = fewest_table(questions(asked, self.lines[0], self._measure))
        rows, columns = grid_rows(asked, self.lines[0], self._measure)
        second = grid(
            rows,
            columns,
            title=f"{asked.council.name}, {asked.year}",
            note=sections.grid_note(
                compared=data.vs_england(asked), milestones=bool(asked.milestones)
            ),
        )
        return joined(first, second)

    @section
    def criteria(self) -> Section:
        """What those counted must have, group by group, with the evidence."""
        asked = self.question
        case = asked.case
        if case is None or not case.criteria:
            return paragraph(sections.NO_CRITERIA)
        if not self.lines:
            return paragraph(sections.NO_COUNTS)
        return evidence.criteria_table(
            case.criteria,
            case.groups,
            shares=evidence.criteria_shares(asked, case),
            numerator=self.lines[0].restated.numerator,
            source=case.criteria_source,
            note=case.criteria_note,
        )

    @section
    def lenses(self) -> Section:
        """The same people over other denominators, and who would pass a milestone."""
        asked = self.question
        seen = evidence.lenses(asked)
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
                    passed=[data.passed_cells(asked, one, held) for one in seen],
                    milestones=[capital(one.label) for one in held],
                    forecasts=asked.case.forecasts if asked.case else (),
                    divided=evidence.divided(asked),
                    measure=self._measure,
                )
            )
        through = evidence.council_lenses(asked)
        if through:
            shown.append(
                evidence.who_passes(
                    through,
                    council=asked.council.name,
                    year=str(asked.year),
                    measure=self._measure,
                    milestones=labels,
                )
            )
        if not shown:
            shown.append(paragraph(sections.NO_LENSES))
        return joined(*shown)

    @section
    def triangulation(self) -> Section:
        """The figure's relatives and how they moved, over comparable years only."""
        asked = self.question
        own, relations = evidence.relations(asked)
        shown = [evidence.relatives_table(own, relations, year=str(asked.year))]
        measures, years = evidence.evidence_through_years(asked)
        if years:
            shown.append(evidence.through_years(measures, years, council=asked.council.name))
        return joined(*shown)

    @section
    def scatter(self) -> Figure | Section:
        """Two indicators over the councils of a year, with the council's path."""
        asked = self.question
        chosen = evidence.scatter_choice(asked)
        if chosen is None:
            return paragraph(sections.NO_SCATTER)
        pairs, path = evidence.scatter_frames(asked, chosen)
        return scatter(
            pairs,
            path,
            measures=(
                data.measure_then(chosen.x, chosen.year),
                data.measure_then(chosen.y, chosen.year),
            ),
            year=str(chosen.year),
            pointed_out=PointedOut(asked.council.name, asked.council.area_id),
            why=chosen.why,
        )

    @section
    def method(self) -> Section:
        """How ranges, verdicts and limits on this page are reached."""
        asked = self.question
        return sections.method(
            asked.table.rules,
            judged=asked.place is not None,
        )

    @section
    def sources(self) -> Section:
        """Which publications and documents the numbers come from."""
        asked = self.question
        documents = sections.documents(asked.case.sayings.values() if asked.case else ())
        return sections.sources(
            store.publications(evidence.figures_used(asked)),
            documents,
            reviewed=asked.case.reviewed if asked.case else "",
        )

    @section
    def downloads(self) -> Section:
        """The figure after each way of counting, and its relatives, as files."""
        asked = self.question
        name = f"integrity-{asked.council.area_id}-{asked.indicator.indicator_id}-{asked.year}"
        counted = sections.results_sheet(self.records())
        relatives = sections.relatives_sheet(self.relatives())
        imprint = provenance.comparison_notes(
            asked.table.rules,
            parameters={
                "council": asked.council.name,
                "indicator": asked.indicator.indicator_id,
                "year": str(asked.year),
                "case": asked.case.name if asked.case else "none",
            },
            peers_title=asked.peers,
            sources=store.publications(evidence.figures_used(asked)),
        )
        files = bundle(
            name,
            {
                "counted": ("Counted one way and another", counted),
                "relatives": ("The relatives", relatives),
            },
            imprint,
            title="A figure put to the test",
            scope=f"{asked.council.name}, {self._measure.short_title}, {asked.year}",
        )
        return list_of(list(files.values()))

    @property
    def _measure(self) -> Measure:
        return data.measure_then(self.question.indicator, self.question.year)
