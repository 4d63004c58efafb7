"""Why two councils are near or far, in words.

Enters: how far apart they are, feature by feature. Leaves: text, and no HTML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bench.present.numbers import bare
from bench.present.rows import records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

__all__ = ["both", "by_peer", "enumerated", "far_of", "figure_of", "listing", "near_of", "why"]

# How many features are named as near, and as far.
NAMED: Final = 3
_UNITS: Final = {
    "people": (0, ""),
    "pct": (1, "%"),
    "per_sq_km": (0, ""),
    "index": (2, ""),
    "km": (1, " km"),
}


def figure_of(value: float, unit: str) -> str:
    """A feature's figure as a reader sees it: 4.0%, 481,363, 19.9 km."""
    decimals, after = _UNITS[unit]
    decimals += unit == "pct" and value < 1  # or else many small shares would look the same
    return f"{bare(value, decimals)}{after}"


def by_peer(gaps: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """What is known of each peer's features, by the peer's `area_id`, nearest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for gap in records(gaps):
        found.setdefault(gap["area_id"], []).append(gap)
    return found


def near_of(gaps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The features in which two councils are most alike, the most first."""
    return sorted(gaps, key=lambda gap: (gap["apart"], -gap["weight"]))[:NAMED]


def far_of(gaps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The features that make most of the distance, the most first, and no others."""
    ordered = sorted(gaps, key=lambda gap: -gap["share"])[:NAMED]
    return [gap for gap in ordered if gap["share"] > 0]


def listing(found: Sequence[Mapping[str, Any]]) -> str:
    """Features with both figures, in a line."""
    return "; ".join(f"{gap['title']} ({both(gap)})" for gap in found)


def both(gap: Mapping[str, Any]) -> str:
    """The council's figure of a feature, and the peer's."""
    return f"{figure_of(gap['value'], gap['unit'])}, {figure_of(gap['peer_value'], gap['unit'])}"


def why(gaps: pd.DataFrame, *, council: str) -> str:
    """In which features a council's peers are like it, and in which least; and the nearest peer."""
    features = by_peer(gaps)
    first = next(iter(features.values()))
    share: dict[str, float] = {}
    for gap in (gap for found in features.values() for gap in found):
        share[gap["title"]] = share.get(gap["title"], 0.0) + gap["share"]
    widest = sorted(share, key=lambda title: -share[title])[:2]
    text = (
        f"{council} and its nearest peer, {first[0]['council']}, are most alike in these: "
        f"{listing(near_of(first))}."
    )
    if far_of(first):
        text += f" They are least alike in these: {listing(far_of(first))}."
    if len(share) > 1:
        text += f" Over all {len(features)} peers, the widest gaps are in {enumerated(widest)}."
    return text


def enumerated(names: Sequence[str]) -> str:
    """Names in a sentence: a, b and c."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
