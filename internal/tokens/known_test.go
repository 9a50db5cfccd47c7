package tokens

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// countAll is Encoding.Count with a worker of one's own: the race detector's pools drop most of theirs.
func (w *worker) countAll(s string) int {
	_, n, _, _ := w.run(s, 0, len(s), math.MaxInt)
	return n
}

func knownList(t *testing.T) (list []string) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(knownFile), "\n") {
		piece, err := strconv.Unquote(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		list = append(list, piece)
	}
	return list
}

// unitsOf returns what the table has for a piece, or -1.
func (t *knownPieces) unitsOf(piece string) int {
	if len(piece) > 8 {
		return -1
	}
	mix := knownMix(keyOf(piece, 0, len(piece)).lo)
	if e := t[mix>>(64-knownBits)]; e != 0 && e>>knownBits == mix<<knownBits>>knownBits {
		return int(e & unitsMask)
	}
	return -1
}

// Known pieces are tokens, and pieces wherever they may stand.
func TestKnownPieces(t *testing.T) {
	for _, e := range encodings {
		w := e.worker()
		v := w.v
		known := 0
		for _, piece := range knownList(t) {
			units := v.known.unitsOf(piece)
			if units < 0 {
				continue
			}
			known++
			if n := w.countAll(piece); n != 1 {
				t.Errorf("%s: %q is %d tokens", e.name, piece, n)
			}
			if most := v.most.sum(piece, 0, len(piece)); units != most {
				t.Errorf("%s: %q carries %d, not %d", e.name, piece, most, units)
			}
			for _, c := range []byte(piece) {
				if c >= 0x7f || c < ' ' && c != '\n' && c != '\r' && c != '\t' {
					t.Errorf("%s: look knows nothing of what %q has", e.name, piece)
				}
			}
		}
		full := 0
		for _, entry := range v.known {
			full += int(min(entry, 1))
		}
		if full != known || known < len(v.known)*3/4 {
			t.Errorf("%s: %d known pieces in %d entries of %d", e.name, known, full, len(v.known))
		}
	}
}

// seen calls f for what look says is a known piece of s.
func seen(w *worker, s string, f func(start, end int)) {
	for at := 0; at+sight <= len(s); at += sightStep {
		starts, ends, _, _ := look(s[at:], w.camel)
		starts &= (1<<sightStep - 1) << sightBefore
		for ; starts != 0; starts &= starts - 1 {
			from := bits.TrailingZeros64(starts)
			n := bits.TrailingZeros64(ends>>1>>from|1<<8) + 1
			if i := at + from; n <= 8 && w.v.known.unitsOf(s[i:min(i+n, len(s))]) >= 0 {
				f(i, i+n)
			}
		}
	}
}

// pieces has the end of each piece of s where it starts.
func pieces(w *worker, s string) map[int]int {
	m := map[int]int{}
	for i := 0; i < len(s); {
		end, _ := w.piece(s, i)
		m[i] = end
		i = end
	}
	return m
}

// What look takes for a piece is one, whatever stands around it.
func TestLook(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	list := knownList(t)
	between := []string{"", "", "", " ", "  ", "\n", "\r\n", "\t", "\t\t", "/", "//", "\n/", ";\n//", "'", "''", "'s", "'ll", "'LL", "'Re", "'l", "'r", "'V", "('", " '", "1", "12", "1234", "½", "é", "É", "ſ", "'ſ", "×", "—", "中", "\u00a0", "\u2028", "\u0301", "\x00", "\v",
		"\x7f", "_", ".", "...", "A", "Ab", "aB", "ABc", "(", ")", "#", "\xff", "\xc3", "🙂"}
	for _, e := range encodings {
		w := e.worker()
		for range 20_000 {
			var b strings.Builder
			for b.Len() < sight+8+r.IntN(100) {
				b.WriteString(list[r.IntN(len(list))])
				b.WriteString(between[r.IntN(len(between))])
			}
			s := b.String()
			truth := pieces(w, s)
			seen(w, s, func(start, end int) {
				if truth[start] != end {
					t.Fatalf("%s: look takes %q at %d of %q for a piece", e.name, s[start:end], start, s)
				}
			})
		}
	}
}

// Nearly all known pieces of ordinary texts are seen.
func TestLookSeesMost(t *testing.T) {
	files, err := filepath.Glob("../../*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, e := range encodings {
		w := e.worker()
		for _, file := range append(files, "../../testdata/documents/persuasion.txt", "../../README.md") {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := string(b)
			there, found := 0, 0
			for start, end := range pieces(w, s) {
				if start >= sightBefore && end < len(s)-sight && w.v.known.unitsOf(s[start:end]) > 0 {
					there++
				}
			}
			seen(w, s, func(start, end int) {
				if w.v.known.unitsOf(s[start:end]) > 0 {
					found++
				}
			})
			if found < there*8/10 {
				t.Errorf("%s: of %d known pieces in %s %d are seen", e.name, there, file, found)
			}
		}
	}
}

