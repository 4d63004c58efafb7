"""What a move between two years comes to: both errors, borrowed margins, and what is not judged."""

from dataclasses import replace
from fractions import Fraction
from math import erfc, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from bench import briefing
from bench.judge.belief import Prior
from bench.judge.change import (
    NO_MARGIN,
    Errors,
    errors_of,
    judge_change,
    moves_of_all,
    reckoned_variance,
)
from bench.judge.intervals import Z_95, PublishedFigure, error_variance, exact
from bench.judge.rag import Meaning
from bench.judge.trend_test import across
from bench.pages import store
from bench.pages.choices import rules_for
from bench.published import sources
from bench.reference import FinancialYear
from bench.reference.indicator import IntervalMethod
from judge.bands import rules
from worked import worked

AUTO = rules().auto
NOW, BEFORE = FinancialYear(2018), FinancialYear(2017)
FLAT = Prior(0.0, 1e12)


def year(start):
    return FinancialYear(start)


def survey(value, margin=None, respondents=None, unit="per_cent"):
    return PublishedFigure(
        value, unit, IntervalMethod.MARGIN, margin=margin, respondents=respondents
    )


def counted(value, of=None):
    count = None if of is None else value * of / 100
    return PublishedFigure(
        value, "per_cent", IntervalMethod.WILSON, numerator=count, denominator=of
    )


def rate(value, of=None):
    count = None if of is None else value * of / 100_000
    return PublishedFigure(value, "per_100k", IntervalMethod.BYAR, numerator=count, denominator=of)


def bare(value):
    return PublishedFigure(value, "per_cent", IntervalMethod.NONE)


# --- the verdict --------------------------------------------------------------------------------


@worked("change")
def test_a_change_is_judged_by_the_errors_of_both_years(
    figure, margin, previous, previous_margin, polarity, verdict, certainty, why
):
    errors = errors_of(
        (NOW, survey(figure, margin)), (BEFORE, survey(previous, previous_margin)), dict
    )
    found = judge_change(
        exact(figure) - exact(previous),
        errors,
        polarity=polarity,
        moves=Prior(0.0, 25.0),
        edge=Fraction(2),
        rules=AUTO,
    )
    assert (found.meaning, found.certainty) == (verdict, certainty), why


@pytest.mark.parametrize("move", [-9.0, -2.5, 0.0, 1.0, 2.0, 4.0, 12.0])
@pytest.mark.parametrize(("now", "before"), [(1.0, 4.0), (0.2, 0.1)])
def test_the_probability_is_that_of_the_true_move(move, now, before):
    """Against numerical integration of the prior times the chance of the move as published."""
    moves, edge = Prior(-0.5, 9.0), 1.5
    error = sqrt(now + before)

    def weight(true):
        return stats.norm.pdf(true, moves.centre, 3.0) * stats.norm.pdf(move, true, error)

    middle = (moves.centre * (now + before) + move * 9.0) / (now + before + 9.0)
    span = (middle - 30, middle + 30)
    whole = integrate.quad(weight, *span, points=[middle], epsabs=1e-15)[0]
    above = (
        integrate.quad(weight, edge, max(span[1], edge + 60), epsabs=1e-15, limit=200)[0] / whole
    )
    below = (
        integrate.quad(weight, min(span[0], -edge - 60), -edge, epsabs=1e-15, limit=200)[0] / whole
    )
    found = judge_change(
        exact(move),
        Errors(now, before),
        polarity="none",
        moves=moves,
        edge=exact(edge),
        rules=AUTO,
    )
    expected = {
        Meaning.HIGHER: above,
        Meaning.LOWER: below,
        Meaning.SIMILAR: 1 - above - below,
    }
    if found.meaning is Meaning.UNCLEAR:
        assert max(above, below) < AUTO.probable
        assert 1 - above - below < AUTO.close
    else:
        assert found.probability == pytest.approx(expected[found.meaning], abs=1e-6)


