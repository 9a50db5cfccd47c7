package main

import (
	"fmt"
	"os"
	"path/filepath"
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
	for _, size := range []int{1 << 10, 16 << 10} {
		bodies := e.bodies(16, size, false)
		count := func(f func() error) float64 {
			return testing.AllocsPerRun(200, func() {
				if err := f(); err != nil {
					t.Fatal(err)
				}
			})
		}
		base, ours := count(exchanges(nothing{}, bodies, false)), count(exchanges(p.Transport(nil), bodies, false))
		if ours-base > most {
			t.Errorf("%d bytes: %v allocations, the base makes %v: more than %d are added", size, ours, base, most)
		}
	}
}

func BenchmarkSmallRequest(b *testing.B) {
	e := testEnv(b)
	p, err := haikuplanner.New(haikuplanner.WithBase(nothing{}))
	if err != nil {
		b.Fatal(err)
	}
	for _, size := range []int{1 << 10, 4 << 10, 16 << 10, 24 << 10} {
		bodies := e.bodies(64, size, false)
		b.Run(fmt.Sprintf("%dK", size>>10), func(b *testing.B) {
			b.ReportAllocs()
			f := exchanges(p.Transport(nil), bodies, true)
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
