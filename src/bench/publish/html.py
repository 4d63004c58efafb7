"""An executed notebook as a page that needs no network, by this package's template."""

from __future__ import annotations

import functools
import gzip
import re
from base64 import b64decode, b64encode
from importlib.resources import files
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from markupsafe import escape

from bench.errors import ExecutionError
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT
from bench.present.html import fill, identifier
from bench.present.theme import PALETTE_NAMES, STYLE_CLASS, check_palette, stylesheet
from bench.project import places

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from nbformat import NotebookNode

    from bench.pages.overview.pages import Link

ASSETS: Final = ("page.css", "page.js", "plotly.min.js")
SITE_ASSETS: Final = (*ASSETS, "site.js")
STYLES_HERE: Final = "<!--bench:styles-->"
SCRIPTS_HERE: Final = "<!--bench:scripts-->"
CONTENTS_HERE: Final = "<!--bench:contents-->"
END_HERE: Final = "<!--bench:end-->"
# A markdown cell with this tag begins a section that is closed on a page until it is asked for.
FOLDED: Final = "folded"
# With this one as well, it is printed all the same.
ON_PAPER: Final = "on-paper"
# From so many headings on a page has a list of them.
_MANY_HEADINGS: Final = 6

# A notebook carries the page's CSS for JupyterLab; the page brings its own.
_LAB_STYLE = re.compile(rf'<style class="{STYLE_CLASS}">.*?</style>\s*', re.DOTALL)
_HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>\s*", re.DOTALL)
_SECTION = re.compile(r"<h2\b[^>]*>(.*?)</h2>\s*", re.DOTALL)

# Only this package's own template writes such elements: every text of the data is escaped.
_CARRIED: Final = re.compile(
    r'<a class="download" download="(?P<name>[a-z0-9_.-]+)" '
    r'href="data:[a-z0-9.;=/-]+;base64,(?P<content>[A-Za-z0-9+/=]*)">'
)
_BESIDE: Final = re.compile(r' download href="(?P<name>[a-z0-9_.-]+)">')
_LED: Final = re.compile(r'<a data-file="(?P<name>[a-z0-9_.-]+)" href="#downloads">')


def render(
    notebook: NotebookNode,
    *,
    title: str,
    palette: str,
    provenance: Mapping[str, str],
    assets: str | None,
    nav: Sequence[Link] = (),
) -> str:
    """The page of an executed notebook.

    Args:
        notebook: with its outputs; it is not changed.
        title: the page's title and only first-level heading; the first one of the notebook,
            which stands for it in JupyterLab, is left out.
        provenance: name -> value, for the foot of the page.
        assets: the folder of page.css, page.js and plotly.min.js as seen from the page, or
            None for a page that holds them itself, the library packed.
        nav: the site's other pages, as seen from this one.

    Raises:
        ExecutionError: the notebook holds a failed cell.
    """
    _refuse_failed(notebook)
    exporter = _exporter()
    headings = Headings()
    exporter.register_filter("titled", headings.titled)
    resources = {
        "bench": {
            "title": title,
            "palette": check_palette(palette),
            "nav": list(nav),
            "switch": fill("page/switch.html.j2", names=PALETTE_NAMES).html(palette),
            "provenance": dict(provenance),
            "use_statement": "" if _says_its_use(notebook) else USE_STATEMENT,
            "use_address": USE_ADDRESS,
        }
    }
    page, _ = exporter.from_notebook_node(_as_shown(notebook), resources=resources)
    head, _, rest = str(page).partition(STYLES_HERE)
    top, _, rest = rest.partition(CONTENTS_HERE)
    body, _, rest = rest.rpartition(END_HERE)
    end, _, foot = rest.rpartition(SCRIPTS_HERE)
    styles, scripts = _linked(assets) if assets is not None else _inlined()
    parts = (head, styles, top, headings.contents(), body, headings.end(), end, scripts, foot)
    return "".join(parts).rstrip() + "\n"


def _says_its_use(notebook: NotebookNode) -> bool:
    """Whether a cell shows what the figures may be used for, so that the foot need not."""
    said = str(escape(USE_STATEMENT))
    return any(
        said in "".join(output.get("data", {}).get("text/html", ""))
        for cell in notebook.cells
        for output in cell.get("outputs", ())
    )


