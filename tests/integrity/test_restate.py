"""A figure counted otherwise: Somerset's published arithmetic, exact ranges, and what cannot be."""

from dataclasses import replace
from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.errors import ParameterError
from bench.integrity.restatement.counts import (
    Counted,
    Quoted,
    RateAndDenominator,
    RateAndNumerator,
    Solved,
    extremes,
    solve,
)
from bench.integrity.restatement.restate import (
    Adjustment,
    Confidence,
    CountPart,
    Move,
    Reported,
    ways,
)


def quoted(name, value, rounded_to=0):
    return Quoted(name, Fraction(str(value)), Fraction(str(rounded_to)))


def adjustment(name, *moves):
    return Adjustment(
        name, name, tuple(Move(CountPart(p), s, q) for p, s, q in moves), "D", Confidence.HIGH
    )


RATE = quoted("rate", 33, 1)
OTHER = quoted("other", 19.1, 0.1)
MORE = quoted("more", 11000, 1000)
LETTERS = quoted("letters", 3000)
SOMERSET = Reported(Solved(RATE, OTHER, MORE, 100), 100, RATE)
NO_LETTERS = adjustment("letters", ("numerator", -1, LETTERS))
OLD = adjustment("old", ("denominator", 1, MORE))


def rounded(value, decimals=1):
    return round(float(value), decimals)


@pytest.mark.parametrize(
    ("applied", "value", "lower", "upper"),
    [
        ((), 33.0, 32.5, 33.5),
        ((OLD,), 19.1, 19.05, 19.15),
        ((NO_LETTERS,), 13.2, 11.8, 14.3),
        ((NO_LETTERS, OLD), 7.6, 6.7, 8.4),
    ],
)
def test_somerset_by_its_published_figures(applied, value, lower, upper):
    found = SOMERSET.after(applied)
    assert rounded(found.value) == value
    assert found.span.lower == pytest.approx(Fraction(str(lower)), abs=0.05)
    assert found.span.upper == pytest.approx(Fraction(str(upper)), abs=0.05)


def test_somersets_counts_are_solved_for():
    numerator, denominator = SOMERSET.basis.counts(
        {"rate": 33, "other": Fraction("19.1"), "more": 11000}
    )
    assert (round(numerator), round(denominator)) == (4988, 15115)
    assert numerator / denominator == Fraction(33, 100)
    assert numerator / (denominator + 11000) == Fraction(191, 1000)


@pytest.mark.parametrize(
    ("name", "lower", "upper"),
    [("more", 12.2, 14.0), ("rate", 12.9, 13.4), ("other", 13.0, 13.3)],
)
def test_what_each_rounded_number_alone_allows_without_the_letters(name, lower, upper):
    spans = {number.name: span for number, span in SOMERSET.rounding((NO_LETTERS,))}
    assert (rounded(spans[name].lower), rounded(spans[name].upper)) == (lower, upper)
    assert "letters" not in spans  # given as exact here


def test_the_council_s_own_figure_and_the_year_before_lie_in_the_ranges():
    assert SOMERSET.after((NO_LETTERS,)).span.holds(Fraction(12))
    assert SOMERSET.after((NO_LETTERS, OLD)).span.holds(Fraction(7))
    assert not SOMERSET.after((OLD,)).span.holds(Fraction(12))


def test_a_number_used_twice_moves_in_both_places_at_once():
    # The same 11,000 solves for the counts and is added: the rate over the old denominator is then
    # exactly as well known as it was printed, however "about" the 11,000 is.
    assert SOMERSET.after((OLD,)).span.upper == Fraction("19.15")
    apart = adjustment("apart", ("denominator", 1, quoted("other_11000", 11000, 1000)))
    assert SOMERSET.after((apart,)).span_of_all.upper > Fraction("19.5")


