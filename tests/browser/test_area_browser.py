"""The page and the brief of an area in a browser: read by everybody, on any screen and on paper."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from bench.publish import html, notebook
from browser.conftest import Visit, axe
from browser.legible import cut_words, faint

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
PAGES = {
    "report": ("area_report.ipynb", "former_cumbria", "2024-25"),
    "brief": ("area_brief.ipynb", "whole_dorset", "2018-19"),
}


@pytest.fixture(scope="module")
def pages(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("area")
    html.write_assets(folder / "assets")
    made = {}
    for name, (file, area, year) in PAGES.items():
        wanted = notebook.Page(name, "An area", file, {"area": area, "year": year})
        text = notebook.render_page(
            wanted, notebook.execute(wanted, root=root), assets="assets", root=root
        )
        made[name] = folder / f"{name}.html"
        notebook.write_page(text, made[name])
    return made


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("palette", ["rag", "af"])
def test_everybody_can_read_it(
    browser: Browser, pages: dict[str, Path], name: str, palette: str, scheme: str, width: int
) -> None:
    visit = Visit(
        browser, pages[name], color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    visit.page.check(f"input[value={palette}]")
    found, passed = axe(visit)
    assert found == {}
    assert passed > 15
    below, texts, _ = faint(visit.page, "main")
    assert below == []
    assert texts > 60
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert cut_words(visit.page, "main") == []
    assert visit.complaints == []
    visit.context.close()


def test_a_brief_is_one_side_of_a4(browser: Browser, pages: dict[str, Path]) -> None:
    """The year with most indicators, and a council more than most areas have."""
    import pypdf

    visit = Visit(browser, pages["brief"])
    printed = visit.page.pdf(format="A4", prefer_css_page_size=True)
    assert len(pypdf.PdfReader(io.BytesIO(printed)).pages) == 1
    visit.context.close()
