package tokens

import (
	"math/bits"
	"unicode/utf8"
	"unsafe"
)

// worker counts for one goroutine at a time. Its caches hold pieces that were counted lately, by their own bytes; a zero entry is no piece. What they are to run, seen is
// to bound. The first three begin where lines of memory do: see missTiny.
type worker struct {
	tiny         [1 << tinyBits]uint64  // at most 7 bytes, little endian, then their number in 3 bits and that of tokens
	cache        [1 << cacheBits]key    // 8 to 15 bytes, with the number of tokens in the upper half of the byte of the length
	words        [1 << wordBits]wordKey // 16 to 30 bytes
	v            *vocab
	t            *classTable
	o200k        bool
	camel        uint64      // all bits where a capital after a small letter begins a piece
	kinds        [256]uint8  // by first byte
	more         [256]bool   // bytes that may go on after symbols
	hard         [256]bool   // bytes after letters that may belong to them
	most         [blocks]int // see bound
	wait, failed int         // so many pieces are read one by one before several are again; how many it was the last time, 0 when several were read since
	turn         int         // counts the texts of which much had to be looked up
	seen         seen
	list         sightings
	lone         [sight + longSeen]byte // a piece that is learned, and besides behind it
	looks        [blocks]looks
	longs        longs
	scratch
}

// wordKey is the bytes of a piece, little endian, its length in the last byte but one, and its number of tokens in the last.
type wordKey struct{ a, b, c, d uint64 }

const (
	tinyBits    = 14
	cacheBits   = 14
	tokensShift = lengthShift + 4
	wordBits    = 11
	wordLen     = 30
)

// What a piece may be by its first byte; the zero kind is read character by character.
const (
	word    = iota + 1 // a letter
	symbols            // may stand before letters
	spaces             // likewise, also before symbols
	tabs               // and other blanks: before letters only
	lines
	digits
	quote // in cl100k_base: before s, t, re and so on
)

func (e *Encoding) worker() *worker {
	if w, ok := e.workers.Get().(*worker); ok {
		return w
	}
	w := &worker{v: e.vocab(), t: classes(), o200k: e.o200k}
	if e.o200k {
		w.camel = ^uint64(0)
	}
	for c, class := range w.t.ascii {
		w.more[c] = class&(newline|other) != 0 || class == 0
		w.hard[c] = class == 0 || e.o200k && c == '\''
		switch {
		case class&letter != 0:
			w.kinds[c] = word
		case c == '\'' && !e.o200k:
			w.kinds[c] = quote
		case class == other:
			w.kinds[c] = symbols
		case c == ' ':
			w.kinds[c] = spaces
		case class == blank:
			w.kinds[c] = tabs
		case class == newline:
			w.kinds[c] = lines
		case class == number:
			w.kinds[c] = digits
		}
	}
	return w
}

// piece counts the tokens of the piece at s[i].
func (w *worker) piece(s string, i int) (end, tokens int) {
	end, tokens, _, _ = w.run(s, i, len(s), 1)
	return end, tokens
}

