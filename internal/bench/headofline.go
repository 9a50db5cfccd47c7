package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// headOfLine measures small streams alone and beside requests of a megabyte, one after the other, in the same proxy: such as are decomposed, and such as are forwarded,
// these against a bare proxy that buffers.
func headOfLine(e *env, w io.Writer) error {
	up, err := e.child("upstream", "-pause", "2ms", "-pieces", "12")
	if err != nil {
		return err
	}
	bare, err := e.child("bare", "-buffer", "-to", "http://"+up.addr)
	if err != nil {
		return err
	}
	ours, err := e.proxy(up, "haiku_planner:\n  max_chunks: 20\n  max_cost_per_request: 50\n  total_timeout: 600\n")
	if err != nil {
		return err
	}
	raised, err := e.proxy(up, untouched)
	if err != nil {
		return err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	small, large := e.chatBody(1<<10, 0, true), e.chatBody(1<<20, 0, false)
	decompose := func() error {
		stamp(large, stamps.Add(1))
		_, err := send(transport, "http://"+ours.addr, large, ours.cpu)
		return err
	}
	forward := func(to *process) func() error {
		return func() error {
			stamp(large, stamps.Add(1))
			return post(transport, "http://"+to.addr, large)
		}
	}
	t := table{head: []string{"8 small streams at once", "beside", "first piece p50", "p99", "later pieces p50"}}
	for _, c := range []struct {
		name         string
		a, b         *process
		besideA      func() error
		besideB      func() error
		aText, bText string
	}{
		{"ours", ours, ours, nil, decompose, "nothing", "requests that are decomposed"},
		{"ours against bare", bare, raised, forward(bare), forward(raised), "requests that are forwarded", "the same, through ours"},
	} {
		var first, tail, rest series
		for range e.times(20) {
			f0, r0, err := streamsBeside(transport, c.a, small, c.besideA)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			f1, r1, err := streamsBeside(transport, c.b, small, c.besideB)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			first.add(quantile(f0, 0.5), quantile(f1, 0.5))
			tail.add(quantile(f0, 0.99), quantile(f1, 0.99))
			rest.add(quantile(r0, 0.5), quantile(r1, 0.5))
		}
		t.add(c.name, c.aText, micros(median(first.a)), micros(median(tail.a)), micros(median(rest.a)))
		t.add("", c.bText, micros(median(first.b)), micros(median(tail.b)), micros(median(rest.b)))
		t.add("", "ratio (quartiles)", first.ratioText(), tail.ratioText(), rest.ratioText())
	}
	t.write(w)
	fmt.Fprintln(w, "Lag from upstream's write to the client's read. Client, upstream and proxy share the machine's cores: beside a request that is decomposed they also do its more than a hundred calls, 20 at once,\nwithout a pause. The bare proxy reads bodies before it forwards them.")
	return nil
}

// streamsBeside follows 8 small streams at once, six times, and calls beside again and again for as long as they last. It returns the lags of first and of later pieces.
func streamsBeside(transport http.RoundTripper, through *process, small []byte, beside func() error) (first, rest []float64, err error) {
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for beside != nil {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			if err := beside(); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 6 {
				l, e := follow(transport, "http://"+through.addr, small)
				mu.Lock()
				first, rest = append(first, l.first), append(rest, l.rest...)
				if e != nil {
					err = e
				}
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	close(stop)
	if e := <-done; e != nil {
		err = e
	}
	return first, rest, err
}

// post sends a request and reads the answer.
func post(rt http.RoundTripper, url string, body []byte) error {
	r, err := http.NewRequest(http.MethodPost, url+"/v1/chat/completions", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer sk-bench")
	r.Header.Set("Content-Type", "application/json")
	resp, err := rt.RoundTrip(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if answer, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d: %.300s: %v", resp.StatusCode, answer, err)
	}
	return nil
}
