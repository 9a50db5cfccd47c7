//go:build go1.25

package haikuplanner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/operator"
	"github.com/haiku-planner/haikuplanner/internal/tokens"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// stageOf is the stage of a call of ours, "direct" of the request as it came.
func stageOf(c upstreamtest.Call) string {
	if c.Header.Get(headerDecompose) != "0" {
		return "direct"
	}
	parts := strings.Split(c.Header.Get("X-Litellm-Call-Id"), "-")
	return parts[1]
}

// exchangeOf posts a body, and gives the answer and what of it is known at its end.
func exchangeOf(t *testing.T, p *Planner, body []byte, header ...string) (resp *http.Response, text []byte) {
	t.Helper()
	r, _ := http.NewRequest(http.MethodPost, "http://litellm.test/v1/chat/completions", bytes.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		if header[i+1] != "" {
			r.Header.Set(header[i], header[i+1])
		}
	}
	resp, err := p.Transport(nil).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	for name, v := range resp.Trailer {
		resp.Header[name] = v
	}
	return resp, text
}

// However a stream counts its tokens, early, late, twice, as sums so far or with less after more, each is counted once. What it costs is upstream's word, as far as that is money.
func TestUsageOfStreams(t *testing.T) {
	chunk := func(choices, usage string) string {
		return `data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[` + choices + `],"usage":` + usage + "}\n\n"
	}
	text, end := `{"index":0,"delta":{"role":"assistant","content":"It is"},"finish_reason":null}`, `{"index":0,"delta":{},"finish_reason":"stop"}`
	const all, done = `{"prompt_tokens":100,"completion_tokens":10}`, "data: [DONE]\n\n"
	for name, c := range map[string]struct{ stream, want string }{
		"late":             {chunk(text, "null") + chunk(end, "null") + chunk("", all) + done, "100 10 0.00045"},
		"with the finish":  {chunk(text, "null") + chunk(end, all) + done, "100 10 0.00045"},
		"twice":            {chunk(text, "null") + chunk(end, all) + chunk("", all) + done, "100 10 0.00045"},
		"sums so far":      {chunk(text, `{"prompt_tokens":100,"completion_tokens":4}`) + chunk(text, `{"prompt_tokens":100,"completion_tokens":8}`) + chunk(end, all) + done, "100 10 0.00045"},
		"nothing after":    {chunk(text, "null") + chunk(end, all) + chunk("", `{"prompt_tokens":0,"completion_tokens":0}`) + done, "100 10 0.00045"},
		"in two parts":     {chunk(text, `{"prompt_tokens":100}`) + chunk(end, `{"completion_tokens":10}`) + done, "100 10 0.00045"},
		"below zero":       {chunk(text, "null") + chunk(end, `{"prompt_tokens":-100,"completion_tokens":-10}`) + done, "0 0 0"},
		"its cost":         {chunk(text, "null") + chunk(end, `{"prompt_tokens":1000000,"completion_tokens":100000,"cost":0.000001}`) + done, "1000000 100000 0.000001"},
		"in binary":        {chunk(text, "null") + chunk(end, `{"prompt_tokens":100,"completion_tokens":10,"cost":6.000000000000001e-05}`) + done, "100 10 0.00006"},
		"more than money":  {chunk(text, "null") + chunk(end, `{"prompt_tokens":100,"completion_tokens":10,"cost":1e30}`) + done, "100 10 0.00045"},
		"a cost in pieces": {chunk(text, "null") + chunk(end, `{"prompt_tokens":100,"completion_tokens":10,"cost":{"total":0.5}}`) + done, "100 10 0.00045"},
	} {
		synctest.Test(t, func(t *testing.T) {
			up := marksUpstream(func(c2 upstreamtest.Call) *upstreamtest.Reply {
				if stageOf(c2) == "final" {
					return &upstreamtest.Reply{Raw: []byte(c.stream), Header: http.Header{"Content-Type": {"text/event-stream"}}}
				}
				return nil
			})
			p, _ := New(WithLiteLLM("http://litellm.test", "sk"), WithBase(up))
			resp, body := exchangeOf(t, p, marksBody(map[string]any{"stream": true, "stream_options": map[string]any{"include_usage": true}}))
			var last struct {
				Planner struct {
					Cost  json.Number `json:"total_cost"`
					Calls []struct {
						Stage      string
						Prompt     int `json:"prompt_tokens"`
						Completion int `json:"completion_tokens"`
						Cost       json.Number
					}
				} `json:"haiku_planner"`
			}
			for _, frame := range strings.Split(string(body), "\n\n") {
				if data, ok := strings.CutPrefix(frame, "data: "); ok && strings.Contains(data, "haiku_planner") {
					json.Unmarshal([]byte(data), &last)
				}
			}
			got := ""
			for _, c := range last.Planner.Calls {
				if c.Stage == "final" {
					got += fmt.Sprintf("%d %d %s", c.Prompt, c.Completion, c.Cost)
				}
			}
			if got != c.want || resp.Header.Get(headerOurs+"-Cost") != last.Planner.Cost.String() {
				t.Errorf("%s: %s, want %s; the answer cost %s by its header, %s by its object", name, got, c.want, resp.Header.Get(headerOurs+"-Cost"), last.Planner.Cost)
			}
		})
	}
}

