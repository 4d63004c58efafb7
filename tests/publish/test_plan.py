"""A site's file becomes page jobs; what is wrong in it is told all at once."""

import shutil
from pathlib import Path

import pytest
import yaml

from bench.errors import ParameterError, RegisterError, UnknownNameError
from bench.project import transaction
from bench.publish import manifest
from bench.publish.notebook import COUNCIL_REPORT, INDICATOR_REPORT, Page
from bench.publish.plan import plan, write_edition
from bench.publish.run import shared_choices

ROOT = Path(__file__).parents[2]


def test_one_job_per_council_each_with_one_identifier(project, monkeypatch):
    path = project()
    monkeypatch.chdir(project.folder)
    found = plan(path)
    assert [job.identifier for job in found.jobs] == [
        "barnet", "devon", "kent", "leeds", "somerset",
    ]  # fmt: skip
    assert found.jobs[4].parameters == {
        "council": "Somerset", "year": "2018-19", "peers": "cipfa", "rule": "auto",
        "palette": "rag", "average": "mean",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "data/sources.yaml",
        "data/quoted.csv",
        "data/published/a_release.parquet",
        "data/reference/breaks.csv",
        "params/rag.yaml",
    ],
)
def test_a_page_is_stale_once_a_file_that_it_is_made_from_is_changed(name, tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_COMMIT", "the same")
    path = tmp_path / name
    for one in ("data/sources.yaml", name):
        (tmp_path / one).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / one).write_bytes((ROOT / "data" / "sources.yaml").read_bytes())

    def made_from():
        transaction.accept(tmp_path / "data")
        job = Page("leeds", "Leeds", COUNCIL_REPORT, {"council": "Leeds"})
        return manifest.inputs(tmp_path).of(job)

    before = made_from()
    assert made_from() == before
    path.write_bytes(path.read_bytes() + b"\n# changed\n")
    assert made_from() != before


def test_a_site_that_allows_for_many_comparisons_needs_notebooks_that_can(project, monkeypatch):
    path = project(multiplicity="map")
    monkeypatch.chdir(project.folder)
    with pytest.raises(ParameterError, match=r"light\.ipynb has no parameter 'multiplicity'"):
        plan(path)
    pages = [{"notebook": "council_report.ipynb", "each": "council"}]
    shutil.copy(ROOT / "notebooks" / "council_report.ipynb", project.folder / "notebooks")
    jobs = plan(project(multiplicity="map", pages=pages)).jobs
    assert {job.parameters["multiplicity"] for job in jobs} == {"map"}


def test_all_councils_of_the_year(project, monkeypatch):
    path = project(councils="all", year="2024-25")
    monkeypatch.chdir(project.folder)
    assert len(plan(path).jobs) == 153


@pytest.mark.parametrize(
    ("words", "identifiers"),
    [
        (["leeds"], ["leeds"]),
        (["Somerset County Council", "E09000003"], ["barnet", "somerset"]),
    ],
)
def test_only_takes_identifiers_and_whatever_names_a_council(
    project, monkeypatch, words, identifiers
):
    path = project()
    monkeypatch.chdir(project.folder)
    assert [job.identifier for job in plan(path).only(words)] == identifiers


def test_only_refuses_what_is_not_on_the_site(project, monkeypatch):
    path = project()
    monkeypatch.chdir(project.folder)
    with pytest.raises(UnknownNameError, match="Unknown page 'Dorset'"):
        plan(path).only(["Dorset"])


