package wire

import (
	"strings"
	"testing"
)

func TestCall(t *testing.T) {
	r := parse(t, `{"model":"m","user": "u\u0031","temperature":0.7,"weird":1e0,"tags" : ["a"],"metadata":{"trace":"theirs"},"messages":[{"role":"user","content":"x"}]}`)
	schema := &Schema{Name: "notes", JSON: []byte(`{"type":"object"}`)}
	for _, c := range []struct {
		name string
		call Call
		want string
	}{
		{"plain", Call{Model: "autox", User: []string{"q\n"}, MaxTokens: 9},
			`{"model":"autox","messages":[{"role":"user","content":"q\n"}],"max_tokens":9,"temperature":0,"user": "u\u0031","tags" : ["a"],"metadata":{"trace":"theirs"}}`},
		{"all", Call{Model: "autox", System: []string{"s"}, User: []string{"q"}, MaxTokens: 9, Schema: schema, Stream: true},
			`{"model":"autox","messages":[{"role":"system","content":"s"},{"role":"user","content":"q"}],"max_tokens":9,"temperature":0,` +
				`"response_format":{"type":"json_schema","json_schema":{"name":"notes","strict":true,"schema":{"type":"object"}}},"stream":true,"stream_options":{"include_usage":true},` +
				`"user": "u\u0031","tags" : ["a"],"metadata":{"trace":"theirs"}}`},
		{"dropped", Call{Model: "autox", User: []string{"q"}, MaxTokens: 9, Schema: schema, Drop: []string{"temperature", "response_format", "max_tokens", "seed"}},
			`{"model":"autox","messages":[{"role":"user","content":"q"}],"max_completion_tokens":9,"user": "u\u0031","tags" : ["a"],"metadata":{"trace":"theirs"}}`},
	} {
		if got := string(Chat().Call(nil, r, c.call)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestEdit(t *testing.T) {
	on, off := true, false
	const body = ` { "model" : "m" , "big": 123456789012345678901234567890.10, "messages" : [ {"role":"system", "content":"s"} , {"role":"user","content":[ {"text":"long","type":"text","cache_control":{"type":"ephemeral"}}, {"type":"image_url","image_url":{}} ]},{"role":"user","content":"last"} ] , "max_completion_tokens":5, "stream_options" : {"x":1} }` + "\n"
	for _, c := range []struct {
		name string
		edit Edit
		from string // what of body is replaced
		to   string
		more []string // further pairs
	}{
		{"nothing", Edit{}, "", "", nil},
		{"not there", Edit{Texts: map[At]string{{9, 0}: "x", {1, 1}: "x", {-1, 0}: "x"}, Drop: map[int]bool{1: false}}, "", "", nil},
		{"model", Edit{Model: "n\""}, `"m"`, `"n\""`, nil},
		{"text", Edit{Texts: map[At]string{{1, 0}: "sh\nort", {2, 0}: ""}}, `"long"`, `"sh\nort"`, []string{`"last"`, `""`}},
		{"drop first", Edit{Drop: map[int]bool{0: true}}, `{"role":"system", "content":"s"} , `, ``, nil},
		{"drop last", Edit{Drop: map[int]bool{2: true}, Texts: map[At]string{{2, 0}: "gone"}}, `,{"role":"user","content":"last"}`, ``, nil},
		{"append", Edit{Append: []Turn{{"assistant", "a"}, {"user", "b"}}}, `"last"}`, `"last"},{"role":"assistant","content":"a"},{"role":"user","content":"b"}`, nil},
		{"drop last, append", Edit{Drop: map[int]bool{0: true, 2: true}, Append: []Turn{{"user", "b"}}},
			`{"role":"system", "content":"s"} , `, ``, []string{`,{"role":"user","content":"last"}`, `,{"role":"user","content":"b"}`}},
		{"stream on", Edit{Stream: &on}, `{"x":1}`, `{"x":1,"include_usage":true},"stream":true`, nil},
		{"stream off", Edit{Stream: &off}, `, "stream_options" : {"x":1}`, ``, nil},
		{"stream off, model", Edit{Stream: &off, Model: "n"}, `, "stream_options" : {"x":1}`, ``, []string{`"m"`, `"n"`}},
		{"max tokens", Edit{MaxTokens: 77}, `tokens":5`, `tokens":77`, nil},
	} {
		want := strings.Replace(body, c.from, c.to, 1)
		for i := 0; i < len(c.more); i += 2 {
			want = strings.Replace(want, c.more[i], c.more[i+1], 1)
		}
		if got := string(Chat().Edit(parse(t, body), c.edit)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, want)
		}
	}
}

func TestEditSmall(t *testing.T) {
	on, off := true, false
	const msgs = `"messages":[{"role":"user","content":"x"}]`
	for _, c := range []struct {
		name, body, want string
		edit             Edit
	}{
		{"all dropped", `{"model":"m",` + msgs + `}`, `{"model":"m","messages":[{"role":"user","content":"b"}]}`, Edit{Drop: map[int]bool{0: true}, Append: []Turn{{"user", "b"}}}},
		{"max_tokens added", `{"model":"m",` + msgs + `}`, `{"model":"m",` + msgs + `,"max_tokens":7}`, Edit{MaxTokens: 7}},
		{"max_tokens null", `{"max_tokens":null,"model":"m",` + msgs + `}`, `{"max_tokens":7,"model":"m",` + msgs + `}`, Edit{MaxTokens: 7}},
		{"both names", `{"max_tokens":1,"max_completion_tokens":2,"model":"m",` + msgs + `}`, `{"max_tokens":7,"max_completion_tokens":7,"model":"m",` + msgs + `}`, Edit{MaxTokens: 7}},
		{"stream was on", `{"stream":true,"stream_options":{"include_usage":true},"model":"m",` + msgs + `}`, `{"stream":false,"model":"m",` + msgs + `}`, Edit{Stream: &off}},
		{"usage was off", `{"stream":true,"stream_options":{"include_usage":false},"model":"m",` + msgs + `}`, `{"stream":true,"stream_options":{"include_usage":true},"model":"m",` + msgs + `}`, Edit{Stream: &on}},
		{"options null", `{"stream":null,"stream_options":null,"model":"m",` + msgs + `}`, `{"stream":true,"stream_options":{"include_usage":true},"model":"m",` + msgs + `}`, Edit{Stream: &on}},
		{"options empty", `{"stream_options":{ },"model":"m","stream":false,` + msgs + `}`, `{"stream_options":{ "include_usage":true},"model":"m","stream":true,` + msgs + `}`, Edit{Stream: &on}},
	} {
		if got := string(Chat().Edit(parse(t, c.body), c.edit)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}
