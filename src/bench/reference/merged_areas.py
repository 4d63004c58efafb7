"""Areas made of councils or parts of them: data/reference/areas.yaml and a reader's own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from bench.errors import ParameterError, Problems, RegisterError, UnknownNameError
from bench.project.files import Name, StrictModel, Text, read_placed
from bench.reference.areas import folded, listed
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from pathlib import Path

    from bench.project.files import YamlDocument
    from bench.reference.areas import Council
    from bench.reference.councils import Councils

_FILE: Final = "areas.yaml"
_LEAST: Final = 2
# Years before and after all that a register can hold.
_ENDS: Final = (FinancialYear(1), FinancialYear(9000))
_NAME_OF_FILE: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_Steps = tuple[str | int, ...]


_Share = Annotated[Decimal, Field(gt=0, lt=1)]


class _SpanEntry(StrictModel):
    councils: tuple[Text, ...] = ()
    parts: Mapping[Text, _Share] = Field(default_factory=dict)
    first: Text | None = Field(None, alias="from")
    last: Text | None = Field(None, alias="to")


class _AreaEntry(StrictModel):
    name: Text
    made_of: Annotated[tuple[_SpanEntry, ...], Field(min_length=1)]
    note: str = ""
    stands_for: Text | None = None


class _AreasFile(StrictModel):
    areas: dict[Name, _AreaEntry]


@dataclass(frozen=True, slots=True)
class MergedSpan:
    """The councils that an area is made of from `first` to `last`; None is open.

    `shares` are by `area_id` what part of a council's people belongs to it, of those of which only
    a part does; above 0 and below 1.
    """

    councils: tuple[Council, ...]
    first: FinancialYear | None
    last: FinancialYear | None
    shares: Mapping[str, Decimal] = field(default_factory=dict, hash=False)

    def holds(self, year: FinancialYear) -> bool:
        """Whether the year lies in the span."""
        return year.within(self.first, self.last)

    def overlaps(self, other: MergedSpan) -> bool:
        """Whether the two share a year."""
        ends = ((self.first, other.last), (other.first, self.last))
        return all(first is None or last is None or first <= last for first, last in ends)

    def named(self, council: Council) -> str:
        """A council of it: `Kent`, or `a part of Kent (0.42 of its people)`."""
        share = self.shares.get(council.area_id)
        return (
            council.name if share is None else f"a part of {council.name} ({share} of its people)"
        )

    @property
    def years(self) -> str:
        """The years in words."""
        if self.first is None:
            return f"years to {self.last}" if self.last else "all years"
        return f"{self.first} to {self.last}" if self.last else f"{self.first} and later"


@dataclass(frozen=True, slots=True)
class MergedArea:
    """An area that publishes nothing itself, made of councils or of parts of them.

    Attributes:
        merged_id: its entry in areas.yaml, or the name of its file in params/areas.
        name: as it is called; like no council, region or district.
        spans: whom it is made of, by years that do not overlap.
        note: what is to be known of it; "" for nothing.
        stands_for: the council that ended and had exactly its ground, if one did.
    """

    merged_id: str
    name: str
    spans: tuple[MergedSpan, ...]
    note: str
    stands_for: Council | None = None

    def covers(self, year: FinancialYear) -> bool:
        """Whether it is made of councils that year."""
        return any(span.holds(year) for span in self.spans)

    def councils(self, year: FinancialYear) -> tuple[Council, ...]:
        """Whom it is made of that year, wholly or in part; see `span`."""
        return self.span(year).councils

    def mark(self, year: FinancialYear) -> str:
        """What stands wherever a figure of the area does: `reckoned from Leeds and Bradford`.

        Where only a part of a council belongs to it nothing is reckoned, and it says `made of`.
        """
        span = self.span(year)
        names = listed(span.named(council) for council in span.councils)
        return f"{'made of' if span.shares else 'reckoned from'} {names}"

    def span(self, year: FinancialYear) -> MergedSpan:
        """Whom it is made of that year.

        Raises:
            ParameterError: it is not made of councils that year.
        """
        for span in self.spans:
            if span.holds(year):
                return span
        spans = " and ".join(span.years for span in self.spans)
        raise ParameterError(
            f"{self.name} is not made of councils in {year}.",
            mend=f"it is for {spans}.{' ' if self.note else ''}{self.note}",
        )


def read(register: Path, own: Path, councils: Councils) -> dict[str, MergedArea]:
    """Every merged area by its id: the register's, then a reader's own.

    Args:
        register: the folder that holds areas.yaml.
        own: the folder of a reader's files, one area each; it may be absent.
        councils: whom they are made of.

    Raises:
        RegisterError: a file does not fit, or says what cannot be; all faults with their lines.
    """
    problems = Problems(RegisterError, "areas", mend="correct the lines named above.")
    areas = _Areas(councils, problems)
    document = read_placed(register / _FILE, problems)
    file = document and document.parse(_AreasFile, problems)
    if document and file:
        areas.add_all(file, document)
    for path in sorted([*own.glob("*.yaml"), *own.glob("*.yml")]):
        if not _NAME_OF_FILE.fullmatch(path.stem):
            problems.add(
                f"{path.name}: a file is named by small letters, digits, hyphens and underscores."
            )
            continue
        document = read_placed(path, problems)
        if document and isinstance(document.data, dict) and "areas" in document.data:
            several = document.parse(_AreasFile, problems)
            if several:
                areas.add_all(several, document)
            continue
        single = document and document.parse(_AreaEntry, problems)
        if document and single:
            areas.add(path.stem, single, document, ())
            areas.check_shares(document.path.name)
    problems.raise_if_any()
    return areas.by_id


def find(areas: dict[str, MergedArea], text: str) -> MergedArea:
    """The merged area that somebody means by its id or its name, forgiving of case and marks.

    Raises:
        UnknownNameError: there is no such area.
    """
    wanted = folded(text)
    for area in areas.values():
        if text.strip() == area.merged_id or wanted == folded(area.name):
            return area
    raise UnknownNameError("area", text, [area.name for area in areas.values()])


class _Areas:
    """Takes entries one by one, and notes what cannot be with its line."""

    def __init__(self, councils: Councils, problems: Problems) -> None:
        self._councils, self._problems = councils, problems
        self._names: dict[str, str] = {}
        self._parts: dict[Council, list[_Part]] = defaultdict(list)
        self.by_id: dict[str, MergedArea] = {}

    def add_all(self, file: _AreasFile, document: YamlDocument) -> None:
        """Take all entries of a file, whose parts of a council are the whole of it together."""
        for area_id, entry in file.areas.items():
            self.add(area_id, entry, document, ("areas", area_id))
        self.check_shares(document.path.name)

    def check_shares(self, file: str) -> None:
        """See that the parts of each council in a file add to 1 in each year; then forget them."""
        for council, parts in self._parts.items():
            for year in sorted(_turns(parts)):
                there = [part for part in parts if part.holds(year)]
                total = sum((part.share for part in there), Decimal(0))
                if there and total != 1:
                    when = "" if year in _ENDS else f" in {year}"
                    self._problems.add(
                        f"{there[-1].place}: the parts of {council.name} in {file} add to {total}"
                        f"{when}, not to 1: the other parts belong into the same file."
                    )
                    break
        self._parts.clear()

    def add(self, area_id: str, entry: _AreaEntry, document: YamlDocument, at: _Steps) -> None:
        """Take an entry: it is kept whatever is wrong with it, since a fault stops the reading."""
        for name, where in ((area_id, at), (entry.name, (*at, "name"))):
            for fault in self._name_faults(name):
                self._problems.add(f"{document.place(*where)}: {fault}.")
        for name in {folded(area_id), folded(entry.name)}:
            self._names[name] = document.place(*at)
        spans: list[MergedSpan] = []
        for number, given in enumerate(entry.made_of):
            place = (*at, "made_of", number)
            span = self._span(given, document, place)
            if any(span.overlaps(other) for other in spans):
                self._problems.add(
                    f"{document.place(*place)}: {entry.name!r} overlaps itself: an earlier list of "
                    f"councils holds years of {span.years} too."
                )
            spans.append(span)
        stands_for = self._stands_for(entry, spans, document, (*at, "stands_for"))
        self.by_id[area_id] = MergedArea(area_id, entry.name, tuple(spans), entry.note, stands_for)

    def _stands_for(
        self, entry: _AreaEntry, spans: list[MergedSpan], document: YamlDocument, at: _Steps
    ) -> Council | None:
        """The council that ended whose ground the area is; what is not so is noted."""
        if entry.stands_for is None:
            return None
        place = document.place(*at)
        try:
            ended = self._councils.find(entry.stands_for)
        except UnknownNameError as fault:
            self._problems.add(f"{place}: {' '.join(str(fault).splitlines())}")
            return None
        after = ended.spans[-1].last_year
        if after is None:
            self._problems.add(f"{place}: {ended.name} has not ended, and needs none in its place.")
            return None
        made_of = next((span for span in spans if span.holds(after.shift(1))), None)
        whole = made_of is not None and not made_of.shares
        if (
            made_of is None
            or not whole
            or {council.area_id for council in made_of.councils} != set(ended.successors)
            or any(council.predecessors != (ended.area_id,) for council in made_of.councils)
        ):
            self._problems.add(
                f"{place}: {entry.name!r} is not the ground of {ended.name}, which went to "
                f"{listed(self._councils[one].name for one in ended.successors)}."
            )
        return ended

    def _name_faults(self, name: str) -> list[str]:
        """Why an area cannot be called so."""
        if not (key := folded(name)):
            return [f"{name!r} is no name"]
        if key in self._names:
            return [f"the name {name!r} stands in {self._names[key]} already"]
        known = name if name in self._councils.areas else self._councils.match(name=name)
        if known:
            area = self._councils.areas[known]
            return [f"the area {name!r} is named like the {area.kind} {area.name}"]
        if self._councils.districts.find(name):
            return [f"the area {name!r} is named like a district"]
        return []

    def _span(self, given: _SpanEntry, document: YamlDocument, at: _Steps) -> MergedSpan:
        first = self._year(given.first, document, (*at, "from"))
        last = self._year(given.last, document, (*at, "to"))
        if first and last and last < first:
            self._problems.add(f"{document.place(*at, 'to')}: {last} is before {first}.")
        members: list[Council] = []
        shares: dict[str, Decimal] = {}
        listed = [
            ((*at, "councils", number), name, None) for number, name in enumerate(given.councils)
        ]
        parts = [((*at, "parts", name), name, share) for name, share in given.parts.items()]
        for steps, name, share in (*listed, *parts):
            place = document.place(*steps)
            try:
                council = self._councils.find(name)
            except UnknownNameError as fault:
                self._problems.add(f"{place}: {' '.join(str(fault).splitlines())}")
                continue
            if council in members:
                self._problems.add(
                    f"{place}: the area overlaps itself: {council.name} stands there twice."
                )
            if fault_of_life := _not_throughout(council, first, last):
                self._problems.add(f"{place}: {fault_of_life}")
            members.append(council)
            if share is not None:
                shares[council.area_id] = share
                self._parts[council].append(_Part(share, first, last, place))
        if len(given.councils) < _LEAST and not given.parts:
            self._problems.add(
                f"{document.place(*at, 'councils')}: {len(given.councils)} of the councils that "
                f"the area is made of; at least {_LEAST}, or `parts` of councils, are expected."
            )
        return MergedSpan(tuple(members), first, last, shares)

    def _year(self, text: str | None, document: YamlDocument, at: _Steps) -> FinancialYear | None:
        try:
            return FinancialYear.parse(text) if text else None
        except ParameterError as fault:
            self._problems.add(f"{document.place(*at)}: {' '.join(str(fault).splitlines())}")
            return None


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a council in some years, and where it is stated."""

    share: Decimal
    first: FinancialYear | None
    last: FinancialYear | None
    place: str

    def holds(self, year: FinancialYear) -> bool:
        return year.within(self.first, self.last)


def _turns(parts: list[_Part]) -> set[FinancialYear]:
    """Years among which are some of every stretch in which the same parts hold."""
    turns = {*_ENDS}
    for part in parts:
        turns |= {part.first} if part.first else set()
        turns |= {part.last, part.last.shift(1)} if part.last else set()
    return turns


def _not_throughout(
    council: Council, first: FinancialYear | None, last: FinancialYear | None
) -> str:
    """That a council did not exist in some year of a span; "" where it always did."""
    began, ended = council.spans[0].first_year, council.spans[-1].last_year
    if began and (first is None or first < began):
        asked = first or "the years before it"
        return f"{council.name} did not exist in {asked}: it began in {began}."
    if ended and (last is None or ended < last):
        asked = last or "the years after it"
        return f"{council.name} did not exist in {asked}: it ended with {ended}."
    if (first and not council.exists(first)) or (last and not council.exists(last)):
        return f"{council.name} did not exist in all of these years."
    return ""
