"""A figure as reported, and as it would have been: tables and sentences.

Enters: a figure after adjustments, with its ranges and where it stands. Leaves: HTML fragments.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bench.present import theme
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT
from bench.present.html import Fragment, fill
from bench.present.numbers import NO_NUMBER, bare, short
from bench.present.records import beneath, capital, records_table
from bench.present.table import paragraph, sentence_list, values_table
from bench.present.theme import check_palette, look

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.integrity.restatement.case import Beside, Saying
    from bench.integrity.restatement.counts import Quoted, Span
    from bench.integrity.restatement.placement import Milestone, Standing
    from bench.integrity.restatement.restate import Adjustment, Part, Restated
    from bench.judge.rag import Verdict
    from bench.present.rows import Measure

__all__ = [
    "AS_REPORTED",
    "Line",
    "adjustments_table",
    "figure_table",
    "heading",
    "named",
    "of_span",
    "people",
    "quoted_text",
    "results",
    "rounding_table",
    "sentences",
    "verdict_text",
]

AS_REPORTED: Final = "As reported"
_CONFIDENCE: Final = {"high": "high", "medium": "medium", "low": "low"}


@dataclass(frozen=True)
class Line:
    """A figure after adjustments, and all that is said of it.

    Attributes:
        restated: the figure.
        standing: where it stands among the published ones; None where no table is held.
        milestones: each with whether it is passed: "yes", "no", or "open" where rounding decides.
        beside: quoted figures to compare it with.
        rounding: what each rounded number alone allows, the widest first.
        printed: the figure as it is printed, or would be.
        counts: what rounding allows of the reported numerator and denominator.
        behind: the names of those numbers that the reported figure is made from.
    """

    restated: Restated
    standing: Standing | None
    milestones: tuple[tuple[Milestone, str], ...]
    beside: tuple[Beside, ...]
    rounding: tuple[tuple[Quoted, Span], ...]
    printed: str
    counts: tuple[Span, Span]
    behind: frozenset[str]


def heading(
    *,
    council: str,
    year: str,
    title: str,
    code: str,
    opening: str,
    story: str,
    palette: str = "rag",
) -> Fragment:
    """Whose figure this is, what the page asks, and what it does not say.

    In JupyterLab, where a page's style sheet is absent, this brings it along.
    """
    lead = fill(
        "restatement/heading.html.j2",
        council=council,
        year=year,
        title=title,
        code=code,
        opening=opening,
        story=story,
        use_statement=USE_STATEMENT,
        use_address=USE_ADDRESS,
        palette=check_palette(palette),
    )
    return Fragment(theme.style_element() + lead)


def figure_table(
    line: Line | None,
    *,
    council: str,
    year: str,
    measure: Measure,
    facts: Sequence[tuple[str, str]],
    limit: str,
    palette: str = "rag",
) -> Fragment:
    """The figure with its counts, where it stands, and what limits what can be said of it."""
    lines: list[tuple[str, object]] = []
    if line is not None:
        restated = line.restated
        lines += [
            ("Figure", line.printed),
            ("Range that rounding allows", of_span(restated.span, measure)),
            ("People in the numerator", _count(restated.numerator, line.counts[0])),
            ("People in the denominator", _count(restated.denominator, line.counts[1])),
        ]
        if line.standing is not None:
            lines += [(head, cell) for head, cell in _standing(line.standing, measure)]
        lines += [(capital(one.label), _passed(said)) for one, said in line.milestones]
    lines += list(facts)
    table = values_table(
        caption=f"{measure.short_title}: {council}, {year}, as reported",
        columns=("What", council),
        lines=lines,
        palette=palette,
        numeric=False,
    )
    return Fragment(table + paragraph(limit, palette=palette)) if limit else table


def adjustments_table(
    adjustments: Sequence[Adjustment],
    *,
    sayings: Mapping[str, Saying],
    titles: Mapping[str, str],
    palette: str = "rag",
) -> Fragment:
    """Each way of counting otherwise: whom it moves, where that is said, and how sure it is."""
    rows = []
    for one in adjustments:
        moves = "; ".join(
            _move(move.part, move.sign, sayings[move.people.name]) for move in one.moves
        )
        if one.moved_to:
            moves += f". They would count in: {titles[one.moved_to]}"
        small = [capital(one.note)] if one.note else []
        rows.append((one.label, beneath(moves, *small), _CONFIDENCE[one.confidence], one.source))
    return records_table(
        caption="Who would be counted otherwise",
        columns=("Counted otherwise", "Whom it moves", "How sure", "Source"),
        lines=rows,
        palette=palette,
    )


def results(
    lines: Sequence[Line], *, measure: Measure, without: str, palette: str = "rag"
) -> Fragment:
    """The figure after each way of counting and several together.

    Args:
        lines: in order, the figure as reported first.
        measure: how it is printed.
        without: why there is neither rank nor verdict; "" where there are.
        palette: "rag" or "af".
    """
    ranked = any(line.standing is not None for line in lines)
    milestones = [one.label for one, _ in lines[0].milestones] if lines else []
    moved = any(line.restated.span != line.restated.span_of_all for line in lines)
    compared = any(line.beside for line in lines)
    columns = ["Counted how", "Figure", "Rounding allows"]
    columns += ["With the people moved rounded too"] if moved else []
    columns += ["Counts"]
    columns += ["Rank", "Against peers", "Against England"] if ranked else []
    columns += [capital(label) for label in milestones]
    columns += ["Set beside"] if compared else []
    rows = []
    for line in lines:
        restated = line.restated
        cells: list[str] = [
            named(restated.applied),
            line.printed,
            of_span(restated.span, measure),
            *([of_span(restated.span_of_all, measure)] if moved else []),
            f"{people(restated.numerator)} of {people(restated.denominator)}",
        ]
        if line.standing is not None:
            cells += [cell for _, cell in _standing(line.standing, measure)]
        cells += [_passed(said) for _, said in line.milestones]
        if compared:
            cells.append("; ".join(_beside(one) for one in line.beside) or NO_NUMBER)
        rows.append(cells)
    return records_table(
        caption="The figure, counted one way and another",
        columns=columns,
        lines=rows,
        note="Each row starts from the reported figure. The order of several steps makes no "
        f"difference to where they end. {without}".strip(),
        palette=palette,
    )


def rounding_table(
    lines: Sequence[Line],
    *,
    measure: Measure,
    sayings: Mapping[str, Saying],
    palette: str = "rag",
) -> Fragment:
    """Where each range comes from: what each rounded number allows if it alone is open."""
    rows = []
    for line in lines:
        for number, span in line.rounding:
            if number.name in sayings and line.restated.applied:
                said = sayings[number.name]
                rows.append(
                    (
                        named(line.restated.applied),
                        capital(said.says),
                        quoted_text(said),
                        _ends(number, said.unit),
                        of_span(span, measure),
                    )
                )
    if not rows:
        return paragraph("No rounded number lies behind these figures.", palette=palette)
    table = records_table(
        caption="Where the ranges come from: one rounded number at a time",
        columns=("Counted how", "Rounded number", "Printed as", "Could be", "Figure then"),
        lines=rows,
        palette=palette,
    )
    return fill(
        "restatement/details.html.j2",
        summary="Where each range comes from",
        content=table,
        palette=check_palette(palette),
    )


def sentences(
    lines: Sequence[Line],
    *,
    measure: Measure,
    sayings: Mapping[str, Saying],
    palette: str = "rag",
) -> Fragment:
    """The figures that stand beside a quoted one, each as a sentence with its range."""
    told = []
    for line in lines:
        for one in line.beside:
            restated = line.restated
            text = (
                f"{named(restated.applied)}: {of_value(restated.value, measure)}, beside "
                f"{quoted_text(one.figure)} ({one.label}). Rounding allows "
                f"{of_span(restated.span, measure)}."
            )
            behind = [(n, span) for n, span in line.rounding if n.name in line.behind]
            if len(behind) > 1:
                number, span = behind[0]
                text += (
                    f" Most of that comes from {quoted_text(sayings[number.name])}, "
                    f"{sayings[number.name].says}: it alone allows {of_span(span, measure)}."
                )
            told.append(text)
    return sentence_list(told, none="", palette=palette) if told else Fragment("")


def named(applied: Iterable[Adjustment]) -> str:
    """The adjustments as a row's name."""
    labels = [one.label for one in applied]
    more = [label[:1].lower() + label[1:] for label in labels[1:]]
    if len(more) > 1:
        more = [", ".join(more[:-1]), more[-1]]
    return ", and ".join([*labels[:1], *more]) if labels else AS_REPORTED


