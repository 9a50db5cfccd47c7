package advice

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold lowers text and takes the marks off Latin letters, so that İ, I, ı and i are one letter and Turkish typed on an English keyboard matches.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if r < utf8.RuneSelf {
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			b.WriteByte(byte(r))
			continue
		}
		switch r {
		case 'İ', 'ı', 'ì', 'í', 'î', 'ï', 'Ì', 'Í', 'Î', 'Ï':
			b.WriteByte('i')
		case 'ş', 'Ş':
			b.WriteByte('s')
		case 'ğ', 'Ğ':
			b.WriteByte('g')
		case 'ç', 'Ç':
			b.WriteByte('c')
		case 'ö', 'Ö', 'ò', 'ó', 'ô', 'õ', 'Ó', 'Ô':
			b.WriteByte('o')
		case 'ü', 'Ü', 'ù', 'ú', 'û', 'Ú', 'Û':
			b.WriteByte('u')
		case 'à', 'á', 'â', 'ä', 'ã', 'å', 'À', 'Á', 'Â', 'Ä':
			b.WriteByte('a')
		case 'è', 'é', 'ê', 'ë', 'È', 'É', 'Ê':
			b.WriteByte('e')
		case 'ñ', 'Ñ':
			b.WriteByte('n')
		case 'ß':
			b.WriteString("ss")
		case '’', 'ʼ':
			b.WriteByte('\'')
		default:
			if unicode.Is(unicode.Mn, r) {
				continue // decomposed forms: the mark follows its letter
			}
			if unicode.Is(unicode.Latin, r) {
				r = plainLatin(r)
			}
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// plainLatin is a letter without its marks, and without the stroke of ł, đ and ø.
func plainLatin(r rune) rune {
	switch r {
	case 'ł', 'Ł':
		return 'l'
	case 'đ', 'Đ':
		return 'd'
	case 'ø', 'Ø':
		return 'o'
	}
	if plain, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r))); plain != utf8.RuneError {
		return plain
	}
	return r
}

// clauses cuts folded text into clauses of words. Numbers keep their inner points and commas; quoted words and code are left out, since they are
// what the instruction talks about, not what it asks.
func clauses(s string) [][]string {
	s = strings.ReplaceAll(unquoted(s), "tl;dr", "tldr")
	var all [][]string
	var cur []string
	end := func() {
		if len(cur) > 0 {
			all = append(all, cur)
			cur = nil
		}
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			j := i + n
			for j < len(s) {
				r2, m := utf8.DecodeRuneInString(s[j:])
				inner := (r2 == '.' || r2 == ',') && unicode.IsDigit(r) && j+1 < len(s) && '0' <= s[j+1] && s[j+1] <= '9'
				if !unicode.IsLetter(r2) && !unicode.IsDigit(r2) && !inner {
					break
				}
				r = r2
				if inner {
					r = '0'
				}
				j += m
			}
			cur = append(cur, s[i:j])
			i = j
			continue
		}
		switch r {
		case '.', '!', '?', ';', ':', ',', '(', ')', '\n', '\u3002', '\uff1f', '\uff01', '\u3001', '\uff0c', '\uff1a':
			end()
		}
		i += n
	}
	end()
	return all
}

// unquoted takes out code in backquotes and text in double quotes, where both ends stand within 300 bytes of each other.
func unquoted(s string) string {
	if !strings.ContainsAny(s, "`\"“«„") {
		return s
	}
	closers := map[rune]string{'`': "`", '"': "\"", '“': "”", '«': "»", '„': "“"}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if strings.HasPrefix(s[i:], "```") {
			if k := strings.Index(s[i+3:], "```"); k >= 0 {
				i += 3 + k + 3
				b.WriteString(" ; ")
				continue
			}
		}
		if c, ok := closers[r]; ok {
			near := s[i+n : min(len(s), i+n+300)]
			if k := strings.Index(near, c); k > 0 {
				b.WriteString(" x ")
				i += n + k + len(c)
				continue
			}
		}
		b.WriteString(s[i : i+n])
		i += n
	}
	return b.String()
}
