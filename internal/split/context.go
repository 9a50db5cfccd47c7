package split

import (
	"strings"
	"unicode/utf8"
)

// A mark says that from Offset on the text is under label, and ends whatever was marked with the same or a deeper level. An empty label only ends.
type mark struct {
	offset int32
	level  uint8
	label  string
}

// Levels of marks, outermost first.
const (
	levelSpeaker = 0
	levelFile    = 1
	levelHeading = 10 // + depth of the heading
	levelFence   = 19
	levelDecl    = 20 // + indentation
	levelHeader  = 40 // of a table
	levelJSON    = 50 // + depth
)

// Labels are for orientation: what is longer is cut.
const (
	labelBytes = 100
	pathBytes  = 400
)

func (r *reader) mark(offset, level int, label string) {
	if r.marks == nil {
		r.marks = make([]mark, 0, (len(r.text)-offset)/512+16) // see Read
	}
	if n := len(r.marks); n > 0 && label == "" && r.marks[n-1].label == "" && int(r.marks[n-1].level) <= level {
		return // it has ended already
	}
	r.marks = append(r.marks, mark{int32(offset), uint8(min(level, 255)), label})
}

// Paths returns the breadcrumbs at offsets, which must not decrease: file name, speaker, headings, enclosing declaration, header row or JSON keys,
// from the outermost in, joined by " > ". They hold no numbers of lines or records, so that an edit elsewhere does not change them.
func (l *Layout) Paths(offsets []int) []string {
	paths := make([]string, len(offsets))
	var stack []mark
	var path string
	next, stale := 0, false
	for i, offset := range offsets {
		for ; next < len(l.marks) && int(l.marks[next].offset) <= offset; next++ {
			m := l.marks[next]
			for len(stack) > 0 && stack[len(stack)-1].level >= m.level {
				stack = stack[:len(stack)-1]
			}
			if m.label != "" {
				stack = append(stack, m)
			}
			stale = true
		}
		if stale {
			path, stale = join(stack), false
		}
		paths[i] = path
	}
	return paths
}

func join(stack []mark) string {
	var b strings.Builder
	for _, m := range stack {
		label := short(m.label)
		if label == "" || b.Len()+len(label) > pathBytes {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(" > ")
		}
		b.WriteString(label)
	}
	return b.String()
}

// short puts a label on one line of at most labelBytes.
func short(label string) string {
	long := len(label) > 4*labelBytes
	if long {
		label = label[:4*labelBytes]
	}
	label = strings.ToValidUTF8(strings.Join(strings.Fields(label), " "), "")
	if len(label) <= labelBytes && !long {
		return label
	}
	n := min(labelBytes, len(label))
	for n > 0 && n < len(label) && !utf8.RuneStart(label[n]) {
		n--
	}
	return strings.TrimSpace(label[:n]) + "…"
}
