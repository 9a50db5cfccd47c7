package main

import (
	"regexp"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// A sight is what one call shows to who answers it, taken apart. Nothing in it comes from anywhere but the call's messages.
type sight struct {
	call    upstreamtest.Call
	kind    string // the wording's name in internal/prompt; "planner", "again", "more"; "final" for a call that is the caller's own
	task    string // what stands outside fences: the instruction, the planner's question, what is asked for
	text    string // the passage, or the notes, summaries or background
	earlier string // what came before the passage: text, the record so far, the end of the section before
	later   string // what comes after the passage
	faulty  string // quotes that an earlier reply invented
	recent  string // the conversation just before the task
}

// kinds tells calls apart by the first line of their system text, which names the reader's job.
var kinds = func() map[string]string {
	m := map[string]string{}
	for _, name := range []string{"carry", "count", "edit", "extract", "find", "look", "merge", "notes", "outline", "records", "section", "summary", "summarymerge", "transform"} {
		m[firstLine(prompt.Text(name+".system", prompt.Fields{}))] = name
	}
	return m
}()

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// labels are the lines before fences that hold something other than the passage.
var labels = []struct {
	start string
	field func(*sight) *string
}{
	{"The conversation just before the task", func(s *sight) *string { return &s.recent }},
	{"Whoever set the task also gave", nil},
	{"The passage is from:", nil},
	{"The text just before the passage", func(s *sight) *string { return &s.earlier }},
	{"The text just after the passage", func(s *sight) *string { return &s.later }},
	{"The record so far:", func(s *sight) *string { return &s.earlier }},
	{"The end of what stands before your section:", func(s *sight) *string { return &s.earlier }},
	{"Section number ", func(s *sight) *string { return &s.earlier }},
	{"An earlier reader gave these as quotes", func(s *sight) *string { return &s.faulty }},
}

func see(c upstreamtest.Call) sight {
	s := sight{call: c, kind: "final"}
	if c.Schema == "advice" {
		s.kind, s.task = "planner", c.User
		return s
	}
	if name, ok := kinds[firstLine(c.System)]; ok {
		s.kind = name
	}
	outside, fences := fenced(c.User)
	s.task = outside
	if s.kind == "final" {
		// The notes stand where the text stood, which may be another turn than the last.
		for _, m := range c.Messages {
			if _, in := fenced(m.Text); len(in) > 0 && m.Role == "user" {
				s.text = in[0].text
			}
		}
		return s
	}
	for _, f := range fences {
		to := &s.text
		for _, l := range labels {
			if strings.HasPrefix(f.label, l.start) {
				if to = nil; l.field != nil {
					to = l.field(&s)
				}
				break
			}
		}
		if to != nil {
			*to = f.text
		}
	}
	switch {
	case s.faulty != "":
		s.kind = "again"
	case s.kind == "section" && strings.Contains(outside, "broke off in the middle"):
		s.kind = "more"
	}
	return s
}

type fence struct{ label, text string }

var opening = regexp.MustCompile(`(?m)^<<<BEGIN ([0-9a-f]{16})\n`)

// fenced separates what stands between fences from what stands outside.
func fenced(text string) (outside string, fences []fence) {
	var b strings.Builder
	for {
		at := opening.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		end := "END " + text[at[2]:at[3]] + ">>>"
		body, rest, ok := strings.Cut(text[at[1]:], end)
		if !ok {
			break
		}
		before := strings.TrimRight(text[:at[0]], "\n")
		label := before[strings.LastIndexByte(before, '\n')+1:]
		b.WriteString(text[:at[0]])
		fences = append(fences, fence{label, body})
		text = rest
	}
	b.WriteString(text)
	return b.String(), fences
}
