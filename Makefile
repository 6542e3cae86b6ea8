# Everything a developer or a visitor does, from a machine with Python 3.11+, a C compiler and GNU make.
# `.made/` holds a stamp for each finished step, so that a second `make` does only what a change asks for.

PYTHON ?= python3
VENV ?= .venv
PYTEST_ARGS ?=
PROCESSES ?= 2
ALGEBRA_ARGS ?=
KERAS_ARGS ?=
PEERS_ARGS ?=
SCRIPTS_ARGS ?=
NUMPY ?= 2.0.2
MUTANTS ?= 20000
PYTHONS ?=
export PYTHONS

python := $(VENV)/bin/python
pip := $(python) -m pip --quiet --disable-pip-version-check
core_sources := pyproject.toml setup.py $(filter-out src/_core.c,$(wildcard src/*))
all_sources := $(core_sources) MANIFEST.in README.md LICENSE $(shell find autodiff_core -name '*.py' -o -name '*.pyi')
wheel_tools := $(addprefix .ci/,check_dist.py pythons.py stranger.py wheels.py)

.PHONY: FORCE interpreters cross aarch64 free-threaded help demo docs browser test test-traced test-keras core algebra derived pictures lint warnings bench bench-against bench-check bench-minimize bench-peers bench-keras bench-replays counts counts-update bench-solvers test-scripts test-autograd mutants sanitize races checked check-numpy wheel wheels check-dist release-check examples test-sdist check clean
.NOTPARALLEL: # the steps share one virtual environment
.DELETE_ON_ERROR:

help:
	@echo "make demo         train a network on handwritten digits, draw pictures"
	@echo "make docs         the documentation's site, in .made/site/index.html"
	@echo "make browser      looks at pages of the site, and a report of explain, in headless Chromium, where there is one"
	@echo "make test         run the tests (PYTEST_ARGS=... passes options to pytest)"
	@echo "make test-traced  tests of tapes, each of which hears everything (AUTODIFF_TRACE=1)"
	@echo "make test-keras   Keras's own tests on this engine; KERAS_ARGS='layers/core ops/nn_test.py -- --tb=short' chooses"
	@echo "make derived      writes what is derived from the op table: names, pages of documentation, stubs"
	@echo "make pictures     draws those of docs/course and docs/gallery again, by their pages' own code"
	@echo "make core         an unoptimised build of its own and the core's tests: half a minute from an edit in src/"
	@echo "make algebra      every transformation inside every other, on every function of a corpus (ALGEBRA_ARGS=... chooses)"
	@echo "make lint         ruff, mypy, cython-lint and codespell; workflows and other files that services read"
	@echo "make warnings     the C sources compile without a warning"
	@echo "make bench        measure, and rewrite docs/benchmarks.md"
	@echo "make bench-against AGAINST=folder  measure beside another build of this, in turn"
	@echo "make counts       instructions of hot paths, under valgrind, are within their budgets (bench/counts.toml)"
	@echo "make counts-update  writes these budgets"
	@echo "make bench-check  the benchmarks' gradients are right, nothing is timed"
	@echo "make bench-peers  measure beside other libraries, each installed in .peers/: half an hour of a machine to itself;"
	@echo "                  half of that with PEERS='jax torch' PEERS_ARGS='--libraries jax torch' (--passes 1: quicker)"
	@echo "make bench-minimize  tf.minimize on classic problems beside SciPy alone, derivatives by hand, and JAX"
	@echo "make bench-keras  training by Keras's fit here and on TensorFlow, JAX and PyTorch; the page is left alone"
	@echo "make bench-replays  of which rows a replay is slower than the eager tape"
	@echo "make bench-solvers  how far gradients through the solvers of differential equations are off"
	@echo "make test-scripts  the examples that are TensorFlow scripts, on TensorFlow and here: every loss agrees; and files of"
	@echo "                  Keras's that each side writes are read by the other (SCRIPTS_ARGS=--full: at full length, the same"
	@echo "                  quality at the end; SCRIPTS_ARGS=vae: one of them; SCRIPTS_ARGS=files: files alone)"
	@echo "make test-autograd  autograd's own tests, and packages that are written for it, on this library and on autograd"
	@echo "make mutants      program files that somebody tampered with, so many of them (MUTANTS=20000)"
	@echo "make sanitize     the core's tests under AddressSanitizer and UndefinedBehaviorSanitizer, where they are"
	@echo "make races        threads under ThreadSanitizer, where there is one"
	@echo "make checked      the core's tests on a build with checks inside; every allocation fails once"
	@echo "make check-numpy  the walks over NumPy's names with another version of it (NUMPY=2.0.2)"
	@echo "make wheels       sdist, and a wheel for each Python that is here, in dist/, each tried in empty environments;"
	@echo "                  Pythons are python3.N on the path, pyenv's versions (PYENV_ROOT), and what PYTHONS=... names,"
	@echo "                  interpreters or folders that have them in bin or usr/bin, with colons between"
	@echo "make wheel        the same for .venv's Python alone"
	@echo "make interpreters the core's tests with these wheels on the oldest and the newest Python that is here beside .venv's"
	@echo "make test-sdist   the tests, from the unpacked sdist"
	@echo "make examples     every example runs, at small size where it has one"
	@echo "make release-check TAG=v1.2.3  this is what a release with this tag should be"
	@echo "make cross        the C sources and the core compile without a warning for other systems and processors"
	@echo "make aarch64      the core's tests on aarch64, under qemu, where that and debootstrap are"
	@echo "make free-threaded the core's tests, and threads side by side, on a Python without its lock, where there is one"
	@echo "make check        test, lint, warnings, bench-check"
	@echo "make clean        remove what was built (not $(VENV), not .peers)"

demo: .made/demo
	$(python) examples/digits.py

# The site: pages whose outputs it shows are run here, the others by the tests. A warning is an error.
docs: .made/docs
	$(python) -m sphinx --fail-on-warning --keep-going --nitpicky --quiet --jobs 2 -d .made/doctrees docs .made/site
	@echo "The documentation is in .made/site/index.html"

# Screenshots are left in .made/browser.
browser: docs .made/dev
	.ci/browser

test: .made/dev
	@echo "Some 60,000 tests in $(PROCESSES) processes (PROCESSES=0: in this one): about five minutes on two cores."
	$(python) -m pytest tests -p no:benchmark -n $(PROCESSES) --dist worksteal $(PYTEST_ARGS)

# What tapes give is the same where everything is heard; what they keep is more.
test-traced: .made/dev
	AUTODIFF_TRACE=1 $(python) -m pytest -p no:benchmark -n $(PROCESSES) $(PYTEST_ARGS) tests/test_tape.py \
		tests/test_variable.py tests/test_function.py tests/test_transforms.py tests/test_jacobian.py \
		tests/test_forward.py tests/test_indexed_slices.py tests/test_threads.py tests/test_last_bits.py

# Keras's own tests, which its wheel brings, on this engine, beside the list of those that fail or do not apply
# (tests/keras_suite/exceptions.toml). KERAS_ARGS=--sample is a minute.
test-keras: .made/dev
	PYTHONPATH=tests $(python) -m keras_suite --processes $(PROCESSES) $(KERAS_ARGS)

# What is written from the op table and the namespaces; tests find it stale.
derived: .made/dev
	for page in ops coverage tensorflow_names stubs; do $(python) docs/make_$$page.py || exit 1; done

# Each page draws its own (docs/make_pictures.py names pages).
pictures: .made/dev
	$(python) docs/make_pictures.py

# An unoptimised build in a copy, and the core's tests: half a minute from an edit in src/.
core: .made/dev
	.ci/core $(PYTEST_ARGS)

# All combinations, in two processes; ALGEBRA_ARGS="quadratic grad vectorize" runs some of them with their tracebacks.
algebra: .made/dev
	PYTHONPATH=tests $(python) -m algebra $(ALGEBRA_ARGS)

# TensorFlow, with what the scripts need beside it, has an environment of its own, which `make clean` leaves alone.
test-scripts: .made/dev
	PYTHONPATH=bench $(python) -m side_by_side.install tensorflow
	.peers/tensorflow/bin/python -m pip --quiet --disable-pip-version-check install scikit-learn scipy
	PYTHONPATH=tests $(python) -m on_tensorflow $(SCRIPTS_ARGS)

# They have an environment of their own, in .peers/.
test-autograd: .made/dev
	PYTHONPATH=tests $(python) -m autograd_suite

mutants: .made/dev
	MUTANTS=$(MUTANTS) $(python) -m pytest tests/test_mutated_files.py $(PYTEST_ARGS)

lint: .made/dev .made/lint
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	$(VENV)/bin/lint-imports
	PATH="$(VENV)/bin:$$PATH" cython-lint src
	$(python) -m codespell_lib
	$(VENV)/bin/actionlint
	$(VENV)/bin/zizmor --offline --no-progress --quiet --persona pedantic .github
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff

# Every C file but the one that Cython writes.
warnings: .made/dev
	$(foreach unit,$(filter-out src/_core.c,$(wildcard src/*.c)),$(CC) -O3 -Wall -Wextra -Werror \
		$$(cat src/compiler_flags.txt) -c -o /dev/null $(unit) &&) true

bench: .made/dev .made/wheel
	$(python) -m pytest bench --benchmark-only --benchmark-quiet --benchmark-json=.made/bench.json
	$(python) bench/report.py .made/bench.json docs/benchmarks.md

# Before and after a change: the other build is a checkout with the extension built in place (make .made/core there).
bench-against: .made/dev
	$(python) bench/against.py $(AGAINST)

# Times waver, counts of instructions hold.
counts: .made/dev
	$(python) bench/counts.py

counts-update: .made/dev
	$(python) bench/counts.py --update

bench-replays: .made/dev
	$(python) bench/replays.py

bench-check: .made/dev
	$(python) -m pytest bench --benchmark-disable

# The peers have environments of their own in .peers/, which `make clean` leaves alone.
# PEERS=... installs only these.
bench-peers: .made/dev
	PYTHONPATH=bench $(python) -m side_by_side.install $(PEERS)
	PYTHONPATH=bench $(python) -m side_by_side docs/benchmarks.md docs/benchmarks.svg README.md $(PEERS_ARGS)

bench-minimize: .made/dev
	PYTHONPATH=bench $(python) -m side_by_side.install jax
	PYTHONPATH=bench $(python) -m classic_problems docs/classic_problems.md

# Alone, for a look: bench-peers has these rows, too.
bench-keras: .made/dev
	PYTHONPATH=bench $(python) -m side_by_side.install jax torch tensorflow
	PYTHONPATH=bench $(python) -m side_by_side --only keras_mlp keras_cnn keras_lstm keras_transformer \
		--libraries ours jax torch tensorflow --threads 1 $(PEERS_ARGS)

bench-solvers: .made/dev
	PYTHONPATH=tests $(python) -m solver_errors

# Each builds the extension anew, in a copy.
sanitize races checked: .made/dev
	.ci/$@

# The walks over NumPy's and scipy.special's names with another version: make check-numpy NUMPY=2.0.2
check-numpy: .made/dev
	.ci/check_numpy $(NUMPY)

interpreters: .made/wheels
	$(python) .ci/interpreters.py

# The compiler for other systems stays in .made/zig with NumPy's headers for each.
cross: .made/dev
	.ci/cross

aarch64: .made/dev
	.ci/aarch64

free-threaded: .made/dev
	.ci/free_threaded

wheel: .made/wheel

wheels: .made/wheels

# What an index asks of the files in dist/, wherever they were built.
check-dist: .made/dev
	$(python) .ci/check_dist.py

release-check:
	$(PYTHON) .ci/check_release.py "$(TAG)"

examples: .made/dev
	.ci/examples

# What an sdist may lack is files: one case of each test will do.
test-sdist: .made/wheel
	.ci/sdist

check: test lint warnings bench-check

clean:
	rm -rf .made build dist *.egg-info src/_core.c autodiff_core/_core.*.so autodiff_core/_core.pyd
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks

$(VENV)/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing: there is no $(PYTHON). Name another: make PYTHON=..."; exit 1; }
	@$(PYTHON) .ci/check_machine.py
	$(PYTHON) -m venv $(VENV)

# Built with the environment's own Cython and NumPy: a rebuild then needs no network.
.made/core: $(VENV)/pyvenv.cfg $(core_sources)
	@$(python) .ci/check_machine.py
	@mkdir -p .made
	$(python) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires'], sep='\n')" > .made/build.txt
	$(pip) install -r .made/build.txt
	$(pip) install --no-build-isolation --editable .
	@touch $@

# The package is there already: pip adds what the extra asks for.
.made/demo .made/dev .made/docs .made/lint: .made/%: .made/core
	$(pip) install "autodiff-core[$*]"
	@touch $@

# Rewritten only when others are here than before.
.made/pythons: .made/dev FORCE
	@$(python) .ci/pythons.py >$@.new
	@cmp -s $@.new $@ || cp $@.new $@

# Each fills dist/ anew.
.made/wheel: .made/dev $(all_sources) $(wheel_tools)
	rm -f .made/wheels
	$(python) .ci/wheels.py --own
	@touch $@

.made/wheels: .made/pythons $(all_sources) $(wheel_tools)
	rm -f .made/wheel
	$(python) .ci/wheels.py
	@touch .made/wheel $@
