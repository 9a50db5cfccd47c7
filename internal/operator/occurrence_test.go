package operator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// placedAt is what place makes of claims, as "value@place", for one chunk that is all of core.
func placedAt(core string, claims ...claim) (found []string, invented int) {
	in := textInput("", core, 1<<20)
	good, bad := place(in, in.Chunks[0], claims)
	for _, o := range good {
		found = append(found, fmt.Sprintf("%s@%d", o.value, o.start))
	}
	return found, len(bad)
}

func TestPlaceOfEqualQuotes(t *testing.T) {
	const paid = "Ann paid 5 and Bob paid 7."
	of := func(quote string, values ...string) (claims []claim) {
		for _, v := range values {
			claims = append(claims, claim{quote: quote, value: v, n: 1})
		}
		return claims
	}
	for name, c := range map[string]struct {
		core   string
		claims []claim
		want   []string
	}{
		"two things in one sentence":              {"So: " + paid, of(paid, "5", "7"), []string{"5@4", "7@4"}},
		"the same thing twice":                    {paid, of(paid, "5", "7", "5"), []string{"5@0", "7@0"}},
		"two sentences, each with both":           {paid + "\n" + paid, of(paid, "5", "7", "5", "7"), []string{"5@0", "7@27", "5@27", "7@0"}},
		"equal things of several places":          {"a a a", of("a", "", "", "", ""), []string{"@0", "@2", "@4"}},
		"a part of a longer number":               {"No. 110, no. 10", of("10", "10"), []string{"10@13"}},
		"the same number twice":                   {"INV-10, INV-1, INV-100", of("INV-1", "", ""), []string{"@8"}},
		"a part of a number and nothing else":     {"No. 110", of("10", "10"), []string{"10@5"}},
		"different rows, the key and value equal": {paid, []claim{{quote: paid, row: []string{"Ann"}}, {quote: paid, row: []string{"Bob"}}}, []string{"@0", "@0"}},
	} {
		got, invented := placedAt(c.core, c.claims...)
		if d := cmp.Diff(c.want, got); d != "" || invented > 0 {
			t.Errorf("%s: %d invented (-want +got):\n%s", name, invented, d)
		}
	}
}

// Of a sentence that stands before the border and after it, what begins before it is kept; what crosses the border is of the chunk that it begins in.
func TestPlaceAtTheBorder(t *testing.T) {
	const paid = "Ann paid 5 and Bob paid 7.\n"
	in := textInput("", paid+paid+"MARK stands\nhere.\n", len(paid))
	quote := func(q, value string) claim { return claim{quote: q, value: value, n: 1} }
	if found, _ := place(in, in.Chunks[0], []claim{quote(paid, "5"), quote(paid, "7"), quote(paid, "5"), quote(paid, "x")}); len(found) != 2 {
		t.Errorf("%+v", found)
	}
	in = textInput("", "Coffee 110.00\nTea 10.00\n", 14) // what follows the border is reported, too
	for i := range 2 {
		if found, _ := place(in, in.Chunks[i], []claim{quote("10.00", "10.00")}); len(found) != i {
			t.Errorf("chunk %d: %+v", i, found)
		}
	}
	in = textInput("", "A line.\nMARK stands\nhere.\n", 20)
	for i, want := range []int{1, 0} {
		if found, invented := place(in, in.Chunks[i], []claim{quote("MARK stands here.", "")}); len(found) != want || len(invented) != 0 {
			t.Errorf("chunk %d: %+v, invented %+v", i, found, invented)
		}
	}
}

