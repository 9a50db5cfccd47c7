package wire

// Messages is Anthropic's Messages API, as LiteLLM serves it under /v1/messages.
//
// Its system field reads as a leading message of role "system", so the first of the caller's own messages may be Request.Messages[1]; edits of that
// message change the field. A text document, a search result and a tool result show their texts as text parts of the message that has them.
func Messages() Dialect { return messages{} }

type messages struct{}

// Name implements Dialect.
func (messages) Name() string { return "messages" }

func (messages) idPrefix() string { return "msg_" }

// Parse implements Dialect, as strictly as chat's does. max_tokens is required; 0, which only warms the provider's cache, is one call's to honour.
// WantUsage is always set: a stream of this API always carries usage.
func (d messages) Parse(body []byte) (*Request, error) { return parsed(d.skim(body)) }

func (messages) skim(body []byte) (*Request, error) {
	var p = new(struct {
		messagesReader
		fields   [14]member
		messages [6]Message
		parts    [8]Part
	})
	r := &p.messagesReader
	r.s.b, r.s.skims, r.table = body, true, messagesTable
	r.req.fields, r.req.Messages, r.parts = p.fields[:0], p.messages[:1], p.parts[:0] // the first message is kept for the system field
	r.req.Dialect, r.req.Body, r.req.WantUsage = messages{}, body, true
	if !r.request() {
		return nil, r.s.fault()
	}
	return &r.req, nil
}

type messagesReader struct {
	bodyReader
	system bool // the system field has a text
}

func (r *messagesReader) request() bool {
	s := &r.s
	if !r.object(r.field) {
		return false
	}
	if !r.system {
		r.req.Messages = r.req.Messages[1:]
	}
	switch {
	case r.req.Model == "":
		return s.fail("model is missing")
	case len(r.turns()) == 0:
		return s.fail("messages is missing")
	case r.req.MaxTokens == 0:
		return s.fail("max_tokens is missing")
	}
	r.oneCall()
	return true
}

// turns are the caller's own messages, without the system field's.
func (r *messagesReader) turns() []Message {
	if r.system {
		return r.req.Messages[1:]
	}
	return r.req.Messages
}

// field reads the value of a top-level member.
func (r *messagesReader) field(key string) bool {
	s, q := &r.s, &r.req
	switch key {
	case "model":
		return s.want('"', "model is not a string") && s.textTo(&q.Model)
	case "messages":
		return s.want('[', "messages is not an array") && r.messages()
	case "system":
		return r.systemText()
	case "stream":
		return s.boolTo(&q.Stream, "stream is not a boolean")
	case "max_tokens":
		return r.maxTokens(key)
	case "stop_sequences":
		return r.stops()
	case "output_config":
		return r.format("format")
	case "output_format":
		return r.format("")
	case "metadata", "litellm_metadata", "thinking":
		return s.nullOr('{', "metadata, litellm_metadata or thinking is not an object") && s.value()
	}
	return s.value()
}

func (r *messagesReader) stops() bool {
	s := &r.s
	from := s.i
	if !s.nullOr('[', "stop_sequences is not an array") || !s.value() {
		return false
	}
	list, _ := elements(s.b[from:s.i])
	for _, e := range list {
		one, ok := stringOf(e)
		if !ok {
			return s.fail("stop_sequences has something that is not a string")
		}
		r.req.Stop = append(r.req.Stop, one)
	}
	return true
}

// format reads an output format, or the member of that name which holds one.
func (r *messagesReader) format(member string) bool {
	s := &r.s
	from := s.i
	if !s.nullOr('{', "output_format or output_config is not an object") || !s.value() {
		return false
	}
	raw := s.b[from:s.i]
	list, _ := members(raw)
	if member != "" {
		raw = find(raw, list, member)
		list, _ = members(raw)
	}
	if word, ok := stringOf(find(raw, list, "type")); ok {
		r.req.Format = word
	}
	if v := find(raw, list, "schema"); !isNull(v) {
		r.req.Schema = v
	}
	return true
}

// systemText reads the system field into the first message.
func (r *messagesReader) systemText() bool {
	s := &r.s
	if s.i < len(s.b) && s.b[s.i] == 'n' {
		return s.value()
	}
	m := Message{Role: "system", Start: s.i}
	var ok bool
	if m.Parts, ok = r.content(&m); !ok {
		return false
	}
	m.End = s.i
	r.req.Messages[0], r.system = m, true
	return true
}

func (r *messagesReader) messages() bool {
	s := &r.s
	s.open()
	for more := s.first(']'); more; more = s.next(']') {
		if !s.want('{', "a message is not an object") || !r.message() {
			return false
		}
	}
	return s.msg == ""
}

func (r *messagesReader) message() bool {
	s := &r.s
	m := Message{Start: s.i}
	seen, ok := s.message(&m, func(key string) (bit uint8, ok bool) {
		if key == "content" {
			m.Parts, ok = r.content(&m)
			return sawContent, ok
		}
		return 0, s.value()
	})
	if !ok {
		return false
	}
	if m.Role == "" || seen&sawContent == 0 {
		return s.fail("a message lacks role or content")
	}
	m.End = s.i
	r.req.Messages = append(r.req.Messages, m)
	return true
}
