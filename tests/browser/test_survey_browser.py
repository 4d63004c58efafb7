"""A survey of councils and rules from points to money in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.publish import notebook
from browser.conftest import Visit, axe, rendered

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PACKS = {
    "user-survey-2020-21": {"survey": "survey.yaml", "allocation": "none"},
    "barnet-2010": {"survey": "survey.yaml", "allocation": "ras-illustrative.yaml"},
}
NO_OTHERS = dict.fromkeys(
    ("actions", "previous_actions", "checklist", "compared_checklists"), "none"
)


@pytest.fixture(scope="module", params=PACKS)
def pack(
    request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    wanted = notebook.Page(
        "pack", "Audit pack", "audit_pack.ipynb",
        {"name": request.param, **NO_OTHERS, **PACKS[request.param]},
    )  # fmt: skip
    return rendered(wanted, folder, root=root)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_the_page_is_not_too_wide(
    browser: Browser, pack: Path, width: int, scheme: str
) -> None:
    visit = Visit(browser, pack, viewport={"width": width, "height": 900}, color_scheme=scheme)
    charts = visit.page.locator(".chart").count()
    assert visit.drawn(charts) == charts > 0
    visit.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found, passed = axe(visit)
    assert found == {}
    assert passed > 10
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visit.complaints == visit.refused == []
    visit.context.close()
