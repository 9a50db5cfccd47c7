package wire

// Responses is OpenAI's Responses API, as LiteLLM serves it under /v1/responses.
//
// Its instructions read as a leading message of role "system", so the caller's own items may begin with Request.Messages[1]; edits of that message change
// the field. An input that is one text reads as one user message, and becomes a list when turns are appended. Items of tools are messages too, with Tools
// set; a reasoning item belongs to the message after it.
func Responses() Dialect { return responses{} }

type responses struct{}

// Name implements Dialect.
func (responses) Name() string { return "responses" }

func (responses) idPrefix() string { return "resp_" }

// Parse implements Dialect, as strictly as chat's does. WantUsage is always set: the last event of a stream of this API always carries usage.
func (d responses) Parse(body []byte) (*Request, error) { return parsed(d.skim(body)) }

func (responses) skim(body []byte) (*Request, error) {
	var p = new(struct {
		responsesReader
		fields   [14]member
		messages [6]Message
		parts    [6]Part
	})
	r := &p.responsesReader
	r.s.b, r.s.skims, r.table, r.untyped = body, true, responsesTable, true
	r.req.fields, r.req.Messages, r.parts = p.fields[:0], p.messages[:1], p.parts[:0] // the first message is kept for the instructions
	r.req.Dialect, r.req.Body, r.req.WantUsage = responses{}, body, true
	if !r.object(r.field) || !r.complete() {
		return nil, r.s.fault()
	}
	return &r.req, nil
}

type responsesReader struct {
	chatReader
	instructed bool // instructions are given
	stored     bool // an item names something kept upstream
	thought    int  // where a reasoning item starts that waits for its message; 0: none does
}

func (r *responsesReader) complete() bool {
	q := &r.req
	if q.Model == "" {
		return r.s.fail("model is missing")
	}
	if len(q.Messages) < 2 {
		return r.s.fail("input is missing")
	}
	if !r.instructed {
		q.Messages = q.Messages[1:]
	}
	if r.stored {
		r.bind("input")
	}
	r.oneCall()
	return true
}

// field reads the value of a top-level member.
func (r *responsesReader) field(key string) bool {
	s, q := &r.s, &r.req
	switch key {
	case "model":
		return s.want('"', "model is not a string") && s.textTo(&q.Model)
	case "instructions":
		return r.instructions()
	case "input":
		return r.input()
	case "stream":
		return s.boolTo(&q.Stream, "stream is not a boolean")
	case "max_output_tokens":
		return r.maxTokens(key)
	case "text":
		return r.textFormat()
	case "metadata":
		return s.nullOr('{', "metadata is not an object") && s.value()
	}
	return s.value()
}

func (r *responsesReader) instructions() bool {
	s := &r.s
	if !s.nullOr('"', "instructions is not a string") {
		return false
	}
	if s.b[s.i] == 'n' {
		return s.value()
	}
	// This part is not cut out of r.parts, whose tail the input may be using already.
	p := Part{Type: "text", Start: s.i}
	if !s.skimTo(&p.Text) {
		return false
	}
	p.End = s.i
	r.req.Messages[0] = Message{Role: "system", Parts: []Part{p}, Start: p.Start, End: p.End}
	r.instructed = true
	return true
}

func (r *responsesReader) textFormat() bool {
	s := &r.s
	if !s.nullOr('{', "text is not an object") {
		return false
	}
	from := s.i
	if !s.value() {
		return false
	}
	raw := s.b[from:s.i]
	outer, _ := members(raw)
	format := find(raw, outer, "format")
	if isNull(raw) || isNull(format) {
		return true
	}
	list, _ := members(format)
	var ok bool
	if r.req.Format, ok = stringOf(find(format, list, "type")); !ok {
		return s.fail("text.format has no type")
	}
	if v := find(format, list, "schema"); !isNull(v) {
		r.req.Schema = v
	}
	return true
}

