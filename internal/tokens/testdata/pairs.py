"""Writes ../o200k_base.pairs and ../cl100k_base.pairs: how much of a token each pair of neighbouring letters carries (see ../most.go).

    pip install highspy==1.16.0 numpy==2.4.0 && python pairs.py

A linear program: the least tokens that the pairs of some English, some Turkish and some code carry together, such that no sequence of tokens has more seams than its
pairs carry. Of these conditions there are too many to write down; TestPairs names those that a solution breaks, and they are added until it finds none.
"""
import glob
import math
import os
import re
import subprocess
import sys
import tempfile
import time
import highspy
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(HERE)
ROOT = os.path.dirname(os.path.dirname(PACKAGE))
UNIT = 120
CAPITALS, SMALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
PAIRS = [" " + c for c in CAPITALS + SMALL] + [a + b for a in CAPITALS + SMALL for b in SMALL]
INDEX = {p: i for i, p in enumerate(PAIRS)}
SLACK = len(PAIRS)


def text(*paths):
    return "".join(open(p, encoding="utf-8").read() for p in paths)


def costs():
    """What lowering each weight is worth: how often its pair comes, per character."""
    texts = [
        (5, text(os.path.join(ROOT, "testdata/documents/persuasion.txt"))),
        (2, text(*sorted(glob.glob(os.path.join(ROOT, "*.md")) + glob.glob(os.path.join(ROOT, "internal/*/README.md"))))),
        (1, text(*sorted(glob.glob(os.path.join(ROOT, "*.go"))))),
    ]
    cost = np.full(SLACK + 1, 1e-6)
    for share, t in texts:
        share /= sum(s for s, _ in texts) * len(t)
        for i in range(len(t) - 1):
            if (pair := INDEX.get(t[i:i + 2])) is not None:
                cost[pair] += share
        cost[SLACK] += share * len(re.findall(r"(?<![ A-Za-z])[A-Za-z]|(?<=[A-Za-z])[A-Z]", t))
    return cost


def write(path, weights):
    units = [math.ceil(UNIT * w - 1e-6) for w in weights]
    with open(path, "w") as f:
        print(units[SLACK], file=f)
        print(*units[:52], file=f)
        for i in range(52, SLACK, 26):
            print(*units[i:i + 26], file=f)


def solve(encoding, test, most_cuts=3000):
    lp = highspy.Highs()
    lp.setOptionValue("output_flag", False)
    cost = costs()
    for c in cost:
        lp.addCol(float(c), 0.0, 1.0, 0, np.array([], dtype=np.int32), np.array([]))
    lp.changeColBounds(SLACK, 0.0, 0.05)  # so that all fits a byte
    weights = np.zeros(SLACK + 1)
    started = time.time()
    with tempfile.NamedTemporaryFile(suffix=".pairs") as trial:
        for step in range(100000):
            write(trial.name, weights)
            said = subprocess.run([test, "-test.run", "^TestPairs$", "-pairs", encoding + "=" + trial.name], cwd=PACKAGE, capture_output=True, text=True).stdout
            broken = re.findall(r"carry: \|(.*)", said)
            if not broken:
                assert "PASS" in said, said
                break
            for path in broken[:most_cuts]:
                tokens = path.split("|")
                again = next((j for j, t in enumerate(tokens) if t in tokens[:j]), 0)
                if again:  # round and round
                    tokens = tokens[tokens.index(tokens[again]):again]
                    whole, seams = "".join(tokens) + tokens[0][0], len(tokens)
                else:
                    whole, seams = "".join(tokens), len(tokens) - 1
                row = {SLACK: 1.0} if not again and whole[0] != " " else {}
                for i in range(len(whole) - 1):
                    pair = INDEX[whole[i:i + 2]]
                    row[pair] = row.get(pair, 0) + 1.0
                lp.addRow(float(seams), highspy.kHighsInf, len(row), np.array(list(row), dtype=np.int32), np.array(list(row.values())))
            lp.run()
            weights = np.array(lp.getSolution().col_value)
            if step % 4 == 3:  # what does not bind slows it down, and comes again if it should
                values, least = np.array(lp.getSolution().row_value), np.array(lp.getLp().row_lower_)
                loose = np.where(values > least + 0.05)[0].astype(np.int32)
                if len(loose) > 2000:
                    lp.deleteRows(len(loose), loose)
            if step % 10 == 0:
                print(f"{encoding}: step {step}, {time.time() - started:.0f} s: {len(broken)} broken, {lp.getNumRow()} conditions, {cost @ weights:.4f}; {broken[0]}", flush=True)
    write(os.path.join(PACKAGE, encoding + ".pairs"), weights)


with tempfile.TemporaryDirectory() as d:
    subprocess.run(["go", "test", "-c", "-o", d + "/test", "."], cwd=PACKAGE, check=True)
    for name in sys.argv[1:] or ["o200k_base", "cl100k_base"]:
        solve(name, d + "/test")
