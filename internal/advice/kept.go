package advice

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

func paragraphs(q Question) []Paragraph { return slices.Concat(q.Head, q.Inner, q.Tail) }

// keptByRules names the paragraphs that look like an instruction. When unsure it keeps: under rules a kept paragraph stays material too, so keeping
// costs tokens and dropping could cost the question. Where no other turn says what to do, the first and the last paragraph are kept unless they are plainly
// data: what is asked may sound like nothing that is known here, and what others ask in between like much.
func keptByRules(q Question) []int {
	sides := [2][]Paragraph{q.Head, q.Tail}
	sure, data := likeInstruction(q.Head, q.Tail)
	if q.Instruction == "" {
		for s, i := range [2]int{0, len(q.Tail) - 1} {
			if 0 <= i && i < len(sides[s]) && !data[s][i] && !looksLikeContent(sides[s][i].Text) && !inDocument(sides[s][i].Text) {
				sure[s][i] = true
			}
		}
	}
	for s, list := range sides {
		fillGaps(sure[s], list)
	}
	return numbers(q, sure)
}

// numbers are those of the paragraphs that are sure, and of all between the ends.
func numbers(q Question, sure [2][]bool) (kept []int) {
	for _, p := range q.Inner {
		kept = append(kept, p.Number)
	}
	for s, list := range [2][]Paragraph{q.Head, q.Tail} {
		for i, p := range list {
			if sure[s][i] {
				kept = append(kept, p.Number)
			}
		}
	}
	slices.Sort(kept)
	return kept
}

// likeInstruction says which of the paragraphs at the heads and the tails of texts look like an instruction, for themselves or as points of a list that one
// introduces, and which are lines of what fills the text and so do not, whatever they say.
func likeInstruction(head, tail []Paragraph) (sure, data [2][]bool) {
	sides := [2][]Paragraph{head, tail}
	data = repeated(sides)
	for s, list := range sides {
		sure[s] = make([]bool, len(list))
		for i, p := range list {
			sure[s][i] = !data[s][i] && (looksLikeInstruction(p.Text) || i > 0 && sure[s][i-1] && p.Of == list[i-1].Of && isPoint(p.Text))
		}
		connect(sure[s], list, s == 1)
	}
	return sure, data
}

// repeated says which paragraphs begin as several of the innermost at both ends of their text do, where there is a middle: it is made of such then, of tickets, chats or
// records. Instructions that stand at both ends have what they are about further in.
func repeated(sides [2][]Paragraph) (out [2][]bool) {
	type start struct {
		of   int
		text string
	}
	var counts [2]map[start]int
	heads := map[int][]Paragraph{}
	for _, p := range sides[0] {
		heads[p.Of] = append(heads[p.Of], p)
	}
	for s, list := range sides {
		counts[s] = map[start]int{}
		for i, in := range depths(list, s == 0) {
			if in <= gap {
				counts[s][start{list[i].Of, beginning(list[i].Text)}]++
			}
		}
	}
	for s, list := range sides {
		for _, p := range list {
			at := start{p.Of, beginning(p.Text)}
			out[s] = append(out[s], counts[0][at] > 1 && counts[1][at] > 1 && !goesOn(heads[p.Of], mostPieces))
		}
	}
	return out
}

// inDocument says whether a piece begins or ends with a tag, and not all of its tags are for requests.
func inDocument(text string) bool {
	return (text[0] == '<' || text[len(text)-1] == '>') && slices.ContainsFunc(tag.FindAllStringSubmatch(text, -1), func(m []string) bool { return !slices.Contains(labels, fold(m[2])) })
}

// beginning is what lines of one kind begin with: a label, a date, or three words. All numbers are one.
func beginning(text string) string {
	var b strings.Builder
	for i, w := range strings.Fields(strings.ReplaceAll(fold(text[:min(len(text), 80)]), "\uff1a", ": ")) {
		digit, runs := false, 0
		for _, r := range w {
			switch was := digit; {
			case '0' <= r && r <= '9':
				if digit = true; !was {
					runs++
					b.WriteByte('0')
				}
			case unicode.IsLetter(r) && runs > 0: // 1st, 2nd
			default:
				digit = false
				b.WriteRune(r)
			}
		}
		if b.WriteByte(' '); strings.HasSuffix(w, ":") || runs > 2 || i > 1 {
			return b.String()
		}
	}
	return b.String()
}

// depths says how far in each paragraph stands, 0 being the outermost of its text.
func depths(list []Paragraph, tail bool) []int {
	out := make([]int, len(list))
	for k := range list {
		i, outside := k, k-1
		if tail {
			i, outside = len(list)-1-k, len(list)-k
		}
		if k > 0 && list[i].Of == list[outside].Of {
			out[i] = out[outside] + 1
		}
	}
	return out
}

