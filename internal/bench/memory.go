package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"
)

// memory measures the proxy's resident memory: at rest, under one request of 10 MB, under a hundred of 1 MB, and for each of a thousand open streams.
func memory(e *env, w io.Writer) error {
	const config = "haiku_planner:\n  max_chunks: 20\n  max_cost_per_request: 500\n  total_timeout: 1800\n"
	mb := func(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/(1<<20)) }
	t := table{head: []string{"what", "measured", "goal"}}
	up, err := e.child("upstream", "-delay", "5ms")
	if err != nil {
		return err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 1100}
	defer transport.CloseIdleConnections()

	p, err := e.proxy(up, config)
	if err != nil {
		return err
	}
	binary, err := e.build("./examples/proxy")
	if err != nil {
		return err
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	t.add("binary, static", mb(info.Size()), "25 MB")
	health, err := http.Get("http://" + p.addr + "/health")
	if err != nil {
		return err
	}
	health.Body.Close()
	now, _ := p.rss()
	t.add("at rest, after start", mb(now), "40 MB")
	if _, err := send(transport, "http://"+p.addr, e.prompt(20_000, false), p.cpu); err != nil {
		return err
	}
	if err := e.settle(p); err != nil {
		return err
	}
	now, _ = p.rss()
	t.add("at rest, after a request of 20,000 tokens", mb(now), "40 MB")
	p.stop()

	code, err := e.files("*.go")
	if err != nil {
		return err
	}
	for _, c := range []struct {
		name   string
		texts  *env
		stream bool
	}{{"one request of 10 MB", e, false}, {"one request of 10 MB, streamed", e, true}, {"one request of 10 MB of code", code, false}} {
		body := c.texts.chatBody(10<<20, 0, c.stream)
		var peaks, walls, cpus []float64
		for range e.times(3) {
			if p, err = e.proxy(up, config); err != nil {
				return err
			}
			began := time.Now()
			if c.stream {
				if _, err := follow(transport, "http://"+p.addr, body); err != nil {
					return err
				}
			} else if _, err := send(transport, "http://"+p.addr, body, p.cpu); err != nil {
				return err
			}
			walls, cpus = append(walls, time.Since(began).Seconds()), append(cpus, p.cpu().Seconds())
			_, peak := p.rss()
			peaks = append(peaks, float64(peak))
			p.stop()
		}
		t.add(fmt.Sprintf("%s: peak, median of %d, at most %s (took %.1f s, CPU %.1f s)", c.name, len(peaks), mb(int64(slices.Max(peaks))), median(walls), median(cpus)),
			"**"+mb(int64(median(peaks)))+"**", mb(3*int64(len(body))+30<<20)+" (3 × body + 30 MB)")
	}

	if p, err = e.proxy(up, config); err != nil {
		return err
	}
	began := time.Now()
	if err := e.hundred(transport, p); err != nil {
		return err
	}
	_, peak := p.rss()
	t.add(fmt.Sprintf("100 requests of 1 MB at once: peak (took %.0f s)", time.Since(began).Seconds()), "**"+mb(peak)+"**", "512 MB")
	p.stop()

	each, bareEach, err := e.streams()
	if err != nil {
		return err
	}
	t.add("1,000 open small streams, each, median of 3 (bare proxy: "+fmt.Sprintf("%.1f KB)", bareEach/1024), fmt.Sprintf("**%.1f KB**", each/1024), "30 KB")
	t.write(w)
	fmt.Fprintln(w, "VmRSS and VmHWM of the proxy's process; garbage collection as Go sets it.")
	return nil
}

// settle gives the proxy's runtime the time to hand memory back to the system.
func (e *env) settle(p *process) error {
	for range 5 {
		resp, err := http.Get("http://" + p.addr + "/health")
		if err != nil {
			return err
		}
		resp.Body.Close()
		time.Sleep(200 * time.Millisecond)
	}
	return nil
}

// hundred sends a hundred different requests of a megabyte at once.
func (e *env) hundred(transport http.RoundTripper, p *process) error {
	errs := make(chan error, 100)
	var wg sync.WaitGroup
	text := e.text(2<<20, 0)
	for i := range 100 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			body := chatBody("sonnet-4-x", text[i*9973:i*9973+1<<20], false)
			_, err := send(transport, "http://"+p.addr, body, p.cpu)
			errs <- err
		}()
	}
	wg.Wait()
	for range 100 {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

// streams opens a thousand streams through our proxy and through the bare one, three times, and returns the bytes of memory of each.
func (e *env) streams() (ours, bare float64, err error) {
	const n = 1000
	up, err := e.child("upstream", "-pieces", "60", "-pause", "200ms")
	if err != nil {
		return 0, 0, err
	}
	measure := func(p *process) (float64, error) {
		body := e.chatBody(1<<10, 0, true)
		transport := &http.Transport{MaxIdleConnsPerHost: n}
		defer transport.CloseIdleConnections()
		var mu sync.Mutex
		var bodies []io.Closer
		var failed error
		defer func() {
			for _, b := range bodies {
				b.Close()
			}
		}()
		open := func(streams int) int64 {
			var wg sync.WaitGroup
			for range 20 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for range streams / 20 {
						r, _ := http.NewRequest(http.MethodPost, "http://"+p.addr+"/v1/chat/completions", bytes.NewReader(body))
						resp, err := transport.RoundTrip(r)
						if err == nil {
							_, err = resp.Body.Read(make([]byte, 64))
						}
						mu.Lock()
						if err != nil {
							failed = err
						} else {
							bodies = append(bodies, resp.Body)
						}
						mu.Unlock()
					}
				}()
			}
			wg.Wait()
			now, _ := p.rss()
			return now
		}
		first := open(20) // which also bring in the program's pages
		return float64(open(n)-first) / n, failed
	}
	var each [2][]float64
	for range 3 { // a collection more or less is half a kilobyte each
		for i, start := range []func() (*process, error){
			func() (*process, error) { return e.proxy(up, "haiku_planner:\n  enabled: true\n") },
			func() (*process, error) { return e.child("bare", "-buffer", "-to", "http://"+up.addr) },
		} {
			p, err := start()
			if err != nil {
				return 0, 0, err
			}
			size, err := measure(p)
			p.stop()
			if err != nil {
				return 0, 0, err
			}
			each[i] = append(each[i], size)
		}
	}
	return median(each[0]), median(each[1]), nil
}
