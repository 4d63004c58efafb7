"""What `bench add` would change of the figures in force, as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.pages.quality.sections import findings_text
from bench.present.terminal import columns
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from bench.integrity.checks.incoming import Incoming
    from bench.integrity.checks.rule import RuleOutcome
    from bench.published.adding.register import Removal
    from bench.published.sources import SourceManifest
    from bench.reference import Registers

_MOST: Final = 10


def incoming_text(
    incoming: Incoming,
    findings: Sequence[RuleOutcome],
    *,
    registers: Registers,
    manifest: SourceManifest,
    dated: bool,
) -> str:
    """The release, what it holds, what it changes, and what the rules find that is new.

    Args:
        incoming: what it would change.
        findings: rules with what they find with it and did not find before.
        registers: areas and indicators, with the release's year.
        manifest: the other releases, for what is published later.
        dated: whether anybody said when it was published.
    """
    release = incoming.release
    day = release.published if dated else f"{release.published}, as nobody said when"
    lines = [
        "",
        f"Release       {release.id}: {release.title}, {release.publisher}, published {day}",
        f"              {release.file}, sha256 {release.sha256[:12]}..., layout {release.layout}",
        f"In short      {_number(incoming.councils, 'council')}, "
        f"{_number(incoming.indicators, 'indicator')}, "
        f"{_number(len(incoming.new_codes), 'new code')}; "
        f"{_number(len(incoming.moved), 'figure')} moved by more than any did before",
        f"In force      of {_number(incoming.observed, 'figure')} {incoming.new:,} are new, "
        f"{incoming.alike:,} stand as they are, {_revised(incoming, registers)}{_later(incoming)}",
    ]
    lines += [f"Follows       {y}: codes and reviews of {of}" for y, of in release.follows.items()]
    if incoming.new_codes:
        lines.append(f"New codes     {_few(incoming.new_codes)}")
    if incoming.ended:
        before = release.year.shift(-1)
        ended = [_title(name, before, registers) for name in incoming.ended]
        lines.append(
            f"Ended         with figures of {before}, none of {release.year}: {_few(ended)}"
        )
    if incoming.unprinted:
        lines.append(
            f"Stay          {_number(incoming.unprinted, 'figure')} in force for which it prints "
            "no number"
        )
    for name, number in incoming.overtaken.items():
        lines += _overtaken(incoming, manifest, name, number, dated=dated)
    by = (incoming.revised["later"] - incoming.revised["earlier"]).abs()
    revised = incoming.revised.loc[by.sort_values(ascending=False, kind="stable").index]
    lines += _table("Revised", revised, ["earlier", "later"], registers)
    by = incoming.moved["change"].abs() / incoming.moved["largest"]
    moved = incoming.moved.loc[by.sort_values(ascending=False, kind="stable").index]
    lines += _table("Moved", moved, ["previous_period", "previous_value", "value"], registers)
    if findings:
        number = sum(len(one.findings) for one in findings)
        lines += ["", f"New findings  {number:,}, which `bench check` would print as well"]
        lines += findings_text(findings)
    return "\n".join(lines)


def removal_text(agreed: Removal) -> str:
    """What goes and what stays when an added release is taken out."""
    release = agreed.release
    paths = [f"data/{name}" for name in agreed.gone]
    paths += [f"its entry in data/{name}" for name in agreed.texts]
    lines = [f"Release       {release.id}: {release.title}, {release.publisher}"]
    lines += [f"  goes        {path}" for path in paths]
    lines += [f"  {remark}" for remark in agreed.remarks]
    return "\n".join(lines)


def _revised(incoming: Incoming, registers: Registers) -> str:
    councils = {council.area_id for council in registers.councils}
    number = int(incoming.revised["area_id"].isin(councils).sum())
    return f"{len(incoming.revised):,} are revised ({number:,} of councils)"


def _later(incoming: Incoming) -> str:
    number = sum(incoming.overtaken.values())
    return f"; {number:,} are not in force" if number else ""


def _overtaken(
    incoming: Incoming, manifest: SourceManifest, name: str, number: int, *, dated: bool
) -> Iterator[str]:
    later = manifest[name]
    yield (
        f"Note          a later publication, {name} ({later.published}), prints the same "
        f"{_number(number, 'figure')}: it stays in force, and these are its history"
    )
    said = incoming.release.published
    why = f"{said} is the day that was given" if dated else "nobody said when it was published"
    yield (
        f"              {why}: --published DATE, with a day after {later.published}, "
        "would put these first"
    )


def _table(
    title: str, rows: pd.DataFrame, values: list[str], registers: Registers
) -> Iterator[str]:
    if rows.empty:
        return
    areas = registers.councils.areas
    yield ""
    yield from columns(
        [title, "Area", "Indicator", "Group", *(name.replace("_", " ") for name in values)],
        [
            [
                row["period"],
                areas[row["area_id"]].name,
                _title(row["indicator_id"], FinancialYear.parse(row["period"]), registers),
                row["breakdown"],
                *(one if isinstance(one := row[name], str) else f"{one:,.10g}" for name in values),
            ]
            for row in rows.head(_MOST).to_dict("records")
        ],
    )
    if len(rows) > _MOST:
        yield f"and {len(rows) - _MOST:,} more"


def _title(name: str, year: FinancialYear, registers: Registers) -> str:
    indicator = registers.indicators[name]
    return indicator.coded_title(year) if indicator.published_in(year) else indicator.short_title


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
