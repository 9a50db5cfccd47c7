//go:build clients

package clients

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

var worker = upstreamtest.Worker{
	Match: regexp.MustCompile(`MARK-\d\d: \w+`),
	Plan:  `{"operator":"answer","dependence":"none","confidence":0.95,"instruction_paragraphs":[1],"question":"Which lines start with MARK-?","unit":"lines","order":"source","conflict":"both"}`,
}

func isPlan(c upstreamtest.Call) bool  { return c.Schema == "advice" }
func isFinal(c upstreamtest.Call) bool { return c.Model != "autox" }

// cellOf is what the client wrote into the header x-cell, which reaches every call.
func cellOf(c upstreamtest.Call) string { return c.Header.Get("X-Cell") }

// A script is what the upstream answers, by the job that a call belongs to.
type script struct {
	mu   sync.Mutex
	seen map[string]int // calls of a cell so far
}

func (s *script) reply(c upstreamtest.Call) upstreamtest.Reply {
	cell := cellOf(c)
	s.mu.Lock()
	n := s.seen[cell]
	s.seen[cell]++
	s.mu.Unlock()

	r := worker.Script(c)
	r.Usage = &callTokens
	_, name, _ := strings.Cut(cell, "/")
	switch name {
	case "small", "small-stream", "small-helper":
		r.Text = smallAnswer
	case "tools", "tools-stream":
		return toolReply(c)
	case "again-500", "again-429":
		r.Text = smallAnswer
		if n == 0 && name == "again-500" {
			return upstreamtest.Reply{Status: http.StatusInternalServerError, Error: "try again"}
		}
		if n == 0 {
			return upstreamtest.Reply{Status: http.StatusTooManyRequests, Error: "try again", Header: http.Header{"Retry-After": {"1"}}}
		}
	}
	if isPlan(c) {
		if name == "schema-lists" {
			r.Text = strings.Replace(worker.Plan, "answer", "extract", 1)
		}
		return r
	}
	switch name {
	case "schema":
		if isFinal(c) {
			r.Text = marksJSON(c)
		}
	case "schema-lists": // the parts come under the caller's schema, and are joined by it
		r.Text = marksJSON(c)
	case "slow-stream", "slow-helper":
		if isFinal(c) {
			r.StreamChunks, r.Pause = halves(r.Text), 11*time.Second
		} else {
			r.Delay = 11 * time.Second
		}
	case "early", "early-stream":
		if isFinal(c) {
			return upstreamtest.Reply{Status: http.StatusForbidden, Error: refusal}
		}
	case "late":
		if isFinal(c) {
			r.StreamError = broken
		}
	case "late-slow":
		if !isFinal(c) {
			return upstreamtest.Reply{Status: http.StatusForbidden, Error: broken, Delay: 12 * time.Second}
		}
	case "fallback":
		if !isFinal(c) {
			return upstreamtest.Reply{Status: http.StatusForbidden, Error: broken, Delay: 11 * time.Second}
		}
	case "leave", "leave-small":
		if isFinal(c) {
			r.Text, r.Pause = strings.Join(marks, "\n"), time.Second
		}
	case "leave-whole":
		r.Delay = 30 * time.Second
	case "never-again":
		return upstreamtest.Reply{Status: http.StatusInternalServerError, Error: "gone for good"}
	case "join": // two stages: between the client's time-out and the end is time for a slow machine to come back
		r.Delay = 5 * time.Second
	}
	return r
}

// marksJSON is the worker's answer to a call without a schema, under the caller's.
func marksJSON(c upstreamtest.Call) string {
	c.Schema = ""
	found := worker.Script(c).Text
	if !strings.HasPrefix(found, "MARK") {
		return `{"marks":[]}`
	}
	return `{"marks":["` + strings.ReplaceAll(found, "\n", `","`) + `"]}`
}

func halves(text string) []string { return []string{text[:len(text)/2], text[len(text)/2:]} }
