//go:build litellm

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
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

// messages answers Anthropic's API, as far as LiteLLM uses it here, through the script: the call is recorded as a chat completion.
func (p *provider) messages(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Model     string          `json:"model"`
		MaxTokens int             `json:"max_tokens"`
		Stream    bool            `json:"stream"`
		System    json.RawMessage `json:"system"`
		Messages  []struct {
			Role    string          `json:"role"`
			Content json.RawMessage `json:"content"`
		} `json:"messages"`
		Format struct {
			Schema json.RawMessage `json:"schema"`
		} `json:"output_format"`
	}
	body, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(body, &in); err != nil || r.Header.Get("X-Api-Key") == "" {
		http.Error(w, `{"type":"error","error":{"type":"invalid_request_error","message":"no"}}`, http.StatusBadRequest)
		return
	}
	type object = map[string]any
	messages := []object{}
	if in.System != nil {
		messages = append(messages, object{"role": "system", "content": in.System})
	}
	for _, m := range in.Messages {
		messages = append(messages, object{"role": m.Role, "content": m.Content})
	}
	chat := object{"model": in.Model, "max_tokens": in.MaxTokens, "messages": messages}
	if in.Format.Schema != nil {
		chat["response_format"] = object{"type": "json_schema", "json_schema": object{"name": "given", "schema": in.Format.Schema}}
	}
	b, _ := json.Marshal(chat)
	req, _ := http.NewRequestWithContext(r.Context(), http.MethodPost, "/v1/chat/completions", bytes.NewReader(b))
	res, err := p.up.RoundTrip(req)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer res.Body.Close()
	var out struct {
		Choices []struct {
			Message struct{ Content string }
		}
		Usage struct {
			Prompt     int `json:"prompt_tokens"`
			Completion int `json:"completion_tokens"`
		}
		Error *struct{ Message string }
	}
	if json.NewDecoder(res.Body).Decode(&out) != nil {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	if out.Error != nil {
		w.WriteHeader(res.StatusCode)
		json.NewEncoder(w).Encode(object{"type": "error", "error": object{"type": "invalid_request_error", "message": out.Error.Message}})
		return
	}
	text := out.Choices[0].Message.Content
	whole := object{"id": "msg_1", "type": "message", "role": "assistant", "model": in.Model, "stop_reason": "end_turn", "stop_sequence": nil,
		"content": []object{{"type": "text", "text": text}}, "usage": object{"input_tokens": out.Usage.Prompt, "output_tokens": out.Usage.Completion}}
	if !in.Stream {
		json.NewEncoder(w).Encode(whole)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	event := func(name string, data object) {
		data["type"] = name
		b, _ := json.Marshal(data)
		fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, b)
		http.NewResponseController(w).Flush()
	}
	whole["content"], whole["stop_reason"] = []object{}, nil
	event("message_start", object{"message": whole})
	event("content_block_start", object{"index": 0, "content_block": object{"type": "text", "text": ""}})
	for _, piece := range upstreamtest.Words(text) {
		event("content_block_delta", object{"index": 0, "delta": object{"type": "text_delta", "text": piece}})
	}
	event("content_block_stop", object{"index": 0})
	event("message_delta", object{"delta": object{"stop_reason": "end_turn"}, "usage": object{"output_tokens": out.Usage.Completion}})
	event("message_stop", object{})
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
