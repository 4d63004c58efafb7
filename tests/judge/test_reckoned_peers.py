"""A peer that ended, reckoned from its successors: only where it is asked for, and always named."""

import math

import pytest

import bench
from bench.errors import ParameterError, UnknownNameError
from bench.judge.figure import NO_ROW
from bench.judge.pooled_figure import pooled
from bench.pages import store
from bench.pages.choices import rules_for
from bench.publish.export.tables import Snapshot
from bench.published import sources
from bench.reference import FinancialYear

YEAR = FinancialYear(2024)
NAME = "Cumbria (reckoned from Cumberland and Westmorland and Furness)"


def group(model, council="somerset", year=YEAR):
    registers = sources.reference()
    return registers.peers.group(model, registers.councils[council], year)


@pytest.fixture(scope="module")
def table():
    return store.year_table(YEAR, rules_for())


def test_somersets_fifteenth_peer_is_back():
    usual, reckoned = group("cipfa"), group("cipfa+reckoned")
    missing = [peer for peer in usual.members if not peer.exists]
    assert [peer.name for peer in missing] == ["Cumbria"]
    assert [peer.name for peer in reckoned.members if peer.merged] == [NAME]
    assert reckoned.total == usual.total == 15
    assert reckoned.title == f"{usual.title}; {NAME}"


@pytest.mark.parametrize(
    ("council", "year", "model"),
    [
        ("somerset", 2022, "cipfa+reckoned"),  # Cumbria was there
        ("leeds", 2024, "cipfa+reckoned"),  # nobody ended
        ("somerset", 2024, "region+reckoned"),
        ("cumberland", 2024, "Cumbria; Leeds+reckoned"),  # it is a part of Cumbria itself
        ("leeds", 2024, "Cumbria; Cumberland+reckoned"),  # the list has a part already
        ("leeds", 2024, "Dorset (to 2018-19); Barnet+reckoned"),  # no area has its ground
    ],
)
def test_where_nothing_can_stand_for_a_peer_the_list_is_as_it_was(council, year, model):
    usual = group(model.removesuffix("+reckoned"), council, FinancialYear(year))
    reckoned = group(model, council, FinancialYear(year))
    assert reckoned.members == usual.members
    assert reckoned.title == usual.title


@pytest.mark.parametrize("model", ["cipfaa+reckoned", "+reckoned", "cipfa+reckond"])
def test_an_unknown_model_is_unknown_with_the_word_behind_it(model):
    with pytest.raises(UnknownNameError):
        group(model)


def test_the_average_is_that_of_fourteen_and_the_reckoned_one(table):
    for indicator in table.indicators:
        printed = table.printed(indicator.indicator_id)
        councils = [sources.reference().councils[one] for one in ("cumberland",
                    "westmorland_and_furness")]  # fmt: skip
        whole = pooled(councils, printed, indicator, YEAR)
        others = [
            value
            for peer in group("cipfa").members
            if (value := printed.get(peer.area_id, NO_ROW).value) is not None
        ]
        values = [*others, *([] if whole.value is None else [whole.value])]
        average = table.average_of(indicator, group("cipfa+reckoned"))
        assert float(average.value) == pytest.approx(math.fsum(values) / len(values))
        assert len(average.members) == len(values)


def test_its_error_is_that_of_the_reckoned_figure(table):
    indicator = sources.reference().indicators["feeling_safe"]
    peers = group("cipfa+reckoned")
    whole = table.printed_with(indicator, peers, YEAR)["former_cumbria"]
    errors = table.variances_with(indicator, peers, YEAR)
    assert errors["former_cumbria"] == pytest.approx((whole.margin / 1.959964) ** 2, rel=1e-4)
    assert "former_cumbria" not in table.variances("feeling_safe", YEAR)
    assert "former_cumbria" not in table.printed("feeling_safe")


def test_what_is_usual_does_not_change_by_having_asked():
    before = bench.briefing("Somerset", "2024-25").frame()
    asked = bench.briefing("Somerset", "2024-25", peers="cipfa+reckoned").frame()
    assert bench.briefing("Somerset", "2024-25").frame().equals(before)
    assert not asked["peer_average"].equals(before["peer_average"])
    same = ["value", "england", "verdict_vs_england", "rank"]
    assert asked[same].equals(before[same])


def test_the_page_names_it_and_its_years_agree_with_its_table():
    page = bench.briefing("Somerset", "2024-25", peers="cipfa+reckoned")
    rows = page.frame().set_index("indicator")
    latest = page.series("feeling_safe").set_index("period").loc["2024-25"]
    assert latest["peers_reporting"] == rows.loc["feeling_safe", "peers_reporting"] == 15
    assert round(latest["peer_average"], 1) == rows.loc["feeling_safe", "peer_average"]
    for section in (page.heading(), page.table(), page.method()):
        assert NAME in str(section)
    hidden = rows.loc["home_after_reablement", "peers_missing"]  # Cumberland's is suppressed
    assert f"{NAME} (not available)" in hidden
    assert "cipfa" in set(page.sensitivity()["alternative"])  # without it is tried


def test_other_pages_name_it_too():
    page = bench.indicator("2C", "2024-25", council="Somerset", peers="cipfa+reckoned")
    assert f"Not drawn, but in the average: {NAME}." in str(page.neighbours())
    assert "Not drawn" not in str(bench.indicator("2C", "2024-25", council="Somerset").neighbours())
    brief = bench.council_brief("Somerset", "2024-25", peers="cipfa+reckoned")
    assert NAME in str(brief.heading())


def test_reckoned_figures_are_not_exported():
    with pytest.raises(ParameterError, match="reckoned are not exported"):
        Snapshot.of(peers="cipfa+reckoned")
