package haikuplanner_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// What is refused before any call says that it was not forwarded, and by what it was decided, streamed or not. A page of another origin may read it where upstream lets it.
func TestRefusalsBeforeAnyCall(t *testing.T) {
	big, small := message{"user", listMarks + document(9500)}, message{"user", "hello"}
	tools := map[string]any{"tools": []any{map[string]any{"type": "function", "function": map[string]any{"name": "f"}}}}
	unpriced := []upstreamtest.Model{{Name: "autox", Provider: "openai/mine"}, {Name: "sonnet-4-x", Provider: "openai/mine"}}
	for _, c := range []struct {
		name, header, value string
		fields              map[string]any
		said                message
		models              []upstreamtest.Model
		buffered            int
		want                string
	}{
		{"a malformed header", "x-quality", "best", nil, big, nil, 0, "400 decomposed header"},
		{"a malformed order to decompose", "x-decompose", "yes", nil, small, nil, 0, "400 decomposed header"},
		{"what cannot be forced", "x-decompose", "1", tools, small, nil, 0, "400 decomposed header"},
		{"a cap on what is forwarded", "x-max-cost", "0.000001", nil, small, nil, 0, "402 decomposed small"},
		{"a cap without a price", "x-max-cost", "0.5", nil, big, unpriced, 0, "402 decomposed large"},
		{"a long body", "x-decompose", "1", nil, message{"user", document(100_000)}, nil, 0, "413 decomposed header"},
		{"no room", "x-decompose", "1", nil, message{"user", document(18_000)}, nil, 70_000, "429 decomposed header"},
	} {
		for _, stream := range []bool{false, true} {
			for _, allowed := range []bool{false, true} {
				up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
					if call.Method != http.MethodOptions || call.Header.Get("Access-Control-Request-Method") != "POST" || call.Header.Get("Authorization") != "" {
						t.Errorf("%s: it was sent on, or more than who may read it was asked: %s %v", c.name, call.Method, call.Header)
					}
					h := http.Header{"Access-Control-Max-Age": {"600"}}
					if allowed {
						h.Set("Access-Control-Allow-Origin", call.Header.Get("Origin"))
						h.Set("Access-Control-Allow-Credentials", "true")
					}
					return upstreamtest.Reply{Header: h, Raw: []byte("OK")}
				})
				if c.models != nil {
					up.SetModels(c.models...)
				}
				cfg := haikuplanner.DefaultConfig()
				cfg.MaxBodyBytes = 300_000
				if c.buffered > 0 {
					cfg.MaxBufferedBytes, cfg.MaxBodyBytes = c.buffered, c.buffered
				}
				p := newPlanner(t, up, haikuplanner.WithConfig(cfg))
				fields := map[string]any{"stream": stream}
				for k, v := range c.fields {
					fields[k] = v
				}
				b := body("sonnet-4-x", fields, c.said)
				for _, origin := range []string{"", "https://page.test"} {
					r, _ := http.NewRequest(http.MethodPost, upstreamURL+"/v1/chat/completions", bytes.NewReader(b))
					r.Header.Set(c.header, c.value)
					r.Header.Set("Authorization", "Bearer sk-caller")
					if c.buffered > 0 {
						r.ContentLength = -1
					}
					calls := 0
					if origin != "" {
						r.Header.Set("Origin", origin)
						calls = 1
					}
					up.Reset()
					a := do(t, p, r)
					if got := fmt.Sprintf("%d %s %s", a.Status, a.Header.Get("X-Haiku-Planner"), a.Header.Get("X-Haiku-Planner-Reason")); got != c.want || a.Error.Message == "" {
						t.Errorf("%s, stream=%v: %s, want %s: %s", c.name, stream, got, c.want, a.Body)
					}
					if allowed && a.Header.Get("Access-Control-Allow-Origin") != origin || !allowed && a.Header["Access-Control-Allow-Origin"] != nil || a.Header["Access-Control-Max-Age"] != nil || len(up.Calls()) != calls {
						t.Errorf("%s, origin %q, allowed=%v: %v after %d calls", c.name, origin, allowed, a.Header, len(up.Calls()))
					}
				}
			}
		}
	}
}
