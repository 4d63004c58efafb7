"""How a verdict is reached: every rule in words, with worked cases that the tests run.

The method as a page: each rule in words, then its worked cases as a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.pages.choices import rules_for
from bench.present import table, theme
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT
from bench.present.html import Fragment, fill
from bench.present.numbers import MINUS, NO_NUMBER
from bench.present.theme import check_palette, look
from bench.published import sources
from bench.reference.method_cases import Part, read_method

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.reference import method_cases as register


def gather(*, palette: str = "rag") -> Method:
    """The method as it stands in data/reference/method.yaml.

    Raises:
        UnknownNameError: A palette that is not known.
        RegisterError: The file does not fit.
    """
    register = read_method(sources.project_root() / "data" / "reference")
    return Method(register, check_palette(palette))


def heading(*, palette: str = "rag") -> Fragment:
    """What the page is for, and what the words and symbols mean."""
    lead = fill(
        "method/heading.html.j2",
        use_statement=USE_STATEMENT,
        use_address=USE_ADDRESS,
        key=table.key(palette=palette),
        palette=check_palette(palette),
    )
    return Fragment(theme.style_element() + lead)


def section(
    *,
    title: str,
    text: str,
    formula: str,
    sources: Sequence[str],
    cases: Sequence[Mapping[str, Any]],
    palette: str = "rag",
) -> Fragment:
    """One rule.

    Args:
        title: its heading.
        text: the rule in words.
        formula: the same for those who want it; "" for none.
        sources: where it comes from.
        cases: worked cases; `verdict...` is shown as a verdict, by the case's `polarity`.
        palette: "rag" or "af".
    """
    names = [name for name in cases[0] if name not in _UNSEEN]
    headers = [_HEADERS.get(name, name.replace("_", " ").capitalize()) for name in names]
    return fill(
        "method/section.html.j2",
        title=title,
        text=text,
        formula=formula,
        sources=sources,
        table=table.values_table(
            caption=f"{title}: worked cases",
            columns=headers,
            lines=[[_cell(name, case) for name in names] for case in cases],
            palette=palette,
            prose=[
                header
                for name, header in zip(names, headers, strict=True)
                if all(isinstance(case[name], str) or case[name] is None for case in cases)
            ],
        ),
        palette=check_palette(palette),
    )


@dataclass(frozen=True)
class Method:
    """Every rule with its worked cases, and the parts of its page."""

    register: register.Method
    palette: str

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

    def heading(self) -> Fragment:
        """What the page is for, and what words and symbols mean."""
        return heading(palette=self.palette)

    def verdicts(self) -> Fragment:
        """How a figure is judged, rule by rule."""
        return self._part(Part.VERDICT)

    def sure(self) -> Fragment:
        """How sure a figure is."""
        return self._part(Part.SURE)

    def order(self) -> Fragment:
        """Averages, ranks and ties."""
        return self._part(Part.ORDER)

    def change(self) -> Fragment:
        """When a change from year to year is one."""
        return self._part(Part.CHANGE)

    def left_out(self) -> Fragment:
        """What is not compared."""
        return self._part(Part.LEFT_OUT)

    def terms(self) -> Fragment:
        """What the words mean."""
        return table.glossary_list(rules_for().trend, palette=self.palette)

    def _part(self, part: Part) -> Fragment:
        shown = [
            section(
                title=one.title,
                text=one.text,
                formula=one.formula,
                sources=one.sources,
                cases=one.records(),
                palette=self.palette,
            )
            for one in self.register.of(part)
        ]
        return Fragment("\n").join(shown)


# What a column is called; any other by its own name.
_HEADERS = {
    "becomes": "What rounding could make it",
    "benchmark": "Other figure",
    "benchmark_margin": "Its margin of error",
    "certainty_vs_england": "How sure",
    "certainty_vs_peers": "How sure",
    "code": "Indicator",
    "denominator": "Out of",
    "expected_false": "Expected to be false",
    "figures": "Figures of three councils",
    "interval": "Range",
    "kind": "Kind of figure",
    "margin": "Margin of error",
    "numerator": "Counted",
    "p_value": "p-value",
    "peer_average": "Peers' average",
    "peers": "Peers' figures",
    "people": "Out of how many people",
    "polarity": "What is good",
    "previous": "Year before",
    "previous_interval": "Range of the year before",
    "verdict_vs_england": "Against England",
    "verdict_vs_peers": "Against peers",
}
_WORDS = {
    "higher_is_better": "high",
    "lower_is_better": "low",
    "none": "neither",
    "per_cent": "per cent",
    "per_100k": "per 100,000",
}
# Columns of two ends rather than of a list.
_RANGES = ("interval", "previous_interval")
_UNSEEN = ("method",)


def _cell(name: str, case: Mapping[str, Any]) -> object:
    value = case[name]
    if value is None:
        return NO_NUMBER
    if name.startswith("verdict"):
        polarity = str(case.get("polarity", "higher_is_better"))
        return fill("tables/tag.html.j2", look=look(str(value), polarity))
    if name in _RANGES:
        return " to ".join(_shown(end) for end in value)
    if isinstance(value, tuple):
        return "; ".join(_shown(one) for one in value) or NO_NUMBER
    return _shown(value)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return _WORDS.get(value, value)
    return f"{value:,}".replace("-", MINUS)
