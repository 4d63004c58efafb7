"""The rules from points to money of an audit pack: sentences, tables, sheets and a chart."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from markupsafe import Markup

from bench.audit.allocation import CostComparison, Fact, Level
from bench.audit.paper import WORD
from bench.pages.audit.sections import Content, part
from bench.present.chart import Drawing, Figure, safe
from bench.present.html import identifier, markup
from bench.present.numbers import MINUS, NO_NUMBER, bare
from bench.present.sheet import Column, Sheet, exact_cell, table_sheet
from bench.present.table import beneath, counted, paragraph, records_table, values_table
from bench.present.theme import ROLES, Look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.audit.allocation import (
        Allocated,
        AllocationRule,
        CareGroup,
        DocumentedRule,
        PlanComparison,
        PlanEntry,
        Spread,
    )
    from bench.present.html import Section


_ALL: Final = Fraction(1)
MOST_DRAWN: Final = 3  # care groups with a chart; the tables hold all
_LOOKS: Final[Mapping[CostComparison, Look]] = {
    CostComparison.WITHIN: Look("within", "●", "WITHIN", "the tolerance", "better", ""),
    CostComparison.ABOVE: Look("above", "▲", "ABOVE", "it: ask why", "similar", ""),
    CostComparison.BELOW: Look("below", "▼", "BELOW", "it: ask why", "similar", ""),
}


def content(allocated: Allocated) -> Content:
    """The section: the rules, a chart and a spread for each care group, and the plans.

    Args:
        allocated: rules and plans, worked out.
    """
    entry = allocated.entry
    marked = f" ({WORD})" if entry.illustrative else ""
    parts: list[Section | Figure] = [paragraph(entry.about)]
    if entry.methods:
        parts.append(_methods(entry.methods))
    if allocated.groups:
        parts.append(_rules(allocated, marked))
    for at, group in enumerate(allocated.groups):
        parts.append(part(group.name, *_spread_text(group, entry.per.value)))
        if at < MOST_DRAWN:
            parts.append(curves(group, paper=entry.title, per=entry.per.value, marked=marked))
        parts.append(_spreads(group, entry.title, entry.per.value, marked))
    if allocated.by_outcomes:
        parts.append(part("By outcomes, without points", _BY_OUTCOMES))
        parts.append(_outcomes(allocated, marked))
    if allocated.plans:
        parts.append(part("Plans beside what the rule says", *_tolerance(allocated)))  # fmt: skip
        parts.append(_plans(allocated, marked))
    return Content(
        parts=tuple(parts),
        sheets=tuple(_sheets(allocated)),
        documents=tuple(
            dict.fromkeys(filter(None, (entry.document, *(one.document for one in entry.methods))))
        ),
    )


_BY_OUTCOMES: Final = (
    "Such a rule has an amount for each level of support towards an outcome. A person's amounts "
    "are added up here."
)


def _methods(methods: Sequence[DocumentedRule]) -> Section:
    """Rules as documents describe them, each fact with its section."""
    return records_table(
        caption="How councils set a budget, as documents describe it",
        columns=("Whose", "How it works", "What else is said", "Document"),
        lines=[
            (
                one.council,
                one.rule,
                Markup("").join(
                    Markup("<div>{} ({})</div>").format(fact.text, fact.where) for fact in one.facts
                ),
                f"{one.document}, {one.where}",
            )
            for one in methods
        ],
        note="No document prints the amounts.",
    )


def _outcomes(allocated: Allocated, marked: str) -> Section:
    per = allocated.entry.per.value
    return values_table(
        caption=f"{allocated.entry.title}: by outcome and level, in pounds a {per}{marked}",
        columns=(
            "Council", "Care group", "Outcome", *(one.value.capitalize() for one in Level),
        ),
        lines=[
            (
                rule.council,
                rule.care_group,
                one.outcome,
                *(pounds(one.amount(level)) for level in Level),
            )
            for rule in allocated.by_outcomes
            for one in rule.outcomes
        ],
        prose=("Care group", "Outcome"),
    )  # fmt: skip


def _rules(allocated: Allocated, marked: str) -> Section:
    per = allocated.entry.per.value
    return records_table(
        caption=f"{allocated.entry.title}: the rules{marked}",
        columns=("Council", "Care group", "Most points", "Rule", "With all points"),
        lines=[
            (
                rule.entry.council,
                group.name,
                str(rule.points_max),
                beneath(*_rule_text(rule, per)),
                f"{pounds(rule.at(_ALL))} a {per}",
            )
            for group in allocated.groups
            for rule in group.rules
        ],
    )


def _rule_text(rule: AllocationRule, per: str) -> tuple[str, ...]:
    """The rule in a line, and where a price comes from beneath it."""
    if rule.price is None:
        bands = rule.entry.bands
        low, high = (pounds(Fraction(bands[at].amount)) for at in (0, -1))
        return (f"{counted(len(bands), 'band')}, {low} to {high} a {per}",)
    price = f"£{bare(float(rule.price), 2)} a point"
    sample = rule.entry.sample
    if sample is None:
        return (price,)
    return (
        price,
        f"From {counted(sample.people, 'person').replace('persons', 'people')}: "
        f"{pounds(Fraction(sample.cost))} over {sample.points:,} points, "
        f"less {sample.contingency_pct.normalize():f}% held back.",
    )


def _spread_text(group: CareGroup, per: str) -> list[str]:
    """The spread at the need nearest to half of the points, in a sentence."""
    spread = min(group.spreads, key=lambda one: abs(one.need - Fraction(1, 2)))
    if len(group.rules) == 1:
        return [f"{group.rules[0].entry.council} is the only one with a rule."]
    if spread.lowest == spread.highest:
        return [
            f"With {share(spread.need)} of the points, all give {pounds(spread.lowest)} a {per}."
        ]
    names = [rule.entry.council for rule in group.rules]
    low = names[spread.amounts.index(spread.lowest)]
    high = names[spread.amounts.index(spread.highest)]
    told = (
        f"With {share(spread.need)} of the points, a person would get from "
        f"{pounds(spread.lowest)} a {per} ({low}) to {pounds(spread.highest)} ({high})"
    )
    return [
        f"{told}: {bare(float(spread.ratio), 1)} times as much." if spread.ratio else f"{told}."
    ]


def _spreads(group: CareGroup, paper: str, per: str, marked: str) -> Section:
    return values_table(
        caption=f"{paper}, {group.name}: how far councils lie apart, in pounds a {per}{marked}",
        columns=("Share of the points", "Lowest", "Middle", "Highest", "Highest over lowest"),
        lines=[
            (
                share(one.need),
                pounds(one.lowest),
                pounds(one.middle),
                pounds(one.highest),
                _times(one),
            )
            for one in group.spreads
        ],
    )


def _times(spread: Spread) -> str:
    return NO_NUMBER if spread.ratio is None else f"{bare(float(spread.ratio), 2)} times"


def _tolerance(allocated: Allocated) -> list[str]:
    allowed = dict.fromkeys(f"{one.tolerance_pct.normalize():f}%" for one in allocated.plans)
    tolerance = " or ".join(allowed)
    panels = sum(one.panel for one in allocated.plans)
    outside = sum(one.comparison is not CostComparison.WITHIN for one in allocated.plans)
    return [
        f"A plan may cost up to {tolerance} more or less than the rule says. Further off, someone "
        "should ask why: the plan or the rule may need a change.",
        "A limit that is written down can be checked. A rule of thumb that only some know cannot.",
        f"{outside} of {counted(len(allocated.plans), 'plan')} "
        f"{'lies' if outside == 1 else 'lie'} further off.",
        *(
            [
                f"{panels} {'costs' if panels == 1 else 'cost'} so much that a panel looks at "
                f"{'it' if panels == 1 else 'them'}, whatever the rule says."
            ]
            if panels
            else []
        ),
    ]


def _plans(allocated: Allocated, marked: str) -> Section:
    per = allocated.entry.per.value
    return records_table(
        caption=f"{allocated.entry.title}: plans beside what the rule says{marked}",
        columns=(
            "Plan",
            "Points or levels",
            "The rule says",
            "The plan costs",
            "Difference",
            "Tolerance",
        ),
        lines=[
            (
                beneath(one.plan.label, f"{one.plan.council}, {one.plan.care_group}"),
                _need(one.plan),
                f"{pounds(one.indicative)} a {per}",
                f"{pounds(Fraction(one.plan.cost))} a {per}",
                _off(one),
                beneath(
                    markup("tables/tag.html.j2", look=_LOOKS[one.comparison]),
                    *(["goes to a panel"] if one.panel else []),
                ),
            )
            for one in allocated.plans
        ],
    )


def _need(plan: PlanEntry) -> str:
    """A plan's points, or its level for each outcome."""
    if plan.points is not None:
        return str(plan.points)
    return "; ".join(f"{outcome}: {level.value}" for outcome, level in plan.levels.items())


