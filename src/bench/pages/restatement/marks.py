"""Criteria, denominators and relatives: what else speaks for or against a figure.

Enters: marks with their evidence, figures through lenses, moves of relatives. Leaves: HTML
fragments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bench.integrity.restatement.criteria import Mark, Verdict
from bench.pages.restatement.restated import of_span, of_value, people
from bench.present.html import Fragment
from bench.present.numbers import MINUS, NO_NUMBER, bare, short
from bench.present.records import beneath, capital, records_table
from bench.present.table import paragraph, sentence_list, values_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from bench.integrity.restatement.criteria import Criterion, Group, Shares
    from bench.integrity.restatement.denominators import Seen
    from bench.present.rows import Measure

__all__ = [
    "CouncilLens",
    "Relation",
    "criteria_table",
    "lens_table",
    "relatives_table",
    "through_years",
    "who_passes",
]

_MARKS: Final = {
    Mark.MET: "met",
    Mark.ARGUABLE: "arguable",
    Mark.NOT_MET: "not met",
    Mark.NOT_TESTED: "not tested",
}
_VERDICTS: Final = {
    Verdict.MEETS_ALL: "meets all",
    Verdict.FAILS_ONE: "does not meet all",
    Verdict.OPEN: "open",
}
_TALLIES: Final = {
    "as_expected": "as expected",
    "otherwise": "not as expected: worth asking why",
    "no_change": "no move, or within the margin of error",
    "unknown": "not known",
    "nothing_to_share": "the figure itself has no clear move",
}
_TOGETHER: Final = {"same": "the same way", "opposite": "the opposite way"}


class CouncilLens(NamedTuple):
    """A denominator made of published counts: the council's own rate and everybody's.

    `own` is the council's rate with its counts, `england` England's; `passing` says for each
    milestone how many councils pass it of how many.
    """

    label: str
    note: str
    own: tuple[Fraction, Fraction, Fraction] | None
    england: Fraction | None
    councils: int
    passing: tuple[tuple[str, int], ...]


class Relation(NamedTuple):
    """A relative and its move; `measure` says how it is printed.

    `alike` says that it has the very figure of the indicator, in the same unit.
    """

    measure: Measure
    moves: str
    reason: str
    previous: float | None
    previous_period: str
    value: float | None
    change: float | None
    why: str
    tally: str
    alike: bool = False


def criteria_table(
    criteria: Sequence[Criterion],
    groups: Sequence[Group],
    *,
    shares: tuple[Shares, Shares, Shares],
    numerator: Fraction,
    source: str,
    palette: str = "rag",
) -> Fragment:
    """Criteria by groups of the people counted, each mark with its evidence, and the shares.

    Args:
        criteria: what a person must have.
        groups: who is counted.
        shares: of the numerator as printed; the least and the most that rounding allows.
        numerator: how many are counted.
        source: the document that sets the criteria.
        palette: "rag" or "af".
    """
    printed, least, most = shares

    def share(name: str) -> str:
        own, low, high = (_share(getattr(one, name)) for one in (printed, least, most))
        return own if low == high else f"{own} (rounding allows {low} to {high})"

    rows = [
        (
            beneath(
                group.label,
                f"{people(group.people.value)} people, as quoted"
                if group.people is not None
                else "no document says how many",
            ),
            *(
                beneath(
                    capital(_MARKS[group.marks[one.criterion_id].mark]),
                    group.marks[one.criterion_id].evidence,
                )
                for one in criteria
            ),
            capital(_VERDICTS[group.verdict]),
        )
        for group in groups
    ]
    table = records_table(
        caption="What those counted must have, group by group",
        columns=("Group", *(one.text for one in criteria), "Taken together"),
        lines=rows,
        note=f"Source: {source}. Out of about {people(numerator)} people counted.",
        palette=palette,
    )
    told = [
        f"Shown to meet all {len(criteria)} criteria: {share('meets_all')} of those counted.",
        f"Shown not to meet one: {share('fails_one')}.",
        f"Open, because a mark is arguable or not tested: {share('open')}.",
    ]
    if most.unsized:
        told.append(f"In groups whose number no document gives: {share('unsized')}.")
    return Fragment(table + sentence_list(told, none="", palette=palette))


def lens_table(
    seen: Sequence[Seen],
    *,
    passed: Sequence[Sequence[str]],
    milestones: Sequence[str],
    ceilings: Iterable[tuple[str, str, str, Sequence[str]]],
    measure: Measure,
    palette: str = "rag",
) -> Fragment:
    """The same people over other denominators, what each allows, and what it would pass.

    Args:
        seen: the figure through each lens.
        passed: for each of them, what is said of each milestone.
        milestones: their labels.
        ceilings: what a document sees as the highest figure: figure, label, source, and the
            milestones out of reach then.
        measure: how figures are printed.
        palette: "rag" or "af".
    """
    rows = []
    for one, said in zip(seen, passed, strict=True):
        small = [capital(one.lens.note)] if one.lens.note else []
        beside = f"quoted: {of_value(one.lens.beside.value, measure)}" if one.lens.beside else ""
        ceiling = "not known"
        if one.ceiling is not None and one.ceiling_span is not None:
            ceiling = beneath(
                of_value(one.ceiling, measure),
                f"rounding allows {of_span(one.ceiling_span, measure)}",
            )
        rows.append(
            (
                beneath(f"{one.lens.whose}: {_inner(one.lens.label)}", *small),
                f"{people(one.numerator)} of {people(one.denominator)}",
                beneath(
                    of_value(one.rate, measure),
                    f"rounding allows {of_span(one.span, measure)}",
                    *([beside] if beside else []),
                ),
                ceiling,
                *said,
            )
        )
    table = records_table(
        caption="The same people over other denominators",
        columns=("Out of whom", "Counts", "Figure", "Highest it could be", *milestones),
        lines=rows,
        note="The highest it could be: if all who could be counted were. Counts are those quoted "
        "or solved for.",
        palette=palette,
    )
    told = []
    for figure, label, source, beyond in ceilings:
        text = f"{label}: no more than {figure} could be reached."
        if beyond:
            text += f" That leaves out of reach: {'; '.join(beyond)}."
        told.append(f"{text} Source: {source}.")
    return Fragment(table + sentence_list(told, none="", palette=palette)) if told else table


def who_passes(
    lenses: Sequence[CouncilLens],
    *,
    council: str,
    year: str,
    measure: Measure,
    milestones: Sequence[str],
    palette: str = "rag",
) -> Fragment:
    """The council, England and how many councils pass a milestone, under each denominator."""
    rows = []
    for one in lenses:
        own = NO_NUMBER
        if one.own is not None:
            rate, top, bottom = one.own
            own = beneath(of_value(rate, measure), f"{people(top)} of {people(bottom)}")
        england = of_value(one.england, measure) if one.england is not None else NO_NUMBER
        passing = dict(one.passing)
        rows.append(
            (
                beneath(one.label, *([capital(one.note)] if one.note else [])),
                own,
                england,
                f"{one.councils}",
                *(f"{passing[label]} of {one.councils}" for label in milestones),
            )
        )
    return records_table(
        caption=f"Every council of {year} under other denominators",
        columns=(
            "Out of whom",
            council,
            "England",
            "Councils with all counts",
            *(f"Pass {label}" for label in milestones),
        ),
        lines=rows,
        note="Made from the counts published for each council; a council without all of them is "
        "left out, as are the two tiny ones.",
        palette=palette,
    )


def relatives_table(
    own: Relation | None,
    relations: Sequence[Relation],
    *,
    year: str,
    palette: str = "rag",
) -> Fragment:
    """The indicator's move beside those of its relatives, over comparable years only."""
    if not relations:
        return paragraph(
            "The register names no indicator that should move with this one.", palette=palette
        )
    rows = []
    for one in (*([own] if own else []), *relations):
        mine = one is own
        before = (
            f"{short(one.previous, one.measure)} in {one.previous_period}"
            if one.previous is not None
            else NO_NUMBER
        )
        now: str = short(one.value, one.measure) if one.value is not None else NO_NUMBER
        if one.alike:
            now = beneath(now, "the same as this figure: worth asking whether the same are counted")
        rows.append(
            (
                beneath(one.measure.short_title, *([one.reason] if one.reason else [])),
                "this figure" if mine else _TOGETHER[one.moves],
                before,
                now,
                _change(one.change, one.measure) if one.change is not None else capital(one.why),
                NO_NUMBER if mine else capital(_TALLIES[one.tally]),
            )
        )
    return records_table(
        caption=f"Relatives of the figure, and how they moved to {year}",
        columns=("Indicator", "Expected to move", "Before", "Now", "Change", "Did it?"),
        lines=rows,
        note="Changes are shown between years that compare, and in each indicator's own unit. A "
        "relative that moves otherwise shows that there is something to ask, not what it is.",
        palette=palette,
    )


