"""Vocabulary of a table's headings, labels and titles: which words name what.

A text may name an indicator, a year, a unit, a group of people, a part of a year, another number
than a council's figure (a target, a rank), or whose number it is. What is left over is unknown.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.errors import ParameterError
from bench.published.readers.cells import Status
from bench.reference.areas import folded, unmarked
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.published.layouts import Measure, PrintedUnit
    from bench.reference import Indicator, Indicators

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

# --- spelling -----------------------------------------------------------------------------------

_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_BLANKS = re.compile("[\t\r\n\x0b\x0c\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_THOUSANDS = re.compile("(?<=\\d)[\u00a0\u2009\u202f](?=\\d{3}(?!\\d))")
_PLAIN = re.compile(r"[\x20-\x7e]*")


def plain(text: str) -> str:
    """A text with plain blanks and hyphens, so that every spelling of "2016-17" is one."""
    if _PLAIN.fullmatch(text):
        return text
    text = _INVISIBLE.sub("", _THOUSANDS.sub(",", text))
    return _DASHES.sub("-", _BLANKS.sub(" ", text))


_NUMBER_MARKS = re.compile(
    r"(?<=[\d%])\s*(?:\[(?:notes?\s*)?(?:\d{1,2}|[rpn])\]|\((?:note \d{1,2}|[rp])\)|[\u00b9\u00b2\u00b3\u2070-\u2079*†‡]+)$",
    re.IGNORECASE,
)


def bare_number(cell: str) -> str:
    """A printed number without the footnote mark behind it, such as 70.0 of "70.0 [r]"."""
    return _NUMBER_MARKS.sub("", cell).strip()


# --- years --------------------------------------------------------------------------------------

# A day, such as 2010-11-05, is no year.
_YEAR = re.compile(r"(?<!\d)(?<!\d[-/.])(20\d\d)\s*(?:-|/|–|to)\s*(20\d\d|\d\d)(?!\d)(?![-/.]\d)")
_YEARS = re.compile(
    r"(?<!\d)(20\d\d)\s*[-/]\s*(?:20)?\d\d\s*(?:-|to|and|&|,)\s*(20)?(\d\d)\s*[-/]\s*(?:20)?\d\d(?!\d)"
)


def years_in(text: str) -> set[FinancialYear]:
    """Every financial year that a text names; of "2016/17 - 18/19" the first and the last."""
    years = set()
    for match in _YEARS.finditer(text):
        years |= {FinancialYear(int(match[1])), FinancialYear(2000 + int(match[3]))}
    for match in _YEAR.finditer(text):
        try:
            years.add(FinancialYear.parse(f"{match[1]}-{match[2]}"))
        except ParameterError:
            continue
    return years


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_PART_OF_YEAR = re.compile(
    r"\bq(?:uarter|tr|r)?s?\.?[\s-]*(?:[1-4]|i{1,3}|iv|one|two|three|four)\b|\b[1-4](?:st|nd|rd|th)?[\s-]?q(?:uarter|tr)?\b"
    r"|\b(?:first|second|third|fourth|last|latest)\s+(?:quarter|half)\b|\bquarters?(?:ly)?\b|\bqtrs?\b"
    r"|(?-i:\b[HT][1-3]\b)|\bhalf[\s-]?year(?:ly)?\b|\b(?:1st|2nd)\s+half\b|\b(?:six|nine|three|[1-9]|1[01])[\s-]months?\b"
    r"|\bmid[\s-]?year\b|\b(?:fy|c)?ytd\b|\b(?:fy)?\d{0,4}[\s-]?year[\s-]to[\s-]?date\b|\bto[\s-]date\b"
    r"|\bso far\b|\bmonth(?:s|ly)?\b|\b(?:p|period|m|month)\s?(?:0?[1-9]|1[0-2])\b|\bas (?:at|of|on)\b"
    r"|\bweek(?:s|ly)?\b|\b(?:wk)\s?\d|\binterim\b|\brolling\b|\bsnapshot\b|\b(?:in|part)[\s-]year\b"
    r"|\bto (?:the )?end (?:of )?" + _MONTH + r"\b|\b(?:season|winter|summer|spring|autumn)\b"
    rf"|\b{_MONTH}\b|(?-i:\bMay\b)",
    re.IGNORECASE,
)
# When a table was published says nothing of the time that it is about.
_PUBLICATION = re.compile(
    r"\b(?:published|publication|extract(?:ed|ion)?|download(?:ed)?|updated?|released?|run|printed"
    r"|accessed|created?|produced|retrieved|correct|date of)\b[^|;()\d]{0,30}?"
    rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{_MONTH}|may)\b(?:\s+\d{{1,2}}(?!\d),?)?(?:\s+\d{{4}})?"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{4})",
    re.IGNORECASE,
)
DIVIDES_TIME = re.compile(
    r"\b(?:quarters?|qtr|months?|half|weeks?|season|frequency|periodicity|reporting period)\b",
    re.IGNORECASE,
)
WHOLE_YEAR = re.compile(
    r"annual(?:ly)?|(?:full|whole|financial|all) ?year|years?|yearly|final|out-?turn|12 months|twelve months|all",
    re.IGNORECASE,
)


def part_of_year(text: str) -> str:
    """The words by which a text speaks of a part of a year or of one day; "" where it does not."""
    match = _PART_OF_YEAR.search(_YEAR.sub(" ", _PUBLICATION.sub(" ", text.replace("_", " "))))
    return match[0].strip() if match else ""


# --- groups of people ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PopulationGroup:
    """A group of people that a text names.

    Attributes:
        words: as printed.
        key: one per group however it is written, such as "65+" or "dementia".
        breakdown: the register's id of it; "all" for everybody; None where it has none.
    """

    words: str
    key: str
    breakdown: str | None


EVERYBODY = re.compile(
    r"(?:all|totals?|everyone|everybody|overall|whole|both(?: sexes)?|any|persons?|people|adults?"
    r"|(?:all|total) ?(?:ages?|people|persons?|adults?|users?|clients?|sexes|genders?|service users?|groups?|categories)?"
    r"|(?:all )?(?:adults? )?\(?(?:aged? )?18 ?(?:\+|plus|and (?:over|above|older)|years? (?:and|or) (?:over|above|older)|\+ ?(?:yrs?|years?))\)?(?: yrs?| years?)?)",
    re.IGNORECASE,
)
_YRS = r"(?:\s*(?:yrs?|years?)(?:\s+olds?|\s+of\s+age)?\.?)?"
_AGES = (
    (r"\b(?P<a>\d{2})" + _YRS + r"\s*(?:\+|plus\b|(?:and|or|&)\s+(?:over|above|older|more|up)\b)", "{a}+"),
    (r"(?:>=|≥)\s*(?P<a>\d{2})\b", "{a}+"),
    (r"\b(?P<a>\d{2})\s*(?:-|–|to|and|until)\s*(?P<b>\d{2})\b(?!\s*[-/]\s*\d)", "{a}-{b}"),
    (r"\b(?P<a>\d{2})" + _YRS + r"\s*(?:and|or|&)\s+(?:under|below|younger|less)\b", "-{a}"),
    (r"\bover[\s-]?(?P<a>\d{2})(?:'?s)?\b", "over {a}"),
    (r"(?:\b(?:under|below)[\s-]?|<\s*)(?P<a>\d{2})(?:'?s)?\b", "under {a}"),
    (r"\b(?:ages?|aged)\s+(?P<a>\d{2})\b", "{a}"),
)  # fmt: skip
_SAME_AGE = {
    "over 64": "65+",
    "over 65": "65+",
    "18+": "all",
    "over 18": "all",
    "over 84": "85+",
    "over 85": "85+",
}
_GROUPS = (
    ("female", r"females?|wom[ae]n|girls?"),
    ("male", r"males?|m[ae]n|boys?"),
    ("65+", r"older(?: (?:people|adults?|persons?|clients?|users?))?|elderly|pensioners?|OP"),
    ("18-64", r"working[\s-]?age(?: (?:people|adults?))?|younger(?: (?:people|adults?))?|WAA"),
    ("young people", r"child(?:ren)?|young (?:people|persons?|adults?)|youth|transitions?"),
    ("age", r"(?:by )?age (?:group|band)s?|ageing"),
    ("learning disability", r"(?:profound )?learning[\s-]?(?:disab\w*|difficult\w*)|(?-i:LD|PLD|PMLD)"),
    ("mental health", r"mental(?:ly)?[\s-]?(?:health|ill\w*)|psych\w+|(?-i:MH)"),
    ("physical disability", r"physical(?:ly)?(?:[\s-](?:disab\w*|support|impair\w*))?|frail\w*|(?-i:PD|PSI|PDSI)"),
    ("disabled", r"disabled|disabilit(?:y|ies)|impair\w*"),
    ("sensory", r"sensory\w*|visual\w*|hearing|deaf\w*|blind\w*|sight"),
    ("dementia", r"dementia|memory|cognit\w*|alzheimer\w*"),
    ("autism", r"autis\w*|asperger\w*|neurodiver\w*"),
    ("substance", r"substance|drugs?|alcohol\w*"),
    ("carers", r"carers?"),
    ("ethnicity", r"white|black|asian|african|caribbean|mixed|ethnic\w*|minorit\w*|chinese|indian|pakistani|bangladeshi|arab|gypsy|traveller|(?-i:BME|BAME|BM)"),
    ("deprivation", r"depriv\w*|affluent|quintiles?|deciles?|(?-i:IMD)"),
    ("religion", r"christian|muslim|hindu|sikh|jewish|religio\w*|faith|catholic"),
    ("orientation", r"hetero\w*|gay|lesbian|bisexual|lgbt\w*|sexual orientation|trans(?:gender)?"),
    ("place", r"urban|rural|locality|localities|wards?|neighbourhoods?|coastal|inner|outer|parish|north team|south team"),
    ("setting", r"residential|nursing|domiciliary|home ?care|day care|supported living|extra care|sheltered|in-house|private|independent sector|voluntary"),
    ("status", r"new clients?|new (?:users?|starters?)|existing|self[\s-]?funder\w*|full[\s-]?cost|continuing|short[\s-]?term|long[\s-]?term|hospital|community"),
)  # fmt: skip
_BREAKDOWNS = {
    "18-64": "age_18_64",
    "65+": "age_65_over",
    "85+": "age_85_over",
    "all": "all",
    "-64": "age_64_under",
}
_GROUP_PATTERNS = tuple(
    (key, re.compile(rf"(?<![\w'])(?:{words})(?![\w'])", re.IGNORECASE)) for key, words in _GROUPS
)
_AGE_PATTERNS = tuple((re.compile(words, re.IGNORECASE), key) for words, key in _AGES)
DIVIDES_PEOPLE = re.compile(
    r"\b(?:sex|gender|ages?|age ?(?:group|band|range)s?|categor(?:y|ies)(?: type)?|break ?downs?|disaggregations?(?: level)?"
    r"|group(?:ing)?s?|(?:sub|client|user|customer|population|care|service) ?(?:groups?|types?|categor\w+)|subgroups?|cohorts?|ethnic\w*|primary support reason|psr"
    r"|support (?:reason|setting|type)|segment|split|demographics?|deciles?|quintiles?|depriv\w*|religion|disability|characteristics?|setting|sector)\b",
    re.IGNORECASE,
)


def groups_in(
    text: str, indicators: Indicators, titles: Iterable[str] = ()
) -> list[PopulationGroup]:
    """The groups of people that a text names, but those that the indicator itself is about.

    Args:
        text: A heading, a label, a title or a cell.
        indicators: The register, for the breakdowns that it has.
        titles: What the indicators concerned are called: a group that stands there is no part.
    """
    written = _YEAR.sub(" ", re.sub(r"per 100[, ]?000", " ", text, flags=re.IGNORECASE))
    keys = _group_keys(written)
    if not keys:
        return []
    own = {key for title in titles for key in _group_keys(title)}
    return [
        PopulationGroup(words, key, _breakdown(key, words, indicators))
        for key, words in keys.items()
        if key not in own
    ]


def group_named(
    cell: str, indicators: Indicators, *, heading: str = "", titles: Iterable[str] = ()
) -> str | None:
    """The breakdown that a cell of groups names.

    Returns:
        The register's id, "all" for everybody (and for the group that the indicator itself is
        about), None for a group that the register has not, "" for words that name none.
    """
    if EVERYBODY.fullmatch(cell):
        return "all"
    if re.search(r"sex|gender", heading, re.IGNORECASE) and cell.casefold() in ("f", "m"):
        return "female" if cell.casefold() == "f" else "male"
    groups = groups_in(cell, indicators)
    own = {key for title in titles for key in _group_keys(title)}
    if len(groups) > 1:
        return None
    if groups:
        return "all" if groups[0].key in own else groups[0].breakdown
    printed = indicators.breakdown(cell)
    return "" if printed is None else printed


_YOUNGER = frozenset({"age_18_64", "age_64_under", "age_16_17"})
_OLDER = frozenset({"age_65_over", "age_85_over", "age_65_74", "age_75_84", "age_65_84"})


def outside(breakdown: str, titles: Iterable[str]) -> bool:
    """Whether a group of ages lies outside those whom the indicator itself counts."""
    own = {key for title in titles for key in _group_keys(title)}
    return ("65+" in own and breakdown in _YOUNGER) or ("18-64" in own and breakdown in _OLDER)


@functools.cache
def _group_keys(text: str) -> dict[str, str]:
    """Each group's key, with the words that name it."""
    keys: dict[str, str] = {}
    rest = text
    for pattern, form in _AGE_PATTERNS:
        for match in pattern.finditer(rest):
            key = form.format(**match.groupdict())
            keys.setdefault(_SAME_AGE.get(key, key), match[0].strip())
        rest = pattern.sub(" ", rest)
    for key, pattern in _GROUP_PATTERNS:
        if named := pattern.search(rest):
            keys.setdefault(key, named[0].strip())
            rest = pattern.sub(" ", rest)
    return keys


