// Package upstreamtest is a scripted upstream for tests: a function from calls to replies, served as an http.RoundTripper (no sockets and no
// goroutines, so that it runs inside testing/synctest) and as an http.Handler. It renders the shapes of LiteLLM's proxy, records all that it was sent,
// and misbehaves as told: delays, errors, cut connections.
package upstreamtest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A Call is one request that reached the script. Header and Body are the upstream's own copies.
type Call struct {
	N      int // the call's index in Calls
	Method string
	Path   string // with the query, where there is one
	Header http.Header
	Body   []byte

	// What a chat body says; zero where the body is no chat request.
	Model     string
	Stream    bool
	WantUsage bool // stream_options.include_usage
	System    string
	User      string // text of the last user message
	Messages  []Message
	MaxTokens int
	Schema    string          // name in response_format.json_schema
	SchemaRaw json.RawMessage // the schema itself
	Format    string          // response_format.type

	At     time.Time     // arrival
	Took   time.Duration // until the last byte was handed over or the client left; 0 while in flight
	Done   bool          // the exchange is over
	HungUp bool          // the client left before it had the whole reply
}

// A Message is one turn of a chat body; Text joins its text parts.
type Message struct{ Role, Text string }

// A Usage is what the reply says it has counted.
type Usage struct{ Prompt, Completion, Cached int }

// A Reply says what to answer. The zero Reply is an empty completion with status 200.
type Reply struct {
	Status int           // 0: 200, or 400 with Error
	Header http.Header   // added to the usual ones; a value of nil removes a usual one
	Text   string        // the completion
	Finish string        // "" is "stop"
	Usage  *Usage        // nil: a quarter of the bytes of all messages and of the text, rounded up
	NoUse  bool          // no usage at all
	Cost   string        // x-litellm-response-cost, and usage.cost in streams
	Error  string        // an error in LiteLLM's shape with this message
	Type   string        // the error's type; "" is null
	Delay  time.Duration // before the status line
	Pause  time.Duration // before each piece of a streamed text
	Cut    int           // break the connection after so many body bytes; < 0: before the status line
	Raw    []byte        // the body as it is; Content-Type is application/json unless Header says otherwise
	// StreamChunks are the pieces in which Text is streamed; nil: word by word. They also stand for Text where that is empty.
	StreamChunks []string
	StreamError  string // an error frame after the pieces, instead of the finish
	NoDone       bool   // the stream ends without finish, usage and [DONE], as a proxy that died cleanly
	ToolCalls    json.RawMessage
	Refusal      string
	Thinking     string // on the Messages and Responses APIs: a block of thinking, or a summary of reasoning, before the text
}

// An Upstream answers by its script. It is safe for concurrent use; the script is called concurrently.
type Upstream struct {
	script func(Call) Reply

	mu       sync.Mutex
	calls    []*Call
	lookups  int
	inFlight int
	peak     int
	idle     sync.Cond
	models   []Model
}

// New returns an upstream with the default models (see DefaultModels). A nil script answers "ok" to everything.
func New(script func(Call) Reply) *Upstream {
	if script == nil {
		script = func(Call) Reply { return Reply{Text: "ok"} }
	}
	u := &Upstream{script: script, models: DefaultModels()}
	u.idle.L = &u.mu
	return u
}

// Calls returns copies of all calls so far in order of arrival, without look-ups of models and health.
func (u *Upstream) Calls() []Call {
	u.mu.Lock()
	defer u.mu.Unlock()
	calls := make([]Call, len(u.calls))
	for i, c := range u.calls {
		calls[i] = *c
	}
	return calls
}

// Lookups says how many requests for models and health were answered.
func (u *Upstream) Lookups() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.lookups
}

// InFlight says how many calls are being answered now: from arrival until the body was read to its end, closed or cut.
func (u *Upstream) InFlight() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.inFlight
}

// MaxInFlight is the highest InFlight so far.
func (u *Upstream) MaxInFlight() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.peak
}

