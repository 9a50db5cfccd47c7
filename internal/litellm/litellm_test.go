package litellm

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseModelInfoRecorded(t *testing.T) {
	models, err := ParseModelInfo(fixture(t, "model_info.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Model{
		// Two deployments: the dearer input price of the second, the dearer output price of the first; one has no tpm.
		"autox":      {Name: "autox", Provider: "anthropic", Base: "anthropic/claude-haiku-4-5", InputCost: "1.5e-06", OutputCost: "5e-06", MaxInput: 200000, MaxOutput: 64000},
		"sonnet-4-x": {Name: "sonnet-4-x", Provider: "anthropic", Base: "anthropic/claude-sonnet-4-5", InputCost: "3e-06", OutputCost: "1.5e-05", MaxInput: 200000, MaxOutput: 64000},
		"gpt":        {Name: "gpt", Provider: "openai", Base: "openai/gpt-4o", InputCost: "2.5e-06", OutputCost: "1e-05", MaxInput: 128000, MaxOutput: 16384},
		"slow":       {Name: "slow", Provider: "openai", Base: "openai/gpt-4o", InputCost: "2.5e-06", OutputCost: "1e-05", MaxInput: 128000, MaxOutput: 16384},
		"tinyrpm":    {Name: "tinyrpm", Provider: "openai", Base: "openai/gpt-4o", InputCost: "2.5e-06", OutputCost: "1e-05", MaxInput: 128000, MaxOutput: 16384, TPM: 100},
		"o3":         {Name: "o3", Provider: "openai", Base: "openai/o3-mini", InputCost: "1.1e-06", OutputCost: "4.4e-06", MaxInput: 200000, MaxOutput: 100000},
		"priced":     {Name: "priced", Provider: "openai", Base: "gpt-4o-mini", InputCost: "2.5e-07", OutputCost: "1.25e-06", MaxInput: 32000, MaxOutput: 4096},
		// LiteLLM's 0 for "never heard of it", with and without a declared window.
		"local":    {Name: "local", Provider: "openai", Base: "openai/my-finetune"},
		"windowed": {Name: "windowed", Provider: "openai", Base: "openai/my-win", MaxInput: 32000},
		"freemap":  {Name: "freemap", Provider: "gemini", Base: "gemini/gemini-2.0-flash-exp"},
		"onlyin":   {Name: "onlyin", Provider: "openai", Base: "openai/my-onlyin", InputCost: "1e-07"},
		// Declared as free.
		"free":  {Name: "free", Provider: "openai", Base: "openai/my-free", InputCost: "0.0", OutputCost: "0.0"},
		"free2": {Name: "free2", Provider: "openai", Base: "openai/my-free2", InputCost: "0.0", OutputCost: "0.0"},
	}
	if diff := cmp.Diff(want, models); diff != "" {
		t.Errorf("models (-want +got):\n%s", diff)
	}
}

func TestParseModelInfo(t *testing.T) {
	tests := []struct {
		name, body string
		want       map[string]Model
	}{
		{"no models", `{"data":[]}`, map[string]Model{}},
		{"unknown in one deployment is unknown for the group", `{"data":[
			{"model_name":"m","litellm_params":{"model":"openai/a"},"model_info":{"input_cost_per_token":1e-6,"output_cost_per_token":2e-6,"max_input_tokens":8000}},
			{"model_name":"m","litellm_params":{"model":"openai/b"},"model_info":{"input_cost_per_token":0,"output_cost_per_token":3e-6,"max_input_tokens":null}}]}`,
			map[string]Model{"m": {Name: "m", Provider: "openai", Base: "openai/a", OutputCost: "3e-6", MaxInput: 8000}}},
		{"smallest windows, largest tpm", `{"data":[
			{"model_name":"m","litellm_params":{"model":"openai/a","tpm":1000},"model_info":{"max_input_tokens":8000,"max_output_tokens":2000}},
			{"model_name":"m","litellm_params":{"model":"openai/b"},"model_info":{"max_input_tokens":16000,"max_output_tokens":1000,"tpm":5000}}]}`,
			map[string]Model{"m": {Name: "m", Provider: "openai", Base: "openai/a", MaxInput: 8000, MaxOutput: 1000, TPM: 5000}}},
		{"numbers in strings, floats, nonsense", `{"data":[{"model_name":"m","litellm_params":{"model":7,"input_cost_per_token":"2.5e-07"},
			"model_info":{"output_cost_per_token":"0x1p-3","max_input_tokens":200000.0,"max_output_tokens":-5,"tpm":"NaN"}}]}`,
			map[string]Model{"m": {Name: "m", InputCost: "2.5e-07", MaxInput: 200000}}},
		{"numbers beyond reason", `{"data":[{"model_name":"m","litellm_params":{"tpm":1e300},"model_info":{"max_input_tokens":1e13,"max_output_tokens":0.5}}]}`,
			map[string]Model{"m": {Name: "m"}}},
		{"entries that are not models", `{"data":[1,null,{},{"model_name":""},{"model_name":3},{"model_name":"m","model_info":[]},{"model_name":"n"}]}`,
			map[string]Model{"n": {Name: "n"}}},
	}
	for _, tt := range tests {
		got, err := ParseModelInfo([]byte(tt.body))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	for _, body := range []string{``, `<html>`, `{}`, `{"data":null}`, `[]`, `{"data":{}}`} {
		if got, err := ParseModelInfo([]byte(body)); err == nil {
			t.Errorf("ParseModelInfo(%q) = %v, want an error", body, got)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestFetchModels(t *testing.T) {
	const list = `{"data":[{"model_name":"m","litellm_params":{"model":"openai/a"},"model_info":{}}]}`
	answer := func(status int, body string) *http.Response {
		return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Header: http.Header{}}
	}
	tests := []struct {
		name, base string
		answers    map[string]*http.Response
		asked      []string
		fails      string // what the error must say; "" none
	}{
		{"root", "http://litellm:4000", map[string]*http.Response{"/model/info": answer(200, list)}, []string{"http://litellm:4000/model/info"}, ""},
		{"base with /v1 and slash", "http://litellm:4000/v1/", map[string]*http.Response{"/model/info": answer(200, list)}, []string{"http://litellm:4000/model/info"}, ""},
		{"below a path", "http://litellm:4000/llm", map[string]*http.Response{"/llm/model/info": answer(200, list)}, []string{"http://litellm:4000/llm/model/info"}, ""},
		{"only under v1", "http://litellm:4000", map[string]*http.Response{"/v1/model/info": answer(200, list)}, []string{"http://litellm:4000/model/info", "http://litellm:4000/v1/model/info"}, ""},
		{"nowhere", "http://litellm:4000", nil, []string{"http://litellm:4000/model/info", "http://litellm:4000/v1/model/info"}, "status 404"},
		{"refused", "http://litellm:4000", map[string]*http.Response{"/model/info": answer(401, `{"error":{"message":"no"}}`)}, []string{"http://litellm:4000/model/info"}, "status 401: no (set LITELLM_MASTER_KEY"},
		{"not LiteLLM", "http://litellm:4000", map[string]*http.Response{"/model/info": answer(200, `<html>`)}, []string{"http://litellm:4000/model/info"}, "not the JSON"},
		{"not a URL", "litellm:4000", nil, nil, "not the URL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var asked []string
			rt := roundTrip(func(r *http.Request) (*http.Response, error) {
				asked = append(asked, r.URL.String())
				if got := r.Header.Get("Authorization"); got != "Bearer sk-secret" {
					t.Errorf("Authorization = %q", got)
				}
				if res := tt.answers[r.URL.Path]; res != nil {
					return res, nil
				}
				return answer(404, `{"detail":"Not Found"}`), nil
			})
			models, err := FetchModels(context.Background(), rt, tt.base, "sk-secret")
			if diff := cmp.Diff(tt.asked, asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			switch {
			case tt.fails == "" && (err != nil || len(models) != 1):
				t.Errorf("got %v, %v", models, err)
			case tt.fails != "" && (err == nil || !strings.Contains(err.Error(), tt.fails) || strings.Contains(err.Error(), "secret")):
				t.Errorf("error %v, want one that says %q and not the key", err, tt.fails)
			}
		})
	}
}

// What a look-up leaves behind is no connection that callers' requests would go on: LiteLLM resets it after some of its errors.
func TestFetchModelsKeepsItsConnectionToItself(t *testing.T) {
	var mu sync.Mutex
	from := map[string]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		from[r.URL.Path] = r.RemoteAddr
		http.Error(w, "{}", http.StatusInternalServerError)
	}))
	defer server.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	if _, err := FetchModels(context.Background(), transport, server.URL, ""); err == nil {
		t.Fatal("no error")
	}
	r, err := http.NewRequest("POST", server.URL+"/v1/chat/completions", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	mu.Lock()
	defer mu.Unlock()
	if len(from) != 2 || from["/model/info"] == from["/v1/chat/completions"] {
		t.Errorf("the requests came from %v", from)
	}
}

func TestReadRefusalRecorded(t *testing.T) {
	var cases []struct {
		Name, Source string
		Status       int
		Body         json.RawMessage
		Want         struct {
			Kind, Param, Wait        string
			Status, Requested, Limit int
		}
	}
	if err := json.Unmarshal(fixture(t, "refusals.json"), &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 40 {
		t.Fatalf("%d refusals", len(cases))
	}
	for _, c := range cases {
		r := ReadRefusal(c.Status, c.Body)
		wait, _ := time.ParseDuration(c.Want.Wait)
		if r.Kind.String() != c.Want.Kind || r.Requested != c.Want.Requested || r.Limit != c.Want.Limit || r.Wait != wait {
			t.Errorf("%s: got %v, requested %d, limit %d, wait %v; want %+v", c.Name, r.Kind, r.Requested, r.Limit, r.Wait, c.Want)
		}
		if c.Want.Kind == "bad-parameter" && r.Param != c.Want.Param {
			t.Errorf("%s: param %q, want %q", c.Name, r.Param, c.Want.Param)
		}
		if want := max(c.Status, c.Want.Status); r.Status != want {
			t.Errorf("%s: status %d, want %d", c.Name, r.Status, want)
		}
		if r.Message == "" || r.Message[0] == '{' {
			t.Errorf("%s: message %q", c.Name, r.Message)
		}
	}
}

func TestReadRefusalShapes(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   Refusal
	}{
		{"Anthropic's own", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 3 tokens > 2 maximum"}}`,
			Refusal{Kind: ContextWindow, Status: 400, Type: "invalid_request_error", Message: "prompt is too long: 3 tokens > 2 maximum", Requested: 3, Limit: 2}},
		{"FastAPI detail", 404, `{"detail":"Not Found"}`, Refusal{Kind: UnknownModel, Status: 404, Message: "Not Found"}},
		{"detail as an object", 400, `{"detail":{"error":"x"}}`, Refusal{Status: 400, Message: `{"error":"x"}`}},
		{"error as a string", 500, `{"error":"boom"}`, Refusal{Kind: Transient, Status: 500, Message: "boom"}},
		{"error null", 500, `{"error":null,"message":"boom"}`, Refusal{Kind: Transient, Status: 500, Message: "boom"}},
		{"message only", 429, `{"message":"slow down, try again in 1m2.5s"}`, Refusal{Kind: RateLimited, Status: 429, Message: "slow down, try again in 1m2.5s", Wait: 62500 * time.Millisecond}},
		{"text", 502, "Bad Gateway\n", Refusal{Kind: Transient, Status: 502, Message: "Bad Gateway"}},
		{"empty", 503, "", Refusal{Kind: Transient, Status: 503}},
		{"not UTF-8", 500, "\xff\xfe", Refusal{Kind: Transient, Status: 500, Message: "\uFFFD"}},
		{"numeric code", 400, `{"error":{"message":"m","type":null,"param":null,"code":400}}`, Refusal{Status: 400, Message: "m", Code: "400"}},
		{"fields of other types", 400, `{"error":{"message":["m"],"type":{},"param":3}}`, Refusal{Kind: BadParameter, Status: 400, Param: "3"}},
		{"messages is not a parameter of ours", 400, `{"error":{"message":"Invalid value","param":"messages"}}`, Refusal{Status: 400, Message: "Invalid value", Param: "messages"}},
		{"nor where the body is not understood", 422, `{"error":{"message":"Invalid value","param":"messages"}}`, Refusal{Status: 422, Message: "Invalid value", Param: "messages"}},
		{"a fault that talks of windows", 500, `{"error":{"message":"the context window could not be read"}}`, Refusal{Kind: Transient, Status: 500, Message: "the context window could not be read"}},
		{"a limit that talks of windows", 429, `{"error":{"message":"slow down: the context window is large"}}`, Refusal{Kind: RateLimited, Status: 429, Message: "slow down: the context window is large"}},
		{"a prompt that talks of parameters", 500, `{"error":{"message":"temperature not supported"}}`, Refusal{Kind: Transient, Status: 500, Message: "temperature not supported"}},
		{"LiteLLM's client refuses a parameter", 500, `{"error":{"message":"AsyncCompletions.create() got an unexpected keyword argument 'response_format'. Received Model Group=autox"}}`,
			Refusal{Kind: BadParameter, Status: 500, Message: "AsyncCompletions.create() got an unexpected keyword argument 'response_format'. Received Model Group=autox", Param: "response_format"}},
		{"frame without a code", 0, `{"error":{"message":"m"}}`, Refusal{Message: "m"}},
		{"requested below the limit means wait", 429, `{"error":{"message":"Limit 30000, Requested 20000"}}`, Refusal{Kind: RateLimited, Status: 429, Message: "Limit 30000, Requested 20000", Requested: 20000, Limit: 30000}},
		{"numbers with commas", 429, `{"error":{"message":"Limit: 30,000, Requested: 342,389"}}`, Refusal{Kind: TooManyForLimit, Status: 429, Message: "Limit: 30,000, Requested: 342,389", Requested: 342389, Limit: 30000}},
		{"numbers beyond reason", 429, `{"error":{"message":"Limit 3, Requested 99999999999999999999999"}}`, Refusal{Kind: RateLimited, Status: 429, Message: "Limit 3, Requested 99999999999999999999999", Limit: 3}},
		{"vLLM", 400, `{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion).","code":400}`,
			Refusal{Kind: ContextWindow, Status: 400, Message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion).", Requested: 5000, Limit: 4096}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, ReadRefusal(tt.status, []byte(tt.body))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestKindString(t *testing.T) {
	for k, want := range map[Kind]string{Other: "other", Transient: "transient", Transient + 1: "other", 255: "other"} {
		if got := k.String(); got != want {
			t.Errorf("%d is %q, want %q", k, got, want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 24, 2, 30, 0, 0, time.UTC)
	h := func(kv ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(kv); i += 2 {
			h.Set(kv[i], kv[i+1])
		}
		return h
	}
	tests := []struct {
		name string
		h    http.Header
		want time.Duration
		ok   bool
	}{
		{"none", h(), 0, false},
		{"seconds", h("Retry-After", "7"), 7 * time.Second, true},
		{"fraction", h("Retry-After", "0.5"), 500 * time.Millisecond, true},
		{"date", h("Retry-After", "Tue, 24 Nov 2026 02:30:20 GMT"), 20 * time.Second, true},
		{"date in the past", h("Retry-After", "Tue, 24 Nov 2026 02:29:20 GMT"), 0, true},
		{"milliseconds are finer", h("Retry-After", "4", "Retry-After-Ms", "3980"), 3980 * time.Millisecond, true},
		{"the provider's", h("Llm_provider-Retry-After", "9"), 9 * time.Second, true},
		{"the longer of both", h("Retry-After", "5", "Llm_provider-Retry-After", "2"), 5 * time.Second, true},
		{"negative", h("Retry-After", "-1"), 0, false},
		{"nonsense", h("Retry-After", "soon"), 0, false},
		{"at once", h("Retry-After", "0"), 0, true},
		{"not a number", h("Retry-After", "NaN"), 0, false},
		{"beyond a day", h("Retry-After", "1e300"), 24 * time.Hour, true},
	}
	for _, tt := range tests {
		if got, ok := RetryAfter(tt.h, now); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %v, %v; want %v, %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

func TestHeadersRecorded(t *testing.T) {
	var recorded map[string]map[string]string
	if err := json.Unmarshal(fixture(t, "headers.json"), &recorded); err != nil {
		t.Fatal(err)
	}
	type reading struct {
		Cost   string
		HasFee bool
		Cached bool
		Wait   time.Duration
	}
	got := map[string]reading{}
	for name, kv := range recorded {
		h := http.Header{}
		for k, v := range kv {
			h.Set(k, v)
		}
		var r reading
		r.Cost, r.HasFee = Cost(h)
		r.Cached = Cached(h)
		r.Wait, _ = RetryAfter(h, time.Time{})
		got[name] = r
	}
	want := map[string]reading{
		"answer":                {Cost: "6e-05", HasFee: true},
		"answer from the cache": {Cost: "6e-05", HasFee: true, Cached: true},
		"stream":                {},
		"refusal":               {Cost: "0", HasFee: true},
		"cool down":             {Cost: "0", HasFee: true, Wait: 5 * time.Second},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("readings (-want +got):\n%s", diff)
	}
}

func TestDollars(t *testing.T) {
	for in, want := range map[string]string{"0.00006000000000000001": "6e-05", "9.6e-05": "9.6e-05", "12": "1.2e+01", "0.0": "0", "0.1234567890123456": "1.23456789012346e-01",
		"": "", "None": "", "-1": "", "Inf": "", "0x1p-4": "", "1_0": ""} {
		if got, ok := Dollars(in); got != want || ok != (want != "") {
			t.Errorf("Dollars(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}

func FuzzReadRefusal(f *testing.F) {
	f.Add(400, []byte(`{"error":{"message":"prompt is too long: 3 tokens > 2 maximum"}}`))
	f.Add(429, []byte(`{"error":{"message":"Limit 1, Requested 2. Please try again in 3ms"}}`))
	f.Add(0, []byte(`{"error":{"code":529}}`))
	f.Add(502, []byte("<html>"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		r := ReadRefusal(status, body)
		if len(r.Message) > maxMessage+len("…") || r.Requested < 0 || r.Limit < 0 || r.Wait < 0 || r.Kind > Transient {
			t.Errorf("%+v", r)
		}
		if r.Kind == BadParameter && r.Param == "" {
			t.Error("a bad parameter without its name")
		}
	})
}

func FuzzParseModelInfo(f *testing.F) {
	f.Add([]byte(`{"data":[{"model_name":"m","litellm_params":{"model":"a/b"},"model_info":{"input_cost_per_token":1e-6}}]}`))
	f.Add([]byte(`{"data":[{"model_name":"m"},{"model_name":"m","model_info":{"max_input_tokens":"8"}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		models, err := ParseModelInfo(body)
		if err != nil {
			return
		}
		for name, m := range models {
			if name == "" || m.Name != name || m.MaxInput < 0 || m.MaxOutput < 0 || m.TPM < 0 || strings.HasPrefix(m.InputCost, "-") {
				t.Errorf("%q: %+v", name, m)
			}
		}
	})
}
