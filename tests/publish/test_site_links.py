"""The pages of a site lead only to pages that are there, and keep what they would lead to."""

import hashlib
import re
from types import SimpleNamespace

import pytest

from bench.publish import html, manifest, notebook, run, site, workers

INPUTS = manifest.Inputs("c", "c", "d", {}, {}, {})
LEEDS = (
    '<a class="code" href="kent.html#x" title="Kent">Kent <b>here</b></a> '
    '<a href="method.html">Every rule</a> <a href="index.html">All councils</a> '
    '<a class="download" download href="leeds.csv">Table</a> <a href="#kent.html">Below</a> '
    '<a href="https://example.org/kent.html">Elsewhere</a>'
)
WITHOUT = LEEDS.replace(
    '<a class="code" href="kent.html#x" title="Kent">Kent <b>here</b></a>', "Kent <b>here</b>"
)


def job(identifier):
    return notebook.Page(identifier, identifier, "light.ipynb", {})


PLAN = SimpleNamespace(jobs=[job("leeds"), job("kent"), job("method")])


def result(identifier, page, error=""):
    return workers.PageResult(identifier, page, 0.0, 0, error=error)


@pytest.fixture
def made(tmp_path):
    made = manifest.Run(tmp_path, "x", INPUTS, {}, frozenset(["leeds", "kent", "method"]))
    run.record(job("leeds"), result("leeds", LEEDS), made)
    run.record(job("method"), result("method", "<p>Rules</p>"), made)
    return made


def test_a_link_to_a_page_that_is_not_there_is_its_words_alone(made):
    site._unlink(PLAN, made)
    assert (made.folder / "leeds.html").read_text() == WITHOUT
    record = manifest.read(made.folder).records["leeds"]
    assert record.unlinked == ("kent",)
    assert record.page_sha256 == hashlib.sha256(WITHOUT.encode()).hexdigest()
    assert manifest.read(made.folder).records["method"].unlinked == ()


def test_where_every_page_is_there_nothing_changes(made):
    run.record(job("kent"), result("kent", "<p>Kent</p>"), made)
    site._unlink(PLAN, made)
    assert (made.folder / "leeds.html").read_text() == LEEDS


def test_a_page_that_failed_is_not_there(made):
    run.record(job("kent"), result("kent", "", error="no figures"), made)
    site._unlink(PLAN, made)
    assert (made.folder / "leeds.html").read_text() == WITHOUT


@pytest.mark.parametrize(
    ("pages", "kept"), [(["leeds", "method"], True), (["leeds", "kent", "method"], False)]
)
def test_a_page_that_lost_a_link_is_made_anew_once_it_can_lead_there(made, pages, kept):
    site._unlink(PLAN, made)
    before = run.previous(made.folder)
    assert run.unchanged(job("leeds"), INPUTS, before, pages) == kept


def test_two_pages_with_a_file_of_one_name_are_told(made):
    carried = {"Table.csv": b"1"}
    run.record(job("kent"), result("kent", "<p>Kent</p>"), made, carried)
    run.record(job("x"), result("x", "<p>X</p>"), made, {"table.csv": b"2"})
    assert made.records["x"].status == manifest.FAILED
    assert "is one of the page kent too" in made.records["x"].error
    assert (made.folder / "Table.csv").read_bytes() == b"1"
    assert not (made.folder / "x.html").exists()


def test_what_no_page_leads_to_any_more_goes(made):
    (made.folder / "notes.txt").write_text("mine")
    run.record(job("kent"), result("kent", "<p>Kent</p>"), made, {"kent.csv": b"1"})
    del made.records["kent"]
    made.finish()
    left = {path.name for path in made.folder.iterdir()}
    assert left == {"run.json", "leeds.html", "method.html", "notes.txt"}
    assert manifest.read(made.folder).files == {"run.json", "leeds.html", "method.html"}


@pytest.mark.parametrize(
    ("identifier", "names"),
    [
        ("leeds", ["leeds.csv", "leeds-peers.csv", "leeds.xlsx", "leeds.ods"]),
        (
            "leeds-2014-15",
            [
                "leeds-2014-15.csv",
                "leeds-2014-15-peers.csv",
                "leeds-2014-15.xlsx",
                "leeds-2014-15.ods",
            ],
        ),
        (
            "leeds-peers",
            ["leeds-peers.csv", "leeds-peers-peers.csv", "leeds-peers.xlsx", "leeds-peers.ods"],
        ),
        ("leedsham", ["leeds.csv", "leeds-peers.csv", "leeds.xlsx", "leeds.ods"]),
    ],
)
def test_a_second_page_of_a_council_has_files_of_its_own_name(identifier, names):
    carried = {"leeds.csv": b"1", "leeds-peers.csv": b"2", "leeds.xlsx": b"3", "leeds.ods": b"4"}
    links = "".join(f'<a class="download" download href="{name}">T</a>' for name in carried)
    page, files = html.named_after(identifier, links, carried)
    assert files == dict(zip(names, carried.values(), strict=True))
    assert re.findall('href="([^"]+)"', page) == names


def test_files_of_two_pages_of_a_council_lie_side_by_side(made):
    for identifier in ("kent", "kent-2014-15"):
        link = '<a class="download" download="kent.csv" href="data:text/csv;base64,MQ==">T</a>'
        run.record(job(identifier), result(identifier, link), made)
    assert not any(record.error for record in made.records.values())
    assert {path.name for path in made.folder.glob("kent*")} == {
        "kent.html", "kent.csv", "kent-2014-15.html", "kent-2014-15.csv",
    }  # fmt: skip
