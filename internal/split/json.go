package split

import "strings"

// Containers of less than this many bytes are not looked into: no chunk needs a cut there, and a megabyte of small records needs no list of them.
const smallJSON = 256

// frames deeper than this are counted, not remembered.
const jsonFrames = 64

// json reads one document or many, one a line or not, well-formed or not: a cut after each comma, the better the nearer to the root, and a block for each
// object or array. Brackets and commas in strings do not count.
func (r *reader) json(start, end int) {
	text := r.text[:end]
	type frame struct {
		open, block, marks int
		keyed              bool
	}
	var stack []frame
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
				stack = append(stack, frame{i, len(r.Blocks), len(r.marks), colon})
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
			if depth == 0 {
				colon = false
				r.cut(i+1, Record, 0)
			}
		}
		i++
	}
	for _, f := range stack {
		if f.keyed && text[f.open] == '[' {
			r.marks[f.marks].label += "[]"
		}
	}
	// What was never closed is no block.
	kept := r.Blocks[:0]
	for _, b := range r.Blocks {
		if b.Start < b.End {
			kept = append(kept, b)
		}
	}
	r.Blocks = kept
	r.mark(end, levelJSON, "")
}

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
