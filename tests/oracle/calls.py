"""What is asked of the program: tables of commands, calls and pages, each with the words for it."""

# `bench table COUNCIL --year YEAR ...`
TABLES = (
    "Somerset --year 2014-15",
    "Somerset --year 2020-21",
    "Somerset",
    "Leeds --year 2018-19",
    "Leeds --year 2018-19 --rule interval",
    "Leeds --year 2018-19 --rule spread --peers region",
    "Barnet --year 2024-25 --peers open",
    "Barnet --year 2015-16 --rule quartile",
    "Kent --year 2016-17 --rule tolerance --peers type",
    "Kent --year 2017-18 --rule funnel --peers england",
    "Wirral --year 2018-19 --multiplicity page",
    "Wirral --year 2019-20 --multiplicity map",
    "E08000035 --year 2021-22",
    "'City of London' --year 2022-23",
    "'Isles of Scilly' --year 2018-19",
    "Cornwall --year 2023-24",
    "'Westmorland and Furness' --year 2023-24",
    "Cumbria --year 2022-23",
    "Dorset --year 2019-20",
    "Birmingham --year 2020-21 --peers Leeds;Kent;Manchester;Bristol;Sheffield",
)

# Other commands, whose output and exit code are kept.
COMMANDS = (
    "--version",
    "list councils",
    "list councils --year 2014-15",
    "list councils --year 2024-25",
    "list indicators",
    "list indicators --year 2014-15",
    "list indicators --year 2018-19",
    "list years",
    "list peers",
    "list sites",
    "list checks",
    "table Leeds --year 2018-19",
    "table Somerset --year 2014-15 --format csv",
    "table Wirral --year 2018-19 --multiplicity page --format text",
    "check",
    "check --format json",
    "check --release ascof_2018_19",
    "peers Leeds",
    "peers Somerset",
    "dictionary --check",
)

HELP = (
    *("", "list", "build", "add", "log", "table", "report", "site", "peers"),
    *("check", "quality", "dictionary"),
)

# Commands that cannot be answered.
BAD_COMMANDS = (
    "table Leds",
    "table Leeds --year 2018",
    "table Leeds --year 2018-20",
    "table Leeds --year 1998-99",
    "table Leeds --peers nearest",
    "table Leeds --peers Leeds;Kant",
    "table Leeds --rule best",
    "table Leeds --multiplicity all",
    "table Cumberland --year 2018-19",
    "table Cumbria --year 2024-25",
    "table E08000099",
    "table Leeds --format xml",
    "list councillors",
    "list councils --year 2018-20",
    "peers Leds",
    "peers Leeds --weights missing.yaml",
    "check --release ascof_1999_00",
    "report Leeds --params missing.yaml",
    "site missing",
    "site missing.yaml",
    "site england-2024-25 --only Atlantis",
    "site england-2024-25 --jobs 0",
    "quality --release ascof_1999_00",
    "build --raw missing",
    "log --raw missing",
    "add missing.csv",
    "tabel Leeds",
)

# Calls that cannot be answered, in Python.
BAD_CALLS = (
    'bench.briefing("Leds")',
    'bench.briefing("Leeds", "2018")',
    'bench.briefing("Leeds", "2018-19", average="middle")',
    'bench.briefing("Leeds", "2018-19", palette="blue")',
    'bench.briefing("Leeds", "2018-19").row("9Z")',
    'bench.briefing("Leeds", "2018-19").what_if("1C(1A)", 185)',
    'bench.briefing("Leeds", "2018-19").what_if("1C(1A)")',
    'bench.indicator("9Z", "2018-19")',
    'bench.indicator("1C(1A)", "2018-19", milestone="soon")',
    'bench.indicator("1C(1A)", "2018-19", beside="9Z")',
    'bench.overview("2018-20")',
    'bench.story("Leeds", indicator="waiting")',
    'bench.surveillance("Leds")',
    'bench.scrutiny("Wirral", "1C(1A)", "2013-14")',
    'bench.scrutiny("Wirral", "self_directed_support", "2018-19", case="missing.yaml")',
    'bench.quality("ascof_1999_00")',
    'bench.audit_pack("missing", as_of="2011-07-31")',
    'bench.audit_pack("barnet-2010", as_of="2011-07-31", actions="missing.yaml")',
    'bench.explorer("Leeds", "2018-19", indicator="9Z")',
    'bench.observations(as_of="ascof_1999_00")',
    "bench.briefings()",
)

