package wire

import (
	"math"
	"sync"
)

// Chat is OpenAI's chat completions, as LiteLLM speaks it.
func Chat() Dialect { return chat{} }

type chat struct{}

// Name implements Dialect.
func (chat) Name() string { return "chat" }

// Parse implements Dialect. It is stricter than most servers: names are case-sensitive, a name that matters may stand once, the body must be
// UTF-8 and nested less than 512 deep. What it refuses may still be a request that upstream answers, so it is forwarded.
// The body must not change while the Request is in use: its texts share the body's memory.
func (d chat) Parse(body []byte) (*Request, error) { return parsed(d.skim(body)) }

// One allocation holds a request of ordinary size; the slices move elsewhere when they outgrow it.
type chatRequest struct {
	chatReader
	fields   [14]member
	messages [6]Message
	parts    [6]Part
}

// chatRequests are those that Request.Recycle gave back, all zero.
var chatRequests = sync.Pool{New: func() any { return new(chatRequest) }}

func (chat) skim(body []byte) (*Request, error) {
	p := chatRequests.Get().(*chatRequest)
	r := &p.chatReader
	r.s.b, r.s.skims, r.table = body, true, chatTable
	r.req.fields, r.req.Messages, r.parts = p.fields[:0], p.messages[:0], p.parts[:0]
	r.req.Dialect, r.req.Body, r.req.home = chat{}, body, p
	if !r.request() {
		return nil, r.s.fault()
	}
	return &r.req, nil
}

type chatReader struct{ bodyReader }

func (r *chatReader) request() bool {
	s := &r.s
	if !r.object(r.field) {
		return false
	}
	if r.req.Model == "" {
		return s.fail("model is missing")
	}
	if len(r.req.Messages) == 0 {
		return s.fail("messages is missing")
	}
	r.oneCall()
	return true
}

// field reads the value of a top-level member.
func (r *chatReader) field(key string) bool {
	s, q := &r.s, &r.req
	switch key {
	case "model":
		return s.want('"', "model is not a string") && s.textTo(&q.Model)
	case "messages":
		return s.want('[', "messages is not an array") && r.messages()
	case "stream":
		return s.boolTo(&q.Stream, "stream is not a boolean")
	case "stream_options":
		return r.streamOptions()
	case "max_tokens", "max_completion_tokens":
		return r.maxTokens(key)
	case "response_format":
		return r.format()
	case "stop":
		return r.stop()
	case "metadata":
		return s.nullOr('{', "metadata is not an object") && s.value()
	}
	return s.value()
}

// want checks the first byte of the value that the scanner stands on.
func (s *scanner) want(c byte, msg string) bool {
	if s.i < len(s.b) && s.b[s.i] == c {
		return true
	}
	return s.fail(msg)
}

func (s *scanner) nullOr(c byte, msg string) bool {
	return s.i < len(s.b) && s.b[s.i] == 'n' || s.want(c, msg)
}

func (s *scanner) textTo(dst *string) (ok bool) {
	*dst, ok = s.text()
	return ok
}

// skimTo is textTo for what may be long: where the scanner skims, a text with escapes is left empty for Request.Decode.
func (s *scanner) skimTo(dst *string) bool {
	from := s.i + 1
	escaped, ok := s.str()
	if ok && !(escaped && s.skims) {
		*dst = decode(s.b[from:s.i-1], escaped)
	}
	return ok
}

func (s *scanner) boolTo(dst *bool, msg string) bool {
	if s.i < len(s.b) {
		switch s.b[s.i] {
		case 't':
			*dst = true
			return s.value()
		case 'f', 'n':
			return s.value()
		}
	}
	return s.fail(msg)
}

// maxTokens reads a limit, of which the least counts.
func (r *bodyReader) maxTokens(key string) bool {
	s := &r.s
	from := s.i
	if !s.value() {
		return false
	}
	raw := s.b[from:s.i]
	if isNull(raw) {
		return true
	}
	n, ok := intOf(raw)
	if !ok || n <= 0 {
		return s.fail(key + " is not a positive whole number")
	}
	if n = min(n, math.MaxInt32); r.req.MaxTokens == 0 || n < r.req.MaxTokens {
		r.req.MaxTokens = n
	}
	return true
}

func (r *chatReader) streamOptions() bool {
	s := &r.s
	if !s.nullOr('{', "stream_options is not an object") {
		return false
	}
	if s.b[s.i] == 'n' {
		return s.value()
	}
	s.open()
	twice := false
	for more := s.first('}'); more; more = s.next('}') {
		key, ok := s.key()
		if !ok {
			return false
		}
		if key != "include_usage" {
			ok = s.value()
		} else if ok = !twice && s.boolTo(&r.req.WantUsage, "include_usage is not a boolean"); ok {
			twice = true
		}
		if !ok {
			return s.fail("include_usage stands twice")
		}
	}
	return s.msg == ""
}

