package split

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The texts stand in the root's testdata, since the packer's tests read them too. Each golden file shows the text with its cuts: a line in ⟦⟧ before
// what follows a cut, with rank, level and breadcrumb, and at the end what each block begins with.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("../../testdata/split/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no texts: %v", err)
	}
	for _, name := range names {
		base := strings.TrimSuffix(filepath.Base(name), ".txt")
		t.Run(base, func(t *testing.T) {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := render(string(b))
			golden := strings.TrimSuffix(name, ".txt") + ".cuts"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s: -want +got:\n%s", golden, d)
			}
		})
	}
}

// render shows a text with its cuts, sentences included.
func render(text string) string {
	l := Read(text, 0)
	var cuts []Cut
	from := 0
	for i := 0; i <= len(l.Cuts); i++ {
		to := len(text)
		if i < len(l.Cuts) {
			to = l.Cuts[i].Offset
		}
		cuts = sentences(cuts, text, from, to, 0)
		if i < len(l.Cuts) {
			cuts = append(cuts, l.Cuts[i])
		}
		from = to
	}
	offsets := []int{0}
	for _, c := range cuts {
		offsets = append(offsets, c.Offset)
	}
	paths := l.Paths(offsets)
	var b strings.Builder
	fmt.Fprintf(&b, "⟦%v · %s⟧\n", l.Kind, paths[0])
	from = 0
	show := func(s string) {
		s = strings.NewReplacer("\r\n", "␍␊\n", "\r", "␍\n").Replace(s)
		b.WriteString(s)
		if !strings.HasSuffix(s, "\n") {
			b.WriteString("⏎\n")
		}
	}
	for i, c := range cuts {
		show(text[from:c.Offset])
		fmt.Fprintf(&b, "⟦%v %d · %s⟧\n", c.Rank, c.Level, paths[i+1])
		from = c.Offset
	}
	show(text[from:])
	for _, s := range l.Blocks {
		fmt.Fprintf(&b, "⟦whole: %q … %q⟧\n", head(text[s.Start:s.End]), tail(text[s.Start:s.End]))
	}
	return b.String()
}

func head(s string) string { return s[:cluster12(s)] }

func tail(s string) string {
	i := max(len(s)-12, 0)
	for i < len(s) && !utf8.RuneStart(s[i]) {
		i++
	}
	return s[i:]
}

func cluster12(s string) int {
	i := 0
	for i < len(s) && i < 12 {
		i = cluster(s, i, len(s))
	}
	return i
}

func TestPaths(t *testing.T) {
	for _, tt := range []struct{ name, text, at, want string }{
		{"headings", "# A\n\n## B\n\nx\n\n## C\n\nhere\n", "here", "A > C"},
		{"a call is no declaration", "func f() {\n\tif fn(a); b {\n\t\tfn(a, b)\n\t\there\n\t}\n}\n", "here", "func f()"},
		{"method in a class", "import a\n\nclass A:\n    def f(self):\n        return 1\n\n    def g(self):\n        here\n", "here", "class A > def g(self)"},
		{"after a table", "# A\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nhere\n", "here", "A"},
		{"in a table", "# A\n\n| a | b |\n|---|---|\n| 1 | here |\n", "| 1", "A > | a | b |"},
		{"in a table of fixed width", "# A\n\nID  NAME    SUM\n--- ------- ---\n1   here     12\n2   there    13\n", "2 ", "A > ID NAME SUM"},
		{"in a table of MySQL", "+----+------+\n| id | name |\n+----+------+\n|  1 | here |\n", "|  1", "| id | name |"},
		{"behind a heading's element", "<main>\n<h1>A</h1>\n<div>\n<h2>B</h2>\n<p>x</p>\n</div>\n<p>here</p>\n</main>\n", "<p>here", "A"},
		{"tags in source text", "function App() {\n  return (\n    <h1>A</h1>\n    <p>here</p>\n  )\n}\n", "<p>", "function App()"},
		{"speaker and heading", "User: hi\nAssistant: # x\n\n# A\n\nhere\nUser: bye\n", "here", "Assistant > A"},
		{"file of a fence", "Text [x](y)\n\n```go a/b.go\nx\nhere\n```\n", "here", "a/b.go"},
		{"JSON that is cut off", `{"a": {"b": [` + strings.Repeat(`{"c": "words"}, `, 40) + `"here"`, `"here`, "a > b[]"},
		{"long labels", "# " + strings.Repeat("long ", 40) + "\n\nhere\n", "here", strings.TrimSpace(strings.Repeat("long ", 20)) + "…"},
		{"bad bytes", "# A\xff\tB\u0085C\n\nhere\n", "here", "A B C"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Read(tt.text, 0).Paths([]int{strings.Index(tt.text, tt.at)})
			if d := cmp.Diff([]string{tt.want}, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}
