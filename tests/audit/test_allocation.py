"""Rules from points to money: amounts, spreads and tolerances; and illustrative ones kept apart."""

from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.audit.allocation import (
    Allocation,
    CostComparison,
    Sample,
    allocate,
    contradictions,
    price_of,
)
from bench.audit.paper import Illustrative
from bench.errors import ParameterError, Problems, UnknownNameError
from bench.pages.audit import files
from bench.pages.audit.files import allocation as read
from bench.published import sources


def rules(*entries, plans=(), **changed):
    return Allocation.model_validate(
        {
            "audit": "a", "title": "T", "about": "A.", "document": "D", "per": "week",
            "as_at": "2011-06-30", "tolerance_pct": 50, "rules": list(entries), "plans": list(plans),
            "review": {"author": "me", "reviewed": "2011-06-30"},
        }
        | changed
    )  # fmt: skip


def rule(council="Council A", most=40, **way):
    return {"council": council, "care_group": "Older people", "points_max": most, **way}


def bands(*edges):
    return [{"from": first, "to": last, "amount": amount} for first, last, amount in edges]


BANDED = bands((0, 9, 0), (10, 19, 100), (20, 40, 300))


@pytest.mark.parametrize(
    ("cost", "points", "contingency", "price"),
    [
        ("9600", 2000, 25, "3.6"),  # worked by hand: 4.80 a point, a quarter held back
        ("9600", 2000, 0, "4.8"),
        ("18750", 1500, 25, "9.375"),
        ("0", 10, 25, "0"),
    ],
)
def test_a_price_is_the_samples_cost_over_its_points_less_the_contingency(
    cost, points, contingency, price
):
    sample = Sample(people=40, cost=cost, points=points, contingency_pct=contingency)
    assert price_of(sample) == Fraction(price)


@pytest.mark.parametrize(
    ("points", "amount"), [(0, 0), (9, 0), (10, 100), (19, 100), (20, 300), (40, 300)]
)
def test_a_band_holds_both_its_ends(points, amount):
    (group,) = allocate(rules(rule(bands=BANDED))).groups
    assert group.rules[0].amount(points) == amount


@given(st.integers(1, 200), st.integers(0, 100), st.decimals(0, 50, places=2))
@settings(deadline=None)
def test_a_price_gives_the_same_on_any_scale_with_the_same_whole(most, need_pct, price):
    """Scales differ; at one need, a scale twice as long with half the price gives as much."""
    (group,) = allocate(
        rules(
            rule("Council A", most, price_per_point=price),
            rule("Council B", 2 * most, price_per_point=price / 2),
            needs_pct=[need_pct],
        )
    ).groups
    assert group.spreads[0].amounts[0] == group.spreads[0].amounts[1]
    assert group.spreads[0].lowest == Fraction(price) * most * need_pct / 100


def test_the_spread_between_councils_at_a_need():
    (group,) = allocate(
        rules(
            rule("Council A", 60, price_per_point="5.50"),
            rule("Council B", 100, price_per_point="3.60"),
            rule("Council C", 40, bands=BANDED),
            needs_pct=[0, 25, 50],
        )
    ).groups
    nought, quarter, half = group.spreads
    assert (nought.lowest, nought.highest, nought.ratio) == (0, 0, None)
    assert quarter.amounts == (Fraction("82.5"), 90, 100)
    assert (half.lowest, half.middle, half.highest) == (165, 180, 300)
    assert half.ratio == Fraction(300, 165)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=6), st.integers(1, 9))
@settings(deadline=None)
def test_a_curve_never_falls_and_runs_from_no_need_to_all(rising, width):
    edges = [(at * width, (at + 1) * width - 1, amount) for at, amount in enumerate(sorted(rising))]
    entry = rule(most=len(rising) * width - 1 or 1, bands=bands(*edges))
    if entry["points_max"] != edges[-1][1]:
        return
    (group,) = allocate(rules(entry)).groups
    curve = group.rules[0].curve()
    assert (curve[0][0], curve[-1][0]) == (0, 1)
    assert curve == sorted(curve)


