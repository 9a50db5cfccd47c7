package split

import (
	"math"
	"slices"
	"sort"
	"strings"
)

// A sign is a line that may announce a file. There may be as many as lines, so it holds no more than it must.
type sign struct {
	start int32
	rule  int32 // where the line before began if it is a rule, a frame around a file's name, or a tag that the name stands in; or -1
	kind  signKind
}

type signKind uint8

const (
	noSign   signKind = iota
	fileSign          // it carries the name of a file
	diffSign          // it begins a file of a diff, or a commit
	endSign           // it ends a file
)

// A fenceLine is a line that may open or close a fence; see sign.
type fenceLine struct {
	start  int32
	length uint8 // of the fence, 255 when it is longer
	tilde  bool
	closes bool // nothing follows the fence
	titled bool // the line before could be a title, and is no such line itself
}

var beginsSign, beginsFence = setOf("=-/#<Ffcd*+;"), setOf("`~ \t")

// skim finds the lines that may announce a file, open a fence or begin JSON or a table: the one pass over the text that is made before its parts are read as what they are.
func (r *reader) skim() {
	fence := len(r.text) // where the first one may be
	for _, s := range []string{"```", "~~~"} {
		if n := strings.Index(r.text[:fence], s); n >= 0 {
			fence = n
		}
	}
	l := r.lines(len(r.text))
	before, rule, led := 0, -1, true
	for i := 0; i < len(r.text); {
		line, next := l.line(i)
		framed := rule
		rule = -1
		if led && line != "" && line[0] > ' ' {
			r.places = append(r.places, int32(i))
		}
		led = line == "" || line[0] == '#' || introduced(line)
		bare := line
		if line != "" && line[0] == ' ' && strings.HasPrefix(strings.TrimLeft(line, " "), "<") {
			bare = indented(line, framed >= 0)
		}
		switch {
		case line == "":
		case beginsSign[bare[0]]:
			if kind := readSign(bare, r.text[next:], framed >= 0); kind != noSign {
				r.signs = append(r.signs, sign{int32(i), int32(framed), kind})
			}
			if len(line) >= 8 && line[1] == line[0] && strings.Trim(line, line[:1]) == "" || opensDocument(bare) {
				rule = i
			}
		case next > fence && beginsFence[line[0]]:
			if f, ok := readFence(line); ok {
				f.start, f.titled = int32(i), f.tilde && !blank(r.text[before:i])
				r.fenceLines = append(r.fenceLines, f)
			}
		}
		before, i = i, next
	}
}

// Documents as Anthropic's manual shows them: <document index="1">, in the next line <source>name</source>, then <document_content>; indented or not.

// opensDocument reports whether a line is the tag around a document.
func opensDocument(line string) bool {
	rest, ok := strings.CutPrefix(line, "<document")
	return ok && strings.HasSuffix(rest, ">") && (rest[0] == ' ' || rest[0] == '>')
}

// source returns the name of a document in the line behind the tag around it.
func source(line string) string {
	name, ok := strings.CutPrefix(line, "<source>")
	if name, ends := strings.CutSuffix(name, "</source>"); ok && ends && len(name) <= labelBytes {
		return strings.TrimSpace(name)
	}
	return ""
}

// indented returns a line without its spaces if it is the tag around a document, or the name in it.
func indented(line string, inDocument bool) string {
	if s := strings.TrimSpace(line); opensDocument(s) || s == "</document>" || inDocument && source(s) != "" {
		return s
	}
	return line
}

// readSign says what a line announces, behind which rest follows; framed says that a rule or a tag stands before it.
func readSign(line, rest string, framed bool) signKind {
	switch {
	case commit(line), strings.HasPrefix(line, "diff --git "), strings.HasPrefix(line, "--- ") && strings.HasPrefix(rest, "+++ "):
		return diffSign
	case line == "</file>" || line == "</document>":
		return endSign
	case fileName(line) != "", framed && source(line) != "":
		return fileSign
	}
	return noSign
}

