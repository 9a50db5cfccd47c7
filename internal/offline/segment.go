package offline

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A segment is a sentence or a line of a text: text[start:end], without white space around it. Segments of one paragraph share its number.
type segment struct{ start, end, para int }

const (
	longSegment = 260 // bytes above which a sentence is cut at a semicolon, colon or dash
	longestPart = 600 // bytes above which it is cut at a comma, or anywhere
	wrapWidth   = 120 // bytes above which a line is not one of wrapped prose
)

// segments cuts a text into sentences (of prose, wrapped or not) and lines (of everything else). Linear.
func segments(text string) []segment {
	var out []segment
	para, from := 0, 0 // from: start of the run of lines that belong together
	flush := func(to int) {
		out = sentences(out, text, from, to, para)
		from = to
	}
	prev := ""
	for i := 0; i < len(text); {
		next := len(text)
		if k := strings.IndexByte(text[i:], '\n'); k >= 0 {
			next = i + k + 1
		}
		line := strings.TrimSpace(text[i:next])
		switch {
		case line == "":
			flush(i)
			para++
			from = next
		case prev != "" && breaks(prev, line):
			flush(i)
		}
		prev, i = line, next
	}
	flush(len(text))
	return out
}

// breaks says whether two lines are separate things rather than one sentence that was wrapped.
func breaks(prev, next string) bool {
	r, _ := utf8.DecodeRuneInString(next)
	if label.MatchString(prev) && unicode.IsLower(r) {
		return false // "QUOTE: the" and the rest of it
	}
	switch {
	case len(prev) > wrapWidth || len(next) > wrapWidth || len(prev) < 40:
		return true
	case !unicode.IsLetter(r) && !strings.ContainsRune(`"'“‘«(—`, r):
		return true
	case label.MatchString(next):
		return true
	case strings.Count(prev, ",") >= 3 && strings.Count(prev, ",") == strings.Count(next, ","):
		return true
	case strings.ContainsRune(":;{}>|", rune(prev[len(prev)-1])):
		return true
	}
	return false
}

// label is a word in capitals that names what follows it in a line.
var label = regexp.MustCompile(`^[A-Z]{3,}: `)

// sentences appends the sentences of text[from:to], which is one run of prose.
func sentences(out []segment, text string, from, to, para int) []segment {
	add := func(a, b int) {
		for a < b && isSpace(text[a]) {
			a++
		}
		for a < b && isSpace(text[b-1]) {
			b--
		}
		if a < b {
			out = parts(out, text, segment{a, b, para})
		}
	}
	start := from
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(text[i:to])
		i += n
		switch r {
		case '。', '！', '？':
			add(start, i)
			start = i
		case '.', '!', '?', '…':
			end := i
			for end < to && strings.IndexByte(`"')]`, text[end]) >= 0 {
				end++
			}
			for _, q := range []string{"”", "’", "»"} {
				if strings.HasPrefix(text[end:to], q) {
					end += len(q)
				}
			}
			if end < to && !isSpace(text[end]) {
				continue
			}
			if r == '.' && abbreviation(text[start:i-1]) || !opens(text[end:to]) {
				continue
			}
			add(start, end)
			start, i = end, end
		}
	}
	add(start, to)
	return out
}

// opens says whether a new sentence may begin here: not with a small letter.
func opens(s string) bool {
	s = strings.TrimLeft(s[:min(len(s), 64)], " \t\r\n\"'“‘«([_*")
	r, _ := utf8.DecodeRuneInString(s)
	return !unicode.IsLower(r)
}

// abbreviation says whether the text before a full stop is one: a title, or a single letter.
func abbreviation(s string) bool {
	i := strings.LastIndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	w := s[i+1:]
	switch w {
	case "Mr", "Mrs", "Ms", "Dr", "St", "Prof", "No", "Fig", "vs", "Sir", "Capt", "Jr", "Sr", "vb", "Av", "Doç":
		return true
	}
	return utf8.RuneCountInString(w) == 1 && unicode.IsUpper([]rune(w)[0])
}

// parts cuts a long sentence where it pauses.
func parts(out []segment, text string, s segment) []segment {
	for s.end-s.start > longSegment {
		cut := 0
		for i, n := s.start+80, min(s.end-40, s.start+longestPart); i < n && cut == 0; i++ {
			switch c := text[i]; {
			case (c == ';' || c == ':') && isSpace(text[i+1]):
				cut = i + 1
			case c == '-' && text[i+1] == '-':
				cut = i + 2
			}
		}
		if cut == 0 {
			if s.end-s.start <= longestPart {
				break
			}
			limit := s.start + longSegment
			if k := strings.LastIndexAny(text[s.start:limit], ", \n\t"); k > 80 {
				limit = s.start + k + 1
			}
			for limit > s.start+1 && !utf8.RuneStart(text[limit]) {
				limit--
			}
			cut = limit
		}
		out = append(out, segment{s.start, trimRight(text, s.start, cut), s.para})
		for cut < s.end && isSpace(text[cut]) {
			cut++
		}
		s.start = cut
	}
	if s.start < s.end {
		out = append(out, s)
	}
	return out
}

func trimRight(text string, start, end int) int {
	for end > start && isSpace(text[end-1]) {
		end--
	}
	return end
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
