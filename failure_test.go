//go:build go1.25

package haikuplanner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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

// TestFailures has the table of behaviour.md §8: automatic requests still get their direct answer, forced ones a clear error; never a 200 with a hole.
func TestFailures(t *testing.T) {
	good := marks().Script
	fail := func(when func(upstreamtest.Call) bool, with upstreamtest.Reply) func(upstreamtest.Call) upstreamtest.Reply {
		return func(c upstreamtest.Call) upstreamtest.Reply {
			if when(c) {
				return with
			}
			return good(c)
		}
	}
	oneChunk := func(c upstreamtest.Call) bool { return isMap(c) && strings.Contains(c.User, "MARK-09") }
	for _, c := range []struct {
		name   string
		script func(upstreamtest.Call) upstreamtest.Reply
		forced int    // status of the forced request; 200: still answered
		typ    string // of the forced request's error
		direct bool   // the automatic request falls back to the direct call
	}{
		{"one chunk fails for good", fail(oneChunk, upstreamtest.Reply{Status: 500, Error: "boom"}), 502, "decomposition_failed", true},
		{"one chunk is always empty", fail(oneChunk, upstreamtest.Reply{Text: " "}), 502, "decomposition_failed", true},
		{"all chunks fail", fail(isMap, upstreamtest.Reply{Status: 503, Error: "down"}), 502, "decomposition_failed", true},
		{"one chunk's connection is cut for ever", fail(oneChunk, upstreamtest.Reply{Text: "none", Cut: 5}), 502, "decomposition_failed", true},
		{"the key may not use autox", fail(func(c upstreamtest.Call) bool { return c.Model == "autox" }, upstreamtest.Reply{Status: 403, Error: "key not allowed to access model. This key can only access models=['sonnet-4-x']. Tried to access autox"}), 403, "", true},
		{"autox is unknown", fail(func(c upstreamtest.Call) bool { return c.Model == "autox" }, upstreamtest.Reply{Status: 400, Error: "/chat/completions: Invalid model name passed in model=autox. Call `/v1/models` to view available models for your key."}), 400, "", true},
		{"upstream's own provider is late for one chunk", fail(oneChunk, upstreamtest.Reply{Status: 504, Error: "litellm.Timeout: no answer", Type: "timeout"}), 502, "decomposition_failed", true},
		{"the planner fails", fail(isPlanner, upstreamtest.Reply{Status: 500, Error: "boom"}), 200, "", false},
		{"the planner is empty", fail(isPlanner, upstreamtest.Reply{}), 200, "", false},
		{"the final call fails, the direct one works", fail(func(c upstreamtest.Call) bool { return isFinal(c) && !isDirect(c) }, upstreamtest.Reply{Status: 500, Error: "boom"}), 502, "decomposition_failed", true},
		{"the final call is cut, the direct one works", fail(func(c upstreamtest.Call) bool { return isFinal(c) && !isDirect(c) }, upstreamtest.Reply{Text: "half an answer", Cut: 1}), 502, "decomposition_failed", true},
		{"a chunk fails once with 500", once(oneChunk, upstreamtest.Reply{Status: 500, Error: "boom"}), 200, "", false},
		{"a chunk fails once with 429", once(oneChunk, upstreamtest.Reply{Status: 429, Error: "slow down", Header: http.Header{"Retry-After": {"3"}}}), 200, "", false},
		{"a chunk is cut once", once(oneChunk, upstreamtest.Reply{Text: "none", Cut: 5}), 200, "", false},
		{"a chunk is empty once", once(oneChunk, upstreamtest.Reply{}), 200, "", false},
		{"a chunk's reply is too long once", once(oneChunk, upstreamtest.Reply{Text: "MARK-0", Finish: "length"}), 200, "", false},
		{"a chunk does not fit once", once(oneChunk, upstreamtest.Reply{Status: 400, Error: "litellm.ContextWindowExceededError: litellm.BadRequestError: prompt is too long"}), 200, "", false},
	} {
		for _, stream := range []bool{false, true} {
			for _, forced := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s stream=%v forced=%v", c.name, stream, forced), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						script := c.script
						if strings.Contains(c.name, "once") {
							script = onceMore(script)
						}
						up := upstreamtest.New(script)
						p := newPlanner(t, up)
						header := []string{}
						if forced {
							header = []string{"x-decompose", "1"}
						}
						a := send(t, p, body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}), header...)
						direct := 0
						for _, call := range up.Calls() {
							if isDirect(call) {
								direct++
							}
						}
						if forced && c.forced != 200 {
							if a.Status != c.forced || a.Error.Message == "" || c.typ != "" && (a.Error.Type != c.typ || a.Error.Code != "502") || direct != 0 {
								t.Fatalf("status %d, error %+v, %d direct calls", a.Status, a.Error, direct)
							}
							if strings.Contains(c.name, "autox") && !strings.Contains(a.Error.Message, "fast_execution_model") {
								t.Errorf("the error names no config key: %s", a.Error.Message)
							}
							return
						}
						if a.Status != 200 {
							t.Fatalf("status %d: %.400s", a.Status, a.Body)
						}
						allMarks(t, a.Content)
						want := 0
						if c.direct {
							want = 1
						}
						if direct != want {
							t.Errorf("%d direct calls, want %d", direct, want)
						}
						if c.direct && a.Header.Get("X-Haiku-Planner") != "forwarded" && !stream {
							t.Errorf("header %v", a.Header)
						}
					})
				})
			}
		}
	}
}

