"""A file is replaced whole, and its temporary name is nobody's."""

import os
import secrets

import pytest

from bench.project import places

DIGITS = "0123456789ab"


def entries(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", ["page.html", ".hidden", "a.b.csv"])
def test_a_file_is_written_or_replaced(tmp_path, name):
    for content in (b"old", b"", b"new"):
        places.write_whole(tmp_path / name, content)
        assert entries(tmp_path) == {name: content}


@pytest.mark.skipif(os.name != "posix", reason="permissions")
def test_it_is_as_readable_as_any_new_file(tmp_path):
    (tmp_path / "usual").touch()
    places.write_whole(tmp_path / "whole", b"")
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("name", [".page.html.part", f".page.html.{DIGITS}.part"])
@pytest.mark.parametrize("link", [False, True], ids=["file", "link"])
def test_what_has_a_temporary_name_already_stays(tmp_path, monkeypatch, name, link):
    """Even where the random digits are the same."""
    monkeypatch.setattr(secrets, "token_hex", lambda length: DIGITS)
    (tmp_path / "letter").write_bytes(b"mine")
    if link:
        (tmp_path / name).symlink_to(tmp_path / "letter")
    else:
        (tmp_path / name).write_bytes(b"mine")
    before = entries(tmp_path)
    if DIGITS in name:
        with pytest.raises(FileExistsError):
            places.write_whole(tmp_path / "page.html", b"new")
    else:
        places.write_whole(tmp_path / "page.html", b"new")
        before["page.html"] = b"new"
    assert entries(tmp_path) == before
    assert (tmp_path / name).is_symlink() == link


def test_what_fails_half_way_changes_nothing(tmp_path):
    path = tmp_path / "page.html"
    path.write_bytes(b"old")

    def half():
        with places.replacing(path) as temporary:
            temporary.write_bytes(b"ne")
            raise OSError(28, "No space left on device", str(temporary))

    with pytest.raises(OSError, match="No space") as refused:
        half()
    assert refused.value.filename == str(path)
    assert entries(tmp_path) == {"page.html": b"old"}


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        (f".page.html.{DIGITS}.part", "page.html"),
        (".page.html.part", None),
        (f"page.html.{DIGITS}.part", None),
        (f".page.html.{DIGITS.upper()}.part", None),
        ("page.html", None),
    ],
)
def test_a_temporary_name_says_what_it_was_to_become(name, becomes):
    assert places.replaced_by(name) == becomes
