"""How long judging takes beside a plain pandas group-by, and whether 95% means 95%.

    .venv/bin/python benchmarks/judge.py               the time of each case
    .venv/bin/python benchmarks/judge.py --coverage    2,000 made-up years for each kind of measure

A case is a name, the seconds it may take, and a function that gets everything ready and returns
what is timed. Coverage counts how often an interval holds the truth from which the figures were
made: with the councils, sizes and margins of a published indicator, counts drawn as counts, and
figures printed to their decimals.
"""

import argparse
import itertools
import time
from dataclasses import dataclass, replace

import numpy as np

from bench.judge import variance
from bench.judge.funnel import Tau, funnel, places
from bench.judge.intervals import Z_95, Interval, exact, interval
from bench.judge.ranks import Ranking, ranking
from bench.judge.robustness import sensitivity
from bench.judge.variance import Form, scale_of, size
from bench.pages import store
from bench.pages.choices import Choices, rules_for
from bench.pages.explorer import view as views
from bench.pages.explorer.view import Pane
from bench.pages.explorer.widgets import Explorer
from bench.published import sources
from bench.reference.periods import FinancialYear

ROUNDS = 15
YEARS = 2_000
NAIVE_YEARS = 200
SEED = 7
YEAR = FinancialYear.parse("2018-19")


# --- time -----------------------------------------------------------------------------------------


def table():
    return store.year_table(YEAR, rules_for("funnel"))


def found(code):
    year = table()
    return year, year.registers.indicators.find(code, YEAR)


def rank_intervals():
    year, indicator = found("1A")
    figures = year.compared(indicator)
    return lambda: ranking(figures, year.rules.ranks).intervals()


def one_council_s_ranks():
    year = table()
    councils = [(one, year.compared(one)) for one in year.indicators]

    def places_of_one():
        for _, figures in councils:
            made = ranking(figures, year.rules.ranks)
            if isinstance(made, Ranking):
                made.interval("somerset")

    return places_of_one


def funnel_of_all():
    year, indicator = found("1A")
    figures = year.compared(indicator)
    return lambda: places(funnel(figures, year.rules.funnel, england=19.1), figures)


def page():
    """A page's rows and every trial of every verdict, on a table of its own: no cache is warm."""
    choice = Choices.of(council="Leeds", year=str(YEAR))
    rules, registers = rules_for("auto"), sources.reference()
    peers = registers.peers.group(choice.peers, choice.council, YEAR)

    def tried():
        year = store.year_table(YEAR, rules)
        sensitivity(year, choice.council, peers, year.rows(choice.council, peers))

    return tried


def changed(name, first, second, pane, **further):
    """The explorer's answer to a control that is moved there and back."""

    def prepare():
        explorer = Explorer(views.start(council="Leeds", year="2018-19", **further))
        explorer._tab.selected_index = list(Pane).index(pane)
        control = {**explorer._controls, **explorer._supposed}[name]
        values = itertools.cycle([second, first])
        return lambda: setattr(control, "value", next(values))

    return prepare


CASES = [
    ("a page's rows and what would change each verdict", 0.3, page),
    ("rank intervals, every council, one indicator", 0.3, rank_intervals),
    ("rank intervals, one council, every indicator of a year", 0.3, one_council_s_ranks),
    ("funnel, every council, one indicator", 0.3, funnel_of_all),
    ("explorer: another council, its table", 0.2, changed("council", "Leeds", "Kent", Pane.TABLE)),
    ("explorer: another year, its table", 0.2, changed("year", "2018-19", "2017-18", Pane.TABLE)),
    ("explorer: other peers, the table", 0.2, changed("peers", "cipfa", "region", Pane.TABLE)),
    (
        "explorer: another council, its table, map",
        0.2,
        changed("council", "Leeds", "Kent", Pane.TABLE, multiplicity="map"),
    ),
    ("explorer: another rule, the table", 0.2, changed("rule", "auto", "tolerance", Pane.TABLE)),
    (
        "explorer: another council, all on one scale",
        0.2,
        changed("council", "Leeds", "Kent", Pane.SCALE),
    ),
    (
        "explorer: another indicator, its figures",
        0.2,
        changed("indicator", "self_directed_support", "direct_payments", Pane.INDICATOR),
    ),
    ("explorer: what if it were x", 0.2, changed("value", "85", "84", Pane.INDICATOR)),
]


def seconds(call):
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def times():
    figures = store.figures()

    def group_by():
        return figures.groupby(["indicator_id", "period"])["value"].mean()

    print(f"{'case':56} {'seconds':>8} {'aim':>6} {'x group-by':>11}")
    for name, aim, prepare in CASES:
        call = prepare()
        call()
        both = [(seconds(group_by), seconds(call)) for _ in range(ROUNDS)]
        plain, took = (min(each) for each in zip(*both, strict=True))
        print(f"{name:56} {took:8.3f} {aim:6.1f} {took / plain:11.1f}")


# --- coverage -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A published indicator as a maker of years: where true figures lie, and who is asked."""

    name: str
    code: str
    # Whether true figures are those published, drawn in; otherwise drawn anew from a normal.
    as_published: bool = False


