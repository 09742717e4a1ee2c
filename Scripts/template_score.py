#!/usr/bin/env python3
"""Scores `inquest templates` on labelled logs in the layout of LogHub's 2k samples.

    Scripts/template_score.py FOLDER [INQUEST]

Looks below FOLDER for NAME.log with NAME.log_structured.csv beside it (columns LineId, EventId,
EventTemplate). Prints for each and in the mean:

GA   share of lines whose group is exactly the labelled one
FGA  F1 of groups that are exactly a labelled one
PA   share of lines whose template is the labelled one, word for word
FTA  F1 of templates whose group and words are both the labelled ones

Definitions: Zhu et al. (ICSE-SEIP 2019) for GA, Jiang et al. (LogHub-2.0, ISSTA 2024) for the others.
"""
import csv
import os
import re
import subprocess
import sys
from collections import defaultdict

root = sys.argv[1]
inquest = sys.argv[2] if len(sys.argv) > 2 else ".build/release/inquest"


def same(text):
    """A template without what does not matter: runs of blanks, and several wildcards side by side."""
    text = re.sub(r"\s+", " ", text.strip())
    while True:
        shorter = re.sub(r"<\*>[\s,:;./=-]*<\*>", "<*>", text)
        if shorter == text:
            return text
        text = shorter


def groups(of):
    result = defaultdict(set)
    for line, group in of.items():
        result[group].add(line)
    return result


cases = []
for folder, _, names in os.walk(root):
    for name in sorted(names):
        if name.endswith(".log_structured.csv") and name[: -len("_structured.csv")] in names:
            cases.append((os.path.join(folder, name[: -len("_structured.csv")]), os.path.join(folder, name)))
if not cases:
    sys.exit(f"no NAME.log with NAME.log_structured.csv below {root}")

totals = [0.0] * 4
print(f"{'log':28}{'lines':>8}{'GA':>8}{'FGA':>8}{'PA':>8}{'FTA':>8}")
for log, labels in sorted(cases):
    truth, words = {}, {}
    for row in csv.DictReader(open(labels, encoding="utf-8", errors="replace", newline="")):
        truth[int(row["LineId"])] = row["EventId"]
        words[row["EventId"]] = same(row["EventTemplate"])
    out = subprocess.run([inquest, "templates", log, "-F", "csv"], capture_output=True, text=True, errors="replace").stdout
    found, shown = {}, {}
    for row in csv.DictReader(out.splitlines()):
        found[int(row["LineId"])] = row["EventId"]
        shown[row["EventId"]] = same(row["EventTemplate"])
    for line in truth:
        found.setdefault(line, f"line {line} was not read")
    found = {line: group for line, group in found.items() if line in truth}
    real, ours = groups(truth), groups(found)
    right = {g for g, lines in ours.items() if real[truth[next(iter(lines))]] == lines}
    ga = sum(len(ours[g]) for g in right) / len(truth)
    pa = sum(shown.get(found[line]) == words[truth[line]] for line in truth) / len(truth)
    exact = {g for g in right if shown.get(g) == words[truth[next(iter(ours[g]))]]}

    def f1(count):
        return 2 * count / (len(ours) + len(real))

    scores = [ga, f1(len(right)), pa, f1(len(exact))]
    totals = [a + b for a, b in zip(totals, scores)]
    print(f"{os.path.basename(log):28}{len(truth):>8}" + "".join(f"{x:>8.3f}" for x in scores))
print(f"{'mean':28}{'':8}" + "".join(f"{x / len(cases):>8.3f}" for x in totals))