// Costs that nobody has do not turn what is counted into a debt.
func TestCostsBeyondAllMoney(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := marksUpstream(func(c upstreamtest.Call) *upstreamtest.Reply {
			if stageOf(c) == "final" {
				return &upstreamtest.Reply{Text: "It is.", Cost: "9000000"}
			}
			return nil
		})
		p, _ := New(WithLiteLLM("http://litellm.test", "sk"), WithBase(up))
		for range 3 {
			exchangeOf(t, p, marksBody(nil))
		}
		if s := p.Stats(); s.Cost != maxMoney || s.Saved > 0 {
			t.Errorf("%s", s)
		}
	})
}

// A wait that upstream asks for, and that cannot be met in time, is waited for by nobody, whichever call heard of it, and whether the headers of a stream are out or not.
func TestWaitsBeyondTheTime(t *testing.T) {
	for _, stage := range []string{"planner", "map", "final"} {
		for _, status := range []int{429, 503} {
			for _, late := range []bool{false, true} {
				for _, stream := range []bool{false, true} {
					for _, force := range []string{"", "1"} {
						synctest.Test(t, func(t *testing.T) {
							began, direct := time.Now(), atomic.Int32{}
							up := marksUpstream(func(c upstreamtest.Call) *upstreamtest.Reply {
								if s := stageOf(c); s == stage && !(s == "final" && len(c.Body) > 20_000) {
									r := upstreamtest.Reply{Status: status, Error: "slow down", Header: http.Header{"Retry-After": {"3600"}}}
									if late {
										r.Delay = 15 * time.Second
									}
									return &r
								}
								if len(c.Body) > 20_000 {
									direct.Add(1)
								}
								return nil
							})
							p, _ := New(WithLiteLLM("http://litellm.test", "sk"), WithBase(up))
							resp, text := exchangeOf(t, p, marksBody(map[string]any{"stream": stream}), headerDecompose, force)
							what := fmt.Sprintf("%s %d late=%v stream=%v force=%s", stage, status, late, stream, force)
							if d := time.Since(began); d > 40*time.Second {
								t.Errorf("%s: it took %v", what, d)
							}
							answered := bytes.Contains(text, []byte("MARK-0")) && !bytes.Contains(text, []byte(`"error"`))
							if auto := force == ""; answered != auto || (direct.Load() == 1) != auto {
								t.Errorf("%s: %d direct calls, status %d: %s", what, direct.Load(), resp.StatusCode, text)
							}
							if want := map[int]int{429: 429, 503: 502}[status]; force != "" && !(late && stream) && (resp.StatusCode != want || want == 429 && resp.Header.Get("Retry-After") != "3600") {
								t.Errorf("%s: %d %v", what, resp.StatusCode, resp.Header)
							}
							if h := held(p, up); h != "" {
								t.Error(h)
							}
						})
					}
				}
			}
		}
	}
}

