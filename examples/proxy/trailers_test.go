package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// A decomposed stream ends in trailers, except for clients that would take them for a broken answer.
func TestTrailersForWhoKnowsThem(t *testing.T) {
	base := start(t, upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if c.Schema != "" {
			return upstreamtest.Reply{Text: upstreamtest.Fill(c.SchemaRaw, nil)}
		}
		return upstreamtest.Reply{Text: "On day 83."}
	}), nil)
	const body = `{"model":"sonnet-4-x","stream":true,"messages":[{"role":"user","content":"What is 1+1?"}]}`
	for agent, want := range map[string]bool{"Go-http-client/1.1": true, "": true, "Dart/3.9 (dart:io)": false} {
		for _, way := range []string{"keep-alive", "Upgrade"} { // both ways through us
			r, err := http.NewRequest("POST", base+"/v1/chat/completions", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header = http.Header{"X-Decompose": {"1"}, "User-Agent": {agent}, "Connection": {way}}
			if way == "Upgrade" {
				r.Header.Set("Upgrade", "h2c")
			}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || !strings.Contains(string(text), "83.") || resp.Header.Get("X-Haiku-Planner") != "decomposed" {
				t.Fatalf("%v: %v: %s", err, resp.Header, text)
			}
			if got := len(resp.Trailer) > 0; got != want {
				t.Errorf("to %q, Connection: %s, trailers %v", agent, way, resp.Trailer)
			}
		}
	}
}
