"""What holds for many rows of the table, said once above it, so that rows name exceptions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bench.present.numbers import in_words
from bench.present.table import SaidOnce
from bench.present.trend_words import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.judge.published_row import PublishedRow
    from bench.judge.rag import TrendRules
    from bench.present.trend_words import Tendency

# From so many rows on a reason is said once for all of them.
SHARED: Final = 2


def said_once(
    rows: Sequence[PublishedRow], trends: Mapping[str, Tendency], rules: TrendRules
) -> SaidOnce:
    """Why many rows show no change and no trend.

    Args:
        rows: those of the table.
        trends: where each indicator is going, by its id.
        rules: how many years a trend needs.
    """
    shown = [row for row in rows if row.value is not None]
    unchanged = _shared([row.change_reason or "" for row in shown if row.change is None])
    unjudged = _shared([row.change_not_judged or "" for row in shown if row.change])
    going = [trends[row.indicator] for row in shown if row.indicator in trends]
    untested = _shared([one.reason for one in going if one.direction == "cannot_be_tested"])
    return SaidOnce(
        sentences=(
            *(_no_change(reason, count, len(shown)) for reason, count in unchanged.items()),
            *(_not_judged(reason, count) for reason, count in unjudged.items()),
            *(_not_tested(reason, count, len(shown)) for reason, count in untested.items()),
            *_trends(going, rules),
        ),
        reasons=frozenset((*unchanged, *unjudged, *untested)),
    )


def _shared(reasons: Sequence[str]) -> dict[str, int]:
    """The reasons of several rows, the most frequent first, with how many have each."""
    counted = Counter(reason for reason in reasons if reason)
    return {reason: count for reason, count in counted.most_common() if count >= SHARED}


def _no_change(reason: str, count: int, shown: int) -> str:
    return f"No change can be shown for {_of(count, shown)}{_because(reason)}"


def _not_judged(reason: str, count: int) -> str:
    return f"{count} changes are shown and not judged{_because(reason)}"


def _not_tested(reason: str, count: int, shown: int) -> str:
    return f"No trend can be tested for {_of(count, shown)}{_because(reason)}"


def _of(count: int, shown: int) -> str:
    return "any indicator" if count == shown else f"{count} indicators"


def _because(reason: str) -> str:
    """The reason as it follows a claim, as a sentence of its own where it is one or has a colon."""
    if reason.endswith(".") or ":" in reason:
        return f". {sentence(reason)}"
    return f": {reason}."


def _trends(going: Sequence[Tendency], rules: TrendRules) -> list[str]:
    """How many indicators have enough years for a trend, and what a row without one means."""
    few = sum(one.direction == "too_few_years" for one in going)
    enough = len(going) - few - sum(one.direction == "cannot_be_tested" for one in going)
    needs = f"A trend needs {in_words(rules.least_years)} years that compare"
    if not enough:
        return [f"{needs}, and no indicator has them."] if few else []
    have = "1 indicator has" if enough == 1 else f"{enough} indicators have"
    named = " Where a row names no trend, there is no clear one, or too few years."
    flat = any(one.direction == "no_clear_change" and not one.odd_year for one in going)
    return [f"{needs}: {have} them.{named if flat or few else ''}"]
