"""A build is all or nothing: files that are not the publisher's change nothing."""

import shutil
from pathlib import Path

import pytest

from bench.errors import BuildError, DamageError, LayoutError, RegisterError, SourceError
from bench.project.files import parse_model
from bench.project.transaction import accept
from bench.published import build, corrections, layouts, observations, sources
from bench.published.readers import published_file
from bench.reference.periods import FinancialYear

HEADER = (
    "Geographical Code,Geographical Description,Geographical Level,ONS Area Code,"
    "ASCOF Measure Code,Disaggregation Level,Measure Type,Measure Value,Measure Group,"
    "Measure Group Description"
)
LEEDS = "212,Leeds,Council,E08000035,1B,Total,{},{},1B,Control"


def csv_of(*lines, header=HEADER):
    return "\r\n".join([header, *lines, ""]).encode("cp1252")


def read(content, layout="ascof_csv_2016", year="2018-19"):
    return published_file.read(
        content,
        layout=layouts.read(sources.project_root() / "data" / "reference")[layout],
        year=FinancialYear.parse(year),
        registers=sources.reference(),
        file="figures.csv",
    )


def test_measure_types_of_one_figure_stand_in_one_row():
    figures = read(
        csv_of(
            LEEDS.format("Outcome", "79.9"),
            LEEDS.format("Margin Of Error", "3.1"),
            LEEDS.format("Base", "410"),
            LEEDS.format("Numerator", '"5,210"'),
            LEEDS.format("Denominator", "c"),
        )
    )
    assert len(figures) == 1
    row = figures.iloc[0]
    assert (row["indicator_id"], row["area_id"], row["period"], row["breakdown"]) == (
        "control_over_daily_life",
        "leeds",
        "2018-19",
        "all",
    )
    assert (row["value"], row["margin"], row["respondents"]) == (79.9, 3.1, 410)
    assert row["numerator"] == 5210
    assert row[["denominator"]].isna().all()
    assert (row["status"], row["marker"], row["place"]) == ("observed", "79.9", "line 2")


