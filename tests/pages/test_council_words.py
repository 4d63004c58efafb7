"""The sentences of a council's page: true for every council and year, for one, several and none."""

import random
import re
from collections import Counter
from dataclasses import replace
from html import escape, unescape

import pytest

import bench
from bench.pages.choices import rules_for
from bench.pages.council import exceptions, findings, glance, worsening
from bench.present.numbers import UNIT_NOTES
from bench.present.theme import look_vs_england, look_vs_peers
from bench.published import sources
from bench.reference.periods import FinancialYear
from bench.reference.questions import read_questions
from present.conftest import only, published
from present.test_going import told

YEARS = ("2014-15", "2016-17", "2017-18", "2018-19", "2020-21", "2021-22", "2023-24", "2024-25")
NAMES = ("control_over_daily_life", "quality_of_life", "admissions_18_64", "direct_payments")


def pairs(count):
    """Councils and years, drawn at random, the same every time."""
    chance = random.Random(20)  # noqa: S311 - nothing is secret
    councils = sources.reference().councils
    found = []
    while len(found) < count:
        year = chance.choice(YEARS)
        council = chance.choice(councils.in_year(FinancialYear.parse(year)))
        found.append((council.name, year))
    return found


PAIRS = [*pairs(12), ("City of London", "2017-18"), ("Isles of Scilly", "2018-19")]


@pytest.fixture(scope="module", params=PAIRS, ids=" ".join)
def brief(request):
    return bench.briefing(*request.param)


def words(section):
    """The text of a section, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>", " ", str(section), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


# --- the glance, counted anew from the frame that users are given ----------------------------------


def counted(frame, against):
    """How often each class occurs, by code and words other than the page's."""
    found = Counter()
    for row in frame.to_dict("records"):
        verdict, certainty = row[f"verdict_vs_{against}"], row[f"certainty_vs_{against}"]
        if verdict == "not_compared":
            found["not compared"] += 1
        elif row["polarity"] == "none":
            found["no judgement"] += 1
        else:
            found[verdict, certainty if verdict in ("better", "worse") else None] += 1
    return found


EXPECTED = {
    glance.SURE_WORSE: ("worse", "sure"),
    glance.SURE_BETTER: ("better", "sure"),
    glance.SIZE_WORSE: ("worse", "untested"),
    glance.SIZE_BETTER: ("better", "untested"),
    glance.PROBABLY_WORSE: ("worse", "probable"),
    glance.PROBABLY_BETTER: ("better", "probable"),
    glance.SIMILAR: ("similar", None),
    glance.UNCLEAR: ("unclear", None),
    glance.UNJUDGED: "no judgement",
    glance.NOT_COMPARED: "not compared",
}


@pytest.mark.parametrize(
    ("against", "look"), [("peers", look_vs_peers), ("england", look_vs_england)]
)
def test_every_indicator_is_counted_once_under_what_it_came_out_as(brief, against, look):
    again = counted(brief.frame(), against)
    sort = glance.by_class(brief._published, look)
    assert {name: len(rows) for name, rows in sort.items()} == {
        name: again[key] for name, key in EXPECTED.items()
    }
    assert sum(again.values()) == len(brief.frame())


def test_the_lines_name_what_is_sure_and_count_the_rest(brief):
    frame, lines = brief.frame(), glance.headlines(brief._published)
    judged = frame[frame["polarity"] != "none"]
    against = next(
        (
            name
            for name in ("peers", "england")
            if (judged[f"verdict_vs_{name}"] != "not_compared").any()
        ),
        None,
    )
    if against is None:
        assert lines == []
        assert "can be judged this year" in words(brief.glance())
        return
    titles = {row.indicator: row.short_title for row in brief._published}
    for line, verdict, colour in zip(lines, ("worse", "better"), ("RED", "GREEN"), strict=False):
        own = judged[judged[f"verdict_vs_{against}"] == verdict]
        named = own[own[f"certainty_vs_{against}"] != "probable"]
        assert all(titles[name] in line for name in named["indicator"])
        assert sum(map(int, re.findall(r"(?:^|\. )(\d+)(?= )", line))) == len(own)
        assert (f"None is {colour}" in line) is named.empty
    rest = len(frame) - sum(judged[f"verdict_vs_{against}"].isin(["worse", "better"]))
    assert sum(map(int, re.findall(r"(\d+) ", "".join(lines[2:])))) == rest