def test_two_intervals_that_overlap_may_differ():
    """60 ± 3 and 55 ± 3 share the values from 57 to 58, and yet the true figure fell."""
    found = judge_change(
        Fraction(-5),
        errors_of((NOW, survey(55.0, 3.0)), (BEFORE, survey(60.0, 3.0)), dict),
        polarity="higher_is_better",
        moves=FLAT,
        edge=Fraction(1),
        rules=AUTO,
    )
    error = sqrt(2) * 3 / 1.959963984540054
    assert found.meaning is Meaning.WORSE
    assert found.probability == pytest.approx(0.5 * erfc((1 - 5) / error / sqrt(2)), abs=1e-6)


@pytest.mark.parametrize(
    ("errors", "moves", "edge", "reason"),
    [
        (NO_MARGIN, FLAT, Fraction(1), NO_MARGIN),
        (Errors(1.0, 1.0), "only 3 councils", Fraction(1), "only 3 councils"),
        (Errors(1.0, 1.0), FLAT, "the councils do not spread", "the councils do not spread"),
    ],
)
def test_what_cannot_be_judged_says_why(errors, moves, edge, reason):
    found = judge_change(
        Fraction(50), errors, polarity="higher_is_better", moves=moves, edge=edge, rules=AUTO
    )
    assert (found.meaning, found.reason) == (Meaning.NOT_COMPARED, reason)


# --- whose errors -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "now", "before", "lenders", "expected"),
    [
        ("both", survey(50.0, 3.0), survey(50.0, 4.0), {}, None),
        ("neither", survey(50.0), survey(50.0), {2016: survey(50.0, 3.0)}, NO_MARGIN),
        ("neither, counted", counted(50.0), counted(40.0), {2016: counted(50.0, 400)}, NO_MARGIN),
        ("no counts in any year", bare(50.0), bare(40.0), {}, NO_MARGIN),
        ("one, and nobody lends", survey(50.0, 3.0), survey(50.0), {},
         "no margin of error in 2017-18"),
        ("one, the later lends", survey(50.0, 3.0), survey(50.0), {2018: survey(50.0, 3.0)}, 2018),
        ("the later without", counted(50.0), counted(40.0, 400), {2017: counted(40.0, 400)}, 2017),
        ("of two as near the earlier", counted(50.0, 400), counted(40.0),
         {2016: counted(45.0, 300), 2018: counted(50.0, 400)}, 2016),
        ("the nearest", counted(50.0, 400), counted(40.0),
         {2014: counted(45.0, 300), 2018: counted(50.0, 400)}, 2018),
        ("one without counts lends none", counted(50.0, 400), counted(40.0),
         {2016: counted(45.0), 2014: counted(45.0, 300)}, 2014),
        ("a margin of 0 is none", survey(50.0, 3.0), survey(50.0, 0.0),
         {2018: survey(50.0, 3.0)}, 2018),
        ("above its denominator", counted(50.0, 400), replace(counted(90.0, 40), numerator=41.0),
         {2018: counted(50.0, 400)},
         "a figure cannot be right as published: its numerator is above its denominator"),
        ("above 100%", survey(101.0, 3.0), survey(50.0, 3.0), {},
         "a figure cannot be right as published: it is above 100%"),
    ],
)  # fmt: skip
def test_both_years_have_an_error_or_nothing_is_judged(why, now, before, lenders, expected):
    found = errors_of(
        (NOW, now), (BEFORE, before), lambda: {year(start): one for start, one in lenders.items()}
    )
    if isinstance(expected, str):
        assert found == expected, why
    else:
        assert found.margin_from == (None if expected is None else year(expected)), why
        assert found.now > 0
        assert found.before > 0


@pytest.mark.parametrize(
    ("why", "figure", "lender", "own"),
    [
        ("people counted: the lender's denominator", counted(20.0), counted(50.0, 400),
         counted(20.0, 400)),
        ("a rate: the lender's population", rate(600.0), rate(300.0, 40_000), rate(600.0, 40_000)),
        ("respondents", survey(20.0), survey(50.0, respondents=400),
         survey(20.0, respondents=400)),
        ("a score: the lender's margin", survey(19.0, unit="score"),
         survey(18.8, 0.5, unit="score"), survey(19.0, 0.5, unit="score")),
    ],
)  # fmt: skip
def test_a_reckoned_margin_is_scaled_to_the_figure(why, figure, lender, own):
    variance, lent = reckoned_variance(BEFORE, figure, {NOW: lender})
    assert lent == NOW
    assert variance == pytest.approx(error_variance(own, unit=own.unit, method=own.method)), why


