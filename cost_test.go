package haikuplanner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/haiku-planner/haikuplanner/internal/litellm"
)

func TestParseMoney(t *testing.T) {
	for _, c := range []struct {
		text string
		want Money
		err  error
	}{
		{"0", 0, nil},
		{"1", Dollar, nil},
		{"+1", Dollar, nil},
		{"0.50", Dollar / 2, nil},
		{".5", Dollar / 2, nil},
		{"5.", 5 * Dollar, nil},
		{"2.5e-07", 250_000, nil},
		{"2.5E-07", 250_000, nil},
		{"1e3", 1000 * Dollar, nil},
		{"1e+3", 1000 * Dollar, nil},
		{"0.000000000001", 1, nil},
		{"0.0000000000011", 2, nil},
		{"0.0000000000010", 1, nil},
		{"1e-13", 1, nil},
		{"1e-999999999999999999999", 1, nil},
		{"0e999999999999999999999", 0, nil},
		{"0.0e-5", 0, nil},
		{strings.Repeat("0", 1000) + "1", Dollar, nil},
		{"1" + strings.Repeat("0", 100) + "e-100", Dollar, nil},
		{"0." + strings.Repeat("0", 100) + "1e101", Dollar, nil},
		{"9223372.036854775807", math.MaxInt64, nil},
		{"9223372.0368547758070", math.MaxInt64, nil},
		{"9223372.0368547758071", 0, errTooLarge},
		{"9223372.036854775808", 0, errTooLarge},
		{"99999999", 0, errTooLarge},
		{"1e7", 0, errTooLarge},
		{"1e999999999999999999999", 0, errTooLarge},
		{"-1", 0, errNegative},
		{"-0", 0, errNegative},
		{"-1e99", 0, errNegative},
		{"", 0, errNotDecimal},
		{"-", 0, errNotDecimal},
		{"+", 0, errNotDecimal},
		{"+-1", 0, errNotDecimal},
		{"--1", 0, errNotDecimal},
		{".", 0, errNotDecimal},
		{"e5", 0, errNotDecimal},
		{"1e", 0, errNotDecimal},
		{"1e+", 0, errNotDecimal},
		{"1e1.5", 0, errNotDecimal},
		{"1e+-5", 0, errNotDecimal},
		{"1.2.3", 0, errNotDecimal},
		{" 1", 0, errNotDecimal},
		{"1 ", 0, errNotDecimal},
		{"1_000", 0, errNotDecimal},
		{"1,5", 0, errNotDecimal},
		{"$1", 0, errNotDecimal},
		{"0x10", 0, errNotDecimal},
		{"inf", 0, errNotDecimal},
		{"-inf", 0, errNotDecimal},
		{"NaN", 0, errNotDecimal},
		{"١", 0, errNotDecimal},
	} {
		got, err := ParseMoney(c.text)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("ParseMoney(%.40q) = %d, %v; want %d, %v", c.text, got, err, c.want, c.err)
		}
	}
}

// FuzzParseMoney compares with exact rational arithmetic.
func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"0", "2.5e-07", "9223372.036854775807", "9223372.0368547758071", "1e-13", ".5", "5.", "-1", "1e7", "123456789.987654321e-4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 64 || strings.ContainsAny(s, "/_xXpPbBoO-") && !strings.Contains(s, "e-") {
			return // big.Rat reads more than decimals
		}
		got, err := ParseMoney(s)
		if i := strings.IndexAny(s, "eE"); i >= 0 && len(s)-i > 5 {
			return // a huge exponent is slow for big.Rat, not for us
		}
		want, ok := new(big.Rat).SetString(s)
		if !ok {
			if err == nil {
				t.Errorf("ParseMoney(%q) = %d, which is no number", s, got)
			}
			return
		}
		if err != nil {
			if errors.Is(err, errTooLarge) && want.Cmp(big.NewRat(math.MaxInt64, int64(Dollar))) > 0 || errors.Is(err, errNegative) || strings.ContainsAny(s, "/_xXpPbBoO") {
				return
			}
			t.Fatalf("ParseMoney(%q): %v", s, err)
		}
		units := new(big.Rat).Mul(want, big.NewRat(int64(Dollar), 1))
		least := new(big.Rat).Sub(big.NewRat(int64(got), 1), units)
		if least.Sign() < 0 || least.Cmp(big.NewRat(1, 1)) >= 0 {
			t.Errorf("ParseMoney(%q) = %d units, exactly %s", s, got, units)
		}
	})
}

