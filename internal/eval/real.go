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
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// A real is a model behind an OpenAI-compatible server.
type real struct {
	base, model, about, naive, kept, ways *string
	tokens, one, chunk, window            *int
	runs, advised                         *int

	relay *relay
	front *front
}

func realFlags() *real {
	return &real{
		base:    flag.String("base", "", "real: base URL of an OpenAI-compatible server, such as http://127.0.0.1:8080"),
		model:   flag.String("model", "", "real: what to call the model in the table"),
		about:   flag.String("about", "", "real: what the table says of the model: its file's sha256, how the server was built"),
		naive:   flag.String("naive", "", "real: a command for naive map-reduce (naive.py in its own Python); empty leaves it out"),
		kept:    flag.String("kept", "", "real: a file that keeps every call with its answer, so that a run can be stopped and gone on with; default none"),
		ways:    flag.String("ways", "", "real: ways of the table that this regular expression matches, such as 'one|planner'; default all"),
		tokens:  flag.Int("real-tokens", 1600, "real: tokens of material"),
		one:     flag.Int("one", 500, "real: tokens of material of the same task in one chunk"),
		chunk:   flag.Int("chunk", 500, "real: max_chunk_size"),
		window:  flag.Int("window", 16_384, "real: tokens of the model's window"),
		runs:    flag.Int("real-n", 2, "real: runs of each task"),
		advised: flag.Int("real-advised", 40, "real: labelled instructions for which the model chooses the operator"),
	}
}

// A way is one way to get an answer out of the model.
type way struct {
	name string
	ask  func(t *task) outcome
	one  bool // so little material that there is nothing to divide
}

// A cell is what a way made of a task.
type cell struct {
	runs, failed int
	score        float64
	spent        spent
	operators    []string // in the order of the runs
}

func (c *cell) mean() float64 { return c.score / float64(max(1, c.runs)) }

// table runs each task in each way, run by run, and writes the table anew into dir after each task; "-" is nowhere.
func (m *real) table(w io.Writer, picked []family, names *regexp.Regexp, seed uint64, dir string) error {
	base, err := url.Parse(*m.base)
	if err != nil || base.Host == "" {
		return errors.New("-worker real: give the server with -base, such as -base http://127.0.0.1:8080")
	}
	if m.relay, err = newRelay(base, *m.model+*m.about, *m.kept); err != nil {
		return err
	}
	address, err := m.relay.serve()
	if err != nil {
		return err
	}
	m.front = &front{relay: m.relay, window: *m.window}
	ways := []way{
		{"one chunk", m.direct, true},
		{"one call", m.direct, false},
		{"planner model", func(t *task) outcome { return m.ours(t, false) }, false},
		{"rules", func(t *task) outcome { return m.ours(t, true) }, false},
	}
	if *m.naive != "" {
		for _, name := range []string{"LangChain", "LlamaIndex"} {
			ways = append(ways, way{name, func(t *task) outcome { return m.byOthers(strings.ToLower(name), address, t) }, false})
		}
	}
	wanted, err := regexp.Compile(*m.ways)
	if err != nil {
		return fmt.Errorf("-ways: %w", err)
	}
	ways = slices.DeleteFunc(ways, func(y way) bool { return !wanted.MatchString(y.name) })
	if len(ways) == 0 {
		return errors.New("-ways matches none")
	}
	var tasks []realTask
	for _, rt := range realTasks {
		if i := slices.IndexFunc(picked, func(f family) bool { return f.name == rt.name }); i >= 0 && rt.make == nil {
			rt.make = picked[i].make
		}
		if rt.make != nil && names.MatchString(rt.name) {
			tasks = append(tasks, rt)
		}
	}
	rows := make([][]cell, len(tasks))
	for i := range rows {
		rows[i] = make([]cell, len(ways))
	}
	var chosen choices
	write := func() error {
		text := m.render(tasks, ways, rows, &chosen, seed)
		if dir == "-" {
			return nil
		}
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "real.md"), []byte(text), 0o666)
	}
	if err := m.choose(&chosen); err != nil {
		return err
	}
	for run := range *m.runs {
		for i, rt := range tasks {
			for k, y := range ways {
				m.try(rt, y, &rows[i][k], run, seed)
			}
			if err := write(); err != nil {
				return err
			}
		}
	}
	_, err = io.WriteString(w, m.render(tasks, ways, rows, &chosen, seed))
	return err
}

