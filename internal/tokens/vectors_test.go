package tokens

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"os"
	"testing"
)

type vector struct {
	text          string
	o200k, cl100k int
}

// vectors reads what testdata/vectors.py wrote: texts with the counts of Python tiktoken.
func vectors(t testing.TB) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors.gz")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(z)
	number := func() int {
		n, err := binary.ReadUvarint(r)
		if err != nil {
			t.Fatal("vectors.gz: ", err)
		}
		return int(n)
	}
	var out []vector
	for {
		if _, err := r.Peek(1); err == io.EOF {
			return out
		}
		text := make([]byte, number())
		if _, err := io.ReadFull(r, text); err != nil {
			t.Fatal("vectors.gz: ", err)
		}
		out = append(out, vector{string(text), number(), number()})
	}
}

// Guards the whole counter: 0 mismatches against Python tiktoken. Among the texts are those that tiktoken-go v0.10 miscounts (several line ends in a run of white
// space, 0x7F) and letters newer than Go's Unicode tables.
func TestVectors(t *testing.T) {
	all := vectors(t)
	if len(all) < 20_000 {
		t.Fatalf("%d vectors, want at least 20,000", len(all))
	}
	wrong := 0
	for _, v := range all {
		for _, c := range []struct {
			enc  *Encoding
			want int
		}{{O200K(), v.o200k}, {CL100K(), v.cl100k}} {
			if got := c.enc.Count(v.text); got != c.want {
				if wrong++; wrong <= 20 {
					t.Errorf("%s: Count(%.200q) = %d, tiktoken counts %d", c.enc.Name(), v.text, got, c.want)
				}
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d mismatches in %d texts", wrong, len(all))
	}
}
