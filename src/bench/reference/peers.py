"""Peer groups: which councils one is compared with, and which of them are missing."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bench.errors import RegisterError, UnknownNameError
from bench.project import checksums
from bench.project.files import StrictModel, read_rows, read_yaml
from bench.reference import merged_areas
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bench.reference.areas import Council
    from bench.reference.councils import Councils
    from bench.reference.merged_areas import MergedArea
    from bench.reference.periods import FinancialYear

PEER_COLUMNS = ("area_id", "peer_id")
RANKED_COLUMNS = (*PEER_COLUMNS, "rank", "distance", "boundaries")
REGION, TYPE, OWN = "region", "type", "own"
# Behind the name of a model: a peer that ended is reckoned from its successors.
RECKONED = "+reckoned"


class PeerSource(StrictModel):
    """Where a peer model's lists come from: one entry of peers/sources.yaml.

    `ranked` lists say how near each peer is: see `RANKED_COLUMNS`.
    """

    title: str
    publisher: str
    published: int
    licence: str
    boundaries: str
    ranked: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Peer:
    """One council of a list, whether or not it existed that year.

    `merged` is the area that stands in the place of a council that ended, if one does: then the
    name says from whom its figures are reckoned.
    """

    area_id: str
    name: str
    exists: bool
    merged: MergedArea | None = None


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """The councils that one council is compared with.

    Attributes:
        model: `cipfa`, `region`, `type`, `england`, `own` or the name of another list.
        title: as it is written on a page.
        area_id: the council compared; never one of its own peers.
        members: the peers by name; one that did not exist that year stays, and says so.
        reason: a sentence why there are no members; "" where there are.
    """

    model: str
    title: str
    area_id: str
    members: tuple[Peer, ...]
    reason: str = ""

    @property
    def total(self) -> int:
        """How many councils the list names, those that did not exist that year among them."""
        return len(self.members)


class PeerModels:
    """Every way to choose peers: published lists, region, council type, England, an own list."""

    def __init__(
        self,
        councils: Councils,
        lists: dict[str, dict[str, tuple[str, ...]]],
        sources: dict[str, PeerSource],
        folder: Path | None = None,
    ) -> None:
        self._councils, self._folder = councils, folder
        self._lists = lists
        self._groups: dict[tuple[str, str, FinancialYear], PeerGroup] = {}
        self.sources = sources

    @classmethod
    def read(cls, folder: Path, councils: Councils) -> PeerModels:
        """Read every peers/<model>.csv and peers/sources.yaml.

        Args:
            folder: the folder that holds the folder `peers`.
            councils: the register that every area must be in.

        Raises:
            RegisterError: a file is absent, has no source, or names what is not in the register;
                all problems at once.
        """
        peers = folder / "peers"
        problems: list[str] = []
        sources = _sources(peers / "sources.yaml", problems)
        lists: dict[str, dict[str, tuple[str, ...]]] = {}
        named = (peers / f"{name}.csv" for name in sources)
        for path in sorted({*peers.glob("*.csv"), *filter(checksums.listed, named)}):
            if path.stem in (REGION, TYPE, ENGLAND, OWN):
                problems.append(f"{path}: {path.stem} is the name of a built-in model.")
            if path.stem not in sources:
                problems.append(f"{path}: peers/sources.yaml has no entry {path.stem}.")
            ranked = path.stem in sources and sources[path.stem].ranked
            lists[path.stem] = _list(path, councils, problems, ranked=ranked)
        problems += [f"peers/{name}.csv: there is no such file." for name in sources.keys() - lists]
        if problems:
            raise RegisterError(*sorted(problems))
        return cls(councils, lists, sources, folder)

    def names(self) -> tuple[str, ...]:
        """The models that can be asked for by name, published lists first."""
        return (*self._lists, REGION, TYPE, ENGLAND)

    def titles(self) -> dict[str, str]:
        """Each model's name with what it is."""
        listed = {name: self.sources[name].title for name in self._lists}
        return listed | {
            REGION: "councils in the same region",
            TYPE: "councils of the same type",
            ENGLAND: "all councils in England",
        }

    def nearness(self, group: PeerGroup) -> dict[str, int]:
        """The place of each peer, 0 for the nearest, by area; empty where the list has no order."""
        source = self.sources.get(group.model)
        if source is None or not source.ranked:
            return {}
        listed = self._lists[group.model].get(group.area_id, ())
        return {area_id: place for place, area_id in enumerate(listed)}

    def group(self, model: str, council: Council, year: FinancialYear) -> PeerGroup:
        """The peers of a council in a year.

        City of London and Isles of Scilly are nobody's peers unless an own list names them.

        Args:
            model: one of `names()`, or an own list: councils by name, alias or code, separated
                by ";" (or a single one). With `RECKONED` behind it a council of the list that
                ended is reckoned from its successors, where areas.yaml says how.
            council: the council compared. Lists follow the area: Somerset has one through both
                its codes.
            year: the year compared.

        Raises:
            UnknownNameError: there is no such model, or an own list names an unknown council.
            ParameterError: the council did not exist that year and its type is asked for.
        """
        key = (model, council.area_id, year)
        if key not in self._groups:
            self._groups[key] = self._group(model, council, year)
        return self._groups[key]

    def reckoned(self, model: str) -> tuple[MergedArea, ...]:
        """The areas that can stand for councils that ended, where the model asks for them."""
        return self._successors if model.strip().endswith(RECKONED) else ()

    @functools.cached_property
    def _successors(self) -> tuple[MergedArea, ...]:
        if self._folder is None:
            return ()
        areas = merged_areas.read(self._folder, self._folder / "none", self._councils)
        return tuple(area for area in areas.values() if area.stands_for is not None)

    def _with_reckoned(self, model: str, council: Council, year: FinancialYear) -> PeerGroup:
        """The peers with the areas that stand for those that ended, which say so in their names.

        None stands for a council where the list or the council compared is a part of it.
        """
        group = self.group(model.strip().removesuffix(RECKONED).strip(), council, year)
        listed = {council.area_id, *(peer.area_id for peer in group.members)}
        areas = {
            area.stands_for.area_id: area
            for area in self._successors
            if area.stands_for is not None
            and area.covers(year)
            and not listed & {one.area_id for one in area.councils(year)}
        }
        members = tuple(
            Peer(area.merged_id, f"{peer.name} ({area.mark(year)})", exists=True, merged=area)
            if (area := areas.get(peer.area_id)) is not None and not peer.exists
            else peer
            for peer in group.members
        )
        marked = [peer.name for peer in members if peer.merged is not None]
        title = "; ".join([group.title, *marked])
        return replace(group, model=model, title=title, members=members)

    def _group(self, model: str, council: Council, year: FinancialYear) -> PeerGroup:
        if model.strip().endswith(RECKONED):
            return self._with_reckoned(model, council, year)
        if model in self._lists:
            return self._listed(model, council, year)
        everyone = self._councils.in_year(year)
        if model == ENGLAND:
            return self._of(model, "all councils in England", council, everyone, year)
        if model == REGION:
            near = [other for other in everyone if other.region == council.region]
            return self._of(model, f"councils in {council.region.spoken}", council, near, year)
        if model == TYPE:
            kind = council.type_in(year)
            alike = [other for other in everyone if other.type_in(year) == kind]
            return self._of(model, kind.label, council, alike, year)
        return self._own(model, council, year)

    def _listed(self, model: str, council: Council, year: FinancialYear) -> PeerGroup:
        title = self.sources[model].title
        ids = self._lists[model].get(council.area_id, ())
        if not ids:
            reason = f"{title}: there is no list for {council.name}."
            return PeerGroup(model, title, council.area_id, (), reason)
        return self._of(model, title, council, [self._councils[i] for i in ids], year)

    def _own(self, model: str, council: Council, year: FinancialYear) -> PeerGroup:
        names = [name.strip() for name in model.split(";") if name.strip()]
        if len(names) > 1:
            chosen = [self._councils.find(name) for name in names]
        else:
            try:
                chosen = [self._councils.find(model)]
            except UnknownNameError:
                if self._councils.districts.find(model) is not None:
                    raise
                raise UnknownNameError("peer model", model, self.names()) from None
        return self._of(OWN, "own list", council, chosen, year, with_tiny=True)

    def _of(
        self,
        model: str,
        title: str,
        council: Council,
        others: Iterable[Council],
        year: FinancialYear,
        *,
        with_tiny: bool = False,
    ) -> PeerGroup:
        members = {
            other.area_id: Peer(other.area_id, other.name, other.exists(year))
            for other in others
            if other.area_id != council.area_id and (with_tiny or not other.tiny)
        }
        reason = "" if members else f"{title}: it names no council but {council.name} itself."
        ordered = tuple(sorted(members.values(), key=lambda peer: (peer.name, peer.area_id)))
        return PeerGroup(model, title, council.area_id, ordered, reason)


