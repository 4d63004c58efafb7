"""The survey and the allocation rules as readers see them, and as they take them away."""

import csv
import io
import re

import openpyxl
import pytest

import bench
from bench.errors import ParameterError
from bench.pages.audit.sections import Content
from bench.present.provenance import Imprint
from bench.published import sources
from bench.reference.periods import FinancialYear
from present.guidance import read_book
from present.reading import grade
from present.test_page import read
from publish.test_plain_english import sentences

ALL_RULES = "rules.yaml; ras-illustrative.yaml; ras-outcomes-illustrative.yaml"
AS_OF = {"as_of": "2011-10-31", "council": "Barnet", "year": "2024-25"}


@pytest.fixture(scope="module")
def barnet():
    return bench.audit_pack(
        "barnet-2010", survey="survey.yaml", allocation="ras-illustrative.yaml", **AS_OF
    )


@pytest.fixture(scope="module")
def users():
    return bench.audit_pack("user-survey-2020-21", survey="survey.yaml", **AS_OF)


@pytest.fixture(scope="module", params=["directors", "users", "allocation"])
def shown(request, barnet, users):
    return {"directors": barnet.survey, "users": users.survey, "allocation": barnet.allocation}[
        request.param
    ]().html()


def words(html):
    return " ".join(re.sub(r"<script.*?</script>|<[^>]+>", " ", str(html), flags=re.S).split())


@pytest.mark.parametrize(
    "told",
    [
        "58 of the 152 councils asked answered: 38.2%",
        "30.8% to 46.1%",
        "A response rate of 33% is printed. 58 of 152 is 38.2%.",
        "The counts by type come to 68, but 58 councils answered.",
        "Out of 52 councils that answered it",
        "55.8%",
        "The 50% printed for “Fewer than 60%” is 29 out of all 58 that answered the survey.",
        "18 other numbers held against the counts: no difference.",
        "ADASS, Report on Personalisation Survey, September 2011, §2.1",
        "The answers are not weighted.",
        "By type that cannot be told",
        "in 71.3% of all ways",
        "97% is printed. 55 of 57 is 96.5%, of 58 94.8%.",
        "“a third” is printed. 16 of 58 is 27.6%, of 42 38.1%.",
        "22, 16 and 5 come to 43, not to 42; 1 too many: some overlap.",
        "none from 1 and details from 8 of the 12 others: 1 and 8 come to 9, not to 13",
        "London boroughs 33 10 30.3%",
        "printed as Eastern",
        "Tells people of direct payments at reviews — two thirds — §5.1",
    ],
)
def test_the_directors_survey_says(barnet, told):
    assert told in words(barnet.survey().html())


@pytest.mark.parametrize(
    "told",
    [
        "18 of the 151 councils asked answered: 11.9%",
        "in 5.4% of all ways",
        "None answered in these regions: North East, East Midlands and West Midlands.",
        "None answered of these types: inner London boroughs.",
        "multivariate hypergeometric",
        "finite population correction",
        "the answers stand for 103 of 151 councils by region and type",
        "Nobody speaks for the other 48",
        "One council stands for as many as 23.",
    ],
)
def test_the_user_survey_says(users, told):
    assert told in words(users.survey().html())


@pytest.mark.parametrize(
    "told",
    [
        "From 40 people: £9,600 over 2,000 points, less 25% held back.",
        "from £165 a week (Council A) to £180 (Council B): 1.1 times as much.",
        "A plan may cost up to 50% more or less than the rule says.",
        "2 of 5 plans lie further off.",
        "WITHIN the tolerance",
        "ABOVE it: ask why",
    ],
)
def test_the_rules_say(barnet, told):
    assert told in words(barnet.allocation().html())


