"""The papers of an audit in a real browser: everybody can read them, on a phone and on paper."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from bench.publish import notebook
from browser.conftest import Visit, axe, rendered
from pages.test_audit_pack import PLAN, write_followed

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def papers(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    wanted = notebook.Page("papers", "Papers", "audit_pack.ipynb", {"palette": "rag"})
    return rendered(wanted, folder, root=root)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("palette", ["rag", "af"])
def test_axe_finds_nothing_and_the_page_is_not_too_wide(
    browser: Browser, papers: Path, palette: str, scheme: str, width: int
) -> None:
    visit = Visit(browser, papers, color_scheme=scheme, viewport={"width": width, "height": 900})
    visit.page.check(f"input[value={palette}]")
    found, passed = axe(visit)
    assert found == {}
    assert passed > 10
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visit.refused == []
    assert visit.complaints == []
    visit.context.close()


@pytest.fixture(scope="module")
def followed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a plan whose findings rest on published figures."""
    home = tmp_path_factory.mktemp("followed")
    shutil.copytree(root / "params", home / "params")
    for name in ("data", "notebooks"):
        (home / name).symlink_to(root / name)
    write_followed(home / "params" / "audits" / "example")
    wanted = notebook.Page("followed", "Papers", "audit_pack.ipynb", {
        "name": "example", "actions": PLAN, "checklist": "none", "survey": "none",
        "allocation": "none", "day_services": "none", "as_of": "2011-07-31",
    })  # fmt: skip
    return rendered(wanted, home, root=home)


def test_a_finding_leads_to_its_figure(browser: Browser, followed: Path) -> None:
    visit = Visit(browser, followed)
    visit.page.click("a[href='#figure-control-over-daily-life']")
    assert visit.page.locator("#figure-control-over-daily-life").is_visible()
    assert visit.page.evaluate("scrollY") > 1000
    visit.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_no_word_is_cut_in_two(browser: Browser, papers: Path, width: int) -> None:
    visit = Visit(browser, papers, viewport={"width": width, "height": 900})
    # A cell that is narrower than its longest word breaks it wherever it must.
    cut = visit.page.evaluate(
        """[...document.querySelectorAll(".records td > div, .records tbody th")].filter(cell => {
            const before = cell.scrollWidth;
            cell.style.overflowWrap = "normal";
            const wider = cell.scrollWidth > before + 1;
            cell.style.overflowWrap = "";
            return wider;
        }).map(cell => cell.textContent)"""
    )
    assert cut == []
    visit.context.close()
