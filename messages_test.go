package haikuplanner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// sendMessages posts a body of the Messages API and reads its answer into the fields that chat's tests use.
func sendMessages(t *testing.T, p *haikuplanner.Planner, path string, body map[string]any, header ...string) answer {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest("POST", upstreamURL+path, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Api-Key", "sk-caller")
	r.Header.Set("Anthropic-Version", "2023-06-01")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := p.Transport(nil).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	a := answer{Status: resp.StatusCode, Header: resp.Header}
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	a.Body, a.Trailer = buf.Bytes(), resp.Trailer
	events := []string{string(a.Body)}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		events = strings.Split(strings.TrimSuffix(string(a.Body), "\n\n"), "\n\n")
	}
	for _, event := range events {
		name, data, named := strings.Cut(strings.TrimPrefix(event, "event: "), "\ndata: ")
		if !named {
			data = event
		}
		var v struct {
			Type, Model string
			Message     struct{ Model string }
			Content     []struct{ Type, Text string }
			Delta       struct {
				Text string
				Stop string `json:"stop_reason"`
			}
			Stop  string `json:"stop_reason"`
			Usage struct {
				Input  int `json:"input_tokens"`
				Output int `json:"output_tokens"`
			}
			Planner json.RawMessage `json:"haiku_planner"`
			Error   struct{ Message, Type, Param, Code string }
		}
		if err := json.Unmarshal([]byte(data), &v); err != nil || named && v.Type != name {
			t.Fatalf("event %q: %v", event, err)
		}
		if named {
			a.Frames = append(a.Frames, name)
		}
		a.Object = v.Type
		a.Model += v.Model + v.Message.Model
		for _, c := range v.Content {
			a.Content += c.Text
		}
		a.Content += v.Delta.Text
		a.Finish += v.Stop + v.Delta.Stop
		if v.Usage.Output > 0 {
			a.Usage.Prompt, a.Usage.Completion = v.Usage.Input, v.Usage.Output
		}
		if v.Planner != nil {
			json.Unmarshal(v.Planner, &a.Planner)
		}
		if v.Error.Type != "" {
			a.Error = v.Error
		}
	}
	return a
}

func textBlock(text string) map[string]any { return map[string]any{"type": "text", "text": text} }

func textDocument(text string) map[string]any {
	return map[string]any{"type": "document", "title": "Ledgers", "source": map[string]any{"type": "text", "media_type": "text/plain", "data": text}}
}

func TestBigMessagesRequest(t *testing.T) {
	doc := document(20_000)
	const question = "List every line that starts with MARK-."
	for name, content := range map[string]any{
		"text":     question + "\n\n" + doc,
		"document": []any{textDocument(doc), textBlock(question)},
	} {
		for _, stream := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " stream=", stream), func(t *testing.T) {
				up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
					r := marks().Script(c)
					if c.Model == "sonnet-4-x" {
						r.Thinking = "Let me see."
					}
					return r
				})
				a := sendMessages(t, newPlanner(t, up), "/v1/messages", map[string]any{
					"model": "sonnet-4-x", "max_tokens": 4000, "stream": stream, "metadata": map[string]any{"user_id": "u-1"},
					"system":   []any{map[string]any{"type": "text", "text": "You are exact.", "cache_control": map[string]any{"type": "ephemeral"}}},
					"messages": []any{map[string]any{"role": "user", "content": content}},
				})
				if a.Status != 200 || a.Header.Get("X-Haiku-Planner") != "decomposed" || a.Header.Get("X-Haiku-Planner-Reason") != "large" {
					t.Fatalf("status %d, header %v, body %.400s", a.Status, a.Header, a.Body)
				}
				allMarks(t, a.Content)
				if a.Model != "sonnet-4-x" || a.Finish != "end_turn" {
					t.Errorf("model %q stop reason %q", a.Model, a.Finish)
				}
				if !bytes.Contains(a.Body, []byte("thinking")) || !bytes.Contains(a.Body, []byte(`"id":"msg_`)) {
					t.Errorf("no thinking, or no id: %.300s", a.Body)
				}
				if got := strings.ReplaceAll(strings.Join(a.Frames, " "), " ping", ""); stream && (!strings.HasPrefix(got, "message_start content_block_start content_block_delta") ||
					!strings.HasSuffix(got, "content_block_stop message_delta message_stop") || strings.Count(got, "content_block_start") != 2 || strings.Count(got, "message_start") != 1) {
					t.Errorf("events %s", got)
				}
				c := a.Planner.Coverage
				if c.Chunks < 10 || c.Read != c.Chunks || c.Skipped != 0 || c.BytesRead != c.Bytes {
					t.Errorf("coverage %+v", c)
				}
				prompt, completion := 0, 0
				for _, call := range a.Planner.Calls {
					prompt += call.Prompt
					completion += call.Completion
				}
				if a.Usage.Prompt != prompt || a.Usage.Completion != completion || prompt == 0 {
					t.Errorf("usage %+v, calls say %d and %d", a.Usage, prompt, completion)
				}
				var sent strings.Builder
				for _, call := range up.Calls() {
					sent.WriteString(call.User)
					if call.Path != "/v1/messages" || call.Header.Get("X-Api-Key") != "sk-caller" || call.Header.Get("Anthropic-Version") == "" || call.Header.Get("X-Decompose") != "0" {
						t.Errorf("call %d: %s %v", call.N, call.Path, call.Header)
					}
					if call.MaxTokens == 0 || !bytes.Contains(call.Body, []byte(`"metadata":{"user_id":"u-1"}`)) {
						t.Errorf("call %d: %.300s", call.N, call.Body)
					}
					if call.Model == "sonnet-4-x" && (!strings.Contains(call.System, "You are exact.") || !bytes.Contains(call.Body, []byte("cache_control")) || !strings.Contains(call.User, question)) {
						t.Errorf("final call: %.500s", call.Body)
					}
				}
				for _, line := range strings.SplitAfter(doc, "\n") {
					if !strings.Contains(sent.String(), line) {
						t.Fatalf("no call saw %q", line)
					}
				}
			})
		}
	}
}

