package operator

import (
	"slices"
	"strings"
)

const (
	// seamReach is how far back in what was written a repetition is looked for, in bytes.
	seamReach = 4096
	// A shorter overlap may be chance ("the ", an indent, a table's border) and is kept: a repeated word is a smaller harm than a lost one.
	seamShortest = 20
	seamVariety  = 8 // different bytes in it
)

// A Seam joins a continuation to what was written before: it drops what the continuation repeats at its start, and the opening of a code block that is
// open already. It holds text back only as long as it may still be a repetition. Not safe for concurrent use.
type Seam struct {
	tail  string
	open  bool // inside a code block
	held  string
	begun bool // the question of an announcement is settled
	fence bool // the question of a repeated opening is settled
	done  bool
}

// NewSeam returns a seam to a text that was written.
func NewSeam(written string) *Seam {
	s := &Seam{tail: written[max(0, len(written)-seamReach):], open: openFence(written)}
	s.fence, s.done = !s.open, written == ""
	return s
}

// intro is a line with which a model announces the rest although it was told to begin with the next character; introBegins is how it starts. It speaks of going on
// with the text, not of something in the text that goes on.
var (
	intro = lazily(`(?i)^(?:(?:sure|certainly|of course|ok|okay|here(?:'s|’s| is))\b.*(?:` + goingOn + `).*|\(?continu(?:ed|ing)(?:\)|[:.…]|$|,? (?:from|where|with the ` + ourText + `)\b.*)` +
		`|kaldığ\S+ yerden\b.*|devam ediyorum\b.*|devamı[^.]{0,40}:)[.:!…]*$`)
	introBegins = []string{"sure", "certainly", "of course", "ok", "here", "continu", "(continu", "devam", "kald"}
)

const (
	ourText = `(?:rest|remainder|text|answer|response|reply|story|essay|article|document|chapter|section|code|file|list|table|output)`
	goingOn = `\b(?:continu(?:e|ing|ation)\b|(?:left|cut) off\b|(?:i|it) stopped\b|(?:rest|remainder)(?: of (?:the|my|your|this) ` + ourText + `\b|[.:!…]*$))`
)

func beginsIntro(line string) bool {
	line = strings.ToLower(line)
	return slices.ContainsFunc(introBegins, func(w string) bool { return strings.HasPrefix(line, w) || strings.HasPrefix(w, line) })
}

const longestIntro = 160 // bytes

// Push takes the next text of the continuation and returns what of it can go out now.
func (s *Seam) Push(text string) string {
	if s.done {
		return text
	}
	s.held += text
	if !s.begun {
		line, _, whole := strings.Cut(strings.TrimLeft(s.held, " \r\n"), "\n")
		if !whole && len(line) <= longestIntro && beginsIntro(line) || whole && s.settleIntro() == "" {
			return ""
		}
		s.held, s.begun = s.settleIntro(), true
	}
	if !s.fence {
		line, _, whole := strings.Cut(strings.TrimLeft(s.held, "\r\n"), "\n")
		if !whole && len(line) < 40 && (strings.HasPrefix("```", line) || strings.HasPrefix(line, "```")) {
			return ""
		}
		s.settleFence()
	}
	if head := strings.TrimLeft(s.held, " \t\r\n"); len(head) < seamReach && strings.Contains(s.tail, head) {
		return ""
	}
	return s.Rest()
}

// Rest returns what is still held back, at the continuation's end.
func (s *Seam) Rest() string {
	if s.done {
		return ""
	}
	if !s.begun {
		s.held, s.begun = s.settleIntro(), true
	}
	if !s.fence {
		s.settleFence()
	}
	s.done = true
	out := s.held
	if n := overlap(s.tail, out); n > 0 {
		return out[n:]
	}
	if head := strings.TrimLeft(out, " \t\r\n"); len(head) < len(out) {
		if n := overlap(s.tail, head); n > 0 {
			return head[n:]
		}
	}
	return out
}

// settleIntro is what is held without a first line that announces it.
func (s *Seam) settleIntro() string {
	line, rest, whole := strings.Cut(strings.TrimLeft(s.held, " \r\n"), "\n")
	if whole && intro().MatchString(strings.TrimSpace(line)) {
		return strings.TrimLeft(rest, "\r\n")
	}
	return s.held
}

// settleFence drops a first line like "```go": a bare "```" closes the open block and is kept.
func (s *Seam) settleFence() {
	s.fence = true
	line, rest, whole := strings.Cut(strings.TrimLeft(s.held, "\r\n"), "\n")
	if info, ok := strings.CutPrefix(line, "```"); ok && whole && strings.TrimSpace(info) != "" {
		s.held = rest
	}
}

// overlap returns the length of the longest end of tail that head starts with; 0 when that may be chance. Linear: the prefix function of head over tail.
func overlap(tail, head string) int {
	if len(head) > len(tail) {
		head = head[:len(tail)]
	}
	fail := make([]int, len(head)+1)
	for i, k := 1, 0; i < len(head); i++ {
		for k > 0 && head[i] != head[k] {
			k = fail[k]
		}
		if head[i] == head[k] {
			k++
		}
		fail[i+1] = k
	}
	k := 0
	for i := 0; i < len(tail) && len(head) > 0; i++ {
		for k > 0 && (k == len(head) || tail[i] != head[k]) {
			k = fail[k]
		}
		if tail[i] == head[k] {
			k++
		}
	}
	if k < seamShortest {
		return 0
	}
	var seen [256]bool
	variety := 0
	for i := range k {
		if c := head[i]; !seen[c] {
			seen[c] = true
			variety++
		}
	}
	if variety < seamVariety {
		return 0
	}
	return k
}

// openFence reports whether text ends inside a code block.
func openFence(text string) bool {
	open := false
	for rest := text; rest != ""; {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if strings.HasPrefix(strings.TrimLeft(line, " "), "```") {
			open = !open
		}
	}
	return open
}

// join returns a continuation as it goes on from what was written.
func join(written, text string) string {
	s := NewSeam(written)
	return s.Push(text) + s.Rest()
}
