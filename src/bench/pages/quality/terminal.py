"""What the rules found, as plain text for a terminal.

Enters: outcomes of rules. Leaves: lines; results in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.pages.quality.findings import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from bench.integrity.checks.rule import Outcome

__all__ = ["findings_text", "quality_text"]

_MOST: Final = 10


def quality_text(outcomes: Sequence[Outcome], *, scope: str) -> str:
    """The rules with their results, then the findings: open ones first, at most ten a rule."""
    lines = [sentence(outcomes, scope=scope), ""]
    lines.append(f"{'Rule':12} {'Severity':9} {'Result':8} {'To look at':>10} {'Explained':>10}")
    lines += [
        f"{one.rule.code:12} {one.rule.severity:9} {one.result:8} {len(one.unexplained):10,} "
        f"{len(one.explained):10,}  {one.rule.message}"
        for one in outcomes
    ]
    lines += _section("To be looked at", _open(outcomes))
    lines += _section("Explained", _explained(outcomes))
    lines += _section("Not run", _not_run(outcomes))
    return "\n".join(lines)


def findings_text(outcomes: Sequence[Outcome]) -> list[str]:
    """The findings that nobody has explained, as lines: each rule with at most ten."""
    return list(_open(outcomes))


def _section(title: str, content: Iterator[str]) -> list[str]:
    found = list(content)
    return ["", title, *found] if found else []


def _open(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for one in outcomes:
        if len(one.unexplained):
            yield f"  {one.rule.severity} {one.rule.code}: {one.rule.message}"
            yield from _lines(one.unexplained)


def _lines(found: pd.DataFrame) -> Iterator[str]:
    for row in found.head(_MOST).to_dict("records"):
        names = (row["indicator_id"], row["breakdown"], row["area_id"])
        place = f", {row['place']}" if row["place"] else ""
        yield f"    {' '.join(filter(None, names))} {row['period']}: found {row['found']}"
        yield f"      expected {row['expected']} ({row['release_id']}{place})"
    if len(found) > _MOST:
        yield f"    and {len(found) - _MOST:,} more; --format json prints all"


def _explained(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for one in outcomes:
        for (explanation, source), group in one.explained.groupby(
            ["explanation", "source"], sort=False
        ):
            yield f"  {one.rule.code} ({len(group):,}): {explanation} [{source}]"


def _not_run(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for one in outcomes:
        for reason in sorted(set(one.not_run.values())):
            releases = [name for name, why in one.not_run.items() if why == reason]
            yield f"  {one.rule.code}: {reason} ({', '.join(releases)})"