func TestMoneyText(t *testing.T) {
	for _, c := range []struct {
		m    Money
		want string
	}{
		{0, "0"},
		{Dollar, "1"},
		{Dollar / 2, "0.5"},
		{85_100_000_000, "0.0851"},
		{1, "0.000000001"},
		{1000, "0.000000001"},
		{1001, "0.000000002"},
		{Dollar - 1, "1"},
		{Dollar + 1, "1.000000001"},
		{12*Dollar + 340_000_000_000, "12.34"},
		{math.MaxInt64, "9223372.036854776"},
		{-Dollar / 2, "-0.5"},
		{-1, "0"},
		{-1999, "-0.000000001"},
		{math.MinInt64, "-9223372.036854775"},
	} {
		if got := c.m.String(); got != c.want {
			t.Errorf("%d prints %s, want %s", int64(c.m), got, c.want)
		}
		if got, err := json.Marshal(c.m); err != nil || string(got) != c.want {
			t.Errorf("%d marshals to %s (%v), want %s", int64(c.m), got, err, c.want)
		}
	}
}

func TestMoneyDecodes(t *testing.T) {
	var fromJSON struct{ A, B, C Money }
	fromJSON.C = 7
	if err := json.Unmarshal([]byte(`{"A": 2.5e-07, "B": "0.10", "C": null}`), &fromJSON); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Money{250_000, Dollar / 10, 7}, []Money{fromJSON.A, fromJSON.B, fromJSON.C}); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var fromYAML map[string]Money
	if err := yaml.Unmarshal([]byte("a: 2.5e-07\nb: '0.10'\nc: 1_000\nd: 0.1\n"), &fromYAML); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]Money{"a": 250_000, "b": Dollar / 10, "c": 1000 * Dollar, "d": Dollar / 10}, fromYAML); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, bad := range []string{`"x"`, `--1`, `true`, `[1]`, `{}`, `""`} {
		var m Money
		if err := json.Unmarshal([]byte(bad), &m); err == nil {
			t.Errorf("JSON %s is %d", bad, m)
		}
		if err := yaml.Unmarshal([]byte(bad), &m); err == nil {
			t.Errorf("YAML %s is %d", bad, m)
		}
	}
	text, err := yaml.Marshal(map[string]Money{"a": Dollar, "b": 250_000})
	if err != nil || string(text) != "a: 1.0\nb: 0.00000025\n" {
		t.Errorf("YAML %q, %v", text, err)
	}
}

func TestMoneyArithmeticSaturates(t *testing.T) {
	const most, least Money = math.MaxInt64, math.MinInt64
	for _, c := range []struct {
		what      string
		got, want Money
	}{
		{"price", Price{Input: 250_000, Output: 1_250_000}.Cost(8001, 500), 8001*250_000 + 500*1_250_000},
		{"nothing", Price{}.Cost(math.MaxInt, math.MaxInt), 0},
		{"dear", Price{Input: Dollar, Output: Dollar}.Cost(math.MaxInt, math.MaxInt), most},
		{"product", Money(3).Mul(4), 12},
		{"negative product", Money(-3).Mul(4), -12},
		{"positive product of negatives", Money(-3).Mul(-4), 12},
		{"product above", most.Mul(2), most},
		{"product below", most.Mul(-2), least},
		{"least product", least.Mul(1), least},
		{"least by minus one", least.Mul(-1), most},
		{"by zero", most.Mul(0), 0},
		{"sum", Money(1).Add(2), 3},
		{"sum above", most.Add(1), most},
		{"sum below", least.Add(-1), least},
		{"least twice", least.Add(least), least},
		{"mixed sum", most.Add(least), -1},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.what, c.got, c.want)
		}
	}
}

