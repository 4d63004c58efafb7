"""Every sentence of a brief is reckoned again by other means than the brief's own.

Of the program's reckoning only the verdicts are taken, as `bench table --format json` prints them.
Figures, averages of peers, England's, people, titles, decimals, questions and dates of publication
come from the files in `data`; what a brief says beyond them fails.
"""

import csv
import functools
import json
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

import bench
from bench.cli import app
from sheets import blocks, faults, plain, read, some

DATA = Path(__file__).parents[2] / "data"
MODELS = ("cipfa", "open", "region", "type", "england")
AVERAGES = ("mean", "median", "pooled")
PER = {"per_cent": 100, "per_100k": 100_000}
UNITS = {"per_100k": ", per 100,000", "score": ", score", "count": ", number"}
MISSING = {
    "suppressed": "suppressed", "unusable": "no usable data",
    "not_available": "not available", "not_applicable": "does not apply",
}  # fmt: skip
# What is in no file.
ABSENT = {"value": None, "status": "not_available"}
CHIPS = {
    "worse": ("▼ RED worse", "▽ probably worse"), "better": ("▲ GREEN better", "△ probably better"),
    "unclear": ("? unclear",) * 2, "not_compared": ("— not compared",) * 2,
    "similar": ("● AMBER similar",) * 2,
}  # fmt: skip
MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
# The opposite ends of what there is: few and many rows, no figure, no peers, nothing RED.
KINDS = [
    ("Kent", "2024-25"), ("Barnet", "2018-19"), ("Sunderland", "2024-25"), ("City of London", "2018-19"),
    ("Somerset", "2014-15"), ("Isles of Scilly", "2023-24"), ("Northamptonshire", "2015-16"),
]  # fmt: skip


# --- what the files say -------------------------------------------------------------------------


def document(name):
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


def lines_of(name):
    return list(
        csv.DictReader((DATA / "reference" / name).read_text(encoding="utf-8").splitlines())
    )


def day(release):
    """When a release was published: a day, a month or a year."""
    return str(release["published"])


@functools.cache
def releases():
    return sorted(document("sources.yaml")["releases"], key=day)


@functools.cache
def registered():
    return {entry["id"]: entry for entry in document("reference/indicators.yaml")["indicators"]}


@functools.cache
def councils():
    return lines_of("councils.csv")


@functools.cache
def lists():
    peers = {}
    for line in lines_of("peers/cipfa.csv"):
        peers.setdefault(line["area_id"], []).append(line["peer_id"])
    return peers


@functools.cache
def published():
    """Of each indicator, area and year: the last value printed, with its counts and its release."""
    figures = {}
    columns = [*("indicator_id", "area_id", "period"), "value", "numerator", "denominator"]
    for release in releases():
        path = DATA / "published" / f"{release['id']}.parquet"
        if not path.is_file():
            continue
        table = pd.read_parquet(path)
        table = table[table["breakdown"] == "all"][[*columns, "status"]]
        for *key, value, numerator, denominator, status in table.itertuples(index=False):
            before = figures.get(tuple(key))
            value, numerator, denominator = (
                None if pd.isna(number) else number for number in (value, numerator, denominator)
            )
            if value is None and before and before["value"] is not None:
                continue
            counts = (numerator, denominator)
            if None in counts and before and before["value"] == value:
                counts = before["counts"]
            figures[tuple(key)] = {
                "value": value, "counts": counts, "status": status, "release": release,
            }  # fmt: skip
    return figures


def is_there(line, year):
    return (line["first_year"] or "0") <= year <= (line["last_year"] or "9")


def area_of(council, year):
    return next(
        c["area_id"] for c in councils() if c["name"] == council and is_there(c, year)
    )  # fmt: skip


def names_of(area):
    return {line["name"] for line in councils() if line["area_id"] == area}


def existing(area, year):
    return any(line["area_id"] == area and is_there(line, year) for line in councils())


def spans(entry, year):
    return (entry.get("from") or "0") <= year <= (entry.get("to") or "9")


