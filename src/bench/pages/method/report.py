"""The report on the method: every rule in words, with worked cases that the tests run."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.pages.base import Report, page_heading, section
from bench.pages.choices import rules_for
from bench.present import table
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT
from bench.present.html import Section, fill, joined, markup
from bench.present.numbers import (
    MINUS,
    NO_NUMBER,
    band_words,
    in_ten,
    in_words,
    share_in_words,
)
from bench.present.theme import look
from bench.present.wording import UNITS, WORDING
from bench.published import sources
from bench.reference.method_cases import MethodPart, read_method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.judge.rag import Rules
    from bench.reference.method_cases import MethodRegister, MethodSection


def method(*, palette: str | None = None) -> Method:
    """How a verdict is reached: every rule in words, with worked cases that are tested.

    Args:
        palette: rag or af.

    Returns:
        A `Method`: `frame()` has a row per worked case.

    >>> cases = bench.method().frame()
    >>> cases.loc[cases["section"] == "certainty", ["verdict", "certainty"]].iloc[0].tolist()
    ['better', 'sure']
    """
    register = read_method(sources.project_root() / "data" / "reference")
    return Method(register.filled(in_force(rules_for()))).in_palette(palette)


def in_force(rules: Rules) -> dict[str, str]:
    """What stands in the texts of method.yaml for the numbers of params/rag.yaml."""
    return band_words(rules) | {
        "usual_gap": share_in_words(rules.spread.half_width, "that"),
        "half_width": _times(rules.spread.half_width),
        "material_factor": _times(rules.auto.material),
        "significance": in_ten(rules.trend.significance),
        "spread_councils": str(rules.spread.least_councils),
        "quartile_values": in_words(rules.quartile.least_values),
        "no_guide": f"{Decimal(str(100 * rules.peers_worth.no_guide)).normalize():f}%",
        "worth_councils": str(rules.peers_worth.least_councils),
        "average": WORDING.averages_short[rules.average],
    }


def _times(share: Decimal) -> str:
    """A factor as a formula has it: `½ × `, `0.7 × `; nothing for 1."""
    signs = {Decimal("0.25"): "¼ × ", Decimal("0.5"): "½ × ", Decimal(1): ""}
    share = share.normalize()
    return signs.get(share, f"{share:f} × ")


def rule(part: MethodSection) -> Section:
    """One rule: in words, as a formula if it has one, with its worked cases and its sources.

    A case's `verdict...` is shown as a verdict, by its `polarity`.
    """
    cases = part.records()
    names = [name for name in cases[0] if name not in _UNSEEN]
    headers = [_HEADERS.get(name, name.replace("_", " ").capitalize()) for name in names]
    return fill(
        "method/section.html.j2",
        title=part.title,
        text=part.text,
        formula=part.formula,
        sources=part.sources,
        table=table.values_table(
            caption=f"{part.title}: worked cases",
            columns=headers,
            lines=[[_cell(name, case) for name in names] for case in cases],
            prose=[
                header
                for name, header in zip(names, headers, strict=True)
                if all(isinstance(case[name], str) or case[name] is None for case in cases)
            ],
        ),
    )


@dataclass(frozen=True)
class Method(Report):
    """Every rule with its worked cases, and the parts of its page."""

    register: MethodRegister

    def frame(self) -> pd.DataFrame:
        """One row per worked case.

        Columns: part, section, then all that cases name (figure, interval, benchmark, polarity,
        verdict, why, ...), missing where a section has none of it.
        """
        return pd.DataFrame(
            [
                {"part": part.id.value, "section": section.id, **case}
                for part in self.register.parts
                for section in part.sections
                for case in section.records()
            ]
        )

    # --- parts of the page, in its order --------------------------------------------------------

    @section
    def heading(self) -> Section:
        """What the page is for, and what words and symbols mean."""
        lead = fill(
            "method/heading.html.j2",
            use_statement=USE_STATEMENT,
            use_address=USE_ADDRESS,
            key=table.key(),
        )
        return page_heading(lead)

    @section
    def verdicts(self) -> Section:
        """How a figure is judged, rule by rule."""
        return self._part(MethodPart.VERDICT)

    @section
    def sure(self) -> Section:
        """How sure a figure is."""
        return self._part(MethodPart.SURE)

    @section
    def order(self) -> Section:
        """Averages, ranks and ties."""
        return self._part(MethodPart.ORDER)

    @section
    def change(self) -> Section:
        """When a change from year to year is one."""
        return self._part(MethodPart.CHANGE)

    @section
    def left_out(self) -> Section:
        """What is not compared."""
        return self._part(MethodPart.LEFT_OUT)

    @section
    def terms(self) -> Section:
        """What the words mean."""
        return table.glossary_list(rules_for())

    def _part(self, part: MethodPart) -> Section:
        return joined(*(rule(one) for one in self.register.of(part)), between="\n")


# What a column is called; any other by its own name.
_HEADERS = {
    "at_100": "Councils at 100",
    "becomes": "What rounding could make it",
    "benchmark": "Other figure",
    "benchmark_margin": "Its margin of error",
    "by_chance": "Turned with the years in random order",
    "came_true": "Came true, in %",
    "certainty_vs_england": "How sure",
    "certainty_vs_peers": "How sure",
    "chance_said": "Mean chance said, in %",
    "close": "Chance: too small to matter",
    "code": "Indicator",
    "decimals": "Printed decimals",
    "degrees": "Degrees of freedom",
    "denominator": "Out of",
    "dragged": "Median shown",
    "expected_false": "Expected to be false",
    "explains": "Explained, in %",
    "explains_from": "Range from",
    "explains_to": "Range to",
    "fall": "Chance: fall that matters",
    "furthest_off": "Furthest off, in points",
    "gap_drawn_in": "Gap, drawn in",
    "green_still_green": "Of all GREEN, GREEN next, in %",
    "high": "Chance: high enough to matter",
    "interval": "Range",
    "kind": "Kind of figure",
    "lender": "Other year's figure",
    "lender_denominator": "Its people",
    "lender_margin": "Its margin",
    "low": "Chance: low enough to matter",
    "margin": "Margin of error",
    "margins": "Peers' margins of error",
    "named": "Named on pages",
    "named_still_green": "Of them, GREEN next, in %",
    "numerator": "Counted",
    "others": "Other councils",
    "p_value": "p-value",
    "peer_average": "Peers' average",
    "peer_model": "Peers by",
    "peers": "Peers' figures",
    "people": "Out of how many people",
    "places": "Could be",
    "polarity": "What is good",
    "previous": "Year before",
    "previous_interval": "Range of the year before",
    "move": "Published move",
    "red_series": "Series with a RED year",
    "right_if_probable": "Right where probable, in %",
    "right_if_similar": "Right where similar, in %",
    "right_if_sure": "Right where sure, in %",
    "rise": "Chance: rise that matters",
    "says": "What the row says",
    "size": "Peers each",
    "spreads_off": "Spreads off",
    "to_beside_england": "Range to, beside England",
    "twice_still_green": "Of all GREEN twice, GREEN next, in %",
    "verdict_vs_england": "Against England",
    "verdict_vs_peers": "Against peers",
}
_WORDS = {
    "higher_is_better": "high",
    "lower_is_better": "low",
    "none": "neither",
    "not_compared": "not judged",
    **{unit: words.name for unit, words in UNITS.items()},
}
# Columns of two ends rather than of a list.
_RANGES = ("interval", "places", "previous_interval")
_UNSEEN = ("method",)


def _cell(name: str, case: Mapping[str, Any]) -> object:
    value = case[name]
    if value is None:
        return NO_NUMBER
    if name.startswith("verdict"):
        polarity = str(case.get("polarity", "higher_is_better"))
        certainty = case.get(name.replace("verdict", "certainty"))
        return markup("tables/tag.html.j2", look=look(str(value), polarity, certainty))
    if name in _RANGES:
        return " to ".join(_shown(end) for end in value)
    if isinstance(value, tuple):
        return "; ".join(_shown(one) for one in value) or NO_NUMBER
    return _shown(value)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return _WORDS.get(value, value)
    return f"{value:,}".replace("-", MINUS)
