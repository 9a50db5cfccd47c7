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
