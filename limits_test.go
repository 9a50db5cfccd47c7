package haikuplanner_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/tokens"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

func TestCapRefusesBeforeSpending(t *testing.T) {
	big := message{"user", "List every line that starts with MARK-.\n\n" + document(50_000)}
	for _, stream := range []bool{false, true} {
		for _, header := range [][]string{{"x-max-cost", "0.001"}, {"x-max-cost", "0.001", "x-decompose", "1"}, {"x-max-cost", "0"}, {"x-max-cost", "0.001", "x-decompose", "0"}} {
			up := upstreamtest.New(marks().Script)
			p := newPlanner(t, up)
			a := send(t, p, body("sonnet-4-x", map[string]any{"stream": stream}, big), header...)
			if a.Status != 402 || a.Error.Type != "budget_exceeded" || a.Error.Code != "402" || len(up.Calls()) > 1 {
				t.Errorf("%v: status %d, %d calls, %+v", header, a.Status, len(up.Calls()), a.Error)
			}
			if a.Header.Get("X-Haiku-Planner") == "forwarded" || !strings.Contains(a.Error.Message, "dollars") {
				t.Errorf("%v: %s", header, a.Error.Message)
			}
		}
	}
}

func TestCapBindsForwardedRequests(t *testing.T) {
	up := upstreamtest.New(nil)
	p := newPlanner(t, up)
	small := body("sonnet-4-x", map[string]any{"max_tokens": 1000}, message{"user", "hello"})
	if a := send(t, p, small, "x-max-cost", "0.014"); a.Status != 402 || len(up.Calls()) != 0 {
		t.Errorf("1,000 tokens at 15 dollars a million under 0.014: status %d, %d calls", a.Status, len(up.Calls()))
	}
	if a := send(t, p, small, "x-max-cost", "0.016"); a.Status != 200 || a.Header.Get("X-Haiku-Planner") != "forwarded" {
		t.Errorf("under 0.016: status %d", a.Status)
	}
	long := document(20_000) // 0.06 dollars
	tool := map[string]any{"type": "function", "function": map[string]any{"name": "f", "description": long}}
	call := map[string]any{"role": "assistant", "content": nil, "tool_calls": []any{map[string]any{"id": "1", "type": "function", "function": map[string]any{"name": "f", "arguments": long}}}}
	var images []any
	for range 20 {
		images = append(images, map[string]any{"type": "image_url", "image_url": map[string]any{"url": "https://example.test/a.png"}})
	}
	for name, fields := range map[string]map[string]any{
		"a tool":      {"tools": []any{tool}, "messages": []any{message{"user", "hello"}}},
		"a tool call": {"messages": []any{message{"user", "hello"}, call}},
		"answers":     {"messages": []any{message{"user", "hello"}}, "max_tokens": 1000, "n": 5},
		"images":      {"messages": []any{message{"user", images}}},
	} {
		b := body("sonnet-4-x", fields)
		if a := send(t, p, b, "x-max-cost", "0.05"); a.Status != 402 {
			t.Errorf("%s under 0.05: status %d", name, a.Status)
		}
		if a := send(t, p, b, "x-max-cost", "0.2"); a.Status != 200 {
			t.Errorf("%s under 0.2: status %d", name, a.Status)
		}
	}
}

func TestCapWithoutAPrice(t *testing.T) {
	up := upstreamtest.New(marks().Script)
	p := newPlanner(t, up)
	a := send(t, p, body("nobody-knows", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}), "x-max-cost", "0.5")
	if a.Status != 402 || !strings.Contains(a.Error.Message, "nobody-knows") || len(up.Calls()) != 0 {
		t.Errorf("status %d, %d calls, %s", a.Status, len(up.Calls()), a.Error.Message)
	}
}

