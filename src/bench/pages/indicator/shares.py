"""One indicator as a share of another, for every council in order.

Enters: every council's share with what it is worked out from. Leaves: one figure and its table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.present.chart import Figure, drawing, mark, safe
from bench.present.chart_parts import level, whiskers
from bench.present.html import identifier
from bench.present.numbers import NO_NUMBER, bare
from bench.present.rows import records
from bench.present.table import values_table
from bench.present.theme import check_palette, colours

if TYPE_CHECKING:
    import pandas as pd

    from bench.present.rows import Measure

__all__ = ["shares"]

HEAD = 48
DECIMALS = 1


def shares(
    frame: pd.DataFrame,
    *,
    part: Measure,
    whole: Measure,
    year: str,
    council: str | None = None,
    refused: str = "",
    palette: str = "rag",
) -> Figure:
    """A mark for each council that has a share, the highest first, and a line for England.

    Args:
        frame: columns council, area_id, share, lower, upper, part, whole, basis, reason, apart;
            councils in order, England where `area_id` is "england".
        part: the indicator that is a part.
        whole: the one of which it is a part.
        year: the financial year, as "2014-15".
        council: a council to point out, by its name.
        refused: why no figure of the year is compared; "" where they are.
        palette: rag or af.
    """
    role = colours(check_palette(palette))
    found = records(frame)
    england = next(one for one in found if one["area_id"] == "england")
    councils = [one for one in found if one is not england]
    placed = [one for one in councils if one["share"] is not None and not one["apart"]]
    traces = [
        whiskers(
            ((at, one["lower"], one["upper"]) for at, one in enumerate(placed, start=1)),
            role["band"],
        ),
        {
            "type": "scatter",
            "name": "A council",
            "mode": "markers",
            "cliponaxis": False,
            "x": list(range(1, len(placed) + 1)),
            "y": [one["share"] for one in placed],
            "marker": mark("circle", role["neutral_mark"], role["ink"], 8, 0.5),
            "hoverinfo": "text",
            "hovertext": [
                f"{safe(one['council'])}, {at}: {_share(one)}"
                for at, one in enumerate(placed, start=1)
            ],
        },
    ]
    if england["share"] is not None:
        line = level(f"England: {_share(england)}", england["share"], (0, len(placed) + 1),
                     colour=role["ink"], dash="dot")  # fmt: skip
        traces.append(line)
    step = 25 if len(placed) > 60 else 5
    ticks = {1, *range(step, len(placed) - step // 2, step), len(placed)} - {0}
    layout = {
        "height": 400,
        "margin": {"l": 8, "r": 16, "t": HEAD, "b": 48},
        "xaxis": {
            "range": [0, len(placed) + 1],
            "tickvals": sorted(ticks),
            "title": {"text": "Councils, the highest share first", "font": {"size": 13}},
            "showgrid": False,
        },
        "yaxis": {"ticksuffix": "%", "showgrid": True, "rangemode": "tozero"},
        "legend": {"y": 1.02},
        "annotations": [
            {
                "x": at,
                "y": one["share"],
                "text": safe(one["council"]),
                "showarrow": True,
                "arrowcolor": role["accent"],
                "bgcolor": role["surface"],
                "bordercolor": role["accent"],
                "font": {"color": role["ink"]},
                "ax": 0,
                "ay": -40,
            }
            for at, one in enumerate(placed, start=1)
            if one["council"] == council
        ],
    }
    title = f"{part.short_title}, of those in {whole.code}, {year}"
    return Figure(
        plotly=drawing(traces, layout, palette, {"margin.t": HEAD + 40, "height": 430}),
        div_id=identifier(f"share-{part.indicator}"),
        title=title,
        note=_note(councils, part, whole, refused),
        alt=_alt(placed, england),
        table=values_table(
            caption=title,
            columns=("Council", "Share", "Range", "Counts", "Remark"),
            lines=[
                (
                    one["council"],
                    _share(one),
                    NO_NUMBER
                    if one["lower"] is None
                    else f"{bare(one['lower'], 1)} to {bare(one['upper'], 1)}",
                    _counts(one),
                    one["reason"] or _BASES[one["basis"]],
                )
                for one in [england, *councils]
            ],
            palette=palette,
            prose=("Remark",),
        ),
        palette=palette,
    )


_BASES = {"counts": "", "rates": "from the two rates", "none": ""}


def _share(one: dict[str, Any]) -> str:
    return NO_NUMBER if one["share"] is None else f"{bare(one['share'], DECIMALS)}%"


def _counts(one: dict[str, Any]) -> str:
    if one["basis"] != "counts":
        return NO_NUMBER
    return f"{bare(one['part'], 0)} of {bare(one['whole'], 0)}"


def _note(councils: list[dict[str, Any]], part: Measure, whole: Measure, refused: str) -> str:
    parts = [
        f"{part.code} as a share of {whole.code}: who has a direct payment, of all with a personal "
        "budget or a direct payment. Neither high nor low is better."
    ]
    bases = {one["basis"] for one in councils if one["basis"] != "none"}
    if bases == {"rates"}:
        parts.append(
            "No counts are published for the year. So this is one rate over the other; both are "
            "out of the same people. It has no margin of error."
        )
    elif bases == {"counts"}:
        parts.append("From the published counts. Upright lines are margins of error.")
    elif bases:
        parts.append(
            "From the published counts, or, where the table says so, from the two rates, which "
            "are out of the same people."
        )
    left = sum(one["share"] is None or one["apart"] for one in councils)
    if left:
        parts.append(f"{left} of {len(councils)} councils are left out; the table says why.")
    return " ".join([*parts, f"Not to be compared this year: {refused}" if refused else ""]).strip()


def _alt(placed: list[dict[str, Any]], england: dict[str, Any]) -> str:
    if not placed:
        return "No council has a share."
    top, end = placed[0], placed[-1]
    text = (
        f"{len(placed)} councils in order, from {top['council']} ({_share(top)}) to "
        f"{end['council']} ({_share(end)})."
    )
    if england["share"] is not None:
        text += f" A line marks England at {_share(england)}."
    return text
