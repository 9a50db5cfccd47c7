package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var dates = regexp.MustCompile(`(?m)^Date: .*\r$`)

// What LiteLLM and the client see of each other is, byte by byte, what httputil.ReverseProxy lets them see.
func TestPassesAsReverseProxy(t *testing.T) {
	const (
		small  = `{"model":"m","messages":[{"role":"user","content":"hi"}]}`
		ok     = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Twice: a\r\nX-Twice: b\r\n"
		hello  = ok + "Content-Length: 5\r\n\r\nhello"
		chunks = "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
	)
	post := func(path, body string, headers ...string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: p\r\nContent-Length: %d\r\n%s\r\n%s", path, len(body), strings.Join(append(headers, ""), "\r\n"), body)
	}
	chat := post("/v1/chat/completions", small)
	for _, c := range []struct{ name, request, answer string }{
		{"length", chat, hello},
		{"chunks", chat, ok + chunks},
		{"events", chat, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n" + chunks},
		{"events of known length", chat, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 10\r\n\r\ndata: 12\n\n"},
		{"a long answer", chat, ok + "Content-Length: 100000\r\n\r\n" + strings.Repeat("0123456789", 10000)},
		{"trailer", chat, ok + "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n"},
		{"trailer of an empty answer", chat, ok + "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n0\r\nX-Sum: 7\r\n\r\n"},
		{"trailer that was not announced", chat, ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n"},
		{"until it closes", chat, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello"},
		{"no content", chat, "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n"},
		{"not modified", "GET /v1/models HTTP/1.1\r\nHost: p\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nEtag: x\r\n\r\n"},
		{"head", "HEAD /v1/models HTTP/1.1\r\nHost: p\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"},
		{"empty", chat, ok + "Content-Length: 0\r\n\r\n"},
		{"without a type", chat, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"},
		{"interim answers", chat, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + hello},
		{"an error", chat, "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n{}"},
		{"headers of its connection", chat, "HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Mine, \r\nKeep-Alive: timeout=5\r\nX-Mine: 1\r\nUpgrade: h2c\r\nProxy-Authenticate: Basic\r\nContent-Length: 2\r\n\r\n{}"},
		{"a switch that nobody asked for", chat, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"},
		{"the same, not in the goroutine that asks", "GET /v1/models HTTP/1.1\r\nHost: p\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"},
		{"the same, asked for the head", "HEAD /v1/models HTTP/1.1\r\nHost: p\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"},
		{"cut", chat, ok + "Content-Length: 10\r\n\r\nhello"},
		{"cut chunk", chat, ok + "Transfer-Encoding: chunked\r\n\r\n9\r\nhel"},
		{"nothing", chat, ""},
		{"an agent", post("/v1/chat/completions", small, "User-Agent: x/1", "Connection: keep-alive"), hello},
		{"an end", post("/v1/chat/completions", small, "Connection: Close"), hello},
		{"who it is for", post("/v1/chat/completions", small, "X-Forwarded-For: 10.0.0.1", "X-Forwarded-For: 10.0.0.2", "X-Forwarded-Host: a.test", "X-Forwarded-Proto: https", "Forwarded: for=10.0.0.1"), hello},
		{"some of it", post("/v1/chat/completions", small, "X-Forwarded-Proto: https"), hello},
		{"another path", post("/embeddings?a=1;b=%zz&c", `{"input":"a"}`), hello},
		{"an odd path", "GET //double/../dots/%2Fslash?x HTTP/1.1\r\nHost: p\r\nX-A:  spaced \r\n\r\n", hello},
		{"/v1 is missing", post("/messages", small), hello},
		{"a body in chunks", "POST /v1/chat/completions HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", hello},
		{"a file in chunks", "POST /v1/files HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", hello},
		{"no body", post("/v1/chat/completions", ""), hello},
	} {
		t.Run(c.name, func(t *testing.T) {
			var seen [2][2]string // by upstream, by the client
			for i := range seen {
				upstream := newScript(t, false, c.answer)
				u := &url.URL{Scheme: "http", Host: upstream.Addr().String()}
				p := newProxy(t, settings{litellm: u.String(), litellmURL: u, lend: true, masterKey: "sk-m"})
				handler := http.Handler(p.reverse)
				if i == 1 {
					handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if special(r) {
							t.Error("it goes through httputil.ReverseProxy")
						}
						p.pass(w, r)
					})
				}
				server := httptest.NewServer(handler)
				defer server.Close()
				client, err := net.Dial("tcp", server.Listener.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				defer client.Close()
				io.WriteString(client, c.request)
				var b bytes.Buffer
				in := bufio.NewReader(io.TeeReader(client, &b))
				method, _, _ := strings.Cut(c.request, " ")
				for status := 0; err == nil && status < 200; {
					var resp *http.Response
					if resp, err = http.ReadResponse(in, &http.Request{Method: method}); err == nil {
						status = resp.StatusCode
						_, err = io.Copy(io.Discard, resp.Body)
					}
				}
				fmt.Fprint(&b, err)
				hidden := strings.NewReplacer(u.Host, "LITELLM", server.Listener.Addr().String(), "PROXY")
				seen[i][1] = hidden.Replace(dates.ReplaceAllString(b.String(), "Date: \r"))
				seen[i][0] = hidden.Replace(upstream.read())
			}
			if seen[0][0] == "" || seen[0][1] == "" {
				t.Error("nothing was seen")
			}
			if d := cmp.Diff(seen[0], seen[1]); d != "" {
				t.Errorf("httputil.ReverseProxy - and this one +:\n%s", d)
			}
		})
	}
}

// A status that none may be is an answer that did not come.
func TestNoStatus(t *testing.T) {
	odd := newScript(t, false, "HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nok")
	base := start(t, http.NotFoundHandler(), func(s *settings) { s.litellmURL = &url.URL{Scheme: "http", Host: odd.Addr().String()} })
	for _, path := range []string{"/v1/chat/completions", "/v1/files"} {
		if g := do(t, http.MethodPost, base+path, `{"model":"m","messages":[{"role":"user","content":"hi"}]}`); g.status != http.StatusBadGateway {
			t.Errorf("%s: %d %s", path, g.status, g.body)
		}
	}
}

func TestSpecial(t *testing.T) {
	for header, want := range map[string]bool{
		"Connection: keep-alive": false, "Connection: close": false, "Connection: Keep-Alive": false, "Accept: */*": false,
		"Connection: keep-alive, X-Mine": true, "Connection: Upgrade": true, "Upgrade: websocket": true, "Te: trailers": true, "Trailer: X-Sum": true,
		"Expect: 100-continue": true, "Keep-Alive: timeout=5": true, "Proxy-Authorization: Basic eDp5": true,
	} {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("POST / HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\n" + header + "\r\n\r\n0\r\n\r\n")))
		if err != nil {
			t.Fatal(err)
		}
		if special(r) != want {
			t.Errorf("%s: %v", header, !want)
		}
	}
}

// What comes late finds everything closed.
func TestLateForTheAnswer(t *testing.T) {
	w := httptest.NewRecorder()
	h := &interim{w: w}
	h.end()
	h.pass(http.StatusEarlyHints, textproto.MIMEHeader{"Link": {"</a>"}})
	if len(w.Header()) > 0 || w.Code != http.StatusOK {
		t.Errorf("interim answer: %d %v", w.Code, w.Header())
	}
	inner := io.NopCloser(strings.NewReader("hello"))
	b := incoming{ReadCloser: inner}
	b.Close()
	if n, err := b.Read(make([]byte, 5)); n != 0 || err == nil {
		t.Errorf("a closed body gave %d bytes, %v", n, err)
	}
}
