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

// buffer asks for room for a body of n bytes (-1: unknown, taken for one that is small at first). release may be called more than once.
func (g *gate) buffer(n int64) (release func(), ok bool) {
	if n <= g.small {
		return func() {}, true
	}
	if g.bytes.Add(n) > g.maxBytes {
		g.bytes.Add(-n)
		return nil, false
	}
	var done atomic.Bool
	return func() {
		if done.CompareAndSwap(false, true) {
			g.bytes.Add(-n)
		}
	}, true
}

func statusText(status int) string { return strconv.Itoa(status) + " " + http.StatusText(status) }