def prepare() -> None:
    """Import and make once what renders every page, its template compiled."""
    _ = _exporter().template


@functools.cache
def _exporter() -> Any:
    """The exporter of nbconvert with this package's template, which is compiled once."""
    from nbconvert.exporters import HTMLExporter, TemplateExporter

    class PageExporter(HTMLExporter):  # type: ignore[misc]
        """Without reading the finished page again for images that lack a text: ours have one."""

        def from_notebook_node(
            self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
        ) -> Any:
            return TemplateExporter.from_notebook_node(self, nb, resources, **kw)

    return PageExporter(
        template_name="bench",
        extra_template_basedirs=[str(_templates() / "nbconvert")],
        extra_template_paths=[str(_templates())],
        exclude_input=True,
        exclude_anchor_links=True,
        # A filter that the template names must be known when it is compiled; each page has its own.
        filters={"safe_markdown": _safe_markdown, "titled": Headings().titled},
        default_preprocessors=[],  # they colour code and gather styles; a page shows neither
    )


def write_assets(folder: Path, names: Sequence[str] = ASSETS) -> list[Path]:
    """Write what pages link to; a file whose bytes are right already is left alone.

    Args:
        folder: where to.
        names: `ASSETS`, or `SITE_ASSETS` for a site with an index and an overview.

    Returns:
        The paths of all assets, in the order of `names`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in names:
        path, content = folder / name, asset(name).encode("utf-8")
        if not path.is_file() or path.read_bytes() != content:
            places.write_whole(path, content)
        paths.append(path)
    return paths


def asset(name: str) -> str:
    """The text of a file that pages link to."""
    if name == "page.css":
        return stylesheet()
    if name == "plotly.min.js":
        from plotly.offline import get_plotlyjs

        return str(get_plotlyjs())
    return str((_templates() / name).read_text(encoding="utf-8"))


def _templates() -> Any:
    return files("bench").joinpath("templates")


def _linked(assets: str) -> tuple[str, str]:
    base = f"{assets.rstrip('/')}/" if assets else ""
    styles = f'<link rel="stylesheet" href="{base}page.css">'
    # Deferred scripts run in their order once the page is read, so the library comes first.
    scripts = "\n".join(
        f'<script src="{base}{name}" defer></script>' for name in ("plotly.min.js", "page.js")
    )
    return styles, scripts


def _inlined() -> tuple[str, str]:
    styles = f"<style>\n{asset('page.css')}</style>"
    packed = gzip.compress(asset("plotly.min.js").encode("utf-8"), mtime=0)
    # page.js unpacks the library once the page is shown: a third of the size, and no wait for it.
    scripts = (
        f'<script type="text/plain" id="packed-plotly">{b64encode(packed).decode()}</script>\n'
        f"<script>\n{_sealed(asset('page.js'))}\n</script>"
    )
    return styles, scripts


def _sealed(script: str) -> str:
    """The script without the words that would end its element."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _refuse_failed(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                raise ExecutionError(
                    f"Cell {number} of the notebook failed: {output.ename}: {output.evalue}",
                    mend="run the notebook until no cell fails, then render it.",
                )


def _as_shown(notebook: NotebookNode) -> NotebookNode:
    """The notebook with what its page shows of it; the exporter copies it, so it is made small."""
    small = notebook.copy()
    small.cells = [cell.copy() for cell in notebook.cells]
    for cell in small.cells:
        if "outputs" in cell:
            cell.outputs = [_output_as_shown(output) for output in cell.outputs]
    return small


def _output_as_shown(output: NotebookNode) -> NotebookNode:
    html = output.get("data", {}).get("text/html")
    if html is None:
        return output
    shown = output.copy()
    shown.data = output.data.copy()
    # A chart stands in its markup; beside it, it is there for JupyterLab.
    shown.data.pop("application/vnd.plotly.v1+json", None)
    shown.data["text/html"] = _LAB_STYLE.sub("", "".join(html))
    return shown


