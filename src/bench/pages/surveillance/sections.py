"""The sections of the page of unusual changes, and its files."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bench.pages.base import page_heading
from bench.pages.surveillance.sentences import PATTERNS
from bench.present import provenance
from bench.present.html import Section, fill, identifier
from bench.present.numbers import bare, short
from bench.present.sheet import Sheet
from bench.present.table import capital, counted, values_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bench.pages.store import Unusual
    from bench.pages.surveillance.report import Surveillance
    from bench.pages.surveillance.sentences import Teller
    from bench.present.provenance import Source

COLUMNS: Final = {
    "council": "Council",
    "area_code": "ONS code",
    "indicator": "Indicator",
    "indicator_id": "Indicator id",
    "period": "Year",
    "previous_period": "Compared with",
    "previous": "Figure then",
    "value": "Figure now",
    "change": "Change",
    "score": "Standard deviations of a normal distribution as rare",
    "q": "False discovery rate",
    "pattern": "Patterns",
    "sentence": "What happened, how rare it is, and what to ask",
}
_IS: Final = (
    "A change is listed because it is rare, and for no other reason. Many things can lie behind "
    "it: a new service, a new way of counting, a better record. The list cannot tell which. It is "
    "a list of questions, and judges nobody. A council that is not on it may have questions too."
)


def heading(*, count: int, looked_at: int, scope: str) -> Section:
    """How many changes are listed of how many, and what that means.

    In JupyterLab, where a page's style sheet is absent, this brings it along.
    """
    one = looked_at == 1
    are = "is" if count == 1 else "are"
    lead = fill(
        "page/soundness.html.j2",
        sentence=f"{capital(scope)}: {counted(looked_at, 'change')} between years that can be "
        f"compared {'was' if one else 'were'} looked at. Of {'it' if one else 'these'}, "
        f"{f'{count:,}' if count else 'none'} {are} worth asking about.",
        meaning=_IS,
    )
    return page_heading(lead)


def ranked(
    findings: pd.DataFrame,
    sentences: Sequence[str],
    *,
    teller: Teller,
    scope: str,
    shown: int,
) -> Section:
    """The findings in order of rank, with choices of council, indicator and year.

    The table is whole without a script; with one, the choices narrow it.

    Args:
        findings: as `bench.integrity.surveillance.patterns.findings` gives them.
        sentences: what each says.
        teller: what ids are called.
        scope: what was looked at, in words.
        shown: how many are listed at most.
    """
    lines = []
    rows = zip(findings.head(shown).to_dict("records"), sentences, strict=False)
    for place, (row, text) in enumerate(rows, start=1):
        measure = teller.measure(row["indicator_id"], row["period"])
        before = teller.measure(row["indicator_id"], row["previous_period"])
        lines.append(
            {
                "anchor": anchor(row),
                "place": place,
                "council": teller.councils[row["area_id"]],
                "indicator": measure.short_title,
                "period": row["period"],
                "figures": f"{short(row['previous_value'], before)} to "
                f"{short(row['value'], measure)}",
                "score": bare(row["score"], 1),
                "patterns": row["pattern"].split("; "),
                "text": text,
            }
        )
    more = len(findings) - len(lines)
    return fill(
        "surveillance/unusual.html.j2",
        lines=lines,
        caption=f"Worth asking about, the most unusual first: {scope}",
        note=f"The first {len(lines)} of {len(findings):,}. The files below hold all of them."
        if more > 0
        else "",
        choices=[
            (name, label, sorted({line[name] for line in lines}))
            for name, label in (
                ("council", "Council"),
                ("indicator", "Indicator"),
                ("period", "Year"),
            )
        ],
    )


def asking(
    report: Surveillance,
    *,
    teller: Teller,
    earlier: int,
    of_all: Unusual,
    address: str,
) -> Section:
    """What is worth asking about in one council's year, as a section of its page.

    Args:
        report: the council's year; the index of its findings is the place among all, from 0.
        teller: what ids are called.
        earlier: how many findings the council has in other years.
        of_all: the findings of all councils and years.
        address: the page that lists them, as seen from this one; "" for none.
    """
    findings = report.findings
    lines = [
        {
            "title": teller.measure(row["indicator_id"], row["period"]).short_title,
            "code": teller.measure(row["indicator_id"], row["period"]).code,
            "text": text,
            "place": f"{place + 1:,}",
            "anchor": anchor(row) if place < of_all.rules.shown else "",
        }
        for place, row, text in zip(
            findings.index, findings.to_dict("records"), report.sentences, strict=True
        )
    ]
    return fill(
        "surveillance/asking.html.j2",
        lines=lines,
        council=teller.councils[report.area_id or ""],
        year=report.period,
        changes=counted(report.looked_at, "change"),
        looked_at=report.looked_at,
        earlier=earlier and counted(earlier, "finding"),
        listed=f"{len(of_all.findings):,}",
        address=address,
    )


def anchor(row: Mapping[Any, Any]) -> str:
    """The id of a finding on the page that lists them."""
    return identifier("ask", row["area_id"], row["indicator_id"], row["period"])


def by_indicator(
    looked_at: pd.DataFrame,
    findings: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    scope: str,
) -> Section:
    """How many changes were looked at and listed, by indicator; the most often listed first."""
    made = looked_at.groupby("indicator_id").size()
    listed = findings.groupby("indicator_id").size().reindex(made.index, fill_value=0)
    order = sorted(made.index, key=lambda name: (-listed[name] / made[name], name))
    return values_table(
        caption=f"How many changes are listed, by indicator: {scope}",
        columns=("Indicator", "Changes looked at", "Worth asking about", "Per hundred"),
        lines=[
            (
                titles[name],
                f"{made[name]:,}",
                f"{listed[name]:,}",
                f"{100 * listed[name] / made[name]:.1f}",
            )
            for name in order
        ],
    )


def method(*, level: float, threshold: float | None) -> Section:
    """How a change comes to be listed, what is left out, and what the patterns mean.

    Args:
        level: the false discovery rate up to which changes are listed.
        threshold: the smallest score of those listed, in standard deviations; None without any.
    """
    return fill(
        "surveillance/method.html.j2",
        level=f"{100 * level:g}",
        threshold=None if threshold is None else bare(threshold, 1),
        patterns=[(capital(str(name)), text) for name, text in PATTERNS.items()],
    )


def sheet(frame: pd.DataFrame) -> Sheet:
    """All findings as a sheet."""
    told = frame.assign(score=frame["score"].round(2), q=[float(f"{q:.2g}") for q in frame["q"]])
    return Sheet(
        "Worth asking about",
        tuple(COLUMNS.values()),
        tuple(
            tuple(Decimal(str(cell)) if isinstance(cell, float) else str(cell) for cell in row)
            for row in told[list(COLUMNS)].astype(object).itertuples(index=False)
        ),
    )


def imprint(*, level: float, sources: Sequence[Source], scope: str) -> provenance.Imprint:
    """What the workbook says of itself."""
    return provenance.Imprint(
        about=(
            ("What this is", _IS),
            provenance.USE,
            ("Looked at", scope),
            (
                "False discovery rate",
                f"Findings are listed up to a rate of {level:g}: at most this share would be "
                "ordinary changes, if changes were as the method takes them to be.",
            ),
            *((capital(str(name)), text) for name, text in PATTERNS.items()),
        ),
        sources=tuple(sources),
        parameters={"scope": scope, "level": f"{level:g}"},
    )
