package operator

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A schema with nothing that grows, or with bounds on what grows, is for the final call, which carries it.
func TestJoinable(t *testing.T) {
	for s, want := range map[string]bool{
		`{"type":"object","properties":{"total":{"type":"integer"},"marks":{"type":"array","items":{"type":"string"}}}}`:                            true,
		`{"type":"object","properties":{"by":{"type":"object","additionalProperties":{"type":"array","items":{"type":"string"}}}}}`:                 true,
		`{"type":"object","properties":{"a":{"anyOf":[{"$ref":"#/$defs/l"},{"type":"null"}]}},"$defs":{"l":{"type":"array","items":{"$ref":"#"}}}}`: true,
		`{"type":"object","properties":{"title":{"type":"string"},"total":{"type":"integer"}}}`:                                                     false,
		`{"type":"object","properties":{"marks":{"type":"array","items":{"type":"string"},"maxItems":3}}}`:                                          false,
		`{"type":"object","properties":{"marks":{"$ref":"file:///etc/hostname"},"a":{"type":"array"}}}`:                                             false,
		`{"type":"object","properties":{"marks":{"$ref":"https://schema.test/x"},"a":{"type":"array"}}}`:                                            false,
		`{"type":"object","properties":{"a":{"type":"array","items":{"type":"number","multipleOf":1e999999999}}}}`:                                  false,
		`{"type":"object","properties":{"a":{"type":"arr"}}}`:                                                                                       false,
		`{"type":"array","items":{"type":"string"}}`:                                                                                                true,
		`{"properties":{"marks":{"items":{"type":"string"},"minItems":1}}}`:                                                                         true,
		`{"type":"array","items":{"type":"string"},"uniqueItems":true}`:                                                                             true, `{"type":"object"}`: false, `{}`: false, `null`: false, `[`: false, ``: false, `{"$ref":"#"}`: false,
		strings.Repeat(`{"items":`, 200) + "{}" + strings.Repeat("}", 200): false,
	} {
		in := textInput("", "", 1)
		in.Format, in.Schema = "json_schema", []byte(s)
		if got := joinable(in) != nil; got != want {
			t.Errorf("%.120s is joined here: %v", s, got)
		}
	}
}

// Where a task or its schema wants each thing once, what equals an earlier element is left out; else all stay.
func TestRecordsOnce(t *testing.T) {
	const plain, once = `{"type":"array","items":{"type":"string"}}`, `{"type":"array","items":{"type":"string"},"uniqueItems":true}`
	for _, c := range []struct {
		schema   string
		distinct bool
		want     string
	}{
		{plain, false, `["b"," a","b","a","b","a"]`},
		{plain, true, `["b"," a"]`},
		{once, false, `["b"," a"]`},
	} {
		in := textInput("List the letters.", haystack(150, nil), 2000)
		in.Format, in.Schema, in.Advice.Distinct = "json_schema", []byte(c.schema), c.distinct
		in.Chunks = in.Chunks[:3]
		f := &fake{model: func(call Call) Reply {
			if call.Index == 0 {
				return Reply{Text: `["b"," a"]`, Finish: "stop"}
			}
			return Reply{Text: `["b","a"]`, Finish: "stop"}
		}}
		if err := run(t, "extract", in, f); err != nil || f.out.String() != c.want {
			t.Errorf("distinct %v under %s: %s, %v", c.distinct, c.schema, f.out.String(), err)
		}
	}
}

// A schema that refers to itself in many places costs no more than one that does not.
func TestSchemaUnfolds(t *testing.T) {
	var props []string
	for i := range 60 {
		props = append(props, fmt.Sprintf(`"p%d":{"$ref":"#"}`, i))
	}
	s, err := parseSchema([]byte(`{"type":"object","properties":{` + strings.Join(props, ",") + `}}`))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	var walk func(*shape)
	walk = func(sh *shape) {
		n++
		for _, p := range sh.props {
			walk(p)
		}
	}
	if walk(s.shape); n > 60*maxShapes {
		t.Errorf("%d shapes", n)
	}
}

