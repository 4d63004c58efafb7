"""The evidence of the embedded data, prepared once."""

import pytest

from bench.integrity.checks import rule
from bench.published import layouts, observations, sources


@pytest.fixture(scope="session")
def symbols():
    return layouts.read(sources.project_root() / "data" / "reference").symbols()


@pytest.fixture(scope="session")
def embedded(symbols):
    return rule.evidence(observations.history(), sources.reference(), symbols=symbols)
