"""Which councils are unusual among councils: published figures, and those that ask for trouble."""

import math

import numpy as np
import pytest
from scipy import stats

import bench
from bench.judge.funnel import PLACE_COLUMNS, Z_998, Funnel, FunnelRules, funnel, places
from bench.judge.intervals import Z_95
from bench.judge.variance import Form, normal_share
from bench.pages import store
from bench.pages.choices import rules_for
from bench.reference.periods import FinancialYear
from judge.conftest import counted, rate, survey, without_counts

RULES = FunnelRules(tau="calibrated", winsorised="0.1", least_councils=30)
PUBLISHED = FunnelRules(tau="moments", winsorised="0.1", least_councils=30)


def of(figures, rules=RULES, england=50.0):
    return funnel({f"council_{n:03}": one for n, one in enumerate(figures)}, rules, england=england)


@pytest.mark.parametrize(
    ("what", "figures", "england", "expected"),
    [
        ("no counts", [without_counts(50.0)] * 150, 50.0, "no counts are published"),
        ("no council", [], 50.0, "only 0 councils have counts or a margin of error, and a funnel needs 30"),
        ("one council", [counted(0.5, 200)], 50.0, "only 1 councils have counts or a margin of error, and a funnel needs 30"),
        ("a voluntary year", [survey(60, 4)] * 18, None, "only 18 councils have counts or a margin of error, and a funnel needs 30"),
        ("a survey of no England", [survey(60, 4)] * 40, None, "no England figure is published"),
        ("the commonest reason", [without_counts(50.0)] * 3 + [counted(0.5, 0)] * 2, 50.0, "no counts are published"),
    ],
)  # fmt: skip
def test_where_there_is_no_funnel_it_says_why(what, figures, england, expected):
    assert of(figures, england=england) == expected, what


@pytest.mark.parametrize(
    ("what", "figures", "target", "lower", "upper"),
    [
        ("all equal", [counted(0.5, 400)] * 40, 50.0, 45.11, 54.89),
        ("all at 100%", [counted(1.0, 400)] * 40, 100.0, 99.76, 100.0),
        ("all at 0%", [counted(0.0, 400)] * 40, 0.0, 0.0, 0.24),
        ("denominators of 1", [counted(n % 2, 1) for n in range(40)], 50.0, 0.0, 100.0),
        ("no admissions at all", [rate(0, 50_000)] * 40, 0.0, 0.0, 1.92),
        ("equal survey figures", [survey(70, 4)] * 40, 50.0, 46.0, 54.0),
        ("a negative adjusted score", [survey(-0.01, 0.04, "score")] * 40, -0.02, -0.06, 0.02),
    ],
)  # fmt: skip
def test_figures_that_ask_for_trouble_have_their_funnel(what, figures, target, lower, upper):
    found = of(figures, england=-0.02 if "score" in what else 50.0)
    assert isinstance(found, Funnel), what
    assert found.target == pytest.approx(target), what
    size = figures[0].margin if found.scale.form is Form.SURVEY else figures[0].denominator
    # All-equal surveys lie apart from England by more than chance; what remains is chance.
    low, high = found.limits(np.array([size]), dispersed=False)
    assert (low.item(), high.item()) == pytest.approx((lower, upper), abs=0.006), what


def test_limits_are_the_formula_written_out():
    found = of([counted(0.3 + 0.2 * (n % 2), 100 + 10 * n) for n in range(40)])
    low, high = found.limits(np.array([250.0]), z=Z_998)
    middle = math.asin(math.sqrt(found.target / 100))
    reach = Z_998 * math.sqrt(1 / (4 * 250) + found.tau2)
    assert low.item() == pytest.approx(100 * math.sin(middle - reach) ** 2, rel=1e-9)
    assert high.item() == pytest.approx(100 * math.sin(middle + reach) ** 2, rel=1e-9)
    assert stats.norm.cdf(Z_998) - stats.norm.cdf(-Z_998) == pytest.approx(0.998, abs=1e-12)


def test_the_target_is_all_numerators_over_all_denominators():
    found = of([counted(0.2, 100)] * 20 + [counted(0.8, 900)] * 20, england=12.3)
    assert found.target == pytest.approx(100 * (20 * 20 + 20 * 720) / (20 * 1000))
    assert of([survey(60, 3)] * 30 + [survey(70, 5)] * 30, england=63.1).target == 63.1


def test_limits_keep_within_the_range_and_close_in_with_size(surveys):
    found = funnel(surveys, RULES, england=65.0)
    margins = np.array([1.0, 3.0, 9.0, 60.0])
    low, high = found.limits(margins, z=Z_998)
    assert (np.diff(low) <= 0).all()
    assert (np.diff(high) >= 0).all()
    assert (low.min(), high.max()) == (0.0, 100.0)
    inner, outer = found.limits(margins, dispersed=False), found.limits(margins)
    assert (outer[0] <= inner[0]).all()
    assert (outer[1] >= inner[1]).all()


