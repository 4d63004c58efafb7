"""One council's rows: on published figures against an independent reckoning, and case by case."""

from collections import defaultdict
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pytest

from bench import briefing
from bench.errors import ParameterError, UnknownNameError
from bench.judge.figure import by_indicator
from bench.judge.trend import points, series
from bench.judge.year_table import YearTable
from bench.pages import store
from bench.pages.choices import rules_for
from bench.published import observations, sources
from bench.reference import FinancialYear


def rows(council, year, **choices):
    return {row["code"]: row for row in briefing(council, year, **choices).records()}


# --- an independent oracle: all but the verdicts, for which see test_oracle_of_verdicts.py ---------


@pytest.fixture(scope="module")
def table():
    figures = observations.load(breakdown="all")
    labels = figures.select_dtypes("category").columns
    return figures.astype(dict.fromkeys(labels, "str"))


TINY = {"city_of_london", "isles_of_scilly"}


def number(value):
    return None if pd.isna(value) else Decimal(str(value))


@pytest.fixture(scope="module")
def printed(table):
    """What is printed of each area, by year and indicator."""
    values = defaultdict(dict)
    columns = ["period", "indicator_id", "area_id", "value"]
    for year, indicator, area, value in table[columns].itertuples(index=False):
        values[year, indicator][area] = number(value)
    return values


@pytest.mark.parametrize("council", ["Somerset", "Leeds", "Barnet", "Kent", "Wirral", "Dorset"])
@pytest.mark.parametrize("year", [f"20{n}-{n + 1}" for n in range(14, 25)])
def test_rows_agree_with_an_independent_reckoning(printed, council, year):
    if council == "Dorset" and year < "2019-20":
        pytest.skip("there was no such council")
    registers = sources.reference()
    found = registers.councils.find(council)
    peers = registers.peers.group("cipfa", found, FinancialYear.parse(year))
    councils = {c.area_id for c in registers.councils.in_year(FinancialYear.parse(year))} - TINY
    judged = 0
    for row in briefing(council, year).records():
        values = printed[year, row["indicator"]]
        own = values.get(found.area_id)
        assert (None if row["value"] is None else number(row["value"])) == own
        reporting = [v for p in peers.members if (v := values.get(p.area_id)) is not None]
        assert (row["peers_reporting"], row["peers_total"]) == (len(reporting), peers.total)
        average = sum(reporting) / len(reporting) if reporting else None
        if average is not None:
            places = Decimal(1).scaleb(-row["decimals"])
            assert number(row["peer_average"]) == average.quantize(places, ROUND_HALF_UP)
        assert (None if row["england"] is None else number(row["england"])) == values.get("england")
        everyone = [v for area, v in values.items() if area in councils and v is not None]
        assert row["rank_of"] == len(everyone)
        if own is not None:
            ahead = (v < own if row["polarity"] == "lower_is_better" else v > own for v in everyone)
            assert row["rank"] == 1 + sum(ahead)
        if row["previous"] is not None and own is not None:
            assert number(row["change"]) == own - number(row["previous"])
        if own is not None and row["rule"] != "none":
            judged += 1
    # In the voluntary year few rows are compared.
    assert judged > (1 if year == "2020-21" else 5)


# --- published figures, by hand -----------------------------------------------------------------


def test_the_rows_of_a_year_stand_in_the_order_of_its_codes():
    codes = [row["code"] for row in briefing("Somerset", "2014-15").records()]
    assert codes[:7] == ["1A", "1B", "1C(1A)", "1C(1B)", "1C(2A)", "1C(2B)", "1D"]
    assert codes[-2:] == ["4A", "4B"]
    assert len(codes) == 27


