"""The sections on the fewest people that change what is said, and a grid of both counts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from bench.integrity.restatement.counts import corners
from bench.integrity.restatement.sensitivity import fewest as fewest_people
from bench.integrity.restatement.sensitivity import grid as grid_of_counts
from bench.judge.intervals import exact
from bench.judge.rag import Meaning
from bench.judge.statistics import sign
from bench.pages.restatement.data import vs_england
from bench.pages.restatement.sections import of_value, people, quoted_text, verdict_text
from bench.present.html import Section, fill, identifier
from bench.present.numbers import MINUS, NO_NUMBER
from bench.present.table import beneath, capital, paragraph, records_table
from bench.present.theme import look_of
from bench.reference.indicator import PER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

    from bench.integrity.restatement.placement import Milestone, Placement
    from bench.integrity.restatement.sensitivity import Fewest, Way
    from bench.judge.published_row import Measure
    from bench.judge.rag import Verdict
    from bench.pages.restatement.data import RestatementQuestion
    from bench.pages.restatement.sections import AdjustedFigure


_LEAST_SHARE: Final = 0.1
_WAYS: Final = {
    "numerator_out": "fewer in the numerator",
    "numerator_in": "more in the numerator",
    "denominator_in": "more in the denominator",
    "denominator_out": "fewer in the denominator",
}


class ReversalQuestion(NamedTuple):
    """What is asked of the figure, what is said now, and the fewest people that change it.

    `then` holds, for each of `fewest`, what is said and the counts then; `between` the fewest and
    the most people that rounding of the counts makes of it.
    """

    asked: str
    now: str
    fewest: tuple[Fewest, ...]
    then: tuple[tuple[str, str], ...]
    between: tuple[tuple[int, int], ...]


class GridCell(NamedTuple):
    """A figure and the lines beneath it; `now` for the one as reported."""

    figure: str
    lines: tuple[str, ...]
    now: bool


class PercentageStep(NamedTuple):
    """The name of a row or column: `−20%` and how many people that is."""

    share: str
    people: str


class GridRow(NamedTuple):
    """A row of the grid and its name."""

    head: PercentageStep
    cells: tuple[GridCell, ...]


def fewest_table(questions: Sequence[ReversalQuestion]) -> Section:
    """What is asked of the figure, and the fewest people counted otherwise that change it."""
    rows = []
    for question in questions:
        if not question.fewest:
            rows.append((question.asked, question.now, "no number of people", NO_NUMBER, NO_NUMBER))
        for one, (said, counts), (least, most) in zip(
            question.fewest, question.then, question.between, strict=True
        ):
            what: str = f"{one.people:,} {_WAYS[one.way]}"
            if least < most:
                what = beneath(what, f"rounding allows {least:,} to {most:,}")
            share = f"{_share(float(one.share))} of it"
            rows.append((question.asked, question.now, what, share, f"{said}: {counts}"))
    if not rows:
        return paragraph(
            "Nothing is asked of this figure: there is neither a table of its year nor a "
            "milestone.",
        )
    return records_table(
        caption="The fewest people that would change what is said",
        columns=("What is asked", "Now", "It would take", "Which is", "Then"),
        lines=rows,
        note="One count is changed at a time. England, the peers and all other councils stay as "
        "they are.",
    )


def grid(
    rows: Sequence[GridRow],
    columns: Sequence[PercentageStep],
    *,
    title: str,
    note: str,
) -> Section:
    """The figure over shares of both counts, one cell for each pair."""
    caption = f"{title}, if both counts were other ones"
    return fill(
        "restatement/grid.html.j2",
        table_id=identifier("grid", title),
        caption=caption,
        note=note,
        columns=list(columns),
        rows=list(rows),
    )


def _share_name(change: int, count: str) -> PercentageStep:
    """The name of a row or column, for a change in per cent."""
    share = f"{MINUS if change < 0 else '+'}{abs(change)}%" if change else "as reported"
    return PercentageStep(share, count)


def _share(value: float) -> str:
    """A share of a count: whole from 10 per cent on."""
    if 0 < value < _LEAST_SHARE:
        return f"less than {_LEAST_SHARE}%"
    return f"{value:.0f}%" if value >= 10 else f"{value:.1f}%"


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
    answered = []
    for label, answer in found:
        fewest = tuple(fewest_people(numerator, denominator, answer, within=within))
        then = tuple(
            (str(one.says), f"{people(one.numerator)} of {people(one.denominator)}")
            for one in fewest
        )
        between = _between(asked, answer, fewest, within=within)
        now = answer(numerator, denominator)
        answered.append(ReversalQuestion(label, now, fewest, then, between))
    return answered


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
    people_by_way: dict[Way, list[int]] = {one.way: [one.people] for one in fewest}
    basis = asked.reported.basis if asked.reported else None
    for counts in map(basis.counts, corners(basis.quoted)) if basis else ():
        if within and counts[0] > counts[1]:
            continue
        there = {one.way: one.people for one in fewest_people(*counts, answer, within=within)}
        for way, numbers in people_by_way.items():
            numbers.append(there.get(way, 0))
    return tuple((min(numbers), max(numbers)) for numbers in people_by_way.values())


def grid_rows(
    asked: RestatementQuestion, first: AdjustedFigure, printed_as: Measure
) -> tuple[list[GridRow], list[PercentageStep]]:
    """The grid's rows and the names of its columns."""
    numerator, denominator = first.restated.numerator, first.restated.denominator
    per = PER[str(asked.indicator.unit)]
    settings = asked.settings
    rows = []
    for cells in grid_of_counts(
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
        head = _share_name(up, people(numerator * (100 + up) / 100))
        rows.append(GridRow(head, tuple(shown)))
    columns = [
        _share_name(down, people(denominator * (100 + down) / 100))
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
    per_cent = "%" if str(asked.indicator.unit) == "per_cent" else ""
    reached = [
        f"{float(one.value):g}{per_cent}"
        for one in asked.milestones
        if one.passed(value, lowest_first=lowest)
    ]
    if not asked.milestones:
        return ()
    return (f"passes {' and '.join(reached)}",) if reached else ("passes none",)
