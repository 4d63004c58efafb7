"""The page of a region, and of councils that are named, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.publish import notebook
from browser.conftest import Visit, rendered

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
