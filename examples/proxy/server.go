package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/haiku-planner/haikuplanner"
)

// A proxy is all that its handlers share. Only the planner is ever replaced, so it is safe for concurrent use.
type proxy struct {
	settings
	current atomic.Pointer[serving]
	base    http.RoundTripper
	reverse *httputil.ReverseProxy // for what is special
	log     *slog.Logger
}

// newHandler is the whole server: reverse proxies whose transport is the planner's, and a few paths of our own.
func newHandler(s settings, planner *haikuplanner.Planner, source string, base http.RoundTripper, logger *slog.Logger) (*proxy, error) {
	if s.litellmURL == nil {
		return nil, errors.New("there is no LiteLLM to forward to: set -litellm or LITELLM_PROXY_URL")
	}
	p := &proxy{settings: s, base: base, log: logger}
	p.put(planner, source)
	p.reverse = &httputil.ReverseProxy{
		Rewrite:   p.rewrite,
		Transport: p,
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
		writeError(w, http.StatusNotFound, "invalid_request_error", "", "there is no "+r.Method+" "+clip(path)+" here: there are /haiku-planner/stats, /haiku-planner/config, /haiku-planner/plan and /haiku-planner/test")
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
	in := r.In.Header // may be r.Out's too
	r.Out.Header["X-Forwarded-For"] = in["X-Forwarded-For"]
	names := [...]string{"Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto"}
	var said [len(names)][]string
	for i, name := range names {
		said[i] = in[name]
	}
	r.SetXForwarded()
	for i, name := range names {
		if said[i] != nil {
			r.Out.Header[name] = said[i]
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
	if errors.Is(err, errSilent) {
		w.Header().Set("Connection", "close")
		writeErrorFor(w, r.URL.Path, http.StatusRequestTimeout, "timeout", "", "", errSilent.Error())
		return
	}
	if r.Context().Err() != nil || errors.Is(err, context.Canceled) {
		w.WriteHeader(499) // nobody reads it; nginx's number for a client that went away
		return
	}
	cause := err
	var where *url.Error
	if errors.As(err, &where) {
		cause = where.Err
	}
	p.log.Warn("LiteLLM did not answer", "at", p.litellmURL.Redacted(), "path", clip(r.URL.Path), "error", cause.Error())
	writeErrorFor(w, r.URL.Path, http.StatusBadGateway, "api_connection_error", "", "", "LiteLLM did not answer: is it running? (-litellm, LITELLM_PROXY_URL; the log says more)")
}

// only lets the named methods through.
func (p *proxy) only(w http.ResponseWriter, r *http.Request, h http.HandlerFunc, methods ...string) {
	if slices.Contains(methods, r.Method) {
		h(w, r)
		return
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	writeError(w, http.StatusMethodNotAllowed, "invalid_request_error", "", clip(r.URL.Path)+" takes "+strings.Join(methods, " or ")+" only")
}
