"""The notebook of an indicator, by the way that every page takes."""

import pytest

from bench.present.site import Link
from bench.publish import batch, html
from present.test_page import read


@pytest.fixture(scope="module")
def page(root):
    wanted = batch.Page(
        identifier="self_directed_support",
        title="1C(1A) People whose support is self-directed, 2018-19",
        notebook="indicator_report.ipynb",
        parameters={"indicator": "self_directed_support", "year": "2018-19", "palette": "af"},
    )
    return html.render(
        batch.execute(wanted, root=root),
        title=wanted.title,
        palette="af",
        provenance=batch.provenance(wanted, root),
        assets="assets",
        nav=[Link("All councils", "index.html"), Link("Overview", "overview.html")],
    )


def test_the_page_has_its_sections_one_title_and_a_way_back(page):
    parsed = read(page)
    assert [text for _, text in parsed.find("h1")] == [
        "1C(1A) People whose support is self-directed, 2018-19"
    ]
    assert [text for _, text in parsed.find("h2")][:8] == [
        "What it is", "Every council in order", "How sure each place is", "Unusual for their size",
        "England and the regions", "Through the years", "Breaks and notes", "How to read this page",
    ]  # fmt: skip
    nav = parsed.find("nav", "site-nav")
    assert nav[0][1] == "All councils Overview"
    ids = [attributes["id"] for _, attributes, _ in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["data-target"] for a, _ in parsed.find("script", "chart-data")} <= set(ids)


def test_every_council_stands_with_its_words_and_links(page):
    parsed = read(page)
    assert len(parsed.find("td", "judged")) == 2 * 152
    assert "somerset.html" in [a.get("href") for a, _ in parsed.find("a")]
    assert "indicator = self_directed_support" in page
    assert len(page.encode()) < 450_000
