"""One figure put to the test: the case of Somerset, figures without a case, and bad input."""

import itertools
import re
from fractions import Fraction

import pytest
import yaml

import bench
from bench.errors import BenchError, ParameterError, RegisterError, UnknownNameError
from bench.integrity.restatement.case import CaseFile, resolve
from bench.judge.published_row import measure_of
from bench.pages.restatement import data
from bench.pages.restatement.data import case_names, measure_then
from bench.pages.restatement.sensitivity import _said
from bench.project.files import parse_model
from bench.published import quoted, sources
from bench.reference.indicator import without_code

PART_1 = "self_directed_support_1c_part_1"
SDS = "self_directed_support"
SECTIONS = (
    "heading", "reported", "adjustments", "waterfall", "sensitivity", "criteria", "lenses",
    "triangulation", "scatter", "method", "sources", "downloads",
)  # fmt: skip
# A figure with counts, one at 100%, one without counts, a survey, a rate, one that is not compared,
# one that is suppressed or absent, a tiny council, a council of two codes.
FIGURES = [
    ("Wirral", SDS, "2018-19"),
    ("Wirral", SDS, "2020-21"),
    ("Wirral", SDS, "2022-23"),
    ("Kent", "control_over_daily_life", "2018-19"),
    ("Leeds", "care_home_admissions_65_over", "2018-19"),
    ("Somerset", SDS, "2024-25"),
    ("Blackburn with Darwen", "carers_direct_payments", "2018-19"),
    ("City of London", SDS, "2018-19"),
    ("Devon", "workforce_turnover", "2024-25"),
    ("Barnet", "ni_130", "2008-09"),
    ("Barnet", "ni_130", "2009-10"),
]


@pytest.fixture(scope="module")
def somerset():
    return bench.scrutiny("Somerset", PART_1, "2013-14")


def html(scrutiny, section):
    return getattr(scrutiny, section)().html()


def words(scrutiny, section):
    return " ".join(re.sub(r"<[^>]+>", " ", str(html(scrutiny, section))).split())


def by_counted(scrutiny):
    return {one["counted"]: one for one in scrutiny.records()}


@pytest.mark.parametrize(
    ("counted", "value", "lower", "upper"),
    [
        ("", 33.0, 32.5, 33.5),
        ("letters", 13.2, 11.8, 14.3),
        ("old_denominator", 19.1, 19.0, 19.2),
        ("letters; old_denominator", 7.6, 6.7, 8.4),
    ],
)
def test_the_case_of_somerset(somerset, counted, value, lower, upper):
    found = by_counted(somerset)[counted]
    assert found["value"] == pytest.approx(value, abs=0.05)
    assert found["lower"] == pytest.approx(lower, abs=0.051)
    assert found["upper"] == pytest.approx(upper, abs=0.051)
    assert (found["rank"], found["verdict_vs_peers"]) == (None, None)


def test_who_holds_a_direct_payment_is_counted_in_part_1_all_the_same(somerset):
    assert set(by_counted(somerset)) == {
        "", "letters", "old_denominator", "letters; old_denominator",
    }  # fmt: skip
    assert "Counted in the other ways shown here it would be from 7.6% to 19.1%" in words(
        somerset, "heading"
    )
    told = words(somerset, "adjustments")
    # 73 of 15,115, which rounding allows to be 13,842 to 16,496
    assert "73: clients recorded with a personal budget" in told
    assert "stays 33%" in told
    assert "Direct payments, as counted to 2013-14: at most +0.5 points" in told
    assert "irect payment" not in somerset.waterfall().table


@pytest.mark.parametrize("name", ["somerset-2013-14", "barnet-2009-10"])
def test_every_number_of_a_case_stands_in_its_document(root, name):
    held = quoted.load(root=root)
    known = set(zip(held["value"].map("{:g}".format), held["document"], held["where"], strict=True))
    path = root / "params" / "integrity" / f"{name}.yaml"
    made = read(root, yaml.safe_load(path.read_text()))
    missing = [
        (key, *place)
        for key, saying in made.sayings.items()
        for place in saying.places
        if (f"{float(saying.quoted.value):g}", *place) not in known
    ]
    assert missing == []


