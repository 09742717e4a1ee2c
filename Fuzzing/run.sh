#!/usr/bin/env bash
# Builds the fuzzers and runs each for so many seconds, from the corpus of the tests on.
#
#   Fuzzing/run.sh [SECONDS] [NAME ...]
#
# What crashes lies in .build-fuzz/crashes, what was learnt in .build-fuzz/corpus/NAME.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-600}
shift || true
names=("$@")
[ ${#names[@]} -gt 0 ] || names=(Framers Parsers Stamps Detector Layouts WideText)
# Swift's own backtraces would take a trap before the fuzzer can keep its input.
export SWIFT_BACKTRACE=enable=no INQUEST_FUZZ=1
mkdir -p .build-fuzz/crashes
status=0
for name in "${names[@]}"; do
  swift build -c release --sanitize=fuzzer --scratch-path .build-fuzz --product "Fuzz$name" >/dev/null
  mkdir -p ".build-fuzz/corpus/$name"
  ".build-fuzz/release/Fuzz$name" -max_total_time="$seconds" -timeout=20 -max_len=4096 -verbosity=0 \
    -print_final_stats=1 -artifact_prefix=".build-fuzz/crashes/$name-" \
    ".build-fuzz/corpus/$name" "Tests/Corpus/$name" || status=1
done
exit $status
