package haikuplanner

import (
	"bytes"
	"io"
	"net/http"
	"testing"
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
