"""Plain sentences: what each figure says, what stands out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.present.glossary import explain_missing
from bench.present.numbers import NO_NUMBER, about_in_ten, number, short
from bench.present.theme import look_vs_england, look_vs_peers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.judge.published_row import Measure, PublishedRow
    from bench.present.theme import Look

CHANGE_RULE: Final = (
    "A change is better or worse only if it is large enough to matter, and the margins of error of "
    "both years make that probable. Where neither year has a margin of error, it is not "
    "judged, nor where one has none and no year can lend it one."
)

PROVISIONAL: Final = "provisional, not published"
STATUS_WORDS: Final = {
    "suppressed": "suppressed",
    "unusable": "no usable data",
    "not_available": "not available",
    "not_applicable": "does not apply",
}


def note_number(text: str, notes: list[str]) -> int:
    """The number of a note beneath a table, added to `notes`; the same words have one number."""
    if text not in notes:
        notes.append(text)
    return notes.index(text) + 1


def listed(items: list[str]) -> str:
    """`one, two and three`."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else items[0]


def possessive(name: str) -> str:
    """`Somerset's`, `Kirklees'`."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def missing_peer(text: str) -> tuple[str, str]:
    """A peer without a figure and why: `Kent` and `suppressed` of `Kent (suppressed)`."""
    name, _, reason = text.rstrip(")").partition(" (")
    return name, reason


def beside(row: PublishedRow, year: str) -> str | None:
    """The year of peers and England, where it is not that of the council's figure."""
    return f"in {row.benchmark_period}" if row.benchmark_period != year else None


def own_beside(row: PublishedRow) -> list[tuple[str, str]]:
    """The year and the words of each of the council's own figures beside the published one."""
    return [
        (period, f"{number(value, row)} ({PROVISIONAL}, not judged)")
        for period, value in row.own_figures
    ]


def sentence(row: PublishedRow, *, council: str) -> str:
    """What one indicator says about the council."""
    if row.value is None:
        missing = explain_missing(row.status) or "No figure was published."
        return f"{row.short_title}: no figure for {council}. {missing}"
    own = f"{possessive(council)} figure is {number(row.value, row)}"
    if row.provisional:
        own += f" ({PROVISIONAL})"
    return f"{row.short_title}: {own}. {compared(row)}"


def alone(rows: Sequence[PublishedRow]) -> bool:
    """Whether no indicator is compared with peers, but some are with England."""
    return all(row.verdict_vs_peers == "not_compared" for row in rows) and any(
        row.verdict_vs_england != "not_compared" for row in rows
    )


def change_text(row: PublishedRow) -> str:
    """`up 3.2 points, which is better`; why not, where there is no change figure."""
    if row.change is None:
        return row.change_reason or "no earlier figure"
    if row.change == 0:
        return "no change"
    parts = [moved(row), change_verdict(row)]
    if row.change_not_judged:
        parts[1] = f"{parts[1]}: {row.change_not_judged}"
    text = ", ".join(part for part in parts if part)
    return f"{text} ({reckoned(row)})" if row.change_margin_from else text


def change_brief(row: PublishedRow) -> str:
    """The change for a cell: `up 3.2 points: better`, `up 3.2 points: not judged`, a dash."""
    if row.change is None:
        return NO_NUMBER
    if row.change == 0:
        return "no change"
    verdict = change_verdict(row).removeprefix("which is ")
    return f"{moved(row)}: {verdict}" if verdict else moved(row)


def moved(row: PublishedRow) -> str:
    """`up 3.2 points`, of a change that is not 0."""
    change = row.change or 0.0
    return f"{'up' if change > 0 else 'down'} {size(abs(change), row)}"


def change_verdict(row: PublishedRow) -> str:
    """`which is better`, `which is probably better`; "" where neither way is better."""
    meaning = row.verdict_vs_previous
    if meaning in {"better", "worse"}:
        return f"which is {'probably ' * (row.certainty_vs_previous == 'probable')}{meaning}"
    return {
        "similar": "which is similar",
        "unclear": "which is unclear",
        "not_compared": "not judged",
    }.get(meaning, "")


def reckoned(row: PublishedRow) -> str:
    """`margin reckoned from 2018-19`; "" where both years have their own."""
    return f"margin reckoned from {row.change_margin_from}" if row.change_margin_from else ""


def comparable(*, gap_before: bool, isolated: bool, why: str | None = None) -> str:
    """Whether a year can be compared with those before it, and why not."""
    because = f": {why}" if why else ""
    if isolated:
        return f"with no other year{because}"
    return f"not with earlier years{because}" if gap_before else "yes"


def compared(row: PublishedRow) -> str:
    """How a figure stands beside its peers and England, or why it is not compared."""
    benchmarks = [
        (look_vs_peers(row), row.probability_vs_peers, "its peers' average", row.peer_average),
        (look_vs_england(row), row.probability_vs_england, "England", row.england),
    ]
    made = [
        (seen, about_in_ten(sure) if sure else "", f"{name} ({short(value, row)})")
        for seen, sure, name, value in benchmarks
        if seen.key != "not_compared"
    ]
    if not made:
        return f"It is not compared. {row.reason or ''}".strip()
    if len(made) == 2 and made[0][:2] == made[1][:2]:
        text = _claim(made[0][0], made[0][1], f"both {made[0][2]} and {made[1][2]}")
    else:
        text = ", and ".join(_claim(*one) for one in made)
    text = f"It is {text}."
    if not row.judged:
        text += " Neither high nor low is better here."
    if len(made) == 1:
        text += f" {row.reason or 'There is no second comparison.'}"
    return text


def _claim(seen: Look, likely: str, benchmark: str) -> str:
    """One comparison, as it follows "It is": `probably worse than England (4.4%), a chance of ...`.

    Args:
        seen: the verdict.
        likely: the chance that it is true; "" where that is not known.
        benchmark: what the figure is compared with, and its figure in brackets.
    """
    if seen.key == "unclear":
        return f"unclear beside {benchmark}"
    if "similar" in seen.key:
        apart = seen.word and not (likely or seen.note)
        joined = f"too close to {benchmark} to tell apart" if apart else f"close to {benchmark}"
    else:
        joined = f"{seen.meaning} than {benchmark}"
    if likely:
        joined += f", a chance of {likely}"
    if seen.note:
        joined += f", by size alone with {seen.note}"
    return f"{seen.word}, {joined}" if seen.word else joined


def size(amount: float, measure: Measure) -> str:
    """How large a change is: `3.2 points`, `0.3`, `12.0 per 100,000`."""
    if measure.unit == "per_cent":
        digits = short(amount, measure).removesuffix("%")
        return f"{digits} {'point' if float(digits) == 1 else 'points'}"
    return number(amount, measure)