SOMERSET_SAYS = [
    ("heading", "worth asking about, and no more"),
    ("reported", "33% Range that rounding allows 32.5% to 33.5%"),
    ("reported", "No table by council of 2013-14 is held"),
    ("adjustments", "13.2%, beside 12% (the council's own restated figure)"),
    ("adjustments", "it alone allows 12.2% to 14.0%"),
    ("adjustments", "7.6%, beside 7% (the year before's figure)"),
    ("sensitivity", "Above 7%, the figure of 2012-13, the lowest in England yes 3,930 fewer"),
    ("reported", "None was set for this figure, which passes and misses none."),
    (
        "reported",
        "at least 30% of eligible users or carers by April 2011, for figures of NI 130 to 2010-11",
    ),
    ("reported", "70% by April 2013, for figures of 1C(1) to 2012-13"),
    ("criteria", "Shown to meet all 3 criteria: 0% of those counted"),
    ("criteria", "arguable, questionable or not tested: 60% (rounding allows"),
    ("criteria", "Questionable, leaning to not met"),
    ("criteria", "The auditors did no testing"),
    ("criteria", "only for care at home and sitting"),
    ("adjustments", "not confirm the lower one low South West Audit Partnership"),
    (
        "heading",
        "mental health figure that a partner supplied for the denominator fell by about 11,000",
    ),
    ("lenses", "170,000 of 950,000"),
    ("lenses", "quoted: 18%"),
    ("heading", "The reported figure is 33%."),
    ("heading", "33% had not been revised by August 2016"),
    ("criteria", "the letter itself, in Appendix A of South West Audit Partnership"),
    ("adjustments", "at least some of whom should move"),
    ("triangulation", "7% in 2012-13 (quoted) 33% +26.0 points"),
    ("lenses", "170,000 of 1,214,286 our division of two sources: 170,000"),
    ("lenses", "no document prints the denominator"),
    ("lenses", "our division too"),
    ("lenses", "set for figures of NI 130 to 2010-11"),
    (
        "lenses",
        "What one leading council expects to reach by 2013, under the denominator of NI 130: "
        "65%. It is a forecast for that council alone and no limit for others.",
    ),
    ("triangulation", "Not as expected: worth asking why"),
    ("scatter", "Somerset, year by year"),
    (
        "sources",
        "Somerset, 2014: The Denominator; summary and November 2012; Risk 2: data audit.",
    ),
    (
        "sources",
        "Community Care, 18 August 2016: opening and Dispute over target; Audit findings;",
    ),
]


def test_the_page_of_somerset_says_so(somerset):
    texts = {
        section: words(somerset, section).replace("&#39;", "'")
        for section in {section for section, _ in SOMERSET_SAYS}
    }
    assert [(section, told) for section, told in SOMERSET_SAYS if told not in texts[section]] == []


def test_no_figure_of_somerset_passes_a_milestone_of_other_years(somerset):
    assert not any(key.startswith("passes") for key in somerset.records()[0])
    # it is held against England's figure of 2009-10, of the definition that it was set for
    lenses = words(somerset, "lenses")
    assert lenses.count("not passed") == 2
    for section in ("reported", "adjustments", "waterfall", "sensitivity"):
        text = words(somerset, section)
        assert " passed" not in text, section
        assert "passes none" not in text, section


@pytest.mark.parametrize(
    ("council", "indicator", "year", "held", "lapsed"),
    [
        ("Wirral", SDS, "2018-19", [], [30, 70, 100]),
        ("Wirral", SDS, "2014-15", [], [30, 70, 100]),
        ("Somerset", PART_1, "2013-14", [], [30, 70, 100]),
        ("Somerset", PART_1, "2012-13", [70, 100], [30]),
        ("Somerset", PART_1, "2010-11", [70, 100], [30]),
        ("Barnet", "ni_130", "2010-11", [30], []),
        ("Barnet", "ni_130", "2008-09", [30], []),
        ("Kent", "control_over_daily_life", "2018-19", [], []),
    ],
)
def test_a_milestone_holds_for_its_own_definition_to_its_own_year(
    council, indicator, year, held, lapsed
):
    asked = bench.scrutiny(council, indicator, year).question
    assert [float(one.value) for one in asked.milestones] == held
    assert [float(one.value) for one in asked.lapsed] == lapsed


