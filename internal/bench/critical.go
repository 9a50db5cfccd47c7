package main

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

// critical compares the wall time of a big request with the longest chain of calls that must wait for each other: plan, waves of chunks, answer.
func critical(e *env, w io.Writer) error {
	const delay = 200 * time.Millisecond
	up, err := e.child("upstream", "-delay", delay.String())
	if err != nil {
		return err
	}
	t := table{head: []string{"prompt", "max_chunks", "calls", "critical path", "wall", "ratio (quartiles)"}}
	for _, c := range []struct{ tokens, window int }{{20_000, 3}, {20_000, 20}, {50_000, 20}, {200_000, 20}, {200_000, 64}} {
		proxy, err := e.proxy(up, fmt.Sprintf("haiku_planner:\n  max_chunks: %d\n  max_cost_per_request: 50\n  total_timeout: 600\n", c.window))
		if err != nil {
			return err
		}
		body := e.prompt(c.tokens, false)
		transport := &http.Transport{}
		var wall series
		calls := 0
		for i := range e.times(8) + 1 {
			s, err := send(transport, "http://"+proxy.addr, body, proxy.cpu)
			if err != nil {
				return err
			}
			stages := map[string]int{}
			for _, call := range s.calls {
				stages[call.Stage]++
			}
			calls = len(s.calls)
			path := 0
			for stage, n := range stages {
				if stage == "planner" || stage == "final" {
					path += n
				} else {
					path += (n + c.window - 1) / c.window
				}
			}
			if i > 0 {
				wall.add(float64(path)*float64(delay), s.wall)
			}
		}
		transport.CloseIdleConnections()
		proxy.stop()
		t.add(fmt.Sprintf("%dK tokens", c.tokens/1000), fmt.Sprint(c.window), fmt.Sprint(calls), millis(median(wall.a)), millis(median(wall.b)), wall.ratioText())
	}
	t.write(w)
	fmt.Fprintf(w, "Every upstream call takes %v. Critical path: planner calls + chunk calls / max_chunks, rounded up + final call. The proxy is a process of its own, sockets and all.\n", delay)
	return nil
}