def _off(comparison: PlanComparison) -> str:
    if comparison.off is None:
        return NO_NUMBER
    sign = "+" if comparison.off > 0 else MINUS if comparison.off < 0 else ""
    return f"{sign}{bare(abs(float(100 * comparison.off)), 0)}%"


# --- downloads ----------------------------------------------------------------------------------


def _sheets(allocated: Allocated) -> list[Sheet]:
    per = allocated.entry.per.value
    methods: tuple[Column[_MethodLine], ...] = (
        Column("Whose", lambda line: line.rule.council),
        Column("How it works", lambda line: line.rule.rule),
        Column("What else is said", lambda line: line.fact.text),
        Column("Where", lambda line: line.fact.where),
        Column("Document", lambda line: line.rule.document),
    )
    outcomes: tuple[Column[_OutcomeLine], ...] = (
        Column("Council", lambda line: line.council),
        Column("Care group", lambda line: line.care_group),
        Column("Outcome", lambda line: line.outcome),
        Column("Level", lambda line: line.level.value),
        Column(f"Pounds a {per}", lambda line: exact_cell(line.amount, 2)),
    )
    rules: tuple[Column[_RuleLine], ...] = (
        Column("Council", lambda line: line.rule.entry.council),
        Column("Care group", lambda line: line.rule.entry.care_group),
        Column("Most points", lambda line: line.rule.points_max),
        Column("Rule", lambda line: line.kind),
        Column("Pounds a point", lambda line: exact_cell(line.price, 4)),
        Column("From points", lambda line: line.first),
        Column("To points", lambda line: line.last),
        Column(f"Pounds a {per}", lambda line: exact_cell(line.amount, 2)),
    )
    needs: tuple[Column[_NeedLine], ...] = (
        Column("Care group", lambda line: line.group),
        Column("Share of the points, %", lambda line: exact_cell(100 * line.need, 1)),
        Column("Council", lambda line: line.council),
        Column(f"Pounds a {per}", lambda line: exact_cell(line.amount, 2)),
    )
    plans: tuple[Column[PlanComparison], ...] = (
        Column("Plan", lambda one: one.plan.label),
        Column("Council", lambda one: one.plan.council),
        Column("Care group", lambda one: one.plan.care_group),
        Column(
            "Points or levels",
            lambda one: _need(one.plan) if one.plan.points is None else one.plan.points,
        ),
        Column(f"Rule, pounds a {per}", lambda one: exact_cell(one.indicative, 2)),
        Column(f"Plan, pounds a {per}", lambda one: exact_cell(Fraction(one.plan.cost), 2)),
        Column(
            "Difference, %", lambda one: None if one.off is None else exact_cell(100 * one.off, 1)
        ),
        Column("Tolerance, %", lambda one: one.tolerance_pct),
        Column("Against the tolerance", lambda one: one.comparison.value),
        Column("Goes to a panel", lambda one: "yes" if one.panel else "no"),
    )
    of_methods = (
        _MethodLine(rule, fact)
        for rule in allocated.entry.methods
        for fact in rule.facts or (Fact(text="", where=rule.where),)
    )
    of_outcomes = (
        _OutcomeLine(rule.council, rule.care_group, one.outcome, level, one.amount(level))
        for rule in allocated.by_outcomes
        for one in rule.outcomes
        for level in Level
    )
    of_rules = (
        line for group in allocated.groups for rule in group.rules for line in _rule_lines(rule)
    )
    of_needs = (
        _NeedLine(group.name, spread.need, rule.entry.council, amount)
        for group in allocated.groups
        for spread in group.spreads
        for rule, amount in zip(group.rules, spread.amounts, strict=True)
    )
    sheets = (
        table_sheet("Methods", methods, of_methods),
        table_sheet("Outcomes", outcomes, of_outcomes),
        table_sheet("Rules", rules, of_rules),
        table_sheet("Needs", needs, of_needs),
        table_sheet("Plans", plans, allocated.plans),
    )
    return [sheet for sheet in sheets if sheet.rows]