// What is set aside for the final model is there for its first call, be that one that settles what passages say differently. Only what really does not fit is refused.
func TestHoldIsForTheFinalModel(t *testing.T) {
	const plan = `{"operator":"extract","dependence":"none","confidence":0.95,"instruction_paragraphs":[1],"question":"Which ships and captains are there?"}`
	format := map[string]any{"type": "json_schema", "json_schema": map[string]any{"name": "s", "schema": map[string]any{"type": "object", "required": []string{"captain", "ships"}, "additionalProperties": false,
		"properties": map[string]any{"captain": map[string]string{"type": "string"}, "ships": map[string]any{"type": "array", "items": map[string]string{"type": "string"}}}}}}
	statuses := map[int]int{}
	for cap := 10; cap <= 80; cap += 2 {
		synctest.Test(t, func(t *testing.T) {
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				used := &upstreamtest.Usage{Prompt: len(c.Body) / 4, Completion: 60}
				switch stageOf(c) {
				case "planner":
					return upstreamtest.Reply{Text: plan, Usage: used}
				case "map":
					return upstreamtest.Reply{Text: fmt.Sprintf(`{"captain":"captain %d","ships":["ship %d"]}`, len(c.Body), len(c.Body)), Usage: used}
				}
				return upstreamtest.Reply{Text: `{"/captain":"Ann"}`, Usage: used}
			})
			refused := ""
			p, _ := New(WithLiteLLM("http://litellm.test", "sk"), WithBase(up), WithObserver(func(e Event) {
				if errors.Is(e.Err, errOverBudget) {
					refused = e.Stage
				}
			}))
			resp, text := exchangeOf(t, p, marksBody(map[string]any{"response_format": format}), headerDecompose, "1", headerMaxCost, fmt.Sprintf("0.%03d", cap))
			statuses[resp.StatusCode]++
			var need, limit, spent float64
			if _, said, ok := strings.Cut(string(text), "the next call may cost "); ok {
				fmt.Sscanf(said, "%f dollars, which the cap of %f does not leave: spent %f,", &need, &limit, &spent)
				if refused == "merge" && need+spent <= limit {
					t.Errorf("cap 0.%03d: %s", cap, text)
				}
			} else if resp.StatusCode != 200 && !strings.Contains(string(text), "estimated to cost") {
				t.Errorf("cap 0.%03d: %d %s", cap, resp.StatusCode, text)
			}
			if h := held(p, up); h != "" {
				t.Error(h)
			}
		})
	}
	if statuses[200] == 0 || statuses[402] == 0 {
		t.Errorf("statuses %v", statuses)
	}
}

// What is held for a call that is not even tried is given back.
func TestHoldOfACallThatIsNotTried(t *testing.T) {
	p, _ := New()
	request, _ := http.NewRequest(http.MethodPost, "http://litellm.test/v1/chat/completions", nil)
	r := p.newRun(&look{http: request, cfg: &p.cfg, p: p}, "large", nil)
	defer r.stop(nil)
	r.money = newLedger(100, true)
	hold, _ := r.money.hold(60)
	refused := errors.New("come back in an hour")
	r.pause.until(time.Now().Add(time.Hour), refused)
	if _, _, err := r.do(r.ctx, &upstreamCall{hold: hold}); err != refused || r.money.reserved() != 0 {
		t.Errorf("%v, and %d are reserved", err, r.money.reserved())
	}
}

