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
    from bench.integrity.checks.rule import Outcome
    from bench.published.adding.register import Removal
    from bench.published.sources import Manifest
    from bench.reference import Registers

_MOST: Final = 10


def incoming_text(
    made: Incoming,
    findings: Sequence[Outcome],
    *,
    registers: Registers,
    manifest: Manifest,
    dated: bool,
) -> str:
    """The release, what it holds, what it changes, and what the rules find that is new.

    Args:
        made: what it would change.
        findings: rules with what they find with it and did not find before.
        registers: areas and indicators, with the release's year.
        manifest: the other releases, for what is published later.
        dated: whether anybody said when it was published.
    """
    release = made.release
    day = release.published if dated else f"{release.published}, as nobody said when"
    lines = [
        "",
        f"Release       {release.id}: {release.title}, {release.publisher}, published {day}",
        f"              {release.file}, sha256 {release.sha256[:12]}..., layout {release.layout}",
        f"In short      {_number(made.councils, 'council')}, "
        f"{_number(made.indicators, 'indicator')}, {_number(len(made.new_codes), 'new code')}; "
        f"{_number(len(made.moved), 'figure')} moved by more than any did before",
        f"In force      of {_number(made.observed, 'figure')} {made.new:,} are new, "
        f"{made.alike:,} stand as they are, {_revised(made, registers)}{_later(made)}",
    ]
    lines += [f"Follows       {y}: codes and reviews of {of}" for y, of in release.follows.items()]
    if made.new_codes:
        lines.append(f"New codes     {_few(made.new_codes)}")
    if made.ended:
        before = release.year.shift(-1)
        ended = [_title(name, before, registers) for name in made.ended]
        lines.append(
            f"Ended         with figures of {before}, none of {release.year}: {_few(ended)}"
        )
    if made.unprinted:
        lines.append(
            f"Stay          {_number(made.unprinted, 'figure')} in force for which it prints "
            "no number"
        )
    for name, number in made.overtaken.items():
        lines += _overtaken(made, manifest, name, number, dated=dated)
    by = (made.revised["later"] - made.revised["earlier"]).abs()
    revised = made.revised.loc[by.sort_values(ascending=False, kind="stable").index]
    lines += _table("Revised", revised, ["earlier", "later"], registers)
    by = made.moved["change"].abs() / made.moved["largest"]
    moved = made.moved.loc[by.sort_values(ascending=False, kind="stable").index]
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


def _revised(made: Incoming, registers: Registers) -> str:
    councils = {council.area_id for council in registers.councils}
    number = int(made.revised["area_id"].isin(councils).sum())
    return f"{len(made.revised):,} are revised ({number:,} of councils)"


def _later(made: Incoming) -> str:
    number = sum(made.overtaken.values())
    return f"; {number:,} are not in force" if number else ""


def _overtaken(
    made: Incoming, manifest: Manifest, name: str, number: int, *, dated: bool
) -> Iterator[str]:
    later = manifest[name]
    yield (
        f"Note          a later publication, {name} ({later.published}), prints the same "
        f"{_number(number, 'figure')}: it stays in force, and these are its history"
    )
    said = made.release.published
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
    code = f"{indicator.code(year)} " if indicator.published_in(year) else ""
    return f"{code}{indicator.short_title}"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
