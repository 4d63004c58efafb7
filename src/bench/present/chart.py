"""A chart with everything that must go with it: title, text alternative and table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bench.present.html import Fragment, fill
from bench.present.theme import CHART_GROUND, check_palette, exchanges, plotly_template

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A chart, its fixed id, its words and the table behind it; `files` links to the table's."""

    plotly: PlotlyFigure
    div_id: str
    title: str
    note: str
    alt: str
    table: Fragment
    palette: str
    files: Fragment | str = ""

    def json(self) -> str:
        """The chart as JSON: sorted keys, no ids or times of its own, safe inside a script."""
        text = json.dumps(self._content(), sort_keys=True, ensure_ascii=False, allow_nan=False)
        # A title that holds "</script>" must not end the element that carries it.
        return text.replace("<", "\\u003c")

    def html(self) -> Fragment:
        """The figure element: caption, chart, its data and the table behind it."""
        return fill(
            "figure.html.j2",
            palette=self.palette,
            title=self.title,
            note=self.note,
            div_id=self.div_id,
            alt=self.alt,
            json=Markup(self.json()),  # noqa: S704  escaped above, where JSON allows it
            table=self.table,
            files=self.files,
        )

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.plotly.to_json())
        return content

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        content = self._content()
        # Whoever shows it may be dark or light: the chart brings its own ground there.
        content["layout"] |= {"paper_bgcolor": CHART_GROUND, "plot_bgcolor": CHART_GROUND}
        return {
            "application/vnd.plotly.v1+json": content | {"config": {"displayModeBar": False}},
            "text/html": str(self.html()),
            "text/plain": f"{self.title}. {self.alt}",
        }


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Several charts that stand together, with the sentence that says why these."""

    lead: Fragment
    figures: tuple[Figure, ...]

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.lead, *self.figures)  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Parts:
    """A section that shows itself part by part, and is nothing where there is nothing to show."""

    parts: tuple[Fragment | Figure, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts)

    def html(self) -> Fragment:
        """All parts, one after the other."""
        return Fragment("").join(
            part.html() if isinstance(part, Figure) else part for part in self.parts
        )

    def _ipython_display_(self) -> None:
        # one output per part: JupyterLab draws one chart in each
        from IPython.display import display

        for part in self.parts:
            display(part)  # type: ignore[no-untyped-call]


def section(title: str, *parts: Fragment | Figure, lead: str = "", palette: str = "rag") -> Parts:
    """A section that brings its own heading, since it may not be there."""
    heading = fill("page/section.html.j2", title=title, lead=lead, palette=check_palette(palette))
    return Parts((heading, *parts))


def safe(text: str) -> str:
    """Text for a chart, where a few tags work: none of the reader's own do."""
    return escape(text, quote=False)


def mark(symbol: str, fill: str, edge: str, size: float, width: float) -> dict[str, Any]:
    """A chart's mark: shape, colour and an outline that keeps it legible in grey."""
    return {
        "symbol": symbol,
        "color": fill,
        "size": size,
        "opacity": 1,
        "line": {"color": edge, "width": width},
    }


def drawing(
    traces: list[dict[str, Any]], layout: dict[str, Any], palette: str, narrow: dict[str, Any]
) -> PlotlyFigure:
    """A plotly figure in the house style.

    `meta` carries what the page's script needs: the colours of the other palettes and schemes,
    and the layout of a narrow screen as dotted path -> value.
    """
    import plotly.graph_objects as go

    meta = {"colours": exchanges(palette), "narrow": narrow}
    return go.Figure(
        data=traces, layout={**layout, "meta": meta, "template": plotly_template(palette)}
    )
