"""The page of an area made of councils: what is reckoned, judged, marked, and left unsaid."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import bench
from bench import cli
from bench.errors import ParameterError, UnknownNameError
from bench.pages import store
from bench.pages.area.figures import of_year
from bench.pages.area.neighbours import AreaNeighbours
from bench.pages.area.report import AreaReport
from bench.pages.choices import rules_for
from bench.peer_model import lists
from bench.peer_model.census import together
from bench.published import sources
from bench.reference import FinancialYear, merged_areas
from present.reading import grade
from publish.test_plain_english import sentences

LATEST = FinancialYear(2024)
OWN = {
    "parts.yaml": """\
areas:
  north_kent:
    name: North Kent and Medway
    made_of:
    - councils: [Medway]
      parts: {Kent: 0.42}
  south_kent:
    name: South and East Kent
    made_of:
    - parts: {Kent: 0.58}
""",
    "greater_essex.yaml": "name: Greater Essex\nmade_of:\n- councils: [Essex, Southend, Thurrock]\n",
    "two_boroughs.yaml": "name: City and Hackney\nmade_of:\n- councils: [City of London, Hackney]\n",
    "six.yaml": "name: Six of them\nmade_of:\n- councils: [Bury, Bolton, Oldham, Rochdale, Salford, "
    "Stockport]\n",
    "the_two.yaml": "name: The Two\nmade_of:\n- councils: [City of London, Isles of Scilly]\n",
}


@pytest.fixture(scope="module")
def own(root, tmp_path_factory):
    """Areas of a reader's own, by id."""
    folder = tmp_path_factory.mktemp("areas")
    for name, text in OWN.items():
        (folder / name).write_text(text, encoding="utf-8")
    councils = sources.reference(root).councils
    return merged_areas.read(root / "data" / "reference", folder, councils)


def page_of(area, year=LATEST, rule=None):
    return AreaReport(of_year(area, year, rules_for(rule)))


@pytest.fixture(scope="module")
def cumbria():
    return bench.area("former cumbria", "2024-25")


def words(section):
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", str(section), flags=re.DOTALL)
    return " ".join(text.replace("&#39;", "'").split())


VERDICTS = [  # 2024-25: the figure, its range, England's, and what that comes to
    ("2C", 665.4, "unclear", None),  # 621.5 to 711.5 beside 592.5: too near for its error
    ("2E(2b)", 46.4, "worse", "sure"),  # beside 60.3
    ("2A", 98.7, "better", "sure"),  # beside 77.1
    ("3A", 83.4, "better", "probable"),  # 78.1 to 88.7 beside 77.3, by respondents
    ("3D(1a)", 19.1, "not_compared", None),  # nobody's is compared that year
    ("2D(1)", None, "not_compared", None),  # a council's is hidden
    ("6A", None, "not_compared", None),  # no counts are published
]


@pytest.mark.parametrize(("code", "value", "verdict", "certainty"), VERDICTS)
def test_a_reckoned_figure_is_judged_by_its_own_error(cumbria, code, value, verdict, certainty):
    row = cumbria.frame().set_index("code").loc[code]
    assert row["verdict_vs_england"] == verdict
    assert (row["certainty_vs_england"] == certainty) is (certainty is not None)
    assert row["reckoned_value"] == value if value else row["reason"].startswith("not known: ")
    assert row["mark"] == "reckoned from Cumberland and Westmorland and Furness"


def test_a_wider_error_makes_a_verdict_less_sure(cumbria):
    """By respondents: the councils' own errors alone would give 3A a narrower range."""
    line = next(one for one in cumbria.lines if one.measure.code == "3A")
    sizes = [own.respondents for _, own, _ in line.councils]
    own_errors = [own.margin / 1.96 for _, own, _ in line.councils]
    plain = sum((n / sum(sizes) * error) ** 2 for n, error in zip(sizes, own_errors, strict=True))
    assert line.row.reckoned.interval.variance > 1.2 * plain
    assert line.row.vs_england.belief.above < 0.9


