"""What is RED and worse than the year before, in words.

Enters: rows. Leaves: sentences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.present import words
from bench.present.numbers import number
from bench.present.rows import rows

if TYPE_CHECKING:
    import pandas as pd

    from bench.present.rows import Row

__all__ = ["RULE", "sentences", "summary"]

RULE: Final = (
    "The rule: the figure is RED against the peers or England, and it is worse than in the last "
    "year it can be compared with. Where both years have a margin of error, these must not overlap."
)


def sentences(row: Row, *, council: str) -> str:
    """What an indicator that is RED and worse than the year before says, in three sentences."""
    certain = (
        "The two years' margins of error do not overlap."
        if row.tested
        else "At least one of the two years has no margin of error, so this could be chance."
    )
    before = f"It was {number(row.previous, row)} in {row.previous_period}"
    moved = "up" if (row.change or 0) > 0 else "down"
    own = f"{words.possessive(council)} figure is {number(row.value, row)}"
    return (
        f"{own}. {before}, so it is {moved} by {words.size(abs(row.change or 0), row)}, "
        f"which is worse. {certain} {words.compared(row)}"
    )


def summary(frame: pd.DataFrame, *, council: str) -> str:
    """How many indicators are RED, and how many of these can be set beside an earlier year."""
    red = [row for row in rows(frame) if "worse" in row.verdicts]
    if not red:
        return f"No indicator of {words.possessive(council)} is RED this year."
    held = sum(row.change is not None for row in red)
    worse = sum(row.worsening for row in red)
    text = f"{council} has {_indicators(len(red))} RED against the peers, England or both."
    if not held:
        return f"{text} None can be set beside an earlier year."
    all_held = (
        "It" if len(red) == 1 else "All of these" if held == len(red) else f"Of these, {held}"
    )
    if held == 1:
        found = "it has" if worse else "it has not"
    else:
        found = "1 has" if worse == 1 else f"{worse or 'none'} have"
    return f"{text} {all_held} can be set beside an earlier year: {found} become worse."


def _indicators(count: int) -> str:
    return "1 indicator that is" if count == 1 else f"{count} indicators that are"