@pytest.mark.parametrize(
    ("council", "year", "code", "key", "expected"),
    [
        ("Somerset", "2014-15", "1C(1A)", "value", 23.8),
        ("Somerset", "2014-15", "1C(1A)", "england", 83.7),
        ("Somerset", "2014-15", "1C(1A)", "verdict_vs_peers", "worse"),
        ("Somerset", "2014-15", "1C(1A)", "rule", "probability"),
        ("Somerset", "2014-15", "1A", "rule", "size"),  # a score without a margin
        ("Somerset", "2014-15", "1A", "certainty_vs_england", "untested"),
        ("Somerset", "2014-15", "1B", "flags", ["approximate_interval"]),
        ("Somerset", "2015-16", "1B", "flags", []),  # the later workbook prints its margin
        ("Somerset", "2018-19", "1C(1A)", "previous", 58.7),
        ("Somerset", "2018-19", "1C(1A)", "change", 32.8),
        ("Somerset", "2018-19", "1D", "previous_period", "2016-17"),  # two years back for carers
        ("Somerset", "2016-17", "1D", "previous", None),  # the eligible carers changed
        ("Somerset", "2021-22", "1B", "previous_period", "2019-20"),  # the voluntary year is passed
        ("Somerset", "2024-25", "3D(1a)", "verdict_vs_england", "not_compared"),
        ("Somerset", "2024-25", "3D(1a)", "rule", "none"),
        ("Somerset", "2024-25", "3D(2a)", "previous", None),  # another source
        (
            "Somerset",
            "2018-19",
            "1C(2B)",
            "reason",
            "Peers and England: the figure cannot be right as published: its denominator is 0.",
        ),
        ("Barnet", "2020-21", "1A", "england", None),  # no England figure in the voluntary year
        ("City of London", "2017-18", "1C(1A)", "rank", None),
        ("City of London", "2017-18", "1C(1A)", "value", 100.0),
        ("City of London", "2017-18", "1C(1A)", "verdict_vs_england", "not_compared"),
        ("Bournemouth", "2014-15", "1B", "peers_total", 0),  # it has no list
        (
            "Bournemouth",
            "2014-15",
            "1B",
            "reason",
            "Peers: CIPFA nearest neighbours: there is no list for Bournemouth.",
        ),
        ("Kent", "2019-20", "1J", "status", "not_available"),  # a false zero in the workbook
        ("Dorset", "2023-24", "6A", "status", "observed"),  # printed under its old code
    ],
)
def test_known_rows(council, year, code, key, expected):
    assert rows(council, year)[code][key] == expected


def test_every_row_has_the_keys_that_others_rely_on():
    keys = [
        "indicator", "code", "title", "domain", "unit", "polarity", "value", "lower", "upper",
        "status", "peer_average", "peers_reporting", "peers_total", "england", "verdict_vs_peers",
        "verdict_vs_england", "rule", "reason", "rank", "rank_of", "previous", "change", "flags",
    ]  # fmt: skip
    for row in briefing("Somerset", "2018-19").records():
        assert list(row)[: len(keys)] == keys


def test_a_peer_that_did_not_exist_is_counted_and_named():
    brief = briefing("Lincolnshire", "2024-25", peers="cipfa")
    named = {name for row in brief.records() for name in row["peers_missing"]}
    assert "Cumbria (did not exist that year)" in named
    assert brief.peers.total == 15


@pytest.mark.parametrize(
    ("average", "check"),
    [
        ("median", lambda row: row["verdict_vs_peers"] != "not_compared"),
        ("pooled", lambda row: (row["code"] == "1C(1A)") == (row["peer_average"] is not None)),
    ],
)
def test_other_averages_by_parameter(average, check):
    found = rows("Somerset", "2018-19", average=average)
    assert check(found["1C(1A)"])
    assert found["1C(1A)"]["peer_average"] != rows("Somerset", "2018-19")["1C(1A)"]["peer_average"]
    if average == "pooled":
        assert "counts of every peer" in found["1A"]["reason"]


def test_few_peers_are_flagged():
    assert "few_peers" in rows("Somerset", "2018-19", peers="Devon;Dorset;Cornwall")["1A"]["flags"]
    assert "few_peers" not in rows("Somerset", "2018-19")["1A"]["flags"]


def test_peers_without_any_figure_are_said():
    found = rows("Leeds", "2018-19", peers="Dorset")["1A"]  # the new Dorset came a year later
    assert found["reason"] == "Peers: no peer has a figure."
    assert found["peers_missing"] == ["Dorset (did not exist that year)"]


def test_a_council_that_reported_nothing_has_rows_that_say_so(table):
    empty = YearTable(
        table[table["area_id"] != "leeds"].reset_index(drop=True),
        sources.reference(),
        FinancialYear(2018),
        briefing("Leeds", "2018-19").rules,
    )
    council = sources.reference().councils["leeds"]
    group = sources.reference().peers.group("cipfa", council, FinancialYear(2018))
    found = [row.record() for row in empty.rows(council, group)]
    other = sources.reference().councils["barnet"]
    peers = sources.reference().peers.group("cipfa", other, FinancialYear(2018))
    assert any(row.value is not None for row in empty.rows(other, peers))
    assert len(found) == 29
    assert {row["status"] for row in found} == {"not_available"}
    assert {row["verdict_vs_england"] for row in found} == {"not_compared"}


