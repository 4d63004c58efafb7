"""The sections on criteria, denominators, relatives and a scatter beside a restated figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bench.integrity.restatement import denominators as through_lenses
from bench.integrity.restatement import related as triangulate
from bench.integrity.restatement.case import ScatterChoice
from bench.integrity.restatement.counts import RateAndNumerator
from bench.integrity.restatement.criteria import CriteriaVerdict, Mark, Shares, shares_of
from bench.integrity.restatement.placement import COUNTED
from bench.integrity.restatement.restate import CountPart
from bench.judge.figure import by_indicator
from bench.pages import store
from bench.pages.restatement.data import measure_then
from bench.pages.restatement.sections import (
    of_span,
    of_value,
    people,
    quoted_number,
    quoted_text,
    signed,
)
from bench.present.html import Section, joined
from bench.present.numbers import NO_NUMBER, short
from bench.present.table import (
    beneath,
    capital,
    paragraph,
    records_table,
    sentence_list,
    uncapital,
    values_table,
)
from bench.reference import ENGLAND, FinancialYear
from bench.reference.indicator import PER, IntervalMethod, Together

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    import pandas as pd

    from bench.integrity.restatement.case import Forecast, RestatementCase
    from bench.integrity.restatement.counts import CountBasis
    from bench.integrity.restatement.criteria import CountedGroup, Criterion
    from bench.integrity.restatement.denominators import DenominatorFigure
    from bench.judge.published_row import Measure
    from bench.pages.restatement.data import RestatementQuestion


_MARKS: Final = {
    Mark.MET: "met",
    Mark.ARGUABLE: "arguable",
    Mark.QUESTIONABLE: "questionable, leaning to not met",
    Mark.NOT_MET: "not met",
    Mark.NOT_TESTED: "not tested",
}
_VERDICTS: Final = {
    CriteriaVerdict.MEETS_ALL: "meets all",
    CriteriaVerdict.FAILS_ONE: "does not meet all",
    CriteriaVerdict.OPEN: "open",
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

    `alike` says that it has the very figure of the indicator, in the same unit. `quoted` holds the
    figures of both years as documents print them, where they are quoted.
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
    quoted: tuple[str, str] | None = None


def criteria_table(
    criteria: Sequence[Criterion],
    groups: Sequence[CountedGroup],
    *,
    shares: tuple[Shares, Shares, Shares],
    numerator: Fraction,
    source: str,
    note: str = "",
) -> Section:
    """Criteria by groups of the people counted, each mark with its evidence, and the shares.

    Args:
        criteria: what a person must have.
        groups: who is counted.
        shares: of the numerator as printed; the least and the most that rounding allows.
        numerator: how many are counted.
        source: the document that sets the criteria.
        note: what else is to be known of them.
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
        note=f"Source: {source}. Out of about {people(numerator)} people counted. {note}".strip(),
    )
    told = [
        f"Shown to meet all {len(criteria)} criteria: {share('meets_all')} of those counted.",
        f"Shown not to meet one: {share('fails_one')}.",
        f"Open, because a mark is arguable, questionable or not tested: {share('open')}.",
    ]
    if most.unsized:
        told.append(f"In groups whose number no document gives: {share('unsized')}.")
    return joined(table, sentence_list(told, none=""))


