"""The page on sources and quality: words in every cell, captions, scopes, nothing by colour alone."""

import ast
import html
import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from bench.integrity.checks import registry
from bench.publish import page as report
from bench.published import sources

SECTIONS = ("heading", "rules", "findings", "coverage", "revised", "corrected", "sources")


class Reader(HTMLParser):
    """Counts what a screen reader leans on."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.ids, self.unscoped = [], [], 0
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.unscoped += tag == "th" and given.get("scope") not in ("row", "col")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quality")
    return report.quality_page("ascof_2020_21", report.PageOutput(out=folder)).read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("section", SECTIONS)
def test_every_table_has_a_caption_and_every_header_a_scope(quality, section):
    read = Reader(str(getattr(quality, section)()))
    assert read.tags.count("caption") == read.tags.count("table")
    assert read.unscoped == 0
    assert len(set(read.ids)) == len(read.ids)


@pytest.mark.slow
def test_the_page_of_one_release_is_whole(page):
    read = Reader(page)
    assert read.tags.count("h1") == 1
    assert read.tags.count("caption") == read.tags.count("table") >= 6
    assert len(set(read.ids)) == len(read.ids)
    assert "2020-21 (version 2)" in page
    assert "The user survey of 2020-21 was voluntary" in page
    assert "bench-style" not in page


def test_every_rule_stands_there_with_its_result(quality):
    text = str(quality.rules())
    for one in registry.RULES:
        assert f"Rule: {one.code}<" in text
    assert text.count('<span class="meaning">pass</span>') == len(registry.RULES)


def test_every_explanation_and_its_source_stand_there(quality):
    text = html.unescape(str(quality.findings()))
    for _, row in quality.frame().drop_duplicates(["rule", "explanation"]).iterrows():
        assert row["explanation"] in text
        assert row["source"] in text


def test_every_source_stands_there_with_its_checksum(quality):
    text = str(quality.sources())
    for release in sources.manifest().releases:
        for word in (release.publisher, release.published, release.sha256, release.landing_page):
            assert word in text


def test_coverage_is_told_in_every_cell(quality):
    cells = re.findall(r'<td class="figure[^"]*">([^<]*)</td>', str(quality.coverage()))
    assert cells
    assert len(cells) % 17 == 0  # the years 2008-09 to 2024-25
    assert all(re.fullmatch(r"\d+|none|n/a", cell) for cell in cells)


def test_an_unexplained_finding_comes_first_with_its_place(quality):
    bare = [
        type(one)(one.rule, one.findings.assign(explanation="", source=""), one.checked)
        for one in quality.outcomes
        if one.rule.code == "range"
    ]
    from bench.pages.quality import sections

    text = str(sections.findings_section(bare, names=quality._names()))
    first = text[: text.index("Known and explained")]
    assert "Adults with a learning disability living at home: men" in first
    assert "Camden" in first
    assert "132.8" in first
    assert "ascof_2017_18, line 26831" in first
    assert "4 findings to be looked at, the worst of them high" in sections.sentence(
        bare, scope="it"
    )


def test_nothing_of_the_data_is_markup():
    from bench.present.table import records_table

    table = str(records_table(caption="<b>", columns=("<i>",), lines=[("<script>",)]))
    assert "<script>" not in table
    assert "<b>" not in table


def test_frame_and_records_hold_the_same_findings(quality):
    frame = quality.frame()
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == sum(len(one["findings"]) for one in quality.records())
    json.dumps(quality.records())


def test_the_notebook_is_thin(root):
    notebook = json.loads((root / "notebooks" / "sources_and_quality.ipynb").read_text())
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        kinds = (ast.FunctionDef, ast.For, ast.While, ast.ListComp, ast.Lambda, ast.ClassDef)
        assert not any(isinstance(node, kinds) for node in ast.walk(tree))
        assert not cell["outputs"]
    assert notebook["cells"][1]["metadata"]["tags"] == ["parameters"]
