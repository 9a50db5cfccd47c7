//go:build go1.25

package haikuplanner_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// What a failed decomposition ends in: the direct call where that is possible within the caller's limits, and soon.
func TestAfterAFailure(t *testing.T) {
	overloaded := upstreamtest.Reply{Status: 503, Error: "overloaded"}
	for _, c := range []struct {
		name   string
		model  string
		script func(upstreamtest.Call) upstreamtest.Reply
		header []string
		status int
		says   string
	}{
		{"the direct call is affordable", "sonnet-4-x", func(upstreamtest.Call) upstreamtest.Reply { return overloaded }, []string{"x-max-cost", "0.25"}, 200, "Directly."},
		{"not after what was spent", "sonnet-4-x", func(c upstreamtest.Call) upstreamtest.Reply {
			if isMap(c) {
				r := marks().Script(c)
				if r.Cost = "0.001"; strings.Contains(c.User, "MARK-09") {
					r.Cost = "0.158"
				}
				return r
			}
			return overloaded
		}, []string{"x-max-cost", "0.25"}, 402, "decomposing failed"},
		{"the direct call does not fit the window", "small-window", func(c upstreamtest.Call) upstreamtest.Reply {
			if isMap(c) {
				return marks().Script(c)
			}
			return overloaded
		}, nil, 502, "overloaded"},
		{"what upstream asks to wait is too long", "sonnet-4-x", func(c upstreamtest.Call) upstreamtest.Reply {
			return upstreamtest.Reply{Status: 429, Error: "slow down", Header: http.Header{"Retry-After": {"1000"}}}
		}, nil, 200, "Directly."},
	} {
		for _, stream := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
					if call.Model == c.model && len(call.User) > 20_000 {
						return upstreamtest.Reply{Text: "Directly."}
					}
					return c.script(call)
				})
				up.SetModels(append(upstreamtest.DefaultModels(), upstreamtest.Model{Name: "small-window", Provider: "hosted_vllm/small", Window: 8000})...)
				p, began := newPlanner(t, up, haikuplanner.WithRules()), time.Now()
				a := send(t, p, body(c.model, map[string]any{"stream": stream, "max_tokens": 1000}, message{"user", listMarks + document(9500)}), c.header...)
				if a.Status != c.status || !strings.Contains(a.Content+a.Error.Message, c.says) {
					t.Errorf("%s, stream %v: status %d, %.200q %s", c.name, stream, a.Status, a.Content, a.Error.Message)
				}
				if d := time.Since(began); d > time.Minute {
					t.Errorf("%s, stream %v: it took %s", c.name, stream, d)
				}
			})
		}
	}
}

// What the calls of this process were too slow for is sent on as it came, or refused where it was forced.
func TestNotInTime(t *testing.T) {
	for _, forced := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				r := marks().Script(c)
				r.Delay = time.Minute
				return r
			})
			p := newPlanner(t, up, haikuplanner.WithRules())
			send(t, p, body("sonnet-4-x", nil, message{"user", listMarks + document(9500)}))
			up.Reset()
			header, status, reason, calls := []string(nil), 200, "not-in-time", 1
			if forced {
				header, status, reason, calls = []string{"x-decompose", "1"}, 504, "header", 0
			}
			a := send(t, p, body("sonnet-4-x", nil, message{"user", listMarks + document(60_000)}), header...)
			if got := a.Header.Get("X-Haiku-Planner-Reason"); a.Status != status || got != reason || len(up.Calls()) != calls {
				t.Errorf("forced %v: status %d, reason %q, %d calls, %s", forced, a.Status, got, len(up.Calls()), a.Error.Message)
			}
		})
	}
}

