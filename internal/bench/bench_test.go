package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner"
)

func testEnv(tb testing.TB) *env {
	tb.Helper()
	root, err := moduleRoot()
	if err != nil {
		tb.Fatal(err)
	}
	novel, err := os.ReadFile(filepath.Join(root, "testdata", "documents", "persuasion.txt"))
	if err != nil {
		tb.Fatal(err)
	}
	return &env{root: root, novel: string(novel)}
}

// The allocations that a small request costs beyond the base transport's are a promise, so they are tested; its time is printed by the benchmarks.
func TestSmallRequestAllocations(t *testing.T) {
	const most = 8
	e := testEnv(t)
	p, err := haikuplanner.New(haikuplanner.WithBase(nothing{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		size  int
		fresh bool
	}{{1 << 10, true}, {16 << 10, false}, {16 << 10, true}} {
		if c.fresh && c.size > 1<<10 && raced() {
			continue // the race detector empties pools at random
		}
		bodies := e.bodies(16, c.size, false)
		count := func(f func() error) float64 {
			return testing.AllocsPerRun(200, func() {
				if err := f(); err != nil {
					t.Fatal(err)
				}
			})
		}
		base, ours := count(exchanges(nothing{}, bodies, c.fresh)), count(exchanges(p.Transport(nil), bodies, c.fresh))
		if ours-base > most {
			t.Errorf("%d bytes, new texts %v: %v allocations, the base makes %v: more than %d are added", c.size, c.fresh, ours, base, most)
		}
	}
}

// Chunks are looked at in one pass over their text, which is not copied.
func TestLookAllocations(t *testing.T) {
	text := "a\n```\nb\nc\n```\ndé\n" + strings.Repeat("e", 64)
	var chunks []haikuplanner.Chunk
	for i := 0; i < 18; i += 2 {
		chunks = append(chunks, haikuplanner.Chunk{Start: i, End: i + 2, Tokens: i})
	}
	var got shape
	if n := testing.AllocsPerRun(10, func() { got = look(text, chunks, 9, 14) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if want := (shape{fill: 8.0 / 9, over: 1, atLine: 5, fenced: 4, torn: 1, cuts: 8}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// What a big request allocates, all its calls and their answers together, in parts of its body: the body itself, those of the calls as they are sent and as the
// upstream function reads them, and what cutting takes.
func TestBigRequestBytes(t *testing.T) {
	const most = 9.5
	if raced() {
		return // the race detector empties pools at random
	}
	e := testEnv(t)
	p, err := haikuplanner.New(haikuplanner.WithConfig(roomy()), haikuplanner.WithBase(instant{}), haikuplanner.WithLiteLLM("http://litellm.test", "sk"))
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	for i := range 2 { // the first one loads the vocabulary
		body := e.chatBody(2<<20, i*7919, false)
		runtime.ReadMemStats(&before)
		if _, err := send(p.Transport(nil), "http://litellm.test", body, ownCPU); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if n := float64(after.TotalAlloc-before.TotalAlloc) / float64(len(body)); i > 0 && n > most {
			t.Errorf("%.2f times the body was allocated, more than %.1f", n, most)
		}
	}
}

func raced() bool {
	info, _ := debug.ReadBuildInfo()
	return slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "-race" && s.Value == "true" })
}

func BenchmarkSmallRequest(b *testing.B) {
	e := testEnv(b)
	for _, size := range []int{1 << 10, 4 << 10, 16 << 10, 24 << 10, 1 << 20} {
		threshold := haikuplanner.DefaultConfig().LargeRequestThreshold
		if size == 1<<20 {
			threshold *= 1000 // forwarded unread
		}
		p, err := haikuplanner.New(haikuplanner.WithBase(nothing{}), haikuplanner.WithThreshold(threshold))
		if err != nil {
			b.Fatal(err)
		}
		bodies := e.bodies(min(64, 8<<20/size), size, false)
		b.Run(fmt.Sprintf("%dK", size>>10), func(b *testing.B) {
			b.ReportAllocs()
			f := exchanges(p.Transport(nil), bodies, true)
			if err := f(); err != nil { // the first one loads the vocabulary
				b.Fatal(err)
			}
			b.ResetTimer()
			cpu := ownCPU()
			for range b.N {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(ownCPU()-cpu)/float64(b.N), "cpu-ns/op")
		})
	}
}

func BenchmarkBigRequest(b *testing.B) {
	e := testEnv(b)
	p, err := haikuplanner.New(haikuplanner.WithConfig(roomy()), haikuplanner.WithBase(instant{}), haikuplanner.WithLiteLLM("http://litellm.test", "sk"))
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{20_000, 200_000} {
		body := e.prompt(n, false)
		b.Run(fmt.Sprintf("%dKtokens", n/1000), func(b *testing.B) {
			b.ReportAllocs()
			cpu := 0.0
			for range b.N {
				s, err := send(p.Transport(nil), "http://litellm.test", body, ownCPU)
				if err != nil {
					b.Fatal(err)
				}
				cpu += s.cpu
			}
			b.ReportMetric(cpu/float64(b.N), "cpu-ns/op")
		})
	}
}

func TestRankSum(t *testing.T) {
	low, high := []float64{1, 2, 3, 4, 5, 6, 7, 8}, []float64{11, 12, 13, 14, 15, 16, 17, 18}
	for _, c := range []struct {
		a, b     []float64
		from, to float64
	}{
		{low, high, 0.0005, 0.0015}, // exactly 0.00016; the approximation is cautious
		{high, low, 0.0005, 0.0015},
		{low, low, 0.99, 1},
		{[]float64{7, 7, 7}, []float64{7, 7, 7}, 1, 1},
		{[]float64{1, 3, 5, 7, 9, 11, 13, 15}, []float64{2, 4, 6, 8, 10, 12, 14, 16}, 0.5, 0.8},
	} {
		if p := rankSum(c.a, c.b); p < c.from || p > c.to {
			t.Errorf("rankSum(%v, %v) = %.5f, want %v to %v", c.a, c.b, p, c.from, c.to)
		}
	}
}

func TestReadBenchmarks(t *testing.T) {
	results := map[string]*samples{}
	readBenchmarks(results, 1, "internal/x", []byte("goos: linux\nBenchmarkA/1K-2   \t  100\t  12.5 ns/op\t  8 B/op\t 3 allocs/op\nBenchmarkB-2 \t 5\t 10 ns/op\t 7.5 cpu-ns/op\t 0 allocs/op\nPASS\n"))
	for key, want := range map[string]float64{"internal/x BenchmarkA/1K ns/op": 12.5, "internal/x BenchmarkA/1K allocs/op": 3, "internal/x BenchmarkB cpu-ns/op": 7.5, "internal/x BenchmarkB allocs/op": 0} {
		if s := results[key]; s == nil || len(s.values[1]) != 1 || s.values[1][0] != want {
			t.Errorf("%s: %+v, want %v", key, s, want)
		}
	}
	if len(results) != 4 {
		t.Errorf("%d results, want 4", len(results))
	}
}
