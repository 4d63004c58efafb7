"""Areas made of whole councils: data/reference/areas.yaml and a reader's own in params/areas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from bench.errors import ParameterError, Problems, RegisterError, UnknownNameError
from bench.project.files import Name, StrictModel, Text, read_placed
from bench.reference.areas import folded
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from pathlib import Path

    from bench.project.files import YamlDocument
    from bench.reference.areas import Council
    from bench.reference.councils import Councils

_FILE: Final = "areas.yaml"
_NAME_OF_FILE: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_Steps = tuple[str | int, ...]


class _SpanEntry(StrictModel):
    councils: Annotated[tuple[Text, ...], Field(min_length=2)]
    first: Text | None = Field(None, alias="from")
    last: Text | None = Field(None, alias="to")


class _AreaEntry(StrictModel):
    name: Text
    made_of: Annotated[tuple[_SpanEntry, ...], Field(min_length=1)]
    note: str = ""


class _AreasFile(StrictModel):
    areas: dict[Name, _AreaEntry]


@dataclass(frozen=True, slots=True)
class MergedSpan:
    """The councils that an area is made of from `first` to `last`; None is open."""

    councils: tuple[Council, ...]
    first: FinancialYear | None
    last: FinancialYear | None

    def holds(self, year: FinancialYear) -> bool:
        """Whether the year lies in the span."""
        return (self.first is None or self.first <= year) and (
            self.last is None or year <= self.last
        )

    def overlaps(self, other: MergedSpan) -> bool:
        """Whether the two share a year."""
        ends = ((self.first, other.last), (other.first, self.last))
        return all(first is None or last is None or first <= last for first, last in ends)

    @property
    def years(self) -> str:
        """The years in words."""
        if self.first is None:
            return f"years to {self.last}" if self.last else "all years"
        return f"{self.first} to {self.last}" if self.last else f"{self.first} and later"


@dataclass(frozen=True, slots=True)
class MergedArea:
    """An area that publishes nothing itself, made of whole councils.

    Attributes:
        merged_id: its entry in areas.yaml, or the name of its file in params/areas.
        name: as it is called; like no council, region or district.
        spans: whom it is made of, by years that do not overlap.
        note: what is to be known of it; "" for nothing.
    """

    merged_id: str
    name: str
    spans: tuple[MergedSpan, ...]
    note: str

    def councils(self, year: FinancialYear) -> tuple[Council, ...]:
        """Whom it is made of that year.

        Raises:
            ParameterError: it is not made of councils that year.
        """
        for span in self.spans:
            if span.holds(year):
                return span.councils
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
        for area_id, entry in file.areas.items():
            areas.add(area_id, entry, document, ("areas", area_id))
    for path in sorted([*own.glob("*.yaml"), *own.glob("*.yml")]):
        if not _NAME_OF_FILE.fullmatch(path.stem):
            problems.add(
                f"{path.name}: a file is named by small letters, digits, hyphens and underscores."
            )
            continue
        document = read_placed(path, problems)
        single = document and document.parse(_AreaEntry, problems)
        if document and single:
            areas.add(path.stem, single, document, ())
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
        self.by_id: dict[str, MergedArea] = {}

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
        self.by_id[area_id] = MergedArea(area_id, entry.name, tuple(spans), entry.note)

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
        for number, name in enumerate(given.councils):
            place = document.place(*at, "councils", number)
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
        return MergedSpan(tuple(members), first, last)

    def _year(self, text: str | None, document: YamlDocument, at: _Steps) -> FinancialYear | None:
        try:
            return FinancialYear.parse(text) if text else None
        except ParameterError as fault:
            self._problems.add(f"{document.place(*at)}: {' '.join(str(fault).splitlines())}")
            return None


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
