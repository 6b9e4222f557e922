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
# Python compiles a module when it is first imported: most of these hundred thousand never are.
PIP_FLAGS := -qq --disable-pip-version-check --no-compile
PYTEST_FLAGS ?=
# Containers like to set it. Then each of the hundreds of processes that the tests start would compile
# two thousand modules anew, for three seconds.
unexport PYTHONDONTWRITEBYTECODE

# What the kernels are compiled from. They are kept by their text, outside of this folder
# (src/craftpath/engine/kernels/cache.py); a stamp here says that they are there.
KERNELS := $(wildcard src/craftpath/engine/kernels/*.py) src/craftpath/engine/columns.py \
	src/craftpath/engine/days.py src/craftpath/evidence/check_kernel.py src/craftpath/evidence/reasons.py
WARM := .cache/kernels/venv.stamp

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

# Each lane is one process on one core; `.ci/lanes` runs one more side by side than there are cores,
# those that take longest first. DATABASE_URL is taken away where SQLite is meant, so that a lane is
# what its name says whatever the shell exports.
#
# CRAFTPATH_THOROUGH=1 lets every lane run all that it has: laws on hundreds of examples instead of
# dozens, what is marked thorough, on PostgreSQL all of the site's actions, and on the other Python all
# of the core.
LANES := +test-spark test-site test-postgres test-browser test-pages test-core test-3.13 test-interop
ON_SQLITE := env --unset=DATABASE_URL
PAGES := tests/apps/web tests/apps/api tests/apps/access
SITE := tests/races tests/upgrades $(sort $(filter-out $(PAGES),$(patsubst %/,%,$(dir $(wildcard tests/apps/*/test_*.py))))) $(wildcard tests/apps/test_*.py)
CORE := $(filter-out %/apps/ %/races/ %/upgrades/ %/browser/ %/interop/ %/spark/ %/__pycache__/,$(wildcard tests/*/))

.PHONY: test
test: environments ## every test, as CI runs it: within ten minutes on two cores
	@$(BIN)/python .ci/lanes $(LANES)

.PHONY: test-thorough
test-thorough: environments ## the same, and what takes too long for every change
	@CRAFTPATH_THOROUGH=1 $(BIN)/python .ci/lanes $(LANES)

.PHONY: test-fast
test-fast: .venv/dev.stamp $(WARM) ## what computes, and the registry, without what is slow: a minute
	@$(BIN)/python .ci/lanes test-fast-core test-fast-rest

# Two halves that take alike.
FAST := $(filter %/laws/ %/cli/ %/allotment/ %/library/ %/sample/,$(CORE))
.PHONY: test-fast-core test-fast-rest
test-fast-core:
	$(ON_SQLITE) $(BIN)/pytest $(PYTEST_FLAGS) $(FAST) tests/apps/registry -m "not slow"
test-fast-rest:
	$(ON_SQLITE) $(BIN)/pytest $(PYTEST_FLAGS) $(filter-out $(FAST),$(CORE)) tests/apps/audit tests/apps/test_*.py -m "not slow"

.PHONY: test-core
test-core: .venv/dev.stamp $(WARM) ## what computes, and the command
	$(ON_SQLITE) $(BIN)/pytest $(PYTEST_FLAGS) $(CORE) -m "not spark"

.PHONY: test-site
test-site: .venv/dev.stamp $(WARM) ## what the site does: actions, queries, races, kills
	$(ON_SQLITE) $(BIN)/pytest $(PYTEST_FLAGS) $(SITE)

.PHONY: test-pages
test-pages: .venv/dev.stamp $(WARM) ## its pages, its interface, and who may see and do what
	$(ON_SQLITE) $(BIN)/pytest $(PYTEST_FLAGS) $(PAGES)

# On another Python: rules, records, decisions and credentials.
ON_ANOTHER := $(addprefix tests/,laws packs evidence eligibility library golden proof)
MORE_ON_ANOTHER := tests/pack tests/races tests/apps/registry $(wildcard tests/apps/test_*.py)

.PHONY: test-3.13
test-3.13: .venv/dev.stamp ## what computes, on another Python
	@if $(SECOND_PYTHON); then \
		$(MAKE) .venv-3.13/dev.stamp .cache/kernels/venv-3.13.stamp; \
		$(ON_SQLITE) .venv-3.13/bin/pytest $(PYTEST_FLAGS) $(if $(CRAFTPATH_THOROUGH),$(CORE) $(MORE_ON_ANOTHER),$(ON_ANOTHER)) -m "not slow"; \
	else \
		echo "No second Python 3.13 was found: its lane is skipped."; \
	fi
SECOND_PYTHON := .ci/find-python 3.13 >/dev/null && [ "$$(.ci/find-python)" != "$$(.ci/find-python 3.13)" ]
WITH_NODE := command -v node >/dev/null && command -v npm >/dev/null
WITH_CHROMIUM := command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null
WITH_JAVA := java -version >/dev/null 2>&1

# On PostgreSQL: what is about the database. Parties, records, imports, applications, places and the
# audit, whose queries, locks and constraints differ; races, kills, backups, upgrades. Pages and
# endpoints do as the actions below them, and who may do what is a table in Python.
ON_POSTGRES := $(addprefix tests/,races upgrades apps/audit apps/operations apps/programmes apps/registry) \
	$(wildcard tests/apps/test_*.py)
NOT_WRITES := --ignore tests/apps/registry/test_writes.py
NOT_ROLES := --ignore tests/apps/access/test_roles.py --ignore tests/apps/access/test_roles_actions.py

.PHONY: test-postgres
test-postgres: .venv/dev.stamp $(WARM) ## what the site does, on a throw-away PostgreSQL
	@if ! .ci/postgres find >/dev/null; then \
		.ci/missing "PostgreSQL lane" "no PostgreSQL was found under /usr/lib/postgresql"; \
	else \
		.ci/postgres run $(BIN)/pytest $(PYTEST_FLAGS) $(if $(CRAFTPATH_THOROUGH),$(SITE) tests/apps/access $(NOT_ROLES),$(ON_POSTGRES) $(NOT_WRITES) -m "not slow or database"); \
	fi

.PHONY: test-browser
test-browser: .venv/dev.stamp $(WARM) ## the pages in Chromium, as a person and a screen reader meet them
	@if ! { $(WITH_CHROMIUM); }; then \
		.ci/missing "browser lane" "no chromium was found"; \
	else \
		$(ON_SQLITE) $(BIN)/pytest $(PYTEST_FLAGS) tests/browser; \
	fi

.PHONY: test-interop
test-interop: .venv/dev.stamp ## our credentials, verified by four libraries of other people
	@if ! { $(WITH_NODE); }; then \
		.ci/missing "interop lane" "no node with npm was found"; \
	else \
		$(MAKE) tests/interop/node_modules/interop.stamp .venv-interop/interop.stamp; \
		$(ON_SQLITE) $(BIN)/pytest $(PYTEST_FLAGS) tests/interop; \
	fi

.PHONY: test-spark
test-spark: .venv/dev.stamp $(WARM) ## the road past one machine
	@if $(WITH_JAVA); then $(MAKE) .venv/spark.stamp; fi
	$(ON_SQLITE) $(BIN)/pytest $(PYTEST_FLAGS) tests/spark tests/cli/test_spark.py -rs

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
	@echo "Compiled kernels stay in the user's cache (~/.cache/craftpath)."
	rm -rf .venv .venv-3.13 .venv-interop .cache build dist demo population benchmarks/data
	rm -rf tests/interop/node_modules
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environments ---------------------------------------------------------------------------

# All that the lanes need, two at a time.
.PHONY: environments
environments:
	@wanted=".venv/dev.stamp $(WARM)"; \
	if $(SECOND_PYTHON); then wanted+=" .cache/kernels/venv-3.13.stamp"; fi; \
	if $(WITH_JAVA); then wanted+=" .venv/spark.stamp"; fi; \
	if $(WITH_NODE); then wanted+=" .venv-interop/interop.stamp tests/interop/node_modules/interop.stamp"; fi; \
	$(MAKE) --silent -j2 $$wanted

.venv/run.stamp: requirements/run.lock pyproject.toml
	@python=$$(.ci/find-python) || { echo "No Python 3.11 or later with venv was found. On Debian: apt-get install python3-venv"; exit 1; }; \
	echo "Making .venv with $$($$python --version)"; \
	test -x $(BIN)/python || $$python -m venv .venv
	@$(BIN)/pip install $(PIP_FLAGS) --require-hashes -r $<
	@$(BIN)/pip install $(PIP_FLAGS) --no-deps --no-build-isolation --editable .
	@touch $@

# Compiling the kernels takes a minute: once for each text of them and each Python, whatever the
# clone, and not by two lanes at a time. Where they are kept already it takes some seconds.
.cache/kernels/venv.stamp: | .venv/run.stamp
.cache/kernels/venv-3.13.stamp: | .venv-3.13/dev.stamp
.cache/kernels/%.stamp: $(KERNELS)
	@echo "Compiling the kernels for .$*, unless they are kept"
	@mkdir -p $(@D)
	@.$*/bin/craftpath sample --people 50 --out $(@D)/$* >/dev/null
	@.$*/bin/craftpath explain $(@D)/$*/records.parquet --party 1 --as-of 2025-08-27 >/dev/null & one=$$!; \
	.$*/bin/craftpath decide $(@D)/$*/records.parquet --as-of 2025-08-27 --out $(@D)/$*/decisions.parquet >/dev/null; \
	wait $$one
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
