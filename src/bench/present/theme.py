"""How a verdict looks: word, symbol and colour, once, for the page, the tables and the charts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal

from markupsafe import Markup

from bench.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.judge.published_row import PublishedRow
    from bench.judge.rag import Verdict

FONT: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif'
STYLE_CLASS: Final = "bench-style"
# The tabs of the explorer, whose labels JupyterLab would make too faint to read.
TABS_CLASS: Final = "bench-tabs"
# The ground of a chart in a notebook: white but for a trace, by which the style sheet tells our
# charts from a reader's own. Where no style sheet follows the host's theme, the chart is on it.
CHART_GROUND: Final = "#fffffe"

# What the applications that show notebooks say on their <body>, and what they call their ground.
_HOSTS: Final[Mapping[str, str]] = {
    "[data-jp-theme-light]": "var(--jp-layout-color0)",
    '[class*="vscode-"]': "var(--vscode-editor-background)",
}
_DARK_HOSTS: Final = (
    '[data-jp-theme-light="false"]',
    ".vscode-dark",
    ".vscode-high-contrast:not(.vscode-high-contrast-light)",
)


Weight = Literal["solid", "outlined", "tinted", "grey", "plain"]
# What a verdict says besides that nothing but the size of a gap decided.
NO_MARGIN: Final = "no margin of error"


@dataclass(frozen=True)
class Look:
    """How one verdict appears in a cell, a sentence and a chart.

    Attributes:
        key: of `LOOKS`.
        symbol: a shape of its own: filled where the verdict is sure, open where it is probable.
        word: the name of its colour, if it bears one.
        meaning: what it says.
        tone: the colour of chip and mark: better, similar, worse, neutral or none.
        marker: of charts, as Plotly calls it; open for a probable verdict.
        weight: the chip: solid for what is sure, outlined for what is probable, tinted for what
            calls for no attention, grey for what cannot be told, plain where nothing is compared.
        note: what the chip adds beneath: that there is no margin of error.
    """

    key: str
    symbol: str
    word: str | None
    meaning: str
    tone: str
    marker: str
    weight: Weight = "tinted"
    note: str = ""

    @property
    def label(self) -> str:
        """The verdict in words, without its note: "GREEN better", "probably worse", "higher"."""
        return f"{self.word} {self.meaning}" if self.word else self.meaning

    @property
    def text(self) -> str:
        """The verdict in words alone: "GREEN better", "RED worse, no margin of error"."""
        return f"{self.label}, {self.note}" if self.note else self.label


# Arrows say which way only where no judgement applies: a triangle is a judgement, not a direction.
_OPEN: Final = "outlined"
LOOKS: Final[Mapping[str, Look]] = {
    one.key: one
    for one in (
        Look("better", "▲", "GREEN", "better", "better", "triangle-up", "solid"),
        Look("probably_better", "△", None, "probably better", "better", "triangle-up-open", _OPEN),
        Look("similar", "●", "AMBER", "similar", "similar", "circle"),
        Look("probably_worse", "▽", None, "probably worse", "worse", "triangle-down-open", _OPEN),
        Look("worse", "▼", "RED", "worse", "worse", "triangle-down", "solid"),
        Look("unclear", "?", None, "unclear", "none", "circle-open", "grey"),
        Look("higher", "↑", None, "higher", "neutral", "arrow-up", "solid"),
        Look("probably_higher", "⇧", None, "probably higher", "neutral", "arrow-up-open", _OPEN),
        Look("similar_unjudged", "◇", None, "similar", "neutral", "diamond-open"),
        Look("probably_lower", "⇩", None, "probably lower", "neutral", "arrow-down-open", _OPEN),
        Look("lower", "↓", None, "lower", "neutral", "arrow-down", "solid"),
        Look("not_compared", "—", None, "not compared", "none", "x-thin-open", "plain"),
    )
}

_LIGHT: Final = {
    "surface": "#ffffff",
    "raised": "#f2f5f7",
    "ink": "#12181f",
    "muted": "#4d5862",
    "line": "#cbd3da",
    "band": "#8a95a0",
    "accent": "#0b5a72",
    "second": "#7a4fb5",
}
_DARK: Final = {
    "surface": "#12171c",
    "raised": "#1c242b",
    "ink": "#eef2f5",
    "muted": "#b1bcc6",
    "line": "#3b4651",
    "band": "#6a7885",
    "accent": "#7fc8e0",
    "second": "#c3a6ee",
}


def _tone(name: str, fill: str, ink: str, mark: str) -> dict[str, str]:
    return {f"{name}_fill": fill, f"{name}_ink": ink, f"{name}_mark": mark}


def _solid(name: str, ground: str, text: str) -> dict[str, str]:
    """The chip of a sure verdict: a full ground and the text on it."""
    return {f"{name}_solid": ground, f"{name}_on": text}


# `rag` is asked for by name; `af` is the Analysis Function's orange and dark blue, which stay
# apart for every kind of colour vision. The words are the same in both.
PALETTES: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "rag": {
        "light": _LIGHT
        | _tone("better", "#dcefe3", "#0b4a2c", "#00703c")
        | _tone("similar", "#fdefca", "#5a3b00", "#b97700")
        | _tone("worse", "#fbe2de", "#8a1a10", "#c5221f")
        | _tone("neutral", "#e3edf6", "#1d4c77", "#3f76a8")
        | _solid("better", "#00703c", "#ffffff")
        | _solid("worse", "#b81d16", "#ffffff")
        | _solid("neutral", "#2b6599", "#ffffff"),
        "dark": _DARK
        | _tone("better", "#143b29", "#a3e3bd", "#3fb573")
        | _tone("similar", "#41320d", "#ffd979", "#e0a526")
        | _tone("worse", "#4b1d1a", "#ffbbb2", "#f0675b")
        | _tone("neutral", "#1b3247", "#abcff1", "#6ba5da")
        | _solid("better", "#3fb573", "#06210f")
        | _solid("worse", "#f0675b", "#2a0603")
        | _solid("neutral", "#6ba5da", "#081a2a"),
    },
    "af": {
        "light": _LIGHT
        | _tone("better", "#dbe6f1", "#12436d", "#12436d")
        | _tone("similar", "#ececec", "#3d3d3d", "#6f6f6f")
        | _tone("worse", "#fde5d8", "#782e07", "#f0641d")
        | _tone("neutral", "#ede7f7", "#55308a", "#8462bf")
        | _solid("better", "#12436d", "#ffffff")
        | _solid("worse", "#b5440c", "#ffffff")
        | _solid("neutral", "#6d4ab0", "#ffffff"),
        "dark": _DARK
        | _tone("better", "#16334f", "#abcff2", "#6bace6")
        | _tone("similar", "#34393e", "#e0e4e7", "#a8afb5")
        | _tone("worse", "#4e2511", "#ffc4a3", "#f46a25")
        | _tone("neutral", "#2d2345", "#d4c2f3", "#a98fd6")
        | _solid("better", "#6bace6", "#071a2c")
        | _solid("worse", "#f46a25", "#1f0a00")
        | _solid("neutral", "#a98fd6", "#190c2e"),
    },
}

PALETTE_NAMES: Final[Mapping[str, str]] = {
    "rag": "Red, amber, green",
    "af": "Orange, grey, blue",
}
# What a section or a chart shows itself in before a report gives it its own.
USUAL_PALETTE: Final = "rag"

CHART_ROLES: Final = (
    "surface",
    "raised",
    "ink",
    "muted",
    "line",
    "band",
    "accent",
    "second",
    *(f"{tone}_mark" for tone in ("better", "similar", "worse", "neutral")),
)


@dataclass(frozen=True, slots=True)
class Role:
    """What a colour of a chart stands for; which colour that is, the palette says at rendering."""

    name: str


ROLES: Final[Mapping[str, Role]] = {name: Role(name) for name in CHART_ROLES}


def look(verdict: str, polarity: str, certainty: str | None = None) -> Look:
    """The appearance of a verdict; "similar" is a judgement only where one way is better.

    Args:
        verdict: a word of `bench.judge.rag.Meaning`.
        polarity: higher_is_better, lower_is_better or none.
        certainty: a word of `bench.judge.rag.Certainty`; None where the rule knows none.
    """
    key = "similar_unjudged" if verdict == "similar" and polarity == "none" else verdict
    if certainty == "probable" and f"probably_{key}" in LOOKS:
        key = f"probably_{key}"
    if key not in LOOKS:
        raise UnknownNameError("verdict", verdict, LOOKS)
    if certainty not in (None, *_CERTAINTIES):
        raise UnknownNameError("certainty", certainty, _CERTAINTIES)
    return replace(LOOKS[key], note=NO_MARGIN) if certainty == "untested" else LOOKS[key]


_CERTAINTIES: Final = ("sure", "probable", "untested")


def look_of(verdict: Verdict, polarity: str) -> Look:
    """The appearance of a verdict that is not printed yet."""
    return look(str(verdict.meaning), polarity, verdict.certainty and str(verdict.certainty))


def look_vs_peers(row: PublishedRow) -> Look:
    """The appearance of a row's verdict against its peers."""
    return look(row.verdict_vs_peers, row.polarity, row.certainty_vs_peers)


