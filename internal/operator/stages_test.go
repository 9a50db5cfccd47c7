package operator

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// planInput is the request of the plan goldens: one of some size for every operator.
func planInput() *Input {
	text, _ := marks(300, 9)
	in := textInput("List every line that starts with MARK-", text, 5000)
	in.System, in.Recent = "Be brief.", "user: hello"
	in.Limits.Notes, in.Limits.Answer, in.Limits.OneCall = 4000, 9000, 8000
	in.Advice.Sections = []Section{{"Start", "how it begins", 200}, {"End", "how it ends", 300}}
	return in
}

// Every operator's plan, and the first call of each of its stages, as golden files.
func TestPlanGoldens(t *testing.T) {
	for _, op := range Table {
		in := planInput()
		var b strings.Builder
		for _, s := range op.Stages(in) {
			line, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(line, '\n'))
		}
		f := &fake{t: t, model: planWorker(op.Name())}
		if err := run(t, op.Name(), in, f); err != nil {
			t.Fatalf("%s: %v", op.Name(), err)
		}
		seen := map[string]bool{}
		for _, c := range f.calls {
			if !seen[c.Stage] {
				seen[c.Stage] = true
				fmt.Fprintf(&b, "-- first %s call: %d tokens at most, schema %q --\n%s\n-- user --\n%s\n", c.Stage, c.MaxTokens, c.Schema, c.System.String(), shorten(c.User.String()))
			}
		}
		for _, a := range f.answers {
			for _, c := range in.Chunks[:1] {
				if s, ok := a.Texts[At{c.Message, c.Part}]; ok {
					a.Insert = s
				}
			}
			fmt.Fprintf(&b, "-- final call: whole %v, %d tokens at most --\n%s\n", a.Whole, a.MaxTokens, shorten(a.Insert))
		}
		golden := filepath.Join("testdata", "plans", op.Name()+".golden")
		if *update {
			if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Errorf("%s: no golden; run go test -update: %v", op.Name(), err)
			continue
		}
		if d := cmp.Diff(string(want), b.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", op.Name(), d)
		}
	}
}

// shorten leaves out the middle of long material.
func shorten(s string) string {
	lines := strings.Split(s, "\n")
	var out []string
	skipped := 0
	for i, l := range lines {
		if strings.HasPrefix(l, "Line ") && i > 0 && i+1 < len(lines) && strings.HasPrefix(lines[i+1], "Line ") {
			skipped++
			continue
		}
		if skipped > 0 {
			out = append(out, fmt.Sprintf("(%d lines)", skipped))
			skipped = 0
		}
		out = append(out, l)
	}
	return strings.Join(out, "\n")
}

// planWorker is a worker for the goldens' text.
func planWorker(name string) func(Call) Reply {
	return func(c Call) Reply {
		switch {
		case c.Stage == "section":
			return author(c)
		case name == "transform":
			return Reply{Text: strings.ToUpper(material(c.User.String())), Finish: "stop"}
		case name == "edit":
			line := markLine.FindString(material(c.User.String()))
			return Reply{Text: fmt.Sprintf(`{"edits":[{"search":%q,"replace":"MARK"}]}`, line), Finish: "stop"}
		case name == "carry":
			return Reply{Text: "Seen so far: " + markLine.FindString(material(c.User.String())), Finish: "stop"}
		case name == "extract":
			return collector(c)
		case name == "summarize":
			return Reply{Text: "Weather; " + strings.Join(markLine.FindAllString(material(c.User.String()), -1), "; "), Finish: "stop"}
		}
		return clerk(c)
	}
}

// What Stages says is what Run does when nothing goes wrong: the calls by stage, and their prompt tokens to within a few in a hundred.
func TestStagesAreTrue(t *testing.T) {
	for _, op := range Table {
		in := planInput()
		f := &fake{t: t, model: planWorker(op.Name())}
		if err := run(t, op.Name(), in, f); err != nil {
			t.Fatalf("%s: %v", op.Name(), err)
		}
		calls, prompts := f.stages(), map[string]int{}
		for _, c := range f.calls {
			prompts[c.Stage] += in.Tokens(c.System.String()) + in.Tokens(c.User.String())
		}
		if len(f.answers) > 0 {
			calls["final"] = len(f.answers)
		}
		want := map[string]int{}
		slack := 3
		if op.Name() == "carry" {
			slack = 15 // how long a record is, is not known before
		}
		for _, s := range op.Stages(in) {
			want[s.Name] = s.Calls
			if s.Expected > s.Worst || s.Prompt <= 0 || s.Worst <= 0 {
				t.Errorf("%s: %+v", op.Name(), s)
			}
			if got := prompts[s.Name]; s.Name == "map" && (got < s.Prompt*(100-slack)/100 || got > s.Prompt*103/100) {
				t.Errorf("%s: %d prompt tokens in %s calls, planned %d", op.Name(), got, s.Name, s.Prompt)
			}
		}
		if d := cmp.Diff(want, calls); d != "" {
			t.Errorf("%s: calls (-planned +made):\n%s", op.Name(), d)
		}
	}
}

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, op := range Table {
		if got, ok := ByName(op.Name()); !ok || got != op || seen[op.Name()] {
			t.Errorf("ByName(%q) = %v, %v", op.Name(), got, ok)
		}
		seen[op.Name()] = true
	}
	if _, ok := ByName("unheard-of"); ok {
		t.Error("ByName knows a name that is not in Table")
	}
}
