package wire

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
)

// inPlaceOf is a dialect whose requests have every text with an escape decoded in its place.
type inPlaceOf struct{ Dialect }

func (d inPlaceOf) Parse(body []byte) (*Request, error) {
	r, err := Skim(d.Dialect, bytes.Clone(body))
	if err == nil {
		r.decodeInPlace(0)
	}
	return r, err
}

// sameInPlace checks that a request reads the same and is edited to the same bytes when it is decoded in place, and that what was sent can be had back.
func sameInPlace(t *testing.T, d Dialect, in []byte, want *Request, e Edit) {
	t.Helper()
	got, err := inPlaceOf{d}.Parse(in)
	if err != nil {
		t.Fatalf("%v in %q", err, in)
	}
	if raw := got.Raw(); !bytes.Equal(raw, in) {
		t.Errorf("raw %q, sent %q", raw, in)
	}
	for i, m := range want.Messages {
		for k, p := range m.Parts {
			if got.Messages[i].Parts[k] != p {
				t.Errorf("part %+v decoded in its place, %+v outside", got.Messages[i].Parts[k], p)
			}
		}
	}
	if a, b := d.Edit(got, e), d.Edit(want, e); !bytes.Equal(a, b) {
		t.Errorf("%+v gives %q in place, %q outside", e, a, b)
	}
}

func TestSpelling(t *testing.T) {
	const text = "a \"quote\"\n\tC:\\dir/file <b>'é'</b> &amp; “–” \u2028 😀 \x7f\x01 \U0001F1F9\U0001F1F7"
	for _, c := range []struct {
		name, raw string
		ok        bool
	}{
		{"Python", `tab\there \"x\" \u00e9\u2019 \ud83d\ude00 \u2028`, true},
		{"Go", `\u003cb\u003e \u0026 é 😀 \u2028 \\ /`, true},
		{"JavaScript", `é 😀 / < \b\f\u0001 \ud83d and \udc00\ud83d` + "\u2028", true},
		{"PHP", `\u00e9 \/ \/`, true},
		{".NET", `\u0022 \u003C \u00E9 \u002B \uD83D\uDE00`, true},
		{"nothing escaped", `é 😀`, true},
		{"empty", ``, true},
		{"letter both ways", `\u00e9 é`, false},
		{"letter both ways, the other first", `é \u00e9`, false},
		{"slash both ways", `\/ /`, false},
		{"newline both ways", `\n \u000a`, false},
		{"line separator both ways", `\u2028 ` + "\u2029", false},
		{"digits both ways", `\u00e9 \u00E8`, false},
		{"digits both ways in one", `\u00eE`, false},
		{"digits of a pair both ways", `\ud83d\uDE00`, false},
		{"an ASCII letter as a number", `\u0041`, true},
		{"an ASCII letter both ways", `\u0041 A`, false},
	} {
		by, ok := spellingOf([]byte(c.raw))
		if ok != c.ok {
			t.Errorf("%s: ok is %v", c.name, ok)
		}
		if back := by.append(nil, AppendText(nil, []byte(c.raw))); ok && string(back) != c.raw {
			t.Errorf("%s: %q became %q", c.name, c.raw, back)
		}
	}
	raw := appendString(nil, text)
	raw = raw[1 : len(raw)-1]
	if by, ok := spellingOf(raw); !ok || string(by.append(nil, []byte(text))) != string(raw) {
		t.Errorf("what we write ourselves cannot be had back: %q", raw)
	}
}

