// Command eval measures answers: tasks whose right answer is known go through the whole line, and what the client reads is scored. make eval runs it with two workers:
// one that makes no mistakes, with which every answer must be perfect, and one that is careless by seed. make eval-real runs some tasks on a real
// model (see README.md).
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"time"
)

func main() {
	var (
		worker = flag.String("worker", "perfect,noisy", "perfect, noisy, or both by comma; real needs -base")
		only   = flag.String("only", "", "tasks whose name this regular expression matches; default all")
		runs   = flag.Int("n", 20, "runs of each task")
		seed   = flag.Uint64("seed", 20261124, "of texts, settings and noise")
		tokens = flag.Int("tokens", 12_000, "of material in each task, about")
		out    = flag.String("out", "", "directory for the tables; default internal/eval/results, - for none")
	)
	real := realFlags()
	flag.Parse()
	names, err := regexp.Compile(*only)
	if err != nil {
		fmt.Fprintln(os.Stderr, "-only:", err)
		os.Exit(2)
	}
	if *out == "" {
		*out = filepath.Join("internal", "eval", "results")
	}
	var picked []family
	for _, f := range families {
		if names.MatchString(f.name) {
			picked = append(picked, f)
		}
	}
	bad := false
	for _, w := range bytes.Split([]byte(*worker), []byte(",")) {
		var b bytes.Buffer
		table := io.MultiWriter(os.Stdout, &b)
		switch name := string(w); name {
		case "perfect":
			bad = perfectTable(table, picked, *runs, *seed, *tokens) || bad
		case "noisy":
			bad = noisyTable(table, picked, *runs, *seed, *tokens) || bad
		case "real":
			if err := real.table(os.Stdout, picked, names, *seed, *out); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			continue // it writes its table as it goes
		default:
			fmt.Fprintf(os.Stderr, "-worker %q: perfect, noisy or real\n", name)
			os.Exit(2)
		}
		if *out == "-" {
			continue
		}
		err := os.MkdirAll(*out, 0o777)
		if err == nil {
			err = os.WriteFile(filepath.Join(*out, string(w)+".md"), b.Bytes(), 0o666)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if bad {
		os.Exit(1)
	}
}

// draw is a setting by seed: any chunk size from 500 to 2,000, streamed or not, advised by planner or rules where rules must do.
func draw(f family, seed uint64, run int) (setting, *rand.Rand) {
	r := rand.New(rand.NewPCG(seed, hash(uint64(run), []byte(f.name))))
	s := setting{seed: r.Uint64(), chunk: 500 + r.IntN(1501), stream: r.IntN(2) == 0, delay: 3 * time.Millisecond}
	s.rules = r.IntN(2) == 0
	return s, r
}

// A result is one run.
type result struct {
	score  float64
	wrong  []string
	o      outcome
	s      setting
	stated []string
}

// atOnce is how many runs are under way: most of their time is spent on waits between tries.
const atOnce = 24

// each runs every task n times and returns the results by task.
func each(picked []family, n int, seed uint64, tokens int, set func(*setting)) map[string][]result {
	out := map[string][]result{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for _, f := range picked {
		for i := range n {
			wait.Add(1)
			slots <- struct{}{}
			go func() {
				defer func() { <-slots; wait.Done() }()
				s, r := draw(f, seed, i)
				t := f.make(r, tokens)
				s.rules = s.rules && t.byRules
				set(&s)
				o := run(&t, s)
				res := result{o: o, s: s}
				res.score, res.wrong = judge(&t, s, o)
				if s.noise != nil {
					res.stated = s.noise.stated(o)
				}
				mu.Lock()
				out[f.name] = append(out[f.name], res)
				mu.Unlock()
			}()
		}
	}
	wait.Wait()
	return out
}

func heading(w io.Writer, title string, n int, seed uint64, tokens int) {
	fmt.Fprintf(w, "# %s\n\n%s · seed %d · n = %d runs a task · about %d tokens of material each · %s\n\n", title, time.Now().UTC().Format("2006-01-02"), seed, n, tokens, runtime.Version())
}

func mean(rs []result, f func(result) float64) float64 {
	sum := 0.0
	for _, r := range rs {
		sum += f(r)
	}
	return sum / float64(max(1, len(rs)))
}

// perfectTable says for each task how many of its runs were perfect. It reports whether any was not that should have been.
func perfectTable(w io.Writer, picked []family, n int, seed uint64, tokens int) (bad bool) {
	heading(w, "A worker that makes no mistakes", n, seed, tokens)
	fmt.Fprint(w, "Each call is answered exactly from what it holds. Chunks of any size from 500 to 2,000 tokens, any order of completion, streamed or not, advised by a planner or (where rules must do) by rules; ",
		"in every run one 429, one 500, one cut connection, one empty reply and one reply cut by length, as far as it makes that many calls. Perfect: the right answer, the right operator (by rules: one that gives the right answer), all chunks read, ",
		"usage the sum of the calls, no call above the chunk size.\n\n| task | what it shows | runs | perfect | chunks | calls | faults |\n|---|---|---:|---:|---:|---:|---:|\n")
	results := each(picked, n, seed, tokens, func(s *setting) { s.faults = true })
	all, good := 0, 0
	var faults []string
	for _, f := range picked {
		rs := results[f.name]
		ok := 0
		for _, r := range rs {
			if r.score == 1 && len(r.wrong) == 0 {
				ok++
				continue
			}
			bad = bad || f.open == ""
			if len(faults) < 40 {
				faults = append(faults, fmt.Sprintf("- %s (%s): score %.3f: %.400s", f.name, r.s, r.score, r.wrong))
			}
		}
		all, good = all+len(rs), good+ok
		fmt.Fprintf(w, "| %s | %s | %d | %.0f %% | %.0f | %.0f | %.1f |\n", f.name, f.row, len(rs), 100*float64(ok)/float64(max(1, len(rs))), mean(rs, func(r result) float64 { return float64(r.o.chunks) }),
			mean(rs, func(r result) float64 { return float64(len(r.o.calls)) }), mean(rs, func(r result) float64 { return float64(len(r.o.faults)) }))
	}
	fmt.Fprintf(w, "| **all** | | %d | **%.1f %%** | | | |\n", all, 100*float64(good)/float64(max(1, all)))
	for _, f := range picked {
		if f.open != "" {
			fmt.Fprintf(w, "\nKnown: %s: %s.\n", f.name, f.open)
		}
	}
	if len(faults) > 0 {
		fmt.Fprintf(w, "\nNot perfect:\n\n")
		for _, l := range faults {
			fmt.Fprintln(w, l)
		}
	}
	fmt.Fprintln(w)
	return bad
}

// noisyTable says what the line makes of careless readers. It reports whether a made-up quote was passed on as stated.
func noisyTable(w io.Writer, picked []family, n int, seed uint64, tokens int) (bad bool) {
	heading(w, "A careless worker", n, seed, tokens)
	fmt.Fprintf(w, "Of what a perfect reader would report %.0f %% is missing, to %.0f %% of it something is added whose quote stands nowhere in the text, and %.0f %% of the replies stop in the middle; planner and final calls are perfect. ", 100*missing, 100*inventing, 100*cutting)
	fmt.Fprint(w, "Score: 1 is perfect, else the part that is right. Passed on: made-up quotes that reached a later call or the answer as if they stood in the text.\n\n",
		"| task | runs | mean score | perfect | missed | made up | cut | passed on |\n|---|---:|---:|---:|---:|---:|---:|---:|\n")
	results := each(picked, n, seed, tokens, func(s *setting) { s.noise = &noise{seed: s.seed} })
	var places []string
	sum, all := 0.0, 0
	for _, f := range picked {
		rs := results[f.name]
		stated, right := 0, 0
		var missed, made, cut int
		for _, r := range rs {
			stated += len(r.stated)
			for _, s := range r.stated {
				places = append(places, "- "+f.name+": "+s)
			}
			if r.score == 1 {
				right++
			}
			sum += r.score
			c := r.s.noise.counts
			missed, made, cut = missed+c.missed, made+c.invented, cut+c.cut
		}
		all += len(rs)
		bad = bad || stated > 0
		fmt.Fprintf(w, "| %s | %d | %.3f | %.0f %% | %d | %d | %d | %d |\n", f.name, len(rs), mean(rs, func(r result) float64 { return r.score }), 100*float64(right)/float64(max(1, len(rs))), missed, made, cut, stated)
	}
	fmt.Fprintf(w, "| **all** | %d | **%.3f** | | | | | **%d** |\n\n", all, sum/float64(max(1, all)), len(places))
	for _, p := range places[:min(20, len(places))] {
		fmt.Fprintln(w, p)
	}
	return bad
}
