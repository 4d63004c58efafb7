"""Surveys of councils: the worked examples against their documents, and files that do not fit."""

from fractions import Fraction

import pytest

from bench.audit.paper import Illustrative
from bench.audit.survey import CheckOutcome, NumberKind, adds_up
from bench.errors import ParameterError, Problems
from bench.pages import store
from bench.pages.audit import files
from bench.pages.audit.files import survey
from bench.published import sources
from bench.reference.periods import FinancialYear

YEAR = FinancialYear.parse("2020-21")


def read(name):
    problems = Problems(ParameterError, name)
    made = survey(files.folder_of(name), "survey.yaml", problems)
    problems.raise_if_any()
    return made


@pytest.fixture(scope="module")
def directors():
    """The directors' survey of 2011, of which totals are in hand."""
    return read("barnet-2010")


@pytest.fixture(scope="module")
def users():
    """Which councils held the voluntary user survey of 2020-21."""
    return read("user-survey-2020-21")


def test_the_directors_survey_has_the_totals_of_its_report(directors):
    assert (directors.invited, directors.answered, directors.population) == (152, 58, 152)
    take_up = directors.results[0]
    assert (take_up.base, [one.count for one in take_up.answers]) == (52, [29, 23])
    assert directors.weights is None
    assert directors.replies == ()


def test_the_directors_survey_is_like_all_councils_by_region(directors):
    by_region, by_type = directors.groupings
    assert [one.answered for one in by_region.groups] == [4, 7, 5, 3, 8, 6, 10, 8, 7]
    assert [one.everyone for one in by_region.groups] == [12, 23, 15, 9, 14, 11, 33, 19, 16]
    assert by_region.likeness.p_value == pytest.approx(0.713, abs=0.0005)
    # London is one type there; the types come to 68, so that nothing can be told by type
    assert [(one.name, one.everyone, one.answered) for one in by_type.groups] == [
        ("shire counties", 27, 17),
        ("unitary authorities", 56, 34),
        ("metropolitan districts", 36, 7),
        ("London boroughs", 33, 10),
    ]
    assert by_type.likeness is None


@pytest.mark.parametrize(
    ("text", "printed", "bases", "outcome"),
    [
        ("Has a clear approach to 2013", 98, ((57, 58),), CheckOutcome.AGREES),
        ("Looks at outcomes regularly", 95, ((55, 58),), CheckOutcome.AGREES),
        (
            "Is being evaluated or reviewed",
            Fraction(100, 3),
            ((16, 58), (16, 42)),
            CheckOutcome.DIFFERS,
        ),
        ("Promotes taking risks in a good sense", 17, ((10, 58),), CheckOutcome.AGREES),
    ],
)
def test_statements_are_held_against_the_counts(directors, text, printed, bases, outcome):
    (check,) = [one for one in adds_up(directors) if one.name == text]
    assert (check.of, check.printed, check.bases, check.outcome) == (
        NumberKind.STATEMENT, printed, bases, outcome,
    )  # fmt: skip


def test_every_counted_statement_of_the_report_is_there(directors):
    stated = sorted(one.count for one in directors.survey.statements if one.count is not None)
    assert stated == sorted(
        [57, 6, 3, 58, 8, 7, 5, 3, 1, 3, 7, 2, 8, 2, 16, 5, 3, 57, 10, 4, 2, 1, 55, 1]
    )
    assert all(one.where for one in directors.survey.statements)
    assert all(one.where for one in directors.survey.questions.values())
    market = directors.results[-1]
    assert [one.count for one in market.answers] == [0, 4, 46, 7, 1]


