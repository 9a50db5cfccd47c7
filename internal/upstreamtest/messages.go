package upstreamtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// IsMessages says whether the call came on the path of Anthropic's Messages API, whose shapes are answered there: of errors and streams too.
func (c Call) IsMessages() bool {
	path, _, _ := strings.Cut(c.Path, "?")
	return strings.HasSuffix(path, "/v1/messages")
}

// schemaInWords finds the schema that a call without response_format has in its system text: its name and, after it, itself.
var schemaInWords = regexp.MustCompile(`(?s)JSON schema[^\n]* named (\w+):\n(\{.*\})\s*$`)

// readMessages fills the fields that a body of the Messages API has.
func (c *Call) readMessages() {
	var b struct {
		Model    string          `json:"model"`
		Stream   bool            `json:"stream"`
		System   json.RawMessage `json:"system"`
		Messages []struct {
			Role    string          `json:"role"`
			Content json.RawMessage `json:"content"`
		} `json:"messages"`
		MaxTokens int `json:"max_tokens"`
	}
	if json.Unmarshal(c.Body, &b) != nil {
		return
	}
	c.Model, c.Stream, c.WantUsage, c.MaxTokens = b.Model, b.Stream, b.Stream, b.MaxTokens
	c.System = blocksText(b.System)
	if c.System != "" {
		c.Messages = append(c.Messages, Message{Role: "system", Text: c.System})
	}
	for _, m := range b.Messages {
		text := blocksText(m.Content)
		c.Messages = append(c.Messages, Message{Role: m.Role, Text: text})
		if m.Role == "user" {
			c.User = text
		}
	}
	if m := schemaInWords.FindStringSubmatch(c.System); m != nil {
		c.Format, c.Schema, c.SchemaRaw = "json_schema", m[1], json.RawMessage(m[2])
	}
}

// blocksText joins the texts of a content: of text blocks, of documents whose source is text, and of tool results.
func blocksText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var blocks []struct {
		Type    string                      `json:"type"`
		Text    string                      `json:"text"`
		Source  struct{ Type, Data string } `json:"source"`
		Content json.RawMessage             `json:"content"`
	}
	if json.Unmarshal(raw, &blocks) != nil {
		return ""
	}
	var texts []string
	for _, b := range blocks {
		switch {
		case b.Type == "text":
			texts = append(texts, b.Text)
		case b.Type == "document" && b.Source.Type == "text":
			texts = append(texts, b.Source.Data)
		case b.Type == "tool_result":
			texts = append(texts, blocksText(b.Content))
		}
	}
	return strings.Join(texts, "\n")
}

// messagesErrors are the error types by status that LiteLLM gives on this path; others are api_error.
var messagesErrors = map[int]string{400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
	413: "request_too_large", 429: "rate_limit_error", 529: "overloaded_error"}

func messagesError(status int, message string) []byte {
	kind, ok := messagesErrors[status]
	if !ok {
		kind = "api_error"
	}
	b, _ := json.Marshal(object{"type": "error", "error": object{"type": kind, "message": message}})
	return b
}

// stopReasons are the API's words for the finish reasons of a Reply; others are sent as they are.
var stopReasons = map[string]string{"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal", "tool_calls": "tool_use"}

func (r Reply) stopReason() string {
	if r.Refusal != "" {
		return "refusal"
	}
	if word, ok := stopReasons[r.finish()]; ok {
		return word
	}
	return r.finish()
}

func messagesUsage(c Call, r Reply) object {
	u := usage(c, r)
	cached := u["prompt_tokens_details"].(object)["cached_tokens"].(int)
	out := object{"input_tokens": u["prompt_tokens"].(int) - cached, "cache_creation_input_tokens": 0, "cache_read_input_tokens": cached, "output_tokens": u["completion_tokens"]}
	if r.NoUse {
		out = object{}
	}
	return out
}

func messagesAnswer(c Call, r Reply) []byte {
	content := []any{}
	if r.Thinking != "" {
		content = append(content, object{"type": "thinking", "thinking": r.Thinking, "signature": "c2ln"})
	}
	if text := r.Text + r.Refusal; text != "" {
		content = append(content, object{"type": "text", "text": text})
	}
	b, _ := json.Marshal(object{
		"id": fmt.Sprintf("msg_%d", c.N), "type": "message", "role": "assistant", "model": c.Model, "content": content,
		"stop_reason": r.stopReason(), "stop_sequence": nil, "usage": messagesUsage(c, r),
	})
	return b
}

// messagesStream renders the API's stream; NoDone leaves out message_delta and message_stop.
func messagesStream(c Call, r Reply) []piece {
	var out []piece
	event := func(name string, data object) {
		data["type"] = name
		b, _ := json.Marshal(data)
		out = append(out, piece{data: []byte("event: " + name + "\ndata: " + string(b) + "\n\n")})
	}
	total := messagesUsage(c, r)
	event("message_start", object{"message": object{
		"id": fmt.Sprintf("msg_%d", c.N), "type": "message", "role": "assistant", "model": c.Model, "content": []any{}, "stop_reason": nil, "stop_sequence": nil,
		"usage": object{"input_tokens": total["input_tokens"], "cache_read_input_tokens": total["cache_read_input_tokens"], "output_tokens": 1},
	}})
	event("ping", object{})
	index := 0
	if r.Thinking != "" {
		event("content_block_start", object{"index": index, "content_block": object{"type": "thinking", "thinking": "", "signature": ""}})
		for _, word := range Words(r.Thinking) {
			event("content_block_delta", object{"index": index, "delta": object{"type": "thinking_delta", "thinking": word}})
		}
		event("content_block_delta", object{"index": index, "delta": object{"type": "signature_delta", "signature": "c2ln"}})
		event("content_block_stop", object{"index": index})
		index++
	}
	texts := r.StreamChunks
	if texts == nil {
		texts = Words(r.Text + r.Refusal)
	}
	event("content_block_start", object{"index": index, "content_block": object{"type": "text", "text": ""}})
	for _, text := range texts {
		event("content_block_delta", object{"index": index, "delta": object{"type": "text_delta", "text": text}})
		out[len(out)-1].pause = r.Pause
	}
	if r.StreamError != "" {
		return append(out, piece{data: []byte("event: error\ndata: " + string(messagesError(http.StatusInternalServerError, r.StreamError)) + "\n\n")})
	}
	if r.NoDone {
		return out
	}
	event("content_block_stop", object{"index": index})
	event("message_delta", object{"delta": object{"stop_reason": r.stopReason(), "stop_sequence": nil}, "usage": object{"output_tokens": total["output_tokens"]}})
	event("message_stop", object{})
	return out
}
