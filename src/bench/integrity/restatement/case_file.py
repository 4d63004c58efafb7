"""The YAML model of a case, params/integrity/<name>.yaml, and its contradictions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bench.integrity.restatement.criteria import Mark
from bench.integrity.restatement.restate import Confidence
from bench.project.files import Name, Review, StrictModel, Text
from bench.reference.indicator import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator


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