def test_the_order_of_councils_does_not_matter(surveys):
    backwards = dict(reversed(surveys.items()))
    assert funnel(backwards, RULES, england=65.0) == funnel(surveys, RULES, england=65.0)
    one = places(funnel(surveys, RULES, england=65.0), surveys)
    assert list(one.columns) == PLACE_COLUMNS
    assert one.equals(places(funnel(surveys, RULES, england=65.0), backwards))


def test_a_council_lies_outside_exactly_where_its_z_says(surveys):
    surveys = surveys | {"far": survey(95.0, 4.0), "unknown": without_counts(64.0)}
    frame = places(funnel(surveys, RULES, england=65.0), surveys)
    assert "unknown" not in set(frame["area_id"])
    outside = (frame["value"] < frame["lower_95"]) | (frame["value"] > frame["upper_95"])
    assert outside.tolist() == (frame["z"].abs() > Z_95).tolist()
    assert frame.set_index("area_id").loc["far", "z"] > Z_998


@pytest.fixture(scope="module")
def year():
    return store.year_table(FinancialYear.parse("2018-19"), rules_for("funnel"))


@pytest.mark.parametrize(
    ("code", "form", "england", "councils"),
    [
        ("1C(1A)", Form.PROPORTION, 89.0, 150),
        # Recalculated; the target is of the councils whose counts still stand beside the figure.
        ("2A(2)", Form.RATE, 573.52, 109),
        ("1A", Form.SURVEY, 19.1, 150),
        ("1J", Form.SURVEY, 0.403, 150),
    ],
)
def test_published_figures(year, code, form, england, councils):
    indicator = year.registers.indicators.find(code, year.year)
    found = year.funnel(indicator)
    assert (found.scale.form, found.councils) == (form, councils)
    assert found.target == pytest.approx(england, abs=0.06)  # as published but for rounding
    frame = places(found, year.compared(indicator))
    low, high = np.quantile(frame["z"], [0.1, 0.9])
    # The limits that allow for over-dispersion are those of 150 ordinary councils.
    assert np.mean(np.clip(frame["z"], low, high) ** 2) == pytest.approx(
        normal_share(0.1) * (councils - 1) / councils, rel=1e-9
    )


def test_the_published_formula_can_be_chosen(year):
    indicator = year.registers.indicators.find("1B", year.year)
    figures = year.compared(indicator)
    theirs = funnel(figures, PUBLISHED, england=77.6)
    assert 0 < theirs.tau2 < funnel(figures, RULES, england=77.6).tau2


@pytest.mark.parametrize(
    ("code", "beside_peers", "beside_england", "reason"),
    [
        ("1C(1A)", "similar", "similar", None),  # better by interval: unlike the average, yet usual
        ("1F", "not_compared", "not_compared", "Peers and England: no counts are published."),
        ("1C(2B)", "not_compared", "not_compared", "its denominator is 0"),
    ],
)
def test_a_row_is_judged_by_the_funnel(code, beside_peers, beside_england, reason):
    row = next(
        r for r in bench.briefing("Somerset", "2018-19", rule="funnel").rows if r.code == code
    )
    assert (row.vs_peers.meaning, row.vs_england.meaning) == (beside_peers, beside_england)
    assert row.reason is None if reason is None else reason in row.reason


def test_the_rule_is_the_same_wherever_a_year_is_judged(year):
    """Council by council: outside the 95% limits around its own peers' average, or inside."""
    indicator = year.registers.indicators.find("2B(2)", year.year)
    found, figures = year.funnel(indicator), year.compared(indicator)
    rows = zip(
        year.registers.councils.in_year(year.year), year.across(indicator, "cipfa"), strict=True
    )
    seen = set()
    for council, row in rows:
        if not row.vs_peers.compared:
            continue
        size = np.array([figures[council.area_id].denominator])
        low, high = found.limits(size, around=float(row.vs_peers.benchmark))
        side = (row.value > high.item()) - (row.value < low.item())
        assert row.vs_peers.meaning == {-1: "worse", 0: "similar", 1: "better"}[side]
        seen.add(side)
    assert seen == {-1, 0, 1}


@pytest.mark.parametrize(("year", "code"), [("2018-19", "1C(1B)"), ("2017-18", "1C(1B)")])
def test_where_half_the_councils_stand_at_100_the_page_says_that_a_funnel_has_no_power(year, code):
    brief = bench.indicator(code, year)
    at_100 = sum(row.value == 100 for _, row in brief.rows)
    assert 2 * at_100 >= len(brief.table.field(brief.indicator.indicator_id))
    shown = str(brief.funnel())
    assert "stand at 100" in shown
    assert "no power" in shown
    assert "plotly" not in shown
    by_funnel = bench.indicator(code, year, rule="funnel")
    assert {row.vs_england.compared for _, row in by_funnel.rows} == {False}
