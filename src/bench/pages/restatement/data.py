"""The data of a figure's restatement, as values for its tables and charts."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any

from bench.integrity.restatement import sensitivity
from bench.integrity.restatement.counts import corners
from bench.judge.intervals import exact
from bench.judge.published_row import Measure, measure_of, printed_share
from bench.judge.rag import Meaning
from bench.judge.statistics import sign
from bench.pages import milestones
from bench.pages.restatement.charts import (
    GridCell,
    GridRow,
    PercentageStep,
    ReversalQuestion,
    share_name,
)
from bench.pages.restatement.sections import (
    AdjustedFigure,
    ComparedCount,
    look_of,
    of_value,
    passed_text,
    people,
    quoted_text,
    verdict_text,
)
from bench.present.table import capital
from bench.reference.indicator import PER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.integrity.restatement.case import Reclassification
    from bench.integrity.restatement.counts import RoundingRange
    from bench.integrity.restatement.denominators import DenominatorFigure
    from bench.integrity.restatement.placement import Milestone, Placement
    from bench.integrity.restatement.restate import Adjustment, Restated
    from bench.integrity.restatement.sensitivity import Fewest, Way
    from bench.judge.rag import Verdict
    from bench.pages.restatement.question import RestatementQuestion
    from bench.reference import FinancialYear, Indicator


def measure_then(indicator: Indicator, year: FinancialYear) -> Measure:
    """How a figure of the indicator is printed."""
    return measure_of(indicator, year if indicator.published_in(year) else None)


def line(asked: RestatementQuestion, applied: tuple[Adjustment, ...]) -> AdjustedFigure:
    """The figure after these adjustments, and all that is said of it."""
    if asked.reported is None:
        raise ValueError("There are no counts.")
    restated = asked.reported.after(applied)
    names = frozenset(one.adjustment_id for one in applied)
    beside = asked.case.comparators if asked.case else ()
    return AdjustedFigure(
        restated,
        standing(asked, applied),
        tuple((one, passed(asked, one, restated.span)) for one in asked.milestones),
        tuple(one for one in beside if one.after == names),
        tuple(asked.reported.rounding(applied)),
        _printed(asked, restated),
        asked.reported.counts(),
        frozenset(one.name for one in asked.reported.basis.quoted),
    )


def _printed(asked: RestatementQuestion, restated: Restated) -> str:
    """The figure as a document prints it, or at published decimals."""
    printed_as = measure_then(asked.indicator, asked.year)
    value = asked.reported.value if asked.reported else None
    if not restated.applied and asked.case and value and value.name in asked.case.sayings:
        return quoted_text(asked.case.sayings[value.name])
    return of_value(restated.value, printed_as)


def standing(asked: RestatementQuestion, applied: tuple[Adjustment, ...]) -> Placement | None:
    """Where the figure would stand in its year's table; None where no table is held."""
    if asked.place is None or asked.reported is None:
        return None
    if not applied and (asked.case is None or asked.case.reported is None):
        return asked.place.published()
    restated = asked.reported.after(applied)
    return asked.place.of(restated.numerator, restated.denominator)


def passed(asked: RestatementQuestion, milestone: Milestone, span: RoundingRange) -> str:
    """Whether a milestone is passed: yes, no, or open where only rounding decides."""
    lowest = str(asked.indicator.polarity) == "lower_is_better"
    ends = {milestone.passed(end, lowest_first=lowest) for end in (span.lower, span.upper)}
    return "open" if len(ends) > 1 else "yes" if ends.pop() else "no"


def passed_cells(
    asked: RestatementQuestion, seen: DenominatorFigure, wanted: Sequence[Milestone]
) -> list[str]:
    """The same of milestones, in words, of a figure through a lens."""
    return [
        passed_text(passed(asked, one, seen.span))
        if seen.lens.held_against(one)
        else f"set for {milestones.lapsed(one)}"
        for one in wanted
    ]


