#!/usr/bin/env python3
"""Damaged archives, read by inquest beside zcat, lnav and GoAccess (where they are installed).

    Scripts/damage_table.py [INQUEST]

Prints lines or records seen and the exit code of each, and what inquest says of the damage.
"""
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile

inquest = sys.argv[1] if len(sys.argv) > 1 else ".build/release/inquest"
inquest = os.path.abspath(inquest)


def line(i):
    return (
        f"203.0.113.{i % 251} - - [22/Dec/2010:16:{i // 60 % 60:02d}:{i % 60:02d} +0000] "
        f'"GET /item/{i * 7919 % 10007}?q={i * 104729 % 65537:x} HTTP/1.1" 200 {500 + i * 31 % 4000} "-" "Mozilla/5.0 ({i * 48271 % 99991})"\n'
    ).encode()


text = b"".join(line(i) for i in range(3000))
half = b"".join(line(i) for i in range(1500))
rest = b"".join(line(i) for i in range(1500, 3000))
whole = gzip.compress(text, mtime=0)


def flipped(data, at, count=2):
    data = bytearray(data)
    for i in range(count):
        data[at + i] ^= 0x55
    return bytes(data)


first = gzip.compress(half, mtime=0)
second = gzip.compress(rest, mtime=0)
cases = [
    ("truncated at 60 %", "a.log.gz", whole[: len(whole) * 6 // 10]),
    ("CRC wrong", "a.log.gz", flipped(whole, len(whole) - 8, 1)),
    ("two flipped bytes", "a.log.gz", flipped(whole, len(whole) * 9 // 10)),
    ("flip in the first of two members", "a.log.gz", flipped(first, len(first) // 2) + second),
    ("garbage between members", "a.log.gz", first + b"\x00garbage, 40 bytes of no known meaning..\n" + second),
    ("512 zero bytes behind", "a.log.gz", whole + bytes(512)),
    ("no suffix", "a", whole),
    ("empty member between", "a.log.gz", first + gzip.compress(b"", mtime=0) + second),
]


def run(command, **more):
    done = subprocess.run(command, capture_output=True, **more)
    return done.returncode, done.stdout, done.stderr


print(f"{'case':34}{'zcat':>12}{'lnav':>12}{'goaccess':>12}{'inquest':>14}  what inquest says")
for name, file, data in cases:
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, file)
    with open(path, "wb") as out:
        out.write(data)
    cells = []
    code, out, _ = run(["gzip", "-dc"], stdin=open(path, "rb"))
    cells.append(f"{out.count(b'GET /')}, {code}")
    environment = dict(os.environ, HOME=folder, LC_ALL="C", TERM="dumb")
    if shutil.which("lnav"):
        code, out, _ = run(["lnav", "-n", path], env=environment, stdin=subprocess.DEVNULL)
        cells.append(f"{out.count(b'GET /')}, {code}")
    else:
        cells.append("-")
    if shutil.which("goaccess"):
        report = os.path.join(folder, "g.json")
        # Debian's is built without zlib: it gets what gzip gives.
        code, _, _ = run(
            ["sh", "-c", f"gzip -dc < {path} 2>/dev/null | goaccess - --log-format=COMBINED -o {report} --no-global-config --no-progress"],
            env=environment)
        try:
            cells.append(f"{json.load(open(report))['general']['total_requests']}, {code}")
        except (OSError, ValueError, KeyError):
            cells.append(f"none, {code}")
    else:
        cells.append("-")
    report = os.path.join(folder, "report")
    code, _, _ = run([inquest, "analyze", path, "-o", report, "-q"])
    found = json.load(open(os.path.join(report, "findings.json")))
    coverage = found["coverage"]
    says = "; ".join(
        f"{d['kind']} at {d['compressedOffset']}" for s in found["sources"] for d in s.get("damages", s.get("damage", [])))
    cells.append(f"{coverage['records']}+{coverage['unparsed']}, {code}")
    print(f"{name:34}" + "".join(f"{c:>12}" for c in cells[:3]) + f"{cells[3]:>14}  {says or 'no damage'}")
    shutil.rmtree(folder)
