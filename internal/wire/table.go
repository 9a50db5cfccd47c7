package wire

import (
	"slices"
	"strconv"
)

// A table is a dialect's field table: rows, and where to find them by name.
type table struct {
	fields []field
	slots  [512]uint8 // 1 + the row of the name that hashes here, or to a slot before it; 0: none
}

// newTable indexes fields, at most 255. In a map they are found in three times as long, and the ten names of a small request are a tenth of what it costs.
func newTable(fields []field) *table {
	t := &table{fields: fields}
	for i := range fields {
		slot := slotOf(fields[i].name)
		for t.slots[slot] != 0 {
			slot = (slot + 1) % uint(len(t.slots))
		}
		t.slots[slot] = uint8(i + 1)
	}
	return t
}

func slotOf(name string) uint {
	n := uint(len(name))
	if n == 0 {
		return 0
	}
	return (n + 37*uint(name[0]) + 101*uint(name[n/2]) + 11*uint(name[n-1])) % uint(len(table{}.slots))
}

// row is that of a name.
func (t *table) row(name string) (row int, known bool) {
	for slot := slotOf(name); t.slots[slot] != 0; slot = (slot + 1) % uint(len(t.slots)) {
		if row := int(t.slots[slot]) - 1; t.fields[row].name == name {
			return row, true
		}
	}
	return 0, false
}

var chatTable = newTable(chatFields)

// tableOf puts rows of a dialect's own before those that every path of LiteLLM's has in common: chatFields without the rows named here and in own.
//
// It is a function of package initialisation only.
func tableOf(own []field, without ...string) *table {
	for _, f := range own {
		without = append(without, f.name)
	}
	fields := slices.Clone(own)
	for _, f := range chatFields {
		if !slices.Contains(without, f.name) {
			fields = append(fields, f)
		}
	}
	return newTable(fields)
}

// place says where a field goes; one without a row is final.
func (t *table) place(key string) place {
	if row, ok := t.row(key); ok {
		return t.fields[row].place
	}
	return final
}

// A bodyReader reads a body by a table.
type bodyReader struct {
	req   Request
	s     scanner
	parts []Part
	table *table
	rows  rowSet // rows of the table seen
	binds rowSet // those whose value only one call can honour

	untyped bool // a content part may lack a type
}

// A rowSet is a set of rows of a table.
type rowSet [3]uint64

func (t *rowSet) has(i int) bool { return t[i>>6]&(1<<(i&63)) != 0 }
func (t *rowSet) add(i int)      { t[i>>6] |= 1 << (i & 63) }

// object reads the whole body as one object, whose values field passes over.
func (r *bodyReader) object(field func(key string) bool) bool {
	s := &r.s
	if s.peek() != '{' {
		return s.fail("no JSON object")
	}
	s.open()
	for more := s.first('}'); more; more = s.next('}') {
		m := member{name: s.i}
		var ok bool
		if m.key, ok = s.key(); !ok {
			return false
		}
		m.start = s.i
		row, known := r.table.row(m.key)
		if known {
			if r.rows.has(row) {
				return s.fail("a field stands twice")
			}
			r.rows.add(row)
		}
		if !field(m.key) {
			return false
		}
		m.end = s.i
		if known && r.table.fields[row].place == forward && r.table.fields[row].binds(s.b[m.start:m.end]) {
			r.binds.add(row)
		}
		r.req.fields = append(r.req.fields, m)
	}
	if s.msg != "" {
		return false
	}
	s.space()
	if s.i < len(s.b) {
		return s.fail("something follows the object")
	}
	return true
}

// bind notes that what name stands for binds, wherever it was said.
func (r *bodyReader) bind(name string) {
	if row, ok := r.table.row(name); ok {
		r.binds.add(row)
	}
}

// several reads how many answers one call is to write: each is paid for.
func (r *bodyReader) several() {
	for _, m := range r.req.fields {
		if m.key == "n" || m.key == "best_of" {
			if n, ok := intOf(r.s.b[m.start:m.end]); ok {
				r.req.Answers = max(r.req.Answers, min(n, mostAnswers))
			}
		}
	}
}

// mostAnswers is more than any API gives at once (OpenAI: 128).
const mostAnswers = 1000

// oneCall names what binds, tool turns being tools whether or not tools are still offered.
func (r *bodyReader) oneCall() {
	for i := range r.req.Messages {
		if r.req.Messages[i].Tools {
			r.bind("tools")
			break
		}
	}
	if r.binds == (rowSet{}) {
		return
	}
	r.several()
	for i := range r.table.fields {
		if r.binds.has(i) {
			r.req.OneCall = append(r.req.OneCall, r.table.fields[i].name)
		}
	}
}

// appendForAll appends the caller's fields that belong to every call.
func (t *table) appendForAll(b []byte, r *Request) []byte {
	for _, f := range r.fields {
		if t.place(f.key) == all {
			b = append(append(b, ','), r.Body[f.name:f.end]...)
		}
	}
	return b
}

// bodyEnd is the position after the body's closing brace.
func (r *Request) bodyEnd() int {
	end := len(r.Body)
	for end > 0 && r.Body[end-1] != '}' {
		end--
	}
	return end
}

// editFields makes the edits that are the same on all of OpenAI's paths: model and limit. limits are the limit's names; where the caller used
// none, the first that the model does not refuse is added.
func editFields(p *splicer, r *Request, e Edit, limits ...string) {
	end := r.bodyEnd()
	if e.Model != "" {
		p.set(end, r.fields, "model", appendString(nil, e.Model))
	}
	if e.MaxTokens > 0 {
		value := strconv.AppendInt(nil, int64(e.MaxTokens), 10)
		named := false
		for _, f := range r.fields {
			if slices.Contains(limits, f.key) && !isNull(r.Body[f.start:f.end]) {
				p.raw(f.start, f.end, value)
				named = true
			}
		}
		for _, name := range limits {
			if !named && !slices.Contains(e.Without, name) {
				p.set(end, r.fields, name, value)
				break
			}
		}
	}
}

// AnswerID makes the id of an answer of ours in the shape of d's API, "chatcmpl-" for chat, out of the random text given.
func AnswerID(d Dialect, random string) string {
	if own, ok := d.(interface{ idPrefix() string }); ok {
		return own.idPrefix() + random
	}
	return "chatcmpl-" + random
}
