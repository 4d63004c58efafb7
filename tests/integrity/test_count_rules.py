"""Counts beside other years, councils and indicators: sound tables, and one element changed."""

import pandas as pd
import pytest

from bench.integrity.checks import registry, rule
from bench.published import sources
from bench.published.schema import COLUMNS

RULES = {one.code: one for one in registry.RULES}
NONE = float("nan")
COUNCILS = [c.area_id for c in sources.reference().councils if not c.tiny and c.goes_on][:60]
FIRST, SECOND = COUNCILS[:2]
YEARS = ("2016-17", "2017-18", "2018-19")
POPULATIONS, SHARES = "care_home_admissions_65_over", "direct_payments"
WHOLE, EMPLOYED = "self_directed_support", "learning_disability_employment"


def figure(area, year, indicator, numerator, denominator, **changes):
    per = 100_000 if indicator == POPULATIONS else 100
    return {
        "release_id": f"ascof_{year.replace('-', '_')}",
        "indicator_id": indicator,
        "breakdown": "all",
        "area_id": area,
        "period": year,
        "value": round(numerator / denominator * per, 1) if denominator else NONE,
        "numerator": float(numerator),
        "denominator": float(denominator),
        "respondents": NONE,
        "margin": NONE,
        "status": "observed",
        "marker": "x",
        "maturity": "final",
        "area_code": "",
        "place": "line 2",
    } | changes


def found(code, figures):
    frame = pd.DataFrame(figures, columns=COLUMNS)
    return RULES[code].find(rule.evidence(frame, sources.reference(), symbols={""}))


def who(code, figures):
    rows = found(code, figures)
    return sorted({(row.area_id, row.period) for row in rows.itertuples()})


# --- a population that jumps and jumps back ----------------------------------------------------


def populations(changed=None, *, councils=COUNCILS, years=YEARS, indicator=POPULATIONS):
    """Every council grows by 1% a year, with up to 0.2% there and back; some are set."""
    changed = changed or {}
    rows = []
    for place, area in enumerate(councils):
        for step, year in enumerate(years):
            wobble = 1 + 0.002 * (step == 1) * (-1) ** place * (place % 10) / 10
            size = round((20_000 + 731 * place) * 1.01**step * wobble)
            size = changed.get((area, year), size)
            rows.append(figure(area, year, indicator, 300, size))
    return rows


SIZE = {(r["area_id"], r["period"]): r["denominator"] for r in populations()}


def times(area, **factors):
    return {(area, year): SIZE[area, year] * by for year, by in factors.items()}


@pytest.mark.parametrize(
    ("why", "figures", "expected"),
    [
        ("all grow alike", populations(), []),
        ("a quarter more, and back", populations(times(FIRST, **{"2017-18": 1.25})), [(FIRST, "2017-18")]),
        ("a quarter fewer, and back", populations(times(FIRST, **{"2017-18": 0.75})), [(FIRST, "2017-18")]),
        ("3% more, and back", populations(times(FIRST, **{"2017-18": 1.03})), [(FIRST, "2017-18")]),
        ("1% more, and back", populations(times(FIRST, **{"2017-18": 1.01})), []),
        ("a quarter more from then on", populations(times(FIRST, **{"2017-18": 1.25, "2018-19": 1.25})), []),
        ("in the last year nobody knows if it goes back", populations(times(FIRST, **{"2018-19": 1.25})), []),
        ("nor in the first if it came from there", populations(times(FIRST, **{"2016-17": 1.25})), []),
        ("another council's, both mixed up", populations({(FIRST, "2017-18"): SIZE[SECOND, "2017-18"], (SECOND, "2017-18"): SIZE[FIRST, "2017-18"]}), [(FIRST, "2017-18"), (SECOND, "2017-18")]),
        ("all councils there and back: a new estimate", populations({k: n * 1.05 for k, n in SIZE.items() if k[1] == "2017-18"}), []),
        ("a third of them by 3%: nothing beyond the others", populations({(a, "2017-18"): SIZE[a, "2017-18"] * 1.03 for a in COUNCILS[::3]}), []),
        ("clients are no population", [r | {"indicator_id": SHARES} for r in populations(times(FIRST, **{"2017-18": 1.25}))], []),
        ("three councils are enough", populations(times(FIRST, **{"2017-18": 1.25}), councils=COUNCILS[:3]), [(FIRST, "2017-18")]),
        ("over a year that is not held", populations(times(FIRST, **{"2018-19": 1.25}) | {(FIRST, "2020-21"): 20_800}, years=("2017-18", "2018-19", "2020-21")), [(FIRST, "2018-19")]),
    ],
)  # fmt: skip
def test_a_population_that_jumps_by_far_more_than_any_other_and_back(why, figures, expected):
    assert who("population", figures) == expected, why


