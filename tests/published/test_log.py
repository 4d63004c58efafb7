"""The publisher's comparability log against what is held of it."""

import io
import shutil
from dataclasses import replace

import openpyxl
import pytest
from typer.testing import CliRunner

from bench import reference as registers
from bench.cli import app
from bench.errors import LayoutError, RegisterError
from bench.project.transaction import accept
from bench.published import comparability_log, sources
from bench.published import comparability_log as log_entries
from bench.reference import comparability

HEADER = [
    "2024 to 2025 metric code",
    "2022 to 2023 metric code",
    "Year of change",
    "Description of impact",
]
CHANGE = ["3D(1a)", "1C(1A)", "2025 to 2026", "Counted in yet another way."]
RENAMED = ["3A", "1B", "2023 to 2024", "Renamed."]
NOTE = ["[Note 19]", "The metrics 3a and 3d(1a) are provisional.", ""]


def workbook(logged, notes=(NOTE,), *, header=HEADER):
    book = openpyxl.Workbook()
    first = book.active
    first.title = comparability_log.LOG
    for row in [["A title"], [], header, *logged]:
        first.append(row)
    second = book.create_sheet(comparability_log.NOTES)
    for row in [["Note number", "Note text", "Note Link"], *notes]:
        second.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def printed(*logged, **changes):
    return comparability_log.printed(
        workbook(logged, **changes), sources.manifest()["ascof_2024_25"], sources.reference()
    )


def compared(found, entries=None, held=None):
    entries = (
        log_entries.read(sources.project_root() / "data" / "reference")
        if entries is None
        else entries
    )
    held = held or sources.reference().comparability
    return comparability_log.compare(found, entries, held, sources.manifest()["ascof_2024_25"])


def test_entries_name_their_indicator_and_year():
    found = printed(
        CHANGE, ["[z]", "4B", "2023 to 2024", "Removed."], ["4B", "[z]", "2025 to 2026", "New."]
    )
    assert [(p.sheet, p.entry, p.year, p.about) for p in found] == [
        (comparability_log.LOG, "3D(1a) / 1C(1A)", "2025-26", ("self_directed_support",)),
        (comparability_log.LOG, "[z] / 4B", "2023-24", ("services_made_safe",)),
        (comparability_log.LOG, "4B / [z]", "2025-26", ("safeguarding_risk_reduced",)),
        (
            comparability_log.NOTES,
            "note 19",
            "",
            ("control_over_daily_life", "self_directed_support"),
        ),
    ]


@pytest.mark.parametrize(
    ("why", "row", "message"),
    [
        (
            "a code that is none",
            ["9Z", "9Z", "2024 to 2025", "x"],
            "Comparability_over_time_log!A4: Unknown indicator '9Z'",
        ),
        (
            "a year that is none",
            ["3A", "1B", "lately", "x"],
            "Comparability_over_time_log!A4: 'lately' is not a financial year",
        ),
    ],
)
def test_an_entry_that_is_not_understood_is_named(why, row, message):
    with pytest.raises(LayoutError) as refused:
        printed(row)
    assert message in str(refused.value), why


def test_a_sheet_of_another_form_is_refused():
    with pytest.raises(LayoutError, match="found no header row") as refused:
        printed(header=["code", "year", "text", ""], notes=())
    assert "found no row like '[note 1]'" in str(refused.value)


def test_new_reworded_gone_and_without_row_are_told_apart():
    before = [one.brought_in() for one in printed(RENAMED)]
    assert (
        compared(printed(RENAMED), before[:1]).new[0].entry,
        compared(printed(RENAMED), before).new,
    ) == ("note 19", ())
    reworded = compared(printed([*RENAMED[:3], "Renamed again."]), before)
    assert [(p.entry, p.text) for p in reworded.changed] == [("3A / 1B", "Renamed again.")]
    assert (reworded.new, reworded.gone) == ((), ())
    spaced = compared(printed([*RENAMED[:3], "  Renamed. \n"]), before)
    assert (spaced.new, spaced.changed, spaced.gone) == ((), (), ())
    gone = compared(printed(CHANGE, notes=(NOTE,)), before)
    assert ([p.entry for p in gone.new], [e.entry for e in gone.gone]) == (
        ["3D(1a) / 1C(1A)"],
        ["3A / 1B"],
    )
    assert [e.entry for e in gone.without_row] == ["note 19"]
    lost = replace(before[0], period="2019-20")
    assert "nothing is held for control_over_daily_life 2019-20" in "\n".join(
        comparability_log.lines(compared(printed(RENAMED), [lost]))
    )
    excused = replace(before[1], remark="said elsewhere")
    assert compared(printed(RENAMED), [before[0], excused]).without_row == ()


