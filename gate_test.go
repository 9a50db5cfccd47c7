package haikuplanner

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

// What is big waits for its turn, what is small does not, and nobody waits longer than they want to.
func TestThink(t *testing.T) {
	g := newGate()
	var inside, most atomic.Int64
	var wg sync.WaitGroup
	for range 4 * cap(g.heads) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			err := g.think(context.Background(), quickBody+1, func() {
				n := inside.Add(1)
				for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
				}
				if err := g.think(context.Background(), quickBody, func() {}); err != nil {
					t.Error(err)
				}
				inside.Add(-1)
			})
			if err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	if n := most.Load(); n < 1 || n > int64(cap(g.heads)) {
		t.Errorf("%d at once, want 1 to %d", n, cap(g.heads))
	}

	for range cap(g.heads) {
		g.heads <- struct{}{}
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	gone := errors.New("gone")
	cancel(gone)
	if err := g.think(ctx, quickBody+1, func() { t.Error("f was called") }); err != gone {
		t.Errorf("error %v, want the context's cause", err)
	}
}

// What a stream keeps takes room from others only where it is long, and only as long as it is.
func TestRoomKeeps(t *testing.T) {
	r := room{gate: newGate()}
	for _, c := range [][2]int64{{smallBody, 0}, {smallBody + 1, smallBody + 1}, {2 * smallBody, 2 * smallBody}, {smallBody, 0}} {
		if r.keep(c[0]); r.gate.bytes.Load() != c[1] {
			t.Errorf("of %d bytes kept %d take room, want %d", c[0], r.gate.bytes.Load(), c[1])
		}
	}
}
