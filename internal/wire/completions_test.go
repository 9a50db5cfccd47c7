package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	openai "github.com/sashabaranov/go-openai"
)

func TestCompletionsTable(t *testing.T) {
	checkTable(t, completionTable, sdkFields(t, "completions/openai-go.fields"))
	checkReach(t, Completions(), completionTable, `{"model":"m",`, `,"prompt":"x"}`)
}

func TestCompletionsOneCall(t *testing.T) {
	for _, c := range []struct {
		member string
		want   []string
	}{
		{`"prompt":"a"`, nil},
		{`"prompt":["a"]`, nil},
		{`"prompt":["a","b"]`, []string{"prompt"}},
		{`"prompt":[1,2]`, []string{"prompt"}},
		{`"prompt":[[1,2]]`, []string{"prompt"}},
		{`"prompt":"a","n":1,"best_of":1,"echo":false,"suffix":"","logprobs":null`, nil},
		{`"prompt":"a","n":2`, []string{"n"}},
		{`"prompt":"a","best_of":2`, []string{"best_of"}},
		{`"prompt":"a","logprobs":0`, []string{"logprobs"}},
		{`"prompt":"a","echo":true`, []string{"echo"}},
		{`"prompt":"a","suffix":"b"`, []string{"suffix"}},
		{`"prompt":"a","tools":[{}]`, []string{"tools"}},
	} {
		r, err := Completions().Parse([]byte(`{"model":"m",` + c.member + `}`))
		if err != nil {
			t.Errorf("%s: %v", c.member, err)
			continue
		}
		if diff := cmp.Diff(c.want, r.OneCall); diff != "" {
			t.Errorf("%s: %s", c.member, diff)
		}
	}
}

func TestCompletionsNotUnderstood(t *testing.T) {
	for _, body := range []string{
		``, `[]`, `{}`, `{"model":"m"}`, `{"prompt":"a"}`, `{"model":"m","prompt":null}`, `{"model":"m","prompt":{}}`, `{"model":"m","prompt":[]}`, `{"model":"m","prompt":["a"`,
		`{"model":"m","prompt":"a","prompt":"b"}`, `{"model":"m","prompt":"a","stream":1}`, `{"model":"m","prompt":"a","max_tokens":-1}`, `{"model":"m","prompt":"a"}x`,
		`{"model":1,"prompt":"a"}`, `{"model":"m","prompt":"` + "\xff" + `"}`,
	} {
		if r, err := Completions().Parse([]byte(body)); !errors.Is(err, ErrNotUnderstood) || r != nil {
			t.Errorf("%s: %v, %v", body, r, err)
		}
	}
}

func TestCompletionsReply(t *testing.T) {
	for _, c := range []struct {
		body string
		want Reply
		err  string
	}{
		{`{"model":"m","choices":[{"text":"a","index":0,"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"cost":1e-7}}`,
			Reply{Text: "a", Finish: "length", Usage: Usage{Prompt: 1, Completion: 2}, HasUsage: true, Cost: "1e-7", Model: "m"}, ""},
		{`{"choices":[{"text":null,"index":0,"finish_reason":"content_filter"}]}`, Reply{Finish: "content_filter", Refusal: true}, ""},
		{`{"choices":[]}`, Reply{}, "upstream's answer has no choice"},
		{`<html>`, Reply{}, "upstream's answer is not a JSON object"},
		{`{"error":{"message":"no","code":429}}`, Reply{}, "no"},
	} {
		got, err := Completions().Reply([]byte(c.body))
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%s: %v", c.body, err)
			}
			continue
		}
		if c.want.Raw = []byte(c.body); err != nil || cmp.Diff(c.want, got) != "" {
			t.Errorf("%s: %v %s", c.body, err, cmp.Diff(c.want, got))
		}
	}
}

