package operator

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// collector is a perfect worker for marks as items with two columns.
func collector(c Call) Reply {
	if strings.Contains(c.System.String(), "under this schema") {
		rows := []map[string]any{}
		for _, m := range markLine.FindAllString(material(c.User.String()), -1) {
			id, rest, _ := strings.Cut(m, ": ")
			rows = append(rows, map[string]any{"id": id, "animal": rest})
		}
		b, _ := json.Marshal(map[string]any{"marks": rows})
		return Reply{Text: string(b), Finish: "stop"}
	}
	items := []map[string]any{}
	for _, m := range markLine.FindAllString(material(c.User.String()), -1) {
		id, rest, _ := strings.Cut(m, ": ")
		items = append(items, map[string]any{"quote": m, "item": m, "fields": []string{id, rest}})
	}
	b, _ := json.Marshal(map[string]any{"items": items})
	return Reply{Text: string(b), Finish: "stop"}
}

func TestExtractFewGoToTheFinalCall(t *testing.T) {
	text, want := marks(300, 21)
	for _, format := range []string{"", "text", "json_object"} {
		in := textInput("List every line that starts with MARK-", text, 2000)
		in.Format = format
		f := &fake{model: collector}
		if err := run(t, "extract", in, f); err != nil {
			t.Fatal(err)
		}
		if len(f.answers) != 1 || f.out.String() != "the answer" {
			t.Fatalf("format %q: %d final calls", format, len(f.answers))
		}
		allIn(t, f.answers[0].Insert, want)
		covered(t, in, f)
	}
}

// A model that ignores response_format answers in lines: asked twice, they reach the final call whole, as what they are.
func TestExtractProse(t *testing.T) {
	text, want := marks(300, 21)
	in := textInput("List every line that starts with MARK-", text, 2000)
	prose := map[int]bool{}
	f := &fake{model: func(c Call) Reply {
		if found := markLine.FindAllString(material(c.User.String()), -1); found != nil {
			prose[c.Index] = true
			return Reply{Text: strings.Join(found, "\n"), Finish: "stop"}
		}
		return Reply{Text: "None.", Finish: "stop"}
	}}
	if err := run(t, "extract", in, f); err != nil {
		t.Fatal(err)
	}
	allIn(t, f.answers[0].Insert, want)
	if strings.Contains(f.answers[0].Insert, "QUOTE: MARK") || len(f.calls) != len(in.Chunks)+len(prose) {
		t.Errorf("%d calls for %d chunks, or prose shown as checked", len(f.calls), len(in.Chunks))
	}
}

// What a reader says instead of a list is no item of it. Where it may hold items, the final call sees it.
func TestListingWithoutChatter(t *testing.T) {
	text, want := marks(3000, 600)
	for odd, finals := range map[string]int{
		`{"items":null}`: 0, "{}": 0, `{"items":[{}]}`: 0, `[{"quote":"","item":null,"fields":[]}]`: 0, "There are none here, as far as I can see.": 0,
		"These are what I see:\n- the first\n- the second": 1, `{"marks":["MARK-1"]}`: 1, `{"items":[{"mark":"MARK-1"}]}`: 1,
	} {
		in := textInput("List every line that starts with MARK-", text, 3000)
		in.Format, in.Advice.By, in.Advice.Confidence = "text", "planner", 1
		left := ""
		f := &fake{model: func(c Call) Reply {
			if c.Index == 5 {
				left = in.Core(in.Chunks[5])
				return Reply{Text: odd, Finish: "stop"}
			}
			return collector(c)
		}}
		if err := run(t, "extract", in, f); err != nil {
			t.Errorf("%s: %v", odd, err)
			continue
		}
		if len(f.answers) != finals || finals == 1 && !strings.Contains(f.answers[0].Insert, "UNCHECKED: "+odd[:20]) {
			t.Errorf("%s: %d final calls", odd, len(f.answers))
		}
		if n := len(want) - strings.Count(left, "MARK-"); finals == 0 && (strings.Count(f.out.String(), "\n")+1 != n || strings.Count(f.out.String(), "- MARK-") != n) {
			t.Errorf("%s: %d lines, want %d", odd, strings.Count(f.out.String(), "\n")+1, n)
		}
	}
}

