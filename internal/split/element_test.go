package split

import (
	"strings"
	"testing"
)

// What stands in one line is cut between its elements, "|" before the best and "¦" before the others.
func TestElements(t *testing.T) {
	for _, want := range []string{
		"<item id=\"1\">¦<a>one</a>¦<b>two, and more</b></item>|<item id=\"2\">¦<a/></item>|<item>",
		"<p>One. Two.</p>¦<p>Three.</p>",
		"INSERT INTO a VALUES (1,'one, two'),|(2,'three'), |(3,'(four')",
		`Records: {"a":1,"b":"x, y"},|{"a":2}`,
		"function f(e){var n=1;¦return n}¦function g(){}",
		".a{margin:0;¦color:red}¦.b{margin:0}",
		"Tom &amp;Jerry; they said (one), (two.) Then: nothing;",
	} {
		text := strings.NewReplacer("|", "", "¦", "").Replace(want)
		var got strings.Builder
		from := 0
		for _, c := range elements(nil, text, 0, len(text), 0) {
			if c.Level == 6 {
				continue // before a closing tag
			}
			got.WriteString(text[from:c.Offset])
			if from = c.Offset; c.Level == 0 {
				got.WriteString("|")
			} else {
				got.WriteString("¦")
			}
		}
		if got.WriteString(text[from:]); got.String() != want {
			t.Errorf("%s, want %s", got.String(), want)
		}
	}
}
