"""What the sections of a figure's test are made of: domain values for the tables and charts.

Enters: a `Question`. Leaves: lines, questions, grids, lenses, relations; nothing is drawn here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bench import held
from bench.integrity import lenses as through_lenses
from bench.integrity import sensitivity, triangulate
from bench.integrity.case import ScatterChoice
from bench.integrity.criteria import Shares, shares_of
from bench.integrity.restate import Part
from bench.integrity.standing import COUNTED, Standing
from bench.judge.printed import by_indicator
from bench.judge.uncertainty import PER, Method, exact
from bench.present.evidence import CouncilLens, Relation
from bench.present.records import capital
from bench.present.restated import Line, of_value, people, quoted_text, verdict_text
from bench.present.rows import Measure
from bench.present.sensitive import GridCell, GridRow, Share, share_name
from bench.present.sensitive import Question as Asked
from bench.present.theme import look
from bench.registers import ENGLAND, FinancialYear
from bench.registers.indicator import Together

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    import pandas as pd

    from bench.integrity.case import Case
    from bench.integrity.counted import Span
    from bench.integrity.lenses import Seen
    from bench.integrity.restate import Adjustment, Restated
    from bench.integrity.standing import Milestone
    from bench.registers import Indicator
    from bench.scrutiny_question import Question

_MOST_RELATIVES = 5


def measure(indicator: Indicator, year: FinancialYear) -> Measure:
    """How a figure of the indicator is printed."""
    held_year = year if indicator.published_in(year) else indicator.years[-1]
    return Measure(
        indicator=indicator.indicator_id,
        code=indicator.code(held_year),
        short_title=indicator.short_title,
        unit=indicator.unit.value,
        polarity=indicator.polarity.value,
        decimals=indicator.decimals(held_year),
    )


def line(asked: Question, applied: tuple[Adjustment, ...]) -> Line:
    """The figure after these adjustments, and all that is said of it."""
    if asked.reported is None:
        raise ValueError("There are no counts.")
    restated = asked.reported.after(applied)
    names = frozenset(one.adjustment_id for one in applied)
    beside = asked.case.beside if asked.case else ()
    return Line(
        restated,
        standing(asked, applied),
        tuple((one, passed(asked, one, restated.span)) for one in asked.milestones),
        tuple(one for one in beside if one.after == names),
        tuple(asked.reported.rounding(applied)),
        _printed(asked, restated),
        asked.reported.counts(),
        frozenset(one.name for one in asked.reported.basis.quoted),
    )


def _printed(asked: Question, restated: Restated) -> str:
    """The figure as a document prints it, or at published decimals."""
    printed_as = measure(asked.indicator, asked.year)
    value = asked.reported.value if asked.reported else None
    if not restated.applied and asked.case and value and value.name in asked.case.sayings:
        return quoted_text(asked.case.sayings[value.name])
    return of_value(restated.value, printed_as)


def standing(asked: Question, applied: tuple[Adjustment, ...]) -> Standing | None:
    """Where the figure would stand in its year's table; None where no table is held."""
    if asked.place is None or asked.reported is None:
        return None
    if not applied and (asked.case is None or asked.case.reported is None):
        return asked.place.published()
    restated = asked.reported.after(applied)
    return asked.place.of(restated.numerator, restated.denominator)


def passed(asked: Question, milestone: Milestone, span: Span) -> str:
    """Whether a milestone is passed: yes, no, or open where only rounding decides."""
    lowest = str(asked.indicator.polarity) == "lower_is_better"
    ends = {milestone.passed(end, lowest_first=lowest) for end in (span.lower, span.upper)}
    return "open" if len(ends) > 1 else "yes" if ends.pop() else "no"


def passed_cells(asked: Question, span: Span) -> list[str]:
    """The same of every milestone, in words."""
    words = {"yes": "passed", "no": "not passed", "open": "open: rounding decides"}
    return [words[passed(asked, one, span)] for one in asked.milestones]


def record(asked: Question, of: Line) -> dict[str, Any]:
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
        "verdict_vs_peers": str(stands.vs_peers.meaning) if stands else None,
        "verdict_vs_england": str(stands.vs_england.meaning) if stands else None,
    }
    for one, said in of.milestones:
        found[f"passes {float(one.value):g}"] = said
    return found


