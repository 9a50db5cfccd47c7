package haikuplanner

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/haiku-planner/haikuplanner/internal/tokens"
)

var (
	updateChunks = flag.Bool("update-chunks", false, "rewrite testdata/split/*.chunks")

	defaultSizes = chunkSizes{min: 500, aim: 1500, max: 2000}
)

// checkChunks holds what is true of every packing.
func checkChunks(t *testing.T, text string, start, end int, chunks []Chunk, enc *tokens.Encoding, sizes chunkSizes) {
	t.Helper()
	at := start
	for i, c := range chunks {
		if c.Start != at || c.End <= c.Start {
			t.Fatalf("chunk %d spans %d–%d, want it to start at %d and not to be empty", i, c.Start, c.End, at)
		}
		if n := enc.Count(text[c.Start:c.End]); n != c.Tokens {
			t.Errorf("chunk %d (%d–%d) says %d tokens, counted %d: %.80q", i, c.Start, c.End, c.Tokens, n, text[c.Start:c.End])
		}
		if c.Tokens > sizes.max && utf8.RuneCountInString(text[c.Start:c.End]) > 1 {
			t.Errorf("chunk %d (%d–%d) has %d tokens, maximum %d: %.80q", i, c.Start, c.End, c.Tokens, sizes.max, text[c.Start:c.End])
		}
		if r, n := utf8.DecodeRuneInString(text[c.Start:]); r == utf8.RuneError && n == 1 && i > 0 {
			for back := 1; back < utf8.UTFMax && back <= c.Start-start; back++ {
				if _, n := utf8.DecodeRuneInString(text[c.Start-back:]); n > back {
					t.Errorf("chunk %d starts inside a character at %d", i, c.Start)
				}
			}
		}
		at = c.End
	}
	if at != end {
		t.Fatalf("chunks end at %d, want %d", at, end)
	}
}

// Each text of testdata/split is packed into chunks so small that it needs several. "│" stands before each line of a chunk.
func TestPackGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/split/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no texts: %v", err)
	}
	sizes := chunkSizes{min: 12, aim: 40, max: 60}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text := string(b)
			chunks := pack(text, 0, len(text), tokens.O200K(), sizes)
			checkChunks(t, text, 0, len(text), chunks, tokens.O200K(), sizes)
			var got strings.Builder
			for _, c := range chunks {
				fmt.Fprintf(&got, "⟦%d tokens · %s⟧\n", c.Tokens, c.Context)
				core := strings.NewReplacer("\r\n", "␍␊\n", "\r", "␍\n").Replace(text[c.Start:c.End])
				for _, line := range strings.SplitAfter(strings.TrimSuffix(core, "\n"), "\n") {
					got.WriteString("│" + strings.TrimSuffix(line, "\n") + "\n")
				}
			}
			golden := strings.TrimSuffix(name, ".txt") + ".chunks"
			if *updateChunks {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got.String()); d != "" {
				t.Errorf("%s: -want +got:\n%s", golden, d)
			}
		})
	}
}

func TestPackRange(t *testing.T) {
	text := "Summarise this.\n\n" + strings.Repeat("# Part\n\nSome words of it.\n\n", 400) + "Thank you."
	start, end := strings.Index(text, "# Part"), strings.Index(text, "Thank")
	chunks := pack(text, start, end, tokens.O200K(), defaultSizes)
	checkChunks(t, text, start, end, chunks, tokens.O200K(), defaultSizes)
	if len(chunks) < 2 {
		t.Fatalf("%d chunks, want several", len(chunks))
	}
	for _, c := range chunks {
		if c.Context != "Part" || !strings.HasPrefix(text[c.Start:], "# Part") {
			t.Errorf("chunk %.20q under %q: want it to start with its heading", text[c.Start:c.End], c.Context)
		}
	}
	if got := pack(text, 5, 5, tokens.O200K(), defaultSizes); got != nil {
		t.Errorf("an empty range has chunks: %v", got)
	}
}

func TestPackPathological(t *testing.T) {
	const size = 1 << 18
	for _, tt := range []struct{ name, text string }{
		{"a megabyte of one letter", strings.Repeat("a", 1<<20)},
		{"a megabyte of newlines", strings.Repeat("\n", 1<<20)},
		{"spaces", strings.Repeat(" ", size)},
		{"carriage returns", strings.Repeat("\r", size)},
		{"one line of 8 MB", strings.Repeat("some words and ", 8<<20/15)},
		{"deep JSON", strings.Repeat("[", size/2) + strings.Repeat("]", size/2)},
		{"JSON of deep objects", strings.Repeat(`{"a":`, size/8) + "1" + strings.Repeat("}", size/8)},
		{"numbers", "[" + strings.Repeat("1,", size/2) + "1]"},
		{"CJK without stops", strings.Repeat("漢字", size/12)},
		{"one emoji", strings.Repeat("😀", size/8)},
		{"combining marks", "a" + strings.Repeat("\u0301", size/4)},
		{"flags", strings.Repeat("🇹🇷", size/16)},
		{"joiners", strings.Repeat("👨‍👩‍👧‍👦", size/50)},
		{"bad bytes", strings.Repeat("\xff", size/4)},
		{"surrogates", strings.Repeat("\xed\xa0\x80", size/12)},
		{"fences of growing length", growing()},
		{"quotes never closed", strings.Repeat("a,\"b\n", size/5)},
		{"speakers and fences", strings.Repeat("User: ```\nAssistant: x\n", size/24)},
		{"file markers", strings.Repeat("=== a.md ===\n", size/13)},
		{"stops", strings.Repeat(".", size)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			chunks := pack(tt.text, 0, len(tt.text), tokens.O200K(), defaultSizes)
			checkChunks(t, tt.text, 0, len(tt.text), chunks, tokens.O200K(), defaultSizes)
		})
	}
}

