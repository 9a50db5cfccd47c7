package operator

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A folded text is what quotes are looked for in: Unicode form NFC, runs of white space as one space, invisible characters gone, typographic quotation marks,
// dashes and ellipses as their ASCII kin, letters of full and half width as the usual ones. White space is gone where it is only how lines were broken: beside
// Chinese and Japanese letters and after a hyphen. Each of its bytes knows the source bytes it came from.
type folded struct {
	text       string
	start, end []int32 // of the source, for each byte of text
}

func fold(s string) folded {
	var f folded
	var b strings.Builder
	b.Grow(len(s))
	f.start, f.end = make([]int32, 0, len(s)), make([]int32, 0, len(s))
	add := func(t string, from, to int) {
		b.WriteString(t)
		for range len(t) {
			f.start, f.end = append(f.start, int32(from)), append(f.end, int32(to))
		}
	}
	var last, before rune // the letter before, and the one before it; 0 none
	spaceFrom, spaceTo := -1, 0
	one := func(r rune, raw string, from, to int) {
		switch {
		case unicode.IsSpace(r):
			if spaceFrom < 0 {
				spaceFrom, spaceTo = from, to
			}
			return
		case invisible(r):
			return
		}
		hyphen := last == '-' && unicode.IsLetter(before) && unicode.IsLetter(r)
		if spaceFrom >= 0 && last != 0 && !hyphen && !unspaced(last) && !unspaced(r) {
			add(" ", spaceFrom, spaceTo)
			last = ' '
		}
		spaceFrom = -1
		before, last = last, r
		switch r {
		case '‘', '’', '‚', '‛', '′', '`', '´':
			raw = "'"
		case '“', '”', '„', '‟', '«', '»', '″':
			raw = `"`
		case '‐', '‑', '‒', '–', '—', '―', '−':
			raw, last = "-", '-'
		case '〜':
			raw = "~"
		case '…':
			raw = "..."
		case 'ﬀ', 'ﬁ', 'ﬂ', 'ﬃ', 'ﬄ', 'ﬅ', 'ﬆ': // as PDF files have them
			raw = norm.NFKC.String(raw)
		default:
			if r >= '\uff01' && r <= '\uffee' {
				raw = norm.NFKC.String(raw)
			}
		}
		add(raw, from, to)
	}
	var it norm.Iter
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf && (i+1 == len(s) || s[i+1] < utf8.RuneSelf) {
			one(rune(c), s[i:i+1], i, i+1)
			i++
			continue
		}
		// A stretch that is not ASCII, together with the letter before it, which a combining mark may change.
		j := i + 1
		for j < len(s) && (s[j] >= utf8.RuneSelf || j+1 < len(s) && s[j+1] >= utf8.RuneSelf) {
			j++
		}
		it.InitString(norm.NFC, s[i:j])
		for !it.Done() {
			from := i + it.Pos()
			seg := it.Next()
			to := i + it.Pos()
			for k := 0; k < len(seg); {
				r, n := utf8.DecodeRune(seg[k:])
				one(r, string(seg[k:k+n]), from, to)
				k += n
			}
		}
		i = j
	}
	f.text = b.String()
	return f
}

// unspaced reports whether a letter or mark is of a script that is written without spaces between words.
func unspaced(r rune) bool {
	return r >= '\u2e80' && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo) || r >= '\u3001' && r <= '\u303f' || r == 'ー')
}

func invisible(r rune) bool {
	switch r {
	case '\u00ad', '\u034f', '\u061c', '\u200b', '\u200c', '\u200d', '\u2060', '\ufe0e', '\ufe0f', '\ufeff':
		return true
	}
	// What turns the direction of writing.
	return r == '\u200e' || r == '\u200f' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// wholeIndex is the first place of a quote where it is not a part of a longer number, as 10.00 is of 110.00; where there is none, the first of all.
func wholeIndex(text, q string) int {
	for at := 0; ; at++ {
		i := strings.Index(text[at:], q)
		if i < 0 {
			return strings.Index(text, q)
		}
		if at += i; !insideNumber(text, at) && !insideNumber(text, at+len(q)) {
			return at
		}
	}
}

// insideNumber reports whether a place is between two digits.
func insideNumber(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at:])
	return unicode.IsDigit(before) && unicode.IsDigit(after)
}

// maxElided bounds, in folded bytes, what an ellipsis inside a quote may stand for.
const maxElided = 600

// find looks for a quote and returns the source bytes it stands for. Quotation marks and ellipses that were put around it are forgiven, and so is an ellipsis
// inside it when both sides are there near each other; then the span holds what was left out too.
func (f folded) find(quote string) (start, end int, ok bool) {
	q := fold(quote).text
	if start, end, ok = f.findFolded(q); ok || len(q) < 8 || len(q) > maxElided {
		return start, end, ok
	}
	text, at := tight(f.text)
	q, _ = tight(q)
	if i := wholeIndex(text, q); i >= 0 && !insideNumber(text, i) && !insideNumber(text, i+len(q)) {
		return int(f.start[at[i]]), int(f.end[at[i+len(q)-1]]), true
	}
	return 0, 0, false
}

// tight is a folded text without the space beside marks, and where its bytes stand: {"a":1} is quoted as { "a": 1 }.
func tight(text string) (string, []int32) {
	out, at := make([]byte, 0, len(text)), make([]int32, 0, len(text))
	for i := range len(text) {
		if text[i] != ' ' || i > 0 && isWordByte(text[i-1]) && i+1 < len(text) && isWordByte(text[i+1]) {
			out, at = append(out, text[i]), append(at, int32(i))
		}
	}
	return string(out), at
}

func isWordByte(c byte) bool {
	return c >= utf8.RuneSelf || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
}

// findFolded is find for a quote whose folded text is q: of many texts one asks with the same.
func (f folded) findFolded(q string) (start, end int, ok bool) {
	for range 4 {
		if q == "" {
			return 0, 0, false
		}
		if i := wholeIndex(f.text, q); i >= 0 {
			return int(f.start[i]), int(f.end[i+len(q)-1]), true
		}
		bare := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(q, "..."), "..."))
		if n := len(bare); bare == q && n > 1 && (q[0] == '"' && q[n-1] == '"' || q[0] == '\'' && q[n-1] == '\'') {
			bare = strings.TrimSpace(q[1 : n-1])
		}
		if bare == q {
			break
		}
		q = bare
	}
	if !strings.Contains(q, "...") {
		return 0, 0, false
	}
	first, last := -1, 0
	for _, p := range strings.Split(q, "...") {
		p = strings.Trim(p, " []()")
		if len(p) < 8 {
			return 0, 0, false
		}
		room := f.text[last:]
		if first >= 0 {
			room = room[:min(len(room), maxElided+len(p))]
		}
		i := strings.Index(room, p)
		if i < 0 {
			return 0, 0, false
		}
		if first < 0 {
			first = last + i
		}
		last += i + len(p)
	}
	return int(f.start[first]), int(f.end[last-1]), true
}