def test_no_row_of_the_glance_is_nought(brief):
    table = str(brief.glance()).partition("<tbody>")[2].partition("</tbody>")[0]
    for line in table.split("</tr>")[:-1]:
        assert any(int(cell) for cell in re.findall(r'"figure">(\d+)<', line))


# --- what stands out -------------------------------------------------------------------------------


@pytest.mark.parametrize("meaning", ["worse", "better"])
def test_what_stands_out_for_sure_is_sure_and_robust_against_both(brief, meaning):
    frame = brief.frame().set_index("indicator")
    trials = brief.sensitivity()
    sensitive = set(trials.loc[trials["sensitivity"] == "sensitive", "indicator"])
    alone = (frame["verdict_vs_peers"] == "not_compared").all()
    sure, less = findings.standing_out(brief._published, meaning, brief.council, brief._told)
    own = [row for row in brief._published if row.judged]
    wanted = {
        row.short_title: (
            row.verdict_vs_england == meaning
            and row.verdict_vs_peers == ("not_compared" if alone else meaning)
        )
        for row in own
    }
    settled = {
        row.short_title
        for row in own
        if wanted[row.short_title]
        and row.indicator not in sensitive
        and frame.loc[row.indicator, "certainty_vs_england"] == "sure"
        and (alone or frame.loc[row.indicator, "certainty_vs_peers"] == "sure")
    }
    assert len(sure) == len(settled)
    assert all(any(text.startswith(f"{title}: ") for text in sure) for title in settled)
    assert len(sure) + len(less) == sum(wanted.values())
    assert all("Against" in text for text in less)
    assert not any("Against" in text for text in sure)


# --- RED and getting worse -------------------------------------------------------------------------


def test_red_and_getting_worse_rests_on_tested_changes_and_trends(brief, root):
    listed = worsening.ordered(brief._published, brief._tendencies, brief._told)
    text = words(brief.worsening())
    for one in listed:
        tested = one.row.verdict_vs_previous == "worse" and one.row.probability_vs_previous
        assert tested or one.worsening
        assert one.red is any(
            verdict == "worse" and certainty != "probable"
            for verdict, certainty in (
                (one.row.verdict_vs_peers, one.row.certainty_vs_peers),
                (one.row.verdict_vs_england, one.row.certainty_vs_england),
            )
        )
        hinging = any(verdict.hinges_on for verdict in one.verdicts)
        assert ("that hinges on" in one.text) is hinging
    assert text.count("names no choice on which it hinges") == bool(listed)
    registers = sources.reference()
    questions = read_questions(root / "data" / "reference", registers.indicators)
    asked = {
        questions.of(registers.indicators[one.row.indicator], brief.choice.year) for one in listed
    }
    assert text.count("A member could ask:") == len(asked)
    assert text.count("A member could ask") == len(listed)
    assert [one.red for one in listed] == sorted((one.red for one in listed), reverse=True)


def test_the_summary_counts_what_the_frame_holds(brief):
    frame = brief.frame()
    worse = frame[(frame["verdict_vs_peers"] == "worse") | (frame["verdict_vs_england"] == "worse")]
    text = worsening.summary(brief._published, council=brief.council, trends={})
    if worse.empty:
        assert text.startswith("No indicator of ")
        return
    red = sum(
        any(
            row[f"verdict_vs_{name}"] == "worse" and row[f"certainty_vs_{name}"] != "probable"
            for name in ("peers", "england")
        )
        for row in worse.to_dict("records")
    )
    tested = worse[worse["verdict_vs_previous"] != "not_compared"]
    new = (tested["verdict_vs_previous"] == "worse").sum()
    first, _, since = text.replace(brief.council, "It").partition(" be tested")
    numbers = list(map(int, re.findall(r"\b\d+\b", first.replace("of both", "2"))))
    told_of = [red] * (red > 0) + [len(worse) - red] * (len(worse) > red)
    assert numbers[: len(told_of)] == told_of
    if len(worse) > 1 and len(tested):
        assert len(tested) in numbers[len(told_of) :]
        assert sum(map(int, re.findall(r"\b\d+\b", since))) == new


