"""A copy of the project's data that may be damaged."""

import shutil

import pytest

from bench.published import quoted, sources


@pytest.fixture
def project(root, tmp_path, monkeypatch, forget):
    """The embedded data and parameters, in a folder of their own that is the working folder."""
    names = ("published", "reference", "CHECKSUMS", "quoted.csv", "sources.yaml")
    (tmp_path / "data").mkdir()
    for name in names:
        source = root / "data" / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / "data" / name)
    shutil.copytree(root / "params", tmp_path / "params")
    monkeypatch.chdir(tmp_path)
    sources.forget()
    yield tmp_path
    sources.forget()
    quoted._load.cache_clear()
