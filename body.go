package haikuplanner

import (
	"bytes"
	"io"
	"math/bits"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/haiku-planner/haikuplanner/internal/wire"
)

// A buffer holds a long body. It is used for another body once everybody who reads it has let go: whoever never does leaves it to the collector. Making, clearing and
// collecting a new one costs as much as looking at what is in it. It is safe for concurrent use.
type buffer struct {
	b     []byte
	users atomic.Int32
	again func() (io.ReadCloser, error) // reader, made once
}

// buffers are those that can be used again, by the number of bits in their length.
var buffers [bits.UintSize + 1]sync.Pool

// newBuffer has one user. What is in it is of no meaning.
func newBuffer(n int64) *buffer {
	pool := &buffers[bits.Len64(uint64(n))]
	h, _ := pool.Get().(*buffer)
	if h == nil || int64(cap(h.b)) < n {
		h = &buffer{b: make([]byte, n)}
		h.again = h.reader
	}
	h.b = h.b[:n]
	h.users.Store(1)
	return h
}

// lent holds bytes that others use too: it counts one user who never lets go.
func lent(b []byte) *buffer {
	h := &buffer{b: b}
	h.users.Store(2)
	h.again = h.reader
	return h
}

// call renders a call of ours. Lengths are rounded up, so that the next call finds a buffer that is long enough.
func (l *look) call(c wire.Call) *buffer {
	h := newBuffer(1 << bits.Len(uint(c.Room())))
	h.b = l.dialect.Call(h.b[:0], l.req, c)
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
	r := new(bufferReader)
	if !r.open(h) {
		return nil, http.ErrBodyReadAfterClose
	}
	return r, nil
}

// A bufferReader may be closed while it is read, as net/http does: the buffer is let go when both are done.
type bufferReader struct {
	from   *buffer
	at     int
	mu     sync.Mutex
	closed bool
}

// open makes a new reader one of h's users.
func (r *bufferReader) open(h *buffer) bool {
	if !h.hold() {
		return false
	}
	r.from = h
	return true
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
	if r.at == len(r.from.b) {
		return 0, io.EOF
	}
	n := copy(to, r.from.b[r.at:])
	r.at += n
	return n, nil
}

// WriteTo implements io.WriterTo.
func (r *bufferReader) WriteTo(w io.Writer) (int64, error) {
	if !r.use() {
		return 0, http.ErrBodyReadAfterClose
	}
	defer r.from.drop()
	n, err := w.Write(r.from.b[r.at:])
	r.at += n
	return int64(n), err
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

// decode decodes the texts, where they stand while nobody else reads the body.
func (l *look) decode() {
	if l.ours {
		l.req.DecodeInPlace()
	} else {
		l.req.Decode()
	}
}

func (l *look) tooLong(n int64) bool { return n > int64(l.cfg.MaxBodyBytes) }

// mostDrained bounds, in bytes, what is read of a body that nobody wants.
const mostDrained = 256 << 20

// drain reads the rest of a body that is not kept: most clients send all before they look at an answer, and would only see a broken connection.
func drain(r *http.Request) {
	if r.Header.Get("Expect") == "" {
		io.Copy(io.Discard, io.LimitReader(r.Body, mostDrained))
	}
	r.Body.Close()
}

// notBuffered answers a forced request whose body was not kept.
func (l *look) notBuffered(r *http.Request, why string, next http.RoundTripper) *http.Response {
	l.release() // before the rest comes, for others
	drain(r)
	l.p.stats.requests.Add(1)
	return l.p.refuse(l, "header", notKept(why), next)
}

// notKept says why a body was not kept.
func notKept(why string) *Error {
	if why == "busy" {
		return &Error{Status: http.StatusTooManyRequests, Type: typeBusy, Message: "too many big requests at once (max_buffered_bytes): try again soon", retryAfter: 2}
	}
	return &Error{Status: http.StatusRequestEntityTooLarge, Type: typeInvalid, Message: "the body is longer than max_body_bytes: raise it, or send x-decompose: 0"}
}

// shortBody is up to where a body is not worth a buffer: its readers cost more than the memory.
const shortBody = 512

// promised is how much room, in bytes, a body gets at most that was only announced: the rest it gets when that is there. Else a few clients that announce
// big bodies and send nothing would keep everybody else's out.
const promised = 4 << 20

// readBody reads all of a body of the given length (-1: unknown), into a buffer where it is not known to be short. It asks for room before it takes it. why says why
// it stopped before the end, after what body holds.
func (l *look) readBody(r io.Reader, length int64) (body []byte, why string, err error) {
	if 0 <= length && length <= shortBody {
		body = make([]byte, length)
		n, err := io.ReadFull(r, body)
		if err == io.EOF && n < len(body) {
			err = io.ErrUnexpectedEOF
		}
		return body[:n], "", err
	}
	size, most, times := int64(smallBody), int64(l.cfg.MaxBodyBytes)+1, int64(2)
	if length >= 0 {
		most, times = length, 16 // what is thrown away on the way is little
		for size = length; size > promised; {
			size = (size + times - 1) / times
		}
	}
	for read := 0; ; size *= times {
		size = min(size, most)
		if !l.room.grow(size - int64(read)) {
			return body[:read], "busy", nil
		}
		h := newBuffer(size)
		copy(h.b, body)
		if l.buffer != nil {
			l.buffer.drop()
		}
		l.buffer, body = h, h.b
		for read < len(body) {
			n, err := r.Read(body[read:]) // not io.ReadFull: a cut connection must not look like the end
			read += n
			switch {
			case length < 0 && read > l.cfg.MaxBodyBytes:
				return body[:read], "body-limit", nil
			case err == io.EOF && length < 0:
				h.b = body[:read]
				return h.b, "", nil
			case err == io.EOF && int64(read) < length:
				return nil, "", io.ErrUnexpectedEOF
			case err != nil && err != io.EOF:
				return nil, "", err
			}
		}
		if int64(read) == length {
			return body, "", nil
		}
	}
}

// A prefix is what was read of a body that goes on unread. It keeps its room until it was sent.
type prefix struct {
	read bytes.Reader
	rest io.ReadCloser
	room *room
}

// Read implements io.Reader.
func (p *prefix) Read(to []byte) (int, error) {
	if p.read.Len() > 0 {
		return p.read.Read(to)
	}
	p.read.Reset(nil)
	p.room.release()
	return p.rest.Read(to)
}

// Close implements io.Closer. It may be called while Read is.
func (p *prefix) Close() error {
	p.room.release()
	return p.rest.Close()
}
