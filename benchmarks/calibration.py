"""Whether a verdict's stated probability comes true, and how much it colours.

    .venv/bin/python benchmarks/calibration.py             truths as the published figures spread
    .venv/bin/python benchmarks/calibration.py --shapes    truths of other shapes as well
    .venv/bin/python benchmarks/calibration.py --shares    classes by measure and year, and how
                                                           often a verdict keeps its word

The true figures of a year are made up, figures are drawn around them with the published errors and
printed to their decimals, and the rule `auto` judges them as it judges published ones: the whole
way from the printed figures of all councils, with the peers that they have. Each of its three
probabilities (better by enough to matter, close, worse by enough to matter) is then held against
the truth. Seeded.
"""

import argparse
from collections import defaultdict
from dataclasses import replace

import numpy as np

from bench.judge.figure import figure_of
from bench.judge.intervals import error_variance, impossible
from bench.judge.rag import Certainty, Meaning, RuleName, material_gap
from bench.pages import store
from bench.pages.choices import rules_for
from bench.published import sources
from bench.reference.indicator import PER, IntervalMethod
from bench.reference.periods import FinancialYear

# The years in which a release prints counts and margins of error.
YEARS = ("2014-15", "2015-16", "2016-17", "2017-18", "2018-19", "2024-25")
SHAPES_YEAR = "2018-19"
ROUNDS, SEED, LEAST = 20, 11, 30
ENGLAND = "england"
# A measure is a heap where so large a share of councils print 100%.
HEAP = 0.1
FEWEST_IN_A_TENTH = 200
COLOURS = (Meaning.BETTER, Meaning.WORSE, Meaning.HIGHER, Meaning.LOWER)
OPPOSITE = {
    Meaning.BETTER: Meaning.WORSE,
    Meaning.WORSE: Meaning.BETTER,
    Meaning.HIGHER: Meaning.LOWER,
    Meaning.LOWER: Meaning.HIGHER,
}


def year_table(year):
    return store.year_table(FinancialYear.parse(year), rules_for(RuleName.AUTO))


def measures(table):
    """The indicators of a year that enough councils have with a known error."""
    for indicator in table.indicators:
        if len(table.field(indicator.indicator_id).variances) >= LEAST:
            yield indicator


def kind_of(table, indicator):
    values = [float(value) for value in table.field(indicator.indicator_id).values.values()]
    per_cent = str(indicator.unit) == "per_cent"
    if per_cent and np.mean(np.array(values) >= 100) >= HEAP:
        return "heap at 100%"
    method = indicator.interval
    if method is IntervalMethod.BYAR:
        return "rate per 100,000"
    if method is IntervalMethod.WILSON:
        return "share of people counted"
    return "survey percentage" if per_cent else "survey score"


# --- truths ---------------------------------------------------------------------------------------


def as_published(field, indicator, draw):
    """Each council's own figure, drawn in so far that truths spread as figures less their errors.

    It keeps the published figures' shape: their skew, their heap, their outliers.
    """
    values = {area_id: float(value) for area_id, value in field.values.items()}
    share = np.sqrt(field.prior.variance / np.var(list(values.values()), ddof=1))
    at_the_end = 100.0 if str(indicator.unit) == "per_cent" else np.inf
    return {
        # What stands at the end of the scale stays there: a heap is still a heap.
        area_id: value
        if value >= at_the_end
        else field.prior.centre + share * (value - field.prior.centre)
        for area_id, value in values.items()
    }


def of_shape(make):
    def truths(field, indicator, draw):
        standard = make(draw, len(field))
        scale = np.sqrt(field.prior.variance)
        places = field.prior.centre + scale * standard
        return dict(zip(field.values, np.maximum(places, 0.0), strict=True))

    return truths


def heaped(field, indicator, draw):
    """Two of five councils at the end of the scale, the others up to three spreads below it."""
    end = 100.0
    below = 3 * np.sqrt(field.prior.variance) * draw.beta(1, 2, len(field))
    places = np.where(draw.random(len(field)) < 0.4, end, end - below)
    return dict(zip(field.values, np.maximum(places, 0.0), strict=True))


TRUTHS = {
    "as published": as_published,
    "normal": of_shape(lambda draw, n: draw.standard_normal(n)),
    "skewed": of_shape(lambda draw, n: (draw.gamma(2, 1, n) - 2) / np.sqrt(2)),
    "heavy tails": of_shape(lambda draw, n: draw.standard_t(3, n)),
    "two groups": of_shape(lambda draw, n: draw.choice([-1, 1], n) + 0.4 * draw.standard_normal(n)),
    "heaped": heaped,
}


