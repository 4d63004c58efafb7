"""Where a page's figures come from, and by which rules they are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bench.present import sentences
from bench.present import trend_words as worsening_worse
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT, glossary
from bench.present.html import Fragment, fill
from bench.present.numbers import usual_gap
from bench.present.theme import check_palette
from bench.present.wording import WORDING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.judge.rag import Rules


class Source(NamedTuple):
    """One publication that figures of the page come from."""

    title: str
    publisher: str
    published: str
    licence: str
    address: str
    provenance: str


def rule_sentence(rules: Rules) -> str:
    """How the rule decides, in words, with its bands."""
    return WORDING.rules[rules.rule].format(
        usual_gap=usual_gap(rules), tolerance=rules.tolerance.per_cent_of_benchmark
    )


def average_sentence(rules: Rules) -> str:
    """What the peers' average is, in words."""
    return WORDING.averages[rules.average]


def sources(
    found: Sequence[Source], *, own: Sequence[str] = (), council: str = "", palette: str = "rag"
) -> Fragment:
    """Which publications the figures come from, under which licence.

    Args:
        found: the publications.
        own: files of the council's own provisional figures.
    """
    return fill(
        "page/sources.html.j2",
        sources=found,
        own=own,
        council=council,
        palette=check_palette(palette),
    )


def notes(
    *,
    parameters: Mapping[str, str],
    rules: Rules,
    peers: Sequence[str],
    peers_title: str,
    sources: Sequence[Source],
    version: str,
) -> list[tuple[str, str]]:
    """What a workbook must say of itself: use, method, peers, sources, parameters, terms."""
    return [
        ("How to use these figures", f"{USE_STATEMENT} {USE_ADDRESS}"),
        ("How a verdict is reached", f"{rule_sentence(rules)} {average_sentence(rules)}"),
        ("Change", f"{sentences.CHANGE_RULE} {worsening_worse.WORSENING_RULE}"),
        ("Peers", f"{peers_title}: {'; '.join(peers)}" if peers else f"{peers_title}: none"),
        *(
            (
                "Source",
                f"{one.title}. {one.publisher}, {one.published}. {one.licence}. {one.address} "
                f"Copy used: {one.provenance}.",
            )
            for one in sources
        ),
        *((f"Parameter: {name}", value) for name, value in parameters.items()),
        ("Made by", f"bench {version}"),
        *((term.term, term.meaning) for term in glossary(rules.trend)),
    ]
