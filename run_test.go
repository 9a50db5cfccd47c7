//go:build go1.25

package haikuplanner

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/litellm"
	"github.com/haiku-planner/haikuplanner/internal/operator"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
	"github.com/haiku-planner/haikuplanner/internal/wire"
)

// testRun is a run of a small request that has not begun.
func testRun(t *testing.T, base http.RoundTripper) *run {
	t.Helper()
	p, err := New(WithBase(base))
	if err != nil {
		t.Fatal(err)
	}
	body := []byte(`{"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}`)
	req, err := wire.Chat().Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest("POST", "http://litellm.test/v1/chat/completions", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return p.newRun(&look{http: r, url: r.URL, dialect: wire.Chat(), body: body, req: req, model: p.models.facts(req.Model), cfg: &p.cfg, p: p}, "large", base)
}

// What failed is asked again when it is asked again; what has an answer is not.
func TestAskingAgainAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			switch c.N {
			case 0:
				return upstreamtest.Reply{Text: " "}
			case 1:
				return upstreamtest.Reply{Status: 401, Error: "bad key"}
			}
			return upstreamtest.Reply{Text: "found"}
		})
		r := testRun(t, up)
		defer r.stop(nil)
		var got []bool
		ask := func(ctx context.Context) {
			reply, err := r.once(ctx, operator.Call{Stage: "reduce", User: []string{"Which?"}, MaxTokens: 9}, 1)
			got = append(got, err == nil && reply.Err == nil)
		}
		for range cap(r.window) {
			r.window <- struct{}{}
		}
		gone, cancel := context.WithCancel(r.ctx)
		cancel()
		ask(gone) // in vain, before it had its turn
		for range cap(r.window) {
			<-r.window
		}
		for range 4 {
			ask(r.ctx)
		}
		if calls := len(up.Calls()); calls != 3 || !slices.Equal(got, []bool{false, false, false, true, true}) {
			t.Errorf("%d calls, answered %v", calls, got)
		}
	})
}

// Calls that differ in anything that upstream sees are not one another's.
func TestCallKey(t *testing.T) {
	seen := map[[32]byte]int{}
	for i, c := range []operator.Call{
		{System: []string{"s"}, User: []string{"u"}, MaxTokens: 9},
		{System: []string{"s", "u"}, MaxTokens: 9},
		{System: []string{"s"}, User: []string{"v"}, MaxTokens: 9},
		{System: []string{"s"}, User: []string{"u"}, MaxTokens: 10},
		{System: []string{"s"}, User: []string{"u"}, MaxTokens: 9, Schema: "notes"},
	} {
		for _, model := range []string{"autox", "sonnet-4-x"} {
			key := callKey(c, model)
			if other, ok := seen[key]; ok {
				t.Errorf("call %d to %s has the key of call %d", i, model, other)
			}
			seen[key] = i
		}
	}
	if callKey(operator.Call{User: []string{"a", "b"}}, "m") != callKey(operator.Call{Stage: "map", Index: 7, User: []string{"ab"}}, "m") {
		t.Error("equal calls have two keys")
	}
}

// How many tokens a final call is asked for, by the window and by the money that is free.
func TestAffordableOutput(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	const prompt = 1000
	for _, c := range []struct {
		name      string
		window    int
		cap       Money // of tokens at one unit, the prompt's too
		hold      Money // of it, for this call; what is not its own is the others'
		own       bool
		several   int
		callers   bool // the limit is the caller's
		want, got int
	}{
		{name: "as wanted", want: 5000, got: 5000},
		{name: "an eighth of the window's room for a wrong count", window: 9024, want: 16_000, got: 7000},
		{name: "the caller's own limit", window: 9024, callers: true, want: 16_000, got: 16_000},
		{name: "a window without room", window: 1100, want: 5000, got: 5000},
		{name: "what the money gives", cap: 5000, want: 9000, got: 5000 - prompt - overheadTokens},
		{name: "for each of several", cap: 5024, several: 4, want: 9000, got: 1000},
		{name: "with what is held for it", cap: 5024, hold: 3000, own: true, want: 9000, got: 4000},
		{name: "without what is held for others", cap: 5024, hold: 3000, want: 9000, got: 1000},
		{name: "not too little for an answer", cap: 1100, want: 9000, got: leastAnswer},
	} {
		r := &run{cap: c.cap, money: newLedger(c.cap, c.cap > 0), plan: &Plan{hold: c.hold}}
		held, err := r.money.hold(c.hold)
		if err != nil {
			t.Fatal(err)
		}
		call := &upstreamCall{model: facts{provider: "gpt-4o", window: c.window, known: true, price: Price{1, 1}, calib: &p.calib}, raw: prompt, several: max(c.several, 1), added: !c.callers}
		if c.own {
			call.hold = held
		}
		if got := r.affordableOutput(call, c.want); got != c.got {
			t.Errorf("%s: %d, want %d", c.name, got, c.got)
		}
	}
}

