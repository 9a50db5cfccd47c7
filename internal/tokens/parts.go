package tokens

import "math/bits"

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

// has is 1 if the pair is in the set.
func (p *pairSet) has(l, r uint32) uint64 {
	h := charPair(l, r)
	return p[h>>6] >> (h & 63) & 1
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
	return t.pairs.has(l, r) != 0 || le&asLeft|re&asRight != 0 && t.seam(s, i, l, r)
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
	}
	return w.joined(s, i, end)
}

// joined counts s[i:end], a part of more than one character.
func (w *worker) joined(s string, i, end int) int {
	if n := end - i; n <= shortLen || n <= wordLen && i+32 <= len(s) {
		return w.count(s, i, end)
	}
	return w.merged(s[i:end])
}

// wide reads and counts at once the piece at s[i] if all its characters have three bytes and are letters without case, but perhaps the first, which may be a blank or
// a symbol of ASCII too: most of Chinese, Japanese, Thai, Hindi. Otherwise end is 0. Where parts end is hard to foresee, so that it is found for up to 64 characters
// without a branch before any is counted.
func (w *worker) wide(s string, i int) (end, tokens int) {
	t := w.v.chars
	goOn := uint32(either) << classShift
	if w.o200k {
		goOn |= mark << classShift
	}
	left, k := uint32(s[i]), i+1
	if left >= 0x80 {
		left, k = threeBytes(s, i), i+3
	}
	entry := t.chars[left]
	if k == i+3 && (left < 0x800 || entry&((blank|other|either)<<classShift) == 0) {
		return 0, 0
	}
	row := charRow{start: i, second: k, two: uint64(entry >> (partsShift + 1) & 1), three: uint64(entry >> partsShift & 1)}
	n := uint(1)
	for ; ; k += 3 {
		r := threeBytes(s, k)
		e := t.chars[r]
		if r < 0x800 || e&goOn == 0 {
			break
		}
		if n == 64 {
			n = uint(bits.LeadingZeros64(^row.meets))
			if n == 63 {
				return 0, 0
			}
			tokens += w.row(s, &row, 63-n)
			n++
		}
		meets := t.pairs.has(left, r)
		if entry&asLeft|e&asRight != 0 && t.seam(s, k, left, r) {
			meets = 1
		}
		row.meets |= meets << n
		row.two |= uint64(e>>(partsShift+1)&1) << n
		row.three |= uint64(e>>partsShift&1) << n
		left, entry = r, e
		n++
	}
	if entry&goOn == 0 {
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
	return k, tokens + w.row(s, &row, n)
}

// threeBytes returns the character of three bytes at s[k], or 0 if none is there, or may be.
func threeBytes(s string, k int) uint32 {
	if k+4 > len(s) {
		return 0
	}
	b := s[k : k+4]
	x := uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
	if x&0xc0c0f0 != 0x8080e0 {
		return 0
	}
	return x&15<<12 | x>>2&(63<<6) | x>>16&63
}

// A charRow is up to 64 characters, all but the first of three bytes, with a bit for each.
type charRow struct {
	start, second int    // where the first two are
	meets         uint64 // a merge may cross to it from the one before
	two, three    uint64 // those that are no token: of two tokens or three; of three
}

// row counts the first n characters of a row, the last of which does not meet the next, and takes them off.
func (w *worker) row(s string, r *charRow, n uint) (tokens int) {
	these := uint64(1)<<n - 1
	lone := these &^ (r.meets | r.meets>>1)
	tokens = bits.OnesCount64(lone) + bits.OnesCount64(lone&r.two) + bits.OnesCount64(lone&r.three)
	at := func(char int) int { return max(r.second+3*(char-1), r.start) }
	for meets := r.meets & these; meets != 0; {
		first := bits.TrailingZeros64(meets)
		end := first + bits.TrailingZeros64(^(meets >> first))
		tokens += w.joined(s, at(first-1), at(end))
		meets &^= 1<<end - 1
	}
	r.start, r.second = at(int(n)), at(int(n)+1)
	r.meets, r.two, r.three = r.meets>>n, r.two>>n, r.three>>n
	return tokens
}
