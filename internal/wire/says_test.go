package wire

import (
	"strings"
	"testing"
)

// What no client sees is no content: a stream that breaks off after it can be asked for again.
func TestEventsThatSayNothing(t *testing.T) {
	for event, says := range map[string]bool{
		`{"type":"keepalive","sequence_number":1}`:                                                     false,
		`{"type":"response.novelty","sequence_number":1}`:                                              false,
		`{"type":"response.novelty","output_index":null,"item_id":""}`:                                 false,
		`{"type":"response.novelty","output_index":0,"delta":"x"}`:                                     true,
		`{"type":"response.output_text.annotation.added","item_id":"m","annotation":{}}`:               true,
		`{"type":"response.refusal.delta","delta":"No."}`:                                              true,
		`{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call"}}`:       true,
		`{"type":"response.reasoning_summary_text.delta","output_index":0,"item_id":"rs","delta":"h"}`: true,

		`{"choices":[{"delta":{"role":"assistant","content":"","provider_specific_fields":{"refusal":null}}}]}`: false,
		`{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[]}]}}]}`:                               true,
	} {
		got, dialect := false, Responses()
		if strings.Contains(event, "choices") {
			dialect = Chat()
		}
		for d := range dialect.Deltas(strings.NewReader("data: " + event + "\n\n")) {
			got = got || d.Says || d.Text != ""
		}
		if got != says {
			t.Errorf("%s: says %v", event, got)
		}
	}
}

// An answer need not be text; but thoughts alone are none. The same is told of a streamed one, delta by delta.
func TestAnswersBesideText(t *testing.T) {
	chatted := func(message string) string {
		return `{"choices":[{"index":0,"message":{"role":"assistant",` + message + `},"finish_reason":"stop"}]}`
	}
	chunk := func(delta string) string {
		return `{"choices":[{"index":0,"delta":{"role":"assistant",` + delta + `},"finish_reason":null}]}`
	}
	written := func(stop, blocks string) string { return `{"content":[` + blocks + `],"stop_reason":"` + stop + `"}` }
	block := func(block string) string {
		return `{"type":"content_block_start","index":0,"content_block":` + block + `}`
	}
	given := func(status, items string) string { return `{"status":"` + status + `","output":[` + items + `]}` }
	item := func(item string) string {
		return `{"type":"response.output_item.added","output_index":0,"item":` + item + `}`
	}
	for _, c := range []struct {
		dialect     Dialect
		body, event string
		answers     bool
	}{
		{Chat(), chatted(`"content":"a"`), chunk(`"content":"a"`), false},
		{Chat(), chatted(`"content":""`), chunk(`"content":""`), false},
		{Chat(), chatted(`"content":null,"refusal":"no"`), chunk(`"refusal":"no"`), false},
		{Chat(), chatted(`"content":"","reasoning_content":"h","thinking_blocks":[{"type":"thinking"}],"provider_specific_fields":{"reasoning_content":"h"}`), chunk(`"reasoning_content":"h"`), false},
		{Chat(), chatted(`"content":null,"annotations":[],"audio":null,"tool_calls":null,"provider_specific_fields":{"refusal":null}`), chunk(`"audio":null,"provider_specific_fields":{"refusal":null}`), false},
		{Chat(), chatted(`"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"a"},"b"]`), chunk(`"content":[{"type":"thinking","thinking":[]}]`), false},
		{Chat(), chatted(`"content":[{"type":"image_url","image_url":{"url":"data:"}}]`), chunk(`"content":[{"type":"image_url"}]`), true},
		{Chat(), chatted(`"content":null,"audio":{"id":"x","data":"UklGRg=="}`), chunk(`"audio":{"data":"UklGRg=="}`), true},
		{Chat(), chatted(`"content":"","images":[{"type":"image_url"}]`), chunk(`"images":[{"type":"image_url"}]`), true},
		{Chat(), chatted(`"content":null,"tool_calls":[{"id":"1"}]`), chunk(`"tool_calls":[{"index":0,"id":"1"}]`), true},
		{Chat(), chatted(`"content":null,"function_call":{"name":"f"}`), chunk(`"function_call":{"name":"f"}`), true},
		{Chat(), chatted(`"content":"","annotations":[{"type":"url_citation"}]`), chunk(`"annotations":[{"type":"url_citation"}]`), true},
		{Completions(), `{"choices":[{"text":"","finish_reason":"stop"}]}`, `{"choices":[{"text":""}]}`, false},

		{Messages(), written("end_turn", `{"type":"text","text":""}`), block(`{"type":"text","text":""}`), false},
		{Messages(), written("end_turn", `{"type":"thinking","thinking":"h"},{"type":"redacted_thinking","data":"x"}`), block(`{"type":"thinking","thinking":""}`), false},
		{Messages(), written("tool_use", `{"type":"tool_use","id":"1"}`), block(`{"type":"tool_use","id":"1"}`), true},
		{Messages(), written("end_turn", `{"type":"novelty"}`), block(`{"type":"novelty"}`), true},
		{Messages(), written("pause_turn", ``), `{"type":"message_delta","delta":{"stop_reason":"pause_turn"}}`, true},

		{Responses(), given("completed", `{"type":"reasoning","summary":[]},{"type":"message","content":[{"type":"output_text","text":""},{"type":"refusal","refusal":"no"}]}`), item(`{"type":"reasoning"}`), false},
		{Responses(), given("completed", `{"type":"image_generation_call","result":"x"}`), item(`{"type":"image_generation_call"}`), true},
		{Responses(), given("completed", `{"type":"message","content":[{"type":"output_audio","data":"x"}]}`), `{"type":"response.completed","response":` + given("completed", `{"type":"message","content":[{"type":"output_audio","data":"x"}]}`) + `}`, true},
		{Responses(), given("queued", ``), item(`{"type":"mcp_call"}`), true},
		{Responses(), given("in_progress", ``), item(`{"type":"function_call"}`), true},
		{Responses(), given("cancelled", ``), item(`{"type":"message"}`), false},
	} {
		reply, err := c.dialect.Reply([]byte(c.body))
		if err != nil || reply.Says != c.answers {
			t.Errorf("%s: says %v, %v", c.body, reply.Says, err)
		}
		answers := false
		for d := range c.dialect.Deltas(strings.NewReader("data: " + c.event + "\n\n")) {
			answers = answers || d.Answers
		}
		if answers != c.answers {
			t.Errorf("%s: answers %v", c.event, answers)
		}
	}
}
