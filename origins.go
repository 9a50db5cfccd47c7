package haikuplanner

import (
	"net/http"
	"strings"
)

// crossOrigin begins the names of the headers by which a server says which pages of other origins may read its answer, and what of it.
const crossOrigin = "Access-Control-"

// heard keeps what the first call that is answered says of them.
func (r *run) heard(h http.Header) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.origins != nil {
		return
	}
	r.origins = http.Header{}
	for name, v := range h {
		if strings.HasPrefix(name, crossOrigin) {
			r.origins[name] = v
		}
	}
}

// readable lets those pages read an answer of ours as they may read upstream's, and in it that they must not repeat the request: the SDKs run in browsers too.
func (r *run) readable(h http.Header) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, v := range r.origins {
		if h[name] == nil {
			h[name] = v[:len(v):len(v)]
		}
	}
	if h[headerRetry] != nil && h[crossOrigin+"Allow-Origin"] != nil {
		h.Add(crossOrigin+"Expose-Headers", headerRetry)
	}
}
