package tokens

import (
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
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

// Whatever a bound from lengths says before counting, it is not above the count; and long texts outside ASCII it does decide.
func TestCountUpToOfLongTexts(t *testing.T) {
	for _, e := range encodings {
		v := e.vocab()
		units := []string{"รัฐบาลได้ประกาศมาตรการ", "中文", "слово ", "слово and some other words, ASCII ", "\xff", "\xed\xa0\x80", "😀"}
		for id := range uint32(v.n) {
			if s := v.bytes(id); len(s) > 45 && s[len(s)-1] >= utf8.RuneSelf && utf8.ValidString(s) {
				units = append(units, s)
			}
		}
		for _, unit := range units {
			s := strings.Repeat(unit, 200_000/len(unit))
			n := e.Count(s)
			for _, limit := range []int{n - 1, n, n / 2} {
				got := e.CountUpTo(s, limit)
				if n <= limit && got != n || n > limit && got <= limit || got > n {
					t.Errorf("%s: CountUpTo(%.20q…, %d) = %d, of %d", e.Name(), unit, limit, got, n)
				}
			}
		}
		if thai := strings.Repeat(units[0], 1_000_000/len(units[0])); v.least(thai, 8000) <= 8000 {
			t.Errorf("%s: the lengths of tokens do not tell that a megabyte of Thai has more than 8,000", e.Name())
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
