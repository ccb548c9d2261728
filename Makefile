# `make` alone lists the targets. Each does its own set-up: what is missing or out of date is installed and
# built first.
SHELL := bash
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

installed := node_modules/.package-lock.json
built := dist/.built
packages := packages/.built
page := dist/.built-web
sources := $(shell find src -type f)
package_sources := $(shell find packages -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -name .built)
# What the page may be made of: see web-is-a-page in .dependency-cruiser.cjs.
page_sources := $(shell find packages/web packages/client/src src/live src/logs src/pipeline src/query src/text -type f -not -path '*/node_modules/*')
compose := $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)

.PHONY: help demo dev test check format unit integration standalone e2e test-gcp bench bench-growth bench-read-large bench-compare profile chaos
.PHONY: chaos-retention chaos-agent soak build web-dev pictures package up down clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(built) $(page) ## simulated services → Pub/Sub → worker → both tables, all embedded, in seconds
	@./lms demo

dev: $(built) $(page) ## all of LMS in one process, for your own programs to use: ARGS='--sim' or --help
	@./lms dev $(ARGS)

test: $(built) $(packages) $(page) mariadb ## everything: tests without servers and with them, with coverage, e2e, a short chaos
	@npm run --silent test
	@npm run --silent e2e -- --project chaos

# The longest first: the others take turns beside it.
check: $(installed) ## format, lint, types, room rules, dead code
	@$(MAKE) --no-print-directory -j2 --output-sync check-lint check-format check-types check-rooms check-dead-code

check-%:
	@printf '› %s\n' $*; npm run --silent check:$*

format: $(installed) ## write every file in the agreed format
	@npm run --silent format

unit: $(installed) ## the tests that need no servers
	@npm run --silent unit

integration: $(built) $(packages) mariadb ## contract and integration tests, on a real MySQL server
	@npm run --silent integration

standalone: $(built) $(packages) $(page) mariadb ## what is run once: emulator, SQLite, clusters, the page in a browser
	@npm run --silent standalone

e2e: $(built) mariadb ## worker and simulator as separate processes for a minute, then compare all counts
	@npm run --silent e2e

test-gcp: $(built) mariadb ## Pub/Sub contract and e2e on Google Cloud: see test/gcp/README.md
	@npm run --silent gcp

bench: $(built) mariadb ## measure it against the limits of this machine: see docs/benchmarks.md
	@node bench/main.ts

bench-growth: $(built) mariadb ## how fast it writes to tables of 1 and 10 million rows
	@node bench/growth.ts

bench-read-large: $(built) ## questions to 51 million rows: an hour the first time, and 25 GB in BENCH_LARGE_DIR
	@node bench/read-large.ts

bench-compare: $(built) mariadb ## the worker of this checkout against the one of COMMIT, in turns
	@node bench/compare.ts $(COMMIT)

profile: $(built) mariadb ## CPU profile and flame graph of the worker under load, in output/profile/
	@node bench/profile.ts

chaos: $(built) mariadb ## a quarter of an hour of kills, cuts and lies against real processes: ARGS=--help
	@node chaos/main.ts $(ARGS)
	@$(if $(ARGS),,node chaos/agent/main.ts --rounds 4)

chaos-retention: $(built) mariadb ## runs of retention cut short at 100 random moments on each database and cluster: ARGS=--help
	@node chaos/retention/main.ts $(ARGS)

chaos-agent: $(built) ## a log that is tortured and lines by TCP, while agent and broker are killed: ARGS=--help
	@node chaos/agent/main.ts $(ARGS)

soak: $(built) mariadb ## a steady rate for DURATION seconds (300): does the worker's memory stay flat?
	@node chaos/soak.ts

build: $(built) $(packages) $(page) ## compile to dist/, the page too, and the packages to theirs

web-dev: $(installed) ## the page as you work on it, of the server at LMS_URL (http://127.0.0.1:8080, a `make dev ARGS=--sim`)
	@npm run --silent dev --workspace lms-web -- $(ARGS)

pictures: $(built) $(page) ## the pictures of the page in docs/images, drawn anew
	@node scripts/page-pictures.ts

package: $(built) $(packages) $(page) ## the npm tarballs, in output/package/
	@rm -rf output/package && mkdir -p output/package
	@npm pack --silent --include-workspace-root --workspace lms-client --workspace lms-log --pack-destination output/package

up: ## the demo on real parts, in containers: MySQL, emulator, worker, simulator (Ctrl-C ends it)
	@$(compose) up --build

down: ## end what `make up` left and remove its data
	@$(compose) down --volumes --remove-orphans

clean: ## remove what was built, installed and written
	@rm -rf dist packages/*/dist packages/.built coverage output node_modules

.PHONY: mariadb
mariadb:
	@scripts/ensure-mariadb

# npm writes this file at the end of an install. Quiet: an npm that runs on an older Node warns about the
# version it runs on, not about the one that this checkout brings along.
$(installed): package-lock.json
	@echo 'Installing packages'
	@npm ci --loglevel=error
	@touch $@

$(built): $(installed) $(sources) package.json tsconfig.json tsconfig.build.json
	@mkdir -p dist && find dist -mindepth 1 -maxdepth 1 -not -name web -not -name .built-web -exec rm -rf {} +
	@npm run --silent build
	@touch $@

$(page): $(installed) $(page_sources)
	@npm run --silent build:web
	@touch $@

$(packages): $(installed) $(sources) $(package_sources) tsconfig.json tsdown.config.ts
	@npm run --silent build:packages
	@touch $@
