package tokens

// A merge makes a token, so that no merge crosses a place whose two neighbouring characters stand in no token side by side (nor a part of one beside the other or
// a part of it: charTable knows those). A piece may be taken apart there and its parts counted alone. Outside ASCII few pairs of characters stand in any token,
// so that parts are short: in Chinese mostly one or two characters.

const pairBits = 19

// pairSet is a hashed set of pairs of neighbouring characters in tokens. It may hold a pair too much.
type pairSet [1 << pairBits / 64]uint64

func charPair(l, r uint32) uint32 {
	return (l*0x9e3779b1 ^ r*0x85ebca6b) * 0xc2b2ae35 >> (32 - pairBits)
}

func (p *pairSet) add(l, r uint32) {
	h := charPair(l, r)
	p[h>>6] |= 1 << (h & 63)
}

func (p *pairSet) has(l, r uint32) bool {
	h := charPair(l, r)
	return p[h>>6]>>(h&63)&1 != 0
}

// addPairs enters the neighbours in a token.
func (t *charTable) addPairs(token string) {
	left := uint32(0)
	for i, r := range token {
		if i > 0 {
			t.pairs.add(left, uint32(r))
		}
		left = uint32(r)
	}
}

// meet tells whether a merge may cross between the characters l and r, whose entries are le and re and which end and begin at s[i].
func (t *charTable) meet(s string, i int, l, le, r, re uint32) bool {
	return t.pairs.has(l, r) || le&asLeft|re&asRight != 0 && t.seam(s, i, l, r)
}

// parts counts a piece part by part.
func (w *worker) parts(piece string) int {
	t := w.v.chars
	total, start := 0, 0
	var left, entry uint32
	for i := 0; i < len(piece); {
		c := piece[i]
		r, size := uint32(c), 1
		switch {
		case c < 0x80:
		case c < 0xe0:
			r, size = uint32(c&31)<<6|uint32(piece[i+1]&63), 2
		case c < 0xf0:
			r, size = uint32(c&15)<<12|uint32(piece[i+1]&63)<<6|uint32(piece[i+2]&63), 3
		default:
			// Of characters of four bytes nothing is known.
			if start == 0 {
				return w.merged(piece)
			}
			return total + w.merged(piece[start:])
		}
		e := t.chars[r]
		if i > 0 && !t.meet(piece, i, left, entry, r, e) {
			total += w.part(piece, start, i, left, entry)
			start = i
		}
		left, entry = r, e
		i += size
	}
	if start == 0 {
		return w.merged(piece)
	}
	return total + w.part(piece, start, len(piece), left, entry)
}

// part counts s[i:end], which ends with a character of that entry.
func (w *worker) part(s string, i, end int, last, entry uint32) int {
	if n := end - i; n == 1 || n == 2 && last >= 0x80 || n == 3 && last >= 0x800 {
		if entry&idMask == opaque {
			return int(entry >> partsShift & 3)
		}
		return 1
	} else if n <= shortLen || n <= wordLen && i+32 <= len(s) {
		return w.count(s, i, end)
	}
	return w.merged(s[i:end])
}

// wide reads and counts at once the piece at s[i] if all its characters have three bytes and are letters without case, but perhaps the first, which may be a blank or
// a symbol of ASCII too: most of Chinese, Japanese, Thai, Hindi. Otherwise end is 0.
func (w *worker) wide(s string, i int) (end, tokens int) {
	t := w.v.chars
	goOn := uint32(either) << classShift
	if w.o200k {
		goOn |= mark << classShift
	}
	start, k := i, i
	var left, entry uint32
	if c := s[i]; c < 0x80 {
		left, entry, k = uint32(c), t.chars[c], i+1
	}
	for k+2 < len(s) && s[k]&0xf0 == 0xe0 && s[k+1]&0xc0 == 0x80 && s[k+2]&0xc0 == 0x80 {
		r := uint32(s[k]&15)<<12 | uint32(s[k+1]&63)<<6 | uint32(s[k+2]&63)
		e := t.chars[r]
		if e&goOn == 0 || k == i && e>>classShift == mark {
			if k > i || e&((blank|other)<<classShift) == 0 {
				break
			}
		}
		if r < 0x800 {
			return 0, 0
		}
		if k > i && !t.meet(s, k, left, entry, r, e) {
			tokens += w.part(s, start, k, left, entry)
			start = k
		}
		left, entry = r, e
		k += 3
	}
	if k == i || entry&goOn == 0 {
		return 0, 0
	}
	if k < len(s) {
		if c := s[k]; c >= 0x80 {
			if class, _, _ := w.t.at(s, k); class&(letter|mark) != 0 {
				return 0, 0
			}
		} else if w.t.ascii[c]&letter != 0 || c == '\'' {
			return 0, 0
		}
	}
	return k, tokens + w.part(s, start, k, left, entry)
}
