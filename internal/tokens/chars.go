package tokens

import "unicode/utf8"

// Merging may start from whole characters instead of bytes, and so with a third of the symbols where a character has three bytes, but beside a seam between
// characters that some merge crosses while one of the two is still in parts. Few merges do ("彩" with the first two bytes of "票"); charTable knows all of them
// and finds whether one may apply between two neighbours, which then start as bytes. It holds the characters of up to three bytes.
//
// Why that is exact: between other characters, the parts of a character only meet each other, so that they end as the one token or as the same few tokens
// everywhere; and a merge of whole characters has a larger id than the characters have, so that all of them are whole before any merge of theirs comes up.
type charTable struct {
	chars    [1 << 16]uint32 // by code point: the id of its token, or opaque with the number of tokens it falls into; the marks below; its class
	crossing [1 << 10]uint64 // hashed set of (character, byte beside it)
	pairs    pairSet
	heads    [1 << 12]bool // the first two bytes of three that merge, for finish
	tails    [1 << 12]bool // the last two
}

const (
	opaque     = idMask            // in place of an id: merges with nothing
	partsShift = idBits            // two bits: the number of tokens of an opaque character
	asLeft     = 1 << (idBits + 2) // some merge takes it with the first bytes of a character to its right
	asRight    = 1 << (idBits + 3) // some merge takes it with the last bytes of a character to its left
	spareShift = idBits + 4        // two bits: how many tokens less than three it is
	classShift = 24
)

// addASCII enters a token of ASCII.
func (t *charTable) addASCII(id uint32, token string) {
	if len(token) == 1 {
		t.chars[token[0]] |= id
	}
	for i := 1; i < len(token); i++ {
		t.pairs.add(uint32(token[i-1]), uint32(token[i]))
	}
}

// add enters a token that is not ASCII and has halves, the left one of left bytes: it may be one character, or no UTF-8 and cross from one to the next.
func (t *charTable) add(id uint32, token string, left int) {
	t.addPairs(token)
	if utf8.ValidString(token) {
		if r, size := utf8.DecodeRuneInString(token); size == len(token) && size <= 3 {
			t.chars[r] |= id
		}
		return
	}
	if len(token) == 2 && token[1]&0xc0 == 0x80 {
		if token[0]&0xf0 == 0xe0 {
			t.heads[int(token[0]&15)<<6|int(token[1]&63)] = true
		} else if token[0]&0xc0 == 0x80 {
			t.tails[int(token[0]&63)<<6|int(token[1]&63)] = true
		}
	}
	t.addCrossing(token[:left], token[left:])
}

// finish is for when all tokens are in.
func (t *charTable) finish() {
	class := classes()
	for r := range t.chars {
		e := &t.chars[r]
		if r>>11 != 0xd800>>11 { // surrogates are no characters
			*e |= uint32(class.rune(rune(r))) << classShift
		}
		if *e&idMask != 0 || r == '!' { // token 0 is "!"
			*e |= 2 << spareShift
			continue
		}
		parts := uint32(2)
		if r >= 0x800 && !t.heads[r>>6] && !t.tails[r&0xfff] {
			parts = 3
		}
		*e |= opaque | parts<<partsShift | (3-parts)<<spareShift
	}
}

// addCrossing notes the merge of left and right if they meet between characters and one of them is a part of one character.
func (t *charTable) addCrossing(left, right string) {
	if right[0]&0xc0 == 0x80 {
		return // they meet inside a character
	}
	if !partOfLast(left) {
		if first, size := utf8.DecodeRuneInString(right); first != utf8.RuneError || size > 1 {
			return // both have whole characters at the seam
		}
		if r, _ := utf8.DecodeLastRuneInString(left); r < 1<<16 {
			t.chars[r] |= asLeft
			t.cross(uint32(r), right)
		}
		return
	}
	if r, size := utf8.DecodeRuneInString(right); size > 1 || r < utf8.RuneSelf {
		if r < 1<<16 {
			t.chars[r] |= asRight
			t.cross(uint32(r), left)
		}
		return
	}
	// Both are parts: any character that begins with the right one may follow.
	var from, n uint32
	switch c := right[0]; {
	case c < 0xe0:
		from, n = uint32(c&31)<<6, 1<<6
	case c < 0xf0 && len(right) == 1:
		from, n = uint32(c&15)<<12, 1<<12
	case c < 0xf0:
		from, n = uint32(c&15)<<12|uint32(right[1]&63)<<6, 1<<6
	}
	for r := from; r < from+n; r++ {
		t.chars[r] |= asRight
		t.cross(r, left)
	}
}

