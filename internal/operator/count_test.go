package operator

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ledger is n lines of sales in a few cities, between lines of filler.
func ledger(n int) (text string, perCity map[string]int, total *big.Rat) {
	cities := []string{"Ankara", "İzmir", "Bursa", "Konya", "Ankara"}
	perCity, total = map[string]int{}, new(big.Rat)
	var b strings.Builder
	for i := range n {
		city, cents := cities[i*7%5], int64(100000+i*12345%999983)
		perCity[city]++
		total.Add(total, big.NewRat(cents, 100))
		fmt.Fprintf(&b, "Sale in %s of %d.%03d,%02d TL.\n", city, cents/100000, cents/100%1000, cents%100)
		if i%3 == 0 {
			b.WriteString("Some talk in between.\n")
		}
	}
	return b.String(), perCity, total
}

var sale = regexp.MustCompile(`Sale in (\S+) of ([\d.,]+ TL)\.`)

// teller is a perfect worker for sales: it reports those that begin in the passage, completing the last from the text after it.
func teller(in *Input) func(Call) Reply {
	return func(c Call) Reply {
		core := material(c.User.String())
		later := ""
		if _, rest, ok := strings.Cut(c.User.String(), "The text just after the passage"); ok {
			later = fenced.FindStringSubmatch(rest)[2]
		}
		// A fence ends a last line that has no end; the passage of these tests always goes on in what is after it.
		whole := strings.TrimSuffix(core, "\n") + "\n" + later
		if later != "" && !endsLine(in, core) {
			whole = core[:len(core)-1] + later
		}
		var items []map[string]any
		for _, m := range sale.FindAllStringSubmatchIndex(whole, -1) {
			if m[0] < len(core) {
				items = append(items, map[string]any{"quote": whole[m[0]:m[1]], "key": whole[m[2]:m[3]], "value": whole[m[4]:m[5]], "n": 1})
			}
		}
		b, _ := json.Marshal(map[string]any{"items": items})
		return Reply{Text: string(b), Finish: "stop"}
	}
}

// endsLine reports whether a chunk of that text ends at a line end of its own.
func endsLine(in *Input, core string) bool {
	for _, c := range in.Chunks {
		if in.Core(c) == core {
			return true
		}
	}
	return false
}

func TestCount(t *testing.T) {
	text, perCity, total := ledger(200)
	in := textInput("How many sales per city, and the total?", text, 900)
	f := &fake{model: teller(in)}
	if err := run(t, "count", in, f); err != nil {
		t.Fatal(err)
	}
	insert := f.answers[0].Insert
	for _, want := range []string{"Occurrences in the whole text: 200", "sum " + total.FloatString(2) + " TL", fmt.Sprintf("- Ankara: %d (40.0 %%)", perCity["Ankara"]),
		fmt.Sprintf("- İzmir: %d (20.0 %%)", perCity["İzmir"]), "Different keys that occur: 4"} {
		if !strings.Contains(insert, want) {
			t.Errorf("%q is not in the results:\n%.1500s", want, insert)
		}
	}
	covered(t, in, f)
}

// A boundary slid over every byte of the middle of the text changes no number.
func TestCountBoundaryAnywhere(t *testing.T) {
	text, _, total := ledger(12)
	at := strings.Index(text, "Sale in Bursa")
	for cut := at - 5; cut < at+60; cut++ {
		if cut != runeStart(text, cut) {
			continue
		}
		in := textInput("Total of the sales?", text, 1<<20)
		in.Chunks = []Chunk{{End: cut, Tokens: cut / 4}, {Index: 1, Start: cut, End: len(text), Tokens: (len(text) - cut) / 4}}
		f := &fake{model: teller(in)}
		if err := run(t, "count", in, f); err != nil {
			t.Fatal(err)
		}
		insert := f.answers[0].Insert
		if !strings.Contains(insert, "whole text: 12\n") || !strings.Contains(insert, "sum "+total.FloatString(2)+" TL") {
			t.Fatalf("cut at byte %d (%q|%q):\n%.600s", cut, text[cut-10:cut], text[cut:cut+10], insert)
		}
	}
}

