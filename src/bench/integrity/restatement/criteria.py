"""The share of a numerator that meets an indicator's criteria, fails one, or is open."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from bench.errors import ParameterError
from bench.integrity.restatement.counts import extremes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.integrity.restatement.counts import At, CountBasis, Quoted


class Mark(StrEnum):
    """Whether a group meets a criterion; QUESTIONABLE leans to not met, and decides nothing."""

    MET = "met"
    ARGUABLE = "arguable"
    QUESTIONABLE = "questionable"
    NOT_MET = "not_met"
    NOT_TESTED = "not_tested"


class CriteriaVerdict(StrEnum):
    """What the marks of a group come to."""

    MEETS_ALL = "meets_all"
    FAILS_ONE = "fails_one"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a person must have to be counted."""

    criterion_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark with what it rests on."""

    mark: Mark
    evidence: str


@dataclass(frozen=True, slots=True)
class CountedGroup:
    """People counted in one way; `people` is None where no document says how many they are."""

    label: str
    people: Quoted | None
    marks: Mapping[str, Marked]

    @property
    def verdict(self) -> CriteriaVerdict:
        """All criteria met, one not met, or open."""
        found = {one.mark for one in self.marks.values()}
        if Mark.NOT_MET in found:
            return CriteriaVerdict.FAILS_ONE
        return CriteriaVerdict.MEETS_ALL if found == {Mark.MET} else CriteriaVerdict.OPEN


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the numerator, in per cent; they add up to 100.

    Attributes:
        meets_all: people who meet every criterion.
        fails_one: people who do not meet one.
        open: people of groups whose marks leave it open.
        unsized: people of groups whose number no document gives, whatever their marks.
    """

    meets_all: Fraction
    fails_one: Fraction
    open: Fraction
    unsized: Fraction


def shares_of(groups: Sequence[CountedGroup], basis: CountBasis) -> tuple[Shares, Shares, Shares]:
    """The shares as printed, the least and the most that rounding allows of each.

    Args:
        groups: Who is counted.
        basis: Where the numerator comes from.

    Raises:
        ParameterError: As `shares`.
    """
    quoted = dict.fromkeys((*basis.quoted, *(g.people for g in groups if g.people is not None)))
    at = {one.name: one.value for one in quoted}
    ends = [
        extremes(quoted, partial(_share, groups, basis, name))
        for name in ("meets_all", "fails_one", "open", "unsized")
    ]
    return (
        shares(groups, basis.counts(at)[0]),
        Shares(*(low for low, _ in ends)),
        Shares(*(high for _, high in ends)),
    )


def _share(groups: Sequence[CountedGroup], basis: CountBasis, name: str, at: At) -> Fraction:
    """One share where the quoted numbers have these values; within 0 and 100."""
    numerator = basis.counts(at)[0]
    if numerator <= 0:
        raise ParameterError("rounding leaves it open whether anybody is counted.")
    sized = [(group.verdict.value, at[g.name]) for group in groups if (g := group.people)]
    if name == "unsized":
        counted = numerator - sum((people for _, people in sized), Fraction(0))
    else:
        counted = sum((people for verdict, people in sized if verdict == name), Fraction(0))
    return min(max(counted * 100 / numerator, Fraction(0)), Fraction(100))


def shares(groups: Sequence[CountedGroup], numerator: Fraction) -> Shares:
    """How much of the numerator meets all criteria.

    Args:
        groups: Who is counted; together no more than the numerator.
        numerator: How many are counted; above 0.

    Raises:
        ParameterError: The groups hold more people than are counted, or nobody is.
    """
    if numerator <= 0:
        raise ParameterError("nobody is counted, so that there is no share of them.")
    sized = [(group, group.people.value) for group in groups if group.people is not None]
    total = sum((people for _, people in sized), Fraction(0))
    rest = numerator - total
    if rest < 0:
        raise ParameterError(
            f"the groups hold {float(total):,.0f} people, more than the {float(numerator):,.0f} "
            "that are counted.",
            mend="check the groups of the criteria test; nobody may stand in two of them.",
        )
    share = {
        verdict: sum((people for group, people in sized if group.verdict is verdict), Fraction(0))
        * 100
        / numerator
        for verdict in CriteriaVerdict
    }
    return Shares(
        share[CriteriaVerdict.MEETS_ALL],
        share[CriteriaVerdict.FAILS_ONE],
        share[CriteriaVerdict.OPEN],
        rest * 100 / numerator,
    )
