package operator

import (
	"fmt"
	"strings"
	"testing"
)

// Ratings have an average where all values are so many of the same.
func TestTallyOfRatings(t *testing.T) {
	for values, want := range map[string]string{
		"5/5|4/5|3.5/5":                         "average 4.16667 out of 5",
		"8 out of 10|7 out of 10|n/a":           "average 7.5 out of 10",
		"4,5 von 5 Sternen|4 von 5 Sternen":     "average 4.25 out of 5",
		"5/5|4/10":                              "hold no single number",
		"7/5|4/5":                               "hold no single number",
		"3/4":                                   "hold no single number",
		"5/5|4":                                 "hold no single number",
		"3 of 10 members|5 of 10 members|a lot": "hold no single number",
	} {
		var found []occurrence
		for i, v := range strings.Split(values, "|") {
			found = append(found, occurrence{start: i, quote: fmt.Sprintf("row %d", i), value: v, n: 1})
		}
		if got := tallyOf(found, nil).render(textInput("Average?", "text", 100), 0, 4000); !strings.Contains(got, want) {
			t.Errorf("%s: %q is not in\n%s", values, want, got)
		}
	}
}
