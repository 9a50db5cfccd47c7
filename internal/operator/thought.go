package operator

import (
	"regexp"
	"strings"
)

// thought is what a model thinks aloud before its reply, where upstream does not take it out; unopened is the end of a thought whose beginning stands in the
// prompt that a chat template writes.
var (
	thought  = regexp.MustCompile(`(?is)^\s*(?:<(?:think|thinking|thought|reasoning)>.*?(?:</(?:think|thinking|thought|reasoning)>|$)` + afterThought + `)+`)
	unopened = regexp.MustCompile(`(?is)^.*?</think>` + afterThought)
)

const afterThought = `(?:(?:[ \t]*\r?\n)+|[ \t]+)?`

// thoughtless is a reply without the thoughts before it. A call whose own text has such a mark asks for a text that may have one too.
func thoughtless(r Reply, asked func() Call) Reply {
	at := thought.FindStringIndex(r.Text)
	if at == nil && strings.Contains(r.Text, "</think>") && !strings.Contains(r.Text, "<think>") {
		at = unopened.FindStringIndex(r.Text)
	}
	if at == nil {
		return r
	}
	mark, _, _ := strings.Cut(strings.TrimLeft(r.Text, " \t\r\n"), ">")
	if !strings.HasPrefix(mark, "<") {
		mark = "</think"
	}
	if strings.Contains(asked().User.String(), mark+">") {
		return r
	}
	r.Text = r.Text[at[1]:]
	if isBlank(r.Text) && r.Err == nil && r.Finish != "length" {
		r.Err = ErrEmpty
	}
	return r
}
