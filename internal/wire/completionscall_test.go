package wire

import "testing"

// A model that refuses response_format is told of the schema in words.
func TestCompletionsSchema(t *testing.T) {
	r, err := Completions().Parse([]byte(`{"model":"m","prompt":"a"}`))
	if err != nil {
		t.Fatal(err)
	}
	c := Call{Model: "m", System: []string{"s"}, User: []string{"u"}, Schema: &Schema{Name: "n", JSON: []byte(`{"type":"object"}`)}}
	if got, want := string(Completions().Call(nil, r, c)), `{"model":"m","prompt":"s\n\nu","temperature":0,"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object"}}}}`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	c.Drop = []string{"response_format"}
	want := `{"model":"m","prompt":"s\n\n` + underSchema + `n:\n{\"type\":\"object\"}\n\nu","temperature":0}`
	if got := string(Completions().Call(nil, r, c)); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
