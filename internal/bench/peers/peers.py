"""Lets our counter and chunker and those of other packages take turns over the same texts: python peers.py PEERS_BINARY PACK_TEST [-rounds N] [-out FILE].

Figures are MB of text per second of CPU of the process that does it, medians over the rounds; in brackets ours against the peer. Vocabularies for tiktoken come out
of internal/tokens (it would download them)."""
import argparse
import glob
import json
import os
import random
import re
import resource
import statistics
import subprocess
import tempfile
import time

import bpe_openai
import chonkie
import django
import semantic_text_splitter
import semchunk
import tiktoken
import tiktoken_ext.openai_public as openai_public
import toktok
from langchain_text_splitters import RecursiveCharacterTextSplitter

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..", "..")
GOROOT = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
LIMIT = 1500


def ranks(name):
    data = open(os.path.join(ROOT, "internal", "tokens", name + ".vocab"), "rb").read()
    n = int.from_bytes(data[:4], "little")
    at, tokens = 4 + 6 * n, []
    while at < len(data):
        end = at + 1 + data[at]
        tokens.append(data[at + 1:end])
        at = end
    assert len(tokens) == n, (name, len(tokens))
    return {t: i for i, t in enumerate(tokens)}


def tiktoken_encoding(name):
    openai_public.load_tiktoken_bpe = lambda *args, **kwargs: ranks(name)
    return tiktoken.Encoding(**getattr(openai_public, name)())


def files(*patterns):
    names = sorted(n for p in patterns for n in glob.glob(p, recursive=True))
    return "".join(open(n, encoding="utf-8", errors="replace").read() for n in names)


def translated(language, size):
    """Django's messages in a language, several a paragraph, again and again in other orders until there is enough."""
    text = files(os.path.join(os.path.dirname(django.__file__), "**", "locale", language, "LC_MESSAGES", "*.po"))
    entries = re.findall(r'^msgstr(?:\[\d\])? ((?:".*"\n)+)', text, re.M)
    lines = [json.loads('"' + "".join(re.findall(r'"(.*)"', e)).replace("\\'", "'") + '"') for e in entries]
    lines = sorted({s for s in lines if len(s) > 8})
    r, out, length = random.Random(language), [], 0
    while length < size:
        r.shuffle(lines)
        for i in range(0, len(lines), 5):
            out.append(" ".join(lines[i:i + 5]) + "\n\n")
            length += len(out[-1])
    return "".join(out)


