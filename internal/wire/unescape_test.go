package wire

import (
	"math/rand/v2"
	"testing"
)

// However the escapes lie in the blocks that are read at once, the text is that of one after the other.
func TestAppendText(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	parts := []string{`\n`, `\n`, `\n\t\t`, `\"`, `\\`, `\\\\`, `\\\"`, `\/`, `\b\f\r`, `\u00e9`, `\u003c`, `\ud83d\ude00`, `\ud83d`, `\\u00e9`, "é", "中文", "word", "a longer piece of plain text, as prose is", " ", "x"}
	for range 20_000 {
		var raw []byte
		for size := r.IntN(600); len(raw) < size; {
			raw = append(raw, parts[r.IntN(len(parts))]...)
		}
		want := string(appendText([]byte("before"), raw, false))
		if got := string(AppendText([]byte("before"), raw)); got != want {
			t.Fatalf("%q became\n%q, not\n%q", raw, got, want)
		}
		if got := string(appendText(raw[:0], raw, false)); got != want[len("before"):] {
			t.Fatalf("in its place, a text became\n%q, not\n%q", got, want[len("before"):])
		}
	}
}

func BenchmarkAppendText(b *testing.B) {
	for _, c := range []struct{ name, line string }{{"prose", `The quick brown fox jumps over the lazy dog, and on it goes.\n`}, {"code", `\tif err != nil {\n\t\treturn \"\", err\n\t}\n`}, {"escaped", `\u4f60\u597d, g\u00fczel\n`}} {
		var raw []byte
		for len(raw) < 16<<10 {
			raw = append(raw, c.line...)
		}
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			var to []byte
			for range b.N {
				to = AppendText(to[:0], raw)
			}
		})
	}
}
