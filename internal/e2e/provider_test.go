//go:build litellm

package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/haiku-planner/haikuplanner/internal/tokens"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// A provider is what stands behind LiteLLM: it speaks OpenAI's /chat/completions and Anthropic's /v1/messages over one script, records what it was
// sent, and counts tokens truly.
type provider struct {
	*httptest.Server
	up *upstreamtest.Upstream

	mu      sync.Mutex
	script  func(upstreamtest.Call) upstreamtest.Reply
	counted upstreamtest.Usage // sum over all replies that were completions
}

func newProvider(t *testing.T) *provider {
	p := &provider{script: reader("answer").Script}
	p.up = upstreamtest.New(p.reply)
	mux := http.NewServeMux()
	mux.Handle("/", p.up)
	mux.HandleFunc("POST /v1/messages", p.messages)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// ours are headers of upstreamtest's that a provider does not send.
var ours = http.Header{"X-Litellm-Call-Id": nil, "X-Litellm-Version": nil, "X-Litellm-Model-Id": nil, "X-Litellm-Model-Api-Base": nil}

func (p *provider) reply(c upstreamtest.Call) upstreamtest.Reply {
	p.mu.Lock()
	script := p.script
	p.mu.Unlock()
	if c.Schema == "" {
		c.Schema, c.SchemaRaw = schemaInWords(c)
	}
	r := script(c)
	h := ours.Clone()
	for k, v := range r.Header {
		h[k] = v
	}
	r.Header = h
	if r.Error == "" && r.Raw == nil && r.Usage == nil && r.Cut == 0 {
		u := upstreamtest.Usage{Completion: tokens.O200K().Count(r.Text)}
		for _, m := range c.Messages {
			u.Prompt += tokens.O200K().Count(m.Text) + 4
		}
		r.Usage = &u
		p.mu.Lock()
		p.counted.Prompt += u.Prompt
		p.counted.Completion += u.Completion
		p.mu.Unlock()
	}
	return r
}

var inWords = regexp.MustCompile(`JSON schema[^\n]* named (\w+):\n`)

// schemaInWords finds the schema that a call of ours has in its texts, where the API has no field for it.
func schemaInWords(c upstreamtest.Call) (name string, schema json.RawMessage) {
	for _, m := range c.Messages {
		at := inWords.FindStringSubmatchIndex(m.Text)
		if at == nil {
			continue
		}
		if json.NewDecoder(strings.NewReader(m.Text[at[1]:])).Decode(&schema) == nil {
			return m.Text[at[2]:at[3]], schema
		}
	}
	return "", nil
}

// use sets the script and forgets what was recorded.
func (p *provider) use(script func(upstreamtest.Call) upstreamtest.Reply) {
	p.mu.Lock()
	p.script, p.counted = script, upstreamtest.Usage{}
	p.mu.Unlock()
	p.up.Reset()
}

func (p *provider) usage() upstreamtest.Usage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counted
}

// messages answers Anthropic's API through the script. A schema that came in a field is put into words at the end of the system text, where
// reply reads it.
func (p *provider) messages(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var in map[string]json.RawMessage
	if json.Unmarshal(body, &in) != nil || r.Header.Get("X-Api-Key") == "" {
		http.Error(w, `{"type":"error","error":{"type":"invalid_request_error","message":"no"}}`, http.StatusBadRequest)
		return
	}
	type format struct {
		Schema json.RawMessage `json:"schema"`
	}
	var given format
	var config struct{ Format format }
	json.Unmarshal(in["output_format"], &given)
	json.Unmarshal(in["output_config"], &config)
	if given.Schema == nil {
		given = config.Format
	}
	if given.Schema != nil {
		words, _ := json.Marshal(map[string]string{"type": "text", "text": "Under a JSON schema named given:\n" + string(given.Schema)})
		var system string
		var blocks []json.RawMessage
		if json.Unmarshal(in["system"], &system) == nil && system != "" {
			block, _ := json.Marshal(map[string]string{"type": "text", "text": system})
			blocks = append(blocks, block)
		} else {
			json.Unmarshal(in["system"], &blocks)
		}
		in["system"], _ = json.Marshal(append(blocks, words))
		body, _ = json.Marshal(in)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	p.up.ServeHTTP(w, r)
}

var mark = regexp.MustCompile(`MARK-\d\d: \w+`)

// isPlan tells a planner call by what its schema asks for: LiteLLM does not pass the schema's name to Anthropic.
func isPlan(c upstreamtest.Call) bool { return strings.Contains(string(c.SchemaRaw), `"operator"`) }

// reader is a model that makes no mistakes: it plans the operator, notes every mark, and answers with the marks that it is shown.
func reader(operator string) upstreamtest.Worker {
	plan, _ := json.Marshal(map[string]any{
		"instruction_paragraphs": []int{1}, "operator": operator, "dependence": "none", "confidence": 0.95,
		"question": "Which lines of this passage begin with MARK-? Copy each one.", "unit": "line", "labels": []string{}, "order": "source",
		"conflict": "both", "language": "", "words": 0, "sections": []any{}, "parallel": false, "digest": "",
	})
	return upstreamtest.Worker{Match: mark, Plan: string(plan), IsPlan: isPlan}
}

// A tap stands between the proxy and LiteLLM and records what the proxy sends, byte for byte.
type tap struct {
	*httptest.Server
	mu       sync.Mutex
	requests []tapped
}

type tapped struct {
	Method, Path string
	Header       http.Header
	Body         []byte
}

func newTap(t *testing.T, target string) *tap {
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &tap{}
	onward := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(u); r.Out.Host = r.In.Host },
		FlushInterval: -1,
		// LiteLLM resets the connection after some of its own failures; the next request shall not pay for that.
		Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true},
		ErrorLog:  log.New(io.Discard, "", 0), // calls that the proxy gives up are no news
	}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		p.mu.Lock()
		p.requests = append(p.requests, tapped{r.Method, r.URL.RequestURI(), r.Header.Clone(), body})
		p.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		onward.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// all are the POSTs since the last reset.
func (p *tap) all() []tapped {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []tapped
	for _, r := range p.requests {
		if r.Method == http.MethodPost {
			out = append(out, r)
		}
	}
	return out
}

func (p *tap) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = nil
}

// posts are the chat calls since the last reset.
func (p *tap) posts() []tapped {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []tapped
	for _, r := range p.requests {
		if r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/chat/completions") {
			out = append(out, r)
		}
	}
	return out
}
