package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// hotPaths are the packages whose benchmarks compare runs.
var hotPaths = []string{".", "internal/bench", "internal/tokens", "internal/wire", "internal/sse", "internal/split"}

// compareMain runs the Go benchmarks of the hot paths in another commit and in the working tree, in turn, and prints what changed. The benchmarks of
// internal/bench are the working tree's in both.
func compareMain(base, pattern, benchtime string, rounds int) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "haiku-compare")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	old := filepath.Join(dir, "old")
	if err := run(root, "git", "worktree", "add", "--quiet", "--detach", old, base); err != nil {
		return err
	}
	defer run(root, "git", "worktree", "remove", "--force", old)
	if err := copyGo(filepath.Join(root, "internal", "bench"), filepath.Join(old, "internal", "bench")); err != nil {
		return err
	}

	results := map[string]*samples{}
	for _, pkg := range hotPaths {
		var trees [2]string
		for i, tree := range []string{old, root} {
			binary := filepath.Join(dir, fmt.Sprintf("%d-%s.test", i, strings.ReplaceAll(pkg, "/", "-")))
			if err := run(tree, "go", "test", "-c", "-o", binary, "./"+pkg); err != nil {
				fmt.Fprintf(os.Stderr, "%s does not build in one of the two, left out: %v\n", pkg, err)
				break
			}
			if _, err := os.Stat(binary); err == nil { // a package without tests makes none
				trees[i] = binary
			}
		}
		if trees[0] == "" || trees[1] == "" {
			continue
		}
		for round := range rounds {
			for k := range 2 {
				i := (k + round) % 2 // A B B A
				cmd := exec.Command(trees[i], "-test.run", "^$", "-test.bench", pattern, "-test.benchmem", "-test.benchtime", benchtime)
				cmd.Dir = filepath.Join([]string{old, root}[i], pkg)
				out, err := cmd.Output()
				if err != nil {
					return fmt.Errorf("benchmarks of %s: %w", pkg, err)
				}
				readBenchmarks(results, i, pkg, out)
			}
		}
	}
	printComparison(results, base, rounds)
	return nil
}

func run(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.New(strings.TrimSpace(string(out)))
	}
	return nil
}

// copyGo replaces the Go files of one directory by those of another.
func copyGo(from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	gone, _ := filepath.Glob(filepath.Join(to, "*.go"))
	for _, name := range gone {
		os.Remove(name)
	}
	files, err := filepath.Glob(filepath.Join(from, "*.go"))
	for _, name := range files {
		b, e := os.ReadFile(name)
		if e == nil {
			e = os.WriteFile(filepath.Join(to, filepath.Base(name)), b, 0o644)
		}
		err = errors.Join(err, e)
	}
	return err
}

// samples are the measurements of one benchmark in one unit, of the old tree and of the new.
type samples struct {
	name, unit string
	values     [2][]float64
}

var benchmarkLine = regexp.MustCompile(`(?m)^(Benchmark\S+?)(?:-\d+)?\s+\d+\s+(.*)$`)

// readBenchmarks takes times and allocations out of the output of go test -bench. Where a benchmark reports CPU time, that stands for its time.
func readBenchmarks(results map[string]*samples, tree int, pkg string, out []byte) {
	for _, m := range benchmarkLine.FindAllSubmatch(out, -1) {
		fields := strings.Fields(string(m[2]))
		cpu := bytes.Contains(m[2], []byte("cpu-ns/op"))
		for i := 0; i+1 < len(fields); i += 2 {
			unit := fields[i+1]
			v, err := strconv.ParseFloat(fields[i], 64)
			if err != nil || unit != "cpu-ns/op" && unit != "allocs/op" && (unit != "ns/op" || cpu) {
				continue
			}
			key := pkg + " " + string(m[1]) + " " + unit
			if results[key] == nil {
				results[key] = &samples{name: pkg + " " + strings.TrimPrefix(string(m[1]), "Benchmark"), unit: unit}
			}
			results[key].values[tree] = append(results[key].values[tree], v)
		}
	}
}

func printComparison(results map[string]*samples, base string, rounds int) {
	t := table{head: []string{"benchmark", "unit", base, "now", "now / " + base, "p"}}
	keys := make([]string, 0, len(results))
	for k := range results {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	slower := 0
	for _, k := range keys {
		s := results[k]
		a, b := s.values[0], s.values[1]
		if len(a) == 0 || len(b) == 0 {
			continue
		}
		x, y, p := median(a), median(b), rankSum(a, b)
		ratio, mark := "1.000", ""
		if x > 0 {
			ratio = fmt.Sprintf("%.3f", y/x)
		}
		switch {
		case p < 0.01 && y > 1.03*x:
			mark = " **slower**"
			slower++
		case p < 0.01 && y < 0.97*x:
			mark = " faster"
		}
		t.add(s.name, s.unit, fmt.Sprintf("%.4g", x), fmt.Sprintf("%.4g", y), ratio+mark, fmt.Sprintf("%.3f", p))
	}
	t.write(os.Stdout)
	fmt.Printf("Medians of %d rounds in turn; p by the rank-sum test. Marked where p < 0.01 and the difference is above 3 %%. Slower: %d.\n", rounds, slower)
}

// rankSum is the two-sided p of the Wilcoxon–Mann–Whitney test, by the normal approximation with ties and continuity corrected, which is good to a few
// thousandths from eight values a side on.
func rankSum(a, b []float64) float64 {
	type value struct {
		v   float64
		old bool
	}
	all := make([]value, 0, len(a)+len(b))
	for _, v := range a {
		all = append(all, value{v, true})
	}
	for _, v := range b {
		all = append(all, value{v, false})
	}
	slices.SortFunc(all, func(x, y value) int {
		switch {
		case x.v < y.v:
			return -1
		case x.v > y.v:
			return 1
		}
		return 0
	})
	n, m := float64(len(a)), float64(len(b))
	sum, ties := 0.0, 0.0
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].v == all[i].v {
			j++
		}
		rank, equal := float64(i+j+1)/2, float64(j-i)
		ties += equal*equal*equal - equal
		for ; i < j; i++ {
			if all[i].old {
				sum += rank
			}
		}
	}
	total := n + m
	u := sum - n*(n+1)/2
	variance := n * m / 12 * (total + 1 - ties/(total*(total-1)))
	if variance <= 0 {
		return 1
	}
	z := (math.Abs(u-n*m/2) - 0.5) / math.Sqrt(variance)
	return math.Erfc(max(z, 0) / math.Sqrt2)
}
