"""What each rule says of a handful of figures. One line a case; the last word is the number found."""

import pandas as pd
import pytest

from bench.integrity.checks import registry, rule
from bench.published import sources
from bench.published.schema import COLUMNS

RULES = {one.code: one for one in registry.RULES}
NOTHING = float("nan")
LEEDS = {
    "release_id": "ascof_2018_19", "indicator_id": "direct_payments", "breakdown": "all",
    "area_id": "leeds", "period": "2018-19", "value": 40.0, "numerator": 402.0,
    "denominator": 1004.0, "respondents": NOTHING, "margin": NOTHING, "status": "observed",
    "marker": "40", "maturity": "final", "area_code": "E08000035", "place": "line 2",
}  # fmt: skip
CODES = {"kent": "E10000016", "england": "E92000001", "region:london": "E12000007",
         "barnet": "E09000003", "camden": "E09000007", "dorset_county": "E10000009",
         "dorset": "E06000059"}  # fmt: skip


def figure(area="leeds", **changes):
    code = {"area_code": CODES.get(area, LEEDS["area_code"])}
    return LEEDS | {"area_id": area} | code | changes


def survey(area, indicator, **changes):
    plain = {"indicator_id": indicator, "numerator": NOTHING, "denominator": NOTHING}
    return figure(area, **plain | {"value": 68.7, "respondents": 310.0, "margin": 4.4} | changes)


def ask(code, *figures):
    evidence = rule.evidence(
        pd.DataFrame(figures, columns=COLUMNS), sources.reference(), symbols={"[x]", ""}
    )
    return RULES[code].find(evidence)


SURVEYS = [
    "social_care_quality_of_life", "control_over_daily_life", "satisfaction_with_services",
    "finding_information", "feeling_safe",
]  # fmt: skip
MISSING = {"value": NOTHING, "status": "not_available", "marker": "[x]"}


