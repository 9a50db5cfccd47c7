package tokens

import (
	"math/bits"
	"unicode/utf8"
)

// takenApart is how many tokens more than else two characters of three bytes make at most when each falls into its bytes.
const takenApart = 4

// spared is how many units less than its bytes the characters of three bytes that begin in s[i:j] carry, at least: how many tokens they are is known, unless a merge
// crosses to one beside them (see charTable). Of those of four bytes nothing is known.
func (v *vocab) spared(s string, i, j int) int {
	t := v.chars
	n, behind := 0, -1 // behind is the end of the character before, if that had three bytes
	var left, entry uint32
	for i < j {
		if i+8 <= len(s) {
			x := load8(s, i)
			if x &= x << 1 & (x << 2) & highs; x == 0 {
				i += 8
				continue
			}
			if i += bits.TrailingZeros64(x) >> 3; i >= j {
				break
			}
		}
		if s[i]&0xf0 != 0xe0 || i+2 >= len(s) {
			i++
			continue
		}
		r := uint32(s[i]&15)<<12 | uint32(s[i+1]&63)<<6 | uint32(s[i+2]&63)
		e := t.chars[r]
		if behind != i && i > 0 {
			before, _ := utf8.DecodeLastRuneInString(s[:i])
			if left, entry = 0, 0; before >= 1<<16 || before == utf8.RuneError {
				n -= takenApart
			} else {
				left, entry = uint32(before), t.chars[before]
			}
		}
		if e&idMask != opaque {
			n += 2
		} else {
			n += 3 - int(e>>partsShift&3)
		}
		if i > 0 && (entry&asLeft|e&asRight) != 0 && t.seam(s, i, left, r) {
			n -= takenApart
		}
		i += 3
		left, entry, behind = r, e, i
		if i < len(s) && s[i]&0xf0 != 0xe0 {
			next, _ := utf8.DecodeRuneInString(s[i:])
			if next >= 1<<16 || next == utf8.RuneError || (e&asLeft|t.chars[next]&asRight) != 0 && t.seam(s, i, r, uint32(next)) {
				n -= takenApart
			}
		}
	}
	return n * pairUnit
}
