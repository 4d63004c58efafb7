"""Figures as text: unit, decimals, a true minus sign and commas for thousands."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from bench.present.wording import UNITS

if TYPE_CHECKING:
    from fractions import Fraction

    from bench.judge.published_row import Measure
    from bench.judge.rag import Rules

MINUS: Final = "−"
NO_NUMBER: Final = "—"
_USUAL_GAP: Final = "the usual gap between councils"
_IN_WORDS: Final = (
    *("no", "one", "two", "three", "four", "five"),
    *("six", "seven", "eight", "nine", "ten"),
)
UNIT_NOTES: Final = {unit: words.note for unit, words in UNITS.items() if words.note}


def rounded(value: float | Fraction, decimals: int) -> Decimal:
    """A number at so many decimals, half away from zero; 0 has no sign."""
    exact = Decimal(str(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return abs(exact) if exact == 0 else exact


def after_title(measure: Measure) -> str:
    """The unit as it stands after a title, where no sign says it: `, per 100,000`; else nothing."""
    note = UNIT_NOTES.get(measure.unit)
    return f", {note}" if note else ""


def bare(value: float | None, decimals: int) -> str:
    """The digits alone: `1,234.5`, `−0.3`; a dash where there is no number."""
    if value is None:
        return NO_NUMBER
    exact = rounded(value, decimals)
    digits = f"{abs(exact):,.{decimals}f}"
    return MINUS + digits if exact < 0 else digits


def short(value: float | None, measure: Measure) -> str:
    """A figure for a cell: the per cent sign, but no other unit."""
    digits = bare(value, measure.decimals)
    return f"{digits}%" if measure.unit == "per_cent" and value is not None else digits


def number(value: float | None, measure: Measure) -> str:
    """A figure for a sentence: `58.7%`, `592.5 per 100,000`, `19.1`."""
    text = short(value, measure)
    if measure.unit == "per_100k" and value is not None:
        return f"{text}{UNITS[measure.unit].after_figure}"
    return text


def with_unit(value: float | None, measure: Measure) -> str:
    """A figure with its unit in words: `24.0%`, `14.5 per 100,000`, `a score of 19.4`."""
    if measure.unit == "score":
        return f"a score of {bare(value, measure.decimals)}"
    return number(value, measure)


def interval(lower: float | None, upper: float | None, measure: Measure) -> str | None:
    """`56.1 to 61.2`, with the further decimal where either edge needs it; None without one."""
    if lower is None or upper is None:
        return None
    edges = [bare(edge, measure.decimals + 1) for edge in (lower, upper)]
    if measure.decimals and all(edge.endswith("0") for edge in edges):
        edges = [edge[:-1] for edge in edges]
    return " to ".join(edges)


def range_of_places(lower: int | None, upper: int | None) -> str | None:
    """`11 to 48`; `11` where the place is sure; None where there is no range."""
    if lower is None or upper is None:
        return None
    return str(lower) if lower == upper else f"{lower} to {upper}"


def in_words(count: int) -> str:
    """A small whole number as a sentence has it: `five`; from 11 on its digits."""
    return _IN_WORDS[count] if 0 <= count < len(_IN_WORDS) else str(count)


def usual_gap(rules: Rules) -> str:
    """The largest gap that is similar by the spread of councils: `half of the usual gap ...`."""
    return share_in_words(rules.spread.half_width, _USUAL_GAP)


def band_words(rules: Rules) -> dict[str, str]:
    """What stands for each {name} of a rule or a term in wording.yaml, by the bands in force."""
    return {
        "usual_gap": usual_gap(rules),
        "tolerance": f"{rules.tolerance.per_cent_of_benchmark:f}",
        "material": share_in_words(rules.auto.material, _USUAL_GAP),
        "probable": in_ten(rules.auto.probable),
        "sure": in_ten(rules.auto.sure),
        "close": in_ten(rules.auto.close),
        "years": in_words(rules.trend.years),
        "least_years": in_words(rules.trend.least_years),
    }


def in_ten(share: float) -> str:
    """A share as a chance: `7 in 10`; `85 in 100` and `999 in 1,000` where tenths do not say it."""
    exact = Decimal(str(share))
    places = max(1, -int(exact.normalize().as_tuple().exponent))
    return f"{exact.scaleb(places):.0f} in {10**places:,}"


# As a reader is told a probability beyond which no more is said.
NEAR_CERTAIN: Final = "over 99 in 100"


def about_in_ten(probability: float) -> str:
    """A probability as a reader is told it: `about 8 in 10`, `nearly 9 in 10`, `97 in 100`.

    What is rounded up is `nearly` so, since a verdict is sure from some tenth on and this one may
    not be. Near certainty tenths say too little, and there the hundredths count, rounded down.
    """
    hundredths = Decimal(str(probability)) * 100
    if hundredths > 99:
        return NEAR_CERTAIN
    if hundredths >= 95:
        return f"about {hundredths.quantize(Decimal(1), ROUND_DOWN)} in 100"
    below = int(hundredths // 10)
    nearly = hundredths - 10 * below >= 5
    return f"nearly {below + 1} in 10" if nearly else f"about {below} in 10"


def share_in_words(share: Decimal, whole: str) -> str:
    """A share of a whole: `half of that`, `0.7 times that`."""
    words = {Decimal("0.25"): "a quarter of ", Decimal("0.5"): "half of ", Decimal(1): ""}
    return f"{words.get(share.normalize(), f'{share:f} times ')}{whole}"
