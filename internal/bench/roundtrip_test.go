// Package bench measures speed. Every figure is a ratio to a baseline of the same run.
package bench

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner"
)

// instant is a base transport that answers at once and does nothing else.
type instant struct{}

var okHeader = http.Header{"Content-Type": {"application/json"}}

func (instant) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// chatBody is a chat completion of about n bytes.
func chatBody(n int) []byte {
	text := strings.Repeat("The quick brown fox jumps over the lazy dog. ", n/45+1)[:n]
	return []byte(fmt.Sprintf(`{"model":"gpt-4o","messages":[{"role":"system","content":"You are helpful."},{"role":"user","content":%q}],"temperature":0.7,"max_tokens":512,"stream":false}`, text))
}

func BenchmarkSmallRequest(b *testing.B) {
	p, err := haikuplanner.New(haikuplanner.WithBase(instant{}))
	if err != nil {
		b.Fatal(err)
	}
	for _, size := range []int{1 << 10, 16 << 10} {
		body := chatBody(size)
		for name, rt := range map[string]http.RoundTripper{"base": instant{}, "planner": p.Transport(nil)} {
			b.Run(fmt.Sprintf("%s-%dK", name, size>>10), func(b *testing.B) {
				b.ReportAllocs()
				r, _ := http.NewRequest("POST", "http://litellm.test/v1/chat/completions", nil)
				r.Header.Set("Authorization", "Bearer sk")
				r.ContentLength = int64(len(body))
				for range b.N {
					r.Body = io.NopCloser(bytes.NewReader(body))
					resp, err := rt.RoundTrip(r)
					if err != nil {
						b.Fatal(err)
					}
					resp.Body.Close()
				}
			})
		}
	}
}