def test_everything_wrong_is_named_at_once(project, monkeypatch):
    path = project(
        colour="red",
        councils=["Leeds", "Atlantis"],
        pages=[
            {"notebook": "light.ipynb", "each": "council", "size": 3},
            {"notebook": "missing.ipynb", "each": "once"},
        ],
    )
    monkeypatch.chdir(project.folder)
    with pytest.raises(ParameterError) as refused:
        plan(path)
    for part in ("unknown key colour", "unknown key pages > 0 > size", "Atlantis", "missing.ipynb"):
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"year": "2031-32"}, "Unknown year '2031-32'"),
        ({"peers": "cipfaa"}, "did you mean cipfa"),
        ({"rule": "x"}, "Unknown rule 'x'"),
        ({"palette": "x"}, "Unknown palette 'x'"),
        ({"pages": [{"notebook": "light.ipynb", "each": "indicator"}]}, "no parameter 'indicator'"),
        (
            {"pages": [{"notebook": "light.ipynb", "each": "council"}] * 2},
            "two pages have the identifier 'barnet'",
        ),
    ],
)
def test_each_wrong_value_is_told(project, monkeypatch, changes, message):
    path = project(**changes)
    monkeypatch.chdir(project.folder)
    with pytest.raises(ParameterError) as refused:
        plan(path)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [("title: [", "is not valid YAML"), ("title: x", "Field required"), ("[]", "valid dictionary")],
)
def test_a_file_that_describes_no_site_is_refused(tmp_path, text, message):
    path = tmp_path / "site.yaml"
    path.write_text(text)
    with pytest.raises(RegisterError) as refused:
        plan(path)
    assert message in str(refused.value)


def test_the_sites_of_the_project_can_be_planned(root):
    for path in sorted((root / "params" / "sites").glob("*.yaml")):
        assert plan(path).jobs, yaml.safe_load(path.read_text())["title"]


def test_councils_lead_to_the_page_of_rare_changes_where_the_site_has_one(root, monkeypatch):
    monkeypatch.chdir(root)
    jobs = {job.identifier: job for job in plan(root / "params/sites/england-2024-25.yaml").jobs}
    assert jobs["somerset"].parameters["findings"] == "surveillance.html"
    assert jobs["somerset"].parameters["rules"] == "method.html"
    assert jobs["somerset"].parameters["indicators"] == "all"
    assert jobs["surveillance"].parameters == {"palette": "rag"}
    jobs = {job.identifier: job for job in plan(root / "params/sites/audit-pack.yaml").jobs}
    assert "indicators" not in jobs["barnet"].parameters
    jobs = {job.identifier: job for job in plan(root / "params/sites/worth-asking.yaml").jobs}
    assert len(jobs) == 154
    assert jobs["somerset-surveillance"].parameters == {"council": "Somerset", "palette": "rag"}
    assert jobs["somerset-surveillance"].title == "Somerset: changes worth asking about, all years"


def test_a_council_leads_to_its_years_beside_where_the_site_has_them(project, monkeypatch):
    def once(identifier, **parameters):
        parameters = {"council": "Leeds", "peers": "cipfa", **parameters}
        return {"notebook": COUNCIL_REPORT, "each": "once", "identifier": identifier,
                "parameters": parameters}  # fmt: skip

    shutil.copy(ROOT / "notebooks" / COUNCIL_REPORT, project.folder / "notebooks")
    pages = [
        {"notebook": COUNCIL_REPORT, "each": "council"},
        once("leeds-before", year="2017-18", palette="af"),  # the same page in other colours
        once("leeds-after", year="2019-20", rule="spread"),  # judged otherwise
        once("leeds-2015", year="2015-16"),  # not beside any
        once("kent-2017-18", year="2017-18", council="Kent", peers="region"),
    ]
    path = project(pages=pages)
    monkeypatch.chdir(project.folder)
    leads = {
        job.identifier: {name: job.parameters.get(name) for name in ("earlier", "later")}
        for job in plan(path).jobs
        if {"earlier", "later"} & job.parameters.keys()
    }
    assert leads == {
        "leeds": {"earlier": "leeds-before.html", "later": None},
        "leeds-before": {"earlier": None, "later": "leeds.html"},
    }


def test_a_council_with_a_page_of_its_own_rare_changes_leads_there(project, monkeypatch, root):
    for name in ("council_report", "surveillance"):
        shutil.copy(root / "notebooks" / f"{name}.ipynb", project.folder / "notebooks")
    path = project(
        councils=["Leeds"],
        pages=[
            {"notebook": "council_report.ipynb", "each": "council"},
            {"notebook": "surveillance.ipynb", "each": "council", "identifier": "rare"},
        ],
    )
    monkeypatch.chdir(project.folder)
    jobs = {job.identifier: job for job in plan(path).jobs}
    assert jobs["leeds"].parameters["findings"] == "leeds-rare.html"
    assert jobs["leeds-rare"].parameters == {"council": "Leeds", "palette": "rag"}


