package haikuplanner_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// What of the caller's headers reaches the calls, and what of the final call's reaches the caller.
func TestHeadersBothWays(t *testing.T) {
	for _, stream := range []bool{false, true} {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			r := marks().Script(c)
			if c.Model == "sonnet-4-x" {
				r.Header = http.Header{"X-Litellm-Model-Id": {"m-1"}, "X-Request-Id": {"r-1"}, "Access-Control-Allow-Origin": {"*"}, "X-Ratelimit-Remaining-Tokens": {"7"}, "Content-Length": {"7"}}
			}
			return r
		})
		p := newPlanner(t, up)
		const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
		a := send(t, p, body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}),
			"X-Custom", "kept", "X-Litellm-Tags", "team-a", "Traceparent", parent, "Idempotency-Key", "k-1", "X-Idempotency-Key", "k-1", "Content-Md5", "x", "Content-Digest", "x", "Proxy-Authorization", "Basic eDp5", "Connection", "X-Hop", "X-Hop", "gone",
			"X-Quality", "deep", "X-Max-Cost", "0.5", "Expect", "100-continue", "Openai-Organization", "org-1")
		for name, want := range map[string]string{"X-Litellm-Model-Id": "m-1", "X-Request-Id": "r-1", "Access-Control-Allow-Origin": "*", "X-Ratelimit-Remaining-Tokens": "7"} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("stream=%v: the answer's %s is %q", stream, name, got)
			}
		}
		if got := a.Header.Get("Content-Length"); !stream && got != strconv.Itoa(len(a.Body)) || stream && got != "" {
			t.Errorf("the answer of %d bytes has the content length %q", len(a.Body), got)
		}
		spans, ids := map[string]bool{}, map[string]bool{}
		for _, c := range up.Calls() {
			h := c.Header
			for name, want := range map[string]string{"X-Custom": "kept", "X-Litellm-Tags": "team-a", "X-Decompose": "0", "X-Litellm-Num-Retries": "0", "Authorization": "Bearer sk-caller",
				"Openai-Organization": "org-1", "Idempotency-Key": "", "X-Idempotency-Key": "", "Content-Md5": "", "Content-Digest": "", "X-Hop": "", "X-Quality": "", "X-Max-Cost": "", "Expect": "", "Connection": "", "Proxy-Authorization": ""} {
				if got := h.Get(name); got != want {
					t.Errorf("call %d: %s is %q, want %q", c.N, name, got, want)
				}
			}
			tp := h.Get("Traceparent")
			if !strings.HasPrefix(tp, parent[:36]) || !strings.HasSuffix(tp, "-01") || len(tp) != len(parent) || tp == parent || spans[tp] {
				t.Errorf("call %d: traceparent %q", c.N, tp)
			}
			spans[tp] = true
			if id := h.Get("X-Litellm-Call-Id"); id == "" || ids[id] {
				t.Errorf("call %d: call id %q", c.N, id)
			} else {
				ids[id] = true
			}
			if got := h.Get("X-Litellm-Trace-Id"); got != a.Header.Get("X-Haiku-Planner-Id") {
				t.Errorf("call %d: trace %q, the answer's id is %q", c.N, got, a.Header.Get("X-Haiku-Planner-Id"))
			}
		}
	}
}

// Map calls are the same bytes for whoever asks again: nothing in them but the task and the text.
func TestCallsRepeatByteForByte(t *testing.T) {
	up := upstreamtest.New(marks().Script)
	p := newPlanner(t, up)
	b := body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)})
	send(t, p, b)
	first := up.Calls()
	send(t, p, b)
	for _, c := range up.Calls()[len(first):] {
		found := false
		for _, f := range first {
			found = found || bytes.Equal(c.Body, f.Body)
		}
		if !found {
			t.Errorf("call %d (%s) is new: %.300s", c.N, c.Schema, c.Body)
		}
	}
}

