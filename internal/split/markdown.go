package split

import (
	"strings"
	"unicode/utf8"
)

// markdown reads running text: headings (ATX, underlined ones as reStructuredText has them too, chapters), fences, tables and paragraphs. A line that ends a
// sentence is a better place than one that is only wrapped.
func (r *reader) markdown(start, end int) {
	m := markdownState{reader: r, gap: true, table: -1}
	fences := r.fences(start, end)
	l := r.lines(end)
	for i := start; i < end; {
		if len(fences) > 0 && int(fences[0].start) == i {
			stop := int(fences[0].end)
			m.endTable(i)
			m.fence(i, stop)
			i, fences = stop, fences[1:]
			continue
		}
		line, next := l.line(i)
		m.line(line, i, next)
		i = next
	}
	m.endTable(end)
}

// markdownState is what the lines before say about the next one.
type markdownState struct {
	*reader
	gap     bool   // the line before is blank, or there is none
	wide    bool   // and the one before that
	heading bool   // the last line that is not blank is a heading
	block   bool   // the last line that is not blank ends a fence or a table
	table   int    // where the table began that the line before belongs to, or -1
	ruled   bool   // its columns are as wide as the rules under their names
	widths  [2]int // how wide the lines before are indented, the last one first; 0 behind a blank one
	prev    Span   // the last line that is not blank, while it could be a title, a header row or an introduction
	above   Span   // the line before that, while it could be the overline of a title
}

func (m *markdownState) line(line string, i, next int) {
	if blank(line) {
		m.endTable(i)
		m.wide = m.gap && i > 0
		m.gap, m.widths = true, [2]int{}
		return
	}
	before := "" // the line directly before
	if !m.gap {
		before = m.text[m.prev.Start:m.prev.End]
	}
	depth, title := atx(line)
	if depth == 0 {
		depth, title = heading(line, m.gap)
	}
	if depth > 0 {
		m.endTable(i)
		m.cut(i, Heading, depth)
		m.mark(i, levelHeading+depth, title)
		m.after(Span{}, true)
		return
	}
	if (m.gap || strings.HasPrefix(line, "第")) && chapter(line) {
		m.endTable(i)
		m.cut(i, Heading, 1)
		m.mark(i, levelHeading+1, line)
		m.after(Span{}, true)
		return
	}
	if name := article(line, m.gap); name != "" {
		m.endTable(i)
		m.cut(i, Heading, 3)
		m.mark(i, levelHeading+3, name)
		m.after(Span{i, i + len(line)}, false)
		return
	}
	over := m.text[m.above.Start:m.above.End]
	if depth := underline(line, before); depth > 0 && m.table < 0 && (over == "" || over == strings.TrimRight(line, " \t")) {
		// The cut stands before the title, or the line over it, which were taken for ordinary lines.
		at := m.prev.Start
		if over != "" {
			at = m.above.Start
		}
		m.dropAfter(at - 1)
		m.cut(at, Heading, depth)
		m.mark(at, levelHeading+depth, strings.TrimSpace(before))
		m.after(Span{}, true)
		return
	}
	span := Span{i, i + len(line)}
	switch {
	case m.table >= 0 && (m.ruled || strings.Contains(line, "|")):
		m.cut(i, Record, 0)
	case m.table < 0 && (delimiterRow(line) && strings.Contains(before, "|") || columnRules[line[0]] && ruledRow(line, before)):
		m.table, m.ruled = m.prev.Start, !delimiterRow(line)
		if n := len(m.Cuts); n > 0 && m.Cuts[n-1].Offset == m.table && !m.heading && m.Cuts[n-1].Rank == Blank {
			m.Cuts[n-1].Rank = Block
		}
		m.mark(next, levelHeader, before)
	default:
		m.endTable(i)
		m.ordinary(line, before, i, next)
		above := Span{}
		if before != "" || m.prev == (Span{}) {
			above = m.prev
		}
		m.after(span, false)
		m.above = above
		return
	}
	m.after(span, false)
}

