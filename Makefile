# Two commands do everything: `make demo` shows what linkledger is, `make test` proves it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test lint format docs docs-check contrib-check bench faults build audit pictures clean

help:
	@echo "make demo     two nights over the sample archive, offline, in a quarter of a minute"
	@echo "make test     all tests"
	@echo "make lint     ruff, mypy --strict, import rules"
	@echo "make docs     docs/reference.md, written again from the code"
	@echo "make bench    how fast it reads and crawls"
	@echo "make faults   whole nights with faults in them, and what survived"
	@echo "make build    wheel and sdist, tried in an empty environment, and their bill of materials"
	@echo "make audit    known vulnerabilities of what constraints.txt pins, where a database is at hand"
	@echo "make pictures the pictures of the documents, taken anew"
	@echo "make format   ruff, mending what it can"
	@echo "make clean    away with everything made here but the catalog"

demo: $(VENV)/.installed
	@$(BIN)/linkledger demo

test: $(VENV)/.installed-dev
	@echo "Running all tests; those on the real archive run where ../shared lies beside this checkout ..."
	$(BIN)/pytest -n auto --dist loadscope

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.installed-dev
	$(BIN)/python -m nightly.reference docs/reference.md

docs-check: $(VENV)/.installed-dev
	$(BIN)/mkdocs build --quiet --strict --site-dir build/site

# Each by its own tool, where the machine has it.
contrib-check:
	@contrib/check

bench: $(VENV)/.installed-dev
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python -m benchmarks

faults: $(VENV)/.installed-dev
	$(BIN)/python -m tests.faults.campaign --results

# What is built is installed where nothing else is, shows the demo there, and is listed with all
# that came along: the bill of materials, in CycloneDX's format.
build: $(VENV)/.installed-dev
	rm -rf dist build/clean build/demo
	$(BIN)/python -m build --no-isolation
	$(PYTHON) -m venv --without-pip build/clean
	$(BIN)/pip --python build/clean/bin/python install --quiet --disable-pip-version-check \
	    -c constraints.txt dist/*.whl
	build/clean/bin/linkledger demo --quiet --catalog build/demo/catalog.db
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
	    --output-file dist/linkledger.cdx.json build/clean/bin/python

# Needs Chromium.
pictures: $(VENV)/.installed-dev
	$(BIN)/python docs/images/report.py
	$(BIN)/python docs/images/take.py

audit: $(VENV)/.installed-dev
	@$(BIN)/python release/audit.py

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# The constraints hold versions only, so that any registry or mirror serves them.
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing linkledger into $(VENV) (this once) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing linkledger and its test tools into $(VENV) (this once) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.installed
