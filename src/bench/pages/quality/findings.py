"""What the rules found, as words and tables for the page on sources and quality.

Enters: outcomes of rules. Leaves: HTML fragments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from markupsafe import Markup

from bench.integrity.checks.rule import Result, Severity
from bench.present.html import Fragment, fill
from bench.present.records import beneath, capital, counted, records_table
from bench.present.theme import Look, check_palette

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bench.integrity.checks.rule import Outcome

__all__ = [
    "MOST_LISTED",
    "Names",
    "findings_section",
    "heading",
    "result_tag",
    "rules_table",
    "sentence",
]

# A list of findings longer than this is cut off, and says so.
MOST_LISTED: Final = 50
_LOOKS: Final = {
    Result.PASS: Look("pass", "✓", None, "pass", "better", "circle"),
    Result.FAIL: Look("fail", "✗", None, "fail", "worse", "x"),
    Result.NOT_RUN: Look("not_run", "—", None, "not run", "none", "line-ew"),
}
_MEANING: Final = (
    "A finding is a question to the figure, not a correction of it: every figure stays as it was "
    "published. Explained findings are listed with the sentence that explains them."
)


class Names(NamedTuple):
    """What ids are called on a page: id -> words."""

    areas: Mapping[str, str]
    indicators: Mapping[str, str]
    groups: Mapping[str, str]


def sentence(outcomes: Sequence[Outcome], *, scope: str) -> str:
    """How it came out, in a sentence or two."""
    open_findings = sum(len(one.unexplained) for one in outcomes)
    explained = sum(len(one.explained) for one in outcomes)
    worst = next((s for s in Severity if _unexplained_at(outcomes, s)), None)
    told = "Nothing is left to look at"
    if worst is not None:
        told = f"{counted(open_findings, 'finding')} to be looked at, the worst of them {worst}"
    known = f" Known and explained: {counted(explained, 'finding')}." if explained else ""
    return f"{len(outcomes)} rules were asked of {scope}. {told}.{known}"


def heading(outcomes: Sequence[Outcome], *, scope: str, palette: str = "rag") -> Fragment:
    """How it came out, and what a finding means."""
    return fill(
        "page/soundness.html.j2",
        sentence=sentence(outcomes, scope=scope),
        meaning=_MEANING,
        palette=check_palette(palette),
    )


def rules_table(outcomes: Sequence[Outcome], *, scope: str, palette: str = "rag") -> Fragment:
    """Every rule with its result."""
    return records_table(
        caption=f"{len(outcomes)} rules, worst first, asked of {scope}",
        note="Fail: a finding that nobody has explained. Pass: no finding, or only explained ones.",
        columns=(
            "What would be wrong",
            "Severity",
            "Result",
            "To look at",
            "Explained",
            "Looked at",
        ),
        lines=[
            (
                beneath(capital(one.rule.message), one.rule.explanation, f"Rule: {one.rule.code}"),
                one.rule.severity.value,
                result_tag(one.result),
                f"{len(one.unexplained):,}",
                f"{len(one.explained):,}",
                _looked_at(one),
            )
            for one in outcomes
        ],
        palette=palette,
    )


def findings_section(outcomes: Sequence[Outcome], *, names: Names, palette: str) -> Fragment:
    """Every finding: those that nobody has explained, and those that are explained."""
    explained = [
        (one, str(explanation), str(source), group)
        for one in outcomes
        for (explanation, source), group in one.explained.groupby(
            ["explanation", "source"], sort=False
        )
    ]
    lines = [
        (
            f"{number}. {capital(one.rule.message)}",
            f"{len(group):,}",
            "; ".join(sorted(set(group["period"]))),
            explanation,
            source,
        )
        for number, (one, explanation, source, group) in enumerate(explained, start=1)
    ]
    return fill(
        "quality/flaws.html.j2",
        palette=check_palette(palette),
        unexplained=[
            _listed(one.unexplained, capital(one.rule.message), names, palette)
            for one in outcomes
            if len(one.unexplained)
        ],
        explained=lines
        and records_table(
            caption="What is known, and why it is so",
            columns=("What", "Findings", "Years", "Explanation", "Source"),
            lines=lines,
            palette=palette,
        ),
        lists=[
            (
                f"{number}. {capital(one.rule.message)}: {counted(len(group), 'finding')}",
                _listed(group, f"{number}. {capital(one.rule.message)}", names, palette),
            )
            for number, (one, _, _, group) in enumerate(explained, start=1)
        ],
    )


def _listed(found: pd.DataFrame, caption: str, names: Names, palette: str) -> Fragment:
    more = len(found) - MOST_LISTED
    return records_table(
        caption=caption,
        note=f"The first {MOST_LISTED} of {len(found):,}; bench check --format json prints all."
        if more > 0
        else "",
        columns=("Indicator", "Area", "Year", "Found", "Expected", "Where"),
        lines=[
            (
                names.indicators.get(row["indicator_id"], row["indicator_id"])
                + _group(row["breakdown"], names),
                names.areas.get(row["area_id"], row["area_id"]) or "the measure",
                row["period"],
                row["found"],
                row["expected"],
                ", ".join(filter(None, (row["release_id"], row["place"]))),
            )
            for row in found.head(MOST_LISTED).to_dict("records")
        ],
        palette=palette,
    )


def _group(breakdown: str, names: Names) -> str:
    if breakdown in ("all", ""):
        return ""
    return f": {names.groups.get(breakdown, breakdown).casefold()}"


def _looked_at(outcome: Outcome) -> Markup | str:
    told = counted(len(outcome.checked), "publication")
    reasons = sorted(set(outcome.not_run.values()))
    return beneath(
        told,
        *(
            f"not {counted(list(outcome.not_run.values()).count(reason), 'other')}: {reason}"
            for reason in reasons
        ),
    )


def _unexplained_at(outcomes: Sequence[Outcome], severity: Severity) -> bool:
    return any(len(one.unexplained) for one in outcomes if one.rule.severity is severity)


def result_tag(result: Result) -> Markup:
    """How a rule came out: symbol and word."""
    look = _LOOKS[result]
    return Markup(
        '<span class="verdict tone-{}"><span class="symbol" aria-hidden="true">{}</span> '
        '<span class="meaning">{}</span></span>'
    ).format(look.tone, look.symbol, look.meaning)
