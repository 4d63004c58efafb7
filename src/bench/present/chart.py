"""A chart with everything that must go with it: title, text alternative and table."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final, Self

from markupsafe import Markup

from bench.present.html import Section, Shown, fill, joined
from bench.present.theme import CHART_GROUND, Role, chart_style, colours, exchanges

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure

# The title above a chart in a notebook: characters a line, pixels of a line and beneath.
_TITLE_WIDTH: Final = 72
_TITLE_LINE: Final = 21
_TITLE_GAP: Final = 8
_USUAL_HEIGHT: Final = 450  # plotly's own


@dataclass(frozen=True, eq=False)
class Drawing:
    """What a chart draws, as plotly takes it, but with roles (`theme.ROLES`) for colours.

    Attributes:
        traces: the data.
        layout: axes, shapes and annotations; the house style comes with the palette.
        narrow: the layout of a narrow screen as dotted path -> value.
    """

    traces: list[dict[str, Any]]
    layout: dict[str, Any]
    narrow: dict[str, Any]

    def plotly(self, palette: str) -> PlotlyFigure:
        """The plotly figure in a palette and in the house style; plotly refuses what it lacks."""
        import plotly.graph_objects as go

        return go.Figure(**self._parts(palette))

    def content(self, palette: str) -> dict[str, Any]:
        """The same as the JSON that plotly would write of it, without asking plotly.

        Tests compare the two: plotly's own check of every part takes longer than a page should.
        """
        parts = self._parts(palette)
        try:
            content: dict[str, Any] = json.loads(json.dumps(parts, allow_nan=False))
        except (TypeError, ValueError):  # arrays of numpy, or what is no number: plotly has a way
            content = json.loads(self.plotly(palette).to_json())
        return content

    def _parts(self, palette: str) -> dict[str, Any]:
        """Traces and layout in a palette.

        `meta` carries what the page's script needs: the colours of the other palettes and schemes,
        and the layout of a narrow screen.
        """
        chosen = colours(palette)
        meta = {"colours": exchanges(palette), "narrow": self.narrow}
        style = {"meta": meta, "template": chart_style(palette)}
        return {
            "data": _coloured(self.traces, chosen),
            # Where there is no annotation plotly writes no list of them.
            "layout": {
                **{n: part for n, part in _coloured(self.layout, chosen).items() if part != []},
                **style,
            },
        }


def _coloured(value: Any, chosen: Mapping[str, str]) -> Any:
    """The value with each role in it replaced by the role's colour, and without what is None."""
    if isinstance(value, Role):
        return chosen[value.name]
    if isinstance(value, Mapping):
        return {name: _coloured(part, chosen) for name, part in value.items() if part is not None}
    if isinstance(value, list | tuple):
        return [_coloured(part, chosen) for part in value]
    return value


@dataclass(frozen=True, eq=False, kw_only=True)
class Figure(Shown):
    """A chart, its fixed id, its words and the table behind it; `files` links to the table's."""

    drawing: Drawing
    div_id: str
    title: str
    note: str
    alt: str
    table: Section
    files: Markup | str = ""

    @functools.cached_property
    def plotly(self) -> PlotlyFigure:
        """The chart as a plotly figure in the palette of its report; changes to it are shown."""
        return self.drawing.plotly(self.palette)

    def json(self, palette: str | None = None) -> str:
        """The chart as JSON: sorted keys, no ids or times of its own, safe inside a script."""
        return _script(self._content(palette))

    def html(self, palette: str | None = None) -> Markup:
        """The figure element: caption, chart, its data and the table behind it."""
        return self._element(self._content(palette), palette or self.palette)

    def _element(self, content: Mapping[str, Any], palette: str) -> Markup:
        return fill(
            "figure.html.j2",
            title=self.title,
            note=self.note,
            div_id=self.div_id,
            alt=self.alt,
            json=Markup(_script(content)),  # noqa: S704  escaped above, where JSON allows it
            table=self.table,
            files=self.files,
        ).html(palette)

    def _content(self, palette: str | None = None) -> dict[str, Any]:
        shown = palette or self.palette
        if shown == self.palette and "plotly" in self.__dict__:  # it may have been changed
            content: dict[str, Any] = json.loads(self.plotly.to_json())
            return content
        return self.drawing.content(shown)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return self.bundle()

    def bundle(self, *, titled: bool = True) -> dict[str, Any]:
        """What a notebook shows of it; the drawing without a title where one stands above it."""
        content = self._content()
        element = self._element(content, self.palette)
        # Whoever shows it may be dark or light: the chart brings its own ground there.
        content["layout"] |= {"paper_bgcolor": CHART_GROUND, "plot_bgcolor": CHART_GROUND}
        if titled:
            content["layout"] |= self._heading(content["layout"])
        return {
            "application/vnd.plotly.v1+json": content | {"config": {"displayModeBar": False}},
            "text/html": str(element),
            "text/plain": f"{self.title}. {self.alt}",
        }

    def _heading(self, layout: Mapping[str, Any]) -> dict[str, Any]:
        """The parts of a layout that a title above the chart needs: itself, and room for it.

        On the page the caption is the title; in a notebook plotly's drawing stands alone.
        """
        lines = wrap(self.title, _TITLE_WIDTH)
        if not lines or layout.get("title", {}).get("text"):
            return {}
        room = _TITLE_LINE * len(lines) + _TITLE_GAP
        height = layout.get("height", _USUAL_HEIGHT) + room
        margin = layout["template"]["layout"]["margin"] | layout.get("margin", {})
        title = {
            "text": "<br>".join(safe(line) for line in lines),
            "font": {"size": 16},
            "xref": "container",
            "x": 0,
            "xanchor": "left",
            "pad": {"l": margin["l"]},
            # Plotly places a title of several lines by the foot of the first.
            "yref": "container",
            "y": 1 - _TITLE_LINE / height,
            "yanchor": "bottom",
        }
        return {"title": title, "margin": margin | {"t": margin["t"] + room}, "height": height}


@dataclass(frozen=True, eq=False)
class Parts(Shown):
    """A section that shows itself part by part, and is nothing where there is nothing to show."""

    parts: tuple[Section | Figure, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The charts among the parts."""
        return tuple(part for part in self.parts if isinstance(part, Figure))

    def in_palette(self, palette: str) -> Self:
        """The same in another palette."""
        parts = tuple(part.in_palette(palette) for part in self.parts)
        return replace(super().in_palette(palette), parts=parts)

    def html(self, palette: str | None = None) -> Markup:
        """All parts, one after the other."""
        return joined(*self.parts).html(palette or self.palette)

    def _ipython_display_(self) -> None:
        # one output per part: JupyterLab draws one chart in each
        from IPython.display import display

        for part in self.parts:
            display(part)  # type: ignore[no-untyped-call]


def titled(title: str, *parts: Section | Figure, lead: str = "") -> Parts:
    """A section that brings its own heading, since it may not be there."""
    return Parts((fill("page/section.html.j2", title=title, lead=lead), *parts))


def _script(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False)
    # A title that holds "</script>" must not end the element that carries it.
    return text.replace("<", "\\u003c")


def safe(text: str) -> str:
    """Text for a chart, where a few tags work: none of the reader's own do."""
    return escape(text, quote=False)


def mark(
    symbol: str, colour: Role | list[Role], edge: Role, size: float, width: float
) -> dict[str, Any]:
    """A chart's mark: shape, colour and an outline that keeps it legible in grey."""
    return {
        "symbol": symbol,
        "color": colour,
        "size": size,
        "opacity": 1,
        "line": {"color": edge, "width": width},
    }
