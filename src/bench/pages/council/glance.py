"""The year in a few lines: how many indicators came out how, sure colours first and by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bench.judge.rag import RuleName
from bench.present.certainty_words import chance_line
from bench.present.html import Section, fill, identifier
from bench.present.numbers import in_ten
from bench.present.sentences import PROVISIONAL, listed, possessive
from bench.present.table import counted
from bench.present.theme import LOOKS, NO_MARGIN, look_vs_england, look_vs_peers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.judge.published_row import PublishedRow
    from bench.judge.rag import Rules
    from bench.present.theme import Look

# What an indicator can come out as, in the order of the table: what is sure, what only its size
# says, what is probable, and the rest.
SURE_WORSE, SURE_BETTER = "worse", "better"
SIZE_WORSE, SIZE_BETTER = "worse by size", "better by size"
PROBABLY_WORSE, PROBABLY_BETTER = "probably_worse", "probably_better"
SIMILAR, UNCLEAR, UNJUDGED, NOT_COMPARED = "similar", "unclear", "unjudged", "not_compared"
CLASSES: Final = (
    *(SURE_WORSE, SURE_BETTER, SIZE_WORSE, SIZE_BETTER, PROBABLY_WORSE, PROBABLY_BETTER),
    *(SIMILAR, UNCLEAR, UNJUDGED, NOT_COMPARED),
)
_TITLES: Final = {UNJUDGED: "No judgement applies", NOT_COMPARED: "Not compared"}
_REST: Final = {
    SIMILAR: "AMBER (similar)",
    UNCLEAR: "unclear",
    UNJUDGED: "for which neither way is better",
    NOT_COMPARED: "not compared",
}
_BENCHMARKS: Final[Mapping[str, Callable[[PublishedRow], Look]]] = {
    "peers": look_vs_peers,
    "England": look_vs_england,
}


def section(
    rows: Sequence[PublishedRow], *, council: str, rules: Rules, provisional: bool = False
) -> Section:
    """How many indicators came out how, and what is RED and GREEN by name.

    Args:
        rows: those of the page.
        council: its name.
        rules: how verdicts were reached.
        provisional: whether nothing is published for the year, so that all figures are its own.
    """
    sorts = {whom: by_class(rows, look) for whom, look in _BENCHMARKS.items()}
    return fill(
        "council/glance.html.j2",
        lead=lead(rows, council=council, provisional=provisional),
        lines=[*headlines(rows), *_england_too(rows)],
        certainty=_certainty(rows, rules),
        chance=chance_line(rows, multiplicity=rules.multiplicity.value),
        table_id=identifier("glance", council),
        caption=f"How {possessive(council)} indicators came out",
        benchmarks=[f"Against {whom}" for whom in sorts],
        counts=[
            (_tag(name), _TITLES.get(name), [len(sort[name]) for sort in sorts.values()])
            for name in CLASSES
            if any(sort[name] for sort in sorts.values())
        ],
        total=len(rows),
    )


def by_class(
    rows: Sequence[PublishedRow], look: Callable[[PublishedRow], Look]
) -> dict[str, list[PublishedRow]]:
    """The rows under what each came out as; every class of `CLASSES` is a key.

    Args:
        rows: those of the page.
        look: `look_vs_peers` or `look_vs_england`.
    """
    found: dict[str, list[PublishedRow]] = {name: [] for name in CLASSES}
    for row in rows:
        found[_class(row, look(row))].append(row)
    return found


def lead(rows: Sequence[PublishedRow], *, council: str, provisional: bool = False) -> str:
    """What the lines are about, or that no indicator can be judged."""
    opening = f"These figures are {possessive(council)} own, {PROVISIONAL}. " if provisional else ""
    whom = _beside(rows)
    if whom is None:
        if not rows:
            return f"{opening}No indicator is published for this year."
        none = "None" if len(rows) > 1 else "Not one"
        return (
            f"{opening}{none} of {possessive(council)} {counted(len(rows), 'indicator')} can be "
            "judged this year."
        )
    without = "No indicator can be judged beside peers. " if whom == "England" else ""
    beside = "its peers" if whom == "peers" else whom
    own = f"{possessive(council)} {counted(len(rows), 'indicator')}"
    return f"{opening}{without}{own}, beside {beside}:"


def headlines(rows: Sequence[PublishedRow]) -> list[str]:
    """One line each for RED, GREEN and the rest, beside the peers, or England without peers.

    What is sure comes first and by name, then what its size alone says, then how many are
    probable.
    """
    whom = _beside(rows)
    if whom is None:
        return []
    sort = by_class(rows, _BENCHMARKS[whom])
    rest = [f"{len(sort[name])} {text}" for name, text in _REST.items() if sort[name]]
    return [
        _side("RED", "worse", sort[SURE_WORSE], sort[SIZE_WORSE], len(sort[PROBABLY_WORSE])),
        _side("GREEN", "better", sort[SURE_BETTER], sort[SIZE_BETTER], len(sort[PROBABLY_BETTER])),
        *([f"The rest: {listed(rest)}."] if rest else []),
    ]


_ENGLAND_TOO: Final = {
    SURE_WORSE: "RED",
    SIZE_WORSE: "RED by size alone",
    PROBABLY_WORSE: "probably worse",
    SURE_BETTER: "GREEN",
    SIZE_BETTER: "GREEN by size alone",
    PROBABLY_BETTER: "probably better",
}


def _england_too(rows: Sequence[PublishedRow]) -> list[str]:
    """How many came out how beside England, in a line, where the lines above are of the peers."""
    sort = by_class(rows, look_vs_england)
    if _beside(rows) != "peers" or len(sort[NOT_COMPARED]) == len(rows):
        return []
    counts = [f"{len(sort[name])} {text}" for name, text in _ENGLAND_TOO.items() if sort[name]]
    return [f"Beside England: {listed(counts) if counts else 'none is better or worse'}."]


def _side(
    colour: str,
    meaning: str,
    sure: Sequence[PublishedRow],
    by_size: Sequence[PublishedRow],
    probable: int,
) -> str:
    """`2 RED: A; B. 3 more are probably worse.`, with what its size alone says between them."""
    parts = [f"{len(sure)} {colour}: {_names(sure)}."] if sure else []
    if by_size:
        more = " more" if parts else ""
        parts.append(
            f"{len(by_size)}{more} {colour} by size alone, with {NO_MARGIN}: {_names(by_size)}."
        )
    if probable:
        more = " more" if parts else ""
        verb = "is" if probable == 1 else "are"
        said = f"{probable}{more} {verb} probably {meaning}."
        parts = [*(parts or [f"None is {colour}."]), said]
    return " ".join(parts or [f"None is {colour} or probably {meaning}."])


def _names(rows: Sequence[PublishedRow]) -> str:
    return "; ".join(row.short_title for row in rows)


def _beside(rows: Sequence[PublishedRow]) -> str | None:
    """Whom the lines are about: the peers, else England; None where none can be judged."""
    for whom, look in _BENCHMARKS.items():
        if any(row.judged and look(row).key != NOT_COMPARED for row in rows):
            return whom
    return None


def _class(row: PublishedRow, seen: Look) -> str:
    if seen.key == NOT_COMPARED:
        return NOT_COMPARED
    if not row.judged:
        return UNJUDGED
    if seen.note and seen.key in (SURE_WORSE, SURE_BETTER):
        return SIZE_WORSE if seen.key == SURE_WORSE else SIZE_BETTER
    return seen.key


def _tag(name: str) -> Look | None:
    """The look of a class; None where it is no verdict."""
    if name in _TITLES:
        return None
    if name in (SIZE_WORSE, SIZE_BETTER):
        return replace(LOOKS[name.partition(" ")[0]], note=NO_MARGIN)
    return LOOKS[name]


def _certainty(rows: Sequence[PublishedRow], rules: Rules) -> str:
    """How sure a colour is by the rule `auto`; empty where nothing is judged by probability."""
    if rules.rule is not RuleName.AUTO or all(row.rule != "probability" for row in rows):
        return ""
    return (
        "Where there is a margin of error, RED and GREEN are sure: the chance that the true gap is "
        f"large enough to matter is {in_ten(rules.auto.sure)} or more. Probably means "
        f"{in_ten(rules.auto.probable)} or more."
    )
