"""A scatter of two indicators over the councils of a year, with the path of one council."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.judge.summaries import records
from bench.present.chart import Drawing, Figure, mark, safe
from bench.present.chart_parts import PointedOut, points
from bench.present.html import Section, identifier, joined
from bench.present.numbers import number, short
from bench.present.table import values_table
from bench.present.theme import ROLES, Role

if TYPE_CHECKING:
    import pandas as pd

    from bench.judge.published_row import Measure


def scatter(
    pairs: pd.DataFrame,
    path: pd.DataFrame | None = None,
    *,
    measures: tuple[Measure, Measure],
    year: str,
    why: str,
    pointed_out: PointedOut | None = None,
    england: tuple[float, float] | None = None,
) -> Figure:
    """Every council as a mark; the council, its peers, its years and England where given.

    Args:
        pairs: columns area_id, council, x, y.
        path: the council's comparable years; columns period, x, y, gap_before, isolated.
        measures: how the figures across and upwards are printed.
        year: the year of the marks.
        why: why these two are set side by side, or how far they go together.
        pointed_out: a council to point out; its peers are marked apart from other councils.
        england: both figures of England.
    """
    x, y = measures
    chosen = pointed_out or PointedOut(name="", area_id="")
    council = chosen.name
    marks = records(pairs)
    own = [one for one in marks if one["area_id"] == chosen.area_id]
    among = [one for one in marks if one["area_id"] in chosen.peers]
    others = [one for one in marks if one not in own and one not in among]
    traces = [
        _marks(
            "Another council" if among else "A council",
            others,
            (x, y),
            mark("circle", ROLES["band"], ROLES["surface"], 9, 1),
        )
    ]
    if among:
        ring = mark("circle-open", ROLES["accent"], ROLES["accent"], 10, 2)
        traces.append(_marks("A peer", among, (x, y), ring))
    if england:
        at = [{"council": "England", "x": england[0], "y": england[1]}]
        traces.append(
            _marks("England", at, (x, y), mark("cross", ROLES["ink"], ROLES["surface"], 13, 1))
        )
    years = records(path) if path is not None else []
    if path is not None:
        traces.append(_path(years, safe(council), (x, y), ROLES["accent"]))
    if council:
        big = mark("diamond", ROLES["accent"], ROLES["ink"], 17, 1.5)
        traces.append(_marks(f"{council}, {year}", own, (x, y), big))
    moving = [one for one in years if not one["isolated"]]
    ends = moving[:1] + moving[1:][-1:]
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
                "font": {"size": 12, "color": ROLES["accent"]},
            }
            for one in ends
        ],
    }
    # On a narrow screen the titles of the axes do not fit; the note says what they are.
    narrow = {
        "margin.t": 110,
        "height": 520,
        "legend.y": 1.02,
        "xaxis.title.text": "",
        "yaxis.title.text": "",
    }
    titles = f"{_lower(x.short_title)}, and {_lower(y.short_title)}"
    table = values_table(
        caption=f"Every council, {year}: {titles}",
        columns=("Council", x.short_title, y.short_title),
        lines=[(one["council"], short(one["x"], x), short(one["y"], y)) for one in marks],
    )
    note = f"{why} Across: {_lower(x.short_title)}. Upwards: {_lower(y.short_title)}."
    if path is not None:
        table = joined(_years_table(years, council, titles, (x, y)), table)
        note += (
            " The dotted line joins the council's years in order; it is broken where two years do "
            "not compare."
        )
    return Figure(
        drawing=Drawing(traces, layout, narrow),
        div_id=identifier(f"scatter-{x.indicator}-{y.indicator}"),
        title=f"{x.short_title}, and {_lower(y.short_title)}, {year}",
        note=note,
        alt=_alt(marks, own, moving, x, y, council, year),
        table=table,
    )


def _marks(
    name: str,
    shown: list[dict[str, Any]],
    measures: tuple[Measure, Measure],
    look: dict[str, Any],
) -> dict[str, Any]:
    places = [(one["x"], one["y"]) for one in shown]
    hover = [_hover(one["council"], one, *measures) for one in shown]
    return points(name, places, look, hover, clipped=True)


def _path(
    years: list[dict[str, Any]], council: str, measures: tuple[Measure, Measure], colour: Role
) -> dict[str, Any]:
    """The council's years, lifted where two of them do not compare."""
    line_x: list[float | None] = []
    line_y: list[float | None] = []
    for one in years:
        if one["gap_before"] and line_x:
            line_x.append(None)
            line_y.append(None)
        if not one["isolated"]:
            line_x.append(one["x"])
            line_y.append(one["y"])
    return {
        "type": "scatter",
        "name": f"{council} through the years",
        "mode": "lines+markers",
        "connectgaps": False,
        "x": line_x,
        "y": line_y,
        "line": {"color": colour, "width": 2, "dash": "dot"},
        "marker": mark("circle-open", colour, colour, 8, 2),
        "hoverinfo": "text",
        "hovertext": _along(years, *measures),
    }


def _years_table(
    years: list[dict[str, Any]],
    council: str,
    titles: str,
    measures: tuple[Measure, Measure],
) -> Section:
    x, y = measures
    return values_table(
        caption=f"{council}, year by year: {titles}",
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
        kind="values years",
        prose=("Can it be compared?",),
    )


def _axis(measure: Measure) -> dict[str, Any]:
    return {
        "title": {"text": safe(measure.short_title)},
        "ticksuffix": "%" if measure.unit == "per_cent" else "",
        "separatethousands": True,
        "showgrid": True,
    }


def _hover(name: str, council: dict[str, Any], x: Measure, y: Measure) -> str:
    return "<br>".join(
        (
            safe(name),
            f"{safe(x.short_title)}: {number(council['x'], x)}",
            f"{safe(y.short_title)}: {number(council['y'], y)}",
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
    moving: list[dict[str, Any]],
    x: Measure,
    y: Measure,
    council: str,
    year: str,
) -> str:
    parts = [f"{len(marks)} councils as marks over two figures of {year}."]
    for one in own:
        parts.append(f"{council}: {number(one['x'], x)} across, {number(one['y'], y)} upwards.")
    if council and not own:
        parts.append(f"{council} lacks one of them.")
    if len(moving) > 1:
        first, last = moving[0], moving[-1]
        parts.append(
            f"Its path: from {number(first['x'], x)} and {number(first['y'], y)} in "
            f"{first['period']} to {number(last['x'], x)} and {number(last['y'], y)} in "
            f"{last['period']}."
        )
    return " ".join(parts)


def _lower(text: str) -> str:
    """A title within a sentence; a code such as NI 130 keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