// The prompt of an exchange that broke off counts against the cap, for its provider may have read it; that of one that was refused does not.
func TestLostExchangesCountAgainstTheCap(t *testing.T) {
	for _, c := range []struct {
		name    string
		bad     upstreamtest.Reply
		charged bool
	}{
		{"lost", upstreamtest.Reply{Cut: -1}, true},
		{"refused", upstreamtest.Reply{Status: 503, Error: "overloaded"}, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			var seen atomic.Int32
			up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
				if isMap(call) && strings.Contains(call.User, "MARK-09") && seen.Add(1) == 1 {
					return c.bad
				}
				return marks().Script(call)
			})
			var spent haikuplanner.Money
			p := newPlanner(t, up, haikuplanner.WithRules(), haikuplanner.WithObserver(func(e haikuplanner.Event) { spent = e.Cost }))
			a := send(t, p, body("sonnet-4-x", nil, message{"user", listMarks + document(9500)}))
			told, err := haikuplanner.ParseMoney(a.Header.Get("X-Haiku-Planner-Cost"))
			if lost := float64(spent-told) / float64(haikuplanner.Dollar); err != nil || seen.Load() != 2 || c.charged != (lost > 0.0003) || lost > 0.001 { // some 1,700 tokens at 0.25 dollars a million
				t.Errorf("%s: %v, %d calls, %s spent of which %s are told", c.name, err, seen.Load(), spent, told)
			}
		})
	}
}

func planOf(t *testing.T, p *haikuplanner.Planner, body []byte) *haikuplanner.Plan {
	t.Helper()
	r, _ := http.NewRequest(http.MethodPost, upstreamURL+"/v1/chat/completions", bytes.NewReader(body))
	plan, err := p.Plan(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// Several answers are several times as dear.
func TestSeveralAnswersAreEstimated(t *testing.T) {
	p := newPlanner(t, upstreamtest.New(nil))
	direct := func(n int) haikuplanner.Money {
		return *planOf(t, p, body("sonnet-4-x", map[string]any{"n": n, "max_tokens": 100}, message{"user", listMarks + document(9500)})).Estimate.Direct
	}
	if got, want := direct(5)-direct(1), 4*100*15*haikuplanner.Dollar/1_000_000; got != want {
		t.Errorf("four more answers of 100 tokens are %s dollars dearer, want %s", got, want)
	}
}

// A model that refuses what we added to a stream is asked without it; what the caller asked for is between the two of them.
func TestStreamOptionsRefused(t *testing.T) {
	for _, asked := range []bool{false, true} {
		finals := 0
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			if !isFinal(c) {
				return marks().Script(c)
			}
			finals++
			if bytes.Contains(c.Body, []byte("stream_options")) {
				return upstreamtest.Reply{Status: 400, Raw: []byte(`{"error":{"message":"Unsupported parameter: 'stream_options'","type":"invalid_request_error","param":"stream_options","code":"unsupported_parameter"}}`)}
			}
			return marks().Script(c)
		})
		fields, status, tries := map[string]any{"stream": true}, 200, 2
		if asked {
			fields["stream_options"], status, tries = map[string]any{"include_usage": true}, 400, 1
		}
		a := send(t, newPlanner(t, up, haikuplanner.WithRules()), body("sonnet-4-x", fields, message{"user", listMarks + document(9500)}), "x-decompose", "1")
		if a.Status != status || finals != tries || asked != strings.Contains(a.Error.Message, "stream_options") {
			t.Errorf("asked for %v: status %d after %d final calls, %s", asked, a.Status, finals, a.Error.Message)
		}
	}
}

// Usage corrects how tokens are counted, but not that of an answer out of a cache: it may be another request's.
func TestCachedAnswersDoNotCalibrate(t *testing.T) {
	for _, cached := range []bool{false, true} {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			r := marks().Script(c)
			if r.Usage = (&upstreamtest.Usage{Prompt: len(c.Body) / 2, Completion: 9}); cached {
				r.Header = http.Header{"X-Litellm-Cache-Key": {"k"}}
			}
			return r
		})
		p := newPlanner(t, up, haikuplanner.WithRules())
		b := body("sonnet-4-x", nil, message{"user", listMarks + document(9500)})
		before := planOf(t, p, b).Calibration
		send(t, p, b)
		if after := planOf(t, p, b).Calibration; cached != (after == before) {
			t.Errorf("cached %v: %v before, %v after", cached, before, after)
		}
	}
}
