package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/sse"
)

// Reply implements Dialect. A response that failed is returned as *Error.
func (responses) Reply(body []byte) (Reply, error) {
	top, ok := members(body)
	if !ok {
		return Reply{}, errors.New("upstream's answer is not a JSON object")
	}
	if e := responseError(body, top); e != nil {
		return Reply{}, e
	}
	r, ok := responseOf(body, top)
	if !ok {
		return Reply{}, errors.New("upstream's answer has no output")
	}
	r.Raw = body
	return r, nil
}

// responseOf reads a response object; ok is false when it has no output.
func responseOf(body []byte, top []member) (r Reply, ok bool) {
	r.Model, _ = stringOf(find(body, top, "model"))
	usage, cost := inputUsageOf(find(body, top, "usage"))
	if usage != nil {
		r.Usage, r.HasUsage = *usage, true
	}
	r.Cost = cost
	items, ok := elements(find(body, top, "output"))
	var text []byte
	calls := false
	for _, item := range items {
		list, _ := members(item)
		kind, _ := stringOf(find(item, list, "type"))
		switch {
		case kind == "message":
			parts, _ := elements(find(item, list, "content"))
			for _, part := range parts {
				inner, _ := members(part)
				words, _ := stringOf(find(part, inner, "text"))
				text = append(text, words...)
				refusal, _ := stringOf(find(part, inner, "refusal"))
				r.Refusal = r.Refusal || refusal != ""
				what, _ := stringOf(find(part, inner, "type"))
				r.Says = r.Says || !isTextPart(what) && !isTalk(what)
			}
		case isCall(kind):
			calls = true
		}
		r.Says = r.Says || !isTalk(kind)
	}
	r.Text = share(text)
	switch r.Finish = incompleteFor(body, top); {
	case r.Finish != "":
	case calls:
		r.Finish = "tool_calls"
	default:
		switch status, _ := stringOf(find(body, top, "status")); status {
		case "completed", "":
			r.Finish = "stop"
		case "queued", "in_progress":
			r.Says = true // its id is the answer: the caller asks for the rest by it
		}
	}
	r.Refusal = r.Refusal || r.Finish == "content_filter"
	return r, ok
}

// isCall says whether an output item asks the caller to do something.
func isCall(kind string) bool {
	switch kind {
	case "function_call", "custom_tool_call", "computer_call", "local_shell_call", "shell_call", "apply_patch_call", "mcp_approval_request":
		return true
	}
	return false
}

// incompleteFor is the finish reason of an incomplete response, "" of any other.
func incompleteFor(body []byte, top []member) string {
	if status, _ := stringOf(find(body, top, "status")); status != "incomplete" {
		return ""
	}
	details := find(body, top, "incomplete_details")
	inner, _ := members(details)
	if reason := finishOf(find(details, inner, "reason")); reason != "" {
		return reason
	}
	return "length"
}

// inputUsageOf is usageOf for the names of this API. A server that bridges to chat may have left chat's.
func inputUsageOf(raw []byte) (*Usage, string) {
	u, cost := usageOf(raw)
	if u == nil {
		return nil, ""
	}
	list, _ := members(raw)
	count := func(raw []byte, list []member, key string, dst *int) {
		if n, ok := intOf(find(raw, list, key)); ok {
			*dst = max(n, 0)
		}
	}
	nested := func(key, name string, dst *int) {
		v := find(raw, list, key)
		inner, _ := members(v)
		count(v, inner, name, dst)
	}
	count(raw, list, "input_tokens", &u.Prompt)
	count(raw, list, "output_tokens", &u.Completion)
	nested("input_tokens_details", "cached_tokens", &u.CachedPrompt)
	nested("output_tokens_details", "reasoning_tokens", &u.Reasoning)
	return u, cost
}

// responseError is errorOf for a response object or an error body. A failed response has no status of HTTP: that of its code stands for it, 400 for
// what is wrong with the request.
func responseError(body []byte, top []member) *Error {
	e := errorOf(body, top)
	status, _ := stringOf(find(body, top, "status"))
	if e == nil {
		if status != "failed" {
			return nil
		}
		e = &Error{Status: 500, Message: "the response failed without a reason", Code: "server_error"}
	}
	if e.Status == 0 && status == "failed" {
		e.Status = 400
	}
	return e
}

// Deltas implements Dialect. A Delta's Choice is a JSON array of events as they came. Events that say nothing yet, but that Stream.Pass needs to
// repeat an item under its own id, ride with the next that does. Nothing is read after response.completed or response.incomplete: some servers keep
// the connection open. A stream that ends before them is cut.
func (responses) Deltas(body io.Reader) iter.Seq2[Delta, error] {
	return func(yield func(Delta, error) bool) {
		r := eventReader{}
		for event, err := range sse.Read(body, maxEvent) {
			if err != nil {
				yield(Delta{}, err)
				return
			}
			if string(bytes.TrimSpace(event.Data)) == "[DONE]" {
				break
			}
			d, ok, err := r.read(event.Data)
			if err = namedError(event, err); err != nil {
				yield(Delta{}, err)
				return
			}
			if ok && !yield(d, nil) || r.finished {
				return
			}
		}
		yield(Delta{}, io.ErrUnexpectedEOF)
	}
}

// An eventReader turns the events of one stream into deltas.
type eventReader struct {
	pending  []byte // events that wait for the next delta, with a comma after each
	said     bool   // text came in deltas
	items    bool   // items other than messages came
	finished bool
}

