"""One indicator: what it counts, how it is read, and its code in each year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from bench.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.project.files import CheckedReview
    from bench.reference.periods import FinancialYear

T = TypeVar("T")

# What a quotient is multiplied by to be in its unit.
PER = {"per_cent": 100, "per_100k": 100_000}


def without_code(title: str, code: str) -> str:
    """A title that stands beside its code: without the code in brackets that some titles end with.

    >>> without_code("Clients per 100,000 (NI 130)", "NI 130 rate")
    'Clients per 100,000'
    """
    head, _, last = title.removesuffix(")").rpartition(" (")
    return head if head and code.startswith(last) else title


class Unit(StrEnum):
    """The unit of an indicator's value."""

    PER_CENT = "per_cent"
    PER_100K = "per_100k"
    SCORE = "score"
    COUNT = "count"


class Polarity(StrEnum):
    """Which direction is better; `none` where no judgement applies."""

    HIGHER = "higher_is_better"
    LOWER = "lower_is_better"
    NONE = "none"


class IntervalMethod(StrEnum):
    """How a 95% interval is made, or where it comes from.

    `margin` is the publisher's; `wilson` needs numerator and denominator, `byar` the numerator.
    """

    MARGIN = "margin"
    WILSON = "wilson"
    BYAR = "byar"
    NONE = "none"


class Together(StrEnum):
    """How a relative's figure is expected to move when the indicator's own goes up."""

    SAME = "same"
    OPPOSITE = "opposite"


@dataclass(frozen=True, slots=True)
class Relative:
    """Another indicator that should tell the same story.

    Attributes:
        indicator_id: the other indicator.
        moves: the same way, up with up, or the opposite one.
        reason: why that is expected, in plain words.
    """

    indicator_id: str
    moves: Together
    reason: str


@dataclass(frozen=True, slots=True)
class YearSpan(Generic[T]):
    """Something that holds from `first` to `last`; None is open."""

    value: T
    first: FinancialYear | None
    last: FinancialYear | None

    def holds(self, year: FinancialYear) -> bool:
        """Whether the year lies in the span."""
        return year.within(self.first, self.last)


def value_in(spans: Iterable[YearSpan[T]], year: FinancialYear) -> T | None:
    """What holds in a year; None where nothing does."""
    return next((span.value for span in spans if span.holds(year)), None)


