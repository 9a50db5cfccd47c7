//go:build go1.25

package main

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/haiku-planner/haikuplanner"
)

// pipes is a listener whose connections are in memory, so that their time can be a test's.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{} }

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A client that goes silent within a long body is let go after a minute; one that is slow is waited for, and may be silent once its body is there.
func TestSilentClient(t *testing.T) {
	const length = 200_000
	body := `{"model":"m","messages":[{"role":"user","content":"` + strings.Repeat("a", length) + `"}]}`
	for name, c := range map[string]struct {
		path   string
		header string
		pause  time.Duration
		sent   int // bytes before each pause
		status int
	}{
		"silent":         {"/v1/chat/completions", "", 61 * time.Second, 100_000, http.StatusRequestTimeout},
		"silent, plan":   {"/haiku-planner/plan", "", 61 * time.Second, 100_000, http.StatusRequestTimeout},
		"silent, test":   {"/haiku-planner/test", "", 61 * time.Second, 100_000, http.StatusRequestTimeout},
		"silent, asked":  {"/v1/chat/completions", "Expect: 100-continue\r\n", 61 * time.Second, 100_000, http.StatusRequestTimeout},
		"slow":           {"/v1/chat/completions", "", 50 * time.Second, 10_000, http.StatusOK},
		"slow, not read": {"/v1/chat/completions", "x-decompose: 0\r\n", 50 * time.Second, 10_000, http.StatusOK},
	} {
		synctest.Test(t, func(t *testing.T) {
			upstream := transport(func(r *http.Request) (*http.Response, error) {
				if strings.HasPrefix(r.URL.Path, "/model") {
					return nil, net.ErrClosed
				}
				n, err := io.Copy(io.Discard, r.Body)
				select {
				case <-time.After(5 * time.Minute):
				case <-r.Context().Done():
					return nil, r.Context().Err()
				}
				return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(fmt.Sprint(n))), Header: http.Header{}}, err
			})
			u, _ := url.Parse("http://litellm.test")
			planner, err := haikuplanner.New(haikuplanner.WithLiteLLM(u.String(), ""), haikuplanner.WithBase(upstream), haikuplanner.WithRules())
			if err != nil {
				t.Fatal(err)
			}
			p, err := newHandler(settings{litellm: u.String(), litellmURL: u}, planner, "", upstream, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			server := &http.Server{Handler: p, IdleTimeout: time.Minute}
			listener := make(pipes)
			go server.Serve(listener)
			ours, theirs := net.Pipe()
			listener <- theirs
			over := make(chan struct{})
			go func() {
				fmt.Fprintf(ours, "POST %s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n", c.path, c.header, len(body))
				for rest := body; rest != ""; {
					n := min(c.sent, len(rest))
					if _, err := io.WriteString(ours, rest[:n]); err != nil {
						return
					}
					rest = rest[n:]
					select {
					case <-time.After(c.pause):
					case <-over:
						return
					}
				}
			}()
			answers := bufio.NewReader(ours)
			resp, err := http.ReadResponse(answers, nil)
			for err == nil && resp.StatusCode == http.StatusContinue {
				resp, err = http.ReadResponse(answers, nil)
			}
			if err != nil || resp.StatusCode != c.status {
				t.Errorf("%s: %v, %v", name, resp, err)
			} else if got, _ := io.ReadAll(resp.Body); c.status == http.StatusOK && string(got) != fmt.Sprint(len(body)) {
				t.Errorf("%s: %s bytes came", name, got)
			}
			close(over)
			ours.Close()
			close(listener)
			server.Close()
		})
	}
}
