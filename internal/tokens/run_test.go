//go:build !race

package tokens

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// checkRun compares the pieces that run reads by words of eight bytes, and counts part by part, with those of the plain scanners, counted by merging bytes.
func checkRun(t *testing.T, w *worker, s string) {
	t.Helper()
	next := w.t.nextCL100K
	if w.o200k {
		next = w.t.nextO200K
	}
	sum := 0
	for i := 0; i < len(s); {
		end, tokens := w.piece(s, i)
		sum += tokens
		want, ok := next(s, i)
		if end != want {
			t.Fatalf("%q: the piece at %d ends at %d, want %d", s, i, end, want)
		}
		if piece := s[i:end]; ok && len(piece) > 1 {
			count := w.small
			if len(piece) > smallPiece {
				count = w.large
			}
			if n := count(w.v, piece); tokens != n {
				t.Fatalf("%q: piece %q has %d tokens, want %d", s, piece, tokens, n)
			}
		}
		i = end
	}
	if got := w.countAll(s); got != sum {
		t.Fatalf("%q: %d tokens, the pieces have %d", s, got, sum)
	}
}

// Guards reading by words: the exhaustive texts of the scanners, long enough for it; and every pair of characters at every two places of a long word, so that
// each class of character stands at each border of a window.
func TestRunExhaustively(t *testing.T) {
	for _, e := range encodings {
		w := e.worker()
		for _, behind := range []string{" ", "z", "é", "字", "\xff"} {
			behind = strings.Repeat(behind, ahead)
			every(3, func(s string) { checkRun(t, w, s+behind) })
		}
		for _, filler := range []string{"a", "B", "=", " "} {
			word := strings.Repeat(filler, 19)
			for p := range word {
				for q := range word[p:] {
					for _, a := range alphabet {
						for _, b := range alphabet {
							checkRun(t, w, word[:p]+a+word[p:p+q]+b+word[p+q:]+" behind it stand some words")
						}
					}
				}
			}
		}
	}
}

// The same for texts of many scripts, broken bytes and whole tokens at random.
func TestRunAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	parts := strings.Split("the The THE theThe don't DON'T I'll ſ'ſ x 12 1234 ١٢٣ ² ç Ç çünkü ÇÜNKÜ ʰ ª слово Слово λόγος שלום كتاب हिन्दी ไทย 한국어 日本語 カタカナ 的 彩票 龘 ﬁ Ａａ 😀 👨‍👩‍👧 "+
		"' '' ( )) -- == // /\n \u00a0 \u3000 。 「 」、 — … \u0301 \u200d \x00 \x7f \x1c \xff \xe4\xb8 \xed\xa0\x80 \xe0\x80\x80 \xc3 \t\t \n\n \r\n \n\t\t", " ")
	parts = append(parts, " ", " ", "  ", "      ")
	for _, e := range encodings {
		w := e.worker()
		for range 60_000 {
			var b strings.Builder
			for n := 4 + r.IntN(24); n > 0; n-- {
				switch r.IntN(8) {
				case 0:
					b.WriteString(w.v.bytes(uint32(r.IntN(w.v.n))))
				case 1:
					// Ideographs, syllables and marks that mostly no token holds side by side.
					b.WriteString(string(rune(0x900 + r.IntN(0xfa00))))
				default:
					b.WriteString(parts[r.IntN(len(parts))])
				}
			}
			checkRun(t, w, b.String())
		}
	}
}

// What WalkTo passes over is counted many pieces at a time.
func TestWalkTo(t *testing.T) {
	type piece struct{ start, end, before, tokens int }
	r := rand.New(rand.NewPCG(17, 18))
	for _, s := range []string{read(t, "worker.go"), read(t, "../../README.md"), read(t, "../../README.tr.md")} {
		for _, e := range encodings {
			var all []piece
			from, sum := 0, 0
			e.Walk(s, func(end, tokens int) bool {
				all = append(all, piece{from, end, sum, tokens})
				from, sum = end, sum+tokens
				return true
			})
			for step := 1; step < 400; step += 7 {
				next, i := r.IntN(step), -1
				e.WalkTo(s, next, func(start, end, before, tokens int) int {
					for i++; all[i].end < next; i++ {
					}
					if got := (piece{start, end, before, tokens}); got != all[i] {
						t.Fatalf("%s: asked for %d: %+v, want %+v", e.Name(), next, got, all[i])
					}
					next = end + r.IntN(step)
					return next
				})
			}
		}
	}
}

// Long rows of characters of three bytes are read and counted 64 at a time: of tokens, of characters that merge with parts of others, of those that are no token, and of
// any, behind nothing or a blank or a symbol.
func TestWideAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, e := range encodings {
		w := e.worker()
		var lots [4][]string
		for id := range uint32(w.v.n) {
			if s := w.v.bytes(id); s[0] >= 0xe0 && utf8.ValidString(s) && len(s)%3 == 0 {
				lots[0] = append(lots[0], s)
			}
		}
		for c, entry := range w.v.chars.chars {
			if s := string(rune(c)); c >= 0x800 && entry>>classShift == either {
				lots[3] = append(lots[3], s)
				if entry&(asLeft|asRight) != 0 {
					lots[1] = append(lots[1], s)
				}
				if entry&idMask == opaque {
					lots[2] = append(lots[2], s)
				}
			}
		}
		longest := 0
		for range 4000 {
			var b strings.Builder
			b.WriteString([]string{"", " ", "(", "\t", "。", "\u3000"}[r.IntN(6)])
			one := r.IntN(8)
			for n := 1 + r.IntN(150); n > 0; n-- {
				lot := lots[min(one, r.IntN(6)%4)]
				b.WriteString(lot[r.IntN(len(lot))])
			}
			if end, _ := w.wide(b.String()+" behind", 0); end > longest {
				longest = end
			}
			checkRun(t, w, b.String()+" and some words behind it")
		}
		if longest < 3*128 {
			t.Errorf("%s: no more than %d bytes were read at once", e.Name(), longest)
		}
	}
}

// Up to three digits are one token, and so is each byte: run does not look them up.
func TestOneToken(t *testing.T) {
	for _, e := range encodings {
		v := e.vocab()
		for n := range 1000 {
			for _, s := range []string{string(rune('0'+n/100)) + string(rune('0'+n/10%10)) + string(rune('0'+n%10)), string(rune('0'+n/10%10)) + string(rune('0'+n%10))} {
				if !v.hasShort(keyOf(s, 0, len(s))) {
					t.Errorf("%s: %q is no token", e.Name(), s)
				}
			}
		}
		for c := range v.single {
			if s := v.bytes(v.single[c]); s != string([]byte{byte(c)}) {
				t.Errorf("%s: byte %#x is token %q", e.Name(), c, s)
			}
		}
	}
}

// Guards the parts of pieces: no token has two neighbouring characters that are said not to meet.
func TestPartsMeet(t *testing.T) {
	for _, e := range encodings {
		v := e.vocab()
		for id := range uint32(v.n) {
			s := v.bytes(id)
			left := rune(-1)
			for i, r := range s {
				if r == utf8.RuneError || r > 0xffff {
					left = -1
					continue
				}
				if left >= 0 && !v.chars.meet(s, i, uint32(left), v.chars.chars[left], uint32(r), v.chars.chars[r]) {
					t.Fatalf("%s: token %q may be cut at %d", e.Name(), s, i)
				}
				left = r
			}
		}
	}
}
