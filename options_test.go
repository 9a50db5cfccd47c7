package haikuplanner_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// Other settings make another planner: options still win, counters go on, the first one stays as it was.
func TestWithOtherSettings(t *testing.T) {
	up := upstreamtest.New(func(upstreamtest.Call) upstreamtest.Reply { return upstreamtest.Reply{Text: "hi"} })
	p := newPlanner(t, up, haikuplanner.WithThreshold(700))
	small := body("sonnet-4-x", nil, message{"user", "hello"})
	send(t, p, small)

	c := haikuplanner.DefaultConfig()
	c.LargeRequestThreshold, c.MaxChunks, c.Enabled = 9000, 5, false
	q, err := p.With(c)
	if err != nil {
		t.Fatal(err)
	}
	if got := q.Config(); got.LargeRequestThreshold != 700 || got.MaxChunks != 5 || got.Enabled {
		t.Errorf("the new one has %+v", got)
	}
	if got := p.Config(); got.MaxChunks != 3 || !got.Enabled {
		t.Errorf("the old one was changed: %+v", got)
	}
	send(t, q, small)
	if p, q := p.Stats(), q.Stats(); p.Requests != 2 || q.Requests != 2 || q.Forwarded["small"] != 1 || q.Forwarded["disabled"] != 1 || p.MaxChunks != 3 || q.MaxChunks != 5 {
		t.Errorf("old %s\nnew %s", p, q)
	}
	c.MaxChunks = 0
	if q, err := p.With(c); q != nil || err == nil || !strings.Contains(err.Error(), "max_chunks") {
		t.Errorf("%v, %v", q, err)
	}
}

// Who starts without any file is told so.
func TestNoConfigFileIsSaid(t *testing.T) {
	t.Setenv("CONFIG_YAML_PATH", "")
	t.Setenv("HAIKU_CONFIG_PATH", "")
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chdir(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	defer os.Chdir(here)
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	cfg, source, err := haikuplanner.LoadConfig("")
	if err != nil || source != "" || !cfg.Equal(haikuplanner.DefaultConfig()) || !strings.Contains(log.String(), "Config") {
		t.Errorf("%v from %q, %v; the log is %q", cfg, source, err, log.String())
	}
}

// Whoever has several things wrong is told all of them.
func TestAllProblemsAtOnce(t *testing.T) {
	_, err := haikuplanner.New(haikuplanner.WithThreshold(-1), haikuplanner.WithConfigFile("none.yaml"), haikuplanner.WithChunkSizes(10, 5, 3), haikuplanner.WithLiteLLM("::", ""),
		haikuplanner.WithPrices(map[string]haikuplanner.Price{"a": {Input: -1}}))
	for _, want := range []string{"large_request_threshold", "none.yaml", "min_chunk_size", "WithLiteLLM", "WithPrices"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %s in %v", want, err)
		}
	}
}

// http.Client fills in a missing header, other callers of a RoundTripper may not.
func TestRequestWithoutHeader(t *testing.T) {
	up := upstreamtest.New(marks().Script)
	p := newPlanner(t, up)
	u, err := url.Parse(upstreamURL + "/chat/completions")
	if err != nil {
		t.Fatal(err)
	}
	b := body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)})
	a := do(t, p, &http.Request{Method: "POST", URL: u, Body: io.NopCloser(bytes.NewReader(b))})
	if a.Header.Get("X-Haiku-Planner") != "decomposed" {
		t.Errorf("status %d, %v", a.Status, a.Header)
	}
	allMarks(t, a.Content)
}

// Plans can be printed and compared: the same request has the same plan, another one has not.
func TestPlansCompare(t *testing.T) {
	p := newPlanner(t, upstreamtest.New(marks().Script), haikuplanner.WithRules())
	plan := func(question string) *haikuplanner.Plan {
		r, _ := http.NewRequest("POST", upstreamURL+"/chat/completions", bytes.NewReader(body("sonnet-4-x", nil, message{"user", question + "\n\n" + document(9500)})))
		plan, err := p.Plan(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	a, b := plan("Who is named?"), plan("Who is named?")
	if diff := cmp.Diff(a, b); diff != "" || !strings.HasPrefix(a.String(), `{"decision":"decompose"`) {
		t.Errorf("%s\n%.80s", diff, a)
	}
	if cmp.Equal(a, plan("Who is named in it?")) {
		t.Error("plans for different requests are equal")
	}
}
