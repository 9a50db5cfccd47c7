package tokens

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// countAll is Encoding.Count with a worker of one's own: the race detector's pools drop most of theirs.
func (w *worker) countAll(s string) int {
	_, n, _, _ := w.run(s, 0, len(s), math.MaxInt)
	return n
}

// learnAll learns all pieces of s.
func (w *worker) learnAll(s string) {
	for i := 0; i < len(s); i += glance {
		w.places(s, i, &w.looks[0])
		w.study(s, i, &w.looks[0], true)
	}
}

// words are pieces of ordinary texts, and words of many languages.
func words(t *testing.T) (list []string) {
	t.Helper()
	list = strings.SplitAfter("Это не просто, но привет мир, предложение разработчиков Αυτό είναι ένα παράδειγμα κειμένου שלום עולם זה טקסט مرحبا بالعالم هذا نص عربي این متن فارسی است 안녕하세요 세계 이것은 문장입니다 "+
		"Việt Nam là một quốc gia Où êtes-vous né? Über große Straßen, Köln Żółć gęślą jaźń Çok güzel İstanbul ığdır žluťoučký kůň ЗАГЛАВИЕ ΤΙΤΛΟΣ ÇOK ŞEKİL ĞÜÇ", " ")
	for i, word := range list {
		list[i] = " " + strings.TrimSuffix(word, " ")
		list = append(list, strings.TrimSuffix(word, " "))
	}
	w := o200k.worker()
	for _, file := range []string{"look.go", "../../README.md", "../../README.tr.md"} {
		s := read(t, file)
		for start, end := range pieces(w, s) {
			if end-start > 1 && end-start <= longSeen {
				list = append(list, s[start:end])
			}
		}
	}
	return list
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
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

// savedOf returns what the table has for a piece, or -1.
func (t *seen) savedOf(piece string) int {
	padded, end := piece+strings.Repeat("\x00", sight+longSeen), uint64(1)<<len(piece)
	if len(piece) <= shortSeen {
		if saved, missed := t.findAny(padded, 1, end); missed == 0 {
			return saved
		}
		return -1
	}
	var list sightings
	saved, missed := t.matchAny(&list, t.gatherAny(padded, 1, end, &list, 0, 0))
	return saved - missed
}

// sights calls f for what look says are pieces of s.
func sights(w *worker, s string, f func(start, end int)) {
	for at := 0; at+sight <= len(s); at += sightStep {
		starts, ends, _, _ := look(s[at:], w.camel)
		starts &= inSight
		for ; starts != 0; starts &= starts - 1 {
			from := bits.TrailingZeros64(starts)
			if n := bits.TrailingZeros64(ends>>1>>from) + 1; n <= longSeen {
				f(at+from, at+from+n)
			}
		}
	}
}

// What look takes for a piece, and the tables have, is one, whatever stands around it; and what they have of it is right.
func TestSeen(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	list := words(t)
	between := []string{"", "", "", " ", "  ", "\n", "\r\n", "\t", "\t\t", "/", "//", "\n/", ";\n//", "'", "''", "'s", "'ll", "'LL", "'Re", "'l", "'r", "'V", "('", " '", "1", "12", "1234", "½", "é", "É", "ſ", "'ſ", "×", "—", "中", "\u00a0", "\u2028", "\u0301", "\x00", "\v",
		"\x7f", "_", ".", "...", "A", "Ab", "aB", "ABc", "(", ")", "#", "\xff", "\xc3", "🙂", "ж", "Ж", "Σ", "ς", "ה", "\u05b0", "ب", "\u064b", "한", "ế", "Ế", "÷", "ǅ", "ʰ", "\u0483", "҂", "٣", "،", ";", "ʼ"}
	for _, e := range encodings {
		w := e.worker()
		w.seen = seen{}
		found := 0
		for range 20_000 {
			var b strings.Builder
			for b.Len() < sight+longSeen+r.IntN(100) {
				b.WriteString(list[r.IntN(len(list))])
				b.WriteString(between[r.IntN(len(between))])
			}
			s := b.String()
			truth := pieces(w, s)
			w.learnAll(s)
			sights(w, s, func(start, end int) {
				saved := w.seen.savedOf(s[start:end])
				if saved < 0 {
					return
				}
				found++
				if truth[start] != end {
					t.Fatalf("%s: look takes %q at %d of %q for a piece", e.name, s[start:end], start, s)
				}
				_, n := w.piece(s, start)
				piece := s[start:end]
				_, _, _, places := look(piece+strings.Repeat("\x01", sight), w.camel)
				if want := max(2*(len(piece)-max(w.v.spared(piece, 0, len(piece)), 0)-n)-places.saved(math.MaxUint64), 0); saved != want {
					t.Errorf("%s: %q of %d tokens saves %d, not %d", e.name, piece, n, saved, want)
				}
			})
		}
		if found < 50_000 {
			t.Errorf("%s: %d pieces seen again", e.name, found)
		}
	}
}

// Nearly all pieces of ordinary texts are seen.
func TestLookSeesMost(t *testing.T) {
	files, err := filepath.Glob("../../*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, e := range encodings {
		w := e.worker()
		for _, file := range append(files, "../../testdata/documents/persuasion.txt", "../../README.md", "../../README.tr.md") {
			s := read(t, file)
			there, seen := 0, 0
			truth := pieces(w, s)
			for start, end := range truth {
				if n := end - start; start >= sightBefore && end < len(s)-sight && 3 < n && n <= sightStep/2 && strings.TrimSpace(s[start:end]) != "" {
					there++
				}
			}
			sights(w, s, func(start, end int) {
				if truth[start] == end {
					seen++
				}
			})
			if seen < there*8/10 {
				t.Errorf("%s: of %d pieces in %s %d are seen", e.name, there, file, seen)
			}
		}
	}
}

// What farLetters takes for letters are letters, and all that languages commonly write with are among them.
func TestFarLetters(t *testing.T) {
	common := &unicode.RangeTable{R16: []unicode.Range16{
		{0xc0, 0xd6, 1}, {0xd8, 0xf6, 1}, {0xf8, 0x2af, 1}, {0x391, 0x3a1, 1}, {0x3a3, 0x3ce, 1}, {0x400, 0x47f, 1}, {0x5d0, 0x5ea, 1}, {0x621, 0x63a, 1}, {0x641, 0x64a, 1}, {0x671, 0x6d3, 1}, {0x1ea0, 0x1eff, 1},
		{0xac00, 0xd77f, 1}}, LatinOffset: 2}
	for _, e := range encodings {
		w := e.worker()
		for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
			if !utf8.ValidRune(r) {
				continue
			}
			c := string(r)
			for shift := range 3 {
				s := strings.Repeat("0", shift) + c + strings.Repeat("0", sight)
				bits, second := farLetters(planes(s))
				if second != 0 && (second != 2<<shift || e.o200k && e.Count(c) != 1) {
					t.Errorf("%U is no token, or has its second byte not at %b", r, second)
				}
				if bits == 0 {
					if unicode.Is(common, r) {
						t.Errorf("%U is not known", r)
					}
					break
				}
				if want := uint64(1<<len(c)-1) << shift; bits != want {
					t.Errorf("%q: bits %b, want %b", s[:shift+len(c)], bits, want)
				}
				if w.t.rune(r)&letter == 0 {
					t.Errorf("%U is no letter", r)
				}
			}
		}
	}
}