// once misbehaves for the first call that matches; onceMore arms it anew for each test.
func once(when func(upstreamtest.Call) bool, with upstreamtest.Reply) func(upstreamtest.Call) upstreamtest.Reply {
	return func(c upstreamtest.Call) upstreamtest.Reply {
		if when(c) {
			return with
		}
		return marks().Script(c)
	}
}

func onceMore(script func(upstreamtest.Call) upstreamtest.Reply) func(upstreamtest.Call) upstreamtest.Reply {
	armed := make(chan struct{}, 1)
	armed <- struct{}{}
	return func(c upstreamtest.Call) upstreamtest.Reply {
		good := marks().Script(c)
		if bad := script(c); fmt.Sprint(bad) != fmt.Sprint(good) {
			select {
			case <-armed:
				return bad
			default:
			}
		}
		return good
	}
}

func TestRetryAfterIsObeyedByAll(t *testing.T) {
	for _, limited := range []upstreamtest.Reply{
		{Status: 429, Error: "slow down", Header: http.Header{"Llm_provider-Retry-After": {"20"}}, Delay: time.Second},
		{Status: 429, Error: "litellm.RateLimitError: Rate limit reached on tokens per min (TPM): Limit 30000, Used 29000, Requested 2389. Please try again in 20s.", Delay: time.Second},
	} {
		synctest.Test(t, func(t *testing.T) { retryAfterIsObeyedByAll(t, limited) })
	}
}

func retryAfterIsObeyedByAll(t *testing.T, limited upstreamtest.Reply) {
	var told time.Time
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if isMap(c) && strings.Contains(c.User, "MARK-03") && told.IsZero() {
			told = c.At.Add(time.Second)
			return limited
		}
		r := marks().Script(c)
		r.Delay = 2 * time.Second
		return r
	})
	p := newPlanner(t, up, haikuplanner.WithRules())
	a := send(t, p, body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(15_000)}))
	allMarks(t, a.Content)
	later := 0
	var tried []string
	for _, c := range up.Calls() {
		if isMap(c) && strings.Contains(c.User, "MARK-03") {
			tried = append(tried, string(c.Body))
		}
		if c.At.After(told) && c.At.Before(told.Add(20*time.Second)) {
			t.Errorf("call %d started %s after all were told to wait", c.N, c.At.Sub(told))
		}
		if c.At.After(told) {
			later++
		}
	}
	if len(tried) != 2 || tried[0] != tried[1] {
		t.Errorf("the refused call was sent %d times, not twice with the same bytes", len(tried))
	}
	if told.IsZero() || later < 3 {
		t.Errorf("told at %v, %d calls after it", told, later)
	}
}

