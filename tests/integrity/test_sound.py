"""Where a figure stands, what would change it, who meets the criteria, and other denominators."""

from fractions import Fraction
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import ParameterError
from bench.integrity.restatement import related
from bench.integrity.restatement.counts import Counted, Quoted, RateAndNumerator
from bench.integrity.restatement.criteria import (
    CountedGroup,
    CriteriaVerdict,
    Mark,
    Marked,
    shares,
    shares_of,
)
from bench.integrity.restatement.denominators import Lens, PublishedLens, combined, passing, through
from bench.integrity.restatement.placement import Milestone, Place
from bench.integrity.restatement.related import IndicatorChange, Tally, tally
from bench.integrity.restatement.sensitivity import Way, fewest, grid
from bench.pages import choices, store
from bench.published import sources
from bench.reference import FinancialYear, Together

YEAR = FinancialYear.parse("2018-19")


@pytest.fixture(scope="module")
def registers():
    return sources.reference()


@pytest.fixture(scope="module")
def places(registers):
    """Every council's place in self-directed support of 2018-19, with its counts."""
    table = store.year_table(YEAR, choices.rules_for("auto"))
    indicator = registers.indicators["self_directed_support"]
    field = table.field(indicator.indicator_id)
    figures = store.figures()
    of_year = figures[
        (figures["indicator_id"] == indicator.indicator_id) & (figures["period"] == str(YEAR))
    ].set_index("area_id")
    rows = zip(registers.councils.in_year(YEAR), table.across(indicator, "cipfa"), strict=True)
    return {
        council.area_id: (
            Place(row, council, field, table.rules),
            Fraction(int(of_year.loc[council.area_id, "numerator"])),
            Fraction(int(of_year.loc[council.area_id, "denominator"])),
        )
        for council, row in rows
        if row.value is not None
    }


# --- where it stands ------------------------------------------------------------------------------


def test_every_council_stands_where_it_stands_by_its_own_counts(places):
    assert len(places) > 140
    differ = {
        area: (place.published(), found)
        for area, (place, top, bottom) in places.items()
        if (found := place.of(top, bottom)) != place.published()
    }
    assert differ == {}


def test_a_council_counted_otherwise_takes_another_place(places):
    place, top, bottom = places["wirral"]
    assert (place.published().value, place.published().rank) == (26.3, 149)
    other = place.of(top + 1500, bottom)
    assert (other.value, other.rank, other.rank_of) == (93.6, 92, 150)
    assert str(other.vs_england.meaning) == "better"
    assert str(place.published().vs_england.meaning) == "worse"


def test_what_is_not_compared_stays_so(places):
    place, top, bottom = places["city_of_london"]
    other = place.of(top / 2, bottom)
    assert (other.rank, other.vs_peers.compared, other.vs_peers.reason) == (
        None, False, place.row.vs_peers.reason,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "lowest_first", "passed"),
    [(70, False, True), (69.9, False, False), (70, True, True), (70.1, True, False)],
)
def test_a_milestone_is_passed_at_its_very_figure(value, lowest_first, passed):
    milestone = Milestone(Fraction(70), "70%")
    assert milestone.passed(Fraction(str(value)), lowest_first=lowest_first) is passed


# --- what would change it -------------------------------------------------------------------------


@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(1, 99))
def test_the_fewest_people_change_the_answer_and_one_fewer_do_not(top, extra, milestone):
    bottom = top + extra

    def says(n, d):
        return n * 100 >= milestone * d

    for found in fewest(Fraction(top), Fraction(bottom), says):
        assert says(found.numerator, found.denominator) != says(top, bottom)
        before = found.way.counts(Fraction(top), Fraction(bottom), found.people - 1)
        assert says(*before) == says(top, bottom)
        assert found.says == says(found.numerator, found.denominator)


def test_the_fewest_people_by_hand():
    found = fewest(Fraction(33), Fraction(100), lambda n, d: n * 100 >= 30 * d)
    assert {(one.way, one.people) for one in found} == {
        (Way.NUMERATOR_OUT, 4), (Way.DENOMINATOR_IN, 11),
    }  # fmt: skip
    assert {round(float(one.share), 1) for one in found} == {12.1, 11.0}


