"""Two indicators over the councils of a year, with one council's path through the years.

Enters: both figures of every council, and the council's own by year. Leaves: one figure and the
tables behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.present.figure import Figure, drawing, mark, safe
from bench.present.html import Fragment, identifier
from bench.present.numbers import number, short
from bench.present.rows import records
from bench.present.tables import values_table
from bench.present.theme import check_palette, colours

if TYPE_CHECKING:
    import pandas as pd

    from bench.present.rows import Measure

__all__ = ["scatter"]


def scatter(
    pairs: pd.DataFrame,
    path: pd.DataFrame,
    *,
    x: Measure,
    y: Measure,
    year: str,
    council: str,
    area_id: str,
    why: str,
    palette: str = "rag",
) -> Figure:
    """Every council as a mark, the council pointed out, and its path over comparable years.

    Args:
        pairs: columns area_id, council, x, y.
        path: columns period, x, y, gap_before, isolated.
        x: how the figures across are printed.
        y: how the figures upwards are printed.
        year: the year of the marks.
        council: the council's name.
        area_id: its identity.
        why: why these two are set side by side.
        palette: "rag" or "af".
    """
    role = colours(check_palette(palette))
    marks = records(pairs)
    others = [one for one in marks if one["area_id"] != area_id]
    own = [one for one in marks if one["area_id"] == area_id]
    years = records(path)
    line_x: list[float | None] = []
    line_y: list[float | None] = []
    for one in years:
        if one["gap_before"] and line_x:
            line_x.append(None)
            line_y.append(None)
        if not one["isolated"]:
            line_x.append(one["x"])
            line_y.append(one["y"])
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "name": "A council",
            "mode": "markers",
            "x": [one["x"] for one in others],
            "y": [one["y"] for one in others],
            "marker": mark("circle", role["band"], role["surface"], 9, 1),
            "hoverinfo": "text",
            "hovertext": [_hover(one["council"], one, x, y) for one in others],
        },
        {
            "type": "scatter",
            "name": f"{safe(council)} through the years",
            "mode": "lines+markers",
            "connectgaps": False,
            "x": line_x,
            "y": line_y,
            "line": {"color": role["accent"], "width": 2, "dash": "dot"},
            "marker": mark("circle-open", role["accent"], role["accent"], 8, 2),
            "hoverinfo": "text",
            "hovertext": _along(years, x, y),
        },
        {
            "type": "scatter",
            "name": f"{safe(council)}, {year}",
            "mode": "markers",
            "x": [one["x"] for one in own],
            "y": [one["y"] for one in own],
            "marker": mark("diamond", role["accent"], role["ink"], 17, 1.5),
            "hoverinfo": "text",
            "hovertext": [_hover(one["council"], one, x, y) for one in own],
        },
    ]
    joined = [one for one in years if not one["isolated"]]
    ends = joined[:1] + joined[1:][-1:]
    layout = {
        "height": 500,
        "margin": {"l": 8, "r": 24, "t": 56, "b": 40},
        "xaxis": _axis(x),
        "yaxis": _axis(y),
        "legend": {"y": 1.04},
        "annotations": [
            {
                "x": one["x"],
                "y": one["y"],
                "text": one["period"],
                "showarrow": False,
                "yshift": 14,
                "font": {"size": 12, "color": role["accent"]},
            }
            for one in ends
        ],
    }
    narrow = {"margin.t": 110, "height": 520, "legend.y": 1.02}
    return Figure(
        plotly=drawing(traces, layout, palette, narrow),
        div_id=identifier(f"scatter-{x.indicator}-{y.indicator}"),
        title=f"{x.short_title}, and {_lower(y.short_title)}, {year}",
        note=f"{why} Across: {_lower(x.short_title)}. Upwards: {_lower(y.short_title)}. The dotted "
        "line joins the council's years in order; it is broken where two years do not compare.",
        alt=_alt(marks, own, years, x, y, council, year),
        table=Fragment(
            values_table(
                caption=f"{council}, year by year: {_lower(x.short_title)}, and "
                f"{_lower(y.short_title)}",
                columns=("Year", x.short_title, y.short_title, "Can it be compared?"),
                lines=[
                    (
                        one["period"],
                        short(one["x"], x),
                        short(one["y"], y),
                        "a year on its own"
                        if one["isolated"]
                        else "not with the year before"
                        if one["gap_before"]
                        else "yes",
                    )
                    for one in years
                ],
                palette=palette,
                kind="values years",
                prose=("Can it be compared?",),
            )
            + values_table(
                caption=f"Every council, {year}: {_lower(x.short_title)}, and "
                f"{_lower(y.short_title)}",
                columns=("Council", x.short_title, y.short_title),
                lines=[(one["council"], short(one["x"], x), short(one["y"], y)) for one in marks],
                palette=palette,
            )
        ),
        palette=palette,
    )


def _axis(measure: Measure) -> dict[str, Any]:
    return {
        "title": {"text": safe(measure.short_title)},
        "ticksuffix": "%" if measure.unit == "per_cent" else "",
        "separatethousands": True,
        "showgrid": True,
    }


def _hover(name: str, one: dict[str, Any], x: Measure, y: Measure) -> str:
    return "<br>".join(
        (
            safe(name),
            f"{safe(x.short_title)}: {number(one['x'], x)}",
            f"{safe(y.short_title)}: {number(one['y'], y)}",
        )
    )


def _along(years: list[dict[str, Any]], x: Measure, y: Measure) -> list[str | None]:
    """What hovers over each point of the path, with nothing where the line is lifted."""
    told: list[str | None] = []
    for one in years:
        if one["gap_before"] and told:
            told.append(None)
        if not one["isolated"]:
            told.append(_hover(one["period"], one, x, y))
    return told


def _alt(
    marks: list[dict[str, Any]],
    own: list[dict[str, Any]],
    years: list[dict[str, Any]],
    x: Measure,
    y: Measure,
    council: str,
    year: str,
) -> str:
    parts = [f"{len(marks)} councils as marks over two figures of {year}."]
    for one in own:
        parts.append(f"{council}: {number(one['x'], x)} across, {number(one['y'], y)} upwards.")
    if years:
        first, last = years[0], years[-1]
        parts.append(
            f"Its path: from {number(first['x'], x)} and {number(first['y'], y)} in "
            f"{first['period']} to {number(last['x'], x)} and {number(last['y'], y)} in "
            f"{last['period']}."
        )
    return " ".join(parts)


def _lower(text: str) -> str:
    """A title within a sentence; a code such as NI 130 keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