func FuzzSpelling(f *testing.F) {
	for _, s := range []string{`\u00e9\ud83d\ude00\/\n\"`, `\uD83D\uDE00<\u003C`, `\ud800\ud800\udc00\udc00\ud800x`, "\u2028\\u2029", `\u0000\u007f`, "\uFFFD\\ufffd"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := scanner{b: append(append([]byte{'"'}, raw...), '"')}
		if _, ok := s.str(); !ok || s.i != len(s.b) {
			return
		}
		text := AppendText(nil, raw)
		if len(text) > len(raw) {
			t.Fatalf("%q is longer than %q", text, raw)
		}
		if by, ok := spellingOf(raw); ok {
			if back := by.append(nil, text); !bytes.Equal(back, raw) {
				t.Errorf("%q became %q", raw, back)
			}
		}
		here := bytes.Clone(raw)
		if in := AppendText(here[:0], here); !bytes.Equal(in, text) {
			t.Errorf("decoded to %q in its place, to %q outside", in, text)
		}
	})
}

// A long text is decoded without a copy, short ones and those of no one spelling are left as they were, and the text does not change with what stands around it.
func TestDecodeInPlace(t *testing.T) {
	long := strings.Repeat(`one \"line\" of prose, déjà vu\n`, 40_000)
	mixed := strings.Repeat(`é and \u00e9 `, 10_000)
	in := []byte(`{"model":"m","messages":[{"role":"system","content":"short\n"},{"role":"user","content":[{"type":"text","text":"` + long + `"},{"type":"text","text":"` + mixed + `"}]}]}`)
	want, err := Chat().Parse(bytes.Clone(in))
	if err != nil {
		t.Fatal(err)
	}
	body := bytes.Clone(in)
	got, err := Skim(Chat(), body)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got.DecodeInPlace()
	got.DecodeInPlace() // changes nothing
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > uint64(len(mixed)+len(mixed)/2) {
		t.Errorf("%d bytes were allocated to decode %d", n, len(in))
	}
	for i, m := range want.Messages {
		for k, p := range m.Parts {
			if got.Messages[i].Parts[k] != p {
				t.Errorf("text %d.%d differs", i, k)
			}
		}
	}
	if len(got.inPlace) != 1 || !got.InPlace() || bytes.Equal(got.Body, in) || !bytes.Equal(got.Raw(), in) {
		t.Errorf("%d texts in place", len(got.inPlace))
	}
	if want.InPlace() || &want.Raw()[0] != &want.Body[0] {
		t.Error("a request that was not decoded in place has its body copied")
	}
	other, _ := Skim(Chat(), bytes.Clone(in))
	if other.Same(got) {
		t.Error("a body that is what was sent passes for one that is not")
	}
	if other.DecodeInPlace(); !other.Same(got) {
		t.Error("equal requests differ")
	}
	// The same characters, written in another way: not the same bytes, though as many.
	spelt := func(é string) *Request {
		r, err := Skim(Chat(), []byte(`{"model":"m","messages":[{"role":"user","content":"`+strings.Repeat(é, longText)+`"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		r.DecodeInPlace()
		return r
	}
	capital, small := spelt(`\u00E9`), spelt(`\u00e9`)
	if !bytes.Equal(capital.Body, small.Body) || capital.Same(small) || bytes.Equal(capital.Raw(), small.Raw()) {
		t.Error("two spellings pass for one")
	}
}

// A response repeats the request's instructions as they were sent.
func TestInstructionsInPlace(t *testing.T) {
	in := []byte(`{"model":"m","instructions":"be \"brief\"\n","input":"x\ty"}`)
	h := Head{ID: "i", Model: "m", Created: 1}
	var answers [2][]byte
	for i, d := range []Dialect{Responses(), inPlaceOf{Responses()}} {
		r, err := d.Parse(in)
		if err != nil || r.InPlace() != (i == 1) {
			t.Fatalf("%v, %+v", err, r)
		}
		h.Asked = r
		answers[i] = Responses().Answer(Answer{Head: h, Text: "t", SetText: true, Finish: "stop"})
	}
	if !bytes.Equal(answers[0], answers[1]) || !bytes.Contains(answers[0], []byte(`"instructions":"be \"brief\"\n"`)) {
		t.Errorf("answers\n%s\n%s", answers[0], answers[1])
	}
}