@pytest.mark.parametrize(("wanted", "held"), [("70", 1), ("70%", 1), ("70% by April 2013", 0)])
def test_a_reader_s_own_number_is_held_against_any_figure(wanted, held):
    made = bench.scrutiny("Wirral", SDS, "2018-19", milestone=wanted)
    assert len(made.question.milestones) == held
    told = words(made, "reported")
    assert ("None was set for this figure" in told) is not bool(held)
    assert ("70%, by April 2013, for figures of 1C(1) to 2012-13" in told) is not bool(held)


def test_a_milestone_says_of_whom_it_is_a_share():
    told = words(bench.scrutiny("Wirral", SDS, "2018-19"), "reported")
    assert "30%, by April 2011 (at least 30% of eligible users or carers; agreed by" in told
    assert "100%, by April 2013 (every eligible user), for figures of 1C(1) to 2012-13" in told


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("reported", "15.23% Range that rounding allows 15.225% to 15.235%"),
        ("heading", "The reported figure is 15.23%."),
        ("heading", "within a few people, if both count the same people."),
        ("triangulation", "this figure — 15.23% The case quotes no such figure of the year before"),
        ("reported", "People in the denominator 6,756 (rounding allows 6,754 to 6,759)"),
        ("reported", "At least 30% of eligible users or carers by April 2011 not passed"),
        ("adjustments", "The target of 2009-10 1,208 179 more than reported 17.9%"),
        ("adjustments", "2,011 982 more than reported 29.8%"),
        ("adjustments", "16 short of the 2,027 that it takes"),
        ("adjustments", "Grant Thornton for the London Borough of Barnet, November 2010, §2.2"),
        ("sensitivity", "998 more in the numerator"),
    ],
)
def test_the_case_of_barnet(section, told):
    made = bench.scrutiny("Barnet", "ni_130", "2009-10")
    assert told in words(made, section)
    assert [round(one["value"], 2) for one in made.records()] == [15.23]


def test_a_code_that_the_title_has_is_not_said_twice():
    page = bench.scrutiny("Barnet", "ni_130", "2009-10")
    assert str(page.heading()).count("(NI 130)") == 1
    for indicator in sources.reference().indicators:
        for year in indicator.years:
            title = indicator.coded_title(year)
            assert title == measure_of(indicator, year).coded_title
            assert title.startswith(f"{indicator.code(year)} ")
            assert title.count(indicator.code(year).removesuffix(" rate")) == 1, title


@pytest.mark.parametrize(
    ("title", "code", "text"),
    [
        ("Clients (NI 130)", "NI 130", "Clients"),
        ("Clients per 100,000 (NI 130)", "NI 130 rate", "Clients per 100,000"),
        ("Clients (NI 130)", "NI 1", "Clients (NI 130)"),  # another code
        ("People (aged 65 and over)", "2A(2)", "People (aged 65 and over)"),
        ("Quality of life", "1A", "Quality of life"),
    ],
)
def test_a_title_beside_its_code_does_not_end_with_it(title, code, text):
    assert without_code(title, code) == text


def test_the_waterfall_has_a_table_and_words_for_every_step(somerset):
    figure = somerset.waterfall()
    assert figure.alt.startswith("Bars, one for each step. As reported: 33.0%")
    assert str(figure.table).count("<tr>") == 4
    bars = figure.plotly.data[0]
    assert [round(x, 1) for x in bars.x] == [33.0, 19.8, 5.5, 7.6]
    assert [round(x, 1) for x in bars.base] == [0, 13.2, 7.6, 0]


