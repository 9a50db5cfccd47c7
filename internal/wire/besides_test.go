package wire

import (
	"strings"
	"testing"
)

func TestBesides(t *testing.T) {
	long := strings.Repeat("LONG ", 20)
	for _, c := range []struct {
		name    string
		dialect Dialect
		body    string
		long    int // of the long texts
		others  int
	}{
		{"texts", Chat(), `{"model":"m","messages":[{"role":"system","content":"` + long + `"},{"role":"user","content":[{"type":"text","text":"` + long + `"}]}],"metadata":{"a":"` + long + `"}}`, 0, 0},
		{"chat", Chat(), `{"model":"m","tools":[{"type":"function","function":{"name":"f","description":"` + long + `"}}],"response_format":{"type":"json_schema","json_schema":{"name":"` + long + `"}},
			"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"` + long + `"}}]},
			{"role":"assistant","content":null,"reasoning_content":"` + long + `","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"` + long + `"}}]},{"role":"tool","tool_call_id":"1","content":"` + long + `"}]}`, 4, 1},
		{"messages", Messages(), `{"model":"m","max_tokens":1,"system":"` + long + `","tools":[{"name":"f","description":"` + long + `"}],"messages":[{"role":"user","content":"a"},
			{"role":"assistant","content":[{"type":"thinking","thinking":"` + long + `"},{"type":"tool_use","id":"1","name":"f","input":{"a":"` + long + `"}}]},
			{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":"b"},{"type":"image","source":{"type":"base64","data":"` + long + `"}}]}]}`, 3, 1},
		{"responses", Responses(), `{"model":"m","instructions":"` + long + `","tools":[{"type":"function","name":"f","description":"` + long + `"}],"text":{"format":{"type":"json_schema","name":"` + long + `"}},
			"input":[{"role":"user","content":"a"},{"type":"function_call","call_id":"1","name":"f","arguments":"` + long + `"},{"type":"function_call_output","call_id":"1","output":"` + long + `"}]}`, 3, 0},
		{"completions", Completions(), `{"model":"m","prompt":"` + long + `"}`, 0, 0},
		{"completions of tokens", Completions(), `{"model":"m","prompt":[` + strings.Repeat("1234,", 40) + `5]}`, 0, 0},
		{"completions of both", Completions(), `{"model":"m","prompt":[[1,2],"` + long + `"]}`, 1, 0},
	} {
		req, err := c.dialect.Parse([]byte(c.body))
		if err != nil {
			t.Fatal(err)
		}
		json, tokens, others := req.Besides()
		if want := strings.Count(c.body, "1234,"); want > 0 && (tokens != want+1 || len(json) > 0) {
			t.Errorf("%s: %d tokens, %q", c.name, tokens, json)
		}
		if n := strings.Count(strings.Join(json, ""), long); n != c.long || others != c.others {
			t.Errorf("%s: %d long texts and %d others, want %d and %d: %q", c.name, n, others, c.long, c.others, json)
		}
	}
}
