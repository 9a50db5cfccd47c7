// Package split finds where a text may be cut: positions with a rank, from the border between two turns down to the border between two characters,
// spans that are better left whole (a fence, a table, a record), and the breadcrumb that says where in the text a position is.
//
// A text is read line by line, once, in time linear in its length, and is never copied: everything here is offsets into it. What kind of text it is
// gets decided on cheap evidence (Detect); a text made of several files is read file by file, and one that turns into another kind midway piece by piece
// (mixed), each as what it is.
package split

import "math/bits"

// A Span is text[Start:End].
type Span struct{ Start, End int }

// Rank says how good a place to cut is; smaller is better.
type Rank uint8

const (
	Turn     Rank = iota // between two speakers of a transcript
	File                 // between two files of a concatenation or a diff
	Heading              // before a heading; Level is its depth
	Block                // around a fence, a table, a top-level declaration
	Record               // between the records of a table, a log, a JSON text; Level is the depth of nesting
	Blank                // after a blank line; Level grows with the indentation
	Line                 // after a line; Level grows where the lines belong together
	Element              // between two elements of markup, tuples or statements in a line
	Sentence             // after a sentence
	Word                 // after a word
	Grapheme             // between two characters; Level 1: inside a cluster that is longer than any chunk
)

var rankNames = [...]string{"turn", "file", "heading", "block", "record", "blank", "line", "element", "sentence", "word", "grapheme"}

func (r Rank) String() string { return rankNames[r] }

// A Cut is a place between two bytes of the text.
type Cut struct {
	Offset int
	Hash   uint32 // of the bytes around Offset, so that a choice between equals is the same wherever the place has moved to
	Rank   Rank
	Level  uint8 // within the rank; smaller is better
}

// order grows with the rank and the level: of two places that are too near to each other to need both the smaller is better, or else the smaller hash.
func (c Cut) order() int { return int(c.Rank)<<8 | int(c.Level) }

// A Layout is what there is to know of a text for cutting it.
type Layout struct {
	Kind   Kind   // of the text, or of its first file
	Cuts   []Cut  // by offset; neither 0 nor len(text) is among them
	Blocks []Span // better left whole, by start; they may nest
	marks  []mark
}

// Read finds the cuts of text down to lines. Of cuts that are less than grain bytes apart it keeps the best.
func Read(text string, grain int) *Layout {
	r := &reader{text: text, grain: grain, cr: indexFrom(text, 0, '\r')}
	r.Cuts = make([]Cut, 0, len(text)/max(grain, 64)+16) // growing bit by bit would leave several times as much behind
	r.all()
	return &r.Layout
}

// reader collects a Layout.
type reader struct {
	Layout
	text       string
	grain      int
	cr         int // the first CR, len(text) when there is none
	signs      []sign
	fenceLines []fenceLine
	places     []int32 // of lines behind a blank one, a colon or a tag that JSON or a table may begin with
	asked      Span    // see detect
	answer     Kind
	counted    Span // what evidence is of
	evidence   evidence
	inTurn     bool // what is read belongs to a turn of a transcript
}

// lines returns the lines of the text up to end.
func (r *reader) lines(end int) lines { return lines{r.text[:end], -1, min(r.cr, end)} }

// cut adds a place at or after the last one.
func (r *reader) cut(offset int, rank Rank, level int) {
	if offset <= 0 || offset >= len(r.text) {
		return
	}
	addCut(&r.Cuts, r.text, r.grain, offset, rank, level)
}

// addCut appends a place to cuts, or puts it in the stead of the last one when that is nearer than grain and worse.
func addCut(cuts *[]Cut, text string, grain, offset int, rank Rank, level int) {
	c := Cut{Offset: offset, Rank: rank, Level: uint8(min(level, 15))}
	if n := len(*cuts); n > 0 && offset-(*cuts)[n-1].Offset < max(grain, 1) {
		last := &(*cuts)[n-1]
		if c.order() > last.order() {
			return
		}
		c.Hash = neighbourhood(text, offset)
		if c.order() < last.order() || c.Hash < last.Hash {
			*last = c
		}
		return
	}
	c.Hash = neighbourhood(text, offset)
	*cuts = append(*cuts, c)
}

// block adds a span that is better left whole.
func (r *reader) block(start, end int) {
	if start < end {
		r.Blocks = append(r.Blocks, Span{start, end})
	}
}

// neighbourhood hashes the 16 bytes before and the 32 bytes after an offset: enough to tell the lines of a log apart, and little enough that an edit
// two lines away does not change it.
func neighbourhood(text string, i int) uint32 {
	if i < 16 || i+32 > len(text) {
		var around [48]byte
		lo, hi := max(i-16, 0), min(i+32, len(text))
		copy(around[lo-(i-16):], text[lo:hi])
		text, i = string(around[:]), 16
	}
	word := func(n int) uint64 { return load8(text, i-16+n) }
	h1, l1 := bits.Mul64(word(0)^0xa0761d6478bd642f, word(8)^0xe7037ed1a0b428db)
	h2, l2 := bits.Mul64(word(16)^0x8ebc6af09c88c6e3, word(24)^0x589965cc75374cc3)
	h3, l3 := bits.Mul64(word(32)^0x1d8e4e27c47d124f, word(40)^0xeb44accab455d165)
	h, l := bits.Mul64(h1^l1^h3^l3^0x2d358dccaa6c78a5, h2^l2^0x8bb84b93962eacc9)
	return uint32((h ^ l) >> 32)
}

// load8 reads s[i:i+8].
func load8(s string, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}
