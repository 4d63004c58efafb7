"""The sections of a council's page that are words rather than one table or figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.pages.council import worsening as worse
from bench.present import chance_words, sentences, table, theme
from bench.present import trend_words as worsening_worse
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT
from bench.present.html import Fragment, fill
from bench.present.provenance import average_sentence, rule_sentence
from bench.present.rows import rows
from bench.present.theme import check_palette

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bench.judge.rag import Rules
    from bench.present.robustness_words import Told


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
    rules: Rules,
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
        rule=rule_sentence(rules),
        average=average_sentence(rules),
        by_spread=lacking if rules.rule == "auto" else [],
        peers=peers,
        peers_title=peers_title,
        peers_note=peers_note,
        address=address,
        missing=table.missing_peers(frame, palette=palette),
        terms=table.glossary_list(rules.trend, palette=palette),
        palette=check_palette(palette),
    )


def worsening(
    frame: pd.DataFrame,
    *,
    council: str,
    questions: Mapping[str, Sequence[str]],
    directions: pd.DataFrame | None = None,
    sensitivity: Mapping[tuple[str, str], Told] | None = None,
    palette: str = "rag",
) -> Fragment:
    """What is RED and worse than before, with questions a member could ask on each.

    What has become worse over years comes first, then what is worse than one year before.

    Args:
        frame: one row per indicator.
        council: the council's name.
        questions: two or three for each indicator's id.
        directions: where each indicator is going, a row for each.
        sensitivity: what each verdict rests on, by indicator and `peers` or `england`.
        palette: "rag" or "af".
    """
    found = [
        {
            "row": one.row,
            "kind": one.kind,
            "text": one.sentences(council),
            "questions": questions[one.row.indicator],
        }
        for one in worse.ordered(frame, directions, sensitivity)
    ]
    return fill(
        "council/worsening.html.j2",
        summary=worse.summary(frame, council=council, directions=directions),
        found=found,
        rule=worsening_worse.WORSENING_RULE,
        palette=check_palette(palette),
    )