def test_the_order_makes_no_difference_to_the_end():
    third = adjustment("third", ("numerator", -1, quoted("few", 73)))
    ends = {SOMERSET.after(order).value for order in permutations((NO_LETTERS, OLD, third))}
    assert len(ends) == 1


def test_steps_lead_from_the_reported_figure_to_the_end():
    steps = SOMERSET.steps((NO_LETTERS, OLD))
    assert [rounded(step.value) for step in steps] == [33.0, 13.2, 7.6]


@pytest.mark.parametrize(("count", "expected"), [(0, 1), (1, 2), (2, 4), (3, 8), (5, 10)])
def test_every_combination_of_a_few_and_the_way_through_many(count, expected):
    many = [adjustment(str(number)) for number in range(count)]
    found = ways(many)
    assert len(found) == expected
    assert found[0] == ()
    assert found[-1] == tuple(many)


# --- any figure -----------------------------------------------------------------------------------

counts = st.tuples(st.integers(0, 5000), st.integers(1, 5000)).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)
moves = st.lists(
    st.tuples(st.sampled_from(list(CountPart)), st.sampled_from([-1, 1]), st.integers(0, 300)),
    max_size=5,
)


def made(numbers):
    return [
        adjustment(f"a{at}", (part, sign, quoted(f"n{at}", people, 10)))
        for at, (part, sign, people) in enumerate(numbers)
    ]


def counted(pair, step=0):
    return Reported(Counted(quoted("top", pair[0], step), quoted("bottom", pair[1], step)))


def possible(figure, adjustments):
    try:
        return figure.after(adjustments)
    except ParameterError:
        return None


def undone(adjustment):
    back = tuple(replace(move, sign=-move.sign) for move in adjustment.moves)
    return replace(adjustment, moves=back)


@given(counts, moves)
def test_undoing_the_adjustments_returns_the_reported_figure(pair, numbers):
    figure, adjustments = counted(pair), made(numbers)
    changed = possible(figure, adjustments)
    assume(changed is not None)
    back = figure.after([*adjustments, *map(undone, reversed(adjustments))])
    assert (back.numerator, back.denominator) == pair
    assert back.value == Fraction(pair[0] * 100, pair[1])


@given(counts, moves, st.randoms())
def test_nothing_that_is_printed_so_lies_outside_the_range(pair, numbers, random):
    figure, adjustments = counted((pair[0] + 50, pair[1] + 100), 5), made(numbers)
    found = possible(figure, adjustments)
    assume(found is not None)
    assume(found.denominator > 100)
    at = {
        one.name: one.value + one.rounded_to * Fraction(random.randint(-50, 50), 100)
        for one in (*figure.basis.quoted, *(m.people for a in adjustments for m in a.moves))
    }
    numerator, denominator = figure.basis.counts(at)
    for one in adjustments:
        numerator += one.moved(CountPart.NUMERATOR, at)
        denominator += one.moved(CountPart.DENOMINATOR, at)
    value = min(max(numerator * 100 / denominator, Fraction(0)), Fraction(100))
    assert found.span_of_all.holds(value)
    assert found.span_of_all.lower <= found.span.lower <= found.value <= found.span.upper


@given(
    st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 20000).map(lambda n: n),
    st.sampled_from([-1, 1]),
)  # fmt: skip
def test_two_rates_of_known_counts_give_the_counts_back(top, extra, more, sign):
    bottom = top + extra
    other = bottom + sign * more
    assume(other > 0)
    rates = [Fraction(top * 100, bottom), Fraction(top * 100, other)]
    assert solve(*rates, Fraction(sign * more)) == (top, bottom)
    solved = Solved(
        *(Quoted(n, r) for n, r in zip("ab", rates, strict=True)), quoted("m", more), 100, sign
    )
    assert solved.counts({"a": rates[0], "b": rates[1], "m": Fraction(more)}) == (top, bottom)