func TestCountMends(t *testing.T) {
	text, _, total := ledger(100)
	for name, bad := range map[string]Reply{
		"prose": {Text: "There are many sales.", Finish: "stop"}, "length": {Text: `{"items":[`, Finish: "length"},
		"invented": {Text: `{"items":[{"quote":"Sale in Paris of 1,00 TL.","key":"Paris","value":"1,00 TL","n":1}]}`, Finish: "stop"},
	} {
		in := textInput("Total of the sales?", text, 900)
		hit := false
		f := &fake{model: func(c Call) Reply {
			if c.Index == 2 && !hit {
				hit = true
				return bad
			}
			return teller(in)(c)
		}}
		if err := run(t, "count", in, f); err != nil {
			t.Fatal(name, err)
		}
		if insert := f.answers[0].Insert; !strings.Contains(insert, "sum "+total.FloatString(2)+" TL") || strings.Contains(insert, "Paris") {
			t.Errorf("%s:\n%.600s", name, insert)
		}
	}
}

// What does not stand in the text is not counted, even where the reader insists; what cannot be read as numbers at all is an error.
func TestCountNeverGuesses(t *testing.T) {
	text, _, _ := ledger(30)
	in := textInput("Total of the sales?", text, 900)
	f := &fake{model: func(c Call) Reply {
		r := teller(in)(c)
		r.Text = strings.Replace(r.Text, `"items":[`, `"items":[{"quote":"Sale in Paris of 1,00 TL.","key":"Paris","value":"1,00 TL","n":1},`, 1)
		return r
	}}
	if err := run(t, "count", in, f); err != nil {
		t.Fatal(err)
	}
	insert := f.answers[0].Insert
	if !strings.Contains(insert, "whole text: 30\n") || strings.Contains(insert, "Paris") || !strings.Contains(insert, fmt.Sprintf("Not counted: %d reported", len(in.Chunks))) {
		t.Errorf("results:\n%.800s", insert)
	}
	f = &fake{model: func(c Call) Reply {
		if c.Index == 1 {
			return Reply{Text: "Quite a few, I should say.", Finish: "stop"}
		}
		return teller(in)(c)
	}}
	if err := run(t, "count", in, f); err == nil || !strings.Contains(err.Error(), "chunk ") || len(f.answers) != 0 {
		t.Errorf("error %v after %d final calls; want an error that names the chunk", err, len(f.answers))
	}
}

// A sure planner's plan that no reader can follow is given up for one that all can: notes for the reading operators, one call for those that give a text back.
func TestPlanThatNobodyFollows(t *testing.T) {
	for operator, words := range map[string]string{"count": "How many ships?", "extract": "List the ships.", "edit": "Rename the ships.", "transform": "Translate the text."} {
		for _, chunk := range []int{900, 100_000} { // several chunks, and one
			in := textInput(words, haystack(60, nil), chunk)
			in.Advice.By, in.Advice.Confidence = "planner", 0.95
			in.Advice.Operator = operator
			in.Limits.Notes = 100_000
			f := &fake{model: func(Call) Reply { return Reply{Text: "Three.", Finish: "stop"} }}
			if err := run(t, operator, in, f); err != nil {
				t.Errorf("%s in %d chunks: %v", operator, len(in.Chunks), err)
				continue
			}
			if len(f.answers) != 1 || f.answers[0].Whole != (operator == "edit" || operator == "transform") {
				t.Errorf("%s in %d chunks: final calls %+v", operator, len(in.Chunks), f.answers)
			}
			if n := len(f.calls); n > 5*len(in.Chunks)+40 {
				t.Errorf("%s in %d chunks: %d calls", operator, len(in.Chunks), n)
			}
		}
	}
}

// What is asked stays in the text under rules. It is no occurrence of what is asked for.
func TestCountLeavesTheTaskOut(t *testing.T) {
	const task = "How many lines say ERROR?"
	text := task + "\n\n" + strings.Repeat("ERROR pump\nfine\n", 40)
	for _, known := range []bool{false, true} {
		in := textInput(task, text, 900)
		want := 41
		if known {
			in.Task, want = []Chunk{{Message: in.Chunks[0].Message, Part: in.Chunks[0].Part, End: len(task)}}, 40
		}
		f := &fake{model: func(c Call) Reply {
			var items []string
			for _, line := range strings.Split(in.Core(in.Chunks[c.Index]), "\n") {
				if strings.Contains(line, "ERROR") {
					items = append(items, fmt.Sprintf(`{"quote":%q,"n":1}`, strings.TrimSpace(line)))
				}
			}
			return Reply{Text: `{"items":[` + strings.Join(items, ",") + `]}`, Finish: "stop"}
		}}
		if err := run(t, "count", in, f); err != nil {
			t.Fatal(err)
		}
		if insert := f.answers[0].Insert; !strings.Contains(insert, fmt.Sprintf("whole text: %d\n", want)) {
			t.Errorf("task known %v, want %d:\n%.300s", known, want, insert)
		}
	}
}

