package haikuplanner

import (
	"fmt"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner/internal/tokens"
)

var defaultSizes = chunkSizes{min: 500, aim: 1500, max: 2000}

// checkChunks holds what is true of every packing.
func checkChunks(t *testing.T, text string, start, end int, chunks []Chunk, sizes chunkSizes) {
	t.Helper()
	at := start
	for i, c := range chunks {
		if c.Start != at || c.End <= c.Start {
			t.Fatalf("chunk %d spans %d–%d, want it to start at %d and not to be empty", i, c.Start, c.End, at)
		}
		if n := tokens.O200K().Count(text[c.Start:c.End]); n != c.Tokens {
			t.Errorf("chunk %d (%d–%d) says %d tokens, counted %d", i, c.Start, c.End, c.Tokens, n)
		}
		if c.Tokens > sizes.max {
			t.Errorf("chunk %d (%d–%d) has %d tokens, maximum %d", i, c.Start, c.End, c.Tokens, sizes.max)
		}
		at = c.End
	}
	if at != end {
		t.Fatalf("chunks end at %d, want %d", at, end)
	}
}

func TestPackPathological(t *testing.T) {
	const mb = 1 << 20
	for _, tt := range []struct{ name, text string }{
		{"one letter", strings.Repeat("a", mb)},
		{"newlines", strings.Repeat("\n", mb)},
		{"spaces", strings.Repeat(" ", mb)},
		{"carriage returns", strings.Repeat("\r", mb)},
		{"one line of words", strings.Repeat("some words and ", mb/15)},
		{"deep JSON", strings.Repeat("[", mb/2) + strings.Repeat("]", mb/2)},
		{"CJK without stops", strings.Repeat("漢字", mb/6)},
		{"one emoji", strings.Repeat("😀", mb/4)},
		{"combining marks", "a" + strings.Repeat("\u0301", mb/2)},
		{"flags", strings.Repeat("🇹🇷", mb/8)},
		{"joiners", strings.Repeat("👨‍👩‍👧‍👦", mb/25)},
		{"bad bytes", strings.Repeat("\xff", mb/4)},
		{"surrogates", strings.Repeat("\xed\xa0\x80", mb/12)},
		{"fences of growing length", growing()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			chunks := pack(tt.text, 0, len(tt.text), tokens.O200K(), defaultSizes)
			checkChunks(t, tt.text, 0, len(tt.text), chunks, defaultSizes)
		})
	}
}

func growing() string {
	var b strings.Builder
	for n := 3; b.Len() < 1<<20; n++ {
		fmt.Fprintf(&b, "%s x\n", strings.Repeat("`", n))
	}
	return b.String()
}