@pytest.mark.parametrize("rule", ["auto", "interval", "spread", "quartile", "tolerance", "funnel"])
def test_every_rule_judges_what_can_be_reckoned(rule):
    frame = bench.area("Former Cumbria", "2024-25", rule=rule).frame().set_index("code")
    lower = frame.loc["2E(2b)", "verdict_vs_england"]  # 46.4 beside 60.3; funnels are wide
    assert lower == ("similar" if rule == "funnel" else "worse")
    unknown = frame[frame["reckoned_value"].isna()]
    assert set(unknown["verdict_vs_england"]) == {"not_compared"}
    assert set(unknown["verdict_vs_peers"]) == {"not_compared"}


def test_a_council_that_is_published_is_judged_as_on_its_own_page(cumbria):
    frame = cumbria.councils_frame()
    for name in ("Cumberland", "Westmorland and Furness"):
        page = bench.briefing(name, "2024-25").frame().set_index("code")
        here = frame[frame["council"] == name].set_index("code")
        columns = ["value", "verdict_vs_england"]
        assert here[columns].equals(page.loc[here.index, columns])


def test_peers_are_the_nearest_without_its_own_councils(cumbria):
    group = cumbria.neighbours.group
    assert group.total == 15
    assert not {peer.area_id for peer in group.members} & {"cumberland", "westmorland_and_furness"}
    line = next(one for one in cumbria.lines if one.measure.code == "2C")
    figures = store.figures()
    printed = figures[
        (figures["period"] == "2024-25")
        & (figures["indicator_id"] == line.row.indicator.indicator_id)
        & figures["area_id"].isin([peer.area_id for peer in group.members])
    ]["value"].dropna()
    assert float(line.average.value) == pytest.approx(printed.mean())


def test_pooled_features_and_peers_are_those_of_the_council_that_was_there():
    """Cumbria is in the Census files twice: as one council of 2022 and as two of 2023."""
    features, spaces = lists.features(), lists.model()
    parts = [features.figures[2023][one] for one in ("cumberland", "westmorland_and_furness")]
    pooled, whole = together(features.register, parts), features.figures[2022]["cumbria"]
    assert pooled == pytest.approx(whole, rel=0.01)
    nearest = AreaNeighbours.of(bench.area("Former Cumbria", "2024-25").merged, LATEST).nearest
    assert {one.area_id for one in nearest} == {
        one.area_id for one in spaces[2022].nearest("cumbria", 15)
    }


def test_every_council_lies_where_its_own_figures_put_it():
    """Placing an area uses the scale that councils were placed on."""
    for boundaries, space in lists.model().items():
        for area_id in ("kent", "leeds", "barnet"):
            figures = lists.features().figures[boundaries][area_id]
            assert space.point_of(figures) == pytest.approx(space.points[area_id], abs=1e-9)


def test_each_year_is_reckoned_or_published_and_says_which(cumbria):
    frame = cumbria.years_frame()
    rows = frame[frame["indicator"] == "control_over_daily_life"].set_index("year")
    assert rows.loc["2022-23", "source"] == "published of Cumbria"
    assert rows.loc["2023-24", "source"] == cumbria.mark
    published = bench.briefing("Cumbria", "2022-23").frame().set_index("indicator")
    assert rows.loc["2022-23", "figure"] == published.loc["control_over_daily_life", "value"]
    text = words(cumbria.year_by_year())
    assert "2022-23 2023-24 (reckoned) 2024-25 (reckoned)" in text
    assert "81.4%" in text
    assert "83.4%†" in text
    cut = rows.loc["2021-22", "cut"]  # the survey of 2020-21 was voluntary
    assert cut == "no"


def test_an_area_whose_ground_no_council_had_has_its_own_years_alone(own):
    years = page_of(own["bournemouth_and_poole"], FinancialYear(2018)).years_frame()
    assert years["year"].max() == "2018-19"
    assert set(years["source"]) == {"reckoned from Bournemouth and Poole"}


SECTIONS = ("heading", "glance", "table", "councils", "unknown", "by_share", "year_by_year",
            "peers", "method", "sources", "downloads")  # fmt: skip


