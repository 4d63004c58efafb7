"""How much of day services for over-65s councils provide in-house, from the expenditure return.

The first axis of Figure 5 of the Audit Commission's report of October 2010, made from published
counts; its second axis, the share of the budget, is in no table held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.judge.rates import parts_of
from bench.judge.statistics import median
from bench.pages.audit.sections import Content
from bench.present.numbers import NO_NUMBER, bare
from bench.present.sheet import Sheet, exact_cell
from bench.present.table import beneath, paragraph, values_table
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bench.judge.rates import Parted
    from bench.reference import Council, FinancialYear

IN_HOUSE: Final = "day_services_65_over_in_house"
BY_OTHERS: Final = "day_services_65_over_by_others"
DOCUMENT: Final = (
    "Audit Commission, Financial management of personal budgets, October 2010, §83 and Figure 5"
)


def content(
    figures: pd.DataFrame,
    councils: Mapping[FinancialYear, Sequence[Council]],
    *,
    year: FinancialYear,
    council: Council,
    palette: str,
) -> Content:
    """The section: the year in a sentence, every year in a table, and a sheet of the councils.

    Args:
        figures: the table in force.
        councils: those of each year that is held, in order.
        year: the year of the sentence and of the sheet.
        council: whose own counts stand beside.
        palette: "rag" or "af".
    """
    by_year = {
        one: parts_of(figures, IN_HOUSE, BY_OTHERS, str(one), {ENGLAND, *(c.area_id for c in held)})
        for one, held in councils.items()
    }
    return Content(
        parts=(
            paragraph(
                "Where people choose for themselves, a council's own services may lose them. So "
                "a report of 2010 showed how much of day services councils provide themselves. "
                "This is that share of clients aged 65 and over, by the yearly return on spending. "
                "The report sets it beside a share of the budget, which no table here holds.",
                palette=palette,
            ),
            paragraph(_sentence(by_year[year], len(councils[year]), year), lead=True,
                      palette=palette),
            values_table(
                caption="Day services for people of 65 and over: the share provided in-house",
                columns=(
                    "Year", "Councils with both counts", "Middle council", "England",
                    "All in-house", "None in-house", council.name,
                ),
                lines=[_line(one, found, council) for one, found in by_year.items()],
                palette=palette,
                kind="values years",
            ),
            paragraph(
                "Shares are worked out here from counts rounded to 5 (G1.1 out of G1.1 and G1.2). "
                "A council that prints a symbol for one of the two has no share.",
                palette=palette,
            ),
        ),
        sheets=(_sheet(by_year[year], councils[year], year),),
        documents=(DOCUMENT,),
    )  # fmt: skip


def _shares(found: Mapping[str, Parted]) -> list[Parted]:
    return [one for area, one in found.items() if area != ENGLAND and one.share is not None]


def _sentence(found: Mapping[str, Parted], councils: int, year: FinancialYear) -> str:
    shares = [one.share for one in _shares(found) if one.share is not None]
    if not shares:
        return f"For {year} no council prints both counts."
    text = (
        f"In {year}, {len(shares)} of {councils} councils print both counts. The middle one "
        f"provides {_per_cent(float(median(shares)))} in-house. "
        f"{sum(one == 1 for one in shares)} provide all in-house and "
        f"{sum(one == 0 for one in shares)} nothing."
    )
    if without := councils - len(shares):
        text += f" {without} more {'prints' if without == 1 else 'print'} a symbol in a cell."
    england = found.get(ENGLAND)
    if england is not None and england.share is not None:
        total = england.part + england.rest
        text += (
            f" In England it is {_per_cent(float(england.share))} "
            f"({bare(england.part, 0)} of {bare(total, 0)})."
        )
    return text


def _line(year: FinancialYear, found: Mapping[str, Parted], council: Council) -> tuple[object, ...]:
    shares = [one.share for one in _shares(found) if one.share is not None]
    return (
        str(year),
        len(shares),
        _per_cent(float(median(shares))) if shares else NO_NUMBER,
        _cell(found.get(ENGLAND)),
        sum(one == 1 for one in shares),
        sum(one == 0 for one in shares),
        _cell(found.get(council.area_id)),
    )


def _cell(one: Parted | None) -> str:
    if one is None or one.share is None:
        return NO_NUMBER
    counts = f"{bare(one.part, 0)} of {bare(one.part + one.rest, 0)}"
    return beneath(_per_cent(float(one.share)), counts)


def _per_cent(share: float) -> str:
    return f"{bare(100 * share, 0)}%"


def _sheet(found: Mapping[str, Parted], councils: Sequence[Council], year: FinancialYear) -> Sheet:
    return Sheet(
        "Services",
        ("Council", "Year", "In-house", "By others", "Share in-house, %"),
        tuple(
            (
                one.name,
                str(year),
                int(parted.part) if parted else None,
                int(parted.rest) if parted else None,
                exact_cell(100 * float(parted.share), 1) if parted and parted.share is not None
                else None,
            )
            for one in councils
            for parted in [found.get(one.area_id)]
        ),
    )  # fmt: skip