func TestExtractManyAreListedHere(t *testing.T) {
	text, want := marks(3000, 600)
	in := textInput("List every line that starts with MARK-", text, 3000)
	in.Format = "text"
	f := &fake{model: collector}
	if err := run(t, "extract", in, f); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("- "+strings.Join(want, "\n- "), f.out.String()); d != "" || len(f.answers) != 0 || f.finish != "stop" {
		t.Errorf("%d final calls, finish %q (-want +got):\n%.500s", len(f.answers), f.finish, d)
	}

	for form, header := range map[string]string{"as a table": "| id | animal |\n|---|---|\n| MARK-01 | animal ", "as CSV": "id,animal\nMARK-01,animal "} {
		in.Instruction, in.Advice.Labels = "List the marks "+form, []string{"id", "animal"}
		f = &fake{model: collector}
		if err := run(t, "extract", in, f); err != nil {
			t.Fatal(err)
		}
		if got := f.out.String(); !strings.HasPrefix(got, header) || strings.Count(got, "MARK-") != 600 || strings.Count(got, "animal") != 601 {
			t.Errorf("%s:\n%.300s", form, got)
		}
	}

	in.Instruction, in.Advice.Order = "List the marks as CSV", "animal"
	f = &fake{model: collector}
	if err := run(t, "extract", in, f); err != nil {
		t.Fatal(err)
	}
	last := -1
	for _, line := range strings.Split(f.out.String(), "\n")[1:] {
		var n int
		if _, err := fmt.Sscanf(line[strings.LastIndex(line, "animal "):], "animal %d", &n); err != nil || n < last {
			t.Fatalf("line %q after %d: %v", line, last, err)
		}
		last = n
	}

	in.Limits.Answer = 500
	f = &fake{model: collector}
	if err := run(t, "extract", in, f); err != nil {
		t.Fatal(err)
	}
	if f.finish != "length" || in.Tokens(f.out.String()) > 500 {
		t.Errorf("finish %q with %d tokens under a ceiling of 500", f.finish, in.Tokens(f.out.String()))
	}
}

// Where each thing is wanted once, the first place of equal ones stays, in a list that is made here and in what goes to the final call.
func TestExtractOnce(t *testing.T) {
	few, many := []string{}, []string{}
	for i := range 1200 {
		if few = append(few, fmt.Sprintf("mail %d@a.test", i*7%5)); i < 1000 {
			many = append(many, fmt.Sprintf("mail %d@a.test", i*7%600))
		}
	}
	for _, c := range []struct {
		lines    []string
		distinct bool
		items    int
		listed   bool
	}{{many, true, 600, true}, {many, false, 1000, true}, {few, true, 5, false}, {few, false, 1200, true}} {
		in := textInput("List the addresses.", strings.Join(c.lines, "\n"), 2000)
		in.Format, in.Advice = "text", Advice{By: "planner", Confidence: 1, Distinct: c.distinct}
		f := &fake{model: func(call Call) Reply {
			items := []map[string]any{}
			for _, line := range strings.Split(material(call.User.String()), "\n") {
				if _, address, ok := strings.Cut(line, "mail "); ok {
					items = append(items, map[string]any{"quote": line, "item": address})
				}
			}
			b, _ := json.Marshal(map[string]any{"items": items})
			return Reply{Text: string(b), Finish: "stop"}
		}}
		if err := run(t, "extract", in, f); err != nil {
			t.Fatal(err)
		}
		got := f.out.String()
		if !c.listed && len(f.answers) == 1 {
			got = f.answers[0].Insert
		}
		if n := strings.Count(got, "@a.test"); c.listed && n != c.items || !c.listed && n != 2*c.items || strings.Index(got, "0@") > strings.Index(got, "2@") || (len(f.answers) == 0) != c.listed {
			t.Errorf("%d lines, distinct %v: %d items, %d final calls", len(c.lines), c.distinct, n, len(f.answers))
		}
	}
}

func TestUnrepeated(t *testing.T) {
	none := occurrence{key: "None here.", remark: true}
	if got := unrepeated([]occurrence{{key: "a"}, none, {key: " a"}, {quote: "a"}, none, {key: "b"}}, nil); len(got) != 4 || got[0].key != "a" || got[3].key != "b" {
		t.Errorf("%+v", got)
	}
}

func TestListingKeepsItsTable(t *testing.T) {
	found := []occurrence{{quote: "q1", row: []string{"a", "b|c"}}, {quote: "q2", key: "no columns"}, {quote: "q3", row: []string{"d", "two\nlines"}}}
	advice := Advice{Labels: []string{"x", "y"}}
	for task, want := range map[string]string{
		"as a table": "| x | y |\n|---|---|\n| a | b\\|c |\n| no columns |  |\n| d | two lines |",
		"as CSV":     "x,y\na,b|c\nno columns,\nd,\"two\nlines\"",
	} {
		if d := cmp.Diff(want, listed(found, advice, task)); d != "" {
			t.Errorf("%s (-want +got):\n%s", task, d)
		}
	}
}

func TestListingAsJSON(t *testing.T) {
	found := []occurrence{{key: "x \"1\"", row: []string{"a", "1.50"}}, {key: `{"id":"b","n":2}`}, {quote: "no columns"}}
	want := "[\n  {\n    \"id\": \"a\",\n    \"n\": \"1.50\"\n  },\n  {\n    \"id\": \"b\",\n    \"n\": 2\n  },\n  \"no columns\"\n]"
	for task, is := range map[string]bool{"List all as JSON.": true, "Return a JSON array of all marks": true, "JSON please: every mark": true, "tüm kayıtları json dizisi olarak ver": true,
		"List all rows of this CSV file as JSON": true, "Convert this CSV to JSON": true, "Wandle die CSV-Datei in JSON um": true, "CSV'yi JSON'a çevir": true, "Convierte este CSV a JSON": true, "List every error in this JSON file.": false, "As CSV, not in JSON": false, "List all marks.": false} {
		got := listed(found, Advice{Labels: []string{"id", "n"}}, task)
		if is != (got == want) {
			t.Errorf("%s:\n%s", task, got)
		}
	}
	text, _ := marks(3000, 600)
	for task, finals := range map[string]int{"List the marks as YAML": 1, `Give {"marks": ["..."]} of all marks`: 1, "List the marks as a JSON array": 0} {
		in := textInput(task, text, 3000)
		in.Format = "text"
		f := &fake{model: collector}
		if err := run(t, "extract", in, f); err != nil || len(f.answers) != finals {
			t.Errorf("%s: %d final calls, %v", task, len(f.answers), err)
		}
	}
}

