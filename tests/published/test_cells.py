"""One printed cell: four kinds of missing, zero, and numbers in every dress."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.published.readers.cells import Cell, Status, parse, parse_bracketed
from bench.published.readers.header_words import names_indicator
from bench.published.readers.normalise import at_decimals
from bench.published.sources import reference
from bench.reference import FinancialYear, Indicators
from bench.reference.indicator import YearSpan

SYMBOLS = {
    "": Status.NOT_AVAILABLE,
    " ": Status.NOT_AVAILABLE,
    ":": Status.NOT_AVAILABLE,
    "[x]": Status.NOT_AVAILABLE,
    "c": Status.SUPPRESSED,
    "[c]": Status.SUPPRESSED,
    "[z]": Status.NOT_APPLICABLE,
}


@pytest.mark.parametrize(
    ("printed", "value", "status"),
    [
        # printed      value     status
        ("58.7", 58.7, "observed"),
        ("0", 0.0, "observed"),
        (0.0, 0.0, "observed"),
        ("-0.012", -0.012, "observed"),
        ("51,230", 51230.0, "observed"),
        (" 7 ", 7.0, "observed"),
        (19.1, 19.1, "observed"),
        (104, 104.0, "observed"),
        ("", None, "not_available"),
        (" ", None, "not_available"),
        (None, None, "not_available"),
        (":", None, "not_available"),
        ("[x]", None, "not_available"),
        ("c", None, "suppressed"),
        ("[c]", None, "suppressed"),
        ("[z]", None, "not_applicable"),
    ],
)
def test_a_cell_is_read_as_printed(printed, value, status):
    cell = parse(printed, SYMBOLS)
    assert (cell.value, cell.status) == (value, status)


@pytest.mark.parametrize(
    "printed",
    [
        "n/a",
        "5,12",
        "1,2345",
        "12%",
        "1e5",
        "NaN",
        "=1+1",
        "--",
        "[C]",
        "12.",
        True,
        float("nan"),
        float("inf"),
    ],
)
def test_anything_else_is_refused_and_named(printed):
    with pytest.raises(ValueError, match=r"found .*expected a"):
        parse(printed, SYMBOLS)


def test_without_symbols_only_a_number_will_do():
    with pytest.raises(ValueError, match=r"expected a number$"):
        parse("x", {})


@pytest.mark.parametrize(
    ("printed", "official", "other"),
    [
        ("8.2 (8.1)", 8.2, 8.1),
        ("51,230 (35,415)", 51230.0, 35415.0),
        ("20 (:)", 20.0, None),
        ("7.7", 7.7, ...),
        (7.7, 7.7, ...),
        ("[z]", None, ...),
    ],
)
def test_a_bracketed_cell_holds_two_figures(printed, official, other):
    outside, inside = parse_bracketed(printed, SYMBOLS)
    assert outside.value == official
    assert (... if inside is None else inside.value) == other


def test_a_broken_bracket_is_refused():
    with pytest.raises(ValueError, match="found 'x'"):
        parse_bracketed("8.2 (x)", SYMBOLS)


@pytest.mark.parametrize(
    ("value", "decimals", "published"),
    [
        (63.300000000000004, 1, 63.3),
        (20.599999999999998, 1, 20.6),
        (0.404, 3, 0.404),
        (58.0, 0, 58.0),
        (5.87, 1, None),  # more decimals than are published
        (None, 1, None),
    ],
)
def test_binary_noise_is_taken_off(value, decimals, published):
    (found,) = at_decimals(np.array([value], dtype=float), np.array([decimals]))
    assert (None if np.isnan(found) else found) == published


@given(st.integers(-(10**9), 10**9), st.integers(0, 3))
def test_what_is_printed_comes_back(whole, decimals):
    printed = f"{whole / 10**decimals:.{decimals}f}"
    assert parse(printed, SYMBOLS) == Cell(float(printed), Status.OBSERVED, printed)
    blurred = np.array([float(printed) * (1 + 1e-15)])
    assert at_decimals(blurred, np.array([decimals])) == [float(printed)]


def test_an_indicator_is_known_by_its_title_whatever_years_it_had():
    entry = reference().indicators["control_over_daily_life"]
    span = YearSpan("9Z", None, FinancialYear(2003))
    old = replace(entry, codes=(span,), title="An old measure", short_title="Old")
    register = Indicators([old], ())
    named = [names_indicator(label, register) for label in ("Old", "an old measure", "9Z", "New")]
    assert named == [True, True, True, False]
