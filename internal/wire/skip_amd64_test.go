package wire

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

func init() { skips["skip128"] = skip128 }

// Texts are unescaped alike, with AVX-512 and without, and the former stops only before an escape of six bytes.
func TestUnescape(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	list := []string{"x", " ", "The lamp", "é", "語", `\\`, `\n`, `\t`, `\"`, `\/`, `\b`, `\f`, `\r`, `\\\\\\`, `u`, `n`}
	for range 20_000 {
		var raw []byte
		long, every := -1, 1+r.IntN(200)
		for size := 130 + r.IntN(300); len(raw) < size; {
			if r.IntN(every) == 0 && every < 150 {
				if raw = append(raw, `\u00e9`...); long < 0 {
					long = len(raw) - len(`\u00e9`)
				}
			}
			raw = append(raw, list[r.IntN(len(list))]...)
		}
		if long < 0 {
			long = len(raw)
		}
		var want []byte
		for rest := raw[:long]; len(rest) > 0; {
			if rest[0] != '\\' {
				want, rest = append(want, rest[0]), rest[1:]
				continue
			}
			want, rest = append(want, simpleEscape[rest[1]]), rest[2:]
		}
		dst := bytes.Repeat([]byte{'!'}, len(raw)+1)
		to, from := len(want), long
		if with512 {
			if to, from = unescape512(&dst[0], &raw[0], len(raw)); from != long || !bytes.Equal(dst[:to], want) || dst[len(raw)] != '!' {
				t.Fatalf("%q becomes %q, up to %d; want %q, up to %d", raw, dst[:to], from, want, long)
			}
		}
		if to, from = unescape(&dst[0], &raw[0], len(raw)); from > long || !bytes.HasPrefix(want, dst[:to]) || long-from > 130+64 {
			t.Fatalf("%q becomes %q, up to %d; want %q, up to %d", raw, dst[:to], from, want, long)
		}
	}
}

// Escapes of six bytes are passed if they are right and seen to their end, and only then.
func TestSkip512(t *testing.T) {
	if !with512 {
		t.Skip("this processor has no AVX-512")
	}
	for at := range 130 {
		for _, digits := range []string{"00e9", "09AF", "afAF", "FFFF"} {
			text := []byte(strings.Repeat("x", at) + `\u` + digits + strings.Repeat("y", 80) + `"`)
			if to, _, _ := skip512(&text[0], len(text)); to != len(text)-1 && (to != at || at%64 < 59) {
				t.Errorf("%q is passed up to %d", text, to)
			}
			for i := range 4 {
				for _, c := range []byte("gG/:@`\x00\x1f\"z\xb0\xe9") {
					wrong := bytes.Clone(text)
					wrong[at+2+i] = c
					if to, _, _ := skip512(&wrong[0], len(wrong)); to != at {
						t.Errorf("%q is passed up to %d", wrong, to)
					}
				}
			}
		}
	}
}
