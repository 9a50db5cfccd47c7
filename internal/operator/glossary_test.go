package operator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNames(t *testing.T) {
	for text, want := range map[string][]string{
		"Yesterday the Port Authority met Defne Arkın. The Council was there.":  {"Port Authority", "Defne Arkın", "Council"},
		"The Council met. But Council members, such as O'Brien-Smith, did not.": {"Council", "Council", "O'Brien-Smith"},
		"# Heading of a Text\n- Item One\nand so on":                            {"Text", "One"},
		"no names here, none at all.":                                           nil,
		"人は Tokyo へ":                                                            {"Tokyo"},
		strings.Repeat("x Yy", 1) + strings.Repeat("z", 200):                    nil,
		"": nil,
	} {
		var got []string
		names(text, func(n string) { got = append(got, n) })
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%.60q (-want +got):\n%s", text, d)
		}
	}
}

// The names are put down by one call, where the plan asks for it; each chunk is told those that stand in it.
func TestGlossary(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		who := []string{"the Port Authority", "old Defne Arkın", "the Salt Office"}[i*i%3]
		if i > 30 {
			who = "the Salt Office"
		}
		fmt.Fprintf(&b, "In the year %d we wrote to %s about the matter of the boats, again.\n", 1900+i, who)
	}
	for reply, told := range map[string]bool{
		`{"terms":[{"term":"Port Authority","as":"Liman Başkanlığı"},{"term":"Unheard Of","as":"x"},{"term":"Salt Office","as":"Tuz\nDairesi"}]}`: true,
		"I would rather not.": false,
		"":                    false,
	} {
		for _, asked := range []bool{true, false} {
			in := textInput("Translate it into Turkish.", b.String(), 700)
			in.Advice.Glossary, in.Advice.Language = asked, "Turkish"
			f := &fake{model: func(c Call) Reply {
				if c.Stage == "glossary" {
					if !strings.Contains(c.User.String(), "Port Authority\n") || !strings.Contains(c.User.String(), "Defne Arkın\n") {
						t.Errorf("the names:\n%s", c.User.String())
					}
					return Reply{Text: reply, Finish: "stop"}
				}
				return Reply{Text: strings.ToUpper(material(c.User.String())), Finish: "stop"}
			}}
			if err := run(t, "transform", in, f); err != nil {
				t.Fatal(err)
			}
			if f.out.String() != strings.ToUpper(b.String()) {
				t.Error("the text is not the text")
			}
			calls, prompts := 0, 0
			for _, s := range (transform{}).Stages(in) {
				calls += s.Calls
				if s.Name == "glossary" {
					prompts = s.Prompt
				}
			}
			if want := len(in.Chunks); len(f.calls) != calls || asked != (calls == want+1) || asked != (prompts > 100) {
				t.Errorf("asked %v: %d calls, %d planned for %d chunks", asked, len(f.calls), calls, want)
			}
			for _, c := range f.calls {
				if c.Stage != "map" {
					continue
				}
				for name, line := range map[string]string{"Port Authority": "Port Authority = Liman Başkanlığı\n", "Salt Office": "Salt Office = Tuz Dairesi\n"} {
					if want := asked && told && strings.Contains(material(c.User.String()), name); strings.Contains(c.User.String(), line) != want {
						t.Errorf("asked %v: chunk %d is told %q: %v", asked, c.Index, line, !want)
					}
				}
				if strings.Contains(c.User.String(), "Unheard") {
					t.Error("a name that nobody asked for")
				}
			}
		}
	}
}