// The library does what the last schema checker of ours did, and patterns and formats that it cannot say hurt nobody.
func TestSchemaCheck(t *testing.T) {
	const text = `{"type":"object","properties":{"a":{"type":["string","null"]},"b":{"enum":["x",2]},"c":{"$ref":"#/$defs/d"},"e":{"anyOf":[{"type":"integer"},{"type":"array","items":{"type":"boolean"}}]},` +
		`"p":{"type":"string","pattern":"^(?=x)"},"n":{"type":"number","minimum":3}},"required":["a"],"$defs":{"d":{"type":"object","properties":{"c":{"$ref":"#/$defs/d"}},"additionalProperties":false}}}`
	s, err := parseSchema([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for v, want := range map[string]string{
		`{"a":null,"b":2,"c":{"c":{}},"e":[true],"p":"y","n":3.0}`: "", `{"a":"x","e":3,"z":1}`: "",
		`{}`: "the object: missing property 'a'", `{"a":1}`: "/a: got number", `{"a":"","b":"y"}`: "/b: value must be one of", `{"a":"","c":{"c":{"x":1}}}`: "/c/c: additional properties 'x'",
		`{"a":"","e":1.5}`: "/e: got number", `[]`: "the object: got array", `{"a":"","n":2}`: "/n: minimum", `{"n":2,"b":1}`: "; ",
	} {
		parsed, err := parseValue([]byte(v))
		if err != nil {
			t.Fatal(err)
		}
		err = s.check(parsed)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(detail(err), want)) {
			t.Errorf("%s: %v, want %q", v, detail(fmt.Errorf("%w", orNil(err))), want)
		}
	}
}

func orNil(err error) error {
	if err == nil {
		return constErr("nothing")
	}
	return err
}

func TestValue(t *testing.T) {
	for in, want := range map[string]string{
		` { "b" : 1.50 , "a" : [ "<&>" , null , true ] } `: `{"b":1.50,"a":["<&>",null,true]}`,
		`{"a":1,"a":2}`: `{"a":2}`, `"x"`: `"x"`, `[]`: `[]`, `{}`: `{}`, `12e3`: `12e3`,
		`1e99999`: "", `{"a":}`: "", `{`: "", ``: "", `nul`: "", strings.Repeat("[", 70) + strings.Repeat("]", 70): "", strings.Repeat("9", 500): "",
	} {
		v, err := parseValue([]byte(in))
		if (err == nil) != (want != "") || err == nil && v.String() != want {
			t.Errorf("%.40q: %v, %v; want %q", in, v, err, want)
		}
	}
}

// joined runs extract under a schema over a text whose passages are told apart by a letter, one passage a line.
func joined(t *testing.T, in *Input, schema string, parts map[string]string, others func(Call) Reply) (string, *fake, error) {
	t.Helper()
	in.Format, in.Schema, in.Advice.By, in.Advice.Confidence = "json_schema", []byte(schema), "planner", 0.9
	f := &fake{t: t, model: func(c Call) Reply {
		if c.Stage != "map" {
			return others(c)
		}
		return Reply{Text: parts[material(c.User.String())[:1]], Finish: "stop"}
	}}
	err := run(t, "extract", in, f)
	if err == nil {
		covered(t, in, f)
	}
	return f.out.String(), f, err
}

func TestJoin(t *testing.T) {
	const item = `{"type":"object","properties":{"id":{"type":"string"},"who":{"type":"string"},"n":{"type":"integer"}},"required":["id"]}`
	obj := func(props string) string { return `{"type":"object","properties":{` + props + `}}` }
	for name, tt := range map[string]struct {
		schema string
		advice Advice
		parts  []string
		want   string
	}{
		"keys in the schema's order, lists in the source's": {schema: obj(`"b":{"type":"array","items":{"type":"integer"}},"a":{"type":"array","items":{}}`),
			parts: []string{`{"a":[{"x":1.0}],"b":[2,1]}`, `{"b":[1]}`, "NONE"}, want: `{"b":[2,1,1],"a":[{"x":1.0}]}`},
		"a list is the whole": {schema: `{"type":"array","items":` + item + `,"minItems":1}`, parts: []string{`[{"id":"A"}]`, "NONE", "```json\n[{\"id\":\"B\"},{\"id\":\"C\"}]\n```"}, want: `[{"id":"A"},{"id":"B"},{"id":"C"}]`},
		"a part may lack what the whole must have": {schema: `{"properties":{"l":{"items":{"type":"integer"},"minItems":2},"minItems":{"type":["integer","null"]}},"required":["l"]}`,
			parts: []string{`{"l":[1]}`, `{"l":[]}`, `{"l":[2],"minItems":3}`}, want: `{"l":[1,2],"minItems":3}`},
		"agreement needs no call": {schema: obj(`"title":{"type":"string"},"l":{"type":"array"}`), parts: []string{`{"title":"A","l":[]}`, `{"title":"","l":[1]}`, `{"title":"A"}`}, want: `{"title":"A","l":[1]}`},
		"the latest holds":        {schema: obj(`"rate":{"type":"number"},"l":{"type":"array"}`), advice: Advice{Conflict: "latest"}, parts: []string{`{"rate":1}`, `{"rate":2.50,"l":[1]}`, `{"rate":null}`}, want: `{"rate":2.50,"l":[1]}`},
		"maps are joined by key": {schema: obj(`"by":{"type":"object","additionalProperties":{"type":"array","items":{"type":"string"}}}`),
			parts: []string{`{"by":{"x":["1"],"y":["2"]}}`, `{"by":{"y":["3"]}}`, `{"by":{"z":[]}}`}, want: `{"by":{"x":["1"],"y":["2","3"],"z":[]}}`},
		"objects are joined": {schema: obj(`"o":` + obj(`"l":{"type":"array"},"k":{"type":["string","null"]}`)), parts: []string{`{"o":{"l":[1]}}`, `{"o":null}`, `{"o":{"l":[2]}}`}, want: `{"o":{"l":[1,2],"k":null}}`},
		"records of a key are one": {schema: obj(`"l":{"type":"array","items":` + item + `}`), advice: Advice{Dependence: "pairwise", Labels: []string{"id"}},
			parts: []string{`{"l":[{"id":"A1","who":"Ann"},{"id":"B2"}]}`, `{"l":[{"id":"a1","n":7}]}`, `{"l":[{"id":"B2","who":"Bob"},{"id":"A1","who":"Ben"}]}`},
			want:  `{"l":[{"id":"A1","who":"Ann","n":7},{"id":"B2","who":"Bob"},{"id":"A1","who":"Ben"}]}`},
		"of a key, the latest": {schema: obj(`"l":{"type":"array","items":` + item + `}`), advice: Advice{Dependence: "pairwise", Labels: []string{"id"}, Conflict: "latest"},
			parts: []string{`{"l":[{"id":"A","n":1}]}`, `{"l":[{"id":"A","n":2}]}`, `{"l":[]}`}, want: `{"l":[{"id":"A","n":2}]}`},
		"without a key nothing is joined": {schema: obj(`"l":{"type":"array","items":` + item + `}`), parts: []string{`{"l":[{"id":"A"}]}`, `{"l":[{"id":"A"}]}`, `{"l":[{"id":"A"}]}`}, want: `{"l":[{"id":"A"},{"id":"A"},{"id":"A"}]}`},
		"sorted by a key":                 {schema: obj(`"l":{"type":"array","items":` + item + `}`), advice: Advice{Order: "n"}, parts: []string{`{"l":[{"id":"A","n":30}]}`, `{"l":[{"id":"B","n":4}]}`, `{"l":[{"id":"C","n":4}]}`}, want: `{"l":[{"id":"B","n":4},{"id":"C","n":4},{"id":"A","n":30}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			in := textInput("As JSON.", "A passage.\n\nB passage.\n\nC passage.\n\n", 12)
			in.Advice = tt.advice
			parts := map[string]string{}
			for i, p := range tt.parts {
				parts[string(rune('A'+i))] = p
			}
			got, f, err := joined(t, in, tt.schema, parts, func(Call) Reply { t.Error("a call to settle or repair"); return Reply{Err: ErrRefused} })
			if d := cmp.Diff(tt.want, got); d != "" || err != nil || len(f.answers) > 0 {
				t.Errorf("error %v, %d final calls (-want +got):\n%s", err, len(f.answers), d)
			}
		})
	}
}

// A reply with two objects is none: neither half is taken for the whole.
func TestPartIsOneValue(t *testing.T) {
	s, err := parseSchema([]byte(`{"type":"object","properties":{"l":{"type":"array","items":{"type":"integer"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`{"l":[1]}`: `{"l":[1]}`, "```json\n{\"l\":[1]}\n```": `{"l":[1]}`, `{"l":[1]} {"l":[1]}`: `{"l":[1]}`, `{"l":[1]} That is {all}.`: `{"l":[1]}`, "{\"l\":[1]}\n{\"l\":[2]}": "", "none": "{}",
	} {
		v, err := s.part(text)
		if (err == nil) != (want != "") || err == nil && v.String() != want {
			t.Errorf("%q: %v, %v", text, v, err)
		}
	}
}

// Values that passages give differently are settled by one call, which is told sums and sizes that were calculated here.
func TestJoinSettles(t *testing.T) {
	const schema = `{"type":"object","properties":{"summary":{"type":"string"},"total":{"type":"integer"},"l":{"type":"array","items":{"type":"integer"}}},"required":["summary","total","l"],"additionalProperties":false}`
	parts := map[string]string{"A": `{"summary":"of A","total":2,"l":[1,2]}`, "B": `{"summary":"of B","total":1,"l":[3]}`, "C": `{"l":[]}`}
	for name, tt := range map[string]struct {
		replies []string
		want    string
	}{
		"at once":     {[]string{`{"/summary":"of all","/total":3}`}, `{"summary":"of all","total":3,"l":[1,2,3]}`},
		"asked again": {[]string{`{"/summary":"of all","/total":"3"}`, `{"/summary":"of all","/total":3}`}, `{"summary":"of all","total":3,"l":[1,2,3]}`},
		"never":       {[]string{"I cannot.", `{"/summary":"of all"}`}, ""},
	} {
		in := textInput("As JSON.", "A passage.\n\nB passage.\n\nC passage.\n\n", 12)
		n := 0
		got, f, err := joined(t, in, schema, parts, func(c Call) Reply {
			for _, s := range []string{"/summary\n- \"of A\"", "sum of these: 3", "/l: a list, complete, of 3 elements"} {
				if !strings.Contains(c.User.String(), s) {
					t.Errorf("the call to settle lacks %q:\n%s", s, c.User.String())
				}
			}
			n++
			return Reply{Text: tt.replies[n-1], Finish: "stop"}
		})
		if got != tt.want || (err == nil) != (tt.want != "") || n != len(tt.replies) || len(f.answers) > 0 {
			t.Errorf("%s: %d calls, error %v, got %q", name, n, err, got)
		}
	}
}

// What does not validate as a whole is repaired by one call or is an error: no invalid JSON, and no lost element.
func TestJoinRepairs(t *testing.T) {
	const schema = `{"type":"object","properties":{"l":{"type":"object","additionalProperties":{"type":"array","items":{"type":"integer"}},"required":["z"]}}}`
	parts := map[string]string{"A": `{"l":{"x":[1]}}`, "B": `{"l":{"x":[2]}}`, "C": `{"l":{}}`}
	for reply, want := range map[string]string{
		`{"l":{"x":[1,2],"z":[]}}`: `{"l":{"x":[1,2],"z":[]}}`,
		`{"l":{"x":[1],"z":[]}}`:   "", // an element is gone
		`{"l":{"x":[1,2]}}`:        "", // still wrong
		"I cannot.":                "",
	} {
		in := textInput("As JSON.", "A passage.\n\nB passage.\n\nC passage.\n\n", 12)
		n := 0
		got, _, err := joined(t, in, schema, parts, func(c Call) Reply {
			n++
			if !strings.Contains(c.User.String(), `{"l":{"x":[1,2]}}`) || !strings.Contains(c.User.String(), "missing property 'z'") {
				t.Errorf("the call to repair:\n%s", c.User.String())
			}
			return Reply{Text: reply, Finish: "stop"}
		})
		if got != want || (err == nil) != (want != "") || n != 1 {
			t.Errorf("%s: %d calls, error %v, got %q", reply, n, err, got)
		}
		if err != nil && (strings.Contains(err.Error(), "'z'") || !strings.Contains(err.Error(), "response_format")) {
			t.Errorf("the error %v", err)
		}
	}
}

// Equal rows are all there, however long they are and wherever the borders lie; one that two readers report is one.
func TestJoinOfEqualRows(t *testing.T) {
	const schema = `{"type":"object","properties":{"rows":{"type":"array","items":{"type":"object","properties":{"level":{"type":"string"},"msg":{"type":"string"}}}}}}`
	row := func(line string) map[string]string {
		level, msg, _ := strings.Cut(strings.TrimSpace(line), " ")
		return map[string]string{"level": level, "msg": msg}
	}
	for _, padding := range []int{0, 60, 150, 200, 260} {
		for _, careless := range []bool{false, true} {
			line := "ERROR disk full " + strings.Repeat("salt and wind ", padding/14) + "\n"
			text := strings.Repeat(line, 60)
			if careless {
				text = strings.ReplaceAll(text, line+line, line+"INFO all is well "+strings.Repeat("x", padding)+"\n")
			}
			in := textInput("All rows.", text, 1000)
			in.Format, in.Schema, in.Advice.By, in.Advice.Confidence = "json_schema", []byte(schema), "planner", 0.9
			f := &fake{model: func(c Call) Reply {
				rows := []map[string]string{}
				core := material(c.User.String())
				for _, line := range strings.Split(strings.TrimSuffix(core, "\n"), "\n") {
					rows = append(rows, row(line))
				}
				if _, rest, ok := strings.Cut(c.User.String(), "The text just after the passage"); ok && careless {
					if line, _, whole := strings.Cut(fenced.FindStringSubmatch(rest)[2], "\n"); whole {
						rows = append(rows, row(line))
					}
				}
				b, _ := json.Marshal(map[string]any{"rows": rows})
				return Reply{Text: string(b), Finish: "stop"}
			}}
			if err := run(t, "extract", in, f); err != nil {
				t.Fatal(err)
			}
			got, want := strings.Count(f.out.String(), `"level"`), strings.Count(text, "\n")
			if got < want || !careless && got > want || careless && padding > 100 && got > want {
				t.Errorf("padding %d, careless %t: %d rows, want %d", padding, careless, got, want)
			}
		}
	}
}

// An item on a border that both readers saw is one; items that stand there twice are two.
func TestJoinAtBorders(t *testing.T) {
	const schema = `{"type":"object","properties":{"l":{"type":"array","items":{"type":"string"}}}}`
	for text, want := range map[string]string{
		"one two three\nfour five six\n": `{"l":["one","two","three","four","five","six"]}`,
		"one two same\nsame five six\n":  `{"l":["one","two","same","same","five","six"]}`,
	} {
		in := textInput("All words.", text, 14)
		in.Format, in.Schema, in.Advice.By, in.Advice.Confidence = "json_schema", []byte(schema), "planner", 0.9
		f := &fake{model: func(c Call) Reply {
			// A careless reader: the last word of the text before goes in too, where the words differ.
			words := strings.Fields(material(c.User.String()))
			if _, rest, ok := strings.Cut(c.User.String(), "The text just before the passage"); ok && !strings.Contains(text, "same") {
				before := strings.Fields(fenced.FindStringSubmatch(rest)[2])
				words = append(before[len(before)-1:], words...)
			}
			b, _ := json.Marshal(map[string]any{"l": words})
			return Reply{Text: string(b), Finish: "stop"}
		}}
		if err := run(t, "extract", in, f); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, f.out.String()); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
}
