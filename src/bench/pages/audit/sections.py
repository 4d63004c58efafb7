"""What the page of an audit pack says of itself.

A section of an audit pack, with its files and its mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.audit.illustrative import WORD, Illustrative
from bench.present import theme
from bench.present.chart import Parts
from bench.present.downloads import Download
from bench.present.glossary import AUDIT_TERMS, USE_ADDRESS, USE_STATEMENT
from bench.present.html import Fragment, fill, identifier
from bench.present.provenance import rule_sentence
from bench.present.provenance import sources as publications
from bench.present.sheet import Sheet, csv_bytes, notes_sheet, xlsx_bytes
from bench.present.table import key, sentence_list
from bench.present.theme import check_palette

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bench.judge.rag import Rules
    from bench.present.chart import Figure
    from bench.present.provenance import Source


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


def day(when: date) -> str:
    """A date as readers write it: 30 June 2011."""
    return f"{when.day} {when:%B %Y}"


def said(number: int) -> str:
    """The verb that goes with a number."""
    return "is" if number == 1 else "are"


def heading(
    *,
    council: str,
    year: str,
    as_of: date | None,
    sections: Sequence[Section],
    palette: str = "rag",
) -> Fragment:
    """Whose papers these are, as of which day the plan is read, and what is in the pack.

    In JupyterLab, where a page's style sheet is absent, this brings it along.
    """
    lead = fill(
        "audit/heading.html.j2",
        council=council,
        year=year,
        as_of=day(as_of) if as_of else "",
        sections=[(one, identifier("section", one.name)) for one in sections],
        use_statement=USE_STATEMENT,
        use_address=USE_ADDRESS,
        palette=check_palette(palette),
    )
    return Fragment(theme.style_element() + lead)


def method(rules: Rules, *, palette: str = "rag") -> Fragment:
    """What the words of the page mean, and how a verdict is reached."""
    terms = [(one.term, one.meaning) for one in AUDIT_TERMS]
    return fill(
        "page/method.html.j2",
        terms=[*terms, ("Verdict", rule_sentence(rules))],
        key=key(palette=palette),
        palette=check_palette(palette),
    )


def sources(found: Sequence[Source], documents: Sequence[str], *, palette: str = "rag") -> Fragment:
    """The publications behind the figures, and the documents that the papers go back to."""
    told = sentence_list([f"{one}." for one in documents], none="None is named.", palette=palette)
    return Fragment("").join([publications(found, palette=palette)] * bool(found) + [told])


def notes(parameters: Mapping[str, str], *, version: str) -> list[tuple[str, str]]:
    """What a workbook says of itself."""
    return [
        ("How to use these figures", f"{USE_STATEMENT} {USE_ADDRESS}"),
        *((f"Parameter: {name}", value) for name, value in parameters.items()),
        ("Made by", f"bench {version}"),
        *((one.term, one.meaning) for one in AUDIT_TERMS),
    ]