// ordinary cuts before a line of a paragraph or a list.
func (m *markdownState) ordinary(line, before string, i, next int) {
	last := m.text[m.prev.Start:m.prev.End] // which is not blank
	led := last != "" && last[len(last)-1] == ':'
	width, steps := indentation(line)
	number, depth := clause(line[width:])
	roff := roffParagraph(line)
	switch {
	case m.heading:
		m.cut(i, Line, 6)
	case m.block:
		m.cut(i, Block, 0)
	case number != "" && leads(number, m.text[next:]):
		m.cut(i, Heading, 3+depth)
		m.mark(i, levelHeading+min(3+depth, 8), line[width:])
	case prompt(line), m.wide && steps == 0:
		m.cut(i, Block, 1)
	case m.gap && led:
		m.cut(i, Blank, max(steps, 2))
	case m.gap:
		m.cut(i, Blank, min(steps, 3))
	case roff > 0:
		m.cut(i, Blank, roff)
	case stamped(line), line[0] == '>' && len(line) > 1 && line[1] != ' ' && before[0] != '>': // a sequence, or a quotation
		m.cut(i, Blank, 1)
	case stamped(before):
		m.cut(i, Line, 6)
	case led:
		m.cut(i, Line, 3)
	case bullet(line):
		m.cut(i, Line, min(steps, 2))
	case depth > 1:
		m.cut(i, Line, depth-2)
	case line[0] == '>' && !strings.HasPrefix(before, ">"), line[0] != '>' && strings.HasPrefix(before, "> "), endsSentence(before):
		m.cut(i, Line, 0)
	case width < m.widths[0] && m.widths[0] <= m.widths[1]:
		m.cut(i, Line, 1) // two lines belonged to the one that they were indented under
	default:
		m.cut(i, Line, 3)
	}
	m.widths = [2]int{width, m.widths[0]}
}

// after remembers a line that is not blank.
func (m *markdownState) after(line Span, heading bool) {
	m.prev, m.above, m.gap, m.wide, m.heading, m.block = line, Span{}, false, false, heading, false
}

func (m *markdownState) endTable(end int) {
	if m.table < 0 {
		return
	}
	m.reader.block(m.table, end)
	m.mark(end, levelHeader, "")
	m.table, m.block = -1, true
}

// fence reads the fenced block that spans [start, stop). It stays with a line that introduces it.
func (m *markdownState) fence(start, stop int) {
	intro := strings.TrimSpace(m.text[m.prev.Start:m.prev.End])
	l := m.lines(stop)
	body := l.end(start)
	name := fenceName(chomp(m.text[start:body]))
	if name == "" {
		name = pathLike(strings.Trim(strings.TrimRight(intro, ":"), "*` "))
	}
	at := start
	switch {
	case m.heading:
		m.cut(start, Line, 6)
	case strings.HasSuffix(intro, ":"), name != "" && strings.Contains(intro, name):
		m.cut(start, Line, 6)
		if name != "" && strings.Contains(intro, name) {
			at = m.prev.Start
		}
	default:
		m.cut(start, Block, 0)
	}
	if stop-start > emptyFence {
		m.reader.block(start, stop)
	}
	marks := len(m.marks)
	if name != "" {
		m.mark(at, levelFence, name)
	}
	m.fenced(chomp(m.text[start:body]), body, stop)
	m.dropLast(stop)
	if len(m.marks) > marks {
		m.mark(stop, levelFence, "")
	}
	m.after(Span{}, false)
	m.block = true
}

// A fence of so many bytes holds nothing.
const emptyFence = 16

// Fences of less than this many bytes are looked into only where their first line says what they hold.
const smallFence = 1 << 10

// fenced reads what is between the lines of a fence that ends at stop: records as such, anything else as source text.
func (r *reader) fenced(opening string, body, stop int) {
	end := body + strings.LastIndexAny(strings.TrimRight(r.text[body:stop], "\r\n"), "\r\n") + 1
	info, _, _ := strings.Cut(strings.TrimLeft(opening, " \t`~{."), " ")
	kind := kindOf("." + strings.TrimRight(info, "}"))
	if kind == Plain && end-body >= smallFence {
		kind = r.detect(body, end)
	}
	switch kind {
	case JSON, Table, Log, Diff:
		body = r.read(kind, body, end)
	}
	if body < end {
		r.codeLines(body, stop, 1)
	}
}

// dropLast takes back the cut before the closing line of a fence.
func (r *reader) dropLast(stop int) {
	if n := len(r.Cuts); n > 0 && !strings.Contains(strings.TrimRight(r.text[r.Cuts[n-1].Offset:stop], "\r\n"), "\n") {
		r.Cuts = r.Cuts[:n-1]
	}
}

