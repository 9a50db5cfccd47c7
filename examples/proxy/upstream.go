package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// An upstream is the transport under everything. It sends short bodies that are in memory, which is nearly all of them, over HTTP/1.1 in the goroutine that asks for
// it: it writes, and then reads the answer. http.Transport keeps two goroutines and two buffers for each open stream, and its requests change goroutines four
// times; it does all the rest here: TLS, proxies, long bodies, upgrades. It is safe for concurrent use.
type upstream struct {
	*http.Transport
	mu      sync.Mutex
	idle    map[string][]*upstreamConn // by address, the last used last
	tidying bool
}

const (
	shortBody   = 32 << 10 // bytes that are written before anything is read: what a connection takes even when the other end does not read
	mostHeaders = 10 << 20 // of an answer, as in http.Transport
	trailerRoom = 4 << 10  // for trailers, which must fit a buffer of net/http
	idleAtMost  = 90 * time.Second
	tidyEvery   = 10 * time.Second
)

// An upstreamConn is used by one request at a time.
type upstreamConn struct {
	net.Conn
	address string
	in      *bufio.Reader
	room    *bufio.Reader // see makeRoom
	left    int64         // that may be read
	since   time.Time
	raw     syscall.RawConn
	quiet   bool
	wrote   bool // something of the request went out
}

// newBase is the transport under everything. Compression stays the client's affair, and idle connections are kept for as many as come at once.
func newBase() *upstream {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableCompression = true
	t.MaxIdleConns = 0
	t.MaxIdleConnsPerHost = 256
	t.WriteBufferSize = 2 << 10 // each open stream holds it, where it comes this way
	t.DialContext = writesBodies(t.DialContext)
	return &upstream{Transport: t, idle: map[string][]*upstreamConn{}}
}

// takes says whether r is one of those that need no http.Transport.
func (u *upstream) takes(r *http.Request) bool {
	if !canAsk || r.URL == nil || r.URL.Scheme != "http" || r.Body == nil || r.GetBody == nil || r.ContentLength <= 0 || r.ContentLength > shortBody || r.Close || r.TransferEncoding != nil || r.Trailer != nil {
		return false
	}
	for _, name := range [...]string{"Connection", "Upgrade", "Expect"} {
		if r.Header[name] != nil {
			return false
		}
	}
	for _, c := range []byte(r.URL.Host) {
		if c >= 0x80 {
			return false
		}
	}
	proxy, err := u.Proxy(r)
	return proxy == nil && err == nil
}

// RoundTrip implements http.RoundTripper.
func (u *upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	if !u.takes(r) {
		return u.Transport.RoundTrip(sentOnce(r))
	}
	ctx := r.Context()
	c, err := u.connect(ctx, r)
	if err != nil {
		r.Body.Close()
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	resp, err := c.exchange(r)
	if err != nil {
		stop()
		c.Close()
		if err == errUnusable && ctx.Err() == nil {
			return u.again(r)
		}
		return nil, causeOf(ctx, err)
	}
	resp.Request = nil // it would keep the body for as long as the answer lasts
	a := &answer{ReadCloser: resp.Body, ctx: ctx, of: u, from: c, stop: stop, last: resp.Close}
	if resp.Body == http.NoBody {
		a.finish(true)
	} else {
		resp.Body = a
	}
	return resp, nil
}

// sentOnce hides from http.Transport, in small letters, the keys by which it takes a POST for one that it may send again after that was lost. As a proxy would without
// the body at hand: to repeat what may be paid for already is the client's to decide.
func sentOnce(r *http.Request) *http.Request {
	once := r
	for _, name := range [...]string{"Idempotency-Key", "X-Idempotency-Key"} {
		if v, ok := r.Header[name]; ok {
			if once == r {
				clone := *r
				once, clone.Header = &clone, maps.Clone(r.Header)
			}
			delete(once.Header, name)
			once.Header[strings.ToLower(name)] = v
		}
	}
	return once
}

// again sends a request of which nothing was sent. Of idle connections each is tried once.
func (u *upstream) again(r *http.Request) (*http.Response, error) {
	clone := *r
	var err error
	if clone.Body, err = r.GetBody(); err != nil {
		return nil, err
	}
	return u.RoundTrip(&clone)
}

// causeOf is why ctx ended, where that is why err happened.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// connect takes the idle connection that was used last, or makes one.
func (u *upstream) connect(ctx context.Context, r *http.Request) (*upstreamConn, error) {
	address := r.URL.Host
	if r.URL.Port() == "" {
		address = net.JoinHostPort(r.URL.Hostname(), "80")
	}
	if ctx.Err() == nil {
		if c := u.take(address); c != nil {
			return c, nil
		}
	}
	conn, err := u.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, causeOf(ctx, err)
	}
	c := &upstreamConn{Conn: conn, address: address}
	c.in = bufio.NewReaderSize(c, eventBuffer)
	if s, ok := conn.(syscall.Conn); ok {
		c.raw, _ = s.SyscallConn()
	}
	return c, nil
}

