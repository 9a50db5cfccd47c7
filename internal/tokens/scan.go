package tokens

import (
	"math/bits"
	"unicode/utf8"
)

// The patterns that cut a text into pieces before merging, as tiktoken gives them, read by hand. Neither pattern looks back, so that scanning may start at the end of
// any piece. A next function returns the end of the piece that starts at i < len(s), and whether all its bytes are UTF-8.

// o200k_base:
//
//	[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//	[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//	\p{N}{1,3}
//	 ?[^\s\p{L}\p{N}]+[\r\n/]*
//	\s*[\r\n]+
//	\s+(?!\S)
//	\s+
func (t *classTable) nextO200K(s string, i int) (end int, ok bool) {
	c := s[i]
	class := t.ascii[c]
	if class == number {
		return t.digits(s, i+1, 2), true
	}
	if class != 0 {
		// Nearly every word: at most one ASCII character before it, capitals, small letters, and then ASCII again.
		j := i
		if class&letter == 0 && class != newline {
			j++
		}
		k := j
		for k < len(s) && t.ascii[s[k]] == upper {
			k++
		}
		k = lowers(s, k)
		switch {
		case k < len(s) && s[k] >= utf8.RuneSelf:
			if k == j {
				if next, _, _ := t.at(s, k); next&(letter|mark) == 0 {
					break
				}
			}
			return t.word(s, i, j), true
		case k > j:
			if k < len(s) && s[k] == '\'' {
				k += contraction(s, k)
			}
			return k, true
		}
		return t.rest(s, i, class, 1, true, true)
	}
	class, size, ok := t.at(s, i)
	switch {
	case class&letter != 0:
		return t.word(s, i, i), true
	case class&(blank|symbol) != 0 && i+size < len(s):
		if next, _, _ := t.at(s, i+size); next&(letter|mark) != 0 {
			if end := t.word(s, i, i+size); end > 0 {
				return end, ok
			}
		}
	}
	if class == mark {
		return t.word(s, i, i), true
	}
	return t.rest(s, i, class, size, ok, true)
}

// lowers returns the end of the run of ASCII's small letters at i, which may be empty. Eight bytes at a time: a byte's high bit is set where it is a to z.
func lowers(s string, i int) int {
	const each, high = 0x0101010101010101, 0x8080808080808080
	for i+8 <= len(s) {
		w := load8(s, i)
		in := ((w | high) - each*'a') &^ (w&^high + each*(0x80-('z'+1))) &^ w & high
		if in != high {
			return i + bits.TrailingZeros64(in^high)>>3
		}
		i += 8
	}
	for i < len(s) && s[i]-'a' < 26 {
		i++
	}
	return i
}

// letters is lowers for letters of either case.
func letters(s string, i int) int {
	const each, high = 0x0101010101010101, 0x8080808080808080
	for i+8 <= len(s) {
		w := load8(s, i) | each*0x20
		in := ((w | high) - each*'a') &^ (w&^high + each*(0x80-('z'+1))) &^ w & high
		if in != high {
			return i + bits.TrailingZeros64(in^high)>>3
		}
		i += 8
	}
	for i < len(s) && s[i]|0x20-'a' < 26 {
		i++
	}
	return i
}

// word reads the first two alternatives of o200k_base from j, where a letter or mark is: upper case, then lower case, then a contraction. It returns 0
// where s[i:j] is one mark that the first alternative would rather have as a letter than as what comes before the letters.
func (t *classTable) word(s string, i, j int) int {
	const ups, lows = upper | either | mark, lower | either | mark
	k, lastLow := j, 0
	var class uint8
	for k < len(s) {
		c, size := t.ascii[s[k]], 1
		if c == 0 {
			c, size, _ = t.at(s, k)
		}
		if c&ups == 0 {
			class = c
			break
		}
		k += size
		if c&lows != 0 {
			lastLow = k
		}
	}
	switch {
	case k < len(s) && class == lower:
		for k < len(s) {
			if s[k] < utf8.RuneSelf {
				low := lowers(s, k)
				if low == k {
					break
				}
				k = low
				continue
			}
			c, size, _ := t.at(s, k)
			if c&lows == 0 {
				break
			}
			k += size
		}
	case lastLow > 0:
		k = lastLow
	case i < j:
		if c, _, _ := t.at(s, i); c == mark {
			return 0
		}
	}
	return k + contraction(s, k)
}

