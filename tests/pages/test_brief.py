"""Every sentence of a brief is reckoned again from the table, by other means than the brief's own."""

import random
import re
from collections import Counter
from fractions import Fraction
from html.parser import HTMLParser

import pytest
import yaml

import bench
from bench.pages import store
from bench.published import sources
from present.reading import grade

MODELS = ("cipfa", "open", "region", "type", "england")
AVERAGES = ("mean", "median", "pooled")
COLOURS = {"RED": "worse", "GREEN": "better"}
PER = {"per_cent": 100, "per_100k": 100_000}
# The opposite ends of what there is: few and many rows, no figure, no peers, nothing RED.
KINDS = [
    ("Kent", "2024-25"), ("Barnet", "2018-19"), ("Sunderland", "2024-25"), ("City of London", "2018-19"),
    ("Somerset", "2014-15"), ("Isles of Scilly", "2023-24"), ("Northamptonshire", "2015-16"),
]  # fmt: skip


def every():
    registers = sources.reference()
    return [(c.name, str(y)) for y in store.years() for c in registers.councils.in_year(y)]


def some(count, seed):
    return random.Random(seed).sample(every(), count)  # noqa: S311 - which councils to try


class Texts(HTMLParser):
    """Paragraphs, items and headings as texts; the cells of a table row by row."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.blocks, self.rows, self.stack, self.skipped = [], [], [], 0

    def handle_starttag(self, tag, attrs):
        self.skipped += tag == "style"
        if tag in {"p", "li", "h2"}:
            self.blocks.append([tag, ""])
            self.stack.append(self.blocks)
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"th", "td"}:
            self.rows[-1].append("")
            self.stack.append(None)

    def handle_endtag(self, tag):
        self.skipped -= tag == "style"
        if tag in {"p", "li", "h2", "th", "td"}:
            self.stack.pop()

    def handle_data(self, data):
        if self.skipped or not self.stack:
            return
        if self.stack[-1] is None:
            self.rows[-1][-1] += data
        else:
            self.blocks[-1][1] += data


def read(section):
    parser = Texts()
    parser.feed(str(section))
    clean = [(tag, " ".join(text.split())) for tag, text in parser.blocks]
    return clean, [[" ".join(cell.split()) for cell in row] for row in parser.rows]


def parts(brief):
    return {
        "heading": brief.heading(),
        "counts": brief.counts(),
        "standing_out": brief.standing_out(),
        "questions": brief.questions(),
        "source": brief.source(),
    }


def blocks(brief):
    return {name: read(section)[0] for name, section in parts(brief).items()}


def plain(council, year, brief):
    """Title and texts beside the table, a line for each block."""
    title = f"{council}: adult social care in brief, {year}"
    return "\n".join([title, *(text for own in blocks(brief).values() for _, text in own)])


def figure(row, value):
    """A number as the table prints it, by the plain rules of decimals and thousands."""
    if value is None:
        return "—"
    decimals = sources.reference().indicators[row["indicator"]].decimals(year_of(row))
    text = f"{abs(value):,.{decimals}f}" + ("%" if row["unit"] == "per_cent" else "")
    return f"−{text}" if value < 0 else text


def year_of(row):
    return next(y for y in store.years() if str(y) == row["period"])


def table_of(council, year, **choices):
    rows = bench.briefing(council, year, **choices).records()
    return {row["indicator"]: row | {"period": year} for row in rows}


def against(rows):
    peered = any(row["peers_total"] for row in rows.values())
    judged = {
        key: any(row[f"verdict_vs_{key}"] != "not_compared" for row in rows.values())
        for key in ("peers", "england")
    }
    return "peers" if peered and (judged["peers"] or not judged["england"]) else "england"


def titles(text):
    return text.removesuffix(".").split("; ")


def check_counts(rows, texts, claims, key):
    titled = {row["short_title"]: row for row in rows.values()}
    coded = {row["code"]: row for row in rows.values()}
    verdicts = Counter(row[f"verdict_vs_{key}"] for row in rows.values())
    if not set(verdicts) - {"not_compared"}:
        (text,) = texts
        assert text.startswith("No indicator is RED or GREEN: none is compared.")
        return
    whom = "its peers" if key == "peers" else "England"
    named = {}
    for symbol, word in (("▼", "RED"), ("▲", "GREEN")):
        verdict = COLOURS[word]
        text = texts.pop(0)
        lead = f"{symbol} {word} {verdict} than {whom}: "
        assert text.startswith(lead)
        rest = text.removeprefix(lead)
        sure, others = [], []
        if rest.startswith("none"):
            assert rest == "none." or rest.startswith("none for sure; ")
            rest = rest.removeprefix("none for sure; ")
        elif found := re.fullmatch(r"(\d+) for sure: (.*?)\.(?: (\d+ more, less sure: .*))?", rest):
            sure = titles(found[2])
            assert len(sure) == int(found[1])
            rest = found[3] or "none."
        if found := re.fullmatch(r"(\d+)(?: more,)? less sure: (.*)\.", rest):
            apart = "; " if "; " in found[2] or found[2] in titled else ", "
            others = found[2].split(apart)
            assert len(others) == int(found[1])
        sure = [titled[title] for title in sure]
        others = [titled.get(name) or coded[name] for name in others]
        both = [row["indicator"] for row in (*sure, *others)]
        assert sorted(both) == sorted(
            i for i, row in rows.items() if row[f"verdict_vs_{key}"] == verdict
        )
        assert all(row[f"certainty_vs_{key}"] == "sure" for row in sure)
        named[verdict] = [row["indicator"] for row in sure]
        assert named[verdict] == list(claims[claims["verdict"] == verdict]["indicator"])
    if texts and texts[0].startswith("RED or probably so beside England alone: "):
        names = texts.pop(0).partition(": ")[2].removesuffix(".")
        names = names.split("; " if "; " in names or names in titled else ", ")
        alone = {(titled.get(name) or coded[name])["indicator"] for name in names}
    else:
        alone = set()
    assert key == "england" or alone == {
        i for i, row in rows.items()
        if row["verdict_vs_england"] == "worse" and row["verdict_vs_peers"] != "worse"
    }  # fmt: skip
    if texts:
        text = texts.pop(0)
        said = re.fullmatch(r"The rest of (\d+) indicators: (.*)\.", text)
        assert int(said[1]) == len(rows)
        judged = {i for i, row in rows.items() if row["polarity"] != "none"}
        similar = sum(
            row[f"verdict_vs_{key}"] == "similar" for i, row in rows.items() if i in judged
        )
        unjudged = sum(
            row[f"verdict_vs_{key}"] in {"higher", "lower", "similar"}
            for i, row in rows.items()
            if i not in judged
        )
        expected = {
            "AMBER (similar)": similar,
            "unclear": verdicts["unclear"],
            "where neither way is better": unjudged,
            "not compared": verdicts["not_compared"],
        }
        told = {
            name: int(count) for count, name in (part.split(" ", 1) for part in said[2].split(", "))
        }
        assert told == {name: count for name, count in expected.items() if count}
    else:
        assert verdicts["worse"] + verdicts["better"] == len(rows)
    assert texts == []


def rounded(people):
    size = abs(people)
    step = 1 if size < 20 else 10 if size < 200 else 50 if size < 2000 else 100
    return int((Fraction(size) / step + Fraction(1, 2)) // 1) * step


def check_sentence(text, rows, key, verdict, counts):
    """One concern or strength: its figures are the table's, and its people reckon to them."""
    titled = {row["short_title"]: row for row in rows.values()}
    title = max((title for title in titled if text.startswith(f"{title}: ")), key=len)
    row = titled[title]
    said = text.removeprefix(f"{title}: ")
    assert row[f"verdict_vs_{key}"] == verdict
    assert row[f"certainty_vs_{key}"] == "sure"
    other = row["peer_average"] if key == "peers" else row["england"]
    assert (row["value"] > other) == (
        (verdict == "better") == (row["polarity"] == "higher_is_better")
    )
    unit = {"per_100k": "{} per 100,000", "score": "a score of {}"}.get(row["unit"], "{}")
    own, benchmark = unit.format(figure(row, row["value"])), unit.format(figure(row, other))
    whose = "the peers'" if key == "peers" else "England's"
    if said == f"{own}; {whose} figure is {benchmark}.":
        return
    pattern = (
        rf"{re.escape(own)}, or ([\d,]+) (?:of|among) ([\d,]+)(?: people)?; "
        rf"(?:about ([\d,]+) (more|fewer) at {whose} rate of|{whose} rate is) {re.escape(benchmark)}\."
    )
    found = re.fullmatch(pattern, said)
    assert found, said
    numerator, denominator = (int(found[i].replace(",", "")) for i in (1, 2))
    assert (numerator, denominator) == counts[row["indicator"]]
    exact = [Fraction(str(number)) for number in (other, row["value"])]
    missing = round((exact[0] - exact[1]) * denominator / PER[row["unit"]])
    if found[3] is None:
        assert rounded(missing) == 0
    else:
        assert int(found[3].replace(",", "")) == rounded(missing) > 0
        assert found[4] == ("more" if missing > 0 else "fewer")