def test_every_reckoned_figure_bears_the_mark(cumbria):
    table = str(cumbria.table())
    for line in cumbria.lines:
        value = line.row.reckoned.value
        if value is not None:
            decimals = line.measure.decimals
            assert re.search(rf"{value:,.{decimals}f}%? †", table), line.title
    grid = words(cumbria.councils())
    assert "98.7%†" in grid
    assert "Reckoned from Cumberland and Westmorland and Furness; not published." in grid
    assert "425,371†" in words(cumbria.peers())


def test_a_part_of_a_council_has_no_rate_no_answer_and_no_peers(own):
    page = page_of(own["north_kent"])
    assert page.mark == "made of Medway and a part of Kent (0.42 of its people)"
    frame = page.frame()
    assert frame["reckoned_value"].isna().all()
    assert set(frame["verdict_vs_england"]) == set(frame["verdict_vs_peers"]) == {"not_compared"}
    text = " ".join(words(getattr(page, name)()) for name in SECTIONS[:-2])
    assert "no figure of the area can be reckoned" in text
    assert "No figure of the area can be reckoned in any year." in text
    assert "There are no peers: what the Census says of Kent is held for all of it" in text
    assert not re.search(r"\d%?†", text)


def test_counts_of_a_part_are_an_assumption_and_add_up(own):
    year = store.figures()
    printed = year[(year["period"] == "2024-25") & (year["indicator_id"] == "direct_payments")]
    printed = printed.set_index("area_id")[["numerator", "denominator"]]
    north, south = (
        page_of(own[name]).assumed_frame().set_index("indicator").loc["direct_payments"]
        for name in ("north_kent", "south_kent")
    )
    whole = printed.loc["kent"] + printed.loc["medway"]
    assert north["counted"] + south["counted"] == pytest.approx(whole["numerator"], rel=0.01)
    assert south["out_of"] == pytest.approx(0.58 * printed.loc["kent", "denominator"], rel=0.005)
    assert {str(one["shares"]) for one in page_of(own["north_kent"]).figures.records()} == {
        "{'Kent': 0.42}"
    }
    text = words(page_of(own["north_kent"]).by_share())
    assert "These counts are an assumption and no figures" in text
    assert words(page_of(own["greater_essex"]).by_share()) == ""


def test_many_councils_are_a_grid_and_few_have_their_verdicts_in_words(own):
    many, few = (str(page_of(own[name]).councils()) for name in ("six", "greater_essex"))
    assert many.count("<table") == few.count("<table") == 1
    assert 'class="group-grid' in many
    assert 'class="records"' in few
    text = words(page_of(own["greater_essex"]).councils())
    assert "73.3%† ● AMBER similar" in text
    assert "RED worse than England, Southend-on-Sea (2.60%); GREEN better, Thurrock" in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("greater_essex", "In people aged 15 and over it lies beyond every council there is"),
        ("whole_dorset", "The 15 councils most like Whole of Dorset"),
    ],
)
def test_other_areas_have_peers(own, name, said):
    assert said in words(page_of(own[name]).peers())


def test_an_area_of_ended_councils_says_why_it_has_no_peers(own):
    page = page_of(own["whole_dorset"], FinancialYear(2018))
    assert "There are no peers: the Census is held at the boundaries of 2022 and 2023" in words(
        page.peers()
    )
    assert "Peers' average" not in words(page.table())
    assert page.frame()["verdict_vs_england"].isin(["better", "worse"]).any()


def test_tiny_councils_are_judged_with_others_and_not_alone(own):
    together_ = page_of(own["two_boroughs"]).councils_frame().set_index(["code", "council"])
    assert together_.loc[("1A", "City of London"), "verdict_vs_england"] == "not_compared"
    assert set(page_of(own["the_two"]).frame()["verdict_vs_england"]) == {"not_compared"}
    assert "beside England" in words(page_of(own["two_boroughs"]).heading())