const marksSchema = `{"type":"object","properties":{"marks":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"animal":{"type":"string"}},"required":["id","animal"],"additionalProperties":false}}},"required":["marks"],"additionalProperties":false}`

func TestExtractUnderASchema(t *testing.T) {
	text, want := marks(300, 21)
	bad := map[string]string{"prose": "Here you are.", "wrong type": `{"marks":[{"id":1,"animal":"x"}]}`, "missing": `{"marks":[{"id":"x"}]}`, "extra": `{"marks":[],"more":1}`, "good": ""}
	for name, reply := range bad {
		in := textInput("Give the marks as JSON.", text, 2000)
		in.Format, in.Schema = "json_schema", []byte(marksSchema)
		hit := name == "good"
		f := &fake{model: func(c Call) Reply {
			if c.Index == 1 && !hit {
				hit = true
				return Reply{Text: reply, Finish: "stop"}
			}
			return collector(c)
		}}
		if err := run(t, "extract", in, f); err != nil {
			t.Fatal(name, err)
		}
		var got struct{ Marks []struct{ ID, Animal string } }
		if err := json.Unmarshal([]byte(f.out.String()), &got); err != nil {
			t.Fatalf("%s: %v in %.200s", name, err, f.out.String())
		}
		var lines []string
		for _, m := range got.Marks {
			lines = append(lines, m.ID+": "+m.Animal)
		}
		if d := cmp.Diff(want, lines); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		covered(t, in, f)
	}

	in := textInput("Give the marks as JSON.", text, 2000)
	in.Format, in.Schema, in.Advice = "json_schema", []byte(marksSchema), Advice{By: "planner", Confidence: 0.9}
	f := &fake{model: func(Call) Reply { return Reply{Text: `{"marks":[{"id":1}]}`, Finish: "stop"} }}
	if err := run(t, "extract", in, f); err == nil || f.out.Len() > 0 || strings.Contains(err.Error(), "id") {
		t.Errorf("invalid JSON for good: error %v, written %q", err, f.out.String())
	}
	in.Limits.Answer = 20
	f = &fake{model: collector}
	if err := run(t, "extract", in, f); err == nil || !strings.Contains(err.Error(), "max_tokens") || f.out.Len() > 0 {
		t.Errorf("a ceiling that would cut the JSON: error %v, written %q", err, f.out.String())
	}
}

// listing is what all items are written as, and whether that is in the order that the task wants.
func listing(found []occurrence, a Advice, task string) (text string, ordered bool) {
	items, columns := asRows(found, a, task)
	items, ordered = asWanted(items, columns, a, task)
	return itemsText(items, columns, task), ordered
}

func listed(found []occurrence, a Advice, task string) string {
	text, _ := listing(found, a, task)
	return text
}

// Labels may be kinds of things and no columns: a table of them would lack the things.
func TestExtractKinds(t *testing.T) {
	text, want := marks(3000, 600)
	for fields, shown := range map[string]string{`["yes","",""]`: "bird: yes", `["fish"]`: "fish", `["","","x"]`: "other: x"} {
		in := textInput("List all marks, each as bird, fish or other.", text, 3000)
		in.Format, in.Advice.Labels = "text", []string{"bird", "fish", "other"}
		f := &fake{model: func(c Call) Reply {
			r := collector(c)
			r.Text = regexp.MustCompile(`"fields":\[[^\]]*\]`).ReplaceAllString(r.Text, `"fields":`+fields)
			return r
		}}
		if err := run(t, "extract", in, f); err != nil {
			t.Fatal(err)
		}
		if len(f.answers) != 1 || !strings.Contains(f.answers[0].Insert, want[599]+" | "+shown) {
			t.Errorf("%s: %d final calls", fields, len(f.answers))
		}
	}
}

// Two readers write one item with other quotation marks or white space.
func TestUnrepeatedAsWritten(t *testing.T) {
	var found []occurrence
	var list []*value
	for _, s := range []string{"O'Brien, New York", "O’Brien, New\nYork", "O'Brien,  New\u00a0York", "O'Brien, York"} {
		found, list = append(found, occurrence{key: s}), append(list, &value{raw: quoted(s)})
	}
	if got := unrepeated(found, nil); len(got) != 2 || got[0].key != found[0].key {
		t.Errorf("%+v", got)
	}
	if got := distinctValues(list); len(got) != 2 {
		t.Errorf("%s", jsonOf(got))
	}
}