@pytest.mark.parametrize(
    ("wanted", "counted"),
    [
        ("all", "letters; old_denominator"),
        ("old_denominator; letters", "old_denominator; letters"),
        ("letters", "letters"),
        ("none", ""),
    ],
)
def test_adjustments_are_chosen_and_ordered(wanted, counted):
    found = bench.scrutiny("Somerset", PART_1, "2013-14", adjustments=wanted)
    assert found.records()[-1]["counted"] == counted


@pytest.mark.parametrize(("council", "indicator", "year"), FIGURES)
def test_every_section_stands_for_figures_of_all_kinds(council, indicator, year):
    made = bench.scrutiny(council, indicator, year)
    for section in SECTIONS:
        assert words(made, section), section
    assert "nan" not in " ".join(words(made, section).casefold() for section in SECTIONS).split()


@pytest.mark.parametrize(
    ("council", "indicator", "year", "told"),
    [
        ("Wirral", SDS, "2022-23", "Only the outcome of 2022-23 is held"),
        ("Kent", "control_over_daily_life", "2018-19", "does not come from counts of people"),
        ("Blackburn with Darwen", "carers_direct_payments", "2018-19", "its denominator is 0"),
        ("Devon", "workforce_turnover", "2024-25", "does not come from counts of people"),
        ("Barnet", "ni_130", "2008-09", "There is nothing to restate"),
    ],
)
def test_a_figure_without_counts_has_a_stated_limit_and_no_number(council, indicator, year, told):
    made = bench.scrutiny(council, indicator, year)
    assert made.records() == []
    assert told in words(made, "reported")
    assert "No numerator and denominator" in words(made, "sensitivity")


def test_published_counts_stand_beside_the_published_verdicts():
    made = bench.scrutiny("Wirral", SDS, "2018-19")
    (record,) = made.records()
    row = next(r for r in bench.briefing("Wirral", "2018-19").records() if r["indicator"] == SDS)
    names = ("value", "rank", "rank_of", "verdict_vs_peers", "verdict_vs_england")
    assert {name: record[name] for name in names} == {name: row[name] for name in names}
    assert (record["numerator"], record["denominator"]) == (586, 2229)
    assert "1,326 more in the numerator 226% of it probably worse: 1,912 of 2,229" in words(
        made, "sensitivity"
    )
    sure = ("certainty_vs_peers", "certainty_vs_england", "probability_vs_england")
    assert {name: record[name] for name in sure} == {name: row[name] for name in sure}


def test_an_unclear_figure_says_on_which_side_it_lies():
    """What is said must not come back once it is left, or the fewest people would be wrong."""
    question = bench.scrutiny("Wirral", SDS, "2018-19").question
    measure = measure_then(question.indicator, question.year)
    said = [
        _said(stands, stands.vs_england, measure)
        for numerator in range(0, 2230, 3)
        for stands in [question.place.of(Fraction(numerator), Fraction(2229))]
    ]
    runs = [text for text, _ in itertools.groupby(said)]
    assert len(runs) == len(set(runs))
    assert runs[0] == "RED worse"
    assert runs[-1] == "GREEN better"
    assert {"probably worse", "probably better"} < set(runs)


@pytest.mark.parametrize(("year", "step"), [("2014-15", 5), ("2018-19", 0), ("2024-25", 0)])
def test_counts_printed_in_fives_are_rounded_and_others_are_exact(year, step):
    basis = bench.scrutiny("Kent", SDS, year).question.reported.basis
    assert {one.rounded_to for one in basis.quoted} == {step}


def test_rounded_counts_give_every_number_of_people_a_range():
    text = words(bench.scrutiny("Wirral", SDS, "2014-15", milestone="30"), "sensitivity")
    # by hand: 2,242.5 to 2,247.5 of 2,357.5 to 2,362.5, down to less than 30%
    assert "1,538 fewer in the numerator rounding allows 1,534 to 1,541" in text