def texts(size):
    r = random.Random(1)
    logs = "".join("2026-05-%02dT%02d:%02d:%02d.%03dZ [%s] worker-%d %s /api/v1/items/%d %d %dms id=%08x ip=10.%d.%d.%d\n" % (
        r.randint(1, 28), r.randint(0, 23), r.randint(0, 59), r.randint(0, 59), r.randint(0, 999), r.choice(["INFO", "WARN", "ERROR"]), r.randint(0, 7), r.choice(["GET", "POST"]),
        r.randint(0, 9998), r.choice([200, 404, 500]), r.randint(0, 899), r.getrandbits(32), r.randint(0, 255), r.randint(0, 255), r.randint(0, 255)) for _ in range(size // 90 + 1))
    items = [{"id": i, "user_id": "%08x" % r.getrandbits(32), "name": "item %d" % r.randint(0, 999), "price": round(r.random() * 500, 2), "tags": ["new", "sale"], "active": r.random() < .5,
              "created_at": "2026-%02d-%02dT10:00:00Z" % (r.randint(1, 12), r.randint(1, 28))} for i in range(size // 120 + 1)]
    all_texts = {
        "English": files(os.path.join(ROOT, "testdata/documents/persuasion.txt")),
        "English, technical": files(GOROOT + "/src/testdata/Isaac.Newton-Opticks.txt"),
        "Markdown": files(GOROOT + "/src/**/*.md", GOROOT + "/doc/**/*.md", os.path.join(ROOT, "*.md")),
        "Go": files(GOROOT + "/src/net/http/[a-t]*.go"),
        "Python": files(os.path.join(os.path.dirname(django.__file__), "db", "models", "**", "*.py")),
        "Turkish": translated("tr", size),
        "Chinese": translated("zh_Hans", size),
        "Japanese": translated("ja", size),
        "JSON": json.dumps(items, separators=(",", ":")),
        "logs": logs,
    }
    out = {}
    for name, text in all_texts.items():
        cut = text.encode()[:size].decode(errors="ignore")
        assert len(cut.encode()) > 30_000, (name, len(cut))
        out[name] = cut
    return out


class Go:
    """Our binary of Go peers, asked over a pipe."""

    def __init__(self, binary):
        self.process = subprocess.Popen([binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, **job):
        self.process.stdin.write(json.dumps(job).encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if answer.get("error"):
            raise RuntimeError(answer["error"])
        return answer


def timed(f, times):
    began = time.process_time()
    for _ in range(times):
        result = f()
    return (time.process_time() - began) / times, result


def count_peers(go, encoding):
    def of_go(peer):
        def run(text, file, times):
            a = go.ask(Op="count", Peer=peer, Encoding=encoding, File=file, Times=times)
            return a["cpu"], a["tokens"]
        return run
    tik, bpe = tiktoken_encoding(encoding), bpe_openai.get_encoding(encoding)
    return {
        "ours": of_go("ours"),
        "toktok-rs (Rust)": lambda text, file, times: timed(lambda: toktok.batch_count([text], encoding, 1)[0], times),
        "bpe-openai (Rust)": lambda text, file, times: timed(lambda: len(bpe.encode_ordinary(text)), times),
        "tiktoken": lambda text, file, times: timed(lambda: len(tik.encode_ordinary(text)), times),
        "tiktoken-go/tokenizer": of_go("tiktoken-go/tokenizer"),
        "pkoukk/tiktoken-go": of_go("pkoukk/tiktoken-go"),
    }


def cut_alone(pack, file):
    """Seconds of CPU of one cut by the test binary: what more of them take longer."""
    def run(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([pack, "-test.run", "^$", "-test.bench", "^BenchmarkPackFile$", "-test.benchtime", "%dx" % times, "-pack.text", file], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return max(run(40) - run(1), 1e-6) / 40


def cut_peers(go, pack):
    tik = tiktoken_encoding("o200k_base")
    length = lambda s: len(tik.encode_ordinary(s))

    def of_go(peer):
        def run(text, file, times):
            a = go.ask(Op="cut", Peer=peer, Encoding="o200k_base", File=file, Times=times, Limit=LIMIT)
            return a["cpu"], a["chunks"]
        return run
    recursive = chonkie.RecursiveChunker(tokenizer=tik, chunk_size=LIMIT)
    semantic = semantic_text_splitter.MarkdownSplitter.from_tiktoken_model("gpt-4o", LIMIT, trim=False)
    langchain = RecursiveCharacterTextSplitter(chunk_size=LIMIT, chunk_overlap=0, length_function=length)
    return {
        "ours": lambda text, file, times: (cut_alone(pack, file), None),
        "ours, a whole plan": of_go("ours"),
        "chonkie recursive": lambda text, file, times: timed(lambda: [c.text for c in recursive.chunk(text)], times),
        "semchunk": lambda text, file, times: timed(lambda: semchunk.chunkerify(length, LIMIT, memoize=False)(text), times),
        "semantic-text-splitter": lambda text, file, times: timed(lambda: semantic.chunks(text), times),
        "LangChain recursive": lambda text, file, times: timed(lambda: langchain.split_text(text), times),
        "langchaingo recursive": of_go("langchaingo recursive"),
        "langchaingo Markdown": of_go("langchaingo Markdown"),
    }


def measure(peers, inputs, directory, rounds, times, every=lambda peer: 1):
    """Seconds of CPU by text and peer and round, and the last result of each; the order turns with the rounds. Of some peers only every so manieth round is used."""
    seconds, results, names = {}, {}, list(peers)
    for round_ in range(rounds + 1):
        for i, (name, text) in enumerate(inputs.items()):
            file = os.path.join(directory, "%d.txt" % i)
            if round_ == 0:
                with open(file, "w", encoding="utf-8", newline="") as f:
                    f.write(text)
            for k in range(len(names)):
                peer = names[(k + round_) % len(names)]
                if round_ % every(peer):
                    continue
                cpu, result = peers[peer](text, file, 1 if round_ == 0 else times(peer))
                results[name, peer] = result
                if round_ > 0:  # the first is for caches and vocabularies
                    seconds.setdefault((name, peer), {})[round_] = cpu
    return seconds, results


def speed(size, seconds, ours):
    """A peer's MB a second, and by how much we are faster: the median of the rounds, and the middle half of them. A machine that others use too changes its speed
    by half from one minute to the next, so that only what was measured in one round is compared."""
    ratios = [s / ours[round_] for round_, s in seconds.items()]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    return "%.2f (× %.1f, %.1f–%.1f)" % (size / statistics.median(seconds.values()), middle, low, high)


def table(head, rows):
    return "\n".join(["| " + " | ".join(r) + " |" for r in [head, ["---"] * len(head)] + rows]) + "\n\n"


def cutting(go, pack, inputs, directory, rounds):
    peers = cut_peers(go, pack)
    seconds, chunks = measure(peers, inputs, directory, rounds, lambda peer: 4 if peer.startswith("ours") else 1, lambda peer: 5 if "langchaingo" in peer else 1)
    tik = tiktoken_encoding("o200k_base")
    speeds, faults = [], []
    for name, text in inputs.items():
        size, ours = len(text.encode()) / 1e6, seconds[name, "ours"]
        row, fault = [name], [name]
        for peer in peers:
            s, parts = seconds[name, peer], chunks[name, peer]
            row.append("**%.0f**" % (size / statistics.median(s.values())) if peer.startswith("ours") else speed(size, s, ours))
            if parts is None:
                continue
            lengths = [len(tik.encode_ordinary(c)) for c in parts]
            lost, over = "whole" if "".join(parts) == text else "loses", sum(n > LIMIT for n in lengths)
            fault.append("%s, %d over, %d chunks, %.2f full" % (lost, over, len(parts), statistics.mean(lengths) / LIMIT))
        speeds.append(row)
        faults.append(fault)
    out = "## Cutting at %d tokens, o200k_base\n\n" % LIMIT + table(["text"] + list(peers), speeds)
    out += "A whole plan is everything from the bytes of the request on: a new planner, parsing, counting, dividing, cutting, estimating.\n\n"
    out += "### What comes out\n\n" + table(["text"] + list(peers)[1:], faults)
    out += "Over: chunks above the limit. Full: mean tokens of a chunk against the limit. Loses: the chunks put together are not the text.\n"
    return out


def first_use(binary, rounds):
    """How long a process that has just begun waits for its first count, and how much memory it has more then."""
    peers = ["ours", "tiktoken-go/tokenizer", "pkoukk/tiktoken-go"]
    rows = []
    for encoding in ("o200k_base", "cl100k_base"):
        wall, memory = {p: {} for p in peers}, {p: [] for p in peers}
        for round_ in range(rounds):
            for k in range(len(peers)):
                peer = peers[(k + round_) % len(peers)]
                answer = json.loads(subprocess.run([binary, "first", peer, encoding], capture_output=True, check=True).stdout)
                wall[peer][round_] = answer["seconds"]
                memory[peer].append(answer["megabytes"])
        for peer in peers:
            low, middle, high = statistics.quantiles(wall[peer].values(), n=4, method="inclusive")
            ratio = statistics.median(s / wall["ours"][r] for r, s in wall[peer].items())
            rows.append([encoding, peer, "%.0f ms (%.0f–%.0f)" % (1e3 * middle, 1e3 * low, 1e3 * high), "" if peer == "ours" else "× %.1f" % ratio, "%.0f MB" % statistics.median(memory[peer])])
    return "## First use, in %d processes each\n\n" % rounds + table(["vocabulary", "of", "first count (quartiles)", "against ours", "memory"], rows)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("binary")
    p.add_argument("pack", help="test binary of the root package, whose BenchmarkPackFile cuts and does nothing else")
    p.add_argument("-rounds", type=int, default=9)
    p.add_argument("-cut-rounds", type=int, default=15, help="0: do not cut")
    p.add_argument("-size", type=int, default=256 << 10)
    p.add_argument("-out", default=os.path.join(HERE, "..", "results", "peers.md"))
    a = p.parse_args()
    go = Go(a.binary)
    commit = subprocess.run(["git", "-C", HERE, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    out = "# Counting and cutting beside other packages\n\n%s, commit %s, load %s before. MB of text per second of CPU, in turn, medians of %d rounds (cutting: %d); × is ours against theirs in the same round, the median and the middle half of the rounds. Repeat: `bash internal/bench/peers/run`.\n\n" % (
        time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), commit, open("/proc/loadavg").read().split()[0], a.rounds, a.cut_rounds)
    with tempfile.TemporaryDirectory() as directory:
        inputs = texts(a.size)
        for encoding in ("o200k_base", "cl100k_base"):
            peers = count_peers(go, encoding)
            seconds, counts = measure(peers, inputs, directory, a.rounds, lambda peer: 1 if "pkoukk" in peer or peer == "tiktoken" else 4)
            rows = []
            for name, text in inputs.items():
                size, truth, ours = len(text.encode()) / 1e6, counts[name, "tiktoken"], seconds[name, "ours"]
                row = [name]
                for peer in peers:
                    s, n = seconds[name, peer], counts[name, peer]
                    wrong = "" if n == truth else " (off by %+d)" % (n - truth)
                    row.append(("**%.0f**" % (size / statistics.median(s.values())) if peer == "ours" else speed(size, s, ours)) + wrong)
                rows.append(row)
            out += "## Exact count, %s\n\n" % encoding + table(["text"] + list(peers), rows)
        out += "Off: tokens against Python tiktoken on the same text. bpe-openai and tiktoken make the list of tokens, the others only count.\n\n"
        out += first_use(a.binary, 3 * a.rounds)
        if a.cut_rounds:
            out += cutting(go, a.pack, inputs, directory, a.cut_rounds)
    print(out)
    os.makedirs(os.path.dirname(os.path.abspath(a.out)), exist_ok=True)
    with open(a.out, "w", encoding="utf-8") as f:
        f.write(out)


main()