func TestWindowIsMaxChunks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			r := marks().Script(c)
			r.Delay = time.Second
			return r
		})
		p := newPlanner(t, up, haikuplanner.WithRules())
		began := time.Now()
		a := send(t, p, body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(15_000)}))
		chunks := a.Planner.Coverage.Chunks
		if got := up.MaxInFlight(); got != 3 {
			t.Errorf("%d calls in flight at most, want 3", got)
		}
		if want, got := time.Duration((chunks+2)/3+1)*time.Second, time.Since(began); got != want {
			t.Errorf("took %s for %d chunks, the critical path is %s", got, chunks, want)
		}
	})
}

// A call that is never answered is tried twice, so that total_timeout leaves room for the direct call; the error names the chunk.
func TestChunkTimeout(t *testing.T) {
	for _, forced := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			stuck := 0
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				if isMap(c) && strings.Contains(c.User, "MARK-03") {
					stuck++
					return upstreamtest.Reply{Text: "none", Delay: time.Hour}
				}
				return marks().Script(c)
			})
			p := newPlanner(t, up, haikuplanner.WithRules())
			header := []string{}
			if forced {
				header = []string{"x-decompose", "1"}
			}
			a := send(t, p, body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}), header...)
			if stuck != 2 {
				t.Errorf("asked %d times", stuck)
			}
			if forced && (a.Status != 502 || !strings.Contains(a.Error.Message, "of chunk 0") || !strings.Contains(a.Error.Message, "no answer within 2m0s")) {
				t.Errorf("status %d, error %+v", a.Status, a.Error)
			}
			if !forced && (a.Status != 200 || a.Header.Get("X-Haiku-Planner-Reason") != "fallback") {
				t.Errorf("status %d, %v", a.Status, a.Header)
			}
		})
	}
}

// A key that upstream does not know makes one call of ours, not one for every chunk.
func TestUnknownKeyStopsAtOnce(t *testing.T) {
	for _, forced := range []bool{false, true} {
		up := upstreamtest.New(func(upstreamtest.Call) upstreamtest.Reply {
			return upstreamtest.Reply{Status: 401, Error: "Authentication Error, Invalid proxy server token passed"}
		})
		header, calls := []string{}, 2
		if forced {
			header, calls = []string{"x-decompose", "1"}, 1
		}
		a := send(t, newPlanner(t, up), body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}), header...)
		if got := len(up.Calls()); a.Status != 401 || !strings.Contains(a.Error.Message, "Invalid proxy server token") || got != calls {
			t.Errorf("forced %v: status %d, error %+v, %d calls", forced, a.Status, a.Error, got)
		}
	}
}

func TestTotalTimeout(t *testing.T) {
	for _, stream := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				return upstreamtest.Reply{Text: "none", Delay: time.Hour}
			})
			p := newPlanner(t, up, with(func(c *haikuplanner.Config) { c.TotalTimeout = 8 * time.Second }))
			a := send(t, p, body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}))
			if a.Status != 504 || a.Error.Type != "timeout" {
				t.Errorf("status %d, error %+v", a.Status, a.Error)
			}
		})
	}
}

