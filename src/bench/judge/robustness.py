"""How firm is a verdict? Every trial made on it, and a grade: firm, leans or depends.

Enters: a council's rows and the year's table that they come from. Leaves: one `Firmness` for each
verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bench.judge import statistics
from bench.judge.benchmarks import england, one_left_out, peers_average
from bench.judge.figure import NO_ROW
from bench.judge.funnel import standing
from bench.judge.rag import Average, Benchmark, Meaning, RuleName, Verdict
from bench.judge.robustness_trials import Case, Outcome, Probe, Trial
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.judge.rag import Rules
    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.reference import Council, FinancialYear
    from bench.reference.peers import PeerGroup

PEERS = "peers"
_ROUNDED_TO = 5
_ACCIDENTS = (Probe.ROUNDING, Probe.ONE_PEER)
_OPPOSITE = {
    Meaning.BETTER: Meaning.WORSE,
    Meaning.WORSE: Meaning.BETTER,
    Meaning.HIGHER: Meaning.LOWER,
    Meaning.LOWER: Meaning.HIGHER,
}


class Grade(StrEnum):
    """How much a verdict rests on the way it was made."""

    FIRM = "firm"
    LEANS = "leans"
    DEPENDS = "depends"


@dataclass(frozen=True, slots=True)
class Firmness:
    """One verdict, what it was judged by, and all that was tried on it.

    Attributes:
        row: the figure's row.
        against: `peers` or `england`.
        case: the figure, its benchmark and rules, and the verdict.
        trials: in the order of `Probe`.
    """

    row: Row
    against: str
    case: Case
    trials: tuple[Trial, ...]

    @property
    def grade(self) -> Grade:
        """How firm the verdict is; see `grade`."""
        return grade(self.case.verdict.meaning, self.trials)

    def records(self) -> list[dict[str, Any]]:
        """One object per trial, with the keys of `FIRMNESS_COLUMNS`."""
        low, high = self.case.similar() or (None, None)
        decimals = self.row.decimals + 1
        verdict = {
            "indicator": self.row.indicator.indicator_id,
            "code": self.row.code,
            "against": self.against,
            "verdict": str(self.case.verdict.meaning),
            "grade": str(self.grade),
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


FIRMNESS_COLUMNS = [
    "indicator",
    "code",
    "against",
    "verdict",
    "grade",
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


def grade(meaning: Meaning, trials: Iterable[Trial]) -> Grade:
    """How firm a verdict is, by what changes it.

    It **depends** if an accident of the data changes it (the rounding of the figure, or one peer
    that might as well not be among them); if other peers, another rule or another average turn
    better into worse; or if more than half of those that can be tried change it. It **leans** if
    half of them or fewer do, and is **firm** if nothing does.
    """
    made = [trial for trial in trials if trial.outcome is not Outcome.NOT_ASKED]
    changed = [trial for trial in made if trial.outcome is Outcome.CHANGED]
    if not changed:
        return Grade.FIRM
    turned = any(
        become is _OPPOSITE.get(meaning) for trial in changed for _, become in trial.changes
    )
    accident = any(trial.probe in _ACCIDENTS for trial in changed)
    choices = sum(trial.probe not in _ACCIDENTS for trial in made)
    if accident or turned or 2 * len(changed) > choices:
        return Grade.DEPENDS
    return Grade.LEANS


def fragility(
    table: YearTable, council: Council, peers: PeerGroup, rows: Iterable[Row]
) -> tuple[Firmness, ...]:
    """Every verdict of a council's rows, put to every trial that can be made.

    Args:
        table: The year's table that the rows come from.
        council: Whose rows.
        peers: With whom they are compared.
        rows: Its rows; a verdict that is "not compared" is left out.

    Returns:
        In the order of the rows, against the peers before against England. Of a verdict that was
        taken back among many comparisons only that is told.
    """
    other_peers = {
        name: table.registers.peers.group(name, council, table.year)
        for name in table.registers.peers.names()
        if name != peers.model
    }
    other_rules = [
        table.rules.model_copy(update={"rule": name})
        for name in RuleName
        if name is not table.rules.rule
    ]
    found: list[Firmness] = []
    for row in rows:
        if row.vs_peers.compared:
            found.append(_against_peers(table, row, peers, other_peers, other_rules))
        if row.vs_england.compared:
            found.append(_against_england(table, row, other_rules))
    return tuple(found)


def _against_peers(
    table: YearTable,
    row: Row,
    peers: PeerGroup,
    other_peers: Mapping[str, PeerGroup],
    other_rules: Sequence[Rules],
) -> Firmness:
    indicator, average = row.indicator, table.rules.average
    printed = table.printed(indicator.indicator_id, row.benchmark_year or row.year)
    case = _case(table, row, peers_average(indicator, peers, printed, average), row.vs_peers)
    if row.vs_peers.before is not None:
        return Firmness(row, PEERS, case, (case.taken_back(),))
    trials = (
        case.rounding(),
        case.one_peer(one_left_out(indicator, peers, printed, average)),
        *(
            case.other_benchmark(
                Probe.PEERS, name, peers_average(indicator, group, printed, average)
            )
            for name, group in other_peers.items()
        ),
        *case.other_rules(other_rules),
        *(
            case.other_benchmark(
                Probe.AVERAGE, name, peers_average(indicator, peers, printed, name)
            )
            for name in Average
            if name is not average
        ),
    )
    return Firmness(row, PEERS, case, trials)


def _against_england(table: YearTable, row: Row, other_rules: Sequence[Rules]) -> Firmness:
    printed = table.printed(row.indicator.indicator_id, row.benchmark_year or row.year)
    case = _case(table, row, england(printed.get(ENGLAND, NO_ROW), row.indicator), row.vs_england)
    if row.vs_england.before is not None:
        return Firmness(row, ENGLAND, case, (case.taken_back(),))
    return Firmness(row, ENGLAND, case, (case.rounding(), *case.other_rules(other_rules)))


def _case(table: YearTable, row: Row, benchmark: Benchmark, verdict: Verdict) -> Case:
    indicator_id, beside = row.indicator.indicator_id, row.benchmark_year or row.year
    return Case(
        figure=row.figure,
        decimals=row.decimals,
        rounded_counts=_rounded_to_5(table, indicator_id, row.year),
        interval=row.interval,
        polarity=str(row.indicator.polarity),
        field=table.field(indicator_id, beside),
        standing=standing(table.funnel(row.indicator, beside), row.figure),
        benchmark=benchmark,
        rules=table.rules,
        verdict=verdict,
    )


def _rounded_to_5(table: YearTable, indicator_id: str, year: FinancialYear) -> bool:
    """Whether every council's counts of the year are printed as multiples of 5.

    Areas above councils are left out: some files print them more exactly.
    """
    councils = table.field(indicator_id, year).values.keys()
    printed = table.printed(indicator_id, year)
    return all(
        count % _ROUNDED_TO == 0
        for area_id in councils
        for count in (printed[area_id].numerator, printed[area_id].denominator)
        if count is not None
    )
