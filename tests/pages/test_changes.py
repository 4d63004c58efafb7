"""What a release changed: figures by an independent reckoning, and verdicts that add up."""

import csv
import html
import io
import itertools
import json
from fractions import Fraction

import pandas as pd
import pytest
from typer.testing import CliRunner

import bench
from bench.cli import app
from bench.errors import ParameterError, UnknownNameError
from bench.judge import year_table
from bench.judge.verdict_steps import ORDER, ComparisonSide, Ingredient, verdict_steps
from bench.judge.year_table import YearTable
from bench.pages import store
from bench.pages.changes import data, sections
from bench.pages.choices import rules_for
from bench.pages.council import whom_to_phone
from bench.published import observations, sources
from bench.reference.periods import FinancialYear

RELEASES = [release.id for release in sources.manifest().releases]
PAIRS = list(itertools.pairwise(RELEASES))
PLACE = ["indicator_id", "area_id", "period"]


@pytest.fixture(scope="module")
def registers():
    return sources.reference()


def test_north_tynesides_revised_year_was_moved_by_what_the_publisher_recalculated():
    found = bench.changes(
        "North Tyneside", from_release="ascof_2018_19", to_release="ascof_2018_19_revised"
    )
    assert (str(found.pair.year_before), str(found.pair.year)) == ("2018-19", "2018-19")
    assert {figure.kind for figure in found.figures} == {data.FigureChange.REVISED}
    assert len(found.figures) == 5
    assert len(found.moves) == 4
    for move in found.moves:
        assert {*move.steps.moved_by} <= {Ingredient.FIGURE, Ingredient.ERROR}
        assert move.steps.before.meaning != move.steps.after.meaning
    assert f"{len(found.moves)} verdicts moved of a year" in found.text()
    for move in found.moves:
        assert sections.moved_words(move) in html.unescape(str(found.ranked()))


def test_a_frame_a_file_and_a_record_say_the_same():
    found = bench.changes("Derby", from_release="ascof_2018_19", to_release="ascof_2018_19_revised")
    frame, record = found.frame(), found.record()
    lines = list(csv.DictReader(io.StringIO(found.csv().decode("utf-8-sig"))))
    assert len(lines) == len(frame) == len(record["figures"]) + len(record["verdicts"]) == 2
    verdict = record["verdicts"][0]
    assert [step["ingredient"] for step in verdict["steps"]] == [
        one for one in ORDER if one != "peer_list" or verdict["against"] == "peers"
    ]
    assert verdict["steps"][-1]["verdict"] == verdict["verdict_after"]
    assert lines[1]["moved_by"] == frame.loc[1, "moved_by"] == "; ".join(verdict["moved_by"])
    assert sum(step["part"] for step in verdict["steps"]) == pytest.approx(verdict["gap_change"])
    assert float(lines[1]["gap_change"]) == verdict["gap_change"]


