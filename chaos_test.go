//go:build go1.25

package haikuplanner

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// misbehave makes something of a good reply that upstreams, and what stands before them, were seen to send. refused says that it costs nothing.
func misbehave(rnd *rand.Rand, r upstreamtest.Reply) (bad upstreamtest.Reply, refused bool) {
	one := func(words ...string) string { return words[rnd.IntN(len(words))] }
	header := func(name, value string) http.Header { return http.Header{http.CanonicalHeaderKey(name): {value}} }
	refusals := []upstreamtest.Reply{
		{Status: 429, Error: "slow down", Header: header("Retry-After", one("-1", "1e9", "soon", "Thu, 01 Jan 1970 00:00:00 GMT", "0", "7.5", "NaN", "3600", "2", ""))},
		{Status: 502, Raw: []byte("<html>bad gateway</html>"), Header: header("Content-Type", "text/html")},
		{Status: 400, Error: "temperature is not supported", Type: "invalid_request_error"},
		{Status: 400, Error: "litellm.ContextWindowExceededError: too long"},
		{Status: 401, Error: "no key"},
		{Status: 404, Error: "no model"},
		{Status: 413, Error: "request_too_large"},
		{Status: []int{204, 301, 304, 418, 500, 503, 529, 408, 409, 425}[rnd.IntN(10)], Raw: []byte("x")},
	}
	k := rnd.IntN(22)
	if k < len(refusals) {
		return refusals[k], true
	}
	switch k - len(refusals) {
	case 0:
		r.Delay = time.Duration(rnd.IntN(300)) * time.Second
	case 1:
		r.Pause = time.Duration(rnd.IntN(60)) * time.Second
	case 2:
		r.Cut = -1
	case 3:
		r.Cut = 1 + rnd.IntN(200)
	case 4:
		r.Usage = &upstreamtest.Usage{Prompt: -4, Completion: -1}
	case 5:
		r.NoUse = true
	case 6:
		r.NoDone = true
	case 7:
		r.StreamError = "overloaded"
	case 8:
		r.Raw = []byte(strings.Repeat("garbage ", rnd.IntN(1000)))
	case 9:
		r.Header = header("Content-Type", one("text/html", "", "APPLICATION/JSON", "text/plain"))
	case 10:
		r.Text = ""
	case 11:
		r.Refusal = "I will not"
	case 12:
		r.Finish = one("length", "content_filter", "odd", "tool_calls")
	case 13:
		r.Cost = one("-1", "NaN", "1e30", "abc", "0")
	}
	return r, false
}

