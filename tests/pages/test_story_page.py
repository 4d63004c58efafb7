"""The story page: two councils through all names of one question, and what documents say."""

import json
import shutil

import openpyxl
import pytest
from typer.testing import CliRunner

import bench
from bench.cli import app
from bench.errors import ParameterError, UnknownNameError
from bench.publish import html, notebook, site
from bench.published import sources
from present.test_page import read


@pytest.fixture(scope="module")
def story():
    return bench.story("Somerset", "Barnet")


def trace(figure, name):
    return next(one for one in json.loads(figure.json())["data"] if one["name"] == name)


@pytest.mark.parametrize(
    ("period", "column", "figure"),
    [
        ("2014-15", "council", 23.8),
        ("2018-19", "council", 91.5),
        ("2020-21", "council", 68.7),
        ("2023-24", "council", 97.9),
        ("2018-19", "beside", 74.6),
        ("2014-15", "england", 83.7),
        ("2024-25", "england", 82.4),
    ],
)
def test_the_published_figures_stand_in_the_frame(story, period, column, figure):
    frame = story.frame().set_index("period")
    assert frame.loc[period, column] == figure
    # The same figure is on the line of the one chart.
    name = {"council": "Somerset", "beside": "Barnet", "england": "England"}[column]
    drawn = trace(story.lineage(), name)
    assert figure in drawn["y"]


def test_no_line_of_the_second_council_crosses_a_cut(story):
    drawn = trace(story.lineage(), "Barnet")
    assert drawn["y"][drawn["x"].index(2023.5)] is None
    assert min(drawn["x"]) == 2014


def test_quoted_figures_are_open_marks_of_whoever_they_are_of(story):
    names = {one["name"]: one for one in json.loads(story.lineage().json())["data"]}
    assert names["Barnet, quoted"]["y"] == [15.23]
    assert names["Somerset, restated, quoted"]["y"] == [12]
    assert all(
        "open" in names[n]["marker"]["symbol"] for n in ("Barnet, quoted", "Somerset, quoted")
    )


def test_milestones_are_told_with_what_is_quoted_for_their_year(story):
    told = [text for _, text in read(story.milestones()).find("li")]
    assert told[0] == (
        "100% (councils that have begun to offer personal budgets), by April 2010. Set or reported "
        "in: Grant Thornton for the London Borough of Barnet, November 2010, §1.1 and §2.3. Quoted "
        "for 2009-10: no figure is at hand."
    )
    assert told[1] == (
        "30%, by April 2011 (at least 30% of eligible users or carers; agreed by ADASS, the LGA "
        "and the Department of Health). Set or reported in: Audit Commission, Financial management "
        "of personal budgets, October 2010, §2. Quoted for 2010-11 as NI 130 counted: Somerset 4%; "
        "South West 18.3%; England 29.2%."
    )
    assert "Community Care, 18 August 2016, opening" in told[2]
    assert told[2].endswith("Quoted for 2012-13 as 1C(1) counted: Somerset 7%.")
    assert "every eligible user" in told[3]
    assert "ADASS, Report on Personalisation Survey, September 2011, §1.3" in told[3]
    assert len(told) == 4


def test_the_story_says_from_which_year_on_there_are_tables(story):
    told = " ".join(str(story.heading()).split())
    assert "No table of this question by council is held for 2008-09 to 2013-14." in told
    assert "Somerset's first page of all its measures is that of 2014-15." in told.replace(
        "&#39;", "'"
    )


MADE = """\
Council,Year,Indicator,Value
Somerset,2013-14,1C(1),33.0
Barnet,2013-14,1C(1),61.5
Devon,2013-14,1C(1),70.2
England,2013-14,1C(1),62.1
Somerset,2013-14,1C(2),11.0
Barnet,2013-14,1C(2),20.1
England,2013-14,1C(2),19.1
"""


def test_a_table_of_2013_14_that_a_user_adds_makes_the_page_of_that_year(
    root, tmp_path, monkeypatch, forget
):
    for name in ("data", "params"):
        shutil.copytree(root / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    sources.forget()
    (tmp_path / "made.csv").write_text(MADE)
    done = CliRunner().invoke(app, [
        "add", "made.csv", "--title", "A made table", "--publisher", "Nobody",
        "--published", "2014-12", "--yes",
    ])  # fmt: skip
    assert done.exit_code == 0, done.output
    rows = {row["code"]: row for row in bench.briefing("Somerset", "2013-14").records()}
    assert {code: row["value"] for code, row in rows.items()} == {"1C(1)": 33.0, "1C(2)": 11.0}
    assert (rows["1C(1)"]["rank"], rows["1C(1)"]["rank_of"]) == (3, 3)
    heading = bench.story("Somerset", "Barnet").heading()
    assert "held for 2008-09 to 2012-13." in heading
    assert "is that of 2013-14." in heading
    # the figure under test stands in its year's table now
    found = bench.scrutiny("Somerset", "self_directed_support_1c_part_1", "2013-14")
    assert [one["rank"] for one in found.records()] == [3, 3, 3, 3]


def test_what_was_counted_when(story):
    rows = [text for _, text in read(story.definitions()).find("tr")]
    assert rows[1].startswith("2008-09 to 2010-11NI 130Clients and carers")
    assert "It does not compare with 1C part 1 of 2013-14" in rows[3]
    assert "2024-25: Figures come from client-level data" in rows[3]
    assert "counted in 3 ways" in story.heading()


@pytest.mark.parametrize(
    ("choices", "error", "message"),
    [
        ({"council": "Somerset", "beside": "E10000027"}, ParameterError, "beside itself"),
        ({"council": "Somerset", "beside": "Barnett"}, UnknownNameError, "did you mean Barnet"),
        ({"indicator": "control_over_daily_life"}, UnknownNameError, "Unknown longer story"),
    ],
)
def test_bad_choices_are_told(choices, error, message):
    with pytest.raises(error, match=message):
        bench.story(**choices)


def test_the_site_brings_the_story_first_and_lists_its_two_councils(root, tmp_path):
    plan = site.make_plan(root / "params" / "sites" / "somerset-story.yaml")
    assert [job.identifier for job in plan.jobs] == [
        "story", "somerset-2013-14", "somerset-2014-15", "barnet-asking", "somerset-asking",
        "barnet", "somerset",
    ]  # fmt: skip
    assert plan.once == {"story", "somerset-2013-14", "somerset-2014-15"}
    assert plan.of_councils() == {"barnet": "barnet", "somerset": "somerset"}
    job = plan.jobs[0]
    page = html.render(
        notebook.execute(job, root=root), title=job.title, palette="rag",
        provenance=notebook.provenance(job, root), assets="assets",
    )  # fmt: skip
    parsed = read(page)
    assert [text for _, text in parsed.find("h1")] == [job.title]
    assert len(parsed.find("table")) == len(parsed.find("caption")) >= 4
    ids = [attributes["id"] for _, attributes, _ in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    book = next(one for one in bench.story()._files() if one.kind == "XLSX")
    (tmp_path / book.name).write_bytes(book.content)
    assert openpyxl.load_workbook(tmp_path / book.name).sheetnames == [
        "Cover", "Contents", "Notes", "Sources", "Years", "Documents",
    ]  # fmt: skip
