package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// start puts the proxy before an upstream, both over real connections.
func start(t *testing.T, upstream http.Handler, change func(*settings)) string {
	t.Helper()
	up := httptest.NewServer(upstream)
	t.Cleanup(up.Close)
	u, err := url.Parse(up.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := settings{litellm: up.URL, litellmURL: u, masterKey: "sk-master", listen: ":0"}
	if change != nil {
		change(&s)
	}
	server := httptest.NewServer(newProxy(t, s))
	t.Cleanup(server.Close)
	return server.URL
}

// newProxy is the whole handler, with rules for a planner.
func newProxy(t *testing.T, s settings) *proxy {
	t.Helper()
	base := newBase()
	t.Cleanup(base.CloseIdleConnections)
	cfg := haikuplanner.DefaultConfig()
	planner, err := haikuplanner.New(haikuplanner.WithConfig(cfg), haikuplanner.WithLiteLLM(s.litellm, s.masterKey), haikuplanner.WithBase(base), haikuplanner.WithRules())
	if err != nil {
		t.Fatal(err)
	}
	p, err := newHandler(s, planner, "config.yaml", base, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

type got struct {
	status int
	header http.Header
	body   string
}

func do(t *testing.T, method, url, body string, header ...string) got {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got{resp.StatusCode, resp.Header, string(b)}
}

func field(t *testing.T, body string, path ...string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return v
}

// seen is what reached an echoing upstream.
type seen struct {
	Method, URI, Host, Body string
	Header                  http.Header
}

type echo struct {
	mu   sync.Mutex
	last seen
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	e.mu.Lock()
	e.last = seen{r.Method, r.RequestURI, r.Host, string(b), r.Header.Clone()}
	e.mu.Unlock()
	w.Header().Set("X-Litellm-Version", "1.102.4")
	w.Header()["X-Twice"] = []string{"a", "b"}
	w.WriteHeader(http.StatusTeapot)
	io.WriteString(w, "{\"an\":  \"answer\"}\n")
}

// What is not ours to handle reaches LiteLLM as it came, and its answer the client.
func TestForwardsUntouched(t *testing.T) {
	e := &echo{}
	base := start(t, e, nil)
	for _, c := range []struct{ method, path, body, want string }{
		{"GET", "/v1/models", "", ""},
		{"GET", "/models?x=1", "", ""},
		{"POST", "/embeddings", `{"input": "a"}`, ""},
		{"POST", "/v1/completions", `{"prompt": "a"}`, ""},
		{"POST", "/messages", `{"a":1}`, "/v1/messages"},
		{"POST", "/v1/messages", `{"a":1}`, ""},
		{"POST", "/responses", `{"a":1}`, ""},
		{"POST", "/chat/completions", `{"model":"m","messages":[{"role":"user","content":"hi"}],"x":  1}`, ""},
		{"POST", "/v1/chat/completions", "not json", ""},
		{"POST", "/v1/chat/completions", "", ""},
		{"GET", "/v1/chat/completions", "", ""},
		{"DELETE", "/key/delete", `{}`, ""},
		{"GET", "//double/../dots/%2Fslash?a=1;b=%zz&c", "", ""},
		{"GET", "/health/liveliness", "", ""},
		{"POST", "/openai/deployments/x/chat/completions", `{}`, ""},
		{"PROPFIND", "/anything", "body", ""},
	} {
		g := raw(t, base, c.method, c.path, c.body)
		want := c.want
		if want == "" {
			want = c.path
		}
		e.mu.Lock()
		last := e.last
		e.mu.Unlock()
		if last.Method != c.method || last.URI != want || last.Body != c.body {
			t.Errorf("%s %s: upstream saw %s %s %q", c.method, c.path, last.Method, last.URI, last.Body)
		}
		if g.status != http.StatusTeapot || g.body != "{\"an\":  \"answer\"}\n" || len(g.header["X-Twice"]) != 2 {
			t.Errorf("%s %s: answered %d %q %v", c.method, c.path, g.status, g.body, g.header)
		}
		if last.Header.Get("X-Custom") != "kept" || last.Header.Get("Authorization") != "Bearer sk-caller" || last.Header.Get("Accept-Encoding") != "" {
			t.Errorf("%s %s: headers %v", c.method, c.path, last.Header)
		}
		if f := last.Header["X-Forwarded-For"]; len(f) != 1 || !strings.HasPrefix(f[0], "10.1.2.3, ") || last.Header.Get("X-Forwarded-Proto") != "https" {
			t.Errorf("%s %s: forwarded for %v, %v", c.method, c.path, f, last.Header["X-Forwarded-Proto"])
		}
	}
}

// raw writes a request by hand, so that nothing tidies its path.
func raw(t *testing.T, base, method, path, body string) got {
	t.Helper()
	addr := strings.TrimPrefix(base, "http://")
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: proxy.test\r\nContent-Length: %d\r\nAuthorization: Bearer sk-caller\r\nX-Custom: kept\r\nX-Forwarded-For: 10.1.2.3\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n%s", method, path, len(body), body)
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return got{resp.StatusCode, resp.Header, string(b)}
}

func TestWebsocketUpgrade(t *testing.T) {
	base := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "websocket" {
			http.Error(w, "no upgrade", http.StatusBadRequest)
			return
		}
		c, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		io.WriteString(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		rw.Flush()
		line, _ := rw.ReadString('\n')
		io.WriteString(rw, "echo "+line)
		rw.Flush()
	}), nil)
	c, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "GET /v1/realtime?model=x HTTP/1.1\r\nHost: p\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	in := bufio.NewReader(c)
	resp, err := http.ReadResponse(in, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v %v", resp, err)
	}
	io.WriteString(c, "hello\n")
	if line, err := in.ReadString('\n'); line != "echo hello\n" {
		t.Errorf("%q %v", line, err)
	}
}

// A stream arrives piece by piece: each is written only after the client has seen what is before it, the headers first.
func TestStreamsPieceByPiece(t *testing.T) {
	next := make(chan struct{})
	base := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			if i > 0 {
				fmt.Fprintf(w, "data: %d\n\n", i)
			}
			w.(http.Flusher).Flush()
			select {
			case <-next:
			case <-r.Context().Done():
				return
			}
		}
	}), nil)
	resp, err := http.Post(base+"/v1/chat/completions", "application/json", strings.NewReader(`{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	next <- struct{}{} // the headers are there
	in := bufio.NewReader(resp.Body)
	if line, _ := in.ReadString('\n'); line != "data: 1\n" {
		t.Fatalf("%q", line)
	}
	close(next)
	rest, err := io.ReadAll(in)
	if string(rest) != "\ndata: 2\n\n" || err != nil {
		t.Errorf("%q %v", rest, err)
	}
	if resp.Header.Get("X-Haiku-Planner") != "forwarded" || resp.Header.Get("X-Haiku-Planner-Reason") != "small" {
		t.Errorf("%v", resp.Header)
	}
}

func TestOwnEndpoints(t *testing.T) {
	up := upstreamtest.New(nil)
	base := start(t, up, nil)
	master := []string{"Authorization", "Bearer sk-master"}
	for _, c := range []struct {
		name, method, path string
		header             []string
		status             int
		want               string
	}{
		{"health", "GET", "/health", nil, 200, `"status":"healthy"`},
		{"health is read only", "POST", "/health", nil, 405, "GET or HEAD"},
		{"ready", "GET", "/health/ready", nil, 200, `"status":"ready"`},
		{"LiteLLM's own", "GET", "/health/readiness", nil, 200, `litellm_version`},
		{"stats without key", "GET", "/haiku-planner/stats", nil, 401, "LITELLM_MASTER_KEY"},
		{"stats with another key", "GET", "/haiku-planner/stats", []string{"Authorization", "Bearer sk-caller"}, 401, "authentication_error"},
		{"stats with the bare key", "GET", "/haiku-planner/stats", []string{"Authorization", "sk-master"}, 401, ""},
		{"stats", "GET", "/haiku-planner/stats", master, 200, `"max_internal_calls":3`},
		{"stats with the scheme in another case", "GET", "/haiku-planner/stats", []string{"Authorization", "bearer sk-master"}, 200, ""},
		{"stats by HEAD", "HEAD", "/haiku-planner/stats", master, 200, ""},
		{"config without key", "GET", "/haiku-planner/config", nil, 401, ""},
		{"config", "GET", "/haiku-planner/config", master, 200, `{"key":"optimal_chunk_size","value":1500,"source":"default"}`},
		{"plan is a POST", "GET", "/haiku-planner/plan", nil, 405, "POST only"},
		{"plan of embeddings", "POST", "/haiku-planner/plan/v1/embeddings", nil, 404, "/v1/embeddings"},
		{"metrics", "GET", "/metrics", nil, 200, "# TYPE haiku_planner_requests_total counter\nhaiku_planner_requests_total "},
		{"metrics by reason", "GET", "/metrics", nil, 200, "# TYPE haiku_planner_forwarded_total counter\n"},
		{"unknown of ours", "GET", "/haiku-planner/nothing", nil, 404, "invalid_request_error"},
		{"unknown of theirs", "GET", "/health/nothing", nil, 200, ""},
	} {
		g := do(t, c.method, base+c.path, "", c.header...)
		if g.status != c.status || !strings.Contains(g.body, c.want) {
			t.Errorf("%s: %d %s", c.name, g.status, g.body)
		}
		if strings.Contains(g.body, "sk-master") {
			t.Errorf("%s: shows the master key", c.name)
		}
		if g.status >= 400 && field(t, g.body, "error", "message") == nil {
			t.Errorf("%s: no OpenAI error: %s", c.name, g.body)
		}
	}
	open := start(t, up, func(s *settings) { s.masterKey = "" })
	if g := do(t, "GET", open+"/haiku-planner/stats", ""); g.status != 200 {
		t.Errorf("stats without a master key: %d", g.status)
	}
}

func TestReadyFollowsLiteLLM(t *testing.T) {
	base := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) }), nil)
	if g := do(t, "GET", base+"/health/ready", ""); g.status != 503 || !strings.Contains(g.body, "status 503") {
		t.Errorf("%+v", g)
	}
	if g := do(t, "GET", base+"/health", ""); g.status != 200 {
		t.Errorf("%+v", g)
	}
}

func TestLiteLLMIsDown(t *testing.T) {
	base := start(t, http.NotFoundHandler(), func(s *settings) {
		s.litellmURL = &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
		s.litellm = s.litellmURL.String()
	})
	for _, path := range []string{"/v1/models", "/v1/chat/completions"} {
		g := do(t, "POST", base+path, `{"model":"m","messages":[{"role":"user","content":"hi"}]}`)
		if g.status != 502 || field(t, g.body, "error", "type") != "api_connection_error" || !strings.Contains(g.body, "LITELLM_PROXY_URL") {
			t.Errorf("%s: %+v", path, g)
		}
	}
	if g := do(t, "GET", base+"/health/ready", ""); g.status != 503 {
		t.Errorf("%+v", g)
	}
}

// The built-in sample goes through the whole line with the caller's key, and only with it.
func TestSampleGoesThroughTheWholeLine(t *testing.T) {
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if c.Schema != "" {
			return upstreamtest.Reply{Text: upstreamtest.Fill(c.SchemaRaw, nil)}
		}
		return upstreamtest.Reply{Text: "On day 83."}
	})
	base := start(t, up, nil)
	if g := do(t, "POST", base+"/haiku-planner/test", " {}\n"); g.status != 200 || field(t, g.body, "haiku_planner", "coverage", "chunks") == nil {
		t.Fatalf("an empty object is no body: %d %s", g.status, g.body)
	}
	up.Reset()
	g := do(t, "POST", base+"/haiku-planner/test", "", "Authorization", "Bearer sk-caller")
	if g.status != 200 || field(t, g.body, "haiku_planner", "decomposed") != true || g.header.Get("X-Haiku-Planner") != "decomposed" {
		t.Fatalf("%d %s", g.status, g.body)
	}
	calls := up.Calls()
	if n := field(t, g.body, "haiku_planner", "chunks_executed").(float64); n < 2 || len(calls) < 3 {
		t.Errorf("%v chunks, %d calls", n, len(calls))
	}
	for _, c := range calls {
		if c.Header.Get("Authorization") != "Bearer sk-caller" || c.Model != "autox" {
			t.Errorf("a call on %s with %q", c.Model, c.Header.Get("Authorization"))
		}
	}
	if n := field(t, do(t, "GET", base+"/haiku-planner/stats", "", "Authorization", "Bearer sk-master").body, "decomposed"); n != 2.0 {
		t.Errorf("stats say %v decomposed", n)
	}
	up.Reset()
	do(t, "POST", base+"/haiku-planner/test", `{"model":"sonnet-4-x","messages":[{"role":"user","content":"What is 1+1?"}]}`, "X-Quality", "deep")
	for _, c := range up.Calls() {
		if c.Header.Get("Authorization") != "" || c.Model != "sonnet-4-x" {
			t.Errorf("a call on %s with %q", c.Model, c.Header.Get("Authorization"))
		}
	}
}

func TestPlanCostsNothingUnderRules(t *testing.T) {
	up := upstreamtest.New(nil)
	base := start(t, up, nil)
	body := strings.Replace(string(sample("sonnet-4-x")), "Below", strings.Repeat("Below you find it. ", 2000)+"Below", 1)
	for _, path := range []string{"/haiku-planner/plan?advice=rules", "/haiku-planner/plan/v1/chat/completions?advice=rules", "/haiku-planner/plan/chat/completions?advice=rules"} {
		g := do(t, "POST", base+path, body, "Authorization", "Bearer sk-caller")
		if g.status != 200 || field(t, g.body, "decision") != "decompose" || field(t, g.body, "advised_by") != "rules" {
			t.Errorf("%s: %d %.600s", path, g.status, g.body)
		}
	}
	if n := len(up.Calls()); n != 0 {
		t.Errorf("%d calls", n)
	}
	g := do(t, "POST", base+"/haiku-planner/plan", body, "X-Max-Cost", "much")
	if g.status != 400 || field(t, g.body, "error", "param") == nil {
		t.Errorf("%d %s", g.status, g.body)
	}
}

// A plan that is refused after the planner was paid says that it must not be asked for again, as a completion would.
func TestRefusedPlansSayWhetherToRetry(t *testing.T) {
	up := httptest.NewServer(upstreamtest.New(func(upstreamtest.Call) upstreamtest.Reply {
		return upstreamtest.Reply{Text: `{"operator":"transform","dependence":"none","confidence":0.95,"instruction_paragraphs":[1],"question":"Translate it."}`}
	}))
	defer up.Close()
	u, _ := url.Parse(up.URL)
	p := newProxy(t, settings{litellm: up.URL, litellmURL: u, listen: ":0"})
	planner, err := haikuplanner.New(haikuplanner.WithLiteLLM(up.URL, ""))
	if err != nil {
		t.Fatal(err)
	}
	p.put(planner, "")
	server := httptest.NewServer(p)
	defer server.Close()
	text, _ := json.Marshal("Translate the text into German.\n\n" + strings.Repeat("Another ship left the harbour with salt.\n", 2000))
	body := `{"model":"sonnet-4-x","messages":[{"role":"user","content":` + string(text) + `}]}`
	var plan haikuplanner.Plan
	if err := json.Unmarshal([]byte(do(t, "POST", server.URL+"/haiku-planner/plan", body).body), &plan); err != nil || plan.Estimate.Cost == nil {
		t.Fatal(err, plan)
	}
	if g := do(t, "POST", server.URL+"/haiku-planner/plan", body, "X-Max-Cost", (*plan.Estimate.Cost * 12 / 10).String()); g.status != 402 || planner.Stats().Calls != 2 || g.header.Get("X-Should-Retry") != "false" {
		t.Errorf("%d %v %s after %d calls", g.status, g.header, g.body, planner.Stats().Calls)
	}
	if g := do(t, "POST", server.URL+"/haiku-planner/plan", body, "X-Max-Cost", "0.000001"); g.status != 402 || g.header.Get("X-Should-Retry") != "" {
		t.Errorf("%d %v", g.status, g.header)
	}
}

func TestMasterKeyIsLentOnlyWhenAsked(t *testing.T) {
	e := &echo{}
	lend := start(t, e, func(s *settings) { s.lend = true })
	keep := start(t, e, nil)
	chat := `{"model":"m","messages":[{"role":"user","content":"hi"}]}`
	for _, c := range []struct {
		name, base, method, path string
		header                   []string
		want                     string
	}{
		{"never by default", keep, "POST", "/v1/chat/completions", nil, ""},
		{"lent", lend, "POST", "/v1/chat/completions", nil, "Bearer sk-master"},
		{"lent for the list of models", lend, "GET", "/models", nil, "Bearer sk-master"},
		{"not for administration", lend, "POST", "/key/generate", nil, ""},
		{"not for other methods", lend, "DELETE", "/v1/models", nil, ""},
		{"a caller's own key stays", lend, "POST", "/v1/chat/completions", []string{"Authorization", "Bearer sk-caller"}, "Bearer sk-caller"},
		{"also under another name", lend, "POST", "/v1/messages", []string{"X-Api-Key", "sk-caller"}, ""},
	} {
		do(t, c.method, c.base+c.path, chat, c.header...)
		e.mu.Lock()
		if got := e.last.Header.Get("Authorization"); got != c.want {
			t.Errorf("%s: %q reached LiteLLM, want %q", c.name, got, c.want)
		}
		e.mu.Unlock()
	}
}

// Shutting down finishes a stream that is running, and takes no new requests.
func TestShutdownDrains(t *testing.T) {
	begun, finish := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "first ")
		w.(http.Flusher).Flush()
		close(begun)
		<-finish
		io.WriteString(w, "last")
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- serve(ctx, func() {}, l, h, func() time.Duration { return time.Minute }, slog.New(slog.NewTextHandler(io.Discard, nil)))
	}()
	resp, err := http.Get("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	<-begun
	cancel()
	for { // the listener closes soon after
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break
		}
		c.Close()
	}
	close(finish)
	if b, err := io.ReadAll(resp.Body); string(b) != "first last" || err != nil {
		t.Errorf("%q %v", b, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestShutdownIsBounded(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- serve(ctx, func() {}, l, h, func() time.Duration { return 50 * time.Millisecond }, slog.New(slog.NewTextHandler(io.Discard, nil)))
	}()
	resp, err := http.Get("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	cancel()
	if err := <-done; err == nil || !strings.Contains(err.Error(), "cut off after 50ms") {
		t.Errorf("%v", err)
	}
}

// An error of the proxy's own has the shape of the API that was asked, and names nothing of what stands behind it.
func TestErrorsByAPI(t *testing.T) {
	u, _ := url.Parse("http://somebody:secret@127.0.0.1:1")
	server := httptest.NewServer(newProxy(t, settings{litellm: u.String(), litellmURL: u}))
	defer server.Close()
	for path, want := range map[string][2]string{
		"/v1/chat/completions": {"", "api_connection_error"}, "/v1/messages": {"error", "api_error"}, "/haiku-planner/plan/v1/messages": {"error", "invalid_request_error"},
		"/haiku-planner/plan": {"", "invalid_request_error"},
	} {
		header := []string{}
		if strings.Contains(path, "plan") {
			header = []string{"x-max-cost", "much"}
		}
		g := do(t, "POST", server.URL+path, `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}`, header...)
		kind, _ := field(t, g.body, "type").(string)
		if kind != want[0] || field(t, g.body, "error", "type") != want[1] || strings.Contains(g.body, "somebody") || strings.Contains(g.body, "127.0.0.1") {
			t.Errorf("%s: %d %s", path, g.status, g.body)
		}
	}
}

// Where nothing is decomposed, the test says so and asks nobody.
func TestTestWhileDisabled(t *testing.T) {
	calls := 0
	up := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls++ }))
	defer up.Close()
	u, _ := url.Parse(up.URL)
	p := newProxy(t, settings{litellm: up.URL, litellmURL: u})
	cfg := haikuplanner.DefaultConfig()
	cfg.Enabled = false
	planner, err := p.current.Load().With(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p.put(planner, "")
	server := httptest.NewServer(p)
	defer server.Close()
	if g := do(t, "POST", server.URL+"/haiku-planner/test", "{}"); g.status != http.StatusServiceUnavailable || field(t, g.body, "error", "param") != "enabled" || calls > 0 {
		t.Errorf("%d %s, %d calls", g.status, g.body, calls)
	}
}

func TestReadSettings(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		env  map[string]string
		want settings
		bad  []string
	}{
		{"defaults", nil, nil, settings{listen: ":8000", litellm: "http://localhost:4000"}, nil},
		{"environment", nil, map[string]string{"PROXY_PORT": "9000", "LITELLM_PROXY_URL": "http://litellm:4000/", "LITELLM_MASTER_KEY": "k\n", "HAIKU_LEND_MASTER_KEY": "1"},
			settings{listen: ":9000", litellm: "http://litellm:4000", masterKey: "k", lend: true}, nil},
		{"flags win", []string{"-listen", "127.0.0.1:1", "-litellm", "https://l", "-config", "c.yaml", "-check"}, map[string]string{"PROXY_PORT": "9000", "LITELLM_PROXY_URL": "x"},
			settings{listen: "127.0.0.1:1", litellm: "https://l", config: "c.yaml", check: true}, nil},
		{"a client's base URL", []string{"-litellm", "http://litellm:4000/v1/"}, nil, settings{listen: ":8000", litellm: "http://litellm:4000"}, nil},
		{"all problems at once", []string{"-listen", "8000", "-lend-master-key", "stray"}, map[string]string{"PROXY_PORT": "http", "LITELLM_PROXY_URL": "localhost:4000"}, settings{},
			[]string{"PROXY_PORT", "-listen", "LITELLM_PROXY_URL", "LITELLM_MASTER_KEY", "stray"}},
		{"itself", nil, map[string]string{"LITELLM_PROXY_URL": "http://localhost:8000"}, settings{}, []string{"is the address that this proxy listens on"}},
		{"its own port elsewhere is fine", nil, map[string]string{"LITELLM_PROXY_URL": "http://litellm:8000"}, settings{listen: ":8000", litellm: "http://litellm:8000"}, nil},
	} {
		s, err := readSettings(c.args, func(k string) string { return c.env[k] }, io.Discard)
		if len(c.bad) > 0 {
			for _, b := range c.bad {
				if err == nil || !strings.Contains(err.Error(), b) {
					t.Errorf("%s: %v does not name %s", c.name, err, b)
				}
			}
			continue
		}
		s.litellmURL = nil
		if diff := cmp.Diff(c.want, s, cmp.AllowUnexported(settings{})); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", c.name, err, diff)
		}
	}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := dir + "/" + name
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("good.yaml", "haiku_planner:\n  optimal_chunk_size: 1400\n  chunk_size: 3\n")
	bad := file("bad.yaml", "haiku_planner:\n  optimal_chunk_sise: 1400\n  max_chunks: many\n  min_chunk_size: -1\n")
	for _, c := range []struct {
		name   string
		args   []string
		status int
		stdout []string
		stderr []string
	}{
		{"version", []string{"-version"}, 0, []string{"haiku-proxy "}, nil},
		{"check", []string{"-check", "-config", good}, 0, []string{"✅ Config yüklendi: " + good, "OPTIMAL_CHUNK_SIZE: 1400", "COST_OPTIMIZATION_ENABLED: true", "note:", "chunk_size"}, nil},
		{"every problem", []string{"-config", bad, "-litellm", "nonsense"}, 2, nil, []string{"bad.yaml:2", "optimal_chunk_size", "bad.yaml:3", "bad.yaml:4", "-litellm"}},
		{"missing file", []string{"-config", dir + "/none.yaml"}, 2, nil, []string{"none.yaml"}},
		{"flag", []string{"-nothing"}, 2, nil, []string{"-nothing", "-listen"}},
		{"help", []string{"-help"}, 0, nil, []string{"-lend-master-key"}},
		{"address in use", []string{"-config", good, "-listen", "256.0.0.1:1"}, 1, nil, []string{"-listen"}},
		{"nobody is healthy", []string{"-health", "-listen", "127.0.0.1:1"}, 1, nil, []string{"haiku-proxy:"}},
	} {
		var stdout, stderr bytes.Buffer
		status := run(context.Background(), c.args, func(string) string { return "" }, &stdout, &stderr)
		if status != c.status {
			t.Errorf("%s: status %d\n%s%s", c.name, status, stdout.String(), stderr.String())
		}
		for _, w := range c.stdout {
			if !strings.Contains(stdout.String(), w) {
				t.Errorf("%s: no %q on standard output:\n%s", c.name, w, stdout.String())
			}
		}
		for _, w := range c.stderr {
			if !strings.Contains(stderr.String(), w) {
				t.Errorf("%s: no %q on standard error:\n%s", c.name, w, stderr.String())
			}
		}
	}
}

// The request line does not say where plans are asked for: that would be anybody's host, with the caller's key or ours.
func TestPlanOfAnAbsoluteTarget(t *testing.T) {
	asked := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer elsewhere.Close()
	base := start(t, upstreamtest.New(func(upstreamtest.Call) upstreamtest.Reply { return upstreamtest.Reply{Text: "no advice"} }), func(s *settings) { s.lend = true })
	text, _ := json.Marshal(map[string]any{"model": "sonnet-4-x", "messages": []any{map[string]string{"role": "user", "content": "Count the ships.\n\n" + strings.Repeat("A ship came in, and another one left.\n\n", 2000)}}})
	g := raw(t, base, "POST", elsewhere.URL+"/haiku-planner/plan", string(text))
	if g.status != http.StatusOK || asked > 0 {
		t.Errorf("status %d, the other host was asked %d times: %.200s", g.status, asked, g.body)
	}
}

func TestTestRefusesWhatIsNoChat(t *testing.T) {
	base := start(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("LiteLLM was asked") }), nil)
	for _, body := range []string{`{"prompt":"hello"}`, `{"messages":[]}`, "hello", `{"messages":{}}`} {
		if g := do(t, "POST", base+"/haiku-planner/test", body); g.status != http.StatusBadRequest || field(t, g.body, "error", "param") != "messages" {
			t.Errorf("%s: %d %s", body, g.status, g.body)
		}
	}
}

func TestTestOfALongBody(t *testing.T) {
	u, _ := url.Parse("http://localhost:1")
	p := newProxy(t, settings{litellm: u.String(), litellmURL: u})
	cfg := haikuplanner.DefaultConfig()
	cfg.MaxBodyBytes = 1000
	planner, err := p.current.Load().With(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p.put(planner, "")
	server := httptest.NewServer(p)
	defer server.Close()
	body := `{"model":"sonnet-4-x","messages":[{"role":"user","content":"` + strings.Repeat("a", 2000) + `"}]}`
	if g := do(t, "POST", server.URL+"/haiku-planner/test", body); g.status != http.StatusRequestEntityTooLarge || field(t, g.body, "error", "type") != "invalid_request_error" {
		t.Errorf("%d %s", g.status, g.body)
	}
}
