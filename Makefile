# Two commands on a fresh machine: `make demo`, `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# Tests run in so many processes; a file's tests stay in one.
JOBS ?= auto

.PHONY: docs notebook demo test coverage long browser pictures catalogues lint types contracts proof audit check clean

demo: $(VENV)/.installed
	$(BIN)/baotinh demo

test: $(VENV)/.ready
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile
	@echo "Pages in a real browser are tested by: make browser (needs Chromium)"

# The same, and which lines no test has run; ends with an error below the floor of pyproject.toml.
coverage: export COVERAGE_FILE = $(CURDIR)/build/coverage/data
coverage: $(VENV)/.ready
	rm -rf build/coverage
	mkdir -p build/coverage
	$(BIN)/python -m coverage run -m pytest --numprocesses $(JOBS) --dist loadfile
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

long: $(VENV)/.ready
	$(BIN)/python -m pytest -m long --numprocesses $(JOBS) --dist loadfile
	$(BIN)/python -m pytest -m "hypothesis and not long and not browser" --hypothesis-profile=many \
	    --numprocesses $(JOBS) --dist loadfile

# Pages in a real Chromium, where there is one: Debian's package chromium.
browser: $(VENV)/.ready
	$(BIN)/python -m pytest -m browser

# docs/pictures/ anew, by the same Chromium.
pictures: $(VENV)/.ready
	$(BIN)/python -m tests.support.pictures docs/pictures

# After messages of pages have changed: collect them, then translate what is empty, then again.
LOCALE = crawler/web/locale
catalogues: $(VENV)/.ready
	$(BIN)/pybabel --quiet extract --mapping $(LOCALE)/babel.toml --keyword N_ --keyword _some:1,2 \
	    --no-location --sort-output --output $(VENV)/web.pot crawler/web crawler/failures
	$(BIN)/pybabel --quiet update --domain web --input-file $(VENV)/web.pot --output-dir $(LOCALE) \
	    --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel compile --domain web --directory $(LOCALE) --statistics

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/deptry .

types: $(VENV)/.ready
	$(BIN)/mypy

contracts: $(VENV)/.ready
	$(BIN)/lint-imports

# Data frames, in an environment of their own: where pandas is installed, other libraries load it too.
notebook: $(VENV)/.ready
	$(PYTHON) -m venv $(VENV)/notebook
	$(VENV)/notebook/bin/python -m pip install --quiet --upgrade pip
	$(VENV)/notebook/bin/python -m pip install --quiet --editable '.[notebook]' --group test
	$(VENV)/notebook/bin/python -m pytest tests/baotinh

# The pages of docs/, with every link between them followed; docs/reference/ follows from the code.
docs: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --group docs
	PYTHONPATH=. $(BIN)/python docs/generate.py --check
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going docs build/docs

proof: $(VENV)/.ready
	$(BIN)/python benchmarks/replay.py --tools $(VENV)/tools

audit: $(VENV)/.ready
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/pip install --quiet pip-audit
	$(VENV)/audit/bin/pip-audit --path $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

check: lint types contracts test

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Báo Tỉnh needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.ready: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[browser,cluster,evidence,mcp,metrics,parquet,pdf,pictures,web]' --group test --group lint
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