func TestNotesOfEqualQuotes(t *testing.T) {
	text := "10:00 ERROR timeout\n11:00 ERROR timeout\n"
	in := textInput("What went wrong?", text, 1000)
	f := &fake{model: func(Call) Reply {
		return Reply{Text: `{"items":[{"quote":"ERROR timeout","note":"the database"},{"quote":"ERROR timeout","note":"the cache"},{"quote":"ERROR timeout","note":"and the queue"},{"quote":"ERROR timeout","note":"the cache"}]}`, Finish: "stop"}
	}}
	if err := run(t, "answer", in, f); err != nil {
		t.Fatal(err)
	}
	for note, want := range map[string]int{"the database": 1, "the cache": 1, "and the queue": 1} {
		if got := strings.Count(f.answers[0].Insert, "meaning: "+note); got != want {
			t.Errorf("%q stands %d times, want %d:\n%s", note, got, want, f.answers[0].Insert)
		}
	}
	items := []item{{Quote: "ERROR timeout"}, {Quote: "ERROR  timeout"}, {Quote: "ERROR timeout"}}
	notes, _ := checkItems(piece{chunk: in.Chunks[0]}, text, items)
	if notes[0].start != 6 || notes[2].start != 26 {
		t.Errorf("%+v", notes)
	}
}

// A sentence with several amounts adds up.
func TestCountSeveralInOneSentence(t *testing.T) {
	const paid = "Alice paid 5 EUR and Bob paid 7 EUR and Carol paid 9 EUR."
	in := textInput("Sum the payments by person.", paid+"\n", 1000)
	f := &fake{model: func(Call) Reply {
		return Reply{Text: fmt.Sprintf(`{"items":[{"quote":%[1]q,"key":"Alice","value":"5 EUR","n":1},{"quote":%[1]q,"key":"Bob","value":"7 EUR","n":1},{"quote":%[1]q,"key":"Carol","value":"9 EUR","n":1}]}`, paid), Finish: "stop"}
	}}
	if err := run(t, "count", in, f); err != nil {
		t.Fatal(err)
	}
	if got := f.answers[0].Insert; !strings.Contains(got, "sum 21 €") {
		t.Errorf("%s", got)
	}
}

// A word for nothing is a value where it is a label or stands in the text.
func TestClaimsOfNothing(t *testing.T) {
	in := textInput("", "Allergies: None. Guests: Nada, Nil.\nNothingness.\n", 1000)
	in.Advice.Labels = []string{"none", "low"}
	for reply, want := range map[string][]claim{
		`{"items":[{"quote":"Nada","item":"Nada"},{"quote":"Nil.","key":"Yok"}]}`:                                               {{quote: "Nada", key: "Nada", n: 1}, {quote: "Nil.", n: 1}},
		`{"items":[{"quote":"Allergies: None","item":"a","fields":["None","none","nothing","",null]}]}`:                         {{quote: "Allergies: None", key: "a", n: 1, row: []string{"None", "none", "", "", ""}}},
		`{"items":[{"quote":"None.","key":"NONE","value":"n/a","n":1}]}`:                                                        {{quote: "None.", key: "NONE", n: 1}},
		`{"items":[{"quote":"nothing","key":"n/a","value":"yok","n":1},{"quote":"Nothing","item":"null","fields":["nichts"]}]}`: nil,
		"None.": nil,
	} {
		got, err := claimsOf(in, in.Chunks[0], reply)
		if d := cmp.Diff(want, got, cmp.AllowUnexported(claim{})); err != nil || d != "" && len(got)+len(want) > 0 {
			t.Errorf("%s: %v (-want +got):\n%s", reply, err, d)
		}
	}
	notes, invented := checkItems(piece{chunk: in.Chunks[0]}, in.Core(in.Chunks[0]), []item{{Quote: "Nada"}, {Quote: "NONE", Note: "none"}, {Quote: "nichts", Note: "a remark"}})
	if len(notes) != 2 || notes[0].quote != "Nada" || notes[1].quote != "" || notes[1].text != "a remark" || len(invented) > 0 {
		t.Errorf("%+v, invented %+v", notes, invented)
	}
}

