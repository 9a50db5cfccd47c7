//go:build go1.25

package haikuplanner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// marksUpstream reads lines that start with MARK- without a mistake.
func marksUpstream(script func(c upstreamtest.Call) *upstreamtest.Reply) *upstreamtest.Upstream {
	return upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if script != nil {
			if r := script(c); r != nil {
				return *r
			}
		}
		if c.Model == "sonnet-4-x" {
			return upstreamtest.Reply{Text: "MARK-0: there it is"}
		}
		var found []string
		for _, line := range strings.Split(c.User, "\n") {
			if strings.HasPrefix(line, "MARK-") {
				found = append(found, line)
			}
		}
		return upstreamtest.Reply{Text: upstreamtest.Fill(c.SchemaRaw, found)}
	})
}

func marksBody(fields map[string]any) []byte {
	var text strings.Builder
	text.WriteString("What is said of the marks? Summarize it.\n\n")
	for i := range 600 {
		fmt.Fprintf(&text, "The %dth ledger of the harbour says that ship %d left with %d barrels of salt.\n", i, i*7%113, i*31%997)
		if i%50 == 0 {
			fmt.Fprintf(&text, "MARK-%d: animal%d\n\n", i, i*i)
		}
	}
	all := map[string]any{"model": "sonnet-4-x", "messages": []any{map[string]string{"role": "user", "content": text.String()}}}
	for k, v := range fields {
		all[k] = v
	}
	b, _ := json.Marshal(all)
	return b
}

// held says what of a planner's limits is still taken when nothing runs.
func held(p *Planner, up *upstreamtest.Upstream) string {
	synctest.Wait()
	if n, s := p.gate.bytes.Load(), p.Stats(); n != 0 || p.gate.calls != 0 || len(p.gate.queue) != 0 || len(p.copies.runs) != 0 || s.InFlight != 0 || up.InFlight() != 0 {
		return fmt.Sprintf("%d bytes, %d calls, %d in the queue, %d runs, %d of upstream's are held; %s", n, p.gate.calls, len(p.gate.queue), len(p.copies.runs), up.InFlight(), s)
	}
	return ""
}

// Transports that break net/http's rules, or break down, break nothing of ours: the client gets an answer, and nothing stays taken.
func TestOddTransports(t *testing.T) {
	for name, odd := range map[string]func(*http.Response) (*http.Response, error){
		"an answer and an error":      func(r *http.Response) (*http.Response, error) { return r, errors.New("both") },
		"neither":                     func(r *http.Response) (*http.Response, error) { return nil, nil },
		"no body":                     func(r *http.Response) (*http.Response, error) { r.Body = nil; return r, nil },
		"no body of a refusal":        func(r *http.Response) (*http.Response, error) { r.Body, r.StatusCode = nil, 400; return r, nil },
		"no header":                   func(r *http.Response) (*http.Response, error) { r.Header = nil; return r, nil },
		"a panic":                     func(r *http.Response) (*http.Response, error) { panic("odd") },
		"a body that panics":          func(r *http.Response) (*http.Response, error) { r.Body = panics{r.Body}; return r, nil },
		"a read of nothing at a time": func(r *http.Response) (*http.Response, error) { r.Body = stutters{r.Body, new(int)}; return r, nil },
		"a close that waits for the end": func(r *http.Response) (*http.Response, error) {
			r.Body = lingers{r.Body, r.Request.Context()}
			return r, nil
		},
		"an answer of another request": func(r *http.Response) (*http.Response, error) { r.Request = nil; return r, nil },
	} {
		for _, stream := range []bool{false, true} {
			for _, stage := range []string{"planner", "map", "final"} {
				for _, force := range []string{"", "1"} {
					t.Run(fmt.Sprint(name, " in ", stage, " stream=", stream, " force=", force), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							up := marksUpstream(nil)
							p, err := New(WithBase(tripper(func(r *http.Request) (*http.Response, error) {
								resp, err := up.RoundTrip(r)
								if err == nil && r.Header.Get(headerDecompose) == "0" && strings.Contains(r.Header.Get("X-Litellm-Call-Id"), "-"+stage+"-") {
									io.Copy(io.Discard, resp.Body) // upstream has done its part
									resp.Body.Close()
									resp.Body = io.NopCloser(strings.NewReader(""))
									return odd(resp)
								}
								return resp, err
							})), WithLiteLLM("http://litellm.test", "sk"))
							if err != nil {
								t.Fatal(err)
							}
							r, _ := http.NewRequest(http.MethodPost, "http://litellm.test/v1/chat/completions", bytes.NewReader(marksBody(map[string]any{"stream": stream})))
							if force != "" {
								r.Header.Set(headerDecompose, force)
							}
							began := time.Now()
							resp, err := p.Transport(nil).RoundTrip(r)
							if err != nil {
								t.Fatal(err)
							}
							text, err := io.ReadAll(resp.Body)
							if resp.Body.Close(); err != nil || len(text) == 0 || resp.StatusCode != 200 && force == "" {
								t.Errorf("%d %s: %v", resp.StatusCode, text, err)
							}
							if d := time.Since(began); d > time.Minute {
								t.Errorf("it took %v", d)
							}
							if h := held(p, up); h != "" {
								t.Error(h)
							}
						})
					})
				}
			}
		}
	}
	t.Run("forwarded", func(t *testing.T) {
		for _, status := range []int{200, 400, 429} {
			p, _ := New(WithBase(tripper(func(r *http.Request) (*http.Response, error) { return &http.Response{StatusCode: status}, nil })))
			r, _ := http.NewRequest(http.MethodPost, "http://litellm.test/v1/chat/completions", strings.NewReader(`{"model":"m","messages":[]}`))
			if resp, err := p.Transport(nil).RoundTrip(r); err != nil || resp.StatusCode != status {
				t.Errorf("%d: %v %v", status, resp, err)
			}
		}
	})
}

