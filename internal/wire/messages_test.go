package wire

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unsafe"
)

func parseMessages(t *testing.T, body string) *Request {
	t.Helper()
	r, err := Messages().Parse([]byte(body))
	if err != nil {
		t.Fatalf("Parse(%.80s): %v", body, err)
	}
	return r
}

func TestMessagesParse(t *testing.T) {
	body := ` {"model" : "sonnet-4-x", "x":[1,{"y":1e999}], "messages":[
		{"role":"user","content":[{"text":"caf\u00e9 \ud83d\ude00","type":"text","cache_control":{"type":"ephemeral"}},{"type":"image","source":{"type":"url","url":"u"}}]},
		{"content":[{"type":"redacted_thinking","data":"x"},{"type":"tool_use","id":"1","name":"n","input":{"a":"b"}}],"role":"assistant"},
		{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":"rain"}]},
		{"role":"assistant","content":[]}
	],"system":"Be\nbrief.","stream":true,"max_tokens":100.0,"stop_sequences":["a","b"],
	"output_config":{"effort":"low","format":{"type":"json_schema","schema":{"type":"object"}}},"tools":[] }` + "\n"
	r := parseMessages(t, body)
	if r.Model != "sonnet-4-x" || !r.Stream || !r.WantUsage || r.MaxTokens != 100 || r.Format != "json_schema" || string(r.Schema) != `{"type":"object"}` {
		t.Errorf("got %+v", r)
	}
	if want := []string{"a", "b"}; !reflect.DeepEqual(r.Stop, want) {
		t.Errorf("Stop = %q", r.Stop)
	}
	if want := []string{"tools"}; !reflect.DeepEqual(r.OneCall, want) {
		t.Errorf("OneCall = %q, want %q (a tool turn counts as tools)", r.OneCall, want)
	}
	var got []string
	for i, m := range r.Messages {
		if c := body[m.Start]; (c != '{' || body[m.End-1] != '}') && i > 0 {
			t.Errorf("message span %q", body[m.Start:m.End])
		}
		line := m.Role
		if m.Tools {
			line += "+tools"
		}
		for _, p := range m.Parts {
			line += " " + p.Type + "=" + p.Text
			if p.Type == "text" && body[p.Start] != '"' || p.Type != "text" && body[p.Start] != '{' {
				t.Errorf("part span %q", body[p.Start:p.End])
			}
		}
		got = append(got, line)
	}
	want := []string{"system text=Be\nbrief.", "user text=café 😀 image=", "assistant+tools tool_use=", "user+tools text=rain", "assistant"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("messages:\n%q\nwant\n%q", got, want)
	}
}

func TestMessagesTextsShareBody(t *testing.T) {
	body := []byte(`{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","data":"plain text"}}]}]}`)
	r, err := Messages().Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	p := r.Messages[0].Parts[0]
	if unsafe.StringData(p.Text) != &body[p.Start+1] {
		t.Error("a text without escapes was copied")
	}
}

// nest puts a tool result into a tool result, n times.
func nest(n int, text string) string {
	return strings.Repeat(`[{"type":"tool_result","tool_use_id":"t","content":`, n) + `"` + text + `"` + strings.Repeat(`}]`, n)
}

