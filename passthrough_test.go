package haikuplanner_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// Over real sockets, HTTP/1.1 and 2: what is forwarded arrives as it was sent, Expect and compression included.
func TestPassThroughOverSockets(t *testing.T) {
	type got struct {
		body   []byte
		header http.Header
		proto  int
		length int64
	}
	var last got
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		last = got{b, r.Header.Clone(), r.ProtoMajor, r.ContentLength}
		w.Header().Set("Content-Encoding", "br")
		w.Header().Set("X-Up", "yes")
		w.WriteHeader(418)
		w.Write([]byte("\x0b\x02\x80raw\x03"))
	})
	for _, two := range []bool{false, true} {
		server := httptest.NewUnstartedServer(handler)
		server.EnableHTTP2 = two
		server.StartTLS()
		p, err := haikuplanner.New(haikuplanner.WithBase(server.Client().Transport))
		if err != nil {
			t.Fatal(err)
		}
		client := p.Client(&http.Client{})
		for name, b := range map[string]string{
			"trailing data": `{"model":"m","messages":[{"role":"user","content":"a"}]} {"x":1}`,
			"duplicates":    `{"model":"m","model":"n","messages":[]}`,
			"big numbers":   "{ \"model\":\"m\",\n\t\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"seed\":123456789012345678901234567890.5e300 }",
			"gzip":          "\x1f\x8b\x08\x00nonsense",
		} {
			for _, chunked := range []bool{false, true} {
				var reader io.Reader = strings.NewReader(b)
				if chunked {
					reader = io.MultiReader(reader) // hides the length
				}
				r, _ := http.NewRequest("POST", server.URL+"/v1/chat/completions", reader)
				r.Header.Set("Accept-Encoding", "br")
				r.Header.Set("Expect", "100-continue")
				if name == "gzip" {
					r.Header.Set("Content-Encoding", "gzip")
				}
				resp, err := client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				text, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if string(last.body) != b || last.header.Get("Accept-Encoding") != "br" || chunked != (last.length < 0) {
					t.Errorf("HTTP/2 %v, %s, chunked %v: arrived %q, length %d, %v", two, name, chunked, last.body, last.length, last.header)
				}
				if resp.StatusCode != 418 || resp.Header.Get("Content-Encoding") != "br" || string(text) != "\x0b\x02\x80raw\x03" || resp.Header.Get("X-Haiku-Planner") != "forwarded" {
					t.Errorf("HTTP/2 %v, %s: answered %d %v %q", two, name, resp.StatusCode, resp.Header, text)
				}
				if two != (last.proto == 2) {
					t.Errorf("HTTP/%d", last.proto)
				}
			}
		}
		server.Close()
	}
}

// FuzzForwarded: whatever the bytes, path and headers, nothing panics, and what is forwarded has not one byte changed.
func FuzzForwarded(f *testing.F) {
	for _, s := range []string{"", "{", "null", `{"model":"m","messages":[{"role":"user","content":"hi"}]}`, `{"model":"m","input":"hi"}`, `{"model":"m","prompt":["a"]}`,
		`{"model":"m","max_tokens":20000,"messages":[{"role":"user","content":[{"type":"text","text":"\ud800"}]}]}`, "\xff\xfe", strings.Repeat("[", 600), `{"model":"m","messages":[{"role":"user","content":"` + strings.Repeat("a b ", 300) + `"}]}`} {
		f.Add([]byte(s), uint8(0), "")
		f.Add([]byte(s), uint8(6), "0")
		f.Add([]byte(s), uint8(3), "1")
	}
	paths := []string{"/chat/completions", "/v1/chat/completions", "/messages", "/v1/messages", "/v1/responses", "/completions", "/v1/embeddings", "/haiku-planner/plan"}
	f.Fuzz(func(t *testing.T, b []byte, path uint8, force string) {
		up := upstreamtest.New(nil)
		p, err := haikuplanner.New(haikuplanner.WithBase(up), haikuplanner.WithRules(), haikuplanner.WithThreshold(100), haikuplanner.WithChunkSizes(20, 50, 80))
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(context.Background(), "POST", upstreamURL+paths[int(path)%len(paths)], bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		r.Header["X-Decompose"] = []string{force}
		resp, err := p.Transport(nil).RoundTrip(r)
		if err != nil {
			t.Fatalf("RoundTrip: %v", err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.Header.Get("X-Haiku-Planner") == "forwarded" || resp.Header.Get("X-Haiku-Planner") == "" && resp.StatusCode == 200 {
			calls := up.Calls()
			if len(calls) == 0 || !bytes.Equal(calls[len(calls)-1].Body, b) {
				t.Errorf("%d calls; the last has other bytes than %q", len(calls), b)
			}
		}
	})
}

// A long text is decoded in the place where it stands, and yet the direct call has the caller's own bytes, whenever it is decided on and however often it is sent.
func TestLongTextIsForwardedAsSent(t *testing.T) {
	text := strings.Repeat(`A line with \"quotes\", a \u00e9, a \ud83d\ude00 and a path\/name.\n`, 2500)
	for path, b := range map[string]string{
		"/v1/chat/completions": `{"model":"sonnet-4-x", "messages":[{"role":"system","content":"Be \"brief\".\n"},{"role":"user","content":[{"type":"text","text":"` + text + `What is said of the path?"}]}]}`,
		"/v1/messages":         `{"model":"sonnet-4-x","max_tokens":100,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","data":"` + text + `"}},{"type":"text","text":"What is said?"}]}]}`,
		"/v1/responses":        `{"model":"sonnet-4-x","instructions":"` + text + `","input":"What\u0020is said?\n` + text + `"}`,
		"/v1/completions":      `{"prompt":"` + text + ` What is said?\n","model":"sonnet-4-x"}`,
	} {
		for reason, target := range map[string]float64{"fallback": 0, "direct-is-cheaper": 0.99} {
			cfg := haikuplanner.DefaultConfig()
			cfg.CostSavingsTarget = target
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				if isMap(c) {
					return upstreamtest.Reply{Status: 403, Error: "this key may not"}
				}
				return upstreamtest.Reply{Text: "It is said."}
			})
			p, err := haikuplanner.New(haikuplanner.WithConfig(cfg), haikuplanner.WithLiteLLM(upstreamURL, "sk"), haikuplanner.WithRules(), haikuplanner.WithBase(roundTrip(func(r *http.Request) (*http.Response, error) {
				if r.Method == http.MethodGet {
					return up.RoundTrip(r)
				}
				again, err := r.GetBody()
				if err != nil {
					t.Fatal(err)
				}
				first, _ := io.ReadAll(r.Body)
				if second, _ := io.ReadAll(again); !bytes.Equal(first, second) || int64(len(first)) != r.ContentLength {
					t.Errorf("%s: a body of %d bytes is %d bytes the second time, and said to be %d", path, len(first), len(second), r.ContentLength)
				}
				r.Body = io.NopCloser(bytes.NewReader(first))
				return up.RoundTrip(r)
			})))
			if err != nil {
				t.Fatal(err)
			}
			r, _ := http.NewRequest("POST", upstreamURL+path, strings.NewReader(b))
			resp, err := p.Transport(nil).RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			calls := up.Calls()
			if got := resp.Header.Get("X-Haiku-Planner-Reason"); got != reason {
				t.Errorf("%s: forwarded for %q, want %q", path, got, reason)
			}
			if last := calls[len(calls)-1]; string(last.Body) != b {
				t.Errorf("%s, %s: %d bytes arrived that are not the %d bytes sent", path, reason, len(last.Body), len(b))
			}
		}
	}
}
