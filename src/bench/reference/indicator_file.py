"""The YAML model of indicators.yaml, and its contradictions."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BeforeValidator, Field, ValidationError

from bench.errors import BenchError, RegisterError
from bench.project.files import CheckedReview, Name, StrictModel, Text, read_yaml
from bench.reference.indicator import (
    Breakdown,
    Framework,
    Indicator,
    IndicatorReview,
    IntervalMethod,
    Polarity,
    Relative,
    Together,
    Unit,
    YearSpan,
)
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _year(text: object) -> object:
    if text is None or isinstance(text, FinancialYear):
        return text
    try:
        return FinancialYear.parse(str(text))
    except BenchError as fault:
        raise ValueError(str(fault)) from fault


_Year = Annotated[FinancialYear, BeforeValidator(_year)]
_MaybeYear = Annotated[FinancialYear | None, BeforeValidator(_year)]
_Limit = Annotated[float, Field(strict=True, allow_inf_nan=False)]

# What a unit allows at most; an indicator's own limits lie within. A score has only its own.
_OF_UNIT: Final = {
    Unit.PER_CENT: (0.0, 100.0),
    Unit.PER_100K: (0.0, 100_000.0),
    Unit.COUNT: (0.0, inf),
}


class _Span(StrictModel):
    first: _MaybeYear = Field(None, alias="from")
    last: _MaybeYear = Field(None, alias="to")


class _Code(_Span):
    code: Text


class _Collection(_Span):
    name: Text


class _Places(_Span):
    places: int = Field(ge=0, le=6)


class _Decimals(StrictModel):
    default: int = Field(ge=0, le=6)
    spans: tuple[_Places, ...] = ()


class _DomainSpan(_Span):
    domains: dict[str, Text]


class _Framework(StrictModel):
    title: Text
    spans: tuple[_DomainSpan, ...] = ()


class _Breakdown(StrictModel):
    id: Text
    label: Text
    printed: tuple[str, ...] = ()


class _Relative(StrictModel):
    indicator: Text
    moves: Together
    reason: Text


class _Indicator(StrictModel):
    id: Name
    framework: Text
    title: Text
    short_title: Text
    counts: Text
    unit: Unit
    minimum: _Limit
    maximum: _Limit | None = None
    limits_source: str = ""
    polarity: Polarity
    polarity_source: Text
    polarity_note: str = ""
    collection: tuple[_Collection, ...]
    interval: IntervalMethod
    wilson_on_respondents: bool = False
    decimals: _Decimals
    codes: Annotated[tuple[_Code, ...], Field(min_length=1)]
    years: Annotated[tuple[_Year, ...], Field(min_length=1)]
    continues: str = ""
    part_of: str = ""
    relatives: tuple[_Relative, ...] = ()
    review: CheckedReview


class _IndicatorsFile(StrictModel):
    frameworks: dict[str, _Framework]
    breakdowns: tuple[_Breakdown, ...]
    indicators: tuple[_Indicator, ...]


def read_indicators(path: Path) -> tuple[list[Indicator], list[Breakdown]]:
    """Read indicators.yaml.

    Returns:
        The indicators and the breakdowns, in the order of the file.

    Raises:
        RegisterError: the file has unknown or missing fields, or contradicts itself; all its
            problems at once.
    """
    try:
        file = _IndicatorsFile.model_validate(read_yaml(path))
    except ValidationError as fault:
        raise RegisterError(*_told(path, fault)) from fault
    problems = list(_contradictions(file))
    if problems:
        raise RegisterError(*(f"{path}: {problem}" for problem in problems))
    frameworks = {
        key: Framework(
            key, entry.title, tuple(YearSpan(s.domains, s.first, s.last) for s in entry.spans)
        )
        for key, entry in file.frameworks.items()
    }
    return (
        [_indicator(entry, frameworks[entry.framework]) for entry in file.indicators],
        [Breakdown(entry.id, entry.label, entry.printed) for entry in file.breakdowns],
    )


def _indicator(entry: _Indicator, framework: Framework) -> Indicator:
    return Indicator(
        indicator_id=entry.id,
        framework=framework,
        title=entry.title,
        short_title=entry.short_title,
        counts=entry.counts,
        unit=entry.unit,
        minimum=entry.minimum,
        maximum=entry.maximum,
        limits_source=entry.limits_source,
        polarity=entry.polarity,
        polarity_source=entry.polarity_source,
        polarity_note=entry.polarity_note,
        collections=tuple(YearSpan(s.name, s.first, s.last) for s in entry.collection),
        interval=entry.interval,
        wilson_on_respondents=entry.wilson_on_respondents,
        default_decimals=entry.decimals.default,
        decimal_spans=tuple(YearSpan(s.places, s.first, s.last) for s in entry.decimals.spans),
        codes=tuple(YearSpan(s.code, s.first, s.last) for s in entry.codes),
        years=tuple(sorted(entry.years)),
        continues=entry.continues,
        review=IndicatorReview(
            entry.review.author,
            entry.review.checker,
            entry.review.reviewed,
            entry.review.next_review,
        ),
        relatives=tuple(Relative(r.indicator, r.moves, r.reason) for r in entry.relatives),
        part_of=entry.part_of,
    )


def _contradictions(file: _IndicatorsFile) -> Iterator[str]:
    ids = [entry.id for entry in file.indicators]
    for twice in sorted({key for key in ids if ids.count(key) > 1}):
        yield f"{twice} stands there twice."
    first_year = {entry.id: min(entry.years) for entry in file.indicators}
    for entry in file.indicators:
        if entry.continues and entry.continues not in first_year:
            yield f"{entry.id}: continues {entry.continues!r}, which is no indicator."
        elif entry.continues and first_year[entry.continues] >= first_year[entry.id]:
            yield f"{entry.id}: continues {entry.continues}, which did not begin before it."
        if entry.part_of and entry.part_of not in set(ids) - {entry.id}:
            yield f"{entry.id}: part of {entry.part_of!r}, which is no other indicator."
        yield from _of_limits(entry)
        related = [relative.indicator for relative in entry.relatives]
        for name in sorted(set(related)):
            if name not in first_year:
                yield f"{entry.id}: its relative {name!r} is no indicator."
            elif name == entry.id:
                yield f"{entry.id}: is its own relative."
            if related.count(name) > 1:
                yield f"{entry.id}: its relative {name} stands there twice."
        if entry.framework not in file.frameworks:
            yield f"{entry.id}: no framework {entry.framework!r}."
        if entry.review.next_review <= entry.review.reviewed:
            yield f"{entry.id}: the next review is not after the last."
        if entry.wilson_on_respondents and entry.unit is not Unit.PER_CENT:
            yield f"{entry.id}: Wilson on respondents is for percentages only."
        spans = [YearSpan(code.code, code.first, code.last) for code in entry.codes]
        for year in entry.years:
            if sum(span.holds(year) for span in spans) != 1:
                yield f"{entry.id}: not one code, but another number of them, in {year}."


def _of_limits(entry: _Indicator) -> Iterator[str]:
    least, most = entry.minimum, inf if entry.maximum is None else entry.maximum
    if least >= most:
        yield f"{entry.id}: its minimum {least:,g} is not below its maximum {most:,g}."
    if entry.maximum is None and entry.unit is not Unit.COUNT:
        yield f"{entry.id}: has no maximum; only a count is without one."
    lowest, highest = _OF_UNIT.get(entry.unit, (-inf, inf))
    if least < lowest or most > highest:
        allowed = f"{lowest:,g} or more" if highest == inf else f"{lowest:,g} to {highest:,g}"
        yield f"{entry.id}: limits outside what the unit {entry.unit} allows, {allowed}."
    if not entry.limits_source and (
        entry.unit not in _OF_UNIT or (least, most) != (lowest, highest)
    ):
        yield f"{entry.id}: its limits are not those of its unit, and no limits_source says why."


def _told(path: Path, fault: ValidationError) -> Iterator[str]:
    for error in fault.errors():
        place = ".".join(str(part) for part in error["loc"])
        yield f"{path}: {place}: {error['msg']} (found {error['input']!r:.60})."