func TestCountNoneAsLabel(t *testing.T) {
	in := textInput("Count entries by severity.", "E1: none\nE2: high\nE3: none\n", 1000)
	in.Advice.Labels = []string{"None", "High"}
	f := &fake{model: func(Call) Reply {
		return Reply{Text: `{"items":[{"quote":"E1","key":"none","value":"","n":1},{"quote":"E2","key":"high","value":"","n":1},{"quote":"E3","key":"none","value":"","n":1}]}`, Finish: "stop"}
	}}
	if err := run(t, "count", in, f); err != nil || !strings.Contains(f.answers[0].Insert, "- None: 2 ") {
		t.Errorf("%v\n%s", err, f.answers[0].Insert)
	}
}

// Numbers of JSON stay as they are, but for the value that is calculated with.
func TestClaimsOfJSONNumbers(t *testing.T) {
	claims, err := parseClaims(`{"items":[{"quote":3.125,"item":2.718,"value":1.5e3,"fields":["a",1.125,true,12345678901234567890]},{"quote":"b","value":1.125}]}`)
	if err != nil {
		t.Fatal(err)
	}
	want := []claim{{quote: "3.125", key: "2.718", value: "1.5e3", n: 1, row: []string{"a", "1.125", "true", "12345678901234567890"}}, {quote: "b", value: "1.1250", n: 1}}
	if d := cmp.Diff(want, claims, cmp.AllowUnexported(claim{})); d != "" {
		t.Error(d)
	}
}

// What a reader says in another form than it was asked for is not lost in silence.
func TestClaimsInOtherForms(t *testing.T) {
	for reply, want := range map[string]claim{
		`"key":"k","value":"1","n":"two"`:                          {key: "k", value: "1", n: 2},
		`"key":"k","value":"1","n":"1,200"`:                        {key: "k", value: "1", n: 1200},
		`"key":"k","value":"1","n":"1.200"`:                        {key: "k", value: "1", n: 1},
		`"key":"k","value":"1","n":"3 times"`:                      {key: "k", value: "1", n: 3},
		`"key":"k","value":"1","n":"sekiz"`:                        {key: "k", value: "1", n: 8},
		`"key":"k","value":"1","n":"many"`:                         {key: "k", value: "1", n: 1},
		`"key":"k","value":"1","count":3`:                          {key: "k", value: "1", n: 3},
		`"category":"late","n":1`:                                  {key: "late", n: 1},
		`"key":"k","Amount":"12 €","n":1`:                          {key: "k", value: "12 €", n: 1},
		`"key":"k","value":{"amount":12,"unit":"kg"},"n":1`:        {key: "k", value: "12 kg", n: 1},
		`"key":"k","value":{"n":"1.5","unit":"TL","at":null}`:      {key: "k", value: "1.5 TL", n: 1},
		`"key":["A","B"],"value":["12","13"],"n":1`:                {key: "A, B", value: "12, 13", n: 1},
		`"key":"","category":"late","value":"","amount":"3","n":1`: {n: 1}, // it says that there is none
		`"name":"Bob","price":3`:                                   {n: 1}, // columns of an item
		`"item":"Bob","price":3,"n":1`:                             {key: "Bob", n: 1},
	} {
		want.quote = "q"
		claims, err := parseClaims(`{"items":[{"quote":"q",` + reply + `}]}`)
		if err != nil || len(claims) != 1 {
			t.Errorf("%s: %+v, %v", reply, claims, err)
		} else if d := cmp.Diff(want, claims[0], cmp.AllowUnexported(claim{})); d != "" {
			t.Errorf("%s: %s", reply, d)
		}
	}
	claims, err := parseClaims("{\"items\":[{\"quote\":\"a\nb\tc \\_ C:\\Path \\u0041 \\\"d\\\"\",\"key\":'it\\'s \\d'}]}")
	if want := "a\nb\tc \\_ C:\\Path A \"d\""; err != nil || len(claims) != 1 || claims[0].quote != want || claims[0].key != `it's \d` {
		t.Errorf("%+v, %v, want %q", claims, err, want)
	}
}
