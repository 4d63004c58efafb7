"""The pages of a site lead only to pages that are there, and keep what they would lead to."""

import hashlib
from types import SimpleNamespace

import pytest

from bench.publish import manifest, notebook, run, site, workers

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
    return workers.Result(identifier, page, 0.0, 0, error=error)


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
