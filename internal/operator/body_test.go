package operator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBodyLosesNoText: what rules keep of a text as instruction is taken out of it only where it surely is no text.
func TestBodyLosesNoText(t *testing.T) {
	const prose = "She kept the shop.\n\nHe only came to return the book."
	const code = "func a() int {\n\treturn 1\n}\n\nfunc b() int { return 2 }"
	for _, c := range []struct {
		name string
		text string
		kept []string // of its paragraphs
		want string
	}{
		{"before", "Translate the text into German.\n\n" + prose, []string{"Translate the text into German."}, prose},
		{"before, with a rider", "Translate the text into German.\n\nKeep the names.\n\n" + prose, []string{"Translate the text into German.", "Keep the names."}, prose},
		{"after", prose + "\n\nMetni Almancaya çevir.", []string{"Metni Almancaya çevir."}, prose},
		{"both ends", "Please rewrite this politely.\n\n" + prose + "\n\nReturn the whole text.", []string{"Please rewrite this politely.", "Return the whole text."}, prose},
		{"the text ends with such a word", "Translate this.\n\n" + prose, []string{"Translate this.", "He only came to return the book."}, prose},
		{"the text ends with an order", "Translate this.\n\nIt was late.\n\nReturn at once!", []string{"Translate this.", "Return at once!"}, "It was late.\n\nReturn at once!"},
		{"the text begins with a question", "Translate this.\n\nWhy did she go?\n\n" + prose, []string{"Translate this.", "Why did she go?"}, "Why did she go?\n\n" + prose},
		{"code at the end", "Rename a to c.\n\n" + code, []string{"Rename a to c.", "func b() int { return 2 }"}, code},
		{"nothing but an order", "Return at once!", []string{"Return at once!"}, "Return at once!"},
	} {
		in := textInput(strings.Join(c.kept, "\n\n"), c.text, 2000)
		chunks, err := body(in)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var b strings.Builder
		for _, ch := range chunks {
			b.WriteString(in.Core(ch))
			if n := in.Tokens(in.Core(ch)); n != ch.Tokens {
				t.Errorf("%s: a chunk says %d tokens and has %d", c.name, ch.Tokens, n)
			}
		}
		if diff := cmp.Diff(c.want, strings.TrimSpace(b.String())); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
}
