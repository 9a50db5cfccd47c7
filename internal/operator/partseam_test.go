package operator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The parts of a long section, and sections without headings, are one table, one code block, one CSV; texts that only look alike are not.
func TestComposeJoinsParts(t *testing.T) {
	const table, row = "| No | Name |\n|---|---|\n", "| %d | Item %d |"
	for name, c := range map[string]struct {
		ask   string
		texts []string
		want  string
	}{
		"table": {"Write a table.", []string{table + "| 1 | One |\n| 2 | Two |", table + "| 3 | Three |", "| 4 | Four |\n\nThat is all.", "The end."},
			table + "| 1 | One |\n| 2 | Two |\n| 3 | Three |\n| 4 | Four |\n\nThat is all.\n\nThe end."},
		"table in another order":  {"Write a table.", []string{"Here:\n\n" + table + "| 1 | One |", "| Name | No |\n|---|---|\n| Two | 2 |"}, "Here:\n\n" + table + "| 1 | One |\n| 2 | Two |"},
		"another table":           {"Write tables.", []string{table + "| 1 | One |", "| Day | Place |\n|---|---|\n| Monday | Here |"}, table + "| 1 | One |\n\n| Day | Place |\n|---|---|\n| Monday | Here |"},
		"table after a paragraph": {"Write tables.", []string{table + "| 1 | One |\n\nDone.", table + "| 2 | Two |"}, table + "| 1 | One |\n\nDone.\n\n" + table + "| 2 | Two |"},
		"code":                    {"Write a program.", []string{"The program:\n\n```go\nfunc a() {}\n```", "```go\n\nfunc b() {}\n```", "```go\nfunc c() {}\n```\n\nRun it."}, "The program:\n\n```go\nfunc a() {}\n\nfunc b() {}\nfunc c() {}\n```\n\nRun it."},
		"code in two languages":   {"Write a program.", []string{"```go\nfunc a() {}\n```", "```sh\ngo run .\n```"}, "```go\nfunc a() {}\n```\n\n```sh\ngo run .\n```"},
		"code and words":          {"Write a program.", []string{"```go\nfunc a() {}\n```", "Then the tests:\n\n```go\nfunc b() {}\n```"}, "```go\nfunc a() {}\n```\n\nThen the tests:\n\n```go\nfunc b() {}\n```"},
		"CSV":                     {"Write a CSV file.", []string{"id,name\n1,\"One, or so\"", "id,name\n2,Two", "3,Three"}, "id,name\n1,\"One, or so\"\n2,Two\n3,Three"},
		"CSV in a block":          {"Write a CSV file.", []string{"```csv\nid,name\n1,One\n```", "```csv\nid,name\n2,Two\n```"}, "```csv\nid,name\n1,One\n2,Two\n```"},
		"words on CSV":            {"Write an essay on CSV.", []string{"First, rows.\nA file has many, and\nthey are long.", "First, cells.\nThey are few."}, "First, rows.\nA file has many, and\nthey are long.\n\nFirst, cells.\nThey are few."},
	} {
		for _, parallel := range []bool{false, true} {
			in := textInput(c.ask, "", 1)
			in.Advice.Parallel = parallel
			for i := range c.texts {
				in.Advice.Sections = append(in.Advice.Sections, Section{Brief: fmt.Sprint("part ", i), Words: 100})
			}
			f := &fake{model: func(call Call) Reply { return Reply{Text: c.texts[call.Index], Finish: "stop"} }}
			if err := run(t, "compose", in, f); err != nil {
				t.Fatal(name, err)
			}
			if d := cmp.Diff(c.want, f.out.String()); d != "" {
				t.Errorf("%s, parallel %v (-want +got):\n%s", name, parallel, d)
			}
		}
	}
	// A long section in several calls, between others that have headings of their own.
	in := textInput("Write it.", "", 1)
	in.Advice.Sections = []Section{{"Before", "b", 100}, {"Table", "t", 1000}, {"After", "a", 100}}
	f := &fake{model: func(call Call) Reply {
		return Reply{Text: table + fmt.Sprintf(row, call.Index, call.Index), Finish: "stop"}
	}}
	if err := run(t, "compose", in, f); err != nil {
		t.Fatal(err)
	}
	if out := f.out.String(); len(f.calls) < 4 || strings.Count(out, table) != 3 || strings.Count(out, "\n\n|") != 3 || strings.Count(out, "| Item") != len(f.calls) {
		t.Errorf("%d calls:\n%s", len(f.calls), out)
	}
}
