//go:build litellm

package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// The specification's section as it stands, before a real LiteLLM with a Redis cache: what a user must see.
func TestSpecification(t *testing.T) {
	s := start(t, "testdata/spec.yaml", true, map[string]string{"PROVIDER_URL": "PROVIDER/v1", "PROVIDER_KEY": "sk-provider"})
	for i, size := range []int{20_000, 50_000, 200_000} {
		t.Run(fmt.Sprintf("automatic %dK", size/1000), func(t *testing.T) { s.automatic(t, uint64(1+i), size) })
	}
	t.Run("streamed", s.streamed)
	t.Run("the same request again costs nothing", s.again)
	t.Run("x-decompose", s.decompose)
	t.Run("x-quality", s.quality)
	t.Run("x-max-cost", s.cap)
	t.Run("autox itself", s.cheaper)
	t.Run("long output", s.longOutput)
	t.Run("explain before paying", s.plan)
	t.Run("rescue", s.rescue)
	t.Run("odd bodies", s.oddBodies)
	t.Run("other paths", s.otherPaths)
	t.Run("nonsense from the planner", s.nonsense)
	t.Run("a chunk fails for a while", s.chunkFailsOnce)
	t.Run("a chunk fails for good", s.chunkFails)
	t.Run("the fast model is forbidden", s.forbidden)
	t.Run("the model itself is denied", s.denied)
}

func (s *stack) use(script func(upstreamtest.Call) upstreamtest.Reply) {
	s.provider.use(script)
	s.tap.reset()
}

// ratio reads "35/35".
func ratio(t *testing.T, s string) (read, total int) {
	t.Helper()
	a, b, _ := strings.Cut(s, "/")
	read, err1 := strconv.Atoi(a)
	total, err2 := strconv.Atoi(b)
	if err1 != nil || err2 != nil {
		t.Fatalf("chunks %q", s)
	}
	return read, total
}

func (s *stack) automatic(t *testing.T, seed uint64, size int) {
	d := write(seed, size)
	s.use(reader("answer").Script)
	a := post(t, s.url, "/chat/completions", ask("sonnet-4-x", d)).must(t, "decomposed")
	a.holds(t, d)
	if got := a.header.Get("X-Haiku-Planner-Reason"); got != "large" {
		t.Errorf("reason %q", got)
	}
	read, total := ratio(t, a.header.Get("X-Haiku-Planner-Chunks"))
	if read != total || total < size/2000 {
		t.Errorf("chunks %d/%d of %d tokens in pieces of at most 2000", read, total, size)
	}
	s.covered(t, d)
	// Every mark was in a call that did not see the whole.
	for _, m := range d.marks {
		var seen bool
		for _, c := range s.provider.up.Calls() {
			seen = seen || c.Schema != "" && !isPlan(c) && strings.Contains(c.User, m)
		}
		if !seen {
			t.Errorf("%q reached no map call", m)
		}
	}
	u := s.provider.usage()
	if a.usage.Prompt != u.Prompt || a.usage.Completion != u.Completion {
		t.Errorf("usage %+v, the provider counted %+v", a.usage, u)
	}
	var sum float64
	for _, c := range a.planner.Calls {
		sum += c.Cost
	}
	if math.Abs(sum-a.planner.TotalCost) > 1e-8*float64(len(a.planner.Calls)) || a.planner.TotalCost <= 0 || a.planner.TotalCost >= a.planner.DirectCost {
		t.Errorf("total_cost %g, its calls %g, direct_cost %g", a.planner.TotalCost, sum, a.planner.DirectCost)
	}
	if c := a.planner.Coverage; c.Skipped != 0 || c.BytesRead != c.Bytes || c.Chunks != total || !a.planner.Decomposed || a.planner.Successful != a.planner.Executed {
		t.Errorf("haiku_planner: %+v", a.planner)
	}
	if calls := s.provider.up.Calls(); len(calls) != len(a.planner.Calls) || s.provider.up.MaxInFlight() > 3 {
		t.Errorf("the provider got %d calls, the ledger has %d; %d at once, max_chunks is 3", len(calls), len(a.planner.Calls), s.provider.up.MaxInFlight())
	}
	for _, r := range s.tap.posts() {
		if r.Header.Get("X-Decompose") != "0" || r.Header.Get("X-Litellm-Num-Retries") != "0" || r.Header.Get("Authorization") != "Bearer "+masterKey {
			t.Errorf("a call of ours carries the headers %v", r.Header)
			break
		}
	}
	t.Logf("%d tokens: %d chunks, %d calls, $%.4f against $%.4f, %v", size, total, len(a.planner.Calls), a.planner.TotalCost, a.planner.DirectCost, a.took)
}