def test_parts_that_miss_their_total_are_told(directors):
    parts = [one for one in adds_up(directors) if one.of is NumberKind.PARTS]
    assert [(one.printed, one.counted, one.outcome) for one in parts] == [
        (43, 42, CheckOutcome.DIFFERS), (9, 13, CheckOutcome.DIFFERS),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("of", "answer", "printed", "found", "outcome"),
    [
        (NumberKind.ANSWER_SHARE, "On target", 97, Fraction(5500, 57), CheckOutcome.DIFFERS),
        (NumberKind.RESPONSE_RATE, "", 33, Fraction(5800, 152), CheckOutcome.DIFFERS),
        (NumberKind.TYPES_TOTAL, "", 68, 58, CheckOutcome.DIFFERS),
        (NumberKind.ANSWER_SHARE, "Fewer than 60%", 50, 50, CheckOutcome.OTHER_BASE),
        (NumberKind.ANSWER_SHARE, "60% or more", 40, Fraction(2300, 58), CheckOutcome.OTHER_BASE),
        (NumberKind.ANSWER_SHARE, "Sure", 98, Fraction(5700, 58), CheckOutcome.AGREES),
        (NumberKind.ANSWER_SHARE, "Not sure", 2, Fraction(100, 58), CheckOutcome.AGREES),
        (NumberKind.ANSWERED, "", 52, 58, CheckOutcome.SHORT),
    ],
)
def test_what_its_report_prints_is_held_against_the_counts(
    directors, of, answer, printed, found, outcome
):
    check = next(one for one in adds_up(directors) if (one.of, one.answer) == (of, answer))
    assert (check.printed, check.counted, check.outcome) == (printed, found, outcome)


def test_the_quoted_figures_of_the_directors_survey_are_those_of_the_register(directors):
    from bench.published import quoted

    table = quoted.load()
    told = table[table["document"] == directors.survey.document]
    printed = dict(zip(told["subject"], told["value"], strict=True))
    assert printed["Councils that answered, of 152"] == directors.answered
    assert printed["Councils that answered"] == 33
    assert printed["Councils below 60%"] == directors.results[0].answers[0].count
    assert printed["Councils at 60% or above"] == directors.results[0].answers[1].count


def band(value, *edges):
    """Which answer a published figure belongs to."""
    return edges[0] if value < edges[1] else edges[2] if value <= edges[3] else edges[4]


def test_every_row_of_the_user_survey_is_what_was_published(users):
    figures = store.figures()
    of_year = figures[(figures["period"] == "2020-21") & figures["value"].notna()]
    control, satisfied = (
        dict(of_year[of_year["indicator_id"] == name][["area_id", "value"]].values)
        for name in ("control_over_daily_life", "satisfaction_with_services")
    )
    councils = {one.area_id for one in sources.reference().councils.in_year(YEAR)}
    assert {one.council.area_id for one in users.replies} == councils
    for one in users.replies:
        name = one.council.area_id
        expected = {}
        if name in control:
            expected["control"] = "Fewer than 80%" if control[name] < 80 else "80% or more"
        if name in satisfied:
            expected["satisfied"] = band(
                satisfied[name], "Fewer than 65%", 65, "65% to 70%", 70, "More than 70%"
            )
        assert (one.answered, one.answers) == (bool(expected), expected)


def test_the_user_survey_was_held_by_18_councils_unevenly(users):
    assert (users.invited, users.answered, users.population) == (151, 18, 151)
    by_region, by_type = users.groupings
    assert [one.name for one in by_region.groups if not one.answered] == [
        "North East", "East Midlands", "West Midlands",
    ]  # fmt: skip
    assert sum(one.everyone for one in by_type.groups) == 151
    assert by_region.likeness.p_value < by_type.likeness.p_value
    assert (users.weights.stands_for, users.weights.left_out) == (103, 48)
    assert adds_up(users) == ()


def test_shares_add_up_weighted_and_not(users):
    for result in users.results:
        assert sum(one.count for one in result.answers) == result.base
        assert sum(one.share for one in result.answers) == pytest.approx(1)
        assert sum(one.weighted for one in result.answers) == pytest.approx(1)
        assert 1 <= result.worth <= result.base


# --- files --------------------------------------------------------------------------------------

HEAD = """\
audit: pack
title: T
about: A.
document: D
year: 2020-21
"""
TAIL = "as_at: 2026-11-24\nreview: {author: me, reviewed: 2026-11-24}\n"
ROWS = """\
rows: survey.csv
questions:
  lead:
    text: Is there a lead?
    answers: [In post, Planned, None]
"""


