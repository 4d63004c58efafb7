"""What a release changed, in words: sections of pages, lines of text, and files."""

from __future__ import annotations

import textwrap
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bench.judge.published_row import measure_of
from bench.judge.rag import DecidingRule
from bench.judge.verdict_steps import ORDER, Ingredient
from bench.pages.base import page_heading
from bench.pages.changes.data import Against, FigureChange
from bench.present.html import Section, fill, joined
from bench.present.numbers import bare, number
from bench.present.sentences import listed
from bench.present.sheet import Sheet
from bench.present.table import counted, paragraph, records_table
from bench.present.theme import look

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from bench.judge.rag import Verdict
    from bench.judge.verdict_steps import VerdictStep
    from bench.pages.changes.data import ChangedFigure, ReleasePair, VerdictMove
    from bench.published.sources import Release

_AGAINST: Final = {Against.PEERS: "peers", Against.ENGLAND: "England"}
_KINDS: Final = {
    FigureChange.NEW: "new figure",
    FigureChange.ENDED: "figure without a successor",
    FigureChange.REVISED: "revised figure",
}
METHOD: Final = (
    "To see what moved a verdict, one thing at a time is exchanged, the earlier for the later, "
    "and the verdict asked for again: the council's figure, its margin of error, the list of "
    "peers, the peers' figures (or England's) with their margins, the usual gap between councils "
    "with how much of it is chance, and whether the publisher lets the figures be compared. The "
    "gap between the council and its peers or England is counted in usual gaps between councils. "
    "Its parts add up to the whole; they are shown rounded, and in another order they would be "
    "others. Both releases are judged by the same rule and parameters, those in force today, and "
    "chance among many comparisons is not allowed for. Some files that are held here give figures "
    "without their counts or margins, so a verdict can move because a margin is known, or no "
    "longer known, though no figure has changed. Figures by age, sex or other groups are not "
    "looked at."
)


def ingredient_words(ingredient: Ingredient, against: Against) -> str:
    """What an ingredient is called."""
    return {
        Ingredient.FIGURE: "the council's figure",
        Ingredient.ERROR: "its margin of error",
        Ingredient.PEER_LIST: "the list of peers",
        Ingredient.BENCHMARK: "England's figure"
        if against is Against.ENGLAND
        else "the peers' figures",
        Ingredient.USUAL_GAP: "the usual gap between councils",
        Ingredient.RULE: "whether the figures may be compared",
    }[ingredient]


def verdict_words(verdict: Verdict, polarity: str) -> str:
    """A verdict in words, without its colour."""
    certainty = None if verdict.certainty is None else str(verdict.certainty)
    return look(str(verdict.meaning), polarity, certainty).meaning


def _release(release: Release) -> str:
    return f"{release.id} (published {release.published})"


def _pair(pair: ReleasePair) -> str:
    return f"{_release(pair.later)} beside {_release(pair.earlier)}"


def _counted_kind(kind: FigureChange, number_of: int) -> str:
    """How many figures are new, revised or without a successor."""
    if kind is FigureChange.ENDED:
        return f"{counted(number_of, 'figure')} without a successor"
    return counted(number_of, _KINDS[kind])


def counts_sentence(figures: Sequence[ChangedFigure], moves: Sequence[VerdictMove]) -> str:
    """How many figures and verdicts changed."""
    told = [
        _counted_kind(kind, number_of)
        for kind in FigureChange
        if (number_of := sum(figure.kind is kind for figure in figures))
    ] or ["No figure is new, revised or without a successor"]
    revised = sum(move.revised for move in moves)
    return (
        f"{listed(told)}. {counted(revised, 'verdict')} moved of a year that both releases hold, "
        f"and {counted(len(moves) - revised, 'verdict')} from the one release's latest year to "
        "the other's."
    )


def _figure_words(figure: ChangedFigure) -> str:
    measure = measure_of(figure.indicator, figure.year)
    if figure.kind is FigureChange.NEW:
        return number(figure.after, measure)
    if figure.kind is FigureChange.ENDED:
        return f"{number(figure.before, measure)}; {figure.reason}"
    return f"{number(figure.before, measure)} became {number(figure.after, measure)}"


