"""Which changes are unusual: calibrated on what is ordinary, and true of the embedded data."""

from itertools import pairwise
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from scipy.stats import t as student

import bench
from bench.integrity.surveillance.changes import CHANGE_COLUMNS, changes, on_scale
from bench.integrity.surveillance.patterns import (
    NationalMilestone,
    Pattern,
    SurveillanceRules,
    findings,
)
from bench.integrity.surveillance.scores import scored, two_sided
from bench.judge.multiplicity import benjamini_hochberg
from bench.pages import store
from bench.published import sources
from bench.reference import FinancialYear
from bench.reference.indicator import Relative, Together
from integrity.ordinary import NULLS, simulated
from worked import worked

LEVEL = 0.05
RUNS = 4
NAMED = [
    ("Wirral", "2022-23"),
    ("Manchester", "2022-23"),
    ("Gloucestershire", "2021-22"),
    ("South Tyneside", "2018-19"),
    ("South Tyneside", "2019-20"),
    ("Middlesbrough", "2019-20"),
    ("Middlesbrough", "2020-21"),
    ("West Sussex", "2017-18"),
    ("West Sussex", "2020-21"),
]


@pytest.fixture(scope="module")
def scores():
    return store.unusual().scores


@pytest.fixture(scope="module")
def frame():
    return bench.surveillance().frame()


@pytest.fixture(scope="module")
def rules():
    return store.unusual().rules


# --- calibration ----------------------------------------------------------------------------------


@pytest.mark.parametrize("null", NULLS)
def test_ordinary_changes_are_seldom_listed_however_heavy_their_tails(scores, frame, null):
    runs = [scored(simulated(scores, seed, NULLS[null])) for seed in range(RUNS)]
    listed = [int((run["q"] <= LEVEL).sum()) for run in runs]
    # Where nothing is out of the ordinary every finding is false. Their number is far below the
    # share of the list of real changes that may be false.
    assert np.mean(listed) <= LEVEL * len(frame) / 4
    # At the same place, without control over the whole set, one in twenty would be listed.
    assert np.mean([(run["p"] <= 0.05).mean() for run in runs]) == pytest.approx(0.05, abs=0.015)


def test_planted_steps_are_found_and_little_else(scores):
    found, found_on_noise, false = [], [], []
    for seed in range(RUNS):
        rng = np.random.default_rng(1000 + seed)
        ordinary = simulated(scores, seed)
        planted = pd.Series(rng.random(len(scores)) < 0.01, index=scores.index)
        step = 8 * scores["spread"] * rng.choice([-1.0, 1.0], len(scores))
        # A change of eight robust sigmas ...
        exact = ordinary["moved"].where(~planted, scores["centre"] + step)
        run = scored(ordinary.assign(moved=exact))
        listed = run["q"] <= LEVEL
        found.append((listed & planted).sum() / planted.sum())
        false.append((listed & ~planted).sum() / listed.sum())
        # ... and eight on top of an ordinary change, which chance may make a smaller one.
        run = scored(ordinary.assign(moved=ordinary["moved"] + step.where(planted, 0.0)))
        found_on_noise.append(((run["q"] <= LEVEL) & planted).sum() / planted.sum())
    assert np.mean(found) >= 0.95
    assert np.mean(false) <= LEVEL
    assert np.mean(found_on_noise) >= 0.86


