"""What the pages take from documents: each figure in its document, nothing invented but marked so."""

import re

import pytest
import yaml

import bench
from bench.errors import UnknownNameError
from bench.integrity.restatement.case import CaseFile, resolve
from bench.project.files import parse_model
from bench.published import quoted, sources

# The five source documents, and one that is quoted at second hand.
GRANT_THORNTON = "Grant Thornton for the London Borough of Barnet, November 2010"
AUDIT_COMMISSION = "Audit Commission, Financial management of personal budgets, October 2010"
ADASS = "ADASS, Report on Personalisation Survey, September 2011"
SWAP = "South West Audit Partnership, review of ASCOF 1C in Somerset, 2014"
ARTICLE = "Community Care, 18 August 2016"
SECOND_HAND = "Community Care, 28 March 2012, on NHS Information Centre figures"
DOCUMENTS = {GRANT_THORNTON, AUDIT_COMMISSION, ADASS, SWAP, ARTICLE, SECOND_HAND}
# Where something is made up, since no document has it.
MADE_UP = {
    "barnet-2010/ras-illustrative.yaml",  # amounts of money: no document prints any
    "barnet-2010/ras-outcomes-illustrative.yaml",
    "example/actions-illustrative-2011-03.yaml",  # a plan that is followed up: there is no follow-up
    "example/actions-illustrative.yaml",
    "example/checklist-illustrative-2010-12.yaml",  # answers: the form is blank
    "example/checklist-illustrative-another.yaml",
    "example/checklist-illustrative.yaml",
}
# The places of each document: numbered ones, and headings where nothing is numbered.
NUMBERED = r"§{}|Figure [1-5]|Table [12]|case study [1-7]|Appendix [ABC12]"
PLACES = {
    GRANT_THORNTON: re.compile(
        NUMBERED.format(r"(?:1\.[1-6]|2\.[1-4]|3\.[1-3]|4\.[1-3]|5\.[1-3]|6\.[12])")
    ),
    AUDIT_COMMISSION: re.compile(NUMBERED.format(r"(?:[1-9]|[1-9]\d|10\d)")),
    ADASS: re.compile(
        r"§(?:1\.[1-6]|2\.[1-3]|3\.[12]|4\.[1-5]|5\.[12]|6\.[12]|7\.[12]|8\.[12]|9\.[12]|10\.[12]|11\.[12]|12\.[1-7])(?: \(stated or implied\))?"
    ),
    SWAP: re.compile(
        "summary|The Numerator|The Denominator|November 2012|Professional Opinion|Risk 2: data audit|from the Cabinet report of 2 May 2014|Appendix [AB]"
    ),
    ARTICLE: re.compile(
        "opening|Audit findings|Dispute over target|box on the letter|statement of a council spokesperson"
    ),
    SECOND_HAND: re.compile("article"),
}
AS_OF = {"as_of": "2010-12-07", "council": "Barnet", "year": "2024-25"}
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
YEAR = re.compile(r"(?:19|20)\d\d(?:-\d\d)?")


@pytest.fixture(scope="module")
def table():
    return quoted.load()


@pytest.fixture(scope="module")
def papers(root):
    folder = root / "params" / "audits"
    return {
        path.relative_to(folder).as_posix(): yaml.safe_load(path.read_text())
        for path in sorted(folder.glob("*/*.yaml"))
    }


@pytest.fixture(scope="module")
def cases(root):
    folder = root / "params" / "integrity"
    read = {
        path.stem: resolve(
            parse_model(yaml.safe_load(path.read_text()), CaseFile, path),
            sources.reference(root),
            path,
        )
        for path in sorted(folder.glob("*.yaml"))
    }
    return {name: case for name, case in read.items() if not case.example}


def test_quoted_figures_come_from_known_documents_with_their_section(table):
    assert set(table["document"]) == DOCUMENTS
    assert (table["where"] != "").all()


