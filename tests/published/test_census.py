"""The Census features: from the files as published to ours, all or nothing."""

import hashlib
import shutil

import pytest
import yaml

from bench.errors import LayoutError, SourceError
from bench.peer_model import census, lists
from bench.project.transaction import accept

NAMES = ("census-2021-features-councils-2022.csv", "census-2021-features-councils-2023.csv")


@pytest.mark.corpus
def test_what_is_embedded_is_what_was_published(root, raw):
    assert census.figures(raw) == (root / "data/reference/census_features.csv").read_text()


@pytest.fixture
def project(tmp_path, root, monkeypatch):
    """A project whose two files are short and may be spoilt; `write` describes them anew."""
    (tmp_path / "raw").mkdir()
    shutil.copytree(root / "data" / "reference", tmp_path / "data" / "reference")
    shutil.copytree(root / "params", tmp_path / "params")
    path = tmp_path / "data" / "reference" / "census_features.yaml"
    register = yaml.safe_load(path.read_text())
    header = ["code", "name", *(feature["column"] for feature in register["features"])]
    rows = [
        ["E10000016", "Kent", *(str(n + 1) for n in range(20))],
        ["E10000008", "Devon", *(str(n + 2) for n in range(20))],
        ["E06000015", "Derby", *(str(n + 0.50) for n in range(20))],
    ]

    def write(lines=(header, *rows)):
        content = "\n".join(",".join(line) for line in lines).encode() + b"\n"
        for entry, name in zip(register["files"], NAMES, strict=True):
            (tmp_path / "raw" / name).write_bytes(content)
            entry["sha256"] = hashlib.sha256(content).hexdigest()
        path.write_text(yaml.safe_dump(register))
        accept(tmp_path / "data")
        return tmp_path

    write.header, write.rows = header, rows
    monkeypatch.chdir(tmp_path)
    return write


def test_both_files_are_written_and_the_lists_are_of_them(project):
    folder = project()
    made = lists.rebuild(folder / "raw")
    reference = folder / "data" / "reference"
    assert made == [reference / "census_features.csv", reference / "peers" / "open.csv"]
    lines = made[0].read_text().splitlines()
    assert len(lines) == 1 + 2 * 3
    assert lines[1].startswith("2022,derby,0.5,1.5,")
    assert [line.split(",")[:3] for line in made[1].read_text().splitlines()[1:]] == [
        ["derby", "kent", "1"], ["derby", "devon", "2"], ["devon", "kent", "1"],
        ["devon", "derby", "2"], ["kent", "derby", "1"], ["kent", "devon", "2"],
    ]  # fmt: skip
    assert not list(reference.rglob(".*.part"))


def spoilt(project, how):
    header, rows = list(project.header), [list(row) for row in project.rows]
    how(header, rows)
    return project((header, *rows))


@pytest.mark.parametrize(
    ("how", "parts"),
    [
        (lambda h, r: h.__setitem__(4, "Under 15"), ["line 1: found Under 15, expected 85 and over"]),
        (lambda h, r: h.insert(2, h.pop(3)), ["line 1: found another order"]),
        (
            lambda h, r: (r[0].__setitem__(2, ""), r[1].__setitem__(5, "-1"), r[2].pop()),
            ["line 2 Total population: found ''", "found '-1'", "line 4: found 21 cells, expected 22"],
        ),
        (
            lambda h, r: (r[0].__setitem__(0, "E99000000"), r[1].__setitem__(0, "E12000001")),
            ["E99000000 of Kent is not in the register", "line 3: "],
        ),
        (lambda h, r: r.append(r[0]), ["line 5: kent stands in more than one line"]),
        (lambda h, r: r[0].__setitem__(slice(0, 2), ["X", "Atlantis"]), ["no council Atlantis (X)"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_written(project, how, parts):
    folder = spoilt(project, how)
    kept = {p: p.read_bytes() for p in (folder / "data" / "reference").rglob("*.csv")}
    with pytest.raises(LayoutError) as refused:
        lists.rebuild(folder / "raw")
    for part in parts:
        assert part in str(refused.value)
    assert {p: p.read_bytes() for p in (folder / "data" / "reference").rglob("*.csv")} == kept


def test_another_file_is_refused(project):
    folder = project()
    (folder / "raw" / NAMES[0]).write_bytes(b"changed")
    (folder / "raw" / NAMES[1]).unlink()
    with pytest.raises(SourceError) as refused:
        lists.rebuild(folder / "raw")
    assert f"{NAMES[0]} is not the file of the manifest" in str(refused.value)
    assert f"{NAMES[1]} is missing" in str(refused.value)