def counts_of(council, year):
    """Numerator and denominator of each indicator, from the table of every observation."""
    area = sources.reference().councils.find(council).area_id
    table = bench.observations()
    own = table[
        (table["area_id"] == area) & (table["period"] == year) & (table["breakdown"] == "all")
    ]
    return {
        i: (n, d)
        for i, n, d in own[["indicator_id", "numerator", "denominator"]].itertuples(index=False)
    }


def check_questions(texts, rows, key, claims, root):
    file = yaml.safe_load(
        (root / "data" / "reference" / "questions.yaml").read_text(encoding="utf-8")
    )
    known = {q: entry for entry in file["questions"] for q in entry["ask"]}
    coded = {row["code"]: row for row in rows.values()}
    concerns = list(claims[claims["verdict"] == "worse"]["indicator"])
    assert len(texts) <= 4
    assert len(set(texts)) == len(texts)
    for text in texts:
        question, code = re.fullmatch(r"(.*) \((\S+)\)", text).groups()
        row = coded[code]
        assert question in known or question in file["general"]["ask"]
        if question in known and known[question].get("indicators"):
            assert row["indicator"] in known[question]["indicators"]
        assert (
            row["indicator"] in concerns
            if concerns
            else "worse"
            in {row["verdict_vs_peers"], row["verdict_vs_england"], row["verdict_vs_previous"]}
        )


