"""The files that go with the page of peers: the list, and every feature of each.

Enters: a frame of peers, and one of peers and features. Leaves: sheets and notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.pages.peers.sections import OURS
from bench.pages.peers.words import by_peer, far_of, listing, near_of
from bench.present.sheet import Sheet, frame_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bench.present.page import Source

__all__ = ["notes", "sheets"]

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
    told = peers.assign(
        distance=peers["distance"].round(6),
        near=[listing(near_of(features[one])) for one in peers["area_id"]],
        far=[listing(far_of(features[one])) for one in peers["area_id"]],
    )
    rounded = gaps.assign(apart=gaps["apart"].round(6), share=gaps["share"].round(6))
    return (
        frame_sheet(told, name="Peers", columns=_PEER_COLUMNS),
        frame_sheet(rounded, name="Features", columns=_GAP_COLUMNS),
    )


def notes(
    *, council: str, boundaries: int, weights: Mapping[str, float], source: Source, version: str
) -> list[tuple[str, str]]:
    """What the workbook says of itself."""
    return [
        ("What this is", f"The councils most like {council}, by the open peer model. {OURS}"),
        ("Boundaries", str(boundaries)),
        ("Distance", "The root of the summed squares of how far apart two councils are on each "
         "feature's scale, from 0 to its weight."),
        *((f"Weight: {name}", f"{weight:g}") for name, weight in weights.items()),
        ("Source", f"{source.title}. {source.publisher}, {source.published}. {source.licence}. "
         f"{source.address} Copy used: {source.provenance}."),
        ("Made by", f"bench {version}"),
    ]  # fmt: skip