func TestCountNothing(t *testing.T) {
	in := textInput("How many dragons?", haystack(100, nil), 2000)
	f := &fake{model: func(Call) Reply { return Reply{Text: `{"items":[]}`, Finish: "stop"} }}
	if err := run(t, "count", in, f); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.answers[0].Insert, "whole text: 0.") {
		t.Errorf("results:\n%s", f.answers[0].Insert)
	}
}

// A reader that gives the kind of a thing as its value is understood; values of which one is a number are no kinds.
func TestCountByValueInWords(t *testing.T) {
	in := textInput("How many are high?", "x", 2000)
	words := []occurrence{{key: "severity", value: "high", n: 1}, {key: "severity", value: "low", n: 1}, {key: "Severity", value: "High", n: 2}}
	if got := tallyOf(words, nil).render(in, 0, 8000); !strings.Contains(got, "By value, most frequent first:\n- severity, high: 3\n- severity, low: 1\n") {
		t.Errorf("results:\n%s", got)
	}
	words[1].value = "7"
	if got := tallyOf(words, nil).render(in, 0, 8000); strings.Contains(got, "By value") {
		t.Errorf("results:\n%s", got)
	}
}

// The example of the form, which small models give back, is no occurrence; an ellipsis that was looked for is.
func TestClaimsWithoutTheExample(t *testing.T) {
	claims, err := parseClaims(`{"items":[{"quote":"…","key":"…","value":"…","n":1},{"quote":"copied letter by letter","key":"","value":"","n":1},{"quote":"…","key":"","value":"","n":1}]}`)
	if err != nil || len(claims) != 1 || claims[0].quote != "…" {
		t.Errorf("%+v, %v", claims, err)
	}
}

// Numbers that a model gives as JSON numbers keep their digits and their decimal point.
func TestClaimsOfNumbers(t *testing.T) {
	claims, err := parseClaims(`{"items":[{"quote":"a","value":12345678901234567.89,"n":2.0},{"quote":"b","value":1.234},{"quote":"c","value":"1.234","n":0.5},{"quote":"d","value":7,"n":-1}]}`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range claims {
		q, _, _ := parseQuantity(c.value, style{comma: true, sure: true})
		got = append(got, fmt.Sprintf("%s %d %s", c.quote, c.n, q.amount.FloatString(3)))
	}
	if d := cmp.Diff([]string{"a 2 12345678901234567.890", "b 1 1.234", "c 1 1234.000", "d 1 7.000"}, got); d != "" {
		t.Error(d)
	}
}

// Readers who only say how many there are, twice, are believed; what cannot be a number of occurrences is not.
func TestCountOfBareNumbers(t *testing.T) {
	text := strings.Repeat("ERROR a pump failed\nWARN a pump is hot\nERROR a pump failed\n", 40)
	for name, c := range map[string]struct {
		reply func(errors, warnings int) string
		want  []string
	}{
		"keys": {func(e, w int) string { return fmt.Sprintf(`{"ERROR": %d, "WARN": %d, "total": %d,}`, e, w, e+w) }, []string{"whole text: 120\n", "- ERROR: 80 ", "- WARN: 40 ", "could be checked: 120."}},
		"wrapped": {func(e, w int) string {
			return fmt.Sprintf("```json\n{\"counts\":{\"ERROR\":%d,\"WARN\":%d}}\n```", e, w)
		}, []string{"whole text: 120\n", "- ERROR: 80 ", "- WARN: 40 "}},
		"count":  {func(e, w int) string { return fmt.Sprintf(`{"count": %d}`, e+w) }, []string{"whole text: 120\n"}},
		"n":      {func(e, w int) string { return fmt.Sprintf(`{"n": %d}`, e+w) }, []string{"whole text: 120\n"}},
		"number": {func(e, w int) string { return fmt.Sprintf("**%d**", e+w) }, []string{"whole text: 120\n"}},
		"zero":   {func(e, w int) string { return "0" }, []string{"whole text: 0."}},
		"keys, no n": {func(e, w int) string {
			return fmt.Sprintf(`{"items":[{"key":"ERROR","n":%d},{"key":"WARN","n":%d}]}`, e, w)
		}, []string{"whole text: 120\n", "- ERROR: 80 "}},
	} {
		in := textInput("How many errors and warnings are there?", text, 600)
		f := &fake{model: func(call Call) Reply {
			core := material(call.User.String())
			return Reply{Text: c.reply(strings.Count(core, "ERROR"), strings.Count(core, "WARN")), Finish: "stop"}
		}}
		if err := run(t, "count", in, f); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(f.answers[0].Insert, want) {
				t.Errorf("%s: no %q in\n%.700s", name, want, f.answers[0].Insert)
			}
		}
	}
	for _, reply := range []string{`{"Ankara": 125000}`, "125000", "3.5", "3 or 4", `{"ERROR": -1}`, `{"ERROR": 1.5}`, `{"ERROR": "many"}`} {
		in := textInput("How many errors are there?", text, 600)
		f := &fake{model: func(Call) Reply { return Reply{Text: reply, Finish: "stop"} }}
		if err := run(t, "count", in, f); err == nil && strings.Contains(f.answers[0].Insert, "Occurrences in the whole text") {
			t.Errorf("%s was counted:\n%.300s", reply, f.answers[0].Insert)
		}
	}
}