# Frames for users, in Python.
FRAMES = (
    'bench.briefing("Leeds", "2018-19").frame()',
    'bench.briefing("Somerset", "2024-25").sensitivity()',
    'bench.briefing("Leeds", "2018-19").trend_tests()',
    'bench.briefing("Leeds", "2018-19").what_if("1C(1A)", 85).frame()',
    'bench.indicator("1C(1A)", "2018-19").frame()',
    'bench.overview("2018-19").frame()',
    'bench.story("Somerset", "Barnet").frame()',
    'bench.surveillance("Leeds").frame()',
    'bench.scrutiny("Wirral", "1C(1A)", "2018-19").frame()',
    'bench.scrutiny("Somerset", "self_directed_support_1c_part_1", "2013-14").frame()',
    'bench.peers("Leeds").frame()',
    'bench.quality("ascof_2018_19").frame()',
    "bench.observations()",
    'bench.observations(as_of="ascof_2018_19")',
    "bench.quoted()",
    "bench.revisions()",
)

# The object that each function of the package gives: its public names are the programme's face.
OBJECTS = (
    "bench.briefing()",
    'bench.indicator("1C(1A)", "2018-19")',
    'bench.overview("2018-19")',
    'bench.story("Somerset", "Barnet")',
    'bench.surveillance("Leeds")',
    'bench.scrutiny("Wirral", "1C(1A)", "2018-19")',
    'bench.audit_pack("barnet-2010", as_of="2011-07-31")',
    'bench.peers("Leeds")',
    "bench.quality()",
    "bench.method()",
    'bench.explorer("Leeds", "2018-19")',
)

# Pages of each kind: the site that names them, and their identifiers there.
PAGES = (
    *(("england-2024-25", name) for name in ("somerset", "isles_of_scilly")),
    *(("england-2024-25", name) for name in ("self_directed_support", "workforce_turnover")),
    *(("england-2024-25", name) for name in ("quality", "method")),
    *(("audit-pack", name) for name in ("barnet-2010", "user-survey-2020-21", "barnet")),
    *(("integrity", name) for name in ("somerset-2013-14", "wirral-2020-21")),
    ("peers", "leeds-peers"),
    *(("somerset-story", name) for name in ("story", "barnet-asking")),
    *(("worth-asking", name) for name in ("all-findings",)),
)

# Pages that no site names: notebook and parameters.
OTHER_PAGES = (
    (
        "council_report.ipynb",
        {"council": "Leeds", "year": "2018-19", "peers": "open", "rule": "spread"}
        | {"multiplicity": "page", "palette": "af", "average": "pooled"},
    ),
    (
        "indicator_report.ipynb",
        {"indicator": "1C(1A)", "year": "2018-19", "council": "Somerset", "palette": "af"}
        | {"milestone": "70% by April 2013", "beside": "1C(2A)", "multiplicity": "map"},
    ),
    ("indicator_report.ipynb", {"indicator": "1A", "year": "2014-15", "council": "Kent"}),
    ("sources_and_quality.ipynb", {"release": "ascof_2018_19", "palette": "af"}),
)

# What the explorer shows: what is chosen, and each of its panes.
EXPLORED = (
    {"council": "Leeds", "year": "2018-19"},
    {"council": "Somerset", "year": "2020-21", "palette": "af", "indicator": "1C(1A)"},
)

# Files that a reader may bring; they are looked at, and nothing is written.
READERS_FILES = {
    "ni-130.csv": "Council,NI 130 2009-10\nSomerset,8.5\nLeeds,12.1\nKent,.\nAtlantis,3\n",
    "long.csv": (
        "Area code,Area,Year,Measure,Value\nE10000027,Somerset,2018-19,1C(1A),88.1\n"
        "E08000035,Leeds,2018-19,1C(1A),91.2\nE10000016,Kent,2018-19,1C(1A),[c]\n"
    ),
    "words.csv": "This,is\nno,table\n",
    "own.csv": "council,year,indicator,value\nSomerset,2025-26,self_directed_support,91.5\n",
}

# Of sites with a page for each council, these are made unless all are asked for.
COUNCILS = (
    *("somerset", "leeds", "barnet", "kent", "city_of_london", "isles_of_scilly"),
    *("cumberland", "birmingham"),
)
INDICATORS = 6