def test_exact_counts_decide_what_the_printed_figure_leaves_open():
    made = bench.scrutiny("Wirral", SDS, "2020-21", milestone="100")
    (record,) = made.records()
    assert (record["value"], record["lower"], record["upper"]) == (100, 100, 100)
    assert record["passes 100"] == "yes"
    (record,) = bench.scrutiny("Somerset", SDS, "2024-25", milestone="100").records()
    assert (record["value"], round(record["lower"], 3), record["passes 100"]) == (
        98.3,
        98.257,
        "no",
    )


@pytest.mark.parametrize(
    ("year", "alike"), [("2018-19", True), ("2022-23", True), ("2017-18", False)]
)
def test_a_relative_with_the_very_same_figure_is_worth_asking_about(year, alike):
    text = words(bench.scrutiny("Wirral", SDS, year), "triangulation")
    assert ("the same as this figure: worth asking" in text) is alike


def test_who_would_pass_under_another_denominator():
    made = bench.scrutiny("Wirral", SDS, "2018-19", milestone="70")
    text = words(made, "lenses")
    assert "141 of 150" in text
    assert "136 of 150" in text
    assert "640 of 2,353" in text


def test_an_example_is_shown_only_when_named():
    assert bench.scrutiny("Wirral", SDS, "2018-19").question.case is None
    made = bench.scrutiny("Wirral", SDS, "2018-19", case="example-wirral-2018-19")
    found = by_counted(made)["managed_budgets"]
    assert (round(found["value"], 1), found["rank"]) == (93.6, 92)
    assert "made up" in words(made, "heading")


@pytest.mark.parametrize(
    ("asked", "kind", "told"),
    [
        ({"council": "Atlantis"}, UnknownNameError, "Atlantis"),
        ({"indicator": "self_drected_support"}, UnknownNameError, "did you mean self_directed"),
        ({"year": "2031-32"}, ParameterError, "was not published for 2031-32"),
        ({"year": "soon"}, ParameterError, "not a financial year"),
        ({"case": "somerst-2013-14"}, UnknownNameError, "did you mean somerset-2013-14"),
        ({"council": "Devon", "case": "somerset-2013-14"}, ParameterError, "is about Somerset"),
        ({"adjustments": "leters"}, UnknownNameError, "did you mean letters"),
        ({"adjustments": "letters; letters"}, ParameterError, "stands twice"),
        ({"milestone": "most"}, ParameterError, "'most' is no figure of self_directed_support"),
        ({"milestone": "-3"}, ParameterError, "per cent, 0 to 100"),
        ({"beside": "happyness"}, UnknownNameError, "happyness"),
        (
            {"council": "Cumbria", "indicator": SDS, "year": "2023-24"},
            ParameterError,
            "for later years, Cumberland or Westmorland and Furness",
        ),
    ],
)
def test_what_is_asked_amiss_is_told(asked, kind, told):
    usual = {"council": "Somerset", "indicator": PART_1, "year": "2013-14"}
    with pytest.raises(kind, match=re.escape(told)):
        bench.scrutiny(**(usual | asked))


def test_a_rate_has_milestones_in_its_own_unit_and_lower_passes():
    made = bench.scrutiny("Leeds", "care_home_admissions_65_over", "2018-19", milestone="500")
    assert made.records()[0]["passes 500"] == "no"
    text = words(made, "sensitivity")
    assert "The milestone of 500 not passed" in text
    assert "500%" not in text
    lower = bench.scrutiny("Leeds", "care_home_admissions_65_over", "2018-19", milestone="600")
    assert lower.records()[0]["passes 600"] == "yes"


def test_lenses_of_unknown_indicators_are_named(root, monkeypatch):
    def wrong(path, model):
        lens = {"indicator": "x", "label": "L", "numerator": ["y"], "denominator": [SDS]}
        held = {"numerator_changes": [-100], "denominator_changes": [0], "lenses": [lens]}
        return parse_model(held, model, path)

    monkeypatch.setattr(data, "read_model", wrong)
    with pytest.raises(RegisterError) as told:
        bench.scrutiny("Wirral", SDS, "2018-19", case="none")
    assert len(told.value.problems) == 3


# --- case files -----------------------------------------------------------------------------------


