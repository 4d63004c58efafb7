"""Whom to phone about what is RED: councils that were RED on the same series and are now GREEN.

RED and GREEN are those of a page, that is sure. Each council is judged against its own peers under
the same peer model, or against England where the asking council is RED against England alone. It
has turned if its latest figures, two or more in a row and the page's year among them, are GREEN; if
before them it was RED in a year that compares with them; if its own figure has become better since;
if every year in between has a figure whose error is known; and if none of the changes since is one
that surveillance lists.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from bench.judge.published_row import measure_of
from bench.judge.rag import Certainty, Meaning, Multiplicity, RuleName
from bench.pages import store
from bench.present.html import Section, fill
from bench.present.numbers import in_words, with_unit
from bench.published import sources
from bench.reference.areas import ENGLAND
from bench.reference.peers import OWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bench.judge.rag import Rules, Verdict
    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.reference import Council, FinancialYear, Indicator
    from bench.reference.peers import PeerGroup

Against = Literal["peers", "England"]
# GREEN figures in a row, the latest among them, from which on a council has stayed GREEN.
LEAST_GREEN: Final = 2
MOST_NAMED: Final = 3
# How many would have turned with the years in random order for every ten that did: `turnarounds`
# of data/reference/method.yaml.
CHANCE_IN_TEN: Final = "five to six"


class SeriesYear(NamedTuple):
    """One year of a council's series.

    Attributes:
        year: of which.
        value: the figure, in the indicator's unit.
        vs_peers: the verdict against its own peers.
        vs_england: the verdict against England.
        listed: whether surveillance lists the change to it from the year before it.
    """

    year: FinancialYear
    value: float
    vs_peers: Verdict
    vs_england: Verdict
    listed: bool

    def sure(self, against: Against) -> Meaning | None:
        """What its verdict says for sure, against peers or England; see `sure`."""
        return sure(self.vs_peers if against == "peers" else self.vs_england)


@dataclass(frozen=True, slots=True)
class Turnaround:
    """A council that was RED and has been GREEN since.

    Attributes:
        council: which.
        red: the last year in which it was RED.
        green: the GREEN years in a row, the page's year first.
        improvement: from `red` to now, in the indicator's unit; above 0.
    """

    council: Council
    red: SeriesYear
    green: tuple[SeriesYear, ...]
    improvement: float


class Suggestion(NamedTuple):
    """A council to ask about one indicator.

    Attributes:
        turnaround: what it did.
        against: against whom it was RED and is GREEN.
        peer: whether it is a peer of the council that asks.
    """

    turnaround: Turnaround
    against: Against
    peer: bool


class YearLookup(NamedTuple):
    """Where the years of a series are found.

    Attributes:
        table: gives the year's figures of every area.
        listed: indicator, area and later year of each change that surveillance lists.
        model: the peer model under which every council has its own peers.
    """

    table: Callable[[FinancialYear], YearTable]
    listed: frozenset[tuple[str, str, str]]
    model: str


def section(
    rows: Sequence[Row], *, council: Council, group: PeerGroup, rules: Rules
) -> Section | None:
    """Whom to phone about each indicator that is RED for sure; None where there is nobody.

    Args:
        rows: those of the page.
        council: whose page it is.
        group: its peers.
        rules: how verdicts are reached.
    """
    suggested = [(row, named) for row in rows if (named := suggestions(row, council, group, rules))]
    if not suggested:
        return None
    beside = [named[0].against == "England" for _, named in suggested]
    return fill(
        "council/whom_to_phone.html.j2",
        entries=[
            {
                "title": row.indicator.short_title,
                "code": row.code,
                "england": named[0].against == "England",
                "councils": [sentence(each, row) for each in named],
            }
            for row, named in suggested
        ],
        chance=CHANCE_IN_TEN,
        most=in_words(MOST_NAMED),
        least=in_words(LEAST_GREEN),
        england="all" if all(beside) else "some" if any(beside) else "none",
        peers=bool(group.members),
        ranked=bool(sources.reference().peers.nearness(group)),
    )


def sentence(suggestion: Suggestion, row: Row) -> str:
    """`Bury, a peer: RED in 2015-16 (61.4%), GREEN since 2017-18 (96.5% in 2018-19)`.

    Where the figure after it is held, that follows: `(96.5% in 2018-19, then 97.1% in 2019-20)`.
    """
    turnaround = suggestion.turnaround
    red, now, since = turnaround.red, turnaround.green[0], turnaround.green[-1]
    then, latest = (
        with_unit(each.value, measure_of(row.indicator, each.year)) for each in (red, now)
    )
    name = f"{turnaround.council.name}{', a peer' if suggestion.peer else ''}"
    figures = f"{latest} in {now.year}"
    after = figure_after(row.indicator, turnaround.council, now.year)
    if after is not None:
        year, value = after
        figures += f", then {with_unit(value, measure_of(row.indicator, year))} in {year}"
    return f"{name}: RED in {red.year} ({then}), GREEN since {since.year} ({figures})"


def figure_after(
    indicator: Indicator, council: Council, year: FinancialYear
) -> tuple[FinancialYear, float] | None:
    """The year after that compares with this one and its figure; None where it has none."""
    comparability = sources.reference().comparability
    for later in sorted(other for other in indicator.years if other > year):
        if comparability.previous_comparable(indicator, council.area_id, later) == year:
            printed = store.by_period(indicator.indicator_id).get(str(later), {})
            value, _ = printed.get(council.area_id, (None, ""))
            return None if value is None else (later, value)
    return None


def red_against(row: Row, group: PeerGroup) -> Against | None:
    """Against whom a row is RED for sure, peers before England; None where against neither.

    An own list is one council's alone: what is RED against it says nothing that others could be.
    """
    if group.model != OWN and sure(row.vs_peers) is Meaning.WORSE:
        return "peers"
    return "England" if sure(row.vs_england) is Meaning.WORSE else None


def suggestions(row: Row, council: Council, group: PeerGroup, rules: Rules) -> list[Suggestion]:
    """Who has turned on a row's indicator, three at most; nobody where it is not RED for sure.

    Peers come first, the nearest first where their list says who that is; then other councils. Of
    each, those with more GREEN figures in a row come first, then those that improved more.

    Where verdicts allow for many comparisons at once nobody is named: other councils' histories
    are not judged that way.
    """
    against = red_against(row, group)
    if against is None or rules.multiplicity is not Multiplicity.NONE:
        return []
    year = row.benchmark_year or row.year
    peers = {peer.area_id for peer in group.members}
    places = sources.reference().peers.nearness(group)

    def order(turnaround: Turnaround) -> tuple[bool, int, int, float, str]:
        other = turnaround.council
        return (
            other.area_id not in peers,
            places.get(other.area_id, len(places)),
            -len(turnaround.green),
            -turnaround.improvement,
            other.name,
        )

    others = [
        turnaround
        for turnaround in turned_by(row.indicator.indicator_id, year, rules, group.model)[against]
        if turnaround.council != council
    ]
    chosen = sorted(others, key=order)[:MOST_NAMED]
    return [Suggestion(each, against, each.council.area_id in peers) for each in chosen]


@store.forgotten
@functools.lru_cache(maxsize=512)  # the indicators of every year
def turned_by(
    indicator_id: str, year: FinancialYear, rules: Rules, model: str
) -> dict[Against, tuple[Turnaround, ...]]:
    """Every council that has turned on an indicator by a year, in the order of the register.

    An own list is nobody else's: with it only verdicts against England are of use.
    """
    registers, lookup = sources.reference(), lookup_of(rules, ENGLAND if model == OWN else model)
    indicator = registers.indicators[indicator_id]
    found: dict[Against, list[Turnaround]] = {"peers": [], "England": []}
    for council in registers.councils.in_year(year):
        # Both read the same years, each as far back as it needs them.
        shared = itertools.tee(history(indicator, council, year, lookup), len(found))
        for (against, turnarounds), years in zip(found.items(), shared, strict=True):
            turnaround = turned(indicator, council, years, against)
            if turnaround is not None:
                turnarounds.append(turnaround)
    return {against: tuple(turnarounds) for against, turnarounds in found.items()}


def prepare(table: YearTable, model: str) -> None:
    """Find who has turned on each indicator of a year, before many councils' pages ask.

    Nothing is sure by another rule than `auto`, and then no page asks.
    """
    rules = table.rules
    if rules.rule is RuleName.AUTO and rules.multiplicity is Multiplicity.NONE:
        for indicator in table.indicators:
            turned_by(indicator.indicator_id, table.year, rules, model)


def lookup_of(rules: Rules, model: str) -> YearLookup:
    """The published years under these rules, without their remarks, which no verdict needs."""

    @functools.cache
    def table(year: FinancialYear) -> YearTable:
        return store.plain_table(year, rules)

    return YearLookup(table, _listed(), model)


@store.forgotten
@functools.lru_cache(maxsize=1)
def _listed() -> frozenset[tuple[str, str, str]]:
    """Indicator, area and later year of each change that surveillance lists."""
    findings = store.unusual().findings
    names = ["indicator_id", "area_id", "period"]
    return frozenset(findings[names].itertuples(index=False, name=None))


def history(
    indicator: Indicator, council: Council, year: FinancialYear, lookup: YearLookup
) -> Iterator[SeriesYear]:
    """The years of a council's series, latest first, as far as they compare and have a figure."""
    current: FinancialYear | None = year
    while current is not None:
        table = lookup.table(current)
        registers = table.registers
        if table.published(indicator, council).value is None or not council.exists(current):
            return
        group = registers.peers.group(lookup.model, council, current)
        judged = table.judged(indicator, council, group)
        assert judged.own.value is not None  # noqa: S101 - asked above
        yield SeriesYear(
            current,
            judged.own.value,
            judged.vs_peers,
            judged.vs_england,
            (indicator.indicator_id, council.area_id, str(current)) in lookup.listed,
        )
        current = registers.comparability.previous_comparable(indicator, council.area_id, current)


def turned(
    indicator: Indicator, council: Council, years: Iterable[SeriesYear], against: Against
) -> Turnaround | None:
    """What a series comes to: RED once, its own figure better since and GREEN to the last.

    Args:
        indicator: of which.
        council: whose.
        years: latest first; what is not there ends the series.
        against: whose verdicts count.
    """
    green: list[SeriesYear] = []
    unbroken = True
    for each in years:
        meaning = each.sure(against)
        unbroken = unbroken and meaning is Meaning.BETTER
        if unbroken:
            green.append(each)
        elif meaning is None or len(green) < LEAST_GREEN:
            return None
        elif meaning is Meaning.WORSE:
            sign = -1 if indicator.polarity == "lower_is_better" else 1
            improvement = sign * (green[0].value - each.value)
            return Turnaround(council, each, tuple(green), improvement) if improvement > 0 else None
        if each.listed:
            return None
    return None


def sure(verdict: Verdict) -> Meaning | None:
    """What a verdict says for sure; unclear where it is not sure, None where no error is known."""
    if not verdict.compared or verdict.certainty is Certainty.UNTESTED:
        return None
    return verdict.meaning if verdict.certainty is Certainty.SURE else Meaning.UNCLEAR