def facts(asked: Question) -> list[tuple[str, str]]:
    """What the register and the case say of the figure."""
    found = [("What it counts", asked.indicator.counts)]
    if asked.case is not None and asked.case.reported is not None:
        quoted = [asked.case.sayings[one.name] for one in asked.case.reported.basis.quoted]
        found.append(
            ("Worked out from", "; ".join(f"{quoted_text(one)}, {one.says}" for one in quoted))
        )
        found.append(("Source", "; ".join(dict.fromkeys(one.source for one in quoted))))
    else:
        row = asked.place.row if asked.place else None
        if row is not None and row.value is not None:
            found.insert(0, ("Published figure", of_value(exact(row.value), measure(
                asked.indicator, asked.year))))  # fmt: skip
        found.append(("Collected by", asked.indicator.collection(asked.year) or "not recorded"))
    return found


# --- sensitivity --------------------------------------------------------------------------------


def questions(asked: Question, first: Line, printed_as: Measure) -> list[Asked]:
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
            meaning = (stands.vs_peers if peers else stands.vs_england).meaning
            return look(str(meaning), printed_as.polarity).text

        if place.row.vs_peers.compared:
            found.append(("Verdict against peers", partial(verdict, peers=True)))
        if place.row.vs_england.compared:
            found.append(("Verdict against England", partial(verdict, peers=False)))

    def reaches(top: Fraction, bottom: Fraction, *, one: Milestone) -> str:
        reached = one.passed(top * per / bottom, lowest_first=lowest)
        return "passed" if reached else "not passed"

    found += [(capital(one.label), partial(reaches, one=one)) for one in asked.milestones]
    asked_of = []
    for label, answer in found:
        fewest = tuple(sensitivity.fewest(numerator, denominator, answer, within=within))
        then = tuple(
            (str(one.says), f"{people(one.numerator)} of {people(one.denominator)}")
            for one in fewest
        )
        asked_of.append(Asked(label, answer(numerator, denominator), fewest, then))
    return asked_of


def vs_england(asked: Question) -> bool:
    """Whether the figure is compared with England."""
    return asked.place is not None and asked.place.row.vs_england.compared


def grid_rows(
    asked: Question, first: Line, printed_as: Measure
) -> tuple[list[GridRow], list[Share]]:
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


def _under(asked: Question, value: Fraction, counts: tuple[Fraction, Fraction]) -> tuple[str, ...]:
    """What is said of a cell: the verdict against England, else the milestones that it passes."""
    if asked.place is not None and vs_england(asked):
        verdict = asked.place.of(*counts).vs_england
        return (verdict_text(verdict, str(asked.indicator.polarity)),)
    lowest = str(asked.indicator.polarity) == "lower_is_better"
    reached = [f"{float(one.value):g}%" for one in asked.milestones
               if one.passed(value, lowest_first=lowest)]  # fmt: skip
    if not asked.milestones:
        return ()
    return (f"passes {' and '.join(reached)}",) if reached else ("passes none",)


# --- criteria and lenses ------------------------------------------------------------------------


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
            [m.label for m in asked.milestones if not m.passed(one.figure.quoted.ends[-1])],
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
            held.figures(), lens, str(asked.year), {*councils, own_id, ENGLAND}
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


# --- triangulation ------------------------------------------------------------------------------


def relations(asked: Question) -> tuple[Relation | None, list[Relation]]:
    """The indicator's own move to the year, and those of its relatives."""
    registers = asked.registers
    related = [(registers.indicators[r.indicator_id], r) for r in asked.indicator.relatives]
    own, *others = triangulate.changes(
        held.figures(),
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
    figures = held.figures()
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
        found = triangulate.pairs(held.figures(), asked.registers, asked.indicator, one, asked.year)
        if len(found):
            return ScatterChoice(asked.indicator, one, asked.year, why)
    return None


def scatter_frames(asked: Question, chosen: ScatterChoice) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every council's two figures, and the council's own through the years."""
    figures, registers = held.figures(), asked.registers
    return (
        triangulate.pairs(figures, registers, chosen.x, chosen.y, chosen.year),
        triangulate.path(figures, registers, chosen.x, chosen.y, asked.council),
    )


def figures_used(asked: Question) -> pd.DataFrame:
    """The rows of the table in force that the page shows."""
    figures = held.figures()
    ids = {asked.indicator.indicator_id, *(r.indicator_id for r in asked.indicator.relatives)}
    chosen = scatter_choice(asked)
    if chosen is not None:
        ids |= {chosen.x.indicator_id, chosen.y.indicator_id}
    own = figures["area_id"] == asked.council.area_id
    return figures[own & figures["indicator_id"].isin(list(ids)) & figures["value"].notna()]


__all__ = [
    "ceilings",
    "council_lenses",
    "criteria_shares",
    "facts",
    "figures_used",
    "grid_rows",
    "lenses",
    "line",
    "measure",
    "passed_cells",
    "questions",
    "record",
    "relations",
    "scatter_choice",
    "scatter_frames",
    "through_years",
    "vs_england",
]
