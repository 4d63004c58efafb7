"""A tiny executed notebook with every kind of output that a page must carry."""

from __future__ import annotations

from functools import partial
from typing import Any

import nbformat.v4 as v4
from nbformat import NotebookNode

from bench.pages.choices import rules_for
from bench.pages.council import findings, glance, sections
from bench.present import downloads, sheet, table, theme
from bench.present.certainty_words import chance_line
from bench.present.charts import spine, strip, trend_line
from bench.present.provenance import Imprint
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


def shown(thing: Any, palette: str) -> NotebookNode:
    """A code cell whose result is the thing, as IPython would store it."""
    data = thing.in_palette(palette)._repr_mimebundle_()
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
        Imprint(about=(("Title", TITLE),)),
        title="Figures",
        scope="Somerset, 2014-15",
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
    cell = partial(shown, palette=palette)
    cells = [
        v4.new_markdown_cell("# A council beside its peers"),
        html(f"{style}{table.paragraph(glance.lead(rows, council=council), lead=True)}"),
        cell(glance.section(rows, council=council, rules=rules_for())),
        v4.new_markdown_cell("## What stands out"),
        cell(findings.section(rows, council=council)),
        v4.new_markdown_cell("## Every indicator"),
        cell(table.key()),
        cell(
            table.peer_table(
                rows,
                council=council,
                year="2014-15",
                peers_title=PEERS_TITLE,
                context=table.RowContext(years=years),
                files=downloads.links([files["indicators"], files["workbook"]]),
            )
        ),
        v4.new_markdown_cell("## RED and getting worse"),
        cell(
            sections.worsening(
                rows,
                council=council,
                questions={row["indicator"]: ("Why?", "For whom?") for row in ROWS},
            )
        ),
        html(f"<p>{chance_line(rows)}</p>"),
        cell(spine.spine(rows, council=council)),
        v4.new_markdown_cell("## One indicator, closely"),
        cell(strip.strip(measure, council=council)),
        cell(strip.strip(by_id["mental_health_employment"], council=council)),
        cell(trend_line.trend(series, measure=measure, council=council)),
        v4.new_markdown_cell("# Notes\n\n### Who is missing"),
        cell(table.missing_peers(rows)),
        v4.new_markdown_cell("### What the words mean"),
        cell(table.glossary_list(rules_for())),
        v4.new_markdown_cell("## Downloads"),
        cell(downloads.list_of(list(files.values()))),
        noisy,
    ]
    return v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})


def rendered(palette: str = "rag", assets: str | None = "assets") -> str:
    return render(
        notebook(palette), title=TITLE, palette=palette, provenance=PROVENANCE, assets=assets
    )
