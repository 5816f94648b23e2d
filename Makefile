# kyso: thin front door; Meson does the work (see ARCHITECTURE.md, "Build").
#
#   make deps        install what is missing with apt (as root or through sudo)
#   make build       build/: the hardened release build, programs at build/kyso, build/kysod, …, pages at build/portal (UI=no: none)
#   make ui          the pages alone, with their checks; needs Node 18 or later
#   make demo        the whole journey on real parts, then https://localhost:8443 (DEMO_EXIT=1 stops after the journey)
#   make test        everything; SUITE=unit|process|schema|interop|e2e|corpus|browser runs one part
#   make guides      takes the pictures of the guides anew and prints the guides (Chromium; ui/portal/public/guides)
#   make bench       rates beside their limits, also written to build/bench.json
#   make fuzz        every fuzz target for FUZZ_SECONDS (600) each
#   make coverage    line coverage of the unit tests, per layer
#   make check-long  valgrind, thread sanitizer, static analyser, long fuzzing
BUILD := build
SUITE :=
FUZZ_SECONDS := 600
UI := yes

.PHONY: all deps deps-demo deps-test build ui demo guides test bench fuzz coverage check-long clean
all: build

deps:
	@tools/deps tools/deps.list

deps-test:
	@tools/deps tools/deps.list tools/deps-test.list $(if $(filter 1,$(KYSO_REQUIRE_INTEROP)),tools/deps-interop.list)
	@tools/mail-servers

build: $(BUILD)/build.ninja
	@ninja -C $(BUILD)
	@[ $(UI) = no ] || tools/ui --if-node $(BUILD)/portal

ui:
	@tools/ui $(BUILD)/portal
	@npm --prefix ui/portal run --silent check

$(BUILD)/build.ninja:
	@CC=$${CC:-gcc} meson setup $(BUILD) -Dtests=false

deps-demo:
	@tools/deps tools/deps.list tools/deps-demo.list

demo: deps-demo build
	@tools/demo

guides: deps-test build
	@tools/guides

test: deps-test
	@tools/test $(SUITE)

bench: deps build
	@tools/bench

fuzz: deps-test
	@tools/test --fuzz-seconds $(FUZZ_SECONDS) fuzz

coverage: deps-test
	@tools/test coverage

check-long: deps-test
	@tools/test --fuzz-seconds $(FUZZ_SECONDS) long

clean:
	rm -rf build build-asan build-clang build-cov build-fuzz build-servers build-test build-tsan