func growing() string {
	var b strings.Builder
	for n := 3; b.Len() < 1<<18; n++ {
		fmt.Fprintf(&b, "%s x\n", strings.Repeat("`", n))
	}
	return b.String()
}

func TestSplitChunk(t *testing.T) {
	enc := tokens.O200K()
	text := "head\n" + strings.Repeat("First part, of some words.\n", 20) + "\n# Middle\n\n" + strings.Repeat("Second part, of some words.\n", 20) + "tail"
	c := Chunk{Index: 7, Message: 2, Part: 1, Start: 5, End: len(text) - 4, Context: "a.md"}
	c.Tokens = enc.Count(text[c.Start:c.End])
	parts := splitChunk(text, c, enc, defaultSizes)
	checkChunks(t, text, c.Start, c.End, parts, enc, defaultSizes)
	if len(parts) != 2 || !strings.HasPrefix(text[parts[1].Start:], "# Middle") {
		t.Errorf("split into %d parts, want 2, the second from the heading on", len(parts))
	}
	for _, p := range parts {
		if p.Index != 7 || p.Message != 2 || p.Part != 1 || p.Context != "a.md" {
			t.Errorf("part %+v: Index, Message, Part and Context must be the chunk's", p)
		}
	}
	// Down to the end: always smaller, never lost, at last nil.
	for _, text := range []string{"👨‍👩‍👧‍👦 ab 🇹🇷é漢", "a\r\nb", "\xff\xed\xa0\x80"} {
		todo, n := []Chunk{{End: len(text), Tokens: enc.Count(text)}}, 0
		for len(todo) > 0 {
			c := todo[0]
			parts := splitChunk(text, c, enc, defaultSizes)
			if parts != nil {
				checkChunks(t, text, c.Start, c.End, parts, enc, defaultSizes)
				if len(parts) < 2 {
					t.Fatalf("%q was split into %d", text[c.Start:c.End], len(parts))
				}
			}
			todo = append(todo[1:], parts...)
			if n++; n > 100 {
				t.Fatalf("splitting %q does not end", text)
			}
		}
	}
}

// FuzzPack: whatever the text, the sizes and the encoding, chunks concatenate, say their exact counts and keep the maximum.
func FuzzPack(f *testing.F) {
	for _, s := range []string{
		"", "a\nb", "# A\n\n```\nx\n```\n", "{\"a\":[1,2,{\"b\":\"},{\"}]}", "foo  5\n\n  bar\t\n)\n//x  \n   \n", "a \u3000 b\u00a0  c", "  \n \n\t1,2;3 'll 're",
		"你好。「はい。」ABCdef's ÀÉ ﬁ", "\xff\xed\xa0\x80🇹🇷🇹🇷\u0301", "Mr. A. Yes! 12. madde 😀😀",
	} {
		f.Add(s, uint8(3), uint8(5))
	}
	f.Fuzz(func(t *testing.T, text string, aim, room uint8) {
		sizes := chunkSizes{min: int(aim) / 3, aim: int(aim), max: max(int(aim)+int(room), 8)}
		for _, enc := range []*tokens.Encoding{tokens.O200K(), tokens.CL100K()} {
			chunks := pack(text, 0, len(text), enc, sizes)
			checkChunks(t, text, 0, len(text), chunks, enc, sizes)
			if n := len(text) / 3; n > 0 {
				checkChunks(t, text, n, len(text)-n, pack(text, n, len(text)-n, enc, sizes), enc, sizes)
			}
			for _, c := range chunks {
				if parts := splitChunk(text, c, enc, sizes); parts != nil {
					checkChunks(t, text, c.Start, c.End, parts, enc, sizes)
				}
			}
		}
	})
}

// The counts that pack takes from its sums are those of the chunks by themselves, in texts whose every line is a trap: white space of all kinds, runs of
// punctuation and letters, at chunk sizes from a few tokens up.
func TestPackCountsExactly(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	parts := []string{" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "word", "Word", "ABC", "x", "12", "5", "'s", "'ll", ",", "},{", "//", "/", ")", "漢", "字。", "é", "e\u0301", "😀", "\"", "# ", "- ", ". "}
	for i := 0; i < 300; i++ {
		var b strings.Builder
		for n := 200 + r.Intn(400); n > 0; n-- {
			b.WriteString(parts[r.Intn(len(parts))])
		}
		text := b.String()
		aim := 5 + r.Intn(60)
		sizes := chunkSizes{min: aim / 4, aim: aim, max: aim + 5 + r.Intn(20)}
		for _, enc := range []*tokens.Encoding{tokens.O200K(), tokens.CL100K()} {
			checkChunks(t, text, 0, len(text), pack(text, 0, len(text), enc, sizes), enc, sizes)
		}
	}
}
