# The commands of this project. `make` alone lists them.
#
# Everything is run as `.venv/bin/python -m ...`: the scripts in .venv/bin name their interpreter by its full path, which
# breaks where that path has a space. Files are named relative to this folder for the same reason.

PYTHON ?= python3
# make demo: PORT=9000 chooses the port, OPEN=no leaves the browser closed, JUPYTER='--option ...' is passed on.
PORT ?= 8888
OPEN ?= yes
JUPYTER ?=
# make test: PYTEST='-k flip' chooses tests, in the way of pytest.
PYTEST ?=
# make bench: BENCH='--only nbstream,floor --rows identity30' measures some systems and rows, and prints only.
BENCH ?=
# make load: LOAD='--sizes 1,4,8 --print' measures some numbers of users, and prints only.
LOAD ?=
# make far: FAR='--only jpeg --lines 0,2' measures some systems and lines, and prints only.
FAR ?=
# make soak, soak-faults, monkey: SECONDS=300 makes them shorter.
SECONDS ?= 1800
# make monkey: SEED=7 plays another game, and the same one again.
SEED ?= 20
# make fuzz: FUZZ='--messages 20000 --seed 7' for fewer and others, FUZZ=--by-chance without atheris.
FUZZ ?=
# make faults: FAULTS='-k cut' for some, in the way of pytest.
FAULTS ?=
# make hosts: HOSTS='-k marimo' for some, in the way of pytest.
HOSTS ?=
# make versions: VERSIONS='3.10 3.13' names some; all that are found otherwise.
VERSIONS ?=

RUN := .venv/bin/python -m
BUNDLE := nbstream/static/widget.js
JS_SOURCES := $(shell find js/src -type f 2>/dev/null) $(wildcard js/*.json js/*.mjs js/*.ts)
# Even an editable install copies the plugin of pytest, since it stands beside the package.
PACKAGING := pyproject.toml hatch_build.py nbstream/_version.py pytest_nbstream.py $(wildcard etc/jupyter/*/*.json)

.PHONY: gallery help demo test quick slow fuzz hosts faults monkey soak-faults versions bench load far soak lint format bundle docs pictures clean
.DELETE_ON_ERROR:

help:
	@echo "make demo      open JupyterLab on the first lesson   (PORT=8888, OPEN=no: no browser window)"
	@echo "make test      every everyday test, Python and TypeScript, browser tests included"
	@echo "make quick     the tests that need neither kernel nor browser (seconds)"
	@echo "make slow      the tests that take minutes"
	@echo "make fuzz      a million hostile messages, after each of which all goes on   (FUZZ='--messages 20000': fewer)"
	@echo "make hosts     streams in every host that can be started here; fills the table of docs/hosts.md   (HOSTS='-k marimo')"
	@echo "make faults    every fault of docs/reliability.md, provoked in a real browser; renews that page   (FAULTS='-k cut': some)"
	@echo "make monkey    ten minutes of anything in any order, over two pages   (SEED=7, SECONDS=300)"
	@echo "make soak-faults  an hour of camera and microphone with a fault a minute   (SECONDS=300: shorter)"
	@echo "make versions  the quick tests with every supported Python that is on the PATH   (VERSIONS='3.10 3.13')"
	@echo "make bench     frames per second and latency of nbstream and others; writes docs/performance.md"
	@echo "make load      how many streams the machine holds, beside Gradio; writes docs/scaling.md (5 minutes)"
	@echo "make far       the same over slow and long lines; writes docs/performance.md (8 minutes)"
	@echo "make soak      memory and latency over 30 minutes   (SECONDS=300: shorter; CODEC=video)"
	@echo "make lint      ruff, mypy, biome, tsc"
	@echo "make format    let ruff and biome rewrite the sources"
	@echo "make bundle    build the browser's half into nbstream/static/"
	@echo "make docs      build the documentation site into site/; a warning is an error"
	@echo "make pictures  take the pictures of the documentation anew"
	@echo "make gallery   a picture of every state that people see, into docs/gallery/"
	@echo "make clean     remove everything that was built or installed here"

demo: .venv/installed-demo $(BUNDLE)
	$(RUN) jupyterlab --LabApp.default_url=/lab/tree/notebooks/01_hello_webcam.ipynb --port=$(PORT) \
	  $(if $(filter no,$(OPEN)),--no-browser) $(if $(filter 0,$(shell id -u)),--allow-root) $(JUPYTER)

test: .venv/installed-test $(BUNDLE)
	.venv/bin/python scripts/chromium.py
	$(RUN) scripts.espeak
	.venv/bin/python scripts/run_tests.py $(PYTEST)

