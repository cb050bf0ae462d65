# Everything here works on a machine with Python 3.11 or newer and make; what is missing is installed into .venv, hash-checked wheels only.

HOST ?= 127.0.0.1
PORT ?= 8000
# What to run of the tests: make test PYTEST_ARGS='tests/core/clients -k phone'
PYTEST_ARGS ?=
BENCH_ARGS ?=
# make lock UPGRADE=--upgrade takes the newest versions, UPGRADE='--upgrade-package flask' those of one package.
UPGRADE ?=
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
LANGUAGES := ro
# The core's texts are in several folders, a plugin's in its own.
TRANSLATED := core $(patsubst %/__init__.py,%,$(wildcard plugins/*/__init__.py))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test check lint format-check types template-check translation-check format translations bench docs lock

help:
	@echo 'make run           the demo shop at http://$(HOST):$(PORT) (HOST= and PORT= change it)'
	@echo 'make test          the whole suite (PYTEST_ARGS= chooses)'
	@echo 'make check         lint, format, types, templates, translations'
	@echo 'make install       the environment only'
	@echo 'make format        put the code into its form'
	@echo 'make translations  collect the texts, update and compile the catalogues'
	@echo 'make bench         measure, into docs/performance.md'
	@echo 'make docs          the documentation, into docs/_build/html'
	@echo 'make lock          the versions and hashes of requirements/ (UPGRADE=--upgrade for newer ones)'

# ---- the environment: one stamp for each state, so that a second start does nothing

$(VENV)/.made:
	@test -n '$(PYTHON)' || { echo 'Workmanager needs Python 3.11 or newer; none was found. PYTHON=/path/to/python3 names one.' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@echo 'Making $(VENV) with $(PYTHON)'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# The packages come as wheels whose hashes are in the lock; setuptools, which installs the checkout itself, is one of them.
define install
	@echo 'Installing $(1) into $(VENV)'
	@$(PIP) install --require-hashes --only-binary :all: -r $(1)
	@$(PIP) install --no-deps --no-build-isolation -e .
endef

$(VENV)/.run: $(VENV)/.made requirements/run.txt setup.cfg
	$(call install,requirements/run.txt)
	@touch $@

$(VENV)/.dev: $(VENV)/.made requirements/dev.txt setup.cfg
	$(call install,requirements/dev.txt)
	@touch $(VENV)/.run $@

install: $(VENV)/.run

run: install
	@exec $(BIN)/workmanager demo --host '$(HOST)' --port '$(PORT)'

# ---- tests and checks

# In memory where there is some: thousands of databases are made, and none of them has to survive a power cut.
MEMORY := $(shell df --output=avail -m /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 3000 { print "/dev/shm" }')

test: $(VENV)/.dev
	$(if $(MEMORY),TMPDIR=$(MEMORY)) $(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

check: lint format-check types template-check translation-check

lint: $(VENV)/.dev
	$(BIN)/ruff check .

format-check: $(VENV)/.dev
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

template-check: $(VENV)/.dev
	$(BIN)/djlint --lint --quiet templates plugins

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench $(BENCH_ARGS)

docs: $(VENV)/.dev
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet -b html docs docs/_build/html
	@echo 'docs/_build/html/index.html'

# ---- translations: English is in the source, the other languages in <owner>/translations/<language>/LC_MESSAGES/messages.po

sources = $(if $(filter core,$(1)),core templates workmanager,$(1))
template = build/translations/$(subst /,.,$(1)).pot
# A message that is new is empty, never guessed; one that is gone leaves the catalogue. Line numbers stay out of it.
UPDATE := $(BIN)/pybabel --quiet update --domain messages --width 110 --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
catalogue = $(1)/translations/$(2)/LC_MESSAGES/messages

define extract
@mkdir -p build/translations
@$(BIN)/pybabel --quiet extract --mapping babel.cfg --output $(call template,$(1)) --width 110 --no-location --sort-output \
	--keywords lazy_gettext --keywords _l --keywords lazy_ngettext:1,2 --keywords lazy_pgettext:1c,2 --add-comments Translators: --strip-comments \
	--project Workmanager --version '' --copyright-holder 'the Workmanager contributors' $(call sources,$(1))

endef
define update
@$(UPDATE) --init-missing --locale $(2) --input-file $(call template,$(1)) --output-dir $(1)/translations
@$(BIN)/pybabel --quiet compile --input-file $(call catalogue,$(1),$(2)).po --output-file $(call catalogue,$(1),$(2)).mo --locale $(2)

endef
define compare
@$(UPDATE) --check --init-missing --locale $(2) --input-file $(call template,$(1)) --output-dir $(1)/translations 2>/dev/null || \
	{ echo '$(call catalogue,$(1),$(2)).po is behind the source: make translations' >&2; exit 1; }
@$(BIN)/pybabel --quiet compile --input-file $(call catalogue,$(1),$(2)).po --output-file $(call template,$(1)).$(2).mo --locale $(2)
@cmp $(call template,$(1)).$(2).mo $(call catalogue,$(1),$(2)).mo || \
	{ echo '$(call catalogue,$(1),$(2)).mo is older than its .po: make translations' >&2; exit 1; }

endef

translations: $(VENV)/.dev
	$(foreach owner,$(TRANSLATED),$(call extract,$(owner)))
	$(foreach owner,$(TRANSLATED),$(foreach language,$(LANGUAGES),$(call update,$(owner),$(language))))

translation-check: $(VENV)/.dev
	$(foreach owner,$(TRANSLATED),$(call extract,$(owner)))
	$(foreach owner,$(TRANSLATED),$(foreach language,$(LANGUAGES),$(call compare,$(owner),$(language))))

# ---- the lock: exact versions for every platform and Python, each with its hashes and no address

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $(UPGRADE)

lock: $(VENV)/.dev
	$(COMPILE) setup.cfg requirements/build.in --extra postgres --output-file requirements/run.txt
	$(COMPILE) setup.cfg requirements/build.in --extra postgres --extra test --extra dev --extra docs \
		--constraints requirements/run.txt --output-file requirements/dev.txt