def check_table(section, rows, key):
    """Every cell, but for how a chip looks."""
    _, (heads, *lines) = read(section)
    assert len(heads) == 7
    assert len(lines) == len(rows)
    units = {"per_100k": ", per 100,000", "score": ", score", "count": ", number"}
    for line, row in zip(lines, rows.values(), strict=True):
        unit = units.get(row["unit"], "")
        questioned = any(flag.startswith("check_") for flag in row["flags"])
        assert line[0] == f"{row['code']} {row['short_title']}{'‡' * questioned}{unit}"
        if row["value"] is None:
            assert line[1] in {"suppressed", "no usable data", "not available", "does not apply"}
        else:
            assert line[1] == figure(row, row["value"])
        assert line[2:4] == [figure(row, row["peer_average"]), figure(row, row["england"])]
        for cell, name in zip(line[4:6], ("peers", "england"), strict=True):
            verdict, certainty = row[f"verdict_vs_{name}"], row[f"certainty_vs_{name}"]
            word = verdict.replace("_", " ")
            if certainty == "probable" and verdict not in {"similar"}:
                word = f"probably {word}"
            assert word in cell
            assert ("*" in cell) == (certainty == "untested")
        tested = row["change"] is not None and row["verdict_vs_previous"] != "not_compared"
        assert bool(line[6]) == tested
        if tested:
            moved = row["verdict_vs_previous"] in {"better", "worse", "higher", "lower"}
            arrow = (
                ("↑" if row["change"] > 0 else "↓")
                if moved
                else "?"
                if row["verdict_vs_previous"] == "unclear"
                else "→"
            )
            assert line[6].startswith(arrow)
            assert row["verdict_vs_previous"] in line[6]
            usual, _, others = heads[6].removeprefix("Since ").partition(" (§ ")
            years = others.removesuffix(")").split(" or ") if "§" in line[6] else [usual]
            assert row["previous_period"] in years