def wheres(node):
    """Every `where` and `section` of a paper."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"where", "section"} and isinstance(value, str):
                yield value
            else:
                yield from wheres(value)
    elif isinstance(node, list):
        for value in node:
            yield from wheres(value)


def test_every_place_that_is_cited_is_one_of_its_document(table, cases, papers):
    cited = set(table[["document", "where"]].itertuples(index=False, name=None))
    cited |= {
        place
        for case in cases.values()
        for saying in case.sayings.values()
        for place in saying.places
    }
    for name, file in papers.items():
        if name in MADE_UP or file.get("document") not in DOCUMENTS:
            continue
        methods = file.get("methods", [])
        cited |= {(one["document"], where) for one in methods for where in wheres(one)}
        rest = {key: value for key, value in file.items() if key != "methods"}
        cited |= {(file["document"], where) for where in wheres(rest)}
    assert len(cited) > 50
    unknown = [
        (document, part)
        for document, where in sorted(cited)
        for part in re.split(r" and (?=§|Figure|case|Nov|Audit f|Dispute|Audit)|, ", where)
        if not PLACES[document].fullmatch(part)
    ]
    assert unknown == []


@pytest.mark.parametrize("name", ["somerset-2014", "barnet-2010"])
def test_evidence_of_a_checklist_cites_sections_of_its_document(papers, name):
    file = papers[f"{name}/checklist.yaml"]
    for group in file["groups"]:
        for question in group["questions"]:
            for place in re.findall(r"\(([^)]*)\)", question["evidence"]):
                for part in place.split("; "):
                    known = PLACES[file["document"]]
                    assert known.fullmatch(part.replace("Risk 2", "Risk 2: data audit")), place


def test_a_month_without_a_day_is_told_where_days_are_counted():
    plan = bench.audit_pack("barnet-2010", actions="actions.yaml", **AS_OF)
    assert "days are counted to the month&#39;s last. That is our reading." in str(plan.actions())
    made_up = bench.audit_pack("example", actions="actions-illustrative.yaml", **AS_OF)
    assert "That is our reading." not in str(made_up.actions())


def test_a_blank_form_claims_no_answers_and_no_day():
    form = bench.audit_pack("audit-commission-2010", checklist="checklist.yaml", **AS_OF)
    told = str(form.checklist())
    assert "A blank form: nobody has answered it." in told
    assert "Answers of" not in told
    assert "as of" not in told


def test_every_figure_of_a_case_is_a_quoted_one(table, cases):
    known = {
        (f"{value:g}", document, where)
        for value, document, where in table[["value", "document", "where"]].itertuples(index=False)
    }
    assert set(cases) >= {"somerset-2013-14", "barnet-2009-10"}
    missing = [
        (name, key, place)
        for name, case in cases.items()
        for key, saying in case.sayings.items()
        for place in saying.places
        if (f"{float(saying.quoted.value):g}", *place) not in known
    ]
    assert missing == []


def test_every_number_in_the_words_of_a_case_is_one_that_it_quotes(cases):
    for name, case in cases.items():
        values = {f"{float(saying.quoted.value):g}" for saying in case.sayings.values()}
        text = YEAR.sub("", case.story)
        numbers = [one.rstrip("%").replace(",", "").strip(".") for one in NUMBER.findall(text)]
        assert numbers, name
        assert set(numbers) <= values, name


@pytest.mark.parametrize(("council", "beside"), [("Somerset", "Barnet"), ("Barnet", "Manchester")])
def test_every_quote_of_a_story_is_a_row_with_its_section(table, council, beside):
    rows = set(table[["period", "value", "document", "where"]].itertuples(index=False, name=None))
    quotes = bench.story(council, beside).material.quotes
    assert quotes
    for quote in quotes:
        assert (quote.period, quote.value, quote.document, quote.where) in rows
        assert quote.cited in str(bench.story(council, beside).documents()).replace("&#39;", "'")


def test_papers_go_back_to_known_documents(papers):
    documents = {
        name: file["document"]
        for name, file in papers.items()
        if file.get("document") and name not in MADE_UP and not name.startswith("user-survey")
    }
    assert set(documents.values()) <= DOCUMENTS
    assert set(documents.values()) >= DOCUMENTS - {ARTICLE, SECOND_HAND}
    methods = [one for file in papers.values() for one in file.get("methods", ())]
    assert {one["document"] for one in methods} == {GRANT_THORNTON, AUDIT_COMMISSION}


def test_what_is_made_up_is_listed_here(papers):
    marked = {name for name, file in papers.items() if file.get("illustrative")}
    assert marked == MADE_UP
    assert {name for name in papers if "illustrative" in name} == MADE_UP


def test_nothing_made_up_stands_under_a_council_that_there_is(papers):
    councils = sources.reference().councils
    for name in MADE_UP:
        file = papers[name]
        whose = [
            file.get("council"),
            file.get("subject"),
            *(r["council"] for r in file.get("rules", ())),
        ]
        for one in filter(None, whose):
            with pytest.raises(UnknownNameError):
                councils.find(one)


def test_every_paper_of_a_document_names_sections(papers):
    survey = papers["barnet-2010/survey.yaml"]
    assert all(one["where"] for one in (*survey["statements"], *survey["totals"]))
    assert all(one["where"] for one in survey["questions"].values())
    plan = papers["barnet-2010/actions.yaml"]
    assert all(one["section"] for one in plan["actions"])
    assert all(
        fact["where"]
        for one in papers["barnet-2010/rules.yaml"]["methods"]
        for fact in one["facts"]
    )


def test_the_milestones_of_barnet_are_owned_by_roles(papers):
    owners = {
        step["owner"]
        for action in papers["barnet-2010/actions.yaml"]["actions"]
        for step in action["milestones"]
    }
    roles = {one for one in owners if not re.fullmatch(r"Officer [A-G] \(role not given\)", one)}
    assert len(owners - roles) == 7
    assert roles == {
        "Acting director of adult social services",
        "Assistant director, performance and supply management",
        "Head of strategic commissioning",
        "Learning and development manager",
        "Programme manager",
        "Social care development manager",
    }


def test_survey_figures_that_are_quoted_are_the_survey_s_own(table, papers):
    survey = papers["barnet-2010/survey.yaml"]
    rows = table[(table["document"] == ADASS) & (table["kind"] == "survey")]
    told = dict(zip(rows["subject"], rows["value"], strict=True))
    take_up = survey["questions"]["take_up"]["counts"]
    assert told["Councils below 60%"] == take_up["Fewer than 60%"]
    assert told["Councils at 60% or above"] == take_up["60% or more"]
    unknown = next(one for one in survey["statements"] if one["text"] == "Take-up is not known")
    assert told["Councils whose take-up is not known"] == unknown["count"]
