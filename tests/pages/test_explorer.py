"""The explorer: what is chosen in, what is shown out; a message where there is no answer."""

import functools
import re
from dataclasses import replace

import papermill
import pytest
from typer.testing import CliRunner

import bench
from bench.cli import app
from bench.errors import BenchError
from bench.pages import store
from bench.pages.explorer import view as views
from bench.pages.explorer.view import OWN_LIST, Pane
from bench.pages.explorer.widgets import Explorer
from bench.publish.notebook import read

pytestmark = pytest.mark.usefixtures("judged_once")
FIRST = views.start(council="Leeds", year="2018-19")
indicator_page = functools.cache(bench.indicator)


@pytest.fixture(scope="module")
def leeds():
    return bench.briefing("Leeds", "2018-19")


def texts(view, pane=Pane.TABLE):
    return [part._repr_mimebundle_()["text/html"] for part in views.shown(view, pane)]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "Leeds in 2018-19, beside its peers and England"),
        ({"council": "Kent"}, "Kent in 2018-19"),
        ({"year": "2014-15"}, "Leeds in 2014-15"),
        ({"peers": "region"}, "councils in Yorkshire and The Humber"),
        ({"peers": "Kent; Devon"}, "own list"),
        ({"palette": "af"}, 'data-palette="af"'),
    ],
)
def test_what_is_chosen_is_shown(changes, shown):
    (table,) = texts(views.moved(FIRST, **changes))
    assert shown in table
    assert "tone-better" in table


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"council": "Cumberland"}, "Cumberland did not exist in 2018-19"),
        ({"peers": "Kent; Leds"}, "did you mean Leeds?"),
        ({"peers": "nearest"}, "Unknown peer model"),
        ({"peers": OWN_LIST}, "The own list names nobody yet"),
        ({"peers": ""}, "The own list names nobody yet"),
    ],
)
@pytest.mark.parametrize("pane", list(Pane))
def test_what_cannot_be_answered_is_said_in_its_place(changes, said, pane):
    view = views.moved(FIRST, **changes)
    (message,) = texts(view, pane)
    assert 'role="alert"' in message
    assert said in message
    with pytest.raises(BenchError):
        views.parameter_file(view)


@pytest.mark.parametrize(
    ("rule", "average", "same_as"),
    [("auto", "mean", {}), ("tolerance", "median", {"rule": "tolerance", "average": "median"})],
)
def test_rule_and_average_are_those_of_the_briefing(rule, average, same_as):
    view = views.moved(FIRST, rule=rule, average=average)
    expected = bench.briefing("Leeds", "2018-19", **same_as)
    assert views.briefing(view).records() == expected.records()


def test_each_pane_shows_the_figures_of_the_page(leeds):
    brief = replace(leeds, linked=False)
    (table,) = views.shown(FIRST, Pane.TABLE)
    (spine,) = views.shown(FIRST, Pane.SCALE)
    _, peers, trend = views.shown(FIRST, Pane.INDICATOR)
    assert str(table) == str(brief.table())
    assert spine.json() == brief.spine().json()
    assert peers.json() == brief.figure("strip", "self_directed_support").json()
    assert trend.json() == brief.trend("self_directed_support").json()


@pytest.mark.parametrize(
    ("council", "year", "indicator", "said"),
    [
        # sure, probable, unclear, without a margin of error, not compared
        (
            "Leeds",
            "2018-19",
            "carers_direct_payments",
            r"GREEN better .*99 in 100 that it is truly",
        ),
        ("Kent", "2018-19", "social_contact", r"probably better .* in 10 that it is truly"),
        ("Somerset", "2018-19", "self_directed_support", "unclear Too unsure for gaps under "),
        ("Bexley", "2024-25", "workforce_turnover", "No margin of error: judged by size alone."),
        ("Kent", "2024-25", "self_directed_support", "not compared"),
    ],
)
def test_a_verdict_is_said_with_how_sure_it_is(council, year, indicator, said):
    view = views.moved(FIRST, council=council, year=year, indicator=indicator)
    sure = views.shown(view, Pane.INDICATOR)[0]
    text = " ".join(re.sub(r"<[^>]+>", " ", str(sure)).split())
    assert re.search(said, text.partition("Against England:")[2])
    assert text.startswith("Against peers: ")


