// Package offline is an upstream that needs no key and no network: a server in the shape of LiteLLM's proxy over a small extractive model. The model is no
// language model. It sees the messages of each call and nothing else, finds what is asked for by the means that any chat model is addressed with (roles, marked
// blocks, response_format), and answers with sentences of the text it was given, ranked by BM25. It knows no prompt, id or document of this project, so that
// what runs before it runs the same way before a real LiteLLM.
//
// Every answer says what it is: system_fingerprint and the header x-offline are "extractive". What it cannot do: write, translate, count, reason, call
// tools, see images.
package offline

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/tokens"
)

// Fingerprint is the system_fingerprint of every answer, and the value of the header x-offline.
const Fingerprint = "offline-extractive"

// A Model is a name that the server answers to.
type Model struct {
	Name      string
	Provider  string // litellm_params.model, shown in /model/info
	Input     int64  // price of a prompt token in 10⁻¹² dollar
	Output    int64  // price of a completion token in 10⁻¹² dollar
	Window    int    // prompt tokens at most
	MaxOutput int    // completion tokens at most
}

// Models are the two of the specification, at its prices: autox at 0.25 and 1.25 dollars a million tokens, sonnet-4-x at 3 and 15. Nothing is charged.
func Models() []Model {
	return []Model{
		{"autox", "anthropic/claude-3-haiku-20240307", 250_000, 1_250_000, 200_000, 8_192},
		{"sonnet-4-x", "anthropic/claude-sonnet-4-20250514", 3_000_000, 15_000_000, 200_000, 64_000},
	}
}

// A Server is the upstream as an http.Handler. Make one with New. Safe for concurrent use.
type Server struct {
	models []Model
	mux    *http.ServeMux
	calls  atomic.Int64
}

// New returns a server for the models given, or for Models when none is.
func New(models ...Model) *Server {
	if len(models) == 0 {
		models = Models()
	}
	s := &Server{models: models, mux: http.NewServeMux()}
	for _, prefix := range []string{"", "/v1"} {
		s.mux.HandleFunc("POST "+prefix+"/chat/completions", s.chat)
		s.mux.HandleFunc("GET "+prefix+"/models", s.list)
		s.mux.HandleFunc("GET "+prefix+"/model/info", s.info)
	}
	s.mux.HandleFunc("GET /health/readiness", func(w http.ResponseWriter, _ *http.Request) {
		write(w, 200, map[string]any{"status": "healthy", "db": "Not connected", "litellm_version": Fingerprint})
	})
	alive := func(w http.ResponseWriter, _ *http.Request) { write(w, 200, "I'm alive!") }
	s.mux.HandleFunc("GET /health/liveliness", alive)
	s.mux.HandleFunc("GET /health/liveness", alive)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { write(w, 404, map[string]string{"detail": "Not Found"}) })
	return s
}

// ServeHTTP answers LiteLLM's chat, model and health paths, with and without /v1; any other with 404.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Offline", "extractive")
	s.mux.ServeHTTP(w, r)
}

func (s *Server) list(w http.ResponseWriter, _ *http.Request) {
	rows := []map[string]any{}
	for _, m := range s.models {
		rows = append(rows, map[string]any{"id": m.Name, "object": "model", "created": 1677610602, "owned_by": "openai"})
	}
	write(w, 200, map[string]any{"data": rows, "object": "list"})
}

func (s *Server) info(w http.ResponseWriter, _ *http.Request) {
	rows := []map[string]any{}
	for _, m := range s.models {
		provider, key, _ := strings.Cut(m.Provider, "/")
		rows = append(rows, map[string]any{
			"model_name":     m.Name,
			"litellm_params": map[string]any{"model": m.Provider},
			"model_info": map[string]any{
				"id": m.id(), "db_model": false, "key": key, "mode": "chat", "litellm_provider": provider,
				"max_tokens": m.MaxOutput, "max_input_tokens": m.Window, "max_output_tokens": m.MaxOutput,
				"input_cost_per_token": dollars(m.Input), "output_cost_per_token": dollars(m.Output),
				"supports_response_schema": true, "supports_function_calling": false,
			},
		})
	}
	write(w, 200, map[string]any{"data": rows})
}

func (m Model) id() string { return "offline-" + m.Name }