// run counts the pieces from s[i] on until they have enough tokens, one at least, or end at or behind until. It also returns where the last one starts and the
// tokens before it.
func (w *worker) run(s string, i, until, enough int) (end, tokens, last, before int) {
	for i < until && tokens < enough {
		if w.wait > 0 {
			w.wait--
		} else if until-i > leastRow && enough-tokens > sight && i+sight+16 <= len(s) && three(load8(s, i))|three(load8(s, i+8)) == 0 {
			n, counted := w.several(s, i, min(until-i, sight))
			if i, tokens = i+n, tokens+counted; n < leastRow {
				w.failed = min(2*w.failed+1, 63)
				w.wait = w.failed
			} else {
				w.failed = 0
			}
		}
		last, before = i, tokens
		if i+ahead > len(s) {
			var n int
			i, n = w.any(s, i)
			tokens += n
			continue
		}
		kind := w.kinds[s[i]]
		x := load8(s, i)
		n := 0
		switch kind {
		case word, symbols, spaces, tabs:
			// In stop, the high bit of a byte says that a piece of ASCII letters ends before it. The first byte never does, the prefix being one.
			all := letterMask(x)
			stop := all ^ highs | all&(all<<8)&(x<<10&^(x<<2))&w.camel
			n = bits.TrailingZeros64(stop&^0xff) >> 3
			if n == 1 && kind != word {
				if s[i+1] >= 0xe0 {
					if end, n := w.wide(s, i); end > 0 {
						tokens += n
						i = end
						continue
					}
				}
				if s[i+1] >= utf8.RuneSelf {
					if n = w.tail(s, i, i+1) - i; n <= 1 {
						n = 0
					}
					break
				}
				// No letters. If it is no space alone, symbols of ASCII, or more.
				n = bits.TrailingZeros64(symbolMask(x, all)&^0xff^(highs&^0xff)) >> 3
				if kind == tabs || kind == spaces && n == 1 && w.t.ascii[s[i+1]] != other {
					n = w.white(s, i)
				} else if n == 8 || w.more[s[i+n]] {
					n = max(w.symbols(s, i+n)-i, 0)
				}
			} else if n < 8 {
				if w.hard[s[i+n]] {
					n = max(w.tail(s, i, i+n)-i, 0)
				}
			} else {
				x2 := load8(s, i+8)
				all2 := letterMask(x2)
				stop = all2 ^ highs | all2&(all2<<8|all>>56)&((x2<<10|x<<2>>56)&^(x2<<2))&w.camel
				n = 8 + bits.TrailingZeros64(stop)>>3
				if n > shortLen || w.hard[s[i+n]] {
					n = max(w.tail(s, i, i+n)-i, 0)
					break
				}
				k := key{x, x2&(1<<(8*uint(n-8)&63)-1) | uint64(n)<<lengthShift}
				h := k.hash() >> (64 - cacheBits)
				e := &w.cache[h]
				if !e.is(k) {
					w.miss(h, k, s[i:i+n])
				}
				tokens += int(e.hi >> tokensShift)
				i += n
				continue
			}
		case digits:
			// Up to three digits are one token in both vocabularies.
			n = 1
			for n < 3 && w.kinds[s[i+n]] == digits {
				n++
			}
			if n == 3 || s[i+n] < utf8.RuneSelf {
				tokens++
				i += n
				continue
			}
			n = 0
		case lines:
			n = w.white(s, i)
		case quote:
			n = contraction(s, i)
		default:
			if s[i] < 0xe0 {
				n = max(w.tail(s, i, i)-i, 0)
			} else if end, n := w.wide(s, i); end > 0 {
				tokens += n
				i = end
				continue
			}
		}
		switch {
		case n == 0:
			i, n = w.any(s, i)
			tokens += n
		case n == 1:
			tokens++
			i++
		case n <= tinyLen:
			k := x&(1<<(8*uint(n)&63)-1) | uint64(n)<<lengthShift
			h := tinyAt(k)
			if w.tiny[h]&tinyKey != k {
				w.missTiny(h, k, s[i:i+n])
			}
			tokens += int(w.tiny[h] >> tinyTokens)
			i += n
		default:
			tokens += w.count(s, i, i+n)
			i += n
		}
	}
	return i, tokens, last, before
}

// three sets the high bit of each byte that begins a character of three bytes or more.
func three(x uint64) uint64 { return x & (x << 1) & (x << 2) & highs }

// ahead is how many bytes must follow for a piece to be read by run itself.
const ahead = 24

// tail returns the end of a piece that begins with s[i:k]: letters, or one character before letters, or nothing. It returns 0 if it cannot tell, and k if s[k] is
// no more of it.
func (w *worker) tail(s string, i, k int) int {
	more, run := uint8(letter), letters
	if w.o200k {
		// Behind a small letter come those that are not capitals. Without one there is more to look at.
		switch c := s[k]; {
		case k > i && s[k-1]-'a' < 26 && (c >= utf8.RuneSelf || c == '\''):
		case c >= utf8.RuneSelf:
			if class, _, _ := w.t.at(s, k); class != lower {
				return 0
			}
		default:
			return 0
		}
		more, run = lower|either|mark, lowers
	}
	for k < len(s) {
		if s[k] < utf8.RuneSelf {
			next := run(s, k)
			if next == k {
				break
			}
			k = next
			continue
		}
		class, size, _ := w.t.at(s, k)
		if class&more == 0 {
			break
		}
		k += size
	}
	if w.o200k {
		k += contraction(s, k)
	}
	return k
}

// symbols returns the end of the piece of ASCII symbols of which s[:k] is the beginning, and line ends behind it; 0 if it cannot tell.
func (w *worker) symbols(s string, k int) int {
	for k < len(s) && w.t.ascii[s[k]] == other {
		k++
	}
	if k == len(s) || s[k] >= utf8.RuneSelf {
		return 0
	}
	for k < len(s) && (w.kinds[s[k]] == lines || w.o200k && s[k] == '/') {
		k++
	}
	return k
}

// white returns the length of the piece of ASCII white space at s[i], or 0 if it cannot tell.
func (w *worker) white(s string, i int) int {
	k, line := i, 0
	for k < len(s) && w.t.ascii[s[k]]&space != 0 {
		if k++; w.kinds[s[k-1]] == lines {
			line = k
		}
	}
	switch {
	case k == len(s) || s[k] >= utf8.RuneSelf:
		return 0
	case line > 0:
		return line - i
	case k-i > 1:
		return k - i - 1
	}
	return 1
}