def test_only_finds_a_council_whose_page_is_called_otherwise(root):
    made = plan(root / "params" / "sites" / "worth-asking.yaml")
    assert [job.identifier for job in made.only(["Somerset", "E10000016"])] == [
        "kent-surveillance", "somerset-surveillance",
    ]  # fmt: skip


# --- names ----------------------------------------------------------------------------------------

NO_NAMES = [
    "../../x", "/abs/x", "a/b", "a\\b", "C:x", ".hidden", "..", "-rf", "a.b", "a b", "", " ", "a\nb",
    '"><img src=x>', "&amp;", "é", "x\u200b", "x" * 101, "assets/page", "${HOME}", "%2e%2e",
]  # fmt: skip
KEPT_NAMES = [
    "index", "Index", "overview", "assets", "run", "RUN", "all-councils",
    "CON", "con", "PRN", "AUX", "nul", "COM1", "com9", "LPT1",
]  # fmt: skip


def once(**changes):
    return {"notebook": "light.ipynb", "each": "once", "identifier": "x"} | changes


def refusal(project, monkeypatch, kind=ParameterError, **changes):
    path = project(**changes)
    monkeypatch.chdir(project.folder)
    with pytest.raises(kind) as refused:
        plan(path)
    return str(refused.value)


@pytest.mark.parametrize("name", NO_NAMES)
def test_an_identifier_is_a_plain_name(project, monkeypatch, name):
    told = refusal(project, monkeypatch, pages=[once(identifier=name)])
    assert "is no plain name" in told
    assert "five.yaml line " in told
    told = refusal(
        project,
        monkeypatch,
        pages=[{"notebook": "light.ipynb", "each": "council", "identifier": name}],
    )
    assert "is no plain name" in told


@pytest.mark.parametrize("name", KEPT_NAMES)
def test_some_identifiers_are_kept_for_something_else(project, monkeypatch, name):
    told = refusal(project, monkeypatch, pages=[once(identifier=name)])
    assert f"the identifier {name!r} is kept for something else" in told


@pytest.mark.parametrize("name", ["x", "X", "_x", "0", "leeds-2", "a_b", "x" * 100, "console"])
def test_a_plain_name_is_taken(project, monkeypatch, name):
    path = project(pages=[once(identifier=name)])
    monkeypatch.chdir(project.folder)
    assert [job.identifier for job in plan(path).jobs] == [name]


@pytest.mark.parametrize(
    ("first", "second"), [("quality", "Quality"), ("a", "a"), ("leeds", "LEEDS"), ("Leeds", "x")]
)
def test_two_pages_never_have_one_name_whatever_the_case(project, monkeypatch, first, second):
    pages = [
        {"notebook": "light.ipynb", "each": "council"},
        once(identifier=first),
        once(identifier=second),
    ]
    assert "two pages have the identifier" in refusal(project, monkeypatch, pages=pages)


NO_NOTEBOOKS = [
    "../light.ipynb", "/abs/light.ipynb", "../../x.ipynb", "sites/light.ipynb", "a\\light.ipynb",
    ".light.ipynb", "light", "light.txt", "", "..", "C:light.ipynb", "light.ipynb:x", "a\nb.ipynb",
]  # fmt: skip


@pytest.mark.parametrize("name", NO_NOTEBOOKS)
def test_a_notebook_is_a_plain_file_name(project, monkeypatch, name):
    shutil.copy(ROOT / "notebooks" / "method.ipynb", project.folder / "light.ipynb")
    told = refusal(project, monkeypatch, pages=[once(notebook=name)])
    assert "is no notebook's name" in told
    assert "five.yaml line " in told


