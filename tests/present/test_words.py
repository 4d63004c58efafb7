from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bench.pages.choices import rules_for
from bench.pages.council import glance, worsening
from bench.present import glossary, numbers, sentences
from present.conftest import only
from present.reading import grade

if TYPE_CHECKING:
    from bench.judge.published_row import PublishedRow
NOT_JUDGED = {
    "verdict_vs_previous": "not_compared",
    "change_not_judged": "no margin of error in either year",
}


def one(indicator: str, **changed: object) -> PublishedRow:
    return replace(only(indicator)[0], **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        (58.7, "per_cent", 1, "58.7%"),
        (592.5, "per_100k", 1, "592.5 per 100,000"),
        (1592.5, "per_100k", 1, "1,592.5 per 100,000"),
        (19.1, "score", 1, "19.1"),
        (0.408, "score", 3, "0.408"),
        (12345.0, "count", 0, "12,345"),
        (0.0, "per_cent", 1, "0.0%"),
        (-0.04, "score", 1, "0.0"),
        (-1.25, "score", 1, "−1.3"),
        (0.45, "per_cent", 1, "0.5%"),
        (None, "per_cent", 1, "—"),
        (None, "per_100k", 1, "—"),
    ],
)
def test_numbers_as_text(value: float | None, unit: str, decimals: int, text: str) -> None:
    measure = one("control_over_daily_life", unit=unit, decimals=decimals)
    assert numbers.number(value, measure) == text


@pytest.mark.parametrize(
    ("lower", "upper", "text"),
    [
        (56.1, 61.2, "56.1 to 61.2"),
        (56.14, 61.2, "56.14 to 61.20"),
        (0.0, 0.62, "0.00 to 0.62"),
        (None, 61.2, None),
    ],
)
def test_an_interval_keeps_the_decimal_that_decides(
    lower: float | None, upper: float | None, text: str | None
) -> None:
    assert numbers.interval(lower, upper, one("control_over_daily_life")) == text


@pytest.mark.parametrize(
    ("indicator", "text"),
    [
        (
            "control_over_daily_life",
            "Control over daily life: Somerset's figure is 80.4%. It is GREEN, better than both "
            "its peers' average (77.2%) and England (77.3%).",
        ),
        (
            "mental_health_employment",
            '<script>alert(1)</script> & "quotes" =cmd: Somerset\'s figure is 8.4%. It is AMBER, '
            "too close to its peers' average (7.9%) to tell apart, and GREEN, better than England "
            "(6.8%).",
        ),
        (
            "reablement_offered",
            "Older people offered help to recover at home: Somerset's figure is 4.4%. It is higher "
            "than its peers' average (2.9%), and close to England (4.4%). Neither high nor low is "
            "better here.",
        ),
        (
            "carers_self_directed_support",
            "Carers who receive self-directed support: no figure for Somerset. The publisher does "
            "not show this figure, most often because it counts so few people. It is not zero.",
        ),
        (
            "carers_included",
            "Carers who were asked and listened to: no figure for Somerset. No figure was "
            "published. It is not zero.",
        ),
        (
            "overall_satisfaction",
            "Satisfaction with care and support: Somerset's figure is 66.5%. It is AMBER, too "
            "close to England (64.7%) to tell apart. Peers: this council has no list of peers.",
        ),
        (
            "feel_safe",
            "People who feel safe: Somerset's figure is 104.1%. It is not compared. The figure "
            "counts more people than there are.",
        ),
    ],
)
def test_one_indicator_in_words(indicator: str, text: str) -> None:
    assert sentences.sentence(one(indicator), council="Somerset") == text


