package tokens

import "unsafe"

// planes returns the lowest bits of s[:64] in one word, and so on. Both are SSE2, which every amd64 has.
func planes(s string) (b0, b1, b2, b3, b4, b5, b6, b7 uint64) {
	return planes64(unsafe.StringData(s[:sight]))
}

//go:noescape
func planes64(p *byte) (b0, b1, b2, b3, b4, b5, b6, b7 uint64)

// find returns the sum of the last bytes of those pieces that were seen before, and where the others start. They start in s[:64] where starts has a bit, and end within
// 23 bytes where ends has its next one.
func (t *seen) find(s string, starts, ends uint64) (units int, missed uint64) {
	if starts == 0 {
		return 0, 0
	}
	return find64(t, &prefixes, unsafe.StringData(s[:sight+longSeen+1]), starts, ends>>1)
}

//go:noescape
func find64(t *seen, prefixes *[longSeen]seenPiece, p *byte, starts, ends uint64) (units int, missed uint64)
