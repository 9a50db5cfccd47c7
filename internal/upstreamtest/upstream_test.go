package upstreamtest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func ask(t *testing.T, base string, client http.RoundTripper, body string) *http.Response {
	t.Helper()
	r, err := http.NewRequest("POST", base+"/v1/chat/completions?x=1", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer k")
	resp, err := client.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// both runs a test against the two ways in which one script is served.
func both(t *testing.T, script func(Call) Reply, f func(t *testing.T, u *Upstream, base string, rt http.RoundTripper)) {
	t.Run("roundtripper", func(t *testing.T) {
		u := New(script)
		f(t, u, "http://upstream.test", u)
	})
	t.Run("handler", func(t *testing.T) {
		u := New(script)
		s := httptest.NewServer(u)
		defer s.Close()
		f(t, u, s.URL, http.DefaultTransport)
	})
}

const chatBody = `{"model":"autox","max_tokens":7,"messages":[{"role":"system","content":"S"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}],"response_format":{"type":"json_schema","json_schema":{"name":"notes","schema":{"type":"object"}}}}`

func TestCompletion(t *testing.T) {
	script := func(c Call) Reply {
		return Reply{Text: "hello " + c.User, Cost: "1.5e-05", Header: http.Header{"X-Own": {"1"}}}
	}
	both(t, script, func(t *testing.T, u *Upstream, base string, rt http.RoundTripper) {
		resp := ask(t, base, rt, chatBody)
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Object, Model string
			Choices       []struct {
				Message      struct{ Role, Content string }
				FinishReason string `json:"finish_reason"`
			}
			Usage struct {
				Prompt int `json:"prompt_tokens"`
				Total  int `json:"total_tokens"`
			}
		}
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		if got.Choices[0].Message.Content != "hello a\nb" || got.Choices[0].FinishReason != "stop" || got.Model != "autox" || got.Usage.Prompt != 1 || got.Usage.Total != 4 {
			t.Errorf("completion: %s", b)
		}
		if resp.Header.Get("X-Litellm-Response-Cost") != "1.5e-05" || resp.Header.Get("X-Own") != "1" || resp.ContentLength != int64(len(b)) {
			t.Errorf("headers: %v, length %d", resp.Header, resp.ContentLength)
		}
		c := u.Calls()[0]
		if string(c.Body) != chatBody || c.Path != "/v1/chat/completions?x=1" || c.Header.Get("Authorization") != "Bearer k" {
			t.Errorf("recorded %q %q %v", c.Body, c.Path, c.Header)
		}
		want := []any{"autox", 7, "S", "a\nb", "notes", `{"type":"object"}`, "json_schema"}
		if d := cmp.Diff(want, []any{c.Model, c.MaxTokens, c.System, c.User, c.Schema, string(c.SchemaRaw), c.Format}); d != "" {
			t.Error(d)
		}
	})
}

func TestStream(t *testing.T) {
	script := func(Call) Reply {
		return Reply{Text: "one two\nthree", Cost: "0.25", Usage: &Usage{Prompt: 3, Completion: 2}}
	}
	both(t, script, func(t *testing.T, u *Upstream, base string, rt http.RoundTripper) {
		resp := ask(t, base, rt, `{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"x"}]}`)
		defer resp.Body.Close()
		var text, finish, role, last string
		var cost json.Number
		chunks := 0
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
			data, ok := strings.CutPrefix(s.Text(), "data: ")
			if !ok {
				continue
			}
			if last = data; data == "[DONE]" {
				continue
			}
			var e struct {
				Choices []struct {
					Delta        struct{ Role, Content string }
					FinishReason string `json:"finish_reason"`
				}
				Usage struct{ Cost json.Number }
			}
			if err := json.Unmarshal([]byte(data), &e); err != nil {
				t.Fatal(err)
			}
			chunks++
			text += e.Choices[0].Delta.Content
			role += e.Choices[0].Delta.Role
			finish += e.Choices[0].FinishReason
			cost += e.Usage.Cost
		}
		if d := cmp.Diff([]any{"one two\nthree", "assistant", "stop", json.Number("0.25"), "[DONE]", 5}, []any{text, role, finish, cost, last, chunks}); d != "" {
			t.Error(d)
		}
		if _, ok := resp.Header["X-Litellm-Response-Cost"]; ok {
			t.Error("a stream cannot know its cost in the header")
		}
	})
}

