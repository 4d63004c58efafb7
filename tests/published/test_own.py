"""A council's own provisional figures: over its own page, and nobody else's anything."""

import shutil

import pandas as pd
import pytest
from typer.testing import CliRunner

import bench
from bench import briefing
from bench.cli import app
from bench.errors import BenchError, LayoutError, ParameterError, UnknownNameError
from bench.judge.intervals import wilson
from bench.judge.year_table import YearTable
from bench.pages import store
from bench.pages.choices import Choices
from bench.published import sources
from bench.published.adding.overrides import Overrides
from bench.published.adding.provisional_file import read_own
from bench.published.provisional import load_own, own_path

HEADER = "council,year,indicator,value,numerator,denominator"
MINE = [
    "Somerset,2025-26,3D(2a),,1204,4300",
    "Somerset,2025-26,1A,19.4,,",
    "Somerset,2025-26,care_home_admissions_65_over,,890,148000",
    "Somerset,2025-26,3D(1a),95.3,,",
    "Somerset,2024-25,2E(1),81.0,,",
]


@pytest.fixture(scope="module")
def home(root, tmp_path_factory):
    """The embedded data, with room for own figures beside it."""
    folder = tmp_path_factory.mktemp("own")
    for name in (
        "data/reference",
        "data/published",
        "data/sources.yaml",
        "data/CHECKSUMS",
        "data/quoted.csv",
        "params",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(root / name)
    return folder


@pytest.fixture
def project(home, monkeypatch):
    """Without own figures yet. What is published is the same: whatever was read of it stays read."""
    shutil.rmtree(home / "data" / "own", ignore_errors=True)
    monkeypatch.chdir(home)
    return home


def write(folder, *lines, header=HEADER, name="mine.csv"):
    path = folder / name
    path.write_text("\n".join([header, *lines, ""]))
    return path


def add(path, *options):
    done = CliRunner().invoke(app, ["add", str(path), "--own", "--yes", *options])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def rows(council, year):
    return {row["indicator"]: row for row in briefing(council, year).records()}


def test_own_figures_make_a_page_of_a_year_that_nobody_published(project):
    output = add(write(project, *MINE))
    assert "Provisional, not published" in output
    page = rows("Somerset", "2025-26")
    assert set(page) == {
        "direct_payments",
        "social_care_quality_of_life",
        "care_home_admissions_65_over",
        "self_directed_support",
    }
    published = rows("Somerset", "2024-25")
    payments = page["direct_payments"]
    assert payments["code"] == "3D(2a)"
    assert payments["value"] == 28.0
    assert payments["benchmark_period"] == "2024-25"
    assert payments["flags"][0] == "provisional_own_figure"
    assert "Peers and England are those of 2024-25" in payments["flag_texts"][0]
    for name in ("peer_average", "england", "rank_of", "peers_total"):
        assert payments[name] == published["direct_payments"][name], name
    assert payments["rank"] is None
    assert (payments["previous_period"], payments["previous"]) == ("2024-25", 35.4)


def test_intervals_are_made_as_for_published_figures(project):
    add(write(project, *MINE))
    page = rows("Somerset", "2025-26")
    low, high = wilson(1204, 4300)
    assert page["direct_payments"]["lower"] == round(low * 100, 2)
    assert page["direct_payments"]["upper"] == round(high * 100, 2)
    assert page["direct_payments"]["rule"] == "probability"
    admissions = page["care_home_admissions_65_over"]
    assert admissions["value"] == 601.4
    assert admissions["lower"] < 601.4 < admissions["upper"]
    survey = page["social_care_quality_of_life"]
    assert (survey["lower"], survey["rule"]) == (None, "size")


def test_a_benchmark_that_must_not_be_compared_stays_so(project):
    add(write(project, *MINE))
    support = rows("Somerset", "2025-26")["self_directed_support"]
    assert support["verdict_vs_peers"] == support["verdict_vs_england"] == "not_compared"
    assert support["value"] == 95.3


def test_a_survey_that_was_not_held_is_compared_with_its_last_year(project):
    add(write(project, "Somerset,2015-16,1I(2),40.0,,"))
    row = rows("Somerset", "2015-16")["carers_social_contact"]
    assert row["benchmark_period"] == "2014-15"
    assert row["verdict_vs_england"] != "not_compared"


def test_nothing_crosses_a_cut_to_the_benchmark(project):
    """Without the figures of 2024-25 the latest are of 2023-24, which that year's cut parts."""
    add(write(project, "Somerset,2024-25,3D(2a),28.0,,"))
    figures = store.figures()
    choice = Choices.of(council="Somerset", year="2024-25")
    registers = sources.reference()
    rules = briefing("Somerset", "2024-25").rules
    table = YearTable(figures[figures["period"] != "2024-25"], registers, choice.year, rules)
    group = registers.peers.group("cipfa", choice.council, choice.year)
    found = {
        row.indicator.indicator_id: row
        for row in table.rows(choice.council, group, load_own("somerset"))
    }
    row = found["direct_payments"]
    assert str(row.benchmark_year) == "2023-24"
    assert not row.vs_england.compared
    cut = registers.comparability.cut_between(
        "direct_payments", "somerset", row.benchmark_year, choice.year
    )
    assert row.vs_england.reason == cut.text


def test_beside_the_latest_published_year_own_figures_are_shown_and_not_judged(project):
    before = rows("Somerset", "2024-25")
    add(write(project, *MINE))
    after = rows("Somerset", "2024-25")
    shown = {name: row.pop("own_figures") for name, row in after.items()}
    assert {name: figures for name, figures in shown.items() if figures} == {
        "social_care_quality_of_life": [["2025-26", 19.4]],
        "care_home_admissions_65_over": [["2025-26", 601.4]],
        "direct_payments": [["2025-26", 28.0]],
        "self_directed_support": [["2025-26", 95.3]],
        "learning_disability_own_home": [["2024-25", 81.0]],
    }
    for row in before.values():
        assert row.pop("own_figures") == []
    assert after == before


@pytest.mark.parametrize("year", ["2024-25", "latest", None])
def test_the_default_page_shows_them_in_rows_of_their_own(project, year):
    add(write(project, *MINE))
    made = briefing("Somerset", year)
    assert made.year == "2024-25"
    table = str(made.table())
    assert table.count('class="own-figure"') == 5
    assert table.count("own figure of 2025-26") == 4
    assert table.count("own figure of 2024-25") == 1
    assert table.count("not judged</div>") == 5
    text = made.text()
    assert "Own figure of 2025-26: 28.0% (provisional, not published, not judged)." in text
    assert "Own figure of 2024-25: 81.0% (provisional, not published, not judged)." in text
    assert "Own figure of 2025-26: 28.0%" in made.files["indicators"].content.decode()
    assert "mine.csv" in str(made.sources())
    assert "(provisional)" not in str(made.heading())
    assert "(provisional" not in text.splitlines()[0]


def test_no_trend_sets_a_provisional_figure_beside_published_ones(project):
    add(write(project, *MINE))
    made = briefing("Somerset", "2025-26")
    tests = made.trend_tests().set_index("indicator")
    assert list(tests.index) == [row["indicator"] for row in made.records()]
    own = [row["indicator"] for row in made.records() if "provisional_own_figure" in row["flags"]]
    assert own
    for name in own:
        assert tests.loc[name, "direction"] == "cannot_be_tested"
        assert "the council's own figure" in tests.loc[name, "reason"]


@pytest.mark.parametrize("council", ["Devon", "Dorset"])
def test_no_other_default_page_has_such_a_row(project, council):
    add(write(project, *MINE))
    made = briefing(council)
    assert "own-figure" not in str(made.table())
    assert "provisional" not in made.text()
    assert not any(row["own_figures"] for row in made.records())


def test_a_page_of_another_year_shows_only_its_own(project):
    add(write(project, *MINE))
    for year in ("2023-24", "2025-26"):
        assert not any(row["own_figures"] for row in briefing("Somerset", year).records())
    assert "provisional" not in briefing("Somerset", "2023-24").text()


def test_a_provisional_year_says_so_in_title_lead_and_glance(project):
    from bench.publish.notebook import council_page

    add(write(project, *MINE))
    made = briefing("Somerset", "2025-26")
    lead = str(made.heading())
    assert "in the year 2025-26 (provisional)" in lead
    assert "Nothing is published for 2025-26 yet" in lead
    assert "own, provisional, not published." in str(made.glance())
    assert made.text().startswith("Somerset, 2025-26 (provisional, not published).")
    assert council_page(made.choice, notebook="council_report.ipynb").title == (
        "Somerset: adult social care beside its peers, 2025-26, provisional"
    )
    published = briefing("Somerset", "2024-25")
    assert "provisional" not in str(published.heading()) + str(published.glance())
    assert not council_page(published.choice, notebook="council_report.ipynb").title.endswith(
        "provisional"
    )


@pytest.mark.parametrize(
    ("lines", "commands"),
    [
        (["Somerset,2025-26,1A,19.4,,"], ["bench table Somerset --year 2024-25", "bench table Somerset --year 2025-26"]),
        (["Somerset,2024-25,1A,19.4,,"], ["bench table Somerset --year 2024-25"]),
        (["Somerset,2015-16,1A,19.4,,"], ["bench table Somerset --year 2015-16"]),
        (['"Bristol, City of",2025-26,1A,19.4,,'], ["bench table Bristol --year 2024-25", "bench table Bristol --year 2025-26"]),
        (["Kingston upon Hull,2024-25,1A,19.4,,"], ["bench table 'Kingston upon Hull' --year 2024-25"]),
        # The carers' survey was not held in 2024-25: the page of that year has no row of it.
        (["Somerset,2025-26,1C,7.4,,"], ["bench table Somerset --year 2025-26"]),
        (["Somerset,2024-25,1A,19.4,,", "Devon,2024-25,1A,19.4,,"], ["bench table Devon --year 2024-25", "bench table Somerset --year 2024-25"]),
    ],
)  # fmt: skip
def test_the_command_says_where_they_show_and_there_they_are(project, lines, commands):
    import shlex

    output = add(write(project, *lines))
    told = [line.strip() for line in output.splitlines() if line.strip().startswith("bench ")]
    assert told == commands
    for command in told:
        done = CliRunner().invoke(app, shlex.split(command)[1:])
        assert done.exit_code == 0, done.output
        assert "provisional, not published" in done.output.lower()


@pytest.mark.slow
def test_nobody_else_is_touched(project, forget):
    whole = bench.observations()
    others = {name: briefing(name, "2024-25").records() for name in ("Devon", "Dorset")}
    add(write(project, *MINE))
    forget()
    pd.testing.assert_frame_equal(bench.observations(), whole)
    for name, records in others.items():
        assert briefing(name, "2024-25").records() == records
    with pytest.raises(UnknownNameError, match="Unknown year '2025-26'"):
        briefing("Devon", "2025-26")
    assert briefing("Somerset", "latest").year == "2024-25"


def test_a_page_without_own_figures_has_none_of_it(project):
    rows_of = briefing("Devon", "2024-25").records()
    assert not any("provisional_own_figure" in row["flags"] for row in rows_of)
    assert {row["benchmark_period"] for row in rows_of} == {"2024-25"}


def test_the_trend_marks_them_and_joins_them_to_nothing(project):
    add(write(project, *MINE))
    made = briefing("Somerset", "2024-25")
    series = made.series("direct_payments").set_index("period")
    assert series.loc["2025-26", "own"] == 28.0
    assert pd.isna(series.loc["2025-26", "council"])
    assert series["own"].notna().sum() == 1
    figure = made.trend("direct_payments")
    ring = next(t for t in figure.plotly.data if "provisional" in t.name)
    assert (ring.mode, ring.marker.symbol, list(ring.x)) == ("markers", "circle-open", [2025])
    assert "28.0% (provisional, not published)" in figure.table
    line = next(t for t in figure.plotly.data if t.name == "Somerset")
    assert 2025 not in [x for x, y in zip(line.x, line.y, strict=True) if y is not None]


def test_no_trend_is_tested_that_would_end_with_one_of_them(project):
    add(write(project, *MINE))
    tests = briefing("Somerset", "2025-26").trend_tests().set_index("indicator")
    assert tests.loc["direct_payments", "direction"] == "cannot_be_tested"
    assert "only published ones" in tests.loc["direct_payments", "reason"]
    published = briefing("Somerset", "2024-25").trend_tests().set_index("code")
    assert all("2025-26" not in years for years in published["years"])
    assert "The trend is not tested" in briefing("Somerset", "2025-26").trend("3D(2a)").note


def test_the_words_stand_in_the_cell_and_in_the_sentences(project):
    add(write(project, *MINE))
    made = briefing("Somerset", "2025-26")
    table = str(made.table())
    assert table.count("provisional, not published") >= 4
    assert "in 2024-25" in table
    assert "provisional" in made.text()
    assert "own figures, provisional and not published: mine.csv" in str(made.sources())
    for section in (made.heading, made.glance, made.findings, made.spine, made.method):
        section()


def test_a_second_file_adds_and_replaces(project):
    add(write(project, *MINE))
    output = add(write(project, "Somerset,2025-26,1A,19.5,,", "Somerset,2026-27,1A,19.6,,"))
    assert "19.5  instead of 19.4" in output
    held = {f.key: f.value for f in load_own("somerset", root=project)}
    assert held["social_care_quality_of_life", "2025-26"] == 19.5
    assert len(held) == 6


def test_what_was_written_is_read_again_unchanged(project):
    path = write(project, *MINE)
    made = read_own(path, Overrides())
    made.write()
    written = own_path("somerset", project).read_bytes()
    assert set(load_own("somerset", root=project)) == set(made.figures)
    read_own(path, Overrides()).write()
    assert own_path("somerset", project).read_bytes() == written


@pytest.mark.parametrize(
    ("header", "line", "options"),
    [
        ("year,indicator,value", "2025-26,1A,19.4", ["--council", "Somerset"]),
        ("council,indicator,value", "Somerset,1A,19.4", ["--year", "2025-26"]),
        ("Local authority,Financial year,Measure,Outcome", "Somerset Council,2025/26,1A,19.4", []),
        ("council,year,title,value", "E06000066,2025 to 2026,Social care-related quality of life score,19.4", []),
        ("council,year,what,score", "Somerset,2025-26,1A,19.4", ["--map", "indicator=what", "--map", "value=score"]),
    ],
)  # fmt: skip
def test_headings_and_options_say_what_holds_what(project, header, line, options):
    add(write(project, line, header=header), *options)
    (figure,) = load_own("somerset", root=project)
    assert figure.key == ("social_care_quality_of_life", "2025-26")
    assert figure.value == 19.4


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Somerset,2025-26,1A,,,", "line 2: found no value"),
        ("Somerset,2025-26,1A,n/a,,", "line 2: found 'n/a', expected a number"),
        ("Somerset,2025-26,1A,=1+1,,", "line 2: found '=1+1'"),
        ("Somerset,2025-26,3D(2a),,10,", "line 2: found one of numerator and denominator"),
        ("Somerset,2025-26,3D(2a),,10,0", "line 2: found a denominator of 0"),
        ("Somerset,2025-26,3D(2a),50,10,100", "line 2: found the value 50.0, but numerator over denominator is 10.0"),
        ("Somerset,2025-26,3D(2a),50,-1,100", "line 2: found a numerator of -1"),
        ("Somerset,2025-26,9Z,50,,", "line 2: found the indicator '9Z', unknown in 2025-26"),
        ("Somerset,2025-26,NI 130,50,,", "line 2: found the indicator 'NI 130', unknown in 2025-26"),
        ("Somerset,2025-26,ni_130,50,,", "line 2: found the indicator 'ni_130', unknown in 2025-26"),
        ("Somerst,2025-26,1A,19,,", "line 2: found the area 'Somerst' (no code), unknown (did you mean Somerset or"),
        ("Cumbria,2025-26,1A,19,,", "line 2: Cumbria did not exist in 2025-26"),
        ("Somerset,2025-27,1A,19,,", "line 2: found '2025-27' in the column 'year', which is no financial year"),
        ("Somerset,2025-26,1A,19,,\nSomerset,2025-26,1A,19,,", "line 3: a second value of somerset"),
        ("", "line 1: found no column of councils"),
    ],
)  # fmt: skip
def test_a_row_that_is_no_figure_is_refused_with_its_line(project, line, message):
    with pytest.raises(LayoutError) as refused:
        add(write(project, line))
    assert message in str(refused.value)
    assert not (project / "data" / "own").exists()


