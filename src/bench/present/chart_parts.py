"""Parts that several charts share: marks, margins of error, levels, names, a common axis."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import pstdev, quantiles
from typing import TYPE_CHECKING, Any, Final

from bench.present.chart import mark, safe
from bench.present.theme import ROLES, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.judge.published_row import PublishedRow
    from bench.present.theme import Look


@dataclass(frozen=True, slots=True)
class PointedOut:
    """The council that a chart of all councils points out, and its peers.

    Attributes:
        name: as it is printed.
        area_id: its identity.
        peers: the `area_id`s of its peers.
    """

    name: str
    area_id: str
    peers: frozenset[str] = frozenset()


def points(
    name: str,
    places: Iterable[tuple[float | None, float | None]],
    marker: dict[str, Any],
    hover: Iterable[str],
    *,
    clipped: bool = False,
    in_legend: bool | None = None,
) -> dict[str, Any]:
    """Marks that no line joins.

    Args:
        name: as the legend calls them.
        places: where each stands, across and upwards.
        marker: as `mark` or `verdict_mark` gives it.
        hover: what a pointer over each says, as plotly takes it.
        clipped: whether a mark ends where the axes do.
        in_legend: whether the legend names them; None for plotly's own choice.
    """
    spots = list(places)
    return {
        "type": "scatter",
        "name": safe(name),
        "mode": "markers",
        "cliponaxis": None if clipped else False,
        "showlegend": in_legend,
        "x": [across for across, _ in spots],
        "y": [upwards for _, upwards in spots],
        "marker": marker,
        "hoverinfo": "text",
        "hovertext": list(hover),
    }


def strokes(
    name: str,
    spans: Iterable[tuple[float, float | None, float | None]],
    style: dict[str, Any],
    *,
    across: bool = False,
    in_legend: bool | None = None,
) -> dict[str, Any]:
    """A straight line for each span, drawn as one line that is lifted between them.

    Args:
        name: as the legend calls them.
        spans: where it stands, its lower and its upper end; without ends there is no line.
        style: plotly's colour and width of all of them.
        across: whether figures run across the chart, not upwards.
        in_legend: whether the legend names them; None for plotly's own choice.
    """
    places: list[float | None] = []
    ends: list[float | None] = []
    for at, lower, upper in spans:
        if lower is not None and upper is not None:
            places += [at, at, None]
            ends += [lower, upper, None]
    return {
        "type": "scatter",
        "name": name,
        "mode": "lines",
        "connectgaps": False,
        **({} if in_legend is None else {"showlegend": in_legend and bool(places)}),
        "x": ends if across else places,
        "y": places if across else ends,
        "line": style,
        "hoverinfo": "skip",
    }


def whiskers(
    spans: Iterable[tuple[float, float | None, float | None]],
    colour: Role,
    *,
    across: bool = False,
    width: float = 1.5,
) -> dict[str, Any]:
    """A thin line for each margin of error; see `strokes`. Without any the legend is silent."""
    style = {"color": colour, "width": width}
    return strokes("Margin of error", spans, style, across=across, in_legend=True)


def callout(text: str, x: float, y: float | None, *, lift: int = -40) -> dict[str, Any]:
    """A name in a frame with an arrow to its mark, `lift` pixels below it or, negative, above."""
    return {
        "x": x,
        "y": y,
        "text": safe(text),
        "showarrow": True,
        "arrowcolor": ROLES["accent"],
        "bgcolor": ROLES["surface"],
        "bordercolor": ROLES["accent"],
        "font": {"color": ROLES["ink"]},
        "ax": 0,
        "ay": lift,
    }


def verdict_mark(seen: Look, size: float) -> dict[str, Any]:
    """The mark of a verdict: filled where it is sure, and open where it is probable or unclear.

    What is open is filled with the ground, so that it shows on a band too.
    """
    colour = ROLES["muted" if seen.tone == "none" else f"{seen.tone}_mark"]
    if seen.marker.endswith("-open"):
        return mark(seen.marker.removesuffix("-open"), ROLES["surface"], colour, size, 2.5)
    return mark(seen.marker, colour, ROLES["ink"], size, 1)


def level(
    name: str,
    value: float,
    ends: tuple[float, float],
    *,
    colour: Role,
    dash: str,
    across: bool = False,
) -> dict[str, Any]:
    """A line where one figure stands, from end to end of the chart.

    Args:
        name: as the legend calls it.
        value: the figure.
        ends: the line's ends on the other axis.
        colour: the line's.
        dash: plotly's name of how it is broken.
        across: whether figures run across the chart, so that the line stands upright.
    """
    along, at = list(ends), [value, value]
    return {
        "type": "scatter",
        "name": safe(name),
        "mode": "lines",
        "x": at if across else along,
        "y": along if across else at,
        "line": {"color": colour, "dash": dash, "width": 2},
        "hoverinfo": "skip",
    }


def padded(figures: Iterable[float | None]) -> list[float] | None:
    """An axis that ends a little beyond all figures; None, for plotly's own, without any."""
    seen = [one for one in figures if one is not None]
    if not seen:
        return None
    room = (max(seen) - min(seen) or 1.0) * 0.04
    return [min(seen) - room, max(seen) + room]