def _signed(value: Fraction) -> str:
    amount = bare(float(value), 2)
    return f"+{amount}" if value > 0 else amount


def moved_words(move: VerdictMove) -> str:
    """What moved a verdict: the steps at which it moved."""
    return listed(
        [
            f"{ingredient_words(step.ingredient, move.against)}{_whence(step, move)}"
            for step in move.steps.steps
            if step.moved
        ]
    )


def _whence(step: VerdictStep, move: VerdictMove) -> str:
    """Which release's files, as they are held, give no margin, where only the other's do."""
    if step.ingredient is not Ingredient.ERROR:
        return ""
    figure = next(one for one in move.steps.steps if one.ingredient is Ingredient.FIGURE)
    rules = (figure.verdict.rule, step.verdict.rule)
    if rules == (DecidingRule.SIZE, DecidingRule.PROBABILITY):
        return " (not known from the files held up to the earlier release)"
    if rules == (DecidingRule.PROBABILITY, DecidingRule.SIZE):
        return " (not known from the files held of the later release)"
    return ""


def _step_words(step: VerdictStep, move: VerdictMove) -> str:
    part = "" if step.part is None else f" {_signed(step.part)}"
    told = verdict_words(step.verdict, str(move.indicator.polarity))
    return f"{ingredient_words(step.ingredient, move.against)}{part}: {told}"


def gap_words(move: VerdictMove) -> str:
    """The gap before and after, in usual gaps, or that it is not known on one side."""
    steps = move.steps
    if steps.gap_before is None or steps.gap_after is None or steps.whole is None:
        return "the gap in usual gaps is not known on one of the sides"
    return (
        f"{_signed(steps.gap_before)} usual gaps to {_signed(steps.gap_after)}, "
        f"a move of {_signed(steps.whole)}"
    )


def _years(move: VerdictMove) -> str:
    return str(move.year) if move.revised else f"{move.year_before} to {move.year}"


def _verdicts(move: VerdictMove) -> tuple[str, str]:
    polarity = str(move.indicator.polarity)
    return verdict_words(move.steps.before, polarity), verdict_words(move.steps.after, polarity)


def council_heading(council: str, pair: ReleasePair) -> Section:
    """What the page is about."""
    return page_heading(
        fill(
            "page/soundness.html.j2",
            sentence=f"{council}: what {_pair(pair)} changed.",
            meaning=METHOD,
        )
    )


def of_council(
    figures: Sequence[ChangedFigure],
    moves: Sequence[VerdictMove],
    *,
    council: str,
    pair: ReleasePair,
) -> Section:
    """What changed for a council: figures, verdicts of the same year, and of the latest years."""
    parts: list[Section] = [
        paragraph(f"{council}, {_pair(pair)}: {counts_sentence(figures, moves)}")
    ]
    if figures:
        parts.append(
            records_table(
                caption=f"{council}: figures that are new, revised or without a successor",
                columns=["Indicator", "Year", "Change", "Figure"],
                lines=[
                    (
                        figure.indicator.short_title,
                        str(figure.year),
                        _KINDS[figure.kind],
                        _figure_words(figure),
                    )
                    for figure in figures
                ],
            )
        )
    for revised, caption in (
        (True, "verdicts that moved, of a year that both releases hold"),
        (False, f"verdicts that moved, from {pair.year_before} to {pair.year}"),
    ):
        lines = [_line(move) for move in moves if move.revised is revised]
        if lines:
            parts.append(
                records_table(
                    caption=f"{council}: {caption}",
                    columns=["Indicator", "Against", "Years", "Verdict", "What moved it", "Steps"],
                    lines=lines,
                )
            )
    parts.append(paragraph(METHOD))
    return joined(*parts)


def _line(move: VerdictMove) -> tuple[str, ...]:
    before, after = _verdicts(move)
    cut = f" The two years are not to be compared: {move.cut}" if move.cut else ""
    steps = "; ".join(_step_words(step, move) for step in move.steps.steps)
    return (
        move.indicator.short_title,
        _AGAINST[move.against],
        _years(move),
        f"{before}, then {after}",
        f"{moved_words(move)}.{cut}",
        f"{gap_words(move)}: {steps}",
    )


