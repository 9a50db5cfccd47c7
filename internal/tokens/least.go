package tokens

import "math/bits"

// least is a number of tokens that s has at least, from the lengths of the longest tokens. It looks no further than it takes to pass limit.
func (v *vocab) least(s string, limit int) int {
	most := len(s) / v.maxLen
	if most > limit || len(s)/v.maxFar <= limit {
		return most
	}
	// Tokens outside ASCII are shorter, and slower to count. It is given up where most of a text is ASCII.
	const block = 16 << 10
	far := 0
	for i := 0; i+block <= len(s) && 3*far >= i; i += block {
		for k := i; k < i+block; k += 32 {
			b := s[k : k+32]
			far += bits.OnesCount64(load8(b, 0)&highs | (load8(b, 8)&highs)>>1 | (load8(b, 16)&highs)>>2 | (load8(b, 24)&highs)>>3)
		}
		if far/v.maxFar > limit {
			return far / v.maxFar
		}
	}
	return most
}
