"""The sections of a figure's restatement in words and tables, and the sheets of its downloads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from bench.pages.base import page_heading
from bench.present import table
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT
from bench.present.html import Section, fill, joined, markup
from bench.present.numbers import MINUS, NO_NUMBER, bare, short
from bench.present.provenance import Source, rule_sentence
from bench.present.provenance import sources as publications
from bench.present.sheet import Cell, Empty, Sheet
from bench.present.table import (
    beneath,
    capital,
    paragraph,
    records_table,
    sentence_list,
    uncapital,
    values_table,
)
from bench.present.theme import look_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from markupsafe import Markup

    from bench.integrity.restatement.case import (
        Comparison,
        QuotedComparator,
        Reclassification,
        Saying,
    )
    from bench.integrity.restatement.counts import Quoted, RoundingRange
    from bench.integrity.restatement.placement import Milestone, Placement
    from bench.integrity.restatement.restate import Adjustment, CountPart, Restated
    from bench.judge.published_row import Measure
    from bench.judge.rag import Rules, Verdict


AS_REPORTED: Final = "As reported"


@dataclass(frozen=True)
class AdjustedFigure:
    """A figure after adjustments, and all that is said of it.

    Attributes:
        restated: the figure.
        standing: where it stands among the published ones; None where no table is held.
        milestones: each with whether it is passed: "yes", "no", or "open" where rounding decides.
        comparators: quoted figures to compare it with.
        rounding: what each rounded number alone allows, the widest first.
        printed: the figure as it is printed, or would be.
        counts: what rounding allows of the reported numerator and denominator.
        behind: the names of those numbers that the reported figure is made from.
    """

    restated: Restated
    standing: Placement | None
    milestones: tuple[tuple[Milestone, str], ...]
    comparators: tuple[QuotedComparator, ...]
    rounding: tuple[tuple[Quoted, RoundingRange], ...]
    printed: str
    counts: tuple[RoundingRange, RoundingRange]
    behind: frozenset[str]


@dataclass(frozen=True)
class ComparedCount:
    """Another count of a document over the reported denominator.

    Attributes:
        count: as the case has it.
        gap: how many people more than the reported numerator; below 0 for fewer.
        share, span: of the reported denominator, in the figure's unit.
        milestones: for each its label, how many people it takes, and how many more there are.
    """

    count: Comparison
    gap: Fraction
    share: Fraction
    span: RoundingRange
    milestones: tuple[tuple[str, int, Fraction], ...]


def compared_table(counts: Sequence[ComparedCount], *, measure: Measure) -> Section:
    """Targets and other counts over the reported denominator, worked out here."""
    rows = []
    for one in counts:
        away = f"{people(abs(one.gap))} {'more' if one.gap > 0 else 'fewer'} than reported"
        reached = [
            f"{people(abs(over))} {'above' if over >= 0 else 'short of'} the {needs:,} "
            "that it takes"
            for _, needs, over in one.milestones
        ]
        rows.append(
            (
                beneath(one.count.label, *([capital(one.count.note)] if one.count.note else [])),
                quoted_text(one.count.people),
                away if one.gap else "as reported",
                beneath(
                    of_value(one.share, measure), f"rounding allows {of_span(one.span, measure)}"
                ),
                *reached,
                one.count.people.cited,
            )
        )
    return records_table(
        caption="Other counts over the same denominator",
        columns=(
            "What",
            "People",
            "Beside the reported count",
            "Of the denominator",
            *(capital(label) for label, _, _ in counts[0].milestones),
            "Source",
        ),
        lines=rows,
        note="The counts are quoted. Gaps and shares are worked out here.",
    )


def heading(
    *,
    council: str,
    year: str,
    title: str,
    code: str,
    opening: str,
    story: str,
) -> Section:
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
    )
    return page_heading(lead)


def figure_table(
    line: AdjustedFigure | None,
    *,
    council: str,
    year: str,
    measure: Measure,
    facts: Sequence[tuple[str, str]],
    limit: str,
) -> Section:
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
        lines += [(capital(one.label), passed_text(said)) for one, said in line.milestones]
    lines += list(facts)
    table = values_table(
        caption=f"{measure.short_title}: {council}, {year}, as reported",
        columns=("What", council),
        lines=lines,
        numeric=False,
    )
    return joined(table, paragraph(limit)) if limit else table


def adjustments_table(
    adjustments: Sequence[Adjustment],
    *,
    sayings: Mapping[str, Saying],
    titles: Mapping[str, str],
) -> Section:
    """Each way of counting otherwise: whom it moves, where that is said, and how sure it is."""
    rows = []
    for one in adjustments:
        moves = "; ".join(
            _move(move.part, move.sign, sayings[move.people.name]) for move in one.moves
        )
        if one.moved_to:
            moves += f". They would count in: {titles[one.moved_to]}"
        small = [capital(one.note)] if one.note else []
        rows.append((one.label, beneath(moves, *small), one.confidence.value, one.source))
    return records_table(
        caption="Who would be counted otherwise",
        columns=("Counted otherwise", "Whom it moves", "How sure", "Source"),
        lines=rows,
    )


def reclassifications_table(
    shares: Sequence[tuple[Reclassification, Fraction, RoundingRange]],
    *,
    figure: str,
    measure: Measure,
) -> Section:
    """People of the numerator who may be of another kind: the figure stays, a part of it rises.

    Args:
        shares: each with what its people are of the denominator, and what rounding allows.
        figure: the figure as it is printed.
        measure: how it is printed.
    """
    rows = []
    for one, share, span in shares:
        most, low, high = (bare(float(value), measure.decimals) for value in (
            share, span.lower, span.upper))  # fmt: skip
        points = " points" if measure.unit == "per_cent" else ""
        ranges = [f"rounding allows {low} to {high}"] if low != high else []
        rows.append(
            (
                beneath(
                    one.label,
                    f"{quoted_text(one.people)}: {one.people.says}",
                    *([capital(one.note)] if one.note else []),
                ),
                f"stays {figure}",
                beneath(f"{one.raises.short_title}: at most +{most}{points}", *ranges),
                one.confidence.value,
                one.source,
            )
        )
    return records_table(
        caption="Who would be counted in the same figure all the same",
        columns=("Recorded otherwise", "This figure", "A part of it", "How sure", "Source"),
        lines=rows,
    )


def results(lines: Sequence[AdjustedFigure], *, measure: Measure, without: str) -> Section:
    """The figure after each way of counting and several together.

    Args:
        lines: in order, the figure as reported first.
        measure: how it is printed.
        without: why there is neither rank nor verdict; "" where there are.
    """
    ranked = any(line.standing is not None for line in lines)
    milestones = [one.label for one, _ in lines[0].milestones] if lines else []
    moved = any(line.restated.span != line.restated.span_of_all for line in lines)
    compared = any(line.comparators for line in lines)
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
        cells += [passed_text(said) for _, said in line.milestones]
        if compared:
            cells.append("; ".join(_beside(one) for one in line.comparators) or NO_NUMBER)
        rows.append(cells)
    return records_table(
        caption="The figure, counted one way and another",
        columns=columns,
        lines=rows,
        note="Each row starts from the reported figure. The order of several steps makes no "
        f"difference to where they end. {without}".strip(),
    )


def rounding_table(
    lines: Sequence[AdjustedFigure],
    *,
    measure: Measure,
    sayings: Mapping[str, Saying],
) -> Section:
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
        return paragraph("No rounded number lies behind these figures.")
    table = records_table(
        caption="Where the ranges come from: one rounded number at a time",
        columns=("Counted how", "Rounded number", "Printed as", "Could be", "Figure then"),
        lines=rows,
    )
    return fill(
        "restatement/details.html.j2",
        summary="Where each range comes from",
        content=table,
    )


def sentences(
    lines: Sequence[AdjustedFigure],
    *,
    measure: Measure,
    sayings: Mapping[str, Saying],
) -> Section:
    """The figures that stand beside a quoted one, each as a sentence with its range."""
    told = []
    for line in lines:
        for one in line.comparators:
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
    return sentence_list(told, none="") if told else joined()


def named(applied: Iterable[Adjustment]) -> str:
    """The adjustments as a row's name."""
    labels = [one.label for one in applied]
    more = [uncapital(label) for label in labels[1:]]
    if len(more) > 1:
        more = [", ".join(more[:-1]), more[-1]]
    return ", and ".join([*labels[:1], *more]) if labels else AS_REPORTED