func TestMisbehaviour(t *testing.T) {
	const plain, stream = `{"messages":[]}`, `{"stream":true,"messages":[]}`
	tests := []struct {
		name   string
		body   string
		reply  Reply
		status int
		want   string // prefix of the body, as far as it comes
		cut    bool
	}{
		{"error", plain, Reply{Error: "no \"x\""}, 400, `{"error":{"code":"400","message":"no \"x\"","param":null,"type":null}}`, false},
		{"error with status", stream, Reply{Status: 429, Error: "slow down", Type: "throttling_error"}, 429, `{"error":{"code":"429","message":"slow down","param":null,"type":"throttling_error"}}`, false},
		{"raw", plain, Reply{Raw: []byte("<html>")}, 200, "<html>", false},
		{"cut", plain, Reply{Text: "long enough to be cut", Cut: 10}, 200, `{"choices"`, true},
		{"cut stream", stream, Reply{Text: "a b c", Cut: 16}, 200, `data: {"choices"`, true},
		{"error frame", stream, Reply{Text: "a", StreamError: "died"}, 200, `data: {`, false},
		{"no done", stream, Reply{Text: "a", NoDone: true}, 200, `data: {`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			both(t, func(Call) Reply { return tt.reply }, func(t *testing.T, u *Upstream, base string, rt http.RoundTripper) {
				resp := ask(t, base, rt, tt.body)
				b, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if resp.StatusCode != tt.status || !strings.HasPrefix(string(b), tt.want) {
					t.Errorf("%d %s", resp.StatusCode, b)
				}
				if tt.cut != (err != nil) || tt.cut && len(b) != tt.reply.Cut {
					t.Errorf("%d bytes, error %v", len(b), err)
				}
				if done := strings.HasSuffix(string(b), "data: [DONE]\n\n"); done != (tt.name == "error frame") {
					t.Errorf("[DONE]: %v in %s", done, b)
				}
			})
		})
	}
	both(t, func(Call) Reply { return Reply{Cut: -1} }, func(t *testing.T, u *Upstream, base string, rt http.RoundTripper) {
		r, _ := http.NewRequest("POST", base+"/x", strings.NewReader("{}"))
		if resp, err := rt.RoundTrip(r); err == nil {
			t.Errorf("a reset connection answered %d", resp.StatusCode)
		}
	})
}

func TestHangUp(t *testing.T) {
	arrived := make(chan bool, 1)
	script := func(Call) Reply { arrived <- true; return Reply{Delay: time.Hour} }
	both(t, script, func(t *testing.T, u *Upstream, base string, rt http.RoundTripper) {
		ctx, cancel := context.WithCancel(context.Background())
		r, _ := http.NewRequestWithContext(ctx, "POST", base+"/chat/completions", strings.NewReader(chatBody))
		go func() { <-arrived; cancel() }()
		if _, err := rt.RoundTrip(r); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		u.Wait()
		if c := u.Calls()[0]; !c.HungUp || !c.Done {
			t.Errorf("recorded %+v", c)
		}
	})
	u := New(func(Call) Reply { return Reply{Text: "never read"} })
	ask(t, "http://upstream.test", u, chatBody).Body.Close()
	if c := u.Calls()[0]; !c.HungUp || u.InFlight() != 0 {
		t.Errorf("an unread body closed: %+v", c)
	}
}

func TestModelsAndCounts(t *testing.T) {
	u := New(nil)
	for _, path := range []string{"/model/info", "/v1/model/info"} {
		r, _ := http.NewRequest("GET", "http://upstream.test"+path, nil)
		resp, err := u.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Data []struct {
				Name   string                 `json:"model_name"`
				Params struct{ Model string } `json:"litellm_params"`
				Info   struct {
					Input  json.Number `json:"input_cost_per_token"`
					Window int         `json:"max_input_tokens"`
				} `json:"model_info"`
			}
		}
		if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
			t.Fatal(err)
		}
		if len(got.Data) != 2 || got.Data[0].Name != "autox" || got.Data[0].Info.Input != "2.5e-07" || got.Data[1].Info.Window != 200_000 || got.Data[1].Params.Model == "" {
			t.Errorf("%s: %+v", path, got)
		}
	}
	a, b := ask(t, "http://upstream.test", u, chatBody), ask(t, "http://upstream.test", u, chatBody)
	if u.InFlight() != 2 || u.MaxInFlight() != 2 {
		t.Errorf("%d in flight, at most %d", u.InFlight(), u.MaxInFlight())
	}
	io.Copy(io.Discard, a.Body)
	b.Body.Close()
	if u.InFlight() != 0 || u.MaxInFlight() != 2 || len(u.Calls()) != 2 || u.Lookups() != 2 {
		t.Errorf("%d in flight, at most %d; %d calls, %d look-ups", u.InFlight(), u.MaxInFlight(), len(u.Calls()), u.Lookups())
	}
}

func TestWorker(t *testing.T) {
	w := Worker{Match: regexp.MustCompile(`MARK-\d+`), Plan: `{"operator":"answer"}`}
	schema := `{"type":"object","properties":{"none":{"type":"boolean"},"items":{"type":"array","items":{"type":"object","properties":{"quote":{"type":"string"},"score":{"type":"number"},"kind":{"enum":["fact","opinion"]}}}}}}`
	call := func(user, name string) Call {
		c := Call{User: user, Messages: []Message{{"user", user}}, Schema: name}
		if name != "" {
			c.SchemaRaw = []byte(schema)
		}
		return c
	}
	tests := []struct {
		call Call
		want string
	}{
		{call("x", "advice"), `{"operator":"answer"}`},
		{call("a\n the MARK-1 here\nb MARK-2", "notes"), `{"items":[{"kind":"fact","quote":"the MARK-1 here","score":1},{"kind":"fact","quote":"b MARK-2","score":1}],"none":false}`},
		{call("a", "notes"), `{"items":[],"none":true}`},
		{call("say MARK-2 and MARK-1 and MARK-2", ""), "MARK-2\nMARK-1"},
		{call("a", ""), "nothing found"},
	}
	for _, tt := range tests {
		if got := w.Script(tt.call).Text; got != tt.want {
			t.Errorf("%q %s: got %s, want %s", tt.call.User, tt.call.Schema, got, tt.want)
		}
	}
}

func TestWordsJoin(t *testing.T) {
	for _, s := range []string{"", " ", "a", " a  b\n\nc ", "çok güzel\u00a0gün"} {
		if got := strings.Join(Words(s), ""); got != s {
			t.Errorf("Words(%q) joins to %q", s, got)
		}
	}
}