# --- what is said once above the table -------------------------------------------------------------


def test_what_is_said_once_is_counted_and_no_row_repeats_it(brief):
    frame, table = brief.frame(), str(brief.table())
    above = words(table.partition("<form")[0])
    rows = words(table.partition("<tbody")[2].partition("</table>")[0])
    shown = frame[frame["value"].notna()]
    lacking = shown[shown["change"].isna()]["change_reason"].value_counts()
    for reason, count in lacking[lacking > 1].items():
        whole = "any indicator" if count == len(shown) else f"{count} indicators"
        assert re.search(
            rf"No change can be shown for {whole}[.:] {re.escape(reason[:20])}", above, re.I
        )
        assert reason not in rows
    for empty in ("none shown", "Too few years", "No clear trend<"):
        assert empty not in table
    once = exceptions.said_once(brief._published, brief._tendencies, brief.rules.trend)
    assert " ".join(once.sentences) == above


@pytest.mark.parametrize(
    ("council", "peers", "caption", "rows"),
    [
        ("Barnet", "cipfa", "All 15 peers report. Ranks", []),
        ("Cornwall", "region", "All 14 peers report. Ranks", ["13 of 14 reporting"]),
        ("Cornwall", "open", "12 of 15 peers report, without Cumberland (did not exist that year); "
         "Dorset (did not exist that year); Westmorland and Furness (did not exist that year). "
         "Ranks", ["11 of 15 reporting"]),
    ],
)  # fmt: skip
def test_which_peers_report_is_said_once_and_a_row_names_its_own(council, peers, caption, rows):
    shown = str(bench.briefing(council, "2018-19", peers=peers).table())
    assert caption in words(re.search(r"<caption.*?</caption>", shown, re.DOTALL)[0])
    assert re.findall(r"<summary>(\d+ of \d+ reporting)</summary>", shown) == rows


@pytest.mark.parametrize(
    ("count", "reason", "text"),
    [
        (1, "new this year", None),
        (2, "new this year", "No change can be shown for 2 indicators: new this year."),
        (4, "new this year", "No change can be shown for any indicator: new this year."),
        (2, "It is new. It does not compare.",
         "No change can be shown for 2 indicators. It is new. It does not compare."),
        (2, "too small: a few people count",
         "No change can be shown for 2 indicators. Too small: a few people count."),
    ],
)  # fmt: skip
def test_a_reason_of_several_rows_is_said_once(count, reason, text):
    rows = [
        replace(
            row, change=None if at < count else 1.0, change_reason=reason if at < count else None
        )
        for at, row in enumerate(only(*NAMES))
    ]
    once = exceptions.said_once(rows, {}, rules_for().trend)
    assert once.sentences == ((text,) if text else ())
    assert once.reasons == ({reason} if text else set())


@pytest.mark.parametrize(
    ("directions", "text"),
    [
        ([], None),
        (["cannot_be_tested"], None),
        (["too_few_years"] * 2, "A trend needs four years that compare, and no indicator has them."),
        (["improving", "rising"], "A trend needs four years that compare: 2 indicators have them."),
        (["improving", "too_few_years"],
         "A trend needs four years that compare: 1 indicator has them. Where a row names no trend, "
         "there is no clear one, or too few years."),
        (["no_clear_change", "worsening"],
         "A trend needs four years that compare: 2 indicators have them. Where a row names no "
         "trend, there is no clear one, or too few years."),
    ],
)  # fmt: skip
def test_trends_are_summed_up_once(directions, text):
    rows = [replace(row, change=1.0) for row in only(*NAMES)]
    trends = {row.indicator: told(name) for row, name in zip(rows, directions, strict=False)}
    once = exceptions.said_once(rows, trends, rules_for().trend)
    assert once.sentences == ((text,) if text else ())


