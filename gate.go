package haikuplanner

import (
	"context"
	"net/http"
	"strconv"
	"sync/atomic"
)

// A gate bounds what one process does at once: calls of ours in flight, bytes of bodies kept. Small requests pass it without being counted, so that they never
// wait behind big ones. It is safe for concurrent use.
type gate struct {
	calls    chan struct{}
	bytes    atomic.Int64
	maxBytes int64
	small    int64
}

// smallBody is up to where a body is not counted: below it a thousand bodies are less than one of the big ones.
const smallBody = 64 << 10

func newGate(c Config) *gate {
	return &gate{calls: make(chan struct{}, c.MaxCallsInFlight), maxBytes: int64(c.MaxBufferedBytes), small: smallBody}
}

// enter waits for its turn to make a call.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	select {
	case g.calls <- struct{}{}:
		return func() { <-g.calls }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
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
	if r.gate.bytes.Add(n) > r.gate.maxBytes {
		r.gate.bytes.Add(-n)
		return false
	}
	r.taken.Add(n)
	return true
}

// release gives everything back. It may be called more than once.
func (r *room) release() {
	if n := r.taken.Swap(0); n > 0 {
		r.gate.bytes.Add(-n)
	}
}

func statusText(status int) string { return strconv.Itoa(status) + " " + http.StatusText(status) }