def _breakdown(key: str, words: str, indicators: Indicators) -> str | None:
    named = _BREAKDOWNS.get(key, key)
    if match := re.fullmatch(r"(\d\d)-(\d\d)", key):
        named = f"age_{match[1]}_{match[2]}"
    if named in indicators.breakdowns:
        return named
    return indicators.breakdown(words)


# --- other numbers ------------------------------------------------------------------------------

# What is no council's figure of the year, by the words that say so.
_OTHER = (
    ("a target", r"targets?|goals?|ambitions?|milestones?|trajector(?:y|ies)|aims?|aspirations?|thresholds?|tolerance|standard(?! error)|objectives?|floor|ceiling|should be|required"),
    ("a forecast", r"fore-?cast(?:ed|s)?|project(?:ed|ions?)|predict(?:ed|ions?)|expect(?:ed|ations?)|plan(?:ned)?|budget(?:ed)?|estimat(?:e|es|ed|ion)|modelled|outlook|anticipated|scenario|indicative|proposed|assum(?:ed|ption)|simulated|imputed"),
    ("a limit of an interval", r"lower|upper|confidence|intervals?|limits?|lci|uci|ci|lcl|ucl|low|high|standard error|std\.?(?: error| dev\w*)?|s\.?e\.?|deviation|sd"),
    ("a rank or a group of ranks", r"rank(?:s|ed|ing)?|quartiles?|deciles?|quintiles?|percentiles?|position|league|places?|order|rag|ratings?|banding|stars?|z-?scores?"),
    ("a change or a difference", r"chang(?:e|es|ed)|difference|diff|variances?|variation|movement|gap|increase|decrease|improvement|growth|trends?|direction|swing|vs\.?|versus|against|compared|delta|\u0394|ratio|index|percentage points?|pp|points|yoy|year[\s-]on[\s-]year|travel|dot"),
    ("in another unit", r"per (?:1[, ]?000|10[, ]?000|thousand|million|head|capita|1m|week|day|month|household|client|user)(?![,\d])"),
    ("a previous year's", r"previous(?:ly)?|prior|last year|baseline|preceding|year before|prev|py|base ?line|earlier|historic(?:al)?"),
)  # fmt: skip
_OTHER_PATTERNS = tuple(
    (reason, re.compile(rf"(?<![\w'])(?:{words})(?![\w'])", re.IGNORECASE))
    for reason, words in _OTHER
)
# Which way is good, and nothing of what the number is: "(lower is better)".
_POLARITY = re.compile(
    r"\(?\b(?:(?:low(?:er)?|high(?:er)?|small(?:er)?|larger?|bigger|smaller) (?:is|=|the) (?:better|good|best)"
    r"|good (?:is|to be|=) (?:low|high)(?:er)?)\b\)?",
    re.IGNORECASE,
)
# A row or column that calls itself a group or a total is no area of the register.
COMPARATOR = re.compile(
    r"\b(?:totals?|averages?|avg|ave|mean|median|mode|groups?|comparators?|comparison|comparable|family|families|neighbou?rs?|neighbou?ring"
    r"|minimum|maximum|min|max|sum|all (?:councils|authorities|las?|areas)|quartiles?|peers?|cipfa|cssn|benchmark(?:s|ing)?|statistical|similar"
    r"|like[\s-]for[\s-]like|best|worst|top|bottom|nearest|national(?:ly)?|regional|regions?|eng(?:land)?|english|great britain|uk|gb|sn|nn|iqr|others?|"
    r"(?:shire|county|unitary|metropolitan|london|mets?|shires?|unitar(?:y|ies)) (?:average|mean|councils|authorities|boroughs|counties))\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\bnumbers?\b|\bno\.|\bno\b(?= of)|\bcounts?\b|\bvolumes?\b|\bhead-?count\b|\bcases?\b|\bcaseload\b|£|\bcosts?\b|\bspend\w*|\bexpenditure\b"
    r"|\bpopulations?\b|\bpop\b|\bweight(?:ed|s|ing)?\b|\bsample\b|\bsize\b|\bquantity\b|\bamounts? of\b|\bn\b|\bfte\b|#",
    re.IGNORECASE,
)


