package split

import (
	"strings"
	"testing"
)

// What is pasted one behind another, each of several units.
var pasted = map[string]string{
	"log":     "2026-03-01 10:00:07,001 INFO  [w-1] c.x.Orders - reading the orders\n2026-03-01 10:00:08,210 ERROR [w-1] c.x.Orders - failed\njava.lang.IllegalStateException: no stock\n\tat a.B.run(B.java:1)\n\tat a.C.run(C.java:2)\n",
	"notes":   "## What we saw\n\nThe orders came late, and the queue was full. Nobody had looked at it since the morning.\n\nIt was started again:\n\n```\n2026-03-01 10:00:07 INFO starting\n\n2026-03-01 10:00:08 INFO started\n```\n\n- The queue was short.\n- The disk was full.\n\n",
	"Go":      "// Load reads an order. It is slow.\nfunc (s *Store) Load(id int) error {\n\tif err := s.read(id); err != nil {\n\t\treturn err\n\t}\n\n\t// What is read is checked.\n\treturn s.check(id)\n}\n\n",
	"Python":  "def load(store, key):\n    \"\"\"Read an order.\n\n    It is slow.\n    \"\"\"\n    if store.read(key):\n        return key\n\n    raise ValueError(key)\n\n\n",
	"rows":    "1001,2026-03-04,Ann,\"left, with salt\",12.50\n1002,2026-03-05,Bob,\"left\n\nand came back\",8.00\n",
	"records": "{\n  \"id\": 7,\n  \"notes\": \"func f() {\\n\\treturn\\n}\",\n  \"lines\": [1, 2, 3]\n}\n",
	"diff":    "diff --git a/x.go b/x.go\n--- a/x.go\n+++ b/x.go\n@@ -1,4 +1,4 @@ func f() {\n \ta := 1\n-\tb := 2\n+\tb := 3\n \n \tc := 4\n",
	"chat":    "[01.03.2026, 10:00] Ann: the queue is full. I have looked.\n[01.03.2026, 10:01] Bob: then start it again, please.\nAnd tell me when it is up.\n",
	"mails":   "From ann@example.com Mon Mar 14 10:05:00 2026\nFrom: Ann <ann@example.com>\nTo: ops@example.com\nDate: Mon, 14 Mar 2026 10:05:00 +0000\nSubject: The queue\n\nIt is full again.\n\nNote: this is the third time.\n\nBest regards,\nAnn\n\n",
	"talk":    "[01.03.2026, 10:00] Cid: the queue is full. I have looked.\nAnd tell me when it is up.\n",
	"names":   "Ann: the queue is full. I have looked.\nAnd tell me when it is up.\n",
	"pair":    "Eve: the queue is full. I have looked.\nFay: then start it again, please.\nAnd tell me when it is up.\n",
	"renames": "diff --git a/x.go b/y.go\nsimilarity index 100%\nrename from x.go\nrename to y.go\n",
	"letters": "From: Ann <ann@example.com>\nTo: ops@example.com\nSubject: The queue\n\nIt is full again.\n\nNote: this is the third time.\n\nBest regards,\nAnn\n\n",
}

const units = 60

// Whatever stands before and behind it, each part of a text is cut better between its units than inside them.
func TestPiecewise(t *testing.T) {
	for _, parts := range []string{
		"log notes", "log records notes", "log records log", "log Go", "log Python", "log rows", "log notes log", "log diff notes",
		"diff notes", "diff notes diff", "diff rows", "diff Go notes",
		"Go log", "Go notes", "Go records notes", "Go rows", "Go Python notes log", "Go chat", "Python notes Python log",
		"notes log notes", "notes Go notes", "notes Python log", "notes rows notes", "notes chat", "notes Go rows",
		"rows notes log", "records log notes", "chat rows", "chat log", "chat notes", "chat mails", "chat letters", "chat letters talk", "chat letters names", "chat letters pair", "renames notes",
	} {
		t.Run(parts, func(t *testing.T) {
			text, spans := "", map[int]string{}
			for i, name := range strings.Fields(parts) {
				switch {
				case name == "records" && i > 0:
					text += "\n"
				case name == "rows":
					text += "\nid,date,name,notes,amount\n"
				case name == "Go":
					text += "\npackage x\n\nimport \"fmt\"\n\n"
				case i > 0 && !strings.HasSuffix(text, "\n\n"):
					text += "\n"
				}
				spans[len(text)] = name
				text += strings.Repeat(pasted[name], units)
			}
			cuts := Read(text, 0).Cuts
			for start, name := range spans {
				unit := pasted[name]
				worst, best, borders, inside := 0, 1<<16, 0, ""
				for _, c := range cuts {
					at := c.Offset - start
					switch {
					case at <= 0 || at >= units*len(unit):
					case at%len(unit) == 0:
						worst = max(worst, c.order())
						borders++
					case within(unit, at%len(unit)) && c.order() < best:
						best, inside = c.order(), text[c.Offset:]
					}
				}
				if borders != units-1 || worst >= best {
					t.Errorf("%s: %d cuts between %d units, of %#x; one inside is of %#x: %.30q", name, borders, units, worst, best, inside)
				}
			}
		})
	}
}

