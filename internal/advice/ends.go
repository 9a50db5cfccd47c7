package advice

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Paragraph is a piece at one end of a big turn. Numbers count from 1 at the first head piece and go on through the tail, so that they do not change
// when the middle of the turn does.
type Paragraph struct {
	Number     int
	Of         int // which text of the turn it is of
	Text       string
	Start, End int // its bytes in the turn's text, white space around it left out; both 0 when unknown
}

// An end has up to endPieces pieces. Where they go on like an instruction, a list of rules or examples, it has more of them.
const (
	endPieces  = 6
	mostPieces = 60
	mostBytes  = 8000 // of the pieces at one end, about 2,000 tokens; one more may begin below it
	pieceMax   = 1000 // bytes of one piece, about 200 tokens
	lineMax    = 4000 // bytes of one that is a line without a better place to cut it
)

// Ends cuts the first and last paragraphs off a turn: six at each end, and more where what was cut is not plainly data. A paragraph that is too long to be an
// instruction is cut into lines, a line into sentences, so that "Summarize this: …" followed by a book without a blank line still shows its first words. Tags that
// frame a document or a question divide as blank lines do. Only the ends are read.
func Ends(text string) (head, tail []Paragraph) {
	from, to := 0, len(text)
	first := func(most int) {
		for goesOn(head, most) {
			start := skipSpace(text, from, to)
			end := pieceEnd(text, start, to)
			if end <= start {
				return
			}
			head = append(head, piece(text, start, end))
			from = end
		}
	}
	last := func(most int) {
		for goesOn(tail, most) {
			end := trimSpace(text, from, to)
			start := pieceStart(text, from, end)
			if start >= end {
				return
			}
			tail = append(tail, piece(text, start, end))
			to = start
		}
	}
	first(endPieces)
	last(endPieces) // before the head takes what may be the end's
	first(mostPieces)
	last(mostPieces)
	slices.Reverse(tail)
	for i := range head {
		head[i].Number = i + 1
	}
	for i := range tail {
		tail[i].Number = len(head) + i + 1
	}
	return head, tail
}

// goesOn says whether another piece is to be cut off, after those that were, outermost first.
func goesOn(pieces []Paragraph, most int) bool {
	n, bytes := len(pieces), 0
	for _, p := range pieces {
		bytes += len(p.Text)
	}
	return n < endPieces || n < most && bytes < mostBytes && !looksLikeContent(pieces[n-1].Text)
}

