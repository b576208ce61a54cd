# Every target sets up what it needs. Wanted: python3 >= 3.11, cargo >= 1.85; uv is used when present.

PYTHON ?= python3
BIN := .venv/bin
PACKAGES := .venv/packages-of-the-lock
COVERED := .venv/covered-by-domain-tests
COMPILED := native/_native.abi3.so
RUST := Cargo.toml Cargo.lock $(shell find native -name '*.rs' -o -name Cargo.toml)

ifneq ($(shell command -v uv 2>/dev/null),)
INSTALL := uv pip install --quiet --python $(BIN)/python --no-deps
EDITABLE := --reinstall --offline --no-build-isolation --editable .
else
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
EDITABLE := --no-index --no-build-isolation --editable .
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check check-python check-rust coverage bench live-path soak peers nautilus fuzz mutants faults build format lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: build ## set up and run the main job: candles in, closed trades with reasons out
	@$(BIN)/slt run $(ARGS)

test: build ## set up and run every test (ARGS="-k swing" for some)
	@$(BIN)/python -m pytest $(ARGS)

check: check-python check-rust coverage test ## the whole gate: what must pass before a commit

check-python: build ## formatting, lint, types, import contracts, stub of the compiled module
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest native._native
	$(BIN)/lint-imports --no-logo

check-rust: cargo ## formatting, clippy and tests of the Rust side
	cargo fmt --check
	cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
	cargo test --quiet --locked --workspace

coverage: build ## every line and branch of domain/, each file from its own test file
	@COVERAGE_FILE=$(COVERED) $(BIN)/python -m pytest -q tests/domain --cov=domain --cov-branch --cov-context=test --cov-report=
	@$(BIN)/python -m tests.architecture.own_test_coverage $(COVERED)

bench: build ## speed, on a release build (ARGS="-k aggregator" for some)
	@$(BIN)/python -m pytest benchmarks --benchmark-enable --benchmark-timer=time.process_time -p no:randomly $(ARGS)

live-path: build ## from frame to order and from closed candle to decision, over real sockets (two minutes)
	@$(BIN)/python -m benchmarks.live_path

MINUTES ?= 60
soak: build ## whether memory stays flat at 20,000 frames a second (MINUTES=10 for less than an hour)
	@$(BIN)/python -m benchmarks.soak --minutes $(MINUTES)

peers: build .venv/peers.txt ## our engine and forest beside what others offer (installs them for this alone)
	@PYTHONPATH=.:.venv/peers $(BIN)/python -m benchmarks.peers

nautilus: build .venv/nautilus.txt ## whole backtests, ours beside NautilusTrader's (installs it for this alone)
	@PYTHONPATH=.:.venv/nautilus $(BIN)/python -m benchmarks.nautilus

fuzz: cargo ## feed the structure engine whatever breaks it, for five minutes (needs cargo-fuzz and a nightly)
	cd native && cargo +nightly fuzz run structure_engine -- -max_total_time=300 -max_len=4096 -print_final_stats=1

mutants: build ## plant defects in a copy of the compiled engine and see each one caught (some minutes)
	@$(BIN)/python -m tests.parity.mutants

faults: build ## a simulated day at a venue where everything goes wrong, and its log (ARGS="--seed 7 --hours 24")
	@$(BIN)/python -m tests.faults.log_of_a_run $(ARGS)

build: $(COMPILED) ## the private environment in .venv and the compiled module

format: build ## rewrite Python and Rust in the house's format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	cargo fmt

lock: ## pin every Python package again, with hashes (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade --no-header --no-annotate \
		--group pyproject.toml:dev pyproject.toml --output-file requirements.lock

clean: ## remove everything that make made, the environment included
	rm -rf .venv target dist $(COMPILED) .coverage .benchmarks .hypothesis
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: cargo python
cargo:
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust 1.85 or newer (rustup.rs, or your distribution's rustup or cargo package) and run make again" >&2; exit 1; }
	@cargo --version | awk '{split($$2, v, "."); exit !(v[1] > 1 || v[2] >= 85)}' || { echo "$$(cargo --version) is too old: install Rust 1.85 or newer (rustup.rs, or your distribution's rustup package) and run make again" >&2; exit 1; }

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Python 3.11 or newer is needed: install it and run make again, or name it: make PYTHON=python3.12" >&2; exit 1; }

$(PACKAGES): requirements.lock | python cargo
	@echo "setting up the private environment in .venv (about a minute the first time)"
	@$(BIN)/python -c '' 2>/dev/null || { rm -rf .venv && $(PYTHON) -m venv .venv; }
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@touch $@

.venv/peers.txt .venv/nautilus.txt: .venv/%.txt: pyproject.toml | $(COMPILED)
	@echo "setting up .venv/$* (about a minute)"
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("$<", "rb"))["dependency-groups"]["$*"], sep="\n")' > $@
	@rm -rf .venv/$* && $(subst --no-deps,,$(INSTALL)) --target .venv/$* --requirement $@

$(COMPILED): $(PACKAGES) pyproject.toml $(RUST) | cargo
	@echo "compiling native/ (about half a minute the first time)"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(INSTALL) $(EDITABLE)
	@touch $@
