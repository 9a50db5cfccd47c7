"""Writes vectors.gz: texts and what tiktoken counts for them in both encodings, special tokens as ordinary text.

    pip install tiktoken==0.14.0 && python vectors.py

tiktoken would fetch its vocabularies; this builds its Encoding objects from ours instead (checked against the SHA-256 of the files that tiktoken fetches) with
the patterns of tiktoken_ext.openai_public as released in 0.14.0. A text with lone surrogates is written as tiktoken was given it, in WTF-8.

File, gzip'd: for each text uvarint(length), bytes, uvarint(o200k_base), uvarint(cl100k_base).
"""
import base64
import gzip
import hashlib
import os
import random
import tiktoken

HERE = os.path.dirname(os.path.abspath(__file__))
ENCODINGS = [
    ("o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d", "|".join([
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""\p{N}{1,3}""", r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""", r"""\s*[\r\n]+""", r"""\s+(?!\S)""", r"""\s+"""])),
    ("cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"""),
]


def vocabulary(name, sha256):
    data = open(os.path.join(HERE, "..", name + ".vocab"), "rb").read()
    n, tokens = int.from_bytes(data[:4], "little"), []
    for i in range(4, 4 + 6 * n, 6):
        left, right = int.from_bytes(data[i:i + 3], "little"), int.from_bytes(data[i + 3:i + 6], "little")
        tokens.append(bytes([right]) if left == (1 << 24) - 1 else tokens[left] + tokens[right])
    text = b"".join(base64.b64encode(t) + b" %d\n" % i for i, t in enumerate(tokens))
    assert hashlib.sha256(text).hexdigest() == sha256, name
    return {t: i for i, t in enumerate(tokens)}


