"""A brief in a browser: can everybody read all of it in grey and on one sheet?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.conftest import Visit
from browser.legible import faint
from sheets import brief_page, printed, some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

# Many rows with all kinds of chips; nothing that can be compared; figures that are missing; the
# longest head of a column: some changes are since one of two earlier years.
ON_PAPER = {
    "barnet": ("Barnet", "2018-19"),
    "city": ("City of London", "2018-19"),
    "kent": ("Kent", "2024-25"),
    "wirral": ("Wirral", "2021-22"),
}
# How far each cell of the table, heads too, has more in it than it shows; CSS pixels.
OVERFLOW = """() => Math.max(...[...document.querySelectorAll('.brief-table th, .brief-table td')]
    .map(cell => cell.scrollWidth - cell.clientWidth))"""
# A4 less the margins of a brief, in CSS pixels.
SHEET = round((210 - 2 * 9) / 25.4 * 96)


@pytest.fixture(scope="module")
def briefs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    from bench.publish.page import PageOutput, report

    folder = tmp_path_factory.mktemp("briefs")
    return {
        name: report({"council": council, "year": year}, PageOutput(out=folder / name), brief=True)
        for name, (council, year) in ON_PAPER.items()
    }


@pytest.mark.parametrize("name", ON_PAPER)
def test_on_paper_every_indicator_is_one_line_within_the_sheet(
    browser: Browser, briefs: dict[str, Path], name: str
) -> None:
    visit = Visit(browser, briefs[name], viewport={"width": SHEET, "height": 900})
    visit.page.emulate_media(media="print")
    sizes = visit.page.evaluate(
        """() => [...document.querySelectorAll('.brief-table tbody tr')].map(row => {
            const box = row.getBoundingClientRect();
            return [box.height, box.right];
        })"""
    )
    heights = [height for height, _ in sizes]
    assert max(heights) < 1.6 * min(heights)
    assert max(right for _, right in sizes) <= SHEET + 1
    assert visit.page.evaluate(OVERFLOW) <= 0
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= SHEET
    # Colour is never alone: each chip bears a symbol and a word.
    chips = visit.page.locator(".brief-table .verdict").all_text_contents()
    assert all(len(chip.split()) >= 2 for chip in chips)
    visit.context.close()


# The symbol of each word, so that grey takes nothing away.
SYMBOLS = {
    "RED worse": "▼", "probably worse": "▽", "GREEN better": "▲", "probably better": "△",
    "AMBER similar": "●", "similar": "●", "unclear": "?", "not compared": "—",
}  # fmt: skip


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("council", "year"), some(40, "sides"))
def test_any_brief_is_one_side_of_a4_and_says_as_much_in_grey(
    window: Page, tmp_path: Path, council: str, year: str
) -> None:
    sizes, text = printed(window, brief_page(council, year, tmp_path))
    assert sizes == [(210, 297)]
    assert f"{council}: adult social care in brief, {year}" in text
    assert text.endswith(f"--year {year}")  # the last line of the page, and nothing after it
    # Grey takes only hue: each word has a shape of its own, and contrast is one of luminance.
    window.emulate_media(media="print")
    window.set_viewport_size({"width": SHEET, "height": 900})
    assert window.evaluate(OVERFLOW) <= 0
    for chip in window.locator(".brief-table .verdict").all_inner_texts():
        symbol, _, words = " ".join(chip.split()).rstrip("†").partition(" ")
        assert SYMBOLS[words.partition("*")[0]] == symbol
    below, texts, _ = faint(window, "main")
    assert below == []
    assert texts > 100
    window.emulate_media()
