package split

import (
	"slices"
	"strings"
	"testing"
)

// A table is a block, wherever it stands, and so is what is behind it.
func TestTables(t *testing.T) {
	const table = "| a | b |\n|---|---|\n| salt | tin |\n| 1 | 2 |\n"
	for _, before := range []string{"", "Words of it.\n\n", "# Salt\n\nWords.\n\nMore words.\n\n"} {
		text := before + table + "\nIt was late.\n\n# Tin\n\nHe went home.\nShe stayed.\n"
		l := Read(text, 0)
		if want := (Span{len(before), len(before) + len(table)}); !slices.Equal(l.Blocks, []Span{want}) {
			t.Errorf("%q: blocks %v, want %v", text, l.Blocks, want)
		}
		for _, at := range []int{len(before), strings.Index(text, "It was")} {
			i := slices.IndexFunc(l.Cuts, func(c Cut) bool { return c.Offset == at })
			if at > 0 && (i < 0 || l.Cuts[i].Rank != Block) {
				t.Errorf("%q: no block begins at %d: %v", text, at, l.Cuts)
			}
		}
	}
}

func TestBullet(t *testing.T) {
	for line, want := range map[string]bool{
		"- a": true, "* a": true, "+ a": true, "  - a": true, "1. a": true, "12) a": true, "(a) b": true, "iv) a": true, "• a": true,
		"a b": false, "I went": false, "-a": false, "1.5 a": false, "1.": false, "-": false, "": false, "(abc) d": false, "1234567890. a": false,
	} {
		if got := bullet(line); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}