func (s *stack) streamed(t *testing.T) {
	d := write(11, 20_000)
	s.use(reader("answer").Script)
	a := post(t, s.url, "/chat/completions", ask("sonnet-4-x", d, object{"stream": true, "stream_options": object{"include_usage": true}})).must(t, "decomposed")
	a.holds(t, d)
	u := s.provider.usage()
	if !a.done || a.finish != "stop" || a.events < 21 || a.usage.Prompt != u.Prompt || !a.planner.Decomposed {
		t.Errorf("stream: done %v, finish %q, %d events, usage %+v (provider %+v), planner %+v", a.done, a.finish, a.events, a.usage, u, a.planner)
	}
	if read, total := ratio(t, a.trailer.Get("X-Haiku-Planner-Chunks")); read != total {
		t.Errorf("trailer: %d/%d", read, total)
	}
}

func (s *stack) again(t *testing.T) {
	d := write(12, 20_000)
	s.use(reader("answer").Script)
	first := post(t, s.url, "/chat/completions", ask("sonnet-4-x", d)).must(t, "decomposed")
	before := len(s.provider.up.Calls())
	second := post(t, s.url, "/chat/completions", ask("sonnet-4-x", d)).must(t, "decomposed")
	second.holds(t, d)
	for _, c := range second.planner.Calls {
		if !c.Cached || c.Cost != 0 {
			t.Errorf("%s call: cached %v, cost %g", c.Stage, c.Cached, c.Cost)
		}
	}
	if after := len(s.provider.up.Calls()); after != before || second.planner.TotalCost != 0 || first.planner.TotalCost == 0 || second.text != first.text {
		t.Errorf("%d calls more reached the provider; cost %g, then %g; same text %v", after-before, first.planner.TotalCost, second.planner.TotalCost, second.text == first.text)
	}
}

func (s *stack) decompose(t *testing.T) {
	d := write(21, 2_000)
	s.use(reader("answer").Script)
	a := post(t, s.url, "/chat/completions", ask("sonnet-4-x", d), "x-decompose", "1").must(t, "decomposed")
	a.holds(t, d)
	if got := a.header.Get("X-Haiku-Planner-Reason"); got != "header" {
		t.Errorf("reason %q", got)
	}

	big := write(22, 200_000)
	body, _ := json.Marshal(ask("sonnet-4-x", big))
	s.use(reader("answer").Script)
	a = post(t, s.url, "/chat/completions", string(body), "x-decompose", "0").must(t, "forwarded")
	a.holds(t, big)
	posts := s.tap.posts()
	if len(posts) != 1 || !bytes.Equal(posts[0].Body, body) || len(s.provider.up.Calls()) != 1 {
		t.Errorf("forbidden: %d calls to LiteLLM, not the one with the same bytes", len(posts))
	}
	if _, ok := bytesContain(a.body, `"haiku_planner"`); ok {
		t.Error("a forwarded answer has a haiku_planner object")
	}
	for _, bad := range []string{"yes", "2"} {
		if a := post(t, s.url, "/chat/completions", string(body), "x-decompose", bad); a.status != 400 || a.fault.Param != "x-decompose" {
			t.Errorf("x-decompose: %s: %d, param %v", bad, a.status, a.fault.Param)
		}
	}
}

func bytesContain(b []byte, s string) (int, bool) {
	i := bytes.Index(b, []byte(s))
	return i, i >= 0
}

