package advice

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Paragraph is a piece at one end of a big turn. Numbers count from 1 at the first head piece and go on through the tail, so that they do not change
// when the middle of the turn does.
type Paragraph struct {
	Number     int
	Text       string
	Start, End int // its bytes in the turn's text, white space around it left out; both 0 when unknown
}

const (
	endPieces = 6    // pieces at each end
	pieceMax  = 1000 // bytes of one piece, about 200 tokens
)

// Ends cuts the first and last paragraphs off a turn, at most six each. A paragraph that is too long to be an instruction is cut into lines, a line
// into sentences, so that "Summarize this: …" followed by a book without a blank line still shows its first words. Only the ends are read.
func Ends(text string) (head, tail []Paragraph) {
	from, to := 0, len(text)
	for len(head) < endPieces {
		start := skipSpace(text, from, to)
		end := pieceEnd(text, start, to)
		if end <= start {
			break
		}
		head = append(head, piece(text, start, end))
		from = end
	}
	for len(tail) < endPieces {
		end := trimSpace(text, from, to)
		start := pieceStart(text, from, end)
		if start >= end {
			break
		}
		tail = append(tail, piece(text, start, end))
		to = start
	}
	slices.Reverse(tail)
	for i := range head {
		head[i].Number = i + 1
	}
	for i := range tail {
		tail[i].Number = len(head) + i + 1
	}
	return head, tail
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

// skipSpace and trimSpace give up after a bounded stretch: an end that is all white space has no paragraphs.
func skipSpace(text string, i, to int) int {
	stop := min(to, i+pieceMax)
	for i < stop && isSpace(text[i]) {
		i++
	}
	return i
}

func trimSpace(text string, from, j int) int {
	stop := max(from, j-pieceMax)
	for j > stop && isSpace(text[j-1]) {
		j--
	}
	return j
}

// pieceEnd is the end of the piece that starts at i, or i when there is none within pieceMax.
func pieceEnd(text string, i, to int) int {
	window := text[i:min(to, i+pieceMax)]
	whole := i+len(window) == to
	for _, find := range []func(string) int{blankLine, lineEnd, sentenceEnd} {
		if k := find(window); k > 0 {
			return i + k
		}
		if whole {
			return to
		}
	}
	return i
}

// pieceStart mirrors pieceEnd.
func pieceStart(text string, from, j int) int {
	window := text[max(from, j-pieceMax):j]
	whole := j-len(window) == from
	for _, find := range []func(string) int{lastBlankLine, lineStart, lastSentence} {
		if k := find(window); k > 0 {
			return j - len(window) + k
		}
		if whole {
			return from
		}
	}
	return j
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
	case '\u3002', '\uff1f', '\uff01', '\uff1a':
		return utf8.RuneLen(r)
	}
	return 0
}

func paragraphs(q Question) []Paragraph { return append(slices.Clone(q.Head), q.Tail...) }

// keptByRules names the paragraphs that look like an instruction. When unsure it keeps: under rules a kept paragraph stays material too, so keeping
// costs tokens and dropping could cost the question. Where no other turn says what to do, the last paragraph is kept unless it is plainly data, and the
// first one too when nothing looks like a request.
func keptByRules(q Question) []int {
	sides := [2][]Paragraph{q.Head, q.Tail}
	var sure [2][]bool
	found := false
	for s, list := range sides {
		sure[s] = make([]bool, len(list))
		for i, p := range list {
			sure[s][i] = len(p.Text) <= pieceMax && looksLikeInstruction(p.Text)
			found = found || sure[s][i]
		}
	}
	if q.Instruction == "" {
		edge := func(s, i int) {
			if i >= 0 && i < len(sides[s]) && len(sides[s][i].Text) <= pieceMax && !looksLikeContent(sides[s][i].Text) {
				sure[s][i] = true
			}
		}
		edge(1, len(q.Tail)-1)
		if !found {
			edge(0, 0)
		}
	}
	var kept []int
	for s, list := range sides {
		fillGaps(sure[s], list)
		for i, p := range list {
			if sure[s][i] {
				kept = append(kept, p.Number)
			}
		}
	}
	return kept
}

// fillGaps keeps one or two short paragraphs between two kept ones: the points of a list that an instruction introduces.
func fillGaps(sure []bool, list []Paragraph) {
	last := -1
	for i := range sure {
		if !sure[i] {
			continue
		}
		if last >= 0 && i-last <= 3 {
			for k := last + 1; k < i; k++ {
				sure[k] = len(list[k].Text) <= pieceMax/2
			}
		}
		last = i
	}
}

// looksLikeInstruction wants one strong sign: a question mark at an end, a colon at the very end, a request word, or a verb of the lexicon opening a clause.
func looksLikeInstruction(text string) bool {
	t := strings.TrimSpace(text)
	if looksLikeContent(t) {
		return false
	}
	if r, _ := utf8.DecodeLastRuneInString(t); r == '?' || r == ':' || r == '\uff1f' || r == '\uff1a' || r == '؟' {
		return true
	}
	if strings.Contains(t, "? ") || strings.Contains(t, "?\n") {
		return true
	}
	for _, c := range clauses(fold(t)) {
		for _, w := range c {
			if requestWords.match(w) {
				return true
			}
		}
		x, found, open := patterns(), false, opening(c)
		x.hits(c, func(k, at int) bool {
			p := &x.all[k]
			found = found || p.weight >= 4 && (at == open || turkishVerbLast(p))
			return !found
		})
		if found {
			return true
		}
	}
	for _, c := range cjk {
		for _, w := range strings.Fields(c.words) {
			if strings.Contains(t, w) {
				return true
			}
		}
	}
	return false
}

// turkishVerbLast says whether the pattern is a Turkish verb, which ends its clause and so opens nothing.
func turkishVerbLast(p *pattern) bool {
	last := p.words[len(p.words)-1]
	return !last.gap && last.alts[0].kind == '~'
}

var requestWords = compile("", 0, "", `please|pls|below|following|attached|your|you|answer|respond|reply|instructions|task|question|output|lutfen|asagidaki|asagida|yukaridaki|ekteki|ekli|`+
	`bana|gorevin|gorev|soru|yanit|cevap|bitte|folgende*|voici|ci|siguiente*|adjunto|you're|i'd|tl|tldr`).words[0]

// looksLikeContent says whether a piece is plainly no request: data, code, a log line, a heading.
func looksLikeContent(text string) bool {
	t := strings.TrimSpace(text)
	if t == "" {
		return true
	}
	line, _, more := strings.Cut(t, "\n")
	switch c := t[0]; {
	case c == '{' || c == '[' || c == '<' && strings.HasSuffix(t, ">") || c == '|':
		return true
	case strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~") || strings.HasPrefix(t, "diff --git") || strings.HasPrefix(t, "---"):
		return true
	case c == '#' && !more && !strings.ContainsAny(line, "?:"):
		return true
	}
	letters, others := 0, 0
	for _, r := range t {
		switch {
		case unicode.IsLetter(r):
			letters++
		case r != ' ' && r != '\n':
			others++
		}
	}
	if others > letters {
		return true
	}
	end := line[len(line)-1]
	return end == ';' || end == '{' || strings.Count(line, ",") > 3 && strings.Count(line, ", ") == 0
}