// Wait blocks until no call is in flight: a handler learns of a client's hang-up only a little later.
func (u *Upstream) Wait() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for u.inFlight > 0 {
		u.idle.Wait()
	}
}

// Reset forgets all calls and counts.
func (u *Upstream) Reset() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.calls, u.lookups, u.peak = nil, 0, u.inFlight
}

// begin reads and records a request. ok is false for look-ups, which are answered without the script.
func (u *Upstream) begin(r *http.Request) (c *Call, look *exchange, err error) {
	var body []byte
	if r.Body != nil {
		body, err = io.ReadAll(r.Body)
		if err != nil {
			return nil, nil, err
		}
	}
	if r.Method == http.MethodGet {
		if x := u.lookup(r.URL.Path); x != nil {
			return nil, x, nil
		}
	}
	c = &Call{Method: r.Method, Path: r.URL.RequestURI(), Header: r.Header.Clone(), Body: body, At: time.Now()}
	c.read()
	u.mu.Lock()
	defer u.mu.Unlock()
	c.N = len(u.calls)
	u.calls = append(u.calls, c)
	u.inFlight++
	u.peak = max(u.peak, u.inFlight)
	return c, nil, nil
}

func (u *Upstream) end(c *Call, hungUp bool) {
	if c == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if c.Done {
		return
	}
	c.Done, c.HungUp, c.Took = true, hungUp, time.Since(c.At)
	if u.inFlight--; u.inFlight == 0 {
		u.idle.Broadcast()
	}
}

// snapshot is what the script gets: later changes to the record do not race with it.
func (u *Upstream) snapshot(c *Call) Call {
	u.mu.Lock()
	defer u.mu.Unlock()
	return *c
}

// read fills the fields that a chat body has; a body that is none leaves them zero.
func (c *Call) read() {
	switch {
	case c.IsMessages():
		c.readMessages()
		return
	case c.IsResponses():
		c.readResponses()
		return
	}
	var b struct {
		Model         string `json:"model"`
		Stream        bool   `json:"stream"`
		StreamOptions struct {
			IncludeUsage bool `json:"include_usage"`
		} `json:"stream_options"`
		Messages []struct {
			Role    string          `json:"role"`
			Content json.RawMessage `json:"content"`
		} `json:"messages"`
		Prompt              json.RawMessage `json:"prompt"`
		MaxTokens           int             `json:"max_tokens"`
		MaxCompletionTokens int             `json:"max_completion_tokens"`
		ResponseFormat      struct {
			Type       string `json:"type"`
			JSONSchema struct {
				Name   string          `json:"name"`
				Schema json.RawMessage `json:"schema"`
			} `json:"json_schema"`
		} `json:"response_format"`
	}
	if json.Unmarshal(c.Body, &b) != nil {
		return
	}
	c.Model, c.Stream, c.WantUsage = b.Model, b.Stream, b.StreamOptions.IncludeUsage
	c.MaxTokens = max(b.MaxTokens, b.MaxCompletionTokens)
	c.Format, c.Schema, c.SchemaRaw = b.ResponseFormat.Type, b.ResponseFormat.JSONSchema.Name, b.ResponseFormat.JSONSchema.Schema
	if c.IsCompletions() {
		c.readPrompt(b.Prompt)
	}
	var system []string
	for _, m := range b.Messages {
		text := contentText(m.Content)
		c.Messages = append(c.Messages, Message{Role: m.Role, Text: text})
		switch m.Role {
		case "system", "developer":
			system = append(system, text)
		case "user":
			c.User = text
		}
	}
	c.System = strings.Join(system, "\n")
}

func contentText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var parts []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if json.Unmarshal(raw, &parts) != nil {
		return ""
	}
	var texts []string
	for _, p := range parts {
		if p.Type == "text" || p.Type == "input_text" {
			texts = append(texts, p.Text)
		}
	}
	return strings.Join(texts, "\n")
}
