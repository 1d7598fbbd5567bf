# Two commands do everything on a bare machine: `make demo` and `make test`.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: install demo check test bench lock clean

# A virtual environment with exactly the locked packages, and this checkout in it.
install: .venv/installed

.venv/installed: requirements-dev.lock pyproject.toml
	scripts/system-packages $(PYTHON)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# The whole path on real data; serves the pages at a printed address when run on a terminal.
demo: install
	$(BIN)/motherlode demo

# What every commit passes: formatting, lint, types, who imports whom, fast tests.
check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto --dist loadfile -m "not slow"

# Everything, also in a browser.
test: install
	scripts/browser
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto --dist loadfile

# The figures of docs/why/performance.md, each a ratio measured in one run.
bench: install
	$(BIN)/python -m benchmarks

# Anew from pyproject.toml; the lock names no index.
lock:
	scripts/lock

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