// partOfLast tells whether s is the last bytes of one character.
func partOfLast(s string) bool {
	for i := range len(s) {
		if s[i]&0xc0 != 0x80 {
			return false
		}
	}
	return true
}

// cross enters a character and what merges with it from beside: parts of one or two bytes, or of three, of which two decide.
func (t *charTable) cross(r uint32, beside string) {
	part := uint32(beside[0])
	if len(beside) > 1 {
		part = part<<8 | uint32(beside[1])
	}
	h := crossHash(r, part)
	t.crossing[h>>6] |= 1 << (h & 63)
}

func crossHash(r, part uint32) uint32 { return (r*0x9e3779b1 ^ part*0x85ebca6b) * 0xc2b2ae35 >> 16 }

func (t *charTable) has(r, part uint32) bool {
	h := crossHash(r, part)
	return t.crossing[h>>6]>>(h&63)&1 != 0
}

// seam tells whether a merge may cross between the characters l and r, which end and begin at piece[i], while one of them is in parts.
func (t *charTable) seam(piece string, i int, l, r uint32) bool {
	if t.chars[l]&asLeft != 0 {
		if c := uint32(piece[i]); t.has(l, c) || i+1 < len(piece) && t.has(l, c<<8|uint32(piece[i+1])) {
			return true
		}
	}
	if t.chars[r]&asRight != 0 {
		if c := uint32(piece[i-1]); t.has(r, c) || i > 1 && t.has(r, uint32(piece[i-2])<<8|c) {
			return true
		}
	}
	return false
}

// chars counts the tokens of a piece of UTF-8 from its characters, or says that it cannot: it has a character of four bytes, or too many.
func (sc *scratch) chars(v *vocab, piece string) (tokens int, ok bool) {
	t := v.chars
	n, extra := 0, 0
	var entry, left uint32 // of the character before, and its code point
	start := 0             // and its first byte
	apart := false         // and whether it was entered as bytes
	for i := 0; i < len(piece); {
		if n+6 > len(sc.ids) {
			return 0, false
		}
		c := piece[i]
		r, size := uint32(c), 1
		switch {
		case c < utf8.RuneSelf:
		case c < 0xe0 && i+1 < len(piece):
			r, size = uint32(c&31)<<6|uint32(piece[i+1]&63), 2
		case c < 0xf0 && i+2 < len(piece):
			r, size = uint32(c&15)<<12|uint32(piece[i+1]&63)<<6|uint32(piece[i+2]&63), 3
		default:
			return 0, false
		}
		e := t.chars[r]
		if entry&asLeft|e&asRight != 0 && i > 0 && t.seam(piece, i, left, r) {
			if !apart {
				n--
				if entry&idMask == opaque {
					extra -= int(entry>>partsShift&3) - 1
				}
				for ; start < i; start++ {
					sc.ids[n] = v.single[piece[start]]
					n++
				}
			}
			apart = true
			for j := i; j < i+size; j++ {
				sc.ids[n] = v.single[piece[j]]
				n++
			}
		} else {
			apart = false
			id := e & idMask
			if id == opaque {
				extra += int(e>>partsShift&3) - 1
			}
			sc.ids[n] = id
			n++
		}
		start, entry, left = i, e, r
		i += size
	}
	return sc.merge(v, n) + extra, true
}
