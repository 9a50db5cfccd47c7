package clients

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"strings"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/offline"
	openai1 "github.com/openai/openai-go"
	option1 "github.com/openai/openai-go/option"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"
)

// document is material of about 12,000 tokens, with one sentence worth finding.
func document() string {
	var b strings.Builder
	for i := range 700 {
		if i == 431 {
			b.WriteString("The lighthouse keeper was called Ingeborg Halvorsen.\n\n")
		}
		fmt.Fprintf(&b, "Day %d. The tide rose and fell, and %d boats came in with herring.\n", i, i%17)
	}
	return b.String()
}

func newPlanner(url string) *haikuplanner.Planner {
	planner, err := haikuplanner.New(haikuplanner.WithLiteLLM(url, ""))
	if err != nil {
		log.Fatal(err)
	}
	return planner
}

// openai-go by its middleware: the planner sits below the SDK's retries.
func Example_openaiGoMiddleware() {
	litellm := httptest.NewServer(offline.New())
	defer litellm.Close()

	client := openai.NewClient(option.WithAPIKey("sk-anything"), option.WithBaseURL(litellm.URL+"/v1"),
		option.WithMiddleware(newPlanner(litellm.URL).Middleware))
	answer, err := client.Chat.Completions.New(context.Background(), openai.ChatCompletionNewParams{
		Model:    "sonnet-4-x",
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("Who was the lighthouse keeper?\n\n" + document())},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(answer.Choices[0].Message.Content, "Ingeborg Halvorsen"), answer.Model)
	// Output: true sonnet-4-x
}

// openai-go by its HTTP client, streamed.
func Example_openaiGoTransport() {
	litellm := httptest.NewServer(offline.New())
	defer litellm.Close()

	client := openai.NewClient(option.WithAPIKey("sk-anything"), option.WithBaseURL(litellm.URL+"/v1"),
		option.WithHTTPClient(newPlanner(litellm.URL).Client(nil)))
	stream := client.Chat.Completions.NewStreaming(context.Background(), openai.ChatCompletionNewParams{
		Model:    "sonnet-4-x",
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("Who was the lighthouse keeper?\n\n" + document())},
	})
	var whole openai.ChatCompletionAccumulator
	for stream.Next() {
		whole.AddChunk(stream.Current())
	}
	if err := stream.Err(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(whole.Choices[0].Message.Content, "Ingeborg Halvorsen"), whole.Choices[0].FinishReason)
	// Output: true stop
}

// The Responses API, which openai-go's newer versions prefer.
func Example_openaiGoResponses() {
	litellm := reader()
	defer litellm.Close()

	client := openai.NewClient(option.WithAPIKey("sk-anything"), option.WithBaseURL(litellm.URL+"/v1"),
		option.WithMiddleware(newPlanner(litellm.URL).Middleware))
	answer, err := client.Responses.New(context.Background(), responses.ResponseNewParams{
		Model:        "sonnet-4-x",
		Instructions: openai.String("Who was the lighthouse keeper?"),
		Input:        responses.ResponseNewParamsInputUnion{OfString: openai.String(document())},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(answer.OutputText(), "Ingeborg Halvorsen"), answer.Status)
	// Output: true completed
}

// openai-go before version 2: the same in another package.
func Example_openaiGo1() {
	litellm := httptest.NewServer(offline.New())
	defer litellm.Close()

	client := openai1.NewClient(option1.WithAPIKey("sk-anything"), option1.WithBaseURL(litellm.URL+"/v1"),
		option1.WithMiddleware(newPlanner(litellm.URL).Middleware))
	stream := client.Chat.Completions.NewStreaming(context.Background(), openai1.ChatCompletionNewParams{
		Model:    "sonnet-4-x",
		Messages: []openai1.ChatCompletionMessageParamUnion{openai1.UserMessage("Who was the lighthouse keeper?\n\n" + document())},
	})
	var whole openai1.ChatCompletionAccumulator
	for stream.Next() {
		whole.AddChunk(stream.Current())
	}
	if err := stream.Err(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(whole.Choices[0].Message.Content, "Ingeborg Halvorsen"), whole.Choices[0].FinishReason)
	// Output: true stop
}
