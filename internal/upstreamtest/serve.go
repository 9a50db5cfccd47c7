package upstreamtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// errReset is what a plain transport's error looks like when the connection breaks before the status line.
var errReset = errors.New("read: connection reset by peer")

// RoundTrip answers a request by the script, without sockets and goroutines. It closes the request's body; reading the response's
// body takes the time that the reply says.
func (u *Upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	c, x, err := u.begin(r)
	if err != nil {
		return nil, err
	}
	if c != nil {
		x = render(*c, u.script(u.snapshot(c)))
	}
	if err := wait(r.Context(), x.delay); err != nil {
		u.end(c, true)
		return nil, err
	}
	if x.cut < 0 {
		u.end(c, false)
		return nil, errReset
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", x.status, http.StatusText(x.status)), StatusCode: x.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: x.header, ContentLength: int64(x.length), Request: r,
		Body: &body{u: u, c: c, x: x, ctx: r.Context()},
	}, nil
}

// A body plays an exchange's pieces to its reader. Not safe for concurrent use, except Close.
type body struct {
	u      *Upstream
	c      *Call
	x      *exchange
	ctx    context.Context
	paused bool
	sent   int
	err    error
}

func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	if err := b.ctx.Err(); err != nil {
		return 0, b.fail(err, true)
	}
	for len(b.x.pieces) > 0 && len(b.x.pieces[0].data) == 0 {
		b.x.pieces, b.paused = b.x.pieces[1:], false
	}
	if len(b.x.pieces) == 0 {
		return 0, b.fail(io.EOF, false)
	}
	first := &b.x.pieces[0]
	if !b.paused {
		if err := wait(b.ctx, first.pause); err != nil {
			return 0, b.fail(err, true)
		}
		b.paused = true
	}
	data := first.data
	if b.x.cut > 0 {
		data = data[:min(len(data), b.x.cut-b.sent)]
		if len(data) == 0 {
			return 0, b.fail(io.ErrUnexpectedEOF, false)
		}
	}
	n := copy(p, data)
	first.data = first.data[n:]
	b.sent += n
	return n, nil
}

func (b *body) fail(err error, hungUp bool) error {
	b.err = err
	b.u.end(b.c, hungUp)
	return err
}

// Close counts as a hang-up while there is something left to read.
func (b *body) Close() error {
	left := 0
	for _, p := range b.x.pieces {
		left += len(p.data)
	}
	b.u.end(b.c, left > 0)
	b.err = errors.New("http: read on closed response body")
	return nil
}

// ServeHTTP answers a request by the script, over a real connection.
func (u *Upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, x, err := u.begin(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if c != nil {
		x = render(*c, u.script(u.snapshot(c)))
	}
	hungUp := true
	defer func() { u.end(c, hungUp) }()
	if wait(r.Context(), x.delay) != nil {
		return
	}
	if x.cut < 0 {
		hungUp = false
		panic(http.ErrAbortHandler)
	}
	for k, v := range x.header {
		w.Header()[k] = v
	}
	w.WriteHeader(x.status)
	flush := http.NewResponseController(w)
	sent := 0
	for _, p := range x.pieces {
		if wait(r.Context(), p.pause) != nil {
			return
		}
		data := p.data
		if x.cut > 0 {
			data = data[:min(len(data), x.cut-sent)]
		}
		n, err := w.Write(data)
		sent += n
		if err != nil || flush.Flush() != nil {
			return
		}
		if x.cut > 0 && sent >= x.cut {
			hungUp = false
			panic(http.ErrAbortHandler)
		}
	}
	hungUp = r.Context().Err() != nil
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
