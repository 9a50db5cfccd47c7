package operator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Readers that were told of no columns give each item in the form that the task asks for: a line of CSV, or a JSON object.
func TestListingOfRows(t *testing.T) {
	items := func(keys ...string) (found []occurrence) {
		for _, k := range keys {
			found = append(found, occurrence{quote: "q", key: k})
		}
		return found
	}
	for _, c := range []struct {
		name, task string
		labels     []string
		found      []occurrence
		want       string
	}{
		{"lines and names", "Extract all as CSV with the columns order,customer, amount.", nil, items("O1,1,5 EUR", `O2,"Smith, J",7 EUR`, "O3"), "order,customer,amount\nO1,1,5 EUR\nO2,\"Smith, J\",7 EUR\nO3,,"},
		{"headings among them", "CSV please.\nColumns: `Order` | `Amount`", nil, items("order, amount", "O1,5", "Order,Amount", "O2,7"), "Order,Amount\nO1,5\nO2,7"},
		{"Turkish", "CSV olarak ver; sütunlar: sipariş, müşteri ve tutar", nil, items("O1,Ali,5", "O2,Can,7"), "sipariş,müşteri,tutar\nO1,Ali,5\nO2,Can,7"},
		{"no names", "All as CSV", nil, items("O1,5", "O2,7", "O3,9,1"), "O1,5\nO2,7\n\"O3,9,1\","},
		{"labels, and rows as lines", "All as CSV", []string{"id", "n"}, items("O1,5", "O2,7"), "id,n\nO1,5\nO2,7"},
		{"not lines", "All as CSV", nil, items("Smith, John", "Ann", "Bob"), "\"Smith, John\"\nAnn\nBob"},
		{"objects", "All as CSV", nil, items(`{"b":"x","a":1.50}`, `{"a":null,"b":"y"}`), "b,a\nx,1.50\ny,"},
		{"objects under labels", "All as CSV", []string{"A", "b"}, items(`{"b":"x","a":1.50}`, `{"b":"y"}`), "A,b\n1.50,x\n,y"},
		{"objects in a table", "All in a table", []string{"A", "b"}, items(`{"b":"x","a":1}`), "| A | b |\n|---|---|\n| 1 | x |"},
	} {
		if d := cmp.Diff(c.want, listed(c.found, Advice{Labels: c.labels}, c.task)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

func TestItemsAsObjects(t *testing.T) {
	claims, err := parseClaims(`{"items":[{"quote":"q","item":{"z":"x","amount":1.50,"in":{"b":1,"a":[2]}},"fields":[]},{"quote":"q","item":"t","fields":{"z":"y","amount":2}},{"quote":"q","item":["a",3]}]}`)
	want := []claim{{quote: "q", key: `{"z":"x","amount":1.50,"in":{"b":1,"a":[2]}}`, n: 1}, {quote: "q", key: `{"z":"y","amount":2}`, n: 1}, {quote: "q", row: []string{"a", "3"}, n: 1}}
	if d := cmp.Diff(want, claims, cmp.AllowUnexported(claim{})); err != nil || d != "" {
		t.Errorf("%v: %s", err, d)
	}
	text, all := marks(3000, 600)
	in := textInput("List the marks as JSON objects with the keys id and animal.", text, 3000)
	in.Format = "text"
	f := &fake{model: func(c Call) Reply {
		var items []string
		for _, m := range markLine.FindAllString(material(c.User.String()), -1) {
			id, animal, _ := strings.Cut(m, ": ")
			items = append(items, fmt.Sprintf(`{"quote":%q,"item":{"id":%q,"animal":%q},"fields":[]}`, m, id, animal))
		}
		return Reply{Text: `{"items":[` + strings.Join(items, ",") + `]}`, Finish: "stop"}
	}}
	if err := run(t, "extract", in, f); err != nil {
		t.Fatal(err)
	}
	if got := f.out.String(); !strings.HasPrefix(got, "[\n  {\n    \"id\": \"MARK-01\",\n    \"animal\": ") || strings.Count(got, `"animal"`) != len(all) {
		t.Errorf("%.300s", got)
	}
}
