"""Every comparable indicator of a council on one axis, in units of the spread of councils."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from bench.present.chart import Drawing, Figure, mark, safe
from bench.present.chart_parts import EDGE, place, points, row_labels, strokes, verdict_mark
from bench.present.html import identifier
from bench.present.numbers import short
from bench.present.table import values_table
from bench.present.theme import LOOKS, NO_MARGIN, ROLES, look_vs_peers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.judge.published_row import PublishedRow
    from bench.present.chart_parts import LeftOut, PlottedRow
    from bench.present.html import Section

PITCH = 30
NARROW_PITCH = 62
HEAD = 66
# A triangle of the same width looks smaller than a circle.
SIZES = {"similar": 14, "unclear": 14}
LARGE = 18
# The marks of the legend, in its order.
MARKS = ("worse", "probably_worse", "better", "probably_better", "similar", "unclear")
QUARTILES = ("lower_quartile", "upper_quartile")


def spine(rows: Iterable[PublishedRow], *, council: str, div_id: str = "spine") -> Figure:
    """Every comparable indicator on one axis: worse to the left, better to the right.

    The grey line is the range of the peers, the band their middle half, nought their average.
    """
    placed, left_out = place(rows)
    heights = [float(len(placed) - 1 - index) for index in range(len(placed))]
    traces: list[dict[str, Any]] = [
        strokes(
            name,
            [
                (height, getattr(one, low), getattr(one, high))
                for one, height in zip(placed, heights, strict=True)
            ],
            style,
            across=True,
        )
        for name, (low, high), style in (
            ("All peers", ("low", "high"), {"color": ROLES["muted"], "width": 1.5}),
            ("Middle half", QUARTILES, {"color": ROLES["band"], "width": 14}),
        )
    ]
    for name in MARKS:
        chosen = [
            (one, height)
            for one, height in zip(placed, heights, strict=True)
            if look_vs_peers(one.row).key == name
        ]
        if chosen:
            seen = LOOKS[name]
            traces.append(
                points(
                    seen.label,
                    [(one.council, height) for one, height in chosen],
                    verdict_mark(seen, SIZES.get(name, LARGE)),
                    [_hover(one.row, council) for one, _ in chosen],
                )
            )
    traces.append(
        points(
            "England",
            zip([one.england for one in placed], heights, strict=True),
            mark("line-ns", ROLES["ink"], ROLES["ink"], 22, 2.5),
            [_hover(one.row, council) for one in placed],
            clipped=True,
        )
    )
    labels = row_labels([_label(one.row, 40) for one in placed], heights)
    layout = {
        "height": HEAD + 54 + PITCH * max(len(placed), 1),
        "margin": {"l": 8, "r": 16, "t": HEAD, "b": 54},
        "xaxis": {
            "range": [-EDGE - 0.3, EDGE + 0.3],
            "tickvals": [-EDGE + 0.9, 0, EDGE - 0.9],
            "ticktext": ["◄ worse", "peers' average", "better ►"],
            "showgrid": False,
        },
        "yaxis": {
            "range": [-0.6, max(len(placed), 1) - 0.4],
            "tickvals": heights,
            "ticktext": [_label(one.row, 60) for one in placed],
            "tickfont": {"color": ROLES["ink"]},
            "showgrid": False,
        },
        "shapes": [
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "x0": 0,
                "x1": 0,
                "y0": 0,
                "y1": 1,
                "layer": "below",
                "line": {"color": ROLES["muted"], "width": 1.5, "dash": "dot"},
            }
        ],
        "annotations": labels,
    }
    narrow = {
        "height": HEAD + 84 + NARROW_PITCH * max(len(placed), 1),
        "margin.t": HEAD + 40,
        "yaxis.showticklabels": False,
        "yaxis.range": [-0.4, max(len(placed), 1) - 0.2],
        **{f"annotations.{index}.visible": True for index in range(len(labels))},
    }
    return Figure(
        drawing=Drawing(traces, layout, narrow),
        div_id=identifier(div_id),
        title=f"{council} beside its peers, indicator by indicator",
        note=_note(placed, left_out),
        alt=_alt(placed, council),
        table=_table(placed, left_out, council),
    )


def _label(row: PublishedRow, width: int) -> str:
    lines = wrap(row.short_title, width)
    kept = [*lines[:1], f"{lines[1].rstrip('.')}…"] if len(lines) > 2 else lines
    return "<br>".join(safe(line) for line in kept)


def _hover(row: PublishedRow, council: str) -> str:
    verdict = look_vs_peers(row)
    return "<br>".join(
        safe(text)
        for text in (
            row.short_title,
            f"{council}: {short(row.value, row)} ({verdict.text})",
            f"Peers' average: {short(row.peer_average, row)}",
            f"England: {short(row.england, row)}",
        )
    )


def _note(placed: list[PlottedRow], left_out: list[LeftOut]) -> str:
    if not placed:
        return "No indicator can be drawn beside its peers; see the table."
    text = "Left is always worse. Distances are in units of the peers' own spread."
    text += _by_size(placed)
    beyond = [one.row.short_title for one in placed if one.beyond]
    if beyond:
        text += f" Off the scale, shown at the edge: {'; '.join(beyond)}."
    if left_out:
        text += f" {len(left_out)} of {len(left_out) + len(placed)} cannot be drawn; see the table."
    return text


def _by_size(placed: list[PlottedRow]) -> str:
    """Which filled marks are no sure ones: no mark of the legend says so."""
    by_size = [
        one.row.short_title
        for one in placed
        if look_vs_peers(one.row).note and one.row.verdict_vs_peers in ("worse", "better")
    ]
    return f" By size alone, with {NO_MARGIN}: {'; '.join(by_size)}." if by_size else ""


def _alt(placed: list[PlottedRow], council: str) -> str:
    if not placed:
        return "No indicator can be drawn beside its peers."
    parts = [f"{len(placed)} indicators on one axis, worse to the left, better to the right."]
    for name in MARKS:
        titles = [one.row.short_title for one in placed if look_vs_peers(one.row).key == name]
        if titles:
            parts.append(f"{council} is {LOOKS[name].label} on {len(titles)}: {'; '.join(titles)}.")
    return " ".join(parts)


def _table(placed: list[PlottedRow], left_out: list[LeftOut], council: str) -> Section:
    lines = []
    for one in placed:
        row, figures = one.row, [figure for _, figure in one.row.peer_values]
        lines.append(
            (
                row.short_title,
                *(short(figure, row) for figure in (row.value, row.peer_average, row.england)),
                f"{short(min(figures), row)} to {short(max(figures), row)}",
                look_vs_peers(row).text,
            )
        )
    for missing in left_out:
        row = missing.row
        lines.append(
            (
                row.short_title,
                *(short(figure, row) for figure in (row.value, row.peer_average, row.england)),
                "—",
                f"not drawn: {missing.why}",
            )
        )
    return values_table(
        caption=f"{council} beside its peers: the figures of the chart",
        columns=("Indicator", council, "Peers' average", "England", "Peers' range", "Verdict"),
        lines=lines,
    )
