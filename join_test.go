//go:build go1.25

package haikuplanner_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// TestRetriesJoin: a repetition joins the first copy only while that runs, only with equal credentials and body, and only when the client says that it is one.
func TestRetriesJoin(t *testing.T) {
	for _, c := range []struct {
		name          string
		first, second []string // headers
		hangUp        bool     // the first client leaves before the second comes
		after         time.Duration
		other         bool // the second has another body
		joins         bool
	}{
		{name: "equal idempotency keys", first: []string{"Idempotency-Key", "k1"}, second: []string{"Idempotency-Key", "k1"}, joins: true},
		{name: "different idempotency keys", first: []string{"Idempotency-Key", "k1"}, second: []string{"Idempotency-Key", "k2"}},
		{name: "an SDK's retry of what had no key", second: []string{"Idempotency-Key", "k1", "X-Stainless-Retry-Count", "1"}, joins: true},
		{name: "an SDK's retry count under another key", first: []string{"Idempotency-Key", "k1"}, second: []string{"Idempotency-Key", "k2", "X-Stainless-Retry-Count", "1"}},
		{name: "another workspace", second: []string{"X-Stainless-Retry-Count", "1", "Anthropic-Workspace-Id", "w"}},
		{name: "another version", second: []string{"X-Stainless-Retry-Count", "1", "Anthropic-Version", "2023-06-01"}},
		{name: "another host", second: []string{"X-Stainless-Retry-Count", "1", "Host", "elsewhere.test"}},
		{name: "an SDK's retry", second: []string{"X-Stainless-Retry-Count", "1"}, joins: true},
		{name: "an SDK's first try", second: []string{"X-Stainless-Retry-Count", "0"}},
		{name: "identical bodies alone"},
		{name: "another key", second: []string{"X-Stainless-Retry-Count", "1", "Authorization", "Bearer sk-other"}},
		{name: "another body", second: []string{"X-Stainless-Retry-Count", "1"}, other: true},
		{name: "hang-up without a key ends the first", second: []string{"X-Stainless-Retry-Count", "1"}, hangUp: true},
		{name: "hang-up with a key, back in time", first: []string{"Idempotency-Key", "k1"}, second: []string{"Idempotency-Key", "k1"}, hangUp: true, after: 4 * time.Second, joins: true},
		{name: "hang-up with a key, back too late", first: []string{"Idempotency-Key", "k1"}, second: []string{"Idempotency-Key", "k1"}, hangUp: true, after: 6 * time.Second},
	} {
		for _, stream := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, " stream=", stream), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
						r := marks().Script(call)
						r.Delay = 5 * time.Second
						return r
					})
					p := newPlanner(t, up)
					request := func(ctx context.Context, text string, header []string) *http.Request {
						r, _ := http.NewRequestWithContext(ctx, "POST", upstreamURL+"/v1/chat/completions",
							bytes.NewReader(body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", text + "\n\n" + document(9500)})))
						r.Header.Set("Authorization", "Bearer sk-caller")
						for i := 0; i < len(header); i += 2 {
							if r.Header.Set(header[i], header[i+1]); header[i] == "Host" {
								r.Host = header[i+1]
							}
						}
						return r
					}
					ctx, cancel := context.WithCancel(context.Background())
					defer cancel()
					first := request(ctx, "List every line that starts with MARK-.", c.first)
					done := make(chan struct{})
					go func() {
						resp, err := p.Transport(nil).RoundTrip(first)
						if err == nil {
							io.Copy(io.Discard, resp.Body)
							resp.Body.Close()
						}
						close(done)
					}()
					<-time.After(12 * time.Second)
					if c.hangUp {
						cancel()
						<-done
						<-time.After(c.after)
					}
					text := "List every line that starts with MARK-."
					if c.other {
						text += " Please."
					}
					a := do(t, p, request(context.Background(), text, c.second))
					allMarks(t, a.Content)
					<-done
					finals := 0
					for _, call := range up.Calls() {
						if isFinal(call) && !call.HungUp {
							finals++
						}
					}
					want := 2
					if c.joins || c.hangUp {
						want = 1
					}
					planned := 0
					for _, call := range up.Calls() {
						if isPlanner(call) {
							planned++
						}
					}
					wantPlanned := 4 // two calls each: the worker's plan is nonsense
					if c.joins {
						wantPlanned = 2
					}
					if finals != want || planned != wantPlanned {
						t.Errorf("%d final calls and %d planner calls, want %d and %d", finals, planned, want, wantPlanned)
					}
				})
			})
		}
	}
}

