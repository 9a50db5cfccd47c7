package wire

// content reads a message's content. Parts of all messages share one backing array; when it moves, earlier messages keep the old one.
func (r *messagesReader) content(m *Message) ([]Part, bool) {
	s := &r.s
	if s.i >= len(s.b) {
		return nil, s.value()
	}
	from := len(r.parts)
	switch s.b[s.i] {
	case '"':
		if !r.text(s) {
			return nil, false
		}
	case '[':
		if !r.blocks(s, m, 0) {
			return nil, false
		}
	default:
		return nil, s.fail("a content is neither a string nor an array")
	}
	return r.parts[from:len(r.parts):len(r.parts)], true
}

// text reads a string as a part.
func (r *messagesReader) text(s *scanner) bool {
	p := Part{Type: "text", Start: s.i}
	if !s.skimTo(&p.Text) {
		return false
	}
	p.End = s.i
	r.parts = append(r.parts, p)
	return true
}

// maxNesting bounds blocks inside blocks (a tool result has a document, whose source has blocks). Each level is read once more than the one
// around it; what is deeper is opaque.
const maxNesting = 3

func (r *messagesReader) blocks(s *scanner, m *Message, level int) bool {
	s.open()
	for more := s.first(']'); more; more = s.next(']') {
		if !s.want('{', "a content block is not an object") || !r.block(s, m, level) {
			return false
		}
	}
	return s.msg == ""
}

// A span is s.b[from:to]; from 0 says that there is none, as no value of a request starts at byte 0.
type span struct{ from, to int }

func (r *messagesReader) block(s *scanner, m *Message, level int) bool {
	p := Part{Start: s.i}
	var text Part
	var source, content, citations span
	s.open()
	for more := s.first('}'); more; more = s.next('}') {
		key, ok := s.key()
		if !ok {
			return false
		}
		var v *span
		switch key {
		case "type":
			if p.Type != "" {
				return s.fail("a content block has type twice")
			}
			if !s.want('"', "a content block's type is not a string") || !s.textTo(&p.Type) {
				return false
			}
			continue
		case "text":
			if text.Start != 0 {
				return s.fail("a content block has text twice")
			}
			if s.i < len(s.b) && s.b[s.i] == '"' {
				text.Start = s.i
				if !s.skimTo(&text.Text) {
					return false
				}
				text.End = s.i
				continue
			}
		case "source":
			v = &source
		case "content":
			v = &content
		case "citations":
			v = &citations
		}
		from := s.i
		if !s.value() {
			return false
		}
		if v != nil {
			if v.from != 0 {
				return s.fail("a content block has " + key + " twice")
			}
			*v = span{from, s.i}
		}
	}
	if s.msg != "" {
		return false
	}
	p.End = s.i
	if p.Type == "" {
		return s.fail("a content block has no type")
	}
	kind := blockKinds[p.Type].kind
	if kind == toolingBlock || kind == resultBlock {
		m.Tools = true
	}
	switch kind {
	case thoughtBlock:
		return true
	case textualBlock:
		if text.Start == 0 {
			return s.fail("a text block has no text")
		}
		p.Text, p.Start, p.End = text.Text, text.Start, text.End
	case documentBlock:
		r.cited(s.b[citations.from:citations.to])
		if source.from != 0 && r.source(s, m, source, level) {
			return true
		}
	case nestedBlock, resultBlock:
		r.cited(s.b[citations.from:citations.to])
		if content.from != 0 && r.inner(s, m, content.from, level) {
			return true
		}
	}
	r.parts = append(r.parts, p)
	return true
}

// cited binds a request whose block asks for citations.
func (r *messagesReader) cited(raw []byte) {
	list, _ := members(raw)
	if isTrue(find(raw, list, "enabled")) {
		r.bind("citations")
	}
}

// source reads a document's source, and says whether it gave parts: its text, or the blocks of its content.
func (r *messagesReader) source(s *scanner, m *Message, at span, level int) bool {
	raw := s.b[at.from:at.to]
	var buf [6]member
	list, ok := membersInto(buf[:0], raw)
	if !ok {
		return false
	}
	kind, _ := stringOf(find(raw, list, "type"))
	for i := len(list) - 1; i >= 0; i-- {
		switch {
		case kind == "text" && list[i].key == "data" && raw[list[i].start] == '"':
			return r.text(&scanner{b: s.b, i: at.from + list[i].start, skims: s.skims})
		case kind == "content" && list[i].key == "content":
			return r.inner(s, m, at.from+list[i].start, level)
		}
	}
	return false
}

// inner reads a content inside a block. When it is not what the API allows, or too deep, nothing is added.
func (r *messagesReader) inner(outer *scanner, m *Message, at, level int) bool {
	s := &scanner{b: outer.b, i: at, skims: outer.skims}
	from := len(r.parts)
	switch {
	case s.b[at] == '"':
		return r.text(s)
	case s.b[at] == '[' && level < maxNesting && r.blocks(s, m, level+1):
		return len(r.parts) > from
	}
	r.parts = r.parts[:from]
	return false
}
