// Command bench measures the speed of the whole, each figure against a baseline of the same run: go run ./internal/bench, or make bench. See README.md.
//
// It starts what it measures as child processes on 127.0.0.1: an upstream of fixed replies, bare reverse proxies, the proxy of examples/proxy. A and B take
// turns in short slices, so that a noisy machine harms both; ratios are medians over pairs of slices.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// A section measures one thing and writes its tables.
type section struct {
	name string
	what string
	run  func(*env, io.Writer) error
}

// sections are in the order of issue and README: what it costs when it does nothing, then what it costs when it works.
var sections = []section{
	{"roundtrip", "the RoundTripper on a small request, over its base", roundTrip},
	{"small", "small requests through the proxy, against a bare httputil.ReverseProxy", small},
	{"big", "a request of 200,000 tokens: our own CPU", big},
	{"critical", "wall time against the critical path", critical},
	{"tokens", "counting tokens", countTokens},
	{"chunks", "cutting: what it costs, what comes of it, what an edit leaves as it was", chunks},
	{"decide", "deciding on a body of a megabyte", decide},
	{"stream", "first tokens: how much later than from upstream itself", stream},
	{"headofline", "small streams beside a big request", headOfLine},
	{"memory", "memory", memory},
	{"scale", "one request of 10,000 to 10,000,000 tokens", scale},
	{"replicas", "one to four replicas before one LiteLLM", replicas},
	{"gateways", "a small request through a bare proxy, this one, and LiteLLM", gateways},
}

// An env is what sections share.
type env struct {
	dir   string // temporary files
	root  string // of the module
	out   string // where tables go; - for nowhere
	scale float64
	novel string
	procs []*process
}

func main() {
	if len(os.Args) > 1 {
		if child, ok := children[os.Args[1]]; ok {
			if err := child(os.Args[2:]); err != nil {
				fmt.Fprintln(os.Stderr, os.Args[1]+":", err)
				os.Exit(1)
			}
			return
		}
	}
	var names []string
	for _, s := range sections {
		names = append(names, s.name)
	}
	only := flag.String("run", strings.Join(names, ","), "sections, by comma")
	out := flag.String("out", "", "directory for the tables; default internal/bench/results, - for none")
	times := flag.Float64("scale", 1, "how many slices, against the usual number")
	base := flag.String("compare", "", "a commit to compare the Go benchmarks of the hot paths with, instead of all else")
	pattern := flag.String("bench", ".", "with -compare: which benchmarks")
	benchtime := flag.String("benchtime", "100ms", "with -compare: of each benchmark and round")
	rounds := flag.Int("rounds", 8, "with -compare: how often both run")
	flag.Parse()
	if *base != "" {
		if err := compareMain(*base, *pattern, *benchtime, *rounds); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	if err := measure(strings.Split(*only, ","), *out, *times); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure(names []string, out string, times float64) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	if out == "" {
		out = filepath.Join(root, "internal", "bench", "results")
	}
	dir, err := os.MkdirTemp("", "haiku-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	e := &env{dir: dir, root: root, out: out, scale: times}
	defer e.stopAll()
	novel, err := os.ReadFile(filepath.Join(root, "testdata", "documents", "persuasion.txt"))
	if err != nil {
		return err
	}
	e.novel = string(novel)
	for _, s := range sections {
		if !slices.Contains(names, s.name) {
			continue
		}
		var text strings.Builder
		fmt.Fprintf(&text, "# %s\n\n%s\n\n", strings.ToUpper(s.what[:1])+s.what[1:], e.circumstances())
		if err := s.run(e, &text); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		e.stopAll()
		fmt.Printf("%s\n", text.String())
		if out == "-" {
			continue
		}
		if err := os.MkdirAll(out, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, s.name+".md"), []byte(text.String()), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// circumstances says when and where a run took place.
func (e *env) circumstances() string {
	commit, _ := exec.Command("git", "-C", e.root, "rev-parse", "--short", "HEAD").Output()
	load, _ := os.ReadFile("/proc/loadavg")
	one, _, _ := strings.Cut(string(load), " ")
	return fmt.Sprintf("%s, commit %s, %s, %d cores, load %s before. Repeat: `make bench`.", time.Now().UTC().Format("2006-01-02 15:04 UTC"),
		strings.TrimSpace(string(commit)), runtime.Version(), runtime.NumCPU(), one)
}

// moduleRoot is the directory of go.mod, upwards from the working directory.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no go.mod above the working directory: run it in the repository")
		}
		dir = up
	}
}

func cores() int { return runtime.NumCPU() }

// times is a number of slices, scaled by -scale, at least 3.
func (e *env) times(n int) int { return max(3, int(float64(n)*e.scale)) }
