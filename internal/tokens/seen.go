package tokens

import "math/bits"

// What a piece was counted to be says more than its pairs carry. Texts repeat their pieces, and those of their language: so where the bound by pairs is too high, what
// the pairs carry too much of the pieces that were seen before is taken from it, and of those seen for the first time, until it is low enough. The tables are small
// enough to be near when a request comes, as the vocabulary is not, and to look a piece up takes no branch that depends on the text.

// seen has pieces without zeros of 2 to 23 bytes, each where it hashes to, the last come alone. The zero value is empty.
type seen [1 << seenBits]seenPiece

// seenPiece is a piece, little endian, and in its last byte how much its pairs carry more than the seams that it has, in eighths of units.
type seenPiece struct{ a, b, c uint64 }

const (
	seenBits  = 13
	longSeen  = 23
	seenShift = 56 // where the last byte of c is
	seenUnit  = 8
)

// prefixes keeps of 24 bytes the first 1 to 23.
var prefixes = func() (masks [longSeen]seenPiece) {
	for i := range masks {
		n := i + 1
		masks[i] = seenPiece{1<<(8*min(n, 8)) - 1, 1<<(8*min(max(n-8, 0), 8)) - 1, 1<<(8*max(n-16, 0)) - 1}
	}
	return masks
}()

const (
	seenMixA = 0x9e3779b97f4a7c15
	seenMixB = 0xd6e8feb86659fd93
	seenMixC = 0xc2b2ae3d27d4eb4f
)

// seenAt reads the n bytes at s[i], and where they stand in the table.
func seenAt(s string, i, n int) (p seenPiece, place uint64) {
	m := &prefixes[n-1]
	p = seenPiece{load8(s, i) & m.a, load8(s, i+8) & m.b, load8(s, i+16) & m.c}
	return p, (p.a*seenMixA ^ p.b*seenMixB ^ p.c*seenMixC) >> (64 - seenBits)
}

// findAny is find for any processor: it returns the sum of the last bytes of those pieces that were seen before, and where the others start. They start in s[:64] where
// starts has a bit, and end within 23 bytes where ends has its next one.
func (t *seen) findAny(s string, starts, ends uint64) (units int, missed uint64) {
	s = s[:sight+longSeen+1]
	for ends >>= 1; starts != 0; starts &= starts - 1 {
		from := bits.TrailingZeros64(starts)
		p, place := seenAt(s, from, bits.TrailingZeros64(ends>>from)+1)
		if e := &t[place]; (e.a^p.a)|(e.b^p.b)|(e.c^p.c)<<8 == 0 {
			units += int(e.c >> seenShift)
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
	units := min(max(w.v.carry(s[i:end])-(tokens-1)*pairUnit, 0)/seenUnit, 255)
	p, place := seenAt(s, i, n)
	p.c |= uint64(units) << seenShift
	w.seen[place] = p
	return units * seenUnit
}

// units is how many the pairs carry more than they need for what starts in s[i:j]: pieces that were seen before or are among the first that it may learn; and rows of
// three and more spaces or tabs, which are two pieces: all of them but the last, which are one token, and the last with what follows. It returns how many more it may
// learn.
func (w *worker) units(s string, i, j, lessons int) (units, left int) {
	for i = max(i, sightBefore); i < j && i-sightBefore+sight+longSeen < len(s); i += sightStep {
		at := s[i-sightBefore:]
		starts, ends, rows, strange := look(at, w.camel)
		in := uint64(1<<min(j-i, sightStep)-1) << sightBefore
		units += bits.OnesCount64(rows&in) * pairUnit
		// Which end within 23 bytes.
		near := ends>>1 | ends>>2
		near |= near >> 2
		near |= near >> 4
		near |= near>>8 | near>>15
		found, missed := w.seen.find(at, starts&near&in, ends)
		units += found * seenUnit
		for ; missed != 0 && lessons > 0; missed &= missed - 1 {
			from := bits.TrailingZeros64(missed)
			if n := bits.TrailingZeros64(ends>>1>>from) + 1; strange>>from&(1<<n-1) == 0 {
				units += w.learn(s, i-sightBefore+from, n)
				lessons--
			}
		}
	}
	return units, lessons
}

// fewLessons is how many pieces are learned from a text for the sake of those to come, whatever is needed for itself: the more are known the less is looked at.
const fewLessons = 2

// takeSeen takes what is known of pieces, rows and, in blocks that are not all ASCII, of characters from the units that s carries from each block on, from the last
// block on, until all together carry less by lack. If what was seen before does not do, it learns all that helps.
func (w *worker) takeSeen(s string, size, lack int, far *[blocks]bool) {
	last := (len(s) - 1) / size
	var taken [blocks]int
	sum, lessons := 0, fewLessons
	block := func(k int) {
		from, to := k*size, min((k+1)*size, len(s))
		units := 0
		units, lessons = w.units(s, from, to, lessons)
		if far[k] {
			units += w.v.spared(s, from, to)
		}
		sum += units - taken[k]
		taken[k] = units
	}
	for k := last; k >= 0 && sum < lack; k-- {
		block(k)
	}
	missing := lack - sum
	lessons = len(s)
	for k := last; k >= 0 && sum < lack; k-- {
		block(k)
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
