package split

import "strings"

// markdown reads headings (ATX, and underlined ones as reStructuredText has them too), fences, tables and paragraphs.
func (r *reader) markdown(start, end int) {
	closers := r.fences(start, end)
	l := newLines(r.text[:end])
	var (
		gap     = true  // the line before is blank, or there is none
		heading = false // the last line that is not blank is a heading
		table   = -1    // where the table began that the line before belongs to
		prev    Span    // the line before
		head    Span    // the header row of the table
	)
	for i := start; i < end; {
		next := l.end(i)
		line := chomp(r.text[i:next])
		if blank(line) {
			if table >= 0 {
				r.endTable(table, i)
				table = -1
			}
			gap, prev, i = true, Span{}, next
			continue
		}
		place := func() { // how good a cut before an ordinary line is
			switch {
			case heading:
				r.cut(i, Line, 6)
			case gap:
				r.cut(i, Blank, 0)
			default:
				r.cut(i, Line, 0)
			}
		}
		if stop, ok := closers[i]; ok {
			if table >= 0 {
				r.endTable(table, i)
				table = -1
			}
			next = r.fence(i, stop, heading || !gap && strings.HasSuffix(strings.TrimSpace(r.text[prev.Start:prev.End]), ":"))
			for l.end(i) < next {
				i = l.end(i)
			}
			gap, heading, prev, i = false, false, Span{}, next
			continue
		}
		depth, title := atx(line)
		if depth == 0 && prev.End > prev.Start && table < 0 {
			if depth = underline(line, chomp(r.text[prev.Start:prev.End])); depth > 0 {
				// The cut stands before the title, which was taken for an ordinary line.
				r.dropAfter(prev.Start - 1)
				r.cut(prev.Start, Heading, depth)
				r.mark(prev.Start, levelHeading+depth, strings.TrimSpace(r.text[prev.Start:prev.End]))
				gap, heading, prev, i = false, true, Span{}, next
				continue
			}
		}
		switch {
		case depth > 0:
			r.cut(i, Heading, depth)
			r.mark(i, levelHeading+depth, title)
			heading, prev = true, Span{}
		case table >= 0 && strings.Contains(line, "|"):
			r.cut(i, Block, 1)
			prev = Span{i, next}
		case table < 0 && prev.End > prev.Start && delimiterRow(line) && strings.Contains(r.text[prev.Start:prev.End], "|"):
			table, head = prev.Start, prev
			r.mark(table, levelHeader, r.text[head.Start:head.End])
			prev = Span{i, next}
		default:
			if table >= 0 {
				r.endTable(table, i)
				table = -1
			}
			place()
			heading, prev = false, Span{i, next}
		}
		gap, i = false, next
	}
	if table >= 0 {
		r.endTable(table, end)
	}
}

func (r *reader) endTable(start, end int) {
	r.block(start, end)
	r.mark(end, levelHeader, "")
}

// fence reads the fenced block that spans [start, stop). tied says that the line before introduces it.
func (r *reader) fence(start, stop int, tied bool) int {
	if tied {
		r.cut(start, Line, 6)
	} else {
		r.cut(start, Block, 0)
	}
	r.block(start, stop)
	l := newLines(r.text[:stop])
	body := l.end(start)
	r.codeLines(body, stop, 1)
	r.dropAfter(stop - 1)
	r.cut(stop, Block, 0)
	return stop
}

// dropAfter takes back the cuts after offset.
func (r *reader) dropAfter(offset int) {
	for len(r.Cuts) > 0 && r.Cuts[len(r.Cuts)-1].Offset > offset {
		r.Cuts = r.Cuts[:len(r.Cuts)-1]
	}
}

// atx reads "## Title": its depth and title, or 0.
func atx(line string) (int, string) {
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
	s := strings.TrimRight(line, " \t")
	if len(s) < 2 || len(s)*2 < len(title) || len(s) > 2*len(title)+8 || strings.Trim(s, s[:1]) != "" || strings.Trim(title, title[:1]) == "" {
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
