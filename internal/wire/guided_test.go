package wire

import "testing"

func TestForm(t *testing.T) {
	const schema = `{"type":"object"}`
	for body, want := range map[string][2]string{
		`"stop":null`:                                                 {"", ""},
		`"guided_json":` + schema:                                     {"json_schema", schema},
		`"guided_json":"{\"type\":\"object\"}"`:                       {"json_schema", schema},
		`"guided_json":null,"guided_choice":[],"guided_regex":""`:     {"", ""},
		`"guided_json":"Pydantic"`:                                    {"guided", ""},
		`"guided_choice":["a","b"]`:                                   {"guided", ""},
		`"guided_regex":"\\d+"`:                                       {"guided", ""},
		`"guided_grammar":"root ::= x"`:                               {"guided", ""},
		`"structured_outputs":{"choice":["a"]}`:                       {"guided", ""},
		`"structured_outputs":{"json":` + schema + `}`:                {"json_schema", schema},
		`"structured_outputs":{"json_object":true}`:                   {"json_object", ""},
		`"extra_body":{"guided_choice":["a"]}`:                        {"guided", ""},
		`"extra_body":{"choice":["a"]}`:                               {"", ""},
		`"response_format":{"type":"json_object"},"guided_regex":"x"`: {"json_object", ""},
		`"response_format":{"type":"text"},"guided_regex":"x"`:        {"guided", ""},
		`"response_format":{"type":"text"}`:                           {"text", ""},
		`"structured_outputs":null,"extra_body":{},"guided_json":{}`:  {"", ""},
	} {
		r, err := Chat().Parse([]byte(`{"model":"m","messages":[{"role":"user","content":"q"}],` + body + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if format, schema := r.Form(); format != want[0] || string(schema) != want[1] {
			t.Errorf("%s: %q %q", body, format, schema)
		}
	}
}
