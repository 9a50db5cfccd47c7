package haikuplanner

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// crossOrigin begins the names of the headers by which a server says which pages of other origins may read its answer, and what of it.
const crossOrigin = "Access-Control-"

// heard keeps what the first call that is answered says of them.
func (r *run) heard(h http.Header) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.origins == nil {
		r.origins = originsIn(h)
	}
}

func originsIn(h http.Header) http.Header {
	origins := http.Header{}
	for name, v := range h {
		if strings.HasPrefix(name, crossOrigin) {
			origins[name] = v
		}
	}
	return origins
}

// originsWait is how long an answer of ours waits to be told who may read it.
const originsWait = 2 * time.Second

// origins asks upstream, where a page wants an answer before any call was answered, what browsers ask it before they send such a request.
func (l *look) origins(next http.RoundTripper) http.Header {
	origin := l.http.Header["Origin"]
	if len(origin) == 0 || l.http.Context().Err() != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ofOurs(l.http.Context()), originsWait)
	defer cancel()
	ask := (&http.Request{Method: http.MethodOptions, URL: l.url, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: l.http.Host,
		Header: http.Header{"Origin": origin, crossOrigin + "Request-Method": {http.MethodPost}}}).WithContext(ctx)
	resp, err := exchange(next, ask)
	if err != nil {
		return nil
	}
	cancel()
	resp.Body.Close()
	said := originsIn(resp.Header)
	for _, name := range []string{"Allow-Methods", "Allow-Headers", "Max-Age"} { // these are for browsers that ask
		delete(said, crossOrigin+name)
	}
	return said
}

// readable lets those pages read an answer of ours as they may read upstream's.
func (r *run) readable(h http.Header) {
	r.mu.Lock()
	origins := r.origins
	r.mu.Unlock()
	if origins == nil {
		origins = r.look.origins(r.next)
	}
	readable(h, origins)
}

// readable adds what upstream said of origins, and that pages may read, too, that they must not repeat the request: the SDKs run in browsers.
func readable(h, origins http.Header) {
	for name, v := range origins {
		if h[name] == nil {
			h[name] = v[:len(v):len(v)]
		}
	}
	if h[headerRetry] != nil && h[crossOrigin+"Allow-Origin"] != nil {
		h.Add(crossOrigin+"Expose-Headers", headerRetry)
	}
}
