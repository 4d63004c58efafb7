"""The peers of one indicator as a strip of dots."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bench.present import sentences
from bench.present.chart import Drawing, Figure, Figures, mark, safe
from bench.present.chart_parts import place
from bench.present.html import identifier
from bench.present.numbers import number, short
from bench.present.table import paragraph, values_table
from bench.present.theme import ROLES, look

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup

    from bench.judge.published_row import PublishedRow

HEAD = 40
MOST_TELLING = 3


def strips(
    rows: Iterable[PublishedRow],
    *,
    council: str,
    files: Markup | str = "",
) -> Figures:
    """The strips of the most telling indicators, up to three.

    Those that are RED and worse than the year before come first, then those whose figure is
    furthest from the peers' average, in units of the peers' own spread.
    """
    placed, _ = place(rows)
    told = [one for one in placed if one.row.verdict_vs_peers != "similar" or one.row.worsening]
    chosen = sorted(told, key=lambda one: (not one.row.worsening, -abs(one.council)))
    return Figures(
        lead=paragraph(
            "Each dot is a peer. Shown here, up to three: what is RED and worse than the year "
            "before, then what lies furthest from the peers' average."
            if chosen
            else "No indicator differs from its peers enough to be shown by itself.",
        ),
        figures=tuple(
            replace(strip(one.row, council=council), files=files) for one in chosen[:MOST_TELLING]
        ),
    )


def strip(
    row: PublishedRow,
    *,
    council: str,
    div_id: str | None = None,
) -> Figure:
    """Every peer of one indicator as a dot, with the council, their average and England."""
    ordered = sorted(row.peer_values, key=lambda pair: (pair[1], pair[0]))
    verdict = look(row.verdict_vs_peers, row.polarity)
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "name": "A peer",
            "mode": "markers",
            "x": [figure for _, figure in ordered],
            "y": _lifted([figure for _, figure in ordered]),
            "marker": mark("circle", ROLES["band"], ROLES["muted"], 12, 1),
            "hoverinfo": "text",
            "hovertext": [f"{safe(name)}: {number(figure, row)}" for name, figure in ordered],
        }
    ]
    own_colour = ROLES["muted" if verdict.tone == "none" else f"{verdict.tone}_mark"]
    own_shape = "square" if verdict.tone == "none" else verdict.marker
    for name, figure, shape in (
        (
            "Peers' average",
            row.peer_average,
            mark("line-ns", ROLES["muted"], ROLES["muted"], 34, 2),
        ),
        ("England", row.england, mark("diamond-open", ROLES["ink"], ROLES["ink"], 14, 2)),
        (f"{council}: {verdict.text}", row.value, mark(own_shape, own_colour, ROLES["ink"], 20, 1)),
    ):
        if figure is not None:
            traces.append(
                {
                    "type": "scatter",
                    "name": safe(name),
                    "mode": "markers",
                    "cliponaxis": False,
                    "x": [figure],
                    "y": [0],
                    "marker": shape,
                    "hoverinfo": "text",
                    "hovertext": [f"{safe(name)}: {number(figure, row)}"],
                }
            )
    layout = {
        "height": 176,
        "margin": {"l": 16, "r": 24, "t": HEAD, "b": 40},
        "xaxis": {
            "ticksuffix": "%" if row.unit == "per_cent" else "",
            "separatethousands": True,
            "showgrid": True,
        },
        "legend": {"y": 1.05},
        "yaxis": {"visible": False, "range": [-1.2, 1.2]},
    }
    figures = [(council, row.value), ("Peers' average", row.peer_average), ("England", row.england)]
    return Figure(
        drawing=Drawing(traces, layout, {"margin.t": HEAD + 66, "height": 242}),
        div_id=identifier(div_id or f"strip-{row.indicator}"),
        title=f"{row.short_title}: {council} among its peers",
        note=f"{row.peers_reporting} of {row.peers_total} peers have a figure.",
        alt=f"A line of dots, one for each of {len(ordered)} peers. "
        + sentences.sentence(row, council=council),
        table=values_table(
            caption=f"{row.short_title}: every peer's figure",
            columns=("Council", "Figure"),
            lines=[(name, short(figure, row)) for name, figure in [*figures, *reversed(ordered)]],
        ),
    )


def _lifted(figures: list[float]) -> list[float]:
    """Heights that keep close dots apart, the same every time: on the line, above, below."""
    if not figures:
        return []
    near = (max(figures) - min(figures)) / 60
    steps = (0.0, 0.32, -0.32, 0.64, -0.64)
    heights: list[float] = []
    run, last = 0, None
    for figure in figures:
        run = run + 1 if last is not None and figure - last <= near else 0
        heights.append(steps[run % len(steps)])
        last = figure
    return heights
