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
	tasks := strings.Split(in.Instruction, "\n\n")
	for len(chunks) > 0 {
		c := &chunks[0]
		n := taskAtStart(in.Core(*c), tasks)
		if n == 0 {
			break
		}
		if c.Start += n; c.Start < c.End {
			c.Tokens = in.Tokens(in.Core(*c))
			continue
		}
		chunks = chunks[1:]
	}
	for len(chunks) > 0 {
		c := &chunks[len(chunks)-1]
		n := taskAtEnd(in.Core(*c), tasks)
		if n == 0 {
			break
		}
		if c.End -= n; c.Start < c.End {
			c.Tokens = in.Tokens(in.Core(*c))
			continue
		}
		chunks = chunks[:len(chunks)-1]
	}
	if len(chunks) == 0 {
		return nil, constErr("the text holds nothing but the task")
	}
	return chunks, nil
}

const maxTask = 1500 // bytes; a longer paragraph is text

// asks is what a paragraph that says what to do with a text holds.
var asks = regexp.MustCompile(`(?i)\b(translat|rewrit|rephras|paraphras|redact|anonymi[sz]|convert|reformat|format|proofread|correct|fix|chang|replac|renam|refactor|add|remov|delet|simplif|moderni[sz]|apply|updat|transliterat|transcrib|return|give back|output|reply|respond|keep|preserve|do not|don't|only)` +
	`|çevir|düzelt|yeniden yaz|değiştir|anonim|gizle|sil\b|sadeleştir|ekle|kaldır|dönüştür|koru|yalnızca|sadece|übersetz|korrigier|ersetz|tradui|corrig|traduc|翻译|翻譯|改写|訳`)

func isTask(p string) bool { return p != "" && len(p) <= maxTask && asks.MatchString(p) }

// taskAtStart returns how many bytes at the start of text repeat a paragraph of the task, with the white space after it.
func taskAtStart(text string, tasks []string) int {
	bare := strings.TrimLeft(text, " \t\r\n")
	for _, p := range tasks {
		p = strings.TrimSpace(p)
		if rest, ok := strings.CutPrefix(bare, p); ok && isTask(p) && (rest == "" || strings.HasPrefix(rest, "\n") || strings.HasPrefix(rest, "\r\n")) {
			return len(text) - len(strings.TrimLeft(rest, "\r\n"))
		}
	}
	return 0
}

func taskAtEnd(text string, tasks []string) int {
	bare := strings.TrimRight(text, " \t\r\n")
	for _, p := range tasks {
		p = strings.TrimSpace(p)
		if rest, ok := strings.CutSuffix(bare, p); ok && isTask(p) && (rest == "" || strings.HasSuffix(rest, "\n")) {
			return len(text) - len(strings.TrimRight(rest, "\r\n"))
		}
	}
	return 0
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
