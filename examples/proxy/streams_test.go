package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// An open stream holds what the server of net/http needs for a connection, some 16 KB, and little more. Both ends are plain connections here, so that only the proxy is weighed.
func TestAllocatedByOpenStreams(t *testing.T) {
	const body = `{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`
	upstream, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer upstream.Close()
	go func() {
		var held []net.Conn // one that nobody refers to is closed
		for {
			c, err := upstream.Accept()
			if err != nil {
				for _, c := range held {
					c.Close()
				}
				return
			}
			held = append(held, c)
			go exchangeOnce(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n", body)
		}
	}()
	base := start(t, http.NotFoundHandler(), func(s *settings) {
		s.litellmURL = &url.URL{Scheme: "http", Host: upstream.Addr().String()}
		s.litellm = s.litellmURL.String()
	})
	var open []net.Conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	streams := func(n int) uint64 {
		for range n {
			c, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			open = append(open, c)
			exchangeOnce(c, fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: p\r\nContent-Length: %d\r\n\r\n%s", len(body), body), "data: 1\n\n")
		}
		runtime.GC()
		runtime.GC() // what was in pools is gone with the second
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := streams(10)
	const n = 100
	if each := (streams(n) - before) / n; each > 18500 {
		t.Errorf("an open stream holds %d bytes of heap", each)
	} else {
		t.Logf("an open stream holds %d bytes of heap", each)
	}
}

// exchangeOnce says something and hears something on a connection, in the order of who begins.
func exchangeOnce(c net.Conn, say, until string) {
	server := strings.HasPrefix(say, "HTTP")
	if !server {
		c.Write([]byte(say))
	}
	var heard []byte
	for buf := make([]byte, 1024); !bytes.Contains(heard, []byte(until)); {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		heard = append(heard, buf[:n]...)
	}
	if server {
		c.Write([]byte(say))
	}
}

// Events that are long go on in long pieces, and give the long buffer back.
func TestLongEvents(t *testing.T) {
	p := newProxy(t, settings{litellm: "http://litellm.test", litellmURL: &url.URL{Scheme: "http", Host: "litellm.test"}})
	const size = 1 << 20
	w := &writeCounter{ResponseWriter: httptest.NewRecorder()}
	resp := &http.Response{Header: http.Header{"Content-Type": {"Text/Event-Stream; charset=utf-8"}}, ContentLength: -1, Body: io.NopCloser(io.MultiReader(strings.NewReader(strings.Repeat("x", size)), iotest.OneByteReader(strings.NewReader("short"))))}
	if err := p.copy(w, resp); err != nil {
		t.Fatal(err)
	}
	if most := size/copyBuffer + 2 + len("short"); w.writes > most {
		t.Errorf("%d writes of %d bytes, want at most %d", w.writes, size, most)
	}
}

type writeCounter struct {
	http.ResponseWriter
	writes int
}

func (w *writeCounter) Write(b []byte) (int, error) {
	w.writes++
	return w.ResponseWriter.Write(b)
}

func (w *writeCounter) Flush() {}

// A stream that ends with its connection is whole when that was closed, and cut off when it was reset.
func TestStreamReset(t *testing.T) {
	for _, reset := range []bool{false, true} {
		upstream, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer upstream.Close()
		more := make(chan bool)
		go func() {
			c, err := upstream.Accept()
			if err != nil {
				return
			}
			exchangeOnce(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n", `"hi"}]}`)
			<-more // the client has the event, and the next one is waited for
			if reset {
				c.(*net.TCPConn).SetLinger(0)
			}
			c.Close()
		}()
		base := start(t, http.NotFoundHandler(), func(s *settings) {
			s.litellmURL = &url.URL{Scheme: "http", Host: upstream.Addr().String()}
			s.litellm = s.litellmURL.String()
		})
		resp, err := http.Post(base+"/v1/chat/completions", "application/json", strings.NewReader(`{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		event := make([]byte, len("data: 1\n\n"))
		if _, err := io.ReadFull(resp.Body, event); err != nil {
			t.Fatal(err)
		}
		close(more)
		rest, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if len(rest) > 0 || (err != nil) != reset {
			t.Errorf("reset %v: then came %q and %v", reset, rest, err)
		}
	}
}
