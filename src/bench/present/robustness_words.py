"""What each verdict rests on, and whether it hinges on a choice, in words.

From rows and the records of their trials to sentences by row and benchmark, and to the section of a
page that shows those that hinge on anything. A robust verdict bears no mark.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from bench.present.html import Section, fill, identifier
from bench.present.numbers import bare, interval, short, usual_gap
from bench.present.theme import look, look_vs_england, look_vs_peers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.judge.published_row import PublishedRow
    from bench.judge.rag import Rules
    from bench.present.theme import Look

PEERS, ENGLAND = "peers", "england"
_BESIDE: Final = {PEERS: "Against peers", ENGLAND: "Against England"}
AVERAGES: Final = {"mean": "mean", "median": "median", "pooled": "pooled figure"}
_MOST_NAMES = 4


@dataclass(frozen=True)
class VerdictGrounds:
    """What one verdict rests on and what would change it.

    Attributes:
        against: "Against peers" or "Against England".
        hinges: what it hinges on, in plain words, each as it follows "hinges"; empty where it is
            robust.
        rests_on: sentences: the benchmark, the rule, and which figures would be similar.
        changes: what it would become, each with the ways that make it so.
        unchanged: the ways that were tried and change nothing.
        untried: the ways that cannot be tried, each with its reason.
    """

    against: str
    hinges: tuple[str, ...]
    rests_on: str
    changes: tuple[tuple[Any, tuple[str, ...]], ...]
    unchanged: tuple[str, ...]
    untried: tuple[str, ...]

    @property
    def hinges_on(self) -> str:
        """What it hinges on, as "hinges on the peers chosen"; empty where it is robust."""
        *others, last = self.hinges or ("",)
        listed = f"{', '.join(others)} and {last}" if others else last
        return f"hinges {listed}" if listed else ""

    @property
    def hinges_briefly(self) -> str:
        """The same for a cell: of several choices how many, of several peers not how many."""
        if len(self.hinges) > 1:
            return f"hinges on {len(self.hinges)} choices"
        return self.hinges_on.partition(": any of")[0]

    @property
    def change(self) -> str:
        """What would change it, as a sentence or two."""
        if not self.changes:
            return "Nothing that was tried changes it."
        return " ".join(
            f"It would be {seen.text} {'; '.join(ways)}." for seen, ways in self.changes
        )


def grounds(
    graded: Iterable[tuple[str, PublishedRow]],
    trials: Iterable[Mapping[str, Any]],
    *,
    key: str,
    peers_titles: Mapping[str, str],
    rules: Rules,
) -> dict[tuple[str, str], VerdictGrounds]:
    """Every verdict that was tried, by its row's key and `peers` or `england`.

    Args:
        graded: rows, each with its value in the column `key` of the trials.
        trials: one record per verdict and trial; see `bench.judge.robustness.Sensitivity.records`.
        key: the column that tells rows apart.
        peers_titles: what each peer model is, as it is written on a page.
        rules: the average of the peers, and the bands.
    """
    by_key = dict(graded)
    return {
        (name, against): _grounds(by_key[name], list(tried), peers_titles, rules)
        for (name, against), tried in groupby(
            trials, key=lambda trial: (str(trial[key]), str(trial["against"]))
        )
    }


def anchor(indicator: str) -> str:
    """Where a page says what the verdicts on an indicator hinge on."""
    return identifier("rests", indicator)


def section(
    rows: Iterable[PublishedRow],
    grounds_of: Mapping[tuple[str, str], VerdictGrounds],
) -> Section:
    """Every indicator of which a verdict hinges on a choice, closed until asked for."""
    entries = [
        {
            "anchor": anchor(row.indicator),
            "row": row,
            "verdicts": [
                (one, seen)
                for against, seen in ((PEERS, look_vs_peers(row)), (ENGLAND, look_vs_england(row)))
                if (one := grounds_of.get((row.indicator, against))) is not None and one.hinges
            ],
        }
        for row in rows
    ]
    return fill(
        "robustness/section.html.j2",
        summary=_summary(grounds_of),
        entries=[entry for entry in entries if entry["verdicts"]],
    )


def _summary(grounds_of: Mapping[tuple[str, str], VerdictGrounds]) -> str:
    """How many verdicts hinge on a choice, and how many do not."""
    total, sensitive = len(grounds_of), sum(bool(one.hinges) for one in grounds_of.values())
    if not total:
        return "No verdict was reached."
    if not sensitive:
        return f"None of the {total} verdicts hinges on a choice."
    hinge = "verdict hinges" if sensitive == 1 else "verdicts hinge"
    others = total - sensitive
    rest = {0: "None does not", 1: "The other one does not"}.get(
        others, f"The other {others} do not"
    )
    return f"{sensitive} of {total} {hinge} on a choice that could be made otherwise. {rest}."


def _grounds(
    row: PublishedRow, trials: Sequence[Mapping[str, Any]], titles: Mapping[str, str], rules: Rules
) -> VerdictGrounds:
    first = trials[0]
    changes: dict[str, list[str]] = {}
    for trial in trials:
        for meaning, way in _ways(trial, titles):
            changes.setdefault(meaning, []).append(way)
    return VerdictGrounds(
        against=_BESIDE[first["against"]],
        hinges=tuple(_hinge(probe, trials) for probe in first["hinges_on"]),
        rests_on=_rests_on(row, first, rules),
        changes=tuple(
            (_would_be(meaning, row, first["rule"]), tuple(ways))
            for meaning, ways in changes.items()
        ),
        unchanged=tuple(
            _what(trial, titles) for trial in trials if trial["outcome"] == "unchanged"
        ),
        untried=tuple(
            f"{_what(trial, titles)} ({str(trial['reason']).rstrip('.')})"
            for trial in trials
            if trial["outcome"] == "not_asked"
        ),
    )


def _would_be(meaning: str, row: PublishedRow, rule: str) -> Look:
    """What a trial comes to. It says which word, not how sure: so none that only a sure one has."""
    seen = look(meaning, row.polarity)
    if rule == "probability" and seen.weight == "solid":
        return replace(seen, word=None, weight="tinted")
    return seen


def _hinge(probe: str, trials: Sequence[Mapping[str, Any]]) -> str:
    """One thing that a verdict hinges on, as it follows "hinges"."""
    if probe == "one_peer":
        (trial,) = (trial for trial in trials if trial["test"] == probe)
        names = list(trial["without"])
        if len(names) == 1:
            return f"on one peer: {names[0]}"
        return f"on one peer: any of {len(names)}"
    return {
        "rounding": "on the rounding of the figure",
        "peers": "on the peers chosen",
        "average": "on how the peers are averaged",
        "chance": "on how many comparisons are made at once",
    }[probe]


def _rests_on(row: PublishedRow, evidence: Mapping[str, Any], rules: Rules) -> str:
    """The benchmark, what decided, and which figures would be similar."""
    if evidence["against"] == PEERS:
        benchmark = row.peer_average
        of_peers = f"{row.peers_reporting} of {row.peers_total} peers"
        beside = f"the {AVERAGES[rules.average]} of {of_peers}, {short(benchmark, row)}"
    else:
        benchmark = row.england
        beside = f"England as published, {short(benchmark, row)}"
    seen = look("similar", row.polarity)
    span = interval(evidence["similar_from"], evidence["similar_to"], row)
    span = None if evidence["test"] == "chance" else span
    return f"{_sentence(beside)} {_decided(row, evidence, benchmark, rules)}" + (
        f" Figures from {span} are {seen.text}." if span else ""
    )


def _decided(
    row: PublishedRow, evidence: Mapping[str, Any], benchmark: float | None, rules: Rules
) -> str:
    rule = evidence["rule"]
    if evidence["test"] == "chance":
        if rule == "probability":
            return "By itself it is likely to matter. Among so many this may be chance."
        span = interval(row.lower, row.upper, row)
        return f"It lies outside the margin of error, {span}. Among so many this may be chance."
    if rule == "interval":
        lies = "inside" if evidence["verdict"] == "similar" else "outside"
        return f"It lies {lies} the margin of error, {interval(row.lower, row.upper, row)}."
    if rule in ("probability", "size") and row.value is not None and benchmark is not None:
        gap = f"The gap is {bare(abs(row.value - benchmark), row.decimals)}."
        if rule == "size":
            return f"{gap} No margin of error is known, so its size alone decides."
        return f"{gap} It is judged by its size and by how sure it is."
    if rule in ("spread", "tolerance") and row.value is not None and benchmark is not None:
        most = (evidence["similar_to"] - evidence["similar_from"]) / 2
        usual = usual_gap(rules) if rule == "spread" else "the tolerance"
        gap = bare(abs(row.value - benchmark), row.decimals)
        return f"The gap is {gap}. Up to {bare(most, row.decimals + 1)} is similar: {usual}."
    if rule == "quartile":
        return "Judged by quarters: the middle half is similar."
    return "Judged by the funnel of all councils."


def _ways(trial: Mapping[str, Any], titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a trial changes the verdict to, each with how."""
    if trial["test"] == "one_peer":
        without: dict[str, list[str]] = {}
        for meaning, name in zip(trial["becomes"], trial["without"], strict=True):
            without.setdefault(meaning, []).append(name)
        return [(meaning, f"without {_any_of(names)}") for meaning, names in without.items()]
    what = _what(trial, titles)
    way = {
        "rounding": "within its rounding",
        "peers": f"beside {what}",
        "average": f"beside {what}",
        "chance": "if each comparison stood by itself",
    }[trial["test"]]
    return [(meaning, way) for meaning in trial["becomes"]]


def _what(trial: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """What a trial makes otherwise, as a noun."""
    name = str(trial["alternative"])
    nouns = {
        "rounding": "rounding",
        "one_peer": "any one peer left out",
        "peers": titles.get(name, name),
        "average": f"the peers' {AVERAGES.get(name, name)}",
        "chance": "each comparison by itself",
    }
    return nouns[trial["test"]]


def _any_of(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    if len(names) > _MOST_NAMES:
        rest = len(names) - _MOST_NAMES + 1
        return f"any one of {', '.join(names[: _MOST_NAMES - 1])} and {rest} more peers"
    return f"any one of {', '.join(names[:-1])} and {names[-1]}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