// fenceName returns the name of the file that an opening fence carries: "```go title=a/b.go", "```go a/b.go", "```a/b.go", "```12:20:a/b.go".
func fenceName(line string) string {
	info := strings.TrimSpace(strings.TrimLeft(line, " \t`~"))
	if info == "" || len(info) > 300 {
		return ""
	}
	for _, key := range []string{"title=", "file=", "filename=", "path=", "name="} {
		if _, value, ok := strings.Cut(info, key); ok && value != "" {
			if q := value[0]; q == '"' || q == '\'' {
				value, _, _ = strings.Cut(value[1:], string(q))
			} else {
				value, _, _ = strings.Cut(value, " ")
			}
			return strings.TrimRight(value, "}")
		}
	}
	for i, word := range strings.Fields(info) {
		if n := strings.LastIndexByte(word, ':'); n >= 0 {
			word = word[n+1:]
		}
		if i > 1 {
			break
		}
		if name := pathLike(word); name != "" {
			return name
		}
	}
	return ""
}

// bullet reports whether a line begins an item of a list.
func bullet(line string) bool {
	width, _ := indentation(line)
	s := line[width:]
	if len(s) > 1 && (s[0] == '-' || s[0] == '*' || s[0] == '+') && s[1] == ' ' || enumerated(s) {
		return true
	}
	n := 0
	for n < len(s) && n < 9 && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n > 0 && n+1 < len(s) && (s[n] == '.' || s[n] == ')') && s[n+1] == ' '
}

// enumerated reports whether s begins with "(a) ", "iv) " or a bullet that is no ASCII.
func enumerated(s string) bool {
	if s == "" || s[0] != '(' && s[0] < 'a' || 'z' < s[0] && s[0] != 0xE2 {
		return false // most lines
	}
	if s[0] == 0xE2 {
		r, n := utf8.DecodeRuneInString(s)
		return n < len(s) && s[n] == ' ' && strings.ContainsRune("•‣◦▪▫●○■□–—➤→✓✔", r)
	}
	s = strings.TrimPrefix(s, "(")
	n := strings.IndexByte(s[:min(len(s), 6)], ')')
	if n < 1 || n+1 == len(s) || s[n+1] != ' ' {
		return false
	}
	return n == 1 && 'a' <= s[0] && s[0] <= 'z' || n < 3 && digits.lead(s) == n || lowerRomans.lead(s) == n
}

// dropAfter takes back the cuts after offset.
func (r *reader) dropAfter(offset int) {
	for len(r.Cuts) > 0 && r.Cuts[len(r.Cuts)-1].Offset > offset {
		r.Cuts = r.Cuts[:len(r.Cuts)-1]
	}
}

// atx reads "## Title": its depth and title, or 0.
func atx(line string) (int, string) {
	if line == "" || line[0] != '#' && line[0] != ' ' {
		return 0, ""
	}
	s := strings.TrimLeft(line, " ")
	if len(line)-len(s) > 3 {
		return 0, ""
	}
	n := 0
	for n < len(s) && s[n] == '#' {
		n++
	}
	if n == 0 || n > 6 || n < len(s) && s[n] != ' ' && s[n] != '\t' {
		return 0, ""
	}
	return n, strings.TrimSpace(strings.TrimRight(strings.TrimSpace(s[n:]), "#"))
}

var underlines = setOf("=-~^\"*+#")

// underline reads a row of one punctuation character under a title: "=" 1, "-" 2, the others of reStructuredText 3; 0 when it is none. Markdown asks
// for no certain length, but a row that is much shorter than the title is more often a rule, a list or a table.
func underline(line, title string) int {
	if line == "" || !underlines[line[0]] {
		return 0
	}
	s := strings.TrimRight(line, " \t")
	if len(s) < 2 || title == "" || len(s)*2 < len(title) || len(s) > 2*len(title)+8 || strings.Trim(s, s[:1]) != "" || strings.Trim(title, title[:1]) == "" {
		return 0
	}
	switch s[0] {
	case '=':
		return 1
	case '-':
		return 2
	case '~', '^', '"', '*', '+', '#':
		if len(s) >= 4 && len(s)+2 >= len(title) {
			return 3
		}
	}
	return 0
}

var delimits = setOf("|-: \t")

// delimiterRow reports whether a line is the |---|:--:| under a table's header.
func delimiterRow(line string) bool {
	if line == "" || line[0] < utf8.RuneSelf && !delimits[line[0]] {
		return false // most lines
	}
	s := trimSpace(line)
	return s != "" && delimits.lead(s) == len(s) && strings.Contains(s, "|") && strings.Contains(s, "-")
}

var columnRules = setOf("-+ ")

// ruledRow reports whether a line is the "----- ---" or "+----+---+" under the names of columns.
func ruledRow(line, names string) bool {
	return columnRules.lead(line) == len(line) && strings.Contains(line, "--") && strings.ContainsAny(strings.Trim(line, "+ "), "+ ") &&
		(strings.Contains(names, "  ") || strings.Contains(names, "|"))
}
