package wire

import (
	"cmp"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/sse"
)

// Completions is OpenAI's older completions API: one prompt text in, one text out. LiteLLM serves it over every model.
//
// The prompt reads as one user message. A list of several prompts, or of token numbers, asks for what only one call can give: Request.OneCall then
// names "prompt".
func Completions() Dialect { return completions{} }

type completions struct{}

// completionTable is chatFields for this API.
var completionTable = tableOf([]field{
	{"model", combined, nil, "the final call names the caller's model, the others their own"},
	{"prompt", forward, notOnePrompt, "the material is cut from here; several prompts want an answer each, and token numbers cannot be cut at boundaries of text"},
	{"suffix", forward, filled, "the model fills a gap between prompt and suffix: both sides must be its own"},
	{"echo", forward, isTrue, "the answer begins with the prompt, which no call of a decomposed request has seen whole"},
	{"best_of", forward, notOne, "as n"},
	{"logprobs", forward, notNull, "a number here: probabilities of a stitched answer would be invented, and 0 asks for them too"},
}, "messages", "top_logprobs", "text_completion")

// notOnePrompt: anything but a text or a list of one text.
func notOnePrompt(raw []byte) bool {
	if len(raw) > 0 && raw[0] == '[' {
		list, _ := elements(raw)
		return len(list) != 1 || list[0][0] != '"'
	}
	return len(raw) == 0 || raw[0] != '"'
}

// Name implements Dialect.
func (completions) Name() string { return "completions" }

func (completions) idPrefix() string { return "cmpl-" }

// Parse implements Dialect, as strictly as chat's does.
func (d completions) Parse(body []byte) (*Request, error) { return parsed(d.skim(body)) }

func (completions) skim(body []byte) (*Request, error) {
	var p = new(struct {
		completionsReader
		fields   [14]member
		messages [1]Message
		parts    [1]Part
	})
	r := &p.completionsReader
	r.s.b, r.s.skims, r.table = body, true, completionTable
	r.req.fields, r.req.Messages, r.parts = p.fields[:0], p.messages[:0], p.parts[:0]
	r.req.Dialect, r.req.Body = completions{}, body
	if !r.object(r.field) || !r.complete() {
		return nil, r.s.fault()
	}
	return &r.req, nil
}

type completionsReader struct{ chatReader }

func (r *completionsReader) complete() bool {
	switch {
	case r.req.Model == "":
		return r.s.fail("model is missing")
	case len(r.req.Messages) == 0:
		return r.s.fail("prompt is missing")
	}
	r.oneCall()
	if prompts := len(r.req.Messages[0].Parts); prompts > 1 {
		r.req.Answers = max(r.req.Answers, 1) * min(prompts, mostAnswers)
	}
	return true
}

func (r *completionsReader) field(key string) bool {
	if key == "prompt" {
		return r.prompt()
	}
	return r.chatReader.field(key)
}

// prompt reads the prompt as a user message: each text a part, or a list that is not all texts as one part of type "tokens".
func (r *completionsReader) prompt() bool {
	s := &r.s
	m := Message{Role: "user", Start: s.i}
	texts := true
	one := func() bool {
		if texts = texts && s.i < len(s.b) && s.b[s.i] == '"'; !texts {
			return s.value()
		}
		p := Part{Type: "text", Start: s.i}
		if !s.skimTo(&p.Text) {
			return false
		}
		p.End = s.i
		r.parts = append(r.parts, p)
		return true
	}
	switch s.peek() {
	case '"':
		if !one() {
			return false
		}
	case '[':
		s.open()
		for more := s.first(']'); more; more = s.next(']') {
			if !one() {
				return false
			}
		}
		if s.msg != "" {
			return false
		}
	default:
		return s.fail("prompt is neither a text nor a list")
	}
	m.End = s.i
	if !texts {
		r.parts = append(r.parts[:0], Part{Type: "tokens", Start: m.Start, End: m.End})
	}
	if len(r.parts) == 0 {
		return s.fail("prompt is an empty list")
	}
	m.Parts = r.parts
	r.req.Messages = append(r.req.Messages, m)
	return true
}

// Call implements Dialect. System and user text make one prompt. A schema goes into response_format, which is no field of OpenAI's here, but which
// LiteLLM hands on to the chat models of other providers; where it is refused (by LiteLLM itself before OpenAI's API) it goes into the prompt in words.
func (completions) Call(b []byte, r *Request, c Call) []byte {
	b = append(b, `{"model":`...)
	b = appendString(b, c.Model)
	b = append(b, `,"prompt":`...)
	prompt := c.System
	if c.Schema != nil && slices.Contains(c.Drop, "response_format") {
		prompt = withSchema(prompt, c.Schema)
	}
	b = appendPieces(b, join(prompt, c.User...))
	b = appendSettings(b, c)
	b = completionTable.appendForAll(b, r)
	return append(b, '}')
}

