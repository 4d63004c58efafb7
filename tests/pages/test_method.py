"""The method page: what it says is what the code does, and every section of it is tested."""

import importlib.util

import numpy as np
import pytest

import bench
from bench.errors import RegisterError
from bench.pages import store
from bench.pages.council.whom_to_phone import CHANCE_IN_TEN
from bench.reference.method_cases import MethodPart, read_method
from present.reading import grade
from worked import METHOD, section_of, worked


@worked("published")
def test_published_rows_stand_on_the_page_as_they_are(
    council,
    year,
    code,
    figure,
    interval,
    peer_average,
    verdict_vs_peers,
    certainty_vs_peers,
    england,
    verdict_vs_england,
    certainty_vs_england,
):
    row = bench.briefing(council, year).row(code).record()
    edges = (row["lower"], row["upper"])
    assert (row["value"], None if edges == (None, None) else edges) == (figure, interval)
    assert (row["peer_average"], row["england"]) == (peer_average, england)
    for against, verdict, certainty in (
        ("peers", verdict_vs_peers, certainty_vs_peers),
        ("england", verdict_vs_england, certainty_vs_england),
    ):
        own = (row[f"verdict_vs_{against}"], row[f"certainty_vs_{against}"])
        assert own == (verdict, certainty)


@worked("rank_range")
def test_published_ranks_have_the_range_of_the_page(council, year, code, rank, places):
    made = bench.briefing(council, year)
    table = store.year_table(made.choice.year, made.rules)
    row = made.row(code)
    found = table.ranking(row.indicator)
    one = None if isinstance(found, str) else found.interval(made.peers.area_id)
    assert (row.rank, one and (one.lower, one.upper)) == (rank, places)


@worked("calibration")
def test_what_the_trial_showed_is_what_its_benchmark_says(
    root, kind, furthest_off, right_if_sure, right_if_probable, right_if_similar
):
    """The figures are those of benchmarks/README.md, and within what a verdict promises."""
    text = (root / "benchmarks" / "README.md").read_text(encoding="utf-8")
    line = (
        f"| {kind} | {furthest_off} | {right_if_sure} | {right_if_probable} | {right_if_similar} |"
    )
    assert line in text
    assert furthest_off <= 5
    assert right_if_sure >= 90
    assert 70 <= right_if_probable <= 90


@worked("change_trial")
def test_what_the_trial_of_changes_showed_is_what_its_benchmark_says(
    root, what_was_said, true_changes, chance_said, came_true
):
    text = (root / "benchmarks" / "README.md").read_text(encoding="utf-8")
    off = round(came_true - chance_said, 1)
    line = f"| {what_was_said} | {true_changes} | {chance_said} | {came_true} | {off:+.1f} |"
    assert line in text
    # The words that go with the table: by how far each kind is out, and to which side.
    words = section_of("change_trial").text
    assert "No kind of verdict came true more than 1.1 points less often than it said" in words
    assert off >= -1.1
    if what_was_said == "probable, better or worse":
        assert "better or worse by one to nine points" in words
        assert 0.5 <= off < 9.5
    elif what_was_said == "probable, similar":
        assert "similar by three to sixteen" in words
        assert 2.5 <= off < 16.5
    else:
        assert abs(off) < 1.5


@worked("turnarounds")
def test_how_often_red_turns_to_green_by_chance_is_what_its_benchmark_says(
    root, against, red_series, turned, by_chance, named, named_still_green, green_still_green,
    twice_still_green,
):  # fmt: skip
    text = (root / "benchmarks" / "README.md").read_text(encoding="utf-8")
    cells = (against, red_series, turned, by_chance, named, named_still_green, green_still_green)
    assert f"| {' | '.join(map(str, cells))} | {twice_still_green} |" in text
    # The words that go with the table, and those of the council's page.
    section = section_of("turnarounds").text
    assert 5 < 10 * by_chance / turned < 6
    assert f"{CHANCE_IN_TEN} councils then turned for every ten" in section.lower()
    assert (
        "about as often as all that were GREEN, or a little more often, but less often" in section
    )
    assert -2 < named_still_green - green_still_green < 9
    assert 2 < twice_still_green - named_still_green < 12
    # One standard error of so few is some five points or more.
    assert 5 < 100 * (0.8 * 0.2 / named) ** 0.5 < 7


@pytest.mark.slow
def test_the_trial_made_again_once_a_year_comes_true(root):
    """One round of benchmarks/calibration.py: less exact than its twenty, and of other numbers."""
    place = root / "benchmarks" / "calibration.py"
    spec = importlib.util.spec_from_file_location("calibration", place)
    trial = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(trial)
    kinds = trial.calibrate(trial.YEARS, trial.as_published, rounds=1)
    assert len(kinds) == len(section_of("calibration").cases)
    for kind, record in kinds.items():
        assert np.mean(record.right["sure"]) >= 0.9, kind
        assert 0.65 <= np.mean(record.right["probable"]) <= 0.95, kind


@worked("not_compared")
def test_what_is_not_compared_says_why(council, year, code, reason):
    row = bench.briefing(council, year).row(code).record()
    assert row["verdict_vs_peers"] == "not_compared"
    assert reason in row["reason"]


def test_every_section_is_run_by_a_test(root):
    tests = "".join(path.read_text() for path in (root / "tests").rglob("test_*.py"))
    assert [one.id for one in METHOD.sections if f'@worked("{one.id}")' not in tests] == []


def test_the_page_shows_every_case():
    method = bench.method(palette="af")
    html = "".join(
        str(part())
        for part in (
            method.verdicts, method.sure, method.order, method.change, method.left_out,
        )
    )  # fmt: skip
    assert (
        html.count('<th scope="row">')
        == len(method.frame())
        == sum(len(s.cases) for s in METHOD.sections)
    )
    assert html.count("<caption") == len(METHOD.sections)
    # A verdict that is probable looks so.
    (change,) = (section for section in METHOD.sections if section.id == "change")
    probable = [case for case in change.cases if case[5:7] == ("worse", "probable")]
    assert str(method.change()).count("probably worse") == len(probable) > 0
    for section in METHOD.sections:
        assert section.title in html
        assert all(source.partition(":")[0] in html for source in section.sources)
    assert "The program is tested on every one of them" in method.heading()
    assert "<dl" in method.terms()


@pytest.mark.parametrize("section", METHOD.sections, ids=lambda section: section.id)
def test_each_rule_is_said_plainly(section):
    assert grade(section.text) <= 9


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("figure, benchmark, polarity, verdict, why]", "figure, benchmark]"), "has not 2 cells"),
        (("id: spread", "id: interval"), "sections twice: ['interval']"),
        (("- id: sure", "- id: sur"), "Input should be"),
        (("    title: Ranks and ties", "    titel: Ranks"), "titel"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(root, tmp_path, change, said):
    text = (root / "data" / "reference" / "method.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / "method.yaml").write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(RegisterError) as caught:
        read_method(tmp_path)
    assert said in str(caught.value)


def test_the_parts_are_those_of_the_page():
    assert [part.id for part in METHOD.parts] == list(MethodPart)