@dataclass(frozen=True, slots=True)
class Framework:
    """A set of indicators published together.

    Attributes:
        framework_id: `ascof`, `nis` or `pss_ex1`.
        title: the publisher's name of it.
        domains: per span of years, domain titles by the leading digit of a code.
    """

    framework_id: str
    title: str
    domains: tuple[YearSpan[dict[str, str]], ...]

    def domain(self, code: str, year: FinancialYear) -> str:
        """The title of the domain that a code belongs to; the framework's where it has none."""
        titles = value_in(self.domains, year)
        return titles.get(code[:1], self.title) if titles else self.title


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A group of people, or a rating, for which a figure is printed apart from the whole.

    Attributes:
        breakdown_id: our id, such as `age_18_64`; `all` is the whole.
        label: as it is written on a page.
        printed: the publisher's spellings.
    """

    breakdown_id: str
    label: str
    printed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator through all its codes.

    Attributes:
        indicator_id: our stable id, such as `control_over_daily_life`.
        framework: the framework that publishes it.
        title: the framework's name of it.
        short_title: plain English, up to about 60 characters.
        counts: who is counted over whom, in plain sentences.
        unit: per_cent, per_100k, score or count.
        minimum: the lowest that a figure can be, in its unit.
        maximum: the highest that a figure can be, in its unit; None for a count.
        limits_source: the document that says so; "" where the unit does.
        polarity: which direction is better.
        polarity_source: the document that says so.
        polarity_note: a caution in reading the direction; "" where there is none.
        collections: the data collection it is drawn from, by span of years.
        interval: where its interval comes from.
        wilson_on_respondents: whether Wilson on the respondents stands in for a margin not printed.
        default_decimals: decimals printed, unless a span says otherwise.
        decimal_spans: years with other decimals.
        codes: published codes with brackets, by span of years.
        years: the years for which the framework published it, in order.
        continues: the `indicator_id` whose question it took up under another definition; "" where
            it took up none. The two are different indicators and never one series.
        part_of: the `indicator_id` of which it is a part: everybody whom it counts is counted there
            too, out of the same people; "" where there is none.
        review: author, checker and dates.
        relatives: the indicators that should move with it, or against it, each with the reason.
    """

    indicator_id: str
    framework: Framework
    title: str
    short_title: str
    counts: str
    unit: Unit
    minimum: float
    maximum: float | None
    limits_source: str
    polarity: Polarity
    polarity_source: str
    polarity_note: str
    collections: tuple[YearSpan[str], ...]
    interval: IntervalMethod
    wilson_on_respondents: bool
    default_decimals: int
    decimal_spans: tuple[YearSpan[int], ...]
    codes: tuple[YearSpan[str], ...]
    years: tuple[FinancialYear, ...]
    continues: str
    review: CheckedReview
    relatives: tuple[Relative, ...] = ()
    part_of: str = ""

    def admits(self, value: float) -> bool:
        """Whether a figure can have that value, in the indicator's unit."""
        return self.minimum <= value and (self.maximum is None or value <= self.maximum)

    @property
    def limits(self) -> str:
        """What a figure can be, as a message says it: "0 to 100", "at least 0"."""
        if self.maximum is None:
            return f"at least {self.minimum:,g}"
        return f"{self.minimum:,g} to {self.maximum:,g}"

    def code(self, year: FinancialYear) -> str:
        """The published code in force that year, with brackets: 1C(1A), 3D(1a).

        Raises:
            ParameterError: it had no code that year.
        """
        code = value_in(self.codes, year)
        if code is not None:
            return code
        had = ", ".join(
            f"{span.value} from {span.first or 'the start'} to {span.last or 'today'}"
            for span in self.codes
        )
        raise ParameterError(f"{self.indicator_id} has no code in {year}.", mend=f"it had {had}.")

    def coded_title(self, year: FinancialYear) -> str:
        """Its code of the year and its title: `1D Quality of life of carers`."""
        code = self.code(year)
        return f"{code} {without_code(self.short_title, code)}"

    def domain(self, year: FinancialYear) -> str:
        """The framework's title of the domain it stood in that year.

        Raises:
            ParameterError: it had no code that year.
        """
        return self.framework.domain(self.code(year), year)

    def decimals(self, year: FinancialYear) -> int:
        """How many decimals the publisher prints that year."""
        decimals = value_in(self.decimal_spans, year)
        return self.default_decimals if decimals is None else decimals

    def collection(self, year: FinancialYear) -> str:
        """The data collection that year's figures are drawn from; "" where none is recorded."""
        return value_in(self.collections, year) or ""

    def published_in(self, year: FinancialYear) -> bool:
        """Whether the framework published it for that year."""
        return year in self.years

    def previous_year(self, year: FinancialYear) -> FinancialYear | None:
        """The latest earlier year for which it was published, whatever breaks lie between."""
        return max((earlier for earlier in self.years if earlier < year), default=None)


def code_key(code: str) -> str:
    """What two spellings of a code have in common: 1c1a of 1C(1A), 1C1A and 1C(1A)_1415."""
    return re.sub(r"[^a-z0-9]", "", re.sub(r"_\d{4}$", "", code.strip()).casefold())


def code_order(code: str) -> tuple[tuple[int, int | str], ...]:
    """A sort key: 1C(1A) before 1C(1B) before 1D, 2B(2) before 2B(10)."""
    parts = re.findall(r"\d+|[a-z]+", code.casefold())
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in parts)
