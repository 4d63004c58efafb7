"""A council's peers by the open model, as frames: who they are, and what makes each near."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from bench.pages import store
from bench.peer_model import lists
from bench.published import sources

if TYPE_CHECKING:
    from bench.peer_model.distance import Neighbour, Space
    from bench.reference import Council, PeerGroup

FRAME_COLUMNS: Final = ("rank", "area_id", "council", "area_code", "distance", "also")
# The other ways to choose peers that are set beside the open model, and what they are called short.
OTHERS: Final = {"cipfa": "CIPFA", "region": "region", "type": "type"}


@dataclass(frozen=True)
class Nearness:
    """A council among all others in the open model's space.

    Attributes:
        council: whose peers are asked for.
        space: the model, at the latest boundaries that know the council.
        number: how many of the nearest are its peers.
    """

    council: Council
    space: Space
    number: int

    @functools.cached_property
    def peers(self) -> list[Neighbour]:
        """The peers, nearest first; none where the model does not know the council."""
        if self.council.area_id not in self.space.points:
            return []
        return self.space.nearest(self.council.area_id, self.number)

    def frame(self) -> pd.DataFrame:
        """The peers, nearest first; empty where there is no list.

        Columns: `FRAME_COLUMNS`. `distance` is on the model's scale, where a feature of full weight
        parts the lowest council from the highest by 1; `also` names the other models that have the
        peer, separated by "; ".
        """
        councils = sources.reference().councils
        named = {
            short: {peer.area_id for peer in self._group(model).members}
            for model, short in OTHERS.items()
        }
        rows = [
            {
                "rank": one.rank,
                "area_id": one.area_id,
                "council": councils[one.area_id].name,
                "area_code": councils[one.area_id].spans[-1].ons_code,
                "distance": one.distance,
                "also": "; ".join(name for name, ids in named.items() if one.area_id in ids),
            }
            for one in self.peers
        ]
        return pd.DataFrame(rows, columns=list(FRAME_COLUMNS))

    def scales(self) -> pd.DataFrame:
        """The features that count, the heaviest first.

        Columns: feature, title, unit, counts, weight (the largest is 1), transformation, exponent.
        """
        register, weights = lists.features().register, self.space.weights
        # in the order of the register, for those of the same weight
        ordered = sorted(weights, key=lambda name: (-weights[name], register.ids.index(name)))
        return pd.DataFrame(
            {
                "feature": name,
                "title": register[name].title,
                "unit": str(register[name].unit),
                "counts": register[name].counts,
                "weight": weights[name],
                "transformation": self.space.scales[name].transformation.label,
                "exponent": self.space.scales[name].exponent,
            }
            for name in ordered
        )

    def features(self) -> pd.DataFrame:
        """Where the council and its peers stand on each feature; empty where there is no list.

        Columns: those of `scales` but the last two; value; place (1 for the highest figure); of
        (how many councils); at (on the model's scale, 0 for the council with the lowest figure, 1
        for that with the highest); low and high (of the peers).
        """
        rows = []
        for one in self.scales().to_dict("records") if self.peers else ():
            figures = self._figures(one["feature"])
            own = figures[self.council.area_id]
            peers = [figures[peer.area_id] for peer in self.peers]
            about = {name: one[name] for name in ("feature", "title", "unit", "counts", "weight")}
            rows.append(
                about
                | {
                    "value": own,
                    "place": 1 + sum(other > own for other in figures.values()),
                    "of": len(figures),
                    "at": self._at(one["feature"], self.council.area_id),
                    "low": min(peers),
                    "high": max(peers),
                }
            )
        return pd.DataFrame(rows)

    def gaps(self) -> pd.DataFrame:
        """How far each peer is from the council, feature by feature; empty where there is no list.

        Columns: rank, area_id, council, feature, title, unit, weight, value (the council's),
        peer_value, peer_at (see `features`), apart (0 to 1, before the weight), share (of the
        squared distance; those of a peer add up to 1).
        """
        councils = sources.reference().councils
        features = self.scales()[["feature", "title", "unit", "weight"]].to_dict("records")
        rows = []
        for peer in self.peers:
            parts = self.space.parts(self.council.area_id, peer.area_id)
            whole = sum(part**2 for part in parts.values())
            about = {
                "rank": peer.rank,
                "area_id": peer.area_id,
                "council": councils[peer.area_id].name,
            }
            for one in features:
                name = one["feature"]
                figures = self._figures(name)
                rows.append(
                    about
                    | one
                    | {
                        "value": figures[self.council.area_id],
                        "peer_value": figures[peer.area_id],
                        "peer_at": self._at(name, peer.area_id),
                        "apart": parts[name] / one["weight"],
                        "share": parts[name] ** 2 / whole if whole else 0.0,
                    }
                )
        return pd.DataFrame(rows)

    def models(self) -> pd.DataFrame:
        """Other ways to choose peers: CIPFA's list, the region, the council type.

        Columns: model, title, total, shared, only_here, only_there (tuples of names), reason (why
        the other has no list; "").
        """
        councils = sources.reference().councils
        ours = {one.area_id for one in self.peers}
        rows = []
        for model in OTHERS:
            group = self._group(model)
            theirs = {peer.area_id for peer in group.members}
            rows.append(
                {
                    "model": model,
                    "title": group.title,
                    "total": group.total,
                    **{
                        name: tuple(sorted(councils[one].name for one in ids))
                        for name, ids in (
                            ("shared", ours & theirs),
                            ("only_here", ours - theirs),
                            ("only_there", theirs - ours),
                        )
                    },
                    "reason": group.reason,
                }
            )
        return pd.DataFrame(rows)

    def late(self) -> list[str]:
        """The peers that began after the first year in hand, each with its own first year."""
        councils, earliest = sources.reference().councils, store.years()[0]
        found = []
        for peer in self.peers:
            first = councils[peer.area_id].spans[0].first_year
            if first is not None and first > earliest:
                found.append(f"{councils[peer.area_id].name} (from {first})")
        return found

    def shared(self) -> list[int]:
        """For every council with both, how many peers the open model shares with CIPFA's list."""
        registers, year = sources.reference(), store.latest()
        counts = []
        for area_id in self.space.area_ids:
            group = registers.peers.group("cipfa", registers.councils[area_id], year)
            if group.members:
                ours = self.space.nearest(area_id, self.number)
                theirs = {peer.area_id for peer in group.members}
                counts.append(sum(one.area_id in theirs for one in ours))
        return counts

    def _figures(self, feature: str) -> dict[str, float]:
        """The feature's figure of every council that is set beside this one, as published."""
        figures = lists.features().figures[self.space.boundaries]
        return {area_id: figures[area_id][feature] for area_id in self.space.area_ids}

    def _at(self, feature: str, area_id: str) -> float:
        """The place on a feature's scale, 1 for the highest figure whichever way the scale runs."""
        place = self.space.places[feature][area_id]
        return 1 - place if self.space.scales[feature].transformation.falls else place

    def _group(self, model: str) -> PeerGroup:
        """The peers by another model, in the latest year of the council."""
        last = self.council.spans[-1].last_year
        year = store.latest() if self.council.goes_on or last is None else last
        return sources.reference().peers.group(model, self.council, year)
