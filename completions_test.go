package haikuplanner_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// post sends a JSON body to a path through the planner's transport and returns what came, and its events when it is a stream.
func post(t *testing.T, p *haikuplanner.Planner, path string, body map[string]any, header ...string) (*http.Response, []byte, []string) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	resp, text, err := postTo(t, p, path, b, append([]string{"Authorization", "Bearer sk-caller"}, header...)...)
	if err != nil {
		t.Fatal(err)
	}
	var data []string
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		for _, event := range strings.Split(strings.TrimSuffix(text, "\n\n"), "\n\n") {
			_, d, ok := strings.Cut("\n"+event, "\ndata: ")
			if !ok {
				t.Errorf("an event without data: %q", event)
			}
			data = append(data, d)
		}
	}
	return resp, []byte(text), data
}

// postTo sends a body to a path and returns all of the answer.
func postTo(t *testing.T, p *haikuplanner.Planner, path string, body []byte, header ...string) (resp *http.Response, text string, err error) {
	t.Helper()
	r, _ := http.NewRequest(http.MethodPost, upstreamURL+path, bytes.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if resp, err = p.Transport(nil).RoundTrip(r); err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	return resp, string(all), err
}

// A plannerObject is what a test looks at of haiku_planner.
type plannerObject struct {
	Operator string
	Coverage struct {
		Chunks, Read, Skipped, Bytes int
		BytesRead                    int `json:"bytes_read"`
	}
	Calls []struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
	}
}

// checkWhole checks that all material was read and that the usage is the sum of the calls.
func (o plannerObject) checkWhole(t *testing.T, prompt, completion int) {
	t.Helper()
	if c := o.Coverage; c.Chunks < 10 || c.Read != c.Chunks || c.Skipped != 0 || c.BytesRead != c.Bytes {
		t.Errorf("coverage %+v", c)
	}
	for _, call := range o.Calls {
		prompt -= call.Prompt
		completion -= call.Completion
	}
	if prompt != 0 || completion != 0 || len(o.Calls) == 0 {
		t.Errorf("usage is off the calls' sum by %d and %d", prompt, completion)
	}
}

// checkCalls checks that calls went out on one path with the caller's key, and that every line of doc reached one.
func checkCalls(t *testing.T, up *upstreamtest.Upstream, path, doc string) {
	t.Helper()
	var sent strings.Builder
	for _, call := range up.Calls() {
		sent.WriteString(call.User)
		if call.Path != path || call.Header.Get("Authorization") != "Bearer sk-caller" || call.Header.Get("X-Decompose") != "0" {
			t.Errorf("call %d: %s %v", call.N, call.Path, call.Header)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(doc), "\n") {
		if !strings.Contains(sent.String(), line) {
			t.Fatalf("no call read %q", line)
		}
	}
}

func TestBigCompletion(t *testing.T) {
	doc := document(20_000)
	prompt := "List every line that starts with MARK-.\n\n" + doc
	for name, p := range map[string]any{"text": prompt, "list": []string{prompt}} {
		for _, stream := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " stream=", stream), func(t *testing.T) {
				up := upstreamtest.New(marks().Script)
				resp, body, data := post(t, newPlanner(t, up), "/v1/completions", map[string]any{
					"model": "sonnet-4-x", "prompt": p, "max_tokens": 4000, "stream": stream, "stream_options": map[string]any{"include_usage": true}, "user": "u-1"})
				if resp.StatusCode != 200 || resp.Header.Get("X-Haiku-Planner") != "decomposed" || resp.Header.Get("X-Haiku-Planner-Reason") != "large" {
					t.Fatalf("status %d, header %v, body %.400s", resp.StatusCode, resp.Header, body)
				}
				events := []string{string(body)}
				if stream {
					if events = data; events[len(events)-1] != "[DONE]" {
						t.Errorf("the stream ends with %q", events[len(events)-1])
					}
					events = events[:len(events)-1]
				}
				text, finish, ids := "", "", map[string]bool{}
				var planner plannerObject
				usage := struct {
					Prompt     int `json:"prompt_tokens"`
					Completion int `json:"completion_tokens"`
				}{}
				for _, e := range events {
					v := struct {
						ID, Object, Model string
						Choices           []struct {
							Text   string
							Finish string `json:"finish_reason"`
						}
						Usage   any            `json:"usage"`
						Planner *plannerObject `json:"haiku_planner"`
					}{Usage: &usage, Planner: &planner}
					if err := json.Unmarshal([]byte(e), &v); err != nil || v.Object != "text_completion" || v.Model != "sonnet-4-x" {
						t.Fatalf("%v in %s", err, e)
					}
					ids[v.ID] = true
					for _, c := range v.Choices {
						text, finish = text+c.Text, finish+c.Finish
					}
				}
				allMarks(t, text)
				if finish != "stop" || len(ids) != 1 || !bytes.Contains(body, []byte(`"id":"cmpl-`)) {
					t.Errorf("finish %q, ids %v", finish, ids)
				}
				planner.checkWhole(t, usage.Prompt, usage.Completion)
				checkCalls(t, up, "/v1/completions", doc)
			})
		}
	}
}

func TestCompletionsForOneCall(t *testing.T) {
	big := document(9000)
	for _, c := range []struct {
		body   map[string]any
		reason string
	}{
		{map[string]any{"prompt": "hello"}, "small"},
		{map[string]any{"prompt": []string{big, "second"}}, "prompt"},
		{map[string]any{"prompt": big, "n": 2}, "n"},
		{map[string]any{"prompt": big, "logprobs": 0}, "logprobs"},
		{map[string]any{"prompt": big, "suffix": "}"}, "suffix"},
		{map[string]any{"prompt": big, "echo": true}, "echo"},
		{map[string]any{"prompt": map[string]any{}}, "not-understood"},
	} {
		up := upstreamtest.New(nil)
		c.body["model"] = "sonnet-4-x"
		resp, _, _ := post(t, newPlanner(t, up), "/completions", c.body)
		if got := resp.Header.Get("X-Haiku-Planner-Reason"); resp.Header.Get("X-Haiku-Planner") != "forwarded" || got != c.reason || len(up.Calls()) != 1 {
			t.Errorf("%s: %q, %d calls", c.reason, got, len(up.Calls()))
		}
		want, _ := json.Marshal(c.body)
		if got := up.Calls()[0].Body; !bytes.Equal(got, want) {
			t.Errorf("%s: the body was changed", c.reason)
		}
	}
	up := upstreamtest.New(nil)
	for _, b := range []map[string]any{{"prompt": []int{1, 2, 3}}, {"prompt": []string{big, "second"}, "stream": true}} {
		b["model"] = "sonnet-4-x"
		resp, body, _ := post(t, newPlanner(t, up), "/v1/completions", b, "x-decompose", "1")
		if resp.StatusCode != 400 || !bytes.Contains(body, []byte(`"param":"prompt"`)) || len(up.Calls()) != 0 {
			t.Errorf("forced: %d %s", resp.StatusCode, body)
		}
	}
}