@worked("borrowed")
def test_worked_cases_of_a_reckoned_margin(
    kind, figure, lender, lender_margin, lender_denominator, margin, why
):
    made = {
        "share": lambda value: counted(value, lender_denominator),
        "rate": lambda value: rate(value, lender_denominator),
        "survey": lambda value: survey(value, lender_margin),
        "score": lambda value: survey(value, lender_margin, unit="score"),
    }[kind]
    own = replace(made(figure), numerator=None, denominator=None, respondents=None, margin=None)
    found = reckoned_variance(BEFORE, own, {NOW: made(lender)})
    assert (found is None) == (margin is None), why
    if found is not None:
        assert sqrt(found[0]) * Z_95 == pytest.approx(margin, abs=5e-3), why


def test_a_survey_margin_is_scaled_as_that_many_answers_would_have_it():
    # 4.9 at 50% is what 400 answers give; at 20% they give 3.92.
    variance, _ = reckoned_variance(BEFORE, survey(20.0), {NOW: survey(50.0, 4.9)})
    assert 1.96 * sqrt(variance) == pytest.approx(3.92, abs=0.03)
    assert reckoned_variance(BEFORE, survey(20.0), {NOW: survey(100.0, 0.4)}) is None


def test_how_far_councils_moved_needs_enough_of_them():
    assert (
        moves_of_all([1.0] * 29, [], 30) == "only 29 councils have both figures, and 30 are needed"
    )
    found = moves_of_all([1.0, 3.0] * 20, [0.5] * 40, 30)
    assert found.centre == 2
    assert found.variance == pytest.approx(40 / 39 - 0.5)


@given(
    st.floats(-50, 50), st.floats(0.01, 50), st.floats(0.01, 50), st.sampled_from([0.1, 9.0, 1e6])
)
def test_mirrored_polarity_mirrors_the_verdict(move, now, before, spread):
    mirrored = {Meaning.BETTER: Meaning.WORSE, Meaning.WORSE: Meaning.BETTER}
    one, other = (
        judge_change(
            exact(move),
            Errors(now, before),
            polarity=f"{way}_is_better",
            moves=Prior(0.0, spread),
            edge=Fraction(1),
            rules=AUTO,
        )
        for way in ("higher", "lower")
    )
    assert other == replace(one, meaning=mirrored.get(one.meaning, one.meaning))


@pytest.mark.parametrize("tails", [4, 1000])
@pytest.mark.parametrize("error", [0.3, 1.0, 3.0])
def test_what_is_said_comes_true_as_often_as_it_says(tails, error):
    """Drawn truths, with tails as real changes have and with normal ones; seeded."""
    random = np.random.default_rng(11)
    true = 0.5 + random.standard_t(tails, 3000) * 2
    drawn = true + random.normal(0, error * sqrt(2), true.size)
    moves = moves_of_all(list(drawn), [2 * error**2], 30)
    right = {"sure": [], "probable": []}
    for truth, move in zip(true, drawn, strict=True):
        found = judge_change(
            Fraction(float(move)),
            Errors(error**2, error**2),
            polarity="higher_is_better",
            moves=moves,
            edge=Fraction(1),
            rules=AUTO,
        )
        if found.meaning in (Meaning.BETTER, Meaning.WORSE):
            right[found.certainty].append(
                truth >= 1 if found.meaning is Meaning.BETTER else truth <= -1
            )
    for certainty, least in (("sure", AUTO.sure), ("probable", AUTO.probable)):
        if len(right[certainty]) >= 100:
            assert sum(right[certainty]) / len(right[certainty]) >= least - 0.03, certainty