def record(asked: RestatementQuestion, of: AdjustedFigure) -> dict[str, Any]:
    """One way of counting as plain values."""
    restated, stands = of.restated, of.standing
    found: dict[str, Any] = {
        "counted": "; ".join(one.adjustment_id for one in restated.applied),
        "label": "; ".join(one.label for one in restated.applied) or "As reported",
        "value": float(restated.value),
        "lower": float(restated.span.lower),
        "upper": float(restated.span.upper),
        "lower_of_all": float(restated.span_of_all.lower),
        "upper_of_all": float(restated.span_of_all.upper),
        "numerator": float(restated.numerator),
        "denominator": float(restated.denominator),
        "rank": stands.rank if stands else None,
        "rank_of": stands.rank_of if stands else None,
        **_judged(stands.vs_peers if stands else None, "peers"),
        **_judged(stands.vs_england if stands else None, "england"),
    }
    for one, said in of.milestones:
        found[f"passes {float(one.value):g}"] = said
    return found


def _judged(verdict: Verdict | None, against: str) -> dict[str, Any]:
    """A verdict and how sure it is, as plain values."""
    certainty, probability = (verdict.certainty, verdict.probability) if verdict else (None, None)
    return {
        f"verdict_vs_{against}": str(verdict.meaning) if verdict else None,
        f"certainty_vs_{against}": str(certainty) if certainty else None,
        f"probability_vs_{against}": printed_share(probability),
    }


def facts(asked: RestatementQuestion) -> list[tuple[str, str]]:
    """What the register and the case say of the figure."""
    found = [("What it counts", asked.indicator.counts)]
    if asked.case is not None and asked.case.reported is not None:
        quoted = [asked.case.sayings[one.name] for one in asked.case.reported.basis.quoted]
        found.append(
            ("Worked out from", "; ".join(f"{quoted_text(one)}, {one.says}" for one in quoted))
        )
        found.append(("Source", "; ".join(dict.fromkeys(one.cited for one in quoted))))
    else:
        found.append(("Collected by", asked.indicator.collection(asked.year) or "not recorded"))
    if asked.lapsed:
        told = "; ".join(
            f"{one.label}{f' ({one.terms})' if one.terms else ''}, for {milestones.lapsed(one)}"
            for one in asked.lapsed
        )
        text = f"None was set for this figure, which passes and misses none. Set were: {told}."
        found.append(("Milestones", text))
    return found


def reclassified(
    asked: RestatementQuestion,
) -> list[tuple[Reclassification, Fraction, RoundingRange]]:
    """People who may be of another kind, with what they are of the denominator."""
    if asked.reported is None or asked.case is None:
        return []
    return [(one, *asked.reported.share(one.people.quoted)) for one in asked.case.reclassifications]


def compared(asked: RestatementQuestion) -> list[ComparedCount]:
    """Other counts of the case, with what they are of the reported denominator."""
    reported, case = asked.reported, asked.case
    if reported is None or case is None:
        return []
    denominator = reported.after().denominator
    numerator = reported.after().numerator
    found = []
    for one in case.compared:
        share, span = reported.share(one.people.quoted)
        people_then = one.people.quoted.value
        needed = [
            (goal, ceil(goal.value * denominator / reported.per)) for goal in asked.milestones
        ]
        found.append(
            ComparedCount(
                one,
                people_then - numerator,
                share,
                span,
                tuple((goal.label, needs, people_then - needs) for goal, needs in needed),
            )
        )
    return found


# --- sensitivity --------------------------------------------------------------------------------


def questions(
    asked: RestatementQuestion, first: AdjustedFigure, printed_as: Measure
) -> list[ReversalQuestion]:
    """What is asked of the figure, and the fewest people that change the answer."""
    numerator, denominator = first.restated.numerator, first.restated.denominator
    per = PER[str(asked.indicator.unit)]
    within = per == PER["per_cent"]
    lowest = printed_as.polarity == "lower_is_better"
    found: list[tuple[str, Callable[[Fraction, Fraction], str]]] = []
    place = asked.place
    if place is not None:

        def verdict(top: Fraction, bottom: Fraction, *, peers: bool) -> str:
            stands = place.of(top, bottom)
            return _said(stands, stands.vs_peers if peers else stands.vs_england, printed_as)

        if place.row.vs_peers.compared:
            found.append(("Verdict against peers", partial(verdict, peers=True)))
        if place.row.vs_england.compared:
            found.append(("Verdict against England", partial(verdict, peers=False)))

    def reaches(top: Fraction, bottom: Fraction, *, milestone: Milestone) -> str:
        reached = milestone.passed(top * per / bottom, lowest_first=lowest)
        return "passed" if reached else "not passed"

    found += [(capital(one.label), partial(reaches, milestone=one)) for one in asked.milestones]
    before = asked.case.previous if asked.case else None
    if before is not None:

        def higher(top: Fraction, bottom: Fraction) -> str:
            return "yes" if top * per / bottom > before.quoted.value else "no"

        found.append((f"Above {quoted_text(before)}, {before.says}", higher))
    asked_of = []
    for label, answer in found:
        fewest = tuple(sensitivity.fewest(numerator, denominator, answer, within=within))
        then = tuple(
            (str(one.says), f"{people(one.numerator)} of {people(one.denominator)}")
            for one in fewest
        )
        between = _between(asked, answer, fewest, within=within)
        now = answer(numerator, denominator)
        asked_of.append(ReversalQuestion(label, now, fewest, then, between))
    return asked_of


