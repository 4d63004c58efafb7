"""The sections of a page that are words rather than one table or figure.

Enters: a frame with one row per indicator, names and titles. Leaves: HTML fragments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bench.pages.council import worsening as worse
from bench.present import chance_words, sentences, table, theme
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT, glossary
from bench.present.html import Fragment, fill
from bench.present.rows import rows
from bench.present.theme import check_palette

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

__all__ = [
    "Source",
    "findings",
    "glance",
    "heading",
    "method",
    "notes",
    "rule_sentence",
    "sources",
    "worsening",
]

_RULES = {
    "auto": "Where the council's figure has a margin of error, it is similar if the other figure "
    "lies in it. Where there is none, it is similar if the gap is at most half of the usual gap "
    "between councils.",
    "interval": "A figure is similar if the other figure lies in its margin of error. A figure "
    "without one is not compared.",
    "spread": "A figure is similar if the gap is at most half of the usual gap between councils.",
    "quartile": "A figure is better in the best quarter, worse in the worst quarter, and similar "
    "between them.",
    "tolerance": "A figure is similar if the gap is at most 5% of the other figure.",
    "funnel": "A figure is better or worse if it is unusual among councils: outside the range in "
    "which 95 of 100 ordinary councils of its size lie around the other figure. A figure without "
    "counts or a margin of error is not compared.",
}
_AVERAGES = {
    "mean": "The peers' average is the mean of those that have a figure.",
    "median": "The peers' average is the median, the middle of those that have a figure.",
    "pooled": "The peers' average adds up their numerators and divides by their denominators.",
}


class Source(NamedTuple):
    """One publication that figures of the page come from."""

    title: str
    publisher: str
    published: str
    licence: str
    address: str
    provenance: str


def heading(
    *,
    council: str,
    year: str,
    code: str,
    kind: str,
    region: str,
    peers_title: str,
    peers_total: int,
    has_figures: bool,
    provisional: bool = False,
    palette: str = "rag",
) -> Fragment:
    """Whom the page compares with whom, and what its figures must not be used for.

    In JupyterLab, where a page's style sheet is absent, this brings it along. `provisional` says
    that nothing is published for the year and the figures are the council's own.
    """
    lead = fill(
        "council/heading.html.j2",
        council=council,
        year=year,
        code=code,
        kind=kind,
        region=region,
        peers_title=peers_title,
        peers_total=peers_total,
        has_figures=has_figures,
        provisional=provisional,
        use_statement=USE_STATEMENT,
        use_address=USE_ADDRESS,
        palette=check_palette(palette),
    )
    return Fragment(theme.style_element() + lead)


def glance(
    frame: pd.DataFrame,
    *,
    council: str,
    multiplicity: str = "none",
    provisional: bool = False,
    palette: str = "rag",
) -> Fragment:
    """How many indicators came out how, and how many colours chance alone would give."""
    return fill(
        "council/glance.html.j2",
        sentence=sentences.glance_sentence(frame, council=council, provisional=provisional),
        table=table.glance_table(frame, council=council, palette=palette),
        chance=chance_words.chance_line(frame, multiplicity=multiplicity),
        palette=check_palette(palette),
    )


def findings(frame: pd.DataFrame, *, council: str, palette: str = "rag") -> Fragment:
    """What is worse, and what is better, than both the peers and England, or than England."""
    alone = sentences.alone(frame)
    return fill(
        "council/findings.html.j2",
        comparable=alone or any("not_compared" not in row.verdicts for row in rows(frame)),
        whom="England" if alone else "both its peers and England",
        which="it" if alone else "both",
        concerns=sentences.concerns(frame, council=council),
        strengths=sentences.strengths(frame, council=council),
        palette=check_palette(palette),
    )


def method(
    frame: pd.DataFrame,
    *,
    rule: str,
    average: str,
    peers: Sequence[str],
    peers_title: str,
    peers_note: str,
    address: str = "",
    palette: str = "rag",
) -> Fragment:
    """What the words mean, how verdicts are reached, and who the peers are.

    `address` is the page of all rules with worked cases, as seen from this one.
    """
    lacking = [row.short_title for row in rows(frame) if row.rule == "spread"]
    return fill(
        "council/method.html.j2",
        key=table.key(palette=palette),
        rule=rule_sentence(rule),
        average=_AVERAGES[average],
        by_spread=lacking if rule == "auto" else [],
        peers=peers,
        peers_title=peers_title,
        peers_note=peers_note,
        address=address,
        missing=table.missing_peers(frame, palette=palette),
        terms=table.glossary_list(palette=palette),
        palette=check_palette(palette),
    )


def rule_sentence(rule: str) -> str:
    """How a rule decides, in words."""
    return _RULES[rule]


def sources(
    found: Sequence[Source], *, own: Sequence[str] = (), council: str = "", palette: str = "rag"
) -> Fragment:
    """Which publications the figures come from, under which licence.

    Args:
        found: the publications.
        own: files of the council's own provisional figures.
        council: the council's name.
        palette: "rag" or "af".
    """
    return fill(
        "page/sources.html.j2",
        sources=found,
        own=own,
        council=council,
        palette=check_palette(palette),
    )


def worsening(
    frame: pd.DataFrame,
    *,
    council: str,
    questions: Mapping[str, Sequence[str]],
    directions: pd.DataFrame | None = None,
    palette: str = "rag",
) -> Fragment:
    """What is RED and worse than before, with questions a member could ask on each.

    What has become worse over years comes first, then what is worse than one year before.

    Args:
        frame: one row per indicator.
        council: the council's name.
        questions: two or three for each indicator's id.
        directions: where each indicator is going, a row for each.
        palette: "rag" or "af".
    """
    found = [
        {
            "row": one.row,
            "kind": one.kind,
            "text": one.sentences(council),
            "questions": questions[one.row.indicator],
        }
        for one in worse.ordered(frame, directions)
    ]
    return fill(
        "council/worsening.html.j2",
        summary=worse.summary(frame, council=council, directions=directions),
        found=found,
        rule=worse.RULE,
        palette=check_palette(palette),
    )


def notes(
    *,
    parameters: Mapping[str, str],
    rule: str,
    average: str,
    peers: Sequence[str],
    peers_title: str,
    sources: Sequence[Source],
    version: str,
) -> list[tuple[str, str]]:
    """What a workbook must say of itself: use, method, peers, sources, parameters, terms."""
    return [
        ("How to use these figures", f"{USE_STATEMENT} {USE_ADDRESS}"),
        ("How a verdict is reached", f"{_RULES[rule]} {_AVERAGES[average]}"),
        ("Change", f"{sentences.CHANGE_RULE} {worse.RULE}"),
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
        *((term.term, term.meaning) for term in glossary()),
    ]