class _MethodLine(NamedTuple):
    """What a document says of a rule, or that it says no more."""

    rule: DocumentedRule
    fact: Fact


class _OutcomeLine(NamedTuple):
    """What a council's rule gives for a level of support towards an outcome."""

    council: str
    care_group: str
    outcome: str
    level: Level
    amount: Fraction


class _NeedLine(NamedTuple):
    """What one council's rule gives for a need."""

    group: str
    need: Fraction
    council: str
    amount: Fraction


class _RuleLine(NamedTuple):
    """A rule's price of a point, or one of its bands."""

    rule: AllocationRule
    kind: str
    price: Fraction | None
    first: int
    last: int
    amount: Fraction


def _rule_lines(rule: AllocationRule) -> list[_RuleLine]:
    if rule.price is not None:
        kind = "price" if rule.entry.sample is None else "price from a sample"
        return [_RuleLine(rule, kind, rule.price, 0, rule.points_max, rule.at(_ALL))]
    return [
        _RuleLine(rule, "bands", None, band.first, band.last, Fraction(band.amount))
        for band in rule.entry.bands
    ]


_COLOURS = ("accent", "ink", "second", "muted")
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
_LEGEND_LINE = 22  # pixels


def pounds(amount: Fraction) -> str:
    """An amount as readers see it: £1,234, with pence where there are any."""
    return f"£{bare(float(amount), 0 if amount.denominator == 1 else 2)}"


