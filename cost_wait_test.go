//go:build go1.25

package haikuplanner

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// waiters start in the order given, a moment apart, and tell how they ended.
func TestLedgerWaits(t *testing.T) {
	type ended struct {
		name string
		at   time.Duration
		err  error
	}
	for _, c := range []struct {
		name   string
		settle map[time.Duration]int // launches of 50 each, settled at that time at that cost
		hold   Money
		wait   []Money // reservations of the waiters
		want   []ended
	}{
		{"room comes", map[time.Duration]int{5 * time.Second: 10, 9 * time.Second: 50}, 0, []Money{40},
			[]ended{{"40", 5 * time.Second, nil}}},
		{"the second settlement makes room", map[time.Duration]int{5 * time.Second: 50, 9 * time.Second: 10}, 0, []Money{40},
			[]ended{{"40", 9 * time.Second, nil}}},
		{"all settled and no room", map[time.Duration]int{5 * time.Second: 50, 9 * time.Second: 40}, 0, []Money{40},
			[]ended{{"40", 9 * time.Second, errOverBudget}}},
		{"refused as soon as it is hopeless", map[time.Duration]int{5 * time.Second: 50, 9 * time.Second: 0}, 0, []Money{60},
			[]ended{{"60", 5 * time.Second, errOverBudget}}},
		{"first come, first served", map[time.Duration]int{5 * time.Second: 30, 9 * time.Second: 0}, 0, []Money{30, 5},
			[]ended{{"5", 9 * time.Second, nil}, {"30", 9 * time.Second, nil}}},
		{"behind one that is refused", map[time.Duration]int{5 * time.Second: 45, 9 * time.Second: 5}, 0, []Money{60, 5},
			[]ended{{"60", 5 * time.Second, errOverBudget}, {"5", 5 * time.Second, nil}}},
		{"nobody overtakes", map[time.Duration]int{5 * time.Second: 30}, 0, []Money{60, 5},
			[]ended{{"60", 5 * time.Second, nil}, {"5", 5 * time.Second, nil}}},
		{"what is hopeless does not queue", map[time.Duration]int{5 * time.Second: 0}, 0, []Money{60, 101},
			[]ended{{"60", 5 * time.Second, nil}, {"101", 0, errOverBudget}}},
		{"nothing waits for a hold", nil, 100, []Money{1},
			[]ended{{"1", 0, errOverBudget}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				l := newLedger(100, true)
				if _, err := l.hold(c.hold); err != nil {
					t.Fatal(err)
				}
				for at, cost := range c.settle {
					r, err := l.reserve(t.Context(), 50)
					if err != nil {
						t.Fatal(err)
					}
					time.AfterFunc(at, func() { r.settle(Money(cost)) })
				}
				var got []ended
				results := make(chan ended, len(c.wait))
				for _, need := range c.wait {
					go func() {
						_, err := l.reserve(t.Context(), need)
						if errors.Is(err, errOverBudget) {
							err = errOverBudget
						}
						results <- ended{fmt.Sprint(int64(need)), time.Since(start), err}
					}()
					synctest.Wait()
				}
				for range c.wait {
					got = append(got, <-results)
				}
				byName := func(list []ended) map[string]ended {
					m := make(map[string]ended)
					for _, e := range list {
						m[e.name] = e
					}
					return m
				}
				if diff := cmp.Diff(byName(c.want), byName(got), cmp.AllowUnexported(ended{}), cmp.Comparer(func(a, b error) bool { return a == b })); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

func TestLedgerCancelUnblocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(100, true)
		first, err := l.reserve(t.Context(), 70)
		if err != nil {
			t.Fatal(err)
		}
		gone := errors.New("the client hung up")
		ctx, cancel := context.WithCancelCause(t.Context())
		blocked, behind := make(chan error, 1), make(chan error, 1)
		go func() { _, err := l.reserve(ctx, 90); blocked <- err }()
		synctest.Wait()
		go func() { _, err := l.reserve(t.Context(), 20); behind <- err }()
		synctest.Wait()
		cancel(gone)
		if err := <-blocked; !errors.Is(err, gone) {
			t.Errorf("cancelled: %v", err)
		}
		if err := <-behind; err != nil {
			t.Errorf("behind a cancelled one: %v", err)
		}
		first.settle(0)
		if l.reserved() != 20 || l.spent() != 0 {
			t.Errorf("reserved %d, spent %d", l.reserved(), l.spent())
		}
	})
}

func TestLedgerLaunchWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(100, true)
		h, err := l.hold(30)
		if err != nil {
			t.Fatal(err)
		}
		r, err := l.reserve(t.Context(), 70)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := h.launch(ctx, 50); !errors.Is(err, context.DeadlineExceeded) || l.reserved() != 100 {
			t.Errorf("timed out: %v, reserved %d", err, l.reserved())
		}
		time.AfterFunc(time.Second, func() { r.settle(50) })
		if err := h.launch(t.Context(), 50); err != nil || l.reserved() != 50 || l.spent() != 50 {
			t.Errorf("launch: %v, reserved %d, spent %d", err, l.reserved(), l.spent())
		}
	})
}

func TestLedgerLaunchesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(100, true)
		h, err := l.hold(30)
		if err != nil {
			t.Fatal(err)
		}
		r, err := l.reserve(t.Context(), 70)
		if err != nil {
			t.Fatal(err)
		}
		results := make(chan error, 2)
		for range 2 {
			go func() { results <- h.launch(t.Context(), 50) }()
			synctest.Wait()
		}
		r.settle(0)
		one, other := <-results, <-results
		if one != nil {
			one, other = other, one
		}
		if one != nil || !errors.Is(other, errNotHeld) || l.reserved() != 50 {
			t.Errorf("%v and %v, %d reserved", one, other, l.reserved())
		}
	})
}
