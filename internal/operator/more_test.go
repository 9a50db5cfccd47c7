package operator

import (
	"strings"
	"testing"
)

// Who wants more than the list gets it from the final call, which need not count.
func TestExtractMore(t *testing.T) {
	text, want := marks(3000, 600)
	for _, c := range []struct {
		task  string
		final bool
	}{
		{"List all marks and say how many there are.", true},
		{"List all marks. Then explain the most common animal.", true},
		{"List all marks, with the total at the end.", true},
		{"Tüm işaretleri listele, kaç tane olduğunu da söyle.", true},
		{"Liste alle Zeichen und ihre Anzahl auf.", true},
		{"列出所有标记并计算总数", true},
		{"List all marks.", false},
		{"Which marks are there? As a list.", false},
		{"List all marks with number, date and total.", false},
		{"List all total amounts.", false},
		{"List all countries, accounts and summaries.", false},
	} {
		in := textInput(c.task, text, 3000)
		in.Format = "text"
		f := &fake{model: collector}
		if err := run(t, "extract", in, f); err != nil {
			t.Fatal(err)
		}
		final := len(f.answers) > 0
		if final != c.final || final && (!strings.Contains(f.answers[0].Insert, want[599]) || !strings.Contains(f.answers[0].Insert, "EXACT, counted by a program over the whole text: 600 items\n")) {
			t.Errorf("%s: %d final calls", c.task, len(f.answers))
		}
	}
	found := []occurrence{{row: []string{"a", "1.50 €", "3 kg"}}, {row: []string{"b", "2,000.25 €", "5 g"}}, {row: []string{"c", "", "1 g"}}}
	if got, want := exactly(found, []string{"id", "price", "weight"}), "3 items; sum of price 2001.75 €"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Which things occur twice is told by a program, to who words the answer: the whole list is not it.
func TestExtractRepeats(t *testing.T) {
	text, want := marks(3000, 600)
	text += strings.Join([]string{want[7], want[7], want[300]}, "\n") + "\n"
	for _, format := range []string{"text", "json_schema"} {
		in := textInput("List the marks that occur more than once.", text, 3000)
		in.Format, in.Schema, in.Advice.Repeats = format, []byte(`{"type":"array","items":{"type":"string"}}`), true
		f := &fake{model: collector, final: func(Answer) Reply { return Reply{Text: `["x"]`, Finish: "stop"} }}
		if err := run(t, "extract", in, f); err != nil {
			t.Fatal(err)
		}
		if len(f.answers) != 1 || !strings.Contains(f.answers[0].Insert, "600 different items; how often each occurs:\n  "+want[7]+": 3\n  "+want[300]+": 2\n  "+want[0]+": 1\n") {
			t.Errorf("%s: %d final calls, %.300s", format, len(f.answers), f.out.String())
		}
	}
}