@pytest.mark.parametrize(
    "told",
    [
        "Less 25%, it is the price of a point.",
        "A package above £200 a week goes to a panel (§3.2)",
        "Four outcomes (health and wellbeing; choice and control;",
        "A plan that is off by more than 50% is talked over with a manager (case study 1)",
        "no amount is told of (case study 2)",
        "people of 18 to 65 with a learning disability; and mental health (§3.2)",
        "West Sussex publishes its price for a point; others are reluctant to (§39 and §40)",
        "Each level gives an indicative amount. There are no points.",
        "Financial management of personal budgets, October 2010, §27 and §29",
        "No document prints the amounts.",
    ],
)
def test_documented_rules_are_not_marked_as_made_up(told):
    pack = bench.audit_pack("barnet-2010", allocation=ALL_RULES, **AS_OF)
    assert list(pack.sections) == ["methods", "allocation", "allocation-2"]
    assert pack.sections["methods"].why == ""
    assert told in words(pack.sections["methods"].shown().html())
    assert not any("illustrative" in file.name for file in files(pack, "methods"))
    html = str(pack.allocation().html())
    assert "(illustrative)" in words(html)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_day_services_are_those_of_figure_5():
    pack = bench.audit_pack("barnet-2010", day_services="2009-10", **AS_OF)
    html = pack.day_services().html()
    told = words(html)
    for text in (
        "In 2009-10, 139 of 152 councils print both counts. The middle one provides 56% in-house.",
        "7 provide all in-house and 9 nothing. 13 more print a symbol in a cell.",
        "In England it is 53% (46,895 of 88,500).",
        "2009-10 139 56% 53% 46,895 of 88,500 people 7 9 0% 0 of 370 people",
    ):
        assert text in told
    assert grade(" ".join(sentences(html))) <= 9
    csv_file, *_ = files(pack, "day-services")
    rows = {
        one["Council"]: one
        for one in csv.DictReader(io.StringIO(csv_file.content.decode("utf-8-sig")))
    }
    assert len(rows) == 152
    assert (rows["Cumbria"]["In-house"], rows["Cumbria"]["Share in-house, %"]) == ("725", "52.5")
    assert rows["Somerset"]["Share in-house, %"] == ""


@pytest.mark.parametrize(
    ("year", "said"),
    [("2014-15", "found 2014-15, expected 2008-09 to 2013-14"), ("soon", "not a financial year")],
)
def test_a_year_without_day_services_is_refused(year, said):
    with pytest.raises(ParameterError, match=said):
        bench.audit_pack("barnet-2010", day_services=year, **AS_OF)


def test_the_same_rules_twice_are_refused():
    twice = "ras-illustrative.yaml; ras-illustrative.yaml"
    with pytest.raises(ParameterError, match="two files are called 'From points to money'"):
        bench.audit_pack("barnet-2010", allocation=twice, **AS_OF)


@pytest.mark.parametrize(
    "told",
    [
        "1 of 3 plans lies further off. 1 costs so much that a panel looks at it",
        "Council D Carers Choice and control £5 £10 £25",
        "WITHIN the tolerance goes to a panel",
        "Health and wellbeing: enhanced; Choice and control: standard",
    ],
)
def test_rules_by_outcomes_and_panels_say(told):
    pack = bench.audit_pack("barnet-2010", allocation="ras-outcomes-illustrative.yaml", **AS_OF)
    html = pack.allocation().html()
    assert told in words(html)
    assert grade(" ".join(sentences(html))) <= 9


def test_sentences_are_plain(shown):
    text = " ".join(sentences(shown))
    assert grade(text) <= 9


def test_nobody_is_accused(shown):
    assert not re.search(r"\b(wrong|error|mistake|fail|blame|mislead)", words(shown), re.I)


