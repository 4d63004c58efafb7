"""A tiny executed notebook with every kind of output that a page must carry."""

from __future__ import annotations

from typing import Any

import nbformat.v4 as v4
from nbformat import NotebookNode

from bench.pages.choices import rules_for
from bench.pages.council import sections
from bench.present import downloads, sentences, sheet, table, theme
from bench.present.chance_words import chance_line
from bench.present.charts import spine, strip, trend_line
from bench.publish.html import render
from present.conftest import ROWS, SERIES, points, published

TITLE = "Somerset: adult social care outcomes, 2014-15"
PEERS_TITLE = "15 nearest neighbours (CIPFA, 2024)"
PROVENANCE = {
    "Release": "ASCOF 2014-15 <final>",
    "Version": "0.1.0",
    "Parameters": "council Somerset; year 2014-15; peers cipfa; rule auto",
    "Data": "sha256 9f2c7a10b4",
}


def shown(thing: Any) -> NotebookNode:
    """A code cell whose result is the thing, as IPython would store it."""
    data = thing._repr_mimebundle_()
    output = v4.new_output("execute_result", data=data, execution_count=1)
    return v4.new_code_cell("brief.section()", outputs=[output], execution_count=1)


def html(text: str) -> NotebookNode:
    output = v4.new_output("display_data", data={"text/html": text})
    return v4.new_code_cell("show()", outputs=[output], execution_count=1)


def notebook(palette: str = "rag") -> NotebookNode:
    rows, series = published(), points(*SERIES)
    council = "Somerset"
    whose = sheet.Whose(council, "E10000027", "2014-15")
    years = {"self_directed_support": series}
    files = downloads.bundle(
        "somerset",
        {
            "indicators": ("Every indicator", sheet.indicator_sheet(whose, rows)),
            "peers": ("Every peer's figure", sheet.peer_sheet(whose, rows)),
            "years": ("Every year", sheet.year_sheet(whose, rows, years)),
        },
        [("Title", TITLE)],
    )
    by_id = {row.indicator: row for row in rows}
    measure = by_id["self_directed_support"]
    style = theme.style_element()
    noisy = v4.new_code_cell(
        "noise()",
        outputs=[
            v4.new_output("stream", name="stderr", text="a warning from a library"),
            v4.new_output("stream", name="stdout", text="printed <b>text</b>"),
        ],
        execution_count=1,
    )
    cells = [
        v4.new_markdown_cell("# A council beside its peers"),
        html(
            f"{style}{table.paragraph(sentences.glance_sentence(rows, council=council), lead=True)}"
        ),
        shown(table.glance_table(rows, council=council, palette=palette)),
        v4.new_markdown_cell("## What stands out\n\nWorse than both the peers and England:"),
        shown(
            table.sentence_list(
                sentences.concerns(rows, council=council), none="None.", palette=palette
            )
        ),
        v4.new_markdown_cell("Better than both:"),
        shown(
            table.sentence_list(
                sentences.strengths(rows, council=council), none="None.", palette=palette
            )
        ),
        v4.new_markdown_cell("## Every indicator"),
        shown(table.key(palette=palette)),
        shown(
            table.peer_table(
                rows,
                council=council,
                year="2014-15",
                peers_title=PEERS_TITLE,
                years=years,
                files=downloads.links([files["indicators"], files["workbook"]]),
                palette=palette,
            )
        ),
        v4.new_markdown_cell("## RED and getting worse"),
        shown(
            sections.worsening(
                rows,
                council=council,
                questions={row["indicator"]: ("Why?", "For whom?") for row in ROWS},
                palette=palette,
            )
        ),
        html(f"<p>{chance_line(rows)}</p>"),
        shown(spine.spine(rows, council=council, palette=palette)),
        v4.new_markdown_cell("## One indicator, closely"),
        shown(strip.strip(measure, council=council, palette=palette)),
        shown(strip.strip(by_id["mental_health_employment"], council=council, palette=palette)),
        shown(trend_line.trend(series, measure=measure, council=council, palette=palette)),
        v4.new_markdown_cell("# Notes\n\n### Who is missing"),
        shown(table.missing_peers(rows, palette=palette)),
        v4.new_markdown_cell("### What the words mean"),
        shown(table.glossary_list(rules_for().trend, palette=palette)),
        v4.new_markdown_cell("## Downloads"),
        shown(downloads.list_of(list(files.values()), palette=palette)),
        noisy,
    ]
    return v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})


def rendered(palette: str = "rag", assets: str | None = "assets") -> str:
    return render(
        notebook(palette), title=TITLE, palette=palette, provenance=PROVENANCE, assets=assets
    )
