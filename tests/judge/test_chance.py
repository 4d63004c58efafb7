"""What chance alone would do, against other implementations; and what many comparisons take back."""

import functools
import itertools
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench import briefing, indicator, overview
from bench.judge.intervals import Interval, PublishedFigure, byar, exact, interval
from bench.judge.multiplicity import (
    TAKEN_BACK,
    benjamini_hochberg,
    corrected,
    expected_share_false,
    p_value,
)
from bench.judge.rag import DecidingRule, Meaning
from bench.judge.robustness import sensitivity
from bench.pages import store
from bench.reference.indicator import IntervalMethod
from worked import section_of, worked

pytestmark = pytest.mark.usefixtures("judged_once")
QUIET = (Meaning.SIMILAR, Meaning.UNCLEAR, Meaning.NOT_COMPARED)


def figure(value, method=IntervalMethod.MARGIN, unit="per_cent", **counts):
    return PublishedFigure(value, unit, method, **counts)


def p(one, benchmark):
    made = interval(one)
    assert isinstance(made, Interval)
    return p_value(one, made, exact(benchmark))


@pytest.mark.parametrize(
    ("count", "out_of", "benchmark"),
    [(45, 90, 60.0), (1, 40, 10.0), (0, 12, 3.0), (12, 12, 95.5), (812, 1203, 66.1), (1, 1, 50.0)],
)
def test_counted_people_are_put_to_the_score_test(count, out_of, benchmark):
    one = figure(
        100 * count / out_of,
        IntervalMethod.WILSON,
        numerator=float(count),
        denominator=float(out_of),
    )
    share = benchmark / 100
    expected = stats.chisquare([count, out_of - count], [out_of * share, out_of * (1 - share)])
    assert p(one, benchmark) == pytest.approx(expected.pvalue, abs=1e-9)


@pytest.mark.parametrize(("value", "margin", "benchmark"), [(60.0, 3.0, 55.0), (18.9, 0.3, 19.1)])
def test_a_published_margin_is_a_normal_error(value, margin, benchmark):
    z = abs(value - benchmark) / (margin / stats.norm.ppf(0.975))
    one = figure(value, unit="score", margin=margin)
    assert p(one, benchmark) == pytest.approx(2 * stats.norm.sf(z), abs=1e-9)


@pytest.mark.parametrize("count", [10, 17, 250])
@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.9, 0.99, 0.998])
@pytest.mark.parametrize("side", [0, 1])
def test_a_rate_is_tested_by_byars_interval_turned_round(count, confidence, side):
    """At the edge of Byar's interval of any confidence, p is what that leaves over."""
    z = stats.norm.ppf((1 + confidence) / 2)
    above = count + side
    edge = above * (1 - 1 / (9 * above) + (2 * side - 1) * z / (3 * math.sqrt(above))) ** 3
    one = figure(
        count, IntervalMethod.BYAR, "per_100k", numerator=float(count), denominator=100_000.0
    )
    assert p(one, edge) == pytest.approx(1 - confidence, abs=1e-9)


@pytest.mark.parametrize("count", [0, 1, 4, 9])
@pytest.mark.parametrize("benchmark", [0.2, 2.0, 4.5, 11.0, 40.0])
def test_a_rate_of_few_events_is_put_to_the_exact_test(count, benchmark):
    one = figure(
        count, IntervalMethod.BYAR, "per_100k", numerator=float(count), denominator=100_000.0
    )
    tails = stats.poisson.cdf(count, benchmark), stats.poisson.sf(count - 1, benchmark)
    assert p(one, benchmark) == pytest.approx(min(1, 2 * min(tails)), abs=1e-9)


def test_byars_own_edges_are_at_5_per_cent():
    low, high = byar(17)
    one = figure(17.0, IntervalMethod.BYAR, "per_100k", numerator=17.0, denominator=100_000.0)
    assert p(one, low) == pytest.approx(0.05, abs=1e-9)
    assert p(one, high) == pytest.approx(0.05, abs=1e-9)


def test_respondents_make_the_test_where_no_margin_is_printed():
    one = figure(60.0, respondents=200.0)
    expected = stats.chisquare([120, 80], [110, 90]).pvalue
    assert p(one, 55.0) == pytest.approx(expected, abs=1e-9)


figures = st.one_of(
    st.builds(
        lambda value, margin: figure(value / 10, unit="score", margin=margin / 10),
        st.integers(-50, 1000),
        st.integers(1, 80),
    ),
    st.builds(
        lambda value, n: figure(value / 10, respondents=float(n)),
        st.integers(0, 1000),
        st.integers(1, 2000),
    ),
    st.integers(1, 3000).flatmap(
        lambda n: st.builds(
            lambda x: figure(
                round(100 * x / n, 1),
                IntervalMethod.WILSON,
                numerator=float(x),
                denominator=float(n),
            ),
            st.integers(0, n),
        )
    ),
    st.builds(
        lambda x, n: figure(
            round(1e5 * x / n, 1),
            IntervalMethod.BYAR,
            "per_100k",
            numerator=float(x),
            denominator=float(n),
        ),
        st.integers(0, 2000),
        st.integers(1, 1_000_000),
    ),
)


