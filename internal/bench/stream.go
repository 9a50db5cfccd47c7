package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// A lag is how long the pieces of one stream took from upstream's write to the client's read, in nanoseconds.
type lag struct {
	first float64
	rest  []float64
	ttft  float64 // from the request to the first piece
}

// follow sends a streamed request and measures its pieces by the times that upstream wrote into them: one clock, for all is one machine.
func follow(rt http.RoundTripper, url string, body []byte) (lag, error) {
	var l lag
	r, err := http.NewRequest(http.MethodPost, url+"/v1/chat/completions", bytes.NewReader(body))
	if err != nil {
		return l, err
	}
	r.Header.Set("Authorization", "Bearer sk-bench")
	r.Header.Set("Content-Type", "application/json")
	began := time.Now()
	resp, err := rt.RoundTrip(r)
	if err != nil {
		return l, err
	}
	defer resp.Body.Close()
	in := bufio.NewReader(resp.Body)
	pieces := 0
	for {
		line, err := in.ReadBytes('\n')
		now := time.Now()
		if _, after, ok := bytes.Cut(line, []byte(sentAt)); ok {
			digits, _, _ := bytes.Cut(after, []byte(" "))
			at, err := strconv.ParseInt(string(digits), 10, 64)
			if err != nil {
				return l, err
			}
			late := float64(now.UnixNano() - at)
			if pieces == 0 {
				l.first, l.ttft = late, float64(now.Sub(began))
			} else {
				l.rest = append(l.rest, late)
			}
			pieces++
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return l, err
		}
	}
	if pieces == 0 {
		return l, fmt.Errorf("status %d, a stream without content", resp.StatusCode)
	}
	return l, nil
}

// stream measures how much later than from upstream itself the pieces of a stream arrive: through the bare proxy, through ours, and those of a decomposed
// request's final call.
func stream(e *env, w io.Writer) error {
	up, err := e.child("upstream", "-pause", "2ms", "-pieces", "12")
	if err != nil {
		return err
	}
	// It reads bodies first: without that, one stream in a few hundred breaks off, when upstream answers before net/http has seen the end of the client's body.
	bare, err := e.child("bare", "-buffer", "-to", "http://"+up.addr)
	if err != nil {
		return err
	}
	ours, err := e.proxy(up, "haiku_planner:\n  max_chunks: 8\n  total_timeout: 600\n")
	if err != nil {
		return err
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	ways := []struct {
		name string
		url  string
		body []byte
		lags struct{ first, rest, ttft []float64 }
	}{
		{name: "upstream itself", url: up.addr, body: e.chatBody(1<<10, 0, true)},
		{name: "bare proxy", url: bare.addr, body: e.chatBody(1<<10, 0, true)},
		{name: "our proxy, a small request", url: ours.addr, body: e.chatBody(1<<10, 0, true)},
		{name: "our proxy, the final call of 20K tokens", url: ours.addr, body: e.prompt(20_000, true)},
	}
	for round := range e.times(60) + 1 {
		for i := range ways {
			way := &ways[(i+round)%len(ways)]
			l, err := follow(transport, "http://"+way.url, way.body)
			if err != nil {
				return fmt.Errorf("%s: %w", way.name, err)
			}
			if round > 0 {
				way.lags.first, way.lags.ttft = append(way.lags.first, l.first), append(way.lags.ttft, l.ttft)
				way.lags.rest = append(way.lags.rest, l.rest...)
			}
		}
	}
	t := table{head: []string{"through", "first piece p50", "p99", "later pieces p50", "p99", "request to first piece p50"}}
	for i := range ways {
		l := &ways[i].lags
		t.add(ways[i].name, "**"+micros(quantile(l.first, 0.5))+"**", micros(quantile(l.first, 0.99)), micros(quantile(l.rest, 0.5)), micros(quantile(l.rest, 0.99)), micros(quantile(l.ttft, 0.5)))
	}
	t.write(w)
	fmt.Fprintln(w, "From upstream's write to the client's read of the same piece. The aim is 1 ms over upstream itself for the final call's first piece.")
	return nil
}
