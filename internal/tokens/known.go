package tokens

import (
	_ "embed"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A piece that is a token has no seams. So where the bound by pairs is too high, what the pairs of the commonest such pieces carry is taken from it. Their table is
// small enough to be near when a request comes, as the vocabulary is not, and to look them up takes no branch that depends on the text.

// The commonest first; testdata/known.py looks for those that lower the bound of prose, code and data the most.
//
//go:embed known.pieces
var knownFile string

// knownPieces are pieces of 2 to 8 bytes that are a token: letters, perhaps with a character before them; or symbols, with a space before and line ends behind them.
// Each stands where it hashes to, the first come alone, as knownMix makes it: the upper bits of that are its place, and the others stand above what its pairs carry.
type knownPieces [1 << knownBits]uint64

const (
	knownBits = 13
	unitsMask = 1<<knownBits - 1
)

// knownMix changes pieces, little endian, into other numbers, no two into the same.
func knownMix(piece uint64) uint64 { return piece * 0x9e3779b97f4a7c15 }

// read enters the pieces of a file, a quoted one a line, that are tokens of v.
func (t *knownPieces) read(file string, v *vocab) {
	for _, line := range strings.Split(strings.TrimSpace(file), "\n") {
		piece, err := strconv.Unquote(line)
		if err != nil || len(piece) < 2 || len(piece) > 8 {
			panic("tokens: known pieces: " + line)
		}
		k := keyOf(piece, 0, len(piece))
		mix := knownMix(k.lo)
		if e := &t[mix>>(64-knownBits)]; *e == 0 && v.hasShort(k) {
			*e = mix<<knownBits | uint64(v.most.sum(piece, 0, len(piece)))
		}
	}
}

// A sight is how many bytes of a text are looked at together, which shows the pieces that start behind the first few and not among the last.
const (
	sight       = 64
	sightBefore = 3
	sightStep   = 56
)

// units is what the pairs carry of the known pieces that start in s[i:j], and of rows of three and more spaces or tabs there beyond what two pieces need: all of them
// but the last, which are one token, and the last with what follows. high is not zero if it saw bytes there that are not ASCII.
func (t *knownPieces) units(s string, i, j int, camel uint64) (units int, high uint64) {
	for i = max(i, sightBefore); i < j && i-sightBefore+sight+8 <= len(s); i += sightStep {
		at := s[i-sightBefore:]
		starts, ends, rows, far := look(at, camel)
		high |= far
		in := uint64(1<<min(j-i, sightStep)-1) << sightBefore
		units += t.find(at, starts&in, ends) + bits.OnesCount64(rows&in)*pairUnit
	}
	return units, high
}

// look reads the patterns of scan.go in all of s[:64] at once, but knows only what needs no more than a byte or two before and behind. It returns, in a bit for each
// byte, where pieces surely start that may be known; where those must end, or else are unknown; all but the first two of rows of blanks; and what
// is not ASCII.
func look(s string, camel uint64) (starts, ends, rows, high uint64) {
	b0, b1, b2, b3, b4, b5, b6, b7 := planes(s)

	low := b0 | b1 | b2 | b3 | b4
	letters := b6 &^ b7 & low &^ (b4 & b3 & (b2 | b1&b0))
	digits := b4 & b5 &^ (b6 | b7) &^ (b3 & (b2 | b1))
	signs := b5 &^ (b6 | b7)
	spaces := signs &^ low
	control := ^(b5 | b6 | b7)
	lines := control & b3 &^ b4 & (b1&^(b2|b0) | b2&b0&^b1)
	tabs := control & b3 & b0 &^ (b4 | b2 | b1)
	apostrophes := signs & b2 & b1 & b0 &^ (b4 | b3)
	slashes := signs & b3 & b2 & b1 & b0 &^ b4
	symbols := (signs&low | b6) &^ (b7 | letters | digits | b5&b4&b3&b2&b1&b0&b6)
	blanks := spaces | tabs
	visible := letters | digits | symbols
	strange := ^(visible | blanks | lines)

	// Before letters stands a blank, or a symbol that is alone and not behind a space, as one of their piece.
	symbolStarts := symbols &^ ((symbols | spaces) << 1)
	with := (blanks | symbolStarts) & (letters >> 1)
	letterStarts := letters&^((letters|with)<<1) | letters&^b5&(letters&b5<<1)&camel
	// An apostrophe may belong to the letters before it, with those behind it, of which ſ is one. A slash behind a line end may belong to the symbols before that, and
	// so do the symbols behind it.
	may := apostrophes & ((letters | strange) >> 1) &^ ((symbols | spaces) << 1)
	slash := slashes & (lines << 1)
	behind := (symbols + (slash | symbols&1)) &^ symbols & letters

	starts = letterStarts | symbolStarts | with | spaces&(symbols>>1)
	starts &^= may | may<<1 | may<<2 | slash | behind | (letters|symbols)&(strange<<1)
	ends = letterStarts | symbolStarts | digits&^(digits<<1) | blanks&(visible>>1|lines<<1)
	ends |= (blanks | lines) &^ ((blanks | lines) << 1) &^ (lines & (symbols << 1))
	ends &^= may | slash | 1<<63

	// Those that are seen from one end to the other, of one kind, and between what can be seen, are two pieces: the last blank is the second, or begins it. The other
	// blanks are one token, up to 63 spaces or 20 tabs.
	rows = blanks &^ (blanks &^ (blanks + 1)) &^ (^uint64(0) << bits.Len64(^blanks))
	rows &= rows << 1 & (rows << 2)
	many := tabs & (tabs << 1)
	many &= many << 2
	many &= many << 4
	if many&(many<<8)|spaces&(tabs<<1)|tabs&(spaces<<1)|rows<<1&^blanks&^visible|blanks&(strange<<1) != 0 {
		rows = 0
	}
	if control&^low != 0 {
		starts = 0 // a piece and zeros behind it look like the piece
	}
	return starts &^ (ends >> 1), ends, rows, b7
}

// takeKnown takes from the units that s carries from each block on those of known pieces, rows and characters, from the last block on, until all blocks together carry less
// by lack. Pieces and rows only if pairs were looked at.
func (w *worker) takeKnown(s string, size, lack int, pairs bool) {
	all, known := w.most[0], 0
	last := (len(s) - 1) / size
	for k := last; k >= 0 && known < lack; k-- {
		from, to := k*size, min((k+1)*size, len(s))
		units, high := 0, uint64(1)
		if pairs {
			units, high = w.v.known.units(s, from, to, w.camel)
		}
		if high != 0 {
			units += pairUnit * w.v.spared(s, from, to)
		}
		known += units
		w.most[k] -= known
		if last-k == blocks/8 && 2*known*last < lack*(last-k) {
			break // the rest would not help either
		}
	}
	w.most[0] = all - known
}

// takenApart is how many tokens more than else two characters of three bytes make at most when each falls into its bytes.
const takenApart = 4

// spared is how many tokens less than its bytes the characters of three bytes that begin in s[i:j] are, at least: how many they are is known, unless a merge crosses to
// one beside them (see charTable). Of those of four bytes nothing is known.
func (v *vocab) spared(s string, i, j int) int {
	t := v.chars
	n, behind := 0, -1 // behind is the end of the character before, if that had three bytes
	var left, entry uint32
	for i < j {
		if i+8 <= len(s) && load8(s, i)&highs == 0 {
			i += 8
			continue
		}
		if s[i]&0xf0 != 0xe0 || i+2 >= len(s) {
			i++
			continue
		}
		r := uint32(s[i]&15)<<12 | uint32(s[i+1]&63)<<6 | uint32(s[i+2]&63)
		e := t.chars[r]
		if behind != i && i > 0 {
			before, _ := utf8.DecodeLastRuneInString(s[:i])
			if left, entry = 0, 0; before >= 1<<16 || before == utf8.RuneError {
				n -= takenApart
			} else {
				left, entry = uint32(before), t.chars[before]
			}
		}
		if e&idMask != opaque {
			n += 2
		} else {
			n += 3 - int(e>>partsShift&3)
		}
		if i > 0 && (entry&asLeft|e&asRight) != 0 && t.seam(s, i, left, r) {
			n -= takenApart
		}
		i += 3
		left, entry, behind = r, e, i
		if i < len(s) && s[i]&0xf0 != 0xe0 {
			next, _ := utf8.DecodeRuneInString(s[i:])
			if next >= 1<<16 || next == utf8.RuneError || (e&asLeft|t.chars[next]&asRight) != 0 && t.seam(s, i, r, uint32(next)) {
				n -= takenApart
			}
		}
	}
	return n
}
