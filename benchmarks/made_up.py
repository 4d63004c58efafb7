"""Papers of an audit pack as large as they come: every council asked, and ten rules.

Nothing in them is any council's: they are made of a fixed seed to be timed, not to be read.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from bench.published import sources
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from pathlib import Path

YEAR = FinancialYear.parse("2011-12")  # 152 councils
WHY = "illustrative: All of it is made up for a benchmark.\n"
REVIEW = "as_at: 2026-11-24\nreview: {author: a benchmark, reviewed: 2026-11-24}\n"
ANSWERS = ("Yes", "Partly", "No", "Not known")


def survey(folder: Path, *, questions: int = 12) -> str:
    """A survey of every council of 2011-12; returns the name of its file."""
    dice = random.Random(152)  # noqa: S311 - nothing secret
    names = [f"q{number}" for number in range(questions)]
    listed = ", ".join(f'"{one}"' for one in ANSWERS)
    asked = "".join(
        f"  {name}: {{text: Is there a plan for matter {name}?, answers: [{listed}]}}\n"
        for name in names
    )
    (folder / "survey-illustrative.yaml").write_text(
        f"audit: {folder.name}\ntitle: Everything\nabout: All councils.\ndocument: none\n"
        f"year: {YEAR}\n{WHY}rows: survey-illustrative.csv\nquestions:\n{asked}{REVIEW}"
    )
    lines = [",".join(("council", "answered", *names))]
    for council in sources.reference().councils.in_year(YEAR):
        answered = dice.random() < 0.6
        answers = [dice.choice(ANSWERS) if answered else "" for _ in names]
        lines.append(",".join((f'"{council.name}"', "yes" if answered else "no", *answers)))
    (folder / "survey-illustrative.csv").write_text("\n".join(lines) + "\n")
    return "survey-illustrative.yaml"


def rules(folder: Path, *, number: int = 10) -> str:
    """So many rules from points to money, half of them bands; returns the name of their file."""
    dice = random.Random(10)  # noqa: S311 - nothing secret
    entries = []
    for at in range(number):
        most = dice.randrange(40, 120)
        entry = f"- council: Council {chr(65 + at)}\n  care_group: Adults\n  points_max: {most}\n"
        if at % 2:
            edges = [(first, min(first + 9, most)) for first in range(0, most + 1, 10)]
            entry += "  bands:\n" + "".join(
                f"  - {{from: {first}, to: {last}, amount: {4 * first}}}\n" for first, last in edges
            )
        else:
            entry += f"  price_per_point: {dice.randrange(300, 900) / 100}\n"
        entries.append(entry)
    (folder / "ras-illustrative.yaml").write_text(
        f"audit: {folder.name}\ntitle: Rules\nabout: Ten rules.\n{WHY}per: week\n"
        f"tolerance_pct: 50\nrules:\n{''.join(entries)}{REVIEW}"
    )
    return "ras-illustrative.yaml"