// All but two pieces of a row of blanks are taken, if it is one of those that are two tokens.
func TestRows(t *testing.T) {
	for _, e := range encodings {
		w := e.worker()
		for _, blank := range []string{" ", "\t"} {
			most := 0
			for n := 3; n < 64; n++ {
				for _, before := range []string{"x", "}", "7", "\n", "é", "—"} {
					for _, behind := range []string{"x", "{", "7", "\n", "é", "\u00a0"} {
						for shift := 0; shift < sightStep; shift += 5 {
							row := strings.Repeat("0", 4+shift) + before + strings.Repeat(blank, n) + behind
							s := row + strings.Repeat("0", 2*sight)
							taken, _ := w.v.known.units(s, sightBefore, len(row), w.camel)
							one, _ := w.v.known.units(strings.Replace(s, strings.Repeat(blank, n), blank, 1), sightBefore, len(row)-n+1, w.camel)
							taken -= one
							if all := w.countAll(row) - w.countAll(strings.Repeat("0", 4+shift)+before+blank+behind); taken > 0 && all > n-1-taken/pairUnit {
								t.Fatalf("%s: %d tokens more for %d blanks in %q, and %d units were taken", e.name, all, n, row, taken)
							}
							if taken > 0 {
								most = n
							}
						}
					}
				}
			}
			if least := map[string]int{" ": 48, "\t": 12}[blank]; most < least {
				t.Errorf("%s: rows of %q are taken up to %d", e.name, blank, most)
			}
		}
	}
}

// What is read in SSE2 is what is read without.
func TestPlanes(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	v := o200k.vocab()
	list := knownList(t)
	for range 10_000 {
		b := make([]byte, 0, 2*sight)
		for len(b) < sight+8 {
			if r.IntN(2) == 0 {
				b = append(b, list[r.IntN(len(list))]...)
			}
			b = append(b, byte(r.Uint32()))
		}
		s := string(b)
		var got, want [8]uint64
		got[0], got[1], got[2], got[3], got[4], got[5], got[6], got[7] = planes(s)
		want[0], want[1], want[2], want[3], want[4], want[5], want[6], want[7] = planesAny(s)
		if got != want {
			t.Fatalf("planes of %q: %x, want %x", s, got, want)
		}
		starts, ends, _, _ := look(s, math.MaxUint64)
		for _, in := range []uint64{(1<<sightStep - 1) << sightBefore, r.Uint64() << sightBefore & (1<<59 - 1), 0} {
			if got, want := v.known.find(s, starts&in, ends), v.known.findAny(s, starts&in, ends); got != want {
				t.Fatalf("of %q %d units were found, want %d", s, got, want)
			}
		}
	}
}

// Texts of characters that tokens cross between, whole and in parts, are never more tokens than bound says.
func TestBoundOfCharacters(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, e := range encodings {
		w := e.worker()
		// Tokens that are not UTF-8, made whole with what may stand beside them: where merges cross.
		var crossing []string
		for id := range w.v.n {
			if s := w.v.bytes(uint32(id)); len(s) > 3 && !utf8.ValidString(s) {
				for len(s) > 0 && s[0]&0xc0 == 0x80 {
					s = s[1:]
				}
				head := s
				for len(head) > 0 && !utf8.ValidString(head) {
					head = head[:len(head)-1]
				}
				if tail := s[len(head):]; len(tail) > 0 && tail[0]&0xf0 == 0xe0 {
					for _, c := range []byte{0x80, 0x95, 0xa3, 0xbf} {
						whole := head + (tail + string([]byte{c, c}))[:3]
						if utf8.ValidString(whole) {
							crossing = append(crossing, whole)
						}
					}
				}
			}
		}
		if len(crossing) < 50 {
			t.Fatalf("%s: %d tokens cross", e.name, len(crossing))
		}
		ranges := [][2]rune{{0x4e00, 0x9fff}, {0x3041, 0x30ff}, {0xac00, 0xd7a3}, {0x0e01, 0x0e3a}, {0x0905, 0x0939}, {0x800, 0xffff}, {0x400, 0x4ff}, {'a', 'z'}}
		for range 6000 {
			var b strings.Builder
			from := ranges[r.IntN(len(ranges))]
			if r.IntN(3) == 0 {
				b.WriteString(strings.Repeat(crossing[r.IntN(len(crossing))], 1+r.IntN(30)))
			}
			for size := r.IntN(200); b.Len() < size; {
				switch r.IntN(8) {
				case 0:
					b.WriteString(crossing[r.IntN(len(crossing))])
				case 1:
					b.WriteString([]string{" ", "\n", "。", "，", "a", "ab", "1", "é", "п", "🙂", "\u0301", "\ufffd", "彩票", "(", "\u00a0"}[r.IntN(15)])
				default:
					if c := from[0] + rune(r.IntN(int(from[1]-from[0]))); c>>11 != 0xd800>>11 {
						b.WriteRune(c)
					}
				}
			}
			checkBound(t, e, w, b.String())
		}
	}
}
