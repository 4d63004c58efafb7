"""How often what a change verdict says comes true: stated probability against truth, by tenths.

For every measure of a year whose errors are known, true changes are made up in two ways, and
published ones are drawn around them with the published errors of both years:

- as the published ones: each council's own change, drawn in so far that changes spread as they do
  beyond their errors;
- t4: as wide as these, with tails as heavy as real changes have (Student's t with 4 degrees of
  freedom).

Seeded; a minute:

    .venv/bin/python benchmarks/change.py
"""

from fractions import Fraction
from itertools import pairwise

import numpy as np

from bench.judge.belief import Prior
from bench.judge.change import Errors, judge_change, moves_of_all
from bench.judge.rag import Meaning, material_gap
from bench.pages import store
from bench.pages.choices import rules_for
from bench.reference import FinancialYear

YEARS = ("2014-15", "2015-16", "2016-17", "2017-18", "2018-19")
DRAWS, TAILS, SEED = 4, 4, 3


def as_published(moves, known, random):
    """Each council's own move, drawn in towards the mean move."""
    kept = np.sqrt(known.variance / np.var(moves, ddof=1))
    return known.centre + kept * (np.array(moves) - known.centre)


def t4(moves, known, random):
    scale = np.sqrt(known.variance * (TAILS - 2) / TAILS)
    return known.centre + random.standard_t(TAILS, len(moves)) * scale


TRUTHS = {"as the published changes": as_published, "t4": t4}


def verdicts(before, year, truths, rules, random):
    """Certainty, meaning, stated probability and whether it is true, of every drawn change."""
    table = store.year_table(year, rules)
    earlier = store.year_table(before, rules)
    for one in table.indicators:
        now, then = table.field(one.indicator_id), earlier.field(one.indicator_id)
        both = sorted({*now.variances} & {*then.variances})
        edge = material_gap(now, rules)
        if len(both) < rules.spread.least_councils or isinstance(edge, str):
            continue
        moves = [float(now.values[area] - then.values[area]) for area in both]
        errors = [Errors(now.variances[area], then.variances[area]) for area in both]
        variances = [each.now + each.before for each in errors]
        known = moves_of_all(moves, variances, rules.spread.least_councils)
        assert isinstance(known, Prior)
        for _ in range(DRAWS):
            true = truths(moves, known, random)
            drawn = true + random.normal(0, np.sqrt(variances))
            prior = moves_of_all(list(drawn), variances, 2)
            for truth, move, error in zip(true, drawn, errors, strict=True):
                found = judge_change(
                    Fraction(float(move)),
                    error,
                    polarity="higher_is_better",
                    moves=prior,
                    edge=edge,
                    rules=rules.auto,
                )
                if found.probability is not None:
                    right = {
                        Meaning.BETTER: truth >= edge,
                        Meaning.WORSE: truth <= -edge,
                        Meaning.SIMILAR: abs(truth) < edge,
                    }[found.meaning]
                    moved = "similar" if found.meaning is Meaning.SIMILAR else "better or worse"
                    yield f"{found.certainty}, {moved}", found.probability, bool(right)


def show(found, title):
    stated = np.array([probability for _, probability, _ in found])
    right = np.array([each for *_, each in found])
    kinds = np.array([kind for kind, *_ in found])
    print(f"\nTrue changes: {title}. Verdicts, the mean chance stated, and what came true")
    rows = [
        (
            f"{10 * tenth} to {10 * tenth + 10}%",
            (stated >= tenth / 10) & ((stated < (tenth + 1) / 10) | (tenth == 9)),
        )
        for tenth in range(5, 10)
    ]
    rows += [(kind, kinds == kind) for kind in sorted({*kinds})]
    for name, within in rows:
        print(
            f"{name:28}{within.sum():8}{100 * stated[within].mean():8.1f}"
            f"{100 * right[within].mean():8.1f}"
        )


def main():
    rules = rules_for()
    for title, truths in TRUTHS.items():
        random, found = np.random.default_rng(SEED), []
        for before, year in pairwise(YEARS):
            years = FinancialYear.parse(before), FinancialYear.parse(year)
            found += verdicts(*years, truths, rules, random)
        show(found, title)


if __name__ == "__main__":
    main()
