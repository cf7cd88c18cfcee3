# One vocabulary: install, demo, test, check, fix. `make help` lists it all.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODE := bot handlers scheduler tests

.DEFAULT_GOAL := help
.PHONY: help install demo test check fix lock torture benchmark accuracy screenshot clean

help: ## what can be made here
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(VENV)/.installed ## create .venv with the bot in it (.venv/bin/depeche)

$(VENV)/.installed: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Depeche needs Python 3.11 or newer; try: make install PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tested: requirements/test.txt $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

demo: install ## the whole bot without any account: prints the address of the board
	$(BIN)/depeche demo

test: $(VENV)/.tested ## run the tests
	$(BIN)/python -m pytest --numprocesses=3 --dist=worksteal

check: $(VENV)/.tested ## format, lint, types, import rules
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/.tested ## format, and mend what the linter can mend
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

lock: ## pin the newest versions that fit pyproject.toml (needs uv)
	uv pip compile pyproject.toml requirements/build.in --universal --python-version 3.11 --upgrade --quiet \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o requirements/run.txt
	uv pip compile requirements/test.in --universal --python-version 3.11 --upgrade --quiet \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o requirements/test.txt
	uv pip compile requirements/bench.in --universal --python-version 3.11 --upgrade --quiet \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o requirements/bench.txt

torture: $(VENV)/.tested ## kill the bot and its redis at every moment, 200 rounds, and count (half an hour)
	PYTHONPATH=. $(BIN)/python -m tests.torture

$(VENV)/.benched: requirements/bench.txt $(VENV)/.tested
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

benchmark: $(VENV)/.benched ## print how the speed compares with plainer ways, measured in the same run
	for script in tests/benchmarks/[a-z]*.py; do PYTHONPATH=. $(BIN)/python $$script; done

accuracy: $(VENV)/.benched ## measure how right pages and feeds are read, beside other tools, and write docs/accuracy.md
	PYTHONPATH=. $(BIN)/python -m tests.accuracy --write docs/accuracy.md

screenshot: $(VENV)/.tested ## make docs/board.png anew from the demo (needs Chromium)
	PYTHONPATH=. $(BIN)/python -m tests.browser.screenshot docs/board.png

gallery: $(VENV)/.tested ## make docs/gallery.md and its pictures anew (needs Chromium and a font with emoji)
	PYTHONPATH=. $(BIN)/python -m tests.browser.gallery docs

clean: ## remove what was installed and built
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
