"""Numbers only: averages, ranks with ties, spread, rounding."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.judge import statistics
from bench.judge.benchmarks import peers_average
from bench.judge.figure import FigureInForce
from bench.judge.intervals import Z_95, exact
from bench.judge.rag import Average
from bench.judge.statistics import Field
from bench.published import sources
from bench.reference.peers import Peer, PeerGroup
from worked import worked


def field(*values):
    return Field({f"council_{n}": exact(value) for n, value in enumerate(values)})


@worked("averages")
def test_averages(peers, people, mean, median, pooled):
    values = [exact(value) for value in peers]
    assert statistics.mean(values) == exact(mean)
    assert statistics.median(values) == exact(median)
    counts = [
        (value * count / 100, Fraction(count)) for value, count in zip(values, people, strict=True)
    ]
    assert statistics.pooled(counts, per=100) == exact(pooled)


SURVEY = sources.reference().indicators["control_over_daily_life"]


@worked("benchmark_error")
def test_the_error_of_the_other_figure(average, peers, margins, figure, margin, why):
    printed = {
        str(n): FigureInForce(
            value, None, None, None, None if its == "unknown" else its, "observed", ""
        )
        for n, (value, its) in enumerate(zip(peers, margins, strict=True))
    }
    group = PeerGroup("own", "", "us", tuple(Peer(name, name, True) for name in printed))
    found = peers_average(SURVEY, group, printed, Average(average))
    assert float(found.value) == figure
    assert Z_95 * found.variance**0.5 == pytest.approx(margin, abs=5e-3), why


def test_out_of_nobody_there_is_no_pooled_average():
    assert statistics.pooled([(Fraction(0), Fraction(0))], per=100) is None


@worked("ranks")
def test_ranks(figures, polarity, ranks):
    councils, lowest_first = field(*figures), polarity == "lower_is_better"
    assert tuple(councils.rank(c, lowest_first=lowest_first) for c in councils.values) == ranks


def test_a_council_without_a_value_has_no_rank():
    assert field(1.0).rank("elsewhere") is None


@pytest.mark.parametrize(
    ("why", "values", "spread"),
    [
        ("MAD of 1 2 3 4 100 is 1", (1.0, 2.0, 3.0, 4.0, 100.0), Fraction("1.4826")),
        (
            "MAD 0, quartiles 100 and 100.5",
            (100.0, 100.0, 100.0, 101.0),
            Fraction(1, 4) / Fraction("1.349"),
        ),
        ("both 0", (100.0, 100.0, 100.0, 100.0, 20.0), 0),
        ("no values", (), 0),
    ],
)
def test_spread(why, values, spread):
    assert field(*values).spread == spread, why


@pytest.mark.parametrize(
    ("number", "decimals", "shown"),
    [
        (Fraction(5, 2), 0, 3.0),
        (Fraction(-5, 2), 0, -3.0),
        (Fraction(125, 100), 1, 1.3),
        (Fraction(-125, 100), 1, -1.3),
        (Fraction(1, 3), 1, 0.3),
        (Fraction(0), 1, 0.0),
    ],
)
def test_halves_are_rounded_away_from_zero(number, decimals, shown):
    assert statistics.rounded(number, decimals) == shown


def test_change_is_at_published_decimals():
    assert statistics.change(exact(58.7), exact(50.8)) == exact(7.9)


VALUES = st.lists(st.integers(0, 1000), min_size=1, max_size=160)


@given(VALUES, st.booleans())
def test_ranks_lie_between_one_and_all(values, lowest_first):
    councils = field(*values)
    ranks = [councils.rank(c, lowest_first=lowest_first) for c in councils.values]
    assert min(ranks) == 1
    assert max(ranks) <= len(councils)


@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_peers_changes_nothing(values, random):
    exacts = [exact(v) for v in values]
    shuffled = random.sample(exacts, len(exacts))
    assert statistics.mean(exacts) == statistics.mean(shuffled)
    assert statistics.median(exacts) == statistics.median(shuffled)


@given(VALUES)
def test_ranks_from_the_other_end_mirror(values):
    councils, mirrored = field(*values), field(*(-v for v in values))
    for council in councils.values:
        assert councils.rank(council) == mirrored.rank(council, lowest_first=True)
