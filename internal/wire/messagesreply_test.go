package wire

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func TestMessagesReply(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       Reply
	}{
		{"plain", `{"id":"1","type":"message","model":"claude","content":[{"type":"text","text":"h\u00e9"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"cache_creation_input_tokens":10,"cache_read_input_tokens":20.0,"output_tokens":4,"output_tokens_details":{"thinking_tokens":1},"cost":2.5e-07}}`,
			Reply{Text: "hé", Finish: "stop", Model: "claude", HasUsage: true, Usage: Usage{33, 4, 20, 10, 1}, Cost: "2.5e-07"}},
		{"blocks", `{"content":[{"type":"thinking","thinking":"no"},{"type":"text","text":"a"},{"type":"text","text":"b"},{"type":"text","text":"c"},{"type":"tool_use","input":{"text":"no"}}],"stop_reason":"tool_use","usage":{"input_tokens":null,"cache_read_input_tokens":null}}`,
			Reply{Text: "abc", Finish: "tool_calls", Says: true, HasUsage: true}},
		{"cut", `{"content":[{"type":"text","text":"a"}],"stop_reason":"max_tokens","usage":null}`, Reply{Text: "a", Finish: "length"}},
		{"window", `{"content":[],"stop_reason":"model_context_window_exceeded"}`, Reply{Finish: "length"}},
		{"stop sequence", `{"content":[],"stop_reason":"stop_sequence"}`, Reply{Finish: "stop"}},
		{"refusal", `{"content":[{"type":"text","text":"no"}],"stop_reason":"refusal"}`, Reply{Text: "no", Finish: "content_filter", Refusal: true}},
		{"paused", `{"content":[{"type":"server_tool_use"}],"stop_reason":"pause_turn"}`, Reply{Finish: "pause_turn", Says: true}},
		{"no reason", `{"error":null,"content":[{"type":"text"}],"stop_reason":null}`, Reply{}},
	} {
		got, err := Messages().Reply([]byte(c.body))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if string(got.Raw) != c.body {
			t.Errorf("%s: Raw = %s", c.name, got.Raw)
		}
		got.Raw = nil
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

func TestMessagesReplyErrors(t *testing.T) {
	for body, want := range map[string]Error{
		`{"type":"error","error":{"type":"overloaded_error","message":"m"},"request_id":"r"}`: {529, "m", "overloaded_error", "", ""},
		`{"type":"error","error":{"type":"odd","message":"m"}}`:                               {0, "m", "odd", "", ""},
		`{"error":{"message":"m","type":"t","param":"p","code":"429"}}`:                       {429, "m", "t", "p", "429"},
	} {
		_, err := Messages().Reply([]byte(body))
		var e *Error
		if !errors.As(err, &e) || *e != want {
			t.Errorf("%s: got %+v, want %+v", body, err, want)
		}
	}
	for _, body := range []string{"", "null", "[]", "<html>", "{}", `{"content":null}`, `{"content":"a"}`, `{"content":{}}`} {
		if _, err := Messages().Reply([]byte(body)); err == nil {
			t.Errorf("%s: no error", body)
		}
	}
}

// pieces is a stream that comes in the reads given.
type pieces struct{ list []string }

func (p *pieces) Read(b []byte) (int, error) {
	for len(p.list) > 0 && p.list[0] == "" {
		p.list = p.list[1:]
	}
	if len(p.list) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.list[0])
	p.list[0] = p.list[0][n:]
	return n, nil
}

// describe reads a stream and gives a line for each delta.
func describe(dialect Dialect, r io.Reader) (out []string, err error) {
	for d, e := range dialect.Deltas(r) {
		if e != nil {
			return out, e
		}
		line := d.Text
		if d.Says {
			line += " says"
		}
		if d.Choice != nil {
			line += " event"
		}
		if d.Finish != "" {
			line += " " + d.Finish
		}
		if d.Usage != nil {
			line += fmt.Sprintf(" %v", *d.Usage)
		}
		out = append(out, line+d.Cost)
	}
	return out, nil
}

