# Two commands do all: `make crawl` sets up and crawls, `make test` sets up and tests.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: crawl test demo lint types docs check setup setup-dev parquet clean

crawl: setup  ## set up and do the main job
	$(BIN)/moit-news crawl

test: setup-dev  ## set up and pass the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

parquet: setup  ## what `moit-news export --format parquet` needs besides
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints-parquet.txt

demo: setup  ## everything in two minutes, without a network
	$(BIN)/python -m tests.world.demo

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-dev
	$(BIN)/mypy

docs: setup-dev  ## write the generated pages of docs/ anew
	$(BIN)/cog -r -P README.md docs/*.md

check: lint types  ## what CI checks besides the tests
	$(BIN)/cog --check -P README.md docs/*.md

setup: .venv/installed
setup-dev: .venv/installed-dev

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "moit-news needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3"; exit 2; }
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python constraints.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/installed-dev: .venv/installed constraints-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints-dev.txt
	@touch $@

clean:
	rm -rf .venv build *.egg-info data-demo
