package offline

import (
	"regexp"
	"strconv"
	"strings"
)

// A turn is a message's text.
type turn struct{ role, text string }

// A reading is a request as the model understands it: what it is told, what it is asked, and what it has to read. It is found by the means that any chat
// model is addressed with: roles, marked blocks, and length.
type reading struct {
	told     string  // instructions of all roles, without marked blocks
	asked    string  // instructions of the last user turn
	question string  // what to look for
	numbered []order // numbered paragraphs that look like instructions
	material string  // what to look in
	query    query
}

// shortWords is up to how many words a paragraph can be an instruction.
const shortWords = 90

func read(turns []turn) reading {
	var r reading
	last := -1
	for i, t := range turns {
		if t.role == "user" {
			last = i
		}
	}
	var told, asked, bulk []string
	for i, t := range turns {
		own := t.role == "system" || t.role == "developer"
		if !own && i != last {
			bulk = append(bulk, t.text)
			continue
		}
		free, blocks := split(t.text)
		short, long := free, []string(nil)
		if !own {
			short, long = ends(free)
			asked = append(asked, short...)
		}
		told = append(told, short...)
		bulk = append(bulk, strings.Join(long, "\n\n"))
		for _, bl := range blocks {
			if !own && labelled.MatchString(bl.label) && countWords(bl.text, 401) <= 400 {
				told, asked = append(told, bl.text), append(asked, bl.text)
				continue
			}
			bulk = append(bulk, bl.text)
		}
	}
	r.told = strings.Join(told, "\n\n")
	r.asked = strings.Join(asked, "\n\n")
	r.numbered = numberedOrders(bulk)
	r.question = question(r.asked)
	if !strings.ContainsAny(r.question, "?？") && len(r.numbered) > 0 {
		var texts []string
		for _, o := range r.numbered {
			texts = append(texts, o.text)
		}
		r.question = question(strings.Join(texts, "\n\n"))
	}
	// The longest marked text is what the task is about. Where nothing is marked that is the rest of the conversation.
	longest, all := "", 0
	for _, b := range bulk {
		if len(b) > len(longest) {
			longest = b
		}
		all += len(b)
	}
	if r.material = longest; len(turns) > 2 && 2*len(longest) < all {
		r.material = strings.Join(bulk, "\n\n")
	}
	// A short text that asks something and also says something is both.
	if strings.TrimSpace(r.material) == "" && strings.ContainsAny(r.question, "?？") {
		r.material = r.asked
	}
	r.query = newQuery(limitWords.ReplaceAllString(r.question, ""), r.material)
	return r
}

// labelled says that a block, by its name or the line before it, is an instruction rather than something to read.
var labelled = regexp.MustCompile(`(?i)\b(instructions?|questions?|quer(y|ies)|tasks?|requests?|soru|görev|istek)\b`)

var (
	openTag   = regexp.MustCompile(`^<([A-Za-z][\w.-]*)(?:\s[^<>]*)?>`)
	openLabel = regexp.MustCompile(`^\W*BEGIN\b[ \t]*([\w .:-]*?)\W*$`)
	lastWord  = regexp.MustCompile(`([\w.]+)\W*$`)
)

// mostUnclosed bounds how many tags are looked for in vain in one text, each to its end.
const mostUnclosed = 20

// A block is a marked text and what names it: its tag and the line before it.
type block struct{ label, text string }

// split takes the marked blocks out of a text: ``` fences, <tag>…</tag>, and lines like <<<x … x>>> or BEGIN x … END x. What was opened and never closed
// runs to the end.
func split(text string) (free []string, blocks []block) {
	var out strings.Builder
	before := ""
	unclosed := 0
	for text != "" {
		line, rest := cutLine(text)
		trimmed := strings.TrimSpace(line)
		body, after, ok := "", "", false
		switch {
		case strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~"):
			fence := trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, trimmed[:1]))]
			body, after = untilLine(rest, func(l string) bool { return l == fence })
			ok = true
		case len(trimmed) > 200 || trimmed == "":
		case strings.HasPrefix(trimmed, "<<<") || openLabel.MatchString(trimmed):
			// The closing line repeats the last word of the opening one, or what comes after its last dash.
			if m := lastWord.FindStringSubmatch(trimmed); m != nil {
				body, after = untilLine(rest, func(l string) bool {
					if len(l) > 200 || !strings.HasSuffix(l, ">>>") && !strings.Contains(l, "END") {
						return false
					}
					c := lastWord.FindStringSubmatch(l)
					return c != nil && c[1] == m[1]
				})
				ok = true
			}
		case trimmed[0] == '<' && unclosed < mostUnclosed && openTag.MatchString(trimmed):
			m := openTag.FindStringSubmatch(trimmed)
			from := strings.Index(text, m[0]) + len(m[0])
			if k := strings.Index(text[from:], "</"+m[1]+">"); k >= 0 {
				body, ok = text[from:from+k], true
				after = text[from+k+len(m[1])+3:]
			} else {
				unclosed++
			}
		}
		if !ok {
			out.WriteString(line)
			text = rest
			if trimmed != "" {
				before = trimmed
			}
			continue
		}
		out.WriteString("\n\n")
		label := trimmed
		if len(before) <= 120 && strings.HasSuffix(before, ":") {
			label = before + " " + label
		}
		blocks = append(blocks, block{label[:min(len(label), 240)], strings.Trim(body, "\r\n")})
		text, before = after, ""
	}
	return paragraphs(out.String()), blocks
}

