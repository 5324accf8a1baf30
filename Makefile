# Everything a person or CI runs. Each target sets up what it needs; a second call finds it done.
PYTHON ?= python3
VENV := .venv
TRAINING_VENV := .venv-training
BIN := $(VENV)/bin
KAFKA_LIB := deploy/kafka/lib

.PHONY: install demo test check tests training-tests lock clean

install: $(VENV)/installed

$(VENV)/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "streamdeid needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(KAFKA_LIB)/installed: deploy/kafka/pom.xml
	@command -v java >/dev/null || { echo "the Kafka tests need Java 17 or newer (java is not on the PATH)" >&2; exit 1; }
	@command -v mvn >/dev/null || { echo "the Kafka tests need Maven (mvn is not on the PATH)" >&2; exit 1; }
	mvn -q -B -f deploy/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory=lib
	@touch $@

demo: install ## made-up patients through an embedded broker: before, after, counts
	$(BIN)/streamdeid demo

$(TRAINING_VENV)/installed: requirements.lock requirements-training.lock pyproject.toml
	$(PYTHON) -m venv $(TRAINING_VENV)
	$(TRAINING_VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements.lock -r requirements-training.lock
	$(TRAINING_VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

test: install $(KAFKA_LIB)/installed check tests training-tests ## all that CI runs

check: install ## style, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

tests: install $(KAFKA_LIB)/installed
	$(BIN)/pytest --cov --cov-report=term

training-tests: $(TRAINING_VENV)/installed ## the trainer and the exporter, which alone need PyTorch
	$(TRAINING_VENV)/bin/pytest tests/with_torch

lock: ## pin what pyproject.toml asks for, without index addresses
	$(BIN)/pip-compile --quiet --no-emit-index-url --no-emit-find-links --no-emit-options --no-header \
		--strip-extras --extra dev --extra embedded --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --no-emit-index-url --no-emit-find-links --no-emit-options --no-header --no-annotate \
		--strip-extras --extra train --constraint requirements.lock --output-file requirements-training.lock pyproject.toml

clean:
	rm -rf $(VENV) $(TRAINING_VENV) $(KAFKA_LIB)
