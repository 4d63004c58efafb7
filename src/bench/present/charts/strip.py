"""The peers of one indicator as a strip of dots."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bench.present import sentences
from bench.present.chart import Drawing, Figure, Parts, mark, safe
from bench.present.chart_parts import place, points, verdict_mark
from bench.present.html import identifier
from bench.present.numbers import number, short
from bench.present.table import paragraph, values_table
from bench.present.theme import ROLES, look_vs_peers

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
) -> Parts:
    """The strips of the most telling indicators, up to three, after the sentence on why these.

    Those that are worse and have become worse come first, then those that are surely better or
    worse than the peers, then those that are probably so; of each, those whose figure is furthest
    from the peers' average, in units of the peers' own spread, come first.
    """
    placed, _ = place(rows)
    telling = [
        one
        for one in placed
        if one.row.verdict_vs_peers in ("better", "worse") or one.row.worsening
    ]
    chosen = sorted(
        telling,
        key=lambda one: (not one.row.worsening, not _sure(one.row), -abs(one.gap)),
    )[:MOST_TELLING]
    lead = paragraph(_LEAD if chosen else _NONE_TELLING if placed else _NONE_PLACED)
    shown = (replace(strip(one.row, council=council), files=files) for one in chosen)
    return Parts((lead, *shown))


def _sure(row: PublishedRow) -> bool:
    """Whether it is RED or GREEN against the peers."""
    return look_vs_peers(row).word in ("RED", "GREEN")


_LEAD: Final = (
    "Each dot is a peer. Shown here, up to three: what is worse and has become worse, then what is "
    "RED or GREEN, then what is probably worse or better. Of each, what is furthest from the "
    "peers' average comes first."
)
_NONE_TELLING: Final = (
    "No indicator is better or worse than its peers, or probably so. None is shown by itself."
)
_NONE_PLACED: Final = "No indicator can be shown among its peers."


def strip(
    row: PublishedRow,
    *,
    council: str,
    div_id: str | None = None,
) -> Figure:
    """Every peer of one indicator as a dot, with the council, their average and England."""
    ordered = sorted(row.peer_values, key=lambda pair: (pair[1], pair[0]))
    figures = [figure for _, figure in ordered]
    verdict = look_vs_peers(row)
    traces: list[dict[str, Any]] = [
        points(
            "A peer",
            zip(figures, _lifted(figures), strict=True),
            mark("circle", ROLES["band"], ROLES["muted"], 12, 1),
            [f"{safe(name)}: {number(figure, row)}" for name, figure in ordered],
            clipped=True,
        )
    ]
    own_mark = (
        mark("square", ROLES["muted"], ROLES["ink"], 20, 1)
        if verdict.key == "not_compared"
        else verdict_mark(verdict, 20)
    )
    for name, figure, shape in (
        (
            "Peers' average",
            row.peer_average,
            mark("line-ns", ROLES["muted"], ROLES["muted"], 34, 2),
        ),
        ("England", row.england, mark("diamond-open", ROLES["ink"], ROLES["ink"], 14, 2)),
        (f"{council}: {verdict.text}", row.value, own_mark),
    ):
        if figure is not None:
            hover = [f"{safe(name)}: {number(figure, row)}"]
            traces.append(points(name, [(figure, 0)], shape, hover))
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
    named = [(council, row.value), ("Peers' average", row.peer_average), ("England", row.england)]
    return Figure(
        drawing=Drawing(traces, layout, {"margin.t": HEAD + 66, "height": 242}),
        div_id=identifier(div_id or f"strip-{row.indicator}"),
        title=f"{row.short_title}: {council} among its peers",
        note=_reporting(row),
        alt=f"A line of dots, one for each of {len(ordered)} peers. "
        + sentences.sentence(row, council=council),
        table=values_table(
            caption=f"{row.short_title}: every peer's figure",
            columns=("Council", "Figure"),
            lines=[(name, short(figure, row)) for name, figure in [*named, *reversed(ordered)]],
        ),
    )


def _reporting(row: PublishedRow) -> str:
    """How many peers are drawn."""
    if row.peers_total > 1 and row.peers_reporting == row.peers_total:
        return f"All {row.peers_total} peers have a figure."
    return f"{row.peers_reporting} of {row.peers_total} peers have a figure."


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
