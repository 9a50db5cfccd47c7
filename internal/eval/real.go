package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/tokens"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// A real is a model behind an OpenAI-compatible server.
type real struct {
	base, model, naive *string
	tokens, one, chunk *int
	window, runs       *int
	rules              *bool
}

func realFlags() *real {
	return &real{
		base:   flag.String("base", "", "real: base URL of an OpenAI-compatible server, such as http://127.0.0.1:8080"),
		model:  flag.String("model", "", "real: what to call the model in the table"),
		naive:  flag.String("naive", "", "real: a command for naive map-reduce (naive.py in its own Python); empty leaves it out"),
		tokens: flag.Int("real-tokens", 6000, "real: tokens of material"),
		one:    flag.Int("one", 1000, "real: tokens of material of the same task in one chunk"),
		chunk:  flag.Int("chunk", 1500, "real: max_chunk_size"),
		window: flag.Int("window", 16_384, "real: tokens of the model's window"),
		runs:   flag.Int("real-n", 2, "real: runs of each task"),
		rules:  flag.Bool("rules", false, "real: rules in place of the planner"),
	}
}

// realTasks are those that a small model may do at all, each with how its answer, in whatever words, is scored; nil is the task's own way.
var realTasks = []struct {
	name string
	ids  *regexp.Regexp // what the answer must name, wherever it stands
}{
	{"find/needle", nil}, {"find/absent", nil}, {"find/first", nil}, {"find/last", nil}, {"find/superseded", nil}, {"answer/two-hops", nil},
	{"summarize/key-points", nil}, {"extract/few", regexp.MustCompile(`\b[A-F]-\d{3,}\b`)}, {"extract/timeline", nil}, {"count/straddled", nil}, {"count/most-frequent", nil},
	{"count/mixed-units", nil}, {"transform/swap", nil}, {"edit/rename", nil}, {"carry/balance", nil},
}

// A way is one way to get an answer out of the model.
type way struct {
	name   string
	tokens int
	ask    func(t *task) outcome
}

// table runs each task in each way and writes scores and costs.
func (m *real) table(w io.Writer, picked []family, seed uint64) error {
	base, err := url.Parse(*m.base)
	if err != nil || base.Host == "" {
		return errors.New("-worker real: give the server with -base, such as -base http://127.0.0.1:8080")
	}
	front := &front{to: base, window: *m.window}
	ways := []way{
		{"one chunk", *m.one, func(t *task) outcome { return m.direct(front, t) }},
		{"whole in one call", *m.tokens, func(t *task) outcome { return m.direct(front, t) }},
		{"haiku planner", *m.tokens, func(t *task) outcome { return m.ours(front, t) }},
	}
	if *m.naive != "" {
		for _, f := range []string{"langchain", "llamaindex"} {
			ways = append(ways, way{f + " map-reduce", *m.tokens, func(t *task) outcome { return m.byOthers(f, t) }})
		}
	}
	fmt.Fprintf(w, "# A real model: %s\n\n%s · seed %d · n = %d runs a task and way · about %d tokens of material (%d in one chunk), chunks of at most %d\n\n",
		*m.model, time.Now().UTC().Format("2006-01-02"), seed, *m.runs, *m.tokens, *m.one, *m.chunk)
	fmt.Fprintln(w, "Mean score (1 is perfect, else the part that is right). One chunk is the ceiling: the same task on so little text that nothing needs to be divided.")
	fmt.Fprint(w, "\n| task |")
	for _, y := range ways {
		fmt.Fprintf(w, " %s |", y.name)
	}
	fmt.Fprintf(w, " operator |\n|---|%s---|\n", strings.Repeat("---:|", len(ways)))
	sums, seconds, tasks := make([]float64, len(ways)), make([]time.Duration, len(ways)), 0
	for _, rt := range realTasks {
		i := slices.IndexFunc(picked, func(f family) bool { return f.name == rt.name })
		if i < 0 {
			continue
		}
		tasks++
		fmt.Fprintf(w, "| %s |", rt.name)
		operators := ""
		for k, y := range ways {
			sum, failures := 0.0, 0
			for run := range *m.runs {
				t := picked[i].make(rand.New(rand.NewPCG(seed, hash(uint64(run), []byte(rt.name)))), y.tokens)
				began := time.Now()
				o := y.ask(&t)
				seconds[k] += time.Since(began)
				score := 0.0
				if o.failure == "" {
					score = realScore(&t, o, rt.ids)
				} else {
					failures++
				}
				sum += score
				if y.name == "haiku planner" {
					operators += " " + o.operator
				}
				fmt.Fprintf(os.Stderr, "%s, %s, run %d: %.2f after %s, operator %q, %s: %.200q\n", rt.name, y.name, run, score, time.Since(began).Round(time.Second), o.operator, o.failure, o.answer)
			}
			mean := sum / float64(max(1, *m.runs))
			sums[k] += mean
			fmt.Fprintf(w, " %.2f", mean)
			if failures > 0 {
				fmt.Fprintf(w, " (%d failed)", failures)
			}
			fmt.Fprint(w, " |")
		}
		fmt.Fprintf(w, "%s |\n", operators)
	}
	fmt.Fprint(w, "| **all** |")
	for k := range ways {
		fmt.Fprintf(w, " **%.2f** |", sums[k]/float64(max(1, tasks)))
	}
	fmt.Fprint(w, " |\n| seconds a run |")
	for k := range ways {
		fmt.Fprintf(w, " %.0f |", seconds[k].Seconds()/float64(max(1, tasks**m.runs)))
	}
	fmt.Fprintln(w, " |")
	return nil
}

