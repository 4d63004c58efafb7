"""The catalogue of rules, and how they are run over the published figures."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from bench.integrity.checks import count_rules, figure_rules, series_rules, total_rules
from bench.integrity.checks.rule import (
    NEEDS_AN_EARLIER_YEAR,
    NEEDS_COUNTS,
    NEEDS_GROUPS,
    NEEDS_RESPONDENTS,
    NEEDS_TOTALS,
    NO_FINDINGS,
    Evidence,
    IntegrityRule,
    RuleOutcome,
    Severity,
    explain,
    stale,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from bench.integrity.checks.rule import KnownFinding

# Above every exit code that a BenchError has, so that a finding is never taken for a fault.
EXIT_CODES: Final = {
    Severity.LOW: 21,
    Severity.MEDIUM: 22,
    Severity.HIGH: 23,
    Severity.ERROR: 24,
}


def _nothing(_: Evidence) -> pd.DataFrame:
    return NO_FINDINGS


_STALE = IntegrityRule(
    "stale",
    Severity.LOW,
    "an explanation that explains no finding",
    "Every entry of known_findings.yaml must still fit a finding; one that does not is to be "
    "removed, or its selection mended.",
    _nothing,
)

RULES: Final[tuple[IntegrityRule, ...]] = (
    IntegrityRule(
        "twice",
        Severity.ERROR,
        "two rows of a release print the same figure",
        "A release, indicator, group, area and year name one figure. A build refuses a second "
        "one; the rule looks again at what was built.",
        figure_rules.printed_twice,
    ),
    IntegrityRule(
        "unknown",
        Severity.ERROR,
        "a code, area, year or symbol that no register knows",
        "Indicators, groups, areas and their ONS codes must stand in the registers, the indicator "
        "must have been published for the year, and in place of a number stands only a symbol "
        "that a layout explains.",
        figure_rules.unknown,
    ),
    IntegrityRule(
        "ended",
        Severity.ERROR,
        "a figure of a council that did not exist that year",
        "A council has figures only for the years between its beginning and its end. A time "
        "series printed with today's names can put a figure into the wrong row.",
        figure_rules.ended,
    ),
    IntegrityRule(
        "copied",
        Severity.HIGH,
        "a council's figures are another council's",
        "Two councils may share a percentage. Where value and all that stands beside it are the "
        "same in five measures of a year or more, one row was copied from the other.",
        figure_rules.copied,
    ),
    IntegrityRule(
        "quotient",
        Severity.HIGH,
        "the outcome is not its numerator over its denominator",
        "Numerator over denominator, in the measure's unit, is the outcome, allowing for its "
        "printed decimals and for counts rounded to 5 (where all counts of a measure in a release "
        "are multiples of 5) or to whole people.",
        figure_rules.quotient,
        (NEEDS_COUNTS,),
    ),
    IntegrityRule(
        "range",
        Severity.HIGH,
        "a value outside the limits of its indicator",
        "The register gives each indicator a minimum and a maximum: a percentage lies between 0 "
        "and 100, a rate per 100,000 between 0 and 100,000, a score on its scale (the quality of "
        "life of people who use services from 0 to 24), and a count is not below 0.",
        figure_rules.out_of_range,
    ),
    IntegrityRule(
        "numerator",
        Severity.HIGH,
        "a numerator above its denominator",
        "Nobody can be counted who is not among those to count. Looked at where the unit is per "
        "cent, also where the outcome itself is withheld.",
        figure_rules.above_the_whole,
        (NEEDS_COUNTS,),
    ),
    IntegrityRule(
        "denominator",
        Severity.HIGH,
        "a figure over a denominator of 0",
        "Where there was nobody to count there is no figure, not one of 0.",
        figure_rules.zero_denominator,
        (NEEDS_COUNTS,),
    ),
    IntegrityRule(
        "respondents",
        Severity.HIGH,
        "a figure from 0 respondents",
        "A survey that nobody answered has no figure; a 0 in its place is a false zero.",
        figure_rules.no_respondents,
        (NEEDS_RESPONDENTS,),
    ),
    IntegrityRule(
        "margin",
        Severity.HIGH,
        "a margin of error without a figure",
        "A margin says how sure a figure is; without the figure it belongs to nothing.",
        figure_rules.loose_margin,
    ),
    IntegrityRule(
        "unit",
        Severity.HIGH,
        "percentages printed as fractions",
        "All values of a percentage measure are at most 1: the file prints fractions.",
        series_rules.unit_of_a_measure,
    ),
    IntegrityRule(
        "population",
        Severity.HIGH,
        "a population that jumps and jumps back",
        "The denominator of a rate per 100,000 is everybody of an age who lives in the area. Where "
        "it differs from the nearest years before and after by more than 2%, beside the median "
        "council, and by more than 5 times what 98% of the other councils do, it may be another "
        "council's.",
        count_rules.jumping_population,
        (NEEDS_COUNTS,),
    ),
    IntegrityRule(
        "slip",
        Severity.MEDIUM,
        "a figure a hundred times smaller than the year before or after",
        "A council's percentage is a hundredth, within 2%, of the same figure a year before or "
        "after, and no counts bear it out: it may be a fraction by mistake.",
        series_rules.unit_of_a_figure,
    ),
    IntegrityRule(
        "shared",
        Severity.MEDIUM,
        "two councils have one population",
        "The same denominator of a rate per 100,000, as precisely as it is printed. Among some 150 "
        "councils that happens by chance about once in ten tables, so it is to be looked at beside "
        "their other years.",
        count_rules.shared_population,
        (NEEDS_COUNTS,),
    ),
    IntegrityRule(
        "alike",
        Severity.MEDIUM,
        "two indicators of a council have the same numerator and denominator",
        "Two measures with the same value of the same counts, of 20 people or more: one may have "
        "been entered for the other. Where over a quarter of the councils print the two alike, one "
        "finding stands for all of them. Surveys are left out, as their numbers are weighted and "
        "rounded.",
        count_rules.same_counts,
        (NEEDS_COUNTS,),
    ),
    IntegrityRule(
        "still",
        Severity.MEDIUM,
        "a count stands still while the other leaps",
        "A numerator or denominator of 20 people or more is the same as in the year before, to the "
        "person, while the other moves by a quarter or more and by more than 3 standard errors of "
        "a count: one of them may have been carried over. Not across a cut.",
        count_rules.standing_count,
        (NEEDS_COUNTS, NEEDS_AN_EARLIER_YEAR),
    ),
    IntegrityRule(
        "between",
        Severity.MEDIUM,
        "England or a region lies outside its councils",
        "An average lies between the lowest and the highest of what it averages. Where it does "
        "not, a council is missing, stands in the wrong region, or is wrong.",
        total_rules.outside_councils,
        (NEEDS_TOTALS,),
    ),
    IntegrityRule(
        "sum",
        Severity.MEDIUM,
        "councils' counts do not add up to England or a region",
        "Numerators and denominators of councils add up to the published total within what "
        "rounding allows; where a council's count is missing, the sum may only be below.",
        total_rules.does_not_add_up,
        (NEEDS_TOTALS, NEEDS_COUNTS),
    ),
    IntegrityRule(
        "coverage",
        Severity.MEDIUM,
        "fewer councils have a figure than before",
        "Councils with a figure are counted beside the earlier publication of the same year, else "
        "beside the year before: fewer at all, or fewer by more than 5%. The two tiny councils "
        "are left out.",
        series_rules.coverage,
        (NEEDS_AN_EARLIER_YEAR,),
    ),
    IntegrityRule(
        "magnitude",
        Severity.MEDIUM,
        "the middle council has moved by more than a factor of 1.5",
        "The median of councils beside the earlier publication of the same year, else the year "
        "before; not across a cut, where the measure is another one.",
        series_rules.magnitude,
        (NEEDS_AN_EARLIER_YEAR,),
    ),
    IntegrityRule(
        "groups",
        Severity.MEDIUM,
        "ages or sexes of a council add up to more than everybody",
        "Where groups share everybody out (ages, or women and men), their denominators add up to "
        "at most the denominator of all, within rounding.",
        total_rules.groups_exceed,
        (NEEDS_GROUPS,),
    ),
    IntegrityRule(
        "shortfall",
        Severity.LOW,
        "ages or sexes of a council fall short of everybody",
        "The groups' denominators fall short of the denominator of all by more than rounding and "
        "5%: so many people stand in no group.",
        total_rules.groups_fall_short,
        (NEEDS_GROUPS,),
    ),
    _STALE,
)

# The rules about figures; the last one is about what explains them.
OF_FIGURES: Final = tuple(rule.code for rule in RULES if rule is not _STALE)


def run(
    evidence: Evidence,
    entries: Sequence[KnownFinding] = (),
    *,
    release: str | None = None,
    rules: Sequence[IntegrityRule] = RULES,
) -> tuple[RuleOutcome, ...]:
    """Ask every rule of the evidence.

    Args:
        evidence: the figures of all releases; earlier ones are needed to judge a later one.
        entries: the findings that are known and explained.
        release: only what the rules say about this release.
        rules: the rules to ask.

    Returns:
        One outcome per rule, in the order of the catalogue.
    """
    shown = evidence.figures
    if release is not None:
        shown = shown[shown["release_id"] == release]
    by_release = dict(iter(shown.groupby("release_id", sort=False)))
    met = functools.cache(lambda need, name: need.met(by_release[name]))
    outcomes: list[RuleOutcome] = []
    for rule in rules:
        not_run = {
            str(name): "; ".join(need.reason for need in rule.needs if not met(need, name))
            for name in by_release
        }
        not_run = {name: reason for name, reason in not_run.items() if reason}
        found = rule.find(evidence)
        found = found[found["release_id"].isin(by_release)]
        if rule is _STALE:
            found = stale(entries, outcomes, release=release)
        outcomes.append(
            RuleOutcome(
                rule,
                explain(found, rule.code, entries),
                tuple(str(name) for name in by_release if name not in not_run),
                not_run,
            )
        )
    return tuple(outcomes)


def exit_code(outcomes: Sequence[RuleOutcome]) -> int:
    """0, or the code of the worst severity among findings that nobody has explained."""
    return max(
        (EXIT_CODES[one.rule.severity] for one in outcomes if len(one.unexplained)), default=0
    )
