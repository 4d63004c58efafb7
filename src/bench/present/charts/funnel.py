"""A funnel plot: every council's figure by its size, with the limits of what is usual."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from bench.judge.summaries import records
from bench.present.chart import Drawing, Figure, mark, safe
from bench.present.chart_parts import callout, points
from bench.present.html import identifier
from bench.present.numbers import bare, number, short
from bench.present.table import values_table
from bench.present.theme import ROLES

if TYPE_CHECKING:
    import pandas as pd

    from bench.judge.funnel import Funnel
    from bench.judge.published_row import Measure
    from bench.present.chart_parts import PointedOut

HEAD: Final = 84
# By the form of the figure: what a council's size is, in the axis and in the table.
_SIZES: Final = {
    "proportion": ("People counted", "People counted"),
    "rate": ("Population", "Population"),
    "survey": ("Precision: margin of error, surer to the right", "Margin of error"),
}
_OUTSIDE: Final = {
    "lower_998": "below the 99.8% limits",
    "lower_95": "below the 95% limits",
    "inside": "inside",
    "upper_95": "above the 95% limits",
    "upper_998": "above the 99.8% limits",
}
_LINES: Final = (
    ("95% limits", "", "95", "solid", 2.0, "ink"),
    ("99.8% limits", "", "998", "dash", 2.0, "ink"),
    ("95% by chance alone", "chance_", "95", "dot", 1.25, "muted"),
    ("99.8% by chance alone", "chance_", "998", "dashdot", 1.25, "muted"),
)


def funnel(
    places: pd.DataFrame,
    curves: pd.DataFrame,
    *,
    measure: Measure,
    limits: Funnel,
    england: float | None,
    year: str,
    pointed_out: PointedOut | None = None,
) -> Figure:
    """A mark for each council, a line for the target, and limits that narrow with size.

    Args:
        places: `bench.judge.funnel.PLACE_COLUMNS` with council.
        curves: `bench.judge.funnel.CURVE_COLUMNS`.
        measure: what is counted.
        limits: the target in the middle, and what the limits around it allow for.
        england: England as published.
        year: of the figures.
        pointed_out: a council to point out.
    """
    form, target, dispersed = limits.scale.form.value, limits.target, limits.tau2 > 0
    marks = records(places)
    for one in marks:
        one["where"] = _where(one)
    lines = records(curves)
    axis, size_heading = _SIZES[form]
    shown = _LINES if dispersed else _LINES[:2]
    sizes = [line["size"] for line in lines]
    middle = {"color": ROLES["accent"], "width": 1.5}
    traces: list[dict[str, Any]] = [
        *(_limit(lines, one) for one in shown),
        _line(_middle(target, england, measure), sizes, [target] * len(sizes), middle),
        *_marks(marks, measure, form),
        *_pointed_out(marks, measure, form, pointed_out),
    ]
    title = measure.short_title
    return Figure(
        drawing=Drawing(
            traces,
            _layout(marks, measure, axis, form, pointed_out),
            {"margin.t": HEAD + 136, "height": 640, "xaxis.title.font.size": 11},
        ),
        div_id=identifier(f"funnel-{measure.indicator}"),
        title=f"{title}: which councils are unusual for their size, {year}",
        note=_note(form, dispersed) + _beside(target, england, measure),
        alt=_alt(marks, measure, target, england, pointed_out),
        table=values_table(
            caption=f"{title}: every council and the limits at its size, {year}",
            columns=("Council", "Figure", size_heading, "95% limits", "99.8% limits", "Where"),
            lines=[
                (
                    one["council"],
                    short(one["value"], measure),
                    _size(one["size"], measure, form),
                    _span(one, "95", measure),
                    _span(one, "998", measure),
                    _OUTSIDE[one["where"]],
                )
                for one in sorted(marks, key=lambda one: (-abs(one["z"]), one["council"]))
            ],
            prose=("Where",),
        ),
    )


def _where(council: dict[str, Any]) -> str:
    """On which side of which limits; an edge is inside."""
    for limit in ("998", "95"):
        if council["value"] < council[f"lower_{limit}"]:
            return f"lower_{limit}"
        if council["value"] > council[f"upper_{limit}"]:
            return f"upper_{limit}"
    return "inside"


def _limit(
    lines: list[dict[str, Any]],
    kind: tuple[str, str, str, str, float, str],
) -> dict[str, Any]:
    """Both limits of one kind as one line that is lifted between them."""
    name, prefix, limit, dash, width, colour = kind
    x = [line["size"] for line in lines]
    low, high = ([line[f"{prefix}{end}_{limit}"] for line in lines] for end in ("lower", "upper"))
    style = {"color": ROLES[colour], "dash": dash, "width": width}
    return _line(name, [*x, None, *x], [*low, None, *high], style)


def _line(
    name: str, x: list[float | None], y: list[float | None], style: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": name,
        "mode": "lines",
        "connectgaps": False,
        "x": [_rounded(at) for at in x],
        "y": [_rounded(at) for at in y],
        "line": style,
        "hoverinfo": "skip",
    }


def _rounded(at: float | None) -> float | None:
    """Enough digits for a line, and a page that is no larger than it must be."""
    return None if at is None else float(f"{at:.5g}")


def _marks(marks: list[dict[str, Any]], measure: Measure, form: str) -> list[dict[str, Any]]:
    kinds = (
        ("Inside", ("inside",), mark("circle", ROLES["band"], ROLES["surface"], 8, 1)),
        (
            "Outside 95%",
            ("lower_95", "upper_95"),
            mark("square", ROLES["second"], ROLES["ink"], 10, 1),
        ),
        (
            "Outside 99.8%",
            ("lower_998", "upper_998"),
            mark("x", ROLES["second"], ROLES["ink"], 11, 1),
        ),
    )
    return [
        _points(name, [one for one in marks if one["where"] in wanted], measure, form, shape)
        for name, wanted, shape in kinds
    ]


def _pointed_out(
    marks: list[dict[str, Any]],
    measure: Measure,
    form: str,
    council: PointedOut | None,
) -> list[dict[str, Any]]:
    """A ring around each peer, and the council."""
    if council is None:
        return []
    beside = [one for one in marks if one["area_id"] in council.peers]
    own = [one for one in marks if one["area_id"] == council.area_id]
    ring = mark("circle-open", ROLES["accent"], ROLES["accent"], 14, 2)
    diamond = mark("diamond", ROLES["accent"], ROLES["ink"], 15, 1.5)
    return [
        *([_points("Its peers", beside, measure, form, ring)] if beside else []),
        *([_points(council.name, own, measure, form, diamond)] if own else []),
    ]


def _points(
    name: str, marks: list[dict[str, Any]], measure: Measure, form: str, shape: dict[str, Any]
) -> dict[str, Any]:
    places = [(one["size"], one["value"]) for one in marks]
    hover = [_hover(one, measure, form) for one in marks]
    return points(name, places, shape, hover, in_legend=bool(marks))


def _hover(council: dict[str, Any], measure: Measure, form: str) -> str:
    size = _size(council["size"], measure, form)
    sized = f"plus or minus {size}" if form == "survey" else f"of {size} people"
    return (
        f"{safe(council['council'])}: {number(council['value'], measure)}, {sized}<br>"
        f"95% limits {_span(council, '95', measure)}: {_OUTSIDE[council['where']]}"
    )


def _layout(
    marks: list[dict[str, Any]],
    measure: Measure,
    axis: str,
    form: str,
    council: PointedOut | None,
) -> dict[str, Any]:
    survey = form == "survey"
    across: dict[str, Any] = {
        "title": {"text": axis, "font": {"size": 13}},
        "showgrid": False,
    }
    if survey:
        across |= {"autorange": "reversed", "tickprefix": "±"}
    else:
        sizes = [one["size"] for one in marks]
        ticks = _ticks(min(sizes), max(sizes))
        across |= {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:,g}" for tick in ticks]}
    return {
        "height": 520,
        "margin": {"l": 8, "r": 24, "t": HEAD, "b": 48},
        "xaxis": across,
        "yaxis": {
            "ticksuffix": "%" if measure.unit == "per_cent" else "",
            "separatethousands": True,
            "showgrid": True,
        },
        "legend": {"y": 1.02},
        "annotations": [
            callout(
                council.name,
                one["size"] if survey else math.log10(one["size"]),
                one["value"],
                lift=-36,
            )
            for one in marks
            if council is not None and one["area_id"] == council.area_id
        ],
    }


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers between two sizes: 1, 2 and 5 times each power of ten."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    every = [float(f"{step}e{power}") for power in powers for step in (1, 2, 5)]
    return [tick for tick in every if low <= tick <= high]


def _size(size: float, measure: Measure, form: str) -> str:
    return bare(size, measure.decimals if form == "survey" else 0)


def _span(council: dict[str, Any], limit: str, measure: Measure) -> str:
    ends = (council[f"lower_{limit}"], council[f"upper_{limit}"])
    return " to ".join(bare(end, measure.decimals + 1) for end in ends)


def _note(form: str, dispersed: bool) -> str:
    size = (
        "The surer a survey's figure, the narrower the limits."
        if form == "survey"
        else "The more people, the narrower the limits."
    )
    text = (
        "Of 1,000 ordinary councils, 950 would lie inside the solid lines and 998 inside the "
        f"dashed ones. {size} To be outside is a reason to ask why. It is no verdict."
    )
    if not dispersed:
        return f"{text} Councils differ no more here than chance alone would make them."
    return (
        f"{text} Councils differ by more than chance, and the limits allow for that. The thin "
        "dotted lines show how narrow they would be by chance alone."
    )


def _middle(target: float, england: float | None, measure: Measure) -> str:
    """What the line in the middle is called: England's, if it is printed as England's is."""
    same = england is not None and short(target, measure) == short(england, measure)
    return f"{'England' if same else 'Councils with counts, together'}: {short(target, measure)}"


def _beside(target: float, england: float | None, measure: Measure) -> str:
    """Why the line in the middle is not at England as published, where it is not."""
    if england is None or short(target, measure) == short(england, measure):
        return ""
    return (
        f" The line in the middle adds up the counts that are printed. England as published is "
        f"{number(england, measure)}."
    )


def _alt(
    marks: list[dict[str, Any]],
    measure: Measure,
    target: float,
    england: float | None,
    council: PointedOut | None,
) -> str:
    published = (
        f", where England as published is {number(england, measure)}" if england is not None else ""
    )
    parts = [
        f"{len(marks)} councils by size and figure, between limits around "
        f"{number(target, measure)}{published}."
    ]
    for where in ("upper_998", "upper_95", "lower_95", "lower_998"):
        found = sorted(
            (one for one in marks if one["where"] == where), key=lambda one: -abs(one["z"])
        )
        if found:
            named = ", ".join(
                f"{one['council']} ({number(one['value'], measure)})" for one in found
            )
            parts.append(f"{_OUTSIDE[where].capitalize()}: {named}.")
    if len(parts) == 1:
        parts.append("None lies outside the 95% limits.")
    parts += [
        f"{council.name}: {number(one['value'], measure)}, {_OUTSIDE[one['where']]}"
        f"{' the 95% limits' if one['where'] == 'inside' else ''}."
        for one in marks
        if council is not None and one["area_id"] == council.area_id
    ]
    return " ".join(parts)