def decimals_of(indicator, year):
    decimals = registered()[indicator]["decimals"]
    places = (span["places"] for span in decimals.get("spans", ()) if spans(span, year))
    return next(places, decimals["default"])


def rounded_half_up(number, places):
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def reckoned(council, year):
    """A row per indicator: its figures from the files, its verdicts from the command."""
    said = CliRunner().invoke(app, ["table", council, "--year", year, "--format", "json"])
    return [row_of(area_of(council, year), year, verdicts) for verdicts in json.loads(said.stdout)]


def row_of(area, year, verdicts):
    indicator = verdicts["indicator"]
    entry, places = registered()[indicator], decimals_of(indicator, year)

    def figure(place, period=year):
        return published().get((indicator, place, period), ABSENT)

    own = figure(area)
    peers = [figure(peer)["value"] for peer in lists().get(area, ()) if existing(peer, year)]
    values = [Fraction(str(value)) for value in peers if value is not None]
    average = rounded_half_up(sum(values) / len(values), places) if values else None
    before = figure(area, verdicts["previous_period"])["value"]
    return {
        "indicator": indicator,
        "title": entry["short_title"],
        "code": next(code["code"] for code in entry["codes"] if spans(code, year)),
        "unit": entry["unit"],
        "polarity": entry["polarity"],
        "places": places,
        "value": own["value"],
        # A survey's share is weighted: its answers are no people who are counted.
        "counts": own.get("counts") if entry["interval"] in {"wilson", "byar"} else None,
        "missing": MISSING.get(own["status"]),
        "peers": average,
        "england": figure("england")["value"],
        "release": own.get("release"),
        "change": None if None in (own["value"], before) else own["value"] - before,
        "since": verdicts["previous_period"],
        "questioned": any(flag.startswith("check_") for flag in verdicts["flags"]),
        "reason": verdicts["reason"],
        "verdict": {key: verdicts[f"verdict_vs_{key}"] for key in ("peers", "england", "previous")},
        "certainty": {
            key: verdicts[f"certainty_vs_{key}"] for key in ("peers", "england", "previous")
        },
    }  # fmt: skip


def figure(row, value):
    """A number as it is printed, by the plain rules of decimals and thousands."""
    if value is None:
        return "—"
    exact = rounded_half_up(Fraction(str(value)), row["places"])
    text = f"{abs(exact):,}" + ("%" if row["unit"] == "per_cent" else "")
    return f"−{text}" if exact < 0 else text


# --- the one held against the other -------------------------------------------------------------


def against(rows):
    compared = {
        key: any(row["verdict"][key] != "not_compared" for row in rows)
        for key in ("peers", "england")
    }
    listed = any(row["peers"] is not None for row in rows)
    return "peers" if listed and (compared["peers"] or not compared["england"]) else "england"


def sure(row, key):
    """Whether the command says that a row is surely better or worse, and no check questions it."""
    return (
        row["verdict"][key] in {"better", "worse"}
        and row["certainty"][key] == "sure"
        and not row["questioned"]
    )


def heading(council, year, rows, peers):
    """Every text of the heading."""
    beside = (
        f"{peers} peers (CIPFA nearest neighbours) and England."
        if peers
        else "England; it has no list of peers."
    )
    use = "Use it to ask questions, not to judge the council."
    return [
        f"{council}, {year}, beside {beside} {use}",
        *(
            [f"No figure was published for {council} this year."]
            if all(row["value"] is None for row in rows)
            else []
        ),
    ]


def named(rows, by):
    return "; ".join(row["title"] for row in rows) if by == "title" else ", ".join(
        row["code"] for row in rows
    )  # fmt: skip


