"""Writes ../known.pieces: the pieces that known.go looks for, the most useful ones first.

    pip install regex==2026.5.9 && python known.py english=DIR-OR-FILE,... go=... python=... js=... c=... json=... markdown=... config=... turkish=...

Useful is what lowers the bound of texts by pairs (see ../most.go) the most: a kind of text counts by its share below, whatever its length. The pieces that are there
were found in three novels and manuals of Project Gutenberg; the standard libraries of Go (but for net/http) and Python, and some modules of both; npm's own
JavaScript; C headers; the JSON, Markdown, YAML, HTML, CSS and shell files that come with them; and the articles of a Turkish weblog.
"""
import collections
import os
import sys
import regex

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHARES = {"english": 2, "markdown": 1.5, "go": 1, "python": 1, "js": 1, "c": 0.7, "json": 1, "config": 0.5, "turkish": 1}
SLOTS = 13  # bits
LONGEST = 8
PATTERN = regex.compile("|".join([
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"]))
# What known.go can tell: letters, perhaps with one character before them; symbols, perhaps with a space before and line ends behind.
SYMBOL = r"!-/:-@\[-`{-~"
FORM = regex.compile(rf"[ \t{SYMBOL}]?(?<!')[A-Z]*[a-z]*| ?[{SYMBOL}]+[\r\n]*")


def tokens():
    data = open(os.path.join(PACKAGE, "o200k_base.vocab"), "rb").read()
    out = []
    for i in range(4, len(data), 6):
        left, right = int.from_bytes(data[i:i + 3], "little"), int.from_bytes(data[i + 3:i + 6], "little")
        out.append(bytes([right]) if left == (1 << 24) - 1 else out[left] + out[right])
    return set(out)


def weights():
    """What pairs carry in tokens, near enough."""
    lines = open(os.path.join(PACKAGE, "o200k_base.pairs")).read().splitlines()[1:]
    capitals, small = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
    out = {}
    for first, line in zip(" " + capitals + small, lines):
        for second, units in zip(capitals + small if first == " " else small, line.split()):
            out[first + second] = int(units) / 120
    return out


def text(paths):
    for path in paths.split(","):
        names = [path] if os.path.isfile(path) else sorted(os.path.join(d, n) for d, _, ns in os.walk(path) for n in ns)
        for name in names:
            yield open(name, encoding="utf-8", errors="replace").read()


vocabulary, carry = tokens(), weights()
gain = collections.Counter()
for kind, paths in (arg.split("=", 1) for arg in sys.argv[1:]):
    pieces, length = collections.Counter(), 0
    for t in text(paths):
        length += len(t)
        pieces.update(PATTERN.findall(t))
    for piece, n in pieces.items():
        raw = piece.encode()
        if 2 <= len(raw) <= LONGEST and raw in vocabulary and FORM.fullmatch(piece):
            gain[piece] += SHARES[kind] * n / length * sum(carry.get(piece[i:i + 2], 1) for i in range(len(piece) - 1))

slots = set()
with open(os.path.join(PACKAGE, "known.pieces"), "w", encoding="utf-8") as f:
    for piece, _ in sorted(gain.items(), key=lambda g: (-g[1], g[0])):
        slot = int.from_bytes(piece.encode(), "little") * 0x9E3779B97F4A7C15 % 2**64 >> 64 - SLOTS
        if slot not in slots:
            slots.add(slot)
            quoted = piece.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
            f.write(f'"{quoted}"\n')