// A stream whose headers had to go out early tells later errors in the form that all clients raise on.
func TestLateFailureInAStream(t *testing.T) {
	for _, forced := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				if isMap(c) {
					return upstreamtest.Reply{Status: 500, Error: "boom", Delay: 30 * time.Second}
				}
				return marks().Script(c)
			})
			p := newPlanner(t, up, haikuplanner.WithObserver(func(e haikuplanner.Event) {
				if e.Done > e.Total {
					t.Errorf("%s: %d of %d calls are done", e.Stage, e.Done, e.Total)
				}
			}))
			header := []string{}
			if forced {
				header = []string{"x-decompose", "1"}
			}
			a := send(t, p, body("sonnet-4-x", map[string]any{"stream": true}, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}), header...)
			last := a.Frames[len(a.Frames)-1]
			if a.Status != 200 || last != "[DONE]" {
				t.Fatalf("status %d, last frame %q", a.Status, last)
			}
			keepAlives := 0
			for _, f := range a.Frames {
				if strings.Contains(f, `"content":""`) {
					keepAlives++
				}
			}
			if keepAlives < 3 {
				t.Errorf("%d keep-alives in %d frames", keepAlives, len(a.Frames))
			}
			if n := strings.Count(string(a.Body), `"role"`); n != 1 {
				t.Errorf("the role came %d times", n)
			}
			if forced {
				if !strings.Contains(a.Frames[len(a.Frames)-2], `"error"`) || a.Error.Type != "decomposition_failed" {
					t.Errorf("frames %q", a.Frames)
				}
				return
			}
			allMarks(t, a.Content)
			if a.Finish != "stop" {
				t.Errorf("finish %q, frames %.2000q", a.Finish, a.Frames)
			}
			if s := p.Stats(); s.Saved != s.DirectCost-s.Cost || s.Decomposed != 1 || s.InFlight != 0 {
				t.Errorf("%s", s)
			}
		})
	}
}

func TestHangUpCancelsEverything(t *testing.T) {
	for _, stream := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				return upstreamtest.Reply{Text: "none", Delay: time.Minute}
			})
			p := newPlanner(t, up, haikuplanner.WithRules())
			ctx, cancel := context.WithCancel(context.Background())
			r, _ := http.NewRequestWithContext(ctx, "POST", upstreamURL+"/v1/chat/completions",
				bytes.NewReader(body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", "List every line that starts with MARK-.\n\n" + document(15_000)})))
			time.AfterFunc(15*time.Second, cancel)
			resp, err := p.Transport(nil).RoundTrip(r)
			if stream {
				if err != nil {
					t.Fatal(err)
				}
				_, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("stream=%v: %v", stream, err)
			}
			synctest.Wait()
			for _, c := range up.Calls() {
				if !c.Done || !c.HungUp {
					t.Errorf("call %d still runs", c.N)
				}
			}
			if s := p.Stats(); s.InFlight != 0 {
				t.Errorf("%d in flight", s.InFlight)
			}
		})
	}
}

// Closing the body is how a Go client hangs up.
func TestCloseCancelsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			return upstreamtest.Reply{Text: "none", Delay: time.Minute}
		})
		p := newPlanner(t, up, haikuplanner.WithRules())
		r, _ := http.NewRequest("POST", upstreamURL+"/v1/chat/completions",
			bytes.NewReader(body("sonnet-4-x", map[string]any{"stream": true}, message{"user", "List every line that starts with MARK-.\n\n" + document(15_000)})))
		resp, err := p.Transport(nil).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		synctest.Wait()
		for _, c := range up.Calls() {
			if !c.Done || !c.HungUp {
				t.Errorf("call %d still runs", c.N)
			}
		}
	})
}

// A fault of ours, here in an observer, ends in the direct call or in a 502, never in the end of the process.
func TestInternalFault(t *testing.T) {
	for _, stage := range []string{"planner", "map", "final"} {
		for _, stream := range []bool{false, true} {
			for _, forced := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					up := upstreamtest.New(marks().Script)
					p := newPlanner(t, up, haikuplanner.WithObserver(func(e haikuplanner.Event) {
						if e.Stage == stage {
							panic("observer: " + stage)
						}
					}))
					header := []string{}
					if forced {
						header = []string{"x-decompose", "1"}
					}
					a := send(t, p, body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}), header...)
					switch {
					case stage == "final" && stream: // the content was out before the fault
						if last := a.Frames[len(a.Frames)-1]; last != "[DONE]" {
							t.Errorf("last frame %q", last)
						}
					case forced:
						if a.Status != 502 || a.Error.Type != "decomposition_failed" {
							t.Errorf("%s forced stream=%v: %d %.300s", stage, stream, a.Status, a.Body)
						}
					default:
						if a.Status != 200 || a.Header.Get("X-Haiku-Planner-Reason") != "fallback" {
							t.Errorf("%s stream=%v: %d %v", stage, stream, a.Status, a.Header)
						}
						allMarks(t, a.Content)
					}
					if n := p.Stats().InFlight; n != 0 {
						t.Errorf("%d in flight", n)
					}
				})
			}
		}
	}
}