def case(root, **changes):
    held = yaml.safe_load((root / "params" / "integrity" / "somerset-2013-14.yaml").read_text())
    return held | changes


def read(root, entry):
    path = root / "params" / "integrity" / "mine.yaml"
    return resolve(parse_model(entry, CaseFile, path), sources.reference(root), path)


def test_every_case_in_the_project_can_be_read(root):
    assert {"somerset-2013-14", "example-wirral-2018-19"} <= set(case_names(root))
    for name in case_names(root):
        path = root / "params" / "integrity" / f"{name}.yaml"
        read(root, yaml.safe_load(path.read_text()))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"indicator": "nothing"}, "no indicator 'nothing'"),
        ({"council": "atlantis"}, "atlantis"),
        ({"year": "soon"}, "not a financial year"),
        ({"reported": {"rate": "reported"}}, "reported: found rate, expected"),
        ({"reported": {"rate": "letters", "denominator": "letters"}}, "letters is count, expected a rate"),
        ({"reported": {"numerator": "reported", "denominator": "letters"}}, "reported is per_cent, expected a count"),
        ({"quoted": {"reported": {"value": 1, "unit": "count", "says": "s", "source": "A; B", "where": "§1"}}},
         "quoted > reported: each document of the source has one place in where"),
        ({"milestones": [{"figure": "milestone_2011", "label": "L", "year": "soon"}]}, "milestones > L: "),
        ({"milestones": [{"figure": "milestone_2011", "label": "L", "indicator": "x"}]}, "milestones > L: no indicator 'x'"),
        ({"milestones": [{"figure": "letters", "label": "L"}]}, "letters is count, expected a rate"),
        ({"forecasts": [{"figure": "letters", "label": "F"}]}, "forecasts > F: letters is count"),
        ({"compared": [{"people": "reported", "label": "C"}]}, "compared > C: reported is per_cent, expected a count"),
        ({"previous": "nothing"}, "nothing is quoted under 'nothing'"),
        ({"beside": [{"after": ["x"], "figure": "year_before", "label": "L"}]}, "no adjustment 'x'"),
        (
            {"adjustments": [{"id": "a", "label": "A", "source": "S", "confidence": "low"}]},
            "it moves nobody",
        ),
        (
            {
                "adjustments": [
                    {"id": "a", "label": "A", "source": "S", "confidence": "low",
                     "numerator_out": "letters", "moved_to": "nowhere"}
                ],
                "beside": [],
            },
            "no indicator 'nowhere'",
        ),
    ],
)  # fmt: skip
def test_a_case_that_contradicts_itself_is_refused(root, changes, told):
    with pytest.raises(RegisterError, match=re.escape(told)):
        read(root, case(root, **changes))


MOVED = {"id": "a", "label": "A", "source": "S", "confidence": "low", "numerator_out": "letters"}
KIND = {"id": "k", "label": "K", "source": "S", "confidence": "low", "people": "letters"}


@pytest.mark.parametrize(
    ("indicator", "year", "moved_to", "told"),
    [
        (
            PART_1,
            "2013-14",
            "direct_payments_1c_part_2",
            "direct_payments_1c_part_2 is part of the numerator",
        ),
        (PART_1, "2013-14", PART_1, f"moved_to {PART_1} is part of"),
        (
            SDS,
            "2018-19",
            "direct_payments",
            "direct_payments is part of the numerator of self_directed_support:",
        ),
        # the same question under its other names
        (SDS, "2018-19", PART_1, "nobody leaves its numerator"),
        ("ni_130", "2009-10", "direct_payments_1c_part_2", "nobody leaves its numerator"),
        (PART_1, "2013-14", "direct_payments", "nobody leaves its numerator"),
        ("carers_self_directed_support", "2018-19", "carers_direct_payments", "nobody leaves"),
        # others leave it
        (SDS, "2018-19", "carers_direct_payments", None),
        (PART_1, "2013-14", "direct_payment_clients_31_march", None),
        ("direct_payments_1c_part_2", "2013-14", PART_1, None),
    ],
)
def test_who_is_moved_within_one_numerator_leaves_nothing(root, indicator, year, moved_to, told):
    entry = case(
        root, indicator=indicator, year=year, beside=[], reclassifications=[],
        adjustments=[MOVED | {"moved_to": moved_to}],
    )  # fmt: skip
    if told is None:
        assert read(root, entry).adjustments[0].moved_to == moved_to
        return
    with pytest.raises(RegisterError, match=re.escape(told)) as refused:
        read(root, entry)
    assert "write a reclassification" in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"raises": "nothing"}, "reclassifications > k: no indicator 'nothing'"),
        ({"raises": PART_1}, f"{PART_1} is no part of {PART_1}"),
        ({"raises": "carers_direct_payments"}, "is no part of"),
        ({"people": "nobody"}, "nothing is quoted under 'nobody'"),
        ({"people": "reported"}, "reported is per_cent, expected a count"),
    ],
)
def test_a_reclassification_is_of_a_part_and_of_people(root, changes, told):
    entry = KIND | {"raises": "direct_payments_1c_part_2"} | changes
    with pytest.raises(RegisterError, match=re.escape(told)):
        read(root, case(root, reclassifications=[entry]))