def test_a_supposed_row_says_how_sure_its_verdicts_are(leeds):
    asked = leeds.what_if("1C(1A)", 85).table()
    text = " ".join(re.sub(r"<[^>]+>", " ", str(asked)).split())
    assert "probably worse chance about 7 in 10" in text
    assert re.search(
        "If so: against peers, about 7 in 10 that it is truly worse by enough to matter; against "
        "England, .*99 in 100 that it is truly worse by enough to matter.",
        text,
    )


def test_every_offer_can_be_chosen():
    for name, options in views.offered(FIRST).items():
        assert FIRST.word(name) in {value for _, value in options}, name
        assert len({value for _, value in options}) == len(options), name


@pytest.mark.parametrize("year", [str(year) for year in store.years()])
def test_every_year_has_an_indicator_to_look_at(year):
    view = views.moved(FIRST, year=year)
    assert view.indicator in {value for _, value in views.offered(view)["indicator"]}
    assert len(views.shown(view, Pane.INDICATOR)) == 3


def test_an_indicator_gives_way_where_the_year_does_not_publish_it():
    carers = views.moved(FIRST, indicator="carers_self_directed_support")
    assert views.moved(carers, year="2016-17").indicator == "carers_self_directed_support"
    assert views.moved(carers, year="2024-25").indicator == "self_directed_support"


