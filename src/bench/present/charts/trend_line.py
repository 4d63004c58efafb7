"""A chart of one indicator over the years, with a gap where two years do not compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bench.present.chart import Drawing, Figure, mark, safe
from bench.present.chart_parts import points
from bench.present.html import identifier
from bench.present.numbers import number
from bench.present.sentences import PROVISIONAL
from bench.present.table import series_table
from bench.present.theme import ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.judge.published_row import Measure
    from bench.judge.trend import Point


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How a line looks: its dash, the role of its colour, the symbol of its years, its width."""

    dash: str
    colour: str
    symbol: str
    width: int


SECOND: Final = LineStyle("longdashdot", "second", "hexagon2", 2)
HEAD = 40
FIELDS = ("council", "peer_average", "england")


def trend(
    years: Sequence[Point],
    *,
    measure: Measure,
    council: str,
    div_id: str | None = None,
    extra: Sequence[dict[str, Any]] = (),
    direction: str = "",
) -> Figure:
    """One indicator over the years: no line crosses a cut, and a word stands in the gap.

    `direction` says where the council's figure is going.

    Traces that are `extra` are drawn too; whoever brings them brings their table.
    """
    traces = [*lines(years, measure, council), *extra]
    cuts = gaps(years)
    places = _places(years)
    layout = {
        "height": 380,
        "margin": {"l": 8, "r": 24, "t": HEAD + 40, "b": 40},
        **axes(places, [point.period for point in years], measure, margin=0.4),
        **bands(cuts),
    }
    narrow = {"xaxis.tickangle": -90, "margin.t": HEAD + 66, "height": 420, "legend.y": 1.16}
    return Figure(
        drawing=Drawing(traces, layout, narrow),
        div_id=identifier(div_id or f"trend-{measure.indicator}"),
        title=f"{measure.short_title} over the years",
        note=f"{direction} {_note(years)}".strip(),
        alt=f"{_alt(years, measure, council)} {direction}".rstrip(),
        table=series_table(years, measure=measure, council=council),
    )


def lines(
    years: Sequence[Point],
    measure: Measure,
    council: str,
    *,
    in_legend: bool = True,
) -> list[dict[str, Any]]:
    """The lines of the council, its peers and England, and the marks that no line joins."""
    looks = (
        (council, "council", LineStyle("solid", "accent", "circle", 3)),
        ("Peers' average", "peer_average", LineStyle("dash", "muted", "square", 2)),
        ("England", "england", LineStyle("dot", "ink", "diamond", 2)),
    )
    places = _places(years)
    traces = [
        trace
        for name, field, look in looks
        for trace in line(years, measure, name, field, look, in_legend=in_legend)
    ]
    provisional = [(at, p.own) for at, p in zip(places, years, strict=True) if p.own is not None]
    if provisional:
        traces.append(
            points(
                f"{council}, {PROVISIONAL}",
                provisional,
                mark("circle-open", ROLES["accent"], ROLES["accent"], 11, 3),
                [f"{safe(council)}: {number(v, measure)}, {PROVISIONAL}" for _, v in provisional],
                in_legend=in_legend,
            )
        )
    return traces


def line(
    years: Sequence[Point],
    measure: Measure,
    name: str,
    field: str,
    look: LineStyle,
    *,
    in_legend: bool,
) -> list[dict[str, Any]]:
    """One line, lifted where nothing crosses, and the marks of years that no line joins."""
    places, colour = _places(years), ROLES[look.colour]
    x, y = _joined(years, places, field)
    hover = [None if value is None else number(value, measure) for value in y]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "name": safe(name),
            "mode": "lines+markers",
            "showlegend": in_legend,
            "connectgaps": False,
            "cliponaxis": False,
            "x": x,
            "y": y,
            "line": {"color": colour, "dash": look.dash, "width": look.width},
            "marker": mark(look.symbol, colour, ROLES["surface"], 9, 1),
            "hoverinfo": "text",
            "hovertext": [None if text is None else f"{safe(name)}: {text}" for text in hover],
        }
    ]
    apart = [(at, getattr(p, field)) for at, p in zip(places, years, strict=True) if p.isolated]
    apart = [(at, value) for at, value in apart if value is not None]
    if apart:
        traces.append(
            points(
                f"{name}, a year on its own",
                apart,
                mark(f"{look.symbol}-open", colour, colour, 10, 2),
                [f"{safe(name)}: {number(v, measure)}" for _, v in apart],
                in_legend=False,
            )
        )
    return traces


