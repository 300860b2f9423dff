# Everything a person types here. `make` alone lists the targets; the words after ## are their help.
# Needs: Python 3.11 or newer and make. The servers come from wheels; nothing is installed outside this folder.

PYTHON ?= python3
PY := .venv/bin/python
WORKERS ?= 2
PYTEST := $(PY) -m pytest -q -p no:cacheprovider -n $(WORKERS) --dist loadgroup
RUN := .venv/.installed-run
DEV := .venv/.installed-dev
ROOMS := accounts organizations evidence inventory integrations compliance config
export PYTHONDONTWRITEBYTECODE ?=

.DEFAULT_GOAL := help
.PHONY: help up down test test-one check isolation journeys bench fsck sql docs lock format clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

up: $(RUN) ## start everything and print the address; Ctrl-C stops it (ARGS="--port 9000 --no-sandbox")
	@exec $(PY) manage.py up $(ARGS)

down: $(RUN) ## stop what `make up` started
	@$(PY) manage.py down

test: $(DEV) ## run the whole suite (WORKERS=2)
	@$(PYTEST) tests

test-one: $(DEV) ## run one file or test: make test-one T=tests/evidence/test_seal.py
	@test -n "$(T)" || { echo 'name it: make test-one T=tests/evidence'; exit 2; }
	@$(PY) -m pytest -q -p no:cacheprovider $(T)

check: $(DEV) ## linters, types, import order, templates, spelling, forgotten migrations
	@$(MAKE) --no-print-directory --keep-going check-lint check-format check-imports check-templates check-spelling \
	  check-migrations check-types

.PHONY: check-lint check-format check-types check-imports check-templates check-spelling check-migrations
check-lint: $(DEV)
	@$(PY) -m ruff check --output-format concise .
check-format: $(DEV)
	@$(PY) -m ruff format --check --output-format concise .
check-types: $(DEV)
	@$(PY) -m mypy $(ROOMS)
check-imports: $(DEV)
	@.venv/bin/lint-imports
check-templates: $(DEV)
	@.venv/bin/djlint templates --lint --quiet
check-spelling: $(DEV)
	@.venv/bin/codespell
check-migrations: $(DEV)
	@env ATTESTRY_PROCESS=beat $(PY) manage.py makemigrations --check --dry-run

isolation: $(DEV) ## the isolation campaign at full size: vectors, pool soak, every URL, mutants
	@ATTESTRY_CAMPAIGN=full $(PY) -m pytest -q -p no:cacheprovider -s tests/isolation

isolation-16: $(DEV) ## the isolation tests on PostgreSQL 16 (make test runs them on 18)
	@ATTESTRY_PG_VERSION=16 $(PYTEST) tests/isolation

journeys: $(DEV) ## people's paths in a browser, with the pictures of docs/pictures
	@env ATTESTRY_PICTURES=1 $(PY) -m pytest -q -p no:cacheprovider tests/journeys

bench: $(DEV) ## the performance goals, measured; prints goal and figure
	@$(PY) -m dev.bench $(B) $(ARGS)

fsck: $(RUN) ## re-derive every seal of the running installation and name what is wrong
	@$(PY) manage.py evidence_fsck

sql: $(RUN) ## open psql on the running installation: make sql ROLE=app_rt (sees nothing until bound)
	@$(PY) manage.py sql $(or $(ROLE),app_rt)

docs: $(DEV) ## regenerate the reference pages that come from code, and check every link
	@$(PY) -m dev.docs

lock: $(DEV) ## resolve pyproject.toml again and write both lock files with hashes (needs uv)
	@uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url -o requirements.txt pyproject.toml
	@uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --extra dev -o requirements-dev.txt pyproject.toml

format: $(DEV) ## format the code
	@$(PY) -m ruff format -q .
	@$(PY) -m ruff check -q --fix .

clean: ## remove .venv and caches; keeps .attestry, where the data and the keys are
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# --- the virtual environment -------------------------------------------------
# The marker lies inside .venv: whoever removes that folder gets a new one. uv is used where it is present.
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Attestry needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Making .venv ..."
	@$(PYTHON) -m venv .venv

$(RUN): requirements.txt | $(PY)
	@echo "Installing the packages of requirements.txt (a minute or two the first time) ..."
	@$(call install,requirements.txt)
	@touch $@

$(DEV): requirements-dev.txt $(RUN) | $(PY)
	@echo "Installing the packages of requirements-dev.txt ..."
	@$(call install,requirements-dev.txt)
	@touch $@

define install
if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(PY) --require-hashes -r $(1); \
else $(PY) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $(1); fi
endef