// TestParameterRefused: calls that run at the same time learn each that a model refuses a parameter of ours; on another API it is sent again.
func TestParameterRefused(t *testing.T) { synctest.Test(t, parameterRefused) }

func parameterRefused(t *testing.T) {
	good := marks().Script
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if isMap(c) && bytes.Contains(c.Body, []byte(`"temperature":0`)) && !c.IsMessages() {
			return upstreamtest.Reply{Status: 400, Delay: time.Second, Error: "temperature is not supported by this model"}
		}
		return good(c)
	})
	p := newPlanner(t, up)
	for _, path := range []string{"chat/completions", "messages"} {
		for range 2 {
			up.Reset()
			req, _ := http.NewRequest("POST", upstreamURL+"/v1/"+path, bytes.NewReader(body("sonnet-4-x", map[string]any{"max_tokens": 900}, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)})))
			resp, err := p.Transport(nil).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, resp.Body)
			if got := resp.Header.Get("X-Haiku-Planner"); resp.StatusCode != 200 || got != "decomposed" {
				t.Errorf("%s: status %d, %s", path, resp.StatusCode, got)
			}
		}
		with, maps := 0, 0
		for _, c := range up.Calls() {
			if isMap(c) {
				maps++
				if bytes.Contains(c.Body, []byte(`"temperature":0`)) {
					with++
				}
			}
		}
		if want := map[string]int{"messages": maps}[path]; with != want || maps == 0 {
			t.Errorf("%s: %d of %d calls carry the temperature, want %d", path, with, maps, want)
		}
	}
}

// What upstream sends but the caller does not get, such as the stop of a block that may go on, does not count as a sign of life.
func TestUnpassedEventsDoNotDelayKeepAlives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := upstreamtest.New(marks().Script)
		base := roundTrip(func(r *http.Request) (*http.Response, error) {
			if !strings.Contains(r.Header.Get("X-Litellm-Call-Id"), "-final-") {
				return up.RoundTrip(r)
			}
			out, in := io.Pipe()
			go func() {
				defer in.Close()
				for _, e := range []string{`{"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":9,"output_tokens":1}}}`,
					`{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`, `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hm."}}`,
					`{"type":"content_block_stop","index":0}`, `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}`, `{"type":"message_stop"}`} {
					fmt.Fprintf(in, "data: %s\n\n", e)
					<-time.After(8 * time.Second)
				}
			}()
			return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: out}, nil
		})
		b := `{"model":"sonnet-4-x","max_tokens":500,"stream":true,"messages":[{"role":"user","content":` + string(jsonText("List every line that starts with MARK-.\n\n"+document(9500))) + `}]}`
		r, _ := http.NewRequest("POST", upstreamURL+"/v1/messages", strings.NewReader(b))
		resp, err := newPlanner(t, up, haikuplanner.WithBase(base)).Transport(nil).RoundTrip(r)
		if err != nil || resp.Header.Get("X-Haiku-Planner") != "decomposed" {
			t.Fatal(resp, err)
		}
		defer resp.Body.Close()
		buf, last := make([]byte, 4096), time.Now()
		for err == nil {
			_, err = resp.Body.Read(buf)
			if gap := time.Since(last); gap > 15*time.Second {
				t.Errorf("nothing came for %s", gap)
			}
			last = time.Now()
		}
		if err != io.EOF {
			t.Error(err)
		}
	})
}

func jsonText(s string) []byte {
	b, _ := json.Marshal(s)
	return b
}