def other_number(text: str, titles: Iterable[str] = ()) -> str:
    """What a text calls a number that is no council's figure of the year, such as "a target".

    Args:
        text: A heading or a label.
        titles: What the indicators concerned are called: their own words say nothing.
    """
    own = " ".join(titles)
    text = _POLARITY.sub(" ", text)
    for reason, pattern in _OTHER_PATTERNS:
        for match in pattern.finditer(text):
            if not re.search(rf"\b{re.escape(match[0])}\b", own, re.IGNORECASE):
                return reason
    return ""


def counts_people(text: str) -> bool:
    """Whether a heading speaks of a number of people or of money, not of a rate."""
    rate = re.search(
        r"per 100[, ]?000|per 100k|/ ?100[, ]?000|proportion|per ?cent|%|\brate\b",
        text,
        re.IGNORECASE,
    )
    return not rate and bool(
        _COUNT.search(re.sub(r"number of respondents", " ", text, flags=re.IGNORECASE))
    )


# A column so called tells of a council or of the row, and divides no figure.
ATTRIBUTE = re.compile(
    r"(?:foot ?)?notes?|(?:value )?notes?|comments?|remarks?|commentary|source|data source|contact|url|link|owner|lead(?: officer)?"
    r"|(?:area|council|authority|la|geograph\w*|local authority|organisation) ?(?:type|level|class)|geography(?: type)?|typ[e\u00e9]|class|tier|region(?: name)?|(?:ons )?region"
    r"|government office region|gor|parent(?: name| code)?|political control|control|level|geographical level|indicator type|polarity|recent trend|trend|rag|status|published"
    r"|domain|framework|new data|compared (?:to|with) .*|dot|direction(?: of travel)?|good (?:is|to be).*|(?:higher|lower) is.*|better is|polarity|aim|traffic light|time period (?:sortable|range)|.* sortable|flag|quality|data quality|publisher|updated|last updated|ref(?:erence)?|id|key|county|country|icb|ics|nhs region|address|postcode",
    re.IGNORECASE,
)