// LiteLLM knows the path with /v1 only.
func TestMessagesPath(t *testing.T) {
	up := upstreamtest.New(nil)
	p := newPlanner(t, up)
	small := map[string]any{"model": "sonnet-4-x", "max_tokens": 10, "messages": []any{map[string]any{"role": "user", "content": "Hello."}}}
	for _, c := range []struct{ path, want, reason string }{
		{"/messages", "/v1/messages", "small"},
		{"/v1/messages", "/v1/messages", "small"},
		{"/v1/messages?beta=true", "/v1/messages?beta=true", "small"},
		{"/v1/messages/count_tokens", "/v1/messages/count_tokens", ""},
		{"/anthropic/v1/messages", "/anthropic/v1/messages", ""},
	} {
		up.Reset()
		a := sendMessages(t, p, c.path, small)
		calls := up.Calls()
		if len(calls) != 1 || calls[0].Path != c.want || a.Header.Get("X-Haiku-Planner-Reason") != c.reason {
			t.Errorf("%s: %d calls, path %q, reason %q", c.path, len(calls), calls[0].Path, a.Header.Get("X-Haiku-Planner-Reason"))
		}
	}
}

// Errors of ours are in the API's shape, our own words beside its own.
func TestMessagesErrors(t *testing.T) {
	up := upstreamtest.New(marks().Script)
	p := newPlanner(t, up)
	big := map[string]any{"model": "sonnet-4-x", "max_tokens": 4000, "messages": []any{map[string]any{"role": "user", "content": document(20_000)}}}
	for _, c := range []struct {
		name   string
		extra  map[string]any
		header []string
		status int
		want   string // type param code
	}{
		{"malformed header", nil, []string{"X-Max-Cost", "much"}, 400, "invalid_request_error x-max-cost "},
		{"too dear", nil, []string{"X-Decompose", "1", "X-Max-Cost", "0.000001"}, 402, "billing_error  budget_exceeded"},
		{"nothing to condense", map[string]any{"tools": []any{map[string]any{"name": "w"}}, "messages": []any{map[string]any{"role": "user", "content": "Hello."}}},
			[]string{"X-Decompose", "1"}, 400, "invalid_request_error tools "},
	} {
		body := map[string]any{}
		for _, m := range []map[string]any{big, c.extra} {
			for k, v := range m {
				body[k] = v
			}
		}
		a := sendMessages(t, p, "/v1/messages", body, c.header...)
		if got := strings.Join([]string{a.Error.Type, strings.ToLower(a.Error.Param), a.Error.Code}, " "); a.Status != c.status || a.Object != "error" || got != c.want {
			t.Errorf("%s: %d %q, want %d %q: %s", c.name, a.Status, got, c.status, c.want, a.Body)
		}
	}
	if n := len(up.Calls()); n != 0 {
		t.Errorf("%d calls were made for requests that were refused", n)
	}
}

