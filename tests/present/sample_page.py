"""A tiny executed notebook with every kind of output that a page must carry."""

from __future__ import annotations

from functools import partial
from typing import Any

import nbformat.v4 as v4
import pandas as pd
from nbformat import NotebookNode

from bench.pages.choices import rules_for
from bench.pages.council import sections
from bench.present import downloads, sentences, sheet, table, theme
from bench.present.chance_words import chance_line
from bench.present.charts import spine, strip, trend_line
from bench.present.rows import rows
from bench.publish.html import render
from present.conftest import ROWS, SERIES

TITLE = "Somerset: adult social care outcomes, 2014-15"
PEERS_TITLE = "15 nearest neighbours (CIPFA, 2024)"
PROVENANCE = {
    "Release": "ASCOF 2014-15 <final>",
    "Version": "0.1.0",
    "Parameters": "council Somerset; year 2014-15; peers cipfa; rule auto",
    "Data": "sha256 9f2c7a10b4",
}


def shown(thing: Any, palette: str) -> NotebookNode:
    """A code cell whose result is the thing, as IPython would store it."""
    data = thing.in_palette(palette)._repr_mimebundle_()
    output = v4.new_output("execute_result", data=data, execution_count=1)
    return v4.new_code_cell("brief.section()", outputs=[output], execution_count=1)


def html(text: str) -> NotebookNode:
    output = v4.new_output("display_data", data={"text/html": text})
    return v4.new_code_cell("show()", outputs=[output], execution_count=1)


def notebook(palette: str = "rag") -> NotebookNode:
    frame, series = pd.DataFrame(ROWS), pd.DataFrame(SERIES)
    council = "Somerset"
    about = {"council": council, "code": "E10000027"}
    years = {"self_directed_support": series}
    files = downloads.downloads(
        "somerset",
        indicators=sheet.indicator_sheet(frame, year="2014-15", **about),
        peers=sheet.peer_sheet(frame, year="2014-15", **about),
        years=sheet.year_sheet(frame, years, **about),
        notes=sheet.notes_sheet([("Title", TITLE)]),
    )
    measure = next(row for row in rows(frame) if row.indicator == "self_directed_support")
    style = theme.style_element()
    noisy = v4.new_code_cell(
        "noise()",
        outputs=[
            v4.new_output("stream", name="stderr", text="a warning from a library"),
            v4.new_output("stream", name="stdout", text="printed <b>text</b>"),
        ],
        execution_count=1,
    )
    cell = partial(shown, palette=palette)
    cells = [
        v4.new_markdown_cell("# A council beside its peers"),
        html(
            f"{style}{table.paragraph(sentences.glance_sentence(frame, council=council), lead=True)}"
        ),
        cell(table.glance_table(frame, council=council)),
        v4.new_markdown_cell("## What stands out\n\nWorse than both the peers and England:"),
        cell(table.sentence_list(sentences.concerns(frame, council=council), none="None.")),
        v4.new_markdown_cell("Better than both:"),
        cell(table.sentence_list(sentences.strengths(frame, council=council), none="None.")),
        v4.new_markdown_cell("## Every indicator"),
        cell(table.key()),
        cell(
            table.peer_table(
                frame,
                council=council,
                year="2014-15",
                peers_title=PEERS_TITLE,
                series=years,
                files=downloads.links([files["indicators"], files["workbook"]]),
            )
        ),
        v4.new_markdown_cell("## RED and getting worse"),
        cell(
            sections.worsening(
                frame,
                council=council,
                questions={row["indicator"]: ("Why?", "For whom?") for row in ROWS},
            )
        ),
        html(f"<p>{chance_line(frame)}</p>"),
        cell(spine.spine(frame, council=council)),
        v4.new_markdown_cell("## One indicator, closely"),
        cell(strip.strip(frame, "self_directed_support", council=council)),
        cell(strip.strip(frame, "mental_health_employment", council=council)),
        cell(trend_line.trend(series, measure=measure, council=council)),
        v4.new_markdown_cell("# Notes\n\n### Who is missing"),
        cell(table.missing_peers(frame)),
        v4.new_markdown_cell("### What the words mean"),
        cell(table.glossary_list(rules_for().trend)),
        v4.new_markdown_cell("## Downloads"),
        cell(downloads.list_of(list(files.values()))),
        noisy,
    ]
    return v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})


def rendered(palette: str = "rag", assets: str | None = "assets") -> str:
    return render(
        notebook(palette), title=TITLE, palette=palette, provenance=PROVENANCE, assets=assets
    )
