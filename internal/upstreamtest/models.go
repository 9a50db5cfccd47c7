package upstreamtest

import (
	"encoding/json"
	"net/http"
	"strings"
)

// A Model is a row of /model/info. Prices are decimal text in dollars per token, as LiteLLM writes them ("2.5e-07"); "" leaves the field out.
type Model struct {
	Name      string // what clients ask for
	Provider  string // litellm_params.model, "anthropic/claude-…"
	Base      string // model_info.base_model; "" leaves it null
	Input     string
	Output    string
	Window    int // max_input_tokens; 0 is null
	MaxOutput int // max_output_tokens and max_tokens; 0 is null
	TPM       int // litellm_params.tpm; 0 leaves it out
}

// DefaultModels are the two models of the specification: autox at 0.25 and 1.25 dollars a million tokens, sonnet-4-x at 3 and 15.
func DefaultModels() []Model {
	return []Model{
		{Name: "autox", Provider: "anthropic/claude-3-haiku-20240307", Input: "2.5e-07", Output: "1.25e-06", Window: 200_000, MaxOutput: 8192},
		{Name: "sonnet-4-x", Provider: "anthropic/claude-sonnet-4-20250514", Input: "3e-06", Output: "1.5e-05", Window: 200_000, MaxOutput: 64_000},
	}
}

// SetModels replaces the table of /model/info. With none, the look-ups answer an empty list.
func (u *Upstream) SetModels(models ...Model) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.models = models
}

// ModelInfo renders LiteLLM's answer to GET /model/info.
func ModelInfo(models []Model) []byte {
	type object = map[string]any
	number := func(s string) any {
		if s == "" {
			return nil
		}
		return json.Number(s)
	}
	count := func(n int) any {
		if n == 0 {
			return nil
		}
		return n
	}
	data := []object{}
	for _, m := range models {
		provider, _, _ := strings.Cut(m.Provider, "/")
		params := object{"model": m.Provider, "use_in_pass_through": false, "merge_reasoning_content_in_choices": false}
		if m.TPM > 0 {
			params["tpm"] = m.TPM
		}
		info := object{
			"id": "id-" + m.Name, "db_model": false, "key": m.Provider, "mode": "chat", "litellm_provider": provider,
			"max_tokens": count(m.MaxOutput), "max_input_tokens": count(m.Window), "max_output_tokens": count(m.MaxOutput),
			"input_cost_per_token": number(m.Input), "output_cost_per_token": number(m.Output),
			"supports_response_schema": true, "supports_function_calling": true,
		}
		if m.Base != "" {
			info["base_model"] = m.Base
		}
		data = append(data, object{"model_name": m.Name, "litellm_params": params, "model_info": info})
	}
	b, _ := json.Marshal(object{"data": data})
	return b
}

func (u *Upstream) lookup(path string) *exchange {
	u.mu.Lock()
	defer u.mu.Unlock()
	var body []byte
	switch strings.TrimPrefix(path, "/v1") {
	case "/model/info":
		body = ModelInfo(u.models)
	case "/models":
		type row struct {
			ID      string `json:"id"`
			Object  string `json:"object"`
			Created int    `json:"created"`
			OwnedBy string `json:"owned_by"`
		}
		rows := []row{}
		for _, m := range u.models {
			rows = append(rows, row{m.Name, "model", 1677610602, "openai"})
		}
		body, _ = json.Marshal(map[string]any{"data": rows, "object": "list"})
	case "/health/readiness":
		body = []byte(`{"status":"healthy","db":"Not connected","litellm_version":"1.102.4"}`)
	case "/health/liveliness", "/health/liveness":
		body = []byte(`"I'm alive!"`)
	default:
		return nil
	}
	u.lookups++
	h := http.Header{"Content-Type": {"application/json"}}
	return &exchange{status: http.StatusOK, header: h, pieces: []piece{{data: body}}, length: len(body)}
}
