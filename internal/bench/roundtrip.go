package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"

	"github.com/haiku-planner/haikuplanner"
)

// nothing is a base transport that reads the body, answers at once, with a header as all answers have, and does nothing else.
type nothing struct{}

func (nothing) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: http.NoBody, Request: r}, nil
}

// A body is a request's body without the cost of making one.
type body struct{ bytes.Reader }

func (*body) Close() error { return nil }

// exchanges returns a function that sends each of bodies through rt in turn, stamped where fresh.
func exchanges(rt http.RoundTripper, bodies [][]byte, fresh bool) func() error {
	r, _ := http.NewRequest(http.MethodPost, "http://litellm.test/v1/chat/completions", nil)
	r.Header.Set("Authorization", "Bearer sk-bench")
	r.Header.Set("Content-Type", "application/json")
	var b body
	var words [][]int
	for _, body := range bodies {
		words = append(words, someWords(body))
	}
	i := 0
	return func() error {
		next, some := bodies[i%len(bodies)], words[i%len(bodies)]
		i++
		if fresh {
			renew(next, some, stamps.Add(1))
		}
		b.Reset(next)
		r.Body, r.ContentLength = &b, int64(len(next))
		resp, err := rt.RoundTrip(r)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
}

// roundTrip measures the transport alone, without sockets: what a library user pays for every small request.
func roundTrip(e *env, w io.Writer) error {
	p, err := haikuplanner.New(haikuplanner.WithBase(nothing{}))
	if err != nil {
		return err
	}
	t := table{head: []string{"body", "base", "through the planner", "added (quartiles)", "allocations added", "bytes added"}}
	for _, c := range []struct {
		size  int
		fresh bool
		name  string
	}{{1 << 10, true, "1 KB"}, {4 << 10, true, "4 KB"}, {16 << 10, false, "16 KB, a text seen before"}, {16 << 10, true, "16 KB, a new text"}, {24 << 10, true, "24 KB, a new text"}} {
		bodies := e.bodies(64, c.size, false)
		base, ours := exchanges(nothing{}, bodies, c.fresh), exchanges(p.Transport(nil), bodies, c.fresh)
		n := 400
		var s series
		var allocs, size0 [2]uint64
		for round := -2; round < e.times(200); round++ {
			var ns [2]float64
			for k := range 2 {
				which := (k + round) & 1
				f := base
				if which == 1 {
					f = ours
				}
				var before, after runtime.MemStats
				count := round >= 0 && round < 10
				if count {
					runtime.ReadMemStats(&before)
				}
				began := ownCPU()
				for range n {
					if err := f(); err != nil {
						return err
					}
				}
				ns[which] = float64(ownCPU()-began) / float64(n)
				if count {
					runtime.ReadMemStats(&after)
					allocs[which] += after.Mallocs - before.Mallocs
					size0[which] += after.TotalAlloc - before.TotalAlloc
				}
			}
			if round >= 0 {
				s.add(ns[0], ns[1])
			}
		}
		mid, low, high := s.difference()
		t.add(c.name, fmt.Sprintf("%.2f µs", median(s.a)/1e3), fmt.Sprintf("%.2f µs", median(s.b)/1e3),
			fmt.Sprintf("**%.2f µs** (%.2f–%.2f)", mid/1e3, low/1e3, high/1e3),
			fmt.Sprintf("%.1f", float64(allocs[1]-allocs[0])/float64(10*n)), fmt.Sprint((size0[1]-size0[0])/uint64(10*n)))
	}
	t.write(w)
	fmt.Fprintln(w, "CPU time of the process, garbage collection included. Bodies above the threshold in bytes (8,000) must be counted, unless their text was seen before; those below are not.")
	return nil
}