// What pilots' replies come to corrects the estimate before the others are asked: what will not fit the cap is not begun, and what the direct call does for less
// is its own.
func TestPilotsCorrectTheEstimate(t *testing.T) {
	prices := haikuplanner.WithPrices(map[string]haikuplanner.Price{"autox": {Input: 250_000, Output: 20_000_000}}) // 0.25 and 20 dollars a million
	for _, c := range []struct {
		name       string
		completion int // of each map call, of the pilots alone where their name says so
		header     []string
		status     int
		reason     string
		dear       bool // the rest was not begun
	}{
		{"as expected", 100, nil, 200, "large", false},
		{"wordy beyond the cap, forced", 1000, []string{"x-max-cost", "0.15", "x-decompose", "1"}, 402, "header", true},
		{"wordy beyond the direct call", 1000, nil, 200, "direct-is-cheaper", true},
		{"wordy, and the direct call too much after that", 1000, []string{"x-max-cost", "0.115"}, 402, "", true},
		{"wordy pilots that count once", 1000, []string{"x-max-cost", "0.2", "x-decompose", "1"}, 200, "header", false},
		{"wordy but forced", 1000, []string{"x-decompose", "1"}, 200, "header", false},
	} {
		for _, stream := range []bool{false, true} {
			var maps atomic.Int32
			up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
				switch {
				case isAdvice(call):
					return upstreamtest.Reply{Text: "no"}
				case call.Model == "autox":
					r := marks().Script(call)
					r.Usage = &upstreamtest.Usage{Prompt: 2200, Completion: c.completion}
					if maps.Add(1) > 2 && strings.Contains(c.name, "pilots") {
						r.Usage.Completion = 100
					}
					return r
				}
				return upstreamtest.Reply{Text: "final"}
			})
			a := send(t, newPlanner(t, up, prices), body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", "How many lines start with MARK-?\n\n" + document(20_000)}), c.header...)
			if a.Status != c.status || a.Status == 200 && a.Header.Get("X-Haiku-Planner-Reason") != c.reason || c.dear != (maps.Load() <= 4) {
				t.Errorf("%s, stream %v: status %d, reason %q, %d calls for chunks, %s", c.name, stream, a.Status, a.Header.Get("X-Haiku-Planner-Reason"), maps.Load(), a.Error.Message)
			}
			if a.Status == 402 && !strings.Contains(a.Error.Message, "after 2 of ") {
				t.Errorf("%s: %s", c.name, a.Error.Message)
			}
		}
	}
}

// However calls end, spent money stays under the cap, and a run that meets it says so.
func TestSpentNeverPassesTheCap(t *testing.T) {
	for _, cap := range []string{"0.008", "0.012", "0.02", "0.03", "0.05", "0.2"} {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			r := marks().Script(c)
			if c.Model == "autox" && c.Schema != "advice" { // wordy, and refused half of the time
				r.Usage = &upstreamtest.Usage{Prompt: 2200, Completion: c.MaxTokens}
				if c.N%2 == 0 {
					return upstreamtest.Reply{Text: "x", Finish: "length", Usage: r.Usage}
				}
			}
			return r
		})
		p := newPlanner(t, up)
		a := send(t, p, body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(20_000)}), "x-max-cost", cap, "x-decompose", "1")
		spent := p.Stats().Cost
		limit, _ := haikuplanner.ParseMoney(cap)
		if spent > limit-limit/5 {
			t.Errorf("cap %s: spent %s", cap, spent)
		}
		if a.Status != 200 && a.Status != 402 && a.Status != 502 { // 502: cut by length however often it was split
			t.Errorf("cap %s: status %d %s", cap, a.Status, a.Error.Message)
		}
		if a.Status == 402 && spent > 0 && a.Header.Get("X-Should-Retry") != "false" {
			t.Errorf("cap %s: x-should-retry is %q after %s dollars", cap, a.Header.Get("X-Should-Retry"), spent)
		}
	}
}