def test_the_list_of_peers_is_printed(root):
    answer = CliRunner().invoke(cli.app, ["peers", "--area", "Former Cumbria"])
    first = answer.output.splitlines()[0]
    assert first.startswith("Former Cumbria: the 15 nearest of 149 councils by the open model")
    assert "pooled from Cumberland and Westmorland and Furness" in first
    assert " 1  Northumberland   distance 0.263" in answer.output
    weighed = CliRunner().invoke(
        cli.app,
        ["peers", "--area", "Former Cumbria", "--weights", str(root / "params" / "peers.yaml")],
    )
    assert weighed.output == answer.output
    ended = CliRunner().invoke(
        cli.app, ["peers", "--area", "Bournemouth and Poole without Christchurch"]
    )
    assert "years to 2018-19" in str(ended.exception)
    for others in (["Leeds"], ["--worth"]):
        refused = CliRunner().invoke(cli.app, ["peers", "--area", "Former Cumbria", *others])
        assert isinstance(refused.exception, ParameterError)


@pytest.mark.parametrize(
    ("area", "year", "kind", "said"),
    [
        ("Former Cumbra", "2024-25", UnknownNameError, "did you mean Former Cumbria"),
        ("Former Cumbria", "2022-23", ParameterError, "2023-24 and later"),
        ("Former Cumbria", "2031-32", UnknownNameError, "the latest year is 2024-25"),
        ("Leeds", "2024-25", UnknownNameError, "Unknown area"),
    ],
)
def test_an_area_that_cannot_be_is_refused(area, year, kind, said):
    with pytest.raises(kind, match=said):
        bench.area(area, year)


def test_the_page_reads_at_school_level(cumbria, own):
    for page in (cumbria, page_of(own["north_kent"])):
        levels = {}
        for name in set(SECTIONS) - {"downloads"}:  # names of files are no sentences
            text = " ".join(sentences(getattr(page, name)()))
            levels[name] = round(grade(text), 1) if text else 0
        assert {name: level for name, level in levels.items() if level > 9} == {}


def test_the_files_mark_every_row(cumbria):
    content = str(cumbria.downloads())
    assert "area-former-cumbria-2024-25.xlsx" in content
    assert cumbria.frame()["mark"].nunique() == 1
    sources_named = set(cumbria.years_frame()["source"])
    assert sources_named == {"published of Cumbria", cumbria.mark}


def test_a_brief_has_every_indicator_in_a_line_and_claims_no_trial(cumbria, own):
    brief = str(cumbria.brief())
    assert brief.count("<tr>") == 1 + len(cumbria.lines)
    text = words(brief)
    assert "Former Cumbria , reckoned from Cumberland and Westmorland and Furness, 2024-25." in text
    assert "98.7%†" in text
    assert "Not known: 2D(1) Older people still at home" in text
    assert "tries each verdict with other peers; this one does not" in text
    assert "bench report --area former_cumbria --year 2024-25" in text
    part = words(page_of(own["north_kent"]).brief())
    assert "no figure can be reckoned" in part
    assert "RED" not in part
    assert "†" not in part


@pytest.mark.slow
def test_the_notebook_makes_the_page_with_its_files(tmp_path):
    from bench.publish.page import PageOutput, area_page

    path = area_page("Former Cumbria", {"year": "2024-25"}, PageOutput(out=tmp_path))
    assert path == tmp_path / "area-former_cumbria.html"
    text = path.read_text(encoding="utf-8")
    assert "<h1>Former Cumbria: adult social care, reckoned from Cumberland" in text
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", text)
    assert "What a reckoned figure is" in headings
    kinds = {one.suffix for one in Path(tmp_path).rglob("*") if one.is_file()}
    assert kinds >= {".csv", ".xlsx", ".ods"}


def test_what_the_page_says_of_trials_is_what_the_benchmark_found(cumbria, root):
    text = (root / "benchmarks" / "README.md").read_text(encoding="utf-8")

    def cases(*starts):
        found = [
            re.search(rf"^\| {re.escape(one)} \| (\d+) of (\d+) \|", text, re.M) for one in starts
        ]
        agreed, tried = (sum(int(row[at]) for row in found) for at in (1, 2))
        return f"{agreed} of {tried}"

    page = words(str(cumbria.method()))
    for tried in (
        cases("counts summed, England", "counts summed, regions"),
        cases("counts summed", "surveys weighted by people"),
        cases("surveys by respondents"),
    ):
        assert tried in page
