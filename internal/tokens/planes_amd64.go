package tokens

import "unsafe"

// planes returns the lowest bits of s[:64] in one word, and so on. Both are SSE2, which every amd64 has.
func planes(s string) (b0, b1, b2, b3, b4, b5, b6, b7 uint64) {
	return planes64(unsafe.StringData(s[:sight]))
}

//go:noescape
func planes64(p *byte) (b0, b1, b2, b3, b4, b5, b6, b7 uint64)

// find is what the pairs carry of those pieces of s that are known: they start in s[:64], up to 58, where starts has a bit and end where ends has its next one.
func (t *knownPieces) find(s string, starts, ends uint64) int {
	if starts == 0 {
		return 0
	}
	return find64(t, unsafe.StringData(s[:sight+8]), starts, ends>>1)
}

//go:noescape
func find64(t *knownPieces, p *byte, starts, ends uint64) (units int)
