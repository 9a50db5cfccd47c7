package haikuplanner

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// What a stream holds is counted until nobody needs it. One that no client can come back for holds only what its own has not read; the beginning is not made up for
// one who comes later.
func TestFeedHoldsWhatIsNeeded(t *testing.T) {
	piece := bytes.Repeat([]byte("0123456789abcdef"), 1<<10)
	const pieces = 100
	for _, c := range []struct {
		name                string
		keyed, second, lags bool
		most, least         int // bytes counted
	}{
		{name: "read as it comes", most: smallBody + 4*len(piece)},
		{name: "with a key", keyed: true, most: pieces * len(piece), least: pieces * len(piece)},
		{name: "read by two", second: true, most: pieces * len(piece), least: pieces * len(piece)},
		{name: "read later", lags: true, most: pieces * len(piece), least: pieces * len(piece)},
	} {
		p, err := New(WithBase(http.DefaultTransport))
		if err != nil {
			t.Fatal(err)
		}
		var f feed
		f.init(p.gate, c.keyed)
		if c.second {
			f.clients++
		}
		reader := &streamBody{feed: &f, trailer: http.Header{}}
		var got bytes.Buffer
		most := 0
		for range pieces {
			f.Write(piece)
			most = max(most, int(p.gate.bytes.Load()))
			if !c.lags {
				io.CopyN(&got, reader, int64(len(piece)))
			}
		}
		f.close(nil)
		io.Copy(&got, reader)
		if want := bytes.Repeat(piece, pieces); !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: %d bytes were read of %d, or others", c.name, got.Len(), len(want))
		}
		if most > c.most || most < c.least || (f.gone == 0) != (c.keyed || c.second) {
			t.Errorf("%s: up to %d bytes were counted, %d are gone", c.name, most, f.gone)
		}
		for f.clients > 0 {
			f.clients--
			f.tidy()
		}
		if n := p.gate.bytes.Load(); n != 0 || f.data != nil {
			t.Errorf("%s: at the end %d bytes are counted", c.name, n)
		}
	}
}

// An answer that is not streamed is counted too, until its client has read it, closed it or gone.
func TestUnreadAnswersAreCounted(t *testing.T) {
	up := upstreamtest.New(func(upstreamtest.Call) upstreamtest.Reply {
		return upstreamtest.Reply{Text: strings.Repeat("word ", 40_000)}
	})
	p, err := New(WithBase(up), WithRules())
	if err != nil {
		t.Fatal(err)
	}
	for name, end := range map[string]func(*http.Response, context.CancelFunc){
		"read":   func(r *http.Response, _ context.CancelFunc) { io.CopyN(io.Discard, r.Body, r.ContentLength) },
		"closed": func(r *http.Response, _ context.CancelFunc) { r.Body.Close() },
		"gone": func(r *http.Response, leave context.CancelFunc) {
			gone := make(chan struct{})
			context.AfterFunc(r.Request.Context(), func() { close(gone) })
			leave()
			<-gone
			for i := 0; i < 1_000_000 && p.gate.bytes.Load() > 0; i++ {
				runtime.Gosched() // to the other watch of the same context
			}
		},
	} {
		ctx, leave := context.WithCancel(context.Background())
		r, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://litellm.test/v1/chat/completions", strings.NewReader(`{"model":"m","messages":[{"role":"user","content":"hi"}]}`))
		r.Header.Set(headerDecompose, "1")
		resp, err := p.Transport(nil).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if n := p.gate.bytes.Load(); n != resp.ContentLength || n < 200_000 {
			t.Errorf("%s: %d bytes are counted of %d", name, n, resp.ContentLength)
		}
		end(resp, leave)
		if n := p.gate.bytes.Load(); n != 0 {
			t.Errorf("%s: %d bytes are counted afterwards", name, n)
		}
		leave()
	}
}