func (r *chatReader) format() bool {
	s := &r.s
	if !s.nullOr('{', "response_format is not an object") {
		return false
	}
	from := s.i
	if !s.value() {
		return false
	}
	raw := s.b[from:s.i]
	if isNull(raw) {
		return true
	}
	list, _ := members(raw)
	var ok bool
	if r.req.Format, ok = stringOf(find(raw, list, "type")); !ok {
		return s.fail("response_format has no type")
	}
	if schema := find(raw, list, "json_schema"); !isNull(schema) && schema[0] == '{' {
		inner, _ := members(schema)
		if v := find(schema, inner, "schema"); !isNull(v) {
			r.req.Schema = v
		}
	}
	return true
}

func (r *chatReader) stop() bool {
	s := &r.s
	from := s.i
	if !s.value() {
		return false
	}
	raw := s.b[from:s.i]
	if isNull(raw) {
		return true
	}
	if one, ok := stringOf(raw); ok {
		r.req.Stop = []string{one}
		return true
	}
	list, ok := elements(raw)
	for _, e := range list {
		one, isText := stringOf(e)
		ok = ok && isText
		r.req.Stop = append(r.req.Stop, one)
	}
	if !ok {
		return s.fail("stop is neither a string nor an array of strings")
	}
	return true
}

func (r *chatReader) messages() bool {
	s := &r.s
	s.open()
	for more := s.first(']'); more; more = s.next(']') {
		if !s.want('{', "a message is not an object") || !r.message() {
			return false
		}
	}
	return s.msg == ""
}

const (
	sawRole = 1 << iota
	sawContent
	sawToolCalls
	sawFunctionCall
)

// message reads the object of a message: its role, and by field what else there is. A member of which field returns a bit stands once; seen are their bits.
func (s *scanner) message(m *Message, field func(key string) (bit uint8, ok bool)) (seen uint8, _ bool) {
	s.open()
	for more := s.first('}'); more; more = s.next('}') {
		key, ok := s.key()
		if !ok {
			return 0, false
		}
		bit := uint8(sawRole)
		if key == "role" {
			ok = s.want('"', "a role is not a string") && s.textTo(&m.Role)
		} else {
			bit, ok = field(key)
		}
		if !ok {
			return 0, false
		}
		if seen&bit != 0 {
			return 0, s.fail("a message has " + key + " twice")
		}
		seen |= bit
	}
	return seen, s.msg == ""
}

func (r *chatReader) message() bool {
	s := &r.s
	m := Message{Start: s.i}
	_, ok := s.message(&m, func(key string) (bit uint8, ok bool) {
		switch key {
		case "content":
			m.Parts, ok = r.content()
			return sawContent, ok
		case "tool_calls", "function_call":
			if bit = sawToolCalls; key == "function_call" {
				bit = sawFunctionCall
			}
			from := s.i
			ok = s.value()
			m.Tools = m.Tools || ok && !isEmpty(s.b[from:s.i])
			return bit, ok
		}
		return 0, s.value()
	})
	if !ok {
		return false
	}
	if m.Role == "" {
		return s.fail("a message has no role")
	}
	m.Tools = m.Tools || m.Role == "tool" || m.Role == "function"
	m.End = s.i
	r.req.Messages = append(r.req.Messages, m)
	return true
}

// content reads a message's content. Parts of all messages share one backing array; when it moves, earlier messages keep the old one.
func (r *chatReader) content() ([]Part, bool) {
	s := &r.s
	if s.i >= len(s.b) {
		return nil, s.value()
	}
	from := len(r.parts)
	switch s.b[s.i] {
	case 'n':
		return nil, s.value()
	case '"':
		p := Part{Type: "text", Start: s.i}
		if !s.skimTo(&p.Text) {
			return nil, false
		}
		p.End = s.i
		r.parts = append(r.parts, p)
	case '[':
		s.open()
		for more := s.first(']'); more; more = s.next(']') {
			if !s.want('{', "a content part is not an object") || !r.part() {
				return nil, false
			}
		}
		if s.msg != "" {
			return nil, false
		}
	default:
		return nil, s.fail("a content is neither a string nor an array")
	}
	return r.parts[from:len(r.parts):len(r.parts)], true
}

func (r *chatReader) part() bool { return r.partOf(func(kind string) bool { return kind == "text" }) }

// partOf reads a content part; those whose type isText are texts.
func (r *chatReader) partOf(isText func(kind string) bool) bool {
	s := &r.s
	p := Part{Start: s.i}
	var text Part
	typed, found := false, false
	s.open()
	for more := s.first('}'); more; more = s.next('}') {
		key, ok := s.key()
		if !ok {
			return false
		}
		switch {
		case key == "type" && !typed:
			typed = true
			ok = s.want('"', "a content part's type is not a string") && s.textTo(&p.Type)
		case key == "text" && !found && s.i < len(s.b) && s.b[s.i] == '"':
			found = true
			text.Start = s.i
			ok = s.skimTo(&text.Text)
			text.End = s.i
		case key == "type", key == "text" && found:
			return s.fail("a content part has a field twice")
		default:
			ok = s.value()
		}
		if !ok {
			return false
		}
	}
	if s.msg != "" {
		return false
	}
	p.End = s.i
	if p.Type == "" && !r.untyped {
		return s.fail("a content part has no type")
	}
	if isText(p.Type) {
		if !found {
			return s.fail("a text part has no text")
		}
		p.Type, p.Text, p.Start, p.End = "text", text.Text, text.Start, text.End
	}
	r.parts = append(r.parts, p)
	return true
}
