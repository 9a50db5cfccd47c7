package haikuplanner_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// A responseObject is what a test looks at of a response.
type responseObject struct {
	ID, Object, Status, Model string
	Details                   *struct{ Reason string } `json:"incomplete_details"`
	Output                    []struct {
		ID, Type string
		Content  []struct{ Type, Text string }
	}
	Usage struct {
		Input  int `json:"input_tokens"`
		Output int `json:"output_tokens"`
	}
	Planner plannerObject `json:"haiku_planner"`
	Error   *struct{ Code, Message, Type string }
}

func (r responseObject) text() string {
	text := ""
	for _, item := range r.Output {
		for _, c := range item.Content {
			text += c.Text
		}
	}
	return text
}

// readEvents checks what must be true of every stream and returns the last event's response, and the texts of the deltas.
func readEvents(t *testing.T, data []string) (last responseObject, text string, kinds []string) {
	t.Helper()
	ids := map[string]bool{}
	added := map[int]string{}
	for i, d := range data {
		var v struct {
			Type     string
			Seq      int `json:"sequence_number"`
			Index    int `json:"output_index"`
			ItemID   string
			Item     struct{ ID string }
			Delta    string
			Response *responseObject
		}
		if err := json.Unmarshal([]byte(d), &v); err != nil || v.Seq != i {
			t.Fatalf("event %d: %v in %s", i, err, d)
		}
		kinds = append(kinds, v.Type)
		if v.Response != nil {
			ids[v.Response.ID] = true
			last = *v.Response
		}
		switch v.Type {
		case "response.output_item.added":
			if _, twice := added[v.Index]; twice || v.Index != len(added) {
				t.Errorf("item %d is added after %v", v.Index, added)
			}
			added[v.Index] = v.Item.ID
		case "response.output_item.done":
			if added[v.Index] != v.Item.ID {
				t.Errorf("item %d is done as %q, added as %q", v.Index, v.Item.ID, added[v.Index])
			}
		case "response.output_text.delta":
			text += v.Delta
		}
	}
	if len(ids) != 1 {
		t.Errorf("ids %v", ids)
	}
	for i, item := range last.Output {
		if added[i] != item.ID {
			t.Errorf("output %d is %q, added as %q", i, item.ID, added[i])
		}
	}
	return last, text, kinds
}

func TestBigResponse(t *testing.T) {
	doc := document(20_000)
	const question = "List every line that starts with MARK-."
	part := func(kind, text string) map[string]any { return map[string]any{"type": kind, "text": text} }
	for name, input := range map[string]any{
		"text": question + "\n\n" + doc,
		"items": []any{map[string]any{"role": "user", "content": "Hello."},
			map[string]any{"type": "reasoning", "id": "rs_1", "summary": []any{}},
			map[string]any{"type": "message", "role": "assistant", "id": "msg_1", "status": "completed", "content": []any{part("output_text", "Hello!")}},
			map[string]any{"role": "user", "content": []any{part("input_text", doc), part("input_text", question)}}},
	} {
		for _, stream := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " stream=", stream), func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
						r := marks().Script(c)
						if c.Model == "sonnet-4-x" {
							r.Thinking = "Let me see."
						}
						return r
					})
					resp, body, data := post(t, newPlanner(t, up), "/v1/responses", map[string]any{
						"model": "sonnet-4-x", "instructions": "You are exact.", "input": input, "max_output_tokens": 4000, "stream": stream, "store": true, "user": "u-1"})
					if resp.StatusCode != 200 || resp.Header.Get("X-Haiku-Planner") != "decomposed" || resp.Header.Get("X-Haiku-Planner-Reason") != "large" {
						t.Fatalf("status %d, header %v, body %.400s", resp.StatusCode, resp.Header, body)
					}
					var got responseObject
					if stream {
						var text string
						var kinds []string
						got, text, kinds = readEvents(t, data)
						list := strings.Join(kinds, " ")
						if text != got.text() || !strings.HasPrefix(list, "response.created response.in_progress response.output_item.added response.reasoning_summary_text.delta response.output_item.done "+
							"response.output_item.added response.content_part.added response.output_text.delta") ||
							!strings.HasSuffix(list, "response.output_text.delta response.output_text.done response.content_part.done response.output_item.done response.completed") {
							t.Errorf("%q, events %s", text, list)
						}
					} else if err := json.Unmarshal(body, &got); err != nil {
						t.Fatal(err)
					}
					allMarks(t, got.text())
					last := up.Calls()[len(up.Calls())-1]
					if got.Object != "response" || got.Status != "completed" || got.Model != "sonnet-4-x" || got.ID != fmt.Sprintf("resp_%d", last.N) || got.Output[0].Type != "reasoning" {
						t.Errorf("got %+v", got)
					}
					got.Planner.checkWhole(t, got.Usage.Input, got.Usage.Output)
					checkCalls(t, up, "/v1/responses", doc)
					for _, c := range up.Calls() {
						if stored := bytes.Contains(c.Body, []byte(`"store":true`)); stored != (c.N == last.N) || !stored && !bytes.Contains(c.Body, []byte(`"store":false`)) {
							t.Errorf("call %d is stored: %v", c.N, stored)
						}
						if !bytes.Contains(c.Body, []byte(`"user":"u-1"`)) {
							t.Errorf("call %d lost the user", c.N)
						}
					}
					if last.System != "You are exact." {
						t.Errorf("the final call's instructions are %q", last.System)
					}
				})
			})
		}
	}
}

