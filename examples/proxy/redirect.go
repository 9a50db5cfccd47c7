package main

import (
	"net/http"
	"strings"
)

// redirected makes LiteLLM's redirects to itself lead back through us: it knows itself only by the name that we call it by, which clients may not even reach.
func (p *proxy) redirected(h http.Header) {
	if to := h["Location"]; len(to) == 1 {
		h["Location"] = []string{p.throughUs(to[0])}
	}
}

func (p *proxy) throughUs(to string) string {
	rest, prefix := to, strings.TrimSuffix(p.litellmURL.EscapedPath(), "/")
	for _, scheme := range []string{"http://", "https://"} { // a load balancer before us may have said that it is the other one
		rest = strings.TrimPrefix(rest, scheme+p.litellmURL.Host)
	}
	if rest == to && prefix == "" {
		return to
	}
	rest, ok := strings.CutPrefix(rest, prefix)
	if !ok || !strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, `/\`) { // these two begin with a host
		return to
	}
	return rest
}
