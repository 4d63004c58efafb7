"""Every verdict of every council and year, reckoned another way, with no code of the program's.

Fractions where figures are compared, decimals where roots are drawn, scipy for distributions. What
is read of the program are the registers alone: councils, peers, and what an indicator is.
"""

import itertools
import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from scipy import integrate, stats

from bench import briefing
from bench.pages import store
from bench.pages.choices import rules_for
from bench.published import observations, sources
from bench.reference import FinancialYear

YEARS = [f"20{n}-{n + 1}" for n in range(14, 25)]
TINY = {"city_of_london", "isles_of_scilly"}
BETTER = {"higher_is_better": "better", "lower_is_better": "worse", "none": "higher"}
WORSE = {"higher_is_better": "worse", "lower_is_better": "better", "none": "lower"}
PER = {"per_cent": 100, "per_100k": 100_000}
Z = Decimal("1.959963984540054")
MATERIAL, PROBABLE, SURE, CLOSE = Fraction(1, 2), 0.7, 0.9, 0.5


@dataclass(frozen=True)
class Printed:
    """What is printed of an area."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    respondents: Decimal | None
    margin: Decimal | None


@pytest.fixture(scope="module")
def printed():
    """year -> indicator -> area -> what is printed."""
    table = observations.load(breakdown="all")
    names = ["value", "numerator", "denominator", "respondents", "margin"]
    found = {}
    keys = table[["period", "indicator_id", "area_id"]].astype(str).to_numpy().tolist()
    for (year, indicator, area), numbers in zip(keys, table[names].to_numpy(), strict=True):
        exact = [None if pd.isna(one) else Decimal(repr(float(one))) for one in numbers]
        found.setdefault(year, {}).setdefault(indicator, {})[area] = Printed(*exact)
    return found


# --- the figure and its error ---------------------------------------------------------------------


def impossible(one, unit):
    if one.denominator == 0:
        return True
    if unit != "per_cent":
        return False
    above = None not in (one.numerator, one.denominator) and one.numerator > one.denominator
    return above or one.value > 100


def wilson(share, n):
    half = Z * (share * (1 - share) / n + Z * Z / (4 * n * n)).sqrt()
    middle = share + Z * Z / (2 * n)
    return (middle - half) / (1 + Z * Z / n), (middle + half) / (1 + Z * Z / n)


def of_events(count):
    if count < 10:
        exact = float(count)
        low = stats.gamma.ppf(0.025, exact) if count else 0.0
        return Decimal(float(low)), Decimal(float(stats.gamma.ppf(0.975, exact + 1)))
    low = count * (1 - 1 / (9 * count) - Z / (3 * count.sqrt())) ** 3
    more = count + 1
    return low, more * (1 - 1 / (9 * more) + Z / (3 * more.sqrt())) ** 3


def limits(one, unit, method):
    """The 95% interval, or None."""
    if one is None or one.value is None or method == "none" or impossible(one, unit):
        return None
    if method == "margin":
        if one.margin is not None:
            return one.value - one.margin, one.value + one.margin
        if unit != "per_cent" or not one.respondents:
            return None
        return tuple(100 * end for end in wilson(one.value / 100, one.respondents))
    if one.numerator is None or one.denominator is None:
        return None
    if method == "wilson":
        return tuple(100 * end for end in wilson(one.value / 100, one.denominator))
    per = Decimal(PER[unit])
    low, high = of_events(one.value * one.denominator / per)
    return low * per / one.denominator, high * per / one.denominator


def variance(ends):
    return None if ends is None else float(((ends[1] - ends[0]) / (2 * Z)) ** 2)


# --- all councils ---------------------------------------------------------------------------------


def middle(values):
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def quarters(values):
    ordered = sorted(values)
    found = []
    for share in (Fraction(1, 4), Fraction(3, 4)):
        whole, rest = divmod((len(ordered) - 1) * share, 1)
        above = ordered[min(int(whole) + 1, len(ordered) - 1)]
        found.append(ordered[int(whole)] * (1 - rest) + above * rest)
    return found


@dataclass(frozen=True)
class Councils:
    """What is known of a measure and year before a council is looked at."""

    edge: Fraction | None
    unit: Fraction
    centre: float
    variance: float


def councils_of(areas, figures, entry, year):
    decimals = entry.decimals(FinancialYear.parse(year))
    unit = Fraction(1, 10**decimals)
    every = [figures[area] for area in sorted(areas) if area in figures]
    every = [one for one in every if one.value is not None]
    values = [Fraction(one.value) for one in every]
    if len(values) < 30:
        return Councils(None, unit, 0.0, 0.0)
    centre = middle(values)
    spread = Fraction("1.4826") * middle([abs(value - centre) for value in values])
    if not spread:
        low, high = quarters(values)
        spread = (high - low) / Fraction("1.349")
    edge = max(MATERIAL * spread, unit) if spread else None
    floats = [float(value) for value in values]
    errors = [variance(limits(one, entry.unit, entry.interval)) for one in every]
    known = [error for error in errors if error is not None]
    whole = stats.tvar(floats)
    mean_error = sum(known) / len(known) if known else 0.0
    floor = whole * (2 / (len(floats) - 1)) ** 0.5
    return Councils(edge, unit, sum(floats) / len(floats), max(whole - mean_error, floor))


# --- one verdict ----------------------------------------------------------------------------------


def expected(own, own_error, benchmark, benchmark_error, councils, polarity):
    """Meaning, certainty, probability, and mean and variance of the true gap."""
    gap, edge = own - benchmark, councils.edge
    if own_error is None:
        way = BETTER if gap > 0 else WORSE
        return (way[polarity] if abs(gap) >= edge else "similar"), "untested", None, None
    kept = councils.variance / (councils.variance + own_error)
    drawn_in = councils.centre + kept * (float(own) - councils.centre)
    mean, spare = drawn_in - float(benchmark), kept * own_error + benchmark_error
    if spare:
        true = stats.norm(mean, spare**0.5)
        below, above = true.cdf(-float(edge)), true.sf(float(edge))
    else:
        below, above = float(-gap >= edge), float(gap >= edge)
    close = 1 - below - above
    surest = max(below, above)
    if surest >= PROBABLE and (gap > 0) == (above > below):
        meaning, probability = (BETTER if above > below else WORSE)[polarity], surest
    elif surest < PROBABLE and close >= CLOSE:
        meaning, probability = "similar", close
    else:
        return "unclear", None, None, (mean, spare)
    return meaning, ("sure" if probability >= SURE else "probable"), probability, (mean, spare)


def checked(printed, year, councils):
    """Judge councils of a year and hold each row against the oracle; how many were compared."""
    registers, of_year = sources.reference(), FinancialYear.parse(year)
    table = store.year_table(of_year, rules_for("auto"))
    areas = {one.area_id for one in registers.councils.in_year(of_year)} - TINY
    known, counts = {}, {"probability": 0, "size": 0, "intervals": 0, "dragged": 0}
    for council in councils:
        group = registers.peers.group("cipfa", council, of_year)
        for row in table.rows(council, group):
            entry = row.indicator
            figures = printed[year].get(entry.indicator_id, {})
            if entry.indicator_id not in known:
                known[entry.indicator_id] = (
                    councils_of(areas, figures, entry, year),
                    {
                        area: variance(limits(one, entry.unit, entry.interval))
                        for area, one in figures.items()
                    },
                )
            measure, errors = known[entry.indicator_id]
            check_row(row, council.area_id, group, figures, measure, errors, counts)
    return counts


def check_row(row, area, group, figures, measure, errors, counts):
    entry, where = row.indicator, (row.code, area)
    own = figures.get(area)
    ends = limits(own, entry.unit, entry.interval)
    if row.interval is None:
        assert ends is None, where
    else:
        counts["intervals"] += 1
        low, high = (Fraction(end) for end in ends)
        assert float(row.interval.lower) == pytest.approx(float(low), abs=1e-8), where
        assert float(row.interval.upper) == pytest.approx(float(high), abs=1e-8), where
        assert row.interval.lower <= Fraction(own.value) <= row.interval.upper, where
    members = [one.area_id for one in group.members if one.area_id in figures]
    members = [one for one in members if figures[one].value is not None]
    peers = [Fraction(figures[one].value) for one in members]
    record = row.record()
    shown = [record["peer_lowest"], record["peer_highest"]]
    assert shown == ([float(min(peers)), float(max(peers))] if peers else [None, None]), where
    assert row.peer_median == (middle(peers) if peers else None), where
    if own is None or own.value is None:
        return
    value = Fraction(own.value)
    if peers:
        assert row.peer_mean_dragged == dragged(value, peers, measure), where
        counts["dragged"] += row.peer_mean_dragged
    known = [errors[one] for one in members if errors[one] is not None]
    usual = sum(known) / len(known) if known else 0.0
    of_peers = [usual if errors[one] is None else errors[one] for one in members]
    england = figures.get("england")
    for verdict, benchmark, error in (
        (row.vs_peers, sum(peers) / len(peers) if peers else None,
         sum(of_peers) / len(peers) ** 2 if peers else 0.0),
        (row.vs_england, None if england is None or england.value is None
         else Fraction(england.value), errors.get("england") or 0.0),
    ):  # fmt: skip
        if not verdict.compared:
            assert verdict.reason, where
            continue
        meaning, certainty, probability, gap = expected(
            value, errors[area], benchmark, error, measure, str(entry.polarity)
        )
        assert (verdict.meaning, verdict.certainty) == (meaning, certainty), where
        assert verdict.probability == (probability and pytest.approx(probability, abs=1e-9)), where
        counts[str(verdict.rule)] += 1
        if gap is not None:
            own_gap = (verdict.belief.mean, verdict.belief.variance)
            assert own_gap == pytest.approx(gap, rel=1e-7, abs=1e-9), where


def dragged(value, peers, measure):
    edge = measure.edge or measure.unit

    def side(benchmark):
        gap = value - benchmark
        return 0 if abs(gap) < edge else (1 if gap > 0 else -1)

    mean, (low, high) = sum(peers) / len(peers), quarters(peers)
    if abs(mean - middle(peers)) < edge / 2:
        return False
    return side(mean) != side(middle(peers)) or mean < low or mean > high


@pytest.mark.parametrize("year", YEARS)
def test_some_councils_agree_with_the_oracle(printed, year):
    registers = sources.reference()
    names = ("somerset", "leeds", "barnet", "wirral", "rutland", "camden")
    counts = checked(printed, year, [registers.councils[name] for name in names])
    assert counts["probability"] + counts["size"] > (10 if year == "2020-21" else 100)


@pytest.mark.slow
@pytest.mark.parametrize("year", YEARS)
def test_every_council_agrees_with_the_oracle(printed, year):
    everyone = sources.reference().councils.in_year(FinancialYear.parse(year))
    counts = checked(printed, year, everyone)
    assert counts["probability"] + counts["size"] > (500 if year == "2020-21" else 4_000)


@pytest.mark.slow
def test_the_probabilities_agree_with_numerical_integration():
    """The posterior as prior times likelihood, integrated; the benchmark's error by convolution."""
    rows = itertools.chain.from_iterable(
        briefing(council, year).rows
        for council, year in (("Leeds", "2018-19"), ("Kent", "2024-25"), ("Rutland", "2015-16"),
                              ("Somerset", "2016-17"), ("Camden", "2017-18"), ("Wirral", "2014-15"))
    )  # fmt: skip
    tables = {}
    compared = [
        (row, verdict)
        for row in rows
        for verdict in (row.vs_peers, row.vs_england)
        if verdict.belief is not None
    ]
    assert len(compared) >= 200
    for row, verdict in compared[:200]:
        year = row.year
        table = tables.setdefault(year, store.year_table(year, rules_for("auto")))
        field = table.field(row.indicator.indicator_id)
        edge = max(float(MATERIAL * field.spread), 10.0**-row.decimals)
        integrated = by_integration(
            row.value,
            row.interval.variance,
            field.prior,
            float(verdict.benchmark),
            verdict.benchmark_variance,
            edge,
        )
        belief = verdict.belief
        assert (belief.below, belief.close, belief.above) == pytest.approx(integrated, abs=1e-6)


