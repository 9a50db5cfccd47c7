package split

import "strings"

// A quoted field does not go over more bytes than this; where it seems to, quotes are taken for ordinary characters from there on.
const maxQuoted = 64 << 10

// table reads CSV or TSV by record: a quoted field may hold line ends. The first row, if it holds names, is the breadcrumb of all others.
func (r *reader) table(start, end int) {
	l := r.lines(end)
	record, quotes, first := start, true, true
	open := false
	for i := start; i < end; {
		next := l.end(i)
		line := r.text[i:next]
		if quotes && strings.Count(line, `"`)%2 == 1 {
			open = !open
		}
		if open && (next-record > maxQuoted || next == end) {
			// The quote never ends: read its lines again as they stand.
			open, quotes = false, false
			l = r.lines(end)
			next = l.end(record)
		}
		if !open {
			if record != start {
				r.cut(record, Record, 0)
			}
			if strings.Count(r.text[record:next], "\n") > 1 {
				r.block(record, next)
			}
			if first && !blank(r.text[record:next]) {
				if header(chomp(r.text[record:next])) {
					r.mark(next, levelHeader, r.text[record:next])
				}
				first = false
			}
			record = next
		}
		i = next
	}
	r.mark(end, levelHeader, "")
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
