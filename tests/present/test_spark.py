from __future__ import annotations

import re

import pytest

from bench.present.sparkline import sparkline
from bench.present.table import RowContext, peer_table
from present.conftest import NAN, SERIES, points, published, year


def drawn(*years: dict[str, object], unit: str = "per_cent") -> str:
    return str(sparkline(points(*years), unit=unit) or "")


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


@pytest.mark.parametrize(
    "years",
    [(A, B), (A, B | CUT, C | CUT), (A, B | ALONE, C | ALONE), (A | NOBODY, B | NOBODY)],
)
def test_there_is_no_line_where_nothing_can_be_joined(years: tuple[dict[str, object], ...]) -> None:
    assert drawn(*years) == ""


def test_the_picture_is_for_the_eye_only_and_the_same_twice() -> None:
    assert drawn(A, B, C) == drawn(A, B, C)
    assert 'aria-hidden="true"' in drawn(A, B, C)
    assert "<text" not in drawn(A, B, C)


@pytest.mark.parametrize(
    ("figures", "unit", "heights"),
    [
        # the cell is 30 high, with an edge of 5; down is up
        ((50.0, 60.0, 50.0), "per_cent", [25, 5, 25]),
        ((50.0, 51.0, 50.0), "per_cent", [16, 14, 16]),  # a point is not made to look like ten
        ((10.0, 90.0, 10.0), "per_cent", [25, 5, 25]),
        ((10.0, 10.1, 10.0), "score", [15.5, 14.5, 15.5]),
        ((500.0, 250.0, 500.0), "per_100k", [5, 25, 5]),
        ((7.0, 7.0, 7.0), "score", [15, 15, 15]),
        ((0.0, 0.0, 0.0), "score", [15, 15, 15]),
    ],
)
def test_a_small_change_does_not_look_large(
    figures: tuple[float, ...], unit: str, heights: list[float]
) -> None:
    years = [year(f"201{n}-1{n + 1}", figure, 1.0, 1.0) for n, figure in enumerate(figures, 4)]
    found = re.search(r'points="([^"]+)"', drawn(*years, unit=unit))
    assert found
    assert [float(place.split(",")[1]) for place in found[1].split()] == heights


def test_a_line_ends_at_the_year_of_the_page() -> None:
    section = peer_table(
        published(),
        council="Somerset",
        year="2014-15",
        peers_title="P",
        context=RowContext(years={"self_directed_support": points(*SERIES)}),
    )
    table = str(section)
    assert table.count("<svg") == 1
    assert "Small lines begin in 2010-11" in table
    assert lines(table) == [4]