// Where there is no connection nothing was spent: the cap is not charged for it, the direct call is still made, and clients may try again.
func TestNoConnectionCostsNothing(t *testing.T) {
	for _, stream := range []bool{false, true} {
		for _, stage := range []string{"planner", "map", "final"} {
			for _, force := range []string{"", "1"} {
				synctest.Test(t, func(t *testing.T) {
					up := marksUpstream(nil)
					var tries atomic.Int32
					p, _ := New(WithLiteLLM("http://litellm.test", "sk"), WithBase(tripper(func(r *http.Request) (*http.Response, error) {
						if strings.Contains(r.Header.Get("X-Litellm-Call-Id"), "-"+stage+"-") {
							tries.Add(1)
							return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
						}
						return up.RoundTrip(r)
					})))
					resp, text := exchangeOf(t, p, marksBody(map[string]any{"stream": stream, "max_tokens": 100}), headerDecompose, force, headerMaxCost, map[string]string{"planner": "0.0625", "map": "0.0625", "final": "0.07"}[stage])
					if stage == "planner" || force == "" {
						if resp.StatusCode != 200 || !bytes.Contains(text, []byte("MARK-0")) {
							t.Errorf("%s stream=%v force=%s: %d %s", stage, stream, force, resp.StatusCode, text)
						}
					} else if resp.StatusCode != 502 || resp.Header.Get(headerOurs+"-Cost") == "0" {
						t.Errorf("%s stream=%v: %d %v %s", stage, stream, resp.StatusCode, resp.Header, text)
					}
					if n := tries.Load(); n < 4 {
						t.Errorf("%s stream=%v: %d tries", stage, stream, n)
					}
				})
			}
		}
	}
	prices := WithPrices(map[string]Price{"autox": {Dollar / 4_000_000, Dollar / 800_000}, "sonnet-4-x": {Dollar * 3 / 1_000_000, Dollar * 15 / 1_000_000}})
	p, _ := New(WithRules(), prices, WithBase(tripper(func(r *http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	})))
	synctest.Test(t, func(t *testing.T) {
		if resp, text := exchangeOf(t, p, marksBody(nil), headerDecompose, "1"); resp.StatusCode != 502 || resp.Header.Get(headerRetry) != "" {
			t.Errorf("%d %v %s", resp.StatusCode, resp.Header, text)
		}
	})
}

// Wherever total_timeout is met, the answer is there at that moment and says so: with 504, or in a stream whose headers are out with an error frame and its end. A client that
// leaves ends what runs for it in the same moment.
func TestEndOfTimeInEachStage(t *testing.T) {
	for _, stage := range []string{"planner", "map", "final", "answer"} { // answer: while it is written
		for _, stream := range []bool{false, true} {
			for _, leaves := range []time.Duration{0, 20 * time.Second} {
				synctest.Test(t, func(t *testing.T) {
					up := marksUpstream(func(c upstreamtest.Call) *upstreamtest.Reply {
						switch s := stageOf(c); {
						case s == stage:
							return &upstreamtest.Reply{Delay: time.Hour}
						case s == "final" && stage == "answer" && c.Stream:
							return &upstreamtest.Reply{Text: strings.Repeat("word ", 100), Pause: 11 * time.Second}
						case s == "final" && stage == "answer":
							return &upstreamtest.Reply{Text: "word", Delay: time.Hour}
						}
						return nil
					})
					cfg := DefaultConfig()
					cfg.TotalTimeout, cfg.ChunkTimeout, cfg.PlannerTimeout = 50*time.Second, 45*time.Second, 55*time.Second // no two at one moment
					p, err := New(WithConfig(cfg), WithLiteLLM("http://litellm.test", "sk"), WithBase(up))
					if err != nil {
						t.Fatal(err)
					}
					ctx, cancel := context.WithCancel(context.Background())
					defer cancel()
					began, want := time.Now(), cfg.TotalTimeout
					if leaves > 0 {
						defer time.AfterFunc(leaves, cancel).Stop()
						want = leaves
					}
					r, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://litellm.test/v1/chat/completions", bytes.NewReader(marksBody(map[string]any{"stream": stream})))
					var text []byte
					resp, err := p.Transport(nil).RoundTrip(r)
					if err == nil {
						text, err = io.ReadAll(resp.Body)
						resp.Body.Close()
					}
					what := fmt.Sprintf("%s stream=%v leaves=%v", stage, stream, leaves)
					if d := time.Since(began); d != want {
						t.Errorf("%s: it took %v", what, d)
					}
					switch said := bytes.Contains(text, []byte(`"type":"timeout"`)); {
					case leaves > 0:
						if !errors.Is(err, context.Canceled) {
							t.Errorf("%s: %v %s", what, err, text)
						}
					case err != nil || !said || stream != bytes.HasSuffix(text, []byte("data: [DONE]\n\n")) || !stream && resp.StatusCode != http.StatusGatewayTimeout:
						t.Errorf("%s: %v %s", what, err, text)
					}
					if h := held(p, up); h != "" {
						t.Errorf("%s: %s", what, h)
					}
				})
			}
		}
	}
}

