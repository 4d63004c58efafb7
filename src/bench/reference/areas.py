"""Areas: their kinds, what each is called, names in a form to compare, councils over the years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from bench.errors import ParameterError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.reference.periods import FinancialYear

ENGLAND = "england"

# one to a few dozen people behind each figure: shown when asked for, never part of a reference
TINY = frozenset({"city_of_london", "isles_of_scilly"})


class AreaKind(StrEnum):
    """What sort of area a row is about; only `council` can be compared."""

    COUNCIL = "council"
    ENGLAND = "england"
    REGION = "region"
    TYPE = "type"
    JOINT = "joint"


class Region(StrEnum):
    """The nine regions of England."""

    NORTH_EAST = "north_east"
    NORTH_WEST = "north_west"
    YORKSHIRE_AND_THE_HUMBER = "yorkshire_and_the_humber"
    EAST_MIDLANDS = "east_midlands"
    WEST_MIDLANDS = "west_midlands"
    EAST_OF_ENGLAND = "east_of_england"
    LONDON = "london"
    SOUTH_EAST = "south_east"
    SOUTH_WEST = "south_west"

    @property
    def label(self) -> str:
        """The region as it is written on a page."""
        return _REGION_LABELS.get(self, self.value.replace("_", " ").title())

    @property
    def area_id(self) -> str:
        """What its published figures are known by."""
        return f"region:{self.value}"

    @property
    def spoken(self) -> str:
        """The region within a sentence: the South West, but London."""
        return self.label if self in _WITHOUT_ARTICLE else f"the {self.label}"

    @classmethod
    def named(cls, word: str) -> Region:
        """The region that is meant, in any letters, with or without its article.

        Raises:
            UnknownNameError: There is no such region; all nine stand in the message.
        """
        for region in cls:
            if bare(word) in (bare(region.label), bare(region.value)):
                return region
        raise UnknownNameError("region", word, [region.label for region in cls])


class CouncilType(StrEnum):
    """The five kinds of council with social care."""

    SHIRE = "shire"
    UNITARY = "unitary"
    METROPOLITAN = "metropolitan"
    INNER_LONDON = "inner_london"
    OUTER_LONDON = "outer_london"

    @property
    def label(self) -> str:
        """The type as it is written on a page, in the plural."""
        return _TYPE_LABELS[self]

    @property
    def singular(self) -> str:
        """The type as one council of it is called."""
        return _TYPE_SINGULARS[self]


_WITHOUT_ARTICLE = frozenset({Region.LONDON, Region.YORKSHIRE_AND_THE_HUMBER})
_REGION_LABELS = {
    Region.YORKSHIRE_AND_THE_HUMBER: "Yorkshire and The Humber",
    Region.EAST_OF_ENGLAND: "East of England",
}
_TYPE_SINGULARS = {
    CouncilType.SHIRE: "shire county",
    CouncilType.UNITARY: "unitary authority",
    CouncilType.METROPOLITAN: "metropolitan district",
    CouncilType.INNER_LONDON: "inner London borough",
    CouncilType.OUTER_LONDON: "outer London borough",
}
_TYPE_LABELS = {
    CouncilType.SHIRE: "shire counties",
    CouncilType.UNITARY: "unitary authorities",
    CouncilType.METROPOLITAN: "metropolitan districts",
    CouncilType.INNER_LONDON: "inner London boroughs",
    CouncilType.OUTER_LONDON: "outer London boroughs",
}

# A published figure of a type is of the publisher's group, in which councils stand otherwise.
_GROUPED = "(as the publisher groups them)"


@dataclass(frozen=True, slots=True)
class Area:
    """Anything a published row can be about.

    Attributes:
        area_id: our stable identity, such as `somerset`, `region:london` or `type:shire`.
        name: as it is called on a page.
        kind: council, england, region, type or joint.
    """

    area_id: str
    name: str
    kind: AreaKind


def fixed_areas() -> dict[str, Area]:
    """England, regions, council types and the rows that are none of these, by `area_id`."""
    areas = [Area(ENGLAND, "England", AreaKind.ENGLAND)]
    areas += [Area(region.area_id, region.label, AreaKind.REGION) for region in Region]
    areas += [
        Area(f"type:{kind}", f"{kind.label[0].upper()}{kind.label[1:]} {_GROUPED}", AreaKind.TYPE)
        for kind in CouncilType
    ]
    # a stray row of the later files, beside the five types; it holds no figures
    areas.append(Area("type:district", "District", AreaKind.TYPE))
    areas.append(Area("joint:cornwall_scilly", "Cornwall and Isles of Scilly", AreaKind.JOINT))
    return {area.area_id: area for area in areas}


# An area's code, such as E08000035: the first three characters say of which kind the area is.
ONS_CODE = re.compile(r"[A-Z]\d{8}")
_LEADING_CODE = re.compile(r"^\d{3}(?:\s*[-–:.]\s*|\s+)(?=[a-z])")
# Footnote marks: superscripts, asterisks, [1], [note 2], (3), (r). A word in brackets is none.
_MARKS = re.compile(
    r"(?:\s*(?:[\u00b9\u00b2\u00b3\u2070-\u2079*†‡§^~]+"
    r"|\[(?:notes?\.?\s*)?(?:\d{1,2}|[a-z])(?:\s*,\s*(?:\d{1,2}|[a-z]))*\]"
    r"|\((?:notes?\.?\s*\d{1,2}|\d{1,2}|[a-z])(?:\s*,\s*(?:\d{1,2}|[a-z]))*\)))+\s*$",
    re.IGNORECASE,
)
_SAINT = re.compile(r"\b(?:saint\b|st\.)")
_SILENT = re.compile(r"['’`.]")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_TITLES = re.compile(
    r"\b(?:(?:london|royal|metropolitan|county|city|district) )?(?:borough|boro)(?: of)?\b"
    r"|\bcouncil(?: of(?: the)?)?\b|\bmetropolitan\b|\b(?:mbc|mdc|cc|bc|lbc|ua)\b"
    r"|^(?:lb|rb|mb)(?: of)?\b|\bunitary(?: authority)?$"
    r"|\b(?:county|city|district)(?= council)|^(?:the )?city of\b|\bcity of$"
    r"|\b(?:county|city)$|^the\b"
)


def listed(names: Iterable[str]) -> str:
    """Names in a sentence: Bournemouth, Dorset and Poole; "" for none."""
    *most, last = [*names] or [""]
    return f"{', '.join(most)} and {last}" if most else last


@cache
def unmarked(name: str) -> str:
    """A printed name without the footnote marks at its end: Barnet of "Barnet [note 2] *"."""
    return _MARKS.sub("", name) or name


@cache
def folded(name: str) -> str:
    """A name without case, punctuation, "&", "Saint", a leading CASSR code or a trailing UA."""
    text = _LEADING_CODE.sub("", name.strip().casefold()).replace("&", " and ")
    words = _NOT_A_WORD.sub(" ", _SILENT.sub("", _SAINT.sub("st ", text))).split()
    if len(words) > 1 and words[-1] == "ua":
        words.pop()
    return " ".join(words)


@cache
def bare(name: str) -> str:
    """A folded name without what says that it is a council: Durham of Durham County Council."""
    return " ".join(_TITLES.sub(" ", folded(name)).split())


@dataclass(frozen=True, slots=True)
class CouncilPeriod:
    """The years in which an area's council had one code and one type.

    Attributes:
        ons_code: nine characters, E06 unitary, E08 metropolitan, E09 London, E10 county.
        cassr_code: the code of councils with adult social services responsibilities.
        type: what kind of council it is, which its ONS code tells.
        publisher_type: the group in which the publisher of ASCOF counts it, whose figures stand
            under `type:shire` and the like; Somerset and North Yorkshire are unitary from 2023-24
            and still counted among the shire counties.
        first_year: None where it began before the years of the register.
        last_year: None where it goes on.
    """

    ons_code: str
    cassr_code: str
    type: CouncilType
    publisher_type: CouncilType
    first_year: FinancialYear | None
    last_year: FinancialYear | None

    def holds(self, year: FinancialYear) -> bool:
        """Whether the year lies in the span."""
        return year.within(self.first_year, self.last_year)


@dataclass(frozen=True, slots=True)
class Council(Area):
    """One area with a council, whatever its codes were.

    Attributes:
        region: the region it lies in.
        spans: its codes and types, in order of time.
        successors: `area_id`s of the areas that took over when it ended.
        predecessors: `area_id`s of the areas that it took over from.
    """

    region: Region
    spans: tuple[CouncilPeriod, ...]
    successors: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()

    @property
    def region_name(self) -> str:
        """The region as it is written on a page."""
        return self.region.label

    @property
    def tiny(self) -> bool:
        """City of London or Isles of Scilly: shown, never part of averages, ranks or spread."""
        return self.area_id in TINY

    @property
    def goes_on(self) -> bool:
        """Whether there is still such a council."""
        return self.spans[-1].last_year is None

    def exists(self, year: FinancialYear) -> bool:
        """Whether there was such a council that year."""
        for span in self.spans:  # noqa: SIM110 - asked tens of thousands of times a page
            if span.holds(year):
                return True
        return False

    def code_in(self, year: FinancialYear) -> str:
        """The ONS code in force that year.

        Raises:
            ParameterError: there was no such council that year.
        """
        return self._span(year).ons_code

    def type_in(self, year: FinancialYear) -> CouncilType:
        """What kind of council it was that year; see `publisher_type_in` for the publisher's.

        Raises:
            ParameterError: there was no such council that year.
        """
        return self._span(year).type

    def publisher_type_in(self, year: FinancialYear) -> CouncilType:
        """The group in which the publisher counted the council that year.

        Raises:
            ParameterError: there was no such council that year.
        """
        return self._span(year).publisher_type

    def _span(self, year: FinancialYear) -> CouncilPeriod:
        for span in self.spans:
            if span.holds(year):
                return span
        first, last = self.spans[0].first_year, self.spans[-1].last_year
        lived = f"{first or 'the start of the register'} to {last or 'today'}"
        raise ParameterError(f"{self.name} did not exist in {year}: it reported from {lived}.")