@pytest.mark.parametrize(("top", "bottom"), [(0, 10), (10, 10)])
def test_an_answer_that_nothing_changes_has_no_number(top, bottom):
    assert fewest(Fraction(top), Fraction(bottom), lambda n, d: "always") == []


def test_the_grid_marks_what_is_impossible():
    rows = list(
        grid(Fraction(90), Fraction(100), numerator_changes=(0, 20), denominator_changes=(-20, 0))
    )
    assert [[cell.counts for cell in row] for row in rows] == [[None, (90, 100)], [None, None]]


# --- criteria -------------------------------------------------------------------------------------


def group(people, *marks):
    quoted = None if people is None else Quoted(f"q{people}", Fraction(people), Fraction(10))
    return CountedGroup("G", quoted, {str(at): Marked(mark, "E") for at, mark in enumerate(marks)})


@pytest.mark.parametrize(
    ("marks", "verdict"),
    [
        ((Mark.MET, Mark.MET), CriteriaVerdict.MEETS_ALL),
        ((Mark.MET, Mark.ARGUABLE), CriteriaVerdict.OPEN),
        ((Mark.MET, Mark.NOT_TESTED), CriteriaVerdict.OPEN),
        ((Mark.MET, Mark.QUESTIONABLE), CriteriaVerdict.OPEN),
        ((Mark.NOT_MET, Mark.QUESTIONABLE), CriteriaVerdict.FAILS_ONE),
        ((Mark.NOT_MET, Mark.NOT_TESTED), CriteriaVerdict.FAILS_ONE),
        ((Mark.NOT_MET, Mark.MET), CriteriaVerdict.FAILS_ONE),
    ],
)
def test_what_the_marks_of_a_group_come_to(marks, verdict):
    assert group(10, *marks).verdict is verdict


def test_shares_of_the_numerator_add_up():
    groups = [
        group(50, Mark.MET),
        group(20, Mark.NOT_MET),
        group(10, Mark.ARGUABLE),
        group(None, Mark.MET),
    ]
    found = shares(groups, Fraction(100))
    assert (found.meets_all, found.fails_one, found.open, found.unsized) == (50, 20, 10, 20)


def test_shares_say_what_rounding_allows():
    basis = Counted(Quoted("n", Fraction(100)), Quoted("d", Fraction(200)))
    _, least, most = shares_of([group(50, Mark.MET)], basis)
    assert (least.meets_all, most.meets_all) == (45, 55)
    assert (least.unsized, most.unsized) == (45, 55)


@pytest.mark.parametrize(
    ("people", "numerator", "told"),
    [(200, 100, "more than the 100 that are counted"), (0, 0, "nobody is counted")],
)
def test_groups_that_hold_more_than_are_counted(people, numerator, told):
    with pytest.raises(ParameterError, match=told):
        shares([group(people, Mark.MET)], Fraction(numerator))


# --- other denominators ---------------------------------------------------------------------------

HOLDERS = Quoted("holders", Fraction(170_000), Fraction(10_000))
ONGOING = Quoted("ongoing", Fraction(950_000), Fraction(10_000))


def test_ni_130_of_england_through_two_lenses():
    everybody = through(
        Lens("England", "all", RateAndNumerator(Quoted("r", Fraction(14), Fraction(1)), HOLDERS, 100),
             "D", could_be_counted=ONGOING)
    )  # fmt: skip
    ongoing = through(Lens("England", "ongoing", Counted(HOLDERS, ONGOING), "D"))
    assert round(everybody.denominator) == 1_214_286
    assert everybody.rate == 14
    assert round(float(ongoing.rate)) == 18
    assert ongoing.span.holds(Fraction(18))
    assert round(float(everybody.ceiling), 1) == 78.2
    assert ongoing.ceiling is None
    milestone = Milestone(Fraction(30), "30%")
    assert not milestone.passed(ongoing.span.upper)