@pytest.mark.parametrize(
    ("value", "numerator", "denominator", "said"),
    [
        ("101", "", "", "it is above 100%"),
        ("-1", "", "", "it is below 0"),
        ("", "5", "0", "a denominator of 0"),
        ("", "7", "5", "it is above 100%"),
        ("50", "1", "4", "numerator over denominator is 25.0"),
        ("", "5", "", "expected both or neither"),
        ("many", "", "", "found &#39;many&#39;, expected a number"),
        ("1e400", "", "", "expected a number"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_and_the_published_one_stays(
    value, numerator, denominator, said
):
    view = views.moved(FIRST, value=value, numerator=numerator, denominator=denominator)
    message, _, strip, _ = texts(view, Pane.INDICATOR)
    assert 'role="alert"' in message
    assert said in message
    assert "ypothetical" not in strip


def test_a_supposed_figure_is_marked_wherever_it_stands():
    view = views.moved(FIRST, value="85%")
    asked, strip, trend = texts(view, Pane.INDICATOR)
    assert "HYPOTHETICAL" in asked
    assert "This is a question, not a figure" in asked
    assert "Hypothetical Leeds among its peers" in strip
    assert "ypothetical" not in trend
    assert texts(view) == texts(FIRST), "the peer table holds only what is published"


def test_what_is_supposed_ends_with_the_figure_that_it_is_about():
    view = views.moved(FIRST, value="85")
    assert views.moved(view, peers="region").value == "85"
    for changes in ({"council": "Kent"}, {"year": "2017-18"}, {"indicator": "direct_payments"}):
        assert views.moved(view, **changes).supposed == {}


@pytest.mark.parametrize(
    ("indicator", "given", "verdicts", "basis"),
    [
        # Leeds, 2018-19: 91.2%, peers 87.6%, England 89.0%, of 6,206 people
        ("1C(1A)", {"value": 91.2}, ("better", "similar"), "same_people"),
        ("1C(1A)", {"value": 85}, ("worse", "worse"), "same_people"),
        ("1C(1A)", {"value": "100%"}, ("better", "better"), "same_people"),
        ("1C(1A)", {"numerator": 17, "denominator": 20}, ("unclear", "unclear"), "counts"),
        # a survey keeps its margin of 0.4
        ("1A", {"value": 19.3}, ("similar", "similar"), "same_margin"),
        ("1A", {"value": 18.0}, ("worse", "worse"), "same_margin"),
    ],
)
def test_the_row_is_judged_as_any_other(leeds, indicator, given, verdicts, basis):
    asked = leeds.what_if(indicator, **given)
    row = asked.frame().iloc[1]
    assert (row["verdict_vs_peers"], row["verdict_vs_england"]) == verdicts
    others = indicator_page(indicator, "2018-19").frame().query("council != 'Leeds'")
    ranked = others[others["rank"].notna()]["value"]
    assert (row["rank"], row["rank_of"]) == (1 + (ranked > row["value"]).sum(), len(ranked) + 1)
    assert asked.basis == basis
    assert asked.published == leeds.row(indicator)


@pytest.mark.parametrize("multiplicity", ["none", pytest.param("page", marks=pytest.mark.slow)])
def test_the_published_figure_supposed_is_the_published_row(multiplicity):
    brief = bench.briefing("Kent", "2018-19", multiplicity=multiplicity)
    for row in brief.rows:
        if row.value is None or (row.reason and "cannot be right" in row.reason):
            continue
        supposed = brief.what_if(row.indicator.indicator_id, row.value).supposed
        assert (supposed.vs_peers.meaning, supposed.rank, supposed.change) == (
            row.vs_peers.meaning, row.rank, row.change,
        ), row.code  # fmt: skip


@pytest.mark.parametrize("rule", ["auto", "funnel"])
def test_nothing_that_is_supposed_is_kept(rule):
    def rows(council):
        return bench.briefing(council, "2018-19", peers="Leeds; Devon", rule=rule).records()

    before = rows("Leeds"), rows("Kent")
    asked = bench.briefing("Leeds", "2018-19", rule=rule).what_if("1C(1A)", 3)
    assert asked.supposed.vs_england.meaning == "worse"
    assert asked.supposed.rule == ("funnel" if rule == "funnel" else "probability")
    assert (rows("Leeds"), rows("Kent")) == before


# --- the controls ---------------------------------------------------------------------------------


def pane(explorer, which=Pane.TABLE):
    return "".join(one["data"]["text/html"] for one in explorer._panes[which].outputs)


def test_a_changed_control_is_answered_and_only_what_is_seen_is_made():
    explorer = Explorer(FIRST)
    assert "Leeds in 2018-19" in pane(explorer)
    explorer._controls["council"].value = "Kent"
    explorer._controls["year"].value = "2024-25"
    assert "Kent in 2024-25" in pane(explorer)
    assert explorer._panes[Pane.SCALE].outputs == ()
    explorer._tab.selected_index = 1
    assert "Kent beside its peers" in pane(explorer, Pane.SCALE)
    explorer._controls["council"].value = "Devon"
    assert "Kent in 2024-25" in pane(explorer), "not seen, so not made"
    explorer._tab.selected_index = 0
    assert "Devon in 2024-25" in pane(explorer)
    assert explorer.briefing().council == "Devon"


def test_an_own_list_is_asked_for_and_taken():
    explorer = Explorer(FIRST)
    assert explorer._own_list.layout.display == "none"
    explorer._controls["peers"].value = OWN_LIST
    assert explorer._own_list.layout.display is None
    assert "names nobody yet" in pane(explorer)
    explorer._own_list.value = "Kent; Devon"
    assert "own list" in pane(explorer)
    assert explorer.view.word("peers") == "Kent; Devon"
    explorer._controls["peers"].value = "region"
    assert explorer._own_list.layout.display == "none"
    assert explorer.view.word("peers") == "region"


def test_a_chart_s_title_stands_once_with_its_note():
    explorer = Explorer(FIRST)
    explorer._tab.selected_index = 1
    heading, chart, behind = (one["data"] for one in explorer._panes[Pane.SCALE].outputs)
    assert "<h3>Leeds beside its peers, indicator by indicator</h3>" in heading["text/html"]
    assert "title" not in chart["application/vnd.plotly.v1+json"]["layout"]
    assert "Table behind this figure: Leeds beside" in behind["text/html"]


def test_a_view_may_begin_with_an_own_list():
    explorer = Explorer(views.start(council="Leeds", year="2018-19", peers="Kent; Devon"))
    assert explorer._controls["peers"].value == OWN_LIST
    assert explorer._own_list.value == "Kent; Devon"


# --- the view as a file that a report takes -------------------------------------------------------


@pytest.fixture
def project(root, tmp_path, monkeypatch, forget):
    for name in ("data", "params", "notebooks"):
        (tmp_path / name).symlink_to(root / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_a_saved_view_is_what_a_report_takes(project):
    explorer = Explorer(
        views.start(council="Leeds", year="2018-19", peers="Kent; Devon", average="median")
    )
    explorer._controls["multiplicity"].value = "page"
    explorer._save.click()
    path = project / "reports" / "views" / "leeds-2018-19.yaml"
    assert str(path) in explorer._saved.outputs[0]["data"]["text/html"]
    assert read(path, notebook="council_report.ipynb") == {
        "council": "Leeds", "year": "2018-19", "peers": "Kent; Devon", "rule": "auto",
        "palette": "rag", "average": "median", "multiplicity": "page",
    }  # fmt: skip
    done = CliRunner().invoke(
        app, ["report", "--params", str(path), "--rule", "tolerance", "--out", str(project / "out")]
    )
    assert done.exit_code == 0, done.exception
    text = (project / "out" / "leeds.html").read_text(encoding="utf-8")
    assert "council = Leeds" in text
    assert "peers = Kent; Devon" in text
    assert "average = median" in text
    assert "multiplicity = page" in text
    assert "rule = tolerance" in text, "what the command says stands above the file"


def test_a_view_that_cannot_be_answered_or_written_is_not_saved(project):
    explorer = Explorer(FIRST)
    explorer._controls["council"].value = "Cumberland"
    explorer._save.click()
    assert "did not exist" in explorer._saved.outputs[0]["data"]["text/html"]
    explorer._controls["council"].value = "Leeds"
    (project / "reports").write_text("not a folder")
    explorer._save.click()
    assert "cannot be written" in explorer._saved.outputs[0]["data"]["text/html"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("concil: Leeds\nrul: auto\n", "did you mean council, rule?"),
        ("council: Leeds\nyear: 2018\n", "year is 2018, expected a text"),
        ("- council\n", "holds list, expected names with their values"),
        ("council: [\n", "is not valid YAML"),
    ],
)
def test_a_file_that_a_report_does_not_take_is_told(tmp_path, text, said):
    path = tmp_path / "view.yaml"
    path.write_text(text)
    with pytest.raises(BenchError) as caught:
        read(path, notebook="council_report.ipynb")
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_an_empty_file_says_nothing(tmp_path):
    path = tmp_path / "view.yaml"
    path.write_text("# nothing yet\n")
    assert read(path, notebook="council_report.ipynb") == {}


# --- the notebook ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_notebook_runs_from_top_to_bottom_by_itself(root, tmp_path):
    done = papermill.execute_notebook(
        str(root / "notebooks" / "explorer.ipynb"), str(tmp_path / "out.ipynb"),
        parameters={"council": "Leeds", "year": "2018-19"}, cwd=str(root), progress_bar=False,
    )  # fmt: skip
    shown = [output for cell in done.cells for output in cell.get("outputs", [])]
    assert [one.output_type for one in shown] == ["execute_result"]
    assert "application/vnd.jupyter.widget-view+json" in shown[0].data
