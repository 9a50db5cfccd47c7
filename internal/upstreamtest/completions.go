package upstreamtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// IsCompletions says whether the call came on the path of the older completions API.
func (c Call) IsCompletions() bool {
	path, _, _ := strings.Cut(c.Path, "?")
	return strings.HasSuffix(path, "/completions") && !strings.HasSuffix(path, "/chat/completions")
}

// readPrompt reads a prompt, a text or a list of one, as a user message.
func (c *Call) readPrompt(raw json.RawMessage) {
	if json.Unmarshal(raw, &c.User) != nil {
		var list []string
		if json.Unmarshal(raw, &list) != nil || len(list) != 1 {
			return
		}
		c.User = list[0]
	}
	c.Messages = append(c.Messages, Message{Role: "user", Text: c.User})
}

func completionsAnswer(c Call, r Reply) []byte {
	out := object{
		"id": fmt.Sprintf("cmpl-%d", c.N), "object": "text_completion", "created": time.Now().Unix(), "model": c.Model,
		"choices": []object{{"finish_reason": r.finish(), "index": 0, "logprobs": nil, "text": r.Text}},
	}
	if !r.NoUse {
		out["usage"] = usage(c, r)
	}
	b, _ := json.Marshal(out)
	return b
}

func completionsStream(c Call, r Reply) []piece {
	created := time.Now().Unix()
	chunk := func(choices []object, extra object) []byte {
		out := object{"id": fmt.Sprintf("cmpl-%d", c.N), "object": "text_completion", "created": created, "model": c.Model, "choices": choices}
		for k, v := range extra {
			out[k] = v
		}
		b, _ := json.Marshal(out)
		return append(append([]byte("data: "), b...), "\n\n"...)
	}
	choice := func(text string, finish any) []object {
		return []object{{"text": text, "index": 0, "logprobs": nil, "finish_reason": finish}}
	}
	texts := r.StreamChunks
	if texts == nil {
		texts = Words(r.Text)
	}
	var out []piece
	for _, t := range texts {
		out = append(out, piece{pause: r.Pause, data: chunk(choice(t, nil), nil)})
	}
	if r.StreamError != "" {
		return append(out, piece{data: append(append([]byte("data: "), errorBody(500, r.StreamError, r.Type)...), "\n\ndata: [DONE]\n\n"...)})
	}
	if r.NoDone {
		return out
	}
	out = append(out, piece{data: chunk(choice("", r.finish()), nil)})
	if c.WantUsage && !r.NoUse {
		u := usage(c, r)
		if r.Cost != "" {
			u["cost"] = json.Number(r.Cost)
		}
		out = append(out, piece{data: chunk([]object{}, object{"usage": u})})
	}
	return append(out, piece{data: []byte("data: [DONE]\n\n")})
}