def _sources(path: Path, problems: list[str]) -> dict[str, PeerSource]:
    found = {}
    for name, entry in (read_yaml(path) or {}).items():
        try:
            found[str(name)] = PeerSource.model_validate(entry)
        except ValidationError as fault:
            problems += [
                f"{path}: {name}.{'.'.join(map(str, error['loc']))}: {error['msg']}."
                for error in fault.errors()
            ]
    return found


def _list(
    path: Path, councils: Councils, problems: list[str], *, ranked: bool
) -> dict[str, tuple[str, ...]]:
    """The peers of each council: nearest first where the list is ranked, else by id."""
    chosen: dict[str, dict[str, int]] = defaultdict(dict)
    for row in read_rows(path, RANKED_COLUMNS if ranked else PEER_COLUMNS):
        unknown = [cell for cell in (row["area_id"], row["peer_id"]) if cell not in councils]
        problems += [f"{path} line {row['line']}: no council {cell!r}." for cell in unknown]
        if row["area_id"] == row["peer_id"]:
            problems.append(f"{path} line {row['line']}: a council is not its own peer.")
        place = row["rank"] if ranked else "0"
        if not place.isdecimal():
            problems.append(f"{path} line {row['line']}: the rank {place!r} is no whole number.")
            continue
        chosen[row["area_id"]][row["peer_id"]] = int(place)
    # Sorted twice: the places decide, and of equal ones the ids.
    return {
        area_id: tuple(sorted(sorted(places), key=places.__getitem__))
        for area_id, places in chosen.items()
    }