def counted(rows, key, claims, by):
    """Every text of the counts, with those less sure `by` title or code, of RED and of GREEN."""
    if all(row["verdict"][key] == "not_compared" for row in rows):
        reasons = Counter(row["reason"] for row in rows if row["reason"])
        reason = max(reasons, key=lambda text: (reasons[text], text))
        reason = reason.removeprefix("Peers and England: ")
        return [f"No indicator is RED or GREEN: none is compared. {reason[0].upper()}{reason[1:]}"]
    whom = "its peers" if key == "peers" else "England"
    texts = []
    for symbol, word, verdict in (("▼", "RED", "worse"), ("▲", "GREEN", "better")):
        names = [row["title"] for row in claims[verdict]]
        others = [
            row for row in rows if row["verdict"][key] == verdict and row not in claims[verdict]
        ]
        lead = f"{symbol} {word} {verdict} than {whom}:"
        less = f"less sure: {named(others, by[verdict])}."
        if names:
            text = f"{lead} {len(names)} for sure: {'; '.join(names)}."
            texts.append(text + (f" {len(others)} more, {less}" if others else ""))
        else:
            texts.append(
                f"{lead} none for sure; {len(others)} {less}" if others else f"{lead} none."
            )
    alone = [
        row for row in rows
        if key == "peers" and row["verdict"]["england"] == "worse" != row["verdict"]["peers"]
    ]  # fmt: skip
    if alone:
        texts.append(f"RED or probably so beside England alone: {named(alone, by['worse'])}.")
    rest = [row for row in rows if row["verdict"][key] not in {"worse", "better"}]
    neither = {"higher", "lower", "similar"}
    kinds = Counter(
        "where neither way is better"
        if row["polarity"] == "none" and row["verdict"][key] in neither
        else {"similar": "AMBER (similar)", "not_compared": "not compared"}.get(
            row["verdict"][key], row["verdict"][key]
        )
        for row in rest
    )
    order = ("AMBER (similar)", "unclear", "where neither way is better", "not compared")
    assert set(kinds) <= set(order)
    if rest:
        which = f"All {len(rows)}" if rest == rows else f"The other {len(rest)} of {len(rows)}"
        said = ", ".join(f"{kinds[kind]} {kind}" for kind in order if kinds[kind])
        texts.append(f"{which} indicators: {said}.")
    return texts


