package operator

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLooseJSON(t *testing.T) {
	long := strings.Repeat("I have read the whole passage carefully, as I was asked to. ", 4)
	const none = "none"
	for reply, want := range map[string]string{
		long + "```json\n{\"items\":[1]}\n```\n" + long: `{"items":[1]}`,
		"So [1] and {x} say:\n" + long + `{"edits":[]}`: `{"edits":[]}`,
		long + `{"questions":["a?"]} ` + long:           `{"questions":["a?"]}`,
		long + `[{"quote":"a"},{"quote":"b"}]`:          `[{"quote":"a"},{"quote":"b"}]`,
		"1. {\"quote\":\"a\"}\n2. {\"quote\":\"b\"}":    `[{"quote":"a"},{"quote":"b"}]`,
		"Sure: [1]": `[1]`,
		`{"items":["a"]} ` + long + ` again: {"items":["a"]}`: `{"items":["a"]}`,
		`{"items":["a"]} no, wait: {"items":["b"]}`:           none,
		long + `{"price":1}`:                                  none,
		`{"items":[{"quote":"a"},{"quote":"b"`:                none, // nor a part of what was cut
		`{"items":[{"quote":"a"},{"quote":"b "c" d"}]}`:       none,
		"no JSON": none,
		// As models of other languages, or without a schema, write it.
		"{\"items\":[{\"quote\":\"a,]\",\n},\n],}":                                        `{"items":[{"quote":"a,]"}]}`,
		`{"Items":[{"Quote":"a","N":2}]}`:                                                 `{"items":[{"n":2,"quote":"a"}]}`,
		`{"result":{"items":[{"quote":"a"}]}}`:                                            `{"items":[{"quote":"a"}]}`,
		`{"data":{"found":[{"quote":"a"}]}}`:                                              `[{"quote":"a"}]`,
		`{"occurrences":[{"quote":"a"}],"n":1}`:                                           `[{"quote":"a"}]`,
		`{"a":[{"quote":"a"}],"b":[{"quote":"b"}]}`:                                       `{"a":[{"quote":"a"}],"b":[{"quote":"b"}]}`,
		long + `{'items': [{'quote': 'it\'s "a", he said', 'sure': True, 'note': None}]}`: `{"items":[{"note":null,"quote":"it's \"a\", he said","sure":true}]}`,
		`{'items': [{'quote': 'cut`:                                                       none,
		`The {'twas} of [{'x} is: {"items":["a"]}`:                                        `{"items":["a"]}`,
		strings.Repeat("[1,", 20_000):                                                     none,
		strings.Repeat("{'", 100) + ` {"items":["a"]}`:                                    `{"items":["a"]}`,
		`{"items":[{"quote":"a"} {"quote":"b"}]}`:                                         none,
		`{"items":[{"item":{"Quote":"a","B":1,"a":2,},},]}`:                               `{"items":[{"item":` + "{}" + `}]}`,
	} {
		v, ok := looseJSON(reply)
		got := none
		if ok {
			b, _ := json.Marshal(v)
			got = string(b)
		}
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", reply, got, want)
		}
	}
}

// Models that think aloud or talk around their JSON are understood by every operator that wants JSON, and at once.
func TestChattyReaders(t *testing.T) {
	text, want := marks(300, 21)
	chatter := map[string]func(string) string{
		"thought": func(r string) string { return "<think>Each {line} [1] is looked at: \"MARK\"?</think>\n" + r },
		"prose": func(r string) string {
			return strings.Repeat("All of these I was able to find in the passage. ", 5) + "\n```json\n" + r + "\n```\nNothing else."
		},
	}
	for how, around := range chatter {
		for name, format := range map[string]string{"count": "", "extract": "", "answer": "", "find": "", "records": "json_schema"} {
			in := textInput("List every line that starts with MARK-", text, 2000)
			in.Advice = Advice{By: "planner", Confidence: 1}
			if in.Format = format; format != "" {
				in.Schema, name = []byte(marksSchema), "extract"
			}
			f := &fake{model: func(c Call) Reply {
				r := clerk(c)
				if format != "" || c.Schema == "extract" {
					r = collector(c)
				}
				r.Text = around(r.Text)
				return r
			}}
			if err := run(t, name, in, f); err != nil {
				t.Errorf("%s, %s: %v", how, name, err)
				continue
			}
			got := f.out.String()
			if len(f.answers) > 0 {
				got = f.answers[0].Insert
			}
			if strings.Count(got, "MARK-") < len(want) || strings.Contains(got, "able to find") || len(f.calls) != len(in.Chunks) {
				t.Errorf("%s, %s: %d calls for %d chunks\n%.1200s", how, name, len(f.calls), len(in.Chunks), got)
			}
		}
	}
}

func TestBareJSON(t *testing.T) {
	long := strings.Repeat("Here is what was asked for. ", 9)
	object := &Input{Format: "json_object"}
	schema := &Input{Format: "json_schema", Schema: []byte(`{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}`)}
	for _, c := range []struct {
		in          *Input
		reply, want string
	}{
		{object, long + "see [1]:\n```json\n{\"a\":1}\n```", `{"a":1}`},
		{object, `<think>{"a":2}?</think>{"a":1}`, `{"a":1}`},
		{object, `{"a":1} or {"a":2}`, ""},
		{schema, long + `unlike {"b":2} this fits: {"a":1}. ` + long, `{"a":1}`},
		{schema, `{"a":"x"}`, ""},
		{schema, `{"a":1} or {"a":2}`, ""},
	} {
		if got, _ := bareJSON(c.in, c.reply); got != c.want {
			t.Errorf("%s: %q, want %q", c.reply, got, c.want)
		}
	}
}

func TestValueIn(t *testing.T) {
	for reply, want := range map[string]string{
		`So [1]: {"a":[1]}`:        `{"a":[1]}`,
		`[{"a":1}]`:                `{"a":1}`,
		`{} {"a":1}`:               `{"a":1}`,
		`{"a":1} {"a":2}`:          "",
		`[{"a":1},{"a":2}]`:        "",
		"{x} " + `{"a":1} {"a":1}`: `{"a":1}`,
		`{"a":1`:                   "",
		"":                         "",
	} {
		got := ""
		if v, err := valueIn(reply, '{'); err == nil {
			got = v.String()
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", reply, d)
		}
	}
	if v, err := valueIn(`{"rows":[{"a":1}]}`, '['); err != nil || v.String() != `[{"a":1}]` {
		t.Errorf("a list in an object: %v, %v", v, err)
	}
}
