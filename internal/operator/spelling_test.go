package operator

import (
	"strings"
	"testing"
)

// A reader's words for a kind of thing are its own: how another reader spells them makes no other kind.
func TestTallyOfSpellings(t *testing.T) {
	for _, c := range []struct {
		keys   string
		labels []string
		quotes string // "" the quotes do not hold the keys
		want   string
	}{
		{"Late delivery|late deliveries|Delivery late|late_delivery|Late-Delivery!|late delivery (again)|LATE  DELIVERY.|Late delivery|wrong item", nil, "", "Different keys that occur: 3\n"},
		{"Late delivery|late deliveries|Late delivery", nil, "", "- Late delivery: 3 (100.0 %), written: Late delivery 2, late deliveries 1\n"},
		{"complaint|complaints|Complaints", []string{"Complaint", "Praise"}, "", "- Complaint: 3 (100.0 %), written: Complaint 1, complaints 2\n"},
		{"boxes|box|knives|Bugs|bug", nil, "", "Different keys that occur: 3\n"},
		{"geç teslimat|Geç teslimatlar|Lieferungen verspätet|Verspätete Lieferung|жалобы|жалоба|errores|error", nil, "", "Different keys that occur: 5\n"},
		{"order|orders", []string{"order", "orders"}, "", "Different keys that occur: 2\n"},
		{"William|Williams|James Henry|Henry James", nil, "same", "Different keys that occur: 4\n"},
		{"Berlin-Hamburg|Hamburg-Berlin|Rome to Milan|Milan to Rome|Room 1 Floor 2|Room 2 Floor 1", nil, "", "Different keys that occur: 6\n"},
		{"C|C++|A+|A-|1.2|1-2|12|-1|1|★|★★|class|clas|news", nil, "", "Different keys that occur: 14\n"},
		{"on time|on-time|On Time", nil, "", "Different keys that occur: 1\n"},
		{"Bug fix|bugfixes|bug-fix|fix bug|e-mail|Emails|Room 1 12|Room 11 2", nil, "", "Different keys that occur: 4\n"},
		{"bug fix|bugfix|fixes bugs", []string{"Bugfix"}, "", "- Bugfix: 3 (100.0 %), written: Bugfix 1, bug fix 1, fixes bugs 1\n"},
	} {
		var found []occurrence
		for i, k := range strings.Split(c.keys, "|") {
			quote := "it came three weeks after"
			if c.quotes != "" {
				quote = k + " came"
			}
			found = append(found, occurrence{start: i, quote: quote, key: k, n: 1})
		}
		if got := tallyOf(found, c.labels).render(textInput("How many each?", "text", 100), 0, 4000); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q is not in\n%.700s", c.keys, c.want, got)
		}
	}
}
