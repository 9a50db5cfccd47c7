//go:build go1.25

package haikuplanner

import (
	"context"
	"testing"
	"testing/synctest"
)

// New limits hold for what the planner before them let in: together they never pass the lower one, and a higher one wakes those who wait.
func TestLimitsChangeInPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		change := func(p *Planner, calls, bytes int) *Planner {
			c := DefaultConfig()
			c.MaxChunks, c.MaxCallsInFlight, c.MaxBodyBytes, c.MaxBufferedBytes = 1, calls, 1<<20, bytes
			q, err := p.With(c)
			if err != nil {
				t.Fatal(err)
			}
			return q
		}
		p, err := New()
		if err != nil {
			t.Fatal(err)
		}
		p = change(p, 2, 4<<20)
		leaves := make(chan func(), 5)
		enter := func(ctx context.Context, p *Planner) {
			if leave, err := p.gate.enter(ctx); err == nil {
				leaves <- leave
			}
		}
		inside := func(want int, when string) {
			t.Helper()
			if synctest.Wait(); len(leaves) != want {
				t.Errorf("%s: %d inside, want %d", when, len(leaves), want)
			}
		}
		gone, leave := context.WithCancel(t.Context())
		go enter(gone, p)
		inside(1, "one")
		go enter(gone, p)
		inside(2, "as many as may")
		q := change(p, 1, 1<<20)
		go enter(gone, q)
		inside(2, "lowered")
		leave()
		go enter(t.Context(), q)
		(<-leaves)()
		inside(1, "one ended, and one who waited went away")
		(<-leaves)()
		inside(1, "both of the old ones ended")
		for range 3 {
			go enter(t.Context(), p)
		}
		inside(1, "more wait")
		change(q, 3, 2<<20)
		inside(3, "raised")
		for range 4 {
			(<-leaves)()
			synctest.Wait()
		}
		for range 50 { // who is let in and goes away in the same moment leaves
			if leave, err := p.gate.enter(gone); err == nil {
				leave()
			}
		}
		for range 3 {
			go enter(t.Context(), p)
		}
		inside(3, "after those who went away")

		old, other := room{gate: p.gate}, room{gate: q.gate}
		if !old.grow(1<<20) || !other.grow(1<<20) || other.grow(1) {
			t.Error("the bodies of both are not held against the limit of the newest")
		}
		change(q, 3, 1<<20)
		old.release()
		if fresh := (&room{gate: q.gate}); fresh.grow(1 << 20) {
			t.Error("a lowered limit lets in more while it is full")
		}
		other.release()
		if fresh := (&room{gate: p.gate}); !fresh.grow(1 << 20) {
			t.Error("room that was given back is gone")
		}
	})
}
