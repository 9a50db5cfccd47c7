package haikuplanner

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// writerFunc is a function as a writer.
type writerFunc func(b []byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// A buffer is in use as long as anybody reads it, closed or not, and by nobody afterwards.
func TestBufferIsHeldWhileRead(t *testing.T) {
	h := newBuffer(100_000)
	copy(h.b, bytes.Repeat([]byte("x"), len(h.b)))
	r, err := h.reader()
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 10)
	if n, err := r.Read(first); n != 10 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	_, err = r.(io.WriterTo).WriteTo(writerFunc(func(b []byte) (int, error) {
		h.drop() // the owner's
		r.Close()
		r.Close()
		if n := h.users.Load(); n != 1 {
			t.Errorf("%d users while the body is written, want 1", n)
		}
		if len(b) != 99_990 {
			t.Errorf("%d bytes, want the rest", len(b))
		}
		return len(b), nil
	}))
	if err != nil {
		t.Error(err)
	}
	if n := h.users.Load(); n != 0 {
		t.Errorf("%d users at the end, want none", n)
	}
	if _, err := r.Read(first); !errors.Is(err, http.ErrBodyReadAfterClose) {
		t.Errorf("Read after Close: %v", err)
	}
	if _, err := r.(io.WriterTo).WriteTo(io.Discard); !errors.Is(err, http.ErrBodyReadAfterClose) {
		t.Errorf("WriteTo after Close: %v", err)
	}
	if _, err := h.reader(); !errors.Is(err, http.ErrBodyReadAfterClose) {
		t.Errorf("a reader of a buffer without users: %v", err)
	}
}

// Long bodies in buffers that are used again do not mix, also where upstream answers before it has read them, or never does.
func TestLongBodiesDoNotMix(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Early") != "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		body, err := io.ReadAll(r.Body)
		letter := r.Header.Get("X-Letter")
		if err == nil && strings.Count(string(body), letter) != 150_000 {
			w.WriteHeader(http.StatusTeapot)
			fmt.Fprintf(w, "%.100q in a body of %s", body, letter)
		}
	})
	for _, two := range []bool{false, true} {
		server := httptest.NewUnstartedServer(handler)
		server.EnableHTTP2 = two
		server.StartTLS()
		base := server.Client().Transport.(*http.Transport)
		base.DisableCompression = true
		cfg := DefaultConfig()
		cfg.LargeRequestThreshold = 1 << 20
		p, err := New(WithBase(base), WithConfig(cfg))
		if err != nil {
			t.Fatal(err)
		}
		rt := p.Transport(nil)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				letter := string(rune('A' + i))
				text := `{"model":"m","messages":[{"role":"user","content":"` + strings.Repeat(letter, 150_000) + `"}]}`
				for k := range 12 {
					r, _ := http.NewRequest(http.MethodPost, server.URL+"/v1/chat/completions", strings.NewReader(text))
					r.Header.Set("X-Letter", letter)
					if k%3 == 1 {
						r.Header.Set("X-Early", "1")
					}
					resp, err := rt.RoundTrip(r)
					if err != nil {
						if k%3 != 1 {
							t.Errorf("HTTP/2 %t: %v", two, err)
						}
						continue
					}
					said, _ := io.ReadAll(resp.Body)
					resp.Body.Close()
					if k%3 != 1 && resp.StatusCode != http.StatusOK {
						t.Errorf("HTTP/2 %t: status %d, %s", two, resp.StatusCode, said)
					}
				}
			}()
		}
		wg.Wait()
		server.Close()
	}
}
