# What there is to do with this source tree: `make help`.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
# The targets call each other in order; the compiler uses all processors by itself.
.NOTPARALLEL:

PREFIX ?= /usr/local
DESTDIR ?=
BINARY := .build/release/saasctl
SECTIONS ?=

BINDIR = $(DESTDIR)$(PREFIX)/bin
BASH_COMPLETIONS = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSH_COMPLETIONS = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
FISH_COMPLETIONS = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
MANDIR = $(DESTDIR)$(PREFIX)/share/man/man1

# A target may import what it declares in Package.swift and nothing else; this is what keeps the services apart.
STRICT := --explicit-target-dependency-import-check error
FORMATTED := --recursive --parallel Sources Tests Package.swift

# What the release gains at each start is in docs/decisions/0005-linking.md.
STATIC := .build/static
RELEASE := --static-swift-stdlib -Xlinker -no-pie -Xlinker -L$(CURDIR)/$(STATIC) \
	-Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors

# On a terminal the build shows its progress; in a log it shows errors alone.
QUIET := $(shell test -t 2 || echo --quiet)

.PHONY: help
help: ## Show this list
	@echo 'usage: make <target>'
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo 'install and uninstall take PREFIX=$(PREFIX) and DESTDIR='

.PHONY: quickstart
quickstart: build ## From a fresh machine to a running sandbox: packages, release build, a first story
	@.ci/quickstart $(BINARY)

.PHONY: packages
packages: ## Install the system packages that are missing, or say which
	@.ci/install-packages

.PHONY: build
build: packages ## Build the release binary, .build/release/saasctl
	@echo 'building saasctl for release (the first time takes some minutes)'
	@mkdir -p $(STATIC)
	@ln -sf "$$(gcc -print-file-name=libstdc++.a)" $(STATIC)/libstdc++.a
	@swift build -c release $(RELEASE) $(STRICT) $(QUIET) --product saasctl

.PHONY: test
test: lint build ## Lint, then build and run all tests, on PostgreSQL servers that the tests start themselves
	@.ci/install-packages tests
	@echo 'building the tests (the first time takes some minutes)'
	@swift build --build-tests $(STRICT) $(QUIET)
	@echo 'running the tests; everything they say is in .build/test.log'
	@# Kept from the screen: that a single test began or passed. What begins with a sign is a new report, which may have many lines.
	@# What runs the program runs it as it is released: the optimizer may bring out what a debug build hides.
	@SAASCTL_TEST_BINARY="$${SAASCTL_TEST_BINARY:-$(CURDIR)/$(BINARY)}" swift test --skip-build --parallel --disable-xctest 2>&1 | tee .build/test.log | LC_ALL=C awk ' \
		BEGIN { shown = 1 } \
		/^[^ -~\t]/ { shown = !/^◇/ && (!/^✔ Test / || /^✔ Test run with/) } \
		/^error: |exited with unexpected signal/ { shown = 1 } \
		shown { print; fflush() }'

.PHONY: soak
soak: build ## All faults at once, under load, for SOAK_SECONDS (600), repeatable by the SOAK_SEED that it prints
	@swift build --build-tests $(STRICT) $(QUIET)
	@SAASCTL_TEST_BINARY="$${SAASCTL_TEST_BINARY:-$(CURDIR)/$(BINARY)}" SOAK_SECONDS="$${SOAK_SECONDS:-600}" \
		swift test --skip-build --parallel --disable-xctest --filter 'FaultTests\.SoakTests'

.PHONY: mutants
mutants: packages ## Break the code on purpose, in a copy, and see that the tests notice
	@Tests/Mutants/run

.PHONY: lint
lint: ## Check the formatting of all Swift sources, strictly
	@echo 'checking the formatting'
	@swift format lint --strict $(FORMATTED) || { echo 'make format mends most of it' >&2; exit 1; }

.PHONY: format
format: ## Format all Swift sources
	@swift format --in-place $(FORMATTED)

.PHONY: generate
generate: ## Write completions/ and man/ anew from the command tree, docs/schemas/ from the events
	@swift build $(STRICT) $(QUIET) --product saasctl
	@.build/debug/saasctl generate --folder .

.PHONY: bench
bench: build ## Measure against psql, a reference reader and the machine's limits; SECTIONS='lanes follow' for some of it
	@Tests/Benchmarks/bench.sh $(SECTIONS)

.PHONY: install
install: prefix ## Install binary, completions and manual pages below PREFIX; build first
	@test -x $(BINARY) || { echo 'there is no $(BINARY) yet; as yourself: make build' >&2; exit 1; }
	@install -d "$(BINDIR)" "$(BASH_COMPLETIONS)" "$(ZSH_COMPLETIONS)" "$(FISH_COMPLETIONS)" "$(MANDIR)"
	@install -m 755 $(BINARY) "$(BINDIR)/saasctl"
	@install -m 644 completions/saasctl.bash "$(BASH_COMPLETIONS)/saasctl"
	@install -m 644 completions/_saasctl "$(ZSH_COMPLETIONS)/_saasctl"
	@install -m 644 completions/saasctl.fish "$(FISH_COMPLETIONS)/saasctl.fish"
	@install -m 644 man/*.1 "$(MANDIR)"
	@echo 'installed $(BINDIR)/saasctl, its completions and its manual pages'

.PHONY: uninstall
uninstall: prefix ## Remove what install has installed
	@rm -f "$(BINDIR)/saasctl" "$(BASH_COMPLETIONS)/saasctl" "$(ZSH_COMPLETIONS)/_saasctl" "$(FISH_COMPLETIONS)/saasctl.fish"
	@rm -f "$(MANDIR)"/saasctl.1 "$(MANDIR)"/saasctl-*.1
	@echo 'removed $(BINDIR)/saasctl, its completions and its manual pages'

# Not every shell has replaced the ~ of PREFIX=~/.local by now, and a folder of that name helps nobody.
.PHONY: prefix
prefix:
	@case '$(PREFIX)' in /*) ;; *) echo 'PREFIX is "$(PREFIX)", expected a path that starts with /' >&2; exit 1 ;; esac

.PHONY: clean
clean: ## Remove everything that was built; a sandbox stays
	@rm -rf .build
