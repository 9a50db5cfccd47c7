package haikuplanner

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// A gate bounds what one process does at once: calls of ours in flight, bytes of bodies kept. Small requests pass it without being counted, so that they never
// wait behind big ones. It is safe for concurrent use.
type gate struct {
	mu       sync.Mutex
	calls    int // in flight
	maxCalls int
	queue    []chan struct{} // those who wait to make a call; closed when it is their turn
	heads    chan struct{}   // who counts and cuts something big right now
	bytes    atomic.Int64
	maxBytes atomic.Int64
	small    int64
}

// smallBody is up to where a body is not counted: below it a thousand bodies are less than one of the big ones.
const smallBody = 64 << 10

func newGate() *gate {
	// One processor is left for everybody else. More big requests at once would not be done sooner, but hold what planning needs all at the same time.
	heads := make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1))
	return &gate{heads: heads, small: smallBody}
}

// limit sets how much passes. Above lower limits than before, what is inside ends first.
func (g *gate) limit(c Config) {
	g.maxBytes.Store(int64(c.MaxBufferedBytes))
	g.mu.Lock()
	defer g.mu.Unlock()
	g.maxCalls = c.MaxCallsInFlight
	g.admit()
}

// enter waits for its turn to make a call.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	turn := make(chan struct{})
	g.mu.Lock()
	g.queue = append(g.queue, turn)
	g.admit()
	g.mu.Unlock()
	select {
	case <-turn:
		return g.leave, nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	i := slices.Index(g.queue, turn)
	if i >= 0 {
		g.queue = slices.Delete(g.queue, i, i+1)
	}
	g.mu.Unlock()
	if i < 0 { // admitted in the same moment
		g.leave()
	}
	return nil, context.Cause(ctx)
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls--
	g.admit()
}

// admit lets in who waits, as far as there is room. It is called with the lock held.
func (g *gate) admit() {
	for len(g.queue) > 0 && g.calls < g.maxCalls {
		g.calls++
		close(g.queue[0])
		g.queue = g.queue[1:]
	}
}

// quickBody is up to where a body is counted and cut in a few milliseconds: that waits for nobody.
const quickBody = 512 << 10

// think waits for its turn to compute on n bytes and calls f, which must not wait for anything; for few bytes nobody waits. An error is ctx's, and f was not
// called.
func (g *gate) think(ctx context.Context, n int, f func()) error {
	if n <= quickBody {
		f()
		return nil
	}
	select {
	case g.heads <- struct{}{}:
		defer func() { <-g.heads }()
		f()
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// A room is what one request may keep. It is used by one goroutine, except release.
type room struct {
	gate  *gate
	bytes int64 // asked for so far
	taken atomic.Int64
}

// grow asks for n bytes more. Up to smallBody in all is free.
func (r *room) grow(n int64) bool {
	r.bytes += n
	if r.bytes <= r.gate.small {
		return true
	}
	n = r.bytes - r.taken.Load()
	if r.gate.bytes.Add(n) > r.gate.maxBytes.Load() {
		r.gate.bytes.Add(-n)
		return false
	}
	r.taken.Add(n)
	return true
}

// keep says how much is kept now, of what cannot be refused any more: it leaves less for others.
func (r *room) keep(n int64) {
	if n <= r.gate.small {
		n = 0
	}
	r.gate.bytes.Add(n - r.taken.Swap(n))
}

// release gives everything back. It may be called more than once.
func (r *room) release() {
	if n := r.taken.Swap(0); n > 0 {
		r.gate.bytes.Add(-n)
	}
}