// What becomes of an upstream's event.
type eventUse uint8

const (
	saysEvent  eventUse = iota // any event that is not in the table: where it belongs to an item, reasoning or a tool's, it is passed on with it
	textEvent                  // a delta of text
	earlyEvent                 // waits for the next
	itemEvent                  // early for messages, passed on for others
	endEvent                   // carries the whole response
	failEvent
	deadEvent // says nothing that we do not say ourselves
)

var eventUses = map[string]eventUse{
	"response.output_text.delta":  textEvent,
	"response.created":            earlyEvent,
	"response.output_item.added":  itemEvent,
	"response.output_item.done":   itemEvent,
	"response.completed":          endEvent,
	"response.incomplete":         endEvent,
	"response.failed":             failEvent,
	"error":                       failEvent,
	"":                            deadEvent,
	"response.queued":             deadEvent,
	"response.in_progress":        deadEvent,
	"response.content_part.added": deadEvent,
	"response.content_part.done":  deadEvent,
	"response.output_text.done":   deadEvent,
	"response.refusal.done":       deadEvent,
}

// read reads one event; ok is false when it gives no delta.
func (r *eventReader) read(data []byte) (d Delta, ok bool, err error) {
	if len(data) == 0 {
		return d, false, nil
	}
	var buf [12]member
	top, isObject := membersInto(buf[:0], data)
	if !isObject {
		return d, false, fmt.Errorf("upstream's stream has an event of %d bytes that is not a JSON object", len(data))
	}
	kind, _ := stringOf(find(data, top, "type"))
	use := eventUses[kind]
	if use == failEvent {
		return d, false, eventError(data, top)
	}
	if e := errorOf(data, top); e != nil {
		return d, false, e
	}
	switch use {
	case deadEvent:
		return d, false, nil
	case textEvent:
		text, _ := stringOf(find(data, top, "delta"))
		if text == "" {
			return d, false, nil
		}
		r.said = true
		d.Text = strings.Clone(text)
		if len(r.pending) > 0 {
			d.Choice = r.take(nil)
		}
		return d, true, nil
	case itemEvent:
		item := find(data, top, "item")
		list, _ := members(item)
		what, _ := stringOf(find(item, list, "type"))
		if what == "message" {
			r.wait(data)
			return d, false, nil
		}
		r.items, d.Says, d.Answers = true, true, !isTalk(what)
	case earlyEvent:
		r.wait(data)
		return d, false, nil
	case saysEvent:
		d.Refuses = kind == "response.refusal.delta"
		if d.Says = d.Refuses || ofItem(data, top); !d.Says {
			return d, false, nil // OpenAI's keepalive, and what is newer than this code
		}
	case endEvent:
		r.finished = true
		response := find(data, top, "response")
		list, _ := members(response)
		reply, _ := responseOf(response, list)
		d.Finish, d.Cost, d.Answers = reply.Finish, reply.Cost, reply.Says
		switch {
		case kind == "response.incomplete" && reply.Finish == "stop":
			d.Finish = "length"
		case reply.Refusal && reply.Text == "":
			d.Finish = "content_filter" // else it would look like an empty answer
		}
		if reply.HasUsage {
			d.Usage = &reply.Usage
		}
		if !r.said && reply.Text != "" { // a server that streams nothing but the end
			d.Text = reply.Text
		}
		if reply.Says && !r.items { // one that streams texts alone, as LiteLLM does for models that cannot stream
			d.Says = true
			r.missing(find(response, list, "output"))
		}
	}
	d.Choice = r.take(data)
	return d, true, nil
}

// missing keeps the events that an output's items would have had, messages apart.
func (r *eventReader) missing(output []byte) {
	items, _ := elements(output)
	for i, item := range items {
		list, _ := members(item)
		if kind, _ := stringOf(find(item, list, "type")); kind != "message" {
			itemEvents(i, item, r.wait)
		}
	}
}

// ofItem says whether an event is about an item of the output.
func ofItem(data []byte, top []member) bool {
	_, numbered := intOf(find(data, top, "output_index"))
	named, _ := stringOf(find(data, top, "item_id"))
	return numbered || named != ""
}

// wait keeps an event for the next delta.
func (r *eventReader) wait(data []byte) {
	if len(r.pending)+len(data) < maxEvent {
		r.pending = append(append(r.pending, data...), ',')
	}
}

// take makes an array of the events that wait and of one more, nil for none.
func (r *eventReader) take(data []byte) []byte {
	b := make([]byte, 0, len(r.pending)+len(data)+2)
	b = append(append(append(b, '['), r.pending...), data...)
	if len(data) == 0 {
		b = b[:len(b)-1]
	}
	r.pending = r.pending[:0]
	return append(b, ']')
}

// eventError reads an error event, whose error is an object of its own or spread over the event, or a failed response.
func eventError(data []byte, top []member) *Error {
	if response := find(data, top, "response"); !isNull(response) {
		list, _ := members(response)
		if e := responseError(response, list); e != nil {
			return e
		}
	}
	if e := errorOf(data, top); e != nil {
		return e
	}
	e := &Error{}
	e.Message, _ = stringOf(find(data, top, "message"))
	e.Param, _ = stringOf(find(data, top, "param"))
	e.Code, _ = stringOf(find(data, top, "code"))
	e.Status = failures[e.Code]
	if e.Message == "" {
		e.Message = "upstream's stream failed without a reason"
	}
	return e
}
