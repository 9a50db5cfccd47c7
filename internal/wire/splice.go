package wire

import "slices"

// A splice replaces src[start:end].
type splice struct {
	start, end int
	raw        []byte // put there
	text       string // put there as a JSON string when quoted
	quoted     bool
}

// A splicer collects changes to a JSON text and applies them in one copy. What it does not touch keeps its bytes.
type splicer struct {
	src     []byte
	inPlace []inPlace // texts that stand decoded in src
	list    []splice
}

// raw replaces src[start:end] by JSON.
func (p *splicer) raw(start, end int, json []byte) {
	p.list = append(p.list, splice{start: start, end: end, raw: json})
}

// text replaces src[start:end] by a JSON string.
func (p *splicer) text(start, end int, s string) {
	p.list = append(p.list, splice{start: start, end: end, text: s, quoted: true})
}

// add puts `"key":json` at the end of the object src[start:end], which has the members given (positions in src).
func (p *splicer) add(end int, list []member, key string, json []byte) {
	at := end - 1 // the closing brace
	var b []byte
	if len(list) > 0 {
		at = list[len(list)-1].end
		b = append(b, ',')
	}
	b = append(appendString(b, key), ':')
	p.raw(at, at, append(b, json...))
}

// set replaces the value of the last member called key, or adds one.
func (p *splicer) set(end int, list []member, key string, json []byte) {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].key == key {
			p.raw(list[i].start, list[i].end, json)
			return
		}
	}
	p.add(end, list, key, json)
}

// remove takes out member i together with one comma.
func (p *splicer) remove(list []member, i int) {
	switch {
	case i+1 < len(list):
		p.raw(list[i].name, list[i+1].name, nil)
	case i > 0:
		p.raw(list[i-1].end, list[i].end, nil)
	default:
		p.raw(list[i].name, list[i].end, nil)
	}
}

// bytes applies the changes. Without any, and with no text decoded in src, it returns src itself.
func (p *splicer) bytes() []byte {
	if len(p.list) == 0 && len(p.inPlace) == 0 {
		return p.src
	}
	slices.SortStableFunc(p.list, func(a, b splice) int { return a.start - b.start })
	size := len(p.src)
	for _, e := range p.list {
		size += len(e.raw) + len(e.text) + len(e.text)/16 + 2 - (e.end - e.start)
	}
	dst := make([]byte, 0, size)
	at := 0
	for _, e := range p.list {
		dst = p.appendRaw(dst, at, e.start)
		if e.quoted {
			dst = appendString(dst, e.text)
		} else {
			dst = append(dst, e.raw...)
		}
		at = e.end
	}
	return p.appendRaw(dst, at, len(p.src))
}

// appendRaw appends src[from:to] as it came; neither end is inside a text.
func (p *splicer) appendRaw(dst []byte, from, to int) []byte {
	for i := range p.inPlace {
		if t := &p.inPlace[i]; from <= t.from && t.to <= to {
			dst = append(dst, p.src[from:t.from]...)
			dst = t.by.append(dst, p.src[t.from:t.end])
			from = t.to
		}
	}
	return append(dst, p.src[from:to]...)
}
