"""Every council that reported, through its names and codes, mergers and splits."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from bench.errors import ParameterError, RegisterError, UnknownNameError, nearest
from bench.project.files import read_rows
from bench.reference.areas import (
    ONS_CODE,
    Area,
    AreaKind,
    Council,
    CouncilPeriod,
    CouncilType,
    Region,
    bare,
    fixed_areas,
    folded,
    unmarked,
)
from bench.reference.districts import Districts, Signpost, succession
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from bench.reference.districts import District

COUNCIL_COLUMNS = (
    "area_id",
    "ons_code",
    "cassr_code",
    "name",
    "region",
    "type",
    "publisher_type",
    "first_year",
    "last_year",
    "successors",
    "same_area",
    "source",
)
ALIAS_COLUMNS = ("area_id", "alias", "kind", "source")
ALIAS_KINDS = ("name", "name_beside_code", "ons_code", "cassr_code")
# The first three characters of an ONS code say what kind of council it is.
_TYPES_OF_CODES: Final = {
    "E06": (CouncilType.UNITARY,),
    "E08": (CouncilType.METROPOLITAN,),
    "E09": (CouncilType.INNER_LONDON, CouncilType.OUTER_LONDON),
    "E10": (CouncilType.SHIRE,),
}


class Councils:
    """The register of areas: councils by identity, and every area by name and code."""

    def __init__(self, councils: Iterable[Council], aliases: Iterable[Mapping[str, str]]) -> None:
        self._councils = {council.area_id: council for council in councils}
        self.areas: dict[str, Area] = fixed_areas() | dict(self._councils)
        self._by_ons: dict[str, set[str]] = defaultdict(set)
        self._by_cassr: dict[str, set[str]] = defaultdict(set)
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._beside_code: dict[str, set[str]] = defaultdict(set)
        self._readable: dict[str, str] = {}
        self._by_year: dict[FinancialYear, tuple[Council, ...]] = {}
        self.districts = Districts(())
        for council in self._councils.values():
            self._by_name[folded(council.name)].add(council.area_id)
            self._readable[council.name] = council.name
            for span in council.spans:
                self._by_ons[span.ons_code].add(council.area_id)
                self._by_cassr[span.cassr_code].add(council.area_id)
        for row in aliases:
            self._add(row["area_id"], row["alias"], row["kind"])

    def _add(self, area_id: str, alias: str, kind: str) -> None:
        if kind == "ons_code":
            self._by_ons[alias].add(area_id)
        elif kind == "cassr_code":
            self._by_cassr[alias.upper()].add(area_id)
        elif kind == "name_beside_code":
            self._beside_code[folded(alias)].add(area_id)
        else:
            self._by_name[folded(alias)].add(area_id)
            if area_id in self._councils:
                self._readable[alias] = self._councils[area_id].name

    @classmethod
    def read(cls, folder: Path) -> Councils:
        """Read councils.csv, aliases.csv and places.csv.

        Args:
            folder: the folder that holds them.

        Raises:
            RegisterError: a file is absent or contradicts itself; all its problems at once.
        """
        rows = read_rows(folder / "councils.csv", COUNCIL_COLUMNS)
        aliases = read_rows(folder / "aliases.csv", ALIAS_COLUMNS)
        problems: list[str] = []
        councils = _councils(rows, problems)
        known = councils.keys() | fixed_areas().keys()
        for row in rows:
            strange = [name for name in _split(row["successors"]) if name not in councils]
            problems += [f"councils.csv line {row['line']}: no area {name!r}." for name in strange]
        for row in aliases:
            if row["area_id"] not in known:
                problems.append(f"aliases.csv line {row['line']}: no area {row['area_id']!r}.")
            if row["kind"] not in ALIAS_KINDS:
                problems.append(f"aliases.csv line {row['line']}: no kind {row['kind']!r}.")
        if problems:
            raise RegisterError(*problems)
        register = cls(councils.values(), aliases)
        shared = [
            f"aliases.csv: {name!r} stands for {' and '.join(sorted(ids))}."
            for index in (register._by_ons, register._by_name)
            for name, ids in index.items()
            if len(ids) > 1
        ]
        if shared:
            raise RegisterError(*shared)
        register.districts = Districts.read(folder, register._councils, register._is_area)
        return register

    def _is_area(self, name: str) -> bool:
        return any(key in self._by_name for key in self._spellings(name))

    def __getitem__(self, area_id: str) -> Council:
        try:
            return self._councils[area_id]
        except KeyError:
            raise UnknownNameError("council", area_id, self._councils) from None

    def __iter__(self) -> Iterator[Council]:
        return iter(self._councils.values())

    def __len__(self) -> int:
        return len(self._councils)

    def __contains__(self, area_id: object) -> bool:
        return area_id in self._councils

    def in_year(self, year: FinancialYear) -> tuple[Council, ...]:
        """The councils that existed that year, by name."""
        if year not in self._by_year:
            existed = (council for council in self if council.exists(year))
            by_name = sorted(existed, key=lambda council: (council.name, council.area_id))
            self._by_year[year] = tuple(by_name)
        return self._by_year[year]

    def other_names(self, council: Council) -> tuple[str, ...]:
        """What else a council is called, in the order of aliases.csv."""
        return tuple(
            alias
            for alias, name in self._readable.items()
            if name == council.name and alias != name
        )

    def signposts(self, year: FinancialYear) -> tuple[Signpost, ...]:
        """Every name that leads to councils of a year and is none of them, by name.

        Councils that ended before the year, councils that began after it, and districts, those of
        today and former ones.
        """
        signposts = [
            Signpost(place.name, (), place.sentence(year), place.responsible(year))
            for place in self.districts
        ]
        for council in self:
            if council.exists(year):
                continue
            ids = council.predecessors if council.goes_on else council.successors
            others = [self[area_id] for area_id in ids]
            there = tuple(other for other in others if other.exists(year))
            names = self.other_names(council)
            signposts.append(Signpost(council.name, names, succession(council, others), there))
        return tuple(sorted(signposts, key=lambda signpost: signpost.name.casefold()))

    def find(self, text: str) -> Council:
        """The council somebody means by a name, an alias or a code.

        Args:
            text: forgiving of case, "&", punctuation and words such as "County Council".

        Returns:
            The council; where an old and a new one share a code or a name, the present one.

        Raises:
            UnknownNameError: no council is called so; with whose district it is, where it is one,
                or those that look like it.
        """
        written = text.strip()
        if written in self._councils:
            return self._councils[written]
        code = written.upper()
        for ids in (
            self._by_ons.get(code),
            self._by_cassr.get(code),
            *(self._by_name.get(key) for key in self._spellings(written)),
        ):
            found = [self._councils[area_id] for area_id in ids or () if area_id in self._councils]
            if found:
                return min(found, key=lambda council: (not council.goes_on, council.area_id))
        place = self.districts.find(written)
        if place is not None:
            raise _district(place, sorted(c.name for c in self))
        near = dict.fromkeys(self._readable[name] for name in nearest(written, self._readable))
        near |= dict.fromkeys(self.districts.near(written))
        # a mistyped name is nearest to the full name or to an alias; the full name is what helps
        raise _unknown_council(written, list(near), sorted(c.name for c in self))

    def match(
        self,
        *,
        ons_code: str = "",
        cassr_code: str = "",
        name: str = "",
        year: FinancialYear | None = None,
    ) -> str | None:
        """The area a published row is about, from what the row prints.

        A council's own code decides; a name or CASSR code that two areas used in turn is settled
        by the other cells, else by the year, else for the present one.

        Args:
            ons_code: the ONS code as printed; placeholders such as `[z]`, `0` or `-` say nothing.
            cassr_code: the CASSR code as printed, or a letter code of a region or council type.
            name: the name as printed.
            year: the year that the row is about, where one row is about one year.

        Returns:
            The `area_id`, of a council, England, a region, a council type or a joint row; None
            where the register knows none of what is printed.

        Raises:
            RegisterError: what is printed points to different areas, or an ONS code is not in
                the register although its name is.
        """
        code = ons_code.strip()
        name_key = next(
            (k for k in self._spellings(name) if k in self._by_name or k in self._beside_code), ""
        )
        named = self._by_name.get(name_key, set()) | self._beside_code.get(name_key, set())
        given = [
            (label, ids)
            for label, ids in (
                (f"ONS code {code}", self._by_ons.get(code.upper(), set())),
                (f"code {cassr_code}", self._by_cassr.get(cassr_code.strip().upper(), set())),
                (f"name {name!r}", named),
            )
            if ids
        ]
        if not given:
            return None
        if ONS_CODE.fullmatch(code) and code not in self._by_ons:
            raise RegisterError(
                f"ONS code {code} of {name.strip() or cassr_code} is not in the register.",
                mend="add it to councils.csv or aliases.csv.",
            )
        common = set.intersection(*(ids for _, ids in given))
        if not common:
            told = "; ".join(f"{label} is {' or '.join(sorted(ids))}" for label, ids in given)
            raise RegisterError(f"One row names different areas: {told}.")
        return self._settle(common, name_key, year)

    def _spellings(self, name: str) -> Iterator[str]:
        """What a printed name may stand for, the nearest to what is printed first."""
        for written in dict.fromkeys((name, unmarked(name))):
            key = folded(written)
            yield key
            yield key.removesuffix(" council")
            short = bare(written)
            words = set(key.split())
            # "Nottingham County" is no Nottingham, nor "Derbyshire City" Derbyshire.
            county = "county" in words and f"{short}shire" in self._by_name
            if not county and not ("city" in words and short.endswith("shire")):
                yield short

    def _settle(self, common: set[str], name_key: str, year: FinancialYear | None) -> str:
        if len(common) > 1 and year is not None:
            lived = {c for c in common if c in self._councils and self[c].exists(year)}
            common = lived or common
        # a name that a former area shares means the present one unless a code says otherwise
        primary = common & self._by_name.get(name_key, set())
        return min(primary or common, key=lambda a: (not self._is_present(a), a))

    def _is_present(self, area_id: str) -> bool:
        return area_id in self._councils and self._councils[area_id].goes_on


def _district(place: District, names: list[str]) -> UnknownNameError:
    error = UnknownNameError("council", place.name, names)
    error.problems, error.mend = (place.sentence(),), place.advice
    return error


def _unknown_council(name: str, near: list[str], names: list[str]) -> UnknownNameError:
    error = UnknownNameError("council", name, names)
    if near:
        error.mend = f"did you mean {' or '.join(near)}?"
    return error


def _split(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


def _councils(rows: list[dict[str, str]], problems: list[str]) -> dict[str, Council]:
    by_area: dict[str, list[dict[str, str]]] = defaultdict(list)
    spans: dict[str, list[CouncilPeriod]] = defaultdict(list)
    came_from: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        try:
            span = CouncilPeriod(
                ons_code=row["ons_code"],
                cassr_code=row["cassr_code"],
                type=CouncilType(row["type"]),
                publisher_type=CouncilType(row["publisher_type"]),
                first_year=FinancialYear.parse(row["first_year"]) if row["first_year"] else None,
                last_year=FinancialYear.parse(row["last_year"]) if row["last_year"] else None,
            )
            Region(row["region"])
        except (ValueError, ParameterError) as fault:
            problems.append(f"councils.csv line {row['line']}: {fault}")
            continue
        if span.type not in _TYPES_OF_CODES.get(span.ons_code[:3], ()):
            problems.append(
                f"councils.csv line {row['line']}: the type {span.type} is not that of the code "
                f"{span.ons_code}."
            )
        by_area[row["area_id"]].append(row)
        spans[row["area_id"]].append(span)
        for successor in _split(row["successors"]):
            if successor != row["area_id"]:
                came_from[successor].append(row["area_id"])
        if (row["same_area"] == "yes") != (row["area_id"] in _split(row["successors"])):
            problems.append(f"councils.csv line {row['line']}: same_area contradicts successors.")
    return {
        area_id: Council(
            area_id=area_id,
            name=own[-1]["name"],
            kind=AreaKind.COUNCIL,
            region=Region(own[-1]["region"]),
            spans=tuple(sorted(spans[area_id], key=lambda s: s.first_year or FinancialYear(0))),
            successors=tuple(n for r in own for n in _split(r["successors"]) if n != area_id),
            predecessors=tuple(sorted(came_from[area_id])),
        )
        for area_id, own in by_area.items()
    }
