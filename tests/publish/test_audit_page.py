"""The notebook of an audit pack, by the way that every page takes, and in a site."""

import shutil
from typing import Any

import nbformat
import pytest
import yaml

import bench
from bench.errors import ExecutionError, ParameterError
from bench.pages.choices import rules_for
from bench.present.glossary import glossary
from bench.publish import notebook, pdf, run, site
from bench.publish.plan import plan
from present.reading import grade
from present.test_page import read
from publish.test_plain_english import sentences

SECTIONS = [
    "Findings and action plan", "The figures and checks behind the findings",
    "Barnet's risk register of December 2009 against ISO 31000",
    "Survey of councils: How far councils are with personal budgets",
]  # fmt: skip
EXAMPLE = {
    "name": "example", "actions": "actions-illustrative.yaml",
    "previous_actions": "actions-illustrative-2011-03.yaml",
    "checklist": "checklist-illustrative.yaml",
    "compared_checklists": "checklist-illustrative-2010-12.yaml; checklist-illustrative-another.yaml",
    "survey": "none", "allocation": "none", "day_services": "none", "as_of": "2011-07-31",
}  # fmt: skip


@pytest.fixture(scope="module")
def make(root):
    def made(**parameters):
        wanted = notebook.Page("pack", "An audit pack", "audit_pack.ipynb", parameters)
        return notebook.render_page(wanted, notebook.execute(wanted, root=root), assets="assets")

    return made


@pytest.fixture(scope="module")
def usual(make):
    return make()


def pack_of(root, **changed: Any):
    declared = notebook.declared("audit_pack.ipynb", root)
    return bench.audit_pack(**{name: str(value) for name, value in (declared | changed).items()})


@pytest.mark.slow
def test_the_page_has_its_sections_one_title_and_unique_ids(usual):
    parsed = read(usual)
    assert [text for _, text in parsed.find("h1")] == ["An audit pack"]
    headings = [text for _, text in parsed.find("h2")]
    assert [text for text in headings if text in SECTIONS] == SECTIONS
    ids = [attributes["id"] for _, attributes, _ in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [a["href"][1:] for a, _ in parsed.find("a") if a.get("href", "").startswith("#")]
    assert set(links) <= {*ids, ""}


@pytest.mark.slow
def test_every_table_has_a_caption_and_headers(usual):
    parsed = read(usual)
    assert len(parsed.find("table")) == len(parsed.find("caption"))
    assert all("scope" in attributes for attributes, _ in parsed.find("th"))


@pytest.mark.slow
def test_only_what_is_named_is_on_the_page(make):
    nothing = dict.fromkeys(("actions", "survey"), "none")
    headings = [text for _, text in read(make(**nothing)).find("h2")]
    assert SECTIONS[2] in headings
    assert not {SECTIONS[0], SECTIONS[1], SECTIONS[3]} & set(headings)


@pytest.mark.slow
def test_the_example_has_its_sections_marked_as_made_up(make):
    headings = [text for _, text in read(make(**EXAMPLE)).find("h2")]
    assert headings[:3] == [
        "Findings and action plan (illustrative)", "Self-assessment (illustrative)",
        "Self-assessments side by side (illustrative)",
    ]  # fmt: skip


def test_the_notebook_takes_what_the_entry_takes(root):
    cells = nbformat.read(root / "notebooks" / "audit_pack.ipynb", as_version=4).cells
    source = "\n".join(cell.source for cell in cells)
    for name in notebook.declared("audit_pack.ipynb", root):
        assert f"    {name},\n" in source or f"    {name}={name},\n" in source


@pytest.mark.slow
def test_a_file_that_is_not_sound_stops_the_notebook(make):
    with pytest.raises(ExecutionError, match="lies outside params/audits"):
        make(actions="../../rag.yaml")


@pytest.mark.parametrize(
    "changed",
    [
        {},
        EXAMPLE,
        EXAMPLE | {"name": "audit-commission-2010", "actions": "none", "previous_actions": "none",
                   "checklist": "checklist.yaml", "compared_checklists": "none"},
        EXAMPLE | {"name": "somerset-2014", "actions": "none", "previous_actions": "none",
                   "checklist": "checklist.yaml", "compared_checklists": "none"},
    ],
)  # fmt: skip
def test_each_section_reads_at_school_level(root, changed):
    made = pack_of(root, **changed)
    texts = {"heading": made.heading(), "method": made.method()}
    texts |= {name: section.shown().html() for name, section in made.sections.items()}
    found = {}
    for name, html in texts.items():
        text = " ".join(sentences(html))
        found[name] = round(grade(text), 1) if text else 0
    assert {name: value for name, value in found.items() if value > 9} == {}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("barnet-2010/actions", ("recommendation", "response")),
        ("example/actions-illustrative", ("finding", "recommendation")),
        ("audit-commission-2010/checklist", ("ask",)),
        ("barnet-2010/checklist", ("ask", "evidence")),
        ("somerset-2014/checklist", ("ask", "evidence")),
    ],
)
def test_papers_are_in_plain_words(root, name, fields):
    file = yaml.safe_load((root / "params" / "audits" / f"{name}.yaml").read_text())
    entries = [
        *file.get("actions", ()), *(q for g in file.get("groups", ()) for q in g["questions"]),
    ]  # fmt: skip
    texts = [entry[field] for entry in entries for field in fields if field in entry]
    assert len(texts) > 15
    assert grade(" ".join(texts)) <= 9