@pytest.mark.parametrize(
    ("indicator", "changed", "text", "cell"),
    [
        ("control_over_daily_life", {}, "up 3.2 points, which is better", "up 3.2 points: better"),
        ("control_over_daily_life", {"certainty_vs_previous": "probable"},
         "up 3.2 points, which is probably better", "up 3.2 points: probably better"),
        ("control_over_daily_life", {"certainty_vs_previous": "sure"},
         "up 3.2 points, which is better", "up 3.2 points: better"),
        ("control_over_daily_life", {"change_margin_from": "2018-19"},
         "up 3.2 points, which is better (margin reckoned from 2018-19)", "up 3.2 points: better"),
        ("mental_health_employment", NOT_JUDGED,
         "up 1.0 point, not judged: no margin of error in either year", "up 1.0 point: not judged"),
        ("carer_quality_of_life", {}, "down 0.3, which is similar", "down 0.3: similar"),
        ("admissions_18_64", {"verdict_vs_previous": "unclear"},
         "down 2.3 per 100,000, which is unclear", "down 2.3 per 100,000: unclear"),
        ("admissions_65_plus", {}, "up 132.1 per 100,000, which is worse",
         "up 132.1 per 100,000: worse"),
        ("reablement_offered", {}, "down 0.6 points", "down 0.6 points"),
        ("learning_disability_employment", {}, "no change", "no change"),
        ("direct_payments", {}, "The way of counting changed in 2014-15.", "—"),
        ("carers_included", {}, "no earlier figure", "—"),
    ],
)  # fmt: skip
def test_a_change_says_what_it_comes_to(
    indicator: str, changed: dict[str, str], text: str, cell: str
) -> None:
    row = one(indicator, **changed)
    assert (sentences.change_text(row), sentences.change_brief(row)) == (text, cell)


def test_red_and_worse_than_the_year_before_in_words() -> None:
    row = one("admissions_65_plus")
    assert row.worsening
    assert worsening.Worse(row, None).text == (
        "1,592.5 per 100,000, up by 132.1 per 100,000 from 1,460.4 per 100,000 in 2013-14. It is "
        "RED, worse than both its peers' average (640.9) and England (668.8)."
    )


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"certainty_vs_previous": "probable"}, "up by 132.1 per 100,000 from 1,460.4 per"),
        ({"change_margin_from": "2012-13"}, "2013-14. One margin of error is reckoned from 2012-13. It is RED"),
        ({"next": 1500.5, "next_period": "2015-16"},
         "2013-14. In 2015-16 it is 1,500.5 per 100,000. It is RED"),
        ({"verdict_vs_previous": "unclear"}, "in 2013-14, and that may be chance. It is"),
        ({"verdict_vs_previous": "similar"}, "2013-14, which is too little to matter. It is RED"),
        ({"verdict_vs_previous": "not_compared",
          "change_not_judged": "no margin of error in either year"},
         "2013-14, not judged: no margin of error in either year. It is RED"),
    ],
)  # fmt: skip
def test_one_step_claims_what_it_can(changed: dict[str, Any], text: str) -> None:
    row = one("admissions_65_plus", **changed)
    assert text in worsening.Worse(row, None).text


@pytest.mark.parametrize(
    ("indicator", "changed", "expected"),
    [
        ("admissions_65_plus", {}, True),
        ("admissions_65_plus", {"verdict_vs_peers": "similar"}, True),  # RED against one is enough
        (
            "admissions_65_plus",
            {"verdict_vs_peers": "similar", "verdict_vs_england": "better"},
            False,
        ),
        ("admissions_65_plus", {"verdict_vs_previous": "similar"}, False),
        ("self_directed_support", {}, False),  # no earlier year to compare with
        ("learning_disability_employment", {}, False),  # RED and unchanged
        ("reablement_offered", {}, False),  # neither high nor low is better
    ],
)
def test_red_and_worsening_is_a_rule(
    indicator: str, changed: dict[str, str], expected: bool
) -> None:
    assert one(indicator, **changed).worsening is expected


def test_flags_and_missing_kinds_have_words() -> None:
    assert "our own estimate" in glossary.FLAG_TEXTS["approximate_interval"]
    assert glossary.explain_missing("observed") == ""


def test_the_use_statement_says_what_the_figures_cannot_do() -> None:
    assert "cannot be used to judge how effective a local authority is" in glossary.USE_STATEMENT
    assert "nor the sector as a whole" in glossary.USE_STATEMENT
    assert glossary.USE_ADDRESS.endswith("data-sources-quality-and-uses")


def test_the_page_reads_at_school_level(rows: list[PublishedRow]) -> None:
    tame = [row for row in rows if row.indicator != "mental_health_employment"]
    texts = [
        *(sentences.sentence(row, council="Somerset") for row in tame),
        *(term.meaning for term in glossary.glossary(rules_for())),
        *glance.headlines(rows),
        worsening.summary(rows, council="Somerset"),
        sentences.CHANGE_RULE,
        *(f"It is {one.text}" for one in worsening.ordered(tame)),
        glossary.USE_STATEMENT,
    ]
    hard = {text: round(grade(text), 1) for text in texts if grade(text) > 12}
    assert hard == {}
    assert grade(" ".join(texts)) <= 9
