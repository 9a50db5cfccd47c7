package tokens

import "math/bits"

// table finds a number by its hash: open addressing. A slot has the number, which is not 0, and above it those bits of the hash that come behind the ones which say
// what slot it is; they rule out nearly all numbers of other things, and the rest is for who asks. An empty slot is 0.
type table struct {
	slots []uint32 // a power of two, with empty ones among them
	shift uint     // leaves of a hash the slot where looking begins
}

const (
	numberBits = 21
	numberMask = 1<<numberBits - 1
)

func newTable(slots []uint32) table { return table{slots, uint(65 - bits.Len(uint(len(slots))))} }

// tag is the hash as a slot has it.
func (t *table) tag(hash uint64) uint32 { return uint32(hash<<(64-t.shift)>>32) &^ numberMask }

// filler enters numbers into a table some at a time. Slots are all over the memory: one look at each of many, with nothing to decide in between, has the processor
// fetch them all at once, and entering then finds them near.
type filler struct {
	table
	n      int
	hashes [128]uint64
	number [128]uint32
	seen   uint32
}

func (f *filler) add(hash uint64, number uint32) {
	f.hashes[f.n], f.number[f.n] = hash, number
	if f.n++; f.n == len(f.hashes) {
		f.flush()
	}
}

func (f *filler) flush() {
	mask := uint64(len(f.slots) - 1)
	seen := uint32(0)
	for _, h := range f.hashes[:f.n] {
		seen |= f.slots[h>>f.shift&mask]
	}
	f.seen |= seen // so that the compiler leaves the looking in
	for i, h := range f.hashes[:f.n] {
		at := h >> f.shift & mask
		for f.slots[at] != 0 {
			at = (at + 1) & mask
		}
		f.slots[at] = f.tag(h) | f.number[i]
	}
	f.n = 0
}
