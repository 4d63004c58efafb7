"""A figure that nobody published: what it takes over from the published one."""

import pytest

from bench.judge.figure import FigureInForce, suppose
from bench.published import sources

COUNTED, SURVEY, SCORE, BARE = (
    "self_directed_support",
    "control_over_daily_life",
    "social_care_quality_of_life",
    "mental_health_employment",
)


def printed(value=None, numerator=None, denominator=None, respondents=None, margin=None):
    status = "not_available" if value is None else "observed"
    return FigureInForce(value, numerator, denominator, respondents, margin, status, "")


@pytest.mark.parametrize(
    ("why", "indicator", "published", "given", "basis", "counts", "margin"),
    [
        ("the same people", COUNTED, printed(50.0, 10, 20), {}, "same_people", (12, 20), None),
        ("other people", COUNTED, printed(50.0, 10, 20), {"numerator": 3, "denominator": 5}, "counts", (3, 5), None),
        ("no count is published", COUNTED, printed(50.0), {}, "none", (None, None), None),
        ("out of nobody", COUNTED, printed(50.0, 0, 0), {}, "none", (None, None), None),
        ("a survey", SURVEY, printed(50.0, 10, 20, 300, 4.2), {}, "same_margin", (None, None), 4.2),
        ("a survey without margin", SURVEY, printed(50.0, 10, 20, 300), {}, "same_respondents", (None, None), None),
        ("a survey that was not held", SURVEY, printed(), {}, "none", (None, None), None),
        ("a score without margin", SCORE, printed(19.0, respondents=300), {}, "none", (None, None), None),
        ("no counts at all", BARE, printed(5.0), {}, "none", (None, None), None),
    ],
)  # fmt: skip
def test_what_a_supposed_figure_rests_on(why, indicator, published, given, basis, counts, margin):
    found = suppose(published, sources.reference().indicators[indicator], value=60.0, **given)
    assert found.basis == basis, why
    assert (found.printed.numerator, found.printed.denominator) == counts
    assert found.printed.margin == margin
    assert (found.printed.value, found.printed.status) == (60.0, "observed")