func (s *stack) quality(t *testing.T) {
	for quality, model := range map[string]string{"fast": "fast-model", "deep": "deep-model"} {
		d := write(31+uint64(len(quality)+len(model)), 12_000)
		s.use(reader("answer").Script)
		a := post(t, s.url, "/chat/completions", ask("sonnet-4-x", d), "x-quality", quality, "x-decompose", "1").must(t, "decomposed")
		a.holds(t, d)
		for _, c := range s.provider.up.Calls() {
			if want := model; c.Model != want && !isPlan(c) {
				t.Errorf("x-quality: %s: a call on %s", quality, c.Model)
			}
		}
		var out struct{ Model string }
		if json.Unmarshal(a.body, &out); out.Model != "sonnet-4-x" {
			t.Errorf("x-quality: %s: the answer's model is %q", quality, out.Model)
		}
	}
}

func (s *stack) cap(t *testing.T) {
	s.use(reader("answer").Script)
	a := post(t, s.url, "/chat/completions", ask("sonnet-4-x", write(41, 50_000)), "x-max-cost", "0.001")
	if a.status != http.StatusPaymentRequired || a.fault.Type != "budget_exceeded" || !strings.Contains(a.fault.Message, "0.0008") {
		t.Errorf("status %d, %+v; want 402 budget_exceeded that names the cap of 0.0008", a.status, a.fault)
	}
	if n := len(s.provider.up.Calls()); n > 1 {
		t.Errorf("%d calls were made", n)
	}
	s.use(reader("answer").Script)
	a = post(t, s.url, "/chat/completions", ask("sonnet-4-x", write(42, 4_000), object{"max_tokens": 1000}), "x-max-cost", "0.002")
	if a.status != http.StatusPaymentRequired || len(s.provider.up.Calls()) != 0 {
		t.Errorf("a request to be forwarded above the cap: status %d, %d calls", a.status, len(s.provider.up.Calls()))
	}
	own := post(t, s.litellmURL, "/chat/completions", ask("nobody", write(43, 100)), "Origin", "https://page.test").header
	ours := post(t, s.url, "/chat/completions", ask("sonnet-4-x", write(44, 4_000), object{"max_tokens": 1000}), "x-max-cost", "0.002", "Origin", "https://page.test").header
	for _, name := range []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"} {
		if ours.Get(name) != own.Get(name) || own.Get("Access-Control-Allow-Origin") == "" {
			t.Errorf("%s is %q, of LiteLLM's own refusal %q", name, ours.Get(name), own.Get(name))
		}
	}
}

func (s *stack) cheaper(t *testing.T) {
	d := write(51, 50_000)
	body, _ := json.Marshal(ask("autox", d))
	s.use(reader("answer").Script)
	a := post(t, s.url, "/chat/completions", string(body)).must(t, "forwarded")
	a.holds(t, d)
	if got := a.header.Get("X-Haiku-Planner-Reason"); got != "direct-is-cheaper" {
		t.Errorf("reason %q", got)
	}
	if posts := s.tap.posts(); len(posts) != 1 || !bytes.Equal(posts[0].Body, body) {
		t.Errorf("%d calls", len(posts))
	}
	// The process's log comes through a pipe, which may be read after the answer is.
	until(t, 10*time.Second, "the log to say how to decompose always", s.proxy, func() error {
		if n := strings.Count(s.proxy.out.String(), "cost_optimization_enabled: false"); n != 1 {
			return fmt.Errorf("it is said %d times", n)
		}
		return nil
	})
}

