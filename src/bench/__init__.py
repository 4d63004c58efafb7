"""Comparative benchmarking for English adult social care.

`bench.briefing(council, year)` gives everything a council's page needs, `bench.indicator(name,
year)` an indicator's, `bench.overview(year)` every council's verdicts, and `bench.observations()`
the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from bench.brief import Briefing
    from bench.indicator_brief import IndicatorBrief
    from bench.overview_brief import Overview

__all__ = ["__version__", "briefing", "indicator", "observations", "overview"]

__version__ = "0.1.0"


def briefing(council: str | None = None, year: str | None = None, **choices: Any) -> Briefing:
    """Everything one page needs about a council and year; see `bench.brief.Briefing`."""
    from bench.brief import brief

    return brief(council, year, **choices)


def indicator(name: str, year: str | None = None, **choices: Any) -> IndicatorBrief:
    """One indicator and year of every council; see `bench.indicator_brief.IndicatorBrief`."""
    from bench.indicator_brief import gather

    return gather(name, year, **choices)


def overview(year: str | None = None, **choices: Any) -> Overview:
    """Every council beside its peers and England in a year; see `bench.overview_brief.Overview`."""
    from bench.overview_brief import gather

    return gather(year, **choices)


def observations(*, as_of: str | None = None) -> pd.DataFrame:
    """The table of every published figure in force; see `bench.published.observations.load`."""
    from bench.published.observations import load

    return load(as_of=as_of)
