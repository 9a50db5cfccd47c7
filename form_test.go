package haikuplanner_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

var verdictSchema = map[string]any{"type": "object", "properties": map[string]any{"verdict": map[string]any{"enum": []string{"good", "bad"}}, "why": map[string]any{"type": "string"}},
	"required": []string{"verdict", "why"}, "additionalProperties": false}

func formOf(kind string) map[string]any {
	f := map[string]any{"type": kind}
	if kind == "json_schema" {
		f["json_schema"] = map[string]any{"name": "verdict", "strict": true, "schema": verdictSchema}
	}
	return f
}

// Whatever operator makes the final call: what it answers under response_format reaches the caller only where it fits, streamed or not. One that does not is asked
// for once more, with what is wrong with it.
func TestFinalAnswersFitResponseFormat(t *testing.T) {
	const good, wrong, prose = `{"verdict":"good","why":"it \"holds\""}`, `{"verdict":"so so","why":""}`, "I would say it is good."
	type final = upstreamtest.Reply
	long := document(9000)
	for _, c := range []struct {
		name, kind string
		finals     []final
		want       string // "" is an error
		calls      int
	}{
		{"as it should be", "json_schema", []final{{Text: good}}, good, 1},
		{"mended", "json_schema", []final{{Text: wrong}, {Text: good}}, good, 2},
		{"prose first", "json_schema", []final{{Text: prose}, {Text: good}}, good, 2},
		{"in a fence", "json_schema", []final{{Text: "Here it is:\n```json\n" + good + "\n```"}}, good, 1},
		{"twice wrong", "json_schema", []final{{Text: wrong}, {Text: wrong}}, "", 2},
		{"cut", "json_schema", []final{{Text: good[:20], Finish: "length"}}, "", 1},
		{"object", "json_object", []final{{Text: wrong}}, wrong, 1},
		{"object mended", "json_object", []final{{Text: prose}, {Text: wrong}}, wrong, 2},
		{"object twice prose", "json_object", []final{{Text: prose}, {Text: prose}}, "", 2},
		{"broken off, then good", "json_schema", []final{{Text: good, Cut: 300}, {Text: good}}, good, 2},
		{"refused in words", "json_schema", []final{{Refusal: "No."}}, "", 1},
	} {
		for op, task := range map[string]string{"answer": "Why is the ledger not to be trusted?", "summarize": "Summarize the document.", "find": "In which section is MARK-03?", "direct": ""} {
			for _, stream := range []bool{false, true} {
				name := fmt.Sprintf("%s, %s, stream %v", c.name, op, stream)
				n := 0
				up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
					switch {
					case call.Model == "sonnet-4-x" && call.Format == c.kind:
						n++
						return c.finals[min(n, len(c.finals))-1]
					case isAdvice(call):
						return upstreamtest.Reply{Text: "no"}
					}
					return upstreamtest.Reply{Text: "NONE"}
				})
				text := task + "\n\n" + long
				if op == "direct" {
					text = "Is it good?"
				}
				a := send(t, newPlanner(t, up), body("sonnet-4-x", map[string]any{"stream": stream, "response_format": formOf(c.kind)}, message{"user", text}), "x-decompose", "1")
				if got := a.Header.Get("X-Haiku-Planner-Operator"); a.Status == 200 && got != op {
					t.Fatalf("%s: operator %q", name, got)
				}
				if n != c.calls {
					t.Errorf("%s: %d final calls, want %d", name, n, c.calls)
				}
				switch {
				case c.name == "refused in words":
					if a.Status != 200 || !strings.Contains(string(a.Body), `"No."`) || a.Content != "" {
						t.Errorf("%s: a refusal is an answer: status %d, %s", name, a.Status, a.Body)
					}
				case c.want == "" && (a.Status != 502 || a.Error.Message == "" || a.Content != ""):
					t.Errorf("%s: status %d, %q, error %q", name, a.Status, a.Content, a.Error.Message)
				case c.want != "" && (a.Status != 200 || a.Content != c.want || a.Finish != "stop"):
					t.Errorf("%s: status %d, %q, finish %q, %s", name, a.Status, a.Content, a.Finish, a.Error.Message)
				}
				if calls := up.Calls(); c.name == "mended" {
					last := calls[len(calls)-1]
					if k := len(last.Messages); k < 3 || last.Messages[k-2].Text != wrong || !strings.Contains(last.Messages[k-1].Text, "/verdict") || last.Format != c.kind {
						t.Errorf("%s: the second call does not say what is wrong: %+v", name, last.Messages)
					}
				}
			}
		}
	}
}

