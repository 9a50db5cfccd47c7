package tokens

import (
	_ "embed"
	"sync"
	"unicode/utf8"
)

// The classes of characters that the two patterns tell apart, one bit each.
const (
	upper   = 1 << iota // \p{Lu} \p{Lt}
	lower               // \p{Ll}
	either              // \p{Lm} \p{Lo}: both patterns of o200k_base take them as upper and as lower case
	mark                // \p{M}
	number              // \p{N}
	blank               // \s but for line ends
	newline             // \r \n
	other               // everything else, bytes that are no UTF-8 too

	letter = upper | lower | either
	space  = blank | newline
	symbol = mark | other // [^\s\p{L}\p{N}]
)

// unicodeClasses is written by testdata/classes.py, out of tiktoken: its Unicode tables are newer than those of Go, and letters assigned since split differently.
//
//go:embed unicode.classes
var unicodeClasses string

// classTable maps code points to classes in two steps of 128, so that a page of one class is stored once.
type classTable struct {
	ascii [256]uint8 // 0 for bytes that are not ASCII
	index [utf8.MaxRune>>7 + 1]uint16
	pages [][128]uint8
}

var classes = sync.OnceValue(func() *classTable {
	t := &classTable{}
	known := make(map[[128]uint8]uint16)
	var page [128]uint8
	at := 0
	next := func(n int, class uint8) { // n characters
		for ; n > 0; n-- {
			page[at&127] = class
			if at++; at&127 != 0 {
				continue
			}
			number, ok := known[page]
			if !ok {
				number = uint16(len(t.pages))
				known[page] = number
				t.pages = append(t.pages, page)
			}
			t.index[at>>7-1] = number
		}
	}
	for r := unicodeClasses; len(r) > 0; r = r[1:] {
		var skip, run int
		skip, r = uvarint(r)
		run, r = uvarint(r)
		next(skip, other)
		next(run, r[0])
	}
	next(utf8.MaxRune+1-at, other)
	copy(t.ascii[:128], t.pages[t.index[0]][:])
	return t
})

func uvarint(s string) (int, string) {
	n := 0
	for i, shift := 0, 0; ; i, shift = i+1, shift+7 {
		n |= int(s[i]&0x7f) << shift
		if s[i] < 0x80 {
			return n, s[i+1:]
		}
	}
}

// at returns the class and the length of the character at s[i]. Bytes that are no UTF-8 are characters of one byte and class other, but for a surrogate in three
// bytes (WTF-8), which is one character; ok is false for both.
func (t *classTable) at(s string, i int) (class uint8, size int, ok bool) {
	c := s[i]
	if c < utf8.RuneSelf {
		return t.ascii[c], 1, true
	}
	if c >= 0xc2 && c < 0xe0 && i+1 < len(s) && s[i+1]&0xc0 == 0x80 {
		return t.rune(rune(c&0x1f)<<6 | rune(s[i+1]&0x3f)), 2, true
	}
	if c >= 0xe1 && c < 0xed && i+2 < len(s) && s[i+1]&0xc0 == 0x80 && s[i+2]&0xc0 == 0x80 {
		r := rune(c&0xf)<<12 | rune(s[i+1]&0x3f)<<6 | rune(s[i+2]&0x3f)
		return t.rune(r), 3, true
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	if r == utf8.RuneError && size == 1 {
		return other, badSize(s, i), false
	}
	return t.rune(r), size, true
}

// badSize is the length of the character that is no UTF-8 at s[i].
func badSize(s string, i int) int {
	if s[i] == 0xed && i+2 < len(s) && s[i+1]&0xe0 == 0xa0 && s[i+2]&0xc0 == 0x80 {
		return 3
	}
	return 1
}

func (t *classTable) rune(r rune) uint8 { return t.pages[t.index[r>>7]][r&127] }
