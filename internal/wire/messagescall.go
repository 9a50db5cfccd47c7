package wire

import (
	"slices"
	"strconv"
)

// defaultMaxTokens is the limit of a call of ours that has none, since the API wants one, and of one whose own limit the model refused: what every
// Claude model can give.
const defaultMaxTokens = 4096

// underSchema asks for JSON where the API cannot be told to give it. Only newer Claude models take output_format, LiteLLM hands it on to all of them,
// and a refusal names no parameter that could be dropped; words are understood by every model behind this path.
const underSchema = "Answer with one JSON value that is valid under this JSON schema, without words or a code fence around it. The schema, named "

// withSchema puts a schema into the system text.
func withSchema(system []string, s *Schema) []string {
	return join(system, underSchema, s.Name, ":\n", string(s.JSON))
}

// join puts a blank line between pieces and more, where there is something before it.
func join(pieces []string, more ...string) []string {
	if len(pieces) > 0 {
		pieces = append(pieces[:len(pieces):len(pieces)], "\n\n")
	}
	return append(pieces, more...)
}

// Call implements Dialect. The order of the fields is fixed, so that equal calls are equal bytes. A schema is put into the system text. max_tokens
// cannot be dropped: it becomes defaultMaxTokens at most.
func (messages) Call(b []byte, r *Request, c Call) []byte {
	system := c.System
	if c.Schema != nil {
		system = withSchema(system, c.Schema)
	}
	b = append(b, `{"model":`...)
	b = appendString(b, c.Model)
	b = append(b, `,"max_tokens":`...)
	limit := c.MaxTokens
	if limit <= 0 || limit > defaultMaxTokens && slices.Contains(c.Drop, "max_tokens") {
		limit = defaultMaxTokens
	}
	b = strconv.AppendInt(b, int64(limit), 10)
	if len(system) > 0 {
		b = append(b, `,"system":`...)
		b = appendPieces(b, system)
	}
	b = append(b, `,"messages":[{"role":"user","content":`...)
	b = appendPieces(b, c.User)
	b = append(b, `}]`...)
	if !slices.Contains(c.Drop, "temperature") {
		b = append(b, `,"temperature":0`...)
	}
	if c.Stream {
		b = append(b, `,"stream":true`...)
	}
	b = messagesTable.appendForAll(b, r)
	return append(b, '}')
}

// Edit implements Dialect. Without edits it returns r.Raw(). Texts at parts that are not text, or that do not exist, are ignored; dropping the
// message of the system field takes the field out. Where the turn that the conversation began with is dropped, a user turn of no content stands in
// for it if it must: the API wants the user first. A thinking budget that a lower MaxTokens no longer has room for shrinks with it.
func (messages) Edit(r *Request, e Edit) []byte {
	p := splicer{src: r.Body, inPlace: r.inPlace}
	end := r.bodyEnd()
	if e.Model != "" {
		p.set(end, r.fields, "model", appendString(nil, e.Model))
	}
	for at, text := range e.Texts {
		if part := r.part(at); part != nil && part.Type == "text" && !e.Drop[at.Message] {
			p.text(part.Start, part.End, text)
		}
	}
	turns := r.Messages
	if i := r.leadingField("system"); i >= 0 {
		if e.Drop[0] {
			p.remove(r.fields, i)
		}
		turns = turns[1:]
		e.Drop = shifted(e.Drop)
	}
	userFirst(&p, turns, &e)
	editTurns(&p, turns, e)
	if e.MaxTokens > 0 {
		p.set(end, r.fields, "max_tokens", strconv.AppendInt(nil, int64(e.MaxTokens), 10))
		fitThinking(&p, r, e.MaxTokens)
	}
	if e.Stream != nil && *e.Stream != r.Stream {
		p.set(end, r.fields, "stream", strconv.AppendBool(nil, *e.Stream))
	}
	return p.bytes()
}

// leadingField is the index of the field of that name if the first message was read from it; else -1.
func (r *Request) leadingField(key string) int {
	return slices.IndexFunc(r.fields, func(f member) bool { return f.key == key && r.Messages[0].Start == f.start })
}

// shifted numbers the messages from the second one on.
func shifted(drop map[int]bool) map[int]bool {
	out := make(map[int]bool, len(drop))
	for i, d := range drop {
		out[i-1] = d
	}
	return out
}

// leftOut is the text of the turn that stands for those dropped from the beginning.
const leftOut = "[…]"

func userFirst(p *splicer, list []Message, e *Edit) {
	first := 0
	for first < len(list) && e.Drop[first] {
		first++
	}
	if first == 0 || list[0].Role != "user" {
		return
	}
	if first < len(list) {
		if at := list[first].Start; list[first].Role != "user" {
			p.raw(at, at, append(appendTurn(nil, Turn{"user", leftOut}), ','))
		}
		return
	}
	if len(e.Append) > 0 && e.Append[0].Role != "user" {
		e.Append = append([]Turn{{"user", leftOut}}, e.Append...)
	}
}

// leastThinking is the smallest budget that the API takes, in tokens (Anthropic's page on extended thinking).
const leastThinking = 1024

// fitThinking keeps thinking.budget_tokens below a lower max_tokens, as the API demands: half of it is left for the answer. Where that is less than
// thinking needs, it is switched off.
func fitThinking(p *splicer, r *Request, limit int) {
	thinking := find(r.Body, r.fields, "thinking")
	list, from := within(r.Body, thinking)
	budget, ok := intOf(find(r.Body, list, "budget_tokens"))
	if !ok || budget < limit {
		return
	}
	if limit/2 < leastThinking {
		p.raw(from, from+len(thinking), []byte(`{"type":"disabled"}`))
		return
	}
	p.set(from+len(thinking), list, "budget_tokens", strconv.AppendInt(nil, int64(limit/2), 10))
}
