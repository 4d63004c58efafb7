"""What the page of an audit pack says of itself.

Enters: names, a day and the sections that there are. Leaves: fragments, and the workbook's notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.present import theme
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT
from bench.present.html import Fragment, fill, identifier
from bench.present.theme import check_palette

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bench.present.section import Section

__all__ = ["day", "heading", "notes", "said"]


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


def notes(parameters: Mapping[str, str], *, version: str) -> list[tuple[str, str]]:
    """What a workbook says of itself."""
    return [
        ("How to use these figures", f"{USE_STATEMENT} {USE_ADDRESS}"),
        *((f"Parameter: {name}", value) for name, value in parameters.items()),
        ("Made by", f"bench {version}"),
    ]