def drawn(truth, printed, indicator, decimals, draw):
    """A figure as it could have been published, and the truth within its scale."""
    figure = figure_of(printed, indicator)
    if figure.unit == "per_cent":
        truth = min(max(truth, 0.0), 100.0)
    known = error_variance(figure, unit=figure.unit, method=figure.method)
    if known is None:
        return printed, truth
    if figure.method is IntervalMethod.MARGIN:
        value = truth + draw.normal(0, np.sqrt(known))
        if figure.unit == "per_cent":
            value = min(max(value, 0.0), 100.0)
        return replace(printed, value=round(float(value), decimals)), truth
    per, out_of = PER[figure.unit], figure.denominator
    count = (
        draw.binomial(round(out_of), truth / per)
        if figure.method is IntervalMethod.WILSON
        else draw.poisson(truth * out_of / per)
    )
    value = round(float(min(count * per / out_of, per)), decimals)
    numerator = float(min(count, out_of))
    return replace(printed, value=value, numerator=numerator), truth


# --- what came true -------------------------------------------------------------------------------


class Record:
    """Stated probabilities with what came true, and verdicts with whether they were right."""

    def __init__(self):
        self.stated = []
        self.right = defaultdict(list)

    def add(self, verdict, side, lowest_first):
        known = verdict.belief
        for probability, event in ((known.below, -1), (known.close, 0), (known.above, 1)):
            self.stated.append((probability, side == event))
        if verdict.meaning is Meaning.UNCLEAR:
            self.right["unclear"].append(False)
            return
        says = {Meaning.SIMILAR: 0, Meaning.HIGHER: 1, Meaning.LOWER: -1}.get(verdict.meaning)
        if says is None:
            says = 1 if (verdict.meaning is Meaning.BETTER) != lowest_first else -1
        name = "similar" if says == 0 else f"{verdict.certainty}"
        self.right[name].append(side == says)

    def join(self, other):
        self.stated += other.stated
        for name, each in other.right.items():
            self.right[name] += each


def rehearse(table, indicator, groups, truths, draw):
    """One made-up year of one measure: every council judged, and held against the truth."""
    name, decimals = indicator.indicator_id, indicator.decimals(table.year)
    field, published = table.field(name), table.printed(name)
    lies = truths(field, indicator, draw)
    england = published.get(ENGLAND)
    if england is not None and england.value is not None:
        lies[ENGLAND] = england.value
    now, truth = dict(published), {}
    for area_id, true in lies.items():
        if impossible(figure_of(published[area_id], indicator)) is None:
            now[area_id], truth[area_id] = drawn(
                true, published[area_id], indicator, decimals, draw
            )
    made = table.with_figures(name, now)
    edge = material_gap(made.field(name), table.rules)
    record, lowest = Record(), str(indicator.polarity) == "lower_is_better"
    if isinstance(edge, str):
        return record
    for council, group in groups.items():
        if council.area_id not in truth:
            continue
        judged = made.judged(indicator, council, group)
        members = [truth[p.area_id] for p in group.members if p.area_id in truth]
        beside = (
            (judged.vs_peers, np.mean(members) if members else None),
            (judged.vs_england, truth.get(ENGLAND)),
        )
        for verdict, against in beside:
            if verdict.belief is not None and against is not None:
                gap = truth[council.area_id] - against
                side = 0 if abs(gap) < float(edge) else int(np.sign(gap))
                record.add(verdict, side, lowest)
    return record


def groups_of(table):
    group = table.registers.peers.group
    return {
        council: group("cipfa", council, table.year)
        for council in table.registers.councils.in_year(table.year)
        if not council.tiny
    }


def heaps(indicator):
    """Whether a measure may stand in a heap: a share of people counted, whose error knows of it."""
    return indicator.interval is IntervalMethod.WILSON


def calibrate(years, truths, rounds=ROUNDS):
    draw, kinds = np.random.default_rng(SEED), defaultdict(Record)
    for year in years:
        table = year_table(year)
        groups = groups_of(table)
        for indicator in measures(table):
            if truths is heaped and not heaps(indicator):
                continue
            for _ in range(rounds):
                kinds[kind_of(table, indicator)].join(
                    rehearse(table, indicator, groups, truths, draw)
                )
    return kinds


