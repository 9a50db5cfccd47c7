package wire

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// What is skipped of a string is right, ends between two characters, and is told to be ASCII only when it is: on this processor and on any other.
func TestSkip(t *testing.T) {
	ordinary := []string{"x", "o", "#", "]", " ", "n", `\n`, `\t`, `\"`, "The lamp was lit at dusk and put out at dawn."}
	rare := []string{`\\`, `\u00e9`, `\/`, "é", "語", "\x7f", "\x1f", "\x00", `\x`, `\u12`, `"`}
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
			for name, f := range map[string]func([]byte, int) (int, bool){"skip": skip, "skipAny": skipAny} {
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
	for name, f := range map[string]func([]byte, int) (int, bool){"skip": skip, "skipAny": skipAny} {
		if to, high := f(prose, 1); to < 200 || high {
			t.Errorf("%s passes only %d bytes of prose, high is %v", name, to, high)
		}
		after := append([]byte(`"\\"`), prose[1:]...)
		if to, _ := f(after, 3); to != 3 {
			t.Errorf("%s takes the quote after two backslashes for an escaped one", name)
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
