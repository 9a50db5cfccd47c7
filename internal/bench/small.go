package main

import (
	"fmt"
	"io"
)

// untouched lets requests of a megabyte through as small ones.
const untouched = "haiku_planner:\n  large_request_threshold: 4000000\n  max_tokens_threshold: 100000\n"

// small measures what the proxy costs where it does nothing, against reverse proxies over the same transport.
func small(e *env, w io.Writer) error {
	up, err := e.child("upstream")
	if err != nil {
		return err
	}
	bare, err := e.child("bare", "-to", "http://"+up.addr)
	if err != nil {
		return err
	}
	buffering, err := e.child("bare", "-buffer", "-to", "http://"+up.addr)
	if err != nil {
		return err
	}
	ours, err := e.proxy(up, "haiku_planner:\n  enabled: true\n")
	if err != nil {
		return err
	}
	raised, err := e.proxy(up, untouched)
	if err != nil {
		return err
	}
	code, err := e.files("*.go")
	if err != nil {
		return err
	}
	markdown, err := e.files("*E.md") // README and ARCHITECTURE
	if err != nil {
		return err
	}
	turkish, err := e.files("README.tr.md")
	if err != nil {
		return err
	}
	t := table{head: []string{"body", "at once", "p50 bare", "ours", "ratio (quartiles)", "p99 bare", "ours", "CPU a request bare", "ours", "ratio (quartiles)"}}
	for _, c := range []struct {
		size, concurrency, n, rounds int
		a, b                         *process
		name                         string
		seen                         bool
		texts                        *env
	}{
		{1 << 10, 1, 300, 40, bare, ours, "1 KB", false, e},
		{1 << 10, 16, 800, 30, bare, ours, "1 KB", false, e},
		{1 << 10, 64, 800, 30, bare, ours, "1 KB", false, e},
		{16 << 10, 1, 300, 40, bare, ours, "16 KB, a new text", false, e},
		{16 << 10, 16, 800, 30, bare, ours, "16 KB, new", false, e},
		{16 << 10, 64, 800, 30, bare, ours, "16 KB, new", false, e},
		{16 << 10, 1, 300, 40, bare, ours, "16 KB of code, new", false, code},
		{16 << 10, 16, 800, 30, bare, ours, "16 KB of code, new", false, code},
		{16 << 10, 64, 800, 30, bare, ours, "16 KB of code, new", false, code},
		{16 << 10, 1, 300, 40, bare, ours, "16 KB of Markdown, new", false, markdown},
		{16 << 10, 1, 300, 40, bare, ours, "16 KB of Turkish, new", false, turkish},
		{16 << 10, 1, 300, 40, bare, ours, "16 KB, a text seen before", true, e},
		{16 << 10, 16, 800, 30, bare, ours, "16 KB, seen before", true, e},
		{16 << 10, 64, 800, 30, bare, ours, "16 KB, seen before", true, e},
		{1 << 20, 1, 40, 20, buffering, raised, "1 MB, threshold raised; bare buffers", false, e},
		{1 << 20, 16, 80, 14, buffering, raised, "1 MB, the same", false, e},
		{1 << 20, 64, 128, 10, buffering, raised, "1 MB, the same", false, e},
	} {
		bodies := c.texts.bodies(min(64, max(8, 4<<20/c.size)), c.size, false)
		a, err := newTarget(c.a, bodies, c.concurrency)
		if err != nil {
			return err
		}
		b, err := newTarget(c.b, bodies, c.concurrency)
		if err != nil {
			return err
		}
		a.fresh, b.fresh = !c.seen, !c.seen
		v, err := compare(a, b, e.times(c.rounds), c.n)
		a.close()
		b.close()
		if err != nil {
			return err
		}
		t.add(c.name, fmt.Sprint(c.concurrency), micros(median(v.p50.a)), micros(median(v.p50.b)), v.p50.ratioText(), micros(median(v.p99.a)), micros(median(v.p99.b)),
			micros(median(v.cpu.a)), micros(median(v.cpu.b)), v.cpu.ratioText())
	}
	t.write(w)
	fmt.Fprintln(w, "Bare is `httputil.ReverseProxy` with the proxy's transport settings. CPU is that of the proxy's process alone; bodies are 64 different pieces of a novel, or of this project's code, documents or Turkish README (of 1 MB: 8). Unless it says that they were seen before, as a chat's history is\nwith every turn, each request's is stamped with a number and has other letters in every eighth word of four letters and more.")
	return nil
}
