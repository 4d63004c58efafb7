"""The way from one verdict to another where a figure is lacking."""

import pytest

from bench.judge.verdict_steps import ComparisonSide, verdict_steps
from bench.pages import store
from bench.pages.choices import rules_for
from bench.published import sources
from bench.reference.periods import FinancialYear

YEAR = FinancialYear.parse("2018-19")


@pytest.mark.parametrize(("council", "known"), [("Leeds", True), ("Isles of Scilly", False)])
def test_without_a_figure_there_is_no_gap_and_no_way(council, known):
    registers = sources.reference()
    table = store.year_table(YEAR, rules_for("auto"))
    council = registers.councils.find(council)
    for indicator in table.indicators:
        side = ComparisonSide(table, None)
        steps = verdict_steps(indicator, council, side, side)
        lacking = table.published(indicator, council).value is None
        assert (steps.whole is None) is (steps.gap_before is None)
        if lacking:
            assert steps.whole is None
        assert steps.moved_by == ()
    assert known or any(table.published(i, council).value is None for i in table.indicators)
