"""Index and overview in a real browser, from the disk: found, filtered, sorted, never too wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import bench
from bench.pages.overview import pages
from bench.publish.html import SITE_ASSETS, write_assets
from browser.conftest import Visit

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a site, of ours")
    overview = bench.overview("2018-19")
    entries = [*overview.councils(), *overview.indicators()]
    write_assets(folder / "assets", SITE_ASSETS)
    index = pages.index_page(
        entries,
        title="Adult social care beside its peers, 2018-19",
        year=overview.year,
        releases=overview.releases,
        assets="assets",
        peers_title=overview.peers_title,
        links=[pages.Link("Overview", "overview.html")],
    )
    grid = pages.overview_page(
        overview.frame(),
        entries,
        title="Every council and indicator, 2018-19",
        year=overview.year,
        assets="assets",
        links=[pages.Link("All councils", "index.html")],
    )
    (folder / "index.html").write_text(index.html("rag"), encoding="utf-8")
    (folder / "overview.html").write_text(grid.html("af"), encoding="utf-8")
    return folder


def shown(visit: Visit, table: str = "#councils") -> list[str]:
    names: list[str] = visit.page.locator(f"{table} tbody tr:visible th").all_inner_texts()
    return names


def test_the_grid_of_every_council_and_indicator_is_small_enough(site: Path) -> None:
    assert (site / "overview.html").stat().st_size < 1_200_000


@pytest.mark.parametrize("name", ["index.html", "overview.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_asks_for_nothing_beyond_the_disk(
    browser: Browser, site: Path, name: str, scheme: str
) -> None:
    visit = Visit(browser, site / name, color_scheme=scheme)
    assert visit.page.locator(".finder").is_visible()
    assert (visit.refused, visit.complaints) == ([], [])
    visit.context.close()


@pytest.mark.parametrize("name", ["index.html", "overview.html"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_page_is_no_wider_than_the_screen_and_its_table_scrolls(
    browser: Browser, site: Path, name: str, width: int
) -> None:
    visit = Visit(browser, site / name, viewport={"width": width, "height": 800})
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    region = visit.page.locator(".scroll.held").first
    region.focus()
    assert region.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
    visit.page.keyboard.press("PageDown")
    visit.page.wait_for_function(
        "document.querySelector('.scroll.held').scrollTop > 0 || window.scrollY > 0"
    )
    # Whether the box scrolls or the page, the headings stay above a council far down.
    region.locator("tbody tr").nth(100).scroll_into_view_if_needed()
    head = region.locator("thead").bounding_box()
    box = region.bounding_box()
    assert head is not None
    assert box is not None
    assert abs(head["y"] - max(box["y"], 0)) < 4
    visit.context.close()


def test_without_a_script_every_row_is_there_by_name(browser: Browser, site: Path) -> None:
    visit = Visit(browser, site / "index.html", java_script_enabled=False)
    names = shown(visit)
    assert len(names) == 152
    assert names == sorted(names, key=str.casefold)
    assert visit.page.locator("form:visible, button:visible").count() == 0
    visit.context.close()


def test_a_council_is_found_by_part_of_its_name(browser: Browser, site: Path) -> None:
    visit = Visit(browser, site / "index.html")
    assert visit.page.get_by_role("status").inner_text() == "All 152 councils are shown."
    visit.page.get_by_label("Name").press_sequentially("SOMERS")
    assert shown(visit) == ["Bath and North East Somerset", "North Somerset", "Somerset"]
    assert visit.page.get_by_role("status").inner_text() == "3 of 152 councils shown."
    visit.page.keyboard.press("Enter")
    assert visit.page.url.endswith("index.html")
    visit.context.close()


def test_region_and_type_narrow_each_other(browser: Browser, site: Path) -> None:
    visit = Visit(browser, site / "index.html")
    visit.page.get_by_label("Region").select_option("South West")
    assert len(shown(visit)) == 16
    visit.page.get_by_label("Type").select_option("Shire county")
    assert shown(visit) == ["Devon", "Dorset (to 2018-19)", "Gloucestershire", "Somerset"]
    visit.page.get_by_label("Name").fill("nowhere")
    assert shown(visit) == []
    assert visit.page.get_by_role("status").inner_text() == "0 of 152 councils shown."
    visit.context.close()


# The place of a heading's column: groups of columns have a heading over those of each.
PLACE = """button => {
    const [above, below] = button.closest("thead").rows;
    const [council, ...rest] = [...above.cells].filter(cell => cell.rowSpan === 2);
    return [council, ...below.cells, ...rest].indexOf(button.closest("th"));
}"""


@pytest.mark.parametrize(
    ("button", "first", "second"),
    [
        ("RED worse", "descending", "ascending"),
        ("Region", "ascending", "descending"),
        ("Council", "descending", "ascending"),
    ],
)
def test_columns_are_sorted_by_keyboard(
    browser: Browser, site: Path, button: str, first: str, second: str
) -> None:
    visit = Visit(browser, site / "index.html")
    control = visit.page.locator("th", has_text=button).first.get_by_role("button")
    heading = visit.page.locator("th[aria-sort]")
    at = control.evaluate(PLACE)
    for order in (first, second):
        control.focus()
        visit.page.keyboard.press("Enter")
        assert heading.count() == 1
        assert heading.get_attribute("aria-sort") == order
        cells = visit.page.locator(f"#councils tbody tr > :nth-child({at + 1})").all_inner_texts()
        # How many are sure, and behind a + how many are probable.
        values = [int(text.split()[0]) if text[0].isdigit() else text for text in cells]
        assert values == sorted(values, reverse=order == "descending")  # type: ignore[type-var]
    assert visit.complaints == []
    visit.context.close()


def test_the_overview_is_found_in_both_its_tables_and_switched_by_anchor(
    browser: Browser, site: Path
) -> None:
    visit = Visit(browser, site / "overview.html")
    visit.page.get_by_label("Name").fill("york")
    for table in ("#peers", "#england"):
        assert shown(visit, table) == [
            "East Riding of Yorkshire",
            "North Yorkshire",
            "York",
        ]
    visit.page.get_by_role("link", name="against England").click()
    assert visit.page.url.endswith("#england")
    visit.context.close()


def test_a_cell_is_read_as_words_and_its_headers_name_it(browser: Browser, site: Path) -> None:
    visit = Visit(browser, site / "overview.html")
    snapshot = visit.page.locator("#peers tbody tr").first.aria_snapshot()
    assert "Barking and Dagenham" in snapshot
    assert "GREEN better" in snapshot
    assert "▲" not in snapshot
    visit.context.close()
