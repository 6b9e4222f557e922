# craftpath 匠途: one door. Bare `make` prints the menu below.
#
# .venv is made when something needs it, in three steps, each with its own lock and stamp: run
# (what the command needs), dev (tests, linters, benchmarks), spark (PySpark, a large download).

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := menu
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PIP_FLAGS := -qq --disable-pip-version-check
PYTEST_FLAGS ?= -n 2

# numba compiles a kernel anew when its own file changes, but not when a helper or a constant in
# another file does. A cache folder named after the text of all of them cannot go stale.
KERNELS := $(wildcard src/craftpath/engine/kernels/*.py src/craftpath/evidence/check*.py) \
	src/craftpath/engine/columns.py src/craftpath/engine/days.py
export NUMBA_CACHE_DIR := $(CURDIR)/.cache/numba/$(shell cat $(KERNELS) | sha256sum | cut -c1-12)
WARM := $(NUMBA_CACHE_DIR)/venv.stamp

.PHONY: menu
menu: ## this menu
	@echo "craftpath 匠途: dated records go in; the days on which somebody qualifies come out"
	@echo
	@grep -hE '^[a-z0-9.-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9.-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 26

# --- use ------------------------------------------------------------------------------------

.PHONY: demo
demo: .venv/run.stamp $(WARM) ## a sample city at http://127.0.0.1:8000, with an account for each role
	@$(BIN)/craftpath demo $(ARGS)

.PHONY: demo-population
demo-population: .venv/run.stamp $(WARM) ## 100,000 sample people, every rule, a summary, one worker explained
	@rm -rf population
	$(BIN)/craftpath sample --people 100000 --out population
	$(BIN)/craftpath decide population/records.parquet --pack guangdong --as-of 2025-08-27 --out population/decisions.parquet
	$(BIN)/craftpath explain population/records.parquet --pack guangdong --party 1 --as-of 2025-08-27 --lang zh
	$(BIN)/craftpath explain population/records.parquet --pack guangdong --party 1 --as-of 2025-08-27 --lang en

.PHONY: bench
bench: .venv/dev.stamp $(WARM) ## measure side by side, write docs/benchmarks/DATE.md (ARGS=--small: a minute)
	$(BIN)/python -m benchmarks $(ARGS)

# --- check ----------------------------------------------------------------------------------

# The lanes beside the plain one each have their folder or their database. DATABASE_URL is taken
# away where SQLite is meant, so that a lane is what its name says whatever the shell exports.
ON_SQLITE := env --unset=DATABASE_URL
PLAIN := --ignore tests/spark --ignore tests/browser --ignore tests/interop
# What the lanes beside the plain one leave out: pages and endpoints do as the actions that they call.
PAGES := --ignore tests/apps/web --ignore tests/apps/api
# Who may do what is asked of a table in Python, whatever the database: every role on every page and action.
ROLES := --ignore tests/apps/access/test_roles.py --ignore tests/apps/access/test_roles_actions.py
# On another Python: everything that computes, and of the site the part that everything rests on.
SITE_BUT_REGISTRY := $(addprefix --ignore ,$(filter-out %/registry/ %/__pycache__/,$(wildcard tests/apps/*/)))

.PHONY: test
test: test-all test-3.13 test-postgres test-browser test-interop test-spark ## every test: Python 3.11 and 3.13, SQLite and PostgreSQL, browser, other people's verifiers, Spark

.PHONY: test-all
test-all: .venv/dev.stamp $(WARM)
	CRAFTPATH_THOROUGH=1 $(ON_SQLITE) $(BIN)/pytest $(PYTEST_FLAGS) $(PLAIN)

.PHONY: test-fast
test-fast: .venv/dev.stamp $(WARM) ## what computes, and the registry, without what is slow: a minute or two
	$(ON_SQLITE) $(BIN)/pytest $(PYTEST_FLAGS) $(PLAIN) $(SITE_BUT_REGISTRY) -m "not slow"

.PHONY: test-3.13
test-3.13: .venv/dev.stamp
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] == (3, 13))' && .ci/find-python 3.13 >/dev/null; then \
		$(MAKE) .venv-3.13/dev.stamp $(NUMBA_CACHE_DIR)/venv-3.13.stamp; \
		echo .venv-3.13/bin/pytest $(PYTEST_FLAGS) $(PLAIN) $(SITE_BUT_REGISTRY) -m "'not slow'"; \
		$(ON_SQLITE) .venv-3.13/bin/pytest $(PYTEST_FLAGS) $(PLAIN) $(SITE_BUT_REGISTRY) -m "not slow"; \
	else \
		echo "No second Python 3.13 was found: its lane is skipped."; \
	fi

# On PostgreSQL: what is quick, and of the slow ones those that are about the database.
ABOUT_THE_DATABASE := tests/races tests/apps/operations/test_keeping.py \
	tests/apps/operations/test_working.py tests/apps/registry/test_killed.py

.PHONY: test-postgres
test-postgres: .venv/dev.stamp $(WARM) ## the platform's tests on a throw-away PostgreSQL
	@if ! .ci/postgres find >/dev/null; then \
		.ci/missing "PostgreSQL lane" "no PostgreSQL was found under /usr/lib/postgresql"; \
	else \
		echo .ci/postgres run $(BIN)/pytest $(PYTEST_FLAGS) tests/apps $(PAGES) $(ROLES) -m "'not slow'"; \
		.ci/postgres run $(BIN)/pytest $(PYTEST_FLAGS) tests/apps $(PAGES) $(ROLES) -m "not slow"; \
		echo .ci/postgres run $(BIN)/pytest $(PYTEST_FLAGS) $(ABOUT_THE_DATABASE) -m slow; \
		.ci/postgres run $(BIN)/pytest $(PYTEST_FLAGS) $(ABOUT_THE_DATABASE) -m slow; \
	fi

