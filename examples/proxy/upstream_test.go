package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A script answers each request of each connection with the next of its pieces. After the last one it closes. With unread it reads no bodies. It keeps what it read.
type script struct {
	net.Listener
	mu    sync.Mutex
	conns int
	sent  bytes.Buffer
}

func newScript(t *testing.T, unread bool, pieces ...string) *script {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s := &script{Listener: l}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns++
			s.mu.Unlock()
			go func() {
				defer c.Close()
				in := bufio.NewReader(io.TeeReader(c, s))
				for _, piece := range pieces {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					if !unread {
						io.Copy(io.Discard, r.Body)
					}
					io.WriteString(c, piece)
				}
			}()
		}
	}()
	return s
}

// Write implements io.Writer.
func (s *script) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent.Write(b)
}

func (s *script) read() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent.String()
}

func (s *script) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

func shortPost(ctx context.Context, address, body string) *http.Request {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/v1/chat/completions?a=b", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return r
}

// What comes of a request is what http.Transport makes of it.
func TestUpstreamAnswersAsHTTPTransport(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Twice: a\r\nX-Twice: b\r\n"
	type result struct {
		Status  int
		Header  http.Header
		Length  int64
		Body    string
		Trailer http.Header
		Hints   []int
		Error   bool
		BodyErr string
	}
	for _, c := range []struct {
		name, answer string
		size         int
	}{
		{"length", ok + "Content-Length: 5\r\n\r\nhello", 100},
		{"a body of 30 KB", ok + "Content-Length: 5\r\n\r\nhello", 30 << 10},
		{"chunks", ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 100},
		{"trailer", ok + "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n", 100},
		{"trailers of 1.5 KB", ok + "Transfer-Encoding: chunked\r\nTrailer: X-Sum, X-Long\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\nX-Long: " + strings.Repeat("x", 3<<9) + "\r\n\r\n", 100},
		{"trailers that were not announced", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Long: " + strings.Repeat("x", 3<<9) + "\r\n\r\n", 100},
		{"long extensions", ok + "Transfer-Encoding: chunked\r\n\r\n5;x=" + strings.Repeat("x", 3<<9) + "\r\nhello\r\n0\r\n\r\n", 100},
		{"until it closes", "HTTP/1.0 200 OK\r\n\r\nhello", 100},
		{"no content", "HTTP/1.1 204 No Content\r\n\r\n", 100},
		{"no content, in chunks", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", 100},
		{"empty", ok + "Content-Length: 0\r\n\r\n", 100},
		{"interim answers", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok + "Content-Length: 5\r\n\r\nhello", 100},
		{"no status", "HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nok", 100},
		{"an error", "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n{}", 100},
		{"cut", ok + "Content-Length: 10\r\n\r\nhello", 100},
		{"cut chunk", ok + "Transfer-Encoding: chunked\r\n\r\n9\r\nhel", 100},
		{"no last chunk", ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n", 100},
		{"no chunk", ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 100},
		{"cut header", "HTTP/1.1 200 OK\r\nContent-", 100},
		{"nothing", "", 100},
		{"no HTTP", "SSH-2.0-OpenSSH\r\n", 100},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := newBase()
			defer u.CloseIdleConnections()
			var results [2]result
			for i, rt := range []http.RoundTripper{u, u.Transport} {
				s := newScript(t, false, c.answer)
				res := &results[i]
				ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
					res.Hints = append(res.Hints, code)
					return nil
				}})
				r := shortPost(ctx, s.Addr().String(), strings.Repeat("x", c.size))
				if !u.takes(r) {
					t.Fatal("it is not taken")
				}
				resp, err := rt.RoundTrip(r)
				if err != nil {
					res.Error = true
					continue
				}
				body, err := io.ReadAll(resp.Body)
				if err != nil {
					res.BodyErr = err.Error()
				}
				resp.Body.Close()
				res.Status, res.Header, res.Length, res.Body, res.Trailer = resp.StatusCode, resp.Header, resp.ContentLength, string(body), resp.Trailer
			}
			if d := cmp.Diff(results[1], results[0]); d != "" {
				t.Errorf("http.Transport - and this one +:\n%s", d)
			}
		})
	}
}

