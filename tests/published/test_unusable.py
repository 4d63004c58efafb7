"""The fifth status: the publisher's notes say that there is no usable data, whatever is printed."""

import pytest
from typer.testing import CliRunner

import bench
from bench import catalog, cli
from bench.errors import BuildError
from bench.judge.figure import MISSING, NO_ROW, no_figure
from bench.pages.choices import rules_for
from bench.present.glossary import MISSING_TEXTS, glossary
from bench.present.sentences import STATUS_WORDS
from bench.published import corrections, observations, sources
from bench.published.readers.cells import Status
from bench.published.schema import schema

REABLEMENT = ["home_after_reablement", "reablement_after_hospital"]
SHORT_TERM, SAFEGUARDING = "short_term_service_outcome", "safeguarding_risk_reduced"
# Note 14 of the workbook, as it is written there; notes 13 and 16 are shorter.
NOTE_14 = [
    "Calderdale",
    "Oldham",
    "Rochdale",
    "Herefordshire",
    "Rutland",
    "Hertfordshire",
    "Oxfordshire",
    "Luton",
    "Windsor and Maidenhead",
    "Hounslow",
    "Bournemouth Christchurch and Poole",
    "Portsmouth",
    "Kent",
]
NOTE_13 = ["Bournemouth Christchurch and Poole", "Portsmouth", "Windsor and Maidenhead"]


def cell(indicator, council, period):
    figures = observations.load(breakdown="all")
    area = sources.reference().councils.find(council).area_id
    row = figures[
        (figures["indicator_id"] == indicator)
        & (figures["area_id"] == area)
        & (figures["period"] == period)
    ].iloc[0]
    return row["status"], row["marker"]


def test_who_has_no_usable_data_is_who_the_notes_name():
    figures = observations.load()
    unusable = figures[figures["status"] == "unusable"]
    found = set(unusable[["indicator_id", "area_id", "period"]].itertuples(index=False, name=None))
    councils = sources.reference().councils
    named = {(i, councils.find(n).area_id, "2024-25") for n in NOTE_14 for i in REABLEMENT}
    named |= {(SHORT_TERM, councils.find(name).area_id, "2024-25") for name in NOTE_13}
    named |= {(SAFEGUARDING, area, "2023-24") for area in ("kirklees", "southwark")}
    named |= {(SAFEGUARDING, area, "2024-25") for area in ("luton", "south_tyneside", "wirral")}
    assert found == named


def test_each_has_a_note_and_each_such_note_its_figure():
    registers = sources.reference()
    figures = observations.load(breakdown="all")
    unusable = figures[figures["status"] == "unusable"]
    found = set(unusable[["indicator_id", "area_id", "period"]].itertuples(index=False, name=None))
    codes = {"missing_submission", "withheld_above_100"}
    of_clients = {*REABLEMENT, SHORT_TERM, SAFEGUARDING}
    noted = {
        (row.indicator_id, row.area_id, row.period)
        for row in figures.itertuples()
        if row.indicator_id in of_clients and row.area_id in registers.councils
        for note in registers.comparability.notes(row.indicator_id, row.area_id, _year(row.period))
        if note.code in codes
    }
    assert found == noted


@pytest.mark.parametrize(
    ("indicator", "council", "period", "expected"),
    [
        ("home_after_reablement", "Kent", "2024-25", ("unusable", "[c]")),
        ("reablement_after_hospital", "Kent", "2024-25", ("unusable", "[c]")),
        (SHORT_TERM, "Kent", "2024-25", ("observed", "79.3")),
        (SHORT_TERM, "Portsmouth", "2024-25", ("unusable", "[c]")),
        # Printed the same, and no note names them: hidden, not unusable.
        (SHORT_TERM, "Gloucestershire", "2024-25", ("suppressed", "[c]")),
        (SHORT_TERM, "Central Bedfordshire", "2024-25", ("suppressed", "[c]")),
        ("home_after_reablement", "Cumberland", "2024-25", ("suppressed", "[c]")),
        (SAFEGUARDING, "Luton", "2024-25", ("unusable", "[z]")),
        (SAFEGUARDING, "Isles of Scilly", "2023-24", ("suppressed", "[c]")),
        (SAFEGUARDING, "Cumbria", "2023-24", ("not_applicable", "[z]")),
        ("feeling_safe", "Derby", "2024-25", ("not_available", "[x]")),
    ],
)
def test_five_kinds_of_cell_stay_five(indicator, council, period, expected):
    assert cell(indicator, council, period) == expected