def test_a_jump_says_what_stands_around_it():
    (row,) = found("population", populations(times(FIRST, **{"2017-18": 1.25}))).itertuples()
    assert row.found == "population 25,250"
    assert row.expected == "between 2016-17 and 2018-19: 20,000 and 20,402"


def test_a_superseded_printing_is_looked_at_too():
    """A recalculation without counts, or with the right ones, leaves the first one to be found."""
    first = populations(times(FIRST, **{"2017-18": 1.25}))
    again = figure(FIRST, "2017-18", POPULATIONS, 300, SIZE[FIRST, "2017-18"])
    for later in (again, again | {"numerator": NONE, "denominator": NONE}):
        rows = found("population", [*first, later | {"release_id": "ascof_2018_19_revised"}])
        assert rows["release_id"].tolist() == ["ascof_2017_18"]


# --- two councils with one population ----------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "figures", "expected"),
    [
        ("each its own", populations(), []),
        ("one population for two", populations({(FIRST, "2017-18"): 50_947, (SECOND, "2017-18"): 50_947}), [(FIRST, "2017-18"), (SECOND, "2017-18")]),
        ("one person fewer", populations({(FIRST, "2017-18"): 50_947, (SECOND, "2017-18"): 50_946}), []),
        ("the same number in another year", populations({(FIRST, "2017-18"): 50_947, (SECOND, "2018-19"): 50_947}), []),
        ("clients may be as many", [r | {"indicator_id": SHARES} for r in populations({(FIRST, "2017-18"): 950, (SECOND, "2017-18"): 950})], []),
        ("the tiny two are left out", [figure("isles_of_scilly", YEARS[0], POPULATIONS, 2, 500), figure("city_of_london", YEARS[0], POPULATIONS, 3, 500)], []),
    ],
)  # fmt: skip
def test_two_councils_with_one_population(why, figures, expected):
    assert who("shared", figures) == expected, why


# --- two indicators of a council with one numerator and denominator ----------------------------


def both(*alike, denominator=1000, numerator=300, councils=COUNCILS, **changes):
    """Direct payments and self-directed support of a year; the councils of `alike` print one."""
    rows = []
    for place, area in enumerate(councils):
        top = numerator + place
        rows.append(figure(area, "2018-19", SHARES, top, denominator))
        more = 0 if area in alike else 200
        other = figure(area, "2018-19", WHOLE, top + more, denominator)
        rows.append(other | changes if area in alike else other)
    return rows


@pytest.mark.parametrize(
    ("why", "figures", "expected"),
    [
        ("different counts", both(), []),
        ("the same counts", both(FIRST), [(FIRST, "2018-19")]),
        ("counts that round alike, and another value", both(FIRST, value=30.1), []),
        ("another denominator", [figure(FIRST, "2018-19", SHARES, 300, 1000), figure(FIRST, "2018-19", WHOLE, 300, 1001, value=30.0)], []),
        ("another numerator", [figure(FIRST, "2018-19", SHARES, 300, 1000), figure(FIRST, "2018-19", WHOLE, 301, 1000)], []),
        ("two councils, each its own pair", both(FIRST, SECOND), [(FIRST, "2018-19"), (SECOND, "2018-19")]),
        ("few people may be alike", both(FIRST, numerator=5, councils=COUNCILS[:10]), []),
        ("a weighted survey may be alike", both(FIRST, respondents=310.0), []),
        ("any two indicators", [figure(FIRST, "2018-19", EMPLOYED, 300, 1000), figure(FIRST, "2018-19", SHARES, 300, 1000)], [(FIRST, "2018-19")]),
        ("not across years", [figure(FIRST, "2017-18", WHOLE, 300, 1000), figure(FIRST, "2018-19", SHARES, 300, 1000)], []),
        ("not across councils", [figure(FIRST, "2018-19", WHOLE, 300, 1000), figure(SECOND, "2018-19", SHARES, 300, 1000)], []),
    ],
)  # fmt: skip
def test_two_indicators_with_the_same_counts(why, figures, expected):
    assert who("alike", figures) == expected, why


def test_each_of_the_two_names_the_other():
    rows = found("alike", both(FIRST)).set_index("indicator_id")["found"]
    assert rows.to_dict() == {
        SHARES: f"300 of 1,000, as {WHOLE}",
        WHOLE: f"300 of 1,000, as {SHARES}",
    }


