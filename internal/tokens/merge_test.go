package tokens

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
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

// Pieces longer than a window, in windows and at once.
func TestWindows(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, e := range encodings {
		v, w := e.vocab(), e.worker()
		for i := range 24 {
			piece := randomPiece(r, v, 2*window+r.IntN(2*window))
			if i < 8 {
				piece = strings.Repeat(randomPiece(r, v, 1+i), (3*window)/(1+i))
			}
			got := w.large(v, piece)
			if want := w.b.run(v, piece); got != want {
				t.Errorf("%s: %.60q… of %d bytes: %d tokens in windows, %d at once", e.Name(), piece, len(piece), got, want)
			}
		}
	}
}

// splits must say exactly what merging two tokens' bytes says.
func TestSplits(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, e := range encodings {
		v, w := e.vocab(), e.worker()
		w.large(v, strings.Repeat("x", 100))
		seen := [2]int{}
		check := func(left, right uint32) {
			piece := v.bytes(left) + v.bytes(right)
			n := w.b.run(v, piece)
			want := n == 2 && w.b.id[0] == left
			if got := v.splits(left, right); got != want {
				t.Fatalf("%s: splits(%q, %q) = %v, want %v", e.Name(), v.bytes(left), v.bytes(right), got, want)
			}
			if want {
				seen[1]++
			} else {
				seen[0]++
			}
		}
		for range 20_000 {
			check(uint32(r.IntN(v.n)), uint32(r.IntN(v.n)))
			// Halves of one token, and halves of halves, where merges across the seam are likely.
			id := uint32(r.IntN(v.n))
			left, right := v.halves(id)
			if left == noToken {
				continue
			}
			check(left, right)
			if a, b := v.halves(left); a != noToken {
				check(a, b)
				check(b, right)
				check(a, uint32(r.IntN(1000)))
			}
		}
		if seen[0] < 1000 || seen[1] < 1000 {
			t.Errorf("%s: %d seams that merge and %d that hold: too few to prove anything", e.Name(), seen[0], seen[1])
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

// Pieces of UTF-8 from their characters: the characters are those that merge across a seam in parts, and others beside them.
func TestCharsAgainstNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, e := range encodings {
		ranks, v, w := ranksOf(e), e.vocab(), e.worker()
		var odd []string // tokens that are no UTF-8: what crosses
		var multi []string
		for id := range uint32(v.n) {
			switch s := v.bytes(id); {
			case !utf8.ValidString(s):
				odd = append(odd, s)
			case s[0] >= 0xc0 || s[0] == ' ' && len(s) > 1 && s[1] >= 0xc0:
				multi = append(multi, s)
			}
		}
		var known []rune
		for c := range v.chars.chars {
			if v.chars.chars[c]&(asLeft|asRight) != 0 && utf8.ValidRune(rune(c)) {
				known = append(known, rune(c))
			}
		}
		apart, seams := 0, 0
		for range 20_000 {
			var b strings.Builder
			for n := 1 + r.IntN(5); n > 0; n-- {
				switch r.IntN(8) {
				case 0, 1:
					b.WriteString(complete(r, odd[r.IntN(len(odd))]))
				case 2:
					b.WriteString(multi[r.IntN(len(multi))])
				case 3:
					b.WriteString([]string{" ", "a", "é", "中", "の", "글", "한", "0", "я"}[r.IntN(9)])
				case 4:
					if c := rune(r.IntN(1 << 16)); utf8.ValidRune(c) {
						b.WriteRune(c)
					}
				default:
					b.WriteRune(known[r.IntN(len(known))])
				}
			}
			piece := b.String()
			if _, whole := ranks[piece]; whole || len(piece) < 2 {
				continue
			}
			got, ok := w.chars(v, piece)
			if !ok {
				continue
			}
			seams++
			if want := naive(e, ranks, piece); got != want {
				t.Fatalf("%s: chars(%q) = %d, want %d", e.Name(), piece, got, want)
			}
			last := rune(-1)
			for i, c := range piece {
				if i > 0 && v.chars.seam(piece, i, uint32(last), uint32(c)) {
					apart++
					break
				}
				last = c
			}
		}
		if apart < seams/10 || apart > seams*9/10 {
			t.Errorf("%s: %d of %d pieces have a seam that is crossed in parts", e.Name(), apart, seams)
		}
	}
}

// complete gives the parts of characters at the ends of s the bytes they lack.
func complete(r *rand.Rand, s string) string {
	for len(s) > 0 && s[0]&0xc0 == 0x80 {
		if s = string([]byte{0xe3 + byte(r.IntN(7))}) + s; !utf8.FullRuneInString(s) || !utf8.ValidString(s[:min(3, len(s))]) {
			s = s[:1] + string([]byte{0x80 + byte(r.IntN(64))}) + s[1:]
		}
	}
	for !utf8.ValidString(s) && len(s) < 40 {
		s += string([]byte{0x80 + byte(r.IntN(64))})
		if s2 := s[:max(0, len(s)-4)]; utf8.ValidString(s2) && !utf8.ValidString(s) && len(s) > 6 {
			break
		}
	}
	return strings.ToValidUTF8(s, "")
}
