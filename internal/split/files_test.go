package split

import (
	"strings"
	"testing"
)

// The tag around a document stays with the document.
func TestDocuments(t *testing.T) {
	document := "<document index=\"7\">\n<source>NAME</source>\n<document_content>\nIt was late.\n\nHe went home.\n</document_content>\n</document>\n"
	for _, name := range []string{"a/b.txt", "Annual report 2023"} {
		for _, indent := range []string{"", "  "} {
			one := indent + strings.ReplaceAll(strings.TrimSuffix(strings.Replace(document, "NAME", name, 1), "\n"), "\n", "\n"+indent) + "\n"
			text := "<documents>\n" + strings.Repeat(one, 10) + "</documents>\n"
			l := Read(text, 0)
			files := 0
			for _, c := range l.Cuts {
				if c.Rank != File {
					continue
				}
				if files++; !strings.HasPrefix(text[c.Offset:], indent+"<document ") && text[c.Offset:] != "</documents>\n" {
					t.Errorf("%s%s: a file at %.30q", indent, name, text[c.Offset:])
				} else if got := l.Paths([]int{c.Offset})[0]; got != name && files <= 10 {
					t.Errorf("%s%s: a file under %q", indent, name, got)
				}
			}
			if files != 11 {
				t.Errorf("%s%s: %d files, want 10 and what is behind them", indent, name, files)
			}
		}
	}
}