// What is no text in an answer costs a letter of it, not the answer: clients read it so too.
func TestBytesThatAreNoText(t *testing.T) {
	for _, stream := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			up := marksUpstream(nil)
			p, _ := New(WithLiteLLM("http://litellm.test", "sk"), WithBase(tripper(func(r *http.Request) (*http.Response, error) {
				resp, err := up.RoundTrip(r)
				if err == nil && r.Method == http.MethodPost {
					b, _ := io.ReadAll(resp.Body)
					resp.Body.Close()
					resp.Body = io.NopCloser(strings.NewReader("\uFEFF" + strings.ReplaceAll(string(b), "there", "th\xffre")))
				}
				return resp, err
			})))
			resp, text := exchangeOf(t, p, marksBody(map[string]any{"stream": stream}))
			if resp.Header.Get(headerOurs) != "decomposed" || !bytes.Contains(text, []byte("th\uFFFDre")) || bytes.Contains(text, []byte(`"error":{`)) {
				t.Errorf("stream=%v: %d %v %s", stream, resp.StatusCode, resp.Header, text)
			}
		})
	}
}

type lingers struct {
	io.ReadCloser
	ctx context.Context
}

func (l lingers) Close() error {
	<-l.ctx.Done()
	return l.ReadCloser.Close()
}

type panics struct{ io.ReadCloser }

func (panics) Read([]byte) (int, error) { panic("odd") }

type stutters struct {
	io.ReadCloser
	n *int
}

func (s stutters) Read(to []byte) (int, error) {
	if *s.n++; *s.n%2 == 1 {
		return 0, nil
	}
	return s.ReadCloser.Read(to[:min(1, len(to))])
}

// What comes before the answer to a call of ours is not the caller's; what comes before that to the request as it came is.
func TestInterimAnswersOfOurCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, big := range []bool{false, true} {
			up := marksUpstream(nil)
			p, _ := New(WithLiteLLM("http://litellm.test", "sk"), WithBase(tripper(func(r *http.Request) (*http.Response, error) {
				if trace := httptrace.ContextClientTrace(r.Context()); trace != nil {
					if trace.GotConn(httptrace.GotConnInfo{}); trace.Got1xxResponse != nil {
						trace.Got1xxResponse(103, textproto.MIMEHeader{"Link": {"</style.css>"}})
					}
				}
				return up.RoundTrip(r)
			})))
			hints, conns := 0, make(chan struct{}, 1000)
			ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
				GotConn:        func(httptrace.GotConnInfo) { conns <- struct{}{} },
				Got1xxResponse: func(int, textproto.MIMEHeader) error { hints++; return nil },
			})
			b := marksBody(nil)
			if !big {
				b = []byte(`{"model":"autox","messages":[]}`)
			}
			r, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://litellm.test/v1/chat/completions", bytes.NewReader(b))
			resp, err := p.Transport(nil).RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if decomposed := resp.Header.Get(headerOurs) == "decomposed"; decomposed != big || (hints > 0) == big || len(conns) == 0 {
				t.Errorf("decomposed=%v: %d hints, %d connections", decomposed, hints, len(conns))
			}
		}
	})
}

