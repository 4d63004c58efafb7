"""What an export holds: its tables, columns, types and keys, which others build upon.

A column that is added, taken away, renamed or of another type or meaning needs another
`SCHEMA_VERSION` and a line of `CHANGES`: the first number rises where somebody's query may break,
the second where only something is added.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Final, Literal

from bench.judge.rag import Meaning
from bench.judge.trend_test import Direction
from bench.published.observations import SUPPLEMENTED
from bench.published.readers.cells import Maturity, Status
from bench.reference.areas import AreaKind
from bench.reference.comparability import BreakKind, NoteEffect
from bench.reference.indicator import Polarity, Unit

SCHEMA_VERSION: Final = "1.2"
CHANGES: Final = (
    ("1.0", "The first version."),
    (
        "1.1",
        "Added: the tables flag_texts and supplements; trend, rank_lower and rank_upper and what "
        "goes with them in verdicts; text_id in verdict_flags; value_column in releases. In the "
        "CSV a column of whole numbers alone has no decimals: 150, not 150.0.",
    ),
    (
        "1.2",
        "probability_vs_previous is the lowest chance of several; the flag heap_at_100.",
    ),
)
PERIOD_FORM: Final = r"^\d{4}-\d{2}$"

Kind = Literal["string", "integer", "number", "boolean", "date"]


@dataclass(frozen=True, slots=True)
class ExportField:
    """A column: its type, what it holds, and what a value of it can be.

    `needed` says that no row leaves it blank; `values` are the only ones that there are.
    """

    name: str
    kind: Kind
    description: str
    needed: bool = False
    values: tuple[str, ...] = ()
    form: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns whose values, where there are any, are a row's primary key of another table."""

    fields: tuple[str, ...]
    table: str


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table: its columns in order, what knows a row, and what its rows refer to."""

    name: str
    title: str
    fields: tuple[ExportField, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()


def _text(name: str, description: str, *values: str, blank: bool = False) -> ExportField:
    return ExportField(name, "string", description, not blank, values)


def _number(name: str, description: str) -> ExportField:
    return ExportField(name, "number", description)


def _count(name: str, description: str, *, blank: bool = False) -> ExportField:
    return ExportField(name, "integer", description, not blank)


def _flag(name: str, description: str) -> ExportField:
    return ExportField(name, "boolean", description, needed=True)


def _date(name: str, description: str) -> ExportField:
    return ExportField(name, "date", description, needed=True)


def _period(name: str, description: str, *, blank: bool = False) -> ExportField:
    return ExportField(name, "string", description, not blank, form=PERIOD_FORM)


_INDICATOR = _text("indicator_id", "The indicator; see the table indicators.")
_AREA = _text("area_id", "The area; see the table areas.")
_COUNCIL = _text("area_id", "The council; see the table councils.")
_ANY_AREA = _text("area_id", "The area that it concerns; blank for every area.", blank=True)
_YEAR = _period("period", "Financial year from 1 April, as 2014-15; see the table years.")
_STATUSES = tuple(status.value for status in Status)
_VERDICTS = tuple(meaning.value for meaning in Meaning)
_TO_INDICATOR = ForeignKey(("indicator_id",), "indicators")
_TO_AREA = ForeignKey(("area_id",), "areas")
_TO_COUNCIL = ForeignKey(("area_id",), "councils")
_TO_YEAR = ForeignKey(("period",), "years")
_TO_BREAKDOWN = ForeignKey(("breakdown",), "breakdowns")
_TO_RELEASE = ForeignKey(("release_id",), "releases")

OBSERVATIONS: Final = ExportTable(
    "observations",
    "Every published figure in force",
    (
        _INDICATOR,
        _text("breakdown", "all, or the group that the figure is about."),
        _AREA,
        _YEAR,
        _number("value", "In the indicator's unit; blank where status says why there is none."),
        _number("numerator", "As printed, some rounded to 5; blank where none is printed."),
        _number("denominator", "As printed; of a survey a weighted population, not a sample."),
        _number(
            "respondents", "People whose answers the figure rests on; blank where not printed."
        ),
        _number(
            "margin", "Published 95% half-width, in the indicator's unit; blank where none is."
        ),
        _text("status", "observed, or why value is blank.", *_STATUSES),
        _text("marker", "The cell as printed; blank where it was blank.", blank=True),
        _text("maturity", "How settled the figure is.", *(m.value for m in Maturity)),
        _text("area_code", "The ONS code as printed; blank where none is.", blank=True),
        _text(
            "release_id",
            "The release that printed the value. What stands beside it is of the same release, "
            "unless the table supplements names another.",
        ),
        _text(
            "place",
            "Where in that release's file the value stands: sheet!cell of a workbook; of a text "
            "file its line, whose column is value_column of the table releases.",
        ),
    ),
    ("indicator_id", "breakdown", "area_id", "period"),
    (_TO_INDICATOR, _TO_BREAKDOWN, _TO_AREA, _TO_YEAR, _TO_RELEASE),
)
VERDICTS: Final = ExportTable(
    "verdicts",
    "Every council's indicators of a year beside its peers and England, each judged",
    (
        _INDICATOR,
        _COUNCIL,
        _YEAR,
        _text("code", "The indicator's code of that year."),
        _number("value", "The council's figure; blank where status says why there is none."),
        _number("lower", "Lower end of its 95% interval; blank where its error is not known."),
        _number("upper", "Upper end of its 95% interval; blank where its error is not known."),
        _text("status", "observed, or why value is blank.", *_STATUSES),
        _number("peer_average", "The peers' average; blank where no peer has a figure."),
        _number("peer_median", "The peers' median; blank where no peer has a figure."),
        _number("peer_lowest", "The lowest figure of a peer."),
        _number("peer_highest", "The highest figure of a peer."),
        _count("peers_reporting", "Peers that have a figure."),
        _count("peers_total", "Peers that the list names."),
        _flag("peer_mean_dragged", "Whether a few peers drag the mean."),
        _number("england", "England's published figure."),
        _text("rule", "The rule that decided; none where nothing was compared."),
        _text("reason", "Why it is not compared with anything; else blank.", blank=True),
        _text("verdict_vs_peers", "Beside the peers' average.", *_VERDICTS),
        _text(
            "certainty_vs_peers", "How sure that is; blank where the rule says none.", blank=True
        ),
        _number("probability_vs_peers", "Its probability, 0 to 1, rounded down; blank where none."),
        _number("smallest_gap_vs_peers", "The smallest gap that could have been shown."),
        _count("more_answers_vs_peers", "Answers that the gap would need besides.", blank=True),
        _text("verdict_vs_england", "Beside England's figure.", *_VERDICTS),
        _text("certainty_vs_england", "As certainty_vs_peers, of England.", blank=True),
        _number("probability_vs_england", "As probability_vs_peers, of England."),
        _number("smallest_gap_vs_england", "As smallest_gap_vs_peers, of England."),
        _count("more_answers_vs_england", "As more_answers_vs_peers, of England.", blank=True),
        _count("rank", "Place among the councils, 1 is best; blank where not ranked.", blank=True),
        _count("rank_of", "Councils that have a figure, without the tiny two."),
        _count("rank_lower", "Best place of the rank's 95% range; blank if unknown.", blank=True),
        _count("rank_upper", "Worst place of that range.", blank=True),
        _number("previous", "The figure of the previous comparable year."),
        _number("previous_lower", "Lower end of its 95% interval."),
        _number("previous_upper", "Upper end of its 95% interval."),
        _period("previous_period", "The previous comparable year.", blank=True),
        _number("change", "value less previous; blank where change_reason says why."),
        _text("change_reason", "Why there is no change to show; else blank.", blank=True),
        _text("verdict_vs_previous", "What the change comes to.", *_VERDICTS),
        _text("certainty_vs_previous", "As certainty_vs_peers, of the change.", blank=True),
        _number(
            "probability_vs_previous",
            "As probability_vs_peers, of the change: the lowest of several.",
        ),
        _text("change_margin_from", "What the error of the change rests on.", blank=True),
        _text("change_not_judged", "Why a change that is shown is not judged.", blank=True),
        _number("next", "The figure of the next comparable year, where there is one."),
        _period("next_period", "That year.", blank=True),
        _text(
            "trend",
            "Where the figure goes over the comparable years up to this one.",
            *(direction.value for direction in Direction),
        ),
        _period("trend_first_period", "The first of those years; blank if none.", blank=True),
        _count("trend_years", "How many they are."),
        _number("trend_per_year", "Last less first, a year; blank where none was tested."),
        _period("trend_turning_period", "Highest or lowest year of one that turned.", blank=True),
        _text("trend_reason", "Why it cannot be tested; else blank.", blank=True),
    ),
    ("indicator_id", "area_id", "period"),
    (
        _TO_INDICATOR,
        _TO_COUNCIL,
        _TO_YEAR,
        ForeignKey(("indicator_id", "period"), "indicator_years"),
    ),
)
FLAGS: Final = ExportTable(
    "verdict_flags",
    "What is to be known beside a figure that was judged, a row each",
    (
        _INDICATOR,
        _COUNCIL,
        _YEAR,
        _text("flag", "A short code, such as few_peers."),
        _count("text_id", "What it says, in words; see the table flag_texts."),
    ),
    ("indicator_id", "area_id", "period", "flag"),
    (
        ForeignKey(("indicator_id", "area_id", "period"), "verdicts"),
        ForeignKey(("text_id",), "flag_texts"),
    ),
)
FLAG_TEXTS: Final = ExportTable(
    "flag_texts",
    "What flags say, in the words of the page",
    (
        _count("text_id", "A number, from 1; for this export only."),
        _text("flag", "The flag."),
        _text("text", "In words; two remarks of one flag stand one after the other."),
    ),
    ("text_id",),
)
SUPPLEMENTS: Final = ExportTable(
    "supplements",
    "What stands beside a value in observations, but was printed by another release",
    (
        _INDICATOR,
        _text("breakdown", "all, or the group that the figure is about."),
        _AREA,
        _YEAR,
        _text(
            "field",
            "Which; counts are numerator and denominator.",
            *SUPPLEMENTED,
        ),
        _text("release_id", "The latest other release that prints it, beside the same value."),
        _text("place", "Where that release prints the same value, as place of observations."),
    ),
    ("indicator_id", "breakdown", "area_id", "period", "field"),
    (
        ForeignKey(("indicator_id", "breakdown", "area_id", "period"), "observations"),
        _TO_RELEASE,
    ),
)
AREAS: Final = ExportTable(
    "areas",
    "Everything that a figure is about: councils, regions, council types, England",
    (
        _text("area_id", "Our id of the area."),
        _text("name", "As it is called."),
        _text("kind", "What it is.", *(kind.value for kind in AreaKind)),
    ),
    ("area_id",),
)
COUNCILS: Final = ExportTable(
    "councils",
    "Councils with adult social services, as they are now or were at their end",
    (
        _text("area_id", "Our id of the council's area, the same through all its codes."),
        _text("name", "As it is called."),
        _text("ons_code", "Its ONS code; earlier ones stand in council_codes."),
        _text("council_type", "What kind of council it is."),
        _text("region_id", "The region, as area_id of the table areas."),
        _text("region", "The region's name."),
        _flag("is_tiny", "City of London or Isles of Scilly: in no average, rank or spread."),
        _flag("goes_on", "Whether there is still such a council."),
    ),
    ("area_id",),
    (_TO_AREA, ForeignKey(("region_id",), "areas")),
)
CODES: Final = ExportTable(
    "council_codes",
    "The codes and types of a council through the years",
    (
        _COUNCIL,
        _text("ons_code", "The ONS code of these years."),
        _text("cassr_code", "The code among councils with adult social services.", blank=True),
        _text("council_type", "What kind of council it was."),
        _text("publisher_type", "The group in which the publisher counted it."),
        _period("first_period", "The first year; blank where before the register.", blank=True),
        _period("last_period", "The last year; blank where it goes on.", blank=True),
    ),
    ("area_id", "ons_code"),
    (_TO_COUNCIL,),
)
SUCCESSORS: Final = ExportTable(
    "council_successors",
    "Which councils took over from one that ended",
    (_COUNCIL, _text("successor_id", "The council that took over; see the table councils.")),
    ("area_id", "successor_id"),
    (_TO_COUNCIL, ForeignKey(("successor_id",), "councils")),
)
BREAKDOWNS: Final = ExportTable(
    "breakdowns",
    "Groups of people for which a figure is printed apart, and all of them",
    (_text("breakdown", "Its id; all is the whole."), _text("label", "As it is called.")),
    ("breakdown",),
)
INDICATORS: Final = ExportTable(
    "indicators",
    "Indicators through all their codes",
    (
        _text("indicator_id", "Our id, which stays when the published code changes."),
        _text("framework", "The framework that publishes it."),
        _text("title", "The framework's name of it."),
        _text("short_title", "The same in plain English."),
        _text("counts", "Who is counted over whom."),
        _text("unit", "Unit of its figures; per_cent is 0 to 100.", *(u.value for u in Unit)),
        _text("polarity", "Which direction is better.", *(p.value for p in Polarity)),
        _text("polarity_note", "A caution in reading it; else blank.", blank=True),
        _number("minimum", "The lowest that a figure can be."),
        _number("maximum", "The highest that a figure can be; blank where there is no limit."),
        _text("interval_from", "What its 95% interval rests on; none where nothing is published."),
        _text("continues_id", "The indicator whose question it took up; else blank.", blank=True),
    ),
    ("indicator_id",),
    (ForeignKey(("continues_id",), "indicators"),),
)
INDICATOR_YEARS: Final = ExportTable(
    "indicator_years",
    "What an indicator was called in each year that it was published for",
    (
        _INDICATOR,
        _YEAR,
        _text("code", "The published code of that year."),
        _text("domain", "The part of the framework that it stood in."),
        _count("decimals", "Decimals of a published figure."),
    ),
    ("indicator_id", "period"),
    (_TO_INDICATOR, _TO_YEAR),
)
YEARS: Final = ExportTable(
    "years",
    "Financial years",
    (
        _period("period", "As 2014-15."),
        _count("start_year", "The calendar year in which it begins."),
        _date("starts_on", "1 April."),
        _date("ends_on", "31 March of the next year."),
        _flag("is_judged", "Whether the table verdicts has this year."),
    ),
    ("period",),
)
PEERS: Final = ExportTable(
    "peers",
    "With whom each council was compared in each year that was judged",
    (
        _COUNCIL,
        _YEAR,
        _text("peer_id", "A peer of the council; see the table councils."),
        _flag("existed", "Whether there was such a council that year."),
    ),
    ("area_id", "period", "peer_id"),
    (_TO_COUNCIL, _TO_YEAR, ForeignKey(("peer_id",), "councils")),
)
BREAKS: Final = ExportTable(
    "breaks",
    "Where years of an indicator do not compare, as the registers have it today",
    (
        _count("break_id", "Line number in the register, from 1; for this export only."),
        _INDICATOR,
        _ANY_AREA,
        _YEAR,
        _text("kind", "cut: nothing crosses; isolated: that year alone.", *map(str, BreakKind)),
        _text("text", "In words."),
        _text("source", "The publisher's document."),
        _date("reviewed", "When somebody last checked it."),
    ),
    ("break_id",),
    (_TO_INDICATOR, _TO_AREA, _TO_YEAR),
)
NOTES: Final = ExportTable(
    "notes",
    "What the publisher says of figures, as the registers have it today",
    (
        _count("note_id", "Line number in the register, from 1; for this export only."),
        _INDICATOR,
        _ANY_AREA,
        _YEAR,
        _text("code", "A short flag."),
        _text("effect", "Whether the figure is flagged or not compared.", *map(str, NoteEffect)),
        _text("text", "In words."),
        _text("source", "The publisher's document."),
    ),
    ("note_id",),
    (_TO_INDICATOR, _TO_AREA, _TO_YEAR),
)
RELEASES: Final = ExportTable(
    "releases",
    "The publications that figures come from, in order of publication",
    (
        _text("release_id", "Our id of the publication."),
        _count("position", "1 is the earliest; of two that print a figure the later is in force."),
        _text("title", "Title of the publication."),
        _text("publisher", "Who published it."),
        _text("published", "Day, month or year, as far as it is sure: 2019-10-22, 2010."),
        _text("licence", "Under which it was published."),
        _text("landing_page", "Its address."),
        _text("provenance", "Where the copy that was read is from."),
        _text("file", "Name of the publisher's file."),
        _text("sha256", "SHA-256 of the publisher's file."),
        _text(
            "value_column",
            "Of a text file, which column of the line holds the value: its heading, or each code "
            "with indicator_id and breakdown. Blank of a workbook, whose place is a cell.",
            blank=True,
        ),
        _text("table_sha256", "SHA-256 of the table that was read from it; as in CHECKSUMS."),
    ),
    ("release_id",),
)
REVISIONS: Final = ExportTable(
    "revisions",
    "Figures that two publications print differently",
    (
        _INDICATOR,
        _text("breakdown", "all, or the group that the figure is about."),
        _AREA,
        _YEAR,
        _text("earlier_release_id", "The release that printed it before."),
        _text("later_release_id", "The release that printed it otherwise."),
        ExportField("earlier", "number", "What was printed before.", needed=True),
        ExportField("later", "number", "What was printed then.", needed=True),
        ExportField("change", "number", "later less earlier.", needed=True),
    ),
    ("indicator_id", "breakdown", "area_id", "period", "later_release_id"),
    (
        _TO_INDICATOR,
        _TO_BREAKDOWN,
        _TO_AREA,
        _TO_YEAR,
        ForeignKey(("earlier_release_id",), "releases"),
        ForeignKey(("later_release_id",), "releases"),
    ),
)
TABLES: Final = (
    *(OBSERVATIONS, SUPPLEMENTS, VERDICTS, FLAGS, FLAG_TEXTS, AREAS, COUNCILS, CODES, SUCCESSORS),
    *(BREAKDOWNS, INDICATORS, INDICATOR_YEARS, YEARS, PEERS, BREAKS, NOTES, RELEASES, REVISIONS),
)


def fingerprint() -> str:
    """A short hash of all that the version stands for: tables, columns, types, values and keys."""
    what = json.dumps([asdict(table) for table in TABLES], sort_keys=True)
    return hashlib.sha256(what.encode()).hexdigest()[:16]