// A repetition with a key joins the first copy of that key, also where an equal request without one has been running for longer.
func TestRetryJoinsItsOwnKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
			r := marks().Script(call)
			r.Delay = 5 * time.Second
			if isFinal(call) {
				r.Text = "for " + call.Header.Get("X-Caller")
			}
			return r
		})
		p := newPlanner(t, up)
		send := func(header ...string) string {
			r, _ := http.NewRequest("POST", upstreamURL+"/v1/chat/completions", bytes.NewReader(body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)})))
			for i := 0; i < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
			return do(t, p, r).Content
		}
		go send("X-Caller", "another")
		<-time.After(time.Second)
		go send("X-Caller", "one", "Idempotency-Key", "k1")
		<-time.After(time.Second)
		if got := send("X-Caller", "again", "Idempotency-Key", "k1", "X-Stainless-Retry-Count", "1"); got != "for one" {
			t.Errorf("the repetition got the answer %q", got)
		}
		<-time.After(time.Minute)
	})
}

// What falls back while several clients of one key wait is sent as it came once, for all of them; its refusal is told to all, too.
func TestFallbackOfOneKeyIsOneCall(t *testing.T) {
	for _, stream := range []bool{false, true} {
		for want, direct := range map[string]upstreamtest.Reply{"directly": {Text: "directly"}, "no such key": {Status: 401, Error: "no such key"}} {
			synctest.Test(t, func(t *testing.T) {
				direct.Delay = 3 * time.Second
				calls := 0
				up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
					if len(call.User) < 20_000 {
						return upstreamtest.Reply{Status: 500, Error: "boom", Delay: time.Second}
					}
					calls++
					return direct
				})
				p := newPlanner(t, up, haikuplanner.WithRules())
				send := func() {
					b := body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", listMarks + document(9500)})
					if resp, text, err := postTo(t, p, "/v1/chat/completions", b, "Idempotency-Key", "k1"); err != nil || !strings.Contains(text, want) {
						t.Errorf("stream=%v: %d %s %v", stream, resp.StatusCode, text, err)
					}
				}
				done := make(chan struct{})
				go func() { send(); close(done) }()
				<-time.After(time.Second)
				send()
				<-done
				if calls != 1 {
					t.Errorf("stream=%v: it was sent %d times as it came", stream, calls)
				}
			})
		}
	}
}

// An answer that is there while its client is not, but may come back, is not paid again.
func TestAnswerWaitsForItsClient(t *testing.T) {
	for _, stream := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, leave := context.WithCancel(context.Background())
			up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
				r := marks().Script(call)
				if isFinal(call) {
					leave()
					r.Delay = time.Second
				}
				return r
			})
			p := newPlanner(t, up, haikuplanner.WithRules())
			request := func(ctx context.Context) *http.Request {
				b := body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", "Summarize what is said of the lines that start with MARK-.\n\n" + document(9500)})
				r, _ := http.NewRequestWithContext(ctx, http.MethodPost, upstreamURL+"/v1/chat/completions", bytes.NewReader(b))
				r.Header.Set("Idempotency-Key", "k1")
				return r
			}
			if _, err := p.Transport(nil).RoundTrip(request(ctx)); err == nil {
				t.Error("the first client has an answer")
			}
			<-time.After(3 * time.Second)
			calls := len(up.Calls())
			if a := do(t, p, request(context.Background())); a.Status != http.StatusOK || a.Content == "" || len(up.Calls()) != calls {
				t.Errorf("stream=%v: %d calls, then %d; %d %s", stream, calls, len(up.Calls()), a.Status, a.Body)
			}
			if s := p.Stats(); s.InFlight != 0 {
				t.Errorf("stream=%v: %s", stream, s)
			}
		})
	}
}
