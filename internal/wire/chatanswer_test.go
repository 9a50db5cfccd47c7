package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

var head = Head{ID: "id1", Model: "sonnet-4-x", Created: 7}

func TestAnswer(t *testing.T) {
	const base = ` { "id":"up","object":"chat.completion", "x": 1.50 ,"choices":[ {"index":0,"message":{"role":"assistant", "content" : "old", "annotations":[]},"finish_reason":"length","y":1} ],"usage":{"prompt_tokens":1,"cost":3}, "haiku_planner":{"old":1} } `
	for _, c := range []struct {
		name string
		a    Answer
		want string
	}{
		{"stitched", Answer{Head: head, Text: "a\n", Usage: Usage{1, 2, 3, 0, 4}, Planner: []byte(`{"decomposed":true}`)},
			`{"id":"id1","object":"chat.completion","created":7,"model":"sonnet-4-x","choices":[{"index":0,"message":{"role":"assistant","content":"a\n","refusal":null},"logprobs":null,"finish_reason":"stop"}],` +
				`"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":4}},"haiku_planner":{"decomposed":true}}`},
		{"final", Answer{Head: head, Base: []byte(base), Text: "ignored", Usage: Usage{10, 20, 0, 0, 0}, Planner: []byte(`{"new":1}`)},
			` { "id":"id1","object":"chat.completion", "x": 1.50 ,"choices":[ {"index":0,"message":{"role":"assistant", "content" : "old", "annotations":[]},"finish_reason":"length","y":1} ],"usage":{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30}, "haiku_planner":{"new":1},"created":7,"model":"sonnet-4-x" } `},
		{"final, text set", Answer{Base: []byte(base), Text: "ne\"w", SetText: true, Finish: "stop"},
			` { "id":"up","object":"chat.completion", "x": 1.50 ,"choices":[ {"index":0,"message":{"role":"assistant", "content" : "ne\"w", "annotations":[]},"finish_reason":"stop","y":1} ],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}, "haiku_planner":{"old":1} } `},
		{"no content, no message", Answer{Base: []byte(`{"choices":[{"message":{}}]}`), Text: "a", SetText: true}, `{"choices":[{"message":{"content":"a"}}],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}`},
		{"a function's call, beside other pieces", Answer{Base: []byte(`{"choices":[{"message":{"content":null,"function_call":{"name":"f"}},"finish_reason":"function_call"}]}`), Text: "a", SetText: true, Finish: "tool_calls"}, `{"choices":[{"message":{"content":"a","function_call":{"name":"f"}},"finish_reason":"function_call"}],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}`},
		{"a function's call that is not the end", Answer{Base: []byte(`{"choices":[{"message":{"content":"a"},"finish_reason":"function_call"}]}`), Finish: "length"}, `{"choices":[{"message":{"content":"a"},"finish_reason":"length"}],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}`},
		{"message null", Answer{Base: []byte(`{"choices":[{"message":null}]}`), Text: "a", SetText: true, Finish: "stop"}, `{"choices":[{"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}`},
	} {
		if got := string(Chat().Answer(c.a)); got != c.want || !json.Valid([]byte(got)) {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	for _, base := range []string{"", "null", "{}", `{"choices":[]}`, "<html>"} {
		got := Chat().Answer(Answer{Head: head, Base: []byte(base), Text: "a"})
		if r, err := Chat().Reply(got); err != nil || r.Text != "a" || r.Model != head.Model {
			t.Errorf("base %q: got %s", base, got)
		}
	}
	// Positions must hold where the base is a part of a larger buffer.
	buf := []byte("xx" + base + "yy")
	got := Chat().Answer(Answer{Base: buf[2 : 2+len(base)], Text: "n", SetText: true})
	if r, err := Chat().Reply(got); err != nil || r.Text != "n" {
		t.Errorf("base within a buffer: %s, %v", got, err)
	}
}

func TestErrorBody(t *testing.T) {
	for want, e := range map[string]Error{
		`{"error":{"message":"too \"dear\"","type":"budget_exceeded","param":null,"code":"402"}}`:           {Status: 402, Message: `too "dear"`, Type: "budget_exceeded"},
		`{"error":{"message":"m","type":"invalid_request_error","param":"x-max-cost","code":"bad_header"}}`: {Status: 400, Message: "m", Type: "invalid_request_error", Param: "x-max-cost", Code: "bad_header"},
		`{"error":{"message":"","type":null,"param":null,"code":null}}`:                                     {},
	} {
		if got := string(Chat().ErrorBody(&e)); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

// writes records each Write.
type writes struct{ list []string }

func (w *writes) Write(p []byte) (int, error) {
	w.list = append(w.list, string(p))
	return len(p), nil
}

const chunkHead = `data: {"id":"id1","object":"chat.completion.chunk","created":7,"model":"sonnet-4-x","choices":[`

// short takes the repeated head off, so that a table can be read.
func (w *writes) short() []string {
	var out []string
	for _, s := range w.list {
		out = append(out, strings.ReplaceAll(strings.ReplaceAll(s, chunkHead, "<"), "\n\n", ">"))
	}
	return out
}

func TestStream(t *testing.T) {
	const role = `<{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}>`
	planner := []byte(`{"decomposed":true}`)
	for _, c := range []struct {
		name string
		run  func(s Stream) error
		want []string
	}{
		{"nothing", func(s Stream) error { return nil }, nil},
		{"text", func(s Stream) error {
			return errors.Join(s.Text(""), s.Text("a\n"), s.Text("b"), s.Finish("", false, Usage{}, planner))
		}, []string{
			role + `<{"index":0,"delta":{"content":"a\n"},"finish_reason":null}]}>`,
			`<{"index":0,"delta":{"content":"b"},"finish_reason":null}]}>`,
			`<{"index":0,"delta":{},"finish_reason":"stop"}]}>data: [DONE]>`,
		}},
		{"keep-alive first", func(s Stream) error {
			return errors.Join(s.KeepAlive(), s.KeepAlive(), s.Finish("length", true, Usage{Prompt: 1, Completion: 2}, planner))
		}, []string{
			role,
			`<{"index":0,"delta":{"content":""},"finish_reason":null}]}>`,
			`<{"index":0,"delta":{},"finish_reason":"length"}]}><],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3},"haiku_planner":{"decomposed":true}}>data: [DONE]>`,
		}},
		{"pass", func(s Stream) error {
			return errors.Join(
				s.Pass(Delta{Choice: []byte(`{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}`)}),
				s.Pass(Delta{Choice: []byte(`{"index":3,"delta":{"role":"assistant", "reasoning_content" : "hm"},"logprobs":null,"finish_reason":null}`)}),
				s.Pass(Delta{Choice: []byte("{\n\"delta\":{\n\"content\":\"x\"}}")}),
				s.Pass(Delta{Choice: []byte("{\"delta\":{\"tool_calls\":\r[\n{\"index\":0}]}}")}),
				s.Pass(Delta{Text: "bare"}),
				s.Pass(Delta{Choice: []byte(`{"delta":{},"finish_reason":"stop"}`), Text: "never"}),
				s.Pass(Delta{}),
				s.Finish("stop", true, Usage{}, nil))
		}, []string{
			role + `<{"index":0,"delta":{"reasoning_content" : "hm"},"logprobs":null,"finish_reason":null}]}>`,
			`<{"index":0,"delta":{"content":"x"},"finish_reason":null}]}>`,
			`<{"index":0,"delta":{"tool_calls": [ {"index":0}]},"finish_reason":null}]}>`,
			`<{"index":0,"delta":{"content":"bare"},"finish_reason":null}]}>`,
			`<{"index":0,"delta":{},"finish_reason":"stop"}]}><],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}>data: [DONE]>`,
		}},
		{"empty answer", func(s Stream) error { return s.Finish("stop", false, Usage{}, nil) }, []string{
			role + `<{"index":0,"delta":{},"finish_reason":"stop"}]}>data: [DONE]>`}},
		{"fail", func(s Stream) error { return s.Fail(&Error{Status: 502, Message: "m", Type: "decomposition_failed"}) }, []string{
			`data: {"error":{"message":"m","type":"decomposition_failed","param":null,"code":"502"}}>data: [DONE]>`}},
	} {
		var w writes
		if err := c.run(Chat().Stream(&w, head)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := w.short(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.name, strings.Join(got, "\n     "), strings.Join(c.want, "\n     "))
		}
	}
}

func TestStreamEnded(t *testing.T) {
	for name, end := range map[string]func(Stream) error{
		"finish": func(s Stream) error { return s.Finish("stop", false, Usage{}, nil) },
		"fail":   func(s Stream) error { return s.Fail(&Error{Message: "m"}) },
	} {
		var w writes
		s := Chat().Stream(&w, head)
		if err := end(s); err != nil {
			t.Fatal(err)
		}
		n := len(w.list)
		for i, err := range []error{s.KeepAlive(), s.Text("x"), s.Pass(Delta{Text: "x"}), s.Finish("stop", true, Usage{}, nil), s.Fail(&Error{})} {
			if err == nil {
				t.Errorf("%s: method %d wrote after the end", name, i)
			}
		}
		if len(w.list) != n {
			t.Errorf("%s: %q written after the end", name, w.list[n:])
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestStreamWriteError(t *testing.T) {
	gone := errors.New("client gone")
	s := Chat().Stream(failing{gone}, head)
	if err := s.Text("x"); err != gone {
		t.Errorf("got %v", err)
	}
}

// What we stream must read back as what was written.
func TestStreamRoundTrip(t *testing.T) {
	var w bytes.Buffer
	s := Chat().Stream(&w, head)
	texts := []string{"a", "line\r\nline\n", "\u2028 <b> \x00", "😀"}
	for _, text := range texts {
		if err := errors.Join(s.Text(text), s.KeepAlive()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Finish("stop", true, Usage{5, 6, 0, 0, 0}, nil); err != nil {
		t.Fatal(err)
	}
	var got string
	var usage Usage
	for d, err := range Chat().Deltas(&w) {
		if err != nil {
			t.Fatal(err)
		}
		got += d.Text
		if d.Usage != nil {
			usage = *d.Usage
		}
	}
	if got != strings.Join(texts, "") || usage != (Usage{5, 6, 0, 0, 0}) {
		t.Errorf("read %q, %v", got, usage)
	}
}