KINDS = [
    Kind("survey percentage", "1B"),
    Kind("survey score", "1A"),
    Kind("share of people counted", "2B(1)"),
    Kind("rate per 100,000", "2A(2)"),
    Kind("survey, true figures as published", "1I(2)", as_published=True),
    Kind("heap at 100%, true figures as published", "1C(1A)", as_published=True),
]


def printed(truth, figures, scale, decimals, draw):
    """A year's figures as they could have been published."""
    made = {}
    for (area_id, figure), true in zip(figures.items(), truth, strict=True):
        if scale.form is Form.SURVEY:
            value = round(true + draw.normal(0, figure.margin / Z_95), decimals)
            made[area_id] = replace(figure, value=float(scale.kept(np.array([value]))[0]))
            continue
        out_of = figure.denominator
        count = (
            draw.binomial(int(out_of), true / scale.per)
            if scale.form is Form.PROPORTION
            else draw.poisson(true * out_of / scale.per)
        )
        value = round(count * scale.per / out_of, decimals)
        made[area_id] = replace(figure, value=value, numerator=float(count))
    return made


def true_places(truth, way):
    ordered = np.sort(way * truth)
    return 1 + np.searchsorted(ordered, way * truth)


def shares_held(kind, years):
    year, indicator = found(kind.code)
    # Councils whose figure was recalculated have no counts beside the new one.
    figures = {
        area_id: figure
        for area_id, figure in sorted(year.compared(indicator).items())
        if not isinstance(size(figure), str)
    }
    scale = scale_of(next(iter(figures.values())).method, str(indicator.unit))
    decimals, rules = indicator.decimals(YEAR), year.rules
    lowest = indicator.polarity == "lower_is_better"
    way = 1.0 if lowest else -1.0
    placed = scale.up(np.array([figure.value for figure in figures.values()]))
    chance = scale.chance(np.array([size(figure) for figure in figures.values()]))
    tau2 = variance.calibrated(placed, chance, share=0.1).tau2
    middle = variance.centre(placed, chance, tau2)
    draw = np.random.default_rng(SEED)
    kept = np.sqrt(tau2 / (tau2 + chance**2))
    england = float(scale.back(np.array([middle]))[0])
    counts = {name: [] for name in ("rank", "best", "worst", "naive", "interval", *Tau)}
    for made_up in range(years):
        lies = (
            middle + kept * (placed - middle)
            if kind.as_published
            else middle + np.sqrt(tau2) * draw.standard_normal(len(placed))
        )
        truth = scale.back(lies)
        now = printed(truth, figures, scale, decimals, draw)
        order = true_places(truth, way)
        rank = ranking(now, rules.ranks, lowest_first=lowest)
        if isinstance(rank, Ranking):
            counts["rank"].append(inside(rank, order))
            for name, share in zip(("best", "worst"), at_the_ends(rank, order), strict=True):
                counts[name].append(share)
            if made_up < NAIVE_YEARS:
                counts["naive"].append(inside(naive(rank, now, scale, way), order))
        intervals = [interval(one) for one in now.values()]
        counts["interval"].append(
            np.mean(
                [
                    isinstance(one, Interval) and one.holds(exact(float(true)))
                    for one, true in zip(intervals, truth, strict=True)
                ]
            )
        )
        for tau in Tau:
            made = funnel(now, rules.funnel.model_copy(update={"tau": tau}), england=england)
            counts[tau].append(np.mean(np.abs(places(made, now)["z"]) <= Z_95))
    return {name: 100 * float(np.mean(each)) for name, each in counts.items()}


def naive(made, now, scale, way):
    """The same without drawing figures in: each from N(y, s2)."""
    figures = [now[area_id] for area_id in made.areas]
    placed = scale.up(np.array([figure.value for figure in figures]))
    chance = scale.chance(np.array([size(figure) for figure in figures]))
    return replace(made, middle=way * placed, spread=chance, placed=way * placed, chance=chance)


ENDS = 5


def at_the_ends(made, order):
    """The shares of the true best and of the true worst five whose place is held."""
    held = np.array(
        [
            one.lower <= true <= one.upper
            for one, true in zip(made.intervals().values(), order, strict=True)
        ]
    )
    by_place = np.argsort(order, kind="stable")
    return held[by_place[:ENDS]].mean(), held[by_place[-ENDS:]].mean()


def inside(made, order):
    found_ones = made.intervals().values()
    return np.mean(
        [one.lower <= true <= one.upper for one, true in zip(found_ones, order, strict=True)]
    )


def coverage(years):
    print(
        f"{'per cent held, of 95':42} {'ranks':>7} {'best 5':>7} {'worst 5':>7} {'naive':>7} "
        f"{'figure':>7} {'funnel':>7} "
        f"{'as published':>13}"
    )
    for kind in KINDS:
        held_ones = shares_held(kind, years)
        print(
            f"{kind.name:42} {held_ones['rank']:7.1f} {held_ones['best']:7.1f} "
            f"{held_ones['worst']:7.1f} {held_ones['naive']:7.1f} "
            f"{held_ones['interval']:7.1f} {held_ones['calibrated']:7.1f} "
            f"{held_ones['moments']:13.1f}",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--coverage", action="store_true", help="simulate; takes some minutes")
    parser.add_argument("--years", type=int, default=YEARS, help="how many to simulate")
    arguments = parser.parse_args()
    if arguments.coverage:
        coverage(arguments.years)
    else:
        times()
