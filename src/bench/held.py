"""What the built data holds: the figures in force without breakdowns, read once a process.

Enters: the releases' history. Leaves: a year's table ready to be judged, the years, and the
publications that figures come from.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from bench.judge.table import YearTable
from bench.judge.versions import ORIGINAL, Remarks, remarks
from bench.published import observations, sources
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    import pandas as pd

    from bench.judge.rag import Rules
    from bench.present.page import Source

__all__ = ["figures", "forget", "publications", "year_table", "years"]


@functools.lru_cache(maxsize=1)
def _history() -> pd.DataFrame:
    return observations.history(breakdowns=("all", ORIGINAL))


@functools.lru_cache(maxsize=1)
def _in_force() -> pd.DataFrame:
    return observations.in_force(_history())


@functools.lru_cache(maxsize=1)
def figures() -> pd.DataFrame:
    """The table in force without breakdowns; see `bench.published.observations.in_force`."""
    return _only_all(_in_force())


@functools.lru_cache(maxsize=1)
def _remarks() -> Remarks:
    """What is to be said beside revised figures and those of a changed population."""
    earlier = observations.superseded(_history())
    return remarks(_only_all(earlier), _in_force(), sources.reference())


def _only_all(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["breakdown"] == "all"].reset_index(drop=True)


def forget() -> None:
    """Let the next question read the data anew, because it was written."""
    for cached in (_history, _in_force, figures, _remarks):
        cached.cache_clear()


def years() -> tuple[FinancialYear, ...]:
    """The years of which the data holds a figure of the frameworks, earliest first."""
    framework = [
        indicator.indicator_id
        for indicator in sources.reference().indicators
        if indicator.framework.framework_id in ("ascof", "nis")
    ]
    table = figures()
    told = table["indicator_id"].isin(framework) & table["value"].notna()
    return tuple(sorted(FinancialYear.parse(one) for one in table.loc[told, "period"].unique()))


def year_table(year: FinancialYear, rules: Rules) -> YearTable:
    """A year's figures of every area, ready to give any council's rows."""
    return YearTable(figures(), sources.reference(), year, rules, remarks=_remarks())


def publications(shown: pd.DataFrame) -> list[Source]:
    """The publications that figures of the table in force come from, earliest first."""
    from bench.present.page import Source

    named = set(shown["release_id"])
    return [
        Source(r.title, r.publisher, r.published, r.licence, r.landing_page, r.provenance)
        for r in sources.manifest().releases
        if r.id in named
    ]
