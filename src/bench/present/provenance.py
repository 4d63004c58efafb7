"""Where a page's figures come from, and by which rules they are compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from bench.present.glossary import USE_ADDRESS, USE_STATEMENT, glossary
from bench.present.html import Section, fill
from bench.present.numbers import band_words
from bench.present.sentences import CHANGE_RULE
from bench.present.trend_words import WORSENING_RULE
from bench.present.wording import WORDING
from bench.project import __version__
from bench.published.sources import commit, project_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.judge.rag import Rules


USE: Final = ("How to use these figures", f"{USE_STATEMENT} {USE_ADDRESS}")


class Source(NamedTuple):
    """One publication that figures of the page come from.

    `release` is its id in the register of sources and `sha256` the hash of the publisher's file;
    both are empty where there is none.
    """

    title: str
    publisher: str
    published: str
    licence: str
    address: str
    release: str = ""
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """What a workbook says of itself.

    Attributes:
        about: what it holds, how that may be used, and the method: a topic and its words in each.
        sources: the publications, earliest first.
        parameters: what the page was made with.
        terms: words and what they mean.
    """

    about: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    terms: tuple[tuple[str, str], ...] = ()

    @property
    def made(self) -> dict[str, str]:
        """The program, its version and that of the project, each under its name."""
        return {
            "Made by": f"bench {__version__}",
            "Version of the code": commit(project_root()),
        }


def rule_sentence(rules: Rules) -> str:
    """How the rule decides, in words, with its bands."""
    return WORDING.rules[rules.rule].format(**band_words(rules))


def average_sentence(rules: Rules) -> str:
    """What the peers' average is, in words."""
    return WORDING.averages[rules.average]


def sources(
    releases: Sequence[Source], *, own: Mapping[str, Sequence[str]] | None = None
) -> Section:
    """Which publications the figures come from, under which licence.

    Args:
        releases: the publications.
        own: files of provisional figures of their own, by the name of the council.
    """
    return fill(
        "page/sources.html.j2",
        sources=releases,
        own=[(council, file) for council, files in (own or {}).items() for file in files],
    )


def comparison_notes(
    rules: Rules,
    *,
    peers: Sequence[str] = (),
    peers_title: str,
    sources: Iterable[Source],
    parameters: Mapping[str, str],
    own: Iterable[str] = (),
) -> Imprint:
    """What the workbook of a page with verdicts says: use, method, peers, and the terms.

    Args:
        rules: how verdicts are reached.
        peers: their names.
        peers_title: what they are called together.
        sources: the publications of its figures.
        parameters: what the page is about.
        own: files of councils' own provisional figures.
    """
    files = "; ".join(own)
    return Imprint(
        about=(
            USE,
            ("How a verdict is reached", f"{rule_sentence(rules)} {average_sentence(rules)}"),
            ("Change", f"{CHANGE_RULE} {WORSENING_RULE}"),
            ("Peers", f"{peers_title}: {'; '.join(peers)}" if peers else f"{peers_title}: none"),
            *([("Own figures", f"Provisional and not published, from {files}")] if files else []),
        ),
        sources=tuple(sources),
        parameters=parameters,
        terms=tuple((term.term, term.meaning) for term in glossary(rules)),
    )