func TestComposeIsStitched(t *testing.T) {
	outline := `{"sections":[{"title":"Routes","brief":"the routes","words":400},{"title":"Storage","brief":"the tables","words":400},{"title":"Tests","brief":"the tests","words":400}]}`
	for _, stream := range []bool{false, true} {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			if isAdvice(c) {
				return upstreamtest.Reply{Text: "no"}
			}
			if c.Schema == "outline" {
				return upstreamtest.Reply{Text: outline}
			}
			return upstreamtest.Reply{Text: fmt.Sprintf("text of call %d about its own part.", c.N)}
		})
		p := newPlanner(t, up)
		a := send(t, p, body("sonnet-4-x", map[string]any{"max_tokens": 20000, "stream": stream}, message{"user", "create a REST API for a book shop, with routes, storage and tests"}), "x-decompose", "1")
		if a.Status != 200 || a.Header.Get("X-Haiku-Planner-Operator") != "compose" {
			t.Fatalf("status %d, operator %q: %s", a.Status, a.Header.Get("X-Haiku-Planner-Operator"), a.Body)
		}
		at := -1
		for _, title := range []string{"Routes", "Storage", "Tests"} {
			if n := strings.Count(a.Content, title); n != 1 {
				t.Errorf("%q stands %d times in the answer:\n%s", title, n, a.Content)
			}
			if i := strings.Index(a.Content, title); i < at {
				t.Errorf("%q is out of order", title)
			} else {
				at = i
			}
		}
		if a.Finish != "stop" {
			t.Errorf("finish %q", a.Finish)
		}
	}
}

func isAdvice(c upstreamtest.Call) bool { return c.Schema == "advice" }

func TestContinueIsOneAnswer(t *testing.T) {
	for _, stream := range []bool{false, true} {
		pieces := []string{"one two three four five six seven ", "eight nine ten and then we have, after a little pause, eleven and twelve ", "thirteen fourteen. The end."}
		first := ""
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			header := http.Header{"X-Request-Id": {fmt.Sprint("r-", c.N)}}
			if first == "" {
				first = header.Get("X-Request-Id")
			}
			n := 0
			for _, m := range c.Messages {
				if m.Role == "assistant" {
					n++
				}
			}
			if n >= len(pieces) {
				n = len(pieces) - 1
			}
			if strings.Contains(c.Messages[len(c.Messages)-1].Text, "twelve") || len(c.Messages) > 1 && strings.Contains(c.Messages[1].Text, "twelve") {
				n = 2
			}
			finish := "length"
			if n == len(pieces)-1 {
				finish = "stop"
			}
			return upstreamtest.Reply{Text: pieces[n], Finish: finish, Header: header}
		})
		p := newPlanner(t, up)
		a := send(t, p, body("sonnet-4-x", map[string]any{"max_tokens": 20000, "stream": stream}, message{"user", "Count to fourteen in words."}))
		if want := strings.Join(pieces, ""); a.Content != want || a.Finish != "stop" || a.Header.Get("X-Haiku-Planner-Operator") != "continue" {
			t.Errorf("stream=%v: %q, finish %q, operator %q", stream, a.Content, a.Finish, a.Header.Get("X-Haiku-Planner-Operator"))
		}
		if got := a.Header.Get("X-Request-Id"); got != first { // a stream's headers are those of the first call, and so are all
			t.Errorf("stream=%v: the header is that of %q, not of %q", stream, got, first)
		}
	}
}

// TestRescue has LiteLLM's own words of refusal for size, and one that means "wait".
func TestRescue(t *testing.T) {
	for _, c := range []struct {
		name    string
		refusal upstreamtest.Reply
		header  []string
		rescued bool
	}{
		{"context window", upstreamtest.Reply{Status: 400, Error: "litellm.ContextWindowExceededError: litellm.BadRequestError: AnthropicException - prompt is too long: 9400 tokens > 8000 maximum"}, nil, true},
		{"413", upstreamtest.Reply{Status: 413, Error: "litellm.APIError: request_too_large: Request exceeds the maximum size"}, nil, true},
		{"429 above the limit", upstreamtest.Reply{Status: 429, Error: "litellm.RateLimitError: Request too large for gpt-4 on tokens per min (TPM): Limit 30000, Requested 342389. The input or output tokens must be reduced"}, nil, true},
		{"429 to wait", upstreamtest.Reply{Status: 429, Error: "litellm.RateLimitError: Rate limit reached on tokens per min (TPM): Limit 30000, Used 29000, Requested 2389. Please try again in 2s."}, nil, false},
		{"forbidden", upstreamtest.Reply{Status: 413, Error: "request_too_large"}, []string{"x-decompose", "0"}, false},
		{"another 400", upstreamtest.Reply{Status: 400, Error: "messages: roles must alternate"}, nil, false},
	} {
		for _, stream := range []bool{false, true} {
			up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
				if call.Model == "small-window" && len(call.User) > 20_000 {
					return c.refusal
				}
				return marks().Script(call)
			})
			p := newPlanner(t, up, haikuplanner.WithThreshold(20_000))
			a := send(t, p, body("small-window", map[string]any{"stream": stream}, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}), c.header...)
			if c.rescued {
				if a.Status != 200 || a.Header.Get("X-Haiku-Planner-Reason") != "rescue" {
					t.Errorf("%s: status %d, header %v", c.name, a.Status, a.Header)
				}
				allMarks(t, a.Content)
			} else if a.Status != c.refusal.Status || a.Header.Get("X-Haiku-Planner") != "forwarded" || !strings.Contains(string(a.Body), c.refusal.Error[:10]) {
				t.Errorf("%s: status %d, body %s", c.name, a.Status, a.Body)
			}
		}
	}
}

