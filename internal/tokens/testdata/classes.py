"""Writes ../unicode.classes: the class of every code point as tiktoken's regular expressions see it.

    pip install tiktoken==0.14.0 && python classes.py

The classes are probed, not copied: an encoding whose vocabulary is the 256 bytes and whose pattern is one class keeps the characters
of that class and drops the others, so that its output is the class, in whatever Unicode version tiktoken was built with.

File: for each run of code points of one class, in order: uvarint(first code point - end of the run before), uvarint(length), class byte.
Code points in no run are of class Other. Class bytes: see classes.go.
"""
import os
import tiktoken

BYTES = {bytes([i]): i for i in range(256)}
EVERY = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000)
CLASSES = [  # in the order of the bits of classes.go
    (1, r"[\p{Lu}\p{Lt}]"), (2, r"\p{Ll}"), (4, r"[\p{Lm}\p{Lo}]"), (8, r"\p{M}"), (16, r"\p{N}"), (32, r"[^\S\r\n]"), (64, r"[\r\n]"),
]


def members(pattern):
    enc = tiktoken.Encoding("probe", pat_str=pattern, mergeable_ranks=BYTES, special_tokens={})
    out = set()
    for b in range(0, len(EVERY), 1 << 16):
        out.update(map(ord, bytes(enc.encode_ordinary(EVERY[b:b + (1 << 16)])).decode()))
    return out


def uvarint(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def main():
    of = {}
    for bit, pattern in CLASSES:
        for c in members(pattern):
            assert c not in of, hex(c)
            of[c] = bit
    assert members(r"\p{L}") == {c for c, b in of.items() if b & 7}
    assert members(r"\s") == {c for c, b in of.items() if b & 96}
    out, end, c = bytearray(), 0, 0
    while c < 0x110000:
        bit = of.get(c, 0)
        first = c
        while c < 0x110000 and of.get(c, 0) == bit:
            c += 1
        if bit:
            out += uvarint(first - end) + uvarint(c - first) + bytes([bit])
            end = c
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "unicode.classes")
    with open(path, "wb") as f:
        f.write(out)
    print(len(of), "code points,", len(out), "bytes")


main()
