"""Where a page's figures come from, and by which rules they are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bench.present import sentences
from bench.present import trend_words as worsening_worse
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT, glossary
from bench.present.html import Section, fill
from bench.present.numbers import band_words
from bench.present.wording import WORDING
from bench.project import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.judge.rag import Rules


USE: Final = ("How to use these figures", f"{USE_STATEMENT} {USE_ADDRESS}")


class Source(NamedTuple):
    """One publication that figures of the page come from."""

    title: str
    publisher: str
    published: str
    licence: str
    address: str

    @property
    def cited(self) -> str:
        """The publication, who published it when, and under which licence."""
        return f"{self.title}. {self.publisher}, {self.published}. {self.licence}."

    @property
    def in_full(self) -> str:
        """The same with its address."""
        return f"{self.cited} {self.address}"


def rule_sentence(rules: Rules) -> str:
    """How the rule decides, in words, with its bands."""
    return WORDING.rules[rules.rule].format(**band_words(rules))


def average_sentence(rules: Rules) -> str:
    """What the peers' average is, in words."""
    return WORDING.averages[rules.average]


def sources(releases: Sequence[Source], *, own: Sequence[str] = (), council: str = "") -> Section:
    """Which publications the figures come from, under which licence.

    Args:
        releases: the publications.
        own: files of the council's own provisional figures.
    """
    return fill(
        "page/sources.html.j2",
        sources=releases,
        own=own,
        council=council,
    )


def notes(
    about: Iterable[tuple[str, str]],
    *,
    sources: Iterable[str] = (),
    parameters: Mapping[str, str] | None = None,
    terms: Iterable[tuple[str, str]] = (),
) -> list[tuple[str, str]]:
    """What a workbook says of itself: a topic and its words in each row.

    Args:
        about: what it holds, and how that may be used.
        sources: the publications, as they are cited.
        parameters: what the page was made with.
        terms: words and what they mean.
    """
    return [
        *about,
        *(("Source", source) for source in sources),
        *((f"Parameter: {name}", value) for name, value in (parameters or {}).items()),
        ("Made by", f"bench {__version__}"),
        *terms,
    ]


def comparison_notes(
    rules: Rules,
    *,
    peers: Sequence[str] = (),
    peers_title: str,
    sources: Iterable[Source],
    parameters: Mapping[str, str],
) -> list[tuple[str, str]]:
    """What the workbook of a page with verdicts says: use, method, peers, and the terms."""
    return notes(
        [
            USE,
            ("How a verdict is reached", f"{rule_sentence(rules)} {average_sentence(rules)}"),
            ("Change", f"{sentences.CHANGE_RULE} {worsening_worse.WORSENING_RULE}"),
            ("Peers", f"{peers_title}: {'; '.join(peers)}" if peers else f"{peers_title}: none"),
        ],
        sources=[source.in_full for source in sources],
        parameters=parameters,
        terms=[(term.term, term.meaning) for term in glossary(rules)],
    )
