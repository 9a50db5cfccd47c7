package tokens

import (
	"unicode/utf8"
	"unsafe"
)

// worker counts for one goroutine at a time. Its cache holds pieces of at most 15 bytes that were counted lately, keyed by their own bytes.
type worker struct {
	v     *vocab
	t     *classTable
	o200k bool
	cache [cacheSize]cached
	scratch
}

const cacheSize = 1 << 13

type cached struct {
	key    key
	tokens int
}

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
		c := &w.cache[k.hash()>>(64-13)]
		if c.key != k {
			c.key, c.tokens = k, 1
			if !w.v.hasShort(k) {
				c.tokens = w.small(w.v, s[i:end])
			}
		}
		return end, c.tokens
	}
	return end, w.longPiece(s[i:end])
}

// longPiece counts a piece of more than 15 bytes.
func (w *worker) longPiece(piece string) int {
	switch {
	case w.v.hasLong(piece):
		return 1
	case len(piece) <= smallPiece:
		return w.small(w.v, piece)
	}
	return w.large(w.v, piece)
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
		return w.small(w.v, s)
	}
	return w.longPiece(s)
}