@pytest.mark.slow
@pytest.mark.parametrize(
    "term", ["Illustrative", "Overdue", "Not confirmed", "Self-assessment", "Rests on", "Check"]
)
def test_each_term_of_the_pack_stands_on_its_page_alone(usual, term):
    assert term in [text for _, text in read(usual).find("dt")]
    assert term not in {entry.term for entry in glossary(rules_for())}


# --- in a site ------------------------------------------------------------------------------------


@pytest.fixture
def pack_site(project, root, monkeypatch):
    """A project with the pack's notebook and files, and a site of it."""
    path = project(pages=[{
        "notebook": "audit_pack.ipynb", "each": "once", "identifier": "papers",
        "parameters": {"name": "barnet-2010"},
    }])  # fmt: skip
    shutil.copy(root / "notebooks" / "audit_pack.ipynb", project.folder / "notebooks")
    shutil.copytree(root / "params" / "audits", project.folder / "params" / "audits")
    shutil.copy(root / "params" / "audit.yaml", project.folder / "params")
    monkeypatch.chdir(project.folder)

    def change(**parameters):
        file = yaml.safe_load(path.read_text())
        file["pages"][0]["parameters"] |= parameters
        path.write_text(yaml.safe_dump(file))
        return path

    return change


def test_the_site_of_the_project_is_planned(root):
    found = plan(root / "params" / "sites" / "audit-pack.yaml")
    by_name = {job.identifier: job for job in found.jobs}
    assert by_name["barnet-2010"].parameters["council"] == "Barnet"
    # Papers that are of no council name none among what they were made with.
    for name in ("checklist-form", "user-survey-2020-21"):
        assert "council" not in by_name[name].parameters, name
        assert "council" not in notebook.provenance(by_name[name], root)["Parameters"], name


def test_what_is_wrong_in_files_and_parameters_is_told_before_anything_is_rendered(
    pack_site, project
):
    folder = project.folder / "params" / "audits" / "barnet-2010"
    file = folder / "checklist.yaml"
    file.write_text(file.read_text().replace("answer: partly", "answer: perhaps", 1))
    path = pack_site(as_of="soon", actions="none", previous_actions="none", pace="slow")
    with pytest.raises(ParameterError) as raised:
        site.build(path, out=project.folder / "out")
    told = "\n".join(raised.value.problems)
    assert "no parameter 'pace'" in told
    assert "papers: audit pack barnet-2010: as_of: 'soon' is no date" in told
    assert "checklist.yaml line" in told
    assert not (project.folder / "out").exists()


@pytest.mark.slow
def test_a_site_is_printed_page_by_page(pack_site, project, monkeypatch):
    printed = []
    monkeypatch.setattr(pdf, "find_chromium", lambda: "chromium")
    monkeypatch.setattr(pdf, "print_page", printed.append)
    out = project.folder / "out"
    made = site.build(pack_site(), out=out, options=run.Options(jobs=1, cold=True), print_pdf=True)
    assert made.published
    assert printed == [out / "papers.html"]
    assert (out / "barnet-2010-actions.xlsx").is_file()


def test_without_a_chromium_nothing_is_rendered(pack_site, project, monkeypatch):
    monkeypatch.delenv("BENCH_CHROMIUM", raising=False)
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    with pytest.raises(ExecutionError, match="No Chromium was found"):
        site.build(pack_site(), out=project.folder / "out", print_pdf=True)
    assert not (project.folder / "out").exists()
