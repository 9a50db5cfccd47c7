package advice

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func book(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "The %dth day at sea was grey, and the crew said little while the wind went round to the north.\n\n", i)
	}
	return b.String()
}

func TestEnds(t *testing.T) {
	for _, c := range []struct{ name, text, first, last string }{
		{"blank lines", "Summarize this.\n\n" + book(50) + "In Turkish, please.", "Summarize this.", "In Turkish, please."},
		{"windows line ends", strings.ReplaceAll("Summarize this.\n\n"+book(50)+"In Turkish, please.\n", "\n", "\r\n"), "Summarize this.", "In Turkish, please."},
		{"lines without blank ones", "Count the errors:\n" + strings.Repeat("2024-01-01 12:00:00 ERROR it broke again\n", 100) + "Only a number.", "Count the errors:", "Only a number."},
		{"one line", "Summarize this: " + strings.Repeat("word after word goes by. ", 200) + "What is it about?", "Summarize this:", "What is it about?"},
		{"short", "hello", "hello", ""},
		{"empty", "", "", ""},
		{"white space", strings.Repeat(" \n", 5000), "", ""},
		{"one letter", strings.Repeat("a", 1<<20), "", ""},
	} {
		head, tail := Ends(c.text)
		first, last := "", ""
		if len(head) > 0 {
			first = head[0].Text
		}
		if len(tail) > 0 {
			last = tail[len(tail)-1].Text
		}
		if first != c.first || last != c.last {
			t.Errorf("%s: first %q, last %q; want %q, %q", c.name, first, last, c.first, c.last)
		}
	}
}

func FuzzEnds(f *testing.F) {
	f.Add("Summarize this.\n\n" + book(40) + "Thanks?")
	f.Add("a. b? \r\n\r\n  \t\n c: d")
	f.Add(strings.Repeat("漢字。", 900) + "何ですか?")
	f.Fuzz(func(t *testing.T, text string) {
		head, tail := Ends(text)
		if len(head) > endPieces || len(tail) > endPieces {
			t.Fatalf("%d and %d pieces", len(head), len(tail))
		}
		at := 0
		for i, p := range append(slices.Clone(head), tail...) {
			if p.Number != i+1 || p.Start < at || p.End <= p.Start || p.End-p.Start > pieceMax || text[p.Start:p.End] != p.Text {
				t.Fatalf("piece %d: %+v after %d", i, p, at)
			}
			if utf8.ValidString(text) && !utf8.ValidString(p.Text) {
				t.Fatalf("piece %d cuts a character: %q", i, p.Text)
			}
			at = p.End
		}
	})
}

func TestRulesKeepParagraphs(t *testing.T) {
	for _, c := range []struct {
		name, text string
		keep, drop []string
	}{
		{"question before", "How does the voyage end?\n\n" + book(40), []string{"How does the voyage end?"}, []string{"The 0th day", "The 38th day"}},
		{"question after", book(40) + "Yukarıdaki metni özetle.", []string{"Yukarıdaki metni özetle."}, []string{"The 0th day", "The 39th day"}},
		{"points of a list", "Please review the log.\n\n- tone\n\n- facts\n\nLog:\n\n" + book(40), []string{"Please review", "- tone", "- facts", "Log:"}, []string{"The 0th day"}},
		{"both ends", "Aşağıda bir seyir defteri var:\n\n" + book(40) + "Kaç gün sürmüş?", []string{"Aşağıda", "Kaç gün"}, nil},
		{"unsure: the last one stays", book(40) + "the whole thing in two lines", []string{"the whole thing"}, nil},
		{"data is no request", `{"a": 1}` + "\n\n" + book(40) + "Who is the captain?", []string{"Who is"}, []string{`{"a"`}},
	} {
		q := Question{HasMaterial: true, Operators: today}
		q.Head, q.Tail = Ends(c.text)
		d := Rules(q)
		var kept []string
		for _, p := range paragraphs(q) {
			if slices.Contains(d.Kept, p.Number) {
				kept = append(kept, p.Text)
			}
		}
		has := func(s string) bool {
			return slices.ContainsFunc(kept, func(k string) bool { return strings.HasPrefix(k, s) })
		}
		for _, s := range c.keep {
			if !has(s) {
				t.Errorf("%s: %q is not kept; kept %q", c.name, s, kept)
			}
		}
		for _, s := range c.drop {
			if has(s) {
				t.Errorf("%s: %q is kept", c.name, s)
			}
		}
	}
}
