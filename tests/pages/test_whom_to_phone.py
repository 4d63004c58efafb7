"""Whom to phone: derived anew from published figures and verdicts, and case by case on made-up series."""

import csv
import functools
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import bench
from bench.judge.rag import Certainty, DecidingRule, Meaning, Multiplicity, RuleName, Verdict
from bench.judge.year_table import YearTable
from bench.pages import store
from bench.pages.choices import rules_for
from bench.pages.council import whom_to_phone as phone
from bench.published import sources
from bench.published.schema import NUMBERS
from bench.reference import FinancialYear

AGAINST = ("peers", "England")


RULES = rules_for()


def year_of(text):
    return FinancialYear.parse(text)


def table_of(year):
    """The year's figures, without what is to be said beside them."""
    return store.year_table_as_of(year_of(year), RULES, sources.manifest().releases[-1].id)


# --- derived anew: verdict records, the files of breaks and notes, the list of surveillance ---------


@pytest.fixture(scope="module")
def apart(root):
    """Years of an indicator that nothing crosses, and years that compare with none, by file."""
    cuts, alone = set(), set()
    folder = root / "data" / "reference"
    with (folder / "breaks.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            kinds = {"cut": cuts, "isolated": alone}
            kinds.get(row["kind"], set()).add((row["indicator_id"], row["area_id"], row["period"]))
    with (folder / "usage_notes.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["effect"] == "not_compared":
                alone.add((row["indicator_id"], row["area_id"], row["period"]))
    return cuts, alone


@pytest.fixture(scope="module")
def listed():
    found = bench.surveillance().findings
    return set(zip(found["indicator_id"], found["area_id"], found["period"], strict=True))


@pytest.fixture(scope="module")
def colours():
    """A council's figure and verdicts of an indicator and year, among its own peers."""

    @functools.cache
    def of(name, year, area):
        registers = sources.reference()
        council, table = registers.councils[area], table_of(year)
        if not council.exists(table.year):
            return None, None, None
        group = registers.peers.group("cipfa", council, table.year)
        judged = table.judged(registers.indicators[name], council, group)
        return judged.own.value, judged.vs_peers, judged.vs_england

    return of


def colour(verdict):
    if verdict.certainty == "sure":
        return {"better": "GREEN", "worse": "RED"}.get(verdict.meaning, "other")
    return None if verdict.certainty == "untested" or not verdict.compared else "other"


def expected(name, area, page_year, side, apart, listed, colours):
    """The RED year, the first GREEN one and both figures, or None."""
    cuts, alone = apart
    indicator = sources.reference().indicators[name]

    def says(entries, year):
        return (name, "", year) in entries or (name, area, year) in entries

    years = [str(year) for year in indicator.years if str(year) <= page_year]
    if says(alone, page_year):
        return None
    green, run = [], True
    for year in reversed([year for year in years if not says(alone, year)]):
        value, *verdicts = colours(name, year, area)
        if value is None or (seen := colour(verdicts[side])) is None:
            return None
        if seen == "RED":
            up = green and (green[0][1] > value) == (indicator.polarity == "higher_is_better")
            return (year, green[-1][0], value, green[0][1]) if len(green) > 1 and up else None
        run = run and seen == "GREEN"
        green += [(year, value)] if run else []
        if (name, area, year) in listed:
            return None
        # A cut between this year and the one before it ends the series.
        before = [one for one in years if one < year and not says(alone, one)]
        if any(says(cuts, each) for each in years if (before or [""])[-1] < each <= year):
            return None
    return None


@pytest.mark.parametrize(
    ("council", "year", "least"),
    [("Bury", "2016-17", 1), ("Leeds", "2017-18", 1), ("Barnet", "2018-19", 3)],
)
def test_who_is_named_is_derived_anew(council, year, least, apart, listed, colours):
    brief = bench.briefing(council, year)
    area = brief.choice.council.area_id
    peers = {peer.area_id for peer in brief.peers.members}
    named = 0
    for row in brief.rows:
        own = [colour(row.vs_peers), colour(row.vs_england)]
        side = own.index("RED") if "RED" in own else None
        found = phone.suggestions(row, brief.choice.council, brief.peers, brief.rules)
        if side is None:
            assert found == []
            continue
        name = row.indicator.indicator_id
        fit = {
            other.area_id: turn
            for other in sources.reference().councils.in_year(row.year)
            if other.area_id != area
            and (turn := expected(name, other.area_id, year, side, apart, listed, colours))
        }
        first = sorted(fit, key=lambda one: (one not in peers, fit[one][1], one))
        assert len(found) == min(3, len(fit))
        assert [one.peer for one in found] == [one in peers for one in first[: len(found)]]
        for one in found:
            turn, which = one.turnaround, one.turnaround.council.area_id
            assert fit[which] == (
                str(turn.red.year), str(turn.green[-1].year), turn.red.value, turn.green[0].value,
            )  # fmt: skip
            assert (one.peer, one.against) == (which in peers, AGAINST[side])
        named += len(found)
    assert named >= least


# --- made-up series ---------------------------------------------------------------------------------

SURVEY, ADMISSIONS = "satisfaction_with_services", "care_home_admissions_65_over"
# What letters stand for: how far from the middle figure, where high is good, as a share of its half.
PLACES = {"R": -1.0, "r": -0.1, "A": 0.0, "g": 0.1, "G": 1.0, "U": 1.0}
MIDDLE, HALF = {SURVEY: 60.0, ADMISSIONS: 600.0}, {SURVEY: 20.0, ADMISSIONS: 200.0}
PEOPLE = 50_000


def printed(name, area, year, place, *, sure=True):
    """A row of the table in force; without `sure` nothing tells how sure it is."""
    up = -1 if name == ADMISSIONS else 1
    value = round(MIDDLE[name] + up * place * HALF[name], 1)
    numbers = dict.fromkeys(NUMBERS, np.nan) | {"value": value}
    if sure and name == SURVEY:
        numbers["margin"] = 1.5
    elif sure:
        numbers |= {"numerator": value * PEOPLE / 100_000, "denominator": PEOPLE}
    keys = {"indicator_id": name, "area_id": area, "period": year}
    return keys | numbers | {"status": "observed", "marker": str(value)}


def history_of(name, first, letters, listed=()):
    """The series of a made-up Leeds, a letter a year from `first` on, among 40 councils."""
    registers = sources.reference()
    years = [str(year_of(first).shift(step)) for step in range(len(letters))]
    others = [one for one in registers.councils.in_year(year_of("2014-15")) if not one.tiny]
    others = [one for one in others if one.area_id != "leeds" and one.exists(year_of("2024-25"))][
        :40
    ]
    rows = []
    for year, letter in zip(years, letters, strict=True):
        rows.append(printed(name, "england", year, 0.0))
        spread = np.linspace(-1, 1, len(others))
        rows += [
            printed(name, one.area_id, year, at) for one, at in zip(others, spread, strict=True)
        ]
        if letter != ".":
            rows.append(printed(name, "leeds", year, PLACES[letter], sure=letter != "U"))
    figures, tables = pd.DataFrame(rows), {}

    def table(year):
        if year not in tables:
            tables[year] = YearTable(figures, registers, year, RULES)
        return tables[year]

    changes = frozenset((name, "leeds", year) for year in listed)
    lookup = phone.YearLookup(table, changes, "england")
    leeds, indicator = registers.councils.find("Leeds"), registers.indicators[name]
    found = list(phone.history(indicator, leeds, year_of(years[-1]), lookup))
    return indicator, leeds, found


@pytest.mark.parametrize(
    ("name", "first", "letters", "listed", "red", "green"),
    [
        (SURVEY, "2014-15", "RGG", (), "2014-15", ["2016-17", "2015-16"]),
        (SURVEY, "2014-15", "RRAGG", (), "2015-16", ["2018-19", "2017-18"]),
        (SURVEY, "2014-15", "RGAGG", (), "2014-15", ["2018-19", "2017-18"]),
        # turned for one year, relapsed, never RED, never GREEN
        (SURVEY, "2014-15", "RAG", (), None, None),
        (SURVEY, "2014-15", "RGGA", (), None, None),
        (SURVEY, "2014-15", "RGGR", (), None, None),
        (SURVEY, "2014-15", "AAGG", (), None, None),
        (SURVEY, "2014-15", "rAAA", (), None, None),
        # no figure between, and one whose error nobody knows
        (SURVEY, "2014-15", "R.GG", (), None, None),
        (SURVEY, "2014-15", "RUGG", (), None, None),
        (SURVEY, "2014-15", "RGGU", (), None, None),
        # listed: the rise, a later change, and the fall before it was RED, which does not count
        (SURVEY, "2014-15", "RGG", ("2015-16",), None, None),
        (SURVEY, "2014-15", "RAGG", ("2017-18",), None, None),
        (SURVEY, "2014-15", "ARGG", ("2015-16",), "2015-16", ["2017-18", "2016-17"]),
        # the survey of 2020-21 compares with none: its neighbours do with each other
        (SURVEY, "2018-19", "RGRG", (), "2018-19", ["2021-22", "2019-20"]),
        (SURVEY, "2017-18", "RGGG", (), None, None),
        # where low is good; a new count from 2024-25 on
        (ADMISSIONS, "2014-15", "RGG", (), "2014-15", ["2016-17", "2015-16"]),
        (ADMISSIONS, "2021-22", "RGG", (), "2021-22", ["2023-24", "2022-23"]),
        (ADMISSIONS, "2021-22", "RGGG", (), None, None),
        (ADMISSIONS, "2022-23", "RGG", (), None, None),
    ],
)  # fmt: skip
def test_a_series_turns_or_does_not(name, first, letters, listed, red, green):
    indicator, leeds, years = history_of(name, first, letters, listed)
    for against in AGAINST:
        found = phone.turned(indicator, leeds, years, against)
        assert (found and str(found.red.year)) == red
        assert (found and [str(each.year) for each in found.green]) == green
        if found:
            assert found.improvement == pytest.approx(2 * HALF[name])


def test_who_is_green_only_because_the_others_fell_has_not_turned():
    indicator, leeds, years = history_of(SURVEY, "2014-15", "RGG")
    for then, turns in ((79.9, True), (80.0, False), (80.1, False)):
        moved = [*years[:-1], years[-1]._replace(value=then)]
        assert (phone.turned(indicator, leeds, moved, "peers") is not None) is turns


# --- who of those that turned is named, and what is said --------------------------------------------

WORSE = Verdict(Meaning.WORSE, DecidingRule.PROBABILITY, certainty=Certainty.SURE)
MAYBE = replace(WORSE, certainty=Certainty.PROBABLE)
UNTESTED = Verdict(Meaning.WORSE, DecidingRule.SIZE, certainty=Certainty.UNTESTED)
GOOD = Verdict(Meaning.BETTER, DecidingRule.PROBABILITY, certainty=Certainty.SURE)


def turnaround(name, greens=2, improvement=10.0):
    years = [
        phone.SeriesYear(year_of("2018-19").shift(-step), 80.0 - step, GOOD, GOOD, listed=False)
        for step in range(greens + 1)
    ]
    council = sources.reference().councils.find(name)
    return phone.Turnaround(council, years[-1], tuple(years[:-1]), improvement)


@pytest.mark.parametrize(
    ("model", "vs_peers", "vs_england", "turned", "named"),
    [
        # Leeds by CIPFA: Sheffield and Kirklees are peers, and nobody says who is nearer
        ("cipfa", WORSE, GOOD, [("Kent", 4), ("Kirklees", 2), ("Devon", 2)], "Kirklees Kent Devon"),
        ("cipfa", WORSE, WORSE, [("Kirklees", 2), ("Sheffield", 3)], "Sheffield Kirklees"),
        ("cipfa", WORSE, GOOD, [("Kent", 2, 5), ("Devon", 2, 9), ("Essex", 3, 1), ("Bury", 2, 2)],
         "Essex Devon Kent"),
        ("cipfa", WORSE, GOOD, [("Kent", 2), ("Devon", 2)], "Devon Kent"),  # alike: by name
        ("cipfa", WORSE, GOOD, [("Leeds", 3)], ""),  # itself, RED and GREEN in other words
        # by the open model Sheffield is nearer than Kirklees, however long that is GREEN
        ("open", WORSE, GOOD, [("Kirklees", 4), ("Kent", 4), ("Sheffield", 2)],
         "Sheffield Kirklees Kent"),
        # not RED for sure, or not against what others are judged against
        ("cipfa", MAYBE, MAYBE, [("Kent", 2)], ""),
        ("cipfa", UNTESTED, UNTESTED, [("Kent", 2)], ""),
        ("cipfa", GOOD, GOOD, [("Kent", 2)], ""),
        ("Kent; Devon", WORSE, GOOD, [("Kent", 2)], ""),
        ("Kent; Devon", WORSE, WORSE, [("Bury", 2), ("Kent", 2)], "Kent Bury"),
        ("cipfa", MAYBE, WORSE, [("Kent", 2)], "Kent"),
    ],
)  # fmt: skip
def test_peers_come_first_and_three_at_most(
    monkeypatch, model, vs_peers, vs_england, turned, named
):
    against = "peers" if vs_peers is WORSE and ";" not in model else "England"
    found = {"peers": (), "England": ()} | {against: tuple(turnaround(*one) for one in turned)}
    asked = []
    monkeypatch.setattr(phone, "turned_by", lambda *what: asked.append(what[:2]) or found)
    brief = bench.briefing("Leeds", "2018-19", peers=model)
    row = replace(brief.row("1B"), vs_peers=vs_peers, vs_england=vs_england)
    choices = (brief.choice.council, brief.peers)
    suggested = phone.suggestions(row, *choices, brief.rules)
    assert " ".join(one.turnaround.council.name for one in suggested) == named
    assert all(one.against == against for one in suggested)
    said = words(phone.section([row], council=choices[0], group=choices[1], rules=brief.rules))
    assert ("Whom to phone" in said) == bool(named)
    whose = {"peers": "its own peers", "England": "England"}[against]
    assert (f"on the same measure, against {whose}, and" in said) == bool(named)
    assert ("does not rank them" in said) == bool(named and model != "open")
    for one in suggested:
        peer = ", a peer" if one.peer else ""
        turn = one.turnaround
        assert (
            f"{turn.council.name}{peer}: RED in {turn.red.year} ({turn.red.value}%), "
            f"GREEN since {turn.green[-1].year} (80.0% in 2018-19" in said
        )
    # A figure of the council's own stands beside an earlier year, and so do those that turned.
    own = replace(row, year=row.year.shift(1), benchmark_year=row.year)
    assert phone.suggestions(own, *choices, brief.rules) == suggested
    assert {str(year) for _, year in asked} <= {"2018-19"}
    for way in (Multiplicity.PAGE, Multiplicity.MAP):
        others = brief.rules.model_copy(update={"multiplicity": way})
        assert phone.suggestions(row, *choices, others) == []


def words(section):
    return " ".join(re.sub(r"<[^>]+>", " ", str(section or "")).split()).replace(" .", ".")


def test_the_page_names_them_beside_what_is_red_and_is_silent_where_there_is_nobody():
    said = words(bench.briefing("Barnet", "2018-19").worsening()).partition("Whom to phone")[2]
    for text in (
        "against its own peers, and its last two figures or more are GREEN. It is one to ask, not "
        "proof of what works. Chance can do that too, and so can another way of counting. With the years "
        f"in random order there would still be {phone.CHANCE_IN_TEN} such councils for every ten.",
        "Redbridge, a peer: RED in 2014-15 (60.0%), GREEN since 2016-17 (97.1% in 2018-19, then "
        "97.2% in 2019-20) Hounslow, a peer: RED in 2016-17 (82.2%)",
        "Bedford: RED in 2014-15 (48.1%), GREEN since 2017-18 (96.3% in 2018-19, then 75.2% in "
        "2019-20)",
    ):
        assert text in said
    assert "phone" not in words(bench.briefing("Kent", "2024-25").worsening())


@pytest.mark.parametrize(
    ("name", "year"),
    [(SURVEY, "2018-19"), (SURVEY, "2019-20"), (SURVEY, "2020-21"), (SURVEY, "2024-25"),
     (ADMISSIONS, "2022-23"), (ADMISSIONS, "2023-24")],
)  # fmt: skip
def test_the_figure_after_is_that_of_the_council_s_own_row(name, year):
    registers = sources.reference()
    council, indicator = registers.councils.find("Bedford"), registers.indicators[name]
    table = table_of(year)
    row = next(
        one
        for one in table.rows(council, registers.peers.group("cipfa", council, year_of(year)))
        if one.indicator == indicator
    )
    after = None if row.next is None else (row.next_period, row.next)
    assert phone.figure_after(indicator, council, year_of(year)) == after


def test_a_page_whose_lines_are_against_both_says_which_are_against_england():
    brief = bench.briefing("Blackburn with Darwen", "2018-19")
    council = brief.choice.council

    def said(group):
        return words(phone.section(brief.rows, council=council, group=group, rules=brief.rules))

    both, alone = said(brief.peers), said(replace(brief.peers, model="own"))
    assert "against its own peers (or England, where a line says so), and" in both
    assert both.count(", against England ") == 1
    # With an own list what is RED against England alone is asked about.
    assert "on the same measure, against England, and" in alone
    assert ", against England " not in alone


def test_a_site_finds_them_once_for_every_indicator_unless_no_page_asks(monkeypatch):
    table, asked = table_of("2018-19"), []
    monkeypatch.setattr(phone, "turned_by", lambda *what: asked.append(what))
    phone.prepare(table.by_rule(RuleName.SPREAD), "cipfa")
    assert asked == []
    phone.prepare(table, "cipfa")
    assert asked == [(one.indicator_id, table.year, RULES, "cipfa") for one in table.indicators]
