"""Lines and labels that several charts share: margins of error, levels, and names of rows.

Enters: places and colours. Leaves: parts of a plotly figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.present.chart import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["level", "padded", "row_labels", "whiskers"]


def whiskers(
    spans: Iterable[tuple[float, float | None, float | None]],
    colour: str,
    *,
    across: bool = False,
    width: float = 1.5,
) -> dict[str, Any]:
    """A thin line for each margin of error, lifted between them.

    Args:
        spans: where it stands, its lower and its upper end; without ends there is no line.
        colour: of all of them.
        across: whether figures run across the chart, not upwards.
        width: in pixels.
    """
    places: list[float | None] = []
    ends: list[float | None] = []
    for at, lower, upper in spans:
        if lower is not None and upper is not None:
            places += [at, at, None]
            ends += [lower, upper, None]
    return {
        "type": "scatter",
        "name": "Margin of error",
        "mode": "lines",
        "connectgaps": False,
        "showlegend": bool(places),
        "x": ends if across else places,
        "y": places if across else ends,
        "line": {"color": colour, "width": width},
        "hoverinfo": "skip",
    }


def level(
    name: str,
    value: float,
    ends: tuple[float, float],
    *,
    colour: str,
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


def row_labels(
    texts: Sequence[str], heights: Sequence[float], role: Mapping[str, str]
) -> list[dict[str, Any]]:
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
            "bgcolor": role["surface"],
            "borderpad": 0,
            "font": {"size": 12},
        }
        for text, height in zip(texts, heights, strict=True)
    ]
