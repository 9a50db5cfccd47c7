package haikuplanner_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// What of the caller's headers reaches the calls, and what of the final call's reaches the caller.
func TestHeadersBothWays(t *testing.T) {
	for _, stream := range []bool{false, true} {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			r := marks().Script(c)
			if c.Model == "sonnet-4-x" {
				r.Header = http.Header{"X-Litellm-Model-Id": {"m-1"}, "X-Request-Id": {"r-1"}, "Access-Control-Allow-Origin": {"*"}, "X-Ratelimit-Remaining-Tokens": {"7"}}
			}
			return r
		})
		p := newPlanner(t, up)
		const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
		a := send(t, p, body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}),
			"X-Custom", "kept", "X-Litellm-Tags", "team-a", "Traceparent", parent, "Idempotency-Key", "k-1", "Connection", "X-Hop", "X-Hop", "gone",
			"X-Quality", "deep", "X-Max-Cost", "0.5", "Expect", "100-continue", "Openai-Organization", "org-1")
		for name, want := range map[string]string{"X-Litellm-Model-Id": "m-1", "X-Request-Id": "r-1", "Access-Control-Allow-Origin": "*", "X-Ratelimit-Remaining-Tokens": "7"} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("stream=%v: the answer's %s is %q", stream, name, got)
			}
		}
		spans, ids := map[string]bool{}, map[string]bool{}
		for _, c := range up.Calls() {
			h := c.Header
			for name, want := range map[string]string{"X-Custom": "kept", "X-Litellm-Tags": "team-a", "X-Decompose": "0", "X-Litellm-Num-Retries": "0", "Authorization": "Bearer sk-caller",
				"Openai-Organization": "org-1", "Idempotency-Key": "", "X-Hop": "", "X-Quality": "", "X-Max-Cost": "", "Expect": "", "Connection": ""} {
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
