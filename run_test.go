//go:build go1.25

package haikuplanner

import (
	"bytes"
	"context"
	"net/http"
	"slices"
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
		s := &shared{run: testRun(t, upstreamtest.New(nil)), clients: 1, keyed: true}
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
		s.mu.Lock()
		<-time.After(outlives) // the timer's function waits for the lock that enter has
		s.clients++
		s.mu.Unlock()
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