TEXTS = {
    "English": "The committee's report, which wasn't finished until Friday, says they'll need 1,250,000 dollars; I'd've guessed more. \"We're done,\" he said.",
    "Turkish": "Işıklar söndüğünde çocuklar bahçede oynuyordu; öğretmenin İstanbul'dan getirdiği kitapları okuyamadılar. Ağaçların gölgesinde 3 saat beklediler, ÇÜNKÜ yağmur başlamıştı.",
    "Chinese": "今天的会议上，我们讨论了明年的预算和计划。经理说：“这个项目需要三个月才能完成。”大家都同意了；不过，2024年的数据还没有整理好。繁體中文也需要計算。",
    "Japanese": "昨日、私は友達と一緒に新しいカフェへ行きました。「コーヒーがとても美味しい」と彼女は言った。東京タワーの高さは333メートルです。ｶﾀｶﾅも時々ー使う々。",
    "Korean": "오늘 날씨가 정말 좋아서 공원에서 산책을 했습니다. 친구들과 함께 점심을 먹었어요.",
    "Arabic": "ذهبتُ إلى السوق صباح اليوم واشتريتُ الخبزَ والفاكهة، ثم عدتُ إلى البيت في الساعة ٣ مساءً.",
    "Hebrew": "הַיֶּלֶד הלך לבית הספר בבוקר, ואמו חיכתה לו ליד השער.",
    "Hindi": "मैं कल बाज़ार गया था और वहाँ से ५ किलो आम खरीदे।",
    "Thai": "วันนี้อากาศดีมาก เราไปเดินเล่นที่สวนสาธารณะกันเถอะ ๑๒๓",
    "Russian": "Вчера мы ходили в театр; пьеса была очень длинной, но интересной. Цена: 1500 ₽.",
    "Greek": "Η Αθήνα είναι η πρωτεύουσα της Ελλάδας ΚΑΙ η μεγαλύτερη πόλη.",
    "German": "Die Straßenbahnhaltestelle wurde größtenteils wegen Überfüllung geschlossen; 'SS und ẞ.",
    "Vietnamese": "Hôm nay trời đẹp quá, chúng tôi đi dạo ở công viên và uống cà phê sữa đá.",
    "emoji": "Great job! 👍🏽🎉🎉 👨‍👩‍👧‍👦 family 🇹🇷🇯🇵 ☕️ ❤️‍🔥 ok ✅ 1️⃣ 😀😀😀😀",
    "math": "∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, α∧¬β = ¬(¬α∨β), ℕ ⊆ ℕ₀ ⊂ ℤ ½ ² ⅷ 𝒜𝓑 ﬁ ǅ",
    "Go": "func (s *Server) handle(w http.ResponseWriter, r *http.Request) {\n\tif err := s.check(r); err != nil {\n\t\thttp.Error(w, err.Error(), 500)\n\t\treturn\n\t}\n\n\tfmt.Fprintf(w, \"%d\\n\", len(s.items)) // x := 0x7F\n}\n",
    "Python": "class Foo(Bar):\n    \"\"\"Doc.\"\"\"\n\n    def __init__(self, *args, **kwargs):\n        super().__init__()\n        self.x = [i ** 2 for i in range(10) if i % 3 == 0]\n",
    "HTML": "<div class=\"a b\" data-id='17'>\r\n  <a href=\"https://example.com/x?y=1&amp;z=2\">link</a>\r\n\r\n</div>\r\n",
    "JSON": "{\"id\":\"a1b2c3\",\"tags\":[\"x\",\"y\"],\"n\":-12.50e3,\"ok\":true,\"nested\":{\"k\":null,\"text\":\"\\u00e9\\n\"}}",
    "log": "2024-05-06T07:08:09.123Z [INFO] server-7 GET /api/v1/items/42?page=3 200 13ms id=550e8400-e29b-41d4-a716-446655440000 ip=10.0.12.255\n",
    "CSV": "id,name,price,date\n1,\"Smith, J.\",19.99,2023-01-02\n2,O'Neil,5.00,2023-01-03\n",
    "Markdown": "# Title\n\n- item *one*\n- item **two**\n\n```go\nx := 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quote\n\n~~~~\n",
    "special": "<|endoftext|><|im_start|>user\nhi<|im_end|><|endofprompt|><|fim_prefix|>",
    "diff": "--- a/x.go\n+++ b/x.go\n@@ -1,3 +1,4 @@\n-old line\n+new line\n context\n",
    "camel": "XMLHttpRequest getHTTPResponseCode iOS ABCdef aBCdEF fooBAR'S McDONALD'll WE'RE WE'RETIRED can'T",
}
TRAPS = [
    "", "a  \n  \nb", "a\x7fb", "\x7f", "\x7f\x7f \x7f", "a\n", "a \n", "a  \n  ", "\n\n  ", "  \n\n  x", " \t \n \t x", "x \n \n", "a\r\n\r\nb", "\r\r\n\n \r", "!\n/\n//a", "a/\n/\nb", "//\n\n//",
    " \u00a0 x", "\u00a0x", "\u3000\u3000中", "\u2028x\u2029", "\u0085a", "\x0b\x0c a", "\x1c\x1d a", "'s", "'S", "'\u017f", "a'\u017fb", "don'\u017f", "'\u212a", "a'll'LL'lL", "a'l", "a'r", "a're've'm'd't", "'sa 'tb",
    "\u0300", "\u0300\u0300A", "\u0300AB", "\u0300ABc", "!\u0300AB", "!\u0300\u0301", " \u0300A", "A\u0300B", "AB\u0300CD", "\u01c5a", "a\u01c5", "ªAAA", "ªAAA!", "中AB", "中ABc", "AB中", "abʰAB", "\u2160\u00bd", "1234567", "١٢٣٤",
    "\x00", "\x00\x00a", "a\x00b", "\ufeffx", "\ufffd", "\ufffd\ufffd\ufffd", "\ufffe\uffff", "\ue000\uf8ff", "\U000e0001", "\u0378\u0379a", "\U000323b0a", "\u1c89\u1c8a", "\ua7da\ua7dc", "\U00010d4aA", "\U0002ebf0字", "\U00011bc0a",
    "\ud800", "\udfff", "a\ud800b", "\ud800 \udc00", "x\udc00\ud800y", "!\ud83dabc", " \ud83d", "\ud83d\ud83d\n",
    "=" * 100, "a" * 129, "a" * 1000, "A" * 500, " " * 700, " " * 700 + "x", "\n" * 700, "\n " * 100, "\r\n" * 200 + "x", "ab" * 900, "😀" * 300, "中" * 400, "𝒜" * 100, "0" * 1000, "-" * 513, "\u0300" * 300, "\t" * 300 + "x",
]