// What the planner would rather leave in one piece is decomposed when upstream does not take it in one piece, be that asked before the planner or after it.
func TestRescueOfWhatDoesNotDecompose(t *testing.T) {
	const whole = `{"instruction_paragraphs":[1],"operator":"answer","dependence":"global","confidence":0.95,"question":"Which lines start with MARK-?","unit":"","labels":[],"order":"source","conflict":"both","language":"","words":0,"sections":[],"parallel":true,"glossary":false,"digest":""}`
	for _, threshold := range []int{8000, 20_000} {
		for _, stream := range []bool{false, true} {
			w := marks()
			w.Plan = whole
			up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
				if isDirect(call) {
					return upstreamtest.Reply{Status: 400, Error: "litellm.ContextWindowExceededError: prompt is too long"}
				}
				return w.Script(call)
			})
			p := newPlanner(t, up, haikuplanner.WithThreshold(threshold))
			a := send(t, p, body("sonnet-4-x", map[string]any{"stream": stream, "stream_options": map[string]any{"include_usage": true}}, message{"user", "Judge these lines.\n\n" + document(9500)}))
			if a.Status != 200 || a.Header.Get("X-Haiku-Planner-Reason") != "rescue" {
				t.Errorf("%d: status %d, header %v, %.300s", threshold, a.Status, a.Header, a.Body)
				continue
			}
			allMarks(t, a.Content)
			planners := 0
			for _, c := range up.Calls() {
				if isPlanner(c) {
					planners++
				}
				if id := a.Header.Get("X-Haiku-Planner-Id"); !isDirect(c) && c.Header.Get("X-Litellm-Trace-Id") != id {
					t.Errorf("%d: a call of %s is booked on %s", threshold, id, c.Header.Get("X-Litellm-Trace-Id"))
				}
			}
			stats := p.Stats()
			if calls := len(up.Calls()); planners != 1 || len(a.Planner.Calls) != calls-1 || int(stats.Calls) != calls-1 || stats.Prompt != int64(a.Usage.Prompt) || stats.Saved != stats.DirectCost-stats.Cost || stats.Requests != 1 || stats.Decomposed != 1 || len(stats.Forwarded) != 0 || stats.InFlight != 0 {
				t.Errorf("%d: %d planner calls, %d of %d calls in the answer, usage %+v, %s", threshold, planners, len(a.Planner.Calls), calls, a.Usage, stats)
			}
		}
	}
}

// What was decomposed in vain is not decomposed again when upstream refuses it for its size, and keeps no room.
func TestFallbackIsNotRescued(t *testing.T) {
	up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
		if isDirect(call) {
			return upstreamtest.Reply{Status: 400, Error: "litellm.ContextWindowExceededError: prompt is too long"}
		}
		return upstreamtest.Reply{Status: 400, Error: "boom"}
	})
	b := body("sonnet-4-x", nil, message{"user", listMarks + document(30_000)})
	for threshold, reason := range map[int]string{8000: "fallback", 100_000: "rescue-failed"} {
		p := newPlanner(t, up, haikuplanner.WithRules(), with(func(c *haikuplanner.Config) {
			c.LargeRequestThreshold, c.MaxBodyBytes, c.MaxBufferedBytes = threshold, 300_000, 300_000
		}))
		for range 4 {
			if a := send(t, p, b); a.Status != 400 || a.Header.Get("X-Haiku-Planner-Reason") != reason {
				t.Errorf("status %d, header %v", a.Status, a.Header)
			}
		}
	}
}