@pytest.mark.parametrize(
    ("code", "why", "figures", "found"),
    [
        ("quotient", "402 of 1,004 is 40.0", [figure()], 0),
        ("quotient", "402 of 1,004 is not 41.0", [figure(value=41.0)], 1),
        ("quotient", "whole people, one decimal: 40.1 is too far", [figure(), figure("kent", value=40.2)], 1),
        ("quotient", "counts rounded to 5 may be 12.5 of 52.5", [figure(numerator=10.0, denominator=55.0, value=23.8)], 0),
        ("quotient", "the same counts to one person may not", [figure(numerator=10.0, denominator=55.0, value=23.8), figure("kent")], 1),
        ("quotient", "only whole numbers are printed", [figure(value=40.0, numerator=404.0)], 0),
        ("quotient", "a rate is per 100,000", [figure(indicator_id="care_home_admissions_18_64", value=12.0, numerator=20.0, denominator=166_667.0)], 0),
        ("quotient", "a rate is not per 1,000", [figure(indicator_id="care_home_admissions_18_64", value=0.1, numerator=20.0, denominator=166_667.0)], 1),
        ("quotient", "without counts there is nothing to say", [figure(numerator=NOTHING)], 0),
        ("quotient", "a denominator of 0 is another rule's", [figure(denominator=0.0)], 0),
        ("range", "100 per cent", [figure(value=100.0)], 0),
        ("range", "above 100 per cent", [figure(value=100.1)], 1),
        ("range", "below 0", [figure(value=-0.1)], 1),
        ("range", "a score may be below 0", [figure(indicator_id="adjusted_social_care_quality_of_life", value=-0.1)], 0),
        ("range", "the highest score", [survey("leeds", SURVEYS[0], value=24.0)], 0),
        ("range", "a score off its scale", [survey("leeds", SURVEYS[0], value=24.1)], 1),
        ("range", "a score ten times too large", [survey("leeds", SURVEYS[0], value=190.0)], 1),
        ("range", "a carer's score off its scale", [survey("leeds", "carer_quality_of_life", value=12.1)], 1),
        ("range", "an adjusted score printed as a percentage", [survey("leeds", "adjusted_social_care_quality_of_life", value=40.4)], 1),
        ("range", "a point read as a comma", [figure(indicator_id="care_home_admissions_65_over", value=598_700.0)], 1),
        ("range", "a count has no highest", [figure(indicator_id="direct_payment_clients_31_march", value=130_900.0)], 0),
        ("range", "a count below 0", [figure(indicator_id="direct_payment_clients_31_march", value=-5.0)], 1),
        ("range", "a rate above 100", [figure(indicator_id="care_home_admissions_65_over", value=612.3)], 0),
        ("numerator", "all of them", [figure(numerator=1004.0)], 0),
        ("numerator", "one more than all", [figure(numerator=1005.0)], 1),
        ("numerator", "also where the figure is withheld", [figure(numerator=1005.0, **MISSING)], 1),
        ("numerator", "a score is no share", [figure(indicator_id="social_care_quality_of_life", numerator=9_000.0, denominator=500.0)], 0),
        ("denominator", "a figure over nobody", [figure(value=0.0, numerator=0.0, denominator=0.0)], 1),
        ("denominator", "no figure over nobody", [figure(numerator=0.0, denominator=0.0, **MISSING)], 0),
        ("respondents", "nobody answered", [survey("leeds", SURVEYS[0], value=0.0, respondents=0.0)], 1),
        ("respondents", "somebody answered", [survey("leeds", SURVEYS[0])], 0),
        ("margin", "a margin with its figure", [survey("leeds", SURVEYS[0])], 0),
        ("margin", "a margin by itself", [survey("leeds", SURVEYS[0], **MISSING)], 1),
        ("twice", "one row each", [figure(), figure("kent")], 0),
        ("twice", "a second row", [figure(), figure(value=12.0)], 1),
        ("ended", "Dorset's county had figures in 2018-19", [figure("dorset_county")], 0),
        ("ended", "but not in 2019-20", [figure("dorset_county", period="2019-20")], 1),
        ("ended", "Dorset Council had none before", [figure("dorset")], 1),
        ("ended", "no figure of no council is right", [figure("dorset_county", period="2019-20", **MISSING)], 0),
        ("unknown", "all known", [figure(), figure("england"), figure("region:london")], 0),
        ("unknown", "an indicator", [figure(indicator_id="happiness")], 2),  # nor was it published
        ("unknown", "an area", [figure("atlantis", area_code="")], 1),
        ("unknown", "a group", [figure(breakdown="left_handed")], 1),
        ("unknown", "a year without the indicator", [figure(period="2008-09")], 1),
        ("unknown", "a code of another area", [figure(area_code="E10000016")], 1),
        ("unknown", "a symbol", [figure(**MISSING | {"marker": "n/a"})], 1),
        ("copied", "five measures alike", [survey(a, i) for i in SURVEYS for a in ("leeds", "kent")], 10),
        ("copied", "four measures alike", [survey(a, i) for i in SURVEYS[:4] for a in ("leeds", "kent")], 0),
        ("copied", "another margin", [survey("leeds", i) for i in SURVEYS] + [survey("kent", i, margin=4.5) for i in SURVEYS], 0),
        ("copied", "percentages alone may be alike", [figure(a, indicator_id=i, numerator=NOTHING, denominator=NOTHING) for i in SURVEYS for a in ("leeds", "kent")], 0),
        ("between", "within its councils", [figure("barnet", value=30.0), figure("camden", value=50.0), figure("region:london", value=40.0)], 0),
        ("between", "a region above its councils", [figure("barnet", value=30.0), figure("camden", value=50.0), figure("region:london", value=50.1)], 1),
        ("between", "England above every council", [figure("kent", value=30.0), figure("england", value=30.5)], 1),
        ("sum", "adds up", [figure("barnet"), figure("camden"), figure("region:london", numerator=804.0, denominator=2008.0)], 0),
        ("sum", "too many", [figure("barnet"), figure("camden"), figure("region:london", numerator=800.0, denominator=2000.0)], 2),
        ("sum", "one council is missing, the sum is below", [figure("barnet"), figure("camden", numerator=NOTHING, denominator=NOTHING), figure("region:london", numerator=800.0, denominator=2000.0)], 0),
        ("groups", "women and men are everybody", [figure(), figure(breakdown="female", denominator=500.0), figure(breakdown="male", denominator=504.0)], 0),
        ("groups", "more women and men than people", [figure(), figure(breakdown="female", denominator=510.0), figure(breakdown="male", denominator=504.0)], 1),
        ("shortfall", "somewhat fewer", [figure(), figure(breakdown="female", denominator=500.0), figure(breakdown="male", denominator=490.0)], 0),
        ("shortfall", "much fewer", [figure(), figure(breakdown="female", denominator=400.0), figure(breakdown="male", denominator=490.0)], 1),
        ("shortfall", "ages do not share everybody out with sexes", [figure(), figure(breakdown="female", denominator=500.0)], 0),
        ("slip", "a hundredth of the year before", [figure(value=40.0, numerator=NOTHING), figure(period="2019-20", value=0.4, numerator=NOTHING)], 1),
        ("slip", "borne out by its counts", [figure(value=40.0), figure(period="2019-20", value=0.4, numerator=4.0, denominator=1000.0)], 0),
        ("slip", "only lower", [figure(value=40.0, numerator=NOTHING), figure(period="2019-20", value=4.0, numerator=NOTHING)], 0),
    ],
)  # fmt: skip
def test_a_rule_finds_what_is_wrong_and_nothing_else(code, why, figures, found):
    assert len(ask(code, *figures)) == found, why


