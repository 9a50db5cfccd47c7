package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/haiku-planner/haikuplanner"
)

// A change of the file holds for new requests, a bad one for none; requests that are running and all counters go on.
func TestReload(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	path := write("config.yaml", "haiku_planner: {max_chunks: 4}\n")
	arrived, release := make(chan struct{}), make(chan struct{})
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/chat/completions" {
			close(arrived)
			<-release
		}
		io.WriteString(w, "{}")
	}))
	defer up.Close()
	u, err := url.Parse(up.URL)
	if err != nil {
		t.Fatal(err)
	}
	cfg, source, err := haikuplanner.LoadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	planner, err := haikuplanner.New(haikuplanner.WithConfig(cfg))
	if err != nil {
		t.Fatal(err)
	}
	p, err := newHandler(settings{config: path, litellmURL: u}, planner, source, http.DefaultTransport, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p)
	defer server.Close()

	ctx, cancel := context.WithCancel(context.Background())
	hup, tick, ended := make(chan os.Signal), make(chan time.Time), make(chan struct{})
	var log strings.Builder
	go func() { defer close(ended); p.watch(ctx, hup, tick, &log) }()
	settled := func() { // the first tick sees the change, the second that it stands, and when the third is taken the second is done
		for range 3 {
			tick <- time.Time{}
		}
	}
	check := func(step string, chunks float64, said ...string) {
		t.Helper()
		b := do(t, "GET", server.URL+"/haiku-planner/stats", "").body
		if got := field(t, b, "max_chunks"); got != chunks {
			t.Errorf("%s: max_chunks is %v, want %v", step, got, chunks)
		}
		for _, s := range said {
			if !strings.Contains(log.String(), s) {
				t.Errorf("%s: no %q in\n%s", step, s, log.String())
			}
		}
		log.Reset()
	}

	settled()
	check("nothing changed", 4)
	answer := make(chan got)
	go func() {
		answer <- do(t, "POST", server.URL+"/v1/chat/completions", `{"model":"m","messages":[{"role":"user","content":"hi"}]}`)
	}()
	<-arrived

	write("config.yaml", "include: [ours.yaml]\n")
	write("ours.yaml", "haiku_planner: {max_chunks: 5, max_calls_in_flight: 7}\n")
	settled()
	check("a change", 5, "✅ Config yüklendi: "+path, "MAX_CHUNKS: 5")
	write("ours.yaml", "haiku_planner: {max_chunks: 12, max_calls_in_flight: 70}\n")
	settled()
	check("a change of an included file", 12, "MAX_CHUNKS: 12")
	write("ours.yaml", "haiku_planner:\n  max_chonks: 3\n")
	settled()
	check("a bad file", 12, "Config is not changed", "ours.yaml:2", "did you mean max_chunks?")
	settled()
	if log.Len() > 0 {
		t.Errorf("said again: %s", log.String())
	}
	write("ours.yaml", "haiku_planner:\n  max_chunks: 3\n")
	settled()
	check("mended", 3, "MAX_CHUNKS: 3")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	settled()
	check("gone", 3, "Config is not changed", "no such configuration file")
	write("config.yaml", "haiku_planner: {max_chunks: 7}\n")
	settled()
	check("back", 7)
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	write("config.yaml", "haiku_planner: {max_chunks: 8}\n")
	os.Chtimes(path, before.ModTime(), before.ModTime())
	settled()
	check("of the same size and time", 8)
	write("config.yaml", "")
	settled()
	check("empty", 8, "Config is not changed", "is empty")
	write("config.yaml", "haiku_planner: {max_chunks: 6}\n")
	hup <- syscall.SIGHUP
	tick <- time.Time{}
	check("a signal", 6, "MAX_CHUNKS: 6")

	close(release)
	if a := <-answer; a.status != 200 || a.header.Get("X-Haiku-Planner") != "forwarded" {
		t.Errorf("the running request: %d %v", a.status, a.header)
	}
	if b := do(t, "GET", server.URL+"/haiku-planner/stats", "").body; field(t, b, "requests") != 1.0 || field(t, b, "forwarded", "small") != 1.0 {
		t.Errorf("the counters did not go on: %s", b)
	}
	cancel()
	<-ended
}
