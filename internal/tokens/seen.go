package tokens

import (
	"math/bits"
	"unsafe"
)

// Texts repeat their pieces, and those of their language: most pieces of a text can be told from a few that were counted lately. To look pieces up takes no branch that
// depends on the text, and the table is small, as the vocabulary is not: when a request comes between other work neither caches nor predictors are warm.

// seen has pieces without zeros of 2 to 24 bytes, each where it hashes to, the last come alone, and how many tokens less than bytes they are, in halves,
// beyond what is known without them. The zero value is empty.
type seen struct {
	short [1 << shortBits]uint64 // up to 8 bytes as shortMix makes them, the upper bits of which are the place, and the others stand above what they save
	long  [1 << longBits]longPiece
}

// longPiece is a piece of more than 8 bytes, little endian.
type longPiece struct{ a, b, c, saved uint64 }

const (
	shortBits = 12
	savedMask = 1<<shortBits - 1
	shortSeen = 8
	longBits  = 11
	longSeen  = 24
	mixA      = 0x9e3779b97f4a7c15
	mixB      = 0xd6e8feb86659fd93
	mixC      = 0xc2b2ae3d27d4eb4f
)

// shortMix changes pieces, little endian, into other numbers, no two into the same.
func shortMix(piece uint64) uint64 { return piece * mixA }

// findAny is find for any processor: it returns what those pieces of s save that are in the table, and where the others start. They start in s[:64] where starts has
// a bit, and end within 8 bytes where ends has its next one.
func (t *seen) findAny(s string, starts, ends uint64) (saved int, missed uint64) {
	s = s[:sight+shortSeen]
	for ends >>= 1; starts != 0; starts &= starts - 1 {
		i := bits.TrailingZeros64(starts)
		mix := shortMix(load8(s, i) & prefixes[bits.TrailingZeros64(ends>>i)][0])
		if other := t.short[mix>>(64-shortBits)] ^ mix<<shortBits; other <= savedMask {
			saved += int(other)
		} else {
			missed |= starts & -starts
		}
	}
	return saved, missed
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

// matchAny is match for any processor: it returns what those of the first n sightings save that are in the table, and leaves the others at the front of the list.
func (t *seen) matchAny(list *sightings, n int) (saved, missed int) {
	for _, s := range list[:n] {
		if e := &t.long[s.place]; (e.a^s.a)|(e.b^s.b)|(e.c^s.c) == 0 {
			saved += int(e.saved)
		} else {
			list[missed] = s
			missed++
		}
	}
	return saved, missed
}

// besides is a byte that surely ends a piece, and is none of those that look knows.
const besides = 1

// learn counts the piece of n bytes that s begins with, enters it, and returns how many tokens less than bytes it is, in halves, beyond what is known of its characters and
// places without that, whatever stands around it. If it is none, or has something that look knows nothing of, it returns 0.
func (w *worker) learn(s string, n int) int {
	end, tokens := w.piece(s, 0)
	if end != n { // a capital that is not of ASCII may begin another piece
		return 0
	}
	k := copy(w.lone[:], s[:n])
	for k < len(w.lone) && w.lone[k] != besides {
		w.lone[k] = besides
		k++
	}
	s = unsafe.String(&w.lone[0], len(w.lone))
	_, _, strange, places := look(s, w.camel)
	if strange&(1<<n-1) != 0 {
		return 0
	}
	saved := max(2*(n-max(w.v.spared(s[:n], 0, n), 0)-tokens)-places.saved(1<<n-1), 0)
	if n <= shortSeen {
		mix := shortMix(load8(s, 0) & prefixes[n-1][0])
		w.seen.short[mix>>(64-shortBits)] = mix<<shortBits | uint64(saved)
	} else {
		w.seen.gatherAny(s, 1, 1<<n, &w.list, len(w.list)-1, 0)
		p := w.list[len(w.list)-1]
		w.seen.long[p.place] = longPiece{p.a, p.b, p.c, uint64(saved)}
	}
	return saved
}

// glance is how many bytes of a text are looked at at a time.
const glance = 8 * sightStep

// looks is what places keeps of the eight sights of a glance for saved and study: where pieces start that may be known, and where they end.
type looks struct{ starts, ends [8]uint64 }

// places is how many tokens less than bytes are known of places in s[i:i+glance], in halves, and how many characters of three bytes may be there.
func (w *worker) places(s string, i int, to *looks) (saved, wide int) {
	switch whole := i+glance+sight <= len(s); {
	case with512 && whole:
		return w.places512(s[i:], to)
	case with256 && whole:
		return w.places256(s[i:], to)
	}
	return w.placesAny(s, i, to)
}

// placesAny is places for any processor.
func (w *worker) placesAny(s string, i int, to *looks) (saved, wide int) {
	*to = looks{}
	for k := range to.starts {
		if i += sightStep; i-sightStep+sight+longSeen > len(s) {
			break
		}
		starts, ends, _, places := look(s[i-sightStep:], w.camel)
		to.starts[k], to.ends[k] = starts&inSight, ends
		saved += places.saved(inSight)
		wide += bits.OnesCount64(places.wide & inSight)
	}
	return saved, wide
}

// saved is how many tokens less than bytes, in halves, the pieces that start in s[i:i+glance] are known to be beyond what places says.
func (w *worker) saved(s string, i int, l *looks) int {
	if with512 && i+glance+sight <= len(s) {
		return w.saved512(s[i:], l)
	}
	return w.study(s, i, l, false)
}

// study is saved for any processor. It learns the pieces that are new if it should.
func (w *worker) study(s string, i int, l *looks, learn bool) (saved int) {
	n := 0
	for k, starts := range l.starts {
		if starts == 0 {
			continue
		}
		at, ends := s[i+k*sightStep:], l.ends[k]
		short, long := within(ends)
		found, missed := w.seen.find(at, starts&short, ends)
		saved += found
		for ; missed != 0 && learn; missed &= missed - 1 {
			k := bits.TrailingZeros64(missed)
			saved += w.learn(at[k:], bits.TrailingZeros64(ends>>1>>k)+1)
		}
		n = w.seen.gather(at, starts&long, ends, &w.list, n, k*sightStep)
	}
	found, missed := w.seen.match(&w.list, n)
	saved += found
	for k := 0; k < missed && learn; k++ {
		p := w.list[k]
		saved += w.learn(s[i+int(p.at):], int(p.bytes))
	}
	return saved
}

// within returns from where the next end is at most 8 bytes away, and from where 9 to 24.
func within(ends uint64) (short, long uint64) {
	short = ends>>1 | ends>>2
	short |= short >> 2
	short |= short >> 4
	return short, (short>>8 | short>>16) &^ short
}
