"""All of England in one batch: every figure of every page is that of its own council.

The known silent fault of a batch is a page that shows another council's figures. Here the real
notebook runs for every council, and what pages and files print is held against the one table.
"""

import csv
import html
import io
import re

import pytest
import yaml

from bench.publish import run, site
from bench.published import observations, sources
from bench.reference import FinancialYear

pytestmark = pytest.mark.england

YEAR = "2024-25"
NUMBER = re.compile(r"-?[\d,]+(\.\d+)?")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Every council's page and files, in a folder."""
    folder = tmp_path_factory.mktemp("england")
    wanted = {
        "title": "England", "year": YEAR, "peers": "cipfa", "rule": "auto", "palette": "rag",
        "councils": "all", "pages": [{"notebook": "council_report.ipynb", "each": "council"}],
    }  # fmt: skip
    path = folder / "england.yaml"
    path.write_text(yaml.safe_dump(wanted))
    made = site.build(path, out=folder / "site", options=run.Options(jobs=2))
    assert (made.published, made.failures) == (True, ())
    return made.folder


@pytest.fixture(scope="module")
def table():
    """The published figure by area, year and indicator, read past everything that makes pages."""
    figures = observations.load(breakdown="all")
    told = figures[figures["value"].notna()]
    keys = zip(told["area_id"], told["period"], told["indicator_id"], strict=True)
    return dict(zip(keys, told["value"], strict=True))


@pytest.fixture(scope="module")
def councils():
    return sources.reference().councils.in_year(FinancialYear.parse(YEAR))


@pytest.fixture(scope="module")
def by_code():
    indicators = sources.reference().indicators
    return lambda code, year: indicators.find(code, FinancialYear.parse(year)).indicator_id


def text_of(fragment):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", fragment)).split())


def number(text):
    """The number that a cell begins with, or None."""
    found = NUMBER.match(text)
    return float(found[0].replace(",", "")) if found else None


def tables(page):
    """Caption and rows of each table, cells as text."""
    for one in re.findall(r"<table.*?</table>", page, re.DOTALL):
        rows = [
            [text_of(cell) for cell in re.findall(r"<t[dh]\b.*?</t[dh]>", row, re.DOTALL)]
            for row in re.findall(r"<tr.*?</tr>", one, re.DOTALL)
        ]
        yield text_of(re.search(r"<caption.*?</caption>", one, re.DOTALL)[0]), rows


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def test_there_is_a_page_for_every_council(pages, councils):
    made = {path.stem for path in pages.glob("*.html")} - {"index", "overview"}
    assert made == {council.area_id for council in councils}
    assert len(made) == 153


def test_each_page_names_its_own_council(pages, councils):
    for council in councils:
        page = (pages / f"{council.area_id}.html").read_text(encoding="utf-8")
        title = f"{council.name}: adult social care beside its peers, {YEAR}"
        assert [text_of(one) for one in re.findall(r"<h1.*?</h1>", page)] == [title]


def test_each_table_prints_the_figures_of_its_own_council(pages, councils, table, by_code):
    compared = 0
    for council in councils:
        page = (pages / f"{council.area_id}.html").read_text(encoding="utf-8")
        _, rows = next(
            (caption, rows) for caption, rows in tables(page)
            if caption.startswith(f"{council.name} in {YEAR}, beside its peers")
        )  # fmt: skip
        assert rows[0][2] == council.name
        for cells in (row for row in rows[1:] if len(row) > 1):
            expected = table.get(
                (council.area_id, YEAR, by_code(cells[0].removesuffix(" Copy"), YEAR))
            )
            assert number(cells[2]) == expected, f"{council.name} {cells[0]}: {cells[2]}"
            compared += expected is not None
    held = sum(
        period == YEAR and area in {council.area_id for council in councils}
        for area, period, _ in table
    )
    assert compared == held > 2_500


def test_each_chart_s_table_has_the_council_s_own_figures(pages, councils, table):
    """By column where years or indicators are rows, by row where councils are."""
    for council in councils:
        own = {}
        for (area, period, _), value in table.items():
            if area == council.area_id:
                own.setdefault(period, set()).add(value)
        page = (pages / f"{council.area_id}.html").read_text(encoding="utf-8")
        for caption, rows in tables(page):
            if caption.endswith("every peer's figure"):
                first = rows[1]
                assert first[0] == council.name, caption
                assert number(first[1]) in own[YEAR], f"{council.name}: {caption}"
            elif caption.endswith("its peers and England by year"):
                assert rows[0][1] == council.name
                for cells in rows[1:]:
                    shown = number(cells[1])
                    assert shown is None or shown in own[cells[0]], f"{council.name}: {cells}"
            elif caption.endswith("the figures of the chart"):
                assert rows[0][1] == council.name
                for cells in rows[1:]:
                    shown = number(cells[1])
                    assert shown is None or shown in own[YEAR], f"{council.name}: {cells}"


def test_each_file_holds_its_own_council_alone(pages, councils, table, by_code):
    for council in councils:
        for suffix in ("", "-peers", "-years"):
            rows = rows_of(pages / f"{council.area_id}{suffix}.csv")
            assert {row["Council"] for row in rows} <= {council.name}, suffix
        for row in rows_of(pages / f"{council.area_id}.csv"):
            expected = table.get((council.area_id, YEAR, by_code(row["Code"], YEAR)))
            assert (float(row["Figure"]) if row["Figure"] else None) == expected, row
        for row in rows_of(pages / f"{council.area_id}-years.csv"):
            expected = table.get((council.area_id, row["Year"], by_code(row["Code"], YEAR)))
            assert (float(row["Figure"]) if row["Figure"] else None) == expected, row
