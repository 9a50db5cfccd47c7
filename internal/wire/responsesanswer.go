package wire

import (
	"bytes"
	"strconv"
)

// Answer implements Dialect. A Base that is no response is treated as absent. Its id is kept: it is what previous_response_id of the caller's next
// request must name. A text that is set replaces all messages of Base's output; what else is in it, reasoning, stays in front.
func (responses) Answer(a Answer) []byte {
	if a.Base != nil {
		top, ok := members(a.Base)
		if output := find(a.Base, top, "output"); ok && len(output) > 0 && output[0] == '[' {
			p := splicer{src: a.Base}
			end := bytes.LastIndexByte(a.Base, '}') + 1
			if a.SetText {
				p.set(end, top, "output", outputWith(output, a))
			}
			if a.Finish != "" {
				setStatus(&p, end, top, a.Finish)
			}
			setOurs(&p, end, top, a.Model, a.Usage, a.Planner)
			return p.bytes()
		}
	}
	b := appendResponse(nil, a.Head, "completed", a.Finish)
	b = append(b, `,"output":[`...)
	b = appendMessageItem(b, messageID(a.ID), "completed", []messagePart{{text: []byte(a.Text)}})
	b = append(b, `],"error":null,"usage":`...)
	b = appendInputUsage(b, a.Usage)
	if len(a.Planner) > 0 {
		b = append(append(b, `,"haiku_planner":`...), a.Planner...)
	}
	return append(b, '}')
}

// outputWith is the output of a base whose messages are replaced by one, which keeps the id of the first.
func outputWith(output []byte, a Answer) []byte {
	items, _ := elements(output)
	id := ""
	b := []byte{'['}
	for _, item := range items {
		list, _ := members(item)
		if kind, _ := stringOf(find(item, list, "type")); kind != "message" {
			b = append(append(b, item...), ',')
		} else if id == "" {
			id, _ = stringOf(find(item, list, "id"))
		}
	}
	if id == "" {
		id = messageID(a.ID)
	}
	return append(appendMessageItem(b, id, "completed", []messagePart{{text: []byte(a.Text)}}), ']')
}

// setStatus sets what a finish reason means in this API.
func setStatus(p *splicer, end int, top []member, finish string) {
	status, details := statusOf(finish)
	p.set(end, top, "status", appendString(nil, status))
	p.set(end, top, "incomplete_details", []byte(details))
}

func statusOf(finish string) (status, details string) {
	switch finish {
	case "length":
		return "incomplete", `{"reason":"max_output_tokens"}`
	case "content_filter":
		return "incomplete", `{"reason":"content_filter"}`
	}
	return "completed", "null"
}

// setOurs sets model, usage and planner object of a response.
func setOurs(p *splicer, end int, top []member, model string, u Usage, planner []byte) {
	if model != "" {
		p.set(end, top, "model", appendString(nil, model))
	}
	p.set(end, top, "usage", appendInputUsage(nil, u))
	if len(planner) > 0 {
		p.set(end, top, "haiku_planner", planner)
	}
}

// appendResponse begins a response object of ours, up to where its output would stand: the members that SDKs take for granted.
// finish matters to a status of "completed" only.
func appendResponse(b []byte, h Head, status, finish string) []byte {
	details := "null"
	if status == "completed" {
		status, details = statusOf(finish)
	}
	b = append(b, `{"id":`...)
	b = appendString(b, h.ID)
	b = append(b, `,"object":"response","created_at":`...)
	b = strconv.AppendInt(b, h.Created, 10)
	b = append(b, `,"status":"`...)
	b = append(b, status...)
	b = append(b, `","model":`...)
	b = appendString(b, h.Model)
	b = append(b, `,"incomplete_details":`...)
	b = append(b, details...)
	for _, e := range echoes {
		value := []byte(e.absent)
		if h.Asked != nil && (status != "in_progress" || !e.long) {
			for _, f := range h.Asked.fields {
				if f.key == e.name { // the last one counts
					asked := splicer{src: h.Asked.Body, inPlace: h.Asked.inPlace}
					value = oneLine(asked.appendRaw(nil, f.start, f.end))
				}
			}
		}
		if len(value) > 0 {
			b = append(append(append(append(b, `,"`...), e.name...), `":`...), value...)
		}
	}
	return b
}

// echoes are the members of a request that its response repeats, and what stands there when the request has none: "" leaves the member out. Long ones wait
// for the end of a stream.
var echoes = []struct {
	name, absent string
	long         bool
}{
	{"instructions", "null", true}, {"metadata", "{}", false}, {"parallel_tool_calls", "true", false}, {"temperature", "null", false}, {"tool_choice", `"auto"`, false},
	{"tools", "[]", false}, {"top_p", "null", false}, {"text", "", true}, {"max_output_tokens", "", false}, {"reasoning", "", false}, {"store", "", false},
	{"truncation", "", false}, {"user", "", false}, {"safety_identifier", "", false}, {"prompt_cache_key", "", false}, {"service_tier", "", false},
}

// messageID is the id of the message in an answer of ours.
func messageID(response string) string {
	const prefix = "resp_"
	if len(response) > len(prefix) && response[:len(prefix)] == prefix {
		response = response[len(prefix):]
	}
	return "msg_" + response
}

// A messagePart is one content part of a message item: a text or a refusal.
type messagePart struct {
	text    []byte
	refusal bool
}

func appendMessageItem(b []byte, id, status string, parts []messagePart) []byte {
	b = append(b, `{"id":`...)
	b = appendString(b, id)
	b = append(b, `,"type":"message","status":"`...)
	b = append(b, status...)
	b = append(b, `","role":"assistant","content":[`...)
	for i, p := range parts {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendPart(b, p.refusal, share(p.text))
	}
	return append(b, `]}`...)
}

func appendPart(b []byte, refusal bool, text string) []byte {
	if refusal {
		b = append(b, `{"type":"refusal","refusal":`...)
	} else {
		b = append(b, `{"type":"output_text","annotations":[],"logprobs":[],"text":`...)
	}
	return append(appendString(b, text), '}')
}

func appendInputUsage(b []byte, u Usage) []byte {
	b = append(b, `{"input_tokens":`...)
	b = strconv.AppendInt(b, int64(u.Prompt), 10)
	b = append(b, `,"input_tokens_details":{"cached_tokens":`...)
	b = strconv.AppendInt(b, int64(u.CachedPrompt), 10)
	b = append(b, `},"output_tokens":`...)
	b = strconv.AppendInt(b, int64(u.Completion), 10)
	b = append(b, `,"output_tokens_details":{"reasoning_tokens":`...)
	b = strconv.AppendInt(b, int64(u.Reasoning), 10)
	b = append(b, `},"total_tokens":`...)
	b = strconv.AppendInt(b, int64(u.Prompt+u.Completion), 10)
	return append(b, '}')
}

// ErrorBody implements Dialect.
func (responses) ErrorBody(e *Error) []byte { return chat{}.ErrorBody(e) }