@pytest.mark.parametrize(
    ("council", "earlier", "later", "error", "said"),
    [
        ("Leeds", "ascof_1999_00", None, UnknownNameError, "Unknown release"),
        ("Leeds", None, "ascof_1999_00", UnknownNameError, "Unknown release"),
        ("Leeds", RELEASES[3], RELEASES[3], ParameterError, "nothing changes from it to itself"),
        ("Leeds", RELEASES[-1], None, ParameterError, "there is none after it"),
        ("Leeds", None, RELEASES[0], ParameterError, "there is none before it"),
        ("Leeds", RELEASES[9], RELEASES[8], ParameterError, "was published after"),
        ("Bournemouth", None, None, ParameterError, "Bournemouth did not exist in"),
        ("Leds", None, None, UnknownNameError, "Unknown council"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(council, earlier, later, error, said):
    with pytest.raises(error, match=said) as refusal:
        bench.changes(council, from_release=earlier, to_release=later)
    assert refusal.value.mend


def test_the_command_refuses_a_council_beside_all_and_prints_json():
    run = CliRunner().invoke
    assert isinstance(run(app, ["changes", "Leeds", "--all"]).exception, ParameterError)
    options = ["--from", "ascof_2018_19", "--to", "ascof_2018_19_revised", "--format", "json"]
    printed = run(app, ["changes", "Derby", *options])
    assert json.loads(printed.stdout)["to"] == "ascof_2018_19_revised"


def test_a_council_that_has_ended_has_figures_without_a_successor_and_no_verdicts():
    found = bench.changes("Cumbria", from_release="ascof_2022_23", to_release="ascof_2023_24")
    assert {figure.kind for figure in found.figures} == {data.FigureChange.ENDED}
    assert {figure.reason for figure in found.figures} == {"there was no such council in 2023-24"}
    assert not found.moves


def values(root, until):
    """The value in force of each figure of a council, from the files themselves."""
    found = {}
    councils = {council.area_id for council in sources.reference().councils}
    for release in until:
        table = pd.read_parquet(root / "data" / "published" / f"{release}.parquet")
        table = table[(table["breakdown"] == "all") & table["value"].notna()]
        for indicator, area, period, value in table[[*PLACE, "value"]].itertuples(index=False):
            if area in councils:
                found[area, indicator, period] = value
    return found


@pytest.mark.parametrize(
    "pair",
    [
        ("ascof_2018_19", "ascof_2018_19_revised"),
        pytest.param(("ascof_2018_19_revised", "ascof_2019_20"), marks=pytest.mark.slow),
        pytest.param(("ascof_2023_24", "ascof_2024_25"), marks=pytest.mark.slow),
    ],
)
def test_figures_are_those_of_the_files(root, pair):
    found = data.release_pair(*pair)
    before = values(root, RELEASES[: RELEASES.index(pair[0]) + 1])
    after = values(root, RELEASES[: RELEASES.index(pair[1]) + 1])
    expected = {("new", *key) for key in after.keys() - before.keys()}
    expected |= {("revised", *key) for key in before if after[key] != before[key]}
    years = str(found.year_before), str(found.year)
    expected |= {
        ("ended", *key)
        for key in before
        if key[2] == years[0] != years[1] and (*key[:2], years[1]) not in after
    }
    columns = ["kind", "area_id", "indicator_id", "period"]
    assert set(found.figures[columns].itertuples(index=False, name=None)) == expected


@pytest.fixture(scope="module")
def everyone():
    return bench.changes("all", from_release="ascof_2018_19", to_release="ascof_2018_19_revised")


def test_revised_admissions_of_2018_19_name_their_councils(everyone):
    """44 figures of 42 councils: Hampshire and North Tyneside have two each."""
    named = {
        group["indicator"]: group["councils"]
        for group in everyone.revised
        if group["indicator"].startswith("care_home_admissions")
    }
    assert {name: len(councils) for name, councils in named.items()} == {
        "care_home_admissions_18_64": 3,
        "care_home_admissions_65_over": 41,
    }
    assert len({name for councils in named.values() for name in councils}) == 42
    table = sections.revised_figures(everyone.revised, everyone.pair)
    assert all(name in table for councils in named.values() for name in councils)


@pytest.mark.slow
def test_councils_are_listed_by_what_moved(everyone):
    first, *_ = everyone.lines
    assert first["council"] == "North Tyneside"
    assert (first["verdicts_revised"], first["revised"]) == (4, 5)
    assert everyone.frame()["council"].is_unique
    assert first["moved_by"] == "figure 3; error 1"
    assert "North Tyneside" in everyone.text().split("Kirklees")[0]
    assert "North Tyneside" in everyone.ranked()
    assert everyone.csv().decode("utf-8-sig").splitlines()[1].startswith("north_tyneside,")


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS)
def test_parts_add_up_and_both_ends_are_those_of_the_tables_as_they_stood(pair, registers):
    """Of every council and verdict, all of them asked of tables that are read anew."""
    found, rules = data.release_pair(*pair), rules_for()
    tables = {}

    def judged(release, year, council, move):
        if (release, year) not in tables:
            figures = observations.load(as_of=release, breakdown="all")
            tables[release, year] = YearTable(figures, registers, year, rules)
        group = registers.peers.group("cipfa", council, year)
        seen = tables[release, year].judged(move.indicator, council, group)
        return seen.vs_peers if move.against is data.Against.PEERS else seen.vs_england

    count = 0
    for council in registers.councils:
        if not (council.exists(found.year_before) or council.exists(found.year)):
            continue
        for move in data.moves_of(council, found, "cipfa", rules):
            steps = move.steps
            assert steps.before == judged(pair[0], move.year_before, council, move)
            assert steps.after == judged(pair[1], move.year, council, move)
            assert steps.before.meaning != steps.after.meaning
            assert steps.moved_by
            parts = [step.part for step in steps.steps if step.part is not None]
            if steps.whole is not None:
                assert sum(parts, Fraction(0)) == steps.whole
            count += 1
    store.forget()
    assert count or not found.restated


@pytest.mark.parametrize(
    ("council", "pair", "number_of"),
    [
        ("East Sussex", ("ascof_2018_19", "ascof_2018_19_revised"), 2),
        pytest.param("Leeds", ("ascof_2023_24", "ascof_2024_25"), 49, marks=pytest.mark.slow),
        pytest.param(
            "Dorset", ("ascof_2018_19_revised", "ascof_2019_20"), 0, marks=pytest.mark.slow
        ),
        pytest.param("Kent", ("ascof_2014_15", "ascof_2015_16"), None, marks=pytest.mark.slow),
    ],
)
def test_no_verdict_that_moved_is_left_out(registers, council, pair, number_of):
    """Every verdict of the tables as they stood, beside the moves that are listed."""
    found, rules = data.release_pair(*pair), rules_for()
    council = registers.councils.find(council)
    listed = {
        (move.indicator.indicator_id, move.against, move.year_before, move.year)
        for move in data.moves_of(council, found, "cipfa", rules)
    }

    def judged(indicator, year, release):
        table = store.year_table_as_of(year, rules, release.id)
        group = registers.peers.group("cipfa", council, year)
        return table.judged(indicator, council, group)

    years = {year for one in registers.indicators for year in one.years}
    spans = {(year, year) for year in years if year <= found.year_before}
    spans.add((found.year_before, found.year))
    moved = set()
    for before, after in spans:
        if not (council.exists(before) and council.exists(after)):
            continue
        for indicator in registers.indicators:
            if not (indicator.published_in(before) and indicator.published_in(after)):
                continue
            if indicator.framework.framework_id == "pss_ex1":
                continue
            ends = judged(indicator, before, found.earlier), judged(indicator, after, found.later)
            if None in (ends[0].own.value, ends[1].own.value):
                continue
            moved |= {
                (indicator.indicator_id, against, before, after)
                for against in data.Against
                if len({getattr(end, f"vs_{against}").meaning for end in ends}) == 2
            }
    assert listed == moved
    assert number_of in (None, len(moved))


def test_the_section_of_a_councils_page_says_why_where_there_is_nothing_to_say():
    ended = bench.briefing("Bournemouth", "2018-19").since_release_before()
    assert "Bournemouth did not exist in 2023-24 or 2024-25" in ended


def test_each_ingredient_is_exchanged_once_and_in_order(registers):
    """From a side to itself nothing moves, and each part is 0."""
    council = registers.councils.find("Leeds")
    year = FinancialYear.parse("2018-19")
    table = store.year_table_as_of(year, rules_for(), "ascof_2018_19")
    indicator = registers.indicators["feeling_safe"]
    for peers in (registers.peers.group("cipfa", council, year), None):
        side = ComparisonSide(table, peers)
        steps = verdict_steps(indicator, council, side, side)
        assert [step.ingredient for step in steps.steps] == [
            one for one in ORDER if peers or one is not Ingredient.PEER_LIST
        ]
        assert {step.part for step in steps.steps} == {0}
        assert not steps.moved_by


def test_what_verdicts_rest_on_is_worked_out_before_councils_are_asked(registers, monkeypatch):
    """Also of what a council has no figure of; why there is no figure moves no verdict."""
    rules, pair = rules_for(), data.release_pair()
    data.prepare(rules)
    assert ("feeling_safe", "2023-24") in pair.restated
    assert ("feeling_safe", "2018-19") not in pair.restated  # councils that were not are marked so
    monkeypatch.setattr(year_table, "error_variances", None)
    for name in ("Leeds", "Somerset"):
        assert list(data.moves_of(registers.councils.find(name), pair, "cipfa", rules))


def test_what_is_remembered_of_the_data_is_forgotten_when_it_is_written() -> None:
    cached = {
        one
        for module in (store, data, whom_to_phone)
        for one in vars(module).values()
        if hasattr(one, "cache_clear") and one.__module__ == module.__name__
    }
    assert cached == set(store._CACHES)
    assert data.release_pair() is data.release_pair()  # every council's page asks for it


def test_the_publications_named_are_those_of_both_tables():
    """And none that came after them."""
    earlier, later = "ascof_2018_19", "ascof_2018_19_revised"
    changes = bench.changes("Derby", from_release=earlier, to_release=later)
    releases = {release.id: release for release in sources.manifest().releases}
    expected = {
        releases[name].title
        for release in (earlier, later)
        for name in set(store.figures_as_of(release)["release_id"])
    }
    named = {title for title in (one.title for one in releases.values())
             if html.escape(title) in str(changes.sources())}  # fmt: skip
    assert named == expected
    assert len(expected) < len(releases)
