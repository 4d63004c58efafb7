"""A council and its peers as bars: the nearest neighbours of one indicator, in order.

Enters: the frame of an indicator and a council of it. Leaves: one figure and its table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.present.chart import Figure, drawing, mark, safe
from bench.present.chart_parts import level, padded, row_labels, whiskers
from bench.present.html import identifier
from bench.present.numbers import NO_NUMBER, interval, number, short
from bench.present.rows import Row, comparable, rows
from bench.present.sentences import STATUS_WORDS, compared
from bench.present.table import values_table
from bench.present.theme import check_palette, colours

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from bench.present.charts.aims import Aim

__all__ = ["neighbours"]

HEAD = 72
PITCH, NARROW_PITCH = 28, 40


def neighbours(
    frame: pd.DataFrame,
    *,
    council: str,
    year: str,
    peers_title: str,
    aim: Aim | None = None,
    palette: str = "rag",
) -> Figure:
    """The council among its peers, best first, with their average and England as lines.

    A score is drawn as a dot: its scale does not begin at 0, so a bar would mislead.

    Args:
        frame: one row per council; the columns of a council's rows with `council`.
        council: whose peers, by its name.
        year: the financial year, as "2014-15".
        peers_title: what the peers are, as "15 nearest neighbours (CIPFA)".
        aim: a milestone, drawn as a line.
        palette: rag or af.
    """
    role = colours(check_palette(palette))
    by_name = dict(zip(frame["council"], rows(frame), strict=True))
    own = by_name[council]
    names = [council, *(name for name, _ in own.peer_values)]
    seen = [(name, by_name[name]) for name in names if by_name[name].value is not None]
    placed = sorted(seen, key=lambda pair: (_order(pair[1]), pair[0] != council, pair[0]))
    heights = [float(len(placed) - 1 - at) for at in range(len(placed))]
    margins = whiskers(
        ((at, row.lower, row.upper) for at, (_, row) in zip(heights, placed, strict=True)),
        role["ink"],
        across=True,
    )
    # A margin of error lies over its bar, but under its dot.
    traces = [_marks(placed, heights, council, role), margins]
    if own.unit == "score":
        traces.reverse()
    ends = (-0.6, len(placed) - 0.4)
    for name, value, colour, dash in (
        ("Peers' average", own.peer_average, role["muted"], "dashdot"),
        ("England", own.england, role["ink"], "dot"),
    ):
        if value is not None:
            told = f"{name}: {short(value, own)}"
            traces.append(level(told, value, ends, colour=colour, dash=dash, across=True))
    if aim is not None:
        line = level(aim.name, aim.value, ends, colour=role["accent"], dash="dash", across=True)
        traces.append(line)
    shown = [safe(name) for name, _ in placed]
    bold = [f"<b>{name}</b>" if name == safe(council) else name for name in shown]
    labels = row_labels(bold, heights, role)
    layout = {
        "height": HEAD + 40 + PITCH * max(len(placed), 1),
        "margin": {"l": 8, "r": 24, "t": HEAD, "b": 40},
        "bargap": 0.35,
        "xaxis": {
            "range": _span(placed, own, aim) if own.unit == "score" else None,
            "ticksuffix": "%" if own.unit == "per_cent" else "",
            "separatethousands": True,
            "showgrid": True,
        },
        "yaxis": {
            "range": list(ends),
            "tickvals": heights,
            "ticktext": bold,
            "tickfont": {"color": role["ink"]},
            "showgrid": False,
        },
        "legend": {"y": 1.02},
        "annotations": labels,
    }
    narrow = {
        "height": HEAD + 100 + NARROW_PITCH * max(len(placed), 1),
        "margin.t": HEAD + 60,
        "bargap": 0.62,
        "yaxis.showticklabels": False,
        **{f"annotations.{at}.visible": True for at in range(len(labels))},
    }
    return Figure(
        plotly=drawing(traces, layout, palette, narrow),
        div_id=identifier(f"neighbours-{own.indicator}"),
        title=f"{own.short_title}: {council} and its peers, {year}",
        note=_note(own, peers_title),
        alt=_alt(placed, own, council, aim),
        table=_table(placed, own, council, year, palette),
        palette=palette,
    )


def _span(placed: Sequence[tuple[str, Row]], own: Row, aim: Aim | None) -> list[float] | None:
    figures = [end for _, row in placed for end in (row.value, row.lower, row.upper)]
    lines = [own.peer_average, own.england, aim.value if aim else None]
    return padded([*figures, *lines])


def _order(row: Row) -> float:
    value = row.value or 0.0
    return value if row.polarity == "lower_is_better" else -value


def _marks(
    placed: Sequence[tuple[str, Row]], heights: list[float], council: str, role: Any
) -> dict[str, Any]:
    fills = [role["accent"] if name == council else role["band"] for name, _ in placed]
    trace = {
        "name": f"{safe(council)} and its peers",
        "showlegend": False,
        "x": [row.value for _, row in placed],
        "y": heights,
        "hoverinfo": "text",
        "hovertext": [_hover(name, row) for name, row in placed],
    }
    if placed and placed[0][1].unit == "score":
        marker = mark("circle", "", role["muted"], 12, 1) | {"color": fills}
        return trace | {"type": "scatter", "mode": "markers", "marker": marker}
    line = {"color": role["muted"], "width": 1}
    return trace | {"type": "bar", "orientation": "h", "marker": {"color": fills, "line": line}}


def _hover(name: str, row: Row) -> str:
    span = interval(row.lower, row.upper, row)
    return f"{safe(name)}: {number(row.value, row)}{f' ({span})' if span else ''}"


def _note(own: Row, peers_title: str) -> str:
    order = "Best first." if own.judged else "Highest first."
    if not comparable(own):
        order = "In order of the figure, but the council is not compared; the page says why."
    parts = [f"Peers: {peers_title}. {order}"]
    parts.append(f"{own.peers_reporting} of {own.peers_total} peers have a figure.")
    if own.value is None:
        parts.append("The council itself has none.")
    return " ".join(parts)


def _alt(placed: Sequence[tuple[str, Row]], own: Row, council: str, aim: Aim | None) -> str:
    at = [name for name, _ in placed]
    parts = []
    if placed:
        (top, best), (end, last) = placed[0], placed[-1]
        parts.append(
            f"{len(placed)} councils in order, from {top} ({number(best.value, best)}) "
            f"to {end} ({number(last.value, last)})."
        )
    if council in at:
        parts.append(f"{council} is number {at.index(council) + 1}. {compared(own)}")
    else:
        parts.append(f"{council} has no figure.")
    return " ".join([*parts, aim.name + "." if aim else ""]).strip()


def _table(
    placed: Sequence[tuple[str, Row]], own: Row, council: str, year: str, palette: str
) -> Any:
    lines = [
        (name, short(row.value, row), interval(row.lower, row.upper, row) or NO_NUMBER)
        for name, row in placed
    ]
    if own.value is None:
        lines.append((council, STATUS_WORDS.get(own.status, "no figure"), NO_NUMBER))
    for text in own.peers_missing:
        name, _, reason = text.rstrip(")").partition(" (")
        lines.append((name, reason, NO_NUMBER))
    lines.append(("Peers' average", short(own.peer_average, own), NO_NUMBER))
    lines.append(("England", short(own.england, own), NO_NUMBER))
    return values_table(
        caption=f"{own.short_title}: {council} and its peers, {year}",
        columns=("Council", "Figure", "Range"),
        lines=lines,
        palette=palette,
    )
