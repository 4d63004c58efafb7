"""From one verdict to another, one ingredient at a time: which of them moved it, and how far.

A verdict has few ingredients. They are exchanged in a stated order, the earlier for the later, and
after each the rule is asked again. The gap, counted in usual gaps between councils, moves at each
step by that step's part, in exact numbers, so that the parts add up to the whole. Another order
would share it out otherwise: the order is part of the answer, and is said with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from bench.judge.intervals import exact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from bench.judge.figure import FigureInForce
    from bench.judge.rag import Benchmark, Verdict
    from bench.judge.year_table import YearTable
    from bench.reference import Council, Indicator
    from bench.reference.peers import PeerGroup


class Ingredient(StrEnum):
    """What a verdict is made of, in the order in which the earlier is exchanged for the later.

    The council's own come first, then whom it is compared with, then the scale and the rule.
    """

    FIGURE = "figure"
    ERROR = "error"
    PEER_LIST = "peer_list"
    BENCHMARK = "benchmark"
    USUAL_GAP = "usual_gap"
    RULE = "rule"


ORDER: Final = tuple(Ingredient)


@dataclass(frozen=True, slots=True)
class ComparisonSide:
    """One of two verdicts: the figures of a year as they stood, and whom the council is beside.

    Attributes:
        table: the year's figures.
        peers: the peers of that year; None where the benchmark is England.
    """

    table: YearTable
    peers: PeerGroup | None


@dataclass(frozen=True, slots=True)
class VerdictStep:
    """What a verdict comes to once an ingredient is exchanged, those before it too.

    Attributes:
        ingredient: the one exchanged.
        verdict: what the rule then says.
        gap: between figure and benchmark, in usual gaps; None where one of the three is lacking.
        part: by how much the gap has moved since it was last known; None where it is not known.
        moved: whether the verdict is another than before the step, or not given for another reason.
    """

    ingredient: Ingredient
    verdict: Verdict
    gap: Fraction | None
    part: Fraction | None
    moved: bool


@dataclass(frozen=True, slots=True)
class VerdictSteps:
    """The way from one verdict to another.

    Attributes:
        before: the earlier verdict, with its gap in usual gaps.
        gap_before: see `before`.
        steps: one per ingredient, the last of which is the later verdict.
    """

    before: Verdict
    gap_before: Fraction | None
    steps: tuple[VerdictStep, ...]

    @property
    def after(self) -> Verdict:
        """The later verdict."""
        return self.steps[-1].verdict

    @property
    def gap_after(self) -> Fraction | None:
        """The later gap, in usual gaps."""
        return self.steps[-1].gap

    @property
    def whole(self) -> Fraction | None:
        """How far the gap has moved; None where it is not known before or after."""
        if self.gap_before is None or self.gap_after is None:
            return None
        return self.gap_after - self.gap_before

    @property
    def moved_by(self) -> tuple[Ingredient, ...]:
        """The ingredients at whose exchange the verdict moves."""
        return tuple(step.ingredient for step in self.steps if step.moved)


def _benchmark(indicator: Indicator, side: ComparisonSide) -> Benchmark:
    if side.peers is None:
        return side.table.england_of(indicator)
    return side.table.average_of(indicator, side.peers)


def verdict_steps(
    indicator: Indicator, council: Council, earlier: ComparisonSide, later: ComparisonSide
) -> VerdictSteps:
    """Go from the earlier verdict to the later one.

    Args:
        indicator: Of which, on both sides.
        council: Whose.
        earlier: Where to start; beside peers on both sides, or beside England on both.
        later: Where to end.
    """
    taken = dict.fromkeys(ORDER, earlier)
    benchmark = _benchmark(indicator, earlier)
    question = _question(indicator, council, taken, benchmark)
    before, gap_before = _answer(indicator, council, question)
    verdict, known = before, gap_before
    said, gap = before, gap_before
    steps = []
    for ingredient in ORDER:
        if ingredient is Ingredient.PEER_LIST and later.peers is None:
            continue
        taken[ingredient] = later
        if ingredient in (Ingredient.PEER_LIST, Ingredient.BENCHMARK):
            beside = taken[Ingredient.BENCHMARK].table
            benchmark = _benchmark(
                indicator, ComparisonSide(beside, taken[Ingredient.PEER_LIST].peers)
            )
        exchanged = _question(indicator, council, taken, benchmark)
        # What is the same on both sides moves nothing.
        if exchanged != question:
            question, (said, gap) = exchanged, _answer(indicator, council, exchanged)
        part = None if gap is None or known is None else gap - known
        moved = (said.meaning, said.reason) != (verdict.meaning, verdict.reason)
        steps.append(VerdictStep(ingredient, said, gap, part, moved))
        verdict, known = said, known if gap is None else gap
    return VerdictSteps(before, gap_before, tuple(steps))


class _Question(NamedTuple):
    """What a verdict is made of.

    Attributes:
        own: the council's figure.
        benchmark: what it is compared with.
        usual: the year whose councils say what the usual gap is.
        rule: the year by whose rules and notes it is judged.
    """

    own: FigureInForce
    benchmark: Benchmark
    usual: YearTable
    rule: YearTable


def _question(
    indicator: Indicator,
    council: Council,
    taken: Mapping[Ingredient, ComparisonSide],
    benchmark: Benchmark,
) -> _Question:
    """Each ingredient from the side that is named for it; `benchmark` is that of two of them."""
    counts = taken[Ingredient.ERROR].table.published(indicator, council)
    printed = taken[Ingredient.FIGURE].table.published(indicator, council)
    return _Question(
        replace(counts, value=printed.value, status=printed.status, marker=printed.marker),
        benchmark,
        taken[Ingredient.USUAL_GAP].table,
        taken[Ingredient.RULE].table,
    )


def _answer(
    indicator: Indicator, council: Council, question: _Question
) -> tuple[Verdict, Fraction | None]:
    """The verdict, and the gap in usual gaps."""
    own, benchmark, usual, rule = question
    verdict = rule.verdict_on(indicator, council, own, benchmark, scale=usual)
    spread = usual.field(indicator.indicator_id).spread
    if own.value is None or benchmark.value is None or not spread:
        return verdict, None
    return verdict, (exact(own.value) - benchmark.value) / spread
