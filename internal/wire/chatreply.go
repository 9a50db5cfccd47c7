package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/haiku-planner/haikuplanner/internal/sse"
)

// maxEvent bounds one event of an upstream's stream, in bytes.
const maxEvent = 16 << 20

// finishes maps the finish reasons of servers that let their provider's words through. Others are kept.
var finishes = map[string]string{
	"function_call": "tool_calls", "tool_use": "tool_calls",
	"max_tokens": "length", "MAX_TOKENS": "length", "max_output_tokens": "length", "model_length": "length",
	"end_turn": "stop", "stop_sequence": "stop", "eos": "stop", "eos_token": "stop", "STOP": "stop",
	"content_filtered": "content_filter", "safety": "content_filter", "SAFETY": "content_filter", "refusal": "content_filter",
}

func finishOf(raw []byte) string {
	word, _ := stringOf(raw)
	if word == "null" { // of servers that write what they do not know as text
		return ""
	}
	if mapped, ok := finishes[word]; ok {
		return mapped
	}
	return word
}

// Reply implements Dialect. It takes what servers really send: content null or an array of parts, usage absent, numbers as floats. An error
// object is returned as *Error; a body without a choice is an error.
func (chat) Reply(body []byte) (Reply, error) {
	var few, some [8]member
	r, choice, inner, err := firstOf(body, few[:0])
	if err != nil {
		return r, err
	}
	message := find(choice, inner, "message")
	list, _ := membersInto(some[:0], message)
	r.Text = contentOf(find(message, list, "content"))
	refusal, _ := stringOf(find(message, list, "refusal"))
	if refusal == "" { // LiteLLM puts the provider's there
		beside := find(message, list, "provider_specific_fields")
		inside, _ := members(beside)
		refusal, _ = stringOf(find(beside, inside, "refusal"))
	}
	r.Refusal = refusal != "" || r.Finish == "content_filter"
	for _, m := range list {
		_, answers := saysOf(m.key, message[m.start:m.end])
		r.Says = r.Says || answers
	}
	return r, nil
}

// firstOf reads what answers of chat completions and of their predecessor have in common, and returns the first choice with its members, which are appended to list.
func firstOf(body []byte, list []member) (r Reply, choice []byte, inner []member, err error) {
	var buf [12]member
	top, ok := membersInto(buf[:0], body)
	if !ok {
		return r, nil, nil, errors.New("upstream's answer is not a JSON object")
	}
	if e := errorOf(body, top); e != nil {
		return r, nil, nil, e
	}
	if choice = firstChoice(find(body, top, "choices")); choice == nil {
		return r, nil, nil, errors.New("upstream's answer has no choice")
	}
	r.Raw = body
	r.Model, _ = stringOf(find(body, top, "model"))
	usage, cost := usageOf(find(body, top, "usage"))
	if usage != nil {
		r.Usage, r.HasUsage = *usage, true
	}
	r.Cost = cost
	inner, _ = membersInto(list, choice)
	r.Finish = finishOf(find(choice, inner, "finish_reason"))
	return r, choice, inner, nil
}

// firstChoice returns the choice of index 0 out of an array of choices, nil when there is none.
func firstChoice(raw []byte) []byte {
	s := scanner{b: raw}
	if s.peek() != '[' || !s.open() {
		return nil
	}
	for more := s.first(']'); more; more = s.next(']') {
		from := s.i
		if !s.value() {
			return nil
		}
		c := raw[from:s.i]
		var buf [8]member
		inner, ok := membersInto(buf[:0], c)
		if !ok {
			continue
		}
		if n, given := intOf(find(c, inner, "index")); !given || n == 0 {
			return c
		}
	}
	return nil
}

// contentOf reads a content: a string, or the texts of an array of parts.
func contentOf(raw []byte) string {
	if text, ok := stringOf(raw); ok {
		return text
	}
	var b []byte
	list, _ := elements(raw)
	for _, part := range list {
		if text, ok := stringOf(part); ok {
			b = append(b, text...)
			continue
		}
		inner, _ := members(part)
		text, _ := stringOf(find(part, inner, "text"))
		b = append(b, text...)
	}
	return share(b)
}

