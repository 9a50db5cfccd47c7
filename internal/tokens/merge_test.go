package tokens

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// pieces from a few bytes only, so that merges compete; from the vocabulary, so that they are long; and from everything.
func randomPiece(r *rand.Rand, v *vocab, n int) string {
	alphabets := []string{"a", "ab", "aab ", "abcdefgh", "-=", "\xe4\xb8\xad\xe5\x9b\xbd", "ACGT", "0123456789abcdef", "\n ", "\xf0\x9f\x98\x80\x81"}
	a := alphabets[r.IntN(len(alphabets))]
	var b strings.Builder
	for b.Len() < n {
		switch r.IntN(24) {
		case 0:
			b.WriteString(v.bytes(uint32(r.IntN(v.n))))
		case 1:
			b.WriteByte(byte(r.IntN(256)))
		case 2:
			b.WriteString(strings.Repeat(a[:1], 1+r.IntN(40)))
		default:
			b.WriteByte(a[r.IntN(len(a))])
		}
	}
	return b.String()[:n]
}

// Every way of merging against the plain one, at the lengths where one way hands over to the next.
func TestMergeAgainstNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, e := range encodings {
		ranks, v, w := ranksOf(e), e.vocab(), e.worker()
		for i := range 1500 {
			n := 2 + r.IntN(80)
			if i%50 == 0 {
				n = smallPiece - 10 + r.IntN(50)
			}
			piece := randomPiece(r, v, n)
			want := naive(e, ranks, piece)
			if _, whole := ranks[piece]; whole {
				continue
			}
			if len(piece) <= smallPiece {
				if got := w.small(v, piece); got != want {
					t.Fatalf("%s: small(%q) = %d, want %d", e.Name(), piece, got, want)
				}
			}
			if got := w.large(v, piece); got != want {
				t.Fatalf("%s: large(%q) = %d, want %d", e.Name(), piece, got, want)
			}
		}
	}
}

func FuzzMerge(f *testing.F) {
	for _, s := range []string{"aaaaaaaaaaaaaaaaa", "ababababab", "The quick", "\xe4\xb8\xad\xe5\x9b\xbd\xe4", "                                                      x", "=-=-=-=-", "\x00\xff\xfe"} {
		f.Add(s)
	}
	ranks := []map[string]int{ranksOf(O200K()), ranksOf(CL100K())}
	f.Fuzz(func(t *testing.T, piece string) {
		if len(piece) < 2 || len(piece) > 400 {
			return
		}
		for i, e := range encodings {
			if _, whole := ranks[i][piece]; whole {
				continue
			}
			w := e.worker()
			want := naive(e, ranks[i], piece)
			if got := w.large(w.v, piece); got != want {
				t.Errorf("%s: large(%q) = %d, want %d", e.Name(), piece, got, want)
			}
			if len(piece) <= smallPiece {
				if got := w.small(w.v, piece); got != want {
					t.Errorf("%s: small(%q) = %d, want %d", e.Name(), piece, got, want)
				}
			}
			e.workers.Put(w)
		}
	})
}
