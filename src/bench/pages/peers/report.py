"""The report on a council's peers by the open model, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.pages import choices
from bench.pages.base import Report, section
from bench.pages.peers import charts, sections
from bench.pages.peers.profile import Nearness
from bench.pages.peers.sections import OURS, by_peer, far_of, listing, near_of
from bench.peer_model import distance as nearest
from bench.peer_model import lists
from bench.present import downloads, provenance
from bench.present.html import joined
from bench.present.provenance import Imprint, Source
from bench.present.sheet import Sheet, frame_sheet
from bench.present.table import paragraph
from bench.published import sources

if TYPE_CHECKING:
    import pandas as pd

    from bench.present.chart import Figure
    from bench.present.html import Section
    from bench.reference import Council


def peers(
    council: str | None = None, *, weights: str = "default", palette: str | None = None
) -> PeersBrief:
    """A council's 15 nearest councils by the open model, and why each is one.

    Args:
        council: Name, alias or code.
        weights: A file in the form of params/peers.yaml, or "default" for that one.
        palette: rag or af.

    Returns:
        A `PeersBrief`: `frame()` has a row per peer, the nearest first, with its distance and the
        other models that name it too.

    Raises:
        UnknownNameError: A council or palette that is not known; the nearest ones are named.
        RegisterError: The weights do not fit.

    >>> bench.peers("Leeds").frame().loc[:1, ["rank", "council", "also"]]
       rank    council                 also
    0     1  Sheffield  CIPFA; region; type
    1     2    Salford                 type
    """
    name = council or choices.default_council()
    found = sources.reference().councils.find(name)
    spaces = lists.model(weights)
    return PeersBrief(
        near=Nearness(
            council=found,
            space=nearest.space_of(found.area_id, spaces) or next(iter(spaces.values())),
            number=lists.choices_of(weights).number_of_peers,
        ),
        weights="" if weights == lists.DEFAULT else Path(weights).name,
    ).in_palette(palette)


@dataclass(frozen=True)
class PeersBrief(Report):
    """One council's peers by the open model, and the sections of their page.

    Attributes:
        near: the council in the model's space, as tables.
        weights: the file of weights; "" for params/peers.yaml.
    """

    near: Nearness
    weights: str

    @property
    def council(self) -> Council:
        """Whose peers they are."""
        return self.near.council

    @property
    def reason(self) -> str:
        """Why there is no list; "" where there is one."""
        if self.near.peers:
            return ""
        if self.council.tiny:
            return (
                f"There is no list for {self.council.name}. Too few people live there to say which "
                "councils are like it."
            )
        years = " and ".join(str(one) for one in sorted(lists.features().figures))
        return (
            f"There is no list for {self.council.name}. The figures follow the boundaries of "
            f"{years}, and there was no such council then."
        )

    def frame(self) -> pd.DataFrame:
        """One row per peer, nearest first; see `bench.pages.peers.profile.Nearness.frame`."""
        return self.near.frame()

    def text(self) -> str:
        """The list as plain text, for a terminal."""
        if self.reason:
            return self.reason
        peers, _ = sheets(self.frame(), self.near.gaps())
        lines = [
            f"{self.council.name}: the {len(self.near.peers)} nearest of "
            f"{len(self.near.space.area_ids) - 1} councils by the open model, "
            f"at the boundaries of {self.near.space.boundaries}.",
        ]
        for rank, name, _, distance, near, far, also in peers.rows:
            also_by = f"   also by {also}" if also else ""
            lines += [
                "",
                f"{rank:>2}  {name}   distance {float(str(distance)):.3f}{also_by}",
                f"    most alike in   {near}",
                f"    least alike in  {far}",
            ]
        return "\n".join(lines)

    # --- sections of the page, in its order -----------------------------------------------------

    @section
    def heading(self) -> Section:
        """Whose list it is, what near means, and who is nearest."""
        return sections.heading(
            self.frame(),
            council=self.council.name,
            others=len(self.near.space.area_ids) - 1,
            reason=self.reason,
            weights=self.weights,
        )

    @section
    def peers_table(self) -> Section:
        """The peers, nearest first, each with what makes it near and what keeps it apart."""
        if self.reason:
            return self._none()
        return sections.peers_table(
            self.frame(),
            self.near.gaps(),
            council=self.council.name,
            late=self.near.late(),
        )

    @section
    def spread(self) -> Figure | Section:
        """Where the council and its peers stand on each feature, among all councils."""
        if self.reason:
            return self._none()
        return charts.spread(self.near.features(), self.near.gaps(), council=self.council.name)

    @section
    def features_table(self) -> Section:
        """Each feature that counts: the figure, its place among all councils, the peers' range.

        Nothing where there is no list.
        """
        if self.reason:
            return joined()
        return sections.features_table(self.near.features(), council=self.council.name)

    @section
    def other_models(self) -> Section:
        """Which of the peers other models name too, and whom they name instead."""
        return sections.other_models(
            self.near.models(), council=self.council.name, all_shared=self.near.shared(),
        )  # fmt: skip

    @section
    def method(self) -> Section:
        """How the list is made."""
        return sections.method(
            self.near.scales(),
            boundaries=self.near.space.boundaries,
            number=self.near.number,
            councils=len(self.near.space.area_ids),
        )

    @section
    def sources(self) -> Section:
        """Where the figures come from."""
        return provenance.sources([self._source()])

    @section
    def downloads(self) -> Section:
        """The list, and every feature of each peer, as files."""
        if self.reason:
            return self._none()
        peers, features = sheets(self.frame(), self.near.gaps())
        files = downloads.bundle(
            f"{self.council.area_id}-peers",
            {"peers": ("Every peer", peers), "features": ("Every feature of each", features)},
            self._imprint(),
            title="The councils most like it, by the open peer model",
            scope=self.council.name,
        )
        return downloads.list_of(list(files.values()))

    def _imprint(self) -> Imprint:
        """What the workbook says of itself."""
        about = (
            ("What this is", f"The councils most like {self.council.name}, by the open peer model. "
             f"{OURS}"),
            ("Boundaries", str(self.near.space.boundaries)),
            ("Distance", "The root of the summed squares of how far apart two councils are on each "
             "feature's scale, from 0 to its weight."),
            *((f"Weight: {name}", f"{weight:g}") for name, weight in
              self.near.space.weights.items()),
        )  # fmt: skip
        return Imprint(about=about, sources=(self._source(),))

    def _none(self) -> Section:
        return paragraph("Without a list there is nothing to show.")

    def _source(self) -> Source:
        one = lists.features().register.source
        return Source(one.title, one.publisher, one.published, one.licence, one.landing_page)


_PEER_COLUMNS: Final = {
    "rank": "Rank",
    "council": "Peer",
    "area_code": "ONS code",
    "distance": "Distance",
    "near": "Most alike in",
    "far": "Least alike in",
    "also": "Also a peer by",
}
_GAP_COLUMNS: Final = {
    "rank": "Rank",
    "council": "Peer",
    "title": "Feature",
    "unit": "Unit",
    "value": "Council's figure",
    "peer_value": "Peer's figure",
    "apart": "How far apart, 0 to 1",
    "share": "Share of the distance",
}


def sheets(peers: pd.DataFrame, gaps: pd.DataFrame) -> tuple[Sheet, Sheet]:
    """The peers, and every feature of each, as sheets."""
    features = by_peer(gaps)
    described = peers.assign(
        distance=peers["distance"].round(6),
        near=[listing(near_of(features[one])) for one in peers["area_id"]],
        far=[listing(far_of(features[one])) for one in peers["area_id"]],
    )
    rounded = gaps.assign(apart=gaps["apart"].round(6), share=gaps["share"].round(6))
    return (
        frame_sheet(described, name="Peers", columns=_PEER_COLUMNS),
        frame_sheet(rounded, name="Features", columns=_GAP_COLUMNS),
    )
