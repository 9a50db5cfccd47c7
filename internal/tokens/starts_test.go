package tokens

import (
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"
)

// checkStarts compares what starts sees with the pieces of the plain scanners.
func checkStarts(t *testing.T, w *worker, s string) (known int) {
	t.Helper()
	next := w.t.nextCL100K
	if w.o200k {
		next = w.t.nextO200K
	}
	got, numbers, known := starts(s, w.camel)
	var want uint64
	for i := 0; i < known; {
		want |= 1 << i
		i, _ = next(s, i)
	}
	below := uint64(1)<<known - 1
	if got := (got | 1) & below; known > 0 && got != want {
		t.Fatalf("%q: pieces start at %b, want %b, known %d", s, got, want, known)
	}
	for m := numbers & below; m != 0; m &= m - 1 {
		i := bits.TrailingZeros64(m)
		if end, _ := next(s, i); end < known && strings.Trim(s[i:end], "0123456789") != "" {
			t.Fatalf("%q: %q is not of digits", s, s[i:end])
		}
	}
	return known
}

// What starts sees: all short texts of the alphabet at all places that matter; all characters of two bytes between others; and texts at random.
func TestStarts(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	parts := strings.Split("a b A B aB AB the The THE 1 22 333 4444 55555555 ( ) ) ; ; {} \n \n\n \r\n \t \t\t _ = == \" ~ ` @ [ ^ é É ç Ç ı İ ğ Ğ я Я р", " ")
	parts = append(parts, " ", " ", " ", "  ", "   ", "\n ", "\n\t", " \n", "\n \n")
	odd := strings.Split("don't ' '' 's / /  // \v ß × ÷ ſ ŉ ĸ ž Ž ń Ń ё Ё ѣ Ѣ σ Σ \xc3 \xc4 \xd0 中 \u00a0 \u3000 \x00 \x7f \xff ²", " ")
	for _, e := range encodings {
		w := e.worker()
		for _, before := range []string{"", "a", "aaaaaaa", "==", "  ", "\n", strings.Repeat("b", 60), strings.Repeat(" ", 60), strings.Repeat("\n\t", 30)} {
			for _, behind := range []string{" ", "z", "Z", "é", "=", "\n", "0"} {
				behind = strings.Repeat(behind, 64)
				every(3, func(s string) { checkStarts(t, w, before+s+behind) })
			}
		}
		for c := rune(0x80); c < 0x800; c++ {
			for _, before := range []string{"", "a", "A", " ", "(", "é", "Я", strings.Repeat("b", 61)} {
				for _, behind := range []string{"a", "A", " ", "'s", "é", "Я", "\u0301"} {
					checkStarts(t, w, before+string(c)+behind+strings.Repeat(" x", 32))
				}
			}
		}
		sum, n := 0, 200_000
		for range n {
			var b strings.Builder
			for b.Len() < sight {
				if r.IntN(30) == 0 {
					b.WriteString(odd[r.IntN(len(odd))])
				}
				b.WriteString(parts[r.IntN(len(parts))])
			}
			sum += checkStarts(t, w, b.String()+"   x")
		}
		if sum < n*sight/3 {
			t.Errorf("%s: only %d of %d bytes are known on average", e.Name(), sum/n, sight)
		}
	}
}

func FuzzStarts(f *testing.F) {
	for _, v := range vectors(f) {
		if len(v.text) > sight && len(v.text) < 1000 {
			f.Add(v.text)
		}
	}
	f.Add(strings.Repeat("Let's (see) 12345, çOk\n\t\tbC;\n//\n  = x \n", 3))
	f.Fuzz(func(t *testing.T, s string) {
		for _, e := range encodings {
			w := e.worker()
			from, sum := 0, 0
			e.Walk(s, func(end, tokens int) bool {
				if from+sight <= len(s) {
					checkStarts(t, w, s[from:])
				}
				from, sum = end, sum+tokens
				return true
			})
			if got := w.countAll(s); got != sum {
				t.Errorf("%s: %q has %d tokens, its pieces %d", e.Name(), s, got, sum)
			}
			e.workers.Put(w)
		}
	})
}