@pytest.mark.parametrize(
    ("why", "content", "message"),
    [
        ("an unknown symbol", csv_of(LEEDS.format("Outcome", "n/a")), "line 2: found 'n/a', expected a number or one of '', ':', 'c'"),
        ("too many decimals", csv_of(LEEDS.format("Outcome", "79.94")), "line 2 (value): found 79.94, expected at most 1"),
        ("an unknown area", csv_of(LEEDS.format("Outcome", "1").replace("Leeds", "Atlantis").replace("E08000035", "E08999999").replace("212", "999")), "line 2: found the area 'Atlantis'"),
        ("an unknown indicator", csv_of(LEEDS.format("Outcome", "1").replace("1B", "9Z")), "line 2: found the indicator code '9Z', unknown in 2018-19"),
        ("a measure of another indicator", csv_of(LEEDS.format("Outcome", "1").replace(",1B,Total", ",3A,Total")), "line 2: found the measure '3A' under the indicator '1B'"),
        ("an unknown breakdown", csv_of(LEEDS.format("Outcome", "1").replace("Total", "Left-handed")), "line 2: found the breakdown 'Left-handed'"),
        ("an unknown measure type", csv_of(LEEDS.format("Median", "1")), "line 2: found the measure type 'Median'"),
        ("a short row", csv_of("212,Leeds"), "line 2: found 2 cells, expected 10"),
        ("the same figure twice", csv_of(*[LEEDS.format("Outcome", "1")] * 2), "line 3: a second row for the same figure"),
        ("a base without an outcome", csv_of(LEEDS.format("Outcome", "1"), LEEDS.format("Base", "9").replace("Total", "Male")), "line 3: a respondents without an outcome"),
        ("no rows", csv_of(), "found no rows beneath the header"),
        ("an empty file", b"", "expected a column 'Measure Value', found none"),
        ("a missing column", csv_of(header=HEADER.replace("Measure Value,", "")), "expected a column 'Measure Value', found none"),
        ("a renamed column", csv_of(header=HEADER.replace("Measure Value", "Value")), "found an unexpected column 'Value'"),
        ("a column twice", csv_of(header=HEADER + ",Measure Value"), "found a second column 'Measure Value'"),
        ("a stray quote", csv_of('212,"Leeds"x,Council'), "line 2: ',' expected after '\"', expected CSV"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_place(why, content, message):
    with pytest.raises(LayoutError) as refused:
        read(content)
    assert message in str(refused.value), why


def test_a_wrong_encoding_is_refused_with_its_line():
    content = csv_of(LEEDS.format("Outcome", "1")) + b"212,Leeds \x81"
    with pytest.raises(LayoutError, match=r"line 3: found byte 0x81, expected text in cp1252"):
        read(content)


def test_a_workbook_that_is_none_is_refused():
    with pytest.raises(LayoutError, match="cannot be opened as a workbook"):
        read(b"PK not a workbook", layout="ascof_time_series_2024")


def test_all_problems_are_told_at_once():
    content = csv_of(LEEDS.format("Outcome", "n/a"), LEEDS.format("Median", "1"))
    with pytest.raises(LayoutError) as refused:
        read(content)
    assert "line 2" in str(refused.value)
    assert "line 3" in str(refused.value)


# --- the manifest and the whole build ---------------------------------------------------------


@pytest.fixture(params=[pytest.param(0, id="in processes"), pytest.param(10**9, id="in a thread")])
def project(root, tmp_path, monkeypatch, request):
    """A project with one release and its data built."""
    monkeypatch.setattr(build, "_WORTH_PROCESSES", request.param)
    shutil.copytree(root / "data" / "reference", tmp_path / "data" / "reference")
    (tmp_path / "params").mkdir()
    shutil.copy(root / "params" / "rag.yaml", tmp_path / "params")
    (tmp_path / "data/reference/corrections.yaml").write_text("corrections: []")
    raw = tmp_path / "raw"
    raw.mkdir()
    content = csv_of(LEEDS.format("Outcome", "79.9"))
    (raw / "figures.csv").write_bytes(content)
    write_manifest(tmp_path, content)
    build.build(raw, root=tmp_path)
    return tmp_path


def write_manifest(folder, content, **changes):
    import hashlib

    import yaml

    release = {
        "id": "test_release", "title": "Test", "publisher": "Nobody", "licence": "None",
        "landing_page": "nowhere", "published": "2020-01-01", "provenance": "made for a test",
        "file": "figures.csv", "sha256": hashlib.sha256(content).hexdigest(),
        "layout": "ascof_csv_2016", "framework_year": "2018-19", "maturity": "final",
    }  # fmt: skip
    (folder / "data" / "sources.yaml").write_text(yaml.safe_dump({"releases": [release | changes]}))
    accept(folder / "data")
    sources.forget()


def state(folder):
    return {p.name: p.read_bytes() for p in (folder / "data" / "published").iterdir()}


@pytest.mark.parametrize(
    ("why", "damage", "error"),
    [
        ("changed", lambda content: content.replace(b"79.9", b"97.9"), SourceError),
        ("truncated", lambda content: content[:-20], SourceError),
        ("missing", None, SourceError),
    ],
)
def test_a_changed_file_leaves_the_data_in_use_untouched(project, why, damage, error):
    before = state(project)
    path = project / "raw" / "figures.csv"
    if damage:
        path.write_bytes(damage(path.read_bytes()))
    else:
        path.unlink()
    with pytest.raises(error, match=r"figures\.csv"):
        build.build(project / "raw", root=project)
    assert state(project) == before, why


def test_a_file_in_another_layout_leaves_the_data_in_use_untouched(project):
    before = state(project)
    content = b"a,b\r\n1,2\r\n"
    (project / "raw" / "figures.csv").write_bytes(content)
    write_manifest(project, content)
    with pytest.raises(LayoutError):
        build.build(project / "raw", root=project)
    assert state(project) == before


def test_a_folder_that_is_none_is_said(project):
    with pytest.raises(SourceError, match="is not a folder"):
        build.build(project / "nowhere", root=project)


def test_a_release_that_left_the_manifest_is_built_no_more(project):
    before = state(project)
    (project / "data/published/abandoned.parquet").write_bytes(before["test_release.parquet"])
    build.build(project / "raw", root=project)
    assert state(project) == before


@pytest.mark.parametrize("content", ["", "{", '["test_release.parquet"]'])
def test_what_an_earlier_version_left_of_a_stopped_build_is_said(project, content):
    (project / "data" / "published" / "COMMIT.json").write_text(content)
    with pytest.raises(DamageError, match=r"COMMIT\.json was left by an earlier version"):
        observations.load(root=project)


def test_a_correction_that_no_longer_holds_stops_the_build(project):
    correction = """
    corrections:
      - id: leeds_is_wrong
        release: test_release
        reason: a test
        reported: no
        select: {areas: [leeds], periods: [2018-19], indicators: [control_over_daily_life]}
        expect: {rows: 1, value: 12.3}
        status: not_available
    """.replace("reported: no", "reported: 'no'")
    path = project / "data/reference/corrections.yaml"
    path.write_text(correction)
    accept(project / "data")
    with pytest.raises(BuildError, match=r"leeds_is_wrong: found value \[79\.9\], expected 12\.3"):
        build.build(project / "raw", root=project)
    path.write_text(correction.replace("12.3", "79.9"))
    accept(project / "data")
    build.build(project / "raw", root=project)
    figures = observations.load(root=project)
    assert (figures["status"] == "not_available").all()
    assert figures["value"].isna().all()
    assert corrections.read(path.parent)[0].reason == "a test"


WIDE = {"kind": "wide", "sheet": "x", "field": "y", "columns": {}, "measure_types": {}}
CODED = {
    "kind": "coded", "area": "(?P<area_name>a)(?P<cassr_code>b)", "others": "c",
    "figures": {"k": {"indicator_id": "i", "breakdown": "all", "words": ["w"]}},
}  # fmt: skip
RELEASE = {
    "id": "mine", "title": "t", "publisher": "p", "licence": "l", "landing_page": "n",
    "published": "2020", "provenance": "m", "file": "f", "sha256": "s", "layout": "l",
    "framework_year": "2018-19", "maturity": "final",
}  # fmt: skip


@pytest.mark.parametrize(
    ("model", "data", "told"),
    [
        *(
            (layouts.LayoutFile, {"layouts": {"mine": kind | {"symbols": {}, field: "("}}}, field)
            for kind, fields in ((WIDE, ("sheet", "field")), (CODED, ("area", "others")))
            for field in fields
        ),
        (sources.SourceManifest, {"releases": [RELEASE | {"framework_year": "soon"}]}, "'soon'"),
        (sources.SourceManifest, {"releases": [RELEASE | {"follows": {"x": "y"}}]}, "follows"),
    ],
)
def test_what_no_pattern_and_no_year_is_stands_with_its_entry(model, data, told):
    with pytest.raises(RegisterError, match=r"layouts > mine|releases > 0") as refused:
        parse_model(data, model, Path("edited.yaml"))
    assert str(refused.value).startswith("edited.yaml: ")
    assert told in str(refused.value)
