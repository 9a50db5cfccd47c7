package wire

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func init() {
	skips["128 bits"] = func(b []byte, i int) (int, bool) { return skipBlocks(b, i, false) }
	if with256 {
		skips["256 bits"] = func(b []byte, i int) (int, bool) { return skipBlocks(b, i, true) }
	}
	valids["valid128"] = valid128
}

// Texts are unescaped alike, with AVX-512 and without: the former stops only before a surrogate, the latter before any escape of six bytes.
func TestUnescape(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	list := []string{"x", " ", "The lamp", "é", "語", `\\`, `\n`, `\t`, `\"`, `\/`, `\b`, `\f`, `\r`, `\\\\\\`, `u`, `n`}
	for range 20_000 {
		var raw []byte
		long, pair, every := -1, -1, 1+r.IntN(200)
		for size := 130 + r.IntN(300); len(raw) < size; {
			if r.IntN(every) == 0 && every < 150 {
				if long < 0 {
					long = len(raw)
				}
				c := []rune{0, 0x7f, 0x80, 0xe9, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdfff, 0xe000, 0xffff, rune(r.IntN(1 << 16))}[r.IntN(12)]
				if pair < 0 && c>>11 == 0xd800>>11 {
					pair = len(raw)
				}
				raw = fmt.Appendf(raw, []string{`\u%04x`, `\u%04X`}[r.IntN(2)], c)
			}
			raw = append(raw, list[r.IntN(len(list))]...)
		}
		if long < 0 {
			long = len(raw)
		}
		if pair < 0 {
			pair = len(raw)
		}
		var want []byte
		for rest := raw[:pair]; len(rest) > 0; {
			if rest[0] != '\\' {
				want, rest = append(want, rest[0]), rest[1:]
				continue
			}
			c, size := escape(rest)
			want, rest = utf8.AppendRune(want, c), rest[size:]
		}
		dst := bytes.Repeat([]byte{'!'}, len(raw)+1)
		if with512 {
			if to, from := unescape512(&dst[0], &raw[0], len(raw)); from != pair || !bytes.Equal(dst[:to], want) || dst[len(raw)] != '!' {
				t.Fatalf("%q becomes %q, up to %d; want %q, up to %d", raw, dst[:to], from, want, pair)
			}
		}
		if to, from := unescape(&dst[0], &raw[0], len(raw)); from > long || !bytes.HasPrefix(want, dst[:to]) || long-from > 130+64 {
			t.Fatalf("%q becomes %q, up to %d; want %q, up to %d", raw, dst[:to], from, want, long)
		}
	}
}

// Escapes of six bytes are passed only if they are right, and with AVX-512 they are if they are seen to their end.
func TestSkipLongEscapes(t *testing.T) {
	for at := range 130 {
		for _, digits := range []string{"00e9", "09AF", "afAF", "FFFF"} {
			text := []byte(`"` + strings.Repeat("x", at) + `\u` + digits + strings.Repeat("y", 80) + `"`)
			to, _, _ := skip(text, 1)
			if to > len(text)-1 || with512 && to < len(text)-1 && (to != 1+at || at%64 < 59) {
				t.Errorf("%q is passed up to %d", text, to)
			}
			for i := range 4 {
				for _, c := range []byte("gG/:@`\x00\x1f\"z\xb0\xe9") {
					wrong := bytes.Clone(text)
					wrong[1+at+2+i] = c
					if to, _, _ := skip(wrong, 1); to > 1+at {
						t.Errorf("%q is passed up to %d", wrong, to)
					}
				}
			}
		}
	}
}
