package operator

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	errNowhere   = constErr(`"search" does not stand in the passage letter by letter`)
	errAmbiguous = constErr(`"search" stands in the passage more than once: take in more lines around the place`)
	errInWord    = constErr(`"search" begins or ends in the middle of a word: copy whole lines`)
	errNoSearch  = constErr(`"search" is empty: repeat a neighbouring line in it`)
)

// locate finds the one place that a hunk means and what is to stand there: exactly, else line by line without the white space at the lines' ends, else without
// regard to white space and to how letters and quotation marks are encoded.
func locate(core string, h hunk) (start, end int, text string, err error) {
	if isBlank(h.search) {
		return 0, 0, "", errNoSearch
	}
	search := endingLinesAs(core, h.search)
	if i, err := onlyPlace(core, search); !errors.Is(err, errNowhere) {
		return i, i + len(search), h.replace, err
	}
	want := trimmedLines(strings.Trim(h.search, "\r\n"))
	lines := strings.SplitAfter(core, "\n")
	offset, found := 0, -1
	for i := range lines {
		if i+len(want) <= len(lines) && sameLines(lines[i:i+len(want)], want) {
			if found >= 0 {
				return 0, 0, "", errAmbiguous
			}
			found, start, end = i, offset, offset
			for _, l := range lines[i : i+len(want)] {
				end += len(l)
			}
		}
		offset += len(lines[i])
	}
	if found < 0 {
		return locateFolded(core, hunk{strings.Trim(h.search, "\r\n"), strings.Trim(h.replace, "\r\n")})
	}
	// The replacement ends as the place does: with its line end, or, where it is deleted, with nothing.
	text = strings.TrimRight(h.replace, "\r\n")
	last := core[start:end]
	if text != "" {
		text += last[len(strings.TrimRight(last, "\r\n")):]
	}
	return start, end, text, nil
}

func trimmedLines(s string) []string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	return lines
}

func sameLines(lines, want []string) bool {
	for i, w := range want {
		if strings.TrimRight(lines[i], " \t\r\n") != w {
			return false
		}
	}
	return true
}

// onlyPlace finds the one place of search in text that does not begin or end inside a word; of several, the one that takes up whole lines.
func onlyPlace(text, search string) (int, error) {
	var all, whole []int
	inWord := false
	for at := 0; ; at++ {
		i := strings.Index(text[at:], search)
		if i < 0 {
			break
		}
		at += i
		if insideWord(text, at) || insideWord(text, at+len(search)) {
			inWord = true
			continue
		}
		all = append(all, at)
		if wholeLines(text, at, at+len(search)) {
			whole = append(whole, at)
		}
	}
	if len(whole) == 1 {
		all = whole
	}
	switch {
	case len(all) == 1:
		return all[0], nil
	case len(all) > 1:
		return 0, errAmbiguous
	case inWord:
		return 0, errInWord
	}
	return 0, errNowhere
}

// insideWord reports whether a word of a script that sets spaces goes on at a place.
func insideWord(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at:])
	return inWords(before) && (inWords(after) || unicode.IsMark(after))
}

func inWords(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_') &&
		!unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// wholeLines reports whether nothing but white space stands beside a span, its own line ends aside, in its lines.
func wholeLines(text string, start, end int) bool {
	end = start + len(strings.TrimRight(text[start:end], "\r\n"))
	start = end - len(strings.TrimLeft(text[start:end], "\r\n"))
	lineStart := strings.LastIndexByte(text[:start], '\n') + 1
	lineEnd := len(text)
	if i := strings.IndexByte(text[end:], '\n'); i >= 0 {
		lineEnd = end + i
	}
	return isBlank(text[lineStart:start]) && isBlank(text[end:lineEnd])
}

// locateFolded finds a hunk's place among folded texts. Only what search and replacement do not share is changed there: the rest keeps its own spelling.
func locateFolded(core string, h hunk) (start, end int, text string, err error) {
	f, s := fold(core), fold(h.search)
	n := len(s.text)
	if n == 0 {
		return 0, 0, "", errNoSearch
	}
	at, err := onlyPlace(f.text, s.text)
	if err == nil && (f.within(at) || f.within(at+n)) {
		err = errNowhere
	}
	if err != nil {
		return 0, 0, "", err
	}
	if h.replace == "" {
		start, end = int(f.start[at]), int(f.end[at+n-1])
		if wholeLines(core, start, end) {
			start = strings.LastIndexByte(core[:start], '\n') + 1
			line, _, _ := strings.Cut(core[end:], "\n")
			end = min(len(core), end+len(line)+1)
		}
		return start, end, "", nil
	}
	head, tail := shared(h.search, h.replace)
	// from and to bound what of the folded search changes; what came of one piece of a source changes as one.
	from, to := 0, n
	for from < n && int(s.end[from]) <= head {
		from++
	}
	for from > 0 && (s.within(from) || f.within(at+from)) {
		from--
	}
	for to > from && int(s.start[to-1]) >= len(h.search)-tail {
		to--
	}
	for to < n && (s.within(to) || f.within(at+to)) {
		to++
	}
	if from < n {
		head = min(head, int(s.start[from]))
		start = int(f.start[at+from])
	} else {
		start = int(f.end[at+n-1])
	}
	if end = start; to > from {
		tail = min(tail, len(h.search)-int(s.end[to-1]))
		end = int(f.end[at+to-1])
	}
	if text = h.replace[head : len(h.replace)-tail]; start == end && text == "" {
		return 0, 0, "", errNowhere
	}
	return start, end, text, nil
}

// within reports whether a byte of a folded text came of the same piece of the source as the one before it.
func (f folded) within(i int) bool {
	return i > 0 && i < len(f.text) && f.start[i] == f.start[i-1]
}

// shared is how many bytes two texts have in common at their starts and at their ends, in whole letters and none of them twice.
func shared(a, b string) (head, tail int) {
	n := min(len(a), len(b))
	for head < n && a[head] == b[head] {
		head++
	}
	for head > 0 && (head < len(a) && !utf8.RuneStart(a[head]) || head < len(b) && !utf8.RuneStart(b[head])) {
		head--
	}
	for tail < n-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	for tail > 0 && !utf8.RuneStart(b[len(b)-tail]) {
		tail--
	}
	return head, tail
}
