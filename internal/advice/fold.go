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
	words := make([]string, 0, len(s)/6+1) // of all clauses
	from := 0
	end := func() {
		if from < len(words) {
			all = append(all, words[from:len(words):len(words)])
			from = len(words)
		}
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if isWord(r) {
			j := i + n
			for j < len(s) {
				r2, m := utf8.DecodeRuneInString(s[j:])
				inner := (r2 == '.' || r2 == ',') && unicode.IsDigit(r) && j+1 < len(s) && '0' <= s[j+1] && s[j+1] <= '9'
				if !inner && !isWord(r2) {
					break
				}
				r = r2
				if inner {
					r = '0'
				}
				j += m
			}
			words = append(words, s[i:j])
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

// isWord says whether words are made of r: letters and digits.
func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

var closers = map[rune]string{'`': "`", '"': "\"", '“': "”", '«': "»", '„': "“"}

// unquoted takes out code in backquotes and text in double quotes, where both ends stand within 300 bytes of each other.
func unquoted(s string) string {
	if !strings.ContainsAny(s, "`\"“«„") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		n := strings.IndexAny(s, "`\"“«„")
		if n < 0 {
			break
		}
		b.WriteString(s[:n])
		s = s[n:]
		if strings.HasPrefix(s, "```") {
			if k := strings.Index(s[3:], "```"); k >= 0 {
				s = s[3+k+3:]
				b.WriteString(" ; ")
				continue
			}
		}
		r, n := utf8.DecodeRuneInString(s)
		c := closers[r]
		if k := strings.Index(s[n:min(len(s), n+300)], c); k > 0 {
			s = s[n+k+len(c):]
			b.WriteString(" x ")
			continue
		}
		b.WriteString(s[:n])
		s = s[n:]
	}
	b.WriteString(s)
	return b.String()
}
