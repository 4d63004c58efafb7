"""A survey of councils as a committee reads it: who answered, what, and what does not add up.

Enters: a cohort. Leaves: sentences, tables and a figure, and the sheets of its downloads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.audit.survey_check import adds_up
from bench.pages.audit.discrepancies import discrepancies
from bench.pages.audit.section import Content
from bench.pages.audit.survey_charts import answers, per_cent, span
from bench.pages.audit.survey_sheets import sheets
from bench.present.html import Fragment, fill
from bench.present.numbers import NO_NUMBER, bare
from bench.present.records import capital
from bench.present.table import paragraph, sentence_list, values_table
from bench.present.theme import check_palette

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.audit.survey import Cohort, Grouping
    from bench.present.chart import Figure

__all__ = ["content"]

_UNLIKELY: Final = 0.05
_AMONG: Final = {"region": "in these regions", "type": "of these types"}


def content(cohort: Cohort, *, palette: str) -> Content:
    """The section: response, make-up, answers, weighting, and what does not add up.

    Args:
        cohort: a survey, counted.
        palette: "rag" or "af".
    """
    checks = adds_up(cohort)
    parts: list[Fragment | Figure] = [
        paragraph(cohort.survey.about, palette=palette),
        paragraph(_response(cohort), lead=True, palette=palette),
    ]
    if cohort.groupings:
        parts.append(_part("Are they like all councils?", *_likeness(cohort), palette=palette))
        parts += [_groups(one, cohort, palette=palette) for one in cohort.groupings]
    else:
        parts.append(
            _part(
                "Are they like all councils?",
                "That cannot be told: how many answered in each region, or of each type, is not "
                "in hand.",
                palette=palette,
            )
        )
    if cohort.results:
        parts.append(_part("What they answered", *_weighting(cohort), palette=palette))
        parts.append(
            answers(
                cohort.results,
                title=cohort.survey.title,
                weighted=cohort.weights is not None,
                population=cohort.population,
                palette=palette,
            )
        )
    if checks:
        parts.append(_part("What does not add up", palette=palette))
        parts.append(
            sentence_list(discrepancies(checks), none="Every total adds up.", palette=palette)
        )
    return Content(
        parts=tuple(parts),
        sheets=tuple(sheets(cohort, checks)),
        documents=tuple(
            dict.fromkeys(
                (
                    cohort.survey.document,
                    *(one.source for one in cohort.results),
                    *(one.source for one in checks),
                )
            )
        ),
    )


def _part(title: str, *texts: str, palette: str) -> Fragment:
    return fill("audit/part.html.j2", title=title, texts=texts, palette=check_palette(palette))


def _response(cohort: Cohort) -> str:
    asked = f"the {cohort.invited} councils asked"
    if cohort.invited < cohort.population:
        asked += f" (of {cohort.population} that there were)"
    return (
        f"{cohort.answered} of {asked} answered: {per_cent(cohort.answered / cohort.invited)}. "
        f"If who answers is chance, the rate could as well be {span(*cohort.rate)} (95% range)."
    )


def _likeness(cohort: Cohort) -> list[str]:
    if cohort.answered in (0, cohort.population):
        return ["Every council answered." if cohort.answered else "No council answered."]
    told = []
    for grouping in cohort.groupings:
        test = grouping.likeness
        if test is None:
            told.append(
                f"By {grouping.by} that cannot be told: the counts do not add up (see below)."
            )
            continue
        could = "could" if test.p_value >= _UNLIKELY else "would hardly"
        ways = _per_cent_of_ways(test.p_value)
        told.append(
            f"By {grouping.by}, chance alone {could} explain who answered. Pick "
            f"{cohort.answered} of {cohort.population} councils blindly: in {ways} of all ways to "
            "do so the pick is as uneven as this one, or more."
        )
        none = [group.name for group in grouping.groups if not group.answered]
        if none:
            told.append(f"None answered {_AMONG[grouping.by]}: {_listed(none)}.")
    told.append(
        "This is an exact test. It counts the ways to choose from a known number of councils "
        "(multivariate hypergeometric) and measures how uneven each is by chi-squared. Expected is "
        "how many would answer if all groups did alike."
    )
    return told


def _per_cent_of_ways(p_value: float) -> str:
    return "fewer than 0.1%" if p_value < 0.001 else per_cent(p_value)


def _groups(grouping: Grouping, cohort: Cohort, *, palette: str) -> Fragment:
    expected = grouping.likeness.expected if grouping.likeness else None
    some_asked = cohort.invited < cohort.population and cohort.replies
    lines = []
    for at, group in enumerate(grouping.groups):
        line: list[object] = [capital(group.name), group.everyone]
        if some_asked:
            line.append(group.invited)
        line += [
            group.answered,
            per_cent(group.answered / group.everyone) if group.everyone else NO_NUMBER,
        ]
        if expected:
            line.append(bare(expected[at], 1))
        lines.append(line)
    return values_table(
        caption=f"Who answered, by {grouping.by}",
        columns=(
            grouping.by.capitalize(),
            "All",
            *(("Asked",) if some_asked else ()),
            "Answered",
            "Share",
            *(("Expected",) if expected else ()),
        ),
        lines=lines,
        palette=palette,
    )


def _weighting(cohort: Cohort) -> list[str]:
    weights = cohort.weights
    if weights is None:
        return ["The answers are not weighted. They are not in hand council by council."]
    by = "region and type" if weights.by_region else "type"
    told = [
        f"Weighted, each answer counts for the councils like it, so that the answers stand for "
        f"{weights.stands_for} of {cohort.population} councils by {by}."
    ]
    if not weights.by_region:
        told[0] += " No weights fit both region and type."
    if weights.left_out:
        told.append(
            f"Nobody speaks for the other {weights.left_out}: none answered in their region or of "
            "their type."
        )
    most = max(weights.by_cell.values())
    worth = min((one.worth for one in cohort.results if one.worth is not None), default=0.0)
    told.append(
        f"One council stands for as many as {bare(most, 0)}. Weighted so unevenly, "
        f"{cohort.answered} answers tell as much as {bare(worth, 0)} even ones, so that the "
        "weighted shares are less sure than the others."
        if most > 1.5 * min(weights.by_cell.values())
        else "All answers count for nearly the same."
    )
    return told


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if names[1:] else "") + names[-1]
