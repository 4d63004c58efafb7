"""A council's page, made by the notebook from the data: can everybody read and reach all of it?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from browser.conftest import Visit, axe
from browser.legible import cut_words, faint

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

COUNCIL, YEAR = "Kent", "2018-19"
VERDICT = re.compile(
    r"GREEN better|AMBER similar|RED worse|probably (better|worse)|unclear|higher|lower|similar"
    r"|not compared"
)
# Everything that a keyboard must reach, in the order of the page.
CONTROLS = "a[href], summary, input:checked, select, button, [tabindex='0']"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page with its files beside it, and the page by itself."""
    from bench.publish.page import PageOutput, report

    folder = tmp_path_factory.mktemp("council")
    return {
        "linked": report({"council": COUNCIL, "year": YEAR}, PageOutput(out=folder)),
        "single": report(
            {"council": COUNCIL, "year": YEAR},
            PageOutput(out=folder / "single", single_file=True),
        ),
    }


def charts(visit: Visit) -> int:
    """Open every section and wait for every chart of the page."""
    visit.page.locator("details.folded").evaluate_all("all => all.forEach(e => e.open = true)")
    found = visit.page.locator("script.chart-data").count()
    return visit.drawn(found)


def verdicts(visit: Visit) -> list[str]:
    return [" ".join(text.split()) for text in visit.page.locator("td.judged").all_text_contents()]


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("palette", ["rag", "af"])
@pytest.mark.parametrize("form", ["linked", "single"])
def test_axe_finds_nothing(
    browser: Browser, pages: dict[str, Path], form: str, palette: str, scheme: str, width: int
) -> None:
    visit = Visit(
        browser, pages[form], color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    charts(visit)
    visit.page.check(f"input[value={palette}]")
    found, passed = axe(visit)
    assert found == {}
    assert passed > 15
    assert visit.refused == []
    assert visit.complaints == []
    visit.context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_keyboard_alone_reaches_every_control(
    browser: Browser, pages: dict[str, Path], width: int
) -> None:
    visit = Visit(browser, pages["linked"], viewport={"width": width, "height": 900})
    charts(visit)
    visit.page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    number = f"""() => {{
        const shown = [...document.querySelectorAll("{CONTROLS}")].filter(e => e.checkVisibility());
        shown.forEach((each, place) => each.setAttribute("data-place", place));
        return shown.length;
    }}"""
    expected = visit.page.evaluate(number)
    reached = []
    for _ in range(expected + 3):
        visit.page.keyboard.press("Tab")
        place = visit.page.evaluate("document.activeElement.getAttribute('data-place')")
        if place is None:
            break
        reached.append(int(place))
        ring = visit.page.evaluate(
            "(({outlineStyle, outlineWidth}) => outlineStyle + ' ' + outlineWidth)"
            "(getComputedStyle(document.activeElement))"
        )
        assert ring.startswith(("solid 3px", "auto")), place
    assert reached == list(range(expected))
    assert expected > 30
    visit.context.close()


def test_the_switch_works_by_keyboard_and_remembers_nothing(
    browser: Browser, pages: dict[str, Path]
) -> None:
    visit = Visit(browser, pages["linked"])
    charts(visit)
    before = verdicts(visit)
    red = "getComputedStyle(document.querySelector('.tone-worse')).backgroundColor"
    assert visit.page.evaluate(red) == "rgb(184, 29, 22)"
    visit.page.focus("input[value=rag]")
    visit.page.keyboard.press("ArrowRight")
    assert visit.page.evaluate(red) == "rgb(181, 68, 12)"
    assert visit.page.locator("[data-palette=rag]").count() == 0
    mark = "[...document.querySelectorAll('#spine .point')].map(p => p.style.fill)"
    visit.page.wait_for_function(f"{mark}.includes('rgb(240, 100, 29)')")
    assert "rgb(197, 34, 31)" not in visit.page.evaluate(mark)
    assert verdicts(visit) == before
    visit.page.reload()
    assert visit.page.evaluate(red) == "rgb(184, 29, 22)"
    assert visit.page.is_checked("input[value=rag]")
    assert visit.page.evaluate("localStorage.length + document.cookie.length") == 0
    visit.context.close()


@pytest.mark.parametrize("form", ["linked", "single"])
def test_without_a_script_every_table_and_sentence_is_there(
    browser: Browser, pages: dict[str, Path], form: str
) -> None:
    plain = Visit(browser, pages[form], java_script_enabled=False)
    full = Visit(browser, pages[form])
    charts(full)
    everything = "main table, main p:not(.undrawn, .found), main li, main dd"
    texts = [visit.page.locator(everything).all_text_contents() for visit in (plain, full)]
    assert texts[0] == texts[1]
    assert len(verdicts(plain)) == 2 * 29
    assert plain.page.locator("form.switch").is_hidden()
    assert plain.page.locator("body").get_attribute("data-palette") == "rag"
    for table in plain.page.locator("main table").all():
        assert table.locator("caption").count() == 1
    assert plain.page.get_by_text("The chart is drawn by a script.").first.is_visible()
    for visit in (plain, full):
        visit.context.close()


@pytest.mark.parametrize("form", ["linked", "single"])
def test_stripped_of_style_and_script_each_verdict_is_still_a_word(
    browser: Browser, pages: dict[str, Path], tmp_path: Path, form: str
) -> None:
    text = pages[form].read_text(encoding="utf-8")
    text = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"<link\b[^>]*>", "", text)
    text = re.sub(r'\s(?:style|class)="[^"]*"', "", text)
    (tmp_path / "bare.html").write_text(text, encoding="utf-8")
    visit = Visit(browser, tmp_path / "bare.html")
    cells = visit.page.locator("table[id^=peers-] td[data-label^=Against]").all_text_contents()
    assert len(cells) == 2 * 29
    assert all(VERDICT.search(" ".join(cell.split())) for cell in cells)
    visit.context.close()


