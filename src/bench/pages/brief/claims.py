"""What a brief may claim: verdicts that are sure, and the same under every alternative."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bench.judge.intervals import exact
from bench.judge.published_row import published
from bench.judge.rag import Certainty, Meaning
from bench.judge.robustness import TrialOutcome, sensitivity
from bench.present.numbers import with_unit
from bench.reference.indicator import PER, IntervalMethod

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.judge.intervals import PublishedFigure
    from bench.judge.published_row import Measure, PublishedRow
    from bench.judge.rag import Verdict
    from bench.judge.robustness import Sensitivity, Trial
    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.reference import Council
    from bench.reference.peers import PeerGroup

# How the flags begin that say what `bench check` finds.
CHECK: Final = "check_"
CLAIMED: Final = (Meaning.WORSE, Meaning.BETTER)
# A number of people is rounded to the step of the first range that it lies in.
_STEPS: Final = ((20, 1), (200, 10), (2_000, 50))
_LARGEST_STEP: Final = 100


@dataclass(frozen=True, slots=True)
class People:
    """People behind a figure, where they are published and bear it out.

    Attributes:
        numerator: those who are counted.
        denominator: out of how many.
        missing: how many more there would be at the benchmark's rate; fewer if below 0.
    """

    numerator: int
    denominator: int
    missing: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A verdict against one benchmark that is sure, and that no alternative changes.

    Attributes:
        row: the figure as it is printed.
        against: `peers` or `england`.
        verdict: better or worse.
        benchmark: what the figure is compared with, as it is printed.
        gap: to the benchmark, in usual gaps between councils.
        trials: all alternatives, each unchanged or impossible to try.
        people: those behind it; None where they are not published.
    """

    row: PublishedRow
    against: str
    verdict: str
    benchmark: float
    gap: Fraction
    trials: tuple[Trial, ...]
    people: People | None

    @property
    def probability(self) -> float | None:
        """That the verdict is true."""
        if self.against == "peers":
            return self.row.probability_vs_peers
        return self.row.probability_vs_england

    @property
    def sentence(self) -> str:
        """The figure beside its benchmark, in people where these are published."""
        own, other = with_unit(self.row.value, self.row), with_unit(self.benchmark, self.row)
        whose = "the peers'" if self.against == "peers" else "England's"
        if self.people is None:
            return f"{own}; {whose} figure is {other}."
        link = "among" if self.row.unit == "per_100k" else "of"
        counted = f"{self.people.numerator:,} {link} {self.people.denominator:,}"
        if self.row.unit == "per_100k":
            counted += " people"
        if not (missing := about(self.people.missing)):
            return f"{own}, or {counted}; {whose} rate is {other}."
        more = "more" if self.people.missing > 0 else "fewer"
        return f"{own}, or {counted}; about {missing:,} {more} at {whose} rate of {other}."


def about(people: int) -> int:
    """A number of people as precise as two rounded rates allow; 0 or more.

    >>> [about(number) for number in (7, -88, 264, 2652)]
    [7, 90, 250, 2700]
    """
    size = abs(people)
    step = next((step for below, step in _STEPS if size < below), _LARGEST_STEP)
    return step * ((2 * size + step) // (2 * step))


def tried(
    table: YearTable, council: Council, peers: PeerGroup, rows: Iterable[Row]
) -> tuple[Sensitivity, ...]:
    """Every verdict better or worse that is sure, judged again under every alternative.

    That is within the rounding of the figure; against the peers also without any one of them, with
    every other peer model and by every other average.

    Args:
        table: The year's table that the rows come from.
        council: Whose rows.
        peers: With whom they are compared.
        rows: One per indicator.
    """
    coloured = [row for row in rows if any(map(_sure, (row.vs_peers, row.vs_england)))]
    trials = sensitivity(table, council, peers, coloured)
    return tuple(verdict for verdict in trials if _sure(verdict.case.verdict))


def _sure(verdict: Verdict) -> bool:
    return verdict.certainty is Certainty.SURE and verdict.meaning in CLAIMED


def stands(verdict: Sensitivity) -> bool:
    """Whether no alternative that can be tried makes it another word."""
    return all(trial.outcome is not TrialOutcome.CHANGED for trial in verdict.trials)


def questioned(row: PublishedRow) -> bool:
    """Whether a rule of `bench check` questions the figure."""
    return any(flag.startswith(CHECK) for flag in row.flags)


def claims(verdicts: Iterable[Sensitivity], against: str) -> tuple[Claim, ...]:
    """The claims that verdicts against `peers` or `england` bear out, the largest gap first.

    Nothing is claimed by a figure that a rule of `bench check` questions.
    """
    standing = (_claim(one) for one in verdicts if one.against == against and stands(one))
    sound = (claim for claim in standing if not questioned(claim.row))
    return tuple(sorted(sound, key=lambda claim: (-claim.gap, claim.row.indicator)))


def _claim(verdict: Sensitivity) -> Claim:
    """The claim of a verdict that stood every trial."""
    case, row = verdict.case, published(verdict.row)
    benchmark = row.peer_average if verdict.against == "peers" else row.england
    assert benchmark is not None  # noqa: S101 - else there is no verdict
    gap = abs(exact(benchmark) - exact(case.figure.value or 0)) / (case.field.spread or 1)
    people = _people(case.figure, benchmark, row)
    meaning = str(case.verdict.meaning)
    return Claim(row, verdict.against, meaning, benchmark, gap, verdict.trials, people)


def _people(figure: PublishedFigure, benchmark: float, measure: Measure) -> People | None:
    """The people behind a figure, if whole numbers of them are published that bear it out."""
    numerator, denominator, per = figure.numerator, figure.denominator, PER.get(figure.unit)
    if figure.method not in (IntervalMethod.WILSON, IntervalMethod.BYAR) or per is None:
        return None
    if figure.value is None or numerator is None or not denominator:
        return None
    if numerator != int(numerator) or denominator != int(denominator):
        return None
    value, whole = exact(figure.value), Fraction(denominator)
    # Counts may be rounded to 5, and the figure is printed to its decimals.
    allowed = Fraction(1, 10**measure.decimals) + 5 * per / whole
    if abs(per * Fraction(numerator) / whole - value) > allowed:
        return None
    missing = round((exact(benchmark) - value) * whole / per)
    return People(int(numerator), int(denominator), missing)
