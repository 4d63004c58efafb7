"""What the page of an audit pack says of itself.

Enters: names, a day and the sections that there are. Leaves: fragments, and the workbook's notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.present import theme
from bench.present.glossary import AUDIT_TERMS, USE_ADDRESS, USE_STATEMENT
from bench.present.html import Fragment, fill, identifier
from bench.present.page import rule_sentence
from bench.present.page import sources as publications
from bench.present.table import key, sentence_list
from bench.present.theme import check_palette

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bench.pages.audit.section import Section
    from bench.present.page import Source

__all__ = ["day", "heading", "method", "notes", "said", "sources"]


def day(when: date) -> str:
    """A date as readers write it: 30 June 2011."""
    return f"{when.day} {when:%B %Y}"


def said(number: int) -> str:
    """The verb that goes with a number."""
    return "is" if number == 1 else "are"


def heading(
    *, council: str, year: str, as_of: date, sections: Sequence[Section], palette: str = "rag"
) -> Fragment:
    """Whose papers these are, as of which day, and what is in the pack.

    In JupyterLab, where a page's style sheet is absent, this brings it along.
    """
    lead = fill(
        "audit/heading.html.j2",
        council=council,
        year=year,
        as_of=day(as_of),
        sections=[(one, identifier("section", one.name)) for one in sections],
        use_statement=USE_STATEMENT,
        use_address=USE_ADDRESS,
        palette=check_palette(palette),
    )
    return Fragment(theme.style_element() + lead)


def method(*, rule: str, palette: str = "rag") -> Fragment:
    """What the words of the page mean, and how a verdict is reached."""
    terms = [(one.term, one.meaning) for one in AUDIT_TERMS]
    return fill(
        "page/method.html.j2",
        terms=[*terms, ("Verdict", rule_sentence(rule))],
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