// between returns those of a list, which stands in the order of the text, that begin in text[start:end).
func between[T any](list []T, start, end int, at func(*T) int32) []T {
	if len(list) == 0 {
		return nil // nearly always
	}
	list = list[sort.Search(len(list), func(i int) bool { return int(at(&list[i])) >= start }):]
	return list[:sort.Search(len(list), func(i int) bool { return int(at(&list[i])) >= end })]
}

// A fence is a fenced block.
type fence struct {
	start, end int32
	opens      bool // another fence opens in it
}

// fences pairs the fence lines of text[start:end). An opener without a closer is an ordinary line: the rest of the document keeps its headings.
func (r *reader) fences(start, end int) []fence {
	found := r.withoutUnderlines(between(r.fenceLines, start, end, func(f *fenceLine) int32 { return f.start }), start, end)
	if len(found) == 0 {
		return nil
	}
	// The closer of an opener is the next line of the same character, at least as long, with nothing behind it. Going backwards, shorter closers
	// behind a longer one can never be the next: a stack per character holds what is left, and the nearest is at its top.
	closer := make([]int32, len(found))
	var stacks [2][]int32
	for i := len(found) - 1; i >= 0; i-- {
		f := found[i]
		stack := &stacks[0]
		if f.tilde {
			stack = &stacks[1]
		}
		// Lengths grow towards the bottom of the stack.
		closer[i] = -1
		if n := sort.Search(len(*stack), func(k int) bool { return found[(*stack)[k]].length < f.length }); n > 0 {
			closer[i] = (*stack)[n-1]
		}
		if f.closes {
			for len(*stack) > 0 && found[(*stack)[len(*stack)-1]].length <= f.length {
				*stack = (*stack)[:len(*stack)-1]
			}
			*stack = append(*stack, int32(i))
		}
	}
	blocks := make([]fence, 0, len(found)/2)
	l := r.lines(end)
	for i := 0; i < len(found); i++ {
		j := int(closer[i])
		if j < i {
			continue
		}
		f, stray := found[i], false
		b := fence{start: f.start, end: int32(l.end(int(found[j].start)))}
		for _, inner := range found[i+1 : j] {
			b.opens = b.opens || !inner.closes
			stray = stray || f.closes && !inner.closes && inner.tilde == f.tilde && inner.length >= f.length
		}
		if !stray { // else the closer is that of the one in it, and all fences behind it would be taken for their opposites
			blocks = append(blocks, b)
			i = j
		}
	}
	return blocks
}

// withoutUnderlines returns all but the rows of tildes under a line of text, which are underlines.
func (r *reader) withoutUnderlines(all []fenceLine, start, end int) []fenceLine {
	under := func(f *fenceLine) bool { return f.tilde && f.closes && f.length >= 4 && int(f.start) > start }
	if !slices.ContainsFunc(all, func(f fenceLine) bool { return under(&f) && f.titled }) {
		return all
	}
	found := make([]fenceLine, 0, len(all))
	l := r.lines(end)
	fenced, row := int32(-1), int32(-1) // where the last fence line, the last underline ended
	for _, f := range all {
		next := int32(l.end(int(f.start)))
		if under(&f) && (f.titled && fenced != f.start || row == f.start) {
			row = next
			continue
		}
		found, fenced = append(found, f), next
	}
	return found
}

// readFence reads a line that opens or closes a fence. A fence of tildes is indented by at most three spaces; one of backticks may stand deep in a list.
func readFence(line string) (fenceLine, bool) {
	width, _ := indentation(line)
	s := line[width:]
	if len(s) < 3 || s[0] != '`' && s[0] != '~' || s[0] == '~' && width > 3 {
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
	return fenceLine{length: uint8(min(n, math.MaxUint8)), tilde: s[0] == '~', closes: info == ""}, true
}
