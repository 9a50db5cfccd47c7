package wire

import (
	"reflect"
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
