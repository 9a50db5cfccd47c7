package wire

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unsafe"
)

func parse(t *testing.T, body string) *Request {
	t.Helper()
	r, err := Chat().Parse([]byte(body))
	if err != nil {
		t.Fatalf("Parse(%.80s): %v", body, err)
	}
	return r
}

func TestParse(t *testing.T) {
	body := ` {"model" : "sonnet-4-x", "x":[1,{"y":1e999}], "messages":[
		{"role":"system","content":"Be\nbrief."},
		{"role":"user","name":"ann","content":[{"type":"text","text":"caf\u00e9 \ud83d\ude00","cache_control":{"type":"ephemeral"}},{"type":"image_url","image_url":{"url":"data:"}}]},
		{"content":null,"role":"assistant","tool_calls":[{"id":"1"}]},
		{"role":"assistant"}
	],"stream":true,"stream_options":{"include_usage":true},"max_tokens":100,"max_completion_tokens":50.0,
	"stop":["a","b"],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}},"n":2,"tools":[] }` + "\n"
	r := parse(t, body)
	if r.Model != "sonnet-4-x" || !r.Stream || !r.WantUsage || r.MaxTokens != 50 || r.Format != "json_schema" || string(r.Schema) != `{"type":"object"}` {
		t.Errorf("got %+v", r)
	}
	if want := []string{"a", "b"}; !reflect.DeepEqual(r.Stop, want) {
		t.Errorf("Stop = %q", r.Stop)
	}
	if want := []string{"tools", "n"}; !reflect.DeepEqual(r.OneCall, want) {
		t.Errorf("OneCall = %q, want %q (a tool turn counts as tools)", r.OneCall, want)
	}
	var got []string
	for _, m := range r.Messages {
		if c := body[m.Start]; c != '{' || body[m.End-1] != '}' {
			t.Errorf("message span %q", body[m.Start:m.End])
		}
		line := m.Role
		if m.Tools {
			line += "+tools"
		}
		for _, p := range m.Parts {
			line += " " + p.Type + "=" + p.Text
			if p.Type == "text" && body[p.Start] != '"' || p.Type != "text" && body[p.Start] != '{' {
				t.Errorf("part span %q", body[p.Start:p.End])
			}
		}
		got = append(got, line)
	}
	want := []string{"system text=Be\nbrief.", "user text=café 😀 image_url=", "assistant+tools", "assistant"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("messages:\n%q\nwant\n%q", got, want)
	}
}

func TestParseSharesMemory(t *testing.T) {
	body := []byte(`{"model":"m","messages":[{"role":"user","content":"plain text"}]}`)
	r, err := Chat().Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	p := r.Messages[0].Parts[0]
	if unsafe.StringData(p.Text) != &body[p.Start+1] {
		t.Error("a text without escapes was copied")
	}
}

func TestNotUnderstood(t *testing.T) {
	msgs := `"messages":[{"role":"user","content":"x"}]`
	for name, body := range map[string]string{
		"empty":                    "",
		"space":                    " \n",
		"null":                     "null",
		"array":                    "[]",
		"byte order mark":          "\uFEFF" + `{"model":"m",` + msgs + `}`,
		"trailing data":            `{"model":"m",` + msgs + `}x`,
		"two objects":              `{"model":"m",` + msgs + `}{}`,
		"trailing NUL":             `{"model":"m",` + msgs + "}\x00",
		"trailing comma":           `{"model":"m",` + msgs + `,}`,
		"cut":                      `{"model":"m",` + msgs,
		"single quotes":            `{'model':'m',` + msgs + `}`,
		"NaN":                      `{"model":"m","x":NaN,` + msgs + `}`,
		"Infinity":                 `{"model":"m","x":-Infinity,` + msgs + `}`,
		"leading zero":             `{"model":"m","x":01,` + msgs + `}`,
		"plus":                     `{"model":"m","x":+1,` + msgs + `}`,
		"bare point":               `{"model":"m","x":1.,` + msgs + `}`,
		"bare exponent":            `{"model":"m","x":1e,` + msgs + `}`,
		"raw newline in string":    "{\"model\":\"m\n\"," + msgs + `}`,
		"bad escape":               `{"model":"\x",` + msgs + `}`,
		"short \\u":                `{"model":"\u12",` + msgs + `}`,
		"bad hex":                  `{"model":"\u12g4",` + msgs + `}`,
		"invalid UTF-8":            "{\"model\":\"m\xff\"," + msgs + `}`,
		"raw surrogate":            "{\"model\":\"m\xed\xa0\x80\"," + msgs + `}`,
		"invalid UTF-8 in unknown": "{\"model\":\"m\",\"x\":[\"\xc3\"]," + msgs + `}`,
		"no model":                 `{` + msgs + `}`,
		"model null":               `{"model":null,` + msgs + `}`,
		"model number":             `{"model":1,` + msgs + `}`,
		"model empty":              `{"model":"",` + msgs + `}`,
		"Model":                    `{"Model":"m",` + msgs + `}`,
		"no messages":              `{"model":"m"}`,
		"messages null":            `{"model":"m","messages":null}`,
		"messages object":          `{"model":"m","messages":{}}`,
		"messages empty":           `{"model":"m","messages":[]}`,
		"message string":           `{"model":"m","messages":["x"]}`,
		"message without role":     `{"model":"m","messages":[{"content":"x"}]}`,
		"role null":                `{"model":"m","messages":[{"role":null,"content":"x"}]}`,
		"content number":           `{"model":"m","messages":[{"role":"user","content":1}]}`,
		"content object":           `{"model":"m","messages":[{"role":"user","content":{}}]}`,
		"part string":              `{"model":"m","messages":[{"role":"user","content":["x"]}]}`,
		"part without type":        `{"model":"m","messages":[{"role":"user","content":[{"text":"x"}]}]}`,
		"text part without text":   `{"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]}`,
		"text part of null":        `{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":null}]}]}`,
		"stream string":            `{"model":"m","stream":"true",` + msgs + `}`,
		"max_tokens string":        `{"model":"m","max_tokens":"9",` + msgs + `}`,
		"max_tokens half":          `{"model":"m","max_tokens":9.5,` + msgs + `}`,
		"max_tokens zero":          `{"model":"m","max_tokens":0,` + msgs + `}`,
		"max_tokens negative":      `{"model":"m","max_tokens":-1,` + msgs + `}`,
		"max_tokens endless":       `{"model":"m","max_tokens":1e999,` + msgs + `}`,
		"stop number":              `{"model":"m","stop":1,` + msgs + `}`,
		"stop of numbers":          `{"model":"m","stop":[1],` + msgs + `}`,
		"format string":            `{"model":"m","response_format":"json",` + msgs + `}`,
		"format without type":      `{"model":"m","response_format":{},` + msgs + `}`,
		"stream_options array":     `{"model":"m","stream_options":[],` + msgs + `}`,
		"metadata string":          `{"model":"m","metadata":"x",` + msgs + `}`,
		"model twice":              `{"model":"m","model":"n",` + msgs + `}`,
		"model twice, escaped":     `{"model":"m","mod\u0065l":"n",` + msgs + `}`,
		"tools twice":              `{"model":"m","tools":[],"tools":[1],` + msgs + `}`,
		"role twice":               `{"model":"m","messages":[{"role":"user","role":"user","content":"x"}]}`,
		"content twice":            `{"model":"m","messages":[{"role":"user","content":"x","content":"y"}]}`,
		"text twice":               `{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a","text":"b"}]}]}`,
		"include_usage twice":      `{"model":"m","stream_options":{"include_usage":true,"include_usage":false},` + msgs + `}`,
		"deep":                     `{"model":"m","x":` + strings.Repeat("[", 600) + strings.Repeat("]", 600) + `,` + msgs + `}`,
		"unclosed depth":           strings.Repeat(`{"a":`, 1<<20),
		"brackets":                 strings.Repeat("[", 1<<20),
	} {
		if r, err := Chat().Parse([]byte(body)); !errors.Is(err, ErrNotUnderstood) || r != nil {
			t.Errorf("%s: got %v, %v; want ErrNotUnderstood", name, r, err)
		}
	}
}

