package wire

import (
	"reflect"
	"strings"
	"testing"

	openai "github.com/sashabaranov/go-openai"
)

// Every field that go-openai can send must have been thought about.
func TestFieldsOfGoOpenAI(t *testing.T) {
	n := 0
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Anonymous && name == "" {
				walk(f.Type)
				continue
			}
			if name == "" || name == "-" {
				continue
			}
			n++
			if _, ok := chatTable.row(name); !ok {
				t.Errorf("%s (%s) has no row in chatFields: decide where it goes when a request is decomposed", name, f.Name)
			}
		}
	}
	walk(reflect.TypeOf(openai.ChatCompletionRequest{}))
	if n < 30 {
		t.Errorf("only %d fields found: the walk is broken", n)
	}
}

// The fields of OpenAI's own SDK (openai-go 3.96) and of LiteLLM 1.102.4's proxy that a caller may send.
func TestFieldsOfOpenAI(t *testing.T) {
	for _, name := range strings.Fields(`messages model frequency_penalty logprobs max_completion_tokens max_tokens n presence_penalty
		prompt_cache_key safety_identifier seed store temperature top_logprobs top_p parallel_tool_calls user audio logit_bias metadata
		modalities moderation prompt_cache_retention reasoning_effort service_tier stop stream_options verbosity function_call functions
		prediction prompt_cache_options response_format tool_choice tools web_search_options stream
		tags fallbacks mock_response num_retries timeout cache guardrails thinking extra_headers litellm_metadata litellm_session_id
		litellm_trace_id drop_params api_key api_base api_version prompt_id prompt_variables context_window_fallbacks`) {
		if _, ok := chatTable.row(name); !ok {
			t.Errorf("%s has no row in chatFields", name)
		}
	}
}

func TestFieldTable(t *testing.T) { checkTable(t, chatTable, nil) }

// A field reaches a call of ours if and only if its row says all; it stays in the final call in every case.
func TestFieldsReachCalls(t *testing.T) {
	for _, f := range chatFields {
		switch f.place {
		case combined, forward:
			continue
		}
		member := `"` + f.name + `":{"k" : 1.0}`
		r := parse(t, `{"model":"m",`+member+`,"messages":[{"role":"user","content":"x"}]}`)
		call := string(Chat().Call(nil, r, Call{Model: "a", User: []string{"q"}, MaxTokens: 1}))
		if got, want := strings.Contains(call, member), f.place == all; got != want {
			t.Errorf("%s in a call of ours: %v, want %v: %s", f.name, got, want, call)
		}
		edited := string(Chat().Edit(r, Edit{Texts: map[At]string{{0, 0}: "y"}}))
		if !strings.Contains(edited, member) {
			t.Errorf("%s is lost in the final call: %s", f.name, edited)
		}
	}
}
