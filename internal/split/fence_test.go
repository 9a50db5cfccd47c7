package split

import (
	"slices"
	"strings"
	"testing"
)

// A fence line that is one too many does not turn the fences behind it inside out.
func TestStrayFence(t *testing.T) {
	const section = "## Salt\n\nIt was late.\n\n```go\nx := 1\n\ny := 2\n```\n\nHe went home.\n\n"
	for _, stray := range []string{"", "```\n", "```\nx := 1\n\n"} {
		text := section + stray + strings.Repeat(section, 4)
		from := len(section) + len(stray)
		headings, fences := 0, 0
		l := Read(text, 0)
		for _, c := range l.Cuts {
			if c.Offset >= from && c.Rank == Heading && strings.HasPrefix(text[c.Offset:], "## ") {
				headings++
			}
		}
		for _, b := range l.Blocks {
			if b.Start >= from && strings.HasPrefix(text[b.Start:], "```go\n") && strings.HasSuffix(text[:b.End], "y := 2\n```\n") {
				fences++
			}
		}
		if headings != 4 || fences != 4 {
			t.Errorf("behind %q %d headings and %d fences of 4 are seen", stray, headings, fences)
		}
	}
}

// Nor where no fence line says what it opens: what stands between them tells which is the stray.
func TestStrayBareFence(t *testing.T) {
	sections := map[string]string{
		"code":   "## Salt\n\nIt was late, and she went.\n\n```\nx := 1;\n\ny := 2;\n```\n\nHe went home.\n\n",
		"output": "Then run this:\n\n```\nsalt --late tin\n2 of 3 are late\n```\n\nHe went home.\n\n",
		"tight":  "He went home, and then he did this:\n```\nx := 1;\ny := 2;\n```\nIt was late. She stayed.\n",
		"prose":  "Ask it so:\n\n```\nYou are late. Go home now.\nShe stays. So does he.\n```\n\nIt says no.\n\n",
	}
	for name, section := range sections {
		for strays, where := range map[string][]int{"none": nil, "one": {1}, "the last": {8}, "two": {2, 6}, "in a fence": {-3}} {
			var b strings.Builder
			for i := range 9 {
				if slices.Contains(where, i) {
					b.WriteString("```\n")
				}
				if slices.Contains(where, -i) && i > 0 {
					b.WriteString(strings.Replace(section, "```\n", "```\n```\n", 1))
					continue
				}
				b.WriteString(section)
			}
			text := b.String()
			begins, ends := strings.Index(section, "```"), strings.LastIndex(section, "```")+len("```\n")
			fence := section[begins:ends]
			whole := 0
			r := &reader{text: text, cr: len(text)}
			r.skim()
			for _, f := range r.fences(0, len(text)) {
				if text[f.start:f.end] == fence || text[f.start:f.end] == "```\n"+fence {
					whole++
				}
			}
			if whole != 9 {
				t.Errorf("%s, %s too many: %d of 9 fences are seen", name, strays, whole)
			}
		}
	}
}

// A fence ends at the next line that can close it.
func TestFences(t *testing.T) {
	for text, want := range map[string]string{
		"a\n```\nb\n```\nc\n":                         "```\nb\n```\n",
		"````\na\n```\nb\n````\nc\n```\n":             "````\na\n```\nb\n````\n",
		"````\na\n````\nb\n```\nc\n":                  "````\na\n````\n",
		"~~~\na\n```\nb\n~~~\nc\n":                    "~~~\na\n```\nb\n~~~\n",
		"- a\n\n      ```go\n      b\n      ```\nc\n": "      ```go\n      b\n      ```\n",
		"a\n    ~~~\nb\n    ~~~\n":                    "",
		"a `b` ```\nc\n```\n":                         "",
		"``` a `b`\nc\n``` d `e`\n":                   "",
		"Salt\n~~~~\na\n\nTin\n~~~~\n":                "",
	} {
		r := &reader{text: text, cr: len(text)}
		r.skim()
		got := ""
		for _, f := range r.fences(0, len(text)) {
			got += text[f.start:f.end]
		}
		if got != want {
			t.Errorf("in %q the fences are %q, want %q", text, got, want)
		}
	}
}

// What stands between two lines of fences speaks for a fence, against one, or for nothing.
func TestInFenceOdds(t *testing.T) {
	for text, want := range map[string]int{
		"x := 1;\ny := 2;\n":             4,
		"\nx := 1;\ny := 2;\n":           2,
		"x := 1;\ny := 2;\n\n":           2,
		"salt --late\n":                  2,
		"\nThen do so:\n":                -4,
		"\nIt was late. She stayed.\n\n": -4,
		"It was late.\nShe stayed.\n":    0,
		"\n\n":                           -1,
		"":                               -1,
		"x":                              2,
	} {
		if got := inFenceOdds(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}
