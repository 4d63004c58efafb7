"""Briefs as texts and on paper: what they say, how long it is, and how many sides it takes."""

from __future__ import annotations

import ast
import io
import random
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

import bench
from bench.pages import store
from bench.pages.choices import Choices
from bench.publish import notebook
from bench.published import sources
from present.reading import grade

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page


def some(count: int, seed: str) -> list[tuple[str, str]]:
    """So many councils and years out of all of them, always the same."""
    registers = sources.reference()
    every = [(c.name, str(y)) for y in store.years() for c in registers.councils.in_year(y)]
    return random.Random(seed).sample(every, count)  # noqa: S311 - which councils to try


class Texts(HTMLParser):
    """Paragraphs, items, headings and captions as texts; the cells of a table row by row.

    Text that stands elsewhere is a block called `stray`.
    """

    BLOCKS = frozenset({"p", "li", "h2", "caption"})
    CELLS = frozenset({"th", "td"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[list[str]] = []
        self.rows: list[list[str]] = []
        self.within: list[str] = []
        self.skipped = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.skipped += tag == "style"
        if tag in self.BLOCKS:
            self.blocks.append([tag, ""])
        elif tag == "tr":
            self.rows.append([])
        elif tag in self.CELLS:
            self.rows[-1].append("")
        if tag in self.BLOCKS | self.CELLS:
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag == "style"
        if tag in self.BLOCKS | self.CELLS:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if self.skipped:
            return
        if not self.within:
            if data.strip():
                self.blocks.append(["stray", data])
        elif self.within[-1] in self.CELLS:
            self.rows[-1][-1] += data
        else:
            self.blocks[-1][1] += data


def read(section: object) -> tuple[list[tuple[str, str]], list[list[str]]]:
    """A section's blocks, each with its tag, and the rows of its table."""
    parser = Texts()
    parser.feed(str(section))
    clean = [(tag, " ".join(text.split())) for tag, text in parser.blocks]
    return clean, [[" ".join(cell.split()) for cell in row] for row in parser.rows]


def blocks(brief: Any) -> dict[str, list[tuple[str, str]]]:
    """The blocks of each section beside the table."""
    names = ("heading", "counts", "standing_out", "questions", "source")
    return {name: read(getattr(brief, name)())[0] for name in names}


def plain(council: str, year: str, brief: Any) -> str:
    """Title and texts beside the table, a line for each block."""
    title = f"{council}: adult social care in brief, {year}"
    return "\n".join([title, *(text for own in blocks(brief).values() for _, text in own)])


def faults(council: str, year: str) -> list[str]:
    """What of a brief is too long or too hard: over 350 words, 40 before RED, or grade 8.

    The names of councils and indicators count as words of the prose too, and so do the codes.
    """
    text = plain(council, year, bench.council_brief(council, year))
    # A block is a sentence, whether or not it ends with a full stop.
    level = grade("\n".join(line.rstrip(".?:") + ". " for line in text.split("\n")))
    before = text.partition("RED")[0].split()
    return [
        *([f"{len(text.split())} words"] if len(text.split()) > 350 else []),
        *([f"{len(before)} words before the first RED"] if len(before) > 40 else []),
        *([f"grade {level:.1f}"] if level > 8 else []),
    ]


def brief_page(council: str, year: str, folder: Path) -> Path:
    """The page of a brief, with its style in it: what the notebook's own cells show, run here."""
    page = notebook.brief_page(Choices.of(council=council, year=year))
    executed = nbformat.read(notebook.notebook_path(page.notebook, sources.project_root()), 4)
    names: dict[str, Any] = {}
    for cell in executed.cells:
        if cell.cell_type != "code":
            continue
        *before, last = ast.parse(cell.source).body
        if not isinstance(last, ast.Expr):
            before, last = [*before, last], None
        exec(compile(ast.Module(before, []), page.notebook, "exec"), names)  # noqa: S102 - our own
        if "parameters" in cell.metadata.get("tags", []):
            names |= page.parameters
        if last is not None:
            shown = eval(compile(ast.Expression(last.value), page.notebook, "eval"), names)  # noqa: S307
            data = {"text/html": str(shown)}
            cell.outputs = [nbformat.v4.new_output("display_data", data=data)]
    path = folder / f"{page.identifier}-{year}.html"
    path.write_text(notebook.render_page(page, executed, assets=None), encoding="utf-8")
    return path


def printed(page: Page, path: Path) -> tuple[list[tuple[int, int]], str]:
    """The sides that a page takes on paper, in millimetres, and the text on them."""
    pypdf = pytest.importorskip("pypdf")
    page.goto(path.as_uri())
    sides = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    sizes = [
        (
            round(float(side.mediabox.width) / 72 * 25.4),
            round(float(side.mediabox.height) / 72 * 25.4),
        )
        for side in sides
    ]
    return sizes, " ".join(" ".join(side.extract_text() for side in sides).split())