def of_value(value: Fraction, measure: Measure) -> str:
    """A figure at published decimals: `13.1%`."""
    return short(float(value), measure)


def of_span(span: RoundingRange, measure: Measure) -> str:
    """A range at published decimals: `12.2% to 14.0%`; one figure where both ends print alike."""
    # a narrow range takes one decimal more, so that its ends do not look like a rounder one
    narrow = 0 < span.upper - span.lower < Fraction(5, 10**measure.decimals)
    # and two where only so many print an end as it is: 15.225%, not 15.23%
    more = next((n for n in (1, 2) if _printable(span, measure.decimals + n)), 1)
    shown = replace(measure, decimals=measure.decimals + more) if narrow else measure
    low, high = (of_value(end, shown) for end in (span.lower, span.upper))
    text = low if low == high else f"{low} to {high}"
    return f"{text} (cut off where it would be impossible)" if span.limited else text


def _printable(span: RoundingRange, decimals: int) -> bool:
    """Whether both ends have no more than so many decimals."""
    return all((end * 10**decimals).denominator == 1 for end in (span.lower, span.upper))


def signed(change: float, measure: Measure) -> str:
    """A change at published decimals with its sign: `−1.2 points`."""
    digits = bare(abs(change), measure.decimals)
    sign = MINUS if change < 0 else "+"
    return f"{sign}{digits}{' points' if measure.unit == 'per_cent' else ''}"


def people(count: Fraction) -> str:
    """A count of people, whole: `4,988`."""
    return bare(float(count), 0)


