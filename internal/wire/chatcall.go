package wire

import (
	"slices"
	"strconv"
)

// Call implements Dialect. The order of the fields is fixed, so that equal calls are equal bytes. Beside the caller's fields for all calls
// it sets temperature 0; a seed would add nothing for one sample at temperature 0, and several providers refuse it.
func (chat) Call(b []byte, r *Request, c Call) []byte {
	b = append(b, `{"model":`...)
	b = appendString(b, c.Model)
	b = append(b, `,"messages":[`...)
	if len(c.System) > 0 {
		b = append(b, `{"role":"system","content":`...)
		b = appendPieces(b, c.System)
		b = append(b, `},`...)
	}
	b = append(b, `{"role":"user","content":`...)
	b = appendPieces(b, c.User)
	b = append(b, `}]`...)
	b = appendSettings(b, c)
	b = chatTable.appendForAll(b, r)
	return append(b, '}')
}

// appendSettings appends what chat completions and their predecessor call by the same names.
func appendSettings(b []byte, c Call) []byte {
	dropped := func(name string) bool { return slices.Contains(c.Drop, name) }
	if c.MaxTokens > 0 {
		if dropped("max_tokens") {
			b = append(b, `,"max_completion_tokens":`...)
		} else {
			b = append(b, `,"max_tokens":`...)
		}
		b = strconv.AppendInt(b, int64(c.MaxTokens), 10)
	}
	if !dropped("temperature") {
		b = append(b, `,"temperature":0`...)
	}
	if c.Schema != nil && !dropped("response_format") {
		b = append(b, `,"response_format":{"type":"json_schema","json_schema":{"name":`...)
		b = appendString(b, c.Schema.Name)
		b = append(b, `,"strict":true,"schema":`...)
		b = append(b, c.Schema.JSON...)
		b = append(b, `}}`...)
	}
	if c.Stream {
		b = append(b, `,"stream":true`...)
		if !dropped("stream_options") {
			b = append(b, `,"stream_options":{"include_usage":true}`...)
		}
	}
	return b
}

func appendTurn(b []byte, t Turn) []byte {
	b = append(b, `{"role":`...)
	b = appendString(b, t.Role)
	b = append(b, `,"content":`...)
	b = appendString(b, t.Text)
	return append(b, '}')
}

// Edit implements Dialect. Without edits it returns r.Raw(). Texts at parts that are not text, or that do not exist, are ignored.
// Stream false also takes stream_options out, which servers refuse without stream.
func (chat) Edit(r *Request, e Edit) []byte {
	p := splicer{src: r.Body, inPlace: r.inPlace}
	editFields(&p, r, e, "max_tokens", "max_completion_tokens")
	for at, text := range e.Texts {
		if part := r.part(at); part != nil && part.Type == "text" && !e.Drop[at.Message] {
			p.text(part.Start, part.End, text)
		}
	}
	editTurns(&p, r.Messages, e)
	if e.Stream != nil {
		editStream(&p, r, r.bodyEnd(), e)
	}
	return p.bytes()
}

func (r *Request) part(at At) *Part {
	if at.Message < 0 || at.Message >= len(r.Messages) || at.Part < 0 || at.Part >= len(r.Messages[at.Message].Parts) {
		return nil
	}
	return &r.Messages[at.Message].Parts[at.Part]
}

// editTurns drops messages with the comma after them, and replaces whatever follows the last one kept by the turns appended.
func editTurns(p *splicer, list []Message, e Edit) {
	kept := len(list) - 1
	for kept >= 0 && e.Drop[kept] {
		kept--
	}
	for i := 0; i < kept; i++ {
		if e.Drop[i] {
			p.raw(list[i].Start, list[i+1].Start, nil)
		}
	}
	var added []byte
	for i, t := range e.Append {
		if i > 0 || kept >= 0 {
			added = append(added, ',')
		}
		added = appendTurn(added, t)
	}
	from := list[0].Start
	if kept >= 0 {
		from = list[kept].End
	}
	if to := list[len(list)-1].End; to > from || len(added) > 0 {
		p.raw(from, to, added)
	}
}

func editStream(p *splicer, r *Request, end int, e Edit) {
	options := slices.IndexFunc(r.fields, func(f member) bool { return f.key == "stream_options" })
	if !*e.Stream {
		if r.Stream {
			p.set(end, r.fields, "stream", []byte("false"))
		}
		if options >= 0 {
			p.remove(r.fields, options)
		}
		return
	}
	if !r.Stream {
		p.set(end, r.fields, "stream", []byte("true"))
	}
	switch {
	case r.WantUsage, slices.Contains(e.Without, "stream_options"):
	case options < 0:
		p.add(end, r.fields, "stream_options", []byte(`{"include_usage":true}`))
	default:
		f := r.fields[options]
		value := r.Body[f.start:f.end]
		if isNull(value) {
			p.raw(f.start, f.end, []byte(`{"include_usage":true}`))
			return
		}
		inner, _ := within(r.Body, value)
		p.set(f.end, inner, "include_usage", []byte("true"))
	}
}
