"""Does a verdict hinge on a choice? Every trial made on it: the same question, asked otherwise.

The trials are the rounding of the figure, any one peer left out, the other peer models and the
other averages. Another rule asks another question and is no trial.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bench.judge import statistics
from bench.judge.benchmarks import one_left_out, peers_average
from bench.judge.funnel import standing
from bench.judge.rag import Average, Benchmark, RuleName, Verdict
from bench.judge.robustness_trials import Probe, Trial, TrialCase, TrialOutcome
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.reference import Council
    from bench.reference.peers import PeerGroup

PEERS = "peers"
# What changes a verdict by itself; of the other choices it takes most of those that can be made.
_ALONE = (Probe.ROUNDING, Probe.ONE_PEER, Probe.CHANCE)


class Grade(StrEnum):
    """Whether the word of a verdict rests on the way it was made."""

    ROBUST = "robust"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """One verdict, what it was judged by, and all that was tried on it.

    Attributes:
        row: the figure's row.
        against: `peers` or `england`.
        case: the figure, its benchmark and rules, and the verdict.
        trials: in the order of `Probe`.
    """

    row: Row
    against: str
    case: TrialCase
    trials: tuple[Trial, ...]

    @property
    def hinges_on(self) -> tuple[Probe, ...]:
        """What the verdict hinges on; see `hinges_on`."""
        return hinges_on(self.trials)

    @property
    def grade(self) -> Grade:
        """Robust, or sensitive where it hinges on anything."""
        return Grade.SENSITIVE if self.hinges_on else Grade.ROBUST

    def records(self) -> list[dict[str, Any]]:
        """One object per trial, with the keys of `SENSITIVITY_COLUMNS`."""
        low, high = self.case.similar() or (None, None)
        decimals = self.row.decimals + 1
        verdict = {
            "indicator": self.row.indicator.indicator_id,
            "code": self.row.code,
            "against": self.against,
            "verdict": str(self.case.verdict.meaning),
            "sensitivity": str(self.grade),
            "hinges_on": [str(probe) for probe in self.hinges_on],
            "rule": str(self.case.verdict.rule),
            "similar_from": None if low is None else statistics.rounded(low, decimals),
            "similar_to": None if high is None else statistics.rounded(high, decimals),
        }
        return [
            {
                **verdict,
                "test": str(trial.probe),
                "alternative": trial.alternative,
                "outcome": str(trial.outcome),
                "becomes": [str(meaning) for _, meaning in trial.changes],
                "without": [name for name, _ in trial.changes if name],
                "reason": trial.reason,
            }
            for trial in self.trials
        ]


SENSITIVITY_COLUMNS = [
    "indicator",
    "code",
    "against",
    "verdict",
    "sensitivity",
    "hinges_on",
    "rule",
    "similar_from",
    "similar_to",
    "test",
    "alternative",
    "outcome",
    "becomes",
    "without",
    "reason",
]


def hinges_on(trials: Iterable[Trial]) -> tuple[Probe, ...]:
    """What the word of a verdict hinges on, in the order of `Probe`; nothing where it is robust.

    On the rounding of the figure, or on one peer, if that changes the word. On the peers chosen or
    on how they are averaged, if most of the other peer models and averages that can be tried
    change it: then on whichever of the two most of its own trials change it.
    """
    asked, changed = Counter[Probe](), Counter[Probe]()
    for trial in trials:
        if trial.outcome is not TrialOutcome.NOT_ASKED:
            asked[trial.probe] += 1
            changed[trial.probe] += trial.outcome is TrialOutcome.CHANGED
    choices = [probe for probe in Probe if probe not in _ALONE]
    most = 2 * sum(changed[one] for one in choices) > sum(asked[one] for one in choices)
    return tuple(
        probe
        for probe in Probe
        if (changed[probe] if probe in _ALONE else most and 2 * changed[probe] > asked[probe])
    )


def sensitivity(
    table: YearTable, council: Council, peers: PeerGroup, rows: Iterable[Row]
) -> tuple[Sensitivity, ...]:
    """Every verdict of a council's rows, put to every trial that can be made.

    Args:
        table: The year's table that the rows come from.
        council: Whose rows.
        peers: With whom they are compared.
        rows: Its rows; a verdict that is "not compared" is left out.

    Returns:
        In the order of the rows, against the peers before against England. Of a verdict that was
        taken back among many comparisons that is the only trial.
    """
    other_peers = {
        name: table.registers.peers.group(name, council, table.year)
        for name in table.registers.peers.names()
        if name != peers.model
    }
    tried: list[Sensitivity] = []
    for row in rows:
        if row.vs_peers.compared:
            tried.append(_against_peers(table, row, peers, other_peers))
        if row.vs_england.compared:
            tried.append(_against_england(table, row))
    return tuple(tried)


def _against_peers(
    table: YearTable, row: Row, peers: PeerGroup, other_peers: Mapping[str, PeerGroup]
) -> Sensitivity:
    indicator, average = row.indicator, table.rules.average
    beside = row.benchmark_year or row.year
    printed = table.printed_with(indicator, peers, beside)

    def benchmark(group: PeerGroup, way: Average) -> Benchmark:
        return peers_average(indicator, group, printed, way, variances=variances)

    variances = table.variances_with(indicator, peers, beside)
    case = _case(table, row, benchmark(peers, average), row.vs_peers)
    if row.vs_peers.before is not None:
        return Sensitivity(row, PEERS, case, (case.taken_back(),))
    trials = (
        case.rounding(),
        case.one_peer(one_left_out(indicator, peers, printed, average, variances=variances)),
        *(
            case.other_benchmark(Probe.PEERS, name, benchmark(group, average))
            for name, group in other_peers.items()
        ),
        *(
            case.other_benchmark(Probe.AVERAGE, name, benchmark(peers, name))
            for name in Average
            if name is not average
        ),
    )
    return Sensitivity(row, PEERS, case, trials)


def _against_england(table: YearTable, row: Row) -> Sensitivity:
    case = _case(table, row, table.england_of(row.indicator, row.benchmark_year), row.vs_england)
    if row.vs_england.before is not None:
        return Sensitivity(row, ENGLAND, case, (case.taken_back(),))
    return Sensitivity(row, ENGLAND, case, (case.rounding(),))


def _case(table: YearTable, row: Row, benchmark: Benchmark, verdict: Verdict) -> TrialCase:
    indicator_id, beside = row.indicator.indicator_id, row.benchmark_year or row.year
    return TrialCase(
        figure=row.figure,
        decimals=row.decimals,
        rounded_counts=table.counts_in_fives(indicator_id, row.year),
        interval=row.interval,
        polarity=str(row.indicator.polarity),
        field=table.field(indicator_id, beside),
        standing=standing(table.funnel(row.indicator, beside), row.figure)
        if table.rules.rule is RuleName.FUNNEL
        else "the rule needs no funnel",
        benchmark=benchmark,
        rules=table.rules,
        verdict=verdict,
    )
