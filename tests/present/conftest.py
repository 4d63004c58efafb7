"""One made-up council page with every kind of row that a page must be able to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bench.judge.published_row import PublishedRow
from bench.judge.remarks import Remark
from bench.judge.trend import Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAN = float("nan")
HOSTILE = '<script>alert(1)</script> & "quotes" =cmd'
PEERS = (
    "Cambridgeshire",
    "Derbyshire",
    "Devon",
    "Dorset",
    "East Sussex",
    "Gloucestershire",
    "Lincolnshire",
    "Norfolk",
    "North Yorkshire",
    "Oxfordshire",
    "Shropshire",
    "Suffolk",
    "Worcestershire",
)
GONE = "Cumbria (did not exist that year)"
HIDDEN = "Kent (suppressed)"
LIFE = "Enhancing quality of life for people with care and support needs"
DELAY = "Delaying and reducing the need for care and support"
SAFE = "Ensuring that people have a positive experience of care and support"


def peer_values(*figures: float) -> list[tuple[str, float]]:
    return list(zip(PEERS, figures, strict=False))


# What a row lacks where no rule by size and certainty judged it, and no next year is held.
_OFTEN_UNKNOWN = (
    *(f"{name}_vs_{against}" for name in ("certainty", "probability")
      for against in ("peers", "england", "previous")),
    *(f"{name}_vs_{against}" for name in ("smallest_gap", "more_answers", "more_answers_reason")
      for against in ("peers", "england")),
    "change_margin_from", "change_not_judged", "next", "next_period",
    "peer_median", "peer_lowest", "peer_highest",
)  # fmt: skip


def row(**given: Any) -> dict[str, Any]:
    """A row with the given columns; the rest say that all is well and AMBER."""
    usual: dict[str, Any] = {
        "title": given.get("short_title", ""),
        "domain": LIFE,
        "unit": "per_cent",
        "polarity": "higher_is_better",
        "decimals": 1,
        "value": NAN,
        "lower": NAN,
        "upper": NAN,
        "status": "observed",
        "marker": None,
        "peer_average": NAN,
        "peers_reporting": 13,
        "peers_total": 15,
        "peers_missing": [GONE, HIDDEN],
        "peer_values": [],
        "england": NAN,
        "verdict_vs_peers": "similar",
        "verdict_vs_england": "similar",
        "rule": "interval",
        "reason": None,
        "rank": None,
        "rank_of": None,
        "previous": NAN,
        "previous_lower": NAN,
        "previous_upper": NAN,
        "verdict_vs_previous": "not_compared",
        "previous_period": None,
        "change": NAN,
        "change_reason": None,
        "flags": [],
        "notes": [],
        "benchmark_period": "2014-15",
        "own_figures": [],
        "change_margin_from": None,
        "change_not_judged": None,
        "next": None,
        "next_period": None,
        "peer_median": None,
        "peer_lowest": None,
        "peer_highest": None,
        "peer_mean_dragged": False,
    }
    for benchmark in ("peers", "england", "previous"):
        usual[f"certainty_vs_{benchmark}"] = usual[f"probability_vs_{benchmark}"] = None
    for benchmark in ("peers", "england"):
        for name in ("smallest_gap", "more_answers", "more_answers_reason"):
            usual[f"{name}_vs_{benchmark}"] = None
    return usual | given


ROWS = [
    row(
        indicator="quality_of_life",
        code="1A",
        title="Social care-related quality of life score",
        short_title="Quality of life of people who use services",
        unit="score",
        value=19.1,
        lower=18.8,
        upper=19.4,
        peer_average=19.15,
        peer_values=peer_values(
            18.7, 19.0, 19.1, 19.2, 19.3, 18.9, 19.4, 19.6, 19.0, 19.2, 19.1, 19.3, 19.2
        ),
        england=19.1,
        rank=74,
        rank_of=150,
        previous=18.9,
        previous_lower=18.6,
        previous_upper=19.2,
        verdict_vs_previous="similar",
        previous_period="2013-14",
        change=0.2,
    ),
    row(
        indicator="control_over_daily_life",
        code="1B",
        title="The proportion of people who use services who have control over their daily life",
        short_title="Control over daily life",
        value=80.4,
        lower=77.6,
        upper=83.2,
        peer_average=77.2,
        peer_values=peer_values(
            74.1, 76.0, 77.7, 78.2, 79.9, 75.5, 76.8, 80.1, 77.0, 76.4, 78.8, 75.9, 77.2
        ),
        england=77.3,
        verdict_vs_peers="better",
        verdict_vs_england="better",
        rank=18,
        rank_of=150,
        previous=77.2,
        previous_lower=76.9,
        previous_upper=77.5,
        verdict_vs_previous="better",
        previous_period="2013-14",
        change=3.2,
    ),
    row(
        indicator="self_directed_support",
        code="1C(1A)",
        title="The proportion of people who use services who receive self-directed support",
        short_title="People who receive self-directed support",
        value=58.7,
        lower=57.31,
        upper=60.08,
        peer_average=84.32,
        peers_reporting=14,
        peers_missing=[GONE],
        peer_values=[
            *peer_values(
                88.1, 91.2, 79.9, 94.5, 70.2, 89.0, 96.1, 83.3, 77.5, 81.4, 86.0, 92.3, 62.0
            ),
            ("Kent", 88.9),
        ],
        england=83.7,
        verdict_vs_peers="worse",
        verdict_vs_england="worse",
        rank=141,
        rank_of=150,
        change_reason="The way of counting changed in 2014-15.",
    ),
    row(
        indicator="direct_payments",
        code="1C(2A)",
        title="The proportion of people who use services who receive direct payments",
        short_title="People who receive direct payments",
        value=22.8,
        lower=21.62,
        upper=24.03,
        peer_average=26.1,
        peer_values=peer_values(
            31.0, 22.4, 24.8, 27.9, 36.1, 25.0, 21.3, 26.6, 19.9, 28.2, 24.4, 25.7, 26.0
        ),
        england=26.3,
        verdict_vs_peers="worse",
        verdict_vs_england="worse",
        rank=108,
        rank_of=150,
        change_reason="The way of counting changed in 2014-15.",
    ),
    row(
        indicator="carers_self_directed_support",
        code="1C(1B)",
        title="The proportion of carers who receive self-directed support",
        short_title="Carers who receive self-directed support",
        status="suppressed",
        marker="[c]",
        peer_average=71.9,
        peer_values=peer_values(100.0, 98.1, 12.5, 100.0, 44.0, 100.0, 66.6, 53.9),
        peers_reporting=8,
        peers_missing=[GONE, HIDDEN, *[f"{name} (suppressed)" for name in PEERS[8:]]],
        england=77.4,
        verdict_vs_peers="not_compared",
        verdict_vs_england="not_compared",
        rule="none",
        reason="Somerset's figure is suppressed.",
    ),
    row(
        indicator="carer_quality_of_life",
        code="1D",
        title="Carer-reported quality of life score",
        short_title="Quality of life of carers",
        unit="score",
        value=7.9,
        lower=7.6,
        upper=8.2,
        peer_average=7.73,
        peer_values=peer_values(7.4, 7.6, 7.7, 7.8, 7.9, 7.6, 8.1, 8.0, 7.5, 7.7, 7.8, 7.6, 7.8),
        england=7.9,
        rank=61,
        rank_of=150,
        previous=8.2,
        previous_lower=7.9,
        previous_upper=8.5,
        verdict_vs_previous="similar",
        previous_period="2012-13",
        change=-0.3,
    ),
    row(
        indicator="learning_disability_employment",
        code="1E",
        title="The proportion of adults with a learning disability in paid employment",
        short_title="Adults with a learning disability in paid work",
        value=0.0,
        lower=0.0,
        upper=0.62,
        peer_average=6.08,
        peer_values=peer_values(6.1, 4.4, 8.8, 5.2, 7.1, 9.6, 3.1, 4.0, 6.6, 8.1, 5.9, 4.8, 5.3),
        england=6.0,
        verdict_vs_peers="worse",
        verdict_vs_england="worse",
        rank=150,
        rank_of=150,
        previous=0.0,
        previous_lower=0.0,
        previous_upper=0.58,
        verdict_vs_previous="similar",
        previous_period="2013-14",
        change=0.0,
        flags=["zero_numerator"],
        notes=[Remark("zero_numerator", "A true zero: the council reported nobody.")],
    ),
    row(
        indicator="mental_health_employment",
        code="1F",
        title=HOSTILE,
        short_title=HOSTILE,
        value=8.4,
        peer_average=7.9,
        peer_values=peer_values(7.4, 9.1, 6.6, 8.8, 7.2, 5.9, 10.2, 8.3, 7.7, 6.8, 9.4, 7.0, 8.3),
        england=6.8,
        verdict_vs_england="better",
        rule="spread",
        rank=47,
        rank_of=150,
        previous=7.4,
        verdict_vs_previous="better",
        previous_period="2013-14",
        change=1.0,
        flags=["no_counts"],
        notes=[Remark("no_counts", "No counts are published, so the figure is judged by spread.")],
    ),
    row(
        indicator="social_contact_adjusted",
        code="1J",
        title="Adjusted social care-related quality of life: impact of adult social care services",
        short_title="What care adds to quality of life",
        unit="score",
        decimals=3,
        value=0.408,
        peer_average=0.4031,
        peer_values=peer_values(
            0.391, 0.402, 0.411, 0.398, 0.405, 0.42, 0.388, 0.4, 0.407, 0.409, 0.395, 0.41, 0.404
        ),
        england=0.403,
        rule="spread",
        rank=55,
        rank_of=150,
        change_reason="There is no earlier figure.",
    ),
    row(
        indicator="admissions_18_64",
        code="2A(1)",
        title="Long-term support needs of younger adults met by admission to residential and "
        "nursing care homes, per 100,000 population",
        short_title="Younger adults who move into a care home",
        domain=DELAY,
        unit="per_100k",
        polarity="lower_is_better",
        value=9.6,
        lower=6.95,
        upper=12.94,
        peer_average=14.3,
        peer_values=peer_values(
            12.1, 16.4, 13.9, 18.8, 15.0, 11.2, 14.4, 19.9, 10.4, 12.8, 13.3, 14.7, 13.0
        ),
        england=14.2,
        verdict_vs_peers="better",
        verdict_vs_england="better",
        rank=21,
        rank_of=150,
        previous=11.9,
        previous_lower=8.9,
        previous_upper=15.6,
        verdict_vs_previous="similar",
        previous_period="2013-14",
        change=-2.3,
    ),
    row(
        indicator="admissions_65_plus",
        code="2A(2)",
        title="Long-term support needs of older adults met by admission to residential and "
        "nursing care homes, per 100,000 population",
        short_title="Older people who move into a care home",
        domain=DELAY,
        unit="per_100k",
        polarity="lower_is_better",
        value=1592.5,
        lower=1529.01,
        upper=1657.98,
        peer_average=640.9,
        peer_values=peer_values(
            610.2,
            702.9,
            588.8,
            655.0,
            571.3,
            699.9,
            720.4,
            633.1,
            541.8,
            580.6,
            688.2,
            654.4,
            690.0,
        ),
        england=668.8,
        verdict_vs_peers="worse",
        verdict_vs_england="worse",
        rank=149,
        rank_of=150,
        previous=1460.4,
        previous_lower=1400.15,
        previous_upper=1522.6,
        verdict_vs_previous="worse",
        previous_period="2013-14",
        change=132.1,
    ),
    row(
        indicator="reablement_offered",
        code="2B(2)",
        title="The proportion of older people who received reablement services after hospital",
        short_title="Older people offered help to recover at home",
        domain=DELAY,
        polarity="none",
        value=4.4,
        lower=4.02,
        upper=4.81,
        peer_average=2.9,
        peer_values=peer_values(2.2, 3.1, 2.9, 1.8, 3.8, 4.4, 2.1, 3.3, 2.7, 2.0, 3.5, 2.8, 3.1),
        england=4.4,
        verdict_vs_peers="higher",
        verdict_vs_england="similar",
        rank=52,
        rank_of=150,
        previous=5.0,
        previous_lower=4.85,
        previous_upper=5.15,
        verdict_vs_previous="lower",
        previous_period="2013-14",
        change=-0.6,
    ),
    row(
        indicator="overall_satisfaction",
        code="3A",
        title="Overall satisfaction of people who use services with their care and support",
        short_title="Satisfaction with care and support",
        domain=SAFE,
        value=66.5,
        lower=63.1,
        upper=69.9,
        peers_reporting=0,
        peers_total=0,
        peers_missing=[],
        england=64.7,
        verdict_vs_peers="not_compared",
        reason="Peers: this council has no list of peers.",
        rank=48,
        rank_of=150,
        previous=67.0,
        previous_lower=63.6,
        previous_upper=70.4,
        verdict_vs_previous="similar",
        previous_period="2013-14",
        change=-0.5,
        flags=["approximate_interval"],
        notes=[Remark("approximate_interval", "The margin of error is our own estimate.")],
    ),
    row(
        indicator="feel_safe",
        code="4A",
        title="The proportion of people who use services who feel safe",
        short_title="People who feel safe",
        domain=SAFE,
        value=104.1,
        peer_average=69.0,
        peer_values=peer_values(
            66.2, 70.1, 71.4, 68.8, 67.3, 69.9, 72.0, 65.1, 70.8, 68.2, 67.9, 70.0, 69.3
        ),
        england=68.5,
        verdict_vs_peers="not_compared",
        verdict_vs_england="not_compared",
        rule="none",
        reason="The figure counts more people than there are.",
        change_reason="There is no earlier figure.",
    ),
    row(
        indicator="carers_included",
        code="3C",
        title="The proportion of carers who report that they have been included in discussion",
        short_title="Carers who were asked and listened to",
        domain=SAFE,
        status="not_available",
        peer_average=72.0,
        peer_values=peer_values(
            70.2, 71.1, 73.4, 74.8, 69.3, 70.9, 72.5, 73.1, 71.8, 72.2, 71.9, 74.0, 70.8
        ),
        england=72.3,
        verdict_vs_peers="not_compared",
        verdict_vs_england="not_compared",
        rule="none",
        reason="No figure was published for Somerset.",
    ),
]


def typed(value: Any) -> Any:
    """A cell as a typed row holds it: None for no number, and nothing that can be changed."""
    if isinstance(value, list | tuple):
        return tuple(map(typed, value))
    return None if value != value else value


def published(lines: Iterable[Mapping[str, Any]] = ROWS, **changes: Any) -> list[PublishedRow]:
    """The lines as rows, each with the same changes."""
    return [
        PublishedRow(**{name: typed(value) for name, value in {**line, **changes}.items()})
        for line in lines
    ]


def only(*indicators: str, **changes: Any) -> list[PublishedRow]:
    """The rows of these indicators, with changes."""
    return published((line for line in ROWS if line["indicator"] in indicators), **changes)


@pytest.fixture
def rows() -> list[PublishedRow]:
    return published()


def year(period: str, council: float, peers: float, england: float, **given: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "period": period,
        "council": council,
        "england": england,
        "peer_average": peers,
        "peers_reporting": 13,
        "gap_before": False,
        "gap_text": "",
        "status": "observed",
        "isolated": False,
    }
    return usual | given


SERIES = [
    year("2010-11", 4.0, 27.5, 29.2),
    year("2011-12", 12.2, 41.0, 43.0),
    year("2012-13", 7.0, 52.8, 56.2),
    year("2013-14", 33.0, 60.1, 62.1),
    year("2014-15", 58.7, 84.3, 83.7, gap_before=True, gap_text="new method"),
    year("2015-16", 91.5, 88.8, 86.9),
    year("2016-17", NAN, 90.3, 89.4, status="suppressed"),
    year("2017-18", 80.5, 91.2, 89.7),
    year("2018-19", 68.7, 91.7, 89.0),
    year("2019-20", 88.3, 92.0, 91.9),
    year("2020-21", 95.0, 92.4, 92.2, isolated=True, gap_text="voluntary year"),
    year("2021-22", 94.8, 92.9, 92.6),
    year("2022-23", 96.0, 93.4, 93.5),
    year("2023-24", 96.5, 93.2, 92.2),
    year("2024-25", 92.0, 88.0, 87.1, gap_before=True, gap_text="client-level data"),
]


def points(*lines: Mapping[str, Any]) -> tuple[Point, ...]:
    return tuple(Point(**{name: typed(value) for name, value in line.items()}) for line in lines)


@pytest.fixture
def years() -> tuple[Point, ...]:
    return points(*SERIES)
