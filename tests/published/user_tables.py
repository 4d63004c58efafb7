"""Tables as users make them, made up from a seed, each with the figures that it truly holds.

A table has councils down or across, or a row for each figure; its percentages are printed in per
cent, with a sign or as fractions; beside its figures stand what other tables hold too: targets,
ranks, England's figures, quarters, groups of people, notes, row numbers, columns of unknown words.
"""

import csv
import functools
import io
import random
import re
from dataclasses import dataclass, field

import openpyxl

from .shapes import typed

YEARS = ("2016-17", "2017-18")
# id, code of both years, lowest and highest value to make up, decimals, kind of unit
INDICATORS = (
    ("feeling_safe", "4A", 58, 78, "per_cent"),
    ("social_contact", "1I(1)", 35, 54, "per_cent"),
    ("control_over_daily_life", "1B", 66, 86, "per_cent"),
    ("learning_disability_employment", "1E", 2, 18, "per_cent"),
    ("direct_payments", "1C(2A)", 10, 50, "per_cent"),
    ("home_after_reablement", "2B(1)", 60, 96, "per_cent"),
    ("social_care_quality_of_life", "1A", 18, 20, "score"),
    ("care_home_admissions_65_over", "2A(2)", 300, 1100, "per_100k"),
)
COUNCILS = {
    "Leeds": ("leeds", "E08000035", "Leeds City Council"),
    "Barnet": ("barnet", "E09000003", "LB Barnet"),
    "Wirral": ("wirral", "E08000015", "Wirral MBC"),
    "Bury": ("bury", "E08000002", "Metropolitan Borough of Bury"),
    "Kent": ("kent", "E10000016", "Kent County Council"),
    "Devon": ("devon", "E10000008", "Devon CC"),
    "York": ("york", "E06000014", "City of York Council"),
    "Medway": ("medway", "E06000035", "Medway Council (UA)"),
    "Camden": ("camden", "E09000007", "London Borough of Camden"),
    "Derby": ("derby", "E06000015", "Derby [note 1]"),
    "Sefton": ("sefton", "E08000014", "Sefton*"),
    "Torbay": ("torbay", "E06000027", "Torbay (1)"),
}
GROUPS = {
    "age_65_over": ("65+", "65 and over", "65+ yrs", "aged 65 and over", "Older people", "Over 65s"),
    "age_18_64": ("18-64", "18 to 64", "Aged 18-64", "Working age adults"),
    "female": ("Female", "Women", "Females"),
    None: ("45-64", "Learning disability", "Mental health", "Under 65", "Dementia", "BME", "Most deprived decile", "Carers new to us", "LD"),
}  # fmt: skip
PARTS = ("Q1", "Qtr 2", "quarter 3", "YTD", "year to date", "Apr-Sep", "H1", "to end Sept", "as at 31 March", "6 months", "P6", "Oct 2017")  # fmt: skip
OTHERS = (
    "target", "forecast", "projected", "plan", "trajectory", "rank", "quartile", "change",
    "comparator average", "statistical neighbours", "England", "England average", "regional mean",
    "family group", "previous year", "baseline", "lower CI", "upper limit", "number of people",
    "count", "numbers", "variance", "direction of travel", "South East", "national", "median", "estimate",
    "benchmark", "per 1,000", "cipfa", "gap to England", "RAG rating", "top quartile",
)  # fmt: skip
STRANGE = ("zebra", "locality 3", "phase two", "strand B", "wave 1", "cohort x", "77", "excl. respite", "hub east")  # fmt: skip


@dataclass
class UserTable:
    """A file, and what it truly holds.

    Attributes:
        content: its bytes.
        file: its name.
        truth: every figure of a year that it holds: indicator, group, area and year to value.
        traps: what was put beside the figures; empty for a plain table.
        must_refuse: whether nothing in it may be read.
    """

    content: bytes
    file: str
    truth: dict
    traps: list = field(default_factory=list)
    must_refuse: bool = False


def decimal(number):
    return f"{number:.1f}"


def typed_less(cell, r):
    """A cell of an older working sheet: another number where there is one."""
    return decimal(r.uniform(1, 90)) if re.fullmatch(r"[\d.]+%?", cell) else cell


def printed(number, unit, form):
    if unit != "per_cent":
        return decimal(number)
    return {"plain": decimal(number), "sign": f"{number:.1f}%", "fraction": f"{number / 100:.3f}"}[
        form
    ]


