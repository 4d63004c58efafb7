"""How often what a change verdict says comes true: stated probability against truth, by tenths.

For every measure of a year whose errors are known, true changes are drawn as the published ones
spread beyond their errors, with tails as heavy as real changes have (Student's t with 4 degrees of
freedom), and published ones with the published errors of both years. Seeded; half a minute:

    .venv/bin/python benchmarks/change.py
"""

from fractions import Fraction

import numpy as np

from bench.judge.belief import Prior
from bench.judge.change import Errors, judge_change, moves_of_all
from bench.judge.rag import Meaning, material_gap
from bench.pages import store
from bench.pages.choices import rules_for
from bench.reference import FinancialYear

DRAWS, TAILS = 8, 4


def verdicts(before, year, rules, random):
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
        scale = np.sqrt(known.variance * (TAILS - 2) / TAILS)
        for _ in range(DRAWS):
            true = known.centre + random.standard_t(TAILS, len(both)) * scale
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
                    yield str(found.certainty), str(found.meaning), found.probability, bool(right)


def main():
    random = np.random.default_rng(3)
    found = list(
        verdicts(
            FinancialYear.parse("2017-18"), FinancialYear.parse("2018-19"), rules_for(), random
        )
    )
    stated = np.array([probability for _, _, probability, _ in found])
    right = np.array([each for *_, each in found])
    for tenth in range(5, 10):
        within = (stated >= tenth / 10) & ((stated < (tenth + 1) / 10) | (tenth == 9))
        print(
            f"stated {tenth * 10} to {tenth * 10 + 10}%: {within.sum():6}"
            f"  mean {stated[within].mean():.1%}  came true {right[within].mean():.1%}"
        )
    kinds = [(certainty, meaning) for certainty, meaning, _, _ in found]
    for kind in sorted(set(kinds)):
        of_kind = np.array([each == kind for each in kinds])
        print(f"{' '.join(kind):18} {of_kind.sum():6}  came true {right[of_kind].mean():.1%}")


if __name__ == "__main__":
    main()
