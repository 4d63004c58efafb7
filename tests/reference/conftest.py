"""The registers as they stand in the repository, and where the publisher's files may be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.reference import Registers, load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def reference() -> Path:
    return ROOT / "data" / "reference"


@pytest.fixture(scope="session")
def registers(reference: Path) -> Registers:
    return load(reference)


@pytest.fixture(scope="session")
def published() -> Path:
    folder = Path(os.environ.get("BENCH_RAW") or ROOT.parent / "shared" / "published")
    if not (folder / "ascof").is_dir():
        pytest.skip("the publisher's files are not here")
    return folder
