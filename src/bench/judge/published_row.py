"""A council's rows as they are published: typed, at printed decimals, made once for a whole page.

A new field of the row is a line of `PublishedRow`, which says where it comes from; whatever prints
rows, and the table that a user is given, has it from there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bench.judge import statistics
from bench.judge.remarks import PROVISIONAL_FIGURE
from bench.reference.indicator import without_code

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from bench.judge.detectable import Detectable
    from bench.judge.intervals import Interval
    from bench.judge.ranks import RankInterval
    from bench.judge.remarks import Remark
    from bench.judge.row import Row
    from bench.reference import FinancialYear, Indicator

T = TypeVar("T")

# What the table that a user is given holds first, in order; other fields follow as declared.
FIRST_KEYS: Final = (
    "indicator",
    "code",
    "title",
    "domain",
    "unit",
    "polarity",
    "value",
    "lower",
    "upper",
    "status",
    "peer_average",
    "peers_reporting",
    "peers_total",
    "england",
    "verdict_vs_peers",
    "verdict_vs_england",
    "rule",
    "reason",
    "rank",
    "rank_of",
    "previous",
    "change",
    "flags",
)
_KEY = "key"
_WHOLE = "whole"  # a number that has no decimals where the indicator's figures have none


def _from(get: Callable[[Row], T], *, whole: bool = False, key: str | None = None) -> T:
    """A field of `PublishedRow`: what it is of the row as it was judged.

    `key` is the attribute that stands for it in a record, where that is not the field itself.
    """
    declared: T = field(metadata={"from": get, _WHOLE: whole, _KEY: key})
    return declared


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What must be known of an indicator to print one of its figures."""

    indicator: str
    code: str
    short_title: str
    unit: str
    polarity: str
    decimals: int

    @property
    def judged(self) -> bool:
        """Whether one direction is better than the other."""
        return self.polarity in {"higher_is_better", "lower_is_better"}

    @property
    def coded_title(self) -> str:
        """Code and title: `1D Quality of life of carers`."""
        return f"{self.code} {without_code(self.short_title, self.code)}"


def measure_of(indicator: Indicator, year: FinancialYear | None = None) -> Measure:
    """What must be known of an indicator to print its figures of a year, or of its last one."""
    year = year or indicator.years[-1]
    return _measure(indicator, indicator.code(year), indicator.decimals(year))


def _measure(indicator: Indicator, code: str, decimals: int) -> Measure:
    return Measure(
        indicator=indicator.indicator_id,
        code=code,
        short_title=indicator.short_title,
        unit=indicator.unit.value,
        polarity=indicator.polarity.value,
        decimals=decimals,
    )


def _printed(number: float | Fraction | None, decimals: int) -> float | None:
    return None if number is None else statistics.rounded(number, decimals)


def _lower(interval: Interval | None, decimals: int) -> float | None:
    """The lower end of an interval, which has a decimal more than its figure."""
    return None if interval is None else _printed(interval.lower, decimals + 1)


def _upper(interval: Interval | None, decimals: int) -> float | None:
    return None if interval is None else _printed(interval.upper, decimals + 1)


def _word(value: object) -> str | None:
    return None if value is None else str(value)


# Every verdict that has a probability stands on a figure with an error, so that none is certain.
_LEAST_SHARE, _MOST_SHARE = Decimal("0.001"), Decimal("0.999")


def printed_share(probability: float | None) -> float | None:
    """Rounded down: none that falls short of a certainty is printed as if it reached it.

    Never 0 or 1: 0.001 stands for that or less, 0.999 for that or more.
    """
    if probability is None:
        return None
    share = Decimal(str(probability)).quantize(_LEAST_SHARE, ROUND_DOWN)
    return float(min(max(share, _LEAST_SHARE), _MOST_SHARE))


def _smallest_gap(detectable: Detectable | None, decimals: int) -> float | None:
    """Rounded down: no gap below the number printed could have been shown."""
    if detectable is None:
        return None
    scale: int = 10 ** (decimals + 1)
    return math.floor(detectable.gap * scale) / scale


def _more_answers(detectable: Detectable | None) -> int | None:
    return None if detectable is None else detectable.more_answers


def _answers_reason(detectable: Detectable | None) -> str | None:
    return None if detectable is None else _word(detectable.reason)


