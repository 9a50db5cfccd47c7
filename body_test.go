package haikuplanner

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
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

// Calls of ours stand in buffers that are used again, too. Each says by its fence which text it holds, so one that mixes with another is seen, also where upstream
// answers some calls without reading them and they are made again.
func TestCallBodiesDoNotMix(t *testing.T) {
	var calls, mixed atomic.Int32
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if n := calls.Add(1); n%29 == 2 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		var call struct{ Messages []struct{ Content string } }
		body, err := io.ReadAll(r.Body)
		if json.Unmarshal(body, &call) != nil || int64(len(body)) != r.ContentLength {
			t.Errorf("%v after %d of %d bytes: %.100q", err, len(body), r.ContentLength, body)
			return
		}
		user := call.Messages[len(call.Messages)-1].Content
		if _, rest, ok := strings.Cut(user, "<<<BEGIN "); ok {
			code, rest, _ := strings.Cut(rest, "\n")
			text, _, _ := strings.Cut(rest, "END "+code+">>>")
			whole, line := sha256.Sum256([]byte(text)), sha256.Sum256([]byte(strings.TrimSuffix(text, "\n")))
			if code != hex.EncodeToString(whole[:8]) && code != hex.EncodeToString(line[:8]) {
				mixed.Add(1)
			}
		}
		io.WriteString(w, `{"choices":[{"index":0,"message":{"role":"assistant","content":"NONE"},"finish_reason":"stop"}]}`)
	})
	for _, two := range []bool{false, true} {
		server := httptest.NewUnstartedServer(handler)
		server.EnableHTTP2 = two
		server.StartTLS()
		cfg := DefaultConfig()
		cfg.MaxChunks = 8
		p, err := New(WithBase(server.Client().Transport), WithConfig(cfg), WithRules())
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				var text strings.Builder
				for line := range 6000 {
					fmt.Fprintf(&text, `Line %d of text %d is about the sea.\n`, line, i)
				}
				r, _ := http.NewRequest(http.MethodPost, server.URL+"/v1/chat/completions", strings.NewReader(`{"model":"m","messages":[{"role":"user","content":"What is said of the sea?\n\n`+text.String()+`"}]}`))
				resp, err := p.Transport(nil).RoundTrip(r)
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
				if resp.StatusCode != http.StatusOK || resp.Header.Get(headerOurs) != "decomposed" {
					t.Errorf("status %d, %s", resp.StatusCode, resp.Header.Get(headerOurs))
				}
			}()
		}
		wg.Wait()
		server.Close()
	}
	if n := mixed.Load(); n > 0 || calls.Load() < 60 {
		t.Errorf("%d of %d calls hold another text than they say", n, calls.Load())
	}
}
