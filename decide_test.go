package haikuplanner_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

func with(f func(*haikuplanner.Config)) haikuplanner.Option {
	c := haikuplanner.DefaultConfig()
	f(&c)
	return haikuplanner.WithConfig(c)
}

// TestDecisions has every row of the decision table, in its order.
func TestDecisions(t *testing.T) {
	ask := message{"user", "Which marks are there?"}
	big := message{"user", "List every MARK line.\n\n" + document(9000)}
	tool := map[string]any{"type": "function", "function": map[string]any{"name": "f"}}
	for _, c := range []struct {
		name   string
		opt    haikuplanner.Option
		body   []byte
		header []string
		reason string
		did    string // forwarded, decomposed or the status
		param  string
	}{
		{name: "disabled wins over force", opt: with(func(c *haikuplanner.Config) { c.Enabled = false }), body: body("sonnet-4-x", nil, big), header: []string{"x-decompose", "1"}, did: "forwarded", reason: "disabled"},
		{name: "not JSON", body: []byte("{"), header: []string{"x-decompose", "1"}, did: "forwarded", reason: "not-understood"},
		{name: "messages null", body: []byte(`{"model":"m","messages":null}`), did: "forwarded", reason: "not-understood"},
		{name: "forbidden by header, malformed others", body: body("sonnet-4-x", nil, big), header: []string{"x-decompose", "0", "x-quality", "superb"}, did: "forwarded", reason: "header"},
		{name: "forbidden by header, malformed others, dearer than the cap", body: body("sonnet-4-x", nil, big), header: []string{"x-decompose", "0", "x-quality", "superb", "x-max-cost", "0.001"}, did: "forwarded", reason: "header"},
		{name: "malformed x-decompose", body: body("sonnet-4-x", nil, ask), header: []string{"x-decompose", "yes"}, did: "400", reason: "header", param: "x-decompose"},
		{name: "malformed x-quality", body: body("sonnet-4-x", nil, ask), header: []string{"x-quality", "superb"}, did: "400", reason: "header", param: "x-quality"},
		{name: "malformed x-max-cost", body: body("sonnet-4-x", nil, ask), header: []string{"x-max-cost", "-1"}, did: "400", reason: "header", param: "x-max-cost"},
		{name: "a cap beyond all money", body: body("sonnet-4-x", nil, ask), header: []string{"x-max-cost", "1e12"}, did: "forwarded", reason: "small"},
		{name: "forced on a small one", body: body("sonnet-4-x", nil, ask), header: []string{"x-decompose", "1"}, did: "decomposed", reason: "header"},
		{name: "forced on 2,000 tokens", body: body("sonnet-4-x", nil, message{"user", "List every MARK line.\n\n" + document(2000)}), header: []string{"x-decompose", "1"}, did: "decomposed", reason: "header"},
		{name: "forced with auto off", opt: with(func(c *haikuplanner.Config) { c.AutoEnable = false }), body: body("sonnet-4-x", nil, big), header: []string{"x-decompose", "1"}, did: "decomposed", reason: "header"},
		{name: "forced with n and nothing to condense", body: body("sonnet-4-x", map[string]any{"n": 2}, ask), header: []string{"x-decompose", "1"}, did: "400", reason: "header", param: "n"},
		{name: "forced with tools and nothing to condense", body: body("sonnet-4-x", map[string]any{"tools": []any{tool}}, ask), header: []string{"x-decompose", "1"}, did: "400", reason: "header", param: "tools"},
		{name: "forced with tools", body: body("sonnet-4-x", map[string]any{"tools": []any{tool}}, big), header: []string{"x-decompose", "1"}, did: "decomposed", reason: "header"},
		{name: "auto off", opt: with(func(c *haikuplanner.Config) { c.AutoEnable = false }), body: body("sonnet-4-x", nil, big), did: "forwarded", reason: "auto-off"},
		{name: "small", body: body("sonnet-4-x", nil, ask), did: "forwarded", reason: "small"},
		{name: "small with a max_tokens at the threshold", body: body("sonnet-4-x", map[string]any{"max_tokens": 15000}, ask), did: "forwarded", reason: "small"},
		{name: "tools", body: body("sonnet-4-x", map[string]any{"tools": []any{tool}}, big), did: "forwarded", reason: "tools"},
		{name: "tools beside a prompt and an answer that fit the window", opt: haikuplanner.WithThreshold(3000), body: body("small-window", map[string]any{"max_tokens": 900, "tools": []any{tool}}, message{"user", "List every MARK line.\n\n" + document(5200)}), did: "forwarded", reason: "tools"},
		{name: "tools beside an answer that does not fit", opt: haikuplanner.WithThreshold(3000), body: body("small-window", map[string]any{"max_tokens": 3000, "tools": []any{tool}}, message{"user", "List every MARK line.\n\n" + document(5200)}), did: "decomposed", reason: "large"},
		{name: "tools beside an answer that may take half of the window", opt: haikuplanner.WithThreshold(3000), body: body("small-window", map[string]any{"max_tokens": 8000, "tools": []any{tool}}, message{"user", "List every MARK line.\n\n" + document(3200)}), did: "forwarded", reason: "tools"},
		{name: "n", body: body("sonnet-4-x", map[string]any{"n": 2}, big), did: "forwarded", reason: "n"},
		{name: "n of one is nothing", body: body("sonnet-4-x", map[string]any{"n": 1, "tools": []any{}}, big), did: "decomposed", reason: "large"},
		{name: "the cheap model itself", body: body("autox", nil, big), did: "forwarded", reason: "direct-is-cheaper"},
		{name: "the cheap model itself, threshold alone", opt: with(func(c *haikuplanner.Config) { c.CostOptimizationEnabled = false }), body: body("autox", nil, big), did: "decomposed", reason: "large"},
		{name: "dearer than a direct call that the cap does not allow", opt: with(func(c *haikuplanner.Config) { c.CostSavingsTarget = 0.99 }), body: body("sonnet-4-x", nil, big), header: []string{"x-max-cost", "0.045"}, did: "decomposed", reason: "large"},
		{name: "large", body: body("sonnet-4-x", nil, big), did: "decomposed", reason: "large"},
		{name: "an unknown model's price is unknown", body: body("nobody-knows", nil, big), did: "decomposed", reason: "large"},
		{name: "long output", body: body("sonnet-4-x", map[string]any{"max_tokens": 15001}, ask), did: "decomposed", reason: "long-output"},
		{name: "long output by the newer name", body: body("sonnet-4-x", map[string]any{"max_completion_tokens": 15001}, ask), did: "decomposed", reason: "long-output"},
	} {
		for _, stream := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, " stream=", stream), func(t *testing.T) {
				up := upstreamtest.New(marks().Script)
				up.SetModels(append(upstreamtest.DefaultModels(), upstreamtest.Model{Name: "small-window", Provider: "hosted_vllm/small", Window: 8000})...)
				opts := []haikuplanner.Option{}
				if c.opt != nil {
					opts = append(opts, c.opt)
				}
				p := newPlanner(t, up, opts...)
				b := c.body
				if stream && json.Valid(b) {
					b = bytes.Replace(b, []byte("{"), []byte(`{"stream":true,`), 1)
				}
				a := send(t, p, b, c.header...)
				did := a.Header.Get("X-Haiku-Planner")
				if a.Status >= 400 && did == "decomposed" {
					did = fmt.Sprint(a.Status)
				}
				if did != c.did || a.Header.Get("X-Haiku-Planner-Reason") != c.reason {
					t.Fatalf("got %s %q, want %s %q: %.300s", did, a.Header.Get("X-Haiku-Planner-Reason"), c.did, c.reason, a.Body)
				}
				calls := up.Calls()
				switch c.did {
				case "400":
					if a.Error.Param != c.param || a.Error.Type != "invalid_request_error" || len(calls) != 0 {
						t.Errorf("error %+v, %d calls", a.Error, len(calls))
					}
				case "forwarded":
					if len(calls) != 1 || !bytes.Equal(calls[0].Body, b) {
						t.Errorf("%d calls; the body must be the same bytes", len(calls))
					}
				case "decomposed":
					if a.Status != 200 || a.Content == "" {
						t.Errorf("status %d, body %.300s", a.Status, a.Body)
					}
				}
			})
		}
	}
}

