package tokens

// Some neighbours merge wherever they meet in a piece. Then they are never two tokens of one byte each, which bounds the tokens of words that nobody has seen.

// glyphs are which bytes of a sight are what, all of ASCII.
type glyphs struct {
	letters, small, digits, symbols, spaces, tabs, lines, apostrophes, slashes uint64
}

// joins has as many bits as there are tokens less than bytes, at least, each beside or at a byte that is not the first of a token. Bytes are looked for that merge with the one
// before them. Of three such in a row one is not the first of its token, or two bytes of one token each would have merged; and of the two last of a piece one is not. So
// every third counts, from the last but one on, or from the last if the piece ends with it. Behind a space one more does: with two letters it is nearly always one
// token, so that no two tokens are these three bytes. Of rows that are not seen to their end only that counts.
func joins(b0, b1, b2, b3, b4, b5, b6, b7, camel uint64, g *glyphs) uint64 {
	// Letters by their last five bits, both small ones and capitals.
	y := b4 & b3 & b0
	k := b3 & b1 & b0 &^ (b4 | b2)
	u := b4 & b2 & b0 &^ (b3 | b1)
	gw := b2 & b1 & b0 &^ b3
	fv := b2 & b1 &^ (b3 | b0)
	iw := b0 & (b4 ^ b3) &^ (b4 ^ b2) &^ (b2 ^ b1)
	jq := (b4 ^ b3) & (b1 ^ b0) &^ (b3 ^ b1 | b2)
	qx := b4 & (b3 ^ b0) &^ (b2 | b1)
	vowels := b0&^b4&^(b1^b3&b2) | u

	// What merges with all common letters behind it, in their piece: a symbol stands before letters only if it is alone.
	common := g.small &^ (jq | b4&b3&^b0) // not j, q, x, z
	alone := g.symbols & ((g.letters | g.digits | g.lines | g.tabs) << 1) &^ (g.slashes & (g.lines << 1))
	before := g.spaces | g.tabs | alone&(b5&b3&^(b4|b6)&(b2|^(b1|b0))|b6&b1&b0&^b5) // ( , - . / [ _
	consonants := g.letters & camel &^ (b5 | vowels | qx)                           // capitals: in o200k_base they merge with vowels
	contraction := g.apostrophes<<2 | g.apostrophes<<3                              // may end a piece between letters
	joined := common & ((common | before) << 1) &^ ((gw | y) << 1 & (fv | k))
	joined |= g.small&vowels&(consonants<<1) | consonants&(g.spaces<<1)
	joined &^= contraction
	joined |= g.symbols & (g.spaces << 1) &^ g.apostrophes
	joined |= g.lines & b1 & ((g.symbols &^ (b6 & b4 & b3 & b2 & b1)) << 1) // not "^\n"

	more := g.letters&((b7|g.apostrophes|g.letters&^(camel&^b5))>>1) | (b7|g.symbols|g.lines)>>1&^g.letters
	last := joined &^ (joined >> 1) &^ (1 << 63)
	counts := last&^more | (last&more)>>1&joined
	row := joined & (joined >> 1) & (joined >> 2)
	counts |= counts >> 3 & row
	row &= row >> 3
	counts |= counts >> 6 & row
	row &= row >> 6
	counts |= counts >> 12 & row
	return counts | joined&(joined>>1)&(g.spaces<<1)&g.letters&^(y|k|u|qx|iw&(u>>1))
}
