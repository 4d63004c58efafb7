"""How sure a place is: against exact probabilities, in order, mirrored, and where it cannot be."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from bench.judge.intervals import exact
from bench.judge.ranks import RankRules, ranking
from bench.judge.statistics import Field
from bench.pages import store
from bench.pages.choices import rules_for
from bench.reference.periods import FinancialYear
from judge.conftest import counted, rate, survey, without_counts

RULES = RankRules(least_councils=30)
FEW = RankRules(least_councils=4)


def of(figures, rules=RULES, **how):
    return ranking({f"council_{n:03}": one for n, one in enumerate(figures)}, rules, **how)


@pytest.mark.parametrize(
    ("what", "figures", "expected"),
    [
        ("no counts", [without_counts(n) for n in range(150)], "no counts and no margins of error are published"),
        ("no council", [], "no counts and no margins of error are published"),
        ("one council", [survey(60, 4)], "only 1 councils have counts or a margin of error, and it takes 30"),
        ("a voluntary year", [survey(60 + n, 4) for n in range(18)], "only 18 councils have counts or a margin of error, and it takes 30"),
        ("all equal", [survey(60, 4 + n % 3) for n in range(40)], "every council has the same figure"),
        ("all at 100%", [counted(1.0, 100 + n) for n in range(40)], "every council has the same figure"),
        ("all at 0", [rate(0, 50_000 + n) for n in range(40)], "every council has the same figure"),
        ("chance alone", [survey(60 + n % 2 / 10, 4) for n in range(40)], "councils differ no more than chance alone would make them"),
    ],
)  # fmt: skip
def test_where_councils_cannot_be_ranked_it_says_why(what, figures, expected):
    assert of(figures) == expected, what


@pytest.mark.parametrize(
    ("what", "figures"),
    [
        ("denominators of 1 among others", [counted(n % 2, 1) for n in range(10)] + [counted(n / 40, 500) for n in range(40)]),
        ("negative adjusted scores", [survey(-0.2 + n / 50, 0.04, "score") for n in range(40)]),
        ("a heap at 100%", [counted(1.0, 300) for n in range(25)] + [counted(0.5 + n / 50, 300) for n in range(25)]),
        ("some without counts", [survey(50 + n, 4) for n in range(40)] + [survey(70, 0)]),
    ],
)  # fmt: skip
def test_figures_that_ask_for_trouble_have_their_places(what, figures):
    found = of(figures)
    for one in found.intervals().values():
        assert 1 <= one.lower <= one.expected <= one.upper <= len(found), what
        assert 0 <= one.best_quarter <= 1, what
        assert 0 <= one.worst_quarter <= 1, what
        assert one.best_quarter + one.worst_quarter <= 1, what
    assert 0 < found.rankability < 1


def test_a_council_without_counts_has_a_place_and_no_interval():
    found = of([survey(50 + n, 4) for n in range(40)] + [survey(70, 0)])
    assert (len(found), found.interval("council_040"), found.interval("elsewhere")) == (
        41,
        None,
        None,
    )


def test_the_mean_place_is_the_exact_one(surveys):
    """One more than the sum of the probabilities that each other council is ahead."""
    found = ranking(surveys, RULES)
    for at, one in enumerate(found.intervals().values()):
        apart = np.sqrt(found.spread**2 + found.spread[at] ** 2)
        ahead = norm.cdf((found.middle[at] - found.middle) / apart)
        exact_mean = 1 + np.delete(ahead, at).sum()
        assert one.expected == pytest.approx(exact_mean, abs=1.5)  # 2,000 draws


def test_four_councils_by_numeric_integration():
    found = of(
        [survey(value, margin) for value, margin in ((60, 5), (64, 4), (69, 6), (75, 3))], FEW
    )
    sure = np.linspace(40, 95, 20_001)
    step = sure[1] - sure[0]
    middle, spread = -found.middle, -found.spread
    for at, one in enumerate(found.intervals().values()):
        below = [norm.cdf(sure, middle[n], spread[n]) for n in range(4) if n != at]
        first = (norm.pdf(sure, middle[at], spread[at]) * np.prod(below, axis=0)).sum() * step
        last = (
            norm.pdf(sure, middle[at], spread[at]) * np.prod([1 - b for b in below], axis=0)
        ).sum() * step
        assert one.best_quarter == pytest.approx(first, abs=0.03)
        assert one.worst_quarter == pytest.approx(last, abs=0.03)


def test_figures_are_drawn_towards_the_centre_by_how_unsure_they_are(surveys):
    found = ranking(surveys, RULES)
    values = np.array([figure.value for figure in surveys.values()])
    chance = np.array([figure.margin for figure in surveys.values()]) / norm.ppf(0.975)
    # B = 1 - (spread / chance)^2, and spread^2 = B s^2, so both come from the same tau squared.
    share = (found.spread / chance) ** 2
    tau2 = share * chance**2 / (1 - share)
    assert tau2 == pytest.approx(np.full(150, tau2[0]), rel=1e-9)
    weights = 1 / (chance**2 + tau2[0])
    centre = np.average(values, weights=weights)
    assert -found.middle == pytest.approx(centre + share * (values - centre), rel=1e-9)
    assert found.rankability == pytest.approx(tau2[0] / (tau2[0] + np.median(chance**2)), rel=1e-9)


def test_the_order_of_councils_does_not_matter_and_nothing_is_left_to_luck(surveys):
    once = ranking(surveys, RULES).intervals()
    assert ranking(dict(reversed(surveys.items())), RULES).intervals() == once
    assert ranking(surveys, RULES).intervals() == once


def test_polarity_is_a_mirror(surveys):
    high, low = (
        ranking(surveys, RULES, lowest_first=lowest).intervals() for lowest in (False, True)
    )
    for area_id, one in high.items():
        other, all_of_them = low[area_id], len(high)
        assert (other.lower, other.upper) == (
            all_of_them + 1 - one.upper,
            all_of_them + 1 - one.lower,
        )
        assert other.expected == pytest.approx(all_of_them + 1 - one.expected)
        assert (other.best_quarter, other.worst_quarter) == (one.worst_quarter, one.best_quarter)


def test_wider_margins_make_wider_intervals(surveys):
    widths = []
    for times in (0.5, 1.0, 1.5, 2.0):
        wider = {
            area_id: dataclasses.replace(figure, margin=figure.margin * times)
            for area_id, figure in surveys.items()
        }
        found = ranking(wider, RULES)
        widths.append(
            (
                np.mean([one.upper - one.lower for one in found.intervals().values()]),
                -found.rankability,
            )
        )
    assert widths == sorted(widths)
    assert widths[0][0] < widths[-1][0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 200)), min_size=4, max_size=20))
def test_places_keep_their_bounds_whatever_the_figures(pairs):
    found = of([survey(value / 10, margin / 10) for value, margin in pairs], FEW)
    if isinstance(found, str):
        assert found.startswith(("every council", "councils differ"))
        return
    ones = found.intervals().values()
    assert all(1 <= one.lower <= one.upper <= len(pairs) for one in ones)
    assert all(1 <= one.expected <= len(pairs) for one in ones)
    # Without ties the places of each draw are 1 to n, so that their means add up to n (n + 1) / 2.
    assert sum(one.expected for one in ones) <= len(pairs) * (len(pairs) + 1) / 2 + 1e-6


@pytest.mark.parametrize(("chance", "heavy"), [(3.0, False), (3.0, True), (1.0, False)])
def test_the_true_best_and_worst_are_held_as_often_as_any(chance, heavy):
    """150 councils whose true figures are known: 95 of 100 are held, and 92 at both ends."""
    rng = np.random.default_rng(5)
    held = {"best": [], "worst": [], "any": []}
    for _ in range(40):
        true = 60 + 3 * (rng.standard_t(4, 150) / np.sqrt(2) if heavy else rng.standard_normal(150))
        shown = true + chance * rng.standard_normal(150)
        made = of([survey(value, chance * norm.ppf(0.975)) for value in shown])
        drawn = made._draw()
        order = np.argsort(-true)  # the best first
        places = np.empty(150)
        places[order] = np.arange(1, 151)
        for name, councils in (
            ("best", order[:5]), ("worst", order[-5:]), ("any", rng.integers(0, 150, 5)),
        ):  # fmt: skip
            for at in councils:
                one = made._interval(drawn, f"council_{at:03}")
                held[name].append(one.lower <= places[at] <= one.upper)
    assert {name: np.mean(each) >= 0.92 for name, each in held.items()} == dict.fromkeys(held, True)
    assert np.mean(held["any"]) == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize(
    ("code", "ranges"),
    # Councils whose admissions were recalculated have no counts beside the new figure.
    [("1A", 150), ("1C(1A)", 150), ("1C(2B)", 148), ("2A(1)", 147), ("2A(2)", 109), ("1J", 150)],
)
def test_the_printed_place_lies_in_its_interval(code, ranges):
    table = store.year_table(FinancialYear.parse("2018-19"), rules_for())
    indicator = table.registers.indicators.find(code, table.year)
    found, field = table.ranking(indicator), table.field(indicator.indicator_id)
    lowest = indicator.polarity == "lower_is_better"
    assert (len(found), len(field), len(found.intervals())) == (150, 150, ranges)
    assert {"city_of_london", "isles_of_scilly"}.isdisjoint(found.areas)
    for area_id, one in found.intervals().items():
        assert one.lower <= field.rank(area_id, lowest_first=lowest) <= one.upper


def test_ties_at_the_end_of_the_range_share_the_best_place():
    figures = [counted(1.0, 2_000) for _ in range(30)] + [
        counted(0.3 + n / 80, 2_000) for n in range(30)
    ]
    found = of(figures)
    assert {one.lower for area_id, one in found.intervals().items() if area_id < "council_030"} == {
        1
    }
    places = Field({str(n): exact(figure.value) for n, figure in enumerate(figures)})
    assert places.rank("0") == 1