// What LiteLLM says of prices while a request runs is for the next one: a request is planned, bounded and paid by the same prices.
func TestPricesChangeWhileARequestRuns(t *testing.T) {
	for _, stream := range []bool{false, true} {
		costs := map[string]bool{}
		for name, models := range map[string][]upstreamtest.Model{
			"the same": upstreamtest.DefaultModels(),
			"none":     nil,
			"dearer":   {{Name: "autox", Provider: "openai/a", Input: "2.5e-05", Output: "1.25e-04"}, {Name: "sonnet-4-x", Provider: "openai/b", Input: "3e-04", Output: "1.5e-03"}},
		} {
			synctest.Test(t, func(t *testing.T) {
				up := marksUpstream(func(c upstreamtest.Call) *upstreamtest.Reply {
					if stageOf(c) == "map" {
						return &upstreamtest.Reply{Text: upstreamtest.Fill(c.SchemaRaw, nil), Delay: time.Minute}
					}
					return nil
				})
				cfg := DefaultConfig()
				cfg.MaxChunks, cfg.TotalTimeout = 1, time.Hour
				p, err := New(WithConfig(cfg), WithLiteLLM("http://litellm.test", "sk"), WithBase(up))
				if err != nil {
					t.Fatal(err)
				}
				for _, after := range []time.Duration{2, 6} {
					defer time.AfterFunc(after*time.Minute, func() {
						up.SetModels(models...)
						p.models.refresh(context.Background()) // as others do
					}).Stop()
				}
				resp, text := exchangeOf(t, p, marksBody(map[string]any{"stream": stream}), headerMaxCost, "0.06")
				if resp.StatusCode != 200 || resp.Header.Get(headerOurs) != "decomposed" || bytes.Contains(text, []byte(`"error"`)) || up.Lookups() != 2 {
					t.Errorf("%s, stream=%v: %d %v after %d look-ups: %s", name, stream, resp.StatusCode, resp.Header, up.Lookups(), text)
				}
				costs[resp.Header.Get(headerOurs+"-Cost")] = true
			})
		}
		if len(costs) != 1 {
			t.Errorf("stream=%v: the costs are %v", stream, costs)
		}
	}
}

// Calls to the model that x-quality names are not calls to the one that the request names, whatever they are for: what upstream says of it is not said of the other.
func TestQualityNamesTheModelOfAllCalls(t *testing.T) {
	p, _ := New()
	for quality, want := range map[string]string{"": " fast_execution_model", "fast": "fast_execution_model fast_execution_model", "deep": "deep_execution_model deep_execution_model"} {
		request, _ := http.NewRequest(http.MethodPost, "http://litellm.test/v1/chat/completions", nil)
		l := &look{http: request, cfg: &p.cfg, p: p, ctl: controls{quality: quality}, model: p.models.facts("sonnet-4-x")}
		r := p.newRun(l, "large", nil)
		defer r.stop(nil)
		final, fast := r.ours(operator.Call{Role: operator.Final}), r.ours(operator.Call{Role: operator.Fast})
		if got := final.key + " " + fast.key; got != want || (final.model.name == "sonnet-4-x") != (quality != "fast") {
			t.Errorf("x-quality %q: %s, the final model is %s", quality, got, final.model.name)
		}
	}
}

