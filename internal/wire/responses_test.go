package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/haiku-planner/haikuplanner/internal/sse"
)

func TestResponsesTable(t *testing.T) {
	checkTable(t, responsesTable, sdkFields(t, "responses/openai-go.fields"))
	checkReach(t, Responses(), responsesTable, `{"model":"m",`, `,"input":"x"}`)
	for name, want := range map[string]bool{"messages": false, "max_tokens": false, "stop": false, "tags": true, "n": true} {
		if _, ok := responsesTable.row(name); ok != want {
			t.Errorf("%s has a row: %v", name, ok)
		}
	}
}

func TestResponsesOneCall(t *testing.T) {
	for _, c := range []struct {
		member string
		want   []string
	}{
		{`"previous_response_id":null,"conversation":null,"background":false,"tools":[],"prompt":null,"include":[],"store":true,"top_logprobs":0,"n":1`, nil},
		{`"include":["reasoning.encrypted_content"],"reasoning":{"effort":"low"},"tool_choice":"auto"`, nil},
		{`"include":["message.output_text.logprobs"]`, []string{"include"}},
		{`"top_logprobs":1`, []string{"top_logprobs"}},
		{`"previous_response_id":"resp_1"`, []string{"previous_response_id"}},
		{`"conversation":{"id":"c"}`, []string{"conversation"}},
		{`"background":true`, []string{"background"}},
		{`"prompt":{"id":"p"}`, []string{"prompt"}},
		{`"tools":[{"type":"web_search"}],"mcp_servers":[{}]`, []string{"tools", "mcp_servers"}},
		{`"input":[{"type":"item_reference","id":"m"}]`, []string{"input"}},
		{`"input":[{"id":"m"}]`, []string{"input"}},
		{`"input":[{"type":null,"role":"user","content":"x"},{"type":"compaction","encrypted_content":"x"}]`, []string{"input"}},
		{`"input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]`, []string{"tools"}},
		{`"input":[{"type":"a_new_tool_call"}]`, []string{"tools"}},
		{`"input":[{"role":"user","content":"x"},{"type":"reasoning","summary":[]}]`, []string{"tools"}},
		{`"input":[{"type":"reasoning","summary":[]},{"role":"assistant","content":"x"},{"role":"user","content":"x"}]`, nil},
	} {
		in := `{"model":"m",` + c.member + `}`
		if !strings.Contains(c.member, `"input"`) {
			in = `{"model":"m","input":"x",` + c.member + `}`
		}
		r, err := Responses().Parse([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", c.member, err)
			continue
		}
		if diff := cmp.Diff(c.want, r.OneCall); diff != "" {
			t.Errorf("%s: %s", c.member, diff)
		}
	}
}

func TestResponsesFields(t *testing.T) {
	r, err := Responses().Parse([]byte(`{"input":"x","model":"m","max_output_tokens":7,"stream":true,"text":{"verbosity":"low","format":{"type":"json_schema","name":"n","schema":{"a":1}}}}`))
	if err != nil || r.Model != "m" || r.MaxTokens != 7 || !r.Stream || !r.WantUsage || r.Format != "json_schema" || string(r.Schema) != `{"a":1}` {
		t.Errorf("%v %+v", err, r)
	}
	r, err = Responses().Parse([]byte(`{"input":"x","model":"m","max_output_tokens":null,"text":{"format":{"type":"json_object"}},"instructions":null}`))
	if err != nil || r.MaxTokens != 0 || r.Format != "json_object" || r.Schema != nil || len(r.Messages) != 1 {
		t.Errorf("%v %+v", err, r)
	}
}

func TestResponsesNotUnderstood(t *testing.T) {
	for _, body := range []string{
		``, `[]`, `{}`, `{"model":"m"}`, `{"input":"a"}`, `{"model":"m","input":null}`, `{"model":"m","input":{}}`, `{"model":"m","input":[]}`, `{"model":"m","input":["a"]}`,
		`{"model":"m","input":"a","input":"b"}`, `{"model":"m","input":"a","stream":1}`, `{"model":"m","input":"a","max_output_tokens":0}`, `{"model":"m","input":"a"}x`,
		`{"model":"m","input":"a","instructions":["x"]}`, `{"model":"m","input":"a","text":"x"}`, `{"model":"m","input":"a","text":{"format":{}}}`,
		`{"model":"m","input":[{"type":"message","content":"x"}]}`, `{"model":"m","input":[{"role":"user","content":5}]}`, `{"model":"m","input":[{"role":"user","role":"user","content":"x"}]}`,
		`{"model":"m","input":[{"role":"user","content":"x","content":"y"}]}`, `{"model":"m","input":[{"type":"message","type":"reasoning","role":"user"}]}`,
		`{"model":"m","input":[{"role":"user","content":[{"type":"input_text"}]}]}`, `{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"a","text":"b"}]}]}`,
	} {
		if r, err := Responses().Parse([]byte(body)); !errors.Is(err, ErrNotUnderstood) || r != nil {
			t.Errorf("%s: %v, %v", body, r, err)
		}
	}
}

func TestResponsesReply(t *testing.T) {
	message := `{"type":"message","content":[{"type":"output_text","text":"a"}]}`
	for _, c := range []struct {
		body string
		want Reply
		err  string
	}{
		{`{"status":"completed","model":"m","output":[` + message + `,` + message + `],"usage":{"input_tokens":1,"output_tokens":2,"cost":1e-7}}`,
			Reply{Text: "aa", Finish: "stop", Usage: Usage{Prompt: 1, Completion: 2}, HasUsage: true, Cost: "1e-7", Model: "m"}, ""},
		{`{"output":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}`, Reply{Finish: "stop", Usage: Usage{Prompt: 1, Completion: 2}, HasUsage: true}, ""},
		{`{"status":"completed","output":[` + message + `,{"type":"function_call","name":"f"}]}`, Reply{Text: "a", Finish: "tool_calls", Says: true}, ""},
		{`{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[]}`, Reply{Finish: "content_filter", Refusal: true}, ""},
		{`{"status":"incomplete","output":[]}`, Reply{Finish: "length"}, ""},
		{`{"status":"in_progress","output":[]}`, Reply{Says: true}, ""},
		{`{"status":"completed"}`, Reply{}, "upstream's answer has no output"},
		{`<html>`, Reply{}, "upstream's answer is not a JSON object"},
		{`{"error":{"message":"no","code":429}}`, Reply{}, "no"},
		{`{"status":"failed","output":[]}`, Reply{}, "the response failed without a reason"},
	} {
		got, err := Responses().Reply([]byte(c.body))
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%s: %v", c.body, err)
			}
			continue
		}
		if c.want.Raw = []byte(c.body); err != nil || cmp.Diff(c.want, got) != "" {
			t.Errorf("%s: %v %s", c.body, err, cmp.Diff(c.want, got))
		}
	}
	for code, want := range map[string]int{"server_error": 500, "rate_limit_exceeded": 429, "invalid_prompt": 400} {
		_, err := Responses().Reply([]byte(`{"status":"failed","error":{"code":"` + code + `","message":"m"},"output":[]}`))
		var e *Error
		if !errors.As(err, &e) || e.Status != want {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestResponsesAnswer(t *testing.T) {
	base := `{"id":"resp_up","status":"completed","output":[{"type":"reasoning","id":"rs"},{"type":"message","id":"msg_up","content":[{"type":"output_text","text":"a"}]},{"type":"message","id":"b","content":[]}],"x":1}`
	h := Head{ID: "resp_1", Model: "m", Created: 7}
	usage := `"usage":{"input_tokens":1,"input_tokens_details":{"cached_tokens":0},"output_tokens":2,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":3}`
	text := `"type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"new"}]}`
	for _, c := range []struct {
		name string
		a    Answer
		want string
	}{
		{"base", Answer{Head: h, Base: []byte(base), Usage: Usage{Prompt: 1, Completion: 2}},
			strings.TrimSuffix(base, "}") + `,"model":"m",` + usage + `}`},
		{"text", Answer{Head: h, Base: []byte(base), Text: "new", SetText: true, Finish: "length", Usage: Usage{Prompt: 1, Completion: 2}, Planner: []byte(`{}`)},
			`{"id":"resp_up","status":"incomplete","output":[{"type":"reasoning","id":"rs"},{"id":"msg_up",` + text + `],"x":1,"incomplete_details":{"reason":"max_output_tokens"},"model":"m",` + usage + `,"haiku_planner":{}}`},
		{"stitched", Answer{Head: h, Text: "new", SetText: true, Usage: Usage{Prompt: 1, Completion: 2}, Planner: []byte(`{}`)},
			`{"id":"resp_1","object":"response","created_at":7,"status":"completed","model":"m","incomplete_details":null,"instructions":null,"metadata":{},"parallel_tool_calls":true,"temperature":null,"tool_choice":"auto","tools":[],"top_p":null,` +
				`"output":[{"id":"msg_1",` + text + `],"error":null,` + usage + `,"haiku_planner":{}}`},
	} {
		if diff := cmp.Diff(c.want, string(Responses().Answer(c.a))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// eventsOf reads a stream of ours: types, and what every event must have.
func eventsOf(t *testing.T, stream []byte) []string {
	t.Helper()
	var kinds []string
	for event, err := range sse.Read(bytes.NewReader(stream), 1<<20) {
		if err != nil {
			t.Fatal(err)
		}
		var v struct {
			Type string
			Seq  *int `json:"sequence_number"`
		}
		if err := json.Unmarshal(event.Data, &v); err != nil || v.Type != event.Name || v.Seq == nil || *v.Seq != len(kinds) {
			t.Fatalf("event %d: %v in %s", len(kinds), err, event.Data)
		}
		kinds = append(kinds, strings.TrimPrefix(v.Type, "response."))
	}
	return kinds
}

func TestResponsesStreamOrder(t *testing.T) {
	const head, item, end = "created in_progress ", "output_item.added content_part.added ", "output_text.done content_part.done output_item.done "
	for _, c := range []struct {
		name string
		run  func(s Stream) error
		want string
	}{
		{"empty", func(s Stream) error { return s.Finish("stop", false, Usage{}, nil) }, head + item + end + "completed"},
		{"kept alive", func(s Stream) error {
			return errors.Join(s.KeepAlive(), s.KeepAlive(), s.Text("a"), s.KeepAlive(), s.Text(""), s.Text("b"), s.Finish("", true, Usage{}, nil))
		}, head + "in_progress " + item + "output_text.delta output_text.delta output_text.delta " + end + "completed"},
		{"kept alive in a refusal", func(s Stream) error {
			return errors.Join(s.Pass(Delta{Choice: []byte(`[{"type":"response.refusal.delta","delta":"No."}]`)}), s.KeepAlive(), s.Finish("content_filter", true, Usage{}, nil))
		}, head + item + "refusal.delta refusal.delta refusal.done content_part.done output_item.done completed"},
		{"kept alive in reasoning", func(s Stream) error {
			pass := func(events string) error { return s.Pass(Delta{Says: true, Choice: []byte("[" + events + "]")}) }
			return errors.Join(pass(`{"type":"response.output_item.added","output_index":3,"item":{"type":"reasoning","id":"rs"}}`), s.KeepAlive(),
				pass(`{"type":"response.reasoning_summary_part.added","output_index":3,"item_id":"rs"}`), s.KeepAlive(), // nothing fits here
				pass(`{"type":"response.reasoning_summary_text.delta","output_index":3,"item_id":"rs","delta":"Hm."}`), s.KeepAlive(),
				pass(`{"type":"response.output_item.done","output_index":3,"item":{"type":"reasoning","id":"rs"}}`), s.KeepAlive(),
				s.Text("a"), s.Finish("stop", true, Usage{}, nil))
		}, head + "output_item.added in_progress reasoning_summary_part.added reasoning_summary_text.delta reasoning_summary_text.delta output_item.done in_progress " + item + "output_text.delta " + end + "completed"},
		{"whole in the end alone", func(s Stream) error {
			return errors.Join(s.Pass(Delta{Says: true, Choice: []byte(`[{"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","id":"fc","arguments":""}}]`)}),
				s.Pass(Delta{Choice: []byte(`[{"type":"response.completed","response":{"id":"resp_1","output":[{"type":"reasoning"},{"type":"function_call","id":"fc","arguments":"{}"}]}}]`)}), s.Finish("tool_calls", true, Usage{}, nil))
		}, head + "output_item.added output_item.done completed"},
		{"incomplete", func(s Stream) error { return errors.Join(s.Text("a"), s.Finish("length", true, Usage{}, nil)) }, head + item + "output_text.delta " + end + "incomplete"},
		{"refused at once", func(s Stream) error { return s.Fail(&Error{Message: "no"}) }, head + "failed error"},
		{"broken off", func(s Stream) error { return errors.Join(s.Text("a"), s.Fail(&Error{Message: "no", Status: 504})) }, head + item + "output_text.delta " + end + "failed error"},
		{"two final calls are one message", func(s Stream) error {
			piece := func(id, text string) error {
				return errors.Join(s.Pass(Delta{Text: text, Choice: []byte(`[{"type":"response.created","response":{"id":"` + id + `"}},{"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"m` + id + `"}}]`)}),
					s.Pass(Delta{Choice: []byte(`[{"type":"response.output_item.done","output_index":0,"item":{"type":"message","id":"m` + id + `","content":[{"text":"` + text + `"}]}},{"type":"response.completed","response":{"id":"` + id + `"}}]`)}))
			}
			return errors.Join(piece("1", "a"), piece("2", "b"), s.Finish("stop", true, Usage{}, nil))
		}, head + item + "output_text.delta output_text.delta " + end + "completed"},
	} {
		var w bytes.Buffer
		if err := c.run(Responses().Stream(&w, Head{ID: "resp_1", Model: "m", Created: 7})); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, strings.Join(eventsOf(t, w.Bytes()), " ")); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if n := strings.Count(w.String(), `"response":{"id":`); n != strings.Count(w.String(), `"response":{"id":"resp_1",`) && n != strings.Count(w.String(), `"response":{"id":"1",`)+strings.Count(w.String(), `"response":{"id":"1"}`) {
			t.Errorf("%s: the id changes in %s", c.name, w.String())
		}
	}
}

func TestResponsesCut(t *testing.T) {
	for _, stream := range []string{"", "data: {\"type\":\"response.output_text.delta\",\"delta\":\"a\"}\n\ndata: [DONE]\n\n", "data: {\"type\":\"response.completed\"}"} {
		var last error
		for _, err := range Responses().Deltas(oneByte{strings.NewReader(stream)}) {
			last = err
		}
		if !errors.Is(last, io.ErrUnexpectedEOF) {
			t.Errorf("%q ends with %v", stream, last)
		}
	}
	for stream, want := range map[string]Error{
		`{"type":"error","code":"server_error","message":"no","param":null}`:                              {Status: 500, Message: "no", Code: "server_error"},
		`{"type":"error","error":{"message":"no","type":"t","code":"429"}}`:                               {Status: 429, Message: "no", Type: "t", Code: "429"},
		`{"error":{"message":"no","code":"503"}}`:                                                         {Status: 503, Message: "no", Code: "503"},
		`{"type":"response.failed","response":{"status":"failed","error":{"code":"bad","message":"no"}}}`: {Status: 400, Message: "no", Code: "bad"},
		`{"type":"response.failed","response":{}}`:                                                        {Message: "upstream's stream failed without a reason"},
	} {
		for _, err := range Responses().Deltas(strings.NewReader("data: " + stream + "\n\n")) {
			var e *Error
			if !errors.As(err, &e) || cmp.Diff(want, *e) != "" {
				t.Errorf("%s: %v", stream, err)
			}
		}
	}
}

func TestResponsesAllocations(t *testing.T) {
	in := []byte(`{"model":"m","instructions":"i","input":[{"role":"user","content":[{"type":"input_text","text":"` + strings.Repeat("plain text ", 1000) + `"}]}],"max_output_tokens":5,"user":"u"}`)
	if n := testing.AllocsPerRun(50, func() {
		if _, err := Responses().Parse(in); err != nil {
			t.Fatal(err)
		}
	}); n > 2 {
		t.Errorf("Parse of a plain input: %v allocations", n)
	}
	s := Responses().Stream(io.Discard, Head{ID: "resp_1", Model: "m", Created: 7})
	s.Text(strings.Repeat("warm up", 1000))
	if n := testing.AllocsPerRun(50, func() { s.Text("t") }); n > 0 {
		t.Errorf("a delta: %v allocations", n)
	}
}

// Time grows with the input, not faster: the work for items is bounded by their bytes.
func TestResponsesManyItems(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"model":"m","input":[`)
	for i := range 5000 {
		fmt.Fprintf(&b, `{"role":"user","content":"Number %d?"},{"role":"assistant","content":[{"type":"output_text","text":"Fine."}]},`, i)
	}
	b.WriteString(`{"role":"user","content":"And?"}]}`)
	r, err := Responses().Parse([]byte(b.String()))
	if err != nil || len(r.Messages) != 10001 || r.Messages[9999].Parts[0].Text != "Fine." || r.Messages[0].Parts[0].Text != "Number 0?" {
		t.Fatalf("%v, %d messages", err, len(r.Messages))
	}
	e := Edit{Drop: map[int]bool{}}
	for i := range 10000 {
		e.Drop[i] = true
	}
	if got, want := string(Responses().Edit(r, e)), `{"model":"m","input":[{"role":"user","content":"And?"}]}`; got != want {
		t.Errorf("got %.200s", got)
	}
}

func FuzzResponses(f *testing.F) {
	for _, s := range []string{`{"model":"m","input":"x"}`, `{"instructions":"i","stream_options":{},"stream":true,"input":"\ud83d\n","model":"é"}`,
		` {"input" : [ {"role":"user","content":"x"} , {"type":"reasoning","summary":[]}, {"type":"message","role":"assistant","content":[{"type":"output_text","text":"t"},{"type":"refusal","refusal":"n"}]} ] ,"model":"m","instructions":"i","metadata":{"a":1},"max_output_tokens":1.0e2} `,
		`{"model":"m","input":[{"type":"function_call","arguments":"{}"},{"type":"function_call_output","output":"o"},{"id":"r"}],"tools":[{}],"previous_response_id":"x"}`} {
		for _, what := range []uint8{0, 0xFF, 0x3C, 0x14} {
			f.Add([]byte(s), "new \"text\"\n\xed\xa0\x80\xff", what)
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, text string, what uint8) { fuzzParse(t, Responses(), in, text, what) })
}

func FuzzResponsesAnswer(f *testing.F) {
	f.Add([]byte(`{"id":"1","status":"incomplete","output":[{"type":"reasoning"},{"type":"message","content":[{"type":"output_text","text":"a"}]}],"usage":{"input_tokens":1,"cost":1e-7}}`), "t")
	f.Add([]byte("data: {\"type\":\"response.created\",\"response\":{\"id\":\"r\"}}\n\ndata: {\"type\":\"response.output_item.added\",\"output_index\":0,\"item\":{\"type\":\"reasoning\"}}\n\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"a\"}\n\n"+
		"data: {\"type\":\"response.completed\",\"response\":{\"output\":[{\"type\":\"message\",\"content\":[{\"text\":\"a\"}]}]}}\n\n"), "\xff")
	f.Fuzz(func(t *testing.T, in []byte, text string) { fuzzAnswer(t, Responses(), in, text) })
}

// What was asked for is repeated: langchain-openai parses a streamed answer only under the format that the response names.
func TestResponseRepeatsTheRequest(t *testing.T) {
	req, err := Responses().Parse([]byte("{\"model\":\"m\",\"input\":\"x\",\"instructions\":\"Be brief.\",\"temperature\":0.50,\"text\":{\"format\":\n{\"type\":\"json_schema\",\"name\":\"n\",\"schema\":{}}}}"))
	if err != nil {
		t.Fatal(err)
	}
	h := Head{ID: "resp_1", Model: "m", Created: 7, Asked: req}
	whole := []string{`"instructions":"Be brief."`, `"temperature":0.50`, `"text":{"format": {"type":"json_schema","name":"n","schema":{}}}`, `"top_p":null`}
	answer := string(Responses().Answer(Answer{Head: h, Text: "{}"}))
	var w strings.Builder
	s := Responses().Stream(&w, h)
	s.Text("{}")
	s.Finish("stop", true, Usage{}, nil)
	begun, rest, _ := strings.Cut(w.String(), "\n\n")
	_, done, _ := strings.Cut(rest, "event: response.completed\n")
	for _, want := range whole {
		for name, got := range map[string]string{"answer": answer, "response.completed": done} {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %s: %s", name, want, got)
			}
		}
	}
	if !strings.Contains(begun, `"temperature":0.50`) || strings.Contains(begun, "Be brief") {
		t.Errorf("response.created: %s", begun)
	}
	for _, line := range strings.Split(done, "\n") {
		if line != "" && !strings.HasPrefix(line, "data: ") {
			t.Errorf("a line of the stream is %q", line)
		}
	}
	if !bytes.Contains(req.Body, []byte("\n")) {
		t.Error("the caller's body was changed")
	}
}
