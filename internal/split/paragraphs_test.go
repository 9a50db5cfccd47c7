package split

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParagraphs(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "", nil},
		{"one line", "What is it?", []string{"What is it?"}},
		{"two", "a\nb\n\nc\n", []string{"a\nb\n\n", "c\n"}},
		{"trailing blank lines stay with what they follow", "a\n\n \n\t\nb", []string{"a\n\n \n\t\n", "b"}},
		{"leading blank lines", "\n\na\n\nb", []string{"\n\na\n\n", "b"}},
		{"only blank lines", "\n\n \n", []string{"\n\n \n"}},
		{"no blank line: lines", "a\nb\nc", []string{"a\n", "b\n", "c"}},
		{"blank line at the end only: lines", "a\nb\n\n", []string{"a\n", "b\n\n"}},
		{"CRLF", "a\r\nb\r\n\r\nc\r\n", []string{"a\r\nb\r\n\r\n", "c\r\n"}},
		{"lone CR", "a\r\rb\rc", []string{"a\r\r", "b\rc"}},
		{"no-break space is blank", "a\n\u00a0\nb", []string{"a\n\u00a0\n", "b"}},
		{"bad bytes", "\xff\n\n\xed\xa0\x80", []string{"\xff\n\n", "\xed\xa0\x80"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, s := range Paragraphs(tt.text) {
				got = append(got, tt.text[s.Start:s.End])
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestLines(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"a\nb\r\nc\rd", "a\n|b\r\n|c\r|d|"},
		{"\r\n\r\r\n\n\r", "\r\n|\r|\r\n|\n|\r|"},
		{"a\rb\r\n", "a\r|b\r\n|"},
		{"abc", "abc|"},
	} {
		var got strings.Builder
		l := newLines(tt.text)
		for i := 0; i < len(tt.text); {
			end := l.end(i)
			got.WriteString(tt.text[i:end] + "|")
			i = end
		}
		if got.String() != tt.want {
			t.Errorf("lines of %q: %q, want %q", tt.text, got.String(), tt.want)
		}
	}
}

func FuzzParagraphs(f *testing.F) {
	f.Add("a\n\nb\r\n\r\nc\r\rd")
	f.Fuzz(func(t *testing.T, text string) {
		var got strings.Builder
		for _, s := range Paragraphs(text) {
			got.WriteString(text[s.Start:s.End])
		}
		if got.String() != text {
			t.Errorf("paragraphs concatenate to %q, want %q", got.String(), text)
		}
	})
}