def test_tables_have_captions_scopes_and_ids_of_their_own(shown):
    parsed = read(str(shown))
    assert len(parsed.find("table")) == len(parsed.find("caption")) > 0
    assert all("scope" in attributes for attributes, _ in parsed.find("th"))
    ids = [attributes["id"] for _, attributes, _ in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_chart_has_its_words_and_its_table(shown):
    parsed = read(str(shown))
    charts = parsed.find("div", "chart")
    assert charts
    assert all(len(attributes["aria-label"]) > 40 for attributes, _ in charts)
    assert str(shown).count("Table behind this figure") == len(charts)


def files(pack, name):
    return pack.sections[name].downloads("pack", Imprint(about=(("Made by", "bench"),)), "Barnet")


def test_everything_made_up_says_so(barnet):
    section = barnet.sections["allocation"]
    html = section.shown().html()
    assert "From points to money" in html
    for caption in read(str(html)).find("caption"):
        assert "(illustrative)" in caption[1]
    for file in files(barnet, "allocation"):
        assert "illustrative" in file.name
        if file.kind == "CSV":
            header, *lines = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
            assert header[0] == "Standing"
            assert {line[0] for line in lines} == {"illustrative"}
        else:
            book = read_book(file.content)
            assert all("illustrative" in name for name in book.names[3:])
            assert all("illustrative" in str(book[name].rows[0][0]) for name in book.names[3:])
            assert "Illustrative" in [row[0] for row in book["Cover"].rows]


@pytest.mark.parametrize("name", ["survey", "allocation"])
def test_workbooks_hold_no_formula_and_typed_numbers(barnet, users, name):
    for pack in (barnet, users) if name == "survey" else (barnet,):
        book = openpyxl.load_workbook(
            io.BytesIO(next(one.content for one in files(pack, name) if one.kind == "XLSX"))
        )
        cells = [cell for page in book for row in page.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n"}
        assert any(cell.data_type == "n" and cell.value is not None for cell in cells)


def test_the_councils_of_a_survey_are_a_file(users):
    file = next(one for one in files(users, "survey") if "councils" in one.name)
    lines = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert len(lines) == 151
    york = next(one for one in lines if one["Council"] == "York")
    assert (york["ONS code"], york["Region"]) == ("E06000014", "Yorkshire and The Humber")
    assert float(york["Weight"]) == pytest.approx(14, abs=1e-3)


def test_names_that_are_markup_or_formulas_are_only_text(tmp_path, monkeypatch, root):
    evil = "=cmd()<script>alert(1)</script>"
    text = (root / "params/audits/barnet-2010/ras-illustrative.yaml").read_text()
    (tmp_path / "ras-illustrative.yaml").write_text(
        text.replace("Council A", f'"{evil}"').replace("audit: barnet-2010", f"audit: {tmp_path.name}")
    )  # fmt: skip
    monkeypatch.setattr("bench.pages.audit.files.folder_of", lambda _: tmp_path)
    pack = bench.audit_pack("pack", allocation="ras-illustrative.yaml", **AS_OF)
    html = str(pack.allocation().html())
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    for file in files(pack, "allocation"):
        if file.kind == "CSV":
            assert "\n=cmd" not in file.content.decode("utf-8-sig")
            assert ",=cmd" not in file.content.decode("utf-8-sig")


def test_a_pack_with_faults_shows_nothing(tmp_path, monkeypatch):
    (tmp_path / "ras-illustrative.yaml").write_text("audit: x\n")
    (tmp_path / "survey.yaml").write_text("title: [1\n")
    monkeypatch.setattr("bench.pages.audit.files.folder_of", lambda _: tmp_path)
    with pytest.raises(ParameterError) as caught:
        bench.audit_pack("x", survey="survey.yaml", allocation="ras-illustrative.yaml", **AS_OF)
    assert "survey.yaml" in str(caught.value)
    assert "ras-illustrative.yaml line 1: rules: Field required" in str(caught.value)


def test_charts_stay_within_what_a_page_can_draw(barnet, users):
    for pack in (barnet, users):
        for name in ("survey", "allocation"):
            if name in pack.sections:
                content = pack.sections[name].plain
                assert isinstance(content, Content)
                assert sum(hasattr(part, "plotly") for part in content.parts) <= 3


def made(tmp_path, monkeypatch, rows):
    """The section of a small survey without questions."""
    (tmp_path / "survey.yaml").write_text(
        f"audit: {tmp_path.name}\ntitle: T\nabout: A.\ndocument: D\nyear: 2020-21\n"
        "rows: survey.csv\nas_at: 2026-11-24\nreview: {author: me, reviewed: 2026-11-24}\n"
    )
    (tmp_path / "survey.csv").write_text("council,answered\n" + rows)
    monkeypatch.setattr("bench.pages.audit.files.folder_of", lambda _: tmp_path)
    return words(bench.audit_pack("x", survey="survey.yaml", **AS_OF).survey().html())


def test_only_those_asked_are_counted_and_the_table_says_who_was(tmp_path, monkeypatch):
    told = made(tmp_path, monkeypatch, "Barnet,yes\nKent,no\nLeeds,yes\n")
    assert "2 of the 3 councils asked (of 151 that there were) answered: 66.7%" in told
    assert "Region All Asked Answered Share Expected" in told
    assert "London 33 1 1" in told


def test_where_nobody_answered_there_is_nothing_to_compare(tmp_path, monkeypatch):
    told = made(tmp_path, monkeypatch, "Barnet,no\nKent,no\n")
    assert "0 of the 2 councils asked" in told
    assert "No council answered." in told
    assert "blindly" not in told


def test_where_all_answered_there_is_nothing_to_compare(tmp_path, monkeypatch):
    councils = sources.reference().councils.in_year(FinancialYear.parse("2020-21"))
    told = made(tmp_path, monkeypatch, "".join(f'"{one.name}",yes\n' for one in councils))
    assert "151 of the 151 councils asked answered: 100.0%" in told
    assert "Every council answered." in told