// All but two pieces of a row of blanks are taken, if it is one of those that are two tokens.
func TestRows(t *testing.T) {
	for _, e := range encodings {
		w := e.worker()
		w.seen = seen{}
		for _, blank := range []string{" ", "\t"} {
			most := 0
			for n := 3; n < 64; n++ {
				for _, before := range []string{"x", "}", "7", "\n", "é", "—"} {
					for _, behind := range []string{"x", "{", "7", "\n", "é", "\u00a0"} {
						for shift := 0; shift < sightStep; shift += 5 {
							row := strings.Repeat("0", 4+shift) + before + strings.Repeat(blank, n) + behind
							s := row + strings.Repeat("0", glance+sight)
							taken := 0
							for at := 0; at < glance; at += sightStep {
								_, _, _, places := look(s[at:], w.camel)
								taken += bits.OnesCount64(places.rows & inSight)
							}
							if all := w.countAll(row) - w.countAll(strings.Repeat("0", 4+shift)+before+blank+behind); taken > 0 && all > n-1-taken {
								t.Fatalf("%s: %d tokens more for %d blanks in %q, and %d were taken", e.name, all, n, row, taken)
							}
							if taken > 0 {
								most = n
							}
						}
					}
				}
			}
			if least := map[string]int{" ": 40, "\t": 12}[blank]; most < least {
				t.Errorf("%s: rows of %q are taken up to %d", e.name, blank, most)
			}
		}
	}
}