func TestMessagesParts(t *testing.T) {
	const hi = `{"type":"text","text":"hi"}`
	for _, c := range []struct{ content, want string }{
		{`"a"`, "text:a"},
		{`""`, "text:"},
		{`[]`, ""},
		{`[{"type":"text","text":"a","citations":[{"type":"char_location"}]}]`, "text:a"},
		{`[{"type":"document","source":{"data":"a","type":"text"},"context":"c"}]`, "text:a"},
		{`[{"source":{"type":"text","data":7},"type":"document"}]`, "document:"},
		{`[{"type":"document"}]`, "document:"},
		{`[{"type":"document","source":null}]`, "document:"},
		{`[{"type":"document","source":{"type":"file","file_id":"f"}}]`, "document:"},
		{`[{"type":"document","source":{"type":"content","content":"a"}}]`, "text:a"},
		{`[{"type":"document","source":{"type":"content","content":[` + hi + `,` + hi + `]}}]`, "text:hi text:hi"},
		{`[{"type":"document","source":{"type":"content","content":[` + hi + `,7]}},` + hi + `]`, "document: text:hi"},
		{`[{"type":"document","source":{"type":"content","content":[` + hi + `,{"type":"text"}]}}]`, "document:"},
		{`[{"type":"search_result","content":[` + hi + `]}]`, "text:hi"},
		{`[{"type":"search_result","content":[]}]`, "search_result:"},
		{`[{"type":"thinking","thinking":"x"},{"type":"redacted_thinking","data":"x"}]`, ""},
		{`[{"type":"server_tool_use","id":"1"},{"type":"web_search_tool_result","content":[` + hi + `]}]`, "server_tool_use: web_search_tool_result:"},
		{`[{"type":"tomorrow's","content":"x"}]`, "tomorrow's:"},
		{nest(maxNesting+1, "deep"), "text:deep"},
		{nest(maxNesting+2, "deep"), "tool_result:"},
	} {
		r := parseMessages(t, `{"model":"m","max_tokens":1,"messages":[{"role":"user","content":`+c.content+`}]}`)
		var got []string
		for _, p := range r.Messages[0].Parts {
			got = append(got, p.Type+":"+p.Text)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%.90s: %q, want %q", c.content, s, c.want)
		}
	}
}

func TestMessagesParseRefuses(t *testing.T) {
	const head, tail = `{"model":"m","max_tokens":1,`, `"messages":[{"role":"user","content":"x"}]}`
	for _, body := range []string{
		``, `null`, `[]`, `{`, head + tail + `x`, head + tail[:20],
		`{"max_tokens":1,` + tail, `{"model":"m",` + tail, `{"model":"m","max_tokens":0,` + tail, `{"model":"m","max_tokens":null,` + tail,
		`{"model":"m","max_tokens":1}`, head + `"messages":[]}`, head + `"messages":{}}`, head + `"messages":[7]}`,
		head + `"max_tokens":2,` + tail, head + `"system":"a","system":"b",` + tail, head + `"system":7,` + tail, head + `"system":{},` + tail,
		head + `"system":[{"type":"text"}],` + tail, head + `"stream":1,` + tail, head + `"metadata":7,` + tail, head + `"litellm_metadata":[],` + tail,
		head + `"stop_sequences":"x",` + tail, head + `"stop_sequences":[1],` + tail, head + `"output_config":7,` + tail, head + `"thinking":7,` + tail,
		head + `"messages":[{"role":"user"}]}`, head + `"messages":[{"content":"x"}]}`, head + `"messages":[{"role":"user","content":null}]}`,
		head + `"messages":[{"role":"user","role":"user","content":"x"}]}`, head + `"messages":[{"role":"user","content":"x","content":"y"}]}`,
		head + `"messages":[{"role":"user","content":["x"]}]}`, head + `"messages":[{"role":"user","content":[{}]}]}`,
		head + `"messages":[{"role":"user","content":[{"type":"text","text":"a","text":"b"}]}]}`,
		head + `"messages":[{"role":"user","content":[{"type":"text","type":"text","text":"b"}]}]}`,
		head + `"messages":[{"role":"user","content":[{"type":"text","text":null}]}]}`,
		head + `"messages":[{"role":"user","content":[{"type":"document","source":{},"source":{}}]}]}`,
		head + `"messages":[{"role":"user","content":` + nest(300, "x") + `}]}`,
		head + "\"messages\":[{\"role\":\"user\",\"content\":\"\xff\"}]}",
	} {
		r, err := Messages().Parse([]byte(body))
		if !errors.Is(err, ErrNotUnderstood) || r != nil {
			t.Errorf("%.120s: %+v, %v", body, r, err)
		}
	}
}