def test_a_notebook_lies_in_its_folder_and_is_one(project, monkeypatch):
    folder = project.folder / "notebooks"
    (folder / "out.ipynb").symlink_to(ROOT / "notebooks" / "method.ipynb")
    (folder / "itself.ipynb").symlink_to(folder / "itself.ipynb")
    (folder / "folder.ipynb").mkdir()
    (folder / "text.ipynb").write_text("no notebook")
    (folder / "list.ipynb").write_text("[1]")
    (folder / "a name.ipynb").write_text("{}")
    for name, message in {
        "out.ipynb": "is a link to",
        "itself.ipynb": "",
        "folder.ipynb": "is missing",
        "text.ipynb": "cannot be read as a notebook",
        "list.ipynb": "cannot be read as a notebook",
        "absent.ipynb": "is missing",
        f"{'n' * 300}.ipynb": "is missing",
    }.items():
        assert message in refusal(project, monkeypatch, pages=[once(notebook=name)]), name
    project()
    (folder / "light.ipynb").rename(folder / "real.ipynb")
    (folder / "a name.ipynb").unlink()
    (folder / "a name.ipynb").symlink_to("real.ipynb")
    pages = [{"notebook": "a name.ipynb", "each": "once"}]
    assert "give it an identifier" in refusal(project, monkeypatch, pages=pages)


FAULTY = """\
title: A test
year: 2018-19
peers: cipfa
rule: auto
palette: rag
palette: af
colour: red
councils:
  - Leeds
  - Atlantis
pages:
  - notebook: ../light.ipynb
    each: once
    identifier: x
  - notebook: light.ipynb
    each: once
    identifier: ../../x
  - notebook: light.ipynb
    each: once
    identifier: CON
  - notebook: light.ipynb
    each: sometimes
  - each: once
  - notebook: light.ipynb
    each: once
    identifier: Y
    parameters: {councl: Leeds}
  - notebook: light.ipynb
    each: once
    identifier: y
"""


def test_everything_wrong_is_told_at_once_with_its_line(project, monkeypatch):
    path = project()
    monkeypatch.chdir(project.folder)
    path.write_text(FAULTY)
    with pytest.raises(RegisterError) as refused:
        plan(path)
    told = str(refused.value)
    for line, words in [
        (6, "'palette' stands there already"), (7, "unknown key colour"), (10, "'Atlantis'"),
        (12, "'../light.ipynb' is no notebook's name"), (17, "'../../x' is no plain name"),
        (20, "'CON' is kept"), (22, "pages > 3 > each"), (23, "pages > 4 > notebook: Field required"),
        (27, "no parameter 'councl'"), (28, "two pages have the identifier 'y', which is 'Y'"),
    ]:  # fmt: skip
        assert any(f"line {line}:" in each and words in each for each in told.splitlines()), words


def test_what_several_pages_share_is_drawn_before_they_are_forked():
    def pages(year, *councils, notebook=COUNCIL_REPORT):
        return [Page(c, c, notebook, {"council": c, "year": year, "findings": c}) for c in councils]

    assert shared_choices([]) == shared_choices(pages("2018-19", "Leeds")) == []
    assert shared_choices([*pages("2018-19", "Leeds"), *pages("2014-15", "Leeds")]) == [{}]
    assert shared_choices(pages("2018-19", "Leeds", "Kent", notebook="method.ipynb")) == [{}]
    several = [*pages("2018-19", "Leeds", "Kent", "Devon"), *pages("2014-15", "Kent", "Leeds")]
    assert shared_choices(several) == [
        {"council": "Kent", "year": "2014-15"}, {"council": "Leeds", "year": "2018-19"},
    ]  # fmt: skip
    indicators = [
        Page(name, name, INDICATOR_REPORT, {"indicator": name, "year": "2018-19", "pages": "all"})
        for name in ("direct_payments", "social_contact")
    ]
    assert shared_choices([*several, *indicators])[-1] == {"council": "Leeds", "year": "2018-19"}
    assert shared_choices(indicators) == [{"indicator": "direct_payments", "year": "2018-19"}]
    years = [page for year in range(2004, 2024) for page in pages(str(year), "Leeds", "Kent")]
    assert [words["year"] for words in shared_choices(years)] == [*map(str, range(2012, 2024))]


