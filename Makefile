# Everything works on a fresh machine with Python >= 3.11: `make site` to look, `make test` to prove.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help site test test-deps test-full bench lock sbom format docs samples clean

help:
	@echo "make site       build the sample content into site/ (sets up .venv first)"
	@echo "make test       linters, types and tests (sets up what they need first)"
	@echo "make test-full  the same with the long sweeps"
	@echo "make bench      times this build beside Hugo and beside bare writes"
	@echo "make lock       renew the lock files"
	@echo "make sbom       write an inventory of all locked packages (CycloneDX) into sbom/"
	@echo "make docs       write docs/rules.zh.md and docs/rules.en.md again from the table of rules"
	@echo "make samples    write the sample filings again"

# The stamp is the proof that .venv holds exactly the lock file. Hashes are checked for every package.
.venv/run.stamp: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

site: .venv/run.stamp
	$(BIN)/qingdan build --content content --out site

# A browser and Chinese fonts for the browser tests: installed where we may, asked for where we may not.
test-deps: .venv/dev.stamp
	@sh tests/install_deps.sh

test: test-deps
	$(BIN)/python -m tests.check

test-full: test-deps
	$(BIN)/python -m tests.check --full

bench: .venv/dev.stamp
	$(BIN)/python -m tests.bench

docs: .venv/dev.stamp
	$(BIN)/python -m tests.refresh_docs

samples: .venv/dev.stamp
	$(BIN)/python -m tests.samples.make_samples .

format: .venv/dev.stamp
	$(BIN)/ruff format generator tests
	$(BIN)/ruff check --fix generator tests

# No index address is written down: the lock says what, the machine says where from.
lock: .venv/dev.stamp
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra setup --extra dev --universal --generate-hashes --no-emit-index-url --no-annotate --quiet --upgrade --custom-compile-command "make lock" -o requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml --extra setup -c requirements-dev.lock --universal --generate-hashes --no-emit-index-url --no-annotate --quiet --upgrade --custom-compile-command "make lock" -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra setup --extra kiosk --extra sftp --extra s3 -c requirements-dev.lock --universal --generate-hashes --no-emit-index-url --no-annotate --quiet --upgrade --custom-compile-command "make lock" -o requirements-delivery.lock
	$(BIN)/uv pip compile deploy/kiosk/requirements.in -c requirements-dev.lock --universal --generate-hashes --no-emit-index-url --no-annotate --quiet --upgrade --custom-compile-command "make lock" -o deploy/kiosk/requirements.lock
	$(BIN)/uv pip compile docs/ci/audit.in -c requirements-dev.lock --universal --generate-hashes --no-emit-index-url --no-annotate --quiet --upgrade --custom-compile-command "make lock" -o docs/ci/audit.lock

# The same lock gives the same bytes: no date and no serial number is written.
sbom: .venv/dev.stamp
	mkdir -p sbom
	$(BIN)/python -m cyclonedx_py requirements --output-reproducible --of JSON -o sbom/qingdan.cdx.json requirements-delivery.lock
	$(BIN)/python -m cyclonedx_py requirements --output-reproducible --of JSON -o sbom/kiosk.cdx.json deploy/kiosk/requirements.lock

clean:
	rm -rf .venv site .mypy_cache .ruff_cache .pytest_cache
