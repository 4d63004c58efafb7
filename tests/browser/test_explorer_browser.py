"""The explorer as an analyst has it: JupyterLab in a real browser, every control used."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from browser import jupyterlab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
TABLE = "document.querySelector('.widget-tab .peer-table')"


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with a folder of its own for reports."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("data", "params"):
        (folder / name).symlink_to(root / name)
    (folder / "notebooks").mkdir()
    shutil.copy(root / "notebooks" / "explorer.ipynb", folder / "notebooks")
    return folder


@pytest.fixture(scope="module")
def lab(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the explorer in a JupyterLab that knows nothing of this user's own."""
    with jupyterlab.started(project, tmp_path_factory.mktemp("jupyter")) as running:
        yield running.page("notebooks/explorer.ipynb")


@pytest.fixture
def opened(browser: Browser, lab: str) -> Iterator[Page]:
    """The notebook, run from top to bottom; nothing is asked of another machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    page = context.new_page()
    page.set_default_timeout(120_000)  # other work may be going on
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url))
    page.goto(lab)
    page.locator(".jp-Notebook").wait_for()
    _await_kernel(page)
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator(".widget-tab .peer-table").wait_for()
    yield page
    assert {
        url for url in elsewhere if not re.match("https?://127.0.0.1:|data:|blob:", url)
    } == set()
    context.close()


def _await_kernel(page: Page) -> None:
    """Wait until the notebook has its kernel: before that, running asks which one to take."""
    address = page.url.split("/doc/")[0] + "/api/kernels"
    for _ in range(240):
        kernels = page.request.get(address).json()
        if any(one["connections"] and one["execution_state"] == "idle" for one in kernels):
            page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
            return
        page.wait_for_timeout(500)
    pytest.fail("JupyterLab never got its kernel")


def typed(page: Page, label: str, text: str) -> None:
    """Type as a person does, who leaves the field and takes a moment before the next."""
    field = page.get_by_label(label)
    field.fill(text)
    field.press("Tab")
    page.wait_for_timeout(500)


def test_council_year_and_peers_change_the_table(opened: Page, tmp_path: Path) -> None:
    page = opened
    seen = []

    def after(name: str, text: str) -> None:
        page.locator(".widget-tab", has_text=text).wait_for()
        page.screenshot(path=str(tmp_path / f"{name}.png"))
        seen.append(page.locator(".widget-tab .peer-table").inner_text())

    after("first", "Somerset in 2024-25")
    page.get_by_label("Council", exact=True).select_option("Leeds")
    after("council", "Leeds in 2024-25")
    page.get_by_label("Year", exact=True).select_option("2018-19")
    after("year", "Leeds in 2018-19")
    page.get_by_label("Peers", exact=True).select_option("councils in the same region")
    after("peers", "councils in Yorkshire and The Humber")
    page.get_by_label("Peers", exact=True).select_option("an own list")
    page.locator(".widget-tab", has_text="The own list names nobody yet").wait_for()
    typed(page, "Councils, separated by ;", "Kent; Birmingham")
    after("own-list", "Peers: own list")
    page.get_by_label("Rule", exact=True).select_option("tolerance")
    page.wait_for_function(f"before => {TABLE}.innerText !== before", arg=seen[-1])
    after("rule", "Peers: own list")
    assert len(set(seen)) == len(seen)
    assert page.locator(".jp-mod-error, [data-mime-type*=stderr]").count() == 0


def test_what_cannot_be_is_said_in_the_view(opened: Page, tmp_path: Path) -> None:
    page = opened
    pane = page.locator(".widget-tab")
    page.get_by_label("Council", exact=True).select_option("Cumberland")
    pane.get_by_text("Cumberland in 2024-25").wait_for()
    page.get_by_label("Year", exact=True).select_option("2018-19")
    pane.get_by_role("alert").get_by_text("Cumberland did not exist in 2018-19").wait_for()
    page.screenshot(path=str(tmp_path / "no-council.png"))
    page.get_by_label("Council", exact=True).select_option("Leeds")
    pane.get_by_text("Leeds in 2018-19").wait_for()
    page.get_by_role("tab", name="One indicator").click()
    typed(page, "What if it were", "101")
    pane.get_by_role("alert").get_by_text("it is above 100%").wait_for()
    typed(page, "What if it were", "")
    typed(page, "or the numerator", "5")
    typed(page, "out of", "0")
    pane.get_by_role("alert").get_by_text("denominator of 0").wait_for()
    assert page.locator(".jp-mod-error, [data-mime-type*=stderr]").count() == 0


def test_figures_what_if_and_a_view_that_is_kept(
    opened: Page, project: Path, tmp_path: Path
) -> None:
    page = opened
    charts = page.locator(".widget-tab .js-plotly-plot:visible")
    page.get_by_label("Council", exact=True).select_option("Leeds")
    page.get_by_label("Year", exact=True).select_option("2018-19")
    page.get_by_role("tab", name="All on one scale").click()
    charts.first.wait_for()
    page.screenshot(path=str(tmp_path / "scale.png"))
    page.get_by_role("tab", name="One indicator").click()
    page.get_by_text("Leeds among its peers").first.wait_for()
    charts.nth(1).wait_for()
    page.screenshot(path=str(tmp_path / "indicator.png"))
    typed(page, "What if it were", "85")
    row = page.locator(".supposed tr", has_text="HYPOTHETICAL")
    row.wait_for()
    assert "RED worse" in row.inner_text()
    assert "116 of 150" in row.inner_text()
    charts.nth(1).wait_for()
    page.screenshot(path=str(tmp_path / "what-if.png"))
    page.get_by_role("button", name="Save this view for bench report").click()
    page.get_by_text("bench report --params").wait_for()
    page.screenshot(path=str(tmp_path / "saved.png"))
    kept = (project / "reports" / "views" / "leeds-2018-19.yaml").read_text(encoding="utf-8")
    assert "council: Leeds" in kept
    assert "85" not in kept
    assert json.loads((project / "notebooks" / "explorer.ipynb").read_text())["nbformat"] == 4
