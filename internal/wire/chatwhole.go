package wire

import "strconv"

// bareDelta is what can be told of a reply that has nothing but its text.
func bareDelta(r Reply) []Delta { return []Delta{{Text: r.Text, Finish: r.Finish}} }

// Whole implements Dialect: the choice with its message as a delta.
func (chat) Whole(r Reply) []Delta {
	top, _ := members(r.Raw)
	choice := firstChoice(find(r.Raw, top, "choices"))
	list, ok := members(choice)
	if !ok {
		return bareDelta(r)
	}
	b := append(make([]byte, 0, len(choice)+len(choice)/16+64), `{"choices":[{"index":0,"delta":`...)
	b = appendAsDelta(b, find(choice, list, "message"))
	for _, m := range list {
		if m.key != "index" && m.key != "message" && m.key != "delta" {
			b = append(append(b, ','), choice[m.name:m.end]...)
		}
	}
	d, _, err := deltaOf(append(b, `}]}`...))
	if err != nil {
		return bareDelta(r)
	}
	return []Delta{d}
}

// appendAsDelta appends a message as a delta: the same members, but tool calls have a number, by which clients put their pieces together.
func appendAsDelta(b, message []byte) []byte {
	list, _ := members(message)
	b = append(b, '{')
	for i, m := range list {
		if i > 0 {
			b = append(b, ',')
		}
		calls, ok := elements(message[m.start:m.end])
		if m.key != "tool_calls" || !ok {
			b = append(b, message[m.name:m.end]...)
			continue
		}
		b = append(b, `"tool_calls":[`...)
		for k, call := range calls {
			if k > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(append(b, `{"index":`...), int64(k), 10)
			inner, _ := members(call)
			for _, f := range inner {
				if f.key != "index" {
					b = append(append(b, ','), call[f.name:f.end]...)
				}
			}
			b = append(b, '}')
		}
		b = append(b, ']')
	}
	return append(b, '}')
}