@given(one=figures, tenths=st.integers(0, 1000), at_edge=st.sampled_from(["lower", "upper", None]))
def test_p_is_below_5_per_cent_exactly_when_the_benchmark_is_outside(one, tenths, at_edge):
    made = interval(one)
    benchmark = getattr(made, at_edge) if at_edge else Fraction(tenths, 10)
    found = p_value(one, made, benchmark)
    assert 0 <= found <= 1
    assert (found < 0.05) == (not made.holds(benchmark))


@pytest.mark.parametrize(
    ("why", "one", "benchmark", "expected"),
    [
        ("nobody of anybody, beside nobody", figure(0.0, IntervalMethod.WILSON, numerator=0.0,
                                                    denominator=9.0), 0.0, 1.0),
        ("all, beside all", figure(100.0, IntervalMethod.WILSON, numerator=9.0, denominator=9.0),
         100.0, 1.0),
        ("some, where nobody is expected", figure(11.1, IntervalMethod.WILSON, numerator=1.0,
                                                  denominator=9.0), 0.0, 0.0),
        ("one of one", figure(100.0, IntervalMethod.WILSON, numerator=1.0, denominator=1.0), 100.0, 1.0),
        ("a score below 0", figure(-0.2, unit="score", margin=0.1), -0.2, 1.0),
        ("no event, none expected", figure(0.0, IntervalMethod.BYAR, "per_100k", numerator=0.0,
                                           denominator=9.0), 0.0, 1.0),
    ],
)  # fmt: skip
def test_at_the_ends_p_is_all_or_nothing(why, one, benchmark, expected):
    assert p(one, benchmark) == expected, why


@given(st.lists(st.floats(0, 1), max_size=60))
def test_benjamini_hochberg_agrees_with_scipy(values):
    found = benjamini_hochberg(np.array(values))
    expected = stats.false_discovery_control(values) if values else np.array([])
    assert found == pytest.approx(expected, abs=1e-9)


@worked("chance")
def test_what_benjamini_and_hochberg_list_of_their_own_example(p_value, limit, listed):
    every = [case[0] for case in section_of("chance").cases]
    at = every.index(p_value)
    assert limit == round(0.05 * (at + 1) / len(every), 4)
    kept = benjamini_hochberg(np.array(every))[at] <= 0.05
    assert listed == ("listed" if kept else "not listed")


# --- many comparisons at once -------------------------------------------------------------------


def meanings(rows):
    return [(row.vs_peers.meaning, row.vs_england.meaning) for row in rows]


@worked("expected_false")
def test_verdicts_are_kept_while_few_are_expected_to_be_false(probability, expected_false, listed):
    every = [case[0] for case in section_of("expected_false").cases]
    at = every.index(probability)
    found = expected_share_false(1 - np.array(every))[at]
    assert found == pytest.approx(expected_false, abs=5e-5)
    assert listed == ("kept" if found <= 0.05 else "not kept")


@given(st.lists(st.integers(0, 30).map(lambda n: n / 100), max_size=40))
def test_the_share_expected_to_be_false_is_a_running_mean(errors):
    found = expected_share_false(np.array(errors))
    for error, share in zip(errors, found, strict=True):
        surer = [other for other in errors if other <= error]
        assert share == pytest.approx(sum(surer) / len(surer), abs=1e-12)


@pytest.mark.parametrize("multiplicity", ["page", "map"])
@pytest.mark.parametrize("council", ["Leeds", "Kent", "Wirral"])
def test_of_what_is_kept_one_in_twenty_is_expected_to_be_false(council, multiplicity):
    plain, many = (
        briefing(council, "2018-19", multiplicity=one).rows for one in ("none", multiplicity)
    )
    back = 0
    for against in ("vs_peers", "vs_england"):
        kept, dropped = [], []
        for before, after in zip(plain, many, strict=True):
            was, now = getattr(before, against), getattr(after, against)
            if now.before is None:
                assert now == was
                if was.rule is DecidingRule.PROBABILITY and was.meaning not in QUIET:
                    kept.append(1 - was.probability)
                continue
            assert (now.meaning, now.before) == (Meaning.UNCLEAR, was.meaning)
            assert (now.certainty, now.probability, now.belief) == (None, None, was.belief)
            dropped.append(1 - was.probability)
        if multiplicity == "page":
            assert np.mean(kept) <= 0.05
            for error in dropped:
                assert error > max(kept)
                assert np.mean([*kept, error]) > 0.05
        back += len(dropped)
    assert back > 0


