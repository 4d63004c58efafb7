"""What a move between two years comes to: both errors, borrowed margins, and what is not judged."""

import functools
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import erfc, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from bench import briefing
from bench.judge.belief import SHAPES, TrueMoves, true_moves
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


def possible(*rows, centre=0.0, grows=False, usual_error=1.0):
    """True moves that may lie as each row of parts says: shares, offsets, variances."""
    most = max(map(len, rows))
    filled = np.array([[*row, *[(0.0, 0.0, 0.0)] * (most - len(row))] for row in rows])
    shares, offsets, variances = np.moveaxis(filled, 2, 0)
    return TrueMoves(
        np.full(len(rows), centre),
        np.full(len(rows), usual_error),
        shares[:, None],
        offsets,
        variances,
        grows=np.array([grows] * len(rows)),
    )


def bell(centre, variance):
    return possible([(1.0, 0.0, variance)], centre=centre)


def wide(shape, width):
    return [(one.share, width * one.offset, width**2 * one.variance) for one in SHAPES[shape]]


FLAT = bell(0.0, 1e12)
ALL_SHAPES_5_WIDE = possible(*(wide(shape, 5.0) for shape in SHAPES))


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
    if isinstance(errors, str):
        assert (verdict, certainty) == ("not_compared", None), why
        return
    found = judge_change(
        exact(figure) - exact(previous),
        errors,
        polarity=polarity,
        moves=ALL_SHAPES_5_WIDE,
        edge=Fraction(2),
        rules=AUTO,
    )
    assert (found.meaning, found.certainty) == (verdict, certainty), why


@worked("move_shapes")
def test_worked_cases_of_the_shapes_of_true_moves(true_moves, move, fall, close, rise):
    moves = ALL_SHAPES_5_WIDE
    if true_moves in SHAPES:
        moves = possible(wide(true_moves, 5.0))
    found = moves.chances(move, 2 * (3 / Z_95) ** 2, edge=2.0)
    assert [min(max(round(one, 3), 0.001), 0.999) for one in found] == [fall, close, rise]


@functools.cache
def fitted(tails):
    """150 published moves with small and large errors, and how true ones may lie: seeded."""
    random = np.random.default_rng(5)
    errors = random.choice([0.5, 2.0, 8.0], 150)
    moves = -0.5 + random.standard_t(tails, 150) * np.sqrt(1 + errors)
    return moves, errors, true_moves(list(moves), list(errors))


def parts_of(moves, variance):
    """The normals of each possibility, for a council with an error."""
    for row, grows in enumerate(moves.grows):
        wider = variance / moves.usual_errors[row] if grows else 1.0
        for shares in moves.shares[row]:
            yield [
                (share, moves.centres[row] + offset * sqrt(wider), sqrt(width * wider))
                for share, offset, width in zip(
                    shares, moves.offsets[row], moves.variances[row], strict=True
                )
                if share
            ]


@pytest.mark.parametrize("tails", [2.5, 1000])
@pytest.mark.parametrize(("move", "variance"), [(-9.0, 2.0), (-2.5, 5.0), (0.0, 0.3), (4.0, 5.0)])
def test_the_lowest_chances_are_those_of_the_true_move(tails, move, variance):
    """Against numerical integration of each prior times the chance of the move as published."""
    _, _, moves = fitted(tails)
    edge, error, lowest = 1.5, sqrt(variance), np.ones(3)
    for parts in parts_of(moves, variance):
        # What does not move at all lies at one value.
        still = [(at, share) for share, at, sd in parts if not sd]
        spread = [(share, at, sd) for share, at, sd in parts if sd]
        masses = []
        for low, high in pairwise((move - 40, -edge, edge, move + 40)):
            true = np.linspace(low, max(low, high), 20_001)
            prior = sum(share * stats.norm.pdf(true, at, sd) for share, at, sd in spread)
            masses.append(integrate.simpson(prior * stats.norm.pdf(move, true, error), x=true))
        for at, share in still:
            side = 1 if abs(at) < edge else (0 if at < 0 else 2)
            masses[side] += share * stats.norm.pdf(move, at, error)
        lowest = np.minimum(lowest, np.array(masses) / sum(masses))
    assert moves.chances(move, variance, edge=edge) == pytest.approx(tuple(lowest), abs=1e-6)


