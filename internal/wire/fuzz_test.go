package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func seeds(f *testing.F) {
	for _, s := range []string{
		`{"model":"m","messages":[{"role":"user","content":"x"}]}`,
		` {"model":"m" , "messages":[ {"role":"system","content":"a\ud83d\u00e9\n"} , {"role":"user","content":[{"type":"text","text":"t","cache_control":{}},{"type":"image_url"}]} ],"stream":true,"stream_options":{"x":1},"metadata":{"a":1},"max_tokens":1.0e2} `,
		`{"messages":[{"role":"assistant","content":null,"tool_calls":[{}]},{"content":"","role":"tool"}],"tools":[1],"n":2,"model":"é","stop":["a"],"response_format":{"type":"json_schema","json_schema":{"schema":{}}}}`,
		`{"model":"m","max_completion_tokens":null,"stream_options":null,"stream":null,"messages":[{"role":"user"}],"stop":null}`,
		`{"model":"m","messages":[{"role":"user","content":"x"}],"x":-0.0e+10,"y":[[],{},"",true,false,null]}`,
	} {
		f.Add([]byte(s), "new \"text\"\n\xed\xa0\x80\xff", uint8(0xFF))
	}
	f.Add([]byte(`{"model":"m","model":"n","messages":[]}`), "", uint8(0))
	f.Add([]byte("\xef\xbb\xbf{}"), "", uint8(0))
	f.Add([]byte(`[[[[[[`), "", uint8(0))
}

// decodeAs is what any client's decoder makes of a body.
func decodeAs(t *testing.T, b []byte) map[string]any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %q", err, b)
	}
	return v
}

func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, in []byte, text string, what uint8) {
		kept := string(in)
		r, err := Chat().Parse(in)
		if string(in) != kept {
			t.Fatal("Parse changed the body")
		}
		if err != nil {
			if !errors.Is(err, ErrNotUnderstood) || r != nil {
				t.Fatalf("%v, %v", r, err)
			}
			return
		}
		if !json.Valid(in) || !utf8.Valid(in) {
			t.Fatalf("accepted %q", in)
		}
		if got := Chat().Edit(r, Edit{}); !bytes.Equal(got, in) {
			t.Fatalf("nothing edited: %q from %q", got, in)
		}
		before := decodeAs(t, in)
		if before["model"] != strings.ToValidUTF8(decoded(r.Model), "\uFFFD") {
			t.Errorf("model %q, encoding/json has %q", r.Model, before["model"])
		}
		compareTexts(t, r, before["messages"].([]any))
		e := editOf(r, text, what)
		sameInPlace(t, Chat(), in, r, e)
		out := Chat().Edit(r, e)
		again, err := Chat().Parse(out)
		if err != nil || !json.Valid(out) {
			if len(e.Append) == 0 && len(e.Drop) == len(r.Messages) {
				return // no message is left, as asked
			}
			t.Fatalf("%v in the edited body %q", err, out)
		}
		checkEdit(t, r, e, before, decodeAs(t, out), again)
		call := Chat().Call(nil, r, Call{Model: text, System: []string{text}, User: []string{text}, MaxTokens: 1, Stream: what&1 != 0})
		if !json.Valid(call) || !utf8.Valid(call) {
			t.Fatalf("call %q", call)
		}
		if !bytes.Equal(call, Chat().Call(nil, r, Call{Model: text, System: []string{text}, User: []string{text}, MaxTokens: 1, Stream: what&1 != 0})) {
			t.Error("two equal calls differ")
		}
	})
}

// decoded is our text as encoding/json reads it: it has U+FFFD for each lone surrogate.
func decoded(s string) string {
	var v string
	if json.Unmarshal(appendString(nil, s), &v) != nil {
		return "\x00"
	}
	return v
}

func compareTexts(t *testing.T, r *Request, messages []any) {
	t.Helper()
	if len(messages) != len(r.Messages) {
		t.Fatalf("%d messages, encoding/json has %d", len(r.Messages), len(messages))
	}
	for i, m := range messages {
		switch content := m.(map[string]any)["content"].(type) {
		case string:
			if p := r.Messages[i].Parts; len(p) != 1 || decoded(p[0].Text) != content {
				t.Errorf("content %+v, encoding/json has %q", p, content)
			}
		case []any:
			if len(content) != len(r.Messages[i].Parts) {
				t.Fatalf("%d parts, encoding/json has %d", len(r.Messages[i].Parts), len(content))
			}
			for k, p := range content {
				p, got := p.(map[string]any), r.Messages[i].Parts[k]
				if p["type"] != decoded(got.Type) || got.Type == "text" && p["text"] != decoded(got.Text) {
					t.Errorf("part %+v, encoding/json has %v", got, p)
				}
			}
		default:
			if len(r.Messages[i].Parts) != 0 {
				t.Errorf("parts %+v, encoding/json has %v", r.Messages[i].Parts, content)
			}
		}
	}
}

