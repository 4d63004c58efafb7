"""The brief as a file: one side of A4, and a site of all of them with one bound PDF."""

import json
import random

import pytest
import yaml
from typer.testing import CliRunner

from bench.cli import app
from bench.errors import ExecutionError, ParameterError
from bench.pages import store
from bench.pages.choices import Choices
from bench.publish import notebook, page, pdf, plan, site
from bench.published import sources

pypdf = pytest.importorskip("pypdf")

# The longest and the shortest tables, no figure to compare, nothing RED, the first year.
KINDS = [
    ("Kent", "2024-25"), ("Barnet", "2018-19"), ("Essex", "2018-19"), ("Sunderland", "2024-25"),
    ("City of London", "2018-19"), ("Somerset", "2014-15"),
]  # fmt: skip


def some(count):
    registers = sources.reference()
    every = [(c.name, str(y)) for y in store.years() for c in registers.councils.in_year(y)]
    return random.Random("sheets").sample(every, count)  # noqa: S311 - which councils to try


def site_file(folder, councils, kinds, year="2024-25"):
    path = folder / "some-briefs.yaml"
    pages = [{"notebook": kind, "each": "council"} for kind in kinds]
    path.write_text(
        yaml.safe_dump(
            {"title": "Some briefs", "year": year, "peers": "cipfa", "rule": "auto",
             "palette": "rag", "councils": councils, "pages": pages}
        )
    )  # fmt: skip
    return path


def sheet(folder, name, *texts):
    """A PDF with so many empty pages as there are texts."""
    writer = pypdf.PdfWriter()
    for _ in texts:
        writer.add_blank_page(width=595, height=842)
    writer.write(folder / name)
    return folder / name


def test_parts_are_bound_in_their_order_each_with_a_bookmark(tmp_path):
    parts = [
        ("Barnet", sheet(tmp_path, "a.pdf", "one")),
        ("Kent & Medway", sheet(tmp_path, "b.pdf", "one", "two")),
        ("Isles of Scilly", sheet(tmp_path, "c.pdf", "one")),
    ]
    pdf.bind(parts, tmp_path / "all.pdf", title="All of them")
    whole = pypdf.PdfReader(tmp_path / "all.pdf")
    assert whole.trailer["/Root"]["/Lang"] == "en-GB"
    marks = [(m.title, whole.get_destination_page_number(m)) for m in whole.outline]
    assert marks == [("Barnet", 0), ("Kent & Medway", 1), ("Isles of Scilly", 3)]
    assert whole.metadata.title == "All of them"
    pdf.bind(parts[:1], tmp_path / "all.pdf", title="One")  # in the place of what it made itself
    assert len(pypdf.PdfReader(tmp_path / "all.pdf").pages) == 1


def test_what_it_did_not_bind_stays(tmp_path):
    other = sheet(tmp_path, "all.pdf", "mine")
    before = other.read_bytes()
    with pytest.raises(ParameterError, match="was not printed by bench"):
        pdf.bind([("Kent", sheet(tmp_path, "a.pdf", "one"))], other, title="All")
    assert other.read_bytes() == before


def test_without_the_package_a_site_of_briefs_is_not_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(pdf, "find_chromium", lambda: "chromium")
    path = site_file(tmp_path, ["Kent"], [notebook.COUNCIL_BRIEF])
    with pytest.raises(ExecutionError, match=r"pypdf is not installed(?s:.*)bench-asc\[pdf\]"):
        site.build(path, out=tmp_path / "site", print_pdf=True)
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(("kinds", "pages"), [
    ([notebook.COUNCIL_BRIEF], {"kent-brief": None, "leeds-brief": None}),
    ([notebook.COUNCIL_BRIEF, notebook.COUNCIL_REPORT],
     {"kent-brief": "kent.html", "leeds-brief": "leeds.html", "kent": None, "leeds": None}),
])  # fmt: skip
def test_a_site_has_a_brief_of_each_council_that_leads_to_its_page(tmp_path, kinds, pages):
    made = plan.plan(site_file(tmp_path, ["Kent", "Leeds"], kinds, "2018-19"))
    assert {job.identifier: job.parameters.get("full_page") for job in made.jobs} == pages
    briefs = [job for job in made.jobs if job.notebook == notebook.COUNCIL_BRIEF]
    assert {job.parameters["year"] for job in briefs} == {"2018-19"}
    leads = {"kent", "leeds"} if len(kinds) == 2 else {"kent-brief", "leeds-brief"}
    assert set(made.of_councils().values()) == leads
    assert [job.identifier for job in made.only(["Kent"])] == (
        ["kent"] if len(kinds) == 2 else ["kent-brief"]
    )