// Whatever upstream does and whenever clients leave: who stays gets an answer that ends, in time; no call is begun that the cap does not allow; nothing that was held is held
// afterwards.
func TestChaos(t *testing.T) {
	instructions := []string{"List every line that starts with MARK-.", "Summarize this.", "How many lines start with MARK-?", "Translate this to German.", "What does the text say about ship 12?"}
	paths := []string{"/v1/chat/completions", "/v1/messages", "/v1/responses"}
	prices := map[string]Price{"autox": {Dollar / 4_000_000, Dollar * 5 / 4_000_000}, "sonnet-4-x": {Dollar * 3 / 1_000_000, Dollar * 15 / 1_000_000}}
	for seed := range uint64(40) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		var text strings.Builder
		text.WriteString(instructions[rnd.IntN(len(instructions))] + "\n\n")
		for i := range 300 + rnd.IntN(900) {
			fmt.Fprintf(&text, "The %dth ledger of the harbour says that ship %d left with %d barrels of salt and came back late.\n", i, i*7%113, i*31%997)
			if i%7 == 0 {
				fmt.Fprintf(&text, "MARK-%03d: animal%d\n\n", i, i*i)
			}
		}
		path := paths[rnd.IntN(len(paths))]
		fields := map[string]any{"model": "sonnet-4-x", "stream": rnd.IntN(2) == 0, "messages": []any{map[string]string{"role": "user", "content": text.String()}}}
		if path == "/v1/responses" {
			fields["input"] = text.String()
			delete(fields, "messages")
		} else if path == "/v1/messages" || rnd.IntN(3) == 0 {
			fields["max_tokens"] = 2000
		}
		body, _ := json.Marshal(fields)
		header := http.Header{"Authorization": {"Bearer sk-caller"}}
		limit := Dollar
		for name, values := range map[string][]string{"Idempotency-Key": {"", "k"}, headerDecompose: {"", "", "1"}, headerMaxCost: {"", "0.006", "0.012", "0.03"}} {
			if v := values[seed/7%uint64(len(values))]; v != "" {
				header.Set(name, v)
			}
		}
		if v := header.Get(headerMaxCost); v != "" {
			limit, _ = ParseMoney(v)
		}
		often := []float64{0.02, 0.1, 0.3, 0.7}[rnd.IntN(4)]
		leaves := make([]time.Duration, 1+rnd.IntN(3)) // by client; 0: it stays
		for i := range leaves {
			leaves[i] = time.Duration(max(0, rnd.IntN(90_000)-60_000)) * time.Millisecond
		}
		var mu sync.Mutex
		cost := map[string]Money{} // what calls of a run really cost, by its id
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			mu.Lock()
			defer mu.Unlock()
			used := upstreamtest.Usage{Prompt: len(c.Body) / 5, Completion: 10}
			r, refused := upstreamtest.Reply{Text: "MARK-007: animal49", Usage: &used}, false
			if rnd.Float64() < often {
				r, refused = misbehave(rnd, r)
			}
			if !refused && c.Header.Get(headerDecompose) == "0" {
				id := c.Header.Get("X-Litellm-Trace-Id")
				cost[id] = cost[id].Add(prices[c.Model].Cost(used.Prompt, used.Completion))
			}
			return r
		})
		synctest.Test(t, func(t *testing.T) {
			p, err := New(WithBase(up), WithLiteLLM("http://litellm.test", "sk-lookups"))
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			var clients sync.WaitGroup
			for i, after := range leaves {
				clients.Add(1)
				go func() {
					defer clients.Done()
					<-time.After(time.Duration(i) * 3 * time.Second)
					ctx, cancel := context.WithCancel(context.Background())
					defer cancel()
					if after > 0 {
						defer time.AfterFunc(after, cancel).Stop()
					}
					r, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://litellm.test"+path, bytes.NewReader(body))
					r.Header = header.Clone()
					resp, err := p.Transport(nil).RoundTrip(r)
					if err != nil {
						if ctx.Err() == nil && !strings.Contains(err.Error(), "reset") { // that is upstream's
							t.Errorf("seed %d: %v", seed, err)
						}
						return
					}
					got, err := io.ReadAll(resp.Body)
					resp.Body.Close()
					h := resp.Header
					if ctx.Err() != nil || h.Get(headerOurs) == "forwarded" {
						return
					}
					switch {
					case err != nil:
						t.Errorf("seed %d: reading: %v", seed, err)
					case resp.StatusCode >= 400 && (!bytes.Contains(got, []byte(`"error":{`)) || h.Get(headerOurs+"-Cost") > "0" && h.Get(headerRetry) != "false"):
						t.Errorf("seed %d: %d %v %.200s", seed, resp.StatusCode, h, got)
					case resp.StatusCode < 400 && resp.StatusCode != 200:
						t.Errorf("seed %d: status %d", seed, resp.StatusCode)
					}
				}()
			}
			clients.Wait()
			if d := time.Since(began); d > 2*p.cfg.TotalTimeout+time.Minute { // the direct call may take as long again
				t.Errorf("seed %d: it took %v", seed, d)
			}
			<-time.After(2 * outlives)
			synctest.Wait()
			if n, s := p.gate.bytes.Load(), p.Stats(); n != 0 || p.gate.calls != 0 || len(p.gate.queue) != 0 || len(p.copies.runs) != 0 || s.InFlight != 0 || up.InFlight() != 0 {
				t.Errorf("seed %d: %d bytes, %d calls, %d in the queue, %d runs are held; %s", seed, n, p.gate.calls, len(p.gate.queue), len(p.copies.runs), s)
			}
			for id, m := range cost {
				if m > lessMargin(limit, p.cfg.CostSafetyMargin) {
					t.Errorf("seed %d: %s cost %s under a cap of %s", seed, id, m, limit)
				}
			}
		})
	}
}
