"""The sections of an audit pack, each with its files and its mark of what is made up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.audit.paper import WORD, Illustrative, content_of
from bench.pages.base import page_heading
from bench.present import provenance
from bench.present.chart import Parts
from bench.present.downloads import bundle
from bench.present.glossary import AUDIT_TERMS, USE_ADDRESS, USE_STATEMENT
from bench.present.html import Section, fill, identifier, joined
from bench.present.provenance import Imprint, rule_sentence
from bench.present.provenance import sources as publications
from bench.present.sheet import Sheet
from bench.present.table import key, sentence_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bench.judge.rag import Rules
    from bench.present.chart import Figure
    from bench.present.downloads import Download
    from bench.present.provenance import Source


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a section shows, the sheets of its downloads, and the documents that it rests on."""

    parts: tuple[Section | Figure, ...]
    sheets: tuple[Sheet, ...] = ()
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PackSection:
    """One section of an audit pack.

    Attributes:
        name: in a word, for addresses and file names.
        title: its heading.
        content: what it shows. What is illustrative says so in the heading, above the first part,
            in the name of every file and in every row of it.
    """

    name: str
    title: str
    content: Content | Illustrative[Content]

    @property
    def plain(self) -> Content:
        """The content without its mark."""
        return content_of(self.content)

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
        )
        return Parts((heading, *self.plain.parts))

    def downloads(self, pack: str, imprint: Imprint, whose: str) -> list[Download]:
        """Each sheet as CSV, and all of them with notes as a workbook.

        Args:
            pack: the folder of the papers.
            imprint: what the workbook says of itself, but for what is made up, and the documents.
            whose: the council of the papers; empty where they are of none.
        """
        if not self.plain.sheets:
            return []
        label = f"{self.title}{f', {WORD}' if self.why else ''}"
        tables = {
            sheet.name.casefold(): (
                f"{label}{f': {sheet.name.casefold()}' if at else ''}",
                self._marked(sheet),
            )
            for at, sheet in enumerate(self.plain.sheets)
        }
        made_up = (("Illustrative", self.why),) if self.why else ()
        documents = tuple(("Document", document) for document in self.plain.documents)
        files = bundle(
            f"{pack}-{self.name}",
            tables,
            replace(imprint, about=(*made_up, *imprint.about, *documents)),
            title=f"Papers for the audit committee: {label}",
            scope=whose,
            whole=f"{label}, with notes",
            mark=f"-{WORD}" if self.why else "",
        )
        return list(files.values())

    def _marked(self, sheet: Sheet) -> Sheet:
        if not self.why:
            return sheet
        rows = tuple((WORD, *row) for row in sheet.rows)
        groups = ("", *sheet.groups) if sheet.groups else ()
        return Sheet(f"{sheet.name}_{WORD}", ("Standing", *sheet.columns), rows, groups)


def day(when: date) -> str:
    """A date as readers write it: 30 June 2011."""
    return f"{when.day} {when:%B %Y}"


def is_or_are(number: int) -> str:
    """The verb that goes with a number."""
    return "is" if number == 1 else "are"


def part(title: str, *texts: str) -> Section:
    """A part of a section: its title and some paragraphs."""
    return fill("audit/part.html.j2", title=title, texts=texts)


def heading(
    *, council: str, year: str, as_of: date | None, sections: Sequence[PackSection]
) -> Section:
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
    )
    return page_heading(lead)


def method(rules: Rules) -> Section:
    """What the words of the page mean, and how a verdict is reached."""
    terms = [(one.term, one.meaning) for one in AUDIT_TERMS]
    return fill(
        "page/method.html.j2",
        terms=[*terms, ("Verdict", rule_sentence(rules))],
        key=key(rules.rule),
    )


def sources(releases: Sequence[Source], documents: Sequence[str]) -> Section:
    """The publications behind the figures, and the documents that the papers go back to."""
    told = sentence_list([f"{one}." for one in documents], none="None is named.")
    return joined(*([publications(releases)] if releases else []), told)


def imprint(parameters: Mapping[str, str], releases: Sequence[Source]) -> Imprint:
    """What a workbook says of itself."""
    return Imprint(
        about=(provenance.USE,),
        sources=tuple(releases),
        parameters=parameters,
        terms=tuple((one.term, one.meaning) for one in AUDIT_TERMS),
    )