@pytest.fixture
def small():
    return pd.DataFrame(
        [
            ("a", "x", 40.0, 50.0), ("a", "y", 10.0, 50.0),
            ("b", "x", 10.0, 50.0), ("b", "y", None, None),
            ("c", "x", 60.0, 50.0), ("c", "y", 10.0, 10.0),
        ],
        columns=["area_id", "indicator_id", "numerator", "denominator"],
    ).assign(period="2018-19")  # fmt: skip


def test_counts_are_added_up_only_where_all_are_there(small):
    both = PublishedLens("both", ("x", "y"), ("x", "y"))
    assert combined(small, both, "2018-19", {"a", "b", "c"}) == {"a": (50, 100)}
    one = PublishedLens("one", ("x",), ("x",))
    assert combined(small, one, "2018-19", {"a", "b"}) == {"a": (40, 50), "b": (10, 50)}


def test_who_passes_under_each_denominator():
    rates = {"a": Fraction(30), "b": Fraction(70), "c": Fraction(10)}
    reached = [passing(rates, Milestone(Fraction(goal), f"{goal}%")) for goal in (30, 70)]
    assert reached == [2, 1]


# --- relatives ------------------------------------------------------------------------------------


def change(value, within=False):
    return IndicatorChange(SimpleNamespace(), 0.0, 0.0, YEAR, value, within, "")


@pytest.mark.parametrize(
    ("own", "relative", "together", "expected"),
    [
        (1, change(2.0), Together.SAME, Tally.AS_EXPECTED),
        (1, change(-2.0), Together.SAME, Tally.OTHERWISE),
        (-1, change(2.0), Together.OPPOSITE, Tally.AS_EXPECTED),
        (1, change(2.0), Together.OPPOSITE, Tally.OTHERWISE),
        (1, change(0.0), Together.SAME, Tally.NO_CHANGE),
        (1, change(2.0, within=True), Together.SAME, Tally.NO_CHANGE),
        (1, change(None), Together.SAME, Tally.UNKNOWN),
        (0, change(2.0), Together.SAME, Tally.NOTHING_TO_SHARE),
    ],
)
def test_whether_a_relative_moved_as_expected(own, relative, together, expected):
    assert tally(own, relative, together) is expected
    mirrored = Together.OPPOSITE if together is Together.SAME else Together.SAME
    if expected in (Tally.AS_EXPECTED, Tally.OTHERWISE):
        assert tally(-own, relative, together) is not expected
        assert tally(own, relative, mirrored) is not expected


def test_changes_cross_no_cut_and_pass_over_a_year_on_its_own(registers):
    council = registers.councils.find("Wirral")
    one = registers.indicators["self_directed_support"]
    other = registers.indicators["control_over_daily_life"]

    def found(indicator, year):
        return related.changes(
            store.figures(), registers, (indicator,), council, FinancialYear.parse(year)
        )[0]

    assert found(one, "2022-23").change == pytest.approx(-91.3)
    assert found(one, "2024-25").change is None
    assert "no earlier year compares" in found(one, "2024-25").why
    assert str(found(other, "2021-22").previous_period) == "2019-20"


def test_a_scatter_holds_every_council_with_both_figures_but_the_tiny_two(registers):
    one, other = (
        registers.indicators[name] for name in ("self_directed_support", "control_over_daily_life")
    )
    pairs = related.pairs(store.figures(), registers, one, other, YEAR)
    assert list(pairs.columns) == ["area_id", "council", "x", "y"]
    assert len(pairs) > 140
    assert not {"city_of_london", "isles_of_scilly"} & set(pairs["area_id"])
    somerset = pairs.set_index("area_id").loc["somerset"]
    assert somerset["x"] == 91.5
    path = related.path(
        store.figures(), registers, one, other, registers.councils.find("Somerset")
    ).set_index("period")
    assert path.loc["2018-19", "x"] == 91.5
    assert path.loc["2024-25", "gap_before"]
    assert not path.loc["2018-19", "gap_before"]
