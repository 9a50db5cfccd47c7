package sse

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// read describes the events of r, one line each, and the error that ended them.
func read(r io.Reader, max int) (out []string) {
	for e, err := range Read(r, max) {
		if err != nil {
			return append(out, "error: "+err.Error())
		}
		out = append(out, fmt.Sprintf("%s|%q", e.Name, e.Data))
	}
	return out
}

const cutOff = "error: unexpected EOF"

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"empty", "", nil},
		{"one", "data: a\n\n", []string{`|"a"`}},
		{"no space, two spaces", "data:a\n\ndata:  a\n\n", []string{`|"a"`, `|" a"`}},
		{"CR", "data: a\rdata: b\r\rdata: c\r\r", []string{`|"a\nb"`, `|"c"`}},
		{"CRLF", "data: a\r\ndata: b\r\n\r\n", []string{`|"a\nb"`}},
		{"mixed", "data: a\r\n\rdata: b\n\r\ndata: c\r\n\n", []string{`|"a"`, `|"b"`, `|"c"`}},
		{"mark", "\uFEFFdata: a\n\n", []string{`|"a"`}},
		{"mark twice", "\uFEFF\uFEFFdata: a\n\ndata: b\n\n", []string{`|"b"`}},
		{"mark later", "data: a\n\n\uFEFFdata: b\n\n", []string{`|"a"`}},
		{"mark alone", "\uFEFF", nil},
		{"names", "event: x\ndata: a\n\ndata: b\n\n", []string{`x|"a"`, `|"b"`}},
		{"name without data", "event: x\n\ndata: b\n\n", []string{`|"b"`}},
		{"empty data", "data\n\ndata:\ndata\n\n", []string{`|""`, `|"\n"`}},
		{"comments", ": hi\n\n:\ndata: a\n: in between\ndata: b\n\n: bye", []string{`|"a\nb"`}},
		{"other fields", "id: 1\nretry: 5\nfoo: x\nfoo\n data: no\ndata: a\n\n", []string{`|"a"`}},
		{"colons", "data: a: b\n\n", []string{`|"a: b"`}},
		{"blank lines", "\n\n\r\n\rdata: a\n\n\n\n", []string{`|"a"`}},
		{"cut before the blank line", "data: a\n\ndata: b\n", []string{`|"a"`, cutOff}},
		{"cut in a line", "data: a\n\nda", []string{`|"a"`, cutOff}},
		{"cut name", "event: x\n", []string{cutOff}},
		{"NUL and invalid bytes", "data: \x00\xff\n\n", []string{"|\"\\x00\uFFFD\""}},
		{"longest", "data: " + strings.Repeat("x", 64) + "\n\n", []string{`|"` + strings.Repeat("x", 64) + `"`}},
		{"too long", "data: " + strings.Repeat("x", 65) + "\n\n", []string{"error: server-sent event too long: more than 64 bytes"}},
		{"too long together", strings.Repeat("data: 0123456789\n", 6) + "\n", []string{"error: server-sent event too long: more than 64 bytes"}},
		{"endless comment", "data: a\n\n:" + strings.Repeat("x", 500), []string{`|"a"`, "error: server-sent event too long: more than 64 bytes"}},
	} {
		if got := read(strings.NewReader(c.in), 64); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		for i := 0; i <= len(c.in); i++ {
			split := io.MultiReader(strings.NewReader(c.in[:i]), strings.NewReader(c.in[i:]))
			if got := read(split, 64); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s, split at %d: got %q, want %q", c.name, i, got, c.want)
			}
		}
		if got := read(iotest.OneByteReader(strings.NewReader(c.in)), 64); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s, byte by byte: got %q, want %q", c.name, got, c.want)
		}
		if got := read(iotest.DataErrReader(strings.NewReader(c.in)), 64); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s, data with EOF: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestReadErrors(t *testing.T) {
	reset := errors.New("reset")
	r := io.MultiReader(strings.NewReader("data: a\n\ndata: b\n"), iotest.ErrReader(reset))
	var last error
	for _, err := range Read(r, 64) {
		last = err
	}
	if last != reset {
		t.Errorf("got %v", last)
	}
	for _, err := range Read(stuck{}, 64) {
		if !errors.Is(err, io.ErrNoProgress) {
			t.Errorf("a reader that never reads: %v", err)
		}
	}
	for _, err := range Read(strings.NewReader("data: "+strings.Repeat("x", 99)), 9) {
		if !errors.Is(err, ErrTooLong) {
			t.Errorf("got %v", err)
		}
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// An event must be yielded when its blank line is there, not when the next byte comes.
func TestReadAtOnce(t *testing.T) {
	for _, event := range []string{"data: a\n\n", "data: a\r\r", "data: a\r\n\r\n"} {
		after := iotest.ErrReader(errors.New("read on before yielding"))
		for e, err := range Read(io.MultiReader(strings.NewReader(event), after), 64) {
			if err != nil {
				t.Fatalf("%q: %v", event, err)
			}
			if string(e.Data) != "a" {
				t.Errorf("%q: %q", event, e.Data)
			}
			break
		}
	}
}

func TestAppend(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"", "a", "data: a\n\n"},
		{"", "", "data: \n\n"},
		{"ping", "a", "event: ping\ndata: a\n\n"},
		{"a\nb", "x", "event: a\ndata: x\n\n"},
		{"", "a\nb\r\nc\rd\n", "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"},
		{"", " a", "data:  a\n\n"},
		{"", "\ra", "data: \ndata: a\n\n"},
		{"", "\r\n\n", "data: \ndata: \ndata: \n\n"},
	} {
		if got := string(Append(nil, c.name, []byte(c.data))); got != c.want {
			t.Errorf("Append(%q, %q) = %q, want %q", c.name, c.data, got, c.want)
		}
	}
}