func TestOneCall(t *testing.T) {
	for fields, want := range map[string]string{
		`"x":1`:                             "",
		`"tools":null,"functions":[],"n":1`: "",
		`"n":1.0,"logprobs":false,"top_logprobs":0`:     "",
		`"tools":[{"type":"function"}]`:                 "tools",
		`"tools":[ ]`:                                   "",
		`"n":3,"functions":[{}],"tools":[{}]`:           "tools functions n",
		`"n":"3"`:                                       "n",
		`"logprobs":true,"top_logprobs":5`:              "logprobs top_logprobs",
		`"modalities":["text"]`:                         "",
		`"modalities":["text","audio"],"audio":{"v":1}`: "audio modalities",
		`"prediction":{"type":"content"}`:               "prediction",
		`"web_search_options":{}`:                       "web_search_options",
		`"tool_choice":"none"`:                          "",
		`"store":true,"seed":1`:                         "",
		`"mock_response":"hi"`:                          "mock_response",
	} {
		r := parse(t, `{"model":"m",`+fields+`,"messages":[{"role":"user","content":"x"}]}`)
		if got := strings.Join(r.OneCall, " "); got != want {
			t.Errorf("%s: OneCall %q, want %q", fields, got, want)
		}
	}
	r := parse(t, `{"model":"m","messages":[{"role":"tool","tool_call_id":"1","content":"x"}]}`)
	if len(r.OneCall) != 1 || r.OneCall[0] != "tools" {
		t.Errorf("a tool turn alone: OneCall %q", r.OneCall)
	}
}

func TestSurrogates(t *testing.T) {
	for escaped, text := range map[string]string{
		`\ud83d\ude00`:       "😀",
		`\uD83D`:             "\xed\xa0\xbd",
		`\ude00x`:            "\xed\xb8\x80x",
		`\ud83d\ud83d\ude00`: "\xed\xa0\xbd😀",
		`\ud83d\n`:           "\xed\xa0\xbd\n",
		`\u0000\u007f\uffff`: "\x00\x7f\uffff",
		`\/\"\\\b\f\n\r\t`:   "/\"\\\b\f\n\r\t",
	} {
		r := parse(t, `{"model":"m","messages":[{"role":"user","content":"`+escaped+`"}]}`)
		got := r.Messages[0].Parts[0].Text
		if got != text {
			t.Errorf("%s decoded to %q, want %q", escaped, got, text)
		}
		again := appendString(nil, got)
		if back, ok := stringOf(again); !ok || back != text || !json.Valid(again) {
			t.Errorf("%q written as %s, which reads %q", text, again, back)
		}
	}
	if got := string(appendString(nil, "a\xffb\xed\xa0")); got != `"a\ufffdb\ufffd\ufffd"` {
		t.Errorf("invalid bytes written as %s", got)
	}
}