// within reports whether a place in a unit is a bad one: not between two entries, rows or turns of it, nor before a paragraph.
func within(unit string, at int) bool {
	for _, begins := range []string{"2026-", "1002", "[01.03", "Fay: ", "```\n\n-", "The queue", "It was", "The orders", "- The", "\n"} {
		if strings.HasPrefix(unit[at:], begins) && strings.HasPrefix(unit[at-1:], "\n") {
			return strings.Count(unit[:at], "```") == 1
		}
	}
	return true
}

// What looks like another kind of text for some lines is none.
func TestNoFalseSwitch(t *testing.T) {
	long := "The queue was full, and nobody had looked at it since the morning.\nIt was started again. Import duties were not paid.\n"
	for _, tt := range []struct {
		name, text string
		never      Rank
		at         string // where there is no such cut
	}{
		{"words in a log", strings.Repeat(pasted["log"]+"# Orders\n\nThe queue was full.\n\n", 40), Heading, ""},
		{"a prompt in a log", strings.Repeat(pasted["log"]+"prompt:\n"+pasted["notes"], 40), Record, "2026-03-01 10:00:07 "},
		{"a fence in Markdown", strings.Repeat("# Notes\n\n"+long+"\n```\n"+pasted["log"]+"\n"+pasted["Go"]+"```\n\n", 40), Record, ""},
		{"rows in a fence", strings.Repeat("# Notes\n\n"+long+"\n```\n"+strings.Repeat("1,2,3\n", 9)+"```\n\n", 40), Record, ""},
		{"comments in a script", "#!/bin/sh\nset -e\n\n" + strings.Repeat("# Install\n\nif test -f x; then\n  cp a b;\nfi\n\n# Build\n\nx=1\nmake all;\n\n", 60), Heading, ""},
		{"comments in Python", "import os\n\n" + strings.Repeat("# Load the orders. They are late.\n\n"+pasted["Python"], 60), Heading, ""},
		{"words in a diff", strings.Repeat(pasted["diff"]+"\nFrom here on nobody looked at the queue, and it was full again.\n\n", 40), Heading, "From"},
		{"a diff without its spaces", strings.Repeat(strings.ReplaceAll(strings.Replace(pasted["diff"], " \tc := 4\n", strings.Repeat(" d := 1\n+e := 2\n ## f\n", 60), 1), "\n ", "\n"), 20), Heading, ""},
		{"short words in a diff", strings.Repeat(pasted["diff"]+"# Orders\n\nThe queue was full.\n\n", 40), Heading, ""},
		{"code in strings", strings.Repeat(pasted["records"], 60), Block, "func"},
		{"sentences that begin with words of source text", strings.Repeat("import duties were not paid, and the queue was full\n\nuse of the port was free: for all\n\n"+long+long+long+"\n", 40), Block, ""},
		{"prose with times", strings.Repeat("10:05 was when it began. We had waited for it.\n"+long+"\n", 40), Record, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, c := range Read(tt.text, 0).Cuts {
				if c.Rank == tt.never && strings.HasPrefix(tt.text[c.Offset:], tt.at) {
					t.Fatalf("a %v cut at %d: %.40q", c.Rank, c.Offset, tt.text[c.Offset:])
				}
			}
		})
	}
}
