package tokens

import (
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// wordOf is the word of an entry of knownWords.
func wordOf(entry uint64) string {
	var b []byte
	for ; entry&0xff != 0 && len(b) < 7; entry >>= 8 {
		b = append(b, byte(entry))
	}
	return string(b)
}

// Known words are tokens whatever is behind them, but for what may be part of them.
func TestKnownWords(t *testing.T) {
	for _, e := range encodings {
		w := e.worker()
		v := w.v
		count := func(s string) int {
			_, n, _, _ := w.run(s, 0, len(s), math.MaxInt)
			return n
		}
		full := 0
		for i, entry := range v.known {
			word := wordOf(entry)
			if word == "" {
				continue
			}
			full++
			for _, behind := range []string{" ", "\n", "1", ".", "\x00", "\x7f", "_"} {
				if n := count(" known: "+word+behind) - count(" known:") - count(behind); n != 1 {
					t.Fatalf("%s: entry %d: %q is %d tokens before %q", e.name, i, word, n, behind)
				}
			}
			if units, most := int(entry>>knownShift)*knownUnit, v.most.sum(" "+word, 0, 1+len(word)); units > most || units <= most-knownUnit {
				t.Fatalf("%s: entry %d: %q carries %d, not %d", e.name, i, word, most, units)
			}
		}
		if full < len(v.known)*9/10 {
			t.Errorf("%s: %d known words", e.name, full)
		}
	}
}

// What is taken for known words and spaces is what their pairs carry, and no more of the spaces than two pieces leave over.
func TestKnownUnits(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	word := regexp.MustCompile(`^ ([A-Za-z]{1,7})[\x00-&(-@\[-\x60{-\x7f]`)
	row := regexp.MustCompile(`^[!-~\n]( {3,64})[!-~]`)
	between := []string{" ", " ", " ", "  ", ", ", "\n", "'s ", "é ", "ly ", "The ", "", " a", ". ", "\t", "   ", "\n    ", "\n \n", strings.Repeat(" ", 62), strings.Repeat(" ", 90)}
	for _, e := range encodings {
		v := e.vocab()
		for range 4000 {
			var b strings.Builder
			for range r.IntN(60) {
				b.WriteString(wordOf(v.known[r.IntN(len(v.known))]))
				b.WriteString(between[r.IntN(len(between))])
			}
			s := b.String()
			i := r.IntN(len(s) + 1)
			j := i + r.IntN(len(s)-i+1)
			want := 0
			for at := i; at < min(j, len(s)-9); at++ {
				if m := word.FindStringSubmatch(s[at:]); m != nil {
					k := keyOf(m[1], 0, len(m[1])).lo
					if entry := v.known[knownHash(k)]; entry<<8>>8 == k {
						want += int(entry>>knownShift) * knownUnit
					}
				}
				if m := row.FindStringSubmatch(s[at:]); m != nil && (at-i)%64+1+len(m[1]) <= 64 && at+1+len(m[1]) <= min(j, len(s)-9) && (at+1-i)%64 > 0 {
					want += pairUnit * (len(m[1]) - 2)
				}
			}
			if n := v.known.units(s, i, j); n != want {
				t.Fatalf("%s: of %q[%d:%d] %d is taken, not %d", e.name, s, i, j, n, want)
			}
		}
		for n := range 64 {
			for _, before := range []string{"x", "}", "7", "\n"} {
				for _, behind := range []string{"x", "{", "7"} {
					two := e.Count(before) + e.Count(" "+behind) // the last space and what follows
					if all := e.Count(before + strings.Repeat(" ", n+2) + behind); all != two+1 {
						t.Errorf("%s: %d spaces between %q and %q make %d tokens of %d", e.name, n+2, before, behind, all, two)
					}
				}
			}
		}
	}
}