@pytest.mark.parametrize(
    ("header", "line", "options", "error", "message"),
    [
        ("year,indicator,value", "2025-26,1A,19.4", [], LayoutError, "found no column 'council'; give one, or --council NAME"),
        ("council,indicator,value", "Somerset,1A,19.4", [], LayoutError, "found no column 'year'; give one, or --year"),
        ("council,year,indicator", "Somerset,2025-26,1A", [], LayoutError, "found neither a column 'value'"),
        ("council,year,indicator,value,outcome", "Somerset,2025-26,1A,19.4,19.5", [], LayoutError, "several columns that may hold the value: 'value', 'outcome'"),
        (HEADER, MINE[1], ["--council", "Nowhere"], UnknownNameError, "Unknown council 'Nowhere'"),
        (HEADER, MINE[1], ["--map", "value"], ParameterError, "expected FIELD=COLUMN"),
        (HEADER, MINE[1], ["--council", "Devon"], LayoutError, "line 2: found a figure of 'Somerset', expected devon"),
    ],
)  # fmt: skip
def test_a_table_that_lacks_something_is_refused(project, header, line, options, error, message):
    with pytest.raises(error) as refused:
        add(write(project, line, header=header), *options)
    assert message in str(refused.value)


def test_a_file_spoiled_by_hand_is_refused_with_its_line(project):
    add(write(project, *MINE))
    path = own_path("somerset", project)
    path.write_text(path.read_text().replace("19.4", "lots"))
    with pytest.raises(BenchError, match=r"somerset\.csv: line \d+: found 'lots'"):
        briefing("Somerset", "2025-26")