@pytest.mark.parametrize("council", ["Leeds", "Kent", "Wirral"])
def test_only_what_benjamini_and_hochberg_list_is_kept(council):
    plain, many = (
        briefing(council, "2018-19", rule="interval", multiplicity=one).rows
        for one in ("none", "page")
    )
    for against in ("vs_peers", "vs_england"):
        before = [getattr(row, against) for row in plain]
        after = [getattr(row, against) for row in many]
        tested = [at for at, verdict in enumerate(before) if verdict.rule is DecidingRule.INTERVAL]
        own = [p(plain[at].figure, float(before[at].benchmark)) for at in tested]
        listed = dict(zip(tested, stats.false_discovery_control(own) <= 0.05, strict=True))
        for at, verdict in enumerate(before):
            if listed.get(at, True) or verdict.meaning is Meaning.SIMILAR:
                assert after[at] == verdict
            else:
                assert after[at] == replace(
                    verdict, meaning=Meaning.SIMILAR, before=verdict.meaning
                )


def taken_back(rows):
    return {
        (row.code, note.code): note.text
        for row in rows
        for note in row.notes
        if note.code in TAKEN_BACK.values()
    }


def test_what_is_taken_back_says_what_it_was_and_why():
    rows = briefing("Somerset", "2018-19", rule="interval", multiplicity="map").rows
    found = taken_back(rows)
    assert found["4A", "taken_back_vs_peers"] == (
        "Against peers it was worse before many comparisons were allowed for. "
        "146 were made at once, and this one may differ by chance."
    )
    assert len(found) == sum(
        verdict.before is not None for row in rows for verdict in (row.vs_peers, row.vs_england)
    )


@functools.cache
def year_of(multiplicity):
    return overview("2018-19", multiplicity=multiplicity)


@pytest.mark.parametrize(
    "multiplicity",
    [*(pytest.param(name, marks=pytest.mark.slow) for name in ("none", "page")), "map"],
)
def test_a_council_and_the_overview_take_back_the_same(multiplicity):
    of_council = {one.area_id: rows for one, rows in year_of(multiplicity).rows}["leeds"]
    assert meanings(of_council) == meanings(
        briefing("Leeds", "2018-19", multiplicity=multiplicity).rows
    )


QUICK = {("none", "1B"), ("page", "3A"), ("map", "2A(1)")}


@pytest.mark.parametrize(
    ("multiplicity", "code"),
    [
        pytest.param(*asked, marks=[] if asked in QUICK else pytest.mark.slow)
        for asked in itertools.product(("none", "page", "map"), ("1B", "3A", "2A(1)"))
    ],
)
def test_a_council_and_an_indicator_take_back_the_same(multiplicity, code):
    council = briefing("Leeds", "2018-19", multiplicity=multiplicity)
    of_indicator = indicator(code, "2018-19", multiplicity=multiplicity)
    own = [row for one, row in of_indicator.rows if one.area_id == "leeds"]
    assert meanings(own) == meanings(row for row in council.rows if row.code == code)


def test_nothing_is_taken_back_unless_asked():
    assert taken_back(briefing("Somerset", "2018-19").rows) == {}


def test_what_is_taken_back_hinges_on_that_alone():
    brief = briefing("Somerset", "2018-19", rule="interval", multiplicity="map")
    frame = brief.sensitivity()
    own = frame[(frame["code"] == "4A") & (frame["against"] == "peers")]
    assert own["test"].tolist() == ["chance"]
    assert own["becomes"].tolist() == [["worse"]]
    assert own["sensitivity"].tolist() == ["sensitive"]
    assert own["hinges_on"].tolist() == [["chance"]]


@pytest.mark.parametrize("against", ["vs_peers", "vs_england"])
def test_whichever_verdict_is_taken_back_its_trial_says_what_it_was(against):
    brief = briefing("Leeds", "2018-19")
    verdict = getattr(brief.rows[0], against)
    row = replace(brief.rows[0], **{against: replace(verdict, before=Meaning.WORSE)})
    found = sensitivity(brief.year_table, brief.choice.council, brief.peers, [row])
    trials = [one.trials for one in found if one.against == against.removeprefix("vs_")]
    assert [(t.probe, t.changes) for t in trials[0]] == [("chance", (("", Meaning.WORSE),))]


def test_a_family_of_rows_without_intervals_is_left_alone():
    rows = [row for row in briefing("Leeds", "2018-19").rows if row.rule is DecidingRule.SIZE]
    assert rows
    assert corrected(rows) == rows
    assert corrected([]) == []


@functools.cache
def wirral():
    return briefing("Wirral", "2018-19").rows


@given(places=st.lists(st.integers(0, 20), max_size=12))
def test_taking_back_only_makes_a_colour_unclear(places):
    family = [wirral()[at] for at in places]
    for before, after in zip(family, corrected(family), strict=True):
        for old, new in (
            (before.vs_peers, after.vs_peers),
            (before.vs_england, after.vs_england),
        ):
            assert new.meaning in (old.meaning, Meaning.UNCLEAR)
            assert new.meaning is old.meaning or old.meaning not in QUIET
            assert new.rule is old.rule


def test_every_council_has_as_many_rows_as_indicators():
    """The overview's columns are its maps: all councils' rows stand in the same order."""
    brief = year_of("map")
    codes = {tuple(row.code for row in rows) for _, rows in brief.rows}
    assert len(codes) == 1
    assert store.year_table(brief.financial_year, brief.rules).indicators