@pytest.mark.parametrize(
    ("cost", "beside", "off"),
    [
        (100, CostComparison.WITHIN, 0),
        (150, CostComparison.WITHIN, Fraction(1, 2)),  # on the edge
        ("150.01", CostComparison.ABOVE, Fraction("0.5001")),
        (50, CostComparison.WITHIN, Fraction(-1, 2)),
        ("49.99", CostComparison.BELOW, Fraction("-0.5001")),
    ],
)
def test_a_plan_beside_its_indicative_amount(cost, beside, off):
    plan = {"label": "P", "council": "Council A", "care_group": "Older people",
            "points": 10, "cost": cost}  # fmt: skip
    (held,) = allocate(rules(rule(bands=BANDED), plans=[plan])).plans
    assert (held.indicative, held.comparison, held.off) == (100, beside, off)


@pytest.mark.parametrize(
    ("cost", "beside"), [(0, CostComparison.WITHIN), (1, CostComparison.ABOVE)]
)
def test_beside_nothing_any_cost_is_above(cost, beside):
    plan = {"label": "P", "council": "Council A", "care_group": "Older people",
            "points": 3, "cost": cost}  # fmt: skip
    (held,) = allocate(rules(rule(bands=BANDED), plans=[plan])).plans
    assert (held.comparison, held.off) == (beside, None)


FOUR = [
    {"outcome": name, "basic": 10, "standard": 30, "enhanced": 70}
    for name in ("health", "choice", "work", "community")
]


def by_outcomes(levels, cost, **way):
    entry = {"council": "Council D", "care_group": "Adults", "outcomes": FOUR, **way}
    plan = {
        "label": "P",
        "council": "Council D",
        "care_group": "Adults",
        "levels": levels,
        "cost": cost,
    }
    return rules(entry, plans=[plan])


LEVELS = {"health": "enhanced", "choice": "standard", "work": "basic", "community": "basic"}


@pytest.mark.parametrize(
    ("cost", "tolerance", "beside"),
    [
        (120, 50, CostComparison.WITHIN),
        (180, 50, CostComparison.WITHIN),  # half as much again: on the edge
        ("180.01", 50, CostComparison.ABOVE),
        ("59.99", 50, CostComparison.BELOW),
        (180, 10, CostComparison.ABOVE),  # a rule's own tolerance goes before the file's
    ],
)
def test_amounts_by_outcome_and_level_are_added_up(cost, tolerance, beside):
    made = allocate(by_outcomes(LEVELS, cost, tolerance_pct=tolerance))
    (held,) = made.plans
    assert (held.indicative, held.comparison, held.tolerance_pct) == (120, beside, tolerance)
    assert made.groups == ()
    assert [one.care_group for one in made.by_outcomes] == ["Adults"]


@pytest.mark.parametrize(("cost", "panel"), [(200, False), ("200.01", True)])
def test_a_costly_plan_goes_to_a_panel_whatever_its_tolerance(cost, panel):
    entry = rule(most=100, sample={"people": 40, "cost": 9600, "points": 2000, "contingency_pct": 25},
                 panel_above=200)  # fmt: skip
    plan = {"label": "P", "council": "Council A", "care_group": "Older people", "points": 50,
            "cost": cost}  # fmt: skip
    (held,) = allocate(rules(entry, plans=[plan])).plans
    # 4.80 a point, less 25% held back, times 50
    assert (held.indicative, held.panel, held.comparison) == (180, panel, CostComparison.WITHIN)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"levels": LEVELS | {"health": "huge"}}, "huge"),
        ({"levels": LEVELS | {"sport": "basic"}}, "no outcome 'sport'; there are health, choice"),
        ({"levels": {"health": "basic"}}, "no level for the outcome 'choice'"),
        ({"points": 3}, "its rule has levels by outcome, not points"),
    ],
)
def test_levels_that_a_rule_has_not_are_told(changed, said):
    entry = {"council": "Council D", "care_group": "Adults", "outcomes": FOUR}
    plan = {
        "label": "P",
        "council": "Council D",
        "care_group": "Adults",
        "levels": LEVELS,
        "cost": 1,
    }
    try:
        found = [fault for _, fault in contradictions(rules(entry, plans=[plan | changed]))]
    except ValueError as error:
        found = [str(error)]
    assert said in " ".join(found)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"outcomes": FOUR, "points_max": 40}, "a rule by outcomes has no points"),
        (
            {"outcomes": FOUR, "price_per_point": 1},
            "found price_per_point and outcomes, expected one",
        ),
        ({"outcomes": [FOUR[0], FOUR[0]]}, "the outcome 'health' stands there twice"),
        ({"outcomes": [FOUR[0] | {"standard": 80}]}, "falls as need rises: 10, 80, 70"),
        ({"price_per_point": 1}, "points_max: Field required where there are points"),
    ],
)
def test_a_rule_by_outcomes_that_cannot_be_is_told(entry, said):
    made = rules({"council": "Council D", "care_group": "Adults", **entry})
    assert said in " ".join(fault for _, fault in contradictions(made))


