"""The notebook of changes worth asking about, by the way that every page takes; and its words."""

import csv
import io
import re

import pandas as pd
import pytest

import bench
from bench.pages import store
from bench.pages.overview.pages import Link
from bench.pages.surveillance import sections
from bench.pages.surveillance.sentences import PATTERNS
from bench.publish import html, notebook
from bench.published import sources
from present.reading import grade, without_style
from present.test_page import read
from publish.test_plain_english import sentences

ACCUSING = re.compile(
    r"\b(gam(e|es|ed|ing)|manipulat\w*|wrong\w*|suspicious\w*|suspect\w*|fiddl\w*|cheat\w*|"
    r"fraud\w*|false|falsif\w*|fabricat\w*|massag\w*|inflat\w*|dishonest\w*|misreport\w*|error)\b",
    re.IGNORECASE,
)
# Words of statistics that no figure or council is called by.
ALLOWED = re.compile(r"false discovery rate|margins? of error", re.IGNORECASE)


@pytest.fixture(scope="module")
def page(root):
    wanted = notebook.Page(
        identifier="surveillance",
        title="Changes worth asking about",
        notebook="surveillance.ipynb",
        parameters={"palette": "af"},
    )
    return html.render(
        notebook.execute(wanted, root=root),
        title=wanted.title,
        palette="af",
        provenance=notebook.provenance(wanted, root),
        assets="assets",
        nav=[Link("All councils", "index.html")],
    )


