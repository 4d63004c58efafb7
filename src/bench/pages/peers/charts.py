"""A chart of where a council and its peers stand on each feature, among all councils."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.judge.summaries import records
from bench.pages.peers.sections import figure_of
from bench.present.chart import Drawing, Figure, mark, safe
from bench.present.table import capital, values_table
from bench.present.theme import ROLES, Role

if TYPE_CHECKING:
    import pandas as pd

PITCH = 34
NARROW_PITCH = 48
HEAD = 40


def spread(features: pd.DataFrame, gaps: pd.DataFrame, *, council: str) -> Figure:
    """Every feature as a line from the lowest council to the highest, with council and peers.

    Args:
        features: one row per feature: feature, title, unit, value, at (0 for the lowest council of
            all, 1 for the highest).
        gaps: one row per peer and feature: council, feature, unit, peer_value, peer_at.
    """
    scales, marks = records(features), records(gaps)
    heights = {one["feature"]: float(len(scales) - 1 - at) for at, one in enumerate(scales)}
    peers = list(dict.fromkeys(one["council"] for one in marks))
    within = {name: [o["peer_at"] for o in marks if o["feature"] == name] for name in heights}
    traces: list[dict[str, Any]] = [
        _lines("All councils", dict.fromkeys(heights, (0.0, 1.0)), heights, ROLES["line"], 2),
        _lines(
            "From the lowest peer to the highest",
            {name: (min(places), max(places)) for name, places in within.items()},
            heights,
            ROLES["band"],
            16,
        ),
        {
            "type": "scatter",
            "name": "A peer",
            "mode": "markers",
            "x": [one["peer_at"] for one in marks],
            "y": [heights[one["feature"]] for one in marks],
            "marker": mark("circle", ROLES["muted"], ROLES["surface"], 8, 1),
            "hoverinfo": "text",
            "hovertext": [
                f"{safe(one['council'])}: {figure_of(one['peer_value'], one['unit'])}"
                for one in marks
            ],
        },
        {
            "type": "scatter",
            "name": safe(council),
            "mode": "markers",
            "cliponaxis": False,
            "x": [one["at"] for one in scales],
            "y": [heights[one["feature"]] for one in scales],
            "marker": mark("diamond", ROLES["accent"], ROLES["surface"], 16, 1.5),
            "hoverinfo": "text",
            "hovertext": [
                f"{safe(council)}: {figure_of(one['value'], one['unit'])}" for one in scales
            ],
        },
    ]
    labels = [
        {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": heights[one["feature"]],
            "yanchor": "bottom",
            "yshift": 9,
            "text": safe(capital(one["title"])),
            "showarrow": False,
            "visible": False,
            "bgcolor": ROLES["surface"],
            "borderpad": 0,
            "font": {"size": 12},
        }
        for one in scales
    ]
    layout = {
        "height": HEAD + 54 + PITCH * len(scales),
        "margin": {"l": 8, "r": 16, "t": HEAD, "b": 54},
        "xaxis": {
            "range": [-0.03, 1.03],
            "tickvals": [0.08, 0.92],
            "ticktext": ["◄ lowest of all", "highest of all ►"],
            "showgrid": False,
        },
        "yaxis": {
            "range": [-0.6, len(scales) - 0.4],
            "tickvals": list(heights.values()),
            "ticktext": [safe(capital(one["title"])) for one in scales],
            "tickfont": {"color": ROLES["ink"]},
            "showgrid": False,
        },
        "legend": {"y": 1.01},
        "annotations": labels,
    }
    narrow = {
        "height": HEAD + 130 + NARROW_PITCH * len(scales),
        "margin.t": HEAD + 76,
        "xaxis.ticktext": ["◄ lowest", "highest ►"],
        "yaxis.showticklabels": False,
        **{f"annotations.{at}.visible": True for at in range(len(labels))},
    }
    return Figure(
        drawing=Drawing(traces, layout, narrow),
        div_id="peer-features",
        title=f"{council} and its peers among all councils",
        note="Each on the scale that the model uses. A narrow band means that the peers are alike "
        "in it.",
        alt=_alt(scales, within, council),
        table=_behind(scales, marks, peers, council),
    )


def _lines(
    name: str,
    ends: dict[str, tuple[float, float]],
    heights: dict[str, float],
    colour: Role,
    width: int,
) -> dict[str, Any]:
    x: list[float | None] = []
    y: list[float | None] = []
    for feature, (low, high) in ends.items():
        x += [low, high, None]
        y += [heights[feature], heights[feature], None]
    return {
        "type": "scatter",
        "name": name,
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": colour, "width": width},
        "hoverinfo": "skip",
    }


def _behind(
    features: list[dict[str, Any]],
    marks: list[dict[str, Any]],
    peers: list[str],
    council: str,
) -> Any:
    """Every council's figure of every feature: a line for each council, the nearest first."""
    values = {(one["council"], one["feature"]): one["peer_value"] for one in marks}
    own = {one["feature"]: one["value"] for one in features}
    return values_table(
        caption=f"{council} and its peers: every feature",
        columns=("Council", *(capital(one["title"]) for one in features)),
        lines=[
            (council, *(figure_of(own[one["feature"]], one["unit"]) for one in features)),
            *(
                (name, *(figure_of(values[name, o["feature"]], o["unit"]) for o in features))
                for name in peers
            ),
        ],
    )


def _alt(features: list[dict[str, Any]], within: dict[str, list[float]], council: str) -> str:
    widths = {one["feature"]: max(within[one["feature"]]) - min(within[one["feature"]])
              for one in features}  # fmt: skip
    ordered = sorted(features, key=lambda one: widths[one["feature"]])
    outside = [
        one["title"]
        for one in features
        if not min(within[one["feature"]]) <= one["at"] <= max(within[one["feature"]])
    ]
    return (
        f"{len(features)} features as lines from the lowest council to the highest, with {council} "
        f"and its peers as marks. The peers are closest together in {ordered[0]['title']}, and "
        f"furthest apart in {ordered[-1]['title']}. "
        + (
            f"{council} lies outside its peers' range in {', '.join(outside)}."
            if outside
            else f"{council} lies within its peers' range in all of them."
        )
    )