@pytest.mark.parametrize("tails", [2.5, 1000])
def test_the_shapes_are_weighed_by_how_well_they_explain_the_moves(tails):
    """Anew, one move and one width at a time."""
    moves, errors, known = fitted(tails)
    middle, widths = float(np.median(moves)), np.linspace(0.15, 1.2, 8)
    scale = sqrt(np.mean((moves - middle) ** 2))
    expected = {}
    for grows in (False, True):
        for name, shape in SHAPES.items():
            centre = float(np.mean(moves)) if name == "two groups" else middle
            logs = []
            for width in widths * scale:
                wider = errors / errors.mean() if grows else np.ones(150)
                density = sum(
                    one.share
                    * stats.norm.pdf(
                        moves,
                        centre + one.offset * width * np.sqrt(wider),
                        np.sqrt(one.variance * width**2 * wider + errors),
                    )
                    for one in shape
                )
                logs.append(float(np.log(density).sum()))
            by_width = np.exp(np.array(logs) - max(logs))
            expected[centre, name, grows] = (max(logs) + np.log(by_width.mean()), by_width, shape)
    best = max(likelihood for likelihood, *_ in expected.values())
    likely = [
        (centre, grows, by_width, shape)
        for (centre, _, grows), (likelihood, by_width, shape) in expected.items()
        if likelihood >= best + np.log(0.1)
    ]
    assert 1 <= len(likely) < 10
    assert known.usual_errors == pytest.approx(errors.mean())
    assert known.centres.tolist() == pytest.approx([centre for centre, *_ in likely])
    assert known.grows.tolist() == [grows for _, grows, *_ in likely]
    for row, (*_, by_width, shape) in enumerate(likely):
        for shares, weights in zip(
            known.shares[row], (by_width, by_width * widths**2), strict=True
        ):
            expected = [one.share * w / weights.sum() for one in shape for w in weights]
            assert shares.tolist() == pytest.approx(expected + [0.0] * (16 - len(expected)))
        variances = [one.variance * (width * scale) ** 2 for one in shape for width in widths]
        assert known.variances[row][: len(variances)] == pytest.approx(variances)