def test_documented_methods_are_not_illustrative_and_need_no_amounts():
    method = {"council": "Coventry", "document": "D", "where": "§1", "rule": "R"}
    assert list(contradictions(rules(methods=[method]))) == []
    ((_, fault),) = contradictions(rules(methods=[method], illustrative="All of it."))
    assert "are not illustrative" in fault
    ((_, fault),) = contradictions(rules())
    assert "neither rules with amounts nor methods" in fault


FILE = """\
audit: {folder}
title: T
about: A.
illustrative: All of it is made up.
per: week
tolerance_pct: 50
rules:
{rules}
as_at: 2026-11-24
review: {{author: me, reviewed: 2026-11-24}}
"""
HEAD = "- council: Council A\n  care_group: Older people\n  points_max: {most}\n"
BAND = "  - {{from: {}, to: {}, amount: {}}}\n"


MADE_UP = "illustrative: All of it is made up."


def fault_of(tmp_path, text, name="ras-illustrative.yaml", illustrative=MADE_UP):
    folder = tmp_path / "pack"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(
        FILE.format(folder="pack", rules=text).replace(MADE_UP, illustrative)
    )
    problems = Problems(ParameterError, "pack")
    assert read(folder, name, problems) is None
    with pytest.raises(ParameterError) as caught:
        problems.raise_if_any()
    return str(caught.value)


def table(*edges, most=20):
    return HEAD.format(most=most) + "  bands:\n" + "".join(BAND.format(*one) for one in edges)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (table((0, 9, 10), (11, 20, 20)), 13, "a gap: nothing for 10 points"),
        (table((0, 9, 10), (12, 20, 20)), 13, "a gap: nothing for 10 to 11 points"),
        (table((0, 9, 10), (9, 20, 20)), 13, "an overlap: two bands hold 9 points"),
        (table((0, 9, 30), (10, 20, 20)), 13, "falls from 30 to 20 as need rises"),
        (table((1, 20, 10)), 12, "the first band begins at 1 points, not at 0"),
        (table((0, 9, 10)), 12, "a gap: nothing for 10 to 20 points, the highest"),
        (table((0, 29, 10)), 12, "the last band ends at 29, but points_max is 20"),
        (table((0, 20, -1)), 12, "greater than or equal to 0"),
        (HEAD.format(most=0) + "  price_per_point: 5", 10, "greater than 0"),
        (HEAD.format(most=20) + "  price_per_point: -5", 11, "greater than or equal to 0"),
        (HEAD.format(most=20) + "  price_per_point: five", 11, "valid decimal"),
        (HEAD.format(most=20) + "  sample: {people: 4, cost: 9, points: 0}", 11, "greater than 0"),
        (HEAD.format(most=20), 8, "expected one of price_per_point, sample, bands"),
        (
            HEAD.format(most=20) + "  price_per_point: 5\n" + HEAD.format(most=9)
            + "  price_per_point: 5", 12, "has a rule for 'Older people' already",
        ),
        (
            HEAD.format(most=20) + "  price_per_point: 5\nplans:\n- {label: P, council: Council B,"
            " care_group: Older people, points: 1, cost: 1}", 13,
            "there is no rule of Council B, Older people; did you mean Council A, Older people?",
        ),
        (
            HEAD.format(most=20) + "  price_per_point: 5\nplans:\n- {label: P, council: Council A,"
            " care_group: Older people, points: 21, cost: 1}", 13,
            "21 points, but its rule goes to 20",
        ),
    ],
)  # fmt: skip
def test_bad_rules_are_named_with_file_and_line(tmp_path, text, line, said):
    told = fault_of(tmp_path, text)
    assert f"ras-illustrative.yaml line {line}:" in told
    assert said in told


