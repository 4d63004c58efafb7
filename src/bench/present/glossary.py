"""The terms of a page and their meanings, for readers who are not analysts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench.judge.rag import RuleName
from bench.present.numbers import band_words
from bench.present.theme import LOOKS
from bench.present.wording import WORDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bench.judge.rag import Rules

USE_ADDRESS: Final = WORDING.use.address
USE_STATEMENT: Final = WORDING.use.statement
MISSING_TEXTS: Final = WORDING.missing
FLAG_TEXTS: Final = WORDING.flags


@dataclass(frozen=True)
class Term:
    """A term of the page and what it means."""

    term: str
    meaning: str


def _terms(entries: Iterable[Mapping[str, str]]) -> tuple[Term, ...]:
    return tuple(Term(term, meaning) for entry in entries for term, meaning in entry.items())


# What the papers of an audit say besides; only their page needs it.
AUDIT_TERMS: Final = _terms(WORDING.audit_terms)


def explain_missing(status: str) -> str:
    """Why there is no figure, in one or two sentences; empty where there is one."""
    return MISSING_TEXTS.get(status, "")


def verdict_texts(rule: str) -> Mapping[str, str]:
    """What each look of `theme.LOOKS` means that a verdict of a rule can have."""
    return WORDING.verdicts if rule == RuleName.AUTO else WORDING.verdicts_by_rule


def glossary(rules: Rules) -> tuple[Term, ...]:
    """The terms of a page: the verdicts that its rule can come to, then `terms`."""
    verdicts = tuple(
        Term(f"{LOOKS[key].symbol} {LOOKS[key].text}", text)
        for key, text in verdict_texts(rules.rule).items()
    )
    return (*verdicts, *terms(rules))


def terms(rules: Rules) -> tuple[Term, ...]:
    """The terms of a page but for the verdicts, with the numbers of the rules in force."""
    numbers = band_words(rules)
    return tuple(Term(one.term, one.meaning.format(**numbers)) for one in _terms(WORDING.terms))
