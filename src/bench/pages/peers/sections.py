"""The sections of the page of peers: which features are near or far, and who else is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bench.judge.summaries import records
from bench.pages.base import page_heading
from bench.present.html import Section, fill
from bench.present.numbers import MINUS, bare
from bench.present.table import beneath, capital, counted, records_table, stacked, values_table
from bench.reference.areas import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd


OURS: Final = (
    "This list is our own. It follows a method that NHS England has published, but two of the "
    "inputs had to be made anew. So these are not the NHS England peer groups."
)


def heading(
    peers: pd.DataFrame,
    *,
    council: str,
    others: int,
    reason: str,
    weights: str,
) -> Section:
    """Whose list it is, what near means, and who is nearest.

    Args:
        peers: one row per peer, nearest first: council.
        others: how many councils could have been peers.
        reason: why there is no list; "" where there is one.
        weights: the file of weights; "" for the project's own.
    """
    names = [str(name) for name in peers["council"]]
    first, *rest = names or [""]
    lead = fill(
        "peers/heading.html.j2",
        council=council,
        count=len(names),
        others=others,
        nearest=first,
        then=listed(rest[:2]),
        reason=reason,
        ours=OURS,
        weights=weights,
    )
    return page_heading(lead)


def peers_table(
    peers: pd.DataFrame,
    gaps: pd.DataFrame,
    *,
    council: str,
    late: Sequence[str],
) -> Section:
    """The peers, nearest first, each with the features that make it near and keep it apart.

    Args:
        peers: one row per peer: rank, area_id, council, distance, also (the models that name it
            too).
        gaps: one row per peer and feature: area_id, title, unit, value, peer_value, apart, share.
        late: the peers that began later than the council's own figures do, each with its year.
    """
    features = by_peer(gaps)
    lines = [
        (
            f"{one['rank']}. {one['council']}",
            bare(one["distance"], 3),
            _named(near_of(features[one["area_id"]])),
            _named(far_of(features[one["area_id"]])),
            one["also"] or "no other",
        )
        for one in records(peers)
    ]
    note = f"In brackets: {council}'s figure, then the peer's."
    if late:
        note += f" There are no earlier figures of {listed(late)}."
    return fill(
        "peers/list.html.j2",
        why=why(gaps, council=council),
        table=records_table(
            caption=f"The peers of {council}, nearest first",
            note=note,
            columns=("Peer", "Distance", "Most alike in", "Least alike in", "Also a peer by"),
            lines=lines,
        ),
    )


def features_table(features: pd.DataFrame, *, council: str) -> Section:
    """Each feature that counts: the council's figure, its place among all, and its peers' range.

    Args:
        features: one row per feature: title, unit, weight, value, place, of, low, high.
    """
    lines = records(features)
    return values_table(
        caption=f"{council} and its peers, feature by feature; place 1 is the highest of "
        f"{lines[0]['of']} councils",
        columns=("Feature", council, "Place", "Peers, lowest to highest"),
        lines=[
            (
                beneath(
                    capital(one["title"]),
                    *([f"weight {one['weight']:g}"] if one["weight"] != 1 else []),
                ),
                figure_of(one["value"], one["unit"]),
                str(one["place"]),
                f"{figure_of(one['low'], one['unit'])} to {figure_of(one['high'], one['unit'])}",
            )
            for one in lines
        ],
    )


def other_models(
    models: pd.DataFrame,
    *,
    council: str,
    all_shared: Sequence[int],
) -> Section:
    """Which councils other ways of choosing peers name too, and which they do not.

    Args:
        models: one row per model: title, total, shared, only_here, only_there (lists of names),
            reason.
        all_shared: for every council with both, how many peers the list shares with CIPFA's.
    """
    others = records(models)
    lines = [
        (
            beneath(capital(one["title"]), *([one["reason"]] if one["reason"] else [])),
            str(one["total"]),
            _names(one["shared"]),
            _names(one["only_here"]),
            _names(one["only_there"], most=20),
        )
        for one in others
    ]
    cipfa = others[0]
    sentence = ""
    if cipfa["total"] and (cipfa["shared"] or cipfa["only_here"]):
        sentence = (
            f"{len(cipfa['shared'])} of the {cipfa['total']} in CIPFA's list for {council} are in "
            "this one too. "
        )
    if all_shared:
        sentence += (
            f"Over all {len(all_shared)} councils with both lists, the two share "
            f"{bare(sum(all_shared) / len(all_shared), 1)} on average, from {min(all_shared)} to "
            f"{max(all_shared)}."
        )
    return fill(
        "peers/models.html.j2",
        sentence=sentence,
        table=records_table(
            caption=f"Other ways to choose peers for {council}",
            columns=("Peers by", "Councils", "In both", "Only in this list", "Only in the other"),
            lines=lines,
        ),
    )


def method(features: pd.DataFrame, *, boundaries: int, number: int, councils: int) -> Section:
    """How the list is made, step by step, with each feature's weight and scale.

    Args:
        features: one row per feature: title, counts, weight, transformation, exponent.
        boundaries: the year of the boundaries.
        number: how many are peers.
        councils: how many councils are set beside each other.
    """
    table = values_table(
        caption="What counts, by how much, and on which scale",
        columns=("Feature", "What it counts", "Weight", "Scale"),
        lines=[
            (capital(one["title"]), one["counts"], f"{one['weight']:g}", _scale(one))
            for one in records(features)
        ],
        numeric=False,
    )
    return fill(
        "peers/method.html.j2",
        ours=OURS,
        boundaries=boundaries,
        number=number,
        councils=councils,
        features=len(features),
        table=table,
    )


def _named(features: Sequence[Mapping[str, Any]]) -> Any:
    return stacked([f"{capital(gap['title'])} ({both(gap)})" for gap in features] or ["nothing"])


def _scale(feature: Mapping[str, Any]) -> str:
    if feature["exponent"] is None:
        return str(feature["transformation"])
    power = f"{abs(feature['exponent']):g}"
    return f"{feature['transformation']}, power {MINUS if feature['exponent'] < 0 else ''}{power}"


def _names(names: Sequence[str], *, most: int = 99) -> str:
    if len(names) > most:
        return counted(len(names), "council")
    return "; ".join(names) if names else "none"


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
    """The rows of `gaps`, by the peer's `area_id`, nearest first."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for gap in records(gaps):
        grouped.setdefault(gap["area_id"], []).append(gap)
    return grouped