def councils(number, **changes):
    every = [c for c in sources.reference().councils if not c.tiny and c.goes_on]
    return [figure(one.area_id, area_code="", **changes) for one in every[:number]]


EARLIER = {"release_id": "ascof_2017_18", "period": "2017-18"}


@pytest.mark.parametrize(
    ("code", "why", "before", "now", "found"),
    [
        ("coverage", "as many", councils(100, **EARLIER), councils(100), 0),
        ("coverage", "5% fewer than the year before", councils(100, **EARLIER), councils(95), 0),
        ("coverage", "6% fewer than the year before", councils(100, **EARLIER), councils(94), 1),
        ("coverage", "one fewer of the same year", councils(100, **EARLIER | {"period": "2018-19"}), councils(99), 1),
        ("magnitude", "half as much again", councils(30, **EARLIER), councils(30, value=60.0), 0),
        ("magnitude", "more than half as much again", councils(30, **EARLIER), councils(30, value=61.0), 1),
        ("magnitude", "less than two thirds", councils(30, **EARLIER), councils(30, value=26.0), 1),
        ("magnitude", "the same year anew", councils(30, **EARLIER | {"period": "2018-19"}), councils(30, value=61.0), 1),
        ("magnitude", "across a cut", councils(30, **EARLIER | {"period": "2023-24"}), councils(30, value=90.0, period="2024-25"), 0),
        ("unit", "fractions", [], councils(30, value=0.4), 1),
        ("unit", "percentages", [], councils(30, value=40.0), 0),
        ("unit", "too few to tell", [], councils(10, value=0.4), 0),
        ("unit", "a score", [], councils(30, value=0.4, indicator_id="adjusted_social_care_quality_of_life"), 0),
    ],
)  # fmt: skip
def test_a_publication_is_set_beside_the_one_before(code, why, before, now, found):
    assert len(ask(code, *before, *now)) == found, why


def test_a_finding_says_what_where_and_what_was_expected():
    finding = ask("quotient", figure(), figure("kent", value=41.5)).iloc[0].to_dict()
    assert finding == {
        "release_id": "ascof_2018_19",
        "indicator_id": "direct_payments",
        "breakdown": "all",
        "area_id": "kent",
        "period": "2018-19",
        "place": "line 2",
        "found": "41.5",
        "expected": "40.0398 (402 over 1,004)",
    }


def test_every_rule_is_tried_here_or_with_those_of_counts():
    tried = {
        case[0]
        for mark in (
            test_a_rule_finds_what_is_wrong_and_nothing_else,
            test_a_publication_is_set_beside_the_one_before,
        )
        for case in mark.pytestmark[0].args[1]
    }
    of_counts = {"population", "shared", "alike", "still"}  # test_count_rules.py
    assert tried == RULES.keys() - {"stale"} - of_counts
