"""The worked cases of data/reference/method.yaml, which the method page shows, as tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.reference.method_cases import MethodSection, read_method

METHOD = read_method(Path(__file__).parents[1] / "data" / "reference")


def section_of(name: str) -> MethodSection:
    """One section of the method."""
    (found,) = (one for one in METHOD.sections if one.id == name)
    return found


def worked(section: str) -> Any:
    """Run a test with each case of a section; it takes the section's columns."""
    found = section_of(section)
    return pytest.mark.parametrize(found.columns, found.cases)