def near_of(gaps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The features in which two councils are most alike, the most first."""
    return sorted(gaps, key=lambda gap: (gap["apart"], -gap["weight"]))[:NAMED]


def far_of(gaps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The features that make most of the distance, the most first, and no others."""
    ordered = sorted(gaps, key=lambda gap: -gap["share"])[:NAMED]
    return [gap for gap in ordered if gap["share"] > 0]


def listing(peers: Sequence[Mapping[str, Any]]) -> str:
    """Features with both figures, in a line."""
    return "; ".join(f"{gap['title']} ({both(gap)})" for gap in peers)


def both(gap: Mapping[str, Any]) -> str:
    """The council's figure of a feature, and the peer's."""
    return f"{figure_of(gap['value'], gap['unit'])}, {figure_of(gap['peer_value'], gap['unit'])}"


def why(gaps: pd.DataFrame, *, council: str) -> str:
    """In which features a council's peers are like it, and in which least; and the nearest peer."""
    features = by_peer(gaps)
    first = next(iter(features.values()))
    share: dict[str, float] = {}
    for gap in records(gaps):
        share[gap["title"]] = share.get(gap["title"], 0.0) + gap["share"]
    widest = sorted(share, key=lambda title: -share[title])[:2]
    text = (
        f"{council} and its nearest peer, {first[0]['council']}, are most alike in these: "
        f"{listing(near_of(first))}."
    )
    if far_of(first):
        text += f" They are least alike in these: {listing(far_of(first))}."
    if len(share) > 1:
        text += f" Over all {len(features)} peers, the widest gaps are in {listed(widest)}."
    return text
