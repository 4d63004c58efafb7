"""Which years make a trend, what it is called, and what it never says."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import briefing, indicator
from bench.errors import RegisterError
from bench.judge import drift
from bench.judge.drift import Series
from bench.judge.figure import AreaHistories, FigureInForce
from bench.judge.rag import Meaning, TrendRules
from bench.judge.trend import FigureSeries
from bench.judge.trend_test import (
    TREND_COLUMNS,
    across,
    direction,
    of_council,
    usual_changes,
    usual_of_year,
)
from bench.pages import store
from bench.project.files import parse_model
from bench.published import sources
from bench.reference import (
    Break,
    BreakKind,
    Comparability,
    FinancialYear,
    IntervalMethod,
    NoteEffect,
    Polarity,
    Unit,
    UsageNote,
)
from worked import worked

RULES = TrendRules(years=5, least_years=4, least_councils=30, significance=0.05)
FIRST = 2014
YEARS = tuple(FinancialYear(FIRST + n) for n in range(10))
SURVEY, COUNTED, RATE, BARE = (
    IntervalMethod(name) for name in ("margin", "wilson", "byar", "none")
)


def an_indicator(kind, polarity="higher_is_better", years=YEARS):
    like = sources.reference().indicators["control_over_daily_life"]
    unit = Unit.PER_100K if kind is RATE else like.unit
    return replace(like, interval=kind, polarity=Polarity(polarity), years=years, unit=unit)


def printed(value=None, *, margin=None, counts=(None, None), status=None):
    status = status or ("suppressed" if value is None else "observed")
    return FigureInForce(value, *counts, None, margin, status, "")


def survey(*values, margin=1.0):
    return [printed(value, margin=margin) for value in values]


def counted(*shares, of=1000):
    return [printed(float(s), counts=(s * of / 100, float(of))) for s in shares]


def bare(*values):
    return [printed(value) for value in values]


def broken(*kinds):
    """A register in which the years named by their place are cut or alone."""
    about = {"indicator_id": "control_over_daily_life", "area_id": "", "source": "a test"}
    breaks = [
        Break(**about, period=YEARS[at], kind=kind, text=f"{kind}.", reviewed=date(2025, 1, 1))
        for at, kind in kinds
        if isinstance(kind, BreakKind)
    ]
    notes = [
        UsageNote(**about, period=YEARS[at], code="x", effect=kind, text="Not to be compared.")
        for at, kind in kinds
        if isinstance(kind, NoteEffect)
    ]
    return Comparability(breaks, notes)


CUT, ALONE, NOTE = BreakKind.CUT, BreakKind.ISOLATED, BreakKind.NOTE
REFUSED = NoteEffect.NOT_COMPARED


def usual(scale=2.0, years=5):
    """The usual ups and downs of 60 councils that wander without drift."""
    steps = np.random.default_rng(1).normal(0, scale, (60, years))
    return drift.usual(
        [Series(tuple(range(years)), tuple(np.round(50 + one.cumsum(), 1))) for one in steps],
        fewest=2,
        most=years - 1,
        least_councils=30,
    )


USUAL, USUAL_OF_EIGHT = usual(), usual(years=8)


def told(
    figures,
    kind=SURVEY,
    *,
    breaks=(),
    polarity="higher_is_better",
    council="Leeds",
    change=Meaning.NOT_COMPARED,
    measure=USUAL,
    **rules,
):
    """The verdict on figures that end with the last of them."""
    line = FigureSeries(
        {str(year): one for year, one in zip(YEARS, figures, strict=False)},
        an_indicator(kind, polarity),
        sources.reference().councils.find(council),
        broken(*breaks),
    )
    return direction(
        line,
        year=YEARS[len(figures) - 1],
        rules=RULES.model_copy(update=rules),
        usual=measure,
        change=change,
    )


# --- what it is called --------------------------------------------------------------------------

HIGHER, LOWER, NEITHER = "higher_is_better", "lower_is_better", "none"
UP, DOWN = (50.0, 56.0, 62.0, 68.0, 74.0), (74.0, 68.0, 62.0, 56.0, 50.0)
PEAK, TROUGH = (50.0, 60.0, 70.0, 60.0, 50.0), (70.0, 60.0, 50.0, 60.0, 70.0)


@pytest.mark.parametrize(
    ("values", "polarity", "expected"),
    [
        (UP, HIGHER, "improving"),
        (DOWN, HIGHER, "worsening"),
        (UP, LOWER, "worsening"),
        (DOWN, LOWER, "improving"),
        (UP, NEITHER, "rising"),
        (DOWN, NEITHER, "falling"),
        (PEAK, HIGHER, "turned"),
        (TROUGH, LOWER, "turned"),
        ((50.0, 50.1, 50.0, 50.1, 50.2), HIGHER, "no_clear_change"),
        ((50.0, 50.0, 50.0, 50.0, 50.0), HIGHER, "no_clear_change"),  # five equal years
        ((50.0, 50.0, 50.0, 50.0, 90.0), HIGHER, "no_clear_change"),  # one year
        ((94.3, 96.5, 98.7, 14.4, 91.4), HIGHER, "no_clear_change"),
        ((50.0, 60.0, 70.0), HIGHER, "too_few_years"),
    ],
)
@pytest.mark.parametrize("kind", [SURVEY, COUNTED, BARE])
def test_direction_is_by_polarity(kind, values, polarity, expected):
    figures = {SURVEY: survey, COUNTED: counted, BARE: bare}[kind](*values)
    assert told(figures, kind, polarity=polarity).direction == expected


@worked("trend")
def test_the_worked_cases_of_the_method(figures, change, direction, named, why):
    found = told(survey(*figures), change=Meaning(change), measure=usual(4.0))
    year = found.odd_year or found.turning_year
    assert found.direction == direction.replace(" ", "_"), why
    assert (str(year) if year else None) == named, why


@pytest.mark.parametrize(
    ("why", "values", "odd", "beyond"),
    [
        ("it stands apart", (94.3, 96.5, 98.7, 14.4, 91.4), 3, False),
        ("it alone makes the drift", (50.0, 50.0, 50.0, 50.0, 90.0), 4, False),
        ("none", UP, None, True),
        ("none", PEAK, None, False),
    ],
)
def test_the_odd_year_is_named(why, values, odd, beyond):
    found = told(survey(*values))
    assert found.odd_year == (None if odd is None else YEARS[odd]), why
    assert found.beyond_usual is beyond


def test_a_trend_has_its_slope_and_its_chance():
    found = told(survey(*UP))
    assert (found.per_year, found.beyond_usual) == (6, True)
    assert 0 <= found.p <= RULES.significance
    apart = told(survey(*UP), breaks=[(2, ALONE)])  # 2016-17 is passed over, and lies between
    assert apart.per_year == 6


# --- what it never says -------------------------------------------------------------------------

BETTER, WORSE, SIMILAR, UNCLEAR = Meaning.BETTER, Meaning.WORSE, Meaning.SIMILAR, Meaning.UNCLEAR
HIGHER_CHANGE, LOWER_CHANGE = Meaning.HIGHER, Meaning.LOWER
UP_BUT = (50.0, 64.0, 78.0, 92.0, 90.0)


@pytest.mark.parametrize(
    ("values", "polarity", "change", "expected", "turned"),
    [
        (UP_BUT, HIGHER, Meaning.NOT_COMPARED, "improving", None),
        (UP_BUT, HIGHER, SIMILAR, "improving", None),
        (UP_BUT, HIGHER, UNCLEAR, "improving", None),
        (UP_BUT, HIGHER, BETTER, "improving", None),
        (UP_BUT, HIGHER, WORSE, "turned", 3),
        (UP_BUT, LOWER, BETTER, "turned", 3),
        (UP_BUT, NEITHER, LOWER_CHANGE, "turned", 3),
        (UP, HIGHER, WORSE, "no_clear_change", None),  # the last year is the highest
        (PEAK, HIGHER, WORSE, "turned", 2),
        (PEAK, HIGHER, BETTER, "no_clear_change", None),
        (TROUGH, LOWER, BETTER, "no_clear_change", None),
        (TROUGH, NEITHER, HIGHER_CHANGE, "turned", 2),
        (TROUGH, NEITHER, LOWER_CHANGE, "no_clear_change", None),
    ],
)
def test_a_trend_never_says_the_opposite_of_the_change(values, polarity, change, expected, turned):
    found = told(survey(*values), polarity=polarity, change=change)
    assert found.direction == expected
    assert found.turning_year == (None if turned is None else YEARS[turned])
    assert not found.contradicts(change)


@pytest.mark.parametrize(
    ("why", "measure", "reason"),
    [
        ("a spread of 0", "no council's figure moves", "no council's figure moves"),
        ("others have fewer years", usual(years=4), "too few councils have 5 comparable years"),
    ],
)
def test_without_the_usual_ups_and_downs_nothing_is_tested(why, measure, reason):
    found = told(survey(*UP), measure=measure)
    assert (found.direction, found.reason) == ("cannot_be_tested", reason), why
    assert len(found.years) == 5


def test_the_usual_ups_and_downs_are_those_of_all_councils_that_have_enough_years():
    leeds = sources.reference().councils.find("Leeds")
    scilly = sources.reference().councils.find("Isles of Scilly")

    def line(values, council=leeds):
        rows = dict(zip(map(str, YEARS), survey(*values), strict=False))
        return FigureSeries(rows, an_indicator(SURVEY), council, broken())

    enough = [line((50.0, 50.0 + n, 50.0, 50.0, 50.0)) for n in range(30)]
    others = [line((50.0, 60.0)), line((50.0, 50.0, 99.0, 50.0, 50.0), scilly)]
    about = {"year": YEARS[4], "rules": RULES}
    found = usual_changes([*enough, *others], **about)
    assert found.variance == pytest.approx((14**2 / 2 + 15**2 / 2) / 2)
    assert usual_changes([*enough[1:], *others], **about) == (
        "only 29 councils have enough comparable years, and the test needs 30"
    )


# --- which years --------------------------------------------------------------------------------

RISING = survey(50.0, 52.0, 54.0, 56.0, 58.0, 60.0)


@pytest.mark.parametrize(
    ("why", "figures", "breaks", "used", "left_out"),
    [
        ("a year on its own", RISING, [(3, ALONE)], (0, 1, 2, 4, 5), (3,)),
        ("a year not to be compared", RISING, [(4, REFUSED)], (0, 1, 2, 3, 5), (4,)),
        ("a note", RISING, [(3, NOTE)], (1, 2, 3, 4, 5), ()),
        ("a cut", RISING, [(2, CUT)], (2, 3, 4, 5), (1,)),
        ("a cut and a year on its own", RISING, [(2, CUT), (3, ALONE)], (2, 4, 5), (1, 3)),
        ("a cut in a year on its own", RISING, [(2, CUT), (2, ALONE)], (3, 4, 5), (1, 2)),
        ("a suppressed year", [*RISING[:2], printed(), *RISING[3:]], [], (3, 4, 5), (2,)),
        ("a figure above 100%", [*survey(50.0, 102.0), *RISING[2:]], [], (2, 3, 4, 5), (1,)),
        ("no row at all", [*RISING[:3]], [], (0, 1, 2), ()),
    ],
)  # fmt: skip
def test_only_years_that_compare_are_used(why, figures, breaks, used, left_out):
    found = told(figures, breaks=breaks)
    assert found.years == tuple(YEARS[at] for at in used), why
    assert tuple(year for year, _ in found.left_out) == tuple(YEARS[at] for at in left_out), why
    assert all(reason for _, reason in found.left_out)


def test_the_years_end_where_the_council_began():
    line = FigureSeries(
        {str(year): one for year, one in zip(YEARS, survey(*range(50, 60)), strict=True)},
        an_indicator(SURVEY),
        sources.reference().councils.find("Dorset"),
        broken(),
    )
    rules = RULES.model_copy(update={"years": 10})
    found = direction(line, year=YEARS[-1], rules=rules, usual=USUAL_OF_EIGHT)
    assert str(found.years[0]) == "2019-20"


@pytest.mark.parametrize(
    ("why", "figures", "breaks", "council", "reason"),
    [
        ("a year on its own", RISING, [(5, ALONE)], "Leeds", "isolated."),
        ("a year not to be compared", RISING, [(5, REFUSED)], "Leeds", "Not to be compared."),
        ("suppressed", [*RISING, printed()], [], "Leeds", "the council's figure is suppressed"),
        ("not printed", [*RISING, printed(status="not_available")], [], "Leeds",
         "the council's figure is not available"),
        ("above 100%", survey(50.0, 60.0, 101.0), [], "Leeds",
         "the figure cannot be right as published: it is above 100%"),
        ("tiny", RISING, [], "City of London",
         "the council is too small: a few people more or less would change its figure"),
    ],
)  # fmt: skip
def test_where_the_last_year_has_no_place_in_a_line_nothing_is_tested(
    why, figures, breaks, council, reason
):
    found = told(figures, breaks=breaks, council=council)
    assert (found.direction, found.reason, found.p) == ("cannot_be_tested", reason, None), why


@pytest.mark.parametrize(
    ("figures", "kind", "reason"),
    [
        (counted(50, 60), COUNTED, "2 comparable years, and a test needs 4"),
        (counted(50), COUNTED, "1 comparable year, and a test needs 4"),
        (bare(50.0, 60.0, 61.0), BARE, "3 comparable years, and a test needs 4"),
    ],
)
def test_too_few_years_says_how_many(figures, kind, reason):
    assert told(figures, kind).reason == reason


def test_counts_above_their_denominator_end_the_line():
    figures = counted(50, 56, 62, 68, 74)
    figures[1] = replace(figures[1], numerator=1200.0)
    found = told(figures, COUNTED)
    assert (found.direction, found.left_out[0][0]) == ("too_few_years", YEARS[1])
    assert "numerator is above" in found.left_out[0][1]


def test_biennial_years_are_each_the_next():
    every_other = YEARS[::2]
    line = FigureSeries(
        {str(y): one for y, one in zip(every_other, survey(*UP), strict=True)},
        an_indicator(SURVEY, years=every_other),
        sources.reference().councils.find("Leeds"),
        broken(),
    )
    found = direction(line, year=every_other[-1], rules=RULES, usual=usual(1.0))
    assert (found.direction, found.years, found.per_year) == ("improving", every_other, 3)


# --- what holds for anything --------------------------------------------------------------------

values = st.lists(st.integers(0, 1000).map(lambda tenths: tenths / 10), min_size=5, max_size=10)
makers = st.sampled_from([(survey, SURVEY), (counted, COUNTED), (bare, BARE)])
changes = st.sampled_from([BETTER, WORSE, SIMILAR, UNCLEAR, Meaning.NOT_COMPARED])
MIRRORED = {"improving": "worsening", "worsening": "improving"}


@given(values, changes, st.sampled_from([HIGHER, LOWER]))
def test_no_trend_and_no_turn_goes_against_the_change(numbers, change, polarity):
    found = told(survey(*numbers), change=change, polarity=polarity)
    assert not found.contradicts(change)
    if found.direction == "turned":
        up_since = found.turns == -1
        assert change != (WORSE if up_since == (polarity == HIGHER) else BETTER)


@given(values, makers)
def test_mirrored_polarity_mirrors_the_direction(numbers, maker):
    make, kind = maker
    one, other = (
        told(make(*numbers), kind, polarity=f"{way}_is_better") for way in ("higher", "lower")
    )
    assert other == replace(one, direction=MIRRORED.get(one.direction, one.direction))


@given(values, makers, st.integers(1, 4))
def test_nothing_crosses_a_cut(numbers, maker, at):
    make, kind = maker
    figures = make(*numbers)
    whole = told(figures, kind, breaks=[(at, CUT)])
    after = told([*[printed()] * at, *figures[at:]], kind)
    assert whole.years == after.years
    assert all(year >= YEARS[at] for year in whole.years)
    assert (whole.direction, whole.p) == (after.direction, after.p)


@given(values, st.randoms())
def test_the_order_of_rows_never_matters(numbers, random):
    figures = dict(zip(map(str, YEARS), survey(*numbers), strict=False))
    shuffled = list(figures.items())
    random.shuffle(shuffled)
    leeds = sources.reference().councils.find("Leeds")
    one, other = (
        direction(
            FigureSeries(rows, an_indicator(SURVEY), leeds, broken()),
            year=YEARS[len(numbers) - 1],
            rules=RULES,
            usual=USUAL,
        )
        for rows in (figures, dict(shuffled))
    )
    assert one == other


@given(values, st.integers(-500, 500))
def test_adding_a_constant_to_every_year_changes_nothing(numbers, tenths):
    moved = [round(value + tenths / 10, 1) for value in numbers]
    indicator_ = replace(an_indicator(SURVEY), unit=Unit.SCORE, minimum=-100.0, maximum=200.0)
    leeds = sources.reference().councils.find("Leeds")
    one, other = (
        direction(
            FigureSeries(
                dict(zip(map(str, YEARS), survey(*each), strict=False)), indicator_, leeds, broken()
            ),
            year=YEARS[len(numbers) - 1],
            rules=RULES,
            usual=USUAL,
        )
        for each in (numbers, moved)
    )
    assert one == other


# --- on published figures -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def table():
    return store.figures()


def test_every_way_to_ask_gives_the_same_verdict(table):
    registers = sources.reference()
    year = FinancialYear.parse("2023-24")
    listed = registers.indicators.in_year(year)
    leeds = registers.councils.find("Leeds")
    shuffled = table.sample(frac=1, random_state=7)
    about = {"year": year, "rules": RULES}
    measures = usual_of_year(table, registers, listed, **about)
    changes = dict.fromkeys((each.indicator_id for each in listed), Meaning.NOT_COMPARED)
    one = of_council(AreaHistories(shuffled), registers, leeds, changes, usual=measures, **about)
    for each in listed:
        found = across(table, registers, each, {}, **about)[leeds.area_id]
        assert found == one[each.indicator_id]


@pytest.mark.parametrize(
    "year",
    [
        *(pytest.param(year, marks=pytest.mark.slow) for year in ("2018-19", "2021-22", "2023-24")),
        "2024-25",
    ],
)
def test_no_test_on_published_figures_crosses_what_cannot_be_compared(table, year):
    registers, of_year = sources.reference(), FinancialYear.parse(year)
    tested = 0
    for each in registers.indicators.in_year(of_year):
        for area, found in across(table, registers, each, {}, year=of_year, rules=RULES).items():
            about = (each.indicator_id, area)
            for earlier, later in zip(found.years, found.years[1:], strict=False):
                assert not registers.comparability.cut_between(*about, earlier, later)
                assert registers.councils[area].exists(earlier)
                assert not registers.comparability.isolated(*about, earlier)
            tested += found.p is not None
    assert tested > 1_000


@pytest.mark.parametrize(
    ("council", "year", "code", "direction", "odd", "turned"),
    [
        ("Somerset", "2018-19", "2C(1)", "turned", None, "2016-17"),
        ("Camden", "2018-19", "1C(2B)", "no_clear_change", "2017-18", None),
        ("Wirral", "2018-19", "2A(2)", "no_clear_change", None, None),
        ("Rutland", "2015-16", "1A", "too_few_years", None, None),
        ("Rochdale", "2018-19", "1C(2A)", "improving", None, None),
    ],
)
def test_where_published_figures_go(council, year, code, direction, odd, turned):
    tests = briefing(council, year).trend_tests().set_index("code")
    found = tests.astype(object).where(tests.notna(), None).loc[code]
    assert (found["direction"], found["odd_year"], found["turning_year"]) == (
        direction, odd, turned,
    )  # fmt: skip


def test_a_council_that_became_unitary_goes_on(table):
    found = briefing("Buckinghamshire", "2023-24").trend_tests().set_index("code")
    assert found.loc["2E", "years"][0] == "2019-20"  # until 2020-21 it had another code


def test_a_figure_that_is_not_to_be_compared_says_so():
    found = briefing("Leeds", "2024-25").trend_tests().set_index("code").loc["3D(1a)"]
    assert found["direction"] == "cannot_be_tested"
    assert "personal budget" in found["reason"]


def test_the_frames_have_a_row_for_every_row_of_the_page():
    page = briefing("Leeds", "2023-24")
    found = page.trend_tests()
    assert list(found.columns) == ["indicator", "code", "short_title", *TREND_COLUMNS]
    assert found["code"].tolist() == page.frame()["code"].tolist()
    every = indicator("4A", "2023-24")
    found = every.trend_tests()
    assert list(found.columns) == ["area_id", "council", *TREND_COLUMNS]
    assert found["council"].tolist() == every.frame()["council"].tolist()


# --- params/rag.yaml ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "told_of"),
    [
        ({"years": 4, "least_years": 5}, "years is 4, and a test needs 5 of them"),
        ({"least_years": 3}, "greater than or equal to 4"),
        ({"least_councils": 1}, "greater than or equal to 2"),
        ({"significance": 0}, "greater than 0"),
        ({"significance": 0.5}, "less than 0.5"),
        ({"window": 5}, "Extra inputs are not permitted"),
    ],
)
def test_rules_that_cannot_be_are_refused(tmp_path, changed, told_of):
    with pytest.raises(RegisterError, match=told_of):
        parse_model(RULES.model_dump() | changed, TrendRules, tmp_path / "rag.yaml")


def test_the_years_are_by_parameter():
    values = survey(50.0, 52.0, 50.0, 50.0, 56.0, 62.0, 68.0, 74.0)
    assert len(told(values, years=8, measure=USUAL_OF_EIGHT).years) == 8
    assert told(values, years=5).direction == "improving"
    strict = told(values, years=5, significance=0.001, measure=usual(6.0))
    assert strict.direction == "no_clear_change"