def test_a_regions_site_needs_its_name_alone(root, tmp_path):
    path = tmp_path / "site.yaml"
    path.write_text("councils: {region: south west}\n")
    found = plan(path, root=root)
    jobs = {job.identifier: job for job in found.jobs}
    assert len(jobs) == 2 + 2 * 15
    assert {"region", "method", "somerset", "somerset-brief", "isles_of_scilly"} <= jobs.keys()
    assert "leeds" not in jobs
    assert jobs["region"].parameters["councils"] == "south west"
    assert jobs["region"].parameters["pages"] == "all"
    assert found.file.title == "Adult social care in the South West, council by council"


def test_a_site_of_named_councils_can_have_their_page(root, tmp_path):
    path = tmp_path / "site.yaml"
    path.write_text(
        "title: A club\nyear: 2018-19\npeers: cipfa\nrule: auto\npalette: rag\n"
        "councils: [Leeds, Barnet]\n"
        "pages:\n  - {notebook: group_report.ipynb, each: once, parameters: {title: A club}}\n"
    )
    (job,) = plan(path, root=root).jobs
    assert job.parameters["councils"] == "Leeds;Barnet"
    assert job.parameters["year"] == "2018-19"
    assert job.parameters["pages"] == "none"


def test_an_area_has_the_year_and_the_rule_of_its_site(root, tmp_path):
    path = tmp_path / "site.yaml"
    path.write_text(
        "title: Former Cumbria\nyear: 2023-24\npeers: cipfa\nrule: interval\npalette: af\n"
        "pages:\n  - {notebook: area_report.ipynb, each: once, identifier: cumbria,\n"
        "     parameters: {area: Former Cumbria}}\n"
    )
    (job,) = plan(path, root=root).jobs
    assert job.parameters == {
        "area": "Former Cumbria", "year": "2023-24", "rule": "interval", "palette": "af",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("councils: {region: Mars}", ["line 1", "Unknown region 'Mars'"]),
        ("year: 1999-00\ncouncils: {region: London}", ["Unknown year"]),
        ("councils: {region: London, size: 3}", ["unknown key"]),
        ("councils: {region: London}\npagess: []", ["line 2", "unknown key pagess"]),
        ("councils: {area: London}", ["Field required"]),
    ],
)
def test_a_regions_site_that_is_wrong_is_refused_with_its_place(root, tmp_path, text, messages):
    path = tmp_path / "site.yaml"
    path.write_text(text)
    with pytest.raises((ParameterError, RegisterError)) as refused:
        plan(path, root=root)
    assert all(message in str(refused.value) for message in messages)


def test_the_file_of_a_region_is_written_once_and_never_over_another(tmp_path):
    (tmp_path / "params" / "sites").mkdir(parents=True)
    made = write_edition("south-west", "the South West", root=tmp_path)
    before = made.read_bytes()
    assert yaml.safe_load(before) == {"councils": {"region": "South West"}}
    assert write_edition("south-west", "South West", root=tmp_path) == made
    with pytest.raises(ParameterError, match="left as it is"):
        write_edition("south-west", "London", root=tmp_path)
    assert made.read_bytes() == before


@pytest.mark.parametrize("name", ["", "../x", "-x", "a b", "x/y", "n" * 101])
def test_a_name_that_leads_elsewhere_is_none_for_a_site(tmp_path, name):
    with pytest.raises(ParameterError, match="is no name for a site"):
        write_edition(name, "London", root=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_papers_that_rest_on_no_councils_figures_name_none(root):
    jobs = plan(root / "params/sites/audit-pack.yaml").jobs
    jobs = [job for job in jobs if job.notebook == "audit_pack.ipynb"]
    rests = {
        job.identifier: job.parameters["actions"] != "none"
        or job.parameters["day_services"] != "none"
        for job in jobs
    }
    assert {"checklist-form": False, "barnet-2010": True}.items() <= rests.items()
    assert {job.identifier: "council" in job.parameters for job in jobs} == rests
