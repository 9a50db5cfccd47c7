package split

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lines walks the lines of a text. It remembers where the next breaks are, so that a text that has only one of LF and CR is still read once.
type lines struct {
	text   string
	lf, cr int // the first LF and CR at or after the last start asked for; len(text) when there is none
}

func newLines(text string) lines { return lines{text, -1, -1} }

// line returns the line that starts at i without its break (LF, CRLF or a lone CR), and where the next one starts. Starts must not go back.
func (l *lines) line(i int) (line string, next int) {
	if l.lf < i {
		l.lf = indexFrom(l.text, i, '\n')
	}
	if l.cr < i {
		l.cr = indexFrom(l.text, i, '\r')
	}
	end, next := l.lf, min(l.lf+1, len(l.text))
	if l.cr < l.lf {
		if end = l.cr; l.cr+1 < l.lf {
			next = l.cr + 1
		}
	}
	return l.text[i:end], next
}

// end returns where the line after the one at i starts.
func (l *lines) end(i int) int {
	_, next := l.line(i)
	return next
}

func indexFrom(text string, i int, c byte) int {
	if n := strings.IndexByte(text[i:], c); n >= 0 {
		return i + n
	}
	return len(text)
}

// blank reports whether a line holds nothing but white space.
func blank(line string) bool {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ' || '\t' <= c && c <= '\r':
		case c < 0x80:
			return false
		default:
			return trimSpace(line[i:]) == ""
		}
	}
	return true
}

// trimSpace is strings.TrimSpace, but decodes next to no character that is not white: by their bytes, those of Unicode are 0085, 00A0, 1680, 20xx and 3000.
func trimSpace(s string) string {
	for s != "" && (s[0] <= ' ' || utf8.RuneSelf <= s[0] && s[0] <= 0xe3) {
		r, n := utf8.DecodeRuneInString(s)
		if !unicode.IsSpace(r) {
			break
		}
		s = s[n:]
	}
	for s != "" && (s[len(s)-1] <= ' ' || len(s) > 1 && utf8.RuneSelf <= s[len(s)-1] && beforeSpace[s[len(s)-2]]) {
		r, n := utf8.DecodeLastRuneInString(s)
		if !unicode.IsSpace(r) {
			break
		}
		s = s[:len(s)-n]
	}
	return s
}

var beforeSpace = setOf("\xc2\x9a\x80\x81") // the last byte of white space

// chomp returns a line without its line break.
func chomp(line string) string {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line
}
