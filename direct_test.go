//go:build go1.25

package haikuplanner_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// global is a planner's word that a task needs its text in one piece.
func global() string {
	return plan(map[string]any{"dependence": "global", "operator": "none", "confidence": 0.9})
}

// x-max-cost binds the direct call after advice as it binds one without: what it does not leave enough for is done in pieces. The configured cap binds neither.
func TestMaxCostOfDirectCallAfterAdvice(t *testing.T) {
	for _, c := range []struct {
		name, maxCost string // the prompt alone comes to 0.0343 dollars
		maxTokens     int
		configured    haikuplanner.Money
		direct        bool
	}{
		{"nothing said", "", 0, haikuplanner.Dollar, true},
		{"enough", "0.05", 0, haikuplanner.Dollar, true},
		{"less than the prompt costs", "0.03", 0, haikuplanner.Dollar, false},
		{"less than max_tokens may cost", "0.05", 2000, haikuplanner.Dollar, false},
		{"enough for max_tokens", "0.065", 2000, haikuplanner.Dollar, true},
		{"a configured cap below the direct call", "", 0, haikuplanner.Dollar / 25, true},
		{"a configured cap below it and a higher header", "0.05", 0, haikuplanner.Dollar / 25, true},
	} {
		for _, stream := range []bool{false, true} {
			for _, delay := range []time.Duration{0, 15 * time.Second} { // then the headers of a stream are out
				synctest.Test(t, func(t *testing.T) {
					up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
						if isPlanner(call) {
							return upstreamtest.Reply{Delay: delay, Text: global()}
						}
						return marks().Script(call)
					})
					extra, header := map[string]any{"stream": stream}, []string{}
					if c.maxTokens > 0 {
						extra["max_tokens"] = c.maxTokens
					}
					if c.maxCost != "" {
						header = []string{"x-max-cost", c.maxCost}
					}
					p := newPlanner(t, up, with(func(cfg *haikuplanner.Config) { cfg.MaxCostPerRequest = c.configured }))
					a := send(t, p, body("sonnet-4-x", extra, message{"user", listMarks + document(9500)}), header...)
					direct := false
					for _, call := range up.Calls() {
						direct = direct || isDirect(call)
					}
					if a.Status != http.StatusOK || direct != c.direct || a.Error.Message != "" {
						t.Errorf("%s, stream=%v after %v: status %d, direct %v, %s", c.name, stream, delay, a.Status, direct, a.Error.Message)
					}
					allMarks(t, a.Content)
				})
			}
		}
	}
}

// The time that upstream takes to refuse the direct call is no part of total_timeout, with advice before it or without.
func TestTimeOfARefusedDirectCall(t *testing.T) {
	for _, threshold := range []int{8000, 20_000} {
		synctest.Test(t, func(t *testing.T) {
			up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
				switch {
				case isPlanner(call):
					return upstreamtest.Reply{Text: global()}
				case isDirect(call):
					return upstreamtest.Reply{Delay: 599 * time.Second, Status: 400, Error: "litellm.ContextWindowExceededError: prompt is too long"}
				}
				r := marks().Script(call)
				r.Delay = time.Second
				return r
			})
			a := send(t, newPlanner(t, up, haikuplanner.WithThreshold(threshold)), body("sonnet-4-x", nil, message{"user", listMarks + document(9500)}))
			if a.Status != http.StatusOK || a.Header.Get("X-Haiku-Planner-Reason") != "rescue" {
				t.Errorf("threshold %d: status %d, %s, %s", threshold, a.Status, a.Header.Get("X-Haiku-Planner-Reason"), a.Error.Message)
			}
		})
	}
}

// A whole answer to a call that was to be streamed is kept, and so takes room; how its type is written does not matter.
func TestWholeAnswerToAStreamTakesRoom(t *testing.T) {
	for _, kind := range []string{"application/json", "Application/JSON;charset=UTF-8"} {
		for _, size := range []int{1000, 600_000} {
			synctest.Test(t, func(t *testing.T) {
				finals := 0
				up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
					if isFinal(call) {
						finals++
						return upstreamtest.Reply{Header: http.Header{"Content-Type": {kind}},
							Raw: []byte(`{"choices":[{"index":0,"message":{"role":"assistant","content":"` + strings.Repeat("-", size) + `"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":9}}`)}
					}
					return marks().Script(call)
				})
				p := newPlanner(t, up, haikuplanner.WithRules(), with(func(cfg *haikuplanner.Config) { cfg.MaxBufferedBytes, cfg.MaxBodyBytes = 300_000, 300_000 }))
				a := send(t, p, body("sonnet-4-x", map[string]any{"stream": true}, message{"user", listMarks + document(30_000)}), "x-decompose", "1")
				want := http.StatusOK
				if size > 300_000 {
					want = http.StatusTooManyRequests
				}
				if a.Status != want || want == http.StatusOK && (finals != 1 || len(a.Content) != size) {
					t.Errorf("%s of %d bytes: status %d after %d final calls, %s", kind, size, a.Status, finals, a.Error.Message)
				}
			})
		}
	}
}
