"""The figure to be restated: its counts, its case if any, its place, and values for tables."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from bench.errors import BenchError, ParameterError, Problems, RegisterError, UnknownNameError
from bench.integrity.restatement.case import CaseFile, resolve
from bench.integrity.restatement.counts import Counted, Quoted
from bench.integrity.restatement.denominators import PublishedLens
from bench.integrity.restatement.placement import COUNTED, Place
from bench.integrity.restatement.restate import Reported
from bench.judge.figure import NO_ROW, by_indicator, fault, no_figure
from bench.judge.intervals import exact
from bench.judge.published_row import Measure, measure_of, printed_share
from bench.pages import choices, milestones, store
from bench.pages.restatement.sections import (
    AdjustedFigure,
    ComparedCount,
    of_value,
    passed_text,
    quoted_text,
)
from bench.project.files import StrictModel, read_model
from bench.published import sources
from bench.reference import FinancialYear
from bench.reference.indicator import PER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.integrity.restatement.case import Reclassification, RestatementCase
    from bench.integrity.restatement.counts import RoundingRange
    from bench.integrity.restatement.denominators import DenominatorFigure
    from bench.integrity.restatement.placement import Milestone, Placement
    from bench.integrity.restatement.restate import Adjustment, Restated
    from bench.judge.figure import FigureInForce
    from bench.judge.rag import Verdict
    from bench.judge.year_table import YearTable
    from bench.reference import Council, Indicator, Registers

AUTO, NONE, ALL = "auto", "none", "all"
_PER_CENT = 100


class _LensSettings(StrictModel):
    indicator: str
    label: str
    numerator: Annotated[tuple[str, ...], Field(min_length=1)]
    denominator: Annotated[tuple[str, ...], Field(min_length=1)]
    note: str = ""


class RestatementSettings(StrictModel):
    """params/integrity.yaml: what is tried, whichever figure it is."""

    numerator_changes: Annotated[tuple[int, ...], Field(min_length=1)]
    denominator_changes: Annotated[tuple[int, ...], Field(min_length=1)]
    lenses: tuple[_LensSettings, ...] = ()

    def of(self, indicator_id: str) -> list[PublishedLens]:
        """The denominators for an indicator, that of its own definition first."""
        own = PublishedLens("As published", (indicator_id,), (indicator_id,))
        others = (one for one in self.lenses if one.indicator == indicator_id)
        return [own, *(PublishedLens(o.label, o.numerator, o.denominator, o.note) for o in others)]


@dataclass(frozen=True)
class RestatementQuestion:
    """One figure and how it is put to the test.

    Attributes:
        council, indicator, year: whose figure.
        case: how else it could have been counted; None where no case says.
        reported: the figure's counts; None where there are none.
        limit: why there are none, or what is to be known of them; "" for nothing.
        place: where it stands in its year's table; None where it does not.
        without: why it does not; "" where it does.
        adjustments: those asked for, in order.
        milestones: figures to be reached.
        lapsed: milestones that were set for another year or definition; nothing passes them.
        second_indicator: the indicator to set beside it; None for the usual one.
        table: the year's figures.
        settings: what is tried.
        peers: peer model.
    """

    council: Council
    indicator: Indicator
    year: FinancialYear
    case: RestatementCase | None
    reported: Reported | None
    limit: str
    place: Place | None
    without: str
    adjustments: tuple[Adjustment, ...]
    milestones: tuple[Milestone, ...]
    lapsed: tuple[Milestone, ...]
    second_indicator: Indicator | None
    table: YearTable
    settings: RestatementSettings
    peers: str

    @property
    def registers(self) -> Registers:
        """Councils, indicators, breaks and peers."""
        return self.table.registers


@dataclass(frozen=True, slots=True)
class Restating:
    """How a figure is to be put to the test, in words; see `bench.scrutiny`."""

    case: str
    adjustments: str
    milestone: str
    second_indicator: str


def ask(
    council: str | None,
    indicator: str,
    year: str | None,
    restating: Restating,
    *,
    peers: str | None,
    rule: str | None,
) -> RestatementQuestion:
    """Resolve what is asked; the words are those of `bench.scrutiny`.

    Raises:
        UnknownNameError: A council, indicator, year, case, adjustment, peer model or rule that is
            not known.
        ParameterError: A case about another figure, a milestone that is no number, or a year in
            which there was no such council.
        RegisterError: A case file that does not fit.
    """
    root, registers = sources.project_root(), sources.reference()
    second = restating.second_indicator
    wanted = registers.councils.find(council or choices.default_council())
    named = registers.indicators.find(indicator, _parsed(year))
    chosen = _year(year, named)
    choices.check_exists(wanted, chosen)
    found = _case(restating.case, root, registers, wanted, named, chosen)
    table = store.year_table(chosen, choices.rules_for(rule))
    model = peers or choices.default_peers()
    figures = store.figures()
    own = by_indicator(figures[figures["area_id"] == wanted.area_id], within="period")
    printed = own.get(named.indicator_id, {}).get(str(chosen), NO_ROW)
    place, without = _place(table, named, wanted, chosen, model)
    if found is not None and found.reported is not None:
        reported: Reported | None = found.reported
        limit = ""
    else:
        reported, limit = published(named, chosen, printed)
    asked = _milestones(restating.milestone, found, named)
    return RestatementQuestion(
        council=wanted,
        indicator=named,
        year=chosen,
        case=found,
        reported=reported,
        limit=limit,
        place=place,
        without=without,
        adjustments=_adjustments(restating.adjustments, found),
        milestones=tuple(one for one in asked if one.holds(named.indicator_id, chosen)),
        lapsed=tuple(one for one in asked if not one.holds(named.indicator_id, chosen)),
        second_indicator=registers.indicators.find(second, chosen) if second else None,
        table=table,
        settings=_settings(root, registers),
        peers=model,
    )


def _settings(root: Path, registers: Registers) -> RestatementSettings:
    path = root / "params" / "integrity.yaml"
    settings = read_model(path, RestatementSettings)
    problems = Problems(RegisterError, str(path), mend="correct the entries named above.")
    for lens in settings.lenses:
        for name in (lens.indicator, *lens.numerator, *lens.denominator):
            if name not in registers.indicators:
                problems.add(f"lenses > {lens.label}: no indicator {name!r}.")
    for field in ("numerator_changes", "denominator_changes"):
        if min(getattr(settings, field)) <= -_PER_CENT:
            problems.add(f"{field}: -100% and less leaves nobody.")
    problems.raise_if_any()
    return settings


def case_names(root: Path) -> list[str]:
    """The cases of params/integrity, by name."""
    return sorted(path.stem for path in (root / "params" / "integrity").glob("*.yaml"))


def _parsed(year: str | None) -> FinancialYear | None:
    try:
        return FinancialYear.parse(year or "")
    except BenchError:
        return None  # "latest", or refused below


def _year(year: str | None, indicator: Indicator) -> FinancialYear:
    """A year for which the indicator was published, whether or not its table is held."""
    known = _parsed(year)
    if known is None:
        known = choices.choose_year(year)
    if not indicator.published_in(known):
        years = ", ".join(str(one) for one in indicator.years)
        raise ParameterError(
            f"{indicator.indicator_id} was not published for {known}.",
            mend=f"its years are {years}.",
        )
    return known


def _case(
    name: str,
    root: Path,
    registers: Registers,
    council: Council,
    indicator: Indicator,
    year: FinancialYear,
) -> RestatementCase | None:
    """The case named; for "auto" the one about this very figure, if there is one."""
    if name == NONE:
        return None
    names = case_names(root)
    if name not in (AUTO, *names):
        raise UnknownNameError("case", name, (AUTO, NONE, *names), where="params/integrity")
    for one in names if name == AUTO else (name,):
        path = root / "params" / "integrity" / f"{one}.yaml"
        case = resolve(read_model(path, CaseFile), registers, path)
        about = (case.council, case.indicator, case.year)
        if about == (council, indicator, year) and not (name == AUTO and case.example):
            return case
        if name != AUTO:
            raise ParameterError(
                f"The case {name} is about {case.council.name}, {case.indicator.indicator_id}, "
                f"{case.year}; found {council.name}, {indicator.indicator_id}, {year}.",
                mend='give case as "auto" or "none", or ask for its own council and year.',
            )
    return None


def _place(
    table: YearTable, indicator: Indicator, council: Council, year: FinancialYear, model: str
) -> tuple[Place | None, str]:
    field = table.field(indicator.indicator_id)
    if not len(field):
        return None, (
            f"No table by council of {year} is held, so that there is neither a rank nor a verdict."
        )
    group = table.registers.peers.group(model, council, year)
    row = next((r for r in table.rows(council, group) if r.indicator == indicator), None)
    if row is None or row.value is None:
        return None, (
            f"{council.name} has no figure in the table of {year}, so that there is neither a rank "
            "nor a verdict."
        )
    reason = "" if row.vs_peers.compared or row.vs_england.compared else f"{row.reason}"
    return Place(row, council, field, table.rules, table.funnel(indicator)), reason


def _adjustments(wanted: str, case: RestatementCase | None) -> tuple[Adjustment, ...]:
    by_id = {one.adjustment_id: one for one in (case.adjustments if case else ())}
    if wanted == ALL:
        return tuple(by_id.values())
    names = [name.strip() for name in wanted.split(";") if name.strip() not in ("", NONE)]
    for name in names:
        if name not in by_id:
            raise UnknownNameError("adjustment", name, by_id or [ALL, NONE])
    if len(set(names)) < len(names):
        raise ParameterError("An adjustment stands twice in the list.", mend="name each once.")
    return tuple(by_id[name] for name in names)


def _milestones(
    wanted: str, case: RestatementCase | None, indicator: Indicator
) -> tuple[Milestone, ...]:
    """The one asked for, else those of the case, else those that documents set."""
    if wanted:
        return (milestones.chosen(wanted, indicator),)
    return case.milestones if case is not None else milestones.set_by_documents(indicator)


_ROUNDED_TO = 5


def published(
    indicator: Indicator, year: FinancialYear, printed: FigureInForce
) -> tuple[Reported | None, str]:
    """The published figure with its counts, or why it has none that can be reckoned with."""
    if printed.value is None:
        return None, f"For {year} {no_figure(printed)}. There is nothing to restate."
    if indicator.interval not in COUNTED:
        return None, (
            "This figure does not come from counts of people. Surveys ask some and not all, and "
            "their counts are estimates; a few measures print no counts at all. So no page can say "
            "what it would be if people were counted in another way."
        )
    if printed.numerator is None or printed.denominator is None:
        return None, (
            f"Only the outcome of {year} is held, without its numerator and denominator. So it "
            "cannot be said what it would be if people were counted in another way. Years with "
            "counts are 2014-15 to 2018-19, 2020-21 and 2024-25."
        )
    if reason := fault(printed, indicator):
        return None, f"The figure cannot be restated as it is printed: {reason}."
    per = PER[str(indicator.unit)]
    step = _step(indicator, year)
    reported = Reported(
        Counted(
            Quoted("published_numerator", exact(printed.numerator), step),
            Quoted("published_denominator", exact(printed.denominator), step),
        ),
        per,
        Quoted(
            "published_figure",
            exact(printed.value),
            Fraction(1, 10 ** indicator.decimals(year)),
        ),
    )
    quotient = reported.quotient()
    low, high = reported.value.ends if reported.value else (quotient.lower, quotient.upper)
    if quotient.upper < low or high < quotient.lower:
        return reported, (
            "The printed figure is not what the printed counts come to, even allowing for "
            "rounding. The steps below start from the counts."
        )
    return reported, ""


def _step(indicator: Indicator, year: FinancialYear) -> Fraction:
    """5 where every council's printed counts of the year are multiples of 5, else 0: exact.

    Areas above councils are left out: some files print them more exactly.
    """
    figures = store.figures()
    councils = {one.area_id for one in sources.reference().councils.in_year(year)}
    of_year = figures[
        (figures["indicator_id"] == indicator.indicator_id)
        & (figures["period"] == str(year))
        & figures["area_id"].isin(list(councils))
    ]
    counts = of_year[["numerator", "denominator"]].stack().dropna()
    return Fraction(_ROUNDED_TO if (counts % _ROUNDED_TO == 0).all() else 0)


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
        else f"set for {milestones.set_for(one)}"
        for one in wanted
    ]


def record(of: AdjustedFigure) -> dict[str, Any]:
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
            f"{one.label}{f' ({one.terms})' if one.terms else ''}, for {milestones.set_for(one)}"
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


def vs_england(asked: RestatementQuestion) -> bool:
    """Whether the figure is compared with England."""
    return asked.place is not None and asked.place.row.vs_england.compared