// connect leaves of what lies further in than endPieces only what is no more than a gap away from what lies further out: an instruction is one block at an end, and
// deep in a document there are sentences that sound like requests too.
func connect(sure []bool, list []Paragraph, tail bool) {
	deep, last := depths(list, tail), -1
	for k := range list {
		i := k
		if tail {
			i = len(list) - 1 - k
		}
		if deep[i] == 0 {
			last = -1
		}
		sure[i] = sure[i] && (deep[i] < endPieces || last >= 0 && deep[i]-last <= gap)
		if sure[i] {
			last = deep[i]
		}
	}
}

// isPoint says whether a paragraph is a point of a list: it begins with a mark, a number or a name with a number.
func isPoint(text string) bool {
	word, rest, _ := strings.Cut(text, " ")
	switch {
	case rest == "" || len(word) > 16 || looksLikeContent(text):
		return false
	case word == "-" || word == "*" || word == "•" || word == "–":
		return true
	}
	return strings.ContainsAny(word[len(word)-1:], ".:)") && (strings.ContainsAny(word, "0123456789") || len(strings.Trim(word, "().:")) == 1)
}

// gap is how far apart two paragraphs may be that belong to one instruction.
const gap = 3

// fillGaps keeps one or two short paragraphs between two kept ones: the points of a list that an instruction introduces.
func fillGaps(sure []bool, list []Paragraph) {
	last := -1
	for i := range sure {
		if !sure[i] {
			continue
		}
		if last >= 0 && i-last <= gap {
			for k := last + 1; k < i; k++ {
				sure[k] = len(list[k].Text) <= pieceMax/2
			}
		}
		last = i
	}
}

// looksLikeInstruction wants one strong sign: a question mark at an end, a colon at the very end, a request word, or a verb of the lexicon opening a clause.
func looksLikeInstruction(text string) bool {
	if looksLikeContent(text) {
		return false
	}
	t := unwrapped(text)
	if asksAtEnd(t) || strings.Contains(t, "? ") || strings.Contains(t, "?\n") {
		return true
	}
	all := clauses(fold(t))
	return anyWord(all, requestWords) || orders(t, all)
}

// asksAtEnd says whether a text ends in a question mark or a colon.
func asksAtEnd(t string) bool {
	r, _ := utf8.DecodeLastRuneInString(t)
	return r == '?' || r == ':' || r == '\uff1f' || r == '\uff1a' || r == '؟'
}

// orders says whether a verb of the lexicon opens a clause of the text, or ends it in Turkish.
func orders(t string, all [][]string) bool {
	for _, c := range all {
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
	t = fold(t)
	for _, l := range spaceless {
		if containsAny(t, l.parts) {
			return true
		}
	}
	return false
}

func containsAny(s string, parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}

func anyWord(all [][]string, words alternatives) bool {
	return slices.ContainsFunc(all, func(c []string) bool { return slices.ContainsFunc(c, words.match) })
}

// turkishVerbLast says whether the pattern is a Turkish verb, which ends its clause and so opens nothing.
func turkishVerbLast(p *pattern) bool {
	last := p.words[len(p.words)-1]
	return !last.gap && last.alts[0].kind == '~'
}

var requestWords = compile("", 0, "", `please|pls|below|following|attached|your|you|answer|respond|reply|instructions|task|question|output|lutfen|asagidaki|asagida|yukaridaki|ekteki|ekli|`+
	`bana|gorevin|gorev|soru|yanit|cevap|bitte|folgende*|voici|ci|siguiente*|adjunto|you're|i'd|tldr`).words[0]

// unwrapped is a paragraph without what people put around a request to set it off: a line of dashes above it, marks of a heading, tags, a word in brackets.
func unwrapped(text string) string {
	t := strings.TrimSpace(text)
	if line, rest, more := strings.Cut(t, "\n"); more && strings.Trim(line, "-=*_ \r") == "" {
		t = strings.TrimSpace(rest)
	}
	for strings.HasPrefix(t, "<") {
		end := strings.IndexByte(t, '>')
		if end < 0 || strings.ContainsAny(t[:end], "\n=") {
			break
		}
		t = strings.TrimSpace(t[end+1:])
	}
	for strings.HasSuffix(t, ">") {
		start := strings.LastIndexByte(t, '<')
		if !strings.HasPrefix(t[max(start, 0):], "</") || strings.ContainsAny(t[start:], "\n=") {
			break
		}
		t = strings.TrimSpace(t[:start])
	}
	if end := strings.IndexByte(t, ']'); strings.HasPrefix(t, "[") && 1 < end && end < 20 && !strings.ContainsFunc(t[1:end], func(r rune) bool { return !unicode.IsLetter(r) && r != ' ' }) {
		t = strings.TrimSpace(t[end+1:])
	}
	if heading := strings.TrimLeft(t, "#"); heading != t && strings.HasPrefix(heading, " ") && len(strings.Fields(heading)) >= 4 {
		t = strings.TrimSpace(heading) // a short one is a title
	}
	return t
}

// looksLikeContent says whether a piece is plainly no request: data, code, a log line, a heading.
func looksLikeContent(text string) bool {
	t := unwrapped(text)
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