def quoted_text(saying: Saying) -> str:
    """A number as its document prints it: `33%`, `11,000`."""
    return _printed(saying.quoted.value, saying.unit)


def quoted_number(quoted: Quoted, measure: Measure) -> str:
    """A quoted number in the indicator's unit, with no decimal that its document does not print."""
    return _printed(quoted.value, measure.unit)


def verdict_text(verdict: Verdict, polarity: str) -> Markup:
    """A verdict as it stands in a cell: symbol, word and meaning, as sure as it is."""
    return markup("tables/tag.html.j2", look=look_of(verdict, polarity))


def _standing(standing: Placement, measure: Measure) -> list[tuple[str, str]]:
    rank = f"{standing.rank} of {standing.rank_of}" if standing.rank else "not ranked"
    return [
        ("Rank", rank),
        ("Against peers", verdict_text(standing.vs_peers, measure.polarity)),
        ("Against England", verdict_text(standing.vs_england, measure.polarity)),
    ]


def _count(count: Fraction, span: RoundingRange) -> str:
    ends = people(span.lower), people(span.upper)
    return (
        people(count)
        if ends[0] == ends[1]
        else (f"{people(count)} (rounding allows {ends[0]} to {ends[1]})")
    )


def passed_text(said: str) -> str:
    """Whether a milestone is passed, in words; `said` is yes, no or open."""
    return {"yes": "passed", "no": "not passed", "open": "open: rounding decides"}[said]


def _beside(comparator: QuotedComparator) -> str:
    return f"{quoted_text(comparator.figure)}, {comparator.label}"


def _move(part: CountPart, sign: int, saying: Saying) -> str:
    way = "into" if sign > 0 else "out of"
    return f"{quoted_text(saying)} {way} the {part}: {saying.says}"


def _ends(number: Quoted, unit: str) -> str:
    return " to ".join(_printed(end, unit) for end in number.ends)


def _printed(value: Fraction, unit: str) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    digits = f"{exact.normalize():,f}"
    return f"{digits}%" if unit == "per_cent" else digits


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


def opening(lines: Sequence[AdjustedFigure], *, measure: Measure) -> str:
    """The reported figure, and how far the ways of counting shown lie apart."""
    if not lines:
        return "The figure cannot be counted in another way from what is held; the page says why."
    text = f"The reported figure is {lines[0].printed}."
    others = [line.restated for line in lines[1:]]
    if others:
        low, high = min(others, key=lambda o: o.value), max(others, key=lambda o: o.value)
        ends = [of_value(one.value, measure) for one in (low, high)]
        between = ends[0] if ends[0] == ends[1] else f"from {ends[0]} to {ends[1]}"
        text += (
            f" Counted in the other ways shown here it would be {between}. Rounding in the "
            "numbers behind it gives each a range."
        )
    return text


def grid_note(*, compared: bool, milestones: bool) -> str:
    """How the grid is read."""
    told = "The frame marks the figure as reported."
    if compared:
        return f"{told} Beneath each figure stands its verdict against England."
    if milestones:
        return f"{told} Beneath each figure stand the milestones that it passes."
    return told


def method(rules: Rules, *, judged: bool) -> Section:
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
                f"{rule_sentence(rules)} The other councils stay as published. Only this council's "
                "figure, its margin of error and its place are worked out again.",
            )
        )
    return fill(
        "page/method.html.j2",
        terms=terms,
        key=table.key(rules.rule) if judged else "",
    )


def sources(releases: Sequence[Source], documents: Sequence[str], *, reviewed: str) -> Section:
    """The publications, and the documents that the case quotes."""
    told = [f"{one}." for one in documents]
    if reviewed:
        told.append(f"Case last checked by: {reviewed}.")
    quoted = sentence_list(told, none="") if told else joined()
    return joined(publications(releases) if releases else joined(), quoted)


def documents(sayings: Iterable[Saying]) -> list[str]:
    """Each document that is quoted, with the sections that are, in alphabetical order."""
    found: dict[str, dict[str, None]] = {}
    for one in sayings:
        for document, section in one.places:
            found.setdefault(document, {})[section] = None
    return [
        f"{document}: {'; '.join(filter(None, sections))}" if any(sections) else document
        for document, sections in sorted(found.items())
    ]


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
        "certainty_vs_peers": "How sure, against peers",
        "probability_vs_peers": "Probability, against peers",
        "verdict_vs_england": "Against England",
        "certainty_vs_england": "How sure, against England",
        "probability_vs_england": "Probability, against England",
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
    rows = tuple(
        tuple(
            Empty.NOT_APPLICABLE if key == "why" and not record[key] else _cell(record[key])
            for key in names
        )
        for record in frame.to_dict("records")
    )
    return Sheet("Relatives", tuple(names.values()), rows)


def _cell(value: Any) -> Cell:
    if value is None or value != value:
        return None
    if isinstance(value, float):
        return Decimal(repr(round(value, 3)))
    return value if isinstance(value, int) else str(value).replace("_", " ")
