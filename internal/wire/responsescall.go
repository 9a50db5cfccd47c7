package wire

import (
	"slices"
	"strconv"
)

// Call implements Dialect. The order of the fields is fixed, so that equal calls are equal bytes. Nothing of it is stored upstream. Beside
// chat's names, Drop understands "text" and "max_output_tokens".
func (responses) Call(b []byte, r *Request, c Call) []byte {
	dropped := func(name string) bool { return slices.Contains(c.Drop, name) }
	b = append(b, `{"model":`...)
	b = appendString(b, c.Model)
	if len(c.System) > 0 {
		b = append(b, `,"instructions":`...)
		b = appendPieces(b, c.System)
	}
	b = append(b, `,"input":`...)
	b = appendPieces(b, c.User)
	if c.MaxTokens > 0 && !dropped("max_output_tokens") {
		b = append(b, `,"max_output_tokens":`...)
		b = strconv.AppendInt(b, int64(c.MaxTokens), 10)
	}
	if !dropped("temperature") {
		b = append(b, `,"temperature":0`...)
	}
	if c.Schema != nil && !dropped("response_format") && !dropped("text") {
		b = append(b, `,"text":{"format":{"type":"json_schema","name":`...)
		b = appendString(b, c.Schema.Name)
		b = append(b, `,"strict":true,"schema":`...)
		b = append(b, c.Schema.JSON...)
		b = append(b, `}}`...)
	}
	if !dropped("store") {
		b = append(b, `,"store":false`...)
	}
	if c.Stream {
		b = append(b, `,"stream":true`...)
	}
	b = responsesTable.appendForAll(b, r)
	return append(b, '}')
}

// Edit implements Dialect. Without edits it returns r.Raw(). Texts at parts that are not text, or that do not exist, are ignored; dropping the
// message of the instructions takes the field out. An input that is one text becomes a list when turns are appended.
func (responses) Edit(r *Request, e Edit) []byte {
	p := splicer{src: r.Body, inPlace: r.inPlace}
	turns, later := r.Messages, e
	instructions := r.leadingField("instructions")
	if instructions >= 0 {
		turns, later.Drop = turns[1:], shifted(e.Drop)
	}
	listed := r.Body[turns[0].Start] != '"'
	if !listed && (later.Drop[0] || len(e.Append) > 0) {
		inList(&p, turns[0], later)
	}
	editFields(&p, r, e, "max_output_tokens") // after inList: what it adds may stand where the input ends
	for at, text := range e.Texts {
		if part := r.part(at); part != nil && part.Type == "text" && !e.Drop[at.Message] {
			p.text(part.Start, part.End, text)
		}
	}
	if listed {
		editTurns(&p, turns, later)
	}
	removed := func(i int) bool {
		return i == instructions && e.Drop[0] || r.fields[i].key == "stream_options" && e.Stream != nil && !*e.Stream
	}
	removeFields(&p, r.fields, removed)
	if e.Stream != nil && *e.Stream != r.Stream {
		p.set(r.bodyEnd(), r.fields, "stream", strconv.AppendBool(nil, *e.Stream))
	}
	return p.bytes()
}

// removeFields takes out the members that removed names, with a comma each. At least one stays.
func removeFields(p *splicer, list []member, removed func(i int) bool) {
	kept := len(list) - 1
	for kept >= 0 && removed(kept) {
		kept--
	}
	for i := 0; i < kept; i++ {
		if removed(i) {
			p.raw(list[i].name, list[i+1].name, nil)
		}
	}
	if last := len(list) - 1; 0 <= kept && kept < last {
		p.raw(list[kept].end, list[last].end, nil)
	}
}

// inList makes a list of an input that is one text.
func inList(p *splicer, m Message, e Edit) {
	if e.Drop[0] {
		b := []byte{'['}
		for i, t := range e.Append {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendTurn(b, t)
		}
		p.raw(m.Start, m.End, append(b, ']'))
		return
	}
	p.raw(m.Start, m.Start, []byte(`[{"role":"user","content":`))
	b := []byte{'}'}
	for _, t := range e.Append {
		b = appendTurn(append(b, ','), t)
	}
	p.raw(m.End, m.End, append(b, ']'))
}
