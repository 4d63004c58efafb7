from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import ParameterError
from bench.reference import FinancialYear

years = st.builds(FinancialYear, st.integers(min_value=1900, max_value=2998))


@pytest.mark.parametrize(
    "text",
    ["2014-15", "2014/15", "2014 to 2015", "2014-2015", " 2014-15 ", "2014–15", "2014 to 15"],
)
def test_every_way_of_writing_a_year(text: str) -> None:
    assert FinancialYear.parse(text) == FinancialYear(2014)
    assert str(FinancialYear.parse(text)) == "2014-15"


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("2014-16", "2014-15?"),
        ("2014-13", "2014-15?"),
        ("2014-1915", "2014-15?"),
        ("2014", '"2014-15"'),
        ("last year", '"2014-15"'),
        ("", '"2014-15"'),
        ("14-15", '"2014-15"'),
    ],
)
def test_what_is_no_financial_year(text: str, mend: str) -> None:
    with pytest.raises(ParameterError, match="is not a financial year") as told:
        FinancialYear.parse(text)
    assert mend in told.value.mend


def test_the_turn_of_a_century() -> None:
    assert str(FinancialYear(1999)) == "1999-00"
    assert FinancialYear.parse("1999-00") == FinancialYear(1999)


@given(years)
def test_a_year_survives_being_written(year: FinancialYear) -> None:
    assert FinancialYear.parse(str(year)) == year
    assert FinancialYear.parse(f"{year.start} to {year.start + 1}") == year
    assert FinancialYear.parse(year) is year


@given(years, st.integers(min_value=-50, max_value=50))
def test_shifting_keeps_the_order(year: FinancialYear, by: int) -> None:
    assert year.shift(by).shift(-by) == year
    assert (year.shift(by) > year) == (by > 0)
