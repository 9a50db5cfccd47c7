package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A body in memory arrives as it is, whatever its length, and never more of it than was announced.
func TestBodiesWriteThemselves(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Write(body)
	}))
	defer server.Close()
	base := newBase()
	defer base.CloseIdleConnections()
	text := strings.Repeat("0123456789abcde\n", 1<<16)
	for _, size := range []int{1, 4000, 4096, 5000, 64 << 10, 1 << 20} {
		for _, c := range []struct {
			name  string
			body  io.Reader
			wrong bool
		}{
			{"in memory", bytes.NewReader([]byte(text[:size])), false},
			{"in a buffer", bytes.NewBufferString(text[:size]), false},
			{"streamed", struct{ io.Reader }{strings.NewReader(text[:size])}, false},
			{"longer than announced", bytes.NewReader([]byte(text[:size] + "more")), true}, // an answer may be faster than the error
			{"shorter than announced", bytes.NewReader([]byte(text[:size-1])), true},
		} {
			r, _ := http.NewRequest(http.MethodPost, server.URL, io.NopCloser(c.body))
			r.ContentLength = int64(size)
			resp, err := base.RoundTrip(r)
			if err != nil {
				if c.wrong {
					continue
				}
				t.Errorf("%s, %d bytes: %v", c.name, size, err)
				continue
			}
			echo, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil && !c.wrong || err == nil && string(echo) != text[:size] {
				t.Errorf("%s, %d bytes: %d came back, %v", c.name, size, len(echo), err)
			}
		}
	}
}

// The rest of a long body goes out in one piece from where it is. That is the point of conn, and rests on what net/http gives it.
func TestBodiesAreNotCopied(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	client, err := writesBodies((&net.Dialer{}).DialContext)(context.Background(), "tcp", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	body := &writes{Reader: bytes.NewReader(make([]byte, 100))}
	client.(io.ReaderFrom).ReadFrom(&io.LimitedReader{R: body, N: 100})
	if body.count != 1 {
		t.Errorf("the body wrote itself %d times, want once", body.count)
	}
}

type writes struct {
	*bytes.Reader
	count int
}

func (w *writes) WriteTo(to io.Writer) (int64, error) {
	w.count++
	return w.Reader.WriteTo(to)
}