def by_integration(value, error, prior, benchmark, benchmark_error, edge):
    """The probabilities that the true gap is at most -edge, within it, and at least edge."""
    true_figure = stats.norm(prior.centre, prior.variance**0.5)
    printed_given = stats.norm(0, error**0.5)
    benchmark_off = stats.norm(0, benchmark_error**0.5) if benchmark_error else None
    reach = 12 * min(error, prior.variance) ** 0.5
    middle_at = (value / error + prior.centre / prior.variance) / (1 / error + 1 / prior.variance)
    span = (middle_at - reach, middle_at + reach)
    # One common factor keeps a figure far from all others within what a float holds.
    scale = true_figure.logpdf(middle_at) + printed_given.logpdf(value - middle_at)

    def weight(true):
        log = true_figure.logpdf(true) + printed_given.logpdf(value - true) - scale
        return math.exp(log)

    def at_least(limit, true):
        if benchmark_off is None:
            return float(true - benchmark >= limit)
        return benchmark_off.sf(limit - (true - benchmark))

    breaks = sorted({min(max(benchmark + side * edge, span[0]), span[1]) for side in (-1, 1)})
    options = {"points": breaks, "epsabs": 1e-11, "epsrel": 1e-11, "limit": 200}
    whole = integrate.quad(weight, *span, **options)[0]
    above = integrate.quad(lambda t: weight(t) * at_least(edge, t), *span, **options)[0] / whole
    not_below = (
        integrate.quad(lambda t: weight(t) * at_least(-edge, t), *span, **options)[0] / whole
    )
    return 1 - not_below, not_below - above, above
