"""The worked cases of data/reference/method.yaml, which the method page shows, as tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.registers.method import read_method

METHOD = read_method(Path(__file__).parents[1] / "data" / "reference")


def worked(section: str) -> Any:
    """Run a test with each case of a section; it takes the section's columns."""
    (found,) = (one for one in METHOD.sections if one.id == section)
    return pytest.mark.parametrize(found.columns, found.cases)
