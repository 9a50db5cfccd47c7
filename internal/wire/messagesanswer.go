package wire

import (
	"bytes"
	"strconv"
)

// stopWords are the stop reasons of this API for ours. Others are kept.
var stopWords = map[string]string{"": "end_turn", "stop": "end_turn", "length": "max_tokens", "content_filter": "refusal", "tool_calls": "tool_use"}

func stopWord(finish string) string {
	if word, ok := stopWords[finish]; ok {
		return word
	}
	return finish
}

// Answer implements Dialect. A Base that is no message is treated as absent. With SetText the text stands in place of Base's first text block, and
// Base's other texts are gone; blocks of thinking stay. A stop reason of Base's that means Finish is kept, and its stop_sequence with it.
func (messages) Answer(a Answer) []byte {
	if a.Base != nil {
		if b, ok := messageFrom(a); ok {
			return b
		}
	}
	b := make([]byte, 0, 512+len(a.Text)+len(a.Text)/16+len(a.Planner))
	b = append(b, `{"id":`...)
	b = appendString(b, a.ID)
	b = append(b, `,"type":"message","role":"assistant","model":`...)
	b = appendString(b, a.Model)
	b = append(b, `,"content":[`...)
	if a.Text != "" {
		b = appendTextBlock(b, a.Text)
	}
	b = append(b, `],`...)
	if a.Stopped != "" {
		b = appendStopped(b, a.Stopped)
	} else {
		b = append(b, `"stop_reason":`...)
		b = append(appendString(b, stopWord(a.Finish)), `,"stop_sequence":null`...)
	}
	b = append(b, `,"usage":`...)
	b = appendMessagesUsage(b, a.Usage)
	if len(a.Planner) > 0 {
		b = append(b, `,"haiku_planner":`...)
		b = append(b, a.Planner...)
	}
	return append(b, '}')
}

// appendStopped appends how this API says that a stop sequence of the caller's ended the text.
func appendStopped(b []byte, sequence string) []byte {
	b = append(b, `"stop_reason":"stop_sequence","stop_sequence":`...)
	return appendString(b, sequence)
}

// messageFrom edits the final call's body.
func messageFrom(a Answer) ([]byte, bool) {
	top, ok := members(a.Base)
	content := find(a.Base, top, "content")
	if !ok || len(content) == 0 || content[0] != '[' {
		return nil, false
	}
	p := splicer{src: a.Base}
	end := bytes.LastIndexByte(a.Base, '}') + 1
	if a.ID != "" {
		p.set(end, top, "id", appendString(nil, a.ID))
	}
	if a.Model != "" {
		p.set(end, top, "model", appendString(nil, a.Model))
	}
	if a.SetText {
		p.set(end, top, "content", withText(content, a.Text))
	}
	if a.Stopped != "" {
		p.set(end, top, "stop_reason", []byte(`"stop_sequence"`))
		p.set(end, top, "stop_sequence", appendString(nil, a.Stopped))
	} else if a.Finish != "" && stopOf(find(a.Base, top, "stop_reason")) != a.Finish {
		p.set(end, top, "stop_reason", appendString(nil, stopWord(a.Finish)))
		p.set(end, top, "stop_sequence", []byte("null"))
	}
	p.set(end, top, "usage", appendMessagesUsage(nil, a.Usage))
	if len(a.Planner) > 0 {
		p.set(end, top, "haiku_planner", a.Planner)
	}
	return p.bytes(), true
}

// withText is the content with one text block.
func withText(content []byte, text string) []byte {
	b := append(make([]byte, 0, len(content)+len(text)+len(text)/16), '[')
	placed := text == ""
	add := func() {
		if len(b) > 1 {
			b = append(b, ',')
		}
	}
	list, _ := elements(content)
	for _, raw := range list {
		inner, _ := members(raw)
		if kind, _ := stringOf(find(raw, inner, "type")); kind != "text" {
			add()
			b = append(b, raw...)
		} else if !placed {
			placed = true
			add()
			b = appendTextBlock(b, text)
		}
	}
	if !placed {
		add()
		b = appendTextBlock(b, text)
	}
	return append(b, ']')
}

func appendTextBlock(b []byte, text string) []byte {
	b = append(b, `{"type":"text","text":`...)
	b = appendString(b, text)
	return append(b, '}')
}

// appendMessagesUsage: input_tokens are those that were neither read from the provider's cache nor written to it.
func appendMessagesUsage(b []byte, u Usage) []byte {
	b = append(b, `{"input_tokens":`...)
	b = strconv.AppendInt(b, int64(max(u.Prompt-u.CachedPrompt-u.WrittenPrompt, 0)), 10)
	b = append(b, `,"cache_creation_input_tokens":`...)
	b = strconv.AppendInt(b, int64(u.WrittenPrompt), 10)
	b = append(b, `,"cache_read_input_tokens":`...)
	b = strconv.AppendInt(b, int64(u.CachedPrompt), 10)
	b = append(b, `,"output_tokens":`...)
	b = strconv.AppendInt(b, int64(u.Completion), 10)
	if u.Reasoning > 0 {
		b = append(b, `,"output_tokens_details":{"thinking_tokens":`...)
		b = strconv.AppendInt(b, int64(u.Reasoning), 10)
		b = append(b, '}')
	}
	return append(b, '}')
}

// messagesTypes are the error types of this API by HTTP status (Anthropic's page on errors; billing_error, conflict_error and timeout_error from its SDKs).
var messagesTypes = []struct {
	status int
	name   string
}{
	{400, "invalid_request_error"},
	{401, "authentication_error"},
	{402, "billing_error"},
	{403, "permission_error"},
	{404, "not_found_error"},
	{409, "conflict_error"},
	{413, "request_too_large"},
	{429, "rate_limit_error"},
	{500, "api_error"},
	{504, "timeout_error"},
	{529, "overloaded_error"},
}

// messagesStatus is the HTTP status of an error type, 0 when it is none of this API's.
func messagesStatus(name string) int {
	for _, t := range messagesTypes {
		if t.name == name {
			return t.status
		}
	}
	return 0
}

// messagesType is the error type for a status.
func messagesType(status int) string {
	for _, t := range messagesTypes {
		if t.status == status {
			return t.name
		}
	}
	if 400 <= status && status < 500 {
		return "invalid_request_error"
	}
	return "api_error"
}

// ErrorBody implements Dialect. The type is one of this API's: e's own where it is, else by status. What that leaves unsaid, our own type and the
// parameter at fault, stands beside the message as code and param.
func (messages) ErrorBody(e *Error) []byte {
	name, code := e.Type, e.Code
	if code == strconv.Itoa(e.Status) {
		code = ""
	}
	if messagesStatus(name) == 0 {
		name = messagesType(e.Status)
		if code == "" {
			code = e.Type
		}
	}
	b := append(make([]byte, 0, 160+len(e.Message)), `{"type":"error","error":{"type":`...)
	b = appendString(b, name)
	b = append(b, `,"message":`...)
	b = appendString(b, e.Message)
	if e.Param != "" {
		b = append(b, `,"param":`...)
		b = appendString(b, e.Param)
	}
	if code != "" {
		b = append(b, `,"code":`...)
		b = appendString(b, code)
	}
	return append(b, `}}`...)
}