def test_withheld_counts_stay_as_printed():
    figures = observations.load(breakdown="all")
    luton = figures[
        (figures["indicator_id"] == SAFEGUARDING)
        & (figures["area_id"] == "luton")
        & (figures["period"] == "2024-25")
    ].iloc[0]
    assert (luton["numerator"], luton["denominator"]) == (415.0, 135.0)


# --- everywhere that statuses are listed -------------------------------------------------------


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.OBSERVED])
def test_every_status_has_its_words_everywhere(status):
    assert status.value in MISSING
    assert status.value in STATUS_WORDS
    assert MISSING_TEXTS[status.value] in {term.meaning for term in glossary(rules_for())}
    assert status in catalog.STATUSES
    assert f"`{status.value}`" in catalog.text()
    assert status.value in bench.observations.__doc__.replace("\n", " ")
    allowed = schema().columns["status"].checks[0].statistics["allowed_values"]
    assert status.value in allowed


def test_the_words_say_that_nothing_is_hidden():
    assert STATUS_WORDS["unusable"] == MISSING["unusable"] == "no usable data"
    assert "hides no figure" in MISSING_TEXTS["unusable"]
    kent = NO_ROW.__class__(None, None, None, None, None, "unusable", "[c]")
    assert no_figure(kent) == "the publisher has no usable data of the council"
    assert no_figure(NO_ROW) == "the council's figure is not available"


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_a_table_says_no_usable_data(form):
    words = ["table", "Kent", "--year", "2024-25", "--format", form]
    shown = CliRunner().invoke(cli.app, words).stdout
    assert "the publisher has no usable data of the council" in shown
    assert "the council's figure is suppressed" not in shown
    assert ("unusable" if form == "json" else "no usable data") in " ".join(shown.split())


def test_a_page_and_its_files_say_no_usable_data():
    briefing = bench.briefing("Kent", "2024-25")
    page = str(briefing.table())
    assert page.count('<strong class="missing">no usable data</strong>') == 2
    assert '<strong class="missing">suppressed' not in page
    content = briefing.files["indicators"].content.decode("utf-8-sig")
    lines = [line for line in content.splitlines() if ",2D(" in line or line.startswith("2D(")]
    assert len(lines) == 2
    assert all("no usable data" in line for line in lines)


def test_a_peer_without_usable_data_is_named_so():
    rows = bench.briefing("Essex", "2024-25", peers="Kent;Norfolk").records()
    row = next(one for one in rows if one["indicator"] == "home_after_reablement")
    assert row["peers_missing"] == ["Kent (no usable data)"]


# --- the correction that says so ---------------------------------------------------------------


DECLARED = corrections.Correction.model_validate(
    {
        "id": "no_data",
        "release": "r",
        "reason": "a note says so",
        "reported": "no error",
        "select": {"areas": ["kent"], "periods": ["2024-25"], "indicators": ["feeling_safe"]},
        "expect": {"rows": 1, "marker": "[c]"},
        "status": "unusable",
    }
)


def rows(**changes):
    import pandas as pd

    none = float("nan")
    row = {
        "indicator_id": "feeling_safe",
        "breakdown": "all",
        "area_id": "kent",
        "period": "2024-25",
        "value": none,
        "numerator": none,
        "denominator": none,
        "respondents": none,
        "margin": none,
        "status": "suppressed",
        "marker": "[c]",
    }
    return pd.DataFrame([row | changes])


def test_a_cell_is_unusable_where_it_is_declared_so():
    assert corrections.apply(rows(), (DECLARED,), "r")["status"].tolist() == ["unusable"]
    assert corrections.apply(rows(), (DECLARED,), "other")["status"].tolist() == ["suppressed"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"marker": "[x]"}, r"found marker \['\[x\]'\], expected '\[c\]'"),
        ({"marker": "79.3", "value": 79.3, "status": "observed"}, "found marker"),
        ({"area_id": "essex"}, "found 0 figures, expected 1"),
    ],
)
def test_once_the_publisher_prints_otherwise_the_build_stops(changes, told):
    with pytest.raises(BuildError, match=told):
        corrections.apply(rows(**changes), (DECLARED,), "r")


def test_counts_beside_a_value_that_is_missing_already_stay():
    kept = corrections.apply(rows(numerator=415.0, denominator=135.0), (DECLARED,), "r").iloc[0]
    assert (kept["status"], kept["numerator"], kept["denominator"]) == ("unusable", 415.0, 135.0)


def _year(text):
    from bench.reference.periods import FinancialYear

    return FinancialYear.parse(text)
