package clients

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/offline"
	goopenai "github.com/sashabaranov/go-openai"
)

// go-openai by its HTTP client, whole and streamed.
func Example_goOpenAI() {
	litellm := httptest.NewServer(offline.New())
	defer litellm.Close()

	config := goopenai.DefaultConfig("sk-anything")
	config.BaseURL = litellm.URL + "/v1"
	config.HTTPClient = newPlanner(litellm.URL).Client(nil)
	client := goopenai.NewClientWithConfig(config)
	request := goopenai.ChatCompletionRequest{
		Model:    "sonnet-4-x",
		Messages: []goopenai.ChatCompletionMessage{{Role: goopenai.ChatMessageRoleUser, Content: "Who was the lighthouse keeper?\n\n" + document()}},
	}
	answer, err := client.CreateChatCompletion(context.Background(), request)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(answer.Choices[0].Message.Content, "Ingeborg Halvorsen"), answer.Choices[0].FinishReason)

	stream, err := client.CreateChatCompletionStream(context.Background(), request)
	if err != nil {
		log.Fatal(err)
	}
	defer stream.Close()
	var text strings.Builder
	for {
		piece, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		for _, choice := range piece.Choices {
			text.WriteString(choice.Delta.Content)
		}
	}
	fmt.Println(strings.Contains(text.String(), "Ingeborg Halvorsen"))
	// Output:
	// true stop
	// true
}