def _said(stands: Placement, verdict: Verdict, printed_as: Measure) -> str:
    """A verdict in words; an unclear one with its side, since there may be one on either."""
    said = look_of(verdict, printed_as.polarity).text
    if verdict.meaning is not Meaning.UNCLEAR or verdict.benchmark is None:
        return said
    side = sign(exact(stands.value), verdict.benchmark)
    return f"{said}, {('below', 'level', 'above')[side + 1]}"


def _between(
    asked: RestatementQuestion,
    answer: Callable[[Fraction, Fraction], str],
    fewest: tuple[Fewest, ...],
    *,
    within: bool,
) -> tuple[tuple[int, int], ...]:
    """The fewest and the most people that it takes, as far as rounding leaves the counts open.

    Nobody where rounding alone changes the answer, or where there it takes another way.
    """
    basis = asked.reported.basis if asked.reported else None
    people_by_way: dict[Way, list[int]] = {one.way: [one.people] for one in fewest}
    for at in corners(basis.quoted) if basis else ():
        counts = basis.counts(at) if basis else (Fraction(0), Fraction(1))
        if within and counts[0] > counts[1]:
            continue
        there = {one.way: one.people for one in sensitivity.fewest(*counts, answer, within=within)}
        for way, numbers in people_by_way.items():
            numbers.append(there.get(way, 0))
    return tuple((min(numbers), max(numbers)) for numbers in people_by_way.values())


def vs_england(asked: RestatementQuestion) -> bool:
    """Whether the figure is compared with England."""
    return asked.place is not None and asked.place.row.vs_england.compared


def grid_rows(
    asked: RestatementQuestion, first: AdjustedFigure, printed_as: Measure
) -> tuple[list[GridRow], list[PercentageStep]]:
    """The grid's rows and the names of its columns."""
    numerator, denominator = first.restated.numerator, first.restated.denominator
    per = PER[str(asked.indicator.unit)]
    settings = asked.settings
    rows = []
    for cells in sensitivity.grid(
        numerator,
        denominator,
        numerator_changes=settings.numerator_changes,
        denominator_changes=settings.denominator_changes,
        within=per == PER["per_cent"],
    ):
        up = cells[0].numerator_change
        shown = []
        for cell in cells:
            now = not cell.numerator_change and not cell.denominator_change
            if cell.counts is None:
                shown.append(GridCell("not possible", (), now))
                continue
            value = cell.counts[0] * per / cell.counts[1]
            shown.append(
                GridCell(of_value(value, printed_as), _under(asked, value, cell.counts), now)
            )
        head = share_name(up, people(numerator * (100 + up) / 100))
        rows.append(GridRow(head, tuple(shown)))
    columns = [
        share_name(down, people(denominator * (100 + down) / 100))
        for down in settings.denominator_changes
    ]
    return rows, columns


def _under(
    asked: RestatementQuestion, value: Fraction, counts: tuple[Fraction, Fraction]
) -> tuple[str, ...]:
    """What is said of a cell: the verdict against England, else the milestones that it passes."""
    if asked.place is not None and vs_england(asked):
        verdict = asked.place.of(*counts).vs_england
        return (verdict_text(verdict, str(asked.indicator.polarity)),)
    lowest = str(asked.indicator.polarity) == "lower_is_better"
    sign = "%" if str(asked.indicator.unit) == "per_cent" else ""
    reached = [
        f"{float(one.value):g}{sign}"
        for one in asked.milestones
        if one.passed(value, lowest_first=lowest)
    ]
    if not asked.milestones:
        return ()
    return (f"passes {' and '.join(reached)}",) if reached else ("passes none",)
