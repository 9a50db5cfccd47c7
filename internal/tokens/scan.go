package tokens

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

// word reads the first two alternatives of o200k_base from j, where a letter or mark is: upper case, then lower case, then a contraction. It returns 0
// where s[i:j] is one mark that the first alternative would rather have as a letter than as what comes before the letters.
func (t *classTable) word(s string, i, j int) int {
	const ups, lows = upper | either | mark, lower | either | mark
	k, lastLow := j, 0
	var class uint8
	for k < len(s) {
		c, size, _ := t.at(s, k)
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
	if n := contraction(s, i); n > 0 {
		return i + n, true
	}
	class, size, ok := t.at(s, i)
	if class&(number|newline) == 0 {
		j := i
		if class&letter == 0 {
			j += size
		}
		k := j
		for k < len(s) {
			c, size, _ := t.at(s, k)
			if c&letter == 0 {
				break
			}
			k += size
		}
		if k > j {
			return k, ok
		}
	}
	return t.rest(s, i, class, size, ok, false)
}

// rest reads the alternatives from numbers on, which the two encodings share but for two details: in o200k_base slashes may follow the symbols, and in
// cl100k_base white space up to the end of the text is one piece.
func (t *classTable) rest(s string, i int, class uint8, size int, ok, o200k bool) (int, bool) {
	k := i + size
	switch {
	case class == number:
		for n := 1; n < 3 && k < len(s); n++ {
			c, size, _ := t.at(s, k)
			if c != number {
				break
			}
			k += size
		}
		return k, true
	case class&symbol != 0 || s[i] == ' ' && k < len(s) && t.is(s, k, symbol):
		for k < len(s) {
			c, size, good := t.at(s, k)
			if c&symbol == 0 {
				break
			}
			ok = ok && good
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
		c, size, _ := t.at(s, k)
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