def check_source(texts, council, year):
    text = texts[-1]
    assert text.endswith(f'Full page, with reasons: bench report "{council}" --year {year}')
    assert texts[0].startswith("For sure: at least 9 in 10")


@pytest.mark.parametrize(("council", "year"), [*KINDS, *some(30, "briefs")])
def test_every_sentence_is_what_the_table_says(council, year, root):
    brief = bench.council_brief(council, year)
    rows, claims, texts = table_of(council, year), brief.claims(), blocks(brief)
    for row in rows.values():
        row["short_title"] = sources.reference().indicators[row["indicator"]].short_title
    key, counts = against(rows), counts_of(council, year)
    assert set(claims["against"]) <= {key}
    (who, *missing) = (text for _, text in texts["heading"])
    peers = next(iter(rows.values()))["peers_total"]
    assert who.startswith(
        f"{council}, {year}, beside {f'{peers} peers' if peers else 'England; it has no list of peers.'}"
    )
    assert bool(missing) == all(row["value"] is None for row in rows.values())
    check_counts(rows, [text for _, text in texts["counts"]], claims, key)
    verdict, told = "", Counter()
    for tag, text in texts["standing_out"]:
        if tag == "h2":
            verdict = {"Concerns": "worse", "Strengths": "better"}[text]
        elif tag == "li":
            check_sentence(text, rows, key, verdict, counts)
            told[verdict] += 1
        else:
            assert (
                text
                == f"Nothing is {verdict} than {'its peers' if key == 'peers' else 'England'} for sure."
            )
            assert verdict not in set(claims["verdict"])
    assert all(count <= 3 for count in told.values())
    check_questions([t for tag, t in texts["questions"] if tag == "li"], rows, key, claims, root)
    check_table(brief.table(), rows, key)
    check_source([text for _, text in texts["source"]], council, year)


def stands(council, year, claims, key):
    """Ask the public comparison again under every alternative, one at a time."""
    asked = [{"peers": model} for model in MODELS] + [{"average": average} for average in AVERAGES]
    members = [peer.name for peer in bench.briefing(council, year).peers.members]
    asked += [
        {"peers": ";".join(p for p in members if p != out)} for out in members if len(members) > 1
    ]
    for choices in asked if key == "peers" else asked[-len(AVERAGES) :]:
        again = table_of(council, year, **choices)
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


def faults(council, year):
    """What of a brief is too long or too hard."""
    text = plain(council, year, bench.council_brief(council, year))
    # A block is a sentence, whether or not it ends with a full stop.
    level = grade("\n".join(line.rstrip(".?:") + ". " for line in text.split("\n")))
    before = text.partition("RED")[0].split()
    return [
        *([f"{len(text.split())} words"] if len(text.split()) > 350 else []),
        *([f"{len(before)} words before the first RED"] if len(before) > 40 else []),
        *([f"grade {level:.1f}"] if level > 8 else []),
    ]


@pytest.mark.parametrize(("council", "year"), [*KINDS, *some(10, "words")])
def test_a_brief_is_short_and_plain(council, year):
    assert faults(council, year) == []


@pytest.mark.slow
@pytest.mark.parametrize(("council", "year"), some(150, "more words"))
def test_the_brief_of_any_council_is_short_and_plain(council, year):
    assert faults(council, year) == []


def test_a_figure_that_a_check_questions_makes_no_claim():
    brief = bench.council_brief("Somerset", "2014-15")
    rows = table_of("Somerset", "2014-15")
    questioned = {i for i, row in rows.items() if any(f.startswith("check_") for f in row["flags"])}
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
    from bench.pages.brief.claims import about

    assert about(people) == words == rounded(people)


def test_peers_chosen_by_name_are_counted_and_not_listed():
    brief = bench.council_brief("Barnet", "2018-19", peers="Kent;Devon;Leeds;Sutton;Merton")
    assert "5 peers (peers chosen by name)" in plain("Barnet", "2018-19", brief)