func (s *stack) longOutput(t *testing.T) {
	var sections []object
	for _, title := range []string{"Routes", "Handlers", "Storage", "Tests"} {
		sections = append(sections, object{"title": title, "brief": "Write the part on " + title + ".", "words": 600})
	}
	worker := reader("compose")
	var plan object
	json.Unmarshal([]byte(worker.Plan), &plan)
	plan["sections"], plan["instruction_paragraphs"] = sections, []int{1}
	b, _ := json.Marshal(plan)
	outline, _ := json.Marshal(object{"sections": sections})
	s.use(func(c upstreamtest.Call) upstreamtest.Reply {
		switch {
		case isPlan(c):
			return upstreamtest.Reply{Text: string(b)}
		case c.Schema != "":
			return upstreamtest.Reply{Text: string(outline)}
		}
		// The section that this call is for is named last.
		last, name := -1, "nothing"
		for _, m := range c.Messages {
			for _, sec := range sections {
				if i := strings.LastIndex(m.Text, "Write the part on "+sec["title"].(string)); i > last {
					last, name = i, sec["title"].(string)
				}
			}
		}
		return upstreamtest.Reply{Text: "SECTION " + name + "\n\n" + strings.Repeat("About "+name+". ", 40)}
	})
	a := post(t, s.url, "/chat/completions", object{"model": "sonnet-4-x", "max_tokens": 20000,
		"messages": []object{{"role": "user", "content": "Create a REST API for a library in Go: routes, handlers, storage and tests."}}}, "x-decompose", "1").must(t, "decomposed")
	for _, sec := range sections {
		if n := strings.Count(a.text, "SECTION "+sec["title"].(string)); n != 1 {
			t.Errorf("section %s stands %d times in the answer", sec["title"], n)
		}
	}
	if a.finish != "stop" {
		t.Errorf("finish %q", a.finish)
	}
}

func (s *stack) plan(t *testing.T) {
	d := write(61, 50_000)
	s.use(reader("answer").Script)
	a := post(t, s.url, "/haiku-planner/plan", ask("sonnet-4-x", d))
	var p struct {
		Decision, Operator string
		Kept, Chunks       []struct{ Message, Part, Start, End, Tokens int }
		Estimate           struct {
			Cost, Direct float64
			Prices       string
		}
		Spent float64
	}
	if err := json.Unmarshal(a.body, &p); err != nil || a.status != 200 || p.Decision != "decompose" || p.Operator != "answer" {
		t.Fatalf("status %d, %v: %s", a.status, err, tail(string(a.body), 800))
	}
	text := instruction + "\n\n" + d.text
	covered := make([]bool, len(text))
	for _, span := range append(p.Kept, p.Chunks...) {
		for i := span.Start; i < span.End; i++ {
			covered[i] = true
		}
	}
	if i := bytes.IndexByte(boolBytes(covered), 0); i >= 0 {
		t.Errorf("byte %d is neither kept nor in a chunk", i)
	}
	end := -1
	for _, c := range p.Chunks {
		if c.Tokens > 2000 || c.Start < end {
			t.Errorf("chunk %+v after %d", c, end)
		}
		end = c.End
	}
	if p.Estimate.Prices != "litellm" || p.Estimate.Cost <= 0 || p.Estimate.Cost >= p.Estimate.Direct {
		t.Errorf("estimate %+v", p.Estimate)
	}
	for _, c := range s.provider.up.Calls() {
		if !isPlan(c) {
			t.Error("asking for the plan made a chunk call")
		}
	}

	// The real thing: every span of the plan is in a call's body, by offset.
	post(t, s.url, "/chat/completions", ask("sonnet-4-x", d)).must(t, "decomposed")
	read := s.readByCalls()
	for _, span := range append(p.Kept, p.Chunks...) {
		if !strings.Contains(read, text[span.Start:span.End]) {
			t.Errorf("bytes %d to %d are in no call", span.Start, span.End)
		}
	}
	s.use(reader("answer").Script)
	if a := post(t, s.url, "/haiku-planner/plan?advice=rules", ask("sonnet-4-x", write(62, 20_000))); a.status != 200 || len(s.provider.up.Calls()) != 0 {
		t.Errorf("?advice=rules: status %d, %d calls", a.status, len(s.provider.up.Calls()))
	}
}

func boolBytes(bs []bool) []byte {
	out := make([]byte, len(bs))
	for i, b := range bs {
		if b {
			out[i] = 1
		}
	}
	return out
}

func (s *stack) rescue(t *testing.T) {
	d := write(71, 30_000)
	worker := reader("answer")
	s.use(func(c upstreamtest.Call) upstreamtest.Reply {
		if len(c.Body) > 60_000 {
			return upstreamtest.Reply{Status: 400, Error: "This model's maximum context length is 16384 tokens. However, your messages resulted in 30321 tokens."}
		}
		return worker.Script(c)
	})
	a := post(t, s.url, "/chat/completions", ask("autox", d)).must(t, "decomposed")
	a.holds(t, d)
	if got := a.header.Get("X-Haiku-Planner-Reason"); got != "rescue" {
		t.Errorf("reason %q", got)
	}
}