func TestCapFor(t *testing.T) {
	cents := func(n int64) Money { return Money(n) * Dollar / 100 }
	for _, c := range []struct {
		name   string
		limit  Money
		margin float64
		header Money
		given  bool
		want   Money
	}{
		{"the defaults", Dollar, 0.2, 0, false, cents(80)},
		{"a header lowers", Dollar, 0.2, cents(50), true, cents(40)},
		{"a header cannot raise", Dollar, 0.2, 5 * Dollar, true, cents(80)},
		{"a header of nothing", Dollar, 0.2, 0, true, 0},
		{"no margin", Dollar, 0, 0, false, Dollar},
		{"rounds down", 1001, 0.5, 0, false, 500},
		{"no binary rounding", 3 * Dollar, 0.1, 0, false, cents(270)},
		{"a third", Dollar, 1.0 / 3, 0, false, 666_666_666_666}, // the margin itself is rounded up
		{"nearly all", Dollar, 0.999999999999, 0, false, 1},
		{"more digits than money has", Dollar, 0.9999999999999, 0, false, 0},
		{"the largest", math.MaxInt64, 0.5, 0, false, math.MaxInt64 / 2},
		{"the largest, no margin", math.MaxInt64, 0, 0, false, math.MaxInt64},
		{"not a number", Dollar, math.NaN(), 0, false, 0},
		{"above one", Dollar, 1.5, 0, false, 0},
	} {
		cfg := DefaultConfig()
		cfg.MaxCostPerRequest, cfg.CostSafetyMargin = c.limit, c.margin
		if got := capFor(cfg, c.header, c.given); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestPriceBook(t *testing.T) {
	cfg := DefaultConfig()
	dear, cheap := Price{Input: 3_000_000, Output: 15_000_000}, Price{Input: 250_000, Output: 1_250_000}
	cfg.file = &configFile{
		models: []configModel{
			{Name: "autox", Provider: "anthropic/claude-haiku-4-5", Input: cheap.Input, Output: cheap.Output, Known: true, MaxInput: 150_000, TPM: 50_000},
			{Name: "sonnet-4-x", Provider: "anthropic/claude-sonnet-4-20250514"},
			{Name: "azure", Provider: "azure/my-deployment", Base: "gpt-4o-mini"},
			{Name: "local", Provider: "openai/my-own"},
			{Name: "free", Provider: "openai/my-own", Known: true},
			{Name: "group", Provider: "anthropic/claude-haiku-4-5", Input: 1, Output: 9, Known: true, MaxInput: 100, MaxOutput: 7, TPM: 5},
			{Name: "group", Provider: "anthropic/claude-haiku-4-5", Input: 2, Output: 8, Known: true, MaxInput: 200, TPM: 6},
			{Name: "mixed", Provider: "anthropic/claude-haiku-4-5"},
			{Name: "mixed", Provider: "anthropic/claude-sonnet-4-5", TPM: 5},
			{Name: "half", Provider: "anthropic/claude-haiku-4-5"},
			{Name: "half", Provider: "openai/my-own"},
			{Name: "*", Provider: "openai/*"},
			{Name: "anthropic/*", Provider: "anthropic/*"},
		},
		alias: map[string]string{"best": "sonnet-4-x", "nowhere": "absent"},
	}
	given := map[string]Price{"given": dear, "autox-free": {}}
	sonnet4 := builtins["claude-sonnet-4"]
	haiku := builtins["claude-haiku-4-5"]
	mini := builtins["gpt-4o-mini"]
	of := func(provider string, m builtin) facts {
		return facts{provider: provider, price: m.price, known: true, source: "builtin", window: m.window, maxOutput: m.maxOutput}
	}
	for _, c := range []struct {
		name string
		live *litellm.Model
		want facts
	}{
		{"given", nil, facts{provider: "openai/given", price: dear, known: true, source: "config"}},
		{"autox-free", nil, facts{provider: "openai/autox-free", known: true, source: "config"}},
		{"autox", nil, facts{provider: "anthropic/claude-haiku-4-5", price: cheap, known: true, source: "config", window: 150_000, maxOutput: haiku.maxOutput, tpm: 50_000}},
		{"autox", &litellm.Model{Base: "anthropic/other", InputCost: "3e-06", OutputCost: "1.5e-05", MaxInput: 9, MaxOutput: 8, TPM: 7},
			facts{provider: "anthropic/other", price: dear, known: true, source: "litellm", window: 9, maxOutput: 8, tpm: 7}},
		{"autox", &litellm.Model{}, facts{provider: "anthropic/claude-haiku-4-5", price: cheap, known: true, source: "config", window: 150_000, maxOutput: haiku.maxOutput, tpm: 50_000}},
		{"autox", &litellm.Model{InputCost: "1", OutputCost: "odd", MaxInput: 5}, facts{provider: "anthropic/claude-haiku-4-5", price: cheap, known: true, source: "config", window: 5, maxOutput: haiku.maxOutput, tpm: 50_000}},
		{"declared-free", &litellm.Model{Base: "openai/x", InputCost: "0.0", OutputCost: "0.0"}, facts{provider: "openai/x", known: true, source: "litellm"}},
		{"sonnet-4-x", nil, of("anthropic/claude-sonnet-4-20250514", sonnet4)},
		{"best", nil, of("anthropic/claude-sonnet-4-20250514", sonnet4)},
		{"nowhere", nil, facts{provider: "openai/nowhere", source: "unknown"}},
		{"azure", nil, of("gpt-4o-mini", mini)},
		{"local", nil, facts{provider: "openai/my-own", source: "unknown"}},
		{"free", nil, facts{provider: "openai/my-own", known: true, source: "config"}},
		{"group", nil, facts{provider: "anthropic/claude-haiku-4-5", price: Price{2, 9}, known: true, source: "config", window: 100, maxOutput: 7, tpm: 6}},
		{"mixed", nil, of("anthropic/claude-sonnet-4-5", builtins["claude-sonnet-4-5"])},
		{"half", nil, facts{source: "unknown"}},
		{"anthropic/claude-haiku-4-5-20251001", nil, of("anthropic/claude-haiku-4-5-20251001", haiku)},
		{"gpt-4o-mini", nil, of("openai/gpt-4o-mini", mini)},
		{"bedrock/claude-haiku-4-5", nil, facts{provider: "openai/bedrock/claude-haiku-4-5", source: "unknown"}},
	} {
		var live litellm.Model
		if c.live != nil {
			live = *c.live
		}
		got := newPriceBook(cfg, given).facts(c.name, live, c.live != nil)
		if diff := cmp.Diff(fmt.Sprintf("%+v", c.want), fmt.Sprintf("%+v", got)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.name, diff)
		}
	}
	if got := newPriceBook(DefaultConfig(), nil).facts("autox", litellm.Model{}, false); got.known || got.provider != "autox" {
		t.Errorf("without any source: %+v", got)
	}
}

func TestBuiltinModel(t *testing.T) {
	for _, c := range []struct {
		name, same string // "" for unknown
	}{
		{"gpt-4o", "gpt-4o"},
		{"openai/gpt-4o-2024-11-20", "gpt-4o"},
		{"gpt-4o-2024-05-13", "gpt-4o-2024-05-13"},
		{"anthropic/claude-sonnet-4-5-20250929", "claude-sonnet-4-5"},
		{"claude-opus-4-20250514", "claude-opus-4"},
		{"claude-3-7-sonnet-latest", "claude-3-7-sonnet"},
		{"claude-opus-4-5-fast", ""},
		{"azure/gpt-4o", ""},
		{"", ""},
	} {
		got, ok := builtinModel(c.name)
		want, known := builtins[c.same]
		if ok != known || got != want {
			t.Errorf("%q: %+v %v, want that of %q", c.name, got, ok, c.same)
		}
	}
	for name, m := range builtins {
		if m.price.Input <= 0 || m.price.Output < m.price.Input || m.window < 1000 || m.maxOutput < 1000 {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestLedger(t *testing.T) {
	ctx := context.Background()
	l := newLedger(100, true)
	final, err := l.hold(40)
	if err != nil {
		t.Fatal(err)
	}
	a, err := l.reserve(ctx, 60)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.hold(1); !errors.Is(err, errOverBudget) {
		t.Errorf("a hold above the cap: %v", err)
	}
	// Even if a cost nothing there would be 60 left beside the hold.
	var over *budgetError
	if _, err := l.reserve(ctx, 61); !errors.As(err, &over) || *over != (budgetError{Cap: 100, Spent: 0, Reserved: 100, Need: 61}) {
		t.Errorf("what can never fit: %v", err)
	}
	a.settle(10)
	a.settle(50) // only the first counts
	if l.spent() != 10 || l.reserved() != 40 {
		t.Errorf("spent %d, reserved %d", l.spent(), l.reserved())
	}
	// Only the hold is outstanding: nothing to wait for.
	if _, err := l.reserve(ctx, 51); !errors.Is(err, errOverBudget) {
		t.Errorf("beside a hold: %v", err)
	}
	if err := final.launch(ctx, 30); err != nil { // gives 10 back
		t.Fatal(err)
	}
	if err := final.launch(ctx, 30); err == nil {
		t.Error("launched twice")
	}
	if l.reserved() != 30 {
		t.Errorf("reserved %d", l.reserved())
	}
	final.settle(30)
	if l.spent() != 40 || l.reserved() != 0 {
		t.Errorf("spent %d, reserved %d", l.spent(), l.reserved())
	}
}

func TestLedgerLaunchAboveTheHold(t *testing.T) {
	ctx := context.Background()
	l := newLedger(100, true)
	h, _ := l.hold(50)
	if err := h.launch(ctx, 101); !errors.Is(err, errOverBudget) {
		t.Errorf("above the cap: %v", err)
	}
	if l.reserved() != 50 {
		t.Errorf("the hold does not stand: %d", l.reserved())
	}
	if err := h.launch(ctx, 100); err != nil || l.reserved() != 100 {
		t.Errorf("up to the cap: %v, reserved %d", err, l.reserved())
	}
	h.settle(120) // upstream charged more than its worst case: booked as it is, and nothing starts any more
	if _, err := l.reserve(ctx, 1); l.spent() != 120 || !errors.Is(err, errOverBudget) {
		t.Errorf("spent %d, then %v", l.spent(), err)
	}
	other, _ := newLedger(100, true).hold(10)
	other.settle(0)
	if err := other.launch(ctx, 5); !errors.Is(err, errNotHeld) {
		t.Errorf("launched after settling: %v", err)
	}
}

func TestLedgerUnpriced(t *testing.T) {
	ctx := context.Background()
	l := newLedger(100, true)
	r, err := l.reserve(ctx, unpriced)
	if err != nil || l.reserved() != 0 {
		t.Fatalf("%v, reserved %d", err, l.reserved())
	}
	h, err := l.hold(unpriced)
	if err != nil {
		t.Fatal(err)
	}
	r.settle(100) // upstream told the cost after all, and it is the whole cap
	if _, err := l.reserve(ctx, unpriced); !errors.Is(err, errOverBudget) {
		t.Errorf("after the cap was spent: %v", err)
	}
	if err := h.launch(ctx, unpriced); err != nil {
		t.Errorf("the final call that was held: %v", err)
	}
}

func TestLedgerWithoutCap(t *testing.T) {
	ctx := context.Background()
	l := newLedger(0, false)
	var all []*reservation
	for range 3 {
		h, err := l.hold(maxMoney)
		if err != nil {
			t.Fatal(err)
		}
		r, err := l.reserve(ctx, maxMoney)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.launch(ctx, maxMoney); err != nil {
			t.Fatal(err)
		}
		all = append(all, r, h)
	}
	if l.reserved() != maxMoney {
		t.Errorf("reserved %d", l.reserved())
	}
	for _, r := range all {
		r.settle(1)
	}
	if l.reserved() != 0 || l.spent() != 6 {
		t.Errorf("reserved %d, spent %d", l.reserved(), l.spent())
	}
}

// At no time does spent + outstanding worst cases exceed the cap, whatever callers do, and in the end all of it adds up.
func TestLedgerHoldsTheCap(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		limit := Money(rng.IntN(2000))
		l := newLedger(limit, true)
		check := func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.paid+l.launched+l.held > limit || l.launched < 0 || l.held < 0 {
				t.Errorf("seed %d: paid %d + launched %d + held %d of %d", seed, l.paid, l.launched, l.held, limit)
			}
		}
		var total sync.Map
		var wg sync.WaitGroup
		for worker := range 8 {
			rng := rand.New(rand.NewPCG(seed, uint64(worker)+2))
			wg.Add(1)
			go func() {
				defer wg.Done()
				var sum Money
				for range 40 {
					worst := Money(rng.IntN(300))
					ctx, cancel := context.WithCancel(context.Background())
					if rng.IntN(8) == 0 {
						cancel()
					}
					var r *reservation
					var err error
					if rng.IntN(4) == 0 {
						if r, err = l.hold(worst); err == nil {
							check()
							if worst = Money(rng.IntN(300)); r.launch(ctx, worst) != nil {
								r.settle(0)
								r = nil
							}
						}
					} else {
						r, err = l.reserve(ctx, worst)
					}
					check()
					if err == nil && r != nil {
						actual := Money(rng.Int64N(int64(worst) + 1))
						r.settle(actual)
						r.settle(actual + 1)
						sum += actual
					}
					check()
					cancel()
				}
				total.Store(worker, sum)
			}()
		}
		wg.Wait()
		var sum Money
		total.Range(func(_, v any) bool { sum += v.(Money); return true })
		if l.spent() != sum || l.reserved() != 0 || len(l.queue) != 0 {
			t.Errorf("seed %d: spent %d of %d, reserved %d, %d waiting", seed, l.spent(), sum, l.reserved(), len(l.queue))
		}
	}
}

// A waiter that is served in the moment in which its caller gives up returns what it was granted, and a hold stands as before.
func TestLedgerServedWhileCancelled(t *testing.T) {
	for range 200 {
		l := newLedger(100, true)
		h, _ := l.hold(10)
		for _, wait := range []func(context.Context) (*reservation, error){
			func(ctx context.Context) (*reservation, error) { return l.reserve(ctx, 40) },
			func(ctx context.Context) (*reservation, error) { return nil, h.launch(ctx, 20) },
		} {
			first, err := l.reserve(context.Background(), 90)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error)
			var r *reservation
			go func() {
				var err error
				r, err = wait(ctx)
				done <- err
			}()
			for waiting := 0; waiting == 0; runtime.Gosched() {
				l.mu.Lock()
				waiting = len(l.queue)
				l.mu.Unlock()
			}
			cancel()
			first.settle(0)
			err = <-done
			if r != nil {
				r.settle(0)
			}
			if r == nil && err == nil { // launched
				h.settle(0)
				if l.reserved() != 0 {
					t.Fatalf("launched and settled: %d reserved", l.reserved())
				}
			} else if l.reserved() != 10 {
				t.Fatalf("%v: %d reserved", err, l.reserved())
			}
		}
	}
}
