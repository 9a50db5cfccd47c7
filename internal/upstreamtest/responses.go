package upstreamtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// IsResponses says whether the call came on the path of OpenAI's Responses API.
func (c Call) IsResponses() bool {
	path, _, _ := strings.Cut(c.Path, "?")
	return strings.HasSuffix(path, "/responses")
}

// readResponses fills the fields that a body of the Responses API has.
func (c *Call) readResponses() {
	var b struct {
		Model        string          `json:"model"`
		Stream       bool            `json:"stream"`
		Instructions string          `json:"instructions"`
		Input        json.RawMessage `json:"input"`
		MaxTokens    int             `json:"max_output_tokens"`
		Text         struct {
			Format struct {
				Type   string          `json:"type"`
				Name   string          `json:"name"`
				Schema json.RawMessage `json:"schema"`
			} `json:"format"`
		} `json:"text"`
	}
	if json.Unmarshal(c.Body, &b) != nil {
		return
	}
	c.Model, c.Stream, c.WantUsage, c.MaxTokens = b.Model, b.Stream, b.Stream, b.MaxTokens
	c.Format, c.Schema, c.SchemaRaw = b.Text.Format.Type, b.Text.Format.Name, b.Text.Format.Schema
	var system []string
	add := func(role, text string) {
		c.Messages = append(c.Messages, Message{Role: role, Text: text})
		switch role {
		case "system", "developer":
			system = append(system, text)
		case "user":
			c.User = text
		}
	}
	if b.Instructions != "" {
		add("system", b.Instructions)
	}
	var text string
	var items []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	}
	switch {
	case json.Unmarshal(b.Input, &text) == nil:
		add("user", text)
	case json.Unmarshal(b.Input, &items) == nil:
		for _, item := range items {
			if item.Role != "" {
				add(item.Role, contentText(item.Content))
			}
		}
	}
	c.System = strings.Join(system, "\n")
}

func responsesUsage(c Call, r Reply) object {
	if r.NoUse {
		return nil
	}
	u := usage(c, r)
	return object{
		"input_tokens": u["prompt_tokens"], "input_tokens_details": object{"cached_tokens": u["prompt_tokens_details"].(object)["cached_tokens"]},
		"output_tokens": u["completion_tokens"], "output_tokens_details": object{"reasoning_tokens": 0}, "total_tokens": u["total_tokens"],
	}
}

// message is the reply's message item.
func (r Reply) message(c Call) object {
	content := []object{}
	if r.Text != "" || r.Refusal == "" {
		content = append(content, object{"type": "output_text", "text": r.Text, "annotations": []any{}})
	}
	if r.Refusal != "" {
		content = append(content, object{"type": "refusal", "refusal": r.Refusal})
	}
	return object{"type": "message", "id": fmt.Sprintf("msg_%d", c.N), "status": "completed", "role": "assistant", "content": content}
}

func (r Reply) reasoning(c Call) object {
	return object{"type": "reasoning", "id": fmt.Sprintf("rs_%d", c.N), "summary": []object{{"type": "summary_text", "text": r.Thinking}}}
}

func response(c Call, r Reply) object {
	out := object{
		"id": fmt.Sprintf("resp_%d", c.N), "object": "response", "created_at": time.Now().Unix(), "status": "completed", "model": c.Model,
		"error": nil, "incomplete_details": nil, "parallel_tool_calls": true, "tool_choice": "auto", "tools": []any{},
		"output": []object{r.message(c)},
	}
	if r.Thinking != "" {
		out["output"] = []object{r.reasoning(c), r.message(c)}
	}
	if u := responsesUsage(c, r); u != nil {
		out["usage"] = u
	}
	switch r.finish() {
	case "length":
		out["status"], out["incomplete_details"] = "incomplete", object{"reason": "max_output_tokens"}
	case "content_filter":
		out["status"], out["incomplete_details"] = "incomplete", object{"reason": "content_filter"}
	}
	return out
}

func responsesAnswer(c Call, r Reply) []byte {
	b, _ := json.Marshal(response(c, r))
	return b
}

// responsesStream renders OpenAI's own sequence of events, with the [DONE] that LiteLLM's proxy adds.
func responsesStream(c Call, r Reply) []piece {
	var out []piece
	seq := 0
	event := func(pause time.Duration, kind string, fields object) {
		fields["type"], fields["sequence_number"] = kind, seq
		seq++
		b, _ := json.Marshal(fields)
		out = append(out, piece{pause: pause, data: append(append([]byte("event: "+kind+"\ndata: "), b...), "\n\n"...)})
	}
	whole := response(c, r)
	begun := object{}
	for k, v := range whole {
		begun[k] = v
	}
	begun["status"], begun["output"], begun["incomplete_details"] = "in_progress", []any{}, nil
	delete(begun, "usage")
	event(0, "response.created", object{"response": begun})
	event(0, "response.in_progress", object{"response": begun})
	index := 0
	if r.Thinking != "" {
		item := r.reasoning(c)
		event(0, "response.output_item.added", object{"output_index": 0, "item": object{"type": "reasoning", "id": item["id"], "summary": []any{}}})
		event(0, "response.reasoning_summary_text.delta", object{"output_index": 0, "item_id": item["id"], "summary_index": 0, "delta": r.Thinking})
		event(0, "response.output_item.done", object{"output_index": 0, "item": item})
		index = 1
	}
	message := r.message(c)
	at := func(more object) object {
		more["output_index"], more["item_id"], more["content_index"] = index, message["id"], 0
		return more
	}
	event(0, "response.output_item.added", object{"output_index": index, "item": object{"type": "message", "id": message["id"], "status": "in_progress", "role": "assistant", "content": []any{}}})
	event(0, "response.content_part.added", at(object{"part": object{"type": "output_text", "text": "", "annotations": []any{}}}))
	texts := r.StreamChunks
	if texts == nil {
		texts = Words(r.Text)
	}
	for _, t := range texts {
		event(r.Pause, "response.output_text.delta", at(object{"delta": t, "logprobs": []any{}}))
	}
	switch {
	case r.StreamError != "":
		event(0, "error", object{"code": "server_error", "message": r.StreamError, "param": nil})
		return out
	case r.NoDone:
		return out
	}
	event(0, "response.output_text.done", at(object{"text": r.Text, "logprobs": []any{}}))
	event(0, "response.output_item.done", object{"output_index": index, "item": message})
	if u, ok := whole["usage"].(object); ok && r.Cost != "" {
		u["cost"] = json.Number(r.Cost)
	}
	event(0, "response."+whole["status"].(string), object{"response": whole})
	return append(out, piece{data: []byte("data: [DONE]\n\n")})
}
