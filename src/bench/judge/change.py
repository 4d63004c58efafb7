"""What a move between two comparable years comes to: better, worse, similar, unclear or unknown.

The difference of two figures has the error variances of both years. The verdict is that of the
rule `auto`: the probability that the true figure moved by enough to matter, given how far the
figures of all councils moved, and never a higher one than these bear out. Where one of the two
years has no margin of error, it is reckoned from the nearest year of the same council that has
one; a margin of one year alone judges nothing.

Source: Schenker and Gentleman (2001), The American Statistician 55, 182-186: two intervals that
overlap may well differ, so that overlap is no test of a difference.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Final

from bench.judge.belief import TrueMoves, true_moves
from bench.judge.intervals import Z_95, error_variance, impossible, margin_of
from bench.judge.rag import Certainty, Meaning, certainty_of, meaning_of
from bench.judge.statistics import gap_parts
from bench.reference.indicator import IntervalMethod

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from fractions import Fraction

    from bench.judge.intervals import PublishedFigure
    from bench.judge.rag import AutoRules
    from bench.reference import FinancialYear

NO_MARGIN = "no margin of error in either year"


@dataclass(frozen=True, slots=True)
class ChangeVerdict:
    """What a move comes to, with its evidence.

    Attributes:
        meaning: not_compared where there is no move, or nothing to judge it by.
        certainty: sure or probable; None where it is unclear or not judged.
        probability: that what the verdict says is true; None likewise.
        margin_from: the year that the margin of error of one of the two is reckoned from; None
            where both have their own.
        reason: why a move that is shown is not judged; "" where it is.
    """

    meaning: Meaning = Meaning.NOT_COMPARED
    certainty: Certainty | None = None
    probability: float | None = None
    margin_from: FinancialYear | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Errors:
    """The error variances of two years' figures, in the indicator's unit squared.

    Attributes:
        now: of the later figure.
        before: of the earlier one.
        margin_from: the year that one of them is reckoned from; None where neither is.
    """

    now: float
    before: float
    margin_from: FinancialYear | None = None


def judge_change(
    move: Fraction,
    errors: Errors,
    *,
    polarity: str,
    moves: TrueMoves | str,
    edge: Fraction | str,
    rules: AutoRules,
) -> ChangeVerdict:
    """What a move between two comparable years comes to.

    Args:
        move: The later figure less the earlier one, exact.
        errors: Of the two figures.
        polarity: higher_is_better, lower_is_better or none.
        moves: How far the true figures of councils moved between the years, or why nobody knows.
        edge: The smallest move that matters, or why there is none.
        rules: From which probability on something is said.
    """
    if isinstance(edge, str):
        return ChangeVerdict(reason=edge)
    if isinstance(moves, str):
        return ChangeVerdict(reason=moves)
    known = moves.chances(float(move), errors.now + errors.before, edge=float(edge))
    meaning, probability = meaning_of(known, polarity, rules, side=(move > 0) - (move < 0))
    return ChangeVerdict(meaning, certainty_of(probability, rules), probability, errors.margin_from)


def errors_of(
    now: tuple[FinancialYear, PublishedFigure],
    before: tuple[FinancialYear, PublishedFigure],
    lenders: Callable[[], Mapping[FinancialYear, PublishedFigure]],
) -> Errors | str:
    """The errors of two years' figures, or why they are not known.

    Args:
        now: The later year and its figure.
        before: The earlier year and its figure.
        lenders: Gives the council's figures of the years that count the same people in the same
            way; a margin may be reckoned from any of them. It is asked only where one is needed.
    """
    for _, figure in (now, before):
        if reason := impossible(figure):
            return f"a figure cannot be right as published: {reason}"
    own = [_variance(figure) for _, figure in (now, before)]
    if own[0] and own[1]:
        return Errors(own[0], own[1])
    if not own[0] and not own[1]:
        return NO_MARGIN
    year, figure = before if own[0] else now
    reckoned = reckoned_variance(year, figure, lenders())
    if reckoned is None:
        return f"no margin of error in {year}"
    variance, margin_from = reckoned
    return Errors(own[0] or variance, own[1] or variance, margin_from)


def reckoned_variance(
    year: FinancialYear, figure: PublishedFigure, lenders: Mapping[FinancialYear, PublishedFigure]
) -> tuple[float, FinancialYear] | None:
    """The error variance of a figure, by the counts or the margin of the nearest year with one.

    Args:
        year: Of the figure; of two years as near, the earlier lends.
        figure: Without a margin of error of its own.
        lenders: The figures that `lenders` of `errors_of` gives.
    """
    for lender in sorted(lenders, key=lambda other: (abs(other.start - year.start), other.start)):
        if not (lender != year and _variance(lenders[lender])):
            continue
        variance = _variance(_scaled(figure, lenders[lender]))
        if variance:
            return variance, lender
    return None


def _variance(figure: PublishedFigure) -> float | None:
    """The error variance of a figure; None where it is not known."""
    return error_variance(figure, unit=figure.unit, method=figure.method)


def _scaled(figure: PublishedFigure, lender: PublishedFigure) -> PublishedFigure:
    """The figure with what makes the lender's margin, so that the margin fits the figure.

    A score keeps the lender's margin. Of a survey's percentage the number of answers is kept that
    would give the lender's margin; of people counted, the denominator.
    """
    if figure.method is not IntervalMethod.MARGIN:
        return replace(figure, numerator=lender.numerator, denominator=lender.denominator)
    margin = margin_of(lender)
    if figure.unit != "per_cent" or margin is None:
        return replace(figure, margin=margin, respondents=lender.respondents)
    assert lender.value is not None  # noqa: S101 - it has an error variance
    answers = lender.value * (100 - lender.value) * (Z_95 / margin) ** 2
    return replace(figure, margin=None, respondents=answers)


# Where a scale ends. A score's own ends are hardly ever reached.
_ENDS: Final = {"per_cent": (0, 100), "per_100k": (0,)}


def moves_of_all(
    figures: Sequence[tuple[Fraction, Fraction]],
    variances: Sequence[float | None],
    *,
    unit: str,
    least: int,
) -> TrueMoves | str:
    """How far the true figures of councils moved between two years, or why nobody knows.

    Councils that stand at the same end of the scale in both years may say nothing of how far the
    others moved. So what is possible without them is possible too.

    Args:
        figures: Of each council, the later year's and the earlier one's, in the indicator's unit.
        variances: The error variance of each move, above 0; one that is not known is taken for the
            middle one of the others. One or more are known.
        unit: Of the indicator.
        least: How many councils are needed.
    """
    if len(figures) < least:
        return f"only {len(figures)} councils have both figures, and {least} are needed"
    ends = _ENDS.get(unit, ())
    usual = median(variance for variance in variances if variance is not None)
    moves = [top / bottom for top, bottom in itertools.starmap(gap_parts, figures)]
    errors = [usual if variance is None else variance for variance in variances]
    movers = [at for at, (now, before) in enumerate(figures) if now != before or now not in ends]
    known = true_moves(moves, errors)
    if not least <= len(movers) < len(figures):
        return known
    return known.beside(true_moves([moves[at] for at in movers], [errors[at] for at in movers]))
