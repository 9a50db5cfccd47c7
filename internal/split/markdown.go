package split

import "strings"

// markdown reads headings (ATX, and underlined ones as reStructuredText has them too), fences, tables and paragraphs.
func (r *reader) markdown(start, end int) {
	m := markdownState{reader: r, closers: r.fences(start, end), gap: true, table: -1}
	l := newLines(r.text[:end])
	for i := start; i < end; {
		next := l.end(i)
		line := chomp(r.text[i:next])
		if stop, ok := m.closers[i]; ok {
			m.endTable(i)
			m.fence(i, stop)
			for i < stop {
				i = l.end(i)
			}
			continue
		}
		m.line(line, i, next)
		i = next
	}
	m.endTable(end)
}

// markdownState is what the lines before say about the next one.
type markdownState struct {
	*reader
	closers map[int]int // where the fence that opens at an offset ends
	gap     bool        // the line before is blank, or there is none
	heading bool        // the last line that is not blank is a heading
	block   bool        // the last line that is not blank ends a fence or a table
	table   int         // where the table began that the line before belongs to, or -1
	prev    Span        // the last line that is not blank, while it could be a title, a header row or an introduction
	above   Span        // the line before that, while it could be the overline of a title
}

func (m *markdownState) line(line string, i, next int) {
	if blank(line) {
		m.endTable(i)
		m.gap = true
		return
	}
	before := "" // the line directly before
	if !m.gap {
		before = m.text[m.prev.Start:m.prev.End]
	}
	if depth, title := atx(line); depth > 0 {
		m.endTable(i)
		m.cut(i, Heading, depth)
		m.mark(i, levelHeading+depth, title)
		m.after(Span{}, true)
		return
	}
	if depth := underline(line, before); depth > 0 && m.table < 0 {
		// The cut stands before the title, or the line over it, which were taken for ordinary lines.
		at := m.prev.Start
		if over := m.text[m.above.Start:m.above.End]; over != "" && strings.TrimRight(line, " \t") == over {
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
	case m.table >= 0 && strings.Contains(line, "|"):
		m.cut(i, Record, 0)
	case m.table < 0 && strings.Contains(before, "|") && delimiterRow(line):
		m.table = m.prev.Start
		if n := len(m.Cuts); n > 0 && m.Cuts[n-1].Offset == m.table && !m.heading && m.Cuts[n-1].Rank == Blank {
			m.Cuts[n-1].Rank = Block
		}
		m.mark(next, levelHeader, before)
	default:
		m.endTable(i)
		m.ordinary(line, before, i)
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
func (m *markdownState) ordinary(line, before string, i int) {
	switch {
	case m.heading:
		m.cut(i, Line, 6)
	case m.block:
		m.cut(i, Block, 0)
	case m.gap:
		m.cut(i, Blank, min(indentation(line[:len(line)-len(strings.TrimLeft(line, " \t"))]), 3))
	case bullet(line):
		m.cut(i, Line, 0)
	case endsSentence(before):
		m.cut(i, Line, 1)
	default:
		m.cut(i, Line, 3)
	}
}

// after remembers a line that is not blank.
func (m *markdownState) after(line Span, heading bool) {
	m.prev, m.above, m.gap, m.heading, m.block = line, Span{}, false, heading, false
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
	l := newLines(m.text[:stop])
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
	m.reader.block(start, stop)
	if name != "" {
		m.mark(at, levelFence, name)
	}
	m.codeLines(body, stop, 1)
	m.dropLast(stop)
	m.mark(stop, levelFence, "")
	m.after(Span{}, false)
	m.block = true
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
	s := strings.TrimLeft(line, " \t")
	if len(s) > 1 && strings.IndexByte("-*+", s[0]) >= 0 && s[1] == ' ' {
		return true
	}
	n := 0
	for n < len(s) && n < 9 && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n > 0 && n+1 < len(s) && (s[n] == '.' || s[n] == ')') && s[n+1] == ' '
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

// underline reads a row of one punctuation character under a title: "=" 1, "-" 2, the others of reStructuredText 3; 0 when it is none. Markdown asks
// for no certain length, but a row that is much shorter than the title is more often a rule, a list or a table.
func underline(line, title string) int {
	if line == "" || strings.IndexByte("=-~^\"*+#", line[0]) < 0 {
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

// delimiterRow reports whether a line is the |---|:--:| under a table's header.
func delimiterRow(line string) bool {
	s := strings.TrimSpace(line)
	return strings.Contains(s, "|") && strings.Contains(s, "-") && strings.Trim(s, "|-: \t") == ""
}

// A fenceLine is a line that may open or close a fence.
type fenceLine struct {
	start, end int
	length     int
	char       byte
	closes     bool // nothing follows the fence
}

// fences pairs the fence lines of text[start:end] and returns where the block that opens at an offset ends. An opener without a closer is an
// ordinary line: the rest of the document keeps its headings. A row of tildes under a line of text is an underline.
func (r *reader) fences(start, end int) map[int]int {
	if span := r.text[start:end]; !strings.Contains(span, "```") && !strings.Contains(span, "~~~") {
		return nil
	}
	var found []fenceLine
	l := newLines(r.text[:end])
	titled := false // the line before could be a title
	for i := start; i < end; {
		next := l.end(i)
		line := chomp(r.text[i:next])
		f, ok := readFence(line)
		if ok && !(f.char == '~' && f.closes && titled && f.length >= 4) {
			f.start, f.end = i, next
			found = append(found, f)
			titled = false
		} else {
			titled = !blank(line)
		}
		i = next
	}
	// The closer of an opener is the next line of the same character, at least as long, with nothing behind it. Going backwards, shorter closers
	// behind a longer one can never be the next: a stack per character holds what is left, and the nearest is at its top.
	closer := make([]int, len(found))
	var stacks [2][]int
	for i := len(found) - 1; i >= 0; i-- {
		f := found[i]
		stack := &stacks[0]
		if f.char == '~' {
			stack = &stacks[1]
		}
		closer[i] = -1
		// Lengths grow towards the bottom of the stack.
		lo, hi := 0, len(*stack)
		for lo < hi {
			mid := (lo + hi) / 2
			if found[(*stack)[mid]].length >= f.length {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		if lo > 0 {
			closer[i] = (*stack)[lo-1]
		}
		if f.closes {
			for len(*stack) > 0 && found[(*stack)[len(*stack)-1]].length <= f.length {
				*stack = (*stack)[:len(*stack)-1]
			}
			*stack = append(*stack, i)
		}
	}
	blocks := make(map[int]int)
	for i := 0; i < len(found); i++ {
		if j := closer[i]; j > i {
			blocks[found[i].start] = found[j].end
			i = j
		}
	}
	return blocks
}

// readFence reads a line that opens or closes a fence. A fence of tildes is indented by at most three spaces; one of backticks may stand deep in a list.
func readFence(line string) (fenceLine, bool) {
	if len(line) < 3 || strings.IndexByte("`~ \t", line[0]) < 0 {
		return fenceLine{}, false
	}
	s := strings.TrimLeft(line, " \t")
	if len(s) < 3 || s[0] != '`' && s[0] != '~' || s[0] == '~' && len(line)-len(s) > 3 {
		return fenceLine{}, false
	}
	n := 0
	for n < len(s) && s[n] == s[0] {
		n++
	}
	info := strings.TrimSpace(s[n:])
	if n < 3 || s[0] == '`' && strings.Contains(info, "`") {
		return fenceLine{}, false
	}
	return fenceLine{length: n, char: s[0], closes: info == ""}, true
}