def test_without_agreement_nothing_is_written(project):
    done = CliRunner().invoke(app, ["add", str(write(project, *MINE)), "--own"], input="n\n")
    assert done.exit_code == 1
    assert "Nothing was written." in done.output
    assert not (project / "data" / "own").exists()


def test_a_value_is_made_of_the_counts_and_rounded_half_away_from_zero(project):
    path = write(project, "Somerset,2025-26,3D(2a),,1,16", "Somerset,2025-26,2E(1),,1,800")
    values = {f.indicator_id: f.value for f in read_own(path, Overrides()).figures}
    assert values == {"direct_payments": 6.3, "learning_disability_own_home": 0.1}


def test_a_workbook_of_own_figures_comes_in(project):
    from .shapes import xlsx

    path = project / "mine.xlsx"
    path.write_bytes(xlsx("own", [HEADER.split(","), *(line.split(",") for line in MINE)]))
    assert len(read_own(path, Overrides()).figures) == 5


# --- a group of councils that share their figures ---------------------------------------------------

CLUB = [
    *MINE,
    "Leeds,2025-26,3D(2a),,2000,9000",
    "Leeds,2025-26,care_home_admissions_65_over,,700,130000",
]


def test_a_year_that_nobody_published_is_one_that_a_group_can_share(project):
    for council in ("Somerset", "Leeds"):
        mine = [line for line in CLUB if line.startswith(council)]
        add(write(project, *mine, name=f"{council}.csv"))
    found = bench.group("Somerset; Leeds; Devon", "2025-26")
    frame = found.frame().set_index(["indicator", "council"])
    for council in ("Somerset", "Leeds"):  # as on the council's own page
        for row in bench.briefing(council, "2025-26").records():
            line = frame.loc[row["indicator"], council]
            assert line["value"] == row["value"]
            assert line["verdict_vs_england"] == row["verdict_vs_england"]
            assert (line["status"], line["england_period"]) == (
                "provisional",
                row["benchmark_period"],
            )
    assert frame.index.get_level_values("indicator").nunique() == 4
    assert frame.xs("Devon", level="council")["value"].isna().all()
    assert list(frame.xs("Leeds", level="council")["value"].isna()) == [True, False, True, False]
    heading = str(found.heading())
    assert "2025-26 (provisional, not published): 3 councils" in heading
    assert "No figure of its own was brought by Devon." in heading
    assert "(provisional, not published)" in str(found.councils_table())
    england = bench.briefing("Somerset", "2024-25").records()
    assert "(2024-25)" in str(found.beside_england())
    assert {row["england"] for row in england} >= set(frame["england"].dropna())
    sources = str(found.sources())
    assert "Somerset's own figures, provisional and not published: Somerset.csv" in sources
    assert "Leeds's own figures, provisional and not published: Leeds.csv" in sources
    assert "Devon's own figures" not in sources


@pytest.mark.parametrize(
    ("councils", "year"), [("South West", "2025-26"), ("Leeds; Devon", "2025-26")]
)
def test_no_group_has_a_year_of_which_it_has_no_figure(project, councils, year):
    add(write(project, *MINE))
    with pytest.raises(UnknownNameError, match="the latest year is 2024-25"):
        bench.group(councils, year)


def test_a_published_year_of_a_group_has_no_figure_of_its_own(project):
    before = bench.group("Somerset; Devon", "2024-25").frame()
    add(write(project, *MINE))
    after = bench.group("Somerset; Devon", "2024-25")
    assert after.frame().equals(before)
    assert "provisional" not in str(after.heading()) + str(after.sources())
