"""The sections of a council's page that are words rather than one table or figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.pages.base import page_heading
from bench.pages.council import worsening as worse
from bench.present import table
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT
from bench.present.html import Section, fill
from bench.present.provenance import average_sentence, rule_sentence
from bench.present.trend_words import WORSENING_RULE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.judge.published_row import PublishedRow
    from bench.judge.rag import Rules
    from bench.pages.council.report import Briefing
    from bench.present.robustness_words import VerdictGrounds
    from bench.present.trend_words import Tendency


_YEARS: Final = {"earlier": "The year before", "later": "The year after"}


def heading(report: Briefing, pages: Mapping[str, str]) -> Section:
    """Whom the page compares with whom, and what its figures must not be used for.

    `pages` are those of the years beside, `earlier` and `later`, as seen from this one.

    In JupyterLab, where a page's style sheet is absent, this brings it along.
    """
    council, year = report.choice.council, report.choice.year
    lead = fill(
        "council/heading.html.j2",
        council=council.name,
        year=report.year,
        code=council.code_in(year),
        kind=council.type_in(year).singular,
        region=council.region_name,
        peers_title=report.peers.title,
        peers_total=report.peers.total,
        has_figures=any(row.value is not None for row in report.rows),
        provisional=report.provisional,
        beside=[
            (_YEARS[name], str(choices.year), pages[name])
            for name, choices in report.choice.years_beside().items()
            if pages[name]
        ],
        use_statement=USE_STATEMENT,
        use_address=USE_ADDRESS,
    )
    return page_heading(lead)


def method(
    rows: Sequence[PublishedRow],
    *,
    rules: Rules,
    peers: Sequence[str],
    peers_title: str,
    peers_note: str,
    address: str = "",
) -> Section:
    """What the words mean, how verdicts are reached, and who the peers are.

    `address` is the page of all rules with worked cases, as seen from this one.
    """
    by_size = [row.short_title for row in rows if row.rule == "size"]
    return fill(
        "council/method.html.j2",
        key=table.key(rules.rule),
        rule=rule_sentence(rules),
        average=average_sentence(rules),
        by_size=by_size,
        peers=peers,
        peers_title=peers_title,
        peers_note=peers_note,
        address=address,
        missing=table.missing_peers(rows),
        terms=table.glossary_list(rules),
    )


def worsening(
    rows: Sequence[PublishedRow],
    *,
    council: str,
    questions: Mapping[str, Sequence[str]],
    trends: Mapping[str, Tendency] | None = None,
    sensitivity: Mapping[tuple[str, str], VerdictGrounds] | None = None,
    whom_to_phone: Section | None = None,
) -> Section:
    """What is RED and worse than before, with questions a member could ask on each.

    What is RED comes before what is probably worse; of each, what has become worse over years
    before what is worse than at the last figure.

    Args:
        rows: one per indicator.
        questions: two or three for each indicator's id.
        trends: where each indicator is going, by its id.
        sensitivity: what each verdict rests on, by indicator and `peers` or `england`.
        whom_to_phone: councils to ask about what is RED; see `whom_to_phone.section`.
    """
    listed = worse.ordered(rows, trends, sensitivity)
    found = []
    first: dict[tuple[str, ...], str] = {}  # of which indicator each set of questions is asked
    for one in listed:
        asked = tuple(questions[one.row.indicator])
        found.append(
            {
                "row": one.row,
                "kind": one.kind,
                "text": one.text,
                "questions": asked,
                "asked_above": first.get(asked),
            }
        )
        first.setdefault(asked, one.row.short_title)
    return fill(
        "council/worsening.html.j2",
        summary=worse.summary(rows, council=council, trends=trends),
        found=found,
        rule=WORSENING_RULE if found else "",
        unhinged=bool(listed) and all(one.tried for one in listed),
        whom_to_phone=whom_to_phone,
    )