@pytest.mark.parametrize(("alike", "findings"), [(15, 30), (16, 2)])
def test_what_over_a_quarter_of_the_councils_print_alike_is_one_finding(alike, findings):
    rows = found("alike", both(*COUNCILS[:alike]))
    assert len(rows) == findings
    assert (rows["area_id"] == "").all() == (findings == 2)
    if findings == 2:
        assert rows["found"].tolist() == [
            f"16 of 60 councils as {WHOLE}",
            f"16 of 60 councils as {SHARES}",
        ]


# --- a count that stands still while the other leaps -------------------------------------------


def two_years(before, now, indicator=SHARES, **changes):
    return [
        figure(FIRST, "2017-18", indicator, *before),
        figure(FIRST, "2018-19", indicator, *now, **changes),
    ]


@pytest.mark.parametrize(
    ("why", "figures", "expected"),
    [
        ("the denominator leaps", two_years((641, 661), (641, 827)), [(FIRST, "2018-19")]),
        ("the denominator falls", two_years((641, 1661), (641, 827)), [(FIRST, "2018-19")]),
        ("the numerator leaps", two_years((300, 1000), (500, 1000)), [(FIRST, "2018-19")]),
        ("one person more", two_years((641, 661), (642, 827)), []),
        ("both stand still", two_years((641, 661), (641, 661)), []),
        ("a fifth more", two_years((641, 661), (641, 800)), []),
        ("both move", two_years((600, 661), (700, 827)), []),
        ("few people are often as many", two_years((12, 661), (12, 827)), []),
        ("a leap that chance makes", two_years((9, 693), (16, 693)), []),
        ("a rate's population too", two_years((300, 40_476), (300, 50_947), POPULATIONS), [(FIRST, "2018-19")]),
        ("not across a cut", [figure(FIRST, "2023-24", WHOLE, 641, 661), figure(FIRST, "2024-25", WHOLE, 641, 827)], []),
        ("weighted survey counts are not looked at", two_years((641, 661), (641, 827), "feeling_safe", respondents=300.0), []),
        ("a score is no share", two_years((641, 661), (641, 827), "social_care_quality_of_life"), []),
        ("a year between is no matter", [figure(FIRST, "2018-19", SHARES, 641, 661), figure(FIRST, "2020-21", SHARES, 641, 827)], [(FIRST, "2020-21")]),
    ],
)  # fmt: skip
def test_a_count_that_stands_still_while_the_other_leaps(why, figures, expected):
    assert who("still", figures) == expected, why


def test_what_stands_and_what_leaps_is_told():
    (row,) = found("still", two_years((641, 661), (641, 827))).itertuples()
    assert row.found == "numerator 641 in both years, denominator 661 and 827"
    assert row.expected == "counts that move together since 2017-18"


# --- the real table ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("population", {("north_somerset", "2018-19"), ("north_tyneside", "2018-19"), ("westminster", "2017-18")}),
        ("shared", {("north_somerset", "2018-19"), ("north_tyneside", "2018-19"), ("bury", "2018-19"), ("kingston_upon_thames", "2018-19"), ("redcar_and_cleveland", "2014-15"), ("south_tyneside", "2014-15"), ("brighton_and_hove", "2020-21"), ("milton_keynes", "2020-21")}),
        ("still", {("barnet", "2018-19"), ("bristol", "2016-17"), ("bristol", "2017-18"), ("windsor_and_maidenhead", "2017-18"), ("peterborough", "2015-16"), ("sheffield", "2015-16"), ("central_bedfordshire", "2015-16")}),
    ],
)  # fmt: skip
def test_what_the_published_figures_hold(embedded, code, expected):
    rows = RULES[code].find(embedded)
    assert set(rows[["area_id", "period"]].itertuples(index=False, name=None)) == expected


def test_somerset_s_two_measures_of_2014_15_are_one(embedded):
    rows = RULES["alike"].find(embedded)
    somerset = rows[rows["area_id"] == "somerset"]
    assert set(somerset["indicator_id"]) == {SHARES, WHOLE}
    assert set(somerset["period"]) == {"2014-15"}
    assert set(rows["indicator_id"]) == {
        SHARES, WHOLE, "carers_direct_payments", "carers_self_directed_support",
    }  # fmt: skip
    of_carers = rows[rows["indicator_id"].str.startswith("carers")]
    assert (of_carers["area_id"] == "").all()
    assert len(of_carers) == 2 * 6


def test_north_tyneside_s_population_is_told_with_its_neighbours(embedded):
    rows = RULES["population"].find(embedded)
    row = rows[(rows["area_id"] == "north_tyneside") & (rows["indicator_id"] == POPULATIONS)].iloc[
        0
    ]
    assert row["found"] == "population 50,947"
    assert row["expected"] == "between 2017-18 and 2020-21: 40,476 and 42,649"
