"""Pages for groups, areas and briefs in a browser: can everybody read all of each, on any screen?"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

import pytest

from bench.publish import notebook
from browser.conftest import Visit, axe, rendered
from browser.legible import cut_words, faint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


class Kind(NamedTuple):
    """A page: its notebook, its parameters, and how many texts it has at least."""

    notebook: str
    parameters: Mapping[str, str]
    texts: int = 100


GROUP = {"year": "2018-19", "pages": "all"}
# Briefs: many rows with all kinds of chips; nothing that can be compared; figures that are missing.
PAGES = {
    "area": Kind("area_report", {"area": "former_cumbria", "year": "2024-25"}, 60),
    "area-brief": Kind("area_brief", {"area": "whole_dorset", "year": "2018-19"}, 60),
    "region": Kind("group_report", {"councils": "South East", **GROUP}),
    "group": Kind("group_report", {"councils": "Leeds; Barnet; Kent", **GROUP}),
    "barnet": Kind("council_brief", {"council": "Barnet", "year": "2018-19"}),
    "city": Kind("council_brief", {"council": "City of London", "year": "2018-19"}),
    "kent": Kind("council_brief", {"council": "Kent", "year": "2024-25"}),
}


@pytest.fixture(scope="module")
def page_of(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Each page by its name, made when it is first asked for."""
    folder = tmp_path_factory.mktemp("reading")

    @functools.cache
    def made(name: str) -> Path:
        kind = PAGES[name]
        wanted = notebook.Page(name, "A page", f"{kind.notebook}.ipynb", dict(kind.parameters))
        return rendered(wanted, folder / name, root=root)

    return made


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("palette", ["rag", "af"])
@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_read_it(
    browser: Browser,
    page_of: Callable[[str], Path],
    name: str,
    palette: str,
    scheme: str,
    width: int,
) -> None:
    visit = Visit(
        browser, page_of(name), color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    visit.page.check(f"input[value={palette}]")
    found, passed = axe(visit)
    assert found == {}
    assert passed > 15
    below, texts, _ = faint(visit.page, "main")
    assert below == []
    assert texts > PAGES[name].texts
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert cut_words(visit.page, "main") == []
    assert visit.refused == []
    assert visit.complaints == []
    visit.context.close()