def lens_table(
    seen: Sequence[DenominatorFigure],
    *,
    passed: Sequence[Sequence[str]],
    milestones: Sequence[str],
    forecasts: Iterable[Forecast],
    divided: Mapping[CountBasis, str],
    measure: Measure,
) -> Section:
    """The same people over other denominators, what each allows, and what it would pass.

    Args:
        seen: the figure through each lens.
        passed: for each of them, what is said of each milestone.
        milestones: their labels.
        forecasts: what documents expect somebody to reach under a denominator.
        divided: for counts that no document prints, how they were divided here.
        measure: how figures are printed.
    """
    rows = []
    for one, said in zip(seen, passed, strict=True):
        small = [capital(one.lens.note)] if one.lens.note else []
        beside = (
            f"quoted: {quoted_number(one.lens.comparator, measure)}" if one.lens.comparator else ""
        )
        ceiling = "not known"
        if one.ceiling is not None and one.ceiling_span is not None:
            ceiling = beneath(
                of_value(one.ceiling, measure),
                f"rounding allows {of_span(one.ceiling_span, measure)}",
                *(["our division too"] if one.lens.basis in divided else []),
            )
        rows.append(
            (
                beneath(f"{one.lens.whose}: {uncapital(one.lens.label)}", *small),
                beneath(
                    f"{people(one.numerator)} of {people(one.denominator)}",
                    *([divided[one.lens.basis]] if one.lens.basis in divided else []),
                ),
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
    )
    told = [
        f"{one.label}: {quoted_text(one.figure)}. It is a forecast for that council alone and no "
        f"limit for others. Source: {one.figure.cited}."
        for one in forecasts
    ]
    return joined(table, sentence_list(told, none="")) if told else table


def who_passes(
    lenses: Sequence[CouncilLens],
    *,
    council: str,
    year: str,
    measure: Measure,
    milestones: Sequence[str],
) -> Section:
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
    )


def relatives_table(
    own: Relation | None,
    relations: Sequence[Relation],
    *,
    year: str,
) -> Section:
    """The indicator's move beside those of its relatives, over comparable years only."""
    if not relations:
        return paragraph("The register names no indicator that should move with this one.")
    rows = []
    for one in (*([own] if own else []), *relations):
        mine = one is own
        figures = one.quoted or (short(one.previous, one.measure), short(one.value, one.measure))
        before = f"{figures[0]} in {one.previous_period}" if one.previous is not None else NO_NUMBER
        now: str = figures[1] if one.value is not None else NO_NUMBER
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
    )


def through_years(
    measures: Sequence[Measure],
    lines: Sequence[tuple[str, Sequence[tuple[float | None, float | None]]]],
    *,
    council: str,
) -> Section:
    """Each year's figure and change since the last comparable one, side by side.

    Args:
        measures: the indicators, the first one first.
        lines: the year, and for each indicator its figure and its change.
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
        kind="values years together",
    )


def _change(change: float, measure: Measure) -> str:
    return signed(change, measure) if change else "no change"


def _share(value: Fraction) -> str:
    return f"{float(value):.0f}%"


_MOST_RELATIVES = 5


def criteria_shares(
    asked: RestatementQuestion, case: RestatementCase
) -> tuple[Shares, Shares, Shares]:
    """How much of the numerator meets all criteria; at least, and at most, as rounding allows."""
    if asked.reported is None:
        raise ValueError("There are no counts.")
    return shares_of(case.groups, asked.reported.basis)


def lenses(asked: RestatementQuestion) -> list[DenominatorFigure]:
    """The figure over the denominators that its case knows: its own first, then the lenses."""
    case, per = asked.case, PER.get(str(asked.indicator.unit), 100)
    if case is None:
        return []
    found = []
    if asked.reported is not None:
        own = [one for one in case.adjustments
               if all(move.part is CountPart.DENOMINATOR for move in one.moves)]  # fmt: skip
        whose = f"{asked.council.name}, {asked.year}"
        for chosen in [(), *((one,) for one in own)] if own else []:
            restated = asked.reported.after(chosen)
            label = chosen[0].label if chosen else "As reported"
            source = chosen[0].source if chosen else ""
            found.append(
                through_lenses.DenominatorFigure(
                    through_lenses.Lens(
                        whose,
                        label,
                        asked.reported.basis,
                        source,
                        indicator_id=asked.indicator.indicator_id,
                        year=asked.year,
                    ),
                    restated.numerator,
                    restated.denominator,
                    restated.value,
                    restated.span,
                    None,
                    None,
                )
            )
    return found + [through_lenses.through(one, per=per) for one in case.lenses]


def divided(asked: RestatementQuestion) -> dict[CountBasis, str]:
    """For each lens whose denominator no document prints, which numbers were divided for it."""
    if asked.case is None:
        return {}
    found: dict[CountBasis, str] = {}
    for lens in asked.case.lenses:
        basis = lens.basis
        if isinstance(basis, RateAndNumerator):
            numerator, rate = (
                asked.case.sayings[one.name] for one in (basis.numerator, basis.rate)
            )
            found[basis] = (
                f"our division of two sources: {quoted_text(numerator)}, {numerator.says} "
                f"({numerator.cited}), by {quoted_text(rate)}, {rate.says} ({rate.cited}); no "
                "document prints the denominator"
            )
    return found


def council_lenses(asked: RestatementQuestion) -> list[CouncilLens]:
    """Every council's figure under each denominator that published counts of the year make."""
    unit = str(asked.indicator.unit)
    if IntervalMethod(asked.indicator.interval) not in COUNTED or unit != "per_cent":
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
        found.append(
            CouncilLens(
                lens.label,
                lens.note,
                (rates[own_id], *counts[own_id]) if own_id in rates else None,
                rates.get(ENGLAND),
                len(compared),
                tuple(
                    (one.label, through_lenses.passing(compared, one, lowest_first=lowest))
                    for one in asked.milestones
                ),
            )
        )
    return found