def share(need: Fraction) -> str:
    """A share as readers see it: 50%, or 12.5%."""
    percent = 100 * need
    return f"{bare(float(percent), 0 if percent.denominator == 1 else 1)}%"


def curves(group: CareGroup, *, paper: str, per: str, marked: str) -> Figure:
    """What each council gives at each need.

    Args:
        group: the rules of a care group.
        paper: what the paper is called; two on one page have the same care groups.
        per: what the money is for: "week" or "year".
        marked: what stands behind the title of what is made up; empty otherwise.
    """
    traces: list[dict[str, Any]] = []
    for at, rule in enumerate(group.rules):
        corners = rule.curve()
        name = safe(rule.entry.council)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": [float(100 * need) for need, _ in corners],
                "y": [float(amount) for _, amount in corners],
                "line": {
                    "color": ROLES[_COLOURS[at % len(_COLOURS)]],
                    "dash": _DASHES[at % len(_DASHES)],
                    "width": 2.5,
                },
                "hoverinfo": "text",
                "hovertext": [
                    f"{name}<br>{share(need)} of the points: {pounds(amount)} a {per}"
                    for need, amount in corners
                ],
            }
        )
    rows = -(-len(traces) // 4)
    layout = {
        "height": 400 + _LEGEND_LINE * rows,
        "margin": {"l": 8, "r": 24, "t": 16 + _LEGEND_LINE * (rows + 1), "b": 56},
        "xaxis": {
            "range": [0, 100],
            "ticksuffix": "%",
            "ticklabelstandoff": 6,
            "title": {"text": "Share of the most points that can be given", "font": {"size": 14}},
        },
        "yaxis": {
            "rangemode": "tozero",
            "tickprefix": "£",
            "separatethousands": True,
            "ticklabelstandoff": 6,
            "title": {"text": f"A {per}", "font": {"size": 14}},
        },
        "legend": {"y": 1.02},
    }
    narrow = {"margin.t": 24 + _LEGEND_LINE * (len(traces) // 2 + 1), "xaxis.nticks": 5}
    title = f"{paper}, {group.name}: what each council gives{marked}"
    return Figure(
        drawing=Drawing(traces, layout, narrow),
        div_id=identifier("curves", paper, group.name),
        title=title,
        note="Councils score need on scales of their own. Here each scale runs from 0 to 100%. A "
        "straight line is a price for each point; steps are bands.",
        alt=" ".join(
            f"{rule.entry.council}: "
            + ", ".join(
                f"{pounds(spread.amounts[at])} at {share(spread.need)}" for spread in group.spreads
            )
            + "."
            for at, rule in enumerate(group.rules)
        ),
        table=values_table(
            caption=f"{title}, in pounds a {per}",
            columns=("Council", *(f"At {share(one.need)} of the points" for one in group.spreads)),
            lines=[
                (rule.entry.council, *(pounds(one.amounts[at]) for one in group.spreads))
                for at, rule in enumerate(group.rules)
            ],
        ),
    )