def test_the_site_of_all_briefs_is_planned(root):
    made = plan.plan(root / "params" / "sites" / "briefs.yaml")
    councils = sources.reference().councils.in_year(made.choices.year)
    assert len(made.jobs) == len(list(councils))


def test_a_brief_names_the_own_figures_of_its_council(root):
    brief = notebook.brief_page(Choices.of(council="Kent", year="2018-19"))
    assert brief.identifier == "kent-brief"
    assert brief.title == "Kent: adult social care in brief, 2018-19"
    assert "Own figures" not in notebook.provenance(brief, root)


@pytest.mark.slow
@pytest.mark.parametrize(("council", "year"), [*KINDS, *some(6)])
def test_a_brief_is_one_side_of_a4(tmp_path, council, year):
    path = page.report(
        {"council": council, "year": year},
        page.PageOutput(out=tmp_path, print_pdf=True),
        brief=True,
    )
    (printed,) = pypdf.PdfReader(path.with_suffix(".pdf")).pages
    assert [round(float(side) / 72 * 25.4) for side in printed.mediabox[2:]] == [210, 297]
    text = " ".join(printed.extract_text().split())
    assert f"{council}: adult social care in brief, {year}" in text
    assert text.endswith(f"--year {year}")  # the last line of the page, and nothing after it


@pytest.mark.slow
def test_a_site_of_briefs_has_them_all_in_one_pdf(tmp_path):
    path = site_file(tmp_path, ["Leeds", "Kent"], [notebook.COUNCIL_BRIEF, notebook.COUNCIL_REPORT])
    folder = tmp_path / "site"
    outcome = site.build(path, out=folder, print_pdf=True, only=())
    assert outcome.published
    bound = folder / site.BRIEFS
    whole = pypdf.PdfReader(bound)
    assert [mark.title for mark in whole.outline] == ["Kent", "Leeds"]
    assert len(whole.pages) == 2
    assert site.BRIEFS in json.loads((folder / "run.json").read_text())["files"]
    assert 'href="kent.html"' in (folder / "kent-brief.html").read_text()
    # One page anew: the others stay in the whole.
    site.build(path, out=folder, print_pdf=True, only=["kent-brief"])
    assert [mark.title for mark in pypdf.PdfReader(bound).outline] == ["Kent", "Leeds"]


@pytest.mark.slow
def test_a_brief_is_written_for_word_beside_its_page_until_somebody_edits_it(tmp_path):
    command = ["report", "Leeds", "--year", "2018-19", "--brief", "--docx", "--out", str(tmp_path)]
    document = tmp_path / "leeds-brief.docx"
    first = CliRunner().invoke(app, command, catch_exceptions=False)
    assert first.stdout.split() == [str(document.with_suffix(".html")), str(document)]
    content = document.read_bytes()
    CliRunner().invoke(app, command, catch_exceptions=False)
    assert document.read_bytes() == content
    document.write_bytes(content[:-1])
    page_before = document.with_suffix(".html").stat().st_mtime_ns
    refused = CliRunner().invoke(app, command)
    assert isinstance(refused.exception, ParameterError)
    assert document.read_bytes() == content[:-1]
    assert document.with_suffix(".html").stat().st_mtime_ns == page_before
