# `make report` and `make test` need only Python 3.11+ and make; everything else goes into .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
COUNCIL ?= Somerset
YEAR    ?=

.PHONY: help setup report test coverage slow oracle browser england lowest latest constraints build site lint clean
help:            ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or later is needed; found " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,browser]'
	touch $@

setup: $(STAMP)  ## .venv with everything, in the versions of constraints.txt

report: $(STAMP) ## the default report: COUNCIL=Leeds YEAR=2018-19 choose another
	@$(BIN)/bench report "$(COUNCIL)" $(if $(YEAR),--year $(YEAR))
	@echo 'Next: $(BIN)/bench --help; after ". $(BIN)/activate", bench alone.' >&2

lint: $(STAMP)   ## style, types and the architecture contract
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/nbstripout --verify --extra-keys "metadata.papermill cell.metadata.papermill" notebooks/*.ipynb

test: lint       ## lint, then every quick test
	$(BIN)/pytest -n 2 --dist worksteal

coverage: $(STAMP) ## the quick tests once more, and that they reach every branch of judging
	$(BIN)/pytest -n 2 --dist worksteal --cov=bench.judge --cov=bench.published.readers.cells --cov-report=
	$(BIN)/coverage report --include='src/bench/judge/*,src/bench/published/readers/cells.py' --fail-under=100

slow: $(STAMP)   ## the tests that fork, kill and render, or read all of the publisher's files
	$(BIN)/pytest -m "slow or corpus" -n 2 --dist worksteal

oracle: $(STAMP)  ## the hashes of what the program puts out, made anew; says what differs
	@$(BIN)/python -m tests.oracle --write

browser: $(STAMP) ## the tests that open pages in an installed Chromium
	$(BIN)/pytest -m browser

england: $(STAMP) ## every council's page held against the table; some minutes
	$(BIN)/pytest -m england

lowest:          ## the shortest way through, on the lowest versions that pyproject.toml allows
	$(PYTHON) -m venv --clear .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet uv
	.venv-lowest/bin/uv pip compile --quiet --no-header --no-annotate --resolution lowest-direct \
		--extra cluster --extra dev --output-file .venv-lowest/lowest.txt pyproject.toml
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest/bin/python \
		--requirement .venv-lowest/lowest.txt --editable .
	.venv-lowest/bin/python -m pytest -m '' -W default tests/test_smoke.py

latest:          ## quick tests and the shortest way through, on the newest versions there are
	$(PYTHON) -m venv --clear .venv-latest
	.venv-latest/bin/python -m pip install --quiet --upgrade pip
	.venv-latest/bin/python -m pip install --quiet --editable '.[dev]'
	.venv-latest/bin/python -m pytest -n 2 --dist worksteal
	.venv-latest/bin/python -m pytest -m slow tests/test_smoke.py

constraints: $(STAMP) ## constraints.txt: the versions that are in .venv
	$(BIN)/python -m pip freeze --exclude-editable | grep -E '^[A-Za-z0-9._-]+==[^ ]+$$' | LC_ALL=C sort -f >constraints.tmp
	mv constraints.tmp constraints.txt
	touch $(STAMP)

build: $(STAMP)  ## publisher's files in RAW=DIR -> data/published
	@$(BIN)/bench build $(if $(RAW),--raw "$(RAW)")

site: $(STAMP)   ## every page that SITE=params/sites/NAME.yaml names
	@$(BIN)/bench site $(SITE)

clean:           ## remove what was made, but for the data
	rm -rf $(VENV) .venv-lowest .venv-latest .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .coverage
