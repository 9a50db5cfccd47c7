package wire

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

func TestMessagesAnswer(t *testing.T) {
	const base = ` { "id":"up","type":"message", "x": 1.50 ,"content":[ {"type":"thinking","thinking":"t","signature":"s"} , {"type":"text","text":"old","citations":null},{"type":"text","text":"er"} ],"stop_reason":"max_tokens","stop_sequence":null,"usage":{"input_tokens":1,"service_tier":"standard"}, "haiku_planner":{"old":1} } `
	const usage0 = `{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}`
	for _, c := range []struct {
		name string
		a    Answer
		want string
	}{
		{"stitched", Answer{Head: head, Text: "a\n", Usage: Usage{10, 2, 3, 0, 4}, Planner: []byte(`{"decomposed":true}`)},
			`{"id":"id1","type":"message","role":"assistant","model":"sonnet-4-x","content":[{"type":"text","text":"a\n"}],"stop_reason":"end_turn","stop_sequence":null,` +
				`"usage":{"input_tokens":7,"cache_creation_input_tokens":0,"cache_read_input_tokens":3,"output_tokens":2,"output_tokens_details":{"thinking_tokens":4}},"haiku_planner":{"decomposed":true}}`},
		{"empty, cut", Answer{Head: head, Finish: "length"}, `{"id":"id1","type":"message","role":"assistant","model":"sonnet-4-x","content":[],"stop_reason":"max_tokens","stop_sequence":null,"usage":` + usage0 + `}`},
		{"final", Answer{Head: head, Base: []byte(base), Text: "ignored", Usage: Usage{10, 20, 0, 0, 0}, Planner: []byte(`{"new":1}`)},
			` { "id":"id1","type":"message", "x": 1.50 ,"content":[ {"type":"thinking","thinking":"t","signature":"s"} , {"type":"text","text":"old","citations":null},{"type":"text","text":"er"} ],"stop_reason":"max_tokens","stop_sequence":null,` +
				`"usage":{"input_tokens":10,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":20}, "haiku_planner":{"new":1},"model":"sonnet-4-x" } `},
		{"final, text set", Answer{Base: []byte(base), Text: "ne\"w", SetText: true, Finish: "stop"},
			` { "id":"up","type":"message", "x": 1.50 ,"content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"ne\"w"}],"stop_reason":"end_turn","stop_sequence":null,"usage":` + usage0 + `, "haiku_planner":{"old":1} } `},
		{"text taken out", Answer{Base: []byte(`{"content":[{"type":"text","text":"a"}]}`), SetText: true}, `{"content":[],"usage":` + usage0 + `}`},
		{"text put after thinking", Answer{Base: []byte(`{"content":[{"type":"thinking"}]}`), Text: "a", SetText: true}, `{"content":[{"type":"thinking"},{"type":"text","text":"a"}],"usage":` + usage0 + `}`},
		{"own word for the same reason", Answer{Base: []byte(`{"content":[],"stop_reason":"stop_sequence","stop_sequence":"END"}`), Finish: "stop"},
			`{"content":[],"stop_reason":"stop_sequence","stop_sequence":"END","usage":` + usage0 + `}`},
		{"stitched, stopped", Answer{Head: head, Finish: "stop", Stopped: "E\"ND"}, `{"id":"id1","type":"message","role":"assistant","model":"sonnet-4-x","content":[],"stop_reason":"stop_sequence","stop_sequence":"E\"ND","usage":` + usage0 + `}`},
		{"final, stopped by us", Answer{Base: []byte(`{"content":[],"stop_reason":"end_turn","stop_sequence":null}`), Finish: "stop", Stopped: "END"},
			`{"content":[],"stop_reason":"stop_sequence","stop_sequence":"END","usage":` + usage0 + `}`},
		{"another reason", Answer{Base: []byte(`{"content":[],"stop_reason":"stop_sequence","stop_sequence":"END"}`), Finish: "content_filter"},
			`{"content":[],"stop_reason":"refusal","stop_sequence":null,"usage":` + usage0 + `}`},
	} {
		if got := string(Messages().Answer(c.a)); got != c.want || !json.Valid([]byte(got)) {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	for _, base := range []string{"", "null", "{}", `{"content":null}`, "<html>"} {
		got := Messages().Answer(Answer{Head: head, Base: []byte(base), Text: "a"})
		if r, err := Messages().Reply(got); err != nil || r.Text != "a" || r.Model != head.Model {
			t.Errorf("base %q: got %s", base, got)
		}
	}
}

func TestMessagesErrorBody(t *testing.T) {
	for want, e := range map[string]Error{
		`{"type":"error","error":{"type":"billing_error","message":"too \"dear\"","code":"budget_exceeded"}}`:              {Status: 402, Message: `too "dear"`, Type: "budget_exceeded"},
		`{"type":"error","error":{"type":"invalid_request_error","message":"m","param":"x-max-cost","code":"bad_header"}}`: {Status: 400, Message: "m", Type: "invalid_request_error", Param: "x-max-cost", Code: "bad_header"},
		`{"type":"error","error":{"type":"api_error","message":"m","code":"decomposition_failed"}}`:                        {Status: 502, Message: "m", Type: "decomposition_failed", Code: "decomposition_failed"},
		`{"type":"error","error":{"type":"timeout_error","message":"m","code":"timeout"}}`:                                 {Status: 504, Message: "m", Type: "timeout"},
		`{"type":"error","error":{"type":"overloaded_error","message":"m"}}`:                                               {Status: 529, Message: "m", Code: "529"},
		`{"type":"error","error":{"type":"rate_limit_error","message":"m"}}`:                                               {Status: 429, Message: "m", Type: "rate_limit_error"},
		`{"type":"error","error":{"type":"not_found_error","message":"m","code":"NotFoundError"}}`:                         {Status: 404, Message: "m", Type: "NotFoundError", Code: "404"},
		`{"type":"error","error":{"type":"invalid_request_error","message":"m"}}`:                                          {Status: 422, Message: "m"},
		`{"type":"error","error":{"type":"api_error","message":""}}`:                                                       {},
	} {
		if got := string(Messages().ErrorBody(&e)); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

// brief writes events as "name index kind text" so that a table can be read.
func brief(t *testing.T, w *writes) []string {
	t.Helper()
	var out []string
	for _, s := range w.list {
		var line []string
		for _, event := range strings.Split(strings.TrimSuffix(s, "\n\n"), "\n\n") {
			name, data, ok := strings.Cut(strings.TrimPrefix(event, "event: "), "\ndata: ")
			var v struct {
				Type  string
				Index *int
				Block struct{ Type, Text string } `json:"content_block"`
				Delta struct {
					Type, Text, Thinking string
					Reason               string `json:"stop_reason"`
				}
			}
			if err := json.Unmarshal([]byte(data), &v); err != nil || !ok || v.Type != name || strings.Contains(data, "\n") {
				t.Errorf("event %q: %v", event, err)
			}
			short := strings.NewReplacer("content_block_", "", "message_", "m").Replace(name)
			if v.Index != nil {
				short += string(rune('0' + *v.Index))
			}
			line = append(line, short+v.Block.Type+v.Block.Text+":"+v.Delta.Text+v.Delta.Thinking+v.Delta.Reason)
		}
		out = append(out, strings.Join(line, " "))
	}
	return out
}

func TestMessagesStream(t *testing.T) {
	pass := func(s Stream, events ...string) (err error) {
		for d, e := range Messages().Deltas(strings.NewReader(strings.Join(events, "") + evStop)) {
			if err == nil && e == nil {
				err = s.Pass(d)
			}
		}
		return err
	}
	// first is the text block of an answer without thinking.
	first := func(s string) string { return strings.ReplaceAll(s, `"index":1`, `"index":0`) }
	const end = " mdelta:end_turn mstop:"
	for _, c := range []struct {
		name string
		run  func(s Stream) error
		want []string
	}{
		{"nothing", func(s Stream) error { return nil }, nil},
		{"text", func(s Stream) error {
			return errors.Join(s.Text(""), s.Text("a"), s.Text("b"), s.Finish("", false, Usage{}, nil))
		},
			[]string{"mstart: start0text: delta0:a", "delta0:b", "stop0:" + end}},
		{"keep-alive first", func(s Stream) error {
			return errors.Join(s.KeepAlive(), s.KeepAlive(), s.Text("a"), s.KeepAlive(), s.Finish("length", true, Usage{}, nil))
		}, []string{"mstart: ping:", "ping:", "start0text: delta0:a", "ping:", "stop0: mdelta:max_tokens mstop:"}},
		{"empty answer", func(s Stream) error { return s.Finish("stop", false, Usage{}, nil) }, []string{"mstart:" + end}},
		{"thinking and text", func(s Stream) error {
			return errors.Join(pass(s, evStart, evPing, evThink, evThought, evThinkEnd, evText, evWord, evTextEnd, evDelta), s.Finish("stop", true, Usage{}, nil))
		}, []string{"mstart: start0thinking:", "delta0:t", "stop0:", "start1text:", "delta1:a\nb", "stop1:" + end}},
		{"thinking that was not passed from its start", func(s Stream) error {
			return errors.Join(pass(s, evThought, evThinkEnd, evWord, evTextEnd), s.Finish("stop", true, Usage{}, nil))
		}, []string{"mstart: start0text: delta0:a\nb", "stop0:" + end}},
		{"a call goes on with another's text", func(s Stream) error {
			return errors.Join(pass(s, first(evText+evWord+evTextEnd)), s.Text("more"), pass(s, first(evText+evWord+evTextEnd)), s.Finish("stop", true, Usage{}, nil))
		}, []string{"mstart: start0text:", "delta0:a\nb", "delta0:more", "delta0:a\nb", "stop0:" + end}},
		{"two texts of one call", func(s Stream) error {
			return errors.Join(pass(s, first(evText+evWord+evTextEnd), evText, evWord, evTextEnd), s.Finish("stop", true, Usage{}, nil))
		}, []string{"mstart: start0text:", "delta0:a\nb", "stop0: start1text:", "delta1:a\nb", "stop1:" + end}},
		{"text of ours before thinking", func(s Stream) error {
			return errors.Join(s.Text("a"), pass(s, evThink, evThought, evThinkEnd, evText, evWord), s.Finish("stop", true, Usage{}, nil))
		}, []string{"mstart: start0text: delta0:a", "stop0: start1thinking:", "delta1:t", "stop1:", "start2text:", "delta2:a\nb", "stop2:" + end}},
		{"a start that has text", func(s Stream) error {
			const start = "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"x\"}}\n\n"
			return errors.Join(pass(s, start), s.Text("y"), pass(s, start), s.Finish("stop", true, Usage{}, nil))
		}, []string{"mstart: start0textx:", "delta0:y", "delta0:x", "stop0:" + end}},
		{"line ends in an event", func(s Stream) error {
			return errors.Join(s.Pass(Delta{Choice: []byte("{\n\"type\":\"content_block_start\",\r\n\"index\":\n0,\"content_block\":\n{\"type\":\"text\",\n\"text\":\"\"}}")}), s.Finish("stop", true, Usage{}, []byte("{\n}")))
		}, []string{"mstart: start0text:", "stop0:" + end}},
		{"the call's own stop reason", func(s Stream) error {
			return errors.Join(pass(s, strings.Replace(evDelta, "end_turn", "stop_sequence", 1)), s.Finish("stop", true, Usage{}, nil))
		}, []string{"mstart: mdelta:stop_sequence mstop:"}},
		{"our stop reason", func(s Stream) error { return errors.Join(pass(s, evDelta), s.Finish("length", true, Usage{}, nil)) },
			[]string{"mstart: mdelta:max_tokens mstop:"}},
		{"bare texts", func(s Stream) error {
			return errors.Join(s.Pass(Delta{Text: "a"}), s.Pass(Delta{}), s.Finish("stop", true, Usage{}, nil))
		},
			[]string{"mstart: start0text: delta0:a", "stop0:" + end}},
		{"not JSON", func(s Stream) error {
			return errors.Join(s.Pass(Delta{Choice: []byte("x"), Text: "x"}), s.Pass(Delta{Choice: []byte("{}")}))
		}, nil},
		{"failure", func(s Stream) error { return errors.Join(s.Text("a"), s.Fail(&Error{Message: "m"})) }, []string{"mstart: start0text: delta0:a", "error:"}},
		{"failure at once", func(s Stream) error { return s.Fail(&Error{Message: "m"}) }, []string{"error:"}},
	} {
		w := &writes{}
		if err := c.run(Messages().Stream(w, head)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := brief(t, w); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestMessagesStreamEnds(t *testing.T) {
	s := Messages().Stream(&writes{}, head)
	if err := s.Finish("stop", true, Usage{}, nil); err != nil {
		t.Fatal(err)
	}
	for i, err := range []error{s.KeepAlive(), s.Text("x"), s.Pass(Delta{Text: "x"}), s.Finish("stop", true, Usage{}, nil), s.Fail(&Error{})} {
		if err == nil {
			t.Errorf("method %d goes on after the end", i)
		}
	}
	gone := errors.New("gone")
	for i, f := range []func(Stream) error{
		Stream.KeepAlive,
		func(s Stream) error { return s.Text("x") },
		func(s Stream) error { return s.Pass(Delta{Text: "x"}) },
		func(s Stream) error { return s.Finish("", false, Usage{}, nil) },
		func(s Stream) error { return s.Fail(&Error{}) },
	} {
		if err := f(Messages().Stream(failing{gone}, head)); err != gone {
			t.Errorf("method %d: %v, want the writer's error", i, err)
		}
	}
}

func TestMessagesStreamAllocations(t *testing.T) {
	s := Messages().Stream(io.Discard, head)
	delta := Delta{Text: " word", Choice: []byte(`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" word"}}`)}
	for name, f := range map[string]func() error{"Text": func() error { return s.Text(" word") }, "Pass": func() error { return s.Pass(delta) }, "KeepAlive": s.KeepAlive} {
		if err := f(); err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() {
			if err := f(); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations, want none", name, n)
		}
	}
}
