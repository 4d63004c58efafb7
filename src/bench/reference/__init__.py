"""Who, what and when: councils, indicators, peers, years, and what may be compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from bench.reference.areas import (
    ENGLAND,
    TINY,
    Area,
    AreaKind,
    Council,
    CouncilPeriod,
    CouncilType,
    Region,
)
from bench.reference.comparability import Break, BreakKind, Comparability, NoteEffect, UsageNote
from bench.reference.councils import Councils
from bench.reference.districts import District, DistrictKind, Districts, Signpost
from bench.reference.indicator import (
    Breakdown,
    Indicator,
    IntervalMethod,
    Polarity,
    Relative,
    Together,
    Unit,
)
from bench.reference.indicators import Indicators
from bench.reference.peers import Peer, PeerGroup, PeerModels, PeerSource
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "ENGLAND",
    "TINY",
    "Area",
    "AreaKind",
    "Break",
    "BreakKind",
    "Breakdown",
    "Comparability",
    "Council",
    "CouncilPeriod",
    "CouncilType",
    "Councils",
    "District",
    "DistrictKind",
    "Districts",
    "FinancialYear",
    "Indicator",
    "Indicators",
    "IntervalMethod",
    "NoteEffect",
    "Peer",
    "PeerGroup",
    "PeerModels",
    "PeerSource",
    "Polarity",
    "Region",
    "Registers",
    "Relative",
    "Signpost",
    "Together",
    "Unit",
    "UsageNote",
    "load",
]


@dataclass(frozen=True, slots=True)
class Registers:
    """All registers of one folder.

    Attributes:
        councils: areas by identity, name and code.
        indicators: indicators by id, title and code.
        comparability: breaks and usage notes.
        peers: peer models.
    """

    councils: Councils
    indicators: Indicators
    comparability: Comparability
    peers: PeerModels


@cache
def load(folder: Path, follows: tuple[tuple[FinancialYear, FinancialYear], ...] = ()) -> Registers:
    """Read every register in a folder, once per folder and process.

    Args:
        folder: the folder that holds councils.csv, aliases.csv, places.csv, indicators.yaml,
            breaks.csv, usage_notes.csv and peers/.
        follows: years that indicators.yaml does not hold, each with the year whose framework it
            follows.

    Raises:
        RegisterError: a file is absent or contradicts itself or another.
    """
    if follows:
        reviewed = load(folder)
        return replace(reviewed, indicators=reviewed.indicators.following(dict(follows)))
    councils = Councils.read(folder)
    indicators = Indicators.read(folder)
    return Registers(
        councils=councils,
        indicators=indicators,
        comparability=Comparability.read(folder, indicators=indicators, councils=councils),
        peers=PeerModels.read(folder, councils),
    )
