"""A fragment in each application that shows notebooks: it follows the host, or has its own ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import bench
from bench.present.theme import colours, style_element
from browser.conftest import Visit
from browser.legible import faint

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

LIGHT, DARK = "rgb(18, 24, 31)", "rgb(238, 242, 245)"
CLEAR, OWN = "rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"
# What the host says on its <body>, what its ground is; then ink and ground of the fragment.
HOSTS = [
    ('data-jp-theme-light="true"', "#ffffff", LIGHT, CLEAR),
    ('data-jp-theme-light="false"', "#111111", DARK, CLEAR),
    ('class="vscode-light"', "#ffffff", LIGHT, CLEAR),
    ('class="vscode-light"', "#fdf6e3", LIGHT, CLEAR),
    ('class="vscode-dark"', "#1f1f1f", DARK, CLEAR),
    ('class="vscode-high-contrast"', "#000000", DARK, CLEAR),
    ('class="vscode-high-contrast vscode-high-contrast-light"', "#ffffff", LIGHT, CLEAR),
    ('class="unknown"', "#ffffff", LIGHT, OWN),
    ('class="unknown"', "#111111", LIGHT, OWN),
]


@pytest.fixture(scope="module")
def fragment() -> str:
    brief = bench.briefing("Leeds", "2018-19")
    return f"{style_element()}{brief.glance()}{brief.table()}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("body", "ground", "ink", "own"), HOSTS)
def test_a_fragment_follows_its_host_and_never_the_system(
    browser: Browser,
    fragment: str,
    tmp_path: Path,
    body: str,
    ground: str,
    ink: str,
    own: str,
    scheme: str,
) -> None:
    page = tmp_path / "host.html"
    variables = f"--jp-layout-color0: {ground}; --vscode-editor-background: {ground}"
    style = f'style="background: {ground}; {variables}"'
    page.write_text(f"<!doctype html><body {body} {style}>{fragment}</body>", encoding="utf-8")
    visit = Visit(browser, page, color_scheme=scheme, viewport={"width": 1300, "height": 900})
    shown = "(({color, backgroundColor}) => [color, backgroundColor])"
    shown += "(getComputedStyle(document.querySelector('.bench')))"
    assert visit.page.evaluate(shown) == [ink, own]
    below, texts, _ = faint(visit.page, ".bench")
    assert below == []
    assert texts > 300
    visit.context.close()


def test_the_inks_are_those_of_the_palette() -> None:
    inks = [colours("rag", scheme)["ink"] for scheme in ("light", "dark")]
    assert inks == ["#12181f", "#eef2f5"]
