package tokens

import "math/bits"

// What a piece was counted to be says more than its pairs carry. Texts repeat their pieces, and those of their language: so where the bound by pairs is too high, what
// the pairs carry too much of the pieces that were seen before is taken from it, and of those seen for the first time, until it is low enough. The tables are small
// enough to be near when a request comes, as the vocabulary is not, and to look a piece up takes no branch that depends on the text.

// seen has pieces without zeros of 2 to 24 bytes, each where it hashes to, the last come alone, with how many units its pairs carry more than the seams that it has.
// The zero value is empty.
type seen struct {
	short [1 << shortBits]uint64 // up to 8 bytes as seenMix makes them, the upper bits of which are the place, and the others stand above the units
	long  [1 << longBits]longPiece
}

// longPiece is a piece of 9 to 24 bytes, little endian.
type longPiece struct{ a, b, c, units uint64 }

const (
	shortBits = 13
	unitsMask = 1<<shortBits - 1
	longBits  = 12
	shortSeen = 8
	longSeen  = 24
)

// seenMix changes pieces, little endian, into other numbers, no two into the same.
func seenMix(piece uint64) uint64 { return piece * 0x9e3779b97f4a7c15 }

func (p longPiece) place() uint64 {
	return (p.a*0x9e3779b97f4a7c15 ^ p.b*0xd6e8feb86659fd93 ^ p.c*0xc2b2ae3d27d4eb4f) >> (64 - longBits)
}

// longPieceAt reads the n bytes at s[i], 9 to 24; s goes on for as many at least.
func longPieceAt(s string, i, n int) longPiece {
	return longPiece{a: load8(s, i), b: load8(s, i+8) & (^uint64(0) >> max(128-8*n, 0)), c: load8(s, i+16) & (^uint64(0) >> (192 - 8*n))}
}

// findLong is find for pieces of 9 to 24 bytes.
func (t *seen) findLong(s string, starts, ends uint64) (units int, missed uint64) {
	s = s[:sight+longSeen]
	for ends >>= 1; starts != 0; starts &= starts - 1 {
		from := bits.TrailingZeros64(starts)
		p := longPieceAt(s, from, bits.TrailingZeros64(ends>>from)+1)
		if e := &t.long[p.place()]; (e.a^p.a)|(e.b^p.b)|(e.c^p.c) == 0 {
			units += int(e.units)
		} else {
			missed |= starts & -starts
		}
	}
	return units, missed
}

// learn counts the piece of n bytes at s[i], enters it, and returns its units. If it is none it returns 0.
func (w *worker) learn(s string, i, n int) int {
	end, tokens := w.piece(s, i)
	if end != i+n {
		return 0 // a capital that is not of ASCII may begin another
	}
	units := max(w.v.carry(s[i:end])-(tokens-1)*pairUnit, 0)
	if n <= shortSeen {
		mix := seenMix(load8(s, i) & (^uint64(0) >> (64 - 8*n)))
		w.seen.short[mix>>(64-shortBits)] = mix<<shortBits | uint64(units)
	} else {
		p := longPieceAt(s, i, n)
		p.units = uint64(units)
		w.seen.long[p.place()] = p
	}
	return units
}

// units is how many the pairs carry more than they need for what starts in s[i:j]: pieces that were seen, or all if it may learn them; and rows of three and more
// spaces or tabs, which are two pieces: all of them but the last, which are one token, and the last with what follows.
func (w *worker) units(s string, i, j int, learn bool) (units int) {
	for i = max(i, sightBefore); i < j && i-sightBefore+sight+longSeen <= len(s); i += sightStep {
		at := s[i-sightBefore:]
		starts, ends, rows, strange := look(at, w.camel)
		in := uint64(1<<min(j-i, sightStep)-1) << sightBefore
		units += bits.OnesCount64(rows&in) * pairUnit
		// Which end within 8 bytes, and within 24.
		near := ends>>1 | ends>>2
		near |= near >> 2
		near |= near >> 4
		far := near | near>>8 | near>>16
		starts &= in
		n, missed := w.seen.find(at, starts&near, ends)
		units += n
		n, more := w.seen.findLong(at, starts&far&^near, ends)
		units += n
		if learn {
			for missed |= more; missed != 0; missed &= missed - 1 {
				from := bits.TrailingZeros64(missed)
				if n := bits.TrailingZeros64(ends>>1>>from) + 1; strange>>from&(1<<n-1) == 0 {
					units += w.learn(s, i-sightBefore+from, n)
				}
			}
		}
	}
	return units
}

// takeSeen takes what is known of pieces, rows and, in blocks that are not all ASCII, of characters from the units that s carries from each block on, from the last
// block on, until all together carry less by lack. If what was seen before does not do, it learns.
func (w *worker) takeSeen(s string, size, lack int, far *[blocks]bool) {
	last := (len(s) - 1) / size
	var taken [blocks]int
	sum := 0
	block := func(k int, learn bool) {
		from, to := k*size, min((k+1)*size, len(s))
		units := w.units(s, from, to, learn)
		if far[k] {
			units += w.v.spared(s, from, to)
		}
		sum += units - taken[k]
		taken[k] = units
	}
	for k := last; k >= 0 && sum < lack; k-- {
		block(k, false)
	}
	missing := lack - sum
	for k := last; k >= 0 && sum < lack; k-- {
		block(k, true)
		if last-k == blocks/8 && 2*(sum-lack+missing)*last < missing*(last-k) {
			break // the rest would not help either
		}
	}
	sum = 0
	for k := last; k >= 0; k-- {
		sum += taken[k]
		w.most[k] -= sum
	}
}