// What is read in SSE2 is what is read without.
func TestPlanes(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	w := o200k.worker()
	list := words(t)
	for range 10_000 {
		b := make([]byte, 0, 2*sight)
		for len(b) <= sight+longSeen {
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
		w.learnAll(s)
		starts, ends, _, _ := look(s, math.MaxUint64)
		short, long := within(ends)
		for _, in := range []uint64{inSight, r.Uint64(), 0} {
			saved, left := w.seen.find(s, starts&short&in, ends)
			if wantSaved, wantLeft := w.seen.findAny(s, starts&short&in, ends); saved != wantSaved || left != wantLeft {
				t.Fatalf("of %q %d are saved and %b missed, want %d and %b", s, saved, left, wantSaved, wantLeft)
			}
			got, want := sightings{7: {a: 1}}, sightings{7: {a: 1}}
			n := w.seen.gather(s, starts&long&in, ends, &got, 3, 1000)
			if m := w.seen.gatherAny(s, starts&long&in, ends, &want, 3, 1000); n != m || got != want {
				t.Fatalf("of %q %v were gathered, want %v", s, got[:n], want[:m])
			}
			saved, missed := w.seen.match(&got, n)
			if wantSaved, wantMissed := w.seen.matchAny(&want, n); saved != wantSaved || missed != wantMissed || !slices.Equal(got[:missed], want[:missed]) {
				t.Fatalf("of %q %d are saved and %d missed, want %d and %d", s, saved, missed, wantSaved, wantMissed)
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
		for _, c := range crossing { // of which only the beginning is asked for
			for _, behind := range []string{"", "~1", c} {
				s := c + behind
				for j := range len(s) {
					if n := w.countAll(s); n > len(s)-w.v.spared(s, 0, j) {
						t.Errorf("%s: %q has %d tokens, and %d bytes less are spared in the first %d", e.name, s, n, w.v.spared(s, 0, j), j)
					}
				}
			}
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

// Joins are so of all two characters of ASCII before what may stand behind, and of all short words of a few letters: those of which some do not merge.
func TestJoins(t *testing.T) {
	const few = "aiugkvwyC"
	words := []string{""}
	for n := 0; len(words[n]) < 4; n++ {
		for _, c := range few {
			words = append(words, words[n]+string(c))
		}
	}
	for _, e := range encodings {
		w := e.worker()
		found := 0
		check := func(before, middle, behind string) {
			text := "777" + before + middle + behind // digits are pieces, and what is in sight begins behind three bytes
			_, _, _, p := look(text+"77777777777777777777777777777777777777777777777777777777777777777", w.camel)
			if p.joins == 0 {
				return
			}
			found += bits.OnesCount64(p.joins)
			if n := w.countAll(text); n > len(text)-2-bits.OnesCount64(p.joins&inSight) {
				t.Fatalf("%s: %q is %d tokens, and its joins are %b", e.name, text, n, p.joins)
			}
		}
		for a := range byte(128) {
			for b := range byte(128) {
				for _, c := range "aeufkvwyjAEQ '(/._^0\n\t\x00é" {
					check(string(a), string(b), string(c))
				}
			}
		}
		for _, word := range words {
			for _, before := range []string{"", " ", "\t", "(", "_", "'", "((", "\n/", "  ", "A", "é"} {
				for _, behind := range []string{"", " ", ".", "'", "'s", "j", "A", "é", "—"} {
					check(before, word, behind)
				}
			}
		}
		if found < 200_000 {
			t.Errorf("%s: %d joins", e.name, found)
		}
	}
}

// All numbers of three digits are one token.
func TestPlaces(t *testing.T) {
	for _, e := range encodings {
		for n := range 1110 { // 0 to 9, 00 to 99, 000 to 999
			digits := fmt.Sprintf("%01d", n)
			if n >= 110 {
				digits = fmt.Sprintf("%03d", n-110)
			} else if n >= 10 {
				digits = fmt.Sprintf("%02d", n-10)
			}
			if e.Count(digits) != 1 {
				t.Errorf("%s: %s is not one token", e.name, digits)
			}
		}
	}
}

// What is read as this processor best can is what is read on any: in texts of words and what may stand between them, and of all characters in their order.
func TestSaved(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	list := words(t)
	for c := range rune(128) {
		list = append(list, string(c))
	}
	for _, e := range encodings {
		w := e.worker()
		w.seen = seen{}
		check := func(s string) {
			places, wide := w.places(s, 0, &w.looks[0])
			wantPlaces, wantWide := w.placesAny(s, 0, &w.looks[1])
			if places != wantPlaces || wide != wantWide {
				t.Fatalf("%s: places of %q save %d and it has %d characters of three bytes, want %d and %d", e.name, s, places, wide, wantPlaces, wantWide)
			}
			if with256 {
				if places, wide := w.places256(s, &w.looks[2]); places != wantPlaces || wide != wantWide || w.looks[2] != w.looks[1] {
					t.Fatalf("%s: with AVX2 places of %q save %d and it has %d characters of three bytes, want %d and %d, or pieces are elsewhere", e.name, s, places, wide, wantPlaces, wantWide)
				}
			}
			if saved, want := w.saved(s, 0, &w.looks[0]), w.study(s, 0, &w.looks[1], false); saved != want {
				t.Fatalf("%s: pieces of %q save %d, want %d", e.name, s, saved, want)
			}
		}
		for k := range 10_000 {
			b := make([]byte, 0, glance+2*sight)
			for len(b) <= glance+sight {
				switch r.IntN(8) {
				case 0:
					b = append(b, byte(r.Uint32()))
				case 1:
					b = utf8.AppendRune(b, rune(r.Uint32()>>(12+r.IntN(16))))
				case 2:
					b = append(b, strings.Repeat(string(b[max(0, len(b)-1):]), r.IntN(20))...)
				default:
					b = append(b, list[r.IntN(len(list))]...)
				}
			}
			if k%3 == 0 { // ASCII
				for i := range b {
					b[i] &= 0x7f
				}
			}
			check(string(b))
			if k%2 == 0 {
				w.learnAll(string(b))
			}
			check(string(b))
		}
		for c := rune(0x80); c < 0x11000; {
			var b strings.Builder
			for b.Len() <= glance+sight {
				b.WriteRune(c)
				c++
			}
			check(b.String())
		}
	}
}
