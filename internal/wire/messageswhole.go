package wire

import (
	"strconv"
	"strings"
)

// Whole implements Dialect: each block's start without what grows in it, that as one delta, its stop; then the stop reason.
func (messages) Whole(r Reply) []Delta {
	top, _ := members(r.Raw)
	content, ok := elements(find(r.Raw, top, "content"))
	if !ok {
		return bareDelta(r)
	}
	var count messagesCount
	var out []Delta
	event := func(kind string, index int, rest []byte) {
		b := append(append(make([]byte, 0, len(rest)+len(kind)+40), `{"type":"`...), kind...)
		b = append(b, '"')
		if index >= 0 {
			b = strconv.AppendInt(append(b, `,"index":`...), int64(index), 10)
		}
		if d, _, err := messagesEvent(append(append(b, rest...), '}'), &count); err == nil {
			out = append(out, d)
		}
	}
	for i, block := range content {
		start, deltas := unfilled(block)
		event("content_block_start", i, append([]byte(`,"content_block":`), start...))
		for _, delta := range deltas {
			event("content_block_delta", i, delta)
		}
		event("content_block_stop", i, nil)
	}
	b := []byte(`,"delta":{`)
	for i, key := range []string{"stop_reason", "stop_sequence"} {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, key), ':')
		if value := find(r.Raw, top, key); isNull(value) {
			b = append(b, `null`...)
		} else {
			b = append(b, value...)
		}
	}
	event("message_delta", -1, append(b, '}'))
	return out
}

// unfilled takes out of a block what a stream adds to it after its start: text, citations, thoughts and their signature, and the input of tools.
func unfilled(block []byte) (start []byte, deltas [][]byte) {
	list, _ := members(block)
	kind, _ := stringOf(find(block, list, "type"))
	p := splicer{src: block}
	add := func(kind, key string, value []byte) {
		b := append(append([]byte(`,"delta":{"type":"`), kind...), `","`...)
		b = append(append(b, key...), `":`...)
		deltas = append(deltas, append(append(b, value...), '}'))
	}
	grows := func(key string) {
		if value := find(block, list, key); len(value) > len(`""`) && value[0] == '"' {
			p.set(len(block), list, key, []byte(`""`))
			add(key+"_delta", key, value)
		}
	}
	switch {
	case kind == "text":
		grows("text")
		if citations, _ := elements(find(block, list, "citations")); len(citations) > 0 {
			p.set(len(block), list, "citations", []byte(`[]`))
			for _, c := range citations {
				add("citations_delta", "citation", c)
			}
		}
	case kind == "thinking":
		grows("thinking")
		grows("signature")
	case strings.HasSuffix(kind, "tool_use"):
		if input := find(block, list, "input"); !isEmpty(input) {
			p.set(len(block), list, "input", []byte(`{}`))
			add("input_json_delta", "partial_json", appendString(nil, string(input)))
		}
	}
	return p.bytes(), deltas
}
