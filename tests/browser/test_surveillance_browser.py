"""The list of rare changes in a real browser: whole without a script, narrowed down with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.publish import notebook
from browser.conftest import Visit, axe, rendered

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def listed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rare changes")
    wanted = notebook.Page("surveillance", "Rare changes", "surveillance.ipynb", {"palette": "rag"})
    return rendered(wanted, folder, root=root)


ROWS = "#unusual tbody tr:visible"


def test_without_a_script_every_row_is_there_and_no_choice(browser: Browser, listed: Path) -> None:
    visit = Visit(browser, listed, java_script_enabled=False)
    assert visit.page.locator(ROWS).count() == 100
    assert not visit.page.locator("form.narrowing").is_visible()
    visit.context.close()


def test_the_choices_narrow_the_list_together(browser: Browser, listed: Path) -> None:
    visit = Visit(browser, listed)
    found = visit.page.locator("form.narrowing .found")
    assert found.inner_text() == "All 100 rows are shown."
    visit.page.select_option("#narrow-council", "Wirral")
    wirral = visit.page.locator(ROWS).count()
    assert 0 < wirral < 100
    assert found.inner_text() == f"{wirral} of 100 rows shown."
    visit.page.select_option("#narrow-period", "2022-23")
    years = visit.page.locator(f"{ROWS} td[data-label=Year]").all_inner_texts()
    assert set(years) == {"2022-23"}
    assert len(years) < wirral
    visit.page.select_option("#narrow-council", "")
    visit.page.select_option("#narrow-period", "")
    assert visit.page.locator(ROWS).count() == 100
    assert visit.complaints == []
    visit.context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_the_page_is_not_too_wide(
    browser: Browser, listed: Path, width: int
) -> None:
    visit = Visit(browser, listed, viewport={"width": width, "height": 900})
    found, passed = axe(visit)
    assert found == {}
    assert passed > 10
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visit.refused == []
    visit.context.close()