func TestResponsesForOneCall(t *testing.T) {
	big := document(9000)
	for _, c := range []struct {
		body   map[string]any
		reason string
	}{
		{map[string]any{"input": "hello"}, "small"},
		{map[string]any{"input": big, "previous_response_id": "resp_1"}, "previous_response_id"},
		{map[string]any{"input": big, "conversation": map[string]any{"id": "c"}}, "conversation"},
		{map[string]any{"input": big, "background": true}, "background"},
		{map[string]any{"input": big, "tools": []any{map[string]any{"type": "web_search"}}}, "tools"},
		{map[string]any{"input": big, "prompt": map[string]any{"id": "p"}}, "prompt"},
		{map[string]any{"input": big, "include": []string{"message.output_text.logprobs"}}, "include"},
		{map[string]any{"input": []any{map[string]any{"role": "user", "content": big}, map[string]any{"type": "item_reference", "id": "x"}}}, "input"},
		{map[string]any{"input": map[string]any{}}, "not-understood"},
	} {
		up := upstreamtest.New(nil)
		c.body["model"] = "sonnet-4-x"
		resp, _, _ := post(t, newPlanner(t, up), "/responses", c.body)
		if got := resp.Header.Get("X-Haiku-Planner-Reason"); resp.Header.Get("X-Haiku-Planner") != "forwarded" || got != c.reason || len(up.Calls()) != 1 {
			t.Errorf("%s: %q, %d calls", c.reason, got, len(up.Calls()))
		}
		want, _ := json.Marshal(c.body)
		if got := up.Calls()[0].Body; !bytes.Equal(got, want) {
			t.Errorf("%s: the body was changed", c.reason)
		}
	}
}

// A final call that fails before its first word keeps its status; one that breaks off later ends the stream in an event that clients raise on.
func TestResponsesFail(t *testing.T) {
	input := "List every line that starts with MARK-.\n\n" + document(20_000)
	for _, c := range []struct {
		reply  upstreamtest.Reply
		stream bool
		status int
		last   string
	}{
		{upstreamtest.Reply{Status: 401, Error: "no such key"}, false, 401, ""},
		{upstreamtest.Reply{Status: 401, Error: "no such key"}, true, 401, ""},
		{upstreamtest.Reply{Text: "MARK-00 and more", StreamError: "the model broke"}, true, 200, "error"},
		{upstreamtest.Reply{Text: "MARK-00 and more", NoDone: true}, true, 200, "error"},
		{upstreamtest.Reply{Text: "MARK-00 and more", Finish: "length"}, true, 200, "response.incomplete"},
	} {
		up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
			if call.Model == "sonnet-4-x" {
				return c.reply
			}
			return marks().Script(call)
		})
		resp, body, data := post(t, newPlanner(t, up), "/v1/responses", map[string]any{"model": "sonnet-4-x", "input": input, "stream": c.stream}, "x-decompose", "1")
		if resp.StatusCode != c.status {
			t.Errorf("%+v: status %d, %s", c.reply, resp.StatusCode, body)
			continue
		}
		if c.status != 200 {
			var v responseObject
			if err := json.Unmarshal(body, &v); err != nil || v.Error == nil || v.Error.Message == "" {
				t.Errorf("%+v: %v in %s", c.reply, err, body)
			}
			continue
		}
		got, _, kinds := readEvents(t, data)
		if last := kinds[len(kinds)-1]; last != c.last {
			t.Errorf("%+v: the stream ends with %s", c.reply, last)
		}
		if c.last == "error" && (got.Status != "failed" || !strings.Contains(data[len(data)-1], `"error":{"message":`)) {
			t.Errorf("%+v: %s, %s", c.reply, got.Status, data[len(data)-1])
		}
		if c.last != "error" && (got.Status != "incomplete" || got.Details == nil || got.Details.Reason != "max_output_tokens") {
			t.Errorf("%+v: %+v", c.reply, got)
		}
	}
}