@pytest.mark.parametrize("move", [-1, 0, 1])
@pytest.mark.parametrize("centre", [-40.0, 40.0])
@pytest.mark.parametrize("polarity", ["higher_is_better", "lower_is_better", "none"])
def test_no_move_is_called_one_the_other_way(move, centre, polarity):
    """Where all councils moved far and the errors are wide, the figure's own side still counts."""
    found = judge_change(
        Fraction(move),
        Errors(2_000.0, 2_000.0),
        polarity=polarity,
        moves=Prior(centre, 4.0),
        edge=Fraction(2),
        rules=AUTO,
    )
    good = {"higher_is_better": 1, "lower_is_better": -1}.get(polarity)
    way = 1 if centre > 0 else -1
    if move * way <= 0:
        assert (found.meaning, found.probability) == (Meaning.UNCLEAR, None)
    elif good is None:
        assert found.meaning is (Meaning.HIGHER if way > 0 else Meaning.LOWER)
    else:
        assert found.meaning is (Meaning.BETTER if way == good else Meaning.WORSE)


# --- on published figures -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("council", "period", "code", "verdict", "margin_from", "not_judged", "then"),
    [
        ("Rutland", "2015-16", "1A", "similar", "2015-16", None, "2016-17"),
        ("Camden", "2018-19", "1C(2B)", "better", None, None, "2019-20"),
        ("Wirral", "2018-19", "2A(2)", "worse", None, None, "2019-20"),
        ("Somerset", "2018-19", "2C(1)", "not_compared", None, NO_MARGIN, "2019-20"),
        ("Kent", "2022-23", "2A(2)", "not_compared", None, NO_MARGIN, "2023-24"),
        ("City of London", "2018-19", "1C(1A)", "not_compared", None,
         "the council is too small: a few people more or less would change its figure", "2019-20"),
        ("Somerset", "2024-25", "3D(2a)", "not_compared", None, None, None),  # a cut before it
        ("Somerset", "2023-24", "3D(2a)", "not_compared", None, NO_MARGIN, None),  # and after it
    ],
)  # fmt: skip
def test_published_changes(council, period, code, verdict, margin_from, not_judged, then):
    row = {one["code"]: one for one in briefing(council, period).records()}[code]
    assert row["verdict_vs_previous"] == verdict
    assert row["change_margin_from"] == margin_from
    assert row["change_not_judged"] == not_judged
    assert row["next_period"] == then
    assert (row["next"] is None) == (then is None)


@pytest.mark.slow
@pytest.mark.parametrize("period", [str(one) for one in store.years()])
def test_no_change_is_judged_by_one_margin_and_no_trend_says_the_opposite(period):
    """All rows of a year: figures in their intervals, errors of both years behind each change."""
    registers = sources.reference()
    of_year = FinancialYear.parse(period)
    table = store.year_table(of_year, rules_for())
    changes = {}
    for council in registers.councils.in_year(of_year):
        for row in table.rows(council, registers.peers.group("england", council, of_year)):
            change = row.vs_previous
            changes[row.indicator.indicator_id, council.area_id] = change.meaning
            for figure, interval in (
                (row.value, row.interval),
                (row.previous, row.previous_interval),
            ):
                assert interval is None or interval.holds(exact(figure)), (council.name, row.code)
            if change.meaning is not Meaning.NOT_COMPARED:
                margins = [row.interval, row.previous_interval]
                widths = [one is not None and one.upper > one.lower for one in margins]
                assert any(widths), (council.name, row.code)
                # Both years have a margin of their own, or the row names the year that lends one.
                assert all(widths) == (change.margin_from is None), (council.name, row.code)
    for one in table.indicators:
        own = {
            area: meaning for (name, area), meaning in changes.items() if name == one.indicator_id
        }
        trends = across(table.figures, registers, one, own, year=of_year, rules=table.rules.trend)
        for area, trend in trends.items():
            assert not trend.contradicts(own[area])
            if trend.direction == "turned":
                better = (trend.turns == -1) == (one.polarity == "higher_is_better")
                assert own[area] is not (Meaning.WORSE if better else Meaning.BETTER)