def texts(rng, words):
    """At least 20,000 fuzzed texts, the traps, and long mixed ones."""
    yield from TRAPS
    yield from TEXTS.values()
    samples = list(TEXTS.values())
    every = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    alphabets = [
        " \n", " \n\r\ta", " \nA", "a' sStTrReEvVmMlLdD\u017f\u212a", "aA\u0300\u01c5ʰ中!", "aA\u0300\u01c5ʰ中! '\n1/s", "01٣½Ⅷ a", " \u00a0\u3000\u2028\u0085\x0b\x1c\nx!", "/\n\r!# a", "!?.,;:-_=+*/\\|@#$%^&()[]{}<>~`\"' ",
        "abcdefghij", "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJ", "çğıöşüÇĞİÖŞÜaeiounlkrt ", "的一是不了人我在有他这中大来上国", "のにはをたがでてとしれさあいうカタナ、。日本", "😀😁👍🏽\u200d\ufe0f❤🇹🇷", "0123456789abcdef", "ACGT", "aab", "\x00\x01\x7f\x80\xff a",
    ]
    for _ in range(9000):
        a = rng.choice(alphabets)
        if rng.random() < 0.4:
            a += rng.choice(alphabets)
        yield "".join(rng.choices(a, k=rng.choice([2, 3, 5, 8, 13, 20, 40])))
    for _ in range(2500):
        yield "".join(chr(rng.choice(every)) + rng.choice(["", "", "", " ", "a", "A", "1", "\n", "'s", "!"]) for _ in range(rng.randint(1, 8)))
    for _ in range(6500):  # neighbours from the vocabulary: merges over every seam
        t = b"".join(rng.choices(words, k=rng.randint(1, 8)))
        yield t.decode("utf-8", "ignore")
    for _ in range(1800):  # real text, cut anywhere, pieces shuffled
        parts = []
        for _ in range(rng.randint(1, 4)):
            t = rng.choice(samples)
            i = rng.randrange(len(t))
            parts.append(t[i:i + rng.randint(1, 60)])
        yield "".join(parts)
    for _ in range(500):  # runs
        yield "".join(rng.choice(rng.choice(alphabets)) * rng.choice([1, 2, 3, 4, 7, 16, 33, 65, 130]) for _ in range(rng.randint(1, 4)))
    for _ in range(200):  # surrogate halves that do not meet
        yield "".join(rng.choice(["\ud800a", "\udbff!", " \udc00 ", "\udfff\n", "x", "中", "\ufffd", "!"]) for _ in range(rng.randint(1, 6)))
    for _ in range(40):  # pieces longer than a window of the counter
        a = rng.choice(alphabets)
        yield "".join(rng.choices(a.replace(" ", "").replace("\n", "") or "x", k=rng.choice([300, 1000, 3000])))
    yield "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=40000))
    yield "".join(rng.choices("ab", k=40000))
    yield "的一是不了人我在有他这中大来上国" * 1500
    yield "".join(samples[i % len(samples)] + "\n" for i in range(60))


def uvarint(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def main():
    encs, words = [], []
    for name, sha256, pattern in ENCODINGS:
        ranks = vocabulary(name, sha256)
        words += list(ranks)
        encs.append(tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={}))
    out, n = bytearray(), 0
    for t in texts(random.Random(4), words):
        raw = t.encode("utf-8", "surrogatepass")
        out += uvarint(len(raw)) + raw
        for e in encs:
            out += uvarint(len(e.encode_ordinary(t)))
        n += 1
    path = os.path.join(HERE, "vectors.gz")
    with open(path, "wb") as f:
        f.write(gzip.compress(bytes(out), 9, mtime=0))
    print(n, "texts,", len(out), "bytes,", os.path.getsize(path), "compressed")


main()
