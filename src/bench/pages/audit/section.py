"""A section of an audit pack, with its files and its mark.

Enters: fragments, figures and sheets, or the same as something illustrative. Leaves: what
JupyterLab and the page show, and the downloads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.audit.illustrative import WORD, Illustrative
from bench.present.chart import Parts
from bench.present.downloads import Download
from bench.present.files import csv_bytes, xlsx_bytes
from bench.present.html import Fragment, fill, identifier
from bench.present.sheet import Sheet, notes_sheet
from bench.present.theme import check_palette

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.present.chart import Figure

__all__ = ["Content", "Section"]


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a section shows, the sheets of its downloads, and the documents that it rests on."""

    parts: tuple[Fragment | Figure, ...]
    sheets: tuple[Sheet, ...] = ()
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section of an audit pack.

    Attributes:
        name: in a word, for addresses and file names.
        title: its heading.
        content: what it shows. What is illustrative says so in the heading, above the first part,
            in the name of every file and in every row of it.
        palette: "rag" or "af".
    """

    name: str
    title: str
    content: Content | Illustrative[Content]
    palette: str = "rag"

    @property
    def held(self) -> Content:
        """The content, whatever its standing."""
        return self.content.held if isinstance(self.content, Illustrative) else self.content

    @property
    def why(self) -> str:
        """What is made up; empty where nothing is."""
        return self.content.why if isinstance(self.content, Illustrative) else ""

    def shown(self) -> Parts:
        """The heading, the mark if there is one, and the parts."""
        heading = fill(
            "audit/section.html.j2",
            section_id=identifier("section", self.name),
            title=self.title,
            why=self.why,
            palette=check_palette(self.palette),
        )
        return Parts((heading, *self.held.parts))

    def downloads(self, pack: str, notes: Sequence[tuple[str, str]]) -> list[Download]:
        """Each sheet as CSV, and all of them with notes as a workbook."""
        marked = tuple(self._marked(sheet) for sheet in self.held.sheets)
        if not marked:
            return []
        stem = f"{pack}-{self.name}"
        mark = f"-{WORD}" if self.why else ""
        label = f"{self.title}{f', {WORD}' if self.why else ''}"
        files = [
            Download(
                f"{stem}{f'-{sheet.name.casefold()}' if at else ''}{mark}.csv",
                f"{label}{f': {sheet.name.casefold()}' if at else ''}",
                "CSV",
                csv_bytes(made),
            )
            for at, (sheet, made) in enumerate(zip(self.held.sheets, marked, strict=True))
        ]
        told = [("Illustrative", self.why), *notes] if self.why else notes
        workbook = xlsx_bytes((*marked, notes_sheet(told)))
        return [*files, Download(f"{stem}{mark}.xlsx", f"{label}, with notes", "XLSX", workbook)]

    def _marked(self, sheet: Sheet) -> Sheet:
        if not self.why:
            return sheet
        rows = tuple((WORD, *row) for row in sheet.rows)
        return Sheet(f"{sheet.name}_{WORD}", ("Standing", *sheet.columns), rows)
