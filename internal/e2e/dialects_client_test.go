//go:build litellm

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A dialect is one API as its clients know it: how a request is written, what the answer says, which events a stream has.
type dialect struct {
	name, path string
	body       func(model, prompt string) object
	tools      object // what a request with tools has besides; nil: the API has none
	schema     func(schema object) object
	whole      func(h *heard, body any)
	event      func(h *heard, e event)
	stream     func(t *testing.T, h *heard) // checks the sequence of events of a stream that ended well
	stop       string                       // the ordinary reason to end
	fault      func(body any) any           // the error type in an error answer of the API's own shape; nil when it is none
	cut        func(h *heard) bool          // a stream of it that ends in an error as its clients understand it
}

func user(model, prompt string) object {
	return object{"model": model, "messages": []object{{"role": "user", "content": prompt}}}
}

var lookup = object{"type": "object", "properties": object{"word": object{"type": "string"}}, "required": []string{"word"}}

var dialects = []dialect{
	{
		name: "chat", path: "/v1/chat/completions", stop: "stop",
		body: func(model, prompt string) object {
			b := user(model, prompt)
			b["stream_options"] = nil
			return b
		},
		tools:  object{"tools": []object{{"type": "function", "function": object{"name": "lookup", "parameters": lookup}}}},
		schema: chatSchema,
		whole: func(h *heard, b any) {
			h.text, _ = dig(b, "choices", 0, "message", "content").(string)
			h.ends(dig(b, "choices", 0, "finish_reason"))
			h.usage(b, "prompt_tokens", "completion_tokens")
		},
		event: func(h *heard, e event) {
			choices, _ := dig(e.data, "choices").([]any)
			for _, c := range choices {
				if dig(c, "delta", "role") != nil {
					h.roles++
				}
				s, _ := dig(c, "delta", "content").(string)
				h.text += s
				h.ends(dig(c, "finish_reason"))
			}
			h.usage(e.data, "prompt_tokens", "completion_tokens")
		},
		stream: func(t *testing.T, h *heard) {
			h.done(t)
			if h.roles != 1 {
				t.Errorf("the role came %d times", h.roles)
			}
			h.same(t, "chat.completion.chunk")
		},
		fault: openAIFault,
		cut:   func(h *heard) bool { return h.failed() != nil && h.events[len(h.events)-1].raw == "[DONE]" },
	},
	{
		name: "messages", path: "/v1/messages", stop: "end_turn",
		body: func(model, prompt string) object {
			b := user(model, prompt)
			b["max_tokens"] = 2000
			return b
		},
		tools: object{"tools": []object{{"name": "lookup", "input_schema": lookup}}},
		schema: func(s object) object {
			return object{"output_format": object{"type": "json_schema", "schema": s}}
		},
		whole: func(h *heard, b any) {
			blocks, _ := dig(b, "content").([]any)
			for _, x := range blocks {
				s, _ := dig(x, "text").(string)
				h.text += s
			}
			h.ends(dig(b, "stop_reason"))
			h.usage(b, "input_tokens", "output_tokens")
		},
		event: func(h *heard, e event) {
			s, _ := dig(e.data, "delta", "text").(string)
			h.text += s
			h.ends(dig(e.data, "delta", "stop_reason"))
			if e.name == "message_delta" {
				h.usage(e.data, "input_tokens", "output_tokens")
			}
		},
		stream: messagesSequence,
		fault: func(b any) any {
			if dig(b, "type") != "error" {
				return nil
			}
			return dig(b, "error", "type")
		},
		cut: func(h *heard) bool { return h.failed() != nil && h.events[len(h.events)-1].name == "error" },
	},
	{
		name: "responses", path: "/v1/responses", stop: "completed",
		body:  func(model, prompt string) object { return object{"model": model, "input": prompt} },
		tools: object{"tools": []object{{"type": "function", "name": "lookup", "parameters": lookup, "strict": false}}},
		schema: func(s object) object {
			return object{"text": object{"format": object{"type": "json_schema", "name": "answer_form", "strict": true, "schema": s}}}
		},
		whole: func(h *heard, b any) {
			h.text = outputText(b)
			h.ends(dig(b, "status"))
			h.usage(b, "input_tokens", "output_tokens")
		},
		event: func(h *heard, e event) {
			switch e.name {
			case "response.output_text.delta":
				s, _ := dig(e.data, "delta").(string)
				h.text += s
			case "response.completed", "response.incomplete", "response.failed":
				h.ends(dig(e.data, "response", "status"))
				h.usage(dig(e.data, "response"), "input_tokens", "output_tokens")
			}
		},
		stream: responsesSequence,
		fault:  openAIFault,
		cut:    func(h *heard) bool { return h.failed() != nil },
	},
	{
		name: "completions", path: "/v1/completions", stop: "stop",
		body:   func(model, prompt string) object { return object{"model": model, "prompt": prompt, "max_tokens": 2000} },
		schema: chatSchema,
		whole: func(h *heard, b any) {
			h.text, _ = dig(b, "choices", 0, "text").(string)
			h.ends(dig(b, "choices", 0, "finish_reason"))
			h.usage(b, "prompt_tokens", "completion_tokens")
		},
		event: func(h *heard, e event) {
			choices, _ := dig(e.data, "choices").([]any)
			for _, c := range choices {
				s, _ := dig(c, "text").(string)
				h.text += s
				h.ends(dig(c, "finish_reason"))
			}
			h.usage(e.data, "prompt_tokens", "completion_tokens")
		},
		stream: func(t *testing.T, h *heard) {
			h.done(t)
			h.same(t, "text_completion")
		},
		fault: openAIFault,
		cut:   func(h *heard) bool { return h.failed() != nil && h.events[len(h.events)-1].raw == "[DONE]" },
	},
}

