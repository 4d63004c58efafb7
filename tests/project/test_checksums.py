"""Every byte of the data is accounted for: what is damaged, gone or unknown is named, not read."""

import random
import re
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.cli import app
from bench.errors import DamageError
from bench.pages.quality.report import known_entries
from bench.project import checksums, transaction
from bench.published import observations, quoted, sources

FLIPS = 120


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


def digests(data):
    return {name: checksums.digest((data / name).read_bytes()) for name in checksums.files(data)}


def test_the_committed_list_is_of_the_committed_files(root):
    """Where this fails after a change that is meant: `bench check --accept`, and commit."""
    assert checksums.listing(root / "data").digests == digests(root / "data")


def test_the_list_is_what_sha256sum_checks(root):
    lines = (root / "data" / "CHECKSUMS").read_text().splitlines()
    assert lines
    assert all(re.fullmatch(r"[0-9a-f]{64}  [\w./-]+", line) for line in lines)
    names = [line[66:] for line in lines]
    assert names == sorted(set(names))
    for folder in ("published/", "reference/peers/"):
        assert any(name.startswith(folder) for name in names)
    assert {"quoted.csv", "sources.yaml", "reference/breaks.csv"} <= set(names)


@pytest.mark.parametrize(
    ("name", "covered"),
    [
        ("sources.yaml", True), ("quoted.csv", True), ("reference/breaks.csv", True),
        ("reference/peers/cipfa.csv", True), ("published/x.parquet", True),
        ("README.md", False), ("CHECKSUMS", False), ("raw/x.csv", False), ("own/leeds.csv", False),
        ("reference/.breaks.csv.0123.new", False), ("published/../own/x", False),
    ],
)  # fmt: skip
def test_what_is_covered(name, covered):
    assert checksums.covers(name) == covered


def read_everything():
    """Read what pages and `bench check` rest on."""
    sources.forget()
    quoted._load.cache_clear()
    sources.manifest()
    sources.reference()
    observations.history()
    quoted.load()
    known_entries(Path("data/reference"), sources.manifest())


def test_every_single_flipped_bit_is_named_and_none_is_read(project):
    data = project / "data"
    chance = random.Random(38)  # noqa: S311 - places, not secrets
    names = [*checksums.files(data), "CHECKSUMS"]
    # Each file once, then the larger ones more often, as in a real disk.
    sizes = [(data / name).stat().st_size for name in names]
    chosen = names + chance.choices(names, sizes, k=FLIPS - len(names))
    assert len(chosen) == FLIPS
    for name in chosen:
        path = data / name
        whole = path.read_bytes()
        bit = chance.randrange(len(whole) * 8)
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        with pytest.raises(DamageError) as refused:
            checksums.verify(data)
        assert name in str(refused.value), f"{name} bit {bit}"
        if name != "CHECKSUMS":
            with pytest.raises(DamageError, match=re.escape(name)):
                checksums.read(path)
        path.write_bytes(whole)
    assert checksums.verify(data) == len(names) - 1


GONE = [
    "CHECKSUMS", "sources.yaml", "quoted.csv", "published/ascof_2018_19.parquet",
    "published/pss_ex1_2008_09.parquet", "reference/breaks.csv", "reference/councils.csv",
    "reference/indicators.yaml", "reference/peers/cipfa.csv", "reference/known_findings.yaml",
]  # fmt: skip


@pytest.mark.parametrize("name", GONE)
def test_a_file_that_is_gone_is_missed(project, name):
    (project / "data" / name).unlink()
    done = run("check")
    assert isinstance(done.exception, DamageError)
    assert f"{name} is missing" in str(done.exception)
    with pytest.raises(DamageError, match=rf"{re.escape(name)} is missing"):
        read_everything()


@pytest.mark.parametrize(
    "name", ["reference/breaks.csv", "reference/peers/cipfa.csv", "quoted.csv"]
)
def test_a_row_that_is_gone_is_missed(project, name):
    path = project / "data" / name
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(DamageError, match=rf"{re.escape(name)} is damaged or was edited"):
        read_everything()


@pytest.mark.parametrize(
    "name", ["published/more.parquet", "reference/peers/mine.csv", "reference/x.txt"]
)
def test_a_file_that_nobody_knows_is_named(project, name):
    (project / "data" / name).write_bytes(b"area_id,peer_id\n")
    with pytest.raises(DamageError, match=rf"{re.escape(name)} is not listed in data/CHECKSUMS"):
        checksums.verify(project / "data")


def test_all_faults_are_told_at_once(project):
    (project / "data" / "quoted.csv").unlink()
    (project / "data" / "reference" / "breaks.csv").write_text("x")
    with pytest.raises(DamageError) as refused:
        checksums.verify(project / "data")
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize(
    ("why", "damage"),
    [
        ("empty", lambda text: ""),
        ("not text", lambda text: "\x00\x01"),
        ("cut off", lambda text: text[:-1]),
        ("a short digest", lambda text: text[1:]),
        ("capitals", lambda text: text.upper()),
        ("another folder", lambda text: text.replace("quoted.csv", "../x/y.csv")),
        ("a name twice", lambda text: text.splitlines(keepends=True)[0] + text),
        ("marks of a merge", lambda text: "<<<<<<< HEAD\n" + text),
    ],
)
def test_a_damaged_list_is_said_and_can_be_written_anew(project, why, damage):
    path = project / "data" / "CHECKSUMS"
    whole = path.read_text()
    path.write_text(damage(whole))
    with pytest.raises(DamageError, match="CHECKSUMS"):
        read_everything()
    assert run("check", "--accept").exit_code == 0, why
    assert path.read_text() == whole
    read_everything()


def test_the_message_says_how_the_file_comes_back(project):
    (project / "data" / "quoted.csv").unlink()
    told = str(run("check").exception)
    assert "bench new DIR" in told
    assert "bench check --accept" in told
    subprocess.run(["git", "init", "-q", project], check=True)
    told = str(run("table", "Leeds", "--format", "json").exception or run("check").exception)
    assert "git checkout -- data/quoted.csv data/CHECKSUMS" in told


def test_a_change_that_is_meant_is_taken_down(project):
    path = project / "data" / "reference" / "questions.yaml"
    path.write_text("# mine\n" + path.read_text())
    (project / "data" / "published" / "pss_ex1_2008_09.parquet").unlink()
    (project / "data" / "reference" / "more.csv").write_text("x\n")
    done = run("check", "--accept")
    assert done.output.splitlines() == [
        "gone     data/published/pss_ex1_2008_09.parquet",
        "new      data/reference/more.csv",
        "changed  data/reference/questions.yaml",
    ]
    checksums.verify(project / "data")
    read_everything()
    assert run("check", "--accept").output == ""


def test_parameters_are_changed_freely(project):
    path = project / "params" / "rag.yaml"
    path.write_text("# mine\n" + path.read_text())
    assert run("table", "Leeds").exit_code == 0


def test_a_file_that_is_listed_but_is_no_table_is_said(project):
    (project / "data" / "published" / "ascof_2018_19.parquet").write_bytes(b"PAR1 but no more")
    transaction.accept(project / "data")
    with pytest.raises(DamageError, match=r"ascof_2018_19\.parquet is no table of figures"):
        observations.history()


def test_a_file_outside_a_project_is_read_as_it_is(tmp_path):
    path = tmp_path / "data" / "reference" / "x.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    assert checksums.read(path) == b"x"
