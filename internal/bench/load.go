package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A conn is an HTTP/1.1 connection that costs its client next to nothing: requests are bytes made beforehand, of an answer only its length is read.
type conn struct {
	net.Conn
	r *bufio.Reader
}

func dial(addr string) (*conn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &conn{c, bufio.NewReaderSize(c, 32<<10)}, nil
}

// request is the bytes of a POST to a chat path.
func request(host string, body []byte, header ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer sk-bench\r\nContent-Type: application/json\r\nUser-Agent: bench\r\nContent-Length: %d\r\n", host, len(body))
	for i := 0; i+1 < len(header); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", header[i], header[i+1])
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// do sends a request and reads its answer away. Any status but 200 is an error.
func (c *conn) do(request []byte) error {
	if _, err := c.Write(request); err != nil {
		return err
	}
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
		rest, _ := c.r.Peek(min(c.r.Buffered(), 2000))
		return fmt.Errorf("%s%s", line, rest)
	}
	length, chunked := -1, false
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			length, _ = strconv.Atoi(string(value))
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
	}
	if !chunked {
		_, err = c.r.Discard(length)
		return err
	}
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimRight(line, "\r\n")), 16, 64)
		if err != nil {
			return err
		}
		if size == 0 {
			break
		}
		if _, err := io.CopyN(io.Discard, c.r, size+2); err != nil {
			return err
		}
	}
	for { // trailers
		line, err := c.r.ReadSlice('\n')
		if err != nil || len(bytes.TrimRight(line, "\r\n")) == 0 {
			return err
		}
	}
}

// A target is a server under load, with its connections and its requests in turn.
type target struct {
	proc     *process
	requests [][]byte
	words    [][]int // of each: see someWords
	conns    []*conn
	fresh    bool // no two requests have the same text
}

// stampAt is where a request's last bytes before the end of its text are: the tail of chatBody is as long for all.
const (
	stampAt  = 200
	stampLen = 16
)

// stamp writes k over a few letters of a body's text, so that nothing that remembers texts has seen it.
func stamp(body []byte, k uint64) {
	at := len(body) - stampAt
	for body[at-1] == '\\' { // not in the middle of an escape
		at--
	}
	for i := range stampLen {
		body[at+i] = 'a' + byte(k>>(4*i)&15)
	}
}

// someWords returns where in a body, or a request that ends with it, every eighth word of the text is, of those with four small letters and more.
func someWords(body []byte) (words []int) {
	start := bytes.Index(body, []byte(question)) + len(question)
	small := 0
	for i, n := start, 0; i < len(body)-stampAt-stampLen; i++ {
		if body[i]-'a' < 26 {
			small++
			continue
		}
		if before := body[i-small-1]; small >= 4 && before != '\\' && before-'0' >= 10 { // not an escape
			if n++; n%8 == 0 {
				words = append(words, i-small)
			}
		}
		small = 0
	}
	return words
}

// renew is stamp, and writes two other letters into each of some words: as many words of a text in a known language are new as are in a novel to who has read much of it.
func renew(body []byte, words []int, k uint64) {
	stamp(body, k)
	r := rand.NewPCG(k, 1)
	for _, i := range words {
		x := r.Uint64()
		body[i+1], body[i+3] = 'a'+byte(x%26), 'a'+byte(x>>32%26)
	}
}

func newTarget(p *process, bodies [][]byte, concurrency int, header ...string) (*target, error) {
	t := &target{proc: p}
	for _, b := range bodies {
		r := request(p.addr, b, header...)
		t.requests, t.words = append(t.requests, r), append(t.words, someWords(r))
	}
	for range concurrency {
		c, err := dial(p.addr)
		if err != nil {
			return nil, err
		}
		t.conns = append(t.conns, c)
	}
	return t, nil
}

func (t *target) close() {
	for _, c := range t.conns {
		c.Close()
	}
}

var stamps atomic.Uint64

// A slice is what some requests in a row cost.
type slice struct {
	p50, p99 float64 // nanoseconds
	cpu      float64 // nanoseconds of the server's process per request
	rate     float64 // requests a second
}

// run sends n requests over all connections at once, each waiting for its answer before the next.
func (t *target) run(n int) (slice, error) {
	took := make([]time.Duration, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, len(t.conns))
	cpu, began := t.proc.cpu(), time.Now()
	for i, c := range t.conns {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var own []byte
			for {
				k := int(next.Add(1)) - 1
				if k >= n {
					return
				}
				r := t.requests[k%len(t.requests)]
				if t.fresh {
					r = append(own[:0], r...)
					own = r
					renew(r, t.words[k%len(t.words)], stamps.Add(1))
				}
				at := time.Now()
				if errs[i] = c.do(r); errs[i] != nil {
					return
				}
				took[k] = time.Since(at)
			}
		}()
	}
	wg.Wait()
	wall := time.Since(began)
	used := t.proc.cpu() - cpu
	for _, err := range errs {
		if err != nil {
			return slice{}, err
		}
	}
	return slice{float64(quantile(took, 0.5)), float64(quantile(took, 0.99)), float64(used) / float64(n), float64(n) / wall.Seconds()}, nil
}

// versus is A against B, slice by slice.
type versus struct{ p50, p99, cpu, rate series }

// compare measures a and b in turn, rounds times n requests each, after a slice of each that is not counted.
func compare(a, b *target, rounds, n int) (*versus, error) {
	var v versus
	for round := -1; round < rounds; round++ {
		var sa, sb slice
		var err error
		first, second, x, y := a, b, &sa, &sb
		if round%2 == 0 {
			first, second, x, y = b, a, &sb, &sa
		}
		if *x, err = first.run(n); err != nil {
			return nil, err
		}
		if *y, err = second.run(n); err != nil {
			return nil, err
		}
		if round < 0 {
			continue
		}
		v.p50.add(sa.p50, sb.p50)
		v.p99.add(sa.p99, sb.p99)
		v.cpu.add(sa.cpu, sb.cpu)
		v.rate.add(sa.rate, sb.rate)
	}
	return &v, nil
}
