"""Indicators by one stable id through every renaming, as indicators.yaml holds them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BeforeValidator, Field, ValidationError

from bench.errors import RegisterError, UnknownNameError, nearest
from bench.project.files import CheckedReview, Name, StrictModel, Text, read_yaml
from bench.reference.areas import folded
from bench.reference.indicator import (
    Breakdown,
    Framework,
    Indicator,
    IntervalMethod,
    Polarity,
    Relative,
    Together,
    Unit,
    YearSpan,
    code_key,
    code_order,
)
from bench.reference.periods import FinancialYear, written_year

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


class Indicators:
    """The register of indicators and of their breakdowns."""

    def __init__(self, indicators: Iterable[Indicator], breakdowns: Iterable[Breakdown]) -> None:
        self._by_id = {entry.indicator_id: entry for entry in indicators}
        self.breakdowns = {entry.breakdown_id: entry for entry in breakdowns}
        self._printed = {
            _label(printed): entry.breakdown_id
            for entry in self.breakdowns.values()
            for printed in entry.printed
        }
        self._by_code: dict[str, list[Indicator]] = defaultdict(list)
        for entry in self:
            for key in {code_key(span.value) for span in entry.codes}:
                self._by_code[key].append(entry)

    @classmethod
    def read(cls, folder: Path) -> Indicators:
        """Read indicators.yaml.

        Args:
            folder: the folder that holds it.

        Raises:
            RegisterError: the file is absent or contradicts itself; all its problems at once.
        """
        path = folder / "indicators.yaml"
        register = cls(*read_indicators(path))
        problems = [
            f"{path}: code {first.code(year)} of {year} stands for {first.indicator_id}"
            f" and {second.indicator_id}."
            for sharing in register._by_code.values()
            for place, first in enumerate(sharing)
            for second in sharing[place + 1 :]
            for year in first.years
            if year in second.years and code_key(first.code(year)) == code_key(second.code(year))
        ]
        if problems:
            raise RegisterError(*problems)
        return register

    def __getitem__(self, indicator_id: str) -> Indicator:
        try:
            return self._by_id[indicator_id]
        except KeyError:
            raise UnknownNameError("indicator", indicator_id, self._by_id) from None

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, indicator_id: object) -> bool:
        return indicator_id in self._by_id

    def lineage(self, indicator: Indicator) -> tuple[Indicator, ...]:
        """The indicators that asked its question before it, the oldest first, and itself."""
        chain = [indicator]
        while chain[0].continues:
            chain.insert(0, self[chain[0].continues])
        return tuple(chain)

    def knows(self, year: FinancialYear) -> bool:
        """Whether any framework published an indicator for the year."""
        return bool(self.in_year(year, framework=None))

    def following(self, follows: Mapping[FinancialYear, FinancialYear]) -> Indicators:
        """The register with years that it does not hold, each after the framework of another.

        Args:
            follows: the year and the one whose indicators, codes and reviews it takes over; a
                year that the register knows by now is left as it is.
        """
        new = {year: followed for year, followed in follows.items() if not self.knows(year)}

        def years(entry: Indicator) -> tuple[FinancialYear, ...]:
            more = {
                year
                for year, followed in new.items()
                if entry.published_in(followed) and any(span.holds(year) for span in entry.codes)
            }
            return tuple(sorted({*entry.years, *more}))

        entries = [replace(entry, years=years(entry)) for entry in self]
        return Indicators(entries, self.breakdowns.values())

    def in_year(
        self, year: FinancialYear, *, framework: str | None = "ascof"
    ) -> tuple[Indicator, ...]:
        """The indicators published for a year, in natural order of that year's codes.

        Args:
            year: the year.
            framework: `ascof`, `nis` or `pss_ex1`; None for all of them.
        """
        found = (
            entry
            for entry in self
            if entry.published_in(year) and framework in (None, entry.framework.framework_id)
        )
        return tuple(sorted(found, key=lambda entry: code_order(entry.code(year))))

    def find(self, text: str, year: FinancialYear | None = None) -> Indicator:
        """The indicator somebody means by an id, a code or a title.

        Args:
            text: forgiving of case and, in a code, of brackets.
            year: the year whose codes are meant; without it a code means its latest use.

        Raises:
            UnknownNameError: none is called so; with those that look like it.
        """
        written = text.strip()
        if written.casefold() in self._by_id:
            return self._by_id[written.casefold()]
        coded = self.match_code(written, year) if year else self._latest(written)
        if coded is not None:
            return coded
        for entry in self:
            if folded(written) in (folded(entry.title), folded(entry.short_title)):
                return entry
        where = f"the codes of {year}" if year and code_key(written) in self._by_code else ""
        readable = {entry.indicator_id: entry.indicator_id for entry in self}
        readable |= {entry.short_title: entry.indicator_id for entry in self}
        readable |= {entry.title: entry.indicator_id for entry in self}
        error = UnknownNameError("indicator", written, self._by_id, where=where)
        near = dict.fromkeys(readable[name] for name in nearest(written, readable))
        if near:
            error.mend = f"did you mean {' or '.join(near)}?"
        raise error

    def match_code(self, printed: str, year: FinancialYear) -> Indicator | None:
        """The indicator that a printed code meant in a year.

        Codes were reused: a table that prints today's codes beside old years is matched with the
        year of its publication, not of its columns.

        Args:
            printed: as printed: `1C1A`, `1C(1A)`, `2A(1)_1415`, `1I1`, `3d(1a)`.
            year: the year whose codes are in use.

        Returns:
            The indicator, or None where the code was not in force that year.
        """
        key = code_key(printed)
        for entry in self._by_code.get(key, ()):
            for span in entry.codes:
                if span.holds(year) and code_key(span.value) == key:
                    return entry
        return None

    def breakdown(self, printed: str) -> str | None:
        """Our id of a printed disaggregation label such as "65 and over"; None if not known."""
        return self._printed.get(_label(printed))

    def _latest(self, code: str) -> Indicator | None:
        key = code_key(code)
        used = [
            (year, entry)
            for entry in self._by_code.get(key, ())
            for year in entry.years
            if code_key(entry.code(year)) == key
        ]
        return max(used, key=lambda pair: pair[0])[1] if used else None


def _label(printed: str) -> str:
    return " ".join(printed.casefold().split())


_Year = Annotated[FinancialYear, BeforeValidator(written_year)]
_Limit = Annotated[float, Field(strict=True, allow_inf_nan=False)]

# What a unit allows at most; an indicator's own limits lie within. A score has only its own.
_OF_UNIT: Final = {
    Unit.PER_CENT: (0.0, 100.0),
    Unit.PER_100K: (0.0, 100_000.0),
    Unit.COUNT: (0.0, inf),
}


class _Span(StrictModel):
    first: _Year | None = Field(None, alias="from")
    last: _Year | None = Field(None, alias="to")


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
        raise RegisterError(*_faults(path, fault)) from fault
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
        review=entry.review,
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


def _faults(path: Path, fault: ValidationError) -> Iterator[str]:
    for error in fault.errors():
        place = ".".join(str(part) for part in error["loc"])
        yield f"{path}: {place}: {error['msg']} (found {error['input']!r:.60})."
