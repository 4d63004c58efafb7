"""Which years make a trend, how it is tested, and what it is called."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import briefing, indicator
from bench.errors import RegisterError
from bench.judge import slope
from bench.judge.figure import Printed
from bench.judge.intervals import exact, wilson
from bench.judge.rag import TrendRules
from bench.judge.trend import Line
from bench.judge.trend_test import TREND_COLUMNS, across, direction, of_council
from bench.pages import store
from bench.project.files import parse_model
from bench.published import sources
from bench.reference import (
    Break,
    BreakKind,
    Comparability,
    FinancialYear,
    IntervalKind,
    NoteEffect,
    Polarity,
    Unit,
    UsageNote,
)

RULES = TrendRules(
    years=5,
    least_years=4,
    least_years_by_order=5,
    significance=0.002,
    significance_by_order=0.05,
)
FIRST = 2014
YEARS = tuple(FinancialYear(FIRST + n) for n in range(10))
SURVEY, COUNTED, RATE, BARE = (IntervalKind(name) for name in ("margin", "wilson", "byar", "none"))


def an_indicator(kind, polarity="higher_is_better", years=YEARS):
    like = sources.reference().indicators["control_over_daily_life"]
    unit = Unit.PER_100K if kind is RATE else like.unit
    return replace(like, interval=kind, polarity=Polarity(polarity), years=years, unit=unit)


def printed(value=None, *, margin=None, counts=(None, None), status=None):
    status = status or ("suppressed" if value is None else "observed")
    return Printed(value, *counts, None, margin, status, "")


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


def told(figures, kind=SURVEY, *, breaks=(), polarity="higher_is_better", council="Leeds", **rules):
    """The verdict on figures that end with the last of them."""
    line = Line(
        {str(year): one for year, one in zip(YEARS, figures, strict=False)},
        an_indicator(kind, polarity),
        sources.reference().councils.find(council),
        broken(*breaks),
    )
    return direction(line, year=YEARS[len(figures) - 1], rules=RULES.model_copy(update=rules))


# --- what it is called --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "polarity", "expected"),
    [
        ((50.0, 52.0, 54.0, 56.0, 58.0), "higher_is_better", "improving"),
        ((58.0, 56.0, 54.0, 52.0, 50.0), "higher_is_better", "worsening"),
        ((50.0, 52.0, 54.0, 56.0, 58.0), "lower_is_better", "worsening"),
        ((58.0, 56.0, 54.0, 52.0, 50.0), "lower_is_better", "improving"),
        ((50.0, 52.0, 54.0, 56.0, 58.0), "none", "rising"),
        ((58.0, 56.0, 54.0, 52.0, 50.0), "none", "falling"),
        ((50.0, 50.1, 50.0, 50.1, 50.2), "higher_is_better", "no_clear_change"),
        ((50.0, 50.0, 50.0, 50.0, 50.0), "higher_is_better", "no_clear_change"),
        ((50.0, 50.0, 50.0, 50.0, 90.0), "higher_is_better", "no_clear_change"),  # one year
        ((50.0, 60.0, 70.0), "higher_is_better", "too_few_years"),
    ],
)
@pytest.mark.parametrize("figures", [survey, counted])
def test_direction_is_by_polarity(figures, values, polarity, expected):
    kind = SURVEY if figures is survey else COUNTED
    assert told(figures(*values), kind, polarity=polarity).direction == expected


def test_beyond_chance_but_for_one_year_is_said_apart():
    found = told(survey(50.0, 50.0, 50.0, 50.0, 90.0))
    assert (found.direction, found.beyond_chance, found.slope.steady) == (
        "no_clear_change", True, False,
    )  # fmt: skip


# --- by which test ------------------------------------------------------------------------------


def rate(*counts):
    return [printed(count / 10, counts=(float(count), 1_000_000.0)) for count in counts]


@pytest.mark.parametrize(
    ("why", "figures", "kind", "method", "years", "outcome"),
    [
        ("margins", survey(50.0, 52.0, 54.0, 56.0, 58.0), SURVEY, "weighted_slope", 5, "improving"),
        ("counts", counted(50, 54, 58, 62, 66), COUNTED, "chi_squared_for_trend", 5, "improving"),
        ("no counts at all", bare(50.0, 52.0, 54.0, 56.0, 58.0), BARE, "mann_kendall", 5, "improving"),
        ("one pair out of order", bare(50.0, 52.0, 54.0, 58.0, 56.0), BARE, "mann_kendall", 5,
         "no_clear_change"),
        ("four without counts", bare(50.0, 52.0, 54.0, 56.0), BARE, None, 4, "too_few_years"),
        ("four of counts", counted(50, 55, 60, 65), COUNTED, "chi_squared_for_trend", 4, "improving"),
        ("three of counts", counted(50, 55, 60), COUNTED, None, 3, "too_few_years"),
        ("one year", counted(50), COUNTED, None, 1, "too_few_years"),
        ("the first without counts", [*bare(45.0), *counted(50, 55, 60, 65)], COUNTED,
         "chi_squared_for_trend", 4, "improving"),
        ("the last without counts", [*counted(50, 55, 60, 65), *bare(70.0)], COUNTED,
         "mann_kendall", 5, "improving"),
        ("only the last with counts", [*bare(50.0, 55.0, 60.0, 65.0), *counted(70)], COUNTED,
         "mann_kendall", 5, "improving"),
        ("four, the last without counts", [*counted(50, 55, 60), *bare(65.0)], COUNTED,
         None, 4, "too_few_years"),
        ("a margin of 0 weighs nothing", survey(50.0, 55.0, 60.0, 65.0, 70.0, margin=0.0), SURVEY,
         "mann_kendall", 5, "improving"),
        ("a rate", rate(900, 1100, 1300, 1500, 1700), RATE, "weighted_slope", 5, "improving"),
        ("more than five", survey(90.0, 50.0, 52.0, 54.0, 56.0, 58.0), SURVEY, "weighted_slope", 5,
         "improving"),
    ],
)  # fmt: skip
def test_the_test_is_that_of_what_is_published(why, figures, kind, method, years, outcome):
    found = told(figures, kind)
    assert (found.method, len(found.years), found.direction) == (method, years, outcome), why


def test_the_slope_is_that_of_the_years_used():
    found = told(survey(50.0, 52.0, 53.0, 56.0, 58.0, margin=1.5))
    assert found.slope == slope.by_weight(
        range(5), [(Fraction(v), Fraction(3)) for v in (50, 52, 53, 56, 58)]
    )
    shares = counted(50, 52, 53, 56, 58)
    assert told(shares, COUNTED).slope == slope.by_counts(
        range(5), [(exact(one.numerator), exact(one.denominator)) for one in shares]
    )


def test_a_survey_without_a_margin_goes_by_its_respondents():
    figures = [replace(one, respondents=400.0) for one in bare(50.0, 52.0, 54.0, 56.0, 58.0)]
    widths = [100 * (high - low) for low, high in (wilson(4 * v, 400) for v in range(50, 60, 2))]
    expected = slope.by_weight(
        range(5),
        [(Fraction(v), Fraction(w)) for v, w in zip(range(50, 60, 2), widths, strict=True)],
    )
    found = told(figures)
    assert found.method == "weighted_slope"
    assert found.slope.p == pytest.approx(expected.p, rel=1e-9)


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
    line = Line(
        {str(year): one for year, one in zip(YEARS, survey(*range(50, 60)), strict=True)},
        an_indicator(SURVEY),
        sources.reference().councils.find("Dorset"),
        broken(),
    )
    found = direction(line, year=YEARS[-1], rules=RULES.model_copy(update={"years": 10}))
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
    assert (found.direction, found.reason, found.slope) == ("cannot_be_tested", reason, None), why


@pytest.mark.parametrize(
    ("figures", "kind", "reason"),
    [
        (counted(50, 60), COUNTED, "2 comparable years, and a test needs 4"),
        (counted(50), COUNTED, "1 comparable year, and a test needs 4"),
        (bare(50.0, 60.0, 61.0, 62.0), COUNTED,
         "4 comparable years, and a test without counts or margins of error needs 5"),
        (bare(50.0), BARE,
         "1 comparable year, and a test without counts or margins of error needs 5"),
    ],
)  # fmt: skip
def test_too_few_years_says_how_many(figures, kind, reason):
    assert told(figures, kind).reason == reason


def test_biennial_years_are_each_the_next():
    every_other = YEARS[::2]
    line = Line(
        {
            str(y): one
            for y, one in zip(every_other, survey(50.0, 54.0, 58.0, 62.0, 66.0), strict=True)
        },
        an_indicator(SURVEY, years=every_other),
        sources.reference().councils.find("Leeds"),
        broken(),
    )
    found = direction(line, year=every_other[-1], rules=RULES)
    assert (found.direction, found.years, found.slope.per_year) == ("improving", every_other, 2)


# --- what holds for anything --------------------------------------------------------------------

values = st.lists(st.integers(0, 1000).map(lambda tenths: tenths / 10), min_size=5, max_size=10)
makers = st.sampled_from([(survey, SURVEY), (counted, COUNTED), (bare, BARE)])
MIRRORED = {"improving": "worsening", "worsening": "improving"}


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
    assert (whole.direction, whole.slope) == (after.direction, after.slope)


@given(values, st.randoms())
def test_the_order_of_rows_never_matters(numbers, random):
    figures = dict(zip(map(str, YEARS), survey(*numbers), strict=False))
    shuffled = list(figures.items())
    random.shuffle(shuffled)
    leeds = sources.reference().councils.find("Leeds")
    one, other = (
        direction(
            Line(rows, an_indicator(SURVEY), leeds, broken()),
            year=YEARS[len(numbers) - 1],
            rules=RULES,
        )
        for rows in (figures, dict(shuffled))
    )
    assert one == other


@given(values, st.integers(-500, 500))
def test_adding_a_constant_to_every_year_changes_nothing(numbers, tenths):
    moved = [round(value + tenths / 10, 1) for value in numbers]
    indicator_ = replace(an_indicator(SURVEY), unit=Unit.SCORE)
    leeds = sources.reference().councils.find("Leeds")
    one, other = (
        direction(
            Line(
                dict(zip(map(str, YEARS), survey(*each), strict=False)), indicator_, leeds, broken()
            ),
            year=YEARS[len(numbers) - 1],
            rules=RULES,
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
    one = of_council(shuffled, registers, leeds, listed, year=year, rules=RULES)
    for each in listed:
        found = across(table, registers, each, year=year, rules=RULES)[leeds.area_id]
        assert found == one[each.indicator_id]


def test_no_test_on_published_figures_crosses_what_cannot_be_compared(table):
    registers = sources.reference()
    tested = 0
    for year in map(FinancialYear.parse, ("2018-19", "2021-22", "2023-24", "2024-25")):
        for each in registers.indicators.in_year(year):
            for area, found in across(table, registers, each, year=year, rules=RULES).items():
                about = (each.indicator_id, area)
                for earlier, later in zip(found.years, found.years[1:], strict=False):
                    assert not registers.comparability.cut_between(*about, earlier, later)
                    assert registers.councils[area].exists(earlier)
                    assert not registers.comparability.isolated(*about, earlier)
                tested += found.slope is not None
    assert tested > 8_000


def test_a_council_that_became_unitary_goes_on(table):
    found = briefing("Buckinghamshire", "2023-24").trend_tests().set_index("code")
    assert found.loc["2E", "years"][0] == "2019-20"  # until 2020-21 it had another code


def test_a_figure_that_is_not_to_be_compared_says_so():
    found = briefing("Leeds", "2024-25").trend_tests().set_index("code").loc["3D(1a)"]
    assert found["direction"] == "cannot_be_tested"
    assert "personal budget" in found["reason"]


def test_provisional_figures_of_a_council_are_not_tested(table):
    registers = sources.reference()
    year = FinancialYear.parse("2024-25")
    leeds = registers.councils.find("Leeds")
    safe = registers.indicators["feeling_safe"]
    found = of_council(
        table, registers, leeds, [safe], year=year, rules=RULES, provisional={"feeling_safe"}
    )
    assert (found["feeling_safe"].direction, found["feeling_safe"].years) == (
        "cannot_be_tested", (),
    )  # fmt: skip
    assert "own" in found["feeling_safe"].reason


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
        ({"years": 4}, "years is 4, and a test needs 5 of them"),
        ({"least_years": 2}, "greater than or equal to 3"),
        ({"significance": 0}, "greater than 0"),
        ({"significance_by_order": 1}, "less than 1"),
        ({"window": 5}, "Extra inputs are not permitted"),
    ],
)
def test_rules_that_cannot_be_are_refused(tmp_path, changed, told_of):
    with pytest.raises(RegisterError, match=told_of):
        parse_model(RULES.model_dump() | changed, TrendRules, tmp_path / "rag.yaml")


def test_the_years_are_by_parameter():
    values = survey(58.0, 56.0, 54.0, 52.0, 50.0, 48.0, 70.0, 80.0, 90.0, 99.0)
    assert len(told(values, years=8).years) == 8
    assert told(values, years=5).direction == "improving"
    assert told(values[:6], significance=1e-60).direction == "no_clear_change"
