package wire

import (
	"bytes"
	"strings"
)

// frame is up to how many bytes between a message's parts say nothing but its role and their types.
const frame = 64

// besides are fields at the top of a request that a model reads as a part of its prompt.
var besides = map[string]bool{"tools": true, "functions": true, "response_format": true, "text": true, "output_format": true, "output_config": true, "prediction": true, "documents": true}

// Besides is what a model reads of a request besides its texts: the JSON of tools, schemas, tool calls and thoughts; how many tokens stand there as numbers; and how many
// parts are something else, such as images. The JSON shares the body's memory.
func (r *Request) Besides() (json []string, tokens, others int) {
	add := func(from, to, least int) {
		if to-from > least {
			json = append(json, share(r.Body[from:to]))
		}
	}
	for _, f := range r.fields {
		if besides[f.key] {
			add(f.start, f.end, 0)
		}
	}
	for i := range r.Messages {
		m := &r.Messages[i]
		at := m.Start
		for _, p := range m.Parts {
			switch {
			case p.Type == "text":
			case p.Type == "tokens" && bytes.IndexByte(r.Body[p.Start:p.End], '"') < 0:
				tokens += 1 + bytes.Count(r.Body[p.Start:p.End], []byte(","))
				at = p.End
			case strings.Contains(p.Type, "_use"), strings.Contains(p.Type, "call"), strings.Contains(p.Type, "thinking"), p.Type == "tokens":
				add(p.Start, p.End, 0)
			default:
				others++
			}
			if p.Start >= at {
				add(at, p.Start, frame)
				at = p.End
			}
		}
		add(at, m.End, frame)
	}
	return json, tokens, others
}
