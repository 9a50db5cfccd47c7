package main

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// replicas measures whether more processes do more work: requests of 20,000 tokens through 1, 2 and 4 proxies that share nothing but one LiteLLM. Each proxy
// may have eight calls in flight, and upstream is slow, so that the calls, not this machine's cores, are what is scarce.
func replicas(e *env, w io.Writer) error {
	const (
		inFlight = 8
		each     = 2 // requests at once for each replica
		tokens   = 20_000
		delay    = 400 * time.Millisecond
	)
	up, err := e.child("upstream", "-delay", delay.String())
	if err != nil {
		return err
	}
	lite, err := e.litellm(up)
	if err != nil {
		return err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	body := e.prompt(tokens, false)
	t := table{head: []string{"replicas", "requests", "wall", "requests a second", "against one", "our CPU a request", "LiteLLM's", "upstream calls a request"}}
	var first float64
	for _, n := range []int{1, 2, 4} {
		var procs []*process
		for range n {
			p, err := e.proxy(lite, fmt.Sprintf("haiku_planner:\n  max_chunks: 4\n  max_calls_in_flight: %d\n  max_cost_per_request: 100\n", inFlight))
			if err != nil {
				return err
			}
			procs = append(procs, p)
			if _, err := send(transport, "http://"+p.addr, e.prompt(9_500, false), p.cpu); err != nil {
				return err
			}
		}
		used, theirs := time.Duration(0), -lite.cpu()
		for _, p := range procs {
			used -= p.cpu()
		}
		total := n * each * e.times(4)
		var mu sync.Mutex
		var calls int
		var failed error
		next := make(chan int, total)
		for i := range total {
			next <- i
		}
		close(next)
		began := time.Now()
		var wg sync.WaitGroup
		for client := range n * each {
			wg.Add(1)
			go func() {
				defer wg.Done()
				p := procs[client%n]
				for range next {
					s, err := send(transport, "http://"+p.addr, body, p.cpu)
					mu.Lock()
					if calls += len(s.calls); err != nil {
						failed = err
					}
					mu.Unlock()
				}
			}()
		}
		wg.Wait()
		if failed != nil {
			return failed
		}
		wall := took(began)
		for _, p := range procs {
			used += p.cpu()
			p.stop()
		}
		theirs += lite.cpu()
		rate := float64(total) / (wall / 1e9)
		if n == 1 {
			first = rate
		}
		t.add(fmt.Sprint(n), fmt.Sprint(total), fmt.Sprintf("%.2f s", wall/1e9), fmt.Sprintf("%.1f", rate), fmt.Sprintf("**%.2f**", rate/first),
			fmt.Sprintf("%.1f ms", float64(used)/1e6/float64(total)), fmt.Sprintf("%.0f ms", float64(theirs)/1e6/float64(total)), fmt.Sprintf("%.1f", float64(calls)/float64(total)))
	}
	t.write(w)
	fmt.Fprintf(w, "Requests of %d tokens, %d at once for each replica, upstream takes %v a call. Clients, proxies, LiteLLM and upstream share %d cores.\n", tokens, each, delay, cores())
	return nil
}
