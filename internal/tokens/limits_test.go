package tokens

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// Megabytes that make a careless counter quadratic. This is no measure of speed (see the benchmarks): a quadratic step takes minutes here.
func TestLinear(t *testing.T) {
	for _, e := range encodings {
		for _, unit := range []string{"a", " ", "\n", "=", "YWJjZGVmZ2hpamtsbW5vcA", "😀", "中文字", "ab!?#-", "\u0300", "A", "ªA", "\xff", "\r\n ", "'"} {
			s := strings.Repeat(unit, 1<<20/len(unit))
			start := time.Now()
			n := e.Count(s)
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%s: 1 MB of %q takes %v", e.Name(), unit, took)
			}
			if n < len(s)/128 || n > len(s) && unit != "\xff" {
				t.Errorf("%s: 1 MB of %q has %d tokens", e.Name(), unit, n)
			}
		}
	}
}

func TestAllocations(t *testing.T) {
	texts := []string{
		"short", strings.Repeat("The quick brown fox jumps over the lazy dog. ", 40), strings.Repeat("今天的会议上，我们讨论了明年的预算。", 40), strings.Repeat("a", 3000),
		strings.Repeat("=", 40_000), "bad \xff\xfe bytes", strings.Repeat("Işıklar söndüğünde ", 30),
	}
	for _, e := range encodings {
		for _, s := range texts {
			e.Count(s) // the first long piece makes its buffers
			sum := 0
			for name, f := range map[string]func(){
				"Count":     func() { e.Count(s) },
				"CountUpTo": func() { e.CountUpTo(s, 20) },
				"Walk":      func() { e.Walk(s, func(_, n int) bool { sum += n; return true }) },
				"Stable":    func() { e.Stable(s, 3) },
			} {
				if n := testing.AllocsPerRun(50, f); n != 0 {
					t.Errorf("%s: %s of %.20q… allocates %v times", e.Name(), name, s, n)
				}
			}
		}
	}
}

func TestCountUpTo(t *testing.T) {
	s := strings.Repeat("The quick brown fox jumps over the lazy dog. ", 100_000)
	for _, e := range encodings {
		if got := e.CountUpTo(s, 8000); got <= 8000 {
			t.Errorf("%s: CountUpTo(…, 8000) = %d of a text of a million tokens", e.Name(), got)
		}
		if got, want := e.CountUpTo(s[:2000], 8000), e.Count(s[:2000]); got != want {
			t.Errorf("%s: CountUpTo(…, 8000) = %d, want %d", e.Name(), got, want)
		}
		if got := e.CountUpTo("x", -1); got < 0 {
			t.Errorf("%s: CountUpTo(x, -1) = %d", e.Name(), got)
		}
	}
}

func TestWalkStops(t *testing.T) {
	for _, e := range encodings {
		calls := 0
		e.Walk("one two three", func(end, _ int) bool { calls++; return e.Count("inner") == 0 })
		if calls != 1 {
			t.Errorf("%s: Walk called f %d times after false", e.Name(), calls)
		}
	}
}

// For the race detector, and for caches that must not mix.
func TestConcurrent(t *testing.T) {
	all := vectors(t)[:2000]
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range all {
				v := all[(i+g*500)%len(all)]
				if got := O200K().Count(v.text); got != v.o200k {
					t.Errorf("Count(%.80q) = %d, want %d", v.text, got, v.o200k)
				}
			}
		}()
	}
	wg.Wait()
}
