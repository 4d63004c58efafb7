"""The page of a region in a browser: read by everybody, on any screen and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.publish import notebook
from browser.conftest import Visit, axe, rendered
from browser.legible import cut_words, faint

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
# A4 less a page's margins, in CSS pixels.
SHEET = round((210 - 2 * 14) / 25.4 * 96)


@pytest.fixture(scope="module", params=["South East", "Leeds; Barnet; Kent"])
def page(
    request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("group")
    parameters = {"councils": request.param, "year": "2018-19", "pages": "all"}
    wanted = notebook.Page("group", "A group", "group_report.ipynb", parameters)
    return rendered(wanted, folder, root=root)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("palette", ["rag", "af"])
def test_everybody_can_read_it(
    browser: Browser, page: Path, palette: str, scheme: str, width: int
) -> None:
    visit = Visit(browser, page, color_scheme=scheme, viewport={"width": width, "height": 900})
    visit.page.check(f"input[value={palette}]")
    found, passed = axe(visit)
    assert found == {}
    assert passed > 15
    below, texts, _ = faint(visit.page, "main")
    assert below == []
    assert texts > 100
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert cut_words(visit.page, "main") == []
    assert visit.complaints == []
    visit.context.close()


def test_on_paper_no_council_is_cut_off(browser: Browser, page: Path) -> None:
    visit = Visit(browser, page, viewport={"width": SHEET, "height": 900})
    visit.page.emulate_media(media="print")
    right = visit.page.evaluate(
        "() => Math.max(...[...document.querySelectorAll('.group-grid td')]"
        ".map(cell => cell.getBoundingClientRect().right))"
    )
    assert right <= SHEET
    over = visit.page.evaluate(
        "() => Math.max(...[...document.querySelectorAll('.group-grid td')]"
        ".map(cell => cell.scrollWidth - cell.clientWidth))"
    )
    assert over <= 1
    visit.context.close()
