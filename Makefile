# carbon-ledger. `make` lists the targets. Needed: make, git, Python 3.11 or later with venv; the rest is set up here.
# Nothing is written outside this folder: every cache lies under .tools/.

SHELL := bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

TOOLS := $(CURDIR)/.tools
VENV := .venv/.ready
PROJECT := .venv/.installed
PEERS := .venv/.peers
ANALYSIS := .tools/analysis/.ready
NODE := contracts/node_modules/.ready
JUDGES := tests/credentials/judges/node_modules/.ready
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
PACKAGES := terminal_signer ledger gateway devnet contracts tests

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PIP_CACHE_DIR := $(TOOLS)/cache/pip
export npm_config_cache := $(TOOLS)/cache/npm
export XDG_CACHE_HOME := $(TOOLS)/cache
export APE_DATA_FOLDER := $(TOOLS)/ape
export SOLCX_BINARY_PATH := $(TOOLS)/solcx
# a rustup shim on the PATH writes its settings as soon as somebody asks it for a version
export RUSTUP_HOME := $(TOOLS)/rustup

# make demo ARGS="--readings FILE", make test ARGS="tests/log -x", make bench ARGS="--json"
ARGS ?=

.PHONY: help setup demo test bench soak analysis check lint types layers artifacts docs wheel clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

setup: $(PROJECT) $(NODE) $(JUDGES) ## set up everything that the other targets need (they do it themselves)
	@:

demo: setup ## run the main job: from a meter's readings to a verified certificate (ARGS="--readings FILE")
	@$(BIN)/carbon demo $(ARGS)

test: setup ## run all tests (ARGS="tests/log -x" for some of them)
	@$(BIN)/pytest -n auto --dist loadfile $(ARGS)

bench: setup $(PEERS) ## measure the log, ingest and verification against raw signatures (ARGS="--json")
	@$(BIN)/carbon bench $(ARGS)

soak: setup ## kill processes at random, feed parsers with garbage (ARGS="--kills 300 --inputs 1000000 --seed N")
	@$(BIN)/carbon soak $(ARGS)

analysis: setup $(ANALYSIS) ## slither and halmos over the contracts (docs/contracts-analysis.md)
	@$(BIN)/python -m contracts.analysis
	@cd contracts && export HOME=$(TOOLS)/foundry FOUNDRY_OUT=$(TOOLS)/halmos/out FOUNDRY_CACHE_PATH=$(TOOLS)/halmos/cache \
	  FOUNDRY_TEST=symbolic PATH="$$(dirname "$$(ls node_modules/@foundry-rs/forge-*/bin/forge)"):$$PATH" && \
	  $(TOOLS)/analysis/bin/python halmos_sha256.py --contract AnchorLogSymbolic --loop 10 --forge-build-out $(TOOLS)/halmos/out

check: setup ## everything that must hold besides the tests
	@$(MAKE) --keep-going --jobs 2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) lint types layers artifacts docs wheel

lint: setup ## style and format of the Python code
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet . && echo "ruff: clean"

types: setup ## static types, tests included
	@$(BIN)/mypy --strict $(PACKAGES)

layers: setup ## imports run one way, and the core knows no database, no network
	@$(BIN)/lint-imports --no-logo --cache-dir $(TOOLS)/import-linter

artifacts: setup ## the committed contract artifacts are what the sources compile to
	@$(BIN)/python -m contracts.build --check

docs: setup ## README's commands exist, docs/cli.md is what --help prints
	@$(BIN)/python -m tests.setup.cli_reference --check && $(BIN)/python -m tests.setup.threat_table --check

wheel: setup ## the wheel in an empty environment verifies a bundle, far from this folder
	@$(BIN)/python -m tests.setup.check_wheel

clean: ## remove what set-up, builds, tests and demo made (.venv, .tools, node_modules, .carbon)
	@rm -rf .venv .tools .carbon build dist *.egg-info contracts/node_modules tests/credentials/judges/node_modules contracts/out contracts/cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV): requirements.txt .ci/python-setup
	@python=$$(.ci/find-python) && .ci/step "Python packages, pinned by hash (about a minute the first time)" .ci/python-setup "$$python"
	@touch $@

$(PROJECT): pyproject.toml $(VENV)
	@.ci/step "This project, editable" $(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

$(NODE): contracts/package-lock.json requirements-node.txt .ci/node-setup | $(VENV)
	@.ci/step "Chain tools and contract libraries, pinned (half a minute the first time)" .ci/node-setup
	@touch $@

$(JUDGES): tests/credentials/judges/package-lock.json .ci/judges-setup | $(NODE)
	@.ci/step "Verifiers of credentials by others, for the tests (a few seconds)" .ci/judges-setup && touch $@ \
	  || echo "without them the tests of tests/credentials/test_judges.py skip"

$(PEERS): requirements-bench.txt | $(VENV)
	@-.ci/step "A peer for the benchmark" $(PIP) install --no-deps --no-build-isolation --require-hashes -r requirements-bench.txt
	@-.ci/step "Another one, for gas" $(BIN)/python -m contracts.bench_peer
	@touch $@

$(ANALYSIS): requirements-analysis.txt | $(VENV)
	@$(BIN)/python -m venv $(TOOLS)/analysis
	@.ci/step "Slither and halmos, pinned" $(TOOLS)/analysis/bin/python -m pip --quiet --disable-pip-version-check --no-input \
	  install --no-deps --require-hashes -r requirements-analysis.txt
	@touch $@
