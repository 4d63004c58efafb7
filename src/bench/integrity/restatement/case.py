"""A case of restatement: params/integrity/<name>.yaml, and the same with every name resolved.

It holds a council's figure, how else it could have been counted, and the documents that say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bench.errors import BenchError, Problems, RegisterError
from bench.integrity.restatement.counts import (
    CountBasis,
    Counted,
    Quoted,
    RateAndDenominator,
    RateAndNumerator,
    Solved,
)
from bench.integrity.restatement.criteria import CountedGroup, Criterion, Mark, Marked
from bench.integrity.restatement.denominators import Lens
from bench.integrity.restatement.placement import Milestone
from bench.integrity.restatement.restate import Adjustment, Confidence, CountPart, Move, Reported
from bench.project.files import Name, Review, StrictModel, Text
from bench.reference.indicator import PER, Unit
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from bench.reference import Council, Indicator, Registers


class _Quoted(StrictModel):
    """A number as a document prints it; `rounded_to` is the step: 1 for 33%, 0 where exact.

    `where` is the section; of several documents, both are separated by "; " in the same order.
    """

    value: Decimal = Field(ge=0)
    rounded_to: Decimal = Field(Decimal(0), ge=0)
    unit: Unit
    says: Text
    source: Text
    where: str = ""


class CountsEntry(StrictModel):
    """Where numerator and denominator come from: two of the first three, or a rate and another.

    With `other_rate`, the same numerator is also printed over a denominator that has so many
    `more` people, or so many `fewer`.
    """

    rate: Name | None = None
    numerator: Name | None = None
    denominator: Name | None = None
    other_rate: Name | None = None
    more: Name | None = None
    fewer: Name | None = None

    @property
    def given(self) -> frozenset[str]:
        """The fields that are there."""
        return frozenset(name for name in CountsEntry.model_fields if getattr(self, name))


class _Adjustment(StrictModel):
    id: Name
    label: Text
    numerator_out: Name | None = None
    numerator_in: Name | None = None
    denominator_out: Name | None = None
    denominator_in: Name | None = None
    source: Text
    confidence: Confidence
    moved_to: str = ""
    note: str = ""

    @property
    def moves(self) -> dict[str, str]:
        """The quoted number behind each move."""
        names = ("numerator_out", "numerator_in", "denominator_out", "denominator_in")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


class _Reclassification(StrictModel):
    """People of the numerator who may be of another kind; the figure stays as it is.

    `raises` is the indicator that counts that kind alone, a part of the case's own.
    """

    id: Name
    label: Text
    people: Name
    raises: Text
    source: Text
    confidence: Confidence
    note: str = ""


class _Comparison(StrictModel):
    """Another count of people, such as a target, to set over the reported denominator."""

    people: Name
    label: Text
    note: str = ""


class _Beside(StrictModel):
    """A figure that a document quotes, to stand beside the one after these adjustments."""

    after: tuple[Name, ...]
    figure: Name
    label: Text


class _Milestone(StrictModel):
    """A figure that was to be reached; it holds for `indicator` in `year` and before.

    Without the two it holds for the case's own figure.
    """

    figure: Name
    label: Text
    indicator: str = ""
    year: str = ""


class _Criterion(StrictModel):
    id: Name
    text: Text


class _Mark(StrictModel):
    mark: Mark
    evidence: Text


class _Group(StrictModel):
    label: Text
    people: Name | None = None
    marks: dict[str, _Mark]


class _Criteria(StrictModel):
    source: Text
    note: str = ""
    criteria: Annotated[tuple[_Criterion, ...], Field(min_length=1)]
    groups: Annotated[tuple[_Group, ...], Field(min_length=1)]


class _LensEntry(StrictModel):
    """The same people over another denominator; `indicator` and `year` say whose figure it is."""

    whose: Text
    label: Text
    indicator: str = ""
    year: str = ""
    counts: CountsEntry
    could_be_counted: Name | None = None
    comparator: Name | None = Field(None, alias="beside")
    note: str = ""


class _Forecast(StrictModel):
    """What a document expects somebody to reach under a denominator; no limit for anybody."""

    figure: Name
    label: Text


class _Scatter(StrictModel):
    x: Text
    y: Text
    year: Text
    why: Text


class CaseFile(StrictModel):
    """One case: a council's figure of a year, and how else it could have been counted.

    An `example` says "what if" rather than what a document says: it is shown only when asked for.
    """

    title: Text
    council: Text
    indicator: Text
    year: Text
    story: Text
    example: bool = False
    quoted: dict[Name, _Quoted]
    reported: CountsEntry | None = None
    adjustments: tuple[_Adjustment, ...] = ()
    reclassifications: tuple[_Reclassification, ...] = ()
    compared: tuple[_Comparison, ...] = ()
    comparators: tuple[_Beside, ...] = Field((), alias="beside")
    previous: Name | None = None
    milestones: tuple[_Milestone, ...] = ()
    criteria: _Criteria | None = None
    lenses: tuple[_LensEntry, ...] = ()
    forecasts: tuple[_Forecast, ...] = ()
    scatter: _Scatter | None = None
    review: Review


_SHAPES = (
    {"numerator", "denominator"},
    {"rate", "numerator", "denominator"},
    {"rate", "denominator"},
    {"rate", "numerator"},
    {"rate", "other_rate", "more"},
    {"rate", "other_rate", "fewer"},
)
_RATES = ("rate", "other_rate")


def contradictions(file: CaseFile) -> Iterator[str]:
    """Everything that a case says against itself."""
    for name, number in file.quoted.items():
        if number.where and number.where.count("; ") != number.source.count("; "):
            yield f"quoted > {name}: each document of the source has one place in where"
    adjustments = [one.id for one in file.adjustments]
    for twice in sorted({name for name in adjustments if adjustments.count(name) > 1}):
        yield f"adjustments: {twice!r} stands there twice"
    if file.reported is not None:
        yield from _counts(file, file.reported, "reported")
    for one in file.adjustments:
        where = f"adjustments > {one.id}"
        if not one.moves:
            yield f"{where}: it moves nobody"
        for name in one.moves.values():
            yield from _named(file, name, where, rate=False)
    for kind in file.reclassifications:
        yield from _named(file, kind.people, f"reclassifications > {kind.id}", rate=False)
    for count in file.compared:
        yield from _named(file, count.people, f"compared > {count.label}", rate=False)
    for beside in file.comparators:
        where = f"beside > {beside.label}"
        yield from _named(file, beside.figure, where, rate=True)
        for name in beside.after:
            if name not in adjustments:
                yield f"{where}: no adjustment {name!r}"
    single = [("previous", file.previous)] if file.previous else []
    single += [(f"milestones > {one.label}", one.figure) for one in file.milestones]
    single += [(f"forecasts > {one.label}", one.figure) for one in file.forecasts]
    for where, name in single:
        yield from _named(file, name, where, rate=True)
    for lens in file.lenses:
        where = f"lenses > {lens.label}"
        yield from _counts(file, lens.counts, where)
        if lens.could_be_counted:
            yield from _named(file, lens.could_be_counted, where, rate=False)
        if lens.comparator:
            yield from _named(file, lens.comparator, where, rate=True)
    yield from _marks(file)


def _counts(file: CaseFile, entry: CountsEntry, where: str) -> Iterator[str]:
    if entry.given not in _SHAPES:
        shapes = "; ".join(" + ".join(sorted(shape)) for shape in _SHAPES)
        yield f"{where}: found {' + '.join(sorted(entry.given)) or 'nothing'}, expected {shapes}"
    for field in sorted(entry.given):
        yield from _named(file, getattr(entry, field), where, rate=field in _RATES)


def _named(file: CaseFile, name: str, where: str, *, rate: bool) -> Iterator[str]:
    if name not in file.quoted:
        yield f"{where}: nothing is quoted under {name!r}"
    elif rate == (file.quoted[name].unit is Unit.COUNT):
        wanted = "a rate" if rate else "a count"
        yield f"{where}: {name} is {file.quoted[name].unit.value}, expected {wanted}"


def _marks(file: CaseFile) -> Iterator[str]:
    if file.criteria is None:
        return
    wanted = [one.id for one in file.criteria.criteria]
    for group in file.criteria.groups:
        where = f"criteria > {group.label}"
        if group.people:
            yield from _named(file, group.people, where, rate=False)
        for name in wanted:
            if name not in group.marks:
                yield f"{where}: no mark for {name}"
        for name in group.marks:
            if name not in wanted:
                yield f"{where}: no criterion {name!r}"


@dataclass(frozen=True, slots=True)
class Saying:
    """What a document says with a number, which document, and where in it.

    `source` and `where` name several documents and their sections in one order, with "; " between.
    """

    quoted: Quoted
    unit: str
    says: str
    source: str
    where: str = ""

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Each document with the section; "" where none is given."""
        documents = self.source.split("; ")
        sections = self.where.split("; ") if self.where else [""] * len(documents)
        return tuple(zip(documents, sections, strict=True))

    @property
    def cited(self) -> str:
        """The documents, each with its section."""
        return "; ".join(
            f"{document}, {section}" if section else document for document, section in self.places
        )