def row_labels(texts: Sequence[str], heights: Sequence[float]) -> list[dict[str, Any]]:
    """The names of rows above their marks, for a narrow screen; hidden until it asks for them."""
    return [
        {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": height,
            "yanchor": "bottom",
            "yshift": 11,
            "text": text,
            "align": "left",
            "showarrow": False,
            "visible": False,
            "bgcolor": ROLES["surface"],
            "borderpad": 0,
            "font": {"size": 12},
        }
        for text, height in zip(texts, heights, strict=True)
    ]


# Beyond this many standard deviations a mark stands at the chart's edge and is named there.
EDGE: Final = 4.0
FEWEST_PEERS: Final = 4


@dataclass(frozen=True, kw_only=True)
class PlottedRow:
    """One indicator's marks on the common axis; `beyond` where the council's is off the chart.

    `gap` is from the average to the figure in units of the spread, better above 0, without an end.
    """

    row: PublishedRow
    council: float
    england: float | None
    low: float
    lower_quartile: float
    upper_quartile: float
    high: float
    beyond: bool
    gap: float


@dataclass(frozen=True)
class LeftOut:
    """An indicator that has no place on the axis, and why."""

    row: PublishedRow
    why: str


def place(rows: Iterable[PublishedRow]) -> tuple[list[PlottedRow], list[LeftOut]]:
    """The rows that can be placed, and those that cannot."""
    placed: list[PlottedRow] = []
    left_out: list[LeftOut] = []
    for row in rows:
        why = _obstacle(row)
        if why:
            left_out.append(LeftOut(row, why))
        else:
            placed.append(_place(row))
    return placed, left_out


def _obstacle(row: PublishedRow) -> str | None:
    if row.value is None:
        return "no figure"
    if row.peer_average is None or row.verdict_vs_peers == "not_compared":
        return "not compared with peers"
    if not row.judged:
        return "neither high nor low is better"
    if len(row.peer_values) < FEWEST_PEERS:
        return "too few peers have a figure"
    if len({figure for _, figure in row.peer_values}) == 1:
        return "all peers have the same figure"
    return None


def _place(row: PublishedRow) -> PlottedRow:
    figures = [figure for _, figure in row.peer_values]
    average = row.peer_average or 0.0
    step = pstdev(figures) * (1 if row.polarity == "higher_is_better" else -1)
    first, _, third = quantiles(figures, n=4, method="inclusive")

    def on_axis(figure: float) -> float:
        return round(max(-EDGE, min(EDGE, (figure - average) / step)), 3)

    low, high = sorted((on_axis(min(figures)), on_axis(max(figures))))
    lower_quartile, upper_quartile = sorted((on_axis(first), on_axis(third)))
    own = on_axis(row.value or 0.0)
    return PlottedRow(
        row=row,
        council=own,
        england=None if row.england is None else on_axis(row.england),
        low=low,
        lower_quartile=lower_quartile,
        upper_quartile=upper_quartile,
        high=high,
        beyond=abs(own) >= EDGE,
        gap=((row.value or 0.0) - average) / step,
    )