// Who plans makes no difference to what a cap binds: without a price it is refused, with prices that it does not cover the direct call is made where that fits.
func TestCapsWhoeverPlans(t *testing.T) {
	small := []byte(`{"model":"sonnet-4-x","messages":[{"role":"user","content":"Say hello."}]}`)
	dear := WithPrices(map[string]Price{"autox": {20_000_000, 100_000_000}, "sonnet-4-x": {250_000, 1_250_000}})
	cfg := DefaultConfig()
	cfg.CostOptimizationEnabled = false
	for _, c := range []struct {
		body   []byte
		prices Option
		force  string
		want   string
	}{
		{marksBody(nil), nil, "", "402 decomposed large, 0 calls"},
		{marksBody(nil), nil, "1", "402 decomposed header, 0 calls"},
		{small, nil, "1", "402 decomposed header, 0 calls"},
		{small, WithPrices(map[string]Price{"autox": {1, 1}, "sonnet-4-x": {1, 1}}), "1", "200 decomposed header, 1 calls"},
		{marksBody(nil), dear, "", "200 forwarded direct-is-cheaper, 1 calls"},
		{marksBody(nil), dear, "1", "402 decomposed header, 0 calls"},
	} {
		for _, rules := range []Option{nil, WithRules()} {
			synctest.Test(t, func(t *testing.T) {
				up := marksUpstream(nil)
				up.SetModels()
				p, _ := New(WithConfig(cfg), WithLiteLLM("http://litellm.test", "sk"), WithBase(up), rules, c.prices)
				resp, text := exchangeOf(t, p, c.body, headerMaxCost, "0.1", headerDecompose, c.force)
				got := fmt.Sprintf("%d %s %s, %d calls", resp.StatusCode, resp.Header.Get(headerOurs), resp.Header.Get(headerOurs+"-Reason"), len(up.Calls()))
				if got != c.want {
					t.Errorf("rules=%v: %s, want %s: %s", rules != nil, got, c.want, text)
				}
			})
		}
	}
}

// What a final call reads beside the texts of the plan, and as much as it may write, is in the estimate and set aside before it starts: tools, schemas, images, a long system text.
func TestWorstCaseOfAFinalCall(t *testing.T) {
	long := strings.Repeat("The rules of the harbour office bind every report of it. ", 400)
	object := map[string]any{"type": "object", "properties": map[string]any{"x": map[string]any{"type": "string", "description": long}}}
	var images []any
	for range 4 {
		images = append(images, map[string]any{"type": "image_url", "image_url": map[string]any{"url": "data:image/png;base64,AAAA"}})
	}
	turn := func(system string, content any) []any {
		return []any{map[string]any{"role": "system", "content": system}, map[string]any{"role": "user", "content": content}}
	}
	for name, fields := range map[string]map[string]any{
		"tools":    {"tools": []any{map[string]any{"type": "function", "function": map[string]any{"name": "f", "parameters": object}}}},
		"a schema": {"messages": turn("", "Say hello."), "response_format": map[string]any{"type": "json_schema", "json_schema": map[string]any{"name": "s", "schema": object}}},
		"images":   {"messages": turn("", images)},
		"system":   {"messages": turn(long, "Say hello.")},
	} {
		synctest.Test(t, func(t *testing.T) {
			price := Price{3_000_000, 15_000_000}
			var spent Money
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				if c.Model == "autox" {
					return upstreamtest.Reply{Text: upstreamtest.Fill(c.SchemaRaw, nil), Usage: &upstreamtest.Usage{Prompt: 1, Completion: 1}}
				}
				read := tokens.ForModel(c.Model).Count(c.System + c.User)
				if fields["messages"] == nil || fields["response_format"] != nil {
					read += tokens.ForModel(c.Model).Count(long)
				}
				read += 1600 * strings.Count(string(c.Body), "image_url\":{")
				spent = price.Cost(read, c.MaxTokens)
				return upstreamtest.Reply{Text: `{"x":"hello"}`, Usage: &upstreamtest.Usage{Prompt: read, Completion: c.MaxTokens}}
			})
			up.SetModels()
			p, _ := New(WithRules(), WithBase(up), WithPrices(map[string]Price{"autox": {1, 1}, "sonnet-4-x": price}))
			body := marksBody(fields)
			r, _ := http.NewRequest(http.MethodPost, "http://litellm.test/v1/chat/completions", bytes.NewReader(body))
			r.Header.Set(headerDecompose, "1")
			plan, err := p.Plan(t.Context(), r)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if resp, text := exchangeOf(t, p, body, headerDecompose, "1"); resp.StatusCode != 200 || spent == 0 || *plan.Estimate.WorstCase < spent {
				t.Errorf("%s: %s were spent, at most %s were planned: %s", name, spent, plan.Estimate.WorstCase, text)
			}
			up.Reset()
			if resp, _ := exchangeOf(t, p, marksBody(fields), headerDecompose, "1", headerMaxCost, "0.01"); resp.StatusCode != http.StatusPaymentRequired {
				t.Errorf("%s: status %d after %d calls", name, resp.StatusCode, len(up.Calls()))
			}
		})
	}
}