def council_text(
    figures: Sequence[ChangedFigure],
    moves: Sequence[VerdictMove],
    *,
    council: str,
    pair: ReleasePair,
    width: int,
) -> str:
    """The same for a terminal."""

    def wrapped(text: str, indent: str = "  ") -> str:
        return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent + "  ")

    lines = [
        wrapped(f"{council}: what {_pair(pair)} changed", ""),
        wrapped(counts_sentence(figures, moves), ""),
    ]
    for kind in FigureChange:
        of_kind = [figure for figure in figures if figure.kind is kind]
        if of_kind:
            lines += ["", _counted_kind(kind, len(of_kind))]
        lines += [
            wrapped(f"{one.year}  {one.indicator.short_title}: {_figure_words(one)}")
            for one in of_kind
        ]
    for revised, title in (
        (True, "Verdicts that moved, of a year that both releases hold"),
        (False, f"Verdicts that moved, from {pair.year_before} to {pair.year}"),
    ):
        chosen = [move for move in moves if move.revised is revised]
        if chosen:
            lines += ["", title]
        for move in chosen:
            title, against, years, verdicts, moved_by, steps = _line(move)
            lines += [
                wrapped(f"{title}, against {against}, {years}: {verdicts}"),
                wrapped(f"Moved by {moved_by}", "    "),
                wrapped(steps, "    "),
            ]
    if moves:
        lines += ["", wrapped(METHOD, "")]
    return "\n".join(lines)


# --- for machines ---------------------------------------------------------------------------------


def _number(value: Fraction | float | None) -> float | None:
    return None if value is None else round(float(value), 6)


def figure_record(figure: ChangedFigure) -> dict[str, Any]:
    """A figure's change with plain values."""
    return {
        "change": str(figure.kind),
        "indicator": figure.indicator.indicator_id,
        "title": figure.indicator.short_title,
        "year": str(figure.year),
        "before": figure.before,
        "after": figure.after,
        "reason": figure.reason or None,
    }


def move_record(move: VerdictMove) -> dict[str, Any]:
    """A verdict's move with plain values; gaps and parts in usual gaps, to six decimals."""
    steps = move.steps
    return {
        "indicator": move.indicator.indicator_id,
        "title": move.indicator.short_title,
        "against": str(move.against),
        "year_before": str(move.year_before),
        "year": str(move.year),
        "before": move.value_before,
        "after": move.value,
        "verdict_before": str(steps.before.meaning),
        "verdict_after": str(steps.after.meaning),
        "gap_before": _number(steps.gap_before),
        "gap_after": _number(steps.gap_after),
        "gap_change": _number(steps.whole),
        "moved_by": [str(one) for one in steps.moved_by],
        "reason": move.cut or None,
        "steps": [
            {
                "ingredient": str(step.ingredient),
                "verdict": str(step.verdict.meaning),
                "reason": step.verdict.reason or None,
                "moved": step.moved,
                "gap": _number(step.gap),
                "part": _number(step.part),
            }
            for step in steps.steps
        ],
    }


FLAT_COLUMNS: Final = (
    *("change", "indicator", "title", "against", "year_before", "year", "before", "after"),
    *("verdict_before", "verdict_after", "gap_before", "gap_after", "gap_change", "moved_by"),
    *(f"part_{one}" for one in ORDER),
    *(f"verdict_at_{one}" for one in ORDER),
    "reason",
)


def flat_records(
    figures: Iterable[ChangedFigure], moves: Iterable[VerdictMove]
) -> Iterator[dict[str, Any]]:
    """One record per change, with `FLAT_COLUMNS`: figures first, then verdicts."""
    for figure in figures:
        yield dict.fromkeys(FLAT_COLUMNS) | figure_record(figure)
    for move in moves:
        record = move_record(move)
        steps = record.pop("steps")
        yield (
            dict.fromkeys(FLAT_COLUMNS)
            | record
            | {"change": "verdict", "moved_by": "; ".join(record["moved_by"])}
            | {f"part_{step['ingredient']}": step["part"] for step in steps}
            | {f"verdict_at_{step['ingredient']}": step["verdict"] for step in steps}
        )


