# What one does with this checkout. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
PACKAGES := accounts schools homework afterschool training inspections reports paper embedded shuangjian
ARGS ?=

# Commands of a checkout that was never set up set it up first.
.env:
	@bin/setup

.PHONY: setup
setup: ## 安装一切，建好空数据库 (set everything up, with an empty database)
	@bin/setup
	@echo "✓ 已装好：make demo 看演示，make run 打开网页。Ready."

.PHONY: demo
demo: ## 演示：虚构的一个市，直到县、市报告 PDF (a fictional city, down to its reports)
	@bin/setup
	@$(PYTHON) -m embedded demo $(ARGS)

.PHONY: run
run: ## 运行网页、任务和定时程序，PORT=8000，Ctrl-C 停止 (web, worker and beat)
	@bin/setup
	@$(PYTHON) -m embedded run

.PHONY: worker
worker: .env ## 再加一个任务进程 (one more worker)
	@$(PYTHON) -m embedded worker

.PHONY: manage
manage: .env ## 一条管理命令：make manage ARGS="命令 --选项" (one management command)
	@$(PYTHON) -m embedded manage $(ARGS)

.PHONY: migrate
migrate: .env ## 更新数据库结构 (migrate the database)
	@$(PYTHON) -m embedded manage migrate

.PHONY: test
test: ## 全部测试，可加 ARGS="tests/homework -k 名称" (the whole suite)
	@bin/setup --tests
	@$(PYTHON) -m embedded test $(ARGS)

.PHONY: check
check: ## 格式、规范、类型、依赖方向、迁移、部署设置 (everything but the tests)
	@bin/setup --tests
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	.venv/bin/lint-imports
	.venv/bin/djhtml --check templates
	$(PYTHON) -m embedded types $(PACKAGES)
	$(PYTHON) -m embedded check

.PHONY: lint
lint: ## 只查规范和依赖方向 (lint only)
	$(PYTHON) -m ruff check .
	.venv/bin/lint-imports

.PHONY: format
format: ## 整理代码和模板格式 (format code and templates)
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .
	.venv/bin/djhtml templates

.PHONY: types
types: ## 只查类型 (types only)
	@$(PYTHON) -m embedded types $(PACKAGES)

.PHONY: bench
bench: ## 测量，结果在 var/bench/ (measurements)
	@bin/setup --tests
	@$(PYTHON) -m embedded bench $(ARGS)

.PHONY: help
help: ## 列出这些目标 (this list)
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
