package upstreamtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// An exchange is a rendered reply: what both the RoundTripper and the Handler play back.
type exchange struct {
	delay  time.Duration
	status int
	header http.Header
	pieces []piece
	length int // Content-Length; -1 for streams
	cut    int // as in Reply
}

type piece struct {
	pause time.Duration
	data  []byte
}

type object = map[string]any

func render(c Call, r Reply) *exchange {
	x := &exchange{delay: r.Delay, status: r.Status, cut: r.Cut, length: -1}
	if x.status == 0 {
		x.status = http.StatusOK
		if r.Error != "" {
			x.status = http.StatusBadRequest
		}
	}
	if len(r.StreamChunks) > 0 && r.Text == "" {
		r.Text = strings.Join(r.StreamChunks, "")
	}
	x.header = http.Header{
		"Content-Type":             {"application/json"},
		"X-Litellm-Call-Id":        {fmt.Sprintf("call-%d", c.N)},
		"X-Litellm-Version":        {"1.102.4"},
		"X-Litellm-Model-Id":       {"id-" + c.Model},
		"X-Litellm-Model-Api-Base": {"https://upstream.test"},
	}
	if r.Cost != "" && !c.Stream {
		x.header.Set("X-Litellm-Response-Cost", r.Cost)
	}
	switch {
	case r.Raw != nil:
		x.body(r.Raw)
	case r.Error != "":
		if c.IsMessages() {
			x.body(messagesError(x.status, r.Error))
		} else {
			x.body(errorBody(x.status, r.Error, r.Type))
		}
		delete(x.header, "X-Litellm-Response-Cost")
	case c.Stream:
		x.header.Set("Content-Type", "text/event-stream; charset=utf-8")
		switch {
		case c.IsMessages():
			x.pieces = messagesStream(c, r)
		case c.IsResponses():
			x.pieces = responsesStream(c, r)
		case c.IsCompletions():
			x.pieces = completionsStream(c, r)
		default:
			x.pieces = streamed(c, r)
		}
	case c.IsMessages():
		x.body(messagesAnswer(c, r))
	case c.IsResponses():
		x.body(responsesAnswer(c, r))
	case c.IsCompletions():
		x.body(completionsAnswer(c, r))
	default:
		x.body(completion(c, r))
	}
	for k, v := range r.Header {
		if v == nil {
			delete(x.header, http.CanonicalHeaderKey(k))
			continue
		}
		x.header[http.CanonicalHeaderKey(k)] = v
	}
	if x.length >= 0 {
		x.header.Set("Content-Length", strconv.Itoa(x.length))
	}
	return x
}

func (x *exchange) body(b []byte) {
	x.pieces, x.length = []piece{{data: b}}, len(b)
}

func errorBody(status int, message, kind string) []byte {
	var t any
	if kind != "" {
		t = kind
	}
	b, _ := json.Marshal(object{"error": object{"message": message, "type": t, "param": nil, "code": strconv.Itoa(status)}})
	return b
}

func (r Reply) finish() string {
	switch {
	case r.Finish != "":
		return r.Finish
	case r.ToolCalls != nil:
		return "tool_calls"
	}
	return "stop"
}

func usage(c Call, r Reply) object {
	u := r.Usage
	if u == nil {
		n := 0
		for _, m := range c.Messages {
			n += len(m.Text)
		}
		u = &Usage{Prompt: (n + 3) / 4, Completion: (len(r.Text) + 3) / 4}
	}
	return object{
		"prompt_tokens": u.Prompt, "completion_tokens": u.Completion, "total_tokens": u.Prompt + u.Completion,
		"prompt_tokens_details":     object{"cached_tokens": u.Cached, "audio_tokens": nil},
		"completion_tokens_details": nil,
	}
}

func completion(c Call, r Reply) []byte {
	message := object{"role": "assistant", "content": r.Text}
	if r.ToolCalls != nil {
		message["tool_calls"] = r.ToolCalls
		if r.Text == "" {
			message["content"] = nil
		}
	}
	if r.Refusal != "" {
		message["refusal"] = r.Refusal
	}
	out := object{
		"id": fmt.Sprintf("chatcmpl-%d", c.N), "object": "chat.completion", "created": time.Now().Unix(), "model": c.Model,
		"choices": []object{{"index": 0, "message": message, "finish_reason": r.finish()}},
	}
	if !r.NoUse {
		out["usage"] = usage(c, r)
	}
	b, _ := json.Marshal(out)
	return b
}

// streamed renders LiteLLM's stream: the role rides with the first piece, the usage chunk carries a choice with an empty delta.
func streamed(c Call, r Reply) []piece {
	created := time.Now().Unix()
	chunk := func(choice object, extra object) []byte {
		out := object{
			"id": fmt.Sprintf("chatcmpl-%d", c.N), "object": "chat.completion.chunk", "created": created, "model": c.Model,
			"choices": []object{choice},
		}
		for k, v := range extra {
			out[k] = v
		}
		b, _ := json.Marshal(out)
		return append(append([]byte("data: "), b...), "\n\n"...)
	}
	texts := r.StreamChunks
	if texts == nil {
		texts = Words(r.Text)
	}
	if len(texts) == 0 {
		texts = []string{""}
	}
	var out []piece
	for i, t := range texts {
		delta := object{"content": t}
		if i == 0 {
			delta["role"] = "assistant"
			if r.ToolCalls != nil {
				delta["tool_calls"] = r.ToolCalls
			}
			if r.Refusal != "" {
				delta["refusal"] = r.Refusal
			}
		}
		out = append(out, piece{pause: r.Pause, data: chunk(object{"index": 0, "delta": delta}, nil)})
	}
	if r.StreamError != "" {
		return append(out, piece{data: append(append([]byte("data: "), errorBody(500, r.StreamError, r.Type)...), "\n\ndata: [DONE]\n\n"...)})
	}
	if r.NoDone {
		return out
	}
	out = append(out, piece{data: chunk(object{"index": 0, "delta": object{}, "finish_reason": r.finish()}, nil)})
	if c.WantUsage && !r.NoUse {
		u := usage(c, r)
		if r.Cost != "" {
			u["cost"] = json.Number(r.Cost)
		}
		out = append(out, piece{data: chunk(object{"index": 0, "delta": object{}}, object{"usage": u})})
	}
	return append(out, piece{data: []byte("data: [DONE]\n\n")})
}

// Words cuts text into pieces that join to it: each a word with the white space before it.
func Words(text string) []string {
	var out []string
	start, inWord := 0, false
	for i, r := range text {
		space := r == ' ' || r == '\n' || r == '\t' || r == '\r'
		if space && inWord {
			out = append(out, text[start:i])
			start = i
		}
		inWord = !space
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}
