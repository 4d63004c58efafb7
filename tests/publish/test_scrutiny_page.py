"""The notebook of a figure's test, by the way that every page takes."""

import nbformat
import pytest
import yaml

import bench
from bench.publish import notebook
from bench.publish.plan import plan
from present.reading import grade
from present.test_page import read
from publish.test_plain_english import sentences

SECTIONS = [
    "The figure as reported", "If people were counted in another way", "Step by step",
    "How much it would take", "What those counted must have", "Out of whom",
    "What its relatives say", "Beside another figure", "How to read this page",
    "Where the numbers come from", "Downloads",
]  # fmt: skip
PART_1 = "self_directed_support_1c_part_1"


@pytest.fixture(scope="module")
def make(root):
    def made(identifier, **parameters):
        wanted = notebook.Page(
            identifier, "Is this figure sound?", "kpi_integrity.ipynb", parameters
        )
        return notebook.render_page(wanted, notebook.execute(wanted, root=root), assets="assets")

    return made


@pytest.fixture(scope="module")
def somerset(make):
    return make("somerset-2013-14")


@pytest.mark.slow
def test_the_page_has_its_sections_one_title_and_unique_ids(somerset):
    parsed = read(somerset)
    assert [text for _, text in parsed.find("h1")] == ["Is this figure sound?"]
    assert [text for _, text in parsed.find("h2")][: len(SECTIONS)] == SECTIONS
    ids = [attributes["id"] for _, attributes, _ in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    charts = {a["data-target"] for a, _ in parsed.find("script", "chart-data")}
    assert charts == {
        "waterfall-self-directed-support-1c-part-1",
        "scatter-self-directed-support-control-over-daily-life",
    }
    assert charts <= set(ids)
    assert len(somerset.encode()) < 250_000


@pytest.mark.slow
def test_the_defaults_are_the_case_of_somerset(somerset):
    for told in ("13.2%", "12.2% to 14.0%", "19.05% to 19.15%", "7.6%", "restated figure"):
        assert told in somerset


@pytest.mark.slow
def test_every_table_has_a_caption_and_headers(somerset):
    parsed = read(somerset)
    assert len(parsed.find("table")) == len(parsed.find("caption"))
    assert all("scope" in attributes for attributes, _ in parsed.find("th"))


@pytest.mark.slow
def test_three_parameters_make_another_council_s_page(make):
    page = make("wirral", council="Wirral", indicator="self_directed_support", year="2018-19")
    assert [text for _, text in read(page).find("h2")][: len(SECTIONS)] == SECTIONS
    for told in ("586", "2,229", "149 of 150", "1,493 more in the numerator", "640 of 2,353"):
        assert told in page


def test_the_notebook_takes_what_the_entry_takes(root):
    declared = notebook.declared("kpi_integrity.ipynb", root)
    assert declared["council"] == "Somerset"
    cells = nbformat.read(root / "notebooks" / "kpi_integrity.ipynb", as_version=4).cells
    source = "\n".join(cell.source for cell in cells)
    for name in declared:
        assert f"    {name}," in source or f"{name}={name}," in source


def test_a_site_gives_a_page_made_once_its_parameters(root):
    found = plan(root / "params" / "sites" / "integrity.yaml")
    assert [job.identifier for job in found.jobs] == ["somerset-2013-14", "wirral-2020-21"]
    assert found.jobs[0].parameters == {
        "palette": "rag", "council": "Somerset", "indicator": PART_1, "year": "2013-14",
    }  # fmt: skip
    assert str(found.choices.year) == "2020-21"


def test_parameters_are_refused_where_a_page_is_made_for_each(project, monkeypatch):
    page = {"notebook": "light.ipynb", "each": "council", "parameters": {"council": "Kent"}}
    path = project(pages=[page])
    monkeypatch.chdir(project.folder)
    with pytest.raises(bench.errors.ParameterError, match="has parameters of its own"):
        plan(path)


def test_an_unknown_parameter_of_a_page_made_once_is_refused(project, monkeypatch):
    page = {"notebook": "light.ipynb", "each": "once", "parameters": {"counsil": "Kent"}}
    path = project(pages=[page])
    monkeypatch.chdir(project.folder)
    with pytest.raises(bench.errors.ParameterError, match="no parameter 'counsil'"):
        plan(path)


@pytest.mark.parametrize(
    ("council", "indicator", "year"),
    [
        ("Somerset", PART_1, "2013-14"),
        ("Wirral", "self_directed_support", "2018-19"),
        ("Wirral", "self_directed_support", "2022-23"),
        ("Kent", "control_over_daily_life", "2018-19"),
    ],
)
def test_each_section_reads_at_school_level(council, indicator, year):
    made = bench.scrutiny(council, indicator, year)
    sections = {
        name: str(getattr(made, name)())
        for name in ("heading", "adjustments", "sensitivity", "criteria", "lenses", "method")
    }
    figures = (one for one in (made.waterfall(), made.scatter()) if hasattr(one, "note"))
    sections["figures"] = "".join(f"<p>{one.note}</p>" for one in figures)
    found = {}
    for name, fragment in sections.items():
        text = " ".join(sentences(fragment))
        found[name] = round(grade(text), 1) if text else 0
    assert {name: value for name, value in found.items() if value > 9} == {}


def test_every_case_is_told_in_plain_words(root):
    for path in sorted((root / "params" / "integrity").glob("*.yaml")):
        assert grade(yaml.safe_load(path.read_text())["story"]) <= 9, path.name
