"""The workbooks of every kind of page keep to the Analysis Function's guidance."""

from pathlib import Path

import pytest
import yaml

import bench
from bench.publish.html import downloads_beside
from present.guidance import missing, read_book

SITE = Path(__file__).parents[2] / "params/sites/audit-pack.yaml"
QUICK = {
    "story": lambda: bench.story(),
}
SLOW = {
    "restatement": lambda: bench.scrutiny("Wirral", "1C(1A)", "2018-19"),
    "area": lambda: bench.area("Former Cumbria", "2024-25"),
    "council": lambda: bench.briefing("Leeds", "2024-25"),
    "council that is new": lambda: bench.briefing("Somerset", "2023-24"),
    "council with few figures": lambda: bench.briefing("City of London", "2014-15"),
    "council by intervals": lambda: bench.briefing(
        "Kent", "2018-19", peers="region", rule="interval"
    ),
    "indicator": lambda: bench.indicator("2A(1)", "2016-17"),
    "indicator with all": lambda: bench.indicator(
        "1C(1A)", "2018-19", council="Leeds", beside="1A"
    ),
    "worth asking": lambda: bench.surveillance("Leeds"),
    "worth asking, nothing": lambda: bench.surveillance("Somerset", year="2018-19"),
    "peers": lambda: bench.peers("Leeds"),
}
AUDITS = {
    page["identifier"]: page["parameters"]
    for page in yaml.safe_load(SITE.read_text())["pages"]
    if page["notebook"] == "audit_pack.ipynb"
}


def workbooks(page):
    """The workbooks of a page, by name, of which each kind is there."""
    _, files = downloads_beside(str(page.downloads()))
    books = {name: content for name, content in files.items() if not name.endswith(".csv")}
    stems = [
        {name.removesuffix(kind) for name in books if name.endswith(kind)}
        for kind in (".xlsx", ".ods")
    ]
    assert stems[0] == stems[1] != set()
    return books


@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)]
)
def test_nothing_essential_is_missing(name):
    books = workbooks((QUICK | SLOW)[name]())
    assert {name: missing(content) for name, content in books.items()} == {key: [] for key in books}


@pytest.mark.slow
@pytest.mark.parametrize("name", AUDITS)
def test_nothing_is_missing_in_the_papers_of_an_audit(name):
    books = workbooks(bench.audit_pack(**{key: str(value) for key, value in AUDITS[name].items()}))
    assert {name: missing(content) for name, content in books.items()} == {key: [] for key in books}


@pytest.mark.slow
def test_a_workbook_names_every_publication_of_its_years():
    files = bench.briefing("Leeds", "2018-19").files
    book = read_book(files["workbook"].content)
    releases = {row[5] for row in book["Sources"].table[1:]}
    assert {"ascof_2018_19", "ascof_2014_15"} <= releases
    assert {f"Release: {one}" for one in releases} <= {*book.properties}
    assert book.document["date"] == max(str(row[2]) for row in book["Sources"].table[1:])