// usageOf reads a usage object and its cost; nil when there is none.
func usageOf(raw []byte) (*Usage, string) {
	var buf [12]member
	list, ok := membersInto(buf[:0], raw)
	if !ok {
		return nil, ""
	}
	count := func(raw []byte, list []member, key string) int {
		n, _ := intOf(find(raw, list, key))
		return max(n, 0)
	}
	nested := func(key, name string) int {
		v := find(raw, list, key)
		var buf [8]member
		inner, _ := membersInto(buf[:0], v)
		return count(v, inner, name)
	}
	u := &Usage{
		Prompt:       count(raw, list, "prompt_tokens"),
		Completion:   count(raw, list, "completion_tokens"),
		CachedPrompt: nested("prompt_tokens_details", "cached_tokens"),
		Reasoning:    nested("completion_tokens_details", "reasoning_tokens"),
	}
	cost := find(raw, list, "cost")
	if text, ok := stringOf(cost); ok {
		return u, text
	}
	if isNull(cost) || cost[0] != '-' && (cost[0] < '0' || cost[0] > '9') {
		return u, ""
	}
	return u, string(cost)
}

// Deltas implements Dialect. The texts and choices of a Delta are its own. After a finish reason, and no more text, the stream is whole, however it ends: several servers
// send no mark, and some reset the connection. It is read on for the usage, up to the mark. Without a finish reason it is cut, mark or not, since gateways
// put the mark behind whatever broke off; unless the last frame before the mark counted the usage, as servers do that finish and do not say why, or no frame
// knew of finish reasons, not even null: then the server never says more than the mark.
func (chat) Deltas(body io.Reader) iter.Seq2[Delta, error] { return deltasOf(body, deltaOf) }

// deltasOf reads the stream of chat completions, or of their predecessor, frame by frame.
func deltasOf(body io.Reader, read func(data []byte) (d Delta, ok bool, err error)) iter.Seq2[Delta, error] {
	return func(yield func(Delta, error) bool) {
		finished, ended, counted, reasons, says := false, false, false, false, false
		for event, err := range sse.Read(body, maxEvent) {
			if err != nil {
				if !finished {
					yield(Delta{}, err)
				}
				return
			}
			if string(bytes.TrimSpace(event.Data)) == "[DONE]" {
				finished = ended || counted || says && !reasons
				break
			}
			d, ok, err := read(event.Data)
			if err = namedError(event, err); err != nil {
				yield(Delta{}, err)
				return
			}
			finished = d.Finish != "" || finished && d.Text == ""
			ended = ended || finished
			counted = d.Usage != nil && d.Text == "" && !d.Says
			reasons, says = reasons || d.reasons, says || d.Text != "" || d.Says
			if ok && !yield(d, nil) {
				return
			}
		}
		if !finished {
			yield(Delta{}, io.ErrUnexpectedEOF)
		}
	}
}

// deltaOf reads one frame; ok is false when it says nothing (a provider's ping).
func deltaOf(data []byte) (d Delta, ok bool, err error) {
	if len(data) == 0 {
		return d, false, nil
	}
	body := append([]byte(nil), data...)
	var buf [12]member
	top, isObject := membersInto(buf[:0], body)
	if !isObject {
		return d, false, fmt.Errorf("upstream's stream has an event of %d bytes that is not a JSON object", len(data))
	}
	if e := errorOf(body, top); e != nil {
		return d, false, e
	}
	d.Usage, d.Cost = usageOf(find(body, top, "usage"))
	d.Choice = firstChoice(find(body, top, "choices"))
	if d.Choice != nil {
		var buf, bufDelta [8]member
		inner, _ := membersInto(buf[:0], d.Choice)
		reason := find(d.Choice, inner, "finish_reason")
		d.Finish, d.reasons = finishOf(reason), reason != nil
		delta := find(d.Choice, inner, "delta")
		list, _ := membersInto(bufDelta[:0], delta)
		d.Text = contentOf(find(delta, list, "content"))
		for _, m := range list {
			says, answers := saysOf(m.key, delta[m.start:m.end])
			d.Says, d.Answers, d.Refuses = d.Says || says, d.Answers || answers, d.Refuses || says && m.key == "refusal"
		}
	}
	return d, d.Choice != nil || d.Usage != nil, nil
}
