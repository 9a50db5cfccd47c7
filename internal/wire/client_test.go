package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	openai "github.com/sashabaranov/go-openai"
)

// answering is an HTTP client that gives every request the same answer.
type answering struct {
	status int
	kind   string
	body   []byte
}

func (a answering) Do(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Header: http.Header{"Content-Type": {a.kind}}, Body: io.NopCloser(bytes.NewReader(a.body)), Request: r}, nil
}

func client(a answering) *openai.Client {
	c := openai.DefaultConfig("key")
	c.HTTPClient = a
	return openai.NewClientWithConfig(c)
}

var question = openai.ChatCompletionRequest{Model: "sonnet-4-x", Messages: []openai.ChatCompletionMessage{{Role: "user", Content: "Why?"}}}

// A client that knows nothing of us must read what we write.
func TestGoOpenAIReadsAnswer(t *testing.T) {
	body := Chat().Answer(Answer{Head: head, Text: "Because.", Usage: Usage{7, 3, 2, 0, 1}, Planner: []byte(`{"decomposed":true}`)})
	got, err := client(answering{200, "application/json", body}).CreateChatCompletion(context.Background(), question)
	if err != nil {
		t.Fatal(err)
	}
	if got.ID != head.ID || got.Model != head.Model || got.Created != head.Created || len(got.Choices) != 1 || got.Choices[0].Message.Content != "Because." ||
		got.Choices[0].FinishReason != openai.FinishReasonStop || got.Usage.TotalTokens != 10 || got.Usage.PromptTokensDetails.CachedTokens != 2 {
		t.Errorf("got %+v", got)
	}
	_, err = client(answering{402, "application/json", Chat().ErrorBody(&Error{Status: 402, Message: "too dear", Type: "budget_exceeded"})}).
		CreateChatCompletion(context.Background(), question)
	var e *openai.APIError
	if !errors.As(err, &e) || e.Message != "too dear" || e.Type != "budget_exceeded" || e.Code != "402" || e.HTTPStatusCode != 402 {
		t.Errorf("got %#v", err)
	}
}

func TestGoOpenAIReadsStream(t *testing.T) {
	var w bytes.Buffer
	s := Chat().Stream(&w, head)
	if err := errors.Join(s.KeepAlive(), s.KeepAlive(), s.Text("Be\n"), s.KeepAlive(), s.Pass(Delta{Choice: []byte(`{"delta":{"role":"assistant","content":"cause"}}`)}),
		s.Finish("length", true, Usage{7, 3, 0, 0, 0}, []byte(`{"decomposed":true}`))); err != nil {
		t.Fatal(err)
	}
	stream, err := client(answering{200, "text/event-stream", w.Bytes()}).CreateChatCompletionStream(context.Background(), question)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	var text, roles, finish strings.Builder
	usage := 0
	for {
		chunk, err := stream.Recv()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if chunk.ID != head.ID || chunk.Model != head.Model {
			t.Errorf("head of %+v", chunk)
		}
		for _, c := range chunk.Choices {
			text.WriteString(c.Delta.Content)
			roles.WriteString(c.Delta.Role)
			finish.WriteString(string(c.FinishReason))
		}
		if chunk.Usage != nil {
			usage += chunk.Usage.TotalTokens
		}
	}
	if text.String() != "Be\ncause" || roles.String() != "assistant" || finish.String() != "length" || usage != 10 {
		t.Errorf("text %q, roles %q, finish %q, usage %d", &text, &roles, &finish, usage)
	}
}

func TestGoOpenAIReadsFailure(t *testing.T) {
	var w bytes.Buffer
	s := Chat().Stream(&w, head)
	if err := errors.Join(s.Text("Be"), s.Fail(&Error{Status: 502, Message: "chunk 3 failed", Type: "decomposition_failed"})); err != nil {
		t.Fatal(err)
	}
	stream, err := client(answering{200, "text/event-stream", w.Bytes()}).CreateChatCompletionStream(context.Background(), question)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	for range 9 {
		_, err = stream.Recv()
		if err != nil {
			break
		}
	}
	var e *openai.APIError
	if !errors.As(err, &e) || e.Message != "chunk 3 failed" {
		t.Errorf("got %v", err)
	}
}
