package split

import (
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
