package wire

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

// A skimmed request reads as a parsed one, but for texts with escapes, and as exactly the same once it is decoded.
func TestSkim(t *testing.T) {
	body := []byte(`{"model":"m","messages":[{"role":"system","content":"plain"},{"role":"user","content":"two\nlines é"},` +
		`{"role":"user","content":[{"type":"text","text":"\"quoted\""},{"type":"text","text":""},{"type":"image_url","image_url":{"url":"a\/b"}}]}],"stop":"\n"}`)
	want, err := Chat().Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Skim(Chat(), body)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		message, part int
		text          string
	}{{0, 0, "plain"}, {1, 0, ""}, {2, 0, ""}, {2, 1, ""}, {2, 2, ""}} {
		if text := got.Messages[p.message].Parts[p.part].Text; text != p.text {
			t.Errorf("skimmed: text %d.%d is %q, want %q", p.message, p.part, text, p.text)
		}
	}
	for range 2 {
		got.Decode()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("skimmed and decoded:\n got %+v\nwant %+v", got, want)
		}
	}
	if want.Messages[1].Parts[0].Text != "two\nlines é" || want.Messages[2].Parts[0].Text != `"quoted"` {
		t.Errorf("parsed texts: %+v", want.Messages)
	}
	if _, err := Skim(Chat(), []byte(`{"model":"m","messages":[{"role":"user","content":"bad \x"}]}`)); err == nil {
		t.Error("a malformed escape was skimmed over")
	}
}

func BenchmarkSkim(b *testing.B) {
	for _, in := range benchBodies {
		b.Run(in.name, func(b *testing.B) {
			b.SetBytes(int64(len(in.body)))
			b.ReportAllocs()
			for range b.N {
				if _, err := Skim(Chat(), in.body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Long strings are read in another way than short ones: what is wrong in one is seen wherever it stands, and named at its place.
func TestLongStrings(t *testing.T) {
	const size = 1000
	faults := []struct {
		name, text string
		at         int // of the fault, within text; -1: not at a place of its own
		ok         bool
	}{
		{"newline escape", `\n`, 0, true}, {"escaped quote", `\"`, 0, true}, {"two backslashes", `\\`, 0, true}, {"number escape", `\u00e9`, 0, true},
		{"letter", "é", 0, true}, {"delete", "\x7f", 0, true},
		{"unknown escape", `\x`, 0, false}, {"short number escape", `\u12"`, 0, false}, {"control character", "\x1f", 0, false}, {"NUL", "\x00", 0, false},
		{"stray continuation byte", "\x80", -1, false}, {"cut letter", "\xc3", -1, false},
	}
	for _, f := range faults {
		for at := 1; at < size; at += 7 {
			for _, filler := range []string{"x", `abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\n`} {
				text := strings.Repeat(filler, size/len(filler)+1)
				cut := at - at%len(filler)
				b := []byte(`"` + text[:cut] + f.text + text[cut:] + `"`)
				s := scanner{b: b}
				escaped, ok := s.str()
				if ok != f.ok {
					t.Fatalf("%s at %d: ok is %v", f.name, cut, ok)
				}
				if ok && (s.i != len(b) || escaped != bytes.ContainsRune(b, '\\')) {
					t.Fatalf("%s at %d: ends at %d of %d, escaped is %v", f.name, cut, s.i, len(b), escaped)
				}
				if !ok && f.at >= 0 && s.i != 1+cut+f.at {
					t.Fatalf("%s at %d: named at %d", f.name, cut, s.i-1)
				}
			}
		}
	}
	for _, open := range []string{strings.Repeat("x", size), strings.Repeat("x", size) + `\"`, strings.Repeat(`\"`, size)} {
		s := scanner{b: []byte(`"` + open)}
		if _, ok := s.str(); ok {
			t.Errorf("a string without an end was read: %.20s", open)
		}
	}
}

// What was taken from a request that was given back stays as it is, and the next request sees nothing of it.
func TestRecycle(t *testing.T) {
	first, err := Skim(Chat(), []byte(`{"model":"one","stream":true,"max_tokens":7,"tools":[{}],"stop":"x","messages":[{"role":"user","content":"kept"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	model, text := first.Model, first.Messages[0].Parts[0].Text
	first.Recycle()
	body := []byte(`{"model":"two","messages":[{"role":"user","content":"other"}]}`)
	for range 3 {
		second, err := Skim(Chat(), body)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := Chat().Parse(body)
		if !reflect.DeepEqual(second, want) {
			t.Errorf("after another request:\n got %+v\nwant %+v", second, want)
		}
		second.Recycle()
	}
	if model != "one" || text != "kept" {
		t.Errorf("model %q and text %q of a request given back", model, text)
	}
}
