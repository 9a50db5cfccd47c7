package wire

import "strconv"

// Whole implements Dialect: what the response's stream would have been, each text and each argument in one delta.
func (responses) Whole(r Reply) []Delta {
	top, _ := members(r.Raw)
	items, ok := elements(find(r.Raw, top, "output"))
	if !ok {
		return bareDelta(r)
	}
	var reader eventReader
	var out []Delta
	read := func(event []byte) {
		if d, ok, err := reader.read(event); ok && err == nil {
			out = append(out, d)
		}
	}
	if id := find(r.Raw, top, "id"); !isNull(id) {
		read(append(append([]byte(`{"type":"response.created","response":{"id":`), id...), `}}`...))
	}
	for i, item := range items {
		itemEvents(i, item, read)
	}
	kind := "response.completed"
	if status, _ := stringOf(find(r.Raw, top, "status")); status == "incomplete" {
		kind = "response." + status
	}
	read(append(append([]byte(`{"type":"`+kind+`","response":`), r.Raw...), '}'))
	return out
}

// grown are the members of items that a stream fills by events of their own, and the names of those up to ".delta" or ".done".
var grown = map[string]struct{ member, event string }{
	"function_call":         {"arguments", "response.function_call_arguments"},
	"mcp_call":              {"arguments", "response.mcp_call_arguments"},
	"custom_tool_call":      {"input", "response.custom_tool_call_input"},
	"code_interpreter_call": {"code", "response.code_interpreter_call_code"},
}

// itemEvents gives the events that a stream would have had of item i of the output.
func itemEvents(i int, item []byte, event func([]byte)) {
	list, ok := members(item)
	if !ok {
		return
	}
	kind, _ := stringOf(find(item, list, "type"))
	id := find(item, list, "id")
	if isNull(id) {
		id = []byte(`""`)
	}
	of := func(kind string) []byte { // the item: its number alone
		b := append(append([]byte(`{"type":"`), kind...), `","output_index":`...)
		return strconv.AppendInt(b, int64(i), 10)
	}
	in := func(kind string) []byte { // something in it
		return append(append(of(kind), `,"item_id":`...), id...)
	}
	end := func(b []byte, key string, value []byte) {
		b = append(append(append(b, `,"`...), key...), `":`...)
		event(append(append(b, value...), '}'))
	}
	fill, grows := grown[kind]
	value := find(item, list, fill.member)
	grows = grows && len(value) > 0 && value[0] == '"'
	p := splicer{src: item}
	if find(item, list, "status") != nil {
		p.set(len(item), list, "status", []byte(`"in_progress"`))
	}
	if grows {
		p.set(len(item), list, fill.member, []byte(`""`))
	}
	end(of("response.output_item.added"), "item", p.bytes())
	if grows {
		end(in(fill.event+".delta"), "delta", value)
		end(in(fill.event+".done"), fill.member, value)
	}
	if kind == "message" {
		parts, _ := elements(find(item, list, "content"))
		for k, part := range parts {
			inner, _ := members(part)
			at := func(kind string) []byte {
				return strconv.AppendInt(append(in(kind), `,"content_index":`...), int64(k), 10)
			}
			if text := find(part, inner, "text"); len(text) > 0 && text[0] == '"' {
				end(at("response.output_text.delta"), "delta", text)
			}
			if refusal := find(part, inner, "refusal"); len(refusal) > 0 && refusal[0] == '"' {
				end(at("response.refusal.delta"), "delta", refusal)
			}
			annotations, _ := elements(find(part, inner, "annotations"))
			for n, a := range annotations {
				b := append(at("response.output_text.annotation.added"), `,"annotation_index":`...)
				end(strconv.AppendInt(b, int64(n), 10), "annotation", a)
			}
		}
	}
	end(of("response.output_item.done"), "item", item)
}
