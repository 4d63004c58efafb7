"""The sections of the story page, and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.pages.base import page_heading
from bench.present import provenance
from bench.present.downloads import bundle
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT
from bench.present.html import Section, fill
from bench.present.sheet import Column, frame_sheet, table_sheet
from bench.present.table import uncapital, values_table
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bench.pages.story.chapters import Material
    from bench.pages.story.charts import Chapter
    from bench.pages.story.quotes import Quote
    from bench.present.downloads import Download
    from bench.present.provenance import Source
    from bench.reference import Council


QUOTE: Final[tuple[Column[Quote], ...]] = (
    Column("Year", lambda quote: quote.period),
    Column("Whose", lambda quote: quote.whose),
    Column("Figure", lambda quote: quote.figure),
    Column("What it is", lambda quote: quote.words),
    Column("Document", lambda quote: quote.document),
    Column("Where", lambda quote: quote.where),
)


def heading(
    *,
    title: str,
    council: str,
    second_council: str,
    chapters: Sequence[Chapter],
) -> Section:
    """Whose story it is, from which year on there are tables by council, and how it was counted.

    In JupyterLab, where a page's style sheet is absent, this brings it along.
    """
    opens = min(
        (one.period for chapter in chapters for one in chapter.years if one.council is not None),
        default="",
    )
    lead = fill(
        "story/heading.html.j2",
        opens=opens,
        before=_before(chapters[0].first, opens),
        title=title,
        council=council,
        beside=second_council,
        first=chapters[0].first,
        last=chapters[-1].last,
        definitions=1 + sum(bool(chapter.cut) + len(_gaps(chapter)) for chapter in chapters),
        use_statement=USE_STATEMENT,
        use_address=USE_ADDRESS,
    )
    return page_heading(lead)


def _before(first: str, opens: str) -> str:
    """The years of the story before the first table: "2008-09 to 2013-14"; "" where none are."""
    if not opens or first >= opens:
        return ""
    last = str(FinancialYear.parse(opens).shift(-1))
    return first if first == last else f"{first} to {last}"


def definitions(chapters: Sequence[Chapter], counts: Sequence[str], *, title: str) -> Section:
    """What was counted under which code, and where a comparison ends.

    Args:
        chapters: the definitions, the oldest first.
        counts: for each of them, who is counted over whom.
        title: what the question is called.
    """
    return values_table(
        caption=f"{title}: what was counted when",
        columns=("Years", "Code", "What it counts", "Can it be compared?"),
        lines=[
            (f"{chapter.first} to {chapter.last}", chapter.label, counted, _compared(chapter))
            for chapter, counted in zip(chapters, counts, strict=True)
        ],
        kind="values years",
        numeric=False,
    )


def milestones(quotes: Sequence[Quote]) -> Section:
    """What was to be reached by when, and what documents say of that very year and definition."""
    found = []
    for aim in (quote for quote in quotes if quote.kind == "milestone"):
        then = [
            f"{one.whose} {one.figure}"
            for one in quotes
            if one.kind == "published_elsewhere"
            and (one.period, one.code, one.unit) == (aim.period, aim.code, aim.unit)
            and not (aim.subject or one.subject)
        ]
        counted = f" as {aim.code} counted" if then and aim.code else ""
        reached = "; ".join(then) if then else "no figure is at hand"
        whom = f" ({uncapital(aim.subject)})" if aim.subject else ""
        found.append(
            {
                "aim": f"{aim.figure}{whom}, {aim.note}. Set or reported in: {aim.cited}.",
                "reached": f"Quoted for {aim.period}{counted}: {reached}.",
            }
        )
    return fill("story/milestones.html.j2", milestones=found)


def files(
    frame: pd.DataFrame,
    story: Material,
    *,
    second_council: Council,
    sources: Sequence[Source],
    parameters: Mapping[str, str],
) -> dict[str, Download]:
    """The story's figures: the published years and the quotes as CSV, and all as a workbook.

    Args:
        frame: the published years, one row each.
        story: what is told of the first council.
        second_council: the second one.
        sources: the publications.
        parameters: what the page was made with.
    """
    council = story.council
    headings = {
        "period": "Year",
        "code": "Code",
        "council": council.name,
        "beside": second_council.name,
        "peer_average": f"{council.name}'s peers, average",
        "england": "England",
        "gap_text": "Why it does not compare with the year before",
    }
    years = frame_sheet(frame.round({"peer_average": 1}), name="Years", columns=headings)
    quotes = table_sheet("Documents", QUOTE, story.quotes)
    return bundle(
        f"story-{council.area_id}-{second_council.area_id}",
        {
            "years": ("Every published year", years),
            "documents": ("Every quoted figure", quotes),
        },
        provenance.Imprint(about=(provenance.USE,), sources=tuple(sources), parameters=parameters),
        title="One question through the years",
        scope=f"{council.name} and {second_council.name}",
    )


def _gaps(chapter: Chapter) -> list[str]:
    """Where the years of one definition do not compare, and why."""
    return [f"{one.period}: {one.gap_text}" for one in chapter.years if one.gap_before]


def _compared(chapter: Chapter) -> str:
    before = chapter.cut or chapter.remark or "There is no earlier figure."
    return " ".join([before, *_gaps(chapter)])