def test_equal_moves_are_taken_as_they_are():
    moves = true_moves([2.0] * 40, [1.0] * 40)
    assert moves.chances(2.0, 1.0, edge=1.0) == pytest.approx((0.0, 0.0, 1.0))


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
    ("moves", "edge", "reason"),
    [
        ("only 3 councils", Fraction(1), "only 3 councils"),
        (FLAT, "the councils do not spread", "the councils do not spread"),
    ],
)
def test_what_cannot_be_judged_says_why(moves, edge, reason):
    found = judge_change(
        Fraction(50),
        Errors(1.0, 1.0),
        polarity="higher_is_better",
        moves=moves,
        edge=edge,
        rules=AUTO,
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


def pairs(*moves, start=50):
    return [(start + exact(float(move)), Fraction(start)) for move in moves]


def test_how_far_councils_moved_needs_enough_of_them():
    reason = "only 29 councils have both figures, and 30 are needed"
    assert moves_of_all(pairs(*[1] * 29), [1.0] * 29, unit="per_cent", least=30) == reason


@pytest.mark.parametrize(
    ("unit", "end", "moving", "without"),
    [
        ("per_cent", 100, 40, True),
        ("per_cent", 0, 40, True),
        ("per_100k", 0, 40, True),
        ("per_100k", 100, 40, False),
        ("score", 0, 40, False),
        ("per_cent", 100, 29, False),  # too few others
        ("per_cent", 50, 40, False),
    ],
)
def test_what_is_possible_without_those_at_an_end_of_the_scale_is_possible_too(
    unit, end, moving, without
):
    moves = [float(at % 7 - 3) for at in range(moving)]
    figures, variances = pairs(*moves, start=60) + pairs(*[0] * 60, start=end), [1.0, 2.0] * 100
    variances = variances[: len(figures)]
    whole = true_moves([*moves, *[0.0] * 60], variances)
    others = true_moves(moves, variances[:moving])
    found = moves_of_all(figures, variances, unit=unit, least=30)
    assert len(found.shares) == len(whole.shares) + without * len(others.shares)
    for move in (-3.0, 0.0, 2.5):
        chances = [known.chances(move, 1.0, edge=1.0) for known in (whole, others)]
        lowest = np.min(chances, axis=0) if without else chances[0]
        assert found.chances(move, 1.0, edge=1.0) == pytest.approx(tuple(lowest))


def test_an_error_that_is_not_known_is_taken_for_the_middle_one():
    some = [0.5, None, 1.0, 9.0] * 10
    filled = moves_of_all(pairs(*[1.0, 3.0] * 20), some, unit="score", least=30)
    assert set(filled.centres) == {2}
    assert filled.usual_errors == pytest.approx((0.5 + 1.0 + 1.0 + 9.0) / 4)


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
            moves=bell(0.0, spread),
            edge=Fraction(1),
            rules=AUTO,
        )
        for way in ("higher", "lower")
    )
    assert other == replace(one, meaning=mirrored.get(one.meaning, one.meaning))


TRUTHS = {
    "bell": lambda random, n: random.standard_normal(n),
    "long tails": lambda random, n: random.standard_t(4, n) / sqrt(2),
    "most stay": lambda random, n: np.where(random.random(n) < 0.2, random.normal(0, 2.2, n), 0.0),
    "two groups": lambda random, n: random.choice([-0.9, 0.9], n) + random.normal(0, 0.4, n),
}


@pytest.mark.parametrize("truth", TRUTHS)
@pytest.mark.parametrize("error", [0.3, 0.8])
def test_what_is_said_comes_true_as_often_as_it_says(truth, error):
    """Drawn truths that move in many ways, judged as councils of some years are; seeded."""
    random = np.random.default_rng(11)
    right = {}
    for _ in range(8):
        true = 0.5 + 2 * TRUTHS[truth](random, 150)
        drawn = true + random.normal(0, error * sqrt(2), true.size)
        moves = true_moves(list(drawn), [2 * error**2] * 150)
        for place, move in zip(true, drawn, strict=True):
            found = judge_change(
                exact(move),
                Errors(error**2, error**2),
                polarity="none",
                moves=moves,
                edge=Fraction(1),
                rules=AUTO,
            )
            side = {Meaning.HIGHER: 1, Meaning.LOWER: -1, Meaning.SIMILAR: 0}.get(found.meaning)
            if side is not None:
                correct = int(place >= 1) - int(place <= -1) == side
                right.setdefault((found.certainty, side == 0), []).append(
                    (found.probability, correct)
                )
    cases = {kind: np.array(each) for kind, each in right.items() if len(each) >= 100}
    assert cases
    for kind, each in cases.items():
        stated, came_true = each.mean(axis=0)
        assert came_true >= stated - 0.05, kind


@pytest.mark.parametrize("move", [-1, 0, 1])
@pytest.mark.parametrize("centre", [-40.0, 40.0])
@pytest.mark.parametrize("polarity", ["higher_is_better", "lower_is_better", "none"])
def test_no_move_is_called_one_the_other_way(move, centre, polarity):
    """Where all councils moved far and the errors are wide, the figure's own side still counts."""
    found = judge_change(
        Fraction(move),
        Errors(2_000.0, 2_000.0),
        polarity=polarity,
        moves=bell(centre, 4.0),
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
