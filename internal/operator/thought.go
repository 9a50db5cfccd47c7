package operator

import (
	"strings"
)

// thought is what a model thinks aloud before its reply, where upstream does not take it out; unopened is the end of a thought whose beginning stands in the
// prompt that a chat template writes.
var (
	thought  = lazily(`(?is)^\s*(?:<(?:` + thoughtTags + `)>.*?(?:</(?:` + thoughtTags + `)>|$)` + afterThought + `)+`)
	unopened = lazily(`(?is)^.*?</think>` + afterThought)
)

const (
	thoughtTags  = `think|thinking|thought|reasoning|reflection|scratchpad`
	afterThought = `(?:(?:[ \t]*\r?\n)+|[ \t]+)?`
)

// spoken is a reply without the thoughts before it. Where what was asked, or the JSON that the reply is, has such a mark, it is no one's but its own.
func spoken(reply string, asked func() string) string {
	if strings.HasPrefix(strings.TrimLeft(reply, "` \t\r\njson"), "{") || strings.HasPrefix(strings.TrimSpace(reply), "[") {
		return reply
	}
	at := thought().FindStringIndex(reply)
	if at == nil && strings.Contains(reply, "</think>") && !strings.Contains(reply, "<think>") {
		at = unopened().FindStringIndex(reply)
	}
	if at == nil {
		return reply
	}
	mark, _, _ := strings.Cut(strings.TrimLeft(reply, " \t\r\n"), ">")
	if !strings.HasPrefix(mark, "<") {
		mark = "</think"
	}
	if strings.Contains(asked(), mark+">") {
		return reply
	}
	return reply[at[1]:]
}

// thoughtless is a reply to a call without the thoughts before it.
func thoughtless(r Reply, asked func() Call) Reply {
	said := spoken(r.Text, func() string { return asked().User.String() })
	if said != r.Text && isBlank(said) && r.Err == nil && r.Finish != "length" {
		r.Err = ErrEmpty
	}
	r.Text = said
	return r
}
