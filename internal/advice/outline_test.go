package advice

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestOutline(t *testing.T) {
	var chapters strings.Builder
	for i := range 300 {
		fmt.Fprintf(&chapters, "# Chapter %d\n\nText of it.\n\n```sh\n# no heading\n```\n\n", i)
	}
	for _, c := range []struct {
		name      string
		texts     []Text
		want, not []string
	}{
		{"headings evenly spread", []Text{{"user", chapters.String()}}, []string{"- user, ~8 KB", "# Chapter 0 |", "# Chapter 299"}, []string{"no heading"}},
		{"underlined", []Text{{"user", "The Title\n=========\n\ntext\n\nSecond\n------\n"}}, []string{"The Title | Second"}, nil},
		{"files of a diff", []Text{{"user", "diff --git a/x/main.go b/x/main.go\n--- a/x/main.go\n+++ b/x/main.go\n@@\n+a\ndiff --git a/y.py b/y.py\n"}}, []string{"x/main.go | y.py"}, nil},
		{"marked files", []Text{{"user", "=== src/app.ts ===\ncode\n// File: lib/util.js\ncode\n<document path=\"docs/a.md\">\n"}}, []string{"src/app.ts | lib/util.js | docs/a.md"}, nil},
		{"columns", []Text{{"user", "date,amount,who\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n"}}, []string{"columns: date,amount,who"}, nil},
		{"keys", []Text{{"user", `[{"id": 1, "tags": ["x", {"deep": true}], "name": "id"}, {"id": 2}]`}}, []string{"JSON keys: id, tags, deep, name"}, nil},
		{"logs", []Text{{"tool", strings.Repeat("2024-05-01T10:00:00Z INFO ok\n", 20)}}, []string{"- tool", "log lines"}, nil},
		{"statute", []Text{{"user", "MADDE 1\nAmaç.\nMADDE 2\nKapsam.\nMadde kağıdı.\n"}}, []string{"MADDE 1 | MADDE 2"}, []string{"kağıdı"}},
		{"many turns", manyTurns(100), []string{"about 64 texts", "- assistant"}, nil},
		{"nothing", nil, nil, []string{"-"}},
	} {
		got := Outline(c.texts)
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in\n%s", c.name, w, got)
			}
		}
		for _, n := range c.not {
			if strings.Contains(got, n) {
				t.Errorf("%s: %q in\n%s", c.name, n, got)
			}
		}
		if len(got) > outlineMax {
			t.Errorf("%s: %d bytes", c.name, len(got))
		}
	}
}

func manyTurns(n int) []Text {
	var all []Text
	for i := range n {
		all = append(all, Text{[]string{"user", "assistant"}[i%2], "# Heading\n" + strings.Repeat("words ", 50)})
	}
	return all
}

// An inserted line leaves the outline as it was, so that the planner's cached answer is found again.
func TestOutlineIsStableUnderSmallEdits(t *testing.T) {
	text := "# One\n\n" + book(200) + "# Two\n\n" + book(200)
	edited := strings.Replace(text, "The 7th day", "A line more.\n\nThe 7th day", 1)
	if a, b := Outline([]Text{{"user", text}}), Outline([]Text{{"user", edited}}); a != b {
		t.Errorf("%s\nbecame\n%s", a, b)
	}
}

func TestAdvisingIsLinear(t *testing.T) {
	for name, s := range map[string]string{
		"letters": strings.Repeat("a", 4<<20), "lines": strings.Repeat("\n", 4<<20), "hashes": strings.Repeat("# ", 2<<20), "backquotes": strings.Repeat("`", 1<<20),
		"quotes": strings.Repeat(`"`, 1<<20), "braces": strings.Repeat("{", 1<<20), "fences": strings.Repeat("```\n", 1<<18), "questions": strings.Repeat("why? ", 1<<18), "list": strings.Repeat("list ", 1<<18),
		"tags": strings.Repeat("<a>", 1<<18), "tags on lines": strings.Repeat("<a>\n", 1<<18), "ends of tags": strings.Repeat("</a>\n", 1<<18), "halves of tags": strings.Repeat("</", 1<<18), "tickets": strings.Repeat("Ticket 1: Please?\n", 1<<15),
	} {
		start := time.Now()
		head, tail := Ends(s)
		q := Question{Instruction: s, System: s, Head: head, Tail: tail, Outline: Outline([]Text{{"user", s}}), HasMaterial: true}
		Prompt(q)
		Rules(q)
		Long(s)
		if d := time.Since(start); d > 20*time.Second { // what is quadratic takes minutes
			t.Errorf("%s: %v", name, d)
		}
	}
}

func BenchmarkRules(b *testing.B) {
	head, tail := Ends("Please read the log book below and tell me how the voyage ended.\n\n" + book(100) + "Answer in Turkish.")
	q := Question{Head: head, Tail: tail, HasMaterial: true}
	for range b.N {
		Rules(q)
	}
}
