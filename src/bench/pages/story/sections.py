"""The story page: what was counted when, what was to be reached, and its files.

Enters: chapters and quotes of a longer story. Leaves: sections and files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.present import theme
from bench.present.downloads import Download
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT
from bench.present.html import Fragment, fill
from bench.present.rows import points
from bench.present.sheet import Sheet, csv_bytes, frame_sheet, notes_sheet, xlsx_bytes
from bench.present.table import values_table
from bench.present.theme import check_palette
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bench.pages.story.charts import Chapter
    from bench.pages.story.quotes import Quote
    from bench.present.provenance import Source
    from bench.present.rows import Point


def heading(
    *,
    title: str,
    council: str,
    beside: str,
    chapters: Sequence[Chapter],
    palette: str = "rag",
) -> Fragment:
    """Whose story it is, from which year on there are tables by council, and how it was counted.

    In JupyterLab, where a page's style sheet is absent, this brings it along.
    """
    opens = min(
        (one.period for chapter in chapters for one in points(chapter.series) if _any(one)),
        default="",
    )
    lead = fill(
        "story/heading.html.j2",
        opens=opens,
        before=_before(chapters[0].first, opens),
        title=title,
        council=council,
        beside=beside,
        first=chapters[0].first,
        last=chapters[-1].last,
        definitions=1 + sum(bool(chapter.cut) + len(_gaps(chapter)) for chapter in chapters),
        use_statement=USE_STATEMENT,
        use_address=USE_ADDRESS,
        palette=check_palette(palette),
    )
    return Fragment(theme.style_element() + lead)


def _any(point: Point) -> bool:
    """Whether a figure of the council stands in the table of the year."""
    return point.council is not None


def _before(first: str, opens: str) -> str:
    """The years of the story before the first table: "2008-09 to 2013-14"; "" where none are."""
    if not opens or first >= opens:
        return ""
    last = str(FinancialYear.parse(opens).shift(-1))
    return first if first == last else f"{first} to {last}"


def definitions(
    chapters: Sequence[Chapter], counts: Sequence[str], *, title: str, palette: str = "rag"
) -> Fragment:
    """What was counted under which code, and where a comparison ends.

    Args:
        chapters: the definitions, the oldest first.
        counts: for each of them, who is counted over whom.
        title: what the question is called.
        palette: "rag" or "af".
    """
    return values_table(
        caption=f"{title}: what was counted when",
        columns=("Years", "Code", "What it counts", "Can it be compared?"),
        lines=[
            (f"{chapter.first} to {chapter.last}", chapter.label, counted, _compared(chapter))
            for chapter, counted in zip(chapters, counts, strict=True)
        ],
        palette=palette,
        kind="values years",
        numeric=False,
    )


def milestones(quotes: Sequence[Quote], *, palette: str = "rag") -> Fragment:
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
        whom = f" ({aim.subject[:1].lower()}{aim.subject[1:]})" if aim.subject else ""
        found.append(
            {
                "aim": f"{aim.figure}{whom}, {aim.note}. Set or reported in: {aim.cited}.",
                "reached": f"Quoted for {aim.period}{counted}: {reached}.",
            }
        )
    return fill("story/milestones.html.j2", milestones=found, palette=check_palette(palette))


def files(
    frame: pd.DataFrame,
    quotes: Sequence[Quote],
    *,
    council: str,
    beside: str,
    identifier: str,
    sources: Sequence[Source],
    parameters: Mapping[str, str],
    version: str,
) -> list[Download]:
    """The story's figures: the published years and the quotes as CSV, and all as a workbook.

    Args:
        frame: the published years, one row each.
        quotes: figures quoted in documents.
        council: the first council's name.
        beside: the second one's.
        identifier: how the files are called.
        sources: the publications.
        parameters: what the page was made with.
        version: of the code.
    """
    headings = {
        "period": "Year",
        "code": "Code",
        "council": council,
        "beside": beside,
        "peer_average": f"{council}'s peers, average",
        "england": "England",
        "gap_text": "Why it does not compare with the year before",
    }
    years = frame_sheet(frame.round({"peer_average": 1}), name="Years", columns=headings)
    said = Sheet(
        "Documents",
        ("Year", "Whose", "Figure", "What it is", "Document", "Where"),
        tuple(
            (one.period, one.whose, one.figure, one.words, one.document, one.where)
            for one in quotes
        ),
    )
    notes = notes_sheet(
        [
            ("How to use these figures", f"{USE_STATEMENT} {USE_ADDRESS}"),
            *(
                ("Source", f"{one.title}. {one.publisher}, {one.published}. {one.licence}.")
                for one in sources
            ),
            *((f"Parameter: {name}", value) for name, value in parameters.items()),
            ("Made by", f"bench {version}"),
        ]
    )
    return [
        Download(f"{identifier}.csv", "Every published year", "CSV", csv_bytes(years)),
        Download(f"{identifier}-documents.csv", "Every quoted figure", "CSV", csv_bytes(said)),
        Download(
            f"{identifier}.xlsx", "All as a workbook", "XLSX", xlsx_bytes((years, said, notes))
        ),
    ]


def _gaps(chapter: Chapter) -> list[str]:
    """Where the years of one definition do not compare, and why."""
    return [f"{one.period}: {one.gap_text}" for one in points(chapter.series) if one.gap_before]


def _compared(chapter: Chapter) -> str:
    before = chapter.cut or chapter.remark or "There is no earlier figure."
    return " ".join([before, *_gaps(chapter)])