// try is one run of a task in one way.
func (m *real) try(rt realTask, y way, c *cell, run int, seed uint64) {
	size := *m.tokens
	if y.one {
		size = *m.one
	}
	if rt.share > 0 {
		size = int(float64(size) * rt.share)
	}
	t := rt.make(rand.New(rand.NewPCG(seed, hash(uint64(run), []byte(rt.name)))), size)
	t.chat["temperature"] = 0
	text, _ := t.parts()
	t.chat["max_tokens"] = 800
	if rt.share > 0 {
		t.chat["max_tokens"] = size * 2
	}
	o := y.ask(&t)
	took := m.relay.take()
	c.runs++
	c.spent.add(took)
	score := 0.0
	if o.failure == "" {
		score = rt.score(&t, text, o.answer)
	} else {
		c.failed++
	}
	c.score += score
	c.operators = append(c.operators, o.operator)
	fmt.Fprintf(os.Stderr, "%s %s, %s, run %d: %.2f, %d calls, %d + %d tokens, %.0f s, operator %q by %s, %s: %.300q\n", time.Now().UTC().Format("15:04"), rt.name, y.name, run, score,
		took.calls, took.prompt, took.written, took.ms/1000, o.operator, o.advised, o.failure, o.answer)
}

// render writes the tables of what was run so far.
func (m *real) render(tasks []realTask, ways []way, rows [][]cell, chosen *choices, seed uint64) string {
	var w strings.Builder
	fmt.Fprintf(&w, "# A real small model: %s\n\n%s · seed %d · about %d tokens of material (%d in one chunk; half of that and less for edit and transform), chunks of at most %d · temperature 0\n\n",
		*m.model, time.Now().UTC().Format("2006-01-02"), seed, *m.tokens, *m.one, *m.chunk)
	fmt.Fprintf(&w, "%s On %s: %s\n\n", *m.about, processor(), m.relay.pace())
	fmt.Fprint(&w, "Mean score of n runs (1 is right, else the part that is right). One chunk: the same task on so little text that nothing needs to be divided, which is the ceiling of dividing with this model. ",
		"One call: the whole text at once. Planner model and rules: through haikuplanner, the operator chosen by this model or by rules; this model does every other call too. ",
		"LangChain: `load_summarize_chain`, map_reduce. LlamaIndex: `TreeSummarize`. Both with the task's own words in their prompts.\n\n| task | n |")
	for _, y := range ways {
		fmt.Fprintf(&w, " %s |", y.name)
	}
	fmt.Fprintf(&w, " operators: model | rules |\n|---|---:|%s---|---|\n", strings.Repeat("---:|", len(ways)))
	sums := make([]cell, len(ways))
	rowsRun, left := 0, 0
	for i, rt := range tasks {
		n := rows[i][len(ways)-1].runs
		left += *m.runs - n
		if n == 0 {
			continue
		}
		rowsRun++
		fmt.Fprintf(&w, "| %s | %d |", rt.name, n)
		for k := range ways {
			c := &rows[i][k]
			fmt.Fprintf(&w, " %.2f", c.mean())
			if c.failed > 0 {
				fmt.Fprintf(&w, " (%d failed)", c.failed)
			}
			fmt.Fprint(&w, " |")
			sums[k].score += c.mean()
			sums[k].runs += c.runs
			sums[k].spent.add(c.spent)
		}
		for _, name := range []string{"planner model", "rules"} {
			said := byRules(rt)
			if k := slices.IndexFunc(ways, func(y way) bool { return y.name == name }); k >= 0 {
				said = strings.Join(rows[i][k].operators, ", ")
			}
			fmt.Fprintf(&w, " %s |", said)
		}
		fmt.Fprintln(&w)
	}
	line := func(name, format string, value func(c *cell) float64) {
		fmt.Fprintf(&w, "| %s | |", name)
		for k := range ways {
			fmt.Fprintf(&w, " "+format+" |", value(&sums[k]))
		}
		fmt.Fprint(&w, " | |\n")
	}
	a := func(v func(spent) float64) func(*cell) float64 {
		return func(c *cell) float64 { return v(c.spent) / float64(max(1, c.runs)) }
	}
	line("**all**", "**%.2f**", func(c *cell) float64 { return c.score / float64(max(1, rowsRun)) })
	line("calls a run", "%.1f", a(func(s spent) float64 { return float64(s.calls) }))
	line("prompt tokens a run", "%.0f", a(func(s spent) float64 { return float64(s.prompt) }))
	line("written tokens a run", "%.0f", a(func(s spent) float64 { return float64(s.written) }))
	line("seconds a run", "%.0f", a(func(s spent) float64 { return s.ms / 1000 }))
	if left > 0 {
		fmt.Fprintf(&w, "\nNot finished: %d of %d runs of a task are missing.\n", left, len(tasks)**m.runs)
	}
	fmt.Fprint(&w, "\n## Calls and tokens, by task\n\nMean of a run: calls · prompt tokens + written tokens.\n\n| task |")
	for _, y := range ways {
		fmt.Fprintf(&w, " %s |", y.name)
	}
	fmt.Fprintf(&w, "\n|---|%s\n", strings.Repeat("---:|", len(ways)))
	for i, rt := range tasks {
		if rows[i][len(ways)-1].runs == 0 {
			continue
		}
		fmt.Fprintf(&w, "| %s |", rt.name)
		for k := range ways {
			c := &rows[i][k]
			n := float64(max(1, c.runs))
			fmt.Fprintf(&w, " %.3g · %.0f + %.0f |", float64(c.spent.calls)/n, float64(c.spent.prompt)/n, float64(c.spent.written)/n)
		}
		fmt.Fprintln(&w)
	}
	chosen.render(&w)
	return w.String()
}

