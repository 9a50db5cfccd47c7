package split

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestClusters(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"ASCII", "ab\n", "a|b|\n|"},
		{"CRLF", "a\r\n\rb", "a|\r\n|\r|b|"},
		{"combining marks", "e\u0301\u0302x", "e\u0301\u0302|x|"},
		{"mark after a line end stands alone", "\n\u0301", "\n|\u0301|"},
		{"joined emoji", "👨\u200d👩\u200d👧x", "👨\u200d👩\u200d👧|x|"},
		{"skin tone and variation", "👍🏽❤\ufe0fx", "👍🏽|❤\ufe0f|x|"},
		{"keycap", "1\ufe0f\u20e3a", "1\ufe0f\u20e3|a|"},
		{"flags go in pairs", "🇹🇷🇩🇪🇫", "🇹🇷|🇩🇪|🇫|"},
		{"flags count anew behind a joiner", "🇹\u200d🇷🇩x", "🇹\u200d🇷🇩|x|"},
		{"flag of tags", "🏴\U000E0067\U000E0062\U000E007Fx", "🏴\U000E0067\U000E0062\U000E007F|x|"},
		{"Hangul letters", "\u1112\u1161\u11ab\u1112", "\u1112\u1161\u11ab|\u1112|"},
		{"Hangul syllables", "한글\u11ab가", "한|글\u11ab|가|"},
		{"Devanagari conjunct", "क्षि", "क्षि|"},
		{"Thai", "ที่กำ", "ที่|กำ|"},
		{"prepended mark", "\u0600١", "\u0600١|"},
		{"bad bytes", "\xff\xfea\xe4\xb8", "\xff|\xfe|a|\xe4|\xb8|"},
		{"surrogate halves", "\xed\xa0\x80\xed\xb0\x80", "\xed\xa0\x80|\xed\xb0\x80|"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			for i := 0; i < len(tt.text); {
				end := cluster(tt.text, i, len(tt.text))
				b.WriteString(tt.text[i:end] + "|")
				i = end
			}
			if d := cmp.Diff(tt.want, b.String()); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// bounds returns the offsets between grapheme clusters.
func bounds(text string) map[int]bool {
	at := map[int]bool{0: true}
	for i := 0; i < len(text); {
		i = cluster(text, i, len(text))
		at[i] = true
	}
	return at
}

// FuzzCuts: whatever the text and whatever it is taken for, cuts and blocks lie in order inside it, and no cut stands in a cluster.
func FuzzCuts(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, uint8(0))
	}
	f.Fuzz(func(t *testing.T, text string, grain uint8) {
		ok := bounds(text)
		check := func(what string, cuts []Cut, start, end int) {
			last := start
			for _, c := range cuts {
				if c.Offset <= last || c.Offset >= end {
					t.Fatalf("%s: cut at %d after %d in [%d,%d) of %q", what, c.Offset, last, start, end, text)
				}
				if !ok[c.Offset] && (c.Rank != Grapheme || c.Level == 0) {
					t.Errorf("%s: %v cut at %d stands in a cluster of %q", what, c.Rank, c.Offset, text)
				}
				last = c.Offset
			}
		}
		l := Read(text, int(grain))
		check("Read", l.Cuts, 0, len(text))
		last := 0
		for _, b := range l.Blocks {
			if b.Start < last || b.End <= b.Start || b.End > len(text) {
				t.Errorf("block %v after %d in %d bytes", b, last, len(text))
			}
			last = b.Start
		}
		for _, p := range l.Paths([]int{0, len(text) / 2, len(text)}) {
			if !utf8.ValidString(p) || strings.ContainsAny(p, "\n\r") {
				t.Errorf("breadcrumb %q", p)
			}
		}
		for kind := range kindNames {
			r := reader{text: text, grain: int(grain), cr: indexFrom(text, 0, '\r')}
			r.read(Kind(kind), 0, len(text))
			check(Kind(kind).String(), r.Cuts, 0, len(text))
		}
		for _, gap := range []int{1, 3, 40} {
			check("Fine", Fine(text, 0, len(text), int(grain), gap), 0, len(text))
		}
		// Gaps wider than asked for are single code points.
		cuts, from := Fine(text, 0, len(text), 0, 1), 0
		for _, c := range append(cuts, Cut{Offset: len(text)}) {
			if c.Offset-from > 4 {
				t.Errorf("gap %d–%d in %q", from, c.Offset, text)
			}
			from = c.Offset
		}
	})
}

var seeds = []string{
	"", "a", "\r\n", "# A\n\n```\nx\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", "Title\n=====\n\n====\nOver\n====\n",
	"func f() {\n}\n\n// c\nvar x = 1\n", "{\"a\": [1, {\"b\": \"\\\"\"}],\r\n \"c\": \u0301}", "a,b\n\"x\ny\",2\n\"open,3\n", "2026-01-01T00:00:00Z INFO x\n\tat y\n",
	"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@ f\n-a\n+b\n", "User: hi\nAssistant: ```\nUser: x\n```\nUser: bye\nAssistant: ok\n",
	"=== a.md ===\n# x\n=== b.json ===\n[1,\n2]\n<file path=\"c\">\n</file>\n\n\n", "Mr. A. went. \"Yes.\" 3. madde! 你好。「はい。」と言う。", "; c\n[a]\nx = 1\n# c\n[b]\n- k: |\n  x\n\n  y\n  z: 1\n---\nk:\n  z: >-\n", "<div>\n<h2>A <b>x</h2>\n</div>\n<br>\n<h1>\n</x></y>\n<p>",
	"A  B\n-- --\n1  2\n\nA: x\nB: y\nC: z\n---\nA: x\nB: y\nC: z\n===\nA: x\nB: \n", "10:00:00 a\nError: b\n  c\n10:00:01 b\n d\n10:00:02 c\n", "\xff\xed\xa0\x80\xe4\xb8 \u0301 , \u200d🇹🇷🇹🇷",
}