func piece(text string, start, end int) Paragraph {
	for start < end && isSpace(text[start]) {
		start++
	}
	for start < end && isSpace(text[end-1]) {
		end--
	}
	return Paragraph{Text: text[start:end], Start: start, End: end}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func skipSpace(text string, i, to int) int {
	for i < to && isSpace(text[i]) {
		i++
	}
	return i
}

func trimSpace(text string, from, j int) int {
	for j > from && isSpace(text[j-1]) {
		j--
	}
	return j
}

// pieceEnd is the end of the piece that starts at i, or i when nothing there can be read.
func pieceEnd(text string, i, to int) int {
	window := text[i:min(to, i+pieceMax)]
	whole := i+len(window) == to
	for _, find := range []func(string) int{paragraphEnd, lineEnd, sentenceEnd} {
		if k := find(window); k > 0 {
			return i + k
		}
		if whole {
			return to
		}
	}
	line := text[i:min(to, i+lineMax)]
	if k := lineEnd(line); k > 0 {
		return i + k
	}
	if i+len(line) == to {
		return readable(line, to, i)
	}
	for k := len(window); k > 0; k-- {
		if isSpace(window[k-1]) {
			return i + k
		}
	}
	for i+len(window) < to && len(window) > 0 && !utf8.RuneStart(text[i+len(window)]) {
		window = window[:len(window)-1]
	}
	return readable(window, i+len(window), i)
}

// pieceStart mirrors pieceEnd.
func pieceStart(text string, from, j int) int {
	window := text[max(from, j-pieceMax):j]
	whole := j-len(window) == from
	for _, find := range []func(string) int{lastParagraph, lineStart, lastSentence} {
		if k := find(window); k > 0 {
			return j - len(window) + k
		}
		if whole {
			return from
		}
	}
	line := text[max(from, j-lineMax):j]
	if k := lineStart(line); k > 0 {
		return j - len(line) + k
	}
	if j-len(line) == from {
		return readable(line, from, j)
	}
	for k := range len(window) {
		if isSpace(window[k]) {
			return j - len(window) + k
		}
	}
	for len(window) > 0 && !utf8.RuneStart(window[0]) {
		window = window[1:]
	}
	return readable(window, j-len(window), j)
}

// readable is yes where the piece may be language, no where it is one long run of ASCII, such as base64.
func readable(piece string, yes, no int) int {
	for i := range len(piece) {
		if piece[i] >= utf8.RuneSelf || isSpace(piece[i]) {
			return yes
		}
	}
	return no
}

// paragraphEnd is the offset of the first blank line or division by tags, or -1.
func paragraphEnd(s string) int {
	k := blankLine(s)
	if k >= 0 {
		s = s[:k]
	}
	if cuts := divisions(s); len(cuts) > 0 {
		return cuts[0]
	}
	return k
}

// lastParagraph is the offset after the last blank line, or of a later division by tags, or -1.
func lastParagraph(s string) int {
	k := lastBlankLine(s)
	from := max(k, 0)
	if cuts := divisions(s[from:]); len(cuts) > 0 {
		return from + cuts[len(cuts)-1]
	}
	return k
}

var tag = regexp.MustCompile(`<(/?)(\pL[\pL\d_:-]*)(?: [^<>\n]*)?>`)

// divisions are the offsets between a document in tags and what stands before or behind it: before a tag that opens a line, behind one that ends a line, where its
// partner is not in s. Tags that come in pairs, such as those of a form that an instruction shows, divide nothing.
func divisions(s string) (cuts []int) {
	tags := tag.FindAllStringSubmatchIndex(s, -1)
	single := make([]bool, len(tags))
	var open []int
	for i, t := range tags {
		single[i] = true
		if t[2] == t[3] {
			open = append(open, i)
			continue
		}
		for k := len(open) - 1; k >= 0; k-- {
			if o := tags[open[k]]; s[o[4]:o[5]] == s[t[4]:t[5]] {
				single[i], single[open[k]], open = false, false, open[:k]
				break
			}
		}
	}
	begun := 0 // up to here only tags stand behind the last cut
	for i, t := range tags {
		before, next := strings.TrimRight(s[:t[0]], " \t"), skipSpace(s, t[1], len(s))
		switch opens := t[2] == t[3]; {
		case opens && skipSpace(s, begun, len(s)) == t[0]:
			begun = t[1]
		case !single[i]:
		case opens && (strings.HasSuffix(before, "\n") || strings.HasSuffix(before, ">")):
			cuts, begun = append(cuts, t[0]), t[1]
		case !opens && next < len(s) && !strings.HasPrefix(s[next:], "</") && (s[next] == '<' || strings.Contains(s[t[1]:next], "\n")):
			cuts, begun = append(cuts, t[1]), t[1]
		}
	}
	return cuts
}

// blankLine is the offset of the line break before the first blank line, or -1.
func blankLine(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] != '\n' {
			continue
		}
		for k := i + 1; k < len(s) && isSpace(s[k]); k++ {
			if s[k] == '\n' {
				return i
			}
		}
	}
	return -1
}

// lastBlankLine is the offset just after the last blank line, or -1.
func lastBlankLine(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] != '\n' {
			continue
		}
		k := i - 1
		for k >= 0 && (s[k] == ' ' || s[k] == '\t' || s[k] == '\r') {
			k--
		}
		if k >= 0 && s[k] == '\n' {
			return i + 1
		}
	}
	return -1
}

func lineEnd(s string) int   { return strings.IndexByte(s, '\n') }
func lineStart(s string) int { return strings.LastIndexByte(s, '\n') + 1 }

// sentenceEnd is the offset after the first sentence of more than a few letters, or -1.
func sentenceEnd(s string) int {
	for i, r := range s {
		if n := stops(s, i, r); n > 0 && i > 8 {
			return i + n
		}
	}
	return -1
}

func lastSentence(s string) int {
	at := -1
	for i, r := range s {
		if n := stops(s, i, r); n > 0 && i+n < len(s)-8 {
			at = i + n
		}
	}
	return at
}

// stops gives the length of a sentence's end mark at s[i], 0 when there is none.
func stops(s string, i int, r rune) int {
	switch r {
	case '.', '?', '!', ':':
		if i+1 < len(s) && isSpace(s[i+1]) {
			return 1
		}
	case '\u3002', '\uff1f', '\uff01', '\uff1a', '।', '॥', '؟', '۔':
		return utf8.RuneLen(r)
	}
	return 0
}
