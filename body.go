package haikuplanner

import (
	"bytes"
	"io"
	"math/bits"
	"net/http"
	"sync"
	"sync/atomic"
)

// A buffer holds a long body. It is used for another body once everybody who reads it has let go: whoever never does leaves it to the collector. Making, clearing and
// collecting a new one costs as much as looking at what is in it. It is safe for concurrent use.
type buffer struct {
	b     []byte
	users atomic.Int32
}

// buffers are those that can be used again, by the number of bits in their length.
var buffers [bits.UintSize + 1]sync.Pool

// newBuffer has one user. What is in it is of no meaning.
func newBuffer(n int64) *buffer {
	pool := &buffers[bits.Len64(uint64(n))]
	h, _ := pool.Get().(*buffer)
	if h == nil || int64(cap(h.b)) < n {
		h = &buffer{b: make([]byte, n)}
	}
	h.b = h.b[:n]
	h.users.Store(1)
	return h
}

// hold adds a user, unless the last one is gone.
func (h *buffer) hold() bool {
	for {
		n := h.users.Load()
		if n <= 0 {
			return false
		}
		if h.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (h *buffer) drop() {
	if h.users.Add(-1) == 0 {
		buffers[bits.Len(uint(cap(h.b)))].Put(h)
	}
}

// reader is the body for one try to send it.
func (h *buffer) reader() (io.ReadCloser, error) {
	if !h.hold() {
		return nil, http.ErrBodyReadAfterClose
	}
	r := &bufferReader{from: h}
	r.at.Reset(h.b)
	return r, nil
}

// A bufferReader may be closed while it is read, as net/http does: the buffer is let go when both are done.
type bufferReader struct {
	at     bytes.Reader
	from   *buffer
	mu     sync.Mutex
	closed bool
}

// use says whether the buffer may be read now; drop must follow.
func (r *bufferReader) use() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.closed && r.from.hold()
}

// Read implements io.Reader.
func (r *bufferReader) Read(to []byte) (int, error) {
	if !r.use() {
		return 0, http.ErrBodyReadAfterClose
	}
	defer r.from.drop()
	return r.at.Read(to)
}

// WriteTo implements io.WriterTo.
func (r *bufferReader) WriteTo(w io.Writer) (int64, error) {
	if !r.use() {
		return 0, http.ErrBodyReadAfterClose
	}
	defer r.from.drop()
	return r.at.WriteTo(w)
}

// Close implements io.Closer.
func (r *bufferReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.closed = true
		r.from.drop()
	}
	return nil
}
