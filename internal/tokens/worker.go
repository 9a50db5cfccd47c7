package tokens

import (
	"unicode/utf8"
	"unsafe"
)

// worker counts for one goroutine at a time. Its cache holds pieces of at most 15 bytes that were counted lately: their keys, with the number of tokens in the
// upper half of the byte of the length. The zero entry is no key.
type worker struct {
	v     *vocab
	t     *classTable
	o200k bool
	cache [1 << cacheBits]key
	words [1 << wordBits]wordKey // pieces of 16 to 30 bytes, likewise
	scratch
}

// wordKey is the bytes of a piece, little endian, its length in the last byte but one, and its number of tokens in the last. The zero entry is no piece.
type wordKey struct{ a, b, c, d uint64 }

const (
	cacheBits   = 14
	tokensShift = lengthShift + 4
	wordBits    = 11
	wordLen     = 30
)

func (e *Encoding) worker() *worker {
	if w, ok := e.workers.Get().(*worker); ok {
		return w
	}
	return &worker{v: e.vocab(), t: classes(), o200k: e.o200k}
}

// piece counts the tokens of the piece at s[i].
func (w *worker) piece(s string, i int) (end, tokens int) {
	var ok bool
	if w.o200k {
		end, ok = w.t.nextO200K(s, i)
	} else {
		end, ok = w.t.nextCL100K(s, i)
	}
	if !ok {
		return end, w.broken(s[i:end])
	}
	if end-i == 1 {
		return end, 1
	}
	if end-i <= shortLen {
		k := keyOf(s, i, end)
		c := &w.cache[k.hash()>>(64-cacheBits)]
		if c.lo != k.lo || c.hi&(1<<tokensShift-1) != k.hi {
			w.miss(c, k, s[i:end])
		}
		return end, int(c.hi >> tokensShift)
	}
	if end-i <= wordLen && i+32 <= len(s) {
		return end, w.word(s, i, end)
	}
	return end, w.longPiece(s[i:end])
}

// word counts the piece s[i:end] of 16 to 30 bytes, with two more bytes behind it at least.
func (w *worker) word(s string, i, end int) int {
	n := end - i
	k := wordKey{a: load8(s, i), b: load8(s, i+8), c: load8(s, i+16), d: uint64(n) << 48}
	if n <= 24 {
		k.c &= 1<<(8*uint(n-16)) - 1
	} else {
		k.d |= load8(s, i+24) & (1<<(8*uint(n-24)) - 1)
	}
	h := (k.a*0x9e3779b97f4a7c15 + k.b*0xd6e8feb86659fd93) ^ (k.c*0xc2b2ae3d27d4eb4f + k.d*0x165667b19e3779f9)
	e := &w.words[h>>(64-wordBits)]
	if e.a != k.a || e.b != k.b || e.c != k.c || e.d&(1<<56-1) != k.d {
		k.d |= uint64(w.longPiece(s[i:end])) << 56
		*e = k
	}
	return int(e.d >> 56)
}

// miss counts a piece of at most 15 bytes and puts it into the cache.
func (w *worker) miss(c *key, k key, piece string) {
	n := 1
	if !w.v.hasShort(k) {
		n = w.merged(piece)
	}
	c.lo, c.hi = k.lo, k.hi|uint64(n)<<tokensShift
}

// merged counts a piece of UTF-8 that is no token.
func (w *worker) merged(piece string) int {
	if n, ok := w.chars(w.v, piece); ok {
		return n
	}
	if len(piece) <= smallPiece {
		return w.small(w.v, piece)
	}
	return w.large(w.v, piece)
}

// longPiece counts a piece of more than 15 bytes.
func (w *worker) longPiece(piece string) int {
	if w.v.hasLong(piece) {
		return 1
	}
	return w.merged(piece)
}

// broken counts a piece with bytes that are no UTF-8.
func (w *worker) broken(piece string) int {
	fixed := w.repaired[:0]
	for i := 0; i < len(piece); {
		r, size := utf8.DecodeRuneInString(piece[i:])
		if r == utf8.RuneError && size == 1 {
			size = badSize(piece, i)
		}
		fixed = utf8.AppendRune(fixed, r)
		i += size
	}
	w.repaired = fixed[:0]
	s := unsafe.String(unsafe.SliceData(fixed), len(fixed)) // not kept, and fixed does not change before the return
	if len(s) <= shortLen {
		if w.v.hasShort(keyOf(s, 0, len(s))) {
			return 1
		}
		return w.merged(s)
	}
	return w.longPiece(s)
}
