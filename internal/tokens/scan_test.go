package tokens

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// patterns are those of tiktoken in the syntax of the tests' regular expressions, which have no possessive quantifiers: the same language without.
var patterns = map[string]*regexp2.Regexp{
	"o200k_base":  regexp2.MustCompile(`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:'[sS\u017f]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?:'[sS\u017f]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`, regexp2.None),
	"cl100k_base": regexp2.MustCompile(`'(?:[sdmtSDMT\u017f]|[lL][lL]|[vV][eE]|[rR][eE])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+\z|\s*[\r\n]|\s+(?!\S)|\s`, regexp2.None),
}

func ends(e *Encoding, s string) (out []int) {
	e.Walk(s, func(end, _ int) bool { out = append(out, end); return true })
	return out
}

func patternEnds(t testing.TB, e *Encoding, s string) (out []int) {
	t.Helper()
	at := 0
	m, err := patterns[e.Name()].FindStringMatch(s)
	for m != nil {
		at += len(m.String())
		out = append(out, at)
		m, err = patterns[e.Name()].FindNextMatch(m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// alphabet has every class of characters, and every character that the patterns name.
var alphabet = strings.Split("a A ʰ ́ 1 ! / ' s \u00a0 \n \r x", " ")

func init() { alphabet = append(alphabet, " ") }

// every calls f with all strings of at most n characters of the alphabet.
func every(n int, f func(string)) {
	var grow func(s string, left int)
	grow = func(s string, left int) {
		f(s)
		if left > 0 {
			for _, c := range alphabet {
				grow(s+c, left-1)
			}
		}
	}
	grow("", n)
}

func FuzzCount(f *testing.F) {
	for _, v := range vectors(f)[:150] {
		f.Add(v.text)
	}
	for _, s := range []string{"\xff\xfe!", "a\xe4\xb8", "\xed\xa0\x80b", " \x80x", "<|endoftext|>", strings.Repeat("Let's (see) 12345, çOk\n\t\tbC;\n//\n  = x \n", 3)} {
		f.Add(s)
	}
	ranks := []map[string]int{ranksOf(O200K()), ranksOf(CL100K())}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 {
			return
		}
		for i, e := range encodings {
			total, last := 0, 0
			e.Walk(s, func(end, tokens int) bool {
				if end <= last {
					t.Fatalf("%s: Walk(%q): piece ends at %d after %d", e.Name(), s, end, last)
				}
				if piece := s[last:end]; utf8.ValidString(piece) {
					if want := naive(e, ranks[i], piece); tokens != want {
						t.Errorf("%s: piece %q of %q has %d tokens, want %d", e.Name(), piece, s, tokens, want)
					}
				}
				total, last = total+tokens, end
				return true
			})
			if last != len(s) {
				t.Errorf("%s: Walk(%q) ends at %d", e.Name(), s, last)
			}
			if got := e.Count(s); got != total {
				t.Errorf("%s: Count(%q) = %d, Walk's sum %d", e.Name(), s, got, total)
			}
			sum, from := 0, 0
			e.WalkTo(s, len(s)/3, func(start, end, before, tokens int) int {
				if start < from || before < sum || end == len(s) && before+tokens != total {
					t.Errorf("%s: WalkTo(%q) is at %d to %d with %d and %d tokens, of %d", e.Name(), s, start, end, before, tokens, total)
				}
				sum, from = before+tokens, end
				return end + 3
			})
			fixed := repair(s)
			if got := e.Count(fixed); got != total {
				t.Errorf("%s: Count(%q) = %d, with U+FFFD for what is no UTF-8 %d", e.Name(), s, total, got)
			}
			for _, limit := range []int{0, 1, total - 1, total, total + 1} {
				got := e.CountUpTo(s, limit)
				if total <= limit && got != total || total > limit && got <= limit || got > total {
					t.Errorf("%s: CountUpTo(%q, %d) = %d, of %d", e.Name(), s, limit, got, total)
				}
			}
			for _, low := range []int{-1, total - 1, total, total + 1, len(s)} {
				n, rest := e.CountOutside(fixed, low, low)
				if n > total || n+rest < total || rest > 0 && n <= low && n+rest > low {
					t.Errorf("%s: CountOutside(%q, %d) = %d and at most %d, of %d", e.Name(), fixed, low, n, rest, total)
				}
			}
			w := e.worker()
			checkBound(t, e, w, fixed)
			e.workers.Put(w)
			if utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x250 }) {
				if got, want := ends(e, s), patternEnds(t, e, s); !slices.Equal(got, want) {
					t.Errorf("%s: pieces of %q end at %v, want %v", e.Name(), s, got, want)
				}
			}
		}
	})
}

// repair puts U+FFFD where the counter says it reads one.
func repair(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 && s[i] == 0xed && i+2 < len(s) && s[i+1] >= 0xa0 && s[i+1] <= 0xbf && s[i+2] >= 0x80 && s[i+2] <= 0xbf {
			size = 3
		}
		b.WriteRune(r)
		i += size
	}
	return b.String()
}
