package upstreamtest

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestMessages(t *testing.T) {
	for _, c := range []struct {
		name, path, body string
		reply            Reply
		want             string
	}{
		{"whole", "/v1/messages?beta=true", `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"12345678"}]}`, Reply{Text: "hi", Thinking: "hm"},
			`{"content":[{"signature":"c2ln","thinking":"hm","type":"thinking"},{"text":"hi","type":"text"}],"id":"msg_0","model":"m","role":"assistant","stop_reason":"end_turn","stop_sequence":null,"type":"message","usage":{"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"input_tokens":2,"output_tokens":1}}`},
		{"streamed", "/v1/messages", `{"model":"m","max_tokens":5,"stream":true,"messages":[]}`, Reply{Text: "a b", Finish: "length", Usage: &Usage{Prompt: 9, Completion: 2, Cached: 4}},
			"event: message_start\ndata: {\"message\":{\"content\":[],\"id\":\"msg_0\",\"model\":\"m\",\"role\":\"assistant\",\"stop_reason\":null,\"stop_sequence\":null,\"type\":\"message\",\"usage\":{\"cache_read_input_tokens\":4,\"input_tokens\":5,\"output_tokens\":1}},\"type\":\"message_start\"}\n\n" +
				"event: ping\ndata: {\"type\":\"ping\"}\n\n" +
				"event: content_block_start\ndata: {\"content_block\":{\"text\":\"\",\"type\":\"text\"},\"index\":0,\"type\":\"content_block_start\"}\n\n" +
				"event: content_block_delta\ndata: {\"delta\":{\"text\":\"a\",\"type\":\"text_delta\"},\"index\":0,\"type\":\"content_block_delta\"}\n\n" +
				"event: content_block_delta\ndata: {\"delta\":{\"text\":\" b\",\"type\":\"text_delta\"},\"index\":0,\"type\":\"content_block_delta\"}\n\n" +
				"event: content_block_stop\ndata: {\"index\":0,\"type\":\"content_block_stop\"}\n\n" +
				"event: message_delta\ndata: {\"delta\":{\"stop_reason\":\"max_tokens\",\"stop_sequence\":null},\"type\":\"message_delta\",\"usage\":{\"output_tokens\":2}}\n\n" +
				"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"},
		{"error", "/v1/messages", `{}`, Reply{Status: 429, Error: "wait"}, `{"error":{"message":"wait","type":"rate_limit_error"},"type":"error"}`},
		{"chat is not", "/v1/chat/completions", `{}`, Reply{Error: "no"}, `{"error":{"code":"400","message":"no","param":null,"type":null}}`},
	} {
		up := New(func(Call) Reply { return c.reply })
		r, _ := http.NewRequest("POST", "http://x.test"+c.path, strings.NewReader(c.body))
		resp, err := up.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(resp.Body); string(got) != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestMessagesRead(t *testing.T) {
	c := Call{Path: "/v1/messages", Body: []byte(`{"model":"m","max_tokens":5,"system":[{"type":"text","text":"Under this JSON schema. It is named notes:\n{\"a\":\n{}}"}],"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","data":"doc"}},{"type":"image"},{"type":"text","text":"why"}]},{"role":"assistant","content":"so"}]}`)}
	c.read()
	if c.Model != "m" || c.MaxTokens != 5 || c.User != "doc\nwhy" || c.Schema != "notes" || string(c.SchemaRaw) != "{\"a\":\n{}}" || len(c.Messages) != 3 || c.Messages[2].Text != "so" {
		t.Errorf("read %+v", c)
	}
}