def user_table(seed):
    """One table of a seed."""
    r = random.Random(seed)  # noqa: S311 - a table to try, no secret
    table = _Making(r)
    return table.make()


class _Making:
    def __init__(self, r):
        self.r = r
        self.traps = []
        self.must_refuse = False
        self.group = "all"

    def make(self):
        r = self.r
        names = r.sample(list(COUNCILS), r.randint(3, 8))
        indicators = r.sample(INDICATORS, r.choice([1, 1, 2, 3]))
        years = r.sample(YEARS, r.choice([1, 1, 2]))
        values = {
            (i[0], name, year): round(r.uniform(i[2], i[3]), 1)
            for i in indicators
            for name in names
            for year in years
        }
        forms = {i[0]: r.choice(["plain", "plain", "sign", "fraction"]) for i in indicators}
        long_name = r.random() < 0.4
        label = {n: (COUNCILS[n][2] if long_name else n) for n in names}
        shape = r.choice(["down", "down", "long", "across", "years"])
        rows, title = getattr(self, f"_{shape}")(names, label, indicators, years, values, forms)
        truth = {(i, self._group_of(i), COUNCILS[n][0], y): v for (i, n, y), v in values.items()}
        if None in {key[1] for key in truth} or self.must_refuse:
            truth = {}
        rows = self._around(rows, title)
        file = "table.csv"
        if r.random() < 0.25:
            return UserTable(self._workbook(rows), "table.xlsx", truth, self.traps, not truth)
        out = io.StringIO(newline="")
        delimiter = r.choice([",", ",", "\t", ";"])
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
        encoding = r.choice(["utf-8", "utf-8-sig"])
        return UserTable(out.getvalue().encode(encoding), file, truth, self.traps, not truth)

    def _group_of(self, indicator_id):
        """The group that a figure is of: an indicator of older people has no other age."""
        if indicator_id in ("care_home_admissions_65_over", "home_after_reablement"):
            ages = {"age_65_over": "all", "age_18_64": None}
            return ages.get(self.group, self.group)
        return self.group

    def _workbook(self, rows):
        """The rows as a workbook: percentages by their format, further sheets beside them."""
        r = self.r
        book = openpyxl.Workbook()
        pages = [(book.active, rows)]
        book.active.title = "Data"
        beside = r.choice(["none", "none", "notes", "hidden", "second"])
        if beside == "notes":
            pages.append((book.create_sheet("Notes"), [["About these figures"], ["See below"]]))
        elif beside != "none":
            older = [[typed_less(cell, r) for cell in row] for row in rows]
            pages.append((book.create_sheet("Working", r.choice([0, 1])), older))
            pages[-1][0].sheet_state = "hidden" if beside == "hidden" else "visible"
            book.active = book["Data"]
        if beside == "second":
            self.traps.append("second sheet")
        for page, lines in pages:
            for row, line in enumerate(lines, start=1):
                for column, cell in enumerate(line, start=1):
                    place = page.cell(row, column)
                    if re.fullmatch(r"[\d.]+%", cell):
                        place.value = round(float(cell[:-1]) / 100, 5)
                        place.number_format = r.choice(["0.0%", "0.00%"])
                    elif cell:
                        place.value = typed(cell)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    # --- shapes ---------------------------------------------------------------------------------

    def _down(self, names, label, indicators, years, values, forms):
        """A row for each council, a column for each indicator and year."""
        r = self.r
        columns = [(i, y) for i in indicators for y in years]
        head = [r.choice(["Council", "Local authority", "Area name", "Authority"])]
        group, part = self._qualifier()
        suffix = f" {group}" if group else ""
        suffix += f" {part}" if part else ""
        where = r.choice(["heading", "column", "title"]) if (group or part) else ""
        wording = (lambda i, y: f"{i[1]} {y}", lambda i, y: f"{y} {i[1]}", lambda i, y: f"{i[1]} ({y})")  # fmt: skip
        form = r.choice(wording)
        head += [form(i, y) + (suffix if where == "heading" else "") for i, y in columns]
        rows = [head]
        for n in names:
            cells = [printed(values[i[0], n, y], i[4], forms[i[0]]) for i, y in columns]
            rows.append([label[n], *cells])
        if where == "column":
            rows = self._column(rows, r.choice(["Age group", "Group", "Client group", "Category"]) if group else "Period covered", [group or part] * len(names), 1)  # fmt: skip
        rows = self._extras(rows, names, indicators, years, values, forms)
        return rows, (f"Adult social care, {suffix.strip()}" if where == "title" else "")

    def _years(self, names, label, indicators, years, values, forms):
        """One indicator: a row for each council, a column for each year; two rows of headings."""
        r = self.r
        rows = [["", *[i[1] for i in indicators for _ in years]]]
        rows.append(["Council", *[y for _ in indicators for y in years]])
        for n in names:
            rows.append(
                [label[n], *[printed(values[i[0], n, y], i[4], forms[i[0]]) for i in indicators for y in years]]
            )  # fmt: skip
        if r.random() < 0.3:
            trap = r.choice(OTHERS)
            self.traps.append(f"upper {trap}")
            at = len(indicators) * len(years) + 1
            for k, row in enumerate(rows):
                row.insert(at, trap if k == 0 else (years[0] if k == 1 else decimal(r.uniform(1, 90))))  # fmt: skip
        return rows, ""

    def _long(self, names, label, indicators, years, values, forms):
        """A row for each figure."""
        r = self.r
        group, part = self._qualifier()
        where = r.choice(["label", "column"]) if (group or part) else ""
        words = group or part
        head = [r.choice(["Council", "LA name"]), r.choice(["Year", "Financial year", "Time period"]), r.choice(["Indicator", "Measure"]), r.choice(["Value", "Outcome", "Result"])]  # fmt: skip
        rows = [head]
        for i in indicators:
            title = f"{i[1]} ({words})" if where == "label" else i[1]
            for n in names:
                for y in years:
                    rows.append([label[n], y, title, printed(values[i[0], n, y], i[4], forms[i[0]])])  # fmt: skip
        if where == "column":
            rows = self._column(rows, r.choice(["Age", "Client type", "Category", "Cohort"]) if group else r.choice(["Quarter", "Coverage"]), [words] * (len(rows) - 1), 2)  # fmt: skip
        if r.random() < 0.35:
            trap = r.choice(["Target", "Forecast", "Lower CI", "Plan", "Count"])
            self.traps.append(f"kind {trap}")
            kinds = ["Actual"] * (len(rows) - 1)
            more = [[*row[:-1], decimal(r.uniform(1, 90))] for row in rows[1:]]
            rows += more
            kinds += [trap] * len(more)
            rows = self._column(rows, r.choice(["Measure type", "Type", "Scenario", "Version"]), kinds, len(rows[0]) - 1)  # fmt: skip
        if r.random() < 0.3:
            trap = r.choice(["target", "forecast", "YTD", "(comparators)", "Q2", "change", "number of people"])  # fmt: skip
            self.traps.append(f"row label {trap}")
            at = rows[0].index(head[2])
            extra = [list(row) for row in rows[1:] if r.random() < 0.5]
            for row in extra:
                row[at] = f"{row[at]} {trap}"
                row[rows[0].index(head[3])] = decimal(r.uniform(1, 90))
            rows += extra
        if r.random() < 0.3:
            rows = self._attribute(rows)
        return rows, ""

    def _across(self, names, label, indicators, years, values, forms):
        """A row for each indicator and year, a column for each council."""
        r = self.r
        rows = [["Indicator", "Year", *[label[n] for n in names]]]
        for i in indicators:
            for y in years:
                rows.append(
                    [i[1], y, *[printed(values[i[0], n, y], i[4], forms[i[0]]) for n in names]]
                )
        if r.random() < 0.5:
            trap = r.choice(["Target", "Comparator average", "Rank", "Family group", "Change", "Nearest neighbours", "Somewhere", "Leeds target"])  # fmt: skip
            self.traps.append(f"across {trap}")
            rows = self._column(rows, trap, [decimal(r.uniform(1, 90)) for _ in rows[1:]], len(rows[0]))  # fmt: skip
        return rows, ""

    # --- what stands beside the figures ---------------------------------------------------------

    def _qualifier(self):
        """A group of people or a part of a year that the whole table is about, in some tables."""
        r = self.r
        chance = r.random()
        if chance < 0.25:
            self.group = r.choice(list(GROUPS))
            words = r.choice(GROUPS[self.group])
            self.traps.append(f"group {words}")
            return words, ""
        if chance < 0.4:
            part = r.choice(PARTS)
            self.traps.append(f"part {part}")
            self.must_refuse = True
            return "", part
        return "", ""

    def _column(self, rows, heading, cells, at):
        at = min(at, len(rows[0]))
        return [
            [*row[:at], cell, *row[at:]] for row, cell in zip(rows, [heading, *cells], strict=True)
        ]

    def _extras(self, rows, names, indicators, years, values, forms):
        r = self.r
        count = len(rows) - 1
        for _ in range(r.choice([0, 1, 1, 2])):
            i = r.choice(indicators)
            year = r.choice([*YEARS, "2015-16"])
            kind = r.choice(["other", "other", "strange", "part", "codes", "region", "number", "note", "text", "value"])  # fmt: skip
            at = r.randint(1, len(rows[0]))
            size = functools.partial(self._size, i, forms)
            trap = ""
            if kind == "other":
                trap = r.choice(OTHERS)
                heading = r.choice([f"{i[1]} {year} {trap}", f"{trap.capitalize()} {i[1]} {year}", f"{i[1]} {trap}", trap.capitalize()])  # fmt: skip
                rows = self._column(rows, heading, [size() for _ in range(count)], at)
            elif kind == "strange":
                trap = r.choice(STRANGE)
                heading = r.choice([f"{i[1]} {year} {trap}", trap])
                if f"{i[1]} {year}" in heading:
                    # A figure under a heading with a strange word may not be taken unasked.
                    self.traps.append("strange")
                rows = self._column(rows, heading, [size() for _ in range(count)], at)
            elif kind == "part":
                trap = r.choice(PARTS)
                rows = self._column(rows, f"{i[1]} {year} {trap}", [size() for _ in range(count)], at)  # fmt: skip
            elif kind == "codes":
                rows = self._column(rows, "ONS code", [COUNCILS[n][1] for n in names], at)
            elif kind == "region":
                rows = self._column(rows, r.choice(["Region", "Parent name"]), [r.choice(["London", "South West", "North West"]) for _ in names], at)  # fmt: skip
            elif kind == "number":
                rows = self._column(rows, r.choice(["", "No.", "#"]), [str(k + 1) for k in range(count)], 0)  # fmt: skip
            elif kind == "note":
                rows = self._column(rows, "Notes", [r.choice(["", "See methodology"]) for _ in names], at)  # fmt: skip
            elif kind == "text":
                trap = "text column"
                rows = self._column(rows, r.choice(["Team", "Service", "Stage"]), [r.choice(["A team", "B team"]) for _ in names], at)  # fmt: skip
            else:
                trap = "numbers of like size"
                rows = self._column(rows, r.choice(["Alpha", "Other", "Checked", "Score 2"]), [size() for _ in range(count)], at)  # fmt: skip
            self.traps.append(trap or kind)
            if len(set(rows[0])) != len(rows[0]):
                break
        return rows

    def _size(self, indicator, forms):
        """A number of the size of an indicator's figures, printed as these are."""
        number = round(self.r.uniform(indicator[2], indicator[3]), 1)
        return printed(number, indicator[4], forms[indicator[0]])

    def _attribute(self, rows):
        r = self.r
        self.traps.append("attribute")
        name, cell = r.choice([("Sector", "All"), ("Sex", "Persons"), ("Age", "18+ yrs"), ("Status", "Published"), ("Area type", "Counties & UAs"), ("Quarter", "Annual")])  # fmt: skip
        return self._column(rows, name, [cell] * (len(rows) - 1), 1)

    def _around(self, rows, title):
        """Titles above, notes beneath, and averages among the rows."""
        r = self.r
        width = max(map(len, rows))
        blank = [""] * (width - 1)
        if title:
            rows = [[title, *blank], *rows]
        elif r.random() < 0.3:
            rows = [[r.choice(["Adult social care outcomes", "Published October 2018", "Benchmarking report"]), *blank], ["", *blank], *rows]  # fmt: skip
        if r.random() < 0.25:
            rows = [*rows, [r.choice(["Source: NHS Digital", "Note: figures are rounded", "Figures for people aged 65 and over", "Data to September"]), *blank]]  # fmt: skip
            if "65" in rows[-1][0] or "September" in rows[-1][0]:
                self.traps.append("note " + rows[-1][0])
        return rows
