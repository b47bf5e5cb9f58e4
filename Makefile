# `make run` and `make test` are all a newcomer types; each makes the environment it needs.

PYTHON ?= python3
PORT ?= 8000
# Many tests wait for a process, a browser or a pause that Telegram asks for: more workers than cores.
WORKERS ?= 4
# A worker takes tests as they stand in a file, so that a server or an index for all of them is made once, not in each worker.
SHARED_OUT := -n $(WORKERS) --dist worksteal
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
export HF_HUB_OFFLINE ?= 1
export ANONYMIZED_TELEMETRY := False
export TOKENIZERS_PARALLELISM := false

.PHONY: run test test-slow check install install-dev bench eval clean

run: $(VENV)/.installed ## index knowledge/ and answer on http://127.0.0.1:$(PORT)
	$(BIN)/dragoman serve --port $(PORT)

install: $(VENV)/.installed ## only the environment

install-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; say which with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing into $(VENV) (a minute or two the first time)"
	$(PIP) install -c constraints.txt torch
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "installing what the tests need"
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

$(VENV)/.installed-bench: $(VENV)/.installed-dev
	@echo "installing what the benchmarks are held against"
	$(PIP) install -c constraints.txt -e '.[bench]'
	@touch $@

test: $(VENV)/.installed-dev ## the everyday suite, offline
	$(BIN)/python -m pytest -m "not slow" $(SHARED_OUT)

test-slow: $(VENV)/.installed-dev ## crashes and long property tests
	$(BIN)/python -m pytest -m slow -n 2

check: $(VENV)/.installed-dev ## format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not slow" $(SHARED_OUT)

bench: $(VENV)/.installed-bench ## timings, as ratios within one run
	$(BIN)/python -m benchmarks

eval: $(VENV)/.installed ## quality on the development sets, where they are; some of them: make eval SETS="factbook xquad"
	$(BIN)/python -m benchmarks.quality $(SETS)

clean:
	rm -rf $(VENV) data