def look_vs_england(row: PublishedRow) -> Look:
    """The appearance of a row's verdict against England."""
    return look(row.verdict_vs_england, row.polarity, row.certainty_vs_england)


def look_vs_previous(row: PublishedRow) -> Look:
    """The appearance of the verdict on a row's change since the last comparable year."""
    return look(row.verdict_vs_previous, row.polarity, row.certainty_vs_previous)


def check_palette(palette: str) -> str:
    """The palette's name, or an error that names those there are."""
    if palette not in PALETTES:
        raise UnknownNameError("palette", palette, PALETTES)
    return palette


def colours(palette: str, scheme: str = "light") -> Mapping[str, str]:
    """Role -> colour, of a palette in the light or the dark scheme."""
    return PALETTES[check_palette(palette)][scheme]


def exchanges(palette: str) -> dict[str, dict[str, dict[str, str]]]:
    """Palette -> scheme -> what each light colour of a chart becomes there.

    Plotly takes no CSS custom properties, so the page's script exchanges the colours themselves.
    """
    light = colours(palette)
    return {
        other: {
            scheme: {
                light[role]: role_of[role] for role in CHART_ROLES if light[role] != role_of[role]
            }
            for scheme, role_of in schemes.items()
        }
        for other, schemes in PALETTES.items()
    }


