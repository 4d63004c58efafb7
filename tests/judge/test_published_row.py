"""A row as it is published: rounded once, typed, and the same in every table that a user is given."""

from dataclasses import fields, replace
from fractions import Fraction

import pandas as pd
import pytest

import bench
from bench.judge.intervals import Interval
from bench.judge.published_row import FIRST_KEYS, PublishedRow, printed_share, published
from bench.judge.ranks import RankInterval


@pytest.fixture(scope="module")
def brief():
    return bench.briefing("Somerset", "2018-19")


@pytest.fixture(scope="module")
def row(brief):
    return brief.row("1C(1A)")


@pytest.mark.parametrize(
    ("decimals", "given", "printed"),
    [
        (1, {"value": 68.25}, {"value": 68.3}),  # half away from zero
        (1, {"value": -0.25}, {"value": -0.3}),
        (1, {"peer_average": Fraction(1, 3)}, {"peer_average": 0.3}),
        (0, {"england": 1203.5}, {"england": 1204}),
        (3, {"value": 0.4087}, {"value": 0.409}),
        (
            1,
            {"interval": Interval(Fraction("56.145"), Fraction("61.2"))},
            {"lower": 56.15, "upper": 61.2},
        ),
        (1, {"interval": None}, {"lower": None, "upper": None}),
        (1, {"value": None}, {"value": None}),
        (0, {"value": 0.0}, {"value": 0}),
    ],
)
def test_figures_are_printed_at_their_decimals(row, decimals, given, printed):
    record = published(replace(row, decimals=decimals, **given)).record()
    assert {name: repr(record[name]) for name in printed} == {
        name: repr(value) for name, value in printed.items()
    }


@pytest.mark.parametrize(
    ("probability", "printed"),
    [(0.8999, 0.899), (0.9, 0.9), (0.6999999, 0.699), (0.57, 0.57), (0.99999, 0.999), (1.0, 0.999),
     (0.0, 0.001), (None, None)],
)  # fmt: skip
def test_a_probability_is_never_rounded_up_nor_a_certainty(row, probability, printed):
    assert printed_share(probability) == printed
    verdict = replace(row.vs_peers, probability=probability)
    moved = replace(row.vs_previous, probability=probability)
    cells = published(replace(row, vs_peers=verdict, vs_england=verdict, vs_previous=moved))
    for against in ("peers", "england", "previous"):
        assert getattr(cells, f"probability_vs_{against}") == printed


def test_a_record_has_every_field_but_the_range_of_the_rank(row):
    record = published(row).record()
    assert tuple(record)[: len(FIRST_KEYS)] == FIRST_KEYS
    assert {field.name for field in fields(PublishedRow)} - record.keys() == {
        "rank_lower",
        "rank_upper",
        "notes",  # whose words it has as `flag_texts`
    }
    assert record == row.record()


def test_a_place_is_added_to_a_row_and_to_no_record(row):
    place = RankInterval(expected=140.2, lower=131, upper=146, best_quarter=0, worst_quarter=1)
    placed = published(row).placed(place)
    assert (placed.rank_lower, placed.rank_upper) == (131, 146)
    assert placed.record() == row.record()
    assert placed.placed(None) == published(row)


def test_what_a_user_is_given_is_made_of_the_rows_that_are_printed(brief):
    assert brief.records() == [published(row).record() for row in brief.rows]
    pd.testing.assert_frame_equal(brief.frame(), pd.DataFrame(brief.records()))