// By how much a limit of ours is lowered that did not fit, and when it is not.
func TestShorten(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	window := func(limit, requested int) litellm.Refusal {
		return litellm.Refusal{Kind: litellm.ContextWindow, Limit: limit, Requested: requested}
	}
	ours := upstreamCall{answers: true, added: true, output: 16_000, raw: 1000, model: facts{provider: "gpt-4o", calib: &p.calib}}
	callers, twice, notes := ours, ours, ours
	callers.added, twice.shorter, notes.answers = false, true, false
	for _, c := range []struct {
		name string
		call upstreamCall
		ref  litellm.Refusal
		want int // 0: as it was
	}{
		{"no numbers", ours, window(0, 0), 2000},
		{"both numbers", ours, window(8000, 17_500), 6500},
		{"the window alone leaves a quarter for a wrong count", ours, window(5024, 0), 3000},
		{"the prompt alone", ours, window(5024, 1500), 3000},
		{"the least", ours, window(8000, 23_744), leastAnswer},
		{"too little for an answer", ours, window(8000, 23_745), 0},
		{"no less than it was", ours, window(40_000, 0), 0},
		{"another refusal", ours, litellm.Refusal{Kind: litellm.TooLarge, Limit: 8000, Requested: 17_500}, 0},
		{"the caller's limit", callers, window(0, 0), 0},
		{"twice", twice, window(0, 0), 0},
		{"notes", notes, window(0, 0), 0},
	} {
		before := c.call.output
		if ok := c.call.shorten(c.ref); ok != (c.want > 0) || ok && c.call.output != c.want || !ok && c.call.output != before {
			t.Errorf("%s: %v, %d", c.name, ok, c.call.output)
		}
	}
}

// A run whose clients come back in time goes on: each time that they leave they have as long, and who comes at the last moment is in.
func TestGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shared{run: testRun(t, upstreamtest.New(nil))}
		s.feed.init(s.run.p.gate, true)
		defer s.run.stop(nil)
		for range 3 {
			s.leave()
			<-time.After(outlives * 4 / 5)
			if !s.enter() {
				t.Fatal("the run ended while its client was on the way back")
			}
			<-time.After(outlives / 10)
		}
		s.leave()
		s.feed.mu.Lock()
		<-time.After(outlives) // the timer's function waits for the lock that enter has
		s.feed.clients++
		s.feed.mu.Unlock()
		synctest.Wait()
		if s.run.ctx.Err() != nil {
			t.Error("the run ended under its client")
		}
		s.leave()
		<-time.After(outlives + time.Second)
		if s.enter() {
			t.Error("the run outlived its clients")
		}
	})
}

