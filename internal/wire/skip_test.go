package wire

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// skips are all there are.
var skips = map[string]func([]byte, int) (int, bool){"skipAny": skipAny, "skip": func(b []byte, i int) (int, bool) {
	to, high, escaped := skip(b, i)
	if to < len(b)-1 && escaped != bytes.Contains(b[i:to], []byte(`\`)) {
		panic("skip: whether there are escapes")
	}
	return to, high
}}

// What is skipped of a string is right, ends between two characters, and is told to be ASCII only when it is: on this processor and on any other.
func TestSkip(t *testing.T) {
	ordinary := []string{"x", "o", "#", "]", " ", "n", `\n`, `\t`, `\"`, "The lamp was lit at dusk and put out at dawn."}
	rare := []string{`\\`, `\u00e9`, `\/`, "é", "語", "\x7f", "\x1f", "\x00", `\x`, "\\\xee", `\u12`, `"`}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		text := []byte(`"`)
		starts := map[int]bool{}
		whole, every := true, rng.IntN(60)+1
		for len(text) < 700 {
			list := ordinary
			if rng.IntN(every) == 0 && every < 50 {
				list = rare
			}
			piece := list[rng.IntN(len(list))]
			if whole { // nothing may be skipped from a fault or the closing quote on
				starts[len(text)] = true
				whole = piece[0] >= ' ' && piece != `"` && (piece[0] != '\\' || escapeLen([]byte(piece)) == len(piece))
			}
			text = append(text, piece...)
		}
		if whole {
			starts[len(text)] = true
		}
		for from := range starts {
			for name, f := range skips {
				to, high := f(text, from)
				if to < from || !starts[to] && !inside(starts, text, to) {
					t.Fatalf("%s from %d ends at %d of %q", name, from, to, text)
				}
				if !high && strings.ContainsFunc(string(text[from:to]), func(r rune) bool { return r > 0x7f }) {
					t.Fatalf("%s from %d to %d of %q: there is more than ASCII", name, from, to, text)
				}
			}
		}
	}
	prose := []byte(`"` + strings.Repeat(`The lamp was \"lit\" at dusk,\n\tand put out at dawn.`, 40))
	for name, f := range skips {
		if to, high := f(prose, 1); to < 200 || high {
			t.Errorf("%s passes only %d bytes of prose, high is %v", name, to, high)
		}
		after := append([]byte(`"\\"`), prose[1:]...)
		if to, _ := f(after, 3); to != 3 {
			t.Errorf("%s takes the quote after two backslashes for an escaped one", name)
		}
		for n := range 200 { // a body that ends within an escape
			if to, _ := f([]byte(`"`+strings.Repeat("x", n)+`\`), 1); to > 1+n {
				t.Errorf("%s passes half an escape behind %d letters", name, n)
			}
		}
	}
}

// inside says whether at stands within a piece of plain letters that may be passed.
func inside(starts map[int]bool, text []byte, at int) bool {
	for i := at; i > 0; i-- {
		if text[i-1] < ' ' || text[i-1] == '"' || text[i-1] == '\\' {
			return false
		}
		if starts[i-1] {
			return true
		}
	}
	return false
}

// valids are all there are.
var valids = map[string]func([]byte) bool{"valid": valid}

// valid agrees with utf8.Valid about every sequence of three bytes that stand at the ends of a range, wherever it stands.
func TestValid(t *testing.T) {
	ends := []byte{0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff}
	places := []int{0, 1, 61, 62, 63, 64, 100, 125, 126, 127, 128, 129, 189, 190, 191, 192}
	for _, filler := range []string{"a", "é", "語", "😀", "aé語b"} {
		text := []byte(strings.Repeat(filler, 260/len(filler)))
		for _, at := range places {
			for !utf8.RuneStart(text[at]) {
				at--
			}
			b := make([]byte, len(text)+3)
			copy(b, text[:at])
			copy(b[at+3:], text[at:])
			good := 0
			for _, x := range ends {
				for _, y := range ends {
					for _, z := range ends {
						b[at], b[at+1], b[at+2] = x, y, z
						want := utf8.Valid(b)
						if want {
							good++
						}
						for name, f := range valids {
							if got := f(b); got != want {
								t.Fatalf("%s: %x at %d among %q: %v", name, b[at:at+3], at, filler, got)
							}
						}
					}
				}
			}
			if good == 0 {
				t.Fatalf("at %d among %q: none is valid", at, filler)
			}
		}
		for cut := len(text) - 130; cut <= len(text); cut++ {
			for name, f := range valids {
				if got, want := f(text[:cut]), utf8.Valid(text[:cut]); got != want {
					t.Errorf("%s: %d bytes of %q: %v", name, cut, filler, got)
				}
			}
		}
	}
}

// And about four bytes that may be a letter.
func TestValidFour(t *testing.T) {
	ends := []byte{0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xf0}
	for _, at := range []int{0, 60, 61, 62, 63, 64} {
		text := []byte(strings.Repeat("a", 200))
		for first := 0xe0; first <= 0xff; first++ {
			for _, x := range ends {
				for _, y := range ends {
					for _, z := range ends {
						text[at], text[at+1], text[at+2], text[at+3] = byte(first), x, y, z
						want := utf8.Valid(text)
						for name, f := range valids {
							if got := f(text); got != want {
								t.Fatalf("%s: %x at %d: %v", name, text[at:at+4], at, got)
							}
						}
					}
				}
			}
		}
	}
}

func BenchmarkValid(b *testing.B) {
	for _, text := range []string{"İyi günler, bugün hava çok güzel. ", "今天天气很好，我们去公园散步吧。", "It’s a fine day, and the lamp was lit at dusk. ", "ok 👍 "} {
		long := []byte(strings.Repeat(text, 1<<20/len(text)))
		b.Run(text, func(b *testing.B) {
			b.SetBytes(int64(len(long)))
			for range b.N {
				valid(long)
			}
		})
	}
}