// LiteLLM's own tpm limits say no numbers: what is above the model's can never pass, what is below has to wait.
func TestRescueAboveTPM(t *testing.T) {
	for tpm, rescued := range map[int]bool{5000: true, 50_000: false} {
		up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
			if call.Model == "sonnet-4-x" && len(call.User) > 20_000 {
				return upstreamtest.Reply{Status: 429, Error: "No deployments available for selected model, Try again in 5 seconds. Passed model=sonnet-4-x."}
			}
			return marks().Script(call)
		})
		list := upstreamtest.DefaultModels()
		list[1].TPM = tpm
		up.SetModels(list...)
		a := send(t, newPlanner(t, up, haikuplanner.WithThreshold(20_000)), body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}))
		if rescued != (a.Status == 200 && a.Header.Get("X-Haiku-Planner-Reason") == "rescue") || !rescued && a.Status != 429 {
			t.Errorf("tpm %d: status %d, %v", tpm, a.Status, a.Header)
		}
	}
}

func TestBodyLimit(t *testing.T) {
	small := func(c *haikuplanner.Config) { c.MaxBodyBytes = 10_000 }
	big := body("sonnet-4-x", nil, message{"user", document(9500)})
	for _, chunked := range []bool{false, true} {
		for _, forced := range []bool{false, true} {
			up := upstreamtest.New(nil)
			p := newPlanner(t, up, with(small))
			r, _ := http.NewRequest("POST", upstreamURL+"/chat/completions", nil)
			sent := bytes.NewReader(big)
			r.Body, r.ContentLength = io.NopCloser(sent), int64(len(big))
			if chunked {
				r.ContentLength = -1
			}
			if forced {
				r.Header.Set("x-decompose", "1")
			}
			a := do(t, p, r)
			if forced && (a.Status != 413 || len(up.Calls()) != 0) {
				t.Errorf("forced, chunked=%v: status %d", chunked, a.Status)
			}
			if sent.Len() > 0 {
				t.Errorf("forced=%v, chunked=%v: %d bytes were not read, so that the client cannot see the answer", forced, chunked, sent.Len())
			}
			if !forced && (a.Status != 200 || !bytes.Equal(up.Calls()[0].Body, big)) {
				t.Errorf("chunked=%v: status %d", chunked, a.Status)
			}
		}
	}
}

// A long chat whose last turn is short: the latest turns stay in the conversation, roles alternate, the older ones are read.
func TestLongChat(t *testing.T) {
	doc := strings.Split(document(20_000), "\n")
	var turns []message
	for i := 0; i+12 < len(doc); i += 12 {
		role := "user"
		if len(turns)%2 == 1 {
			role = "assistant"
		}
		turns = append(turns, message{role, strings.Join(doc[i:i+12], "\n")})
	}
	if len(turns)%2 == 0 {
		turns = append(turns, message{"user", "And?"}, message{"assistant", "The latest thing I said was blue."})
	} else {
		turns = append(turns, message{"assistant", "The latest thing I said was blue."})
	}
	turns = append(turns, message{"user", "List every line that starts with MARK-, and say what you said last."})
	up := upstreamtest.New(marks().Script)
	p := newPlanner(t, up)
	a := send(t, p, body("sonnet-4-x", nil, turns...))
	if a.Header.Get("X-Haiku-Planner") != "decomposed" {
		t.Fatalf("%v %s", a.Header, a.Body)
	}
	for i := range 20 { // the last may stand in the lines that the cut into turns left over
		if want := fmt.Sprintf("MARK-%02d: animal%d", i, i*i+3); !strings.Contains(a.Content, want) {
			t.Errorf("the answer lacks %q", want)
		}
	}
	calls := up.Calls()
	final := calls[len(calls)-1]
	if final.Model != "sonnet-4-x" || !strings.Contains(string(final.Body), "said was blue") {
		t.Errorf("the final call lacks the latest turn: %.600s", final.Body)
	}
	for i := 1; i < len(final.Messages); i++ {
		if final.Messages[i].Role == final.Messages[i-1].Role {
			t.Errorf("turns %d and %d are both %s", i-1, i, final.Messages[i].Role)
		}
	}
	if final.Messages[0].Role != "user" {
		t.Errorf("the first turn is %s", final.Messages[0].Role)
	}
	if maps := len(calls) - 3; maps > 20 {
		t.Errorf("%d map calls for 20,000 tokens of short turns", maps)
	}
}

