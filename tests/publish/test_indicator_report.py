"""The notebook of an indicator, by the way that every page takes."""

import pytest

from bench.pages.overview.pages import Link
from bench.publish import html, notebook
from present.test_page import read


@pytest.fixture(scope="module")
def page(root):
    wanted = notebook.Page(
        identifier="self_directed_support",
        title="1C(1A) People whose support is self-directed, 2018-19",
        notebook="indicator_report.ipynb",
        parameters={"indicator": "self_directed_support", "year": "2018-19", "palette": "af"},
    )
    return html.render(
        notebook.execute(wanted, root=root),
        title=wanted.title,
        palette="af",
        provenance=notebook.provenance(wanted, root),
        assets="assets",
        nav=[Link("All councils", "index.html"), Link("Overview", "overview.html")],
    )


@pytest.mark.slow
def test_the_page_has_its_sections_one_title_and_a_way_back(page):
    parsed = read(page)
    assert [text for _, text in parsed.find("h1")] == [
        "1C(1A) People whose support is self-directed, 2018-19"
    ]
    assert [text for _, text in parsed.find("h2")][:8] == [
        "What it is", "Every council in order", "How sure each place is", "Unusual for their size",
        "By age and sex", "Direct payments, of all self-directed support", "England and the regions",
        "Through the years",
    ]  # fmt: skip
    nav = parsed.find("nav", "site-nav")
    assert nav[0][1] == "All councils Overview"
    ids = [attributes["id"] for _, attributes, _ in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["data-target"] for a, _ in parsed.find("script", "chart-data")} <= set(ids)


@pytest.fixture(scope="module")
def whole(root):
    """The page with everything that can be asked for."""
    wanted = notebook.Page(
        identifier="all",
        title="1C(1A)",
        notebook="indicator_report.ipynb",
        parameters={
            "indicator": "1C(1A)", "year": "2018-19", "council": "Somerset",
            "milestone": "70% by April 2013", "beside": "1B",
        },
    )  # fmt: skip
    made = notebook.execute(wanted, root=root)
    return html.render(made, title="1C(1A)", palette="rag", provenance={}, assets="assets")


@pytest.mark.slow
def test_with_a_council_and_another_indicator_there_are_at_most_eight_charts(whole):
    parsed = read(whole)
    charts = parsed.find("div", "chart")
    assert len(charts) <= 8
    assert len(parsed.find("figcaption")) == len(charts)
    assert all(attributes["aria-label"] for attributes, _ in charts)
    assert len(parsed.find("details", "behind")) >= len(charts)
    headings = [text for _, text in parsed.find("h2")]
    assert {"Somerset and its peers", "Beside another indicator"} < set(headings)
    assert len(html.downloads_beside(whole)[0].encode()) < 600_000


@pytest.mark.slow
def test_every_link_to_a_download_leads_to_a_file(whole):
    page, held = html.downloads_beside(whole)
    led = [a["href"] for a, _ in read(page).find("a") if "download" in a]
    assert set(led) == set(held)
    assert len(led) > len(held)  # each table's own link, and the list
    assert not [a for a, _ in read(page).find("a") if a.get("href") == "#downloads"]
    assert all(held.values())


@pytest.mark.slow
def test_every_council_stands_with_its_words_and_links(page):
    parsed = read(page)
    assert len(parsed.find("td", "judged")) == 2 * 152
    assert "somerset.html" in [a.get("href") for a, _ in parsed.find("a")]
    assert "indicator = self_directed_support" in page
    assert (
        len(html.downloads_beside(page)[0].encode()) < 500_000
    )  # what 300 verdicts rest on is a fifth