def _rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of "#rrggbb", each from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def stylesheet() -> str:
    """The whole CSS of a page: the palettes as custom properties, then the house rules.

    A page follows the system's light or dark scheme. A fragment outside a page is light and has
    its own ground, unless `style_element` says whom it follows.
    """
    dark = _palettes("dark", ".bench-page{0}, .bench-page .bench{0}")
    rules = [
        _palettes("light", ".bench{0}"),
        f"@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}",
    ]
    templates = files("bench").joinpath("templates")
    house = [
        templates.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "site.css")
    ]
    return "\n".join([*rules, *house])


def style_element() -> Markup:
    """The page's CSS as one element, for a notebook that is read in JupyterLab or VS Code.

    There fragments and charts follow the theme of the host, whatever the system's scheme is, and
    stand on the host's ground.
    """
    css = "\n".join((stylesheet(), *_host_rules()))  # this package's own text, nothing from data
    return Markup(f'<style class="{STYLE_CLASS}">\n{css}\n</style>')  # noqa: S704


def _palettes(scheme: str, selector: str) -> str:
    """A rule a palette that sets its custom properties; "{0}" in the selector is the palette."""
    rules = []
    for palette, schemes in PALETTES.items():
        properties = [f"--{k.replace('_', '-')}: {v};" for k, v in schemes[scheme].items()]
        chosen = selector.format(f'[data-palette="{palette}"]')
        rules.append(f"{chosen} {{ {' '.join(properties)} }}")
    return "\n".join(rules)


def _host_rules() -> Iterator[str]:
    """What makes fragments and charts follow the theme of the application that shows them."""
    dark = f":is({', '.join(_DARK_HOSTS)})"
    yield _palettes("dark", f"body{dark} .bench{{0}}")
    for host, ground in _HOSTS.items():
        properties = f"--surface: {ground}; background: transparent; color-scheme: light;"
        yield f"body{host} .bench[data-palette] {{ {properties} }}"
    yield f"body{dark} .bench[data-palette] {{ color-scheme: dark; }}"
    tabs = f"body[data-jp-theme-light] .{TABS_CLASS} .lm-TabBar-tabLabel"
    yield f"{tabs} {{ color: var(--jp-ui-font-color1); }}"
    # Plotly writes its colours into each mark, so there they are exchanged one by one.
    red, green, blue = _rgb(CHART_GROUND)
    chart = f'.js-plotly-plot:has(.main-svg[style*="rgb({red}, {green}, {blue})"])'
    charts = f"body:is({', '.join(_HOSTS)}) {chart}"
    yield f"{charts} :is(.main-svg, .bg) {{ background: transparent !important; }}"
    yield f"{charts} .bg {{ fill: transparent !important; }}"
    for palette in PALETTES:
        for before, after in exchanges(palette)[palette]["dark"].items():
            written = "rgb({}, {}, {})".format(*_rgb(before))
            for name in ("fill", "stroke"):
                mark = f'[style*="{name}: {written}"]'
                yield f"body{dark} {chart} {mark} {{ {name}: {after} !important; }}"


def chart_style(palette: str) -> dict[str, Any]:
    """The house style of charts: quiet axes, no background, nothing that needs a mouse."""
    role = colours(palette)
    axis = {
        "automargin": True,
        "gridcolor": role["line"],
        "linecolor": role["line"],
        "showline": False,
        "tickfont": {"color": role["muted"]},
        "ticks": "",
        "title": {"font": {"color": role["muted"]}, "standoff": 12},
        "zeroline": False,
        "fixedrange": True,
    }
    return {
        "layout": {
            "colorway": [role["ink"], role["muted"], role["neutral_mark"]],
            "font": {"family": FONT, "size": 14, "color": role["ink"]},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
            "hovermode": "closest",
            "hoverlabel": {
                "align": "left",
                "bgcolor": role["raised"],
                "bordercolor": role["line"],
                "font": {"family": FONT, "color": role["ink"]},
            },
            "dragmode": False,
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yanchor": "bottom",
                "itemclick": False,
                "itemdoubleclick": False,
            },
            "modebar": {"remove": ["zoom", "pan", "select", "lasso", "autoscale", "resetscale"]},
            "xaxis": axis,
            "yaxis": axis,
        }
    }
