"""From a place that is typed to its council, in a real browser; and what stands on a first screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import bench
from bench.pages.overview import pages
from bench.publish.html import SITE_ASSETS, write_assets
from browser.conftest import Visit, axe
from present.conftest import HOSTILE
from typed import TYPED, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

YEARS = ("2018-19", "2024-25")
# Axe takes a minute for thousands of cells, which are all made alike.
FEWER_ROWS = """document.querySelectorAll("table.listed tbody tr:nth-child(n+21)")
    .forEach(row => row.remove())"""


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sites")
    write_assets(folder / "assets", SITE_ASSETS)
    for year in YEARS:
        overview = bench.overview(year)
        entries = [*overview.councils(), *overview.indicators()]
        index = pages.index_page(
            [*entries, *overview.places()],
            title=f"Adult social care beside its peers, {year}",
            year=year,
            releases=overview.releases,
            assets="assets",
            links=[pages.Link("Overview", f"overview-{year}.html")],
        )
        grid = pages.overview_page(
            overview.frame(),
            entries,
            title=f"Every council and indicator, {year}",
            year=year,
            assets="assets",
            peers_title=overview.peers_title,
            links=[pages.Link("All councils", "index.html")],
        )
        for name, page in (("index", index), ("overview", grid)):
            (folder / f"{name}-{year}.html").write_text(page.html("rag"), encoding="utf-8")
    return {year: folder / f"index-{year}.html" for year in YEARS}


@pytest.fixture(scope="module")
def visits(browser: Browser, sites: dict[str, Path]) -> Iterator[dict[str, Visit]]:
    opened = {year: Visit(browser, path) for year, path in sites.items()}
    yield opened
    for visit in opened.values():
        assert (visit.refused, visit.complaints) == ([], [])
        visit.context.close()


def links(visit: Visit) -> list[str]:
    names: list[str] = visit.page.locator(".way-in .ways a").all_inner_texts()
    return names


def answer(visit: Visit) -> str:
    return visit.page.locator(".way-in .answer").inner_text()


def test_what_is_typed_leads_to_its_councils(visits: dict[str, Visit]) -> None:
    for typed, year, names, words in TYPED:
        visit = visits[year]
        visit.page.get_by_label("Find a place").fill(typed)
        first = visit.page.locator(".way-in .ways li").first
        assert (typed, first.locator("a").all_inner_texts()) == (typed, names)
        assert words in answer(visit) + first.inner_text(), typed


@pytest.mark.parametrize("typed", [word for word in UNKNOWN if word != "&"])
def test_an_unknown_place_says_what_was_looked_through(
    visits: dict[str, Visit], typed: str
) -> None:
    visit = visits["2024-25"]
    visit.page.get_by_label("Find a place").fill(typed)
    assert links(visit) == []
    assert answer(visit) == (
        f"Nothing here is called “{typed}”. Looked through: 153 councils, by each name the "
        "register has for them, and 247 districts and former councils. Towns and villages are not "
        "among them."
    )


def test_several_that_fit_are_counted_and_the_first_are_listed(visits: dict[str, Visit]) -> None:
    visit = visits["2024-25"]
    field = visit.page.get_by_label("Find a place")
    field.fill("newcastle")
    assert answer(visit) == "2 places fit."
    assert links(visit) == ["Newcastle upon Tyne", "Staffordshire"]
    field.fill("north")
    assert "; the first 8 are shown." in answer(visit)
    assert visit.page.locator(".way-in .ways li").count() == 8
    field.fill("Kent")
    assert answer(visit) == "One council fits: Kent."
    field.fill("")
    assert (answer(visit), links(visit)) == ("", [])


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("canterbury", "kent.html"),
        ("Borough of Barnet", "barnet.html"),
        ("Dorset", "dorset.html"),
        # two successors, and a county council of a city's name: nobody chooses for the reader
        ("cumbria", None),
        ("Nottingham County Council", None),
        ("Zennor", None),
    ],
)
def test_enter_goes_where_only_one_council_can_be_meant(
    browser: Browser, sites: dict[str, Path], typed: str, leads_to: str | None
) -> None:
    visit = Visit(browser, sites["2024-25"])
    visit.page.get_by_label("Find a place").fill(typed)
    opened: list[str] = []
    visit.page.on("request", lambda request: opened.append(request.url.rpartition("/")[2]))
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_timeout(200)
    assert opened[:1] == ([leads_to] if leads_to else [])
    visit.context.close()


def test_the_list_is_walked_by_keyboard(browser: Browser, sites: dict[str, Path]) -> None:
    visit = Visit(browser, sites["2024-25"])
    page = visit.page
    focused = "document.activeElement.textContent || document.activeElement.id"
    page.get_by_label("Find a place").fill("cumbria")
    walk = [
        ("Enter", "Cumberland"),
        ("ArrowDown", "Westmorland and Furness"),
        ("ArrowDown", "Westmorland and Furness"),
        ("ArrowUp", "Cumberland"),
        ("ArrowUp", "place"),
        ("ArrowUp", "place"),
        ("ArrowDown", "Cumberland"),
        ("Tab", "Westmorland and Furness"),
        ("Escape", "place"),
    ]
    for key, target in walk:
        page.keyboard.press(key)
        assert (key, page.evaluate(focused)) == (key, target)
    assert page.locator(".way-in .answer").get_attribute("aria-live") == "polite"
    visit.context.close()


def test_without_a_script_every_place_is_there(browser: Browser, sites: dict[str, Path]) -> None:
    visit = Visit(browser, sites["2024-25"], java_script_enabled=False)
    page = visit.page
    assert page.locator("form:visible").count() == 0
    assert page.locator("#councils tbody tr:visible").count() == 153
    page.locator("#places > summary").click()
    item = page.locator("#places li", has_text="Canterbury")
    assert item.inner_text().endswith("responsible for adult social care. Kent")
    assert item.get_by_role("link").get_attribute("href") == "kent.html"
    visit.context.close()


def test_a_hostile_name_is_shown_as_text(browser: Browser, tmp_path: Path) -> None:
    write_assets(tmp_path / "assets", SITE_ASSETS)
    none = pages.VerdictCounts({}, 0, 0)
    council = pages.CouncilEntry(
        "a", f"Ash {HOSTILE}", "London", "Borough", "a.html", none, none, (f"Elm {HOSTILE}",)
    )
    sentence = f"Oak {HOSTILE} is a district."
    place = pages.PlaceEntry(
        f"Oak {HOSTILE}", (f"Yew {HOSTILE}",), sentence, ((council.name, council.href),)
    )
    index = pages.index_page(
        [council, place], title="T", year="2018-19", releases=[], assets="assets"
    )
    (tmp_path / "index.html").write_text(index.html("rag"), encoding="utf-8")
    visit = Visit(browser, tmp_path / "index.html")
    for typed, words in (
        ("ash", f"One council fits: {council.name}."),
        (f"elm {HOSTILE}", f"One council fits: {council.name}."),
        ("oak", sentence),
        ("yew", sentence),
        (f"fir {HOSTILE}", f"called “fir {HOSTILE}”"),
    ):
        visit.page.get_by_label("Find a place").fill(typed)
        shown = visit.page.locator(".way-in .answer").text_content() or ""
        assert words in shown
    visit.page.get_by_label("Find a place").fill("a")
    assert (visit.refused, visit.complaints) == ([], [])
    visit.context.close()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_pages_are_accessible(
    browser: Browser, sites: dict[str, Path], width: int, scheme: str
) -> None:
    index = sites["2024-25"]
    for path in (index, index.with_name("overview-2024-25.html")):
        visit = Visit(browser, path, viewport={"width": width, "height": 800}, color_scheme=scheme)
        if path is index:
            visit.page.locator("#places > summary").click()
            visit.page.get_by_label("Find a place").fill("cumb")
        visit.page.evaluate(FEWER_ROWS)
        assert axe(visit)[0] == {}
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        visit.context.close()


@pytest.mark.parametrize(("width", "height", "opened"), [(390, 844, False), (1280, 800, True)])
def test_the_overviews_table_begins_within_two_screens(
    browser: Browser, sites: dict[str, Path], width: int, height: int, opened: bool
) -> None:
    path = sites["2024-25"].with_name("overview-2024-25.html")
    visit = Visit(browser, path, viewport={"width": width, "height": height})
    page = visit.page
    row = page.locator("#peers tbody tr").first.bounding_box()
    assert row is not None
    assert row["y"] < 2 * height
    legend = page.locator("details.legend")
    assert legend.evaluate("e => e.open") is opened
    words = legend.get_by_text("Each row is a council")
    if not opened:
        assert not words.is_visible()
        legend.locator("summary").first.click()
    assert words.is_visible()
    page.emulate_media(media="print")
    assert words.is_visible()
    visit.context.close()
