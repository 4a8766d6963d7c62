# What a person calls, CI calls too.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test test-fast lint format lock openapi clean
help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/runtime: requirements/runtime.lock pyproject.toml scripts/bootstrap.sh
	PYTHON=$(PYTHON) sh scripts/bootstrap.sh runtime
	@touch $@

.venv/dev: requirements/dev.lock pyproject.toml scripts/bootstrap.sh
	PYTHON=$(PYTHON) sh scripts/bootstrap.sh dev
	@touch $@ .venv/runtime

demo: .venv/runtime ## Start the service, find a model for a real table, ask it for a prediction
	$(BIN)/winnow demo

test: .venv/dev ## Run every test, the slow ones too
	$(BIN)/pytest -n 2 --dist worksteal --cov --cov-report=term

test-fast: .venv/dev ## Run the tests that take no servers and no minutes
	$(BIN)/pytest -m "not slow"

lint: .venv/dev ## Style, types, import contracts, Dockerfile
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile

format: .venv/dev ## Rewrite the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: .venv/dev ## Write openapi.yaml anew from the code's own types
	$(BIN)/python -m service.api.openapi > openapi.yaml

lock: .venv/dev ## Resolve the dependencies anew into requirements/*.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra postgres \
		pyproject.toml -o requirements/runtime.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra postgres \
		--extra dask pyproject.toml -c requirements/runtime.lock -o requirements/dask.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra postgres \
		--extra dask --extra ctranslate2 --group dev pyproject.toml -c requirements/dask.lock -o requirements/dev.lock

clean: ## Remove what was installed and cached
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
