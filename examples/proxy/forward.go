package main

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// hopHeaders are about one connection and are not passed on: those of httputil.ReverseProxy.
var hopHeaders = [...]string{"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// special says whether a request asks something of the connection itself, or of the order in which things happen on it.
func special(r *http.Request) bool {
	for _, name := range hopHeaders[1:] {
		if r.Header[name] != nil {
			return true
		}
	}
	for _, v := range r.Header["Connection"] {
		if !strings.EqualFold(v, "keep-alive") && !strings.EqualFold(v, "close") {
			return true
		}
	}
	return r.Trailer != nil || r.Header["Expect"] != nil
}

// pass sends a request on to LiteLLM, through the planner, and its answer back. That is what httputil.ReverseProxy does, and what is special goes that way. All
// else needs neither copies of its headers nor most of its checks.
func (p *proxy) pass(w http.ResponseWriter, r *http.Request) {
	unsilent(w, r)
	if special(r) {
		p.reverse.ServeHTTP(w, r)
		return
	}
	h := &interim{w: w}
	h.trace.Got1xxResponse = h.pass
	out := r.WithContext(httptrace.WithClientTrace(r.Context(), &h.trace))
	target := *r.URL
	out.URL, out.Close = &target, false
	if r.ContentLength != 0 {
		body := &incoming{ReadCloser: r.Body} // and nothing else, for it lasts as long as the answer
		out.Body = body
		defer body.Close()
	}
	delete(out.Header, "Connection")
	p.rewrite(&httputil.ProxyRequest{In: r, Out: out})
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header["User-Agent"] = []string{""} // else net/http names itself
	}
	resp, err := p.RoundTrip(out)
	h.end()
	if err == nil && resp.StatusCode < http.StatusOK { // what nobody asked for
		resp.Body.Close()
		err = errors.New("its answer has the status " + strconv.Itoa(resp.StatusCode))
	}
	if err != nil {
		p.unreachable(w, out, err)
		return
	}
	p.answer(w, resp)
}

// An incoming body is closed by its server alone: before an answer is there that might wait for a client who waits for us. Nobody reads it afterwards.
type incoming struct {
	io.ReadCloser
	closed atomic.Bool
}

// Read implements io.Reader.
func (b *incoming) Read(to []byte) (int, error) {
	if b.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	return b.ReadCloser.Read(to)
}

// Close implements io.Closer.
func (b *incoming) Close() error {
	b.closed.Store(true)
	return nil
}

// An interim is where answers before the answer go, such as 103: until then they are the client's too.
type interim struct {
	trace httptrace.ClientTrace
	mu    sync.Mutex
	w     http.ResponseWriter
}

func (h *interim) pass(code int, header textproto.MIMEHeader) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.w != nil {
		maps.Copy(h.w.Header(), header)
		h.w.WriteHeader(code)
		clear(h.w.Header())
	}
	return nil
}

func (h *interim) end() {
	h.mu.Lock()
	h.w = nil
	h.mu.Unlock()
}

// answer passes an answer on as it comes: what is of unknown length, or a stream of events, piece by piece.
func (p *proxy) answer(w http.ResponseWriter, resp *http.Response) {
	for _, names := range resp.Header["Connection"] {
		for _, name := range strings.Split(names, ",") {
			resp.Header.Del(textproto.TrimString(name))
		}
	}
	for _, name := range hopHeaders {
		delete(resp.Header, name)
	}
	header := w.Header()
	maps.Copy(header, resp.Header)
	announced := len(resp.Trailer)
	if announced > 0 {
		header.Set("Trailer", strings.Join(slices.Sorted(maps.Keys(resp.Trailer)), ", "))
	}
	w.WriteHeader(resp.StatusCode)
	err := p.copy(w, resp)
	resp.Body.Close() // now the trailers are there
	if err != nil {
		panic(http.ErrAbortHandler) // the client must not take what it has for all
	}
	prefix := ""
	if len(resp.Trailer) != announced {
		prefix = http.TrailerPrefix
	}
	for name, v := range resp.Trailer {
		header[prefix+name] = v
	}
}

// Copy buffers. A stream may hold one for as long as it lasts, and its events are short.
const eventBuffer, copyBuffer = 512, 32 << 10

var (
	eventBuffers = sync.Pool{New: func() any { b := make([]byte, eventBuffer); return &b }}
	copyBuffers  = sync.Pool{New: func() any { b := make([]byte, copyBuffer); return &b }}
)

func isEvents(resp *http.Response) bool {
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	return strings.EqualFold(textproto.TrimString(kind), "text/event-stream")
}

// copy is io.Copy of an answer's body.
func (p *proxy) copy(w http.ResponseWriter, resp *http.Response) error {
	events := isEvents(resp)
	flush := func() error { return nil }
	if events || resp.ContentLength < 0 {
		flush = http.NewResponseController(w).Flush
		flush() // the headers, before anything else is there
		resp.Header = nil
		clear(w.Header()) // a stream would keep them, and what they stand in, for as long as it lasts
	}
	ours, waits := resp.Body.(*answer)
	for last := 0; ; {
		pool := &copyBuffers
		if events && last < eventBuffer { // a long buffer for as long as its events are long
			pool = &eventBuffers
			if waits {
				if err := ours.wait(); err != nil {
					return p.cutOff(err)
				}
			}
		}
		buffer := pool.Get().(*[]byte)
		n, err := resp.Body.Read(*buffer)
		last = n
		var unsent error
		if n > 0 {
			if _, unsent = w.Write((*buffer)[:n]); unsent == nil {
				unsent = flush()
			}
		}
		pool.Put(buffer)
		switch {
		case unsent != nil:
			return unsent
		case err == io.EOF:
			return nil
		case err != nil:
			return p.cutOff(err)
		}
	}
}

// cutOff tells that an answer ended before it was whole.
func (p *proxy) cutOff(err error) error {
	if !errors.Is(err, context.Canceled) {
		p.log.Warn("an answer of LiteLLM's was cut off", "error", err.Error())
	}
	return err
}