// A gateway may zip what it was not asked to zip: answers, streams, and the refusal that is rescued.
func TestZippedUnasked(t *testing.T) {
	for _, stream := range []bool{false, true} {
		for _, rescued := range []bool{false, true} {
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				if isDirect(c) {
					return upstreamtest.Reply{Status: 400, Error: "litellm.ContextWindowExceededError: prompt is too long: 9400 tokens > 8000 maximum"}
				}
				return marks().Script(c)
			})
			zipping := roundTrip(func(r *http.Request) (*http.Response, error) {
				resp, err := up.RoundTrip(r)
				if err != nil {
					return nil, err
				}
				var b bytes.Buffer
				z := gzip.NewWriter(&b)
				io.Copy(z, resp.Body)
				z.Close()
				resp.Body.Close()
				resp.Body, resp.ContentLength = io.NopCloser(&b), int64(b.Len())
				resp.Header.Set("Content-Encoding", "gzip")
				resp.Header.Del("Content-Length")
				return resp, nil
			})
			threshold := 8000
			if rescued {
				threshold = 20_000
			}
			p := newPlanner(t, up, haikuplanner.WithBase(zipping), haikuplanner.WithThreshold(threshold))
			a := send(t, p, body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}))
			if want := map[bool]string{false: "large", true: "rescue"}[rescued]; a.Status != 200 || a.Header.Get("X-Haiku-Planner-Reason") != want || a.Header.Get("Content-Encoding") != "" {
				t.Fatalf("stream=%v: status %d, header %v, body %.300s", stream, a.Status, a.Header, a.Body)
			}
			allMarks(t, a.Content)
		}
	}
}

// An error before the first byte tells that it was decomposed, streamed or not.
func TestErrorsHaveOurHeaders(t *testing.T) {
	for _, stream := range []bool{false, true} {
		for _, script := range []func(upstreamtest.Call) upstreamtest.Reply{
			func(c upstreamtest.Call) upstreamtest.Reply {
				if isMap(c) {
					return upstreamtest.Reply{Status: 401, Error: "bad key"}
				}
				return marks().Script(c)
			},
			func(c upstreamtest.Call) upstreamtest.Reply { return upstreamtest.Reply{Status: 401, Error: "bad key"} },
		} {
			a := send(t, newPlanner(t, upstreamtest.New(script)), body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}), "x-decompose", "1")
			h := a.Header
			got := fmt.Sprintf("%d %s %s %v %v", a.Status, h.Get("X-Haiku-Planner"), h.Get("X-Haiku-Planner-Reason"), h.Get("X-Haiku-Planner-Id") != "", h.Get("X-Haiku-Planner-Cost") != "")
			if want := "401 decomposed header true true"; got != want {
				t.Errorf("stream=%v: %s, want %s", stream, got, want)
			}
		}
	}
}

// A page of another origin reads an answer of ours wherever it may read upstream's: one without a final call, one that begins before it, an error. What says that it must
// not be repeated is for it to read as well.
func TestOtherOriginsReadOurAnswers(t *testing.T) {
	const plan = `{"operator":"transform","dependence":"none","confidence":0.95,"instruction_paragraphs":[1],"question":"","unit":"","order":"source","conflict":"both"}`
	for name, c := range map[string]struct {
		reply  func(upstreamtest.Call) upstreamtest.Reply
		plan   string
		header []string
		status int
	}{
		"no final call": {func(c upstreamtest.Call) upstreamtest.Reply { return upstreamtest.Reply{Text: "text"} }, plan, nil, 200},
		"slow": {func(c upstreamtest.Call) upstreamtest.Reply {
			r := marks().Script(c)
			r.Delay = 11 * time.Second
			return r
		}, "no plan", nil, 200},
		"failed": {func(c upstreamtest.Call) upstreamtest.Reply {
			return upstreamtest.Reply{Status: 401, Error: "bad key"}
		}, "no plan", []string{"x-decompose", "1"}, 401},
		"failed and direct": {func(c upstreamtest.Call) upstreamtest.Reply { return upstreamtest.Reply{Status: 403, Error: "no"} }, "no plan", nil, 403},
	} {
		for _, stream := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, stream=%v", name, stream), func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
						var r upstreamtest.Reply
						if isPlanner(call) {
							r.Text = c.plan
						} else {
							r = c.reply(call)
						}
						if call.Header.Get("Origin") != "" {
							r.Header = http.Header{"Access-Control-Allow-Origin": {"*"}, "Access-Control-Expose-Headers": {"x-litellm-cache-key"}}
						}
						return r
					})
					b := body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)})
					h := send(t, newPlanner(t, up), b, append([]string{"Origin", "https://page.test"}, c.header...)...)
					if h.Status != c.status || h.Header.Get("Access-Control-Allow-Origin") != "*" {
						t.Fatalf("status %d, header %v, body %.300s", h.Status, h.Header, h.Body)
					}
					exposed := strings.ToLower(strings.Join(h.Header.Values("Access-Control-Expose-Headers"), ", "))
					for _, name := range []string{"x-litellm-cache-key", "x-should-retry"} {
						if (name != "x-should-retry" || h.Header.Get(name) != "") && !strings.Contains(exposed, name) {
							t.Errorf("%s is not exposed: %q", name, exposed)
						}
					}
				})
			})
		}
	}
}