// any counts the piece at s[i], whatever it is.
func (w *worker) any(s string, i int) (end, tokens int) {
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
	return end, w.count(s, i, end)
}

const eachByte, highs = 0x0101010101010101, 0x8080808080808080

// letterMask sets the high bit of each byte that is a letter of ASCII; their bit 0x20 says whether they are small.
func letterMask(x uint64) uint64 {
	low := x&^highs | eachByte*0x20
	return ((low + eachByte*(0x80-'a')) ^ (low + eachByte*(0x80-('z'+1)))) & (highs &^ x)
}

// symbolMask sets the high bit of each byte that is visible ASCII and neither letter, as all says, nor digit.
func symbolMask(x, all uint64) uint64 {
	low := x &^ highs
	visible := (low + eachByte*(0x80-'!')) &^ (low + eachByte)
	digit := (low + eachByte*(0x80-'0')) ^ (low + eachByte*(0x80-('9'+1)))
	return visible &^ digit &^ all &^ x & highs
}

const (
	tinyTokens = lengthShift + 3
	tinyKey    = 1<<tinyTokens - 1
)

// tinyAt is the entry of a piece.
func tinyAt(k uint64) uint64 { return tinyHash(k) >> (64 - tinyBits) }

// missTiny puts a piece of at most 7 bytes into the entry h. It may be elsewhere in the same line of memory: pieces that want one entry take turns in it.
func (w *worker) missTiny(h, k uint64, piece string) {
	line := (*[8]uint64)(w.tiny[h&^7:])
	old, spare := line[h&7], (h+1+k>>16%7)&7
	for i := range line {
		if line[i]&tinyKey == k {
			line[i], line[h&7] = old, line[i]
			return
		}
		if line[i] == 0 {
			spare = uint64(i)
		}
	}
	n := 1
	if !w.v.hasTiny(k) {
		n = w.merged(piece)
	}
	line[spare] = old
	line[h&7] = k | uint64(n)<<tinyTokens
}

// count counts s[i:end], a piece of UTF-8 or a part of one that merging leaves alone.
func (w *worker) count(s string, i, end int) int {
	n := end - i
	switch {
	case n <= tinyLen && i+8 <= len(s):
		k := load8(s, i)&(1<<(8*uint(n)&63)-1) | uint64(n)<<lengthShift
		h := tinyAt(k)
		if w.tiny[h]&tinyKey != k {
			w.missTiny(h, k, s[i:end])
		}
		return int(w.tiny[h] >> tinyTokens)
	case n <= shortLen:
		k := keyOf(s, i, end)
		h := k.hash() >> (64 - cacheBits)
		e := &w.cache[h]
		if !e.is(k) {
			w.miss(h, k, s[i:end])
		}
		return int(e.hi >> tokensShift)
	case n <= wordLen && i+32 <= len(s):
		return w.word(s, i, end)
	}
	return w.longPiece(s[i:end])
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

// is tells whether an entry of the cache is the piece k.
func (e *key) is(k key) bool { return e.lo == k.lo && e.hi&(1<<tokensShift-1) == k.hi }

// miss is missTiny for a piece of at most 15 bytes.
func (w *worker) miss(h uint64, k key, piece string) {
	line := (*[4]key)(w.cache[h&^3:])
	old, spare := line[h&3], (h+1+k.lo%3)&3
	for i := range line {
		if line[i].is(k) {
			line[i], line[h&3] = old, line[i]
			return
		}
		if line[i].hi == 0 {
			spare = uint64(i)
		}
	}
	n := 1
	if !w.v.hasShort(k) {
		n = w.merged(piece)
	}
	line[spare] = old
	line[h&3] = key{k.lo, k.hi | uint64(n)<<tokensShift}
}

// merged counts a piece of UTF-8 that is no token.
func (w *worker) merged(piece string) int {
	if len(piece) <= smallPiece && isASCII(piece) {
		return w.ascii(w.v, piece)
	}
	if n, ok := w.chars(w.v, piece); ok {
		return n
	}
	if len(piece) <= smallPiece {
		return w.small(w.v, piece)
	}
	return w.large(w.v, piece)
}

func isASCII(s string) bool {
	or := byte(0)
	for i := range len(s) {
		or |= s[i]
	}
	return or < utf8.RuneSelf
}

// longPiece counts a piece of more than 15 bytes.
func (w *worker) longPiece(piece string) int {
	if w.v.hasLong(piece) {
		return 1
	}
	return w.parts(piece)
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
	return w.count(s, 0, len(s))
}
