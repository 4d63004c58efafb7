from __future__ import annotations

import copy
import gzip
import re
from base64 import b64decode
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import nbformat.v4 as v4
import pytest

from bench.errors import ExecutionError, UnknownNameError
from bench.judge.remarks import Remark
from bench.present import table, theme
from bench.publish.html import ASSETS, downloads_beside, render, write_assets
from present import sample_page
from present.conftest import HOSTILE, ROWS, only, published

if TYPE_CHECKING:
    from pathlib import Path


VOID = {"meta", "link", "br", "img", "hr", "input", "wbr"}


class Reader(HTMLParser):
    """Every element with its attributes and all the text within it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self.open: list[tuple[str, dict[str, str], list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, {name: value or "" for name, value in attrs}, list[str]())
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1][0] == tag, f"</{tag}> closes <{self.open[-1][0]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for _, _, texts in self.open:
            texts.append(data)

    def find(self, tag: str, css_class: str = "") -> list[tuple[dict[str, str], str]]:
        return [
            (attributes, " ".join("".join(texts).split()))
            for name, attributes, texts in self.elements
            if name == tag and (not css_class or css_class in attributes.get("class", "").split())
        ]


def read(html: object) -> Reader:
    reader = Reader()
    reader.feed(str(html))
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def page() -> str:
    return sample_page.rendered()


@pytest.fixture(scope="module")
def parsed(page: str) -> Reader:
    return read(page)


def test_the_page_has_one_title_a_language_and_landmarks(parsed: Reader) -> None:
    ((_, title),) = parsed.find("h1")
    head = f'--running-head: "{title}"'
    assert parsed.find("html")[0][0] == {"lang": "en-GB", "style": head}
    assert [text for _, text in parsed.find("h1")] == [sample_page.TITLE]
    assert parsed.find("title")[0][1] == sample_page.TITLE
    for landmark in ("header", "main", "footer"):
        assert len(parsed.find(landmark)) == 1
    assert parsed.find("a", "skip")[0][0]["href"] == "#content"
    assert parsed.find("main")[0][0]["id"] == "content"
    viewport = [a["content"] for a, _ in parsed.find("meta") if a.get("name") == "viewport"]
    assert viewport == ["width=device-width, initial-scale=1"]


def test_headings_of_the_notebook_come_below_the_title(parsed: Reader) -> None:
    assert "A council beside its peers" not in [text for _, text in parsed.find("h2")]
    assert "Notes" in [text for _, text in parsed.find("h2")]


def test_every_table_has_a_caption_and_scopes(parsed: Reader) -> None:
    count = len(parsed.find("table"))
    assert count == len(parsed.find("caption")) > 5
    assert all(text for _, text in parsed.find("caption"))
    assert {attributes.get("scope") for attributes, _ in parsed.find("th")} == {
        "col",
        "row",
        "rowgroup",
    }


def test_ids_are_unique(parsed: Reader) -> None:
    ids = [attributes["id"] for _, attributes, _ in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {a["data-target"] for a, _ in parsed.find("script", "chart-data")}
    assert targets <= set(ids)
    assert len(targets) == 4


def test_every_judged_cell_has_its_symbol_and_its_words(parsed: Reader) -> None:
    cells = [text for attributes, text in parsed.find("td", "judged")]
    expected = [
        theme.look(row[column], row["polarity"])
        for row in ROWS
        for column in ("verdict_vs_peers", "verdict_vs_england")
    ]
    assert len(cells) == len(expected)
    for cell, look in zip(cells, expected, strict=True):
        assert cell.startswith(f"{look.symbol} {look.text}")


def test_the_table_stays_a_table_when_it_is_shown_as_cards(parsed: Reader) -> None:
    cells = [attributes for attributes, _ in parsed.find("td") if "data-label" in attributes]
    assert len(cells) == len(ROWS) * 8
    assert all(attributes["role"] == "cell" for attributes in cells)
    regions = parsed.find("div", "scroll")
    assert all(a["tabindex"] == "0" and a["role"] == "region" for a, _ in regions)


def test_missing_kinds_are_words_and_zero_is_a_number(parsed: Reader) -> None:
    own = [text for _, text in parsed.find("td", "own")]
    assert "suppressed printed [c]" in own
    assert "not available" in own
    assert "0.0% 0.00 to 0.62" in own


def test_missing_peers_are_counted_and_named(parsed: Reader) -> None:
    summaries = [text for _, text in parsed.find("summary")]
    assert "14 of 15 reporting" in summaries
    said = " ".join(text for _, text in parsed.find("caption"))
    assert "13 of 15 peers report, without Cumbria (did not exist that year); " in said
    assert "13 of 15 reporting" not in summaries
    assert "Cumbria (did not exist that year)" in [text for _, text in parsed.find("li")]


def test_a_hostile_title_is_text_everywhere(page: str, parsed: Reader) -> None:
    assert "<script>alert" not in page
    assert HOSTILE in [text for _, text in parsed.find("span", "short-title")]
    assert "ASCOF 2014-15 <final>" in [text for _, text in parsed.find("dd")]


def test_nothing_is_fetched_from_elsewhere(page: str, parsed: Reader) -> None:
    for tag in ("link", "script", "img", "iframe", "source"):
        for attributes, _ in parsed.find(tag):
            address = attributes.get("src") or attributes.get("href") or "assets/"
            assert address.startswith("assets/")
    assert [a["src"] for a, _ in parsed.find("script") if "src" in a] == [
        "assets/plotly.min.js",
        "assets/page.js",
    ]
    assert "MathJax" not in page
    assert not any(name.startswith("on") for _, a, _ in parsed.elements for name in a)


def test_only_the_page_s_own_words_are_shown(page: str) -> None:
    assert "brief.section()" not in page
    assert "a warning from a library" not in page
    assert "printed &lt;b&gt;text&lt;/b&gt;" in page
    assert "bench-style" not in page


def test_the_foot_says_how_to_use_the_figures_and_where_they_are_from(parsed: Reader) -> None:
    foot = parsed.find("footer")[0][1]
    assert "cannot be used to judge how effective a local authority is" in foot
    assert "sha256 9f2c7a10b4" in foot


@pytest.mark.parametrize("palette", theme.PALETTES)
def test_the_words_stand_in_every_palette_and_pages_are_byte_equal(palette: str) -> None:
    first, second = sample_page.rendered(palette), sample_page.rendered(palette)
    assert first == second
    for word in ("RED", "AMBER", "GREEN"):
        assert word in [text for _, text in read(first).find("strong", "word")]
    assert read(first).find("body")[0][0]["data-palette"] == palette


def test_rendering_leaves_the_notebook_alone() -> None:
    notebook = sample_page.notebook()
    before = copy.deepcopy(notebook)
    render(notebook, title="T", palette="rag", provenance={}, assets="a")
    assert notebook == before


def test_a_single_file_holds_its_style_and_scripts() -> None:
    page = sample_page.rendered(assets=None)
    parsed = read(page)
    assert parsed.find("link") == []
    assert not any("src" in attributes for attributes, _ in parsed.find("script"))
    assert len(parsed.find("style")) == 1
    packed = next(t for a, t in parsed.find("script") if a.get("id") == "packed-plotly")
    assert "plotly.js v" in gzip.decompress(b64decode(packed))[:200].decode()
    assert len(parsed.find("script")) == 4 + 2
    assert len(page.encode()) < 2_600_000


def test_a_failed_notebook_makes_no_page() -> None:
    error = v4.new_output("error", ename="ValueError", evalue="no such year", traceback=[])
    notebook = v4.new_notebook(cells=[v4.new_code_cell("1 / 0", outputs=[error])])
    with pytest.raises(ExecutionError, match="Cell 1 of the notebook failed: ValueError"):
        render(notebook, title="T", palette="rag", provenance={}, assets=None)
    with pytest.raises(UnknownNameError):
        render(v4.new_notebook(), title="T", palette="blue", provenance={}, assets=None)


def test_markdown_that_a_cell_puts_out_is_shown_and_its_html_is_not_obeyed() -> None:
    output = v4.new_output("display_data", data={"text/markdown": f"**bold** {HOSTILE}"})
    plain = v4.new_output("display_data", data={"text/plain": HOSTILE})
    notebook = v4.new_notebook(cells=[v4.new_code_cell("x", outputs=[output, plain])])
    page = render(notebook, title=HOSTILE, palette="rag", provenance={}, assets="a")
    assert "<strong>bold</strong>" in page
    assert "<script>alert" not in page
    assert read(page).find("h1")[0][1] == HOSTILE


def test_downloads_are_in_the_page_until_they_are_put_beside_it(page: str) -> None:
    assert read(page).find("a", "download")[0][0]["href"].startswith("data:text/csv;")
    text, found = downloads_beside(page)
    assert sorted(found) == [
        "somerset-peers.csv",
        "somerset-years.csv",
        "somerset.csv",
        "somerset.ods",
        "somerset.xlsx",
    ]
    links = [a["href"] for a, _ in read(text).find("a") if "download" in a]
    assert sorted(set(links)) == sorted(found)
    assert len(links) == 5 + 2
    assert "data:" not in text
    assert downloads_beside(text) == (text, {})


def test_the_switch_of_colours_waits_for_the_script(parsed: Reader) -> None:
    form = parsed.find("form", "switch")[0][0]
    assert "hidden" in form
    assert form["autocomplete"] == "off"
    chosen = [a for a, _ in parsed.find("input") if "checked" in a]
    assert [a["value"] for a in chosen] == ["rag"]


def test_what_is_red_and_worse_has_its_rule_and_questions(parsed: Reader) -> None:
    block = [text for _, text in parsed.find("div", "worsening")]
    assert len(block) == 1
    assert block[0].startswith("Older people who move into a care home (2A(2))")
    assert block[0].endswith("A member could ask: Why?For whom?")
    assert "The rule: the figure is RED" in parsed.find("main")[0][1]


def test_assets_are_written_once(tmp_path: Path) -> None:
    paths = write_assets(tmp_path / "assets")
    assert tuple(path.name for path in paths) == ASSETS
    before = {path: path.stat().st_mtime_ns for path in paths}
    paths[0].write_text("stale")
    write_assets(tmp_path / "assets")
    assert paths[0].read_text(encoding="utf-8") == theme.stylesheet()
    assert all(path.stat().st_mtime_ns == before[path] for path in paths[1:])


def test_a_council_without_peers_has_no_list_of_missing_ones() -> None:
    assert "No peers known." in table.missing_peers(only("overall_satisfaction"))
    assert "Every peer has a figure" in table.missing_peers(published(peers_missing=[]))


def test_missing_peers_are_grouped_by_peer() -> None:
    parsed = read(table.missing_peers(published()))
    cells = [text for _, text in parsed.find("td")]
    assert cells[:2] == ["did not exist that year", "all 14"]


def test_an_empty_list_says_so() -> None:
    assert "None this year." in table.sentence_list([], none="None this year.")


def test_a_note_that_is_the_reason_already_is_not_said_twice() -> None:
    note = "The publisher finds that this figure is not to be compared in any way this year."
    changes = {"reason": f"Peers and England: {note}", "verdict_vs_peers": "not_compared"}
    row = only("feel_safe", notes=[Remark("said", note), Remark("said", "Another.")], **changes)
    made = str(table.peer_table(row, council="Somerset", year="2014-15", peers_title="P"))
    assert re.sub(r'data-sentence="[^"]*"', "", made).count(note) == 1
    assert "Another." in made
