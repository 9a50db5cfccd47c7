package operator

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJSONJoin(t *testing.T) {
	for _, c := range []struct {
		name           string
		wanted, object bool
		texts          []string
		want           string
	}{
		{"lines", false, false, []string{"[\n  {\"a\": 1},\n  {\"a\": 2}\n]\n", "[\n  {\"a\": 3}\n]\n"}, "[\n  {\"a\": 1},\n  {\"a\": 2},\n  {\"a\": 3}\n]\n"},
		{"one line each", false, false, []string{`[1,2]`, `[3]`}, "[1,2,\n3]"},
		{"empty ones", false, false, []string{"[]\n", "[\n  1\n]\n", "[ ]\n", "[\n  2\n]\n"}, "[\n  1,\n  2\n]\n"},
		{"none but empty", false, false, []string{"[]\n", "[]\n"}, "[]\n"},
		{"prose after a list", false, false, []string{"[1]\n", "Words.\n", "[2]\n"}, "[1]\n|Words.\n|[2]\n"},
		{"prose before a list", true, false, []string{"Words.\n", "[2]\n"}, "Words.\n|[2]\n"},
		{"a few words", true, false, []string{"Here is the JSON:\n[1]\n", "The array:\n```json\n[\n 2]\n```"}, "[1,\n 2]"},
		{"objects", true, false, []string{`{"1":2}`, `{"3":4}`}, `{"1":2}|{"3":4}`},
		{"objects in one", true, true, []string{"{\n  \"1\": 2\n}\n", "{\n  \"3\": 4\n}\n"}, "{\n  \"1\": 2,\n  \"3\": 4\n}\n"},
		{"a list under a key", true, false, []string{`{"rows[": [{"a":"]"}]}`, "{\"rows[\": [\n{\"a\":2}]}"}, "{\"rows[\": [{\"a\":\"]\"},\n{\"a\":2}]}"},
		{"lists under other keys", true, false, []string{`{"a":[1]}`, `{"b":[2]}`}, `{"a":[1]}|{"b":[2]}`},
		{"broken", true, false, []string{`[1`, `[2]`}, `[1|[2]`},
	} {
		j := jsonJoin{wanted: c.wanted, object: c.object}
		var b strings.Builder
		for i, text := range c.texts {
			gap := "|"
			if i == 0 {
				gap = ""
			}
			b.WriteString(j.next("a,b", gap, text))
		}
		b.WriteString(j.end())
		if d := cmp.Diff(c.want, b.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
	// A text that has a list of its own in each passage keeps them.
	j := jsonJoin{wanted: true}
	if got := j.next("[1]", "", "[1]") + j.next("[2]", "\n", "[2]") + j.end(); got != "[1]\n[2]" {
		t.Errorf("own lists: %q", got)
	}
}

// A table becomes one JSON list, whatever its readers put around theirs.
func TestTransformIntoOneList(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,name,price\n")
	for i := range 120 {
		fmt.Fprintf(&b, "%d,Ann Lee,%d.50\n", i, i)
	}
	for _, task := range []string{"Convert this CSV to JSON.", "Wandle die CSV-Datei in JSON um.", "CSV'yi JSON'a çevir.", "Turn this CSV into a list of objects."} {
		in := textInput(task, b.String(), 500)
		f := &fake{model: func(c Call) Reply {
			var rows []string
			for _, l := range strings.Split(material(c.User.String()), "\n") {
				if cells := strings.Split(l, ","); len(cells) == 3 && cells[0] != "id" {
					rows = append(rows, fmt.Sprintf("  {\n    \"id\": %s,\n    \"name\": %q,\n    \"price\": %s\n  }", cells[0], cells[1], cells[2]))
				}
			}
			return Reply{Text: "```json\n[\n" + strings.Join(rows, ",\n") + "\n]\n```", Finish: "stop"}
		}}
		if err := run(t, "transform", in, f); err != nil {
			t.Fatal(err)
		}
		var list []struct{ ID int }
		if err := json.Unmarshal([]byte(f.out.String()), &list); err != nil || len(list) != 120 || list[119].ID != 119 || len(f.calls) != len(in.Chunks) {
			t.Errorf("%s: %v, %d rows, %d calls for %d chunks:\n%.300s", task, err, len(list), len(f.calls), len(in.Chunks), f.out.String())
		}
		if !strings.HasPrefix(f.out.String(), "[\n  {\n    \"id\": 0,\n") || !strings.HasSuffix(f.out.String(), "  }\n]\n") || strings.Contains(f.out.String(), "\n\n") {
			t.Errorf("%s: the form is lost:\n%.300s", task, f.out.String())
		}
		// Whatever max_tokens leaves out of it, a list that is not closed is cut.
		cut := 0
		for less := range 30 {
			in.Limits.Answer = in.Tokens(f.out.String()) + 15 - less
			g := &fake{model: f.model}
			if err := run(t, "transform", in, g); err != nil || json.Valid([]byte(g.out.String())) != (g.finish == "stop") {
				t.Errorf("%s, at most %d tokens: %v, %q: …%s", task, in.Limits.Answer, err, g.finish, g.out.String()[max(0, g.out.Len()-40):])
			}
			if g.finish == "length" {
				cut++
			}
		}
		if cut == 0 || cut == 30 {
			t.Errorf("%s: %d of 30 were cut", task, cut)
		}
	}
}
