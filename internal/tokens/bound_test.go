package tokens

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// checkBound compares what bound says with what there is, behind each piece of s.
func checkBound(t *testing.T, e *Encoding, w *worker, s string) {
	t.Helper()
	var ends, tokens []int
	total := 0
	for i := 0; i < len(s); {
		end, n := w.piece(s, i)
		i, total = end, total+n
		ends, tokens = append(ends, end), append(tokens, n)
	}
	// How far it looks depends on what it looks for.
	for low := len(s) * 2 / 5; low <= len(s) && s != ""; low += 1 + len(s)/6 {
		size := w.bound(s, low)
		for at, left, i := 0, total, 0; at < len(s); i++ {
			if most := w.most[at/size]; left > most {
				t.Errorf("%s: %q has %d tokens from %d on, bound says at most %d when it looks for %d", e.name, s, left, at, most, low)
			}
			at, left = ends[i], left-tokens[i]
		}
	}
}

// Texts that are made for tokens to be many: a few letters again and again, between what ends pieces and what may stand before and behind words.
func TestBound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	list := words(t)
	var workers []*worker
	for _, e := range encodings {
		workers = append(workers, e.worker())
	}
	between := []string{" ", " ", " ", "", "'", "''", "'t", "'LL", " '", "\n", "  ", "\t", "7", "1234", "12½", "9½77", "½½1", "²3", "é", "ß", "ſ", ".", "--", "_", "\u3000", "中", "\u0301", "\r\n ", "   ", "\n    ", strings.Repeat(" ", 30), " \t    ",
		"/", "\n/", ";\n//", "/\n/\n", ")\n", "('", ", '", "1'", "\t\t\t", "\n\t\t\t\t", strings.Repeat("\t", 12), strings.Repeat("\t", 18), strings.Repeat("\t", 40), strings.Repeat(" ", 52), "×", "\x7f", "\x00", "\v ", "\u00a0", "\u00a0 ", "   \n", "é'", "—"}
	word := func(capitals bool) string {
		if r.IntN(3) == 0 {
			return list[r.IntN(len(list))]
		}
		b := make([]byte, 1+r.IntN(5))
		for i := range b {
			b[i] = 'a' + byte(r.IntN(26))
			if capitals && r.IntN(4) == 0 {
				b[i] -= 'a' - 'A'
			}
		}
		return strings.Repeat(string(b), 1+r.IntN(12))
	}
	for range 20_000 {
		var s strings.Builder
		capitals := r.IntN(3) == 0
		for range 1 + r.IntN(8) {
			s.WriteString(between[r.IntN(len(between))])
			s.WriteString(word(capitals))
		}
		if r.IntN(3) == 0 { // of which nothing is known
			s.WriteString(strings.Repeat("中文", r.IntN(20)))
		}
		for i, e := range encodings {
			checkBound(t, e, workers[i], s.String())
		}
	}
}

// A novel of 16,000 bytes is known to be at most half as many tokens before it is counted to its end.
func TestBoundOfEnglish(t *testing.T) {
	b, err := os.ReadFile("../../testdata/documents/persuasion.txt")
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at+16_000 <= len(b); at += 16_000 {
		s := string(b[at : at+16_000])
		for _, e := range encodings {
			if n, rest := e.CountOutside(s, 8000, 8000); n > 0 || rest > 8000 {
				t.Errorf("%s: of %d tokens %d were counted, and the rest may be %d", e.Name(), e.Count(s), n, rest)
			}
		}
	}
	s, low := string(b[:64_000]), 24_000 // blocks of several glances
	for _, e := range encodings {
		w := e.worker()
		if w.bound(s, low); w.most[0] > low {
			t.Errorf("%s: %d bytes may be %d tokens, with %d looked for", e.Name(), len(s), w.most[0], low)
		}
	}
}

func FuzzBound(f *testing.F) {
	for _, v := range vectors(f)[:150] {
		f.Add(v.text)
	}
	for _, s := range []string{"func (s *T) isn'tLower() {\n\t\t\t\treturn x;\n//'lL\n}\n", "   \n\t \t    x—.foo é.foo ×fooBar", "彩票 вода 🙂彩票\u00a0 (a", strings.Repeat("\t", 30) + "x" + strings.Repeat(" ", 70) + "y\x00\x7f"} {
		f.Add(strings.Repeat(s, 3))
	}
	var workers []*worker
	for _, e := range encodings {
		workers = append(workers, e.worker())
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 || !utf8.ValidString(s) {
			return
		}
		for i, e := range encodings {
			checkBound(t, e, workers[i], s)
		}
	})
}
