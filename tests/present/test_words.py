from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from bench.present import glossary, numbers, words
from bench.present.rows import Row, points, rows
from present.conftest import ROWS


def one(indicator: str, **changed: object) -> Row:
    row = next(row for row in rows(pd.DataFrame(ROWS)) if row.indicator == indicator)
    return replace(row, **changed)  # type: ignore[arg-type]


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
    assert words.sentence(one(indicator), council="Somerset") == text


@pytest.mark.parametrize(
    ("indicator", "text"),
    [
        ("control_over_daily_life", "up 3.2 points, which is better"),
        ("mental_health_employment", "up 1.0 point, which is better"),
        ("carer_quality_of_life", "down 0.3, which is worse"),
        ("admissions_18_64", "down 2.3 per 100,000, which is better"),
        ("admissions_65_plus", "up 32.1 per 100,000, which is worse"),
        ("reablement_offered", "down 0.6 points"),
        ("learning_disability_employment", "no change"),
        ("direct_payments", "The way of counting changed in 2014-15."),
        ("carers_included", "no earlier figure"),
    ],
)
def test_a_change_is_good_or_bad_by_polarity(indicator: str, text: str) -> None:
    assert words.change_text(one(indicator)) == text


def test_the_glance_counts_every_indicator_once(frame: pd.DataFrame) -> None:
    peers, england = words.at_a_glance(frame)
    assert (peers.better, peers.similar, peers.worse) == (2, 4, 4)
    assert (peers.unjudged, peers.not_compared) == (1, 4)
    assert (england.better, england.similar, england.worse) == (3, 4, 4)
    assert peers.total == england.total == len(frame)


def test_the_glance_in_words(frame: pd.DataFrame) -> None:
    text = words.glance_sentence(frame, council="Somerset")
    assert text.startswith("Somerset has 10 indicators that can be judged beside its peers. 2 are")
    assert text.endswith("5 more are shown, but not judged.")
    missing = frame[frame.status != "observed"]
    assert words.glance_sentence(missing, council="Kirklees").startswith("None of Kirklees' 2 ")


def test_what_stands_out_differs_from_both_benchmarks(frame: pd.DataFrame) -> None:
    assert words.concerns(frame, council="Somerset")[0] == (
        "People who receive self-directed support: 58.7% in Somerset, 84.3% for its peers and "
        "83.7% for England."
    )
    assert len(words.concerns(frame, council="Somerset")) == 4
    assert len(words.strengths(frame, council="Somerset")) == 2


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        (["control_over_daily_life"], "2 comparisons use a margin of error. Of these, fewer than"),
        (["overall_satisfaction"], "1 comparison uses a margin of error. Of it, fewer than one"),
        (["mental_health_employment", "feel_safe"], None),
    ],
)
def test_chance_counts_only_comparisons_with_an_interval(
    frame: pd.DataFrame, kept: list[str], text: str | None
) -> None:
    line = words.chance_line(frame[frame.indicator.isin(kept)])
    assert line is None if text is None else line is not None and line.startswith(text)


def test_chance_over_a_whole_page(frame: pd.DataFrame) -> None:
    line = words.chance_line(frame)
    assert line is not None
    assert line.startswith("19 comparisons use a margin of error. Of these, about 1 would")


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("interval", "lies in the margin of error (18.8 to 19.4)"),
        ("spread", "usual gaps between councils"),
        ("quartile", "middle half"),
        ("tolerance", "tolerance"),
        ("none", "too small to tell"),
    ],
)
def test_an_amber_says_why(rule: str, part: str) -> None:
    assert part in words.why_similar(one("quality_of_life", rule=rule))


def test_missing_numbers_are_none_and_nothing_else_is(frame: pd.DataFrame) -> None:
    found = {row.indicator: row for row in rows(frame)}
    assert found["learning_disability_employment"].value == 0
    assert found["carers_included"].value is None
    assert found["carers_included"].rank is None
    assert found["quality_of_life"].rank == 74
    with pytest.raises(ValueError, match="lacks value, rank"):
        rows(frame.drop(columns=["value", "rank"]))


def test_a_series_without_a_column_is_refused(series: pd.DataFrame) -> None:
    assert points(series)[6].council is None
    with pytest.raises(ValueError, match="lacks isolated"):
        points(series.drop(columns="isolated"))


def test_flags_and_missing_kinds_have_words() -> None:
    assert "our own estimate" in glossary.explain_flag("approximate_interval")
    assert glossary.explain_flag("a_new_flag") == "A new flag."
    assert glossary.explain_missing("observed") == ""


def test_the_use_statement_says_what_the_figures_cannot_do() -> None:
    assert "cannot be used to judge how effective a local authority is" in glossary.USE_STATEMENT
    assert "nor the sector as a whole" in glossary.USE_STATEMENT
    assert glossary.USE_ADDRESS.endswith("data-sources-quality-and-uses")


def syllables(word: str) -> int:
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", re.sub(r"(?:[^laeiouy]es|ed|[^laeiouy]e)$", "", word)))
    return max(1, groups)


def grade(text: str) -> float:
    """Flesch-Kincaid, with figures left out: they are read, not spelt."""
    parts = [part for part in re.split(r"[.:;?!](?:\s|$)", text) if re.search("[A-Za-z]", part)]
    found = re.findall(r"[A-Za-z']+", text)
    load = sum(syllables(word) for word in found)
    return 0.39 * len(found) / len(parts) + 11.8 * load / len(found) - 15.59


def test_the_page_reads_at_school_level(frame: pd.DataFrame) -> None:
    tame = frame[~frame.indicator.isin(["mental_health_employment"])]
    texts = [
        *words.sentences(tame, council="Somerset"),
        *(term.meaning for term in glossary.glossary()),
        words.glance_sentence(frame, council="Somerset"),
        words.chance_line(frame) or "",
        glossary.USE_STATEMENT,
    ]
    hard = {text: round(grade(text), 1) for text in texts if grade(text) > 12}
    assert hard == {}
    assert grade(" ".join(texts)) <= 9