func (s *stack) oddBodies(t *testing.T) {
	s.use(reader("answer").Script)
	bodies := map[string]string{
		"empty": "", "not JSON": "hello", "no messages": `{"model":"autox"}`, "messages null": `{"model":"autox","messages":null}`, "a list": "[]",
		"invalid UTF-8": "{\"model\":\"autox\",\"messages\":[{\"role\":\"user\",\"content\":\"\xff\xfe\"}]}",
		"deep nesting":  `{"model":"autox","messages":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`,
		"no model":      `{"messages":[{"role":"user","content":"hi"}]}`,
		"unknown model": `{"model":"no-such-model","messages":[{"role":"user","content":"hi"}]}`,
		"65 MiB":        `{"model":"no-such-model","messages":[{"role":"user","content":"` + strings.Repeat("a", 65<<20) + `"}]}`,
		"gzip":          zipped(t, ask("autox", write(75, 9_000))),
	}
	for name, body := range bodies {
		var headers []string
		if name == "gzip" {
			headers = []string{"Content-Encoding", "gzip"}
		}
		direct, through := post(t, s.litellmURL, "/chat/completions", body, headers...), post(t, s.url, "/chat/completions", body, headers...)
		if through.status != direct.status {
			t.Errorf("%s: status %d, LiteLLM itself gives %d: %s", name, through.status, direct.status, tail(string(through.body), 300))
		}
	}
}

func zipped(t *testing.T, body any) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(body); err != nil {
		t.Fatal(err)
	}
	z.Close()
	return b.String()
}

func (s *stack) otherPaths(t *testing.T) {
	for _, path := range []string{"/models", "/v1/models", "/health/liveliness"} {
		want, _, body := get(t, s.litellmURL+path, "Authorization", "Bearer "+masterKey)
		got, _, same := get(t, s.url+path, "Authorization", "Bearer "+masterKey)
		if got != want || same != body {
			t.Errorf("GET %s: %d %q, LiteLLM itself says %d %q", path, got, same, want, body)
		}
	}
	if status, _, body := get(t, s.url+"/health"); status != 200 || !strings.Contains(body, `"healthy"`) {
		t.Errorf("GET /health: %d %s", status, body)
	}
	if status, _, body := get(t, s.url+"/health/ready"); status != 200 {
		t.Errorf("GET /health/ready: %d %s", status, body)
	}
	if status, _, _ := get(t, s.url+"/haiku-planner/stats"); status != 401 {
		t.Errorf("GET /haiku-planner/stats without a key: %d", status)
	}
	status, _, body := get(t, s.url+"/haiku-planner/stats", "Authorization", "Bearer "+masterKey)
	var stats struct{ Requests, Decomposed int }
	if json.Unmarshal([]byte(body), &stats); status != 200 || stats.Decomposed < 5 || stats.Requests <= stats.Decomposed {
		t.Errorf("GET /haiku-planner/stats: %d %s", status, body)
	}
}

func (s *stack) nonsense(t *testing.T) {
	for i, said := range []string{"I would rather not.", `{"operator":"dance"}`, ""} {
		d := write(81+uint64(i), 12_000)
		worker := reader("answer")
		worker.Plan = said
		s.use(worker.Script)
		a := post(t, s.url, "/chat/completions", ask("sonnet-4-x", d))
		if a.status != 200 {
			t.Fatalf("planner says %q: status %d: %s", said, a.status, a.body)
		}
		a.holds(t, d)
		plans := 0
		for _, c := range s.provider.up.Calls() {
			if isPlan(c) {
				plans++
			}
		}
		if plans > 2 {
			t.Errorf("the planner was asked %d times", plans)
		}
	}
}

