package tokens

import (
	"math/bits"
	"unicode/utf8"
)

// A word that is a token has no seams. So where the bound by pairs is too high, what the pairs of the commonest such words carry is taken from it. Their table is small
// enough to be near when a request comes, as the vocabulary is not.

// knownWords are words of at most 7 letters that are a token with the space before them. Each stands where it hashes to, the first come alone: its letters, little
// endian, and in the top byte what the pairs of the token carry, in knownUnit.
type knownWords [1 << knownBits]uint64

const (
	knownBits  = 12
	knownUnit  = 8
	knownShift = 56
)

func knownHash(k uint64) uint64 { return k * 0x9e3779b97f4a7c15 >> (64 - knownBits) }

// add enters a token if it is such a word and its place is free. Common ones have small ids, and should come first.
func (t *knownWords) add(token string, p *pairWeights) {
	if len(token) < 3 || len(token) > 8 || token[0] != ' ' || !isLetter(token[1]) || lowers(token, 2) != len(token) {
		return
	}
	k := uint64(0)
	for i := len(token) - 1; i > 0; i-- {
		k = k<<8 | uint64(token[i])
	}
	if e := &t[knownHash(k)]; *e == 0 {
		*e = k | uint64(p.sum(token, 0, len(token))/knownUnit)<<knownShift
	}
}

// units is what the pairs carry of the known words whose spaces are in s[i:j], and those of three to 64 spaces there in a row beyond what two pieces need: all of them
// but the last, which are one token, and the last with what follows. It has no branches that depend on what a word is.
func (t *knownWords) units(s string, i, j int) int {
	j = min(j, len(s)-9)
	sum, more := 0, 0
	for ; i < j; i += 64 {
		spaces := uint64(0) // a bit for each byte of s[i:i+64]
		for b := 0; b < 64 && i+b < j; b += 8 {
			x := load8(s, i+b) ^ eachByte*' '
			spaces |= (^(x&^highs + ^uint64(highs) | x) & highs) >> 7 * 0x0102040810204080 >> 56 << b
		}
		if j-i < 64 {
			spaces &= 1<<(j-i) - 1
		}
		for three := spaces & (spaces >> 1) & (spaces >> 2); three != 0; {
			from := bits.TrailingZeros64(three)
			n := bits.TrailingZeros64(^(spaces >> from))
			end := i + from + n
			// A row that began before is left as it is: it may be a long one.
			if from > 0 && (visible(s[i+from-1]) || s[i+from-1] == '\n') && visible(s[end]) {
				more += n - 2
			}
			three &^= 1<<(from+n) - 1
		}
		for last := spaces &^ (spaces >> 1); last != 0; last &= last - 1 {
			x := load8(s, i+bits.TrailingZeros64(last)+1)
			n := uint(bits.TrailingZeros64(letterMask(x)^highs)) & 56 // bits of letters; of eight letters none are taken
			k, end := x&(1<<n-1), byte(x>>n)
			if end == '\'' {
				continue // what follows may be of the same piece
			}
			e := t[knownHash(k)]
			other := (e^k)<<8 | uint64(end&utf8.RuneSelf)
			sum += int(e>>knownShift) & int(int64((other-1)&^other)>>63)
		}
	}
	return sum*knownUnit + more*pairUnit
}

func visible(c byte) bool { return c > ' ' && c < 0x7f }

// takeKnown takes from the units that s carries from each block on those of known words and spaces, from the last block on, until all blocks together carry less by lack.
func (w *worker) takeKnown(s string, size, lack int) {
	all, known := w.most[0], 0
	last := (len(s) - 1) / size
	for k := last; k >= 0 && known < lack; k-- {
		known += w.v.known.units(s, k*size, min((k+1)*size, len(s)))
		w.most[k] -= known
		if last-k == blocks/8 && 2*known*last < lack*(last-k) {
			break // the rest would not help either
		}
	}
	w.most[0] = all - known
}
