"""A merged area's peers by the open model: its councils' features pooled, and who is nearest."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.pages.peers.sections import far_of, listing, near_of
from bench.peer_model import lists
from bench.peer_model.census import together
from bench.present.sentences import listed
from bench.published import sources
from bench.reference import Peer, PeerGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.peer_model.distance import Neighbour, Space
    from bench.reference import FinancialYear
    from bench.reference.merged_areas import MergedArea

MODEL = "open"


@dataclass(frozen=True)
class AreaNeighbours:
    """A merged area of a year among all councils in the open model's space.

    Attributes:
        area: which.
        year: of the councils that it is made of.
        number: how many of the nearest are its peers.
        space: the model at the latest boundaries that know all its councils; None where none do.
    """

    area: MergedArea
    year: FinancialYear
    number: int
    space: Space | None

    @classmethod
    def of(
        cls, area: MergedArea, year: FinancialYear, weights: str = lists.DEFAULT
    ) -> AreaNeighbours:
        """The area among the councils, by the weights of params/peers.yaml or another file."""
        known = lists.features().figures
        ids = {council.area_id for council in area.councils(year)}
        spaces = lists.model(weights).values()
        space = next((one for one in spaces if ids <= known[one.boundaries].keys()), None)
        return cls(area, year, lists.choices_of(weights).number_of_peers, space)

    @property
    def reason(self) -> str:
        """Why there are no peers, as a sentence; "" where there are."""
        span = self.area.span(self.year)
        if span.shares:
            partly = [council.name for council in span.councils if council.area_id in span.shares]
            return (
                f"There are no peers: what the Census says of {listed(partly)} is held for all of "
                "it, and a part can be quite another place."
            )
        if self.space is None:
            years = listed([str(one) for one in sorted(lists.features().figures)])
            return (
                "There are no peers: the Census is held at the boundaries of "
                f"{years}, and {listed([one.name for one in span.councils])} are not all among "
                "the councils of either."
            )
        return ""

    @functools.cached_property
    def figures(self) -> Mapping[str, float]:
        """The area's features, pooled, by id; none where there are no peers."""
        if self.reason or self.space is None:
            return {}
        features = lists.features()
        of_councils = features.figures[self.space.boundaries]
        return together(
            features.register,
            [of_councils[council.area_id] for council in self.area.councils(self.year)],
        )

    @functools.cached_property
    def _point(self) -> tuple[float, ...]:
        return self.space.point_of(self.figures) if self.space and self.figures else ()

    @functools.cached_property
    def nearest(self) -> list[Neighbour]:
        """The peers, nearest first; the area's own councils are none."""
        if not self._point or self.space is None:
            return []
        own = {council.area_id for council in self.area.councils(self.year)}
        return self.space.nearest_to(self._point, self.number, without=own)

    @functools.cached_property
    def group(self) -> PeerGroup:
        """The peers as figures are compared with them."""
        registers = sources.reference()
        members = [registers.councils[one.area_id] for one in self.nearest]
        peers = sorted(
            (Peer(one.area_id, one.name, one.exists(self.year)) for one in members),
            key=lambda peer: (peer.name, peer.area_id),
        )
        title = registers.peers.titles()[MODEL]
        return PeerGroup(MODEL, title, self.area.merged_id, tuple(peers), self.reason)

    def gaps(self) -> dict[str, list[dict[str, Any]]]:
        """What parts each peer from the area, feature by feature, by the peer's `area_id`.

        Each has title, unit, weight, value (the area's), peer_value, apart (on the feature's scale,
        before its weight) and share (of the squared distance).
        """
        if self.space is None:
            return {}
        register = lists.features().register
        of_councils = lists.features().figures[self.space.boundaries]
        found = {}
        for peer in self.nearest:
            parts = self.space.parts_from(self._point, peer.area_id)
            whole = sum(part**2 for part in parts.values()) or 1.0
            found[peer.area_id] = [
                {
                    "title": register[name].title,
                    "unit": str(register[name].unit),
                    "weight": self.space.weights[name],
                    "value": self.figures[name],
                    "peer_value": of_councils[peer.area_id][name],
                    "apart": part / self.space.weights[name],
                    "share": part**2 / whole,
                }
                for name, part in parts.items()
            ]
        return found

    def text(self) -> str:
        """The list as plain text, for a terminal."""
        if self.reason or self.space is None:
            return self.reason
        councils, gaps = sources.reference().councils, self.gaps()
        own = self.area.councils(self.year)
        others = sum(one.area_id not in self.space.points for one in own)
        lines = [
            f"{self.area.name}: the {len(self.nearest)} nearest of "
            f"{len(self.space.area_ids) - len(own) + others} councils by the open model, its "
            f"features pooled from {listed([one.name for one in own])}, at the boundaries of "
            f"{self.space.boundaries}.",
        ]
        for one in self.nearest:
            parts = gaps[one.area_id]
            lines += [
                "",
                f"{one.rank:>2}  {councils[one.area_id].name}   distance {one.distance:.3f}",
                f"    most alike in   {listing(near_of(parts))}",
                f"    least alike in  {listing(far_of(parts))}",
            ]
        return "\n".join(lines)

    def beyond(self) -> list[str]:
        """The features, by title, in which the area lies beyond all councils."""
        if self.space is None:
            return []
        register = lists.features().register
        return [
            register[name].title
            for name, at in zip(self.space.scales, self._point, strict=False)
            if not 0 <= at <= self.space.weights[name]
        ]
