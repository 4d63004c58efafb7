"""A case of restatement with every name resolved.

It holds a council's figure, how else it could have been counted, and the documents that say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from bench.errors import BenchError, Problems, RegisterError
from bench.integrity.restatement.case_file import CaseFile, contradictions
from bench.integrity.restatement.counts import (
    CountBasis,
    Counted,
    Quoted,
    RateAndDenominator,
    RateAndNumerator,
    Solved,
)
from bench.integrity.restatement.criteria import CountedGroup, Criterion, Marked
from bench.integrity.restatement.denominators import Lens
from bench.integrity.restatement.placement import Milestone
from bench.integrity.restatement.restate import Adjustment, Confidence, CountPart, Move, Reported
from bench.reference.indicator import PER
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from bench.integrity.restatement.case_file import CountsEntry
    from bench.reference import Council, Indicator, Registers


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