quick: .venv/installed-test $(BUNDLE)
	$(RUN) pytest -q -m "not browser and not kernel and not wheel and not slow" $(PYTEST)
	cd js && npm test

slow: .venv/installed-test $(BUNDLE)
	.venv/bin/python scripts/chromium.py
	$(RUN) scripts.espeak
	$(RUN) pytest -m slow --timeout=1800 $(PYTEST)

fuzz: .venv/installed-fuzz $(BUNDLE)
	$(RUN) tests.fuzz $(FUZZ)

hosts: .venv/installed-hosts $(BUNDLE)
	.venv/bin/python scripts/chromium.py
	$(RUN) tests.hosts $(HOSTS)

faults: .venv/installed-test $(BUNDLE)
	.venv/bin/python scripts/chromium.py
	$(RUN) tests.faults $(FAULTS)

monkey: .venv/installed-test $(BUNDLE)
	.venv/bin/python scripts/chromium.py
	MONKEY_SEED=$(SEED) MONKEY_SECONDS=$(or $(filter-out 1800,$(SECONDS)),600) $(RUN) tests.faults -k "test_a_monkey and not moment"

soak-faults: .venv/installed-test $(BUNDLE)
	.venv/bin/python scripts/chromium.py
	SOAK_SECONDS=$(or $(filter-out 1800,$(SECONDS)),3600) $(RUN) tests.faults --timeout=7200 -k test_a_fault_a_minute

versions: $(BUNDLE)
	$(PYTHON) scripts/versions.py $(VERSIONS)

bench: .venv/installed-test $(BUNDLE)
	.venv/bin/python scripts/chromium.py
	$(RUN) benchmarks $(BENCH)

load: .venv/installed-test $(BUNDLE)
	$(RUN) benchmarks.load $(LOAD)

far: .venv/installed-test $(BUNDLE)
	.venv/bin/python scripts/chromium.py
	$(RUN) benchmarks.far $(FAR)

soak: .venv/installed-test $(BUNDLE)
	.venv/bin/python scripts/chromium.py
	$(RUN) benchmarks.soak $(SECONDS) $(if $(CODEC),--codec $(CODEC))

lint: .venv/installed-test js/node_modules/installed
	.venv/bin/python scripts/run_tests.py --lint-only

format: .venv/installed-test js/node_modules/installed
	$(RUN) ruff check --fix .
	$(RUN) ruff format .
	cd js && npm run fix

bundle: $(BUNDLE)

docs: .venv/installed-test $(BUNDLE)
	NO_MKDOCS_2_WARNING=1 $(RUN) mkdocs build --quiet
	@echo "site/index.html"

gallery: .venv/installed-test $(BUNDLE)
	.venv/bin/python scripts/chromium.py
	$(RUN) pytest -m pictures --timeout=600 tests/browser/test_gallery.py

pictures: .venv/installed-test $(BUNDLE)
	.venv/bin/python scripts/chromium.py
	$(RUN) pytest -m pictures --timeout=600 tests/browser

clean:
	rm -rf .venv .venv-bench .venv-versions js/node_modules nbstream/static dist site test-results .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- what the commands need; the empty files `installed...` note what is done -----------------------------------------

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || \
	  { echo "nbstream needs Python >= 3.10; '$(PYTHON)' is not one. Choose another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { echo "This Python makes no virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

.venv/installed-demo: .venv/made $(PACKAGING) | $(BUNDLE)
	@echo "Now pip fills .venv, and says nothing meanwhile: some minutes the first time."
	$(RUN) pip install --quiet --editable ".[demo]"
	@touch $@

.venv/installed-test: .venv/made $(PACKAGING) | $(BUNDLE)
	@echo "Now pip fills .venv, and says nothing meanwhile: some minutes the first time."
	$(RUN) pip install --quiet --editable ".[test]"
	@touch $@ .venv/installed-demo

.venv/installed-fuzz: .venv/made $(PACKAGING) | $(BUNDLE)
	$(RUN) pip install --quiet --editable ".[fuzz]"
	@touch $@

.venv/installed-hosts: .venv/made $(PACKAGING) | $(BUNDLE)
	$(RUN) pip install --quiet --editable ".[hosts]"
	@touch $@

js/node_modules/installed: js/package.json js/package-lock.json
	@node -e 'process.exit(Number(process.versions.node.split(".")[0] < 20))' 2>/dev/null && command -v npm >/dev/null || \
	  { echo "Node >= 20 with npm is needed to build from a clone; a wheel or sdist needs none." >&2; exit 1; }
	cd js && npm ci --no-audit --no-fund
	@touch $@

$(BUNDLE): js/node_modules/installed $(JS_SOURCES)
	cd js && npm run build
	@touch $@
