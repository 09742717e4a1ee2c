#!/usr/bin/env python3
"""Holds what `inquest` makes of known files against what is known of them.

Usage: Scripts/format_score.py DATA [INQUEST]

DATA holds expected/formats.tsv (file, names, generic_names, records, note) and
expected/timestamps.tsv (file, line, instant, source, note). Prints each miss with
what was said instead, and three shares: format named acceptably, number of records
right, instants right. Where the truth needs a year that the file does not give
(expected instant with a year, stamp without), the file is read again with --assume-year.
"""
import collections
import csv
import json
import os
import re
import subprocess
import sys

data = sys.argv[1]
inquest = sys.argv[2] if len(sys.argv) > 2 else ".build/release/inquest"


def rows(name):
    with open(os.path.join(data, "expected", name), newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def run(*args):
    p = subprocess.run([inquest, *args], capture_output=True, stdin=subprocess.DEVNULL)
    return p.returncode, p.stdout.decode("utf-8", "replace")


def words(text):
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def said(path):
    code, out = run("formats", "detect", "--json", path)
    line = out.splitlines()[0] if out.strip() else "{}"
    return json.loads(line)


records = {}


def parsed(path, *options):
    key = (path, options)
    if key not in records:
        code, out = run("parse", "--no-progress", *options, path)
        records[key] = [json.loads(x) for x in out.splitlines() if x.strip()]
    return records[key]


expected = rows("formats.tsv")
named = counted = countable = 0
for row in expected:
    path = os.path.join(data, row["file"])
    if not os.path.exists(path):
        continue
    found = said(path)
    names = [words(x) for x in (row["names"] + "|" + row["generic_names"]).split("|") if x]
    mine = words(" ".join(found.get(k) or "" for k in ("format", "title", "family")))
    ok = any(re.search(r"(^| )" + re.escape(n) + r"( |$)", mine) for n in names)
    named += ok
    if not ok:
        print(f"NAME  {row['file']}: {found.get('format')}; known as {row['names'][:80]}")
    if row["records"]:
        countable += 1
        n = len(parsed(path))
        if n == int(row["records"]):
            counted += 1
        else:
            print(f"COUNT {row['file']}: {n} records ({found.get('format')}); {row['records']} known. {row['note']}")

right = total = 0
by_file = collections.defaultdict(list)
for row in rows("timestamps.tsv"):
    by_file[row["file"]].append(row)
for name, asked in by_file.items():
    path = os.path.join(data, name)
    if not os.path.exists(path):
        continue
    lines = {r["line"]: r["time"] for r in parsed(path)}
    years = collections.Counter(r["expected"][:4] for r in asked if r["expected"][0] != "*")
    again = None
    misses = []
    for row in asked:
        total += 1
        want = row["expected"]

        def same(got):
            if not got:
                return False
            if want.startswith("*"):
                got = "*" + got[4:]
            # To the digits given.
            a, b = want.rstrip("Z"), got.rstrip("Z")
            a, b = (x if "." in x else x + "." for x in (a, b))
            n = len(a)
            return b.ljust(n, "0")[:n] == a

        got = lines.get(int(row["line"]))
        if not same(got) and years:
            if again is None:
                again = {r["line"]: r["time"] for r in parsed(path, "--assume-year", years.most_common(1)[0][0])}
            got2 = again.get(int(row["line"]))
            if same(got2):
                got = got2
        if same(got):
            right += 1
        else:
            misses.append((row["line"], want, got))
    if misses:
        print(f"TIME  {name}: {len(misses)} of {len(asked)} wrong, first: line {misses[0][0]} is {misses[0][1]}, read as {misses[0][2]}")

print(f"format named acceptably: {named} of {len(expected)} ({named / len(expected):.1%})")
print(f"number of records right: {counted} of {countable} ({counted / max(1, countable):.1%})")
print(f"instants right: {right} of {total} ({right / max(1, total):.1%})")