def told(tmp_path, yaml, csv=None, name="survey.yaml"):
    folder = tmp_path / "pack"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(HEAD + yaml + TAIL)
    if csv is not None:
        (folder / "survey.csv").write_bytes(csv if isinstance(csv, bytes) else csv.encode())
    problems = Problems(ParameterError, "pack")
    made = survey(folder, name, problems)
    try:
        problems.raise_if_any()
    except ParameterError as error:
        return str(error)
    return made


def rows(*lines):
    return "council,answered,lead\n" + "".join(f"{line}\n" for line in lines)


GOOD = ("Barnet,yes,In post", "Kent,no,", "Leeds,yes,Planned")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Barnett,yes,In post", "Unknown council 'Barnett'. Try: did you mean Barnet"),
        ("London Borough of Barnet,no,", "Barnet was invited already, in line 2."),
        ("E09000003,no,", "Barnet was invited already, in line 2."),
        ("Cumberland,no,", "Cumberland did not exist in 2020-21."),
        ("Essex,yes,Planed", "the answer 'Planed' is not in the list; did you mean 'Planned'?"),
        ("Essex,yes,Who knows", "its answers are In post, Planned, None."),
        ("Essex,perhaps,", "answered is 'perhaps', expected yes or no."),
        ("Essex,no,Planned", "there are answers, but answered is no."),
    ],
)
def test_a_row_that_does_not_fit_is_named_with_file_and_line(tmp_path, line, said):
    message = told(tmp_path, ROWS, rows(*GOOD, line))
    assert "survey.csv line 5" in message
    assert said in message


@pytest.mark.parametrize(
    ("csv", "said"),
    [
        (rows("Barnet,yes,", "Kent,no,"), "survey.csv: the question 'lead' has no answers."),
        (rows(), "survey.csv: has no row for any council."),
        ("council,answered\nBarnet,yes\n", "the header must be council, answered, lead."),
        (rows("Barnet,yes"), "not 3 cells in line 2."),
        ("council,answered,lead\nBarnet,yes,caf\xe9\n".encode("latin-1"), "is not UTF-8"),
    ],
)
def test_a_file_of_rows_that_does_not_fit(tmp_path, csv, said):
    assert said in told(tmp_path, ROWS, csv)


def test_a_file_saved_by_a_spreadsheet_program_is_read(tmp_path):
    made = told(tmp_path, ROWS, rows(*GOOD).replace("\n", "\r\n").encode("utf-8-sig"))
    assert (made.invited, made.answered) == (3, 2)


COUNTS = "counts: {{invited: {invited}, answered: {answered}}}\n"
QUESTION = """\
questions:
  lead: {{text: Is there a lead?, answers: [{answers}], counts: {{{counts}}}}}
"""
EVEN = QUESTION.format(answers='"Yes", "No"', counts='"Yes": 3, "No": 2')


@pytest.mark.parametrize(
    ("yaml", "line", "said"),
    [
        ("", 1, "found neither of rows and counts"),
        (ROWS + COUNTS.format(invited=9, answered=1), 1, "found both of rows and counts"),
        (COUNTS.format(invited=152, answered=5) + EVEN, 6, "but there were 151 that year"),
        (COUNTS.format(invited=4, answered=5), 6, "5 answered, but 4 were invited"),
        (COUNTS.format(invited=0, answered=0), 6, "greater than 0"),
        (COUNTS.format(invited=9, answered=4) + EVEN, 8, "5 answers, but 4 councils answered"),
        (
            COUNTS.format(invited=9, answered=4) + QUESTION.format(answers='"Yes", "No"',
            counts='"Yes": 0'), 8, "the question 'lead' has no answers",
        ),
        (
            COUNTS.format(invited=9, answered=4) + QUESTION.format(answers='"Yes", "No"',
            counts='"Yess": 1'), 8, "the answer 'Yess' is not in the list; did you mean 'Yes'?",
        ),
        (
            COUNTS.format(invited=9, answered=4) + QUESTION.format(answers='"Yes", "Yes"',
            counts='"Yes": 1'), 8, "the answer 'Yes' stands there twice",
        ),
        (
            COUNTS.format(invited=9, answered=5) + EVEN + "printed:\n"
            "- {of: answer_share, question: leed, answer: Y, value: 3}\n", 10,
            "no question 'leed'; there are lead",
        ),
        (
            COUNTS.format(invited=9, answered=5) + "printed:\n"
            "- {of: answered, question: lead, value: 3}\n", 8,
            "answered takes neither a question nor an answer",
        ),
        (ROWS + "colour: red\n", 11, "Extra inputs are not permitted"),
        (
            ROWS + "  again: {text: Is There a lead?, answers: [In post, Planned]}\n", 11,
            "the question 'Is There a lead?' is asked twice",
        ),
        (ROWS.replace("lead:", "answered:"), 8, "'answered' is the name of another column"),
    ],
)  # fmt: skip
def test_a_description_that_does_not_fit_is_named_with_file_and_line(tmp_path, yaml, line, said):
    message = told(tmp_path, yaml, rows(*GOOD))
    assert f"survey.yaml line {line}:" in message
    assert said in message


