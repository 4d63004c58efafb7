"""Every notebook in a real JupyterLab, whose theme and the system's may differ: all can be read."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import papermill
import pytest

from browser import jupyterlab
from browser.legible import cut_words, faint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

NOTEBOOKS: Final = (
    "area_brief",
    "area_report",
    "audit_pack",
    "changes",
    "council_brief",
    "council_report",
    "explorer",
    "group_report",
    "indicator_report",
    "kpi_integrity",
    "method",
    "peer_report",
    "sources_and_quality",
    "story",
    "surveillance",
)
THEMES: Final = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
WIDTHS: Final = (700, 900, 1100, 1400)
OUTPUTS: Final = ".jp-OutputArea-output"
# All cells are there at once, not only those that are seen.
SETTINGS: Final = {
    "notebook-extension/tracker": {"autoStartDefaultKernel": False, "windowingMode": "none"}
}


def test_every_notebook_is_tried(root: Path) -> None:
    assert {path.stem for path in (root / "notebooks").glob("*.ipynb")} == set(NOTEBOOKS)


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with a folder of its own for executed notebooks."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("data", "params"):
        (folder / name).symlink_to(root / name)
    shutil.copytree(root / "notebooks", folder / "notebooks")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("jupyter")


@pytest.fixture(scope="module")
def lab(project: Path, home: Path) -> Iterator[jupyterlab.Lab]:
    with jupyterlab.started(project, home, SETTINGS) as running:
        yield running


def run(name: str, project: Path, home: Path) -> str:
    """Run a notebook, and say that this user trusts it, as one who ran it in JupyterLab does."""
    path = project / "notebooks" / f"{name}.ipynb"
    papermill.execute_notebook(str(path), str(path), progress_bar=False)
    subprocess.run(
        [sys.executable, "-m", "nbformat.sign", str(path)],
        check=True, capture_output=True, env=jupyterlab.environment(project, home),
    )  # fmt: skip
    return f"notebooks/{name}.ipynb"


def opened(browser: Browser, address: str) -> Page:
    """The notebook as it was run, everything unfolded and every chart drawn."""
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.set_default_timeout(120_000)  # other work may be going on
    page.goto(address)
    page.locator(f"{OUTPUTS} .bench").first.wait_for()
    page.locator(".jp-Notebook").evaluate(
        "notebook => notebook.querySelectorAll('details').forEach(each => each.open = true)"
    )
    page.wait_for_function(
        "() => [...document.querySelectorAll('.js-plotly-plot')].every("
        "chart => chart.querySelector('.main-svg'))"
    )
    return page


def themed(page: Page, theme: str, scheme: str) -> None:
    """JupyterLab in one theme while the system asks for a scheme."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate(
        "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})",
        THEMES[theme],
    )
    page.wait_for_function(
        "light => document.body.dataset.jpThemeLight === String(light)"
        " && (parseInt(getComputedStyle(document.querySelector('.jp-Notebook'))"
        ".backgroundColor.match(/[0-9]+/)[0]) > 127) === light",
        arg=theme == "light",
    )


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_everything_can_be_read_in_every_pair_of_themes_and_no_word_is_cut(
    browser: Browser, lab: jupyterlab.Lab, project: Path, home: Path, tmp_path: Path, name: str
) -> None:
    page = opened(browser, lab.page(run(name, project, home)))
    grounds = f"[...document.querySelectorAll('{OUTPUTS} > .bench')].map("
    grounds += "each => getComputedStyle(each).backgroundColor)"
    charts = page.locator(".js-plotly-plot .main-svg").count()
    faint_texts = {}
    for theme in THEMES:
        for scheme in ("light", "dark"):
            themed(page, theme, scheme)
            page.screenshot(path=str(tmp_path / f"{name}-lab-{theme}-system-{scheme}.png"))
            faint_texts[theme, scheme], texts, drawn = faint(page, OUTPUTS)
            assert texts > 30
            assert drawn > 0 or not charts
            assert set(page.evaluate(grounds)) <= {"rgba(0, 0, 0, 0)"}
    assert {pair: texts for pair, texts in faint_texts.items() if texts} == {}
    cut = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1000})
        cut[width] = cut_words(page, OUTPUTS)
    assert {width: words for width, words in cut.items() if words} == {}
    page.context.close()
