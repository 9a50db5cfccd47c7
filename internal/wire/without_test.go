package wire

import "testing"

// What a model refused is not added again; what the caller set is the caller's, who shall see it refused.
func TestEditWithout(t *testing.T) {
	on := true
	const (
		turns = `"messages":[{"role":"user","content":"x"}]`
		input = `"input":"x"`
	)
	usage := []string{"stream_options"}
	for _, c := range []struct {
		name       string
		dialect    Dialect
		body, want string
		edit       Edit
	}{
		{"chat", Chat(), `{"model":"m",` + turns + `}`, `{"model":"m",` + turns + `,"max_completion_tokens":7}`, Edit{MaxTokens: 7, Without: []string{"max_tokens"}}},
		{"chat, both names", Chat(), `{"model":"m",` + turns + `}`, `{"model":"m",` + turns + `}`, Edit{MaxTokens: 7, Without: []string{"max_tokens", "max_completion_tokens"}}},
		{"chat, the caller's", Chat(), `{"max_tokens":9,"model":"m",` + turns + `}`, `{"max_tokens":7,"model":"m",` + turns + `}`, Edit{MaxTokens: 7, Without: []string{"max_tokens"}}},
		{"chat, stream", Chat(), `{"model":"m",` + turns + `}`, `{"model":"m",` + turns + `,"stream":true}`, Edit{Stream: &on, Without: usage}},
		{"chat, the caller's usage", Chat(), `{"stream":true,"stream_options":{"include_usage":true},"model":"m",` + turns + `}`, `{"stream":true,"stream_options":{"include_usage":true},"model":"m",` + turns + `}`, Edit{Stream: &on, Without: usage}},
		{"chat, the caller's other options", Chat(), `{"stream":true,"stream_options":{"x":1},"model":"m",` + turns + `}`, `{"stream":true,"stream_options":{"x":1},"model":"m",` + turns + `}`, Edit{Stream: &on, Without: usage}},
		{"completions, stream", Completions(), `{"model":"m","prompt":"x"}`, `{"model":"m","prompt":"x","stream":true}`, Edit{Stream: &on, Without: usage}},
		{"responses", Responses(), `{"model":"m",` + input + `}`, `{"model":"m",` + input + `,"max_output_tokens":7}`, Edit{MaxTokens: 7}},
		{"responses, refused", Responses(), `{"model":"m",` + input + `}`, `{"model":"m",` + input + `}`, Edit{MaxTokens: 7, Without: []string{"max_output_tokens"}}},
		{"responses, null", Responses(), `{"max_output_tokens":null,"model":"m",` + input + `}`, `{"max_output_tokens":null,"model":"m",` + input + `}`, Edit{MaxTokens: 7, Without: []string{"max_output_tokens"}}},
		{"responses, the caller's", Responses(), `{"max_output_tokens":9,"model":"m",` + input + `}`, `{"max_output_tokens":7,"model":"m",` + input + `}`, Edit{MaxTokens: 7, Without: []string{"max_output_tokens"}}},
	} {
		r, err := c.dialect.Parse([]byte(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(c.dialect.Edit(r, c.edit)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	r := parse(t, `{"model":"m",`+turns+`}`)
	call := Call{Model: "a", User: []string{"q"}, Stream: true, Drop: usage}
	if got, want := string(Chat().Call(nil, r, call)), `{"model":"a","messages":[{"role":"user","content":"q"}],"temperature":0,"stream":true}`; got != want {
		t.Errorf("call:\n got %s\nwant %s", got, want)
	}
}
