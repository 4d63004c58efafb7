"""How often what a change verdict says comes true: stated probability against truth, by tenths.

For every measure of a year whose errors are known, true changes are made up in several ways. The
true figures of the first year are its published ones, those of the second lie the true change
further, kept within the scale. Figures of both years are then drawn as they could have been
published, with their counts, margins and decimals, and judged with the errors that these have:

- as the published changes: each council's own change, drawn in so far that changes spread as they
  do beyond their errors;
- bell curve, long tails (Student's t with 4 degrees of freedom), skewed, two groups: as wide;
- most stay: 15 in 100 councils move, the others do not.

How changes are judged was chosen on the changes to 2015-16 and 2017-18. Those to 2016-17 and
2018-19 were held out; `--chosen-on` shows the others. Seeded; some minutes:

    .venv/bin/python benchmarks/change.py
"""

import argparse
from itertools import pairwise

import numpy as np
from calibration import drawn

from bench.judge.change import Errors, judge_change, moves_of_all
from bench.judge.figure import figure_of
from bench.judge.intervals import error_variance, exact, impossible
from bench.judge.rag import Meaning, material_gap
from bench.pages import store
from bench.pages.choices import rules_for
from bench.reference import FinancialYear

YEARS = ("2014-15", "2015-16", "2016-17", "2017-18", "2018-19")
HELD_OUT = ("2016-17", "2018-19")
DRAWS, SEED = 4, 3


def as_published(moves, spread, random):
    """Each council's own move, drawn in towards the mean move."""
    return spread * (moves - moves.mean()) / moves.std(ddof=1)


def most_stay(moves, spread, random):
    far = random.random(len(moves)) < 0.15
    return np.where(far, random.normal(0, spread / np.sqrt(0.15), len(moves)), 0.0)


def of_shape(standard):
    return lambda moves, spread, random: spread * standard(random, len(moves))


TRUTHS = {
    "as the published changes": as_published,
    "bell curve": of_shape(lambda random, n: random.standard_normal(n)),
    "long tails": of_shape(lambda random, n: random.standard_t(4, n) / np.sqrt(2)),
    "most stay": most_stay,
    "skewed": of_shape(lambda random, n: random.gamma(1, 1, n) - 1),
    "two groups": of_shape(
        lambda random, n: (random.choice([-1, 1], n) + random.normal(0, 0.4, n)) / np.sqrt(1.16)
    ),
}


def variance_of(printed, indicator):
    figure = figure_of(printed, indicator)
    return error_variance(figure, unit=figure.unit, method=figure.method)


def measures(before, year, rules):
    """Each indicator with the smallest gap that matters and both years' figures of councils."""
    table, earlier = store.year_table(year, rules), store.year_table(before, rules)
    for indicator in table.indicators:
        name = indicator.indicator_id
        now, then = table.field(name), earlier.field(name)
        edge = material_gap(now, rules)
        pairs = [
            (earlier.printed(name)[area], table.printed(name)[area])
            for area in sorted({*now.variances} & {*then.variances})
        ]
        possible = [
            pair
            for pair in pairs
            if not any(impossible(figure_of(printed, indicator)) for printed in pair)
        ]
        if len(possible) >= rules.spread.least_councils and not isinstance(edge, str):
            yield indicator, edge, possible


def spread_of(moves, variances):
    """How far true moves spread: the variance beyond the errors, as `belief.prior` has it."""
    whole = moves.var(ddof=1)
    return np.sqrt(max(whole - variances.mean(), whole * np.sqrt(2 / (len(moves) - 1))))


def verdicts(before, year, truths, rules, random):
    """Certainty, meaning, stated probability and whether it is true, of every drawn change."""
    for indicator, edge, pairs in measures(before, year, rules):
        moves = np.array([now.value - then.value for then, now in pairs])
        errors = [sum(variance_of(each, indicator) for each in pair) for pair in pairs]
        spread = spread_of(moves, np.array(errors))
        for _ in range(DRAWS):
            true = moves.mean() + truths(moves, spread, random)
            cases = [
                rehearsal
                for pair, move in zip(pairs, true, strict=True)
                if (rehearsal := rehearse(pair, move, indicator, (before, year), random))
            ]
            known = moves_of_all(
                [figures for figures, *_ in cases],
                [error.now + error.before for _, error, _ in cases],
                unit=str(indicator.unit),
                least=2,
            )
            for (later, earlier), error, truth in cases:
                verdict = judge_change(
                    later - earlier,
                    error,
                    polarity="higher_is_better",
                    moves=known,
                    edge=edge,
                    rules=rules.auto,
                )
                if verdict.probability is not None:
                    right = {
                        Meaning.BETTER: truth >= edge,
                        Meaning.WORSE: truth <= -edge,
                        Meaning.SIMILAR: abs(truth) < edge,
                    }[verdict.meaning]
                    moved = "similar" if verdict.meaning is Meaning.SIMILAR else "better or worse"
                    yield f"{verdict.certainty}, {moved}", verdict.probability, bool(right)


def rehearse(pair, move, indicator, years, random):
    """Two figures as they could have been published, their errors and the true move, if known."""
    then, before = drawn(pair[0].value, pair[0], indicator, indicator.decimals(years[0]), random)
    now, after = drawn(
        max(before + move, 0.0), pair[1], indicator, indicator.decimals(years[1]), random
    )
    errors = [variance_of(each, indicator) for each in (now, then)]
    if None in errors:
        return None
    return (exact(now.value), exact(then.value)), Errors(*errors), after - before


def show(cases, title):
    stated = np.array([probability for _, probability, _ in cases])
    right = np.array([each for *_, each in cases])
    kinds = np.array([kind for kind, *_ in cases])
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
            f"{100 * right[within].mean():8.1f}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chosen-on", action="store_true", help="the years it was chosen on")
    chosen_on, rules = parser.parse_args().chosen_on, rules_for()
    for title, truths in TRUTHS.items():
        random, cases = np.random.default_rng(SEED), []
        for before, year in pairwise(YEARS):
            if (year in HELD_OUT) != chosen_on:
                years = FinancialYear.parse(before), FinancialYear.parse(year)
                cases += verdicts(*years, truths, rules, random)
        show(cases, title)


if __name__ == "__main__":
    main()