def one_field(councils, seed=3):
    """An indicator's changes of two years, no council's of which says much of its own ways."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "indicator_id": "x", "area_id": [f"a{i:03}" for i in range(councils)],
            "period": "2018-19", "previous_period": "2017-18",
            "moved": rng.standard_normal(councils), "error": 0.01, "tiny": False, "ceiling": False,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tails", "degrees"),
    [
        ("normal", (30, 100)),
        ("t5", (5, 7)),
        ("t3", (5, 5)),
        ("t10", (8, 13)),
        ("all equal", (5, 5)),
    ],
)
def test_tails_are_told_from_the_bulk_of_an_indicator_s_changes(tails, degrees):
    quantiles = (np.arange(2_000) + 0.5) / 2_000
    moved = {
        "normal": norm.ppf(quantiles), "all equal": np.zeros(2_000),
        **{f"t{n}": student.ppf(quantiles, n) for n in (3, 5, 10)},
    }[tails]  # fmt: skip
    made = scored(one_field(2_000).assign(moved=moved, error=1e-6))
    low, high = degrees
    assert made["degrees"].between(low, high).all()
    # A hundredth of the changes that leap leave the tails of the others as they are.
    leaping = scored(
        one_field(2_000).assign(moved=np.where(quantiles > 0.995, 90, moved), error=1e-6)
    )
    assert leaping["degrees"].iloc[0] == pytest.approx(made["degrees"].iloc[0], rel=0.2)


def test_a_restless_council_has_more_room_and_a_calm_one_less():
    years = [f"{year}-{year % 100 + 1:02}" for year in range(2010, 2020)]
    rng = np.random.default_rng(4)
    size = np.repeat([3.0, 1.0, 1 / 3], 20)  # a third of the councils each
    rows = [
        one_field(60).assign(
            period=after, previous_period=before, moved=size * rng.standard_normal(60)
        )
        for before, after in pairwise(years)
    ]
    table = pd.concat(rows, ignore_index=True)
    own = scored(table).groupby("area_id")["own"].median().to_numpy()
    usual = np.median(own)
    wild, calm = np.median(own[:20]) / usual, np.median(own[40:]) / usual
    assert 1.5 < wild < 3.5
    assert 1 / 3.5 < calm < 1 / 1.5
    # One leap says nothing of the council's other years, and does not excuse itself.
    leap = (table["area_id"] == "a050") & (table["period"] == years[5])
    again = scored(table.assign(moved=table["moved"].mask(leap, 40.0)))
    assert again["own"][leap].item() == pytest.approx(scored(table)["own"][leap].item(), rel=0.05)
    assert again["q"].idxmin() == leap.idxmax()


def test_a_field_where_most_print_100_twice_keeps_its_spread():
    rng = np.random.default_rng(3)
    councils = 150
    heap = rng.random(councils) < 0.7
    moved = np.where(heap, 0.0, rng.normal(0, 0.05, councils))
    moved[0] = 0.9
    heap[0] = False
    table = pd.DataFrame(
        {
            "indicator_id": "x",
            "area_id": [f"a{i:03}" for i in range(councils)],
            "period": "2018-19",
            "previous_period": "2017-18",
            "moved": moved,
            "error": 0.01,
            "tiny": False,
            "ceiling": heap,
        }
    )
    made = scored(table)
    assert made["spread"].between(0.03, 0.08).all()
    assert made["q"].idxmin() == 0
    assert (made["q"] <= LEVEL).sum() == 1


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ([0.01, 0.02, 0.03, 0.04], [0.04, 0.04, 0.04, 0.04]),
        ([0.001, 0.5, 0.9], [0.003, 0.75, 0.9]),
        ([0.9, 0.001, 0.5], [0.9, 0.003, 0.75]),
        ([1.0, 1.0], [1.0, 1.0]),
        ([], []),
    ],
)
def test_benjamini_hochberg(p, q):
    assert benjamini_hochberg(np.array(p)) == pytest.approx(q)


@worked("surveillance")
def test_worked_cases_of_heavy_tails(spreads_off, degrees, p_value, why):
    found = two_sided(np.array([spreads_off, -spreads_off]), degrees)
    assert found == pytest.approx([p_value, p_value], rel=0.03), why


def test_p_is_two_sided_and_that_of_a_t_distribution():
    assert two_sided(np.array([0.0, 1.9840, -1.9840])) == pytest.approx([1, 0.05, 0.05], abs=1e-4)


@pytest.mark.parametrize(
    ("unit", "value", "place"),
    [
        ("per_cent", 100, np.pi / 2),
        ("per_cent", 50, np.pi / 4),
        ("per_cent", 0, 0),
        ("per_100k", 625, 25),
        ("count", 0, 0),
        ("score", -0.3, -0.3),
    ],
)
def test_the_scale_of_each_unit(unit, value, place):
    assert on_scale(np.array([float(value)]), unit)[0] == pytest.approx(place)


# --- the pairs ------------------------------------------------------------------------------------


def test_no_pair_crosses_a_cut_or_meets_a_year_that_stands_alone(scores):
    registers = sources.reference()
    pairs = scores[["indicator_id", "area_id", "previous_period", "period"]].drop_duplicates()
    crossed = []
    for name, area, before, period in pairs.itertuples(index=False):
        earlier, later = FinancialYear.parse(before), FinancialYear.parse(period)
        expected = registers.comparability.previous_comparable(
            registers.indicators[name], area, later
        )
        council = registers.councils[area]
        if expected != earlier or not (council.exists(earlier) and council.exists(later)):
            crossed.append((name, area, before, period))
    assert crossed == []
    assert len(pairs) > 30_000


@pytest.mark.parametrize(
    ("indicator", "period", "previous"),
    [
        ("self_directed_support", "2024-25", None),  # client-level data
        ("self_directed_support", "2023-24", "2022-23"),  # renamed only
        ("control_over_daily_life", "2020-21", None),  # the voluntary year
        ("control_over_daily_life", "2021-22", "2019-20"),
        ("carers_satisfaction", "2018-19", "2016-17"),  # every second year
        ("carers_satisfaction", "2016-17", None),  # another population
    ],
)
def test_each_year_is_set_beside_the_last_that_compares(scores, indicator, period, previous):
    told = scores[(scores["indicator_id"] == indicator) & (scores["period"] == period)]
    assert set(told["previous_period"]) == ({previous} if previous else set())


@pytest.mark.parametrize(
    ("area", "first"), [("dorset", "2020-21"), ("cumberland", "2024-25"), ("somerset", "2015-16")]
)
def test_a_new_area_has_no_change_in_its_first_year_and_a_renamed_one_goes_on(scores, area, first):
    assert (
        scores.loc[scores["area_id"] == area, "period"].loc[lambda p: p > "2014-15"].min() == first
    )


def test_the_change_is_that_of_the_council_page(frame):
    brief = bench.briefing("South Tyneside", "2018-19").frame().set_index("indicator")
    own = frame[(frame["council"] == "South Tyneside") & (frame["period"] == "2018-19")]
    assert len(own)
    for row in own.itertuples():
        page = brief.loc[row.indicator_id]
        assert (row.previous_period, row.previous, row.value, row.change) == (
            page["previous_period"], page["previous"], page["value"], page["change"],
        )  # fmt: skip


def test_figures_that_cannot_be_right_make_no_change():
    table = store.figures()
    wrong = table[(table["denominator"] == 0) & table["value"].notna()]
    made = changes(table, sources.reference()).set_index(["indicator_id", "area_id", "period"])
    keys = wrong[["indicator_id", "area_id", "period"]].astype(str).itertuples(index=False)
    assert [key for key in map(tuple, keys) if key in made.index] == []
    assert len(wrong)


# --- the findings ---------------------------------------------------------------------------------


def test_the_frame_has_its_columns_one_row_each_and_is_in_order_of_rank(frame):
    assert list(frame.columns) == [
        "council", "area_code", "indicator_id", "period", "previous_period", "previous", "value",
        "change", "score", "q", "pattern", "sentence",
    ]  # fmt: skip
    assert not frame.duplicated(["council", "indicator_id", "period"]).any()
    assert frame["score"].is_monotonic_decreasing
    assert frame["q"].is_monotonic_increasing
    assert frame["q"].between(0, LEVEL).all()
    assert not frame.isna().any(axis=None)


@pytest.mark.parametrize(("council", "period"), NAMED)
def test_what_the_published_figures_are_known_for_is_listed(frame, council, period):
    assert (
        (frame["indicator_id"] == "self_directed_support")
        & (frame["council"] == council)
        & (frame["period"] == period)
    ).any()


def test_the_tiny_two_do_not_crowd_the_list(frame):
    tiny = frame["council"].isin(["City of London", "Isles of Scilly"])
    assert tiny.head(100).sum() <= 3
    assert tiny.mean() < 0.05
    assert frame.loc[tiny, "sentence"].str.contains("a very small council").all()


def test_the_tiny_two_have_no_part_in_what_is_usual(scores):
    wild = scores[list(CHANGE_COLUMNS)].copy()
    wild.loc[wild["tiny"], "moved"] = 50.0
    again = scored(wild)
    pd.testing.assert_series_equal(again.loc[~again["tiny"], "z"], scores.loc[~scores["tiny"], "z"])


def test_the_order_of_councils_does_not_matter(scores, rules):
    shuffled = scores[list(CHANGE_COLUMNS)].sample(frac=1, random_state=7)
    pd.testing.assert_frame_equal(
        findings(scored(shuffled), rules), findings(scores, rules), check_exact=False
    )


def test_the_mirror_of_every_move_is_as_unusual(scores):
    mirrored = scored(scores[list(CHANGE_COLUMNS)].assign(moved=-scores["moved"]))
    assert mirrored["z"].to_numpy() == pytest.approx(-scores["z"].to_numpy())
    assert mirrored["q"].to_numpy() == pytest.approx(scores["q"].to_numpy())


def test_two_looks_are_the_same(frame):
    store.unusual.cache_clear()
    pd.testing.assert_frame_equal(bench.surveillance().frame(), frame)


def test_the_choice_narrows_the_list_and_leaves_scores_alone(frame):
    chosen = bench.surveillance("E08000023", "1C(1A)", "2018-19").frame()
    assert chosen["council"].tolist() == ["South Tyneside"]
    whole = frame[(frame["council"] == "South Tyneside") & (frame["period"] == "2018-19")]
    assert chosen["q"].iloc[0] == whole.set_index("indicator_id").loc["self_directed_support", "q"]


# --- patterns -------------------------------------------------------------------------------------

YEARS = ["2014-15", "2015-16", "2016-17", "2017-18", "2018-19"]


def field(values, **columns):
    """Forty-one councils: forty that move a little, and one with these figures from 2014-15 on."""
    rng = np.random.default_rng(11)
    rows = []
    for council in range(41):
        own = values if council == 0 else (60 + rng.normal(0, 1.5, len(values))).round(1).tolist()
        for at, (before, value) in enumerate(pairwise(own), start=1):
            rows.append(
                {
                    "indicator_id": "x", "area_id": f"a{council:02}", "area_code": "",
                    "period": YEARS[at], "previous_period": YEARS[at - 1],
                    "previous_value": before, "value": value, "change": round(value - before, 6),
                    "moved": np.arcsin(np.sqrt(value / 100)) - np.arcsin(np.sqrt(before / 100)),
                    "error": 0.005, "tiny": False, "unit": "per_cent", "interval": "wilson",
                    "polarity": "higher_is_better", "ceiling": value == before == 100,
                    "numerator": value, "denominator": 100.0, "previous_numerator": before,
                    "previous_denominator": 100.0,
                    **({name: c[at] for name, c in columns.items()} if council == 0 else {}),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def labels(table, rules, milestones=(), relatives=MappingProxyType({})):
    found = findings(scored(table), rules, milestones, relatives)
    own = found[(found["area_id"] == "a00") & (found["indicator_id"] == "x")]
    return {row.period: set(row.pattern.split("; ")) for row in own.itertuples()}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([60, 60.4, 20, 60.2, 59.8], {"2016-17": {Pattern.SPIKE}, "2017-18": {Pattern.SPIKE}}),
        ([60, 60.4, 20, 20.3, 20.1], {"2016-17": {Pattern.STEP}}),
        ([60, 60.4, 60.1, 60.3, 20], {"2018-19": {Pattern.LARGE}}),
        ([60, 60.4, 60.1, 30, 45], {"2017-18": {Pattern.LARGE}, "2018-19": {Pattern.LARGE}}),
        ([60, 60.4, 60.1, 60.3, 60.2], {}),
        ([60.3] * 5, {"2017-18": {Pattern.FLAT}, "2018-19": {Pattern.FLAT}}),
        ([100.0] * 5, {}),
    ],
    ids=["spike", "step", "latest", "half back", "nothing", "flat", "at the top"],
)
def test_the_shape_of_a_finding(rules, values, expected):
    table = field(values, numerator=[50.0] * 5, previous_numerator=[40.0] * 5,
                  denominator=[100.0] * 5, previous_denominator=[80.0] * 5)  # fmt: skip
    assert labels(table, rules) == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((600, 205, 1000, 1020), {Pattern.NUMERATOR, Pattern.LARGE}),
        ((600, 590, 1000, 2950), {Pattern.DENOMINATOR, Pattern.LARGE}),
        ((600, 300, 1000, 1500), {Pattern.LARGE}),
        ((600, np.nan, 1000, np.nan), {Pattern.LARGE}),
    ],
)
def test_which_part_moved(rules, numbers, expected):
    before, now, out_of_before, out_of = numbers
    table = field(
        [60, 60.1, 60.3, 60.0, 20.0],
        previous_numerator=[before] * 5, numerator=[now] * 5,
        previous_denominator=[out_of_before] * 5, denominator=[out_of] * 5,
    )  # fmt: skip
    alone = expected - {Pattern.LARGE}
    assert labels(table, rules) == {"2018-19": alone or expected}


def test_a_heap_is_one_only_where_others_stand_there(rules):
    table = field([60, 60.1, 60.3, 60.0, 100.0])
    assert Pattern.HEAP not in labels(table, rules)["2018-19"]
    last = (table["period"] == "2018-19") & table["area_id"].isin([f"a{n:02}" for n in range(1, 9)])
    table.loc[last, ["value", "previous_value", "change", "moved"]] = [100.0, 100.0, 0.0, 0.0]
    table.loc[last, "ceiling"] = True
    assert Pattern.HEAP in labels(table, rules)["2018-19"]


@pytest.mark.parametrize(
    ("value", "told"), [(69.9, False), (70.0, True), (71.0, True), (71.1, False)]
)
def test_just_above_a_milestone(rules, value, told):
    milestone = NationalMilestone(indicator_id="x", value=70, document="a plan")
    found = labels(field([40, 40.1, 40.3, 40.0, value]), rules, [milestone])["2018-19"]
    assert (Pattern.MILESTONE in found) == told


@pytest.mark.parametrize(
    ("polarity", "moves", "relative", "told"),
    [
        ("higher_is_better", "same", 60.1, True),  # the relative stays
        ("higher_is_better", "same", 75.0, False),  # it goes up too
        ("higher_is_better", "opposite", 75.0, True),  # it should have gone down
        ("higher_is_better", "opposite", 45.0, False),  # and does
        ("lower_is_better", "same", 60.1, False),  # up is no improvement
    ],
)
def test_an_improvement_that_no_relative_shares(rules, polarity, moves, relative, told):
    relatives = {"x": (Relative("y", Together(moves), "a reason"),)}
    own = field([50, 50.1, 50.3, 50.0, 90.0]).assign(polarity=polarity)
    other = field([60, 60.1, 60.3, 60.0, relative]).assign(indicator_id="y")
    both = pd.concat([own, other], ignore_index=True)
    found = labels(both, rules, relatives=relatives)["2018-19"]
    assert (Pattern.NOT_SHARED in found) == told


def test_rules_refuse_what_they_do_not_know():
    with pytest.raises(ValueError, match="Extra inputs"):
        SurveillanceRules(**{**store.unusual().rules.model_dump(), "levle": 0.1})