def test_a_page_by_itself_carries_its_downloads(browser: Browser, pages: dict[str, Path]) -> None:
    visit = Visit(browser, pages["single"])
    for name in ("kent.csv", "kent.xlsx", "kent.ods"):
        with visit.page.expect_download() as fetched:
            visit.page.click(f"a[download='{name}']")
        assert fetched.value.suggested_filename == name
        beside = pages["linked"].parent / name
        assert fetched.value.path().read_bytes() == beside.read_bytes()
    assert visit.refused == []
    visit.context.close()


def test_a_browser_that_cannot_unpack_shows_the_tables(
    browser: Browser, pages: dict[str, Path]
) -> None:
    context = browser.new_context()
    context.add_init_script("delete window.DecompressionStream")
    page = context.new_page()
    page.goto(pages["single"].as_uri())
    tables = page.locator("figure details.behind")
    assert tables.count() > 0
    assert tables.count() == page.locator("figure details.behind[open]").count()
    assert page.get_by_text("The chart is drawn by a script.").first.is_visible()
    context.close()


def test_the_verdicts_are_shown_before_the_charts_are_unpacked(
    browser: Browser, pages: dict[str, Path]
) -> None:
    context = browser.new_context()
    # A library that never arrives: the page must not wait for it.
    context.add_init_script("window.DecompressionStream = function () { throw new Error(); }")
    page = context.new_page()
    page.goto(pages["single"].as_uri())
    assert page.locator("td.judged").count() == 2 * 29
    assert page.locator("td.judged").first.is_visible()
    context.close()


def test_the_printed_page_has_numbers_and_every_verdict(
    browser: Browser, pages: dict[str, Path]
) -> None:
    from bench.publish.pdf import print_page

    printed = print_page(pages["linked"])
    assert printed.read_bytes().startswith(b"%PDF")
    assert printed.stat().st_size > 100_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_and_no_word_of_a_table_is_cut(
    browser: Browser, pages: dict[str, Path], scheme: str
) -> None:
    visit = Visit(
        browser, pages["linked"], color_scheme=scheme, viewport={"width": 1400, "height": 900}
    )
    charts(visit)
    visit.page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    below, texts, drawn = faint(visit.page, "body")
    assert below == []
    assert texts > 500
    assert drawn > 50
    for width in (700, 900, 1100, 1400):
        visit.page.set_viewport_size({"width": width, "height": 900})
        assert cut_words(visit.page) == [], width
    visit.context.close()


def test_a_section_is_closed_until_it_is_asked_for_and_its_chart_is_drawn_then(
    browser: Browser, pages: dict[str, Path]
) -> None:
    visit = Visit(browser, pages["linked"])
    page = visit.page
    closed = page.locator("main details.folded:has(> summary > h2)")
    assert closed.count() == 7
    assert not any(closed.evaluate_all("all => all.map(each => each.open)"))
    listed = page.locator("nav.contents a")
    assert listed.count() == page.locator("main h2[id]").count()
    listed.filter(has_text="Through the years").click()
    years = page.locator("details.folded", has=page.locator("h2", has_text="Through the years"))
    assert years.get_attribute("open") is not None
    years.locator(".js-plotly-plot").first.wait_for()
    assert visit.complaints == []
    visit.context.close()


ROWS = ".peer-table tbody tr:not(.domain):visible"


