"""What stands beside a figure under test: criteria, denominators, relatives, a scatter.

Enters: a `Question`. Leaves: domain values for the tables and charts; nothing is drawn here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.integrity.restatement import denominators as through_lenses
from bench.integrity.restatement import related as triangulate
from bench.integrity.restatement.case import ScatterChoice
from bench.integrity.restatement.criteria import Shares, shares_of
from bench.integrity.restatement.placement import COUNTED
from bench.integrity.restatement.restate import Part
from bench.judge.figure import by_indicator
from bench.judge.intervals import PER, Method
from bench.pages import store
from bench.pages.restatement.data import measure
from bench.pages.restatement.marks import CouncilLens, Relation
from bench.pages.restatement.restated import quoted_text
from bench.reference import ENGLAND, FinancialYear
from bench.reference.indicator import Together

if TYPE_CHECKING:
    import pandas as pd

    from bench.integrity.restatement.case import Case
    from bench.integrity.restatement.denominators import Seen
    from bench.pages.restatement.question import Question
    from bench.present.rows import Measure


__all__ = [
    "ceilings",
    "council_lenses",
    "criteria_shares",
    "figures_used",
    "lenses",
    "relations",
    "scatter_choice",
    "scatter_frames",
    "through_years",
]

_MOST_RELATIVES = 5


def criteria_shares(asked: Question, case: Case) -> tuple[Shares, Shares, Shares]:
    """How much of the numerator meets all criteria; at least, and at most, as rounding allows."""
    if asked.reported is None:
        raise ValueError("There are no counts.")
    return shares_of(case.groups, asked.reported.basis)


def lenses(asked: Question) -> list[Seen]:
    """The figure over the denominators that its case knows: its own first, then the lenses."""
    case, per = asked.case, PER.get(str(asked.indicator.unit), 100)
    if case is None:
        return []
    found = []
    if asked.reported is not None:
        own = [one for one in case.adjustments
               if all(move.part is Part.DENOMINATOR for move in one.moves)]  # fmt: skip
        whose = f"{asked.council.name}, {asked.year}"
        for chosen in [(), *((one,) for one in own)] if own else []:
            restated = asked.reported.after(chosen)
            label = chosen[0].label if chosen else "As reported"
            source = chosen[0].source if chosen else ""
            found.append(
                through_lenses.Seen(
                    through_lenses.Lens(whose, label, asked.reported.basis, source),
                    restated.numerator,
                    restated.denominator,
                    restated.value,
                    restated.span,
                    None,
                    None,
                )
            )
    return found + [through_lenses.through(one, per=per) for one in case.lenses]


def ceilings(asked: Question) -> list[tuple[str, str, str, list[str]]]:
    """What documents see as the highest figure: figure, label, source, milestones out of reach."""
    return [
        (
            quoted_text(one.figure),
            one.label,
            one.figure.source,
            # the highest that rounding allows: what lies beyond it is out of reach for certain
            [m.label for m in asked.milestones if m.value > one.figure.quoted.ends[-1]],
        )
        for one in (asked.case.ceilings if asked.case else ())
    ]


def council_lenses(asked: Question) -> list[CouncilLens]:
    """Every council's figure under each denominator that published counts of the year make."""
    unit = str(asked.indicator.unit)
    if Method(asked.indicator.interval) not in COUNTED or unit != "per_cent":
        return []
    per = PER[unit]
    councils = {c.area_id for c in asked.registers.councils.in_year(asked.year) if not c.tiny}
    lowest = str(asked.indicator.polarity) == "lower_is_better"
    own_id = asked.council.area_id
    found = []
    for lens in asked.settings.of(asked.indicator.indicator_id):
        counts = through_lenses.combined(
            store.figures(), lens, str(asked.year), {*councils, own_id, ENGLAND}
        )
        rates = {area: top * per / bottom for area, (top, bottom) in counts.items()}
        compared = {area: rate for area, rate in rates.items() if area in councils}
        if not compared:
            continue
        passing = through_lenses.passing(compared, asked.milestones, lowest_first=lowest)
        found.append(
            CouncilLens(
                lens.label,
                lens.note,
                (rates[own_id], *counts[own_id]) if own_id in rates else None,
                rates.get(ENGLAND),
                len(compared),
                tuple((one.milestone.label, one.councils) for one in passing),
            )
        )
    return found


