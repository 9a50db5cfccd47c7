package tokens

import "math/bits"

// A sight is how many bytes of a text are looked at together, which shows the pieces that start behind the first few and not among the last.
const (
	sight       = 64
	sightBefore = 3
	sightStep   = 52
	inSight     = (1<<sightStep - 1) << sightBefore // which bytes
)

// places are bytes that are not all in a token of their own, in a bit for each.
type places struct {
	rows   uint64 // all but the first two of rows of blanks: these are two pieces, of which the first is one token
	halves uint64 // half of them are in the token of the byte before them: later digits, of which three are one token, and the second bytes of some characters
	joins  uint64 // see joins
	wide   uint64 // the first bytes of characters of three bytes, which are for spared
}

// saved is how many tokens less than bytes those of places make where in has bits, in halves.
func (p places) saved(in uint64) int {
	return 2*bits.OnesCount64(p.rows&in) + bits.OnesCount64(p.halves&in) + 2*bits.OnesCount64(p.joins&in)
}

// look reads the patterns of scan.go in all of s[:64] at once, but knows only what needs no more than a byte or two before and behind. It returns, in a bit for each
// byte, where pieces surely start that may be known; where those must end, or else are unknown; what it knows nothing of, so that a piece with it is unknown; and what is
// known without the table. Between a start and an end may be two pieces yet if there are letters that are not of ASCII: a capital may begin another.
func look(s string, camel uint64) (starts, ends, strange uint64, p places) {
	b0, b1, b2, b3, b4, b5, b6, b7 := planes(s)

	letters, small, digits, symbols, spaces, tabs, lines, apostrophes, slashes := ofASCII(b0, b1, b2, b3, b4, b5, b6, b7)
	capitals := letters &^ b5 & (small << 1) & camel
	p.joins = joins(b0, b1, b2, b3, b4, b5, b6, b7, camel, &glyphs{letters, small, digits, symbols, spaces, tabs, lines, apostrophes, slashes})
	p.halves = digits & (digits << 1) &^ (b7<<2 | b7>>1) // among other digits they stand otherwise
	if b7 != 0 {
		far, second := farLetters(b0, b1, b2, b3, b4, b5, b6, b7)
		letters |= far
		p.halves |= second & camel // all those of o200k_base are tokens
		p.wide = b7 & b6 & b5
	}
	blanks := spaces | tabs
	visible := letters | digits | symbols
	strange = ^(visible | blanks | lines)

	// Before letters stands a blank, or a symbol that is alone and not behind a space, as one of their piece.
	symbolStarts := symbols &^ ((symbols | spaces) << 1)
	with := (blanks | symbolStarts) & (letters >> 1)
	letterStarts := letters&^((letters|with)<<1) | capitals
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
	if three := blanks & (blanks << 1) & (blanks << 2); three != 0 {
		rows := blanks &^ (blanks &^ (blanks + 1)) &^ (^uint64(0) << bits.Len64(^blanks))
		rows &= rows << 1 & (rows << 2)
		many := tabs & (tabs << 1)
		many &= many << 2
		many &= many << 4
		if many&(many<<8)|spaces&(tabs<<1)|tabs&(spaces<<1)|rows<<1&^blanks&^visible|blanks&(strange<<1) != 0 {
			rows = 0
		}
		p.rows = rows
	}
	if ^(b0 | b1 | b2 | b3 | b4 | b5 | b6 | b7) != 0 {
		starts = 0 // a piece and zeros behind it look like the piece
	}
	starts &^= ends>>1 | p.joins>>1&(ends>>2|p.joins>>2&(ends>>3)) // of one byte, or one token as joins say
	return starts, ends, strange, p
}

// ofASCII has a bit for each byte that is what, of ASCII.
func ofASCII(b0, b1, b2, b3, b4, b5, b6, b7 uint64) (letters, small, digits, symbols, spaces, tabs, lines, apostrophes, slashes uint64) {
	low := b0 | b1 | b2 | b3 | b4
	letters = b6 &^ b7 & low &^ (b4 & b3 & (b2 | b1&b0))
	small = letters & b5
	digits = b4 & b5 &^ (b6 | b7) &^ (b3 & (b2 | b1))
	signs := b5 &^ (b6 | b7)
	symbols = (signs&low | b6) &^ (b7 | letters | digits | b5&b4&b3&b2&b1&b0&b6)
	spaces = signs &^ low
	control := ^(b5 | b6 | b7)
	tabs = control & b3 & b0 &^ (b4 | b2 | b1)
	lines = control & b3 &^ b4 & (b1&^(b2|b0) | b2&b0&^b1)
	apostrophes = signs & b2 & b1 & b0 &^ (b4 | b3)
	slashes = signs & b3 & b2 & b1 & b0 &^ b4
	return letters, small, digits, symbols, spaces, tabs, lines, apostrophes, slashes
}

// farLetters has a bit for each byte of those letters outside ASCII that few bits tell: nearly all that are Latin, Greek, Cyrillic, Hebrew, Arabic and Hangul; and for
// the second byte of characters of two bytes that are common: of Western Europe, Turkish and Russian.
func farLetters(b0, b1, b2, b3, b4, b5, b6, b7 uint64) (letters, second uint64) {
	rest := b7 &^ b6 // bytes that are not the first of a character
	two := b7 & b6 &^ b5 & (rest >> 1)
	three := b7 & b6 & b5 &^ b4 & (rest >> 1) & (rest >> 2)
	// The bits of the second byte, where the first one is.
	n0, n1, n2, n3, n4, n5 := b0>>1, b1>>1, b2>>1, b3>>1, b4>>1, b5>>1

	latin := ^b4 & (b3&^b2&^(b1&b0) | ^b3&b2 | ^(b3|b2)&b1&b0&^(n4&^n3&n2&n1&n0)) // U+00C0 to 02BF, but × and ÷
	greek := ^b4 & b3 & b2 & b1 & (b0&^(n5&n4&^n3&n2&n1&^n0) | ^b0&(n5|n4)&^(n5&n1&^(n4|n3|n2|n0)))
	cyrillic := b4 &^ b3 &^ b2 & (b0 | ^b1)
	hebrew := b4 &^ b3 & b2 & b1 & b0 & (^n5&n4 | n5&^n4&^(n3&(n2|n1&n0)))
	arabic := b4 & b3 &^ b2 & (b1&(^b0|^n5&^(n4&(n3|n2))) | ^b1&^b0&n5 | ^b1&b0&(n5&n4&(n3|n2|n1|n0)|^(n5|n4)&(n3&^n2&^(n1&n0)|^n3&(n2|n1|n0))))
	hangul := b3 & (^b2&b1&(b0|n5&n4) | b2&^b1&(^b0|^n5&^(n4&n3&n2&n1)))
	vietnamese := ^(b3 | b2 | b1) & b0 & n5 & n4 & n3 &^ n2 // and other Latin: U+1E00 to 1EFF

	western := ^b4 & ^b3 & ^b2 & b1 & b0 & (n5 | ^n4 | ^n3 | n2 | ^n1 | ^n0)
	turkish := ^b4 & ^b3 & b2 & ^b1 & (^n5&n4&n3&n2&n1 | ^b0&n5&n4&^n3&^n2&^n1)
	russian := b4 & ^b3 & ^b2 & ^b1 & (^b0&(n5|n4) | b0&^n5&^n4)
	second = two & (western | turkish | russian) << 1

	two &= latin | greek | cyrillic | hebrew | arabic
	three &= hangul | vietnamese
	return two | two<<1 | three | three<<1 | three<<2, second
}
