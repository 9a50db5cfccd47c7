package tokens

import (
	"slices"
	"strings"
	"testing"
	"unicode"
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

// Guards a promise to the chunker: a stable cut changes no piece on either side. And that it is not always false where it matters.
func TestStableExhaustively(t *testing.T) {
	for _, e := range encodings {
		var yes, no int
		every(4, func(s string) {
			for at := 1; at < len(s); at++ {
				if !e.Stable(s, at) {
					no++
					continue
				}
				yes++
				checkStable(t, e, s, at)
			}
		})
		if yes == 0 || no == 0 {
			t.Errorf("%s: %d cuts stable, %d not", e.Name(), yes, no)
		}
		for s, want := range map[string]bool{
			"line\n|next": true, "line\n\n|next": true, "line\n|\tnext": false, "line\n|\n": false, "word| word": true, "word |word": false, "word|, word": true, "a,| b": true,
			"12|34": false, "12|a": true, "a|1": true, "字|。字": true, "。|字": false, "'|s": false, "wor|d": false, "x\n|/y": e == CL100K(), "x|'s": e == CL100K(), "|": true,
			"|x": true, "x|": true, "\xe4|\xb8\xad": false, "x\n|\xff": false, "\xff|\n": false,
		} {
			at := strings.Index(s, "|")
			if got := e.Stable(s[:at]+s[at+1:], at); got != want {
				t.Errorf("%s: Stable at | in %q = %v, want %v", e.Name(), s, got, want)
			}
		}
		if e.Stable("ab", -1) || e.Stable("ab", 3) {
			t.Errorf("%s: Stable outside the text", e.Name())
		}
	}
}

func checkStable(t testing.TB, e *Encoding, s string, at int) {
	t.Helper()
	left, right := ends(e, s[:at]), ends(e, s[at:])
	for i := range right {
		right[i] += at
	}
	if got, want := append(left, right...), ends(e, s); !slices.Equal(got, want) {
		t.Errorf("%s: Stable(%q, %d), but the halves' pieces end at %v, the whole's at %v", e.Name(), s, at, got, want)
	}
	if e.Count(s[:at])+e.Count(s[at:]) != e.Count(s) {
		t.Errorf("%s: Stable(%q, %d), but the sums differ", e.Name(), s, at)
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

func FuzzCount(f *testing.F) {
	for _, v := range vectors(f)[:150] {
		f.Add(v.text)
	}
	for _, s := range []string{"\xff\xfe!", "a\xe4\xb8", "\xed\xa0\x80b", " \x80x", "<|endoftext|>"} {
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
			if utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x250 }) {
				if got, want := ends(e, s), patternEnds(t, e, s); !slices.Equal(got, want) {
					t.Errorf("%s: pieces of %q end at %v, want %v", e.Name(), s, got, want)
				}
			}
			for at := range len(s) {
				if e.Stable(s, at) {
					checkStable(t, e, s, at)
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
