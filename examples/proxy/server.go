package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/haiku-planner/haikuplanner"
)

// A proxy is all that its handlers share. Only the planner is ever replaced, so it is safe for concurrent use.
type proxy struct {
	settings
	current atomic.Pointer[serving]
	base    http.RoundTripper
	forward httputil.ReverseProxy // what the one of each exchange begins as
	log     *slog.Logger
}

// newHandler is the whole server: reverse proxies whose transport is the planner's, and a few paths of our own.
func newHandler(s settings, planner *haikuplanner.Planner, source string, base http.RoundTripper, logger *slog.Logger) (*proxy, error) {
	if s.litellmURL == nil {
		return nil, errors.New("there is no LiteLLM to forward to: set -litellm or LITELLM_PROXY_URL")
	}
	p := &proxy{settings: s, base: base, log: logger}
	p.put(planner, source)
	p.forward = httputil.ReverseProxy{
		Rewrite: p.rewrite,
		// No FlushInterval: pieces of unknown length, and of event streams, are passed on at once without it; an answer of known length goes out in one write.
		ErrorHandler: p.unreachable,
		ErrorLog:     slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	return p, nil
}

// ServeHTTP answers our own paths and forwards all others. It is no http.ServeMux, because that redirects paths it finds untidy, and a path that is not
// ours goes to LiteLLM as it came.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case path == "/health":
		p.only(w, r, p.health, http.MethodGet, http.MethodHead)
	case path == "/health/ready":
		p.only(w, r, p.ready, http.MethodGet, http.MethodHead)
	case path == "/haiku-planner/stats":
		p.only(w, r, p.guarded(p.stats), http.MethodGet, http.MethodHead)
	case path == "/haiku-planner/config":
		p.only(w, r, p.guarded(p.configuration), http.MethodGet, http.MethodHead)
	case path == "/haiku-planner/test":
		p.only(w, r, p.test, http.MethodPost)
	case path == planPath || strings.HasPrefix(path, planPath+"/"):
		p.only(w, r, p.plan, http.MethodPost)
	case path == "/metrics":
		p.only(w, r, p.metrics, http.MethodGet, http.MethodHead)
	case path == "/haiku-planner" || strings.HasPrefix(path, "/haiku-planner/"):
		writeError(w, http.StatusNotFound, "invalid_request_error", "", "there is no "+r.Method+" "+clip(path)+" here: see /health, /haiku-planner/stats, /config, /plan and /test")
	default:
		p.pass(w, r)
	}
}

// rewrite turns a client's request into LiteLLM's: another host, everything else as it came.
func (p *proxy) rewrite(r *httputil.ProxyRequest) {
	if r.In.URL.Path == "/messages" { // LiteLLM knows it only with /v1
		r.Out.URL.Path, r.Out.URL.RawPath = "/v1/messages", ""
	}
	r.Out.URL.RawQuery = r.In.URL.RawQuery // also what Go's parser does not like
	r.SetURL(p.litellmURL)
	forwardedHeaders(r)
	if p.lend && lendable(r.In) {
		r.Out.Header.Set("Authorization", "Bearer "+p.masterKey)
	}
}

// forwardedHeaders adds our hop, keeping what a load balancer before us said about the first one.
func forwardedHeaders(r *httputil.ProxyRequest) {
	in := r.In.Header
	r.Out.Header["X-Forwarded-For"] = in["X-Forwarded-For"]
	r.SetXForwarded()
	for _, name := range []string{"Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if v, ok := in[name]; ok {
			r.Out.Header[name] = v
		}
	}
}

// lendable says whether a request may spend the master key: it names no key of its own, and it asks for an answer, not for LiteLLM's administration.
func lendable(r *http.Request) bool {
	for _, name := range []string{"Authorization", "X-Api-Key", "Api-Key", "X-Litellm-Api-Key", "X-Goog-Api-Key", "Ocp-Apim-Subscription-Key"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	switch strings.TrimPrefix(r.URL.Path, "/v1") {
	case "/chat/completions", "/completions", "/embeddings", "/messages", "/responses":
		return r.Method == http.MethodPost
	case "/models":
		return r.Method == http.MethodGet
	}
	return false
}

// unreachable answers when there is no answer: LiteLLM is down, or the client has gone.
func (p *proxy) unreachable(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil || errors.Is(err, context.Canceled) {
		w.WriteHeader(499) // nobody reads it; nginx's number for a client that went away
		return
	}
	cause := err
	var where *url.Error
	if errors.As(err, &where) {
		cause = where.Err
	}
	p.log.Warn("LiteLLM did not answer", "path", clip(r.URL.Path), "error", cause.Error())
	writeError(w, http.StatusBadGateway, "api_connection_error", "", "LiteLLM did not answer at "+p.litellmURL.Redacted()+": is it running? (-litellm, LITELLM_PROXY_URL)")
}

// only lets the named methods through.
func (p *proxy) only(w http.ResponseWriter, r *http.Request, h http.HandlerFunc, methods ...string) {
	for _, m := range methods {
		if r.Method == m {
			h(w, r)
			return
		}
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	writeError(w, http.StatusMethodNotAllowed, "invalid_request_error", "", clip(r.URL.Path)+" takes "+strings.Join(methods, " or ")+" only")
}

// An exchange is one request on its way through the reverse proxy and one answer on its way back. It knows what buffer the answer is worth to be copied with.
type exchange struct {
	httputil.ReverseProxy
	to     http.RoundTripper
	resp   *http.Response
	pool   *sync.Pool
	buffer *[]byte
}

// pass forwards a request to LiteLLM, through the planner.
func (p *proxy) pass(w http.ResponseWriter, r *http.Request) {
	e := &exchange{ReverseProxy: p.forward, to: p}
	e.Transport, e.BufferPool = e, e
	e.ServeHTTP(w, r)
}

// Copy buffers. A stream holds one for as long as it lasts, and its events are short.
const eventBuffer, copyBuffer = 512, 32 << 10

var (
	eventBuffers = sync.Pool{New: func() any { b := make([]byte, eventBuffer); return &b }}
	copyBuffers  = sync.Pool{New: func() any { b := make([]byte, copyBuffer); return &b }}
)

// RoundTrip implements http.RoundTripper.
func (e *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := e.to.RoundTrip(r)
	e.resp, e.pool = resp, &copyBuffers
	if err == nil && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		e.pool = &eventBuffers
	}
	return resp, err
}

// Get implements httputil.BufferPool. The headers were copied to the client's by then; a stream would keep them half a kilobyte for as long as it lasts.
func (e *exchange) Get() []byte {
	e.resp.Header = nil
	e.buffer = e.pool.Get().(*[]byte)
	return *e.buffer
}

// Put implements httputil.BufferPool.
func (e *exchange) Put([]byte) { e.pool.Put(e.buffer) }