// A text that loses what it must keep is asked for once more; what a second try loses too is believed.
func TestTransformKeeps(t *testing.T) {
	const text = "Dear {customer}, your order 1,234.56 of 2024 came on <b>Monday</b>. See https://example.org/x?y=1 for %s.\n" +
		"- one\n- two\n- three\n- four\n- five\n\n```sh\nmake it\n```\n"
	for name, tt := range map[string]struct {
		task   string
		change func(string) string
		again  bool
	}{
		"all kept": {"Translate it.", func(s string) string {
			return strings.Replace(strings.Replace(s, "Dear", "Sayın", 1), "1,234.56", "1.234,56", 1)
		}, false},
		"placeholder":     {"Translate it.", func(s string) string { return strings.Replace(s, "{customer}", "{müşteri}", 1) }, true},
		"printf":          {"Translate it.", func(s string) string { return strings.Replace(s, "%s", "s%", 1) }, true},
		"tag":             {"Translate it.", func(s string) string { return strings.Replace(s, "<b>", "", 1) }, true},
		"number":          {"Translate it.", func(s string) string { return strings.Replace(s, "2024", "2025", 1) }, true},
		"link":            {"Translate it.", func(s string) string { return strings.Replace(s, "x?y=1", "x", 1) }, true},
		"fence":           {"Translate it.", func(s string) string { return strings.ReplaceAll(s, "```", "") }, true},
		"items run on":    {"Translate it.", func(s string) string { return strings.ReplaceAll(s, "\n- ", "; ") }, true},
		"items, reshaped": {"Convert the list to prose.", func(s string) string { return strings.ReplaceAll(s, "\n- ", "; ") }, false},
		"tag, redacted":   {"Redact the day.", func(s string) string { return strings.Replace(s, "<b>Monday</b>", "x", 1) }, false},
	} {
		in := textInput(tt.task, text, 1<<20)
		in.Advice.Confidence = 0.9
		f := &fake{model: func(c Call) Reply {
			return Reply{Text: tt.change(strings.Replace(material(c.User.String()), "Dear", "Sayın", 1)), Finish: "stop"}
		}}
		if err := run(t, "transform", in, f); err != nil {
			t.Fatal(err)
		}
		if got := len(f.calls) == 2; got != tt.again || len(f.calls) > 2 {
			t.Errorf("%s: %d calls", name, len(f.calls))
		}
		if tt.again && !strings.Contains(f.calls[1].User.String(), "An earlier reply was refused") {
			t.Errorf("%s: the second call does not say why", name)
		}
		if want := tt.change(strings.Replace(text, "Dear", "Sayın", 1)); strings.TrimSpace(f.out.String()) != strings.TrimSpace(want) {
			t.Errorf("%s (-want +got):\n%s", name, cmp.Diff(want, f.out.String()))
		}
	}
}

// However many chunks a table is made of, it has one heading; a heading that the text itself repeats stays.
func TestTransformOneHeading(t *testing.T) {
	var rows []string
	for i := range 60 {
		rows = append(rows, fmt.Sprintf("%d; ship %d; %d barrels of salt", i, i*7, i*31))
	}
	source := strings.Join(rows, "\n") + "\n"
	table := func(head, rule string, cell func(string) string) (func(Call) Reply, string) {
		whole := head + "\n"
		if rule != "" {
			whole += rule + "\n"
		}
		lines := func(text string) string {
			var out []string
			for _, l := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
				out = append(out, cell(l))
			}
			return strings.Join(out, "\n") + "\n"
		}
		return func(c Call) Reply { return Reply{Text: whole + lines(material(c.User.String())), Finish: "stop"} }, whole + lines(source)
	}
	for task, of := range map[string][2]string{"Convert it into a Markdown table.": {"| no | ship | load |", "|---|:--|--:|"}, "Convert it into CSV.": {"no,ship,load", ""}} {
		model, want := table(of[0], of[1], func(l string) string {
			if of[1] == "" {
				return strings.ReplaceAll(l, "; ", ",")
			}
			return "| " + strings.ReplaceAll(l, "; ", " | ") + " |"
		})
		in := textInput(task, source, 400)
		f := &fake{model: model}
		if err := run(t, "transform", in, f); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, f.out.String()); d != "" || len(in.Chunks) < 4 {
			t.Errorf("%s (-want +got):\n%s", task, d)
		}
	}
	// Two tables with one heading, each in its chunk.
	two := "| gemi | yük |\n|---|---|\n| 1 | 2 |\n\n| gemi | yük |\n|---|---|\n| 3 | 4 |\n"
	in := textInput("Translate it into English.", two, 40)
	in.Chunks = []Chunk{{End: 37, Tokens: 10}, {Index: 1, Start: 37, End: len(two), Tokens: 10}}
	f := &fake{model: func(c Call) Reply {
		return Reply{Text: strings.NewReplacer("gemi", "ship", "yük", "load").Replace(material(c.User.String())), Finish: "stop"}
	}}
	if err := run(t, "transform", in, f); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(f.out.String(), "| ship | load |"); n != 2 {
		t.Errorf("%d headings, want 2:\n%s", n, f.out.String())
	}
}
