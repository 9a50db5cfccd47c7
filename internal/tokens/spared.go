package tokens

import (
	"math/bits"
	"unicode/utf8"
)

// takenApart is how many tokens more than else two characters of three bytes make at most when each falls into its bytes.
const takenApart = 4

// spared is how many tokens less than bytes the characters of three bytes that begin in s[i:j] are, at least: how many tokens they are is known, unless a merge
// crosses to one beside them (see charTable). Of those of four bytes nothing is known.
func (v *vocab) spared(s string, i, j int) int {
	t := v.chars
	n := 0
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
		var left, entry uint32
		if i > 0 {
			if left = uint32(s[i-1]); left >= utf8.RuneSelf {
				before, _ := utf8.DecodeLastRuneInString(s[:i])
				left = uint32(before)
			}
			if left >= 1<<16 || left == utf8.RuneError {
				left = 0
				n -= takenApart
			}
			entry = t.chars[left]
		}
		for {
			r := uint32(s[i]&15)<<12 | uint32(s[i+1]&63)<<6 | uint32(s[i+2]&63)
			e := t.chars[r]
			n += int(e >> spareShift & 3)
			if i > 0 && entry&asLeft|e&asRight != 0 && t.seam(s, i, left, r) {
				n -= takenApart
			}
			left, entry = r, e
			if i += 3; i >= j || i+2 >= len(s) || s[i]&0xf0 != 0xe0 {
				break
			}
		}
		if i < len(s) && (i >= j || s[i]&0xf0 != 0xe0) { // of what is behind j nobody may ask
			next := uint32(s[i])
			if next >= utf8.RuneSelf {
				behind, _ := utf8.DecodeRuneInString(s[i:])
				next = uint32(behind)
			}
			if next >= 1<<16 || next == utf8.RuneError || entry&asLeft|t.chars[next]&asRight != 0 && t.seam(s, i, left, next) {
				n -= takenApart
			}
		}
	}
	return n
}