def about(people):
    size = abs(people)
    step = 1 if size < 20 else 10 if size < 200 else 50 if size < 2000 else 100
    return int((Fraction(size) / step + Fraction(1, 2)) // 1) * step


def claim(row, key):
    """A concern or strength: its figures, and its people where whole numbers bear them out."""
    value, other = (Fraction(str(number)) for number in (row["value"], row[key]))
    assert (value > other) == (
        (row["verdict"][key] == "better") == (row["polarity"] == "higher_is_better")
    )
    unit = {"per_100k": "{} per 100,000", "score": "a score of {}"}.get(row["unit"], "{}")
    own, benchmark = (unit.format(figure(row, number)) for number in (row["value"], row[key]))
    whose = "the peers'" if key == "peers" else "England's"
    counts, per = row["counts"] or (None, None), PER.get(row["unit"])
    whole = all(count is not None and count == int(count) for count in counts) and counts[1]
    # Counts may be rounded to 5.
    if (
        not per
        or not whole
        or abs(per * Fraction(counts[0]) / Fraction(counts[1]) - value)
        > Fraction(1, 10 ** row["places"]) + 5 * per / Fraction(counts[1])
    ):
        return f"{row['title']}: {own}; {whose} figure is {benchmark}."
    link, noun = ("among", " people") if row["unit"] == "per_100k" else ("of", "")
    said = f"{row['title']}: {own}, or {counts[0]:,.0f} {link} {counts[1]:,.0f}{noun}; "
    people = round((other - value) * Fraction(counts[1]) / per)
    if not about(people):
        return f"{said}{whose} rate is {benchmark}."
    more = "more" if people > 0 else "fewer"
    return f"{said}about {about(people):,} {more} at {whose} rate of {benchmark}."


def asked(rows, key, claims, concerns):
    """Every question that may be asked, in the order in which it would be, with its code."""
    file = document("reference/questions.yaml")
    by_indicator = {
        name: entry["ask"] for entry in file["questions"] for name in entry.get("indicators", ())
    }
    red = [row for row in rows if row["verdict"][key] == "worse"]
    alone = [row for row in rows if key == "peers" and row["verdict"]["england"] == "worse"]
    worse = [row for row in rows if row["verdict"]["previous"] == "worse"]
    told = claims["worse"][:concerns] or red or alone or worse
    lists = [(row["code"], by_indicator[row["indicator"]]) for row in told]
    turns = max((len(questions) for _, questions in lists), default=0)
    texts = {}
    for turn in range(turns):
        for code, questions in lists:
            if turn < len(questions):
                texts.setdefault(questions[turn], f"{questions[turn]} ({code})")
    return list(texts.values())


def cells(row, heads, doubts):
    """A line of the table; `doubts` are the chips that an alternative changes."""
    unit, mark = UNITS.get(row["unit"], ""), "‡" * row["questioned"]
    line = [
        f"{row['code']} {row['title']}{mark}{unit}",
        row["missing"] if row["value"] is None else figure(row, row["value"]),
        figure(row, row["peers"]),
        figure(row, row["england"]),
    ]
    for key, doubt in zip(("peers", "england"), doubts, strict=True):
        chip = CHIPS[row["verdict"][key]][row["certainty"][key] == "probable"]
        untested = "* no margin of error" * (row["certainty"][key] == "untested")
        line.append(f"{chip}{untested}{'†' * doubt}")
    if len(heads) == 7:
        line.append(moved(row, heads[6]))
    return line


def moved(row, head):
    """What is said of a row's change."""
    verdict = row["verdict"]["previous"]
    if verdict == "not_compared":
        return ""
    usual, _, others = head.removeprefix("Since ").partition(" (§ ")
    mark = "" if row["since"] == usual else "§"
    assert row["since"] == usual or row["since"] in others.removesuffix(")").split(" or ")
    likely = "probably " * (row["certainty"]["previous"] == "probable" and verdict != "similar")
    if verdict in {"similar", "unclear"}:
        return f"{'→' if verdict == 'similar' else '?'} {verdict}{mark}"
    way = "↑ up" if row["change"] > 0 else "↓ down"
    assert (row["change"] > 0) == ((verdict == "better") == (row["polarity"] == "higher_is_better"))
    return f"{way}: {likely}{verdict}{mark}"


def source(council, year, rows, key, table):
    """Both last lines: each mark that is on the sheet, and who published the figures."""
    printed = " ".join(cell for line in table[1:] for cell in line)
    tried = (
        "not changed by any other peers, average or rounding tried"
        if key == "peers"
        else "not changed by the rounding"
    )
    notes = {
        f"For sure: at least 9 in 10, and {tried}.": any(
            row["verdict"][key] != "not_compared" for row in rows
        ),
        "Outlined: probable.": "△" in printed or "▽" in printed,
        "† Other peers, another average or the rounding would change it.": "†" in printed,
        "* No margin of error, so size alone decides.": "*" in printed,
        "‡ A check questions the figure.": "‡" in printed,
        "No change is tested.": all(row["verdict"]["previous"] == "not_compared" for row in rows),
    }
    marks = " ".join(text for text, there in notes.items() if there)
    used = {row["release"]["id"]: row["release"] for row in rows if row["release"]}
    used = sorted(used.values(), key=day)
    dates = dict.fromkeys(f"{r['publisher']}, {month(r['published'])}" for r in used)
    licences = dict.fromkeys(r["licence"] for r in used)
    said = (
        f"Source: Adult Social Care Outcomes Framework; {'; '.join(dates)}. {'; '.join(licences)}. "
        if used
        else ""
    )
    whole = f'{said}Full page, with reasons: bench report "{council}" --year {year}'
    return [*([marks] if marks else []), whole]


def month(published):
    year, number, *_ = f"{published}-".split("-")
    return f"{MONTHS[int(number) - 1]} {year}" if number else year


@pytest.mark.parametrize(
    ("council", "year"),
    [*KINDS, *(pytest.param(*one, marks=pytest.mark.slow) for one in some(30, "briefs"))],
)
def test_every_sentence_is_what_the_files_say(council, year):
    brief = bench.council_brief(council, year)
    rows, texts = reckoned(council, year), blocks(brief)
    key, peers = against(rows), len(lists().get(area_of(council, year), ()))
    assert [text for _, text in texts["heading"]] == heading(council, year, rows, peers)

    caption, table = read(brief.table())
    assert caption == [("caption", f"Every indicator of {council}, {year}")]
    heads, *lines = table
    benchmarks = ["Against peers", "Against England"]
    assert heads[:6] == ["Indicator", "Council", "Peers", "England", *benchmarks]
    assert len(heads) == 6 + any(row["verdict"]["previous"] != "not_compared" for row in rows)
    doubts = [tuple("†" in cell for cell in line[4:6]) for line in lines]
    assert lines == [cells(row, heads, pair) for row, pair in zip(rows, doubts, strict=True)]
    doubtful = {"peers": set(), "england": set()}
    for row, pair in zip(rows, doubts, strict=True):
        for name, doubt in zip(doubtful, pair, strict=True):
            assert not doubt or row["certainty"][name] == "sure"
            doubtful[name] |= {row["indicator"]} if doubt else set()

    # What is sure is either named for sure, or marked as hinging on something.
    order = list(brief.claims()["indicator"])
    claims = {
        verdict: sorted(
            (
                row for row in rows
                if sure(row, key) and row["verdict"][key] == verdict
                and row["indicator"] not in doubtful[key]
            ),
            key=lambda row: order.index(row["indicator"]),
        )
        for verdict in ("worse", "better")
    }  # fmt: skip
    assert len(order) == sum(map(len, claims.values()))
    ways = [
        {"worse": a, "better": b} for a, b in (("title",) * 2, ("title", "code"), ("code",) * 2)
    ]
    said = [text for _, text in texts["counts"]]
    assert said in [counted(rows, key, claims, by) for by in ways]

    compared = any(row["verdict"][key] != "not_compared" for row in rows)
    whom, stand = "its peers" if key == "peers" else "England", texts["standing_out"]
    told = [sum(tag == "li" for tag, _ in part) for part in halves(stand)]
    expected = []
    for title, verdict, count in zip(("Concerns", "Strengths"), claims, told, strict=False):
        sentences = [("li", claim(row, key)) for row in claims[verdict][:count]]
        less = any(row["verdict"][key] == verdict for row in rows)
        above = " What is less sure is named above." if less else ""
        nothing = [("p", f"Nothing is {verdict} than {whom} for sure.{above}")]
        expected += [("h2", title), *(sentences if claims[verdict] else nothing)]
    assert stand == (expected if compared else [])
    assert all(count <= 3 for count in told)

    questions = asked(rows, key, claims, max(told[0], 1) if told else 3)
    printed = [text for tag, text in texts["questions"] if tag == "li"]
    assert len(printed) <= 4
    assert printed == questions[: len(printed)]
    assert [text for tag, text in texts["questions"] if tag != "li"] == (
        ["Questions to ask"] if printed else []
    )
    assert [text for _, text in texts["source"]] == source(council, year, rows, key, table)


def halves(stand):
    """What stands beneath each of the two headings."""
    if not stand:
        return [], []
    starts = [at for at, (tag, _) in enumerate(stand) if tag == "h2"]
    return [stand[at:end] for at, end in zip(starts, [*starts[1:], None], strict=True)]


def stands(council, year, claims, key):
    """Ask the public comparison again under every alternative, one at a time."""
    asked = [{"peers": model} for model in MODELS] + [{"average": average} for average in AVERAGES]
    members = [peer.name for peer in bench.briefing(council, year).peers.members]
    asked += [
        {"peers": ";".join(p for p in members if p != out)} for out in members if len(members) > 1
    ]
    for choices in asked if key == "peers" else asked[-len(AVERAGES) :]:
        records = bench.briefing(council, year, **choices).records()
        again = {row["indicator"]: row for row in records}
        for claim in claims.itertuples():
            verdict = again[claim.indicator][f"verdict_vs_{key}"]
            assert verdict in {claim.verdict, "not_compared"}, (claim.code, choices)


@pytest.mark.parametrize(("council", "year"), [("Barnet", "2018-19"), ("Sunderland", "2024-25")])
def test_a_claim_stands_under_every_alternative(council, year):
    claims = bench.council_brief(council, year).claims()
    assert len(claims) >= 3
    stands(council, year, claims, "peers")


@pytest.mark.slow
@pytest.mark.parametrize(("council", "year"), some(30, "proof"))
def test_the_claims_of_any_council_stand_under_every_alternative(council, year):
    brief = bench.council_brief(council, year)
    stands(council, year, brief.claims(), brief.against)


@pytest.mark.parametrize(
    ("council", "year"),
    [*KINDS, *(pytest.param(*one, marks=pytest.mark.slow) for one in some(10, "words"))],
)
def test_a_brief_is_short_and_plain(council, year):
    assert faults(council, year) == []


@pytest.mark.slow
@pytest.mark.parametrize(("council", "year"), some(150, "more words"))
def test_the_brief_of_any_council_is_short_and_plain(council, year):
    assert faults(council, year) == []


def test_a_figure_that_a_check_questions_makes_no_claim():
    brief = bench.council_brief("Somerset", "2014-15")
    rows = reckoned("Somerset", "2014-15")
    questioned = {row["indicator"] for row in rows if row["questioned"]}
    assert "self_directed_support" in questioned
    assert not questioned & set(brief.claims()["indicator"])
    assert "23.8%‡" not in str(brief.table())


def test_a_solid_chip_that_an_alternative_changes_says_so():
    brief = bench.council_brief("Kent", "2024-25")
    tried = brief_sensitivity("Kent", "2024-25")
    _, (_, *lines) = read(brief.table())
    marked = {line[0].split()[0] for line in lines if "†" in line[4]}
    assert marked == tried
    assert marked


def brief_sensitivity(council, year):
    """The codes whose sure verdict beside peers some trial changes, by the page's own table."""
    report = bench.briefing(council, year)
    rows = {row["code"]: row for row in report.records()}
    frame = report.sensitivity()
    changed = frame[(frame["against"] == "peers") & (frame["outcome"] == "changed")]
    return {
        code
        for code in changed["code"]
        if rows[code]["certainty_vs_peers"] == "sure"
        and rows[code]["verdict_vs_peers"] in {"better", "worse"}
    }


@pytest.mark.parametrize("rule", ["interval", "spread", "quartile"])
def test_a_rule_that_knows_no_certainty_makes_no_claim(rule):
    brief = bench.council_brief("Barnet", "2018-19", rule=rule)
    assert brief.claims().empty
    assert " for sure: " not in plain("Barnet", "2018-19", brief)


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (0, 0),
        (7, 7),
        (-19, 19),
        (20, 20),
        (-88, 90),
        (95, 100),
        (225, 250),
        (1999, 2000),
        (3205, 3200),
    ],
)
def test_people_are_as_exact_as_rounded_rates_allow(people, words):
    from bench.pages.brief import claims

    assert claims.about(people) == words == about(people)


def test_peers_chosen_by_name_are_counted_and_not_listed():
    brief = bench.council_brief("Barnet", "2018-19", peers="Kent;Devon;Leeds;Sutton;Merton")
    assert "5 peers (peers chosen by name)" in plain("Barnet", "2018-19", brief)


def test_a_brief_that_fits_at_no_size_says_the_least(monkeypatch):
    monkeypatch.setattr("bench.pages.brief.report.WORDS", 1)
    brief = bench.council_brief("Leeds", "2018-19")
    assert len(brief.claims()) == 3
    assert "<li>" not in str(brief.standing_out())
    assert "<li>" not in str(brief.questions())
