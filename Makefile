# make site    builds the site with every page executed, and says which file to open
# make test    checks the code, builds the site and runs every test
# make quick   runs the helpers' tests that are not slow, in about two minutes
# Each sets up its own environments: .venv and, for make test, .venv-plain and .venv-rsp.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# The first Python that really runs and that antares-client supports; or say PYTHON=/path/to/python.
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	if $$p -c '$(SUPPORTED)' >/dev/null 2>&1; then echo $$p; break; fi; done)
BIN := .venv/bin
SITE := docs/_build/html
# More options, such as --cov.
PYTEST_OPTIONS ?=
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadscope

.PHONY: help site test quick lint unit constant notebooks check-notebooks plain rsp bench clean python

help:
	@sed -n '1,4s/^# //p' Makefile

python:
	@if ! $(or $(PYTHON),false) -c '$(SUPPORTED)' >/dev/null 2>&1; then \
		echo "antares-helpers needs Python 3.11, 3.12 or 3.13 (antares-client depends on bson 0.5.10," >&2; \
		echo "which does not build on Python 3.14). None of these runs here; install one, or name it:" >&2; \
		echo "    make $(or $(MAKECMDGOALS),site) PYTHON=/path/to/python3.13" >&2; exit 1; fi

.venv/docs .venv/test: .venv/%: pyproject.toml | python
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[$*]'
	touch $@

site: .venv/docs
	$(BIN)/python -m sphinx -W -n --keep-going -q -b html docs $(SITE)
	@echo "The site is built. Open $(SITE)/index.html"

test: lint check-notebooks site plain rsp unit

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

quick: .venv/test
	$(PYTEST) -m "not slow and not constant" $(PYTEST_OPTIONS) tests/antares_helpers helpers/antares_helpers

# The pages of the site are tested too.
unit: .venv/test site
	SITE_FOLDER=$(SITE) PLAIN_PYTHON=.venv-plain/bin/python $(PYTEST) $(PYTEST_OPTIONS)

# The bundled simulated loci, one by one; unit runs these tests too.
constant: .venv/test
	$(PYTEST) -m constant $(PYTEST_OPTIONS) tests

notebooks: .venv/docs
	$(BIN)/python notebooks/make.py

check-notebooks: .venv/docs
	$(BIN)/python notebooks/make.py --check

# An environment without antares-helpers, for the snippets.
plain: .venv-plain/ready
.venv-plain/ready: pyproject.toml | python
	$(PYTHON) -m venv .venv-plain
	.venv-plain/bin/python -m pip install --quiet 'antares-client<2.1' antares-devkit numpy matplotlib
	touch $@

# The Rubin Science Platform: its pins on Python 3.13, then our recipe of the installation page.
rsp: .venv/docs
	$(BIN)/python tests/rsp/run.py

bench: .venv/test
	$(BIN)/python tests/benchmarks/run.py

clean:
	rm -rf .venv .venv-plain .venv-rsp build dist docs/_build docs/tutorials docs/simulated_sky docs/field_guide docs/api/generated
