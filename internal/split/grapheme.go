package split

import (
	"unicode"
	"unicode/utf8"
)

// Grapheme clusters after Unicode's UAX #29, on the safe side: where a rule needs tables that Go does not carry, two characters are held together.

// class is what the rules need to know of a character.
type class uint8

const (
	other    class = iota
	control        // a break on both sides
	extend         // joins what is before it
	joiner         // ZERO WIDTH JOINER
	linker         // a virama: joins the next letter too
	prepend        // joins what is after it
	regional       // regional indicator: they go in pairs
	hangulL
	hangulV
	hangulT
	hangulLV
	hangulLVT
)

// decode is utf8.DecodeRuneInString, except that a surrogate in three bytes (WTF-8) is one character: halves of it could not be written as JSON again.
func decode(s string) (rune, int) {
	if len(s) >= 3 && s[0] == 0xED && s[1]&0xE0 == 0xA0 && s[2]&0xC0 == 0x80 {
		return utf8.RuneError, 3
	}
	return utf8.DecodeRuneInString(s)
}

func classOf(r rune) class {
	switch {
	case r < 0x20 || 0x7F <= r && r < 0xA0:
		return control
	case r < 0x300:
		if r == 0xAD {
			return control
		}
		return other
	case r == 0x200D:
		return joiner
	case r == 0x200C, 0x1F3FB <= r && r <= 0x1F3FF, 0xE0020 <= r && r <= 0xE007F, r == 0xFF9E, r == 0xFF9F, r == 0x0E33, r == 0x0EB3:
		return extend
	case 0x1F1E6 <= r && r <= 0x1F1FF:
		return regional
	case 0x1100 <= r && r <= 0x115F, 0xA960 <= r && r <= 0xA97C:
		return hangulL
	case 0x1160 <= r && r <= 0x11A7, 0xD7B0 <= r && r <= 0xD7C6:
		return hangulV
	case 0x11A8 <= r && r <= 0x11FF, 0xD7CB <= r && r <= 0xD7FB:
		return hangulT
	case 0xAC00 <= r && r <= 0xD7A3:
		if (r-0xAC00)%28 == 0 {
			return hangulLV
		}
		return hangulLVT
	case 0x4E00 <= r && r <= 0x9FFF, 0x3041 <= r && r <= 0x3096, 0x30A1 <= r && r <= 0x30FF, 0x400 <= r && r <= 0x47F:
		return other
	case 0x600 <= r && r <= 0x605, r == 0x6DD, r == 0x70F, r == 0x890, r == 0x891, r == 0x8E2, r == 0xD4E, r == 0x110BD, r == 0x110CD,
		r == 0x111C2, r == 0x111C3, r == 0x1193F, r == 0x11941, r == 0x11A3A, 0x11A84 <= r && r <= 0x11A89, r == 0x11D46, r == 0x11F02:
		return prepend
	case unicode.In(r, unicode.M):
		switch r {
		case 0x94D, 0x9CD, 0xA4D, 0xACD, 0xB4D, 0xBCD, 0xC4D, 0xCCD, 0xD4D, 0xDCA, 0x1039, 0x103A, 0x17D2, 0x1A60, 0x1B44, 0xA9C0, 0xAAF6, 0x11133:
			return linker
		}
		return extend
	case r == 0x2028, r == 0x2029, r == 0x200B, r == 0x200E, r == 0x200F, r == 0xFEFF:
		return control
	}
	return other
}

// joined reports whether there is no break between two neighbours. pairs is the number of regional indicators that end with the first.
func joined(a, b class, pairs int) bool {
	switch {
	case a == control || b == control:
		return false
	case b == extend || b == joiner || b == linker:
		return true
	case a == prepend || a == joiner || a == linker:
		return true
	case a == regional && b == regional:
		return pairs%2 == 1
	case a == hangulL:
		return b == hangulL || b == hangulV || b == hangulLV || b == hangulLVT
	case a == hangulLV || a == hangulV:
		return b == hangulV || b == hangulT
	case a == hangulLVT || a == hangulT:
		return b == hangulT
	}
	return false
}

// cluster returns the end of the grapheme cluster that starts at i.
func cluster(text string, i, end int) int {
	if text[i] < 0x80 && (i+1 == end || text[i+1] < 0x80) {
		if text[i] == '\r' && i+1 < end && text[i+1] == '\n' {
			return i + 2
		}
		return i + 1
	}
	r, n := decode(text[i:end])
	a := classOf(r)
	linked := false
	pairs := 0
	for i += n; i < end; i += n {
		if a == regional {
			pairs++
		} else {
			pairs = 0
		}
		r, n = decode(text[i:end])
		b := classOf(r)
		if !joined(a, b, pairs) && !(linked && b == other) {
			break
		}
		linked = b == linker || linked && (b == extend || b == joiner)
		a = b
	}
	return i
}

// isBreak reports whether text may be cut at i by looking at the two characters around it; between two flags it says no.
func isBreak(text string, i int) bool {
	if i <= 0 || i >= len(text) {
		return true
	}
	a, b := text[i-1], text[i]
	if a < 0x80 && b < 0x80 {
		return a != '\r' || b != '\n'
	}
	if a == '\n' || a == '\r' {
		return true
	}
	// Inside a character?
	for back := 1; back < utf8.UTFMax && back <= i; back++ {
		if utf8.RuneStart(text[i-back]) {
			if _, n := decode(text[i-back:]); n > back {
				return false
			}
			break
		}
	}
	before, n := utf8.DecodeLastRuneInString(text[:i])
	if before == utf8.RuneError && n == 1 {
		before = 'a'
	}
	after, _ := decode(text[i:])
	return !joined(classOf(before), classOf(after), 1)
}

var endsPart = setOf(" \t\n\v\f\r,;}>&") // words may begin behind these

// words appends the places after white space, and, in scripts without it, between characters; after punctuation too, since minified text has no spaces.
func words(to []Cut, text string, start, end, grain int) []Cut {
	var before rune
	for i := start; i < end; {
		if c := text[i]; c < utf8.RuneSelf && before < utf8.RuneSelf && !endsPart[before] {
			before = rune(c)
			i++
			continue
		}
		r, n := decode(text[i:end])
		if i > start {
			level := -1
			switch {
			case unicode.IsSpace(r):
			case unicode.IsSpace(before):
				level = 0
			case before == '、' || before == '，' || before == '；' || before == '：':
				level = 0
			case before == ',' || before == ';' || before == '}' || before == '>' || before == '&':
				level = 1
			case ideograph(before) && ideograph(r):
				level = 2
			}
			if level >= 0 && isBreak(text, i) {
				addCut(&to, text, grain, i, Word, level)
			}
		}
		before = r
		i += n
	}
	return to
}

func ideograph(r rune) bool {
	return 0x4E00 <= r && r <= 0x9FFF || 0x3400 <= r && r <= 0x4DBF || 0x3041 <= r && r <= 0x30FF || 0x20000 <= r && r <= 0x3FFFF
}

// graphemes appends the places between grapheme clusters.
func graphemes(to []Cut, text string, start, end, grain int) []Cut {
	for i := cluster(text, start, end); i < end; i = cluster(text, i, end) {
		addCut(&to, text, grain, i, Grapheme, 0)
	}
	return to
}

// runes appends the places between code points, for a cluster that is longer than a chunk.
func runes(to []Cut, text string, start, end, grain int) []Cut {
	for i := start; i < end; {
		_, n := decode(text[i:end])
		if i += n; i < end {
			addCut(&to, text, grain, i, Grapheme, 1)
		}
	}
	return to
}
