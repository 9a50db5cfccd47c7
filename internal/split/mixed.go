package split

import (
	"sort"
	"strings"
)

const (
	// JSON or a table may begin at any of the first lines, as long as they are short: behind a title, an introduction, a tag.
	introLines, introBytes = 8, 1 << 10

	// So many bytes of JSON must come before it is read as such in another text: a link in brackets is none.
	leastJSON = 512

	// So many rows that are alike must come before a table is read as such in another text.
	leastRows = 4

	// What kind of text follows is not looked at again before so many bytes: looking costs sampleBytes.
	leastStretch = 1 << 10
)

// mixed reads text[start:end), which need not be of one kind: where JSON or a table ends, what follows is read as what it is, and in running text JSON and
// tables are found where they begin. Logs, diffs and transcripts are of one kind, source text behind its first lines too.
func (r *reader) mixed(start, end int) {
	m := mixture{reader: r, start: start, end: end, places: between(r.places, start, end, func(p *int32) int32 { return *p })}
	kind := r.Kind
	if start > 0 || end < len(r.text) {
		kind = Detect(r.text[start:end])
	}
	for i := start; i < end; {
		from, next := i, kind
		switch kind {
		case JSON, Table:
			i = m.stretch(kind, i, end)
			if next = Markdown; i < end && (i-from >= leastStretch || from == start) {
				next = Detect(r.text[i:end])
			}
		case Log, Diff, Chat:
			i = m.stretch(kind, i, end)
		default:
			if kind == Code {
				m.places = nil // rows of assembler, literals: only an introduction is looked behind
			}
			if i, next = m.find(i); i < end {
				if kind = Detect(r.text[from:i]); kind == JSON || kind == Table {
					kind = Markdown
				}
			}
			m.stretch(kind, from, i)
		}
		kind = next
	}
}

// A mixture is a text in which JSON and tables are looked for.
type mixture struct {
	*reader
	start, end int
	places     []int32 // where they may begin
	fences     []fence
	paired     bool // fences are known
	noJSON     int  // there is none before this
	noRows     int
}

// stretch reads text[from:to) as what it is and returns where that ends.
func (m *mixture) stretch(kind Kind, from, to int) int {
	n := len(m.Cuts)
	if from == m.start || from == to {
		return m.read(kind, from, to)
	}
	rank, level := Block, 0
	if s := m.text[from:to]; strings.HasPrefix(s, "</") || introduced(strings.TrimRight(m.text[max(from-4, 0):from], " \t\r\n")) {
		rank, level = Line, 6
	}
	m.cut(from, rank, level)
	to = m.read(kind, from, to)
	for n = max(n-1, 0); n < len(m.Cuts) && m.Cuts[n].Offset < from; n++ {
	}
	if n < len(m.Cuts) && m.Cuts[n].Offset == from {
		m.Cuts[n].Rank, m.Cuts[n].Level = rank, uint8(level)
	}
	return to
}

// introduced reports whether what follows a line belongs to it: it ends with a colon, or is a tag.
func introduced(line string) bool {
	return line != "" && (line[len(line)-1] == ':' || line[len(line)-1] == '>')
}

// find returns where the next JSON or table begins, and which of them it is; the end when there is none.
func (m *mixture) find(from int) (int, Kind) {
	l := m.lines(m.end)
	for n, i := 0, from; n < introLines && i < m.end && i-from < introBytes; n++ {
		if kind := m.begins(i); kind != Plain {
			return i, kind
		}
		i = l.end(i)
	}
	for len(m.places) > 0 {
		at := int(m.places[0])
		m.places = m.places[1:]
		if at > from {
			if kind := m.begins(at); kind != Plain {
				return at, kind
			}
		}
	}
	return m.end, Plain
}

// begins returns JSON or Table if one of them begins at an offset, outside fences.
func (m *mixture) begins(at int) Kind {
	kind := Plain
	switch c := m.text[at]; {
	case c == '{' || c == '[':
		if at >= m.noJSON && m.isJSON(at) {
			kind = JSON
		}
	case at >= m.noRows && !noRow[c] && m.rows(at):
		kind = Table
	}
	if kind == Plain {
		return Plain
	}
	if !m.paired {
		m.fences, m.paired = m.reader.fences(m.start, m.end), true
	}
	if inFence(m.fences, at) {
		return Plain
	}
	return kind
}

// inFence reports whether an offset is behind the beginning of a fence and before its end, which another fence does not open in.
func inFence(fences []fence, at int) bool {
	n := sort.Search(len(fences), func(i int) bool { return int(fences[i].start) >= at })
	return n > 0 && at < int(fences[n-1].end) && !fences[n-1].opens
}

// isJSON reports whether the leastJSON bytes from an offset on are JSON and nothing else.
func (m *mixture) isJSON(at int) bool {
	text := m.text[at:min(at+8*leastJSON, m.end)]
	if !looksJSON(text) {
		return false
	}
	depth, i := 0, 0
	for i < min(leastJSON, len(text)) {
		switch c := text[i]; {
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case depth == 0 && c > ' ' && c != ',' || c != '"' && !inJSON[c]:
			m.noJSON = at + i
			return false
		case c == '"':
			i = stringEnd(text, i+1)
			continue
		}
		i++
	}
	return len(text) >= leastJSON || depth <= 0
}

var (
	inJSON = setOf(",: \t\r\n-+.eE0123456789truefalsnul") // outside strings
	noRow  = setOf("|<>#-*+`~=/\\ \t\r\n({[}])")
)

// rows reports whether rows of a table begin at an offset.
func (m *mixture) rows(at int) bool {
	l := m.lines(min(at+maxQuoted, m.end))
	line, first := l.line(at)
	delimiter := columns(line)
	if delimiter == "" {
		return false
	}
	t := rows{lines: l, delimiter: delimiter, from: -1}
	for n, i := 0, at; n < leastRows; n++ {
		if i >= len(t.text) {
			return false
		}
		next := t.next(i)
		row := t.text[i:next]
		if row[0] == '\t' {
			return false // indented
		}
		if n == 0 {
			t.fields = count(row, delimiter)
		} else if count(row, delimiter) != t.fields {
			if next > first && strings.Count(row, "\n") > 1 {
				m.noRows = at + leastStretch
			}
			return false
		}
		i = next
	}
	return true
}

// columns returns what delimits the fields of a line that is more likely a row than a sentence or a statement, or "". A field may go on in the next line.
func columns(line string) string {
	if strings.IndexByte(line, '\t') > 0 {
		return "\t"
	}
	at := strings.IndexByte(line, ',')
	if at < 0 {
		at = strings.IndexByte(line, ';')
	}
	if at < 0 || at+1 == len(line) || line[at+1] == ' ' {
		return ""
	}
	n, quoted := 0, false
	for i := range len(line) {
		switch line[i] {
		case '"':
			quoted = !quoted
		case line[at]:
			if quoted {
				break
			}
			if n++; strings.HasPrefix(line[i+1:], " ") {
				return ""
			}
		}
	}
	if n > 1 || n == 1 && quoted {
		return line[at : at+1]
	}
	return ""
}