func (u *upstream) take(address string) *upstreamConn {
	u.mu.Lock()
	defer u.mu.Unlock()
	list := u.idle[address]
	if len(list) == 0 {
		return nil
	}
	c := list[len(list)-1]
	list[len(list)-1] = nil
	u.idle[address] = list[:len(list)-1]
	return c
}

// give keeps a connection for the next request.
func (u *upstream) give(c *upstreamConn) {
	u.mu.Lock()
	defer u.mu.Unlock()
	list := u.idle[c.address]
	if len(list) >= u.MaxIdleConnsPerHost {
		c.Close()
		return
	}
	c.since = time.Now()
	u.idle[c.address] = append(list, c)
	if !u.tidying {
		u.tidying = true
		time.AfterFunc(tidyEvery, u.tidy)
	}
}

// tidy closes what LiteLLM has closed and what nobody has used for long.
func (u *upstream) tidy() {
	u.keep(func(c *upstreamConn) bool { return c.usable() })
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.tidying = len(u.idle) > 0; u.tidying {
		time.AfterFunc(tidyEvery, u.tidy)
	}
}

// CloseIdleConnections closes the connections that no request uses.
func (u *upstream) CloseIdleConnections() {
	u.keep(func(*upstreamConn) bool { return false })
	u.Transport.CloseIdleConnections()
}

func (u *upstream) keep(good func(*upstreamConn) bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for address, list := range u.idle {
		kept := slices.DeleteFunc(list, func(c *upstreamConn) bool {
			bad := !good(c)
			if bad {
				c.Close()
			}
			return bad
		})
		if u.idle[address] = kept; len(kept) == 0 {
			delete(u.idle, address)
		}
	}
}

// usable says whether an idle connection is still open, and nothing was said on it that nobody asked for.
func (c *upstreamConn) usable() bool {
	return time.Since(c.since) < idleAtMost && c.raw != nil && c.raw.Read(c.ask) == nil && c.quiet
}

// Write implements io.Writer.
func (c *upstreamConn) Write(b []byte) (int, error) {
	c.wrote = true
	return c.Conn.Write(b)
}

// Read implements io.Reader.
func (c *upstreamConn) Read(b []byte) (int, error) {
	if c.left <= 0 {
		return 0, fmt.Errorf("the headers of the answer are longer than %d bytes", mostHeaders)
	}
	n, err := c.Conn.Read(b[:min(int64(len(b)), c.left)])
	c.left -= int64(n)
	return n, err
}

var requestBuffers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, shortBody+4<<10) }}

// together hides from net/http what it would flush after the headers: they go out with the body.
type together struct{ *bufio.Writer }

// errUnusable says that nothing was sent, and nothing can be, on a connection that was idle.
var errUnusable = errors.New("the connection was closed while nobody used it")