// editOf makes an edit whose kinds are the bits of what.
func editOf(r *Request, text string, what uint8) Edit {
	var e Edit
	if what&1 != 0 {
		e.Model = text
	}
	if what&2 != 0 {
		e.Texts = map[At]string{{len(r.Messages) - 1, 0}: text, {0, 0}: text, {0, 1}: text}
	}
	if what&4 != 0 {
		e.Drop = map[int]bool{}
		for i := range r.Messages {
			if i%2 == int(what>>3&1) {
				e.Drop[i] = true
			}
		}
	}
	if what&16 != 0 {
		e.Append = []Turn{{"user", text}, {"assistant", text}}
	}
	if what&32 != 0 {
		on := what&8 != 0
		e.Stream = &on
	}
	if what&64 != 0 {
		e.MaxTokens = 12345
	}
	return e
}

func checkEdit(t *testing.T, r *Request, e Edit, before, after map[string]any, again *Request) {
	t.Helper()
	if e.Model != "" && again.Model != decodedWTF(e.Model) || e.Model == "" && again.Model != r.Model {
		t.Errorf("model %q after %+v", again.Model, e)
	}
	if e.MaxTokens != 0 && again.MaxTokens != e.MaxTokens {
		t.Errorf("max tokens %d", again.MaxTokens)
	}
	if e.Stream != nil && (again.Stream != *e.Stream || *e.Stream != again.WantUsage) {
		t.Errorf("stream %v, usage %v, want both %v", again.Stream, again.WantUsage, *e.Stream)
	}
	var want []Turn
	for i, m := range r.Messages {
		if e.Drop[i] {
			continue
		}
		turn := Turn{Role: m.Role}
		for k, p := range m.Parts {
			if text, ok := e.Texts[At{i, k}]; ok && p.Type == "text" {
				p.Text = decodedWTF(text)
			}
			turn.Text += p.Type + p.Text
		}
		want = append(want, turn)
	}
	for _, a := range e.Append {
		want = append(want, Turn{a.Role, "text" + decodedWTF(a.Text)})
	}
	var got []Turn
	for _, m := range again.Messages {
		turn := Turn{Role: m.Role}
		for _, p := range m.Parts {
			turn.Text += p.Type + p.Text
		}
		got = append(got, turn)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("turns %q, want %q", got, want)
	}
	for key, v := range before {
		switch key {
		case "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens":
			continue
		}
		if !reflect.DeepEqual(after[key], v) {
			t.Errorf("%q was %v and is %v", key, v, after[key])
		}
	}
}

// decodedWTF is a text after it was written and read again: bytes that are neither UTF-8 nor a surrogate are gone.
func decodedWTF(s string) string {
	text, _ := stringOf(appendString(nil, s))
	return text
}

// Nothing that upstream sends may panic, and what we make of it must be JSON.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":[{"type":"text","text":"a"}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"cost":1e-7}}`), "t")
	f.Add([]byte(`{"error":{"message":1,"code":429}}`), "\xff")
	f.Add([]byte(`{"choices":[{"delta":{"role":"assistant","reasoning_content":"x"}}]}`), "")
	f.Fuzz(func(t *testing.T, in []byte, text string) {
		reply, err := Chat().Reply(in)
		if err == nil {
			wholeReply(t, Chat(), reply)
		}
		out := Chat().Answer(Answer{Head: Head{ID: "i", Model: "m", Created: 1}, Base: in, Text: text, SetText: true, Finish: "length", Usage: Usage{1, 2, 3, 0, 4}, Planner: []byte(`{}`)})
		var e *Error
		if !json.Valid(out) {
			t.Fatalf("answer %q from %q", out, in)
		}
		if err == nil {
			again, err := Chat().Reply(out)
			if err != nil || again.Text != decodedWTF(text) || again.Finish != "length" || again.Usage != (Usage{1, 2, 3, 0, 4}) || again.Model != "m" {
				t.Errorf("%+v, %v from %q", again, err, out)
			}
		} else if errors.As(err, &e) && !json.Valid(Chat().ErrorBody(e)) {
			t.Errorf("error body of %+v", e)
		}
		var w bytes.Buffer
		s := Chat().Stream(&w, Head{ID: "i", Model: "m", Created: 1})
		for d, err := range Chat().Deltas(strings.NewReader("data: " + string(in) + "\n\n")) {
			if err != nil {
				break
			}
			if err := s.Pass(d); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Finish("stop", true, Usage{}, nil); err != nil {
			t.Fatal(err)
		}
		for _, err := range Chat().Deltas(&w) {
			if err != nil {
				t.Fatalf("our own stream: %v", err)
			}
		}
	})
}
