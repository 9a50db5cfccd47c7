package split

import (
	"fmt"
	"strings"
	"testing"
)

const (
	jsonRows = `{"id":1,"notes":"left, with salt, and came back late"},{"id":2,"notes":"left, with {tin}, and came back"}`
	csvRows  = "1,\"left\n\nwith salt\",3\n2,\"left, with tin\",4\n3,\"left\n\nagain\",5\n4,x,6\n"
	notes    = "It was late. He went home.\n\n## The end\n\n```py\nx = 1\n\ny = 2\n```\n\nShe stayed, and he did not.\n"
)

// Wherever JSON or a table stands, its cuts are between its records; what is around it is read as what it is.
func TestMixed(t *testing.T) {
	array := "[" + strings.Repeat(jsonRows+",", 9) + jsonRows + "]"
	table := "id,notes,n\n" + strings.Repeat(csvRows, 12)
	long := strings.Repeat("It was late, and he went home.\nShe stayed, and he did not.\n\n", 300)
	for _, tt := range []struct {
		name, text string
		inside     string // which must have cuts
	}{
		{"a title", "Export of March:\n" + array, array},
		{"an introduction", "Here are the records.\n\n" + array + "\n\nList them.\n", array},
		{"a tag", "<data>\n" + array + "\n</data>\n", array},
		{"a fence that says so", "Words.\n\n```json\n" + array + "\n```\n", array},
		{"a fence that does not", "Words.\n\n```\n" + array + "\n```\n\n# More\n", array},
		{"a document's content", "<document>\n<source>a/b.json</source>\n<document_content>\n" + array + "\n</document_content>\n</document>\n", array},
		{"JSON below prose", long + array + "\n\n" + long, array},
		{"a title over a table", "Export of March\n" + table, table},
		{"a tag around a table", "Read this:\n<data>\n" + table + "</data>\n\nWhat is in it?\n", table},
		{"a table in a fence", "Words.\n\n```csv\n" + table + "```\n", table},
		{"a table below prose", long + table + "\n" + long, table},
		{"a table before notes", table + "\n" + notes, notes},
		{"JSON before notes", "{\"customer\": \"ACME\"}\n\n" + notes, notes},
		{"broken JSON before notes", "[" + jsonRows + "\n\n" + notes, notes},
		{"prose before notes", long + notes, notes},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := strings.Index(tt.text, tt.inside)
			end, cuts := start+len(tt.inside), 0
			for _, c := range Read(tt.text, 0).Cuts {
				before, after := tt.text[:c.Offset], tt.text[c.Offset:]
				switch {
				case c.Offset <= start || c.Offset >= end:
					continue
				case strings.Count(before, `"`)%2 == 1:
					t.Errorf("a %v cut in a string: %.20q", c.Rank, after)
				case tt.inside == notes && c.Rank == Record:
					t.Errorf("a record among the notes: %.20q", after)
				case tt.inside == notes && strings.HasPrefix(after, "## ") && c.Rank != Heading:
					t.Errorf("a %v cut at a heading", c.Rank)
				}
				cuts++
			}
			if cuts < 4 {
				t.Errorf("%d cuts inside", cuts)
			}
		})
	}
}

// One quote too many spoils its own record.
func TestStrayQuote(t *testing.T) {
	for _, stray := range []string{"7,5\" pipe,3\n", "7,\"5\"\" pipe\",3\n", "7,\"5\" pipe\",3\n", "7,x,\"\n"} {
		text := "id,notes,n\n" + csvRows + stray + strings.Repeat(csvRows, 3)
		bad := 0
		from := strings.Index(text, stray) + len(stray)
		for _, c := range Read(text, 0).Cuts {
			if c.Offset > from && (strings.Count(text[from:c.Offset], `"`)%2 == 1 || c.Rank != Record) {
				bad++
			}
		}
		if bad > 0 {
			t.Errorf("%q: %d cuts inside records behind it", stray, bad)
		}
	}
}

// Nor do quotes that mean nothing join the rows between them: TSV has no quoted fields, dumps have any character.
func TestQuotesOfNoFields(t *testing.T) {
	for _, row := range []string{"tt%d\t%s\t1990\tDrama\n", "%d  0a 63 76 08  |%s|\n", "%d;%s;1;2\n"} {
		text := "id\ttitle\tyear\tkind\n"
		if !strings.Contains(row, "\t") {
			text = ""
		}
		for i := range 120 {
			title := "number"
			switch i % 20 {
			case 3:
				title = "\"Salt\" (live"
			case 19:
				title = "\"Tin\""
			}
			text += fmt.Sprintf(row, i, title)
		}
		l := Read(text, 0)
		if n := strings.Count(text, "\n") - 1; l.Kind != Table || len(l.Cuts) != n {
			t.Errorf("%q: a %v with %d cuts, want one at each of %d lines", row, l.Kind, len(l.Cuts), n)
		}
	}
}
