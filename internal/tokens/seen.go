package tokens

import "math/bits"

// What a piece was counted to be says more than its pairs carry. Texts repeat their pieces, and those of their language: so where the bound by pairs is too high, what
// the pairs carry too much of the pieces that were seen before is taken from it, and of those seen for the first time, until it is low enough. To look pieces up takes
// no branch that depends on the text, and the table is small, as the vocabulary is not: when a request comes between other work neither caches nor predictors are warm.

// seen has pieces without zeros of 2 to 24 bytes, each where it hashes to, the last come alone, and how much their pairs carry more than the seams that they have, in
// units. The zero value is empty.
type seen struct {
	short [1 << shortBits]uint64 // up to 8 bytes as shortMix makes them, the upper bits of which are the place, and the others stand above the units
	long  [1 << longBits]longPiece
}

// longPiece is a piece of more than 8 bytes, little endian.
type longPiece struct{ a, b, c, units uint64 }

const (
	shortBits = 13
	unitsMask = 1<<shortBits - 1
	shortSeen = 8
	longBits  = 12
	longSeen  = 24
	mixA      = 0x9e3779b97f4a7c15
	mixB      = 0xd6e8feb86659fd93
	mixC      = 0xc2b2ae3d27d4eb4f
)

// shortMix changes pieces, little endian, into other numbers, no two into the same.
func shortMix(piece uint64) uint64 { return piece * mixA }

// findAny is find for any processor: it returns the units of those pieces of s that are in the table, and where the others start. They start in s[:64] where starts has
// a bit, and end within 8 bytes where ends has its next one.
func (t *seen) findAny(s string, starts, ends uint64) (units int, missed uint64) {
	s = s[:sight+shortSeen]
	for ends >>= 1; starts != 0; starts &= starts - 1 {
		i := bits.TrailingZeros64(starts)
		mix := shortMix(load8(s, i) & prefixes[bits.TrailingZeros64(ends>>i)][0])
		if other := t.short[mix>>(64-shortBits)] ^ mix<<shortBits; other <= unitsMask {
			units += int(other)
		} else {
			missed |= starts & -starts
		}
	}
	return units, missed
}

// A sighting is a long piece that may be in the table: its bytes, where it would be there, where it starts in the text, and its length.
type sighting struct {
	a, b, c   uint64
	place     uint32
	at, bytes uint16
}

// sightings are those of a few sights. They are read all before the table is, which memory then has time to bring nearer.
type sightings [128]sighting

// prefixes keeps of 24 bytes the first 1 to 24.
var prefixes = func() (masks [longSeen][3]uint64) {
	for i := range masks {
		for k := range 3 {
			masks[i][k] = 1<<(8*min(max(i+1-8*k, 0), 8)) - 1
		}
	}
	return masks
}()

// gatherAny is gather for any processor: it writes the pieces of s that start in s[:64] where starts has a bit, and end within 24 bytes where ends has its next one, into
// list from n on, and returns how many there are now. They start at from in the text.
func (t *seen) gatherAny(s string, starts, ends uint64, list *sightings, n, from int) int {
	s = s[:sight+longSeen]
	for ends >>= 1; starts != 0; starts &= starts - 1 {
		i := bits.TrailingZeros64(starts)
		last := bits.TrailingZeros64(ends >> i)
		m := &prefixes[last]
		e := sighting{a: load8(s, i) & m[0], b: load8(s, i+8) & m[1], c: load8(s, i+16) & m[2], at: uint16(from + i), bytes: uint16(last + 1)}
		e.place = uint32((e.a*mixA ^ e.b*mixB ^ e.c*mixC) >> (64 - longBits))
		list[n] = e
		n++
	}
	return n
}

// matchAny is match for any processor: it returns the units of those of the first n sightings that are in the table, and leaves the others at the front of the list.
func (t *seen) matchAny(list *sightings, n int) (units, missed int) {
	for _, s := range list[:n] {
		if e := &t.long[s.place]; (e.a^s.a)|(e.b^s.b)|(e.c^s.c) == 0 {
			units += int(e.units)
		} else {
			list[missed] = s
			missed++
		}
	}
	return units, missed
}

// learn counts the piece of n bytes at s[i], enters it, and returns its units. If it is none, or has something that look knows nothing of, it returns 0.
func (w *worker) learn(s string, i, n int) int {
	if i+sight+longSeen > len(s) {
		return 0
	}
	_, _, _, strange := look(s[i:], w.camel)
	end, tokens := w.piece(s, i)
	if end != i+n || strange&(1<<n-1) != 0 { // a capital that is not of ASCII may begin another piece
		return 0
	}
	units := max(w.v.carry(s[i:end])-(tokens-1)*pairUnit, 0)
	if n <= shortSeen {
		mix := shortMix(load8(s, i) & prefixes[n-1][0])
		w.seen.short[mix>>(64-shortBits)] = mix<<shortBits | uint64(units)
	} else {
		w.seen.gatherAny(s[i:], 1, 1<<n, &w.list, len(w.list)-1, 0)
		p := w.list[len(w.list)-1]
		w.seen.long[p.place] = longPiece{p.a, p.b, p.c, uint64(units)}
	}
	return units
}

// units is how many the pairs carry more than they need for what starts in s[i:j]: pieces that were seen before or are among the first that it may learn; and rows of
// three and more spaces or tabs, which are two pieces: all of them but the last, which are one token, and the last with what follows. It returns how many more it may
// learn.
func (w *worker) units(s string, i, j, lessons int) (units, left int) {
	for i = max(i, sightBefore); i < j; {
		n, from := 0, i-sightBefore
		for ; i < j && n < len(w.list)-sight/shortSeen && i-from <= 1<<15; i += sightStep {
			if i-sightBefore+sight+longSeen > len(s) {
				i = j
				break
			}
			at := s[i-sightBefore:]
			starts, ends, rows, _ := look(at, w.camel)
			in := uint64(1<<min(j-i, sightStep)-1) << sightBefore
			units += bits.OnesCount64(rows&in) * pairUnit
			starts &= in
			short, long := within(ends)
			found, missed := w.seen.find(at, starts&short, ends)
			units += found
			for ; missed != 0 && lessons > 0; missed &= missed - 1 {
				k := bits.TrailingZeros64(missed)
				units += w.learn(s, i-sightBefore+k, bits.TrailingZeros64(ends>>1>>k)+1)
				lessons--
			}
			n = w.seen.gather(at, starts&long, ends, &w.list, n, i-sightBefore-from)
		}
		found, missed := w.seen.match(&w.list, n)
		units += found
		for k := 0; k < missed && lessons > 0; k++ {
			p := w.list[k]
			units += w.learn(s, from+int(p.at), int(p.bytes))
			lessons--
		}
	}
	return units, lessons
}

// within returns from where the next end is at most 8 bytes away, and from where 9 to 24.
func within(ends uint64) (short, long uint64) {
	short = ends>>1 | ends>>2
	short |= short >> 2
	short |= short >> 4
	return short, (short>>8 | short>>16) &^ short
}

// takeSeen takes what is known of pieces, rows and, in blocks that are not all ASCII, of characters from the units that s carries from each block on, from the last
// block on, until all together carry less by lack. If that takes more than half of the blocks, one piece is learned for the sake of texts to come: the more are known,
// the less need be looked at. If what was seen before does not do, it learns all that helps.
func (w *worker) takeSeen(s string, size, lack int, far *[blocks]bool) {
	last := (len(s) - 1) / size
	var taken [blocks]int
	sum, lessons := 0, 0
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
		if k == last/2 {
			lessons = 1
		}
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
