package split

import (
	"sort"
	"strings"
	"unicode/utf8"
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

	// Between the entries of a log or the files of a diff less than this is read as a part of them.
	leastInset = 512

	// So much is looked at where a log may begin, or source text may turn into running text or the other way round.
	glanceBytes = 2 << 10
)

// mixed reads text[start:end), which need not be of one kind: where JSON or a table ends, what follows is read as what it is, and in running and source text
// JSON, tables and logs are found where they begin, and the one in the other. Logs and diffs know themselves what stands between their entries and files.
func (r *reader) mixed(start, end int) {
	m := mixture{reader: r, start: start, end: end, ahead: r.lines(end), places: between(r.places, start, end, func(p *int32) int32 { return *p })}
	kind := r.Kind
	if start > 0 || end < len(r.text) {
		kind = r.detect(start, end)
	}
	for i := start; i < end; {
		from, next := i, kind
		switch kind {
		case JSON, Table:
			i = m.stretch(kind, i, end)
			if next = Markdown; i < end && (i-from >= leastStretch || from == start) {
				next = r.detect(i, end)
			}
		case Log, Diff, Chat:
			i = m.stretch(kind, i, end)
		default:
			if i, next = m.find(kind, i); i < end {
				if now := r.detect(from, i); now == JSON || now == Table {
					kind = Markdown
				} else if from == start || next == JSON || next == Table { // else it was not the sample that said so
					kind = now
				}
			}
			m.stretch(kind, from, i)
		}
		kind = next
	}
}

// A mixture is a text in which other kinds of text are looked for.
type mixture struct {
	*reader
	start, end int
	places     []int32 // where they may begin
	ahead      lines   // at the places
	fences     []fence
	paired     bool // fences are known

	noJSON, noRows, noEntries int // there are none before this
	noGlance                  int // nor does source text turn into running text or the other way round
}

// stretch reads text[from:to) as what it is and returns where that ends.
func (m *mixture) stretch(kind Kind, from, to int) int {
	if from == m.start || from == to {
		return m.read(kind, from, to)
	}
	m.mark(from, levelFence, "")
	rank, level := Block, 0
	if s := m.text[from:to]; strings.HasPrefix(s, "</") || introduced(strings.TrimRight(m.text[max(from-4, 0):from], " \t\r\n")) {
		rank, level = Line, 6
	}
	m.part(from, rank, level, func() { to = m.read(kind, from, to) })
	return to
}

// part reads what begins at an offset where the text before it leaves a place of a certain rank: each reader takes its own beginning for a good one.
func (r *reader) part(at int, rank Rank, level int, read func()) {
	r.cut(at, rank, level)
	n, last := len(r.Cuts), Cut{}
	if n > 0 {
		last = r.Cuts[n-1]
	}
	read()
	switch {
	case n > 0 && n <= len(r.Cuts) && r.Cuts[n-1].Offset == at && rank == Line:
		r.Cuts[n-1] = last // which may be another place, too near to this one
	case n < len(r.Cuts) && r.Cuts[n].Offset == at && (rank == Line || r.Cuts[n].Rank > rank):
		r.Cuts[n].Rank, r.Cuts[n].Level = rank, uint8(level)
	}
}

// introduced reports whether what follows a line belongs to it: it ends with a colon, or is a tag.
func introduced(line string) bool {
	return line != "" && (line[len(line)-1] == ':' || line[len(line)-1] == '>')
}

// find returns where another kind of text begins next, and which; the end when none does.
func (m *mixture) find(kind Kind, from int) (int, Kind) {
	l := m.lines(m.end)
	for n, i := 0, from; n < introLines && i < m.end && i-from < introBytes; n++ {
		line, below := l.line(i)
		if next := m.begins(line, i); next != Plain && m.outside(i) {
			return i, next
		}
		i = below
	}
	page := kind == Code && m.newMarkup(from, m.end).page
	for len(m.places) > 0 {
		at := int(m.places[0])
		m.places = m.places[1:]
		if at <= from {
			continue
		}
		next := Plain
		line, below := m.ahead.line(at)
		if kind == Code {
			next = m.leavesCode(line, at, below, page)
		} else if next = m.begins(line, at); next == Plain && m.entersCode(line, at) {
			next = Code
		}
		if next != Plain && m.outside(at) {
			return at, next
		}
	}
	return m.end, Plain
}