// Edit implements Dialect. Without edits it returns r.Raw(). A turn that is appended follows the prompt's last text after a blank line,
// whoever speaks in it: this API knows no roles.
func (completions) Edit(r *Request, e Edit) []byte {
	p := splicer{src: r.Body, inPlace: r.inPlace}
	editFields(&p, r, e, "max_tokens", "max_completion_tokens")
	var more []string
	for _, t := range e.Append {
		more = append(more, t.Text)
	}
	last := -1
	for i, part := range r.Messages[0].Parts {
		if part.Type == "text" {
			last = i
		}
	}
	for i, part := range r.Messages[0].Parts {
		if part.Type != "text" {
			continue
		}
		text, edited := e.Texts[At{0, i}]
		if e.Drop[0] {
			text, edited = "", true
		}
		switch {
		case i == last && len(more) > 0 && edited:
			if text != "" {
				text += "\n\n"
			}
			p.text(part.Start, part.End, text+strings.Join(more, "\n\n"))
		case i == last && len(more) > 0: // the caller's own bytes stay
			p.raw(part.End-1, part.End, append(appendInside(nil, "\n\n"+strings.Join(more, "\n\n")), '"'))
		case edited:
			p.text(part.Start, part.End, text)
		}
	}
	if e.Stream != nil {
		editStream(&p, r, r.bodyEnd(), e)
	}
	return p.bytes()
}

// Reply implements Dialect.
func (completions) Reply(body []byte) (Reply, error) {
	var few [8]member
	r, choice, inner, err := firstOf(body, few[:0])
	if err != nil {
		return r, err
	}
	r.Text, _ = stringOf(find(choice, inner, "text"))
	r.Refusal = r.Finish == "content_filter"
	return r, nil
}

// Deltas implements Dialect: chat's stream with a text where chat has a delta.
func (completions) Deltas(body io.Reader) iter.Seq2[Delta, error] {
	return deltasOf(body, completionDelta)
}

func completionDelta(data []byte) (Delta, bool, error) {
	d, ok, err := deltaOf(data)
	if d.Choice != nil {
		var buf [8]member
		list, _ := membersInto(buf[:0], d.Choice)
		d.Text, _ = stringOf(find(d.Choice, list, "text"))
	}
	return d, ok, err
}

// Whole implements Dialect: a choice of this API is the same in a stream.
func (completions) Whole(r Reply) []Delta {
	d, ok, err := completionDelta(r.Raw)
	if !ok || err != nil {
		return bareDelta(r)
	}
	d.Usage, d.Cost = nil, ""
	return []Delta{d}
}

// Answer implements Dialect, as chat's does.
func (completions) Answer(a Answer) []byte {
	if a.Base != nil {
		if b, ok := completionFrom(a); ok {
			return b
		}
	}
	b := make([]byte, 0, 512+len(a.Text)+len(a.Text)/16+len(a.Planner))
	b = appendHead(append(b, '{'), a.Head, "text_completion")
	b = append(b, `,"choices":[{"text":`...)
	b = appendString(b, a.Text)
	b = append(b, `,"index":0,"logprobs":null,"finish_reason":`...)
	b = appendString(b, cmp.Or(a.Finish, "stop"))
	return appendEnd(append(b, '}'), a.Usage, a.Planner)
}

// completionFrom edits the final call's body.
func completionFrom(a Answer) ([]byte, bool) {
	p := splicer{src: a.Base}
	choice, inner, from := editBase(&p, a)
	if choice == nil {
		return nil, false
	}
	if a.Finish != "" {
		p.set(from+len(choice), inner, "finish_reason", appendString(nil, a.Finish))
	}
	if a.SetText {
		p.set(from+len(choice), inner, "text", appendString(nil, a.Text))
	}
	return p.bytes(), true
}

// ErrorBody implements Dialect.
func (completions) ErrorBody(e *Error) []byte { return chat{}.ErrorBody(e) }

// Stream implements Dialect.
func (completions) Stream(w io.Writer, h Head) Stream {
	head := appendHead([]byte{'{'}, h, "text_completion")
	return &completionStream{chunkStream{w: w, head: append(head, `,"choices":[`...)}}
}

// completionStream writes chunks of one shape: a text, empty in those that keep alive and in the one that ends.
type completionStream struct{ chunkStream }

// chunk appends an event with one choice; logprobs nil and finish "" are null.
func (c *completionStream) chunk(text string, logprobs []byte, finish string) {
	c.data = append(append(c.data[:0], c.head...), `{"text":`...)
	c.data = append(appendString(c.data, text), `,"index":0,"logprobs":`...)
	if isNull(logprobs) {
		c.data = append(c.data, `null`...)
	} else {
		from := len(c.data)
		c.data = append(c.data, logprobs...)
		oneLine(c.data[from:])
	}
	c.data = append(c.data, `,"finish_reason":`...)
	c.data = append(appendOrNull(c.data, finish), `}]}`...)
	c.out = sse.Append(c.out, "", c.data)
}

// KeepAlive writes a chunk with an empty text.
func (c *completionStream) KeepAlive() error {
	if c.ended {
		return errEnded
	}
	c.chunk("", nil, "")
	return c.flush()
}

// Text writes nothing for "".
func (c *completionStream) Text(s string) error {
	if c.ended {
		return errEnded
	}
	if s == "" {
		return nil
	}
	c.chunk(s, nil, "")
	return c.flush()
}

// Pass writes the delta's text, with its log probabilities where it has any.
func (c *completionStream) Pass(d Delta) error {
	var buf [8]member
	list, _ := membersInto(buf[:0], d.Choice)
	logprobs := find(d.Choice, list, "logprobs")
	if c.ended || isNull(logprobs) {
		return c.Text(d.Text)
	}
	c.chunk(d.Text, logprobs, "")
	return c.flush()
}

// Finish writes the finish reason, "stop" for "", the usage where it is wanted, and the end mark.
func (c *completionStream) Finish(finish string, wantUsage bool, u Usage, planner []byte) error {
	if c.ended {
		return errEnded
	}
	c.chunk("", nil, cmp.Or(finish, "stop"))
	return c.end(wantUsage, u, planner)
}
