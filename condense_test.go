package haikuplanner_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// An agent's history that does not fit the model: long tool results become extracts, everything else stays as it was.
func TestCondense(t *testing.T) {
	results := []string{document(9000), document(4000), "exit 0"}
	var messages []map[string]any
	messages = append(messages, map[string]any{"role": "system", "content": "You are an agent."}, map[string]any{"role": "user", "content": "List every line that starts with MARK-."})
	for i, result := range results {
		messages = append(messages,
			map[string]any{"role": "assistant", "content": nil, "tool_calls": []any{map[string]any{"id": fmt.Sprint("call_", i), "type": "function", "function": map[string]any{"name": "read", "arguments": "{}"}}}},
			map[string]any{"role": "tool", "tool_call_id": fmt.Sprint("call_", i), "content": result})
	}
	b, _ := json.Marshal(map[string]any{"model": "small", "messages": messages, "tools": []any{map[string]any{"type": "function", "function": map[string]any{"name": "read"}}}})
	up := upstreamtest.New(marks().Script)
	up.SetModels(append(upstreamtest.DefaultModels(), upstreamtest.Model{Name: "small", Window: 8000, MaxOutput: 1000})...)
	p := newPlanner(t, up)
	a := send(t, p, b)
	if a.Status != 200 || a.Header.Get("X-Haiku-Planner-Operator") != "condense" {
		t.Fatalf("status %d, %v: %.300s", a.Status, a.Header, a.Body)
	}
	allMarks(t, a.Content)
	calls := up.Calls()
	final := calls[len(calls)-1]
	var sent struct {
		Model    string
		Tools    []any
		Messages []struct {
			Role       string
			Content    *string
			ToolCallID string `json:"tool_call_id"`
			ToolCalls  []struct{ ID string }
		}
	}
	if err := json.Unmarshal(final.Body, &sent); err != nil {
		t.Fatal(err)
	}
	if len(sent.Messages) != len(messages) || len(sent.Tools) != 1 || sent.Model != "small" {
		t.Fatalf("%d messages, %d tools, model %s", len(sent.Messages), len(sent.Tools), sent.Model)
	}
	for i, m := range sent.Messages {
		if m.Role != messages[i]["role"] || m.Role == "tool" && m.ToolCallID != messages[i]["tool_call_id"] {
			t.Errorf("message %d is %s %s", i, m.Role, m.ToolCallID)
		}
	}
	if got := *sent.Messages[7].Content; got != "exit 0" {
		t.Errorf("the latest result became %q", got)
	}
	if got := *sent.Messages[3].Content; len(got) > 5000 || !strings.Contains(got, "MARK-00") {
		t.Errorf("the first result became %d bytes: %.200q", len(got), got)
	}
}