// begins returns JSON, Table, Log or Chat if one of them begins with the line at an offset.
func (m *mixture) begins(line string, at int) Kind {
	if line == "" {
		return Plain
	}
	switch c := line[0]; {
	case (c == '{' || c == '[') && at >= m.noJSON && m.isJSON(at):
		return JSON
	case at >= m.noRows && !noRow[c] && m.rows(line, at):
		return Table
	case at >= m.noEntries && clock(line):
		return m.entries(at)
	}
	return Plain
}

// outside reports whether an offset is in no fence.
func (m *mixture) outside(at int) bool {
	if !m.paired {
		m.fences, m.paired = m.reader.fences(m.start, m.end), true
	}
	return !inFence(m.fences, at)
}

// entries returns Log or Chat if one whose lines have a time of day begins at an offset.
func (m *mixture) entries(at int) Kind {
	l := m.lines(m.end)
	entries := 0
	for n, i := 0, at; n < 8*leastRows && i < m.end; n++ {
		line, next := l.line(i)
		switch {
		case logEntry(line) && clock(line):
			entries++
		case n == 0 || blank(line):
			return Plain
		}
		if entries == leastRows {
			if kind := m.glanced(at); kind == Log || kind == Chat {
				return kind
			}
			m.noEntries = at + leastStretch
			return Plain
		}
		i = next
	}
	return Plain
}

func (m *mixture) glanced(at int) Kind { return Detect(m.from(at)) }

// from is what is glanced at from an offset on.
func (m *mixture) from(at int) string { return m.text[at:min(at+glanceBytes, m.end)] }

// leavesCode returns what source text turns into at an offset. Its literals, the rows of assembler and its comments look like tables and headings, so more
// is asked for than in running text.
func (m *mixture) leavesCode(line string, at, below int, page bool) Kind {
	switch kind := m.begins(line, at); {
	case kind == Table && (columns(line) == "\t" || !header(line) || m.glanced(at) != Table):
		m.noRows = at + leastStretch
		return Plain
	case kind != Plain:
		return kind
	}
	if page || at < m.noGlance || below >= m.end {
		return Plain
	}
	if depth, _ := atx(line); depth > 0 {
		if m.text[below] != '\n' && m.text[below] != '\r' {
			return Plain // a comment on what is below it
		}
	} else if c := line[0]; len(line) < 40 || c < 'A' || 'Z' < c && c < utf8.RuneSelf || strings.Count(line, " ") < 5 {
		return Plain
	}
	if !m.outside(at) {
		return Plain
	}
	if said, stated, lines := glance(m.from(at)); said > 2 && said*5 >= lines && stated*8 <= lines {
		return Markdown
	}
	m.noGlance = at + leastStretch
	return Plain
}

// entersCode reports whether source text begins at an offset of running text: a line with a word that begins declarations or a setting, and few below it
// that say anything else.
func (m *mixture) entersCode(line string, at int) bool {
	if at < m.noGlance {
		return false
	}
	word := line[:endsWord.index(line)]
	if !declares[word] && !directives[word] && !setting(line, false) || endsSentence(line) && line[len(line)-1] != ':' || !m.outside(at) {
		return false
	}
	if said, stated, lines := glance(m.from(at)); stated > 3 && stated*3 >= lines*2 && said*8 <= lines {
		return true
	}
	m.noGlance = at + leastStretch
	return false
}

var directives = map[string]bool{"#include": true, "#define": true, "#if": true, "#ifdef": true, "#ifndef": true,
	"#!/bin/sh": true, "#!/bin/bash": true, "#!/usr/bin/env": true, "<?php": true}

// glance counts lines, those that are more likely of running and those that are more likely of source text. Headings and comments look alike and are not
// counted.
func glance(text string) (said, stated, lines int) {
	l := newLines(text)
	fenced := false
	for i := 0; i < len(text); {
		line, next := l.line(i)
		i = next
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case fenced, blank(line), line[0] == '#':
			continue
		}
		lines++
		switch last := line[len(line)-1]; {
		case bullet(line), line[0] == '|', line[0] == '`':
			said++
		case line[0] <= ' ', endsCode[last], setting(line, false), declares[line[:endsWord.index(line)]] && (last == ':' || !endsSentence(line)):
			stated++
		case endsSentence(line) && !beginsComment[line[0]]:
			said++
		}
	}
	return said, stated, lines
}

var endsCode = setOf("{}();,")

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
func (m *mixture) rows(line string, at int) bool {
	delimiter := columns(line)
	if delimiter == "" || line[len(line)-1] == '{' || line[len(line)-1] == '}' {
		return false
	}
	t := rows{lines: m.lines(min(at+maxQuoted, m.end)), delimiter: delimiter, from: -1}
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
			if strings.Count(row, "\n") > 1 {
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
