"""Every number in every sentence about a rare change, looked up again in the table in force."""

import re

import pytest

import bench
from bench.pages import store
from bench.published import sources
from bench.reference import FinancialYear

TINY = {"city_of_london", "isles_of_scilly"}
NUMBERS = ["value", "numerator", "denominator", "respondents"]


def number(text):
    return float(text.replace(",", "").rstrip("."))


@pytest.fixture(scope="module")
def told():
    made = bench.surveillance()
    return list(zip(made.findings.to_dict("records"), made.sentences, strict=True))


@pytest.fixture(scope="module")
def table():
    keys = ["indicator_id", "area_id", "period"]
    rows = store.figures().dropna(subset=["value"])[[*keys, *NUMBERS]]
    return {
        (str(name), str(area), str(period)): figures
        for name, area, period, *figures in rows.itertuples(index=False)
    }


def previous(name, area, period):
    registers = sources.reference()
    year = registers.comparability.previous_comparable(
        registers.indicators[name], area, FinancialYear.parse(period)
    )
    return str(year) if year else None


def earlier_moves(table, name, area, period):
    """The council's changes up to a year, the latest first, as far as they follow one another."""
    moves = []
    while (before := previous(name, area, period)) and (name, area, before) in table:
        moves.append(abs(round(table[name, area, period][0] - table[name, area, before][0], 6)))
        period = before
    return moves


def test_what_happened_and_which_part_moved(told, table):
    seen = 0
    for row, text in told:
        key = (row["indicator_id"], row["area_id"])
        before = previous(*key, row["period"])
        assert before == row["previous_period"]
        now, then = table[*key, row["period"]], table[*key, before]
        if "the same as in each" in text:
            assert now[0] == then[0]
            continue
        found = re.search(
            r"went from ([\d.,]+)%? ?(?:per 100,000 )?in (\S+) to ([\d.,]+)%? in (\S+), "
            r"(up|down) ([\d.,]+)",
            text,
        )
        years = [FinancialYear.parse(year) for year in (before, row["period"])]
        decimals = [sources.reference().indicators[key[0]].decimals(year) for year in years]
        assert (found[2], found[4]) == (before, row["period"])
        for printed, figure, places in (
            (found[1], then[0], decimals[0]),
            (found[3], now[0], decimals[1]),
            (found[6], abs(now[0] - then[0]), max(decimals)),
        ):
            assert number(printed) == pytest.approx(figure, abs=0.5 * 10**-places + 1e-9), text
        assert (found[5] == "up") == (now[0] > then[0])
        if counts := re.search(
            r"number counted (?:went from ([\d,]+) to|stayed at) ([\d,]+), .* "
            r"(?:from ([\d,]+) to|stayed at) ([\d,]+)\.",
            text,
        ):
            printed = [None if count is None else number(count) for count in counts.groups()]
            expected = [round(one) for one in (then[1], now[1], then[2], now[2])]
            for at in (0, 2):
                if expected[at] == expected[at + 1]:
                    expected[at] = None  # "stayed at"
            assert printed == expected, text
            seen += 1
        if answers := re.search(r"The survey had ([\d,]+) answers, then ([\d,]+)", text):
            assert [number(count) for count in answers.groups()] == [then[3], now[3]], text
        missing = any(one != one for one in (*now[1:3], *then[1:3]))
        assert missing or "Counts are missing" not in text
    assert seen > 20


def test_what_came_before_and_after(told, table):
    seen = {"most": 0, "none": 0, "more": 0, "after": 0, "back": 0}
    for row, text in told:
        key = (row["indicator_id"], row["area_id"])
        own = abs(row["change"])
        moves = earlier_moves(table, *key, row["previous_period"])
        if found := re.search(r"moved by at most ([\d.,]+).* in the (\d+ )?changes? just", text):
            seen["most"] += 1
            just = moves[: int(found[2] or 1)]
            assert number(found[1]) == pytest.approx(max(just), abs=0.0501), text
            assert max(just) < own
        elif found := re.search(r"not moved at all in the (\d+ )?changes? just", text):
            seen["none"] += 1
            assert set(moves[: int(found[1] or 1)]) == {0}, text
        elif found := re.search(r"It had moved by ([\d.,]+)", text):
            seen["more"] += 1
            assert max(moves) >= own
            assert number(found[1]) == pytest.approx(max(moves), abs=0.0501), text
        if found := re.search(r"In (\S+) it was (?:back near|still near).* at ([\d.,]+)%?", text):
            seen["after"] += 1
            assert previous(*key, found[1]) == row["period"]
            assert number(found[2]) == pytest.approx(table[*key, found[1]][0], abs=0.0501), text
        if found := re.search(r"back near the ([\d.,]+)%? of (\S+)\.", text):
            seen["back"] += 1
            assert previous(*key, row["previous_period"]) == found[2]
            assert number(found[1]) == pytest.approx(table[*key, found[2]][0], abs=0.0501), text
    assert min(seen.values()) >= 1


def test_how_many_stand_at_the_top(told, table):
    found = [(row, text) for row, text in told if "printed exactly 100% too" in text]
    assert len(found) > 20
    for row, text in found[::3]:
        name, period = row["indicator_id"], row["period"]
        others = [
            council.area_id
            for council in sources.reference().councils
            if council.area_id not in TINY | {row["area_id"]}
        ]
        at_top = sum(
            table.get((name, area, period), [None])[0] == 100
            and (name, area, previous(name, area, period)) in table
            for area in others
        )
        printed = re.search(r"Of the others, (\w+) printed", text)[1]
        assert printed == {0: "none", 1: "one"}.get(at_top, str(at_top)), text
