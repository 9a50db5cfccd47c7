package offline

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner/internal/tokens"
)

func post(t *testing.T, path, body string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	New().ServeHTTP(w, httptest.NewRequest("POST", path, strings.NewReader(body)))
	if w.Header().Get("X-Offline") != "extractive" {
		t.Error("an answer that does not say what it is")
	}
	return w.Result()
}

type completion struct {
	Model   string
	Print   string `json:"system_fingerprint"`
	Choices []struct {
		Message struct{ Role, Content string }
		Delta   struct{ Role, Content string }
		Finish  string `json:"finish_reason"`
	}
	Usage *struct {
		Prompt int `json:"prompt_tokens"`
		Output int `json:"completion_tokens"`
		Total  int `json:"total_tokens"`
		Cost   json.Number
	}
}

const ask = `"messages":[{"role":"user","content":[{"type":"text","text":"Who built the harbour?\n<t>The harbour was built by Anna Reyes. It rained.</t>"}]}]`

const built = "The harbour was built by Anna Reyes."

func TestCompletion(t *testing.T) {
	for _, path := range []string{"/chat/completions", "/v1/chat/completions"} {
		resp := post(t, path, `{"model":"sonnet-4-x",`+ask+`}`)
		var c completion
		if err := json.NewDecoder(resp.Body).Decode(&c); err != nil || resp.StatusCode != 200 {
			t.Fatalf("%d, %v", resp.StatusCode, err)
		}
		if c.Choices[0].Message.Content != built || c.Choices[0].Finish != "stop" || c.Model != "sonnet-4-x" || c.Print != Fingerprint {
			t.Errorf("%+v", c)
		}
		wantPrompt := tokens.O200K().Count("Who built the harbour?\n<t>The harbour was built by Anna Reyes. It rained.</t>") + perMessage + perReply
		wantOutput := tokens.O200K().Count(built)
		if u := c.Usage; u.Prompt != wantPrompt || u.Output != wantOutput || u.Total != wantPrompt+wantOutput {
			t.Errorf("usage %+v, want %d and %d", u, wantPrompt, wantOutput)
		}
		want := string(dollars(int64(wantPrompt)*3_000_000 + int64(wantOutput)*15_000_000))
		if got := resp.Header.Get("X-Litellm-Response-Cost"); got != want || resp.Header.Get("X-Litellm-Model-Id") == "" {
			t.Errorf("cost %q, want %q; headers %v", got, want, resp.Header)
		}
	}
}

func TestStreamSaysTheSame(t *testing.T) {
	resp := post(t, "/v1/chat/completions", `{"model":"autox","stream":true,"stream_options":{"include_usage":true},`+ask+`}`)
	body, _ := io.ReadAll(resp.Body)
	var text, role, finish string
	var cost json.Number
	events := strings.Split(strings.TrimSuffix(string(body), "\n\n"), "\n\n")
	for _, e := range events[:len(events)-1] {
		var c completion
		if err := json.Unmarshal([]byte(strings.TrimPrefix(e, "data: ")), &c); err != nil || len(c.Choices) != 1 {
			t.Fatalf("%q: %v", e, err)
		}
		text += c.Choices[0].Delta.Content
		role += c.Choices[0].Delta.Role
		finish += c.Choices[0].Finish
		if c.Usage != nil {
			cost = c.Usage.Cost
		}
	}
	if text != built || role != "assistant" || finish != "stop" || cost == "" || events[len(events)-1] != "data: [DONE]" || len(events) != 10 {
		t.Errorf("%q, role %q, finish %q, cost %q, %d events:\n%s", text, role, finish, cost, len(events), body)
	}
	resp = post(t, "/v1/chat/completions", `{"model":"autox","stream":true,`+ask+`}`)
	if body, _ := io.ReadAll(resp.Body); strings.Contains(string(body), "usage") {
		t.Errorf("usage nobody asked for:\n%s", body)
	}
}

func TestMaxTokensCuts(t *testing.T) {
	for _, field := range []string{"max_tokens", "max_completion_tokens"} {
		resp := post(t, "/chat/completions", `{"model":"autox","`+field+`":3,`+ask+`}`)
		var c completion
		if err := json.NewDecoder(resp.Body).Decode(&c); err != nil {
			t.Fatal(err)
		}
		if c.Choices[0].Finish != "length" || c.Usage.Output > 3 || c.Usage.Output == 0 || !strings.HasPrefix(built, c.Choices[0].Message.Content) {
			t.Errorf("%s: %+v, %+v", field, c.Choices, c.Usage)
		}
	}
}

func TestRefusals(t *testing.T) {
	big := `{"model":"autox","messages":[{"role":"user","content":"` + strings.Repeat("word ", 200_001) + `"}]}`
	tests := []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"unknown model", "/chat/completions", `{"model":"gpt-9",` + ask + `}`, 400, "Invalid model name passed in model=gpt-9."},
		{"no model", "/chat/completions", `{` + ask + `}`, 400, "Invalid model name passed in model=None."},
		{"no JSON", "/chat/completions", `{"model"`, 400, "Invalid JSON"},
		{"no messages", "/chat/completions", `{"model":"autox","messages":[]}`, 400, "at least one message"},
		{"window", "/v1/chat/completions", big, 400, "litellm.ContextWindowExceededError: litellm.BadRequestError"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp := post(t, tt.path, tt.body)
			var e struct {
				Error struct {
					Message string
					Code    string
				}
			}
			if err := json.NewDecoder(resp.Body).Decode(&e); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || !strings.Contains(e.Error.Message, tt.want) || e.Error.Code != "400" {
				t.Errorf("%d %+v", resp.StatusCode, e)
			}
		})
	}
	if resp := post(t, "/v1/embeddings", "{}"); resp.StatusCode != 404 {
		t.Errorf("an unknown path answered %d", resp.StatusCode)
	}
}

func TestLookups(t *testing.T) {
	s := New()
	for path, want := range map[string]string{
		"/model/info":        `"input_cost_per_token":0.000000250000`,
		"/v1/model/info":     `"max_input_tokens":200000`,
		"/models":            `"id":"sonnet-4-x"`,
		"/v1/models":         `"id":"autox"`,
		"/health/readiness":  `"status":"healthy"`,
		"/health/liveliness": "alive",
		"/health/liveness":   "alive",
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