// exchange sends a request and reads the head of its answer. Whether an idle connection is still good is asked at the last moment: servers close them when they like.
func (c *upstreamConn) exchange(r *http.Request) (*http.Response, error) {
	w := requestBuffers.Get().(*bufio.Writer)
	c.wrote = false
	w.Reset(c)
	unsent := r.Write(together{w})
	if unsent == nil && !c.wrote && !c.since.IsZero() && !c.usable() {
		unsent = errUnusable
	}
	if unsent == nil {
		unsent = w.Flush()
	}
	w.Reset(nil)
	requestBuffers.Put(w)
	var lost *net.OpError
	if unsent != nil && !errors.As(unsent, &lost) {
		return nil, unsent
	}
	// A server that refuses a request may close before it has read all of it: then the answer is there nevertheless.
	for c.left = mostHeaders; ; {
		resp, err := http.ReadResponse(c.in, r)
		if err != nil {
			if unsent != nil {
				err = unsent
			}
			return nil, err
		}
		switch trace := httptrace.ContextClientTrace(r.Context()); {
		case resp.StatusCode >= 200 || resp.StatusCode < 100: // what is neither is not ours to judge
			c.left = math.MaxInt64
			if resp.TransferEncoding != nil && resp.Body != http.NoBody && (resp.Trailer != nil || !isEvents(resp)) {
				return c.makeRoom(r, resp)
			}
			return resp, nil
		case resp.StatusCode == http.StatusSwitchingProtocols:
			return nil, errors.New("the answer switches protocols, which nobody asked for")
		case trace != nil && trace.Got1xxResponse != nil:
			if err := trace.Got1xxResponse(resp.StatusCode, textproto.MIMEHeader(resp.Header)); err != nil {
				return nil, err
			}
		}
	}
}

// makeRoom gives an answer in chunks a buffer in which there is room for the lines between them, and for trailers. A stream of events holds its buffers for long, and has
// neither, unless it says so.
func (c *upstreamConn) makeRoom(r *http.Request, resp *http.Response) (*http.Response, error) {
	head := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
	if resp.Trailer != nil {
		head += "Trailer: " + strings.Join(slices.Collect(maps.Keys(resp.Trailer)), ",") + "\r\n"
	}
	c.room = bufio.NewReaderSize(io.MultiReader(strings.NewReader(head+"\r\n"), c.in), trailerRoom)
	again, err := http.ReadResponse(c.room, r)
	if err == nil {
		again.Status, again.StatusCode, again.Header, again.Close = resp.Status, resp.StatusCode, resp.Header, resp.Close
	}
	return again, err
}

// An answer is the body of a response. When it was read to its end, its connection is free for the next request.
type answer struct {
	io.ReadCloser
	ctx  context.Context
	of   *upstream
	from *upstreamConn
	stop func() bool
	last bool // on its connection
	over atomic.Bool
}

// Read implements io.Reader.
func (a *answer) Read(b []byte) (int, error) {
	n, err := a.ReadCloser.Read(b)
	if err == nil {
		return n, nil
	}
	a.finish(err == io.EOF)
	if err != io.EOF {
		err = causeOf(a.ctx, err)
	}
	return n, err
}

// wait returns when there is something to read: until then a stream needs no buffer. net/http reports the end of a body together with its last bytes, so nobody waits
// here for what would come behind it. An error is Read's; the end is left to Read.
func (a *answer) wait() error {
	if a.from.room != nil {
		return nil
	}
	_, err := a.from.in.Peek(1)
	if err == nil || err == io.EOF {
		return nil
	}
	a.finish(false)
	return causeOf(a.ctx, err)
}

// Close implements io.Closer. It may be called during Read, which then ends; the rest is not waited for.
func (a *answer) Close() error {
	a.finish(false)
	return nil
}

func (a *answer) finish(whole bool) {
	if !a.over.CompareAndSwap(false, true) {
		return
	}
	if a.stop() && whole && !a.last && a.from.nothingLeft() {
		a.of.give(a.from)
	} else {
		a.from.Close()
	}
}

// nothingLeft says that behind the answer, which was read, came nothing that nobody asked for.
func (c *upstreamConn) nothingLeft() bool {
	room := c.room
	c.room = nil
	return c.in.Buffered() == 0 && (room == nil || room.Buffered() == 0)
}