def relations(asked: Question) -> tuple[Relation | None, list[Relation]]:
    """The indicator's own move to the year, and those of its relatives."""
    registers = asked.registers
    related = [(registers.indicators[r.indicator_id], r) for r in asked.indicator.relatives]
    own, *others = triangulate.changes(
        store.figures(),
        registers,
        (asked.indicator, *(one for one, _ in related)),
        asked.council,
        asked.year,
    )
    mine = _relation(own, asked.year)
    sign = own.sign
    case = asked.case
    if own.value is None and case and case.previous and case.reported and case.reported.value:
        before, now = float(case.previous.quoted.value), float(case.reported.value.value)
        mine = mine._replace(
            previous=before,
            previous_period=f"{asked.year.shift(-1)} (quoted)",
            value=now,
            change=now - before,
            reason="as documents quote it",
            why="",
        )
        sign = (now > before) - (now < before)
    return mine, [
        _relation(
            change,
            asked.year,
            moves=relative.moves.value,
            reason=relative.reason,
            tally=triangulate.tally(sign, change, Together(relative.moves)).value,
        )._replace(
            alike=change.value is not None
            and change.value == mine.value
            and change.indicator.unit is asked.indicator.unit
        )
        for change, (_, relative) in zip(others, related, strict=True)
    ]


def _relation(
    change: triangulate.Change,
    year: FinancialYear,
    *,
    moves: str = "",
    reason: str = "",
    tally: str = "unknown",
) -> Relation:
    return Relation(
        measure(change.indicator, year),
        moves,
        reason,
        change.previous,
        str(change.previous_period or ""),
        change.value,
        change.change,
        change.why,
        tally,
    )


def through_years(
    asked: Question,
) -> tuple[list[Measure], list[tuple[str, list[tuple[float | None, float | None]]]]]:
    """The figures and changes of the indicator and of its relatives that have any, by year."""
    registers = asked.registers
    figures = store.figures()
    own = by_indicator(figures[figures["area_id"] == asked.council.area_id], within="period")
    named = [registers.indicators[one.indicator_id] for one in asked.indicator.relatives]
    related = [
        one
        for one in named
        if any(printed.value is not None for printed in own.get(one.indicator_id, {}).values())
    ][:_MOST_RELATIVES]
    shown = [asked.indicator, *related]
    if not related:
        return [], []
    lines = []
    quoted = _quoted_years(asked)
    for year in sorted({year for one in shown for year in one.years}):
        cells: list[tuple[float | None, float | None]] = []
        for one in shown:
            change = triangulate.change_of(
                own.get(one.indicator_id, {}), registers, one, asked.council, year
            )
            if one is asked.indicator and change.value is None:
                cells.append(quoted.get(year, (None, None)))
            else:
                cells.append((change.value, change.change))
        if any(value is not None for value, _ in cells):
            lines.append((str(year), cells))
    return [measure(one, asked.year) for one in shown], lines


def _quoted_years(asked: Question) -> dict[FinancialYear, tuple[float | None, float | None]]:
    """The figures that the case quotes for the year and the one before, with the change."""
    case = asked.case
    if case is None or case.reported is None or case.reported.value is None:
        return {}
    now = float(case.reported.value.value)
    if case.previous is None:
        return {asked.year: (now, None)}
    before = float(case.previous.quoted.value)
    return {asked.year.shift(-1): (before, None), asked.year: (now, now - before)}


def scatter_choice(asked: Question) -> ScatterChoice | None:
    """Which two indicators and year to draw: those asked for, the case's, or the first relative."""
    case = asked.case
    if asked.beside is None and case is not None and case.scatter is not None:
        return case.scatter
    why = "A relative of the figure." if asked.beside is None else "Set side by side as asked for."
    wanted = (
        [asked.beside]
        if asked.beside
        else [asked.registers.indicators[r.indicator_id] for r in asked.indicator.relatives]
    )
    for one in wanted:
        found = triangulate.pairs(
            store.figures(), asked.registers, asked.indicator, one, asked.year
        )
        if len(found):
            return ScatterChoice(asked.indicator, one, asked.year, why)
    return None


def scatter_frames(asked: Question, chosen: ScatterChoice) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every council's two figures, and the council's own through the years."""
    figures, registers = store.figures(), asked.registers
    return (
        triangulate.pairs(figures, registers, chosen.x, chosen.y, chosen.year),
        triangulate.path(figures, registers, chosen.x, chosen.y, asked.council),
    )


def figures_used(asked: Question) -> pd.DataFrame:
    """The rows of the table in force that the page shows."""
    figures = store.figures()
    ids = {asked.indicator.indicator_id, *(r.indicator_id for r in asked.indicator.relatives)}
    chosen = scatter_choice(asked)
    if chosen is not None:
        ids |= {chosen.x.indicator_id, chosen.y.indicator_id}
    own = figures["area_id"] == asked.council.area_id
    return figures[own & figures["indicator_id"].isin(list(ids)) & figures["value"].notna()]
