# One command each; `make help` lists them. The work itself is done by CMake's presets and the scripts named here.
.PHONY: help setup build release test lint format sanitize fuzz demo up down benchmark

help:       ## this list
	@sed -n 's/^\([a-z]*\):  *## /  make \1 — /p' $(MAKEFILE_LIST)
setup:      ## install the Debian packages that are missing
	deploy/local/install-packages
build:      ## build everything with warnings as errors (preset dev)
	cmake --preset dev && cmake --build --preset dev
release:    ## build the optimised programs (preset release)
	cmake --preset release && cmake --build --preset release
test:       ## build and run every test, PostgreSQL included
	tests/run
lint:       ## clang-format, clang-tidy on changed files, buf
	tests/lint/run
format:     ## rewrite the C++ files by .clang-format
	git ls-files '*.h' '*.cc' | xargs clang-format -i
sanitize:   ## the tests under AddressSanitizer, then the gRPC-free ones under ThreadSanitizer
	tests/run-sanitized
fuzz:       ## libFuzzer over the readers of strangers' bytes, a minute each
	tests/run-fuzz
demo:       ## the whole path on a drawn shot
	deploy/local/demo
up:         ## start the local stack
	deploy/local/up
down:       ## stop the local stack; data stays
	deploy/local/down
benchmark:  ## recovery quality on real clips (an hour and more); DATA=folder of the clips
	tests/benchmarks/recovery_quality --data "$(DATA)"
