package split

import "strings"

// A quoted field does not go over more bytes than this; where it seems to, its quote is taken for an ordinary character.
const maxQuoted = 64 << 10

// table reads CSV or TSV by record, as far as there are records, and returns where they end: after a blank line behind which no row has as many fields. The
// first row, if it holds names, is the breadcrumb of all others.
func (r *reader) table(start, end int) int {
	t := newRows(r.lines(end), start)
	first, gap := true, false
	for i := start; i < end; {
		if gap && !t.follow(i) {
			end = i
			break
		}
		next := t.next(i)
		row := r.text[i:next]
		if gap = blank(row); gap {
			i = next
			continue
		}
		if i > start {
			r.cut(i, Record, 0)
		}
		if strings.Count(row, "\n") > 1 {
			r.block(i, next)
		}
		if first {
			first, t.fields, t.spaced = false, count(row, t.delimiter), t.delimiter == "|" || columns(row) == ""
			if header(chomp(row)) {
				r.mark(next, levelHeader, row)
			}
		}
		i = next
	}
	r.mark(end, levelHeader, "")
	return end
}

// follow reports whether one of the next lines could be a row like the first, or begin one.
func (t *rows) follow(i int) bool {
	if t.fields == 0 {
		return true
	}
	l := t.lines
	for n := 0; i < len(t.text) && n < 3; n++ {
		line, next := l.line(i)
		if i = next; blank(line) {
			return n == 0 // another blank line: nothing is decided yet
		}
		if count(line, t.delimiter) == t.fields && (t.spaced || columns(line) != "") || strings.Count(line, `"`)%2 == 1 {
			return true
		}
	}
	return false
}

// rows walks the records of a table. A quoted field may hold line ends; a quote opens one only where a field begins, and closes it only where one ends.
type rows struct {
	lines
	delimiter  string
	fields     int  // delimiters in the first row
	spaced     bool // the first row could be a sentence too
	from, shut int  // the first quote at or behind from that can close a field ends at shut; 0 when there is none
}

func newRows(l lines, start int) rows {
	t := rows{lines: l, from: -1}
	for i := start; i < len(l.text) && t.delimiter == ""; {
		line, next := l.line(i)
		t.delimiter, i = delimiterOf(line), next
	}
	if t.delimiter == "" {
		t.delimiter = ","
	}
	return t
}

// next returns where the record after the one at i starts.
func (t *rows) next(i int) int {
	first := t.end(i)
	end := first
	for at := i; ; {
		quote := strings.IndexByte(t.text[at:end], '"')
		if quote < 0 {
			return end
		}
		quote += at
		at = quote + 1
		if !t.begins(i, quote) {
			continue
		}
		shut := t.closes(at)
		if shut == 0 || shut-quote > maxQuoted || shut > end && end == first && t.alike(i, end, shut) {
			return end // it was no such quote
		}
		if at = shut; at >= end {
			end = t.end(at)
		}
	}
}

// alike reports whether a line has all fields of a row, and most of the next ones up to an offset are rows: the lines of a field are not, but TSV has quotes
// that mean nothing, and dumps have stray ones.
func (t *rows) alike(i, end, to int) bool {
	if t.fields == 0 || strings.Count(t.text[i:end], t.delimiter) < t.fields {
		return false
	}
	l := t.lines
	n, alike := 0, 0
	for i = end; i < to && n < 8; n++ {
		next := l.end(i)
		line := t.text[i:next]
		if (strings.Count(line, t.delimiter) == t.fields || count(line, t.delimiter) == t.fields) && (t.delimiter == "|" || !strings.Contains(line, t.delimiter+" ")) {
			alike++
		}
		i = next
	}
	return alike*2 > n
}

// begins reports whether a field of the record at i begins at an offset, spaces before it aside.
func (t *rows) begins(i, at int) bool {
	for at > i && t.text[at-1] == ' ' {
		at--
	}
	return at == i || t.text[at-1] == t.delimiter[0]
}

// closes returns the end of the first quote at or behind an offset that can close a field, 0 when there is none. Offsets must not go back.
func (t *rows) closes(at int) int {
	at, ok := t.run(at)
	if ok {
		return at
	}
	if t.from >= 0 && (t.shut == 0 || at < t.shut) {
		return t.shut // as seen from further up
	}
	t.from, t.shut = at, 0
	for t.shut == 0 && at < len(t.text) {
		n := strings.IndexByte(t.text[at:], '"')
		if n < 0 {
			break
		}
		if at, ok = t.run(at + n); ok {
			t.shut = at
		}
	}
	return t.shut
}

// run returns the end of the quotes in a row at an offset, and whether the last of them can close a field: two stand for one of the text.
func (t *rows) run(at int) (end int, closes bool) {
	for end = at; end < len(t.text) && t.text[end] == '"'; {
		end++
	}
	if (end-at)%2 == 0 {
		return end, false
	}
	next := end
	for next < len(t.text) && t.text[next] == ' ' {
		next++
	}
	return end, next == len(t.text) || t.text[next] == t.delimiter[0] || t.text[next] == '\n' || t.text[next] == '\r'
}

// header reports whether a row holds names of columns: none of its fields begins with a digit or is empty.
func header(row string) bool {
	delimiter := delimiterOf(row)
	if delimiter == "" {
		return false
	}
	for _, field := range strings.Split(row, delimiter) {
		field = strings.Trim(field, " \"")
		if field == "" || '0' <= field[0] && field[0] <= '9' || field[0] == '-' {
			return false
		}
	}
	return true
}

// delimiterOf returns the delimiter that a row has most of, "" when it has none.
func delimiterOf(row string) string {
	best, most := "", 0
	for _, d := range []string{"\t", ";", ",", "|"} {
		if n := strings.Count(row, d); n > most {
			best, most = d, n
		}
	}
	return best
}