def test_all_faults_of_both_files_are_told_at_once(tmp_path):
    yaml = ROWS + "printed:\n- {of: answered, answer: x, value: 3}\n"
    message = told(tmp_path, yaml, rows("Barnet,yes,Planed", "Kentt,no,", "Barnet,no,"))
    for said in ("survey.yaml line 12", "csv line 2", "csv line 3", "csv line 4"):
        assert said in message


def test_another_audits_survey_and_a_year_that_is_none(tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "survey.yaml").write_text(HEAD.replace("2020-21", "2020-22") + ROWS + TAIL)
    problems = Problems(ParameterError, "other")
    assert survey(folder, "survey.yaml", problems) is None
    with pytest.raises(ParameterError) as caught:
        problems.raise_if_any()
    assert "line 1: this is the audit 'pack', not 'other'" in str(caught.value)
    assert "line 5:" in str(caught.value)


def test_what_is_made_up_is_wrapped_and_called_so(tmp_path):
    yaml = "illustrative: All of it.\n" + COUNTS.format(invited=9, answered=5) + EVEN
    assert "says that it is illustrative, its name does not" in told(tmp_path, yaml)
    assert isinstance(told(tmp_path, yaml, name="survey-illustrative.yaml"), Illustrative)


# --- totals by group ----------------------------------------------------------------------------

BY_TYPE = """\
counts:
  invited: 151
  answered: {answered}
  by_type: {{shire: 5, unitary: 9, metropolitan: 4, inner_london: {inner}, outer_london: 2}}
"""


def test_counts_by_group_are_tested_as_rows_are(tmp_path):
    made = told(tmp_path, BY_TYPE.format(answered=21, inner=1))
    (by_type,) = made.groupings
    assert [one.invited for one in by_type.groups] == [None] * 5
    assert 0 < by_type.likeness.p_value < 1
    assert [one.outcome for one in adds_up(made)] == [CheckOutcome.AGREES]


@pytest.mark.parametrize(
    ("answered", "inner", "found"),
    [
        (20, 1, [("", 21, 20)]),
        (34, 14, [("inner London boroughs", 14, 13)]),
        (20, 14, [("", 34, 20), ("inner London boroughs", 14, 13)]),
    ],
)
def test_counts_by_group_that_do_not_add_up_are_reported_not_tested(
    tmp_path, answered, inner, found
):
    made = told(tmp_path, BY_TYPE.format(answered=answered, inner=inner))
    assert made.groupings[0].likeness is None
    differing = [one for one in adds_up(made) if one.outcome is CheckOutcome.DIFFERS]
    assert [(one.name, one.printed, one.counted) for one in differing] == found


@pytest.mark.parametrize(
    ("of", "value", "outcome"),
    [
        ("response_rate", "55.6", CheckOutcome.AGREES),
        ("response_rate", "56", CheckOutcome.AGREES),
        ("response_rate", "55", CheckOutcome.DIFFERS),
        ("invited", "9", CheckOutcome.AGREES),
        ("invited", "8", CheckOutcome.DIFFERS),
        ("answered", "5", CheckOutcome.AGREES),
        ("regions_total", "6", CheckOutcome.DIFFERS),
    ],
)
def test_a_printed_number_agrees_if_the_count_rounds_to_it(tmp_path, of, value, outcome):
    made = told(
        tmp_path,
        COUNTS.format(invited=9, answered=5) + f"printed: [{{of: {of}, value: {value}}}]\n",
    )
    assert adds_up(made)[0].outcome is outcome