// cl100k_base:
//
//	'(?i:[sdmt]|ll|ve|re)
//	[^\r\n\p{L}\p{N}]?+\p{L}++
//	\p{N}{1,3}+
//	 ?[^\s\p{L}\p{N}]++[\r\n]*+
//	\s++$
//	\s*[\r\n]
//	\s+(?!\S)
//	\s
func (t *classTable) nextCL100K(s string, i int) (end int, ok bool) {
	c := s[i]
	class, size, ok := t.ascii[c], 1, true
	switch {
	case class == 0:
		class, size, ok = t.at(s, i)
	case class == number:
		return t.digits(s, i+1, 2), true
	case c == '\'':
		if n := contraction(s, i); n > 0 {
			return i + n, true
		}
	}
	if class&(number|newline) == 0 {
		j := i
		if class&letter == 0 {
			j += size
		}
		k := letters(s, j)
		for k < len(s) && s[k] >= utf8.RuneSelf {
			c, size, _ := t.at(s, k)
			if c&letter == 0 {
				break
			}
			k = letters(s, k+size)
		}
		if k > j {
			return k, ok
		}
	}
	return t.rest(s, i, class, size, ok, false)
}

// digits returns the end of a run of at most n numbers at k.
func (t *classTable) digits(s string, k, n int) int {
	for ; n > 0 && k < len(s); n-- {
		c, size := t.ascii[s[k]], 1
		if c == 0 {
			c, size, _ = t.at(s, k)
		}
		if c != number {
			break
		}
		k += size
	}
	return k
}

// rest reads the alternatives from numbers on, which the two encodings share but for two details: in o200k_base slashes may follow the symbols, and in
// cl100k_base white space up to the end of the text is one piece.
func (t *classTable) rest(s string, i int, class uint8, size int, ok, o200k bool) (int, bool) {
	k := i + size
	switch {
	case class == number:
		return t.digits(s, k, 2), true
	case class&symbol != 0 || s[i] == ' ' && k < len(s) && t.is(s, k, symbol):
		for k < len(s) {
			c, size := t.ascii[s[k]], 1
			if c == 0 {
				var good bool
				c, size, good = t.at(s, k)
				ok = ok && good
			}
			if c&symbol == 0 {
				break
			}
			k += size
		}
		for k < len(s) && (s[k] == '\n' || s[k] == '\r' || o200k && s[k] == '/') {
			k++
		}
		return k, ok
	}
	// White space: up to its last line end, else all but the last character of it, else all.
	line, last := 0, i
	if class == newline {
		line = k
	}
	for k < len(s) {
		c, size := t.ascii[s[k]], 1
		if c == 0 {
			c, size, _ = t.at(s, k)
		}
		if c&space == 0 {
			break
		}
		last = k
		k += size
		if c == newline {
			line = k
		}
	}
	switch {
	case k == len(s) && !o200k:
		return k, true
	case line > 0:
		return line, true
	case k < len(s) && last > i:
		return last, true
	}
	return k, true
}

func (t *classTable) is(s string, i int, mask uint8) bool {
	c, _, _ := t.at(s, i)
	return c&mask != 0
}

// contraction returns the length of (?i:'s|'t|'re|'ve|'m|'ll|'d) at s[i], or 0. Without case, the long s (U+017F) is an s.
func contraction(s string, i int) int {
	if i+1 >= len(s) || s[i] != '\'' {
		return 0
	}
	switch s[i+1] | 0x20 {
	case 's', 't', 'm', 'd':
		return 2
	case 'r', 'v':
		if i+2 < len(s) && s[i+2]|0x20 == 'e' {
			return 3
		}
	case 'l':
		if i+2 < len(s) && s[i+2]|0x20 == 'l' {
			return 3
		}
	}
	if i+2 < len(s) && s[i+1] == 0xc5 && s[i+2] == 0xbf {
		return 3
	}
	return 0
}