// A tool's long result is condensed where it stands: the ids around it, and everything short, reach the one final call as they were.
func TestMessagesToolResultIsCondensed(t *testing.T) {
	up := upstreamtest.New(marks().Script)
	a := sendMessages(t, newPlanner(t, up), "/v1/messages", map[string]any{
		"model": "sonnet-4-x", "max_tokens": 4000, "tools": []any{map[string]any{"name": "read", "input_schema": map[string]any{"type": "object"}}},
		"messages": []any{
			map[string]any{"role": "user", "content": "Which marks does the ledger have?"},
			map[string]any{"role": "assistant", "content": []any{map[string]any{"type": "tool_use", "id": "toolu_1", "name": "read", "input": map[string]any{"path": "ledger"}}}},
			map[string]any{"role": "user", "content": []any{map[string]any{"type": "tool_result", "tool_use_id": "toolu_1", "content": []any{textBlock(document(20_000))}}}},
		},
	}, "X-Decompose", "1")
	if a.Status != 200 || a.Header.Get("X-Haiku-Planner-Operator") != "condense" {
		t.Fatalf("status %d, header %v, body %.400s", a.Status, a.Header, a.Body)
	}
	allMarks(t, a.Content)
	calls := up.Calls()
	final := string(calls[len(calls)-1].Body)
	for _, want := range []string{`{"id":"toolu_1","input":{"path":"ledger"},"name":"read","type":"tool_use"}`, `"tool_use_id":"toolu_1","type":"tool_result"}`, `"text":"`, "Which marks does", `"tools":[{`} {
		if !strings.Contains(final, want) {
			t.Errorf("the final call lacks %s: %.600s", want, final)
		}
	}
	if len(final) > 20_000 {
		t.Errorf("the final call has %d bytes", len(final))
	}
}

// A plan counts the system field as the first message, and covers every byte of every text.
func TestMessagesPlan(t *testing.T) {
	texts := map[[2]int]string{{0, 0}: "Be brief.", {1, 0}: document(12_000), {1, 1}: "Which marks are there?"}
	b, _ := json.Marshal(map[string]any{"model": "sonnet-4-x", "max_tokens": 4000, "system": texts[[2]int{0, 0}],
		"messages": []any{map[string]any{"role": "user", "content": []any{textDocument(texts[[2]int{1, 0}]), textBlock(texts[[2]int{1, 1}])}}}})
	r, _ := http.NewRequest("POST", upstreamURL+"/messages", bytes.NewReader(b))
	plan, err := newPlanner(t, upstreamtest.New(marks().Script)).Plan(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Decision != "decompose" || len(plan.Chunks) < 6 {
		t.Errorf("%s, %d chunks", plan.Decision, len(plan.Chunks))
	}
	covered := map[[2]int]int{}
	for _, s := range plan.Kept {
		covered[[2]int{s.Message, s.Part}] += s.End - s.Start
	}
	for _, c := range plan.Chunks {
		if covered[[2]int{c.Message, c.Part}] += c.End - c.Start; c.Message != 1 || c.Part != 0 {
			t.Errorf("chunk %d is of message %d, part %d", c.Index, c.Message, c.Part)
		}
	}
	for at, text := range texts {
		if covered[at] < len(text) {
			t.Errorf("message %d, part %d: %d of %d bytes", at[0], at[1], covered[at], len(text))
		}
	}
}

// A text that is put together here and ends at a stop sequence says so as the API does.
func TestMessagesStopSequence(t *testing.T) {
	const plan = `{"instruction_paragraphs":[1],"operator":"compose","dependence":"none","confidence":0.9,"question":"","unit":"","labels":[],"order":"source","conflict":"both","language":"","words":900,
		"sections":[{"title":"One","brief":"a","words":300},{"title":"Two","brief":"b","words":300},{"title":"Three","brief":"c","words":300}],"parallel":false,"glossary":false,"digest":""}`
	for _, stream := range []bool{false, true} {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			if isPlanner(c) {
				return upstreamtest.Reply{Text: plan}
			}
			return upstreamtest.Reply{Text: fmt.Sprintf("Piece %d of the text. HALT and more.", c.N)}
		})
		resp, body, frames := post(t, newPlanner(t, up), "/v1/messages", map[string]any{"model": "sonnet-4-x", "max_tokens": 3000, "stream": stream,
			"stop_sequences": []string{"END", "HALT"}, "messages": []message{{"user", "Write an essay of 900 words on lighthouses."}}}, "x-decompose", "1")
		got := string(body)
		if stream {
			got = strings.Join(frames, "\n")
		}
		if resp.StatusCode != 200 || resp.Header.Get("X-Haiku-Planner-Operator") != "compose" || strings.Count(got, `"stop_reason":"stop_sequence","stop_sequence":"HALT"`) != 1 || strings.Contains(got, "more") {
			t.Errorf("stream=%v: %d %v %s", stream, resp.StatusCode, resp.Header, got)
		}
	}
}