// pace is the server's own word on its speed, over all calls of the run.
func (y *relay) pace() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	s := y.speed
	if s.promptMS == 0 || s.writtenMS == 0 {
		return "the server does not say how fast it is."
	}
	return fmt.Sprintf("%.0f prompt tokens and %.0f written tokens a second over all calls, beside other work.", s.prompt/s.promptMS*1000, s.written/s.writtenMS*1000)
}

// processor names the kind of machine, as Linux does; nothing of whose it is.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo") // elsewhere only the cores are named
	field := func(name string) string {
		m := regexp.MustCompile(`(?m)^` + name + `\s*: (.*)$`).FindSubmatch(text)
		if m == nil {
			return ""
		}
		return string(m[1])
	}
	kind := fmt.Sprintf("%d cores (%s)", runtime.NumCPU(), runtime.GOARCH)
	if name := field("model name"); name != "" {
		kind += ", " + name + ", family " + field("cpu family") + ", model " + field("model")
	}
	for _, flag := range []string{"avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8"} {
		if slices.Contains(strings.Fields(field("flags")), flag) {
			kind += ", " + flag
		}
	}
	return kind
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
func (m *real) ours(t *task, rules bool) (o outcome) {
	cfg := haikuplanner.DefaultConfig()
	cfg.MaxChunks = 1 // the server works on one call at a time
	cfg.PlannerTimeout, cfg.ChunkTimeout, cfg.TotalTimeout = time.Hour, time.Hour, 6*time.Hour
	cfg.MinChunkSize, cfg.OptimalChunkSize, cfg.MaxChunkSize = *m.chunk/4, *m.chunk*3/4, *m.chunk
	cfg.MaxCostPerRequest *= 100
	options := []haikuplanner.Option{haikuplanner.WithBase(m.front), haikuplanner.WithLiteLLM(host, "sk-lookups"), haikuplanner.WithConfig(cfg)}
	if rules {
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
func (m *real) direct(t *task) (o outcome) {
	r, err := http.NewRequest(http.MethodPost, host+"/v1/chat/completions", strings.NewReader(compact(t.chat)))
	if err != nil {
		o.failure = err.Error()
		return o
	}
	resp, err := m.front.RoundTrip(r)
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

// byOthers runs naive map-reduce by a library's own means.
func (m *real) byOthers(library, address string, t *task) (o outcome) {
	text, ask := t.parts()
	args := append(strings.Fields(*m.naive), library)
	c := exec.Command(args[0], args[1:]...)
	c.Stdin = strings.NewReader(compact(map[string]any{"base": address + "/v1", "instruction": ask, "text": text, "chunk": *m.chunk, "window": *m.window, "answer": t.chat["max_tokens"]}))
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
	relay  *relay
	window int
}

func (f *front) RoundTrip(r *http.Request) (*http.Response, error) {
	status, text := http.StatusOK, []byte(nil)
	if r.Method == http.MethodGet {
		models := upstreamtest.DefaultModels()
		for i := range models {
			models[i].Window, models[i].MaxOutput = f.window, f.window/2
		}
		text = upstreamtest.ModelInfo(models)
	} else {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		_ = r.Body.Close() // read to its end
		if status, text, err = f.relay.ask(r, r.URL.Path, body); err != nil {
			return nil, err
		}
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(text)), Request: r}, nil
}