// A run keeps its body for as long as it works on it, and that is counted: also when its client has left. Then nothing is kept.
func TestBodyIsCountedWhileKept(t *testing.T) {
	text := strings.Repeat("The harbour was quiet and the ledger says nothing of ships. ", 4000)
	body, _ := json.Marshal(map[string]any{"model": "sonnet-4-x", "messages": []any{map[string]string{"role": "user", "content": "Summarize this.\n\n" + text}}})
	for _, c := range []struct {
		name          string
		stream, stays bool
	}{{name: "left"}, {name: "left the stream", stream: true}, {name: "stayed", stays: true}, {name: "stayed for the stream", stream: true, stays: true}} {
		synctest.Test(t, func(t *testing.T) {
			up := upstreamtest.New(func(upstreamtest.Call) upstreamtest.Reply {
				return upstreamtest.Reply{Text: "quiet", Delay: 4 * time.Second}
			})
			cfg := DefaultConfig()
			cfg.MaxChunks = 100
			p, err := New(WithBase(up), WithRules(), WithConfig(cfg))
			if err != nil {
				t.Fatal(err)
			}
			b := body
			if c.stream {
				b = append([]byte(`{"stream":true,`), body[1:]...)
			}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			r, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://litellm.test/v1/chat/completions", bytes.NewReader(b))
			r.Header.Set("Idempotency-Key", "k")
			done := make(chan error)
			go func() {
				resp, err := p.Transport(nil).RoundTrip(r)
				if err == nil {
					_, err = io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
				done <- err
			}()
			<-time.After(6 * time.Second)
			if !c.stays {
				cancel()
				<-done
				synctest.Wait()
			}
			if n := p.gate.bytes.Load(); n < int64(len(b)) {
				t.Errorf("%s: while it runs %d bytes are counted of %d", c.name, n, len(b))
			}
			var s *shared
			p.copies.mu.Lock()
			for _, list := range p.copies.runs {
				s = list[0]
			}
			p.copies.mu.Unlock()
			if c.stays {
				if err := <-done; err != nil {
					t.Error(c.name, err)
				}
			}
			<-s.run.ctx.Done()
			synctest.Wait()
			if n := p.gate.bytes.Load(); n != 0 || s.grace != nil && s.grace.Stop() {
				t.Errorf("%s: at its end %d bytes are counted, or it is still kept for somebody", c.name, n)
			}
		})
	}
}

// What upstream does not count, or counts of an answer that then broke off, is counted here: the cap holds whatever it says.
func TestSpendingThatNobodyCounts(t *testing.T) {
	const words = 300 // and as many tokens
	whole := func(usage string) upstreamtest.Reply {
		return upstreamtest.Reply{Raw: []byte(`{"choices":[{"index":0,"message":{"content":"` + strings.Repeat(" and", words) + `"},"finish_reason":"stop"}],"usage":` + usage + `}`)}
	}
	price := Price{Input: Dollar / 1_000_000, Output: Dollar / 100_000}
	for name, c := range map[string]struct {
		reply upstreamtest.Reply
		least Money
	}{
		"counted":            {whole(`{"prompt_tokens":7,"completion_tokens":9}`), price.Cost(7, 9)},
		"null":               {whole(`null`), price.Cost(300, words)},
		"nothing":            {whole(`{}`), price.Cost(300, words)},
		"zero":               {whole(`{"prompt_tokens":0,"completion_tokens":0}`), price.Cost(300, words)},
		"negative":           {whole(`{"prompt_tokens":-7,"completion_tokens":-9}`), price.Cost(300, words)},
		"text":               {whole(`{"prompt_tokens":"7","completion_tokens":"9"}`), price.Cost(300, words)},
		"out of range":       {whole(`{"prompt_tokens":1e300,"completion_tokens":1e300}`), price.Cost(300, words)},
		"the prompt alone":   {whole(`{"prompt_tokens":7}`), price.Cost(7, words)},
		"the answer alone":   {whole(`{"completion_tokens":9}`), price.Cost(300, 9)},
		"more than there is": {whole(fmt.Sprintf(`{"prompt_tokens":%d,"completion_tokens":%[1]d}`, min(1<<53, math.MaxInt))), min(maxMoney, price.Cost(math.MaxInt, math.MaxInt))},
		"a stream that counts as it goes and breaks off": {upstreamtest.Reply{Header: http.Header{"Content-Type": {"text/event-stream"}},
			Raw: []byte(strings.Repeat(`data: {"choices":[{"index":0,"delta":{"content":" and"},"finish_reason":null}],"usage":{"prompt_tokens":7,"completion_tokens":1}}`+"\n\n", words))}, price.Cost(7, words).Mul(maxTries)},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := testRun(t, upstreamtest.New(func(upstreamtest.Call) upstreamtest.Reply { return c.reply }))
			defer r.stop(nil)
			call := &upstreamCall{stage: "map", model: r.look.model, raw: 300, output: 1000, render: func([]string) *buffer { return lent(r.look.body) }}
			call.model.price, call.model.known = price, true
			r.do(r.ctx, call)
			if spent := r.money.spent(); spent < c.least || spent > c.least.Add(c.least/5) {
				t.Errorf("%s: %s spent, want %s or a little more", name, spent, c.least)
			}
		})
	}
}

// Who comes when the beginning of a stream is gone gets a run of its own.
func TestNobodyJoinsInTheMiddle(t *testing.T) {
	s := &shared{run: testRun(t, upstreamtest.New(nil))}
	defer s.run.stop(nil)
	s.feed.init(s.run.p.gate, false)
	reader := &streamBody{feed: &s.feed}
	for _, joins := range []bool{true, false} {
		s.feed.Write(make([]byte, smallBody))
		if !joins {
			io.CopyN(io.Discard, reader, smallBody+1)
		}
		if s.enter() != joins {
			t.Errorf("joins: %v", !joins)
		} else if joins {
			s.leave()
		}
	}
}
