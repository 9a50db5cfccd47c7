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
