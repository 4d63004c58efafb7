"""What stands out: better or worse than both the peers and England, what is sure apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bench.present import sentences as words
from bench.present.html import Section, fill
from bench.present.numbers import short, with_unit
from bench.present.theme import NO_MARGIN, look_vs_england, look_vs_peers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.judge.published_row import PublishedRow
    from bench.present.robustness_words import VerdictGrounds
    from bench.present.theme import Look

    Tried = Mapping[tuple[str, str], VerdictGrounds]


class FindingVerdict(NamedTuple):
    """One of a row's verdicts, with how sure it is.

    Attributes:
        against: "peers" or "England".
        meaning: better, similar, worse and so on.
        look: how it looks.
        hinges_on: "hinges on the peers chosen"; empty where it is robust.
    """

    against: str
    meaning: str
    look: Look
    hinges_on: str

    @property
    def settled(self) -> bool:
        """Whether it is sure, rests on more than size, and hinges on no choice."""
        return bool(self.look.word) and not self.look.note and not self.hinges_on


def verdicts(row: PublishedRow, tried: Tried) -> tuple[FindingVerdict, ...]:
    """A row's verdicts, the peers' before England's; what is not compared is left out."""
    both = (
        ("peers", row.verdict_vs_peers, look_vs_peers(row)),
        ("England", row.verdict_vs_england, look_vs_england(row)),
    )
    return tuple(
        FindingVerdict(
            against, meaning, look, told.hinges_on if (told := _told(row, against, tried)) else ""
        )
        for against, meaning, look in both
        if meaning != "not_compared"
    )


def _told(row: PublishedRow, against: str, tried: Tried) -> VerdictGrounds | None:
    return tried.get((row.indicator, against.casefold()))


def section(
    rows: Sequence[PublishedRow], *, council: str, sensitivity: Tried | None = None
) -> Section:
    """What is worse, and what is better, than both the peers and England, or than England.

    What is sure and hinges on no choice comes first; the rest says how sure it is.

    Args:
        rows: those of the page.
        council: its name.
        sensitivity: what each verdict rests on, by indicator and `peers` or `england`.
    """
    alone = words.alone(rows)
    graded = any(row.certainty_vs_peers or row.certainty_vs_england for row in rows)
    return fill(
        "council/findings.html.j2",
        graded=graded,
        comparable=alone or any("not_compared" not in row.verdicts for row in rows),
        sides=[
            {
                "title": f"{meaning.capitalize()} than {'England' if alone else _BOTH}",
                "none": f"Nothing is {meaning} than {'it' if alone else 'both'}, or probably "
                f"{meaning}.",
                "sure": sure,
                "less": less,
            }
            for meaning in ("worse", "better")
            for sure, less in [standing_out(rows, meaning, council, sensitivity or {})]
        ],
    )


_BOTH: Final = "both its peers and England"


def standing_out(
    rows: Sequence[PublishedRow], meaning: str, council: str, tried: Tried
) -> tuple[list[str], list[str]]:
    """A sentence or two per indicator: what is sure and hinges on no choice, and what is less so.

    Args:
        rows: those of the page.
        meaning: worse or better.
        council: its name.
        tried: what each verdict rests on.
    """
    compared_with = 1 if words.alone(rows) else 2
    sure, less = [], []
    for row in rows:
        made = verdicts(row, tried)
        if not row.judged or len(made) != compared_with:
            continue
        if all(one.meaning == meaning for one in made):
            text = _figures(row, council, with_peers=compared_with > 1)
            if all(one.settled for one in made):
                sure.append(text)
            else:
                less.append(f"{text} {how_sure(made)}")
    return sure, less


def how_sure(judged: Sequence[FindingVerdict]) -> str:
    """`Against peers it is probably worse. Against England it is RED worse.`."""
    said = [_how_sure(one) for one in judged]
    if len(said) == 2 and said[0] == said[1]:
        return f"Against both it {said[0]}."
    return " ".join(
        f"Against {one.against} it {text}." for one, text in zip(judged, said, strict=True)
    )


def _how_sure(verdict: FindingVerdict) -> str:
    if verdict.look.note:
        text = f"is {verdict.look.label} by size alone, with {NO_MARGIN}"
    else:
        text = f"is {verdict.look.text}"
    return f"{text}, and {verdict.hinges_on}" if verdict.hinges_on else text


def _figures(row: PublishedRow, council: str, *, with_peers: bool) -> str:
    """The figure and what it is compared with."""
    peers = f"Its peers' average is {short(row.peer_average, row)} and "
    return (
        f"{row.short_title}: {words.possessive(council)} figure is {with_unit(row.value, row)}"
        f"{f' ({words.PROVISIONAL})' if row.provisional else ''}. "
        f"{peers if with_peers else ''}England's figure is {short(row.england, row)}."
    )