def test_the_table_shows_what_is_chosen_and_all_of_it_again(
    browser: Browser, pages: dict[str, Path]
) -> None:
    visit = Visit(browser, pages["linked"])
    page = visit.page
    form = page.locator("form.narrowing")
    codes = page.locator(f"{ROWS} td.code")
    every = codes.all_inner_texts()
    verdict, change, order = (form.locator(f"select >> nth={at}") for at in range(3))

    verdict.select_option("red")
    red = page.locator(ROWS).all_inner_texts()
    assert 0 < len(red) < len(every)
    assert all("RED" in row for row in red)
    assert form.locator(".found").inner_text() == f"{len(red)} of {len(every)} rows shown."

    verdict.select_option("")
    change.select_option("worse")
    assert all("worse" in row for row in page.locator(f"{ROWS} td.change").all_inner_texts())

    change.select_option("")
    order.select_option("place")
    said = page.locator(".peer-table caption").inner_text()
    usual = re.search(r"Ranks are among (\d+) councils", said)
    assert usual
    places = [
        int(match[1]) / int(match[2] or usual[1])
        for text in page.locator(f"{ROWS} td.rank").all_inner_texts()
        if (match := re.match(r"(\d+)(?: of (\d+))?", text))
    ]
    assert places == sorted(places, reverse=True)
    order.select_option("gap")
    gaps = [float(text) for text in page.locator(f"{ROWS}[data-gap]").evaluate_all(
        "rows => rows.map(row => row.getAttribute('data-gap'))"
    )]  # fmt: skip
    assert len(gaps) > 10
    assert gaps == sorted(gaps, reverse=True)
    red = page.locator(f"{ROWS}[data-gap]").first.locator("td.judged").first.inner_text()
    assert "worse" in red
    assert sorted(codes.all_inner_texts()) == sorted(every)
    assert not page.locator(".peer-table tr.domain:visible").count()

    order.select_option("")
    assert codes.all_inner_texts() == every
    assert page.locator(".peer-table tr.domain:visible").count()
    assert visit.complaints == []
    visit.context.close()


def test_a_row_is_copied_as_a_sentence_with_its_source(
    browser: Browser, pages: dict[str, Path]
) -> None:
    visit = Visit(browser, pages["linked"], permissions=["clipboard-read", "clipboard-write"])
    page = visit.page
    row = page.locator(ROWS).nth(2)
    button = row.get_by_role("button", name="Copy as a sentence: ")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.narrowing .found').textContent.length > 40")
    sentence = page.locator(".narrowing .found").inner_text().removeprefix("Copied: ")
    assert page.evaluate("navigator.clipboard.readText()") == sentence
    figure = row.locator("td.own strong").inner_text()
    assert sentence.startswith(f"{COUNCIL}, {YEAR}. {row.locator('.short-title').inner_text()}: ")
    assert f"figure is {figure}" in sentence
    assert re.search(r"Source: \S+, .+ \(.+, \d{4}-\d{2}\)\.$", sentence)
    # The row says so too, as the form may be out of sight; and gives the words where it may not copy.
    assert button.count() == 0
    assert row.get_by_role("button", name="Copied as a sentence: ").inner_text() == "Copied"
    page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }"
    )
    other = page.locator(ROWS).nth(5)
    other.get_by_role("button", name="Copy as a sentence: ").press("Space")
    shown = other.locator(".to-copy")
    shown.wait_for()
    assert shown.inner_text().startswith(f"{COUNCIL}, {YEAR}. ")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert visit.complaints == []
    visit.context.close()


def test_without_a_script_nothing_of_the_table_can_be_left_out(
    browser: Browser, pages: dict[str, Path]
) -> None:
    visit = Visit(browser, pages["linked"], java_script_enabled=False)
    assert not visit.page.locator("form.narrowing").is_visible()
    assert (
        visit.page.locator(ROWS).count()
        == visit.page.locator(".peer-table tbody tr:not(.domain)").count()
    )
    visit.context.close()


# Words outside closed sections, and heights of a window 1280 wide and 800 high. Kent's year has 18
# indicators, Barnet's 29, each with verdicts, chances and years of its own.
BUDGETS = (("Kent", "2024-25", 1750, 6.6), ("Barnet", "2018-19", 2700, 9.0))


@pytest.mark.parametrize(("council", "year", "most_words", "most_screens"), BUDGETS)
def test_a_page_stays_as_short_as_it_is(
    browser: Browser, tmp_path: Path, council: str, year: str, most_words: int, most_screens: float
) -> None:
    from bench.publish.page import PageOutput, report

    path = report({"council": council, "year": year}, PageOutput(out=tmp_path))
    visit = Visit(browser, path, viewport={"width": 1280, "height": 800})
    page = visit.page
    page.wait_for_function("document.querySelector('#spine .point')")
    height = page.evaluate("document.documentElement.scrollHeight")
    asked = page.locator(".asks")
    if asked.count():
        top = asked.first.evaluate("e => e.getBoundingClientRect().top + scrollY")
        assert top < 3 * 800
    page.evaluate("document.querySelectorAll('.unseen, .skip').forEach(e => e.remove())")
    words = page.locator("body").inner_text().split()
    assert 1000 < len(words) <= most_words
    assert 4 < height / 800 <= most_screens
    visit.context.close()
