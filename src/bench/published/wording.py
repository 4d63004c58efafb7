"""What the words of a table's headings and labels say: an indicator, a field, a unit, a year.

Enters: text as printed and the registers. Leaves: what it names, or nothing.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from bench.errors import ParameterError
from bench.published.cells import Status
from bench.registers.names import folded
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    from bench.published.layouts import Measure, PrintedUnit
    from bench.registers import Indicator, Indicators

__all__ = [
    "GROUP",
    "SYMBOLS",
    "field_of",
    "indicator_of",
    "mentioned",
    "not_a_figure",
    "unit_of",
    "years_in",
]

# Symbols that mean one thing wherever official tables use them; "-" and ".." do not.
SYMBOLS = {
    "": Status.NOT_AVAILABLE,
    ":": Status.NOT_AVAILABLE,
    "[x]": Status.NOT_AVAILABLE,
    "*": Status.SUPPRESSED,
    "c": Status.SUPPRESSED,
    "[c]": Status.SUPPRESSED,
    "[z]": Status.NOT_APPLICABLE,
}

# A row or column that calls itself a group or a total is no area of the register.
GROUP = re.compile(
    r"\b(totals?|averages?|mean|median|group|comparators?|family|neighbours?|minimum|maximum"
    r"|min|max|sum|all (councils|authorities)|quartiles?)\b",
    re.IGNORECASE,
)

_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*(?:-|/|–|to)\s*(20\d\d|\d\d)(?!\d)")
_FIELDS: tuple[tuple[Measure, str], ...] = (
    ("margin", r"margin of error|confidence interval half"),
    ("respondents", r"respondents|\bbase\b"),
    ("numerator", r"numerator"),
    ("denominator", r"denominator"),
    ("value", r"outcome|\bvalue\b|\bfigure\b|\bper ?cent(age)?\b|%|proportion|\brate\b|\bscore\b"),
)
_NOT_A_FIGURE = re.compile(
    r"\brank|quartile|\bchange\b|difference|\btarget\b|population|\blower\b|\bupper\b|variance"
    r"|confidence|\border\b|\bno\.?$|\bdecile",
    re.IGNORECASE,
)


def years_in(text: str) -> set[FinancialYear]:
    """Every financial year that a text names."""
    found = set()
    for match in _YEAR.finditer(text):
        try:
            found.add(FinancialYear.parse(f"{match[1]}-{match[2]}"))
        except ParameterError:
            continue
    return found


def field_of(text: str) -> Measure | None:
    """Which of a figure's parts a heading names, such as "Numerator"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    for field, words in _FIELDS:
        if re.search(words, apart, re.IGNORECASE):
            return field
    return None


def not_a_figure(text: str) -> bool:
    """Whether a heading is that of a number made from figures, such as a rank."""
    return bool(_NOT_A_FIGURE.search(text))


def unit_of(text: str) -> PrintedUnit | None:
    """The unit that a text states; "proportion" may be either of two and so says nothing."""
    if re.search(r"per 100,?000|per 100k|/ ?100,?000", text, re.IGNORECASE):
        return "per_100k"
    if re.search(r"%|\bper ?cent(age)?s?\b", text, re.IGNORECASE):
        return "per_cent"
    if re.search(r"\bscores?\b", text, re.IGNORECASE):
        return "score"
    if re.search(r"\bfractions?\b", text, re.IGNORECASE):
        return "fraction"
    return None


def indicator_of(label: str, indicators: Indicators, year: FinancialYear) -> Indicator:
    """The indicator that a label stands for: by id, code, title, or code and title together.

    Raises:
        ValueError: None that had a code that year, or two different ones.
    """
    if label in indicators:
        found = {label}
    else:
        by_title = {e.indicator_id for e in _titled(indicators).get(folded(_bare(label)), ())}
        by_code = {e.indicator_id for e in mentioned(label, indicators, year)}
        found = by_code or by_title
        rest = _without_code(label, indicators, year)
        titled = {e.indicator_id for e in _titled(indicators).get(folded(rest), ())}
        if by_code and titled and not by_code & titled:
            found = by_code | titled
    held = [indicators[name] for name in sorted(found) if _has_code(indicators[name], year)]
    if len(held) > 1:
        raise ValueError(
            f"found the indicator {label[:60]!r}, which names "
            f"{' and '.join(entry.indicator_id for entry in held)}"
        )
    if not held:
        raise ValueError(f"found the indicator {label[:60]!r}, unknown in {year}")
    return held[0]


def mentioned(
    text: str, indicators: Indicators, year: FinancialYear | None = None
) -> list[Indicator]:
    """The indicators whose code or whole title stands in a text.

    Args:
        text: A heading, a title, a sheet's name.
        indicators: The register.
        year: Only codes in force that year; None for any code there ever was.
    """
    spans = _codes_in(text, indicators, year)
    if not spans:
        within = folded(text)
        for title, entries in _titled(indicators).items():
            if len(title) > 20 and title in within:
                spans += [(0, len(title), e) for e in entries if year is None or _has_code(e, year)]
    # "1C(1A)" names no "1C": a longer code hides the shorter one that it begins with.
    whole = [
        entry
        for start, end, entry in spans
        if not any(s <= start and end <= e and e - s > end - start for s, e, _ in spans)
    ]
    return list({entry.indicator_id: entry for entry in whole}.values())


def _codes_in(
    text: str, indicators: Indicators, year: FinancialYear | None
) -> list[tuple[int, int, Indicator]]:
    return [
        (match.start(), match.end(), entry)
        for entry in indicators
        for span in entry.codes
        if year is None or span.holds(year)
        for match in [_code_pattern(span.value).search(text)]
        if match
    ]


def _without_code(label: str, indicators: Indicators, year: FinancialYear) -> str:
    for start, end, _ in sorted(_codes_in(label, indicators, year), key=lambda s: s[0] - s[1]):
        return _bare(label[:start] + " " + label[end:])
    return label


@functools.cache
def _code_pattern(code: str) -> re.Pattern[str]:
    """A code however it is written: 1C(1A), 1C1A, "1C part 1A"."""
    first, *rest = re.findall(r"[A-Za-z0-9]+", code)
    written = re.escape(first) + "".join(
        rf"[\s(]*(?:part\s*)?{re.escape(part)}\)?" for part in rest
    )
    return re.compile(rf"(?<![\w.]){written}(?!\w)(?!\s*\(?\s*(?:part\b|\d\w?\)))", re.IGNORECASE)


def _bare(label: str) -> str:
    """A label without the marks that part a code, a unit or a year from a title."""
    return _YEAR.sub(" ", re.sub(r"\((?:%|per ?cent)\)|[:–—-]", " ", label)).strip()


@functools.cache
def _titled(indicators: Indicators) -> dict[str, tuple[Indicator, ...]]:
    found: dict[str, list[Indicator]] = {}
    for entry in indicators:
        for title in {folded(_bare(entry.title)), folded(_bare(entry.short_title))}:
            found.setdefault(title, []).append(entry)
    return {title: tuple(entries) for title, entries in found.items()}


def _has_code(indicator: Indicator, year: FinancialYear) -> bool:
    return any(span.holds(year) for span in indicator.codes)