LONDON = """\
counts:
  invited: 151
  answered: 21
  by_type: {{shire: 5, unitary: 9, metropolitan: 4, {london}}}
  printed_as: {{{names}}}
"""


@pytest.mark.parametrize(
    ("london", "names", "said"),
    [
        ("london: 3", "", None),
        ("london: 3", "london: boroughs of London", None),
        ("inner_london: 1, outer_london: 2", "", None),
        ("london: 1, outer_london: 2", "", "outer_london is counted in london already"),
        ("london: 3", "outer_london: x", "no region or type 'outer_london'; there are london"),
        ("lodon: 3", "", "found 'lodon'"),
    ],
)
def test_london_may_be_one_type(tmp_path, london, names, said):
    found = told(tmp_path, LONDON.format(london=london, names=names))
    if said is not None:
        assert said in found
        return
    (by_type,) = found.groupings
    assert sum(one.everyone for one in by_type.groups) == 151
    assert 0 < by_type.likeness.p_value < 1


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("{where: §1, text: T}", "neither a count nor words"),
        ("{text: T, count: 1}", "where: Field required"),
        ("{where: §1, text: T, count: 6}", "6 councils, but out of 5"),
        ("{where: §1, text: T, count: 4, bases: [9, 3]}", "4 councils, but out of 3"),
        (
            "{where: §1, text: T, words: some, printed: 4}",
            "a share is printed, but there is no count",
        ),
        ("{where: §1, text: T, count: 4, fraction: 1/3}", "no words that name it"),
        ("{where: §1, text: T, count: 4, words: a third, fraction: third}", "should match"),
        ("{where: §1, text: T, count: 4, printed: 101}", "less than or equal to 100"),
    ],
)
def test_a_statement_that_cannot_be_is_told(tmp_path, statement, said):
    yaml = COUNTS.format(invited=9, answered=5) + f"statements: [{statement}]\n"
    assert said in told(tmp_path, yaml)


@pytest.mark.parametrize(
    ("statement", "outcomes"),
    [
        ("count: 4, printed: 80", [CheckOutcome.AGREES]),
        ("count: 4, printed: 79", [CheckOutcome.DIFFERS]),
        ("count: 4, printed: 44.4, bases: [5, 9]", [CheckOutcome.AGREES]),
        (
            "count: 2, words: a third, fraction: 1/3",
            [CheckOutcome.AGREES],
        ),  # one council off at most
        ("count: 4, words: a third, fraction: 1/3", [CheckOutcome.DIFFERS]),
        ("count: 4, printed: 80, words: two thirds, fraction: 2/3", [CheckOutcome.AGREES] * 2),
        ("count: 4", []),
        ("words: a handful", []),
    ],
)
def test_a_statement_agrees_if_it_fits_one_of_its_bases(tmp_path, statement, outcomes):
    yaml = (
        COUNTS.format(invited=9, answered=5)
        + f"statements: [{{where: §1, text: T, {statement}}}]\n"
    )
    assert [one.outcome for one in adds_up(told(tmp_path, yaml))] == outcomes


@pytest.mark.parametrize(
    ("of", "value", "outcome"),
    [
        ("answer_count", "3", CheckOutcome.AGREES),
        ("answer_count", "4", CheckOutcome.DIFFERS),
        ("answer_share", "60", CheckOutcome.AGREES),
        ("answer_share", "50", CheckOutcome.OTHER_BASE),
        ("answer_share", "51", CheckOutcome.DIFFERS),
    ],
)
def test_a_printed_answer_is_held_against_its_base(tmp_path, of, value, outcome):
    made = told(
        tmp_path,
        COUNTS.format(invited=9, answered=6) + EVEN
        + f'printed: [{{of: {of}, question: lead, answer: "Yes", value: {value}}}]\n',
    )  # fmt: skip
    assert adds_up(made)[0].outcome is outcome