// dollars writes an amount of 10⁻¹² dollar as a decimal number.
func dollars(pico int64) json.Number {
	return json.Number(fmt.Sprintf("%d.%012d", pico/1e12, pico%1e12))
}

// A chatRequest is what the server reads of a chat body; unknown fields are ignored, as LiteLLM does with drop_params.
type chatRequest struct {
	Model    string `json:"model"`
	Messages []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	} `json:"messages"`
	Stream        bool `json:"stream"`
	StreamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	MaxTokens           int `json:"max_tokens"`
	MaxCompletionTokens int `json:"max_completion_tokens"`
	ResponseFormat      struct {
		Type       string `json:"type"`
		JSONSchema struct {
			Schema json.RawMessage `json:"schema"`
		} `json:"json_schema"`
	} `json:"response_format"`
}

// perMessage is what the frame of a chat message costs, as in OpenAI's counting recipe for gpt-4o; perReply is the frame of the reply.
const (
	perMessage = 3
	perReply   = 3
)

func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone
	}
	var q chatRequest
	if err := json.Unmarshal(body, &q); err != nil {
		fail(w, 400, "Invalid JSON payload", "invalid_request_error")
		return
	}
	var model *Model
	for i := range s.models {
		if s.models[i].Name == q.Model {
			model = &s.models[i]
		}
	}
	switch {
	case model == nil:
		name := q.Model
		if name == "" {
			name = "None"
		}
		fail(w, 400, fmt.Sprintf("/chat/completions: Invalid model name passed in model=%s. Call `/v1/models` to view available models for your key.", name), "invalid_request_error")
		return
	case len(q.Messages) == 0:
		fail(w, 400, "litellm.BadRequestError: AnthropicException - messages: at least one message is required. Received Model Group="+q.Model, "invalid_request_error")
		return
	}
	turns := make([]turn, len(q.Messages))
	prompt := perReply
	for i, m := range q.Messages {
		turns[i] = turn{m.Role, contentText(m.Content)}
		prompt += perMessage + tokens.O200K().Count(turns[i].text)
	}
	prompt += tokens.O200K().Count(string(q.ResponseFormat.JSONSchema.Schema))
	if prompt > model.Window {
		fail(w, 400, fmt.Sprintf("litellm.ContextWindowExceededError: litellm.BadRequestError: AnthropicException - "+
			`{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: %d tokens > %d maximum"}}. Received Model Group=%s`+
			"\nAvailable Model Group Fallbacks=None", prompt, model.Window, model.Name), "invalid_request_error")
		return
	}

	a := answer{model: model, created: time.Now().Unix(), prompt: prompt, finish: "stop"}
	a.text = reply(turns, format{q.ResponseFormat.Type, q.ResponseFormat.JSONSchema.Schema})
	limit := model.MaxOutput
	for _, n := range []int{q.MaxTokens, q.MaxCompletionTokens} {
		if n > 0 {
			limit = min(limit, n)
		}
	}
	a.limit(limit)
	a.id = fmt.Sprintf("chatcmpl-offline-%d", s.calls.Add(1))
	h := w.Header()
	h.Set("X-Litellm-Call-Id", a.id)
	h.Set("X-Litellm-Model-Id", model.id())
	h.Set("X-Litellm-Model-Group", model.Name)
	if q.Stream {
		a.stream(w, q.StreamOptions.IncludeUsage)
		return
	}
	h.Set("X-Litellm-Response-Cost", string(a.cost()))
	write(w, 200, a.completion())
}

// contentText is the text of a message's content; parts that are not text are not seen.
func contentText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var parts []struct{ Text string }
	if json.Unmarshal(raw, &parts) != nil {
		return ""
	}
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = p.Text
	}
	return strings.Join(texts, "\n")
}

func write(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		b, status = []byte(`{"error":{"message":"the answer cannot be written as JSON","type":null,"param":null,"code":"500"}}`), 500
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	w.Write(b)
}

func fail(w http.ResponseWriter, status int, message, kind string) {
	w.Header().Set("X-Litellm-Response-Cost", "0")
	write(w, status, map[string]any{"error": map[string]any{"message": message, "type": kind, "param": nil, "code": strconv.Itoa(status)}})
}