// realScore is the task's own score, or, where ids is given, the part of what must be named that is named and of what is named that must be.
func realScore(t *task, o outcome, ids *regexp.Regexp) float64 {
	if ids == nil {
		score, _ := t.score(o)
		return score
	}
	text, _ := t.parts()
	score, _ := listed(ids.FindAllString(o.answer, -1), ids.FindAllString(text, -1))
	return score
}

// parts are the text and the instruction of a task, apart, as libraries want them.
func (t *task) parts() (text, ask string) {
	for _, m := range t.chat["messages"].([]map[string]any) {
		if s, ok := m["content"].(string); ok && m["role"] == "user" {
			text += s
		}
	}
	ask = strings.Join(t.asks, "\n\n")
	return strings.TrimSpace(strings.Replace(text, ask, "", 1)), ask
}

// ours goes through the planner, whatever the size.
func (m *real) ours(f *front, t *task) (o outcome) {
	cfg := haikuplanner.DefaultConfig()
	cfg.MaxChunks = 1 // the server works on one call at a time
	cfg.PlannerTimeout, cfg.ChunkTimeout, cfg.TotalTimeout = time.Hour, time.Hour, 6*time.Hour
	cfg.MinChunkSize, cfg.OptimalChunkSize, cfg.MaxChunkSize = *m.chunk/4, *m.chunk*3/4, *m.chunk
	cfg.MaxCostPerRequest *= 100
	options := []haikuplanner.Option{haikuplanner.WithBase(f), haikuplanner.WithLiteLLM(host, "sk-lookups"), haikuplanner.WithConfig(cfg)}
	if *m.rules {
		options = append(options, haikuplanner.WithRules())
	}
	p, err := haikuplanner.New(options...)
	if err != nil {
		o.failure = err.Error()
		return o
	}
	forced := *t
	forced.header = append(slices.Clone(t.header), "x-decompose", "1")
	return send(p, &forced, false)
}

// direct sends the request as it is.
func (m *real) direct(f *front, t *task) (o outcome) {
	body := map[string]any{"temperature": 0, "max_tokens": max(800, tokensOf(t)*3/2)}
	if *m.tokens < tokensOf(t)*2 {
		body["max_tokens"] = 2000
	}
	for k, v := range t.chat {
		body[k] = v
	}
	r, err := http.NewRequest(http.MethodPost, host+"/v1/chat/completions", strings.NewReader(compact(body)))
	if err != nil {
		o.failure = err.Error()
		return o
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := f.RoundTrip(r)
	if err != nil {
		o.failure = err.Error()
		return o
	}
	defer resp.Body.Close()
	o.status = resp.StatusCode
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		o.failure = err.Error()
		return o
	}
	o.take(text)
	return o
}

func tokensOf(t *task) int {
	text, _ := t.parts()
	return tokens.O200K().Count(text)
}

// byOthers runs naive map-reduce by a library's own means.
func (m *real) byOthers(library string, t *task) (o outcome) {
	text, ask := t.parts()
	args := append(strings.Fields(*m.naive), library)
	c := exec.Command(args[0], args[1:]...)
	c.Stdin = strings.NewReader(compact(map[string]any{"base": strings.TrimRight(*m.base, "/") + "/v1", "instruction": ask, "text": text, "chunk": *m.chunk, "window": *m.window}))
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		o.failure = fmt.Sprintf("%v: %.300s", err, after(errs.String(), 300))
		return o
	}
	var v struct{ Answer string }
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		o.failure = err.Error()
	}
	o.answer = v.Answer
	return o
}

func after(s string, n int) string { return s[max(0, len(s)-n):] }

// A front is the transport to the server. It answers for LiteLLM where that would be asked about models.
type front struct {
	to     *url.URL
	window int
}

func (f *front) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet {
		models := upstreamtest.DefaultModels()
		for i := range models {
			models[i].Window, models[i].MaxOutput = f.window, f.window/2
		}
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(upstreamtest.ModelInfo(models))), Request: r}, nil
	}
	clone := r.Clone(r.Context())
	clone.URL.Scheme, clone.URL.Host, clone.URL.Path = f.to.Scheme, f.to.Host, strings.TrimRight(f.to.Path, "/")+r.URL.Path
	clone.Host = f.to.Host
	return http.DefaultTransport.RoundTrip(clone)
}
