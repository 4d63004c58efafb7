"""A real Chromium, and a page opened in it with everything beyond the disk refused."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from bench.publish import html, notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route


WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium is installed")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


def rendered(wanted: notebook.Page, folder: Path, *, root: Path) -> Path:
    """The page of a notebook of a project, in a folder with what it needs beside it."""
    text = notebook.render_page(
        wanted, notebook.execute(wanted, root=root), assets="assets", root=root
    )
    html.write_assets(folder / "assets")
    path = folder / f"{wanted.identifier}.html"
    notebook.write_page(text, path)
    return path


class Visit:
    """One page, opened; what it asked for and what it complained of."""

    def __init__(self, browser: Browser, path: Path, **context: object) -> None:
        self.refused: list[str] = []
        self.complaints: list[str] = []
        self.context = browser.new_context(**context)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.page.route("**/*", self._gate)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.as_uri())

    def _gate(self, route: Route) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            self.refused.append(route.request.url)
            route.abort()

    def drawn(self, charts: int) -> int:
        """Wait until so many charts are drawn."""
        self.page.wait_for_function(
            f"document.querySelectorAll('.chart .main-svg').length >= {charts}"
        )
        return self.page.locator(".chart:has(svg.main-svg)").count()


def axe(visit: Visit) -> tuple[dict[str, list[str]], int]:
    """What axe finds against WCAG 2.0 to 2.2, A and AA, by rule; and how many rules passed."""
    run = pytest.importorskip("axe_playwright_python.sync_playwright").Axe().run
    options = {
        "runOnly": {"type": "tag", "values": WCAG},
        "resultTypes": ["violations"],
        "preload": False,  # axe would fetch the style sheet, and the page lets nothing be fetched
    }
    response: dict[str, Any] = run(visit.page, options=options).response
    found = {
        rule["id"]: [node["html"][:160] for node in rule["nodes"][:3]]
        for rule in response["violations"]
    }
    return found, len(response["passes"])
