"""What is printed can be read as paper; without a Chromium it is told, and the page stays."""

import re
import shutil
import stat
import subprocess
import unicodedata
from html import unescape

import pytest
from nbformat.v4 import new_notebook

from bench.errors import ExecutionError, ParameterError
from bench.publish import html, notebook, pdf
from bench.publish import page as pages
from present.reading import without_style

# The margins of a side of A4 (page.css), and its height and width.
MARGIN_MM, HEIGHT_MM, WIDTH_MM, SIDE_MARGIN_MM = 16, 297, 210, 12
POINT_MM = 25.4 / 72
INDICATOR = "1C(1A) People whose support is self-directed, 2018-19"
TITLES = {
    "Kent": "Kent: adult social care beside its peers, 2024-25",
    "Barnet": "Barnet: adult social care beside its peers, 2018-19",
    "indicator": INDICATOR,
}


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "kent.html"
    path.write_text("<p>Kent</p>")
    return path


@pytest.fixture
def nothing_installed(monkeypatch):
    monkeypatch.delenv("BENCH_CHROMIUM", raising=False)
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)


def program(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_missing_chromium_is_told_with_what_to_install(page, nothing_installed):
    with pytest.raises(ExecutionError, match="No Chromium was found") as refused:
        pdf.print_page(page)
    told = str(refused.value)
    assert f"{page} is written, but not printed." in told
    assert "install Chromium, Google Chrome or Microsoft Edge" in told
    assert "BENCH_CHROMIUM" in told
    assert page.read_text() == "<p>Kent</p>"


def test_a_chromium_that_is_named_but_is_none_is_told(page, nothing_installed, monkeypatch):
    monkeypatch.setenv("BENCH_CHROMIUM", "/nowhere/chrome")
    with pytest.raises(ExecutionError, match="names '/nowhere/chrome', which is no program"):
        pdf.print_page(page)


@pytest.mark.parametrize("name", pdf.BROWSERS)
def test_any_of_the_browsers_will_do(tmp_path, monkeypatch, name):
    monkeypatch.delenv("BENCH_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    made = program(tmp_path, name, "exit 0")
    assert pdf.find_chromium() == str(made)


@pytest.mark.slow
def test_a_chromium_that_prints_nothing_is_told(page, tmp_path, monkeypatch):
    broken = program(tmp_path, "broken", "echo no display >&2; exit 7")
    monkeypatch.setenv("BENCH_CHROMIUM", str(broken))
    with pytest.raises(ExecutionError, match=r"did not print it \(exit 7\): no display"):
        pdf.print_page(page)
    assert not page.with_suffix(".pdf").exists()


@pytest.mark.slow
def test_what_it_prints_stands_beside_the_page(page, tmp_path, monkeypatch):
    script = (
        'for word in "$@"; do case $word in --print-to-pdf=*) echo %PDF > "${word#*=}";; esac; done'
    )
    monkeypatch.setenv("BENCH_CHROMIUM", str(program(tmp_path, "works", script)))
    assert pdf.print_page(page) == page.with_suffix(".pdf")
    assert page.with_suffix(".pdf").read_bytes() == b"%PDF\n" + pdf.MARK
    assert pdf.print_page(page).read_bytes() == b"%PDF\n" + pdf.MARK  # and in its own place


@pytest.mark.parametrize("kind", ["a file", "an empty file", "a folder", "a link"])
def test_a_pdf_of_somebody_s_is_never_replaced(page, tmp_path, monkeypatch, kind):
    there = page.with_suffix(".pdf")
    if kind == "a folder":
        there.mkdir()
    elif kind == "a link":
        there.symlink_to(tmp_path / "elsewhere.pdf")
    else:
        there.write_text("%PDF of mine" if kind == "a file" else "")
    before = there.lstat()
    monkeypatch.setattr(pdf, "find_chromium", lambda: "/nowhere/chrome")
    with pytest.raises(ParameterError, match="was not printed by bench"):
        pdf.print_page(page)
    assert there.lstat() == before


# --- what is printed ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(root, tmp_path_factory):
    """Two councils' pages and an indicator's: the path of each page, printed beside it."""
    folder = tmp_path_factory.mktemp("printed")
    paths = {
        council: pages.report(
            {"council": council, "year": year},
            pages.PageOutput(out=folder / council, print_pdf=True),
        )
        for council, year in (("Kent", "2024-25"), ("Barnet", "2018-19"))
    }
    wanted = notebook.Page(
        identifier="self_directed_support",
        title=INDICATOR,
        notebook="indicator_report.ipynb",
        parameters={"indicator": "1C(1A)", "year": "2018-19", "council": "Somerset"},
    )
    text = html.render(
        notebook.execute(wanted, root=root),
        title=INDICATOR, palette="rag", provenance={}, assets="assets",
    )  # fmt: skip
    paths["indicator"] = folder / "indicator.html"
    paths["indicator"].write_text(text, encoding="utf-8")
    html.write_assets(folder / "assets")
    pdf.print_page(paths["indicator"])
    return paths


def reader(path):
    return pytest.importorskip("pypdf").PdfReader(path.with_suffix(".pdf"))


def plain(text):
    """The text with one space where there are several characters of it, and no ligatures."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def bookmarks(entries):
    """Every bookmark and those beneath it, in order."""
    for entry in entries:
        if isinstance(entry, list):
            yield from bookmarks(entry)
        else:
            yield entry


def lowest_mm(side):
    """How far below the upper edge the last text stands that is not the number of the side."""
    seen = []

    def visit(text, outer, inner, font, size):
        if text.strip():
            up = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
            seen.append(HEIGHT_MM - up * POINT_MM)

    side.extract_text(visitor_text=visit)
    return max(mm for mm in seen if mm < HEIGHT_MM - MARGIN_MM)


@pytest.mark.slow
@pytest.mark.parametrize("name", TITLES)
def test_every_side_says_whose_it_is_and_which_of_how_many(printed, name):
    sides = reader(printed[name]).pages
    texts = [plain(side.extract_text()) for side in sides]
    for number, text in enumerate(texts, start=1):
        assert f"page {number} of {len(sides)}" in text
    # The first side has the heading in the place of the running head.
    assert TITLES[name] in texts[0]
    assert [text for text in texts[1:] if not text.startswith(TITLES[name])] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", TITLES)
def test_the_document_has_the_title_the_language_and_the_headings_of_its_page(printed, name):
    document = reader(printed[name])
    assert document.metadata.title == TITLES[name]
    assert document.trailer["/Root"]["/Lang"] == "en-GB"
    page = without_style(printed[name].read_text(encoding="utf-8"))
    # A section that the page keeps closed is left out on paper; the last lines name it.
    section = r'<details class="folded(?: on-paper)?"><summary><h2 id=|<h2 id=|<p class="small paper-only">'
    folded = rf'<details class="folded"><summary><h2 id=.*?(?={section})'
    page = re.sub(folded, "", page, flags=re.DOTALL)
    headings = [
        plain(unescape(re.sub("<[^>]*>", "", heading)))
        for heading in re.findall(r"<h[12]\b[^>]*>(.*?)</h[12]>", page, flags=re.DOTALL)
    ]
    marks = list(bookmarks(document.outline))
    titles = [plain(mark.title) for mark in marks]
    assert titles[0] == TITLES[name]
    assert [title for title in titles if title in headings] == headings
    for mark in marks:
        side = document.pages[document.get_destination_page_number(mark)]
        assert plain(mark.title) in plain(side.extract_text())


@pytest.mark.slow
@pytest.mark.parametrize("name", TITLES)
def test_no_side_but_the_last_is_less_than_half_full(printed, name):
    *sides, _ = reader(printed[name]).pages
    body_mm = HEIGHT_MM - 2 * MARGIN_MM
    shares = [(lowest_mm(side) - MARGIN_MM) / body_mm for side in sides]
    assert [round(share, 2) for share in shares if share < 0.5] == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="nothing draws a PDF here")
@pytest.mark.parametrize("name", TITLES)
def test_nothing_reaches_beyond_the_margins(printed, name):
    command = ["pdftoppm", "-r", "50", "-gray", printed[name].with_suffix(".pdf")]
    drawn = subprocess.run(command, capture_output=True, check=True).stdout
    number = 0
    while drawn:
        _, size, _, rest = drawn.split(b"\n", 3)
        width, height = map(int, size.split())
        lines = [rest[at : at + width] for at in range(0, width * height, width)]
        drawn = rest[width * height :]
        number += 1
        margin = int(width * (SIDE_MARGIN_MM - 1) / WIDTH_MM)
        assert min(min(line[:margin] + line[-margin:]) for line in lines) > 200, number
    assert number == len(reader(printed[name]).pages)


@pytest.mark.parametrize(
    ("title", "string"),
    [
        ("Kent, 2024-25", "Kent, 2024-25"),
        ("Kent's", "Kent&#39;s"),
        ('the "best"', "the \\22 best\\22 "),
        ("C:\\22", "C:\\5c 22"),
        ("</style><b>", "&lt;/style&gt;&lt;b&gt;"),
    ],
)
def test_the_running_head_is_the_title_whatever_it_holds(title, string):
    text = html.render(new_notebook(), title=title, palette="rag", provenance={}, assets="assets")
    assert f"""<html lang="en-GB" style='--running-head: "{string}"'>""" in text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Kent"])
def test_no_link_of_a_print_names_a_file_of_the_machine_that_printed_it(printed, name):
    links = [
        str(note.get_object().get("/A", {}).get("/URI", ""))
        for side in reader(printed[name]).pages
        for note in side.get("/Annots") or ()
    ]
    assert any(link.startswith("https://") for link in links)
    assert [link for link in links if link.startswith("file:")] == []
