"""What the page's terms mean, in words for readers who are not analysts.

Enters: a code of the page's vocabularies, or nothing. Leaves: sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench.present.numbers import in_words
from bench.present.theme import LOOKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.judge.rag import TrendRules

USE_ADDRESS: Final = (
    "https://www.gov.uk/government/statistics/"
    "measures-from-the-adult-social-care-outcomes-framework-england-2024-to-2025/"
    "measures-from-ascof-england-2024-to-2025-data-sources-quality-and-uses"
)
USE_STATEMENT: Final = (
    "Use these figures to compare councils and to keep watch on local results. They cannot be "
    "used to judge how effective a local authority is, nor the sector as a whole. A colour is "
    "the start of a question, not the answer to it."
)

VERDICT_TEXTS: Final[Mapping[str, str]] = {
    "better": "The council's figure is better than the one it is compared with.",
    "similar": "The two figures cannot be told apart: the gap is too small to rule out chance "
    "or usual spread.",
    "worse": "The council's figure is worse than the one it is compared with.",
    "higher": "The figure is higher. Neither high nor low is better for this measure.",
    "similar_unjudged": "The figures are close. Neither high nor low is better for this measure.",
    "lower": "The figure is lower. Neither high nor low is better for this measure.",
    "not_compared": "There is no sound comparison. The page says why. It is never amber.",
}

MISSING_TEXTS: Final[Mapping[str, str]] = {
    "suppressed": "The publisher does not show this figure, most often because it counts so few "
    "people. It is not zero.",
    "unusable": "The publisher has no usable data of this council for this measure. It hides no "
    "figure, and it is not zero.",
    "not_available": "No figure was published. It is not zero.",
    "not_applicable": "This measure does not apply to this council in this year.",
}

# How firm a verdict is; see `bench.judge.robustness.grade`.
GRADE_TEXTS: Final[Mapping[str, str]] = {
    "firm": "Nothing that was tried changes the verdict.",
    "leans": "Some other ways to compare change the verdict. Most do not, and none turns better "
    "into worse.",
    "depends": "The verdict may change with rounding or one peer. Or most other ways to compare "
    "change it, or one turns better into worse. By itself it is no finding.",
}

FLAG_TEXTS: Final[Mapping[str, str]] = {
    "approximate_interval": "The margin of error is our own estimate, from the number of people "
    "who answered.",
    "few_peers": "Fewer than five peers have a figure, so their average rests on little.",
}


@dataclass(frozen=True)
class Term:
    """A term of the page and what it means."""

    term: str
    meaning: str


# What the papers of an audit say besides; only their page needs it.
AUDIT_TERMS: Final = (
    Term(
        "Illustrative",
        "Made up to show how a paper reads. It is never added to published figures. Its heading, "
        "its files and every row in them say so.",
    ),
    Term(
        "Rests on",
        "The figure or check that stands behind a finding, as it is today. It links to its row.",
    ),
    Term("Overdue", "The day by which it was due is past, and it is neither done nor refused."),
    Term(
        "Not confirmed",
        "The day of a milestone is past, and no document says whether it was met. It is neither "
        "done nor overdue.",
    ),
    Term("Check", "A rule that looks for faults in the published figures of a council."),
    Term(
        "Self-assessment",
        "What a council says of itself, question by question. Nobody here has checked it.",
    ),
    Term(
        "Not answered",
        "Nobody has answered the question yet. It gives no point until somebody does.",
    ),
    Term(
        "Weighted",
        "Each answer counts for the councils of the same region and type, so that groups in which "
        "few answered are heard in proportion. Groups in which none did are not heard.",
    ),
    Term(
        "Exact test",
        "Of all ways to pick so many councils, the share that are as uneven as those that "
        "answered, or more. If it is below 5%, chance alone hardly explains it.",
    ),
    Term(
        "Out of",
        "Those that answered the question. Councils that left it out are not in the share.",
    ),
    Term(
        "Share of the points",
        "A person's points out of the most that the council's scale can give. It makes scales of "
        "different length alike.",
    ),
    Term(
        "Held back",
        "The part of a price for each point that a council keeps for what it cannot foresee.",
    ),
    Term(
        "Tolerance",
        "How far the cost of a plan may lie from what the rule says before someone asks why.",
    ),
)


def explain_missing(status: str) -> str:
    """Why there is no figure, in one or two sentences; empty where there is one."""
    return MISSING_TEXTS.get(status, "")


def explain_flag(code: str) -> str:
    """What a flag means; an unknown one is printed as its own words."""
    return FLAG_TEXTS.get(code, f"{code.replace('_', ' ').capitalize()}.")


def glossary(trend: TrendRules) -> tuple[Term, ...]:
    """The terms of the page, the verdicts first; `trend` says how many years make one."""
    verdicts = tuple(
        Term(f"{LOOKS[key].symbol} {LOOKS[key].text}", text) for key, text in VERDICT_TEXTS.items()
    )
    return (
        *verdicts,
        Term(
            "Indicator",
            "One figure that is counted in the same way for every council, such as a share of "
            "people or an answer to a survey.",
        ),
        Term(
            "England",
            "The figure that the publisher prints for the whole country. It is not worked out "
            "here.",
        ),
        Term(
            "Peers",
            "Councils that are most like this one, such as in age and wealth of people. The "
            "council is never its own peer.",
        ),
        Term(
            "Open peer model",
            "Our own way to choose peers: the councils nearest by what the Census of 2021 says of "
            "who lives there and what the place is like.",
        ),
        Term(
            "Peers' average",
            "The mean of the peers that have a figure. The page says how many do, and who is "
            "missing.",
        ),
        Term(
            "Margin of error",
            "A survey asks some people, not all. Asked again, it would most likely give a figure "
            "in this range.",
        ),
        Term(
            "Judged by spread",
            "Where there is no margin of error, a gap counts only if it is large next to the "
            "usual gaps between councils.",
        ),
        *(Term(grade.capitalize(), text) for grade, text in GRADE_TEXTS.items()),
        Term(
            "Rank",
            "The council's place among all councils with a figure; 1 is best. Places near each "
            "other often mean little.",
        ),
        Term(
            "Could be",
            "A figure moves by chance, and so does a rank. The range holds the rank in 95 of 100 "
            "cases. There is none where nothing says how sure the figures are.",
        ),
        Term(
            "Unusual for its size",
            "Further from the other councils than 95 of 100 of them would be. Small councils move "
            "more by chance, so the limits are wider for them.",
        ),
        Term(
            "Change",
            "This year's figure less the one before. It is left out where the way of counting "
            "changed in between.",
        ),
        Term(
            "Within the margin of error",
            "The margins of the two years overlap, so the change may be chance.",
        ),
        Term(
            "Not tested",
            "One of the two years has no margin of error, so nobody can tell if the change is "
            "chance. A trend is not tested where the year's figure compares with no other.",
        ),
        Term(
            "Trend",
            "Where the council's own figure has gone over the years that can be compared: by "
            f"default, the last {in_words(trend.years)} years. It is clear only if chance would "
            "hardly do it, and it goes the same way whichever year is left out.",
        ),
        Term(
            "No clear trend",
            "The years go up and down as they might by chance, or they go another way without one "
            "of them. It does not mean that nothing changed.",
        ),
        Term(
            "Too few years",
            f"By default a trend needs {in_words(trend.least_years)} years that can be compared. "
            f"It needs {in_words(trend.least_years_by_order)} where no "
            "counts and no margins of error are published: only their order is tested then.",
        ),
        Term(
            "Worse and worsening",
            "RED, and the trend over the years is getting worse.",
        ),
        Term(
            "Worse since the last figure",
            "RED, and worse than in the last year it can be compared with. If both years have a "
            "margin of error, these must not overlap. It is one step, and may not be a trend.",
        ),
        Term(
            "Small line",
            "The council's own figures through the years, up to this one. A gap or a dotted bar "
            "stands where years cannot be compared. A ring is a year on its own. Lines of two "
            "indicators do not share a scale.",
        ),
        Term(
            "Middle half",
            "The councils or peers without the highest quarter and the lowest quarter of them.",
        ),
        Term(
            "Milestone",
            "A figure that somebody set as one to reach. Where its line lies in the margin of "
            "error, nobody can tell if it is reached.",
        ),
        Term(
            "Rank correlation",
            "How far two figures go together over councils: 1 if they put councils in the same "
            "order, −1 if in the opposite one, 0 if there is no link.",
        ),
        Term("Suppressed", MISSING_TEXTS["suppressed"]),
        Term("No usable data", MISSING_TEXTS["unusable"]),
        Term("Not available", MISSING_TEXTS["not_available"]),
        Term("Does not apply", MISSING_TEXTS["not_applicable"]),
    )