@dataclass(frozen=True, slots=True)
class QuotedComparator:
    """A quoted figure that stands beside the one after these adjustments."""

    after: frozenset[str]
    figure: Saying
    label: str


@dataclass(frozen=True, slots=True)
class Reclassification:
    """People of the numerator who may be of another kind, which another indicator counts alone.

    The figure counts both kinds, so that it does not change.

    Attributes:
        label: in words, as a row of the table.
        people: how many at most.
        raises: the indicator of that kind, a part of the figure's own.
        source: the document.
        confidence: how sure it is.
        note: what else is to be known; "" for nothing.
    """

    label: str
    people: Saying
    raises: Indicator
    source: str
    confidence: Confidence
    note: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Another count of people, such as a target, to set over the reported denominator."""

    people: Saying
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """A figure that a document expects somebody to reach under a denominator."""

    figure: Saying
    label: str


@dataclass(frozen=True, slots=True)
class ScatterChoice:
    """Two indicators and a year to draw, and why these."""

    x: Indicator
    y: Indicator
    year: FinancialYear
    why: str


@dataclass(frozen=True, slots=True)
class RestatementCase:
    """A case file as values.

    Attributes:
        name: the file's name without its ending.
        title, story: what it is about, in a line and in a few sentences.
        example: it says "what if", and no document says so.
        council, indicator, year: whose figure.
        sayings: every quoted number, by its name.
        reported: the figure's counts; None where the published ones are meant.
        adjustments: in order of the file.
        reclassifications: people whose kind may change without changing the figure.
        compared: other counts to set over the reported denominator.
        comparators: quoted figures to compare with.
        previous: the figure of the year before, as quoted; None where none is.
        milestones: figures to be reached.
        criteria, groups, criteria_source, criteria_note: the criteria test; empty where there is
            none.
        lenses, forecasts: other denominators, and what documents expect under them.
        scatter: which two indicators to draw; None for the usual ones.
        reviewed: by whom and when.
    """

    name: str
    title: str
    story: str
    example: bool
    council: Council
    indicator: Indicator
    year: FinancialYear
    sayings: Mapping[str, Saying]
    reported: Reported | None
    adjustments: tuple[Adjustment, ...]
    reclassifications: tuple[Reclassification, ...]
    compared: tuple[Comparison, ...]
    comparators: tuple[QuotedComparator, ...]
    previous: Saying | None
    milestones: tuple[Milestone, ...]
    criteria: tuple[Criterion, ...]
    groups: tuple[CountedGroup, ...]
    criteria_source: str
    criteria_note: str
    lenses: tuple[Lens, ...]
    forecasts: tuple[Forecast, ...]
    scatter: ScatterChoice | None
    reviewed: str


def resolve(file: CaseFile, registers: Registers, path: Path) -> RestatementCase:
    """A case file as values.

    Args:
        file: What the file holds.
        registers: Councils and indicators that it may name.
        path: Where it lies, for messages.

    Raises:
        RegisterError: It names what no register holds, or contradicts itself; all that is wrong
            at once.
    """
    problems = Problems(RegisterError, str(path), mend="correct the entries named above.")
    for problem in contradictions(file):
        problems.add(f"{problem}.")
    names = {"indicator": file.indicator}
    names |= {f"adjustments > {a.id}": a.moved_to for a in file.adjustments if a.moved_to}
    names |= {f"reclassifications > {one.id}": one.raises for one in file.reclassifications}
    if file.scatter is not None:
        names |= {"scatter > x": file.scatter.x, "scatter > y": file.scatter.y}
    for problem in _same_numerator(file, registers):
        problems.add(f"{problem}.")
    names |= {f"milestones > {m.label}": m.indicator for m in file.milestones if m.indicator}
    names |= {f"lenses > {one.label}": one.indicator for one in file.lenses if one.indicator}
    years = {"year": file.year}
    years |= {f"milestones > {m.label}": m.year for m in file.milestones if m.year}
    years |= {f"lenses > {one.label}": one.year for one in file.lenses if one.year}
    if file.scatter is not None:
        years["scatter > year"] = file.scatter.year
    for where, name in names.items():
        if name not in registers.indicators:
            problems.add(f"{where}: no indicator {name!r}.")
    for where, text in years.items():
        try:
            FinancialYear.parse(text)
        except BenchError as error:
            problems.add(f"{where}: {error.problems[0]}")
    try:
        registers.councils.find(file.council)
    except BenchError as error:
        problems.add(f"council: {error}")
    problems.raise_if_any()
    return _resolved(file, registers, path.stem)


def _same_numerator(file: CaseFile, registers: Registers) -> Iterator[str]:
    """Adjustments that take out whom the figure counts all the same, and kinds that are no part."""
    indicators = registers.indicators
    if file.indicator not in indicators:
        return
    own = indicators[file.indicator]
    for one in file.adjustments:
        if one.moved_to not in indicators:
            continue
        there = indicators[one.moved_to]
        if _part_of(there, own, registers):
            yield (
                f"adjustments > {one.id}: moved_to {there.indicator_id} is part of the numerator "
                f"of {own.indicator_id}: who counts in the one counts in the other too, so that "
                "nobody leaves its numerator; write a reclassification, which leaves the figure "
                "as it is"
            )
    for kind in file.reclassifications:
        if kind.raises not in indicators:
            continue
        there = indicators[kind.raises]
        if there == own or not _part_of(there, own, registers):
            yield (
                f"reclassifications > {kind.id}: {there.indicator_id} is no part of "
                f"{own.indicator_id}; write an adjustment with moved_to"
            )


def _part_of(part: Indicator, whole: Indicator, registers: Registers) -> bool:
    """Whether all whom an indicator counts are counted in the other, under any of its names."""
    lineage = registers.indicators.lineage
    wholes = {
        other.indicator_id
        for other in registers.indicators
        if whole in lineage(other) or other in lineage(whole)
    }
    seen: set[str] = set()
    name = part.indicator_id
    while name and name not in seen:
        if name in wholes:
            return True
        seen.add(name)
        name = registers.indicators[name].part_of or ""
    return False


def _resolved(file: CaseFile, registers: Registers, name: str) -> RestatementCase:
    indicator = registers.indicators[file.indicator]
    per = PER.get(str(indicator.unit), 1)
    sayings = {
        key: Saying(
            Quoted(key, Fraction(one.value), Fraction(one.rounded_to)),
            one.unit.value,
            one.says,
            one.source,
            one.where,
        )
        for key, one in file.quoted.items()
    }
    numbers = {key: one.quoted for key, one in sayings.items()}
    reported = None
    if file.reported is not None:
        rate = numbers[file.reported.rate] if file.reported.rate else None
        reported = Reported(_basis(file.reported, numbers, per), per, rate)
    return RestatementCase(
        name=name,
        title=file.title,
        story=file.story,
        example=file.example,
        council=registers.councils.find(file.council),
        indicator=indicator,
        year=FinancialYear.parse(file.year),
        sayings=sayings,
        reported=reported,
        adjustments=tuple(
            Adjustment(
                one.id,
                one.label,
                tuple(_move(key, numbers[people]) for key, people in one.moves.items()),
                one.source,
                one.confidence,
                one.moved_to,
                one.note,
            )
            for one in file.adjustments
        ),
        reclassifications=tuple(
            Reclassification(
                one.label,
                sayings[one.people],
                registers.indicators[one.raises],
                one.source,
                one.confidence,
                one.note,
            )
            for one in file.reclassifications
        ),
        compared=tuple(
            Comparison(sayings[one.people], one.label, one.note) for one in file.compared
        ),
        comparators=tuple(
            QuotedComparator(frozenset(one.after), sayings[one.figure], one.label)
            for one in file.comparators
        ),
        previous=sayings[file.previous] if file.previous else None,
        milestones=tuple(
            Milestone(
                numbers[one.figure].value,
                one.label,
                sayings[one.figure].cited,
                one.indicator or indicator.indicator_id,
                FinancialYear.parse(one.year or file.year),
            )
            for one in file.milestones
        ),
        criteria=tuple(Criterion(one.id, one.text) for one in file.criteria.criteria)
        if file.criteria
        else (),
        groups=tuple(
            CountedGroup(
                one.label,
                numbers[one.people] if one.people else None,
                {key: Marked(mark.mark, mark.evidence) for key, mark in one.marks.items()},
            )
            for one in file.criteria.groups
        )
        if file.criteria
        else (),
        criteria_source=file.criteria.source if file.criteria else "",
        criteria_note=file.criteria.note if file.criteria else "",
        lenses=tuple(
            Lens(
                one.whose,
                one.label,
                _basis(one.counts, numbers, per),
                "; ".join(
                    dict.fromkeys(
                        sayings[getattr(one.counts, key)].cited for key in sorted(one.counts.given)
                    )
                ),
                numbers[one.could_be_counted] if one.could_be_counted else None,
                numbers[one.comparator] if one.comparator else None,
                one.note,
                one.indicator or indicator.indicator_id,
                FinancialYear.parse(one.year or file.year),
            )
            for one in file.lenses
        ),
        forecasts=tuple(Forecast(sayings[one.figure], one.label) for one in file.forecasts),
        scatter=ScatterChoice(
            registers.indicators[file.scatter.x],
            registers.indicators[file.scatter.y],
            FinancialYear.parse(file.scatter.year),
            file.scatter.why,
        )
        if file.scatter
        else None,
        reviewed=f"{file.review.author}, {file.review.reviewed}",
    )


def _move(key: str, people: Quoted) -> Move:
    part, _, way = key.partition("_")
    return Move(CountPart(part), 1 if way == "in" else -1, people)


def _basis(entry: CountsEntry, numbers: Mapping[str, Quoted], per: int) -> CountBasis:
    found = {name: numbers[getattr(entry, name)] for name in entry.given}
    if "other_rate" in found:
        sign = 1 if "more" in found else -1
        people = found["more"] if sign == 1 else found["fewer"]
        return Solved(found["rate"], found["other_rate"], people, per, sign)
    if {"numerator", "denominator"} <= found.keys():
        return Counted(found["numerator"], found["denominator"])
    if "denominator" in found:
        return RateAndDenominator(found["rate"], found["denominator"], per)
    return RateAndNumerator(found["rate"], found["numerator"], per)