func TestCompletionsCut(t *testing.T) {
	for _, stream := range []string{"", `data: {"choices":[{"text":"a","index":0}]}` + "\n\n", `data: {"choices":[{"text":"a","index":0,"finish_reason":"stop"}]}`} {
		var last error
		for _, err := range Completions().Deltas(oneByte{strings.NewReader(stream)}) {
			last = err
		}
		if !errors.Is(last, io.ErrUnexpectedEOF) {
			t.Errorf("%q ends with %v", stream, last)
		}
	}
}

// A client that knows nothing of us must read what we write.
func TestGoOpenAIReadsCompletions(t *testing.T) {
	question := openai.CompletionRequest{Model: "m", Prompt: "Why?"}
	whole := Completions().Answer(Answer{Head: Head{ID: AnswerID(Completions(), "1"), Model: "m", Created: 7}, Text: "Because.", Usage: Usage{Prompt: 7, Completion: 3}, Planner: []byte(`{}`)})
	got, err := client(answering{200, "application/json", whole}).CreateCompletion(context.Background(), question)
	if err != nil || got.ID != "cmpl-1" || got.Object != "text_completion" || got.Created != 7 || len(got.Choices) != 1 || got.Choices[0].Text != "Because." ||
		got.Choices[0].FinishReason != "stop" || got.Usage.TotalTokens != 10 {
		t.Errorf("%v %+v", err, got)
	}
	var w bytes.Buffer
	s := Completions().Stream(&w, Head{ID: "cmpl-1", Model: "m", Created: 7})
	if err := errors.Join(s.KeepAlive(), s.Text("Be\n"), s.KeepAlive(), s.Pass(Delta{Text: "cause"}), s.Finish("length", true, Usage{Prompt: 7}, nil)); err != nil {
		t.Fatal(err)
	}
	stream, err := client(answering{200, "text/event-stream", w.Bytes()}).CreateCompletionStream(context.Background(), question)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	text, finish := "", ""
	for {
		chunk, err := stream.Recv()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range chunk.Choices {
			text, finish = text+c.Text, finish+c.FinishReason
		}
	}
	if text != "Be\ncause" || finish != "length" {
		t.Errorf("%q ends with %q", text, finish)
	}
}

func TestCompletionsAllocations(t *testing.T) {
	in := []byte(`{"model":"m","prompt":"` + strings.Repeat("plain text ", 1000) + `","max_tokens":5,"user":"u"}`)
	if n := testing.AllocsPerRun(50, func() {
		if _, err := Completions().Parse(in); err != nil {
			t.Fatal(err)
		}
	}); n > 1 {
		t.Errorf("Parse of a plain prompt: %v allocations", n)
	}
	s := Completions().Stream(io.Discard, Head{ID: "cmpl-1", Model: "m", Created: 7})
	s.Text("warm up")
	if n := testing.AllocsPerRun(50, func() { s.Text("text") }); n > 0 {
		t.Errorf("a chunk: %v allocations", n)
	}
}

func FuzzCompletions(f *testing.F) {
	for _, s := range []string{`{"model":"m","prompt":"x"}`, ` {"prompt" : [ "\ud83d\n" ] ,"model":"é","stream":true,"stream_options":{"x":1},"metadata":{"a":1},"max_tokens":1.0e2,"stop":["a"]} `,
		`{"model":"m","prompt":["a","b"],"n":2,"logprobs":0}`, `{"model":"m","prompt":[1,[2]],"max_completion_tokens":3}`} {
		f.Add([]byte(s), "new \"text\"\n\xed\xa0\x80\xff", uint8(0xFF))
	}
	f.Fuzz(func(t *testing.T, in []byte, text string, what uint8) { fuzzParse(t, Completions(), in, text, what) })
}

func FuzzCompletionsAnswer(f *testing.F) {
	f.Add([]byte(`{"id":"1","choices":[{"index":0,"text":"a","finish_reason":"stop"}],"usage":{"prompt_tokens":1,"cost":1e-7}}`), "t")
	f.Add([]byte("data: {\"choices\":[{\"text\":\"a\"}]}\n\ndata: [DONE]\n\n"), "\xff")
	f.Fuzz(func(t *testing.T, in []byte, text string) { fuzzAnswer(t, Completions(), in, text) })
}
