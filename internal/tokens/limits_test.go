package tokens

import (
	"strings"
	"sync"
	"testing"
)

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
	all := vectors(t)[:800]
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range all {
				v := all[(i+g*200)%len(all)]
				if got := O200K().Count(v.text); got != v.o200k {
					t.Errorf("Count(%.80q) = %d, want %d", v.text, got, v.o200k)
				}
			}
		}()
	}
	wg.Wait()
}