# --- one, several and none -------------------------------------------------------------------------


def graded(*verdicts):
    """A row for each verdict and certainty, against both benchmarks."""
    rows = [row for row in published() if row.judged and row.comparable]
    return [
        replace(
            row,
            short_title=f"Title {at}",
            verdict_vs_peers=verdict,
            verdict_vs_england=verdict,
            certainty_vs_peers=certainty,
            certainty_vs_england=certainty,
        )
        for at, (row, (verdict, certainty)) in enumerate(zip(rows, verdicts, strict=False), start=1)
    ]


RED, GREEN = ("worse", "sure"), ("better", "sure")
MAYBE, SIZE = ("worse", "probable"), ("worse", "untested")
CLOSE, UNCLEAR = ("similar", "probable"), ("unclear", None)


@pytest.mark.parametrize(
    ("verdicts", "lines"),
    [
        ([RED], ["1 RED: Title 1.", "None is GREEN or probably better."]),
        ([RED, RED, MAYBE],
         ["2 RED: Title 1; Title 2. 1 more is probably worse.", "None is GREEN or probably better."]),
        ([MAYBE, GREEN], ["None is RED. 1 is probably worse.", "1 GREEN: Title 2."]),
        ([MAYBE, MAYBE, CLOSE, UNCLEAR, UNCLEAR],
         ["None is RED. 2 are probably worse.", "None is GREEN or probably better.",
          "The rest: 1 AMBER (similar) and 2 unclear."]),
        ([SIZE, RED, MAYBE, MAYBE],
         ["1 RED: Title 2. 1 more RED by size alone, with no margin of error: Title 1. 2 more are "
          "probably worse.", "None is GREEN or probably better."]),
        ([SIZE], ["1 RED by size alone, with no margin of error: Title 1.",
                  "None is GREEN or probably better."]),
        ([("worse", None), ("better", None)], ["1 RED: Title 1.", "1 GREEN: Title 2."]),
    ],
)  # fmt: skip
def test_the_glance_in_singular_and_plural(verdicts, lines):
    assert glance.headlines(graded(*verdicts)) == lines


@pytest.mark.parametrize(
    ("verdicts", "changes", "text"),
    [
        ([CLOSE], [], "No indicator of Kent's is RED, or probably worse, this year."),
        ([("not_compared", None)], [], "No indicator of Kent's can be compared this year."),
        ([RED], [None], "Kent has 1 indicator that is RED against its peers, England or both. How "
         "it has changed cannot be tested."),
        ([RED], ["worse"], "Kent has 1 indicator that is RED against its peers, England or both. "
         "Its change can be tested: it has become worse."),
        ([MAYBE], ["maybe"], "Kent has no indicator that is RED. 1 is probably worse than its "
         "peers, England or both. Its change can be tested: it has probably become worse."),
        ([RED], ["unclear"], "Kent has 1 indicator that is RED against its peers, England or both. "
         "Its change can be tested: it is not shown to have become worse."),
        ([RED, MAYBE], [None, None], "Kent has 1 indicator that is RED against its peers, England "
         "or both. 1 more is probably worse. Of none of them can the change be tested."),
        ([RED, RED, MAYBE, MAYBE], ["worse", "worse", "maybe", None],
         "Kent has 2 indicators that are RED against its peers, England or both. 2 more are "
         "probably worse. The change of 3 of these 4 can be tested: 2 have become worse, and 1 more "
         "probably has."),
        ([RED, RED], ["maybe", "maybe"], "Kent has 2 indicators that are RED against its peers, "
         "England or both. The change of both can be tested: 2 have probably become worse."),
        ([RED, RED], ["similar", "better"], "Kent has 2 indicators that are RED against its peers, "
         "England or both. The change of both can be tested: none is shown to have become worse."),
    ],
)  # fmt: skip
def test_the_summary_in_singular_and_plural(verdicts, changes, text):
    rows = graded(*verdicts)
    for at, change in enumerate(changes):
        rows[at] = replace(
            rows[at],
            verdict_vs_previous={None: "not_compared", "maybe": "worse"}.get(change, change),
            certainty_vs_previous="probable" if change == "maybe" else "sure",
        )
    assert worsening.summary(rows, council="Kent") == text


