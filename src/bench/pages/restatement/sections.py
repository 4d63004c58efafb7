"""What the page of a figure's test says in words, and the sheets of its downloads.

Enters: the figure one way and another. Leaves: sentences, fragments and sheets.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bench.pages.restatement import restated
from bench.present import table
from bench.present.html import Fragment, fill
from bench.present.page import Source, rule_sentence
from bench.present.page import sources as publications
from bench.present.sheet import Cell, Sheet
from bench.present.table import sentence_list
from bench.present.theme import check_palette

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bench.integrity.restatement.case import Saying
    from bench.integrity.restatement.restate import Adjustment
    from bench.pages.restatement.restated import Line
    from bench.present.rows import Measure

__all__ = [
    "NO_CASE",
    "NO_COUNTS",
    "NO_CRITERIA",
    "NO_LENSES",
    "NO_SCATTER",
    "NO_STEPS",
    "adjusted",
    "grid_note",
    "joined",
    "method",
    "opening",
    "relatives_sheet",
    "results_sheet",
    "sources",
]

NO_CASE: Final = (
    "No case says how else this figure could have been counted. To write one, copy a file of "
    "params/integrity: it names each number, its source and what it was rounded to. The sections "
    "below need none."
)
NO_STEPS: Final = "There are no steps to draw: no case says how else the figure could be counted."
NO_COUNTS: Final = (
    "No numerator and denominator are held for this figure. So nobody can say from the data how "
    "many people would have to be counted in another way."
)
NO_CRITERIA: Final = (
    "No case says what a person must have to be counted, or which groups were counted."
)
NO_LENSES: Final = "No other denominator is held for this figure."
NO_SCATTER: Final = (
    "No table holds this figure and a relative of it for this year, so there is nothing to draw."
)


def opening(lines: Sequence[Line], *, measure: Measure) -> str:
    """The reported figure, and how far the ways of counting shown lie apart."""
    if not lines:
        return "The figure cannot be counted in another way from what is held; the page says why."
    first = lines[0].restated
    text = f"The reported figure is {restated.of_value(first.value, measure)}."
    others = [line.restated for line in lines[1:]]
    if others:
        low, high = min(others, key=lambda o: o.value), max(others, key=lambda o: o.value)
        ends = [restated.of_value(one.value, measure) for one in (low, high)]
        between = ends[0] if ends[0] == ends[1] else f"from {ends[0]} to {ends[1]}"
        text += (
            f" Counted in the other ways shown here it would be {between}. Rounding in the "
            "numbers behind it gives each a range."
        )
    return text


def adjusted(
    lines: Sequence[Line],
    adjustments: Sequence[Adjustment],
    *,
    sayings: Mapping[str, Saying],
    titles: Mapping[str, str],
    measure: Measure,
    without: str,
    palette: str = "rag",
) -> Fragment:
    """Who would be counted otherwise, the figures then, what they stand beside, and the ranges."""
    shown = [line for line in lines if len(line.restated.applied) in (1, len(adjustments))]
    shown += [line for line in lines if line.beside and line not in shown]
    return joined(
        restated.adjustments_table(adjustments, sayings=sayings, titles=titles, palette=palette),
        restated.sentences(lines, measure=measure, sayings=sayings, palette=palette),
        restated.results(lines, measure=measure, without=without, palette=palette),
        restated.rounding_table(shown, measure=measure, sayings=sayings, palette=palette),
    )


def grid_note(*, compared: bool) -> str:
    """How the grid is read."""
    under = (
        "Beneath each figure stands its verdict against England."
        if compared
        else "Beneath each figure stand the milestones that it passes."
    )
    return f"The frame marks the figure as reported. {under}"


def method(*, rule: str, judged: bool, palette: str = "rag") -> Fragment:
    """How ranges, verdicts and limits are reached."""
    terms = [
        (
            "Numerator and denominator",
            "The people counted, and all the people they are part of. The figure is one over the "
            "other.",
        ),
        (
            "Worked out from two rates",
            "Where the same people are printed as a share of two groups, and the gap between the "
            "groups is known, there is only one pair of counts that gives both rates.",
        ),
        (
            "What rounding allows",
            "A figure printed as 33% may be anything from 32.5% to 33.5%. Each rounded number is "
            "set to both of its ends, in every combination. The range runs from the lowest result "
            "to the highest. A number that is used twice moves in both places at once.",
        ),
        (
            "How sure",
            "What the source lets us say about a step: high, medium or low. It is no sum.",
        ),
        (
            "The fewest people",
            "The smallest number of people that changes the answer when one count alone changes.",
        ),
        (
            "Relatives",
            "Measures that should tell the same story. The register names them, says which way "
            "each should move, and why. Years that do not compare are left out.",
        ),
    ]
    if judged:
        terms.append(
            (
                "Verdict and rank",
                f"{rule_sentence(rule)} The other councils stay as published. Only this council's "
                "figure, its margin of error and its place are worked out again.",
            )
        )
    return fill(
        "page/method.html.j2",
        terms=terms,
        key=table.key(palette=palette) if judged else "",
        palette=check_palette(palette),
    )


def sources(
    found: Sequence[Source], documents: Sequence[str], *, reviewed: str, palette: str = "rag"
) -> Fragment:
    """The publications, and the documents that the case quotes."""
    told = [f"{one}." for one in documents]
    if reviewed:
        told.append(f"Case last checked by: {reviewed}.")
    quoted = sentence_list(told, none="", palette=palette) if told else Fragment("")
    return joined(publications(found, palette=palette) if found else Fragment(""), quoted)


def joined(*parts: Fragment) -> Fragment:
    """Fragments one after the other."""
    return Fragment("").join(parts)


def results_sheet(records: Sequence[Mapping[str, Any]]) -> Sheet:
    """The figure after each way of counting, to two decimals more than anybody prints."""
    names = {
        "label": "Counted how",
        "value": "Figure",
        "lower": "Rounding allows from",
        "upper": "Rounding allows to",
        "lower_of_all": "With the people moved rounded too, from",
        "upper_of_all": "With the people moved rounded too, to",
        "numerator": "Numerator",
        "denominator": "Denominator",
        "rank": "Rank",
        "rank_of": "Councils ranked",
        "verdict_vs_peers": "Against peers",
        "verdict_vs_england": "Against England",
    }
    more = [key for key in (records[0] if records else {}) if key.startswith("passes ")]
    columns = (*names.values(), *(f"Passes {key.removeprefix('passes ')}?" for key in more))
    rows = tuple(tuple(_cell(one[key]) for key in (*names, *more)) for one in records)
    return Sheet("Counted", columns, rows)


def relatives_sheet(frame: pd.DataFrame) -> Sheet:
    """The relatives and their moves."""
    names = {
        "indicator": "Indicator",
        "expected": "Expected to move",
        "previous_period": "Year before",
        "previous": "Figure before",
        "value": "Figure now",
        "change": "Change",
        "why": "Why there is no change",
        "tally": "Did it move as expected?",
    }
    rows = tuple(tuple(_cell(record[key]) for key in names) for record in frame.to_dict("records"))
    return Sheet("Relatives", tuple(names.values()), rows)


def _cell(value: Any) -> Cell:
    if value is None or value != value:
        return None
    if isinstance(value, float):
        return Decimal(repr(round(value, 3)))
    return value if isinstance(value, int) else str(value).replace("_", " ")