def test_all_faults_are_told_at_once(tmp_path):
    told = fault_of(
        tmp_path, table((0, 9, 30), (11, 20, 20)) + HEAD.format(most=5) + "  price_per_point: 2"
    )
    assert [word in told for word in ("a gap", "falls from", "already")] == [True] * 3


def test_a_file_that_is_illustrative_must_be_called_so(tmp_path):
    told = fault_of(tmp_path, table((0, 20, 5), (9, 9, 9)), name="ras.yaml")
    assert "says that it is illustrative, its name does not" in told


def test_rules_without_a_document_must_be_illustrative():
    faults = dict(contradictions(rules(rule(price_per_point=2), document="")))
    assert "nor are they illustrative" in faults[()]


# --- illustrative rules never meet published figures --------------------------------------------


@pytest.fixture(scope="module")
def example():
    problems = Problems(ParameterError, "barnet-2010")
    made = read(files.folder_of("barnet-2010"), "ras-illustrative.yaml", problems)
    problems.raise_if_any()
    return made


def test_the_example_is_wrapped_as_illustrative(example):
    assert isinstance(example, Illustrative)
    assert not hasattr(example, "frame")
    assert not hasattr(example, "merge")


@pytest.mark.parametrize("how", ["merge", "join", "concat"])
def test_pandas_takes_nothing_illustrative(example, how):
    published = pd.DataFrame({"council": ["Barnet"], "value": [1.0]})
    takes = {
        "merge": lambda: published.merge(example, on="council"),
        "join": lambda: published.join(example),
        "concat": lambda: pd.concat([published, example]),
    }
    with pytest.raises((TypeError, AttributeError, ValueError)):
        takes[how]()


def test_no_council_of_the_example_is_one_of_the_register(example):
    for one in example.content.entry.rules:
        with pytest.raises(UnknownNameError):
            sources.reference().councils.find(one.council)


def test_an_illustrative_rule_cannot_bear_a_real_councils_name(tmp_path):
    text = (
        HEAD.format(most=20).replace("Council A", "London Borough of Barnet")
        + "  price_per_point: 5"
    )
    assert "line 8: Barnet is a council that there is" in fault_of(tmp_path, text)


def test_a_published_rule_must_name_a_council_that_there_is(tmp_path):
    folder = tmp_path / "pack"
    folder.mkdir()
    text = FILE.format(folder="pack", rules=HEAD.format(most=20) + "  price_per_point: 5").replace(
        "illustrative: All of it is made up.", "document: D"
    )
    (folder / "ras.yaml").write_text(text.replace("Council A", "Barnett"))
    problems = Problems(ParameterError, "pack")
    assert read(folder, "ras.yaml", problems) is None
    with pytest.raises(ParameterError, match=r"line 8: Unknown council 'Barnett'.*did you mean"):
        problems.raise_if_any()
    (folder / "ras.yaml").write_text(text.replace("Council A", "Barnet"))
    assert read(folder, "ras.yaml", Problems(ParameterError, "pack")).entry.per == "week"


def test_a_council_under_two_names_has_one_rule(tmp_path):
    entry = HEAD.format(most=20) + "  price_per_point: 5\n"
    text = entry.replace("Council A", "Barnet") + entry.replace("Council A", "E09000003")
    told = fault_of(tmp_path, text, illustrative="document: D")
    assert "line 12: Barnet has a rule already, under the name 'Barnet'." in told


def test_the_amounts_of_the_example_are_worked_out_by_hand(example):
    older, disabled = example.content.groups
    at_half = {group.name: group.spreads[1].amounts for group in (older, disabled)}
    assert at_half == {
        "Older people": (165, 180, 170),
        "Adults with a learning disability": (Fraction("427.5"), Fraction("468.75"), 610),
    }
    assert [one.comparison.value for one in example.content.plans] == [
        "within", "above", "within", "below", "within",
    ]  # fmt: skip
    assert example.content.entry.tolerance_pct == Decimal(50)
