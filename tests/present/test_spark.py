from __future__ import annotations

import re

import pandas as pd
import pytest

from bench.present.rows import points
from bench.present.spark import sparkline
from bench.present.tables import peer_table
from present.conftest import NAN, year


def drawn(*years: dict[str, object]) -> str:
    return str(sparkline(points(pd.DataFrame(list(years)))) or "")


def lines(picture: str) -> list[int]:
    """The number of points of each line."""
    return [len(found.split()) for found in re.findall(r'points="([^"]+)"', picture)]


A, B, C, D = (year(f"201{n}-1{n + 1}", 50.0 + n, 60.0, 61.0) for n in range(4, 8))
CUT = {"gap_before": True}
ALONE = {"isolated": True}
NOBODY = {"council": NAN, "peer_average": NAN, "england": NAN}


@pytest.mark.parametrize(
    ("years", "joined", "rings", "cuts"),
    [
        # years                              points of each line  rings  dotted bars
        ((A, B, C, D), [4], 0, 0),
        ((A, B, C | CUT, D), [2, 2], 0, 1),
        ((A, B | ALONE, C, D), [3], 1, 0),
        ((A, B, C | {"council": NAN}, D), [2], 0, 0),  # no figure lifts the line
        ((A, B | NOBODY, C, D), [3], 0, 0),  # a year that was not held does not
        ((A, B, C, D | CUT), [3], 0, 1),
        ((A | CUT, B, C, D), [4], 0, 0),  # nothing was shown before it
    ],
)
def test_a_line_has_gaps_at_cuts_and_rings_for_isolated_years(
    years: tuple[dict[str, object], ...], joined: list[int], rings: int, cuts: int
) -> None:
    picture = drawn(*years)
    assert lines(picture) == joined
    assert picture.count('r="2.25"') == rings
    assert picture.count("stroke-dasharray") == cuts


@pytest.mark.parametrize("years", [(A,), (A, B | CUT), (A, B | ALONE), (A | NOBODY, B | NOBODY)])
def test_there_is_no_line_where_nothing_can_be_joined(years: tuple[dict[str, object], ...]) -> None:
    assert drawn(*years) == ""


def test_the_picture_is_for_the_eye_only_and_the_same_twice() -> None:
    assert drawn(A, B) == drawn(A, B)
    assert 'aria-hidden="true"' in drawn(A, B)
    assert "<text" not in drawn(A, B)


def test_equal_figures_make_a_level_line_in_the_middle() -> None:
    level = re.findall(r",(\d+)", drawn(A, A | {"period": "2015-16"}))
    assert set(level) == {"15"}


def test_a_line_ends_at_the_year_of_the_page(frame: pd.DataFrame, series: pd.DataFrame) -> None:
    table = peer_table(
        frame,
        council="Somerset",
        year="2014-15",
        peers_title="P",
        series={"self_directed_support": series},
    )
    assert table.count("<svg") == 1
    assert "since 2010-11" in table
    assert lines(str(table)) == [4]
