"""`bench export`: files for other programs, read back by those programs' own libraries."""

import csv
import functools
import io
import json
import random
import re
import warnings
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from bench.errors import ParameterError, SourceError, UnknownNameError
from bench.pages.council.report import briefing
from bench.present.glossary import FLAG_TEXTS
from bench.publish.export import contract, tables
from bench.publish.export.folder import export
from bench.publish.export.tables import Snapshot
from bench.published import observations, sources
from bench.published.schema import KEY

YEAR = "2024-25"
# A change of the contract changes this, and then needs another version and a line of `CHANGES`.
FINGERPRINTS = {"1.0": "eb3ba7a192486c23", "1.1": "0cfc1841724ca2d6", "1.2": "e2f0bf5dd6e2dcec"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("export") / "one-year"
    export(made, years=[YEAR])
    return made


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


@pytest.mark.parametrize(
    ("council", "year", "flag"),
    [
        ("Leeds", "2018-19", "heap_at_100"),
        ("Barnet", "2018-19", "revised"),
        ("Kent", "2023-24", None),
        ("City of London", "2014-15", None),
    ],
)
def test_every_flag_of_a_row_has_its_words(council, year, flag):
    made = briefing(council, year)
    said = [tables._flags(row) for row in made.rows]
    assert [tuple(texts) for texts in said] == [tuple(dict.fromkeys(r.flags)) for r in made.rows]
    assert all(text for texts in said for text in texts.values())
    assert flag is None or any(flag in texts for texts in said)


def test_another_contract_has_another_version():
    assert contract.fingerprint() == FINGERPRINTS[contract.SCHEMA_VERSION]
    assert [version for version, _ in contract.CHANGES][-1] == contract.SCHEMA_VERSION


@pytest.mark.slow
def test_the_data_package_is_sound_by_its_own_library(folder):
    from frictionless import Package

    report = Package(str(folder / "datapackage.json")).validate()
    assert report.flatten(["title", "message"]) == []
    assert report.valid


@pytest.mark.slow
def test_the_csvw_metadata_are_sound_by_their_own_library(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from csvw import CSVW

        assert CSVW(str(folder / "csv-metadata.json"), validate=True).is_valid


@pytest.mark.slow
def test_duckdb_reads_types_and_joins_without_an_orphan(folder):
    import duckdb

    kinds = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN",
             "date": "DATE"}  # fmt: skip
    database = duckdb.connect()
    for table in contract.TABLES:
        database.execute(
            f"create view {table.name} as select * from '{folder / table.name}.parquet'"  # noqa: S608
        )
        described = database.execute(f"describe {table.name}").fetchall()
        assert [(name, kind) for name, kind, *_ in described] == [
            (field.name, kinds[field.kind]) for field in table.fields
        ]
        keys = ", ".join(table.primary_key)
        again = database.execute(
            f"select count(*) from (select {keys} from {table.name} group by all having count(*) > 1)"  # noqa: S608
        ).fetchone()
        assert again == (0,)
    for table in contract.TABLES:
        for key in table.foreign_keys:
            other = next(one for one in contract.TABLES if one.name == key.table)
            pairs = zip(key.fields, other.primary_key, strict=True)
            on = " and ".join(f"a.{own} = b.{its}" for own, its in pairs)
            filled = " and ".join(f"a.{own} is not null" for own in key.fields)
            orphans = database.execute(
                f"select count(*) from {table.name} a where {filled} and not exists "  # noqa: S608
                f"(select 1 from {key.table} b where {on})"
            ).fetchone()
            assert orphans == (0,), (table.name, key)
    red = database.execute(
        "select c.name from verdicts v join councils c using (area_id) join indicators i "
        "using (indicator_id) where v.verdict_vs_peers = 'worse' and v.certainty_vs_peers = 'sure'"
    ).fetchall()
    assert red


def test_csv_and_parquet_hold_the_same(folder):
    for table in contract.TABLES:
        parquet = pq.read_table(folder / f"{table.name}.parquet")
        printed = rows(folder / f"{table.name}.csv")
        assert len(printed) == parquet.num_rows, table.name
        header = (folder / f"{table.name}.csv").read_text().splitlines()[0]
        assert header == ",".join(f'"{field.name}"' for field in table.fields)
        for name in (field.name for field in table.fields):
            assert name == name.lower()
        for written, kept in zip(printed[:200], parquet.slice(0, 200).to_pylist(), strict=True):
            for name, value in kept.items():
                text = written[name]
                if value is None:
                    assert text == ""
                elif isinstance(value, bool):
                    assert text == str(value).lower()
                elif isinstance(value, float):
                    assert float(text) == value
                else:
                    assert text in (str(value), f"'{value}")


def test_pandas_reads_numbers_without_a_cast(folder):
    table = pd.read_csv(folder / "observations.csv", low_memory=False)
    for name in ("value", "numerator", "denominator", "respondents", "margin"):
        assert pd.api.types.is_numeric_dtype(table[name]), name
    assert (table["value"].notna() == (table["status"] == "observed")).all()


def test_twenty_figures_are_those_of_the_table_and_name_their_cell(folder):
    whole = observations.load().set_index(["indicator_id", "breakdown", "area_id", "period"])
    exported = [row for row in rows(folder / "observations.csv") if row["value"]]
    for row in random.Random(11).sample(exported, 20):  # noqa: S311
        key = (row["indicator_id"], row["breakdown"], row["area_id"], row["period"])
        own = whole.loc[key]
        assert float(row["value"]) == own["value"]
        assert (row["release_id"], row["place"]) == (own["release_id"], own["place"])
        assert sources.manifest()[row["release_id"]].sha256
        assert row["place"]


def _cell(table, row, columns):
    """What stands at a figure's place: of a text by its line, of a workbook by its cell."""
    if isinstance(table, CalamineWorkbook):
        name, letters, line = re.fullmatch(r"(.+)!([A-Z]+)(\d+)", row["place"]).groups()
        at = functools.reduce(lambda number, letter: 26 * number + ord(letter) - 64, letters, 0)
        cell = str(_sheet(table, name)[int(line) - 1][at - 1])
        inside = re.fullmatch(r"(\S+) \((\S+)\)", cell)
        return inside[1 + (row["breakdown"] == "original_eligible")] if inside else cell
    named = columns.get((row["indicator_id"], row["breakdown"])) or columns[""]
    at = next(cells.index(named) for cells in table.values() if named in cells)
    return table[int(row["place"].removeprefix("line "))][at]


@functools.cache
def _sheet(book, name):
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _opened(content: bytes):
    """A publisher's file in the plainest way: rows by the line where each ends, or a workbook."""
    if content.startswith(b"PK"):
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    reader = csv.reader(io.StringIO(text, newline=""))
    return dict((reader.line_num, row) for row in reader)  # noqa: C402


@pytest.mark.corpus
def test_figures_stand_in_the_publishers_file_where_they_say(tmp_path, raw):
    """Twenty random figures of every release, read in its file by nothing of ours."""
    snapshot = Snapshot.of(years=[YEAR])
    figures = observations.load().astype({"place": "str", "marker": "str"})
    for release in snapshot._releases():
        named = dict(zip((f.name for f in contract.RELEASES.fields), release, strict=True))
        columns = {"": named["value_column"]}
        if ";" in named["value_column"]:
            each = map(str.split, named["value_column"].split("; "))
            columns = {tuple(about): code for code, *about in each}
        table = _opened(next(raw.rglob(named["file"])).read_bytes())
        own = figures[figures["release_id"] == named["release_id"]]
        assert len(own)
        for row in own.sample(20, random_state=5).to_dict("records"):
            printed = _cell(table, row, columns).strip().replace(",", "")
            assert row["status"] != "observed" or float(printed) == pytest.approx(row["value"])
            try:
                assert float(printed) == pytest.approx(float(row["marker"].replace(",", "")))
            except ValueError:
                assert printed == row["marker"].strip().replace(",", ""), row


def test_what_another_release_printed_is_named():
    """The counts of a value that is printed again without them are still there, and traced."""
    history = observations.history()
    figures = observations.in_force(history)
    found = observations.supplements(history, figures)
    assert set(found["field"]) == {"counts"}
    labels = dict.fromkeys(("release_id", *KEY), "str")
    history, figures = history.astype(labels), figures.astype(labels)
    both = found.merge(history, on=["release_id", *KEY], suffixes=("", "_printed"))
    both = both.merge(figures, on=KEY, suffixes=("", "_in_force"))
    assert len(both) == len(found)
    assert (both["place"] == both["place_printed"]).all()
    assert (both["release_id"] != both["release_id_in_force"]).all()
    for name in ("value", "numerator", "denominator"):
        assert (both[name] == both[f"{name}_in_force"]).all()
    # And every other figure of the table in force stands as its own release printed it.
    own = figures.merge(history, on=["release_id", *KEY], suffixes=("", "_own"))
    for name in ("numerator", "denominator", "respondents", "margin"):
        assert (own[name].notna() & own[f"{name}_own"].isna()).sum() == (
            len(found) if name in ("numerator", "denominator") else 0
        )


@pytest.mark.parametrize("council", ["Kent", "Leeds", "City of London"])
def test_the_verdicts_are_those_of_the_page(folder, council):
    own = {r["indicator_id"]: r for r in rows(folder / "verdicts.csv")
           if r["area_id"] == sources.reference().councils.find(council).area_id}  # fmt: skip
    page = briefing(council, YEAR)
    records = page.records()
    assert [*own] == sorted(record["indicator"] for record in records)
    for record in records:
        line = own[record["indicator"]]
        for name in ("verdict_vs_peers", "verdict_vs_england", "verdict_vs_previous", "status"):
            assert line[name] == record[name]
        for name in ("value", "peer_average", "england", "probability_vs_peers", "rank", "change"):
            assert (float(line[name]) if line[name] else None) == record[name], name
    for row in page._placed:
        ends = (own[row.indicator][name] for name in ("rank_lower", "rank_upper"))
        assert [int(end) if end else None for end in ends] == [row.rank_lower, row.rank_upper]
    for trend in page.trend_tests().to_dict("records"):
        line = own[trend["indicator"]]
        trend = {
            name: None if pd.api.types.is_float(x) and x != x else x for name, x in trend.items()
        }
        assert line["trend"] == trend["direction"]
        untestable = trend["direction"] == "cannot_be_tested"
        assert line["trend_reason"] == (trend["reason"] if untestable else "")
        assert int(line["trend_years"]) == len(trend["years"])
        assert line["trend_first_period"] == (trend["first_year"] or "")
        assert line["trend_turning_period"] == (trend["turning_year"] or "")


@pytest.mark.parametrize("council", ["Kent", "Blackpool", "Dorset"])
def test_flags_say_what_the_page_says(folder, council):
    area_id = sources.reference().councils.find(council).area_id
    texts = {row["text_id"]: row for row in rows(folder / "flag_texts.csv")}
    said = {}
    for row in rows(folder / "verdict_flags.csv"):
        assert texts[row["text_id"]]["flag"] == row["flag"]
        if row["area_id"] == area_id:
            said.setdefault(row["indicator_id"], set()).add(texts[row["text_id"]]["text"])
    printed = {
        record["indicator"]: {
            *record["flag_texts"], *(FLAG_TEXTS[f] for f in record["flags"] if f in FLAG_TEXTS)
        }
        for record in briefing(council, YEAR).records()
        if record["flags"]
    }  # fmt: skip
    assert said == printed


@pytest.mark.slow
def test_two_runs_are_the_same_bytes_and_another_replaces_the_first(folder, tmp_path):
    again = tmp_path / "again"
    export(again, years=[YEAR])
    export(again, years=[YEAR])
    names = sorted(path.name for path in folder.iterdir())
    assert sorted(path.name for path in again.iterdir()) == names
    assert [n for n in names if (again / n).read_bytes() != (folder / n).read_bytes()] == []


def test_it_says_what_it_was_made_from(folder):
    made = json.loads((folder / "provenance.json").read_text())
    assert made["schema"] == contract.SCHEMA_VERSION
    assert set(made["releases"]) == {release.id for release in sources.manifest().releases}
    assert made["parameters"]["years"] == [YEAR]
    assert {"datapackage.json", "verdicts.csv"} <= made["files"].keys()


@pytest.mark.slow
def test_the_figures_as_they_stood_when_a_release_was_published(tmp_path):
    export(tmp_path / "then", years=["2018-19"], as_of="ascof_2018_19")
    then = rows(tmp_path / "then" / "observations.csv")
    manifest = sources.manifest()
    until = {*manifest.before(manifest["ascof_2018_19"]), "ascof_2018_19"}
    assert {row["release_id"] for row in then} <= until
    assert "revised" not in {
        row["maturity"] for row in then if row["release_id"] == "ascof_2018_19"
    }


@pytest.mark.parametrize(
    ("choices", "error", "said"),
    [
        ({"as_of": "ascof_1066"}, UnknownNameError, "ascof_1066"),
        ({"years": ["2031-32"]}, (UnknownNameError, ParameterError), "2031-32"),
        ({"years": ["next year"]}, ParameterError, "next year"),
        ({"peers": "friends"}, UnknownNameError, "friends"),
    ],
)
def test_a_choice_that_is_none_is_refused_and_nothing_is_written(tmp_path, choices, error, said):
    with pytest.raises(error, match=said):
        export(tmp_path / "new", **choices)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_else_is_left_as_it_is(tmp_path):
    (tmp_path / "budget.xlsx").write_bytes(b"mine")
    with pytest.raises(ParameterError, match=r"budget\.xlsx"):
        export(tmp_path, years=[YEAR])
    assert [path.name for path in tmp_path.iterdir()] == ["budget.xlsx"]
    with pytest.raises((ParameterError, SourceError)):
        export(tmp_path / "budget.xlsx", years=[YEAR])
    assert (tmp_path / "budget.xlsx").read_bytes() == b"mine"


@pytest.mark.slow
def test_a_full_disk_leaves_what_was_there(folder, tmp_path, monkeypatch):
    made = tmp_path / "made"
    export(made, years=["2023-24"])
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    write = Path.write_bytes

    def full(self, content):
        if "verdicts.csv" in self.name:
            raise OSError(28, "No space left on device", str(self))
        return write(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(SourceError, match="No space left"):
        export(made, years=[YEAR])
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in made.iterdir()} == before