func TestCheaperIsSaidOnce(t *testing.T) {
	var log bytes.Buffer
	up := upstreamtest.New(marks().Script)
	p := newPlanner(t, up, haikuplanner.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	for range 3 {
		send(t, p, body("autox", nil, message{"user", "List every MARK line.\n\n" + document(9000)}))
	}
	if n := strings.Count(log.String(), "cost_optimization_enabled: false"); n != 1 {
		t.Errorf("the log says %d times how to decompose always:\n%s", n, log.String())
	}
	if strings.Contains(log.String(), "ledger of the harbour") {
		t.Error("the log holds text of a prompt")
	}
}

func TestQualityChoosesModels(t *testing.T) {
	for quality, want := range map[string]string{"fast": "autox", "deep": "sonnet-4-x"} {
		up := upstreamtest.New(marks().Script)
		p := newPlanner(t, up, haikuplanner.WithModels("planner-model", "", ""))
		a := send(t, p, body("some-model", nil, message{"user", "List every MARK line.\n\n" + document(9000)}), "x-quality", quality)
		if a.Model != "some-model" || a.Header.Get("X-Haiku-Planner") != "decomposed" {
			t.Errorf("%s: model %q, header %v", quality, a.Model, a.Header)
		}
		for _, c := range up.Calls() {
			if w := want; c.Model != w && c.Schema != "advice" || c.Schema == "advice" && c.Model != "planner-model" {
				t.Errorf("x-quality %s: a call with schema %q went to %s", quality, c.Schema, c.Model)
			}
		}
	}
}

func TestForwardedAsItCame(t *testing.T) {
	odd := []byte("{ \"model\" :\"m\",\"messages\":[ {\"role\":\"user\",\"content\":\"a\\u00e9\\ud800\"} ] , \"x\":1e400,\"x\":12345678901234567890}\n\n")
	for name, b := range map[string][]byte{"odd": odd, "empty": {}, "garbage": []byte("\xff\xfe\x00"), "deep": []byte(strings.Repeat("[", 100_000)), "null": []byte("null")} {
		for _, chunked := range []bool{false, true} {
			var got *http.Request
			var sent []byte
			base := roundTrip(func(r *http.Request) (*http.Response, error) {
				got = r
				if r.Body != nil {
					sent, _ = io.ReadAll(r.Body)
				}
				return &http.Response{StatusCode: 418, Header: http.Header{"X-Up": {"1", "2"}, "Content-Encoding": {"gzip"}}, Body: io.NopCloser(strings.NewReader("\x1f\x8bteapot"))}, nil
			})
			p, err := haikuplanner.New(haikuplanner.WithBase(base))
			if err != nil {
				t.Fatal(err)
			}
			r, _ := http.NewRequest("POST", upstreamURL+"/chat/completions", bytes.NewReader(b))
			if chunked {
				r.ContentLength = -1
			}
			r.Header.Set("X-Odd", "1")
			before := r.Header.Clone()
			resp, err := p.Transport(nil).RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			text, _ := io.ReadAll(resp.Body)
			if !bytes.Equal(sent, b) || got.ContentLength != r.ContentLength || fmt.Sprint(got.Header) != fmt.Sprint(before) {
				t.Errorf("%s: sent %q, length %d, header %v", name, sent, got.ContentLength, got.Header)
			}
			if resp.StatusCode != 418 || string(text) != "\x1f\x8bteapot" || fmt.Sprint(resp.Header["X-Up"]) != "[1 2]" {
				t.Errorf("%s: %d %q %v", name, resp.StatusCode, text, resp.Header)
			}
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Other paths are never read: their body is still whole when it reaches the base.
func TestOtherPathsAreNotRead(t *testing.T) {
	for _, path := range []string{"/v1/embeddings", "/v1/threads/x/messages", "/openai/deployments/m/chat/completions", "/chat/completions/", "/v1/v1/chat/completions", "/anthropic/v1/messages"} {
		var same bool
		var sent io.ReadCloser
		base := roundTrip(func(r *http.Request) (*http.Response, error) {
			same = r.Body == sent
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody}, nil
		})
		p, _ := haikuplanner.New(haikuplanner.WithBase(base))
		sent = io.NopCloser(bytes.NewReader(body("sonnet-4-x", nil, message{"user", document(9000)})))
		r, _ := http.NewRequest("POST", upstreamURL+path, sent)
		resp, err := p.Transport(nil).RoundTrip(r)
		if err != nil || !same || resp.Header.Get("X-Haiku-Planner") != "" {
			t.Errorf("%s: same body %v, err %v, header %v", path, same, err, resp.Header)
		}
	}
}