// input reads a text, as one user message, or a list of items.
func (r *responsesReader) input() bool {
	s := &r.s
	switch s.peek() {
	case '"':
		m := Message{Role: "user", Start: s.i}
		var ok bool
		if m.Parts, ok = r.content(); !ok {
			return false
		}
		m.End = s.i
		r.req.Messages = append(r.req.Messages, m)
		return true
	case '[':
	default:
		return s.fail("input is neither a text nor a list")
	}
	s.open()
	for more := s.first(']'); more; more = s.next(']') {
		if !s.want('{', "an input item is not an object") || !r.item() {
			return false
		}
	}
	if s.msg != "" {
		return false
	}
	if r.thought > 0 { // reasoning that nothing follows: one call must see it as it stands
		r.req.Messages = append(r.req.Messages, Message{Role: "assistant", Tools: true, Start: r.thought, End: r.thoughtEnd()})
	}
	return true
}

// thoughtEnd is where the list's last item ends.
func (r *responsesReader) thoughtEnd() int {
	end := r.s.i - 1
	for r.s.b[end-1] != '}' {
		end--
	}
	return end
}

// item reads one input item.
func (r *responsesReader) item() bool {
	s := &r.s
	m := Message{Start: s.i}
	kind, typed, reads := messageItem, "", 0
	var output []Part
	s.open()
	for more := s.first('}'); more; more = s.next('}') {
		key, ok := s.key()
		if !ok {
			return false
		}
		switch key {
		case "type":
			reads++
			if ok = s.nullOr('"', "an item's type is not a string"); ok && s.b[s.i] == '"' {
				ok = s.textTo(&typed)
			} else if ok {
				ok = s.value()
			}
		case "role":
			ok = m.Role == "" && s.want('"', "a role is not a string") && s.textTo(&m.Role) || s.fail("a role stands twice")
		case "content":
			ok = m.Parts == nil || s.fail("a content stands twice")
			if ok {
				m.Parts, ok = r.itemContent()
			}
		case "output":
			ok = output == nil || s.fail("an output stands twice")
			if ok {
				output, ok = r.itemContent()
			}
		default:
			ok = s.value()
		}
		if !ok {
			return false
		}
	}
	switch {
	case s.msg != "":
		return false
	case reads > 1:
		return s.fail("an item's type stands twice")
	case typed != "":
		var ok bool
		if kind, ok = itemKinds[typed]; !ok {
			kind = toolItem
		}
		if kind == messageItem && m.Role == "" {
			return s.fail("a message has no role")
		}
	case m.Role == "":
		kind = storedItem // an id alone
	}
	m.End = s.i
	switch kind {
	case reasoningItem:
		if r.thought == 0 {
			r.thought = m.Start
		}
		return true
	case outputItem:
		m.Role, m.Parts, m.Tools = "tool", output, true
	case toolItem, storedItem:
		m.Role, m.Parts, m.Tools = "assistant", nil, kind == toolItem
		r.stored = r.stored || kind == storedItem
	}
	if r.thought > 0 {
		m.Start, r.thought = r.thought, 0
	}
	r.req.Messages = append(r.req.Messages, m)
	return true
}

// itemContent reads a text or a list of parts, which of an output may also be an object or missing. What names a text of the conversation is a
// part of type "text": input_text, output_text.
func (r *responsesReader) itemContent() ([]Part, bool) {
	s := &r.s
	if s.i < len(s.b) && (s.b[s.i] == '{' || s.b[s.i] == 't' || s.b[s.i] == 'f') {
		return nil, s.value() // computer_call_output and the like
	}
	if s.i >= len(s.b) || s.b[s.i] != '[' {
		return r.content()
	}
	from := len(r.parts)
	s.open()
	for more := s.first(']'); more; more = s.next(']') {
		if s.i < len(s.b) && s.b[s.i] != '{' {
			if !s.value() {
				return nil, false
			}
			continue
		}
		if !r.partOf(isTextPart) {
			return nil, false
		}
	}
	if s.msg != "" {
		return nil, false
	}
	return r.parts[from:len(r.parts):len(r.parts)], true
}

// textParts are the types of parts that hold a text.
var textParts = map[string]bool{"input_text": true, "output_text": true, "text": true}

func isTextPart(kind string) bool { return textParts[kind] }