@pytest.mark.slow
def test_the_page_has_its_sections_and_one_title(page):
    parsed = read(page)
    assert [text for _, text in parsed.find("h1")] == ["Changes worth asking about"]
    assert [text for _, text in parsed.find("h2")][:5] == [
        "The list", "How to read this page", "How many there are", "Where the figures come from",
        "Downloads",
    ]  # fmt: skip
    ids = [attributes["id"] for _, attributes, _ in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert len(page.encode()) < 1_500_000


@pytest.mark.slow
def test_the_list_is_a_table_that_needs_no_script(page):
    parsed = read(page)
    table = page[page.index('<table class="records unusual"') :]
    table = table[: table.index("</table>")]
    assert table.count('<tr role="row" id="ask-') == store.unusual().rules.shown
    assert table.count('scope="row"') == store.unusual().rules.shown
    assert table.count('scope="col"') == 6
    assert "<caption" in table
    assert "hidden" not in table
    form = parsed.find("form", "narrowing")
    assert ["hidden" in attributes for attributes, _ in form] == [True]
    assert "Narrow the list down" in page
    chosen = {a["data-field"] for a, _ in parsed.find("select")}
    assert chosen == {"council", "indicator", "period"}


@pytest.mark.slow
def test_the_files_hold_every_finding_as_it_is(page):
    _, carried = html.downloads_beside(page)
    assert set(carried) == {"surveillance.csv", "surveillance.xlsx", "surveillance.ods"}
    rows = list(csv.reader(io.StringIO(carried["surveillance.csv"].decode("utf-8-sig"))))
    frame = bench.surveillance().frame()
    assert len(rows) == len(frame) + 1
    head = rows[0]
    for line, row in zip(rows[1:30], frame.itertuples(), strict=False):
        told = dict(zip(head, line, strict=True))
        assert (told["Council"], told["Indicator id"], told["Year"]) == (
            row.council, row.indicator_id, row.period,
        )  # fmt: skip
        assert float(told["Change"].lstrip("'")) == row.change
        assert told["What happened, how rare it is, and what to ask"] == row.sentence
    for kind in ("xlsx", "ods"):
        book = pd.read_excel(
            io.BytesIO(carried[f"surveillance.{kind}"]), sheet_name="Worth asking about",
            engine="calamine", header=3,
        )  # fmt: skip
        assert len(book) == len(frame)
        assert book["Change"].dtype == "float64"


@pytest.mark.parametrize(
    ("council", "indicator", "year"),
    [
        ("all", "all", "all"),
        ("Somerset", "all", "all"),
        ("all", "direct_payments", "latest"),
        ("City of London", "all", "2016-17"),
    ],
)
def test_every_page_is_plain_and_accuses_nobody(council, indicator, year):
    made = bench.surveillance(council, indicator, year)
    sections = {
        "heading": made.heading(), "list": made.ranked(), "method": made.method(),
        "counts": made.by_indicator(),
    }  # fmt: skip
    for name, section in sections.items():
        # The choices of the list are names and no sentences.
        text = " ".join(sentences(re.sub(r"<form.*?</form>", "", str(section), flags=re.DOTALL)))
        assert not ACCUSING.search(ALLOWED.sub("", without_style(section))), name
        assert not text or grade(text) <= 9, name


def test_every_sentence_is_plain_accuses_nobody_and_asks():
    frame = bench.surveillance().frame()
    told = frame["sentence"]
    accusing = told[told.map(lambda text: bool(ACCUSING.search(text)))]
    assert accusing.tolist() == []
    assert told.str.count("Worth asking: ").eq(1).all()
    assert told.str.endswith("?").all()
    assert not told.str.contains(r"nan|None|  |at most 0 |by 0\.0 ").any()
    assert {text: grade(text) for text in told if grade(text) > 9} == {}
    assert {label for row in frame["pattern"] for label in row.split("; ")} <= set(PATTERNS)


def test_every_count_in_a_sentence_is_true():
    """Counted again from the table in force, a row at a time, by another way."""
    made = bench.surveillance()
    table = store.figures()
    councils = dict(zip(made.frame()["council"], made.findings["area_id"], strict=True))
    value = table.dropna(subset=["value"]).set_index(["indicator_id", "period", "area_id"])["value"]
    value = value[~value.index.duplicated()]
    scores = store.unusual().scores
    for row, told in list(zip(made.findings.itertuples(), made.frame().itertuples(), strict=True))[
        ::15
    ]:
        assert councils[told.council] == row.area_id
        key = (row.indicator_id, row.period, row.area_id)
        before = (row.indicator_id, row.previous_period, row.area_id)
        assert (told.value, told.previous) == (value[key], value[before])
        same = scores[
            (scores["indicator_id"] == row.indicator_id)
            & (scores["period"] == row.period)
            & ~scores["area_id"].isin(["city_of_london", "isles_of_scilly", row.area_id])
        ]
        moves = [
            round(abs(value[row.indicator_id, row.period, a] - value[row.indicator_id, p, a]), 6)
            for a, p in zip(same["area_id"], same["previous_period"], strict=True)
        ]
        assert f"Of the {len(moves)} other councils" in told.sentence
        if "flat line" in told.pattern:
            continue
        farther = sum(move > abs(told.change) for move in moves)
        count = {0: "none", 1: "one"}.get(farther, str(farther))
        assert f"compared that year, {count} moved further." in told.sentence


# --- on a council's page --------------------------------------------------------------------------


def test_a_council_s_page_lists_its_own_findings_of_the_year_with_the_way_to_all():
    brief = bench.briefing("South Tyneside", "2018-19")
    section = str(brief.asking("surveillance.html"))
    own = bench.surveillance("South Tyneside", year="2018-19").frame()
    assert section.count("Worth asking:") == len(own) > 0
    assert 'href="surveillance.html"' in section
    assert not ACCUSING.search(section)
    assert "<a " not in str(brief.asking())


def test_only_a_finding_among_those_that_the_list_shows_is_told_its_place():
    found, shown = store.unusual().findings, store.unusual().rules.shown
    names = {one.area_id: one.name for one in sources.reference().councils}
    assert len(found) > shown
    for at, told in ((0, True), (shown - 1, True), (shown, False), (len(found) - 1, False)):
        row = found.iloc[at]
        section = str(bench.briefing(names[row["area_id"]], row["period"]).asking("s.html"))
        assert (f"Place {at + 1} of" in section) == told


@pytest.mark.parametrize(
    ("council", "year", "words"),
    [
        ("Rutland", "2024-25", "None is so rare"),
        ("Somerset", "2014-15", "No figure of 2014-15 can be set beside an earlier year"),
        ("Cumberland", "2023-24", "No figure of 2023-24 can be set beside an earlier year"),
    ],
)
def test_a_council_without_findings_is_told_so(council, year, words):
    section = str(bench.briefing(council, year).asking())
    assert words in section
    assert "Worth asking:" not in section


def test_where_nothing_is_listed_no_threshold_is_named():
    page = str(sections.method(level=0.05, threshold=None))
    assert "Here none is so rare that it is listed." in page
    assert "Beyond about" not in page
    assert "Beyond about 4.0" in str(sections.method(level=0.05, threshold=4.04))
