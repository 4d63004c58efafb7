"""The explorer's controls in JupyterLab, over `bench.pages.explorer.view`.

A change is answered at once, and only the pane that is seen is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from bench.errors import BenchError
from bench.pages.explorer import view as views
from bench.pages.explorer.view import OWN_LIST, Pane
from bench.present.chart import Figure
from bench.present.glossary import USE_STATEMENT
from bench.present.html import Section, fill, joined
from bench.present.table import paragraph
from bench.present.theme import TABS_CLASS, style_element

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.pages.council.report import Briefing
    from bench.pages.explorer.view import View

_LABELS = {
    "council": "Council",
    "year": "Year",
    "peers": "Peers",
    "rule": "Rule",
    "average": "Peers' average",
    "multiplicity": "Allowing for chance",
    "palette": "Colours",
    "indicator": "Indicator",
}
_SUPPOSED = {"value": "What if it were", "numerator": "or the numerator", "denominator": "out of"}
_WRAPPED = {"flex_flow": "row wrap", "grid_gap": "0 16px"}


def explorer(
    council: str | None = None,
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    average: str | None = None,
    multiplicity: str | None = None,
    palette: str | None = None,
    indicator: str | None = None,
) -> Explorer:
    """Controls in JupyterLab: choose, and the table and the figures follow.

    Args:
        council: The first council, by name, alias or code.
        year: Financial year, "2018-19", or "latest".
        peers: A peer model, or councils separated by ";".
        rule: auto, interval, spread, quartile, tolerance or funnel.
        average: mean, median or pooled, of the peers.
        multiplicity: none, page or map: over which comparisons chance is allowed for.
        palette: rag or af.
        indicator: The first indicator, by id, title or the code of the year.

    Returns:
        An `Explorer`, which shows itself; its `briefing()` is that of the view, as
        `bench.briefing` gives it.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A year that is none, or in which there was no such council.

    >>> bench.explorer("Leeds", "2018-19").briefing().council
    'Leeds'
    """
    view = views.start(
        council=council,
        year=year,
        peers=peers,
        rule=rule,
        average=average,
        multiplicity=multiplicity,
        palette=palette,
        indicator=indicator,
    )
    return Explorer(view)


class Explorer:
    """Controls and panes; shows itself as a notebook cell's last value.

    Attributes:
        view: what is chosen now.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self._settling = False
        self._drawn: dict[Pane, View] = {}
        self._controls: dict[str, Any] = {
            name: widgets.Dropdown(
                description=label,
                style={"description_width": "initial"},
                layout={"width": "max-content", "max_width": "100%"},
            )
            for name, label in _LABELS.items()
        }
        self._own_list = _text("Councils, separated by ;", "Leeds; Kent; Devon", "28rem")
        self._supposed = {
            name: _text(label, "", "15rem" if name == "value" else "13rem")
            for name, label in _SUPPOSED.items()
        }
        self._panes = {pane: widgets.Output() for pane in Pane}
        self._saved = widgets.Output()
        self._save = widgets.Button(
            description="Save this view for bench report", layout={"width": "max-content"}
        )
        self._tab = widgets.Tab(
            children=[
                self._panes[Pane.TABLE],
                self._panes[Pane.SCALE],
                widgets.VBox(
                    [
                        self._controls["indicator"],
                        _row(self._supposed.values()),
                        self._panes[Pane.INDICATOR],
                    ]
                ),
            ],
            titles=[pane.value for pane in Pane],
        )
        self._tab.add_class(TABS_CLASS)
        self.box = self._laid_out()
        self._settle()
        for control in (*self._controls.values(), self._own_list, *self._supposed.values()):
            control.observe(self._changed, names="value")
        self._tab.observe(lambda _: self._show(), names="selected_index")
        self._save.on_click(lambda _: self._export())
        self._show()

    def briefing(self) -> Briefing:
        """What the view shows, as `bench.briefing` gives it; the figures are the published ones.

        Raises:
            BenchError: The view cannot be answered, as its message says.
        """
        return views.briefing(self.view)

    def _laid_out(self) -> Any:
        top = widgets.Output()
        statement = paragraph(USE_STATEMENT).in_palette(self.view.palette)
        top.outputs = _outputs((joined(style_element()), statement))
        choosing = [self._controls[name] for name in ("council", "year", "peers")]
        judging = [self._controls[name] for name in ("rule", "average", "multiplicity", "palette")]
        return widgets.VBox(
            [
                top,
                _row(choosing),
                self._own_list,
                _row(judging),
                self._tab,
                self._save,
                self._saved,
            ]
        )

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    def _changed(self, _: object) -> None:
        """Take up what the controls say, unless it is this object that sets them."""
        if self._settling:
            return
        chosen = {name: control.value for name, control in self._controls.items()}
        if chosen["peers"] == OWN_LIST:
            chosen["peers"] = self._own_list.value.strip() or OWN_LIST
        supposed = {name: control.value for name, control in self._supposed.items()}
        self.view = views.moved(self.view, **chosen, **supposed)
        self._settle()
        self._show()

    def _settle(self) -> None:
        """Let the controls say what the view says."""
        self._settling = True
        named = False
        for name, options in views.offered(self.view).items():
            control, value = self._controls[name], self.view.word(name)
            if control.options != options:
                control.options = options
            if name == "peers":
                named = value in {one for _, one in options} - {OWN_LIST}
                if not named and value != OWN_LIST:
                    self._own_list.value = value
                value = value if named else OWN_LIST
            control.value = value
        self._own_list.layout.display = "none" if named else None
        for name, control in self._supposed.items():
            control.value = self.view.word(name)
        self._settling = False

    def _show(self) -> None:
        """Make the pane that is seen, if the view has changed since it was made."""
        pane = list(Pane)[self._tab.selected_index or 0]
        if self._drawn.get(pane) != self.view:
            self._panes[pane].outputs = _outputs(views.shown(self.view, pane))
            self._drawn[pane] = self.view
        self._saved.outputs = ()

    def _export(self) -> None:
        try:
            path = views.export(self.view)
        except BenchError as error:
            notice = views.message(str(error))
        else:
            text = path.read_text(encoding="utf-8")
            notice = fill("explorer/saved.html.j2", path=path, text=text)
        self._saved.outputs = _outputs((notice.in_palette(self.view.palette),))


def _text(label: str, example: str, width: str) -> Any:
    return widgets.Text(
        description=label,
        placeholder=example,
        continuous_update=False,  # answered when it is left or Enter is pressed
        style={"description_width": "initial"},
        layout={"width": width, "max_width": "100%"},
    )


def _row(children: Iterable[Any]) -> Any:
    return widgets.Box(list(children), layout=_WRAPPED)


def _outputs(shown: Iterable[Section | Figure]) -> tuple[dict[str, Any], ...]:
    """What a cell would put out for them; a chart between its title and its table."""
    parts: list[Section | Figure] = []
    for one in shown:
        if isinstance(one, Figure):
            parts += [
                fill("explorer/title.html.j2", figure=one).in_palette(one.palette),
                one,
                fill("explorer/behind.html.j2", figure=one).in_palette(one.palette),
            ]
        else:
            parts.append(one)
    data = [
        part.bundle(titled=False) if isinstance(part, Figure) else part._repr_mimebundle_()
        for part in parts
    ]
    return tuple({"output_type": "display_data", "data": bundle, "metadata": {}} for bundle in data)