def through_years(
    measures: Sequence[Measure],
    lines: Sequence[tuple[str, Sequence[tuple[float | None, float | None]]]],
    *,
    council: str,
    palette: str = "rag",
) -> Fragment:
    """Each year's figure and change since the last comparable one, side by side.

    Args:
        measures: the indicators, the first one first.
        lines: the year, and for each indicator its figure and its change.
        council: the council's name.
        palette: "rag" or "af".
    """
    rows = []
    for period, cells in lines:
        told: list[str] = []
        for (value, change), measure in zip(cells, measures, strict=True):
            figure = short(value, measure) if value is not None else NO_NUMBER
            told.append(beneath(figure, _change(change, measure)) if change is not None else figure)
        rows.append((period, *told))
    return values_table(
        caption=f"{council}: the figure and its relatives, year by year; beneath each, its change "
        "since the last year that compares",
        columns=("Year", *(one.short_title for one in measures)),
        lines=rows,
        palette=palette,
        kind="values years together",
    )


def _change(change: float, measure: Measure) -> str:
    digits = bare(abs(change), measure.decimals)
    sign = "no change" if change == 0 else f"{MINUS if change < 0 else '+'}{digits}"
    return f"{sign} points" if change and measure.unit == "per_cent" else sign


def _share(value: Fraction) -> str:
    return f"{float(value):.0f}%"


def _inner(text: str) -> str:
    return text[:1].lower() + text[1:]
