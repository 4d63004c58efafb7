"""What a spreadsheet's number format makes of a number: a percentage, a day, or itself."""

from __future__ import annotations

import datetime
import functools
import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.published.workbooks.sheets import as_percentage, with_sign

if TYPE_CHECKING:
    from bench.published.workbooks.sheets import Value

# The formats that a workbook names by number alone (ECMA-376 part 1, 18.8.30), where these are
# more than a plain number. Some numbers are days in East Asian editions only.
BUILT_IN = {
    9: "0%",
    10: "0.00%",
    **dict.fromkeys((14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47), "h:mm:ss"),
    46: "[h]:mm:ss",
}

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General)|(?P<section>;)|(?P<plain>.)",
    re.DOTALL | re.IGNORECASE,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*([+-]?\d+(?:\.\d+)?)")
_COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
# A day that does not exist stands as day 60, because a program of 1983 believed in it.
_LEAP_YEAR_1900 = 60
_DAYS_1904 = 1462
_LAST_DAY = 2_958_466  # 1 January 10000


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the up to four parts of a format: what numbers it shows, and how."""

    condition: tuple[str, float] | None = None
    percent: bool = False
    sign: bool = False
    digits: bool = False
    day: bool = False
    clock: bool = False
    elapsed: bool = False
    words: str = ""

    @property
    def date(self) -> bool:
        """Whether the number is shown as a day or a time."""
        return self.day or self.clock or self.elapsed


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A number format, taken apart."""

    sections: tuple[_Section, ...]

    @property
    def plain(self) -> bool:
        """Whether every number is shown as itself."""
        return all(
            s.digits and not (s.percent or s.sign or s.date or s.condition) for s in self.sections
        )

    def show(self, number: float, *, epoch_1904: bool = False) -> Value:
        """The number as the cell shows it, at all its digits.

        A percentage and a number beside a per cent sign are text with the sign. A number in whose
        place the format shows other words, or nothing, is text that no reader takes for a number.
        """
        section = self._section(number)
        if section.date:
            return _moment(number, section, epoch_1904=epoch_1904)
        percent = section.percent
        sign = section.sign
        if not section.digits and number == 0:
            # "-" for nothing: what the other numbers are, this is too.
            percent = any(s.percent for s in self.sections)
            sign = any(s.sign for s in self.sections)
        elif not section.digits:
            return f"{section.words.strip()} (the cell holds {number:.15g})".strip()
        if percent:
            return as_percentage(number)
        return with_sign(number) if sign else number

    def _section(self, number: float) -> _Section:
        sections = self.sections[:3]
        if any(s.condition for s in sections):
            for section in sections:
                if section.condition is None or _holds(section.condition, number):
                    return section
            return sections[-1]
        if number < 0 and len(sections) > 1:
            return sections[1]
        if number == 0 and len(sections) > 2:
            return sections[2]
        return sections[0]


def _holds(condition: tuple[str, float], number: float) -> bool:
    sign, limit = condition
    return bool(_COMPARE[sign](number, limit))


@functools.lru_cache(maxsize=4096)
def number_format(code: str) -> NumberFormat:
    """A format by its code, such as `0.0%` or `[Red]#,##0;-0.0" %"`."""
    sections: list[dict[str, object]] = [{}]
    words: list[list[str]] = [[]]
    for token in _TOKEN.finditer(code):
        section = sections[-1]
        if token["section"]:
            sections.append({})
            words.append([])
            continue
        literal = token["quoted"] if token["quoted"] is not None else token["escaped"]
        if literal is not None:
            words[-1].append(literal)
            section["sign"] = section.get("sign", False) or "%" in literal
        elif token["bracket"] is not None:
            inside = token["bracket"].strip()
            if condition := _CONDITION.fullmatch(inside):
                section["condition"] = (condition[1], float(condition[2]))
            elif _ELAPSED.fullmatch(inside):
                section["elapsed"] = True
        elif token["general"]:
            section["digits"] = True
        elif plain := token["plain"]:
            section |= _plain(plain)
            if plain in "-$£€ ()+:/":
                words[-1].append(plain)
    return NumberFormat(
        tuple(
            _Section(**section, words="".join(said))  # type: ignore[arg-type]  # as declared
            for section, said in zip(sections, words, strict=True)
        )
        if code.strip()
        else (_Section(digits=True),)
    )


def _plain(character: str) -> dict[str, object]:
    character = character.casefold()
    if character == "%":
        return {"percent": True}
    if character in "0#?@":
        return {"digits": True}
    if character in "yd":
        return {"day": True}
    if character in "hs":
        return {"clock": True}
    # A month or minutes: which of them, the other letters tell.
    return {"clock": True} if character == "m" else {}


def _moment(number: float, section: _Section, *, epoch_1904: bool) -> Value:
    """A day, a day with its time, a time or a duration; the number where it is none of these."""
    if section.elapsed:
        try:
            return datetime.timedelta(days=number)
        except OverflowError:
            return number
    days = number + (_DAYS_1904 if epoch_1904 else 0)
    if not 0 <= days < _LAST_DAY:
        return number
    if days < 1 and not section.day:
        seconds = round(days * 86_400)
        if seconds < 86_400:
            return (datetime.datetime.min + datetime.timedelta(seconds=seconds)).time()
    start = datetime.datetime(1899, 12, 30 if days >= _LEAP_YEAR_1900 else 31)
    # Milliseconds are what a spreadsheet keeps of a time.
    moment = start + datetime.timedelta(milliseconds=round(days * 86_400_000))
    return moment.date() if number.is_integer() else moment