class Headings:
    """The headings of a page as they come: its sections are named, listed, and some folded.

    The first first-level heading of the notebook is left out, since it stands for the page's title
    in JupyterLab; others become second-level ones.
    """

    def __init__(self) -> None:
        self._seen = self._open = False
        self._listed: list[tuple[str, str]] = []
        self._on_screen: list[str] = []

    def titled(self, html: str, tags: Collection[str] = ()) -> str:
        """A markdown cell, given as HTML; with the tag `folded` its section can be opened."""
        return _SECTION.sub(
            lambda match: self._section(match[1], tags), _HEADING.sub(self._lowered, html)
        )

    def _lowered(self, match: re.Match[str]) -> str:
        first, self._seen = not self._seen, True
        return "" if first else f"<h2>{match[1]}</h2>\n"

    def _section(self, title: str, tags: Collection[str]) -> str:
        anchor = self._unused(identifier("section", re.sub(r"<[^>]+>", "", title)))
        self._listed.append((anchor, title))
        closing, self._open = self._closed(), FOLDED in tags
        heading = f'<h2 id="{anchor}">{title}</h2>'
        if not self._open:
            return f"{closing}{heading}\n"
        if ON_PAPER not in tags:
            self._on_screen.append(title)
        kind = f"{FOLDED} {ON_PAPER}" if ON_PAPER in tags else FOLDED
        return f'{closing}<details class="{kind}"><summary>{heading}</summary>\n'

    def _unused(self, anchor: str) -> str:
        """The anchor, with a number behind it where a section before has the same title."""
        taken = {name for name, _ in self._listed}
        numbered = (f"{anchor}-{number}" for number in count(2))
        return anchor if anchor not in taken else next(n for n in numbered if n not in taken)

    def _closed(self) -> str:
        return "</details>\n" if self._open else ""

    def contents(self) -> str:
        """The list of all sections, each a link; nothing where there are few."""
        if len(self._listed) < _MANY_HEADINGS:
            return ""
        links = [f'<li><a href="#{anchor}">{title}</a></li>\n' for anchor, title in self._listed]
        return (
            f'<nav class="contents" aria-label="On this page"><ul>\n{"".join(links)}</ul></nav>\n'
        )

    def end(self) -> str:
        """What closes the last section, and what on paper stands for those that are closed."""
        left_out = "; ".join(self._on_screen)
        note = (
            f'<p class="small paper-only">On screen this page has more: {left_out}.</p>\n'
            if left_out
            else ""
        )
        return self._closed() + note


def _safe_markdown(source: str) -> str:
    """Markdown that a cell put out: it may hold data, so its HTML is shown and not obeyed."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    return str(MarkdownWithMath(renderer=IPythonRenderer(escape=True)).render(source))


def downloads_beside(page: str) -> tuple[str, dict[str, bytes]]:
    """The page with its downloads taken out of it.

    Returns:
        The page, whose links now lead to files in its own folder, and name -> content of these.
    """
    contents: dict[str, bytes] = {}

    def taken(match: re.Match[str]) -> str:
        contents[match["name"]] = b64decode(match["content"])
        return f'<a class="download" download href="{match["name"]}">'

    page = _CARRIED.sub(taken, page)
    return _LED.sub(
        lambda found: (
            f'<a download href="{found["name"]}">' if found["name"] in contents else found[0]
        ),
        page,
    ), contents


def named_after(
    identifier: str, page: str, downloads: Mapping[str, bytes]
) -> tuple[str, dict[str, bytes]]:
    """A page and its files, these called after the page where it is one of several of a council.

    The page leeds-2014-15 of a site has leeds-2014-15.csv, so that leeds.csv is that of the page
    leeds alone.

    Args:
        identifier: the page's own.
        page: what `downloads_beside` gave.
        downloads: name -> content.
    """
    stem = min((name.partition(".")[0] for name in downloads), key=len, default="")
    if not stem or not identifier.startswith(f"{stem}-"):
        return page, dict(downloads)
    names = {
        name: identifier + name.removeprefix(stem) for name in downloads if name.startswith(stem)
    }
    page = _BESIDE.sub(
        lambda link: f' download href="{names.get(link["name"], link["name"])}">', page
    )
    return page, {names.get(name, name): content for name, content in downloads.items()}


def write_downloads(contents: dict[str, bytes], folder: Path) -> list[Path]:
    """Write downloads into a page's folder, each whole or not at all.

    Returns:
        Their paths, in order.
    """
    paths = []
    for name, content in contents.items():
        path = folder / name
        places.write_whole(path, content)
        paths.append(path)
    return paths