func TestMessagesOneCall(t *testing.T) {
	for _, c := range []struct{ fields, citations, want string }{
		{``, `null`, ``},
		{`"tools":[],"mcp_servers":null,"thinking":{"type":"enabled"},"tool_choice":{"type":"auto"},`, `{"enabled":false}`, ``},
		{`"compaction":{},"container":"","fallback_credit_token":null,`, `{}`, ``},
		{``, `{"enabled":true}`, `citations`},
		{`"mcp_servers":[{"url":"x"}],"mock_response":"x",`, `null`, `mcp_servers mock_response`},
		{`"compaction":{"trigger":1},"container":"c","tools":[{}],`, `{"enabled":true}`, `tools citations container compaction`},
	} {
		r := parseMessages(t, `{`+c.fields+`"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","data":"a"},"citations":`+c.citations+`}]}]}`)
		if got := strings.Join(r.OneCall, " "); got != c.want {
			t.Errorf("%s citations %s: %q, want %q", c.fields, c.citations, got, c.want)
		}
	}
}

func TestMessagesCall(t *testing.T) {
	r := parseMessages(t, `{"model":"m","max_tokens":7,"temperature":0.7,"weird":1e0,"tags" : ["a"],"metadata":{"user_id":"u\u0031"},"litellm_metadata":{"trace":"theirs"},"inference_geo":"us","thinking":{"type":"enabled","budget_tokens":1024},"system":"s","messages":[{"role":"user","content":"x"}]}`)
	const kept = `"tags" : ["a"],"metadata":{"user_id":"u\u0031"},"litellm_metadata":{"trace":"theirs"},"inference_geo":"us"`
	schema := &Schema{Name: "notes", JSON: []byte(`{"type":"object"}`)}
	for _, c := range []struct {
		name string
		call Call
		want string
	}{
		{"plain", Call{Model: "autox", User: []string{"q\n"}, MaxTokens: 9},
			`{"model":"autox","max_tokens":9,"messages":[{"role":"user","content":"q\n"}],"temperature":0,` + kept + `}`},
		{"all", Call{Model: "autox", System: []string{"s"}, User: []string{"q"}, MaxTokens: 9, Schema: schema, Stream: true},
			`{"model":"autox","max_tokens":9,"system":"s\n\n` + underSchema + `notes:\n{\"type\":\"object\"}","messages":[{"role":"user","content":"q"}],"temperature":0,"stream":true,` +
				kept + `}`},
		{"dropped, no limit", Call{Model: "autox", User: []string{"q"}, Schema: schema, Drop: []string{"temperature", "response_format", "max_tokens", "seed"}},
			`{"model":"autox","max_tokens":4096,"system":"` + underSchema + `notes:\n{\"type\":\"object\"}","messages":[{"role":"user","content":"q"}],` + kept + `}`},
		{"limit refused", Call{Model: "autox", User: []string{"q"}, MaxTokens: 9000, Drop: []string{"max_tokens"}},
			`{"model":"autox","max_tokens":4096,"messages":[{"role":"user","content":"q"}],"temperature":0,` + kept + `}`},
	} {
		if got := string(Messages().Call(nil, r, c.call)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestMessagesEdit(t *testing.T) {
	on, off := true, false
	const msgs = `"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]`
	const system, think = `"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],`, `"thinking":{"type":"enabled", "budget_tokens":2048}`
	const user = `{"role":"user","content":"[…]"}`
	for _, c := range []struct {
		name, body, want string
		edit             Edit
	}{
		{"nothing", `{"model":"m","max_tokens":5,` + msgs + `} `, `{"model":"m","max_tokens":5,` + msgs + `} `, Edit{}},
		{"system text", `{"model":"m",` + system + `"max_tokens":5,` + msgs + `}`, `{"model":"m",` + strings.Replace(system, `"s"`, `"S\n"`, 1) + `"max_tokens":5,` + msgs + `}`,
			Edit{Texts: map[At]string{{0, 0}: "S\n", {0, 1}: "none", {9, 0}: "none", {-1, 0}: "none"}}},
		{"system dropped", `{"model":"m",` + system + `"max_tokens":5,` + msgs + `}`, `{"model":"m","max_tokens":5,` + msgs + `}`, Edit{Drop: map[int]bool{0: true}, Texts: map[At]string{{0, 0}: "x"}}},
		{"system last, dropped, field added", `{"model":"m","max_tokens":5,` + msgs + `,"system":"s"}`, `{"model":"m","max_tokens":5,` + msgs + `,"stream":true}`, Edit{Drop: map[int]bool{0: true}, Stream: &on}},
		{"middle dropped", `{"model":"m",` + system + `"max_tokens":5,` + msgs + `}`, `{"model":"m",` + system + `"max_tokens":5,"messages":[{"role":"user","content":"a"},{"role":"user","content":"c"}]}`, Edit{Drop: map[int]bool{2: true}}},
		{"first dropped", `{"model":"m","max_tokens":5,` + msgs + `}`, `{"model":"m","max_tokens":5,"messages":[` + user + `,{"role":"assistant","content":"b"},{"role":"user","content":"c"}]}`, Edit{Drop: map[int]bool{0: true}}},
		{"two dropped", `{"model":"m","max_tokens":5,` + msgs + `}`, `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"c"}]}`, Edit{Drop: map[int]bool{0: true, 1: true}}},
		{"all dropped", `{"model":"m","max_tokens":5,` + msgs + `}`, `{"model":"m","max_tokens":5,"messages":[` + user + `,{"role":"assistant","content":"x"}]}`, Edit{Drop: map[int]bool{0: true, 1: true, 2: true}, Append: []Turn{{"assistant", "x"}}}},
		{"limit, model, stream off", `{"model":"m","max_tokens":5,"stream":true,` + msgs + `}`, `{"model":"n","max_tokens":9,"stream":false,` + msgs + `}`, Edit{Model: "n", MaxTokens: 9, Stream: &off}},
		{"stream as it is", `{"model":"m","max_tokens":5,"stream":true,` + msgs + `}`, `{"model":"m","max_tokens":5,"stream":true,` + msgs + `}`, Edit{Stream: &on}},
		{"room for thinking", `{"model":"m","max_tokens":9000,` + think + `,` + msgs + `}`, `{"model":"m","max_tokens":2049,` + think + `,` + msgs + `}`, Edit{MaxTokens: 2049}},
		{"less room for thinking", `{"model":"m","max_tokens":9000,` + think + `,` + msgs + `}`, `{"model":"m","max_tokens":2048,"thinking":{"type":"enabled", "budget_tokens":1024},` + msgs + `}`, Edit{MaxTokens: 2048}},
		{"no room for thinking", `{"model":"m","max_tokens":9000,` + think + `,` + msgs + `}`, `{"model":"m","max_tokens":2047,"thinking":{"type":"disabled"},` + msgs + `}`, Edit{MaxTokens: 2047}},
	} {
		got := string(Messages().Edit(parseMessages(t, c.body), c.edit))
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if !json.Valid([]byte(got)) {
			t.Errorf("%s: not JSON", c.name)
		}
	}
}

// Reading a request of ordinary size is one allocation: the request itself.
func TestMessagesAllocations(t *testing.T) {
	body := []byte(`{"model":"m","max_tokens":100,"stream":true,"metadata":{"user_id":"u"},"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"document","title":"t","source":{"type":"text","media_type":"text/plain","data":"` + strings.Repeat("word ", 1000) + `"}},{"type":"text","text":"Why?"}]},{"role":"assistant","content":"So."},{"role":"user","content":"How?"}]}`)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := Messages().Parse(body); err != nil {
			t.Fatal(err)
		}
	}); n > 1 {
		t.Errorf("Parse: %v allocations, want 1", n)
	}
}