const (
	evStart    = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"1\",\"model\":\"m\",\"content\":[],\"usage\":{\"input_tokens\":9,\"cache_read_input_tokens\":2,\"output_tokens\":1}}}\n\n"
	evThink    = "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}\n\n"
	evThought  = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"t\"}}\n\n"
	evThinkEnd = "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
	evText     = "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
	evWord     = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\\nb\"}}\n\n"
	evTextEnd  = "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":1}\n\n"
	evDelta    = "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"input_tokens\":0,\"output_tokens\":5,\"cost\":0.5}}\n\n"
	evStop     = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
	evPing     = "event: ping\ndata: {\"type\":\"ping\"}\n\n"

	wholeStream = evStart + evPing + evThink + evThought + evThinkEnd + evText + evWord + evTextEnd + evDelta + evStop
)

func TestMessagesDeltas(t *testing.T) {
	const cut = "unexpected EOF"
	whole := []string{" {11 1 2 0 0}", " says event", " says event", " event", " event", "a\nb event", " event", " event stop {11 5 2 0 0}0.5"}
	for _, c := range []struct {
		name, stream string
		want         []string
		err          string
	}{
		{"whole", wholeStream, whole, ""},
		{"after the end", wholeStream + evText + evWord, whole, ""},
		{"no names", strings.ReplaceAll(wholeStream, "event: ", "id: "), whole, ""},
		{"unknown events", evStart + "event: new\ndata: {\"type\":\"new\",\"error\":{}}\n\ndata:\n\n: hi\n\n", whole[:1], cut},
		{"no end", strings.TrimSuffix(wholeStream, evStop), whole, ""},
		{"another end", strings.TrimSuffix(wholeStream, evStop) + "data: [DONE]\n\n", whole, ""},
		{"cut in the end", wholeStream[:len(wholeStream)-9], whole, ""},
		{"cut in an event", wholeStream[:len(evStart)+len(evPing)+20], whole[:1], cut},
		{"cut between blocks", evStart + evText + evWord + evTextEnd, []string{whole[0], whole[4], whole[5], whole[6]}, cut},
		{"only an end that says nothing", evStart + "data: [DONE]\n\n", whole[:1], cut},
		{"empty", "", nil, cut},
		{"error", evStart + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n" + evStop, whole[:1], "busy"},
		{"error of LiteLLM's", evStart + "data: {\"error\":{\"message\":\"wait\",\"code\":\"429\"}}\n\ndata: [DONE]\n\n", whole[:1], "wait"},
		{"a whole answer", "data: {\"type\":\"message\",\"model\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\"blocked\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}\n\n", []string{"blocked stop {1 2 0 0 0}"}, ""},
		{"text in the start", "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"a\"}}\n\n" + evStop, []string{"a event"}, cut},
		{"not JSON", evStart + "data: <html>\n\n", whole[:1], "upstream's stream has an event of 6 bytes that is not a JSON object"},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.stream), iotest.OneByteReader(strings.NewReader(c.stream)), iotest.DataErrReader(strings.NewReader(c.stream))} {
			got, err := describe(Messages(), r)
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
			if (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
				t.Errorf("%s: error %v, want %q", c.name, err, c.err)
			}
		}
	}
	for range Messages().Deltas(strings.NewReader(wholeStream)) {
		break // must not yield again
	}
}

func TestMessagesDeltaAllocations(t *testing.T) {
	const events = 1000
	stream := evStart + evText + strings.Repeat(evWord, events) + evDelta + evStop
	n := testing.AllocsPerRun(5, func() {
		for _, err := range Messages().Deltas(strings.NewReader(stream)) {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	if per := n / events; per > 3.1 {
		t.Errorf("%.1f allocations an event, want at most 3: the event's copy, its text decoded", per)
	}
}
