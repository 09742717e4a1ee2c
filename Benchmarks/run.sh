#!/usr/bin/env bash
# Whole analysis of a large access log against `gzip -dc` of the same file, in turn.
set -euo pipefail
cd "$(dirname "$0")/.."
inquest=.build/release/inquest
data=bench-data/access.log.gz
if [ ! -f "$data" ]; then
  mkdir -p bench-data
  echo "generating $data (seeded) ..." >&2
  python3 Benchmarks/access_log.py 250 | gzip -6 > "$data"
fi
size=$(gzip -dc "$data" | wc -c)
echo "$(gzip -dc "$data" | wc -l) lines, $size bytes of text, $(stat -c %s "$data") compressed"
now() { date +%s%N; }
rm -rf bench-data/report
for round in 1 2 3 4 5; do
  a=$(now); gzip -dc "$data" > /dev/null; b=$(now)
  "$inquest" analyze "$data" -o bench-data/report --force -q --no-progress; c=$(now)
  echo "round $round: gzip -dc $(( (b - a) / 1000000 )) ms, inquest $(( (c - b) / 1000000 )) ms, ratio $(python3 -c "print(round(($c-$b)/($b-$a),2))")"
done
if [ -x /usr/bin/time ]; then
  /usr/bin/time -f "peak memory %M kB" "$inquest" analyze "$data" -o bench-data/report --force -q --no-progress
else
  python3 - "$inquest" "$data" <<'P'
import resource, subprocess, sys
subprocess.run([sys.argv[1], "analyze", sys.argv[2], "-o", "bench-data/report", "--force", "-q", "--no-progress"])
print("peak memory", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, "kB")
P
fi

# Formats, one by one: their time as a share of gzip -dc's for as many bytes.
a=$(now); gzip -dc "$data" > /dev/null; b=$(now)
"$inquest" formats speed --against "$(python3 -c "print($size*1000/($b-$a))")"
