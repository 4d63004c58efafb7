"""From points to money: what each council's rule gives, compared at the same need.

Enters: rules and plans. Leaves: exact amounts, spreads between councils, and how each plan lies
beside its indicative amount. Scales differ, so that need is the share of the maximum points.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from bench.judge.statistics import median

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.audit.allocation_file import Allocation, PlanEntry, RuleEntry, Sample

__all__ = [
    "Allocated",
    "Beside",
    "CareGroup",
    "Held",
    "Rule",
    "Spread",
    "allocate",
    "price_of",
]


@dataclass(frozen=True, slots=True)
class Rule:
    """One council's rule for a care group.

    Attributes:
        entry: as written; `entry.sample` says where a price comes from.
        price: pounds per point; None where the rule has bands.
    """

    entry: RuleEntry
    price: Fraction | None

    def amount(self, points: Fraction | int) -> Fraction:
        """The indicative amount in pounds, for 0 to the maximum points.

        In a band table points between two whole numbers count as the lower one.
        """
        if self.price is not None:
            return self.price * points
        whole = int(points)
        found = next(band for band in self.entry.bands if band.first <= whole <= band.last)
        return Fraction(found.amount)

    def at(self, need: Fraction) -> Fraction:
        """The indicative amount at a need from 0 to 1, as a share of the maximum points."""
        return self.amount(need * self.entry.points_max)

    def curve(self) -> list[tuple[Fraction, Fraction]]:
        """Corners of the curve: need from 0 to 1, and the amount; a band's edge stands twice."""
        highest = Fraction(self.entry.points_max)
        if self.price is not None:
            return [(Fraction(0), Fraction(0)), (Fraction(1), self.price * self.entry.points_max)]
        corners = []
        for band in self.entry.bands:
            end = min(Fraction(band.last + 1), highest)
            corners += [(band.first / highest, Fraction(band.amount))]
            corners += [(end / highest, Fraction(band.amount))]
        return corners


@dataclass(frozen=True, slots=True)
class Spread:
    """How far councils lie apart at one need; `ratio` is None where the lowest gives nothing."""

    need: Fraction
    amounts: tuple[Fraction, ...]
    lowest: Fraction
    middle: Fraction
    highest: Fraction
    ratio: Fraction | None


@dataclass(frozen=True, slots=True)
class CareGroup:
    """The rules of one care group, and their spread at each need."""

    name: str
    rules: tuple[Rule, ...]
    spreads: tuple[Spread, ...]


class Beside(StrEnum):
    """How a plan's cost lies beside its indicative amount."""

    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Held:
    """A plan held against its rule; `off` is its distance as a share of the indicative amount.

    `off` is None where the indicative amount is 0.
    """

    plan: PlanEntry
    indicative: Fraction
    off: Fraction | None
    beside: Beside


@dataclass(frozen=True, slots=True)
class Allocated:
    """All rules by care group, and all plans."""

    entry: Allocation
    groups: tuple[CareGroup, ...]
    plans: tuple[Held, ...]


def price_of(sample: Sample) -> Fraction:
    """Pounds per point: the sample's cost over its points, less the contingency."""
    kept = 1 - Fraction(sample.contingency_pct) / 100
    return Fraction(sample.cost) / sample.points * kept


def allocate(allocation: Allocation) -> Allocated:
    """Work out rules without contradictions: by care group in order of the file, and the plans."""
    rules = [_rule(entry) for entry in allocation.rules]
    needs = [Fraction(need) / 100 for need in allocation.needs_pct]
    groups = []
    for name in dict.fromkeys(entry.care_group for entry in allocation.rules):
        own = tuple(rule for rule in rules if rule.entry.care_group == name)
        groups.append(CareGroup(name, own, tuple(_spread(own, need) for need in needs)))
    by_key = {(rule.entry.council, rule.entry.care_group): rule for rule in rules}
    tolerance = Fraction(allocation.tolerance_pct) / 100
    return Allocated(
        allocation,
        tuple(groups),
        tuple(
            _held(plan, by_key[plan.council, plan.care_group], tolerance)
            for plan in allocation.plans
        ),
    )


def _rule(entry: RuleEntry) -> Rule:
    if entry.sample is not None:
        return Rule(entry, price_of(entry.sample))
    return Rule(entry, None if entry.price_per_point is None else Fraction(entry.price_per_point))


def _spread(rules: Sequence[Rule], need: Fraction) -> Spread:
    amounts = tuple(rule.at(need) for rule in rules)
    low, high = min(amounts), max(amounts)
    return Spread(need, amounts, low, median(amounts), high, high / low if low else None)


def _held(plan: PlanEntry, rule: Rule, tolerance: Fraction) -> Held:
    """A plan whose distance equals the tolerance is within it."""
    indicative, cost = rule.amount(plan.points), Fraction(plan.cost)
    beside = Beside.WITHIN
    if abs(cost - indicative) > tolerance * indicative:
        beside = Beside.ABOVE if cost > indicative else Beside.BELOW
    off = (cost - indicative) / indicative if indicative else None
    return Held(plan, indicative, off, beside)