def sheet(records: Iterable[Mapping[str, Any]], columns: Sequence[str], name: str) -> Sheet:
    """Records as a table for a file."""

    def cell(value: Any) -> Any:
        return Decimal(str(value)) if isinstance(value, float) else value

    cells = tuple(tuple(cell(record[column]) for column in columns) for record in records)
    return Sheet(name, tuple(columns), cells)


# --- every council --------------------------------------------------------------------------------


def all_heading(pair: ReleasePair, lines: Sequence[Mapping[str, Any]]) -> Section:
    """How much a release changed for how many councils."""
    return page_heading(
        fill(
            "page/soundness.html.j2",
            sentence=f"What {_pair(pair)} changed. {all_sentence(lines)}",
            meaning="Councils are listed by how many verdicts moved, then by revised figures. "
            "A council high on the list is not better or worse for it: more moved.",
        )
    )


def all_sentence(lines: Sequence[Mapping[str, Any]]) -> str:
    """For how many councils something changed."""
    moved = sum(bool(line["verdicts_revised"] or line["verdicts_latest"]) for line in lines)
    revised = sum(bool(line["revised"]) for line in lines)
    return (
        f"Of {counted(len(lines), 'council')}, {moved} have verdicts that moved and "
        f"{revised} have revised figures."
    )


ALL_COLUMNS: Final = {
    "council": "Council",
    "verdicts_revised": "Verdicts moved, same year",
    "verdicts_latest": "Verdicts moved, latest year to latest year",
    "revised": "Revised figures",
    "new": "New figures",
    "ended": "Figures without a successor",
    "moved_by": "What moved verdicts, and how many",
}


def ranked(lines: Sequence[Mapping[str, Any]], pair: ReleasePair) -> Section:
    """Every council, by what moved."""
    return records_table(
        caption=f"Councils by what {pair.later.id} moved",
        columns=list(ALL_COLUMNS.values()),
        lines=[[str(line[name]) for name in ALL_COLUMNS] for line in lines],
    )


def revised_figures(groups: Sequence[Mapping[str, Any]], pair: ReleasePair) -> Section:
    """Which councils' figures were revised, by indicator and year."""
    if not groups:
        return paragraph(f"{pair.later.id} revised no council's figure.")
    return records_table(
        caption=f"Figures that {pair.later.id} revised, with the councils",
        columns=["Indicator", "Year", "Councils", "Which"],
        lines=[
            (
                group["title"],
                group["year"],
                str(len(group["councils"])),
                ", ".join(group["councils"]),
            )
            for group in groups
        ],
    )


def all_text(
    lines: Sequence[Mapping[str, Any]],
    groups: Sequence[Mapping[str, Any]],
    *,
    pair: ReleasePair,
    width: int,
) -> str:
    """Every council by what moved, and whose figures were revised, for a terminal."""
    longest = max((len(line["council"]) for line in lines), default=7)
    names = ("verdicts_revised", "verdicts_latest", "revised", "new", "ended")
    heads = ("same year", "latest", "revised", "new", "ended")
    told = [
        textwrap.fill(f"What {_pair(pair)} changed. {all_sentence(lines)}", width),
        textwrap.fill(
            "Verdicts moved of the same year and from latest year to latest year; figures "
            "revised, new, and without a successor (ended).",
            width,
        ),
        "",
        "  ".join([f"{'Council':{longest}}", *heads]),
    ]
    told += [
        "  ".join(
            [
                f"{line['council']:{longest}}",
                *(f"{line[name]:>{len(head)}}" for name, head in zip(names, heads, strict=True)),
            ]
        )
        for line in lines
    ]
    for group in groups:
        number_of = counted(len(group["councils"]), "council")
        text = f"Revised: {group['title']}, {group['year']}, {number_of}: "
        told += [
            "",
            textwrap.fill(text + ", ".join(group["councils"]), width, subsequent_indent="  "),
        ]
    return "\n".join(told)