func (s *stack) chunkFailsOnce(t *testing.T) {
	d := write(89, 12_000)
	worker := reader("answer")
	var mu sync.Mutex
	failures := map[string]upstreamtest.Reply{
		d.marks[3]:  {Status: 503, Error: "The engine is currently overloaded"},
		d.marks[16]: {Status: 429, Type: "tokens", Error: "Rate limit reached: Limit 30000, Used 29000, Requested 1800. Please try again in 200ms."},
	}
	s.use(func(c upstreamtest.Call) upstreamtest.Reply {
		mu.Lock()
		defer mu.Unlock()
		for m, r := range failures {
			if c.Schema != "" && !isPlan(c) && strings.Contains(c.User, m) {
				delete(failures, m)
				return r
			}
		}
		return worker.Script(c)
	})
	a := post(t, s.url, "/chat/completions", ask("sonnet-4-x", d)).must(t, "decomposed")
	a.holds(t, d)
	if len(failures) > 0 {
		t.Errorf("%d failures did not happen", len(failures))
	}
}

func (s *stack) chunkFails(t *testing.T) {
	fails := func(d document) func(upstreamtest.Call) upstreamtest.Reply {
		worker := reader("answer")
		return func(c upstreamtest.Call) upstreamtest.Reply {
			if c.Schema != "" && !isPlan(c) && strings.Contains(c.User, d.marks[10]) {
				return upstreamtest.Reply{Status: 400, Error: "the provider will not have this one"}
			}
			return worker.Script(c)
		}
	}
	d := write(91, 12_000)
	s.use(fails(d))
	a := post(t, s.url, "/chat/completions", ask("sonnet-4-x", d)).must(t, "forwarded")
	a.holds(t, d)

	d = write(92, 12_000)
	s.use(fails(d))
	a = post(t, s.url, "/chat/completions", ask("sonnet-4-x", d), "x-decompose", "1")
	if a.status != http.StatusBadGateway || a.fault.Type != "decomposition_failed" || !strings.Contains(a.fault.Message, "400") || a.header.Get("X-Should-Retry") != "false" {
		t.Errorf("forced: status %d, x-should-retry %q, %+v", a.status, a.header.Get("X-Should-Retry"), a.fault)
	}

	d = write(93, 12_000)
	s.use(fails(d))
	a = post(t, s.url, "/chat/completions", ask("sonnet-4-x", d, object{"stream": true}))
	if a.status != 200 || !a.done {
		t.Errorf("streamed: status %d, done %v", a.status, a.done)
	}
	a.holds(t, d)
}

func (s *stack) forbidden(t *testing.T) {
	worker := reader("answer")
	script := func(c upstreamtest.Call) upstreamtest.Reply {
		if c.Model == "fast-model" {
			return upstreamtest.Reply{Status: 403, Error: "this key may not use fast-model"}
		}
		return worker.Script(c)
	}
	d := write(95, 12_000)
	s.use(script)
	a := post(t, s.url, "/chat/completions", ask("sonnet-4-x", d)).must(t, "forwarded")
	a.holds(t, d)
	s.use(script)
	a = post(t, s.url, "/chat/completions", ask("sonnet-4-x", write(96, 12_000)), "x-decompose", "1")
	if a.status != http.StatusForbidden || !strings.Contains(a.fault.Message, "autox") || !strings.Contains(a.fault.Message, "model") {
		t.Errorf("forced: status %d, %+v; want 403 that names autox and its key in the configuration", a.status, a.fault)
	}
}

// denied is the last one: LiteLLM has calls to the model wait for a while afterwards, and says so with a 429.
func (s *stack) denied(t *testing.T) {
	worker := reader("answer")
	s.use(func(c upstreamtest.Call) upstreamtest.Reply {
		if c.Model == "deep-model" {
			return upstreamtest.Reply{Status: 401, Error: "invalid x-api-key"}
		}
		return worker.Script(c)
	})
	a := post(t, s.url, "/chat/completions", ask("sonnet-4-x", write(97, 12_000)))
	if a.status != http.StatusUnauthorized || !strings.Contains(a.fault.Message, "invalid x-api-key") || a.header.Get("X-Should-Retry") != "false" {
		t.Errorf("status %d, %+v; want 401 as the provider said it", a.status, a.fault)
	}
	var direct []int
	for _, c := range s.tap.posts() {
		if c.Header.Get("X-Decompose") == "" {
			direct = append(direct, len(c.Body))
		}
	}
	if len(direct) != 1 {
		t.Errorf("%d direct calls", len(direct))
	}
}
