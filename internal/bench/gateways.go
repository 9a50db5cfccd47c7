package main

import (
	"fmt"
	"io"
)

// gateways measures what a small request costs through each of the processes that may stand before a provider. Each is compared with a bare reverse proxy, in turn.
func gateways(e *env, w io.Writer) error {
	up, err := e.child("upstream")
	if err != nil {
		return err
	}
	bare, err := e.child("bare", "-to", "http://"+up.addr)
	if err != nil {
		return err
	}
	ours, err := e.proxy(up, "haiku_planner:\n  enabled: true\n")
	if err != nil {
		return err
	}
	lite, err := e.litellm(up)
	if err != nil {
		return err
	}
	both, err := e.proxy(lite, "haiku_planner:\n  enabled: true\n")
	if err != nil {
		return err
	}
	t := table{head: []string{"1 KB through", "against", "at once", "p50 against", "p50", "ratio (quartiles)", "p99", "CPU a request against", "CPU", "ratio (quartiles)"}}
	for _, c := range []struct {
		name, against string
		a, b          *process
		n             int
	}{
		{"Haiku Planner", "bare ReverseProxy", bare, ours, 200},
		{"LiteLLM", "bare ReverseProxy", bare, lite, 48},
		{"Haiku Planner and LiteLLM", "LiteLLM alone", lite, both, 48},
	} {
		for _, concurrency := range []int{1, 16} {
			bodies := e.bodies(64, 1<<10, false)
			a, err := newTarget(c.a, bodies, concurrency)
			if err != nil {
				return err
			}
			b, err := newTarget(c.b, bodies, concurrency)
			if err != nil {
				return err
			}
			a.fresh, b.fresh = true, true
			v, err := compare(a, b, e.times(12), c.n)
			a.close()
			b.close()
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			t.add(c.name, c.against, fmt.Sprint(concurrency), micros(median(v.p50.a)), micros(median(v.p50.b)), v.p50.ratioText(), micros(median(v.p99.b)),
				micros(median(v.cpu.a)), micros(median(v.cpu.b)), v.cpu.ratioText())
		}
	}
	t.write(w)
	fmt.Fprintln(w, "LiteLLM is the version that `.ci/litellm` installs, with one worker, no keys, no database and no cache. CPU is that of the named process alone: of the last pair, the process that clients talk to.\nNo gateway written in Go could be had from the Go module proxy: what others claim stands in their own words only.")
	return nil
}
