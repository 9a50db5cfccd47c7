package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// body returns a request of about size bytes. A newline every 60 bytes or so is what real texts have; plain has no escapes at all.
func body(size int, plain bool) []byte {
	line := "The quick brown fox jumps over the lazy dog, and on it goes."
	if !plain {
		line += `\n`
	}
	return []byte(`{"model":"sonnet-4-x","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"` +
		strings.Repeat(line, size/len(line)) + `"}],"temperature":0.7,"max_tokens":1024,"stream":true,"stream_options":{"include_usage":true},"user":"u-1"}`)
}

func history(turns int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"model":"sonnet-4-x","messages":[`)
	for i := range turns {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"role":"user","content":"What about number %d?"},{"role":"assistant","content":"Number %d is fine."}`, i, i)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

var benchBodies = []struct {
	name string
	body []byte
}{
	{"1KB", body(1<<10, false)},
	{"16KB", body(16<<10, false)},
	{"1MB", body(1<<20, false)},
	{"1MB/plain", body(1<<20, true)},
	{"1MB/cjk", []byte(`{"model":"m","messages":[{"role":"user","content":"` + strings.Repeat("今天天气很好，我们去公园散步吧。", 1<<20/48) + `"}]}`)},
	{"16KB/turns", history(200)},
}

func BenchmarkParse(b *testing.B) {
	for _, c := range benchBodies {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.body)))
			b.ReportAllocs()
			for range b.N {
				if _, err := Chat().Parse(c.body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The baseline for ratios in one run: encoding/json reading the same members into a struct.
func BenchmarkParseEncodingJSON(b *testing.B) {
	for _, c := range benchBodies {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.body)))
			b.ReportAllocs()
			for range b.N {
				var v struct {
					Model    string
					Stream   bool
					Messages []struct{ Role, Content string }
				}
				if err := json.Unmarshal(c.body, &v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEdit(b *testing.B) {
	for _, c := range benchBodies[:3] {
		r, err := Chat().Parse(c.body)
		if err != nil {
			b.Fatal(err)
		}
		texts := map[At]string{{1, 0}: "short"}
		b.Run(c.name+"/text", func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				Chat().Edit(r, Edit{Model: "m", Texts: texts})
			}
		})
		b.Run(c.name+"/model", func(b *testing.B) {
			b.SetBytes(int64(len(c.body)))
			b.ReportAllocs()
			for range b.N {
				Chat().Edit(r, Edit{Model: "m"})
			}
		})
	}
}

func BenchmarkCall(b *testing.B) {
	r, err := Chat().Parse(benchBodies[0].body)
	if err != nil {
		b.Fatal(err)
	}
	c := Call{Model: "autox", System: []string{"s"}, User: []string{strings.Repeat("A line of a chunk, as they are.\n", 180)}, MaxTokens: 300}
	b.SetBytes(int64(len(c.User)))
	b.ReportAllocs()
	for range b.N {
		Chat().Call(nil, r, c)
	}
}

func BenchmarkDeltas(b *testing.B) {
	stream := strings.Repeat(`data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]}`+"\n\n", 1000) + "data: [DONE]\n\n"
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for range b.N {
		for d, err := range Chat().Deltas(strings.NewReader(stream)) {
			if err != nil && d.Text != "" {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkPass(b *testing.B) {
	d := Delta{Text: " word", Choice: []byte(`{"index":0,"delta":{"content":" word"},"finish_reason":null}`)}
	s := Chat().Stream(discard{}, head)
	b.ReportAllocs()
	for range b.N {
		if err := s.Pass(d); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func TestAllocations(t *testing.T) {
	small, plain := body(1<<10, false), body(1<<20, true)
	r, err := Chat().Parse(small)
	if err != nil {
		t.Fatal(err)
	}
	user, room := []string{"one piece", "and another"}, make([]byte, 0, 1<<10)
	for _, c := range []struct {
		name string
		most float64
		run  func()
	}{
		{"parse 1 KB", 2, func() { Chat().Parse(small) }},                 // the reading, the text with escapes
		{"parse 1 MB without escapes", 1, func() { Chat().Parse(plain) }}, // the reading
		{"edit nothing", 0, func() { Chat().Edit(r, Edit{}) }},
		{"call", 0, func() { room = Chat().Call(room[:0], r, Call{Model: "m", User: user, MaxTokens: 9}) }},
	} {
		if n := testing.AllocsPerRun(20, c.run); n > c.most {
			t.Errorf("%s: %v allocations, want at most %v", c.name, n, c.most)
		}
	}
}