func chatSchema(s object) object {
	return object{"response_format": object{"type": "json_schema", "json_schema": object{"name": "answer_form", "strict": true, "schema": s}}}
}

func openAIFault(b any) any {
	if _, ok := dig(b, "error", "message").(string); !ok {
		return nil
	}
	return dig(b, "error", "type")
}

// request is the dialect's request for the marks of a document, with more fields.
func (d dialect) request(model, prompt string, more ...object) object {
	b := d.body(model, prompt)
	delete(b, "stream_options")
	for _, m := range more {
		for k, v := range m {
			b[k] = v
		}
	}
	return b
}

// asStream adds what asks for a stream, with usage where the API gives that only when asked.
func (d dialect) asStream() object {
	if d.name == "chat" || d.name == "completions" {
		return object{"stream": true, "stream_options": object{"include_usage": true}}
	}
	return object{"stream": true}
}

// An event is one of a stream; raw is its data as it came.
type event struct {
	name, raw string
	data      any
}

// A heard is what a client of some dialect hears.
type heard struct {
	*dialect
	status          int
	header, trailer http.Header
	body            []byte
	took            time.Duration
	broken          error // reading ended with it

	events   []event
	text     string
	finishes []string
	in, out  int // of usage
	usages   int
	roles    int
}

// dig walks down decoded JSON by keys and indexes; nil where there is nothing.
func dig(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(object)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func outputText(b any) string {
	var text string
	items, _ := dig(b, "output").([]any)
	for _, item := range items {
		parts, _ := dig(item, "content").([]any)
		for _, p := range parts {
			if dig(p, "type") == "output_text" {
				s, _ := dig(p, "text").(string)
				text += s
			}
		}
	}
	return text
}

func (h *heard) ends(reason any) {
	if s, ok := reason.(string); ok && s != "" {
		h.finishes = append(h.finishes, s)
	}
}

func (h *heard) usage(b any, in, out string) {
	if u, ok := dig(b, "usage").(object); ok {
		i, _ := u[in].(float64)
		o, _ := u[out].(float64)
		h.in, h.out = int(i), int(o)
		h.usages++
	}
}

// planner is the haiku_planner object of the answer, streamed or not.
func (h *heard) planner() any {
	for _, e := range h.events {
		for _, at := range []any{e.data, dig(e.data, "response")} {
			if p := dig(at, "haiku_planner"); p != nil {
				return p
			}
		}
	}
	var b any
	json.Unmarshal(h.body, &b)
	return dig(b, "haiku_planner")
}

// failed is the error that a stream ended with; nil when there is none.
func (h *heard) failed() any {
	for _, e := range h.events {
		if e.name == "error" || e.name == "response.failed" {
			return e.data
		}
		if f := dig(e.data, "error"); f != nil {
			return f
		}
	}
	return nil
}

// send posts a request and hears the whole answer. ctx ends the wait.
func (d *dialect) send(ctx context.Context, base, path string, body []byte, headers ...string) (*heard, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if d.name == "messages" {
		req.Header.Set("X-Api-Key", masterKey)
		req.Header.Set("Anthropic-Version", "2023-06-01")
	} else {
		req.Header.Set("Authorization", "Bearer "+masterKey)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	began := time.Now()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	h := &heard{dialect: d, status: res.StatusCode, header: res.Header}
	h.body, h.broken = io.ReadAll(res.Body)
	h.took, h.trailer = time.Since(began), res.Trailer
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		h.hear()
		return h, nil
	}
	var b any
	if json.Unmarshal(h.body, &b) == nil && res.StatusCode == http.StatusOK {
		d.whole(h, b)
	}
	return h, nil
}

// hear reads the events of a stream.
func (h *heard) hear() {
	for _, block := range strings.Split(string(h.body), "\n\n") {
		var e event
		var lines []string
		for _, line := range strings.Split(block, "\n") {
			line = strings.TrimSuffix(line, "\r")
			if s, ok := strings.CutPrefix(line, "event: "); ok {
				e.name = s
			}
			if s, ok := strings.CutPrefix(line, "data: "); ok {
				lines = append(lines, s)
			}
		}
		if lines == nil {
			continue
		}
		e.raw = strings.Join(lines, "\n")
		json.Unmarshal([]byte(e.raw), &e.data)
		if kind, ok := dig(e.data, "type").(string); ok && e.name == "" {
			e.name = kind
		}
		h.events = append(h.events, e)
		h.dialect.event(h, e)
	}
}

// ask sends body, which is JSON or what is to become it, and stops the test when there is no answer.
func (s *stack) ask(t *testing.T, d *dialect, body any, headers ...string) *heard {
	t.Helper()
	raw, ok := body.([]byte)
	if !ok {
		raw = marshal(t, body)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	h, err := d.send(ctx, s.url, d.path, raw, headers...)
	if err != nil {
		t.Fatalf("POST %s: %v", d.path, err)
	}
	return h
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// must stops the test unless the answer is a 200 that was decomposed or forwarded as said, and came to its end.
func (h *heard) must(t *testing.T, how string) *heard {
	t.Helper()
	if h.status != http.StatusOK || h.header.Get("X-Haiku-Planner") != how || h.broken != nil {
		t.Fatalf("status %d, x-haiku-planner %q (%s), broken off: %v; want 200 and %q: %s", h.status, h.header.Get("X-Haiku-Planner"),
			h.header.Get("X-Haiku-Planner-Reason"), h.broken, how, tail(string(h.body), 1500))
	}
	return h
}

// ended checks that the answer ends once, in the ordinary way.
func (h *heard) ended(t *testing.T) {
	t.Helper()
	if len(h.finishes) != 1 || h.finishes[0] != h.stop {
		t.Errorf("it ends with %q, want once %q", h.finishes, h.stop)
	}
}

func (h *heard) names() []string {
	var out []string
	for _, e := range h.events {
		out = append(out, e.name)
	}
	return out
}

// done checks that [DONE] comes once, last.
func (h *heard) done(t *testing.T) {
	t.Helper()
	for i, e := range h.events {
		if (e.raw == "[DONE]") != (i == len(h.events)-1) {
			t.Errorf("event %d of %d is %s", i, len(h.events), tail(e.raw, 300))
		}
	}
}

// same checks that all chunks are of one answer.
func (h *heard) same(t *testing.T, kind string) {
	t.Helper()
	first := h.events[0].data
	for _, e := range h.events[:len(h.events)-1] {
		if dig(e.data, "id") == nil || dig(e.data, "id") != dig(first, "id") || dig(e.data, "model") != dig(first, "model") || dig(e.data, "created") != dig(first, "created") || dig(e.data, "object") != kind {
			t.Errorf("a chunk differs from the first one in id, model, created or object: %s\nthe first: %s", tail(e.raw, 400), tail(h.events[0].raw, 400))
			return
		}
	}
}

// messagesSequence: message_start once and first; blocks open, grow and close one after another under indices from 0; message_delta and message_stop at the end.
func messagesSequence(t *testing.T, h *heard) {
	t.Helper()
	open, next := false, 0
	for i, e := range h.events {
		at, _ := dig(e.data, "index").(float64)
		good := e.name == dig(e.data, "type")
		switch e.name {
		case "message_start":
			good = good && i == 0 && dig(e.data, "message", "role") == "assistant"
		case "content_block_start":
			good = good && !open && int(at) == next
			open = true
		case "content_block_delta":
			good = good && open && int(at) == next
		case "content_block_stop":
			good = good && open && int(at) == next
			open, next = false, next+1
		case "message_delta":
			good = good && !open && i == len(h.events)-2
		case "message_stop":
			good = good && i == len(h.events)-1
		case "ping":
		default:
			good = false
		}
		if !good {
			t.Errorf("event %d of %v is out of order: %s", i, h.names(), tail(e.raw, 300))
			return
		}
	}
	if n := len(h.events); n < 6 || h.events[0].name != "message_start" || h.events[n-1].name != "message_stop" {
		t.Errorf("the events are %v", h.names())
	}
}

// responsesSequence: sequence numbers without a gap, created first, completed last with the whole text, every item and part added before it grows and done after.
func responsesSequence(t *testing.T, h *heard) {
	t.Helper()
	events := h.events
	if n := len(events); n > 0 && events[n-1].raw == "[DONE]" { // LiteLLM's own addition
		events = events[:n-1]
	}
	if len(events) < 6 || events[0].name != "response.created" || events[len(events)-1].name != "response.completed" {
		t.Fatalf("the events are %v", h.names())
	}
	id := dig(events[0].data, "response", "id")
	item := map[any]bool{}
	part := map[any]bool{}
	for i, e := range events {
		if n, ok := dig(e.data, "sequence_number").(float64); !ok || int(n) != i {
			t.Errorf("event %d has the sequence number %v", i, dig(e.data, "sequence_number"))
			return
		}
		if r := dig(e.data, "response", "id"); r != nil && r != id {
			t.Errorf("%s has the id %v after %v", e.name, r, id)
		}
		at, its := dig(e.data, "output_index"), dig(e.data, "item_id")
		good := e.name == dig(e.data, "type")
		switch e.name {
		case "response.output_item.added":
			good = good && !item[at]
			item[at] = true
		case "response.content_part.added":
			good = good && item[at] && !part[its]
			part[its] = true
		case "response.output_text.delta", "response.output_text.done":
			good = good && item[at] && part[its]
		case "response.content_part.done":
			good = good && part[its]
			part[its] = false
		case "response.output_item.done":
			good = good && item[at]
			item[at] = false
		}
		if !good {
			t.Errorf("event %d of %v is out of order: %s", i, h.names(), tail(e.raw, 300))
			return
		}
	}
	if whole := outputText(dig(events[len(events)-1].data, "response")); whole != h.text {
		t.Errorf("the last event's text is not that of the deltas: %q, %q", tail(whole, 300), tail(h.text, 300))
	}
}
