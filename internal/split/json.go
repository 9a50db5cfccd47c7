package split

import "strings"

// Containers of less than this many bytes are not looked into: no chunk needs a cut there, and a megabyte of small records needs no list of them.
const smallJSON = 256

// frames deeper than this are counted, not remembered.
const jsonFrames = 64

// json reads one document or many, one a line or not, well-formed or not: a cut after each comma, the better the nearer to the root, and a block for each
// object or array. Brackets and commas in strings do not count. It returns where the JSON ends: at a line that is none, behind all brackets or behind a
// blank line.
func (r *reader) json(start, end int) int {
	text := r.text[:end]
	type frame struct {
		open, block, marks int
		keyed              bool
	}
	var stack []frame
	known := len(r.Blocks)
	depth := 0
	key := "" // the last string, which names what opens behind a colon
	colon := false
	for i := start; i < end; {
		switch c := text[i]; c {
		case '"':
			close := stringEnd(text, i+1)
			if !colon {
				key = text[i+1 : max(close-1, i+1)]
			}
			i = close
			continue
		case ':':
			colon = true
		case '{', '[':
			if depth < jsonFrames {
				stack = append(stack, frame{i, len(r.Blocks), len(r.marks), colon && key != ""})
				r.Blocks = append(r.Blocks, Span{i, i})
				label := ""
				if colon {
					label = key
				}
				r.mark(i, levelJSON+depth, label)
			}
			depth++
			key, colon = "", false
		case '}', ']':
			if depth == 0 {
				break
			}
			depth--
			key, colon = "", false
			if depth >= len(stack) {
				break
			}
			f := stack[depth]
			stack = stack[:depth]
			if i-f.open < smallJSON {
				r.dropAfter(f.open)
				r.Blocks, r.marks = r.Blocks[:f.block], r.marks[:f.marks]
				break
			}
			r.Blocks[f.block].End = i + 1
			if f.keyed {
				if c == ']' {
					r.marks[f.marks].label += "[]"
				}
				r.mark(i+1, levelJSON+depth, "")
			}
		case ',':
			colon = false
			next := i + 1
			for next < end && (text[next] == ' ' || text[next] == '\t') {
				next++
			}
			if next < end && text[next] == '\r' {
				next++
			}
			if next < end && text[next] == '\n' {
				next++
			}
			if next < end && isBreak(text, next) {
				r.cut(next, Record, depth)
			}
			i = next
			continue
		case '\n':
			if depth > 0 && !afterBreak(text, i, start) {
				break
			}
			next := skipBlank(text, i+1)
			if next < end && !jsonLine(text[next:]) && (depth == 0 || text[next] > ' ') {
				end = next
			} else if depth == 0 {
				colon = false
				r.cut(next, Record, 0)
			}
			i = next
			continue
		}
		i++
	}
	for _, f := range stack {
		if f.keyed && text[f.open] == '[' {
			r.marks[f.marks].label += "[]"
		}
	}
	// What was never closed is no block.
	kept := r.Blocks[:known]
	for _, b := range r.Blocks[known:] {
		if b.Start < b.End {
			kept = append(kept, b)
		}
	}
	r.Blocks = kept
	r.mark(end, levelJSON, "")
	return end
}

// afterBreak reports whether the line before that at i is empty.
func afterBreak(text string, i, start int) bool {
	if i--; i > start && text[i] == '\r' {
		i--
	}
	return i >= start && text[i] == '\n'
}

// skipBlank returns the start of the first line at or behind i that is not blank, len(text) when there is none.
func skipBlank(text string, i int) int {
	for at := i; at < len(text); at++ {
		switch c := text[at]; {
		case c == '\n':
			i = at + 1
		case c != ' ' && c != '\t' && c != '\r':
			return i
		}
	}
	return len(text)
}

// jsonLine reports whether the line at the beginning of s could be one of a JSON text.
func jsonLine(s string) bool {
	s = strings.TrimLeft(s[:min(len(s), sampleBytes)], " \t")
	line := chomp(s[:min(indexFrom(s, 0, '\n')+1, len(s))])
	if line == "" {
		return true
	}
	switch c := line[0]; c {
	case '}', ']', ',':
		return true
	case '{', '[':
		return strings.TrimRight(line[1:], " \t") == "" || looksJSON(line)
	case '/':
		return strings.HasPrefix(line, "//") || strings.HasPrefix(line, "/*")
	case '"':
		after := strings.TrimLeft(line[stringEnd(line, 1):], " \t")
		return after == "" || after[0] == ',' || after[0] == ':' || after[0] == ']' || after[0] == '}'
	}
	for _, word := range []string{"true", "false", "null"} {
		if rest, ok := strings.CutPrefix(line, word); ok {
			line = "0" + rest
		}
	}
	return jsonNumber.lead(line) == len(line) && strings.ContainsAny(line, "0123456789]}[{")
}

var jsonNumber = setOf("-+.eE0123456789,]}[{ \t")

// stringEnd returns the offset behind the quote that ends a JSON string whose content starts at i. A string does not go over a line end: where the
// quote is missing the line end stands for it.
func stringEnd(text string, i int) int {
	for {
		n := strings.IndexByte(text[i:], '"')
		if n < 0 {
			n = len(text) - i
		}
		if nl := strings.IndexByte(text[i:i+n], '\n'); nl >= 0 {
			return i + nl
		}
		if i += n; i == len(text) {
			return i
		}
		slashes := 0
		for slashes < n && text[i-1-slashes] == '\\' {
			slashes++
		}
		i++
		if slashes%2 == 0 {
			return i
		}
	}
}