def test_a_reclassification_alone_is_shown_with_the_figure_as_it_is(root, monkeypatch):
    made = read(root, case(root, adjustments=[], beside=[]))
    monkeypatch.setattr("bench.pages.restatement.data.resolve", lambda *_: made)
    page = bench.scrutiny("Somerset", PART_1, "2013-14", case="somerset-2013-14")
    assert [one["counted"] for one in page.records()] == [""]
    assert "at most +0.5 points" in words(page, "adjustments")


def test_a_negative_count_and_an_unknown_key_are_both_named(root):
    entry = case(root, colour="red")
    entry["quoted"]["letters"]["value"] = -3000
    with pytest.raises(RegisterError) as told:
        read(root, entry)
    text = str(told.value)
    assert "colour" in text
    assert "quoted > letters > value" in text


def test_all_contradictions_are_named_at_once(root):
    with pytest.raises(RegisterError) as told:
        read(root, case(root, indicator="nothing", council="atlantis", previous="nothing"))
    assert len(told.value.problems) >= 3


def test_more_taken_out_than_there_is_stops_the_page(root, monkeypatch):
    entry = case(root)
    entry["quoted"]["letters"]["value"] = 6000
    made = read(root, entry)
    monkeypatch.setattr("bench.pages.restatement.data.resolve", lambda *_: made)
    with pytest.raises(BenchError, match="more people are taken out of it than there are"):
        bench.scrutiny("Somerset", PART_1, "2013-14", case="somerset-2013-14")


# --- wording and safety ---------------------------------------------------------------------------

NEVER = re.compile(
    r"\b(gam(e|ed|ing)|manipulat\w*|wrong\w*|fraud\w*|mislead\w*|cheat\w*|fiddl\w*|accus\w*)\b",
    re.I,
)


@pytest.mark.parametrize(
    ("council", "indicator", "year"), [("Somerset", PART_1, "2013-14"), *FIGURES]
)
def test_nothing_on_the_page_accuses_anybody(council, indicator, year):
    made = bench.scrutiny(council, indicator, year)
    found = {section: NEVER.findall(words(made, section)) for section in SECTIONS}
    assert {section: hits for section, hits in found.items() if hits} == {}
    assert "worth asking" in words(made, "heading")


def test_the_words_of_a_case_are_escaped(root, monkeypatch):
    entry = case(root, story="<script>alert(1)</script>")
    entry["adjustments"][0]["label"] = "<img src=x onerror=alert(1)>"
    entry["criteria"]["groups"][0]["label"] = "<b>bold</b>"
    made = read(root, entry)
    monkeypatch.setattr("bench.pages.restatement.data.resolve", lambda *_: made)
    page = bench.scrutiny("Somerset", PART_1, "2013-14", case="somerset-2013-14")
    shown = "".join(str(html(page, section)) for section in SECTIONS)
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "<b>bold" not in shown
    assert "&lt;b&gt;bold" in shown