// The answer of a server that closes before it has read all is not lost.
func TestUpstreamRefusedEarly(t *testing.T) {
	s := newScript(t, true, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
	u := newBase()
	for range 30 {
		resp, err := u.RoundTrip(shortPost(context.Background(), s.Addr().String(), strings.Repeat("x", shortBody)))
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(resp.Body); resp.StatusCode != 413 || string(body) != "{}" {
			t.Errorf("%d %q %v", resp.StatusCode, body, err)
		}
	}
}

// A connection is used again when all was said on it, and only then.
func TestUpstreamConnections(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	for _, c := range []struct {
		name   string
		pieces []string
		read   int // of the first answer, before it is closed
		conns  int
	}{
		{"read to its end", []string{ok, ok}, 100, 1},
		{"read to its end, in chunks", []string{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", ok}, 100, 1},
		{"with trailers", []string{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n", ok}, 100, 1},
		{"events", []string{"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", ok}, 100, 1},
		{"more than was asked for, in chunks", []string{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nHTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n", ok}, 100, 2},
		{"no body", []string{"HTTP/1.1 204 No Content\r\n\r\n", ok}, 100, 1},
		{"closed too early", []string{ok, ok}, 2, 2},
		{"the last one, it says", []string{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", ok}, 100, 2},
		{"the last one, it says, in chunks", []string{"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", ok}, 100, 2},
		{"HTTP/1.0", []string{"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", ok}, 100, 2},
		{"more than was asked for", []string{ok + "HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n", ok}, 100, 2},
	} {
		u := newBase()
		s := newScript(t, false, c.pieces...)
		for i := range 2 {
			resp, err := u.RoundTrip(shortPost(context.Background(), s.Addr().String(), "{}"))
			if err != nil {
				t.Fatalf("%s: request %d: %v", c.name, i, err)
			}
			io.CopyN(io.Discard, resp.Body, int64(c.read))
			resp.Body.Close()
		}
		if n := s.count(); n != c.conns {
			t.Errorf("%s: %d connections, want %d", c.name, n, c.conns)
		}
		u.CloseIdleConnections()
		if len(u.idle) != 0 {
			t.Errorf("%s: idle connections stay", c.name)
		}
	}
}

// LiteLLM closes what was idle for some seconds. That is seen before the next request is sent, and tidied up without one.
func TestUpstreamClosesIdle(t *testing.T) {
	u := newBase()
	defer u.CloseIdleConnections()
	s := newScript(t, false, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") // and closes
	for range 20 {
		resp, err := u.RoundTrip(shortPost(context.Background(), s.Addr().String(), "{}"))
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		waitUntil(t, func() bool {
			u.mu.Lock()
			defer u.mu.Unlock()
			for _, c := range u.idle[s.Addr().String()] {
				return !c.usable()
			}
			return true
		})
	}
	if n := s.count(); n != 20 {
		t.Errorf("%d connections for 20 requests", n)
	}
	u.tidy()
	if len(u.idle) != 0 || u.tidying {
		t.Errorf("idle connections that were closed stay: %v", u.idle)
	}
	c := &upstreamConn{since: time.Now().Add(-idleAtMost)}
	if c.usable() {
		t.Error("a connection is kept for ever")
	}
}

// What was lost on the way is not sent again, whatever key it has.
func TestUpstreamSendsOnce(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	for _, size := range []int{2, shortBody + 1} {
		for _, key := range []string{"Authorization", "Idempotency-Key", "X-Idempotency-Key"} {
			u := newBase()
			s := newScript(t, false, ok, "") // the second is read, and then the connection is closed
			for i := range 2 {
				r := shortPost(context.Background(), s.Addr().String(), strings.Repeat("x", size))
				r.Header.Set(key, "k-1")
				resp, err := u.RoundTrip(r)
				if (err == nil) != (i == 0) || r.Header.Get(key) != "k-1" {
					t.Errorf("%d bytes, %s: request %d: %v", size, key, i, err)
				}
				if err == nil {
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			}
			if sent := strings.ToLower(s.read()); strings.Count(sent, "post /v1") != 2 || strings.Count(sent, strings.ToLower(key)+": k-1\r\n") != 2 || s.count() != 1 {
				t.Errorf("%d bytes, %s: sent %d times on %d connections", size, key, strings.Count(sent, "post /v1"), s.count())
			}
			u.CloseIdleConnections()
		}
	}
}

func waitUntil(t *testing.T, f func() bool) {
	t.Helper()
	for began := time.Now(); !f(); runtime.Gosched() {
		if time.Since(began) > 10*time.Second {
			t.Fatal("it does not happen")
		}
	}
}

// Who does not wait any longer gets the reason, and the connection is closed: before the answer, and during it.
func TestUpstreamCancelled(t *testing.T) {
	reason := errors.New("the reason")
	for _, begun := range []bool{false, true} {
		gone := make(chan bool, 1)
		arrived := make(chan bool, 1)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			if begun {
				io.WriteString(w, "begun")
				w.(http.Flusher).Flush()
			}
			arrived <- true
			<-r.Context().Done()
			gone <- true
		}))
		u := newBase()
		ctx, cancel := context.WithCancelCause(context.Background())
		go func() {
			<-arrived
			cancel(reason)
		}()
		resp, err := u.RoundTrip(shortPost(ctx, server.Listener.Addr().String(), "{}"))
		if err == nil {
			if _, err = io.ReadAll(resp.Body); !begun {
				t.Error("an answer came")
			}
		}
		if err != reason {
			t.Errorf("begun %v: %v", begun, err)
		}
		<-gone
		if len(u.idle) != 0 {
			t.Error("the connection is kept")
		}
		server.Close()
		if _, err := u.RoundTrip(shortPost(ctx, server.Listener.Addr().String(), "{}")); err != reason {
			t.Errorf("cancelled before it was sent: %v", err)
		}
		if _, err := u.RoundTrip(shortPost(context.Background(), server.Listener.Addr().String(), "{}")); err == nil || !strings.Contains(err.Error(), "refused") {
			t.Errorf("nobody listens: %v", err)
		}
	}
}

// A client that goes away in the middle of a stream takes the request to LiteLLM with it.
func TestClientLeavesStream(t *testing.T) {
	gone := make(chan bool)
	base := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: 1\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(gone)
	}), nil)
	resp, err := http.Post(base+"/v1/chat/completions", "application/json", strings.NewReader(`{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	io.ReadFull(resp.Body, make([]byte, 5))
	resp.Body.Close()
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Error("LiteLLM goes on")
	}
}

// Close ends a Read that waits.
func TestUpstreamClosedWhileRead(t *testing.T) {
	s := newScript(t, false, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", "")
	u := newBase()
	resp, err := u.RoundTrip(shortPost(context.Background(), s.Addr().String(), "{}"))
	if err != nil {
		t.Fatal(err)
	}
	io.ReadFull(resp.Body, make([]byte, 5))
	ended := make(chan error)
	go func() {
		_, err := resp.Body.Read(make([]byte, 5))
		ended <- err
	}()
	resp.Body.Close()
	if err := <-ended; err == nil || err == io.EOF {
		t.Errorf("the read ends with %v", err)
	}
}

func TestUpstreamTakes(t *testing.T) {
	u := newBase()
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		want   bool
	}{
		{"short", func(r *http.Request) {}, true},
		{"none", func(r *http.Request) { r.Body, r.GetBody, r.ContentLength = nil, nil, 0 }, false},
		{"not in memory", func(r *http.Request) { r.GetBody = nil }, false},
		{"long", func(r *http.Request) { r.ContentLength = shortBody + 1 }, false},
		{"length not known", func(r *http.Request) { r.ContentLength = -1 }, false},
		{"TLS", func(r *http.Request) { r.URL.Scheme = "https" }, false},
		{"upgrade", func(r *http.Request) { r.Header.Set("Upgrade", "websocket") }, false},
		{"asks first", func(r *http.Request) { r.Header.Set("Expect", "100-continue") }, false},
		{"with a key", func(r *http.Request) { r.Header.Set("Idempotency-Key", "1") }, true},
		{"another alphabet", func(r *http.Request) { r.URL.Host = "çay.example" }, false},
	} {
		r := shortPost(context.Background(), "127.0.0.1:1", "{}")
		c.change(r)
		if got := u.takes(r); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	u.Proxy = http.ProxyURL(nil)
	if !u.takes(shortPost(context.Background(), "litellm", "{}")) {
		t.Error("no proxy: not taken")
	}
	u.Proxy = func(*http.Request) (*url.URL, error) { return &url.URL{Scheme: "http", Host: "proxy"}, nil }
	if u.takes(shortPost(context.Background(), "litellm", "{}")) {
		t.Error("through a proxy: taken")
	}
}

// Headers without end are not read without end.
func TestUpstreamBoundsHeaders(t *testing.T) {
	s := newScript(t, false, "HTTP/1.1 200 OK\r\nX-Long: "+strings.Repeat("x", mostHeaders))
	if _, err := newBase().RoundTrip(shortPost(context.Background(), s.Addr().String(), "{}")); err == nil || !strings.Contains(err.Error(), fmt.Sprint(mostHeaders)) {
		t.Errorf("%v", err)
	}
}

// Answers never meet the wrong request.
func TestUpstreamAtOnce(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Write(bytes.Repeat(body, 1+len(body)%3*20))
	}))
	defer server.Close()
	u := newBase()
	defer u.CloseIdleConnections()
	var wg sync.WaitGroup
	for k := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 50 {
				text := strings.Repeat(fmt.Sprintf("%d.%d ", k, i), 1+i*20)
				ctx, cancel := context.WithCancel(context.Background())
				resp, err := u.RoundTrip(shortPost(ctx, server.Listener.Addr().String(), text))
				if err != nil {
					t.Errorf("%d.%d: %v", k, i, err)
				} else if i%7 == 0 {
					resp.Body.Close()
				} else if got, err := io.ReadAll(resp.Body); err != nil || string(got) != strings.Repeat(text, 1+len(text)%3*20) {
					t.Errorf("%d.%d: %d bytes came back, %v", k, i, len(got), err)
				}
				cancel()
			}
		}()
	}
	wg.Wait()
}

// Headers and body go out at once, also where net/http does not know that the body is in memory.
func TestUpstreamWritesOnce(t *testing.T) {
	for _, size := range []int{1, 4 << 10, 16 << 10, shortBody} {
		c := &counted{answer: strings.NewReader("HTTP/1.1 204 No Content\r\n\r\n")}
		r := shortPost(context.Background(), "litellm", strings.Repeat("x", size))
		r.Body = io.NopCloser(struct{ io.Reader }{r.Body})
		if _, err := (&upstreamConn{Conn: c, in: bufio.NewReader(c.answer)}).exchange(r); err != nil {
			t.Fatal(err)
		}
		if c.writes != 1 {
			t.Errorf("a body of %d bytes takes %d writes", size, c.writes)
		}
	}
}

type counted struct {
	net.Conn
	answer io.Reader
	writes int
}

func (c *counted) Write(b []byte) (int, error) {
	c.writes++
	return len(b), nil
}