// Headers that speak of the connection or of the very bytes of an answer to a call of ours are not the caller's.
func TestHeadersOfOneAnswer(t *testing.T) {
	gone := []string{"Connection", "X-Hop", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Te", "Upgrade", "Content-Encoding", "Content-Range", "Accept-Ranges", "Etag", "Last-Modified", "Content-Md5", "Content-Digest", "Repr-Digest"}
	for _, stream := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			up := marksUpstream(nil)
			p, _ := New(WithLiteLLM("http://litellm.test", "sk"), WithBase(tripper(func(r *http.Request) (*http.Response, error) {
				resp, err := up.RoundTrip(r)
				if err == nil {
					for _, name := range gone {
						resp.Header.Set(name, "identity")
					}
					resp.Header["Connection"] = []string{"close, X-Hop"}
					resp.Header.Set("X-Stays", "1")
				}
				return resp, err
			})))
			r, _ := http.NewRequest(http.MethodPost, "http://litellm.test/v1/chat/completions", bytes.NewReader(marksBody(map[string]any{"stream": stream})))
			resp, err := p.Transport(nil).RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			for _, name := range gone {
				if v := resp.Header[name]; v != nil {
					t.Errorf("stream=%v: %s: %v", stream, name, v)
				}
			}
			if resp.Header.Get("X-Stays") != "1" || resp.Header.Get(headerOurs) != "decomposed" {
				t.Errorf("stream=%v: %v", stream, resp.Header)
			}
		})
	}
}

// Where upstream denies the caller the model that the request names, and then has calls to it wait for a while, the client sees the denial, as without us.
func TestDenialBeforeCoolDown(t *testing.T) {
	for _, status := range []int{401, 403, 404} {
		for _, after := range []int{429, 200, 503} {
			for _, stream := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					denied := false
					denial := []byte(`{"error":{"message":"litellm.AuthenticationError: invalid x-api-key","type":null,"param":null,"code":"` + fmt.Sprint(status) + `"}}`)
					up := marksUpstream(func(c upstreamtest.Call) *upstreamtest.Reply {
						switch {
						case c.Model != "sonnet-4-x":
							return nil
						case !denied:
							denied = true
							return &upstreamtest.Reply{Status: status, Raw: denial, Header: http.Header{"X-Litellm-Call-Id": {"c-1"}, "Www-Authenticate": {"Bearer"}}}
						case after == 200:
							return &upstreamtest.Reply{Text: "another deployment"}
						}
						return &upstreamtest.Reply{Status: after, Error: "No deployments available for selected model, Try again in 5 seconds."}
					})
					p, _ := New(WithLiteLLM("http://litellm.test", "sk"), WithBase(up))
					r, _ := http.NewRequest(http.MethodPost, "http://litellm.test/v1/chat/completions", bytes.NewReader(marksBody(map[string]any{"stream": stream})))
					resp, err := p.Transport(nil).RoundTrip(r)
					if err != nil {
						t.Fatal(err)
					}
					text, _ := io.ReadAll(resp.Body)
					resp.Body.Close()
					want := after
					if after == 429 {
						want = status
					}
					h := resp.Header
					if resp.StatusCode != want || h.Get(headerOurs) != "forwarded" || h.Get(headerOurs+"-Reason") != "fallback" || want == status && (!bytes.Equal(text, denial) || h.Get("X-Litellm-Call-Id") != "c-1" || h.Get("Www-Authenticate") != "Bearer" || h.Get("Content-Type") != "application/json" || h.Get(headerRetry) != "false") {
						t.Errorf("%d, then %d, stream=%v: %d %v %s", status, after, stream, resp.StatusCode, h, text)
					}
					if h := held(p, up); h != "" {
						t.Error(h)
					}
				})
			}
		}
	}
}
