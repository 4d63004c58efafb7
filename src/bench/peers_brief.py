"""Why a council's peers are its peers, by the open model: everything its page needs, in one object.

Enters: a council and a file of weights. Leaves: a `PeersBrief`, whose sections show themselves in
a notebook and on the page, and whose `frame()` holds the list.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from bench import choices, held, peer_lists
from bench.present.theme import check_palette
from bench.published import sources
from bench.registers import nearest
from bench.version import __version__

if TYPE_CHECKING:
    from bench.present.figure import Figure
    from bench.present.html import Fragment
    from bench.present.page import Source
    from bench.registers import Council, PeerGroup
    from bench.registers.nearest import PeerChoices, Space

__all__ = ["FRAME_COLUMNS", "PeersBrief", "gather"]

FRAME_COLUMNS: Final = ("rank", "area_id", "council", "area_code", "distance", "also")
# The other ways to choose peers that the page sets beside the open model.
OTHERS: Final = ("cipfa", "region", "type")
_SHORT: Final = {"cipfa": "CIPFA", "region": "region", "type": "type"}


def gather(
    council: str | None = None, *, weights: str = peer_lists.DEFAULT, palette: str | None = None
) -> PeersBrief:
    """The peers of a council by the open model, and why each is one.

    Args:
        council: Name, alias or code; None for that of params/default.yaml.
        weights: A file in the form of params/peers.yaml, or "default" for that one.
        palette: rag or af.

    Raises:
        UnknownNameError: A council or palette that is not known; the nearest ones are named.
        RegisterError: The weights do not fit; an unknown feature is told with its near misses.
    """
    name = council or choices.default_council()
    found = sources.reference().councils.find(name)
    spaces = peer_lists.model(weights)
    return PeersBrief(
        council=found,
        choices=peer_lists.choices_of(weights),
        space=nearest.space_of(found.area_id, spaces) or next(iter(spaces.values())),
        weights="" if weights == peer_lists.DEFAULT else Path(weights).name,
        palette=check_palette(palette or "rag"),
    )


@dataclass(frozen=True)
class PeersBrief:
    """One council's peers by the open model.

    Attributes:
        council: whose peers they are.
        choices: what counts and how much.
        space: the model, at the latest boundaries that know the council.
        weights: the file of weights; "" for params/peers.yaml.
        palette: rag or af.
    """

    council: Council
    choices: PeerChoices
    space: Space
    weights: str
    palette: str

    @property
    def reason(self) -> str:
        """Why there is no list; "" where there is one."""
        if self._peers:
            return ""
        if self.council.tiny:
            return (
                f"There is no list for {self.council.name}. Too few people live there to say which "
                "councils are like it."
            )
        years = " and ".join(str(one) for one in sorted(peer_lists.features().figures))
        return (
            f"There is no list for {self.council.name}. The figures follow the boundaries of "
            f"{years}, and there was no such council then."
        )

    @functools.cached_property
    def _peers(self) -> list[nearest.Neighbour]:
        if self.council.area_id not in self.space.points:
            return []
        return self.space.nearest(self.council.area_id, self.choices.number_of_peers)

    def frame(self) -> pd.DataFrame:
        """The peers, nearest first; empty where there is no list.

        Columns: `FRAME_COLUMNS`. `distance` is on the model's scale, where a feature of full weight
        parts the lowest council from the highest by 1; `also` names the other models that have the
        peer, separated by "; ".
        """
        councils = sources.reference().councils
        named = {
            _SHORT[model]: {peer.area_id for peer in self._group(model).members} for model in OTHERS
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
            for one in self._peers
        ]
        return pd.DataFrame(rows, columns=list(FRAME_COLUMNS))

    def scales(self) -> pd.DataFrame:
        """The features that count, the heaviest first.

        Columns: feature, title, unit, counts, weight (the largest is 1), transformation, exponent.
        """
        register, weights = peer_lists.features().register, self.space.weights
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
        for one in self.scales().to_dict("records") if self._peers else ():
            figures = self._figures(one["feature"])
            own = figures[self.council.area_id]
            peers = [figures[peer.area_id] for peer in self._peers]
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
        for peer in self._peers:
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
        ours = {one.area_id for one in self._peers}
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

    def text(self) -> str:
        """The list as plain text, for a terminal."""
        from bench.present import nearness

        if self.reason:
            return self.reason
        told = nearness.sheets(self.frame(), self.gaps())[0]
        lines = [
            f"{self.council.name}: the {len(self._peers)} nearest of "
            f"{len(self.space.area_ids) - 1} councils by the open model, "
            f"at the boundaries of {self.space.boundaries}.",
        ]
        for rank, name, _, distance, near, far, also in told.rows:
            also_by = f"   also by {also}" if also else ""
            lines += [
                "",
                f"{rank:>2}  {name}   distance {float(str(distance)):.3f}{also_by}",
                f"    most alike in   {near}",
                f"    least alike in  {far}",
            ]
        return "\n".join(lines)

    # --- sections of the page, in its order -----------------------------------------------------

    def heading(self) -> Fragment:
        """Whose list it is, what near means, and who is nearest."""
        from bench.present import nearness

        return nearness.heading(
            self.frame(),
            council=self.council.name,
            others=len(self.space.area_ids) - 1,
            reason=self.reason,
            weights=self.weights,
            palette=self.palette,
        )

    def peers_table(self) -> Fragment:
        """The peers, nearest first, each with what makes it near and what keeps it apart."""
        from bench.present import nearness

        if self.reason:
            return self._none()
        return nearness.peers_table(
            self.frame(),
            self.gaps(),
            council=self.council.name,
            late=self._late(),
            palette=self.palette,
        )

    def spread(self) -> Figure | Fragment:
        """Where the council and its peers stand on each feature, among all councils."""
        from bench.present import nearness_figure

        if self.reason:
            return self._none()
        return nearness_figure.spread(
            self.features(), self.gaps(), council=self.council.name, palette=self.palette
        )

    def features_table(self) -> Fragment:
        """Each feature that counts: the figure, its place among all councils, the peers' range.

        Nothing where there is no list.
        """
        from bench.present import nearness
        from bench.present.html import Fragment

        if self.reason:
            return Fragment()
        return nearness.features_table(
            self.features(), council=self.council.name, palette=self.palette
        )

    def other_models(self) -> Fragment:
        """Which of the peers other models name too, and whom they name instead."""
        from bench.present import nearness

        return nearness.other_models(
            self.models(), council=self.council.name, all_shared=self._shared(),
            palette=self.palette,
        )  # fmt: skip

    def method(self) -> Fragment:
        """How the list is made."""
        from bench.present import nearness

        return nearness.method(
            self.scales(),
            boundaries=self.space.boundaries,
            number=self.choices.number_of_peers,
            councils=len(self.space.area_ids),
            palette=self.palette,
        )

    def sources(self) -> Fragment:
        """Where the figures come from."""
        from bench.present import page

        return page.sources([self._source()], palette=self.palette)

    def downloads(self) -> Fragment:
        """The list, and every feature of each peer, as files."""
        from bench.present import downloads, nearness, sheets

        if self.reason:
            return self._none()
        peers, features = nearness.sheets(self.frame(), self.gaps())
        notes = nearness.notes(
            council=self.council.name,
            boundaries=self.space.boundaries,
            weights=self.space.weights,
            source=self._source(),
            version=__version__,
        )
        files = downloads.of_peers(
            f"{self.council.area_id}-peers", peers, features, sheets.notes_sheet(notes)
        )
        return downloads.list_of(files, palette=self.palette)

    def _none(self) -> Fragment:
        from bench.present.tables import paragraph

        return paragraph("Without a list there is nothing to show.", palette=self.palette)

    def _figures(self, feature: str) -> dict[str, float]:
        """The feature's figure of every council that is set beside this one, as published."""
        found = peer_lists.features().figures[self.space.boundaries]
        return {area_id: found[area_id][feature] for area_id in self.space.area_ids}

    def _at(self, feature: str, area_id: str) -> float:
        """The place on a feature's scale, 1 for the highest figure whichever way the scale runs."""
        place = self.space.places[feature][area_id]
        return 1 - place if self.space.scales[feature].transformation.falls else place

    def _group(self, model: str) -> PeerGroup:
        """The peers by another model, in the latest year of the council."""
        last = self.council.spans[-1].last_year
        year = held.years()[-1] if self.council.goes_on or last is None else last
        return sources.reference().peers.group(model, self.council, year)

    def _late(self) -> list[str]:
        """The peers that began after the first year in hand, each with its own first year."""
        councils, earliest = sources.reference().councils, held.years()[0]
        found = []
        for peer in self._peers:
            first = councils[peer.area_id].spans[0].first_year
            if first is not None and first > earliest:
                found.append(f"{councils[peer.area_id].name} (from {first})")
        return found

    def _shared(self) -> list[int]:
        """For every council with both, how many peers the open model shares with CIPFA's list."""
        registers, year = sources.reference(), held.years()[-1]
        found = []
        for area_id in self.space.area_ids:
            group = registers.peers.group("cipfa", registers.councils[area_id], year)
            if group.members:
                ours = self.space.nearest(area_id, self.choices.number_of_peers)
                theirs = {peer.area_id for peer in group.members}
                found.append(sum(one.area_id in theirs for one in ours))
        return found

    def _source(self) -> Source:
        from bench.present.page import Source

        one = peer_lists.features().register.source
        return Source(
            one.title, one.publisher, one.published, one.licence, one.landing_page, one.provenance
        )