// A megabyte in one line, in many CR lines, of empty lines, and CR lines after a line that made the buffer large: a reader that searches
// the buffer anew for each line takes minutes here.
func TestReadLinear(t *testing.T) {
	const n = 1 << 20
	long, many := "data: "+strings.Repeat("x", n)+"\r\r", strings.Repeat("data: x\r\r", n/9)
	for _, c := range []struct {
		name, in string
		events   int
	}{
		{"one line", long, 1},
		{"CR lines", many, n / 9},
		{"long line, then CR lines", long + many, 1 + n/9},
		{"blank lines", strings.Repeat("\r", n), 0},
	} {
		events := 0
		for _, err := range Read(strings.NewReader(c.in), 2*n) {
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			events++
		}
		if events != c.events {
			t.Errorf("%s: %d events, want %d", c.name, events, c.events)
		}
	}
}

func TestReadAllocations(t *testing.T) {
	in := strings.Repeat("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"}}]}\n\n", 1000)
	n := testing.AllocsPerRun(10, func() {
		for _, err := range Read(strings.NewReader(in), 1<<20) {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	if n > 20 {
		t.Errorf("%v allocations for 1,000 events; want none per event", n)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("data: a\r\ndata: b\n\revent: x\rdata\n\n"), 3)
	f.Add([]byte("\uFEFF: c\ndata: a\n\nda"), 1)
	f.Add([]byte("data: a\r"), 7)
	f.Fuzz(func(t *testing.T, in []byte, at int) {
		want := read(strings.NewReader(string(in)), 64)
		if at < 0 || at > len(in) {
			at = len(in) / 2
		}
		split := io.MultiReader(strings.NewReader(string(in[:at])), strings.NewReader(string(in[at:])))
		if got := read(split, 64); !reflect.DeepEqual(got, want) {
			t.Errorf("split at %d: got %q, want %q", at, got, want)
		}
		if got := read(iotest.OneByteReader(strings.NewReader(string(in))), 64); !reflect.DeepEqual(got, want) {
			t.Errorf("byte by byte: got %q, want %q", got, want)
		}
		again := read(strings.NewReader(string(Append(nil, "", in))), len(in)+64)
		norm := strings.ReplaceAll(strings.ReplaceAll(string(in), "\r\n", "\n"), "\r", "\n")
		if len(again) != 1 || again[0] != fmt.Sprintf("|%q", norm) {
			t.Errorf("appended and read: %q, want %q", again, norm)
		}
	})
}