// In automatic mode an answer that cannot be made to fit becomes the direct call's.
func TestUnfitFinalAnswerIsForwarded(t *testing.T) {
	for _, stream := range []bool{false, true} {
		up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
			switch {
			case call.Model != "sonnet-4-x":
				return upstreamtest.Reply{Text: "NONE"}
			case strings.Contains(call.User, "barrels") && !slices.ContainsFunc(call.Messages, func(m upstreamtest.Message) bool { return strings.Contains(m.Text, "passages") }):
				return upstreamtest.Reply{Text: `{"verdict":"bad","why":"direct"}`}
			}
			return upstreamtest.Reply{Text: "not JSON"}
		})
		a := send(t, newPlanner(t, up), body("sonnet-4-x", map[string]any{"stream": stream, "response_format": formOf("json_schema")},
			message{"user", "Why is the ledger not to be trusted?\n\n" + document(9000)}))
		if a.Status != 200 || a.Content != `{"verdict":"bad","why":"direct"}` || a.Header.Get("X-Haiku-Planner-Reason") != "fallback" {
			t.Errorf("stream %v: status %d, reason %q, %q", stream, a.Status, a.Header.Get("X-Haiku-Planner-Reason"), a.Content)
		}
	}
}

// The Messages API's format is held to as well, in its own shapes.
func TestFinalAnswersFitOutputFormatOfMessages(t *testing.T) {
	const good, wrong = `{"verdict":"good","why":"it holds"}`, `{"verdict":"maybe"}`
	for _, stream := range []bool{false, true} {
		finals := 0
		up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
			if call.Model != "sonnet-4-x" {
				return upstreamtest.Reply{Text: "NONE"}
			}
			if finals++; finals == 1 {
				return upstreamtest.Reply{Text: wrong}
			}
			return upstreamtest.Reply{Text: good}
		})
		a := sendMessages(t, newPlanner(t, up), "/v1/messages", map[string]any{"model": "sonnet-4-x", "max_tokens": 500, "stream": stream,
			"output_config": map[string]any{"format": map[string]any{"type": "json_schema", "schema": verdictSchema}},
			"messages":      []message{{"user", "Why is the ledger not to be trusted?\n\n" + document(9000)}}}, "x-decompose", "1")
		if a.Status != 200 || a.Content != good || finals != 2 {
			t.Errorf("stream %v: status %d, %q after %d final calls", stream, a.Status, a.Content, finals)
		}
	}
}

// So is that of the Responses API, whose events are held back with their thinking.
func TestFinalAnswersFitTextFormatOfResponses(t *testing.T) {
	const good, wrong = `{"verdict":"good","why":"it holds in every way that matters"}`, `{"verdict":"maybe"}`
	for _, first := range []string{wrong, good} {
		for _, stream := range []bool{false, true} {
			finals := 0
			up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
				if call.Model != "sonnet-4-x" {
					return upstreamtest.Reply{Text: "NONE"}
				}
				if finals++; finals == 1 {
					return upstreamtest.Reply{Text: first, Thinking: "Let me see."}
				}
				return upstreamtest.Reply{Text: good, Thinking: "Once more."}
			})
			resp, body, data := post(t, newPlanner(t, up), "/v1/responses", map[string]any{"model": "sonnet-4-x", "stream": stream, "input": "Why is the ledger not to be trusted?\n\n" + document(9000),
				"text": map[string]any{"format": map[string]any{"type": "json_schema", "name": "verdict", "strict": true, "schema": verdictSchema}}}, "x-decompose", "1")
			var got responseObject
			if stream {
				got, _, _ = readEvents(t, data)
			} else if err := json.Unmarshal(body, &got); err != nil {
				t.Fatal(err)
			}
			if want := 1 + strings.Count(first, "maybe"); resp.StatusCode != 200 || got.text() != good || finals != want {
				t.Errorf("stream %v, first %s: status %d, %q after %d final calls, want %d", stream, first, resp.StatusCode, got.text(), finals, want)
			}
		}
	}
}