def test_the_extremes_lie_at_corners_and_every_corner_is_seen():
    numbers = [quoted(name, 10, 2) for name in "abc"]
    seen = []

    def value(at):
        seen.append(tuple(at.values()))
        return at["a"] / at["b"] + at["c"]

    low, high = extremes(numbers, value)
    assert sorted(seen) == sorted(product((9, 11), repeat=3))
    assert (low, high) == (Fraction(9, 11) + 9, Fraction(11, 9) + 11)


@pytest.mark.parametrize(
    ("basis", "numerator", "denominator"),
    [
        (RateAndDenominator(quoted("r", 20, 1), quoted("d", 500), 100), 100, 500),
        (RateAndNumerator(quoted("r", 20, 1), quoted("n", 100), 100), 100, 500),
        (Counted(quoted("n", 100), quoted("d", 500)), 100, 500),
    ],
)
def test_two_of_three_make_the_third(basis, numerator, denominator):
    found = Reported(basis).after()
    assert (found.numerator, found.denominator, found.value) == (numerator, denominator, 20)


# --- what cannot be -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "adjustments", "told"),
    [
        (counted((10, 50)), [("numerator", -1, 11)], "more people are taken out of it than there are"),
        (counted((10, 50)), [("denominator", -1, 50)], "nobody is left in the denominator"),
        (counted((10, 50)), [("denominator", -1, 45)], r"numerator \(10\) is above the denominator \(5\)"),
        (counted((60, 50)), [], r"as reported: the numerator \(60\) is above"),
        (counted((10, 50)), [("numerator", 1, 41)], r"numerator \(51\) is above the denominator \(50\)"),
        (counted((-5, 50)), [], "as reported: the numerator is -5"),
        (counted((5, 0)), [], "nobody is left in the denominator"),
        (counted((10, 50)), [("numerator", -1, -4)], "is -4: a count is below 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_and_gives_no_number(figure, adjustments, told):
    made_of = [
        adjustment(f"a{at}", (part, sign, quoted(f"n{at}", people)))
        for at, (part, sign, people) in enumerate(adjustments)
    ]
    with pytest.raises(ParameterError, match=told):
        figure.after(made_of)


def test_everything_that_cannot_be_is_told_at_once():
    with pytest.raises(ParameterError) as told:
        counted((10, 50)).after(
            [
                adjustment("first", ("numerator", -1, quoted("x", 20))),
                adjustment("second", ("denominator", -1, quoted("y", 60))),
            ]
        )
    assert len(told.value.problems) == 3


@pytest.mark.parametrize(
    ("rate", "other", "more"), [(33, 19, -10), (19, 33, 10), (20, 20, 10), (0, 0, 10), (20, 0, 5)]
)
def test_two_rates_that_no_counts_have(rate, other, more):
    with pytest.raises(ParameterError, match="no counts have a rate of"):
        solve(Fraction(rate), Fraction(other), Fraction(more))


def test_rates_that_rounding_does_not_keep_apart():
    close = Solved(quoted("a", 20, 1), quoted("b", 19.9, 0.1), quoted("m", 100), 100)
    with pytest.raises(ParameterError, match="no counts have a rate"):
        Reported(close).after()


def test_a_denominator_that_rounding_may_empty_has_no_range():
    figure = Reported(Counted(quoted("n", 0), quoted("d", 2, 5)))
    with pytest.raises(ParameterError, match="whether anybody is in the denominator"):
        figure.after()


def test_a_range_is_cut_off_where_it_would_be_impossible():
    figure = counted((99, 100), 5)
    span = figure.after().span
    assert (span.upper, span.limited) == (100, True)
    few = adjustment("few", ("numerator", -1, quoted("n", 99)))
    assert (figure.after([few]).span.lower, figure.after([few]).span.limited) == (0, True)


def test_a_rate_per_100_000_may_have_more_cases_than_people_would_allow():
    figure = Reported(Counted(quoted("n", 12), quoted("d", 10)), 100_000)
    found = figure.after()
    assert found.value == 120_000
    assert found.span.holds(found.value)