_FIELDS: tuple[tuple[Measure, str], ...] = (
    (
        "margin",
        r"margin of error|\bmargin\b|confidence interval half|\bmoe\b|\u00b1|\+ ?/ ?[-\u2212\u2013]",
    ),
    ("respondents", r"respondents|\bbase\b|\bresponses\b"),
    ("numerator", r"numerator"),
    ("denominator", r"denominator"),
    (
        "value",
        r"outcome|\bvalue\b|\bfigure\b|\bper ?cent(age)?\b|%|proportion|\brate\b|\bscore\b|\bresults?\b|\bactuals?\b"
        r"|\bout-?turn\b|\bachieved\b|\bperformance\b",
    ),
)


def field_of(text: str) -> Measure | None:
    """Which of a figure's parts a heading names, such as "Numerator"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    for field, words in _FIELDS:
        if re.search(words, apart, re.IGNORECASE):
            return field
    return None


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
    in_force = [indicators[name] for name in sorted(found) if _has_code(indicators[name], year)]
    if len(in_force) > 1:
        raise ValueError(
            f"found the indicator {label[:60]!r}, which names "
            f"{' and '.join(entry.indicator_id for entry in in_force)}"
        )
    if not in_force:
        raise ValueError(f"found the indicator {label[:60]!r}, unknown in {year}")
    return in_force[0]


def names_indicator(label: str, indicators: Indicators) -> bool:
    """Whether a label names an indicator of the register, by id, code or title of any year."""
    if label in indicators or mentioned(label, indicators):
        return True
    return folded(_bare(label)) in _titled(indicators)


@dataclass(frozen=True, slots=True)
class IndicatorLabel:
    """What a row's label of an indicator says.

    Attributes:
        indicator: what it measures.
        breakdown: the group of people that it names; "all" where it names none.
        objection: why its numbers are no figures of the register, such as "a target"; "" if they
            are.
        strange: words of it that say nothing known.
    """

    indicator: Indicator
    breakdown: str
    objection: str
    strange: tuple[str, ...]


def label_of(label: str, indicators: Indicators, year: FinancialYear) -> IndicatorLabel:
    """What a row's label says beside the indicator that it names.

    Raises:
        ValueError: It names none, or two.
    """
    indicator = indicator_of(label, indicators, year)
    if label == indicator.indicator_id:
        return IndicatorLabel(indicator, "all", "", ())
    titles = (indicator.title, indicator.short_title)
    written = without_titles(label, indicators, titles)
    groups = groups_in(written, indicators, titles)
    objection = other_number(written, titles)
    if part := part_of_year(written):
        objection = f"a part of a year ({part!r})"
    elif COMPARATOR.search(written):
        objection = objection or "a comparator's"
    elif indicator.unit.value != "count" and counts_people(written):
        objection = objection or "a number of people or things, no rate"
    named = [group for group in groups if group.breakdown != "all"]
    if any(group.breakdown is None for group in named) or len(named) > 1:
        objection = objection or f"of a group that the register has not ({named[0].words!r})"
    breakdown = named[0].breakdown if named and named[0].breakdown else "all"
    strange = strange_words(written, indicators, titles)
    return IndicatorLabel(indicator, breakdown, objection, tuple(strange))


def without_titles(text: str, indicators: Indicators, titles: Iterable[str]) -> str:
    """A text without years, codes, footnote marks and the whole titles that stand in it."""
    rest = _POLARITY.sub(" ", _YEAR.sub(" ", text))
    for title in titles:
        rest = re.sub(re.escape(title), " ", rest, flags=re.IGNORECASE)
    return unmarked(_all_codes(indicators).sub(" ", rest))


@functools.cache
def _all_codes(indicators: Indicators) -> re.Pattern[str]:
    """Any code of the register, the longest first: "3D(1a)" holds no 1A."""
    codes = {span.value for entry in indicators for span in entry.codes}
    ordered = sorted(codes, key=lambda code: (-len(code), code))
    patterns = [_code_pattern(code).pattern for code in ordered]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def strange_words(text: str, indicators: Indicators, titles: Iterable[str] = ()) -> list[str]:
    """The words and numbers of a heading or label that say nothing known."""
    rest = without_titles(text, indicators, titles)
    for words in _group_keys(rest).values():  # those that are parts are told by groups_in
        rest = rest.replace(words, " ")
    rest = re.sub(
        r"100[, ]?000|100k|18\s?\+|(?:note|table|figure|part)\s*\d+\w?",
        " ",
        rest,
        flags=re.IGNORECASE,
    )
    own = set(_TOKEN.findall(" ".join(titles).casefold()))
    known = _vocabulary(indicators)
    tokens = dict.fromkeys(_TOKEN.findall(rest.casefold()))
    return [
        token for token in tokens if token not in own and (token.isdecimal() or token not in known)
    ]


_TOKEN = re.compile(r"[a-z]+|\d[\d.,]*")
# Words that say nothing of which figures a heading is about.
_NEUTRAL = (
    # of grammar
    "a an the of and or to in by for with per from at on who which that their are is as it "
    "its be been was were has have s t "
    # of figures and their parts
    "percent percentage percentages cent pct proportion rate rates score scores value values "
    "figure figures outcome outcomes result results actual actuals outturn out turn achieved "
    "performance number k unit units numerator numerators denominator denominators "
    "respondents respondent base responses margin margins error moe "
    # of publications
    "published official final provisional revised reported data statistic statistics asc "
    "ascof ascs sace nis ni indicator indicators measure measures kpi pi code name title note "
    "table part "
    # of years, councils and people
    "year years ye financial fy annual council councils authority authorities local area "
    "areas la las cassr social care adult adults service services user users client clients "
    "people persons person all total overall both everyone whole ages sexes"
)


@functools.cache
def _vocabulary(indicators: Indicators) -> frozenset[str]:
    """The words of the register's titles and descriptions, and those of any table of figures."""
    words = set(_TOKEN.findall(_NEUTRAL))
    for entry in indicators:
        words |= set(_TOKEN.findall(f"{entry.title} {entry.short_title} {entry.counts}".casefold()))
    return frozenset(words)


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