.PHONY: test-browser
test-browser: .venv/dev.stamp $(WARM) ## the pages in Chromium, as a person and a screen reader meet them
	@if ! command -v chromium >/dev/null; then \
		.ci/missing "browser lane" "no chromium was found"; \
	else \
		echo $(BIN)/pytest $(PYTEST_FLAGS) tests/browser; \
		$(ON_SQLITE) $(BIN)/pytest $(PYTEST_FLAGS) tests/browser; \
	fi

.PHONY: test-interop
test-interop: .venv/dev.stamp ## our credentials, verified by four libraries of other people
	@if ! command -v node >/dev/null || ! command -v npm >/dev/null; then \
		.ci/missing "interop lane" "no node with npm was found"; \
	else \
		$(MAKE) tests/interop/node_modules/interop.stamp .venv-interop/interop.stamp; \
		echo $(BIN)/pytest tests/interop; \
		$(ON_SQLITE) $(BIN)/pytest tests/interop; \
	fi

.PHONY: test-spark
test-spark: .venv/dev.stamp $(WARM)
	@if java -version >/dev/null 2>&1; then $(MAKE) .venv/spark.stamp; fi
	$(BIN)/pytest tests/spark -rs

.PHONY: lint
lint: .venv/dev.stamp ## format, lint, types and import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

.PHONY: format
format: .venv/dev.stamp ## put formatting and what ruff can mend in order
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# --- keep -----------------------------------------------------------------------------------

UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.PHONY: lock
lock: .venv/dev.stamp ## write requirements/*.lock anew from pyproject.toml (UPGRADE=--upgrade: newest)
	$(UV_COMPILE) $(UPGRADE) pyproject.toml --group dev -o requirements/dev.lock
	$(UV_COMPILE) $(UPGRADE) pyproject.toml --group build -c requirements/dev.lock -o requirements/run.lock
	$(UV_COMPILE) $(UPGRADE) pyproject.toml --extra spark -c requirements/dev.lock -o requirements/spark.lock
	$(UV_COMPILE) $(UPGRADE) --group pyproject.toml:interop -o requirements/interop.lock
	cd tests/interop && npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

.PHONY: system-packages
system-packages: ## what the tests need from Debian: Python, PostgreSQL, Chromium, Node, Java
	@.ci/install

.PHONY: clean
clean: ## remove environments, caches and the demo
	rm -rf .venv .venv-3.13 .venv-interop .cache build dist demo population benchmarks/data
	rm -rf tests/interop/node_modules
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environments ---------------------------------------------------------------------------

.venv/run.stamp: requirements/run.lock pyproject.toml
	@python=$$(.ci/find-python) || { echo "No Python 3.11 or later with venv was found. On Debian: apt-get install python3-venv"; exit 1; }; \
	echo "Making .venv with $$($$python --version)"; \
	test -x $(BIN)/python || $$python -m venv .venv
	@$(BIN)/pip install $(PIP_FLAGS) --require-hashes -r $<
	@$(BIN)/pip install $(PIP_FLAGS) --no-deps --no-build-isolation --editable .
	@touch $@

# Compiling the kernels takes half a minute or more: once, and not by two test workers at a time.
$(NUMBA_CACHE_DIR)/%.stamp:
	@echo "Compiling the kernels for .$*, once"
	@mkdir -p $(@D)
	@.$*/bin/craftpath sample --people 50 --out $(@D)/$* >/dev/null
	@.$*/bin/craftpath decide $(@D)/$*/records.parquet --as-of 2025-08-27 --out $(@D)/$*/decisions.parquet >/dev/null
	@.$*/bin/craftpath explain $(@D)/$*/records.parquet --party 1 --as-of 2025-08-27 >/dev/null
	@rm -r $(@D)/$*
	@touch $@

.venv/dev.stamp: requirements/dev.lock .venv/run.stamp
	@echo "Adding tests, linters and benchmarks to .venv"
	@$(BIN)/pip install $(PIP_FLAGS) --require-hashes -r $<
	@touch $@

.venv/spark.stamp: requirements/spark.lock .venv/dev.stamp
	@echo "Adding PySpark to .venv: a download of some hundred megabytes"
	@$(BIN)/pip install $(PIP_FLAGS) --require-hashes --no-build-isolation --use-pep517 -r $<
	@touch $@

.venv-3.13/dev.stamp: requirements/dev.lock pyproject.toml
	@echo "Making .venv-3.13"
	@test -x .venv-3.13/bin/python || $$(.ci/find-python 3.13) -m venv .venv-3.13
	@.venv-3.13/bin/pip install $(PIP_FLAGS) --require-hashes -r $<
	@.venv-3.13/bin/pip install $(PIP_FLAGS) --no-deps --no-build-isolation --editable .
	@touch $@

# The verifiers of other people have environments of their own: nothing of them reaches craftpath's.
.venv-interop/interop.stamp: requirements/interop.lock
	@echo "Making .venv-interop"
	@test -x .venv-interop/bin/python || $$(.ci/find-python) -m venv .venv-interop
	@.venv-interop/bin/pip install $(PIP_FLAGS) --require-hashes -r $<
	@touch $@

tests/interop/node_modules/interop.stamp: tests/interop/package.json tests/interop/package-lock.json
	@echo "Installing the verifiers in JavaScript"
	@cd tests/interop && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@
