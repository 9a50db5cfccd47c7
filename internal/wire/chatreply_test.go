package wire

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReply(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       Reply
	}{
		{"plain", `{"id":"1","model":"gpt","choices":[{"index":0,"message":{"role":"assistant","content":"h\u00e9"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4.0,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":1},"cost":2.5e-07}}`,
			Reply{Text: "hé", Finish: "stop", Model: "gpt", HasUsage: true, Usage: Usage{3, 4, 2, 0, 1}, Cost: "2.5e-07"}},
		{"content null, tools", `{"choices":[{"message":{"content":null,"tool_calls":[{}]},"finish_reason":"function_call"}],"usage":null}`,
			Reply{Finish: "tool_calls", Says: true}},
		{"parts", `{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"thinking"},{"type":"text","text":"b"}]},"finish_reason":"end_turn"}],"usage":{"prompt_tokens":null,"cost":"0.1","prompt_tokens_details":null}}`,
			Reply{Text: "ab", Finish: "stop", HasUsage: true, Cost: "0.1"}},
		{"refusal", `{"choices":[{"message":{"content":null,"refusal":"no"},"finish_reason":"stop"}]}`, Reply{Finish: "stop", Refusal: true}},
		{"refusal as LiteLLM says it", `{"choices":[{"message":{"content":"","role":"assistant","provider_specific_fields":{"refusal":"no"}},"finish_reason":"stop"}]}`, Reply{Finish: "stop", Refusal: true}},
		{"no refusal as LiteLLM says it", `{"choices":[{"message":{"content":"yes","role":"assistant","provider_specific_fields":{"refusal":null}},"finish_reason":"stop"}]}`, Reply{Text: "yes", Finish: "stop"}},
		{"filtered", `{"choices":[{"message":{"content":""},"finish_reason":"content_filter"}]}`, Reply{Finish: "content_filter", Refusal: true}},
		{"cut, second choice first", `{"choices":[{"index":1,"message":{"content":"b"}},{"index":0,"message":{"content":"a"},"finish_reason":"max_tokens"}]}`, Reply{Text: "a", Finish: "length"}},
		{"no message", `{"choices":[{"index":0}]}`, Reply{}},
		{"error null", `{"error":null,"choices":[{"message":{"content":"a"},"finish_reason":null}]}`, Reply{Text: "a"}},
	} {
		got, err := Chat().Reply([]byte(c.body))
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

func TestReplyErrors(t *testing.T) {
	for body, want := range map[string]Error{
		`{"error":{"message":"m","type":"t","param":"p","code":"429"}}`:                      {429, "m", "t", "p", "429"},
		`{"error":{"message":"m","type":null,"param":null,"code":400}}`:                      {400, "m", "", "", "400"},
		`{"error":{"message":"m","type":"t","param":null,"code":"context_length_exceeded"}}`: {0, "m", "t", "", "context_length_exceeded"},
		`{"error":"boom"}`:         {Message: "boom"},
		`{"error":{"detail":"x"}}`: {Message: `{"detail":"x"}`},
	} {
		_, err := Chat().Reply([]byte(body))
		var e *Error
		if !errors.As(err, &e) || *e != want {
			t.Errorf("%s: got %+v, want %+v", body, err, want)
		}
	}
	for _, body := range []string{"", "null", "[]", "<html>", "{}", `{"choices":[]}`, `{"choices":null}`, `{"choices":[1]}`, `{"choices":{}}`} {
		if _, err := Chat().Reply([]byte(body)); err == nil {
			t.Errorf("%s: no error", body)
		}
	}
}

// deltas reads a stream and describes it in lines.
func deltas(r io.Reader) (out []string, err error) {
	for d, e := range Chat().Deltas(r) {
		if e != nil {
			return out, e
		}
		line := d.Text
		if d.Choice != nil {
			line += " choice"
		}
		if d.Finish != "" {
			line += " " + d.Finish
		}
		if d.Usage != nil {
			u, _ := json.Marshal(d.Usage)
			line += " " + string(u) + d.Cost
		}
		out = append(out, line)
	}
	return out, nil
}

func TestDeltas(t *testing.T) {
	const (
		role   = "data: {\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n"
		text   = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\\nb\"}}],\"usage\":null}\n\n"
		finish = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
		usage  = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"cost\":0.5}}\n\n"
		done   = "data: [DONE]\n\n"
		cut    = "unexpected EOF"
	)
	whole := []string{" choice", "a\nb choice", " choice stop", ` {"Prompt":1,"Completion":2,"CachedPrompt":0,"WrittenPrompt":0,"Reasoning":0}0.5`}
	for _, c := range []struct {
		name, stream string
		want         []string
		err          string
	}{
		{"whole", role + text + finish + usage + done, whole, ""},
		{"after the mark", role + text + finish + usage + done + text, whole, ""},
		{"comments and pings", ": hi\n\n" + role + "data: {\"type\":\"ping\"}\n\ndata:\n\n" + text + finish + usage + done, whole, ""},
		{"no mark", role + text + finish + usage, whole, ""},
		{"mark without blank line", role + text + finish + usage + "data: [DONE]\n", whole, ""},
		{"cut in the usage", role + text + finish + usage[:20], whole[:3], ""},
		{"cut between events", role + text, whole[:2], cut},
		{"cut in an event", role + text[:30], whole[:1], cut},
		{"empty", "", nil, cut},
		{"error frame", role + "data: {\"error\":{\"message\":\"overloaded\",\"code\":\"529\"}}\n\n" + done, whole[:1], "overloaded"},
		{"not JSON", role + "data: <html>\n\n", whole[:1], "upstream's stream has an event of 6 bytes that is not a JSON object"},
		{"only a mark", done, nil, cut},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.stream), iotest.OneByteReader(strings.NewReader(c.stream)), iotest.DataErrReader(strings.NewReader(c.stream))} {
			got, err := deltas(r)
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
			if (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
				t.Errorf("%s: error %v, want %q", c.name, err, c.err)
			}
		}
	}
	for range Chat().Deltas(strings.NewReader(role + text)) {
		break // must not yield again
	}
}