@dataclass(frozen=True, kw_only=True)
class PublishedRow(Measure):
    """One indicator of one council in one year, beside its peers and England.

    Figures are in the indicator's unit, rounded as it is published; verdicts are words of
    `bench.judge.rag.Meaning`. `rank_lower` and `rank_upper` are the 95% range of the rank.
    """

    title: str = _from(lambda row: row.indicator.title)
    domain: str = _from(lambda row: row.domain)
    value: float | None = _from(lambda row: _printed(row.value, row.decimals), whole=True)
    lower: float | None = _from(lambda row: _lower(row.interval, row.decimals))
    upper: float | None = _from(lambda row: _upper(row.interval, row.decimals))
    status: str = _from(lambda row: row.status)
    marker: str | None = _from(lambda row: row.marker)
    peer_average: float | None = _from(
        lambda row: _printed(row.peer_average, row.decimals), whole=True
    )
    peers_reporting: int = _from(lambda row: len(row.peer_values))
    peers_total: int = _from(lambda row: row.peers_total)
    peers_missing: tuple[str, ...] = _from(lambda row: row.peers_missing)
    peer_values: tuple[tuple[str, float], ...] = _from(lambda row: row.peer_values)
    england: float | None = _from(lambda row: _printed(row.england, row.decimals), whole=True)
    verdict_vs_peers: str = _from(lambda row: str(row.vs_peers.meaning))
    verdict_vs_england: str = _from(lambda row: str(row.vs_england.meaning))
    rule: str = _from(lambda row: str(row.rule))
    reason: str | None = _from(lambda row: row.reason)
    rank: int | None = _from(lambda row: row.rank)
    rank_of: int | None = _from(lambda row: row.rank_of)
    previous: float | None = _from(lambda row: row.previous)
    previous_lower: float | None = _from(lambda row: _lower(row.previous_interval, row.decimals))
    previous_upper: float | None = _from(lambda row: _upper(row.previous_interval, row.decimals))
    verdict_vs_previous: str = _from(lambda row: str(row.vs_previous.meaning))
    previous_period: str | None = _from(
        lambda row: str(row.previous_period) if row.previous_period else None
    )
    change: float | None = _from(lambda row: row.change)
    change_reason: str | None = _from(lambda row: row.change_reason)
    flags: tuple[str, ...] = _from(lambda row: row.flags)
    notes: tuple[Remark, ...] = _from(lambda row: row.notes, key="flag_texts")
    benchmark_period: str = _from(lambda row: str(row.benchmark_year or row.year))
    own_figures: tuple[tuple[str, float], ...] = _from(lambda row: row.own_figures)
    certainty_vs_peers: str | None = _from(lambda row: _word(row.vs_peers.certainty))
    certainty_vs_england: str | None = _from(lambda row: _word(row.vs_england.certainty))
    certainty_vs_previous: str | None = _from(lambda row: _word(row.vs_previous.certainty))
    probability_vs_peers: float | None = _from(lambda row: printed_share(row.vs_peers.probability))
    probability_vs_england: float | None = _from(
        lambda row: printed_share(row.vs_england.probability)
    )
    probability_vs_previous: float | None = _from(
        lambda row: printed_share(row.vs_previous.probability)
    )
    change_margin_from: str | None = _from(lambda row: _word(row.vs_previous.margin_from))
    change_not_judged: str | None = _from(lambda row: row.vs_previous.reason or None)
    next: float | None = _from(lambda row: row.next)
    next_period: str | None = _from(lambda row: _word(row.next_period))
    peer_median: float | None = _from(
        lambda row: _printed(row.peer_median, row.decimals), whole=True
    )
    peer_lowest: float | None = _from(
        lambda row: min((value for _, value in row.peer_values), default=None)
    )
    peer_highest: float | None = _from(
        lambda row: max((value for _, value in row.peer_values), default=None)
    )
    peer_mean_dragged: bool = _from(lambda row: row.peer_mean_dragged)
    smallest_gap_vs_peers: float | None = _from(
        lambda row: _smallest_gap(row.detectable_vs_peers, row.decimals)
    )
    smallest_gap_vs_england: float | None = _from(
        lambda row: _smallest_gap(row.detectable_vs_england, row.decimals)
    )
    more_answers_vs_peers: int | None = _from(lambda row: _more_answers(row.detectable_vs_peers))
    more_answers_vs_england: int | None = _from(
        lambda row: _more_answers(row.detectable_vs_england)
    )
    more_answers_reason_vs_peers: str | None = _from(
        lambda row: _answers_reason(row.detectable_vs_peers)
    )
    more_answers_reason_vs_england: str | None = _from(
        lambda row: _answers_reason(row.detectable_vs_england)
    )
    rank_lower: int | None = None
    rank_upper: int | None = None

    @property
    def flag_texts(self) -> tuple[str, ...]:
        """The words of the notes."""
        return tuple(note.text for note in self.notes)

    @property
    def provisional(self) -> bool:
        """Whether the figure is the council's own, provisional and not published."""
        return PROVISIONAL_FIGURE in self.flags

    @property
    def verdicts(self) -> tuple[str, str]:
        """The verdict against the peers and the one against England."""
        return self.verdict_vs_peers, self.verdict_vs_england

    @property
    def comparable(self) -> bool:
        """Whether the figure is compared with its peers or with England."""
        return self.verdicts != ("not_compared", "not_compared")

    @property
    def worsening(self) -> bool:
        """RED against one benchmark or both, and worse than in the previous comparable year."""
        return "worse" in self.verdicts and self.verdict_vs_previous == "worse"

    def placed(self, place: RankInterval | None) -> PublishedRow:
        """The row with the 95% range of its rank; None where that cannot be told."""
        ends = (place.lower, place.upper) if place else (None, None)
        return replace(self, rank_lower=ends[0], rank_upper=ends[1])

    def record(self) -> dict[str, Any]:
        """The row with the keys and precision of `bench table --format json`."""
        return {name: self._cell(getattr(self, name), whole) for name, whole in _RECORD}

    def _cell(self, value: Any, whole: bool) -> Any:
        if isinstance(value, tuple):
            return [list(item) if isinstance(item, tuple) else item for item in value]
        return int(value) if whole and self.decimals == 0 and value is not None else value


_TAKEN: Final = tuple(
    (one.name, one.metadata["from"]) for one in fields(PublishedRow) if "from" in one.metadata
)
_KEYS: Final = {
    one.metadata.get(_KEY) or one.name: one.metadata.get(_WHOLE, False)
    for one in fields(PublishedRow)
    if one.name not in ("rank_lower", "rank_upper")
}
_RECORD: Final = tuple((name, _KEYS[name]) for name in dict.fromkeys((*FIRST_KEYS, *_KEYS)))


def published(row: Row) -> PublishedRow:
    """A row as it is printed."""
    measure = _measure(row.indicator, row.code, row.decimals)
    return PublishedRow(**vars(measure), **{name: get(row) for name, get in _TAKEN})