def of_value(value: Fraction, measure: Measure) -> str:
    """A figure at published decimals: `13.1%`."""
    return short(float(value), measure)


def of_span(span: Span, measure: Measure) -> str:
    """A range at published decimals: `12.2% to 14.0%`; one figure where both ends print alike."""
    # a narrow range takes one decimal more, so that its ends do not look like a rounder one
    narrow = 0 < span.upper - span.lower < Fraction(5, 10**measure.decimals)
    shown = replace(measure, decimals=measure.decimals + 1) if narrow else measure
    low, high = (of_value(end, shown) for end in (span.lower, span.upper))
    text = low if low == high else f"{low} to {high}"
    return f"{text} (cut off where it would be impossible)" if span.limited else text


def people(count: Fraction) -> str:
    """A count of people, whole: `4,988`."""
    return bare(float(count), 0)


def quoted_text(saying: Saying) -> str:
    """A number as its document prints it: `33%`, `11,000`."""
    return _printed(saying.quoted.value, saying.unit)


def verdict_text(verdict: Verdict, polarity: str) -> Fragment:
    """A verdict as it stands in a cell: symbol, word and meaning."""
    return fill("tables/tag.html.j2", look=look(str(verdict.meaning), polarity))


def _standing(standing: Standing, measure: Measure) -> list[tuple[str, str]]:
    rank = f"{standing.rank} of {standing.rank_of}" if standing.rank else "not ranked"
    return [
        ("Rank", rank),
        ("Against peers", verdict_text(standing.vs_peers, measure.polarity)),
        ("Against England", verdict_text(standing.vs_england, measure.polarity)),
    ]


def _count(count: Fraction, span: Span) -> str:
    ends = people(span.lower), people(span.upper)
    return (
        people(count)
        if ends[0] == ends[1]
        else (f"{people(count)} (rounding allows {ends[0]} to {ends[1]})")
    )


def _passed(said: str) -> str:
    return {"yes": "passed", "no": "not passed", "open": "open: rounding decides"}[said]


def _beside(one: Beside) -> str:
    return f"{quoted_text(one.figure)}, {one.label}"


def _move(part: Part, sign: int, saying: Saying) -> str:
    way = "into" if sign > 0 else "out of"
    return f"{quoted_text(saying)} {way} the {part}: {saying.says}"


def _ends(number: Quoted, unit: str) -> str:
    return " to ".join(_printed(end, unit) for end in number.ends)


def _printed(value: Fraction, unit: str) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    digits = f"{exact.normalize():,f}"
    return f"{digits}%" if unit == "per_cent" else digits