// An order is a numbered paragraph that tells what to do.
type order struct {
	number int
	text   string
}

var numberedLine = regexp.MustCompile(`(?m)^\[(\d{1,4})\] (.+)$`)

var imperative = regexp.MustCompile(`(?i)^\W*(please |lütfen )?(answer|summari[sz]e|list|find|extract|count|compare|translate|explain|describe|write|give|tell|review|analy[sz]e|` +
	`identify|rewrite|create|quote|using|based on|özetle|listele|bul|çıkar|say|karşılaştır|çevir|açıkla|yaz|incele)\b`)

// ordering is a sentence that says what to do with a text, rather than how.
var ordering = regexp.MustCompile(`(?i)^\W*(please |lütfen )?(summari[sz]e|list|find|extract|count|compare|translate|explain|describe|write|create|review|analy[sz]e|identify|rewrite)\b|` +
	`(özetle|listele|bul|çıkar|karşılaştır|çevir|açıkla|yaz|incele|oluştur)(yin|yın|in|ın)?[.!]?$`)

// numberedOrders finds lines "[3] Summarize this." among what is numbered like that.
func numberedOrders(texts []string) []order {
	var out []order
	for _, t := range texts {
		if len(t) > 1<<16 {
			continue
		}
		for _, m := range numberedLine.FindAllStringSubmatch(t, 100) {
			if strings.HasSuffix(strings.TrimSpace(m[2]), "?") || imperative.MatchString(m[2]) || countWords(m[2], 60) < 60 && strings.Contains(m[2], "? ") && imperative.MatchString(m[2][strings.LastIndex(m[2], "? ")+2:]) {
				n, _ := strconv.Atoi(m[1])
				out = append(out, order{n, m[2]})
			}
		}
	}
	return out
}

func cutLine(s string) (line, rest string) {
	if k := strings.IndexByte(s, '\n'); k >= 0 {
		return s[:k+1], s[k+1:]
	}
	return s, ""
}

func untilLine(s string, closes func(trimmed string) bool) (body, after string) {
	for i := 0; i < len(s); {
		line, _ := cutLine(s[i:])
		if closes(strings.TrimSpace(line)) {
			return s[:i], s[i+len(line):]
		}
		i += len(line)
	}
	return s, ""
}

var blank = regexp.MustCompile(`\n[ \t\r]*\n\s*`)

func paragraphs(s string) []string {
	var out []string
	for _, p := range blank.Split(s, -1) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// ends says which paragraphs of a user's text are instruction: all of a short text; of a long one the short paragraphs at its two ends, three at most. What is
// at the ends of a long text may as well belong to it, so all of it is also something to read.
func ends(free []string) (short, long []string) {
	n := 0
	for _, p := range free {
		n += countWords(p, 4*shortWords)
	}
	if n <= 3*shortWords {
		return free, nil
	}
	from, to := 0, len(free)
	for from < to && from < 3 && countWords(free[from], shortWords+1) <= shortWords {
		from++
	}
	for to > from && len(free)-to < 3 && countWords(free[to-1], shortWords+1) <= shortWords {
		to--
	}
	if from == 0 && to == len(free) { // "Summarize this: …" in one paragraph with the text
		segs := segments(free[0])
		return []string{free[0][segs[0].start:segs[0].end]}, free
	}
	return append(append([]string{}, free[:from]...), free[to:]...), free
}

// countWords counts up to a limit, since most texts are far above it.
func countWords(s string, limit int) int {
	n, in := 0, false
	for i := 0; i < len(s) && n < limit; i++ {
		space := isSpace(s[i])
		if !space && !in {
			n++
		}
		in = !space
	}
	return n
}

// question picks from an instruction what is to be looked for: its questions where it asks any, else its orders, else all of it.
func question(asked string) string {
	all := statements(asked)
	var questions, orders []string
	for _, s := range all {
		if strings.ContainsAny(s, "?？") {
			questions = append(questions, s)
		}
		if ordering.MatchString(s) {
			orders = append(orders, s)
		}
	}
	for _, some := range [][]string{questions, orders} {
		if len(some) > 0 {
			return strings.Join(some, "\n")
		}
	}
	return strings.Join(all, "\n")
}

// statements are the sentences of an instruction, each once, without JSON examples and headings.
func statements(asked string) []string {
	asked = withoutBraces(asked)
	var all []string
	for _, s := range segments(asked) {
		text := asked[s.start:s.end]
		if !strings.HasSuffix(text, ":") || countWords(text, 9) == 9 {
			all = append(all, text)
		}
	}
	return unique(all)
}

func unique(list []string) []string {
	seen := map[string]bool{}
	out := list[:0]
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// withoutBraces drops what stands in balanced braces: examples of JSON in an instruction. Braces without partner stay.
func withoutBraces(s string) string {
	var b strings.Builder
	depth, open := 0, 0
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			if depth == 0 {
				open = i
			}
			depth++
		case '}':
			if depth == 0 {
				continue
			}
			if depth--; depth == 0 {
				b.WriteString(s[from:open])
				from = i + 1
			}
		}
	}
	b.WriteString(s[from:])
	return b.String()
}
