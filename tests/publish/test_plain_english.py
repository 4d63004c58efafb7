"""The page's own sentences are plain, for real councils of several kinds and years."""

import re
from html.parser import HTMLParser

import pytest
import yaml

import bench
from bench.pages.choices import rules_for
from bench.pages.council.report import briefing
from bench.present.glossary import glossary
from present.reading import grade

COUNCILS = [
    ("Kent", "2018-19"),
    ("Kent", "2024-25"),
    ("Barnet", "2018-19"),
    ("Somerset", "2014-15"),
    ("Leeds", "2022-23"),
    ("City of London", "2017-18"),
    ("Cumberland", "2023-24"),
]


class Sentences(HTMLParser):
    """The text of paragraphs, items, definitions and captions of figures."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.texts, self.depth = [], 0

    def handle_starttag(self, tag, attrs):
        if tag in {"p", "li", "dd", "figcaption"}:
            self.texts.append("")
            self.depth += 1

    def handle_endtag(self, tag):
        if tag in {"p", "li", "dd", "figcaption"}:
            self.depth -= 1

    def handle_data(self, data):
        if self.depth:
            self.texts[-1] += data


def sentences(html):
    parser = Sentences()
    parser.feed(str(html))
    return [text for text in (" ".join(t.split()) for t in parser.texts) if text]


def before_files(downloads):
    """What is said above the files, whose names are no sentences."""
    return str(downloads).partition("<ul")[0]


@pytest.mark.parametrize(("council", "year"), COUNCILS)
def test_each_section_reads_at_school_level(council, year):
    made = briefing(council, year)
    sections = {
        "heading": made.heading(),
        "glance": made.glance(),
        "findings": made.findings(),
        "footing": made.footing(),
        "worsening": made.worsening(),
        "asking": made.asking("surveillance.html"),
        "figures": "".join(
            f"<p>{one.note}</p>" for one in (made.spine(), made.trend(), *made.strips().figures)
        ),
        "notes to the table": str(made.table()).partition("<h3>Notes to the table</h3>")[2],
        "lead": made.strips().parts[0],
        "method": made.method(),
        "downloads": before_files(made.downloads()),
    }
    found = {}
    for name, html in sections.items():
        text = " ".join(sentences(html))
        found[name] = round(grade(text), 1) if text else 0
    assert {name: value for name, value in found.items() if value > 9} == {}


INDICATORS = [
    (
        "1C(1A)",
        "2018-19",
        {"council": "Somerset", "milestone": "70% by April 2013", "beside": "1B"},
    ),
    ("3D(2a)", "2024-25", {"council": "Barnet", "milestone": "30", "beside": "3D(1a)"}),
    ("1A", "2014-15", {"council": "City of London", "milestone": "19"}),
    ("2B", "2024-25", {"milestone": "15", "beside": "2C"}),
    ("6A", "2024-25", {"council": "Leeds", "beside": "1A"}),
    ("1A", "2020-21", {}),
    ("1C(2B)", "2022-23", {}),
]


@pytest.mark.parametrize(("indicator", "year", "asked"), INDICATORS)
@pytest.mark.slow
def test_each_section_of_an_indicator_reads_at_school_level(indicator, year, asked):
    made = bench.indicator(indicator, year, **asked)
    sections = {
        "facts": made.facts(),
        "ladder": made.ladder(),
        "neighbours": made.neighbours(),
        "split": made.split(),
        "part of whole": made.part_of_whole(),
        "areas": made.area_table(),
        "years": made.years(),
        "scatter": made.scatter(),
        "downloads": before_files(made.downloads()),
    }
    found = {}
    for name, section in sections.items():
        html = re.sub(r"<details.*?</details>", "", str(section), flags=re.DOTALL)
        told = " ".join(sentences(html))
        text = told.partition("Not to be compared this year:")[0]  # then the publisher speaks
        found[name] = round(grade(text), 1) if text else 0
    assert {name: value for name, value in found.items() if value > 9} == {}


def test_every_question_is_plain(root):
    file = yaml.safe_load((root / "data" / "reference" / "questions.yaml").read_text())
    asked = [q for entry in (file["general"], *file["questions"]) for q in entry["ask"]]
    assert {q: round(grade(q), 1) for q in asked if grade(q) > 12} == {}
    assert grade(" ".join(asked)) <= 9


TERMS = [
    "indicator", "England", "peers", "peers' average", "margin of error", "rank", "change",
    "trend not tested", "no margin of error", "suppressed", "not available", "trend",
    "no clear trend", "too few years", "RED and worsening", "worse since the last figure",
    "does not apply", "RED worse", "AMBER similar", "GREEN better", "not compared", "small line",
    "middle half", "open peer model", "could be", "unusual for its size",
    "hinges on", "sensitive", "sure", "probable", "unclear", "untested", "usual gap",
    "enough to matter", "no margin of error", "probably worse", "probably better",
    "probably higher", "smallest gap it could show", "more answers needed",
    "median and range of the peers",
    "milestone", "rank correlation",
]  # fmt: skip


def test_each_term_has_its_entry():
    known = {re.sub(r"^\W+", "", entry.term).casefold() for entry in glossary(rules_for())}
    assert [term for term in TERMS if term.casefold() not in known] == []