// A call that reads many short turns is no longer than one that reads a chunk, with the words that say who speaks.
func TestManyShortTurns(t *testing.T) {
	var turns []message
	for i := range 10_001 {
		turns = append(turns, message{[]string{"user", "assistant"}[i%2], fmt.Sprintf("yes %d", i)})
	}
	up := upstreamtest.New(marks().Script)
	p := newPlanner(t, up)
	send(t, p, body("sonnet-4-x", nil, turns...), "x-decompose", "1")
	calls, frame := 0, 600
	for _, c := range up.Calls() {
		if !isMap(c) {
			continue
		}
		calls++
		if n := tokens.O200K().Count(c.User); n > haikuplanner.DefaultConfig().MaxChunkSize+frame {
			t.Errorf("a map call of %d tokens", n)
		}
	}
	if calls < 20 {
		t.Errorf("%d map calls", calls)
	}
}

// The process bounds its buffered bytes: more are forwarded unread, or refused when forced.
func TestBufferedBytesAreBounded(t *testing.T) {
	big := body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(30_000)})
	hold := make(chan struct{})
	var started sync.WaitGroup
	started.Add(1)
	var once sync.Once
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if c.Model == "autox" {
			once.Do(started.Done)
			<-hold
		}
		return marks().Script(c)
	})
	p := newPlanner(t, up, haikuplanner.WithRules(), with(func(c *haikuplanner.Config) {
		c.MaxBodyBytes, c.MaxBufferedBytes = len(big)+10, len(big)+10
	}))
	done := make(chan answer)
	go func() { done <- send(t, p, big) }()
	started.Wait()
	if a := send(t, p, big); a.Header.Get("X-Haiku-Planner-Reason") != "busy" || a.Status != 200 {
		t.Errorf("the second: status %d %v", a.Status, a.Header)
	}
	if a := send(t, p, big, "x-decompose", "1"); a.Status != 429 || a.Header.Get("Retry-After") == "" {
		t.Errorf("the forced one: status %d %v", a.Status, a.Header)
	}
	if a := send(t, p, body("sonnet-4-x", nil, message{"user", "hi"})); a.Header.Get("X-Haiku-Planner-Reason") != "small" {
		t.Errorf("a small one: %v", a.Header)
	}
	close(hold)
	if a := <-done; a.Header.Get("X-Haiku-Planner") != "decomposed" {
		t.Errorf("the first: %v", a.Header)
	}
	if a := send(t, p, big); a.Header.Get("X-Haiku-Planner") != "decomposed" {
		t.Errorf("afterwards: %v", a.Header)
	}
}

// A body whose sender went away is an error, as with a plain transport; it is not sent on as if it were whole.
func TestCutBodyIsNotSent(t *testing.T) {
	for _, length := range []int64{-1, 1000} {
		up := upstreamtest.New(nil)
		p := newPlanner(t, up)
		r, _ := http.NewRequest("POST", upstreamURL+"/chat/completions", io.NopCloser(io.MultiReader(strings.NewReader(`{"model":"m",`), failing{})))
		r.ContentLength = length
		if _, err := p.Transport(nil).RoundTrip(r); err == nil || len(up.Calls()) != 0 {
			t.Errorf("length %d: error %v, %d calls", length, err, len(up.Calls()))
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// The worst case of a forwarded request is its longest answer.
func TestWorstCaseOfAForwardedRequest(t *testing.T) {
	for _, c := range []struct {
		most, n int
		want    float64
	}{{0, 1, 16_384 * 15e-6}, {100, 1, 100 * 15e-6}, {10_000, 1, 0.15}, {10_000, 2, 0.3}} {
		most, want := c.most, c.want
		b := body("sonnet-4-x", map[string]any{"max_tokens": most, "n": c.n}, message{"user", "Hello."})
		b = bytes.Replace(b, []byte(`"max_tokens":0,`), nil, 1)
		r, _ := http.NewRequest(http.MethodPost, upstreamURL+"/v1/chat/completions", bytes.NewReader(b))
		plan, err := newPlanner(t, upstreamtest.New(nil)).Plan(context.Background(), r)
		if err != nil || plan.Estimate.WorstCase == nil {
			t.Fatal(plan, err)
		}
		got, _ := strconv.ParseFloat(plan.Estimate.WorstCase.String(), 64)
		if got < want || got > want+0.0001 || *plan.Estimate.Cost > *plan.Estimate.WorstCase {
			t.Errorf("max_tokens %d: expected %s, worst %s", most, plan.Estimate.Cost, plan.Estimate.WorstCase)
		}
	}
}

// A refusal without a type is counted all the same.
func TestErrorsWithoutAType(t *testing.T) {
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if isMap(c) {
			return upstreamtest.Reply{Status: http.StatusForbidden, Error: "no"}
		}
		return marks().Script(c)
	})
	p := newPlanner(t, up)
	send(t, p, body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}), "x-decompose", "1")
	if got := p.Stats().Errors; len(got) != 1 || got["other"] != 1 {
		t.Errorf("%v", got)
	}
}