# --- series -------------------------------------------------------------------------------------


def line(council, indicator):
    registers = sources.reference()
    years = points(
        store.by_period(indicator),
        registers,
        registers.indicators[indicator],
        registers.councils.find(council),
        model="cipfa",
    )
    return series(years).set_index("period")


def test_the_line_of_self_directed_support():
    found = line("Somerset", "self_directed_support")
    assert found["council"].tolist()[:10] == [
        23.8,
        39.1,
        50.8,
        58.7,
        91.5,
        80.5,
        68.7,
        96.5,
        97.6,
        97.9,
    ]
    assert found["england"].tolist() == [
        83.7,
        86.9,
        89.4,
        89.7,
        89.0,
        91.9,
        92.2,
        94.5,
        93.5,
        92.2,
        82.4,
    ]
    assert found.index[found["gap_before"]].tolist() == ["2024-25"]


def test_the_voluntary_year_stands_alone():
    found = line("Somerset", "control_over_daily_life")
    assert found.index[found["isolated"]].tolist() == ["2020-21"]
    assert not found["gap_before"].any()


def test_a_council_without_peers_has_no_average():
    assert line("City of London", "direct_payments")["peer_average"].isna().all()


# --- what was asked for -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "error", "message"),
    [
        ({"council": "Somerst"}, UnknownNameError, "did you mean Somerset"),
        ({"council": "Leeds", "year": "2031-32"}, UnknownNameError, "Unknown year '2031-32'"),
        ({"council": "Leeds", "year": "2018"}, ParameterError, "is not a financial year"),
        ({"council": "Leeds", "peers": "cipfaa"}, UnknownNameError, "did you mean cipfa"),
        ({"council": "Leeds", "rule": "interva"}, UnknownNameError, "did you mean interval"),
        ({"council": "Leeds", "average": "men"}, UnknownNameError, "did you mean mean"),
        (
            {"council": "Cumbria", "year": "2024-25"},
            ParameterError,
            "Cumberland or Westmorland and Furness",
        ),
        (
            {"council": "Cumberland", "year": "2014-15"},
            ParameterError,
            "for earlier years, Cumbria",
        ),
    ],
)
def test_unknown_names_are_told_with_the_nearest(choice, error, message):
    with pytest.raises(error) as refused:
        briefing(**choice)
    assert message in str(refused.value)


def test_other_figures_leave_the_table_as_it_is():
    """What is worked out of made-up figures is nowhere in the table that they were made from."""
    year = FinancialYear.parse("2018-19")
    table = YearTable(store.figures(), sources.reference(), year, rules_for())
    indicator = table.registers.indicators.find("4A", year)
    printed = table.printed(indicator.indicator_id)
    made_up = replace(printed["england"], value=50.0)
    other = table.with_figures(indicator.indicator_id, {**printed, "england": made_up})
    assert float(other.england_of(indicator).value) == 50
    assert float(table.england_of(indicator).value) == printed["england"].value
    shared = {"_areas", "_members"}  # which councils there are, whatever their figures
    kept = {name for name, value in vars(table).items() if isinstance(value, dict)} - shared
    assert len(kept) >= 8
    assert [name for name in sorted(kept) if vars(other)[name] is vars(table)[name]] == []


def test_the_figures_of_a_measure_are_its_rows_of_the_table():
    figures = store.figures()
    for name, period in (
        ("feeling_safe", "2018-19"),
        ("feeling_safe", "1999-00"),
        ("x", "2018-19"),
    ):
        rows = figures[(figures["indicator_id"] == name) & (figures["period"] == period)]
        assert store.histories().of_measure(name, period) == by_indicator(rows).get(name, {})


def test_a_table_with_remarks_shares_all_but_them_with_the_one_for_verdicts():
    year, rules = FinancialYear.parse("2018-19"), rules_for()
    plain, remarked = store.plain_table(year, rules), store.year_table(year, rules)
    apart = {name for name, value in vars(plain).items() if vars(remarked)[name] is not value}
    assert apart == {"remarks"}
    latest = sources.manifest().releases[-1].id
    assert store.year_table_as_of(year, rules, latest) is plain
