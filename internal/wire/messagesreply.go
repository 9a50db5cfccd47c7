package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/haiku-planner/haikuplanner/internal/sse"
)

// pausedTurn is a stop reason that only server tools cause: the caller sends the answer back, and the model goes on.
const pausedTurn = "pause_turn"

// stopOf maps a stop reason; pausedTurn is kept.
func stopOf(raw []byte) string {
	if word, _ := stringOf(raw); word == "model_context_window_exceeded" {
		return "length"
	}
	return finishOf(raw)
}

// Reply implements Dialect. An error object is returned as *Error; a body without content is an
// error.
func (messages) Reply(body []byte) (Reply, error) {
	top, ok := members(body)
	if !ok {
		return Reply{}, errors.New("upstream's answer is not a JSON object")
	}
	if e := errorOf(body, top); e != nil {
		return Reply{}, e
	}
	r := Reply{Raw: body}
	r.Model, _ = stringOf(find(body, top, "model"))
	var count messagesCount
	r.HasUsage = count.read(find(body, top, "usage"))
	r.Usage, r.Cost = count.usage(), count.cost
	content := find(body, top, "content")
	if len(content) == 0 || content[0] != '[' {
		return Reply{}, errors.New("upstream's answer has no content")
	}
	r.Text = textOfBlocks(content)
	r.Finish = stopOf(find(body, top, "stop_reason"))
	r.Refusal = r.Finish == "content_filter"
	r.Says = r.Finish == pausedTurn
	blocks, _ := elements(content)
	for _, raw := range blocks {
		inner, _ := members(raw)
		kind, _ := stringOf(find(raw, inner, "type"))
		r.Says = r.Says || answersInBlock(kind)
	}
	return r, nil
}

// textOfBlocks joins the texts of text blocks. One that stands alone shares the memory of content.
func textOfBlocks(content []byte) string {
	var text string
	var joined []byte
	list, _ := elements(content)
	for _, raw := range list {
		var buf [6]member
		inner, _ := membersInto(buf[:0], raw)
		if kind, _ := stringOf(find(raw, inner, "type")); kind != "text" {
			continue
		}
		t, _ := stringOf(find(raw, inner, "text"))
		switch {
		case joined != nil:
			joined = append(joined, t...)
		case text == "":
			text = t
		default:
			joined = append(append(joined, text...), t...)
		}
	}
	if joined != nil {
		return share(joined)
	}
	return text
}

// A messagesCount is what the usage objects of one answer have said. Those of a stream repeat each other: message_start has the prompt's counts,
// from some servers as zero, and message_delta has the sums so far.
type messagesCount struct {
	input, written, cached, output, thinking int
	cost                                     string
}

// read takes over what a usage object says, and says whether it is one. A zero does not undo an earlier count.
func (c *messagesCount) read(raw []byte) bool {
	var buf [10]member
	list, ok := membersInto(buf[:0], raw)
	if !ok {
		return false
	}
	take := func(dst *int, raw []byte) {
		if n, ok := intOf(raw); ok && n > 0 {
			*dst = n
		}
	}
	take(&c.input, find(raw, list, "input_tokens"))
	take(&c.written, find(raw, list, "cache_creation_input_tokens"))
	take(&c.cached, find(raw, list, "cache_read_input_tokens"))
	take(&c.output, find(raw, list, "output_tokens"))
	details := find(raw, list, "output_tokens_details")
	inner, _ := members(details)
	take(&c.thinking, find(details, inner, "thinking_tokens"))
	if _, cost := usageOf(raw); cost != "" {
		c.cost = cost
	}
	return true
}

func (c *messagesCount) usage() Usage {
	return Usage{Prompt: c.input + c.written + c.cached, Completion: c.output, CachedPrompt: c.cached, WrittenPrompt: c.written, Reasoning: c.thinking}
}

// Deltas implements Dialect. The Choice of a Delta is the event itself, for those that are about content and for message_delta. Usage is the sum so
// far. The texts and events of a Delta are its own. After a stop reason the stream is whole, however it ends; without one it is cut, message_stop or not.
func (messages) Deltas(body io.Reader) iter.Seq2[Delta, error] {
	return func(yield func(Delta, error) bool) {
		var count messagesCount
		finished := false
		for event, err := range sse.Read(body, maxEvent) {
			if err != nil {
				if !finished {
					yield(Delta{}, err)
				}
				return
			}
			if len(event.Data) == 0 {
				continue
			}
			if string(bytes.TrimSpace(event.Data)) == "[DONE]" {
				break
			}
			d, kind, err := messagesEvent(event.Data, &count)
			if err = namedError(event, err); err != nil {
				yield(Delta{}, err)
				return
			}
			finished = finished || d.Finish != ""
			if says := d.Choice != nil || d.Usage != nil || d.Text != "" || d.Finish != ""; says && !yield(d, nil) {
				return
			}
			if kind == "message_stop" {
				break
			}
		}
		if !finished {
			yield(Delta{}, io.ErrUnexpectedEOF)
		}
	}
}

// messagesEvent reads one event. Those that say nothing (ping, and what is newer than this code and not about content) give an empty Delta.
func messagesEvent(data []byte, count *messagesCount) (d Delta, kind string, err error) {
	body := append([]byte(nil), data...)
	var buf, bufInner [10]member
	top, ok := membersInto(buf[:0], body)
	if !ok {
		return d, "", fmt.Errorf("upstream's stream has an event of %d bytes that is not a JSON object", len(data))
	}
	kind, _ = stringOf(find(body, top, "type"))
	if kind == "error" || kind == "" {
		if e := errorOf(body, top); e != nil {
			return d, kind, e
		}
	}
	switch kind {
	case "content_block_delta":
		d.Choice = body
		delta := find(body, top, "delta")
		inner, _ := membersInto(bufInner[:0], delta)
		if what, _ := stringOf(find(delta, inner, "type")); what == "text_delta" {
			d.Text, _ = stringOf(find(delta, inner, "text"))
		} else {
			d.Says = true
		}
	case "content_block_start":
		d.Choice = body
		block := find(body, top, "content_block")
		inner, _ := membersInto(bufInner[:0], block)
		if what, _ := stringOf(find(block, inner, "type")); what == "text" {
			d.Text, _ = stringOf(find(block, inner, "text"))
		} else {
			d.Says, d.Answers = true, answersInBlock(what)
		}
	case "content_block_stop":
		d.Choice = body
	case "message_start":
		message := find(body, top, "message")
		inner, _ := membersInto(bufInner[:0], message)
		d.take(count, find(message, inner, "usage"))
	case "message_delta":
		d.Choice = body
		delta := find(body, top, "delta")
		inner, _ := membersInto(bufInner[:0], delta)
		d.Finish = stopOf(find(delta, inner, "stop_reason"))
		d.Answers = d.Finish == pausedTurn
		d.take(count, find(body, top, "usage"))
	case "message": // LiteLLM sends a whole answer as one event where a guardrail stopped the call
		reply, err := messages{}.Reply(body)
		if err != nil {
			return d, kind, err
		}
		d.Text, d.Finish, d.Answers = reply.Text, reply.Finish, reply.Says
		d.take(count, find(body, top, "usage"))
	default:
		if e := bareError(body, top); e != nil {
			return d, kind, e
		}
	}
	return d, kind, nil
}

func (d *Delta) take(count *messagesCount, usage []byte) {
	if count.read(usage) {
		u := count.usage()
		d.Usage, d.Cost = &u, count.cost
	}
}