// What gives a text back is held against a direct call that would write as much, and no more than the caller lets it.
func TestDirectCostOfTextGivenBack(t *testing.T) {
	prices := haikuplanner.WithPrices(map[string]haikuplanner.Price{"autox": {Input: haikuplanner.Dollar / 1_000_000, Output: 5 * haikuplanner.Dollar / 1_000_000}})
	for _, c := range []struct {
		name, model string
		most        int
		reason      string
	}{
		{"the direct call is dearer", "sonnet-4-x", 0, "large"},
		{"the direct call is cut short", "sonnet-4-x", 300, "direct-is-cheaper"},
		{"the same model", "autox", 0, "direct-is-cheaper"},
	} {
		for _, stream := range []bool{false, true} {
			up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
				if len(call.User) > 40_000 {
					return upstreamtest.Reply{Text: "Directly."}
				}
				_, core, _ := strings.Cut(call.User, "\n")
				return upstreamtest.Reply{Text: core}
			})
			fields := map[string]any{"stream": stream}
			if c.most > 0 {
				fields["max_tokens"] = c.most
			}
			text := "Translate the following text into French, all of it:\n\n" + document(12_000)
			p := newPlanner(t, up, prices, haikuplanner.WithRules())
			if a := send(t, p, body(c.model, fields, message{"user", text})); a.Status != 200 || a.Header.Get("X-Haiku-Planner-Reason") != c.reason {
				t.Errorf("%s, stream %v: status %d, reason %q", c.name, stream, a.Status, a.Header.Get("X-Haiku-Planner-Reason"))
			}
			if direct := p.Stats().DirectCost; c.reason == "large" && direct < haikuplanner.Dollar/5 {
				t.Errorf("%s: the direct call is taken to have cost %s", c.name, direct)
			}
		}
	}
}

// What upstream refuses since max_tokens alone is above its limit is not paid for in pieces: no shorter prompt mends that.
func TestTooLongAnAnswerIsNoRescue(t *testing.T) {
	for refusal, status := range map[string]int{
		"litellm.ContextWindowExceededError: This model's maximum context length is 8192 tokens. However, you requested 15000 tokens (7000 in the messages, 8000 in the completion).": 400,
		"Request too large for x on tokens per min (TPM): Limit 8000, Requested 15000.":                                                                                               429,
	} {
		for maxTokens, calls := range map[int]int{8192: 1, 1000: 2} {
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				if c.N == 0 || c.MaxTokens >= 8000 {
					return upstreamtest.Reply{Status: status, Error: refusal}
				}
				return marks().Script(c)
			})
			a := send(t, newPlanner(t, up), body("sonnet-4-x", map[string]any{"max_tokens": maxTokens}, message{"user", listMarks + document(7000)}))
			want := status
			if calls > 1 {
				want = 200
			}
			if n := len(up.Calls()); a.Status != want || (n == 1) != (calls == 1) {
				t.Errorf("%d, max_tokens %d: status %d after %d calls, %s", status, maxTokens, a.Status, n, a.Header.Get("X-Haiku-Planner-Reason"))
			}
		}
	}
}