// Where all of something is wanted in order, all of it is shown in order, as far as there is room.
func TestTallyOrder(t *testing.T) {
	var found []occurrence
	for i := range 120 {
		found = append(found, occurrence{start: i, n: 1, quote: fmt.Sprintf("no %d", i), value: fmt.Sprint(i * 37 % 120)})
	}
	for task, whole := range map[string]bool{"Sort the employees by salary.": true, "Maaşa göre sırala.": true, "What is the highest salary?": false} {
		got := tallyOf(found, nil).render(textInput(task, "", 1), 0, 9000)
		if all := strings.Contains(got, "\n- 60: no "); all != whole || strings.Contains(got, "numbers between") == whole {
			t.Errorf("%s: all in order %v\n%s", task, all, got)
		}
	}
}

func TestTally(t *testing.T) {
	o := func(at int, key, value string) occurrence {
		return occurrence{start: at, quote: fmt.Sprintf("%s %s", key, value), key: key, value: value, n: 1}
	}
	in := textInput("", "", 1)
	for name, c := range map[string]struct {
		found  []occurrence
		labels []string
		want   []string
		not    []string
	}{
		"mixed units": {[]occurrence{o(0, "a", "5 kg"), o(9, "a", "3 TL"), o(20, "A", "2 kg")}, nil,
			[]string{"sum 7 kg", "sum 3 TL", "2 different units and are not added", "- a: 3 (100.0 %)"}, []string{"sum 10", "Numbers, highest first"}},
		"labels that do not occur": {[]occurrence{o(0, "open", "")}, []string{"open", "closed"}, []string{"- open: 1 (100.0 %)", "- closed: 0 (0.0 %)", "keys that occur: 1"}, nil},
		"ties":                     {[]occurrence{o(0, "x", ""), o(5, "y", ""), o(9, "y", ""), o(12, "x", ""), o(15, "z", "")}, nil, []string{"The first 2 keys are equally frequent"}, nil},
		"one unit in two numbers":  {[]occurrence{o(0, "", "1 barrel"), o(3, "", "2 barrels")}, nil, []string{"sum 3 barrel"}, []string{"different units"}},
		"places of the extremes":   {[]occurrence{{start: 0, value: "9 kg", n: 1, quote: "nine", chunk: Chunk{Context: "Part A"}}, {start: 3, value: "7 kg", n: 1, quote: "seven", chunk: Chunk{Context: "Part B"}}}, nil, []string{"Lowest in kg: seven (in: Part B)\nHighest in kg: nine (in: Part A)"}, nil},
		"ranges are not numbers":   {[]occurrence{o(0, "", "10-15 kg"), o(3, "", "2 kg")}, nil, []string{"sum 2 kg", "Values that hold no single number, counted but not calculated with: 1"}, nil},
		"average of thirds":        {[]occurrence{o(0, "", "1"), o(3, "", "1"), o(6, "", "2")}, nil, []string{"average 1.3333", "median 1;", "lowest 1", "highest 2"}, nil},
		"median of two":            {[]occurrence{o(0, "", "9 kg"), o(3, "", "2 kg"), o(6, "", "4,5 kg"), o(9, "", "1 kg")}, nil, []string{"median 3.25 kg;"}, nil},
		"exact cents":              {[]occurrence{o(0, "", "0.10"), o(3, "", "0.20")}, nil, []string{"sum 0.30;"}, nil},
		"no number":                {[]occurrence{o(0, "", "some")}, nil, []string{"hold no single number", `"some"`}, nil},
		"unclear":                  {[]occurrence{o(0, "", "1,234")}, nil, []string{"Unclear: 1 numbers"}, nil},
	} {
		got := tallyOf(c.found, c.labels).render(in, 0, 4000)
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q is not in\n%s", name, w, got)
			}
		}
		for _, w := range c.not {
			if strings.Contains(got, w) {
				t.Errorf("%s: %q is in\n%s", name, w, got)
			}
		}
	}
}
