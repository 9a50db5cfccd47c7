package operator

import (
	"regexp"
	"slices"
	"strings"
)

// errSeveralTexts is why an operator that gives a text back cannot work on a conversation.
const errSeveralTexts = constErr("the material is several texts, of which it is not clear what to give back: send the text alone, in one message, with the task")

// body is the text to work on, for operators that give it back changed: the chunks of the material, without the paragraphs at its two ends that are the
// task itself (rules leave them in the material, for reading operators do no harm by reading them).
func body(in *Input) ([]Chunk, error) {
	chunks := slices.Clone(in.Chunks)
	for i, c := range chunks {
		if c.Message < 0 || c.Message != chunks[0].Message {
			return nil, errSeveralTexts
		}
		// Chunks of one text lie side by side; a planner may have taken instructions out between them, nothing else.
		if i > 0 && c.Part == chunks[i-1].Part && c.Start < chunks[i-1].End {
			return nil, errSeveralTexts
		}
	}
	if len(chunks) == 0 {
		return nil, constErr("there is no text to work on")
	}
	tasks := map[string]bool{}
	for _, p := range strings.Split(in.Instruction, "\n\n") {
		if p = strings.TrimSpace(p); len(p) <= maxTask && (isOrder(p) || rider.MatchString(p)) {
			tasks[p] = true
		}
	}
	var head, tail string
	first, last := in.Core(chunks[0]), in.Core(chunks[len(chunks)-1])
	if n := taskAtStart(first, tasks); n > 0 && (n < len(first) || len(chunks) > 1) {
		head = first[:n]
	}
	if n := taskAtEnd(last, tasks); n > 0 && (n < len(last) || len(chunks) > 1) {
		tail = last[len(last)-n:]
	}
	if !isOrder(head) {
		head = ""
	}
	// A text may well end with an order of its own. With a task before it, what follows it is one only if it speaks of the text.
	if !isOrder(tail) || head != "" && !ofTheText.MatchString(tail) {
		tail = ""
	}
	cut := func(c *Chunk, start, end int) {
		if c.Start, c.End = c.Start+start, c.End-end; start+end > 0 && c.Start < c.End {
			c.Tokens = in.Tokens(in.Core(*c))
		}
	}
	cut(&chunks[0], len(head), 0)
	cut(&chunks[len(chunks)-1], 0, len(tail))
	chunks = slices.DeleteFunc(chunks, func(c Chunk) bool { return c.Start >= c.End })
	if len(chunks) == 0 {
		return nil, constErr("the text holds nothing but the task")
	}
	return chunks, nil
}

const maxTask = 1500 // bytes; a longer paragraph is text

var (
	// orders is how a paragraph that says what to do with a text speaks: a clause opens with the verb, or a Turkish one, or one of another language, stands in it.
	orders = regexp.MustCompile(`(?im)(?:^|[.!?:;,]\s+|\b(?:please|kindly|can you|could you|would you|you (?:must|should|are to)|(?:want|need|like) you to|task is to)\s+)` +
		`(?:translate|rewrite|rephrase|paraphrase|redact|anonymi[sz]e|convert|reformat|format|proofread|correct|fix|change|replace|rename|refactor|add|insert|remove|delete|strip|simplify|moderni[sz]e|` +
		`apply|update|transliterate|transcribe|implement|improve|turn|make|migrate|capitali[sz]e|uppercase|lowercase|clean|polish|mask|censor|return|give|output|spell)\b` +
		`|çevir|düzelt|yeniden yaz|değiştir|anonim|gizle|maskele|sil\b|sadeleştir|ekle|kaldır|dönüştür|adlandır|übersetz|korrigier|ersetz|tradui|corrig|traduc|翻译|翻譯|改写|訳`)
	// rider is how a paragraph goes on that stands beside such a one.
	rider     = regexp.MustCompile(`(?i)^(?:please )?(?:keep|preserve|leave|reply|respond|answer|do not|don't|never|only|no explanations?|use)\b|koru|yalnızca|sadece`)
	ofTheText = regexp.MustCompile(`(?i)\b(?:text|file|document|code|above|following|passage|article|translation|configuration|script|whole)\b|metn|metin|dosya|kodu|yukarıda|belge|çeviri|datei|fichier|原文`)
	isCode    = regexp.MustCompile(`[{};]\s*$|^\s*[}\])]|^(?:func|def|class|import|package|return)\b.*[({:=]|(?m)^\t|^[ ]{4,}\S`)
)

// isOrder reports whether a paragraph that rules take for instruction, so that it counts as instruction and as text, is instruction alone. In doubt it is not:
// a task that is worked on like the rest of the text is seen by everyone, a lost paragraph by nobody.
func isOrder(p string) bool {
	return orders.MatchString(p) && !isCode.MatchString(strings.TrimRight(p, " \r\n"))
}

// taskAtStart returns how many bytes at the start of text repeat paragraphs of the task, with the white space after them.
func taskAtStart(text string, tasks map[string]bool) int {
	at := 0
	for {
		bare := strings.TrimLeft(text[at:], " \t\r\n")
		n := 0
		for p := range tasks {
			if rest, ok := strings.CutPrefix(bare, p); ok && len(p) > n && (rest == "" || rest[0] == '\n' || strings.HasPrefix(rest, "\r\n")) {
				n = len(p)
			}
		}
		if n == 0 {
			return at
		}
		rest := bare[n:]
		at = len(text) - len(strings.TrimLeft(rest, "\r\n"))
	}
}

// taskAtEnd returns how many bytes at the end of text do.
func taskAtEnd(text string, tasks map[string]bool) int {
	end := len(text)
	for {
		bare := strings.TrimRight(text[:end], " \t\r\n")
		n := 0
		for p := range tasks {
			if rest, ok := strings.CutSuffix(bare, p); ok && len(p) > n && (rest == "" || rest[len(rest)-1] == '\n') {
				n = len(p)
			}
		}
		if n == 0 {
			return len(text) - end
		}
		end = len(strings.TrimRight(bare[:len(bare)-n], "\r\n"))
	}
}

// readRest books what of the material needed no call: blank chunks, and the task's own paragraphs, which every call carried.
func readRest(in *Input, x Exec, asked []Chunk) {
	next := 0
	for _, c := range in.Chunks {
		if next == len(asked) || asked[next].Index != c.Index {
			x.Read(c)
			continue
		}
		head, tail := c, c
		head.End, tail.Start = asked[next].Start, asked[next].End
		next++
		if head.Start < head.End {
			x.Read(head)
		}
		if tail.Start < tail.End {
			x.Read(tail)
		}
	}
}
