//go:build clients

package clients

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

const (
	toolName      = "weather"
	toolArguments = `{"city":"Bergen"}`
)

type object = map[string]any

// toolReply asks for the weather in the shape of the call's API, streamed or not. These calls are forwarded: the client sees the bytes written here.
func toolReply(c upstreamtest.Call) upstreamtest.Reply {
	switch {
	case c.IsMessages() && c.Stream:
		return events(messageTool())
	case c.IsMessages():
		return upstreamtest.Reply{Raw: text(object{"id": "msg_1", "type": "message", "role": "assistant", "model": model, "stop_reason": "tool_use", "stop_sequence": nil,
			"content": []object{{"type": "tool_use", "id": "toolu_1", "name": toolName, "input": json.RawMessage(toolArguments)}}, "usage": object{"input_tokens": 1000, "output_tokens": 10}})}
	case c.IsResponses() && c.Stream:
		return events(responseTool())
	case c.IsResponses():
		return upstreamtest.Reply{Raw: text(toolResponse("completed"))}
	}
	calls := text([]object{{"index": 0, "id": "call_1", "type": "function", "function": object{"name": toolName, "arguments": toolArguments}}})
	return upstreamtest.Reply{ToolCalls: calls, Usage: &callTokens}
}

func messageTool() []object {
	message := object{"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": []any{}, "stop_reason": nil, "stop_sequence": nil, "usage": object{"input_tokens": 1000, "output_tokens": 1}}
	list := []object{
		{"type": "message_start", "message": message},
		{"type": "content_block_start", "index": 0, "content_block": object{"type": "tool_use", "id": "toolu_1", "name": toolName, "input": object{}}},
	}
	for _, half := range halves(toolArguments) {
		list = append(list, object{"type": "content_block_delta", "index": 0, "delta": object{"type": "input_json_delta", "partial_json": half}})
	}
	return append(list, object{"type": "content_block_stop", "index": 0},
		object{"type": "message_delta", "delta": object{"stop_reason": "tool_use", "stop_sequence": nil}, "usage": object{"output_tokens": 10}}, object{"type": "message_stop"})
}

func toolResponse(status string) object {
	out := object{"id": "resp_1", "object": "response", "created_at": 1700000000, "status": status, "model": model, "error": nil, "incomplete_details": nil,
		"parallel_tool_calls": true, "tool_choice": "auto", "tools": []any{}, "output": []any{}}
	if status == "completed" {
		out["output"] = []object{toolItem(toolArguments, status)}
		out["usage"] = object{"input_tokens": 1000, "input_tokens_details": object{"cached_tokens": 0}, "output_tokens": 10, "output_tokens_details": object{"reasoning_tokens": 0}, "total_tokens": 1010}
	}
	return out
}

func toolItem(arguments, status string) object {
	return object{"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": toolName, "arguments": arguments, "status": status}
}

func responseTool() []object {
	list := []object{
		{"type": "response.created", "response": toolResponse("in_progress")},
		{"type": "response.output_item.added", "output_index": 0, "item": toolItem("", "in_progress")},
	}
	for _, half := range halves(toolArguments) {
		list = append(list, object{"type": "response.function_call_arguments.delta", "item_id": "fc_1", "output_index": 0, "delta": half})
	}
	list = append(list, object{"type": "response.function_call_arguments.done", "item_id": "fc_1", "output_index": 0, "name": toolName, "arguments": toolArguments},
		object{"type": "response.output_item.done", "output_index": 0, "item": toolItem(toolArguments, "completed")}, object{"type": "response.completed", "response": toolResponse("completed")})
	for i := range list {
		list[i]["sequence_number"] = i
	}
	return list
}

// events is a stream of named events.
func events(list []object) upstreamtest.Reply {
	var b strings.Builder
	for _, e := range list {
		b.WriteString("event: " + e["type"].(string) + "\ndata: " + string(text(e)) + "\n\n")
	}
	return upstreamtest.Reply{Raw: []byte(b.String()), Header: http.Header{"Content-Type": {"text/event-stream; charset=utf-8"}}}
}

func text(v any) []byte {
	b, _ := json.Marshal(v)
	return b
}
