"""The page in a real browser, from the disk, with everything beyond the disk refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.publish import page
from bench.publish.html import write_assets
from browser.conftest import Visit
from present import sample_page

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
CHARTS = 4


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_assets(folder / "assets")
    for palette in ("rag", "af"):
        (folder / f"{palette}.html").write_text(sample_page.rendered(palette), encoding="utf-8")
    (folder / "single.html").write_text(sample_page.rendered(assets=None), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["rag.html", "af.html", "single.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_draws_its_charts_without_a_network(
    browser: Browser, site: Path, name: str, scheme: str
) -> None:
    visit = Visit(browser, site / name, color_scheme=scheme)
    assert visit.drawn(CHARTS) == CHARTS
    assert visit.refused == []
    assert visit.complaints == []
    assert visit.page.locator(".undrawn:visible").count() == 0
    visit.context.close()


def test_without_javascript_every_verdict_still_stands(browser: Browser, site: Path) -> None:
    visit = Visit(browser, site / "rag.html", java_script_enabled=False)
    cells = visit.page.locator("td.judged").all_inner_texts()
    assert len(cells) == 30
    assert all(
        any(word in cell for word in ("GREEN", "AMBER", "RED", "higher", "similar", "not compared"))
        for cell in cells
    )
    assert visit.page.get_by_text("The chart is drawn by a script.").first.is_visible()
    visit.context.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280])
def test_nothing_is_wider_than_the_screen(browser: Browser, site: Path, width: int) -> None:
    visit = Visit(browser, site / "rag.html", viewport={"width": width, "height": 800})
    visit.drawn(CHARTS)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    for table in (".peer-table", ".glance"):
        region = f"document.querySelector('{table}').parentElement"
        assert visit.page.evaluate(f"{region}.scrollWidth <= {region}.clientWidth")
    assert visit.complaints == []
    visit.context.close()


def test_text_and_marks_change_with_the_scheme(browser: Browser, site: Path) -> None:
    visit = Visit(browser, site / "rag.html", color_scheme="dark")
    visit.drawn(CHARTS)
    legend = "getComputedStyle(document.querySelector('.chart .legendtext')).fill"
    assert visit.page.evaluate(legend) == "rgb(238, 242, 245)"
    visit.page.emulate_media(color_scheme="light")
    visit.page.wait_for_function(f"{legend} === 'rgb(18, 24, 31)'")
    visit.context.close()


def test_on_paper_the_page_is_light_and_keeps_its_charts(
    browser: Browser, site: Path, tmp_path: Path
) -> None:
    visit = Visit(browser, site / "rag.html", color_scheme="dark")
    visit.drawn(CHARTS)
    pdf = visit.page.pdf(path=str(tmp_path / "page.pdf"), prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    visit.page.emulate_media(media="print")
    assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    header = "getComputedStyle(document.querySelector('.peer-table thead')).display"
    assert visit.page.evaluate(header) == "table-header-group"
    visit.context.close()


def test_what_printing_takes_off_a_link_it_gives_back(browser: Browser, site: Path) -> None:
    visit = Visit(browser, site / "single.html")
    hrefs = "[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"
    before = visit.page.evaluate(hrefs)
    visit.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    visit.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert visit.page.evaluate(hrefs) == before
    assert "#downloads" in before
    visit.context.close()


def test_an_address_that_is_none_stops_nothing(browser: Browser, site: Path) -> None:
    visit = Visit(browser, site / "rag.html")
    visit.page.goto(f"{(site / 'rag.html').as_uri()}#100%")
    visit.page.reload()
    assert visit.drawn(CHARTS) == CHARTS
    assert visit.complaints == []
    visit.context.close()


def test_the_keyboard_reaches_the_content_first(browser: Browser, site: Path) -> None:
    visit = Visit(browser, site / "rag.html")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    visit.page.keyboard.press("Enter")
    assert visit.page.url.endswith("#content")
    visit.context.close()


@pytest.fixture(scope="module")
def quality_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page.quality_page(output=page.PageOutput(out=tmp_path_factory.mktemp("quality")))


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_page_on_quality_fits_its_screen(
    browser: Browser, quality_page: Path, width: int
) -> None:
    visit = Visit(browser, quality_page, viewport={"width": width, "height": 800})
    visit.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    wide = visit.page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth)"
        ".map(e => e.querySelector('table').id)"
    )
    # Eleven years of numbers keep their columns; a narrow screen moves over them.
    assert wide in ([], ["coverage"])
    assert visit.refused == []
    assert visit.complaints == []
    visit.context.close()
