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
	got, numbers, known := starts(s, w.o200k, w.camel)
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

func TestStarts(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	parts := strings.Split("a b A B aB AB the The THE don't ' '' 's /  // 1 22 333 4444 55555555 ( ) ) ; ; {} \n \n\n \r\n \t \t\t \v é É ſ 中 \u00a0 \u3000 \x00 \x7f \xff ² _ = == ' \" ~ ` @ [ ^ {", " ")
	parts = append(parts, " ", " ", " ", "  ", "   ", "\n ", "\n\t", " \n", "\n \n")
	for _, e := range encodings {
		w := e.worker()
		for _, before := range []string{"", "a", "aaaaaaa", "==", "  ", "\n", strings.Repeat("b", 60), strings.Repeat(" ", 60), strings.Repeat("\n\t", 30)} {
			for _, behind := range []string{" ", "z", "Z", "é", "=", "\n", "0"} {
				behind = strings.Repeat(behind, 64)
				every(3, func(s string) { checkStarts(t, w, before+s+behind) })
			}
		}
		sum, n := 0, 200_000
		for range n {
			var b strings.Builder
			for b.Len() < 64 {
				b.WriteString(parts[r.IntN(len(parts))])
			}
			sum += checkStarts(t, w, b.String()+"   x")
		}
		if sum < 8*n {
			t.Errorf("%s: only %d of 64 bytes are known on average", e.Name(), sum/n)
		}
	}
}