@pytest.mark.parametrize(
    ("verdicts", "change", "kind"),
    [
        (RED, "sure", "RED and worse since the last figure"),
        (RED, "probable", "RED and probably worse since the last figure"),
        (SIZE, "sure", "RED and worse since the last figure"),
        (MAYBE, "sure", "Probably worse and worse since the last figure"),
    ],
)
def test_a_kind_claims_what_both_verdicts_allow(verdicts, change, kind):
    (row,) = graded(verdicts)
    row = replace(row, verdict_vs_previous="worse", certainty_vs_previous=change)
    assert [one.kind for one in worsening.ordered([row])] == [kind]


def test_a_page_of_another_rule_claims_no_certainty():
    page = bench.briefing("Barnet", "2018-19", rule="quartile")
    assert "Sure" not in words(page.findings())
    assert "sure" not in words(page.glance())
    assert "probably worse." in words(page.glance()) or "RED:" in words(page.glance())


def test_each_row_says_in_what_its_figures_are(brief):
    """Of the page's table, and of the brief's: per cent in each figure, another unit once a row."""
    page = re.findall(r"<tr[^>]*id=\"row-.*?</tr>", str(brief.table()), re.DOTALL)
    short = str(bench.council_brief(**brief.choice.words()).table())
    lines = [words(one) for one in re.findall(r"<tr>.*?</tr>", short, re.DOTALL)]
    assert len(page) == len(brief._published)
    for row, own in zip(brief._published, page, strict=True):
        if row.value is None and row.england is None:
            continue
        named = f"{row.code} {row.short_title}"
        note = UNIT_NOTES.get(row.unit)
        for text in (words(own), *(line for line in lines if line.startswith(named))):
            assert (note or "%") in text, text
    assert any(line.startswith(row.code) for line in lines)


def test_a_sentence_says_that_a_score_is_one():
    text = words(bench.briefing("Barnet", "2018-19").worsening())
    assert "figure: a score of 6.7, down by 0.7 from 7.4 in 2016-17." in text
    assert "figure: 74.6%, down by 17.0 points" in text


@pytest.mark.parametrize(
    ("year", "pages", "links"),
    [
        ("2018-19", {}, []),
        ("2018-19", {"earlier": "b.html"}, [("The year before", "b.html", "2017-18")]),
        ("2018-19", {"earlier": "b.html", "later": "c.html"},
         [("The year before", "b.html", "2017-18"), ("the year after", "c.html", "2019-20")]),
        ("2024-25", {"later": "c.html"}, []),  # there is no later year
    ],
)  # fmt: skip
def test_the_heading_leads_to_the_years_beside_that_have_a_page(year, pages, links):
    shown = str(bench.briefing("Leeds", year).heading(**pages))
    found = re.findall(r'([Tt]he year \w+): <a href="([^"]+)">([^<]+)</a>', shown)
    assert found == links


def test_each_indicator_of_the_year_leads_to_its_page_where_it_has_one(brief):
    linked, plain = str(brief.table("all")), str(brief.table())
    there = {one.indicator_id for one in brief.year_table.indicators}
    assert len(there) == len(brief.rows)
    for row in brief.rows:
        link = (
            f'<a href="{row.indicator.indicator_id}.html">{escape(row.indicator.short_title)}</a>'
        )
        assert linked.count(link) == 1
        assert link not in plain
