package main

import (
	"net/http"
	"net/url"
	"testing"
)

// LiteLLM redirects a path with a slash too many to itself, under the name that we call it by. A client that follows stays with us.
func TestRedirectsLeadThroughUs(t *testing.T) {
	base := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+r.Host+"/v1/chat/completions", http.StatusTemporaryRedirect)
	}), nil)
	for _, header := range [][]string{nil, {"Connection", "Upgrade", "Upgrade", "h2c"}} { // both ways through us
		a := do(t, "POST", base+"/v1/chat/completions/", `{"model":"m","messages":[{"role":"user","content":"hi"}]}`, header...)
		if to := a.header.Get("Location"); a.status != 307 || to != "/v1/chat/completions" {
			t.Errorf("%v: status %d to %s", header, a.status, to)
		}
	}

	const host = "litellm:4000"
	for _, c := range []struct{ litellm, to, want string }{
		{"http://" + host, "http://" + host + "/ui/?a=%2F#b", "/ui/?a=%2F#b"},
		{"http://" + host, "https://" + host + "/ui/", "/ui/"},
		{"http://" + host, "/ui/", "/ui/"},
		{"http://" + host, "http://" + host + "0/ui/", "http://" + host + "0/ui/"},
		{"http://" + host, "https://sso.test/login?to=http://" + host + "/ui/", "https://sso.test/login?to=http://" + host + "/ui/"},
		{"http://" + host, "http://" + host + "//evil.test/", "http://" + host + "//evil.test/"},
		{"http://" + host, "http://" + host + `/\evil.test/`, "http://" + host + `/\evil.test/`},
		{"http://" + host + "/llm/", "http://" + host + "/llm/ui/", "/ui/"},
		{"http://" + host + "/llm", "/llm/ui/", "/ui/"},
		{"http://" + host + "/llm", "/llmx/ui/", "/llmx/ui/"},
		{"http://" + host + "/llm", "http://" + host + "/other", "http://" + host + "/other"},
	} {
		u, err := url.Parse(c.litellm)
		if err != nil {
			t.Fatal(err)
		}
		if got := (&proxy{settings: settings{litellmURL: u}}).throughUs(c.to); got != c.want {
			t.Errorf("of %s, %s leads to %s, want %s", c.litellm, c.to, got, c.want)
		}
	}
}