def relations(asked: RestatementQuestion) -> tuple[Relation | None, list[Relation]]:
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
    if own.value is None and case and case.reported and case.reported.value:
        reported = case.reported.value
        now = float(reported.value)
        printed = quoted_number(reported, mine.measure)
        mine = mine._replace(
            value=now,
            reason="as documents quote it",
            why="the case quotes no such figure of the year before",
            quoted=("", printed),
        )
        if case.previous:
            before = float(case.previous.quoted.value)
            mine = mine._replace(
                previous=before,
                previous_period=f"{asked.year.shift(-1)} (quoted)",
                change=now - before,
                why="",
                quoted=(quoted_text(case.previous), printed),
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
    change: triangulate.IndicatorChange,
    year: FinancialYear,
    *,
    moves: str = "",
    reason: str = "",
    tally: str = "unknown",
) -> Relation:
    return Relation(
        measure_then(change.indicator, year),
        moves,
        reason,
        change.previous,
        str(change.previous_period or ""),
        change.value,
        change.change,
        change.why,
        tally,
    )


def evidence_through_years(
    asked: RestatementQuestion,
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
    return [measure_then(one, asked.year) for one in shown], lines


def _quoted_years(
    asked: RestatementQuestion,
) -> dict[FinancialYear, tuple[float | None, float | None]]:
    """The figures that the case quotes for the year and the one before, with the change."""
    case = asked.case
    if case is None or case.reported is None or case.reported.value is None:
        return {}
    now = float(case.reported.value.value)
    if case.previous is None:
        return {asked.year: (now, None)}
    before = float(case.previous.quoted.value)
    return {asked.year.shift(-1): (before, None), asked.year: (now, now - before)}


def scatter_choice(asked: RestatementQuestion) -> ScatterChoice | None:
    """Which two indicators and year to draw: those asked for, the case's, or the first relative."""
    case = asked.case
    if asked.second_indicator is None and case is not None and case.scatter is not None:
        return case.scatter
    why = (
        "A relative of the figure."
        if asked.second_indicator is None
        else "Set side by side as asked for."
    )
    wanted = (
        [asked.second_indicator]
        if asked.second_indicator
        else [asked.registers.indicators[r.indicator_id] for r in asked.indicator.relatives]
    )
    for one in wanted:
        found = triangulate.pairs(
            store.figures(), asked.registers, asked.indicator, one, asked.year
        )
        if len(found):
            return ScatterChoice(asked.indicator, one, asked.year, why)
    return None


def scatter_frames(
    asked: RestatementQuestion, chosen: ScatterChoice
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every council's two figures, and the council's own through the years."""
    figures, registers = store.figures(), asked.registers
    return (
        triangulate.pairs(figures, registers, chosen.x, chosen.y, chosen.year),
        triangulate.path(figures, registers, chosen.x, chosen.y, asked.council),
    )


def figures_used(asked: RestatementQuestion) -> pd.DataFrame:
    """The rows of the table in force that the page shows."""
    figures = store.figures()
    ids = {asked.indicator.indicator_id, *(r.indicator_id for r in asked.indicator.relatives)}
    chosen = scatter_choice(asked)
    if chosen is not None:
        ids |= {chosen.x.indicator_id, chosen.y.indicator_id}
    own = figures["area_id"] == asked.council.area_id
    return figures[own & figures["indicator_id"].isin(list(ids)) & figures["value"].notna()]
