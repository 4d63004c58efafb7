"""Districts, and councils that began or ended: whose area a place is in, and what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bench.errors import ParameterError, RegisterError, nearest
from bench.project.files import read_rows
from bench.reference.areas import bare, folded, listed
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bench.reference.areas import Council

PLACE_COLUMNS = ("place", "kind", "county", "councils", "first_year", "last_year", "source")
# What a district's name may be written with: "Canterbury District", "St Albans City and District".
_DISTRICT = re.compile(r"(?: city and)? (?:(?:district|borough|city)(?: council)?|council|dc|bc)$")


class DistrictKind(StrEnum):
    """What a place of the register is, or was."""

    DISTRICT = "district"
    FORMER_DISTRICT = "former_district"
    FORMER_NAME = "former_name"


@dataclass(frozen=True, slots=True)
class District:
    """A district of a county with two tiers, or of one that was: its council has no social care.

    Attributes:
        name: as it is called on a page.
        kind: a district of today, a former one, or the former name of one.
        county: the county whose district it was or is.
        councils: who is responsible for adult social care there today.
        first_year: the first year of the district or name; None where it is older than the
            register.
        last_year: the last year of the district or name; None where it goes on.
    """

    name: str
    kind: DistrictKind
    county: Council
    councils: tuple[Council, ...]
    first_year: FinancialYear | None
    last_year: FinancialYear | None

    def responsible(self, year: FinancialYear) -> tuple[Council, ...]:
        """Which councils were responsible for adult social care there in a year."""
        if self.county.exists(year):
            return (self.county,)
        return tuple(council for council in self.councils if council.exists(year))

    def sentence(self, year: FinancialYear | None = None) -> str:
        """What the place is or was, and who is responsible there, in the year or today."""
        county = _bare_name(self.county)
        if self.last_year is None:
            return (
                f"{self.name} is a district of {county}, "
                "which is responsible for adult social care."
            )
        past = (
            f"{self.name} was a district of {county} until {_april_after(self.last_year)}."
            if self.kind is DistrictKind.FORMER_DISTRICT
            else f"Until {_april_after(self.last_year)} {self.name} was the name of a district of "
            f"{county}."
        )
        if year is None:
            now = listed(_bare_name(council) for council in self.councils)
            verb = "is" if len(self.councils) == 1 else "are"
            return f"{past} {now} {verb} responsible for adult social care there now."
        then = self.responsible(year)
        if not then:
            return past
        verb = "was" if len(then) == 1 else "were"
        who = listed(_bare_name(council) for council in then)
        return f"{past} In {year} {who} {verb} responsible for adult social care there."

    @property
    def advice(self) -> str:
        """Which council to ask for instead."""
        now = " or ".join(council.name for council in self.councils)
        last = self.county.spans[-1].last_year
        if last is None:
            return f"{now}."
        return f"{now}; for years to {last}, {self.county.name}."


@dataclass(frozen=True, slots=True)
class Signpost:
    """A name that is none of a year's councils, what became of it, and which councils it means.

    Attributes:
        name: as it is called on a page.
        other_names: what else it is called.
        sentence: what it is or was.
        councils: the councils of the year that it leads to.
    """

    name: str
    other_names: tuple[str, ...]
    sentence: str
    councils: tuple[Council, ...]


class Districts:
    """The register of districts, found by name."""

    def __init__(self, places: Iterable[District]) -> None:
        self._districts = tuple(places)
        self._by_key = {folded(place.name): place for place in self._districts}

    def __iter__(self) -> Iterator[District]:
        return iter(self._districts)

    def __len__(self) -> int:
        return len(self._districts)

    def find(self, text: str) -> District | None:
        """The district of a name; None where there is none.

        Args:
            text: forgiving of case, "&", "Saint", punctuation and words such as "Borough of".
        """
        key = folded(text)
        short = _DISTRICT.sub("", key)
        for spelling in (key, bare(text), short, bare(short), short.removeprefix("royal ")):
            if spelling in self._by_key:
                return self._by_key[spelling]
        return None

    def near(self, text: str) -> list[str]:
        """Whom a mistyped district leads to: `Kent (for Canterbury)` of Cantebury; mostly nobody.

        There are so many districts that a name is taken for one only where it is all but the same.
        """
        names = {place.name: place.councils for place in self._districts}
        return [
            f"{' or '.join(council.name for council in names[name])} (for {name})"
            for name in nearest(text, names, limit=1, cutoff=0.9)
        ]

    @classmethod
    def read(
        cls, folder: Path, councils: Mapping[str, Council], is_council: Callable[[str], bool]
    ) -> Districts:
        """Read places.csv.

        Args:
            folder: the folder that holds it.
            councils: by `area_id`.
            is_council: whether a name is already that of a council or another area.

        Raises:
            RegisterError: the file is absent or contradicts itself; all its problems at once.
        """
        problems: list[str] = []
        lines: dict[str, str] = {}
        places = []
        for row in read_rows(folder / "places.csv", PLACE_COLUMNS):
            where, key = f"places.csv line {row['line']}", folded(row["place"])
            try:
                place = _place(row, councils)
            except (ValueError, ParameterError) as fault:
                problems.append(f"{where}: {fault}")
                continue
            problems += [f"{where}: {fault}" for fault in _contradictions(place)]
            if not key or not row["source"]:
                problems.append(f"{where}: a place has a name and a source.")
            elif key in lines:
                problems.append(f"{where}: {place.name!r} is the place of line {lines[key]}.")
            elif is_council(place.name):
                problems.append(f"{where}: {place.name!r} is what a council or region is called.")
            lines.setdefault(key, row["line"])
            places.append(place)
        if problems:
            raise RegisterError(*problems)
        return cls(places)


def succession(council: Council, others: Sequence[Council]) -> str:
    """What became of a council that ended, or whose work one that began took over.

    Args:
        council: one that ended, or one that began.
        others: its successors, or its predecessors.
    """
    first, last = council.spans[0].first_year, council.spans[-1].last_year
    names = [_bare_name(other) for other in others]
    if last is not None:
        return f"{council.name} was replaced {_listed_by('by', names)} in {_april_after(last)}."
    began = f" in April {first.start}" if first else ""
    return f"{council.name} took over {_listed_by('from', names)}{began}."


def _place(row: Mapping[str, str], councils: Mapping[str, Council]) -> District:
    """A row as a place.

    Raises:
        ValueError: the kind or a council is not known.
        ParameterError: a year is none.
    """
    ids = [row["county"], *filter(None, row["councils"].split(";"))]
    if unknown := [area_id for area_id in ids if area_id not in councils]:
        raise ValueError(f"no council {' or '.join(map(repr, unknown))}.")
    county, *responsible = (councils[area_id] for area_id in ids)
    first, last = (
        FinancialYear.parse(row[column]) if row[column] else None
        for column in ("first_year", "last_year")
    )
    kind = DistrictKind(row["kind"])
    return District(row["place"], kind, county, tuple(responsible), first, last)


def _contradictions(place: District) -> Iterator[str]:
    """What cannot be true of a place."""
    if not place.councils:
        yield "no council is responsible."
    if (place.kind is DistrictKind.DISTRICT) != (place.last_year is None):
        yield f"a {place.kind} that {'ended' if place.last_year else 'goes on'}."
    if place.first_year and place.last_year and place.last_year < place.first_year:
        yield f"it ended in {place.last_year}, before it began."
    if place.last_year and not place.county.exists(place.last_year):
        yield f"there was no {place.county.name} in {place.last_year}."
    for council in place.councils:
        if not council.goes_on:
            yield f"{council.name} is no more."
        if council is not place.county and council.area_id not in place.county.successors:
            yield f"{council.name} did not take over from {place.county.name}."
    if place.kind is DistrictKind.DISTRICT and place.councils != (place.county,):
        yield f"a district of {place.county.name} is in that county alone."


def _april_after(year: FinancialYear) -> str:
    """When what lasted to the end of a year gave way: councils change with the financial year."""
    return f"April {year.start + 1}"


def _bare_name(council: Council) -> str:
    """A council's name without the years in brackets: Dorset of Dorset (to 2018-19)."""
    return council.name.partition(" (")[0]


def _listed_by(word: str, names: Iterable[str]) -> str:
    """Names that are listed with a word before each, as names hold "and" too: `by A and by B`."""
    return listed(f"{word} {name}" for name in names)