def show(kinds, title):
    print(f"\nTruths {title}. Stated probability by tenths: what came true, in %")
    print(f"{'kind of measure':26}" + "".join(f"{5 + 10 * n:>7}" for n in range(10)) + "  furthest")
    for kind, record in sorted(kinds.items()):
        stated = np.array([p for p, _ in record.stated])
        true = np.array([event for _, event in record.stated])
        cells, worst = [], 0.0
        for tenth in range(10):
            inside = np.minimum((stated * 10).astype(int), 9) == tenth
            if inside.sum() < FEWEST_IN_A_TENTH:
                cells.append("-")
                continue
            worst = max(worst, abs(100 * (true[inside].mean() - stated[inside].mean())))
            cells.append(f"{100 * true[inside].mean():.1f}")
        print(f"{kind:26}" + "".join(f"{cell:>7}" for cell in cells) + f"{worst:10.1f}")
    print(
        f"\n{'right, in % (share)':26}"
        + "".join(f"{n:>18}" for n in (*Certainty, "similar")[:2])
        + f"{'similar':>18}{'unclear':>18}"
    )
    for kind, record in sorted(kinds.items()):
        total = sum(map(len, record.right.values()))
        cells = []
        for name in ("sure", "probable", "similar", "unclear"):
            each = record.right[name]
            share = 100 * len(each) / total
            cells.append(
                f"({share:.1f})"
                if name == "unclear" or not each
                else f"{100 * np.mean(each):.1f} ({share:.1f})"
            )
        print(f"{kind:26}" + "".join(f"{cell:>18}" for cell in cells))


# --- published figures ----------------------------------------------------------------------------


def shares():
    """The share of councils in each class, by measure and year, of the published figures."""
    names = ("sure", "probable", "similar", "unclear")
    head = "".join(f"{name:>10}" for name in names)
    for against in ("peers", "England"):
        print(f"\nCouncils in each class against {against}, in %\n{'year':9}{'measure':9}{head}")
        for year in YEARS:
            table = year_table(year)
            groups = groups_of(table)
            for indicator in measures(table):
                verdicts = [
                    (judged.vs_peers if against == "peers" else judged.vs_england)
                    for council, group in groups.items()
                    for judged in [table.judged(indicator, council, group)]
                ]
                classes = [class_of(verdict) for verdict in verdicts if verdict.belief is not None]
                if not classes:
                    continue
                each = [100 * classes.count(name) / len(classes) for name in names]
                heap = "  heap" if kind_of(table, indicator) == "heap at 100%" else ""
                loud = "  more than three quarters coloured" if each[0] + each[1] > 75 else ""
                print(
                    f"{year:9}{indicator.code(table.year):9}"
                    + "".join(f"{share:10.1f}" for share in each)
                    + heap
                    + loud
                )


def class_of(verdict):
    if verdict.meaning in COLOURS:
        return str(verdict.certainty)
    return str(verdict.meaning)


def kept():
    """How often a verdict against England keeps its word in the next comparable year."""
    registers, found = sources.reference(), defaultdict(lambda: defaultdict(int))
    years = [str(year) for year in store.years() if str(year) >= YEARS[0]]
    tables = {year: year_table(year) for year in years}
    for table in tables.values():
        for council, group in groups_of(table).items():
            for indicator in table.indicators:
                before = registers.comparability.previous_comparable(
                    indicator, council.area_id, table.year
                )
                if before is None or str(before) not in tables:
                    continue
                earlier = tables[str(before)]
                if indicator not in earlier.indicators:
                    continue
                was = earlier.judged(indicator, council, group).vs_england
                now = table.judged(indicator, council, group).vs_england
                if was.compared and now.compared:
                    found[class_of(was)][became(was.meaning, now.meaning)] += 1
    words = ("same", "similar", "unclear", "opposite", "coloured")
    print(
        f"\nAgainst England, next comparable year, in %\n{'was':12}{'cases':>8}"
        + "".join(f"{word:>10}" for word in words)
    )
    for name in ("sure", "probable", "untested", "similar", "unclear"):
        total = sum(found[name].values())
        if total:
            print(
                f"{name:12}{total:8}"
                + "".join(f"{100 * found[name][word] / total:10.1f}" for word in words)
            )


def became(was, now):
    if was is now:
        return "same"
    if now in COLOURS:
        return "opposite" if OPPOSITE.get(was) is now else "coloured"
    return str(now)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", action="store_true", help="truths of other shapes as well")
    parser.add_argument("--shares", action="store_true", help="the published figures' classes")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="made-up years of each measure")
    asked = parser.parse_args()
    if asked.shares:
        shares()
        kept()
    else:
        show(calibrate(YEARS, as_published, asked.rounds), "as published")
        if asked.shapes:
            for name in [name for name in TRUTHS if name != "as published"]:
                show(calibrate([SHAPES_YEAR], TRUTHS[name], asked.rounds), f"of shape: {name}")
