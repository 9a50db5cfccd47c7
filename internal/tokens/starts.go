package tokens

import "math/bits"

// starts reads the patterns of scan.go in s[:64] at once, which begins with a piece. It returns, in a bit for each byte, where pieces start before known, and which of them
// are up to three digits; from known on there may be others. One piece after the other is slow since each time a branch or two depend on the text.
func starts(s string, camel uint64) (starts, numbers uint64, known int) {
	b0, b1, b2, b3, b4, b5, b6, b7 := planes(s)
	letters, small, digits, symbols, spaces, tabs, lines, apostrophes, slashes := ofASCII(b0, b1, b2, b3, b4, b5, b6, b7)
	if b7 != 0 {
		far, farSmall := casedLetters(b0, b1, b2, b3, b4, b5, b6, b7)
		letters |= far
		small |= farSmall
	}
	blanks := spaces | tabs
	white := blanks | lines

	// Before letters stands a blank, or a symbol that is alone and not behind a space.
	symbolStarts := symbols &^ ((symbols | spaces) << 1)
	with := (blanks | symbolStarts) & (letters >> 1)
	starts = letters&^((letters|with)<<1) | letters&^small&(small<<1)&camel | symbolStarts
	// Digits are in threes.
	numbers = digits &^ (digits << 1)
	for more := numbers; more != 0; {
		more = more << 3 & digits & (digits << 1) & (digits << 2)
		numbers |= more
	}
	starts |= numbers
	// Lines end with the symbols before them. Otherwise white space is one piece up to the last line end, one up to the last blank but one; and the last blank, of
	// what follows or alone.
	ended := lines & (symbols << 1)
	behind := (lines + ended) &^ lines
	indents := blanks & (lines << 1)
	indented := (blanks + indents) &^ blanks
	starts |= white&^(white<<1)&^ended | indents | blanks&^(white>>1)

	// What is not known: other characters and what stands before them, apostrophes that may belong to letters, slashes behind the lines of symbols, and blanks of which
	// the last is not seen or a line ends behind it.
	strange := ^(letters | digits | symbols | white)
	unknown := strange | strange>>1
	if camel != 0 {
		unknown |= apostrophes&(letters<<1) | slashes&behind
	} else {
		unknown |= apostrophes & (letters >> 1)
	}
	if end := indented & (lines | strange); end != 0 {
		unknown |= 1 << (63 - bits.LeadingZeros64(indents&(end&-end-1)))
	}
	unknown |= 1 << (63 - min(bits.LeadingZeros64(^blanks), 63))
	return starts, numbers, bits.TrailingZeros64(unknown)
}

// casedLetters has a bit for each byte of common letters of two bytes, of which few bits tell whether they are small: those of Western Europe, Turkish, Polish and others
// near them (U+00C0 to 00FF, 0100 to 0137, 014A to 0177), and Russian (0400 to 045F).
func casedLetters(b0, b1, b2, b3, b4, b5, b6, b7 uint64) (letters, small uint64) {
	// The bits of the second byte, where the first one is.
	n0, n1, n2, n3, n4, n5 := b0>>1, b1>>1, b2>>1, b3>>1, b4>>1, b5>>1
	two := b7 & b6 &^ (b5 | b3) & (b7 &^ b6 >> 1)

	western := two &^ (b4 | b2) & b1 & b0 &^ (n4 &^ n3 & n2 & n1 & n0) // but × and ÷
	latin := two &^ (b4 | b1) & b2 &^ (n5 & n4 & n3) &^ (b0 &^ (n5 | n4 | n3&(n2|n1)))
	russian := two & b4 &^ (b2 | b1) &^ (b0 & n5)

	letters = western | latin | russian
	small = western&(n5|n4&n3&n2&n1&n0) | latin&n0 | russian&(b0|n5&n4)
	return letters | letters<<1, small | small<<1
}

// leastRow is how many bytes several should be able to count.
const leastRow = 16

// several counts the pieces at s[i] that starts sees, but not the last that starts before s[i+room]: how many bytes and tokens.
func (w *worker) several(s string, i, room int) (n, tokens int) {
	starts, numbers, known := starts(s[i:], w.camel)
	if known = min(known, room); known == 0 {
		return 0, 0
	}
	starts = starts&(1<<known-1) | 1
	n = 63 - bits.LeadingZeros64(starts)
	pieces := starts &^ (1 << n)
	single := pieces & (starts>>1 | numbers) // one token each
	tokens = bits.OnesCount64(single)
	for m := pieces &^ single; m != 0; m &= m - 1 {
		at := bits.TrailingZeros64(m)
		size := bits.TrailingZeros64(starts>>1>>at) + 1
		at += i
		switch {
		case size <= tinyLen:
			k := load8(s, at)&(1<<(8*uint(size)&63)-1) | uint64(size)<<lengthShift
			h := tinyAt(k)
			if w.tiny[h]&tinyKey != k {
				w.missTiny(h, k, s[at:at+size])
			}
			tokens += int(w.tiny[h] >> tinyTokens)
		case size <= shortLen:
			k := key{load8(s, at), load8(s, at+8)&(1<<(8*uint(size-8)&63)-1) | uint64(size)<<lengthShift}
			h := k.hash() >> (64 - cacheBits)
			if !w.cache[h].is(k) {
				w.miss(h, k, s[at:at+size])
			}
			tokens += int(w.cache[h].hi >> tokensShift)
		default:
			tokens += w.count(s, at, at+size)
		}
	}
	return n, tokens
}
