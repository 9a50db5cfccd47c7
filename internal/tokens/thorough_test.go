//go:build !race

package tokens

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tiktoken-go/tokenizer"
)

// One goroutine each, many millions of steps: nothing for the race detector, which makes them take minutes (and sync.Pool throw away what it holds).

// Guards the whole counter: 0 mismatches against Python tiktoken. Among the texts are those that tiktoken-go v0.10 miscounts (several line ends in a run of white
// space, 0x7F) and letters newer than Go's Unicode tables.
func TestVectors(t *testing.T) {
	all := vectors(t)
	if len(all) < 20_000 {
		t.Fatalf("%d vectors, want at least 20,000", len(all))
	}
	wrong := 0
	for _, v := range all {
		for _, c := range []struct {
			enc  *Encoding
			want int
		}{{O200K(), v.o200k}, {CL100K(), v.cl100k}} {
			if got := c.enc.Count(v.text); got != c.want {
				if wrong++; wrong <= 20 {
					t.Errorf("%s: Count(%.200q) = %d, tiktoken counts %d", c.enc.Name(), v.text, got, c.want)
				}
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d mismatches in %d texts", wrong, len(all))
	}
}

// Guards the embedded files: every id against the package they were made of, and the whole against the checksum of the file that tiktoken fetches.
func TestVocabulary(t *testing.T) {
	for _, c := range []struct {
		enc    *Encoding
		from   tokenizer.Encoding
		n      int
		sha256 string
	}{
		{O200K(), tokenizer.O200kBase, 199998, "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"},
		{CL100K(), tokenizer.Cl100kBase, 100256, "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"},
	} {
		codec, err := tokenizer.Get(c.from)
		if err != nil {
			t.Fatal(err)
		}
		v := c.enc.vocab()
		if v.n != c.n {
			t.Fatalf("%s: %d tokens, want %d", c.enc.Name(), v.n, c.n)
		}
		var file []byte
		for id := range v.n {
			want, err := codec.Decode([]uint{uint(id)})
			if err != nil {
				t.Fatal(err)
			}
			got := v.bytes(uint32(id))
			if got != want {
				t.Fatalf("%s: token %d is %q, want %q", c.enc.Name(), id, got, want)
			}
			if n := c.enc.Count(got); len(got) > 1 && n < 1 {
				t.Fatalf("%s: Count(%q) = %d", c.enc.Name(), got, n)
			}
			file = base64.StdEncoding.AppendEncode(file, []byte(got))
			file = fmt.Appendf(file, " %d\n", id)
		}
		if sum := fmt.Sprintf("%x", sha256.Sum256(file)); sum != c.sha256 {
			t.Errorf("%s: as a tiktoken file its SHA-256 is %s, want %s", c.enc.Name(), sum, c.sha256)
		}
	}
}

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
				"WalkTo":    func() { e.WalkTo(s, 20, func(_, end, _, n int) int { sum += n; return end + 20 }) },
			} {
				if n := testing.AllocsPerRun(50, f); n != 0 {
					t.Errorf("%s: %s of %.20q… allocates %v times", e.Name(), name, s, n)
				}
			}
		}
	}
}

// Guards the scanners: all texts of up to four characters over an alphabet with every class, against the regular expressions.
func TestScanExhaustively(t *testing.T) {
	for _, e := range encodings {
		every(4, func(s string) {
			if got, want := ends(e, s), patternEnds(t, e, s); !slices.Equal(got, want) {
				t.Errorf("%s: pieces of %q end at %v, want %v", e.Name(), s, got, want)
			}
		})
	}
}

// Go's tables are older: what they know must agree but for letters that changed class since, which are few.
func TestClasses(t *testing.T) {
	c := classes()
	differ := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		want := uint8(other)
		switch {
		case unicode.In(r, unicode.Lu, unicode.Lt):
			want = upper
		case unicode.Is(unicode.Ll, r):
			want = lower
		case unicode.In(r, unicode.Lm, unicode.Lo):
			want = either
		case unicode.Is(unicode.M, r):
			want = mark
		case unicode.Is(unicode.N, r):
			want = number
		case r == '\r' || r == '\n':
			want = newline
		case unicode.IsSpace(r):
			want = blank
		}
		if got := c.rune(r); got != want {
			if want != other {
				differ++
			}
			if got == blank || want == blank || r < 0x180 {
				t.Errorf("class of %U is %d, want %d", r, got, want)
			}
		}
	}
	if differ > 20 {
		t.Errorf("%d code points have another class than in Go's tables", differ)
	}
	if c.rune(0x10d4a) != either && c.rune(0x10d4a) == other {
		t.Error("U+10D4A, a letter since Unicode 16, is no letter")
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
