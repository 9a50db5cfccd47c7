package split

import "strings"

// lines walks the lines of a text. It remembers where the next breaks are, so that a text that has only one of LF and CR is still read once.
type lines struct {
	text   string
	lf, cr int // the first LF and CR at or after the last start asked for; len(text) when there is none
}

func newLines(text string) lines { return lines{text, -1, -1} }

// end returns the end of the line that starts at i, its break (LF, CRLF or a lone CR) included. Starts must not go back.
func (l *lines) end(i int) int {
	if l.lf < i {
		l.lf = indexFrom(l.text, i, '\n')
	}
	if l.cr < i {
		l.cr = indexFrom(l.text, i, '\r')
	}
	if l.cr < l.lf && l.cr+1 != l.lf {
		return l.cr + 1
	}
	return min(l.lf+1, len(l.text))
}

func indexFrom(text string, i int, c byte) int {
	if n := strings.IndexByte(text[i:], c); n >= 0 {
		return i + n
	}
	return len(text)
}

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

// blank reports whether a line holds nothing but white space.
func blank(line string) bool {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ' || '\t' <= c && c <= '\r':
		case c < 0x80:
			return false
		default:
			return strings.TrimSpace(line[i:]) == ""
		}
	}
	return true
}