def gaps(years: Sequence[Point]) -> list[float]:
    """The middles between two years that nothing crosses."""
    places = _places(years)
    return [
        (before + at) / 2
        for before, at, point in zip(places, places[1:], years[1:], strict=False)
        if point.gap_before
    ]


def axes(
    places: Sequence[float], labels: list[str], measure: Measure, *, margin: float
) -> dict[str, Any]:
    """Years from left to right, the measure's unit upwards, the legend above; margin in years."""
    return {
        "xaxis": {
            "tickvals": places,
            "ticktext": labels,
            "range": [min(places, default=0) - margin, max(places, default=0) + margin],
            "showgrid": False,
            "autotickangles": [0, 90],
        },
        "yaxis": {
            "ticksuffix": "%" if measure.unit == "per_cent" else "",
            "separatethousands": True,
            "showgrid": True,
        },
        "legend": {"y": 1.13},
    }


def bands(middles: list[float]) -> dict[str, list[dict[str, Any]]]:
    """What stands where nothing crosses: a band over the whole height, and the word above it."""
    return {
        "shapes": [
            {
                "type": "rect",
                "xref": "x",
                "yref": "paper",
                "x0": middle - 0.12,
                "x1": middle + 0.12,
                "y0": 0,
                "y1": 1,
                "layer": "below",
                "fillcolor": ROLES["line"],
                "opacity": 0.55,
                "line": {"width": 0},
            }
            for middle in middles
        ],
        "annotations": [
            {
                "x": middle,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "text": "not<br>comparable",
                "showarrow": False,
                "font": {"size": 12, "color": ROLES["muted"]},
            }
            for middle in middles
        ],
    }


def _places(years: Sequence[Point]) -> list[int]:
    """Where each year stands: at its number, so that a year left out leaves its room."""
    return [int(point.period[:4]) for point in years]


def _joined(
    years: Sequence[Point], places: list[int], field: str
) -> tuple[list[float], list[float | None]]:
    """The points of one line, with an empty point wherever the line must be lifted.

    A year on its own is passed over, so that its neighbours stay joined; so is a year in which
    nobody has a figure. A year without a figure of this line alone lifts it.
    """
    x: list[float] = []
    y: list[float | None] = []
    for at, point in zip(places, years, strict=True):
        if point.gap_before and x:
            x.append(at - 0.5)
            y.append(None)
        if point.isolated or all(getattr(point, name) is None for name in FIELDS):
            continue
        x.append(at)
        y.append(getattr(point, field))
    return x, y


def _note(years: Sequence[Point]) -> str:
    cuts = [
        f"The lines break before {point.period}. {point.gap_text or ''}".rstrip()
        for point in years[1:]
        if point.gap_before
    ]
    apart = [point.period for point in years if point.isolated]
    parts = list(cuts)
    own = [point.period for point in years if point.own is not None]
    if own:
        parts.append(f"{', '.join(own)}: an open ring is {PROVISIONAL}.")
    if apart:
        parts.append(f"{', '.join(apart)}: open marks, not to be compared with any other year.")
    return " ".join(parts)


def _alt(years: Sequence[Point], measure: Measure, council: str) -> str:
    seen = [point for point in years if point.council is not None]
    if not seen and any(point.own is not None for point in years):
        return f"{council} has no published figure. {_note(years)}"
    if not seen:
        return f"{council} has no figure in any year shown."
    parts = [f"Lines over {len(years)} years, {years[0].period} to {years[-1].period}."]
    ends = [seen[0], seen[-1]] if len(seen) > 1 else seen
    figures = " and ".join(f"{number(p.council, measure)} in {p.period}" for p in ends)
    parts.append(f"{council}: {figures}.")
    note = _note(years)
    return " ".join([*parts, note] if note else parts)
