package tokens

import "math/bits"

// table is a hash table with open addressing: looking begins at the slot that a hash says and ends at an empty one.
type table[T comparable] struct {
	slots []T  // a power of two, the zero value where empty, which some are
	shift uint // leaves of a hash the slot where looking begins
}

func newTable[T comparable](slots []T) table[T] {
	clear(slots) // page after page: one that is read before it is written to costs the kernel twice
	return table[T]{slots, uint(65 - bits.Len(uint(len(slots))))}
}

// has tells whether the table holds k, which has that hash.
func (t *table[T]) has(hash uint64, k T) bool {
	var empty T
	for i := hash >> t.shift; ; i++ {
		switch t.slots[i&uint64(len(t.slots)-1)] {
		case k:
			return true
		case empty:
			return false
		}
	}
}

// filler enters values into a table, some at a time. Slots are all over the memory: one look at each of many, with nothing to decide in between, has the processor
// fetch them all at once, and entering then finds them near.
type filler[T comparable] struct {
	table[T]
	n      int
	hashes [128]uint64
	values [128]T
	free   int // how many slots were empty when looked at, so that the compiler leaves the looking in
}

func (f *filler[T]) add(hash uint64, value T) {
	f.hashes[f.n], f.values[f.n] = hash, value
	if f.n++; f.n == len(f.hashes) {
		f.flush()
	}
}

func (f *filler[T]) flush() {
	var empty T
	mask := uint64(len(f.slots) - 1)
	free := 0
	for _, h := range f.hashes[:f.n] {
		if f.slots[h>>f.shift&mask] == empty {
			free++
		}
	}
	f.free += free
	for i, h := range f.hashes[:f.n] {
		at := h >> f.shift & mask
		for f.slots[at] != empty {
			at = (at + 1) & mask
		}
		f.slots[at] = f.values[i]
	}
	f.n = 0
}
