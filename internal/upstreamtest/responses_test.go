package upstreamtest

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// post sends a body to a path and returns the answer's body.
func post(t *testing.T, u *Upstream, path, body string) string {
	t.Helper()
	r, err := http.NewRequest("POST", "http://upstream.test"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := u.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestCompletionsPath(t *testing.T) {
	u := New(func(Call) Reply { return Reply{Text: "two words", Cost: "0.25"} })
	if got := post(t, u, "/v1/completions", `{"model":"m","prompt":["Why?"],"max_tokens":9}`); !strings.Contains(got, `"text":"two words"`) || !strings.Contains(got, `"object":"text_completion"`) {
		t.Errorf("whole: %s", got)
	}
	got := post(t, u, "/completions", `{"model":"m","prompt":"Why?","stream":true,"stream_options":{"include_usage":true}}`)
	if strings.Count(got, "data: ") != 5 || !strings.Contains(got, `"text":"two"`) || !strings.Contains(got, `"cost":0.25`) || !strings.HasSuffix(got, "data: [DONE]\n\n") {
		t.Errorf("stream: %s", got)
	}
	for _, c := range u.Calls() {
		if !c.IsCompletions() || c.User != "Why?" || c.Model != "m" || len(c.Messages) != 1 {
			t.Errorf("read %+v", c)
		}
	}
	if c := u.Calls()[0]; c.MaxTokens != 9 || c.IsResponses() || c.IsMessages() {
		t.Errorf("read %+v", c)
	}
}

func TestResponsesPath(t *testing.T) {
	u := New(func(Call) Reply { return Reply{Text: "two words", Thinking: "Hm.", Finish: "length"} })
	got := post(t, u, "/v1/responses", `{"model":"m","instructions":"Be brief.","input":"Why?","max_output_tokens":9,"text":{"format":{"type":"json_schema","name":"notes","schema":{"a":1}}}}`)
	if !strings.Contains(got, `"text":"two words"`) || !strings.Contains(got, `"reason":"max_output_tokens"`) || !strings.Contains(got, `"input_tokens":`) {
		t.Errorf("whole: %s", got)
	}
	got = post(t, u, "/v1/responses", `{"model":"m","stream":true,"input":[{"role":"developer","content":"Be brief."},{"role":"user","content":[{"type":"input_text","text":"Why?"}]}]}`)
	if strings.Count(got, "event: ") != 12 || !strings.Contains(got, `"delta":" words"`) || !strings.Contains(got, "event: response.incomplete\n") {
		t.Errorf("stream: %s", got)
	}
	for _, c := range u.Calls() {
		if !c.IsResponses() || c.System != "Be brief." || c.User != "Why?" {
			t.Errorf("read %+v", c)
		}
	}
	if c := u.Calls()[0]; c.MaxTokens != 9 || c.Schema != "notes" || string(c.SchemaRaw) != `{"a":1}` || c.IsCompletions() {
		t.Errorf("read %+v", c)
	}
	u = New(func(Call) Reply { return Reply{Text: "one", StreamError: "it broke"} })
	if got := post(t, u, "/responses", `{"model":"m","stream":true,"input":"x"}`); !strings.HasSuffix(strings.TrimSpace(got), `"type":"error"}`) || !strings.Contains(got, "it broke") {
		t.Errorf("error: %s", got)
	}
}
