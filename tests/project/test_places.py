"""A file of results: new, whole, and in no folder that is not for results."""

import os

import pytest

from bench.errors import BenchError, ParameterError
from bench.project import places


def a_file(path):
    path.write_text("mine")


def a_file_of_the_same_length(path):
    path.write_text("old")


def a_folder(path):
    path.mkdir()


def a_link_to_a_file(path):
    (path.parent / "letter").write_text("mine")
    path.symlink_to(path.parent / "letter")


def a_link_to_nothing(path):
    path.symlink_to(path.parent / "absent")


def a_link_to_itself(path):
    path.symlink_to(path)


def a_pipe(path):
    os.mkfifo(path)


def state(folder):
    return sorted(
        (str(path), path.lstat().st_mode, path.lstat().st_ino, path.is_file() and path.read_bytes())
        for path in folder.rglob("*")
    )


@pytest.mark.skipif(os.name != "posix", reason="links and pipes")
@pytest.mark.parametrize(
    "prepare",
    [
        *(a_file, a_file_of_the_same_length, a_folder, a_link_to_a_file),
        *(a_link_to_nothing, a_link_to_itself, a_pipe),
    ],
)
def test_whatever_is_at_its_place_stays(tmp_path, prepare):
    path = tmp_path / "out.csv"
    prepare(path)
    before = state(tmp_path)
    with pytest.raises(ParameterError, match=r"out\.csv is there"):
        places.write_new(path, b"new", tmp_path / "project")
    assert state(tmp_path) == before


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "/", "absent/out.csv", "letter/out.csv", "x" * 252, "x" * 300),
        *("data/x.csv", "data/reference/peers/mine.csv", "params/x.csv", ".git/x", "notebooks/x"),
    ],
)
def test_a_place_that_is_none_for_a_file_is_refused(tmp_path, monkeypatch, name):
    (tmp_path / "data/reference/peers").mkdir(parents=True)
    (tmp_path / "letter").write_text("mine")
    monkeypatch.chdir(tmp_path)
    before = state(tmp_path)
    with pytest.raises(BenchError):
        places.write_new(type(tmp_path)(name), b"new", tmp_path)
    assert state(tmp_path) == before


def test_a_new_file_is_written_and_the_same_one_left_alone(tmp_path):
    path = tmp_path / "out.csv"
    for _ in range(2):
        places.write_new(path, b"new", tmp_path / "project")
        assert path.read_bytes() == b"new"
        assert [left.name for left in tmp_path.iterdir()] == ["out.csv"]


def test_a_disk_without_room_leaves_nothing(tmp_path, monkeypatch):
    def full(*words):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(type(tmp_path), "rename", full)
    with pytest.raises(BenchError, match="No space"):
        places.write_new(tmp_path / "out.csv", b"new", tmp_path / "project")
    assert not list(tmp_path.iterdir())
