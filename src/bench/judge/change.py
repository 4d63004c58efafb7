"""What a move between two comparable years comes to: better, worse, similar, unclear or unknown.

The difference of two figures has the error variances of both years. The verdict is that of the
rule `auto`: the probability that the true figure moved by enough to matter, given how far the
figures of all councils moved. Where one of the two years has no margin of error, it is reckoned
from the nearest year of the same council that has one; a margin of one year alone judges nothing.

Source: Schenker and Gentleman (2001), The American Statistician 55, 182-186: two intervals that
overlap may well differ, so that overlap is no test of a difference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.judge.belief import Prior, belief, prior
from bench.judge.intervals import Z_95, error_variance, impossible
from bench.judge.rag import Certainty, Meaning, certainty_of, meaning_of
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
    errors: Errors | str,
    *,
    polarity: str,
    moves: Prior | str,
    edge: Fraction | str,
    rules: AutoRules,
) -> ChangeVerdict:
    """What a move between two comparable years comes to.

    Args:
        move: The later figure less the earlier one, exact.
        errors: Of the two figures, or why they are not known.
        polarity: higher_is_better, lower_is_better or none.
        moves: How far the true figures of councils moved between the years, or why nobody knows.
        edge: The smallest move that matters, or why there is none.
        rules: From which probability on something is said.
    """
    if isinstance(errors, str):
        return ChangeVerdict(reason=errors)
    if isinstance(edge, str):
        return ChangeVerdict(reason=edge)
    if isinstance(moves, str):
        return ChangeVerdict(reason=moves)
    known = belief(float(move), errors.now + errors.before, moves, edge=float(edge))
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
    # A margin of 0 says that nobody could have answered otherwise, which is not known.
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
    """The error variance of a figure; None where it is not known, or 0, which nobody can know."""
    return error_variance(figure, unit=figure.unit, method=figure.method) or None


def _scaled(figure: PublishedFigure, lender: PublishedFigure) -> PublishedFigure:
    """The figure with what makes the lender's margin, so that the margin fits the figure.

    A score keeps the lender's margin. Of a survey's percentage the number of answers is kept that
    would give the lender's margin; of people counted, the denominator.
    """
    if figure.method is not IntervalMethod.MARGIN:
        return replace(figure, numerator=lender.numerator, denominator=lender.denominator)
    if figure.unit != "per_cent" or not lender.margin:
        return replace(figure, margin=lender.margin, respondents=lender.respondents)
    assert lender.value is not None  # noqa: S101 - it has an error variance
    answers = lender.value * (100 - lender.value) * (Z_95 / lender.margin) ** 2
    return replace(figure, margin=None, respondents=answers)


def moves_of_all(moves: Sequence[float], variances: Sequence[float], least: int) -> Prior | str:
    """How far the true figures of councils moved between two years, or why nobody knows.

    Args:
        moves: Of each council, in the indicator's unit.
        variances: The error variance of each move for which it is known.
        least: How many councils are needed.
    """
    if len(moves) < least:
        return f"only {len(moves)} councils have both figures, and {least} are needed"
    return prior(moves, variances)