@pytest.fixture
def project(root, tmp_path):
    shutil.copytree(root / "data" / "reference", tmp_path / "data" / "reference")
    (tmp_path / "params").mkdir()
    shutil.copy(root / "params" / "rag.yaml", tmp_path / "params")
    shutil.copy(root / "data" / "sources.yaml", tmp_path / "data")
    accept(tmp_path / "data")
    return tmp_path


def test_what_is_written_waits_for_a_person(project):
    reference = project / "data" / "reference"
    before = (reference / "breaks.csv").read_text()
    report = compared(printed(CHANGE), ())
    told = comparability_log.write(report, root=project)
    assert told == [
        "breaks.csv: self_directed_support, 2025-26",
        "usage_notes.csv: control_over_daily_life, 2024-25",
        "usage_notes.csv: self_directed_support, 2024-25",
    ]
    added = set((reference / "breaks.csv").read_text().splitlines()) - set(before.splitlines())
    assert added == {
        'self_directed_support,,2025-26,,,"ASCOF 2024-25 time series, comparability log",'
    }
    with pytest.raises(RegisterError) as refused:
        registers.load(reference)
    line = next(
        n
        for n, text in enumerate((reference / "breaks.csv").read_text().splitlines(), 1)
        if text in added
    )
    assert (
        f"breaks.csv line {line}: self_directed_support 2025-26 has no kind yet; read the publisher's entry, "
        "set kind to one of cut, isolated, note, rename, ended"
    ) in str(refused.value)
    assert "has no effect yet" in str(refused.value)
    held = log_entries.read(reference)
    assert [entry.sha for entry in held[-2:]] == [one.sha for one in report.new]
    settled = (reference / "breaks.csv").read_text().replace(
        "self_directed_support,,2025-26,,,", "self_directed_support,,2025-26,cut,A new count.,"
    ).replace('comparability log",\n', 'comparability log",2026-11-21\n')  # fmt: skip
    (reference / "breaks.csv").write_text(settled)
    notes = (
        (reference / "usage_notes.csv")
        .read_text()
        .replace("note_19,,,", "note_19,flag,Provisional.,")
    )
    (reference / "usage_notes.csv").write_text(notes)
    accept(project / "data")
    read = registers.load(reference)
    assert any(b.text == "A new count." for b in read.comparability.breaks)
    assert compared(printed(CHANGE), held, read.comparability).without_row == ()


@pytest.mark.parametrize(
    ("name", "columns"),
    [("breaks.csv", comparability.BREAK_COLUMNS), ("usage_notes.csv", comparability.NOTE_COLUMNS)],
)
def test_other_rows_stay_as_they_are(project, name, columns):
    path = project / "data" / "reference" / name
    before = path.read_bytes()
    path.write_text(comparability.with_rows(path, columns, []), newline="")
    assert path.read_bytes() == before


def test_a_list_of_entries_that_is_not_sound_is_named(tmp_path):
    (tmp_path / "log_entries.csv").write_text(
        ",".join(log_entries.COLUMNS) + "\nLog,x,soon,abc,,,\n,x,2024-25,,,2024,\n"
    )
    with pytest.raises(RegisterError) as refused:
        log_entries.read(tmp_path)
    for words in ("line 2: 'soon'", "line 3: '2024'", "line 3: sheet, entry and sha"):
        assert words in str(refused.value)


@pytest.mark.corpus
def test_nothing_of_the_published_log_is_new(raw):
    report = comparability_log.check(raw)
    assert (report.new, report.changed, report.gone, report.without_row) == ((), (), (), ())
    found = [
        entry.sheet for entry in log_entries.read(sources.project_root() / "data" / "reference")
    ]
    assert (found.count(comparability_log.LOG), found.count(comparability_log.NOTES)) == (66, 18)
    run = CliRunner().invoke(app, ["log", "--raw", str(raw)])
    assert run.output == "ascof_2024_25: 84 entries; 0 new, 0 reworded, 0 gone, 0 without a row.\n"
