"""The story page: two councils through all names of one question, and what documents say."""

import json

import openpyxl
import pytest

import bench
from bench.errors import ParameterError, UnknownNameError
from bench.publish import html, notebook, site
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
        "story", "somerset-2013-14", "barnet-asking", "somerset-asking", "barnet", "somerset",
    ]  # fmt: skip
    assert plan.once == {"story", "somerset-2013-14"}
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
        "Years", "Documents", "Notes",
    ]  # fmt: skip
