package wire

import (
	"os"
	"strings"
	"testing"
)

// Every field and block type that Anthropic's Go SDK can send must have been thought about. The list is committed because the SDK is a heavy
// dependency; testdata/messages/sdkfields.sh makes it.
func TestFieldsOfAnthropicSDK(t *testing.T) {
	list, err := os.ReadFile("testdata/messages/sdkfields.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		kind, name, _ := strings.Cut(line, " ")
		count[kind]++
		known := true
		switch kind {
		case "field":
			_, known = messagesTable.row(name)
		case "block":
			_, known = blockKinds[name]
		case "source":
			known = strings.Contains(" text content base64 url file ", " "+name+" ") // the first two are read by source
		case "#":
		default:
			t.Errorf("line %q", line)
		}
		if !known {
			t.Errorf("%s %q has no row: decide where it goes when a request is decomposed", kind, name)
		}
	}
	if count["field"] < 20 || count["block"] < 20 || count["source"] < 5 {
		t.Errorf("the list is cut: %v", count)
	}
}

// What LiteLLM 1.102.4 takes on this path besides (its AnthropicMessagesRequest and the proxy's own fields), and anthropic 2.14 for Python.
func TestFieldsOfLiteLLMMessages(t *testing.T) {
	for _, name := range strings.Fields(`litellm_metadata inference_geo mcp_servers context_management container output_format speed output_config
		cache_control reasoning_effort safeguards tags fallbacks mock_response num_retries timeout cache guardrails litellm_session_id
		litellm_trace_id drop_params api_key api_base prompt_id context_window_fallbacks extra_headers thread billing_policy`) {
		if _, ok := messagesTable.row(name); !ok {
			t.Errorf("%s has no row in messagesTable", name)
		}
	}
}

func TestMessagesTable(t *testing.T) {
	checkTable(t, messagesTable, nil)
	checkReach(t, Messages(), messagesTable, `{"model":"m","max_tokens":5,`, `,"messages":[{"role":"user","content":"x"}]}`)
	for name, b := range blockKinds {
		if b.why == "" && b.kind != textualBlock && b.kind != thoughtBlock {
			t.Errorf("block %s: no reason", name)
		}
	}
}
